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
	MPC_ERRORS,   /* the same, but from 0 and not from the mean */
	MPC_PRODUCTS  /* and of the products of all pairs of columns */
};

/* Words below 2^36 are those of numbers below 2^20 with 16 fraction bits. */
#define MPC_MOMENTS_MAX_RANGE 36
#define MPC_MOMENTS_MAX_ROWS ((uint64_t)1 << 26) /* of what is of second order */

/*
 * Sums so far.  Products are those of the distances c of words from a centre, a mean of the first
 * rows or 0, at two scales, as no 64 bits hold the squares of all that may come: c itself, for
 * columns that vary little, and c without its ${coarse} lowest bits, more of them the more rows
 * there are, for columns that vary much.  Which a column is is a secret.
 *
 * Range    words below 2^range in magnitude; their sum below 2^61.
 */
struct mpc_moments {
	enum mpc_moments_kind kind;
	size_t cols;
	unsigned range;
	bool scales;               /* there may be a second one */
	unsigned coarse;           /* 0: these rows need none */
	uint64_t rows;
	struct mpc_vector sum;     /* of the words themselves */
	struct mpc_vector centre;
	/* of distances, at both scales; and their products: fine, fine times coarse, coarse */
	struct mpc_vector distance[2];
	struct mpc_vector product[3];
};

/*
 * mpc_moments_new(S, m, kind, cols, range):
 * Begin, with range <= MPC_MOMENTS_MAX_RANGE, which sums alone do not look at.  mpc_moments_free is
 * harmless even where this fails.
 */
int mpc_moments_new(struct mpc *S, struct mpc_moments *m, enum mpc_moments_kind kind, size_t cols,
    unsigned range);
void mpc_moments_free(struct mpc_moments *m);

/*
 * mpc_moments_add(S, m, x, rows):
 * Go on with ${rows} >= 1 rows.  Status 5 (reported) beyond MPC_MOMENTS_MAX_ROWS.
 *
 * Cost     none for sums; else a product for each scale, and one for both: for PRODUCTS of cols^2
 *          words, whatever the number of rows; for SQUARES of rows times cols words, and none for
 *          both.  For a second scale, a truncation of each word, and three of the sums whenever the
 *          number of rows has grown fourfold.  In the first call, the centre by mpc_divide_public.
 */
int mpc_moments_add(struct mpc *S, struct mpc_moments *m, const struct mpc_vector *x, size_t rows);

/*
 * mpc_moments_mean(S, y, m):
 * y = mean of each column, off by less than 1.3 units.
 */
int mpc_moments_mean(struct mpc *S, struct mpc_vector *y, const struct mpc_moments *m);

#define MPC_PRESENT_RANGE 31 /* of words with a mean of what is there */
#define MPC_PRESENT_MAX_ROWS (((uint64_t)1 << 26) - 1)

/*
 * mpc_mean_present(S, y, sum, count):
 * y = sum / count, a mean of those numbers that are there, whose number is a secret; 0 where there
 * are none.
 *
 * Range    |sum| < 2^31 count, 0 <= count <= MPC_PRESENT_MAX_ROWS.
 * Error    below 2 units.
 * Cost     about 30 rounds.
 */
int mpc_mean_present(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *sum,
    const struct mpc_vector *count);

/*
 * mpc_mean_long(S, v, w, n, t):
 * v = w / n of larger quotients, with the same n; 0 where that is 0.
 *
 * Range    0 <= w < 2^(31 + t) n, w < 2^62, 1 <= t <= 29.
 * Error    below 2 units.
 * Cost     that of two means, a product and a truncation.
 */
int mpc_mean_long(struct mpc *S, struct mpc_vector *v, const struct mpc_vector *w,
    const struct mpc_vector *n, unsigned t);

/*
 * Sums of products of distances from the means, for each column (SQUARES) or pair (PRODUCTS), or
 * from 0 (ERRORS): product[i][j] times 2^coarse for each of i and j that is coarse.
 *
 * Range    at most 2^59 in magnitude.
 * Error    of fine columns, 4 units.  A coarse column has a sum of squares about the centre of at
 *          least 2^(59/2 - coarse) - sqrt(rows), squared, and each of its words is off by less than
 *          1.
 */
struct mpc_central {
	size_t cols;
	uint64_t rows;
	unsigned bits;              /* of ${coarse}; 0: no column is */
	struct mpc_vector product;
	struct mpc_bits coarse;     /* which columns are */
};

/*
 * mpc_moments_central(S, w, m):
 * Find them; ${w} is to be freed with mpc_central_free, even where this fails.
 */
int mpc_moments_central(struct mpc *S, struct mpc_central *w, const struct mpc_moments *m);
void mpc_central_free(struct mpc_central *w);

/*
 * mpc_central_divide(S, y, w, divisor, shift):
 * y = the sums divided by ${divisor}, which is about the number of rows, and by 2^shift: with f for
 * both the shift and the fraction bits of words, a covariance with f.  Of w->product for all pairs,
 * y may have the diagonal alone.
 *
 * Error    2 units and, of coarse columns, 2^-17 of the result.
 */
int mpc_central_divide(struct mpc *S, struct mpc_vector *y, const struct mpc_central *w,
    uint64_t divisor, unsigned shift);

/* ---- deviations and correlation ---- */

/*
 * mpc_inverse_deviations(S, y, w, bits):
 * y[i] = 2^bits / sqrt(sum / rows), where the sum is that of column ${i}'s squares: the reciprocal
 * of its standard deviation.  0 where the sum is below the least power of 4 that is at least the
 * number of rows: the column varies by less than a unit or two, if at all.
 *
 * Range    40 <= bits <= 50.
 * Error    2^-18 of the result, and a unit, besides what follows from that of w.
 */
int mpc_inverse_deviations(struct mpc *S, struct mpc_vector *y, const struct mpc_central *w,
    unsigned bits);

/* Of which words inverses are taken, and with how many bits. */
struct mpc_inverse {
	unsigned least, most; /* from 4^least to 4^most; below, 0 */
	unsigned bits;
};

/*
 * mpc_inverse(S, y, x, i):
 * y = 2^bits / x.
 *
 * Range    0 <= x < 4^most; most - least <= 20; 2^bits / 4^least < 2^62; bits <= 80.
 * Error    2^-17 of the result, and a unit: x is cut to 20 bits, and so are products.
 * Cost     about 25 rounds; meant for a few numbers.
 */
int mpc_inverse(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_inverse *i);

/*
 * mpc_correlation(S, y, w, f):
 * y[i][j] = w[i][j] / sqrt(w[i][i] w[j][j]), with f <= 28 fraction bits, of the sums for all pairs;
 * 0 where w[i][i] or w[j][j] is below the least power of 4 that is at least the number of rows: the
 * column varies by less than a unit or two, if at all.
 *
 * Error    10^-5 and a unit in the last place, besides what follows from that of w.  With f > 20,
 *          all but 2^-27 of that is a factor of row i, and the same of column i.
 */
int mpc_correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_central *w, unsigned f);

/*
 * mpc_correlation_pairs(S, y, product, squares, f):
 * y[k] = product[k] / sqrt(squares[k] squares[n + k]), with f <= 20 fraction bits, of exact sums
 * for each of n pairs, which have rows of their own; 0 where one of the squares is 0.
 *
 * Range    squares from 0 to 2^59.
 * Error    10^-5 and a unit in the last place.
 */
int mpc_correlation_pairs(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *product,
    const struct mpc_vector *squares, unsigned f);

#endif /* !SMPC_FUNC_MOMENTS_H */
