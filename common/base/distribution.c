#include "base/distribution.h"

#include <float.h>
#include <math.h>

#define LN_2PI 1.8378770664093454836

double
distribution_normal(double z)
{

	return (erfc(fabs(z) / sqrt(2)));
}

/*
 * The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), from its
 * front, as Lentz has it: quotients of two neighbours of numerators, and of denominators.
 */
#define MOST_TERMS 10000

static double
away_from_zero(double v)
{

	return ((fabs(v) < DBL_MIN) ? DBL_MIN : v);
}

static double
beta_term(int i, double a, double b, double x)
{
	double m = i / 2;

	return ((i % 2 == 0) ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) :
	    -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)));
}

static double
beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 / away_from_zero(1 + beta_term(1, a, b, x)), f = d, term;
	int i;

	for (i = 2; i < MOST_TERMS; i++) {
		term = beta_term(i, a, b, x);
		d = 1 / away_from_zero(1 + term * d);
		c = away_from_zero(1 + term / c);
		f *= c * d;
		if (fabs(c * d - 1) < 4 * DBL_EPSILON)
			break;
	}
	return (f);
}

/*
 * What Stirling's formula lacks: ln Gamma(a) - (a - 1/2) ln a + a - ln(2 pi) / 2.  Logarithms of
 * large gammas leave few digits of their differences, and this leaves all.
 */
static double
stirling_rest(double a)
{
	const double s = a * a;

	if (a < 16)
		return (lgamma(a) - (a - 0.5) * log(a) + a - LN_2PI / 2);
	return ((1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / s) / s) / s) /
	    s) / a);
}

/* a ln(a / b) + b - a, where a and b may be next to each other (Loader, 2000). */
static double
deviance_of(double a, double b)
{
	double v = (a - b) / (a + b), term, sum, before;
	int i;

	if (fabs(v) >= 0.1)
		return (a * log(a / b) + b - a);
	sum = (a - b) * v;
	term = 2 * a * v;
	for (i = 3; i < 1000; i += 2) {
		term *= v * v;
		before = sum;
		sum += term / i;
		if (sum == before)
			break;
	}
	return (sum);
}

/* I_x(a, b), for x with its complement. */
static double
incomplete_beta(double a, double b, double x, double complement)
{
	const double n = a + b;
	double front;

	if (x <= 0 || complement <= 0)
		return ((x <= 0) ? 0 : 1);
	front = sqrt(a * b / n) * exp(stirling_rest(n) - stirling_rest(a) - stirling_rest(b) -
	    LN_2PI / 2 - deviance_of(a, n * x) - deviance_of(b, n * complement));
	return ((x < (a + 1) / (a + b + 2)) ? front * beta_fraction(a, b, x) / a :
	    1 - front * beta_fraction(b, a, complement) / b);
}

double
distribution_student(double t, double freedom)
{
	double square = t * t;

	if (isnan(t))
		return (t);
	return (isinf(square) ? 0 : incomplete_beta(freedom / 2, 0.5,
	    freedom / (freedom + square), square / (freedom + square)));
}

double
distribution_fisher(double f, double above, double below)
{
	const double x = below + above * f;

	if (isnan(f) || f <= 0)
		return (isnan(f) ? f : 1);
	return (isinf(x) ? 0 : incomplete_beta(below / 2, above / 2, below / x, above * f / x));
}

/* P(a, x) / (x^a e^-x / Gamma(a + 1)): 1 + x / (a + 1) + x^2 / (a + 1) (a + 2) + ... */
static double
gamma_series(double a, double x)
{
	double term = 1, sum = 1;
	int i;

	for (i = 1; i < MOST_TERMS && term > sum * DBL_EPSILON / 4; i++) {
		term *= x / (a + i);
		sum += term;
	}
	return (sum);
}

/* Q(a, x) / (x^a e^-x / Gamma(a)), as Lentz has it (Abramowitz and Stegun 6.5.31, even part). */
static double
gamma_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / away_from_zero(b), f = d, term;
	int i;

	for (i = 1; i < MOST_TERMS; i++) {
		term = -i * (i - a);
		b += 2;
		d = 1 / away_from_zero(term * d + b);
		c = away_from_zero(b + term / c);
		f *= c * d;
		if (fabs(c * d - 1) < 4 * DBL_EPSILON)
			break;
	}
	return (f);
}

double
distribution_chi_square(double square, double freedom)
{
	const double a = freedom / 2, x = square / 2;
	double front;

	if (isnan(square) || square <= 0)
		return (isnan(square) ? square : 1);
	if (isinf(square))
		return (0);
	/* x^a e^-x / Gamma(a) */
	front = sqrt(a) * exp(-stirling_rest(a) - LN_2PI / 2 - deviance_of(a, x));
	return ((x < a + 1) ? 1 - front * gamma_series(a, x) / a : front * gamma_fraction(a, x));
}

/* Where a function that falls from 1 to 0 is p: by halves. */
static double
find_beyond(double (*f)(double, double), double freedom, double p)
{
	double low = 0, high = 1;
	int i;

	while (high < 1e300 && f(high, freedom) > p)
		high *= 2;
	for (i = 0; i < 200; i++) {
		if (f((low + high) / 2, freedom) > p)
			low = (low + high) / 2;
		else
			high = (low + high) / 2;
	}
	return (high);
}

static double
normal_of_any(double z, double freedom)
{

	(void)freedom;
	return (distribution_normal(z));
}

double
distribution_normal_beyond(double p)
{

	return (find_beyond(normal_of_any, 0, p));
}

double
distribution_student_beyond(double p, double freedom)
{

	return (find_beyond(distribution_student, freedom, p));
}
