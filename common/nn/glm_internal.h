#ifndef SMPC_NN_GLM_INTERNAL_H
#define SMPC_NN_GLM_INTERNAL_H

/* What the files of a generalized linear model share: learner_glm.c and glm_*.c. */

#include "nn/elimination.h"
#include "nn/learner_glm.h"

/*
 * Fraction bits, and magnitudes, of which the products are below 2^62, for n <= N = 2^L rows, q
 * columns with the intercept's, and fx, which leaves the sums room:
 *
 *   x      fx       at most sqrt(n), with a mean square of 1
 *   b      24       at most 2^8 (what a step makes is brought there); 20 in products with x
 *   eta    fx + 20  at most q 2^8 sqrt(n)
 *   mu, w  20       at most 1, or 2^11 where it is a power of e; four times w of the binomial
 *   r      20       y / mu at most 2^11; y at most n, as its mean is 1
 *   X'r    fx + 20  at most N by Cauchy and Schwarz where r has a mean square of 1; with 2^6 to
 *                   spare for r of poisson and gamma on the way
 *   w x    fx
 *   X'WX   2 fx     at most N times the largest mean of w x^2: 1, or 2^8 of poisson
 *
 * Divided by N, a truncation, these are the 28 bits of elimination.h.
 */
#define GLM_BETA_BITS NN_FACTOR_BITS
#define GLM_STEP_BITS 20        /* of b in products, mu, w, r and y */
#define GLM_BETA_LIMIT_LOG 8

/* What may be wrong with a model, each counted; behind that, pivots of columns. */
enum { GLM_FAULTY_DISTANCE, GLM_FAULTY_LABELS, GLM_FAULTY_PRIORS, GLM_FAULTY_ROOM, GLM_FAULTS };

struct glm {
	struct learner is;
	struct glm_text how;
	char text[GLM_TEXT_BYTES];
	size_t n;                     /* columns, with the intercept */
	struct mpc_vector coefficients, covariance, figures;
	struct mpc_vector faults;     /* GLM_FAULTS and n */
	/* From begin to end. */
	const struct nn_task *task;
	size_t rows;
	unsigned log_rows, x_bits;    /* L, fx */
	double pull;                  /* as it is added to the diagonal */
	struct mpc_vector x;          /* with the intercept's column */
	struct mpc_vector y, ly;      /* GLM_STEP_BITS, as its logarithm */
	struct mpc_vector labels;     /* as they are; NN_BITS */
	struct mpc_vector ln_scale;   /* of what labels were multiplied by; GLM_STEP_BITS */
	bool solved;                  /* the covariance is that of these rows */
	struct mpc_vector information; /* what it is the inverse of; NN_MOMENT_BITS */
	struct nn_equations e;
};

/* Vectors of all rows. */
struct glm_rows {
	struct mpc_vector eta;     /* x_bits + GLM_STEP_BITS; with the offset */
	struct mpc_vector distance; /* gamma: ln y - eta; the same */
	struct mpc_vector clipped; /* of eta: binomial and inverse: MPC_RESPONSE_BITS */
	struct mpc_vector w, r;    /* GLM_STEP_BITS, without the weights of rows */
};

/*
 * glm_basics.c: glm_unit(g), glm_is_power(g), glm_has_classes(g), glm_changes(g), glm_eta_bits(g):
 * What weights and residuals are multiplied by; whether means are powers of e; whether labels are 0
 * or 1 alone; whether weights change with b; and the fraction bits of eta.
 */
bool glm_has_classes(const struct glm *g);
double glm_unit(const struct glm *g);
bool glm_is_power(const struct glm *g);
bool glm_changes(const struct glm *g);
unsigned glm_eta_bits(const struct glm *g);

/*
 * glm_add_bits(to, from, bits, sign):
 * Add, or with sign -1 subtract, ${from}, which has ${bits} fraction bits less.
 */
void glm_add_bits(struct mpc_vector *to, const struct mpc_vector *from, unsigned bits, int sign);

/*
 * glm_times(S, z, B, x, y, shift), glm_times_step(S, z, x, y):
 * z = B(x, y), without its last ${shift} bits; x y, elementwise, without the last GLM_STEP_BITS.
 */
