#include "cli/map_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/known.h"
#include "func/divisor.h"
#include "mpc/room.h"
#include "nn/prepare.h"
#include "ring/fixed.h"

/* Words that functions take are below 2^62. */
#define WORD_BITS MPC_NUMBER_RANGE
#define WORD_LIMIT ((int64_t)1 << WORD_BITS)

/* Bits that a result has at least, where it may have more than f: 3 units are 2^-13 of it. */
#define RESULT_BITS 14

#define DIVISION_SLACK 2 /* units by which a word divided by a divisor may be off, and rounded */

/* Numbers up to which a reciprocal, or that of a root, is right to a thousandth, or to 3 units. */
#define RECIPROCAL_DOMAIN (int64_t)1000

/* A tensor while its plan is made. */
struct planning {
	struct map_plan *p;
	struct stage_tensor *t;
	const struct map_request *what;
	struct scale scale; /* of all operands */
};

/* Refuse column ${j} of operand ${i}, as its numbers are, or may be, ${why}. */
static int
refuse_large(const struct planning *m, size_t i, size_t j, const char *why)
{
	const struct part *p = m->t->parts[i];
	const size_t at = stage_column(m->t, i, j);
	char text[KNOWN_TEXT];

	if (!column_has_range(part_about(p, at)))
		return (known_refuse(p, at, "how large its numbers are is not known, and they may "
		    "be %s: give them bounds first (smpc-map clip)", why));
	known_text(p, at, text);
	if (bounds_bits(bounds_of(part_about(p, at))) > WORD_BITS)
		return (known_refuse(p, at, "its numbers, %s, are %s, as their unit is that of "
		    "much smaller ones: owners declare ranges that are nearer to each other in "
		    "size (smpc-share --range)", text, why));
	return (known_refuse(p, at, "its numbers, %s, are %s: give them bounds first (smpc-map "
	    "clip)", text, why));
}

/* ---- before the function ---- */

/* What is known of an operand's column: of its words, divided by the divisor. */
static int
know_column(const struct planning *m, size_t i, size_t j, struct known *k)
{
	const int64_t limit = (int64_t)1 << MPC_DIVIDE_BITS, d = (int64_t)m->scale.divisor;

	if (known_of(m->t->parts[i], stage_column(m->t, i, j), m->scale, k) == -1)
		return (-1);
	m->p->unknown = m->p->unknown || !bounds_known(k->words);
	if (d == 1 || !bounds_known(k->words))
		return (0);
	if (k->words.low <= -limit || k->words.high >= limit)
		return (refuse_large(m, i, j, "too large for the division by its divisor"));
	k->words.low = k->words.low / d - DIVISION_SLACK;
	k->words.high = k->words.high / d + DIVISION_SLACK;
	return (0);
}

static int
shift_column(const struct planning *m, size_t i, size_t j, struct known *k, int shift)
{
	struct map_plan *p = m->p;

	if (shift == 0)
		return (0);
	if (p->shift[i] == NULL &&
	    (p->shift[i] = mem_array(p->cols, sizeof(*p->shift[i]))) == NULL)
		return (-1);
	p->shift[i][j] = shift;
	if (!bounds_known(k->words) || bounds_bits(k->words) > WORD_BITS ||
	    known_shift(k, shift) == -1)
		return (refuse_large(m, i, j, "too large for the function, in its units"));
	return (0);
}

/*
 * Bring words to exponent 0.  A shift by WORD_BITS stands for all larger ones: to the right it
 * leaves nothing, and to the left only columns of zeroes, which stay zeroes, are shifted so far.
 */
static int
to_own_unit(const struct planning *m, size_t i, size_t j, struct known *k)
{
	int shift = k->exponent;

	if (shift < -WORD_BITS || (shift > WORD_BITS && k->words.low == 0 && k->words.high == 0))
		shift = (shift < 0) ? -WORD_BITS : WORD_BITS;
	if (shift_column(m, i, j, k, shift) == -1)
		return (-1);
	k->exponent = 0;
	return (0);
}

/*
 * Widen comparisons to what a column takes that is compared with numbers up to 2^reach: words of
 * which nothing is known are as large as any.
 */
static int
widen(const struct planning *m, size_t i, size_t j, const struct known *k, unsigned reach)
{
	unsigned bits = m->p->n.f + reach, range = MPC_WORD_RANGE;

	if (bounds_known(k->words)) {
		if (bounds_bits(k->words) > WORD_BITS)
			return (refuse_large(m, i, j, "too large for the function"));
		bits = (bounds_bits(k->words) > bits) ? bounds_bits(k->words) : bits;
		range = bits + 1;
	}
	m->p->n.range = (range > m->p->n.range) ? range : m->p->n.range;
	return (0);
}

