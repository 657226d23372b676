#ifndef SMPC_CLI_JOIN_PLAN_H
#define SMPC_CLI_JOIN_PLAN_H

/*
 * What headers say of a join (smpc-join(1)): by which keys, of which columns, and what is known of
 * the columns of the result.  All of it is public, and the same at all parties.
 */

#include <stdbool.h>
#include <stddef.h>

#include "data/part.h"
#include "data/reader.h"
#include "data/scale.h"
#include "func/join.h"

/* What is asked. */
struct join_asked {
	enum mpc_join_kind kind;
	enum mpc_join_duplicates duplicates;
	const char *const *on; /* lists of keys; none: all that each table has */
	size_t n_on;
	const char *indicator; /* the name of a column that tells of matches; NULL: none */
	bool keeps_keys;
};

/* One of the tables. */
struct join_operand {
	struct part *part;  /* its first */
	const char *where;
	size_t *key;        /* columns where the keys begin */
	size_t *carried;    /* where other keys begin, which go into the result, */
	size_t keys;
	size_t first;       /* from this column of it on */
	size_t *column;     /* numbers that go into the result */
	size_t cols;
	uint64_t factor;    /* which brings words to the common scale */
	size_t marks;       /* columns that say which rows there are, behind these */
};

struct join_plan {
	const struct join_asked *asked;
	size_t tables, keys;
	struct join_operand *operand;
	struct scale scale;
	int64_t mark;       /* what stands for 1 */
	/* of the result */
	size_t cols, room;
	const char **names; /* borrowed, but for those in ${made} */
	struct column *about; /* whose texts are borrowed */
	char **made;
	size_t n_made;
};

/*
 * join_plan_make(p, asked, readers, tables):
 * Find it out from the headers of the first parts; ${asked} stays the caller's.  Return 0 or -1
 * (reported: status 2, 4 or 5); join_plan_free is due in either case.
 */
int join_plan_make(struct join_plan *p, const struct join_asked *asked,
    struct reader *const *readers, size_t tables);
void join_plan_free(struct join_plan *p);

/*
 * join_plan_distinct(p, t):
 * Whether the owner of table ${t}, of one part, says that no key occurs twice.
 */
bool join_plan_distinct(const struct join_plan *p, size_t t);

/*
 * join_plan_forget_distinct(p, t):
 * Table ${t} has several parts: a key that it carries may come twice.
 */
void join_plan_forget_distinct(struct join_plan *p, size_t t);

#endif /* !SMPC_CLI_JOIN_PLAN_H */
