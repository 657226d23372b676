#ifndef SMPC_CLI_SHARE_CHECK_H
#define SMPC_CLI_SHARE_CHECK_H

/*
 * smpc-share --check: a table is read to its end, all its faults are told, and its owner is shown
 * what is in it.
 */

#include <stdbool.h>

#include "table/profile.h"
#include "table/table.h"

struct share_check {
	struct table_watch watch;
	const struct table_watch *next; /* who is shown the cells after this; NULL: nobody */
	struct table_faults faults;
	bool residues; /* numbers are integers modulo something, of which nothing is declared */
	bool array;    /* numbers are elements of an array, which have no text */
	struct profile *profile;
};

/*
 * share_check_init(c, how):
 * Have tables that are opened with these options from now on looked at by ${c}, and then by whom
 * the options name now.
 */
void share_check_init(struct share_check *c, struct table_options *how);

/*
 * share_check_table(c, t, how):
 * Read ${t} to its end, tell the faults and print what is in it on standard output.  Return 0, or
 * -1 if there was a fault (reported).
 */
int share_check_table(struct share_check *c, struct table *t, const struct table_options *how);

/*
 * share_check_free(c):
 * Wipe what was seen; harmless on a zeroed structure.
 */
void share_check_free(struct share_check *c);

#endif /* !SMPC_CLI_SHARE_CHECK_H */
