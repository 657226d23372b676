#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/divisor.h"
#include "func/ratio.h"
#include "func/sort.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"

#define BLOCK_ROWS ((size_t)1 << 16) /* of labels, worked on at a time */

/* Quotients, and which figure each is, or is a summand of. */
struct quotients {
	struct mpc_vector a, b, q;
	size_t n;
	enum metric of[3 * METRICS_MAX_CLASSES];
};

/* What becomes the figures. */
struct draft {
	struct mpc_vector cell;   /* the confusion matrix */
	struct quotients classes; /* of several classes: 0 where not defined */
	struct quotients alone;   /* -1 where not defined */
	struct mpc_vector out;    /* what is revealed, in the order of the figures */
};

static const int64_t undefined = -((int64_t)1 << MPC_RATIO_BITS);

/* ---- words ---- */

/* to[at] += from[i] */
static void
add_word(struct mpc_vector *to, size_t at, const struct mpc_vector *from, size_t i)
{
	struct mpc_vector sum = mpc_part(to, at, 1), one = mpc_part(from, i, 1);

	mpc_add(&sum, &sum, &one);
}

/* z -= x, or z += x, for ${n} words from ${first} of z and ${from} of x on. */
static void
add_cells(struct mpc_vector *z, size_t first, const struct mpc_vector *x, size_t from, size_t n,
    int64_t sign)
{
	struct mpc_vector part = mpc_part(z, first, n), other = mpc_part(x, from, n);

	mpc_add_scaled(&part, &other, sign);
}

/*
 * From "at least" to "is": cell[i][j] = a[i][j] - a[i + 1][j] - a[i][j + 1] + a[i + 1][j + 1],
 * where a is 0 beyond the last class.
 */
static void
take_differences(struct mpc_vector *cell, const struct mpc_vector *a, size_t classes)
{
	size_t row, next, i;

	mpc_copy(cell, a);
	for (i = 0; i < classes; i++) {
		row = i * classes;
		next = row + classes;
		add_cells(cell, row, a, row + 1, classes - 1, -1);
		if (i + 1 < classes) {
			add_cells(cell, row, a, next, classes, -1);
			add_cells(cell, row, a, next + 1, classes - 1, 1);
		}
	}
}

/* ---- quotients ---- */

static int
quotients_new(struct mpc *S, struct quotients *q, size_t room)
{

	return ((mpc_vector_new(S, &q->a, room) == -1 || mpc_vector_new(S, &q->b, room) == -1 ||
	    mpc_vector_new(S, &q->q, room) == -1) ? -1 : 0);
}

static void
quotients_free(struct quotients *q)
{

	mpc_vector_free(&q->a);
	mpc_vector_free(&q->b);
	mpc_vector_free(&q->q);
}

/*
 * Precision: of those predicted in class k, how many are; recall: of those in it, how many are
 * predicted; F1: of both.
 */
static void
class_quotient(const struct metrics *m, struct draft *d, struct quotients *q, enum metric which,
    size_t k)
{
	size_t classes = m->shape.classes, i;

	add_word(&q->a, q->n, &d->cell, k * classes + k);
	if (which == METRIC_F1)
		add_word(&q->a, q->n, &d->cell, k * classes + k);
	for (i = 0; i < classes; i++) {
		if (which != METRIC_RECALL)
			add_word(&q->b, q->n, &d->cell, i * classes + k);
		if (which != METRIC_PRECISION)
			add_word(&q->b, q->n, &d->cell, k * classes + i);
	}
	q->of[q->n++] = which;
}

static void
class_quotients(const struct metrics *m, struct draft *d)
{
	size_t which, k;

	for (which = METRIC_PRECISION; which <= METRIC_F1; which++) {
		if (!m->shape.wanted[which])
			continue;
		if (m->shape.classes == 2)
			class_quotient(m, d, &d->alone, which, 1);
		for (k = 0; m->shape.classes > 2 && k < m->shape.classes; k++)
			class_quotient(m, d, &d->classes, which, k);
	}
}

static int
auc_quotient(struct mpc *S, struct metrics *m, struct quotients *q)
{
	struct mpc_vector keys, hits = mpc_part(&q->a, q->n, 1), all = mpc_part(&q->b, q->n, 1);
	int rc = mpc_vector_new(S, &keys, 2 * m->score.n);

	if (rc == 0) {
		mpc_rank_keys(&keys, 0, &m->score, &m->positive);
		mpc_vector_free(&m->score);
		mpc_vector_free(&m->positive);
		/* Twice the score, which may be the difference of two columns, and 1. */
		rc = mpc_rank_auc(S, &keys, m->shape.bits + METRICS_RANGE_BITS + 3 +
		    (m->shape.columns > 1), &hits, &all);
	}
	mpc_vector_free(&keys);
	q->of[q->n++] = METRIC_AUC;
	return (rc);
}

