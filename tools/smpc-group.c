/* Figures of groups of rows, by a secret category, in a session of all parties. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/group_plan.h"
#include "cli/noising.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "func/groups.h"

#define MAX_COUNT ((uint64_t)1 << 40)
#define DEFAULT_LEAST 10

static struct group_asked asked;

static const struct opt options[] = {
	{ 'b', "by", "CATEGORIES", OPT_LIST, &asked.by, 0, 0,
	    "group rows by this category, or by each pair of values of two" },
	{ 0, "count", NULL, OPT_FLAG, &asked.count, 0, 0, "how many rows a group has" },
	{ 0, "sum", "COLUMNS", OPT_LIST, &asked.columns[MPC_FIGURE_SUM], 0, 0,
	    "the sums of these columns" },
	{ 0, "mean", "COLUMNS", OPT_LIST, &asked.columns[MPC_FIGURE_MEAN], 0, 0,
	    "their means" },
	{ 0, "variance", "COLUMNS", OPT_LIST, &asked.columns[MPC_FIGURE_VARIANCE], 0, 0,
	    "their variances" },
	{ 0, "min", "COLUMNS", OPT_LIST, &asked.columns[MPC_FIGURE_MIN], 0, 0,
	    "their least numbers" },
	{ 0, "max", "COLUMNS", OPT_LIST, &asked.columns[MPC_FIGURE_MAX], 0, 0,
	    "their largest numbers" },
	{ 0, "min-count", "COUNT", OPT_NUMBER, &asked.least, 1, MAX_COUNT,
	    "groups with fewer rows become 0 (default 10); 1 keeps all" },
	{ 0, "population", NULL, OPT_FLAG, &asked.population, 0, 0,
	    "divide variances by the number of rows (default: by one less)" },
	NOISE_OPTIONS,
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static struct noise noise;

/* A tensor and its groups. */
struct grouping {
	struct group_plan plan;
	struct mpc_vector x;      /* the whole tensor */
	struct stage_inputs inputs;
	struct mpc_groups groups;
	struct mpc_vector shown, figures;
	/* rows of the result: what each number is, and 1 or 0, by which it is multiplied */
	struct mpc_vector value, times;
	double *change;           /* by columns of the result, where these get noise */
};

/* ---- the command line ---- */

static int
describe_lists(struct buf *params, const char *name, const struct strings *lists)
{
	size_t i;

	for (i = 0; i < lists->count; i++) {
		if (buf_string(params, name) == -1 || buf_string(params, lists->items[i]) == -1 ||
		    buf_string(params, "\n") == -1)
			return (-1);
	}
	return (0);
}

/* What all parties must ask for alike, each on a line: names of columns have blanks. */
static int
describe_groups(struct buf *params)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%smin-count=%" PRIu64, asked.count ? "count\n" : "",
	    asked.population ? "population\n" : "", asked.least);
	return ((describe_lists(params, "by=", &asked.by) == -1 ||
	    describe_lists(params, "sum=", &asked.columns[MPC_FIGURE_SUM]) == -1 ||
	    describe_lists(params, "mean=", &asked.columns[MPC_FIGURE_MEAN]) == -1 ||
	    describe_lists(params, "variance=", &asked.columns[MPC_FIGURE_VARIANCE]) == -1 ||
	    describe_lists(params, "min=", &asked.columns[MPC_FIGURE_MIN]) == -1 ||
	    describe_lists(params, "max=", &asked.columns[MPC_FIGURE_MAX]) == -1 ||
	    buf_string(params, text) == -1 || (noise_wanted() && (buf_string(params, "\n") == -1 ||
	    noise_params(params) == -1)) || buf_append(params, "", 1) == -1) ? -1 : 0);
}

