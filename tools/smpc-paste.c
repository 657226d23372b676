/* Put the columns of shares side by side. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static const struct opt options[] = {
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
run(char **operands, size_t count)
{

	return (operands_run(operands, count, local_paste));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "FILE ...",
		.summary = "Put the columns of share streams side by side.",
		.notes = "All must have as many rows; one row is repeated. Operands of different "
		    "scales are brought to the finer one.\n"
		    "Example: smpc-paste lab.alice ward.alice > patients.alice",
		.options = options,
		.min_operands = 1,
		.max_operands = OPERANDS_MAX,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
