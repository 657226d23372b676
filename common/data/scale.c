#include "data/scale.h"

#include <inttypes.h>

#include "base/diag.h"
#include "base/num.h"

struct scale
scale_of(const struct part *p)
{

	return ((struct scale){ p->fraction_bits, p->divisor });
}

void
scale_set(struct part *p, struct scale s)
{

	p->fraction_bits = s.fraction_bits;
	p->divisor = s.divisor;
}

/* Multiply divisors, at most 2^32 each. */
static int
multiply_divisors(uint64_t *a, uint64_t b)
{

	if (*a > PART_MAX_DIVISOR / b)
		return (fail(ST_RANGE, "the divisors %" PRIu64 " and %" PRIu64 " do not fit "
		    "together", *a, b));
	*a *= b;
	return (0);
}

int
scale_unite(struct scale *a, struct scale b)
{

	if (b.fraction_bits > a->fraction_bits)
		a->fraction_bits = b.fraction_bits;
	return (multiply_divisors(&a->divisor, b.divisor / num_common_divisor(a->divisor,
	    b.divisor)));
}

int
scale_multiply(struct scale *a, struct scale b, const char *remedy)
{

	if (a->fraction_bits + b.fraction_bits > PART_MAX_FRACTION_BITS)
		return (fail(ST_RANGE, "the product would have %u fraction bits, more than %d; %s",
		    a->fraction_bits + b.fraction_bits, PART_MAX_FRACTION_BITS, remedy));
	a->fraction_bits += b.fraction_bits;
	return (multiply_divisors(&a->divisor, b.divisor));
}

uint64_t
scale_factor(const struct ring *R, struct scale from, struct scale to)
{
	uint64_t factor = to.divisor / from.divisor;

	/* Fraction bits differ only where the modulus is 2^64. */
	if (R->q == 0)
		return (factor << (to.fraction_bits - from.fraction_bits));
	return (factor % R->q);
}
