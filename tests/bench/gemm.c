/*
 * The matrix product mod 2^64 of every kernel this processor has, against OpenBLAS on numbers of
 * the same size, one thread each.
 *
 *	gemm [MILLISECONDS]	at least so long per measurement, 5 unless given
 *
 * OpenBLAS is asked for what suits the shape best: dgemm, dgemv for a vector, dger for an outer
 * product.  All are taken in turn, nine times; a line has the median of each in 10^9 products per
 * second, and the median of the turns' ratios to OpenBLAS.  Without OpenBLAS there are no ratios.
 */

#if defined(__has_include)
#if __has_include(<openblas_config.h>)
#define HAVE_OPENBLAS
#include <cblas.h>
#endif
#endif

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "ring/gemm.h"

#define TURNS 9
#define REFERENCE_LIMIT ((size_t)1 << 24) /* products */

enum { AVX512, AVX2, PORTABLE, REFERENCE, BLAS, N_WHAT };
static const char *const names[N_WHAT] = { "avx512", "avx2", "portable", "reference", "OpenBLAS" };

struct shape {
	size_t m, k, n;
	bool x_transposed, y_transposed;
};

static const struct shape shapes[] = {
	{ 128, 128, 128, false, false },
	{ 512, 512, 512, false, false },
	{ 1024, 1024, 1024, false, false },
	{ 1024, 1024, 1024, true, false },
	{ 1024, 1024, 1024, false, true },
	{ 1000, 1000, 1000, false, false },
	{ 128, 784, 128, false, false },
	{ 784, 128, 128, true, false },
	{ 128, 128, 784, false, true },
	{ 128, 128, 10, false, false },
	{ 128, 128, 10, true, false },
	{ 4096, 784, 10, false, false },
	{ 512, 512, 1, false, false },
	{ 512, 512, 1, true, false },
	{ 1, 512, 512, false, false },
	{ 1, 512, 512, false, true },
	{ 4096, 4096, 1, false, false },
	{ 1, 4096, 4096, false, false },
	{ 4, 512, 512, false, false },
	{ 512, 1, 512, false, false },
	{ 8, 8, 8, false, false },
};
#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

struct operands {
	uint64_t *x, *y, *z;
	double *dx, *dy, *dz;
};

/* Processor time: who else uses the machine then matters less. */
static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return ((double)t.tv_sec + 1e-9 * (double)t.tv_nsec);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return ((x > y) - (x < y));
}

static double
median(const double *values)
{
	double sorted[TURNS];

	memcpy(sorted, values, sizeof(sorted));
	qsort(sorted, TURNS, sizeof(*sorted), by_value);
	return (sorted[TURNS / 2]);
}

static void *
words(size_t count)
{
	void *p;

	if ((p = mem_array(count, sizeof(uint64_t))) == NULL)
		exit(1);
	return (p);
}

static void
fill(uint64_t *x, double *dx, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		x[i] = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
		dx[i] = (double)x[i] * 0x1p-64;
	}
}

static void
once_ours(const struct shape *s, const struct operands *o)
{
	struct gemm_view x = { o->x, s->k, 1 }, y = { o->y, s->n, 1 };

	if (s->x_transposed)
		x = (struct gemm_view){ o->x, 1, s->m };
	if (s->y_transposed)
		y = (struct gemm_view){ o->y, 1, s->k };
	if (gemm_add(o->z, s->n, x, y, s->m, s->k, s->n, 1, 1) == -1)
		exit(1);
}

#ifdef HAVE_OPENBLAS
static void
once_blas(const struct shape *s, const struct operands *o)
{
	CBLAS_TRANSPOSE x = s->x_transposed ? CblasTrans : CblasNoTrans;
	CBLAS_TRANSPOSE y = s->y_transposed ? CblasTrans : CblasNoTrans;
	blasint m = (blasint)s->m, k = (blasint)s->k, n = (blasint)s->n;

	if (k == 1)
		cblas_dger(CblasRowMajor, m, n, 1.0, o->dx, 1, o->dy, 1, o->dz, n);
	else if (n == 1 && x == CblasNoTrans)
		cblas_dgemv(CblasRowMajor, CblasNoTrans, m, k, 1.0, o->dx, k, o->dy, 1, 1.0, o->dz,
		    1);
	else if (n == 1)
		cblas_dgemv(CblasRowMajor, CblasTrans, k, m, 1.0, o->dx, m, o->dy, 1, 1.0, o->dz,
		    1);
	else if (m == 1 && y == CblasNoTrans)
		cblas_dgemv(CblasRowMajor, CblasTrans, k, n, 1.0, o->dy, n, o->dx, 1, 1.0, o->dz,
		    1);
	else if (m == 1)
		cblas_dgemv(CblasRowMajor, CblasNoTrans, n, k, 1.0, o->dy, k, o->dx, 1, 1.0, o->dz,
		    1);
	else
		cblas_dgemm(CblasRowMajor, x, y, m, n, k, 1.0, o->dx, (x == CblasTrans) ? m : k,
		    o->dy, (y == CblasTrans) ? k : n, 1.0, o->dz, n);
}
#endif