/* ---- behind it ---- */

static struct bounds
results_of(const struct planning *m, const struct mpc_function *f, const struct known *k)
{
	struct mpc_span x = { k->words.low, k->words.high };

	if (!bounds_known(k->words)) {
		if (f->halves == 2)
			return (bounds_any());
		x = (struct mpc_span){ -WORD_LIMIT, WORD_LIMIT };
	}
	x = mpc_function_image(f, m->p->n, x);
	return ((struct bounds){ x.low, x.high });
}

/* Say what is known of column ${j} of the result; ${of}: a column with the same unit, or NULL. */
static int
say(const struct planning *m, size_t j, struct bounds words, int exponent, const struct column *of)
{
	struct column *c = &m->t->about[j];

	if (exponent < -COLUMN_MAX_EXPONENT || exponent > COLUMN_MAX_EXPONENT)
		return (known_refuse(m->t->parts[0], stage_column(m->t, 0, j), "the unit of the "
		    "result would be beyond 2^%d", COLUMN_MAX_EXPONENT));
	column_result(c, words, exponent);
	if (of != NULL && of->unit != NULL) {
		c->kind = COLUMN_NUMBER;
		return (column_set_unit(c, of->unit));
	}
	return (0);
}

static const struct column *
operand_about(const struct planning *m, size_t j)
{

	return (part_about(m->t->parts[0], stage_column(m->t, 0, j)));
}

/* ---- functions of one number ---- */

/* Widen bounds of the magnitudes of divisors, which are from 1 on, to those of words in ${b}. */
static void
widen_magnitudes(struct bounds b, uint64_t *least, uint64_t *most)
{
	const uint64_t low = (b.low < 0) ? -(uint64_t)b.low : (uint64_t)b.low,
	    high = (b.high < 0) ? -(uint64_t)b.high : (uint64_t)b.high,
	    larger = (low > high) ? low : high;
	const uint64_t nearest = (b.low > 0) ? low : (b.high < 0) ? high : 1;

	*least = (nearest < *least) ? nearest : *least;
	*most = (larger > *most) ? larger : *most;
}

/*
 * How many fraction bits the result should have beyond f, so that the least of them, that of the
 * largest words, has RESULT_BITS: 2^(2f) / x, or 2^(3f/2) / sqrt(x).  Words of exponent 0 of which
 * nothing is known keep f, and so do those that are in the documented domain.
 */
static unsigned
more_bits(const struct mpc_function *f, const struct known *k, struct mpc_numbers n)
{
	const int bits = (int)n.f, most = (int)bounds_bits(k->words);
	const int64_t limit = RECIPROCAL_DOMAIN << n.f;
	int more;

	if (!bounds_known(k->words) ||
	    (k->exponent == 0 && k->words.low >= -limit && k->words.high <= limit))
		return (0);
	more = (f->halves == -2) ? RESULT_BITS + most - 2 * bits :
	    RESULT_BITS + (most + 1) / 2 - bits - bits / 2;
	return ((more < 0) ? 0 : (unsigned)more);
}

/* Bits that words of a function with a ladder have at most; they lose what is more. */
#define RECIPROCAL_BITS 45
#define ROOT_BITS 60

/* Roots take even exponents. */
static int
fit_ladder(const struct planning *m, size_t j, struct known *k)
{
	const struct mpc_function *f = m->what->function;
	const int most = (f->halves == -2) ? RECIPROCAL_BITS : ROOT_BITS,
	    bits = (int)bounds_bits(k->words);
	int shift = (bounds_known(k->words) && bits > most) ? most - bits : 0;

	if (f->halves % 2 != 0 && (k->exponent - shift) % 2 != 0)
		shift += (bits >= most) ? -1 : 1;
	return (shift_column(m, 0, j, k, shift));
}

/* Have the ladder of a root or a logarithm, or that of reciprocals, reach a column's words. */
static void
reach_for(const struct planning *m, const struct known *k, uint64_t *least, uint64_t *most)
{
	const struct mpc_function *f = m->what->function;
	struct mpc_numbers n = m->p->n;

	n.wide = false;
	if (f->halves != -2) {
		m->p->n.wide = m->p->n.wide || !bounds_known(k->words) ||
		    k->words.high > (int64_t)1 << mpc_ladder_bits(n);
		return;
	}
	if (bounds_known(k->words))
		widen_magnitudes(k->words, least, most);
}

