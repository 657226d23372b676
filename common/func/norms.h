#ifndef SMPC_FUNC_NORMS_H
#define SMPC_FUNC_NORMS_H

/*
 * Sums of squares of secret words, and whether products of two of them are within public limits,
 * which by Cauchy and Schwarz tells of a sum of products whether it had room.  Nothing of that is
 * done at once: what is to be squared is copied, and all of it is judged in the rounds of one.
 * What is beyond its limit is counted; the counts stay secret.
 *
 * A norm here is a sum of squares, with MPC_NORM_BITS fewer fraction bits and rounded up: at least
 * 1, and larger by up to 2 units.
 *
 * All return 0 or -1 (reported), unless they say what else.
 */

#include "base/mem.h"
#include "mpc/mpc.h"

#define MPC_NORM_BITS 32

/* The norm that is 1. */
#define MPC_NORM_ONE 0

#define MPC_NORMS_LEVELS 64

/* How much was noted. */
struct mpc_norms_amount {
	size_t words, groups, norms, tests, values;
	size_t choices[MPC_NORMS_LEVELS];
};

/* ${count} words must be from -limit to limit. */
struct mpc_norms_limit {
	size_t count;
	int64_t limit;
	size_t kind;
};

struct mpc_norms {
	struct mpc_vector count;    /* of what was beyond a limit, for each kind of test */
	/* What is to be squared, and of each group where it ends and which norm it makes. */
	struct mpc_vector words;
	size_t words_room;
	struct buf ends, made;
	struct mpc_vector norms;
	size_t norms_room;
	struct buf choices;         /* struct mpc_norms_choice, and the shift of each level */
	unsigned shifts[MPC_NORMS_LEVELS];
	struct buf tests;           /* struct mpc_norms_test */
	/* Words that must be within a limit, some after some. */
	struct mpc_vector values;
	size_t values_room;
	struct buf limits;          /* struct mpc_norms_limit */
	struct mpc_norms_limit limit; /* the last one */
	struct mpc_norms_amount now, before, between; /* by begin; between begin and end */
};

/*
 * Norm ${made} is factor (norm a) (norm b), or, if that is not beyond ${limit}, norm ${measured}
 * with ${shift} fraction bits less.  All of a level, which have the same factor and shift, are
 * made at once, those of the first, 0, before others.
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
 * Begin, with ${kinds} counts of 0.  mpc_norms_free is due in any case.
 */
int mpc_norms_new(struct mpc *S, struct mpc_norms *n, size_t kinds);
void mpc_norms_free(struct mpc_norms *n);

/*
 * mpc_norms_squares(S, n, x, width, first):
 * Note ${x}, in groups of ${width} words, of which the last may have fewer, and set *${first} to
 * the norm of the first; those of the others follow.
 *
 * Range    the sum of squares of a group is below 2^63.
 */
int mpc_norms_squares(struct mpc *S, struct mpc_norms *n, const struct mpc_vector *x, size_t width,
    size_t *first);

/*
 * mpc_norms_known(S, n, norms, first):
 * Note norms that are known already.
 */
int mpc_norms_known(struct mpc *S, struct mpc_norms *n, const struct mpc_vector *norms,
    size_t *first);

/*
 * mpc_norms_choose(S, n, c):
 * Note a norm that is measured only where that is sure to be right; c->made is set.
 *
 * Range    the product, if no test finds it beyond its limit, below 2^(62 - shift).
 */
int mpc_norms_choose(struct mpc *S, struct mpc_norms *n, struct mpc_norms_choice *c);

/*
 * mpc_norms_test(n, t):
 * Note a test.
 *
 * Range    the factors below 2^34 and 2^28, or others with a product below 2^62; limits from 0 to
 *          2^62.
 */
int mpc_norms_test(struct mpc_norms *n, const struct mpc_norms_test *t);

/*
 * mpc_norms_within(S, n, x, limit, kind):
 * Note a test of each word of ${x}: whether it is from -limit to limit; near these, by a
 * hundredth, it may count as beyond.
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
 * from
 *          the one before.  A product and a truncation for each norm; for each test, and each
 *          choice, a product, a comparison of 63 bits and a selection; for each word a comparison
 *          of the upper bits with two thresholds, and a selection.
 */
int mpc_norms_judge(struct mpc *S, struct mpc_norms *n);

/*
 * mpc_norms_begin(n), mpc_norms_end(n), mpc_norms_reserve(S, n, times), mpc_norms_repeat(S, n):
 * Remember how much is noted between the first two, in which nothing may be judged, and words have
 * no more than one limit; make room for as much again, so many times; in a plan, whose words are
 * only counted, note as much again.
 */
void mpc_norms_begin(struct mpc_norms *n);
void mpc_norms_end(struct mpc_norms *n);
int mpc_norms_reserve(struct mpc *S, struct mpc_norms *n, size_t times);
int mpc_norms_repeat(struct mpc *S, struct mpc_norms *n);

#endif /* !SMPC_FUNC_NORMS_H */
