/* Apply a function to the numbers of a share, in a session of all parties. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "cli/map_plan.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "data/scale.h"
#include "func/function.h"
#include "ring/fixed.h"

#define COUNT_BITS 16 /* of a quotient of whole numbers */

static const char *low, *high;
static bool list;

static const struct opt options[] = {
	{ 0, "list", NULL, OPT_FLAG, &list, 0, 0,
	    "print all functions, their domains, errors and costs, and exit" },
	{ 0, "low", "VALUE", OPT_STRING, &low, 0, 0,
	    "of clip: the public lower bound (default -1)" },
	{ 0, "high", "VALUE", OPT_STRING, &high, 0, 0,
	    "of clip: the public upper bound (default 1)" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* ---- functions that are not of one number alone ---- */

#define SOFTMAX_MAX_COLUMNS 32768

static int
apply_divide(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    const struct map_plan *plan)
{

	(void)rows;
	return (mpc_divide(S, y, &x[0], &x[1], &plan->division));
}

static int
apply_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    const struct map_plan *plan)
{

	return (mpc_softmax(S, y, x, rows, x->n / rows, plan->n));
}

static int
apply_log_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    const struct map_plan *plan)
{

	return (mpc_log_softmax(S, y, x, rows, x->n / rows, plan->n));
}

static const struct special {
	const char *name, *formula, *domain, *error;
	size_t operands;
	enum map_kind kind;
	bool by_row;
	int (*apply)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
	    const struct map_plan *plan);
} specials[] = {
	{
		.name = "divide",
		.formula = "a / b, of two operands",
		.domain = "as reciprocal",
		.error = "as reciprocal",
		.operands = 2,
		.kind = MAP_DIVIDE,
		.apply = apply_divide,
	}, {
		.name = "log-softmax",
		.formula = "ln softmax(x), by row",
		.domain = "all",
		.error = "1e-3",
		.operands = 1,
		.kind = MAP_LOG_SOFTMAX,
		.by_row = true,
		.apply = apply_log_softmax,
	}, {
		.name = "softmax",
		.formula = "e^x / sum of e^x, by row",
		.domain = "all",
		.error = "1e-3",
		.operands = 1,
		.kind = MAP_SOFTMAX,
		.by_row = true,
		.apply = apply_softmax,
	},
};

#define SPECIALS (sizeof(specials) / sizeof(specials[0]))

/* ---- the list ---- */

#define LIST_BITS 16
#define LIST_ROWS 640
#define LIST_COLUMNS 10

static void
list_line(const char *name, const char *formula, const char *domain, const char *error,
    const struct mpc_cost *c, const char *beyond)
{
	const uint64_t n = (uint64_t)LIST_ROWS * LIST_COLUMNS;

	printf("%-18s %-24s %-14s %-18s %6" PRIu64 " %6" PRIu64 " %6" PRIu64 "%s%s\n", name,
	    formula, domain, error, c->rounds, c->dealt_bits / n, c->opened_bits / n,
	    (beyond[0] != '\0') ? "  " : "", beyond);
}

static void
print_function(const struct mpc_function *p, const struct mpc_cost *c)
{
	char domain[40] = "all", error[40] = "exact";

	if (p->high < 1e9)
		snprintf(domain, sizeof(domain), "%g to %g", p->low, p->high);
	if (p->relative > 0)
		snprintf(error, sizeof(error), "%.0g of y, %.0f ulp", p->relative,
		    p->error * (1 << LIST_BITS));
	else if (p->error > 0)
		snprintf(error, sizeof(error), "%g", p->error);
	list_line(p->name, p->formula, domain, error, c, p->beyond);
}

