/*
 * Secret orders: rows are moved as they should be, nobody who must not know an order does, and AES
 * is that of FIPS 197.
 */

#include "base/diag.h"
#include "base/hex.h"
#include "mpc/engine_internal.h"
#include "ring/bits.h"

#include "catch.h"
#include "tap.h"
#include "world.h"

#define ROWS 5000
#define COLS 3

/* ---- rows that are moved ---- */

struct moved {
	size_t parties, rows, cols;
	uint64_t *x;
	struct world_held order, back, chosen, at_once;
	size_t *common[WORLD_MAX];
};

static int
move_rows(struct mpc *S, size_t self, void *state)
{
	struct moved *t = state;
	size_t n = t->rows * t->cols, *index = calloc(t->rows + 1, sizeof(*index));
	struct mpc_vector x, y, z;
	struct mpc_order order;
	int rc = -1;

	if (mpc_vector_new(S, &x, n) != 0 || mpc_vector_new(S, &y, n) != 0 ||
	    mpc_vector_new(S, &z, n) != 0)
		return (-1);
	world_share(t->parties, self, x.held.m, x.held.lam, t->x, n, 3, false);
	if (mpc_order_new(S, &order, t->rows) == -1 ||
	    mpc_permute(S, &y, &x, &order, false) == -1 ||
	    mpc_permute(S, &z, &y, &order, true) == -1)
		goto out;
	world_hold(&t->order, self, y.held.m, y.held.lam, n);
	world_hold(&t->back, self, z.held.m, z.held.lam, n);
	if (mpc_common_order(S, index, t->rows) == -1 ||
	    mpc_choose(S, &z, &y, mpc_is_dealer(S) ? NULL : index, t->cols) == -1)
		goto out;
	world_hold(&t->chosen, self, z.held.m, z.held.lam, n);
	if (mpc_permute_to_choose(S, &y, &x, &order) == -1 ||
	    mpc_choose(S, &z, &y, mpc_is_dealer(S) ? NULL : index, t->cols) == -1)
		goto out;
	world_hold(&t->at_once, self, z.held.m, z.held.lam, n);
	t->common[self] = index;
	index = NULL;
	rc = mpc_check(S);
out:
	free(index);
	mpc_order_free(&order);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	mpc_vector_free(&z);
	return (rc);
}

static int
compare_words(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return ((x > y) - (x < y));
}

/* Rows begin with their number: whether ${y} has all of ${x}, whole. */
static bool
same_rows(const uint64_t *x, const uint64_t *y, size_t rows, size_t cols)
{
	uint64_t *seen = calloc(rows + 1, sizeof(*seen));
	size_t i;
	bool same = true;

	for (i = 0; i < rows; i++) {
		seen[i] = y[i * cols];
		same = same && seen[i] < rows &&
		    memcmp(x + seen[i] * cols, y + i * cols, cols * sizeof(*x)) == 0;
	}
	qsort(seen, rows, sizeof(*seen), compare_words);
	for (i = 0; i < rows; i++)
		same = same && seen[i] == i;
	free(seen);
	return (same);
}

static size_t
in_place(const uint64_t *y, size_t rows, size_t cols)
{
	size_t i, count = 0;

	for (i = 0; i < rows; i++)
		count += (y[i * cols] == i);
	return (count);
}

