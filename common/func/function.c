#include "func/function.h"

#include <math.h>
#include <string.h>

#include "func/function_exact_internal.h"
#include "mpc/room.h"

/*
 * How a function comes about: thresholds say where a number is, a series or a power of two bends
 * it, and a selection takes the piece that counts and cuts off the fraction bits that are too many.
 * What is cut off must be below 2^62 (mpc_truncate), but what meets a bit that is 0 may be
 * anything, also a word that has wrapped around mod 2^64.
 */

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define SELECT(list, cut) \
	(struct mpc_selection){ .count = LENGTH(list), .terms = (list), .shift = (cut), \
		.results = 1 }

static const int64_t zero = 0;

/* d[j] = [x >= c_j] in ${range}; bits below ${low} need not be looked at. */
static int
thresholds(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *x, const int64_t *c,
    size_t count, unsigned range, unsigned low)
{
	const struct mpc_comparison comparison = { .low = low, .high = range, .count = count,
		.thresholds = c };

	return (mpc_compare(S, d, x, &comparison));
}

/* ---- pieces of straight lines ---- */

/*
 * Both operations see (m >> shift) - (r >> shift) of the opened m = z + r, the truncated number,
 * one its sign, the other its value: they have the same coin, and no result is negative.
 */
int
mpc_relu(struct mpc *S, struct mpc_vector *y, struct mpc_bits *d, const struct mpc_vector *z,
    unsigned range, unsigned shift)
{
	const struct mpc_selection_term terms[] = { { .bit = d, .word = z, .weight = { 1 } } };

	if (thresholds(S, d, z, &zero, 1, range, shift) == -1)
		return (-1);
	return (mpc_select(S, y, &SELECT(terms, shift)));
}

static int
apply_relu(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 1) == 0)
		rc = mpc_relu(S, y, &r.bit[0], x, n.range, 0);
	room_close(&r);
	return (rc);
}

static int
apply_step(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 1) == 0 &&
	    thresholds(S, r.bit, x, &zero, 1, n.range, 0) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = r.bit, .constant = { (int64_t)1 << n.f } },
		};

		rc = mpc_select(S, y, &SELECT(terms, 0));
	}
	room_close(&r);
	return (rc);
}

/* |x| = (2 [x >= 0] - 1) x. */
static int
apply_abs(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 1) == 0 &&
	    thresholds(S, r.bit, x, &zero, 1, n.range, 0) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = r.bit, .word = x, .weight = { 2 } },
			{ .word = x, .weight = { -1 } },
		};

		rc = mpc_select(S, y, &SELECT(terms, 0));
	}
	room_close(&r);
	return (rc);
}

/* [x >= 0] + [x >= one unit in the last place] - 1. */
static int
apply_sign(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	static const int64_t bounds[] = { 0, 1 };
	int64_t one = (int64_t)1 << n.f;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 2) == 0 &&
	    thresholds(S, r.bit, x, bounds, 2, n.range, 0) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = &r.bit[0], .constant = { one } },
			{ .bit = &r.bit[1], .constant = { one } },
			{ .constant = { -one } },
		};

		rc = mpc_select(S, y, &SELECT(terms, 0));
	}
	room_close(&r);
	return (rc);
}

/*
 * y = weight floor(w / 2^shift) + constant where low <= x < high, and public values below and
 * above; ${coarse} bits of x need not be looked at.
 */
struct saturation {
	unsigned range; /* of the comparisons of x */
	int64_t low, high;
	unsigned coarse;
	int64_t weight, constant;
	unsigned shift;
	int64_t below, above;
};

/*
 * Fraction bits that the thresholds of exp and sigmoid look at: for f = 16 twelve bits fewer are
 * compared.  A threshold c is then blurred: from c - 1/16 to c the coin decides (mpc_compare).
 */
#define SHARP_BITS 4

/*
 * What is above the upper bound is above the lower one, too, as bounds are farther apart than
 * 2^coarse: the exclusive or of both bits says inside, and costs nothing.
 */
enum { FROM_LOW, FROM_HIGH, INSIDE, SATURATION_BITS };

static int
saturate_by(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *w, struct mpc_bits *bit,
    const struct saturation *s)
{

	mpc_xor(&bit[INSIDE], &bit[FROM_LOW], &bit[FROM_HIGH]);
	const struct mpc_selection_term terms[] = {
		{ .bit = &bit[INSIDE], .word = w, .weight = { s->weight },
		    .constant = { s->constant } },
		{ .bit = &bit[FROM_HIGH], .constant = { s->above - s->below } },
		/* Below is where neither bit is set: below (1 - inside - above). */
		{ .bit = &bit[INSIDE], .constant = { -s->below } },
		{ .constant = { s->below } },
	};
	struct mpc_selection selection = SELECT(terms, s->shift);

	/* The last two terms are 0 then, and cost as much as others. */
	if (s->below == 0)
		selection.count = 2;
	return (mpc_select(S, y, &selection));
}

static int
saturate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *w,
    const struct mpc_vector *x, const struct saturation *s)
{
	const int64_t bounds[] = { [FROM_LOW] = s->low, [FROM_HIGH] = s->high };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, SATURATION_BITS) == 0 &&
	    thresholds(S, r.bit, x, bounds, 2, s->range, s->coarse) == 0)
		rc = saturate_by(S, y, w, r.bit, s);
	room_close(&r);
	return (rc);
}

int
mpc_clip(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int64_t low, int64_t high,
    unsigned range)
{
	const struct saturation s = { .range = range, .low = low, .high = high, .weight = 1,
		.below = low, .above = high };

	return (saturate(S, y, x, x, &s));
}

/*
 * [x - c >= 0], as words have it, is wrong where the difference wraps: it is then 1 for negative x,
 * if c > 0, and 0 for positive x, if c < 0.  With p = [x >= 0], which no word is wrong about,
 *
 *	[x >= c] = p and [x - c >= 0] for c >= 0, and not (not p and not [x - c >= 0]) for c < 0.
 *
 * Both conjunctions are one, of vectors one behind the other.
 */
static int
thresholds_any(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *x, const int64_t *c)
{
	enum { DIFFERENCE, SIGN, BOTH, LISTS, COUNT = 2 };
	const int64_t bounds[] = { c[0], c[1], 0 };
	const size_t stride = mpc_bits_stride(x->n);
	struct mpc_bits part;
	struct room r, lists;
	size_t i, k;
	int rc = -1;

	memset(&lists, 0, sizeof(lists));
	if (room_open(&r, S, x->n, 0, COUNT + 1) == -1 ||
	    room_open(&lists, S, COUNT * stride, 0, LISTS) == -1 ||
	    thresholds(S, r.bit, x, bounds, COUNT + 1, MPC_WORD_RANGE, 0) == -1)
		goto out;
	for (i = 0; i < COUNT; i++) {
		for (k = DIFFERENCE; k <= SIGN; k++) {
			part = mpc_bits_part(&lists.bit[k], i * stride, x->n);
			mpc_bits_copy(&part, &r.bit[(k == SIGN) ? COUNT : i]);
			if (c[i] < 0)
				mpc_not(&part, &part);
		}
	}
	if ((rc = mpc_and(S, &lists.bit[BOTH], (const struct mpc_bits *const[]){
	    &lists.bit[DIFFERENCE], &lists.bit[SIGN] }, 2)) == -1)
		goto out;
	for (i = 0; i < COUNT; i++) {
		part = mpc_bits_part(&lists.bit[BOTH], i * stride, x->n);
		mpc_bits_copy(&d[i], &part);
		if (c[i] < 0)
			mpc_not(&d[i], &d[i]);
	}
out:
	room_close(&r);
	room_close(&lists);
	return (rc);
}

