#include "nn/metrics.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/beyond.h"
#include "func/divisor.h"
#include "func/function.h"
#include "func/sort.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"

#define BLOCK_WORDS ((size_t)1 << 16) /* of classes or columns, worked on at a time */
#define INDEX_BITS 8                  /* of a class */
#define PROBABILITY_BITS 1            /* before the point, of what a logarithm is taken of */

const char *const metric_names[METRICS] = { "accuracy", "confusion", "precision", "recall", "f1",
	"auc", "log-loss", "mse",
	"r2" };

/* ---- beginning ---- */

bool
metrics_any(const struct metrics_shape *s, enum metric first, enum metric last)
{
	size_t i;

	for (i = first; i <= last; i++) {
		if (s->wanted[i])
			return (true);
	}
	return (false);
}

unsigned
metrics_value_range(const struct metrics_shape *s)
{

	return ((s->value_range != 0) ? s->value_range : METRICS_SQUARE_RANGE);
}

/*
 * The limit of words of predictions that are tested; 0 where they need none: a single column may be
 * compared with thresholds whatever it is.
 */
static unsigned
order_limit(const struct metrics_shape *s)
{
	bool order = (s->wanted[METRIC_AUC] || (s->columns > 1 && metrics_any(s, METRIC_ACCURACY,
	    METRIC_F1)));
	int limit = s->wanted[METRIC_LOG_LOSS] ? s->bits + PROBABILITY_BITS : METRICS_ORDER_RANGE;

	if (!order && !s->wanted[METRIC_LOG_LOSS])
		return (0);
	limit = (limit > METRICS_ORDER_RANGE) ? METRICS_ORDER_RANGE : (limit < 1) ? 1 : limit;
	return ((s->range == 0 || (int)s->range > limit) ? (unsigned)limit : 0);
}

unsigned
metrics_order_range(const struct metrics_shape *s)
{
	unsigned limit = order_limit(s);

	return ((limit != 0) ? limit : s->range);
}

/* Figures of classes. */
static int
set_classes(struct metrics_shape *s)
{

	if (s->classes == 0)
		s->classes = (s->columns > 1) ? s->columns : (s->labels > 1) ? s->labels : 2;
	if (s->classes < 2 || s->classes > METRICS_MAX_CLASSES)
		return (fail(ST_USAGE, "%zu classes; there may be 2 to %d", s->classes,
		    METRICS_MAX_CLASSES));
	if (s->columns != 1 && s->columns != s->classes)
		return (fail(ST_USAGE, "predictions have %zu columns, and there are %zu classes",
		    s->columns, s->classes));
	if (s->labels != 1 && s->labels != s->classes)
		return (fail(ST_USAGE, "labels have %zu columns, and there are %zu classes",
		    s->labels, s->classes));
	if (s->wanted[METRIC_AUC] && s->classes > 2)
		return (fail(ST_USAGE, "auc is for two classes, and there are %zu", s->classes));
	if (s->wanted[METRIC_LOG_LOSS] && s->columns != s->classes && s->classes > 2)
		return (fail(ST_USAGE, "log-loss takes the probability of each of %zu classes, and "
		    "predictions have one column", s->classes));
	return (0);
}

static int
check_metrics(struct metrics_shape *s)
{

	if ((s->range == 0 && s->bits > METRICS_MAX_BITS) || s->label_bits > METRICS_MAX_BITS ||
	    s->value_bits > METRICS_MAX_BITS || s->target_bits > METRICS_MAX_BITS)
		return (fail(ST_RANGE, "predictions or labels have more than %d fraction bits; "
		    "smpc-truncate leaves fewer", METRICS_MAX_BITS));
	if (metrics_any(s, METRIC_ACCURACY, METRIC_LOG_LOSS) && set_classes(s) == -1)
		return (-1);
	if (metrics_any(s, METRIC_MSE, METRIC_R2) && s->columns != s->labels)
		return (fail(ST_USAGE, "mse and r2 take as many columns of predictions as of "
		    "labels, and they are %zu and %zu", s->columns, s->labels));
	if (s->wanted[METRIC_LOG_LOSS] && s->bits < 0)
		return (fail(ST_RANGE, "%s: its range is far beyond that of probabilities, which "
		    "log-loss takes: leave it out", (s->prediction != NULL) ? s->prediction :
		    "predictions"));
	if (s->wanted[METRIC_R2] && s->columns != 1)
		return (fail(ST_USAGE, "r2 takes one column of predictions, and there are %zu; "
		    "--each gives that of each column", s->columns));
	if (!(fabs(s->threshold) < METRICS_MAX_THRESHOLD))
		return (fail(ST_USAGE, "the threshold is out of range"));
	return (0);
}

