/* Multiply a share by a public matrix. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "data/local.h"

static const char *matrix;
static bool left;
static uint64_t fraction_bits = 16;

static const struct opt options[] = {
	{ 'c', "constant", "MATRIX", OPT_STRING, &matrix, 0, 0,
	    "the public matrix: the name of a CSV, .npy or public stream" },
	{ 'l', "left", NULL, OPT_FLAG, &left, 0, 0, "the public matrix is the left factor" },
	{ 0, "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, 0, PART_MAX_FRACTION_BITS,
	    "round public numbers to so many fraction bits (default 16); those they need are added to the result's" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
multiply(struct reader *const *readers, size_t count, struct writer *w)
{

	(void)count;
	return (local_matmul(readers[0], matrix, (unsigned)fraction_bits, left, w));
}

static int
run(char **operands, size_t count)
{

	if (matrix == NULL || count > 1)
		return (usage("give the public matrix with -c; a product of two shared matrices takes a session of all parties"));
	return (operands_run(operands, count, multiply));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Multiply a share stream by a public matrix.",
		.notes = "The stream is read row by row, the public matrix is held in memory.\n"
		         "Example: smpc-matmul -c weights.csv x.alice > score.alice",
		.options = options,
		.max_operands = 2,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
