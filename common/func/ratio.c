#include "func/ratio.h"

#include <string.h>

#include "func/function.h"
#include "mpc/room.h"

/* Ranges of three octaves that b is looked for in, and fraction bits while it is worked on. */
#define STEP_LOG 3
#define STEPS (MPC_RATIO_MAX_BITS / STEP_LOG)
#define WORK_BITS 28

/* Vectors that the quotient is made of. */
enum word { A, B, WORDS_AB, Q = WORDS_AB, E, ZA, ZB, ZQ, WORDS };

/* Bits: at least the lower end of a range, in a range; bit 0 says that b is not 0. */
enum { RUNG, IN_RANGE = RUNG + STEPS, BITS = IN_RANGE + STEPS - 1 };

/* One more than is needed. */
#define COMPARED_BITS (MPC_RATIO_MAX_BITS + 1)

/*
 * Multiply a and b by the power of 8 that brings b to [2^57, 2^60), and cut off 32 bits: b is in
 * [1/8, 1] with WORK_BITS.  Below b = 2^27 the power is 8^11 or more, and the bits cut off are 0;
 * beyond, each may be off by a unit of its 25 bits or more, both by a unit of the quotient's 24.
 */
static int
quotient_normalize(struct mpc *S, struct room *r, const struct mpc_vector *a,
    const struct mpc_vector *b)
{
	struct mpc_selection_term terms[2 * STEPS];
	struct mpc_bits *t = &r->bit[RUNG], *range;
	int64_t bounds[STEPS], factor;
	const struct mpc_comparison c = { .high = COMPARED_BITS, .count = STEPS,
		.thresholds = bounds };
	const struct mpc_selection both = { .count = 2 * STEPS, .terms = terms, .results = 2 };
	size_t k;

	for (k = 0; k < STEPS; k++)
		bounds[k] = (int64_t)1 << (STEP_LOG * k);
	if (mpc_compare(S, t, b, &c) == -1)
		return (-1);
	for (k = 0; k < STEPS; k++) {
		/* The last range has no end. */
		range = (k + 1 < STEPS) ? &r->bit[IN_RANGE + k] : &t[k];
		if (k + 1 < STEPS)
			mpc_xor(range, &t[k], &t[k + 1]);
		factor = (int64_t)1 << (STEP_LOG * (STEPS - 1 - k));
		terms[k] = (struct mpc_selection_term){ .bit = range, .word = a,
			.weight = { [A] = factor } };
		terms[STEPS + k] = (struct mpc_selection_term){ .bit = range, .word = b,
			.weight = { [B] = factor } };
	}
	if (mpc_select(S, &r->word[A], &both) == -1)
		return (-1);
	return ((mpc_truncate(S, &r->word[A], &r->word[A], MPC_RATIO_MAX_BITS - WORK_BITS) == -1) ?
	    -1 : mpc_truncate(S, &r->word[B], &r->word[B], MPC_RATIO_MAX_BITS - WORK_BITS));
}

/* z = x y, both with WORK_BITS, by way of ${product}. */
static int
multiply_work(struct mpc *S, struct mpc_vector *z, struct mpc_vector *product,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	const struct bilinear times = bilinear_elements(x->n);

	return ((mpc_product(S, product, &times, x, y) == -1) ? -1 :
	    mpc_truncate(S, z, product, WORK_BITS));
}

/*
 * Q = A Y (1 + E + E^2), where Y is nearly 1 / B and E = 1 - B Y what B Y lacks of 1: since 1 / B =
 * Y / (1 - E) = Y (1 + E + E^2 + ...), an error E^3 is left, below 2^-29 as E is below 1.1e-3.
 * Where B is 0, so is A, and whatever Y is there, Q is 0.
 */
static int
quotient_divide(struct mpc *S, struct room *r)
{
	struct mpc_vector *w = r->word;

	if (mpc_reciprocal_within(S, &w[Q], &w[B], WORK_BITS, -STEP_LOG, 1) == -1 ||
	    multiply_work(S, &w[E], &w[ZB], &w[B], &w[Q]) == -1 ||
	    multiply_work(S, &w[ZA], &w[ZQ], &w[A], &w[Q]) == -1)
		return (-1);
	mpc_scale(&w[E], &w[E], -1);
	mpc_add_public(&w[E], &w[E], (int64_t)1 << WORK_BITS);
	if (multiply_work(S, &w[ZB], &w[ZQ], &w[E], &w[E]) == -1)
		return (-1);
	mpc_add(&w[E], &w[E], &w[ZB]);
	mpc_add_public(&w[E], &w[E], (int64_t)1 << WORK_BITS);
	return (multiply_work(S, &w[Q], &w[ZQ], &w[ZA], &w[E]));
}

/* [b > 0] (Q - undefined) + undefined, and Q loses its four bits on the way. */
int
mpc_ratio(struct mpc *S, struct mpc_vector *q, const struct mpc_vector *a,
    const struct mpc_vector *b, int64_t undefined)
{
	struct room r;
	const struct mpc_selection_term terms[] = {
		{ .bit = &r.bit[RUNG], .word = &r.word[Q], .weight = { 1 },
		    .constant = { -undefined } },
		{ .constant = { undefined } },
	};
	int rc = -1;

	if (room_open(&r, S, a->n, WORDS, BITS) == 0 && quotient_normalize(S, &r, a, b) == 0 &&
	    quotient_divide(S, &r) == 0)
		rc = mpc_select(S, q, &(struct mpc_selection){ .count = 2, .terms = terms,
			.shift = WORK_BITS - MPC_RATIO_BITS, .results = 1 });
	room_close(&r);
	return (rc);
}
