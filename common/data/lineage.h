#ifndef SMPC_DATA_LINEAGE_H
#define SMPC_DATA_LINEAGE_H

/*
 * Whether rows that stand at the same place of several streams belong together.
 *
 * Where an owner left rows out, those that are left stand elsewhere than at another owner, and no
 * header says which they are: only rows of the same sharings belong together.  A part of several
 * sharings does not say which of its rows are of which, so that a segment can be refused where
 * there is nothing in common, and the whole tensor where not everything is.
 */

#include <stdbool.h>
#include <stdint.h>

#include "data/part.h"

/* A stream, as messages call it, and the sharings with rows left out that rows of it are of. */
struct lineage {
	const char *where;
	struct ids origins;
};

/*
 * lineage_has(p):
 * Whether rows of ${p} are somebody's: public numbers of which nothing is said go with all.
 */
bool lineage_has(const struct part *p);

/*
 * lineage_check(a_where, a, b_where, b):
 * Whether nothing speaks against rows of two such parts side by side.  Return 0 or -1 (reported,
 * status 4).
 */
int lineage_check(const char *a_where, const struct part *a, const char *b_where,
    const struct part *b);

/*
 * lineage_same(a, b):
 * Whether all rows of two tensors, side by side, were of the same sharings.  Return 0 or -1
 * (reported, status 4).
 */
int lineage_same(const struct lineage *a, const struct lineage *b);

/* Rows one behind the other, of one part, or of parts of which headers say the same. */
struct lineage_run {
	struct part *part;
	uint64_t rows;
};

/*
 * lineage_check_runs(a_where, a, n_a, b_where, b, n_b):
 * All of that for two tensors that were read one after the other, with as many rows.
 */
int lineage_check_runs(const char *a_where, const struct lineage_run *a, size_t n_a,
    const char *b_where, const struct lineage_run *b, size_t n_b);

#endif /* !SMPC_DATA_LINEAGE_H */
