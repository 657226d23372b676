#ifndef SMPC_JOINT_BLOCKS_H
#define SMPC_JOINT_BLOCKS_H

/*
 * Share streams side by side, as the engine takes them: tensor by tensor, in blocks of a fixed
 * number of rows.  Where records and parts begin and end has no meaning for a block; all parties
 * cut the same ones.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/derive.h"
#include "data/scale.h"
#include "data/zip.h"
#include "mpc/mpc.h"

#define BLOCK_VALUES ((size_t)1 << 18) /* of the widest operand or result; at least one row */

struct blocks;

/* How the rows of a tensor are handed out. */
struct blocks_layout {
	/* 0: each stream has its own; else streams of one column are repeated to so many */
	size_t cols;
	/* of all operands and results: how many columns decide how many rows are a block */
	size_t widest;
	bool align;          /* multiply words so that all streams have the scale ${scale} */
	struct scale scale;
};

/* The part that rows of a block come from, up to where the next one of the same stream begins. */
struct block_origin {
	struct part *part;
	size_t row; /* of the block, at which they begin */
};

/* Consecutive rows. */
struct block {
	size_t rows;
	/* one for each stream: rows times columns words, row-major; until the next call */
	const struct mpc_vector *x;
	size_t n_x;
	const struct input *inputs;  /* the parts that they come from, and at which row of them */
	size_t n_inputs;
	/*
	 * the same parts, with all that their headers say; input i is of stream i % n_x.  Until the
	 * next call
	 */
	const struct block_origin *origins;
};

/*
 * block_origin_rows(block, i):
 * How many rows come from origin ${i}.
 */
size_t block_origin_rows(const struct block *block, size_t i);

/*
 * blocks_new(S, reference, readers, count):
 * The readers and the engine stay the caller's.  Every part must be public, or a share of the same
 * party and parties as ${reference}, which may be NULL: then all must be public.  Return NULL,
 * having reported, when memory is short.
 */
struct blocks *blocks_new(struct mpc *S, const struct part *reference,
    struct reader *const *readers, size_t count);

/*
 * blocks_tensor(b):
 * Go to the next tensor of all streams, as zip_tensor does.  Return 1, 0 or -1 (reported).
 */
int blocks_tensor(struct blocks *b);

/*
 * blocks_name(b, i), blocks_part(b, i), blocks_repeats(b, i):
 * What messages call stream ${i}; its first part in the tensor; whether its single row is repeated.
 */
const char *blocks_name(const struct blocks *b, size_t i);
const struct part *blocks_part(const struct blocks *b, size_t i);
bool blocks_repeats(const struct blocks *b, size_t i);

/*
 * blocks_intact(b, i):
 * What can be said of all parts of stream ${i} that rows were taken of so far (part.h).
 */
enum part_intact blocks_intact(const struct blocks *b, size_t i);

/*
 * blocks_alone(b, i):
 * The most rows that were taken of one part of stream ${i} so far.
 */
uint64_t blocks_alone(const struct blocks *b, size_t i);

/*
 * blocks_about(b, h):
 * Hash what all parties must have in common in the tensor beside rows and ids: what is known of its
 * columns, and what blocks_intact says.
 */
void blocks_about(const struct blocks *b, struct hash *h);

/*
 * blocks_begin(b, layout):
 * Say how the tensor is to be handed out; between blocks_tensor and blocks_next.  Return 0 or -1
 * (reported).
 */
int blocks_begin(struct blocks *b, const struct blocks_layout *layout);

/*
 * blocks_next(b, block):
 * The next rows, which mpc_check will cover (mpc_input).  A tensor without rows is one block of 0
 * rows.  Return 1; 0 at the end of the tensor; -1 (reported).
 */
int blocks_next(struct blocks *b, struct block *block);

/*
 * blocks_rows(widest):
 * How many rows are a block.
 */
size_t blocks_rows(size_t widest);

/*
 * blocks_free(b):
 * Wipe and free; harmless on NULL.
 */
void blocks_free(struct blocks *b);

#endif /* !SMPC_JOINT_BLOCKS_H */
