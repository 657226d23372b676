#include "cli/group_plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "cli/known.h"
#include "cli/stage.h"
#include "data/bounds.h"
#include "data/presence.h"
#include "table/columns.h"

#define CODE_BITS 61  /* codes are below 2^this as words */
#define SUM_BITS 62   /* sums, and those of magnitudes */
#define MEAN_BITS 61  /* sums that means and variances are found of */
#define WIDTH_BITS 62 /* differences of words that are compared */

static const char *const figure_names[GROUP_KINDS] = {
	[MPC_FIGURE_COUNT] = "count", [MPC_FIGURE_SUM] = "sum", [MPC_FIGURE_MEAN] = "mean",
	[MPC_FIGURE_VARIANCE] = "variance", [MPC_FIGURE_MIN] = "min", [MPC_FIGURE_MAX] = "max",
};

/* ---- categories ---- */

static const char *const *
column_names(const struct part *p)
{

	return ((const char *const *)p->columns);
}

/* Whether column ${j} indicates a value of ${text}. */
static bool
indicates(const struct part *p, size_t j, const char *text, size_t len)
{
	const struct column *c = part_about(p, j);

	return (c->kind == COLUMN_INDICATOR && strlen(c->of) == len &&
	    memcmp(c->of, text, len) == 0);
}

/* Whether ${text} is the name of a class, or that of which there are indicators. */
static bool
names_category(const struct part *p, const char *text, size_t len)
{
	size_t j;

	if (names_find(text, len, column_names(p), p->cols, &j))
		return (true);
	for (j = 0; j < p->cols && !indicates(p, j, text, len); j++)
		continue;
	return (j < p->cols);
}

/* The columns that indicate ${text}; *${n} may be 0. */
static int
find_category_indicators(const struct part *p, const char *text, size_t len, size_t **found,
    size_t *n)
{
	size_t j;

	if ((*found = mem_array(p->cols, sizeof(**found))) == NULL)
		return (-1);
	for (j = 0, *n = 0; j < p->cols; j++) {
		if (indicates(p, j, text, len))
			(*found)[(*n)++] = j;
	}
	return (0);
}

/* What the header says of the category: the result has a column of it. */
static int
describe_category(struct group_plan *g, size_t k, const char *name, size_t len,
    const size_t *columns)
{
	const struct mpc_category *by = &g->by[k];
	struct column *c = &g->about[k];
	const char *value;
	size_t i;
	int repeated;

	if (by->values > MPC_GROUPS_MAX || bounds_bits((struct bounds){ 0,
	    (int64_t)by->values }) + g->part->fraction_bits > CODE_BITS)
		return (fail(ST_RANGE, "%s: category '%.*s' has %zu values, which are too many: "
		    "groups are %d at most", g->where, (int)len, name, by->values,
		    MPC_GROUPS_MAX));
	column_init(c);
	c->kind = COLUMN_CLASS;
	c->low = 0;
	c->high = (int64_t)(by->values - 1) << g->part->fraction_bits;
	if ((g->names[k] = mem_copy_string(name, len)) == NULL ||
	    (c->values = mem_array(by->values, sizeof(*c->values))) == NULL)
		return (-1);
	for (i = 0; i < by->values; i++, c->n_values++) {
		value = (columns == NULL) ? part_about(g->part, by->code)->values[i] :
		    part_about(g->part, columns[i])->values[0];
		if ((c->values[i] = mem_copy_string(value, strlen(value))) == NULL)
			return (-1);
	}
	repeated = names_repeated((const char *const *)c->values, c->n_values, &i);
	return ((repeated <= 0) ? repeated : fail(ST_USAGE, "%s: two columns indicate the value "
	    "'%s' of '%.*s'", g->where, c->values[i], (int)len, name));
}