/* The mean of all labels, off by 1.3 units, with which squares are off by 2 units for each row. */
static int
label_mean(struct mpc *S, const struct metrics *m, struct mpc_vector *mean)
{
	struct mpc_vector sum;
	int rc;

	if ((rc = mpc_vector_new(S, &sum, 1)) == 0) {
		mpc_add_sum(&sum, &m->label);
		rc = mpc_divide_public(S, mean, &sum, m->label.n, MPC_DIVIDE_BITS);
	}
	mpc_vector_free(&sum);
	return (rc);
}

/* q += squares of the labels' distances from their mean. */
static int
add_label_squares(struct mpc *S, const struct metrics *m, struct mpc_squares *q)
{
	size_t step = (m->label.n < BLOCK_ROWS) ? m->label.n : BLOCK_ROWS, first, n;
	struct mpc_vector mean = { .n = 0 }, distance = mean, part, labels;
	int rc = -1;

	if (mpc_vector_new(S, &mean, 1) == 0 && mpc_vector_new(S, &distance, step) == 0)
		rc = label_mean(S, m, &mean);
	for (first = 0; first < m->label.n && rc == 0; first += n) {
		n = (m->label.n - first < step) ? m->label.n - first : step;
		labels = mpc_part(&m->label, first, n);
		part = mpc_part(&distance, 0, n);
		mpc_columns_subtract(&part, &labels, &mean, n, 1);
		rc = mpc_squares_add(S, q, &part, n);
	}
	mpc_vector_free(&mean);
	mpc_vector_free(&distance);
	return (rc);
}

/*
 * a and b = the sums of ${part} and of ${all}, in one scale, below 2^60: the low parts where that
 * of all is below 2^59, and else the high ones.
 */
static int
scale_alike(struct mpc *S, struct mpc_vector *a, struct mpc_vector *b,
    const struct mpc_squares *part, const struct mpc_squares *all)
{
	enum { LOW, HIGH, LIMIT, WORDS };
	static const int64_t large = (int64_t)1 << (59 - MPC_SQUARES_HIGH_BITS);
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1,
		.thresholds = &large };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 2, WORDS, 1) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .word = &r.word[LOW], .weight = { 1 } },
			{ .bit = r.bit, .word = &r.word[LOW], .weight = { -1 } },
			{ .bit = r.bit, .word = &r.word[HIGH], .weight = { 1 } },
		};

		add_word(&r.word[LOW], 0, &part->low, 0);
		add_word(&r.word[LOW], 1, &all->low, 0);
		add_word(&r.word[HIGH], 0, &part->high, 0);
		add_word(&r.word[HIGH], 1, &all->high, 0);
		add_word(&r.word[LIMIT], 0, &all->high, 0);
		add_word(&r.word[LIMIT], 1, &all->high, 0);
		if (mpc_compare(S, r.bit, &r.word[LIMIT], &c) == 0)
			rc = mpc_select(S, &r.word[LIMIT], &(struct mpc_selection){ .count = 3,
				.terms = terms, .results = 1 });
		add_word(a, 0, &r.word[LIMIT], 0);
		add_word(b, 0, &r.word[LIMIT], 1);
	}
	room_close(&r);
	return (rc);
}

/* Residual sum of squares, of that and the total one. */
static int
r2_quotient(struct mpc *S, struct metrics *m, struct quotients *q)
{
	struct mpc_vector a = mpc_part(&q->a, q->n, 1), b = mpc_part(&q->b, q->n, 1);
	struct mpc_squares all;
	int rc;

	if ((rc = mpc_squares_new(S, &all, 1)) == 0 &&
	    (rc = add_label_squares(S, m, &all)) == 0) {
		mpc_vector_free(&m->label);
		mpc_add(&all.low, &all.low, &m->error.low);
		mpc_add(&all.high, &all.high, &m->error.high);
		rc = scale_alike(S, &a, &b, &m->error, &all);
	}
	mpc_squares_free(&all);
	q->of[q->n++] = METRIC_R2;
	return (rc);
}

static int
quotients_divide(struct mpc *S, struct quotients *q, int64_t otherwise)
{
	struct mpc_vector a = mpc_part(&q->a, 0, q->n), b = mpc_part(&q->b, 0, q->n),
	    y = mpc_part(&q->q, 0, q->n);

	return ((q->n == 0) ? 0 : mpc_ratio(S, &y, &a, &b, otherwise));
}

