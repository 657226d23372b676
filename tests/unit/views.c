/*
 * What any n - 1 computing parties see together says nothing about the secrets, and the dealer sees
 * nothing at all.
 *
 * An operation runs on many copies of one secret, then of another, under fresh keys and masks.
 * What a party sees of a copy is written down bit by bit: what it holds before and after, what it
 * draws, what it receives, what is opened.  Of the bits of all members of a coalition, every one,
 * every two, three as far as there is time for, and random sets of more are added mod 2; the sum
 * must be 1 as often with one secret as with the other.  Keys, and so all figures, are the same in
 * every run: what holds does so until the protocol changes.  Engines that are spoiled on purpose
 * are found.
 */

#include "base/diag.h"

#include "mpc/aes_internal.h"
#include "operations.h"
#include "tap.h"
#include "test_stream.h"

#define N 203 /* copies in a session, so that sizes tell words from planes of bits */
#define RUNS 8
#define SAMPLES ((size_t)N * RUNS)
#define WORDS ((SAMPLES + 63) / 64)

/* Standard deviations: noise gets there once in 10^13 sums, and there are 10^8 of them. */
#define LIMIT 7.5

/* Sums of three: in general, and with "all". */
#define SOME_TRIPLES 500000
#define ALL_TRIPLES 3000000
#define RANDOM_SETS 5000

static size_t max_triples = SOME_TRIPLES;

/* Bits of a word that are looked at. */
static const unsigned positions[] = { 0, 1, 16, 17, 62, 63 };
#define POSITIONS (sizeof(positions) / sizeof(*positions))

/* ---- what is seen, in one session ---- */

/* Pieces of memory one after the other. */
struct tape {
	uint8_t *data;
	size_t len, size;
	size_t cuts[512], n_cuts;
};

static void
tape_add(struct tape *t, const void *data, size_t bytes)
{

	if (t->len + bytes > t->size) {
		t->size = 2 * (t->len + bytes);
		if ((t->data = realloc(t->data, t->size)) == NULL)
			abort();
	}
	memcpy(t->data + t->len, data, bytes);
	t->len += bytes;
	if (t->n_cuts == sizeof(t->cuts) / sizeof(*t->cuts))
		abort();
	t->cuts[t->n_cuts++] = bytes;
}

/* By the party who sees it. */
static struct {
	struct tape received[WORLD_MAX], drawn[WORLD_MAX][STREAM_PURPOSES], held, opened;
	struct tape sent[WORLD_MAX]; /* which follow from the others */
} tapes[WORLD_MAX];

static void
seen(void *state, size_t from, size_t to, const void *data, size_t bytes)
{

	(void)state;
	tape_add(&tapes[to].received[from], data, bytes);
	tape_add(&tapes[from].sent[to], data, bytes);
}

static void
drawn(const struct mpc *S, size_t peer, enum stream_purpose purpose, const uint64_t *z, size_t n)
{

	if (purpose != STREAM_CHECK)
		tape_add(&tapes[S->self].drawn[peer][purpose], z, n * sizeof(*z));
}

/* Call ${f} for all tapes of a party, in one order. */
static void
each_tape(size_t party, void (*f)(struct tape *t, void *state), void *state)
{
	size_t i, p;

	f(&tapes[party].held, state);
	f(&tapes[party].opened, state);
	for (i = 0; i < WORLD_MAX; i++) {
		f(&tapes[party].received[i], state);
		for (p = 0; p < STREAM_PURPOSES; p++)
			f(&tapes[party].drawn[i][p], state);
	}
}

static void
rewind_tapes(size_t party)
{
	size_t i, p;

	tapes[party].held.len = tapes[party].held.n_cuts = 0;
	tapes[party].opened.len = tapes[party].opened.n_cuts = 0;
	for (i = 0; i < WORLD_MAX; i++) {
		tapes[party].received[i].len = tapes[party].received[i].n_cuts = 0;
		tapes[party].sent[i].len = tapes[party].sent[i].n_cuts = 0;
		for (p = 0; p < STREAM_PURPOSES; p++)
			tapes[party].drawn[i][p].len = tapes[party].drawn[i][p].n_cuts = 0;
	}
}

