/* Compare shares, with each other or with a public number, in a session of all parties. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "ring/fixed.h"

static const char *constant;
static uint64_t bits = STAGE_MAX_BITS;

static const struct opt options[] = {
	{ 'c', "constant", "VALUE", OPT_STRING, &constant, 0, 0, "compare with a public number" },
	STAGE_BITS_OPTION(bits),
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* Each is [d >= 0] for a difference d one way or the other, or [d = 0], or the contrary. */
static const struct relation {
	const char *name;
	bool equality;
	bool swapped;  /* d = y - x */
	bool negated;
} relations[] = {
	{ .name = "lt", .negated = true },
	{ .name = "le", .swapped = true },
	{ .name = "gt", .swapped = true, .negated = true },
	{ .name = "ge" },
	{ .name = "eq", .equality = true },
	{ .name = "ne", .equality = true, .negated = true },
};

#define RELATIONS (sizeof(relations) / sizeof(relations[0]))

struct comparison {
	const struct relation *relation;
	bool with_constant;
	double number;     /* as it was given */
	int64_t threshold; /* in units of the tensor's scale */
};

/* The public number at the scale of the shares. */
static int
find_threshold(struct comparison *c, const struct stage_tensor *t)
{
	const struct scale s = scale_of(t->parts[0]);
	int64_t v, limit = INT64_MAX / 2 / (int64_t)s.divisor;

	if (fixed_parse(constant, strlen(constant), s.fraction_bits, &v) != FIXED_OK ||
	    v > limit || v < -limit)
		return (fail(ST_RANGE, "the number %s does not fit the scale of tensor '%s'",
		    constant, t->parts[0]->name));
	if (v == 0 && c->number != 0)
		return (fail(ST_RANGE, "the number %s rounds to 0 at the %u fraction bits of "
		    "tensor '%s'", constant, s.fraction_bits, t->parts[0]->name));
	c->threshold = v * (int64_t)s.divisor;
	return (0);
}

static int
comparison_tensor(void *state, struct stage_tensor *t)
{
	struct comparison *c = state;

	if (c->with_constant && find_threshold(c, t) == -1)
		return (-1);
	t->scale = (struct scale){ .divisor = 1 };
	return (0);
}

/* The difference whose sign, or being zero, answers the question. */
static void
find_difference(const struct comparison *c, struct mpc_vector *d, const struct mpc_vector *x)
{

	if (!c->with_constant) {
		mpc_subtract(d, c->relation->swapped ? &x[1] : &x[0], c->relation->swapped ? &x[0] :
		    &x[1]);
	} else {
		mpc_scale(d, &x[0], c->relation->swapped ? -1 : 1);
		mpc_add_public(d, d, c->relation->swapped ? c->threshold : -c->threshold);
	}
}

static int
find_answer(const struct comparison *c, struct mpc *S, struct mpc_bits *bit,
    const struct mpc_vector *d)
{
	static const int64_t zero = 0;
	const struct mpc_comparison comparison = {
		.low = 0,
		.high = (unsigned)bits,
		.count = 1,
		.thresholds = &zero,
	};
	int rc;

	rc = c->relation->equality ? mpc_equal(S, bit, d, (unsigned)bits) :
	    mpc_compare(S, bit, d, &comparison);
	if (rc == 0 && c->relation->negated)
		mpc_not(bit, bit);
	return (rc);
}

static int
compare_block(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	const struct comparison *c = state;
	struct mpc_vector d = { .n = 0 };
	struct mpc_bits bit = { .n = 0 };
	const struct mpc_selection_term term = { .bit = &bit, .constant = { 1 } };
	const struct mpc_selection number = { .count = 1, .terms = &term, .results = 1 };
	int rc = -1;

	(void)rows;
	if (mpc_vector_new(S, &d, y->n) == 0 && mpc_bits_new(S, &bit, y->n) == 0) {
		find_difference(c, &d, x);
		if (find_answer(c, S, &bit, &d) == 0)
			rc = mpc_select(S, y, &number);
	}
	mpc_vector_free(&d);
	mpc_bits_free(&bit);
	return (rc);
}

static const struct relation *
find_relation(const char *name)
{
	const char *names[RELATIONS];
	size_t i;

	for (i = 0; i < RELATIONS; i++) {
		if (strcmp(relations[i].name, name) == 0)
			return (&relations[i]);
		names[i] = relations[i].name;
	}
	(void)usage_no_such(name, "comparison", names, RELATIONS,
	    "there are lt, le, gt, ge, eq and ne");
	return (NULL);
}

/*
 * What the others must have asked as well; the number as it was written would not do, as 1e-3 is
 * .001.
 */
static int
comparison_params(struct comparison *c, char *params, size_t size)
{
	int n;

	n = snprintf(params, size, "%s bits=%" PRIu64, c->relation->name, bits);
	if (!c->with_constant)
		return (0);
	if (fixed_parse_double(constant, strlen(constant), &c->number) != FIXED_OK)
		return (usage("-c takes a number, and not '%s'", constant));
	snprintf(params + n, size - (size_t)n, " with=%.17g", c->number);
	return (0);
}

static int
run(char **operands, size_t count)
{
	struct comparison c = { .with_constant = (constant != NULL) };
	const struct stage_map map = {
		.wide = true,
		.align = true,
		.tensor = comparison_tensor,
		.block = compare_block,
		.state = &c,
	};
	char params[200];

	if ((c.relation = find_relation(operands[0])) == NULL)
		return (-1);
	if ((constant != NULL) ? count > 2 : count != 3)
		return (usage("%s", (constant != NULL) ? "-c takes the place of the second stream" :
		    "two streams are compared, or one with a number (-c VALUE)"));
	if (comparison_params(&c, params, sizeof(params)) == -1)
		return (-1);
	return (stage_run_map("compare", params, &map, operands + 1, count - 1));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "lt|le|gt|ge|eq|ne FILE [FILE]",
		.summary = "Compare the numbers of share streams; the result is 1 where the "
		    "relation holds, else 0, as shares.",
		.notes = "Every party runs it under smpc-party.\n"
		    "Example: smpc-compare gt -c 65 age.alice > old.alice",
		.options = options,
		.min_operands = 1,
		.max_operands = 3,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
