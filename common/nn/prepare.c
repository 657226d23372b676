#include "nn/prepare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "func/extreme.h"
#include "func/function.h"
#include "func/moments.h"
#include "func/quantile.h"
#include "mpc/mpc.h"
#include "mpc/room.h"

#define BLOCK_WORDS ((size_t)1 << 17) /* of data, worked on at a time */
#define LABEL_RANGE 47                /* of a comparison of labels: below 2^31, with 16 bits */

static size_t
block_rows(size_t rows, size_t cols)
{
	size_t n = (cols > BLOCK_WORDS) ? 1 : BLOCK_WORDS / cols;

	return ((n < rows) ? n : rows);
}

/* What a scale and a deviation are multiplied by that are those of a word. */
#define SCALE_WORD_BITS (NN_SCALE_BITS + NN_BITS)
#define DEVIATION_WORD_BITS (NN_DEVIATION_BITS - NN_BITS)

/*
 * Words of numbers with NN_BITS are in units of 2^-NN_BITS, and so is the deviation: its reciprocal
 * has NN_SCALE_BITS + NN_BITS bits more than the word's.
 */
static int
fit_deviations(struct mpc *S, enum mpc_moments_kind kind, struct mpc_vector *mean,
    struct mpc_vector *scale, struct mpc_vector *deviation, const struct mpc_vector *x, size_t rows,
    size_t cols)
{
	size_t step = block_rows(rows, cols), i, n;
	const struct mpc_inverse scales = { .least = (SCALE_WORD_BITS - NN_FEATURE_RANGE) / 2,
		.most = SCALE_WORD_BITS / 2, .bits = SCALE_WORD_BITS + DEVIATION_WORD_BITS };
	struct mpc_moments m;
	struct mpc_central w;
	struct mpc_vector part;
	int rc;

	memset(&w, 0, sizeof(w));
	rc = mpc_moments_new(S, &m, kind, cols, NN_FEATURE_RANGE);
	for (i = 0; i < rows && rc == 0; i += n) {
		n = (rows - i < step) ? rows - i : step;
		part = mpc_part(x, i * cols, n * cols);
		rc = mpc_moments_add(S, &m, &part, n);
	}
	if (rc == 0 && (kind != MPC_SQUARES || (rc = mpc_moments_mean(S, mean, &m)) == 0) &&
	    (rc = mpc_moments_central(S, &w, &m)) == 0 &&
	    (rc = mpc_inverse_deviations(S, scale, &w, SCALE_WORD_BITS)) == 0 && deviation != NULL)
		rc = mpc_inverse(S, deviation, scale, &scales);
	mpc_central_free(&w);
	mpc_moments_free(&m);
	return (rc);
}

int
nn_standardize_fit(struct mpc *S, struct mpc_vector *mean, struct mpc_vector *scale,
    struct mpc_vector *deviation, const struct mpc_vector *x, size_t rows, size_t cols)
{

	return (fit_deviations(S, MPC_SQUARES, mean, scale, deviation, x, rows, cols));
}

int
nn_scale_fit(struct mpc *S, struct mpc_vector *mean, struct mpc_vector *scale,
    struct mpc_vector *deviation, const struct mpc_vector *x, size_t rows, size_t cols)
{

	mpc_zero(mean);
	return (fit_deviations(S, MPC_ERRORS, mean, scale, deviation, x, rows, cols));
}

/* ---- by what rows are in order ---- */

/* Words are below 2^NN_FEATURE_RANGE, and may be rounded up to it. */
#define FEATURE_MOST ((int64_t)1 << NN_FEATURE_RANGE)

/* The reciprocals of distances from 2^0 to 2^32 units, as words; 0 of those that are 0. */
static int
invert_distances(struct mpc *S, struct mpc_vector *scale, const struct mpc_vector *distance)
{
	const struct mpc_inverse i = { .least = 0, .most = (NN_FEATURE_RANGE + 3) / 2,
		.bits = SCALE_WORD_BITS };

	return (mpc_inverse(S, scale, distance, &i));
}

