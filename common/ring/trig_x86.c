#include "ring/trig_internal.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <string.h>

/* One vector per line of each loop; what is left over goes through the plain kernel. */

#define TARGET __attribute__((target("avx2")))
typedef uint64_t lanes4 __attribute__((vector_size(32)));
#define TRIG_STEP TARGET __attribute__((always_inline)) void step_avx2
#define TRIG_LANES lanes4
#define TRIG_MUL(a, b) ((lanes4)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#include "ring/trig_lanes.h"

TARGET void
trig_narrow_avx2(int64_t *s, int64_t *c, const word *u, size_t n, uint64_t multiplier,
    unsigned bits)
{
	lanes4 angle, sine, cosine;
	size_t i;

	for (i = 0; n - i >= 4; i += 4) {
		memcpy(&angle, u + i, sizeof(angle));
		step_avx2(&sine, &cosine, angle * multiplier, bits);
		memcpy(s + i, &sine, sizeof(sine));
		memcpy(c + i, &cosine, sizeof(cosine));
	}
	trig_narrow_plain(s + i, c + i, u + i, n - i, multiplier, bits);
}

#undef TARGET
#undef TRIG_STEP
#undef TRIG_LANES
#undef TRIG_MUL

#define TARGET __attribute__((target("avx512f,avx512dq")))
typedef uint64_t lanes8 __attribute__((vector_size(64)));
#define TRIG_STEP TARGET __attribute__((always_inline)) void step_avx512
#define TRIG_LANES lanes8
#define TRIG_MUL(a, b) ((lanes8)_mm512_mul_epu32((__m512i)(a), (__m512i)(b)))
#include "ring/trig_lanes.h"

TARGET void
trig_narrow_avx512(int64_t *s, int64_t *c, const word *u, size_t n, uint64_t multiplier,
    unsigned bits)
{
	lanes8 angle, sine, cosine;
	size_t i;

	for (i = 0; n - i >= 8; i += 8) {
		memcpy(&angle, u + i, sizeof(angle));
		step_avx512(&sine, &cosine, angle * multiplier, bits);
		memcpy(s + i, &sine, sizeof(sine));
		memcpy(c + i, &cosine, sizeof(cosine));
	}
	trig_narrow_plain(s + i, c + i, u + i, n - i, multiplier, bits);
}

#endif
