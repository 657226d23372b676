#ifndef SMPC_BASE_PRIVACY_H
#define SMPC_BASE_PRIVACY_H

/*
 * What noise buys: zero-concentrated differential privacy (zCDP), in float64.
 *
 * A result whose sensitivity is D, the largest Euclidean distance between what two tables give that
 * differ in one person, under discrete Gaussian noise of deviation s in each of its numbers, costs
 * rho = D^2 / (2 s^2).  The rho of several results add up.
 *
 * All figures are rounded to the safe side: less rho, more epsilon, more noise.
 *
 * Source   Canonne, Kamath and Steinke, The Discrete Gaussian for Differential Privacy, 2020:
 *          theorem 4, corollary 13; Kairouz, Liu and Steinke, The Distributed Discrete Gaussian
 *          Mechanism, 2021: theorem 1; smpc-protocol(7), Noise.
 */

#include <stddef.h>
#include <stdint.h>

/*
 * Deviations of noise, in units.  Below the least, a sum of discrete Gaussians is not one nearly
 * enough; above the most, sums of words with noise have little room.
 */
#define PRIVACY_DEVIATION_LEAST ((uint64_t)4)
#define PRIVACY_DEVIATION_MOST ((uint64_t)1 << 44)

/*
 * privacy_rho(epsilon, delta):
 * The largest rho that gives (${epsilon}, ${delta}) differential privacy, within 1e-9 of it; 0
 * where epsilon > 0 and 0 < delta < 1 do not hold.
 */
double privacy_rho(double epsilon, double delta);

/*
 * privacy_epsilon(rho, delta):
 * The least epsilon that ${rho} gives at this ${delta}, within 1e-9 of it, or 1e-12; infinity where
 * rho >= 0 and 0 < delta < 1 do not hold.
 */
double privacy_epsilon(double rho, double delta);

/*
 * privacy_sigma(rho, sensitivity, computing_parties, each, dealer):
 * The deviations of noise that cost ${rho}, in units, as ${sensitivity} is: *${dealer} of the
 * dealer's, and *${each} of every computing party's.  What is left when one of them, and whoever is
 * with him, takes his own off has a variance of at least *${dealer} squared: the dealer's own, or
 * that of all computing parties' together.
 *
 * Returns  0, or -1 (reported: status 5 where ${rho} is so small beside the sensitivity that more
 *          than PRIVACY_DEVIATION_MOST would be needed; 1 where rho or sensitivity is not positive
 *          and finite, or there are not 2 to 63 computing parties).
 */
int privacy_sigma(double rho, double sensitivity, size_t computing_parties, uint64_t *each,
    uint64_t *dealer);

#endif /* !SMPC_BASE_PRIVACY_H */
