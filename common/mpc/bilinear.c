#include "mpc/bilinear.h"

#include "base/mem.h"
#include "ring/gemm.h"

struct bilinear
bilinear_elements(size_t n)
{
	struct bilinear B = { .kind = BILINEAR_ELEMENTS, .n = n, .threads = 1 };

	return (B);
}

struct bilinear
bilinear_groups(const size_t *ends, size_t m)
{
	struct bilinear B = { .kind = BILINEAR_GROUPS, .m = m, .n = (m > 0) ? ends[m - 1] : 0,
		.ends = ends,
		.threads = 1 };

	return (B);
}

struct bilinear
bilinear_columns(size_t m, size_t k, size_t n)
{
	struct bilinear B = { .kind = BILINEAR_COLUMNS, .m = m, .k = k, .n = n, .threads = 1 };

	return (B);
}

struct bilinear
bilinear_matrices(size_t m, size_t k, size_t n)
{
	struct bilinear B = { .kind = BILINEAR_MATRICES, .m = m, .k = k, .n = n,
		.threads = 1 };

	return (B);
}

struct bilinear
bilinear_convolution(const struct convolution *c)
{
	struct bilinear B = { .kind = BILINEAR_CONVOLUTION, .threads = 1,
		.convolution = c };

	return (B);
}

size_t
convolution_output(size_t extent, size_t kernel, size_t stride, size_t padding)
{

	return ((extent + 2 * padding < kernel) ? 0 : (extent + 2 * padding - kernel) / stride + 1);
}

static size_t
output_plane(const struct convolution *c)
{

	return (convolution_output(c->height, c->kernel_height, c->stride, c->padding) *
	    convolution_output(c->width, c->kernel_width, c->stride, c->padding));
}

static size_t
patch(const struct convolution *c)
{

	return (c->channels * c->kernel_height * c->kernel_width);
}

static size_t
image(const struct convolution *c)
{

	return (c->channels * c->height * c->width);
}

size_t
bilinear_x(const struct bilinear *B)
{

	switch (B->kind) {
	case BILINEAR_ELEMENTS:
	case BILINEAR_GROUPS:
		return (B->n);
	case BILINEAR_COLUMNS:
		return (B->m * B->k * B->n);
	case BILINEAR_MATRICES:
		return (B->m * B->k);
	default:
		return (B->convolution->side == CONVOLUTION_IMAGES ? B->convolution->filters *
		    patch(B->convolution) : B->convolution->batch * image(B->convolution));
	}
}

size_t
bilinear_y(const struct bilinear *B)
{

	switch (B->kind) {
	case BILINEAR_ELEMENTS:
	case BILINEAR_GROUPS:
		return (B->n);
	case BILINEAR_COLUMNS:
		return (B->m * B->k * B->n);
	case BILINEAR_MATRICES:
		return (B->k * B->n);
	default:
		return (B->convolution->side == CONVOLUTION_FORWARD ? B->convolution->filters *
		    patch(B->convolution) : B->convolution->batch * B->convolution->filters *
		    output_plane(B->convolution));
	}
}

size_t
bilinear_z(const struct bilinear *B)
{

	switch (B->kind) {
	case BILINEAR_ELEMENTS:
		return (B->n);
	case BILINEAR_GROUPS:
		return (B->m);
	case BILINEAR_COLUMNS:
		return (B->m * B->n);
	case BILINEAR_MATRICES:
		return (B->m * B->n);
	default:
		switch (B->convolution->side) {
		case CONVOLUTION_FORWARD:
			return (B->convolution->batch * B->convolution->filters *
			    output_plane(B->convolution));
		case CONVOLUTION_FILTERS:
			return (B->convolution->filters * patch(B->convolution));
		default:
			return (B->convolution->batch * image(B->convolution));
		}
	}
}

/* ---- convolution, as a product of matrices for each image ---- */

/*
 * Position in an image of what output position (row, col) meets at (i, j) of the kernel, or -1 in
 * the padding.
 */
static ptrdiff_t
meets(const struct convolution *c, size_t row, size_t col, size_t i, size_t j)
{
	size_t y = row * c->stride + i, x = col * c->stride + j;

	if (y < c->padding || x < c->padding || y - c->padding >= c->height ||
	    x - c->padding >= c->width)
		return (-1);
	return ((ptrdiff_t)((y - c->padding) * c->width + (x - c->padding)));
}

/*
 * columns: patch x output plane, from an image; or, with ${back}, added from the columns to the
 * image.
 */