/* A column that has to be a class. */
static int
take_class(struct group_plan *g, size_t k, const char *text, size_t len)
{
	struct mpc_category *by = &g->by[k];
	char *copy = mem_copy_string(text, len), shown[PART_SHOWN_BYTES];
	const char *one = copy;
	const struct column_lists list = { .list = &one, .count = 1 }, none = { .list = NULL };
	size_t *position = NULL, n;
	const struct column *c;
	int rc = -1;

	if (copy == NULL || columns_choose(&list, &none, column_names(g->part), NULL,
	    g->part->cols, g->where, &position, &n) == -1)
		goto out;
	if (n != 1) {
		fail(ST_USAGE, "--by takes names of categories, and not '%s'", copy);
		goto out;
	}
	by->code = position[0];
	c = part_about(g->part, by->code);
	by->values = c->n_values;
	part_show_column(g->part, by->code, shown);
	if (c->kind != COLUMN_CLASS || c->n_values == 0)
		fail(ST_RANGE, "%s: column %s is no category, as its values are not declared: "
		    "its owner shares it with smpc-share --codes or --one-hot, or a schema",
		    g->where, shown);
	else
		rc = describe_category(g, k, (g->part->columns != NULL) ? text : shown,
		    (g->part->columns != NULL) ? len : strlen(shown), NULL);
out:
	free(copy);
	free(position);
	return (rc);
}

/* One category more, of the name ${text}. */
static int
take_category(struct group_plan *g, const char *text, size_t len)
{
	size_t k = g->shape.n_by, j, n;

	if (k == GROUP_MAX_BY)
		return (fail(ST_USAGE, "--by takes %d categories at most", GROUP_MAX_BY));
	for (j = 0; j < k; j++) {
		if (strlen(g->names[j]) == len && memcmp(g->names[j], text, len) == 0)
			return (fail(ST_USAGE, "--by takes '%s' once", g->names[j]));
	}
	g->shape.n_by++;
	if (names_find(text, len, column_names(g->part), g->part->cols, &j))
		return (take_class(g, k, text, len));
	if (find_category_indicators(g->part, text, len, &g->indicators[k], &n) == -1)
		return (-1);
	if (n == 0)
		return (take_class(g, k, text, len));
	g->by[k].values = n;
	g->by[k].indicator = g->indicators[k];
	return (describe_category(g, k, text, len, g->indicators[k]));
}

/* A list: one name, which may have commas, or several. */
static int
take_categories(struct group_plan *g, const char *list)
{
	size_t len = strlen(list);
	const char *name;

	if (names_category(g->part, list, len))
		return (take_category(g, list, len));
	while (names_next(&list, &name, &len)) {
		if (take_category(g, name, len) == -1)
			return (-1);
	}
	return (0);
}

/* ---- figures ---- */

/* The mask of the rows in which column ${j} has a value. */
static int
mask_of(struct group_plan *g, size_t j, size_t *mask)
{
	size_t at, i;

	*mask = 0;
	if (presence_find(g->part, g->where, j, &at) == -1)
		return (-1);
	if (at == SIZE_MAX)
		return (0);
	for (i = 0; i < g->shape.n_presence && g->presence[i] != at; i++)
		continue;
	if (i == g->shape.n_presence) {
		g->presence[i] = at;
		g->of_presence[i] = j;
		g->shape.n_presence++;
	}
	*mask = i + 1;
	return (0);
}

static struct mpc_figure *
add_figure(struct group_plan *g, enum mpc_figure_kind kind, size_t mask)
{
	struct mpc_figure *figure = &g->figures[g->shape.n_figures++];

	*figure = (struct mpc_figure){ .kind = kind, .mask = mask };
	return (figure);
}

/* Of numbers that may be any there is no more than a sum. */
static int
take_figure(struct group_plan *g, enum mpc_figure_kind kind, size_t j)
{
	const struct bounds b = bounds_of(part_about(g->part, j));
	struct mpc_figure *figure;
	size_t mask;

	if (part_check_number(g->part, j) == -1 || mask_of(g, j, &mask) == -1)
		return (-1);
	if (kind != MPC_FIGURE_SUM && !bounds_known(b))
		return (known_refuse(g->part, j, "how large its numbers are is not known, which "
		    "--%s takes: %ssmpc-map clip gives it bounds", figure_names[kind],
		    (part_intact(g->part) == PART_CHANGED) ? "" : "its owner declares its range "
		    "(smpc-share --range), or "));
	figure = add_figure(g, kind, mask);
	if (kind == MPC_FIGURE_MIN || kind == MPC_FIGURE_MAX)
		g->least = 1;
	figure->column = j;
	figure->low = b.low;
	figure->high = b.high;
	return (0);
}

