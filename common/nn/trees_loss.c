#include <math.h>
#include <string.h>

#include "func/divisor.h"
#include "func/function.h"
#include "func/response.h"
#include "mpc/room.h"
#include "nn/network.h"
#include "nn/prepare.h"
#include "nn/trees_internal.h"

/*
 * What is known of gradients g and curvatures h of a row that weighs 1:
 *
 *	squared, numbers   h = 1, and the squares of g come to 8 n at most, which is tested
 *	squared, classes   h = 1, |g| <= 1
 *	logistic           h = max(P (1 - P), g^2 / 64) <= 1/4, so that |g / h| <= 128
 *	softmax            h = max(2 P (1 - P), g^2 / 64) <= 1/2, and the same
 *
 * (a row that is right has g = P and h about P, and one that is wrong |g| >= 1/2).  By Cauchy and
 * Schwarz G^2 / H is at most the sum of g^2 / h.
 */
#define MOST_SQUARES 8
#define STEEP_LOG 6
#define STEEP_RATIO_LOG 7

/* ---- scale ---- */

static bool
is_numbers(const struct trees *a)
{

	return (a->how.loss == TREES_SQUARED && a->how.classes == 0);
}

static unsigned
up_log(double x)
{

	return ((x <= 1) ? 0 : (unsigned)ceil(log2(x)));
}

struct trees_scale
trees_scale_of(const struct trees *a, size_t rows, double heaviest)
{
	const double n = (double)rows, times = (a->how.rows == 0) ? TREES_MOST_COUNT : 1,
	    curve = (a->how.loss == TREES_LOGISTIC) ? 0.25 : (a->how.loss == TREES_SOFTMAX) ? 0.5 :
	    1;
	const bool steep = (a->how.loss != TREES_SQUARED);
	unsigned score_log = up_log(n * heaviest * times * (steep ? (double)(1 << STEEP_LOG) :
	    is_numbers(a) ? MOST_SQUARES : 1));
	struct trees_scale s = { .unit = (!steep && heaviest == 1) };

	s.q_log = 1 + (steep ? STEEP_RATIO_LOG : is_numbers(a) ?
	    up_log(sqrt(MOST_SQUARES * n * heaviest)) : 0);
	s.h = TREES_TOP_LOG - up_log(n * heaviest * curve + a->how.lambda + 1);
	s.g = s.h + TREES_PRODUCT_LOG - TREES_INVERSE_BITS - s.q_log;
	s.g = (s.g < 28) ? s.g : 28;
	s.q = TREES_PRODUCT_LOG - s.g - score_log;
	s.q = (s.q < 20) ? s.q : 20;
	s.s = TREES_SCORE_LOG - score_log;
	return (s);
}

/* ---- weights ---- */

/* z = z w, of the classes that rows are of. */
static int
weigh_rows(struct mpc *S, const struct trees *a, struct mpc_vector *z)
{
	const struct nn_data *d = &a->task->data;
	const struct bilinear times = bilinear_elements(z->n);
	struct room r;
	struct mpc_vector part;
	size_t k, out = d->weights.n / d->rows;
	int rc = -1;

	if (d->weights.n == 0)
		return (0);
	if (room_open(&r, S, z->n, 2, 0) == 0) {
		for (k = 0; k < z->n / d->rows; k++) {
			part = mpc_part(&r.word[0], k * d->rows, d->rows);
			mpc_columns_get(&part, &d->weights, d->rows, out, k % out);
		}
		if (mpc_product(S, &r.word[1], &times, z, &r.word[0]) == 0)
			rc = mpc_truncate(S, z, &r.word[1], NN_WEIGHT_BITS);
	}
	room_close(&r);
	return (rc);
}

/* ---- probabilities ---- */

int
trees_find_sigmoid(struct mpc *S, struct mpc_vector *p, const struct mpc_vector *score)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, p->n, 1, 0) == 0 && mpc_clip_cut(S, &r.word[0], score,
	    MPC_RESPONSE_MOST, TREES_LEAF_BITS, TREES_LEAF_BITS - MPC_RESPONSE_BITS) == 0)
		rc = mpc_logistic(S, p, &r.word[0]);
	room_close(&r);
	return (rc);
}

#define SOFTMAX_BITS 20

/* Of rows, and then of classes again. */
static int
find_softmax(struct mpc *S, const struct trees *a, struct mpc_vector *p,
    const struct mpc_vector *score)
{
	const size_t rows = a->task->data.rows, classes = a->how.classes;
	struct mpc_vector part;
	struct room r;
	size_t k;
	int rc = -1;

	if (room_open(&r, S, p->n, 2, 0) == 0 &&
	    mpc_truncate(S, p, score, TREES_LEAF_BITS - SOFTMAX_BITS) == 0) {
		for (k = 0; k < classes; k++) {
			part = mpc_part(p, k * rows, rows);
			mpc_columns_set(&r.word[0], &part, rows, classes, k);
		}
		rc = mpc_softmax(S, &r.word[1], &r.word[0], rows, classes,
		    mpc_any_numbers(SOFTMAX_BITS));
		for (k = 0; k < classes; k++) {
			part = mpc_part(p, k * rows, rows);
			mpc_columns_get(&part, &r.word[1], rows, classes, k);
		}
		mpc_scale(p, p, (int64_t)1 << (TREES_GRADIENT_BITS - SOFTMAX_BITS));
	}
	room_close(&r);
	return (rc);
}

