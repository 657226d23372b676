/* Compare shares, with each other or with a public number, in a session of all parties. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "cli/compare_plan.h"
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

/*
 * Each is [d >= 0] or [d = 0] for d = x - y or y - x, or the contrary.  With a margin these are
 * [d >= -margin] and [|d| <= margin].
 */
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
	struct compare_request what;
	struct compare_plan plan; /* of the tensor */
};

static int
comparison_tensor(void *state, struct stage_tensor *t)
{
	struct comparison *c = state;

	compare_plan_free(&c->plan);
	return (compare_plan_make(&c->plan, t, &c->what));
}

/* Find the difference d, of which the relation says what is asked. */
static int
find_difference(const struct comparison *c, struct mpc *S, struct mpc_vector *d,
    const struct mpc_vector *x)
{
	const bool swapped = c->relation->swapped;
	struct mpc_vector room[COMPARE_OPERANDS];
	const struct mpc_vector *z[COMPARE_OPERANDS];
	int rc = -1;

	memset(room, 0, sizeof(room));
	if (c->what.constant != NULL) {
		if ((rc = compare_plan_prepare(S, &c->plan, 0, &room[0], &z[0], &x[0])) == 0) {
			mpc_scale(d, z[0], swapped ? -1 : 1);
			rc = compare_plan_add_threshold(&c->plan, d, swapped ? 1 : -1);
		}
		mpc_vector_free(&room[0]);
		return (rc);
	}
	if (compare_plan_prepare(S, &c->plan, 0, &room[0], &z[0], &x[0]) == 0 &&
	    compare_plan_prepare(S, &c->plan, 1, &room[1], &z[1], &x[1]) == 0) {
		mpc_subtract(d, swapped ? z[1] : z[0], swapped ? z[0] : z[1]);
		rc = 0;
	}
	mpc_vector_free(&room[0]);
	mpc_vector_free(&room[1]);
	return (rc);
}

static int
find_answer(const struct comparison *c, struct mpc *S, struct mpc_bits *bit,
    const struct mpc_vector *d)
{
	static const int64_t zero = 0;
	const struct mpc_comparison comparison = {
		.low = 0,
		.high = c->plan.bits,
		.count = 1,
		.thresholds = &zero,
	};
	int rc;

	rc = c->relation->equality ? mpc_equal(S, bit, d, c->plan.bits) :
	    mpc_compare(S, bit, d, &comparison);
	if (rc == 0 && c->relation->negated)
		mpc_not(bit, bit);
	return (rc);
}

/* y = the answer for each difference, as a number. */
static int
answer_number(const struct comparison *c, struct mpc *S, struct mpc_vector *y,
    const struct mpc_vector *d)
{
	struct mpc_bits bit = { .n = 0 };
	const struct mpc_selection_term term = { .bit = &bit, .constant = { 1 } };
	const struct mpc_selection number = { .count = 1, .terms = &term, .results = 1 };
	int rc = -1;

	if (mpc_bits_new(S, &bit, y->n) == 0 && find_answer(c, S, &bit, d) == 0)
		rc = mpc_select(S, y, &number);
	mpc_bits_free(&bit);
	return (rc);
}

/*
 * y = [|d| <= margin] = [d + margin >= 0] - [d - margin - 1 >= 0], or the contrary, as a number.
 * Both comparisons are made at once, so that they take no more rounds than one.
 */
static int
answer_near(const struct comparison *c, struct mpc *S, struct mpc_vector *y,
    const struct mpc_vector *d)
{
	static const int64_t zero = 0;
	const struct mpc_comparison sign = { .high = c->plan.bits, .count = 1,
		.thresholds = &zero };
	const size_t stride = mpc_bits_stride(d->n);
	const int64_t one = c->relation->negated ? -1 : 1;
	struct mpc_vector both = { .n = 0 }, above, below;
	struct mpc_bits signs = { .n = 0 }, low, high;
	const struct mpc_selection_term terms[] = {
		{ .bit = &low, .constant = { one } },
		{ .bit = &high, .constant = { -one } },
		{ .constant = { c->relation->negated } },
	};
	const struct mpc_selection number = { .count = 3, .terms = terms, .results = 1 };
	int rc = -1;

	if (mpc_vector_new(S, &both, stride + d->n) == 0 &&
	    mpc_bits_new(S, &signs, stride + d->n) == 0) {
		mpc_zero(&both);
		below = mpc_part(&both, 0, d->n);
		above = mpc_part(&both, stride, d->n);
		low = mpc_bits_part(&signs, 0, d->n);
		high = mpc_bits_part(&signs, stride, d->n);
		mpc_copy(&below, d);
		mpc_copy(&above, d);
		mpc_add_public(&above, &above, -1);
		if (compare_plan_add_margin(&c->plan, &below, 1) == 0 &&
		    compare_plan_add_margin(&c->plan, &above, -1) == 0 &&
		    mpc_compare(S, &signs, &both, &sign) == 0)
			rc = mpc_select(S, y, &number);
	}
	mpc_vector_free(&both);
	mpc_bits_free(&signs);
	return (rc);
}

static int
compare_block(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	const struct comparison *c = state;
	struct mpc_vector d = { .n = 0 };
	int rc = -1;

	(void)rows;
	if (mpc_vector_new(S, &d, y->n) == 0 && find_difference(c, S, &d, x) == 0) {
		if (c->relation->equality && c->plan.margin != NULL)
			rc = answer_near(c, S, y, &d);
		else if (compare_plan_add_margin(&c->plan, &d, 1) == 0)
			rc = answer_number(c, S, y, &d);
	}
	mpc_vector_free(&d);
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
 * Write what all parties must ask alike.  The constant is written anew, as 1e-3 and .001 are the
 * same number.
 */
static int
comparison_params(const struct comparison *c, char *params, size_t size)
{
	double number;
	int n;

	n = snprintf(params, size, "%s bits=%" PRIu64, c->relation->name, bits);
	if (constant == NULL)
		return (0);
	if (fixed_parse_double(constant, strlen(constant), &number) != FIXED_OK)
		return (usage("-c takes a number, and not '%s'", constant));
	snprintf(params + n, size - (size_t)n, " with=%.17g", number);
	return (0);
}

static int
run(char **operands, size_t count)
{
	struct comparison c = { .what = { .constant = constant, .bits = (unsigned)bits } };
	const struct stage_map map = {
		.wide = true,
		.align = true,
		.tensor = comparison_tensor,
		.block = compare_block,
		.state = &c,
	};
	char params[200];
	int rc;

	if ((c.relation = find_relation(operands[0])) == NULL)
		return (-1);
	c.what.up = !c.relation->swapped;
	c.what.equality = c.relation->equality;
	if ((constant != NULL) ? count > 2 : count != 3)
		return (usage("%s", (constant != NULL) ? "-c takes the place of the second stream" :
		    "two streams are compared, or one with a number (-c VALUE)"));
	if (comparison_params(&c, params, sizeof(params)) == -1)
		return (-1);
	rc = stage_run_map("compare", params, &map, operands + 1, count - 1);
	compare_plan_free(&c.plan);
	return (rc);
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
