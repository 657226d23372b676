#include "ring/bits_internal.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vbmi,gfni")))
#define INLINE TARGET static inline __attribute__((always_inline))

/* The loops over vectors that are to stay in registers. */
#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

/* The low ${n} bits, for up to 64. */
INLINE uint64_t
low(size_t n)
{

	return ((n < 64) ? ((uint64_t)1 << n) - 1 : UINT64_MAX);
}

/* ---- transposition ---- */

/* Element j of z[i] to element i of z[j], in elements of 128 bits. */
INLINE void
transpose128x4(__m512i *z0, __m512i *z1, __m512i *z2, __m512i *z3)
{
	__m512i a = _mm512_shuffle_i64x2(*z0, *z1, 0x44), b = _mm512_shuffle_i64x2(*z0, *z1, 0xee);
	__m512i c = _mm512_shuffle_i64x2(*z2, *z3, 0x44), d = _mm512_shuffle_i64x2(*z2, *z3, 0xee);

	*z0 = _mm512_shuffle_i64x2(a, c, 0x88);
	*z1 = _mm512_shuffle_i64x2(a, c, 0xdd);
	*z2 = _mm512_shuffle_i64x2(b, d, 0x88);
	*z3 = _mm512_shuffle_i64x2(b, d, 0xdd);
}

/* Word j of z[i] to word i of z[j]. */
INLINE void
transpose_words(__m512i z[8])
{
	__m512i even[4], odd[4];
	size_t i;

	UNROLL
	for (i = 0; i < 4; i++) {
		even[i] = _mm512_unpacklo_epi64(z[2 * i], z[2 * i + 1]);
		odd[i] = _mm512_unpackhi_epi64(z[2 * i], z[2 * i + 1]);
	}
	transpose128x4(&even[0], &even[1], &even[2], &even[3]);
	transpose128x4(&odd[0], &odd[1], &odd[2], &odd[3]);
	UNROLL
	for (i = 0; i < 4; i++) {
		z[2 * i] = even[i];
		z[2 * i + 1] = odd[i];
	}
}

/*
 * 64 x 64 bits, eight words to a vector.  Within each vector, bytes of equal significance come
 * together, so that a word of it is a square of 8 x 8 bits; gf2p8affine multiplies that by the unit
 * matrix, with the effect of a transposition if the rows stand in reverse.  Then words move between
 * vectors, and bytes to their places.
 */
INLINE void
transpose_bits(__m512i z[8])
{
	const __m512i unit = _mm512_set1_epi64((long long)0x8040201008040201);
	const __m512i rows = _mm512_setr_epi64(0x0008101820283038, 0x0109111921293139,
	    0x020a121a222a323a, 0x030b131b232b333b, 0x040c141c242c343c, 0x050d151d252d353d,
	    0x060e161e262e363e, 0x070f171f272f373f);
	const __m512i back = _mm512_setr_epi64(0x3830282018100800, 0x3931292119110901,
	    0x3a322a221a120a02, 0x3b332b231b130b03, 0x3c342c241c140c04, 0x3d352d251d150d05,
	    0x3e362e261e160e06, 0x3f372f271f170f07);
	size_t i;

	UNROLL
	for (i = 0; i < 8; i++)
		z[i] = _mm512_gf2p8affine_epi64_epi8(unit, _mm512_permutexvar_epi8(rows, z[i]), 0);
	transpose_words(z);
	UNROLL
	for (i = 0; i < 8; i++)
		z[i] = _mm512_permutexvar_epi8(back, z[i]);
}

/* ---- slices: 512 values at a time, so that eight words of a plane are written together ---- */

/*
 * Read up to 512 values and transpose each 64 of them: planes 8g .. 8g + 7 of block i are in
 * t[g][i].
 */
INLINE void
read_values(__m512i t[8][8], const word *x, size_t n)
{
	__m512i z[8];
	size_t i, j, at;

	for (i = 0; i < 8; i++) {
		UNROLL
		for (j = 0; j < 8; j++) {
			at = (8 * i + j) * 8;
			z[j] = (n >= at + 8) ? _mm512_loadu_si512(x + at) :
			    (n <= at) ? _mm512_setzero_si512() :
			    _mm512_maskz_loadu_epi64((__mmask8)low(n - at), x + at);
		}
		if (n > 64 * i)
			transpose_bits(z);
		UNROLL
		for (j = 0; j < 8; j++)
			t[j][i] = z[j];
	}
}

