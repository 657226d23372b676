#include "func/function.h"

#include <math.h>
#include <string.h>

#include "func/function_internal.h"
#include "mpc/room.h"

#define TERM_WORD(bit, word, weight) { (bit), (word), { (weight), 0 }, { 0, 0 } }
#define TERM_CONSTANT(bit, constant) { (bit), NULL, { 0, 0 }, { (constant), 0 } }

#define SELECT(terms, shift) \
	(struct mpc_selection){ sizeof(terms) / sizeof(*(terms)), (terms), (shift), 1 }

/*
 * d[j] = [x >= c_j], for numbers in their usual range; the lowest bits need not be looked at below
 * ${low}.
 */
static int
thresholds(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *x, const int64_t *c,
    size_t count, unsigned f, unsigned low)
{
	const struct mpc_comparison comparison = { low, 63 - f, count, c };

	return (mpc_compare(S, d, x, &comparison));
}

/* ---- pieces of straight lines ---- */

int
mpc_relu(struct mpc *S, struct mpc_vector *y, struct mpc_bits *d, const struct mpc_vector *z,
    unsigned f, unsigned shift)
{
	static const int64_t zero = 0;
	const struct mpc_selection_term terms[] = { TERM_WORD(d, z, 1) };

	if (thresholds(S, d, z, &zero, 1, f, shift) == -1)
		return (-1);
	return (mpc_select(S, y, &SELECT(terms, shift)));
}

static int
apply_relu(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 1) == 0)
		rc = mpc_relu(S, y, &r.bit[0], x, f, 0);
	room_close(&r);
	return (rc);
}

static int
apply_step(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	static const int64_t zero = 0;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 1) == 0 && thresholds(S, r.bit, x, &zero, 1, f, 0) == 0) {
		const struct mpc_selection_term terms[] = { TERM_CONSTANT(&r.bit[0],
		    (int64_t)1 << f) };

		rc = mpc_select(S, y, &SELECT(terms, 0));
	}
	room_close(&r);
	return (rc);
}

static int
apply_abs(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	static const int64_t zero = 0;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 1) == 0 && thresholds(S, r.bit, x, &zero, 1, f, 0) == 0) {
		const struct mpc_selection_term terms[] = { TERM_WORD(&r.bit[0], x, 2),
			TERM_WORD(NULL, x, -1) };

		rc = mpc_select(S, y, &SELECT(terms, 0));
	}
	room_close(&r);
	return (rc);
}

static int
apply_sign(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	static const int64_t bounds[] = { 0, 1 };
	int64_t one = (int64_t)1 << f;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 2) == 0 && thresholds(S, r.bit, x, bounds, 2, f, 0) == 0) {
		const struct mpc_selection_term terms[] = { TERM_CONSTANT(&r.bit[0], one),
			TERM_CONSTANT(&r.bit[1], one),
			TERM_CONSTANT(NULL, -one) };

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
	int64_t low, high;
	unsigned coarse;
	int64_t weight, constant;
	unsigned shift;
	int64_t below, above;
};

static int
saturate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *w,
    const struct mpc_vector *x, unsigned f, const struct saturation *s)
{
	const int64_t bounds[] = { s->low, s->high };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 3) == 0 && thresholds(S, r.bit, x, bounds, 2, f,
	    s->coarse) == 0) {
		mpc_xor(&r.bit[2], &r.bit[0], &r.bit[1]);
		const struct mpc_selection_term terms[] = {
			{ &r.bit[2], w, { s->weight, 0 }, { s->constant, 0 } },
			TERM_CONSTANT(&r.bit[1], s->above - s->below),
			/* Below is where neither bit is set: below (1 - inside - above). */
			TERM_CONSTANT(&r.bit[2], -s->below),
			TERM_CONSTANT(NULL, s->below),
		};

		rc = mpc_select(S, y, &(struct mpc_selection){ (s->below == 0) ? 2 : 4, terms,
		    s->shift, 1 });
	}
	room_close(&r);
	return (rc);
}

