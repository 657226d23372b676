/*
 * No position of a key is drawn twice, by whichever operation and for whatever purpose, and both
 * holders of a key draw the same of it: seen with a generator that keeps account.  Streams that are
 * spoiled on purpose are found.
 */

#include "base/diag.h"

#include "catch.h"
#include "operations.h"
#include "tap.h"
#include "test_prg.h"
#include "test_stream.h"

#define N 4200 /* more than a chunk */

struct twice {
	const struct operation *op;
	size_t parties;
	struct clear clear;
};

static size_t pads, masks, all; /* words that party 1 draws in operations */

static void
count_draws(const struct mpc *S, size_t peer, enum stream_purpose purpose, const uint64_t *z,
    size_t n)
{

	(void)peer;
	(void)z;
	if (S->self == 1) {
		all += (S->operation > 0) ? n : 0;
		pads += (purpose == STREAM_PAD) ? n : 0;
		masks += (purpose == STREAM_MASK) ? n : 0;
	}
}

static int
run_twice(struct mpc *S, size_t self, void *state)
{
	struct twice *t = state;
	struct operands o;
	int rc = 0, i;

	test_holder = self;
	for (i = 0; i < 2; i++) {
		operands_new(S, &o, N);
		operands_share(&o, t->parties, self, &t->clear, 5);
		rc |= t->op->run(S, &o);
		operands_free(&o);
	}
	return (rc);
}

/* Run an operation twice in one session; return whether it ran. */
static bool
run(const struct operation *op, size_t parties)
{
	struct twice t = { .op = op, .parties = parties };
	struct world w;
	int rc;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	w.faithful = op->faithful;
	pads = masks = all = 0;
	test_draws_forget();
	clear_new(&t.clear, N);
	rc = world_run(&w, run_twice, &t);
	clear_free(&t.clear);
	return (rc == 0);
}

static void
test_operation(const struct operation *op, size_t parties)
{
	bool ran;

	test_fault = FAULT_NONE;
	ran = run(op, parties);
	ok(ran && test_draws_twice == 0, "%s: %zu parties: nothing is drawn twice (%zu keys, %zu "
	    "draws twice)", op->name, parties, test_draws_count, test_draws_twice);
	ok(test_draws_agree(parties), "%s: %zu parties: all holders of each key draw the same",
	    op->name, parties);

	/* The check finds what it is for. */
	if (all > 0) {
		test_fault = FAULT_SAME_KEYS;
		ran = run(op, parties);
		ok(ran && test_draws_twice > 0, "%s: %zu parties: keys that do not change are "
		    "found", op->name, parties);
	}
	if (pads > 0 && masks > 0) {
		test_fault = FAULT_PAD_IS_MASK;
		ran = run(op, parties);
		ok(ran && test_draws_twice > 0, "%s: %zu parties: pads that are masks are found",
		    op->name, parties);
	}
	test_fault = FAULT_NONE;
}

/* ---- masks whose keys a stream holds ---- */

struct kept {
	size_t parties;
	bool again, noise;
	bool refused[WORLD_MAX];
	struct clear clear;
};

static int
keep(struct mpc *S, const struct kept *k, struct operands *o, size_t i)
{

	return (k->noise ? mpc_add_noise(S, &o->y[0], &o->x[i], o->x[1 - i].held.lam) :
	    mpc_truncate(S, &o->y[0], &o->x[i], 16));
}

/* A result under a mask that is to be kept, and, ${again}, another one under the same. */
static int
run_kept(struct mpc *S, size_t self, void *state)
{
	struct kept *k = state;
	uint8_t keys[WORLD_MAX][32];
	struct mpc_output_mask mask = { .count = (self == 0) ? k->parties : 1,
		.keys = (const uint8_t (*)[32])keys };
	struct operands o;
	size_t i;
	int rc;

	test_holder = self;
	for (i = 0; i < WORLD_MAX; i++)
		memset(keys[i], (int)(100 + ((self == 0) ? i + 1 : self)), sizeof(keys[i]));
	operands_new(S, &o, N);
	operands_share(&o, k->parties, self, &k->clear, 5);
	mpc_draw_from(&o.y[0], &mask);
	rc = keep(S, k, &o, 0);
	if (rc == 0 && k->again && keep(S, k, &o, 1) == -1)
		k->refused[self] = true;
	mpc_draw_from(&o.y[0], NULL);
	operands_free(&o);
	return (rc);
}

