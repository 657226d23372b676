/*
 * Norms that are put off: what is counted by masked parties, of sums of squares from nothing to
 * nearly 2^63, of products of them at their limits, of choices, and of words within limits; and
 * what a plan declares of notes that are repeated.
 */

#include <math.h>

#include "base/diag.h"
#include "func/norms.h"

#include "mapping.h"
#include "tap.h"

/* ---- what is counted ---- */

/*
 * Groups of 5, 5 and 2 words.  The first has squares of 1, 9 and 25 times 2^32 and so a norm of 35
 * to 37, the second one of nearly 2^31, the third of 0 and hence 1 or 2.
 */
static const int64_t words[] = { 1 << 16, -(3 << 16), 0, 5 << 16, 0, 1380000000, -1380000000,
	1380000000, -1380000000, 1260000000, 0, 0 };

#define WORDS (sizeof(words) / sizeof(*words))
#define KINDS 16

static const struct trial {
	const char *name;
	/* a and b: 0 is 1, 1 .. 3 the groups, 4 and 5 what is chosen, 6 known */
	struct mpc_norms_test t;
	int fails;               /* kind is the position in this list */
} trials[] = {
	{ "35 is within 37", { 1, 0, 0, 37, 0 }, 0 },
	{ "35 is not within 34", { 1, 0, 0, 34, 0 }, 1 },
	{ "with 7 more, 44", { 1, 0, 7, 44, 0 }, 0 },
	{ "with 10 more not", { 1, 0, 10, 44, 0 }, 1 },
	{ "nearly 2^31", { 2, 0, 0, ((int64_t)1 << 31) - 1, 0 }, 0 },
	{ "more than 2^30.99", { 2, 0, 0, 2130000000, 0 }, 1 },
	{ "nothing is at most 2", { 3, 0, 0, 2, 0 }, 0 },
	{ "times 35, 74", { 3, 1, 0, 74, 0 }, 0 },
	{ "2^31 times 2^30 is within 2^61", { 2, 6, 0, (int64_t)1 << 61, 0 }, 0 },
	{ "and not within 2^60.9", { 2, 6, 0, (int64_t)2100000000000000000, 0 }, 1 },
	{ "the product is within its limit: what is measured, 35 / 4", { 4, 0, 0, 11, 0 }, 0 },
	{ "and not less", { 4, 0, 0, 8, 0 }, 1 },
	{ "the product is beyond its limit, and counts", { 5, 0, 0, 3 * 37 * 37 + 2, 0 }, 0 },
	{ "and not less", { 5, 0, 0, 3 * 35 * 35 - 1, 0 }, 1 },
};

#define TRIALS (sizeof(trials) / sizeof(*trials))

/* Within 1000: all of these but the first two and the last, which are near, or beyond. */
static const int64_t within[] = { -1001, 1001, -900, 900, 0, (int64_t)1 << 61 };

#define WITHIN (sizeof(within) / sizeof(*within))

static int
note_trials(struct mpc *S, struct mpc_norms *n, const struct mpc_vector *x)
{
	const struct mpc_vector groups = mpc_part(x, 0, WORDS);
	const struct mpc_vector limited = mpc_part(x, WORDS, WITHIN);
	struct mpc_norms_choice c = { .a = 1, .b = 1, .measured = 1, .factor = 3, .shift = 2 };
	struct mpc_vector known;
	struct mpc_norms_test t;
	size_t first, i;

	if (mpc_norms_squares(S, n, &groups, 5, &first) == -1 || first != 1)
		return (-1);
	/* 3 times 35^2 is 3675; the second choice is made of the first one's level. */
	c.limit = 5000;
	if (mpc_norms_choose(S, n, &c) == -1 || c.made != 4)
		return (-1);
	c.limit = 3000;
	c.level = 1;
	if (mpc_norms_choose(S, n, &c) == -1 || c.made != 5 || mpc_vector_new(S, &known, 1) == -1)
		return (-1);
	mpc_add_public(&known, &known, (int64_t)1 << 30);
	if (mpc_norms_known(S, n, &known, &first) == -1 || first != 6)
		return (-1);
	mpc_vector_free(&known);
	for (i = 0; i < TRIALS; i++) {
		t = trials[i].t;
		t.kind = i;
		if (mpc_norms_test(n, &t) == -1)
			return (-1);
	}
	return (mpc_norms_within(S, n, &limited, 1000, TRIALS));
}

static int
count(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	struct mpc_norms n;
	int rc;

	(void)state;
	rc = (mpc_norms_new(S, &n, KINDS) == 0 && note_trials(S, &n, x) == 0 &&
	    mpc_norms_judge(S, &n) == 0 && n.norms.n == 1 && n.tests.len == 0) ? 0 : -1;
	mpc_copy(y, &n.count);
	mpc_norms_free(&n);
	return (rc);
}

static void
test_counts(size_t parties, bool faithful)
{
	struct mapping m;
	size_t i;

	mapping_begin(&m, parties, WORDS + WITHIN, KINDS, count, NULL);
	m.faithful = faithful;
	for (i = 0; i < WORDS; i++)
		m.x[i] = (uint64_t)words[i];
	for (i = 0; i < WITHIN; i++)
		m.x[WORDS + i] = (uint64_t)within[i];
	mapping_run(&m);
	for (i = 0; i < TRIALS; i++)
		ok_u64(m.y[i], (uint64_t)trials[i].fails, trials[i].name);
	ok_u64(m.y[TRIALS], 3, "three of the words are not within 1000");
	mapping_end(&m);
}

/* ---- plans ---- */

/* Steps of notes, judged behind the fifth and the last; those that may be repeated are, or not. */
static struct mpc_cost
plan(bool repeat)
{
	struct mpc *S = mpc_new_plan(2, false);
	struct mpc_norms n;
	struct mpc_vector x;
	struct mpc_cost cost;
	size_t i;
	int rc = 0;

	mpc_vector_new(S, &x, WORDS + WITHIN);
	if (mpc_norms_new(S, &n, KINDS) == -1)
		tap_bail("memory");
	for (i = 0; i < 9 && rc == 0; i++) {
		if (i == 5)
			rc = mpc_norms_judge(S, &n);
		if (repeat && i % 3 > 0) {
			rc = mpc_norms_repeat(S, &n);
			continue;
		}
		mpc_norms_begin(&n);
		n.norms.n = 1; /* as note_trials expects it */
		rc = note_trials(S, &n, &x);
		mpc_norms_end(&n);
	}
	if (rc == -1 || mpc_norms_judge(S, &n) == -1)
		tap_bail("a plan");
	cost = *mpc_declared(S);
	mpc_norms_free(&n);
	mpc_vector_free(&x);
	mpc_free(S);
	return (cost);
}

int
main(void)
{
	struct mpc_cost all, some;

	diag_init("norms");
	test_counts(2, false);
	test_counts(3, false);
	test_counts(2, true);
	all = plan(false);
	some = plan(true);
	ok(all.rounds == 2 * (7 + 2 * 5 + 4) && memcmp(&all, &some, sizeof(all)) == 0,
	    "a plan that repeats notes declares the same: %u rounds, %u dealt bits",
	    (unsigned)all.rounds, (unsigned)all.dealt_bits);
	return (tap_end());
}
