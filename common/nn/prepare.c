#include "nn/prepare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "mpc/mpc.h"
#include "func/function.h"
#include "mpc/room.h"

#define BLOCK_WORDS ((size_t)1 << 17) /* of data, worked on at a time */
#define VARIANCE_BITS 28
#define GROUP_ROWS 512                /* whose squares can be added up before they are truncated */

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

static int
fit_mean(struct mpc *S, struct mpc_vector *mean, const struct mpc_vector *x, size_t rows,
    size_t cols)
{
	unsigned log = floor_log2(rows);

	columns_sum(mean, x, rows, cols, 1);
	if (log > 0 && mpc_truncate(S, mean, mean, log) == -1)
		return (-1);
	return (divide_by_rows(S, mean, rows, 24));
}

/* sum += squares of (x - mean), divided by 2^L and with VARIANCE_BITS, for a block of rows. */
static int
add_deviations(struct mpc *S, struct mpc_vector *sum, const struct mpc_vector *mean,
    const struct mpc_vector *x, size_t rows, size_t cols, unsigned log)
{
	const struct bilinear times = bilinear_elements(rows * cols);
	struct room r;
	struct mpc_vector part;
	int rc = -1;

	if (room_open(&r, S, rows * cols, 2, 0) == 0) {
		columns_subtract(&r.word[0], x, mean, rows, cols);
		if (mpc_product(S, &r.word[1], &times, &r.word[0], &r.word[0]) == 0) {
			part = mpc_part(&r.word[0], 0, cols);
			columns_sum(&part, &r.word[1], rows, cols, 1);
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
	static const int64_t least = 1 << (VARIANCE_BITS - 24);
	const struct mpc_comparison c = { 0, 62, 1, &least };
	struct mpc_bits varies;
	const struct mpc_selection_term term = { &varies, scale, { 1, 0 }, { 0, 0 } };
	int rc;

	memset(&varies, 0, sizeof(varies));
	rc = mpc_bits_new(S, &varies, scale->n);
	if (rc == 0 && (rc = mpc_compare(S, &varies, variance, &c)) == 0)
		rc = mpc_select(S, scale, &(struct mpc_selection){ 1, &term, 0, 1 });
	mpc_bits_free(&varies);
	return (rc);
}

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
		rc = add_deviations(S, &variance, mean, &part, n, cols, floor_log2(rows));
	}
	if (rc == 0 && (rc = divide_by_rows(S, &variance, rows, 12)) == 0)
		rc = mpc_rsqrt_wide(S, scale, &variance, VARIANCE_BITS, 4, 15, NN_SCALE_BITS);
	if (rc == 0)
		rc = drop_constant(S, scale, &variance);
	mpc_vector_free(&variance);
	return (rc);
}

int
nn_standardize(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *scale)
{
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
		if ((rc = room_open(&r, S, n * cols, 3, 0)) == 0) {
			columns_subtract(&r.word[0], &part, mean, n, cols);
			columns_spread(&r.word[1], scale, n, cols);
			rc = mpc_product(S, &r.word[2], &times, &r.word[0], &r.word[1]);
			if (rc == 0)
				rc = mpc_truncate(S, &result, &r.word[2], NN_SCALE_BITS);
		}
		room_close(&r);
	}
	return (rc);
}

/* ---- labels ---- */

/*
 * y[i] of each of ${classes} from thresholds k - 1/2: [label >= k - 1/2] and not [label >= k +
 * 1/2].
 */
int
nn_one_hot(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *labels, size_t classes)
{
	int64_t bounds[MPC_MAX_THRESHOLDS], one = (int64_t)1 << NN_BITS;
	struct mpc_comparison c = { 0, 63 - NN_BITS, classes - 1, bounds };
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
		const struct mpc_selection_term terms[] = { { (k > 0) ? &bits[k - 1] : NULL, NULL,
			{ 0, 0 }, { one, 0 } },
			{ (k + 1 < classes) ? &bits[k] : NULL, NULL, { 0, 0 }, { -one, 0 } } };

		rc = mpc_select(S, &column, &(struct mpc_selection){ (k + 1 < classes) ? 2 : 1,
		    terms, 0, 1 });
		if (rc == 0)
			columns_set(y, &column, labels->n, classes, k);
	}
	for (k = 0; k + 1 < classes; k++)
		mpc_bits_free(&bits[k]);
	mpc_vector_free(&column);
	return (rc);
}

size_t
nn_odd_label(const struct mpc_vector *y, unsigned bits, double most, bool whole, double *label)
{
	const word *words = mpc_clear_words(y);
	size_t i;

	for (i = 0; i < y->n; i++) {
		*label = ldexp((double)word_signed(words[i]), -(int)bits);
		if (*label < 0 || *label > most || (whole && *label != floor(*label)))
			break;
	}
	return (i);
}
