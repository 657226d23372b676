#include "nn/private.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "nn/prepare.h"
#include "nn/private_internal.h"
#include "nn/tensor.h"

/* ---- rows ---- */

/* Twice the distance from the middle, times the factor, is at most 2^PRODUCT_BITS. */
#define PRODUCT_BITS 61

/* 2^PRODUCT_BITS / width, below it; a span has at most 2^(NN_FEATURE_RANGE + 1) words. */
static word
column_factor(const struct nn_private_span *span)
{
	uint64_t width = (uint64_t)span->high - (uint64_t)span->low;

	return ((width == 0) ? 0 : ((uint64_t)1 << PRODUCT_BITS) / width);
}

/* v = twice the words of x less the middle, times the factor of its column. */
static int
scale_columns(struct mpc *S, struct mpc_vector *v, const struct mpc_vector *x,
    const struct nn_private_span *span, size_t rows, size_t cols)
{
	const struct bilinear times = bilinear_elements(x->n);
	struct mpc_vector from_middle = { .n = 0 };
	int64_t *twice = mem_array(cols, sizeof(*twice));
	word *factor = mem_array(x->n, sizeof(*factor));
	size_t i, j;
	int rc = -1;

	if (twice != NULL && factor != NULL && mpc_vector_new(S, &from_middle, x->n) == 0) {
		for (j = 0; j < cols; j++)
			twice[j] = span[j].low + span[j].high;
		for (i = 0; i < rows * cols; i++)
			factor[i] = column_factor(&span[i % cols]);
		mpc_scale(&from_middle, x, 2);
		if ((rc = nn_add_to_columns(&from_middle, cols, twice, -1)) == 0)
			mpc_product_public(v, &times, &from_middle, factor);
	}
	mpc_vector_free(&from_middle);
	free(twice);
	free(factor);
	return (rc);
}

/*
 * A truncation gives the floor or one more, and that only where something is cut off: so no number
 * comes out beyond -2^NN_PRIVATE_BITS or 2^NN_PRIVATE_BITS, which are exact.
 */
int
nn_private_rows(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x,
    const struct nn_private_span *span, size_t rows, size_t cols)
{
	struct mpc_vector u;
	int64_t *one = NULL;
	int rc = -1;

	if (mpc_vector_new(S, &u, rows * cols) == 0 &&
	    (one = mem_array(cols + 1, sizeof(*one))) != NULL &&
	    scale_columns(S, &u, x, span, rows, cols) == 0 &&
	    mpc_truncate(S, &u, &u, PRODUCT_BITS - NN_PRIVATE_BITS) == 0) {
		mpc_zero(z);
		mpc_columns_lay(z, cols + 1, 1, &u, cols, 0, cols);
		one[0] = (int64_t)1 << NN_PRIVATE_BITS;
		rc = nn_add_to_columns(z, cols + 1, one, 1);
	}
	mpc_vector_free(&u);
	free(one);
	return (rc);
}

/* ---- moments ---- */

size_t
nn_private_moments_count(size_t width)
{

	return (width * (width + 1) / 2 - 1);
}

double
nn_private_moments_change(size_t width)
{
	double w = (double)width;

	return (ldexp(sqrt(w * w + (w - 1) / 2), NN_PRIVATE_SUM_BITS));
}

/* Moments of column i with those from it on lie one behind the other, without that of 1 with 1. */
static size_t
moment_position(size_t width, size_t i, size_t j)
{

	if (i > j)
		return (moment_position(width, j, i));
	return (i * width - i * (i + 1) / 2 + j - 1);
}

int
nn_private_moments(struct mpc *S, struct mpc_vector *moments, const struct mpc_vector *z,
    size_t rows, size_t width, unsigned threads)
{
	struct bilinear B = bilinear_matrices(width, rows, width);
	size_t *index = mem_array(moments->n, sizeof(*index)), i, j;
	struct mpc_vector all;
	int rc = -1;

	B.x_transposed = true;
	B.threads = threads;
	if (mpc_vector_new(S, &all, width * width) == 0 && index != NULL &&
	    (rc = mpc_product(S, &all, &B, z, z)) == 0) {
		for (i = 0; i < width; i++) {
			for (j = (i == 0) ? 1 : i; j < width; j++)
				index[moment_position(width, i, j)] = i * width + j;
		}
		mpc_gather(moments, &all, index, moments->n);
	}
	mpc_vector_free(&all);
	free(index);
	return (rc);
}

/* ---- behind the noise ---- */

#define LEAST_RIDGE 0x1p-12
#define TAIL 8.0 /* above sqrt(2) 5.6 */

double
nn_private_ridge(double deviation, size_t rows, size_t width)
{
	double unit = ldexp(deviation, -NN_PRIVATE_SUM_BITS) / (double)rows;

	return (fmax(unit * (2 * sqrt((double)width) + TAIL), LEAST_RIDGE));
}

/* Where in the moments each element of a matrix is; that of 1 with 1 comes later. */
static size_t *
mean_positions(size_t n, size_t width)
{
	size_t *from = mem_array(n * width, sizeof(*from)), i, j;

	for (i = 0; from != NULL && i < n; i++) {
		for (j = 0; j < width; j++)
			from[i * width + j] = (i + j > 0) ? moment_position(width, i, j) : 0;
	}
	return (from);
}

_Static_assert(NN_PRIVATE_SUM_BITS == NN_MOMENT_BITS, "means of moments are moments");

