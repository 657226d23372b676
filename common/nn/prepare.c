#include "nn/prepare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "func/moments.h"
#include "func/squares.h"
#include "mpc/mpc.h"
#include "mpc/room.h"

#define BLOCK_WORDS ((size_t)1 << 17) /* of data, worked on at a time */
#define LABEL_RANGE 47                /* of a comparison of labels: below 2^31, with 16 bits */

/*
 * A mean is a sum divided by rows in two parts: by 2^L exactly, and by a factor 2^L / rows, between
 * 1/2 and 1, with so many bits.  Below 2^15 it takes 15 + 16 + 24 = 55.  The factor is off by
 * 2^-24 of itself, and a mean of 30,000 then by up to 0.002, which shows in a column whose
 * deviation is no larger.
 */
#define MEAN_FACTOR_BITS 24

/*
 * Variances have 28 fraction bits, are 2^-24 at least, or 4^2 as words, and count as 0 below; up to
 * (2^16)^2 they are below 2^61 as words, as what is left of the rows is below 2.
 */
#define VARIANCE_BITS 28
#define LEAST_VARIANCE 2

/* Of a factor from 1/2 to 2, for numbers below 2^41. */
#define ROOT_FACTOR_BITS 20

static size_t
block_rows(size_t rows, size_t cols)
{
	size_t n = (cols > BLOCK_WORDS) ? 1 : BLOCK_WORDS / cols;

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

/* x = x factor, rounded to so many bits. */
static int
scale_by(struct mpc *S, struct mpc_vector *x, double factor, unsigned bits)
{

	if (factor == 1)
		return (0);
	mpc_scale(x, x, (int64_t)llrint(ldexp(factor, (int)bits)));
	return (mpc_truncate(S, x, x, bits));
}

/* rows / 2^L for L = floor(log2 rows): from 1 to 2. */
static double
rest_of_rows(size_t rows)
{

	return (ldexp((double)rows, -(int)floor_log2(rows)));
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
	return (scale_by(S, mean, 1 / rest_of_rows(rows), MEAN_FACTOR_BITS));
}

/* sum += squares of (x - mean), of words below 2^32. */
static int
add_block_squares(struct mpc *S, struct mpc_squares *sum, const struct mpc_vector *mean,
    const struct mpc_vector *x, size_t rows)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0) {
		mpc_columns_subtract(&r.word[0], x, mean, rows, sum->cols);
		rc = mpc_squares_add(S, sum, &r.word[0], rows);
	}
	room_close(&r);
	return (rc);
}

/*
 * v = sum / 2^L, the variance times rest = rows / 2^L, from 32 fraction bits to 28.  The roots of v
 * are those of the variance times and divided by sqrt(rest).  A column that is as good as constant
 * says nothing here: both are 0, as a row that comes later, and differs in it, must not be thrown
 * off by 2^12 times the difference.
 */
static int
find_roots(struct mpc *S, struct mpc_vector *deviation, struct mpc_vector *scale,
    const struct mpc_squares *sum, size_t rows)
{
	double rest = rest_of_rows(rows);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, sum->cols, 2, 0) == 0 &&
	    mpc_squares_pick(S, &r.word[0], sum, 2 * NN_BITS - VARIANCE_BITS +
	    floor_log2(rows)) == 0 &&
	    mpc_roots(S, &r.word[1], scale, &r.word[0], VARIANCE_BITS / 2, LEAST_VARIANCE,
	    NN_SCALE_BITS) == 0 && scale_by(S, scale, sqrt(rest), ROOT_FACTOR_BITS) == 0) {
		rc = 0;
		if (deviation != NULL) {
			rc = scale_by(S, &r.word[1], 1 / sqrt(rest), ROOT_FACTOR_BITS);
			mpc_copy(deviation, &r.word[1]);
		}
	}
	room_close(&r);
	return (rc);
}

/*
 * Two passes: the sum of x^2 less rows mean^2 would lose, of a column far from 0, all bits that
 * differ.
 */
