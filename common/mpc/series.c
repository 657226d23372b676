#include "mpc/correlated_internal.h"

#include <string.h>

#include "base/mem.h"
#include "ring/bits.h"
#include "ring/exp2.h"
#include "ring/trig.h"

/* ---- Fourier series ---- */

struct series_work {
	uint64_t angle[CHUNK];              /* m */
	int64_t sine[CHUNK], cosine[CHUNK]; /* of a multiple of it */
	uint64_t sum[CHUNK];
	uint64_t *dealt_sine, *dealt_cosine; /* of lam, for all harmonics */
};

#define SINE_BITS 30 /* of the public sines, before the coefficients are multiplied in */

/* A public product of a coefficient and such a sine, rounded to the coefficient's bits. */
static inline uint64_t
rounded(int64_t product)
{

	return ((uint64_t)((product + ((int64_t)1 << (SINE_BITS - 1))) >> SINE_BITS));
}

/* sum += cos(lam) (s sin m + c cos m) + sin(lam) (c sin m - s cos m), for one harmonic. */
static void
add_harmonic(struct series_work *w, const struct mpc_series *series, size_t j, size_t n)
{
	int64_t s = series->sine[j], c = (series->cosine == NULL) ? 0 : series->cosine[j];
	const uint64_t *dealt_sine = w->dealt_sine + j * n, *dealt_cosine = w->dealt_cosine + j * n;
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
	size_t i, j;

	if (source_trigonometric(S, w->dealt_cosine, w->dealt_sine, z->lam + first, n,
	    series) == -1)
		return (-1);
	for (i = 0; S->self > 0 && i < n; i++) {
		w->angle[i] = z->m[first + i] << (64 - series->period_bits);
		w->sum[i] = (S->self == 1) ? (uint64_t)series->constant : 0;
	}
	for (j = 0; S->self > 0 && j < series->count; j++)
		add_harmonic(w, series, j, n);
	mask_words(S, y, first, n);
	for (i = 0; S->self > 0 && i < n; i++)
		y->m[first + i] = w->sum[i] + y->lam[first + i];
	return ((S->self > 0) ? open_send(S, y->m + first, n) : 0);
}

int
masked_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *series)
{
	size_t words = 2 * series->count * chunk_of(z->n), i;
	struct series_work *w;
	uint64_t *dealt = NULL;
	int rc = -1;

	if ((w = mem_array(1, sizeof(*w))) == NULL ||
	    (dealt = mem_array(words, sizeof(*dealt))) == NULL)
		goto out;
	w->dealt_sine = dealt;
	w->dealt_cosine = dealt + words / 2;
	for (i = 0, rc = 0; i < z->n && rc == 0; i += CHUNK)
		rc = series_chunk(S, y, z, series, i, chunk_of(z->n - i), w);
out:
	mem_wipe_free(dealt, words * sizeof(*dealt));
	mem_wipe_free(w, sizeof(*w));
	return ((rc == 0) ? open_receive(S, y->m, z->n, OPEN_ADD) : -1);
}

/* ---- powers of two ---- */

/*
 * t = m - r mod 2^EXP2_LOW EXP2_DIGITS, in units of 2^-EXP2_FRACTION: 2^t = 2^(m_low - r_low + 8 b)
 * 256^(m_high - r_high - b), where b is the borrow out of the low bits and the last exponent is mod
 * EXP2_DIGITS.  Once b is opened under a mask, the rest is a sum over dealt items with public
 * weights.
 */
static void
exp2_share(uint64_t *share, const uint64_t *dealt, const uint64_t *m, const uint64_t *md,
    const uint64_t *lam, size_t n, unsigned low)
{
	uint64_t sum, high, take;
	uint32_t weight;
	unsigned j;
	size_t i;

	for (i = 0; i < n; i++) {
		high = m[i] >> (low + EXP2_LOW);
		take = 0 - md[i];
		weight = (uint32_t)1 << (8 * (high % EXP2_DIGITS));
		for (sum = 0, j = 0; j < EXP2_DIGITS; j++, weight = weight >> 8 | weight << 24) {
			sum += weight * ((take & dealt[(EXP2_DIGITS + j) * n + i]) |
			    (~take & dealt[j * n + i]));
		}
		share[i] = sum * exp2_fixed((m[i] >> low) & ((1U << EXP2_LOW) - 1), EXP2_M_BITS) +
		    lam[i];
	}
}

int
masked_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f)
{
	const struct borrow borrow = { f - EXP2_FRACTION, f - EXP2_FRACTION + EXP2_LOW, 1, NULL,
		false };
	struct mpc_bits b = { 0, NULL, NULL };
	uint64_t *dealt = NULL, *md;
	size_t words = (2 * EXP2_DIGITS + 1) * chunk_of(z->n), i, c;
	int rc = -1;

	if (mpc_bits_new(S, &b, z->n) == -1 || masked_borrow(S, &b, z, &borrow) == -1 ||
	    (dealt = mem_array(words, sizeof(*dealt))) == NULL)
		goto out;
	md = dealt + 2 * EXP2_DIGITS * chunk_of(z->n);
	for (i = 0; i < z->n; i += c) {
		c = chunk_of(z->n - i);
		if (source_exp2(S, dealt, z->lam + i, b.lam + i / 64, c, borrow.low) == -1)
			goto out;
		mask_words(S, y, i, c);
		if (S->self == 0)
			continue;
		bits_to_words(md, b.m + i / 64, c);
		exp2_share(y->m + i, dealt, z->m + i, md, y->lam + i, c, borrow.low);
		if (open_send(S, y->m + i, c) == -1)
			goto out;
	}
	rc = open_receive(S, y->m, z->n, OPEN_ADD);
out:
	mem_wipe_free(dealt, words * sizeof(*dealt));
	mpc_bits_free(&b);
	return (rc);
}
