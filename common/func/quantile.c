#include "func/quantile.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "mpc/room.h"

/* ---- exact division ---- */

/* Bits of thresholds of three divisors, and what they are compared with: up to six of them. */
static unsigned
rest_bits(uint64_t divisor)
{
	unsigned bits = word_bits(divisor);

	return (((bits > 3) ? bits : 3) + 3);
}

/*
 * y = floor(x / divisor), exact, and rest = x - y divisor, for |x| < 2^MPC_DIVIDE_BITS and a
 * divisor of at most twice MPC_QUANTILE_MOST.  None of the three vectors may be another.
 *
 * A quotient that is off by less than 1.3 units leaves a rest of less than 1.3 divisors: how many
 * thresholds it has passed says how far it is off.
 */
static int
divide_floor(struct mpc *S, struct mpc_vector *y, struct mpc_vector *rest,
    const struct mpc_vector *x, uint64_t divisor)
{
	enum { QUOTIENT, OFF, WORDS };
	const int64_t d = (int64_t)divisor, thresholds[] = { -d, 0, d };
	const struct mpc_comparison c = { .high = rest_bits(divisor), .count = 3,
		.thresholds = thresholds };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, WORDS, 3) == 0 &&
	    mpc_divide_public(S, &r.word[QUOTIENT], x, divisor, MPC_DIVIDE_BITS) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = &r.bit[0], .constant = { 1 } },
			{ .bit = &r.bit[1], .constant = { 1 } },
			{ .bit = &r.bit[2], .constant = { 1 } },
			{ .constant = { -2 } },
		};

		mpc_copy(rest, x);
		mpc_add_scaled(rest, &r.word[QUOTIENT], -d);
		if (mpc_compare(S, r.bit, rest, &c) == 0 && mpc_select(S, &r.word[OFF],
		    &(struct mpc_selection){ .count = 4, .terms = terms, .results = 1 }) == 0) {
			mpc_add(y, &r.word[QUOTIENT], &r.word[OFF]);
			mpc_add_scaled(rest, &r.word[OFF], -d);
			rc = 0;
		}
	}
	room_close(&r);
	return (rc);
}

/* ---- neighbours ---- */

size_t
mpc_ranked_keys(const struct mpc_ranked *r, struct mpc_ordering_key keys[static MPC_RANKED_KEYS])
{
	size_t n = 0;

	if (r->present != NULL)
		keys[n++] = (struct mpc_ordering_key){ .x = r->present, .high = 1,
			.descending = true };
	keys[n++] = (struct mpc_ordering_key){ .x = r->x, .low = r->low, .high = r->high,
		.guessed = r->guessed };
	return (n);
}

int
mpc_neighbours_new(struct mpc *S, struct mpc_neighbours *nb, size_t n)
{

	memset(nb, 0, sizeof(*nb));
	return ((mpc_vector_new(S, &nb->below, n) == -1 || mpc_vector_new(S, &nb->above, n) == -1 ||
	    mpc_vector_new(S, &nb->weight, n) == -1) ? -1 : 0);
}

void
mpc_neighbours_free(struct mpc_neighbours *nb)
{

	mpc_vector_free(&nb->below);
	mpc_vector_free(&nb->above);
	mpc_vector_free(&nb->weight);
}

/* Where the numbers are that public quantiles lie between: twice the same where they are on one. */
struct positions {
	struct mpc_ordering_span *spans;
	size_t *places; /* all that are below, and all that are above */
	word *weights;
};

static int
positions_new(struct positions *p, size_t rows, const struct mpc_quantiles *q)
{
	uint64_t h;
	size_t i;

	p->spans = mem_array(q->count, sizeof(*p->spans));
	p->places = mem_array(2 * q->count, sizeof(*p->places));
	p->weights = mem_array(q->count, sizeof(*p->weights));
	if (p->spans == NULL || p->places == NULL || p->weights == NULL)
		return (-1);
	for (i = 0; i < q->count; i++) {
		h = (uint64_t)(rows - 1) * q->numerators[i];
		p->weights[i] = h % q->denominator;
		p->places[i] = (size_t)(h / q->denominator);
		p->places[q->count + i] = p->places[i] + (p->weights[i] > 0);
		p->spans[i] = (struct mpc_ordering_span){ p->places[i],
			(p->weights[i] > 0) ? 2 : 1 };
	}
	return (0);
}

static void
positions_free(struct positions *p)
{

	free(p->spans);
	free(p->places);
	free(p->weights);
}