/* Pieces of words, which are added, tell themselves from pieces of planes of bits. */
static bool
of_words(size_t bytes)
{

	return (bytes % (N * 8) == 0);
}

/* What a party opens: what it sent and what came for it, put together. */
static void
put_together(size_t party, size_t parties)
{
	const struct tape *own = &tapes[party].sent[(party == 1) ? 2 : 1], *other;
	uint64_t sum[64 * N], v;
	size_t i, at, q, k;

	for (i = at = 0; i < own->n_cuts; at += own->cuts[i++]) {
		if (own->cuts[i] % 8 != 0 || own->cuts[i] < 24 || own->cuts[i] > sizeof(sum))
			continue;
		memcpy(sum, own->data + at, own->cuts[i]);
		for (q = 1; q <= parties; q++) {
			other = &tapes[party].received[q];
			for (k = 0; q != party && k < own->cuts[i] / 8; k++) {
				memcpy(&v, other->data + at + 8 * k, sizeof(v));
				sum[k] = of_words(own->cuts[i]) ? sum[k] + v : sum[k] ^ v;
			}
		}
		tape_add(&tapes[party].opened, sum, own->cuts[i]);
	}
}

static void
free_tape(struct tape *t, void *state)
{

	(void)state;
	free(t->data);
	memset(t, 0, sizeof(*t));
}

/*
 * ---- all sessions with one secret: columns of bits, one for each thing that is seen of a copy
 * ----
 */

struct view {
	size_t count, size;
	uint64_t (*columns)[WORDS];
};

static struct view views[2][WORLD_MAX];

/* Where a session's bits go. */
struct filling {
	struct view *view;
	size_t column;
	size_t run;
};

static void
add_column(struct filling *f, const uint8_t *piece, size_t first_bit, size_t step)
{
	size_t i, at, to;
	uint64_t bit;

	if (f->column == f->view->size) {
		f->view->size = 2 * f->view->size + 64;
		f->view->columns = realloc(f->view->columns,
		    f->view->size * sizeof(*f->view->columns));
		if (f->view->columns == NULL)
			abort();
	}
	if (f->column == f->view->count)
		memset(f->view->columns[f->view->count++], 0, sizeof(*f->view->columns));
	for (i = 0; i < N; i++) {
		at = first_bit + i * step;
		to = f->run * N + i;
		bit = piece[at / 8] >> (at % 8) & 1;
		f->view->columns[f->column][to / 64] |= bit << (to % 64);
	}
	f->column++;
}

/* Words for each copy, or planes of bits, or packed numbers. */
static void
fill_piece(struct filling *f, const uint8_t *piece, size_t bytes)
{
	size_t plane = bits_words(N) * 8, i, j, width;

	if (of_words(bytes)) {
		for (i = 0; i < bytes / (N * 8); i++) {
			for (j = 0; j < POSITIONS; j++)
				add_column(f, piece, i * N * 64 + positions[j], 64);
		}
	} else if (bytes % plane == 0) {
		for (i = 0; i < bytes / plane; i++)
			add_column(f, piece, i * plane * 8, 1);
	} else {
		width = bytes * 8 / N;
		for (j = 0; j < width; j += (j < 3 || j + 4 > width) ? 1 : width - j - 3)
			add_column(f, piece, j, width);
	}
}

static void
fill_tape(struct tape *t, void *state)
{
	size_t i, at;

	for (i = at = 0; i < t->n_cuts; at += t->cuts[i++])
		fill_piece(state, t->data + at, t->cuts[i]);
}

/* ---- sessions ---- */

struct session {
	const struct operation *op;
	size_t parties;
	uint64_t key; /* of the inputs' masks */
	struct clear clear;
};

