#ifndef SMPC_CLI_DIALECT_H
#define SMPC_CLI_DIALECT_H

/* Options that say how the owner's table is written, and what of it a schema says. */

#include <stdbool.h>

#include "cli/tool.h"
#include "data/schema.h"
#include "table/table.h"

struct dialect_options {
	const char *delimiter, *decimal, *thousands, *comment;
	bool no_quotes;
	struct strings percent, strip, na_texts;
};

/*
 * dialect_character(option, text, c):
 * Set *${c} to the one character that an option gives, 0 where ${text} is NULL.  Return 0 or -1
 * (reported, status 2).
 */
int dialect_character(const char *option, const char *text, char *c);

/*
 * dialect_options_set(o, t):
 * Set in ${t} what the options say, which must outlive it.  Return 0 or -1 (reported, status 2).
 */
int dialect_options_set(const struct dialect_options *o, struct table_options *t);

/*
 * dialect_complete(t, d):
 * Set in ${t} what is not set yet and a schema's dialect says; it must outlive ${t}.  Return 0, or
 * -1 (reported, status 2) if each owner has to say it and ${t} says nothing.
 */
int dialect_complete(struct table_options *t, const struct schema_dialect *d);

/*
 * dialect_of(t, d):
 * Set a zeroed dialect to what ${t} says; percent, which takes names, is left out.  Return 0 or -1
 * (reported).
 */
int dialect_of(const struct table_options *t, struct schema_dialect *d);

#endif /* !SMPC_CLI_DIALECT_H */
