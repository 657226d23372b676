/*
 * What a party sees of a secret order, and of a choice, exactly: the lowest bits of words are the
 * same protocol mod 2, so that of two rows all coins can be tossed in all ways.  A view must come
 * as often with one secret as with the other, and with whatever order the other party has.  What
 * is longest is done with one in eight ways in which a party's own coins fall, each with all of
 * the others'; with "all", with all.  Of three rows, and of three parties, many runs are counted
 * in its place.
 */

#include <math.h>

#include "base/diag.h"
#include "mpc/engine_internal.h"

#include "tap.h"
#include "world.h"

void real_stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, word *z, size_t n);

/* In place of the library's stream.o. */
#define stream_words real_stream_words
#include "mpc/stream.c"
#undef stream_words

/* ---- coins ---- */

/* Where the coins of a purpose begin among all of them, and how many there are. */
enum { LAM_1 = 0, LAM_2 = 2, ORDER_1 = 4, ORDER_2 = 5, MASK_1 = 6, MASK_2 = 8, PAD_1 = 10,
	PAD_2 = 12, COINS = 14,
	/* in its place, as party 2 draws none then */
	SECOND_MASK_1 = PAD_2 };

#define ROWS 2

/* What is done with two rows, and which coins it tosses; two secrets, bit i is row i. */
static const struct kind {
	const char *name;
	bool chooses, back, keeps; /* keeps: and then chooses, */
	bool twice;                /* one row each time */
	unsigned coins, secrets[2];
} kinds[] = {
	{ "a secret order of two rows", false, false, false, false, 0x0fff, { 0, 1 } },
	{ "a secret order of two rows, back", false, true, false, false, 0x3cff, { 0, 1 } },
	{ "a choice of two rows", true, false, false, false, 0x03cf, { 0, 2 } },
	{ "a secret order of two rows to choose from", false, false, true, false, 0x3fff,
	    { 0, 1 } },
	{ "one row after the other chosen", false, false, true, true, 0x3fff, { 0, 1 } },
};

static bool all_coins; /* of a party, whatever it takes */
static bool tossed; /* rather than drawn */
static unsigned coins;
static size_t drawn[WORLD_MAX][WORLD_MAX][STREAM_PURPOSES]; /* by party, peer and purpose */
static bool strange; /* something was drawn that nobody expects */

static unsigned
coin(unsigned at)
{

	return (coins >> at & 1);
}

void
stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, word *z, size_t n)
{
	size_t holder = (S->self > peer) ? S->self : peer, i, at;
	size_t *next = &drawn[S->self][peer][purpose];

	if (!tossed) {
		real_stream_words(S, peer, purpose, z, n);
		return;
	}
	for (i = 0; i < n; i++) {
		at = (*next)++;
		if (purpose == STREAM_ORDER)
			z[i] = coin((holder == 1) ? ORDER_1 : ORDER_2);
		else if (purpose == STREAM_MASK && at < ROWS)
			z[i] = coin((unsigned)(((holder == 1) ? MASK_1 : MASK_2) + at));
		else if (purpose == STREAM_MASK && holder == 1 && at < 2 * ROWS)
			z[i] = coin((unsigned)(SECOND_MASK_1 + at - ROWS));
		else if (purpose == STREAM_PAD && at < ROWS)
			z[i] = coin((unsigned)(((holder == 1) ? PAD_1 : PAD_2) + at));
		else if (purpose == STREAM_CHECK)
			z[i] = 0;
		else
			strange = true;
	}
}

/* ---- a run, and what is seen of it ---- */

/* Bits, the latest lowest. */
struct bits_seen {
	unsigned bits, count;
};

static struct bits_seen received[WORLD_MAX][WORLD_MAX]; /* by receiver and sender */

static void
see(struct bits_seen *b, unsigned bit)
{

	b->bits = b->bits << 1 | (bit & 1);
	b->count++;
}

static void
seen(void *state, size_t from, size_t to, const void *data, size_t bytes)
{
	word w;
	size_t i;

	(void)state;
	for (i = 0; i < bytes / sizeof(w); i++) {
		memcpy(&w, (const uint8_t *)data + i * sizeof(w), sizeof(w));
		see(&received[to][from], (unsigned)(w & 1));
	}
}

struct small_run {
	const struct kind *kind;
	unsigned secret;
	unsigned m[WORLD_MAX][ROWS];
};

/* Choose from rows of which the last party alone has m: both at once, or one by one. */
static int
choose_kept(struct mpc *S, const struct kind *kind, struct mpc_vector *y,
    const struct mpc_vector *z)
{
	static const size_t turned[ROWS] = { 1, 0 };
	const size_t at_once = kind->twice ? 1 : ROWS;
	struct mpc_vector part;
	size_t i;

	for (i = 0; i < ROWS; i += at_once) {
		part = mpc_part(y, i, at_once);
		if (mpc_choose(S, &part, z, mpc_is_dealer(S) ? NULL : turned + i, 1) == -1)
			return (-1);
	}
	return (0);
}

