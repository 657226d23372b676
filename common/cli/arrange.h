#ifndef SMPC_CLI_ARRANGE_H
#define SMPC_CLI_ARRANGE_H

/*
 * Whole rows of a tensor in a secret order: what smpc-sort and smpc-shuf have in common.  All parts
 * of the tensor are one table, which is held in memory; the result has the same columns, in parts
 * of a block each.  Keys go with their rows; a result with keys holds its masks as words.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/keyed.h"
#include "cli/stage.h"

/* A tensor. */
struct arrange {
	struct part *part;       /* its first one; what is true of its columns is of all parts */
	struct keyed held;
	struct stage_inputs inputs;
	struct part **parts;     /* these inputs: held, as the result says what their rows are of */
	bool ranked;             /* the order follows from values (joint/result.h) */
};

/*
 * arrange_hold(stage, b, a):
 * Read all rows of the current tensor of ${b}, which has one operand, after blocks_tensor.  Return
 * 0 or -1 (reported); arrange_free is due in either case, and harmless on a zeroed one.
 */
int arrange_hold(struct stage *stage, struct blocks *b, struct arrange *a);
void arrange_free(struct arrange *a);

/*
 * arrange_write(stage, a, order, at, count):
 * Put the rows into ${order}, and write ${count} of them: those in places at[0] .. there, or, where
 * ${at} is NULL, as it is at the dealer and in a plan, what the others choose.  The rows are
 * forgotten.  Return 0 or -1 (reported).
 *
 * Cost     that of keyed_permute for all rows, and of keyed_choose for those that are written.
 */
int arrange_write(struct stage *stage, struct arrange *a, const struct mpc_order *order,
    const size_t *at, size_t count);

/*
 * arrange_choose(stage, a, moved, at, count):
 * Write ${count} rows, of rows of the tensor that have been ${moved}: those in places at[0] ..
 * there, as above.  Return 0 or -1 (reported).
 */
int arrange_choose(struct stage *stage, const struct arrange *a, const struct keyed *moved,
    const size_t *at, size_t count);

#endif /* !SMPC_CLI_ARRANGE_H */
