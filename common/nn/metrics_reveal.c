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

/* What is revealed, and what it is made of. */
struct reveal_draft {
	struct metrics_draft of;
	struct mpc_vector sums;   /* of what was kept, over all rows and each replicate */
	struct mpc_central errors;
	struct mpc_vector scale;  /* 1 where these, or sums of squares that were kept, are coarse */
	struct mpc_vector words;  /* of all rows, and of replicates, one figure behind the other */
	struct mpc_vector out;    /* the former, ends of intervals, and the scale */
};

static int
auc_quotients(struct mpc *S, struct metrics *m, struct metrics_draft *d)
{
	const int kind = (m->n_rankings == 1 || m->shape.average == METRICS_NONE) ?
	    METRICS_OR_UNDEFINED : METRICS_OR_FAR;
	const size_t at = d->quotients[kind].n, rows = m->ranking[0].score.n;
	struct mpc_vector keys, hits = mpc_part(&d->quotients[kind].a, at, m->n_rankings),
	    all = mpc_part(&d->quotients[kind].b, at, m->n_rankings);
	size_t k;
	int rc = mpc_vector_new(S, &keys, 2 * rows * m->n_rankings);

	for (k = 0; k < m->n_rankings && rc == 0; k++) {
		mpc_rank_keys(&keys, k * rows, &m->ranking[k].score, &m->ranking[k].positive);
		mpc_vector_free(&m->ranking[k].score);
		mpc_vector_free(&m->ranking[k].positive);
		(void)metrics_quotient_of(d, kind, METRIC_AUC, k);
	}
	/* Twice the score, which may be the difference of two columns, and 1. */
	if (rc == 0)
		rc = mpc_rank_auc(S, &keys, m->n_rankings, metrics_order_range(&m->shape) + 2 +
		    (m->shape.columns == 2), &hits, &all);
	mpc_vector_free(&keys);
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
    struct metrics_draft *d)
{
	const size_t at = metrics_quotient_of(d, METRICS_OR_UNDEFINED, METRIC_R2, 0);
	const struct metrics_quotients *q = &d->quotients[METRICS_OR_UNDEFINED];
	struct mpc_vector residual = mpc_part(&q->a, at, 1), total = mpc_part(&q->b, at, 1);
	struct mpc_central labels;
	int rc;

	if ((rc = mpc_moments_central(S, &labels, &m->moment)) == 0 &&
	    (rc = check_spread(S, m, &labels)) == 0 &&
	    (rc = common_scale(S, &residual, &total, errors, &labels)) == 0)
		mpc_add(&total, &total, &residual);
	mpc_central_free(&labels);
	return (rc);
}

static const char *
label_name(const struct metrics_shape *s)
{

	return ((s->label != NULL) ? s->label : "the labels");
}

static int
refuse_values(const struct metrics_shape *s)
{

	return (fail(ST_RANGE, "%s of %s: its numbers, or what predictions "
	    "differ from them by, are beyond +-%d: share labels with smpc-share --range "
	    "NAME=LOW..HIGH, and train on those", metrics_name(s, METRICS_VALUES), label_name(s),
	    1 << (metrics_value_range(s) - METRICS_SQUARE_BITS)));
}

static int
refuse_small(const struct metrics_shape *s)
{

	return (fail(ST_RANGE, "mape of %s: some of its numbers are 0, or below a millionth of its "
	    "range, so that errors cannot be divided by them; mae takes them", label_name(s)));
}

static int
refuse_order(const struct metrics_shape *s)
{
	const char *name = (s->prediction != NULL) ? s->prediction : "predictions";

	if (metrics_need(s, METRICS_PROBABILITIES))
		return (fail(ST_RANGE, "%s: numbers are not between -2 and 2, and %s takes "
		    "probabilities: leave it out, or score those (smpc-predict --as "
		    "probabilities)", name, metrics_name(s, METRICS_PROBABILITIES)));
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
	if (none[METRICS_BEYOND_VALUES] != 1)
		return (refuse_values(&m->shape));
	return ((none[METRICS_BEYOND_SMALL] != 1) ? refuse_small(&m->shape) : 0);
}

/* What becomes of squares. */
static int
compute_squares(struct mpc *S, struct metrics *m, struct reveal_draft *d)
{

	if ((!m->shape.wanted[METRIC_MSE] && !m->shape.wanted[METRIC_R2]) ||
	    m->shape.replicates > 0)
		return (0);
	if (mpc_moments_central(S, &d->errors, &m->error) == -1 ||
	    mpc_vector_new(S, &d->scale, 1) == -1 ||
	    scale_word(S, &d->scale, &d->errors.coarse) == -1)
		return (-1);
	return (m->shape.wanted[METRIC_R2] ? r2_quotient(S, m, &d->errors, &d->of) : 0);
}

