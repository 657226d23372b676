#include "func/function_exact_internal.h"

#include "mpc/room.h"

/*
 * Polynomials in s from -1 to 1, lowest power first, with EXACT_BITS: Chebyshev series of their
 * functions, written out in powers, by tests/python/series.py.
 */
struct polynomial {
	size_t degree;
	const int64_t *coefficients;
};

/*
 * s = (c - 0.555) / 0.45; off by 3.4e-4, 2.2e-4, 1.7e-4 and 1.2e-4, relative but for the logarithm.
 */
static const struct polynomial cores[] = {
	[EXACT_RECIPROCAL] = {
		.degree = 13,
		.coefficients = (const int64_t[]){ 30236080, -24561364, 19242164, -14324304,
		    22373578, -28360346, -41560788, 68736590, 128712383, -162759147, -138552095,
		    159057741, 67775334, -69327805 },
	},
	[EXACT_LOG] = {
		.degree = 10,
		.coefficients = (const int64_t[]){ -9877477, 13619809, -5564150, 2674432, -1285494,
		    2699850, -2778602, -2334104, 2746672, 2285596, -2104155 },
	},
	[EXACT_SQRT] = {
		.degree = 8,
		.coefficients = (const int64_t[]){ 12498558, 5063316, -1018450, 461785, -273502,
		    -20808, 75837, 186405, -154392 },
	},
	[EXACT_RSQRT] = {
		.degree = 11,
		.coefficients = (const int64_t[]){ 22517829, -9114770, 5715026, -4143097, 929654,
		    898525, 7906922, -9557478, -9272032, 10704595, 6454130, -6305899 },
	},
};

#define CORE_MIDDLE 9311355   /* 0.555, with EXACT_BITS */
#define CORE_STRETCH 145636   /* 1 / 0.45 */
#define CORE_STRETCH_BITS 16

/* (sigmoid(x) - 1/2) / x for s = 2 (x / 8.1)^2 - 1: sigmoid is off by 9.1e-5. */
static const struct polynomial slope = {
	.degree = 11,
	.coefficients = (const int64_t[]){ 1454872, -699074, 502064, -398062, 112107, 45942, 779639,
	    -899565, -880580, 977218, 646195, -605942 },
};

#define SLOPE_FACTOR 31964    /* 2 / 8.1^2 */
#define SLOPE_FACTOR_BITS 20

/* 2^((s + 1) / 2): off by 1.8e-7. */
static const struct polynomial power = {
	.degree = 5,
	.coefficients = (const int64_t[]){ 23726568, 8223002, 1424905, 164613, 14349, 994 },
};

/*
 * y = p(s), by Horner's rule; ${y} and ${s} differ.  Every step floors, which puts y off by less
 * than a unit of 2^-24 for each coefficient.  Where |s| <= 1 no partial sum exceeds 11.6, the
 * reciprocal's: a product is below 2^(24 + 24 + 3.6) and can be cut off.
 */
static int
polynomial_evaluate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *s,
    const struct polynomial *p)
{
	const struct bilinear times = bilinear_elements(s->n);
	struct room r;
	size_t k;
	int rc;

	if ((rc = room_open(&r, S, s->n, 1, 0)) == 0) {
		mpc_scale(&r.word[0], s, p->coefficients[p->degree]);
		for (k = p->degree; k-- > 0 && rc == 0;) {
			rc = mpc_truncate(S, y, &r.word[0], EXACT_BITS);
			mpc_add_public(y, y, p->coefficients[k]);
			if (rc == 0 && k > 0)
				rc = mpc_product(S, &r.word[0], &times, y, s);
		}
	}
	room_close(&r);
	return (rc);
}

