#include "cli/stat_tests.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "cli/known.h"
#include "cli/stat_tests_internal.h"
#include "data/presence.h"
#include "ring/fixed.h"
#include "table/columns.h"

const char *const stat_test_names[STAT_TESTS] = { "t-test", "anova", "chi-square", "mann-whitney",
	"survival", "log-rank" };

bool
stat_tests_find(const char *name, enum stat_test *test)
{
	size_t i;

	for (i = 0; i < STAT_TESTS && strcmp(stat_test_names[i], name) != 0; i++)
		continue;
	*test = (enum stat_test)i;
	return (i < STAT_TESTS);
}

/* ---- the command line ---- */

static bool
is_of_time(enum stat_test test)
{

	return (test == STAT_TEST_SURVIVAL || test == STAT_TEST_LOG_RANK);
}

/* Options of one test are none of another. */
static int
check_foreign_options(const struct stat_tests_asked *a)
{

	if (a->test != STAT_TEST_T && (a->mu != NULL || a->equal))
		return (usage("--mu and --equal-variances go with t-test"));
	if (a->mu != NULL && (a->equal || a->by.count > 0))
		return (usage("--mu compares one mean with a number, and goes without %s",
		    a->equal ? "--equal-variances" : "--by"));
	if (a->test != STAT_TEST_CHI_SQUARE && a->uncorrected)
		return (usage("--uncorrected goes with chi-square"));
	if (!is_of_time(a->test) && (a->time != NULL || a->event != NULL || a->bins != NULL))
		return (usage("--time, --event and --bins go with survival and log-rank"));
	return (0);
}

static int
check_test_options(const struct stat_tests_asked *a)
{

	if (check_foreign_options(a) == -1)
		return (-1);
	if (a->test == STAT_TEST_T && a->mu == NULL && a->by.count == 0)
		return (usage("a t test compares two groups (--by CATEGORY), or a mean with a "
		    "number (--mu 0)"));
	if (a->test != STAT_TEST_T && a->test != STAT_TEST_SURVIVAL && a->by.count == 0)
		return (usage("%s takes --by %s", stat_test_names[a->test],
		    (a->test == STAT_TEST_CHI_SQUARE) ? "A,B, two categories" :
		    "CATEGORY, which makes groups"));
	if (is_of_time(a->test) && (a->time == NULL || a->event == NULL || a->bins == NULL))
		return (usage("%s takes a column of times, one of events, and public edges of "
		    "bins: --time COLUMN --event COLUMN --bins 0,30,60",
		    stat_test_names[a->test]));
	return (0);
}

static int
describe_mu(struct buf *params, const char *name, const char *text)
{
	char line[64];
	double v;

	if (text == NULL)
		return (0);
	if (fixed_parse_double(text, strlen(text), &v) != FIXED_OK)
		return (usage("--mu: '%.40s' is no number", text));
	snprintf(line, sizeof(line), "%s%.17g\n", name, v);
	return (buf_string(params, line));
}

static int
describe_line(struct buf *params, const char *name, const char *text)
{

	return ((text != NULL && (buf_string(params, name) == -1 ||
	    buf_string(params, text) == -1 || buf_string(params, "\n") == -1)) ? -1 : 0);
}

/* What all parties must ask for alike, each on a line: names of columns have blanks. */
static int
describe_test(struct buf *params, const struct stat_tests_asked *a)
{
	char edges[STAT_TESTS_MAX_EDGES * 26 + 1] = "", least[40];
	size_t i;

	if (a->bins != NULL && stat_survival_edges(a->bins, edges, sizeof(edges)) == -1)
		return (-1);
	snprintf(least, sizeof(least), "min-count=%" PRIu64, a->least);
	if (describe_line(params, "test=", stat_test_names[a->test]) == -1 ||
	    describe_mu(params, "mu=", a->mu) == -1 ||
	    (a->equal && buf_string(params, "equal-variances\n") == -1) ||
	    (a->uncorrected && buf_string(params, "uncorrected\n") == -1) ||
	    describe_line(params, "time=", a->time) == -1 ||
	    describe_line(params, "event=", a->event) == -1 ||
	    describe_line(params, "bins=", (a->bins != NULL) ? edges : NULL) == -1)
		return (-1);
	for (i = 0; i < a->by.count; i++) {
		if (describe_line(params, "by=", a->by.items[i]) == -1)
			return (-1);
	}
	return ((buf_string(params, least) == -1 || buf_append(params, "", 1) == -1) ? -1 : 0);
}

