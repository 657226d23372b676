#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/beyond.h"
#include "func/ratio.h"
#include "func/sort.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"

/*
 * Of labels that have lost bits, and so have errors of up to a unit, the sum of squares is as much
 * at least, and as much for each row, if r2 is to be right to 10^-4: the errors' products with
 * something else are below the root of the sum, and their squares below 1 for each row.
 */
#define LEAST_SUM ((int64_t)1 << 30)
#define LEAST_SQUARE 10000
#define NO_SUM 8 /* less is that of labels that are all the same: r2 is not defined */

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
	struct mpc_central errors;
	struct mpc_vector scale;  /* 1 where these are coarse */
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
		rc = mpc_rank_auc(S, &keys, metrics_order_range(&m->shape) + 2 +
		    (m->shape.columns > 1), &hits, &all);
	}
	mpc_vector_free(&keys);
	q->of[q->n++] = METRIC_AUC;
	return (rc);
}

/* Whether sums are coarse ones (moments.h), as a word. */
static int
scale_word(struct mpc *S, struct mpc_vector *y, const struct mpc_bits *coarse)
{
	const struct mpc_selection_term term = { .bit = coarse, .constant = { 1 } };

	return (mpc_select(S, y, &(struct mpc_selection){ .count = 1, .terms = &term,
	    .results = 1 }));
}

/* y = a sum, brought to the coarse scale where ${due}. */
static int
bring_down(struct mpc *S, struct mpc_vector *y, const struct mpc_central *w,
    const struct mpc_bits *due)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, 1, 1) == 0 &&
	    mpc_truncate(S, &r.word[0], &w->product, 2 * w->bits) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = due, .word = &r.word[0], .weight = { 1 } },
			{ .bit = &r.bit[0], .word = &w->product, .weight = { 1 } },
		};

		mpc_not(&r.bit[0], due);
		rc = mpc_select(S, y, &(struct mpc_selection){ .count = 2, .terms = terms,
		    .results = 1 });
	}
	room_close(&r);
	return (rc);
}

/*
 * The residual and the total sum of squares at one scale, the coarse one if one of them is at that:
 * the other one comes down to it.
 */
static int
common_scale(struct mpc *S, struct mpc_vector *residual, struct mpc_vector *total,
    const struct mpc_central *errors, const struct mpc_central *labels)
{
	const struct mpc_bits *const both[2] = { &errors->coarse, &labels->coarse };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, 0, 2) == 0 && mpc_and(S, &r.bit[0], both, 2) == 0) {
		mpc_xor(&r.bit[1], &r.bit[0], &errors->coarse);
		mpc_xor(&r.bit[0], &r.bit[0], &labels->coarse);
		/* The labels' alone, and the errors' alone. */
		if (bring_down(S, residual, errors, &r.bit[0]) == 0)
			rc = bring_down(S, total, labels, &r.bit[1]);
	}
	room_close(&r);
	return (rc);
}

/* Refuse labels that vary by too little, where bits have been cut off. */
static int
check_spread(struct mpc *S, const struct metrics *m, const struct mpc_central *labels)
{
	const int64_t rows = (int64_t)m->rows * LEAST_SQUARE,
	    least[2] = { NO_SUM, (rows > LEAST_SUM) ? rows : LEAST_SUM };
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 2,
		.thresholds = least };
	struct room r;
	word none = 1;
	int rc = -1;

	if (!m->shape.target_cut)
		return (0);
	if (room_open(&r, S, 1, 1, 4) == 0 && mpc_compare(S, r.bit, &labels->product, &c) == 0) {
		const struct mpc_bits *const both[2] = { &r.bit[0], &r.bit[2] };
		const struct mpc_selection_term term = { .bit = &r.bit[3], .constant = { 1 } };
		const struct mpc_selection s = { .count = 1, .terms = &term, .results = 1 };

		/* More than nothing, but not enough. */
		mpc_xor(&r.bit[0], &r.bit[0], &r.bit[1]);
		mpc_not(&r.bit[2], &labels->coarse);
		rc = (mpc_and(S, &r.bit[3], both, 2) == -1 ||
		    mpc_select(S, &r.word[0], &s) == -1) ? -1 :
		    mpc_open_none(S, &none, &r.word[0]);
	}
	room_close(&r);
	if (rc == 0 && none != 1)
		return (fail(ST_RANGE, "r2 of %s: its numbers vary by too little of the range of "
		    "what they are compared with, %s: whoever shares that declares a tighter range "
		    "(smpc-share --range)", (m->shape.label != NULL) ? m->shape.label :
		    "the labels", (m->shape.prediction != NULL) ? m->shape.prediction :
		    "the predictions"));
	return (rc);
}

