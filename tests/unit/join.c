/*
 * Joins of secret tables: rows of the result are those that nested loops find, of tables with all,
 * some and no matches, by all engines; and what parties see tells the number of matches alone.
 */

#include "base/diag.h"
#include "func/join.h"

#include "tap.h"
#include "world.h"

#define TABLES_MAX 3
#define KEYS_MAX 2
#define ROWS_MAX 120
#define COLS_MAX 4
#define CARRIED_MAX 2
#define WIDTH_MAX (2 * KEYS_MAX + TABLES_MAX * (2 * CARRIED_MAX + COLS_MAX + MARKS_MAX))
#define MARKS_MAX 2
#define MARK 65536
#define RESULT_MAX 4000
#define NONE SIZE_MAX

/* Tables in the clear, and what is asked. */
struct joined {
	size_t parties, tables, keys;
	enum mpc_join_kind kind;
	enum mpc_join_duplicates duplicates;
	bool keeps_keys, distinct;
	size_t rows[TABLES_MAX], cols[TABLES_MAX], marks[TABLES_MAX];
	uint64_t x[TABLES_MAX][ROWS_MAX * COLS_MAX];
	size_t carried[TABLES_MAX];
	uint64_t other[TABLES_MAX][ROWS_MAX * 2 * CARRIED_MAX]; /* keys that are carried */
	uint64_t key[TABLES_MAX][ROWS_MAX]; /* small numbers that stand for all key columns */
	/* What comes of it. */
	size_t found[WORLD_MAX], width, repeats[WORLD_MAX];
	struct world_held y;
	uint64_t result[RESULT_MAX * WIDTH_MAX], expected[RESULT_MAX * WIDTH_MAX];
	size_t expected_rows, expected_repeats;
};

/* Two words of key column ${i} for a small number: several columns tell numbers apart together. */
static void
key_of(uint64_t words[2], const struct joined *t, uint64_t number, size_t i)
{
	uint64_t state = 1000 + (t->keys == 1 ? number : i == 0 ? number / 3 : number % 3);

	words[0] = world_random(&state);
	words[1] = world_random(&state);
}

/* ---- nested loops ---- */

static bool
is_first(const struct joined *t, size_t table, size_t row)
{
	size_t r;

	for (r = 0; r < row && t->key[table][r] != t->key[table][row]; r++)
		;
	return (r == row);
}

static bool
takes_part(const struct joined *t, size_t table, size_t row)
{

	return (t->duplicates != MPC_JOIN_FIRST || is_first(t, table, row));
}

static void
expect_row(struct joined *t, uint64_t key, const size_t *rows)
{
	uint64_t *y = t->expected + t->expected_rows++ * t->width;
	size_t i, k, c;

	for (k = 0; t->keeps_keys && k < t->keys; k++, y += 2)
		key_of(y, t, key, k);
	for (i = 0; i < t->tables; i++) {
		for (c = 0; c < 2 * t->carried[i]; c++)
			*y++ = (rows[i] == NONE) ? 0 : t->other[i][rows[i] * 2 * t->carried[i] + c];
	}
	for (i = 0; i < t->tables; i++) {
		for (c = 0; c < t->cols[i]; c++)
			*y++ = (rows[i] == NONE) ? 0 : t->x[i][rows[i] * t->cols[i] + c];
		for (c = 0; c < t->marks[i]; c++)
			*y++ = (rows[i] == NONE) ? 0 : MARK;
	}
	if (t->expected_rows == RESULT_MAX)
		tap_bail("a test joins too many rows");
}

/* Rows of table ${i} and those behind it with a key. */
static void
expect_key(struct joined *t, uint64_t key, size_t *rows, size_t i)
{
	size_t r;
	bool any = false;

	if (i == t->tables) {
		for (r = 0; r < t->tables && rows[r] == NONE; r++)
			;
		if (r < t->tables)
			expect_row(t, key, rows);
		return;
	}
	for (r = 0; r < t->rows[i]; r++) {
		if (t->key[i][r] != key || !takes_part(t, i, r))
			continue;
		any = true;
		rows[i] = r;
		expect_key(t, key, rows, i + 1);
	}
	rows[i] = NONE;
	if (!any && (t->kind == MPC_JOIN_OUTER || (t->kind == MPC_JOIN_LEFT && i > 0)))
		expect_key(t, key, rows, i + 1);
}

