#include "nn/glm_internal.h"

#include <math.h>

#include "func/function.h"
#include "func/response.h"
#include "mpc/room.h"

#define MOST_SUM_BITS 60

/* Figure ${which} is the weighted sum of the products of ${x} and ${y}. */
static int
add_product_figure(struct mpc *S, struct glm *g, enum glm_figure which, const struct mpc_vector *x,
    const struct mpc_vector *y)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 1, 0) == 0 && glm_times_step(S, &r.word[0], x, y) == 0)
		rc = glm_sum_figure(S, g, which, &r.word[0]);
	room_close(&r);
	return (rc);
}

static void
set_figure(struct glm *g, enum glm_figure which, double v)
{
	struct mpc_vector to = mpc_part(&g->figures, which, 1);

	mpc_zero(&to);
	mpc_add_public(&to, &to, llrint(ldexp(v, GLM_FIGURE_BITS)));
}

/* to = from less the offset, both with GLM_STEP_BITS. */
static void
less_offset(const struct glm *g, struct mpc_vector *to, const struct mpc_vector *from)
{
	const struct mpc_vector *offset = &g->task->data.offset;

	mpc_copy(to, from);
	if (offset->n > 0)
		glm_add_bits(to, offset, GLM_STEP_BITS - NN_BITS, -1);
}

/* Of rows with a weight its logarithm, where the likelihood has it. */
static int
sum_prior_logarithms(struct mpc *S, struct glm *g)
{
	static const int64_t least = 1;
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &least };
	struct mpc_vector to = mpc_part(&g->figures, GLM_ALONE, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 1) == 0 &&
	    mpc_compare(S, r.bit, &g->task->data.prior, &c) == 0 &&
	    glm_find_logarithm(S, &r.word[0], &g->task->data.prior) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .word = &r.word[0],
			.weight = { 1 } };

		rc = mpc_select(S, &r.word[1], &(struct mpc_selection){ .count = 1,
			.terms = &term,
			.results = 1 });
		mpc_zero(&to);
		mpc_add_sum(&to, &r.word[1]);
	}
	room_close(&r);
	return (rc);
}

/*
 * The squares of residuals are added up before bits are cut off, so that a good fit has a deviance:
 * with labels that are standardized the sum is below 2^(2 GLM_STEP_BITS) times the number of rows.
 * It is cut off each square where there are too many of them for that.
 */
static int
add_squared_residuals(struct mpc *S, struct glm *g, const struct mpc_vector *residuals)
{
	const struct bilinear inner = bilinear_columns(1, g->rows, 1);
	struct mpc_vector to = mpc_part(&g->figures, GLM_DEVIANCE, 1);
	struct room r;
	int rc = -1;

	if (2 * GLM_STEP_BITS + g->log_rows > MOST_SUM_BITS)
		return (add_product_figure(S, g, GLM_DEVIANCE, residuals, residuals));
	if (room_open(&r, S, g->rows, 1, 0) == 0) {
		mpc_copy(&r.word[0], residuals);
		if (glm_weigh_rows(S, g, &r.word[0]) == 0)
			rc = glm_times(S, &to, &inner, &r.word[0], residuals, GLM_STEP_BITS);
	}
	room_close(&r);
	return (rc);
}

static int
gaussian_figures(struct mpc *S, struct glm *g, const struct glm_rows *v)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 1, 0) == 0) {
		less_offset(g, &r.word[0], &g->y);
		if (glm_sum_figure(S, g, GLM_LABEL, &r.word[0]) == 0 &&
		    add_product_figure(S, g, GLM_NULL, &r.word[0], &r.word[0]) == 0 &&
		    (g->task->data.prior.n == 0 || sum_prior_logarithms(S, g) == 0))
			rc = add_squared_residuals(S, g, &v->r);
	}
	room_close(&r);
	return (rc);
}