/* x with EXACT_BITS in place of f. */
static int
to_exact_bits(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{

	if (f > EXACT_BITS)
		return (mpc_truncate(S, y, x, f - EXACT_BITS));
	mpc_scale(y, x, (int64_t)1 << (EXACT_BITS - f));
	return (0);
}

/* The rounded stretch is 3.1e-6 too long, which moves c by 1.4e-6 and 1 / c by 1.3e-5 of it. */
int
exact_core(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *c, unsigned C,
    enum exact_core core)
{
	struct mpc_vector *s;
	struct room r;
	int rc;

	if ((rc = room_open(&r, S, c->n, 1, 0)) == 0) {
		s = &r.word[0];
		if ((rc = to_exact_bits(S, s, c, C)) == 0) {
			mpc_add_public(s, s, -CORE_MIDDLE);
			mpc_scale(s, s, CORE_STRETCH);
			if ((rc = mpc_truncate(S, s, s, CORE_STRETCH_BITS)) == 0)
				rc = polynomial_evaluate(S, y, s, &cores[core]);
		}
	}
	room_close(&r);
	return (rc);
}

/*
 * sigmoid(x) = 1/2 + x slope(s), where slope is even in x, and so a function of x^2.  The square,
 * times the factor, is below 64 * 0.0305 * 2^(2 f + 20), which is 2^61 for f = 20.
 */
int
exact_sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{
	enum { SQUARE, SLOPE, PRODUCT, WORDS };
	const struct bilinear times = bilinear_elements(x->n);
	const int64_t half = (int64_t)1 << (EXACT_BITS + f - 1);
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, WORDS, 0) == -1)
		goto out;
	w = r.word;
	/* s = 2 (x / 8.1)^2 - 1 */
	if (mpc_product(S, &w[SQUARE], &times, x, x) == -1)
		goto out;
	mpc_scale(&w[SQUARE], &w[SQUARE], SLOPE_FACTOR);
	if (to_exact_bits(S, &w[SQUARE], &w[SQUARE], 2 * f + SLOPE_FACTOR_BITS) == -1)
		goto out;
	mpc_add_public(&w[SQUARE], &w[SQUARE], -((int64_t)1 << EXACT_BITS));
	if (polynomial_evaluate(S, &w[SLOPE], &w[SQUARE], &slope) == -1 ||
	    mpc_product(S, &w[PRODUCT], &times, &w[SLOPE], x) == -1)
		goto out;
	mpc_add_public(&w[PRODUCT], &w[PRODUCT], half);
	rc = mpc_truncate(S, y, &w[PRODUCT], EXACT_BITS);
out:
	room_close(&r);
	return (rc);
}

#define OCTAVE_BITS 5
#define OCTAVES (1 << OCTAVE_BITS)
#define SPARE_BITS 2 /* of the comparison, whose differences are below 2^(f + OCTAVE_BITS) */

/*
 * rest = t - floor(t), and whole = 2^floor(t), from thresholds at all whole numbers: the k-th bit
 * takes 1 off the rest, and doubles the power, 2^k = 1 + 1 + 2 + 4 + ... + 2^(k - 1).
 */
static int
split_exponent(struct mpc *S, struct mpc_vector *rest_whole, const struct mpc_vector *t, unsigned f)
{
	struct mpc_selection_term terms[OCTAVES + 1];
	int64_t bounds[OCTAVES - 1];
	const struct mpc_comparison c = { .high = f + OCTAVE_BITS + SPARE_BITS,
		.count = OCTAVES - 1, .thresholds = bounds };
	const struct mpc_selection both = { .count = OCTAVES + 1, .terms = terms, .results = 2 };
	struct room r;
	size_t k;
	int rc;

	if ((rc = room_open(&r, S, t->n, 0, OCTAVES - 1)) == 0) {
		for (k = 0; k < OCTAVES - 1; k++) {
			bounds[k] = (int64_t)(k + 1) << f;
			terms[k] = (struct mpc_selection_term){ .bit = &r.bit[k],
				.constant = { -((int64_t)1 << f), (int64_t)1 << k } };
		}
		terms[OCTAVES - 1] = (struct mpc_selection_term){ .word = t, .weight = { 1, 0 } };
		terms[OCTAVES] = (struct mpc_selection_term){ .constant = { 0, 1 } };
		if ((rc = mpc_compare(S, r.bit, t, &c)) == 0)
			rc = mpc_select(S, rest_whole, &both);
	}
	room_close(&r);
	return (rc);
}

#define RESULT_BITS 30

/* 2^rest is below 2, and the whole at most 2^31: their product is below 2^(24 + 32). */
int
exact_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *t, unsigned f)
{
	enum { REST, WHOLE, ARGUMENT, POWER, WORDS };
	const struct bilinear times = bilinear_elements(t->n);
	struct mpc_vector *w;
	struct room r;
	int rc;

	if ((rc = room_open(&r, S, t->n, WORDS, 0)) == 0) {
		w = r.word;
		if ((rc = split_exponent(S, &w[REST], t, f)) == -1 ||
		    (rc = to_exact_bits(S, &w[ARGUMENT], &w[REST], f)) == -1)
			goto out;
		/* s = 2 rest - 1 */
		mpc_scale(&w[ARGUMENT], &w[ARGUMENT], 2);
		mpc_add_public(&w[ARGUMENT], &w[ARGUMENT], -((int64_t)1 << EXACT_BITS));
		if ((rc = polynomial_evaluate(S, &w[POWER], &w[ARGUMENT], &power)) == 0 &&
		    (rc = mpc_product(S, y, &times, &w[POWER], &w[WHOLE])) == 0)
			mpc_scale(y, y, (int64_t)1 << (RESULT_BITS - EXACT_BITS));
	}
out:
	room_close(&r);
	return (rc);
}