int
mpc_clip_any(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int64_t low,
    int64_t high)
{
	const struct saturation s = { .low = low, .high = high, .weight = 1, .below = low,
		.above = high };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, SATURATION_BITS) == 0 &&
	    thresholds_any(S, r.bit, x, (const int64_t[]){ [FROM_LOW] = low,
	    [FROM_HIGH] = high }) == 0)
		rc = saturate_by(S, y, x, r.bit, &s);
	room_close(&r);
	return (rc);
}

/*
 * y + [low - slack <= y < low] (low - y) + [high < y <= high + slack] (high - y): bits of one
 * comparison with four bounds, of which each that is passed has all those below it passed.
 */
int
mpc_clip_near(struct mpc *S, struct mpc_vector *y, int64_t low, int64_t high, int64_t slack)
{
	const int64_t bounds[4] = { low - slack, low, high + 1, high + slack + 1 };
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 4,
		.thresholds = bounds };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, 0, 4) == 0 && mpc_compare(S, r.bit, y, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .word = y, .weight = { 1 } },
			{ .bit = &r.bit[0], .word = y, .weight = { -1 }, .constant = { low } },
			{ .bit = &r.bit[2], .word = y, .weight = { -1 }, .constant = { high } },
		};

		mpc_xor(&r.bit[0], &r.bit[0], &r.bit[1]);
		mpc_xor(&r.bit[2], &r.bit[2], &r.bit[3]);
		rc = mpc_select(S, y, &(struct mpc_selection){ .count = 3, .terms = terms,
			.results = 1 });
	}
	room_close(&r);
	return (rc);
}

static int
apply_clip(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	int64_t one = (int64_t)1 << n.f;

	return (mpc_clip_any(S, y, x, -one, one));
}

/* x + 1/2 (SecureML's activation). */
static int
apply_piecewise(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n)
{
	int64_t half = (int64_t)1 << (n.f - 1);
	const struct saturation s = { .range = n.range, .low = -half, .high = half,
		.weight = 1, .constant = half, .above = 2 * half };

	return (saturate(S, y, x, x, &s));
}

/* ---- Fourier series: coefficients by tests/python/series.py ---- */

/*
 * Take the logistic function less 1/2 up at 0, down at L/2, up at L: a smooth square wave of period
 * L, of odd harmonics h and sines alone.  The transform of sigmoid' is pi w / sinh(pi w), so that
 *
 *	b_h = (4 pi / L) / sinh(2 pi^2 h / L),
 *
 * which falls by e^(-4 pi^2 / L) from one odd h to the next: by 0.29 for L = 32, 0.73 for L = 128.
 * At 8 from the edge at L/2 the wave is e^-8 = 3.4e-4 off.  The tables are these b_h, fitted so
 * that cutting the sum off costs little.
 */
static const unsigned odd_harmonics[] = { 1, 3, 5, 7, 9, 11 };

/*
 * L = 32: off by 3.0e-4 at most for |x| <= 8.2.  Beyond 8 the function is 0 or 1, to 3.4e-4 again;
 * what is above 8 is for arguments that a blurred threshold lets in, up to 8 + 1/16 and, as tanh
 * doubles its own, 8 + 1/8.
 */
#define SIGMOID_PERIOD_LOG 5
#define SIGMOID_BOUND_LOG 3
#define SIGMOID_COEFFICIENT_BITS 18
#define SIGMOID_TABLE_BITS 20
#define SIGMOID_BITS (SIGMOID_COEFFICIENT_BITS + SIGMOID_TABLE_BITS)
static const int64_t sigmoid_sine[] = { 156781, 33153, 9459, 2730, 813, 243 };

/* y = weight sigmoid(2^up x) + below. */
struct logistic {
	unsigned up;
	int64_t weight, below;
};

static int
sigmoid_faithful(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n, const struct logistic *l)
{
	const unsigned f = n.f;
	int64_t bound = (int64_t)1 << (f + SIGMOID_BOUND_LOG - l->up);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0 &&
	    mpc_clip(S, &r.word[0], x, -bound, bound, n.range) == 0) {
		mpc_scale(&r.word[0], &r.word[0], (int64_t)1 << l->up);
		rc = exact_sigmoid(S, y, &r.word[0], f);
		mpc_scale(y, y, l->weight);
		mpc_add_public(y, y, l->below);
	}
	room_close(&r);
	return (rc);
}

static int
sigmoid_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n, const struct logistic *l)
{
	const unsigned f = n.f;
	const struct mpc_series series = {
		.period_bits = f + SIGMOID_PERIOD_LOG - l->up,
		.count = LENGTH(sigmoid_sine),
		.harmonic = odd_harmonics,
		.sine = sigmoid_sine,
		.constant = (int64_t)1 << (SIGMOID_BITS - 1),
		.coefficient_bits = SIGMOID_COEFFICIENT_BITS,
		.table_bits = SIGMOID_TABLE_BITS,
	};
	int64_t bound = (int64_t)1 << (f + SIGMOID_BOUND_LOG - l->up);
	const struct saturation s = { .range = n.range, .low = -bound, .high = bound,
		.coarse = f - SHARP_BITS, .weight = l->weight, .constant = l->below,
		.shift = SIGMOID_BITS - f, .below = l->below,
		.above = l->below + l->weight * ((int64_t)1 << f) };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0 && mpc_series(S, &r.word[0], x, &series) == 0)
		rc = saturate(S, y, &r.word[0], x, &s);
	room_close(&r);
	return (rc);
}

int
mpc_sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	const struct logistic l = { .weight = 1 };

	return (mpc_is_faithful(S) ? sigmoid_faithful(S, y, x, n, &l) :
	    sigmoid_series(S, y, x, n, &l));
}

/* tanh(x) = 2 sigmoid(2 x) - 1 */
int
mpc_tanh(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	const struct logistic l = { .up = 1, .weight = 2, .below = -((int64_t)1 << n.f) };

	return (mpc_is_faithful(S) ? sigmoid_faithful(S, y, x, n, &l) :
	    sigmoid_series(S, y, x, n, &l));
}

/*
 * L = 128: off by 3.4e-4 at most for |x| <= 56 = L/2 - 8.  As coefficients fall slowly there are
 * 24; their rounding to 16 bits adds 24 sqrt(1/2) 2^-16 = 2.6e-4 at the very worst.
 */
#define WIDE_TERMS 24
#define WIDE_PERIOD_LOG 7
#define WIDE_COEFFICIENT_BITS 16
#define WIDE_TABLE_BITS (MPC_SIGMOID_BITS - WIDE_COEFFICIENT_BITS)
static const unsigned wide_harmonics[WIDE_TERMS] = { 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25,
	27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47 };
static const int64_t wide_sine[WIDE_TERMS] = { 41557, 13425, 7573, 4943, 3425, 2440, 1764, 1286,
	942, 691, 508, 373, 273, 199, 145, 107, 79, 60, 45, 33, 23, 16, 11, 18 };

int
mpc_sigmoid_within(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	const struct mpc_series series = {
		.period_bits = f + WIDE_PERIOD_LOG,
		.count = WIDE_TERMS,
		.harmonic = wide_harmonics,
		.sine = wide_sine,
		.constant = (int64_t)1 << (MPC_SIGMOID_BITS - 1),
		.coefficient_bits = WIDE_COEFFICIENT_BITS,
		.table_bits = WIDE_TABLE_BITS,
	};

	return (mpc_series(S, y, x, &series));
}

