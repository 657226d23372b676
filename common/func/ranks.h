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
 * mpc_ranks(S, y, r):
 * y[i] = 2 rank(i) - n - 1, where rank(i), from 1 to n, is that of row ${i} in ascending order of
 * the n values that are there, and the mean of their ranks for those that are equal: these numbers
 * have the sum 0.  Where a value is missing, y[i] is 0, whatever the word is.
 *
 * Cost     two orders of all rows; where values are missing, a product for each row.
 */
int mpc_ranks(struct mpc *S, struct mpc_vector *y, const struct mpc_ranked *r);

/*
 * mpc_rank_correlation(S, y, columns, cols, f):
 * y = the correlations of the ranks of all pairs of columns, with f <= 20 fraction bits.  Where
 * values are missing, they are those of the rows in which both have one, ranked anew.  0 where all
 * numbers of a column in these rows are equal, or there are no two of them.
 *
 * Range    fewer than 2^26 rows; where values are missing, than MPC_RANKS_MAX_SPARSE.
 * Error    10^-5 and a unit; from 2^20 rows on, ranks lose bits beyond the first 19.
 * Cost     the ranks of each column; besides, for each column with missing values, those of each
 *          other column once more, which they are left out of.
 */
#define MPC_RANKS_MAX_SPARSE ((uint64_t)1 << 20)
int mpc_rank_correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_ranked *columns,
    size_t cols, unsigned f);

#endif /* !SMPC_FUNC_RANKS_H */
