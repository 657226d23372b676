#ifndef SMPC_FUNC_SORT_H
#define SMPC_FUNC_SORT_H

/*
 * Sorting, by a network of comparisons whose order is public (Batcher's merge exchange; Knuth,
 * TAOCP 3, 5.2.2, algorithm M): n numbers take about n log^2(n) / 4 comparisons.
 *
 * Ranking by it: the area under the ROC curve, which is the probability that a positive row has a
 * higher score than a negative one, ties counting one half.  Rows are sorted twice at once, by 2
 * score + label and by 2 score + 1 - label: equal scores stand with positives last, and first.  So
 * n rows take about n log^2(n) / 2 comparisons in place of the n^2 / 2 of all pairs.
 */

#include "mpc/mpc.h"

#define MPC_RANK_MAX_ROWS ((size_t)1 << 20)

/*
 * mpc_sort(S, x, lists, n, range):
 * Sort each of ${lists} lists of n words, one behind the other in ${x}, ascending, all at once.
 *
 * Range    the difference of any two words of a list is below 2^range, range <= 62.
 * Cost     t (t + 1) / 2 stages for n <= 2^t of as many rounds as a comparison has and 1, times how
 *          often 2^16 comparisons are in a stage.
 */
int mpc_sort(struct mpc *S, struct mpc_vector *x, size_t lists, size_t n, unsigned range);

/*
 * mpc_rank_keys(keys, at, scores, labels):
 * Put down the keys of rows ${at} .. of all ${keys}->n / 2: words ${scores}, of any scale, and
 * ${labels}, the words 0 and 1.  Several rankings, of as many rows each, stand one behind the
 * other.
 */
void mpc_rank_keys(struct mpc_vector *keys, size_t at, const struct mpc_vector *scores,
    const struct mpc_vector *labels);

/*
 * mpc_rank_auc(S, keys, rankings, range, hits, all):
 * Sort the keys, and set ${rankings} words ${hits} and ${all} so that the area of ranking ${k} is
 * hits[k] / all[k]: twice the number of pairs of a positive and a negative row in the right order,
 * and ties; and twice the number of pairs, 0 if there are none.
 *
 * Range    scores differ by less than 2^(range - 1) - 1; at most MPC_RANK_MAX_ROWS rows in each.
 */
int mpc_rank_auc(struct mpc *S, struct mpc_vector *keys, size_t rankings, unsigned range,
    struct mpc_vector *hits, struct mpc_vector *all);

#endif /* !SMPC_FUNC_SORT_H */
