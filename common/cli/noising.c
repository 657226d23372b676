#include "cli/noising.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/privacy.h"
#include "cli/streams.h"
#include "crypto/discrete_gaussian.h"
#include "crypto/prg.h"
#include "data/bounds.h"
#include "net/clock.h"
#include "net/session.h"
#include "net/spend.h"

/* Computing parties where no share tells how many there are, as in a plan of public streams. */
#define CLEAR_PARTIES 2

/* How many deviations noise stays within, for all that is ever drawn. */
#define TAIL 32

/* How many columns the user is told of, one by one. */
#define TOLD_COLUMNS 32

/*
 * What is drawn takes a time that depends on it: others see nothing of us before a time is up that
 * depends on how much there is to draw, or a multiple of it.
 */
#define DRAW_MS 20
#define DRAWS_PER_MS 100

struct noise_options noise_options;

bool
noise_wanted(void)
{

	return (noise_options.epsilon != NULL || noise_options.delta != NULL);
}

int
noise_params(struct buf *b)
{

	return ((buf_string(b, "epsilon=") == -1 || buf_string(b, (noise_options.epsilon != NULL) ?
	    noise_options.epsilon : "") == -1 || buf_string(b, "\ndelta=") == -1 ||
	    buf_string(b, (noise_options.delta != NULL) ? noise_options.delta : "") == -1) ? -1 :
	    0);
}

/* ---- what is spent ---- */

static uint64_t
budget_units(const struct budget *b)
{

	return ((uint64_t)ldexp(privacy_rho(b->epsilon, b->delta), SPEND_UNIT_BITS));
}

static int
parse_spent(struct noise *n)
{

	if (noise_options.epsilon == NULL || noise_options.delta == NULL)
		return (usage("noise takes both --epsilon, how much results tell about a "
		    "person, and --delta, the probability that they tell more"));
	if (budget_set(&n->spent, noise_options.epsilon, noise_options.delta) == -1)
		return (usage("--epsilon is from %g to %d, and --delta from %g to %g",
		    BUDGET_MIN_EPSILON, BUDGET_MAX_EPSILON, BUDGET_MIN_DELTA, BUDGET_MAX_DELTA));
	if ((n->units = budget_units(&n->spent)) == 0)
		return (usage("--epsilon %s at --delta %s is too little to count",
		    noise_options.epsilon, noise_options.delta));
	return (0);
}

/* Meet the budgets of all parts of a file. */
static int
look_ahead(const char *name)
{
	struct reader *r;
	struct rows rows;
	struct stat st;
	int rc;

	if (stat(name, &st) == -1 || !S_ISREG(st.st_mode))
		return (0);
	if ((r = streams_reader(name)) == NULL)
		return (-1);
	reader_shapes_only(r);
	reader_takes_exponents(r);
	reader_takes_row_exponents(r);
	reader_takes_missing(r);
	reader_takes_keys(r);
	while ((rc = reader_rows(r, SIZE_MAX, &rows)) == 1)
		continue;
	reader_close(r);
	return (rc);
}

int
noise_begin(struct noise *n, const struct stage *stage)
{
	const struct budget *b;
	size_t i;

	memset(n, 0, sizeof(*n));
	n->rows = 1;
	for (i = 0; i < stage->count; i++) {
		if (look_ahead(reader_name(stage->readers[i])) == -1)
			return (-1);
	}
	if (parse_spent(n) == -1 || budgets_unite(&n->origins, budgets_met()) == -1 ||
	    budgets_unite(&n->shares, budgets_met()) == -1)
		return (-1);
	for (i = 0; i < n->origins.count; i++) {
		b = &n->origins.list[i];
		n->rows = (b->rows > n->rows) ? b->rows : n->rows;
		if (n->units > budget_units(b))
			return (fail(ST_REFUSED, "the budget of origin '%s' is epsilon %g at delta "
			    "%g, and epsilon %g at delta %g is more: spend less", b->origin,
			    b->epsilon, b->delta, n->spent.epsilon, n->spent.delta));
		n->shares.list[i].epsilon = n->spent.epsilon;
		n->shares.list[i].delta = n->spent.delta;
	}
	return (0);
}

void
noise_free(struct noise *n)
{

	budgets_free(&n->origins);
	budgets_free(&n->shares);
}