/* Where the median and, if there are three, the quartiles of a column are. */
static const uint64_t quarters[] = { 2, 1, 3 };
#define N_QUARTERS (sizeof(quarters) / sizeof(*quarters))
#define QUARTERS 4

static int
find_quarters(struct mpc *S, struct mpc_neighbours *nb, size_t first, const struct mpc_ranked *r,
    size_t count)
{
	const struct mpc_quantiles q = { count, quarters, QUARTERS };

	return (mpc_neighbours_find(S, nb, first, r, &q));
}

/* The upper quartiles less the lower ones. */
static void
quarter_distance(struct mpc_vector *y, const struct mpc_vector *z)
{
	const struct mpc_vector lower = mpc_part(z, y->n, y->n), upper = mpc_part(z, 2 * y->n,
	    y->n);

	mpc_subtract(y, &upper, &lower);
}

/* The median, and the distance of the quartiles, of all columns. */
static int
settle_quarters(struct mpc *S, struct mpc_vector *median, struct mpc_vector *distance,
    const struct mpc_between *z)
{
	const size_t n = median->n;
	struct mpc_between settled;
	struct mpc_vector to, from;
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if (mpc_between_new(S, &settled, 2 * n) == 0 && room_open(&r, S, 2 * n, 1, 0) == 0) {
		to = mpc_part(&settled.whole, 0, n);
		from = mpc_part(&z->whole, 0, n);
		mpc_copy(&to, &from);
		to = mpc_part(&settled.rest, 0, n);
		from = mpc_part(&z->rest, 0, n);
		mpc_copy(&to, &from);
		to = mpc_part(&settled.whole, n, n);
		quarter_distance(&to, &z->whole);
		to = mpc_part(&settled.rest, n, n);
		quarter_distance(&to, &z->rest);
		if ((rc = mpc_between_round(S, &r.word[0], &settled, QUARTERS)) == 0) {
			from = mpc_part(&r.word[0], 0, n);
			mpc_copy(median, &from);
			from = mpc_part(&r.word[0], n, n);
			mpc_copy(distance, &from);
		}
	}
	mpc_between_free(&settled);
	room_close(&r);
	return (rc);
}

/* Of all columns: medians first, then lower quartiles, then upper ones. */
static int
fit_quarters(struct mpc *S, struct mpc_neighbours *nb, const struct mpc_vector *x, size_t rows,
    size_t cols)
{
	struct mpc_neighbours of;
	struct mpc_vector column = { .n = 0 };
	const struct mpc_ranked r = { .x = &column, .low = -FEATURE_MOST, .high = FEATURE_MOST };
	size_t j;
	int rc = -1;

	if (mpc_neighbours_new(S, &of, N_QUARTERS) == 0 &&
	    mpc_vector_new(S, &column, rows) == 0)
		rc = 0;
	for (j = 0; j < cols && rc == 0; j++) {
		mpc_columns_get(&column, x, rows, cols, j);
		if ((rc = find_quarters(S, &of, 0, &r, N_QUARTERS)) == 0) {
			mpc_columns_set(&nb->below, &of.below, N_QUARTERS, cols, j);
			mpc_columns_set(&nb->above, &of.above, N_QUARTERS, cols, j);
			mpc_columns_set(&nb->weight, &of.weight, N_QUARTERS, cols, j);
		}
	}
	mpc_vector_free(&column);
	mpc_neighbours_free(&of);
	return (rc);
}

