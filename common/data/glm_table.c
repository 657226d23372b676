#include "data/glm_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/distribution.h"
#include "base/glm_figures.h"
#include "data/csv_text.h"

#define LN2 0.69314718055994531
#define LN_2PI 1.8378770664093455
#define SCALE_BITS 12 /* that GLM_SCALE has more */

enum { GAUSSIAN, BINOMIAL, POISSON, GAMMA, FAMILIES };

static const char *const family_names[FAMILIES] = { "gaussian", "binomial", "poisson", "gamma" };

/* What is found of a model. */
struct glm_found {
	const struct glm_table *t;
	int family;
	bool intercept, inverse;
	double scale;      /* that labels were multiplied by */
	double weight;     /* sum of the weights */
	double freedom;    /* rows less coefficients */
	double dispersion, deviance, null_deviance, aic;
	double variance;   /* what the covariance is multiplied by */
	double quantile;   /* of an interval */
};

static double
figure(const struct glm_found *g, enum glm_figure which)
{

	const double v = g->t->figures[which];

	return ((which < GLM_WEIGHT || which > GLM_POSITIVE) ? v :
	    v * exp2(g->t->figures[GLM_PRIOR]));
}

/* ---- figures ---- */

/* The loss of a binomial model that has the labels themselves, where they are proportions. */
static double
saturated_loss(const struct glm_found *g)
{

	return ((g->family == BINOMIAL) ? figure(g, GLM_POSITIVE) : 0);
}

static double
find_deviance(const struct glm_found *g)
{
	const double s = g->t->label_scale, d = figure(g, GLM_DEVIANCE);

	return ((g->family == GAUSSIAN) ? d * s * s : (g->family == POISSON) ? 2 * d / g->scale :
	    2 * (d - saturated_loss(g)));
}

/* p ln q, and 0 for 0. */
static double
times_log(double p, double q)
{

	return ((p <= 0) ? 0 : p * log(q));
}

static bool
with_offset(const struct glm_found *g)
{

	return (strstr(g->t->model, ", offset") != NULL);
}

/* Of a binomial model, by the steps that it took; nothing where these did not come to an end. */
static double
null_of_offset(const struct glm_found *g)
{
	const double half = figure(g, GLM_NULL);

	return ((half < 0) ? NAN : 2 * (half - saturated_loss(g)));
}

/* Of a model of the intercept alone. */
static double
null_with_intercept(const struct glm_found *g)
{
	const double w = figure(g, GLM_WEIGHT), y = figure(g, GLM_LABEL), n = figure(g, GLM_NULL),
	    s = g->t->label_scale;

	switch (g->family) {
	case GAUSSIAN:
		return (s * s * (n - y * y / w));
	case BINOMIAL:
		return (with_offset(g) ? null_of_offset(g) :
		    -2 * (times_log(y, y / w) + times_log(w - y, 1 - y / w) +
		    saturated_loss(g)));
	case POISSON:
		return (2 / g->scale * (n - times_log(y, y / figure(g, GLM_OFFSET))));
	default:
		return (2 * (w * log(y / w) - n));
	}
}

/* Of one that has nothing but the offset. */
static double
null_without(const struct glm_found *g)
{
	const double w = figure(g, GLM_WEIGHT), y = figure(g, GLM_LABEL), n = figure(g, GLM_NULL),
	    s = g->t->label_scale, m = g->t->label_mean;

	switch (g->family) {
	case GAUSSIAN:
		return (s * s * n + 2 * s * m * y + m * m * w);
	case BINOMIAL:
		return (with_offset(g) ? null_of_offset(g) : 2 * (w * LN2 -
		    saturated_loss(g)));
	case POISSON:
		return (2 / g->scale * (n - y * log(g->scale) - y) + 2 * figure(g, GLM_OFFSET));
	default:
		/* Of means that are infinite, with the inverse as the link. */
		return (g->inverse ? NAN : 2 * (y / g->scale - w - n + w * log(g->scale)));
	}
}

static double
find_dispersion(const struct glm_found *g)
{

	return ((g->family == GAUSSIAN) ? g->deviance / g->freedom : (g->family == GAMMA) ?
	    figure(g, GLM_PEARSON) / g->freedom : 1);
}

/*
 * Whether the sum that the dispersion is made of is known to about a fiftieth: figures have units
 * of 2^-20, and squares of gamma's residuals are rounded to them one by one.
 */
