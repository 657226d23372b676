/* Split the rows of a share in two, for training and testing. */

#include "base/io.h"
#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"
#include "local/permute.h"
#include "ring/fixed.h"

#include <inttypes.h>
#include <string.h>

static struct split_options split;
static const char *ratio_text, *rest_path;
static bool in_turn;

static const struct opt options[] = {
	{ 's', "seed", "SEED", OPT_STRING, &split.seed, 0, 0,
	    "public seed of the choice, any text; it must be the same at every party" },
	{ 'r', "ratio", "RATIO", OPT_STRING, &ratio_text, 0, 0,
	    "how much goes to the output (default 0.8)" },
	{ 'k', "folds", "COUNT", OPT_NUMBER, &split.folds, 2, LOCAL_MAX_FOLDS,
	    "cut the rows into COUNT folds, whose sizes differ by one row at most" },
	{ 0, "fold", "NUMBER", OPT_NUMBER, &split.fold, 1, LOCAL_MAX_FOLDS,
	    "leave out fold NUMBER, from 1 to COUNT, which goes to --rest" },
	{ 0, "in-turn", NULL, OPT_FLAG, &in_turn, 0, 0,
	    "deal rows out to the folds in turn, in place of a seed: their order is random by "
	    "itself" },
	{ 0, "rest", "FILE", OPT_STRING, &rest_path, 0, 0, "write the other rows to FILE" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
split_stream(struct reader *const *readers, size_t count, struct writer *w)
{
	struct writer *rest = NULL;

	(void)count;
	if (rest_path != NULL && (rest = streams_writer_beside(rest_path)) == NULL)
		return (-1);
	return (local_split(readers[0], &split, w, rest));
}

/* How rows are given away: by --ratio, or by --folds and --fold. */
static int
check_sides(void)
{
	int64_t v;

	if (split.folds != 0) {
		if (ratio_text != NULL)
			return (usage("--folds says how much goes where: leave out --ratio"));
		if (split.fold == 0)
			return (usage("say with --fold which of the %" PRIu64 " folds goes to "
			    "--rest, and repeat it for each", split.folds));
		return ((split.fold <= split.folds) ? 0 : usage("there is no fold %" PRIu64
		    " of %" PRIu64 ": they are numbered from 1", split.fold, split.folds));
	}
	if (in_turn)
		return (usage("--in-turn goes with --folds"));
	if (split.fold != 0)
		return (usage("--fold goes with --folds, how many there are"));
	if (ratio_text == NULL)
		ratio_text = "0.8";
	if (fixed_parse(ratio_text, strlen(ratio_text), 32, &v) != FIXED_OK || v < 0 ||
	    v > (int64_t)1 << 32)
		return (usage("--ratio: '%s' is not a number from 0 to 1", ratio_text));
	split.ratio = (uint64_t)v;
	return (0);
}

static int
run(char **operands, size_t count)
{

	if (in_turn && split.seed != NULL)
		return (usage("--seed and --in-turn exclude each other"));
	if (!in_turn && permute_check_seed(split.seed) == -1)
		return (usage("give --seed SEED, 1 to %d bytes, the same at every party",
		    PERMUTE_MAX_SEED_BYTES));
	if (check_sides() == -1)
		return (-1);
	if (rest_path != NULL && io_same_place(rest_path, (stream_options.output != NULL) ?
	    stream_options.output : "-"))
		return (usage("the output and --rest are the same, '%s'", rest_path));
	return (operands_run(operands, count, split_stream));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Split the rows of a share stream in two by a public seed, such as for "
		    "training and testing, or leave out one fold after the other.",
		.notes = "Of every 5 consecutive rows the same share is taken, within one row.\n"
		    "Example: smpc-split --seed 1 -o train.alice --rest test.alice patients.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
