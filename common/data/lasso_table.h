#ifndef SMPC_DATA_LASSO_TABLE_H
#define SMPC_DATA_LASSO_TABLE_H

/* A path of lassos that was revealed, as a table in the units of the data. */

#include <stddef.h>

#include "base/mem.h"

struct lasso_table {
	const char *model;           /* its text, "gaussian, alpha 1, ..., lambda 0.5 0.1" */
	size_t features;
	const char *const *names;    /* of features; elements may be NULL */
	size_t lambdas;
	const double *coefficients;  /* a row for the intercept, and for each feature */
	const double *figures;
	const double *mean, *scale;  /* of features */
	double label_mean, label_scale;
};

/*
 * lasso_table_print(t, text):
 * Append it as CSV: name, and a column for each lambda; then figures with a name in parentheses.
 * Return 0 or -1 (reported: status 1 where it is no such model).
 */
int lasso_table_print(const struct lasso_table *t, struct buf *text);

#endif /* !SMPC_DATA_LASSO_TABLE_H */
