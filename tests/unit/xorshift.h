#ifndef SMPC_TESTS_UNIT_XORSHIFT_H
#define SMPC_TESTS_UNIT_XORSHIFT_H

/* Test inputs, the same in every run: no randomness. */

#include <stdint.h>

/*
 * xorshift_next():
 * Return the next word of Marsaglia's generator, which is never 0.
 */
static inline uint64_t
xorshift_next(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state);
}

#endif /* !SMPC_TESTS_UNIT_XORSHIFT_H */
