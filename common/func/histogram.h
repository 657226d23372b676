#ifndef SMPC_FUNC_HISTOGRAM_H
#define SMPC_FUNC_HISTOGRAM_H

/*
 * Histograms of the columns of a matrix that comes in blocks of rows.  Numbers of rows and columns,
 * and the edges of cells, are public.
 *
 * All that take an engine return 0 or -1 (reported), and reveal nothing.
 */

#include "mpc/mpc.h"

/*
 * How many numbers of each column are at least as large as each of some public edges; counts are at
 * 0 fraction bits.  ${least} has ${edges} rows.
 */
struct mpc_histogram {
	size_t cols, edges;
	const int64_t *edge; /* ascending; the caller's */
	struct mpc_vector least;
};

/*
 * mpc_histogram_new(S, h, cols, edge, edges):
 * Begin, with 2 <= edges <= MPC_MAX_THRESHOLDS.  mpc_histogram_free is harmless even where this
 * fails.
 */
int mpc_histogram_new(struct mpc *S, struct mpc_histogram *h, size_t cols, const int64_t *edge,
    size_t edges);
void mpc_histogram_free(struct mpc_histogram *h);

/*
 * mpc_histogram_add(S, h, x, rows):
 * Go on with ${rows} >= 1 rows.
 *
 * Range    differences of numbers and edges are below 2^63.
 * Cost     a comparison with all edges, and a selection for each edge, in one round.
 */
int mpc_histogram_add(struct mpc *S, struct mpc_histogram *h, const struct mpc_vector *x,
    size_t rows);

/*
 * mpc_histogram_cells(S, y, h, minimum):
 * y[i][j] = how many numbers of column j are in cell i, from edge i to just below edge i + 1, or 0
 * where they are fewer than ${minimum}.
 *
 * Range    minimum < 2^61.
 * Cost     none if ${minimum} <= 1; else a comparison and a selection.
 */
int mpc_histogram_cells(struct mpc *S, struct mpc_vector *y, const struct mpc_histogram *h,
    uint64_t minimum);

#endif /* !SMPC_FUNC_HISTOGRAM_H */
