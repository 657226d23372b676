/*
 * The matrix product with AVX2, which multiplies 32-bit halves: with x = x0 + 2^32 x1 and
 * y = y0 + 2^32 y1,
 *
 *	x y = x0 y0 + 2^32 (x0 y1 + x1 y0)   mod 2^64,
 *
 * and of the bracket only 32 bits matter.  vpmuludq gives x0 y0 in full; vpmulld of x and of y with
 * its halves exchanged gives x0 y1 and x1 y0 mod 2^32 side by side, where two more vpmuludq would
 * be needed.  The sums of both kinds are kept apart until k has been run through.
 *
 * A tile has 2 rows of 2 vectors: 8 sums, y and its exchange 4, a word of x 1, and 3 of the 16
 * registers are left for products.
 */

#include "ring/gemm_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))
#define TEMPLATE TARGET __attribute__((always_inline)) static inline

#define LANES 4
#define ROWS 2
#define VECTORS 2
#define WIDTH 16 /* a strip of y stays in the first level of cache while all rows of x pass */
#define ROW_TERMS 4
#define DOT_ROWS 2

static int
usable(void)
{

	return (__builtin_cpu_supports("avx2") != 0);
}

TEMPLATE __m256i
swap_halves(__m256i y)
{

	return (_mm256_shuffle_epi32(y, 0xb1));
}

/* Lanes of vector v of ${vectors}: all but in the last one. */
TEMPLATE __m256i
load(const word *p, __m256i last, int v, const int vectors, const int full)
{

	if (full || v < vectors - 1)
		return (_mm256_loadu_si256((const __m256i *)(const void *)p));
	return (_mm256_maskload_epi64((const long long *)(const void *)p, last));
}

TEMPLATE __m256i
join_halves(__m256i low, __m256i cross)
{

	cross = _mm256_add_epi32(cross, _mm256_srli_epi64(cross, 32));
	return (_mm256_add_epi64(low, _mm256_slli_epi64(cross, 32)));
}

TEMPLATE void
update(word *z, __m256i product, __m256i last, int v, const int vectors, const int full,
    int sign)
{
	__m256i old = load(z, last, v, vectors, full);

	old = (sign < 0) ? _mm256_sub_epi64(old, product) : _mm256_add_epi64(old, product);
	if (full || v < vectors - 1)
		_mm256_storeu_si256((__m256i *)(void *)z, old);
	else
		_mm256_maskstore_epi64((long long *)(void *)z, last, old);
}

/* Rows from i, columns from j on; unless ${full}, the last vector has only the lanes of ${last}. */
TEMPLATE void
tile(const struct gemm_job *job, size_t i, size_t j, __m256i last, const int rows,
    const int vectors, const int full)
{
	const word *x = job->x.data + i * job->x.row, *y = job->y.data + j;
	const size_t x_row = job->x.row, x_col = job->x.col, y_row = job->y.row, ldz = job->ldz,
	    k = job->k;
	__m256i low[ROWS][VECTORS], cross[ROWS][VECTORS], b[VECTORS], c[VECTORS], a;
	word *z = job->z + i * ldz + j;
	size_t l = 0;
	int r, v;

	GEMM_UNROLL
	for (r = 0; r < rows; r++) {
		GEMM_UNROLL
		for (v = 0; v < vectors; v++)
			low[r][v] = cross[r][v] = _mm256_setzero_si256();
	}
	/* k is not 0; see gemm_avx512.c. */
	do {
		GEMM_UNROLL
		for (v = 0; v < vectors; v++) {
			b[v] = load(y + l * y_row + LANES * v, last, v, vectors, full);
			c[v] = swap_halves(b[v]);
		}
		GEMM_UNROLL
		for (r = 0; r < rows; r++) {
			a = _mm256_set1_epi64x((long long)x[(size_t)r * x_row + l * x_col]);
			GEMM_UNROLL
			for (v = 0; v < vectors; v++) {
				low[r][v] = _mm256_add_epi64(low[r][v], _mm256_mul_epu32(a, b[v]));
				cross[r][v] = _mm256_add_epi32(cross[r][v],
				    _mm256_mullo_epi32(a, c[v]));
			}
		}
	} while (++l < k);
	GEMM_UNROLL
	for (r = 0; r < rows; r++) {
		GEMM_UNROLL
		for (v = 0; v < vectors; v++)
			update(z + (size_t)r * ldz + LANES * v,
			    join_halves(low[r][v], cross[r][v]), last, v, vectors, full,
			    job->sign);
	}
}

/* The rows from i on, all columns. */
TEMPLATE void
all_columns(const struct gemm_job *job, size_t i, __m256i last, const int rows)
{
	size_t j = 0, n = job->n;

	for (; n - j >= LANES * VECTORS; j += LANES * VECTORS)
		tile(job, i, j, last, rows, VECTORS, 1);
	if (n - j > LANES)
		tile(job, i, j, last, rows, 2, 0);
	else if (n - j > 0)
		tile(job, i, j, last, rows, 1, 0);
}

