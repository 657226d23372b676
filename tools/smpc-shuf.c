/* Put the rows of a share in a public pseudorandom order. */

#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"
#include "local/permute.h"

static const char *seed;

static const struct opt options[] = {
	{ 's', "seed", "SEED", OPT_STRING, &seed, 0, 0,
	    "public seed of the order, any text; it must be the same at every party" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
shuffle(struct reader *const *readers, size_t count, struct writer *w)
{

	(void)count;
	return (local_shuffle(readers[0], seed, w));
}

static int
run(char **operands, size_t count)
{

	if (permute_check_seed(seed) == -1)
		return (usage("give --seed SEED, 1 to %d bytes, the same at every party",
		    PERMUTE_MAX_SEED_BYTES));
	return (operands_run(operands, count, shuffle));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Put the rows of a share stream in an order that a public seed gives.",
		.notes = "The order hides nothing: everybody who knows the seed knows it. Every "
		    "tensor is held in memory.\n"
		    "Example: smpc-shuf --seed 7 patients.alice > shuffled.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
