#ifndef SMPC_CLI_FEATURES_H
#define SMPC_CLI_FEATURES_H

/*
 * Numbers as learners take them: words below 2^NN_FEATURE_RANGE with NN_BITS, in the owner's units
 * or, where they are standardized next, in units of a power of two for each column: a word x then
 * stands for x 2^exponent / 2^NN_BITS.
 */

#include "cli/dataset.h"
#include "cli/ranges.h"

/* What becomes of the words of each column. */
struct features_plan {
	size_t cols;
	int *shift;     /* they are multiplied by 2^shift */
	int *exponent;
	unsigned bits;  /* all are below 2^bits then, if the test passes */
};

/*
 * features_plan_make(p, r, units):
 * Make a plan for the columns of ${r}: with ${units}, exponents such as a model has them; else 0
 * where that fits, and where it does not, what ${free} allows.  Limits of columns that are tested
 * are set.  features_plan_free is due in any case.  Return 0 or -1 (reported: status 5 where a
 * column's announced range does not fit).
 */
int features_plan_make(struct features_plan *p, struct ranges *r, const int *units, bool free);
void features_plan_free(struct features_plan *p);

/*
 * features_settle(stage, d, where, plan, units, free):
 * Test the columns of ${d}, of a training, of which nothing is known; open the bit (ranges.h), of
 * words that anybody may have made, as the training itself opens a bit about them; and bring them
 * to the plan that is made.  Return 0 or -1 (reported).
 */
int features_settle(struct stage *stage, struct dataset *d, const char *where,
    struct features_plan *plan, const int *units, bool free);

#endif /* !SMPC_CLI_FEATURES_H */
