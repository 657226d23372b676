#ifndef SMPC_NN_PREPARE_H
#define SMPC_NN_PREPARE_H

/* What is done to data before training and before predicting, on shares. */

#include <stdbool.h>
#include <stddef.h>

#include "nn/tensor.h"

/* Fraction bits of the factors that nn_standardize_fit gives. */
#define NN_SCALE_BITS 24

/*
 * nn_standardize_fit(S, mean, scale, deviation, x, rows, cols):
 * Mean, with NN_BITS, and the reciprocal of the standard deviation, with NN_SCALE_BITS, of each
 * column; and the deviation, with NN_SCALE_BITS, unless that is NULL.  Both are 0 for a constant
 * column, and where the deviation is below 2^-12 (2^-11.5 for some numbers of rows).
 *
 * Range    |x| < 2^15, as what anybody shares by default has room for in a product; rows < 2^20.
 * Error    1e-5 of scale and deviation.  The mean is off by up to 2^-24 of itself and 2 units, so
 *          the deviation should be larger than that.
 * Cost     about 45 rounds, and 4 for each further block of rows.
 */
int nn_standardize_fit(struct mpc *S, struct mpc_vector *mean, struct mpc_vector *scale,
    struct mpc_vector *deviation, const struct mpc_vector *x, size_t rows, size_t cols);

/*
 * nn_standardize(S, y, x, rows, cols, mean, scale):
 * y = (x - mean) scale in every row, with NN_BITS.  Two rounds for each block of rows.  ${y} may be
 * ${x}.
 */
int nn_standardize(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *scale);

/*
 * nn_standardize_labels(S, y, x, rows, cols, mean, deviation):
 * y = (x - mean) / deviation in every row, with NN_BITS; 0 where the deviation is below 2^-12.
 * What it is multiplied by is off by 1e-5 of itself.  About 35 rounds, and two for each block of
 * rows.
 */
int nn_standardize_labels(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows, size_t cols, const struct mpc_vector *mean, const struct mpc_vector *deviation);

/*
 * nn_unstandardize(S, x, y, rows, cols, mean, deviation):
 * x = y deviation + mean in every row, with NN_BITS.  Two rounds.  The mask of ${x} may be drawn
 * from keys.
 */
int nn_unstandardize(struct mpc *S, struct mpc_vector *x, const struct mpc_vector *y, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *deviation);

/*
 * nn_one_hot(S, y, labels, classes):
 * Labels 0 .. classes - 1, with NN_BITS, as rows of ${classes} numbers of which one is 1.  What is
 * beyond counts as the first or last.  2 <= classes <= 65.
 */
int nn_one_hot(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *labels,
    size_t classes);

#endif /* !SMPC_NN_PREPARE_H */