static int
find_public(struct mpc *S, struct mpc_neighbours *nb, size_t first, const struct mpc_ranked *r,
    const struct mpc_quantiles *q)
{
	struct mpc_vector taken = { .n = 0 }, to, part;
	struct mpc_ordering_key keys[MPC_RANKED_KEYS];
	size_t n_keys = mpc_ranked_keys(r, keys);
	struct mpc_ordering o;
	struct positions p;
	int rc = -1;

	memset(&o, 0, sizeof(o));
	if (positions_new(&p, r->x->n, q) == 0 &&
	    mpc_vector_new(S, &taken, 2 * q->count) == 0 &&
	    mpc_ordering_find_spans(S, &o, keys, n_keys, p.spans, q->count) == 0 &&
	    (rc = mpc_ordering_take(S, &o, &taken, r->x, p.places, 2 * q->count)) == 0) {
		to = mpc_part(&nb->below, first, q->count);
		part = mpc_part(&taken, 0, q->count);
		mpc_copy(&to, &part);
		to = mpc_part(&nb->above, first, q->count);
		part = mpc_part(&taken, q->count, q->count);
		mpc_copy(&to, &part);
		mpc_load_public(&nb->weight, first, p.weights, q->count);
	}
	mpc_ordering_free(&o);
	positions_free(&p);
	mpc_vector_free(&taken);
	return (rc);
}

/* Secret positions, k and a weight: of the quantiles of as many values as are there. */
static int
find_positions(struct mpc *S, struct mpc_vector *k, struct mpc_vector *weight,
    const struct mpc_vector *present, const struct mpc_quantiles *q)
{
	struct mpc_vector most, h, one;
	size_t i;
	int rc = -1;

	memset(&h, 0, sizeof(h));
	if (mpc_vector_new(S, &most, 1) == 0 && mpc_vector_new(S, &h, q->count) == 0) {
		mpc_add_sum(&most, present);
		mpc_add_public(&most, &most, -1);
		for (i = 0; i < q->count; i++) {
			one = mpc_part(&h, i, 1);
			mpc_scale(&one, &most, (int64_t)q->numerators[i]);
		}
		rc = divide_floor(S, k, weight, &h, q->denominator);
	}
	mpc_vector_free(&most);
	mpc_vector_free(&h);
	return (rc);
}

/* at[j] = [j = k], for all rows; k is from -1 to below their number. */
static int
mark_row(struct mpc *S, struct mpc_vector *at, const struct mpc_vector *k)
{
	size_t *index = mem_array(at->n, sizeof(*index)), i;
	word *places = mem_array(at->n, sizeof(*places));
	const struct mpc_selection_term term = { .constant = { 1 } };
	struct mpc_selection_term terms[1] = { term };
	const unsigned bits = word_bits(at->n + 1);
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if (index != NULL && places != NULL && room_open(&r, S, at->n, 1, 1) == 0) {
		for (i = 0; i < at->n; i++)
			places[i] = (word)0 - i;
		mpc_gather(&r.word[0], k, index, at->n);
		mpc_add_public_words(&r.word[0], &r.word[0], places);
		terms[0].bit = r.bit;
		if (mpc_equal(S, r.bit, &r.word[0], bits) == 0)
			rc = mpc_select(S, at, &(struct mpc_selection){ .count = 1,
			    .terms = terms, .results = 1 });
	}
	room_close(&r);
	free(index);
	free(places);
	return (rc);
}

/* The word of ${sorted} in place k, and the one behind it, or the last one again. */
static int
take_neighbours(struct mpc *S, struct mpc_neighbours *nb, size_t i, const struct mpc_vector *k,
    const struct mpc_vector *sorted)
{
	enum { AT, NEXT, WORDS };
	const size_t n = sorted->n;
	const struct bilinear sum = bilinear_matrices(1, n, 1);
	struct mpc_vector below = mpc_part(&nb->below, i, 1), above = mpc_part(&nb->above, i, 1),
	    to, from;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, WORDS, 0) == 0 && mark_row(S, &r.word[AT], k) == 0) {
		to = mpc_part(&r.word[NEXT], 0, n - 1);
		from = mpc_part(sorted, 1, n - 1);
		mpc_copy(&to, &from);
		to = mpc_part(&r.word[NEXT], n - 1, 1);
		from = mpc_part(sorted, n - 1, 1);
		mpc_copy(&to, &from);
		if (mpc_product(S, &below, &sum, &r.word[AT], sorted) == 0)
			rc = mpc_product(S, &above, &sum, &r.word[AT], &r.word[NEXT]);
	}
	room_close(&r);
	return (rc);
}

/*
 * The number of values that are there is a secret, and so is where a quantile is: each row is
 * compared with that.  Where the one behind is a missing value, its weight is 0.
 */