/*
 * Functions of a number c in [1/8, 1): series in it of period 2, good from 0.108 to 1.01.  That is
 * less than half a period; on the rest the fit may do what it likes, so few harmonics are enough.
 * 0.108: a blurred threshold lets in 7/8 of 1/8 = 0.1094.  1.01: above all ranges c is 1, and a
 * sum that is surely in one may have rounding errors beyond it.
 *
 * Each harmonic, of amplitude a, is off by up to a 2^-T + 2^-C, for C coefficient and T table bits;
 * in all, at the worst: reciprocal 9.1e-4, log 4.4e-5, sqrt 3.3e-4, rsqrt 3.1e-4, short 1.3e-3.
 */
struct core {
	enum exact_core exact; /* what a faithful engine takes instead */
	size_t count;
	const int64_t *sine, *cosine;
	double constant;
	unsigned coefficient_bits, table_bits;
};

static const unsigned harmonics[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

#define CORE_PERIOD_LOG 1

static const struct core core_reciprocal = {
	.exact = EXACT_RECIPROCAL,
	.count = 8,
	.sine = (const int64_t[]){ -18000680, -12398738, 2053048, 5142010, 1280276, -372530,
	    -146944, -3137 },
	.cosine = (const int64_t[]){ 9210281, -9319849, -9749935, -1111767, 1802057, 591537, -26983,
	    -16092 },
	.constant = 170.24437217789261,
	.coefficient_bits = 16,
	.table_bits = 20,
};

static const struct core core_log = {
	.exact = EXACT_LOG,
	.count = 6,
	.sine = (const int64_t[]){ 2386274, 1171585, -438317, -312609, -32, 10184 },
	.cosine = (const int64_t[]){ -1183921, 1244906, 743562, -83559, -81374, -2643 },
	.constant = -6.410268740170864,
	.coefficient_bits = 18,
	.table_bits = 20,
};

static const struct core core_sqrt = {
	.exact = EXACT_SQRT,
	.count = 5,
	.sine = (const int64_t[]){ 7523, 5328, -729, -698, -10 },
	.cosine = (const int64_t[]){ -9508, 2901, 2372, -67, -103 },
	.constant = 0.3852100114502173,
	.coefficient_bits = 14,
	.table_bits = 16,
};

static const struct core core_rsqrt = {
	.exact = EXACT_RSQRT,
	.count = 7,
	.sine = (const int64_t[]){ -1202918, -828018, 96899, 271391, 59422, -12637, -2945 },
	.cosine = (const int64_t[]){ 687108, -562309, -585564, -68574, 79817, 20410, -565 },
	.constant = 13.073858017143587,
	.coefficient_bits = 16,
	.table_bits = 18,
};

/* The same with fewer bits, which leaves more for what it is multiplied by. */
static const struct core core_rsqrt_short = {
	.exact = EXACT_RSQRT,
	.count = 7,
	.sine = (const int64_t[]){ -300730, -207005, 24225, 67848, 14856, -3159, -736 },
	.cosine = (const int64_t[]){ 171777, -140577, -146391, -17143, 19954, 5102, -141 },
	.constant = 13.073858017143587,
	.coefficient_bits = 14,
	.table_bits = 16,
};

/* Fraction bits of what the core gives. */
static unsigned
core_bits(const struct core *core)
{

	return (core->coefficient_bits + core->table_bits);
}

/* y = core(c / 2^C), with core_bits; polynomials have fewer and are scaled up to as many. */
static int
core_evaluate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *c, unsigned C,
    const struct core *core)
{
	const struct mpc_series series = {
		.period_bits = C + CORE_PERIOD_LOG,
		.count = core->count,
		.harmonic = harmonics,
		.sine = core->sine,
		.cosine = core->cosine,
		.constant = (int64_t)ldexp(core->constant, (int)core_bits(core)),
		.coefficient_bits = core->coefficient_bits,
		.table_bits = core->table_bits,
	};

	if (!mpc_is_faithful(S))
		return (mpc_series(S, y, c, &series));
	if (exact_core(S, y, c, C, core->exact) == -1)
		return (-1);
	mpc_scale(y, y, (int64_t)1 << (core_bits(core) - EXACT_BITS));
	return (0);
}

/* ---- a ladder of ranges ---- */

/*
 * Find which of ${steps} ranges of three octaves a number is in, from 2^low units in the last place
 * on, and scale it to the topmost: c in [2^(top - 3), 2^top), where top = low + 3 steps.  In range
 * k, counted from 0, the number is
 *
 *	x = (c / 2^top) 2^(low + 3 (k + 1) - f),
 *
 * and a function of it a core of c / 2^top, times or plus a public value v of the range.
 */
#define MAX_STEPS 20
#define STEP_LOG MPC_LADDER_OCTAVES

struct root_ranges {
	unsigned low;
	unsigned steps;    /* up to MAX_STEPS */
	bool bounded;      /* the number is surely in one of them */
	int64_t v[MAX_STEPS];
	int64_t v_below, v_above; /* c = 2^(top - 3) below, and 2^top above */
};

/* Bits that ranges_normalize works with: first a rung for each threshold, then the ranges. */
enum { RUNG, IN_RANGE = MAX_STEPS + 1, LADDER_BITS = IN_RANGE + MAX_STEPS };

/* log2 of the upper end of range k - 1, and the lower one of range k. */
static unsigned
ranges_rung(const struct root_ranges *R, unsigned k)
{

	return (R->low + STEP_LOG * k);
}

static unsigned
ranges_top(const struct root_ranges *R)
{

	return (ranges_rung(R, R->steps));
}

/* The first and last rungs there are: the ends of bounded ranges need not be looked for. */
static unsigned
ranges_first(const struct root_ranges *R)
{

	return (R->bounded ? 1 : 0);
}

static unsigned
ranges_last(const struct root_ranges *R)
{

	return (R->bounded ? R->steps - 1 : R->steps);
}

/*
 * t[k] = [x >= 2^(low + 3 k)].  Bits below an eighth of the lowest rung are left out: the coin may
 * then take a number from 7/8 of that rung on, or from nearer higher ones, for one above it.
 */
static int
ranges_compare(struct mpc *S, struct mpc_bits *t, const struct mpc_vector *x, unsigned range,
    const struct root_ranges *R)
{
	unsigned coarse = (R->low > STEP_LOG) ? R->low - STEP_LOG : 0, first = ranges_first(R),
	    last = ranges_last(R), k;
	int64_t bounds[MAX_STEPS + 1];

	if (first > last)
		return (0);
	for (k = first; k <= last; k++)
		bounds[k] = (int64_t)1 << ranges_rung(R, k);
	return (thresholds(S, t + first, x, bounds + first, last + 1 - first, range, coarse));
}

/* [x is in range k]: this rung and not the next; put into ${h}, or a rung, or NULL for 1. */
static const struct mpc_bits *
ranges_inside(const struct root_ranges *R, struct mpc_bits *h, const struct mpc_bits *t, unsigned k)
{
	bool below = (k >= ranges_first(R)), above = (k + 1 <= ranges_last(R));

	if (below && above)
		mpc_xor(h, &t[k], &t[k + 1]);
	else if (above)
		mpc_not(h, &t[k + 1]);
	return (above ? h : below ? &t[k] : NULL);
}

/*
 * c_v[0] = c and c_v[1] = v.  A range's weight 8^(steps - 1 - k) carries numbers of higher ranges
 * past 2^64, harmlessly: their bit is 0.
 */
