/*
 * The order of secret rows: against qsort, by two and three computing parties and in the clear; and
 * what the dealer is told says nothing of it.
 */

#include <math.h>

#include "base/diag.h"
#include "func/ordering.h"

#include "tap.h"
#include "world.h"

/* The same without the order that the dealer does not know. */
#define mpc_ordering_find spoiled_find
#define mpc_ordering_free spoiled_free
#define mpc_ordering_rows spoiled_rows
#define mpc_ordering_places spoiled_places
#define mpc_ordering_find_spans spoiled_find_spans
#define mpc_ordering_take spoiled_take
#define mpc_common_order no_order
int spoiled_find(struct mpc *S, struct mpc_ordering *o, const struct mpc_ordering_key *keys,
    size_t n_keys, size_t first, size_t count);
void spoiled_free(struct mpc_ordering *o);
int spoiled_rows(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y,
    const struct mpc_vector *x, size_t first, size_t count);
int spoiled_places(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y);
int spoiled_find_spans(struct mpc *S, struct mpc_ordering *o, const struct mpc_ordering_key *keys,
    size_t n_keys, const struct mpc_ordering_span *spans, size_t n_spans);
int spoiled_take(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y,
    const struct mpc_vector *x, const size_t *places, size_t count);

static int
no_order(struct mpc *S, size_t *index, size_t n)
{
	size_t i;

	(void)S;
	for (i = 0; i < n; i++)
		index[i] = i;
	return (0);
}
#include "func/ordering.c"
#undef mpc_ordering_find
#undef mpc_ordering_free
#undef mpc_ordering_rows
#undef mpc_ordering_places
#undef mpc_ordering_find_spans
#undef mpc_ordering_take
#undef mpc_common_order

#define COLS 3
#define MAX_KEYS 3

/* ---- against qsort ---- */

/* A table to put in order. */
struct test {
	const char *name;
	size_t parties, rows, n_keys;
	struct {
		int64_t low, high;
		bool descending;
	} keys[MAX_KEYS];
	size_t first, count;      /* the places that are asked for */
	bool clear;               /* not secretly, as that takes long */
	uint64_t *x[MAX_KEYS];    /* keys, by row */
	uint64_t *payload;        /* COLS words a row, of which the first is its number */
	struct world_held taken, places;
};

static int
order_table(struct mpc *S, struct test *t, const struct mpc_vector *keys,
    const struct mpc_vector *payload, struct mpc_vector *taken, struct mpc_vector *places)
{
	struct mpc_ordering_key list[MAX_KEYS];
	struct mpc_ordering o;
	size_t i;
	int rc;

	for (i = 0; i < t->n_keys; i++)
		list[i] = (struct mpc_ordering_key){ .x = &keys[i], .low = t->keys[i].low,
			.high = t->keys[i].high, .descending = t->keys[i].descending };
	rc = mpc_ordering_find(S, &o, list, t->n_keys, t->first, t->count);
	if (rc == 0)
		rc = mpc_ordering_rows(S, &o, taken, payload, t->first, t->count);
	if (rc == 0 && t->count == t->rows)
		rc = mpc_ordering_places(S, &o, places);
	mpc_ordering_free(&o);
	return (rc);
}

static int
run_party(struct mpc *S, size_t self, void *state)
{
	struct test *t = state;
	struct mpc_vector keys[MAX_KEYS], payload, taken, places;
	size_t i;
	int rc = 0;

	memset(keys, 0, sizeof(keys));
	for (i = 0; i < t->n_keys; i++) {
		rc |= mpc_vector_new(S, &keys[i], t->rows);
		world_share(t->parties, self, keys[i].held.m, keys[i].held.lam, t->x[i], t->rows,
		    i, false);
	}
	rc |= mpc_vector_new(S, &payload, COLS * t->rows);
	rc |= mpc_vector_new(S, &taken, COLS * t->count);
	rc |= mpc_vector_new(S, &places, t->rows);
	world_share(t->parties, self, payload.held.m, payload.held.lam, t->payload, COLS * t->rows,
	    9, false);
	if (rc == 0 && (rc = order_table(S, t, keys, &payload, &taken, &places)) == 0)
		rc = mpc_check(S);
	world_hold(&t->taken, self, taken.held.m, taken.held.lam, taken.n);
	world_hold(&t->places, self, places.held.m, places.held.lam, places.n);
	for (i = 0; i < MAX_KEYS; i++)
		mpc_vector_free(&keys[i]);
	mpc_vector_free(&payload);
	mpc_vector_free(&taken);
	mpc_vector_free(&places);
	return (rc);
}