static int
find_secret(struct mpc *S, struct mpc_neighbours *nb, size_t first, const struct mpc_ranked *r,
    const struct mpc_quantiles *q)
{
	struct mpc_vector sorted = { .n = 0 }, k = { .n = 0 }, weight, one;
	struct mpc_ordering_key keys[MPC_RANKED_KEYS];
	size_t n_keys = mpc_ranked_keys(r, keys), i;
	struct mpc_ordering o;
	int rc = -1;

	memset(&o, 0, sizeof(o));
	weight = mpc_part(&nb->weight, first, q->count);
	if (mpc_vector_new(S, &sorted, r->x->n) == 0 && mpc_vector_new(S, &k, q->count) == 0 &&
	    mpc_ordering_find(S, &o, keys, n_keys, 0, r->x->n) == 0 &&
	    mpc_ordering_rows(S, &o, &sorted, r->x, 0, r->x->n) == 0)
		rc = find_positions(S, &k, &weight, r->present, q);
	for (i = 0; i < q->count && rc == 0; i++) {
		one = mpc_part(&k, i, 1);
		rc = take_neighbours(S, nb, first + i, &one, &sorted);
	}
	mpc_ordering_free(&o);
	mpc_vector_free(&sorted);
	mpc_vector_free(&k);
	return (rc);
}

int
mpc_neighbours_find(struct mpc *S, struct mpc_neighbours *nb, size_t first,
    const struct mpc_ranked *r, const struct mpc_quantiles *q)
{

	return (((r->present != NULL) ? find_secret : find_public)(S, nb, first, r, q));
}

/* ---- between them ---- */

int
mpc_between_new(struct mpc *S, struct mpc_between *z, size_t n)
{

	memset(z, 0, sizeof(*z));
	return ((mpc_vector_new(S, &z->whole, n) == -1 || mpc_vector_new(S, &z->rest, n) == -1) ?
	    -1 : 0);
}

void
mpc_between_free(struct mpc_between *z)
{

	mpc_vector_free(&z->whole);
	mpc_vector_free(&z->rest);
}

#define HALF_BITS 31
#define HALF_RANGE 53 /* of a half times a weight */

/*
 * A distance d from 0 to 2^63 - 1 in halves, d = upper 2^31 + lower: what truncation makes of
 * d - 2^62 is off by 1 at most, and the lower half is what that leaves.  Where the weight is 0 a
 * distance may be any word, and so may be its halves.
 */
static int
halve_distances(struct mpc *S, struct mpc_vector *upper, struct mpc_vector *lower,
    const struct mpc_neighbours *nb)
{
	bool before = mpc_may_wrap(S, true);
	int rc;

	mpc_subtract(lower, &nb->above, &nb->below);
	mpc_add_public(upper, lower, -((int64_t)1 << MPC_NUMBER_RANGE));
	rc = mpc_truncate(S, upper, upper, HALF_BITS);
	mpc_add_public(upper, upper, (int64_t)1 << (MPC_NUMBER_RANGE - HALF_BITS));
	mpc_add_scaled(lower, upper, -((int64_t)1 << HALF_BITS));
	(void)mpc_may_wrap(S, before);
	return (rc);
}

/* Weights are below 2^20: rests, below 1.3 2^20 2^31, and lower parts, below 2^51, are < 2^53. */
int
mpc_interpolate(struct mpc *S, struct mpc_between *z, const struct mpc_neighbours *nb,
    uint64_t denominator)
{
	enum { UPPER, LOWER, UPPER_PART, LOWER_PART, QUOTIENT, WORDS };
	const struct bilinear times = bilinear_elements(nb->below.n);
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, nb->below.n, WORDS, 0) == -1)
		goto out;
	w = r.word;
	if (halve_distances(S, &w[UPPER], &w[LOWER], nb) == -1 ||
	    mpc_product(S, &w[UPPER_PART], &times, &w[UPPER], &nb->weight) == -1 ||
	    mpc_product(S, &w[LOWER_PART], &times, &w[LOWER], &nb->weight) == -1 ||
	    mpc_divide_public(S, &w[QUOTIENT], &w[UPPER_PART], denominator, HALF_RANGE) == -1)
		goto out;
	mpc_add_scaled(&w[UPPER_PART], &w[QUOTIENT], -(int64_t)denominator);
	mpc_copy(&z->whole, &nb->below);
	mpc_add_scaled(&z->whole, &w[QUOTIENT], (int64_t)1 << HALF_BITS);
	mpc_copy(&z->rest, &w[LOWER_PART]);
	mpc_add_scaled(&z->rest, &w[UPPER_PART], (int64_t)1 << HALF_BITS);
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

/* floor((2 rest + denominator) / (2 denominator)) */
int
mpc_between_round(struct mpc *S, struct mpc_vector *y, const struct mpc_between *z,
    uint64_t denominator)
{
	enum { TWICE, ROUNDED, LEFT, WORDS };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, z->whole.n, WORDS, 0) == 0) {
		mpc_scale(&r.word[TWICE], &z->rest, 2);
		mpc_add_public(&r.word[TWICE], &r.word[TWICE], (int64_t)denominator);
		if ((rc = divide_floor(S, &r.word[ROUNDED], &r.word[LEFT], &r.word[TWICE],
		    2 * denominator)) == 0)
			mpc_add(y, &z->whole, &r.word[ROUNDED]);
	}
	room_close(&r);
	return (rc);
}
