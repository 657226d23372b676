#include "func/response.h"

#include <math.h>

#include "base/diag.h"
#include "mpc/room.h"

#define LN2 0.69314718055994531

/* Bits of thresholds that are not looked at: a coin decides within 2^-BLUR_BITS of one. */
#define BLUR_BITS 8

/* Coefficients and dealt sines of all series here: the sines of most bits that are cheap. */
#define COEFFICIENT_BITS 28
#define TABLE_BITS 28
#define SERIES_BITS (COEFFICIENT_BITS + TABLE_BITS)

static int
refuse_faithful(const struct mpc *S)
{

	return (mpc_is_faithful(S) ? fail(ST_USAGE, "--faithful is not for what takes logarithms "
	    "and powers with so many bits: their last ones depend on masks") : 0);
}

/* ---- bounds ---- */

int
mpc_clip_cut(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int64_t most,
    unsigned f, unsigned cut)
{
	enum { FROM_LOW, FROM_HIGH, INSIDE, BITS };
	const int64_t end = most << f, cut_end = most << (f - cut), bounds[] = { -end, end };
	const struct mpc_comparison c = { .low = f - BLUR_BITS, .high = MPC_NUMBER_RANGE,
		.count = 2, .thresholds = bounds };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, BITS) == 0 && mpc_compare(S, r.bit, x, &c) == 0) {
		/* From -end, which is below. */
		const struct mpc_selection_term terms[] = {
			{ .bit = &r.bit[INSIDE], .word = x, .weight = { 1 },
			    .constant = { cut_end } },
			{ .bit = &r.bit[FROM_HIGH], .constant = { 2 * cut_end } },
			{ .constant = { -cut_end } },
		};

		mpc_xor(&r.bit[INSIDE], &r.bit[FROM_LOW], &r.bit[FROM_HIGH]);
		rc = mpc_select(S, y, &(struct mpc_selection){ .count = 3, .terms = terms,
			.shift = cut,
			.results = 1 });
	}
	room_close(&r);
	return (rc);
}

/* ---- the logistic function and its integral ---- */

/*
 * As for the sigmoid of function.c, with the period L = 64: at 15 the wave is e^-17 off, which the
 * fit takes back.  The integral has cosines, of the same harmonics.  Fitted by least
 * squares on [-15.2, 15.2], off by 6.4e-8 and 1.3e-8; sines of 30 bits and tables of 28 leave
 * errors below 2^-25.
 */
#define WAVES 26
#define WAVE_PERIOD_LOG 6
static const unsigned wave_harmonics[WAVES] = { 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27,
	29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51 };
static const int64_t logistic_sine[WAVES] = { 168211709, 49580152, 23632367, 12333763, 6592677,
	3547901, 1913044, 1032134, 556928, 300551, 162174, 87530, 47221, 25496, 13746, 7430, 3998,
	2168, 1161, 635, 335, 187, 95, 57, 26, 18 };
static const int64_t softplus_cosine[WAVES] = { -1713390243, -168339813, -48143432, -17947262,
	-7461368, -3285343, -1498920, -700891, -333688, -161132, -78656, -38769, -19235, -9622,
	-4825, -2444, -1232, -633, -318, -167, -82, -45, -21, -13, -5, -4 };
static const int64_t no_sine[WAVES];
#define SOFTPLUS_CONSTANT 7.99999924497846

static int
wave(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const int64_t *sine,
    const int64_t *cosine, double constant)
{
	const struct mpc_series series = {
		.period_bits = MPC_RESPONSE_BITS + WAVE_PERIOD_LOG,
		.count = WAVES,
		.harmonic = wave_harmonics,
		.sine = sine,
		.cosine = cosine,
		.constant = (int64_t)ldexp(constant, SERIES_BITS),
		.coefficient_bits = COEFFICIENT_BITS,
		.table_bits = TABLE_BITS,
	};

	return ((refuse_faithful(S) == -1) ? -1 : mpc_series(S, y, x, &series));
}

int
mpc_logistic(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0 &&
	    wave(S, &r.word[0], x, logistic_sine, NULL, 0.5) == 0)
		rc = mpc_truncate(S, y, &r.word[0], SERIES_BITS - MPC_RESPONSE_BITS);
	room_close(&r);
	return (rc);
}

/* ln(1 + e^x) = x / 2 + ln(2 cosh(x / 2)): at most 15 and 15 with 56 bits, which is below 2^61. */
int
mpc_softplus(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0 &&
	    wave(S, &r.word[0], x, no_sine, softplus_cosine, SOFTPLUS_CONSTANT) == 0) {
		mpc_add_scaled(&r.word[0], x, (int64_t)1 << (SERIES_BITS - MPC_RESPONSE_BITS - 1));
		rc = mpc_truncate(S, y, &r.word[0], SERIES_BITS - MPC_RESPONSE_BITS);
	}
	room_close(&r);
	return (rc);
}

/* ---- powers of e ---- */

