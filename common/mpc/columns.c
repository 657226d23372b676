#include "mpc/columns.h"

#include <string.h>

static void
sum_plane(uint64_t *sum, const uint64_t *x, size_t rows, size_t cols)
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
		sum_plane(sum->m, x->m, rows, cols);
	if (sum->lam != NULL)
		sum_plane(sum->lam, x->lam, rows, cols);
	sum->mask = NULL;
}

static void
subtract_plane(uint64_t *z, const uint64_t *x, const uint64_t *row, size_t rows, size_t cols)
{
	size_t r, c;

	for (r = 0; r < rows; r++) {
		for (c = 0; c < cols; c++)
			z[r * cols + c] = x[r * cols + c] - row[c];
	}
}

void
columns_subtract(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *c, size_t rows, size_t cols)
{

	if (z->m != NULL)
		subtract_plane(z->m, x->m, c->m, rows, cols);
	if (z->lam != NULL)
		subtract_plane(z->lam, x->lam, c->lam, rows, cols);
	z->mask = NULL;
}