TARGET static void
avx512_slice(word *planes, size_t stride, const word *x, size_t n, unsigned first,
    unsigned count)
{
	__m512i t[8][8];
	__mmask8 words;
	unsigned plane, end = first + count;
	size_t i;

	for (i = 0; i < n; i += 512) {
		read_values(t, x + i, n - i);
		words = (__mmask8)low((n - i + 63) / 64);
		for (plane = first & ~7U; plane < end; plane++) {
			if (plane % 8 == 0)
				transpose_words(t[plane / 8]);
			if (plane >= first)
				_mm512_mask_storeu_epi64(planes + (plane - first) * stride + i / 64,
				    words, t[plane / 8][plane % 8]);
		}
	}
}

/* ---- single bits ---- */

TARGET static void
avx512_to_words(word *x, const word *plane, size_t n)
{
	uint64_t w;
	size_t i, j;

	for (i = 0; n - i >= 64; i += 64) {
		for (w = plane[i / 64], j = 0; j < 64; j += 8)
			_mm512_storeu_si512(x + i + j, _mm512_maskz_set1_epi64((__mmask8)(w >> j),
			    1));
	}
	bits_plain.to_words(x + i, plane + i / 64, n - i);
}

/* ---- packing: eight values of b bits are b bytes ---- */

/*
 * What the permutations below handle: values that lie in 8 bytes wherever they begin, at most two
 * of them in a byte.
 */
#define PACK_MIN 6
#define PACK_MAX 58

/* Where each value begins: byte and bit. */
static void
places(uint8_t byte[8], word bit[8], unsigned b)
{
	unsigned i;

	for (i = 0; i < 8; i++) {
		byte[i] = (uint8_t)(i * b / 8);
		bit[i] = i * b % 8;
	}
}

TARGET static void
avx512_pack(uint8_t *out, const word *x, size_t n, unsigned b)
{
	uint8_t byte[8], from[2][64] = { { 0 } };
	word bit[8], used[2] = { 0, 0 };
	__m512i shift, even, odd, v, mask = _mm512_set1_epi64((long long)low(b));
	size_t i, j;

	if (b == 64) {
		memcpy(out, x, n * sizeof(*x));
		return;
	}
	if (b < PACK_MIN || b > PACK_MAX || n < 64) {
		bits_plain.pack(out, x, n, b);
		return;
	}

	/* Each value is shifted to its place in a byte; even and odd ones do not meet there. */
	places(byte, bit, b);
	for (i = 0; i < 8; i++) {
		for (j = 0; j < (bit[i] + b + 7) / 8; j++) {
			from[i % 2][byte[i] + j] = (uint8_t)(8 * i + j);
			used[i % 2] |= (uint64_t)1 << (byte[i] + j);
		}
	}
	shift = _mm512_loadu_si512(bit);
	even = _mm512_loadu_si512(from[0]);
	odd = _mm512_loadu_si512(from[1]);
	for (i = 0; n - i >= 8; i += 8, out += b) {
		v = _mm512_sllv_epi64(_mm512_and_si512(_mm512_loadu_si512(x + i), mask), shift);
		v = _mm512_or_si512(_mm512_maskz_permutexvar_epi8(used[0], even, v),
		    _mm512_maskz_permutexvar_epi8(used[1], odd, v));
		_mm512_mask_storeu_epi8(out, low(b), v);
	}
	bits_plain.pack(out, x + i, n - i, b);
}

TARGET static void
avx512_unpack(word *x, const uint8_t *in, size_t n, unsigned b)
{
	uint8_t byte[8], from[64];
	word bit[8];
	__m512i shift, place, mask = _mm512_set1_epi64((long long)low(b));
	size_t i;

	if (b == 64) {
		memcpy(x, in, n * sizeof(*x));
		return;
	}
	if (b < PACK_MIN || b > PACK_MAX || n < 64) {
		bits_plain.unpack(x, in, n, b);
		return;
	}
	places(byte, bit, b);
	for (i = 0; i < 64; i++)
		from[i] = (uint8_t)(byte[i / 8] + i % 8);
	shift = _mm512_loadu_si512(bit);
	place = _mm512_loadu_si512(from);
	for (i = 0; n - i >= 8; i += 8, in += b)
		_mm512_storeu_si512(x + i, _mm512_and_si512(_mm512_srlv_epi64(
		    _mm512_permutexvar_epi8(place, _mm512_maskz_loadu_epi8(low(b), in)), shift),
		    mask));
	bits_plain.unpack(x + i, in, n - i, b);
}

const struct bits_kernels bits_avx512 = {
	.slice = avx512_slice,
	.to_words = avx512_to_words,
	.pack = avx512_pack,
	.unpack = avx512_unpack,
};

#endif
