/* Sum, or take the mean, of the rows or columns of a share. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static bool across, all, mean;

static const struct opt options[] = {
	{ 'r', "rows", NULL, OPT_FLAG, &across, 0, 0,
	    "one sum for each row (default: one for each column)" },
	{ 'a', "all", NULL, OPT_FLAG, &all, 0, 0, "one sum of all values" },
	{ 'm', "mean", NULL, OPT_FLAG, &mean, 0, 0,
	    "means in place of sums; exact, as the count becomes a public divisor" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
sum(struct reader *const *readers, size_t count, struct writer *w)
{

	(void)count;
	return (local_sum(readers[0], all ? SUM_ALL : across ? SUM_ACROSS : SUM_DOWN, mean, w));
}

static int
run(char **operands, size_t count)
{

	if (across && all)
		return (usage("--rows and --all exclude each other"));
	return (operands_run(operands, count, sum));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Sum the columns, the rows, or all values of a share stream.",
		.notes = "Example: smpc-cat a.alice b.alice | smpc-sum --mean > mean.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
