#ifndef SMPC_FUNC_RANKS_H
#define SMPC_FUNC_RANKS_H

/*
 * What is found by the order of all rows: the commonest value, and ranks.
 *
 * All return 0 or -1 (reported), and reveal nothing but what func/ordering.h says; they cannot be
 * dealt beforehand.
 */

#include "func/quantile.h"

/*
 * mpc_mode(S, y, r):
 * y = the word that occurs most often in a column, and of several the smallest; 0 where no value is
 * there.
 *
 * Cost     an order of all rows; an equality of neighbours; for each of log2(n) steps a product of
 *          two words a row; a tournament of log2(n) steps, of a comparison of log2(n) bits and two
 *          selections for each row that drops out.
 */
int mpc_mode(struct mpc *S, struct mpc_vector *y, const struct mpc_ranked *r);

/*
 * mpc_ranks(S, y, x, low, high):
 * y[i] = 2 rank(i) - n - 1, where rank(i), from 1 to n, is that of row ${i} in ascending order of
 * words from ${low} to ${high}, and the mean of their ranks for those that are equal: these numbers
 * have the sum 0.
 *
 * Cost     two orders of all rows.
 */
int mpc_ranks(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int64_t low,
    int64_t high);

/*
 * mpc_rank_correlation(S, y, ranks, rows, cols, f):
 * y = the correlations of all pairs of columns of ranks, with f <= 20 fraction bits; 0 where all
 * numbers of a column were equal.
 *
 * Range    fewer than 2^26 rows.
 * Error    10^-5 and a unit; from 2^20 rows on, ranks lose bits beyond the first 19.
 */
int mpc_rank_correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *ranks,
    size_t rows, size_t cols, unsigned f);

#endif /* !SMPC_FUNC_RANKS_H */