int glm_times(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y, unsigned shift);
int glm_times_step(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x,
    const struct mpc_vector *y);

/*
 * glm_moments.c: fx; the rows of a task, from begin to end; x times the weights of rows, if there
 * are any; X'r / N; X'WX / N, n x n, of weights that are those of rows, too; and, as figure
 * ${which}, the weighted sum of x.
 */
unsigned glm_bits_of_x(const struct learner *l, size_t rows);
int glm_begin_rows(struct mpc *S, struct glm *g, const struct nn_task *task);
void glm_end_rows(struct glm *g);
int glm_weigh_rows(struct mpc *S, const struct glm *g, struct mpc_vector *x);
int glm_find_gradient(struct mpc *S, struct glm *g, struct mpc_vector *gradient,
    const struct mpc_vector *r);
int glm_find_moments(struct mpc *S, struct glm *g, struct mpc_vector *z,
    const struct mpc_vector *w);
int glm_sum_figure(struct mpc *S, struct glm *g, enum glm_figure which,
    const struct mpc_vector *x);

/*
 * glm_inverse.c: with the reciprocal as the link, the same; mu = 1 / eta, of ${bits}, with
 * MPC_GROWTH_BITS; and, of rows that were found, r = y / mu - 1 and the distance ln y - ln mu, and
 * the fault of an eta that has no room.
 */
int glm_find_inverse_rows(struct mpc *S, const struct glm *g, struct glm_rows *v, bool first);
int glm_find_reciprocal(struct mpc *S, struct mpc_vector *mu, const struct mpc_vector *eta,
    unsigned bits);
int glm_find_inverse_distance(struct mpc *S, struct glm *g, struct glm_rows *v);

/* glm_labels.c: labels of a task as they are learnt, y and, with logarithms, ly and the scale. */
int glm_take_labels(struct mpc *S, struct glm *g, const struct nn_data *d);

/*
 * glm_find_logarithm(S, ly, y):
 * ly = ln y, both with GLM_STEP_BITS: off by a few units where y is from 2^-11 to 2^11, and by
 * 2^-8 beyond; of numbers that are not above 0 any number.
 */
int glm_find_logarithm(struct mpc *S, struct mpc_vector *ly, const struct mpc_vector *y);

/*
 * glm_rows.c: what the family says of all rows with b, or in a first step.  glm_rows_free is due
 * in any case.
 */
int glm_rows_new(struct mpc *S, struct glm_rows *v, size_t n);
void glm_rows_free(struct glm_rows *v);
int glm_find_rows(struct mpc *S, struct glm *g, struct glm_rows *v, bool first);
int glm_find_binomial_rows(struct mpc *S, const struct glm *g, struct glm_rows *v);

/* glm_figures.c: sums over the rows, with b; and that of the binomial loss. */
int glm_find_figures(struct mpc *S, struct glm *g, const struct glm_rows *v);
int glm_find_loss(struct mpc *S, struct glm *g, enum glm_figure which, const struct glm_rows *v);

/* glm_factorials.c: figures of poisson, and of proportions, that the likelihood has. */
int glm_find_factorials(struct mpc *S, struct glm *g);
int glm_find_trials(struct mpc *S, struct glm *g);

/* glm_null.c: of a binomial model with an offset, half of its null deviance. */
int glm_find_null(struct mpc *S, struct glm *g);

/*
 * glm_checks.c: faults of pivots, of the inverse, of sums that have no room, of the step ${d} that
 * is still to be taken, added to what has been counted.
 */
int glm_check_pivots(struct mpc *S, struct glm *g);
int glm_check_inverse(struct mpc *S, struct glm *g);
int glm_check_moments(struct mpc *S, struct glm *g, const struct mpc_vector *w);
int glm_check_distance(struct mpc *S, struct glm *g, const struct mpc_vector *d,
    const struct mpc_vector *gradient);

/* Count words of ${x} that are below ${low}, or not below ${high}. */
int glm_count_outside(struct mpc *S, struct mpc_vector *count, const struct mpc_vector *x,
    int64_t low, int64_t high);

#endif /* !SMPC_NN_GLM_INTERNAL_H */