/* Have a ladder for known words reach, where nothing is known of others, all that theirs would. */
static void
reach_for_others(const struct planning *m, const struct known *k, uint64_t *least, uint64_t *most)
{
	const struct mpc_ladder any = mpc_unknown_reciprocals(m->p->n.f);
	const uint64_t first = (uint64_t)1 << any.low,
	    last = (first << MPC_LADDER_OCTAVES * any.steps) - 1;
	size_t j;

	for (j = 0; j < m->p->cols && bounds_known(k[j].words); j++)
		continue;
	if (*most == 0 || j == m->p->cols)
		return;
	*least = (first < *least) ? first : *least;
	*most = (last > *most) ? last : *most;
}

/* Bounds of computed numbers may be far wider than these, which are lost in a large unit then. */
#define MOST_UNTOLD 3 /* doublings of a unit */

static void
warn_of_unit(const struct planning *m, size_t j, double unit)
{
	const size_t at = stage_column(m->t, 0, j);
	char name[PART_SHOWN_BYTES], text[KNOWN_TEXT];

	part_show_column(m->t->parts[0], at, name);
	known_text(m->t->parts[0], at, text);
	warn("tensor '%s', column %s: its header says %s, so that results are in units of %g: "
	    "narrower bounds (smpc-map clip) make them finer", m->t->parts[0]->name, name, text,
	    unit);
}

/*
 * Exponentials of numbers beyond the function's domain: x is e^(x - h ln 2) 2^h, and 2^h goes to
 * the unit of the result, up to 1.  Note what is added to words before, and set k->exponent to h.
 */
static int
lower_exponents(const struct planning *m, size_t j, struct known *k)
{
	const struct mpc_function *f = m->what->function;
	const int bits = (int)m->p->n.f;
	struct map_plan *p = m->p;
	double over, halvings;

	if (f->most == 0 || !bounds_known(k->words) ||
	    (over = ldexp((double)k->words.high, -bits) - f->most) <= 0)
		return (0);
	if ((halvings = ceil(over / log(2))) > bits)
		return (refuse_large(m, 0, j, "too large for the function"));
	if (p->before == NULL && (p->before = mem_array(p->cols, sizeof(*p->before))) == NULL)
		return (-1);
	if (halvings > MOST_UNTOLD && part_intact(m->t->parts[0]) == PART_CHANGED)
		warn_of_unit(m, j, ldexp(1, (int)halvings - bits));
	p->before[j] = -llrint(ldexp(halvings * log(2), bits));
	if (bounds_add(&k->words, (struct bounds){ p->before[j], p->before[j] }) == -1)
		return (refuse_large(m, 0, j, "too large for the function"));
	k->exponent = (int)halvings;
	return (0);
}

/*
 * What is divided by has a size that is known, or that of numbers as owners share them: the result
 * could be less than its unit.
 */
static int
check_size(const struct planning *m, size_t j, const struct known *k)
{
	const struct part *p = m->t->parts[0];

	if (bounds_known(k->words) || (k->exponent == 0 && part_about(p, j)->supposed == 0))
		return (0);
	return (known_refuse(p, j, "how large its numbers are is not known, and what is divided by "
	    "them could be less than a unit: give them bounds first (smpc-map clip)"));
}

static int
prepare_function(const struct planning *m, size_t j, struct known *k)
{
	const struct mpc_function *f = m->what->function;

	if (know_column(m, 0, j, k) == -1)
		return (-1);
	if (f->unit == MPC_UNIT_NONE && to_own_unit(m, 0, j, k) == -1)
		return (-1);
	if (lower_exponents(m, j, k) == -1)
		return (-1);
	if (f->halves < 0 && check_size(m, j, k) == -1)
		return (-1);
	if (mpc_has_ladder(f) && fit_ladder(m, j, k) == -1)
		return (-1);
	return (widen(m, 0, j, k, f->reach));
}

