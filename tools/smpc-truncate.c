/* Cut fraction bits off a share, in a session of all parties. */

#include <inttypes.h>
#include <stdio.h>

#include "base/diag.h"
#include "cli/known.h"
#include "cli/stage.h"
#include "cli/streams.h"

static uint64_t fraction_bits = 16;

static const struct opt options[] = {
	{ 'f', "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, 0, PART_MAX_FRACTION_BITS,
	    "how many fraction bits the result has (default 16)" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/*
 * What is known of column ${j}, ${shift} bits cut off: the same numbers, rounded.  What stands for
 * whole numbers of something, as classes do, is not rounded.
 */
static int
describe_shorter(struct stage_tensor *t, size_t j, unsigned shift)
{
	const struct part *p = t->parts[0];
	struct column *c = &t->about[j];
	bool rounded;

	if (column_copy(c, part_about(p, j)) == -1)
		return (-1);
	if (shift == 0 || !column_has_range(c))
		return (0);
	if (bounds_bits(bounds_of(c)) > MPC_NUMBER_RANGE)
		return (known_refuse(p, j, "words of up to %u bits are announced, and those of "
		    "which bits are cut off have %d at most: give it narrower bounds (smpc-map "
		    "clip)", bounds_bits(bounds_of(c)), MPC_NUMBER_RANGE));
	rounded = (c->kind == COLUMN_NUMBER && !stage_options.faithful);
	c->low >>= shift;
	c->high = (c->high >> shift) + (rounded ? 1 : 0);
	return (0);
}

/* Set *${state} to the number of bits to cut off. */
static int
find_shift(void *state, struct stage_tensor *t)
{
	unsigned *shift = state;
	size_t j;

	*shift = (t->scale.fraction_bits > fraction_bits) ? t->scale.fraction_bits -
	    (unsigned)fraction_bits : 0;
	t->scale.fraction_bits -= *shift;
	/* A model with fewer bits is that model. */
	t->model = t->parts[0]->model;
	if (stage_tensor_know(t) == -1)
		return (-1);
	for (j = 0; j < t->cols; j++) {
		if (describe_shorter(t, j, *shift) == -1)
			return (-1);
	}
	return (0);
}

static int
truncate_block(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	const unsigned *shift = state;

	(void)rows;
	if (*shift > 0)
		return (mpc_truncate(S, y, &x[0], *shift));
	mpc_copy(y, &x[0]);
	return (0);
}

static int
run(char **operands, size_t count)
{
	char params[32];
	unsigned shift;
	const struct stage_map map = {
		.tensor = find_shift,
		.block = truncate_block,
		.state = &shift,
	};

	snprintf(params, sizeof(params), "%" PRIu64, fraction_bits);
	return (stage_run_map("truncate", params, &map, operands, count));
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
