#ifndef SMPC_FUNC_JOIN_INTERNAL_H
#define SMPC_FUNC_JOIN_INTERNAL_H

/* What the files of a join share; for func/ and its tests alone. */

#include "func/join.h"

/*
 * join_match(j, tags, at, rows):
 * Match tags that were opened, two words for each row of all tables, table by table.  Row k of the
 * result is made of row (*at)[t * *rows + k] of table t, or of none (MPC_NO_ROW).  ${at} is to be
 * freed with free().  Return 0 or -1 (reported).
 */
int join_match(const struct mpc_join *j, const word *tags, size_t **at, size_t *rows);

/*
 * join_tags(S, j, tags, first, rows):
 * Make tags, under a fresh key, of ${rows} rows from row ${first} of all tables on.  Return 0 or -1
 * (reported).
 */
int join_tags(struct mpc *S, const struct mpc_join *j, struct mpc_bits *tags, size_t first,
    size_t rows);

/*
 * join_settle(S, j, tags):
 * Deal with keys that occur twice in a table, as j->duplicates says: set j->repeats, or change the
 * tags of rows that are not the first of their key.  Return 0 or -1 (reported).
 */
int join_settle(struct mpc *S, struct mpc_join *j, struct mpc_bits *tags);

#endif /* !SMPC_FUNC_JOIN_INTERNAL_H */
