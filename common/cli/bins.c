#include "cli/bins.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "data/bounds.h"
#include "mpc/room.h"
#include "ring/fixed.h"

/* Words and edges are at most this, so that they differ by less than 2^63. */
#define MOST (((int64_t)1 << MPC_NUMBER_RANGE) - 1)

/* ---- edges ---- */

/* Edges beyond all words of a column are so, one behind the other. */
static int64_t
beyond_words(bool above, size_t i, size_t edges)
{

	return (above ? MOST - (int64_t)(edges - 1 - i) : (int64_t)i - MOST);
}

/* Whether no word of the group's columns is near those that stand for edges beyond all words. */
static bool
is_clear_of(const struct part *p, const struct bin_group *g, size_t edges)
{
	struct bounds b;
	size_t i;

	for (i = 0; i < g->n; i++) {
		b = bounds_of(part_about(p, g->columns[i]));
		if (!bounds_known(b) || b.low <= beyond_words(false, edges, edges) ||
		    b.high >= beyond_words(true, 0, edges))
			return (false);
	}
	return (true);
}

static int
refuse_edge(const struct part *p, const struct bin_group *g, const char *text, size_t len,
    const char *why)
{
	const size_t j = g->columns[0];

	if (p->columns != NULL)
		return (fail(ST_RANGE, "tensor '%s', column '%.80s': the edge %.*s %s", p->name,
		    p->columns[j], (int)len, text, why));
	return (fail(ST_RANGE, "tensor '%s', column %zu: the edge %.*s %s", p->name, j + 1,
	    (int)len, text, why));
}

static int
set_edge(const struct part *p, struct bin_group *g, unsigned f, size_t i, size_t edges,
    const char *text, size_t len)
{
	int rc = fixed_parse_scaled(text, len, (int)f - g->exponent, &g->edge[i]);

	if (rc == FIXED_SYNTAX)
		return (refuse_edge(p, g, text, len, "is no number"));
	if (rc == FIXED_RANGE || g->edge[i] > MOST || g->edge[i] < -MOST) {
		if (!is_clear_of(p, g, edges))
			return (refuse_edge(p, g, text, len, "does not fit its scale"));
		g->edge[i] = beyond_words(text[0] != '-', i, edges);
	}
	if (i > 0 && g->edge[i] <= g->edge[i - 1])
		return (refuse_edge(p, g, text, len, "is, at its scale, the one before it"));
	return (0);
}

static int
set_edges(const struct part *p, struct bin_group *g, unsigned f, size_t edges, const char *text)
{
	size_t i, len;

	for (i = 0; i < edges; i++, text += len + 1) {
		len = strcspn(text, ",");
		if (set_edge(p, g, f, i, edges, text, len) == -1)
			return (-1);
	}
	return (0);
}

int
bins_edges(const struct part *p, size_t j, const char *edges, int64_t *edge)
{
	struct bin_group g = { .exponent = part_about(p, j)->exponent, .columns = &j, .n = 1 };
	size_t n = 1;
	const char *at;

	for (at = edges; (at = strchr(at, ',')) != NULL; at++)
		n++;
	if (set_edges(p, &g, p->fraction_bits, n, edges) == -1)
		return (-1);
	memcpy(edge, g.edge, n * sizeof(*edge));
	return (0);
}

/* ---- groups ---- */

static struct bin_group *
bin_group_of(struct bins *b, int exponent)
{
	size_t i;

	for (i = 0; i < b->n && b->groups[i].exponent != exponent; i++)
		continue;
	if (i == b->n) {
		b->groups[i].exponent = exponent;
		b->n++;
	}
	return (&b->groups[i]);
}

static int
group_columns(struct bins *b, const struct part *p)
{
	struct bin_group *g;
	size_t j;

	for (j = 0; j < b->cols; j++) {
		g = bin_group_of(b, part_about(p, j)->exponent);
		if (g->columns == NULL &&
		    (g->columns = mem_array(b->cols, sizeof(*g->columns))) == NULL)
			return (-1);
		g->columns[g->n++] = j;
	}
	return (0);
}

int
bins_begin(struct mpc *S, struct bins *b, const struct part *p, unsigned f, const char *edges)
{
	struct bin_group *g;
	const char *at;

	memset(b, 0, sizeof(*b));
	b->cols = p->cols;
	b->edges = 1;
	for (at = edges; (at = strchr(at, ',')) != NULL; at++)
		b->edges++;
	if ((b->groups = mem_array(b->cols, sizeof(*b->groups))) == NULL ||
	    group_columns(b, p) == -1)
		return (-1);
	for (g = b->groups; g < b->groups + b->n; g++) {
		if (set_edges(p, g, f, b->edges, edges) == -1 ||
		    mpc_histogram_new(S, &g->histogram, g->n, g->edge, b->edges) == -1)
			return (-1);
	}
	return (0);
}

void
bins_free(struct bins *b)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		mpc_histogram_free(&b->groups[i].histogram);
		free(b->groups[i].columns);
	}
	free(b->groups);
	memset(b, 0, sizeof(*b));
}

/* ---- rows ---- */

/* Where the words of a group's columns are in ${rows} rows of all. */
static size_t *
places_of(const struct bins *b, const struct bin_group *g, size_t rows)
{
	size_t *index = mem_array(rows * g->n, sizeof(*index)), i;

	for (i = 0; index != NULL && i < rows * g->n; i++)
		index[i] = i / g->n * b->cols + g->columns[i % g->n];
	return (index);
}

static int
add_group(struct mpc *S, const struct bins *b, struct bin_group *g, const struct mpc_vector *x,
    size_t rows)
{
	size_t *index = places_of(b, g, rows);
	struct mpc_vector some = { .n = 0 };
	int rc = -1;

	if (index != NULL && mpc_vector_new(S, &some, rows * g->n) == 0) {
		mpc_gather(&some, x, index, rows * g->n);
		rc = mpc_histogram_add(S, &g->histogram, &some, rows);
	}
	mpc_vector_free(&some);
	free(index);
	return (rc);
}

int
bins_add(struct mpc *S, struct bins *b, const struct mpc_vector *x, size_t rows)
{
	size_t i;

	if (b->n == 1)
		return (mpc_histogram_add(S, &b->groups[0].histogram, x, rows));
	for (i = 0; i < b->n; i++) {
		if (add_group(S, b, &b->groups[i], x, rows) == -1)
			return (-1);
	}
	return (0);
}

static int
group_cells(struct mpc *S, struct mpc_vector *y, const struct bins *b, const struct bin_group *g,
    uint64_t minimum)
{
	size_t rows = b->edges - 1, *index = places_of(b, g, rows);
	struct mpc_vector some = { .n = 0 };
	int rc = -1;

	if (index != NULL && mpc_vector_new(S, &some, rows * g->n) == 0 &&
	    (rc = mpc_histogram_cells(S, &some, &g->histogram, minimum)) == 0)
		mpc_scatter(y, index, &some);
	mpc_vector_free(&some);
	free(index);
	return (rc);
}

int
bins_cells(struct mpc *S, struct mpc_vector *y, const struct bins *b, uint64_t minimum)
{
	size_t i;

	if (b->n == 1)
		return (mpc_histogram_cells(S, y, &b->groups[0].histogram, minimum));
	for (i = 0; i < b->n; i++) {
		if (group_cells(S, y, b, &b->groups[i], minimum) == -1)
			return (-1);
	}
	return (0);
}
