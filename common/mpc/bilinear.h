#ifndef SMPC_MPC_BILINEAR_H
#define SMPC_MPC_BILINEAR_H

/*
 * Public bilinear maps over Z_2^64, the products of the engine: elementwise, summed up in groups,
 * of columns, of matrices, 2-D convolution.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

enum bilinear_kind {
	BILINEAR_ELEMENTS, /* z[i] = x[i] y[i] */
	BILINEAR_GROUPS,   /* z[g] = the sum of x[i] y[i] over group g */
	BILINEAR_COLUMNS,  /* z[i][j] = sum over l of x[i][l][j] y[i][l][j] */
	BILINEAR_MATRICES, /* z = x y */
	BILINEAR_CONVOLUTION
};

/* Which map, and the shapes of its operands. */
struct bilinear {
	enum bilinear_kind kind;
	/*
	 * elements: n; groups: m, of n numbers; columns: x and y are m groups of k rows of n
	 * numbers; matrices: x is m x k, y is k x n; row-major
	 */
	size_t m, k, n;
	const size_t *ends;     /* of groups, one behind the other: where each ends */
	bool x_transposed;      /* x is stored as k x m */
	bool y_transposed;      /* y is stored as n x k */
	unsigned threads;
	const struct convolution *convolution;
};

/*
 * A 2-D convolution as networks have it (a cross-correlation): x is ${batch} images of ${channels}
 * planes of ${height} x ${width}; y is ${filters} times ${channels} planes of ${kernel_height} x
 * ${kernel_width}; z is ${batch} images of ${filters} planes.  With zeros around the images.
 */
struct convolution {
	size_t batch, channels, height, width;
	size_t filters, kernel_height, kernel_width;
	size_t stride, padding;
	enum convolution_side {
		CONVOLUTION_FORWARD,  /* x: images, y: filters, z: outputs */
		CONVOLUTION_FILTERS,  /* x: images, y: output gradients, z: filter gradients */
		CONVOLUTION_IMAGES    /* x: filters, y: output gradients, z: image gradients */
	} side;
};

/*
 * bilinear_elements(n), bilinear_groups(ends, m), bilinear_columns(m, k, n),
 * bilinear_matrices(m, k, n), bilinear_convolution(c):
 * Describe a map.  ${ends} and ${c} stay where they are.
 */
struct bilinear bilinear_elements(size_t n);
struct bilinear bilinear_groups(const size_t *ends, size_t m);
struct bilinear bilinear_columns(size_t m, size_t k, size_t n);
struct bilinear bilinear_matrices(size_t m, size_t k, size_t n);
struct bilinear bilinear_convolution(const struct convolution *c);

/*
 * convolution_output(extent, kernel, stride, padding):
 * Height or width of an output plane.
 */
size_t convolution_output(size_t extent, size_t kernel, size_t stride, size_t padding);

/* Lengths of x, y and z. */
size_t bilinear_x(const struct bilinear *B);
size_t bilinear_y(const struct bilinear *B);
size_t bilinear_z(const struct bilinear *B);

/*
 * bilinear_add(B, z, x, y, sign):
 * z = z + B(x, y), or z - B(x, y) if ${sign} is -1.  Return 0 or -1 (reported).
 */
int bilinear_add(const struct bilinear *B, word *z, const word *x, const word *y,
    int sign);

#endif /* !SMPC_MPC_BILINEAR_H */
