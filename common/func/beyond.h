#ifndef SMPC_FUNC_BEYOND_H
#define SMPC_FUNC_BEYOND_H

/*
 * Whether words of the columns of a matrix, which comes in blocks of rows, are within bounds.  What
 * is counted stays secret; whether it is 0 can be opened.
 *
 * All return 0 or -1 (reported).
 */

#include "mpc/mpc.h"

/*
 * mpc_count_beyond(S, beyond, x, rows, cols, range):
 * Add to beyond[j], for each word of column ${j} whose magnitude is not below 2^range, 1 or 2.
 *
 * Range    any words; range <= 62; in all, fewer than 2^62 words.
 * Cost     a comparison of each word with two thresholds, and a selection.
 */
int mpc_count_beyond(struct mpc *S, struct mpc_vector *beyond, const struct mpc_vector *x,
    size_t rows, size_t cols, unsigned range);

/*
 * mpc_count_beyond_sums(S, beyond, sums, x, rows, cols, range):
 * The same, and add the magnitudes of the words of column ${j} to sums[j], mod 2^64.
 *
 * Cost     a threshold more, and a word in the selection.
 */
int mpc_count_beyond_sums(struct mpc *S, struct mpc_vector *beyond, struct mpc_vector *sums,
    const struct mpc_vector *x, size_t rows, size_t cols, unsigned range);

/* Bits that squares lose before they are added up. */
#define BEYOND_SQUARE_CUT 30

/*
 * mpc_add_squares(S, sums, x, rows, cols):
 * Add to sums[j] the squares of the words of column ${j}, without their last BEYOND_SQUARE_CUT
 * bits: each is off by less than 1.
 *
 * Range    words below 2^31 in magnitude, fewer than 2^31 rows in all.  Of others the sum is any
 *          word.
 * Cost     a product and a truncation of each word.
 */
int mpc_add_squares(struct mpc *S, struct mpc_vector *sums, const struct mpc_vector *x, size_t rows,
    size_t cols);

/*
 * mpc_count_above(S, beyond, sums, limit):
 * Add 1 to beyond[j] where sums[j] is not below ${limit}.
 *
 * Range    sums from 0 to 2^63 - 1; limit >= 0.  Of other sums the bit is any.
 * Cost     a comparison of each sum, and a selection.
 */
int mpc_count_above(struct mpc *S, struct mpc_vector *beyond, const struct mpc_vector *sums,
    int64_t limit);

/*
 * mpc_open_none(S, none, count):
 * Open whether each of the words ${count} is 0: none[i] is 1, or 0.  The dealer, and a plan, which
 * learn nothing, have 1.
 *
 * Cost     a test for 0 of each word, a selection, and a reveal.
 * Reveals  a bit for each word, to the computing parties.
 */
int mpc_open_none(struct mpc *S, word *none, const struct mpc_vector *count);

/*
 * mpc_open_all_none(S, none, count):
 * The same of all words together: one bit.
 *
 * Range    words from 0, with a sum below 2^63.
 */
int mpc_open_all_none(struct mpc *S, bool *none, const struct mpc_vector *count);

#endif /* !SMPC_FUNC_BEYOND_H */
