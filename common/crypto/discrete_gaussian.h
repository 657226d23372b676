#ifndef SMPC_CRYPTO_DISCRETE_GAUSSIAN_H
#define SMPC_CRYPTO_DISCRETE_GAUSSIAN_H

/*
 * Noise: whole numbers z with a probability proportional to exp(-z^2 / (2 sigma^2)), exactly, given
 * random words; integers only.
 */

#include <stddef.h>
#include <stdint.h>

#include "crypto/prg.h"
#include "ring/word.h"

#define GAUSSIAN_DRAWN 64 /* words that are drawn at a time */

/* A stream of words from which numbers are drawn, one after the other. */
struct gaussian_source {
	uint8_t key[PRG_KEY_BYTES];
	uint64_t next; /* position of the word that the stream gives next */
	word drawn[GAUSSIAN_DRAWN];
	size_t left;   /* of these, the last ones */
	word last;     /* the last one that was begun, */
	unsigned bits; /* and how many of its bits are left, the lowest */
};

/*
 * gaussian_begin(source, key), gaussian_end(source):
 * Begin to draw from the stream S(${key}), whose key is copied, and serves nothing else; wipe.  A
 * key for noise is a fresh one (prg_new_key), which nobody else has: who knows it takes the noise
 * off.
 */
void gaussian_begin(struct gaussian_source *source, const uint8_t key[static PRG_KEY_BYTES]);
void gaussian_end(struct gaussian_source *source);

/*
 * discrete_gaussian(source, sigma, z, n):
 * Draw ${n} independent numbers.
 *
 * Units    ${sigma} is in units of z, PRIVACY_DEVIATION_LEAST to PRIVACY_DEVIATION_MOST
 *          (base/privacy.h).  The variance is sigma^2, up to a part of 1e-130.
 * Time     of a draw depends on the draw, so on the noise: draw ahead of what others see of you,
 *          all that a step needs at once, and let nothing that they see wait for it.
 * Returns  0, or -1 (reported; status 5 where ${sigma} is not in that range; ${z} is zeroed).
 * Source   Canonne, Kamath and Steinke, The Discrete Gaussian for Differential Privacy, 2020,
 *          algorithms 1 to 3.
 */
int discrete_gaussian(struct gaussian_source *source, uint64_t sigma, int64_t *z, size_t n);

#endif /* !SMPC_CRYPTO_DISCRETE_GAUSSIAN_H */