static const struct test *comparing;

static int
compare_rows(const void *a, const void *b)
{
	const struct test *t = comparing;
	size_t i = *(const size_t *)a, j = *(const size_t *)b, k;
	int64_t x, y;

	for (k = 0; k < t->n_keys; k++) {
		x = (int64_t)t->x[k][i];
		y = (int64_t)t->x[k][j];
		if (x != y)
			return (((x > y) != t->keys[k].descending) ? 1 : -1);
	}
	return ((i > j) - (i < j));
}

static void
fill(struct test *t, uint64_t span, uint64_t *state)
{
	size_t i, k;
	uint64_t width;

	for (k = 0; k < t->n_keys; k++) {
		t->x[k] = calloc(t->rows + 1, sizeof(uint64_t));
		width = (uint64_t)t->keys[k].high - (uint64_t)t->keys[k].low;
		width = (span != 0 && width > span) ? span : width;
		for (i = 0; i < t->rows; i++)
			t->x[k][i] = (uint64_t)t->keys[k].low + world_random(state) % (width + 1);
		/* Both ends. */
		if (t->rows > 2) {
			t->x[k][0] = (uint64_t)t->keys[k].high;
			t->x[k][t->rows / 2] = (uint64_t)t->keys[k].low;
		}
	}
	t->payload = calloc(COLS * t->rows + 1, sizeof(uint64_t));
	for (i = 0; i < COLS * t->rows; i++)
		t->payload[i] = (i % COLS == 0) ? i / COLS : world_random(state);
}

static size_t *
sorted_rows(const struct test *t)
{
	size_t *order = calloc(t->rows + 1, sizeof(*order)), i;

	for (i = 0; i < t->rows; i++)
		order[i] = i;
	comparing = t;
	qsort(order, t->rows, sizeof(*order), compare_rows);
	return (order);
}

static bool
is_right(const struct test *t, const uint64_t *taken, const uint64_t *places)
{
	size_t *order = sorted_rows(t), i;
	bool right = true;

	for (i = 0; i < t->count; i++)
		right = right && memcmp(taken + COLS * i, t->payload + COLS * order[t->first + i],
		    COLS * sizeof(*taken)) == 0;
	for (i = 0; places != NULL && i < t->rows; i++)
		right = right && places[order[i]] == i;
	free(order);
	return (right);
}

static void
test_clear(const struct test *t)
{
	struct mpc *S = mpc_new_plain(true);
	struct mpc_vector keys[MAX_KEYS], payload, taken, places;
	struct test copy = *t;
	size_t i;
	int rc = 0;

	memset(keys, 0, sizeof(keys));
	for (i = 0; i < t->n_keys; i++) {
		rc |= mpc_vector_new(S, &keys[i], t->rows);
		memcpy(keys[i].held.m, t->x[i], t->rows * sizeof(uint64_t));
	}
	rc |= mpc_vector_new(S, &payload, COLS * t->rows);
	rc |= mpc_vector_new(S, &taken, COLS * t->count);
	rc |= mpc_vector_new(S, &places, t->rows);
	memcpy(payload.held.m, t->payload, payload.n * sizeof(uint64_t));
	if (rc == 0)
		rc = order_table(S, &copy, keys, &payload, &taken, &places);
	ok(rc == 0 && is_right(t, taken.held.m, (t->count == t->rows) ? places.held.m : NULL),
	    "%s: in the clear: as qsort has it", t->name);
	for (i = 0; i < MAX_KEYS; i++)
		mpc_vector_free(&keys[i]);
	mpc_vector_free(&payload);
	mpc_vector_free(&taken);
	mpc_vector_free(&places);
	mpc_free(S);
}