static int
compute_figures(struct mpc *S, struct metrics *m, struct draft *d)
{
	const struct metrics_shape *s = &m->shape;
	size_t cells = s->classes * s->classes;
	bool classes = metrics_any(s, METRIC_ACCURACY, METRIC_F1);

	if (mpc_vector_new(S, &d->cell, classes ? cells : 0) == -1 ||
	    quotients_new(S, &d->classes, classes ? 3 * s->classes : 0) == -1 ||
	    quotients_new(S, &d->alone, METRICS) == -1 ||
	    mpc_vector_new(S, &d->out, METRICS + 1 + d->cell.n) == -1)
		return (-1);
	if (classes) {
		take_differences(&d->cell, &m->count, s->classes);
		class_quotients(m, d);
	}
	if ((s->wanted[METRIC_AUC] && auc_quotient(S, m, &d->alone) == -1) ||
	    (s->wanted[METRIC_R2] && r2_quotient(S, m, &d->alone) == -1))
		return (-1);
	if (quotients_divide(S, &d->classes, 0) == -1)
		return (-1);
	return (quotients_divide(S, &d->alone, undefined));
}

/* ---- what is revealed ---- */

static void
sum_quotients(struct mpc_vector *out, size_t at, const struct quotients *q, enum metric which)
{
	size_t i;

	for (i = 0; i < q->n; i++) {
		if (q->of[i] == which)
			add_word(out, at, &q->q, i);
	}
}

/* Put a figure at ${at}; return of how many words it is. */
static size_t
put_figure(const struct metrics *m, struct draft *d, enum metric which, size_t at)
{
	size_t i;

	switch (which) {
	case METRIC_ACCURACY:
		for (i = 0; i < m->shape.classes; i++)
			add_word(&d->out, at, &d->cell, i * (m->shape.classes + 1));
		return (1);
	case METRIC_CONFUSION:
		for (i = 0; i < d->cell.n; i++)
			add_word(&d->out, at + i, &d->cell, i);
		return (d->cell.n);
	case METRIC_LOG_LOSS:
		add_word(&d->out, at, &m->loss, 0);
		return (1);
	case METRIC_MSE:
		add_word(&d->out, at, &m->error.low, 0);
		add_word(&d->out, at + 1, &m->error.high, 0);
		return (2);
	default:
		sum_quotients(&d->out, at, &d->classes, which);
		sum_quotients(&d->out, at, &d->alone, which);
		return (1);
	}
}

static double
signed_value(uint64_t value)
{
	int64_t v;

	memcpy(&v, &value, sizeof(v));
	return ((double)v);
}

/* What figures can be, and by how much rounding may carry them beyond that. */
static const struct limits {
	double low, high, error;
} limits[METRICS] = {
	[METRIC_ACCURACY] = { 0, 1, 0 },
	[METRIC_PRECISION] = { 0, 1, 0x1p-20 },
	[METRIC_RECALL] = { 0, 1, 0x1p-20 },
	[METRIC_F1] = { 0, 1, 0x1p-20 },
	[METRIC_AUC] = { 0, 1, 0x1p-20 },
	[METRIC_LOG_LOSS] = { 0, METRICS_LOSS_BITS * 0.69314718055994531, 2e-3 },
	[METRIC_MSE] = { 0, INFINITY, 0 },
	[METRIC_R2] = { -INFINITY, 1, 1e-6 },
};

static int
impossible(const char *name, double v)
{

	return (fail(ST_RANGE, "%s comes out as %g, which cannot be: predictions or labels are "
	    "beyond what it takes (smpc-score(1), FIGURES): scale them down", name, v));
}

/* What is beyond what can be by no more than rounding is brought there. */
static int
settle_figure(enum metric which, double *v)
{
	const struct limits *l = &limits[which];

	if (isnan(*v))
		return (0);
	if (*v < l->low - l->error || *v > l->high + l->error)
		return (impossible(metric_names[which], *v));
	*v = fmin(fmax(*v, l->low), l->high);
	return (0);
}

/* The least that is defined is 0, less the error. */
static double
quotient_value(const struct metrics *m, enum metric which, uint64_t value)
{
	double v = ldexp(signed_value(value), -MPC_RATIO_BITS);

	if (value == (uint64_t)undefined)
		return (NAN);
	if (which == METRIC_R2)
		return ((v > 1 - ldexp(1, -20) && v < 1 + ldexp(1, -20)) ? NAN : 1 - v / (1 - v));
	return (v / ((which == METRIC_AUC || m->shape.classes == 2) ? 1 :
	    (double)m->shape.classes));
}