int
mpc_clip(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int64_t low, int64_t high,
    unsigned f)
{
	const struct saturation s = { low, high, 0, 1, 0, 0, low, high };

	return (saturate(S, y, x, x, f, &s));
}

static int
apply_clip(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{

	return (mpc_clip(S, y, x, 0 - ((int64_t)1 << f), (int64_t)1 << f, f));
}

static int
apply_piecewise(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	int64_t half = (int64_t)1 << (f - 1);
	const struct saturation s = { -half, half, 0, 1, half, 0, 0, 2 * half };

	return (saturate(S, y, x, x, f, &s));
}

/* ---- Fourier series: coefficients by tests/python/series.py ---- */

static const unsigned odd_harmonics[] = { 1, 3, 5, 7, 9, 11 }, harmonics[] = { 1, 2, 3, 4, 5, 6, 7,
	8 };

/* sigmoid(x) - 1/2 for |x| <= 8.2, of period 32: off by 3.0e-4 at most. */
#define SIGMOID_BITS 38
static const int64_t sigmoid_sine[] = { 156781, 33153, 9459, 2730, 813, 243 };

/* y = weight sigmoid(2^up x) + below, saturated. */
static int
sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f, unsigned up,
    int64_t weight, int64_t below)
{
	const struct mpc_series series = { f + 5 - up, 6, odd_harmonics, sigmoid_sine, NULL,
		(int64_t)1 << (SIGMOID_BITS - 1), 18,
		20 };
	int64_t bound = (int64_t)1 << (f + 3 - up);
	const struct saturation s = { -bound, bound, f - 4, weight, below, SIGMOID_BITS - f, below,
		below + weight * ((int64_t)1 << f) };
	struct room r;
	int rc = -1;

	if (mpc_is_faithful(S)) {
		if (exact_sigmoid(S, y, x, f, up) == -1)
			return (-1);
		mpc_scale(y, y, weight);
		mpc_add_public(y, y, below);
		return (0);
	}
	if (room_open(&r, S, x->n, 1, 0) == 0 && mpc_series(S, &r.word[0], x, &series) == 0)
		rc = saturate(S, y, &r.word[0], x, f, &s);
	room_close(&r);
	return (rc);
}

static int
apply_sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{

	return (sigmoid(S, y, x, f, 0, 1, 0));
}

