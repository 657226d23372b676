/*
 * Put the rows of a share in a random order: a public one that a seed gives, or, in a session of
 * all parties, one that nobody knows.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/arrange.h"
#include "cli/operands.h"
#include "cli/stage.h"
#include "cli/stratify.h"
#include "cli/streams.h"
#include "local/local.h"
#include "local/permute.h"
#include "net/own_agent.h"

static const char *seed;
static uint64_t sample = PART_MAX_ROWS;
static struct stratify strata;

static const struct opt options[] = {
	{ 's', "seed", "SEED", OPT_STRING, &seed, 0, 0,
	    "public seed of the order, any text; it must be the same at every party" },
	{ 'n', "rows", "ROWS", OPT_NUMBER, &sample, 1, PART_MAX_ROWS,
	    "write the first ROWS rows of the order alone: a sample" },
	{ 0, "stratify", "COLUMN", OPT_STRING, &strata.column, 0, 0,
	    "a secret order in which folds have each value of COLUMN alike" },
	{ 'k', "folds", "COUNT", OPT_NUMBER, &strata.folds, 2, LOCAL_MAX_FOLDS,
	    "of --stratify: for so many folds, which smpc-split --in-turn takes out" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* ---- by a public seed ---- */

static int
shuffle(struct reader *const *readers, size_t count, struct writer *w)
{

	(void)count;
	return (local_shuffle(readers[0], seed, sample, w));
}

static int
run_public(char **operands, size_t count)
{

	if (permute_check_seed(seed) == -1)
		return (usage("--seed takes a text of 1 to %d bytes, the same at every party",
		    PERMUTE_MAX_SEED_BYTES));
	if (stage_options.plan || stage_options.clear)
		return (usage("--plan and --clear are for a secret order, which has no --seed"));
	if (strata.column != NULL || strata.folds != 0)
		return (usage("--stratify makes a secret order, which has no --seed"));
	return (operands_run(operands, count, shuffle));
}

/* ---- secretly ---- */

/* Rows in one order of the dealer's, and on top of it in one that the dealer does not know. */
static int
write_secretly(struct stage *stage, struct arrange *a)
{
	const size_t rows = a->held.rows, count = (sample < rows) ? (size_t)sample : rows;
	size_t *common = mem_array(rows, sizeof(*common));
	struct mpc_order order;
	int rc = -1;

	memset(&order, 0, sizeof(order));
	if (common != NULL && mpc_order_new(stage->S, &order, rows) == 0 &&
	    mpc_common_order(stage->S, common, rows) == 0)
		rc = arrange_write(stage, a, &order, mpc_sees_revealed(stage->S) ? common : NULL,
		    count);
	mpc_order_free(&order);
	mem_wipe_free(common, rows * sizeof(*common));
	return (rc);
}

static int
check_movable_part(const struct part *p, const char *where)
{

	return ((strata.column != NULL) ? stratify_find(&strata, p, where) : 0);
}

static int
shuffle_tensor(struct stage *stage, void *state, struct blocks *b)
{
	struct arrange a;
	int rc = -1;

	(void)state;
	memset(&a, 0, sizeof(a));
	if (check_movable_part(blocks_part(b, 0), blocks_name(b, 0)) == 0 &&
	    arrange_hold(stage, b, &a) == 0) {
		a.ranked = (strata.column != NULL);
		rc = (strata.column != NULL) ? stratify_write(stage, &a, &strata) :
		    write_secretly(stage, &a);
	}
	arrange_free(&a);
	return (rc);
}

static int
shuffle_stream(struct stage *stage, void *state)
{

	return (stage_each_tensor(stage, shuffle_tensor, state));
}

/* Before the other parties are waited for. */
static int
check_movable(const struct stage *stage, void *state)
{
	struct part *p;

	(void)state;
	return ((reader_part(stage->readers[0], &p) == -1) ? -1 :
	    check_movable_part(p, reader_name(stage->readers[0])));
}

/* What all parties must ask alike; a name of a column has a line of its own. */
static int
secret_params(struct buf *params)
{
	char text[40] = "secret";

	if (strata.column != NULL)
		snprintf(text, sizeof(text), "secret folds=%" PRIu64 "\nby=", strata.folds);
	else if (sample < PART_MAX_ROWS)
		snprintf(text, sizeof(text), "secret rows=%" PRIu64, sample);
	return ((buf_string(params, text) == -1 || (strata.column != NULL &&
	    buf_string(params, strata.column) == -1)) ? -1 : buf_append(params, "", 1));
}

static int
run_secret(char **operands, size_t count)
{
	struct buf params = { NULL, 0, 0 };
	struct stage_work work = {
		.op = "shuf",
		.check = check_movable,
		.run = shuffle_stream,
		.exponents = true,
		.missing = true,
		.keys = true,
		.meets_dealer = (strata.column != NULL),
	};
	int rc = -1;

	if (!own_agent_present() && !stage_options.plan && !stage_options.clear)
		return (usage("give --seed SEED, the same at every party, for a public order; a "
		    "secret one takes a session of all parties: run it under smpc-party(1), or "
		    "under smpc-local(1) to try it on one machine"));
	if ((strata.column != NULL) != (strata.folds != 0))
		return (usage("--stratify and --folds go together"));
	if (strata.column != NULL && sample < PART_MAX_ROWS)
		return (usage("--stratify takes all rows: leave out --rows"));
	if (secret_params(&params) == 0) {
		work.params = params.data;
		rc = stage_run(&work, operands, count);
	}
	buf_free(&params);
	return (rc);
}

static int
run(char **operands, size_t count)
{

	return ((seed != NULL) ? run_public(operands, count) : run_secret(operands, count));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Put the rows of a share stream in a random order: in one that a public "
		    "seed gives, or, in a session of all parties, in one that nobody knows.",
		.notes = "What a seed gives hides nothing: everybody who knows the seed knows it. "
		    "Without a seed, every party runs it under smpc-party. Every tensor is held in "
		    "memory.\n"
		    "Examples:\n"
		    "smpc-shuf --seed 7 patients.alice > shuffled.alice\n"
		    "smpc-shuf -n 100 patients.alice > sample.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
