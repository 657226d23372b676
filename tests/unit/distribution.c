/*
 * Distributions against R's: pf(f, a, b, lower.tail = FALSE), pchisq(x, k, lower.tail = FALSE) and
 * 2 pt(-abs(t), k), with 17 digits.
 */

#include <math.h>

#include "base/diag.h"
#include "base/distribution.h"

#include "tap.h"

static const struct {
	double f, above, below, p;
} fisher[] = {
	{ 0.5, 1, 5, 0.51108408043028075 },
	{ 3.2, 2, 27, 0.056602226408500836 },
	{ 119.264502, 2, 147, 1.6696693082315991e-31 },
	{ 1.0001, 5, 1e6, 0.41581977964449612 },
	{ 48.6, 1, 1e6, 3.1406217314789828e-12 },
	{ 0.001, 3, 4, 0.99994873178751409 },
	{ 1e5, 2, 9.5, 2.9120354684094042e-21 },
	{ 1.3, 1000, 2000, 5.8770098236328149e-07 },
};

static const struct {
	double x, freedom, p;
} chi_square[] = {
	{ 3.841458820694124, 1, 0.049999999999999975 },
	{ 0.01, 1, 0.92034432544594202 },
	{ 11.3, 4, 0.023391486553165659 },
	{ 1400, 3, 2.9456193610163185e-303 },
	{ 99.3, 100, 0.50096664082977349 },
	{ 1203000, 1200000, 0.026476101007666591 },
	{ 0.7, 7, 0.99833573684540344 },
	{ 5, 2.5, 0.12308857115265889 },
}, student[] = {
	{ 2, 10, 0.073388034770740393 },
	{ -0.1, 3, 0.92665234880080583 },
	{ -35.276, 50, 5.3835980325219706e-37 },
	{ 5, 10000, 5.8303266136626421e-07 },
	{ 1.5, 1, 0.3743340836219976 },
	{ 2.0964, 15.7, 0.052618620703276747 },
	{ 1.96, 1e6, 0.049996067585269796 },
	{ 0.3, 1.5, 0.80047219680358483 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static double
off_by(double v, double due)
{

	return (fabs(v / due - 1));
}

int
main(void)
{
	double worst[3] = { 0, 0, 0 };
	size_t i;

	diag_init("distribution");
	for (i = 0; i < COUNT(fisher); i++)
		worst[0] = fmax(worst[0], off_by(distribution_fisher(fisher[i].f, fisher[i].above,
		    fisher[i].below), fisher[i].p));
	for (i = 0; i < COUNT(chi_square); i++)
		worst[1] = fmax(worst[1], off_by(distribution_chi_square(chi_square[i].x,
		    chi_square[i].freedom), chi_square[i].p));
	for (i = 0; i < COUNT(student); i++)
		worst[2] = fmax(worst[2], off_by(distribution_student(student[i].x,
		    student[i].freedom), student[i].p));
	tap_note("off by %.1e, %.1e and %.1e", worst[0], worst[1], worst[2]);
	ok(worst[0] < 1e-11, "F");
	ok(worst[1] < 1e-11, "chi-square");
	ok(worst[2] < 1e-11, "Student's");
	ok(distribution_fisher(INFINITY, 1, 5) == 0 && distribution_fisher(0, 1, 5) == 1 &&
	    isnan(distribution_fisher(NAN, 1, 5)) && distribution_chi_square(0, 2) == 1 &&
	    distribution_chi_square(INFINITY, 2) == 0 && isnan(distribution_chi_square(NAN, 2)),
	    "their ends, and what is no number");
	return (tap_end());
}
