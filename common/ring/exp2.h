#ifndef SMPC_RING_EXP2_H
#define SMPC_RING_EXP2_H

/*
 * Powers of two in whole numbers, the same at all parties; without a table, as the exponent may be
 * secret.
 */

#include <stdint.h>

#define EXP2_INPUT_BITS 13 /* fraction bits of the exponent */

/*
 * exp2_fixed(t, bits):
 * Return 2^(t / 2^EXP2_INPUT_BITS) times 2^${bits}, rounded, for t from 0 to 2^16 and ${bits} up to
 * 22.  The relative error of what is rounded is below 2^-18.  The time taken is the same for all t
 * and ${bits}.
 */
uint64_t exp2_fixed(uint64_t t, unsigned bits);

#endif /* !SMPC_RING_EXP2_H */
