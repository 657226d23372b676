#ifndef SMPC_RING_TRIG_INTERNAL_H
#define SMPC_RING_TRIG_INTERNAL_H

/*
 * For trig*.c and their tests alone: the implementations that trig.h chooses from.
 *
 * trig_narrow_*(s, c, u, n, multiplier, bits):
 * The sines and cosines of ${multiplier} u[i] with 1 to 30 fraction bits.  All give the same words:
 * trig_narrow_plain is plain C, trig_narrow_avx2 wants AVX2, trig_narrow_avx512 wants AVX-512 F and
 * DQ.
 *
 * trig_wide(s, c, u, n, multiplier, bits):
 * The same for 31 to 62 fraction bits.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

typedef void trig_kernel(int64_t *s, int64_t *c, const word *u, size_t n, uint64_t multiplier,
    unsigned bits);

#define TRIG_NARROW_BITS_MAX 30

trig_kernel trig_narrow_plain;
trig_kernel trig_wide;
#ifdef __x86_64__
trig_kernel trig_narrow_avx2;
trig_kernel trig_narrow_avx512;
#endif

/*
 * trig_kernel_for(bits):
 * Return the implementation that is best here.
 */
trig_kernel *trig_kernel_for(unsigned bits);

#endif /* !SMPC_RING_TRIG_INTERNAL_H */
