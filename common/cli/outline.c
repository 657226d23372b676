#include "cli/outline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 40 /* of a name that is shown */

/* Append names of columns while there is room for one more, and for "...". */
static void
outline_columns(char *out, size_t size, size_t used, const struct part *p)
{
	size_t j, n;

	for (j = 0; j < p->cols; j++) {
		n = strlen(p->columns[j]);
		if (n > NAME_BYTES || used + n + sizeof(", , ...)") > size)
			break;
		used += (size_t)snprintf(out + used, size - used, "%s%s", (j > 0) ? ", " : ": ",
		    p->columns[j]);
	}
	snprintf(out + used, size - used, "%s)", (j == p->cols) ? "" : (j > 0) ? ", ..." : ": ...");
}

void
outline_input(char *out, size_t size, const struct reader *r, const struct part *p)
{
	bool last;
	uint64_t rows = reader_rows_known(r, &last);
	size_t used;

	used = (size_t)snprintf(out, size, "(%s%.*s%s%s%" PRIu64 " row%s, %zu column%s",
	    (p->name != NULL && p->name[0] != '\0') ? "'" : "", NAME_BYTES,
	    (p->name != NULL) ? p->name : "", (p->name != NULL && p->name[0] != '\0') ? "', " : "",
	    last ? "" : "at least ", rows, (rows == 1) ? "" : "s", p->cols,
	    (p->cols == 1) ? "" : "s");
	if (used >= size)
		return;
	if (p->columns != NULL)
		outline_columns(out, size, used, p);
	else
		snprintf(out + used, size - used, ")");
}
