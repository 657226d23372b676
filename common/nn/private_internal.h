#ifndef SMPC_NN_PRIVATE_INTERNAL_H
#define SMPC_NN_PRIVATE_INTERNAL_H

#include "nn/elimination.h"

/*
 * private_means(S, means, moments, rows, width):
 * The first rows of the matrix of moments of ${width} columns, divided by the rows of the data;
 * that of 1 with 1 is 1.
 *
 * private_invert(S, e, means, width, pull):
 * The inverse of as many of its columns as ${e} has rows, with ${pull} in the diagonal.
 */
int private_means(struct mpc *S, struct mpc_vector *means, const struct mpc_vector *moments,
    size_t rows, size_t width);
int private_invert(struct mpc *S, struct nn_equations *e, const struct mpc_vector *means,
    size_t width, double pull);

#endif /* !SMPC_NN_PRIVATE_INTERNAL_H */
