#ifndef SMPC_NN_TASK_H
#define SMPC_NN_TASK_H

/*
 * What is to be learnt: from which rows, and how.  A learner takes from it what it knows: one
 * without batches passes over the batch, one without a rate over the rate.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpc/mpc.h"

enum nn_optimizer { NN_SGD, NN_MOMENTUM, NN_ADAM };

#define NN_PRIOR_BITS 20

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

/* Rows of all data: features, and labels as the learner gives them. */
struct nn_data {
	size_t rows;
	struct mpc_vector x, labels;
	/*
	 * fraction bits of features, and of labels that are standardized; 0: NN_BITS, as other
	 * labels have
	 */
	unsigned bits;
	struct mpc_vector weights;   /* for each label, of nn_class_weights; n = 0: all are 1 */
	/*
	 * Bounds that are public: of features; 0: 2^15.  Of the sum of all their squares; 0: that
	 * which follows.  Of weights; 0: 1.
	 */
	double most, squares, heaviest;
	/*
	 * of a glm: what is added before the link, with NN_BITS, and how much a row counts, times
	 * 2^(NN_PRIOR_BITS - prior_log), at most 2^NN_PRIOR_BITS; n = 0: there are none
	 */
	struct mpc_vector offset, prior;
	int prior_log;
	struct mpc_vector far;       /* counts of what already had no room; n = 0: all had */
	/*
	 * of a learner that takes features as they are: of each, 1 where it is missing, and then 0
	 * itself, else 0; n = 0: none is
	 */
	struct mpc_vector absent;
	const bool *sparse;          /* which features have missing values; NULL: none */
	const struct nn_grid *grid;  /* what their words can be; NULL: nothing is known */
};

/* What is public of a feature: words from ${low} to ${high}, in steps; step = 0: nothing. */
struct nn_grid {
	int64_t low, high, step;
};

/* A whole training; it stays as it is while it is learnt from. */
struct nn_task {
	struct nn_training how;
	struct nn_data data;
	bool loss, accuracy; /* to be revealed of each epoch */
	bool plan;           /* the engine is a plan: rows need no order, and nothing is revealed */
	bool given;          /* it begins with a model, of whose words nothing is known */
};

#endif /* !SMPC_NN_TASK_H */
