#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "func/first_largest.h"
#include "func/function.h"
#include "mpc/room.h"
#include "nn/trees_internal.h"

/* ---- the scale of sums ---- */

static int
scale_words(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned from,
    unsigned to)
{

	return (mpc_shift(S, y, x, (int)to - (int)from));
}

/* G' and H' of the same sums. */
static int
scale_sums(struct mpc *S, const struct trees *a, struct trees_sums *to,
    const struct trees_sums *from)
{
	const struct trees_scale *s = &a->scale;

	if (scale_words(S, &to->g, &from->g, TREES_GRADIENT_BITS, s->g) == -1)
		return (-1);
	return (scale_words(S, &to->h, &from->h, s->unit ? 0 : TREES_GRADIENT_BITS, s->h));
}

static int
tree_sums_new(struct mpc *S, struct trees_sums *x, size_t outputs, size_t n)
{

	memset(x, 0, sizeof(*x));
	return ((mpc_vector_new(S, &x->g, outputs * n) == -1 ||
	    mpc_vector_new(S, &x->h, n) == -1) ? -1 : 0);
}

static void
tree_sums_free(struct trees_sums *x)
{

	mpc_vector_free(&x->g);
	mpc_vector_free(&x->h);
	mpc_vector_free(&x->count);
}

/* ---- division ---- */

static int
times_shift(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x,
    const struct mpc_vector *y, unsigned shift)
{
	const struct bilinear times = bilinear_elements(z->n);
	struct mpc_vector product;
	int rc;

	if ((rc = mpc_vector_new(S, &product, z->n)) == 0 &&
	    (rc = mpc_product(S, &product, &times, x, y)) == 0)
		rc = mpc_truncate(S, z, &product, shift);
	mpc_vector_free(&product);
	return (rc);
}

/* Of e = 1 - H u, a thousandth, 20 bits are kept. */
#define ERROR_BITS 20

/* u = 2^46 / H', off by e^2: u (1 + e), of u that is off by e. */
static int
invert(struct mpc *S, struct mpc_vector *u, const struct mpc_vector *h)
{
	const struct mpc_ladder ladder = { .low = TREES_TOP_LOG - 24, .steps = 8 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, h->n, 2, 0) == 0 &&
	    mpc_reciprocal_above(S, u, h, TREES_INVERSE_BITS / 2, &ladder) == 0 &&
	    times_shift(S, &r.word[0], h, u, TREES_INVERSE_BITS - ERROR_BITS) == 0) {
		mpc_scale(&r.word[0], &r.word[0], -1);
		mpc_add_public(&r.word[0], &r.word[0], (int64_t)1 << ERROR_BITS);
		rc = times_shift(S, &r.word[1], u, &r.word[0], ERROR_BITS);
		mpc_add(u, u, &r.word[1]);
	}
	room_close(&r);
	return (rc);
}

/* s = the sum of G' Q over outputs, with the bits of scores. */
static int
sum_scores(struct mpc *S, const struct trees *a, struct mpc_vector *s, const struct mpc_vector *g,
    const struct mpc_vector *q)
{
	const struct trees_scale *c = &a->scale;
	struct mpc_vector product = { .n = 0 };
	const struct bilinear B = bilinear_columns(1, a->outputs, s->n);
	int rc;

	if ((rc = mpc_vector_new(S, &product, s->n)) == 0 &&
	    (rc = mpc_product(S, &product, &B, g, q)) == 0)
		rc = scale_words(S, s, &product, c->g + c->q, c->s);
	mpc_vector_free(&product);
	return (rc);
}

/* The same of sums that have their scale. */
static int
divide_both_sides(struct mpc *S, const struct trees *a, struct mpc_vector *q, struct mpc_vector *s,
    const struct trees_sums *x)
{
	const struct trees_scale *c = &a->scale;
	struct mpc_vector spread = { .n = 0 };
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if (mpc_vector_new(S, &spread, q->n) == 0 && room_open(&r, S, x->h.n, 2, 0) == 0) {
		mpc_add_public(&r.word[0], &x->h, llrint(ldexp(a->how.lambda, (int)c->h)));
		if (invert(S, &r.word[1], &r.word[0]) == 0) {
			mpc_columns_spread(&spread, &r.word[1], a->outputs, x->h.n);
			rc = times_shift(S, q, &x->g, &spread,
			    c->g + TREES_INVERSE_BITS - c->h - c->q);
		}
	}
	if (rc == 0 && s != NULL)
		rc = sum_scores(S, a, s, &x->g, q);
	mpc_vector_free(&spread);
	room_close(&r);
	return (rc);
}

