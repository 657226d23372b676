#ifndef SMPC_RING_GEMM_H
#define SMPC_RING_GEMM_H

/*
 * The matrix product over Z_2^64, as fast as the processor allows.
 *
 * Units: ring words, all arithmetic mod 2^64.  The time taken depends on shapes, strides and
 * addresses alone, never on the words.  Copies of words that are made on the way are wiped.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

/*
 * A borrowed matrix: element (i, j) is data[i * row + j * col].  To transpose it, exchange row and
 * col.
 */
struct gemm_view {
	const word *data;
	size_t row, col;
};

/*
 * gemm_add(z, ldz, x, y, m, k, n, sign, threads):
 * z = z + x y for ${sign} 1, z = z - x y for ${sign} -1.
 *
 * Shapes   x: m x k, y: k x n, z: m x n, rows of z being ${ldz} words apart, ldz >= n; any of m, k,
 *          n may be 0. z overlaps neither x nor y.
 * Threads  At most ${threads} work at it, the caller among them; fewer on a product too small to
 *          share.  With 0 or 1, nothing is spawned and nothing allocated: up to 64 KiB are taken
 *          from the caller's stack.
 * Returns  0, or -1 (memory for the threads is short; reported once; ${z} is as it was).  Never -1
 *          with one thread.
 */
int gemm_add(word *z, size_t ldz, struct gemm_view x, struct gemm_view y, size_t m, size_t k,
    size_t n, int sign, unsigned threads);

/*
 * gemm_kernel():
 * Return the name of the implementation in use: "avx512", "avx2" or "portable", the first that this
 * processor has, unless gemm_select chose another one.
 */
const char *gemm_kernel(void);

/*
 * gemm_select(name):
 * Use the implementation ${name} from now on, in all threads: one of those above, or "reference",
 * three plain loops.  For tests and benches.  Return 0, or -1 when this build or this processor has
 * none of that name; nothing is reported.
 */
int gemm_select(const char *name);

#endif /* !SMPC_RING_GEMM_H */
