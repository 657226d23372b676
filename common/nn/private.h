#ifndef SMPC_NN_PRIVATE_H
#define SMPC_NN_PRIVATE_H

/*
 * Linear and logistic regression that learn from sums with noise alone (smpc-noise(1)), so that how
 * much a person changes a model needs no proof about the learner.
 *
 * A row is z = (1, u), where each feature u, and with lines the label v behind them, is brought to
 * -1 .. 1 by public bounds.  Rows have NN_PRIVATE_BITS and keep within these bounds exactly, so
 * that a row's norm is at most the root of its length.  What gets noise has NN_PRIVATE_SUM_BITS:
 *
 *   moments     sums of products of two columns, each pair once, without that of 1 with itself,
 *               which is the number of rows.  No truncation: they are exact.
 *   gradients   of the cross-entropy, one for each step; truncated once.
 *
 * Whoever calls this adds the noise to moments, and hands over that for gradients; nothing is
 * opened, ever.
 */

#include <stddef.h>
#include <stdint.h>

#include "mpc/mpc.h"

#define NN_PRIVATE_BITS 14
#define NN_PRIVATE_SUM_BITS 28
#define NN_PRIVATE_RESPONSE_BITS 24 /* of labels 0 to 1 */

#define NN_PRIVATE_MAX_FEATURES 256
#define NN_PRIVATE_MAX_ROWS ((size_t)1 << 23)
#define NN_PRIVATE_MOST_STEPS 100

/* What words of a column can be: from low to high. */
struct nn_private_span {
	int64_t low, high;
};

/*
 * nn_private_rows(S, z, x, span, rows, cols):
 * Rows z = (1, u) of the ${cols} columns of ${x}: u is -1 at the lower end of a column's span and 1
 * at the upper one, or 0 where both are the same.
 *
 * Range    words below 2^NN_FEATURE_RANGE (prepare.h) and within their spans.
 * Cost     a truncation.
 */
int nn_private_rows(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x,
    const struct nn_private_span *span, size_t rows, size_t cols);

/*
 * nn_private_moments_count(width), nn_private_moments_change(width):
 * How many moments rows of ${width} numbers, the 1 among them, have; by how much they change, in
 * words, as a vector, if one row is another one.
 *
 * Of z z' - y y' the squares of all elements add up to |z|^4 + |y|^4 - 2 (z'y)^2 <= 2 width^2;
 * elements beside the diagonal are there once, and those in it, k = width - 1 squares up to 1 and
 * the constant, make up for it by k at most: (2 width^2 + k) / 2.
 */
size_t nn_private_moments_count(size_t width);
double nn_private_moments_change(size_t width);

/*
 * nn_private_moments(S, moments, z, rows, width, threads):
 * The moments.  One round.
 */
int nn_private_moments(struct mpc *S, struct mpc_vector *moments, const struct mpc_vector *z,
    size_t rows, size_t width, unsigned threads);

/*
 * nn_private_ridge(deviation, rows, width):
 * What is added to the diagonal of moments divided by the rows, so that noise of that deviation, in
 * words, does not take them below 0 but with a chance below 10^-6: the largest eigenvalue of a
 * symmetric matrix of such noise is above (2 sqrt(width) + sqrt(2) t) deviations with a chance of
 * exp(-t^2 / 2), and t is 5.6.  At least 2^-12.
 */
double nn_private_ridge(double deviation, size_t rows, size_t width);

/* Lines. */
struct nn_private_lines {
	size_t rows, width; /* of z, with the label */
	double l2;          /* l2 w'w / 2 is added to the mean of squares */
	double ridge;       /* nn_private_ridge, which is below 1 */
};

/*
 * nn_private_lines(S, w, moments, is):
 * From moments with noise, w: what makes the mean of (z'w - v)^2, and the penalty, least; NN_BITS,
 * of the 1 and the features, width - 1 words.  With M and C, the moments divided by the rows,
 *
 *   w = w + (M + ridge + l2 / 2)^-1 (C - M w - l2 / 2 w)
 *
 * twice: where M is far above the ridge, what that shrinks w by is squared.
 *
 * Range    l2 up to 2^9.
 * Cost     18 rounds for each word, and about 10.
 */
int nn_private_lines(struct mpc *S, struct mpc_vector *w, const struct mpc_vector *moments,
    const struct nn_private_lines *is);

/* A logistic regression. */
struct nn_private_logistic {
	size_t rows, width;        /* of z, without the label */
	unsigned steps, threads;
	double l2;                 /* l2 w is added to the gradient of the mean loss */
	double ridge;
	const struct mpc_vector *moments; /* of z, with noise */
	const struct mpc_vector *z;
	const struct mpc_vector *labels;  /* 0 to 1, NN_PRIVATE_RESPONSE_BITS */
	/* this party's noise for ${width} words of each step (mpc/noise.h) */
	const word *noise;
};

/*
 * nn_private_gradient_change(width):
 * By how much a gradient changes, in words, if one row is another one: residuals are from -1 to 1,
 * whatever the logistic function is off by; and 2 units of the truncation in each element.
 */
double nn_private_gradient_change(size_t width);

/*
 * nn_private_fit_logistic(S, w, l):
 * w, NN_BITS: the mean of the last half of the steps
 *
 *   v = v / 2 + 4 (M + ridge + 4 l2)^-1 (g / rows + l2 w),   w = w - v,
 *
 * where M are the moments, divided by the rows, and g is a gradient with noise.  As a probability
 * times the other one is at most 1/4, M / 4 is at least the second derivative, and no step goes too
 * far, whatever the data are (Boehning and Lindsay 1988).  Where it is far above, as with rare
 * labels, half of v makes two steps of one.  Words of w saturate at +-2^8.
 *
 * Range    rows up to NN_PRIVATE_MAX_ROWS, and l2 rows up to 2^24.
 * Cost     about 24 rounds a step, with two comparisons for each row twice; and 18 for each word.
 */
int nn_private_fit_logistic(struct mpc *S, struct mpc_vector *w,
    const struct nn_private_logistic *l);

#endif /* !SMPC_NN_PRIVATE_H */
