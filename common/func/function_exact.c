#include "func/function_internal.h"

#include <string.h>

#include "func/function.h"
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
	{ 13, (const int64_t[]){ 30236080, -24561364, 19242164, -14324304, 22373578, -28360346,
	    -41560788, 68736590, 128712383, -162759147, -138552095, 159057741, 67775334,
	    -69327805 } },
	{ 10, (const int64_t[]){ -9877477, 13619809, -5564150, 2674432, -1285494, 2699850, -2778602,
	    -2334104, 2746672, 2285596, -2104155 } },
	{ 8, (const int64_t[]){ 12498558, 5063316, -1018450, 461785, -273502, -20808, 75837, 186405,
	    -154392 } },
	{ 11, (const int64_t[]){ 22517829, -9114770, 5715026, -4143097, 929654, 898525, 7906922,
	    -9557478, -9272032, 10704595, 6454130, -6305899 } },
};

#define CORE_MIDDLE 9311355 /* 0.555 */
#define CORE_STRETCH 145636 /* 1 / 0.45, with 16 bits */

/* (sigmoid(x) - 1/2) / x for s = 2 (x / 8.1)^2 - 1: sigmoid is off by 9.1e-5. */
static const struct polynomial slope = { 11, (const int64_t[]){ 1454872, -699074, 502064, -398062,
	112107, 45942, 779639,
	-899565, -880580, 977218, 646195, -605942 } };

#define SLOPE_FACTOR 31964 /* 2 / 8.1^2, with 20 bits */

/* 2^((s + 1) / 2): off by 1.8e-7. */
static const struct polynomial power = { 5, (const int64_t[]){ 23726568, 8223002, 1424905, 164613,
	14349, 994 } };

/* y = p(s), by Horner's rule; ${y} and ${s} differ. */
static int
evaluate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *s,
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
rescale(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f)
{

	if (f > EXACT_BITS)
		return (mpc_truncate(S, y, x, f - EXACT_BITS));
	mpc_scale(y, x, (int64_t)1 << (EXACT_BITS - f));
	return (0);
}

int
exact_core(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *c, unsigned C,
    enum exact_core core)
{
	struct room r;
	int rc;

	if ((rc = room_open(&r, S, c->n, 1, 0)) == 0 && (rc = rescale(S, &r.word[0], c, C)) == 0) {
		mpc_add_public(&r.word[0], &r.word[0], -CORE_MIDDLE);
		mpc_scale(&r.word[0], &r.word[0], CORE_STRETCH);
		if ((rc = mpc_truncate(S, &r.word[0], &r.word[0], 16)) == 0)
			rc = evaluate(S, y, &r.word[0], &cores[core]);
	}
	room_close(&r);
	return (rc);
}

int
exact_sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f,
    unsigned up)
{
	const struct bilinear times = bilinear_elements(x->n);
	int64_t bound = (int64_t)1 << (f + 3 - up);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 4, 0) == -1 || mpc_clip(S, &r.word[0], x, -bound, bound,
	    f) == -1)
		goto out;
	mpc_scale(&r.word[0], &r.word[0], (int64_t)1 << up);
	/* s = 2 (x / 8.1)^2 - 1 */
	if (mpc_product(S, &r.word[1], &times, &r.word[0], &r.word[0]) == -1)
		goto out;
	mpc_scale(&r.word[1], &r.word[1], SLOPE_FACTOR);
	if (2 * f + 20 > EXACT_BITS && mpc_truncate(S, &r.word[1], &r.word[1],
	    2 * f + 20 - EXACT_BITS) == -1)
		goto out;
	mpc_add_public(&r.word[1], &r.word[1], -((int64_t)1 << EXACT_BITS));
	if (evaluate(S, &r.word[2], &r.word[1], &slope) == -1 ||
	    mpc_product(S, &r.word[3], &times, &r.word[2], &r.word[0]) == -1)
		goto out;
	mpc_add_public(&r.word[3], &r.word[3], (int64_t)1 << (EXACT_BITS + f - 1));
	rc = mpc_truncate(S, y, &r.word[3], EXACT_BITS);
out:
	room_close(&r);
	return (rc);
}

#define OCTAVES 32

/* rest = t - floor(t), and whole = 2^floor(t), from thresholds at all whole numbers. */
static int
split(struct mpc *S, struct mpc_vector *rest_whole, const struct mpc_vector *t, unsigned f)
{
	struct mpc_selection_term terms[OCTAVES + 1];
	int64_t bounds[OCTAVES - 1];
	const struct mpc_comparison c = { 0, f + 7, OCTAVES - 1, bounds };
	struct room r;
	size_t k;
	int rc;

	memset(terms, 0, sizeof(terms));
	if ((rc = room_open(&r, S, t->n, 0, OCTAVES - 1)) == 0) {
		for (k = 0; k < OCTAVES - 1; k++) {
			bounds[k] = (int64_t)(k + 1) << f;
			terms[k].bit = &r.bit[k];
			terms[k].constant[0] = -((int64_t)1 << f);
			terms[k].constant[1] = (int64_t)1 << k;
		}
		terms[OCTAVES - 1].word = t;
		terms[OCTAVES - 1].weight[0] = 1;
		terms[OCTAVES].constant[1] = 1;
		if ((rc = mpc_compare(S, r.bit, t, &c)) == 0)
			rc = mpc_select(S, rest_whole, &(struct mpc_selection){ OCTAVES + 1, terms,
			    0, 2 });
	}
	room_close(&r);
	return (rc);
}

int
exact_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *t, unsigned f)
{
	const struct bilinear times = bilinear_elements(t->n);
	struct room r;
	int rc;

	if ((rc = room_open(&r, S, t->n, 4, 0)) == 0 && (rc = split(S, r.word, t, f)) == 0 &&
	    (rc = rescale(S, &r.word[2], &r.word[0], f)) == 0) {
		mpc_scale(&r.word[2], &r.word[2], 2);
		mpc_add_public(&r.word[2], &r.word[2], -((int64_t)1 << EXACT_BITS));
		if ((rc = evaluate(S, &r.word[3], &r.word[2], &power)) == 0 &&
		    (rc = mpc_product(S, y, &times, &r.word[3], &r.word[1])) == 0)
			mpc_scale(y, y, (int64_t)1 << (30 - EXACT_BITS));
	}
	room_close(&r);
	return (rc);
}
