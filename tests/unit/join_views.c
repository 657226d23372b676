/*
 * What parties see of a join, of tables of three rows, in many sessions.
 *
 *	The dealer, bit by bit the same, whichever rows match, if as many do; where rows are not
 *	masked anew, but he is told which they are, he finds each match.
 *
 *	All, tags that are others in each session.
 *
 *	A computing party: the permutation that it knows, and at which places tags are equal, are
 *	distributed alike; where the other's permutation is none, they are not.
 *
 * join.c is compiled here with functions of its own in front of three of the engine's.
 */

#include "base/diag.h"
#include "func/join.h"
#include "func/join_internal.h"

#include "tap.h"
#include "world.h"

#define ROWS 3
#define NUMBERS 3 /* in a row of the result: of each table one, and which rows the second has */
#define ORDERS 6
#define ORDERS_MAX 8

static int seen_order_new(struct mpc *S, struct mpc_order *order, size_t rows);
static int told_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const size_t *index, size_t cols);

static int seen_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d);

#define mpc_reveal_bits seen_reveal_bits
#define mpc_order_new seen_order_new
#define mpc_choose told_choose
#include "func/join.c"
#undef mpc_reveal_bits
#undef mpc_order_new
#undef mpc_choose

/* Two tables: row r of the second one has the key of row with[r] of the first; ROWS: of none. */
struct view_test {
	size_t parties;
	enum mpc_join_kind kind;
	size_t with[ROWS];
	bool repeats; /* the second row of the first table has the key of its first */
	bool looks;   /* nobody has said that keys are distinct: the first of each counts */
	bool no_order; /* the last computing party leaves rows where they are */
	bool no_masks; /* the dealer is told which rows are chosen */
	/* What is seen. */
	uint32_t order[WORLD_MAX][ORDERS_MAX][ROWS]; /* permutations, table by table */
	size_t orders[WORLD_MAX];
	size_t at[2][ROWS], rows; /* which places match */
	size_t told[2 * ROWS], n_told;
	_Atomic uint64_t sent, n_sent; /* to the dealer, and by him: a sum over all bytes */
	uint64_t tags[2 * ROWS][2];
	struct world_held y;
};

static _Thread_local struct view_test *test_run;
static _Thread_local size_t test_self;
static _Thread_local const struct mpc_join *test_join;

/* ---- in front of the engine ---- */

static int
seen_order_new(struct mpc *S, struct mpc_order *order, size_t rows)
{
	struct view_test *t = test_run;
	size_t k, i;

	if (mpc_order_new(S, order, rows) == -1)
		return (-1);
	for (k = 0; k < order->count; k++) {
		for (i = 0; t->no_order && i < rows && (test_self == t->parties ||
		    (test_self == 0 && k == t->parties - 1)); i++)
			order->at[k * rows + i] = (uint32_t)i;
		for (i = 0; i < ROWS && i < rows && t->orders[test_self] < ORDERS_MAX; i++)
			t->order[test_self][t->orders[test_self]][i] = order->at[k * rows + i];
		t->orders[test_self]++;
	}
	return (0);
}

/* Rows keep their masks, and so the dealer has to know which they are. */
static int
told_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const size_t *index,
    size_t cols)
{
	const struct mpc_join *j = test_join;
	size_t i, place;

	for (i = 0; test_run->no_masks && i < 2 * j->rows; i++) {
		place = mpc_is_dealer(S) ? 0 : j->at[i];
		if (mpc_tell(S, &place, ROWS) == -1)
			return (-1);
		if (mpc_is_dealer(S))
			test_run->told[test_run->n_told++] = place;
	}
	return (mpc_choose(S, y, x, index, cols));
}

static int
seen_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d)
{
	int rc = mpc_reveal_bits(S, clear, d);

	if (test_self == 1 && d->n == 8 * sizeof(test_run->tags))
		memcpy(test_run->tags, clear, sizeof(test_run->tags));
	return (rc);
}

