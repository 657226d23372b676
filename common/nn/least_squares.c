#include "nn/least_squares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "func/moments.h"
#include "mpc/room.h"

/*
 * G and C are the covariances of the features with each other and with the labels;
 * (G + l2 / 2) w = C by G + l2 / 2 = L D L', where L has 1 on its diagonal and D is diagonal:
 * w = L'^-1 D^-1 L^-1 C.
 *
 * Fraction bits, and magnitudes, of which the products are below 2^62:
 *
 *   G, C, and what is left of them     28, at most 1: covariances of standardized columns
 *   D                                  28, from 2^-16 on, else it counts as 0, and its inverse, too
 *   D^-1                               24, at most 2^16
 *   L                                  24, at most 2^8, as G_ji^2 is at most D_i
 *   D^-1 L^-1 C, w                     20, at most 2^8
 */
#define MOMENT_BITS 28
#define FACTOR_BITS 24
#define ROOT_BITS 20
#define WEIGHT_BITS 20
#define LEAST_PIVOT 6 /* 4^6 = 2^12 units of 2^-28 */
#define MOST_PIVOT 19 /* 4^19: 1, and half of an l2 of 1000, with 28 bits */

struct solver {
	const struct nn_lines *is;
	size_t n;                  /* features */
	size_t width;              /* features and outputs */
	struct mpc_vector mean;    /* of the features and the labels */
	struct mpc_vector moments; /* n rows: G and C */
	struct mpc_vector left;    /* the same, as far as they are not eliminated */
	struct mpc_vector factors; /* L, n x n */
	struct mpc_vector inverse; /* of D */
	struct mpc_vector w;       /* n x outputs, WEIGHT_BITS */
	size_t *index;             /* room for n x width positions */
};

static int
solver_new(struct mpc *S, struct solver *s, const struct nn_lines *lines)
{

	memset(s, 0, sizeof(*s));
	s->is = lines;
	s->n = lines->features;
	s->width = s->n + lines->outputs;
	return ((mpc_vector_new(S, &s->mean, s->width) == -1 ||
	    mpc_vector_new(S, &s->moments, s->n * s->width) == -1 ||
	    mpc_vector_new(S, &s->left, s->n * s->width) == -1 ||
	    mpc_vector_new(S, &s->factors, s->n * s->n) == -1 ||
	    mpc_vector_new(S, &s->inverse, s->n) == -1 ||
	    mpc_vector_new(S, &s->w, s->n * lines->outputs) == -1 ||
	    (s->index = mem_array(s->n * s->width, sizeof(*s->index))) == NULL) ? -1 : 0);
}

static void
solver_free(struct solver *s)
{

	mpc_vector_free(&s->mean);
	mpc_vector_free(&s->moments);
	mpc_vector_free(&s->left);
	mpc_vector_free(&s->factors);
	mpc_vector_free(&s->inverse);
	mpc_vector_free(&s->w);
	free(s->index);
}

/* z = x y, cut off by ${shift} bits. */
static int
times_cut(struct mpc *S, struct mpc_vector *z, const struct bilinear *B, const struct mpc_vector *x,
    const struct mpc_vector *y, unsigned shift)
{
	struct mpc_vector product;
	int rc;

	if ((rc = mpc_vector_new(S, &product, z->n)) == 0 &&
	    (rc = mpc_product(S, &product, B, x, y)) == 0)
		rc = mpc_truncate(S, z, &product, shift);
	mpc_vector_free(&product);
	return (rc);
}

/*
 * The positions of a block, of rows and columns from ${first} on; return how many there are.
 */
static size_t
block_positions(const struct solver *s, size_t first, size_t rows, size_t column, size_t cols)
{
	size_t i, j;

	for (i = 0; i < rows; i++) {
		for (j = 0; j < cols; j++)
			s->index[i * cols + j] = (first + i) * s->width + column + j;
	}
	return (rows * cols);
}

/* ---- moments ---- */

/* Sums of products of two numbers with NN_BITS, divided by the rows. */
static int
divide_moments(struct mpc *S, const struct solver *s, struct mpc_vector *z,
    const struct mpc_vector *sums)
{

	return (mpc_divide_public(S, z, sums, (uint64_t)s->is->rows << (2 * NN_BITS - MOMENT_BITS),
	    MPC_DIVIDE_BITS));
}