/* What one value costs, by a plan for many. */
static int
plan_one(const struct mpc_function *p, const struct special *s, struct mpc_cost *c)
{
	const struct mpc_vector x[2] = {
		{ .n = LIST_ROWS * LIST_COLUMNS },
		{ .n = LIST_ROWS * LIST_COLUMNS },
	};
	const struct map_plan plan = { .n = mpc_unknown_numbers(NULL, LIST_BITS),
		.division = mpc_unknown_division(LIST_BITS) };
	struct mpc_vector y = x[0];
	struct mpc *S;
	int rc;

	if ((S = mpc_new_plan(2, stage_options.faithful)) == NULL)
		return (-1);
	rc = (p != NULL) ? p->apply(S, &y, &x[0], mpc_unknown_numbers(p, LIST_BITS)) :
	    s->apply(S, &y, x, LIST_ROWS, &plan);
	*c = *mpc_declared(S);
	mpc_free(S);
	return (rc);
}

/* Both tables are in the order of the alphabet, and so is the list. */
static int
print_list(void)
{
	const struct mpc_function *p = mpc_functions;
	const struct special *s = specials;
	struct mpc_cost c;
	bool take;

	printf("%-18s %-24s %-14s %-18s %6s %6s %6s  %s\n", "function", "formula", "domain",
	    "error", "rounds", "dealt", "opened", "beyond the domain");
	while (p->name != NULL || s < specials + SPECIALS) {
		take = (s == specials + SPECIALS ||
		    (p->name != NULL && strcmp(p->name, s->name) < 0));
		if (plan_one(take ? p : NULL, s, &c) == -1)
			return (-1);
		if (take)
			print_function(p++, &c);
		else
			list_line(s->name, s->formula, s->domain, s->error, &c, ""), s++;
	}
	return (0);
}

/* ---- one function ---- */

struct mapping {
	const struct mpc_function *function; /* or */
	const struct special *special;
	bool clip;
	struct map_request what;
	struct map_plan plan; /* of the tensor */
	/* of a division: what is tested of its operands */
	struct stage *stage;
	const struct stage_tensor *tensor;
	bool tests; /* of either */
	struct ranges ranges[MAP_MAX_OPERANDS];
	int64_t factor[MAP_MAX_OPERANDS]; /* that brings words to the common scale, behind that */
};

static void
forget_ranges(struct mapping *m)
{
	size_t i;

	for (i = 0; i < MAP_MAX_OPERANDS; i++)
		ranges_free(&m->ranges[i]);
}

/*
 * A quotient is a product: operands of which no header tells are tested to be below 2^15; but not
 * where they are multiplied by the divisor of the other one first, as whoever may choose that would
 * choose what they are compared with.
 */
static int
look_at_quotient(struct mapping *m, const struct stage_tensor *t)
{
	struct ranges_of of = { .takes_any = true, .f = t->scale.fraction_bits };
	size_t i;

	forget_ranges(m);
	m->tensor = t;
	m->tests = false;
	for (i = 0; i < t->count; i++) {
		of.part = t->parts[i];
		of.where = reader_name(m->stage->readers[i]);
		of.cols = of.part->cols;
		if (ranges_begin(m->stage, &m->ranges[i], &of) == -1)
			return (-1);
		if (m->ranges[i].n > 0 && t->parts[i]->divisor != t->scale.divisor)
			return (ranges_refuse(&m->ranges[i], m->ranges[i].tested[0], "how large "
			    "its numbers are is not known, and what it meets has a divisor: give "
			    "it bounds first (smpc-map clip)"));
		m->tests = m->tests || m->ranges[i].n > 0;
	}
	return (0);
}

/*
 * Find the common scale of a quotient's operands.  Words come to it behind the test: those that are
 * too large may wrap then.
 */
static int
unite_scales(struct mapping *m, struct stage_tensor *t)
{
	struct ring R;
	size_t i;

	ring_init(&R, 0);
	for (i = 1; i < t->count; i++) {
		if (scale_unite(&t->scale, scale_of(t->parts[i])) == -1)
			return (-1);
	}
	/* Quotients of counts are no counts. */
	if (t->scale.fraction_bits < FUNCTION_MIN_BITS)
		t->scale.fraction_bits = COUNT_BITS;
	for (i = 0; i < t->count; i++)
		m->factor[i] = (int64_t)scale_factor(&R, scale_of(t->parts[i]), t->scale);
	return (0);
}

