#include "nn/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/beyond.h"
#include "func/function.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"

#define BLOCK_WORDS ((size_t)1 << 16) /* of classes or columns, worked on at a time */
#define INDEX_BITS 8                  /* of a class */

/* ---- beginning ---- */

/* Sums that are asked for, and counts of what is out of range. */
static int
sums_new(struct mpc *S, struct metrics *m)
{
	const struct metrics_shape *s = &m->shape;

	if ((metrics_need(s, METRICS_CLASSES) &&
	    mpc_vector_new(S, &m->count, s->classes * s->classes) == -1) ||
	    (s->wanted[METRIC_LOG_LOSS] && mpc_vector_new(S, &m->loss, 1) == -1) ||
	    (s->wanted[METRIC_BRIER] && mpc_vector_new(S, &m->brier, 1) == -1) ||
	    (s->wanted[METRIC_MAE] && mpc_vector_new(S, &m->absolute, 1) == -1) ||
	    (s->wanted[METRIC_MAPE] && mpc_vector_new(S, &m->relative, 1) == -1))
		return (-1);
	return ((metrics_need(s, METRICS_VALUES) || metrics_order_limit(s) != 0) ?
	    mpc_vector_new(S, &m->beyond, METRICS_BEYONDS) : 0);
}

static int
rankings_new(struct mpc *S, struct metrics *m)
{
	size_t k;

	if (metrics_rankings(&m->shape) == 0)
		return (0);
	if ((m->ranking = mem_array(metrics_rankings(&m->shape), sizeof(*m->ranking))) == NULL)
		return (-1);
	m->n_rankings = metrics_rankings(&m->shape);
	for (k = 0; k < m->n_rankings; k++) {
		if (mpc_vector_new(S, &m->ranking[k].size, 1) == -1)
			return (-1);
	}
	return (0);
}

int
metrics_new(struct mpc *S, struct metrics *m, const struct metrics_shape *shape)
{
	struct metrics_shape *s = &m->shape;

	memset(m, 0, sizeof(*m));
	*s = *shape;
	if (metrics_shape_check(s) == -1 || sums_new(S, m) == -1 || rankings_new(S, m) == -1 ||
	    metrics_curve_new(S, &m->curve, s) == -1 || metrics_kept_new(m) == -1)
		return (-1);
	if (s->replicates == 0 && (s->wanted[METRIC_MSE] || s->wanted[METRIC_R2]) &&
	    mpc_moments_new(S, &m->error, MPC_ERRORS, 1, metrics_value_range(s)) == -1)
		return (-1);
	return (s->wanted[METRIC_R2] ?
	    mpc_moments_new(S, &m->moment, MPC_SQUARES, 1, metrics_value_range(s)) : 0);
}

void
metrics_free(struct metrics *m)
{
	size_t k;

	for (k = 0; k < m->n_rankings; k++) {
		mpc_vector_free(&m->ranking[k].score);
		mpc_vector_free(&m->ranking[k].positive);
		mpc_vector_free(&m->ranking[k].size);
	}
	free(m->ranking);
	metrics_curve_free(&m->curve);
	metrics_kept_free(m);
	mpc_vector_free(&m->count);
	mpc_vector_free(&m->loss);
	mpc_vector_free(&m->brier);
	mpc_vector_free(&m->absolute);
	mpc_vector_free(&m->relative);
	mpc_moments_free(&m->error);
	mpc_vector_free(&m->beyond);
	mpc_moments_free(&m->moment);
	memset(m, 0, sizeof(*m));
}

/* ---- classes ---- */

/* The class of a label is its number, or, of columns, the number of that which is 1. */
static int
find_labels(struct mpc *S, const struct metrics *m, struct scored_rows *b)
{
	const struct metrics_shape *s = &m->shape;
	int64_t bounds[MPC_MAX_THRESHOLDS];
	struct room r;
	size_t k;
	int rc = -1;

	for (k = 1; k < s->classes; k++)
		bounds[k - 1] = (int64_t)ceil(ldexp((double)k - 0.5, (int)s->label_bits));
	if (room_open(&r, S, b->rows, 2, 0) == 0) {
		for (k = (s->labels == 1) ? 0 : 1; k < s->labels; k++) {
			mpc_columns_get(&r.word[1], &b->y, b->rows, s->labels, k);
			mpc_scale(&r.word[1], &r.word[1], (k == 0) ? 1 : (int64_t)k);
			mpc_add(&r.word[0], &r.word[0], &r.word[1]);
		}
		rc = metrics_find_steps(S, b, &b->label, &b->at_least, &r.word[0], bounds,
		    s->classes - 1, s->label_bits + METRICS_RANGE_BITS - 1);
	}
	room_close(&r);
	return (rc);
}

/*
 * Numbers are compared with thresholds in their own unit: what is not known to be small may be any
 * word.
 */