int
nn_median_fit(struct mpc *S, struct mpc_vector *median, struct mpc_vector *scale,
    const struct mpc_vector *x, size_t rows, size_t cols)
{
	struct mpc_neighbours nb;
	struct mpc_between z;
	struct room r;
	int rc = -1;

	memset(&z, 0, sizeof(z));
	memset(&r, 0, sizeof(r));
	if (mpc_neighbours_new(S, &nb, N_QUARTERS * cols) == 0 &&
	    mpc_between_new(S, &z, N_QUARTERS * cols) == 0 &&
	    room_open(&r, S, cols, 1, 0) == 0 && fit_quarters(S, &nb, x, rows, cols) == 0 &&
	    mpc_interpolate(S, &z, &nb, QUARTERS) == 0 &&
	    settle_quarters(S, median, &r.word[0], &z) == 0)
		rc = invert_distances(S, scale, &r.word[0]);
	mpc_neighbours_free(&nb);
	mpc_between_free(&z);
	room_close(&r);
	return (rc);
}

int
nn_column_median(struct mpc *S, struct mpc_vector *median, const struct mpc_vector *x,
    const struct mpc_vector *present)
{
	const struct mpc_ranked r = { .x = x, .present = present, .low = -FEATURE_MOST,
		.high = FEATURE_MOST };
	struct mpc_neighbours nb;
	struct mpc_between z;
	int rc = -1;

	memset(&z, 0, sizeof(z));
	if (mpc_neighbours_new(S, &nb, 1) == 0 && mpc_between_new(S, &z, 1) == 0 &&
	    find_quarters(S, &nb, 0, &r, 1) == 0 && mpc_interpolate(S, &z, &nb, QUARTERS) == 0)
		rc = mpc_between_round(S, median, &z, QUARTERS);
	mpc_neighbours_free(&nb);
	mpc_between_free(&z);
	return (rc);
}

/* The largest number of each column, times ${sign}. */
static int
fit_extreme(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, int sign)
{
	size_t step = block_rows(rows, cols), i, n;
	struct mpc_vector turned, part;
	struct mpc_extreme e;
	int rc = 0;

	memset(&e, 0, sizeof(e));
	for (i = 0; i < rows && rc == 0; i += n) {
		n = (rows - i < step) ? rows - i : step;
		part = mpc_part(x, i * cols, n * cols);
		if ((rc = mpc_vector_new(S, &turned, part.n)) == 0) {
			mpc_scale(&turned, &part, sign);
			rc = mpc_extreme_add(S, &e, &turned, n, cols, false,
			    NN_FEATURE_RANGE + 2);
		}
		mpc_vector_free(&turned);
	}
	if (rc == 0)
		mpc_scale(y, &e.value, sign);
	mpc_extreme_free(&e);
	return (rc);
}