/* h = max(P (1 - P) 2^twice, g^2 / 64). */
static int
find_curvature(struct mpc *S, struct mpc_vector *h, const struct mpc_vector *p,
    const struct mpc_vector *g, unsigned twice)
{
	enum { BOTH, PRODUCT, P_P, G_G, WORDS };
	struct mpc_vector both = { .n = 0 }, product = { .n = 0 }, part, list[2];
	const struct mpc_vector *of[2] = { &list[0], &list[1] };
	const struct bilinear times = bilinear_elements(2 * h->n);
	int rc = -1;

	if (mpc_vector_new(S, &both, 2 * h->n) == 0 &&
	    mpc_vector_new(S, &product, 2 * h->n) == 0) {
		part = mpc_part(&both, 0, h->n);
		mpc_copy(&part, p);
		part = mpc_part(&both, h->n, h->n);
		mpc_copy(&part, g);
		if (mpc_product(S, &product, &times, &both, &both) == 0) {
			list[0] = mpc_part(&product, 0, h->n);
			list[1] = mpc_part(&product, h->n, h->n);
			/* P - P^2, with the bits of both. */
			mpc_scale(&list[0], &list[0], -((int64_t)1 << twice));
			mpc_add_scaled(&list[0], p, (int64_t)1 << (TREES_GRADIENT_BITS + twice));
			mpc_scale(&list[0], &list[0], (int64_t)1 << STEEP_LOG);
			if (mpc_truncate(S, &product, &product,
			    TREES_GRADIENT_BITS + STEEP_LOG) == 0)
				rc = mpc_max_of(S, h, NULL, of, 2, TREES_GRADIENT_BITS + 2);
		}
	}
	mpc_vector_free(&both);
	mpc_vector_free(&product);
	return (rc);
}

/* ---- gradients ---- */

/* g = -y, with TREES_GRADIENT_BITS, number after number. */
static void
take_labels(const struct trees *a, struct mpc_vector *g)
{
	const struct nn_data *d = &a->task->data;
	const unsigned bits = (is_numbers(a) && d->bits > 0) ? d->bits : NN_BITS;
	const size_t out = a->is.out;
	struct mpc_vector part;
	size_t k;

	for (k = 0; k < out; k++) {
		part = mpc_part(g, k * d->rows, d->rows);
		mpc_columns_get(&part, &d->labels, d->rows, out, k);
	}
	mpc_scale(g, g, -((int64_t)1 << (TREES_GRADIENT_BITS - bits)));
}

/* The sum of squares of gradients is a mean of at most MOST_SQUARES; else it is a fault. */
static int
test_squares(struct mpc *S, struct trees *a, const struct mpc_vector *g)
{
	enum { COARSE, SQUARES, WORDS };
	const unsigned coarse = TREES_GRADIENT_BITS - 12;
	const size_t rows = a->task->data.rows;
	const int64_t most = (int64_t)(MOST_SQUARES * rows) << 24;
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &most };
	const struct bilinear times = bilinear_groups(&rows, 1);
	struct mpc_vector sum = { .n = 0 };
	struct mpc_bits bit = { .n = 0 };
	const struct mpc_selection_term term = { .bit = &bit, .constant = { 1 } };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, rows, 1, 0) == 0 && mpc_vector_new(S, &sum, 1) == 0 &&
	    mpc_bits_new(S, &bit, 1) == 0 && mpc_truncate(S, &r.word[COARSE], g, coarse) == 0 &&
	    mpc_product(S, &sum, &times, &r.word[COARSE], &r.word[COARSE]) == 0 &&
	    mpc_compare(S, &bit, &sum, &c) == 0 &&
	    mpc_select(S, &sum, &(struct mpc_selection){ .count = 1, .terms = &term,
	    .results = 1 }) == 0) {
		mpc_add(&a->faults, &a->faults, &sum);
		rc = 0;
	}
	room_close(&r);
	mpc_vector_free(&sum);
	mpc_bits_free(&bit);
	return (rc);
}

static int
find_steep(struct mpc *S, struct trees *a, struct mpc_vector *g, struct mpc_vector *h)
{
	const bool sigmoid = (a->how.loss == TREES_LOGISTIC);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->n, 1, 0) == 0 && (sigmoid ?
	    trees_find_sigmoid(S, &r.word[0], &a->score) :
	    find_softmax(S, a, &r.word[0], &a->score)) == 0) {
		mpc_add(g, g, &r.word[0]);
		if (find_curvature(S, h, &r.word[0], g, sigmoid ? 0 : 1) == 0)
			rc = (weigh_rows(S, a, g) == 0) ? weigh_rows(S, a, h) : -1;
	}
	room_close(&r);
	return (rc);
}

int
trees_gradients(struct mpc *S, struct trees *a, struct mpc_vector *g, struct mpc_vector *h)
{

	take_labels(a, g);
	if (a->how.loss != TREES_SQUARED)
		return (find_steep(S, a, g, h));
	if (a->how.kind == TREES_BOOST)
		mpc_add_scaled(g, &a->score, (int64_t)1 << (TREES_GRADIENT_BITS -
		    TREES_LEAF_BITS));
	if (is_numbers(a) && test_squares(S, a, g) == -1)
		return (-1);
	if (a->task->data.weights.n == 0)
		return (0);
	mpc_zero(h);
	mpc_add_public(h, h, (int64_t)1 << TREES_GRADIENT_BITS);
	return ((weigh_rows(S, a, g) == 0) ? weigh_rows(S, a, h) : -1);
}
