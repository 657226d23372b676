/* Exchange the rows and columns of a share. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static const struct opt options[] = {
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
transpose_stream(struct reader *const *readers, size_t count, struct writer *w)
{

	(void)count;
	return (local_transpose(readers[0], w));
}

static int
run(char **operands, size_t count)
{

	return (operands_run(operands, count, transpose_stream));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Exchange rows and columns of a share stream.",
		.notes = "The result's columns have no names. Every tensor is held in memory and "
		    "may have at most 524288 rows.\n"
		    "Example: smpc-transpose x.alice > xt.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
