#ifndef SMPC_NN_LEARNER_GLM_H
#define SMPC_NN_LEARNER_GLM_H

/*
 * A generalized linear model as a learner, by Newton's steps on the whole data: each solves
 * (X'WX / N + pull) d = X'r / N - pull b, and b becomes b + d, where W are the weights and r the
 * residuals of the family with b, and N is the least power of 2 that is at least the number of
 * rows.  Its text is "FAMILY, steps K" and, in this order, what else there is of "inverse",
 * "intercept", "offset", "weights", "proportions", "ridge R".
 *
 *   family     link      W           r
 *   gaussian   identity  1           y - eta
 *   binomial   logit     mu (1 - mu) y - mu
 *   poisson    log       mu          y - mu
 *   gamma      log       1           y / mu - 1
 *              inverse   mu^2        mu - y
 *
 * W and r of the binomial family are taken four times, so that weights are at most 1; numbers of
 * poisson and gamma are divided by about their mean.  A last step measures, and adds what is left
 * to be added.
 *
 * Tensors (smpc-share(5) says what is made of them): "coefficients", of the standardized columns,
 * the intercept first; "covariance", the inverse of what is solved; and "figures".
 */

#include "base/glm_figures.h"
#include "nn/learner.h"

extern const struct learner_kind learner_glm;

#define GLM_FIGURE_BITS 20
#define GLM_LEAST_STEPS 1
#define GLM_MOST_STEPS 50

enum glm_family { GLM_GAUSSIAN, GLM_BINOMIAL, GLM_POISSON, GLM_GAMMA, GLM_FAMILIES };

/*
 * glm_family_find(name, family):
 * Return 0, or -1 where there is no such family; nothing is reported.
 */
int glm_family_find(const char *name, enum glm_family *family);

/* What a text says. */
struct glm_text {
	enum glm_family family;
	unsigned steps;
	bool inverse;     /* gamma: the link is the reciprocal */
	bool intercept, offset, weights;
	bool proportions; /* binomial, with weights: labels from 0 to 1, of so many trials */
	double ridge; /* times half the squares of slopes, added to minus the mean log-likelihood */
};

#define GLM_TEXT_BYTES 128

/* How many fraction bits proportions have beyond NN_BITS. */
#define GLM_PROPORTION_BITS 4

/*
 * glm_print(text, t):
 * Print the canonical text.
 */
void glm_print(char text[static GLM_TEXT_BYTES], const struct glm_text *t);

#endif /* !SMPC_NN_LEARNER_GLM_H */
