#ifndef SMPC_FUNC_RESPONSE_H
#define SMPC_FUNC_RESPONSE_H

/*
 * Functions that statistics need with more bits than function.h gives: errors of a mean response
 * count as often as there are rows.
 *
 * All return 0 or -1 (reported: status 2 in faithful mode, which has no series), and reveal
 * nothing.
 */

#include "mpc/mpc.h"

#define MPC_RESPONSE_BITS 24 /* fraction bits of mpc_logistic and mpc_softplus, before and after */
#define MPC_RESPONSE_MOST 15 /* where they are good: to this, from minus this */
#define MPC_GROWTH_BITS 20   /* fraction bits of mpc_growth */

/*
 * mpc_clip_cut(S, y, x, most, f, cut):
 * y = x, without its last ${cut} of f fraction bits, where it is from -most to most, else the
 * nearer of these.
 *
 * Range    words of x below 2^62; 9 <= f, cut < f.
 * Cost     4 rounds.
 */
int mpc_clip_cut(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int64_t most,
    unsigned f, unsigned cut);

/*
 * mpc_logistic(S, y, x), mpc_softplus(S, y, x):
 * y = 1 / (1 + e^-x), ln(1 + e^x).
 *
 * Range    |x| <= MPC_RESPONSE_MOST and 0.2; of others the result is any number up to 32.
 * Error    2^-22.
 * Cost     2 rounds.
 */
int mpc_logistic(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x);
int mpc_softplus(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x);

/*
 * mpc_growth(S, y, x, f):
 * y = e^x with MPC_GROWTH_BITS, for x with f fraction bits from -17 ln 2 to 11 ln 2; beyond, that
 * of the nearer end.
 *
 * Range    words below 2^62; 25 <= f <= 56.
 * Error    2^-20 of the result, and a unit.
 * Cost     7 rounds.
 */
int mpc_growth(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f);

#endif /* !SMPC_FUNC_RESPONSE_H */