/* ${cols} columns of the moments from ${column} on: those of x with the columns of ${y}. */
static int
find_moments(struct mpc *S, struct solver *s, const struct mpc_vector *x,
    const struct mpc_vector *y, size_t column, size_t cols)
{
	struct bilinear B = bilinear_matrices(s->n, s->is->rows, cols);
	struct room r;
	size_t n = block_positions(s, 0, s->n, column, cols);
	int rc = -1;

	B.x_transposed = true;
	B.threads = s->is->threads;
	if (room_open(&r, S, n, 2, 0) == 0 && mpc_product(S, &r.word[0], &B, x, y) == 0 &&
	    (rc = divide_moments(S, s, &r.word[1], &r.word[0])) == 0)
		mpc_scatter(&s->moments, s->index, &r.word[1]);
	room_close(&r);
	return (rc);
}

/* ${cols} means from ${first} on: those of ${x}. */
static int
find_means(struct mpc *S, struct solver *s, const struct mpc_vector *x, size_t first, size_t cols)
{
	struct mpc_vector mean = mpc_part(&s->mean, first, cols), sum;
	int rc;

	if ((rc = mpc_vector_new(S, &sum, cols)) == 0) {
		mpc_columns_sum(&sum, x, s->is->rows, cols, 1);
		mpc_scale(&sum, &sum, (int64_t)1 << (MOMENT_BITS - NN_BITS));
		rc = mpc_divide_public(S, &mean, &sum, s->is->rows, MPC_DIVIDE_BITS);
	}
	mpc_vector_free(&sum);
	return (rc);
}

/* From means of products to covariances: columns are standardized by means that are rounded. */
static int
centre_moments(struct mpc *S, struct solver *s)
{
	const struct bilinear outer = bilinear_matrices(s->n, 1, s->width);
	struct mpc_vector features = mpc_part(&s->mean, 0, s->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, s->moments.n, 1, 0) == 0) {
		rc = times_cut(S, &r.word[0], &outer, &features, &s->mean, MOMENT_BITS);
		mpc_subtract(&s->moments, &s->moments, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

static int
find_covariances(struct mpc *S, struct solver *s, const struct mpc_vector *x,
    const struct mpc_vector *y)
{

	return ((find_moments(S, s, x, x, 0, s->n) == -1 ||
	    find_moments(S, s, x, y, s->n, s->is->outputs) == -1 ||
	    find_means(S, s, x, 0, s->n) == -1 ||
	    find_means(S, s, y, s->n, s->is->outputs) == -1) ? -1 : centre_moments(S, s));
}

/* The diagonal, with the pull to 0 of half of l2, as the gradient has it. */
static void
add_pull(struct solver *s)
{
	int64_t pull = (int64_t)llrint(ldexp(s->is->l2 / 2, MOMENT_BITS));
	struct mpc_vector one;
	size_t i;

	for (i = 0; i < s->n; i++) {
		one = mpc_part(&s->left, i * s->width + i, 1);
		mpc_add_public(&one, &one, pull);
	}
}

/* ---- elimination ---- */

/*
 * inverse = 1 / d: v, off by 2^-17 of itself, and then a step of Newton's, v (2 - d v), whose error
 * is that of its rounding, 2^-20.
 */
static int
invert_pivot(struct mpc *S, struct mpc_vector *inverse, const struct mpc_vector *d)
{
	const struct mpc_inverse pivots = { .least = LEAST_PIVOT, .most = MOST_PIVOT,
		.bits = MOMENT_BITS + FACTOR_BITS };
	const struct bilinear times = bilinear_elements(1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, 2, 0) == 0 && mpc_inverse(S, &r.word[0], d, &pivots) == 0 &&
	    times_cut(S, &r.word[1], &times, d, &r.word[0],
	    MOMENT_BITS + FACTOR_BITS - ROOT_BITS) == 0) {
		mpc_scale(&r.word[1], &r.word[1], -1);
		mpc_add_public(&r.word[1], &r.word[1], (int64_t)2 << ROOT_BITS);
		rc = times_cut(S, inverse, &times, &r.word[0], &r.word[1], ROOT_BITS);
	}
	room_close(&r);
	return (rc);
}

/* Column ${k} of L below its diagonal: what is left of G there, divided by the pivot. */
static int
find_factors(struct mpc *S, struct solver *s, size_t k, struct mpc_vector *factors)
{
	size_t below = s->n - k - 1;
	const struct bilinear times = bilinear_elements(below);
	struct mpc_vector inverse = mpc_part(&s->inverse, k, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, below, 2, 0) == 0) {
		block_positions(s, k + 1, below, k, 1);
		mpc_gather(&r.word[0], &s->left, s->index, below);
		mpc_columns_spread(&r.word[1], &inverse, below, 1);
		rc = times_cut(S, factors, &times, &r.word[0], &r.word[1], MOMENT_BITS);
	}
	room_close(&r);
	return (rc);
}

