#include "nn/glm_internal.h"

#include <math.h>
#include <string.h>

#include "func/function.h"
#include "func/response.h"
#include "mpc/room.h"

/* ---- what the family says ---- */

void
glm_rows_free(struct glm_rows *v)
{

	mpc_vector_free(&v->eta);
	mpc_vector_free(&v->distance);
	mpc_vector_free(&v->clipped);
	mpc_vector_free(&v->w);
	mpc_vector_free(&v->r);
}

int
glm_rows_new(struct mpc *S, struct glm_rows *v, size_t n)
{

	memset(v, 0, sizeof(*v));
	return ((mpc_vector_new(S, &v->eta, n) == -1 ||
	    mpc_vector_new(S, &v->distance, n) == -1 ||
	    mpc_vector_new(S, &v->clipped, n) == -1 || mpc_vector_new(S, &v->w, n) == -1 ||
	    mpc_vector_new(S, &v->r, n) == -1) ? -1 : 0);
}

/* eta = X b, of b without its last bits, which it keeps losing. */
static int
find_eta(struct mpc *S, struct glm *g, struct mpc_vector *eta)
{
	struct bilinear B = bilinear_matrices(g->rows, g->n, 1);
	struct room r;
	int rc = -1;

	B.threads = g->task->how.threads;
	if (room_open(&r, S, g->n, 1, 0) == 0 && mpc_truncate(S, &r.word[0], &g->coefficients,
	    GLM_BETA_BITS - GLM_STEP_BITS) == 0) {
		mpc_scale(&g->coefficients, &r.word[0],
		    (int64_t)1 << (GLM_BETA_BITS - GLM_STEP_BITS));
		rc = mpc_product(S, eta, &B, &g->x, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

static int
gaussian_rows(struct mpc *S, const struct glm *g, struct glm_rows *v)
{

	mpc_scale(&v->distance, &v->eta, -1);
	glm_add_bits(&v->distance, &g->y, g->x_bits, 1);
	return (mpc_truncate(S, &v->r, &v->distance, g->x_bits));
}

/* r = 4 (y - mu), w = 4 mu (1 - mu) */
int
glm_find_binomial_rows(struct mpc *S, const struct glm *g, struct glm_rows *v)
{
	const struct bilinear times = bilinear_elements(g->rows);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 0) == 0 && mpc_clip_cut(S, &v->clipped, &v->eta,
	    MPC_RESPONSE_MOST, glm_eta_bits(g), glm_eta_bits(g) - MPC_RESPONSE_BITS) == 0 &&
	    mpc_logistic(S, &r.word[0], &v->clipped) == 0) {
		mpc_scale(&r.word[1], &r.word[0], -1);
		mpc_add_public(&r.word[1], &r.word[1], (int64_t)1 << MPC_RESPONSE_BITS);
		rc = glm_times(S, &v->w, &times, &r.word[0], &r.word[1],
		    2 * MPC_RESPONSE_BITS - GLM_STEP_BITS - 2);
		mpc_scale(&r.word[0], &r.word[0], -4);
		glm_add_bits(&r.word[0], &g->y, MPC_RESPONSE_BITS - GLM_STEP_BITS + 2, 1);
		if (rc == 0)
			rc = mpc_truncate(S, &v->r, &r.word[0], MPC_RESPONSE_BITS - GLM_STEP_BITS);
	}
	room_close(&r);
	return (rc);
}

/* A first step from mu = y and a tenth of its mean: r = mu ln mu, without the offset. */
static int
poisson_first(struct mpc *S, const struct glm *g, struct glm_rows *v)
{
	const struct mpc_numbers n = { .f = GLM_STEP_BITS, .range = MPC_NUMBER_RANGE,
		.wide = true };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 0) == 0) {
		mpc_add_public(&v->w, &g->y, llrint(ldexp(0.1, GLM_STEP_BITS)));
		if (mpc_log(S, &r.word[0], &v->w, n) == 0 &&
		    mpc_truncate(S, &r.word[1], &v->eta, g->x_bits) == 0) {
			mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
			rc = glm_times_step(S, &v->r, &v->w, &r.word[0]);
		}
	}
	room_close(&r);
	return (rc);
}

static int
poisson_rows(struct mpc *S, const struct glm *g, struct glm_rows *v)
{

	if (mpc_growth(S, &v->w, &v->eta, glm_eta_bits(g)) == -1)
		return (-1);
	mpc_subtract(&v->r, &g->y, &v->w);
	return (0);
}

/* A first step from mu = y: r = ln y - offset. */
static int
gamma_rows(struct mpc *S, const struct glm *g, struct glm_rows *v, bool first)
{

	mpc_scale(&v->distance, &v->eta, -1);
	glm_add_bits(&v->distance, &g->ly, g->x_bits, 1);
	if (first)
		return (mpc_truncate(S, &v->r, &v->distance, g->x_bits));
	if (mpc_growth(S, &v->r, &v->distance, glm_eta_bits(g)) == -1)
		return (-1);
	mpc_add_public(&v->r, &v->r, -((int64_t)1 << GLM_STEP_BITS));
	return (0);
}

int
glm_find_rows(struct mpc *S, struct glm *g, struct glm_rows *v, bool first)
{
	const struct mpc_vector *offset = &g->task->data.offset;

	if (find_eta(S, g, &v->eta) == -1)
		return (-1);
	if (offset->n > 0)
		glm_add_bits(&v->eta, offset, glm_eta_bits(g) - NN_BITS, 1);
	/* No intercept takes it. */
	if (glm_is_power(g) && !g->how.inverse && !g->how.intercept) {
		mpc_columns_spread(&v->clipped, &g->ln_scale, g->rows, 1);
		glm_add_bits(&v->eta, &v->clipped, g->x_bits, 1);
	}
	switch (g->how.family) {
	case GLM_BINOMIAL:
		return (glm_find_binomial_rows(S, g, v));
	case GLM_POISSON:
		return (first ? poisson_first(S, g, v) : poisson_rows(S, g, v));
	case GLM_GAMMA:
		return (g->how.inverse ? glm_find_inverse_rows(S, g, v, first) :
		    gamma_rows(S, g, v, first));
	case GLM_GAUSSIAN:
	case GLM_FAMILIES:
	default:
		return (gaussian_rows(S, g, v));
	}
}
