#include "ring/trig.h"

#include "ring/trig_internal.h"

trig_kernel *
trig_kernel_for(unsigned bits)
{

	if (bits > TRIG_NARROW_BITS_MAX)
		return (trig_wide);
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
		return (trig_narrow_avx512);
	if (__builtin_cpu_supports("avx2"))
		return (trig_narrow_avx2);
#endif
	return (trig_narrow_plain);
}

void
trig_sincos(int64_t *s, int64_t *c, const word *u, size_t n, uint64_t multiplier, unsigned bits)
{

	trig_kernel_for(bits)(s, c, u, n, multiplier, bits);
}