/* ---- columns ---- */

/* Whether the category is made of column ${j}, or it tells what is missing. */
static bool
is_no_number(const struct stat_study *s, size_t j)
{
	const struct mpc_category *by;
	size_t k, i;

	if (part_about(s->part, j)->kind == COLUMN_PRESENCE)
		return (true);
	for (k = 0; k < s->plan.shape.n_by; k++) {
		by = &s->plan.by[k];
		if (by->indicator == NULL && by->code == j)
			return (true);
		for (i = 0; by->indicator != NULL && i < by->values; i++) {
			if (by->indicator[i] == j)
				return (true);
		}
	}
	return (false);
}

/* Of numbers of which nothing is known, no square has room for sure. */
static int
take_tested(struct stat_study *s, size_t j)
{

	char shown[PART_SHOWN_BYTES];

	part_show_column(s->part, j, shown);
	if (part_about(s->part, j)->kind == COLUMN_CLASS && part_about(s->part, j)->n_values > 2)
		return (fail(ST_USAGE, "%s: column %s is a category, and its positions are no "
		    "numbers to test: leave it out (smpc-cut -x)", s->where, shown));
	if (part_check_number(s->part, j) == -1 ||
	    presence_find(s->part, s->where, j, &s->presence[s->n_tested]) == -1)
		return (-1);
	if (!bounds_known(bounds_of(part_about(s->part, j))))
		return (known_refuse(s->part, j, "a test needs to know how large its numbers are: "
		    "%ssmpc-map clip gives it bounds",
		    (part_intact(s->part) == PART_CHANGED) ? "" : "its owner declares its range "
		    "(smpc-share --range), or "));
	s->tested[s->n_tested++] = j;
	return (0);
}

static int
choose_tested(struct stat_study *s)
{
	size_t j;

	for (j = 0; j < s->part->cols; j++) {
		if (!is_no_number(s, j) && take_tested(s, j) == -1)
			return (-1);
	}
	if (s->n_tested == 0)
		return (fail(ST_USAGE, "%s: tensor '%s' has no column beside the category: there "
		    "is nothing to test", s->where, s->part->name));
	return (0);
}

/* A column of times or events: numbers, and not the positions of other ones. */
static int
take_time(struct stat_study *s, size_t j, const char *option)
{
	char shown[PART_SHOWN_BYTES];

	if (!column_is_renumbered(part_about(s->part, j)))
		return (take_tested(s, j));
	part_show_column(s->part, j, shown);
	return (fail(ST_REFUSED, "%s: --%s takes numbers, and column %s is a class whose values "
	    "are not 0, 1 and so on: its owner shares %s", s->where, option, shown,
	    (strcmp(option, "event") == 0) ? "1 where the event was seen, and else 0" :
	    "it as a number (smpc-share --range)"));
}

/* The column called ${name}, or at that position, of a table of times. */
static int
choose_named(struct stat_study *s, const char *name, const char *option)
{
	const struct column_lists list = { .list = &name, .count = 1 }, none = { .list = NULL };
	size_t *position = NULL, n;
	int rc = -1;

	if (columns_choose(&list, &none, (const char *const *)s->part->columns, NULL,
	    s->part->cols, s->where, &position, &n) == 0) {
		if (n == 1)
			rc = take_time(s, position[0], option);
		else
			fail(ST_USAGE, "--%s takes the name of one column, and not '%s'", option,
			    name);
	}
	free(position);
	return (rc);
}

#define MAX_LEVELS 1024

