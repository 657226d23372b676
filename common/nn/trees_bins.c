#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/quantile.h"
#include "nn/prepare.h"
#include "nn/trees_internal.h"

#define FEATURE_MOST ((int64_t)1 << NN_FEATURE_RANGE)

/* ---- how many there are, and where ---- */

static bool
has_gaps(const struct trees *a, size_t j)
{

	return (a->task->data.sparse != NULL && a->task->data.sparse[j]);
}

/* How many words a column can have, if they are public and few; else 0. */
static size_t
known_words(const struct trees *a, size_t j)
{
	const struct nn_grid *g = (a->task->data.grid != NULL) ? &a->task->data.grid[j] : NULL;
	uint64_t steps;

	if (g == NULL || g->step <= 0)
		return (0);
	steps = ((uint64_t)g->high - (uint64_t)g->low) / (uint64_t)g->step;
	return ((steps < a->how.bins) ? (size_t)steps + 1 : 0);
}

/*
 * A column has an edge below each of its words, or bins, but the first; that one, too, where values
 * are missing, or where it is the only one.
 */
static size_t
edges_of(const struct trees *a, size_t j)
{
	const size_t words = known_words(a, j), bins = (words > 0) ? words : a->how.bins;

	return ((has_gaps(a, j) || bins == 1) ? bins : bins - 1);
}

static int
list_edges(const struct trees *a, struct trees_bins *b)
{
	size_t j, k, n = 0, m;

	for (j = 0, b->edges = 0; j < a->cols; j++) {
		b->edges += edges_of(a, j);
		b->sparse += has_gaps(a, j);
		b->candidates += has_gaps(a, j) ? edges_of(a, j) : 0;
	}
	b->candidates += b->edges;
	if ((b->column = mem_array(b->edges, sizeof(*b->column))) == NULL ||
	    (b->edge_of = mem_array(b->candidates, sizeof(*b->edge_of))) == NULL ||
	    (b->sparse_column = mem_array(b->sparse, sizeof(*b->sparse_column))) == NULL)
		return (-1);
	for (j = 0, m = 0, k = b->edges; j < a->cols; j++) {
		if (has_gaps(a, j))
			b->sparse_column[m++] = j;
		for (size_t e = edges_of(a, j); e-- > 0; n++) {
			b->column[n] = j;
			b->edge_of[n] = n;
			if (has_gaps(a, j))
				b->edge_of[k++] = n;
		}
	}
	return (0);
}

/* ---- edges ---- */

/* Where those of a column begin, and how many there are. */
static size_t
first_edge(const struct trees_bins *b, size_t j, size_t *count)
{
	size_t first = 0;

	while (first < b->edges && b->column[first] != j)
		first++;
	for (*count = 0; first + *count < b->edges && b->column[first + *count] == j; ++*count)
		;
	return (first);
}

/* The column's words, from the last one down. */
static void
put_public_edges(const struct trees *a, struct trees_bins *b, size_t j)
{
	const struct nn_grid *g = &a->task->data.grid[j];
	size_t count, first = first_edge(b, j, &count), k;
	struct mpc_vector one;

	for (k = 0; k < count; k++) {
		one = mpc_part(&b->edge, first + k, 1);
		mpc_add_public(&one, &one, g->high - (int64_t)(count - 1 - k) * g->step);
	}
}

/* What is known of a column's words; 0 is among them where some are missing. */
static struct mpc_ranked
ranked_column(const struct trees *a, size_t j, const struct mpc_vector *x,
    const struct mpc_vector *present)
{
	const struct nn_grid *g = (a->task->data.grid != NULL) ? &a->task->data.grid[j] : NULL;
	struct mpc_ranked r = { .x = x, .low = -FEATURE_MOST, .high = FEATURE_MOST };

	if (g != NULL && g->step > 0) {
		r.low = (g->low < 0) ? g->low : 0;
		r.high = (g->high > 0) ? g->high : 0;
	}
	if (has_gaps(a, j))
		r.present = present;
	return (r);
}

/* Neighbours of the quantiles of column ${j}, from ${at} on; return how many, or -1. */
static int
find_column_neighbours(struct mpc *S, const struct trees *a, const struct trees_bins *b,
    struct mpc_neighbours *nb, size_t at, size_t j)
{
	const struct nn_data *d = &a->task->data;
	size_t count, k;
	struct mpc_vector x = { .n = 0 }, present = { .n = 0 };
	struct mpc_ranked r;
	uint64_t numerators[TREES_MOST_BINS];
	struct mpc_quantiles asked = { .numerators = numerators,
		.denominator = a->how.bins - 1 };
	int rc = -1;

	(void)first_edge(b, j, &count);
	asked.count = count;
	for (k = 0; k < count; k++)
		numerators[k] = a->how.bins - count + k;
	if (mpc_vector_new(S, &x, d->rows) == 0 && mpc_vector_new(S, &present, d->rows) == 0) {
		mpc_columns_get(&x, &d->x, d->rows, a->cols, j);
		if (has_gaps(a, j)) {
			mpc_columns_get(&present, &d->absent, d->rows, a->cols, j);
			mpc_scale(&present, &present, -1);
			mpc_add_public(&present, &present, 1);
		}
		r = ranked_column(a, j, &x, &present);
		rc = mpc_neighbours_find(S, nb, at, &r, &asked);
	}
	mpc_vector_free(&x);
	mpc_vector_free(&present);
	return (rc);
}