/* ln(1 + e^eta) - y eta */
int
glm_find_loss(struct mpc *S, struct glm *g, enum glm_figure which, const struct glm_rows *v)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 0) == 0 && mpc_softplus(S, &r.word[0], &v->clipped) == 0 &&
	    glm_times_step(S, &r.word[1], &g->y, &v->clipped) == 0) {
		mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
		if (mpc_truncate(S, &r.word[0], &r.word[0],
		    MPC_RESPONSE_BITS - GLM_STEP_BITS) == 0)
			rc = glm_sum_figure(S, g, which, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/* e^(sign offset), or 1. */
static int
offset_power(struct mpc *S, const struct glm *g, struct mpc_vector *z, int sign)
{
	const struct mpc_vector *offset = &g->task->data.offset;
	struct room r;
	int rc = -1;

	if (offset->n == 0) {
		mpc_zero(z);
		mpc_add_public(z, z, (int64_t)1 << GLM_STEP_BITS);
		return (0);
	}
	if (room_open(&r, S, g->rows, 1, 0) == 0) {
		glm_add_bits(&r.word[0], offset, glm_eta_bits(g) - NN_BITS, sign);
		rc = mpc_growth(S, z, &r.word[0], glm_eta_bits(g));
	}
	room_close(&r);
	return (rc);
}

/* y (ln y - eta) - r; what eta lost beyond its bounds does not count: there nothing converges. */
static int
poisson_figures(struct mpc *S, struct glm *g, const struct glm_rows *v)
{
	enum { ETA, LOGARITHM, TERM, NULL_TERM, POWER, WORDS };
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, WORDS, 0) == 0 &&
	    mpc_truncate(S, &r.word[ETA], &v->eta, g->x_bits) == 0) {
		w = r.word;
		mpc_subtract(&w[LOGARITHM], &g->ly, &w[ETA]);
		less_offset(g, &w[NULL_TERM], &g->ly);
		if (glm_times_step(S, &w[TERM], &g->y, &w[LOGARITHM]) == 0) {
			mpc_subtract(&w[TERM], &w[TERM], &v->r);
			if (glm_sum_figure(S, g, GLM_DEVIANCE, &w[TERM]) == 0 &&
			    glm_sum_figure(S, g, GLM_LABEL, &g->y) == 0 &&
			    add_product_figure(S, g, GLM_NULL, &g->y, &w[NULL_TERM]) == 0 &&
			    offset_power(S, g, &w[POWER], 1) == 0 &&
			    glm_sum_figure(S, g, GLM_OFFSET, &w[POWER]) == 0)
				rc = glm_find_factorials(S, g);
		}
	}
	room_close(&r);
	return (rc);
}

/* r - (ln y - eta) */
static int
gamma_figures(struct mpc *S, struct glm *g, const struct glm_rows *v)
{
	enum { TERM, NULL_TERM, POWER, WORDS };
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, WORDS, 0) == 0 &&
	    mpc_truncate(S, &r.word[TERM], &v->distance, g->x_bits) == 0) {
		w = r.word;
		mpc_subtract(&w[TERM], &v->r, &w[TERM]);
		less_offset(g, &w[NULL_TERM], &g->ly);
		if (glm_sum_figure(S, g, GLM_DEVIANCE, &w[TERM]) == 0 &&
		    glm_sum_figure(S, g, GLM_NULL, &w[NULL_TERM]) == 0 &&
		    glm_sum_figure(S, g, GLM_LOGARITHM, &g->ly) == 0 &&
		    add_product_figure(S, g, GLM_PEARSON, &v->r, &v->r) == 0 &&
		    offset_power(S, g, &w[POWER], -1) == 0)
			rc = add_product_figure(S, g, GLM_LABEL, &g->y, &w[POWER]);
	}
	room_close(&r);
	return (rc);
}

/* How many rows there are, or have weights; and whether any has less than 0. */
static int
figure_rows(struct mpc *S, struct glm *g)
{
	const struct mpc_vector *prior = &g->task->data.prior;
	struct mpc_vector rows = mpc_part(&g->figures, GLM_ROWS, 1), none = { .n = 0 },
	    bad = mpc_part(&g->faults, GLM_FAULTY_PRIORS, 1);
	int rc;

	set_figure(g, GLM_ROWS, (double)g->rows);
	if (prior->n == 0)
		return (0);
	if ((rc = mpc_vector_new(S, &none, 1)) == 0 &&
	    (rc = glm_count_outside(S, &none, prior, 1, (int64_t)1 << MPC_NUMBER_RANGE)) == 0) {
		mpc_add_scaled(&rows, &none, -((int64_t)1 << GLM_FIGURE_BITS));
		rc = glm_count_outside(S, &bad, prior, 0, (int64_t)1 << MPC_NUMBER_RANGE);
	}
	mpc_vector_free(&none);
	return (rc);
}

int
glm_find_figures(struct mpc *S, struct glm *g, const struct glm_rows *v)
{
	struct room r;
	int rc = -1;

	set_figure(g, GLM_PRIOR, g->task->data.prior_log);
	set_figure(g, GLM_UNIT, (double)g->log_rows - log2(glm_unit(g)));
	if (room_open(&r, S, g->rows, 1, 0) == 0) {
		mpc_add_public(&r.word[0], &r.word[0], (int64_t)1 << GLM_STEP_BITS);
		if ((rc = glm_sum_figure(S, g, GLM_WEIGHT, &r.word[0])) == 0)
			rc = figure_rows(S, g);
	}
	room_close(&r);
	if (rc == -1)
		return (-1);
	switch (g->how.family) {
	case GLM_BINOMIAL:
		return ((glm_find_loss(S, g, GLM_DEVIANCE, v) == -1 ||
		    glm_sum_figure(S, g, GLM_LABEL, &g->y) == -1) ? -1 :
		    g->how.proportions ? glm_find_trials(S, g) : 0);
	case GLM_POISSON:
		return (poisson_figures(S, g, v));
	case GLM_GAMMA:
		return (gamma_figures(S, g, v));
	case GLM_GAUSSIAN:
	case GLM_FAMILIES:
	default:
		return (gaussian_figures(S, g, v));
	}
}