static void
test_moved(size_t parties, size_t rows, size_t cols)
{
	struct moved t = { .parties = parties, .rows = rows, .cols = cols };
	size_t n = rows * cols, i, p;
	uint64_t *y = calloc(n + 1, sizeof(*y)), *z = calloc(n + 1, sizeof(*z));
	uint64_t *chosen = calloc(n + 1, sizeof(*z)), random = 7;
	bool opens, agreed = true;
	struct world w;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	t.x = calloc(n + 1, sizeof(*t.x));
	for (i = 0; i < n; i++)
		t.x[i] = (i % cols == 0) ? i / cols : world_random(&random);
	if (!ok(world_run(&w, move_rows, &t) == 0, "%zu parties: %zu rows of %zu are moved",
	    parties, rows, cols))
		return;
	for (p = 0; p <= parties; p++)
		agreed = agreed && memcmp(&w.party[p].declared, &w.party[p].counted,
		    sizeof(struct mpc_cost)) == 0;
	ok(agreed, "%zu parties: %zu rows: it costs what it declares", parties, rows);
	opens = world_open(&t.order, parties, y, n, false);
	opens = world_open(&t.back, parties, z, n, false) && opens;
	opens = world_open(&t.chosen, parties, chosen, n, false) && opens;
	ok(opens && same_rows(t.x, y, rows, cols), "%zu parties: %zu rows: all are there, and "
	    "whole", parties, rows);
	ok(memcmp(z, t.x, n * sizeof(*z)) == 0, "%zu parties: %zu rows: and go back to where "
	    "they were", parties, rows);
	for (agreed = true, p = 2; p <= parties; p++)
		agreed = agreed && memcmp(t.common[1], t.common[p], rows * sizeof(size_t)) == 0;
	for (i = 0; i < rows; i++)
		agreed = agreed && memcmp(chosen + i * cols, y + t.common[1][i] * cols,
		    cols * sizeof(*y)) == 0;
	ok(agreed && same_rows(t.x, chosen, rows, cols), "%zu parties: %zu rows: the computing "
	    "parties choose by an order that they have in common", parties, rows);
	ok(world_open(&t.at_once, parties, z, n, false) && memcmp(z, chosen, n * sizeof(*z)) == 0,
	    "%zu parties: %zu rows: the same where nothing is opened between the two", parties,
	    rows);
	for (agreed = true, i = 0; i < rows; i++)
		agreed = agreed && t.common[0][i] == 0;
	if (rows > 100)
		ok(agreed && in_place(y, rows, cols) < 12 && in_place(chosen, rows, cols) < 12,
		    "%zu parties: %zu rows: hardly any is where it was, and the dealer has no "
		    "common order", parties, rows);
	for (p = 0; p <= parties; p++)
		free(t.common[p]);
	free(t.x);
	free(y);
	free(z);
	free(chosen);
}

/* ---- every order as often as any other ---- */

#define SMALL 4
#define ORDERS 24
#define RUNS 4800

struct small {
	size_t parties;
	uint32_t own[WORLD_MAX][SMALL];
	size_t common[WORLD_MAX][SMALL];
};

static int
draw_small(struct mpc *S, size_t self, void *state)
{
	struct small *t = state;
	struct mpc_order order;
	int rc;

	rc = mpc_order_new(S, &order, SMALL);
	if (rc == 0)
		memcpy(t->own[self], order.at, sizeof(t->own[self]));
	mpc_order_free(&order);
	return ((rc == 0) ? mpc_common_order(S, t->common[self], SMALL) : -1);
}

/* The number of an order of four, 0 .. 23. */
static size_t
number_of(size_t a, size_t b, size_t c)
{

	return (6 * a + 2 * (b - (b > a)) + (c - (c > a) - (c > b)));
}

static void
test_uniform(size_t parties)
{
	static size_t own[WORLD_MAX][ORDERS], common[ORDERS];
	double chi[WORLD_MAX + 1] = { 0 }, worst = 0, expected = (double)RUNS / ORDERS, d;
	struct small t = { .parties = parties };
	struct world w;
	size_t run, p, i;

	memset(own, 0, sizeof(own));
	memset(common, 0, sizeof(common));
	memset(&w, 0, sizeof(w));
	w.n = parties;
	for (run = 0; run < RUNS; run++) {
		w.number[1] = (uint8_t)run;
		w.number[2] = (uint8_t)(run >> 8);
		if (world_run(&w, draw_small, &t) != 0)
			tap_bail("an order cannot be drawn");
		for (p = 1; p <= parties; p++)
			own[p][number_of(t.own[p][0], t.own[p][1], t.own[p][2])]++;
		common[number_of(t.common[1][0], t.common[1][1], t.common[1][2])]++;
	}
	for (i = 0; i < ORDERS; i++) {
		for (p = 1; p <= parties; p++) {
			d = (double)own[p][i] - expected;
			chi[p] += d * d / expected;
		}
		d = (double)common[i] - expected;
		chi[0] += d * d / expected;
	}
	for (p = 0; p <= parties; p++)
		worst = (chi[p] > worst) ? chi[p] : worst;
	/* 23 degrees of freedom: above 65 once in 100,000 times; and keys are always the same. */
	ok(worst < 65, "%zu parties: every order of four comes as often as any other (%.1f)",
	    parties, worst);
}

