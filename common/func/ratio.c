#include "func/ratio.h"

#include <string.h>

#include "func/function.h"
#include "mpc/room.h"

/* Ranges of three octaves that b is looked for in, and fraction bits while it is worked on. */
#define STEPS (NN_RATIO_MAX_BITS / 3)
#define WORK_BITS 28

/* Vectors that the quotient is made of. */
enum word { A, B, WORDS_AB, Q = WORDS_AB, E, ZA, ZB, ZQ, WORDS };

/*
 * Multiply a and b by a power of 8 so that b is in [1/8, 1], with WORK_BITS; bit 0 of ${r} tells
 * whether it was above 0.
 */
static int
normalize(struct mpc *S, struct room *r, const struct mpc_vector *a, const struct mpc_vector *b)
{
	struct mpc_selection_term terms[2 * STEPS];
	struct mpc_bits *t = r->bit, *range;
	int64_t bounds[STEPS];
	const struct mpc_comparison c = { 0, NN_RATIO_MAX_BITS + 1, STEPS, bounds };
	size_t k;

	for (k = 0; k < STEPS; k++)
		bounds[k] = (int64_t)1 << (3 * k);
	if (mpc_compare(S, t, b, &c) == -1)
		return (-1);
	memset(terms, 0, sizeof(terms));
	for (k = 0; k < STEPS; k++) {
		/* The last range has no end. */
		range = (k + 1 < STEPS) ? &r->bit[STEPS + k] : &t[k];
		if (k + 1 < STEPS)
			mpc_xor(range, &t[k], &t[k + 1]);
		terms[k].bit = terms[STEPS + k].bit = range;
		terms[k].word = a;
		terms[STEPS + k].word = b;
		terms[k].weight[0] = terms[STEPS + k].weight[1] = (int64_t)1 <<
		    (3 * (STEPS - 1 - k));
	}
	if (mpc_select(S, &r->word[A], &(struct mpc_selection){ 2 * STEPS, terms, 0, 2 }) == -1)
		return (-1);
	return ((mpc_truncate(S, &r->word[A], &r->word[A], NN_RATIO_MAX_BITS - WORK_BITS) == -1) ?
	    -1 : mpc_truncate(S, &r->word[B], &r->word[B], NN_RATIO_MAX_BITS - WORK_BITS));
}

/* z = x y, both with WORK_BITS, by way of ${product}. */
static int
multiply(struct mpc *S, struct mpc_vector *z, struct mpc_vector *product,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	const struct bilinear times = bilinear_elements(x->n);

	return ((mpc_product(S, product, &times, x, y) == -1) ? -1 : mpc_truncate(S, z, product,
	    WORK_BITS));
}

/* Q = A Y, and Y made better by what B Y lacks of 1: an error e leaves e^3. */
static int
divide(struct mpc *S, struct room *r)
{
	struct mpc_vector *w = r->word;

	if (mpc_reciprocal_within(S, &w[Q], &w[B], WORK_BITS, -3, 1) == -1 ||
	    multiply(S, &w[E], &w[ZB], &w[B], &w[Q]) == -1 || multiply(S, &w[ZA], &w[ZQ], &w[A],
	    &w[Q]) == -1)
		return (-1);
	mpc_scale(&w[E], &w[E], -1);
	mpc_add_public(&w[E], &w[E], (int64_t)1 << WORK_BITS);
	if (multiply(S, &w[ZB], &w[ZQ], &w[E], &w[E]) == -1)
		return (-1);
	mpc_add(&w[E], &w[E], &w[ZB]);
	mpc_add_public(&w[E], &w[E], (int64_t)1 << WORK_BITS);
	return (multiply(S, &w[Q], &w[ZQ], &w[ZA], &w[E]));
}

int
nn_ratio(struct mpc *S, struct mpc_vector *q, const struct mpc_vector *a,
    const struct mpc_vector *b, int64_t undefined)
{
	struct mpc_selection_term terms[2];
	struct room r;
	int rc = -1;

	if (room_open(&r, S, a->n, WORDS, 2 * STEPS - 1) == 0 && normalize(S, &r, a, b) == 0 &&
	    divide(S, &r) == 0) {
		terms[0] = (struct mpc_selection_term){ &r.bit[0], &r.word[Q], { 1, 0 },
			{ -undefined, 0 } };
		terms[1] = (struct mpc_selection_term){ NULL, NULL, { 0, 0 }, { undefined, 0 } };
		rc = mpc_select(S, q, &(struct mpc_selection){ 2, terms, WORK_BITS - NN_RATIO_BITS,
		    1 });
	}
	room_close(&r);
	return (rc);
}
