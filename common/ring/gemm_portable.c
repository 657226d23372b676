/*
 * The matrix product in plain C, for processors without a kernel of their own.  A tile has 4 rows
 * of 2 words, so that its sums and their operands fit the registers of any processor; what is left
 * over is computed word by word.
 */

#include "ring/gemm_kernels.h"

#define ROWS 4
#define COLUMNS 2
#define WIDTH 16 /* a strip of y stays in the first level of cache while all rows of x pass */

static int
usable(void)
{

	return (1);
}

static inline void
update(word *z, word product, int sign)
{

	*z = (sign < 0) ? *z - product : *z + product;
}

static void
tile(const struct gemm_job *job, size_t i, size_t j)
{
	const size_t row = job->x.row;
	const word *x = job->x.data + i * row, *y = job->y.data + j;
	uint64_t a00 = 0, a01 = 0, a10 = 0, a11 = 0, a20 = 0, a21 = 0, a30 = 0, a31 = 0, b0, b1;
	word *z = job->z + i * job->ldz + j;
	size_t l;

	for (l = 0; l < job->k; l++) {
		b0 = y[l * job->y.row];
		b1 = y[l * job->y.row + 1];
		a00 += x[l * job->x.col] * b0;
		a01 += x[l * job->x.col] * b1;
		a10 += x[l * job->x.col + row] * b0;
		a11 += x[l * job->x.col + row] * b1;
		a20 += x[l * job->x.col + 2 * row] * b0;
		a21 += x[l * job->x.col + 2 * row] * b1;
		a30 += x[l * job->x.col + 3 * row] * b0;
		a31 += x[l * job->x.col + 3 * row] * b1;
	}
	update(z, a00, job->sign);
	update(z + 1, a01, job->sign);
	update(z + job->ldz, a10, job->sign);
	update(z + job->ldz + 1, a11, job->sign);
	update(z + 2 * job->ldz, a20, job->sign);
	update(z + 2 * job->ldz + 1, a21, job->sign);
	update(z + 3 * job->ldz, a30, job->sign);
	update(z + 3 * job->ldz + 1, a31, job->sign);
}

/* The inner product for one word of z. */
static void
one_word(const struct gemm_job *job, size_t i, size_t j)
{
	const word *x = job->x.data + i * job->x.row, *y = job->y.data + j * job->y.col;
	uint64_t sum = 0;
	size_t l;

	for (l = 0; l < job->k; l++)
		sum += x[l * job->x.col] * y[l * job->y.row];
	update(job->z + i * job->ldz + j, sum, job->sign);
}

static void
strip(const struct gemm_job *job)
{
	size_t rows = job->m - job->m % ROWS, columns = job->n - job->n % COLUMNS, i, j;

	for (i = 0; i < rows; i += ROWS) {
		for (j = 0; j < columns; j += COLUMNS)
			tile(job, i, j);
	}
	for (i = 0; i < job->m; i++) {
		for (j = (i < rows) ? columns : 0; j < job->n; j++)
			one_word(job, i, j);
	}
}

static void
row(const struct gemm_job *job)
{
	const word *y;
	uint64_t x;
	size_t l, j;

	for (l = 0; l < job->k; l++) {
		x = job->x.data[l * job->x.col];
		x = (job->sign < 0) ? -x : x;
		y = job->y.data + l * job->y.row;
		for (j = 0; j < job->n; j++)
			job->z[j] += x * y[j];
	}
}

static void
dot(const struct gemm_job *job)
{
	size_t i;

	for (i = 0; i < job->m; i++)
		one_word(job, i, 0);
}

const struct gemm_kernel gemm_portable = { "portable", usable, WIDTH, strip, row, dot };