static int
apply_tanh(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{

	return (sigmoid(S, y, x, f, 1, 2, 0 - ((int64_t)1 << f)));
}

/*
 * sigmoid(x) - 1/2 of period 128, in the same way: off by 3.4e-4 at most for |x| <= 56.  By
 * tests/python/series.py.
 */
#define WIDE_TERMS 24
static const unsigned wide_harmonics[WIDE_TERMS] = { 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25,
	27, 29, 31, 33, 35,
	37, 39, 41, 43, 45, 47 };
static const int64_t wide_sine[WIDE_TERMS] = { 41557, 13425, 7573, 4943, 3425, 2440, 1764, 1286,
	942, 691, 508, 373, 273, 199,
	145, 107, 79, 60, 45, 33, 23, 16, 11, 18 };

int
mpc_sigmoid_within(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	const struct mpc_series series = { f + 7, WIDE_TERMS, wide_harmonics, wide_sine, NULL,
		(int64_t)1 << (MPC_SIGMOID_BITS - 1), 16, 16 };

	return (mpc_series(S, y, x, &series));
}

/*
 * Functions of a number in [1/8, 1): series in it of period 2, good from 0.108 to 1.01.  ${bits} of
 * a result are those of coefficients and sines together.
 */
struct core {
	enum exact_core exact; /* what a faithful engine takes instead */
	size_t count;
	const int64_t *sine, *cosine;
	double constant;
	unsigned coefficient_bits, table_bits;
};

static const struct core core_reciprocal = { EXACT_RECIPROCAL, 8,
	(const int64_t[]){ -18000680, -12398738, 2053048, 5142010, 1280276, -372530, -146944,
		-3137 },
	(const int64_t[]){ 9210281, -9319849, -9749935, -1111767, 1802057, 591537, -26983, -16092 },
	    170.24437217789261, 16,
	20 };
static const struct core core_log = { EXACT_LOG, 6, (const int64_t[]){ 2386274, 1171585, -438317,
	-312609, -32, 10184 },
	(const int64_t[]){ -1183921, 1244906, 743562, -83559, -81374, -2643 }, -6.410268740170864,
	    18, 20 };
static const struct core core_sqrt = { EXACT_SQRT, 5, (const int64_t[]){ 7523, 5328, -729, -698,
	-10 },
	(const int64_t[]){ -9508, 2901, 2372, -67, -103 }, 0.3852100114502173, 14, 16 };
static const struct core core_rsqrt = { EXACT_RSQRT, 7,
	(const int64_t[]){ -1202918, -828018, 96899, 271391, 59422, -12637, -2945 },
	(const int64_t[]){ 687108, -562309, -585564, -68574, 79817, 20410, -565 },
	    13.073858017143587, 16, 18 };

/* The same with fewer bits, which leaves more for what it is multiplied by. */
static const struct core core_rsqrt_short = { EXACT_RSQRT, 7,
	(const int64_t[]){ -300730, -207005, 24225, 67848, 14856, -3159, -736 },
	(const int64_t[]){ 171777, -140577, -146391, -17143, 19954, 5102, -141 },
	    13.073858017143587, 14, 16 };

/* y = core(c / 2^C). */
static int
evaluate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *c, unsigned C,
    const struct core *core)
{
	const struct mpc_series series = { C + 1, core->count, harmonics, core->sine, core->cosine,
		(int64_t)ldexp(core->constant, (int)(core->coefficient_bits + core->table_bits)),
		    core->coefficient_bits,
		core->table_bits };

	if (!mpc_is_faithful(S))
		return (mpc_series(S, y, c, &series));
	if (exact_core(S, y, c, C, core->exact) == -1)
		return (-1);
	mpc_scale(y, y, (int64_t)1 << (core->coefficient_bits + core->table_bits - EXACT_BITS));
	return (0);
}

/* ---- normalising ---- */

/*
 * Find which of ${steps} ranges of three octaves a number is in, from 2^low units in the last place
 * on, and scale it to the topmost: c in [2^(top - 3), 2^top), where top = low + 3 steps.  v is a
 * public value for each range.
 */
#define MAX_STEPS 16

struct ranges {
	unsigned low;
	unsigned steps;    /* up to MAX_STEPS */
	bool bounded;      /* the number is surely in one of them */
	int64_t v[MAX_STEPS];
	int64_t v_below, v_above; /* c = 2^(top - 3) below, and 2^top above */
};

static int
normalize(struct mpc *S, struct mpc_vector *c_v, const struct mpc_vector *x, unsigned f,
    const struct ranges *R, struct room *r)
{
	struct mpc_selection_term terms[MAX_STEPS + 4];
	struct mpc_bits *t = r->bit, *h = r->bit + MAX_STEPS + 1;
	int64_t bounds[MAX_STEPS + 1];
	unsigned k, first = R->bounded ? 1 : 0, last = R->bounded ? R->steps - 1 : R->steps,
	    top = R->low + 3 * R->steps;
	size_t n = 0;

	for (k = first; k <= last; k++)
		bounds[k] = (int64_t)1 << (R->low + 3 * k);
	/* t[k] = [x >= 2^(low + 3 k)]; h[k] = [x in range k]. */
	if (first <= last && thresholds(S, t + first, x, bounds + first, last + 1 - first, f,
	    (R->low > 3) ? R->low - 3 : 0) == -1)
		return (-1);
	memset(terms, 0, sizeof(terms));
	for (k = 0; k < R->steps; k++, n++) {
		terms[n].word = x;
		terms[n].weight[0] = (int64_t)1 << (3 * (R->steps - 1 - k));
		terms[n].constant[1] = R->v[k];
		if (k >= first && k + 1 <= last) {
			mpc_xor(&h[k], &t[k], &t[k + 1]);
			terms[n].bit = &h[k];
		} else if (k + 1 <= last) {
			mpc_not(&h[k], &t[k + 1]);
			terms[n].bit = &h[k];
		} else if (k >= first) {
			terms[n].bit = &t[k];
		}
	}
	if (!R->bounded) {
		/* Below: 1 - t[0]; above: t[steps]. */
		terms[n].bit = &t[0];
		terms[n].constant[0] = -((int64_t)1 << (top - 3));
		terms[n++].constant[1] = -R->v_below;
		terms[n].constant[0] = (int64_t)1 << (top - 3);
		terms[n++].constant[1] = R->v_below;
		terms[n].bit = &t[R->steps];
		terms[n].constant[0] = (int64_t)1 << top;
		terms[n++].constant[1] = R->v_above;
	}
	return (mpc_select(S, c_v, &(struct mpc_selection){ n, terms, 0, 2 }));
}

