#include "func/histogram.h"

#include <string.h>

#include "mpc/mpc.h"

int
mpc_histogram_new(struct mpc *S, struct mpc_histogram *h, size_t cols, const int64_t *edge,
    size_t edges)
{

	memset(h, 0, sizeof(*h));
	h->cols = cols;
	h->edge = edge;
	h->edges = edges;
	return (mpc_vector_new(S, &h->least, edges * cols));
}

void
mpc_histogram_free(struct mpc_histogram *h)
{

	mpc_vector_free(&h->least);
}

/*
 * Views of ${d}, one for each edge, which begin with whole words.  So all comparisons land in one
 * long vector of bits, and one selection makes numbers of all of them, in one round.
 */
static void
divide_bits(struct mpc_bits *views, const struct mpc_bits *d, size_t n, size_t edges)
{
	size_t stride = (n + 63) / 64 * 64, i;

	for (i = 0; i < edges; i++)
		views[i] = mpc_bits_part(d, i * stride, n);
}

/*
 * least += sums of the columns of bits, which are numbers at distance ${stride}.  Once a bit is a
 * number, counting is adding up, and costs nothing; the words between two edges' numbers, up to the
 * stride, have no meaning and are left out.
 */
static int
add_counts(struct mpc *S, struct mpc_histogram *h, const struct mpc_vector *number, size_t rows,
    size_t stride)
{
	struct mpc_vector sum, part, total;
	size_t i;
	int rc;

	if ((rc = mpc_vector_new(S, &sum, h->cols)) == 0) {
		for (i = 0; i < h->edges; i++) {
			part = mpc_part(number, i * stride, rows * h->cols);
			total = mpc_part(&h->least, i * h->cols, h->cols);
			mpc_columns_sum(&sum, &part, rows, h->cols, 1);
			mpc_add(&total, &total, &sum);
		}
	}
	mpc_vector_free(&sum);
	return (rc);
}

/* Numbers are any words; an edge may be as far from them as a word allows. */
#define ANY_RANGE 63

int
mpc_histogram_add(struct mpc *S, struct mpc_histogram *h, const struct mpc_vector *x, size_t rows)
{
	const struct mpc_comparison comparison = { .high = ANY_RANGE, .count = h->edges,
		.thresholds = h->edge };
	struct mpc_bits all = { .n = 0 }, d[MPC_MAX_THRESHOLDS];
	struct mpc_vector number = { .n = 0 };
	const struct mpc_selection_term term = { .bit = &all, .constant = { 1 } };
	const struct mpc_selection selection = { .count = 1, .terms = &term, .results = 1 };
	size_t stride = (x->n + 63) / 64 * 64;
	int rc = -1;

	if (mpc_bits_new(S, &all, h->edges * stride) == 0 &&
	    mpc_vector_new(S, &number, h->edges * stride) == 0) {
		divide_bits(d, &all, x->n, h->edges);
		if (mpc_compare(S, d, x, &comparison) == 0 &&
		    mpc_select(S, &number, &selection) == 0)
			rc = add_counts(S, h, &number, rows, stride);
	}
	mpc_bits_free(&all);
	mpc_vector_free(&number);
	return (rc);
}

/*
 * y = cell where that is at least ${minimum}, else 0.  Counts and the minimum are below 2^61, and
 * so their difference is below 2^62.
 */
#define COUNT_RANGE 62

static int
suppress(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *cell, uint64_t minimum)
{
	const int64_t least = (int64_t)minimum;
	const struct mpc_comparison comparison = { .high = COUNT_RANGE, .count = 1,
		.thresholds = &least };
	struct mpc_bits enough = { .n = 0 };
	const struct mpc_selection_term term = { .bit = &enough, .word = cell, .weight = { 1 } };
	const struct mpc_selection selection = { .count = 1, .terms = &term, .results = 1 };
	int rc = -1;

	if (mpc_bits_new(S, &enough, cell->n) == 0 &&
	    mpc_compare(S, &enough, cell, &comparison) == 0)
		rc = mpc_select(S, y, &selection);
	mpc_bits_free(&enough);
	return (rc);
}

/* Of edges i and i + 1 the cell between them: at least as large as the one, and not the other. */
int
mpc_histogram_cells(struct mpc *S, struct mpc_vector *y, const struct mpc_histogram *h,
    uint64_t minimum)
{
	size_t n = (h->edges - 1) * h->cols;
	struct mpc_vector cell, from = mpc_part(&h->least, 0, n), to = mpc_part(&h->least, h->cols,
	    n);
	int rc;

	if ((rc = mpc_vector_new(S, &cell, n)) == 0) {
		mpc_subtract(&cell, &from, &to);
		if (minimum > 1)
			rc = suppress(S, y, &cell, minimum);
		else
			mpc_copy(y, &cell);
	}
	mpc_vector_free(&cell);
	return (rc);
}