static int
check_group_options(void)
{
	size_t lists = 0, i;

	for (i = 0; i < GROUP_KINDS; i++)
		lists += asked.columns[i].count;
	if (asked.by.count == 0)
		return (usage("say with --by which category makes groups"));
	if (!asked.count && lists == 0)
		return (usage("what is to be found of each group? Say --count, or name columns "
		    "with --sum, --mean, --variance, --min or --max"));
	if (noise_wanted() && asked.least > 1)
		return (usage("--min-count: with noise all groups are shown: whether one is not "
		    "would tell of single persons"));
	if (asked.least == 0)
		asked.least = noise_wanted() ? 1 : DEFAULT_LEAST;
	if (asked.population && asked.columns[MPC_FIGURE_VARIANCE].count == 0)
		return (usage("--population goes with --variance"));
	if (asked.columns[MPC_FIGURE_VARIANCE].count > 0 && !asked.population && asked.least < 2)
		return (usage("a variance takes two rows: say --min-count 2 or more, or "
		    "--population"));
	return (0);
}

/* Names and ranges are looked at before the other parties are waited for. */
static int
check_first_part(const struct stage *stage, void *state)
{
	struct group_plan plan;
	struct part *p;
	int rc;

	(void)state;
	if (reader_part(stage->readers[0], &p) == -1)
		return (-1);
	rc = group_plan_make(&plan, p, reader_name(stage->readers[0]), &asked);
	group_plan_free(&plan);
	if (rc == 0 && noise_wanted())
		rc = noise_begin(&noise, stage);
	return (rc);
}

static void
describe_noise(void *state, struct descriptor *d)
{

	(void)state;
	noise_describe(&noise, d);
}

/* ---- the result ---- */

static size_t
result_cells(const struct grouping *g)
{

	return (g->groups.groups * g->plan.cols);
}

/* Column ${j} of the result is ${value}, times ${times}. */
static void
set_result_column(struct grouping *g, size_t j, const struct mpc_vector *value,
    const struct mpc_vector *times)
{

	mpc_columns_set(&g->value, value, g->groups.groups, g->plan.cols, j);
	mpc_columns_set(&g->times, times, g->groups.groups, g->plan.cols, j);
}

/* The values of category ${k}: of two, the first one's change less often. */
static int
fill_category(struct mpc *S, struct grouping *g, size_t k)
{
	const struct mpc_category *by = g->plan.by;
	const size_t each = (k + 1 < g->plan.shape.n_by) ? by[k + 1].values : 1;
	struct mpc_vector code, one;
	word *codes = mem_array(g->groups.groups, sizeof(*codes));
	size_t i;
	int rc = -1;

	memset(&one, 0, sizeof(one));
	if (mpc_vector_new(S, &code, g->groups.groups) == 0 &&
	    mpc_vector_new(S, &one, g->groups.groups) == 0 && codes != NULL) {
		for (i = 0; i < g->groups.groups; i++)
			codes[i] = (word)(i / each % by[k].values) << g->plan.shape.fraction_bits;
		mpc_add_public_words(&code, &code, codes);
		mpc_add_public(&one, &one, 1);
		set_result_column(g, k, &code, &one);
		rc = 0;
	}
	mpc_vector_free(&code);
	mpc_vector_free(&one);
	free(codes);
	return (rc);
}

/* Figures, and at the end whether they are shown. */
static int
fill_figures(struct mpc *S, struct grouping *g)
{
	const struct mpc_groups_shape *shape = &g->plan.shape;
	const size_t n = g->groups.groups;
	const int64_t unit = (int64_t)1 << shape->fraction_bits;
	struct mpc_vector one, figure, shown;
	size_t i;
	int rc;

	if ((rc = mpc_vector_new(S, &one, n)) == 0) {
		for (i = 0; i < shape->n_figures; i++) {
			figure = mpc_part(&g->figures, i * n, n);
			shown = mpc_part(&g->shown, shape->figure[i].mask * n, n);
			if (shape->figure[i].kind == MPC_FIGURE_COUNT)
				mpc_scale(&figure, &figure, unit);
			set_result_column(g, shape->n_by + i, &figure, &shown);
		}
		mpc_add_public(&one, &one, unit);
		shown = mpc_part(&g->shown, 0, n);
		set_result_column(g, g->plan.cols - 1, &one, &shown);
	}
	mpc_vector_free(&one);
	return (rc);
}

