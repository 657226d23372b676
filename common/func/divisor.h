#ifndef SMPC_FUNC_DIVISOR_H
#define SMPC_FUNC_DIVISOR_H

/* Division of secret numbers by a public one. */

#include "mpc/mpc.h"

#define MPC_MAX_DIVISOR ((uint64_t)1 << 35)
#define MPC_DIVIDE_BITS 61 /* the range of any number that can be divided */

/*
 * mpc_divide_public(S, y, x, divisor, range):
 * y = x / divisor, off by less than 1.3 units in the last place.  ${y} must not be ${x}.
 *
 * Range    |x| < 2^range, range <= MPC_DIVIDE_BITS; 1 <= divisor < MPC_MAX_DIVISOR.  Status 5
 *          (reported) beyond the latter.
 * Cost     none for 1, a truncation for another power of 2; else one for every 26 bits of the
 *          quotient, and another one where more than 33 bits are divided.
 */
int mpc_divide_public(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    uint64_t divisor, unsigned range);

/*
 * mpc_divide_any(S, y, x, divisor):
 * The same for any word.
 *
 * Cost     two comparisons and selections more.
 */
int mpc_divide_any(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    uint64_t divisor);

/*
 * mpc_shift(S, y, x, bits):
 * y = x 2^bits, where ${bits} may be negative.  ${y} may be ${x}.
 *
 * Range    that of mpc_truncate where it is, which is what it costs then; else |x| 2^bits < 2^63.
 */
int mpc_shift(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int bits);

#endif /* !SMPC_FUNC_DIVISOR_H */
