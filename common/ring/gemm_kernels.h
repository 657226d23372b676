#ifndef SMPC_RING_GEMM_KERNELS_H
#define SMPC_RING_GEMM_KERNELS_H

/*
 * What stands between the blocking of the matrix product (gemm.c) and the kernels made for one kind
 * of processor.
 */

#include "ring/gemm.h"
#include "ring/word.h"

/* z += x y, or z -= x y where sign is -1.  Shapes as for gemm_add. */
struct gemm_job {
	word *z;
	size_t ldz;
	struct gemm_view x, y;
	size_t m, k, n;
	int sign;
};

struct gemm_kernel {
	const char *name;

	/* Whether this processor can run it. */
	int (*usable)(void);

	/* The number of columns that strip takes at once; at most GEMM_WIDTH. */
	size_t width;

	/*
	 * Compute a job of at least one and at most ${width} columns, with y.col == 1, m >= 1 and
	 * k >= 1.  Any number of rows; x may have any strides.
	 */
	void (*strip)(const struct gemm_job *job);

	/*
	 * Compute a job of one row, with y.col == 1 and k, n >= 1: rows of y are added up, read
	 * from left to right.
	 */
	void (*row)(const struct gemm_job *job);

	/*
	 * Compute a job of one column, with x.col == 1, y.row == 1 and m, k >= 1: every word is an
	 * inner product.
	 */
	void (*dot)(const struct gemm_job *job);
};

/* The widest strip of any kernel. */
#define GEMM_WIDTH 32

/*
 * Loops over the registers of a tile must vanish, whatever the level of optimization: their indices
 * name registers.
 */
#if defined(__clang__)
#define GEMM_UNROLL _Pragma("unroll")
#else
#define GEMM_UNROLL _Pragma("GCC unroll 8")
#endif

#if defined(__x86_64__)
extern const struct gemm_kernel gemm_avx512;
extern const struct gemm_kernel gemm_avx2;
#endif
extern const struct gemm_kernel gemm_portable;

#endif /* !SMPC_RING_GEMM_KERNELS_H */