/* Choose the columns of one kind of figures. */
static int
choose_figure_columns(const struct group_plan *g, const struct strings *s, size_t **positions,
    size_t *n)
{
	const struct column_lists lists = { .list = s->items, .count = s->count },
	    none = { .list = NULL };

	*n = 0;
	*positions = NULL;
	return ((s->count == 0) ? 0 : columns_choose(&lists, &none, column_names(g->part), NULL,
	    g->part->cols, g->where, positions, n));
}

/* Counts come first; what has missing values has one of its own. */
static void
put_counts_first(struct group_plan *g, bool count)
{
	const size_t n = g->shape.n_figures, counts = g->shape.n_presence + count;
	size_t i;

	memmove(g->figures + counts, g->figures, n * sizeof(*g->figures));
	g->shape.n_figures = 0;
	if (count)
		add_figure(g, MPC_FIGURE_COUNT, 0);
	for (i = 1; i <= g->shape.n_presence; i++)
		add_figure(g, MPC_FIGURE_COUNT, i)->column = g->of_presence[i - 1];
	g->shape.n_figures += n;
}

static int
take_figures(struct group_plan *g, const struct group_asked *asked)
{
	size_t *positions[GROUP_KINDS], n[GROUP_KINDS], i;
	int kind, rc = 0;

	g->room = 1 + g->part->cols;
	for (kind = 0; kind < GROUP_KINDS; kind++) {
		if (choose_figure_columns(g, &asked->columns[kind], &positions[kind],
		    &n[kind]) == -1)
			rc = -1;
		g->room += n[kind];
	}
	if (rc == 0 && ((g->figures = mem_array(g->room, sizeof(*g->figures))) == NULL ||
	    (g->presence = mem_array(g->part->cols, sizeof(*g->presence))) == NULL ||
	    (g->of_presence = mem_array(g->part->cols, sizeof(*g->of_presence))) == NULL))
		rc = -1;
	for (kind = 0; kind < GROUP_KINDS; kind++) {
		for (i = 0; i < n[kind] && rc == 0; i++)
			rc = take_figure(g, (enum mpc_figure_kind)kind, positions[kind][i]);
		free(positions[kind]);
	}
	if (rc == 0)
		put_counts_first(g, asked->count);
	return (rc);
}

/* ---- names ---- */

static char *
name_figure(const struct group_plan *g, const struct mpc_figure *figure)
{
	char number[24];
	const char *column = number;
	struct buf b = { NULL, 0, 0 };

	snprintf(number, sizeof(number), "%zu", figure->column + 1);
	if (g->part->columns != NULL)
		column = g->part->columns[figure->column];
	if (buf_string(&b, figure_names[figure->kind]) == -1 ||
	    ((figure->kind != MPC_FIGURE_COUNT || figure->mask > 0) &&
	    (buf_string(&b, "_") == -1 || buf_string(&b, column) == -1)) ||
	    buf_append(&b, "", 1) == -1)
		buf_free(&b);
	return (b.data);
}

static int
name_group_columns(struct group_plan *g)
{
	size_t i, at = g->shape.n_by;
	int repeated;

	for (i = 0; i < g->shape.n_figures; i++, at++) {
		if ((g->names[at] = name_figure(g, &g->shape.figure[i])) == NULL)
			return (-1);
		if (strlen(g->names[at]) > PART_MAX_COLUMN_NAME_BYTES)
			return (fail(ST_FAILED, "the name '%.60s...' would be too long: give the "
			    "column a shorter one (smpc-cut --rename)", g->names[at]));
	}
	if ((g->names[at] = mem_copy_string("shown", strlen("shown"))) == NULL)
		return (-1);
	repeated = names_repeated((const char *const *)g->names, g->cols, &i);
	return ((repeated <= 0) ? repeated : fail(ST_USAGE, "two columns of the result would be "
	    "called '%s': rename one (smpc-cut --rename)", g->names[i]));
}

