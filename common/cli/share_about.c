#include "cli/share_about.h"

#include <string.h>

#include "base/mem.h"
#include "table/range.h"

_Static_assert(RANGE_MAX_EXPONENT == COLUMN_MAX_EXPONENT, "a range's scale fits a header");

static const enum column_kind kinds[] = {
	[TABLE_UNDECLARED] = COLUMN_UNDECLARED,
	[TABLE_NUMBER] = COLUMN_NUMBER,
	[TABLE_INDICATOR] = COLUMN_INDICATOR,
	[TABLE_CLASS] = COLUMN_CLASS,
	[TABLE_DATE] = COLUMN_DATE,
	[TABLE_PRESENCE] = COLUMN_PRESENCE,
	[TABLE_KEY] = COLUMN_KEY,
};

/* Copy a text that may be NULL. */
static int
copy_declared(char **to, const char *from)
{

	return ((from == NULL || (*to = mem_copy_string(from, strlen(from))) != NULL) ? 0 : -1);
}

/* Set an undeclared column; what it holds is freed by columns_free in any case. */
static int
set_column(struct column *c, const struct table_about *about)
{

	c->kind = kinds[about->kind];
	c->low = about->low;
	c->high = about->high;
	c->exponent = about->exponent;
	c->match = about->match;
	c->distinct = about->distinct;
	if (copy_declared(&c->unit, about->unit) == -1 || copy_declared(&c->of, about->of) == -1)
		return (-1);
	if (about->n_values == 0)
		return (0);
	if ((c->values = mem_array(about->n_values, sizeof(*c->values))) == NULL)
		return (-1);
	for (; c->n_values < about->n_values; c->n_values++) {
		if (copy_declared(&c->values[c->n_values], about->values[c->n_values]) == -1)
			return (-1);
	}
	return (0);
}

/* A column of presence says of another one that values may be missing: so does that. */
static void
mark_missing(struct column *columns, const struct table *t, size_t cols, size_t presence)
{
	size_t j;

	for (j = 0; j < cols; j++) {
		if (j == presence || strcmp(table_column_name(t, j), columns[presence].of) != 0)
			continue;
		columns[j].missing = true;
		columns[j].median = table_about(t, presence)->median;
		if (columns[j].kind == COLUMN_UNDECLARED)
			columns[j].kind = COLUMN_NUMBER;
	}
}

int
share_about_set(struct part *part, const struct table *t)
{
	struct column *columns;
	size_t declared = 0, j;
	int rc = 0;

	for (j = 0; j < part->cols; j++)
		declared += (table_about(t, j)->kind != TABLE_UNDECLARED);
	if (declared == 0)
		return (0);
	if ((columns = mem_array(part->cols, sizeof(*columns))) == NULL)
		return (-1);
	for (j = 0; j < part->cols; j++)
		column_init(&columns[j]);
	for (j = 0; rc == 0 && j < part->cols; j++)
		rc = set_column(&columns[j], table_about(t, j));
	for (j = 0; rc == 0 && j < part->cols; j++) {
		if (columns[j].kind == COLUMN_PRESENCE)
			mark_missing(columns, t, part->cols, j);
	}
	if (rc == 0)
		rc = part_set_about(part, columns);
	columns_free(columns, part->cols);
	return (rc);
}
