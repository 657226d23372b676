/*
 * The largest or smallest number of each row or column, or where it is, in a session of all
 * parties.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/known.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "func/extreme.h"
#include "func/function.h"
#include "nn/prepare.h"

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
	/* Of the tensor: what its columns' words are multiplied by, 2 to this; NULL: by nothing. */
	int *shift;
	unsigned bits; /* differences are below 2^bits */
};

/* ---- what is known ---- */

/* Multiply the words of column ${j}, of which ${k} is known, to the unit of the finest column. */
static int
to_finest_unit(struct extreme_choice *c, const struct part *p, size_t j, struct known *k, int shift)
{
	char text[KNOWN_TEXT] = "which may be any";

	if (known_shift(k, shift) == -1) {
		if (column_has_range(part_about(p, j)))
			known_text(p, j, text);
		return (known_refuse(p, j, "its numbers, %s, may not fit in the units of the "
		    "finest column: give them narrower bounds (smpc-map clip), or take columns "
		    "that are nearer to each other in size", text));
	}
	if (shift > 0 && c->shift == NULL &&
	    (c->shift = mem_array(p->cols, sizeof(*c->shift))) == NULL)
		return (-1);
	/* What is multiplied by more than a word has is 0. */
	if (shift > 0)
		c->shift[j] = (shift > MPC_NUMBER_RANGE) ? MPC_NUMBER_RANGE : shift;
	return (0);
}

/*
 * All columns in the finest of their units: set ${all} to what is known of their words then, and
 * *${widest} to the column with the largest.
 */
static int
find_common_unit(struct extreme_choice *c, const struct part *p, struct known *all, size_t *widest)
{
	int finest = part_about(p, 0)->exponent;
	unsigned most = 0;
	bool known = true;
	struct known k;
	size_t j;

	for (j = 1; j < p->cols; j++) {
		if (part_about(p, j)->exponent < finest)
			finest = part_about(p, j)->exponent;
	}
	*all = (struct known){ { INT64_MAX, INT64_MIN }, finest };
	for (j = 0; j < p->cols; j++) {
		if (part_check_alike(p, j) == -1)
			return (-1);
		k = (struct known){ bounds_of(part_about(p, j)), part_about(p, j)->exponent };
		if (to_finest_unit(c, p, j, &k, k.exponent - finest) == -1)
			return (-1);
		known = known && bounds_known(k.words);
		bounds_unite(&all->words, k.words);
		if (bounds_bits(k.words) > most) {
			most = bounds_bits(k.words);
			*widest = j;
		}
	}
	if (!known)
		all->words = bounds_any();
	return (0);
}

static void
extreme_choice_free(struct extreme_choice *c)
{

	free(c->shift);
	c->shift = NULL;
}

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

/* The largest number of several columns has their unit, if that is one. */
static int
keep_unit(struct column *c, const struct part *p)
{
	const char *unit = part_about(p, 0)->unit;
	size_t j;

	if (unit == NULL)
		return (0);
	for (j = 1; j < p->cols; j++) {
		if (part_about(p, j)->unit == NULL || strcmp(part_about(p, j)->unit, unit) != 0)
			return (0);
	}
	c->kind = COLUMN_NUMBER;
	return (column_set_unit(c, unit));
}

/* ---- of each row ---- */

static int
begin_rows(void *state, struct stage_tensor *t)
{
	struct extreme_choice *c = state;
	const struct part *p = t->parts[0];
	struct known_width width;
	size_t widest = 0;
	struct known all;

	t->cols = 1;
	t->columns = &c->name;
	if (c->where)
		t->scale = (struct scale){ .divisor = 1 };
	extreme_choice_free(c);
	known_width_begin(&width, (unsigned)bits);
	if (part_check_numbers(p) == -1 || stage_tensor_know(t) == -1 ||
	    find_common_unit(c, p, &all, &widest) == -1 ||
	    known_width_add(&width, p, widest, all.words, all.words) == -1)
		return (-1);
	c->bits = known_width_bits(&width);
	if (c->where)
		all = (struct known){ { 0, (int64_t)p->cols - 1 }, 0 };
	column_result(&t->about[0], all.words, all.exponent);
	return (c->where ? 0 : keep_unit(&t->about[0], p));
}

static int
max_of_rows(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	const struct extreme_choice *c = state;
	struct mpc_vector z;
	int rc;

	if ((rc = orient(c, S, &z, &x[0])) == 0 && c->shift != NULL)
		rc = nn_shift_columns(S, &z, rows, z.n / rows, c->shift);
	if (rc == 0)
		rc = mpc_max_rows(S, c->where ? NULL : y, c->where ? y : NULL, &z, rows, z.n / rows,
		    c->bits);
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

/* Numbers are compared with others of their column. */
static int
compare_each(struct extreme_choice *c, const struct part *p)
{
	struct known_width width;
	struct bounds b;
	size_t j;

	known_width_begin(&width, (unsigned)bits);
	for (j = 0; j < p->cols; j++) {
		b = bounds_of(part_about(p, j));
		if (known_width_add(&width, p, j, b, b) == -1)
			return (-1);
	}
	c->bits = known_width_bits(&width);
	return (0);
}

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
			rc = mpc_extreme_add(stage->S, x, &z, block.rows, cols, c->where, c->bits);
		mpc_vector_free(&z);
		if (rc == -1)
			return (-1);
	}
	if (rc == 0 && x->rows == 0)
		return (fail(ST_FAILED, "tensor '%s' has no rows", blocks_part(b, 0)->name));
	return (rc);
}

/* A column's largest number is one of it; where it is, a number of a row. */
static struct column *
describe_extreme(const struct extreme_choice *c, const struct part *p, uint64_t rows)
{
	struct column *about;
	size_t j;

	if (!c->where && p->about != NULL)
		return (columns_copy(p->about, p->cols));
	if ((about = mem_array(p->cols, sizeof(*about))) == NULL)
		return (NULL);
	for (j = 0; j < p->cols; j++)
		column_result(&about[j], c->where ? (struct bounds){ 0, (int64_t)rows - 1 } :
		    bounds_any(), 0);
	return (about);
}

static int
write_extreme(struct stage *stage, const struct extreme_choice *c, const struct part *p,
    const struct mpc_extreme *x, const struct stage_inputs *in, const struct column *about)
{
	const struct result_shape shape = {
		.name = p->name,
		.cols = p->cols,
		.columns = (const char *const *)p->columns,
		.about = about,
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
	struct stage_inputs in = { .items = NULL };
	const struct part *p = blocks_part(b, 0);
	struct extreme_choice *c = state;
	struct column *about = NULL;
	struct mpc_extreme x;
	int rc = -1;

	memset(&x, 0, sizeof(x));
	if (part_check_numbers(p) == 0 && compare_each(c, p) == 0 &&
	    gather_tensor(stage, c, b, &x, &in) == 0 &&
	    (about = describe_extreme(c, p, x.rows)) != NULL)
		rc = write_extreme(stage, c, p, &x, &in, about);
	columns_free(about, p->cols);
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
		.exponents = true,
		.run = columns ? max_by_column : max_by_row,
		.state = &c,
	};
	int rc;

	if (smallest + argmax + argmin > 1)
		return (usage("--min, --argmax and --argmin exclude each other"));
	if (c.least)
		c.name = c.where ? "argmin" : "min";
	else if (c.where)
		c.name = "argmax";
	work.op = c.name;
	snprintf(params, sizeof(params), "%s bits=%" PRIu64, columns ? "columns" : "rows", bits);
	rc = stage_run(&work, operands, count);
	extreme_choice_free(&c);
	return (rc);
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
