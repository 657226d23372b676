#include "nn/elimination.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/function.h"
#include "mpc/room.h"

/*
 * Row k, divided by its pivot d, is subtracted from all others as often as takes out what they have
 * in column k, where the inverse comes about: after it, that column is -A_ik / d in rows whose turn
 * will come, and A_ki / d, by symmetry, in those whose turn has been.
 *
 * Fraction bits, and magnitudes, of which the products are below 2^62.  By Cauchy and Schwarz
 * |A_ij| is at most the root of A_ii A_jj, where A_ii is what is left of G, or of the inverse.
 *
 *   rows to come, in columns to come and of C   28, at most 2^8, or what the pull makes of it
 *   1 / d                                       24, at most 2^16; 0 where d is below 2^-16
 *   the same in columns that have been          24, at most 2^10: the root of A_jj / d
 *   rows that have been, in columns to come     24, at most 2^10, and of C, which are w
 *   the same in columns that have been          16, at most 2^18: the inverse
 *
 *   the pivot's row / d:  to come: 28 + 24 bits, less 28: 24.  Been: the row has 24, 1 / d but 16,
 *                         times 2^4, less 28: 16; the product is at most 2^(18 + 44).
 *   what is subtracted:   28 or 24 bits of a column to come, and 24 of that row, less 24: 28, 24.
 *                         Been: 24 and 16, less 24: 16; 28 and 16, times 2^4, less 24: 24.
 */
#define COARSE_BITS (NN_FACTOR_BITS - NN_INVERSE_BITS)
#define MORE_BITS 4 /* that columns which have been are multiplied by */

_Static_assert(NN_FACTOR_BITS + NN_INVERSE_BITS + MORE_BITS - NN_MOMENT_BITS == NN_INVERSE_BITS &&
    NN_MOMENT_BITS + NN_INVERSE_BITS + MORE_BITS - NN_FACTOR_BITS == NN_FACTOR_BITS,
    "one truncation serves all columns");

int
nn_equations_new(struct mpc *S, struct nn_equations *e, size_t n, size_t outputs)
{

	memset(e, 0, sizeof(*e));
	e->n = n;
	e->width = n + outputs;
	return ((mpc_vector_new(S, &e->rows, n * e->width) == -1 ||
	    mpc_vector_new(S, &e->pivots, n) == -1 ||
	    (e->index = mem_array(n * e->width, sizeof(*e->index))) == NULL) ? -1 : 0);
}

void
nn_equations_free(struct nn_equations *e)
{

	mpc_vector_free(&e->rows);
	mpc_vector_free(&e->pivots);
	free(e->index);
	memset(e, 0, sizeof(*e));
}

/* ---- 1 / d ---- */

/* [x; y], both of one length, of one product and one truncation. */
static int
multiply_pair(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *a,
    const struct mpc_vector *b, unsigned shift)
{
	const struct bilinear times = bilinear_elements(z->n);
	struct mpc_vector product;
	int rc;

	if ((rc = mpc_vector_new(S, &product, z->n)) == 0 &&
	    (rc = mpc_product(S, &product, &times, a, b)) == 0)
		rc = mpc_truncate(S, z, &product, shift);
	mpc_vector_free(&product);
	return (rc);
}

/* With fraction bits f a word x of NN_MOMENT_BITS has the reciprocal 2^(2 f) / x: f = 26. */
#define RECIPROCAL_BITS ((NN_MOMENT_BITS + NN_FACTOR_BITS) / 2)

/*
 * Where pivots are, as powers of 8: from 2^-16 to 2^8, or, where the pull leaves none below it,
 * around that.
 */
static struct mpc_ladder
pivot_ladder(double pull)
{
	const unsigned least = NN_MOMENT_BITS - NN_PIVOT_LOG;
	struct mpc_ladder l = { .low = least, .steps = 8 };

	if (pull > 1)
		l = (struct mpc_ladder){ .low = NN_MOMENT_BITS - 1, .steps = 4 };
	return (l);
}

/*
 * inverse = 1 / d, of words of which mpc_reciprocal_above is off by e = 1 - d u, a thousandth: u (1
 * + e + e^2) is off by e^3, less than its rounding.
 */
static int
invert_pivot(struct mpc *S, struct mpc_vector *inverse, const struct mpc_vector *d, double pull)
{
	enum { U, E, SQUARE, STEP, WORDS };
	const struct mpc_ladder ladder = pivot_ladder(pull);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, d->n, WORDS, 0) == 0 &&
	    mpc_reciprocal_above(S, &r.word[U], d, RECIPROCAL_BITS, &ladder) == 0 &&
	    multiply_pair(S, &r.word[E], d, &r.word[U], NN_FACTOR_BITS) == 0) {
		mpc_scale(&r.word[E], &r.word[E], -1);
		mpc_add_public(&r.word[E], &r.word[E], (int64_t)1 << NN_MOMENT_BITS);
		if (multiply_pair(S, &r.word[SQUARE], &r.word[E], &r.word[E],
		    NN_MOMENT_BITS) == 0) {
			mpc_add(&r.word[E], &r.word[E], &r.word[SQUARE]);
			rc = multiply_pair(S, &r.word[STEP], &r.word[U], &r.word[E],
			    NN_MOMENT_BITS);
			mpc_add(inverse, &r.word[U], &r.word[STEP]);
		}
	}
	room_close(&r);
	return (rc);
}

/* ---- a row ---- */

/* Positions of row ${k} in the columns that count: all but k, or those behind it. */
static size_t
row_positions(const struct nn_equations *e, size_t k, size_t *index)
{
	size_t j, n = 0;

	for (j = e->inverse ? 0 : k + 1; j < e->width; j++) {
		if (j != k)
			index[n++] = k * e->width + j;
	}
	return (n);
}

