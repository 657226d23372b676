#include "base/privacy.h"

#include <math.h>

#include "base/diag.h"

/*
 * rho-zCDP gives (epsilon, delta) differential privacy with, for every alpha > 1,
 *
 *	delta = exp((alpha - 1) (alpha rho - epsilon)) / (alpha - 1) * (1 - 1 / alpha)^alpha
 *
 * (Canonne, Kamath and Steinke 2020, corollary 13).  With a = alpha - 1, its logarithm is
 *
 *	f(a) = a ((a + 1) rho - epsilon) - a log(1 + 1 / a) - log(1 + a)
 *	f'(a) = (2 a + 1) rho - epsilon - log(1 + 1 / a)
 *
 * and f is convex.  Any a gives a bound, so the one that is found only has to be near the best.
 */

/* Halvings of an interval until its ends are neighbours, and more. */
#define HALVINGS 200

/* What rounding errors of f, and of what is found, are kept below; relative. */
#define MARGIN 1e-11

static double
log_delta_at(double a, double rho, double epsilon)
{

	return (a * ((a + 1) * rho - epsilon) - a * log1p(1 / a) - log1p(a));
}

static double
slope_at(double a, double rho, double epsilon)
{

	return ((2 * a + 1) * rho - epsilon - log1p(1 / a));
}

/* The logarithm of the least delta, rounded up. */
static double
log_delta(double rho, double epsilon)
{
	double low = -700, high = 700, middle, least;
	int i;

	/* a is looked for by its logarithm, as it may be next to 0 and very large. */
	for (i = 0; i < HALVINGS; i++) {
		middle = (low + high) / 2;
		if (slope_at(exp(middle), rho, epsilon) < 0)
			low = middle;
		else
			high = middle;
	}
	least = log_delta_at(exp(low), rho, epsilon);
	return (least + MARGIN * (1 + fabs(least)));
}

double
privacy_rho(double epsilon, double delta)
{
	double good = 0, bad = 1, middle;
	int i;

	if (!(epsilon > 0 && isfinite(epsilon) && delta > 0 && delta < 1))
		return (0);
	while (log_delta(bad, epsilon) <= log(delta))
		bad *= 2;
	for (i = 0; i < HALVINGS; i++) {
		middle = (good + bad) / 2;
		if (log_delta(middle, epsilon) <= log(delta))
			good = middle;
		else
			bad = middle;
	}
	return (good);
}

double
privacy_epsilon(double rho, double delta)
{
	double bad = 0, good = 1, middle;
	int i;

	if (!(rho >= 0 && isfinite(rho) && delta > 0 && delta < 1))
		return (INFINITY);
	if (rho == 0)
		return (0);
	while (log_delta(rho, good) > log(delta))
		good *= 2;
	for (i = 0; i < HALVINGS; i++) {
		middle = (good + bad) / 2;
		if (log_delta(rho, middle) <= log(delta))
			good = middle;
		else
			bad = middle;
	}
	return (good);
}

/*
 * The least whole number with n each^2 >= s^2.  Of the difference, its 64 low bits are enough: each
 * is within 1 of s / sqrt(n), so that it is below 63 (2^46 + 1) < 2^63.
 */
static uint64_t
deviation_of_each(uint64_t s, size_t n)
{
	uint64_t each = (uint64_t)((double)s / sqrt((double)n));

	while ((int64_t)(n * each * each - s * s) < 0)
		each++;
	return (each);
}

/*
 * A sum of n discrete Gaussians of deviation e costs, in d numbers, no more than
 *
 *	D^2 / (2 n e^2) + tau d / 4,   tau = 10 sum over k < n of exp(-2 pi^2 e^2 k / (k + 1))
 *
 * (Kairouz, Liu and Steinke 2021, theorem 1).  With e >= 4 each term is below exp(-16 pi^2) <
 * 3e-69, so with n <= 63 and d <= 2^40 the second summand is below 1e-54.  The first one is above
 * 2^-91 > 4e-28 as long as n e^2 < 2^90 and D is at least a unit, as that of whole numbers is.  So
 * MARGIN, by which deviations are larger than the first summand alone asks for, is more than enough
 * for the second one.
 */
int
privacy_sigma(double rho, double sensitivity, size_t computing_parties, uint64_t *each,
    uint64_t *dealer)
{
	double s;

	if (!(rho > 0 && isfinite(rho) && sensitivity > 0 && isfinite(sensitivity)) ||
	    computing_parties < 2 || computing_parties > 63)
		return (fail(ST_FAILED, "noise for rho %g, sensitivity %g and %zu computing "
		    "parties is not defined (a fault in the program)", rho, sensitivity,
		    computing_parties));
	s = ceil(sensitivity / sqrt(2 * rho) * (1 + MARGIN));
	if (!(s <= (double)PRIVACY_DEVIATION_MOST))
		return (fail(ST_RANGE, "noise for rho %g would need a deviation of %.3g units, "
		    "more than 2^44: spend more epsilon, declare narrower ranges, or use fewer "
		    "fraction bits", rho, s));
	*dealer = (s < (double)PRIVACY_DEVIATION_LEAST) ? PRIVACY_DEVIATION_LEAST : (uint64_t)s;
	*each = deviation_of_each(*dealer, computing_parties);
	if (*each < PRIVACY_DEVIATION_LEAST)
		*each = PRIVACY_DEVIATION_LEAST;
	return (0);
}
