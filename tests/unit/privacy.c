/*
 * The accounting of differential privacy: against exact decimals (tests/python/privacy.py), and
 * against what the noise is really worth, computed from its distribution, without any theorem.
 */

#include "base/diag.h"
#include "base/privacy.h"

#include "privacy_figures.h"
#include "tap.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* ---- rho, epsilon and delta ---- */

static void
test_conversions(void)
{
	size_t i;
	double got;

	for (i = 0; i < COUNT(rhos); i++) {
		got = privacy_rho(rhos[i].epsilon, rhos[i].delta);
		ok(got <= rhos[i].rho && got >= rhos[i].rho * (1 - 1e-9),
		    "epsilon %g, delta %g: rho %.12g, no more than %.12g", rhos[i].epsilon,
		    rhos[i].delta, got, rhos[i].rho);
	}
	for (i = 0; i < COUNT(epsilons); i++) {
		got = privacy_epsilon(epsilons[i].rho, epsilons[i].delta);
		ok(got >= epsilons[i].epsilon && got <= epsilons[i].epsilon * (1 + 1e-9) + 1e-12,
		    "rho %g, delta %g: epsilon %.12g, no less than %.12g", epsilons[i].rho,
		    epsilons[i].delta, got, epsilons[i].epsilon);
		/* Bun and Steinke 2016, proposition 1.3: a simpler bound, and a weaker one. */
		ok(got <= epsilons[i].rho + 2 * sqrt(epsilons[i].rho * -log(epsilons[i].delta)),
		    "rho %g, delta %g: below the simple bound", epsilons[i].rho,
		    epsilons[i].delta);
	}
}

static void
test_undefined(void)
{

	ok(privacy_rho(0, 0.1) == 0 && privacy_rho(-1, 0.1) == 0 && privacy_rho(NAN, 0.1) == 0 &&
	    privacy_rho(INFINITY, 0.1) == 0, "rho of no epsilon is 0");
	ok(privacy_rho(1, 0) == 0 && privacy_rho(1, 1) == 0 && privacy_rho(1, NAN) == 0,
	    "rho of no delta is 0");
	ok(isinf(privacy_epsilon(-1, 0.1)) && isinf(privacy_epsilon(NAN, 0.1)) &&
	    isinf(privacy_epsilon(INFINITY, 0.1)), "epsilon of no rho is infinite");
	ok(isinf(privacy_epsilon(1, 0)) && isinf(privacy_epsilon(1, 1)) &&
	    isinf(privacy_epsilon(1, NAN)), "epsilon of no delta is infinite");
	ok(privacy_epsilon(0, 1e-300) == 0, "nothing spent is nothing");
	ok(privacy_rho(1e-6, 1e-12) > 0 && privacy_rho(1e6, 0.999) > 0 &&
	    isfinite(privacy_rho(1e6, 0.999)), "extremes have a rho");
}

/* ---- deviations ---- */

static void
test_deviations(double rho, double sensitivity, size_t n, uint64_t want_each, uint64_t want_dealer)
{
	uint64_t each = 0, dealer = 0;
	int rc = privacy_sigma(rho, sensitivity, n, &each, &dealer);

	ok(rc == 0 && each == want_each && dealer == want_dealer, "rho %g, sensitivity %g, %zu "
	    "parties: deviations %" PRIu64 " and %" PRIu64, rho, sensitivity, n, each, dealer);
}

/* n e^2 >= d^2 >= s^2 / (2 rho), and no smaller whole numbers do. */
static void
test_least(void)
{
	uint64_t each, dealer, state = 1;
	double rho, s, e, d;
	size_t i, n, wrong = 0, wide = 0;

	for (i = 0; i < 20000; i++) {
		state = state * 6364136223846793005U + 1442695040888963407U;
		rho = ldexp(1 + (double)(state >> 40), -30 - (int)(i % 20));
		s = ldexp(1 + (double)(state & 0xffffff), (int)(i % 13) - 4);
		n = 2 + i % 62;
		if (s / sqrt(2 * rho) > 0x1p44)
			continue;
		if (privacy_sigma(rho, s, n, &each, &dealer) == -1)
			tap_bail("deviations are refused");
		e = (double)each;
		d = (double)dealer;
		wrong += d * d < s * s / (2 * rho) || (double)n * e * e < d * d * (1 - 1e-15);
		wide += (dealer > 4 && (d - 1) * (d - 1) > s * s / (2 * rho) * (1 + 1e-10)) ||
		    (each > 4 && (double)n * (e - 1) * (e - 1) > d * d);
	}
	ok(wrong == 0, "every coalition leaves enough (%zu do not)", wrong);
	ok(wide == 0, "and not a unit more than that (%zu do)", wide);
}

static void
test_refused(double rho, double sensitivity, size_t n, enum status want)
{
	uint64_t each, dealer;
	struct failure refused;
	int rc;

	diag_divert(&refused);
	rc = privacy_sigma(rho, sensitivity, n, &each, &dealer);
	diag_divert(NULL);
	ok(rc == -1 && refused.status == want, "rho %g, sensitivity %g, %zu parties: refused (%d)",
	    rho, sensitivity, n, refused.status);
}

