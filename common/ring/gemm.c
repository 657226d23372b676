#include "ring/gemm.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/worker.h"
#include "ring/gemm_kernels.h"

/*
 * Steps of k between two visits to z.  A copied strip of y is then 64 KiB at most (GEMM_WIDTH words
 * of 8 bytes by DEPTH), which the second level of cache of any processor holds beside the rows of x
 * that pass, and the stack of any thread; a word of z is read and written once per 256 products.
 */
#define DEPTH 256

/*
 * A strip of y is copied to lie together when so many rows use it; for fewer, its own place is good
 * enough.
 */
#define ROWS_WORTH_COPYING 256

/*
 * With so few steps of k, most of the work is reading and writing z, which is then done row by row:
 * the order that prefetchers and address translation like.
 */
#define SHALLOW 4

/*
 * Row by row, z is visited for every few rows of y: 16 KiB of it stay in the first level of cache.
 */
#define COLUMNS_AT_ONCE 2048

/*
 * Up to so many rows, inner products along the columns of a transposed y are cheaper than
 * transposing it.
 */
#define ROWS_AS_DOTS 4

/* What one thread must have to do, in products: some ten times what it takes to start it. */
#define THREAD_PRODUCTS ((double)(1 << 22))

/* Threads get multiples of this many rows or columns: whole tiles, whole cache lines. */
#define THREAD_GRAIN 96

struct gemm_part {
	struct worker *worker;
	struct gemm_job job;
	const struct gemm_kernel *kernel;
};

static const struct gemm_kernel reference = { "reference", NULL, 0, NULL, NULL, NULL };

/* Best first; the last but one runs everywhere. */
static const struct gemm_kernel *const kernels[] = {
#if defined(__x86_64__)
	&gemm_avx512, &gemm_avx2,
#endif
	&gemm_portable, &reference
};
#define N_KERNELS (sizeof(kernels) / sizeof(kernels[0]))

static _Atomic(const struct gemm_kernel *) selected;

static int
kernel_usable(const struct gemm_kernel *kernel)
{

	return (kernel->usable == NULL || kernel->usable());
}

/* Threads that get here at the same time come to the same result. */
static const struct gemm_kernel *
kernel_in_use(void)
{
	const struct gemm_kernel *kernel = atomic_load_explicit(&selected, memory_order_relaxed);
	size_t i;

	if (kernel != NULL)
		return (kernel);
	for (i = 0; !kernel_usable(kernels[i]); i++)
		;
	atomic_store_explicit(&selected, kernels[i], memory_order_relaxed);
	return (kernels[i]);
}

const char *
gemm_kernel(void)
{

	return (kernel_in_use()->name);
}

int
gemm_select(const char *name)
{
	size_t i;

	for (i = 0; i < N_KERNELS; i++) {
		if (strcmp(kernels[i]->name, name) == 0 && kernel_usable(kernels[i])) {
			atomic_store_explicit(&selected, kernels[i], memory_order_relaxed);
			return (0);
		}
	}
	return (-1);
}

static inline size_t
smaller(size_t a, size_t b)
{

	return ((a < b) ? a : b);
}

static void
plain_loops(const struct gemm_job *job)
{
	size_t i, j, l;
	uint64_t sum;

	for (i = 0; i < job->m; i++) {
		for (j = 0; j < job->n; j++) {
			for (sum = 0, l = 0; l < job->k; l++)
				sum += job->x.data[i * job->x.row + l * job->x.col] *
				    job->y.data[l * job->y.row + j * job->y.col];
			job->z[i * job->ldz + j] += (job->sign < 0) ? -sum : sum;
		}
	}
}

/* The part of ${job} with ${m} rows from i on. */
static struct gemm_job
row_block(const struct gemm_job *job, size_t i, size_t m)
{
	struct gemm_job block = *job;

	block.z += i * job->ldz;
	block.x.data += i * job->x.row;
	block.m = m;
	return (block);
}

