#include "ring/bits.h"

#include "ring/bits_internal.h"

const struct bits_kernels *
bits_best(void)
{

#ifdef __x86_64__
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("gfni"))
		return (&bits_avx512);
#endif
	return (&bits_plain);
}

void
bits_slice(word *planes, size_t stride, const word *x, size_t n, unsigned first,
    unsigned count)
{

	bits_best()->slice(planes, stride, x, n, first, count);
}

void
bits_to_words(word *x, const word *plane, size_t n)
{

	bits_best()->to_words(x, plane, n);
}

void
bits_pack(uint8_t *out, const word *x, size_t n, unsigned b)
{

	bits_best()->pack(out, x, n, b);
}

void
bits_unpack(word *x, const uint8_t *in, size_t n, unsigned b)
{

	bits_best()->unpack(x, in, n, b);
}
