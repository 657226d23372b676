/*
 * Functions of numbers of which more is known than of any: narrower and wider comparisons, longer
 * ladders, results with more bits; bounds for any word; and what results can be.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "func/function.h"

#include "mapping.h"

#define COUNT 1920 /* numbers of a run */
#define FAITHFUL_COUNT 192

struct run {
	struct mapping m;
	const struct mpc_function *function;
	struct mpc_numbers n;
	int64_t low, high;
};

static uint64_t seed = 11;

static double
real(const struct run *r, uint64_t w)
{

	return (ldexp((double)(int64_t)w, -(int)r->n.f));
}

/* A word from one to another: the ends, small ones, and others evenly in their logarithm. */
static int64_t
sample(int64_t low, int64_t high, size_t i)
{
	double top = log2((double)((high > -low) ? high : -low) + 1);
	int64_t v = (int64_t)exp2(top * mapping_uniform(&seed)) - 1;

	if (i < 4)
		return ((i % 2 == 0) ? low : high);
	v = (low < 0 && (high <= 0 || (i & 1) != 0)) ? -v : v;
	return ((v < low) ? low : (v > high) ? high : v);
}

/* ---- any word ---- */

static int
clip_any(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;

	return (mpc_clip_any(S, y, x, r->low, r->high));
}

static void
test_clip_any(int64_t low, int64_t high, size_t parties)
{
	static const int64_t ends[] = { INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1,
		INT64_MAX };
	const size_t n_ends = sizeof(ends) / sizeof(*ends);
	struct run r = { .low = low, .high = high };
	int64_t x, want;
	size_t i, wrong = 0;

	mapping_begin(&r.m, parties, COUNT, COUNT, clip_any, &r);
	for (i = 0; i < COUNT; i++) {
		if (i < n_ends)
			r.m.x[i] = (uint64_t)ends[i];
		else if (i % 3 == 0)
			r.m.x[i] = world_random(&seed);
		else
			r.m.x[i] = (uint64_t)((i % 3 == 1) ? low : high) + i / 3 % 5 - 2 +
			    ((i % 2 == 0) ? 0 : (uint64_t)1 << 63);
	}
	mapping_run(&r.m);
	for (i = 0; i < COUNT; i++) {
		x = (int64_t)r.m.x[i];
		want = (x < low) ? low : (x > high) ? high : x;
		wrong += (int64_t)r.m.y[i] != want;
	}
	ok(wrong == 0, "bounds %" PRId64 " and %" PRId64 " for any word: %zu parties (%zu wrong), %"
	    PRIu64 " rounds", low, high, parties, wrong, r.m.declared.rounds);
	mapping_end(&r.m);
}

/* ---- what results can be ---- */

static int
apply(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;

	return (r->function->apply(S, y, x, r->n));
}

/* Whether the ladder of a reciprocal has no range for a number. */
static bool
is_off_ladder(const struct run *r, double x)
{
	const struct mpc_ladder *l = &r->n.ladder;

	if (l->steps > 0)
		return (x < ldexp(1, (int)l->low - (int)r->n.f));
	return (x < ldexp(1.01, -(int)(r->n.f / 2)) || x > ldexp(1, 24 - (int)(r->n.f / 2)));
}

/* What a result may be off; of a function of numbers outside its domain, anything. */
static double
allowed(const struct run *r, double x, double due)
{
	const struct mpc_function *f = r->function;
	double unit = ldexp(1, -(int)(r->n.f + r->n.more)), units = 3;
	bool ladder = (f->reach >= 20);

	if (f->error == 0)
		return (0);
	/* Ladders go on beyond the domain; an inverse root's factor has few bits for large f. */
	if (ladder && (f->halves == -2 ? is_off_ladder(r, fabs(x)) : x <= 0 ||
	    x > ldexp(1, (int)mpc_ladder_bits(r->n) - (int)r->n.f)))
		return (1e300);
	if (!ladder && (x < f->low || x > f->high))
		return (1e300);
	if (f->halves == -1 && r->n.more == 0 && !r->n.wide)
		units = fmax(units, ldexp(1, (int)r->n.f - 15));
	return (fmax((f->relative > 0) ? f->relative * fabs(due) : f->error + 2 * unit,
	    units * unit));
}

