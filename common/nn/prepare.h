#ifndef SMPC_NN_PREPARE_H
#define SMPC_NN_PREPARE_H

/* What is done to data before training and before predicting, on shares. */

#include <stdbool.h>
#include <stddef.h>

#include "nn/tensor.h"

/* Fraction bits of the factors that nn_standardize_fit gives. */
#define NN_SCALE_BITS 24

/*
 * nn_standardize_fit(S, mean, scale, x, rows, cols):
 * Mean, with NN_BITS, and the reciprocal of the standard deviation, with NN_SCALE_BITS, of each
 * column.
 *
 * Range    |x| < 2^15; rows < 2^20; deviations from 2^-12 to 2^10.5 (below, and for a constant
 *          column: 0, above: 2^-10.5).  Squares of x - mean add up to less than 2^30 over any 512
 *          rows that are together.  The mean is off by up to 2^-24 of itself and 2 units, so the
 *          deviation should be larger than that.
 * Cost     about 17 rounds.
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