/* y = floor(core(c) v / 2^shift), where c and v come from the ranges. */
static int
scaled_core(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f,
    const struct ranges *R, const struct core *core, unsigned shift)
{
	const struct bilinear times = bilinear_elements(x->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 4, 2 * MAX_STEPS + 1) == 0 && normalize(S, r.word, x, f, R,
	    &r) == 0 && evaluate(S, &r.word[2], &r.word[0], R->low + 3 * R->steps, core) == 0 &&
	    mpc_product(S, &r.word[3], &times, &r.word[2], &r.word[1]) == 0)
		rc = mpc_truncate(S, y, &r.word[3], shift);
	room_close(&r);
	return (rc);
}

/* ---- reciprocal and what needs it ---- */

/*
 * Ranges for 1 / x with f fraction bits: 1 / x = 2^f weight / (2^top core^-1), so v is the weight.
 */
static struct ranges
reciprocal_ranges(unsigned f, int low, unsigned steps, bool bounded)
{
	struct ranges R = { (unsigned)((int)f + low), steps, bounded, { 0 }, 0, 0 };
	unsigned k;

	for (k = 0; k < steps; k++)
		R.v[k] = (int64_t)1 << (3 * (steps - 1 - k));
	R.v_below = R.v[0];
	return (R);
}

/* shift: 1 / x has f fraction bits when core and weight are multiplied. */
static unsigned
reciprocal_shift(unsigned f, const struct ranges *R)
{

	return (core_reciprocal.coefficient_bits + core_reciprocal.table_bits + R->low + 3 *
	    R->steps - 2 * f);
}

int
mpc_reciprocal_within(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f,
    int low, unsigned steps)
{
	const struct ranges R = reciprocal_ranges(f, low, steps, true);
	struct room r;
	int rc = -1;

	if (steps > 1)
		return (scaled_core(S, y, x, f, &R, &core_reciprocal, reciprocal_shift(f, &R)));
	if (room_open(&r, S, x->n, 1, 0) == 0 && evaluate(S, &r.word[0], x, R.low + 3,
	    &core_reciprocal) == 0)
		rc = mpc_truncate(S, y, &r.word[0], reciprocal_shift(f, &R));
	room_close(&r);
	return (rc);
}

/* |1 / x|, then its sign. */
static int
apply_reciprocal(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	static const int64_t zero = 0;
	const struct ranges R = reciprocal_ranges(f, -(int)(f / 2), 8, false);
	const struct bilinear times = bilinear_elements(x->n);
	struct mpc_bits *positive;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 5, 2 * MAX_STEPS + 2) == -1)
		goto out;
	positive = &r.bit[2 * MAX_STEPS + 1];
	const struct mpc_selection_term absolute[] = { TERM_WORD(positive, x, 2),
		TERM_WORD(NULL, x, -1) };
	const struct mpc_selection_term back[] = { TERM_WORD(positive, &r.word[4], 2),
		TERM_WORD(NULL, &r.word[4], -1) };

	if (thresholds(S, positive, x, &zero, 1, f, 0) == 0 && mpc_select(S, &r.word[3],
	    &SELECT(absolute, 0)) == 0 && normalize(S, r.word, &r.word[3], f, &R, &r) == 0 &&
	    evaluate(S, &r.word[2], &r.word[0], R.low + 3 * R.steps, &core_reciprocal) == 0 &&
	    mpc_product(S, &r.word[4], &times, &r.word[2], &r.word[1]) == 0)
		rc = mpc_select(S, y, &SELECT(back, reciprocal_shift(f, &R)));
