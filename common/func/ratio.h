#ifndef SMPC_FUNC_RATIO_H
#define SMPC_FUNC_RATIO_H

/* Quotients of counts and sums, of which nothing is known but that they are at most 1. */

#include "mpc/mpc.h"

/* Fraction bits of a quotient, and below which bound numbers must be. */
#define MPC_RATIO_BITS 24
#define MPC_RATIO_MAX_BITS 60

/*
 * mpc_ratio(S, q, a, b, undefined):
 * q = a / b with MPC_RATIO_BITS, for words 0 <= a <= b < 2^MPC_RATIO_MAX_BITS of any equal scale;
 * the public word ${undefined} where b is 0.  ${q} must be neither ${a} nor ${b}.
 *
 * Error    below 1.5 units in the last place where b < 2^27, 2.3 beyond.
 * Cost     17 rounds; meant for a few numbers.
 */
int mpc_ratio(struct mpc *S, struct mpc_vector *q, const struct mpc_vector *a,
    const struct mpc_vector *b, int64_t undefined);

#endif /* !SMPC_FUNC_RATIO_H */
