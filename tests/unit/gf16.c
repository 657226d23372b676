/*
 * GF(16) and GF(256) on planes, all elements, against polynomials that are multiplied one bit at a
 * time.
 */

#include <string.h>

#include "ring/gf16.h"
#include "tap.h"

#define ALL 256
#define WORDS (ALL / 64)
#define BYTE_BITS 8
#define GUARD 0x5a5a5a5a5a5a5a5aU
#define LAMBDA 0xcU /* z^3 + z^2 */

/* ---- one element at a time ---- */

/* ${x} ${y} modulo a polynomial of ${bits} bits and a leading one. */
static unsigned
product(unsigned x, unsigned y, unsigned bits, unsigned modulus)
{
	unsigned z = 0, i;

	for (i = bits; i-- > 0;) {
		z <<= 1;
		if ((z >> bits & 1) != 0)
			z ^= modulus;
		if ((y >> i & 1) != 0)
			z ^= x;
	}
	return (z);
}

static unsigned
mul16(unsigned x, unsigned y)
{

	return (product(x, y, 4, 0x13));
}

static unsigned
mul_aes(unsigned x, unsigned y)
{

	return (product(x, y, 8, 0x11b));
}

/* The y for which x y = 1; of 0, 0. */
static unsigned
inverse(unsigned x, unsigned (*mul)(unsigned x, unsigned y), unsigned elements)
{
	unsigned y;

	for (y = 1; y < elements; y++) {
		if (mul(x, y) == 1)
			return (y);
	}
	return (0);
}

/* a Y + b, with a in the low four bits: Y^2 = Y + lambda. */
static unsigned
mul_pair(unsigned x, unsigned y)
{
	unsigned a = x & 15, b = x >> 4, c = y & 15, d = y >> 4, ac = mul16(a, c);

	return ((ac ^ mul16(a, d) ^ mul16(b, c)) | (mul16(b, d) ^ mul16(ac, LAMBDA)) << 4);
}

static unsigned
norm(unsigned x)
{
	unsigned a = x & 15, b = x >> 4;

	return (mul16(LAMBDA, mul16(a, a)) ^ mul16(a, b) ^ mul16(b, b));
}

/* FIPS 197, section 5.1.1. */
static unsigned
s_box(unsigned x)
{
	unsigned b = inverse(x, mul_aes, ALL), z = 0, i;

	for (i = 0; i < BYTE_BITS; i++)
		z |= ((b >> i ^ b >> (i + 4) % 8 ^ b >> (i + 5) % 8 ^ b >> (i + 6) % 8 ^
		    b >> (i + 7) % 8 ^ 0x63U >> i) & 1) << i;
	return (z);
}

/* ---- all at once ---- */

/* Planes of ${bits} bits, and a word behind them. */
static void
put(word *planes, const unsigned *x, unsigned bits)
{
	unsigned i, j;

	memset(planes, 0, bits * WORDS * sizeof(*planes));
	for (i = 0; i < ALL; i++) {
		for (j = 0; j < bits; j++)
			planes[j * WORDS + i / 64] |= (word)(x[i] >> j & 1) << (i % 64);
	}
	planes[bits * WORDS] = GUARD;
}

static unsigned
get(const word *planes, unsigned bits, unsigned i)
{
	unsigned x = 0, j;

	for (j = 0; j < bits; j++)
		x |= (unsigned)(planes[j * WORDS + i / 64] >> (i % 64) & 1) << j;
	return (x);
}

static word x_planes[BYTE_BITS * WORDS + 1], y_planes[BYTE_BITS * WORDS + 1],
    z_planes[BYTE_BITS * WORDS + 1];

/*
 * z += f(x, y) for 256 elements at a time, of which y is the sum of the element's number and ${k};
 * how many are not ${want}.
 */
static size_t
wrong(void (*f)(word *z, const word *x, const word *y, size_t words), unsigned bits_x,
    unsigned bits_y, unsigned bits_z, unsigned (*want)(unsigned x, unsigned y), unsigned k)
{
	unsigned x[ALL], y[ALL], z[ALL], i;
	size_t count = 0;

	for (i = 0; i < ALL; i++) {
		x[i] = i & ((1U << bits_x) - 1);
		y[i] = (k ^ ((bits_x == 8) ? i : i >> 4)) & ((1U << bits_y) - 1);
		z[i] = (i * 7 + k) & ((1U << bits_z) - 1);
	}
	put(x_planes, x, bits_x);
	put(y_planes, y, bits_y);
	put(z_planes, z, bits_z);
	f(z_planes, x_planes, y_planes, WORDS);
	for (i = 0; i < ALL; i++)
		count += (get(z_planes, bits_z, i) != (z[i] ^ want(x[i], y[i])));
	return (count + (z_planes[bits_z * WORDS] != GUARD));
}

