#ifndef SMPC_TABLE_TEXTS_H
#define SMPC_TABLE_TEXTS_H

/* A table of CSV as texts, for those who look at it and convert nothing. */

#include <stddef.h>
#include <stdint.h>

#include "table/csv.h"
#include "table/table.h"
#include "table/window.h"

struct texts {
	struct window window;
	struct csv csv;
};

/*
 * texts_open(t, path, options):
 * Open a table with names of columns, "-" for standard input; of the options, those that say how it
 * is written count.  Return 0 or -1 (reported).  texts_close is due in any case.
 */
int texts_open(struct texts *t, const char *path, const struct table_options *options);

/*
 * texts_name(t), texts_columns(t), texts_names(t):
 * What messages call the table, and its columns; names may be empty or repeated.
 */
const char *texts_name(const struct texts *t);
size_t texts_columns(const struct texts *t);
const char *const *texts_names(const struct texts *t);

/*
 * texts_next(t), texts_check_blank(t), texts_check(t), texts_cell(t, j):
 * As csv_next, csv_check_blank, csv_check_row and csv_cell.
 */
int texts_next(struct texts *t);
int texts_check_blank(const struct texts *t);
int texts_check(const struct texts *t);
struct csv_field texts_cell(const struct texts *t, size_t j);

/*
 * texts_close(t):
 * Wipe and free.
 */
void texts_close(struct texts *t);

#endif /* !SMPC_TABLE_TEXTS_H */
