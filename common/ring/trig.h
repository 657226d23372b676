#ifndef SMPC_RING_TRIG_H
#define SMPC_RING_TRIG_H

/*
 * Sine and cosine in whole numbers.  An angle is a word: u stands for u / 2^64 of a full turn, so
 * that angles add, and are multiplied by integers, mod 2^64.  A result is fixed point with 1 to 62
 * fraction bits; 1 is 2^bits.
 *
 * Every machine and every instruction set gives the same words, because only integers are used;
 * parties rely on it.  For the same reason the words may never change: they are part of what a
 * protocol computes.  The time taken depends on lengths and ${bits} alone.  Nothing here allocates
 * or reports.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

#define TRIG_BITS_MAX 62

/*
 * trig_sincos(s, c, u, n, multiplier, bits):
 * s[i] = sin(2 pi v / 2^64) and c[i] = cos(2 pi v / 2^64), times 2^${bits}, of v = ${multiplier}
 * u[i]: of the angle for 1, a harmonic for more.  ${bits} is 1 .. TRIG_BITS_MAX.  No overlap.
 *
 * Error    less than 0.6 units in the last place, or 0.8 with 29, 30, 61 and 62 bits.  Quarter
 *          turns are exact.
 * Cost     up to 30 bits, 10 products of 32-bit numbers, in vectors where there are any; beyond, 16
 *          of 64-bit numbers.
 */
void trig_sincos(int64_t *s, int64_t *c, const word *u, size_t n, uint64_t multiplier,
    unsigned bits);

#endif /* !SMPC_RING_TRIG_H */
