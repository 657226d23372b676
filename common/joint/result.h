#ifndef SMPC_JOINT_RESULT_H
#define SMPC_JOINT_RESULT_H

/*
 * What the engine computes, written as a share stream: block by block, each a part of its own, so
 * that what reads the stream at any party, the dealer too, can begin before its end.
 *
 * Where the last operation drew a block's masks from its record keys, the stream holds these keys
 * in place of masks: a computing party's share is one word for each value, and the dealer's a few
 * hundred bytes for each block.  Where a local operation came last, masks are written as words.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/derive.h"
#include "data/part.h"
#include "data/scale.h"
#include "data/writer.h"
#include "joint/joint.h"
#include "mpc/mpc.h"

/* A tensor of the result. */
struct result_shape {
	const char *name;
	size_t cols;
	const char *const *columns; /* their names, or NULL */
	const struct column *about; /* what is known of each (part.h), or NULL */
	struct scale scale;
	/* of all rows (part.h), or NULL; result_begin takes those of its block from ${first_row} */
	const int *row_exponents;
	size_t first_row;
	uint64_t least, among; /* of groups and joins (part.h), or 0 */
	/*
	 * it has noise: of this deviation, by columns, and spent of these budgets, so that it may
	 * leave; NULL: it has none
	 */
	const uint64_t *noise;
	const struct budgets *spent;
	/* it is made of sums with noise alone, and may leave, too; ${noise} is not known of it */
	bool of_noisy;
	bool mixed;            /* rows of inputs may come any number of times (part.h) */
	bool ranked;           /* where a row stands depends on the values of others: not once */
};

struct result {
	struct mpc *S;
	struct joint *joint;       /* NULL: clear words, or none */
	struct writer *w;          /* NULL: nothing is written */
	const struct part *like;   /* whose scheme and parties the result has */
	const char *op;
	const char *params;        /* canonical */
	/* what a model's tensors are for (part.h), for the parts to come; or NULL */
	const char *model;
	/* The block that is being made. */
	struct part *part;
	size_t rows;
	struct mpc_vector y;
	struct mpc_output_mask mask;
	uint8_t part_keys[MPC_MAX_PARTIES][PRG_KEY_BYTES];
	uint8_t record_keys[MPC_MAX_PARTIES][PRG_KEY_BYTES];
};

/*
 * result_begin(r, shape, inputs, n_inputs, rows, y):
 * Begin a block of ${rows} rows that was made of ${inputs}, and set *${y} to room for it, whose
 * mask comes from the block's keys.  The last operation of the block should have *${y} as its
 * result.  Return 0 or -1 (reported).
 */
int result_begin(struct result *r, const struct result_shape *shape, const struct input *inputs,
    size_t n_inputs, size_t rows, struct mpc_vector **y);

/*
 * result_end(r):
 * Write the block.  Return 0 or -1 (reported).
 */
int result_end(struct result *r);

/*
 * result_free(r):
 * Wipe what is left of a block; harmless without one.
 */
void result_free(struct result *r);

#endif /* !SMPC_JOINT_RESULT_H */