int
trees_divide(struct mpc *S, const struct trees *a, struct mpc_vector *q, struct mpc_vector *s,
    const struct trees_sums *sums)
{
	struct trees_sums x;
	int rc = -1;

	if (tree_sums_new(S, &x, a->outputs, sums->h.n) == 0 && scale_sums(S, a, &x, sums) == 0)
		rc = divide_both_sides(S, a, q, s, &x);
	tree_sums_free(&x);
	return (rc);
}

/* ---- both sides of each candidate ---- */

/*
 * Sums of the left sides, of the right ones, and of the nodes, one behind the other; those of
 * candidates are of n x candidates.
 */
struct sides {
	size_t n, candidates;
	struct trees_sums x;
	struct mpc_vector q, s;
};

static void
sides_free(struct sides *v)
{

	tree_sums_free(&v->x);
	mpc_vector_free(&v->q);
	mpc_vector_free(&v->s);
}

/* Of one kind of sum: left = node - right. */
static void
lay_sides(const struct sides *v, struct mpc_vector *to, const struct mpc_vector *right,
    const struct mpc_vector *node)
{
	const size_t m = v->n * v->candidates;
	struct mpc_vector left = mpc_part(to, 0, m), part = mpc_part(to, m, m);

	mpc_copy(&part, right);
	mpc_rows_spread(&left, node, v->n, v->candidates);
	mpc_subtract(&left, &left, right);
	part = mpc_part(to, 2 * m, v->n);
	mpc_copy(&part, node);
}

/* Scaled first, so that both sides come to the node. */
static int
find_sides(struct mpc *S, const struct trees *a, struct sides *v, const struct trees_sums *right,
    const struct trees_sums *node)
{
	const size_t m = v->n * v->candidates, all = 2 * m + v->n;
	struct trees_sums r, t;
	struct mpc_vector to, from, of;
	size_t k;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	memset(&t, 0, sizeof(t));
	if (tree_sums_new(S, &v->x, a->outputs, all) == 0 &&
	    tree_sums_new(S, &r, a->outputs, m) == 0 &&
	    tree_sums_new(S, &t, a->outputs, v->n) == 0 &&
	    mpc_vector_new(S, &v->q, a->outputs * all) == 0 &&
	    mpc_vector_new(S, &v->s, all) == 0 && scale_sums(S, a, &r, right) == 0 &&
	    scale_sums(S, a, &t, node) == 0) {
		lay_sides(v, &v->x.h, &r.h, &t.h);
		for (k = 0; k < a->outputs; k++) {
			to = mpc_part(&v->x.g, k * all, all);
			from = mpc_part(&r.g, k * m, m);
			of = mpc_part(&t.g, k * v->n, v->n);
			lay_sides(v, &to, &from, &of);
		}
		rc = divide_both_sides(S, a, &v->q, &v->s, &v->x);
	}
	tree_sums_free(&r);
	tree_sums_free(&t);
	return (rc);
}

/* ---- which are allowed ---- */

/* The least sum of curvatures of a child, as H'. */
static int64_t
least_weight(const struct trees *a)
{
	const struct trees_scale *c = &a->scale;
	const double rows = (double)a->how.min_rows, weight = a->how.min_weight,
	    least = c->unit ? ceil(fmax(fmax(rows, weight), 1)) - 0.5 : weight;
	const int64_t scaled = llrint(ldexp(least, (int)c->h)),
	    lowest = (int64_t)1 << (TREES_TOP_LOG - 24);

	return ((scaled > lowest) ? scaled : lowest);
}

/* d[i] = [x[i] >= least], left and right, in strides. */
static int
compare_sides(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *x, size_t m,
    size_t stride, int64_t least, unsigned bits)
{
	const struct mpc_comparison c = { .high = bits, .count = 1, .thresholds = &least };
	struct mpc_vector both = { .n = 0 }, to, from;
	int rc;

	if ((rc = mpc_vector_new(S, &both, 2 * stride)) == 0) {
		to = mpc_part(&both, 0, m);
		from = mpc_part(x, 0, m);
		mpc_copy(&to, &from);
		to = mpc_part(&both, stride, m);
		from = mpc_part(x, m, m);
		mpc_copy(&to, &from);
		rc = mpc_compare(S, d, &both, &c);
	}
	mpc_vector_free(&both);
	return (rc);
}

/* Left and right rows, as words of candidates. */
static int
lay_row_counts(struct mpc *S, const struct sides *v, struct mpc_vector *x,
    const struct trees_sums *right, const struct trees_sums *node)
{

	if (mpc_vector_new(S, x, 2 * v->n * v->candidates + v->n) == -1)
		return (-1);
	lay_sides(v, x, &right->count, &node->count);
	return (0);
}

#define WEIGHT_BITS (TREES_TOP_LOG + 2)
#define COUNT_BITS 40