static int
ranges_normalize(struct mpc *S, struct mpc_vector *c_v, const struct mpc_vector *x, unsigned range,
    const struct root_ranges *R, struct mpc_bits *bits)
{
	const int64_t c_below = (int64_t)1 << (ranges_top(R) - STEP_LOG),
	    c_above = (int64_t)1 << ranges_top(R);
	struct mpc_selection_term terms[MAX_STEPS + 3];
	struct mpc_bits *t = bits + RUNG, *h = bits + IN_RANGE;
	size_t n = 0;
	unsigned k;

	if (ranges_compare(S, t, x, range, R) == -1)
		return (-1);
	for (k = 0; k < R->steps; k++)
		terms[n++] = (struct mpc_selection_term){ .bit = ranges_inside(R, &h[k], t, k),
			.word = x, .weight = { (int64_t)1 << (STEP_LOG * (R->steps - 1 - k)), 0 },
			.constant = { 0, R->v[k] } };
	if (!R->bounded) {
		/* Below: 1 - t[0]; above: t[steps]. */
		terms[n++] = (struct mpc_selection_term){ .bit = &t[0],
			.constant = { -c_below, -R->v_below } };
		terms[n++] = (struct mpc_selection_term){ .constant = { c_below, R->v_below } };
		terms[n++] = (struct mpc_selection_term){ .bit = &t[R->steps],
			.constant = { c_above, R->v_above } };
	}
	return (mpc_select(S, c_v, &(struct mpc_selection){ .count = n, .terms = terms,
		.results = 2 }));
}

/* Words that functions of ranges work with. */
enum { C, V, CORE, CORE_WORDS, PRODUCT = CORE_WORDS, SCALED_WORDS, ABSOLUTE = SCALED_WORDS,
	SIGNED_WORDS };

/* A core's last ${cut} bits are cut off, and then ${shift} ones of its product with v. */
struct core_scaling {
	const struct core *core;
	unsigned cut, shift;
};

/* Where v needs more room than a whole core leaves, the core has only as many bits as it must. */
static int
shorten_core(struct mpc *S, struct mpc_vector *core, unsigned cut)
{

	return ((cut == 0) ? 0 : mpc_truncate(S, core, core, cut));
}

/* y = floor(floor(core(c) / 2^cut) v / 2^shift), where c and v come from the ranges. */
static int
scaled_core(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned range,
    const struct root_ranges *R, const struct core_scaling *scaling)
{
	const struct bilinear times = bilinear_elements(x->n);
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, SCALED_WORDS, LADDER_BITS) == 0) {
		w = r.word;
		if (ranges_normalize(S, &w[C], x, range, R, r.bit) == 0 &&
		    core_evaluate(S, &w[CORE], &w[C], ranges_top(R), scaling->core) == 0 &&
		    shorten_core(S, &w[CORE], scaling->cut) == 0 &&
		    mpc_product(S, &w[PRODUCT], &times, &w[CORE], &w[V]) == 0)
			rc = mpc_truncate(S, y, &w[PRODUCT], scaling->shift);
	}
	room_close(&r);
	return (rc);
}

/* ---- reciprocal and what needs it ---- */

/*
 * 1 / x = (1 / (c / 2^top)) 8^(steps - 1 - k) 2^(f - top), by the formula of x above: v is the
 * power of 8, and the rest is in the shift.  The core is at most 1 / 0.1094 = 2^3.2 with 36 bits,
 * so that for 8 steps the product is below 2^(39.2 + 21); a ninth would have no room.
 */
static struct root_ranges
reciprocal_ranges(unsigned f, int low, unsigned steps, bool bounded)
{
	struct root_ranges R = { .low = (unsigned)((int)f + low), .steps = steps,
	    .bounded = bounded };
	unsigned k;

	for (k = 0; k < steps; k++)
		R.v[k] = (int64_t)1 << (STEP_LOG * (steps - 1 - k));
	R.v_below = R.v[0];
	return (R);
}

/*
 * How many bits of the core leave room for v: the core is below 2^3.2, and v at most 8^(steps - 1),
 * so that their product is below 2^(61 - 0.8).
 */
static unsigned
reciprocal_core_bits(unsigned steps)
{
	unsigned room = 57 - STEP_LOG * (steps - 1);

	return ((room < core_bits(&core_reciprocal)) ? room : core_bits(&core_reciprocal));
}

/* The product is the word core v 2^bits, the result (1 / x) 2^f = core v 2^(2 f - top). */
static unsigned
reciprocal_shift(unsigned f, const struct root_ranges *R)
{

	return (reciprocal_core_bits(R->steps) + ranges_top(R) - 2 * f);
}

int
mpc_reciprocal_within(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f,
    int low, unsigned steps)
{
	const struct root_ranges R = reciprocal_ranges(f, low, steps, true);
	struct room r;
	int rc = -1;

	if (steps > 1)
		return (scaled_core(S, y, x, mpc_range_bits(f), &R, &(struct core_scaling){
		    .core = &core_reciprocal, .shift = reciprocal_shift(f, &R) }));
	/* Of a single range c is x, and v is 1. */
	if (room_open(&r, S, x->n, 1, 0) == 0 &&
	    core_evaluate(S, &r.word[0], x, ranges_top(&R), &core_reciprocal) == 0)
		rc = mpc_truncate(S, y, &r.word[0], reciprocal_shift(f, &R));
	room_close(&r);
	return (rc);
}

/* Numbers are below 2^(top + 1): two bits beyond the top hold any difference with a rung. */
#define BEYOND_TOP_BITS 2

/*
 * Words below count as 8^-1 times the top, and v is 0: so is the result.  Of words above it is that
 * of the top.
 */
int
mpc_reciprocal_above(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f,
    const struct mpc_ladder *ladder)
{
	struct root_ranges R = reciprocal_ranges(ladder->low, 0, ladder->steps, false);

	R.v_below = 0;
	R.v_above = R.v[R.steps - 1];
	return (scaled_core(S, y, x, ranges_top(&R) + BEYOND_TOP_BITS, &R, &(struct core_scaling){
	    .core = &core_reciprocal, .shift = reciprocal_shift(f, &R) }));
}

/* No word is above, but the blur of a threshold may take one for such. */
static struct root_ranges
ladder_ranges(const struct mpc_ladder *l)
{
	struct root_ranges R = reciprocal_ranges(l->low, 0, l->steps, false);

	R.v_above = R.v[l->steps - 1];
	return (R);
}

#define RECIPROCAL_STEPS 8
#define RECIPROCAL_MOST_STEPS 15 /* which leave the core 15 bits */

/*
 * Of numbers of which nothing is known the ranges begin at 2^-(f / 2) and end 24 octaves on, where
 * for f <= 16 at most a unit in the last place is left of the result.
 */
struct mpc_ladder
mpc_unknown_reciprocals(unsigned f)
{

	return ((struct mpc_ladder){ .low = f - f / 2, .steps = RECIPROCAL_STEPS });
}

static struct root_ranges
all_reciprocal_ranges(struct mpc_numbers n)
{
	const struct mpc_ladder any = mpc_unknown_reciprocals(n.f);

	return ((n.ladder.steps == 0) ? reciprocal_ranges(any.low, 0, any.steps, false) :
	    ladder_ranges(&n.ladder));
}

/* Ranges for words from ${least} to ${most}; of more than ${most_steps}, the upper ones. */
static struct mpc_ladder
ladder_within(uint64_t least, uint64_t most, unsigned most_steps)
{
	struct mpc_ladder l = { .steps = 1 };

	while (least >> (l.low + 1) != 0)
		l.low++;
	while (l.low + STEP_LOG * l.steps < 63 && most >> (l.low + STEP_LOG * l.steps) != 0)
		l.steps++;
	if (l.steps > most_steps) {
		l.low += STEP_LOG * (l.steps - most_steps);
		l.steps = most_steps;
	}
	return (l);
}

/* What is left of the result, 2^(bits of the core + top - 2 f) times it, has to be cut off. */
struct mpc_ladder
mpc_reciprocal_ladder(unsigned f, uint64_t least, uint64_t most)
{
	struct mpc_ladder l = ladder_within(least, most, RECIPROCAL_MOST_STEPS);

	while (l.low + STEP_LOG * l.steps < f)
		l.steps++;
	return (l);
}

