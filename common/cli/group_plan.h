#ifndef SMPC_CLI_GROUP_PLAN_H
#define SMPC_CLI_GROUP_PLAN_H

/*
 * What smpc-group is to find of a tensor: which columns are categories, what follows from their
 * declared ranges, and what the columns of the result are.  All of it is public.
 */

#include "cli/tool.h"
#include "data/exposure.h"
#include "data/part.h"
#include "func/groups.h"

#define GROUP_MAX_BY 2
#define GROUP_KINDS 6 /* of figures, enum mpc_figure_kind */

/* The command line. */
struct group_asked {
	struct strings by;
	bool count;
	struct strings columns[GROUP_KINDS]; /* of each kind but counts: lists of columns */
	uint64_t least;
	bool population;
};

struct group_plan {
	const struct part *part;
	const char *where;
	struct mpc_groups_shape shape;
	struct mpc_category by[GROUP_MAX_BY];
	size_t *indicators[GROUP_MAX_BY];
	size_t *presence;
	size_t *of_presence;   /* which columns they tell of */
	struct mpc_figure *figures;
	size_t room;           /* for figures */
	uint64_t least;        /* rows behind each figure: a least or largest number is one's */
	/* Of the result: categories, figures, and whether a group is shown. */
	size_t cols;
	char **names;
	struct column *about;
};

/*
 * group_plan_make(g, p, where, asked):
 * Find what is asked for among the columns of ${p}, which stays the caller's; messages call the
 * stream ${where}.  group_plan_free is due in any case.  Return 0 or -1 (reported: status 2 where a
 * column is not there or no category, 4 where words are positions of other numbers, 5 where what is
 * asked for takes a range that is not declared).
 */
int group_plan_make(struct group_plan *g, const struct part *p, const char *where,
    const struct group_asked *asked);

/*
 * group_plan_rows(g, rows):
 * The tensor has so many rows: check that all figures fit, and say what is known of them.  Return 0
 * or -1 (reported: status 5 where one does not).
 */
int group_plan_rows(struct group_plan *g, uint64_t rows);

/*
 * group_plan_change(g, e, change):
 * Set change[j], for each column of the result, to the most by which it changes, as a vector, if a
 * person's row is another one (data/exposure.h), in words; 0 for columns that all know: categories,
 * and which groups are shown, where all are.  Return 0 or -1 (reported: status 4 where it is not
 * known, 5 where a range is not declared).
 */
int group_plan_change(const struct group_plan *g, const struct exposure *e, double *change);

void group_plan_free(struct group_plan *g);

#endif /* !SMPC_CLI_GROUP_PLAN_H */