out:
	room_close(&r);
	return (rc);
}

int
mpc_divide(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *a,
    const struct mpc_vector *b, unsigned f)
{
	const struct bilinear times = bilinear_elements(a->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, a->n, 2, 0) == 0 && apply_reciprocal(S, &r.word[0], b, f) == 0 &&
	    mpc_product(S, &r.word[1], &times, a, &r.word[0]) == 0)
		rc = mpc_truncate(S, y, &r.word[1], f);
	room_close(&r);
	return (rc);
}

/* ---- roots and logarithm ---- */

/* Three octaves each from one unit in the last place to 2^(f + 22) or more. */
static struct ranges
all_ranges(unsigned f)
{
	struct ranges R = { 0, (f + 22 + 2) / 3, false, { 0 }, 0, 0 };

	return (R);
}

/* Fraction bits of v. */
#define ROOT_BITS 18
#define RSQRT_BITS 16
#define RSQRT_WIDE_BITS 19

static int
apply_sqrt(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	struct ranges R = all_ranges(f);
	unsigned k;

	for (k = 0; k < R.steps; k++)
		R.v[k] = (int64_t)ldexp(sqrt(ldexp(1, (int)(3 * (k + 1)) - (int)f)), ROOT_BITS);
	R.v_above = R.v[R.steps - 1];
	return (scaled_core(S, y, x, f, &R, &core_sqrt, core_sqrt.coefficient_bits +
	    core_sqrt.table_bits + ROOT_BITS - f));
}

static int
apply_rsqrt(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	struct ranges R = all_ranges(f);
	unsigned k;

	for (k = 0; k < R.steps; k++)
		R.v[k] = (int64_t)rint(ldexp(1 / sqrt(ldexp(1, (int)(3 * (k + 1)) - (int)f)),
		    RSQRT_BITS));
	R.v_below = R.v[0];
	R.v_above = R.v[R.steps - 1];
	return (scaled_core(S, y, x, f, &R, &core_rsqrt, core_rsqrt.coefficient_bits +
	    core_rsqrt.table_bits + RSQRT_BITS - f));
}

int
mpc_rsqrt_wide(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f,
    unsigned low, unsigned steps, unsigned g)
{
	const unsigned bits = core_rsqrt_short.coefficient_bits + core_rsqrt_short.table_bits;
	struct ranges R = { low, steps, false, { 0 }, 0, 0 };
	unsigned k;

	for (k = 0; k < steps; k++)
		R.v[k] =
		    (int64_t)llrint(ldexp(1 / sqrt(ldexp(1, (int)(low + 3 * (k + 1)) - (int)f)),
		    RSQRT_WIDE_BITS));
	R.v_below = R.v[0];
	R.v_above = R.v[steps - 1];
	return (scaled_core(S, y, x, 63 - (low + 3 * steps) - 2, &R, &core_rsqrt_short,
	    bits + RSQRT_WIDE_BITS - g));
}

