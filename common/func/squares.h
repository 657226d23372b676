#ifndef SMPC_FUNC_SQUARES_H
#define SMPC_FUNC_SQUARES_H

/*
 * Sums of squares of the columns of a matrix that comes in blocks of rows, of words as large as a
 * difference of two numbers may be, without loss: a square of 33 bits does not fit a word, and bits
 * that are cut off before are missed where numbers are small.
 *
 *   x = hi 2^17 + lo,   x^2 = hi^2 2^34 + lo (2 x - lo)
 *
 * holds for any hi, and so for one that truncation gives with a coin.  A sum is kept twice: mod
 * 2^64, as it is, and divided by 2^34, off by a unit for each group of rows.  Where it is below
 * 2^63 the first says it, and where it is large the second.
 *
 * All that take an engine return 0 or -1 (reported), and reveal nothing.
 */

#include "mpc/mpc.h"

#define MPC_SQUARES_RANGE 33     /* |x| < 2^33 */
#define MPC_SQUARES_HIGH_BITS 34 /* that sums are divided by */

struct mpc_squares {
	size_t cols;
	struct mpc_vector low;  /* sum of x^2, mod 2^64; exact */
	struct mpc_vector high; /* sum of x^2 / 2^34 */
};

/*
 * mpc_squares_new(S, q, cols), mpc_squares_free(q):
 * Begin; mpc_squares_free is harmless even where that fails.
 */
int mpc_squares_new(struct mpc *S, struct mpc_squares *q, size_t cols);
void mpc_squares_free(struct mpc_squares *q);

/*
 * mpc_squares_add(S, q, x, rows):
 * Go on with ${rows} >= 1 rows.
 *
 * Range    |x| < 2^33; fewer than 2^30 rows in all.
 * Error    of high, below 1 for each 1024 rows, or part of them, of a call.
 * Cost     4 rounds: a truncation by 17 of each number, and for each group of up to 1024 rows and
 *          each column two products and a truncation by 34.
 */
int mpc_squares_add(struct mpc *S, struct mpc_squares *q, const struct mpc_vector *x, size_t rows);

/*
 * mpc_squares_pick(S, y, q, shift):
 * y = sum / 2^shift, exactly rounded where the sum is below 2^60, and else off by its high part's
 * error.
 *
 * Range    1 <= shift <= 34; sums below 2^(62 + shift).
 * Cost     5 rounds: a comparison, a selection and a truncation for each column.
 */
int mpc_squares_pick(struct mpc *S, struct mpc_vector *y, const struct mpc_squares *q,
    unsigned shift);

#endif /* !SMPC_FUNC_SQUARES_H */
