#include "nn/lasso_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ring/fixed.h"

/* ---- its text ---- */

void
lasso_print(char text[static LASSO_TEXT_BYTES], const struct lasso_text *t)
{
	char number[32];
	size_t len, i;

	fixed_print_shortest(number, t->alpha);
	len = (size_t)snprintf(text, LASSO_TEXT_BYTES, "%s, alpha %s, steps %u, lambda",
	    (t->family == GLM_BINOMIAL) ? "binomial" : "gaussian", number, t->steps);
	for (i = 0; i < t->count; i++) {
		fixed_print_shortest(number, t->lambda[i]);
		len += (size_t)snprintf(text + len, LASSO_TEXT_BYTES - len, " %s", number);
	}
}

void
lasso_usual_path(struct lasso_text *t)
{
	/* With binomial no label is more than half from the mean, in deviations and in itself. */
	const int first = (t->family == GLM_BINOMIAL) ? 3 : 0;
	char text[32];
	int i;

	t->count = 0;
	for (i = first; i <= 30; i++) {
		snprintf(text, sizeof(text), "%.3g", fmin(pow(10, -i / 10.0) / t->alpha,
		    LASSO_MOST_LAMBDA));
		(void)fixed_parse_double(text, strlen(text), &t->lambda[t->count]);
		if (t->count == 0 || t->lambda[t->count] < t->lambda[t->count - 1])
			t->count++;
	}
}

/* ---- its steps ---- */

#define LEAST_NEWTON 3
#define MOST_NEWTON 8

unsigned
lasso_newton_steps(const struct lasso_text *t, size_t i)
{
	const double before = (i > 0) ? t->lambda[i - 1] : 1 / t->alpha,
	    doublings = floor(log2(before / t->lambda[i]));

	if (t->family == GLM_GAUSSIAN)
		return (1);
	return ((unsigned)fmin(fmax(LEAST_NEWTON + doublings, LEAST_NEWTON), MOST_NEWTON));
}

/*
 * rho of about half the root of lambda, as coefficients are larger where that is smaller; and more
 * of many columns, which are more alike.
 */
unsigned
lasso_pull_log(const struct lasso_text *t, size_t i, size_t columns)
{
	const double p = fmin(fmax(rint(1 - log2(t->lambda[i]) / 2), LASSO_LEAST_PULL_LOG),
	    LASSO_MOST_PULL_LOG), less = rint(0.75 * fmax(log2((double)columns / 32), 0));

	return ((unsigned)fmax(p - less, 0));
}

uint64_t
lasso_steps_of(const struct lasso_text *t)
{
	uint64_t n = 1;
	size_t i;

	for (i = 0; i < t->count; i++)
		n += lasso_newton_steps(t, i);
	return (n);
}

struct lasso_place
lasso_place_of(const struct lasso_text *t, uint64_t step)
{
	struct lasso_place place = { 0, true };

	for (; place.lambda < t->count && step >= lasso_newton_steps(t, place.lambda);
	    place.lambda++)
		step -= lasso_newton_steps(t, place.lambda);
	place.first = (step == 0);
	return (place);
}
