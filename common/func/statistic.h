#ifndef SMPC_FUNC_STATISTIC_H
#define SMPC_FUNC_STATISTIC_H

/*
 * Statistics of the columns of a matrix that comes in blocks of rows, on the operations of mpc.h
 * and function.h alone. Numbers of rows and columns are public.  What has been gathered is bounded
 * by the number of columns.
 *
 * All that take an engine return 0 or -1 (reported), and reveal nothing.  The _free functions are
 * harmless on zeroed ones.
 */

#include "func/function.h"

/* ---- division by a public number ---- */

#define MPC_MAX_DIVISOR ((uint64_t)1 << 35)
#define MPC_DIVIDE_BITS 61 /* of any number that can be divided */

/*
 * mpc_divide_public(S, y, x, divisor, bits):
 * y = x / divisor, off by less than 1.3 units in the last place.  ${y} must not be ${x}.
 *
 * Range    |x| < 2^bits, bits <= MPC_DIVIDE_BITS; 1 <= divisor < MPC_MAX_DIVISOR.  Status 5
 *          (reported) beyond the latter.
 * Cost     none for 1, a truncation for another power of 2; else one for every 28 bits of the
 *          quotient, and another one where more than 33 bits are divided.
 */
int mpc_divide_public(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    uint64_t divisor, unsigned bits);

/* ---- the largest of each column ---- */

/* The largest of each column so far, and where it was first.  To be zeroed before its use. */
struct mpc_extreme {
	size_t cols;
	uint64_t rows;
	struct mpc_vector value; /* one word for each column */
	/* row numbers from 0, at 0 fraction bits; without words unless asked for */
	struct mpc_vector index;
};

/*
 * mpc_extreme_add(S, e, x, rows, cols, index, f):
 * Go on with ${rows} >= 1 rows, by a tournament in which the first of equal ones wins.  ${cols} and
 * ${index}, whether row numbers are wanted, must be the same in all calls.
 *
 * Range    the difference of any two numbers is below 2^(63 - f).
 */
int mpc_extreme_add(struct mpc *S, struct mpc_extreme *e, const struct mpc_vector *x, size_t rows,
    size_t cols, bool index, unsigned f);
void mpc_extreme_free(struct mpc_extreme *e);

/* ---- sums and sums of products ---- */

enum mpc_moments_kind {
	MPC_SUMS,     /* of columns */
	MPC_SQUARES,  /* and of their squares */
	MPC_PRODUCTS  /* and of the products of all pairs of columns */
};

/* Fraction bits that sums of products have more than numbers, if those have so many. */
#define MPC_MOMENTS_GUARD 6
#define MPC_MOMENTS_ROWS 1024     /* as many rows at once as the range allows for */

/*
 * Sums so far.  Products are those of the distances from a centre, a mean of the first rows, so
 * that they stay small.
 *
 * Range    with f fraction bits and g = min(2 f, f + MPC_MOMENTS_GUARD), and x the distance of a
 *          number from the centre: |sum of all numbers| 2^f < 2^61; for all rows given at once, sum
 *          of x^2 2^(2 f) < 2^62; for all rows, sum of x^2 2^g < 2^61, and of the square of the
 *          distance d between centre and mean, as often as there are rows, d^2 2^(g +
 *          MPC_MOMENTS_GUARD) < 2^61.
 */
struct mpc_moments {
	enum mpc_moments_kind kind;
	size_t cols;
	unsigned f;
	uint64_t rows, calls;
	struct mpc_vector sum;     /* at f fraction bits, of the numbers themselves */
	struct mpc_vector centre;
	struct mpc_vector product; /* at mpc_moments_bits */
};

/*
 * mpc_moments_new(S, m, kind, cols, f):
 * Begin.  Return 0 or -1 (reported); mpc_moments_free is harmless in either case.
 */
int mpc_moments_new(struct mpc *S, struct mpc_moments *m, enum mpc_moments_kind kind, size_t cols,
    unsigned f);
void mpc_moments_free(struct mpc_moments *m);

/*
 * mpc_moments_add(S, m, x, rows):
 * Go on with ${rows} >= 1 rows.
 *
 * Cost     none for sums; else a product and a truncation: for PRODUCTS of cols^2 words, whatever
 *          the number of rows; for SQUARES the product is of rows times cols words.  In the first
 *          call, the centre by mpc_divide_public.
 */
int mpc_moments_add(struct mpc *S, struct mpc_moments *m, const struct mpc_vector *x, size_t rows);

/*
 * mpc_moments_mean(S, y, m):
 * y = mean of each column, with f fraction bits; off by less than 1.3 units in the last place.
 */
int mpc_moments_mean(struct mpc *S, struct mpc_vector *y, const struct mpc_moments *m);

/*
 * mpc_moments_central(S, w, m):
 * w = sums of products of distances from the means, for each column (SQUARES) or pair (PRODUCTS),
 * with mpc_moments_bits fraction bits.  mpc_moments_bits(f) is g above.  Their error is below rows
 * (1 / 2^5 + 3 |d|) + calls + 1 units in the last place, where d is as above; below rows / 2^(f -
 * 7) + 1 units where there was one call of mpc_moments_add.
 */
int mpc_moments_central(struct mpc *S, struct mpc_vector *w, const struct mpc_moments *m);
unsigned mpc_moments_bits(unsigned f);

/*
 * mpc_correlation(S, y, w, cols, rows, f):
 * y[i][j] = w[i][j] / sqrt(w[i][i] w[j][j]), with f <= 20 fraction bits, of the sums of products of
 * ${rows} rows; 0 where w[i][i] or w[j][j] is below the least power of 4 that is at least ${rows}:
 * columns that hardly vary.
 *
 * Range    w[i][i] < 2^61.
 * Error    10^-5 and a unit in the last place, besides what follows from that of w.
 */
int mpc_correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *w, size_t cols,
    uint64_t rows, unsigned f);

/* ---- histograms ---- */

/*
 * How many numbers of each column are at least as large as each of some public edges; counts are at
 * 0 fraction bits. ${least} has ${edges} rows.
 */
struct mpc_histogram {
	size_t cols, edges;
	const int64_t *edge; /* ascending; the caller's */
	struct mpc_vector least;
};

/*
 * mpc_histogram_new(S, h, cols, edge, edges):
 * Begin, with 2 <= edges <= MPC_MAX_THRESHOLDS.  Return 0 or -1 (reported); mpc_histogram_free is
 * harmless in either case.
 */
int mpc_histogram_new(struct mpc *S, struct mpc_histogram *h, size_t cols, const int64_t *edge,
    size_t edges);
void mpc_histogram_free(struct mpc_histogram *h);

/*
 * mpc_histogram_add(S, h, x, rows):
 * Go on with ${rows} >= 1 rows.
 *
 * Range    differences of numbers and edges are below 2^63.
 * Cost     a comparison with all edges, and a selection for each edge, in one round.
 */
int mpc_histogram_add(struct mpc *S, struct mpc_histogram *h, const struct mpc_vector *x,
    size_t rows);

/*
 * mpc_histogram_cells(S, y, h, minimum):
 * y[i][j] = how many numbers of column j are in cell i, from edge i to just below edge i + 1, or 0
 * where they are fewer than ${minimum}.
 *
 * Cost     none if ${minimum} <= 1; else a comparison and a selection.
 */
int mpc_histogram_cells(struct mpc *S, struct mpc_vector *y, const struct mpc_histogram *h,
    uint64_t minimum);

#endif /* !SMPC_FUNC_STATISTIC_H */
