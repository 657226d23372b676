#ifndef SMPC_CLI_SCHEMA_DRAFT_H
#define SMPC_CLI_SCHEMA_DRAFT_H

/*
 * smpc-schema --draft: what an owner's table and options make of a schema.  A draft is public, so
 * that of the table it says as little as will do.
 */

#include "cli/schema_asked.h"
#include "data/schema.h"

/* Texts of a column that a draft publishes, at most, and how often each is there, at least. */
#define DRAFT_MAX_VALUES 20
#define DRAFT_LEAST_COUNT 10

/*
 * schema_draft(path, o):
 * Read a table to its end, and return a draft, or NULL, having reported all that stands in its way.
 */
struct schema *schema_draft(const char *path, const struct draft_options *o);

/*
 * schema_draft_tell(s, name):
 * Say on standard error, a line for each column, what a draft publishes of the table ${name}.
 */
void schema_draft_tell(const struct schema *s, const char *name);

#endif /* !SMPC_CLI_SCHEMA_DRAFT_H */
