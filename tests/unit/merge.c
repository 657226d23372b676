/*
 * Cells of few rows are merged with those below, on every engine as in the clear: each cell has the
 * least count or nothing, sums from any cell up are off by less, and no row is lost.
 */

#include "base/diag.h"
#include "func/merge.h"

#include "tap.h"
#include "world.h"

#define CELLS_MAX 9
#define LISTS_MAX 3
#define VALUES_MAX 3
#define WORDS_MAX (CELLS_MAX * LISTS_MAX * VALUES_MAX)

static uint64_t seed = 5;

struct table {
	struct mpc_cells shape;
	uint64_t least;
	uint64_t x[WORDS_MAX], want[WORDS_MAX], got[WORDS_MAX];
	size_t words;
	struct world_held held;
};

static uint64_t *
word_at(const struct mpc_cells *c, uint64_t *x, size_t value, size_t list, size_t cell)
{

	return (&x[(value * c->lists + list) * c->cells + cell]);
}

/* Small counts, and values of any sign. */
static void
make_table(struct table *t, size_t values, size_t lists, size_t cells, uint64_t least)
{
	size_t i;

	memset(t, 0, sizeof(*t));
	t->shape = (struct mpc_cells){ .values = values, .lists = lists, .cells = cells };
	t->least = least;
	t->words = values * lists * cells;
	for (i = 0; i < t->words; i++)
		t->x[i] = (i < lists * cells) ? world_random(&seed) % 13 : world_random(&seed) %
		    2000 - 1000;
}

/* Add cell ${from} to cell ${to}. */
static void
move_cell(const struct mpc_cells *c, uint64_t *x, size_t list, size_t from, size_t to)
{
	size_t v;

	for (v = 0; v < c->values; v++) {
		*word_at(c, x, v, list, to) += *word_at(c, x, v, list, from);
		*word_at(c, x, v, list, from) = 0;
	}
}

/* One that is too small joins the next below; the last one, the lowest that is not. */
static bool
merge_list(const struct table *t, uint64_t *x, size_t list)
{
	const struct mpc_cells *c = &t->shape;
	size_t i;

	for (i = c->cells; i-- > 1;) {
		if (*word_at(c, x, 0, list, i) < t->least)
			move_cell(c, x, list, i, i - 1);
	}
	if (*word_at(c, x, 0, list, 0) >= t->least)
		return (true);
	for (i = 1; i < c->cells && *word_at(c, x, 0, list, i) == 0; i++)
		;
	if (i < c->cells)
		move_cell(c, x, list, 0, i);
	return (i < c->cells);
}

static void
merge_clear(struct table *t)
{
	bool shown = true;
	size_t list;

	memcpy(t->want, t->x, sizeof(t->want));
	for (list = 0; list < t->shape.lists && t->least > 1; list++)
		shown = merge_list(t, t->want, list) && shown;
	if (!shown)
		memset(t->want, 0, sizeof(t->want));
}

static int
merge_party(struct mpc *S, size_t self, void *state)
{
	struct table *t = state;
	struct mpc_vector x;
	int rc;

	mpc_vector_new(S, &x, t->words);
	world_share(2, self, x.held.m, x.held.lam, t->x, t->words, 7, false);
	rc = mpc_merge_cells(S, &x, &t->shape, t->least);
	world_hold(&t->held, self, x.held.m, x.held.lam, t->words);
	mpc_vector_free(&x);
	return (rc);
}

static int
merge_plain(struct table *t)
{
	struct mpc *S = mpc_new_plain(false);
	struct mpc_vector x;
	int rc;

	mpc_vector_new(S, &x, t->words);
	memcpy(x.held.m, t->x, t->words * sizeof(*t->x));
	rc = mpc_merge_cells(S, &x, &t->shape, t->least);
	memcpy(t->got, x.held.m, t->words * sizeof(*t->got));
	mpc_vector_free(&x);
	mpc_free(S);
	return (rc);
}

static bool
is_merged(const struct table *t)
{

	return (memcmp(t->got, t->want, t->words * sizeof(*t->got)) == 0);
}

static void
test_table(size_t values, size_t lists, size_t cells, uint64_t least)
{
	static struct table t;
	struct world w;
	size_t i;

	make_table(&t, values, lists, cells, least);
	merge_clear(&t);
	ok(merge_plain(&t) == 0 && is_merged(&t), "%zu values, %zu lists of %zu cells, least %llu",
	    values, lists, cells, (unsigned long long)least);
	memset(&w, 0, sizeof(w));
	w.n = 2;
	if (world_run(&w, merge_party, &t) != 0 ||
	    !world_open(&t.held, 2, t.got, t.words, false))
		tap_bail("a run has failed");
	for (i = 0; i <= 2; i++) {
		if (memcmp(&w.party[i].declared, &w.party[i].counted, sizeof(struct mpc_cost)) != 0)
			tap_bail("declared and counted costs differ");
	}
	ok(is_merged(&t), "by two parties");
}

int
main(void)
{
	size_t i;

	diag_init("merge");
	tap_plan(2 * (5 + 12));
	test_table(1, 2, 9, 1);
	test_table(1, 1, 1, 5);
	test_table(1, 1, 1, 50);
	test_table(3, 1, 9, 200);
	test_table(1, 3, 2, 7);
	for (i = 0; i < 12; i++)
		test_table(1 + i % 3, 1 + i / 3 % 3, 4 + i % 6, 6 + 2 * (uint64_t)i);
	return (tap_end());
}
