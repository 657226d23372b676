#ifndef SMPC_RING_RING_H
#define SMPC_RING_RING_H

/*
 * Vectors and matrices over Z_Q, for any modulus Q from 2 to 2^64.
 *
 * Units: ring words, row-major.  Words of a modulus below 2^64 are in 0 .. Q - 1 on entry and on
 * return.  Nothing here allocates, reports or draws randomness; the time taken depends on lengths
 * alone.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

/* A modulus and the constants that reduction by it needs. */
struct ring {
	uint64_t q;          /* 0 stands for 2^64 */
	uint64_t normalized; /* q << shift, top bit set */
	uint64_t reciprocal; /* floor((2^128 - 1) / normalized) - 2^64 */
	unsigned shift;
};

/*
 * ring_init(R, q):
 * Prepare arithmetic mod ${q}; 0 stands for 2^64, 1 is not allowed.
 */
void ring_init(struct ring *R, uint64_t q);

/*
 * ring_from_int(R, v):
 * Return the residue of a public integer.
 */
uint64_t ring_from_int(const struct ring *R, int64_t v);

/*
 * ring_check(R, x, n):
 * Return 0 when all ${n} words are residues, -1 otherwise.
 */
int ring_check(const struct ring *R, const word *x, size_t n);

/*
 * ring_add(R, z, x, y, n), ring_sub, ring_mul:
 * z = x + y, z = x - y, z = x * y, elementwise.  ${z} may be ${x} or ${y}.
 */
void ring_add(const struct ring *R, word *z, const word *x, const word *y, size_t n);
void ring_sub(const struct ring *R, word *z, const word *x, const word *y, size_t n);
void ring_mul(const struct ring *R, word *z, const word *x, const word *y, size_t n);

/*
 * ring_scale(R, z, x, c, n):
 * z = c x.  ${z} may be ${x}.
 */
void ring_scale(const struct ring *R, word *z, const word *x, uint64_t c, size_t n);

/*
 * ring_sum(R, x, n):
 * Return the sum of ${n} words.
 */
uint64_t ring_sum(const struct ring *R, const word *x, size_t n);

/*
 * ring_matmul_add(R, z, x, y, m, k, n):
 * z = z + x y.
 *
 * Shapes   x: m x k, y: k x n, z: m x n; no overlap.
 */
void ring_matmul_add(const struct ring *R, word *z, const word *x, const word *y,
    size_t m, size_t k, size_t n);

/*
 * ring_below(u, n):
 * Map a uniform word to 0 .. ${n} - 1: floor(u n / 2^64).
 */
uint64_t ring_below(uint64_t u, uint64_t n);

/*
 * ring_uniform(R, z, pairs, n):
 * Map ${n} pairs of uniform words (low, high) to residues, floor(pair * Q / 2^128): uniform within
 * 2^-64 and without a branch.  For Q < 2^64 only.
 */
void ring_uniform(const struct ring *R, word *z, const word *pairs, size_t n);

#endif /* !SMPC_RING_RING_H */
