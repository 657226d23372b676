#ifndef SMPC_CLI_STRATIFY_H
#define SMPC_CLI_STRATIFY_H

/*
 * A secret order in which rows that are dealt out in turn (smpc-split --in-turn) make folds alike:
 * each has as many rows of any class as any other one, within one.  Nobody learns which row is in
 * which fold, nor where in it.
 */

#include "cli/arrange.h"

/* By which column, and for how many folds. */
struct stratify {
	const char *column;
	uint64_t folds;
	/* Of the tensor. */
	size_t position;
	int64_t low, high; /* bounds of its words */
	bool guessed;      /* nobody has declared them */
};

/*
 * stratify_find(s, p, where):
 * Find the column in a tensor.  Return 0 or -1 (reported: status 2 where it is not there, 5 where
 * it has missing values).
 */
int stratify_find(struct stratify *s, const struct part *p, const char *where);

/*
 * stratify_write(stage, a, s):
 * Write all rows of a tensor in such an order.  They are forgotten.  Return 0 or -1 (reported:
 * status 1 where there are fewer rows than folds).
 *
 * Cost     that of three secret orders of all rows, and of a sort by the column.
 * Reveals  nothing (func/ordering.h).
 */
int stratify_write(struct stage *stage, struct arrange *a, const struct stratify *s);

#endif /* !SMPC_CLI_STRATIFY_H */
