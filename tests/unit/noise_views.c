/*
 * What each coalition that smpc-protocol(7) allows can know of noise: the dealer with whoever
 * learns the result, and all computing parties but one with him.
 *
 * All that is seen of mpc_add_noise is linear in the secrets (the number, and what each party
 * brings along) and in the coins (masks and pads).  So one run, in which each word has another one
 * of them be 1, gives the whole of it as a matrix; more words, with random values, show that it is
 * linear.  What can be put together of what a coalition sees so that no coin is left in it, it
 * knows; of the rest every value is as likely as any other, whatever the secrets are.
 *
 * Then noise is drawn, and what a coalition knows is taken off.
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/privacy.h"
#include "crypto/discrete_gaussian.h"
#include "mpc/engine_internal.h"

#include "tap.h"
#include "world.h"

#define PARTIES_MAX (WORLD_MAX - 1) /* computing */

void real_stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, word *z, size_t n);

/* In place of the library's stream.o. */
#define stream_words real_stream_words
#include "mpc/stream.c"
#undef stream_words

/* ---- secrets and coins ---- */

static size_t parties;

/* Which column of the matrix is whose; of pads, parties 1 .. n - 1 have one. */
static size_t
x_at(void)
{

	return (0);
}

static size_t
noise_at(size_t p)
{

	return (1 + p);
}

static size_t
secrets(void)
{

	return (2 + parties);
}

static size_t
lam_at(size_t p)
{

	return (secrets() + p - 1);
}

static size_t
mask_at(size_t p)
{

	return (secrets() + parties + p - 1);
}

static size_t
pad_at(size_t p)
{

	return (secrets() + 2 * parties + p - 1);
}

static size_t
columns(void)
{

	return (secrets() + 3 * parties - 1);
}

#define COLUMNS_MAX (4 * PARTIES_MAX + 1)
#define MORE 65 /* one word of zeroes, and random ones */
#define WORDS (COLUMNS_MAX + MORE)

static word value[COLUMNS_MAX][WORDS]; /* of column, in a word */

static size_t
words(void)
{

	return (columns() + MORE);
}

/* What is spoiled on purpose. */
static enum {
	SOUND,
	NO_PADS,        /* as if the dealer's noise were sent as it is */
	NO_MASKS,       /* as if the result had no fresh masks */
	NOISE_IS_MASK   /* party 1 takes its noise from the stream of its masks */
} spoiled;

static bool tossed;  /* rather than drawn */
static bool strange; /* something was drawn that nobody expects */

static const word *
coin(size_t holder, enum stream_purpose purpose)
{
	static const word zeroes[WORDS];

	if (purpose == STREAM_MASK)
		return ((spoiled == NO_MASKS) ? zeroes : value[mask_at(holder)]);
	if (purpose == STREAM_PAD && holder < parties)
		return ((spoiled == NO_PADS) ? zeroes : value[pad_at(holder)]);
	strange = strange || purpose != STREAM_CHECK;
	return (zeroes);
}

void
stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, word *z, size_t n)
{
	size_t holder = (S->self > peer) ? S->self : peer;

	if (!tossed) {
		real_stream_words(S, peer, purpose, z, n);
		return;
	}
	strange = strange || n > words();
	memcpy(z, coin(holder, purpose), n * sizeof(*z));
}

/* ---- what is seen ---- */

/* A row of the matrix, and who sees it: bit p is party p, and one more the receiver. */
struct row {
	unsigned who;
	word of[WORDS];
};

#define RECEIVER ((unsigned)1 << WORLD_MAX)

static struct row rows[64 * WORLD_MAX];
static size_t n_rows;
static pthread_mutex_t rows_lock = PTHREAD_MUTEX_INITIALIZER;

static void
see(unsigned who, const void *of)
{

	pthread_mutex_lock(&rows_lock);
	if (n_rows == sizeof(rows) / sizeof(*rows))
		tap_bail("too much is seen");
	rows[n_rows].who = who;
	memcpy(rows[n_rows++].of, of, words() * sizeof(word));
	pthread_mutex_unlock(&rows_lock);
}

static void
seen(void *state, size_t from, size_t to, const void *data, size_t bytes)
{

	(void)state, (void)from;
	strange = strange || to == 0 || (tossed && bytes != words() * sizeof(word));
	if (tossed)
		see((unsigned)1 << to, data);
}

/* A party's side of the number. */
static void
hold_input(struct mpc_vector *x, size_t self)
{
	size_t i, p;

	memset(x->held.lam, 0, words() * sizeof(word));
	for (i = 0; i < words(); i++) {
		if (self > 0)
			x->held.m[i] = value[x_at()][i];
		for (p = 1; p <= parties; p++) {
			if (self > 0)
				x->held.m[i] += value[lam_at(p)][i];
			if (self == 0 || self == p)
				x->held.lam[i] += value[lam_at(p)][i];
		}
	}
}

