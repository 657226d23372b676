#include "nn/prepare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "func/function.h"
#include "func/moments.h"
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

/*
 * Words of numbers with NN_BITS are in units of 2^-NN_BITS, and so is the deviation: its reciprocal
 * has NN_SCALE_BITS + NN_BITS bits more than the word's.
 */
int
nn_standardize_fit(struct mpc *S, struct mpc_vector *mean, struct mpc_vector *scale,
    const struct mpc_vector *x, size_t rows, size_t cols)
{
	size_t step = block_rows(rows, cols), i, n;
	struct mpc_moments m;
	struct mpc_central w;
	struct mpc_vector part;
	int rc;

	memset(&w, 0, sizeof(w));
	rc = mpc_moments_new(S, &m, MPC_SQUARES, cols, NN_FEATURE_RANGE);
	for (i = 0; i < rows && rc == 0; i += n) {
		n = (rows - i < step) ? rows - i : step;
		part = mpc_part(x, i * cols, n * cols);
		rc = mpc_moments_add(S, &m, &part, n);
	}
	if (rc == 0 && (rc = mpc_moments_mean(S, mean, &m)) == 0 &&
	    (rc = mpc_moments_central(S, &w, &m)) == 0)
		rc = mpc_inverse_deviations(S, scale, &w, NN_SCALE_BITS + NN_BITS);
	mpc_central_free(&w);
	mpc_moments_free(&m);
	return (rc);
}

/*
 * y = (x - mean) scale: 16 + 32 = 48 fraction bits, truncated to 16.
 *
 * Range    |y| < 2^(62 - 48) = 2^14.
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