static size_t
words_told(const struct metrics_shape *s)
{
	size_t n = 0, i;

	for (i = 0; i < METRICS; i++)
		n += s->wanted[i] ? metrics_told(s, i) : 0;
	return (n);
}

/* What r2 of replicates takes of labels, if they vary by enough. */
static int
keep_labels(struct mpc *S, struct metrics *m)
{
	struct mpc_central labels;
	int rc;

	if ((rc = mpc_moments_central(S, &labels, &m->moment)) == 0 &&
	    (rc = check_spread(S, m, &labels)) == 0)
		rc = metrics_keep_deviations(S, m);
	mpc_central_free(&labels);
	return (rc);
}

/* Counts of rows, and, where there are replicates, all sums of these. */
static int
draft_new(struct mpc *S, struct metrics *m, struct reveal_draft *d)
{
	const size_t samples = 1 + m->shape.replicates;
	struct mpc_vector count = m->count;

	d->of.samples = samples;
	if (samples > 1) {
		if (m->shape.wanted[METRIC_R2] && keep_labels(S, m) == -1)
			return (-1);
		if (metrics_resample(S, m, &d->sums) == -1)
			return (-1);
		count = mpc_part(&d->sums, 0, m->count.n * samples);
	}
	return ((metrics_draft_new(S, &d->of, m, &count) == -1 ||
	    mpc_vector_new(S, &d->words, words_told(&m->shape) * samples) == -1) ? -1 : 0);
}

static int
compute_figures(struct mpc *S, struct metrics *m, struct reveal_draft *d)
{

	if (check_range(S, m) == -1 || draft_new(S, m, d) == -1)
		return (-1);
	if (metrics_need(&m->shape, METRICS_COUNTS))
		metrics_count_quotients(m, &d->of);
	if ((m->shape.wanted[METRIC_AUC] && auc_quotients(S, m, &d->of) == -1) ||
	    compute_squares(S, m, d) == -1)
		return (-1);
	return (metrics_divide_all(S, &d->of));
}

/* ---- what is revealed ---- */

/* The only quotient of a figure. */
static void
put_quotient(const struct metrics_draft *d, struct mpc_vector *y, enum metric which)
{
	const struct metrics_quotients *q = &d->quotients[METRICS_OR_UNDEFINED];
	size_t i;

	for (i = 0; i < q->n; i++) {
		if (q->of[i] == which)
			metrics_add_words(d, y, 0, &q->q, i);
	}
}

/* y = a sum, over all rows and each replicate. */
static void
put_sum(const struct metrics *m, const struct reveal_draft *d, struct mpc_vector *y,
    enum metric which, const struct mpc_vector *sum)
{
	const struct mpc_vector sums = (m->shape.replicates == 0) ? *sum : mpc_part(&d->sums,
	    metrics_kept_at(&m->shape, which) * y->n, y->n);

	mpc_copy(y, &sums);
}

/* y = the sum of the squares of errors, over all rows and each replicate. */
static int
put_squares(struct mpc *S, const struct metrics *m, struct reveal_draft *d, struct mpc_vector *y)
{

	if (m->shape.replicates > 0)
		return ((mpc_vector_new(S, &d->scale, 1) == -1) ? -1 :
		    metrics_resampled_mse(S, m, &d->sums, y, &d->scale));
	mpc_copy(y, &d->errors.product);
	return (0);
}

/* y = the words of a figure. */
static int
take_words_of(struct mpc *S, const struct metrics *m, struct reveal_draft *d, enum metric which,
    struct mpc_vector *y)
{