/* What it sees that does not pass on a link; what it has of the result, the receiver sees, too. */
static void
see_held(size_t self, const struct mpc_vector *x, const word *own, const struct mpc_vector *y)
{
	unsigned who = (unsigned)1 << self;
	size_t p;

	see(who, x->held.lam);
	see(who, own);
	see(who | ((self > 0) ? RECEIVER : 0), y->held.lam);
	for (p = 1; p <= parties; p++) {
		if (self != 0 && self != p)
			continue;
		see(who, value[lam_at(p)]);
		see(who, coin(p, STREAM_MASK));
		see(who, coin(p, (p < parties) ? STREAM_PAD : STREAM_CHECK));
	}
	if (self > 0) {
		see(who, x->held.m);
		see(who | RECEIVER, y->held.m);
	}
}

static int
run_tossed(struct mpc *S, size_t self, void *state)
{
	const word *own = value[(spoiled == NOISE_IS_MASK && self == 1) ? mask_at(1) :
	    noise_at(self)];
	struct mpc_vector x, y;
	int rc;

	(void)state;
	if (mpc_vector_new(S, &x, words()) == -1 || mpc_vector_new(S, &y, words()) == -1)
		tap_bail("out of memory");
	hold_input(&x, self);
	rc = mpc_add_noise(S, &y, &x, own);
	see_held(self, &x, own, &y);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

static void
toss(void)
{
	struct world w;
	uint64_t state = 3;
	size_t i, j;

	memset(&w, 0, sizeof(w));
	memset(value, 0, sizeof(value));
	for (j = 0; j < columns(); j++) {
		value[j][j] = 1;
		for (i = columns() + 1; i < words(); i++)
			value[j][i] = world_random(&state);
	}
	w.n = parties;
	w.seen = seen;
	n_rows = 0;
	strange = false;
	tossed = true;
	if (world_run(&w, run_tossed, NULL) != 0)
		tap_bail("noise does not run");
	tossed = false;
}

/* Whether all that is seen is the matrix times secrets and coins: in a word of zeroes, 0. */
static bool
is_linear(void)
{
	size_t r, i, j;
	word sum;

	for (r = 0; r < n_rows; r++) {
		for (i = columns(); i < words(); i++) {
			for (sum = 0, j = 0; j < columns(); j++)
				sum += rows[r].of[j] * value[j][i];
			if (rows[r].of[i] != sum)
				return (false);
		}
	}
	return (true);
}

/* ---- what a coalition knows ---- */

struct known {
	word of[64 * WORLD_MAX][COLUMNS_MAX];
	size_t n;
};

/* Of what the coalition sees, what is left when ${column} is taken out, but for one row. */
static void
take_out(struct known *k, size_t column)
{
	word factor, inverse, *pivot, last[COLUMNS_MAX];
	size_t r, j, i;
	bool none = true;

	for (r = 0; r < k->n && k->of[r][column] % 2 == 0; r++)
		none = none && k->of[r][column] == 0;
	if (r == k->n) {
		if (!none)
			tap_bail("a coin is only seen as its half");
		return;
	}
	pivot = k->of[r];
	for (inverse = pivot[column], i = 0; i < 6; i++)
		inverse *= 2 - pivot[column] * inverse;
	memcpy(last, pivot, sizeof(last));
	memmove(pivot, k->of[--k->n], sizeof(last));
	for (r = 0; r < k->n; r++) {
		factor = k->of[r][column] * inverse;
		for (j = 0; j < columns(); j++)
			k->of[r][j] -= factor * last[j];
	}
}

static void
find_known(struct known *k, unsigned coalition)
{
	size_t r, j;

	k->n = 0;
	for (r = 0; r < n_rows; r++) {
		if ((rows[r].who & coalition) != 0)
			memcpy(k->of[k->n++], rows[r].of, sizeof(k->of[0]));
	}
	for (j = secrets(); j < columns(); j++)
		take_out(k, j);
}

/*
 * Whether a coalition knows of the number, and of what others bring along, no more than multiples
 * of their sum, all of them alike; *${sum}: and that sum itself.
 */
static bool
knows_the_sum_alone(unsigned coalition, bool *sum)
{
	static struct known k;
	size_t r, p;
	bool alone = true;

	find_known(&k, coalition);
	*sum = false;
	for (r = 0; r < k.n; r++) {
		for (p = 0; p <= parties; p++) {
			if ((coalition >> p & 1) == 0)
				alone = alone && k.of[r][noise_at(p)] == k.of[r][x_at()];
		}
		*sum = *sum || k.of[r][x_at()] % 2 == 1;
	}
	return (alone);
}

/* The dealer; or all computing parties but one. */
static unsigned
coalition_without(size_t left_out)
{

	return ((left_out == 0) ? 1 : ((2U << parties) - 2) & ~(1U << left_out));
}

static const char *
name_without(size_t left_out)
{
	static char name[64];

	(void)snprintf(name, sizeof(name), (left_out == 0) ? "the dealer" :
	    "all computing parties but party %zu", left_out);
	return (name);
}

static void
test_coalitions(void)
{
	size_t out;
	bool sum, alone;

	spoiled = SOUND;
	toss();
	ok(!strange && is_linear(), "%zu parties: all that is seen is linear (%zu words), and "
	    "nothing goes to the dealer", parties, n_rows);
	for (out = 0; out <= parties; out++) {
		alone = knows_the_sum_alone(coalition_without(out), &sum);
		ok(alone && !sum, "%zu parties: %s: nothing of the number, nor of the others' "
		    "noise", parties, name_without(out));
		alone = knows_the_sum_alone(coalition_without(out) | RECEIVER, &sum);
		ok(alone && sum, "%zu parties: %s, with the receiver: the sum of these alone",
		    parties, name_without(out));
	}
}

/* Whether some coalition knows more of a protocol that is spoiled. */
static void
test_spoiled(int how, const char *name)
{
	bool sum, found = false;
	size_t out;

	spoiled = how;
	toss();
	for (out = 0; out <= parties; out++) {
		found = found || !knows_the_sum_alone(coalition_without(out) | RECEIVER, &sum);
		found = found || !knows_the_sum_alone(coalition_without(out), &sum) || sum;
	}
	ok(found && is_linear(), "%zu parties: %s: found", parties, name);
	spoiled = SOUND;
}

/* ---- noise that is drawn ---- */

#define DRAWS 100000

static struct drawn {
	uint64_t sigma[2]; /* of the dealer, of each computing party */
	word x[DRAWS], y[DRAWS], own[WORLD_MAX][DRAWS];
	struct world_held held;
} drawn;

static int
run_drawn(struct mpc *S, size_t self, void *state)
{
	uint8_t key[PRG_KEY_BYTES] = { (uint8_t)(10 * parties + self) };
	struct gaussian_source source;
	struct mpc_vector x, y;
	int rc;

	(void)state;
	gaussian_begin(&source, key);
	rc = discrete_gaussian(&source, drawn.sigma[self > 0], (int64_t *)drawn.own[self], DRAWS);
	gaussian_end(&source);
	if (mpc_vector_new(S, &x, DRAWS) == -1 || mpc_vector_new(S, &y, DRAWS) == -1)
		tap_bail("out of memory");
	world_share(parties, self, x.held.m, x.held.lam, drawn.x, DRAWS, 5, false);
	if (rc == 0)
		rc = mpc_add_noise(S, &y, &x, drawn.own[self]);
	world_hold(&drawn.held, self, y.held.m, y.held.lam, DRAWS);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

/* What is left of the noise when a coalition takes off what it knows. */
static void
test_left(unsigned coalition, const char *name, double least)
{
	size_t i, p, other = 0;
	double squares = 0, variance;
	word left, others;

	for (i = 0; i < DRAWS; i++) {
		left = drawn.y[i] - drawn.x[i];
		for (others = 0, p = 0; p <= parties; p++) {
			if ((coalition >> p & 1) != 0)
				left -= drawn.own[p][i];
			else
				others += drawn.own[p][i];
		}
		other += left != others;
		squares += (double)word_signed(left) * (double)word_signed(left);
	}
	variance = squares / DRAWS;
	ok(other == 0 && variance > least * (1 - 5 * sqrt(2.0 / DRAWS)), "%zu parties: without the "
	    "noise of %s, that of the others is left: variance %.1f, at least %.1f", parties, name,
	    variance, least);
}

static void
test_drawn(void)
{
	const double rho = 0.02, sensitivity = 30;
	struct world w;
	size_t i, out;
	uint64_t state = 1;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	for (i = 0; i < DRAWS; i++)
		drawn.x[i] = world_random(&state);
	if (privacy_sigma(rho, sensitivity, parties, &drawn.sigma[1], &drawn.sigma[0]) == -1 ||
	    world_run(&w, run_drawn, NULL) != 0)
		tap_bail("noise does not run");
	ok(world_open(&drawn.held, parties, drawn.y, DRAWS, false), "%zu parties: noise is drawn",
	    parties);
	for (out = 0; out <= parties; out++)
		test_left(coalition_without(out), name_without(out),
		    sensitivity * sensitivity / (2 * rho));
}

int
main(void)
{

	diag_init("noise_views");
	for (parties = 2; parties <= PARTIES_MAX; parties++) {
		test_coalitions();
		test_spoiled(NO_PADS, "a dealer's noise that is sent as it is");
		test_spoiled(NO_MASKS, "a result without fresh masks");
		test_spoiled(NOISE_IS_MASK, "noise that the dealer can draw");
		if (parties <= 4)
			test_drawn();
	}
	return (tap_end());
}