/* Whether there is such a one, now chosen. */
static bool
choose(const struct shape *s, int what)
{

	if (what == BLAS) {
#ifdef HAVE_OPENBLAS
		return (true);
#else
		return (false);
#endif
	}
	return (gemm_select(names[what]) == 0 &&
	    (what != REFERENCE || s->m * s->k * s->n <= REFERENCE_LIMIT));
}

static void
repeat(const struct shape *s, const struct operands *o, int what, size_t times)
{

	while (times-- > 0) {
#ifdef HAVE_OPENBLAS
		if (what == BLAS) {
			once_blas(s, o);
			continue;
		}
#endif
		once_ours(s, o);
	}
	(void)what;
}

/* Products per second, in 10^9. */
static double
speed(const struct shape *s, const struct operands *o, int what, size_t times)
{
	double start = now();

	repeat(s, o, what, times);
	return ((double)s->m * (double)s->k * (double)s->n * (double)times / (now() - start) *
	    1e-9);
}

/* How often is enough for one measurement; warms up as well. */
static size_t
times_for(const struct shape *s, const struct operands *o, int what, double seconds)
{
	size_t times = 1;
	double start, taken;

	repeat(s, o, what, 1);
	for (;;) {
		start = now();
		repeat(s, o, what, times);
		if ((taken = now() - start) >= seconds / 2)
			break;
		times *= 2;
	}
	return ((size_t)(1.0 + (double)times * seconds / taken));
}

static void
print_line(const struct shape *s, double speeds[N_WHAT][TURNS], const size_t *times)
{
	double ratios[TURNS];
	char label[64];
	int what, t;

	snprintf(label, sizeof(label), "%zu x %zu%s * %zu x %zu%s", s->m, s->k, s->x_transposed ?
	    "'" : "", s->k, s->n, s->y_transposed ? "'" : "");
	printf("%-28s", label);
	for (what = 0; what < N_WHAT; what++) {
		if (times[what] == 0) {
			printf("  %6s       ", "-");
			continue;
		}
		for (t = 0; t < TURNS && times[BLAS] > 0; t++)
			ratios[t] = speeds[what][t] / speeds[BLAS][t];
		printf("  %6.2f", median(speeds[what]));
		if (what != BLAS && times[BLAS] > 0)
			printf(" (%.2f)", median(ratios));
	}
	printf("\n");
	fflush(stdout);
}

static void
measure(const struct shape *s, double seconds)
{
	double speeds[N_WHAT][TURNS];
	size_t times[N_WHAT] = { 0 };
	struct operands o;
	int what, t;

	o = (struct operands){ words(s->m * s->k), words(s->k * s->n), words(s->m * s->n),
		words(s->m * s->k),
		words(s->k * s->n), words(s->m * s->n) };
	fill(o.x, o.dx, s->m * s->k);
	fill(o.y, o.dy, s->k * s->n);
	for (what = 0; what < N_WHAT; what++) {
		if (choose(s, what))
			times[what] = times_for(s, &o, what, seconds);
	}
	for (t = 0; t < TURNS; t++) {
		for (what = 0; what < N_WHAT; what++) {
			if (times[what] > 0 && choose(s, what))
				speeds[what][t] = speed(s, &o, what, times[what]);
		}
	}
	print_line(s, speeds, times);
	free(o.x);
	free(o.y);
	free(o.z);
	free(o.dx);
	free(o.dy);
	free(o.dz);
}

int
main(int argc, char **argv)
{
	double seconds = (argc > 1) ? strtod(argv[1], NULL) * 1e-3 : 0.005;
	size_t i;
	int what;

#ifdef HAVE_OPENBLAS
	openblas_set_num_threads(1);
	printf("# OpenBLAS for %s\n", openblas_get_corename());
#endif
	printf("%-28s", "# shapes (' transposed)");
	for (what = 0; what < N_WHAT; what++)
		printf("  %-13s", names[what]);
	printf("\n");
	for (i = 0; i < N_SHAPES; i++)
		measure(&shapes[i], seconds);
	return (0);
}