	switch (which) {
	case METRIC_CONFUSION:
		mpc_copy(y, &d->of.cell);
		return (0);
	case METRIC_LOG_LOSS:
		put_sum(m, d, y, which, &m->loss);
		return (0);
	case METRIC_BRIER:
		put_sum(m, d, y, which, &m->brier);
		return (0);
	case METRIC_MAE:
		put_sum(m, d, y, which, &m->absolute);
		return (0);
	case METRIC_MAPE:
		put_sum(m, d, y, which, &m->relative);
		return (0);
	case METRIC_MSE:
		return (put_squares(S, m, d, y));
	case METRIC_R2:
		if (m->shape.replicates > 0)
			return (metrics_resampled_r2(S, m, &d->sums, y));
		put_quotient(&d->of, y, which);
		return (0);
	case METRIC_ROC:
	case METRIC_PR:
	case METRIC_CALIBRATION:
		return ((y->n == 0) ? 0 : metrics_curve_words(S, m, y, which));
	default:
		return (metrics_class_words(S, y, m, &d->of, which));
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
	[METRIC_BALANCED_ACCURACY] = { 0, 1, 0x1p-20 },
	[METRIC_MCC] = { -1, 1, 1e-4 },
	[METRIC_PRECISION] = { 0, 1, 0x1p-20 },
	[METRIC_RECALL] = { 0, 1, 0x1p-20 },
	[METRIC_SPECIFICITY] = { 0, 1, 0x1p-20 },
	[METRIC_F1] = { 0, 1, 0x1p-20 },
	[METRIC_AUC] = { 0, 1, 0x1p-20 },
	[METRIC_LOG_LOSS] = { 0, METRICS_LOSS_BITS * 0.69314718055994531, 2e-3 },
	[METRIC_BRIER] = { 0, INFINITY, 0 },
	[METRIC_MSE] = { 0, INFINITY, 0 },
	[METRIC_MAE] = { 0, INFINITY, 0 },
	[METRIC_MAPE] = { 0, INFINITY, 0 },
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

/* Whether what was revealed of a figure of classes is a sum over the classes. */
static bool
is_sum_of_classes(const struct metrics_shape *s, enum metric which)
{
	const enum metrics_average average = metrics_average_of(s);

	return (which == METRIC_BALANCED_ACCURACY || (average == METRICS_MACRO &&
	    ((which >= METRIC_PRECISION && which <= METRIC_F1) ||
	    (which == METRIC_AUC && s->classes > 2))));
}

/* The least that is defined is 0, less the error; or of a correlation, -1. */
static double
quotient_value(const struct metrics *m, enum metric which, uint64_t value)
{
	double v = ldexp(signed_value(value), -MPC_RATIO_BITS);

	if (value == (uint64_t)METRICS_UNDEFINED)
		return (NAN);
	if (which == METRIC_R2)
		return ((v > 1 - ldexp(1, -20) && v < 1 + ldexp(1, -20)) ? NAN : 1 - v / (1 - v));
	return (is_sum_of_classes(&m->shape, which) ? v / (double)m->shape.classes : v);
}

/* Fraction bits of a sum of squares, which may be at the coarse scale. */
static int
square_bits(const struct metrics *m, bool coarse)
{

	if (m->shape.replicates > 0)
		return (2 * (METRICS_SQUARE_BITS - (int)metrics_error_cut(&m->shape)) - (coarse ?
		    METRICS_SQUARE_CUT : 0));
	return (2 * METRICS_SQUARE_BITS - (coarse ? 2 * (int)m->error.coarse : 0));
}

/* The mean of a sum of numbers with ${bits} fraction bits, of all rows. */
static double
mean_value(const struct metrics *m, uint64_t sum, int bits)
{

	return (ldexp(signed_value(sum), -bits) / (double)m->rows);
}

/* A figure of a word that was revealed, and of squares whether it is at the coarse scale. */
static double
figure_value(const struct metrics *m, enum metric which, uint64_t v, bool coarse)
{
	const double columns = (double)m->shape.columns;

	switch (which) {
	case METRIC_ACCURACY:
		return (mean_value(m, v, 0));
	case METRIC_LOG_LOSS:
		return (-mean_value(m, v, METRICS_LOSS_BITS));
	case METRIC_BRIER:
		return (mean_value(m, v, 2 * METRICS_LOSS_BITS));
	case METRIC_MAE:
		return (mean_value(m, v, METRICS_SQUARE_BITS) / columns);
	case METRIC_MAPE:
		return (mean_value(m, v, METRICS_RELATIVE_BITS) / columns);
	case METRIC_MSE:
		return (mean_value(m, v, square_bits(m, coarse)) / columns);
	default:
		return (quotient_value(m, which, v));
	}
}

/* Counts of rows; their sum, in ${sum}, is not above that of all. */
static int
add_up_counts(const struct metrics *m, const uint64_t *clear, size_t n, uint64_t *sum)
{
	size_t i;

	for (i = 0, *sum = 0; i < n; i++) {
		if (clear[i] > m->rows)
			return (impossible("a count", signed_value(clear[i])));
		*sum += clear[i];
	}
	return ((*sum > m->rows) ? impossible("the number of rows", (double)*sum) : 0);
}

/* All rows are somewhere. */
static int
read_confusion(const struct metrics *m, uint64_t *cells, const uint64_t *clear, size_t n)
{
	uint64_t sum;

	if (add_up_counts(m, clear, n, &sum) == -1)
		return (-1);
	if (sum != m->rows)
		return (impossible("the number of rows", (double)sum));
	memcpy(cells, clear, n * sizeof(*clear));
	return (0);
}

static int
read_bins(const struct metrics *m, struct metrics_bin *bins, const uint64_t *clear, size_t cells)
{
	uint64_t sum;
	size_t i;

	if (add_up_counts(m, clear, cells, &sum) == -1 || add_up_counts(m, clear + cells, cells,
	    &sum) == -1)
		return (-1);
	for (i = 0; i < cells; i++)
		bins[i] = (struct metrics_bin){ .rows = clear[i], .positive = clear[cells + i],
			.sum = ldexp(signed_value(clear[2 * cells + i]), -METRICS_LOSS_BITS) };
	return (0);
}

/* Of a table, words, if they are not another one's. */
static int
read_cells(const struct metrics *m, struct metrics_figures *figures, enum metric which,
    const uint64_t *clear, size_t n)
{
	uint64_t sum;

	if (which == METRIC_CALIBRATION)
		return (read_bins(m, figures->bins, clear, n / 3));
	if (n == 0)
		return (0);
	memcpy(figures->curve, clear, n * sizeof(*clear));
	return (add_up_counts(m, clear, n, &sum));
}

/* What was revealed: of each word of all figures, and the ends of its interval. */
struct revealed {
	const uint64_t *value, *low, *high;
	bool coarse;
};

static int
read_value(const struct metrics *m, enum metric which, const struct revealed *r, uint64_t word_of,
    double *to)
{

	*to = figure_value(m, which, word_of, r->coarse);
	return (settle_figure(which, to));
}

/* The ends of an interval, of which a loss, a sum that is below 0, has the lower one last. */
static int
read_interval(const struct metrics *m, enum metric which, const struct revealed *r, size_t at,
    struct metrics_interval *to)
{
	double last;

	if (m->shape.replicates == 0)
		return (0);
	if (read_value(m, which, r, r->low[at], &to->low) == -1 || read_value(m, which, r,
	    r->high[at], &to->high) == -1)
		return (-1);
	if (to->low > to->high) {
		last = to->low;
		to->low = to->high;
		to->high = last;
	}
	return (0);
}

/* A figure, or that of each class, from word ${at} on. */
static int
read_figure(const struct metrics *m, struct metrics_figures *figures, enum metric which,
    const struct revealed *r, size_t at)
{
	const size_t n = metrics_told(&m->shape, which);
	const bool each = (figures->each[which] != NULL);
	double *to = each ? figures->each[which] : &figures->value[which];
	struct metrics_interval *interval = each ? figures->each_interval[which] :
	    &figures->interval[which];
	size_t i;

	if (which == METRIC_CONFUSION)
		return (read_confusion(m, figures->confusion, r->value + at, n));
	if (which >= METRIC_ROC)
		return (read_cells(m, figures, which, r->value + at, n));
	for (i = 0; i < n; i++) {
		if (read_value(m, which, r, r->value[at + i], &to[i]) == -1 ||
		    read_interval(m, which, r, at + i, &interval[i]) == -1)
			return (-1);
	}
	return (0);
}

static int
read_figures(const struct metrics *m, struct metrics_figures *figures, const uint64_t *clear,
    size_t n)
{
	const size_t told = words_told(&m->shape);
	const struct revealed r = { .value = clear, .low = clear + told, .high = clear + 2 * told,
		.coarse = (m->shape.wanted[METRIC_MSE] && clear[n - 1] == 1) };
	size_t at = 0, i;

	for (i = 0; i < METRICS; i++) {
		if (!m->shape.wanted[i])
			continue;
		if (read_figure(m, figures, i, &r, at) == -1)
			return (-1);
		at += metrics_told(&m->shape, i);
	}
	return (0);
}

/* Room for what is more than a number; NULL (reported): there is none. */
static void *
make_table(struct metrics_figures *f, const struct metrics_shape *s, enum metric which)
{
	const size_t n = metrics_told(s, which);

	switch (which) {
	case METRIC_CONFUSION:
		return (f->confusion = mem_array(n, sizeof(*f->confusion)));
	case METRIC_ROC:
	case METRIC_PR:
		return (f->curve = mem_array(n, sizeof(*f->curve)));
	case METRIC_CALIBRATION:
		return (f->bins = mem_array(n / 3, sizeof(*f->bins)));
	default:
		f->each_interval[which] = mem_array(n, sizeof(*f->each_interval[which]));
		f->each[which] = mem_array(n, sizeof(*f->each[which]));
		return ((f->each_interval[which] != NULL) ? f->each[which] : NULL);
	}
}

static int
figures_new(struct metrics_figures *f, const struct metrics_shape *s)
{
	size_t i;

	for (i = 0; i < METRICS; i++) {
		if (s->wanted[i] && metrics_told(s, i) > 1 && make_table(f, s, i) == NULL)
			return (-1);
	}
	return (0);
}

void
metrics_figures_free(struct metrics_figures *f)
{
	size_t i;

	for (i = 0; i < METRICS; i++) {
		free(f->each[i]);
		free(f->each_interval[i]);
	}
	free(f->confusion);
	free(f->curve);
	free(f->bins);
	memset(f, 0, sizeof(*f));
}

/* Reveal what was put together, and read it. */
static int
reveal_figures(struct mpc *S, const struct metrics *m, enum metrics_to to, struct mpc_vector *out,
    struct metrics_figures *figures)
{
	uint64_t *clear;
	int rc = -1;

	if ((clear = mem_array(out->n, sizeof(*clear))) == NULL)
		return (-1);
	if (figures_new(figures, &m->shape) == -1)
		goto out;
	rc = (to == METRICS_TO_US) ? mpc_reveal_to_us(S, clear, out) : mpc_reveal(S, clear, out);
	if (rc == 0 && mpc_sees_revealed(S) && to != METRICS_TO_OTHER)
		rc = read_figures(m, figures, clear, out->n);
out:
	mem_wipe_free(clear, out->n * sizeof(*clear));
	return (rc);
}

/* The words of all figures. */
static int
put_figures(struct mpc *S, const struct metrics *m, struct reveal_draft *d)
{
	const size_t samples = d->of.samples;
	struct mpc_vector y;
	size_t at = 0, n, i;

	for (i = 0; i < METRICS; i++) {
		if (!m->shape.wanted[i])
			continue;
		n = metrics_told(&m->shape, i);
		y = mpc_part(&d->words, at * samples, n * samples);
		if (take_words_of(S, m, d, i, &y) == -1)
			return (-1);
		at += n;
	}
	return (0);
}

/* How many words are of counts of classes, which come first. */
static size_t
quotients_told(const struct metrics_shape *s)
{
	size_t n = 0, i;

	for (i = 0; i <= METRIC_F1; i++)
		n += s->wanted[i] ? metrics_told(s, i) : 0;
	return (n);
}

/* The ends of the intervals of all words. */
static int
put_intervals(struct mpc *S, const struct metrics *m, struct reveal_draft *d)
{
	const size_t told = words_told(&m->shape), n = m->shape.replicates;
	struct mpc_vector low = mpc_part(&d->out, told, told),
	    high = mpc_part(&d->out, 2 * told, told), x;
	int rc;

	if ((rc = mpc_vector_new(S, &x, told * n)) == 0) {
		mpc_columns_lay(&x, n, 0, &d->words, 1 + n, 1, n);
		rc = metrics_intervals(S, &m->shape, &x, quotients_told(&m->shape), &low, &high);
	}
	mpc_vector_free(&x);
	return (rc);
}

/* All that is revealed. */
static int
put_out(struct mpc *S, const struct metrics *m, struct reveal_draft *d)
{
	const size_t told = words_told(&m->shape);
	const bool intervals = (m->shape.replicates > 0);
	const size_t scale = m->shape.wanted[METRIC_MSE], n = (intervals ? 3 : 1) * told + scale;
	struct mpc_vector value, last;

	if (put_figures(S, m, d) == -1 || mpc_vector_new(S, &d->out, n) == -1)
		return (-1);
	value = mpc_part(&d->out, 0, told);
	last = mpc_part(&d->out, n - scale, scale);
	mpc_columns_get(&value, &d->words, told, d->of.samples, 0);
	if (scale > 0)
		mpc_copy(&last, &d->scale);
	return (intervals ? put_intervals(S, m, d) : 0);
}

int
metrics_reveal(struct mpc *S, struct metrics *m, enum metrics_to to,
    struct metrics_figures *figures)
{
	struct reveal_draft d;
	int rc = -1;

	memset(figures, 0, sizeof(*figures));
	memset(&d, 0, sizeof(d));
	if (m->rows == 0)
		return (fail(ST_FAILED, "there are no rows to score"));
	if (compute_figures(S, m, &d) == 0 && put_out(S, m, &d) == 0)
		rc = reveal_figures(S, m, to, &d.out, figures);
	metrics_draft_free(&d.of);
	mpc_vector_free(&d.sums);
	mpc_central_free(&d.errors);
	mpc_vector_free(&d.scale);
	mpc_vector_free(&d.words);
	mpc_vector_free(&d.out);
	return (rc);
}