int
nn_minimum_fit(struct mpc *S, struct mpc_vector *minimum, struct mpc_vector *scale,
    const struct mpc_vector *x, size_t rows, size_t cols)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, cols, 1, 0) == 0 &&
	    fit_extreme(S, minimum, x, rows, cols, -1) == 0 &&
	    fit_extreme(S, &r.word[0], x, rows, cols, 1) == 0) {
		mpc_subtract(&r.word[0], &r.word[0], minimum);
		rc = invert_distances(S, scale, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/* ---- bringing rows to it ---- */

/*
 * y = (x - mean) scale: 16 + 32 = 48 fraction bits, truncated to ${bits}.
 *
 * Range    |y| < 2^(62 - 48) = 2^14.
 */
int
nn_standardize_to(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *scale, unsigned bits)
{
	enum { DEVIATIONS, SCALES, PRODUCTS, WORDS };
	size_t step = block_rows(rows, cols), i, n;
	struct mpc_vector part, result;
	struct bilinear times;
	struct room r;
	int rc = 0;

	for (i = 0; i < rows && rc == 0; i += n) {
		n = (rows - i < step) ? rows - i : step;
		times = bilinear_elements(n * cols);
		part = mpc_part(x, i * cols, n * cols);
		result = mpc_part(y, i * cols, n * cols);
		if ((rc = room_open(&r, S, n * cols, WORDS, 0)) == 0) {
			mpc_columns_subtract(&r.word[DEVIATIONS], &part, mean, n, cols);
			mpc_columns_spread(&r.word[SCALES], scale, n, cols);
			rc = mpc_product(S, &r.word[PRODUCTS], &times, &r.word[DEVIATIONS],
			    &r.word[SCALES]);
			if (rc == 0)
				rc = mpc_truncate(S, &result, &r.word[PRODUCTS],
				    NN_SCALE_BITS + NN_BITS - bits);
		}
		room_close(&r);
	}
	return (rc);
}

int
nn_standardize(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *scale)
{

	return (nn_standardize_to(S, y, x, rows, cols, mean, scale, NN_BITS));
}

/* ---- rows that are far away ---- */

/*
 * A deviation c from the mean, below 2^32, times a scale below 2^47 has to stay below 2^62.
 * Without its lowest 8 bits, c / 2^8 = z is below 2^24, and squares over 2^13 rows add up to less
 * than 2^61: they can be compared with a limit.  For a scale from 2^k to 2^(k + 1), no sum of z^2
 * of 4^(52 - k) or more may be: below, every z is below 2^(52 - k), and c times the scale below
 * 2^61.
 */
#define FAR_BITS 8
#define FAR_ROWS ((size_t)1 << 13)
#define FAR_FIRST 22 /* a scale below 2^22 has room for all z */
#define FAR_LAST 47
#define FAR_SCALES (FAR_LAST - FAR_FIRST + 1)

static int64_t
far_limit(int k)
{

	return ((int64_t)1 << 2 * (52 - k));
}

int
nn_standardize_limits(struct mpc *S, struct mpc_vector *limits, const struct mpc_vector *scale)
{
	struct mpc_selection_term terms[FAR_SCALES + 1];
	int64_t thresholds[FAR_SCALES];
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = FAR_SCALES,
		.thresholds = thresholds };
	struct room r;
	int k, rc = -1;

	for (k = FAR_FIRST; k <= FAR_LAST; k++) {
		thresholds[k - FAR_FIRST] = (int64_t)1 << k;
		terms[k - FAR_FIRST] = (struct mpc_selection_term){ .bit = &r.bit[k - FAR_FIRST],
			.constant = { far_limit(k) - far_limit(k - 1) } };
	}
	terms[FAR_SCALES] = (struct mpc_selection_term){ .constant = { far_limit(FAR_FIRST - 1) } };
	if (room_open(&r, S, scale->n, 0, FAR_SCALES) == 0 &&
	    mpc_compare(S, r.bit, scale, &c) == 0)
		rc = mpc_select(S, limits, &(struct mpc_selection){ .count = FAR_SCALES + 1,
		    .terms = terms, .results = 1 });
	room_close(&r);
	return (rc);
}

/* z = sums of squares of the deviations, without their lowest bits. */
static int
far_squares(struct mpc *S, struct mpc_vector *sums, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean)
{
	const struct bilinear times = bilinear_elements(x->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 2, 0) == 0) {
		mpc_columns_subtract(&r.word[0], x, mean, rows, cols);
		if (mpc_truncate(S, &r.word[0], &r.word[0], FAR_BITS) == 0 &&
		    mpc_product(S, &r.word[1], &times, &r.word[0], &r.word[0]) == 0) {
			mpc_columns_sum(sums, &r.word[1], rows, cols, 1);
			rc = 0;
		}
	}
	room_close(&r);
	return (rc);
}

/* far += [sums >= limits] */
static int
add_far(struct mpc *S, struct mpc_vector *far, struct mpc_vector *sums,
    const struct mpc_vector *limits)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1,
		.thresholds = &zero };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, sums->n, 1, 1) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };

		mpc_subtract(sums, sums, limits);
		if (mpc_compare(S, r.bit, sums, &c) == 0 && mpc_select(S, &r.word[0],
		    &(struct mpc_selection){ .count = 1, .terms = &term, .results = 1 }) == 0) {
			mpc_add(far, far, &r.word[0]);
			rc = 0;
		}
	}
	room_close(&r);
	return (rc);
}

