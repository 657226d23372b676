/*
 * Multiply shares elementwise: by public numbers, or, in a session of all parties, with each other.
 */

#include <string.h>

#include "base/diag.h"
#include "cli/operands.h"
#include "cli/stage.h"
#include "cli/stage_product.h"
#include "cli/streams.h"
#include "local/local.h"

static const char *constant;
static uint64_t fraction_bits = 16;
static bool no_truncate;

static const struct opt options[] = {
	{ 'c', "constant", "VALUE", OPT_STRING, &constant, 0, 0,
	    "multiply by a public number, vector or matrix: a decimal, or the name of a CSV, "
	    ".npy or public stream" },
	{ 0, "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, 0, PART_MAX_FRACTION_BITS,
	    "round public numbers to so many fraction bits (default 16); those they need are "
	    "added to the result's" },
	{ 0, "no-truncate", NULL, OPT_FLAG, &no_truncate, 0, 0,
	    "of shares: keep the fraction bits of all factors" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* ---- public factors ---- */

static int
multiply_by_constant(struct reader *const *readers, size_t count, struct writer *w)
{

	return (local_elementwise(ELEMENT_MUL, readers, count, constant, (unsigned)fraction_bits,
	    w));
}

/* ---- shares ---- */

/* The scale of a tensor's result, and how many fraction bits are cut off behind each product. */
struct product {
	size_t count;
	unsigned shift[OPERANDS_MAX];
};

static int
plan_scale(void *state, struct stage_tensor *t)
{
	struct product *p = state;
	struct scale s = scale_of(t->parts[0]);
	size_t i;

	p->count = t->count;
	for (i = 1; i < t->count; i++) {
		if (product_scale(&s, scale_of(t->parts[i]), no_truncate, &p->shift[i]) == -1)
			return (-1);
	}
	t->scale = s;
	return (0);
}

/* The product of all operands, from left to right. */
static int
multiply_block(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	const struct product *p = state;
	struct mpc_vector room[2] = { { .n = 0 }, { .n = 0 } }, *to;
	const struct mpc_vector *so_far = &x[0];
	const struct bilinear B = bilinear_elements(y->n);
	size_t i;
	int rc = 0;

	(void)rows;
	for (i = 1; i < p->count && rc == 0; i++) {
		to = (i + 1 == p->count) ? y : &room[i % 2];
		if (to != y) {
			mpc_vector_free(to);
			rc = mpc_vector_new(S, to, y->n);
		}
		if (rc == 0)
			rc = product_cut(S, to, &B, so_far, &x[i], p->shift[i]);
		so_far = to;
	}
	mpc_vector_free(&room[0]);
	mpc_vector_free(&room[1]);
	return (rc);
}

static int
multiply_shares(struct stage *stage, void *state)
{
	const struct stage_map map = {
		.wide = true,
		.tensor = plan_scale,
		.block = multiply_block,
		.state = state,
	};

	if (constant != NULL)
		return (usage("-c goes with one share; multiply shares with each other first"));
	if (stage->count < 2)
		return (usage("nothing to multiply by: give a second operand"));
	return (stage_map(stage, &map));
}

static int
run(char **operands, size_t count)
{
	struct product p = { .count = 0 };
	const struct stage_work work = {
		.op = "mul",
		.params = no_truncate ? "no-truncate" : "",
		.run = multiply_shares,
		.state = &p,
	};

	if (constant == NULL && count < 2)
		return (usage("nothing to multiply by: give -c VALUE or a second operand"));
	return (stage_run_or_local(&work, multiply_by_constant, operands, count));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE ...]",
		.summary = "Multiply share streams elementwise.",
		.notes = "By public numbers, by one party alone; two shares or more in a session "
		    "of all parties (smpc-party), where fraction bits are cut off again. A tensor "
		    "of one row or one column is repeated to the size of the others.\n"
		    "Example: smpc-mul -c 0.5 x.alice > half.alice",
		.options = options,
		.max_operands = OPERANDS_MAX,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