/* All that the dealer gets and sends. */
static void
pass_seen(void *state, size_t from, size_t to, const void *data, size_t bytes)
{
	struct view_test *t = state;
	const unsigned char *b = data;
	size_t i;

	for (i = 0; i < bytes && (from == 0 || to == 0); i++) {
		/* Threads send in any order, but to each party in one. */
		t->sent += (b[i] + 1) * (31 * from + to + 1);
		t->n_sent++;
	}
}

/* ---- a session ---- */

static void
share_tables(struct mpc *S, const struct view_test *t, size_t self, struct mpc_join_table *table,
    struct mpc_bits *key)
{
	uint64_t x[2][ROWS], k[2 * ROWS][2];
	size_t i;

	for (i = 0; i < ROWS; i++) {
		x[0][i] = i;
		x[1][i] = 10 + i;
		k[i][0] = k[i][1] = 100 + ((i == 1 && t->repeats) ? 0 : i);
		k[ROWS + i][0] = k[ROWS + i][1] = (t->with[i] < ROWS) ? 100 + t->with[i] : 200 + i;
	}
	if (mpc_bits_new(S, key, sizeof(k) * 8) != 0)
		exit(1);
	world_share(t->parties, self, key->held.m, key->held.lam, k[0], 4 * ROWS, 9, true);
	for (i = 0; i < 2; i++) {
		table[i] = (struct mpc_join_table){ .rows = ROWS, .cols = 1, .marks = i,
			.carried = i, .distinct = !t->looks };
		if (mpc_vector_new(S, &table[i].x, ROWS) != 0 ||
		    mpc_vector_new(S, &table[i].keys, 2 * i * ROWS) != 0)
			exit(1);
		/* What the second one carries: its own keys, say. */
		world_share(t->parties, self, table[i].keys.held.m, table[i].keys.held.lam, k[ROWS],
		    2 * i * ROWS, 20 + i, true);
		world_share(t->parties, self, table[i].x.held.m, table[i].x.held.lam, x[i], ROWS,
		    3 + i, false);
	}
}

static int
run_view(struct mpc *S, size_t self, void *state)
{
	struct view_test *t = state;
	struct mpc_join_table table[2];
	struct mpc_bits key;
	struct mpc_join j = { .kind = t->kind, .tables = 2, .keys = 1, .table = table, .key = &key,
		.mark = 1, .duplicates = t->looks ? MPC_JOIN_FIRST : MPC_JOIN_REFUSE };
	struct mpc_vector y = { .n = 0 }, numbers = { .n = 0 };
	size_t k;
	int rc;

	test_run = t;
	test_self = self;
	test_join = &j;
	share_tables(S, t, self, table, &key);
	if ((rc = mpc_join_find(S, &j)) == 0 &&
	    (rc = mpc_vector_new(S, &y, j.rows * mpc_join_width(&j))) == 0 &&
	    (rc = mpc_vector_new(S, &numbers, j.rows * NUMBERS)) == 0 && j.rows > 0 &&
	    (rc = mpc_join_rows(S, &j, &y, 0, j.rows)) == 0)
		mpc_columns_lay(&numbers, NUMBERS, 0, &y, 2 + NUMBERS, 2, NUMBERS);
	if (self == 1) {
		t->rows = j.rows;
		for (k = 0; k < 2 * j.rows; k++)
			t->at[k / j.rows][k % j.rows] = j.at[k];
	}
	world_hold(&t->y, self, numbers.held.m, numbers.held.lam, numbers.n);
	mpc_join_free(&j);
	mpc_vector_free(&y);
	mpc_vector_free(&numbers);
	mpc_bits_free(&key);
	for (k = 0; k < 2; k++) {
		mpc_vector_free(&table[k].x);
		mpc_vector_free(&table[k].keys);
	}
	return (rc);
}

/* Session number ${number}; the rows of the result in ${y}. */
static void
run_session(struct view_test *t, size_t number, uint64_t *y)
{
	struct world w;

	memset(&w, 0, sizeof(w));
	w.n = t->parties;
	w.number[1] = (uint8_t)number;
	w.number[2] = (uint8_t)(number >> 8);
	w.seen = pass_seen;
	memset(t->orders, 0, sizeof(t->orders));
	t->n_told = 0;
	t->sent = 0;
	t->n_sent = 0;
	if (world_run(&w, run_view, t) != 0)
		tap_bail("a join does not run");
	if (!world_open(&t->y, t->parties, y, 3 * t->rows, false))
		tap_bail("parties hold different numbers");
}

