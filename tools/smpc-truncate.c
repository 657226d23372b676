/* Cut fraction bits off a share, in a session of all parties. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/known.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "nn/prepare.h"

/*
 * Bits that numbers of a known range keep, in a finer unit than fraction bits alone would give:
 * what is far below 1 by a large factor would be 0.
 */
#define KEPT_BITS 24

static uint64_t fraction_bits = 16;

static const struct opt options[] = {
	{ 'f', "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, 0, PART_MAX_FRACTION_BITS,
	    "how many fraction bits the result has (default 16)" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

struct shortening {
	unsigned shift; /* bits that are cut off where a column does not keep some of them */
	int *column;    /* what columns are shifted by (nn_shift_columns); NULL: all by -shift */
	unsigned widest[2 * COLUMN_MAX_EXPONENT + 1]; /* bits of words in each unit */
};

static bool
keeps_digits(const struct column *c)
{

	return (c->kind == COLUMN_NUMBER && column_has_range(c));
}

/* Find how wide the columns of each unit are, so that those in one unit stay in one. */
static void
find_widest(struct shortening *a, const struct stage_tensor *t)
{
	const struct column *c;
	unsigned bits, *widest;
	size_t j;

	memset(a->widest, 0, sizeof(a->widest));
	for (j = 0; j < t->cols; j++) {
		c = part_about(t->parts[0], j);
		bits = keeps_digits(c) ? bounds_bits(bounds_of(c)) : 0;
		widest = &a->widest[c->exponent + COLUMN_MAX_EXPONENT];
		*widest = (bits > *widest) ? bits : *widest;
	}
}

/* How many of the bits that are cut off column ${c} keeps. */
static unsigned
kept_bits(const struct shortening *a, const struct column *c)
{
	const unsigned bits = a->widest[c->exponent + COLUMN_MAX_EXPONENT],
	    left = (bits > a->shift) ? bits - a->shift : 0;
	unsigned kept = (left < KEPT_BITS) ? KEPT_BITS - left : 0;

	if (!keeps_digits(c))
		return (0);
	kept = (kept > a->shift) ? a->shift : kept;
	return ((c->exponent - (int)kept < -COLUMN_MAX_EXPONENT) ? 0 : kept);
}

/* Have columns shifted one by one. */
static int
all_shifts(struct shortening *a, size_t cols)
{
	size_t j;

	if ((a->column = mem_array(cols, sizeof(*a->column))) == NULL)
		return (-1);
	for (j = 0; j < cols; j++)
		a->column[j] = -(int)a->shift;
	return (0);
}

/*
 * Say what is known of column ${j} when bits are cut off, other than those that it keeps: the same
 * numbers, rounded.  What stands for whole numbers of something, as classes do, is not rounded.
 */
static int
describe_shorter(struct shortening *a, struct stage_tensor *t, size_t j)
{
	const struct part *p = t->parts[0];
	struct column *c = &t->about[j];
	unsigned shift = a->shift, kept;
	bool rounded;

	if (column_copy(c, part_about(p, j)) == -1)
		return (-1);
	c->supposed = 0;
	if (shift == 0 || !column_has_range(c))
		return (0);
	if (bounds_bits(bounds_of(c)) > MPC_NUMBER_RANGE)
		return (known_refuse(p, j, "words of up to %u bits are announced, and those of "
		    "which bits are cut off have %d at most: give it narrower bounds (smpc-map "
		    "clip)", bounds_bits(bounds_of(c)), MPC_NUMBER_RANGE));
	kept = kept_bits(a, c);
	if (kept > 0 && a->column == NULL && all_shifts(a, t->cols) == -1)
		return (-1);
	if (kept > 0)
		a->column[j] = (int)kept - (int)shift;
	c->exponent -= (int)kept;
	rounded = (c->kind == COLUMN_NUMBER && !stage_options.faithful && kept < shift);
	c->low >>= shift - kept;
	c->high = (c->high >> (shift - kept)) + (rounded ? 1 : 0);
	return (0);
}

/* Find how many bits are cut off. */
static int
find_shift(void *state, struct stage_tensor *t)
{
	struct shortening *a = state;
	unsigned *shift = &a->shift;
	size_t j;

	free(a->column);
	a->column = NULL;
	*shift = (t->scale.fraction_bits > fraction_bits) ? t->scale.fraction_bits -
	    (unsigned)fraction_bits : 0;
	t->scale.fraction_bits -= *shift;
	/* A model with fewer bits is that model. */
	t->model = t->parts[0]->model;
	if (stage_tensor_know(t) == -1)
		return (-1);
	find_widest(a, t);
	for (j = 0; j < t->cols; j++) {
		if (describe_shorter(a, t, j) == -1)
			return (-1);
	}
	return (0);
}

static int
truncate_block(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	const struct shortening *a = state;

	if (a->shift > 0 && a->column == NULL)
		return (mpc_truncate(S, y, &x[0], a->shift));
	mpc_copy(y, &x[0]);
	return ((a->column == NULL || rows == 0) ? 0 :
	    nn_shift_columns(S, y, rows, x[0].n / rows, a->column));
}

static int
run(char **operands, size_t count)
{
	char params[32];
	struct shortening a = { .shift = 0 };
	int rc;
	const struct stage_map map = {
		.tensor = find_shift,
		.block = truncate_block,
		.state = &a,
	};

	snprintf(params, sizeof(params), "%" PRIu64, fraction_bits);
	rc = stage_run_map("truncate", params, &map, operands, count);
	free(a.column);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Cut fraction bits off the numbers of a share stream, in a session of "
		    "all parties.",
		.notes = "Every party runs it under smpc-party.\n"
		    "Example: smpc-truncate product.alice > shorter.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