static void
expect(struct joined *t, uint64_t keys)
{
	size_t rows[TABLES_MAX], i, r;
	uint64_t key;

	t->width = t->keeps_keys ? 2 * t->keys : 0;
	for (i = 0; i < t->tables; i++)
		t->width += 2 * t->carried[i] + t->cols[i] + t->marks[i];
	t->expected_rows = 0;
	for (i = 0; i < TABLES_MAX; i++)
		rows[i] = NONE;
	for (key = 0; key < keys; key++)
		expect_key(t, key, rows, 0);
	for (t->expected_repeats = i = 0; i < t->tables; i++) {
		for (r = 0; r < t->rows[i] && is_first(t, i, r); r++)
			;
		if (r < t->rows[i])
			break;
	}
	t->expected_repeats = i;
}

/* ---- engines ---- */

/* Words of a table at a party; of the plain engine, in the clear. */
static void
hold_words(const struct joined *t, size_t self, struct mpc_planes held, const uint64_t *clear,
    size_t n, uint64_t key, bool bits)
{

	if (t->parties == 0)
		memcpy(held.m, clear, n * sizeof(*clear));
	else
		world_share(t->parties, self, held.m, held.lam, clear, n, key, bits);
}

static void
share_keys(struct mpc *S, const struct joined *t, size_t self, struct mpc_bits *key, size_t i)
{
	uint64_t clear[2 * TABLES_MAX * ROWS_MAX];
	size_t n = 0, table, r;

	for (table = 0; table < t->tables; table++) {
		for (r = 0; r < t->rows[table]; r++, n += 2)
			key_of(clear + n, t, t->key[table][r], i);
	}
	if (mpc_bits_new(S, key, 64 * n) != 0)
		exit(1);
	hold_words(t, self, key->held, clear, n, 50 + i, true);
}

static int
take_rows(struct mpc *S, struct joined *t, size_t self, struct mpc_join *j)
{
	struct mpc_vector y, part;
	size_t half = j->rows / 2;
	int rc;

	t->found[self] = j->rows;
	if (mpc_join_width(j) != t->width || mpc_vector_new(S, &y, j->rows * t->width) != 0)
		return (-1);
	/* In two parts, as a result is written. */
	part = mpc_part(&y, 0, half * t->width);
	rc = (half > 0) ? mpc_join_rows(S, j, &part, 0, half) : 0;
	part = mpc_part(&y, half * t->width, (j->rows - half) * t->width);
	if (rc == 0 && j->rows > 0)
		rc = mpc_join_rows(S, j, &part, half, j->rows - half);
	if (t->parties == 0)
		memcpy(t->result, y.held.m, y.n * sizeof(*t->result));
	else
		world_hold(&t->y, self, y.held.m, y.held.lam, y.n);
	mpc_vector_free(&y);
	return (rc);
}

static int
run_join(struct mpc *S, size_t self, void *state)
{
	struct joined *t = state;
	struct mpc_join_table table[TABLES_MAX];
	struct mpc_bits key[KEYS_MAX];
	struct mpc_join j = { .kind = t->kind, .duplicates = t->duplicates, .tables = t->tables,
		.keys = t->keys, .table = table, .key = key, .keeps_keys = t->keeps_keys,
		.mark = MARK };
	size_t i, n;
	int rc;

	memset(table, 0, sizeof(table));
	for (i = 0; i < t->tables; i++) {
		n = t->rows[i] * t->cols[i];
		table[i] = (struct mpc_join_table){ .rows = t->rows[i], .cols = t->cols[i],
			.marks = t->marks[i], .carried = t->carried[i], .distinct = t->distinct };
		if (mpc_vector_new(S, &table[i].x, n) != 0 || mpc_vector_new(S, &table[i].keys,
		    t->rows[i] * 2 * t->carried[i]) != 0)
			return (-1);
		hold_words(t, self, table[i].x.held, t->x[i], n, 3 + i, false);
		hold_words(t, self, table[i].keys.held, t->other[i], table[i].keys.n, 30 + i, true);
	}
	for (i = 0; i < t->keys; i++)
		share_keys(S, t, self, &key[i], i);
	rc = mpc_join_find(S, &j);
	t->repeats[self] = j.repeats;
	if (rc == 0 && j.repeats == t->tables)
		rc = take_rows(S, t, self, &j);
	if (rc == 0)
		rc = mpc_check(S);
	mpc_join_free(&j);
	for (i = 0; i < t->tables; i++) {
		mpc_vector_free(&table[i].x);
		mpc_vector_free(&table[i].keys);
	}
	for (i = 0; i < t->keys; i++)
		mpc_bits_free(&key[i]);
	return (rc);
}