/* Words from ${low} to ${high}, which the comparisons are just wide enough for. */
static void
test_span(const struct mpc_function *f, struct mpc_numbers n, int64_t low, int64_t high,
    bool faithful)
{
	struct run r = { .function = f, .n = n };
	struct mpc_span span = mpc_function_image(f, n, (struct mpc_span){ low, high });
	size_t count = faithful ? FAITHFUL_COUNT : COUNT, i, off = 0, outside = 0;
	double x, got, due;
	int64_t y;

	mapping_begin(&r.m, 2, count, count, apply, &r);
	r.m.faithful = faithful;
	for (i = 0; i < count; i++)
		r.m.x[i] = (uint64_t)sample(low, high, i);
	mapping_run(&r.m);
	for (i = 0; i < count; i++) {
		x = real(&r, r.m.x[i]);
		y = (int64_t)r.m.y[i];
		got = ldexp((double)y, -(int)(n.f + n.more));
		due = f->clear(x, n);
		if (fabs(got - due) > allowed(&r, x, due) && off++ < 3)
			printf("# %s(%.9g) = %.9g, not %.9g\n", f->name, x, got, due);
		if ((y < span.low || y > span.high) && outside++ < 3)
			printf("# %s(%.9g) = %.9g, not from %.9g to %.9g\n", f->name, x, got,
			    ldexp((double)span.low, -(int)(n.f + n.more)),
			    ldexp((double)span.high, -(int)(n.f + n.more)));
	}
	ok(off == 0 && outside == 0, "%s: %u bits, %u more%s%s, words from %" PRId64 " to %" PRId64
	    ": right, and where it is said (%zu off, %zu outside)", f->name, n.f, n.more,
	    (n.wide || n.ladder.steps > 0) ? ", wide" : "", faithful ? ", faithful" : "",
	    low, high, off, outside);
	mapping_end(&r.m);
}

static unsigned
bits_of(int64_t x)
{
	unsigned n = 0;

	for (; x > 0; x >>= 1)
		n++;
	return (n);
}

/* Numbers whose comparisons are as wide as they have to be, and no wider. */
static struct mpc_numbers
numbers(const struct mpc_function *f, unsigned bits, int64_t low, int64_t high)
{
	struct mpc_numbers n = { .f = bits };
	unsigned words = bits_of((high > -low) ? high : -low), least = bits + f->reach;

	n.wide = (f->reach >= 20 && f->halves != -2 && words > mpc_ladder_bits(n) + 1);
	if (n.wide)
		least = mpc_ladder_bits(n);
	n.range = ((words > least) ? words : least) + 1;
	if (f->halves == -2)
		n.more = 10;
	else if (f->halves == -1 && 14 + (words + 1) / 2 > bits + bits / 2)
		n.more = 14 + (words + 1) / 2 - bits - bits / 2;
	return (n);
}

/* Reciprocals whose ladder is that of the words, and whose least result has 14 bits. */
static void
test_reciprocal(unsigned bits, int64_t low, int64_t high, bool faithful)
{
	const struct mpc_function *f = mpc_function_find("reciprocal");
	struct mpc_numbers n = numbers(f, bits, low, high);
	const uint64_t most = (uint64_t)((high > -low) ? high : -low);
	unsigned words = bits_of((int64_t)most);

	n.ladder = mpc_reciprocal_ladder(bits, (low > 0) ? (uint64_t)low : (high < 0) ?
	    (uint64_t)-high : 1, most);
	n.more = (14 + words > 2 * bits) ? 14 + words - 2 * bits : 0;
	n.range = n.ladder.low + 3 * n.ladder.steps + 1;
	test_span(f, n, low, high, faithful);
}

static void
test_reciprocals(void)
{
	static const int64_t spans[][2] = { { 1, 1 }, { -3, 2 }, { 0, 1 << 12 }, { 1, 1 << 30 },
		{ 1 << 20, (1 << 20) + 9 }, { -(1 << 30), 1 << 30 }, { -(1 << 30), -(1 << 22) },
		{ 0, (int64_t)1 << 36 }, { 1, ((int64_t)1 << 45) - 1 },
		{ (int64_t)1 << 32, (int64_t)1 << 40 } };
	static const unsigned bits[] = { 16, 4, 20 };
	size_t i, j;

	for (i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
		for (j = 0; j < sizeof(spans) / sizeof(*spans); j++) {
			test_reciprocal(bits[i], spans[j][0], spans[j][1], false);
			if (i == 0 && j % 3 == 2)
				test_reciprocal(bits[i], spans[j][0], spans[j][1], true);
		}
	}
}

/* ---- quotients ---- */

/* Dividends and divisors, and what is known of them. */
struct division {
	struct mapping m;
	struct mpc_division d;
};

static int
divide(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct division *r = state;
	struct mpc_vector a = mpc_part(x, 0, COUNT), b = mpc_part(x, COUNT, COUNT);

	return (mpc_divide(S, y, &a, &b, &r->d));
}

