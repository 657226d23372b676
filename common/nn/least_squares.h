#ifndef SMPC_NN_LEAST_SQUARES_H
#define SMPC_NN_LEAST_SQUARES_H

/*
 * Linear regression of standardized columns, solved rather than learnt: once the second moments are
 * there, rows do not count any more.
 */

#include "nn/tensor.h"

/* More features take more rounds than learning does. */
#define NN_SOLVE_MAX_FEATURES 256

struct nn_lines {
	size_t rows, features, outputs;
	double l2;        /* as struct nn_training has it */
	unsigned threads;
};

/*
 * nn_least_squares(S, w, b, loss, lines, x, y):
 * w, features x outputs, and b, one for each output, NN_BITS: what makes the mean of
 * (x w + b - y)^2 over the rows, plus l2 / 2 w^2, least; and, unless NULL, that mean without l2,
 * summed over the outputs, in one word, NN_BITS.  A feature of which those before it say all but
 * 2^-16 of its variance gets 0.
 *
 * Range    columns of x and y have about mean 0 and deviation 1, or are 0; fewer than 2^20 rows.
 * Error    1e-4 where the features' condition number is below 30, and 1e-3 below 100.
 * Cost     18 rounds for each feature, and features^2 words or less in each of these.
 */
int nn_least_squares(struct mpc *S, struct mpc_vector *w, struct mpc_vector *b,
    struct mpc_vector *loss, const struct nn_lines *lines, const struct mpc_vector *x,
    const struct mpc_vector *y);

#endif /* !SMPC_NN_LEAST_SQUARES_H */