static bool
dispersion_is_known(const struct glm_found *g)
{
	const double *v = g->t->figures, unit = ldexp(1, -20);

	if (g->family == GAUSSIAN)
		return (v[GLM_DEVIANCE] >= 64 * unit);
	return (g->family != GAMMA ||
	    v[GLM_PEARSON] >= fmax(64, 50 * sqrt(v[GLM_ROWS])) * unit);
}

/* Minus twice the logarithm of the likelihood, as R has it, and twice the parameters. */
static double
find_aic(const struct glm_found *g)
{
	const double w = figure(g, GLM_WEIGHT), n = (double)g->t->n, rows = figure(g, GLM_ROWS);
	double k;

	switch (g->family) {
	case GAUSSIAN:
		return (rows * (LN_2PI + log(g->deviance / rows) + 1 - figure(g, GLM_PRIOR) * LN2) -
		    figure(g, GLM_ALONE) + 2 + 2 * n);
	case BINOMIAL:
		return (g->deviance - 2 * figure(g, GLM_ALONE) + 2 * n);
	case POISSON:
		return (g->deviance + 2 * figure(g, GLM_LOGARITHM) - figure(g, GLM_POSITIVE) *
		    log(g->scale) + 2 * n);
	default:
		/* k^k / Gamma(k) (y / mu)^k e^(-k y / mu) / y, where k = weights / deviance. */
		k = w / g->deviance;
		return (-2 * (w * (k * log(k) - lgamma(k) - k) - k * g->deviance / 2 -
		    figure(g, GLM_LOGARITHM) + w * log(g->scale)) + 2 + 2 * n);
	}
}

static int
find_family(struct glm_found *g)
{
	size_t n = strcspn(g->t->model, ",");

	for (g->family = 0; g->family < FAMILIES; g->family++) {
		if (strlen(family_names[g->family]) == n &&
		    strncmp(family_names[g->family], g->t->model, n) == 0)
			break;
	}
	g->intercept = (strstr(g->t->model, ", intercept") != NULL);
	g->inverse = (strstr(g->t->model, ", inverse") != NULL);
	if (g->family == FAMILIES || g->t->n != g->t->features + g->intercept)
		return (fail(ST_FAILED, "'%s' is no generalized linear model with %zu features and "
		    "%zu coefficients", g->t->model, g->t->features, g->t->n));
	return (0);
}

/* Where a model fits exactly, rounding can carry a deviance below that. */
static double
at_least_0(double v)
{

	return ((v < 0) ? 0 : v);
}

static int
find_all(struct glm_found *g)
{
	bool power, known;

	if (find_family(g) == -1)
		return (-1);
	power = (g->family == POISSON || g->family == GAMMA);
	g->scale = power ? ldexp(figure(g, GLM_SCALE), -SCALE_BITS) : 1;
	g->freedom = figure(g, GLM_ROWS) - (double)g->t->n;
	g->deviance = at_least_0(find_deviance(g));
	g->null_deviance = at_least_0(g->intercept ? null_with_intercept(g) : null_without(g));
	g->dispersion = find_dispersion(g);
	known = dispersion_is_known(g);
	if (!known || g->freedom <= 0)
		g->dispersion = (g->family == GAUSSIAN || g->family == GAMMA) ? NAN : 1;
	g->aic = known ? find_aic(g) : NAN;
	g->variance = g->dispersion * exp2(-figure(g, GLM_UNIT) - figure(g, GLM_PRIOR)) *
	    ((g->family == POISSON) ? g->scale : g->inverse ? g->scale * g->scale : 1);
	g->quantile = power || g->family == BINOMIAL ? distribution_normal_beyond(0.05) : 0;
	if (g->family == GAUSSIAN || g->family == GAMMA)
		g->quantile = (g->freedom > 0) ? distribution_student_beyond(0.05, g->freedom) :
		    NAN;
	return (0);
}

/* ---- coefficients ---- */

/* How much of coefficient ${j}, of standardized columns, is in ${i}, of columns as they are. */
static double
share_of(const struct glm_found *g, size_t i, size_t j)
{
	size_t first = g->intercept;

	if (i < first)
		return ((j < first) ? 1 : -g->t->mean[j - first] * g->t->scale[j - first]);
	return ((i == j) ? g->t->scale[j - first] : 0);
}

