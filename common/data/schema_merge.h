#ifndef SMPC_DATA_SCHEMA_MERGE_H
#define SMPC_DATA_SCHEMA_MERGE_H

/* One schema from the drafts of several owners. */

#include <stddef.h>

#include "data/schema.h"

/*
 * schema_merge(drafts, names, count):
 * Return the schema that all tables keep to: ranges and categories are united, those of the first
 * of ${count} drafts first; in all else drafts that share a column must agree.  The dialect is that
 * of the drafts if all have the same one, else each owner's own.  Return NULL, having reported
 * every conflict, with status 4, by what messages call the drafts, their ${names}.
 */
struct schema *schema_merge(const struct schema *const *drafts, const char *const *names,
    size_t count);

#endif /* !SMPC_DATA_SCHEMA_MERGE_H */
