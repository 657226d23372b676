#ifndef SMPC_NN_TRAIN_H
#define SMPC_NN_TRAIN_H

/*
 * Training: batches in a public order, gradients, and what an optimizer does with them.
 *
 * What is public: the network, all options, the number of rows, and therefore every step that is
 * taken.  Nothing is revealed here.
 */

#include "nn/network.h"
#include "nn/task.h"
#include "nn/watch.h"

/*
 * Range: the mean of a gradient over a batch, such as of x (p - y), stays below 2^9 in magnitude,
 * with l2 times the weight, for batches up to 2^13.  A gradient's sum has 36 fraction bits, so its
 * words are below 2^(9 + 13 + 36) = 2^58, and the rate's factor has 4 bits more (train.c).
 */
#define NN_GRADIENT_LIMIT_BITS 9

/*
 * Adam clips gradients to this: its averages of squares have room for gradients below 8 (train.c).
 * Its steps depend on a gradient relative to its own past, not on its size.
 */
#define NN_ADAM_CLIP 4.0

/*
 * nn_steps_per_epoch(t, rows):
 * How many batches; rows that do not fill the last one are left out in that epoch.
 */
uint64_t nn_steps_per_epoch(const struct nn_training *t, size_t rows);

/*
 * nn_order(order, rows, seed, epoch):
 * The public order of the rows in an epoch.
 */
void nn_order(size_t *order, size_t rows, uint64_t seed, uint64_t epoch);

/*
 * nn_clip(t):
 * The limit that elements of the gradient's mean are brought to, or 0 for none.
 */
double nn_clip(const struct nn_training *t);

/*
 * nn_check_rate(net, t):
 * Refuse (status 2) a rate whose steps may be so large that parameters cannot be measured any more.
 */
int nn_check_rate(const struct nn_network *net, const struct nn_training *t);

/*
 * nn_quiet_steps(net, t, data):
 * How many steps, from weights of 0 on, need not be watched; bounds of ${data} are set.
 */
double nn_quiet_steps(const struct nn_network *net, const struct nn_training *t,
    const struct nn_data *data);

/*
 * nn_step(net, S, t, data, order, step, epoch, watch):
 * One step: batch ${step} of the epoch whose ${order} is given.  ${watch}, which has measured the
 * rows, notes whether its numbers have room; NULL: nobody does.  Return 0 or -1 (reported).
 */
int nn_step(struct nn_network *net, struct mpc *S, const struct nn_training *t,
    const struct nn_data *data, const size_t *order, uint64_t step, uint64_t epoch,
    struct nn_watch *watch);

/*
 * nn_give_rows(net, S, t, data, order, first, rows, watch):
 * nn_give, of ${rows} rows from ${order}[${first}] on.  Return 0 or -1 (reported).
 */
int nn_give_rows(struct nn_network *net, struct mpc *S, const struct nn_training *t,
    const struct nn_data *data, const size_t *order, size_t first, size_t rows,
    struct nn_watch *watch);

#endif /* !SMPC_NN_TRAIN_H */
