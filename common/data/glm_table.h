#ifndef SMPC_DATA_GLM_TABLE_H
#define SMPC_DATA_GLM_TABLE_H

/*
 * The table of a generalized linear model, as statisticians have it, in the units of the data, from
 * what its tensors hold (smpc-share(5), Models).
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct glm_table {
	const char *model;   /* "binomial, steps 8, intercept" */
	size_t features;
	const char *const *names;    /* of features; elements may be NULL */
	size_t n;                    /* coefficients */
	const double *coefficients, *covariance, *figures;
	const double *mean, *scale;  /* of features */
	double label_mean, label_scale;
	bool ratios;                 /* powers of e of estimates, and of the ends of intervals */
};

/*
 * glm_table_print(t, text):
 * Append it as CSV: name, estimate, std_error, z or t, p, low_95, high_95, and with ratios ratio,
 * ratio_low, ratio_high; then figures with a name in parentheses, and nothing behind the estimate.
 * Return 0 or -1 (reported: status 1 where it is no such model).
 */
int glm_table_print(const struct glm_table *t, struct buf *text);

#endif /* !SMPC_DATA_GLM_TABLE_H */