int
nn_count_far(struct mpc *S, struct mpc_vector *far, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *limits)
{
	size_t step = block_rows(rows, cols), i, n;
	struct mpc_vector sums, part;
	int rc;

	step = (step < FAR_ROWS) ? step : FAR_ROWS;
	rc = mpc_vector_new(S, &sums, cols);
	for (i = 0; i < rows && rc == 0; i += n) {
		n = (rows - i < step) ? rows - i : step;
		part = mpc_part(x, i * cols, n * cols);
		if ((rc = far_squares(S, &sums, &part, n, cols, mean)) == 0)
			rc = add_far(S, far, &sums, limits);
	}
	mpc_vector_free(&sums);
	return (rc);
}

/* ---- units ---- */

/* Multiply by public powers of two, at no cost. */
static int
shift_up(struct mpc *S, struct mpc_vector *x, size_t rows, size_t cols, const int *shift)
{
	struct mpc_vector column = { .n = 0 };
	size_t j;
	int rc;

	if ((rc = mpc_vector_new(S, &column, rows)) == 0) {
		for (j = 0; j < cols; j++) {
			if (shift[j] <= 0)
				continue;
			mpc_columns_get(&column, x, rows, cols, j);
			mpc_scale(&column, &column, (int64_t)1 << shift[j]);
			mpc_columns_set(x, &column, rows, cols, j);
		}
	}
	mpc_vector_free(&column);
	return (rc);
}

/* Cut ${bits} off the columns that lose so many. */
static int
shift_down(struct mpc *S, struct mpc_vector *x, size_t cols, const int *shift, int bits)
{
	size_t *index, n = 0, i;
	struct mpc_vector some = { .n = 0 };
	int rc = -1;

	if ((index = mem_array(x->n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < x->n; i++) {
		if (shift[i % cols] == -bits)
			index[n++] = i;
	}
	if (n == x->n) {
		rc = mpc_truncate(S, x, x, (unsigned)bits);
	} else if (mpc_vector_new(S, &some, n) == 0) {
		mpc_gather(&some, x, index, n);
		if ((rc = mpc_truncate(S, &some, &some, (unsigned)bits)) == 0)
			mpc_scatter(x, index, &some);
	}
	mpc_vector_free(&some);
	free(index);
	return (rc);
}

int
nn_shift_columns(struct mpc *S, struct mpc_vector *x, size_t rows, size_t cols, const int *shift)
{
	bool due[MPC_NUMBER_RANGE + 1] = { false };
	size_t i;
	int bits;

	if (rows == 0)
		return (0);
	for (i = 0; i < cols; i++) {
		if (shift[i] < 0)
			due[-shift[i]] = true;
	}
	for (bits = 1; bits <= MPC_NUMBER_RANGE; bits++) {
		if (due[bits] && shift_down(S, x, cols, shift, bits) == -1)
			return (-1);
	}
	return (shift_up(S, x, rows, cols, shift));
}

int
nn_add_to_columns(struct mpc_vector *x, size_t cols, const int64_t *v, int sign)
{
	word *added;
	size_t i;

	if ((added = mem_array(x->n, sizeof(*added))) == NULL)
		return (-1);
	for (i = 0; i < x->n; i++)
		added[i] = (word)sign * (word)v[i % cols];
	mpc_add_public_words(x, x, added);
	free(added);
	return (0);
}

/* Deviations from 2^0 to 2^31 units, as words. */
static int
invert_deviation(struct mpc *S, struct mpc_vector *scale, const struct mpc_vector *deviation)
{
	const struct mpc_inverse deviations = { .least = DEVIATION_WORD_BITS / 2,
		.most = (DEVIATION_WORD_BITS + NN_FEATURE_RANGE + 1) / 2,
		.bits = SCALE_WORD_BITS + DEVIATION_WORD_BITS };

	return (mpc_inverse(S, scale, deviation, &deviations));
}

int
nn_standardize_labels(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *deviation, unsigned bits)
{
	struct mpc_vector scale;
	int rc;

	if ((rc = mpc_vector_new(S, &scale, cols)) == 0 &&
	    (rc = invert_deviation(S, &scale, deviation)) == 0)
		rc = nn_standardize_to(S, y, x, rows, cols, mean, &scale, bits);
	mpc_vector_free(&scale);
	return (rc);
}

int
nn_count_far_labels(struct mpc *S, struct mpc_vector *far, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *deviation)
{
	enum { SCALE, LIMITS, WORDS };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, cols, WORDS, 0) == 0 &&
	    invert_deviation(S, &r.word[SCALE], deviation) == 0 &&
	    nn_standardize_limits(S, &r.word[LIMITS], &r.word[SCALE]) == 0)
		rc = nn_count_far(S, far, x, rows, cols, mean, &r.word[LIMITS]);
	room_close(&r);
	return (rc);
}

