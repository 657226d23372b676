/*
 * The matrix product with AVX-512: eight words per register, multiplied by vpmullq.
 *
 * A tile of z is kept in registers while k advances: 6 rows of 4 vectors take 24 of the 32
 * registers, a row of y 4, a word of x 1, and 3 are left for products.  One step of k is 24
 * products for 4 loads and 6 broadcasts, few enough for the multipliers to be the limit even where
 * x and y come from the second level of cache.
 */

#include "ring/gemm_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512dq")))
#define TEMPLATE TARGET __attribute__((always_inline)) static inline

#define LANES 8
#define ROWS 6
#define VECTORS 4
#define ROW_TERMS 4
#define DOT_ROWS 4

static int
usable(void)
{

	return (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"));
}

/* Lanes of vector v of ${vectors}: all but in the last one, which ends with the matrix. */
TEMPLATE __mmask8
lanes(__mmask8 last, int v, const int vectors)
{

	return ((v == vectors - 1) ? last : 0xff);
}

TEMPLATE void
update(word *z, __mmask8 mask, __m512i product, int sign)
{
	__m512i old = _mm512_maskz_loadu_epi64(mask, z);

	_mm512_mask_storeu_epi64(z, mask, (sign < 0) ? _mm512_sub_epi64(old, product) :
	    _mm512_add_epi64(old, product));
}

/* Rows i to i + rows - 1 of a strip; the last of its vectors has the lanes of ${last}. */
TEMPLATE void
tile(const struct gemm_job *job, size_t i, __mmask8 last, const int rows, const int vectors)
{
	const word *x = job->x.data + i * job->x.row, *y = job->y.data;
	const size_t x_row = job->x.row, x_col = job->x.col, y_row = job->y.row, ldz = job->ldz,
	    k = job->k;
	word *z = job->z + i * ldz;
	__m512i acc[ROWS][VECTORS], b[VECTORS], a;
	size_t l = 0;
	int r, v;

	GEMM_UNROLL
	for (r = 0; r < rows; r++) {
		GEMM_UNROLL
		for (v = 0; v < vectors; v++) {
			acc[r][v] = _mm512_setzero_si512();
			/* z is needed last and may be far away by now. */
			_mm_prefetch((const char *)(z + (size_t)r * ldz + LANES * v), _MM_HINT_T0);
		}
	}
	/* k is not 0; a loop that may be skipped makes gcc store every sum in every step. */
	do {
		GEMM_UNROLL
		for (v = 0; v < vectors; v++)
			b[v] = _mm512_maskz_loadu_epi64(lanes(last, v, vectors),
			    y + l * y_row + LANES * v);
		GEMM_UNROLL
		for (r = 0; r < rows; r++) {
			a = _mm512_set1_epi64((long long)x[(size_t)r * x_row + l * x_col]);
			GEMM_UNROLL
			for (v = 0; v < vectors; v++)
				acc[r][v] = _mm512_add_epi64(acc[r][v],
				    _mm512_mullo_epi64(a, b[v]));
		}
	} while (++l < k);
	GEMM_UNROLL
	for (r = 0; r < rows; r++) {
		GEMM_UNROLL
		for (v = 0; v < vectors; v++)
			update(z + (size_t)r * ldz + LANES * v, lanes(last, v, vectors), acc[r][v],
			    job->sign);
	}
}

/* All rows: tiles of 6, the rest as 4, 2 and 1. */
TEMPLATE void
all_rows(const struct gemm_job *job, __mmask8 last, const int vectors)
{
	size_t i = 0;

	for (; job->m - i >= ROWS; i += ROWS)
		tile(job, i, last, ROWS, vectors);
	if (job->m - i >= 4) {
		tile(job, i, last, 4, vectors);
		i += 4;
	}
	if (job->m - i >= 2) {
		tile(job, i, last, 2, vectors);
		i += 2;
	}
	if (job->m - i >= 1)
		tile(job, i, last, 1, vectors);
}

TARGET static void
strip(const struct gemm_job *job)
{
	__mmask8 last = (__mmask8)(0xff >> ((LANES - job->n % LANES) % LANES));

	switch ((job->n + LANES - 1) / LANES) {
	case 1:
		all_rows(job, last, 1);
		break;
	case 2:
		all_rows(job, last, 2);
		break;
	case 3:
		all_rows(job, last, 3);
		break;
	default:
		all_rows(job, last, VECTORS);
		break;
	}
}

/* The columns from j on of ${terms} rows of y that start at ${y}, each times its word of x. */
TEMPLATE void
row_vector(const struct gemm_job *job, const word *y, const __m512i *x, size_t j, __mmask8 mask,
    const int terms)
{
	__m512i sum = _mm512_setzero_si512();
	int t;

	GEMM_UNROLL
	for (t = 0; t < terms; t++)
		sum = _mm512_add_epi64(sum,
		    _mm512_mullo_epi64(x[t], _mm512_maskz_loadu_epi64(mask,
		    y + (size_t)t * job->y.row + j)));
	update(job->z + j, mask, sum, job->sign);
}

/* Add ${terms} rows of y from row l on, each times its word of x. */
TEMPLATE void
row_terms(const struct gemm_job *job, size_t l, const int terms)
{
	const word *y = job->y.data + l * job->y.row;
	__m512i x[ROW_TERMS];
	size_t j;
	int t;

	GEMM_UNROLL
	for (t = 0; t < terms; t++)
		x[t] = _mm512_set1_epi64((long long)job->x.data[(l + (size_t)t) * job->x.col]);
	for (j = 0; job->n - j >= LANES; j += LANES)
		row_vector(job, y, x, j, 0xff, terms);
	if (j < job->n)
		row_vector(job, y, x, j, (__mmask8)((1U << (job->n - j)) - 1), terms);
}

TARGET static void
row(const struct gemm_job *job)
{
	size_t l = 0;

	for (; job->k - l >= ROW_TERMS; l += ROW_TERMS)
		row_terms(job, l, ROW_TERMS);
	for (; l < job->k; l++)
		row_terms(job, l, 1);
}

TEMPLATE uint64_t
sum_of(__m512i v)
{
	word value[LANES], sum = 0;
	int t;

	_mm512_storeu_si512(value, v);
	for (t = 0; t < LANES; t++)
		sum += value[t];
	return (sum);
}

/* Rows i to i + rows - 1; they share the loads of y. */
TEMPLATE void
dot_rows(const struct gemm_job *job, size_t i, const int rows)
{
	const word *x = job->x.data + i * job->x.row, *y = job->y.data;
	__mmask8 last = (__mmask8)((1U << job->k % LANES) - 1);
	__m512i acc[DOT_ROWS], b;
	uint64_t product, *z;
	size_t l;
	int r;

	GEMM_UNROLL
	for (r = 0; r < rows; r++)
		acc[r] = _mm512_setzero_si512();
	for (l = 0; job->k - l >= LANES; l += LANES) {
		b = _mm512_loadu_si512(y + l);
		GEMM_UNROLL
		for (r = 0; r < rows; r++)
			acc[r] = _mm512_add_epi64(acc[r],
			    _mm512_mullo_epi64(_mm512_loadu_si512(x + (size_t)r * job->x.row + l),
			    b));
	}
	b = _mm512_maskz_loadu_epi64(last, y + l);
	GEMM_UNROLL
	for (r = 0; r < rows; r++) {
		acc[r] = _mm512_add_epi64(acc[r],
		    _mm512_mullo_epi64(_mm512_maskz_loadu_epi64(last, x + (size_t)r * job->x.row +
		    l), b));
		product = sum_of(acc[r]);
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
	for (; i < job->m; i++)
		dot_rows(job, i, 1);
}

const struct gemm_kernel gemm_avx512 = { "avx512", usable, LANES * VECTORS, strip, row, dot };

#else

/* A translation unit holds at least one declaration. */
typedef int gemm_avx512_is_not_for_this_processor;

#endif
