/* Sum shares of one party, elementwise. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static const char *constant;

static const struct opt options[] = {
	{ 'c', "constant", "VALUE", OPT_STRING, &constant, 0, 0,
	    "add a public number, vector or matrix: a decimal, or the name of a CSV, .npy or "
	    "public stream" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
add_streams(struct reader *const *readers, size_t count, struct writer *w)
{

	return (local_elementwise(ELEMENT_ADD, readers, count, constant, 0, w));
}

static int
run(char **operands, size_t count)
{

	return (operands_run(operands, count, add_streams));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE ...]",
		.summary = "Add share streams of one party, elementwise, and write a share of the "
		    "sum.",
		.notes = "A tensor of one row or one column is repeated to the size of the "
		    "others. Operands of different scales are brought to the finer one.\n"
		    "Example: smpc-add a.alice b.alice > sum.alice",
		.options = options,
		.max_operands = OPERANDS_MAX,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