void
noise_describe(const struct noise *n, struct descriptor *d)
{
	struct spend s;
	size_t i;

	for (i = 0; i < n->origins.count; i++) {
		s = (struct spend){ .units = n->units, .limit = budget_units(&n->origins.list[i]) };
		snprintf(s.origin, sizeof(s.origin), "%s", n->origins.list[i].origin);
		spend_add(d, &s);
	}
}

/* ---- how much noise ---- */

static int
find_deviations(const struct noise *n, size_t parties, struct noise_tensor *t)
{
	double rho = ldexp((double)n->units, -SPEND_UNIT_BITS) / (double)t->columns, each, dealer;
	size_t cols = t->part->cols, j;

	if ((t->noise = mem_array(cols, sizeof(*t->noise))) == NULL ||
	    (t->each = mem_array(cols, sizeof(*t->each))) == NULL ||
	    (t->dealer = mem_array(cols, sizeof(*t->dealer))) == NULL)
		return (-1);
	for (j = 0; j < cols; j++) {
		if (!(t->change[j] > 0))
			continue;
		if (privacy_sigma(rho, t->change[j] * (double)n->rows, parties,
		    &t->each[j], &t->dealer[j]) == -1)
			return (-1);
		each = (double)t->each[j];
		dealer = (double)t->dealer[j];
		t->noise[j] = (uint64_t)ceil(sqrt(dealer * dealer + (double)parties * each *
		    each));
	}
	return (0);
}

size_t
noise_columns(const double *change, size_t cols)
{
	size_t n = 0, j;

	for (j = 0; j < cols; j++)
		n += (change[j] > 0);
	return (n);
}

struct part *
noise_part(size_t cols, const char *const *names, const struct column *about, struct scale scale)
{
	struct part *p = part_new();

	if (p != NULL && part_set_columns(p, names, cols) == 0 && part_set_about(p, about) == 0) {
		scale_set(p, scale);
		return (p);
	}
	part_free(p);
	return (NULL);
}

int
noise_about(const struct noise_tensor *t, struct column *about)
{
	const struct column *c;
	size_t j;
	int rc = 0;

	for (j = 0; j < t->part->cols && rc == 0; j++) {
		c = part_about(t->part, j);
		if (!(t->change[j] > 0)) {
			rc = column_copy(&about[j], c);
			continue;
		}
		column_result(&about[j], bounds_any(), c->exponent);
		rc = (c->unit != NULL) ? column_set_unit(&about[j], c->unit) : 0;
		if (rc == 0)
			rc = supposed_result(&about[j], t->part, j, supposed_words(t->part, j) +
			    TAIL * (double)t->noise[j], "its sum with the noise");
	}
	return (rc);
}

void
noise_tensor_free(struct noise_tensor *t)
{

	free(t->noise);
	free(t->each);
	free(t->dealer);
	t->noise = t->each = t->dealer = NULL;
}

/* Words of a column, in units of its owner. */
static double
in_units(const struct part *p, size_t j, double words)
{

	return (ldexp(words, part_about(p, j)->exponent - (int)p->fraction_bits) /
	    (double)p->divisor);
}

static void
tell_noise(const struct noise *n, const struct noise_tensor *t)
{
	char column[PART_SHOWN_BYTES];
	const char *unit;
	size_t j;

	for (j = 0; j < t->part->cols && j < TOLD_COLUMNS; j++) {
		part_show_column(t->part, j, column);
		if (!(t->change[j] > 0))
			continue;
		unit = part_about(t->part, j)->unit;
		warn("%s, column %s: a person changes it by %.6g%s%s at most; noise of deviation "
		    "%.4g", t->name, column, in_units(t->part, j, t->change[j] *
		    (double)n->rows), (unit != NULL) ? " " : "", (unit != NULL) ? unit : "",
		    in_units(t->part, j, (double)t->noise[j]));
	}
	if (j < t->part->cols)
		warn("%s: and %zu columns more", t->name, t->part->cols - j);
}

/* ---- drawing ---- */

/* Wait until the time for ${draws} draws from ${began} on is up, or a multiple of it. */
static void
wait_out(int64_t began, size_t draws)
{
	const int64_t span = (int64_t)(DRAW_MS + draws / DRAWS_PER_MS) * 1000000;

	clock_wait_until(clock_slot_end(began, clock_ns(), span));
}