/* ---- AES ---- */

struct aes_test {
	size_t parties, blocks;
	uint64_t *x, key[2];
	struct world_held y;
};

static int
encrypt(struct mpc *S, size_t self, void *state)
{
	struct aes_test *t = state;
	struct mpc_bits x, key;
	int rc = -1;

	if (mpc_bits_new(S, &x, 128 * t->blocks) == -1 || mpc_bits_new(S, &key, 128) == -1)
		return (-1);
	world_share(t->parties, self, x.held.m, x.held.lam, t->x, 2 * t->blocks, 3, true);
	world_share(t->parties, self, key.held.m, key.held.lam, t->key, 2, 4, true);
	/* In place. */
	if (mpc_aes128(S, &x, &x, &key) == 0)
		rc = mpc_check(S);
	world_hold(&t->y, self, x.held.m, x.held.lam, 2 * t->blocks);
	mpc_bits_free(&x);
	mpc_bits_free(&key);
	return (rc);
}

static void
words_of_hex(uint64_t words[2], const char *hex)
{
	uint8_t bytes[16];
	size_t i;

	if (hex_decode(bytes, sizeof(bytes), hex) == -1)
		tap_bail("no hex digits");
	words[0] = words[1] = 0;
	for (i = 0; i < 16; i++)
		words[i / 8] |= (uint64_t)bytes[i] << (8 * (i % 8));
}

static void
encrypt_plain(uint64_t *y, const uint64_t *x, const uint64_t key[2], size_t blocks)
{
	struct mpc *S = mpc_new_plain(false);
	struct mpc_bits b, k;

	if (S == NULL || mpc_bits_new(S, &b, 128 * blocks) == -1 || mpc_bits_new(S, &k, 128) == -1)
		tap_bail("no plain engine");
	memcpy(b.held.m, x, 16 * blocks);
	memcpy(k.held.m, key, 16);
	if (mpc_aes128(S, &b, &b, &k) == -1)
		tap_bail("plain AES does not run");
	memcpy(y, b.held.m, 16 * blocks);
	mpc_bits_free(&b);
	mpc_bits_free(&k);
	mpc_free(S);
}

/* Blocks ${x} under a key, by all engines. */
static void
test_aes(size_t parties, uint64_t *x, size_t blocks, const uint64_t key[2], const uint64_t *want,
    const char *what)
{
	struct aes_test t = { .parties = parties, .blocks = blocks, .x = x,
		.key = { key[0], key[1] } };
	uint64_t *y = calloc(2 * blocks + 1, sizeof(*y));
	struct world w;
	size_t p;
	bool costs = true, opens;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	if (world_run(&w, encrypt, &t) != 0)
		tap_bail("AES does not run");
	opens = world_open(&t.y, parties, y, 2 * blocks, true);
	for (p = 0; p <= parties; p++)
		costs = costs && memcmp(&w.party[p].declared, &w.party[p].counted,
		    sizeof(struct mpc_cost)) == 0;
	ok(opens && memcmp(y, want, 16 * blocks) == 0, "%s: %zu parties: AES of secret bits", what,
	    parties);
	ok(costs, "%s: %zu parties: costs what it declares", what, parties);
	free(y);
}

static void
test_vectors(void)
{
	static const struct {
		const char *what, *key, *x, *y;
	} vectors[] = {
		{ "FIPS 197, appendix B", "2b7e151628aed2a6abf7158809cf4f3c",
		    "3243f6a8885a308d313198a2e0370734", "3925841d02dc09fbdc118597196a0b32" },
		{ "FIPS 197, appendix C.1", "000102030405060708090a0b0c0d0e0f",
		    "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a" },
	};
	uint64_t key[2], x[2], y[2], plain[2];
	size_t i, parties;

	for (i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		words_of_hex(key, vectors[i].key);
		words_of_hex(x, vectors[i].x);
		words_of_hex(y, vectors[i].y);
		encrypt_plain(plain, x, key, 1);
		ok(memcmp(plain, y, sizeof(y)) == 0, "%s: the plain engine", vectors[i].what);
		for (parties = 2; parties <= 3; parties++)
			test_aes(parties, x, 1, key, y, vectors[i].what);
	}
}