/* The lanes of the last vector of ${n} words. */
TEMPLATE __m256i
last_lanes(size_t n)
{
	static const long long mask[2 * LANES] = { -1, -1, -1, -1, 0, 0, 0, 0 };

	return (_mm256_loadu_si256((const __m256i *)(const void *)(mask + (LANES - n % LANES) %
	    LANES)));
}

TARGET static void
strip(const struct gemm_job *job)
{
	__m256i last = last_lanes(job->n);
	size_t i = 0;

	for (; job->m - i >= ROWS; i += ROWS)
		all_columns(job, i, last, ROWS);
	if (job->m - i > 0)
		all_columns(job, i, last, 1);
}

/*
 * One vector of columns, from j on, of ${terms} rows of y that start at ${y}, each times its word
 * of x.
 */
TEMPLATE void
row_vector(const struct gemm_job *job, const word *y, const __m256i *x, size_t j, __m256i last,
    const int terms, const int full)
{
	__m256i low = _mm256_setzero_si256(), cross = low, b;
	int t;

	GEMM_UNROLL
	for (t = 0; t < terms; t++) {
		b = load(y + (size_t)t * job->y.row + j, last, 0, 1, full);
		low = _mm256_add_epi64(low, _mm256_mul_epu32(x[t], b));
		cross = _mm256_add_epi32(cross, _mm256_mullo_epi32(swap_halves(x[t]), b));
	}
	update(job->z + j, join_halves(low, cross), last, 0, 1, full, job->sign);
}

/* Add ${terms} rows of y from row l on, each times its word of x. */
TEMPLATE void
row_terms(const struct gemm_job *job, size_t l, __m256i last, const int terms)
{
	const word *y = job->y.data + l * job->y.row;
	__m256i x[ROW_TERMS];
	size_t j;
	int t;

	GEMM_UNROLL
	for (t = 0; t < terms; t++)
		x[t] = _mm256_set1_epi64x((long long)job->x.data[(l + (size_t)t) * job->x.col]);
	for (j = 0; job->n - j >= LANES; j += LANES)
		row_vector(job, y, x, j, last, terms, 1);
	if (j < job->n)
		row_vector(job, y, x, j, last, terms, 0);
}

TARGET static void
row(const struct gemm_job *job)
{
	__m256i last = last_lanes(job->n);
	size_t l = 0;

	for (; job->k - l >= ROW_TERMS; l += ROW_TERMS)
		row_terms(job, l, last, ROW_TERMS);
	for (; l < job->k; l++)
		row_terms(job, l, last, 1);
}

/* Rows i to i + rows - 1; they share the loads of y. */
TEMPLATE void
dot_rows(const struct gemm_job *job, size_t i, const int rows)
{
	const word *x = job->x.data + i * job->x.row, *y = job->y.data;
	__m256i low[DOT_ROWS], cross[DOT_ROWS], a, b, c;
	word v[LANES], product, *z;
	size_t l, tail;
	int r;

	GEMM_UNROLL
	for (r = 0; r < rows; r++)
		low[r] = cross[r] = _mm256_setzero_si256();
	for (l = 0; job->k - l >= LANES; l += LANES) {
		b = _mm256_loadu_si256((const __m256i *)(const void *)(y + l));
		c = swap_halves(b);
		GEMM_UNROLL
		for (r = 0; r < rows; r++) {
			a = _mm256_loadu_si256((const __m256i *)(const void *)(x + (size_t)r *
			    job->x.row + l));
			low[r] = _mm256_add_epi64(low[r], _mm256_mul_epu32(a, b));
			cross[r] = _mm256_add_epi32(cross[r], _mm256_mullo_epi32(a, c));
		}
	}
	GEMM_UNROLL
	for (r = 0; r < rows; r++) {
		_mm256_storeu_si256((__m256i *)(void *)v, join_halves(low[r], cross[r]));
		product = v[0] + v[1] + v[2] + v[3];
		for (tail = l; tail < job->k; tail++)
			product += x[(size_t)r * job->x.row + tail] * y[tail];
		z = job->z + (i + (size_t)r) * job->ldz;
		*z = (job->sign < 0) ? *z - product : *z + product;
	}
}

TARGET static void
dot(const struct gemm_job *job)
{
	size_t i = 0;

	for (; job->m - i >= DOT_ROWS; i += DOT_ROWS)
		dot_rows(job, i, DOT_ROWS);
	if (i < job->m)
		dot_rows(job, i, 1);
}

const struct gemm_kernel gemm_avx2 = { "avx2", usable, WIDTH, strip, row, dot };

#else

/* A translation unit holds at least one declaration. */
typedef int gemm_avx2_is_not_for_this_processor;

#endif