int
metrics_new(struct mpc *S, struct metrics *m, const struct metrics_shape *shape)
{
	struct metrics_shape *s = &m->shape;

	memset(m, 0, sizeof(*m));
	*s = *shape;
	if (check_metrics(s) == -1)
		return (-1);
	if (metrics_any(s, METRIC_ACCURACY, METRIC_LOG_LOSS) &&
	    mpc_vector_new(S, &m->count, s->classes * s->classes) == -1)
		return (-1);
	if (s->wanted[METRIC_LOG_LOSS] && mpc_vector_new(S, &m->loss, 1) == -1)
		return (-1);
	if (metrics_any(s, METRIC_MSE, METRIC_R2) && mpc_moments_new(S, &m->error, MPC_ERRORS, 1,
	    metrics_value_range(s)) == -1)
		return (-1);
	if ((metrics_any(s, METRIC_MSE, METRIC_R2) || order_limit(s) != 0) &&
	    mpc_vector_new(S, &m->beyond, METRICS_BEYONDS) == -1)
		return (-1);
	return (s->wanted[METRIC_R2] ?
	    mpc_moments_new(S, &m->moment, MPC_SQUARES, 1, metrics_value_range(s)) : 0);
}

void
metrics_free(struct metrics *m)
{

	mpc_vector_free(&m->count);
	mpc_vector_free(&m->loss);
	mpc_moments_free(&m->error);
	mpc_vector_free(&m->beyond);
	mpc_vector_free(&m->score);
	mpc_vector_free(&m->positive);
	mpc_moments_free(&m->moment);
	memset(m, 0, sizeof(*m));
}

/* ---- classes ---- */

/*
 * A block of rows, and which class each of them is in: rows of words and bits are ${stride} long.
 */
struct scored_rows {
	size_t rows, stride;
	struct mpc_vector p, y;       /* predictions and labels */
	struct mpc_bits at_least;     /* labels: classes 1, 2, ... or higher */
	/* the same as words 0 and 1, from class 0 on, whose words are 1 */
	struct mpc_vector label, prediction;
};

/*
 * words = whether x is at least each of the bounds of all classes but the first, as bits and as
 * words, in one row for each.
 */
static int
find_classes(struct mpc *S, const struct metrics *m, const struct scored_rows *b,
    struct mpc_vector *words, struct mpc_bits *bits, const struct mpc_vector *x,
    const int64_t *bounds, unsigned high)
{
	size_t others = m->shape.classes - 1, k;
	const struct mpc_comparison c = { .high = high, .count = others, .thresholds = bounds };
	const struct mpc_selection_term term = { .bit = bits, .constant = { 1 } };
	const struct mpc_selection one = { .count = 1, .terms = &term, .results = 1 };
	struct mpc_vector part = mpc_part(words, b->stride, others * b->stride);
	struct mpc_bits view[MPC_MAX_THRESHOLDS];

	for (k = 0; k < others; k++)
		view[k] = mpc_bits_part(bits, k * b->stride, b->rows);
	if (mpc_compare(S, view, x, &c) == -1 || mpc_select(S, &part, &one) == -1)
		return (-1);
	part = mpc_part(words, 0, b->rows);
	mpc_add_public(&part, &part, 1);
	/* Bits behind the last row have no meaning. */
	for (k = 0; k <= others; k++) {
		part = mpc_part(words, k * b->stride + b->rows, b->stride - b->rows);
		mpc_zero(&part);
	}
	return (0);
}

/* The least word that stands for ${k} or more; beyond 2^range there are none. */
static int64_t
bound(double k, int bits, unsigned range)
{
	double most = ldexp(1, (int)range);

	return ((int64_t)fmax(-most, fmin(most, ceil(ldexp(k, bits)))));
}