static void
test_secret(struct test *t)
{
	uint64_t *taken = calloc(COLS * t->count + 1, sizeof(*taken)),
	    *places = calloc(t->rows + 1, sizeof(*places));
	bool opens, costs = true;
	struct world w;
	size_t p;

	memset(&w, 0, sizeof(w));
	w.n = t->parties;
	if (!ok(world_run(&w, run_party, t) == 0, "%s: %zu parties: runs", t->name, t->parties))
		exit(1);
	opens = world_open(&t->taken, t->parties, taken, COLS * t->count, false);
	opens = world_open(&t->places, t->parties, places, t->rows, false) && opens;
	ok(opens && is_right(t, taken, (t->count == t->rows) ? places : NULL), "%s: %zu parties: "
	    "as qsort has it", t->name, t->parties);
	for (p = 0; p <= t->parties; p++)
		costs = costs && memcmp(&w.party[p].declared, &w.party[p].counted,
		    sizeof(struct mpc_cost)) == 0;
	ok(costs, "%s: %zu parties: costs what it declares", t->name, t->parties);
	free(taken);
	free(places);
}

#define ANY_LOW (-((int64_t)1 << 62))
#define ANY_HIGH (((int64_t)1 << 62) - 1)

static void
test_tables(void)
{
	static const struct test tables[] = {
		{ .name = "no rows", .n_keys = 1, .keys = { { -5, 5, false } } },
		{ .name = "one row", .rows = 1, .n_keys = 1, .keys = { { -5, 5, false } },
		    .count = 1 },
		{ .name = "two rows", .rows = 2, .n_keys = 1, .keys = { { 0, 1, true } },
		    .count = 2 },
		{ .name = "few rows", .rows = 60, .n_keys = 1, .keys = { { -500, 500, false } },
		    .count = 60 },
		{ .name = "numbers", .rows = 3000, .n_keys = 1,
		    .keys = { { -(1 << 30), 1 << 30, false } }, .count = 3000 },
		{ .name = "any words, descending", .rows = 700, .n_keys = 1,
		    .keys = { { ANY_LOW, ANY_HIGH, true } }, .count = 700 },
		{ .name = "ties", .rows = 1500, .n_keys = 1, .keys = { { 3, 6, false } },
		    .count = 1500 },
		{ .name = "all the same", .rows = 1000, .n_keys = 1, .keys = { { 7, 7, true } },
		    .count = 1000 },
		{ .name = "two keys in a word", .rows = 800, .n_keys = 2,
		    .keys = { { 0, 4, true }, { -9, 9, false } }, .count = 800 },
		{ .name = "three keys in three words", .rows = 500, .n_keys = 3,
		    .keys = { { 1, 3, false }, { ANY_LOW, ANY_HIGH, true },
			{ ANY_LOW, ANY_HIGH, false } }, .count = 500 },
		{ .name = "the first ten", .rows = 2000, .n_keys = 1,
		    .keys = { { -(1 << 20), 1 << 20, true } }, .count = 10 },
		{ .name = "the middle", .rows = 2001, .n_keys = 1,
		    .keys = { { 0, 1 << 20, false } }, .first = 1000, .count = 1 },
		{ .name = "parted at a sample", .rows = 33000, .n_keys = 2,
		    .keys = { { 0, 99, true }, { 0, 3, false } }, .count = 33000 },
		{ .name = "parted at a sample, and that at one", .rows = 270000, .n_keys = 1,
		    .keys = { { -(1 << 16), 1 << 16, false } }, .count = 270000, .clear = true },
	};
	uint64_t state = 5;
	struct test t;
	size_t i, k;

	for (i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		t = tables[i];
		fill(&t, (i == 9) ? 2 : 0, &state);
		test_clear(&t);
		for (t.parties = 2; !t.clear && t.parties <= 3; t.parties++)
			test_secret(&t);
		for (k = 0; k < t.n_keys; k++)
			free(t.x[k]);
		free(t.payload);
	}
}

