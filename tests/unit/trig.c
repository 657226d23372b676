/*
 * Sines and cosines against Taylor's series in 128 fraction bits, and every implementation against
 * plain C.
 */

#include "ring/trig.h"
#include "ring/trig_internal.h"
#include "tap.h"
#include "xorshift.h"

#define N 3000
#define LIMBS 4

/*
 * ---- the reference: numbers in 0 .. 8 with 128 fraction bits, limbs of 32 bits, least first, and
 * one for the whole ----
 */

struct big {
	uint32_t limb[LIMBS + 1];
};

static const struct big one = { { 0, 0, 0, 0, 1 } };

/* 2 pi = 6.487ED511 0B4611A6 2633145C 06E0E689 ... in base 16. */
static const struct big two_pi = { { 0x06e0e689, 0x2633145c, 0x0b4611a6, 0x487ed511, 6 } };

static struct big
big_add(struct big x, struct big y, int sign)
{
	struct big z;
	int64_t t, carry = 0;
	size_t i;

	for (i = 0; i <= LIMBS; i++) {
		t = (int64_t)x.limb[i] + sign * (int64_t)y.limb[i] + carry;
		z.limb[i] = (uint32_t)t;
		carry = t >> 32;
	}
	return (z);
}

static struct big
big_mul(struct big x, struct big y)
{
	uint32_t wide[2 * LIMBS + 2] = { 0 };
	struct big z;
	uint64_t t;
	size_t i, j;

	for (i = 0; i <= LIMBS; i++) {
		for (t = 0, j = 0; j <= LIMBS; j++) {
			t += (uint64_t)x.limb[i] * y.limb[j] + wide[i + j];
			wide[i + j] = (uint32_t)t;
			t >>= 32;
		}
		wide[i + j] = (uint32_t)t;
	}
	memcpy(z.limb, wide + LIMBS, sizeof(z.limb));
	return (z);
}

static struct big
big_div(struct big x, uint32_t divisor)
{
	uint64_t t = 0;
	size_t i;

	for (i = LIMBS + 1; i-- > 0;) {
		t = (t << 32) | x.limb[i];
		x.limb[i] = (uint32_t)(t / divisor);
		t %= divisor;
	}
	return (x);
}

/* sin x and cos x for x up to pi / 2, by their series; some units of 2^-128 wrong. */
static void
big_sincos(struct big *s, struct big *c, struct big x)
{
	struct big term = one;
	uint32_t k;

	*s = (struct big){ { 0 } };
	*c = one;
	for (k = 1; k < 40; k++) {
		term = big_div(big_mul(term, x), k);
		if (k % 2 == 1)
			*s = big_add(*s, term, (k % 4 == 1) ? 1 : -1);
		else
			*c = big_add(*c, term, (k % 4 == 0) ? 1 : -1);
	}
}

/* got / 2^bits - want in units of the last place, for numbers from 0 to 1. */
static double
ulps(int64_t got, struct big want, unsigned bits)
{
	struct big x = { { 0 } }, d;
	size_t i;
	double e;
	int below;

	/* got 2^(128 - bits) */
	x.limb[0] = (uint32_t)got;
	x.limb[1] = (uint32_t)((uint64_t)got >> 32);
	for (below = (int)(128 - bits); below > 0; below--)
		x = big_add(x, x, 1);
	d = big_add(x, want, -1);
	below = (d.limb[LIMBS] >> 31) != 0;
	if (below)
		d = big_add((struct big){ { 0 } }, d, -1);
	for (e = 0, i = LIMBS + 1; i-- > 0;)
		e = e * 4294967296.0 + d.limb[i];
	return (ldexp(below ? -e : e, (int)bits - 128));
}

/* The greater error of a sine and a cosine of the angle ${u}, in units of the last place. */
static double
error_of(uint64_t u, int64_t sine, int64_t cosine, unsigned bits)
{
	static const int sine_sign[4] = { 1, 1, -1, -1 }, cosine_sign[4] = { 1, -1, -1, 1 };
	unsigned quarter = (unsigned)(u >> 62);
	uint64_t rest = u & (UINT64_MAX >> 2);
	struct big x = { { 0, 0, (uint32_t)rest, (uint32_t)(rest >> 32), 0 } }, s, c;
	double a, b;

	big_sincos(&s, &c, big_mul(x, two_pi));
	a = ulps(sine * sine_sign[quarter], (quarter % 2 == 0) ? s : c, bits);
	b = ulps(cosine * cosine_sign[quarter], (quarter % 2 == 0) ? c : s, bits);
	return ((fabs(a) > fabs(b)) ? fabs(a) : fabs(b));
}

/* Angles of every kind: near multiples of an octant, with few bits, and any. */
static uint64_t
angle(void)
{
	uint64_t v = xorshift_next(), small = xorshift_next();

	small >>= v / 4 % 64;
	switch (v % 4) {
	case 0:
		return ((xorshift_next() << 61) + small);
	case 1:
		return ((xorshift_next() << 61) - small);
	default:
		return (xorshift_next());
	}
}

static double
worst(unsigned bits)
{
	uint64_t u[N];
	int64_t s[N], c[N];
	double e, most = 0;
	size_t i;

	for (i = 0; i < N; i++)
		u[i] = (i < 16) ? (uint64_t)i << 60 : angle();
	trig_sincos(s, c, u, N, 1, bits);
	for (i = 0; i < N; i++) {
		if ((e = error_of(u[i], s[i], c[i], bits)) > most)
			most = e;
	}
	return (most);
}