/*
 * A key for noise that nobody else has.  The number of the session is in it, to which every party
 * contributed: a machine that is restored from a snapshot, and draws the same randomness once more,
 * makes other noise.
 */
static void
noise_key(const struct stage *stage, uint8_t key[static PRG_KEY_BYTES])
{
	struct hash h;

	_Static_assert(PRG_KEY_BYTES == HASH_BYTES, "a digest is a key");
	prg_new_key(key);
	hash_init(&h);
	hash_string(&h, "smpc-noise-1");
	hash_bytes(&h, key, PRG_KEY_BYTES);
	if (stage->joint.session != NULL)
		hash_bytes(&h, session_number(stage->joint.session), HASH_BYTES);
	hash_final(&h, key);
}

/* Add to column ${j} of ${own} draws of one party. */
static int
draw_column(struct gaussian_source *source, uint64_t sigma, const struct noise_tensor *t, size_t j,
    word *own, int64_t *drawn)
{
	size_t i;

	if (sigma == 0)
		return (0);
	if (discrete_gaussian(source, sigma, drawn, t->rows) == -1)
		return (-1);
	for (i = 0; i < t->rows; i++)
		own[i * t->part->cols + j] += (word)drawn[i];
	return (0);
}

/* How many computing parties add noise; in the clear, and in a plan of public streams, as if. */
static size_t
parties_of(const struct stage *stage)
{

	return ((stage->reference->scheme == SCHEME_PUBLIC) ? CLEAR_PARTIES :
	    stage->reference->n_parties - 1);
}

/* This party's part of the noise; in the clear, what all parties would add. */
static int
draw_own(const struct stage *stage, const struct noise_tensor *t, word *own)
{
	const bool clear = !stage->masked, dealer = clear || mpc_is_dealer(stage->S);
	const size_t parties = clear ? parties_of(stage) : dealer ? 0 : 1;
	uint8_t key[PRG_KEY_BYTES];
	struct gaussian_source source;
	int64_t *drawn, began = clock_ns();
	size_t j, i;
	int rc = 0;

	if ((drawn = mem_array(t->rows, sizeof(*drawn))) == NULL)
		return (-1);
	noise_key(stage, key);
	gaussian_begin(&source, key);
	for (j = 0; j < t->part->cols && rc == 0; j++) {
		if (dealer)
			rc = draw_column(&source, t->dealer[j], t, j, own, drawn);
		for (i = 0; i < parties && rc == 0; i++)
			rc = draw_column(&source, t->each[j], t, j, own, drawn);
	}
	gaussian_end(&source);
	mem_wipe(key, sizeof(key));
	mem_wipe_free(drawn, t->rows * sizeof(*drawn));
	wait_out(began, t->rows * t->part->cols);
	return (rc);
}

/* ---- all of it ---- */

int
noise_settle(const struct noise *n, const struct stage *stage, struct noise_tensor *t)
{

	if (!budgets_same(&n->origins, budgets_met()))
		return (fail(ST_REFUSED, "the tensors of the stream have budgets of different "
		    "origins: add noise to each by itself"));
	if (find_deviations(n, parties_of(stage), t) == -1)
		return (-1);
	tell_noise(n, t);
	return (0);
}

int
noise_draw(struct stage *stage, const struct noise_tensor *t, word **own)
{
	const size_t n = t->rows * t->part->cols;

	*own = NULL;
	if (!mpc_holds_words(stage->S))
		return (0);
	if ((*own = mem_array(n, sizeof(**own))) == NULL)
		return (-1);
	if (draw_own(stage, t, *own) == 0)
		return (0);
	mem_wipe_free(*own, n * sizeof(**own));
	*own = NULL;
	return (-1);
}

int
noise_add(struct stage *stage, const struct noise_tensor *t, struct mpc_vector *y,
    const struct mpc_vector *x)
{
	word *own;
	int rc;

	if ((rc = noise_draw(stage, t, &own)) == 0)
		rc = mpc_add_noise(stage->S, y, x, own);
	mem_wipe_free(own, x->n * sizeof(*own));
	return (rc);
}