int
mpc_log(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	const unsigned bits = core_log.coefficient_bits + core_log.table_bits;
	struct ranges R = all_ranges(f);
	struct room r;
	unsigned k;
	int rc = -1;

	for (k = 0; k < R.steps; k++)
		R.v[k] = (int64_t)ldexp(((int)(3 * (k + 1)) - (int)f) * log(2), (int)bits);
	R.v_below = R.v[0];
	R.v_above = R.v[R.steps - 1];
	if (room_open(&r, S, x->n, 3, 2 * MAX_STEPS + 1) == 0 && normalize(S, r.word, x, f, &R,
	    &r) == 0 && evaluate(S, &r.word[2], &r.word[0], 3 * R.steps, &core_log) == 0) {
		mpc_add(&r.word[2], &r.word[2], &r.word[1]);
		rc = mpc_truncate(S, y, &r.word[2], bits - f);
	}
	room_close(&r);
	return (rc);
}

/* ---- powers ---- */

#define LOG2_E_BITS 16
#define EXP_BELOW 17 /* octaves below 1, in the exponential function */

/*
 * word = e^x 2^(30 + below), where log2(e) x + below, the number of octaves, is in [0, 32); x has f
 * fraction bits.
 */
static int
exponential(struct mpc *S, struct mpc_vector *v, const struct mpc_vector *x, unsigned f,
    int below)
{
	const int64_t log2_e = 94548; /* log2(e) 2^16 */
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0) {
		/* What wraps and is thrown away later must not disturb a comparison. */
		if (mpc_is_faithful(S) && mpc_clip(S, &r.word[0], x,
		    (int64_t)ldexp(-below * log(2) + 0.01, (int)f),
		    (int64_t)ldexp((32 - below) * log(2) - 0.01, (int)f), f) == -1)
			goto out;
		mpc_scale(&r.word[0], mpc_is_faithful(S) ? &r.word[0] : x, log2_e);
		mpc_add_public(&r.word[0], &r.word[0], (int64_t)below << (f + LOG2_E_BITS));
		rc = mpc_is_faithful(S) ? exact_exp2(S, v, &r.word[0], f + LOG2_E_BITS) :
		    mpc_exp2(S, v, &r.word[0], f + LOG2_E_BITS);
	}
out:
	room_close(&r);
	return (rc);
}

/* In its domain, t = x log2(e) + 17 is in [0, 32) with room for the coin. */
static int
apply_exp(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	const struct saturation s = { (int64_t)(-ldexp(11.75, (int)f)),
		(int64_t)ldexp(10.375, (int)f), f - 4, 1, 0,
		30 + EXP_BELOW - f, 0, (int64_t)ldexp(exp(10.375), (int)f) };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0 && exponential(S, &r.word[0], x, f, EXP_BELOW) == 0)
		rc = saturate(S, y, &r.word[0], x, f, &s);
	room_close(&r);
	return (rc);
}

int
mpc_exp_negative(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f,
    unsigned g)
{
	const int64_t bound = (int64_t)(-ldexp(20.5, (int)f));
	struct room r;
	int rc = -1;

	/* One octave is left above 0. */
	if (room_open(&r, S, x->n, 1, 1) == 0 && thresholds(S, r.bit, x, &bound, 1, f,
	    f - 4) == 0 && exponential(S, &r.word[0], x, f, 30) == 0) {
		const struct mpc_selection_term terms[] = { TERM_WORD(&r.bit[0], &r.word[0], 1) };

		rc = mpc_select(S, y, &SELECT(terms, 60 - g));
	}
	room_close(&r);
	return (rc);
}

/* 1 / (1 + e^-|x|), or that taken from 1. */
static int
apply_sigmoid_exact(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	static const int64_t zero = 0;
	const unsigned g = 20;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 3, 1) == -1 || thresholds(S, r.bit, x, &zero, 1, f, 0) == -1)
		goto out;
	const struct mpc_selection_term minus[] = { TERM_WORD(&r.bit[0], x, -2),
		TERM_WORD(NULL, x, 1) };
	const struct mpc_selection_term back[] = { { &r.bit[0], &r.word[2], { 2, 0 },
		{ 0 - ((int64_t)1 << f), 0 } },
		{ NULL, &r.word[2], { -1, 0 }, { (int64_t)1 << f, 0 } } };

	if (mpc_select(S, &r.word[0], &SELECT(minus, 0)) == -1 || mpc_exp_negative(S, &r.word[1],
	    &r.word[0], f, g) == -1)
		goto out;
	mpc_add_public(&r.word[1], &r.word[1], (int64_t)1 << g);
	if (mpc_reciprocal_within(S, &r.word[2], &r.word[1], g, -1, 1) == 0)
		rc = mpc_select(S, y, &SELECT(back, g - f));
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
clear_relu(double x)
{

	return ((x > 0) ? x : 0);
}

