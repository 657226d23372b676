#include "nn/least_squares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "func/moments.h"
#include "mpc/room.h"
#include "nn/elimination.h"

/*
 * G and C are the covariances of the features with each other and with the labels; (G + l2 / 2) w =
 * C (elimination.h).
 *
 * Fraction bits, and magnitudes, of which the products are below 2^62:
 *
 *   G, C          28, at most 1: covariances of standardized columns
 *   w             24, at most 2^8; without the last 4 bits behind the elimination
 */
#define MOMENT_BITS NN_MOMENT_BITS
#define WEIGHT_BITS 20

struct solver {
	const struct nn_lines *is;
	size_t n;                  /* features */
	size_t width;              /* features and outputs */
	struct mpc_vector mean;    /* of the features and the labels */
	struct mpc_vector moments; /* n rows: G and C */
	struct nn_equations left;  /* the same, to be solved */
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
	    nn_equations_new(S, &s->left, s->n, lines->outputs) == -1 ||
	    mpc_vector_new(S, &s->w, s->n * lines->outputs) == -1 ||
	    (s->index = mem_array(s->n * s->width, sizeof(*s->index))) == NULL) ? -1 : 0);
}

static void
solver_free(struct solver *s)
{

	mpc_vector_free(&s->mean);
	mpc_vector_free(&s->moments);
	nn_equations_free(&s->left);
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
		one = mpc_part(&s->left.rows, i * s->width + i, 1);
		mpc_add_public(&one, &one, pull);
	}
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
solve_lines(struct mpc *S, struct solver *s)
{
	size_t n = block_positions(s, 0, s->n, s->n, s->is->outputs);

	mpc_copy(&s->left.rows, &s->moments);
	add_pull(s);
	s->left.pull = s->is->l2 / 2;
	if (nn_equations_solve(S, &s->left) == -1)
		return (-1);
	mpc_gather(&s->w, &s->left.rows, s->index, n);
	return (mpc_truncate(S, &s->w, &s->w, NN_FACTOR_BITS - WEIGHT_BITS));
}

int
nn_least_squares(struct mpc *S, struct mpc_vector *w, struct mpc_vector *b, struct mpc_vector *loss,
    const struct nn_lines *lines, const struct mpc_vector *x, const struct mpc_vector *y)
{
	struct solver s;
	int rc = -1;

	if (solver_new(S, &s, lines) == 0 && find_covariances(S, &s, x, y) == 0 &&
	    solve_lines(S, &s) == 0 && find_bias(S, &s, b) == 0)
		rc = mpc_truncate(S, w, &s.w, WEIGHT_BITS - NN_BITS);
	if (rc == 0 && loss != NULL)
		rc = find_loss(S, &s, loss, y);
	solver_free(&s);
	return (rc);
}
