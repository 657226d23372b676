#ifndef SMPC_CLI_BINS_H
#define SMPC_CLI_BINS_H

/*
 * Histograms of columns in units of their own: public edges are numbers in the owners' units, and
 * words are compared with what they are in each column's.
 *
 * All that take an engine return 0 or -1 (reported), and reveal nothing.
 */

#include "data/part.h"
#include "func/histogram.h"

/* Columns of one exponent. */
struct bin_group {
	int exponent;
	size_t *columns, n;
	int64_t edge[MPC_MAX_THRESHOLDS];
	struct mpc_histogram histogram;
};

struct bins {
	size_t cols, edges;
	struct bin_group *groups;
	size_t n;
};

/*
 * bins_begin(S, b, p, f, edges):
 * Begin, for a tensor whose words are handed out with ${f} fraction bits; ${edges} are 2 to
 * MPC_MAX_THRESHOLDS decimals in ascending order, separated by commas.  bins_free is due in any
 * case.  Return 0 or -1 (reported: status 5 where a column's words cannot tell an edge from the one
 * before it, or an edge does not fit).
 */
int bins_begin(struct mpc *S, struct bins *b, const struct part *p, unsigned f, const char *edges);
void bins_free(struct bins *b);

/*
 * bins_edges(p, j, edges, edge):
 * The words that edges are in column ${j} of ${p}, at its fraction bits; ${edge} has room for all.
 * Return 0 or -1 (reported: status 5, as above).
 */
int bins_edges(const struct part *p, size_t j, const char *edges, int64_t *edge);

/*
 * bins_add(S, b, x, rows), bins_cells(S, y, b, minimum):
 * As mpc_histogram_add and mpc_histogram_cells, in one go for each group of columns.
 */
int bins_add(struct mpc *S, struct bins *b, const struct mpc_vector *x, size_t rows);
int bins_cells(struct mpc *S, struct mpc_vector *y, const struct bins *b, uint64_t minimum);

#endif /* !SMPC_CLI_BINS_H */