/*
 * What reciprocals begin with: |x|, in ranges, and the core of what it is there.  ${bit} has room
 * for LADDER_BITS and, as the last one, [x >= 0].
 */
enum { POSITIVE = LADDER_BITS, SIGNED_BITS };

static int
signed_core(struct mpc *S, struct room *r, const struct mpc_vector *x, unsigned range,
    const struct root_ranges *R)
{
	struct mpc_vector *w = r->word;
	const struct mpc_selection_term absolute[] = {
		{ .bit = &r->bit[POSITIVE], .word = x, .weight = { 2 } },
		{ .word = x, .weight = { -1 } },
	};

	if (thresholds(S, &r->bit[POSITIVE], x, &zero, 1, range, 0) == -1 ||
	    mpc_select(S, &w[ABSOLUTE], &SELECT(absolute, 0)) == -1 ||
	    ranges_normalize(S, &w[C], &w[ABSOLUTE], range, R, r->bit) == -1)
		return (-1);
	return (core_evaluate(S, &w[CORE], &w[C], ranges_top(R), &core_reciprocal));
}

/* y = z, or -z where x is negative, without its last ${cut} bits. */
static int
give_sign(struct mpc *S, struct mpc_vector *y, const struct room *r, const struct mpc_vector *z,
    unsigned cut)
{
	const struct mpc_selection_term back[] = {
		{ .bit = &r->bit[POSITIVE], .word = z, .weight = { 2 } },
		{ .word = z, .weight = { -1 } },
	};

	return (mpc_select(S, y, &SELECT(back, cut)));
}

/* |1 / x|, then its sign, in the selection that cuts off. */
int
mpc_reciprocal(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n)
{
	const struct root_ranges R = all_reciprocal_ranges(n);
	const struct bilinear times = bilinear_elements(x->n);
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, SIGNED_WORDS, SIGNED_BITS) == 0) {
		w = r.word;
		if (signed_core(S, &r, x, n.range, &R) == 0 &&
		    shorten_core(S, &w[CORE], core_bits(&core_reciprocal) -
		    reciprocal_core_bits(R.steps)) == 0 &&
		    mpc_product(S, &w[PRODUCT], &times, &w[CORE], &w[V]) == 0)
			rc = give_sign(S, y, &r, &w[PRODUCT], reciprocal_shift(n.f, &R) - n.more);
	}
	room_close(&r);
	return (rc);
}

/* ---- division ---- */

/*
 * a / b = a core v 2^-top: v may be as large as 8^(steps - 1), and is as large only where b is
 * small.  So a is multiplied by the core first, which has the bits that a leaves room for; then as
 * many are cut off as leave room for v.  What is cut off of that, a unit, is of a's largest words
 * 2^-(57 - 3 (steps - 1)).
 */
#define DIVISION_MOST_STEPS 10
#define DIVISION_CORE_BITS 30

/*
 * Dividends of more bits than that would lose too many of them, and so would others by divisors of
 * more ranges: the product with the core stays whole, and is cut off by what its range asks for,
 * range by range, a round each.  A single range more is left out instead, the lowest one.
 */
#define DIVISION_WIDE_BITS 32
#define DIVISION_SPARED_STEPS 1

static bool
is_wide(const struct mpc_division *d)
{

	return (d->bits > DIVISION_WIDE_BITS || d->ladder.steps > DIVISION_MOST_STEPS);
}

/* The core's bits, and what is cut off behind each product. */
struct division_cuts {
	unsigned core, first, second;
};

static struct division_cuts
cuts_of(const struct mpc_division *d)
{
	const unsigned top = d->ladder.low + STEP_LOG * d->ladder.steps,
	    room = 61 - STEP_LOG * (d->ladder.steps - 1);
	struct division_cuts c = { .core = 57 - d->bits };

	if (c.core > DIVISION_CORE_BITS)
		c.core = DIVISION_CORE_BITS;
	/* a core is below 2^(bits + 3.2 + core) */
	c.first = is_wide(d) ? 0 : (d->bits + 4 + c.core > room) ? d->bits + 4 + c.core - room : 0;
	/* room for the result leaves a bit at least */
	c.second = top + c.core - d->result - c.first;
	return (c);
}

static struct mpc_ladder
division_ladder(unsigned a_bits, uint64_t least, uint64_t most)
{
	const struct mpc_ladder all = ladder_within(least, most, MAX_STEPS);

	return ((a_bits > DIVISION_WIDE_BITS || all.steps > DIVISION_MOST_STEPS +
	    DIVISION_SPARED_STEPS) ? all : ladder_within(least, most, DIVISION_MOST_STEPS));
}

struct mpc_division
mpc_division_plan(unsigned least_result, unsigned a_bits, uint64_t least, uint64_t most)
{
	struct mpc_division d = { .bits = a_bits, .ladder = division_ladder(a_bits, least, most) };
	const int top = (int)(d.ladder.low + STEP_LOG * d.ladder.steps),
	    room = 59 - (int)a_bits + (int)d.ladder.low;
	int result = MPC_QUOTIENT_BITS - (int)a_bits + top;

	/* Beyond the top there is nothing to be cut off. */
	result = (result > top) ? top : result;
	result = (result < (int)least_result) ? (int)least_result : result;
	d.result = (unsigned)((result > room) ? room : result);
	while (d.ladder.low + STEP_LOG * d.ladder.steps < d.result)
		d.ladder.steps++;
	return (d);
}

#define UNKNOWN_BITS 15

struct mpc_division
mpc_unknown_division(unsigned f)
{
	struct mpc_division d = mpc_division_plan(f, f + UNKNOWN_BITS,
	    (uint64_t)1 << (f - f / 2), ((uint64_t)1 << (f + UNKNOWN_BITS)) - 1);

	d.range = d.ladder.low + STEP_LOG * d.ladder.steps + 1;
	return (d);
}

/* y = floor(floor(product / 2^first) v / 2^second). */
static int
scale_back(struct mpc *S, struct mpc_vector *y, struct mpc_vector *w,
    const struct division_cuts *cut)
{
	const struct bilinear times = bilinear_elements(y->n);

	if (shorten_core(S, &w[PRODUCT], cut->first) == -1 ||
	    mpc_product(S, &w[ABSOLUTE], &times, &w[PRODUCT], &w[V]) == -1)
		return (-1);
	return (mpc_truncate(S, y, &w[ABSOLUTE], cut->second));
}

/* [x is in range k], of which the first and the last have no end: put into ${h}, or NULL for 1. */
static const struct mpc_bits *
range_bit(const struct root_ranges *R, struct mpc_bits *h, const struct mpc_bits *t, unsigned k)
{

	if (k > 0 && k + 1 < R->steps)
		mpc_xor(h, &t[k], &t[k + 1]);
	else if (k + 1 < R->steps)
		mpc_not(h, &t[k + 1]);
	else
		return ((k > 0) ? &t[k] : NULL);
	return (h);
}

/* y = floor(z v / 2^shift), where v is that of the range whose bits are in ${bits}. */
static int
shift_by_range(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct root_ranges *R, struct mpc_bits *bits, unsigned shift)
{
	struct mpc_vector part = { .n = 0 };
	int rc = mpc_vector_new(S, &part, z->n), s;
	unsigned k;

	for (k = 0; k < R->steps && rc == 0; k++) {
		s = (int)shift - STEP_LOG * (int)(R->steps - 1 - k);
		rc = mpc_select(S, (k == 0) ? y : &part, &(struct mpc_selection){ .count = 1,
			.terms = &(struct mpc_selection_term){
			.bit = range_bit(R, &bits[IN_RANGE], &bits[RUNG], k), .word = z,
			.weight = { (s < 0) ? (int64_t)1 << -s : 1 } },
			.shift = (s > 0) ? (unsigned)s : 0 });
		if (rc == 0 && k > 0)
			mpc_add(y, y, &part);
	}
	mpc_vector_free(&part);
	return (rc);
}

