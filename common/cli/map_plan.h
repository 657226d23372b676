#ifndef SMPC_CLI_MAP_PLAN_H
#define SMPC_CLI_MAP_PLAN_H

/*
 * How a function is taken of columns in units of their own: what becomes of their words before and
 * behind it, how wide its comparisons are, and what is known of the result.  All of it follows from
 * headers.
 *
 * A function of which f(2^e x) follows from f(x) takes words as they are, in whatever unit they
 * are; for others, words are brought to exponent 0.
 */

#include "cli/ranges.h"
#include "func/function.h"

#define MAP_MAX_OPERANDS 2

enum map_kind { MAP_FUNCTION, MAP_CLIP, MAP_SOFTMAX, MAP_LOG_SOFTMAX, MAP_DIVIDE };

/* What is asked for. */
struct map_request {
	enum map_kind kind;
	const struct mpc_function *function; /* of MAP_FUNCTION; of MAP_DIVIDE the reciprocal */
	const char *low, *high;              /* of MAP_CLIP: decimals */
	/* of MAP_DIVIDE, of each operand: what is tested of numbers of which no header tells */
	const struct ranges *ranges;
};

struct map_plan {
	size_t cols;
	uint64_t divisor;          /* words are divided by it first */
	struct mpc_numbers n;      /* of all columns together, as the function takes them */
	struct mpc_division division; /* of MAP_DIVIDE */
	/* Then words of each operand's column j are multiplied by 2^shift[j]; NULL: by nothing. */
	int *shift[MAP_MAX_OPERANDS];
	int64_t *before;           /* is added to words of each column then; NULL: nothing is */
	int64_t *added;            /* to words of each column of the result; NULL: nothing */
	/* Of MAP_CLIP: the bounds, as words, of each column. */
	int64_t *low, *high;
	int *shorter;              /* columns are multiplied by 2 to these then; NULL: by nothing */
	bool any;                  /* and words that they are given to may be any */
	bool unknown;              /* nothing is known of some words that are divided first */
};

/*
 * map_plan_make(p, t, what):
 * Make a plan for a tensor, whose operands have one scale, and say what is known of the result.
 * map_plan_free is due in any case.  Return 0 or -1 (reported: status 5 where a column cannot be
 * taken).
 */
int map_plan_make(struct map_plan *p, struct stage_tensor *t, const struct map_request *what);
void map_plan_free(struct map_plan *p);

/*
 * map_plan_prepare(S, p, i, room, z, x):
 * Set *${z} to the words ${x} of operand ${i} as the function takes them: ${x} itself, or ${room},
 * a vector that the caller has zeroed and frees in any case.  Return 0 or -1 (reported).
 *
 * Cost     a division by the divisor, and a truncation for each different negative shift.
 */
int map_plan_prepare(struct mpc *S, const struct map_plan *p, size_t i, struct mpc_vector *room,
    const struct mpc_vector **z, const struct mpc_vector *x);

/*
 * map_plan_clip(S, p, y, x):
 * y = x where it is within the bounds of its column, else the nearer one.  Return 0 or -1
 * (reported).
 */
int map_plan_clip(struct mpc *S, const struct map_plan *p, struct mpc_vector *y,
    const struct mpc_vector *x);

/*
 * map_plan_add(p, y):
 * Add to ${y} what is due behind the function.  Return 0 or -1 (reported).
 */
int map_plan_add(const struct map_plan *p, struct mpc_vector *y);

#endif /* !SMPC_CLI_MAP_PLAN_H */