/*
 * x = y deviation + mean: 16 + 24 = 40 fraction bits, truncated to 16.
 *
 * Range    |y deviation| < 2^22.
 */
int
nn_unstandardize(struct mpc *S, struct mpc_vector *x, const struct mpc_vector *y, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *deviation)
{
	enum { DEVIATIONS, PRODUCTS, WORDS };
	const struct bilinear times = bilinear_elements(rows * cols);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, rows * cols, WORDS, 0) == 0) {
		mpc_columns_spread(&r.word[DEVIATIONS], deviation, rows, cols);
		if (mpc_product(S, &r.word[PRODUCTS], &times, y, &r.word[DEVIATIONS]) == 0) {
			/* Before the truncation, which may draw the result's mask. */
			mpc_columns_spread(&r.word[DEVIATIONS], mean, rows, cols);
			mpc_add_scaled(&r.word[PRODUCTS], &r.word[DEVIATIONS],
			    (int64_t)1 << NN_DEVIATION_BITS);
			rc = mpc_truncate(S, x, &r.word[PRODUCTS], NN_DEVIATION_BITS);
		}
	}
	room_close(&r);
	return (rc);
}

/* ---- labels ---- */

/*
 * y[i][k] = [label >= k - 1/2] - [label >= k + 1/2], as what has passed the upper threshold has
 * passed the lower one.  The first class has no lower threshold and the last no upper one, so what
 * is beyond counts as these.  Thresholds in the middle bear labels that are rounded by less than
 * 1/2; all of them share what is dealt for a label's blocks.
 */
int
nn_one_hot(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *labels, size_t classes)
{
	int64_t bounds[MPC_MAX_THRESHOLDS], one = (int64_t)1 << NN_BITS;
	struct mpc_comparison c = { .high = LABEL_RANGE, .count = classes - 1,
		.thresholds = bounds };
	struct mpc_bits bits[MPC_MAX_THRESHOLDS];
	struct mpc_vector column;
	size_t k;
	int rc = 0;

	memset(bits, 0, sizeof(bits));
	memset(&column, 0, sizeof(column));
	for (k = 0; k + 1 < classes && rc == 0; k++) {
		bounds[k] = (int64_t)k * one + one / 2;
		rc = mpc_bits_new(S, &bits[k], labels->n);
	}
	if (rc == 0 && (rc = mpc_vector_new(S, &column, labels->n)) == 0)
		rc = mpc_compare(S, bits, labels, &c);
	for (k = 0; k < classes && rc == 0; k++) {
		const bool last = k + 1 == classes;
		const struct mpc_selection_term terms[] = {
			{ .bit = (k > 0) ? &bits[k - 1] : NULL, .constant = { one } },
			{ .bit = last ? NULL : &bits[k], .constant = { -one } },
		};

		rc = mpc_select(S, &column, &(struct mpc_selection){ .count = last ? 1 : 2,
		    .terms = terms, .results = 1 });
		if (rc == 0)
			mpc_columns_set(y, &column, labels->n, classes, k);
	}
	for (k = 0; k + 1 < classes; k++)
		mpc_bits_free(&bits[k]);
	mpc_vector_free(&column);
	return (rc);
}