/* Edges that are quantiles: one column after the other, and rounded together. */
static int
find_secret_edges(struct mpc *S, const struct trees *a, struct trees_bins *b)
{
	struct mpc_neighbours nb;
	struct mpc_between z;
	struct mpc_vector y = { .n = 0 };
	size_t *index, n = 0, at = 0, k, j;
	int rc = -1;

	memset(&nb, 0, sizeof(nb));
	memset(&z, 0, sizeof(z));
	if ((index = mem_array(b->edges, sizeof(*index))) == NULL)
		return (-1);
	for (k = 0; k < b->edges; k++) {
		if (known_words(a, b->column[k]) == 0)
			index[n++] = k;
	}
	if (n > 0 && mpc_neighbours_new(S, &nb, n) == 0 && mpc_between_new(S, &z, n) == 0 &&
	    mpc_vector_new(S, &y, n) == 0)
		rc = 0;
	for (j = 0; rc == 0 && j < a->cols; j++) {
		if (known_words(a, j) > 0)
			continue;
		rc = find_column_neighbours(S, a, b, &nb, at, j);
		at += edges_of(a, j);
	}
	if (rc == 0 && (rc = mpc_interpolate(S, &z, &nb, a->how.bins - 1)) == 0 &&
	    (rc = mpc_between_round(S, &y, &z, a->how.bins - 1)) == 0)
		mpc_scatter(&b->edge, index, &y);
	free(index);
	mpc_neighbours_free(&nb);
	mpc_between_free(&z);
	mpc_vector_free(&y);
	return ((n == 0) ? 0 : rc);
}

static int
find_edges(struct mpc *S, const struct trees *a, struct trees_bins *b)
{
	size_t j;

	if (mpc_vector_new(S, &b->edge, b->edges) == -1)
		return (-1);
	for (j = 0; j < a->cols; j++) {
		if (known_words(a, j) > 0)
			put_public_edges(a, b, j);
	}
	return (find_secret_edges(S, a, b));
}

/* ---- rows ---- */

/* Words of edges and rows that are compared at once. */
#define COMPARED_WORDS ((size_t)1 << 21)

/* What is missing is far below any edge. */
#define FAR_LOG 33
#define COMPARED_BITS (NN_FEATURE_RANGE + 2)
#define COMPARED_FAR_BITS (FAR_LOG + 2)

/* x - edge, of rows; where x is missing, far below 0. */
static void
subtract_edge(const struct trees *a, const struct trees_bins *b, size_t e, struct mpc_vector *z,
    struct mpc_vector *room)
{
	const struct nn_data *d = &a->task->data;
	const struct mpc_vector edge = mpc_part(&b->edge, e, 1);

	mpc_columns_get(z, &d->x, d->rows, a->cols, b->column[e]);
	mpc_rows_spread(room, &edge, 1, d->rows);
	mpc_subtract(z, z, room);
	if (has_gaps(a, b->column[e])) {
		mpc_columns_get(room, &d->absent, d->rows, a->cols, b->column[e]);
		mpc_add_scaled(z, room, -((int64_t)1 << FAR_LOG));
	}
}

/* Edges ${first} .. of which there are ${count}. */
static int
compare_edges(struct mpc *S, const struct trees *a, struct trees_bins *b, size_t first,
    size_t count)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .count = 1, .thresholds = &zero,
		.high = (b->sparse > 0) ? COMPARED_FAR_BITS : COMPARED_BITS };
	const size_t rows = a->task->data.rows;
	struct mpc_vector difference = { .n = 0 }, room = { .n = 0 }, part;
	struct mpc_bits bit = { .n = 0 };
	const struct mpc_selection_term term = { .bit = &bit, .constant = { 1 } };
	size_t i;
	int rc = -1;

	if (mpc_vector_new(S, &difference, count * rows) == 0 &&
	    mpc_vector_new(S, &room, rows) == 0 && mpc_bits_new(S, &bit, count * rows) == 0) {
		for (i = 0; i < count; i++) {
			part = mpc_part(&difference, i * rows, rows);
			subtract_edge(a, b, first + i, &part, &room);
		}
		part = mpc_part(&b->right, first * rows, count * rows);
		if (mpc_compare(S, &bit, &difference, &c) == 0)
			rc = mpc_select(S, &part, &(struct mpc_selection){ .count = 1,
				.terms = &term, .results = 1 });
	}
	mpc_vector_free(&difference);
	mpc_vector_free(&room);
	mpc_bits_free(&bit);
	return (rc);
}

static int
compare_all_edges(struct mpc *S, const struct trees *a, struct trees_bins *b)
{
	const struct nn_data *d = &a->task->data;
	size_t most = COMPARED_WORDS / d->rows, first, n;
	struct mpc_vector part;
	size_t i;
	int rc;

	most = (most > 0) ? most : 1;
	rc = mpc_vector_new(S, &b->right, (b->edges + b->sparse) * d->rows);
	for (first = 0; rc == 0 && first < b->edges; first += n) {
		n = (b->edges - first < most) ? b->edges - first : most;
		rc = compare_edges(S, a, b, first, n);
	}
	for (i = 0; rc == 0 && i < b->sparse; i++) {
		part = mpc_part(&b->right, (b->edges + i) * d->rows, d->rows);
		mpc_columns_get(&part, &d->absent, d->rows, a->cols, b->sparse_column[i]);
	}
	return (rc);
}

int
trees_bins_begin(struct mpc *S, struct trees *a)
{
	struct trees_bins *b = &a->bins;

	return ((list_edges(a, b) == -1 || find_edges(S, a, b) == -1) ? -1 :
	    compare_all_edges(S, a, b));
}

void
trees_bins_end(struct trees_bins *b)
{

	free(b->column);
	free(b->sparse_column);
	free(b->edge_of);
	mpc_vector_free(&b->edge);
	mpc_vector_free(&b->right);
	memset(b, 0, sizeof(*b));
}
