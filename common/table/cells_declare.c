/* What an owner declares of columns, and what that says of words. */

#include <inttypes.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "table/cells_internal.h"
#include "table/date.h"

/* Bytes of a unit. */
#define MAX_UNIT 64

/* ---- ranges ---- */

/* Settle what a range is of: dates, or numbers that are shared as they are or scaled. */
static const char *
read_range(const struct cells *c, const char *text, int dates, struct range *range)
{
	const char *fault;

	if (dates)
		return (date_range(range, text, c->f));
	return (((fault = range_parse(range, text)) != NULL) ? fault :
	    range_scale(range, c->integers));
}

static int
set_range_of_column(const struct cells *c, struct cell_column *column, const char *spec,
    const struct range *range)
{

	if (column->action == CELL_KEY)
		return (fail(ST_USAGE, "range '%.*s': a column is a key, and has none",
		    CELLS_SHOWN, spec));
	if (column->action != CELL_NUMBER && column->action != CELL_REAL)
		return (fail(ST_USAGE, "range '%.*s': a column is one-hot or coded, and has its "
		    "range by that: leave this one out", CELLS_SHOWN, spec));
	if (column->standardize)
		return (fail(ST_USAGE, "range '%.*s': a column is standardized%s", CELLS_SHOWN,
		    spec, c->options->remedies ? "; --no-standardize leaves it as it is" : ""));
	if (column->range != NULL)
		return (fail(ST_USAGE, "range '%.*s': a column is given twice", CELLS_SHOWN, spec));
	column->range = range;
	column->bits = range->bits;
	return (0);
}

static int
set_range(struct cells *c, const char *spec, struct range *range, uint8_t *marks)
{
	const char *equals = strrchr(spec, '='), *fault;
	size_t j, columns = 0, dates = 0;

	if (equals == NULL)
		return (fail(ST_USAGE, "range '%.*s': must be COLUMN=LOW..HIGH", CELLS_SHOWN,
		    spec));
	if (cells_mark(c, "range", spec, (size_t)(equals - spec), marks) == -1)
		return (-1);
	for (j = 0; j < c->columns; j++) {
		columns += marks[j];
		dates += (marks[j] && cell_is_date(&c->column[j]));
	}
	if (dates > 0 && dates < columns)
		return (fail(ST_USAGE, "range '%.*s': some columns have dates, and others "
		    "numbers", CELLS_SHOWN, spec));
	if ((fault = read_range(c, equals + 1, dates > 0, range)) != NULL)
		return (fail(ST_USAGE, "range '%.*s': '%.*s' %s", CELLS_SHOWN, spec, CELLS_SHOWN,
		    equals + 1, fault));
	for (j = 0; j < c->columns; j++) {
		if (marks[j] && set_range_of_column(c, &c->column[j], spec, range) == -1)
			return (-1);
	}
	return (0);
}

/* Dates of which nothing is declared have the range of all that can be shared. */
static int
set_date_ranges(struct cells *c)
{
	struct range *range = &c->ranges[c->options->range.count];
	const char *fault;
	size_t j;

	for (j = 0; j < c->columns; j++) {
		if (!cell_is_date(&c->column[j]) || c->column[j].range != NULL)
			continue;
		if ((fault = date_range(range, NULL, c->f)) != NULL)
			return (fail(ST_USAGE, "dates: a day %s, %u", fault, c->f));
		c->column[j].range = range;
	}
	return (0);
}

/* ---- units ---- */

static int
set_unit(struct cells *c, const char *spec, uint8_t *marks)
{
	const char *equals = cells_columns_end(c, spec), *fault;
	size_t j;

	if (equals == NULL || equals[1] == '\0')
		return (fail(ST_USAGE, "unit '%.*s': must be COLUMN=TEXT", CELLS_SHOWN, spec));
	if ((fault = columns_name_fault(equals + 1, strlen(equals + 1))) == NULL &&
	    strlen(equals + 1) > MAX_UNIT)
		fault = "is longer than 64 bytes";
	if (fault != NULL)
		return (fail(ST_USAGE, "unit '%.*s': the text %s", CELLS_SHOWN, spec, fault));
	if (cells_mark(c, "unit", spec, (size_t)(equals - spec), marks) == -1)
		return (-1);
	for (j = 0; j < c->columns; j++) {
		if (!marks[j])
			continue;
		if ((c->column[j].action != CELL_NUMBER && c->column[j].action != CELL_REAL) ||
		    c->column[j].standardize || cell_is_date(&c->column[j]))
			return (fail(ST_USAGE, "unit '%.*s': a column is one-hot, coded, "
			    "a key, standardized or of dates, and has no unit", CELLS_SHOWN, spec));
		if (c->column[j].unit != NULL)
			return (fail(ST_USAGE, "unit '%.*s': a column is given twice", CELLS_SHOWN,
			    spec));
		c->column[j].unit = equals + 1;
	}
	return (0);
}

