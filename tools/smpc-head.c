/* Select the first rows of a share. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static uint64_t rows = 10;

static const struct opt options[] = {
	{ 'n', "rows", "COUNT", OPT_NUMBER, &rows, 1, PART_MAX_ROWS,
	    "how many rows of each tensor (default 10)" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
head(struct reader *const *readers, size_t count, struct writer *w)
{

	(void)count;
	return (local_head(readers[0], rows, w));
}

static int
run(char **operands, size_t count)
{

	return (operands_run(operands, count, head));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Select the first rows of a share stream.",
		.notes = "The stream is read to its end, so that a damaged one is noticed.\n"
		    "Example: smpc-head -n 100 patients.alice > few.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