static int
check_levels(struct stat_study *s)
{
	const enum stat_test test = s->asked->test;
	const size_t due = (test == STAT_TEST_CHI_SQUARE) ? 2 : 1;
	size_t k;

	if (s->asked->by.count == 0)
		return (0);
	if (s->plan.shape.n_by != due)
		return (fail(ST_USAGE, "%s takes %s", stat_test_names[test],
		    (due == 2) ? "two categories: --by A,B" : "one category"));
	s->levels = mpc_groups_count(&s->plan.shape);
	for (k = 0; k < due; k++) {
		if (s->plan.by[k].values < 2)
			return (fail(ST_USAGE, "%s: category '%s' has one value, so that there "
			    "is one group, and nothing to compare", s->where, s->plan.names[k]));
	}
	if (s->levels > MAX_LEVELS && test != STAT_TEST_CHI_SQUARE)
		return (fail(ST_RANGE, "%s: category '%s' has %zu values, and tests take up to %d "
		    "groups", s->where, s->plan.names[0], s->levels, MAX_LEVELS));
	if ((test == STAT_TEST_T || test == STAT_TEST_MANN_WHITNEY) && s->levels != 2)
		return (fail(ST_USAGE, "%s: category '%s' has %zu values, and a %s compares two "
		    "groups%s", s->where, s->plan.names[0], s->levels, (test == STAT_TEST_T) ?
		    "t test" : "Mann-Whitney test", (test == STAT_TEST_T) ?
		    ": anova takes more, or keep the indicators of two (smpc-cut)" :
		    ": keep the indicators of two (smpc-cut)"));
	return (0);
}

/* What the header says: categories, columns, ranges. */
static int
plan_study(struct stat_study *s)
{
	const struct group_asked groups = { .by = s->asked->by, .count = true,
		.least = s->asked->least };

	if (stage_refuse_divisor(s->part, s->where) == -1 ||
	    (s->tested = mem_array(s->part->cols + 2, sizeof(*s->tested))) == NULL ||
	    (s->presence = mem_array(s->part->cols + 2, sizeof(*s->presence))) == NULL ||
	    (s->asked->by.count > 0 && group_plan_make(&s->plan, s->part, s->where,
	    &groups) == -1) || check_levels(s) == -1)
		return (-1);
	if (is_of_time(s->asked->test))
		return ((choose_named(s, s->asked->time, "time") == -1 ||
		    choose_named(s, s->asked->event, "event") == -1) ? -1 :
		    stat_survival_check(s));
	if (s->asked->test == STAT_TEST_CHI_SQUARE)
		return (0);
	return (choose_tested(s));
}

/* Headers are looked at before the other parties are waited for. */
static int
check_first(const struct stage *stage, void *state)
{
	struct stat_study s = { .asked = state, .where = reader_name(stage->readers[0]) };
	struct part *p;
	int rc;

	if (reader_part(stage->readers[0], &p) == -1)
		return (-1);
	s.part = p;
	rc = plan_study(&s);
	stat_study_free(&s);
	return (rc);
}

/* ---- a tensor ---- */

/* Which level each row is of, some rows at a time. */
static int
find_levels(struct stat_study *s)
{
	const size_t step = (((size_t)1 << 20) / s->levels / 64 + 1) * 64;
	struct mpc_vector some = { .n = 0 }, rows, from, to;
	size_t first, n, k;
	int rc = mpc_vector_new(s->S, &s->member, s->levels * s->rows);

	for (first = 0; first < s->rows && rc == 0; first += n) {
		n = (s->rows - first < step) ? s->rows - first : step;
		rows = mpc_part(&s->x, first * s->part->cols, n * s->part->cols);
		if ((rc = mpc_vector_new(s->S, &some, s->levels * n)) == 0)
			rc = mpc_groups_members(s->S, &some, &s->plan.shape, &rows, n);
		for (k = 0; k < s->levels && rc == 0; k++) {
			from = mpc_part(&some, k * n, n);
			to = mpc_part(&s->member, k * s->rows + first, n);
			mpc_copy(&to, &from);
		}
		mpc_vector_free(&some);
	}
	return (rc);
}

static int
check_row_count(struct stat_study *s)
{
	struct bounds b = { 0, (int64_t)s->rows };

	if (s->rows == 0)
		return (fail(ST_FAILED, "tensor '%s' has no rows", s->part->name));
	if (s->rows > MPC_GROUPS_MAX_ROWS)
		return (fail(ST_RANGE, "tensor '%s' has more than %" PRIu64 " rows, and tests take "
		    "no more: take some (smpc-head)", s->part->name, MPC_GROUPS_MAX_ROWS));
	if (bounds_scale(&b, 1, s->part->fraction_bits + 1) == -1)
		return (fail(ST_RANGE, "tensor '%s' has %zu rows and %u fraction bits, and a "
		    "number of rows would not fit 64 bits: cut fraction bits off first "
		    "(smpc-truncate)", s->part->name, s->rows, s->part->fraction_bits));
	return ((s->asked->test == STAT_TEST_T || s->asked->test == STAT_TEST_ANOVA) ?
	    stat_means_check(s) : 0);
}

