#include "base/mem.h"
#include "mpc/correlated_internal.h"
#include "ring/bits.h"
#include "ring/exp2.h"
#include "ring/trig.h"

/*
 * ---- Fourier series ----
 *
 * For z = m - r and a harmonic h of the period 2^p, with the angle a(x) = 2 pi h x / 2^p,
 *
 *	s sin a(z) + c cos a(z) =
 *	    (s sin a(m) + c cos a(m)) cos a(r) + (c sin a(m) - s cos a(m)) sin a(r)
 *
 * by the addition theorems.  The brackets are public among the computing parties, and the dealer
 * gives shares of cos a(r) and sin a(r): local but for the opening of the result.  The period
 * divides 2^64, so that the wrap of m - r is a whole number of turns, and z is exact.
 *
 * Bits: dealt sines have table_bits and are off by 0.6 units; the brackets have coefficient_bits
 * and are off by half a unit, and by what sines of SINE_BITS leave of a coefficient.  The result
 * has both together.
 */

struct series_work {
	word angle[CHUNK];                  /* of m: a full turn is 2^64 */
	int64_t sine[CHUNK], cosine[CHUNK]; /* of a multiple of it, with SINE_BITS */
	word sum[CHUNK];
	word *dealt_sine, *dealt_cosine;    /* our shares, for all harmonics */
};

/*
 * Of the public sines, before coefficients are multiplied in.  Coefficients are below 2^31 and
 * sines at most 2^30, so that the sum of two products is below 2^62.
 */
#define SINE_BITS 30

/* A public product of a coefficient and such a sine, rounded to the coefficient's bits. */
static inline word
rounded(int64_t product)
{

	return ((word)((product + ((int64_t)1 << (SINE_BITS - 1))) >> SINE_BITS));
}

/* sum += cos(r) (s sin m + c cos m) + sin(r) (c sin m - s cos m), for one harmonic. */
static void
add_harmonic(struct series_work *w, const struct mpc_series *series, size_t j, size_t n)
{
	int64_t s = series->sine[j], c = (series->cosine == NULL) ? 0 : series->cosine[j];
	const word *dealt_sine = w->dealt_sine + j * n, *dealt_cosine = w->dealt_cosine + j * n;
	size_t i;

	trig_sincos(w->sine, w->cosine, w->angle, n, series->harmonic[j], SINE_BITS);
	for (i = 0; i < n; i++) {
		w->sum[i] += dealt_cosine[i] * rounded(s * w->sine[i] + c * w->cosine[i]);
		w->sum[i] += dealt_sine[i] * rounded(c * w->sine[i] - s * w->cosine[i]);
	}
}

static int
series_chunk(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *series, size_t first, size_t n, struct series_work *w)
{
	word *m = y->held.m + first;
	size_t i, j;

	if (correlated_trigonometric(S, w->dealt_cosine, w->dealt_sine, n, series) == -1)
		return (-1);
	for (i = 0; i < n; i++) {
		w->angle[i] = z->held.m[first + i] << (WORD_BITS - series->period_bits);
		w->sum[i] = first_alone(S, (word)series->constant);
	}
	for (j = 0; j < series->count; j++)
		add_harmonic(w, series, j, n);
	mask_words(S, y, first, n);
	for (i = 0; i < n; i++)
		m[i] = w->sum[i] + y->held.lam[first + i];
	return (open_send(S, m, n));
}

int
masked_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *series)
{
	size_t words = 2 * series->count * chunk_of(z->n), i;
	struct series_work *w;
	word *dealt = NULL;
	int rc = -1;

	if ((w = work_room(S, WORK_SERIES, sizeof(*w))) == NULL ||
	    (dealt = mem_array(words, sizeof(*dealt))) == NULL)
		goto out;
	w->dealt_sine = dealt;
	w->dealt_cosine = dealt + words / 2;
	for (i = 0, rc = 0; i < z->n && rc == 0; i += CHUNK)
		rc = series_chunk(S, y, z, series, i, chunk_of(z->n - i), w);
out:
	mem_wipe_free(dealt, words * sizeof(*dealt));
	return ((rc == 0) ? open_words(S, y) : -1);
}

/*
 * ---- powers of two ----
 *
 * t = m - r mod 32, in units of 2^-EXP2_FRACTION.  Both sides are cut below the two bits that count
 * octaves by eight, low being below 8, high 0 .. 3.  With b the borrow of m_low - r_low,
 *
 *	2^t = 2^(m_low - r_low + 8 b) 2^(8 (m_high - r_high - b mod 4))
 *
 * b is compared and opened under a mask l as p = b xor l; for either p the dealer gives shares of
 * 2^(8 b - r_low) in one of four places, by r_high + b mod 4, and 0 in the others.  What is left is
 * a sum with public weights: 2^m_low, and at place j 2^(8 (m_high - j mod 4)).
 */
static void
exp2_share(word *share, const word *dealt, const word *m, const word *md, const word *lam,
    size_t n, unsigned low)
{
	const word mask = (1U << EXP2_LOW) - 1;
	word sum, high, take;
	uint32_t weight;
	unsigned j;
	size_t i;

	for (i = 0; i < n; i++) {
		high = m[i] >> (low + EXP2_LOW);
		take = 0 - md[i];
		/* 2^(8 (high - j)) for j = 0, 1, ...: a byte that goes round in 32 bits. */
		weight = (uint32_t)1 << (EXP2_OCTAVES * (high % EXP2_DIGITS));
		for (sum = 0, j = 0; j < EXP2_DIGITS; j++) {
			sum += weight * ((take & dealt[(EXP2_DIGITS + j) * n + i]) |
			    (~take & dealt[j * n + i]));
			weight = weight >> EXP2_OCTAVES | weight << (32 - EXP2_OCTAVES);
		}
		share[i] = sum * exp2_fixed((m[i] >> low) & mask, EXP2_M_BITS) + lam[i];
	}
}

int
masked_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f)
{
	/* Bits below EXP2_FRACTION behind the point are not looked at. */
	const struct borrow borrow = { .low = f - EXP2_FRACTION,
		.high = f - EXP2_FRACTION + EXP2_LOW, .count = 1 };
	struct mpc_bits b = { .n = 0 };
	word *dealt = NULL, *md;
	size_t values = 2 * EXP2_DIGITS * chunk_of(z->n), words = values + chunk_of(z->n), i, c;
	int rc = -1;

	if (mpc_bits_new(S, &b, z->n) == -1 || masked_borrow(S, &b, z, &borrow) == -1 ||
	    (dealt = mem_array(words, sizeof(*dealt))) == NULL)
		goto out;
	md = dealt + values;
	for (i = 0; i < z->n; i += c) {
		c = chunk_of(z->n - i);
		if (correlated_exp2(S, dealt, c) == -1)
			goto out;
		mask_words(S, y, i, c);
		bits_to_words(md, b.held.m + i / WORD_BITS, c);
		exp2_share(y->held.m + i, dealt, z->held.m + i, md, y->held.lam + i, c, borrow.low);
		if (open_send(S, y->held.m + i, c) == -1)
			goto out;
	}
	rc = open_words(S, y);
out:
	mem_wipe_free(dealt, words * sizeof(*dealt));
	mpc_bits_free(&b);
	return (rc);
}
