#ifndef SMPC_DATA_SCHEMA_LISTS_H
#define SMPC_DATA_SCHEMA_LISTS_H

/* A schema as the options by which a table is shared. */

#include <stddef.h>

#include "data/schema.h"
#include "table/table.h"

/*
 * Texts "COLUMN" and "COLUMN=...", as the options of smpc-share have them, and what may hold any
 * text.
 */
struct schema_lists {
	struct schema_texts select;
	struct table_values *values;
	size_t n_values;
	struct table_missing *missing;
	size_t n_missing;
	struct schema_texts range, unit, date, key, na_indicator;
};

/*
 * schema_lists_make(l, s):
 * Set a zeroed ${l} to what ${s}, which must outlive it, says.  Return 0 or -1 (reported).
 * schema_lists_free is due in any case.
 */
int schema_lists_make(struct schema_lists *l, const struct schema *s);

/*
 * schema_lists_set(l, o):
 * Have tables that are opened with ${o} read as the schema says.
 */
void schema_lists_set(const struct schema_lists *l, struct table_options *o);

/*
 * schema_lists_free(l):
 * Free; harmless on a zeroed structure.
 */
void schema_lists_free(struct schema_lists *l);

#endif /* !SMPC_DATA_SCHEMA_LISTS_H */