/* Plan one ladder, and more bits of the result, for all columns together. */
static void
plan_ladder(const struct planning *m, const struct known *k)
{
	const struct mpc_function *f = m->what->function;
	struct mpc_numbers *n = &m->p->n;
	uint64_t least = UINT64_MAX, most = 0;
	unsigned more;
	size_t j;

	for (j = 0; mpc_has_ladder(f) && j < m->p->cols; j++) {
		reach_for(m, &k[j], &least, &most);
		more = (f->halves < 0) ? more_bits(f, &k[j], *n) : 0;
		n->more = (more > n->more) ? more : n->more;
	}
	reach_for_others(m, k, &least, &most);
	if (most > 0)
		n->ladder = mpc_reciprocal_ladder(n->f, least, most);
	if (n->wide && n->range <= mpc_ladder_bits(*n))
		n->range = mpc_ladder_bits(*n) + 1;
	if (n->ladder.steps > 0 && n->range <= n->ladder.low + 3 * n->ladder.steps)
		n->range = n->ladder.low + 3 * n->ladder.steps + 1;
}

/*
 * Bounds of what is divided by numbers that may be near 0 are far wider than the results.  A
 * product that took them for a range would keep too few bits, so that nothing is said of them; but
 * words may be as large as that.
 */
#define SAID_OCTAVES 10
#define SAID_BITS 28 /* of which a product loses next to none */

/* Say what is known of column ${j}, results of a division by words within ${divisors}. */
static int
say_divided(const struct planning *m, size_t j, struct bounds words, struct bounds divisors,
    int exponent)
{
	const unsigned bits = bounds_bits(words);
	uint64_t least = UINT64_MAX, most = 1;
	bool near;

	widen_magnitudes(divisors, &least, &most);
	near = (bits > SAID_BITS && (!bounds_known(divisors) || most >> SAID_OCTAVES >= least));
	if (say(m, j, near ? bounds_any() : words, exponent, NULL) == -1)
		return (-1);
	if (near && bounds_known(words) && bits > COLUMN_SUPPOSED_BITS)
		m->t->about[j].supposed = (bits < 63) ? bits : 63;
	return (0);
}

/* The logarithm of x 2^e is log(x) + e ln 2: note what is added. */
static int
add_logarithm(const struct planning *m, size_t j, int exponent, struct bounds *b)
{
	struct map_plan *p = m->p;
	int64_t c = llrint(ldexp(exponent * log(2), (int)p->n.f));

	if (exponent == 0)
		return (0);
	if (p->added == NULL && (p->added = mem_array(p->cols, sizeof(*p->added))) == NULL)
		return (-1);
	p->added[j] = c;
	b->low += c;
	b->high += c;
	return (0);
}

static int
plan_function(const struct planning *m)
{
	const struct mpc_function *f = m->what->function;
	struct known *k;
	struct bounds b;
	size_t j;
	int exponent, rc = -1;

	if ((k = mem_array(m->p->cols, sizeof(*k))) == NULL)
		return (-1);
	for (j = 0; j < m->p->cols; j++) {
		if (prepare_function(m, j, &k[j]) == -1)
			goto out;
	}
	plan_ladder(m, k);
	for (j = 0; j < m->p->cols; j++) {
		b = results_of(m, f, &k[j]);
		if (f->unit == MPC_UNIT_LOGARITHM && add_logarithm(m, j, k[j].exponent, &b) == -1)
			goto out;
		exponent = (f->unit == MPC_UNIT_POWER) ? k[j].exponent * f->halves / 2 -
		    (int)m->p->n.more : (f->unit == MPC_UNIT_NONE) ? k[j].exponent : 0;
		if (((f->halves < 0) ? say_divided(m, j, b, k[j].words, exponent) :
		    say(m, j, b, exponent, (f->halves == 2) ? operand_about(m, j) : NULL)) == -1)
			goto out;
	}
	rc = 0;
out:
	free(k);
	return (rc);
}

/* ---- bounds ---- */

/*
 * Find a bound as a word of column ${j}, rounded as its numbers were.  One that does not fit, but
 * is beyond all words of the column and changes none of them, becomes the last of these.
 */
static int
find_bound(const struct planning *m, size_t j, const struct known *k, const char *text, bool upper,
    int64_t *v)
{
	const int64_t last = upper ? k->words.high : k->words.low;
	int bits = (int)m->p->n.f - k->exponent, rc;
	double number;

	if ((rc = fixed_parse_scaled(text, strlen(text), bits, v)) == FIXED_OK &&
	    *v > -WORD_LIMIT && *v < WORD_LIMIT)
		return (0);
	if (rc != FIXED_SYNTAX && fixed_parse_double(text, strlen(text), &number) == FIXED_OK &&
	    bounds_known(k->words) && (number > 0) == upper && last > -WORD_LIMIT &&
	    last < WORD_LIMIT) {
		*v = last;
		return (0);
	}
	return (known_refuse(m->t->parts[0], j, "the bound %s does not fit its scale", text));
}

