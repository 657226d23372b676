#include "base/distribution.h"

#include <float.h>
#include <math.h>

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

/* I_x(a, b), for x with its complement. */
static double
incomplete_beta(double a, double b, double x, double complement)
{
	double front;

	if (x <= 0 || complement <= 0)
		return ((x <= 0) ? 0 : 1);
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(complement));
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