int
mpc_divide(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *a,
    const struct mpc_vector *b, const struct mpc_division *d)
{
	const struct root_ranges R = ladder_ranges(&d->ladder);
	const struct bilinear times = bilinear_elements(a->n);
	const struct division_cuts cut = cuts_of(d);
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, a->n, SIGNED_WORDS, SIGNED_BITS) == 0) {
		w = r.word;
		if (signed_core(S, &r, b, d->range, &R) == 0 &&
		    give_sign(S, &w[CORE], &r, &w[CORE], core_bits(&core_reciprocal) -
		    cut.core) == 0 &&
		    mpc_product(S, &w[PRODUCT], &times, a, &w[CORE]) == 0)
			rc = is_wide(d) ? shift_by_range(S, y, &w[PRODUCT], &R, r.bit,
			    cut.second) : scale_back(S, y, w, &cut);
	}
	room_close(&r);
	return (rc);
}

/* ---- roots and logarithm ---- */

#define REACH_LOG 22 /* log2 of what all ranges reach to, or more */

/*
 * From one unit in the last place on, where no bit is left out, to 2^22 .. 2^24, as steps go; or,
 * where numbers may be larger, up to words of 2^60, which can be cut off.
 */
static struct root_ranges
all_ranges(struct mpc_numbers n)
{

	return ((struct root_ranges){ .steps = n.wide ? MAX_STEPS :
		(n.f + REACH_LOG + STEP_LOG - 1) / STEP_LOG });
}

bool
mpc_has_ladder(const struct mpc_function *p)
{

	return (p->halves % 2 != 0 || p->halves == -2 || p->unit == MPC_UNIT_LOGARITHM);
}

struct mpc_numbers
mpc_unknown_numbers(const struct mpc_function *p, unsigned f)
{

	return ((struct mpc_numbers){ .f = f, .range = MPC_WORD_RANGE,
	    .wide = (p != NULL && mpc_has_ladder(p) && p->halves != -2) });
}

unsigned
mpc_ladder_bits(struct mpc_numbers n)
{
	const struct root_ranges R = all_ranges(n);

	return (ranges_top(&R));
}

/* The upper end of range k, which c = 2^top stands for. */
static double
ranges_bound(const struct root_ranges *R, unsigned k, unsigned f)
{

	return (ldexp(1, (int)ranges_rung(R, k + 1) - (int)f));
}

/*
 * Fraction bits of v, for which a product with the core must leave room.  Square root: v is at most
 * 2^12 and the core 1.005 with 30 bits, 2^60 in all.  Inverse root: from 1/8 on the core is at most
 * sqrt(8) with 34 bits, and v at most 2^8.5 for f = 20, 2^60 again.  Wide: the core is at most 1 /
 * sqrt(0.1094) = 2^1.6 with 30 bits and v at most 2^((24 - 3) / 2), 2^61.1.
 *
 * A ladder of more octaves, or a result with more bits than f, takes a v with more bits, which a
 * core of LONG_CORE_BITS leaves room for.  Square root: v is at most 2^((60 - f) / 2), in all
 * 2^61.5, and from 2^12 words on, so that half a unit of it is 2^-13.  Inverse root: v is at most
 * 2^((f - 3) / 2), in all 2^61.1, and from 2^10 words on.
 */
#define ROOT_BITS 18
#define RSQRT_BITS 16
#define RSQRT_WIDE_BITS 19
#define LONG_CORE_BITS 20
#define LONG_ROOT_BITS(f) (11 + (f) / 2)
#define LONG_RSQRT_BITS(f) (40 - ((f) + 1) / 2)

/* A core of which ${bits} are left, times a v that has ${v_bits}, to f and some more. */
static struct core_scaling
root_scaling(const struct core *core, unsigned bits, unsigned v_bits, struct mpc_numbers n)
{

	return ((struct core_scaling){ .core = core, .cut = core_bits(core) - bits,
		.shift = bits + v_bits - n.f - n.more });
}

/* sqrt(x) = sqrt(c / 2^top) sqrt(end of the range) */
int
mpc_sqrt(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	const unsigned bits = n.wide ? LONG_ROOT_BITS(n.f) : ROOT_BITS;
	const struct core_scaling scaling = root_scaling(&core_sqrt, n.wide ? LONG_CORE_BITS :
	    core_bits(&core_sqrt), bits, n);
	struct root_ranges R = all_ranges(n);
	unsigned k;

	for (k = 0; k < R.steps; k++)
		R.v[k] = (int64_t)(ldexp(sqrt(ranges_bound(&R, k, n.f)), (int)bits) +
		    (n.wide ? 0.5 : 0));
	R.v_above = R.v[R.steps - 1];
	return (scaled_core(S, y, x, n.range, &R, &scaling));
}

/*
 * 1 / sqrt(x) = 1 / sqrt(c / 2^top) 1 / sqrt(end).  With RSQRT_BITS half a unit of v's last bit is
 * up to 1.4 units of the result for f = 16 and 23 for f = 20, which is more than 1e-3 of it where x
 * is large.
 */
int
mpc_rsqrt(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	const bool is_long = (n.more > 0 || n.wide);
	const unsigned bits = is_long ? LONG_RSQRT_BITS(n.f) : RSQRT_BITS;
	const struct core_scaling scaling = root_scaling(&core_rsqrt, is_long ? LONG_CORE_BITS :
	    core_bits(&core_rsqrt), bits, n);
	struct root_ranges R = all_ranges(n);
	unsigned k;

	for (k = 0; k < R.steps; k++)
		R.v[k] = llrint(ldexp(1 / sqrt(ranges_bound(&R, k, n.f)), (int)bits));
	R.v_below = R.v[0];
	R.v_above = R.v[R.steps - 1];
	return (scaled_core(S, y, x, n.range, &R, &scaling));
}

int
mpc_rsqrt_wide(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f,
    unsigned low, unsigned steps, unsigned g)
{
	struct root_ranges R = { .low = low, .steps = steps };
	unsigned k;

	for (k = 0; k < steps; k++)
		R.v[k] = (int64_t)llrint(ldexp(1 / sqrt(ranges_bound(&R, k, f)), RSQRT_WIDE_BITS));
	R.v_below = R.v[0];
	R.v_above = R.v[steps - 1];
	return (scaled_core(S, y, x, ranges_top(&R) + BEYOND_TOP_BITS, &R, &(struct core_scaling){
	    .core = &core_rsqrt_short,
	    .shift = core_bits(&core_rsqrt_short) + RSQRT_WIDE_BITS - g }));
}

/* ln x = ln(c / 2^top) + ln(end).  A sum needs no room: v has the core's 38 bits. */
int
mpc_log(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	const unsigned bits = core_bits(&core_log), f = n.f;
	struct root_ranges R = all_ranges(n);
	struct mpc_vector *w;
	struct room r;
	unsigned k;
	int rc = -1;

	for (k = 0; k < R.steps; k++)
		R.v[k] = (int64_t)ldexp(((int)ranges_rung(&R, k + 1) - (int)f) * log(2), (int)bits);
	R.v_below = R.v[0];
	R.v_above = R.v[R.steps - 1];
	if (room_open(&r, S, x->n, CORE_WORDS, LADDER_BITS) == 0) {
		w = r.word;
		if (ranges_normalize(S, &w[C], x, n.range, &R, r.bit) == 0 &&
		    core_evaluate(S, &w[CORE], &w[C], ranges_top(&R), &core_log) == 0) {
			mpc_add(&w[CORE], &w[CORE], &w[V]);
			rc = mpc_truncate(S, y, &w[CORE], bits - f);
		}
	}
	room_close(&r);
	return (rc);
}

