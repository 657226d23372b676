#include "mpc/matrix.h"

#include <string.h>

typedef void plane_function(uint64_t *z, const uint64_t *x, size_t rows, size_t cols);

/* A party does the same to m and to the masks, as far as it has them. */
static void
on_planes(plane_function *f, struct mpc_vector *z, const struct mpc_vector *x, size_t rows,
    size_t cols)
{

	if (z->m != NULL)
		f(z->m, x->m, rows, cols);
	if (z->lam != NULL)
		f(z->lam, x->lam, rows, cols);
	z->mask = NULL;
}

static void
sum_columns(uint64_t *sum, const uint64_t *x, size_t rows, size_t cols)
{
	size_t r, c;

	memset(sum, 0, cols * sizeof(*sum));
	for (r = 0; r < rows; r++) {
		for (c = 0; c < cols; c++)
			sum[c] += x[r * cols + c];
	}
}

void
columns_sum(struct mpc_vector *sum, const struct mpc_vector *x, size_t rows, size_t cols)
{

	on_planes(sum_columns, sum, x, rows, cols);
}

static void
sum_rows(uint64_t *sum, const uint64_t *x, size_t rows, size_t cols)
{
	size_t r, c;

	memset(sum, 0, rows * sizeof(*sum));
	for (r = 0; r < rows; r++) {
		for (c = 0; c < cols; c++)
			sum[r] += x[r * cols + c];
	}
}

void
rows_sum(struct mpc_vector *sum, const struct mpc_vector *x, size_t rows, size_t cols)
{

	on_planes(sum_rows, sum, x, rows, cols);
}

static void
spread_columns(uint64_t *z, const uint64_t *v, size_t rows, size_t cols)
{
	size_t r;

	for (r = 0; r < rows; r++)
		memcpy(z + r * cols, v, cols * sizeof(*z));
}

void
columns_spread(struct mpc_vector *z, const struct mpc_vector *v, size_t rows, size_t cols)
{

	on_planes(spread_columns, z, v, rows, cols);
}

static void
spread_rows(uint64_t *z, const uint64_t *v, size_t rows, size_t cols)
{
	size_t r, c;

	for (r = 0; r < rows; r++) {
		for (c = 0; c < cols; c++)
			z[r * cols + c] = v[r];
	}
}

void
rows_spread(struct mpc_vector *z, const struct mpc_vector *v, size_t rows, size_t cols)
{

	on_planes(spread_rows, z, v, rows, cols);
}

static void
subtract_columns(uint64_t *z, const uint64_t *x, const uint64_t *v, size_t rows, size_t cols)
{
	size_t r, c;

	for (r = 0; r < rows; r++) {
		for (c = 0; c < cols; c++)
			z[r * cols + c] = x[r * cols + c] - v[c];
	}
}

void
columns_subtract(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *v,
    size_t rows, size_t cols)
{

	if (z->m != NULL)
		subtract_columns(z->m, x->m, v->m, rows, cols);
	if (z->lam != NULL)
		subtract_columns(z->lam, x->lam, v->lam, rows, cols);
	z->mask = NULL;
}

static void
take_diagonal(uint64_t *z, const uint64_t *x, size_t rows, size_t cols)
{
	size_t c;

	for (c = 0; c < rows; c++)
		z[c] = x[c * cols + c];
}

void
columns_diagonal(struct mpc_vector *z, const struct mpc_vector *x, size_t cols)
{

	on_planes(take_diagonal, z, x, cols, cols);
}

void
rows_gather(struct mpc_vector *z, const struct mpc_vector *x, const size_t *index, size_t rows,
    size_t cols)
{
	size_t r;

	for (r = 0; z->m != NULL && r < rows; r++)
		memcpy(z->m + r * cols, x->m + index[r] * cols, cols * sizeof(*z->m));
	for (r = 0; z->lam != NULL && r < rows; r++)
		memcpy(z->lam + r * cols, x->lam + index[r] * cols, cols * sizeof(*z->lam));
	z->mask = NULL;
}