static int
mapping_tensor(void *state, struct stage_tensor *t)
{
	struct mapping *m = state;
	const char *name = t->parts[0]->name;
	unsigned f;

	if (m->what.kind == MAP_DIVIDE && unite_scales(m, t) == -1)
		return (-1);
	f = t->scale.fraction_bits;
	if (f < FUNCTION_MIN_BITS)
		return (fail(ST_USAGE, "tensor '%s' has %u fraction bits, functions take from %d "
		    "on: smpc-add -c 0.5 gives it 16, and smpc-sub -c 0.5 takes that off again",
		    name, f, FUNCTION_MIN_BITS));
	if (f > FUNCTION_MAX_BITS)
		return (fail(ST_USAGE, "tensor '%s' has %u fraction bits, functions take up to %d: "
		    "cut it with smpc-truncate first", name, f, FUNCTION_MAX_BITS));
	if (m->special != NULL && m->special->by_row && t->cols > SOFTMAX_MAX_COLUMNS)
		return (fail(ST_FAILED, "tensor '%s' has more than %d columns", name,
		    SOFTMAX_MAX_COLUMNS));
	map_plan_free(&m->plan);
	if (m->what.kind == MAP_DIVIDE && look_at_quotient(m, t) == -1)
		return (-1);
	return (map_plan_make(&m->plan, t, &m->what));
}

static int
apply(const struct mapping *m, struct mpc *S, struct mpc_vector *y,
    const struct mpc_vector *const *x, size_t rows)
{
	struct mpc_vector both[MAP_MAX_OPERANDS];

	if (m->clip)
		return (map_plan_clip(S, &m->plan, y, x[0]));
	if (m->function != NULL)
		return ((m->function->apply(S, y, x[0], m->plan.n) == -1) ? -1 :
		    map_plan_add(&m->plan, y));
	both[0] = *x[0];
	if (m->special->operands == 2)
		both[1] = *x[1];
	return (m->special->apply(S, y, both, rows, &m->plan));
}

/* Test an operand of a quotient, and bring it to the common scale: ${z} is it, or ${room}. */
static int
align_operand(struct mapping *m, struct mpc *S, size_t i, struct mpc_vector *room,
    const struct mpc_vector **z, const struct mpc_vector *x, size_t rows)
{

	*z = x;
	if (m->what.kind != MAP_DIVIDE)
		return (0);
	if (ranges_operand(m->stage, &m->ranges[i], m->tensor, i, x, rows) == -1)
		return (-1);
	if (m->factor[i] == 1)
		return (0);
	*z = room;
	if (mpc_vector_new(S, room, x->n) == -1)
		return (-1);
	mpc_scale(room, x, m->factor[i]);
	return (0);
}

static int
mapping_block(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	struct mapping *m = state;
	const struct mpc_vector *z[MAP_MAX_OPERANDS], *aligned;
	struct mpc_vector room[MAP_MAX_OPERANDS], more[MAP_MAX_OPERANDS];
	size_t count = (m->special != NULL) ? m->special->operands : 1, i;
	bool before = mpc_may_wrap(S, m->tests);
	int rc = 0;

	memset(room, 0, sizeof(room));
	memset(more, 0, sizeof(more));
	for (i = 0; i < count && rc == 0; i++) {
		if ((rc = align_operand(m, S, i, &more[i], &aligned, &x[i], rows)) == 0)
			rc = map_plan_prepare(S, &m->plan, i, &room[i], &z[i], aligned);
	}
	if (rc == 0)
		rc = apply(m, S, y, z, rows);
	(void)mpc_may_wrap(S, before);
	for (i = 0; i < MAP_MAX_OPERANDS; i++) {
		mpc_vector_free(&room[i]);
		mpc_vector_free(&more[i]);
	}
	return (rc);
}

/* Open whether what was divided, and by what, was in range. */
static int
mapping_end(void *state, const struct stage_tensor *t)
{
	struct mapping *m = state;

	return ((m->tensor == NULL) ? 0 : ranges_end_operands(m->stage, m->ranges, t));
}

