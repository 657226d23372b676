#include "ring/exp2.h"

/* sqrt(2) (ln 2)^k / k! with 30 fraction bits: Taylor's series of 2^(g + 1/2), |g| <= 1/2. */
static const int64_t coefficient[] = { 1518500250, 1052544167, 364784011, 84283003, 14605131,
	2024701, 233903 };

#define DEGREE (sizeof(coefficient) / sizeof(*coefficient) - 1)

uint64_t
exp2_fixed(uint64_t t, unsigned bits)
{
	unsigned whole = (unsigned)(t >> EXP2_INPUT_BITS);
	int64_t g = (int64_t)(t & ((1U << EXP2_INPUT_BITS) - 1)) - (1 << (EXP2_INPUT_BITS - 1));
	int64_t p = coefficient[DEGREE];
	unsigned k;

	for (k = DEGREE; k-- > 0;)
		p = coefficient[k] + ((p * g) >> EXP2_INPUT_BITS);
	/* p is below 2^31, and has 30 fraction bits. */
	return ((((uint64_t)p << (whole + bits)) + (1U << 29)) >> 30);
}
