#ifndef SMPC_MPC_COLUMNS_H
#define SMPC_MPC_COLUMNS_H

/* Local operations on the columns of matrices, row-major; for mpc/. */

#include "mpc/mpc.h"

/*
 * columns_sum(sum, x, rows, cols):
 * sum[c] = sum of column c of x.
 */
void columns_sum(struct mpc_vector *sum, const struct mpc_vector *x, size_t rows, size_t cols);

/*
 * columns_subtract(z, x, c, rows, cols):
 * z = x less c, one word for each column, in every row.  ${z} may be ${x}.
 */
void columns_subtract(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *c, size_t rows,
    size_t cols);

#endif /* !SMPC_MPC_COLUMNS_H */