/* The part of ${job} with ${k} steps from l and ${n} columns from j on. */
static struct gemm_job
block_of(const struct gemm_job *job, size_t l, size_t k, size_t j, size_t n)
{
	struct gemm_job block = *job;

	block.z += j;
	block.x.data += l * job->x.col;
	block.y.data += l * job->y.row + j * job->y.col;
	block.k = k;
	block.n = n;
	return (block);
}

/*
 * Copy a matrix to rows of ${n} words; eight rows at a time, so that its columns may be the
 * contiguous direction.
 */
static void
copy_view(word *to, struct gemm_view y, size_t k, size_t n)
{
	size_t l, j, end, i;

	if (y.col == 1) {
		for (l = 0; l < k; l++)
			memcpy(to + l * n, y.data + l * y.row, n * sizeof(*to));
		return;
	}
	for (l = 0; l < k; l = end) {
		end = l + smaller(8, k - l);
		for (j = 0; j < n; j++) {
			for (i = l; i < end; i++)
				to[i * n + j] = y.data[i * y.row + j * y.col];
		}
	}
}

/* Strip by strip, each copied first. */
static void
multiply_copied(const struct gemm_kernel *kernel, const struct gemm_job *job)
{
	_Alignas(64) word strip[DEPTH * GEMM_WIDTH];
	struct gemm_job block;
	size_t l, j;

	for (j = 0; j < job->n; j += kernel->width) {
		for (l = 0; l < job->k; l += DEPTH) {
			block = block_of(job, l, smaller(DEPTH, job->k - l), j,
			    smaller(kernel->width, job->n - j));
			copy_view(strip, block.y, block.k, block.n);
			block.y = (struct gemm_view){ strip, block.n, 1 };
			kernel->strip(&block);
		}
	}
	mem_wipe(strip, smaller(job->k, DEPTH) * smaller(job->n, kernel->width) * sizeof(*strip));
}

/* Strip by strip, y where it lies. */
static void
multiply_in_place(const struct gemm_kernel *kernel, const struct gemm_job *job)
{
	struct gemm_job block;
	size_t l, j;

	for (l = 0; l < job->k; l += DEPTH) {
		for (j = 0; j < job->n; j += kernel->width) {
			block = block_of(job, l, smaller(DEPTH, job->k - l), j,
			    smaller(kernel->width, job->n - j));
			kernel->strip(&block);
		}
	}
}

/* Row by row; so many columns at once that those of z stay in the first level of cache. */
static void
multiply_by_rows(const struct gemm_kernel *kernel, const struct gemm_job *job)
{
	struct gemm_job row, block;
	size_t i, j;

	for (i = 0; i < job->m; i++) {
		row = row_block(job, i, 1);
		for (j = 0; j < job->n; j += COLUMNS_AT_ONCE) {
			block = block_of(&row, 0, job->k, j, smaller(COLUMNS_AT_ONCE, job->n - j));
			kernel->row(&block);
		}
	}
}

/* A matrix with contiguous rows times a vector, which is copied unless it is contiguous as well. */
static void
multiply_vector(const struct gemm_kernel *kernel, const struct gemm_job *job)
{
	word vector[DEPTH * 4];
	struct gemm_job block;
	size_t l;

	if (job->y.row == 1) {
		kernel->dot(job);
		return;
	}
	for (l = 0; l < job->k; l += DEPTH * 4) {
		block = block_of(job, l, smaller(DEPTH * 4, job->k - l), 0, 1);
		copy_view(vector, block.y, block.k, 1);
		block.y = (struct gemm_view){ vector, 1, 1 };
		kernel->dot(&block);
	}
	mem_wipe(vector, smaller(job->k, DEPTH * 4) * sizeof(*vector));
}

/* z' = y' x' for one row or one column of z, whose words are ${step} apart. */
static struct gemm_job
transposed(const struct gemm_job *job, size_t step)
{
	struct gemm_job t = *job;

	t.x = (struct gemm_view){ job->y.data, job->y.col, job->y.row };
	t.y = (struct gemm_view){ job->x.data, job->x.col, job->x.row };
	t.m = job->n;
	t.n = job->m;
	t.ldz = step;
	return (t);
}