/* How many words of keys a row of the result has. */
static size_t
key_words_of(const struct joined *t)
{
	size_t words = t->keeps_keys ? 2 * t->keys : 0, i;

	for (i = 0; i < t->tables; i++)
		words += 2 * t->carried[i];
	return (words);
}

/* Put the result together: words of keys by XOR. */
static bool
open_result(struct joined *t)
{
	struct world_held *h = &t->y;
	size_t words = t->found[1] * t->width, words_of_keys = key_words_of(t), i, p;
	uint64_t lam;
	bool good = true, bits;

	for (i = 0; i < words; i++) {
		bits = i % t->width < words_of_keys;
		for (lam = 0, p = 1; p <= t->parties; p++) {
			lam = bits ? lam ^ h->lam[p][i] : lam + h->lam[p][i];
			good = good && h->m[p][i] == h->m[1][i];
		}
		good = good && h->lam[0][i] == lam;
		t->result[i] = bits ? h->m[1][i] ^ lam : h->m[1][i] - lam;
	}
	for (p = 0; p <= t->parties; p++) {
		free(h->m[p]);
		free(h->lam[p]);
	}
	memset(h, 0, sizeof(*h));
	return (good);
}

/* ---- comparing ---- */

/* Whether key ${k} that table ${i} carries is one of its rows'. */
static bool
is_of_table(const struct joined *t, size_t i, size_t k, const uint64_t *key)
{
	const size_t words = 2 * t->carried[i];
	size_t r;

	for (r = 0; r < t->rows[i]; r++) {
		if (memcmp(t->other[i] + r * words + 2 * k, key, 2 * sizeof(*key)) == 0)
			return (true);
	}
	return (false);
}

/* Put 0 where a key is no row's; return whether no two of these were the same. */
static bool
forget_missing(struct joined *t)
{
	static uint64_t missing[RESULT_MAX * TABLES_MAX * CARRIED_MAX][2];
	size_t first = t->keeps_keys ? 2 * t->keys : 0, count = 0, row, i, k, at;
	uint64_t *key;
	bool differ = true;

	for (row = 0; row < t->found[1]; row++) {
		key = t->result + row * t->width + first;
		for (i = 0; i < t->tables; i++) {
			for (k = 0; k < t->carried[i]; k++, key += 2) {
				if (is_of_table(t, i, k, key))
					continue;
				for (at = 0; at < count; at++)
					differ = differ && memcmp(missing[at], key, 16) != 0;
				differ = differ && (key[0] | key[1]) != 0;
				memcpy(missing[count++], key, 16);
				memset(key, 0, 16);
			}
		}
	}
	return (differ);
}

static size_t sorted_width;

static int
compare_rows(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	size_t i;

	for (i = 0; i < sorted_width && x[i] == y[i]; i++)
		;
	return (i == sorted_width ? 0 : x[i] < y[i] ? -1 : 1);
}

static bool
same_rows(struct joined *t)
{

	sorted_width = t->width;
	qsort(t->result, t->found[1], t->width * sizeof(*t->result), compare_rows);
	qsort(t->expected, t->expected_rows, t->width * sizeof(*t->expected), compare_rows);
	return (memcmp(t->result, t->expected, t->found[1] * t->width * sizeof(*t->result)) == 0);
}