/* Some of the places, of more rows than are sorted without a sample. */
static void
test_places(void)
{
	struct test t = { .name = "some places", .n_keys = 1, .keys = { { 0, 1 << 12, false } } };
	uint64_t state = 8;
	size_t run;

	for (run = 0; run < 60; run++) {
		t.rows = 4000 + world_random(&state) % 4000;
		t.first = world_random(&state) % t.rows;
		t.count = 1 + world_random(&state) % (t.rows - t.first);
		if (run % 4 == 0)
			t.count = 1 + t.count % 9;
		if (run % 5 == 0)
			t.first = t.rows - t.count;
		fill(&t, 0, &state);
		test_clear(&t);
		if (run % 20 == 0) {
			t.parties = 2;
			test_secret(&t);
		}
		free(t.x[0]);
		free(t.payload);
	}
}

/* ---- what the dealer is told ---- */

#define TOLD_ROWS 100
#define TOLD_RUNS 300

struct told {
	bool spoiled;
	uint64_t x[TOLD_ROWS];
	/* the row that the first step compares with, as far as the dealer can tell */
	size_t pivot;
	uint64_t dealt; /* bits, which follow from the numbers that it was told */
};

static int
order_told(struct mpc *S, size_t self, void *state)
{
	struct told *t = state;
	struct mpc_vector x;
	const struct mpc_ordering_key key = { .x = &x, .low = 0, .high = TOLD_ROWS };
	struct mpc_ordering o;
	int rc;

	if (mpc_vector_new(S, &x, TOLD_ROWS) == -1)
		return (-1);
	world_share(2, self, x.held.m, x.held.lam, t->x, TOLD_ROWS, 1, false);
	rc = (t->spoiled ? spoiled_find : mpc_ordering_find)(S, &o, &key, 1, 0, TOLD_ROWS);
	if (self == 0) {
		/* Party 2's order takes from party 1's, and that from the rows. */
		t->pivot = o.order.at[o.order.at[TOLD_ROWS]];
		t->dealt = mpc_counted(S)->dealt_bits;
	}
	mpc_ordering_free(&o);
	mpc_vector_free(&x);
	return (rc);
}

/*
 * How different what is told is where the row that the dealer takes for the pivot is one of the
 * middle, and where it is one of the ends: in standard deviations.
 */
static double
told_apart(bool spoiled)
{
	static struct told t;
	double sum[2] = { 0, 0 }, squares[2] = { 0, 0 }, n[2] = { 0, 0 }, mean[2], variance[2];
	struct world w;
	size_t run, i;

	t.spoiled = spoiled;
	for (i = 0; i < TOLD_ROWS; i++)
		t.x[i] = i;
	memset(&w, 0, sizeof(w));
	w.n = 2;
	for (run = 0; run < TOLD_RUNS; run++) {
		w.number[1] = (uint8_t)run;
		w.number[2] = (uint8_t)(run >> 8);
		if (world_run(&w, order_told, &t) != 0)
			tap_bail("an order is not found");
		i = (t.pivot >= TOLD_ROWS / 4 && t.pivot < 3 * TOLD_ROWS / 4);
		n[i]++;
		sum[i] += (double)t.dealt;
		squares[i] += (double)t.dealt * (double)t.dealt;
	}
	for (i = 0; i < 2; i++) {
		mean[i] = sum[i] / n[i];
		variance[i] = (squares[i] / n[i] - mean[i] * mean[i]) / n[i];
	}
	return (fabs(mean[0] - mean[1]) / sqrt(variance[0] + variance[1]));
}

static void
test_told(void)
{
	double apart = told_apart(false), spoiled = told_apart(true);

	ok(apart < 4, "numbers that the dealer is told do not depend on where a row that it "
	    "follows is in the order (%.1f)", apart);
	ok(spoiled > 10, "without an order that it does not know, they do (%.1f)", spoiled);
}

int
main(void)
{

	diag_init("ordering");
	test_tables();
	test_places();
	test_told();
	return (tap_end());
}
