#ifndef SMPC_CLI_STAGE_H
#define SMPC_CLI_STAGE_H

/*
 * A tool that computes on secret numbers in a session of all parties, or on public ones (--clear),
 * or that says what it would cost (--plan), is a table of options, a struct stage_work, and one
 * call of stage_run.
 *
 * Most tools map rows to rows: their work is stage_map with a function on blocks of vectors.
 * Others read blocks and write results themselves (smpc-matmul is an example).
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/interactive.h"
#include "data/exposure.h"
#include "joint/blocks.h"
#include "joint/result.h"
#include "mpc/mpc.h"

struct stage_options {
	bool plan;
	bool clear;
	bool faithful;
};

extern struct stage_options stage_options;

/*
 * stage_threads(option):
 * How many threads a product may take: what -j says, or, with 0, the processors here divided by the
 * parties that smpc-local runs here.
 */
unsigned stage_threads(uint64_t option);

#define STAGE_OPTIONS \
	{ 0, "faithful", NULL, OPT_FLAG, &stage_options.faithful, 0, 0, \
	    "round to the floor exactly where fraction bits are cut off; takes more rounds" }, \
	{ 0, "plan", NULL, OPT_FLAG, &stage_options.plan, 0, 0, \
	    "print what it would cost, from the shapes of the operands, and exit; takes no " \
	    "agent" }, \
	{ 0, "clear", NULL, OPT_FLAG, &stage_options.clear, 0, 0, \
	    "compute on public streams in the clear, with a public result; takes no agent" }, \
	INTERACTIVE_OPTIONS

/* Of tools that compare: how far apart two numbers may be. */
#define STAGE_MAX_BITS 63
#define STAGE_BITS_OPTION(to) \
	{ 0, "bits", "BITS", OPT_NUMBER, &(to), 1, STAGE_MAX_BITS, \
	    "differences are below 2^BITS units of the last fraction bit (default 63); fewer " \
	    "bits cost less" }

/* What a tool does while it runs. */
struct stage {
	struct mpc *S;
	struct reader **readers; /* the operands, in their order */
	size_t count;
	/* For stage.c. */
	struct joint joint;
	struct result result;
	/* a first share among the operands; with --clear, a first public part */
	struct part *reference;
	bool masked;            /* there is a session, or a plan for one */
	uint64_t planned;       /* numbers of the operands, so far */
	/*
	 * Set by the work when it has reported that there is no result: the session goes to its end
	 * all the same, so that the dealer does not see the difference.
	 */
	bool withheld;
};

struct stage_work {
	const char *op;     /* of the result's parts, smpc-share(5) */
	/* canonical parameters, or ""; many of them are written on a line each */
	const char *params;
	const uint8_t *digest; /* of a public operand that is no stream (derive.h), or NULL */
	/*
	 * what can be told from the headers of the operands' first parts, before the other parties
	 * are waited for, op and meets_dealer among it; 0 or -1 (reported); NULL: nothing
	 */
	int (*check)(const struct stage *stage, void *state);
	/* append more of what decides what is done to the descriptor, after check; NULL: nothing */
	void (*describe)(void *state, struct descriptor *d);
	int (*run)(struct stage *stage, void *state); /* 0 or -1 (reported) */
	void *state;
	bool exponents;        /* columns of operands may have exponents (data/column.h) */
	bool missing;          /* columns may have words that are missing */
	bool keys;             /* columns may be words of keys, which are shared by XOR (part.h) */
	/*
	 * what it tells the parties in any case ("a score"), so that owners' budgets forbid it;
	 * NULL: nothing
	 */
	const char *tells;
	bool meets_dealer;     /* he has to be there: what he does depends on the others */
	/* done only when all parties' results have their names, which takes a round more */
	bool named;
};

/*
 * stage_run(work, operands, count):
 * Open the operands, standard input where there is none, and the output, and run ${work} in the way
 * that the options say.  In a session: join it; then, behind the work, compare what was opened
 * (mpc_check) and wait until all parties have written their results, and only then give ours its
 * name; with work->named, wait until all of them have theirs, and fail if that is not known.
 * Return 0 or -1 (reported: status 2 where the operands or the lack of an agent do not allow it).
 */
int stage_run(const struct stage_work *work, char **operands, size_t count);

/*
 * stage_run_or_local(work, local, operands, count):
 * The same for tools that need no session where at most one operand is a share: they run ${local}
 * as operands_run does.
 */
int stage_run_or_local(const struct stage_work *work,
    int (*local)(struct reader *const *readers, size_t count, struct writer *w), char **operands,
    size_t count);

/*
 * stage_check_columns(stage, operand, list):
 * For work->check: whether the first part of an operand has the columns of ${list}, which may be
 * NULL.  Return 0 or -1 (reported: status 2).
 */
int stage_check_columns(const struct stage *stage, size_t operand, const char *list);

/*
 * stage_blocks(stage, first, count):
 * Read operands ${first} .. ${first} + ${count} - 1 side by side (blocks.h).  To be freed with
 * blocks_free; NULL, having reported, on failure.
 */
struct blocks *stage_blocks(struct stage *stage, size_t first, size_t count);

/*
 * stage_each_tensor(stage, each, state):
 * Call ${each} for each tensor of the operands, all of which ${b} reads side by side.  It returns 0
 * or -1, which ends it.  Return 0 or -1 (reported).
 */
int stage_each_tensor(struct stage *stage,
    int (*each)(struct stage *stage, void *state, struct blocks *b), void *state);

/*
 * stage_next(stage, b, block):
 * blocks_next, and make sure that all parties take the same rows of the same parts.  One round
 * among the computing parties.
 */
