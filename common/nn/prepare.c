#include "nn/prepare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "func/function.h"
#include "mpc/mpc.h"
#include "mpc/room.h"

#define BLOCK_WORDS ((size_t)1 << 17) /* of data, worked on at a time */
#define LABEL_RANGE 47                /* of a comparison of labels: below 2^31, with 16 bits */

/*
 * Rows whose squares are added up before they are truncated.  Squares have 32 fraction bits, so the
 * sum over a block has to be below 2^(62 - 32) = 2^30: of 512 rows, the mean square below 2^21, as
 * of a deviation below 2^10.5 in every block.  That is more than a deviation of the whole column
 * says: four rows of 512 that are 2^14 from the mean are too much.
 */
#define GROUP_ROWS 512

/*
 * Means and variances are divided by rows in two parts: by 2^L exactly, and by a factor 2^L / rows,
 * between 1/2 and 1, with so many bits.  Products have to stay below 2^62:
 *
 *   mean       below 2^15: 15 + 16 + 24 = 55
 *   variance   below 2^21: 21 + 28 + 12 = 61
 *
 * A factor is off by 2^-24 of itself, or 2^-12.  A mean of 30,000 is then off by up to 0.002, which
 * shows in a column whose deviation is no larger.
 */
#define MEAN_FACTOR_BITS 24
#define VARIANCE_FACTOR_BITS 12

/*
 * Variances are from 2^-24 to 2^21, deviations from 2^-12 to 2^10.5: with 28 fraction bits, words
 * from 2^4 to 2^49, in 15 ranges of three octaves each.  1 / deviation is 2^12 at most, and the
 * product of a series and a power of two that it is made of, with 30 + 19 fraction bits, 2^61.
 */
#define VARIANCE_BITS 28
#define LEAST_VARIANCE_BITS 24
#define VARIANCE_STEPS 15

static size_t
block_rows(size_t rows, size_t cols)
{
	size_t n = (cols > BLOCK_WORDS) ? 1 : BLOCK_WORDS / cols;

	n = (n > GROUP_ROWS) ? GROUP_ROWS : n;
	return ((n < rows) ? n : rows);
}

static unsigned
floor_log2(size_t n)
{
	unsigned bits = 0;

	while (n >> (bits + 1) != 0)
		bits++;
	return (bits);
}

/* x = x 2^L / rows for L = floor(log2 rows): a factor from 1/2 to 1. */
static int
divide_by_rows(struct mpc *S, struct mpc_vector *x, size_t rows, unsigned bits)
{
	unsigned log = floor_log2(rows);

	if (((size_t)1 << log) == rows)
		return (0);
	mpc_scale(x, x, (int64_t)llrint(ldexp((double)((size_t)1 << log) / (double)rows,
	    (int)bits)));
	return (mpc_truncate(S, x, x, bits));
}

/*
 * mean[c] = 1 / rows times the sum of x[r][c].  With |x| < 2^15 and fewer than 2^20 rows a sum is
 * below 2^(15 + 16 + 20) = 2^51; divided by 2^L, below twice the largest |x|.
 */
static int
fit_mean(struct mpc *S, struct mpc_vector *mean, const struct mpc_vector *x, size_t rows,
    size_t cols)
{
	unsigned log = floor_log2(rows);

	mpc_columns_sum(mean, x, rows, cols, 1);
	if (log > 0 && mpc_truncate(S, mean, mean, log) == -1)
		return (-1);
	return (divide_by_rows(S, mean, rows, MEAN_FACTOR_BITS));
}

/*
 * sum += squares of (x - mean), divided by 2^L and with VARIANCE_BITS, for a block of rows.
 * Squares have 16 + 16 = 32 fraction bits, and so has their sum over the block; one truncation of
 * each column by L + 32 - 28 bits does both, and rounds once for a block and not for a row.
 */
static int
add_block_squares(struct mpc *S, struct mpc_vector *sum, const struct mpc_vector *mean,
    const struct mpc_vector *x, size_t rows, size_t cols, unsigned log)
{
	const struct bilinear times = bilinear_elements(rows * cols);
	struct room r;
	struct mpc_vector part;
	int rc = -1;

	if (room_open(&r, S, rows * cols, 2, 0) == 0) {
		mpc_columns_subtract(&r.word[0], x, mean, rows, cols);
		if (mpc_product(S, &r.word[1], &times, &r.word[0], &r.word[0]) == 0) {
			part = mpc_part(&r.word[0], 0, cols);
			mpc_columns_sum(&part, &r.word[1], rows, cols, 1);
			rc = mpc_truncate(S, &part, &part, log + 2 * NN_BITS - VARIANCE_BITS);
			mpc_add(sum, sum, &part);
		}
	}
	room_close(&r);
	return (rc);
}

/*
 * scale = 0 where the variance is below 2^-24: a column that is as good as constant says nothing
 * here, and a row that comes later, and differs in it, must not be thrown off by 2^12 times the
 * difference.
 */
static int
drop_constant(struct mpc *S, struct mpc_vector *scale, const struct mpc_vector *variance)
{
	static const int64_t least = 1 << (VARIANCE_BITS - LEAST_VARIANCE_BITS);
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &least };
	struct mpc_bits varies;
	const struct mpc_selection_term term = { .bit = &varies, .word = scale, .weight = { 1 } };
	const struct mpc_selection s = { .count = 1, .terms = &term, .results = 1 };
	int rc;

	memset(&varies, 0, sizeof(varies));
	rc = mpc_bits_new(S, &varies, scale->n);
	if (rc == 0 && (rc = mpc_compare(S, &varies, variance, &c)) == 0)
		rc = mpc_select(S, scale, &s);
	mpc_bits_free(&varies);
	return (rc);
}

/*
 * var = 1 / rows times the sum of (x - mean)^2;  scale = 1 / sqrt(var), with NN_SCALE_BITS.  Two
 * passes: the sum of x^2 less rows mean^2 would lose, of a column far from 0, all bits that differ.
 */
int
nn_standardize_fit(struct mpc *S, struct mpc_vector *mean, struct mpc_vector *scale,
    const struct mpc_vector *x, size_t rows, size_t cols)
{
	size_t step = block_rows(rows, cols), i, n;
	struct mpc_vector variance, part;
	int rc;

	memset(&variance, 0, sizeof(variance));
	if (mpc_vector_new(S, &variance, cols) == -1)
		return (-1);
	rc = fit_mean(S, mean, x, rows, cols);
	for (i = 0; i < rows && rc == 0; i += n) {
		n = (rows - i < step) ? rows - i : step;
		part = mpc_part(x, i * cols, n * cols);
		rc = add_block_squares(S, &variance, mean, &part, n, cols, floor_log2(rows));
	}
	if (rc == 0 && (rc = divide_by_rows(S, &variance, rows, VARIANCE_FACTOR_BITS)) == 0)
		rc = mpc_rsqrt_wide(S, scale, &variance, VARIANCE_BITS,
		    VARIANCE_BITS - LEAST_VARIANCE_BITS, VARIANCE_STEPS, NN_SCALE_BITS);
	if (rc == 0)
		rc = drop_constant(S, scale, &variance);
	mpc_vector_free(&variance);
	return (rc);
}

/*
 * y = (x - mean) scale: 16 + 24 = 40 fraction bits, truncated to 16.
 *
 * Range    |y| < 2^(62 - 40) = 2^22.
 */
int
nn_standardize(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *scale)
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
				rc = mpc_truncate(S, &result, &r.word[PRODUCTS], NN_SCALE_BITS);
		}
		room_close(&r);
	}
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
