#ifndef SMPC_CLI_COMPARE_PLAN_H
#define SMPC_CLI_COMPARE_PLAN_H

/*
 * How columns in units of their own are compared: with each other in the finer of two units; with
 * a number in the column's unit, to which it is rounded as the column's numbers were.  All of it
 * follows from headers, so that all parties make the same plan.
 *
 * Numbers in the coarser of two units were rounded, and may be off by half of it.  This margin
 * counts as no difference: one decimal is then equal to itself in both units, and numbers that are
 * a coarser unit apart are not equal.  Counts, classes and days, which are whole without a range of
 * their own, were not rounded, and there is no margin.
 */

#include "cli/stage.h"

#define COMPARE_OPERANDS 2

struct compare_request {
	/* a decimal that fixed_parse_double takes, in place of a second operand; or NULL */
	const char *constant;
	unsigned bits;         /* the user says that differences of words are below 2^bits */
	/*
	 * In a column of whole numbers, a constant between two of them becomes the upper one where
	 * ${up}, else the lower; for equality, something that no word is equal to.
	 */
	bool up, equality;
};

struct compare_plan {
	size_t cols;
	unsigned bits;         /* differences of prepared words are below 2^bits */
	/* Words of each operand's column j are multiplied by 2^shift[j]; NULL: as they are. */
	int *shift[COMPARE_OPERANDS];
	/* Bounds that words get before that, so that they fit; 0 to 0: none; NULL: none at all. */
	struct bounds *clip[COMPARE_OPERANDS];
	/* As words of each column, times the divisor: */
	int64_t *threshold;    /* the constant; NULL: two operands are compared */
	int64_t *margin;       /* differences up to this count as none; NULL: 0 */
};

/*
 * compare_plan_make(p, t, what):
 * Make a plan for a tensor, whose operands have one scale, t->scale.  The result has the scale of
 * whole numbers, and its columns are said to be from 0 to 1: both are set in ${t}.
 * compare_plan_free is due in any case.  Return 0 or -1 (reported: status 4 where columns mean
 * different things, status 5 where they, or the constant, have no room).
 */
int compare_plan_make(struct compare_plan *p, struct stage_tensor *t,
    const struct compare_request *what);
void compare_plan_free(struct compare_plan *p);

/*
 * compare_plan_prepare(S, p, i, room, z, x):
 * Set *${z} to the words ${x} of operand ${i} in the common unit: ${x} itself, or ${room}, a vector
 * that the caller has zeroed and frees in any case.  Return 0 or -1 (reported).
 *
 * Shapes   x: rows x p->cols; row-major.
 * Cost     nothing; for each column with bounds, mpc_clip_any of its words.
 * Reveals  nothing.
 */
int compare_plan_prepare(struct mpc *S, const struct compare_plan *p, size_t i,
    struct mpc_vector *room, const struct mpc_vector **z, const struct mpc_vector *x);

/*
 * compare_plan_add_threshold(p, z, sign), compare_plan_add_margin(p, z, sign):
 * Add the thresholds, of which there must be some, or the margins, times ${sign}, to every row of
 * ${z}, rows x p->cols.  Return 0 or -1 (reported).
 */
int compare_plan_add_threshold(const struct compare_plan *p, struct mpc_vector *z, int sign);
int compare_plan_add_margin(const struct compare_plan *p, struct mpc_vector *z, int sign);

#endif /* !SMPC_CLI_COMPARE_PLAN_H */