/* What is left below and behind the pivot, less the factors times the pivot's row. */
static int
subtract_row(struct mpc *S, struct solver *s, size_t k, const struct mpc_vector *factors)
{
	size_t below = s->n - k - 1, behind = s->width - k - 1,
	    n = block_positions(s, k + 1, below, k + 1, behind);
	const struct bilinear outer = bilinear_matrices(below, 1, behind);
	struct mpc_vector row = mpc_part(&s->left, k * s->width + k + 1, behind);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 1, 0) == 0 &&
	    (rc = times_cut(S, &r.word[0], &outer, factors, &row, FACTOR_BITS)) == 0) {
		mpc_scale(&r.word[0], &r.word[0], -1);
		mpc_scatter_add(&s->left, s->index, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

static int
eliminate(struct mpc *S, struct solver *s, size_t k)
{
	struct mpc_vector pivot = mpc_part(&s->left, k * s->width + k, 1),
	    inverse = mpc_part(&s->inverse, k, 1),
	    factors = mpc_part(&s->factors, k * s->n, s->n - k - 1);

	if (invert_pivot(S, &inverse, &pivot) == -1)
		return (-1);
	return ((factors.n == 0) ? 0 :
	    (find_factors(S, s, k, &factors) == -1) ? -1 : subtract_row(S, s, k, &factors));
}

/* ---- weights ---- */

/* w = D^-1 times what is left of C. */
static int
divide_by_pivots(struct mpc *S, struct solver *s)
{
	size_t n = block_positions(s, 0, s->n, s->n, s->is->outputs);
	const struct bilinear times = bilinear_elements(n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 2, 0) == 0) {
		mpc_gather(&r.word[0], &s->left, s->index, n);
		mpc_rows_spread(&r.word[1], &s->inverse, s->n, s->is->outputs);
		rc = times_cut(S, &s->w, &times, &r.word[0], &r.word[1],
		    MOMENT_BITS + FACTOR_BITS - WEIGHT_BITS);
	}
	room_close(&r);
	return (rc);
}

/* Row ${k} of w, less what column k of L takes of the rows behind it, which are done. */
static int
substitute(struct mpc *S, struct solver *s, size_t k)
{
	size_t outputs = s->is->outputs, below = s->n - k - 1;
	const struct bilinear B = bilinear_matrices(1, below, outputs);
	struct mpc_vector factors = mpc_part(&s->factors, k * s->n, below),
	    done = mpc_part(&s->w, (k + 1) * outputs, below * outputs),
	    row = mpc_part(&s->w, k * outputs, outputs);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, outputs, 1, 0) == 0 &&
	    (rc = times_cut(S, &r.word[0], &B, &factors, &done, FACTOR_BITS)) == 0)
		mpc_subtract(&row, &row, &r.word[0]);
	room_close(&r);
	return (rc);
}

/* b = mean of the labels - mean of the features times w. */
static int
find_bias(struct mpc *S, struct solver *s, struct mpc_vector *b)
{
	const struct bilinear B = bilinear_matrices(1, s->n, s->is->outputs);
	struct mpc_vector features = mpc_part(&s->mean, 0, s->n),
	    labels = mpc_part(&s->mean, s->n, s->is->outputs);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, s->is->outputs, 1, 0) == 0 &&
	    (rc = times_cut(S, &r.word[0], &B, &features, &s->w, WEIGHT_BITS)) == 0) {
		mpc_scale(&r.word[0], &r.word[0], -1);
		mpc_add(&r.word[0], &r.word[0], &labels);
		rc = mpc_truncate(S, b, &r.word[0], MOMENT_BITS - NN_BITS);
	}
	room_close(&r);
	return (rc);
}