/*
 * The least word of class 1: the threshold, rounded as numbers were that are not whole by
 * themselves, so that a decimal is at least itself.
 */
static int64_t
threshold_bound(const struct metrics_shape *s, unsigned range)
{
	double x = s->rounded ? ldexp(rint(ldexp(s->threshold, s->bits)), -s->bits) : s->threshold;

	return (bound(x, s->bits, range));
}

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
		bounds[k - 1] = bound((double)k - 0.5, (int)s->label_bits, MPC_NUMBER_RANGE);
	if (room_open(&r, S, b->rows, 2, 0) == 0) {
		for (k = (s->labels == 1) ? 0 : 1; k < s->labels; k++) {
			mpc_columns_get(&r.word[1], &b->y, b->rows, s->labels, k);
			mpc_scale(&r.word[1], &r.word[1], (k == 0) ? 1 : (int64_t)k);
			mpc_add(&r.word[0], &r.word[0], &r.word[1]);
		}
		rc = find_classes(S, m, b, &b->label, &b->at_least, &r.word[0], bounds,
		    s->label_bits + METRICS_RANGE_BITS);
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
	const unsigned known = (m->shape.range < MPC_NUMBER_RANGE) ? m->shape.range : 0;
	const unsigned range = (known != 0) ? known : MPC_NUMBER_RANGE - 1;
	const struct metrics_shape *s = &m->shape;
	int64_t bounds[MPC_MAX_THRESHOLDS];
	struct mpc_bits bits;
	struct mpc_vector index;
	size_t k;
	int rc = -1;

	memset(&index, 0, sizeof(index));
	for (k = 1; k < s->classes; k++)
		bounds[k - 1] = (s->columns > 1) ? (int64_t)k : (s->classes == 2) ?
		    threshold_bound(s, range) :
		    bound((double)k - 0.5, s->bits, range);
	if (mpc_bits_new(S, &bits, (s->classes - 1) * b->stride) == -1)
		goto out;
	if (s->columns == 1)
		rc = find_classes(S, m, b, &b->prediction, &bits, &b->p, bounds,
		    (known != 0) ? known + 1 : MPC_WORD_RANGE);
	else if (mpc_vector_new(S, &index, b->rows) == 0 &&
	    mpc_max_rows(S, NULL, &index, &b->p, b->rows, s->columns,
	    metrics_order_range(s) + 1) == 0)
		rc = find_classes(S, m, b, &b->prediction, &bits, &index, bounds, INDEX_BITS);
out:
	mpc_bits_free(&bits);
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

/* ---- ranking ---- */

/* Of two columns the difference is the score. */
static int
add_scores(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	size_t cols = m->shape.columns;
	struct mpc_vector part = mpc_part(&b->label, b->stride, b->rows);
	struct room r;
	int rc = -1;

	if (m->rows + b->rows > MPC_RANK_MAX_ROWS)
		return (fail(ST_RANGE, "auc takes at most %zu rows; leave it out, or score some of "
		    "the rows (smpc-head)", MPC_RANK_MAX_ROWS));
	if (room_open(&r, S, b->rows, 2, 0) == 0) {
		mpc_columns_get(&r.word[0], &b->p, b->rows, cols, cols - 1);
		if (cols > 1) {
			mpc_columns_get(&r.word[1], &b->p, b->rows, cols, 0);
			mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
		}
		if (mpc_append(S, &m->score, &m->score_room, &r.word[0]) == 0)
			rc = mpc_append(S, &m->positive, &m->positive_room, &part);
	}
	room_close(&r);
	return (rc);
}

/* ---- logarithmic loss ---- */

/* How many bits more or fewer than words of predictions those have that a logarithm is taken of. */
static int
probability_shift(const struct metrics_shape *s, unsigned bits)
{
	int more = (int)bits - s->bits;

	return ((more > MPC_NUMBER_RANGE) ? MPC_NUMBER_RANGE : (more < -MPC_NUMBER_RANGE) ?
	    -MPC_NUMBER_RANGE : more);
}

/* The probability of each class, in one row for each, with ${bits}. */
static int
take_probabilities(struct mpc *S, const struct metrics *m, const struct scored_rows *b,
    struct mpc_vector *all, unsigned bits)
{
	const struct metrics_shape *s = &m->shape;
	int more = probability_shift(s, bits);
	struct mpc_vector part, p;
	size_t k;

	if (mpc_vector_new(S, &p, b->p.n) == -1)
		return (-1);
	if (mpc_shift(S, &p, &b->p, more) == -1) {
		mpc_vector_free(&p);
		return (-1);
	}

	for (k = 0; k < s->classes; k++) {
		part = mpc_part(all, k * b->stride, b->rows);
		mpc_columns_get(&part, &p, b->rows, s->columns, (s->columns == 1) ? 0 : k);
		if (s->columns == 1 && k == 0) {
			mpc_scale(&part, &part, -1);
			mpc_add_public(&part, &part, (int64_t)1 << bits);
		}
	}
	mpc_vector_free(&p);
	return (0);
}

/* own[k] = whether the label is class k: it is at least k, and not k + 1. */
static void
own_classes(const struct metrics *m, const struct scored_rows *b, struct mpc_bits *all,
    struct mpc_bits *own)
{
	size_t classes = m->shape.classes, k;
	struct mpc_bits from, next;

	for (k = 0; k < classes; k++) {
		own[k] = mpc_bits_part(all, k * b->stride, b->rows);
		from = mpc_bits_part(&b->at_least, (k == 0) ? 0 : (k - 1) * b->stride, b->rows);
		mpc_not(&own[k], &from);
		if (k > 0)
			mpc_not(&own[k], &own[k]);
		if (k == 0 || k + 1 == classes)
			continue;
		next = mpc_bits_part(&b->at_least, k * b->stride, b->rows);
		mpc_xor(&own[k], &own[k], &next);
	}
}

static int
add_loss(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	const struct metrics_shape *s = &m->shape;
	struct mpc_selection_term terms[METRICS_MAX_CLASSES];
	struct mpc_vector probability[METRICS_MAX_CLASSES], all;
	struct mpc_bits own[METRICS_MAX_CLASSES], classes;
	const unsigned bits = (s->bits < METRICS_LOSS_BITS) ? METRICS_LOSS_BITS :
	    (s->bits > METRICS_MAX_BITS) ? METRICS_MAX_BITS : (unsigned)s->bits;
	struct room r;
	size_t k;
	int rc = -1;

	memset(&all, 0, sizeof(all));
	memset(&classes, 0, sizeof(classes));
	memset(terms, 0, sizeof(terms));
	if (room_open(&r, S, b->rows, 2, 0) == -1 ||
	    mpc_vector_new(S, &all, s->classes * b->stride) == -1 ||
	    mpc_bits_new(S, &classes, s->classes * b->stride) == -1 ||
	    take_probabilities(S, m, b, &all, bits) == -1)
		goto out;
	own_classes(m, b, &classes, own);
	for (k = 0; k < s->classes; k++) {
		probability[k] = mpc_part(&all, k * b->stride, b->rows);
		terms[k] = (struct mpc_selection_term){ .bit = &own[k], .word = &probability[k],
			.weight = { 1 } };
	}
	const struct mpc_selection chosen = { .count = s->classes, .terms = terms,
		.shift = bits - METRICS_LOSS_BITS, .results = 1 };

	if (mpc_select(S, &r.word[0], &chosen) == -1 ||
	    mpc_log(S, &r.word[1], &r.word[0], mpc_any_numbers(METRICS_LOSS_BITS)) == -1)
		goto out;
	mpc_add_sum(&m->loss, &r.word[1]);
	rc = 0;
out:
	room_close(&r);
	mpc_vector_free(&all);
	mpc_bits_free(&classes);
	return (rc);
}

/* Count predictions that are too large to be put in order, or no probabilities. */
static int
count_beyond(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	struct mpc_vector count = mpc_part(&m->beyond, METRICS_BEYOND_ORDER, 1);
	unsigned limit = order_limit(&m->shape);

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
	if (metrics_any(s, METRIC_ACCURACY, METRIC_F1) && (find_predictions(S, m, b) == -1 ||
	    count_scored(S, m, b) == -1))
		goto out;
	if ((s->wanted[METRIC_AUC] && add_scores(S, m, b) == -1) || (s->wanted[METRIC_LOG_LOSS] &&
	    add_loss(S, m, b) == -1))
		goto out;
	rc = 0;
out:
	mpc_bits_free(&b->at_least);
	mpc_vector_free(&b->label);
	mpc_vector_free(&b->prediction);
	return (rc);
}

/* ---- squares ---- */

int
metrics_count_values(struct mpc *S, struct metrics *m, const struct mpc_vector *x, unsigned bits)
{
	struct mpc_vector beyond = mpc_part(&m->beyond, METRICS_BEYOND_VALUES, 1);

	return (mpc_count_beyond(S, &beyond, x, x->n, 1, bits));
}

/*
 * y = x with METRICS_SQUARE_BITS.  What would not be below 2^62 then is counted before it is, as
 * it may come to anything; what is cut off stays too large for squares if it was 2^62 or more.
 */
static int
square_scale(struct mpc *S, struct metrics *m, struct mpc_vector *y, const struct mpc_vector *x,
    unsigned bits)
{
	unsigned more;
	bool may;
	int rc;

	if (bits > METRICS_SQUARE_BITS) {
		may = mpc_may_wrap(S, true);
		rc = mpc_truncate(S, y, x, bits - METRICS_SQUARE_BITS);
		(void)mpc_may_wrap(S, may);
		return (rc);
	}
	more = METRICS_SQUARE_BITS - bits;
	if (more > 0 && metrics_count_values(S, m, x, MPC_NUMBER_RANGE - more) == -1)
		return (-1);
	mpc_scale(y, x, (int64_t)1 << more);
	return (0);
}

/* Add to sums of squares, and count what is too large for them. */
static int
add_squares(struct mpc *S, struct metrics *m, struct mpc_moments *to, const struct mpc_vector *x)
{

	return ((metrics_count_values(S, m, x, metrics_value_range(&m->shape)) == -1) ? -1 :
	    mpc_moments_add(S, to, x, x->n));
}

static int
add_errors(struct mpc *S, struct metrics *m, const struct scored_rows *b,
    const struct metrics_words *x, size_t first)
{
	const struct metrics_shape *s = &m->shape;
	size_t at = first * s->columns, n = b->rows * s->columns;
	const struct mpc_vector value = mpc_part(&x->value, at, n), target = mpc_part(&x->target,
	    at, n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 2, 0) == -1 ||
	    square_scale(S, m, &r.word[0], &value, s->value_bits) == -1 ||
	    square_scale(S, m, &r.word[1], &target, s->target_bits) == -1)
		goto out;
	mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
	if (add_squares(S, m, &m->error, &r.word[0]) == 0)
		rc = s->wanted[METRIC_R2] ? add_squares(S, m, &m->moment, &r.word[1]) : 0;
out:
	room_close(&r);
	return (rc);
}

/* ---- all of it ---- */

int
metrics_add(struct mpc *S, struct metrics *m, const struct metrics_words *x, size_t rows)
{
	const struct metrics_shape *s = &m->shape;
	bool classes = metrics_any(s, METRIC_ACCURACY, METRIC_LOG_LOSS),
	    values = metrics_any(s, METRIC_MSE, METRIC_R2);
	size_t widest = (s->columns > s->labels) ? s->columns : s->labels, first, step;
	struct scored_rows b;

	if (rows > METRICS_MAX_ROWS - m->rows)
		return (fail(ST_RANGE, "more than %llu rows",
		    (unsigned long long)METRICS_MAX_ROWS));
	widest = (classes && s->classes > widest) ? s->classes : widest;
	step = (widest < BLOCK_WORDS) ? BLOCK_WORDS / widest : 1;
	memset(&b, 0, sizeof(b));
	for (first = 0; first < rows; first += b.rows) {
		b.rows = (rows - first < step) ? rows - first : step;
		b.stride = mpc_bits_stride(b.rows);
		if (classes && add_classes(S, m, &b, x, first) == -1)
			return (-1);
		if (values && add_errors(S, m, &b, x, first) == -1)
			return (-1);
		m->rows += b.rows;
	}
	return (0);
}