/*
 * What is not shown is 0: the product is the last operation, so that keys stand for its masks.
 * With noise, ${noisy}, all is shown.
 */
static int
write_cells(struct stage *stage, const struct noise_tensor *noisy, struct mpc_vector *y,
    const struct mpc_vector *value, const struct mpc_vector *times)
{
	struct bilinear B = bilinear_elements(value->n);
	struct noise_tensor some;

	if (noisy == NULL)
		return (mpc_product(stage->S, y, &B, value, times));
	some = *noisy;
	some.rows = value->n / noisy->part->cols;
	return (noise_add(stage, &some, y, value));
}

static int
write_groups(struct stage *stage, const struct grouping *g, const struct noise_tensor *noisy)
{
	const struct group_plan *plan = &g->plan;
	struct result_shape shape = {
		.name = plan->part->name,
		.cols = plan->cols,
		.columns = (const char *const *)plan->names,
		.about = plan->about,
		.scale = scale_of(plan->part),
		.least = plan->least,
		.among = plan->shape.rows,
	};
	size_t at_once = blocks_rows(plan->cols), first, n;
	struct mpc_vector *y, value, times;

	if (noisy != NULL) {
		shape.about = noisy->part->about;
		shape.noise = noisy->noise;
		shape.spent = &noise.shares;
	}
	for (first = 0; first < g->groups.groups; first += n) {
		n = (g->groups.groups - first < at_once) ? g->groups.groups - first : at_once;
		value = mpc_part(&g->value, first * plan->cols, n * plan->cols);
		times = mpc_part(&g->times, first * plan->cols, n * plan->cols);
		shape.first_row = first;
		if (stage_result(stage, &shape, g->inputs.items, g->inputs.count, n, &y) == -1 ||
		    write_cells(stage, noisy, y, &value, &times) == -1 ||
		    stage_write(stage) == -1)
			return (-1);
	}
	return (0);
}

/* ---- noise ---- */

/* By how much a person changes each column of the result; nothing without noise. */
static int
find_change(struct grouping *g)
{

	if (!noise_wanted())
		return (0);
	if ((g->change = mem_array(g->plan.cols, sizeof(*g->change))) == NULL)
		return (-1);
	return (group_plan_change(&g->plan, &g->inputs.exposure, g->change));
}

static int
write_noisy(struct stage *stage, const struct grouping *g)
{
	struct noise_tensor t = { .part = NULL, .name = g->plan.part->name,
		.rows = g->groups.groups, .change = g->change,
		.columns = noise_columns(g->change, g->plan.cols) };
	struct part *p = noise_part(g->plan.cols, (const char *const *)g->plan.names,
	    g->plan.about, scale_of(g->plan.part));
	struct column *about = mem_array(g->plan.cols, sizeof(*about));
	int rc = -1;

	t.part = p;
	if (p != NULL && about != NULL && noise_settle(&noise, stage, &t) == 0 &&
	    noise_about(&t, about) == 0 && part_set_about(p, about) == 0)
		rc = write_groups(stage, g, &t);
	columns_free(about, g->plan.cols);
	noise_tensor_free(&t);
	part_free(p);
	return (rc);
}

/* ---- a tensor ---- */

/* All rows of it, some at a time. */
static int
gather_rows(struct mpc *S, struct grouping *g)
{
	const size_t rows = (size_t)g->plan.shape.rows, cols = g->plan.shape.cols,
	    step = mpc_groups_step(&g->groups);
	struct mpc_vector some;
	size_t first, n;

	for (first = 0; first < rows; first += n) {
		n = (rows - first < step) ? rows - first : step;
		some = mpc_part(&g->x, first * cols, n * cols);
		if (mpc_groups_add(S, &g->groups, &some, n) == -1)
			return (-1);
	}
	return (0);
}

