#ifndef SMPC_NN_LASSO_INTERNAL_H
#define SMPC_NN_LASSO_INTERNAL_H

/* What learner_lasso.c and lasso_steps.c share. */

#include "nn/glm_internal.h"
#include "nn/learner_lasso.h"

/*
 * Fraction bits, and magnitudes, beside those of glm_internal.h, whose sums over rows are divided
 * by N, and then multiplied by N / n:
 *
 *   H, g      28, at most 1, or 4: the moments X'WX / n and the gradient
 *   z, u, v   22, below 2^9, to which steps are cut
 *   M         30 - p, at most 2^p: the inverse of H and the pull rho = 2^-p
 *   M rhs     52, below 2^10, of which rho is a factor
 */
#define LASSO_STATE_BITS 22
#define LASSO_INVERSE_BITS 30   /* with those of the pull */
#define LASSO_LEAST_PULL_LOG 2  /* of few columns */
#define LASSO_MOST_PULL_LOG 6

struct lasso {
	struct glm rows;       /* what it sums over the rows, with the coefficients of now */
	struct lasso_text how;
	char text[LASSO_TEXT_BYTES];
	struct mpc_vector path;    /* n x lambdas, GLM_BETA_BITS */
	struct mpc_vector figures; /* LASSO_FIGURE_BITS */
	struct mpc_vector state;   /* z and u */
	struct mpc_vector faults;  /* of each lambda, how many coefficients are off */
	/* From begin to end. */
	bool ready;                /* gaussian: all that follows from the rows is there */
	bool inverted;             /* gaussian: the inverse is there, */
	unsigned pull_log;         /* with this p */
	struct mpc_vector moments, inverse; /* H, M: n x n */
	struct mpc_vector products;         /* gaussian: X'y / n; NN_MOMENT_BITS */
	struct mpc_vector square;           /* gaussian: mean of y^2; LASSO_FIGURE_BITS */
};

/* Where a step is. */
struct lasso_place {
	size_t lambda;  /* how.count: behind all */
	bool first;     /* of its lambda */
};

/*
 * lasso_newton_steps(t, i), lasso_steps_of(t), lasso_pull_log(t, i, columns),
 * lasso_place_of(t, step):
 * How many steps of Newton's lambda ${i} takes: 1 with gaussian, whose moments stay, else 3, and
 * one more for each doubling from the lambda before; how many steps there are in all; p of a
 * lambda; and where a step is.
 */
unsigned lasso_newton_steps(const struct lasso_text *t, size_t i);
uint64_t lasso_steps_of(const struct lasso_text *t);
unsigned lasso_pull_log(const struct lasso_text *t, size_t i, size_t columns);
struct lasso_place lasso_place_of(const struct lasso_text *t, uint64_t step);

/*
 * lasso_take_step(S, a, place):
 * Judge what the lambda before came to, if a new one begins, and take a step.
 */
int lasso_take_step(struct mpc *S, struct lasso *a, struct lasso_place place);

#endif /* !SMPC_NN_LASSO_INTERNAL_H */