static int
find_bounds(const struct planning *m, size_t j, const struct known *k)
{
	int64_t *low = &m->p->low[j], *high = &m->p->high[j];

	if (find_bound(m, j, k, m->what->low, false, low) == -1 ||
	    find_bound(m, j, k, m->what->high, true, high) == -1)
		return (-1);
	if (*low >= *high)
		return (known_refuse(m->t->parts[0], j, "at its scale the bounds --low and --high "
		    "are one number"));
	return (0);
}

/* Bounds times the divisor, for words that are not divided yet, as these may be any. */
static int
check_undivided(const struct planning *m, size_t j)
{
	const int64_t limit = ((int64_t)1 << MPC_DIVIDE_BITS) / (int64_t)m->scale.divisor;

	if (!m->p->any || m->scale.divisor == 1 ||
	    (m->p->low[j] > -limit && m->p->high[j] < limit))
		return (0);
	return (known_refuse(m->t->parts[0], j, "the bounds, times the divisor, do not fit 64 "
	    "bits: give narrower ones"));
}

static int64_t
clamped(int64_t x, int64_t low, int64_t high)
{

	return ((x < low) ? low : (x > high) ? high : x);
}

/*
 * Numbers that get bounds of very many bits, as quotients have, lose those that a declared range
 * has not, either: with them they would have no room in products.
 */
#define CLIPPED_BITS 40
#define DECLARED_BITS 32

static int
shorten_clipped(const struct planning *m, size_t j, struct known *k)
{
	struct map_plan *p = m->p;
	const unsigned bits = bounds_bits(k->words);

	if (bits <= CLIPPED_BITS || bits > MPC_NUMBER_RANGE)
		return (0);
	if (p->shorter == NULL && (p->shorter = mem_array(p->cols, sizeof(*p->shorter))) == NULL)
		return (-1);
	p->shorter[j] = DECLARED_BITS - (int)bits;
	return (known_shift(k, p->shorter[j]));
}

/*
 * Words that have a divisor, and may be any, are brought to the bounds before they are divided
 * (divide): then they are within them, but for rounding.
 */
static int
plan_bounds(const struct planning *m, size_t j)
{
	struct map_plan *p = m->p;
	struct bounds b;
	struct known k;

	if (known_of(m->t->parts[0], j, m->scale, &k) == -1)
		return (-1);
	if (!bounds_known(k.words) || bounds_bits(k.words) >= MPC_DIVIDE_BITS)
		p->any = true;
	else if (know_column(m, 0, j, &k) == -1)
		return (-1);
	if (find_bounds(m, j, &k) == -1)
		return (-1);
	/* Of such words no more is known than the bounds. */
	b = (p->divisor != 1 && bounds_bits(k.words) >= MPC_DIVIDE_BITS) ? bounds_any() : k.words;
	k.words = (struct bounds){ p->low[j] - DIVISION_SLACK, p->high[j] + DIVISION_SLACK };
	if (bounds_known(b) && bounds_bits(b) < WORD_BITS)
		bounds_unite(&k.words, b);
	if (widen(m, 0, j, &k, 0) == -1)
		return (-1);
	k.words = (struct bounds){ clamped(b.low, p->low[j], p->high[j]),
		clamped(b.high, p->low[j], p->high[j]) };
	if (shorten_clipped(m, j, &k) == -1)
		return (-1);
	return (say(m, j, k.words, k.exponent, operand_about(m, j)));
}

static int
plan_clip(const struct planning *m)
{
	struct map_plan *p = m->p;
	size_t j;

	if ((p->low = mem_array(p->cols, sizeof(*p->low))) == NULL ||
	    (p->high = mem_array(p->cols, sizeof(*p->high))) == NULL)
		return (-1);
	for (j = 0; j < p->cols; j++) {
		if (plan_bounds(m, j) == -1)
			return (-1);
	}
	for (j = 0; j < p->cols; j++) {
		if (check_undivided(m, j) == -1)
			return (-1);
	}
	return (0);
}

/* ---- rows ---- */

/* By how much softmax may be off. */
#define SOFTMAX_ERROR 1e-3
#define SOFTMAX_UNITS 3

