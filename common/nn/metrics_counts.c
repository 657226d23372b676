/* Figures that follow from how many rows of each class were predicted in each class. */

#include <string.h>

#include "func/divisor.h"
#include "func/moments.h"
#include "func/ratio.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"

/* Far below what any sum of defined quotients can be: more than one for each class. */
#define FAR_BELOW (-((int64_t)1 << (MPC_RATIO_BITS + 8)))
#define MCC_BITS 20 /* of a correlation */

/* ---- words ---- */

void
metrics_add_words(const struct metrics_draft *d, struct mpc_vector *to, size_t at,
    const struct mpc_vector *from, size_t i)
{
	struct mpc_vector sum = mpc_part(to, at * d->samples, d->samples),
	    one = mpc_part(from, i * d->samples, d->samples);

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
take_differences(const struct metrics_draft *d, struct mpc_vector *cell, const struct mpc_vector *a,
    size_t classes)
{
	const size_t one = d->samples, line = classes * one;
	size_t row, next, i;

	mpc_copy(cell, a);
	for (i = 0; i < classes; i++) {
		row = i * line;
		next = row + line;
		add_cells(cell, row, a, row + one, line - one, -1);
		if (i + 1 < classes) {
			add_cells(cell, row, a, next, line, -1);
			add_cells(cell, row, a, next + one, line - one, 1);
		}
	}
}

/* y += rows that are, or are predicted, in a class. */
static void
add_in_class(const struct metrics *m, const struct metrics_draft *d, struct mpc_vector *y,
    size_t at, size_t class, bool predicted)
{
	const size_t classes = m->shape.classes;
	size_t i;

	for (i = 0; i < classes; i++)
		metrics_add_words(d, y, at, &d->cell, predicted ? i * classes + class :
		    class * classes + i);
}

/* ---- quotients ---- */

static int
quotients_new(struct mpc *S, struct metrics_quotients *q, size_t room)
{

	return ((mpc_vector_new(S, &q->a, room) == -1 || mpc_vector_new(S, &q->b, room) == -1 ||
	    mpc_vector_new(S, &q->q, room) == -1) ? -1 : 0);
}

static void
quotients_free(struct metrics_quotients *q)
{

	mpc_vector_free(&q->a);
	mpc_vector_free(&q->b);
	mpc_vector_free(&q->q);
}

int
metrics_draft_new(struct mpc *S, struct metrics_draft *d, const struct metrics *m,
    const struct mpc_vector *count)
{
	const size_t room = (5 * m->shape.classes + METRICS) * d->samples;
	size_t i;

	for (i = 0; i < METRICS_QUOTIENTS; i++) {
		if (quotients_new(S, &d->quotients[i], room) == -1)
			return (-1);
	}
	if (!metrics_need(&m->shape, METRICS_COUNTS))
		return (0);
	if (mpc_vector_new(S, &d->cell, count->n) == -1)
		return (-1);
	take_differences(d, &d->cell, count, m->shape.classes);
	return (0);
}

void
metrics_draft_free(struct metrics_draft *d)
{
	size_t i;

	for (i = 0; i < METRICS_QUOTIENTS; i++)
		quotients_free(&d->quotients[i]);
	mpc_vector_free(&d->cell);
}

size_t
metrics_quotient_of(struct metrics_draft *d, int kind, enum metric which, size_t class)
{
	struct metrics_quotients *q = &d->quotients[kind];

	q->of[q->n] = which;
	q->class[q->n] = class;
	return (q->n++);
}

/*
 * Precision: of those predicted in class k, how many are; recall: of those in it, how many are
 * predicted; F1: of both.
 */
static void
add_hits(const struct metrics *m, struct metrics_draft *d, struct metrics_quotients *q, size_t at,
    enum metric which, size_t k)
{
	const size_t hits = k * (m->shape.classes + 1);

	metrics_add_words(d, &q->a, at, &d->cell, hits);
	if (which == METRIC_F1)
		metrics_add_words(d, &q->a, at, &d->cell, hits);
	if (which != METRIC_RECALL)
		add_in_class(m, d, &q->b, at, k, true);
	if (which != METRIC_PRECISION)
		add_in_class(m, d, &q->b, at, k, false);
}

/* Specificity: of those not in class k, how many are not predicted in it. */
static void
add_rejected(const struct metrics *m, struct metrics_draft *d, struct metrics_quotients *q,
    size_t at, size_t k)
{
	const size_t classes = m->shape.classes;
	size_t i, j;

	for (i = 0; i < classes; i++) {
		for (j = 0; j < classes && i != k; j++) {
			metrics_add_words(d, &q->b, at, &d->cell, i * classes + j);
			if (j != k)
				metrics_add_words(d, &q->a, at, &d->cell, i * classes + j);
		}
	}
}

static void
add_class(const struct metrics *m, struct metrics_draft *d, int kind, size_t at, enum metric which,
    size_t k)
{
	struct metrics_quotients *q = &d->quotients[kind];

	if (which == METRIC_SPECIFICITY)
		add_rejected(m, d, q, at, k);
	else
		add_hits(m, d, q, at, (which == METRIC_BALANCED_ACCURACY) ? METRIC_RECALL : which,
		    k);
}

/* A quotient for each class, or one of all, or of class 1 alone. */
static void
class_quotients(const struct metrics *m, struct metrics_draft *d, int kind, enum metric which,
    enum metrics_average average)
{
	const size_t last = (average == METRICS_BINARY) ? 1 : m->shape.classes - 1;
	size_t at = 0, k;

	for (k = (average == METRICS_BINARY); k <= last; k++) {
		if (average != METRICS_MICRO || k == 0)
			at = metrics_quotient_of(d, kind, which, k);
		add_class(m, d, kind, at, which, k);
	}
}

void
metrics_count_quotients(const struct metrics *m, struct metrics_draft *d)
{
	const enum metrics_average average = metrics_average_of(&m->shape);
	const int kind = (average == METRICS_MACRO || average == METRICS_WEIGHTED) ?
	    METRICS_OR_ZERO : METRICS_OR_UNDEFINED;
	size_t which;

	for (which = METRIC_PRECISION; which <= METRIC_F1; which++) {
		if (m->shape.wanted[which])
			class_quotients(m, d, kind, which, average);
	}
	if (m->shape.wanted[METRIC_BALANCED_ACCURACY])
		class_quotients(m, d, METRICS_OR_FAR, METRIC_BALANCED_ACCURACY, METRICS_NONE);
}

int
metrics_divide_all(struct mpc *S, struct metrics_draft *d)
{
	static const int64_t otherwise[METRICS_QUOTIENTS] = { [METRICS_OR_ZERO] = 0,
		[METRICS_OR_UNDEFINED] = METRICS_UNDEFINED, [METRICS_OR_FAR] = FAR_BELOW };
	struct metrics_quotients *q;
	struct mpc_vector a, b, y;
	size_t i, n;

	for (i = 0; i < METRICS_QUOTIENTS; i++) {
		q = &d->quotients[i];
		n = q->n * d->samples;
		a = mpc_part(&q->a, 0, n);
		b = mpc_part(&q->b, 0, n);
		y = mpc_part(&q->q, 0, n);
		if (n > 0 && mpc_ratio(S, &y, &a, &b, otherwise[i]) == -1)
			return (-1);
	}
	return (0);
}

/* ---- figures ---- */

/* y = METRICS_UNDEFINED where it is below what is defined. */
static int
settle_undefined(struct mpc *S, struct mpc_vector *y)
{
	const int64_t least = METRICS_UNDEFINED / 2;
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1,
		.thresholds = &least };
	struct mpc_bits defined;
	const struct mpc_selection_term terms[] = {
		{ .constant = { METRICS_UNDEFINED } },
		{ .bit = &defined, .word = y, .weight = { 1 },
		    .constant = { -METRICS_UNDEFINED } },
	};
	int rc = mpc_bits_new(S, &defined, y->n);

	if (rc == 0 && (rc = mpc_compare(S, &defined, y, &c)) == 0)
		rc = mpc_select(S, y, &(struct mpc_selection){ .count = 2, .terms = terms,
		    .results = 1 });
	mpc_bits_free(&defined);
	return (rc);
}