/* ---- powers ---- */

/*
 * log2(e) 2^16 = 94548.46.  The factor is 4.9e-6 of itself too small: e^x is wrong by 5.7e-5 of it
 * at -11.72 and by 1.0e-4 at -20.5, against 9.3e-4 of mpc_exp2.
 */
#define LOG2_E 94548
#define LOG2_E_BITS 16
#define OCTAVES 32    /* of mpc_exp2 */
#define POWER_BITS 30 /* its fraction bits */

#define EXP_BELOW 17 /* octaves below 1, in the exponential function */
#define EXP_NEGATIVE_BELOW 30

/*
 * power = e^x 2^(30 + below), where log2(e) x + below, the number of octaves, is in [0, 32); x has
 * f fraction bits.
 */
static int
exponential(struct mpc *S, struct mpc_vector *power, const struct mpc_vector *x,
    struct mpc_numbers n, int below)
{
	const unsigned f = n.f, bits = f + LOG2_E_BITS;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0) {
		/*
		 * What wraps and is thrown away later must not disturb a comparison: a hundredth
		 * inside the ends keeps the rounded factor from reaching them.
		 */
		if (mpc_is_faithful(S) &&
		    mpc_clip(S, &r.word[0], x, (int64_t)ldexp(-below * log(2) + 0.01, (int)f),
		    (int64_t)ldexp((OCTAVES - below) * log(2) - 0.01, (int)f), n.range) == -1)
			goto out;
		mpc_scale(&r.word[0], mpc_is_faithful(S) ? &r.word[0] : x, LOG2_E);
		mpc_add_public(&r.word[0], &r.word[0], (int64_t)below << bits);
		rc = mpc_is_faithful(S) ? exact_exp2(S, power, &r.word[0], bits) :
		    mpc_exp2(S, power, &r.word[0], bits);
	}
out:
	room_close(&r);
	return (rc);
}

/*
 * 2^t / 2^17 for t = x log2(e) + 17.  2^t has 30 fraction bits: at 31.97, of 10.375, it just fits
 * into what can be cut off.  From -11.78125 on, where the blur of the lower threshold begins, t is
 * at least 0.0033, 27 units of what mpc_exp2 looks at: no t that is let in wraps.  Below -11.7836
 * it would, from 0 to 32, and e^x from 0 to 32000.
 */
#define EXP_LOW (-11.71875)
#define EXP_HIGH 10.375

int
mpc_exp(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n)
{
	const unsigned f = n.f;
	const struct saturation s = { .range = n.range,
		.low = (int64_t)ldexp(EXP_LOW, (int)f), .high = (int64_t)ldexp(EXP_HIGH, (int)f),
		.coarse = f - SHARP_BITS, .weight = 1, .shift = POWER_BITS + EXP_BELOW - f,
		.above = (int64_t)ldexp(exp(EXP_HIGH), (int)f) };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0 && exponential(S, &r.word[0], x, n, EXP_BELOW) == 0)
		rc = saturate(S, y, &r.word[0], x, &s);
	room_close(&r);
	return (rc);
}

/*
 * t = x log2(e) + 30 is at most 30.  From -20.5625 on, where the blur of -20.5 begins, it is at
 * least 0.33: no t that is let in wraps.  What is taken for 0 is at most 1.3e-9, 1.3 times 2^-30.
 */
#define EXP_NEGATIVE_LOW (-20.5)

int
mpc_exp_negative(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n, unsigned g)
{
	const int64_t bound = (int64_t)ldexp(EXP_NEGATIVE_LOW, (int)n.f);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 1) == 0 &&
	    thresholds(S, r.bit, x, &bound, 1, n.range, n.f - SHARP_BITS) == 0 &&
	    exponential(S, &r.word[0], x, n, EXP_NEGATIVE_BELOW) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = r.bit, .word = &r.word[0], .weight = { 1 } },
		};

		rc = mpc_select(S, y, &SELECT(terms, POWER_BITS + EXP_NEGATIVE_BELOW - g));
	}
	room_close(&r);
	return (rc);
}

#define SIGMOID_EXACT_BITS 20 /* while it is worked on */

/* s = 1 / (1 + e^-|x|), or 1 - s for negative x: the divisor is well inside one range, [1/2, 4). */
static int
apply_sigmoid_exact(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n)
{
	enum { MINUS, DIVISOR, QUOTIENT, WORDS };
	const unsigned g = SIGMOID_EXACT_BITS;
	const int64_t one = (int64_t)1 << n.f;
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, WORDS, 1) == -1 ||
	    thresholds(S, r.bit, x, &zero, 1, n.range, 0) == -1)
		goto out;
	w = r.word;
	const struct mpc_selection_term minus[] = {
		{ .bit = r.bit, .word = x, .weight = { -2 } },
		{ .word = x, .weight = { 1 } },
	};
	/* [x >= 0] (2 s - 1) + 1 - s */
	const struct mpc_selection_term back[] = {
		{ .bit = r.bit, .word = &w[QUOTIENT], .weight = { 2 }, .constant = { -one } },
		{ .word = &w[QUOTIENT], .weight = { -1 }, .constant = { one } },
	};

	if (mpc_select(S, &w[MINUS], &SELECT(minus, 0)) == -1 ||
	    mpc_exp_negative(S, &w[DIVISOR], &w[MINUS], n, g) == -1)
		goto out;
	mpc_add_public(&w[DIVISOR], &w[DIVISOR], (int64_t)1 << g);
	if (mpc_reciprocal_within(S, &w[QUOTIENT], &w[DIVISOR], g, -1, 1) == 0)
		rc = mpc_select(S, y, &SELECT(back, g - n.f));
out:
	room_close(&r);
	return (rc);
}

/* ---- the table ---- */

static double
within(double x, double low, double high)
{

	return ((x < low) ? low : (x > high) ? high : x);
}

static double
clear_abs(double x, struct mpc_numbers n)
{

	(void)n;
	return (fabs(x));
}

static double
clear_relu(double x, struct mpc_numbers n)
{

	(void)n;
	return ((x > 0) ? x : 0);
}

static double
clear_step(double x, struct mpc_numbers n)
{

	(void)n;
	return ((x >= 0) ? 1 : 0);
}

static double
clear_sign(double x, struct mpc_numbers n)
{

	(void)n;
	return ((x > 0) - (x < 0));
}

static double
clear_clip(double x, struct mpc_numbers n)
{

	(void)n;
	return (within(x, -1, 1));
}

static double
clear_piecewise(double x, struct mpc_numbers n)
{

	(void)n;
	return (within(x + 0.5, 0, 1));
}

static double
clear_sigmoid(double x, struct mpc_numbers n)
{

	(void)n;
	return (1 / (1 + exp(-x)));
}

static double
clear_tanh(double x, struct mpc_numbers n)
{

	(void)n;
	return (tanh(x));
}

static double
clear_exp(double x, struct mpc_numbers n)
{

	(void)n;
	return ((x < EXP_LOW) ? 0 : exp(within(x, EXP_LOW, EXP_HIGH)));
}

static double
clear_reciprocal(double x, struct mpc_numbers n)
{
	const struct root_ranges R = all_reciprocal_ranges(n);
	const double top = ldexp(1, (int)ranges_top(&R) - (int)n.f);

	if (fabs(x) >= top && R.v_above == 0)
		return (0);
	return ((x < 0 ? -1 : 1) / within(fabs(x), ldexp(1, (int)R.low - (int)n.f), top));
}