static void
unfold(const struct convolution *c, word *columns, word *img, bool back)
{
	size_t rows = convolution_output(c->height, c->kernel_height, c->stride, c->padding);
	size_t cols = convolution_output(c->width, c->kernel_width, c->stride, c->padding);
	size_t channel, i, j, row, col;
	word *at = columns, *plane;
	ptrdiff_t met;

	for (channel = 0; channel < c->channels; channel++) {
		plane = img + channel * c->height * c->width;
		for (i = 0; i < c->kernel_height; i++) {
			for (j = 0; j < c->kernel_width; j++) {
				for (row = 0; row < rows; row++) {
					for (col = 0; col < cols; col++, at++) {
						met = meets(c, row, col, i, j);
						if (back && met >= 0)
							plane[met] += *at;
						else if (!back)
							*at = (met >= 0) ? plane[met] : 0;
					}
				}
			}
		}
	}
}

static struct gemm_view
view(const word *data, size_t row, size_t col)
{
	struct gemm_view v = { data, row, col };

	return (v);
}

/* One image: x, y and z are this image's, or the filters where those are meant. */
static int
convolve(const struct convolution *c, word *z, const word *x, const word *y, int sign,
    unsigned threads, word *columns)
{
	size_t k = patch(c), o = output_plane(c), i;

	switch (c->side) {
	case CONVOLUTION_FORWARD:
		unfold(c, columns, (word *)(uintptr_t)x, false);
		return (gemm_add(z, o, view(y, k, 1), view(columns, o, 1), c->filters, k, o, sign,
		    threads));
	case CONVOLUTION_FILTERS:
		unfold(c, columns, (word *)(uintptr_t)x, false);
		return (gemm_add(z, k, view(y, o, 1), view(columns, 1, o), c->filters, o, k, sign,
		    threads));
	default:
		for (i = 0; i < k * o; i++)
			columns[i] = 0;
		if (gemm_add(columns, o, view(x, 1, k), view(y, o, 1), k, c->filters, o, sign,
		    threads) == -1)
			return (-1);
		unfold(c, columns, z, true);
		return (0);
	}
}

static int
convolve_all(const struct bilinear *B, word *z, const word *x, const word *y, int sign)
{
	const struct convolution *c = B->convolution;
	size_t words = patch(c) * output_plane(c), i;
	size_t step_x = (c->side == CONVOLUTION_IMAGES) ? 0 : image(c);
	size_t step_y = (c->side == CONVOLUTION_FORWARD) ? 0 : c->filters * output_plane(c);
	size_t step_z = (c->side == CONVOLUTION_FORWARD) ? c->filters * output_plane(c) :
	    (c->side == CONVOLUTION_FILTERS) ? 0 : image(c);
	word *columns;
	int rc = 0;

	if ((columns = mem_array(words, sizeof(*columns))) == NULL)
		return (-1);
	for (i = 0; i < c->batch && rc == 0; i++)
		rc = convolve(c, z + i * step_z, x + i * step_x, y + i * step_y, sign, B->threads,
		    columns);
	mem_wipe_free(columns, words * sizeof(*columns));
	return (rc);
}

static void
add_groups(const struct bilinear *B, word *z, const word *x, const word *y, int sign)
{
	size_t g, i;
	word sum;

	for (i = 0, g = 0; g < B->m; g++) {
		for (sum = 0; i < B->ends[g]; i++)
			sum += x[i] * y[i];
		z[g] += (sign == 1) ? sum : 0 - sum;
	}
}

/* z = z + sign x y, for ${n} words. */
static void
add_elements(word *z, const word *x, const word *y, size_t n, int sign)
{
	size_t i;

	for (i = 0; sign == 1 && i < n; i++)
		z[i] += x[i] * y[i];
	for (i = 0; sign != 1 && i < n; i++)
		z[i] -= x[i] * y[i];
}

static void
add_column_products(const struct bilinear *B, word *z, const word *x, const word *y, int sign)
{
	size_t row;

	for (row = 0; row < B->m * B->k; row++)
		add_elements(z + row / B->k * B->n, x + row * B->n, y + row * B->n, B->n, sign);
}

int
bilinear_add(const struct bilinear *B, word *z, const word *x, const word *y, int sign)
{

	switch (B->kind) {
	case BILINEAR_ELEMENTS:
		add_elements(z, x, y, B->n, sign);
		return (0);
	case BILINEAR_COLUMNS:
		add_column_products(B, z, x, y, sign);
		return (0);
	case BILINEAR_GROUPS:
		add_groups(B, z, x, y, sign);
		return (0);
	case BILINEAR_MATRICES:
		return (gemm_add(z, B->n, B->x_transposed ? view(x, 1, B->m) : view(x, B->k, 1),
		    B->y_transposed ? view(y, 1, B->k) : view(y, B->n, 1), B->m, B->k, B->n, sign,
		    B->threads));
	default:
		return (convolve_all(B, z, x, y, sign));
	}
}