int
group_plan_make(struct group_plan *g, const struct part *p, const char *where,
    const struct group_asked *asked)
{
	const size_t most = GROUP_MAX_BY + GROUP_KINDS * p->cols + p->cols + 2;
	size_t i;

	memset(g, 0, sizeof(*g));
	g->part = p;
	g->where = where;
	g->cols = most;
	g->least = asked->least;
	if ((g->names = mem_array(most, sizeof(*g->names))) == NULL ||
	    (g->about = mem_array(most, sizeof(*g->about))) == NULL ||
	    stage_refuse_divisor(p, where) == -1)
		return (-1);
	for (i = 0; i < asked->by.count; i++) {
		if (take_categories(g, asked->by.items[i]) == -1)
			return (-1);
	}
	if (take_figures(g, asked) == -1)
		return (-1);
	g->cols = g->shape.n_by + g->shape.n_figures + 1;
	g->shape.cols = p->cols;
	g->shape.fraction_bits = p->fraction_bits;
	g->shape.by = g->by;
	g->shape.presence = g->presence;
	g->shape.figure = g->figures;
	g->shape.least = asked->least;
	g->shape.population = asked->population;
	if (mpc_groups_count(&g->shape) == 0)
		return (fail(ST_RANGE, "%s: the categories make more than %d groups", where,
		    MPC_GROUPS_MAX));
	return (name_group_columns(g));
}

void
group_plan_free(struct group_plan *g)
{
	size_t i;

	for (i = 0; g->names != NULL && i < g->cols; i++)
		free(g->names[i]);
	free(g->names);
	columns_free(g->about, (g->about != NULL) ? g->cols : 0);
	for (i = 0; i < GROUP_MAX_BY; i++)
		free(g->indicators[i]);
	free(g->presence);
	free(g->of_presence);
	free(g->figures);
	memset(g, 0, sizeof(*g));
}

/* ---- what is known of the result ---- */

/* Whether what is found of a column has room. */
static int
check_figure(const struct group_plan *g, const struct mpc_figure *figure)
{
	const int64_t most = (int64_t)1 << ((figure->kind == MPC_FIGURE_SUM) ? SUM_BITS :
	    MEAN_BITS);
	struct bounds b = { figure->low, figure->high };

	if (figure->kind == MPC_FIGURE_COUNT)
		return (0);
	if (figure->kind == MPC_FIGURE_MIN || figure->kind == MPC_FIGURE_MAX)
		return ((bounds_subtract(&b, b) == -1 || bounds_bits(b) >= WIDTH_BITS) ?
		    bounds_refuse(g->part, figure->column, "a difference of its numbers") : 0);
	if (bounds_known(b) && (bounds_scale(&b, g->shape.rows, 0) == -1 || b.low <= -most ||
	    b.high >= most))
		return (bounds_refuse(g->part, figure->column, "the sum of its numbers"));
	if (figure->kind != MPC_FIGURE_SUM && g->shape.rows > MPC_GROUPS_MAX_ROWS)
		return (known_refuse(g->part, figure->column, "means and variances of more than "
		    "%" PRIu64 " rows are not found: take some (smpc-head)",
		    MPC_GROUPS_MAX_ROWS));
	return (0);
}

/* The exponent of the words of a figure. */
static int
exponent_of(const struct group_plan *g, const struct mpc_figure *figure)
{
	const int e = part_about(g->part, figure->column)->exponent,
	    unit = mpc_figure_unit(figure, g->shape.rows);

	if (figure->kind == MPC_FIGURE_COUNT)
		return (0);
	return ((figure->kind == MPC_FIGURE_VARIANCE) ?
	    2 * e - (int)g->part->fraction_bits - unit : e - unit);
}

/* A figure that is one of the column's numbers is what they are. */
static int
describe_extreme_figure(const struct group_plan *g, const struct mpc_figure *figure,
    struct bounds b, struct column *c)
{

	if (column_copy(c, part_about(g->part, figure->column)) == -1)
		return (-1);
	c->missing = false;
	c->low = b.low;
	c->high = b.high;
	return (0);
}