/* ---- the dealer ---- */

/* Which row of table ${i} came to a place, by the dealer's permutations. */
static size_t
row_at(const struct view_test *t, size_t i, size_t place)
{
	size_t k;

	for (k = t->parties; k-- > 0;)
		place = t->order[0][i * t->parties + k][place];
	return (place);
}

static void
test_dealer(size_t parties, const size_t *one, const size_t *other, size_t matches)
{
	struct view_test a = { .parties = parties }, b = { .parties = parties };
	uint64_t y[3 * ROWS];
	size_t i, k, found = 0, right = 0;
	bool same = true;

	memcpy(a.with, one, sizeof(a.with));
	memcpy(b.with, other, sizeof(b.with));
	for (i = 0; i < 20; i++) {
		run_session(&a, i, y);
		run_session(&b, i, y);
		same = same && a.rows == matches && b.rows == matches && a.sent == b.sent &&
		    a.n_sent == b.n_sent && memcmp(a.order[0], b.order[0], sizeof(a.order[0])) == 0;
		a.no_masks = true;
		run_session(&a, i, y);
		for (k = 0; k < matches; k++, found++)
			right += a.with[row_at(&a, 1, a.told[matches + k])] ==
			    row_at(&a, 0, a.told[k]);
		a.no_masks = false;
	}
	ok(same, "%zu parties: the dealer sees the same, whichever %zu rows match", parties,
	    matches);
	ok(found == 20 * matches && right == found, "%zu parties: told which rows are chosen, it "
	    "finds %zu of %zu matches", parties, right, found);
}

/* ---- a computing party ---- */

static size_t
number_of_order(const uint32_t *at)
{

	return (2 * at[0] + (at[1] > at[2]));
}

/* By who is missing, and by table: the order that the others know, and where the first match is. */
struct view_counts {
	size_t of[WORLD_MAX][2][ORDERS * ROWS];
};

/* The permutations of all but one party, one after the other. */
static size_t
known_order(const struct view_test *t, size_t table, size_t missing)
{
	uint32_t at[ROWS];
	size_t i, p;

	for (i = 0; i < ROWS; i++) {
		for (at[i] = (uint32_t)i, p = t->parties; p > 0; p--)
			at[i] = (p == missing) ? at[i] : t->order[p][table][at[i]];
	}
	return (number_of_order(at));
}

static void
count_views(struct view_test *t, size_t runs, size_t first, struct view_counts *counts)
{
	uint64_t y[3 * ROWS];
	size_t i, k, missing;

	memset(counts, 0, sizeof(*counts));
	for (i = 0; i < runs; i++) {
		run_session(t, first + i, y);
		for (missing = 1; missing <= t->parties; missing++) {
			for (k = 0; k < 2; k++)
				counts->of[missing][k][known_order(t, k, missing) * ROWS +
				    t->at[k][0]]++;
		}
	}
}

/* How far apart two distributions are. */
static double
distance(const size_t *a, const size_t *b)
{
	double chi = 0, d;
	size_t i;

	for (i = 0; i < ORDERS * ROWS; i++) {
		d = (double)a[i] - (double)b[i];
		chi += (a[i] + b[i] > 0) ? d * d / (double)(a[i] + b[i]) : 0;
	}
	return (chi);
}

static double
worst_distance(const struct view_counts *a, const struct view_counts *b, size_t missing)
{
	double first = distance(a->of[missing][0], b->of[missing][0]),
	    second = distance(a->of[missing][1], b->of[missing][1]);

	return ((first > second) ? first : second);
}

static void
test_views(struct view_test *a, struct view_test *b, size_t runs, const char *what)
{
	static struct view_counts one, other;
	size_t missing;
	double d;

	b->parties = a->parties;
	b->looks = a->looks;
	count_views(a, runs, 0, &one);
	count_views(b, runs, 20000, &other);
	for (missing = 1; missing <= a->parties; missing++) {
		d = worst_distance(&one, &other, missing);
		/* 17 degrees of freedom: above 55 once in 100,000 times; and the keys are fixed. */
		ok(d < 55, "%zu parties: %s: all but party %zu see matches at places that do not "
		    "depend on which they are (%.1f)", a->parties, what, missing, d);
	}
}

