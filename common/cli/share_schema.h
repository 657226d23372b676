#ifndef SMPC_CLI_SHARE_SCHEMA_H
#define SMPC_CLI_SHARE_SCHEMA_H

/*
 * smpc-share --schema: a table is read as owners have agreed, and refused where it does not keep to
 * that.
 */

#include <stdbool.h>

#include "cli/schema_check.h"
#include "cli/tool.h"
#include "data/part.h"
#include "data/schema_lists.h"
#include "table/table.h"

struct share_schema {
	struct schema *schema; /* NULL: there is none */
	struct schema *draft;  /* of the table's owner; NULL: none was given */
	uint8_t digest[HASH_BYTES]; /* of the whole schema, whatever is left out */
	struct schema_lists lists;
	struct column_lists percent; /* items are borrowed */
	struct schema_checker checker;
	struct table_watch watch;
};

/*
 * share_schema_init(x, path, draft, excluded, how):
 * Load a schema into ${x}, which is zeroed, and have tables that are opened with these options read
 * as it says; how they are written says the ${draft} of their owner, unless NULL.  The lists of
 * ${excluded} name columns of the schema that are left out, whether or not a table has them.
 * Return 0 or -1 (reported).  share_schema_free is due in any case.
 */
int share_schema_init(struct share_schema *x, const char *path, const char *draft,
    const struct strings *excluded, struct table_options *how);

/*
 * share_schema_open(x, t, how, input):
 * Have a table that was opened and not yet read checked while it is.  Return 0 or -1 (reported: it
 * does not have the columns).
 */
int share_schema_open(struct share_schema *x, const struct table *t,
    const struct table_options *how, const char *input);

/*
 * share_schema_describe(x, part):
 * Say in a part by which schema it was made: columns that it has keep to that, though some are left
 * out.
 */
void share_schema_describe(const struct share_schema *x, struct part *part);

/*
 * share_schema_free(x):
 * Free; harmless on a zeroed structure.
 */
void share_schema_free(struct share_schema *x);

#endif /* !SMPC_CLI_SHARE_SCHEMA_H */
