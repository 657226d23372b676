/* Multiply a share by public numbers, elementwise. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "data/local.h"

static const char *constant;
static uint64_t fraction_bits = 16;

static const struct opt options[] = {
	{ 'c', "constant", "VALUE", OPT_STRING, &constant, 0, 0,
	    "multiply by a public number, vector or matrix: a decimal, or the name of a CSV, .npy or public stream" },
	{ 0, "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, 0, PART_MAX_FRACTION_BITS,
	    "round public numbers to so many fraction bits (default 16); those they need are added to the result's" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
multiply(struct reader *const *readers, size_t count, struct writer *w)
{

	return (local_elementwise(ELEMENT_MUL, readers, count, constant, (unsigned)fraction_bits, w));
}

static int
run(char **operands, size_t count)
{

	if (constant == NULL && count < 2)
		return (usage("nothing to multiply by: give -c VALUE or a second operand"));
	return (operands_run(operands, count, multiply));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE ...]",
		.summary = "Multiply a share stream by public numbers, elementwise.",
		.notes = "At most one operand may be shared. A tensor of one row or one column is repeated to the size of the "
		         "others.\nExample: smpc-mul -c 0.5 x.alice > half.alice",
		.options = options,
		.max_operands = OPERANDS_MAX,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
