#ifndef SMPC_FUNC_MOMENTS_H
#define SMPC_FUNC_MOMENTS_H

/*
 * Means, variances, covariances and correlations of the columns of a matrix that comes in blocks of
 * rows.  Numbers of rows and columns are public.  What has been gathered is bounded by the number
 * of columns.
 *
 * All that take an engine return 0 or -1 (reported), and reveal nothing.
 */

#include "mpc/mpc.h"

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
 * Range    with f fraction bits, g = mpc_moments_bits(f), x the distance of a number from the
 *          centre and d that of the mean of all rows: |sum of all numbers| 2^f < 2^61; for the rows
 *          of one call, sum of x^2 2^(2 f) < 2^62; for all rows, sum of x^2 2^g < 2^61; and, where
 *          there is more than one call, |d| 2^(f + MPC_MOMENTS_GUARD) < 2^31 and, times the number
 *          of rows, d^2 2^(g + MPC_MOMENTS_GUARD) < 2^61.
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
 * Begin, with numbers of ${f} fraction bits.  mpc_moments_free is harmless even where this fails.
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
 * with mpc_moments_bits fraction bits.  Their error is below rows (1 / 2^5 + 3 |d|) + calls + 1
 * units in the last place, where d is as above; below rows / 2^(f - 7) + 1 units where there was
 * one call of mpc_moments_add.
 */
int mpc_moments_central(struct mpc *S, struct mpc_vector *w, const struct mpc_moments *m);

/*
 * mpc_moments_bits(f):
 * Return min(2 f, f + MPC_MOMENTS_GUARD), the fraction bits of sums of products.
 */
unsigned mpc_moments_bits(unsigned f);

/* ---- roots ---- */

/*
 * mpc_roots(S, root, inverse, v, f, least, g):
 * root = sqrt(v) and inverse = 1 / sqrt(v) with g fraction bits, where v has 2 f of them; both 0
 * for words of v below 4^least.
 *
 * Range    0 <= v < 2^62 as words; f + g < 51, g < f + 19.
 * Error    1e-5 of each, and a unit in the last place; their product is off by 1e-5.
 * Cost     about 30 rounds; meant for a few numbers.
 */
int mpc_roots(struct mpc *S, struct mpc_vector *root, struct mpc_vector *inverse,
    const struct mpc_vector *v, unsigned f, unsigned least, unsigned g);

/* ---- correlation ---- */

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

#endif /* !SMPC_FUNC_MOMENTS_H */