/* Residual sum of squares, of that and the total one. */
static int
r2_quotient(struct mpc *S, struct metrics *m, const struct mpc_central *errors,
    struct quotients *q)
{
	struct mpc_vector residual = mpc_part(&q->a, q->n, 1), total = mpc_part(&q->b, q->n, 1);
	struct mpc_central labels;
	int rc;

	if ((rc = mpc_moments_central(S, &labels, &m->moment)) == 0 &&
	    (rc = check_spread(S, m, &labels)) == 0 &&
	    (rc = common_scale(S, &residual, &total, errors, &labels)) == 0)
		mpc_add(&total, &total, &residual);
	mpc_central_free(&labels);
	q->of[q->n++] = METRIC_R2;
	return (rc);
}

static int
refuse_values(const struct metrics_shape *s)
{

	return (fail(ST_RANGE, "mse and r2 of %s: its numbers, or what predictions "
	    "differ from them by, are beyond +-%d: share labels with smpc-share --range "
	    "NAME=LOW..HIGH, and train on those", (s->label != NULL) ? s->label : "the labels",
	    1 << (metrics_value_range(s) - METRICS_SQUARE_BITS)));
}

static int
refuse_order(const struct metrics_shape *s)
{
	const char *name = (s->prediction != NULL) ? s->prediction : "predictions";

	if (s->wanted[METRIC_LOG_LOSS])
		return (fail(ST_RANGE, "%s: numbers are not between -2 and 2, and log-loss takes "
		    "probabilities: leave it out, or score those (smpc-predict --as "
		    "probabilities)", name));
	return (fail(ST_RANGE, "%s: numbers are too large to be put in order: their owner shares "
	    "them with smpc-share --range", name));
}

/* Refuse what is out of range, before anything is made of it. */
static int
check_range(struct mpc *S, const struct metrics *m)
{
	word none[METRICS_BEYONDS] = { 0 };

	if (m->beyond.n == 0)
		return (0);
	if (mpc_open_none(S, none, &m->beyond) == -1)
		return (-1);
	if (none[METRICS_BEYOND_ORDER] != 1)
		return (refuse_order(&m->shape));
	return ((none[METRICS_BEYOND_VALUES] != 1) ? refuse_values(&m->shape) : 0);
}

/* What becomes of squares. */
static int
compute_squares(struct mpc *S, struct metrics *m, struct draft *d)
{

	if (!metrics_any(&m->shape, METRIC_MSE, METRIC_R2))
		return (0);
	if (mpc_moments_central(S, &d->errors, &m->error) == -1 ||
	    mpc_vector_new(S, &d->scale, 1) == -1 ||
	    scale_word(S, &d->scale, &d->errors.coarse) == -1)
		return (-1);
	return (m->shape.wanted[METRIC_R2] ? r2_quotient(S, m, &d->errors, &d->alone) : 0);
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

	if (check_range(S, m) == -1 || mpc_vector_new(S, &d->cell, classes ? cells : 0) == -1 ||
	    quotients_new(S, &d->classes, classes ? 3 * s->classes : 0) == -1 ||
	    quotients_new(S, &d->alone, METRICS) == -1 ||
	    mpc_vector_new(S, &d->out, METRICS + 1 + d->cell.n) == -1)
		return (-1);
	if (classes) {
		take_differences(&d->cell, &m->count, s->classes);
		class_quotients(m, d);
	}
	if ((s->wanted[METRIC_AUC] && auc_quotient(S, m, &d->alone) == -1) ||
	    compute_squares(S, m, d) == -1)
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
		add_word(&d->out, at, &d->errors.product, 0);
		add_word(&d->out, at + 1, &d->scale, 0);
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

/* A mean square of a sum, which may be at the coarse scale. */
static double
mean_square(const struct metrics *m, const uint64_t v[2])
{
	int bits = 2 * METRICS_SQUARE_BITS - ((v[1] == 1) ? 2 * (int)m->error.coarse : 0);

	return (ldexp(signed_value(v[0]), -bits) / (double)m->rows / (double)m->shape.columns);
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
		return (mean_square(m, v));
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
	mpc_central_free(&d.errors);
	mpc_vector_free(&d.scale);
	quotients_free(&d.classes);
	quotients_free(&d.alone);
	mpc_vector_free(&d.out);
	return (rc);
}
