#ifndef SMPC_DATA_LINEAGE_H
#define SMPC_DATA_LINEAGE_H

/*
 * Whether rows that stand at the same place of several streams belong together.
 *
 * Where an owner left rows out, the others stand at other places than another owner's, and no
 * header says which they are: only rows of the same sharings belong together.  A part of several
 * sharings does not say which rows are of which.  So a segment is refused if the two have no
 * sharing in common, and a whole tensor if they have not all in common.
 */

#include <stdbool.h>
#include <stdint.h>

#include "data/part.h"

/* What messages call a stream, and the sharings with rows left out that its rows are of. */
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
 * Check that nothing speaks against rows of two parts, for which lineage_has, side by side, such as
 * that an owner left rows out of one, and the other is of other sharings.  Return 0 or -1
 * (reported, status 4).
 */
int lineage_check(const char *a_where, const struct part *a, const char *b_where,
    const struct part *b);

/*
 * lineage_same(a, b):
 * Check that the rows of two tensors, side by side, were of the same sharings, all of them.  Return
 * 0 or -1 (reported, status 4).
 */
int lineage_same(const struct lineage *a, const struct lineage *b);

/* Rows one behind the other, of one part, or of parts of which headers say the same. */
struct lineage_run {
	struct part *part;
	uint64_t rows;
};

/*
 * lineage_check_runs(a_where, a, n_a, b_where, b, n_b):
 * Both checks, for two tensors of as many rows that were read one after the other.  Return 0 or -1
 * (reported, status 4).
 */
int lineage_check_runs(const char *a_where, const struct lineage_run *a, size_t n_a,
    const char *b_where, const struct lineage_run *b, size_t n_b);

#endif /* !SMPC_DATA_LINEAGE_H */
