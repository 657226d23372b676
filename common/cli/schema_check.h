#ifndef SMPC_CLI_SCHEMA_CHECK_H
#define SMPC_CLI_SCHEMA_CHECK_H

/* Whether a table keeps to a schema: what smpc-schema --check and smpc-share --schema test. */

#include <stddef.h>
#include <stdint.h>

#include "cli/schema_faults.h"
#include "data/schema.h"
#include "table/table.h"

struct schema_checker {
	const struct schema *schema;
	const struct table_options *how; /* as the table is read */
	const char *input;
	size_t columns;                  /* of the table */
	const struct schema_column **column; /* of each; NULL: none that is shared */
	uint8_t *percent;
};

/*
 * schema_checker_begin(k, schema, how, input, names, columns, faults):
 * Find the columns of the schema among the ${names} of a table that messages call ${input}; report
 * all that are missing or there twice, and count them in ${faults}.  Return 0 or -1 (reported).
 * schema_checker_end is due in any case.
 */
int schema_checker_begin(struct schema_checker *k, const struct schema *schema,
    const struct table_options *how, const char *input, const char *const *names, size_t columns,
    struct schema_faults *faults);

/*
 * schema_checker_cell(k, j, at, s, len):
 * Check a cell of column ${j} on line ${at}.  Return 0, or -1 if the schema refuses it (reported:
 * status 5 if it is beyond the range, else 1).
 */
int schema_checker_cell(const struct schema_checker *k, size_t j, uint64_t at, const char *s,
    size_t len);

/*
 * schema_checker_end(k):
 * Free.
 */
void schema_checker_end(struct schema_checker *k);

/*
 * schema_check_table(s, path, how):
 * Check a whole table of CSV.  Return 0, or -1 having reported all faults.
 */
int schema_check_table(const struct schema *s, const char *path, const struct table_options *how);

#endif /* !SMPC_CLI_SCHEMA_CHECK_H */
