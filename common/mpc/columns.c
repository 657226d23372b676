#include "mpc/columns.h"

#include <string.h>

/* A party does the same to m and to the masks, as far as it has them: a function on planes, called for both. */

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

	if (sum->m != NULL)
		sum_columns(sum->m, x->m, rows, cols);
	if (sum->lam != NULL)
		sum_columns(sum->lam, x->lam, rows, cols);
	sum->mask = NULL;
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

	if (sum->m != NULL)
		sum_rows(sum->m, x->m, rows, cols);
	if (sum->lam != NULL)
		sum_rows(sum->lam, x->lam, rows, cols);
	sum->mask = NULL;
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

	if (z->m != NULL)
		spread_columns(z->m, v->m, rows, cols);
	if (z->lam != NULL)
		spread_columns(z->lam, v->lam, rows, cols);
	z->mask = NULL;
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

	if (z->m != NULL)
		spread_rows(z->m, v->m, rows, cols);
	if (z->lam != NULL)
		spread_rows(z->lam, v->lam, rows, cols);
	z->mask = NULL;
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
columns_subtract(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *v, size_t rows, size_t cols)
{

	if (z->m != NULL)
		subtract_columns(z->m, x->m, v->m, rows, cols);
	if (z->lam != NULL)
		subtract_columns(z->lam, x->lam, v->lam, rows, cols);
	z->mask = NULL;
}

void
columns_diagonal(struct mpc_vector *z, const struct mpc_vector *x, size_t cols)
{
	size_t c;

	for (c = 0; z->m != NULL && c < cols; c++)
		z->m[c] = x->m[c * cols + c];
	for (c = 0; z->lam != NULL && c < cols; c++)
		z->lam[c] = x->lam[c * cols + c];
	z->mask = NULL;
}