/* Which groups are shown: with noise all are, empty ones, too. */
static int
find_shown(struct mpc *S, struct grouping *g)
{

	if (!noise_wanted())
		return (mpc_groups_shown(S, &g->shown, &g->groups));
	mpc_add_public(&g->shown, &g->shown, 1);
	return (0);
}

static int
find_all_figures(struct mpc *S, struct grouping *g)
{
	const size_t n = g->groups.groups;
	size_t k;

	if (mpc_vector_new(S, &g->shown, g->groups.masks * n) == -1 ||
	    mpc_vector_new(S, &g->figures, g->plan.shape.n_figures * n) == -1 ||
	    mpc_vector_new(S, &g->value, result_cells(g)) == -1 ||
	    mpc_vector_new(S, &g->times, result_cells(g)) == -1 ||
	    find_shown(S, g) == -1 ||
	    mpc_groups_figures(S, &g->figures, &g->groups) == -1)
		return (-1);
	for (k = 0; k < g->plan.shape.n_by; k++) {
		if (fill_category(S, g, k) == -1)
			return (-1);
	}
	return (fill_figures(S, g));
}

static void
grouping_free(struct grouping *g)
{

	mpc_vector_free(&g->x);
	mpc_vector_free(&g->shown);
	mpc_vector_free(&g->figures);
	mpc_vector_free(&g->value);
	mpc_vector_free(&g->times);
	free(g->change);
	mpc_groups_free(&g->groups);
	stage_inputs_free(&g->inputs);
	group_plan_free(&g->plan);
}

static int
group_tensor(struct stage *stage, void *state, struct blocks *b)
{
	struct grouping g;
	size_t rows, *tensors = state;
	int rc = -1;

	memset(&g, 0, sizeof(g));
	if (noise_wanted() && (*tensors)++ > 0)
		return (fail(ST_USAGE, "%s: has more than one tensor, and with noise each takes a "
		    "run of its own", blocks_name(b, 0)));
	if (group_plan_make(&g.plan, blocks_part(b, 0), reader_name(stage->readers[0]),
	    &asked) == 0 && stage_hold(stage, b, &g.x, &rows, &g.inputs) == 0 &&
	    group_plan_rows(&g.plan, rows) == 0 && find_change(&g) == 0 &&
	    mpc_groups_new(stage->S, &g.groups, &g.plan.shape) == 0 &&
	    gather_rows(stage->S, &g) == 0 && find_all_figures(stage->S, &g) == 0)
		rc = noise_wanted() ? write_noisy(stage, &g) : write_groups(stage, &g, NULL);
	grouping_free(&g);
	return (rc);
}

static int
group_tensors(struct stage *stage, void *state)
{

	return (stage_each_tensor(stage, group_tensor, state));
}

static int
run(char **operands, size_t count)
{
	struct buf params = { NULL, 0, 0 };
	size_t tensors = 0;
	struct stage_work work = {
		.op = "group",
		.exponents = true,
		.missing = true,
		.check = check_first_part,
		.run = group_tensors,
		.state = &tensors,
	};
	int rc = -1;

	if (check_group_options() == 0 && describe_groups(&params) == 0) {
		work.params = params.data;
		if (noise_wanted())
			work.describe = describe_noise;
		rc = stage_run(&work, operands, count);
	}
	buf_free(&params);
	noise_free(&noise);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Find counts, sums, means, variances, least and largest numbers of "
		    "groups of rows, by a secret category, in a session of all parties.",
		.notes = "Every party runs it under smpc-party.\n"
		    "Example: smpc-group --by ward --count --mean age x.alice > wards.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
