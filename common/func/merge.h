#ifndef SMPC_FUNC_MERGE_H
#define SMPC_FUNC_MERGE_H

/*
 * Tables of counts in cells that follow each other, such as how many numbers are from one public
 * edge to the next, so that nobody sees a cell of few rows, and none is lost.
 */

#include "mpc/mpc.h"

/* What cells have: lists of cells, and of each cell some values, of which the first is a count. */
struct mpc_cells {
	size_t values, lists, cells; /* word [value][list][cell] */
};

/*
 * mpc_merge_cells(S, x, c, least):
 * From the last cell of each list down, count the rows of a cell that has fewer than ${least} in
 * the next one below, where they are still too few in the one after that, and so on; and those that
 * are left in the end in the lowest cell that has some.  So a cell has at least so many rows, or
 * none; and sums of cells from any one up are what they were, but for fewer than ${least} rows of
 * the list.  If a list has fewer rows than that in all, all words of all lists become 0.
 *
 * Range    counts from 0, and ${least}, below 2^61; values below 2^62 in magnitude.
 * Cost     none if ${least} <= 1; else for each cell a comparison and two selections, in as many
 *          rounds, and another comparison.
 * Returns  0 or -1 (reported).  Nothing is revealed.
 */
int mpc_merge_cells(struct mpc *S, struct mpc_vector *x, const struct mpc_cells *c, uint64_t least);

#endif /* !SMPC_FUNC_MERGE_H */
