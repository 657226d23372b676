/* Options that name columns. */

#include <string.h>

#include "base/diag.h"
#include "table/cells_internal.h"

const char *
cells_columns_end(const struct cells *c, const char *spec)
{

	return (columns_equals(spec, c->names, c->columns));
}

int
cells_mark(const struct cells *c, const char *option, const char *list, size_t len,
    uint8_t *marks)
{
	size_t j;

	memset(marks, 0, c->columns);
	if (columns_mark(list, len, c->names, c->columns, c->input, marks) == -1)
		return (-1);
	for (j = 0; j < c->columns; j++) {
		if (!marks[j] || c->column[j].action != CELL_SKIP)
			continue;
		if (c->names != NULL && c->names[j][0] != '\0')
			return (fail(ST_USAGE, "%s: column '%s' is given to %s, but not selected",
			    c->input, c->names[j], option));
		return (fail(ST_USAGE, "%s: column %zu is given to %s, but not selected", c->input,
		    j + 1, option));
	}
	return (0);
}
