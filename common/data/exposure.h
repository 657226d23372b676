#ifndef SMPC_DATA_EXPOSURE_H
#define SMPC_DATA_EXPOSURE_H

/*
 * How often a row of an owner's table can be among the rows of a tensor, and so by how much sums
 * over its rows change if that row is another one.  The bound is for one row of one table; how many
 * rows are one person's, a budget says (budget.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/budget.h"
#include "data/part.h"

struct exposure {
	bool unknown;                     /* of a part nothing is known */
	struct budgets origins;           /* of all parts so far */
	size_t parts[BUDGET_MAX_ORIGINS]; /* how many are of each of these, */
	size_t plain;                     /* and of none */
};

/*
 * exposure_add(e, p):
 * The tensor has one more part.  A table that was shared twice is two of its origin.  What has no
 * budget, such as public numbers, may be anybody's.  Return 0 or -1 (reported).
 */
int exposure_add(struct exposure *e, const struct part *p);

/*
 * exposure_times(e):
 * In how many rows one row of an owner's table can be; 0: that is not known.
 */
uint64_t exposure_times(const struct exposure *e);

/*
 * exposure_sum_change(e, p, change):
 * Set change[j], for each column of ${p}, to the most by which the sum over all rows of the tensor
 * changes, in words, as its range says; 0: that is not known.
 */
void exposure_sum_change(const struct exposure *e, const struct part *p, uint64_t *change);

/*
 * exposure_times_change(e, each):
 * ${each}, if one row changes it by so much, times exposure_times; 0: that is not known, or has no
 * room.
 */
double exposure_times_change(const struct exposure *e, double each);

/*
 * exposure_refuse(p):
 * Report with status 4 that it is not known how often a row of an owner is in the tensor ${p};
 * return -1.
 */
int exposure_refuse(const struct part *p);

/*
 * exposure_free(e):
 * Harmless on a zeroed one.
 */
void exposure_free(struct exposure *e);

#endif /* !SMPC_DATA_EXPOSURE_H */