static int
find_predictions(struct mpc *S, const struct metrics *m, struct scored_rows *b)
{
	const struct metrics_shape *s = &m->shape;
	int64_t bounds[MPC_MAX_THRESHOLDS];
	struct mpc_vector index;
	size_t k;
	int rc;

	memset(&index, 0, sizeof(index));
	for (k = 1; k < s->classes; k++)
		bounds[k - 1] = (s->columns > 1) ? (int64_t)k : (s->classes == 2) ?
		    metrics_bound(s, s->threshold, s->rounded) :
		    metrics_bound(s, (double)k - 0.5, false);
	if (s->columns == 1)
		return (metrics_find_steps(S, b, &b->prediction, NULL, &b->p, bounds,
		    s->classes - 1, metrics_word_range(s)));
	if ((rc = mpc_vector_new(S, &index, b->rows)) == 0 && (rc = mpc_max_rows(S, NULL, &index,
	    &b->p, b->rows, s->columns, metrics_order_range(s) + 1)) == 0)
		rc = metrics_find_steps(S, b, &b->prediction, NULL, &index, bounds, s->classes - 1,
		    INDEX_BITS - 1);
	mpc_vector_free(&index);
	return (rc);
}

/* count += in how many rows label and prediction are at least these. */
static int
count_scored(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	struct bilinear map = bilinear_matrices(m->shape.classes, b->stride, m->shape.classes);
	struct mpc_vector z;
	int rc;

	map.y_transposed = true;
	if ((rc = mpc_vector_new(S, &z, m->count.n)) == 0 &&
	    (rc = mpc_product(S, &z, &map, &b->label, &b->prediction)) == 0)
		mpc_add(&m->count, &m->count, &z);
	mpc_vector_free(&z);
	return (rc);
}

/* Count predictions that are too large to be put in order, or no probabilities. */
static int
count_beyond(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	struct mpc_vector count = mpc_part(&m->beyond, METRICS_BEYOND_ORDER, 1);
	unsigned limit = metrics_order_limit(&m->shape);

	return ((limit == 0) ? 0 : mpc_count_beyond(S, &count, &b->p, b->p.n, 1, limit));
}

static int
add_classes(struct mpc *S, struct metrics *m, struct scored_rows *b, const struct metrics_words *x,
    size_t first)
{
	const struct metrics_shape *s = &m->shape;
	size_t n = s->classes * b->stride;
	int rc = -1;

	b->p = mpc_part(&x->prediction, first * s->columns, b->rows * s->columns);
	b->y = mpc_part(&x->label, first * s->labels, b->rows * s->labels);
	if (count_beyond(S, m, b) == -1 || mpc_bits_new(S, &b->at_least, n - b->stride) == -1 ||
	    mpc_vector_new(S, &b->label, n) == -1 || mpc_vector_new(S, &b->prediction, n) == -1 ||
	    find_labels(S, m, b) == -1)
		goto out;
	if (metrics_need(s, METRICS_COUNTS) && (find_predictions(S, m, b) == -1 ||
	    ((s->replicates > 0) ? metrics_keep_counts(S, m, b) : count_scored(S, m, b)) == -1))
		goto out;
	if ((s->wanted[METRIC_AUC] && metrics_add_scores(S, m, b) == -1) ||
	    (s->wanted[METRIC_LOG_LOSS] && metrics_add_loss(S, m, b) == -1) ||
	    (s->wanted[METRIC_BRIER] && metrics_add_brier(S, m, b) == -1) ||
	    (metrics_cells(s) > 0 && metrics_add_curve(S, m, b) == -1))
		goto out;
	rc = 0;
out:
	mpc_bits_free(&b->at_least);
	mpc_vector_free(&b->label);
	mpc_vector_free(&b->prediction);
	return (rc);
}

/* ---- all of it ---- */

int
metrics_add(struct mpc *S, struct metrics *m, const struct metrics_words *x, size_t rows)
{
	const struct metrics_shape *s = &m->shape;
	bool classes = metrics_need(s, METRICS_CLASSES), values = metrics_need(s, METRICS_VALUES);
	size_t widest = (s->columns > s->labels) ? s->columns : s->labels, first, step;
	struct scored_rows b;

	if (rows > METRICS_MAX_ROWS - m->rows)
		return (fail(ST_RANGE, "more than %llu rows",
		    (unsigned long long)METRICS_MAX_ROWS));
	if (s->replicates > 0 && m->rows + rows > metrics_most_kept(m))
		return (fail(ST_RANGE, "intervals take at most %zu rows of as many classes and "
		    "columns: leave them out, or score some of the rows (smpc-head)",
		    metrics_most_kept(m)));
	widest = (classes && s->classes > widest) ? s->classes : widest;
	step = (widest < BLOCK_WORDS) ? BLOCK_WORDS / widest : 1;
	memset(&b, 0, sizeof(b));
	for (first = 0; first < rows; first += b.rows) {
		b.rows = (rows - first < step) ? rows - first : step;
		b.stride = mpc_bits_stride(b.rows);
		if (classes && add_classes(S, m, &b, x, first) == -1)
			return (-1);
		if (values && metrics_add_errors(S, m, x, first, b.rows) == -1)
			return (-1);
		m->rows += b.rows;
	}
	return (0);
}