static void
hold(size_t self, const struct operands *o)
{
	struct tape *t = &tapes[self].held;
	size_t i;

	for (i = 0; i < 2; i++) {
		tape_add(t, o->x[i].held.m, N * sizeof(uint64_t));
		tape_add(t, o->x[i].held.lam, N * sizeof(uint64_t));
		tape_add(t, o->y[i].held.m, N * sizeof(uint64_t));
		tape_add(t, o->y[i].held.lam, N * sizeof(uint64_t));
	}
	for (i = 0; i < 4; i++) {
		tape_add(t, o->a[i].held.m, bits_words(N) * sizeof(uint64_t));
		tape_add(t, o->a[i].held.lam, bits_words(N) * sizeof(uint64_t));
	}
	for (i = 0; i < 3; i++) {
		tape_add(t, o->d[i].held.m, bits_words(N) * sizeof(uint64_t));
		tape_add(t, o->d[i].held.lam, bits_words(N) * sizeof(uint64_t));
	}
}

static int
run_party(struct mpc *S, size_t self, void *state)
{
	struct session *s = state;
	struct operands o;
	int rc;

	operands_new(S, &o, N);
	operands_share(&o, s->parties, self, &s->clear, s->key);
	if (self > 0)
		hold(self, &o);
	rc = s->op->run(S, &o);
	if (self > 0)
		hold(self, &o);
	operands_free(&o);
	return (rc);
}

/* ---- operations of this test's own: one copy is a row, or a block ---- */

/* 203 = 29 * 7 */
static int
own_permute_wide(struct mpc *S, struct operands *o)
{

	return (operation_permute_rows(S, o, 7, false));
}

static int
own_two_choices(struct mpc *S, struct operands *o)
{

	return (mpc_choose(S, &o->y[0], &o->x[0], NULL, 1) | mpc_choose(S, &o->y[1], &o->x[1],
	    NULL, 1));
}

/* Of a plane that a party has: block i is made of bit i of four operands. */
static void
fill_blocks(word *blocks, word *const a[4])
{
	size_t i, k;

	for (i = 0; blocks != NULL && i < MPC_AES_BITS * N; i++) {
		k = i / MPC_AES_BITS;
		blocks[i / 64] |= (a[i % 4][k / 64] >> (k % 64) & 1) << (i % 64);
	}
}

/*
 * One round, as the others do the same with what it leaves.  The key is public: it is one for all
 * copies, so its masks would be alike in all that is compared.
 */
static int
own_aes_round(struct mpc *S, struct operands *o)
{
	static const word public_key[MPC_AES_WORDS] = { 0x2b7e151628aed2a6, 0xabf7158809cf4f3c };
	struct mpc_bits x, y, key;
	int rc;

	if (mpc_bits_new(S, &x, MPC_AES_BITS * N) == -1 ||
	    mpc_bits_new(S, &y, MPC_AES_BITS * N) == -1 ||
	    mpc_bits_new(S, &key, MPC_AES_BITS) == -1)
		return (-1);
	fill_blocks(x.held.m, (word *[]){ o->a[0].held.m, o->a[1].held.m, o->a[2].held.m,
		o->a[3].held.m });
	fill_blocks(x.held.lam, (word *[]){ o->a[0].held.lam, o->a[1].held.lam, o->a[2].held.lam,
		o->a[3].held.lam });
	if (key.held.m != NULL)
		memcpy(key.held.m, public_key, sizeof(public_key));
	stream_begin(S);
	rc = aes_run(S, &y, &x, &key, 1, mpc_is_dealer(S) ? dealer_substitute :
	    masked_substitute);
	stream_end(S);
	mpc_bits_free(&x);
	mpc_bits_free(&y);
	mpc_bits_free(&key);
	return (rc);
}

static const struct operation own_operations[] = {
	{ "secret order of rows of 7", false, own_permute_wide },
	{ "two choices", false, own_two_choices },
	{ "a round of AES", false, own_aes_round },
};

