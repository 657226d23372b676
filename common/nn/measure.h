#ifndef SMPC_NN_MEASURE_H
#define SMPC_NN_MEASURE_H

/* What is said of a training on the way, on shares until it is revealed. */

#include "nn/network.h"

/*
 * nn_loss(S, sum, loss, p, labels, rows):
 * The loss, summed over ${rows} rows, of what a network gave, ${p}, where ${labels} was due; one
 * word, NN_BITS. Probabilities below 2^-16 count as that.
 */
int nn_loss(struct mpc *S, struct mpc_vector *sum, enum nn_loss loss, const struct mpc_vector *p,
    const struct mpc_vector *labels, size_t rows);

/*
 * nn_correct(S, sum, loss, p, labels, rows):
 * How many rows got their class, or, after a sigmoid, how many numbers their side of 1/2; one word,
 * NN_BITS.
 */
int nn_correct(struct mpc *S, struct mpc_vector *sum, enum nn_loss loss, const struct mpc_vector *p,
    const struct mpc_vector *labels, size_t rows);

/*
 * nn_in_range(S, net, beyond, in):
 * Open one bit to the computing parties: whether all parameters are below 2^NN_RANGE_BITS in
 * magnitude, and nothing is counted in ${beyond}, which has a word for each layer.  True at the
 * dealer and in a plan.
 */
int nn_in_range(struct mpc *S, struct nn_network *net, const struct mpc_vector *beyond, bool *in);

/*
 * nn_layers_in_range(S, net, beyond, in):
 * The same with a bit for each layer; for one without parameters it is true.
 */
int nn_layers_in_range(struct mpc *S, struct nn_network *net, const struct mpc_vector *beyond,
    bool in[static NN_MAX_LAYERS]);

#endif /* !SMPC_NN_MEASURE_H */
