#ifndef SMPC_RING_BITS_INTERNAL_H
#define SMPC_RING_BITS_INTERNAL_H

/*
 * For bits*.c and their tests alone: the implementations that bits.h chooses from.  The contracts
 * are those of bits.h.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

struct bits_kernels {
	void (*slice)(word *planes, size_t stride, const word *x, size_t n, unsigned first,
	    unsigned count);
	void (*to_words)(word *x, const word *plane, size_t n);
	void (*pack)(uint8_t *out, const word *x, size_t n, unsigned b);
	void (*unpack)(word *x, const uint8_t *in, size_t n, unsigned b);
};

/* The reference, for any machine. */
extern const struct bits_kernels bits_plain;

#ifdef __x86_64__
/* Wants AVX-512 F, BW and VBMI, and GFNI. */
extern const struct bits_kernels bits_avx512;
#endif

/*
 * bits_best():
 * Return the implementation that is best here.
 */
const struct bits_kernels *bits_best(void);

#endif /* !SMPC_RING_BITS_INTERNAL_H */