/*
 * x = 2 k ln 2 + c with |c| <= ln 2, for k from -8 to 5: e^x = 4^k e^c, where e^c is a series of
 * period 4, fitted on [-0.72, 0.72] with a relative error of 9.9e-8.
 *
 * e^c is at most 2.1 with 56 bits, of which 20 are kept; the largest 4^k, from 4^-8 on, makes 2^26
 * of its last one, below 2^48.
 */
#define POWERS 7
#define POWER_PERIOD_LOG 2
#define C_BITS 24
static const unsigned power_harmonics[POWERS] = { 1, 2, 3, 4, 5, 6, 7 };
static const int64_t power_sine[POWERS] = { 375878319, -169572747, 65736139, -20990111, 5068532,
	-814673, 65128 };
static const int64_t power_cosine[POWERS] = { -199184452, 25363959, 2079062, -3504425, 1464927,
	-334990, 35352 };
#define POWER_CONSTANT 1.6485006602698549

#define LEAST_POWER (-8)
#define RANGES 14 /* of k; their ends are one more */

/* Where range ${j} begins, in units of ln 2. */
static int
range_begin(int j)
{

	return (2 * (LEAST_POWER + j) - 1);
}

/*
 * c, with C_BITS, of x in range j is x - 2 k ln 2; -ln 2 below the first one, and ln 2 above the
 * last.  ${t}[j] is whether x is in range j or beyond.
 */
static int
find_remainder(struct mpc *S, struct mpc_vector *c, const struct mpc_vector *x, unsigned f,
    const struct mpc_bits *t, struct mpc_bits *inside)
{
	struct mpc_selection_term terms[RANGES + 3];
	double before = -1, now;
	size_t n = 0;
	int j;

	mpc_xor(inside, &t[0], &t[RANGES]);
	terms[n++] = (struct mpc_selection_term){ .bit = inside, .word = x, .weight = { 1 } };
	terms[n++] = (struct mpc_selection_term){ .constant = { llrint(ldexp(-LN2, C_BITS)) } };
	for (j = 0; j <= RANGES; j++) {
		now = (j < RANGES) ? -2 * (LEAST_POWER + j) : 1;
		terms[n++] = (struct mpc_selection_term){ .bit = &t[j],
			.constant = { llrint(ldexp(now * LN2, C_BITS)) -
			llrint(ldexp(before * LN2, C_BITS)) } };
		before = now;
	}
	return (mpc_select(S, c, &(struct mpc_selection){ .count = n, .terms = terms,
		.shift = f - C_BITS,
		.results = 1 }));
}

/* y = e^c 4^(k - LEAST_POWER), e^c with MPC_GROWTH_BITS. */
static int
scale_power(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *power,
    struct mpc_bits *t, struct mpc_bits *in)
{
	struct mpc_selection_term terms[RANGES];
	int j;

	for (j = 0; j < RANGES; j++) {
		if (j == 0)
			mpc_not(&in[j], &t[1]);
		else if (j + 1 < RANGES)
			mpc_xor(&in[j], &t[j], &t[j + 1]);
		else
			mpc_bits_copy(&in[j], &t[j]);
		terms[j] = (struct mpc_selection_term){ .bit = &in[j], .word = power,
			.weight = { (int64_t)1 << (2 * j) } };
	}
	return (mpc_select(S, y, &(struct mpc_selection){ .count = RANGES, .terms = terms,
		.shift = SERIES_BITS - MPC_GROWTH_BITS,
		.results = 1 }));
}

int
mpc_growth(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	enum { C, POWER, SCALED, WORDS };
	enum { T, IN = RANGES + 1, INSIDE = IN + RANGES, BITS };
	const struct mpc_series series = {
		.period_bits = C_BITS + POWER_PERIOD_LOG,
		.count = POWERS,
		.harmonic = power_harmonics,
		.sine = power_sine,
		.cosine = power_cosine,
		.constant = (int64_t)ldexp(POWER_CONSTANT, SERIES_BITS),
		.coefficient_bits = COEFFICIENT_BITS,
		.table_bits = TABLE_BITS,
	};
	int64_t ends[RANGES + 1];
	const struct mpc_comparison compare = { .low = f - BLUR_BITS, .high = MPC_NUMBER_RANGE,
		.count = RANGES + 1, .thresholds = ends };
	struct room r;
	int j, rc = -1;

	for (j = 0; j <= RANGES; j++)
		ends[j] = (int64_t)ldexp(range_begin(j) * LN2, (int)f);
	if (refuse_faithful(S) == -1)
		return (-1);
	if (room_open(&r, S, x->n, WORDS, BITS) == 0 &&
	    mpc_compare(S, &r.bit[T], x, &compare) == 0 &&
	    find_remainder(S, &r.word[C], x, f, &r.bit[T], &r.bit[INSIDE]) == 0 &&
	    mpc_series(S, &r.word[POWER], &r.word[C], &series) == 0 &&
	    scale_power(S, &r.word[SCALED], &r.word[POWER], &r.bit[T], &r.bit[IN]) == 0)
		rc = mpc_truncate(S, y, &r.word[SCALED], -2 * LEAST_POWER);
	room_close(&r);
	return (rc);
}