int
nn_standardize_fit(struct mpc *S, struct mpc_vector *mean, struct mpc_vector *scale,
    struct mpc_vector *deviation, const struct mpc_vector *x, size_t rows, size_t cols)
{
	size_t step = block_rows(rows, cols), i, n;
	struct mpc_squares sum;
	struct mpc_vector part;
	int rc;

	if ((rc = mpc_squares_new(S, &sum, cols)) == 0)
		rc = fit_mean(S, mean, x, rows, cols);
	for (i = 0; i < rows && rc == 0; i += n) {
		n = (rows - i < step) ? rows - i : step;
		part = mpc_part(x, i * cols, n * cols);
		rc = add_block_squares(S, &sum, mean, &part, n);
	}
	if (rc == 0)
		rc = find_roots(S, deviation, scale, &sum, rows);
	mpc_squares_free(&sum);
	return (rc);
}

/*
 * y = (x - mean) scale: 16 + ${bits} fraction bits, truncated to 16.
 *
 * Range    |y| < 2^(46 - bits).
 */
static int
standardize_by(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
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
				rc = mpc_truncate(S, &result, &r.word[PRODUCTS], bits);
		}
		room_close(&r);
	}
	return (rc);
}

int
nn_standardize(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *scale)
{

	return (standardize_by(S, y, x, rows, cols, mean, scale, NN_SCALE_BITS));
}

/*
 * Fraction bits of 1 / deviation, so that it is as exact for a deviation of 2^15; and the least
 * deviation: 4^6 words are 2^-12 with 24 bits.
 */
#define RECIPROCAL_BITS 32
#define LEAST_DEVIATION 6

/*
 * v = 1 / d, for d with 24 fraction bits.  With r = 1 / sqrt(d), below 2^6 and with 24 bits, off by
 * 1e-5, v = r^2 is off by 2e-5; and a step of Newton's, v + v (1 - d v), in which the second term
 * is below 2^-15 of v, leaves no more than rounding.
 */
static int
invert_deviation(struct mpc *S, struct mpc_vector *v, const struct mpc_vector *d)
{
	enum { ROOT, INVERSE, PRODUCT, REST, WORDS };
	const struct bilinear times = bilinear_elements(d->n);
	struct mpc_vector *t;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, d->n, WORDS, 0) == -1)
		goto out;
	t = r.word;
	if (mpc_roots(S, &t[ROOT], &t[INVERSE], d, NN_SCALE_BITS / 2, LEAST_DEVIATION,
	    NN_SCALE_BITS) == -1 ||
	    mpc_product(S, &t[PRODUCT], &times, &t[INVERSE], &t[INVERSE]) == -1 ||
	    mpc_truncate(S, v, &t[PRODUCT], 2 * NN_SCALE_BITS - RECIPROCAL_BITS) == -1 ||
	    mpc_product(S, &t[PRODUCT], &times, d, v) == -1 ||
	    mpc_truncate(S, &t[REST], &t[PRODUCT], RECIPROCAL_BITS) == -1)
		goto out;
	mpc_scale(&t[REST], &t[REST], -1);
	mpc_add_public(&t[REST], &t[REST], (int64_t)1 << NN_SCALE_BITS);
	if (mpc_product(S, &t[PRODUCT], &times, v, &t[REST]) == -1 ||
	    mpc_truncate(S, &t[REST], &t[PRODUCT], NN_SCALE_BITS) == -1)
		goto out;
	mpc_add(v, v, &t[REST]);
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

int
nn_standardize_labels(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *deviation)
{
	struct mpc_vector scale;
	int rc;

	if ((rc = mpc_vector_new(S, &scale, cols)) == 0 &&
	    (rc = invert_deviation(S, &scale, deviation)) == 0)
		rc = standardize_by(S, y, x, rows, cols, mean, &scale, RECIPROCAL_BITS);
	mpc_vector_free(&scale);
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
			    (int64_t)1 << NN_SCALE_BITS);
			rc = mpc_truncate(S, x, &r.word[PRODUCTS], NN_SCALE_BITS);
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
