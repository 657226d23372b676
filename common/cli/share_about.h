#ifndef SMPC_CLI_SHARE_ABOUT_H
#define SMPC_CLI_SHARE_ABOUT_H

/* What an owner declares of the columns of a table, in the header of the shares. */

#include "data/part.h"
#include "table/table.h"

/*
 * share_about_set(part, t):
 * Say of the columns of ${part}, which are those of the table, what is known of them.  Return 0 or
 * -1 (reported).
 */
int share_about_set(struct part *part, const struct table *t);

#endif /* !SMPC_CLI_SHARE_ABOUT_H */