static void
test_kept(size_t parties, bool again, bool noise)
{
	struct kept k = { .parties = parties, .again = again, .noise = noise };
	struct world w;
	size_t i, reports;
	int rc;
	bool refused = true;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	test_draws_forget();
	clear_new(&k.clear, N);
	catch_begin();
	rc = world_run(&w, run_kept, &k);
	reports = catch_lines(catch_end());
	clear_free(&k.clear);
	for (i = 0; i <= parties; i++)
		refused = refused && k.refused[i];
	if (!again)
		ok(rc == 0 && test_draws_twice == 0 && test_draws_agree(parties) && reports == 0,
		    "a mask that is kept%s: %zu parties: drawn once", noise ? ", of noise" : "",
		    parties);
	else
		ok(rc == 0 && refused && test_draws_twice == 0 && reports == parties + 1,
		    "a mask that is kept%s: %zu parties: a second use is refused, by each with a "
		    "reason", noise ? ", of noise" : "", parties);
}

/* ---- keys of results, and whether a result is still under them ---- */

struct results {
	uint8_t keys[WORLD_MAX][3][WORLD_MAX][32]; /* by party, result and holder */
	size_t parties;
	bool drawn, in_place, scaled, copied;
	struct clear clear;
};

static int
run_results(struct mpc *S, size_t self, void *state)
{
	struct results *r = state;
	struct mpc_output_mask mask;
	struct operands o;
	size_t i;
	int rc;

	test_holder = self;
	for (i = 0; i < 3; i++)
		if (mpc_output_keys(S, r->keys[self][i]) != ((self == 0) ? r->parties : 1))
			return (-1);
	mask = (struct mpc_output_mask){ .count = (self == 0) ? r->parties : 1,
		.keys = (const uint8_t (*)[32])r->keys[self][0] };
	operands_new(S, &o, N);
	operands_share(&o, r->parties, self, &r->clear, 5);
	mpc_draw_from(&o.y[0], &mask);
	rc = mpc_is_drawn(&o.y[0]) ? -1 : mpc_truncate(S, &o.y[0], &o.x[0], 16);
	if (self == 1) {
		r->drawn = mpc_is_drawn(&o.y[0]);
		mpc_add_public(&o.y[0], &o.y[0], 3);
		r->in_place = mpc_is_drawn(&o.y[0]);
		mpc_add_public(&o.y[1], &o.y[0], 3);
		r->copied = mpc_is_drawn(&o.y[1]);
		mpc_scale(&o.y[0], &o.y[0], 2);
		r->scaled = mpc_is_drawn(&o.y[0]);
	}
	operands_free(&o);
	return (rc);
}

static void
test_results(size_t parties)
{
	static struct results r;
	size_t i, p, same = 0, agree = 0;
	struct world w;

	memset(&r, 0, sizeof(r));
	memset(&w, 0, sizeof(w));
	r.parties = w.n = parties;
	test_draws_forget();
	clear_new(&r.clear, N);
	ok(world_run(&w, run_results, &r) == 0, "keys of results: %zu parties", parties);
	clear_free(&r.clear);
	for (p = 0; p < 3 * parties; p++) {
		agree += memcmp(r.keys[0][p / parties][p % parties],
		    r.keys[1 + p % parties][p / parties][0], 32) == 0;
		for (i = 0; i < p; i++)
			same += memcmp(r.keys[0][p / parties][p % parties],
			    r.keys[0][i / parties][i % parties], 32) == 0;
	}
	ok(same == 0, "keys of results: %zu parties: none twice", parties);
	ok(agree == 3 * parties, "keys of results: %zu parties: the dealer has the parties'",
	    parties);
	ok(r.drawn && r.in_place && !r.copied && !r.scaled, "keys of results: %zu parties: kept by "
	    "public sums in place, and by nothing else that is local", parties);
}

int
main(void)
{
	size_t i, parties;

	diag_init("draws");
	test_drawn = count_draws;
	for (parties = 2; parties <= 3; parties++) {
		for (i = 0; i < OPERATIONS; i++)
			test_operation(&operations[i], parties);
		test_kept(parties, false, false);
		test_kept(parties, true, false);
		test_kept(parties, false, true);
		test_kept(parties, true, true);
		test_results(parties);
	}
	test_draws_forget();
	return (tap_end());
}
