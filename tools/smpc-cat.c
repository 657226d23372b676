/* Concatenate the rows of shares, with the checks that cat cannot make. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static bool repeat;

static const struct opt options[] = {
	{ 0, "repeat", NULL, OPT_FLAG, &repeat, 0, 0,
	    "allow the same part more than once, so that its rows count again" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
cat(struct reader *const *readers, size_t count, struct writer *w)
{

	return (local_cat(readers, count, repeat, w));
}

static int
run(char **operands, size_t count)
{

	return (operands_pass(operands, count, cat));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE ...]",
		.summary = "Concatenate share streams of one party: the rows of one follow those "
		    "of the other.",
		.notes = "Ranges and units that differ are brought together; else ids and keys "
		    "stay as they are. Refused: other parties' shares, other columns or scales, "
		    "columns that stand for something else, a part that comes twice, a damaged or "
		    "cut stream. What was sealed is sealed again, to this party by itself, unless "
		    "--unsealed is given; with --json it writes text.\n"
		    "Example: smpc-cat site1.alice site2.alice > all.alice",
		.options = options,
		.max_operands = OPERANDS_MAX,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
