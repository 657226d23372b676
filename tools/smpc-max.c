/*
 * The largest or smallest number of each row or column, or where it is, in a session of all
 * parties.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "func/extreme.h"
#include "func/function.h"

static bool smallest, argmax, argmin, columns;
static uint64_t bits = STAGE_MAX_BITS;

static const struct opt options[] = {
	{ 0, "min", NULL, OPT_FLAG, &smallest, 0, 0, "the smallest in place of the largest" },
	{ 0, "argmax", NULL, OPT_FLAG, &argmax, 0, 0,
	    "where the largest is, counted from 0; of equal ones the first" },
	{ 0, "argmin", NULL, OPT_FLAG, &argmin, 0, 0, "where the smallest is" },
	{ 'c', "columns", NULL, OPT_FLAG, &columns, 0, 0,
	    "of each column, over all rows (default: of each row)" },
	STAGE_BITS_OPTION(bits),
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* What is asked for. */
struct extreme_choice {
	const char *name;
	bool least;
	bool where;
};

/* z = x, or its negative, so that the largest is asked for. */
static int
orient(const struct extreme_choice *c, struct mpc *S, struct mpc_vector *z,
    const struct mpc_vector *x)
{

	if (mpc_vector_new(S, z, x->n) == -1)
		return (-1);
	mpc_scale(z, x, c->least ? -1 : 1);
	return (0);
}

/* ---- of each row ---- */

static int
begin_rows(void *state, struct stage_tensor *t)
{
	struct extreme_choice *c = state;

	t->cols = 1;
	t->columns = &c->name;
	if (c->where)
		t->scale = (struct scale){ .divisor = 1 };
	return (0);
}

static int
max_of_rows(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	const struct extreme_choice *c = state;
	struct mpc_vector z;
	int rc;

	if ((rc = orient(c, S, &z, &x[0])) == 0)
		rc = mpc_max_rows(S, c->where ? NULL : y, c->where ? y : NULL, &z, rows, z.n / rows,
		    (unsigned)bits);
	if (rc == 0 && c->least && !c->where)
		mpc_scale(y, y, -1);
	mpc_vector_free(&z);
	return (rc);
}

static int
max_by_row(struct stage *stage, void *state)
{
	const struct stage_map map = {
		.tensor = begin_rows,
		.block = max_of_rows,
		.state = state,
	};

	return (stage_map(stage, &map));
}

/* ---- of each column ---- */

static int
gather_tensor(struct stage *stage, const struct extreme_choice *c, struct blocks *b,
    struct mpc_extreme *x, struct stage_inputs *in)
{
	const size_t cols = blocks_part(b, 0)->cols;
	struct blocks_layout layout = { .widest = cols };
	struct mpc_vector z;
	struct block block;
	int rc;

	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (stage_inputs_add_block(in, &block) == -1)
			return (-1);
		if (block.rows == 0)
			continue;
		if ((rc = orient(c, stage->S, &z, &block.x[0])) == 0)
			rc = mpc_extreme_add(stage->S, x, &z, block.rows, cols, c->where,
			    (unsigned)bits);
		mpc_vector_free(&z);
		if (rc == -1)
			return (-1);
	}
	if (rc == 0 && x->rows == 0)
		return (fail(ST_FAILED, "tensor '%s' has no rows", blocks_part(b, 0)->name));
	return (rc);
}

static int
write_extreme(struct stage *stage, const struct extreme_choice *c, const struct part *p,
    const struct mpc_extreme *x, const struct stage_inputs *in)
{
	const struct result_shape shape = {
		.name = p->name,
		.cols = p->cols,
		.columns = (const char *const *)p->columns,
		.scale = c->where ? (struct scale){ .divisor = 1 } : scale_of(p),
	};
	struct mpc_vector *y;

	if (stage_result(stage, &shape, in->items, in->count, 1, &y) == -1)
		return (-1);
	mpc_scale(y, c->where ? &x->index : &x->value, (c->least && !c->where) ? -1 : 1);
	return (stage_write(stage));
}

static int
max_of_columns(struct stage *stage, void *state, struct blocks *b)
{
	struct stage_inputs in = { NULL, NULL, 0 };
	struct mpc_extreme x;
	int rc;

	memset(&x, 0, sizeof(x));
	if ((rc = gather_tensor(stage, state, b, &x, &in)) == 0)
		rc = write_extreme(stage, state, blocks_part(b, 0), &x, &in);
	mpc_extreme_free(&x);
	stage_inputs_free(&in);
	return (rc);
}

static int
max_by_column(struct stage *stage, void *state)
{

	return (stage_each_tensor(stage, max_of_columns, state));
}

static int
run(char **operands, size_t count)
{
	struct extreme_choice c = { .name = "max", .least = smallest || argmin,
		.where = argmax || argmin };
	char params[40];
	struct stage_work work = {
		.params = params,
		.run = columns ? max_by_column : max_by_row,
		.state = &c,
	};

	if (smallest + argmax + argmin > 1)
		return (usage("--min, --argmax and --argmin exclude each other"));
	if (c.least)
		c.name = c.where ? "argmin" : "min";
	else if (c.where)
		c.name = "argmax";
	work.op = c.name;
	snprintf(params, sizeof(params), "%s bits=%" PRIu64, columns ? "columns" : "rows", bits);
	return (stage_run(&work, operands, count));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Find the largest number of each row or column of a share stream, in a "
		    "session of all parties.",
		.notes = "Every party runs it under smpc-party.\n"
		    "Example: smpc-max --argmax score.alice > class.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
