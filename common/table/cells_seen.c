/* What was seen in the rows of a table, for what is said of all of them. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "table/cells.h"

/* Room that a column takes in a list, and what may follow it. */
#define COLUMN_TEXT (COLUMNS_SHOWN + 64)

void
cells_name(const struct cells *c, size_t j, char text[static COLUMNS_SHOWN])
{

	if (c->names != NULL && c->names[j][0] != '\0')
		snprintf(text, COLUMNS_SHOWN, "'%.80s'", c->names[j]);
	else
		snprintf(text, COLUMNS_SHOWN, "column %zu", j + 1);
}

int
cells_seen_new(struct cells *c)
{

	if ((c->seen = mem_array(1, sizeof(*c->seen))) == NULL ||
	    (c->seen->missing = mem_array(c->columns, sizeof(*c->seen->missing))) == NULL ||
	    (c->seen->stripped = mem_array(c->columns, sizeof(*c->seen->stripped))) == NULL)
		return (-1);
	return (0);
}

void
cells_seen_free(struct cells *c)
{

	if (c->seen == NULL)
		return;
	mem_wipe_free(c->seen->missing, c->columns * sizeof(*c->seen->missing));
	mem_wipe_free(c->seen->stripped, c->columns * sizeof(*c->seen->stripped));
	mem_wipe_free(c->seen, sizeof(*c->seen));
	c->seen = NULL;
}

void
cells_seen_forget(const struct cells *c)
{

	c->seen->dropped = 0;
	memset(c->seen->missing, 0, c->columns * sizeof(*c->seen->missing));
}

void
cells_missing_text(const struct cells *c, char *text, size_t size)
{
	char name[COLUMNS_SHOWN];
	size_t j, n = 0;

	text[0] = '\0';
	for (j = 0; j < c->columns; j++) {
		if (c->seen->missing[j] == 0)
			continue;
		if (n + COLUMN_TEXT > size) {
			snprintf(text + n, size - n, ", ...");
			break;
		}
		cells_name(c, j, name);
		n += (size_t)snprintf(text + n, size - n, "%s%" PRIu64 " in %s",
		    (n > 0) ? ", " : "", c->seen->missing[j], name);
	}
}