/* sum += what the labels vary by, over the outputs. */
static int
add_label_variance(struct mpc *S, struct solver *s, struct mpc_vector *sum,
    const struct mpc_vector *y)
{
	enum { SUMS, SQUARES, MEANS, WORDS };
	size_t outputs = s->is->outputs;
	const struct bilinear columns = bilinear_columns(1, s->is->rows, outputs),
	    times = bilinear_elements(outputs);
	struct mpc_vector labels = mpc_part(&s->mean, s->n, outputs);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, outputs, WORDS, 0) == 0 &&
	    mpc_product(S, &r.word[SUMS], &columns, y, y) == 0 &&
	    divide_moments(S, s, &r.word[SQUARES], &r.word[SUMS]) == 0 &&
	    (rc = times_cut(S, &r.word[MEANS], &times, &labels, &labels, MOMENT_BITS)) == 0) {
		mpc_subtract(&r.word[SQUARES], &r.word[SQUARES], &r.word[MEANS]);
		mpc_add_sum(sum, &r.word[SQUARES]);
	}
	room_close(&r);
	return (rc);
}

/* sum += w'(2 C - G w): what w takes of that, whatever it is. */
static int
add_explained(struct mpc *S, struct solver *s, struct mpc_vector *sum)
{
	size_t n = s->w.n;
	const struct bilinear matrices = bilinear_matrices(s->n, s->n, s->is->outputs),
	    inner = bilinear_columns(1, n, 1);
	struct mpc_vector G, took;
	struct room r;
	int rc = -1;

	memset(&G, 0, sizeof(G));
	if (room_open(&r, S, n, 3, 0) == 0 && mpc_vector_new(S, &G, s->n * s->n) == 0) {
		block_positions(s, 0, s->n, 0, s->n);
		mpc_gather(&G, &s->moments, s->index, G.n);
		block_positions(s, 0, s->n, s->n, s->is->outputs);
		mpc_gather(&r.word[1], &s->moments, s->index, n);
		mpc_scale(&r.word[1], &r.word[1], 2);
		took = mpc_part(&r.word[2], 0, 1);
		if (times_cut(S, &r.word[0], &matrices, &G, &s->w, WEIGHT_BITS) == 0) {
			mpc_subtract(&r.word[1], &r.word[1], &r.word[0]);
			rc = times_cut(S, &took, &inner, &r.word[1], &s->w, WEIGHT_BITS);
			mpc_add(sum, sum, &took);
		}
	}
	mpc_vector_free(&G);
	room_close(&r);
	return (rc);
}

static int
find_loss(struct mpc *S, struct solver *s, struct mpc_vector *loss, const struct mpc_vector *y)
{
	struct mpc_vector sum;
	int rc = -1;

	if (mpc_vector_new(S, &sum, 1) == 0 && add_explained(S, s, &sum) == 0) {
		mpc_scale(&sum, &sum, -1);
		if ((rc = add_label_variance(S, s, &sum, y)) == 0)
			rc = mpc_truncate(S, loss, &sum, MOMENT_BITS - NN_BITS);
	}
	mpc_vector_free(&sum);
	return (rc);
}

/* w, from the covariances. */
static int
solve(struct mpc *S, struct solver *s)
{
	size_t k;

	mpc_copy(&s->left, &s->moments);
	add_pull(s);
	for (k = 0; k < s->n; k++) {
		if (eliminate(S, s, k) == -1)
			return (-1);
	}
	if (divide_by_pivots(S, s) == -1)
		return (-1);
	for (k = s->n - 1; k-- > 0;) {
		if (substitute(S, s, k) == -1)
			return (-1);
	}
	return (0);
}

int
nn_least_squares(struct mpc *S, struct mpc_vector *w, struct mpc_vector *b, struct mpc_vector *loss,
    const struct nn_lines *lines, const struct mpc_vector *x, const struct mpc_vector *y)
{
	struct solver s;
	int rc = -1;

	if (solver_new(S, &s, lines) == 0 && find_covariances(S, &s, x, y) == 0 &&
	    solve(S, &s) == 0 && find_bias(S, &s, b) == 0)
		rc = mpc_truncate(S, w, &s.w, WEIGHT_BITS - NN_BITS);
	if (rc == 0 && loss != NULL)
		rc = find_loss(S, &s, loss, y);
	solver_free(&s);
	return (rc);
}
