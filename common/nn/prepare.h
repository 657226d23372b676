#ifndef SMPC_NN_PREPARE_H
#define SMPC_NN_PREPARE_H

/* What is done to data before training and before predicting, on shares. */

#include <stdbool.h>
#include <stddef.h>

#include "nn/tensor.h"

/* Fraction bits of the factors that nn_standardize_fit gives. */
#define NN_SCALE_BITS 32

/* Words of features are below 2^31: those of numbers below 2^15, or of columns with exponents. */
#define NN_FEATURE_RANGE 31

/*
 * nn_standardize_fit(S, mean, scale, x, rows, cols):
 * Mean, with NN_BITS, and the reciprocal of the standard deviation, with NN_SCALE_BITS, of each
 * column; 0 for a column that varies by less than a unit or two of 2^-NN_BITS, if at all.
 *
 * Range    words below 2^NN_FEATURE_RANGE; rows up to MPC_MOMENTS_MAX_ROWS.
 * Error    of the mean, 1.3 units; of the reciprocal, 2^-18 of itself.
 * Cost     that of moments (func/moments.h), and about 40 rounds.
 */
int nn_standardize_fit(struct mpc *S, struct mpc_vector *mean, struct mpc_vector *scale,
    const struct mpc_vector *x, size_t rows, size_t cols);

/*
 * nn_standardize(S, y, x, rows, cols, mean, scale):
 * y = (x - mean) scale in every row, with NN_BITS.  Two rounds for each block of rows.  ${y} may be
 * ${x}.
 */
int nn_standardize(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *scale);

/*
 * nn_one_hot(S, y, labels, classes):
 * Labels 0 .. classes - 1, with NN_BITS, as rows of ${classes} numbers of which one is 1.  What is
 * beyond counts as the first or last.  2 <= classes <= 65.
 */
int nn_one_hot(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *labels,
    size_t classes);

#endif /* !SMPC_NN_PREPARE_H */
