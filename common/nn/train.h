#ifndef SMPC_NN_TRAIN_H
#define SMPC_NN_TRAIN_H

/*
 * Training: batches in a public order, gradients, and what an optimizer does with them.
 *
 * What is public: the network, all options, the number of rows, and therefore every step that is
 * taken.  Nothing is revealed here.
 */

#include "nn/network.h"

/*
 * Range: the mean of a gradient over a batch, such as of x (p - y), stays below 2^9 in magnitude,
 * with l2 times the weight, for batches up to 2^13.  A gradient's sum has 36 fraction bits, so its
 * words are below 2^(9 + 13 + 36) = 2^58, and the rate's factor has 4 bits more (train.c).
 */
#define NN_GRADIENT_LIMIT_BITS 9

/*
 * Adam clips there, as averages of squares have room up to 8 (train.c); steps depend on what
 * gradients are to their own past, and not on their size.
 */
#define NN_ADAM_CLIP 4.0

enum nn_optimizer { NN_SGD, NN_MOMENTUM, NN_ADAM };

struct nn_training {
	enum nn_optimizer optimizer;
	double rate;       /* learning rate; the loss is the mean over a batch */
	double decay;      /* the rate of epoch e is rate / (1 + decay e) */
	double momentum;
	double beta1, beta2; /* of Adam */
	double l2;         /* added to the gradient: l2 times the weights, not the biases */
	/*
	 * each element of the gradient's mean is brought to +-clip, before l2 is added; 0: see
	 * nn_clip
	 */
	double clip;
	size_t batch;
	uint64_t epochs;
	uint64_t seed;     /* of the order of the rows, and of the initial weights */
	unsigned threads;
};

/* Rows of all data: features, and labels as the network gives them. */
struct nn_data {
	size_t rows;
	struct mpc_vector x, labels; /* NN_BITS */
	struct mpc_vector weights;   /* for each label, of nn_class_weights; n = 0: all are 1 */
};

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
 * nn_step(net, S, t, data, order, step, epoch):
 * One step: batch ${step} of the epoch whose ${order} is given.  Return 0 or -1 (reported).
 */
int nn_step(struct nn_network *net, struct mpc *S, const struct nn_training *t,
    const struct nn_data *data, const size_t *order, uint64_t step, uint64_t epoch);

/*
 * nn_give_rows(net, S, t, data, order, first, rows):
 * nn_give, of ${rows} rows from ${order}[${first}] on.  Return 0 or -1 (reported).
 */
int nn_give_rows(struct nn_network *net, struct mpc *S, const struct nn_training *t,
    const struct nn_data *data, const size_t *order, size_t first, size_t rows);

/*
 * nn_train_epoch(net, S, t, data, epoch):
 * All steps of an epoch.
 */
int nn_train_epoch(struct nn_network *net, struct mpc *S, const struct nn_training *t,
    const struct nn_data *data, uint64_t epoch);

#endif /* !SMPC_NN_TRAIN_H */
