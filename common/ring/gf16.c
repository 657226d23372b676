#include "ring/gf16.h"

#include <string.h>

/* ---- in GF(16): z^4 = z + 1, z^5 = z^2 + z, z^6 = z^3 + z^2 ---- */

void
gf16_add_product(word *restrict z, const word *restrict x, const word *restrict y, size_t words)
{
	const word *x1 = x + words, *x2 = x1 + words, *x3 = x2 + words;
	const word *y1 = y + words, *y2 = y1 + words, *y3 = y2 + words;
	word *z1 = z + words, *z2 = z1 + words, *z3 = z2 + words, s4, s5, s6;
	size_t i;

	for (i = 0; i < words; i++) {
		s4 = (x1[i] & y3[i]) ^ (x2[i] & y2[i]) ^ (x3[i] & y1[i]);
		s5 = (x2[i] & y3[i]) ^ (x3[i] & y2[i]);
		s6 = x3[i] & y3[i];
		z[i] ^= (x[i] & y[i]) ^ s4;
		z1[i] ^= (x[i] & y1[i]) ^ (x1[i] & y[i]) ^ s4 ^ s5;
		z2[i] ^= (x[i] & y2[i]) ^ (x1[i] & y1[i]) ^ (x2[i] & y[i]) ^ s5 ^ s6;
		z3[i] ^= (x[i] & y3[i]) ^ (x1[i] & y2[i]) ^ (x2[i] & y1[i]) ^ (x3[i] & y[i]) ^ s6;
	}
}

/* z_j += the sum of those planes of x that row j names. */
static void
add_linear(word *restrict z, const word *restrict x, const uint8_t *rows, unsigned out,
    unsigned in, size_t words)
{
	unsigned j, k;
	size_t i;

	for (j = 0; j < out; j++) {
		for (k = 0; k < in; k++) {
			for (i = 0; (rows[j] >> k & 1) != 0 && i < words; i++)
				z[j * words + i] ^= x[k * words + i];
		}
	}
}

/*
 * With lambda = z^3 + z^2, for which Y^2 + Y + lambda has no root: of bits of a, lambda a^2; of
 * bits of b, b^2.
 */
void
gf16_add_norm(word *z, const word *ab, size_t words)
{
	static const uint8_t lambda_square[] = { 0xe, 0xc, 0xf, 0x9 };
	static const uint8_t square[] = { 0x5, 0x4, 0xa, 0x8 };
	const word *a = ab, *b = ab + GF16_BITS * words;

	add_linear(z, a, lambda_square, GF16_BITS, GF16_BITS, words);
	add_linear(z, b, square, GF16_BITS, GF16_BITS, words);
	gf16_add_product(z, a, b, words);
}

void
gf16_add_norm_cross(word *z, const word *x, const word *y, size_t words)
{
	const size_t b = GF16_BITS * words;

	gf16_add_product(z, x, y + b, words);
	gf16_add_product(z, y, x + b, words);
}

void
gf16_add_products(word *z, const word *ab, const word *e, size_t words)
{
	const size_t b = GF16_BITS * words;

	gf16_add_product(z, ab, e, words);
	gf16_add_product(z + b, ab, e, words);
	gf16_add_product(z + b, ab + b, e, words);
}

/* x^14, multiplied out: the sets of bits of x whose products each bit is the sum of. */
unsigned
gf16_inverse_term(unsigned j, size_t i)
{
	static const uint8_t terms[GF16_BITS][GF16_INVERSE_TERMS] = {
		{ 0x1, 0x2, 0x4, 0x5, 0x6, 0x7, 0x8, 0xe },
		{ 0x3, 0x5, 0x6, 0x8, 0xa, 0xb },
		{ 0x3, 0x4, 0x5, 0x8, 0x9, 0xd },
		{ 0x2, 0x4, 0x8, 0x9, 0xa, 0xc, 0xe },
	};

	return (terms[j][i]);
}

/* ---- to and from the bytes of AES ---- */

/*
 * z = X^7 + X^6 + X^5 and Y = X^6 + X in the field of AES: then bytes are sums of X^i, and pairs
 * (a, b) sums of z^i Y and z^i.  Of the 64 pairs of roots (z, Y) these have the fewest ones.
 */
void
gf16_from_aes(word *z, const word *x, size_t words)
{
	static const uint8_t rows[] = { 0xa2, 0x0c, 0xd2, 0xa0, 0x05, 0xe6, 0x08, 0xca };

	memset(z, 0, 8 * words * sizeof(*z));
	add_linear(z, x, rows, 8, 8, words);
}

void
gf16_to_aes_box(word *z, const word *x, size_t words)
{
	static const uint8_t rows[] = { 0xfd, 0x30, 0xd0, 0xf3, 0x9d, 0x6d, 0x07, 0xef };

	memset(z, 0, 8 * words * sizeof(*z));
	add_linear(z, x, rows, 8, 8, words);
}
