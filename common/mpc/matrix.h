#ifndef SMPC_MPC_MATRIX_H
#define SMPC_MPC_MATRIX_H

/*
 * Local operations on the rows and columns of matrices, row-major: no message, no cost.  Results
 * have fresh masks; they must not overlap operands, unless said otherwise.
 */

#include "mpc/mpc.h"

/*
 * columns_sum(sum, x, rows, cols), rows_sum(sum, x, rows, cols):
 * sum[c] = sum of column c of x; sum[r] = sum of row r of x.
 */
void columns_sum(struct mpc_vector *sum, const struct mpc_vector *x, size_t rows, size_t cols);
void rows_sum(struct mpc_vector *sum, const struct mpc_vector *x, size_t rows, size_t cols);

/*
 * columns_spread(z, v, rows, cols), rows_spread(z, v, rows, cols):
 * z[r][c] = v[c]; z[r][c] = v[r].
 */
void columns_spread(struct mpc_vector *z, const struct mpc_vector *v, size_t rows, size_t cols);
void rows_spread(struct mpc_vector *z, const struct mpc_vector *v, size_t rows, size_t cols);

/*
 * columns_subtract(z, x, v, rows, cols):
 * z[r][c] = x[r][c] - v[c].  ${z} may be ${x}.
 */
void columns_subtract(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *v,
    size_t rows, size_t cols);

/*
 * columns_diagonal(z, x, cols):
 * z[c] = x[c][c], of a square matrix.
 */
void columns_diagonal(struct mpc_vector *z, const struct mpc_vector *x, size_t cols);

/*
 * rows_gather(z, x, index, rows, cols):
 * z[r] = x[index[r]], whole rows; the indices are public.
 */
void rows_gather(struct mpc_vector *z, const struct mpc_vector *x, const size_t *index, size_t rows,
    size_t cols);

#endif /* !SMPC_MPC_MATRIX_H */