static int
find_result(struct stat_study *s)
{

	switch (s->asked->test) {
	case STAT_TEST_CHI_SQUARE:
		return (stat_counts_find(s));
	case STAT_TEST_MANN_WHITNEY:
		return (stat_ranks_find(s));
	case STAT_TEST_SURVIVAL:
		return (stat_survival_find(s));
	case STAT_TEST_LOG_RANK:
		return (stat_log_rank_find(s));
	case STAT_TEST_T:
	case STAT_TEST_ANOVA:
	case STAT_TESTS:
	default:
		return (stat_means_find(s));
	}
}

/* What is not shown is 0: the product is the last operation, so that keys stand for its masks. */
static int
write_result(struct stat_study *s)
{
	const bool plain = (strcmp(s->part->name, "data") == 0);
	char name[PART_MAX_NAME_BYTES + 20];
	struct result_shape shape = {
		.name = name,
		.cols = s->result_cols,
		.columns = (const char *const *)s->names,
		.about = s->about,
		.scale = scale_of(s->part),
		.least = (s->levels > 0 || s->asked->test == STAT_TEST_SURVIVAL) ?
		    s->asked->least : 0,
		.among = s->rows,
	};
	const struct bilinear times = bilinear_elements(s->value.n);
	struct mpc_vector *y;
	size_t i;
	int repeated;

	snprintf(name, sizeof(name), "%s%s%s", plain ? "" : s->part->name, plain ? "" : ".",
	    stat_test_names[s->asked->test]);
	if (strlen(name) > PART_MAX_NAME_BYTES)
		return (fail(ST_FAILED, "the name '%s' would be too long", name));
	if ((repeated = names_repeated((const char *const *)s->names, s->result_cols, &i)) == -1)
		return (-1);
	if (repeated != 0)
		return (fail(ST_USAGE, "two columns of the result would be called '%s': rename "
		    "one (smpc-cut --rename)", s->names[i]));
	return ((stage_result(s->stage, &shape, s->inputs.items, s->inputs.count, s->result_rows,
	    &y) == -1 || mpc_product(s->S, y, &times, &s->value, &s->times) == -1) ? -1 :
	    stage_write(s->stage));
}

static int
test_tensor(struct stage *stage, void *state, struct blocks *b)
{
	struct stat_study s = { .asked = state, .stage = stage, .S = stage->S,
		.part = blocks_part(b, 0), .where = reader_name(stage->readers[0]) };
	int rc = -1;

	if (plan_study(&s) == 0 && stage_hold(stage, b, &s.x, &s.rows, &s.inputs) == 0 &&
	    check_row_count(&s) == 0 && (s.levels == 0 || s.asked->test == STAT_TEST_CHI_SQUARE ||
	    find_levels(&s) == 0) && find_result(&s) == 0)
		rc = write_result(&s);
	stat_study_free(&s);
	return (rc);
}

static int
test_tensors(struct stage *stage, void *state)
{

	return (stage_each_tensor(stage, test_tensor, state));
}

int
stat_tests_run(const struct stat_tests_asked *asked, char **operands, size_t count)
{
	struct buf params = { NULL, 0, 0 };
	struct stat_tests_asked a = *asked;
	struct stage_work work = {
		/* Figures of groups, for policies (smpc-policy(5)); of all rows, statistics. */
		.op = (a.test == STAT_TEST_T && a.mu != NULL) ? "stat" : "group",
		.exponents = true,
		.missing = true,
		.check = check_first,
		.run = test_tensors,
		.state = &a,
		.meets_dealer = (a.test == STAT_TEST_MANN_WHITNEY),
	};
	int rc = -1;

	a.least = (a.least == 0) ? STAT_TESTS_LEAST : a.least;
	if (check_test_options(&a) == 0 && describe_test(&params, &a) == 0) {
		work.params = params.data;
		rc = stage_run(&work, operands, count);
	}
	buf_free(&params);
	return (rc);
}
