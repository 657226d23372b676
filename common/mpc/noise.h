#ifndef SMPC_MPC_NOISE_H
#define SMPC_MPC_NOISE_H

/*
 * Noise of all parties on secret words, before they are revealed.  mpc.h includes this.
 */

#include "ring/word.h"

struct mpc;
struct mpc_vector;

/*
 * mpc_add_noise(S, y, x, own):
 * y = x + the sum of what all parties, the dealer included, bring along in ${own}, mod 2^64; ${y}
 * may be ${x}.  ${own} is a party's secret, x->n words, drawn from a key that nobody else has
 * (crypto/discrete_gaussian.h, crypto/prg.h: prg_new_key): none of the engine's keys, as another
 * party knows each of them.  In the plain engine it is the sum; NULL in a plan, and nowhere else.
 *
 * Range    ${y} has to have room.  Noise of the deviations that privacy_sigma gives comes to less
 *          than 2^7 times the dealer's and 2^12 units, but for a chance of 2^-5000; so to less than
 *          2^52.
 * Masks    ${y} is under fresh masks, and takes them from keys (mpc_draw_from).
 * Cost     1 round; 64 bits dealt and 64 opened for each word.
 * Reveals  nothing.  Who learns ${y} in the end can take off what he knows of the noise: the
 *          dealer, or n - 1 computing parties, their own.
 * Source   smpc-protocol(7), Noise.
 */
int mpc_add_noise(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const word *own);

#endif /* !SMPC_MPC_NOISE_H */