/* Dividends below 2^a_bits, and divisors from ${low} to ${high}, of which 0 is taken for a unit. */
static void
test_division(unsigned a_bits, int64_t low, int64_t high, size_t parties)
{
	const uint64_t most = (uint64_t)((high > -low) ? high : -low),
	    least = (low > 0) ? (uint64_t)low : (high < 0) ? (uint64_t)-high : 1;
	struct division r = { .d = mpc_division_plan(16, a_bits, least, most) };
	double a, b, due, error, worst = 0, nearest = ldexp(1, (int)r.d.ladder.low);
	const int64_t limit = ((int64_t)1 << a_bits) - 1;
	size_t i;

	r.d.range = r.d.ladder.low + 3 * r.d.ladder.steps + 1;
	mapping_begin(&r.m, parties, 2 * COUNT, COUNT, divide, &r);
	for (i = 0; i < COUNT; i++) {
		r.m.x[i] = (uint64_t)sample(-limit, limit, i);
		r.m.x[COUNT + i] = (uint64_t)sample(low, high, i / 2 + (i & 1) * 7);
	}
	mapping_run(&r.m);
	for (i = 0; i < COUNT; i++) {
		a = (double)(int64_t)r.m.x[i];
		b = (double)(int64_t)r.m.x[COUNT + i];
		if (fabs(b) < nearest)
			continue;
		due = ldexp(a / b, (int)r.d.result);
		error = fabs((double)(int64_t)r.m.y[i] - due) / (1e-3 * fabs(due) + 2 +
		    ((r.d.bits > 32) ? 0 :
		    ldexp(1 / fabs(b), (int)(r.d.bits + r.d.result) - 30)));
		worst = fmax(worst, error);
		if (error > 1)
			printf("# %.0f / %.0f is %.9g\n", a, b,
			    ldexp((double)(int64_t)r.m.y[i], -(int)r.d.result));
	}
	ok(worst <= 1, "words below 2^%u divided by words from %" PRId64 " to %" PRId64
	    ": %zu parties: %.2f of what is allowed", a_bits, low, high, parties, worst);
	mapping_end(&r.m);
}

static void
test_divisions(void)
{

	test_division(31, -((int64_t)1 << 31), (int64_t)1 << 31, 2);
	test_division(30, 0, (int64_t)1 << 30, 3);
	test_division(30, 0, (int64_t)1 << 40, 2);
	test_division(30, (int64_t)1 << 28, (int64_t)1 << 40, 2);
	test_division(MPC_DIVIDEND_BITS, 1, ((int64_t)1 << MPC_DIVISOR_BITS) - 1, 2);
	test_division(MPC_DIVIDEND_BITS, 1, (int64_t)1 << 46, 3);
	test_division(MPC_DIVIDEND_BITS, -9, 5, 2);
	test_division(1, -9, 5, 2);
	test_division(8, 1 << 20, 1 << 30, 2);
	test_division(36, -((int64_t)1 << 36), -((int64_t)1 << 33), 2);
	test_division(20, -((int64_t)1 << 59), (int64_t)1 << 59, 2);
}

static void
test_spans(const struct mpc_function *f)
{
	static const unsigned bits[] = { 16, 12, 20 };
	static const int64_t spans[][2] = { { -5, 7 }, { 0, 1 << 12 }, { 1, 1 << 20 },
		{ -(1 << 30), 1 << 30 }, { 1 << 22, 1 << 30 }, { -(1 << 30), -(1 << 20) },
		{ 1, (int64_t)1 << 46 }, { -((int64_t)1 << 61), ((int64_t)1 << 61) } };
	size_t i, j;

	for (i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
		for (j = 0; j < sizeof(spans) / sizeof(*spans); j++) {
			if (i > 0 && j % 3 != 0)
				continue;
			test_span(f, numbers(f, bits[i], spans[j][0], spans[j][1]), spans[j][0],
			    spans[j][1], false);
			if (i == 0 && j % 3 != 2)
				test_span(f, numbers(f, bits[i], spans[j][0], spans[j][1]),
				    spans[j][0], spans[j][1], true);
		}
		/* As numbers are of which nothing is known: as large as functions take them. */
		test_span(f, mpc_any_numbers(bits[i]), -((int64_t)1 << (61 - bits[i])),
		    (int64_t)1 << (61 - bits[i]), false);
	}
}

int
main(void)
{
	const struct mpc_function *f;

	diag_init("numbers");
	test_clip_any(-65536, 65536, 2);
	test_clip_any(0, 1, 3);
	test_clip_any(5, 1 << 20, 2);
	test_clip_any(-(1 << 20), -5, 2);
	test_clip_any(-((int64_t)1 << 61), (int64_t)1 << 61, 2);
	ok(mpc_ladder_bits(mpc_any_numbers(16)) == 39 &&
	    mpc_ladder_bits((struct mpc_numbers){ .f = 16, .wide = true }) == 60 &&
	    mpc_ladder_bits((struct mpc_numbers){ .f = 20, .wide = true }) == 60,
	    "how far roots and logarithms go");
	for (f = mpc_functions; f->name != NULL; f++) {
		if (strcmp(f->name, "clip") != 0)
			test_spans(f);
	}
	test_reciprocals();
	test_divisions();
	return (tap_end());
}