static double
clear_step(double x)
{

	return ((x >= 0) ? 1 : 0);
}

static double
clear_sign(double x)
{

	return ((x > 0) - (x < 0));
}

static double
clear_clip(double x)
{

	return (within(x, -1, 1));
}

static double
clear_piecewise(double x)
{

	return (within(x + 0.5, 0, 1));
}

static double
clear_sigmoid(double x)
{

	return (1 / (1 + exp(-x)));
}

static double
clear_exp(double x)
{

	return ((x < -11.75) ? 0 : exp(within(x, -12, 10.375)));
}

static double
clear_reciprocal(double x)
{

	if (fabs(x) >= 65536)
		return (0);
	return ((x < 0 ? -1 : 1) / within(fabs(x), 1.0 / 256, 65536));
}

static double
clear_log(double x)
{

	return (log(within(x, ldexp(1, -16), ldexp(1, 23))));
}

static double
clear_sqrt(double x)
{

	return (sqrt(within(x, 0, ldexp(1, 23))));
}

static double
clear_rsqrt(double x)
{

	return (1 / sqrt(within(x, ldexp(1, -16), ldexp(1, 23))));
}

const struct mpc_function mpc_functions[] = {
	{ "abs", "|x|", apply_abs, fabs, -1e9, 1e9, 0, 0, "" },
	{ "clip", "x between -1 and 1", apply_clip, clear_clip, -1e9, 1e9, 0, 0, "" },
	{ "exp", "e^x", apply_exp, clear_exp, -11.7, 10.3, 2.0 / 65536, 1e-3, "0 below, 32000 above"
	    },
	{ "log", "ln x", mpc_log, clear_log, 0.01, 1e6, 1e-3, 0, "-11.1 from 0 down, 15.9 above" },
	{ "reciprocal", "1 / x", apply_reciprocal, clear_reciprocal, 0.01, 1000, 2.0 / 65536, 1e-3,
	    "256 near 0, 0 above 65536; the same for negative numbers" },
	{ "relu", "max(x, 0)", apply_relu, clear_relu, -1e9, 1e9, 0, 0, "" },
	{ "rsqrt", "1 / sqrt(x)", apply_rsqrt, clear_rsqrt, 0.01, 1000, 3.0 / 65536, 1e-3,
	    "256 from 0 down, 3.5e-4 above 2^23" },
	{ "sigmoid", "1 / (1 + e^-x)", apply_sigmoid, clear_sigmoid, -1e9, 1e9, 1e-3, 0, "" },
	{ "sigmoid-exact", "1 / (1 + e^-x)", apply_sigmoid_exact, clear_sigmoid, -1e9, 1e9, 1e-3, 0,
	    "" },
	{ "sigmoid-piecewise", "x + 1/2 between 0 and 1", apply_piecewise, clear_piecewise, -1e9,
	    1e9, 0, 0, "" },
	{ "sign", "-1, 0 or 1", apply_sign, clear_sign, -1e9, 1e9, 0, 0, "" },
	{ "sqrt", "sqrt(x)", apply_sqrt, clear_sqrt, 0.01, 1e6, 2.0 / 65536, 1e-3,
	    "0 from 0 down, 2896 above" },
	{ "step", "1 if x >= 0, else 0", apply_step, clear_step, -1e9, 1e9, 0, 0, "" },
	{ "tanh", "tanh(x)", apply_tanh, tanh, -1e9, 1e9, 2e-3, 0, "" },
	{ NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL },
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