/* y[k] = how many rows are, or are predicted, in class k. */
static void
class_sizes(const struct metrics *m, const struct metrics_draft *d, struct mpc_vector *y,
    bool predicted)
{
	size_t k;

	mpc_zero(y);
	for (k = 0; k < m->shape.classes; k++)
		add_in_class(m, d, y, k, k, predicted);
}

/* y = the sum of words of all classes, of each sample. */
static void
sum_of_classes(const struct metrics_draft *d, struct mpc_vector *y, const struct mpc_vector *x)
{

	mpc_columns_sum(y, x, x->n / d->samples, d->samples, 1);
}

/* How many rows are in each class, where labels alone have been looked at. */
static void
ranked_sizes(const struct metrics *m, struct mpc_vector *y)
{
	struct mpc_vector part;
	size_t k;

	for (k = 0; k < m->shape.classes; k++) {
		part = mpc_part(y, k, 1);
		mpc_copy(&part, &m->ranking[k].size);
	}
}

/* y = the sum of the classes' quotients times how many rows are in each, divided by all rows. */
static int
weigh_classes(struct mpc *S, struct mpc_vector *y, const struct metrics *m,
    const struct metrics_draft *d, const struct mpc_vector *q, enum metric which)
{
	const struct bilinear times = bilinear_elements(q->n);
	struct room r;
	struct mpc_vector sum;
	int rc = -1;

	if (room_open(&r, S, q->n, 2, 0) == 0) {
		if (which == METRIC_AUC)
			ranked_sizes(m, &r.word[0]);
		else
			class_sizes(m, d, &r.word[0], false);
		if (mpc_product(S, &r.word[1], &times, &r.word[0], q) == 0) {
			sum = mpc_part(&r.word[0], 0, d->samples);
			sum_of_classes(d, &sum, &r.word[1]);
			rc = mpc_divide_public(S, y, &sum, m->rows, ceil_log2(m->rows) +
			    MPC_RATIO_BITS + 9);
		}
	}
	room_close(&r);
	return (rc);
}

