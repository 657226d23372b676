/*
 * The kernels of common/ring alone: nanoseconds of processor time per value, in vectors that stay
 * in the cache and in vectors that do not, for every implementation that this processor has.  All
 * are taken in turn, seven times; medians are printed.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ring/bits.h"
#include "ring/bits_internal.h"
#include "ring/trig.h"
#include "ring/trig_internal.h"

#define TURNS 7
#define SHORT ((size_t)1 << 12)
#define LONG ((size_t)1 << 20)
#define HARMONICS 6

/*
 * Everything that a bench may read or write: ${x} is given, the others are results and then
 * operands.
 */
struct vectors {
	size_t n;
	uint64_t *x, *y, *planes;
	int64_t *s, *c;
	uint8_t *bytes;
};

/* One line of the report: an implementation, and what it is called with. */
struct bench {
	const char *name, *implementation;
	void (*run)(const struct vectors *v, const struct bench *b);
	const struct bits_kernels *bits;
	trig_kernel *trig;
	unsigned first, count;
	double values; /* results per value of the input */
};

static void
run_slice(const struct vectors *v, const struct bench *b)
{

	b->bits->slice(v->planes, bits_words(v->n), v->x, v->n, b->first, b->count);
}

static void
run_to_words(const struct vectors *v, const struct bench *b)
{

	b->bits->to_words(v->y, v->planes, v->n);
}

static void
run_pack(const struct vectors *v, const struct bench *b)
{

	b->bits->pack(v->bytes, v->x, v->n, b->count);
}

static void
run_unpack(const struct vectors *v, const struct bench *b)
{

	b->bits->unpack(v->y, v->bytes, v->n, b->count);
}

static void
run_sincos(const struct vectors *v, const struct bench *b)
{

	b->trig(v->s, v->c, v->x, v->n, 1, b->count);
}

static void
run_harmonics(const struct vectors *v, const struct bench *b)
{
	size_t h;

	for (h = 0; h < HARMONICS; h++)
		b->trig(v->s + h * v->n, v->c + h * v->n, v->x, v->n, 2 * h + 1, b->count);
}

static size_t
add_bits(struct bench *list, const struct bits_kernels *k, const char *implementation)
{
	const struct bench all[] = {
		{ "slice bits 0..63", implementation, run_slice, k, NULL, 0, 64, 1 },
		{ "slice bits 16..63", implementation, run_slice, k, NULL, 16, 48, 1 },
		{ "slice bit 63", implementation, run_slice, k, NULL, 63, 1, 1 },
		{ "plane to words", implementation, run_to_words, k, NULL, 0, 1, 1 },
		{ "pack 16 bits", implementation, run_pack, k, NULL, 0, 16, 1 },
		{ "unpack 16 bits", implementation, run_unpack, k, NULL, 0, 16, 1 },
		{ "pack 31 bits", implementation, run_pack, k, NULL, 0, 31, 1 },
		{ "unpack 31 bits", implementation, run_unpack, k, NULL, 0, 31, 1 },
		{ "pack 32 bits", implementation, run_pack, k, NULL, 0, 32, 1 },
		{ "unpack 32 bits", implementation, run_unpack, k, NULL, 0, 32, 1 },
		{ "pack 48 bits", implementation, run_pack, k, NULL, 0, 48, 1 },
		{ "unpack 48 bits", implementation, run_unpack, k, NULL, 0, 48, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		list[i] = all[i];
	return (i);
}

static size_t
add_trig(struct bench *list, trig_kernel *k, const char *implementation, unsigned bits)
{

	list[0] = (struct bench){ "sine and cosine", implementation, run_sincos, NULL, k, 0, bits,
		1 };
	list[1] = (struct bench){ "the same, 6 harmonics", implementation, run_harmonics, NULL, k,
		0, bits, HARMONICS };
	return (2);
}

static size_t
all_benches(struct bench *list)
{
	size_t count = add_bits(list, &bits_plain, "plain");

#ifdef __x86_64__
	if (bits_best() == &bits_avx512)
		count += add_bits(list + count, &bits_avx512, "AVX-512");
#endif
	count += add_trig(list + count, trig_narrow_plain, "plain, 28 bits", 28);
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		count += add_trig(list + count, trig_narrow_avx2, "AVX2, 28 bits", 28);
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
		count += add_trig(list + count, trig_narrow_avx512, "AVX-512, 28 bits", 28);
#endif
	count += add_trig(list + count, trig_wide, "plain, 60 bits", 60);
	return (count);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return ((double)t.tv_sec + 1e-9 * (double)t.tv_nsec);
}

/*
 * Nanoseconds per result; short vectors are taken often enough to be as many values as a long one.
 */
static double
measure(const struct bench *b, const struct vectors *all, size_t n)
{
	struct vectors v = *all;
	double start;
	size_t i;

	v.n = n;
	b->run(&v, b); /* warm up */
	start = now();
	for (i = 0; i < LONG; i += n)
		b->run(&v, b);
	return ((now() - start) * 1e9 / (double)LONG / b->values);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return ((x > y) - (x < y));
}

static int
allocate(struct vectors *v)
{
	uint64_t u = 0;
	size_t i;

	v->n = LONG;
	v->x = malloc(LONG * sizeof(*v->x));
	v->y = malloc(LONG * sizeof(*v->y));
	v->planes = calloc(LONG, sizeof(*v->planes));
	v->s = malloc(HARMONICS * LONG * sizeof(*v->s));
	v->c = malloc(HARMONICS * LONG * sizeof(*v->c));
	v->bytes = calloc(LONG, 8);
	if (v->x == NULL || v->y == NULL || v->planes == NULL || v->s == NULL || v->c == NULL ||
	    v->bytes == NULL)
		return (-1);
	for (i = 0; i < LONG; i++, u += 0x9e3779b97f4a7c15)
		v->x[i] = u * (u >> 32 | 1);
	return (0);
}

int
main(void)
{
	static struct bench list[64];
	static double inside[64][TURNS], beyond[64][TURNS];
	struct vectors v;
	size_t count = all_benches(list), i, turn;

	if (allocate(&v) == -1) {
		perror("kernels");
		return (1);
	}
	for (turn = 0; turn < TURNS; turn++) {
		for (i = 0; i < count; i++) {
			inside[i][turn] = measure(&list[i], &v, SHORT);
			beyond[i][turn] = measure(&list[i], &v, LONG);
		}
	}
	printf("%-24s %-18s %10s %10s\n", "ns per value", "", "in cache", "beyond");
	for (i = 0; i < count; i++) {
		qsort(inside[i], TURNS, sizeof(double), by_value);
		qsort(beyond[i], TURNS, sizeof(double), by_value);
		printf("%-24s %-18s %10.3f %10.3f\n", list[i].name, list[i].implementation,
		    inside[i][TURNS / 2], beyond[i][TURNS / 2]);
	}
	free(v.x);
	free(v.y);
	free(v.planes);
	free(v.s);
	free(v.c);
	free(v.bytes);
	return ((fflush(stdout) == 0) ? 0 : 1);
}