int
cells_declare(struct cells *c, uint8_t *marks)
{
	const struct column_lists *ranges = &c->options->range, *units = &c->options->unit;
	size_t i;

	if (c->options->modulus != 0 && ranges->count + units->count > 0)
		return (fail(ST_USAGE, "%s '%.*s': nothing is declared of integers modulo %"
		    PRIu64 "%s", (ranges->count > 0) ? "range" : "unit", CELLS_SHOWN,
		    (ranges->count > 0) ? ranges->list[0] : units->list[0], c->options->modulus,
		    c->options->remedies ? "; -q 2^64 takes signed ones, of which it can be" : ""));
	if ((c->ranges = mem_array(ranges->count + 1, sizeof(*c->ranges))) == NULL)
		return (-1);
	for (i = 0; i < ranges->count; i++) {
		if (set_range(c, ranges->list[i], &c->ranges[i], marks) == -1)
			return (-1);
	}
	for (i = 0; i < units->count; i++) {
		if (set_unit(c, units->list[i], marks) == -1)
			return (-1);
	}
	return (set_date_ranges(c));
}

/* ---- what words are ---- */

/* A number of which a range, a unit or nothing was declared. */
static void
describe_number(const struct cells *c, const struct cell_column *column)
{
	struct table_about *about = &c->about[column->place];

	const char *unit = (column->unit != NULL) ? column->unit : column->scaled;

	if (column->range == NULL && unit == NULL)
		return;
	about->kind = cell_is_date(column) ? TABLE_DATE : TABLE_NUMBER;
	about->unit = unit;
	about->exponent = (int)c->f - column->bits;
	if (column->range != NULL) {
		about->low = column->range->least;
		about->high = column->range->most;
	}
	/* A missing value is 0. */
	if (cell_is_filled(column)) {
		about->low = (about->low < 0) ? about->low : 0;
		about->high = (about->high > 0) ? about->high : 0;
	}
}

/* The words that say where values of a column are missing. */
static void
describe_marks(const struct cells *c, size_t j)
{
	static char nothing[] = "";
	static char *const nothings[] = { nothing };
	const struct cell_column *column = &c->column[j];
	const int64_t one = (int64_t)((uint64_t)1 << c->f);

	if (column->present != CELL_NOWHERE)
		c->about[column->present] = (struct table_about){ .kind = TABLE_PRESENCE,
			.high = one, .of = c->names[j],
			.median = (column->na == TABLE_NA_MEDIAN) };
	if (column->missing != CELL_NOWHERE)
		c->about[column->missing] = (struct table_about){ .kind = TABLE_INDICATOR,
			.high = one, .of = c->names[j], .n_values = 1, .values = nothings };
}

/* The words of a column of text: a code, or an indicator for each category. */
static void
describe_text(const struct cells *c, size_t j)
{
	const struct cell_column *column = &c->column[j];
	struct table_about *about;
	size_t n, place;

	for (n = 0; column->categories[n] != NULL; n++) {
		place = cell_category_place(column, n);
		if (column->action == CELL_CODE || place == CELL_NOWHERE)
			continue;
		about = &c->about[place];
		/* Without names there is none to say what it indicates. */
		*about = (struct table_about){ .kind = TABLE_NUMBER,
			.high = (int64_t)((uint64_t)1 << c->f) };
		if (c->names == NULL)
			continue;
		about->kind = TABLE_INDICATOR;
		about->of = c->names[j];
		about->values = &column->categories[n];
		about->n_values = 1;
	}
	if (column->action == CELL_CODE)
		c->about[column->place] = (struct table_about){ .kind = TABLE_CLASS,
			.high = (int64_t)((uint64_t)(n - 1) << c->f),
			.values = column->categories, .n_values = n };
}

/* The words of a key. */
static void
describe_key(const struct cells *c, size_t j)
{
	const struct cell_column *column = &c->column[j];
	struct table_about *about = &c->about[column->place];
	size_t i;

	for (i = 0; i < KEY_WORDS; i++, about++) {
		about->kind = TABLE_KEY;
		about->of = c->names[j];
		about->match = column->match;
		about->distinct = !column->repeats;
	}
}

int
cells_describe(struct cells *c)
{
	size_t j;

	if ((c->about = mem_array(c->words, sizeof(*c->about))) == NULL)
		return (-1);
	for (j = 0; j < c->words; j++) {
		c->about[j].low = INT64_MIN;
		c->about[j].high = INT64_MAX;
	}
	for (j = 0; c->options->modulus == 0 && j < c->columns; j++) {
		describe_marks(c, j);
		if (c->column[j].action == CELL_NUMBER || c->column[j].action == CELL_REAL)
			describe_number(c, &c->column[j]);
		else if (c->column[j].action == CELL_KEY)
			describe_key(c, j);
		else if (c->column[j].action != CELL_SKIP)
			describe_text(c, j);
	}
	return (0);
}