static int
run_small(struct mpc *S, size_t self, void *state)
{
	static const size_t index[ROWS] = { 1, 1 };
	struct small_run *r = state;
	struct mpc_vector x, y, z;
	struct mpc_order order = { .rows = 0 };
	unsigned i, lam[3];
	int rc = -1;

	if (mpc_vector_new(S, &x, ROWS) == -1 || mpc_vector_new(S, &y, ROWS) == -1 ||
	    mpc_vector_new(S, &z, ROWS) == -1)
		return (-1);
	for (i = 0; i < ROWS; i++) {
		lam[1] = coin(LAM_1 + i);
		lam[2] = coin(LAM_2 + i);
		lam[0] = lam[1] + lam[2];
		x.held.lam[i] = lam[self];
		if (self > 0)
			x.held.m[i] = r->m[self][i] = (r->secret >> i & 1) + lam[0];
	}
	if (r->kind->chooses)
		rc = mpc_choose(S, &y, &x, mpc_is_dealer(S) ? NULL : index, 1);
	else if (mpc_order_new(S, &order, ROWS) == 0 && !r->kind->keeps)
		rc = mpc_permute(S, &y, &x, &order, r->kind->back);
	else if (mpc_permute_to_choose(S, &z, &x, &order) == 0)
		rc = choose_kept(S, r->kind, &y, &z);
	mpc_order_free(&order);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	mpc_vector_free(&z);
	return (rc);
}

/* The coins that party ${self} has itself, before it receives anything. */
static struct bits_seen
own_coins(const struct kind *kind, size_t self)
{
	static const unsigned own[][9] = {
		{ LAM_1, LAM_1 + 1, ORDER_1, MASK_1, MASK_1 + 1, PAD_1, PAD_1 + 1, SECOND_MASK_1,
		    SECOND_MASK_1 + 1 },
		{ LAM_2, LAM_2 + 1, ORDER_2, MASK_2, MASK_2 + 1, PAD_2, PAD_2 + 1 },
	};
	struct bits_seen b = { .bits = 0 };
	size_t coins_had = 7, i;

	if (kind->keeps)
		coins_had = (self == 1) ? 9 : 5;
	for (i = 0; i < coins_had; i++)
		see(&b, coin(own[self - 1][i]));
	return (b);
}

/*
 * Whether runs in which party ${self}'s own coins have fallen like this are looked at.  They are
 * part of its view, so what is left out are whole views.  All but the
 * last three fall in all ways.
 */
static bool
is_looked_at(const struct kind *kind, size_t self)
{
	unsigned bits = own_coins(kind, self).bits;

	return (all_coins || !(kind->back || kind->keeps) || bits % 8 == bits / 8 * 3 % 8);
}

/* All that party ${self} has in a run; ${more}: and the other one's shares of the input. */
static unsigned
view(const struct small_run *r, size_t self, bool more)
{
	struct bits_seen b = own_coins(r->kind, self);
	size_t i;

	for (i = 0; i < ROWS; i++)
		see(&b, r->m[self][i]);
	for (i = 0; more && i < ROWS; i++)
		see(&b, coin((unsigned)(((self == 1) ? LAM_2 : LAM_1) + i)));
	for (i = 0; i <= 2; i++) {
		b.bits = b.bits << received[self][i].count | received[self][i].bits;
		b.count += received[self][i].count;
	}
	return (b.bits);
}

/* ---- all runs ---- */

#define VIEWS (1U << 15)

/* How often: by party, secret, order of the other party, and view; with and without more. */
static uint16_t often[WORLD_MAX][2][2][VIEWS], often_with_more[WORLD_MAX][2][VIEWS];

static void
run_all(const struct kind *kind)
{
	struct small_run r = { .kind = kind };
	struct world w;
	size_t p;
	unsigned s;

	memset(often, 0, sizeof(often));
	memset(often_with_more, 0, sizeof(often_with_more));
	memset(&w, 0, sizeof(w));
	w.n = 2;
	w.seen = seen;
	for (s = 0; s < 2; s++) {
		r.secret = kind->secrets[s];
		for (coins = 0; coins < 1U << COINS; coins++) {
			if ((coins & ~kind->coins) != 0 ||
			    (!is_looked_at(kind, 1) && !is_looked_at(kind, 2)))
				continue;
			memset(drawn, 0, sizeof(drawn));
			memset(received, 0, sizeof(received));
			if (world_run(&w, run_small, &r) != 0)
				tap_bail("an operation does not run");
			for (p = 1; p <= 2; p++) {
				if (!is_looked_at(kind, p))
					continue;
				often[p][s][coin((p == 1) ? ORDER_2 : ORDER_1)][view(&r, p,
				    false)]++;
				often_with_more[p][s][view(&r, p, true)]++;
			}
			strange = strange || received[0][1].count + received[0][2].count > 0;
		}
	}
}