/* Blocks in more than one chunk, and every byte in every place, against the plain engine. */
static void
test_blocks(size_t parties, size_t blocks)
{
	uint64_t *x = calloc(2 * blocks + 1, sizeof(*x)), *y = calloc(2 * blocks + 1, sizeof(*y)),
	    random = 11, key[2];
	size_t i;
	char what[40];

	key[0] = world_random(&random);
	key[1] = world_random(&random);
	for (i = 0; i < 2 * blocks; i++)
		x[i] = (i < 512) ? i / 2 * 0x0101010101010101 : world_random(&random);
	encrypt_plain(y, x, key, blocks);
	snprintf(what, sizeof(what), "%zu blocks", blocks);
	test_aes(parties, x, blocks, key, y, what);
	free(x);
	free(y);
}

/* ---- bits that nobody knows ---- */

struct unknown {
	uint64_t m[WORLD_MAX][2], lam[WORLD_MAX][2];
	uint64_t told[WORLD_MAX];
	bool too_many;
};

static int
make_unknown(struct mpc *S, size_t self, void *state)
{
	struct unknown *t = state;
	struct mpc_bits d;
	size_t count = mpc_is_dealer(S) ? 0 : 77;

	if (mpc_bits_new(S, &d, 128) == -1 || mpc_random_bits(S, &d) == -1)
		return (-1);
	if (self > 0)
		memcpy(t->m[self], d.held.m, sizeof(t->m[self]));
	memcpy(t->lam[self], d.held.lam, sizeof(t->lam[self]));
	mpc_bits_free(&d);
	if (mpc_tell(S, &count, (t->too_many && mpc_is_dealer(S)) ? 76 : 100) == -1)
		return (-1);
	t->told[self] = count;
	return (0);
}

static void
test_unknown(size_t parties)
{
	struct unknown t = { .too_many = false };
	uint64_t clear[2] = { 0, 0 }, lam[2] = { 0, 0 };
	struct world w;
	size_t p, j;
	bool same = true, told = true, refused;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	ok(world_run(&w, make_unknown, &t) == 0, "%zu parties: bits are drawn", parties);
	for (p = 1; p <= parties; p++) {
		same = same && memcmp(t.m[p], t.m[1], sizeof(t.m[1])) == 0;
		for (j = 0; j < 2; j++)
			lam[j] ^= t.lam[p][j];
	}
	for (j = 0; j < 2; j++)
		clear[j] = t.m[1][j] ^ lam[j];
	ok(same && memcmp(lam, t.lam[0], sizeof(lam)) == 0, "%zu parties: they fit together",
	    parties);
	ok(t.m[1][0] != 0 && t.m[1][1] != 0 && clear[0] != lam[0] && lam[0] != 0 &&
	    clear[0] != t.m[1][0], "%zu parties: neither the dealer nor the others have them",
	    parties);
	for (p = 0; p <= parties; p++)
		told = told && t.told[p] == 77;
	ok(told, "%zu parties: the dealer is told a number", parties);
	t.too_many = true;
	catch_begin();
	refused = world_run(&w, make_unknown, &t) != 0 && diag_status() == ST_REFUSED;
	ok(refused && catch_lines(catch_end()) == 1, "%zu parties: and refuses one that cannot be",
	    parties);
}

/* ---- what the dealer sees of a choice ---- */

#define CHOSEN 40

struct blind {
	size_t parties, step; /* row i is row step * i of the operand */
	uint64_t x[CHOSEN], lam[CHOSEN];
	struct world_held y;
	size_t dealt, told; /* bytes that the dealer sends, and that he gets */
};

static void
watch_dealer(void *state, size_t from, size_t to, const void *data, size_t bytes)
{
	struct blind *t = state;

	(void)data;
	if (from == 0)
		t->dealt += bytes;
	if (to == 0)
		t->told += bytes;
}

