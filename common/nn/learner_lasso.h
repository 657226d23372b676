#ifndef SMPC_NN_LEARNER_LASSO_H
#define SMPC_NN_LEARNER_LASSO_H

/*
 * Lasso and elastic net as a learner: for each lambda of a path, from the largest to the smallest,
 * the coefficients b of standardized columns, an intercept among them, that make
 *
 *   loss(b) / n + lambda (alpha |b|_1 + (1 - alpha) / 2 |b|^2)
 *
 * least, without the intercept in the norms: with the family gaussian the loss is half the sum of
 * squared residuals of standardized labels, with binomial minus the logarithm of the likelihood.
 *
 * By proximal steps on X'X and X'y (lasso_steps.c), which begin where those of the lambda before
 * ended; with binomial the same on the weighted moments of some of Newton's steps.  A lambda's
 * result is held against what is due of it: a proximal step of length 1, or 4 with binomial, whose
 * curvature is at most a quarter, would change no coefficient by more than 2^-LASSO_TOLERANCE_LOG.
 *
 * Tensors (smpc-share(5)): "coefficients", a column for each lambda, and "figures".
 */

#include "base/lasso_figures.h"
#include "nn/learner.h"
#include "nn/learner_glm.h"

extern const struct learner_kind learner_lasso;

#define LASSO_FIGURE_BITS 28
#define LASSO_TOLERANCE_LOG 14
#define LASSO_MOST_LAMBDAS 100
#define LASSO_MOST_STEPS 1000
#define LASSO_LEAST_LAMBDA 1e-4
#define LASSO_MOST_LAMBDA 10
#define LASSO_LEAST_ALPHA 0.01

/* What a text says: "FAMILY, alpha A, steps K, lambda L1 L2 ..." */
struct lasso_text {
	enum glm_family family; /* gaussian or binomial */
	double alpha;
	unsigned steps;         /* proximal ones, for a lambda, or for each of Newton's */
	size_t count;           /* of lambdas */
	double lambda[LASSO_MOST_LAMBDAS];
};

#define LASSO_TEXT_BYTES (80 + 26 * LASSO_MOST_LAMBDAS)

/*
 * lasso_print(text, t):
 * Print the canonical text.
 */
void lasso_print(char text[static LASSO_TEXT_BYTES], const struct lasso_text *t);

/*
 * lasso_usual_path(t):
 * A path of its own: from where all slopes are 0 down by quotients of 10^0.1, to a thousandth.
 */
void lasso_usual_path(struct lasso_text *t);

#endif /* !SMPC_NN_LEARNER_LASSO_H */