/* The view that is not to be had: without the permutation of the last party. */
static void
test_no_order(const size_t *one, const size_t *other, size_t runs)
{
	struct view_test a = { .parties = 2, .no_order = true }, b = a;
	static struct view_counts first, second;
	double d;

	memcpy(a.with, one, sizeof(a.with));
	memcpy(b.with, other, sizeof(b.with));
	count_views(&a, runs, 0, &first);
	count_views(&b, runs, 20000, &second);
	d = worst_distance(&first, &second, 2);
	ok(d > (double)runs, "if the other party leaves rows where they are, one sees which match "
	    "(%.1f)", d);
}

/* ---- rows without a match ---- */

static void
test_unmatched(size_t parties)
{
	struct view_test t = { .parties = parties, .kind = MPC_JOIN_LEFT,
		.with = { 1, ROWS, ROWS } };
	uint64_t y[3 * ROWS];
	size_t i, k, known = 0;

	for (i = 0; i < 90; i++) {
		run_session(&t, i, y);
		for (k = 0; k < ROWS; k++)
			known += (t.at[1][k] != MPC_NO_ROW && y[3 * k + 2] == 1);
	}
	ok(t.rows == ROWS && known > 15 && known < 45, "%zu parties: whoever has matched rows does "
	    "not know which of the result they are (%zu of 90)", parties, known);
}

/* ---- tags ---- */

/* Whoever could make tags of keys that it knows would make the same ones in each session. */
static void
test_tags(size_t parties)
{
	struct view_test a = { .parties = parties, .with = { 0, 1, ROWS } }, b = a;
	uint64_t y[3 * ROWS];
	size_t i, k, equal = 0, same = 0;

	run_session(&a, 1, y);
	run_session(&b, 2, y);
	for (i = 0; i < 2 * ROWS; i++) {
		for (k = 0; k < 2 * ROWS; k++) {
			equal += memcmp(a.tags[i], a.tags[k], sizeof(a.tags[i])) == 0;
			same += memcmp(a.tags[i], b.tags[k], sizeof(a.tags[i])) == 0;
		}
	}
	ok(equal == 2 * ROWS + 2 * a.rows && a.rows == 2, "%zu parties: as many tags are equal as "
	    "rows match", parties);
	ok(same == 0, "%zu parties: another session has other tags of the same keys", parties);
}

int
main(int argc, char **argv)
{
	static const size_t none[ROWS] = { ROWS, ROWS, ROWS }, first[ROWS] = { 0, ROWS, ROWS },
	    last[ROWS] = { ROWS, 2, ROWS }, all[ROWS] = { 0, 1, 2 }, turned[ROWS] = { 2, 0, 1 };
	size_t runs = (argc > 1) ? (size_t)atoi(argv[1]) : 60, parties;

	diag_init("join_views");
	for (parties = 2; parties <= 3; parties++) {
		test_dealer(parties, first, last, 1);
		test_dealer(parties, all, turned, ROWS);
		test_dealer(parties, none, none, 0);
		test_unmatched(parties);
		test_tags(parties);
	}
	for (parties = 2; parties <= 3; parties++) {
		test_views(&(struct view_test){ .parties = parties, .with = { 0, ROWS, ROWS } },
		    &(struct view_test){ .with = { ROWS, 2, ROWS } }, runs, "one match");
		test_views(&(struct view_test){ .parties = parties, .with = { 0, 1, 2 } },
		    &(struct view_test){ .with = { 2, 0, 1 } }, runs, "all match");
	}
	test_views(&(struct view_test){ .parties = 2, .looks = true, .repeats = true,
	    .with = { 0, ROWS, ROWS } }, &(struct view_test){ .with = { ROWS, 2, ROWS } }, runs,
	    "with a key that comes twice, and without");
	test_no_order(first, last, runs);
	return (tap_end());
}
