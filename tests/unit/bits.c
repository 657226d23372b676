/*
 * Bit slicing and packing, every implementation, against one bit at a time.  Each vector is an
 * allocation of exactly its length, so that the sanitizers see a word too many; what is written
 * behind the result is seen by a guard as well.
 */

#include "ring/bits.h"
#include "ring/bits_internal.h"
#include "tap.h"
#include "xorshift.h"

#define GUARD 0x5a

/* Numbers of values on either side of what the implementations take at once. */
static const size_t lengths[] = { 0, 1, 2, 7, 8, 9, 31, 63, 64, 65, 71, 72, 127, 128, 129, 448, 449,
	511, 512, 513, 520,
	576, 1000, 1024, 1087 };
#define N_LENGTHS (sizeof(lengths) / sizeof(lengths[0]))

static void *
allocate(size_t bytes)
{
	void *p = malloc((bytes > 0) ? bytes : 1);

	if (p == NULL)
		tap_bail("memory");
	memset(p, GUARD, (bytes > 0) ? bytes : 1);
	return (p);
}

static uint64_t *
values(size_t n)
{
	uint64_t *x = allocate(n * sizeof(*x));
	size_t i;

	for (i = 0; i < n; i++)
		x[i] = xorshift_next();
	return (x);
}

static uint64_t
bit(const uint64_t *words, size_t i)
{

	return ((words[i / 64] >> (i % 64)) & 1);
}

static uint64_t
low(uint64_t v, unsigned b)
{

	return ((b < 64) ? v & (((uint64_t)1 << b) - 1) : v);
}

/* Slice ${n} values into planes that lie ${gap} words further apart than they must. */
static size_t
wrong_slices(const struct bits_kernels *k, size_t n, unsigned first, unsigned count, size_t gap)
{
	size_t stride = bits_words(n) + gap, words = (count > 0) ? (count - 1) * stride +
	    bits_words(n) : 0, i, j, wrong = 0;
	uint64_t *x = values(n), *planes = allocate(words * sizeof(*planes)), guard;

	memset(&guard, GUARD, sizeof(guard));
	k->slice(planes, stride, x, n, first, count);
	for (j = 0; j < count; j++) {
		for (i = 0; i < 64 * bits_words(n); i++)
			wrong += (bit(planes + j * stride, i) != ((i < n) ? bit(&x[i], first + j) :
			    0));
		for (i = bits_words(n); i < stride && j + 1 < count; i++)
			wrong += (planes[j * stride + i] != guard);
	}
	free(x);
	free(planes);
	return (wrong);
}

/* All planes of what a kernel has sliced, ${gap} words further apart, and back. */
static size_t
wrong_unslices(const struct bits_kernels *k, size_t n, size_t gap)
{
	size_t stride = bits_words(n) + gap, i, wrong;
	uint64_t *x = values(n), *planes = allocate(64 * stride * sizeof(*planes)),
	    *back = allocate((n + 1) * sizeof(*back)), guard;

	memset(&guard, GUARD, sizeof(guard));
	k->slice(planes, stride, x, n, 0, 64);
	/* What is behind the last value has no meaning. */
	for (i = 0; n % 64 != 0 && i < 64; i++)
		planes[i * stride + n / 64] ^= ~(((uint64_t)1 << (n % 64)) - 1);
	bits_unslice(back, planes, stride, n);
	wrong = (memcmp(back, x, n * sizeof(*x)) != 0) + (back[n] != guard);
	free(x);
	free(planes);
	free(back);
	return (wrong);
}

/* Bits from ${n} on are cleared in their word, and no others. */
static size_t
wrong_rests(size_t n)
{
	size_t words = bits_words(n), i, wrong = 0;
	uint64_t *plane = values(words + 1), *was = allocate((words + 1) * sizeof(*was));

	memcpy(was, plane, (words + 1) * sizeof(*was));
	bits_clear_rest(plane, n);
	for (i = 0; i < 64 * (words + 1); i++)
		wrong += (bit(plane, i) != ((i < n || i >= 64 * words) ? bit(was, i) : 0));
	free(plane);
	free(was);
	return (wrong);
}

static size_t
wrong_bits(const struct bits_kernels *k, size_t n)
{
	uint64_t *plane = values(bits_words(n)), *words = allocate(n * sizeof(*words));
	size_t i, wrong = 0;

	k->to_words(words, plane, n);
	for (i = 0; i < n; i++)
		wrong += (words[i] != bit(plane, i));
	free(plane);
	free(words);
	return (wrong);
}