/* The quotients of a figure: they are side by side. */
static struct mpc_vector
quotients_found(const struct metrics_draft *d, int kind, enum metric which)
{
	const struct metrics_quotients *q = &d->quotients[kind];
	size_t first, n;

	for (first = 0; first < q->n && q->of[first] != which; first++)
		;
	for (n = 0; first + n < q->n && q->of[first + n] == which; n++)
		;
	return (mpc_part(&q->q, first * d->samples, n * d->samples));
}

static int
averaged_words(struct mpc *S, struct mpc_vector *y, const struct metrics *m,
    const struct metrics_draft *d, enum metric which)
{
	const enum metrics_average average = (which == METRIC_BALANCED_ACCURACY) ? METRICS_MACRO :
	    (which == METRIC_AUC && m->shape.classes == 2) ? METRICS_BINARY :
	    metrics_average_of(&m->shape);
	const bool strict = (which == METRIC_BALANCED_ACCURACY || which == METRIC_AUC),
	    joined = (average == METRICS_MACRO || average == METRICS_WEIGHTED);
	const struct mpc_vector q = quotients_found(d, !joined ? METRICS_OR_UNDEFINED : strict ?
	    METRICS_OR_FAR : METRICS_OR_ZERO, which);

	if (average == METRICS_WEIGHTED) {
		if (weigh_classes(S, y, m, d, &q, which) == -1)
			return (-1);
	} else if (average == METRICS_MACRO)
		sum_of_classes(d, y, &q);
	else
		mpc_copy(y, &q);
	return ((joined && strict) ? settle_undefined(S, y) : 0);
}

/* ---- Matthews' coefficient ---- */

/* y = less the sum over the classes of the products of two vectors of counts. */
static int
class_products(struct mpc *S, const struct metrics_draft *d, struct mpc_vector *y,
    struct mpc_vector *product, const struct mpc_vector *a, const struct mpc_vector *b)
{
	const struct bilinear times = bilinear_elements(a->n);

