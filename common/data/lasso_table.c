#include "data/lasso_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/lasso_figures.h"
#include "data/csv_text.h"

#define LAMBDA ", lambda "

static bool
is_gaussian(const struct lasso_table *t)
{

	return (strncmp(t->model, "gaussian,", 9) == 0);
}

/* ---- figures ---- */

static double
lasso_deviance(const struct lasso_table *t, size_t k)
{
	const double n = t->figures[LASSO_ROWS], d = t->figures[LASSO_DEVIANCE + k],
	    s = t->label_scale;

	return (is_gaussian(t) ? n * d * s * s : 2 * n * d);
}

/* p ln p, and 0 for 0. */
static double
own_log(double p)
{

	return ((p <= 0) ? 0 : p * log(p));
}

/* Of the intercept alone. */
static double
lasso_null_deviance(const struct lasso_table *t, size_t k)
{
	const double n = t->figures[LASSO_ROWS], y = t->figures[LASSO_LABEL],
	    s = t->label_scale;

	(void)k;
	return (is_gaussian(t) ? n * (t->figures[LASSO_SQUARE] - y * y) * s * s :
	    -2 * n * (own_log(y) + own_log(1 - y)));
}

/* Where all coefficients are 0, both deviances are one but for rounding: nothing is gone. */
static double
deviance_ratio(const struct lasso_table *t, size_t k)
{
	const double gone = 1 - lasso_deviance(t, k) / lasso_null_deviance(t, k);

	return ((gone < 0) ? 0 : gone);
}

static double
lasso_rows(const struct lasso_table *t, size_t k)
{

	(void)k;
	return (t->figures[LASSO_ROWS]);
}

/* ---- coefficients ---- */

/* Of feature ${i} for lambda ${k}. */
static double
lasso_slope(const struct lasso_table *t, size_t i, size_t k)
{

	return (t->scale[i] * t->coefficients[(i + 1) * t->lambdas + k] * t->label_scale);
}

static double
lasso_intercept(const struct lasso_table *t, size_t k)
{
	double sum = t->coefficients[k] * t->label_scale + t->label_mean;
	size_t i;

	for (i = 0; i < t->features; i++)
		sum -= t->mean[i] * lasso_slope(t, i, k);
	return (sum);
}

static double
count_slopes(const struct lasso_table *t, size_t k)
{
	double n = 0;
	size_t i;

	for (i = 0; i < t->features; i++)
		n += (t->coefficients[(i + 1) * t->lambdas + k] != 0);
	return (n);
}

/* ---- all of it ---- */

static int
print_lasso_number(struct buf *text, double v)
{
	char number[40];

	snprintf(number, sizeof(number), ",%.9g", (v == 0) ? 0 : v);
	return (buf_string(text, isfinite(v) ? number : ","));
}

static int
print_lasso_row(const struct lasso_table *t, struct buf *text, const char *name,
    double (*of)(const struct lasso_table *t, size_t k))
{
	size_t k;

	if (buf_string(text, name) == -1)
		return (-1);
	for (k = 0; k < t->lambdas; k++) {
		if (print_lasso_number(text, of(t, k)) == -1)
			return (-1);
	}
	return (buf_string(text, "\n"));
}

static int
print_slopes(const struct lasso_table *t, struct buf *text, size_t i)
{
	char position[24];
	size_t k;

	snprintf(position, sizeof(position), "%zu", i + 1);
	if (csv_text_name(text, (t->names[i] != NULL) ? t->names[i] : position) == -1)
		return (-1);
	for (k = 0; k < t->lambdas; k++) {
		if (print_lasso_number(text, lasso_slope(t, i, k)) == -1)
			return (-1);
	}
	return (buf_string(text, "\n"));
}

/* "name", and each lambda as the model has it. */
static int
print_lambdas(const struct lasso_table *t, struct buf *text)
{
	const char *at = strstr(t->model, LAMBDA);
	size_t n = 0, len;

	if (at == NULL || buf_string(text, "name") == -1)
		return ((at == NULL) ? fail(ST_FAILED, "'%s' is no lasso", t->model) : -1);
	for (at += strlen(LAMBDA); *at != '\0'; at += len + (at[len] == ' '), n++) {
		len = strcspn(at, " ");
		if (buf_string(text, ",lambda_") == -1 || buf_append(text, at, len) == -1)
			return (-1);
	}
	return ((n != t->lambdas) ? fail(ST_FAILED, "'%s' is no lasso with %zu columns of "
	    "coefficients", t->model, t->lambdas) : buf_string(text, "\n"));
}

int
lasso_table_print(const struct lasso_table *t, struct buf *text)
{
	size_t i;

	if (print_lambdas(t, text) == -1 ||
	    print_lasso_row(t, text, "(Intercept)", lasso_intercept) == -1)
		return (-1);
	for (i = 0; i < t->features; i++) {
		if (print_slopes(t, text, i) == -1)
			return (-1);
	}
	return ((print_lasso_row(t, text, "(Nonzero)", count_slopes) == -1 ||
	    print_lasso_row(t, text, "(Null deviance)", lasso_null_deviance) == -1 ||
	    print_lasso_row(t, text, "(Deviance)", lasso_deviance) == -1 ||
	    print_lasso_row(t, text, "(Deviance ratio)", deviance_ratio) == -1) ? -1 :
	    print_lasso_row(t, text, "(Rows)", lasso_rows));
}
