/*
 * Tables of two classes at public thresholds: how many rows of each class have scores from one to
 * just below the next.
 */

#include <string.h>

#include "func/divisor.h"
#include "func/merge.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"

int
metrics_curve_new(struct mpc *S, struct metrics_curve *c, const struct metrics_shape *s)
{
	const size_t cells = metrics_cells(s);

	if (cells == 0)
		return (0);
	if (mpc_vector_new(S, &c->count, 2 * cells) == -1)
		return (-1);
	return (s->wanted[METRIC_CALIBRATION] ? mpc_vector_new(S, &c->sum, cells) : 0);
}

void
metrics_curve_free(struct metrics_curve *c)
{

	mpc_vector_free(&c->count);
	mpc_vector_free(&c->sum);
}

/* ---- rows ---- */

/* z += the product of rows of words and a matrix of ${cols} columns, which stand in rows. */
static int
add_product(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *words,
    const struct mpc_vector *x, size_t stride, size_t cols)
{
	struct bilinear map = bilinear_matrices(words->n / stride, stride, cols);
	struct mpc_vector part;
	int rc;

	map.y_transposed = true;
	if ((rc = mpc_vector_new(S, &part, z->n)) == 0 &&
	    (rc = mpc_product(S, &part, &map, words, x)) == 0)
		mpc_add(z, z, &part);
	mpc_vector_free(&part);
	return (rc);
}

/* The scores, and 0 behind the last row, with METRICS_LOSS_BITS. */
static int
take_scores(struct mpc *S, const struct metrics *m, const struct scored_rows *b,
    const struct mpc_vector *score, struct mpc_vector *y)
{
	struct mpc_vector part = mpc_part(y, 0, b->rows);

	return (mpc_shift(S, &part, score, metrics_probability_shift(&m->shape,
	    METRICS_LOSS_BITS)));
}

int
metrics_add_curve(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	const struct metrics_shape *s = &m->shape;
	const size_t cells = metrics_cells(s);
	const struct mpc_vector classes = mpc_part(&b->label, 0, 2 * b->stride);
	int64_t bounds[MPC_MAX_THRESHOLDS];
	struct mpc_vector words = { .n = 0 }, y = { .n = 0 };
	struct room r;
	size_t i;
	int rc = -1;

	for (i = 0; i < s->steps; i++)
		bounds[i] = metrics_bound(s, s->step[i], s->steps_rounded);
	if (room_open(&r, S, b->rows, 1, 0) == -1 ||
	    mpc_vector_new(S, &words, cells * b->stride) == -1 ||
	    mpc_vector_new(S, &y, b->stride) == -1)
		goto out;
	mpc_columns_get(&r.word[0], &b->p, b->rows, s->columns, s->columns - 1);
	if (metrics_find_steps(S, b, &words, NULL, &r.word[0], bounds, s->steps,
	    metrics_word_range(s)) == -1 ||
	    add_product(S, &m->curve.count, &words, &classes, b->stride, 2) == -1)
		goto out;
	rc = !s->wanted[METRIC_CALIBRATION] ? 0 :
	    (take_scores(S, m, b, &r.word[0], &y) == -1) ? -1 :
	    add_product(S, &m->curve.sum, &words, &y, b->stride, 1);
out:
	room_close(&r);
	mpc_vector_free(&words);
	mpc_vector_free(&y);
	return (rc);
}

/* ---- cells ---- */

/* z[i] = x[i] - x[i + 1], where x is 0 behind its end. */
static void
take_cells(struct mpc_vector *z, const struct mpc_vector *x)
{
	struct mpc_vector first = mpc_part(z, 0, x->n - 1);
	const struct mpc_vector next = mpc_part(x, 1, x->n - 1);

	mpc_copy(z, x);
	mpc_subtract(&first, &first, &next);
}

/* Of each cell: how many rows are in it, how many of these in class 1, and the sum of scores. */
static void
find_cells(const struct metrics *m, struct mpc_vector *all, struct mpc_vector *positive,
    struct mpc_vector *sum)
{
	const size_t cells = all->n;

	mpc_columns_get(sum, &m->curve.count, cells, 2, 0);
	take_cells(all, sum);
	mpc_columns_get(sum, &m->curve.count, cells, 2, 1);
	take_cells(positive, sum);
	if (m->curve.sum.n > 0)
		take_cells(sum, &m->curve.sum);
}

int
metrics_curve_words(struct mpc *S, const struct metrics *m, struct mpc_vector *y,
    enum metric which)
{
	enum { ALL, POSITIVE, SUM, WORDS };
	const bool bins = (which == METRIC_CALIBRATION);
	const size_t cells = metrics_cells(&m->shape), n = y->n / cells;
	const struct mpc_cells c = { .values = bins ? 3 : 1, .lists = bins ? 1 : 2,
		.cells = cells };
	struct mpc_vector part;
	struct room r;
	size_t i;
	int rc = -1;

	if (room_open(&r, S, cells, WORDS, 0) == 0) {
		find_cells(m, &r.word[ALL], &r.word[POSITIVE], &r.word[SUM]);
		/* Of curves, cells are those of each class. */
		if (!bins)
			mpc_subtract(&r.word[ALL], &r.word[ALL], &r.word[POSITIVE]);
		for (i = 0; i < n; i++) {
			part = mpc_part(y, i * cells, cells);
			mpc_copy(&part, &r.word[i]);
		}
		rc = mpc_merge_cells(S, y, &c, m->shape.least);
	}
	room_close(&r);
	return (rc);
}
