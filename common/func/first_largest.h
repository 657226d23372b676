#ifndef SMPC_FUNC_FIRST_LARGEST_H
#define SMPC_FUNC_FIRST_LARGEST_H

/* The largest number of each row of a matrix, and which it is, as words that can be multiplied. */

#include "mpc/mpc.h"

/*
 * mpc_first_largest(S, best, chosen, x, rows, cols, range):
 * best[r] = the largest of row r; chosen[r][c] = 1 where it is, of equal ones the same one each
 * time, else 0, with no fraction bits: exactly one of each row is 1.  If the first column is among
 * the largest, it is the one.
 *
 * Range    |x| < 2^(range - 1), range <= 62.
 * Cost     a tournament in groups of 4, and of up to 16 at the end: 2 comparisons for each number,
 *          and as many rounds as there are levels, 5 or 6 each; then a selection for each number.
 * Returns  0 or -1 (reported).
 */
int mpc_first_largest(struct mpc *S, struct mpc_vector *best, struct mpc_vector *chosen,
    const struct mpc_vector *x, size_t rows, size_t cols, unsigned range);

#endif /* !SMPC_FUNC_FIRST_LARGEST_H */
