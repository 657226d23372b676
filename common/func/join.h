#ifndef SMPC_FUNC_JOIN_H
#define SMPC_FUNC_JOIN_H

/*
 * Joining tables by secret keys, so that nobody learns which rows match.
 *
 * Keys become tags: AES under a fresh key that nobody knows, so that no owner can tell a tag of its
 * own.  Rows are put into an order that only the dealer knows, then the tags are opened to the
 * computing parties, who match them in the clear.  The rows that they choose are put into an order
 * that they have in common and masked anew, so that the dealer learns their number alone.  Where
 * rows without a match are part of the result, it is put into one more secret order, so that the
 * computing parties do not know which these are.
 *
 * Keys are shared by XOR, MPC_JOIN_KEY_BITS each.  Several key columns make one tag (CBC-MAC, whose
 * messages all have as many blocks).
 */

#include "mpc/mpc.h"

#define MPC_JOIN_KEY_WORDS MPC_AES_WORDS
#define MPC_JOIN_KEY_BITS MPC_AES_BITS
#define MPC_JOIN_MAX_TABLES 64

enum mpc_join_kind {
	MPC_JOIN_INNER, /* rows that all tables have */
	MPC_JOIN_LEFT,  /* all rows of the first */
	MPC_JOIN_OUTER, /* all rows of each */
};

/* What becomes of a key that occurs twice in a table. */
enum mpc_join_duplicates {
	MPC_JOIN_REFUSE, /* one bit tells of it, and there is no result */
	MPC_JOIN_FIRST,  /* its first row alone takes part */
	MPC_JOIN_ALL,    /* all pairs; how often each tag occurs is opened */
};

struct mpc_join_table {
	size_t rows, cols;
	struct mpc_vector x; /* rows x cols words; they are moved, and perhaps freed */
	/*
	 * so many columns of the result, behind these, say whether a row of it has a row of this
	 * table: mpc_join.mark, or 0
	 */
	size_t marks;
	/* other keys, which go with their rows: rows x carried keys, shared by XOR; moved, too */
	size_t carried;
	struct mpc_vector keys;
	bool distinct;       /* nobody need look whether a key occurs twice */
};

struct mpc_join {
	enum mpc_join_kind kind;
	enum mpc_join_duplicates duplicates;
	size_t tables, keys;          /* at least 2; key columns, at least 1 */
	struct mpc_join_table *table; /* the caller's */
	/* of each key column, MPC_JOIN_KEY_BITS for each row of all tables, table by table */
	struct mpc_bits *key;         /* the caller's */
	bool keeps_keys;              /* they come first in the result's rows, */
	/* before those that tables carry, and these before their columns */
	int64_t mark;                 /* what stands for 1 in columns that tell of rows */

	/* What is found. */
	size_t repeats; /* the first table with a key twice (MPC_JOIN_REFUSE), or ${tables} */
	size_t rows;    /* of the result */
	size_t cols;    /* beside its keys */

	/* For join.c: which rows make which, table by table, or NULL; those of a whole result. */
	size_t *at;
	struct mpc_vector all;
};

/*
 * mpc_join_may_miss(kind, t):
 * Whether a row of the result may have none of table ${t}.
 */
bool mpc_join_may_miss(enum mpc_join_kind kind, size_t t);

/*
 * mpc_join_find(S, j), mpc_join_free(j):
 * Find which rows match; free what that made, harmless on a zeroed one.
 *
 * Cost     30 rounds for each key column; for each table, n for the order of its tags, n - 1 for
 *          its columns, n for each key that is kept, and n for those that it carries, if any; 1
 *          for each key that is kept, and 1 for those that each table carries, as they are chosen.
 *          Where the result has rows without a match: 1 to choose its columns and n - 1 for their
 *          order, n for that of each key that is kept, and n for those that each table carries.
 *          And what mpc_reveal_bits and mpc_tell cost.
 *          Looking for keys that occur twice: the same tags again, and an order of them
 *          (func/ordering.h), for each table.
 * Reveals  to the computing parties, the number of rows of the result, and how many keys are in
 *          which of the tables, also those that are in no row of the result; with MPC_JOIN_ALL,
 *          how often each tag occurs in each table.  The dealer is told the number of rows.
 *          MPC_JOIN_REFUSE: to all, the first table in which a key occurs twice.  MPC_JOIN_FIRST
 *          with MPC_JOIN_LEFT or MPC_JOIN_OUTER: how many rows were left out.
 * Returns  0 or -1 (reported: status 4 where a table that was said to have distinct keys has not);
 *          mpc_join_free is due in either case.
 * Source   smpc-protocol(7), Joins.
 */
int mpc_join_find(struct mpc *S, struct mpc_join *j);
void mpc_join_free(struct mpc_join *j);

/*
 * mpc_join_whole(j):
 * How many rows of the result have a row of each table; 0 at the dealer and in a plan, where nobody
 * knows.
 *
 * mpc_join_width(j):
 * How many words a row of the result has: its keys, those that the tables carry, and the columns
 * and marks of each table.
 */
size_t mpc_join_whole(const struct mpc_join *j);
size_t mpc_join_width(const struct mpc_join *j);

/*
 * mpc_join_rows(S, j, y, first, n):
 * Rows ${first} .. ${first} + ${n} - 1 of the result.  Words of a table that has no row are 0, and
 * keys that it carries are random, so that they match nothing.
 *
 * Masks    taken from keys, if ${y} has some and the result has no keys; those of keys are shared
 *          by XOR.
 * Cost     that of mpc_choose.
 */
int mpc_join_rows(struct mpc *S, const struct mpc_join *j, struct mpc_vector *y, size_t first,
    size_t n);

#endif /* !SMPC_FUNC_JOIN_H */