/* As messages: bit ${i} of value v is bit v b + i of the bytes. */
static size_t
wrong_packed(const struct bits_kernels *k, size_t n, unsigned b)
{
	size_t bytes = bits_packed_bytes(n, b), i, j, at, wrong = (bytes != (n * b + 7) / 8);
	uint64_t *x = values(n), *back = allocate(n * sizeof(*back));
	uint8_t *packed = allocate(bytes), *want = allocate(bytes);

	memset(want, 0, bytes);
	for (i = 0; i < n; i++) {
		for (j = 0; j < b; j++) {
			at = i * b + j;
			want[at / 8] |= (uint8_t)(bit(&x[i], j) << (at % 8));
		}
	}
	k->pack(packed, x, n, b);
	wrong += (memcmp(packed, want, bytes) != 0);
	if (n * b % 8 != 0)
		packed[bytes - 1] |= (uint8_t)(0xff << (n * b % 8));
	k->unpack(back, packed, n, b);
	for (i = 0; i < n; i++)
		wrong += (back[i] != low(x[i], b));
	free(x);
	free(back);
	free(packed);
	free(want);
	return (wrong);
}

/* Nothing is written behind a result. */
static size_t
wrong_guards(const struct bits_kernels *k, size_t n, unsigned b)
{
	uint64_t *x = values(n), *words = allocate((n + 8) * sizeof(*words));
	uint8_t *bytes = allocate(8 * n + 64), guards[64];
	size_t wrong = 0;

	memset(guards, GUARD, sizeof(guards));
	k->pack(bytes, x, n, b);
	wrong += (memcmp(bytes + bits_packed_bytes(n, b), guards, 64) != 0);
	k->unpack(words, bytes, n, b);
	wrong += (memcmp(words + n, guards, 64) != 0);
	k->to_words(words, x, n);
	wrong += (memcmp(words + n, guards, 64) != 0);
	memset(words, GUARD, (n + 8) * sizeof(*words));
	k->slice(words, bits_words(n), x, n, b - 1, 1);
	wrong += (memcmp(words + bits_words(n), guards, 64) != 0);
	free(x);
	free(words);
	free(bytes);
	return (wrong);
}

#define N_CHECKS 5

static void
test_kernels(const struct bits_kernels *k, const char *name)
{
	size_t wrong, i;
	unsigned b, first, count;

	for (wrong = 0, i = 0; i < N_LENGTHS; i++) {
		wrong += wrong_slices(k, lengths[i], 0, 64, 0);
		for (b = 0; b < 20; b++) {
			first = (unsigned)(xorshift_next() % 65);
			count = (unsigned)(xorshift_next() % (65 - first));
			wrong += wrong_slices(k, lengths[i], first, count, xorshift_next() % 12);
		}
	}
	ok(wrong == 0, "%s: slices", name);
	for (wrong = 0, i = 0; i < N_LENGTHS; i++)
		wrong += wrong_unslices(k, lengths[i], 0) + wrong_unslices(k, lengths[i], 3);
	ok(wrong == 0, "%s: slices, and back", name);
	for (wrong = 0, i = 0; i < N_LENGTHS; i++)
		wrong += wrong_bits(k, lengths[i]);
	ok(wrong == 0, "%s: single bits", name);
	for (wrong = 0, b = 1; b <= 64; b++) {
		for (i = 0; i < 150; i++)
			wrong += wrong_packed(k, i, b);
	}
	ok(wrong == 0, "%s: values of 1 to 64 bits packed and back", name);
	for (wrong = 0, b = 1; b <= 64; b++) {
		for (i = 0; i < N_LENGTHS; i++)
			wrong += wrong_guards(k, lengths[i], b);
	}
	ok(wrong == 0, "%s: nothing is written behind a result", name);
}

/* The bytes of a message, by hand. */
static void
test_bytes(void)
{
	static const uint64_t x[5] = { 0x1abc, 0x2def, 0xffffffff00000123, 4, 5 };
	static const uint8_t twelve[8] = { 0xbc, 0xfa, 0xde, 0x23, 0x41, 0x00, 0x05, 0x00 };
	size_t i, wrong = 0;
	uint8_t out[8];

	bits_pack(out, x, 5, 12);
	ok_bytes(out, twelve, sizeof(twelve), "five values of 12 bits");
	ok(bits_packed_bytes(0, 64) == 0 && bits_packed_bytes(1, 1) == 1 &&
	    bits_packed_bytes(9, 7) == 8 && bits_packed_bytes(3, 48) == 18,
	    "lengths of packed values");
	for (i = 0; i < N_LENGTHS; i++)
		wrong += wrong_rests(lengths[i]);
	ok(wrong == 0, "what is left of a last word is cleared");
	ok(bits_words(0) == 0 && bits_words(64) == 1 && bits_words(65) == 2, "lengths of planes");
}

int
main(void)
{
	const struct bits_kernels chosen = { bits_slice, bits_to_words, bits_pack, bits_unpack };

	tap_plan(3 * N_CHECKS + 4);
	test_kernels(&bits_plain, "plain");
#ifdef __x86_64__
	if (bits_best() == &bits_avx512)
		test_kernels(&bits_avx512, "AVX-512");
	else
#endif
		tap_skip(N_CHECKS, "no AVX-512 with VBMI and GFNI here");
	test_kernels(&chosen, "as chosen");
	test_bytes();
	return (tap_end());
}
