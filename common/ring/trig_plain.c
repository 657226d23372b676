/* Sines and cosines in plain C, for any machine. */

#include "ring/trig_internal.h"

__extension__ typedef unsigned __int128 u128;

#define TRIG_STEP void step_plain
#define TRIG_LANES uint64_t
#define TRIG_MUL(a, b) ((uint64_t)(uint32_t)(a) * (uint32_t)(b))
#include "ring/trig_lanes.h"

void
trig_narrow_plain(int64_t *s, int64_t *c, const word *u, size_t n, uint64_t multiplier,
    unsigned bits)
{
	uint64_t sine, cosine;
	size_t i;

	for (i = 0; i < n; i++) {
		step_plain(&sine, &cosine, u[i] * multiplier, bits);
		s[i] = (int64_t)sine;
		c[i] = (int64_t)cosine;
	}
}

/*
 * A coefficient, times the power of two that makes it a 64-bit word, and the shift of the product
 * taken from it.
 */
struct term {
	uint64_t coefficient;
	unsigned shift;
};

/*
 * a - y (b - y (c - ...)); the product of two words is taken down by 2^64 and the shift, and
 * rounded.
 */
static inline uint64_t
horner(const struct term *terms, size_t count, uint64_t y)
{
	uint64_t p = terms[count - 1].coefficient;
	u128 product;

	for (count--; count-- > 0;) {
		product = (u128)y * p + ((u128)1 << (63 + terms[count].shift));
		p = terms[count].coefficient - (uint64_t)(product >> (64 + terms[count].shift));
	}
	return (p);
}

/*
 * As in trig_lanes.h, with words of 64 bits in place of 32, T_17 and T_8, and the distance as it
 * is: t = x / 2^64.
 */
static inline void
step_wide(int64_t *sine, int64_t *cosine, uint64_t u, unsigned bits)
{
	static const struct term sine_terms[8] = { { 0xc90fdaa22168c235, 3 },
		{ 0xa55de7312df295a1, 5 },
		{ 0xa335e33bad567ada, 6 }, { 0x9969667315040246, 7 }, { 0xa83c1a42742f6065, 8 },
		    { 0xf183a51316a5b9a6, 8 },
		{ 0xf47705566ba66f74, 8 }, { 0xb6134c25efce97b5, 0 } };
	static const struct term cosine_terms[7] = { { 0x9de9e64df22ef270, 4 },
		{ 0x81e0f840dad580f6, 6 },
		{ 0xaae9e3f1e4adba13, 7 }, { 0xf0fa8341d9de1312, 7 }, { 0xd368f65b75bda3fb, 8 },
		    { 0xfce63548947400f7, 8 },
		{ 0xd937eb1e93f5b3dc, 0 } };
	uint64_t w = u + ((uint64_t)1 << 61), minus = ((w >> 61) & 1) - 1, swap = -((w >> 62) & 1),
	    p, s, c, x, y;

	/* An octant is one unit too many. */
	p = (w & (UINT64_MAX >> 2)) - ((uint64_t)1 << 61);
	p = (p ^ minus) - minus;
	x = (p << 3) - (p >> 61);
	y = (uint64_t)(((u128)x * x + ((u128)1 << 63)) >> 64);

	s = (uint64_t)(((u128)x * horner(sine_terms, 8, y) + ((u128)1 << (127 - bits))) >>
	    (128 - bits));
	c = (uint64_t)((((u128)1 << 126) + ((u128)1 << (125 - bits)) -
	    (((u128)y * horner(cosine_terms, 7, y)) >> 3)) >> (126 - bits));

	s = (s ^ minus) - minus;
	x = (s ^ c) & swap;
	s ^= x;
	c ^= x;
	p = -(w >> 63);
	*sine = (int64_t)((s ^ p) - p);
	p ^= swap;
	*cosine = (int64_t)((c ^ p) - p);
}

void
trig_wide(int64_t *s, int64_t *c, const word *u, size_t n, uint64_t multiplier, unsigned bits)
{
	size_t i;

	for (i = 0; i < n; i++)
		step_wide(&s[i], &c[i], u[i] * multiplier, bits);
}