static double
estimate_of(const struct glm_found *g, size_t i)
{
	double sum = 0;
	size_t j;

	for (j = 0; j < g->t->n; j++)
		sum += share_of(g, i, j) * g->t->coefficients[j];
	sum *= g->inverse ? g->scale : g->t->label_scale;
	if (g->intercept && i == 0 && !g->inverse)
		sum += (g->family == GAUSSIAN) ? g->t->label_mean : -log(g->scale);
	return (sum);
}

static double
error_of(const struct glm_found *g, size_t i)
{
	double sum = 0;
	size_t j, k;

	for (j = 0; j < g->t->n; j++) {
		for (k = 0; k < g->t->n; k++)
			sum += share_of(g, i, j) * g->t->covariance[j * g->t->n + k] *
			    share_of(g, i, k);
	}
	return (sqrt(sum * g->variance));
}

static int
print_estimated(struct buf *text, double v)
{
	char number[40];

	if (isfinite(v))
		snprintf(number, sizeof(number), ",%.9g", (v == 0) ? 0 : v);
	else
		snprintf(number, sizeof(number), ",");
	return (buf_string(text, number));
}

static int
print_numbers(struct buf *text, const double *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (print_estimated(text, v[i]) == -1)
			return (-1);
	}
	return (buf_string(text, "\n"));
}

static int
print_coefficient(const struct glm_found *g, struct buf *text, size_t i)
{
	enum { ESTIMATE, ERROR, TEST, P, LOW, HIGH, RATIO, RATIO_LOW, RATIO_HIGH, NUMBERS };
	const bool student = (g->family == GAUSSIAN || g->family == GAMMA);
	double v[NUMBERS];
	char position[24];
	const char *name = "(Intercept)";

	if (i >= g->intercept) {
		snprintf(position, sizeof(position), "%zu", i + 1 - g->intercept);
		name = g->t->names[i - g->intercept];
		name = (name != NULL) ? name : position;
	}
	v[ESTIMATE] = estimate_of(g, i);
	v[ERROR] = error_of(g, i);
	v[TEST] = v[ESTIMATE] / v[ERROR];
	v[P] = !student ? distribution_normal(v[TEST]) : (g->freedom > 0) ?
	    distribution_student(v[TEST], g->freedom) : NAN;
	v[LOW] = v[ESTIMATE] - g->quantile * v[ERROR];
	v[HIGH] = v[ESTIMATE] + g->quantile * v[ERROR];
	v[RATIO] = exp(v[ESTIMATE]);
	v[RATIO_LOW] = exp(v[LOW]);
	v[RATIO_HIGH] = exp(v[HIGH]);
	return ((csv_text_name(text, name) == -1) ? -1 :
	    print_numbers(text, v, g->t->ratios ? NUMBERS : RATIO));
}

/* A figure, and commas where a coefficient has more. */
static int
print_glm_figure(const struct glm_found *g, struct buf *text, const char *name, double v)
{
	const char *commas = ",,,,,,,,";

	return ((buf_string(text, name) == -1 || print_estimated(text, v) == -1 ||
	    buf_string(text, g->t->ratios ? commas : commas + 3) == -1) ? -1 :
	    buf_string(text, "\n"));
}

int
glm_table_print(const struct glm_table *t, struct buf *text)
{
	struct glm_found g = { .t = t };
	size_t i;

	if (find_all(&g) == -1)
		return (-1);
	if (t->ratios && (g.family == GAUSSIAN || g.inverse))
		return (fail(ST_USAGE, "--ratios is for models with logarithms, and this one is "
		    "%s", g.inverse ? "one of reciprocals" : "gaussian"));
	if (buf_string(text, "name,estimate,std_error,") == -1 ||
	    buf_string(text, (g.family == GAUSSIAN || g.family == GAMMA) ? "t" : "z") == -1 ||
	    buf_string(text, ",p,low_95,high_95") == -1 ||
	    buf_string(text, t->ratios ? ",ratio,ratio_low,ratio_high\n" : "\n") == -1)
		return (-1);
	for (i = 0; i < t->n; i++) {
		if (print_coefficient(&g, text, i) == -1)
			return (-1);
	}
	return ((print_glm_figure(&g, text, "(Dispersion)", g.dispersion) == -1 ||
	    print_glm_figure(&g, text, "(Null deviance)", g.null_deviance) == -1 ||
	    print_glm_figure(&g, text, "(Deviance)", g.deviance) == -1 ||
	    print_glm_figure(&g, text, "(AIC)", g.aic) == -1) ? -1 :
	    print_glm_figure(&g, text, "(Rows)", figure(&g, GLM_ROWS)));
}