/* A few rows times a transposed matrix: each row is a product of that matrix and a vector. */
static void
multiply_as_dots(const struct gemm_kernel *kernel, const struct gemm_job *job)
{
	struct gemm_job row, column;
	size_t i;

	for (i = 0; i < job->m; i++) {
		row = row_block(job, i, 1);
		column = transposed(&row, 1);
		multiply_vector(kernel, &column);
	}
}

static void
multiply_by(const struct gemm_kernel *kernel, const struct gemm_job *job)
{
	struct gemm_job row;

	if (job->m == 0 || job->k == 0 || job->n == 0)
		return;
	if (kernel == &reference)
		plain_loops(job);
	else if (job->n == 1 && job->x.col == 1)
		multiply_vector(kernel, job);
	else if (job->n == 1 && job->x.row == 1 && (job->ldz == 1 || job->m == 1)) {
		row = transposed(job, job->m);
		multiply_by_rows(kernel, &row);
	} else if (job->m <= ROWS_AS_DOTS && job->y.row == 1 && job->y.col != 1)
		multiply_as_dots(kernel, job);
	else if ((job->m == 1 || job->k <= SHALLOW) && job->y.col == 1)
		multiply_by_rows(kernel, job);
	else if (job->n > 1 && (job->y.col != 1 || job->m >= ROWS_WORTH_COPYING))
		multiply_copied(kernel, job);
	else
		multiply_in_place(kernel, job);
}

static int
run_part(void *cookie)
{
	struct gemm_part *part = cookie;

	multiply_by(part->kernel, &part->job);
	return (0);
}

/* What threads share is the longer side of z, in so many grains. */
static size_t
grains_of(const struct gemm_job *job)
{
	size_t side = (job->m >= job->n) ? job->m : job->n;

	return (side / THREAD_GRAIN + (side % THREAD_GRAIN != 0));
}

/* The part of thread ${t}. */
static struct gemm_job
thread_block(const struct gemm_job *job, size_t t, size_t threads)
{
	size_t side = (job->m >= job->n) ? job->m : job->n, grains = grains_of(job);
	size_t start = smaller(grains * t / threads * THREAD_GRAIN, side);
	size_t count = smaller(grains * (t + 1) / threads * THREAD_GRAIN, side) - start;

	return ((job->m >= job->n) ? row_block(job, start, count) :
	    block_of(job, 0, job->k, start, count));
}

static int
multiply_together(const struct gemm_kernel *kernel, const struct gemm_job *job, size_t threads)
{
	struct gemm_part *parts;
	size_t t;
	int rc = -1;

	if ((parts = mem_array(threads, sizeof(*parts))) == NULL)
		return (-1);
	for (t = 0; t < threads; t++) {
		parts[t].kernel = kernel;
		parts[t].job = thread_block(job, t, threads);
		if (t > 0 && (parts[t].worker = worker_new()) == NULL)
			goto out;
	}
	for (t = 1; t < threads; t++)
		worker_start(parts[t].worker, run_part, &parts[t]);
	run_part(&parts[0]);
	for (t = 1; t < threads; t++)
		worker_wait(parts[t].worker);
	rc = 0;
out:
	for (t = 1; t < threads; t++)
		worker_free(parts[t].worker);
	free(parts);
	return (rc);
}

/* How many threads have enough to do, at least one. */
static size_t
useful_threads(const struct gemm_job *job, size_t threads)
{
	double worth = (double)job->m * (double)job->k * (double)job->n / THREAD_PRODUCTS;

	threads = smaller(threads, grains_of(job));
	if (worth < (double)threads)
		threads = (size_t)worth;
	return ((threads > 0) ? threads : 1);
}

int
gemm_add(word *z, size_t ldz, struct gemm_view x, struct gemm_view y, size_t m, size_t k,
    size_t n, int sign, unsigned threads)
{
	struct gemm_job job = { z, ldz, x, y, m, k, n, sign };
	size_t count = useful_threads(&job, threads);

	if (count > 1)
		return (multiply_together(kernel_in_use(), &job, count));
	multiply_by(kernel_in_use(), &job);
	return (0);
}