/* What a row's logarithms can be where its numbers are within ${b}. */
static struct bounds
log_softmax_bounds(const struct planning *m, struct bounds b)
{
	const double one = ldexp(1, (int)m->p->n.f);
	int64_t error = (int64_t)ceil(SOFTMAX_ERROR * one) + SOFTMAX_UNITS;

	if (!bounds_known(b))
		return (b);
	return ((struct bounds){ b.low - b.high - error -
		(int64_t)ceil(log((double)m->p->cols) * one), error });
}

static struct bounds
softmax_bounds(const struct planning *m)
{
	const int64_t one = (int64_t)1 << m->p->n.f,
	    error = (int64_t)ceil(SOFTMAX_ERROR * (double)one) + SOFTMAX_UNITS;

	return ((struct bounds){ -error, one + error });
}

/*
 * The largest of a row is subtracted from all its numbers: differences have a bit more than these,
 * which is what comparisons with other numbers have, too.
 */
static int
plan_rows(const struct planning *m)
{
	struct bounds all = { INT64_MAX, INT64_MIN }, b;
	bool known = true;
	struct known k;
	size_t j;

	for (j = 0; j < m->p->cols; j++) {
		if (know_column(m, 0, j, &k) == -1 || to_own_unit(m, 0, j, &k) == -1 ||
		    widen(m, 0, j, &k, MPC_SOFTMAX_REACH) == -1)
			return (-1);
		known = known && bounds_known(k.words);
		bounds_unite(&all, k.words);
	}
	if (known && bounds_bits(all) >= WORD_BITS)
		return (known_refuse(m->t->parts[0], 0, "numbers of a row may be too far apart: "
		    "give them bounds first (smpc-map clip)"));
	all = known ? all : bounds_any();
	b = (m->what->kind == MAP_SOFTMAX) ? softmax_bounds(m) : log_softmax_bounds(m, all);
	for (j = 0; j < m->p->cols; j++) {
		if (say(m, j, b, 0, NULL) == -1)
			return (-1);
	}
	return (0);
}

/* ---- division ---- */

/* What is known of an operand's column: of words that are tested, what the test makes sure of. */
static int
know_tested(const struct planning *m, size_t i, size_t j, struct known *k)
{
	const struct ranges *r = &m->what->ranges[i];
	size_t at = stage_column(m->t, i, j);
	int64_t most;

	if (know_column(m, i, j, k) == -1)
		return (-1);
	if (r->n == 0 || !r->is_tested[at])
		return (0);
	most = ((int64_t)1 << r->column_bits[at]) - 1;
	k->words = (struct bounds){ -most, most };
	return (0);
}

/* Words lose bits for which there is no room; with those that are left they are exact enough. */
static int
fit_bits(const struct planning *m, size_t i, size_t j, struct known *k, unsigned most)
{
	const unsigned bits = bounds_bits(k->words);

	return ((bits <= most) ? 0 : shift_column(m, i, j, k, (int)most - (int)bits));
}

/*
 * A division is off by some units of the widest dividends.  Narrower ones are multiplied until they
 * are nearly as wide, so that this is as little of them.
 */
#define NARROWER_BITS 2

static int
widen_dividends(const struct planning *m, struct known *a)
{
	unsigned most = 0, bits;
	size_t j;

	for (j = 0; j < m->p->cols; j++) {
		bits = bounds_bits(a[j].words);
		most = (bits > most) ? bits : most;
	}
	for (j = 0; j < m->p->cols; j++) {
		bits = bounds_bits(a[j].words) + NARROWER_BITS;
		if (bits > NARROWER_BITS && bits < most &&
		    shift_column(m, 0, j, &a[j], (int)(most - bits)) == -1)
			return (-1);
	}
	return (0);
}

static void
plan_quotient(const struct planning *m, const struct known *a, const struct known *b)
{
	struct mpc_division *d = &m->p->division;
	unsigned a_bits = 1, bits, top;
	uint64_t least = UINT64_MAX, most = 1;
	size_t j;

	for (j = 0; j < m->p->cols; j++) {
		widen_magnitudes(b[j].words, &least, &most);
		bits = bounds_bits(a[j].words);
		a_bits = (bits > a_bits) ? bits : a_bits;
	}
	*d = mpc_division_plan(m->p->n.f, a_bits, least, most);
	top = d->ladder.low + 3 * d->ladder.steps;
	d->range = (m->p->n.range <= top) ? top + 1 : m->p->n.range;
}