/*
 * The sum that both parts say (squares.h): the low part, and the multiple of 2^64 that brings it
 * nearest to the high one.  Where that is not near, errors were beyond their range, and there is no
 * sum: then return what it cannot be.
 */
static double
squares_value(const struct metrics *m, const uint64_t v[static 2])
{
	double rows = (double)m->rows * (double)m->shape.columns,
	    about = ldexp(signed_value(v[1]), MPC_SQUARES_HIGH_BITS), low = (double)v[0],
	    sum = ldexp(rint(ldexp(about - low, -64)), 64) + low;

	return ((fabs(about - sum) > ldexp(rows / 512 + 4, MPC_SQUARES_HIGH_BITS) +
	    1e-12 * about) ? -INFINITY : sum);
}

/* A figure of the words that were revealed. */
static double
figure_value(const struct metrics *m, enum metric which, const uint64_t *v)
{
	double rows = (double)m->rows;

	switch (which) {
	case METRIC_ACCURACY:
		return (signed_value(*v) / rows);
	case METRIC_LOG_LOSS:
		return (-ldexp(signed_value(*v), -METRICS_LOSS_BITS) / rows);
	case METRIC_MSE:
		return (ldexp(squares_value(m, v), -2 * METRICS_SQUARE_BITS) / rows /
		    (double)m->shape.columns);
	default:
		return (quotient_value(m, which, *v));
	}
}

/* Counts of rows, all of which are somewhere. */
static int
read_confusion(const struct metrics *m, uint64_t *cells, const uint64_t *clear, size_t n)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (clear[i] > m->rows)
			return (impossible("a count", signed_value(clear[i])));
		sum += clear[i];
	}
	if (sum != m->rows)
		return (impossible("the number of rows", (double)sum));
	memcpy(cells, clear, n * sizeof(*clear));
	return (0);
}

static int
read_figures(const struct metrics *m, struct metrics_figures *figures, const uint64_t *clear)
{
	size_t cells = m->shape.classes * m->shape.classes, i;

	for (i = 0; i < METRICS; i++) {
		if (!m->shape.wanted[i])
			continue;
		if (i == METRIC_CONFUSION) {
			if (read_confusion(m, figures->confusion, clear, cells) == -1)
				return (-1);
		} else {
			figures->value[i] = figure_value(m, i, clear);
			if (settle_figure(i, &figures->value[i]) == -1)
				return (-1);
		}
		clear += (i == METRIC_CONFUSION) ? cells : (i == METRIC_MSE) ? 2 : 1;
	}
	return (0);
}

/* Reveal what was put together, and read it. */
static int
reveal_figures(struct mpc *S, const struct metrics *m, enum metrics_to to, struct mpc_vector *out,
    struct metrics_figures *figures)
{
	size_t cells = m->shape.classes * m->shape.classes;
	uint64_t *clear;
	int rc = -1;

	if ((clear = mem_array(out->n, sizeof(*clear))) == NULL)
		return (-1);
	if (m->shape.wanted[METRIC_CONFUSION] &&
	    (figures->confusion = mem_array(cells, sizeof(*clear))) == NULL)
		goto out;
	rc = (to == METRICS_TO_US) ? mpc_reveal_to_us(S, clear, out) : mpc_reveal(S, clear, out);
	if (rc == 0 && mpc_sees_revealed(S) && to != METRICS_TO_OTHER)
		rc = read_figures(m, figures, clear);
out:
	mem_wipe_free(clear, out->n * sizeof(*clear));
	return (rc);
}

int
metrics_reveal(struct mpc *S, struct metrics *m, enum metrics_to to,
    struct metrics_figures *figures)
{
	struct draft d;
	struct mpc_vector out;
	size_t at = 0, i;
	int rc = -1;

	memset(figures, 0, sizeof(*figures));
	memset(&d, 0, sizeof(d));
	if (m->rows == 0)
		return (fail(ST_FAILED, "there are no rows to score"));
	if (compute_figures(S, m, &d) == 0) {
		for (i = 0; i < METRICS; i++)
			at += m->shape.wanted[i] ? put_figure(m, &d, i, at) : 0;
		out = mpc_part(&d.out, 0, at);
		rc = reveal_figures(S, m, to, &out, figures);
	}
	mpc_vector_free(&d.cell);
	quotients_free(&d.classes);
	quotients_free(&d.alone);
	mpc_vector_free(&d.out);
	return (rc);
}