/* The computing parties double the rows by themselves: the dealer has other masks then. */
static int
choose_blindly(struct mpc *S, size_t self, void *state)
{
	struct blind *t = state;
	struct mpc_vector x, y;
	size_t index[CHOSEN], i;
	int rc;

	if (mpc_vector_new(S, &x, CHOSEN) == -1 || mpc_vector_new(S, &y, CHOSEN) == -1)
		return (-1);
	world_share(t->parties, self, x.held.m, x.held.lam, t->x, CHOSEN, 3, false);
	if (!mpc_is_dealer(S))
		mpc_scale(&x, &x, 2);
	for (i = 0; i < CHOSEN; i++)
		index[i] = t->step * i % CHOSEN;
	rc = mpc_choose(S, &y, &x, mpc_is_dealer(S) ? NULL : index, 1);
	world_hold(&t->y, self, y.held.m, y.held.lam, CHOSEN);
	if (mpc_is_dealer(S))
		memcpy(t->lam, y.held.lam, sizeof(t->lam));
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return ((rc == 0) ? mpc_check(S) : rc);
}

static void
test_blind(size_t parties)
{
	static const size_t steps[] = { 1, 3, 0, 20 };
	uint64_t lam[CHOSEN], y[CHOSEN], random = 5;
	struct blind t = { .parties = parties };
	bool same = true, right = true;
	struct world w;
	size_t i, j;

	for (i = 0; i < CHOSEN; i++)
		t.x[i] = world_random(&random);
	for (j = 0; j < sizeof(steps) / sizeof(*steps); j++) {
		memset(&w, 0, sizeof(w));
		w.n = parties;
		w.seen = watch_dealer;
		t.step = steps[j];
		if (world_run(&w, choose_blindly, &t) != 0)
			tap_bail("a choice does not run");
		right = world_open(&t.y, parties, y, CHOSEN, false) && right;
		for (i = 0; i < CHOSEN; i++)
			right = right && y[i] == 2 * t.x[t.step * i % CHOSEN];
		same = same && (j == 0 || memcmp(lam, t.lam, sizeof(lam)) == 0);
		memcpy(lam, t.lam, sizeof(lam));
	}
	ok(right, "%zu parties: rows are chosen, also those that the dealer does not know of",
	    parties);
	ok(same && t.dealt == 0 && t.told == 0, "%zu parties: to the dealer all choices look the "
	    "same", parties);
}

/* ---- whole tables are opened bit by bit ---- */

#define TABLE ((size_t)5 << 19) /* words */
#define UNDER_WAY ((size_t)17 << 20) /* bytes */

struct flood {
	struct world w;
	uint64_t *x;
	size_t most[WORLD_MAX]; /* bytes that wait for a party, by who sent them */
};

static void
watch_queue(void *state, size_t from, size_t to, const void *data, size_t bytes)
{
	struct flood *f = state;
	const struct world_queue *q = &f->w.queue[from][to];

	(void)data;
	(void)bytes;
	if (q->end - q->begin > f->most[from])
		f->most[from] = q->end - q->begin;
}