	if (mpc_product(S, product, &times, a, b) == -1)
		return (-1);
	sum_of_classes(d, y, product);
	mpc_scale(y, y, -1);
	return (0);
}

/*
 * The correlation's three sums, over the classes: of n times the rows that are predicted right less
 * the product of how many are predicted and how many are; and n^2 less squares of either.
 */
static int
mcc_sums(struct mpc *S, const struct metrics *m, const struct metrics_draft *d,
    struct mpc_vector *product, struct mpc_vector *squares)
{
	const size_t classes = m->shape.classes, n = d->samples;
	const int64_t rows = (int64_t)m->rows;
	struct mpc_vector predicted = mpc_part(squares, 0, n), labels = mpc_part(squares, n, n);
	struct room r;
	size_t k;
	int rc = -1;

	if (room_open(&r, S, classes * n, 4, 0) == -1)
		goto out;
	class_sizes(m, d, &r.word[0], true);
	class_sizes(m, d, &r.word[1], false);
	if (class_products(S, d, product, &r.word[2], &r.word[0], &r.word[1]) == -1 ||
	    class_products(S, d, &predicted, &r.word[2], &r.word[0], &r.word[0]) == -1 ||
	    class_products(S, d, &labels, &r.word[2], &r.word[1], &r.word[1]) == -1)
		goto out;
	for (k = 0; k < classes; k++)
		metrics_add_words(d, &r.word[3], 0, &d->cell, k * (classes + 1));
	add_cells(product, 0, &r.word[3], 0, n, rows);
	mpc_add_public(squares, squares, rows * rows);
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

/* y = METRICS_UNDEFINED where one of the squares is 0, and the correlation with them. */
static int
mcc_undefined(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *squares)
{
	const size_t n = y->n;
	struct room r;
	struct mpc_vector first = mpc_part(squares, 0, n), second = mpc_part(squares, n, n);
	int rc = -1;

	if (room_open(&r, S, n, 1, 3) == 0 && mpc_equal(S, &r.bit[0], &first, 64) == 0 &&
	    mpc_equal(S, &r.bit[1], &second, 64) == 0) {
		const struct mpc_bits *const both[2] = { &r.bit[0], &r.bit[1] };
		const struct mpc_selection_term term = { .bit = &r.bit[2],
			.constant = { METRICS_UNDEFINED } };

		mpc_not(&r.bit[0], &r.bit[0]);
		mpc_not(&r.bit[1], &r.bit[1]);
		if (mpc_and(S, &r.bit[2], both, 2) == 0) {
			mpc_not(&r.bit[2], &r.bit[2]);
			rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 1,
			    .terms = &term, .results = 1 });
			mpc_add(y, y, &r.word[0]);
		}
	}
	room_close(&r);
	return (rc);
}

static int
mcc_words(struct mpc *S, struct mpc_vector *y, const struct metrics *m,
    const struct metrics_draft *d)
{
	struct mpc_vector product = { .n = 0 }, squares = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &product, d->samples) == 0 &&
	    mpc_vector_new(S, &squares, 2 * d->samples) == 0 &&
	    mcc_sums(S, m, d, &product, &squares) == 0 &&
	    mpc_correlation_pairs(S, y, &product, &squares, MCC_BITS) == 0) {
		mpc_scale(y, y, (int64_t)1 << (MPC_RATIO_BITS - MCC_BITS));
		rc = mcc_undefined(S, y, &squares);
	}
	mpc_vector_free(&product);
	mpc_vector_free(&squares);
	return (rc);
}

/* ---- all of them ---- */

int
metrics_class_words(struct mpc *S, struct mpc_vector *y, const struct metrics *m,
    const struct metrics_draft *d, enum metric which)
{
	size_t i;

	if (which == METRIC_MCC)
		return (mcc_words(S, y, m, d));
	if (which != METRIC_ACCURACY)
		return (averaged_words(S, y, m, d, which));
	for (i = 0; i < m->shape.classes; i++)
		metrics_add_words(d, y, 0, &d->cell, i * (m->shape.classes + 1));
	return (0);
}
