#ifndef SMPC_CLI_COMPARE_PLAN_H
#define SMPC_CLI_COMPARE_PLAN_H

/*
 * How columns are compared that are in units of their own: with each other in the finer of two
 * units, and with a number that is rounded to a column's unit as the column's numbers were.  All of
 * it follows from headers.
 *
 * What was rounded to the coarser of two units may be off by half of it.  Differences within that
 * margin count as none: so one decimal is equal to itself in both units, and numbers that are a
 * unit apart are not.  Where the coarser unit is 1, numbers are whole and were not rounded.
 */

#include "cli/stage.h"

#define COMPARE_OPERANDS 2

struct compare_request {
	/* a decimal that fixed_parse_double takes, in place of a second operand; or NULL */
	const char *constant;
	unsigned bits;         /* differences are said to be below 2^bits */
	/*
	 * What a constant between two whole numbers becomes in a column of such: the upper one of
	 * them, or the lower; for equality, what no word is equal to.
	 */
	bool up, equality;
};

struct compare_plan {
	size_t cols;
	unsigned bits;         /* they are */
	/* What words of each operand's columns are multiplied by: 2 to this; NULL: by nothing. */
	int *shift[COMPARE_OPERANDS];
	/* Bounds that they get first, so that they fit; from 0 to 0 where none are due; or NULL. */
	struct bounds *clip[COMPARE_OPERANDS];
	int64_t *threshold;    /* the number, for each column; NULL: two operands are compared */
	int64_t *margin;       /* what counts as no difference, for each column; NULL: 0 alone */
};

/*
 * compare_plan_make(p, t, what):
 * Make a plan for a tensor, whose operands have one scale, and say what is known of the result: it
 * is 0 or 1.  compare_plan_free is due in any case.  Return 0 or -1 (reported: status 5 where
 * columns, or the number, cannot be compared).
 */
int compare_plan_make(struct compare_plan *p, struct stage_tensor *t,
    const struct compare_request *what);
void compare_plan_free(struct compare_plan *p);

/*
 * compare_plan_prepare(S, p, i, room, z, x):
 * Set *${z} to the words of operand ${i} in the common unit: ${x} itself, or a new vector in
 * ${room}, zeroed before and to be freed in any case.  Return 0 or -1 (reported).
 */
int compare_plan_prepare(struct mpc *S, const struct compare_plan *p, size_t i,
    struct mpc_vector *room, const struct mpc_vector **z, const struct mpc_vector *x);

/*
 * compare_plan_add(p, z, sign), compare_plan_add_margin(p, z, sign):
 * Add the thresholds, or the margins, times ${sign}, to the rows of ${z}.  Return 0 or -1
 * (reported).
 */
int compare_plan_add(const struct compare_plan *p, struct mpc_vector *z, int sign);
int compare_plan_add_margin(const struct compare_plan *p, struct mpc_vector *z, int sign);

#endif /* !SMPC_CLI_COMPARE_PLAN_H */