/* Run it, and say whether it is right and what it declares. */
static bool
is_right(struct joined *t, struct world *w)
{
	size_t p;
	bool right = true;

	if (t->parties == 0) {
		struct mpc *S = mpc_new_plain(false);

		right = run_join(S, 1, t) == 0;
		mpc_free(S);
	} else {
		w->n = t->parties;
		right = world_run(w, run_join, t) == 0;
		for (p = 0; p <= t->parties; p++)
			right = right && t->found[p] == t->found[1] &&
			    t->repeats[p] == t->repeats[1] && memcmp(&w->party[p].declared,
			    &w->party[p].counted, sizeof(struct mpc_cost)) == 0;
	}
	if (!right)
		return (false);
	if (t->duplicates == MPC_JOIN_REFUSE && t->expected_repeats < t->tables)
		return (t->repeats[1] == t->expected_repeats);
	right = t->found[1] == t->expected_rows && t->repeats[1] == t->tables;
	if (t->parties > 0 && t->found[1] == t->found[0])
		right = open_result(t) && right;
	return (right && forget_missing(t) && same_rows(t));
}

/* ---- tables at random ---- */

static size_t
below(uint64_t *random, size_t n)
{

	return ((size_t)(world_random(random) % n));
}

static void
fill_table(struct joined *t, size_t i, uint64_t *random, uint64_t keys)
{
	size_t r, c;

	t->rows[i] = (below(random, 4) == 0) ? 1 : below(random, keys + 1) + (below(random, 8) > 0);
	if (t->distinct && t->rows[i] > keys)
		t->rows[i] = keys;
	t->cols[i] = below(random, COLS_MAX) + (i == 0);
	t->marks[i] = below(random, MARKS_MAX + 1);
	t->carried[i] = (below(random, 2) == 0) ? below(random, CARRIED_MAX + 1) : 0;
	for (r = 0; r < t->rows[i] * 2 * t->carried[i]; r++)
		t->other[i][r] = world_random(random);
	for (r = 0; r < t->rows[i]; r++) {
		t->key[i][r] = below(random, keys);
		while (t->distinct && !is_first(t, i, r))
			t->key[i][r] = (t->key[i][r] + 1) % keys;
		for (c = 0; c < t->cols[i]; c++)
			t->x[i][r * t->cols[i] + c] = world_random(random);
	}
}

static void
fill(struct joined *t, uint64_t *random)
{
	uint64_t keys = 1 + below(random, 24);
	size_t i;

	t->tables = 2 + (below(random, 3) == 0);
	t->keys = 1 + below(random, KEYS_MAX);
	t->kind = (enum mpc_join_kind)below(random, 3);
	t->duplicates = (enum mpc_join_duplicates)below(random, 3);
	t->keeps_keys = below(random, 2) == 0;
	t->distinct = below(random, 2) == 0;
	for (i = 0; i < t->tables; i++)
		fill_table(t, i, random, keys);
	if (below(random, 6) == 0) {
		for (i = 0; i < t->rows[0]; i++)
			t->key[0][i] += 30;
	}
	/* What no header says is looked for. */
	if (t->distinct && below(random, 2) == 0)
		t->distinct = false;
	expect(t, keys + 30);
}

static void
test_random(size_t parties, size_t count)
{
	static struct joined t;
	uint64_t random = 17 + parties;
	struct world w;
	size_t i, wrong = 0;

	memset(&w, 0, sizeof(w));
	for (i = 0; i < count; i++) {
		t.parties = parties;
		fill(&t, &random);
		if (!is_right(&t, &w)) {
			wrong++;
			tap_note("number %zu: %zu tables of %zu and %zu rows, kind %d, duplicates "
			    "%d, distinct %d, keys kept %d: %zu rows, not %zu", i, t.tables,
			    t.rows[0], t.rows[1], t.kind, t.duplicates, t.distinct, t.keeps_keys,
			    t.found[1], t.expected_rows);
		}
	}
	ok(wrong == 0, "%zu parties: %zu joins of random tables, %zu of them wrong", parties, count,
	    wrong);
}

int
main(int argc, char **argv)
{
	size_t count = (argc > 1) ? (size_t)atoi(argv[1]) : 60;

	diag_init("join");
	test_random(0, 20 * count);
	test_random(2, count);
	test_random(3, count);
	return (tap_end());
}