int
private_means(struct mpc *S, struct mpc_vector *means, const struct mpc_vector *moments,
    size_t rows, size_t width)
{
	struct mpc_vector mean, one = mpc_part(means, 0, 1);
	size_t *from = NULL;
	int rc = -1;

	if (mpc_vector_new(S, &mean, moments->n) == 0 &&
	    (from = mean_positions(means->n / width, width)) != NULL &&
	    (rc = mpc_divide_public(S, &mean, moments, rows, MPC_DIVIDE_BITS)) == 0) {
		mpc_gather(means, &mean, from, means->n);
		mpc_zero(&one);
		mpc_add_public(&one, &one, (int64_t)1 << NN_MOMENT_BITS);
	}
	mpc_vector_free(&mean);
	free(from);
	return (rc);
}

/* A pull that is not far above what noise can take off is none to the pivots. */
#define SURE_PULL 2

int
private_invert(struct mpc *S, struct nn_equations *e, const struct mpc_vector *means, size_t width,
    double pull)
{
	struct mpc_vector diagonal;
	size_t i;

	mpc_columns_lay(&e->rows, e->n, 0, means, width, 0, e->n);
	for (i = 0; i < e->n; i++) {
		diagonal = mpc_part(&e->rows, i * e->n + i, 1);
		mpc_add_public(&diagonal, &diagonal, llrint(ldexp(pull, NN_MOMENT_BITS)));
	}
	e->inverse = true;
	e->pull = (pull > SURE_PULL) ? pull : 0;
	return (nn_equations_solve(S, e));
}

/* ---- lines ---- */

/*
 * Fraction bits, and magnitudes, of which the products are below 2^62:
 *
 *   w            20, below 2^8
 *   M w, C       48, at most 2^5, as the noise is below the ridge
 *   residuals    24; the inverse 16, at most 2^14 in norm, as the ridge is at least 2^-12
 */
#define LINE_BITS 20
#define RESIDUAL_BITS 24
#define LINE_PASSES 2

struct private_lines {
	size_t n, width;
	double l2;
	struct mpc_vector means, M, C;      /* n x width: M, and C behind it */
	struct mpc_vector w, product, step; /* n */
	struct nn_equations inverse;
};

static int
lines_new(struct mpc *S, struct private_lines *l, size_t width, double l2)
{
	size_t n = width - 1;

	*l = (struct private_lines){ .n = n, .width = width, .l2 = l2 };
	return ((mpc_vector_new(S, &l->means, n * width) == -1 ||
	    mpc_vector_new(S, &l->M, n * n) == -1 || mpc_vector_new(S, &l->C, n) == -1 ||
	    mpc_vector_new(S, &l->w, n) == -1 || mpc_vector_new(S, &l->product, n) == -1 ||
	    mpc_vector_new(S, &l->step, n) == -1 ||
	    nn_equations_new(S, &l->inverse, n, 0) == -1) ? -1 : 0);
}

static void
lines_free(struct private_lines *l)
{

	mpc_vector_free(&l->means);
	mpc_vector_free(&l->M);
	mpc_vector_free(&l->C);
	mpc_vector_free(&l->w);
	mpc_vector_free(&l->product);
	mpc_vector_free(&l->step);
	nn_equations_free(&l->inverse);
}

/* w = w + (M + pull)^-1 (C - M w - l2 / 2 w) */
static int
improve_lines(struct mpc *S, struct private_lines *l)
{
	const struct bilinear B = bilinear_matrices(l->n, l->n, 1);

	if (mpc_product(S, &l->product, &B, &l->M, &l->w) == -1)
		return (-1);
	mpc_add_scaled(&l->product, &l->w, llrint(ldexp(l->l2 / 2, NN_MOMENT_BITS)));
	mpc_scale(&l->step, &l->C, (int64_t)1 << LINE_BITS);
	mpc_subtract(&l->step, &l->step, &l->product);
	if (mpc_truncate(S, &l->step, &l->step, LINE_BITS + NN_MOMENT_BITS - RESIDUAL_BITS) == -1 ||
	    mpc_product(S, &l->product, &B, &l->inverse.rows, &l->step) == -1 ||
	    mpc_truncate(S, &l->step, &l->product,
	    RESIDUAL_BITS + NN_INVERSE_BITS - LINE_BITS) == -1)
		return (-1);
	mpc_add(&l->w, &l->w, &l->step);
	return (0);
}

int
nn_private_lines(struct mpc *S, struct mpc_vector *w, const struct mpc_vector *moments,
    const struct nn_private_lines *is)
{
	struct private_lines l;
	int rc = -1, pass;

	if (lines_new(S, &l, is->width, is->l2) == 0 &&
	    private_means(S, &l.means, moments, is->rows, l.width) == 0) {
		mpc_columns_lay(&l.M, l.n, 0, &l.means, l.width, 0, l.n);
		mpc_columns_get(&l.C, &l.means, l.n, l.width, l.n);
		rc = private_invert(S, &l.inverse, &l.means, l.width, is->ridge + l.l2 / 2);
		for (pass = 0; pass < LINE_PASSES && rc == 0; pass++)
			rc = improve_lines(S, &l);
		if (rc == 0)
			rc = mpc_truncate(S, w, &l.w, LINE_BITS - NN_BITS);
	}
	lines_free(&l);
	return (rc);
}
