/* What becomes of missing values, column by column. */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "ring/fixed.h"
#include "table/cells_internal.h"
#include "table/date.h"

/* ---- the option na ---- */

static int
check_date(const struct cell_column *column, const char *spec, const char *value)
{
	const char *fault;
	int64_t days;

	if ((fault = date_parse(value, strlen(value), &days)) != NULL)
		return (fail(ST_USAGE, "na '%.*s': '%.*s' %s, nor error, drop, mean or median",
		    CELLS_SHOWN, spec, CELLS_SHOWN, value, fault));
	if (cell_is_date(column) && !range_has_double(column->range, (double)days))
		return (fail(ST_RANGE, "na '%.*s': '%.*s' does not fit the column", CELLS_SHOWN,
		    spec, CELLS_SHOWN, value));
	return (0);
}

/* Whether the number of an option can stand for a value of the column. */
static int
check_replacement(const struct cells *c, const struct cell_column *column, const char *spec,
    const char *value)
{
	size_t len = strlen(value);
	int64_t integer;
	uint64_t word;
	double x;
	int rc;

	if (column->date)
		return (check_date(column, spec, value));
	if (c->options->modulus != 0)
		rc = residue_parse(value, len, c->options->modulus, &word);
	else if (c->integers)
		rc = fixed_parse_integer(value, len, &integer);
	else
		rc = fixed_parse_double(value, len, &x);
	if (rc == FIXED_SYNTAX)
		return (fail(ST_USAGE, "na '%.*s': '%.*s' is not such a number, nor error, drop, "
		    "mean or median", CELLS_SHOWN, spec, CELLS_SHOWN, value));
	if (rc == FIXED_RANGE || (column->range != NULL && column->action == CELL_NUMBER &&
	    (fixed_compare(value, len, column->range->text.low, column->range->text.low_len) < 0 ||
	    fixed_compare(value, len, column->range->text.high, column->range->text.high_len) >
	    0)))
		return (fail(ST_RANGE, "na '%.*s': '%.*s' does not fit the column", CELLS_SHOWN,
		    spec, CELLS_SHOWN, value));
	return (0);
}

/* A category of its own is one that is listed. */
static int
check_category(const struct cell_column *column, const char *spec, const char *value)
{
	char *const *category;

	for (category = column->categories; *category != NULL; category++) {
		if (strcmp(*category, value) == 0)
			return (0);
	}
	return (fail(ST_USAGE, "na '%.*s': '%.*s' is none of the categories that are listed",
	    CELLS_SHOWN, spec, CELLS_SHOWN, value));
}

/* Whether the mean, or the median, can be filled in later, by those who compute it on shares. */
static int
check_mean(const struct cells *c, const struct cell_column *column, const char *spec)
{
	const char *without = c->options->without_means, *what = (column->na == TABLE_NA_MEAN) ?
	    "mean" : "median";

	if (column->categories != NULL)
		return (fail(ST_USAGE, "na '%.*s': categories have no %s", CELLS_SHOWN, spec,
		    what));
	if (column->standardize)
		return (fail(ST_USAGE, "na '%.*s': a column is standardized here, and its %s "
		    "filled in by others%s", CELLS_SHOWN, spec, what, c->options->remedies ?
		    "; --no-standardize leaves it as it is" : ""));
	if (c->integers)
		without = "whole numbers";
	if (without != NULL)
		return (fail(ST_USAGE, "na '%.*s': %s have no %ss that could be filled in",
		    CELLS_SHOWN, spec, without, what));
	if (c->names == NULL)
		return (fail(ST_USAGE, "na '%.*s': another column has to say where values are, "
		    "and there are no names", CELLS_SHOWN, spec));
	return (0);
}

static enum table_na
action_of_text(const char *action)
{

	return ((strcmp(action, "error") == 0) ? TABLE_NA_ERROR :
	    (strcmp(action, "drop") == 0) ? TABLE_NA_DROP :
	    (strcmp(action, "mean") == 0) ? TABLE_NA_MEAN :
	    (strcmp(action, "median") == 0) ? TABLE_NA_MEDIAN : TABLE_NA_VALUE);
}

/* A key has no other one that could stand in for it. */
static int
set_key_action(struct cell_column *column, const char *spec, enum table_na na, const char *value)
{

	if (na == TABLE_NA_VALUE && strcmp(value, "unique") == 0)
		na = TABLE_NA_UNIQUE;
	column->na = na;
	return ((na == TABLE_NA_MEAN || na == TABLE_NA_VALUE) ? fail(ST_USAGE, "na '%.*s': of a "
	    "key it is error, drop or unique", CELLS_SHOWN, spec) : 0);
}