/* The implementations for few bits: all that this processor has. */
static size_t
kernels(trig_kernel **k)
{
	size_t count = 0;

	k[count++] = trig_narrow_plain;
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		k[count++] = trig_narrow_avx2;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
		k[count++] = trig_narrow_avx512;
#endif
	return (count);
}

/*
 * Every implementation, every length up to 40: the same words as plain C, and none written behind
 * them.
 */
static size_t
compare(unsigned bits)
{
	enum { LONGEST = 40 };
	uint64_t u[LONGEST] = { 0 }, multiplier = xorshift_next() | 1;
	int64_t s[LONGEST + 1], c[LONGEST + 1], want_s[LONGEST], want_c[LONGEST];
	trig_kernel *k[4];
	size_t count = kernels(k), i, j, n, wrong = 0;

	for (n = 0; n <= LONGEST; n++) {
		for (i = 0; i < n; i++)
			u[i] = angle();
		trig_narrow_plain(want_s, want_c, u, n, multiplier, bits);
		for (j = 0; j < count; j++) {
			s[n] = c[n] = 12345;
			k[j](s, c, u, n, multiplier, bits);
			for (i = 0; i < n; i++)
				wrong += (s[i] != want_s[i] || c[i] != want_c[i]);
			wrong += (s[n] != 12345 || c[n] != 12345);
		}
	}
	return (wrong);
}

static void
test_implementations(void)
{
	trig_kernel *k[4];
	size_t wrong = 0, i;
	unsigned bits;

	for (bits = 1; bits <= TRIG_NARROW_BITS_MAX; bits++) {
		for (i = 0; i < 10; i++)
			wrong += compare(bits);
	}
	ok(wrong == 0, "%zu implementations agree", kernels(k));
}

static void
test_quarters(void)
{
	static const int sine[4] = { 0, 1, 0, -1 }, cosine[4] = { 1, 0, -1, 0 };
	uint64_t u[4] = { 0, (uint64_t)1 << 62, (uint64_t)2 << 62, (uint64_t)3 << 62 };
	int64_t s[4], c[4], unit;
	size_t i, wrong = 0;
	unsigned bits;

	for (bits = 1; bits <= TRIG_BITS_MAX; bits++) {
		trig_sincos(s, c, u, 4, 1, bits);
		unit = (int64_t)1 << bits;
		for (i = 0; i < 4; i++)
			wrong += (s[i] != sine[i] * unit || c[i] != cosine[i] * unit);
	}
	ok(wrong == 0, "quarter turns are exact for every number of bits");
}

static void
test_harmonics(unsigned bits)
{
	enum { COUNT = 61, ANGLES = 19 };
	int64_t s[ANGLES], c[ANGLES], sine, cosine;
	uint64_t u[ANGLES], v;
	size_t h, i, wrong = 0;

	for (i = 0; i < ANGLES; i++)
		u[i] = angle();
	for (h = 0; h < COUNT; h++) {
		trig_sincos(s, c, u, ANGLES, h, bits);
		for (i = 0; i < ANGLES; i++) {
			v = h * u[i];
			trig_sincos(&sine, &cosine, &v, 1, 1, bits);
			wrong += (s[i] != sine || c[i] != cosine);
		}
	}
	ok(wrong == 0, "harmonics with %u bits are sines and cosines of multiples", bits);
}

/*
 * The words are part of what parties compute together: they may not change from one version to the
 * next.
 */
static void
test_words(unsigned bits, uint64_t want)
{
	uint64_t u, hash = 0xcbf29ce484222325;
	int64_t s, c;
	size_t i;

	for (u = 0, i = 0; i < 20000; i++, u += 0x9e3779b97f4a7c15) {
		trig_sincos(&s, &c, &u, 1, 1, bits);
		hash = (hash ^ (uint64_t)s) * 0x100000001b3;
		hash = (hash ^ (uint64_t)c) * 0x100000001b3;
	}
	ok_u64(hash, want, "the words of 20000 angles are what they always were");
}

/*
 * trig.h: 0.6 units in the last place, but 0.8 where the words that are multiplied run out of bits.
 */
static void
test_error(unsigned bits)
{
	double bound = (bits == 29 || bits == 30 || bits >= 61) ? 0.8 : 0.6, most = worst(bits);

	if (!ok(most < bound, "%u bits: less than %.1f units in the last place", bits, bound) ||
	    bits % 10 == 0 || bits == 62)
		tap_note("%.4f", most);
}

int
main(void)
{
	static const struct {
		unsigned bits;
		uint64_t hash;
	} words[] = {
		{ 14, 0x0782b676fe34009a },
		{ 28, 0x3341e701aec1d886 },
		{ 30, 0x8eebdc8c6a4f0335 },
		{ 31, 0xac452ee3629a2bfb },
		{ 62, 0x9e4d23bc2c4f09f5 },
	};
	unsigned bits;
	size_t i;

	tap_plan(TRIG_BITS_MAX + 9);
	for (bits = 1; bits <= TRIG_BITS_MAX; bits++)
		test_error(bits);
	test_implementations();
	test_quarters();
	test_harmonics(20);
	test_harmonics(40);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		test_words(words[i].bits, words[i].hash);
	return (tap_end());
}
