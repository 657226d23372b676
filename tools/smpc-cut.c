/* Select columns and tensors of a share, and rename columns. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static struct strings include, exclude, renames, tensors, no_tensors;

static const struct opt options[] = {
	{ 'c', "columns", "LIST", OPT_LIST, &include, 0, 0,
	    "keep these columns, in this order: names, positions from 1 and ranges such as 3-7 "
	    "or 5-, with commas" },
	{ 'x', "exclude", "LIST", OPT_LIST, &exclude, 0, 0, "leave these columns out" },
	{ 0, "rename", "OLD=NEW", OPT_LIST, &renames, 0, 0,
	    "give a column another name; may be given more than once" },
	{ 't', "tensor", "NAME", OPT_LIST, &tensors, 0, 0,
	    "keep this tensor alone; may be given more than once" },
	{ 0, "exclude-tensor", "NAME", OPT_LIST, &no_tensors, 0, 0,
	    "leave this tensor out; may be given more than once" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
cut(struct reader *const *readers, size_t count, struct writer *w)
{
	const struct cut_options o = {
		.include = { include.items, include.count },
		.exclude = { exclude.items, exclude.count },
		.renames = { renames.items, renames.count },
		.tensors = { tensors.items, tensors.count },
		.no_tensors = { no_tensors.items, no_tensors.count },
	};

	(void)count;
	return (local_cut(readers[0], &o, w));
}

static int
run(char **operands, size_t count)
{

	if (include.count + exclude.count + renames.count + tensors.count + no_tensors.count == 0)
		return (usage("say which columns with -c or -x, which tensors with -t, or what is "
		    "renamed"));
	/* Whole tensors pass as they are. */
	return (((include.count + exclude.count + renames.count > 0) ? operands_run :
	    operands_pass)(operands, count, cut));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Select columns or tensors of a share stream, or rename columns.",
		.notes = "Examples:\n"
		    "smpc-cut -x name,age patients.alice > features.alice\n"
		    "smpc-cut -t dense1.weight model.alice > weights.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