static void
test_all(const struct kind *kind)
{
	size_t p, v, views;
	bool same, differ;

	tossed = true;
	strange = false;
	run_all(kind);
	tossed = false;
	ok(!strange, "%s: nothing is drawn but what was tossed, and the dealer receives nothing",
	    kind->name);
	for (p = 1; p <= 2; p++) {
		same = true;
		differ = false;
		for (v = views = 0; v < VIEWS; v++) {
			views += (often[p][0][0][v] > 0);
			same = same && often[p][0][0][v] == often[p][1][0][v] && (kind->chooses ||
			    (often[p][0][0][v] == often[p][0][1][v] &&
			    often[p][1][0][v] == often[p][1][1][v]));
			differ = differ || often_with_more[p][0][v] != often_with_more[p][1][v];
		}
		ok(same && views > 100, "%s: party %zu sees each of %zu views as often with both "
		    "secrets, whatever the other's order is", kind->name, p, views);
		ok(differ, "%s: and not if it had the other's share", kind->name);
	}
}

/* ---- three rows, two or three parties, many runs ---- */

#define THREE 3
#define RUNS 3000
#define CELLS (6 * 8 * 8)

struct three_run {
	size_t parties;
	uint64_t key, secret[THREE];
	/* lowest bits */
	unsigned m, lam[WORLD_MAX], moved, moved_lam[WORLD_MAX];
	uint32_t own[WORLD_MAX][THREE];
};

static unsigned
lowest(const uint64_t *x)
{

	return ((unsigned)((x[0] & 1) | (x[1] & 1) << 1 | (x[2] & 1) << 2));
}

static int
run_three(struct mpc *S, size_t self, void *state)
{
	struct three_run *r = state;
	struct mpc_vector x, y;
	struct mpc_order order;
	int rc = -1;

	if (mpc_vector_new(S, &x, THREE) == -1 || mpc_vector_new(S, &y, THREE) == -1)
		return (-1);
	world_share(r->parties, self, x.held.m, x.held.lam, r->secret, THREE, r->key, false);
	if (mpc_order_new(S, &order, THREE) == 0)
		rc = mpc_permute(S, &y, &x, &order, false);
	if (rc == 0 && self > 0) {
		memcpy(r->own[self], order.at, sizeof(r->own[self]));
		r->lam[self] = lowest(x.held.lam);
		r->moved_lam[self] = lowest(y.held.lam);
	}
	if (rc == 0 && self == 1) {
		r->m = lowest(x.held.m);
		r->moved = lowest(y.held.m);
	}
	mpc_order_free(&order);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

/* What all parties but ${left_out} know of the rows, before and behind, and the order of one. */
static size_t
cell_of(const struct three_run *r, size_t left_out)
{
	const uint32_t *own = r->own[(left_out == 1) ? 2 : 1];
	unsigned before = r->m, behind = r->moved;
	size_t p;

	for (p = 1; p <= r->parties; p++) {
		if (p != left_out) {
			before ^= r->lam[p];
			behind ^= r->moved_lam[p];
		}
	}
	return (64 * (2 * own[0] + (own[1] > own[2])) + 8 * before + behind);
}

/* Sum of squares, and degrees of freedom, of two secrets' differences: about 0 for noise. */
static double
how_different(size_t of[2][CELLS])
{
	double chi = 0, d;
	size_t i, n, used = 0;

	for (i = 0; i < CELLS; i++) {
		if ((n = of[0][i] + of[1][i]) == 0)
			continue;
		d = (double)of[0][i] - (double)of[1][i];
		chi += d * d / (double)n;
		used++;
	}
	return ((chi - (double)used) / sqrt(2 * (double)used));
}

static void
test_three(size_t parties)
{
	static size_t of[WORLD_MAX][2][CELLS];
	struct three_run r = { .parties = parties };
	size_t s, run, p, i;
	struct world w;

	memset(of, 0, sizeof(of));
	memset(&w, 0, sizeof(w));
	w.n = parties;
	for (s = 0; s < 2; s++) {
		for (i = 0; i < THREE; i++)
			r.secret[i] = (s == 0) ? 6 : 7 + 2 * i;
		for (run = 0; run < RUNS; run++) {
			r.key = 2 * run + s;
			w.number[1] = (uint8_t)run;
			w.number[2] = (uint8_t)(run >> 8);
			w.number[3] = (uint8_t)s;
			if (world_run(&w, run_three, &r) != 0)
				tap_bail("an operation does not run");
			for (p = 0; p <= parties; p++)
				of[p][s][cell_of(&r, p)]++;
		}
	}
	for (p = 1; p <= parties; p++)
		ok(how_different(of[p]) < 6, "three rows: all of %zu parties but %zu see the same "
		    "of both secrets (%.1f)", parties, p, how_different(of[p]));
	ok(how_different(of[0]) > 30, "three rows: and all of %zu parties do not", parties);
}

int
main(int argc, char **argv)
{
	size_t i;

	all_coins = argc > 1 && strcmp(argv[1], "all") == 0;
	diag_init("order_views");
	/* Sanitizers see nothing in a hundred thousand sessions that they do not see in a few. */
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!SANITIZED || kinds[i].chooses)
			test_all(&kinds[i]);
	}
	for (i = 2; !SANITIZED && i <= 3; i++)
		test_three(i);
	return (tap_end());
}
