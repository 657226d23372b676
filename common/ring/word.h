#ifndef SMPC_RING_WORD_H
#define SMPC_RING_WORD_H

/*
 * The element that everything secret is made of: a number mod 2^64, or 64 bits side by side.  What
 * else has 64 bits (counts, rows, seeds) is a uint64_t.
 */

#include <stdint.h>

typedef uint64_t word;

/*
 * word_signed(v):
 * The number from -2^63 to 2^63 - 1 that ${v} stands for.
 */
static inline int64_t
word_signed(word v)
{

	/* Two's complement, which C leaves to the implementation and every compiler here has. */
	return ((int64_t)v);
}

/*
 * word_bits(v):
 * How many bits ${v} has, from its highest one down: none of 0.
 */
static inline unsigned
word_bits(word v)
{
	unsigned bits = 0;

	for (; v != 0; v >>= 1)
		bits++;
	return (bits);
}

/*
 * ceil_log2(n):
 * The least b for which n <= 2^b; 63 of larger numbers.
 */
static inline unsigned
ceil_log2(uint64_t n)
{
	unsigned bits = 0;

	while (bits < 63 && ((uint64_t)1 << bits) < n)
		bits++;
	return (bits);
}

#endif /* !SMPC_RING_WORD_H */