/* ---- what noise is really worth ---- */

#define SIDE 600 /* noise is looked at from -SIDE to SIDE */
#define WIDTH (2 * SIDE + 1)

/* The distribution of a sum of ${n} discrete Gaussians, by its definition. */
static void
sum_of_gaussians(double *p, uint64_t sigma, size_t n)
{
	static double one[WIDTH], sum[WIDTH];
	double total = 0;
	size_t i, j, k;

	for (i = 0; i < WIDTH; i++) {
		one[i] = exp(-pow((double)i - SIDE, 2) / (2 * (double)sigma * (double)sigma));
		total += one[i];
		p[i] = (i == SIDE) ? 1 : 0;
	}
	for (k = 0; k < n; k++) {
		memset(sum, 0, sizeof(sum));
		for (i = 0; i < WIDTH; i++) {
			for (j = 0; p[i] > 0 && j < WIDTH; j++) {
				if (i + j >= SIDE && i + j - SIDE < WIDTH)
					sum[i + j - SIDE] += p[i] * one[j] / total;
			}
		}
		memcpy(p, sum, sizeof(sum));
	}
}

/* The least delta for which results that differ by ${shift} are (epsilon, delta) alike. */
static double
real_delta(const double *p, size_t shift, double epsilon)
{
	double delta = 0, other;
	size_t i;

	for (i = 0; i < WIDTH; i++) {
		other = (i >= shift) ? p[i - shift] : 0;
		delta += fmax(0, p[i] - exp(epsilon) * other);
	}
	return (delta);
}

/* Renyi's divergence of order alpha, over alpha: rho is its largest. */
static double
real_rho(const double *p, size_t shift, double alpha)
{
	double sum = 0;
	size_t i;

	for (i = shift; i < WIDTH; i++) {
		if (p[i] > 1e-250 && p[i - shift] > 1e-250)
			sum += p[i] * exp((alpha - 1) * log(p[i] / p[i - shift]));
	}
	return (log(sum) / (alpha - 1) / alpha);
}

/* Both coalitions: what the dealer's noise leaves, and what that of ${n} parties does. */
static void
test_worth(double epsilon, double delta, size_t shift, size_t n)
{
	static const double orders[] = { 1.01, 1.5, 2, 4, 10 };
	static double p[2][WIDTH];
	uint64_t each, dealer;
	double rho = privacy_rho(epsilon, delta), real[2], most = 0;
	size_t i, k;

	if (privacy_sigma(rho, (double)shift, n, &each, &dealer) == -1)
		tap_bail("deviations are refused");
	sum_of_gaussians(p[0], dealer, 1);
	sum_of_gaussians(p[1], each, n);
	for (k = 0; k < 2; k++) {
		real[k] = real_delta(p[k], shift, epsilon);
		for (i = 0; i < COUNT(orders); i++)
			most = fmax(most, real_rho(p[k], shift, orders[i]));
	}
	ok(real[0] <= delta && real[1] <= delta, "epsilon %g, sensitivity %zu, %zu parties, "
	    "deviations %" PRIu64 " and %" PRIu64 ": delta is %.2g without the parties', %.2g "
	    "without the dealer's, of %g", epsilon, shift, n, each, dealer, real[0], real[1],
	    delta);
	ok(real[0] > delta / 100, "and that is near enough");
	ok(most <= rho, "and rho %.6g, of %.6g", most, rho);
}

int
main(void)
{

	diag_init("privacy");
	test_conversions();
	test_undefined();
	test_deviations(0.5, 9.5, 2, 8, 10);
	test_deviations(0.5, 9.5, 3, 6, 10);
	test_deviations(0.5, 9.5, 4, 5, 10);
	test_deviations(0.125, 1000, 2, 1415, 2001);
	test_deviations(10, 1, 2, 4, 4);
	test_deviations(1.0 / 32, 0.99, 63, 4, 4);
	test_deviations(0.5, 0x1p43, 2, 6219777024014, 8796093022296);
	test_least();
	test_refused(0.5, 0x1p44, 2, ST_RANGE);
	test_refused(1e-300, 1e300, 2, ST_RANGE);
	test_refused(0, 1, 2, ST_FAILED);
	test_refused(NAN, 1, 2, ST_FAILED);
	test_refused(INFINITY, 1, 2, ST_FAILED);
	test_refused(1, 0, 2, ST_FAILED);
	test_refused(1, INFINITY, 2, ST_FAILED);
	test_refused(1, 1, 1, ST_FAILED);
	test_refused(1, 1, 64, ST_FAILED);
	test_worth(1, 1e-6, 1, 2);
	test_worth(1, 1e-6, 3, 3);
	test_worth(0.5, 1e-5, 2, 4);
	test_worth(2, 1e-9, 5, 2);
	test_worth(4, 1e-4, 10, 3);
	return (tap_end());
}