int stage_next(struct stage *stage, struct blocks *b, struct block *block);

/*
 * stage_result(stage, shape, inputs, n_inputs, rows, y), stage_write(stage):
 * Begin and write a block of the result (result.h), of at most blocks_rows(shape->cols) rows.
 */
int stage_result(struct stage *stage, const struct result_shape *shape, const struct input *inputs,
    size_t n_inputs, size_t rows, struct mpc_vector **y);
int stage_write(struct stage *stage);

/* Parts that a result of a whole tensor is made of; all zero, there are none. */
struct stage_inputs {
	struct input *items;
	uint8_t (*ids)[ID_BYTES];
	size_t count;
	/* of the tensor that stage_hold or stage_inputs_add_block read */
	struct exposure exposure;
};

/*
 * stage_hold(stage, b, x, rows, inputs):
 * Read all rows of the current tensor of a stream, ${b} of one operand after blocks_tensor, into
 * *${x}, zeroed before and to be freed with mpc_vector_free in any case; append its parts to
 * ${inputs}.  Return 0 or -1 (reported).
 */
int stage_hold(struct stage *stage, struct blocks *b, struct mpc_vector *x, size_t *rows,
    struct stage_inputs *inputs);

/*
 * stage_inputs_add(in, inputs, count), stage_inputs_add_rows(in, inputs, count),
 * stage_inputs_free(in):
 * Append copies; return 0 or -1 (reported).  Free, and leave none.  With stage_inputs_add_rows, the
 * rows of the result come of theirs one by one, and it is of the same block.
 */
int stage_inputs_add(struct stage_inputs *in, const struct input *inputs, size_t count);
int stage_inputs_add_rows(struct stage_inputs *in, const struct input *inputs, size_t count);
void stage_inputs_free(struct stage_inputs *in);

/*
 * stage_inputs_expose(in, block):
 * Count the parts that begin in a block (data/exposure.h), as stage_inputs_add_block does, too.
 * Return 0 or -1 (reported).
 */
int stage_inputs_expose(struct stage_inputs *in, const struct block *block);

/*
 * stage_inputs_go_on(in, input):
 * Whether rows of the last part go on, as a block began within it; a part that comes again begins
 * with its first row.
 *
 * stage_inputs_add_block(in, block):
 * Append copies of the parts of a block, but for one that goes on: a result of all rows of a tensor
 * does not care where a block began.  Return 0 or -1 (reported).
 */
bool stage_inputs_go_on(const struct stage_inputs *in, const struct input *input);
int stage_inputs_add_block(struct stage_inputs *in, const struct block *block);

/* ---- tools that map rows to rows ---- */

/* One tensor of a map: what is known, and what the tool decides. */
struct stage_tensor {
	size_t count;                    /* of operands */
	const struct part *const *parts; /* their first parts in the tensor: scale, columns, name */
	/*
	 * Set from the operands before the tool is asked; the names are those of the first operand
	 * that is as wide as the result.
	 */
	size_t cols;                     /* of the result */
	const char *const *columns;      /* names, or NULL */
	/* of the result: that of the first operand; of all, if they are aligned */
	struct scale scale;
	/* what it is a tensor of, if it is one of a model (part.h): NULL */
	const char *model;
	/* what is known of the result's columns, from stage_tensor_know; NULL: nothing */
	struct column *about;
	const struct blocks *blocks; /* whose rows come next */
};

/*
 * stage_tensor_know(t):
 * Make room for what is known of each of t->cols columns, which are undeclared so far; the room
 * stays the tensor's.  Return 0 or -1 (reported).
 */
int stage_tensor_know(struct stage_tensor *t);

/*
 * stage_column(t, i, j):
 * Which column of operand ${i} meets column ${j} of the result.
 */
size_t stage_column(const struct stage_tensor *t, size_t i, size_t j);

struct stage_map {
	/*
	 * Operands of one column are repeated to the width of the widest, which is the result's;
	 * else each operand is handed out with its own columns.
	 */
	bool wide;
	bool align; /* bring all words to the coarsest common scale first */
	/*
	 * Change what the result has: cols, columns, scale, model, about, after cols.  Return 0 or
	 * -1 (reported).  May be NULL.
	 */
	int (*tensor)(void *state, struct stage_tensor *t);
	/*
	 * Compute ${rows} rows of the result ${y} from those of all operands ${x}.  The last
	 * operation should be an interactive one with ${y} as its result (result.h); no other one
	 * may have it.  Return 0 or -1 (reported).
	 */
	int (*block)(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
	    size_t rows);
	/*
	 * Called behind the last block of a tensor, before its result is given away.  Return 0 or
	 * -1 (reported).  May be NULL.
	 */
	int (*end)(void *state, const struct stage_tensor *t);
	void *state;
};

/*
 * stage_tensor_numbers(t):
 * part_check_numbers of all operands.
 */
int stage_tensor_numbers(const struct stage_tensor *t);

/*
 * stage_map(stage, map):
 * Run through all tensors and rows of the operands, side by side; those of a single row are
 * repeated.  Return 0 or -1 (reported).
 */
int stage_map(struct stage *stage, const struct stage_map *map);

/*
 * stage_run_map(op, params, map, operands, count):
 * stage_run with stage_map for its work.  Columns of operands may have exponents.
 */
int stage_run_map(const char *op, const char *params, const struct stage_map *map,
    char **operands, size_t count);

/*
 * stage_refuse_divisor(p, where):
 * Learners take no tensor with a divisor, as means have.  Return 0 or -1 (reported, status 2).
 */
int stage_refuse_divisor(const struct part *p, const char *where);

#endif /* !SMPC_CLI_STAGE_H */
