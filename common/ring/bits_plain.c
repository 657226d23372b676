/* The reference of bits.h, for any machine, and the sizes of what it writes. */

#include <string.h>

#include "ring/bits.h"
#include "ring/bits_internal.h"

size_t
bits_words(size_t n)
{

	return (n / 64 + (n % 64 != 0));
}

size_t
bits_packed_bytes(size_t n, unsigned b)
{

	return (n / 8 * b + (n % 8 * b + 7) / 8);
}

/* In squares of twice the width, exchange the upper right with the lower left quarter. */
static inline void
swap_quarters(word z[64], unsigned width, uint64_t mask)
{
	unsigned i, j;
	uint64_t t;

	for (i = 0; i < 64; i += 2 * width) {
		for (j = i; j < i + width; j++) {
			t = ((z[j] >> width) ^ z[j + width]) & mask;
			z[j] ^= t << width;
			z[j + width] ^= t;
		}
	}
}

/* Bit i of z[j] to bit j of z[i]. */
static void
transpose64(word z[64])
{

	swap_quarters(z, 32, 0x00000000ffffffff);
	swap_quarters(z, 16, 0x0000ffff0000ffff);
	swap_quarters(z, 8, 0x00ff00ff00ff00ff);
	swap_quarters(z, 4, 0x0f0f0f0f0f0f0f0f);
	swap_quarters(z, 2, 0x3333333333333333);
	swap_quarters(z, 1, 0x5555555555555555);
}

static void
plain_slice(word *planes, size_t stride, const word *x, size_t n, unsigned first,
    unsigned count)
{
	word block[64];
	size_t i, len;
	unsigned j;

	for (i = 0; i < n; i += 64) {
		len = (n - i < 64) ? n - i : 64;
		memcpy(block, x + i, len * sizeof(*block));
		memset(block + len, 0, (64 - len) * sizeof(*block));
		transpose64(block);
		for (j = 0; j < count; j++)
			planes[j * stride + i / 64] = block[first + j];
	}
}

void
bits_unslice(word *x, const word *planes, size_t stride, size_t n)
{
	word block[64];
	size_t i, len;
	unsigned j;

	for (i = 0; i < n; i += 64) {
		len = (n - i < 64) ? n - i : 64;
		for (j = 0; j < 64; j++)
			block[j] = planes[j * stride + i / 64];
		transpose64(block);
		memcpy(x + i, block, len * sizeof(*block));
	}
}

void
bits_clear_rest(word *plane, size_t n)
{

	if (n % 64 != 0)
		plane[n / 64] &= ((word)1 << (n % 64)) - 1;
}

static void
plain_to_words(word *x, const word *plane, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		x[i] = (plane[i / 64] >> (i % 64)) & 1;
}

/* Compilers make one load, or one store, of these. */
static inline uint64_t
load64(const uint8_t *p)
{

	return ((uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	    (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] <<
	    56);
}

static inline void
store64(uint8_t *p, uint64_t v)
{

	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
	p[4] = (uint8_t)(v >> 32);
	p[5] = (uint8_t)(v >> 40);
	p[6] = (uint8_t)(v >> 48);
	p[7] = (uint8_t)(v >> 56);
}

static void
plain_pack(uint8_t *out, const word *x, size_t n, unsigned b)
{
	uint64_t mask = UINT64_MAX >> (64 - b), waiting = 0, v;
	unsigned filled = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		v = x[i] & mask;
		waiting |= v << filled;
		filled += b;
		if (filled >= 64) {
			store64(out, waiting);
			out += 8;
			filled -= 64;
			waiting = (v >> 1) >> (b - filled - 1);
		}
	}
	for (; filled > 0; filled -= (filled < 8) ? filled : 8) {
		*out++ = (uint8_t)waiting;
		waiting >>= 8;
	}
}

/* ${b} bits, from bit ${at} % 8 of p[at / 8] on, of which there are ${bytes} bytes. */
static uint64_t
gather_bits(const uint8_t *p, size_t at, size_t bytes, unsigned b)
{
	uint8_t padded[16] = { 0 };
	size_t start = at / 8, len = (bytes - start < 9) ? bytes - start : 9;
	unsigned shift = at % 8;

	memcpy(padded, p + start, len);
	return (((load64(padded) >> shift) | ((uint64_t)padded[8] << 1) << (63 - shift)) &
	    (UINT64_MAX >> (64 - b)));
}

static void
plain_unpack(word *x, const uint8_t *in, size_t n, unsigned b)
{
	uint64_t mask = UINT64_MAX >> (64 - b);
	size_t bytes = bits_packed_bytes(n, b), at, i, j;
	const uint8_t *p;
	unsigned shift;

	/*
	 * Eight values take ${b} bytes.  A value may reach into nine, but more than that is not
	 * read.
	 */
	for (i = 0; n - i >= 8 && bytes >= (size_t)b + 9; i += 8, in += b, bytes -= b) {
		for (j = 0; j < 8; j++) {
			p = in + j * b / 8;
			shift = j * b % 8;
			x[i + j] = ((load64(p) >> shift) | ((uint64_t)p[8] << 1) << (63 - shift)) &
			    mask;
		}
	}
	for (at = 0; i < n; i++, at += b)
		x[i] = gather_bits(in, at, bytes, b);
}

const struct bits_kernels bits_plain = {
	.slice = plain_slice,
	.to_words = plain_to_words,
	.pack = plain_pack,
	.unpack = plain_unpack,
};
