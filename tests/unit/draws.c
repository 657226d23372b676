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
	ok(test_draws_agree(), "%s: %zu parties: both holders of each key draw the same", op->name,
	    parties);

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
	bool again;
	bool refused[WORLD_MAX];
	struct clear clear;
};

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
	rc = mpc_truncate(S, &o.y[0], &o.x[0], 16);
	if (rc == 0 && k->again && (mpc_truncate(S, &o.y[0], &o.x[1], 16) == -1))
		k->refused[self] = true;
	mpc_draw_from(&o.y[0], NULL);
	operands_free(&o);
	return (rc);
}

static void
test_kept(size_t parties, bool again)
{
	struct kept k = { .parties = parties, .again = again };
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
		ok(rc == 0 && test_draws_twice == 0 && test_draws_agree() && reports == 0,
		    "a mask that is kept: %zu parties: drawn once", parties);
	else
		ok(rc == 0 && refused && test_draws_twice == 0 && reports == parties + 1,
		    "a mask that is kept: %zu parties: a second use is refused, by each with a "
		    "reason", parties);
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
		test_kept(parties, false);
		test_kept(parties, true);
	}
	test_draws_forget();
	return (tap_end());
}
