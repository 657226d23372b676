/* Subtract shares of one party, elementwise. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static const char *constant;

static const struct opt options[] = {
	{ 'c', "constant", "VALUE", OPT_STRING, &constant, 0, 0,
	    "subtract a public number, vector or matrix: a decimal, or the name of a CSV, .npy "
	    "or public stream" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
subtract_streams(struct reader *const *readers, size_t count, struct writer *w)
{

	return (local_elementwise(ELEMENT_SUB, readers, count, constant, 0, w));
}

static int
run(char **operands, size_t count)
{

	return (operands_run(operands, count, subtract_streams));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE ...]",
		.summary = "Subtract all other share streams of one party from the first, "
		    "elementwise.",
		.notes = "A tensor of one row or one column is repeated to the size of the "
		    "others. Operands of different scales are brought to the finer one.\n"
		    "Example: smpc-sub a.alice b.alice > difference.alice",
		.options = options,
		.max_operands = OPERANDS_MAX,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