/* Groups that are not shown have 0. */
static int
describe_figure(const struct group_plan *g, const struct mpc_figure *figure, struct column *c)
{
	const struct column *of = part_about(g->part, figure->column);
	const bool known = bounds_known(bounds_of(of)) || figure->kind == MPC_FIGURE_COUNT;
	const int e = exponent_of(g, figure);
	struct bounds b = bounds_any();
	struct mpc_span span;

	if (e < -COLUMN_MAX_EXPONENT || e > COLUMN_MAX_EXPONENT)
		return (bounds_refuse(g->part, figure->column, "what its numbers are multiplied "
		    "to"));
	if (known) {
		span = mpc_figure_span(&g->shape, figure);
		b = (struct bounds){ span.low, span.high };
		bounds_unite(&b, (struct bounds){ 0, 0 });
	}
	if (figure->kind == MPC_FIGURE_COUNT)
		(void)bounds_scale(&b, 1, g->part->fraction_bits);
	if (figure->kind == MPC_FIGURE_MIN || figure->kind == MPC_FIGURE_MAX)
		return (describe_extreme_figure(g, figure, b, c));
	column_result(c, b, e);
	if (figure->kind == MPC_FIGURE_SUM && supposed_result(c, g->part, figure->column,
	    supposed_words(g->part, figure->column) * (double)g->shape.rows, "the sum") == -1)
		return (-1);
	return ((of->unit != NULL && known && (figure->kind == MPC_FIGURE_SUM ||
	    figure->kind == MPC_FIGURE_MEAN)) ? column_set_unit(c, of->unit) : 0);
}

int
group_plan_rows(struct group_plan *g, uint64_t rows)
{
	struct bounds count = { 0, (int64_t)rows };
	size_t i;

	g->shape.rows = rows;
	if (rows == 0)
		return (fail(ST_FAILED, "tensor '%s' has no rows", g->part->name));
	if (bounds_scale(&count, 1, g->part->fraction_bits) == -1)
		return (fail(ST_RANGE, "tensor '%s' has %" PRIu64 " rows and %u fraction bits, "
		    "and a number of rows would not fit 64 bits: cut fraction bits off first "
		    "(smpc-truncate)", g->part->name, rows, g->part->fraction_bits));
	for (i = 0; i < g->shape.n_figures; i++) {
		if (check_figure(g, &g->figures[i]) == -1 ||
		    describe_figure(g, &g->figures[i], &g->about[g->shape.n_by + i]) == -1)
			return (-1);
	}
	column_result(&g->about[g->cols - 1], (struct bounds){ 0,
		(int64_t)1 << g->part->fraction_bits }, 0);
	return (0);
}

/* ---- noise ---- */

/* The larger of |low| and |high|. */
static double
largest_of(struct bounds b)
{

	return (fmax(fabs((double)b.low), fabs((double)b.high)));
}

/*
 * A row that becomes another one leaves a group and joins one: two numbers of a column change, each
 * by what the row has there; or one does, by the difference.
 */
static int
change_of_figure(const struct group_plan *g, const struct mpc_figure *figure, double *words)
{
	struct bounds b = { 0, (int64_t)1 << g->part->fraction_bits };

	if (figure->kind != MPC_FIGURE_COUNT && figure->kind != MPC_FIGURE_SUM)
		return (usage("noise is added to counts and sums: with both, whoever gets them "
		    "divides"));
	if (figure->kind == MPC_FIGURE_SUM) {
		b = bounds_of(part_about(g->part, figure->column));
		if (!bounds_known(b))
			return (known_refuse(g->part, figure->column, "no range is declared, from "
			    "which follows how much noise it takes (smpc-share --range, smpc-map "
			    "clip)"));
	}
	*words = fmax(sqrt(2) * largest_of(b), (double)b.high - (double)b.low);
	return (0);
}

int
group_plan_change(const struct group_plan *g, const struct exposure *e, double *change)
{
	double words = 0;
	size_t i;

	memset(change, 0, g->cols * sizeof(*change));
	for (i = 0; i < g->shape.n_figures; i++) {
		if (change_of_figure(g, &g->figures[i], &words) == -1)
			return (-1);
		change[g->shape.n_by + i] = exposure_times_change(e, fmax(words, 1));
		if (!(change[g->shape.n_by + i] > 0))
			return (exposure_refuse(g->part));
	}
	return (0);
}
