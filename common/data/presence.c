#include "data/presence.h"

#include <string.h>

#include "base/diag.h"

/* What messages call a column. */
static const char *
column_name(const struct part *p, size_t j)
{

	return ((p->columns != NULL) ? p->columns[j] : "");
}

int
presence_find(const struct part *p, const char *where, size_t j, size_t *at)
{
	const struct column *c;
	size_t i;

	*at = SIZE_MAX;
	if (!part_about(p, j)->missing)
		return (0);
	for (i = 0; i < p->cols; i++) {
		c = part_about(p, i);
		if (c->kind == COLUMN_PRESENCE && strcmp(c->of, column_name(p, j)) == 0) {
			*at = i;
			return (0);
		}
	}
	return (fail(ST_RANGE, "%s: column '%s' has missing values, and the column of presence "
	    "that tells which is not there: take both columns", where, column_name(p, j)));
}

int
presence_refuse(const struct part *p, const char *where, size_t j, const char *what)
{

	return (fail(ST_RANGE, "%s: column '%s' has missing values, which %s does not take: its "
	    "owner drops their rows, or fills them with a number (smpc-share --na '%s=drop')",
	    where, column_name(p, j), what, column_name(p, j)));
}