static void
norm_of_first(word *z, const word *x, const word *y, size_t words)
{

	(void)y;
	gf16_add_norm(z, x, words);
}

static unsigned
want_norm(unsigned x, unsigned y)
{

	(void)y;
	return (norm(x));
}

static unsigned
want_cross(unsigned x, unsigned y)
{

	return (norm(x ^ y) ^ norm(x) ^ norm(y));
}

static unsigned
want_products(unsigned x, unsigned e)
{

	return (mul16(x & 15, e) | mul16((x & 15) ^ x >> 4, e) << 4);
}

/* Whatever bits an inverse in GF(16) is a sum of. */
static unsigned
inverse_by_terms(unsigned x)
{
	unsigned y = 0, j, set;
	size_t i;

	for (j = 0; j < GF16_BITS; j++) {
		for (i = 0; (set = gf16_inverse_term(j, i)) != 0; i++)
			y ^= (unsigned)((x & set) == set) << j;
	}
	return (y);
}

/* ---- the tests ---- */

static void
test_gf16(void)
{
	size_t count = 0, cross = 0, products = 0;
	unsigned k;

	ok(wrong(gf16_add_product, 4, 4, 4, mul16, 0) == 0, "products in GF(16)");
	ok(wrong(norm_of_first, 8, 8, 4, want_norm, 0) == 0, "norms");
	for (k = 0; k < ALL; k++)
		cross += wrong(gf16_add_norm_cross, 8, 8, 4, want_cross, k);
	ok(cross == 0, "what is bilinear of the norm, of all pairs");
	for (k = 0; k < 16; k++)
		products += wrong(gf16_add_products, 8, 4, 8, want_products, k);
	ok(products == 0, "products with a and a + b");
	for (k = 0; k < 16; k++)
		count += (inverse_by_terms(k) != inverse(k, mul16, 16));
	ok(count == 0, "inverses in GF(16)");
}

/* To pairs, as a map of fields; and 1 / (a Y + b) as the header has it, to the S-box. */
static void
test_aes(void)
{
	unsigned x[ALL], pair[ALL], boxed[ALL], i, j, e, maps = 0, inverses = 0, boxes = 0;

	for (i = 0; i < ALL; i++)
		x[i] = i;
	put(x_planes, x, BYTE_BITS);
	z_planes[BYTE_BITS * WORDS] = GUARD;
	gf16_from_aes(z_planes, x_planes, WORDS);
	for (i = 0; i < ALL; i++)
		pair[i] = get(z_planes, BYTE_BITS, i);
	for (i = 0; i < ALL; i++) {
		for (j = 0; j < ALL; j++)
			maps += (pair[mul_aes(i, j)] != mul_pair(pair[i], pair[j]) ||
			    pair[i ^ j] != (pair[i] ^ pair[j]));
	}
	ok(maps == 0 && pair[1] == 0x10 && z_planes[BYTE_BITS * WORDS] == GUARD,
	    "bytes to pairs: sums and products of all");

	for (i = 0; i < ALL; i++) {
		e = inverse_by_terms(norm(pair[i]));
		boxed[i] = want_products(pair[i], e);
		inverses += (mul_pair(pair[i], boxed[i]) != ((i == 0) ? 0U : 0x10U));
	}
	ok(inverses == 0, "inverses of all 256");
	put(x_planes, boxed, BYTE_BITS);
	z_planes[BYTE_BITS * WORDS] = GUARD;
	gf16_to_aes_box(z_planes, x_planes, WORDS);
	for (i = 0; i < ALL; i++)
		boxes += ((get(z_planes, BYTE_BITS, i) ^ GF16_AES_CONSTANT) != s_box(i));
	ok(boxes == 0 && s_box(0x53) == 0xed && z_planes[BYTE_BITS * WORDS] == GUARD,
	    "and the S-box");
}

int
main(void)
{

	tap_plan(8);
	test_gf16();
	test_aes();
	return (tap_end());
}