#define OWN_OPERATIONS (sizeof(own_operations) / sizeof(*own_operations))

/* Two secrets: words and bits of one copy. */
struct secrets {
	const char *name; /* of the operation */
	int64_t x[2][2];
	unsigned a[2];
};

static uint64_t to_dealer;

static void
run_session(const struct operation *op, size_t parties, const struct secrets *secrets, size_t which,
    size_t run)
{
	struct session s = { .op = op, .parties = parties, .key = 1 + 2 * run + which };
	struct filling f = { .run = run };
	struct world w;
	size_t i, j, p;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	w.faithful = op->faithful;
	w.seen = seen;
	w.number[0] = (uint8_t)which;
	w.number[1] = (uint8_t)run;
	clear_new(&s.clear, N);
	for (i = 0; i < N; i++) {
		for (j = 0; j < 2; j++)
			s.clear.x[j][i] = (uint64_t)secrets->x[which][j];
		for (j = 0; j < 4; j++)
			s.clear.a[j][i / 64] |= (uint64_t)(secrets->a[which] >> j & 1) << (i % 64);
	}
	for (p = 0; p <= parties; p++)
		rewind_tapes(p);
	if (world_run(&w, run_party, &s) != 0)
		tap_bail("an operation does not run");
	clear_free(&s.clear);
	for (p = 1; p <= parties; p++) {
		put_together(p, parties);
		f.view = &views[which][p];
		f.column = 0;
		each_tape(p, fill_tape, &f);
		to_dealer += tapes[0].received[p].len;
	}
}

/* All sessions with both secrets. */
static void
look(const struct operation *op, size_t parties, const struct secrets *secrets)
{
	size_t which, run, p;

	to_dealer = 0;
	for (which = 0; which < 2; which++) {
		for (p = 0; p < WORLD_MAX; p++)
			views[which][p].count = 0;
		for (run = 0; run < RUNS; run++)
			run_session(op, parties, secrets, which, run);
	}
}

/* ---- sums of bits ---- */

/* Columns of a coalition, with one secret and with the other. */
struct pair {
	const uint64_t *of[2];
};

struct joint {
	struct pair *columns;
	size_t count;
};

static bool
constant(const uint64_t *column)
{
	size_t i;

	for (i = 0; i < SAMPLES / 64 && column[i] == (0 - (column[0] & 1)); i++)
		;
	return (i == SAMPLES / 64);
}

/* Leave out what is always the same, or seen twice. */
static void
join(struct joint *j, size_t parties, size_t left_out)
{
	struct pair c;
	size_t p, i, k;

	memset(j, 0, sizeof(*j));
	for (p = 1; p <= parties; p++) {
		if (p == left_out)
			continue;
		if (views[0][p].count != views[1][p].count)
			tap_bail("what is seen depends on the secret in its length");
		j->columns = realloc(j->columns, (j->count + views[0][p].count) *
		    sizeof(*j->columns));
		for (i = 0; i < views[0][p].count; i++) {
			c = (struct pair){ { views[0][p].columns[i], views[1][p].columns[i] } };
			if (constant(c.of[0]) && constant(c.of[1]) &&
			    (c.of[0][0] & 1) == (c.of[1][0] & 1))
				continue;
			for (k = 0; k < j->count &&
			    (memcmp(c.of[0], j->columns[k].of[0], sizeof(uint64_t [WORDS])) != 0 ||
			    memcmp(c.of[1], j->columns[k].of[1], sizeof(uint64_t [WORDS])) != 0);
			    k++)
				;
			if (k == j->count)
				j->columns[j->count++] = c;
		}
	}
}