/* Results are off by a thousandth and some units, and divisors may be taken for an eighth less. */
#define QUOTIENT_ERROR 2e-3
#define QUOTIENT_UNITS 4
#define DIVISOR_BLUR 0.875

static struct bounds
quotients_of(const struct mpc_division *d, struct bounds a, struct bounds b)
{
	const double unit = ldexp(1, (int)d->result),
	    near = ldexp(DIVISOR_BLUR, (int)d->ladder.low),
	    low = (b.low > 0) ? fmax((double)b.low * DIVISOR_BLUR, near) : near,
	    high = (b.high < 0) ? fmax(-(double)b.high * DIVISOR_BLUR, near) : near,
	    x[2] = { (double)a.low, (double)a.high };
	double least = 0, most = 0, y;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (b.high >= 0) {
			y = x[i] / low * unit;
			least = fmin(least, y);
			most = fmax(most, y);
		}
		if (b.low < 0) {
			y = -x[i] / high * unit;
			least = fmin(least, y);
			most = fmax(most, y);
		}
	}
	y = ldexp(1, (int)d->bits - 30) / fmin(low, high) * unit + QUOTIENT_UNITS;
	return ((struct bounds){ (int64_t)floor(least * (1 + QUOTIENT_ERROR) - y),
		(int64_t)ceil(most * (1 + QUOTIENT_ERROR) + y) });
}

static int
plan_quotients(const struct planning *m, struct known *a, struct known *b)
{
	struct map_plan *p = m->p;
	size_t j;

	for (j = 0; j < p->cols; j++) {
		if (know_tested(m, 0, j, &a[j]) == -1 || know_tested(m, 1, j, &b[j]) == -1 ||
		    widen(m, 1, j, &b[j], m->what->function->reach) == -1 ||
		    fit_bits(m, 0, j, &a[j], MPC_DIVIDEND_BITS) == -1 ||
		    fit_bits(m, 1, j, &b[j], MPC_DIVIDEND_BITS) == -1)
			return (-1);
	}
	if (widen_dividends(m, a) == -1)
		return (-1);
	plan_quotient(m, a, b);
	for (j = 0; j < p->cols; j++) {
		if (say_divided(m, j, quotients_of(&p->division, a[j].words, b[j].words),
		    b[j].words, a[j].exponent - b[j].exponent + (int)p->n.f -
		    (int)p->division.result) == -1)
			return (-1);
	}
	return (0);
}

static int
plan_division(const struct planning *m)
{
	struct known *k;
	int rc = -1;

	if ((k = mem_array(2 * m->p->cols, sizeof(*k))) != NULL)
		rc = plan_quotients(m, k, k + m->p->cols);
	free(k);
	return (rc);
}

/* ---- the plan ---- */

int
map_plan_make(struct map_plan *p, struct stage_tensor *t, const struct map_request *what)
{
	const struct planning m = { p, t, what, t->scale };

	*p = (struct map_plan){ .cols = t->cols, .divisor = t->scale.divisor,
		.n = { .f = t->scale.fraction_bits } };
	if (stage_tensor_numbers(t) == -1 || stage_tensor_know(t) == -1)
		return (-1);
	t->scale.divisor = 1;
	switch (what->kind) {
	case MAP_CLIP:
		return (plan_clip(&m));
	case MAP_SOFTMAX:
	case MAP_LOG_SOFTMAX:
		return (plan_rows(&m));
	case MAP_DIVIDE:
		return (plan_division(&m));
	case MAP_FUNCTION:
	default:
		return (plan_function(&m));
	}
}

void
map_plan_free(struct map_plan *p)
{
	size_t i;

	for (i = 0; i < MAP_MAX_OPERANDS; i++)
		free(p->shift[i]);
	free(p->added);
	free(p->before);
	free(p->shorter);
	free(p->low);
	free(p->high);
	memset(p, 0, sizeof(*p));
}

/* ---- a block ---- */

/*
 * Set ${index} to the places of the words of all columns from ${first} on that have the bounds of
 * column ${first}, mark these columns ${done}, and return how many words there are.
 */
static size_t
same_bounds(const struct map_plan *p, size_t first, size_t rows, bool *done, size_t *index)
{
	size_t n = 0, i, j;

	for (j = first; j < p->cols; j++) {
		if (done[j] || p->low[j] != p->low[first] || p->high[j] != p->high[first])
			continue;
		done[j] = true;
		for (i = 0; i < rows; i++)
			index[n++] = i * p->cols + j;
	}
	return (n);
}

