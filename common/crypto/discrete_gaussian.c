#include "crypto/discrete_gaussian.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/privacy.h"

/*
 * A number y is proposed with a probability proportional to exp(-|y| / sigma), and taken with
 *
 *	exp(-(|y| - sigma)^2 / (2 sigma^2)),
 *
 * so that what is taken is proportional to exp(-y^2 / (2 sigma^2)) (the paper's algorithm 3, with
 * t = sigma).  The proposal comes as |y| = u + sigma v with 0 <= u < sigma, so its distance from
 * sigma is sigma q + r with whole q, and 0 <= r < sigma, without a division; and the probability is
 *
 *	exp(-1/2)^(q^2) exp(-r / sigma)^q exp(-(r / sigma)^2 / 2).
 *
 * Every exponent is a power of a ratio of whole numbers, by 1 or 2, over 1 or 2, and an event of
 * that probability is that some draws of numbers below sigma, and of small ones, all come out
 * small.  So none of these powers is computed, and nothing is wider than 45 bits on the way.
 *
 * v is 2^18 or more with a probability of exp(-2^18); below that, |y| < 2^63.
 */

/* ---- words ---- */

/* The next ${bits} < 64 bits: of one word, of which what is left is too little otherwise. */
static uint64_t
next_bits(struct gaussian_source *source, unsigned bits)
{
	uint64_t z;

	if (source->bits < bits) {
		if (source->left == 0) {
			prg_words(source->drawn, GAUSSIAN_DRAWN, source->key, source->next);
			source->next += GAUSSIAN_DRAWN;
			source->left = GAUSSIAN_DRAWN;
		}
		source->last = source->drawn[GAUSSIAN_DRAWN - source->left--];
		source->bits = 64;
	}
	z = source->last & (((uint64_t)1 << bits) - 1);
	source->last >>= bits;
	source->bits -= bits;
	return (z);
}

/* A uniform number below ${bound}, 1 to 2^63: of so many bits, until it is. */
static uint64_t
below(struct gaussian_source *source, uint64_t bound)
{
	unsigned bits = 0;
	uint64_t z;

	while ((bound - 1) >> bits != 0)
		bits++;
	do
		z = next_bits(source, bits);
	while (z >= bound);
	return (z);
}

/* ---- events ---- */

/*
 * With a probability of exp(-x), x = (a / b)^power / divisor <= 1: count how often in a row an
 * event of probability x / k happens, for k = 1, 2, ..; the count is even with 1 - x + x^2 / 2 - ..
 * (algorithm 1).  It reaches 2^32 with a probability far below 2^-(2^32).
 */
static bool
survives(struct gaussian_source *source, uint64_t a, uint64_t b, unsigned power, uint64_t divisor)
{
	uint64_t k;
	unsigned i;

	for (k = 1; below(source, divisor * k) == 0; k++) {
		for (i = 0; i < power && below(source, b) < a; i++)
			;
		if (i < power)
			break;
	}
	return (k % 2 == 1);
}

/* Whether it survives ${times} times exp(-1 / divisor), or exp(-a / b). */
static bool
survives_times(struct gaussian_source *source, uint64_t a, uint64_t b, unsigned power,
    uint64_t divisor, uint64_t times)
{

	while (times > 0 && survives(source, a, b, power, divisor))
		times--;
	return (times == 0);
}

/* ---- numbers ---- */

/* Is the proposal u + sigma v taken? */
static bool
is_taken(struct gaussian_source *source, uint64_t sigma, uint64_t u, uint64_t v)
{
	/* |u + sigma v - sigma| = sigma q + r */
	uint64_t q = (v > 0) ? v - 1 : (u == 0), r = (v > 0 || u == 0) ? u : sigma - u;

	return (survives_times(source, 1, 1, 0, 2, q * q) &&
	    survives_times(source, r, sigma, 1, 1, q) && survives(source, r, sigma, 2, 2));
}

/* One number, or none, which the caller asks again for. */
static bool
try(struct gaussian_source *source, uint64_t sigma, int64_t *z)
{
	uint64_t u = below(source, sigma), v = 0;
	bool minus;

	if (!survives(source, u, sigma, 1, 1))
		return (false);
	while (survives(source, 1, 1, 0, 1))
		v++;
	*z = (int64_t)(u + sigma * v);
	minus = below(source, 2) == 1;
	/* 0 has one sign. */
	if ((minus && *z == 0) || !is_taken(source, sigma, u, v))
		return (false);
	*z = minus ? -*z : *z;
	return (true);
}

/* ---- streams of them ---- */

void
gaussian_begin(struct gaussian_source *source, const uint8_t key[static PRG_KEY_BYTES])
{

	memset(source, 0, sizeof(*source));
	memcpy(source->key, key, sizeof(source->key));
}

void
gaussian_end(struct gaussian_source *source)
{

	mem_wipe(source, sizeof(*source));
}

int
discrete_gaussian(struct gaussian_source *source, uint64_t sigma, int64_t *z, size_t n)
{
	size_t i;

	memset(z, 0, n * sizeof(*z));
	if (sigma < PRIVACY_DEVIATION_LEAST || sigma > PRIVACY_DEVIATION_MOST)
		return (fail(ST_RANGE, "noise of a deviation of %" PRIu64 " units: it may be %"
		    PRIu64 " to %" PRIu64, sigma, PRIVACY_DEVIATION_LEAST,
		    PRIVACY_DEVIATION_MOST));
	for (i = 0; i < n; i++) {
		while (!try(source, sigma, &z[i]))
			;
	}
	return (0);
}
