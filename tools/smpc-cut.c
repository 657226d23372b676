/* Select columns of a share. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static struct strings include, exclude;

static const struct opt options[] = {
	{ 'c', "columns", "LIST", OPT_LIST, &include, 0, 0,
	    "keep these columns, in this order: names, positions from 1 and ranges such as 3-7 "
	    "or 5-, with commas" },
	{ 'x', "exclude", "LIST", OPT_LIST, &exclude, 0, 0, "leave these columns out" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
cut(struct reader *const *readers, size_t count, struct writer *w)
{
	struct column_lists in = { include.items, include.count },
	    out = { exclude.items, exclude.count };

	(void)count;
	return (local_cut(readers[0], &in, &out, w));
}

static int
run(char **operands, size_t count)
{

	if (include.count == 0 && exclude.count == 0)
		return (usage("say which columns with -c or -x"));
	return (operands_run(operands, count, cut));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Select columns of a share stream.",
		.notes = "Example: smpc-cut -x name,age patients.alice > features.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