/* How many of these are columns that have been: the first ones. */
static size_t
columns_been(const struct nn_equations *e, size_t k)
{

	return (e->inverse ? k : 0);
}

/* row = row k / d, where ${coarse} is 1 / d with NN_INVERSE_BITS. */
static int
divide_row(struct mpc *S, struct nn_equations *e, size_t k, struct mpc_vector *row,
    const struct mpc_vector *inverse, const struct mpc_vector *coarse)
{
	size_t n = row->n, been = columns_been(e, k);
	struct room r;
	struct mpc_vector part;
	int rc = -1;

	if (room_open(&r, S, n, 2, 0) == 0) {
		(void)row_positions(e, k, e->index);
		mpc_gather(&r.word[0], &e->rows, e->index, n);
		mpc_columns_spread(&r.word[1], inverse, n, 1);
		part = mpc_part(&r.word[1], 0, been);
		mpc_columns_spread(&part, coarse, been, 1);
		mpc_scale(&part, &part, (int64_t)1 << MORE_BITS);
		rc = multiply_pair(S, row, &r.word[0], &r.word[1], NN_MOMENT_BITS);
	}
	room_close(&r);
	return (rc);
}

/* ---- all other rows ---- */

/* Positions of a column in all rows but k. */
static void
column_positions(const struct nn_equations *e, size_t k, size_t *index)
{
	size_t i, n = 0;

	for (i = 0; i < e->n; i++) {
		if (i != k)
			index[n++] = i * e->width + k;
	}
}

/* From those of a row, those of all other rows in the same columns. */
static void
block_around(const struct nn_equations *e, size_t k, size_t *index, size_t cols)
{
	size_t i, j, n = (e->n - 1) * cols, row = k * e->width;

	(void)row_positions(e, k, index);
	for (i = e->n; i-- > 0;) {
		if (i == k)
			continue;
		n -= cols;
		for (j = cols; j-- > 0;)
			index[n + j] = index[j] - row + i * e->width;
	}
}

/* What has been in columns that have been has no more bits in rows to come. */
static void
scale_to_come(const struct nn_equations *e, size_t k, struct mpc_vector *block, size_t cols)
{
	size_t been = columns_been(e, k), i;
	struct mpc_vector part;

	for (i = k; i + 1 < e->n && been > 0; i++) {
		part = mpc_part(block, i * cols, been);
		mpc_scale(&part, &part, (int64_t)1 << MORE_BITS);
	}
}

/* All other rows, less what they have in column k times the row. */
static int
subtract_multiples(struct mpc *S, struct nn_equations *e, size_t k, const struct mpc_vector *row)
{
	size_t others = e->n - 1, cols = row->n;
	const struct bilinear outer = bilinear_matrices(others, 1, cols);
	struct mpc_vector column = { .n = 0 }, block = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &column, others) == 0 &&
	    mpc_vector_new(S, &block, others * cols) == 0) {
		column_positions(e, k, e->index);
		mpc_gather(&column, &e->rows, e->index, others);
		if ((rc = mpc_product(S, &block, &outer, &column, row)) == 0) {
			scale_to_come(e, k, &block, cols);
			rc = mpc_truncate(S, &block, &block, NN_FACTOR_BITS);
		}
		if (rc == 0) {
			block_around(e, k, e->index, cols);
			mpc_scale(&block, &block, -1);
			mpc_scatter_add(&e->rows, e->index, &block);
		}
	}
	mpc_vector_free(&column);
	mpc_vector_free(&block);
	return (rc);
}

/* Row k is the divided one, and column k, of the inverse from now on, its mirror. */
static void
put_row(struct nn_equations *e, size_t k, const struct mpc_vector *row,
    const struct mpc_vector *coarse)
{
	struct mpc_vector to;
	size_t i, at = 0;

	(void)row_positions(e, k, e->index);
	mpc_scatter(&e->rows, e->index, row);
	if (!e->inverse)
		return;
	to = mpc_part(&e->rows, k * e->width + k, 1);
	mpc_copy(&to, coarse);
	for (i = 0; i < e->n; i++) {
		const struct mpc_vector from = mpc_part(row, (i == k) ? 0 : at, 1);

		if (i == k)
			continue;
		to = mpc_part(&e->rows, i * e->width + k, 1);
		mpc_scale(&to, &from, (i < k) ? 1 : -1);
		at++;
	}
}

static int
eliminate(struct mpc *S, struct nn_equations *e, size_t k)
{
	size_t cols = row_positions(e, k, e->index);
	struct mpc_vector pivot = mpc_part(&e->rows, k * e->width + k, 1),
	    met = mpc_part(&e->pivots, k, 1), row = { .n = 0 };
	struct room r;
	int rc = -1;

	mpc_copy(&met, &pivot);
	if (room_open(&r, S, 1, 2, 0) == 0 && mpc_vector_new(S, &row, cols) == 0 &&
	    invert_pivot(S, &r.word[0], &met, e->pull) == 0 &&
	    mpc_truncate(S, &r.word[1], &r.word[0], COARSE_BITS) == 0 &&
	    divide_row(S, e, k, &row, &r.word[0], &r.word[1]) == 0 &&
	    (e->n == 1 || subtract_multiples(S, e, k, &row) == 0)) {
		put_row(e, k, &row, &r.word[1]);
		rc = 0;
	}
	mpc_vector_free(&row);
	room_close(&r);
	return (rc);
}

int
nn_equations_solve(struct mpc *S, struct nn_equations *e)
{
	size_t k;

	for (k = 0; k < e->n; k++) {
		if (eliminate(S, e, k) == -1)
			return (-1);
	}
	return (0);
}
