#ifndef SMPC_FUNC_NORMS_H
#define SMPC_FUNC_NORMS_H

/*
 * Sums of squares of secret words, and whether products of two such sums are within public limits:
 * by Cauchy and Schwarz this tells whether a sum of products had room.  Words are only noted, that
 * is copied, where they are used.  Later mpc_norms_judge does all that was noted, in as many rounds
 * as one test takes, and counts what is beyond its limit.  The counts stay secret.
 *
 * A norm here is a sum of squares that has lost MPC_NORM_BITS fraction bits, rounded up: at least
 * 1, and larger by up to 2 units.  Norms have numbers, from 0 on, in the order of notes, until they
 * are judged.
 *
 * Functions return 0 or -1 (reported), unless they say what else.  Nothing is revealed.
 */

#include "base/mem.h"
#include "mpc/mpc.h"

#define MPC_NORM_BITS 32

/* The number of the norm that is 1. */
#define MPC_NORM_ONE 0

#define MPC_NORMS_LEVELS 64 /* of choices */

/* How much was noted. */
struct mpc_norms_amount {
	size_t words, groups; /* to be squared */
	size_t norms, tests;
	size_t values;        /* words with a limit */
	size_t choices[MPC_NORMS_LEVELS];
};

/* ${count} words must be from -limit to limit; ${kind} is the count that those beyond add to. */
struct mpc_norms_limit {
	size_t count;
	int64_t limit;
	size_t kind;
};

struct mpc_norms {
	struct mpc_vector count;    /* of what was beyond a limit, for each kind of test */
	/* What is to be squared; where each group of it ends, and which norm the group makes. */
	struct mpc_vector words;
	size_t words_room;
	struct buf ends, made;      /* size_t */
	struct mpc_vector norms;
	size_t norms_room;
	struct buf choices;         /* struct mpc_norms_choice */
	unsigned shifts[MPC_NORMS_LEVELS]; /* of the choices of each level */
	struct buf tests;           /* struct mpc_norms_test */
	/* Words that must be within limits: each limit is for the next ${count} of them. */
	struct mpc_vector values;
	size_t values_room;
	struct buf limits;          /* struct mpc_norms_limit */
	struct mpc_norms_limit limit; /* the last one */
	/* now.choices; all that was noted by mpc_norms_begin, and from there to mpc_norms_end */
	struct mpc_norms_amount now, before, between;
};

/*
 * Norm ${made} is larger by 1 than p = factor (norm a) (norm b), or, where p <= limit, than norm
 * ${measured} / 2^shift.  Choices of one level have the same factor and shift, and are made at
 * once; those of level 0 first, so that those of further levels can use what they made.
 */
struct mpc_norms_choice {
	size_t a, b, measured, made, level;
	int64_t factor, limit;
	unsigned shift;
};

/* (norm a + plus) norm b must not be beyond ${limit}. */
struct mpc_norms_test {
	size_t a, b;
	int64_t plus, limit;
	size_t kind;
};

/*
 * mpc_norms_new(S, n, kinds):
 * Begin, with ${kinds} counts of 0.  mpc_norms_free is due in any case, and harmless on zeroes.
 */
int mpc_norms_new(struct mpc *S, struct mpc_norms *n, size_t kinds);
void mpc_norms_free(struct mpc_norms *n);

/*
 * mpc_norms_squares(S, n, x, width, first):
 * Note ${x}, in groups of ${width} words, of which the last may have fewer.  Set *${first} to the
 * number of the first group's norm; the numbers of the others follow.
 *
 * Range    the sum of squares of a group is below 2^63; with a norm that is only ${measured} in
 *          choices, any.
 */
int mpc_norms_squares(struct mpc *S, struct mpc_norms *n, const struct mpc_vector *x, size_t width,
    size_t *first);

/*
 * mpc_norms_known(S, n, norms, first):
 * Note norms that have been computed already; *${first} is set likewise.
 */
int mpc_norms_known(struct mpc *S, struct mpc_norms *n, const struct mpc_vector *norms,
    size_t *first);

/*
 * mpc_norms_choose(S, n, c):
 * Note a norm that is measured only where that is sure to be right: where a bound of it says that
 * its sum of squares has not wrapped.  c->made is set; c->level is below MPC_NORMS_LEVELS.
 *
 * Range    p below 2^(62 - shift), unless a test finds norms of it beyond their limits.
 */
int mpc_norms_choose(struct mpc *S, struct mpc_norms *n, struct mpc_norms_choice *c);

/*
 * mpc_norms_test(n, t):
 * Note a test.
 *
 * Range    the product of both factors is below 2^62, as that of factors below 2^34 and 2^28 is;
 *          limits are from 0 to 2^62.
 */
int mpc_norms_test(struct mpc_norms *n, const struct mpc_norms_test *t);

/*
 * mpc_norms_within(S, n, x, limit, kind):
 * Note a test of each word of ${x}: whether it is from -limit to limit.  A word within, but nearer
 * to an end than a hundredth of the limit, may count as beyond.
 *
 * Range    |x| < 2^62; limits from 0 to 2^62.
 */
int mpc_norms_within(struct mpc *S, struct mpc_norms *n, const struct mpc_vector *x, int64_t limit,
    size_t kind);

/*
 * mpc_norms_judge(S, n):
 * Do what was noted, add to the counts, and forget norms and tests.
 *
 * Cost     7 rounds, 5 more for each level of choices, and 4 for each limit of words that differs
 *          from the one before.  For each norm a product and a truncation; for each test, and each
 *          choice, a product, a comparison of 63 bits and a selection; for each word with a limit a
 *          comparison of the upper bits with two thresholds, and a selection.
 */
int mpc_norms_judge(struct mpc *S, struct mpc_norms *n);

/*
 * mpc_norms_begin(n), mpc_norms_end(n):
 * Remember how much is noted between these two.  Meanwhile nothing may be judged, and words have
 * one limit at most.
 *
 * mpc_norms_reserve(S, n, times), mpc_norms_repeat(S, n):
 * Make room for ${times} times as much; note as much again, in a plan, which counts words and has
 * none.
 */
void mpc_norms_begin(struct mpc_norms *n);
void mpc_norms_end(struct mpc_norms *n);
int mpc_norms_reserve(struct mpc *S, struct mpc_norms *n, size_t times);
int mpc_norms_repeat(struct mpc *S, struct mpc_norms *n);

#endif /* !SMPC_FUNC_NORMS_H */
