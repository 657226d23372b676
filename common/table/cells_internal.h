#ifndef SMPC_TABLE_CELLS_INTERNAL_H
#define SMPC_TABLE_CELLS_INTERNAL_H

/* What the files that set up cells (cells.h) share: options that name columns. */

#include <stddef.h>
#include <stdint.h>

#include "table/cells.h"

/* Bytes of an option's text that are shown. */
#define CELLS_SHOWN 80

/*
 * cells_columns_end(c, spec):
 * As columns_equals, of these columns.
 */
const char *cells_columns_end(const struct cells *c, const char *spec);

/*
 * cells_mark(c, option, list, len, marks):
 * Set ${marks} for the columns that an option with the given name means; they must be among those
 * selected.  Return 0 or -1 (reported).
 */
int cells_mark(const struct cells *c, const char *option, const char *list, size_t len,
    uint8_t *marks);

/*
 * cells_declare(c, marks):
 * Take the options range and unit, once it is settled how columns are read; ${marks} has room for
 * one each.  Return 0 or -1 (reported).
 */
int cells_declare(struct cells *c, uint8_t *marks);

/*
 * cells_set_missing(c, marks):
 * Settle what becomes of missing values in each column, once it is settled what its values are.
 * Return 0 or -1 (reported).
 */
int cells_set_missing(struct cells *c, uint8_t *marks);

/*
 * cells_describe(c):
 * Set c->about, once words have their places.  Return 0 or -1 (reported).
 */
int cells_describe(struct cells *c);

#endif /* !SMPC_TABLE_CELLS_INTERNAL_H */