/* What is said of all columns, as far as it can be meant of a key. */
static void
set_key_of_all(struct cell_column *column)
{

	if (column->na == TABLE_NA_VALUE)
		column->na = (strcmp(column->na_value, "unique") == 0) ? TABLE_NA_UNIQUE :
		    TABLE_NA_ERROR;
}

/* What ${value} is counts for TABLE_NA_VALUE alone. */
static int
set_action(const struct cells *c, struct cell_column *column, const char *spec, enum table_na na,
    const char *value)
{

	if (column->action == CELL_KEY)
		return (set_key_action(column, spec, na, value));
	column->na = na;
	column->na_value = value;
	if (cell_is_filled(column))
		return (check_mean(c, column, spec));
	if (na != TABLE_NA_VALUE)
		return (0);
	return ((column->categories != NULL) ? check_category(column, spec, value) :
	    check_replacement(c, column, spec, value));
}

static int
set_columns(struct cells *c, const char *spec, uint8_t *given, uint8_t *marks)
{
	const char *equals = cells_columns_end(c, spec);
	size_t j;

	if (equals == NULL)
		return (fail(ST_USAGE, "na '%.*s': must be COLUMN=ACTION", CELLS_SHOWN, spec));
	if (cells_mark(c, "na", spec, (size_t)(equals - spec), marks) == -1)
		return (-1);
	for (j = 0; j < c->columns; j++) {
		if (marks[j] && given[j])
			return (fail(ST_USAGE, "na '%.*s': a column is given twice", CELLS_SHOWN,
			    spec));
		given[j] |= marks[j];
		if (marks[j] && set_action(c, &c->column[j], spec, action_of_text(equals + 1),
		    equals + 1) == -1)
			return (-1);
	}
	return (0);
}

/* The same for columns whose values may be any texts. */
static int
set_missing_columns(struct cells *c)
{
	const struct table_missing *m = c->options->missing;
	size_t i, j;

	for (i = 0; i < c->options->n_missing; i++, m++) {
		if (!names_find(m->column, strlen(m->column), c->names, c->columns, &j))
			return (fail(ST_FAILED, "%s: has no column '%.80s'", c->input, m->column));
		if (set_action(c, &c->column[j], m->column, m->na, m->value) == -1)
			return (-1);
	}
	return (0);
}

/* ---- the option na_indicator ---- */

static int
set_indicated(struct cells *c, uint8_t *marks)
{
	const struct column_lists *lists = &c->options->na_indicator;
	size_t i, j;

	if (lists->count > 0 && c->names == NULL)
		return (fail(ST_USAGE, "%s: indicators of missing values need names of columns, "
		    "and there are none", c->input));
	for (i = 0; i < lists->count; i++) {
		if (cells_mark(c, "na-indicator", lists->list[i], strlen(lists->list[i]), marks) ==
		    -1)
			return (-1);
		for (j = 0; j < c->columns; j++)
			c->column[j].indicated |= marks[j];
	}
	return (0);
}

int
cells_set_missing(struct cells *c, uint8_t *marks)
{
	const struct column_lists *lists = &c->options->na_columns;
	uint8_t *given;
	size_t i, j;
	int rc = 0;

	for (j = 0; j < c->columns; j++) {
		c->column[j].na = c->options->na;
		c->column[j].na_value = c->options->na_value;
		if (c->column[j].action == CELL_KEY)
			set_key_of_all(&c->column[j]);
	}
	if ((given = mem_array(c->columns, 1)) == NULL)
		return (-1);
	for (i = 0; rc == 0 && i < lists->count; i++)
		rc = set_columns(c, lists->list[i], given, marks);
	free(given);
	return ((rc == 0 && set_missing_columns(c) == 0) ? set_indicated(c, marks) : -1);
}

/* ---- rows without any ---- */

void
cells_mark_present(const struct cells *c, uint64_t *words, size_t rows)
{
	const struct cell_column *column;
	size_t i, j;

	for (j = 0; c->marked && j < c->columns; j++) {
		column = &c->column[j];
		for (i = 0; column->present != CELL_NOWHERE && i < rows; i++)
			words[i * c->words + column->present] = (uint64_t)1 << c->f;
		for (i = 0; column->missing != CELL_NOWHERE && i < rows; i++)
			words[i * c->words + column->missing] = 0;
	}
}
