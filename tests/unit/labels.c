/*
 * Whether labels are classes, by masked parties, in a plan and in the clear: right ones pass, and a
 * single wrong word among them is found, whichever it is, also one that wraps into what is right
 * where bits are cut off or bounds are subtracted.
 */

#include "base/diag.h"
#include "nn/labels.h"

#include "tap.h"
#include "world.h"

#define ROWS 150 /* no multiple of 64 */
#define BLOCKS 3 /* handed over in so many */
#define MAX_WORDS ((size_t)ROWS * 4)

struct run {
	struct nn_labels is;
	size_t parties;
	uint64_t y[MAX_WORDS];
	bool ok[WORLD_MAX];
	struct mpc_cost declared;
};

static uint64_t seed = 5;

static int
party(struct mpc *S, size_t self, void *state)
{
	struct run *r = state;
	size_t cols = r->is.columns, first, rows;
	struct nn_labels_test t;
	struct mpc_vector y, part;
	int rc;

	mpc_vector_new(S, &y, ROWS * cols);
	if (mpc_holds_words(S))
		world_share(r->parties, self, y.held.m, y.held.lam, r->y, y.n, 3, false);
	rc = nn_labels_begin(S, &t, &r->is);
	for (first = 0; first < ROWS && rc == 0; first += rows) {
		rows = ROWS / BLOCKS;
		part = mpc_part(&y, first * cols, rows * cols);
		rc = nn_labels_add(S, &t, &part, rows);
	}
	if (rc == 0)
		rc = nn_labels_open(S, &t, &r->ok[self]);
	nn_labels_free(&t);
	mpc_vector_free(&y);
	return (rc);
}

/* What all computing parties hear; the dealer hears nothing, and all pass on what was declared. */
static bool
opened(struct run *r)
{
	struct world w;
	size_t i;

	memset(&w, 0, sizeof(w));
	w.n = r->parties;
	if (world_run(&w, party, r) != 0)
		tap_bail("a run has failed");
	for (i = 0; i <= r->parties; i++) {
		if (memcmp(&w.party[i].declared, &w.party[i].counted, sizeof(struct mpc_cost)) != 0)
			tap_bail("declared and counted costs differ");
		if (r->ok[i] != ((i == 0) ? true : r->ok[1]))
			tap_bail("parties disagree, or the dealer knows");
	}
	r->declared = w.party[1].declared;
	return (r->ok[1]);
}

/* The same in the clear, by looking at the words. */
static bool
seen(const struct run *r)
{
	struct mpc *S = mpc_new_plain(false);
	struct mpc_vector y;
	size_t odd;

	mpc_vector_new(S, &y, ROWS * r->is.columns);
	memcpy(y.held.m, r->y, y.n * sizeof(*r->y));
	odd = nn_labels_odd(&r->is, &y, ROWS);
	mpc_vector_free(&y);
	mpc_free(S);
	return (odd == ROWS);
}

static void
fill(struct run *r)
{
	const struct nn_labels *is = &r->is;
	size_t classes = (is->form == NN_LABELS_NUMBERS) ? is->classes : 2, i, k;

	for (i = 0; i < ROWS; i++) {
		for (k = 0; k < is->columns; k++)
			r->y[i * is->columns + k] = (world_random(&seed) % classes) << is->bits;
		if (is->form != NN_LABELS_ONE_HOT)
			continue;
		memset(&r->y[i * is->columns], 0, is->columns * sizeof(*r->y));
		r->y[i * is->columns + world_random(&seed) % is->columns] = (uint64_t)1 << is->bits;
	}
}

/* Every wrong word at some place; with a row of more than one, rows whose sum is not 1. */
static void
try_wrong(struct run *r, const char *name)
{
	const struct nn_labels *is = &r->is;
	size_t most = (is->form == NN_LABELS_NUMBERS) ? is->classes : 2;
	uint64_t one = (uint64_t)1 << is->bits, kept;
	const uint64_t wrong[] = { most * one, (most + 1) * one, -one, -2 * one, one / 2, one + 1,
		one - 1, 1, -(uint64_t)1, (uint64_t)1 << 63, ((uint64_t)1 << 63) + one,
		((uint64_t)1 << 63) - 1, (uint64_t)1 << 62, (uint64_t)1 << 48, (uint64_t)1 << 32,
		((uint64_t)1 << 63) + most * one - one };
	size_t found = 0, due = 0, i, at;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		if (nn_label_right(is, wrong[i]))
			continue;
		fill(r);
		at = world_random(&seed) % (ROWS * is->columns);
		kept = r->y[at];
		r->y[at] = wrong[i];
		due++;
		found += !opened(r) && !seen(r);
		r->y[at] = kept;
		found -= !opened(r);
	}
	ok(due >= 10 && found == due, "%s: %zu of %zu wrong words are found", name, found, due);
	if (is->form != NN_LABELS_ONE_HOT)
		return;
	fill(r);
	for (i = 0; i < is->columns; i++)
		r->y[i] = 0;
	ok(!opened(r) && !seen(r), "%s: a row without a 1", name);
	r->y[0] = r->y[1] = one;
	ok(!opened(r) && !seen(r), "%s: a row with two", name);
	/* the next row makes up for it */
	for (i = 0; i < is->columns; i++)
		r->y[is->columns + i] = 0;
	ok(!opened(r) && !seen(r), "%s: and one without, for it", name);
}

static void
check(struct run *r, const char *name)
{
	struct mpc_cost planned;
	struct mpc *S;

	for (r->parties = 2; r->parties <= 3; r->parties++) {
		fill(r);
		ok(opened(r) && seen(r), "%s: right, for %zu parties", name, r->parties);
	}
	r->parties = 2;
	fill(r);
	(void)opened(r);
	S = mpc_new_plan(2, false);
	if (party(S, 0, r) != 0)
		tap_bail("the plan has failed");
	planned = *mpc_declared(S);
	mpc_free(S);
	ok(memcmp(&planned, &r->declared, sizeof(planned)) == 0, "%s: a plan costs the same", name);
	ok(r->ok[0], "%s: and says nothing", name);
	try_wrong(r, name);
}

int
main(void)
{
	static const struct {
		const char *name;
		struct nn_labels is;
	} cases[] = {
		{ "0 or 1", { NN_LABELS_BINARY, 1, 0, 16 } },
		{ "0 or 1 without fraction bits", { NN_LABELS_BINARY, 1, 0, 0 } },
		{ "two columns of them", { NN_LABELS_BINARY, 2, 0, 20 } },
		{ "0 to 4", { NN_LABELS_NUMBERS, 1, 5, 16 } },
		{ "0 to 64 without fraction bits", { NN_LABELS_NUMBERS, 2, 65, 0 } },
		{ "four columns, one of them 1", { NN_LABELS_ONE_HOT, 4, 4, 16 } },
	};
	static struct run r;
	size_t i;

	diag_init("labels");
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		r.is = cases[i].is;
		check(&r, cases[i].name);
	}
	r.is = (struct nn_labels){ NN_LABELS_ANY, 1, 0, 16 };
	r.parties = 2;
	for (i = 0; i < ROWS; i++)
		r.y[i] = world_random(&seed);
	ok(opened(&r) && seen(&r), "any numbers are any numbers");
	return (tap_end());
}