static int
find_function(struct mapping *m, const char *name)
{
	const char *names[64];
	const struct mpc_function *p;
	size_t i, count = 0;

	m->function = mpc_function_find(name);
	for (i = 0; i < SPECIALS; i++) {
		if (strcmp(specials[i].name, name) == 0)
			m->special = &specials[i];
		names[count++] = specials[i].name;
	}
	if (m->function != NULL || m->special != NULL)
		return (0);
	for (p = mpc_functions; p->name != NULL && count < sizeof(names) / sizeof(names[0]); p++)
		names[count++] = p->name;
	return (usage_no_such(name, "function", names, count, "--list prints them all"));
}

/* The bounds as all parties must have given them; the text would not do, as 1e-3 is .001. */
static int
mapping_params(const struct mapping *m, const char *name, char *params, size_t size)
{
	const char *texts[2] = { (low != NULL) ? low : "-1", (high != NULL) ? high : "1" };
	double bounds[2];
	size_t i;

	snprintf(params, size, "%s", name);
	if (!m->clip)
		return (0);
	for (i = 0; i < 2; i++) {
		if (fixed_parse_double(texts[i], strlen(texts[i]), &bounds[i]) != FIXED_OK)
			return (usage("--%s takes a number, and not '%s'", (i == 0) ? "low" :
			    "high", texts[i]));
	}
	if (bounds[0] >= bounds[1])
		return (usage("the bound --low is %s --high", (bounds[0] > bounds[1]) ? "above" :
		    "the same as"));
	snprintf(params, size, "%s low=%.17g high=%.17g", name, bounds[0], bounds[1]);
	return (0);
}

/* What the plan of a tensor has to know. */
static void
request(struct mapping *m)
{

	m->what = (struct map_request){
		.kind = m->clip ? MAP_CLIP : (m->special != NULL) ? m->special->kind : MAP_FUNCTION,
		.function = (m->function != NULL) ? m->function : mpc_function_find("reciprocal"),
		.low = (low != NULL) ? low : "-1",
		.high = (high != NULL) ? high : "1",
		.ranges = m->ranges,
	};
}

static int
run_mapping(struct stage *stage, void *state)
{
	struct mapping *m = state;
	const struct stage_map map = {
		.wide = (m->what.kind == MAP_DIVIDE),
		.align = (m->what.kind != MAP_DIVIDE),
		.tensor = mapping_tensor,
		.block = mapping_block,
		.end = mapping_end,
		.state = m,
	};

	m->stage = stage;
	return (stage_map(stage, &map));
}

static int
run(char **operands, size_t count)
{
	char params[200];
	struct mapping m = { .function = NULL };
	const struct stage_work work = { .op = "map", .params = params, .run = run_mapping,
		.state = &m, .exponents = true };
	size_t need;
	int rc;

	if (list)
		return ((count > 0) ? usage("--list takes no operand") : print_list());
	if (count == 0)
		return (usage("which function? --list prints them all"));
	if (find_function(&m, operands[0]) == -1)
		return (-1);
	m.clip = (strcmp(operands[0], "clip") == 0);
	if (!m.clip && (low != NULL || high != NULL))
		return (usage("--low and --high go with clip"));
	need = (m.special != NULL) ? m.special->operands : 1;
	if (count - 1 > need || (need == 2 && count != 3))
		return (usage("%s takes %s", operands[0], (need == 2) ? "two operands" :
		    "one operand"));
	if (mapping_params(&m, operands[0], params, sizeof(params)) == -1)
		return (-1);
	request(&m);
	rc = stage_run(&work, operands + 1, count - 1);
	map_plan_free(&m.plan);
	forget_ranges(&m);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "FUNCTION [FILE] | divide FILE FILE",
		.summary = "Apply a function to the numbers of a share stream, in a session of "
		    "all parties.",
		.notes = "Every party runs it under smpc-party.\n"
		    "Example: smpc-map sigmoid score.alice > chance.alice",
		.options = options,
		.max_operands = 3,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