/* A number within the ranges that roots and the logarithm have. */
static double
within_all(double x, struct mpc_numbers n)
{
	const struct root_ranges R = all_ranges(n);

	return (within(x, ldexp(1, -(int)n.f), ldexp(1, (int)ranges_top(&R) - (int)n.f)));
}

static double
clear_log(double x, struct mpc_numbers n)
{

	return (log(within_all(x, n)));
}

static double
clear_sqrt(double x, struct mpc_numbers n)
{

	return ((x <= 0) ? 0 : sqrt(within_all(x, n)));
}

static double
clear_rsqrt(double x, struct mpc_numbers n)
{

	return (1 / sqrt(within_all(x, n)));
}

/* Units in the last place for f = 16. */
#define UNITS(n) ((n) / 65536.0)
#define REACH (REACH_LOG + STEP_LOG - 1) /* at most, of ladders */
#define ALL_NUMBERS .low = -1e9, .high = 1e9, .beyond = ""

const struct mpc_function mpc_functions[] = {
	{ .name = "abs", .formula = "|x|", .apply = apply_abs, .clear = clear_abs, ALL_NUMBERS,
	    .unit = MPC_UNIT_POWER, .halves = 2 },
	{ .name = "clip", .formula = "x between -1 and 1", .apply = apply_clip,
	    .clear = clear_clip, ALL_NUMBERS },
	{ .name = "exp", .formula = "e^x", .apply = mpc_exp, .clear = clear_exp, .low = -11.7,
	    .high = 10.3, .error = UNITS(2), .relative = 1e-3, .beyond = "0 below, 32000 above",
	    .reach = 4, .most = EXP_HIGH },
	{ .name = "log", .formula = "ln x", .apply = mpc_log, .clear = clear_log, .low = 0.01,
	    .high = 1.7e13, .error = 1e-3, .beyond = "-11.1 from 0 down, 30.5 above",
	    .unit = MPC_UNIT_LOGARITHM, .reach = REACH },
	{ .name = "reciprocal", .formula = "1 / x", .apply = mpc_reciprocal,
	    .clear = clear_reciprocal, .low = 0.01, .high = 1000, .error = UNITS(2),
	    .relative = 1e-3,
	    .beyond = "256 near 0, 0 above 65536; the same for negative numbers",
	    .unit = MPC_UNIT_POWER, .halves = -2, .reach = REACH },
	{ .name = "relu", .formula = "max(x, 0)", .apply = apply_relu, .clear = clear_relu,
	    ALL_NUMBERS, .unit = MPC_UNIT_POWER, .halves = 2 },
	{ .name = "rsqrt", .formula = "1 / sqrt(x)", .apply = mpc_rsqrt, .clear = clear_rsqrt,
	    .low = 0.01, .high = 1.7e13, .error = UNITS(3), .relative = 1e-3,
	    .beyond = "256 from 0 down, 0 above", .unit = MPC_UNIT_POWER, .halves = -1,
	    .reach = REACH },
	{ .name = "sigmoid", .formula = "1 / (1 + e^-x)", .apply = mpc_sigmoid,
	    .clear = clear_sigmoid, .error = 1e-3, ALL_NUMBERS, .reach = SIGMOID_BOUND_LOG },
	{ .name = "sigmoid-exact", .formula = "1 / (1 + e^-x)", .apply = apply_sigmoid_exact,
	    .clear = clear_sigmoid, .error = 1e-3, ALL_NUMBERS, .reach = MPC_SOFTMAX_REACH },
	{ .name = "sigmoid-piecewise", .formula = "x + 1/2 between 0 and 1",
	    .apply = apply_piecewise, .clear = clear_piecewise, ALL_NUMBERS },
	{ .name = "sign", .formula = "-1, 0 or 1", .apply = apply_sign, .clear = clear_sign,
	    ALL_NUMBERS, .unit = MPC_UNIT_POWER },
	{ .name = "sqrt", .formula = "sqrt(x)", .apply = mpc_sqrt, .clear = clear_sqrt,
	    .low = 0.01, .high = 1.7e13, .error = UNITS(2), .relative = 1e-3,
	    .beyond = "0 from 0 down, 4.2e6 above", .unit = MPC_UNIT_POWER, .halves = 1,
	    .reach = REACH },
	{ .name = "step", .formula = "1 if x >= 0, else 0", .apply = apply_step,
	    .clear = clear_step, ALL_NUMBERS, .unit = MPC_UNIT_POWER },
	{ .name = "tanh", .formula = "tanh(x)", .apply = mpc_tanh, .clear = clear_tanh,
	    .error = 2e-3, ALL_NUMBERS, .reach = SIGMOID_BOUND_LOG - 1 },
	{ .name = NULL },
};

const struct mpc_function *
mpc_function_find(const char *name)
{
	const struct mpc_function *p;

	for (p = mpc_functions; p->name != NULL; p++) {
		if (strcmp(p->name, name) == 0)
			return (p);
	}
	return (NULL);
}

/* ---- what results can be ---- */

/* How far a result of ${x} may be from ${y}: rounding by some units, whatever the fraction bits. */
static double
slack(const struct mpc_function *p, struct mpc_numbers n, double x, double y)
{
	const double unit = ldexp(1, -(int)(n.f + n.more));
	double slack = (p->relative > 0) ? 65536 * p->error * unit : p->error + 2 * unit;

	if (p->error == 0)
		return (0);
	slack = fmax(slack, p->relative * fabs(y));
	/* Some ends are blurred: the reciprocal goes on to 7/8 of the least number. */
	return ((x < p->low || x > p->high) ? slack + fabs(y) / 6 : slack);
}

/* The least, or the largest, result of ${x}; what is right in proportion has the right sign. */
static double
least_of(const struct mpc_function *p, struct mpc_numbers n, int64_t x)
{
	const double number = ldexp((double)x, -(int)n.f), y = p->clear(number, n),
	    least = y - slack(p, n, number, y);

	return ((p->relative > 0 && y >= 0 && least < 0) ? 0 : least);
}

static double
most_of(const struct mpc_function *p, struct mpc_numbers n, int64_t x)
{
	const double number = ldexp((double)x, -(int)n.f), y = p->clear(number, n),
	    most = y + slack(p, n, number, y);

	return ((p->relative > 0 && y < 0 && most > 0) ? 0 : most);
}

/* All but the reciprocals rise; the reciprocal is largest, and least, next to 0. */
static void
image_of(const struct mpc_function *p, struct mpc_numbers n, struct mpc_span x, double *least,
    double *most)
{
	const bool falls = (p->unit == MPC_UNIT_POWER && p->halves < 0);

	if (p->halves == -2 && x.low <= 0 && x.high >= 0) {
		*most = most_of(p, n, 0);
		*least = -*most;
	} else {
		*least = least_of(p, n, falls ? x.high : x.low);
		*most = most_of(p, n, falls ? x.low : x.high);
	}
}

struct mpc_span
mpc_function_image(const struct mpc_function *p, struct mpc_numbers n, struct mpc_span x)
{
	double least, most;

	/* These are exact, and words may have more bits than a double. */
	if (p->unit == MPC_UNIT_POWER && p->halves == 2) {
		if (strcmp(p->name, "abs") == 0 && x.low < 0)
			return ((struct mpc_span){ (x.high < 0) ? -x.high : 0,
				(x.high > -x.low) ? x.high : -x.low });
		return ((struct mpc_span){ (x.low > 0) ? x.low : 0, (x.high > 0) ? x.high : 0 });
	}
	image_of(p, n, x, &least, &most);
	return ((struct mpc_span){ (int64_t)floor(ldexp(least, (int)(n.f + n.more))),
		(int64_t)ceil(ldexp(most, (int)(n.f + n.more))) });
}