/* How often two columns differ.  Bytes add up counts of eight bits each, for 31 words at most. */
static long
distance(const uint64_t *a, const uint64_t *b)
{
	uint64_t sum = 0, v;
	size_t i;

	_Static_assert(WORDS < 32, "a byte is too small");
	for (i = 0; i < WORDS; i++) {
		v = a[i] ^ b[i];
		v -= v >> 1 & 0x5555555555555555;
		v = (v & 0x3333333333333333) + (v >> 2 & 0x3333333333333333);
		sum += (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0f;
	}
	sum = (sum & 0x00ff00ff00ff00ff) + (sum >> 8 & 0x00ff00ff00ff00ff);
	return ((long)(sum * 0x0001000100010001 >> 48));
}

/* How far apart the two secrets are, in standard deviations, in the sum of two columns. */
static double
apart(const struct pair *a, const struct pair *b)
{

	return (fabs((double)(distance(a->of[0], b->of[0]) - distance(a->of[1], b->of[1]))) /
	    sqrt((double)SAMPLES / 2));
}

struct sum {
	uint64_t of[2][WORDS];
};

static struct pair
add(struct sum *sum, const struct pair *a, const struct pair *b)
{
	struct pair result = { { sum->of[0], sum->of[1] } };
	size_t i, s;

	for (s = 0; s < 2; s++) {
		for (i = 0; i < WORDS; i++)
			sum->of[s][i] = a->of[s][i] ^ b->of[s][i];
	}
	return (result);
}

static double
larger(double a, double b)
{

	return ((a > b) ? a : b);
}

static double
all_pairs(const struct joint *j)
{
	static const uint64_t zeros[WORDS];
	const struct pair none = { { zeros, zeros } };
	double worst = 0;
	size_t a, b;

	for (a = 0; a < j->count; a++) {
		worst = larger(worst, apart(&j->columns[a], &none));
		for (b = 0; b < a; b++)
			worst = larger(worst, apart(&j->columns[a], &j->columns[b]));
	}
	return (worst);
}

/* One bit of each copy and one of the next. */
static double
neighbours(const struct joint *j)
{
	struct sum moved = { { { 0 } } };
	const struct pair next = { { moved.of[0], moved.of[1] } };
	double worst = 0;
	size_t a, b, i, s;

	for (a = 0; a < j->count; a++) {
		for (s = 0; s < 2; s++) {
			for (i = 0; i < WORDS; i++)
				moved.of[s][i] = j->columns[a].of[s][i] >> 1 |
				    ((i + 1 < WORDS) ? j->columns[a].of[s][i + 1] << 63 : 0);
		}
		for (b = 0; b < j->count; b++)
			worst = larger(worst, apart(&next, &j->columns[b]));
	}
	return (worst);
}

/* Every three if there are few, or else some. */
static double
triples(const struct joint *j, uint64_t *state)
{
	size_t n = j->count, total = (n < 3) ? 0 : n * (n - 1) / 2 * (n - 2) / 3, a, b, c, i;
	struct sum sum;
	struct pair two;
	double worst = 0;

	for (a = 0; total <= max_triples && a < n; a++) {
		for (b = 0; b < a; b++) {
			two = add(&sum, &j->columns[a], &j->columns[b]);
			for (c = 0; c < b; c++)
				worst = larger(worst, apart(&two, &j->columns[c]));
		}
	}
	for (i = 0; total > max_triples && i < max_triples / 64; i++) {
		a = world_random(state) % n;
		b = world_random(state) % n;
		two = add(&sum, &j->columns[a], &j->columns[b]);
		for (c = 0; c < 64; c++)
			worst = larger(worst, apart(&two, &j->columns[world_random(state) % n]));
	}
	return (worst);
}

/* Sets of four to eleven. */
static double
random_sets(const struct joint *j, uint64_t *state)
{
	struct sum sums[2];
	struct pair set;
	double worst = 0;
	size_t i, k, size;

	for (i = 0; j->count > 0 && i < RANDOM_SETS; i++) {
		size = 3 + world_random(state) % 8;
		set = j->columns[world_random(state) % j->count];
		for (k = 0; k + 1 < size; k++)
			set = add(&sums[k % 2], &set, &j->columns[world_random(state) % j->count]);
		worst = larger(worst, apart(&set, &j->columns[world_random(state) % j->count]));
	}
	return (worst);
}

/* The largest difference that a coalition of all computing parties but one can see. */
static double
difference(size_t parties, size_t left_out, size_t *columns)
{
	uint64_t state = 99;
	struct joint j;
	double worst;

	join(&j, parties, left_out);
	*columns = j.count;
	worst = all_pairs(&j);
	worst = larger(worst, neighbours(&j));
	worst = larger(worst, triples(&j, &state));
	worst = larger(worst, random_sets(&j, &state));
	free(j.columns);
	return (worst);
}

/* ---- the tests ---- */

/* Of revealed results, both secrets have the same. */
static const struct secrets all_secrets[] = {
	{ "product", { { 6, 1 }, { -7, -4 } }, { 0, 0 } },
	{ "truncation by 16", { { 6 << 13, 0 }, { -7 * 65536, 0 } }, { 0, 0 } },
	{ "truncation by 3", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "faithful truncation by 3", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "comparison, bits 0 to 8", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "comparison, three thresholds", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "comparison, bits 0 to 63", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "equality of 7 bits", { { 0, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "and of 2", { { 0, 0 }, { 0, 0 } }, { 0x0, 0xf } },
	{ "and of 4", { { 0, 0 }, { 0, 0 } }, { 0x0, 0xf } },
	{ "selection", { { 6, 1 }, { -7, -4 } }, { 0x0, 0xf } },
	{ "selection, truncated", { { 6 << 16, 1 }, { -7 * 65536, -4 } }, { 0x0, 0xf } },
	{ "selection of two results", { { 6 << 16, 1 }, { -7 * 65536, -4 } }, { 0x0, 0xf } },
	{ "series", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "power of two", { { 6, 0 }, { (int64_t)9 << 32, 0 } }, { 0, 0 } },
	{ "revealed sum", { { 6, 1 }, { -7, 14 } }, { 0, 0 } },
	{ "revealed layer", { { -5, 1 }, { -10, 9 } }, { 0, 0 } },
	{ "noise", { { 6, 1 }, { -7, -4 } }, { 0, 0 } },
	{ "secret order", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "secret order, back", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "secret order of rows of 7", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "secret order of bits", { { 0, 0 }, { 0, 0 } }, { 0x0, 0x1 } },
	{ "secret order to choose from", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "secret order of bits to choose from", { { 0, 0 }, { 0, 0 } }, { 0x0, 0x1 } },
	{ "choice", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "choice of bits", { { 0, 0 }, { 0, 0 } }, { 0x0, 0x1 } },
	{ "what the dealer is told", { { 6, 0 }, { -7, 0 } }, { 0, 0 } },
	{ "revealed bits", { { 0, 0 }, { 0, 0 } }, { 0x0, 0x3 } },
	{ "a round of AES", { { 0, 0 }, { 0, 0 } }, { 0x0, 0x7 } },
};

static const struct operation *
operation_named(const char *name)
{
	size_t i;

	for (i = 0; i < OPERATIONS; i++) {
		if (strcmp(operations[i].name, name) == 0)
			return (&operations[i]);
	}
	for (i = 0; i < OWN_OPERATIONS; i++) {
		if (strcmp(own_operations[i].name, name) == 0)
			return (&own_operations[i]);
	}
	tap_bail("an operation has another name");
	return (NULL);
}

static void
test_views(const struct secrets *secrets, size_t parties)
{
	const struct operation *op = operation_named(secrets->name);
	size_t out, columns;
	double worst;

	look(op, parties, secrets);
	for (out = 1; out <= parties; out++) {
		worst = difference(parties, out, &columns);
		ok(columns > 0 && worst < LIMIT,
		    "%s: %zu parties: all but party %zu see the same of both secrets (%zu bits, "
		    "%.1f)", secrets->name, parties, out, columns, worst);
	}
	ok((to_dealer != 0) == operation_tells(op), "%s: %zu parties: nothing goes to the dealer "
	    "that he is not told", secrets->name, parties);
}

/* A fault is seen by somebody. */
static void
test_fault_is_seen(const char *name, size_t parties, const struct secrets *secrets, int fault,
    const char *what)
{
	double worst = 0;
	size_t out, columns;

	test_fault = fault;
	look(operation_named(name), parties, secrets);
	test_fault = FAULT_NONE;
	for (out = 1; out <= parties; out++)
		worst = larger(worst, difference(parties, out, &columns));
	ok(worst > 2 * LIMIT, "%s: %zu parties: %s are found (%.1f)", name, parties, what, worst);
}

static void
test_faults(size_t parties)
{
	static const struct secrets s = { "", { { 6, 1 }, { -7, -4 } }, { 0x0, 0xf } },
	    odd = { "", { { 6, 1 }, { -7, -5 } }, { 0, 0 } };

	test_fault_is_seen("product", parties, &s, FAULT_PAD_IS_MASK, "pads that are masks");
	test_fault_is_seen("comparison, bits 0 to 8", parties, &s, FAULT_PAD_IS_MASK,
	    "pads that are masks");
	test_fault_is_seen("and of 2", parties, &s, FAULT_PAD_IS_MASK, "pads that are masks");
	test_fault_is_seen("two products", parties, &s, FAULT_SAME_KEYS,
	    "masks that are used again");
	test_fault_is_seen("product", parties, &s, FAULT_NO_MASK, "masks that are zero");
	test_fault_is_seen("selection, truncated", parties, &s, FAULT_NO_MASK,
	    "masks that are zero");
	test_fault_is_seen("noise", parties, &s, FAULT_NO_MASK, "masks that are zero");
	test_fault_is_seen("choice", parties, &s, FAULT_NO_MASK, "masks that are zero");
	test_fault_is_seen("choice of bits", parties, &s, FAULT_NO_MASK, "masks that are zero");
	test_fault_is_seen("two choices", parties, &odd, FAULT_SAME_KEYS,
	    "masks that are used again");
	/* With more, it is three of too many things that tell, or takes long to find. */
	if (parties > 2)
		return;
	test_fault_is_seen("secret order", parties, &s, FAULT_NO_MASK, "masks that are zero");
	test_fault_is_seen("secret order to choose from", parties, &s, FAULT_NO_MASK,
	    "masks that are zero");
	test_fault_is_seen("secret order of bits", parties, &s, FAULT_NO_MASK,
	    "masks that are zero");
	test_fault_is_seen("a round of AES", parties, &s, FAULT_NO_MASK, "masks that are zero");
	test_fault_is_seen("a round of AES", parties, &s, FAULT_PAD_IS_MASK,
	    "pads that are masks");
}

/* By three parties, a round of AES takes as long as all other operations: slow/statistics.sh. */
static bool
is_long(const struct secrets *secrets, size_t parties)
{

	return (parties > 2 && strcmp(secrets->name, "a round of AES") == 0);
}

int
main(int argc, char **argv)
{
	bool all = argc > 1 && strcmp(argv[1], "all") == 0;
	size_t i, p, parties;

	diag_init("views");
	if (all)
		max_triples = ALL_TRIPLES;
	test_drawn = drawn;
	for (parties = 2; parties <= 3; parties++) {
		for (i = 0; i < sizeof(all_secrets) / sizeof(*all_secrets); i++) {
			if (all || !is_long(&all_secrets[i], parties))
				test_views(&all_secrets[i], parties);
		}
		test_faults(parties);
	}
	for (p = 0; p < WORLD_MAX; p++) {
		each_tape(p, free_tape, NULL);
		for (i = 0; i < WORLD_MAX; i++)
			free(tapes[p].sent[i].data);
		free(views[0][p].columns);
		free(views[1][p].columns);
	}
	return (tap_end());
}
