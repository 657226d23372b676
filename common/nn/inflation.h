#ifndef SMPC_NN_INFLATION_H
#define SMPC_NN_INFLATION_H

/* Variance inflation factors: how well other columns tell what is in each. */

#include "func/moments.h"
#include "mpc/mpc.h"

/* Fraction bits of factors, which are below 2^NN_INFLATION_MAX. */
#define NN_INFLATION_BITS 16
#define NN_INFLATION_MAX 17

/*
 * nn_inflation(S, y, w):
 * y[i] = 1 / (1 - R2) of column ${i} by all others, the diagonal of the inverse of the correlation
 * matrix, from central products of all pairs.  All are 0 where the matrix has no inverse: columns
 * are collinear, a pivot is below 2^-NN_PIVOT_LOG (nn/elimination.h), or a column is constant.
 *
 * Error    2^-25 of the square of the factor, and a unit, besides what follows from that of w.
 * Cost     18 rounds for each column, and about 60.
 * Reveals  nothing.
 */
int nn_inflation(struct mpc *S, struct mpc_vector *y, const struct mpc_central *w);

#endif /* !SMPC_NN_INFLATION_H */