static int
choose_table(struct mpc *S, size_t self, void *state)
{
	struct flood *f = state;
	struct mpc_vector x, y;
	int rc;

	if (mpc_vector_new(S, &x, TABLE) == -1 || mpc_vector_new(S, &y, TABLE) == -1)
		return (-1);
	world_share(2, self, x.held.m, x.held.lam, f->x, TABLE, 3, false);
	rc = mpc_choose(S, &y, &x, NULL, 10);
	if (rc == 0)
		rc = mpc_reveal(S, self == 0 ? x.held.lam : x.held.m, &y);
	if (rc == 0 && self > 0 && memcmp(x.held.m, f->x, TABLE * sizeof(*f->x)) != 0)
		rc = -1;
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

/* Nobody is so far ahead that links would have to keep more than they do. */
static void
test_table(void)
{
	static struct flood f;
	uint64_t random = 9;
	size_t i;

	f.x = calloc(TABLE, sizeof(*f.x));
	f.w.n = 2;
	f.w.seen = watch_queue;
	for (i = 0; i < TABLE; i++)
		f.x[i] = world_random(&random);
	ok(world_run(&f.w, choose_table, &f) == 0, "a table is chosen and revealed");
	ok(f.most[1] <= UNDER_WAY && f.most[2] <= UNDER_WAY && f.most[1] > 0,
	    "and no more is under way than a link keeps");
	free(f.x);
}

/* ---- bits that are revealed ---- */

#define SHOWN 70

struct shown {
	size_t parties;
	uint64_t d[2], clear[WORLD_MAX][2];
	uint64_t sent[WORLD_MAX]; /* by party, in the last word of all */
};

static void
watch_shares(void *state, size_t from, size_t to, const void *data, size_t bytes)
{
	struct shown *t = state;
	uint64_t words[2];

	(void)to;
	if (bytes != sizeof(words))
		return;
	/* What is compared has as many bytes, and comes first. */
	memcpy(words, data, sizeof(words));
	t->sent[from] = words[1];
}

/* Of 128 bits, the first 70. */
static int
show_bits(struct mpc *S, size_t self, void *state)
{
	struct shown *t = state;
	struct mpc_bits d, part;
	int rc;

	if (mpc_bits_new(S, &d, 128) == -1)
		return (-1);
	world_share(t->parties, self, d.held.m, d.held.lam, t->d, 2, 3, true);
	part = mpc_bits_part(&d, 0, SHOWN);
	rc = mpc_reveal_bits(S, t->clear[self], &part);
	mpc_bits_free(&d);
	return (rc);
}

static void
test_shown(size_t parties)
{
	struct shown t = { .parties = parties, .d = { 0x123456789abcdef0, 0xfedcba9876543215 } };
	struct world w;
	bool right, less = true;
	size_t p;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	w.seen = watch_shares;
	if (world_run(&w, show_bits, &t) != 0)
		tap_bail("bits are not revealed");
	right = t.clear[0][0] == 0 && t.clear[0][1] == 0;
	for (p = 1; p <= parties; p++) {
		right = right && t.clear[p][0] == t.d[0] && t.clear[p][1] == (t.d[1] & 0x3f);
		less = less && t.sent[p] >> (SHOWN - 64) == 0;
	}
	ok(right, "%zu parties: bits of a part are revealed, and not to the dealer", parties);
	ok(less, "%zu parties: and nothing of what is behind them is sent",
	    parties);
}

/* ---- what the computing parties must have in common is compared ---- */

enum apart { APART_KEY, APART_TOLD, APART_ROWS, APART_NOTHING };

struct differing {
	enum apart what;
	int rc;
};

/* What party 3 is told first, but for a bit. */
static int
hear_another(void *state, size_t from, void *data, size_t bytes)
{
	int rc = world_receive(state, from, data, bytes);

	*(uint8_t *)data ^= 1;
	return (rc);
}

/* Whether a party that has something else finds it: the others must not wait for it for ever. */
static int
differ(struct mpc *S, size_t self, void *state)
{
	struct differing *t = state;
	size_t index[4] = { 0 }, count = (self == 0) ? 0 : 77;
	struct mpc_vector x, y;
	struct mpc_order order;
	int rc = 0;

	if (mpc_vector_new(S, &x, 4) == -1 || mpc_vector_new(S, &y, 4) == -1 ||
	    mpc_order_new(S, &order, 4) == -1)
		return (-1);
	if (self == 3 && t->what == APART_ROWS)
		S->net.receive = hear_another;
	rc = mpc_permute(S, &y, &x, &order, false);
	S->net.receive = world_receive;
	if (self == 3 && t->what == APART_KEY)
		S->net.receive = hear_another;
	if (rc == 0)
		rc = mpc_common_order(S, index, 4);
	S->net.receive = world_receive;
	if (self == 2 && t->what == APART_TOLD)
		count++;
	if (rc == 0)
		rc = mpc_tell(S, &count, 100);
	if (rc == 0)
		rc = mpc_check(S);
	mpc_order_free(&order);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

static void
test_differing(enum apart what, const char *name)
{
	struct differing t = { .what = what };
	struct world w;
	int rc;

	memset(&w, 0, sizeof(w));
	w.n = 3;
	catch_begin();
	rc = world_run(&w, differ, &t);
	(void)catch_end();
	ok((rc == 0) == (what == APART_NOTHING), "%s", name);
}

/* ---- nothing to move ---- */

static int
move_nothing(struct mpc *S, size_t self, void *state)
{
	const size_t *rows = state;
	struct mpc_vector x, y;
	struct mpc_order order;
	int rc;

	(void)self;
	if (mpc_vector_new(S, &x, 0) == -1 || mpc_vector_new(S, &y, 0) == -1 ||
	    mpc_order_new(S, &order, *rows) == -1)
		return (-1);
	rc = (mpc_permute(S, &y, &x, &order, false) == -1 ||
	    mpc_permute(S, &y, &x, &order, true) == -1 ||
	    mpc_choose(S, &y, &x, NULL, 1) == -1) ? -1 : 0;
	mpc_order_free(&order);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

static void
test_nothing(size_t parties, size_t rows)
{
	struct world w;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	ok(world_run(&w, move_nothing, &rows) == 0, "%zu parties: %zu rows of no words", parties,
	    rows);
}

/* ---- what does not fit is refused ---- */

static void
test_misfits(void)
{
	static const size_t beyond[] = { 0, 3 }, within[] = { 2, 2 };
	uint8_t key[1][PRG_KEY_BYTES] = { { 1 } };
	struct mpc_output_mask mask = { .count = 1, .keys = (const uint8_t (*)[PRG_KEY_BYTES])key };
	struct mpc *S = mpc_new_plain(false);
	struct mpc_vector x, y, part;
	struct mpc_bits a, d;
	struct mpc_order order, another;
	size_t count = 4;
	bool refused;

	if (S == NULL || mpc_vector_new(S, &x, 6) == -1 || mpc_vector_new(S, &y, 6) == -1 ||
	    mpc_bits_new(S, &a, 128) == -1 || mpc_bits_new(S, &d, 128) == -1 ||
	    mpc_order_new(S, &order, 3) == -1)
		tap_bail("no plain engine");
	part = mpc_part(&y, 0, 4);
	catch_begin();
	refused = mpc_order_new(S, &another, MPC_MAX_ORDERED + 1) == -1;
	mpc_order_free(&another);
	refused = mpc_choose(S, &part, &x, beyond, 2) == -1 && refused;
	refused = mpc_choose(S, &part, &x, within, 0) == -1 && refused;
	refused = mpc_choose(S, &part, &x, within, 3) == -1 && refused;
	refused = mpc_choose(S, &part, &x, NULL, 2) == -1 && refused;
	refused = mpc_choose(S, &x, &x, within, 3) == -1 && refused;
	refused = mpc_permute(S, &part, &x, &order, false) == -1 && refused;
	refused = mpc_permute(S, &part, &part, &order, false) == -1 && refused;
	refused = mpc_permute(S, &x, &x, &order, false) == -1 && refused;
	mpc_draw_from(&y, &mask);
	refused = mpc_permute(S, &y, &x, &order, true) == -1 && refused;
	refused = mpc_tell(S, &count, 3) == -1 && refused;
	a.n = d.n = 127;
	refused = mpc_permute_bits(S, &d, &a, &order, false) == -1 && refused;
	refused = mpc_choose_bits(S, &d, &a, NULL, 1) == -1 && refused;
	refused = mpc_aes128(S, &d, &a, &a) == -1 && refused;
	a.n = d.n = 128;
	ok(refused && catch_lines(catch_end()) == 14, "what does not fit together is refused");
	ok(mpc_choose(S, &part, &x, within, 2) == 0 && mpc_permute(S, &y, &x, &order, false) == 0 &&
	    mpc_aes128(S, &d, &d, &a) == 0, "and what does is not");
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	mpc_bits_free(&a);
	mpc_bits_free(&d);
	mpc_order_free(&order);
	mpc_free(S);
}

int
main(void)
{
	size_t parties;

	diag_init("order");
	for (parties = 2; parties <= 4; parties++) {
		test_moved(parties, ROWS, COLS);
		test_moved(parties, 4097, 1);
		test_moved(parties, 3, 5000);
		test_moved(parties, 1, 1);
	}
	for (parties = 2; parties <= 3; parties++) {
		test_uniform(parties);
		test_blocks(parties, 4200);
		test_blocks(parties, 300);
		test_unknown(parties);
		test_blind(parties);
		test_shown(parties);
		test_nothing(parties, 0);
		test_nothing(parties, 3);
	}
	test_differing(APART_NOTHING, "parties agree on rows, the common key, and what is told");
	test_differing(APART_ROWS, "rows in a secret order that differ are found");
	test_differing(APART_KEY, "a common key that differs is found");
	test_differing(APART_TOLD, "a number that differs from what the dealer is told is found");
	test_vectors();
	test_table();
	test_misfits();
	return (tap_end());
}