/* Bring words to the bounds of column ${j}, times ${factor}; ${any}: they may be any words. */
static int
clip_words(struct mpc *S, const struct map_plan *p, struct mpc_vector *y,
    const struct mpc_vector *x, size_t j, int64_t factor, bool any)
{
	int64_t low = p->low[j] * factor, high = p->high[j] * factor;

	return (any ? mpc_clip_any(S, y, x, low, high) : mpc_clip(S, y, x, low, high, p->n.range));
}

/* The same for the ${n} words that are at ${index}. */
static int
clip_some(struct mpc *S, const struct map_plan *p, struct mpc_vector *y, const struct mpc_vector *x,
    size_t j, const size_t *index, size_t n, int64_t factor, bool any)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 2, 0) == 0) {
		mpc_gather(&r.word[0], x, index, n);
		if ((rc = clip_words(S, p, &r.word[1], &r.word[0], j, factor, any)) == 0)
			mpc_scatter(y, index, &r.word[1]);
	}
	room_close(&r);
	return (rc);
}

/* Bring words to the bounds, times ${factor}, of their columns: those with equal ones at once. */
static int
clip_columns(struct mpc *S, const struct map_plan *p, struct mpc_vector *y,
    const struct mpc_vector *x, int64_t factor, bool any)
{
	bool *done = mem_array(p->cols, sizeof(*done));
	size_t *index = mem_array(x->n, sizeof(*index)), n, j;
	int rc = (done != NULL && index != NULL) ? 0 : -1;

	for (j = 0; j < p->cols && rc == 0; j++) {
		if (done[j])
			continue;
		n = same_bounds(p, j, x->n / p->cols, done, index);
		rc = (n == x->n) ? clip_words(S, p, y, x, j, factor, any) :
		    clip_some(S, p, y, x, j, index, n, factor, any);
	}
	free(done);
	free(index);
	return (rc);
}

int
map_plan_clip(struct mpc *S, const struct map_plan *p, struct mpc_vector *y,
    const struct mpc_vector *x)
{
	struct mpc_vector clipped = { .n = 0 };
	const bool any = (p->any && p->divisor == 1);
	int rc;

	if (p->shorter == NULL)
		return (clip_columns(S, p, y, x, 1, any));
	if ((rc = mpc_vector_new(S, &clipped, x->n)) == 0 &&
	    (rc = clip_columns(S, p, &clipped, x, 1, any)) == 0) {
		mpc_copy(y, &clipped);
		rc = nn_shift_columns(S, y, y->n / p->cols, p->cols, p->shorter);
	}
	mpc_vector_free(&clipped);
	return (rc);
}

/* Divide by the divisor, which a mean leaves behind, as functions take words for numbers. */
static int
divide(struct mpc *S, const struct map_plan *p, struct mpc_vector *z, const struct mpc_vector *x)
{
	struct mpc_vector clipped = { .n = 0 };
	int rc;

	if (!p->any)
		return (p->unknown ? mpc_divide_any(S, z, x, p->divisor) :
		    mpc_divide_public(S, z, x, p->divisor, MPC_DIVIDE_BITS));
	if ((rc = mpc_vector_new(S, &clipped, x->n)) == 0 &&
	    (rc = clip_columns(S, p, &clipped, x, (int64_t)p->divisor, true)) == 0)
		rc = mpc_divide_public(S, z, &clipped, p->divisor, MPC_DIVIDE_BITS);
	mpc_vector_free(&clipped);
	return (rc);
}

int
map_plan_prepare(struct mpc *S, const struct map_plan *p, size_t i, struct mpc_vector *room,
    const struct mpc_vector **z, const struct mpc_vector *x)
{

	*z = x;
	if (p->divisor == 1 && p->shift[i] == NULL && p->before == NULL)
		return (0);
	*z = room;
	if (mpc_vector_new(S, room, x->n) == -1)
		return (-1);
	if (p->divisor == 1)
		mpc_copy(room, x);
	else if (divide(S, p, room, x) == -1)
		return (-1);
	if (p->shift[i] != NULL &&
	    nn_shift_columns(S, room, x->n / p->cols, p->cols, p->shift[i]) == -1)
		return (-1);
	return ((p->before == NULL) ? 0 : nn_add_to_columns(room, p->cols, p->before, 1));
}

int
map_plan_add(const struct map_plan *p, struct mpc_vector *y)
{

	return ((p->added == NULL) ? 0 : nn_add_to_columns(y, p->cols, p->added, 1));
}
