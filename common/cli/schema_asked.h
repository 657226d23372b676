#ifndef SMPC_CLI_SCHEMA_ASKED_H
#define SMPC_CLI_SCHEMA_ASKED_H

/* What the options of smpc-schema --draft say of each column of a table. */

#include <stdbool.h>
#include <stddef.h>

#include "cli/dialect.h"
#include "cli/tool.h"
#include "table/key.h"

/* As the command line says it: lists of columns, or COLUMNS=... */
struct draft_options {
	struct dialect_options dialect;
	struct strings columns, excluded, labels, ranges, units, codes, one_hot, others, baselines,
	    dates, keys, na, na_indicators;
};

/* Of one column; what an option says behind its = is NULL where it was not given. */
struct schema_asked {
	const char *range, *unit, *codes, *one_hot, *baseline, *na;
	enum key_match match; /* where ${key} */
	bool label, other, date, key, indicator, percent;
	bool na_of_all; /* ${na} was said of all columns */
	bool chosen;
};

/*
 * schema_asked_new(o, input, names, columns, positions, chosen):
 * Find out what is said of the ${columns} of a table, of which those at ${positions} are drafted.
 * Return an array, to be freed, whose strings are those of ${o}; or NULL (reported, status 2).
 */
struct schema_asked *schema_asked_new(const struct draft_options *o, const char *input,
    const char *const *names, size_t columns, const size_t *positions, size_t chosen);

#endif /* !SMPC_CLI_SCHEMA_ASKED_H */