/* allowed = [both children are heavy enough, and have rows enough], stride bits. */
static int
find_allowed(struct mpc *S, const struct trees *a, const struct sides *v, struct mpc_bits *allowed,
    const struct trees_sums *right, const struct trees_sums *node)
{
	const size_t m = v->n * v->candidates, stride = allowed->n;
	const bool counted = (right->count.n > 0);
	struct mpc_bits heavy = { .n = 0 }, many = { .n = 0 }, part[MPC_MAX_AND];
	const struct mpc_bits *list[MPC_MAX_AND] = { &part[0], &part[1], &part[2], &part[3] };
	struct mpc_vector counts = { .n = 0 };
	size_t k;
	int rc = -1;

	if (mpc_bits_new(S, &heavy, 2 * stride) == 0 && mpc_bits_new(S, &many, 2 * stride) == 0 &&
	    compare_sides(S, &heavy, &v->x.h, m, stride, least_weight(a), WEIGHT_BITS) == 0)
		rc = 0;
	if (rc == 0 && counted && (rc = lay_row_counts(S, v, &counts, right, node)) == 0)
		rc = compare_sides(S, &many, &counts, m, stride, (int64_t)a->how.min_rows,
		    COUNT_BITS);
	for (k = 0; k < 2; k++) {
		part[k] = mpc_bits_part(&heavy, k * stride, stride);
		part[2 + k] = mpc_bits_part(&many, k * stride, stride);
	}
	if (rc == 0)
		rc = mpc_and(S, allowed, list, counted ? 4 : 2);
	mpc_bits_free(&heavy);
	mpc_bits_free(&many);
	mpc_vector_free(&counts);
	return (rc);
}

/* ---- gains ---- */

/* gain = left + right - node - gamma. */
static void
lay_gains(const struct trees *a, const struct sides *v, struct mpc_vector *gain,
    struct mpc_vector *room)
{
	const size_t m = v->n * v->candidates;
	struct mpc_vector left = mpc_part(&v->s, 0, m), right = mpc_part(&v->s, m, m),
	    node = mpc_part(&v->s, 2 * m, v->n);

	mpc_rows_spread(room, &node, v->n, v->candidates);
	mpc_add(gain, &left, &right);
	mpc_subtract(gain, gain, room);
	mpc_add_public(gain, gain, -llrint(ldexp(a->how.gamma, (int)a->scale.s)));
}

/* What is not allowed gains nothing, nor does what may not be looked at; 0 comes first. */
static int
find_gains(struct mpc *S, const struct trees *a, const struct sides *v, struct mpc_vector *gain,
    const struct mpc_bits *allowed, const word *use)
{
	const size_t m = v->n * v->candidates, stride = allowed->n;
	const struct bilinear elements = bilinear_elements(m);
	struct mpc_vector part, room_part;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, stride, 3, 0) == 0) {
		const struct mpc_selection_term term = { .bit = allowed, .word = &r.word[0],
			.weight = { 1 } };

		part = mpc_part(&r.word[0], 0, m);
		room_part = mpc_part(&r.word[1], 0, m);
		lay_gains(a, v, &part, &room_part);
		rc = mpc_select(S, &r.word[1], &(struct mpc_selection){ .count = 1, .terms = &term,
			.results = 1 });
	}
	if (rc == 0) {
		part = mpc_part(&r.word[2], 0, m);
		if (use != NULL)
			mpc_product_public(&part, &elements, &room_part, use);
		else
			mpc_copy(&part, &room_part);
		mpc_columns_lay(gain, v->candidates + 1, 1, &part, v->candidates, 0,
		    v->candidates);
	}
	room_close(&r);
	return (rc);
}

#define GAIN_RANGE (TREES_SCORE_LOG + 3)

int
trees_choose(struct mpc *S, const struct trees *a, struct mpc_vector *best,
    struct mpc_vector *chosen, const struct trees_sums *right, const struct trees_sums *node,
    size_t n, const word *use)
{
	struct sides v = { .n = n, .candidates = a->bins.candidates };
	struct mpc_vector gain = { .n = 0 };
	struct mpc_bits allowed = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &gain, n * (v.candidates + 1)) == 0 &&
	    mpc_bits_new(S, &allowed, mpc_bits_stride(n * v.candidates)) == 0 &&
	    find_sides(S, a, &v, right, node) == 0 &&
	    find_allowed(S, a, &v, &allowed, right, node) == 0 &&
	    find_gains(S, a, &v, &gain, &allowed, use) == 0)
		rc = mpc_first_largest(S, best, chosen, &gain, n, v.candidates + 1, GAIN_RANGE);
	sides_free(&v);
	mpc_vector_free(&gain);
	mpc_bits_free(&allowed);
	return (rc);
}
