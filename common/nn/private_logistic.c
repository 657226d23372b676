#include "nn/private.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "func/function.h"
#include "func/response.h"
#include "mpc/room.h"
#include "nn/private_internal.h"
#include "nn/tensor.h"

/*
 * Fraction bits, and magnitudes, of which the products are below 2^62:
 *
 *   z             14, at most 1, and 257 of them in a row
 *   w             20, at most 2^8; the predictor z'w 34, at most 2^17
 *   residuals     24, at most 1; gradients 38, at most rows; without 10 bits 28
 *   g / rows      20, at most 1 and the noise, which is below the ridge, times 2^4
 *   the inverse   16, at most 2^14 in norm, as the ridge is at least 2^-12; the step 36, and 4
 *                 times that with 20
 */
#define WEIGHT_BITS 20
#define MOST_WEIGHT_LOG 8
#define PREDICTOR_BITS (NN_PRIVATE_BITS + WEIGHT_BITS)
#define GRADIENT_BITS (NN_PRIVATE_BITS + NN_PRIVATE_RESPONSE_BITS)
#define PENALTY_BITS (NN_PRIVATE_SUM_BITS - WEIGHT_BITS)
#define STEP_RANGE 46
#define STEP_SHIFT (NN_INVERSE_BITS - 2)

_Static_assert(NN_PRIVATE_RESPONSE_BITS == MPC_RESPONSE_BITS, "residuals are of mpc_logistic");

struct private_fit {
	const struct nn_private_logistic *is;
	struct nn_equations inverse;
	struct mpc_vector w, sum;          /* of the last half of the steps */
	struct mpc_vector gradient, mean_gradient; /* width words */
	struct mpc_vector move;            /* of the weights, half of which goes on */
	struct mpc_vector predictor, mean; /* a word for each row */
};

static int
fit_new(struct mpc *S, struct private_fit *f, const struct nn_private_logistic *l)
{

	memset(f, 0, sizeof(*f));
	f->is = l;
	return ((nn_equations_new(S, &f->inverse, l->width, 0) == -1 ||
	    mpc_vector_new(S, &f->w, l->width) == -1 ||
	    mpc_vector_new(S, &f->sum, l->width) == -1 ||
	    mpc_vector_new(S, &f->gradient, l->width) == -1 ||
	    mpc_vector_new(S, &f->mean_gradient, l->width) == -1 ||
	    mpc_vector_new(S, &f->move, l->width) == -1 ||
	    mpc_vector_new(S, &f->predictor, l->rows) == -1 ||
	    mpc_vector_new(S, &f->mean, l->rows) == -1) ? -1 : 0);
}

static void
fit_free(struct private_fit *f)
{

	nn_equations_free(&f->inverse);
	mpc_vector_free(&f->w);
	mpc_vector_free(&f->sum);
	mpc_vector_free(&f->gradient);
	mpc_vector_free(&f->mean_gradient);
	mpc_vector_free(&f->move);
	mpc_vector_free(&f->predictor);
	mpc_vector_free(&f->mean);
}

double
nn_private_gradient_change(size_t width)
{

	return (2 * sqrt((double)width) * (ldexp(1, NN_PRIVATE_SUM_BITS) + 1));
}

/* ---- a gradient ---- */

/* The logistic function of the predictor, with MPC_RESPONSE_BITS; an exact engine has no series. */
static int
find_response(struct mpc *S, struct private_fit *f)
{
	int rc;

	if (!mpc_is_faithful(S))
		return ((mpc_clip_cut(S, &f->predictor, &f->predictor, MPC_RESPONSE_MOST,
		    PREDICTOR_BITS, PREDICTOR_BITS - MPC_RESPONSE_BITS) == -1) ? -1 :
		    mpc_logistic(S, &f->mean, &f->predictor));
	if ((rc = mpc_truncate(S, &f->predictor, &f->predictor, PREDICTOR_BITS - NN_BITS)) == 0 &&
	    (rc = mpc_sigmoid(S, &f->mean, &f->predictor, mpc_any_numbers(NN_BITS))) == 0)
		mpc_scale(&f->mean, &f->mean, (int64_t)1 << (MPC_RESPONSE_BITS - NN_BITS));
	return (rc);
}

/*
 * The mean less the label.  It is clipped, so that a residual is within -1 and 1 whatever the
 * function is off by: the noise counts on it.
 */
static int
find_residuals(struct mpc *S, struct private_fit *f)
{
	struct bilinear B = bilinear_matrices(f->is->rows, f->is->width, 1);
	const int64_t one = (int64_t)1 << MPC_RESPONSE_BITS;

	B.threads = f->is->threads;
	if (mpc_product(S, &f->predictor, &B, f->is->z, &f->w) == -1 ||
	    find_response(S, f) == -1 ||
	    mpc_clip(S, &f->mean, &f->mean, 0, one, MPC_RESPONSE_BITS + 10) == -1)
		return (-1);
	mpc_subtract(&f->mean, &f->mean, f->is->labels);
	return (0);
}

/* With noise, the only one that has it for this step. */
static int
find_gradient(struct mpc *S, struct private_fit *f, size_t step)
{
	struct bilinear B = bilinear_matrices(f->is->width, f->is->rows, 1);
	const word *noise = f->is->noise;

	B.x_transposed = true;
	B.threads = f->is->threads;
	return ((find_residuals(S, f) == -1 ||
	    mpc_product(S, &f->gradient, &B, f->is->z, &f->mean) == -1 ||
	    mpc_truncate(S, &f->gradient, &f->gradient,
	    GRADIENT_BITS - NN_PRIVATE_SUM_BITS) == -1 ||
	    mpc_add_noise(S, &f->gradient, &f->gradient,
	    (noise != NULL) ? noise + step * f->is->width : NULL) == -1) ? -1 : 0);
}

/* ---- a step ---- */

/* From here on nothing is of rows but the noisy gradient. */
static int
move_weights(struct mpc *S, struct private_fit *f)
{
	const struct nn_private_logistic *l = f->is;
	const struct bilinear B = bilinear_matrices(l->width, l->width, 1);
	const int64_t most = (int64_t)1 << (WEIGHT_BITS + MOST_WEIGHT_LOG);

	mpc_add_scaled(&f->gradient, &f->w,
	    llrint(ldexp(l->l2 * (double)l->rows, PENALTY_BITS)));
	if (mpc_divide_public(S, &f->mean_gradient, &f->gradient,
	    (uint64_t)l->rows << (NN_PRIVATE_SUM_BITS - WEIGHT_BITS), MPC_DIVIDE_BITS) == -1 ||
	    mpc_product(S, &f->gradient, &B, &f->inverse.rows, &f->mean_gradient) == -1)
		return (-1);
	mpc_add_scaled(&f->gradient, &f->move, (int64_t)1 << (STEP_SHIFT - 1));
	if (mpc_truncate(S, &f->move, &f->gradient, STEP_SHIFT) == -1)
		return (-1);
	mpc_subtract(&f->w, &f->w, &f->move);
	return (mpc_clip(S, &f->w, &f->w, -most, most, STEP_RANGE));
}

static int
take_noisy_steps(struct mpc *S, struct private_fit *f)
{
	size_t i;

	for (i = 0; i < f->is->steps; i++) {
		if (find_gradient(S, f, i) == -1 || move_weights(S, f) == -1)
			return (-1);
		if (i >= f->is->steps / 2)
			mpc_add(&f->sum, &f->sum, &f->w);
	}
	return (0);
}

/* (M + ridge + 4 l2)^-1 */
static int
invert_bound(struct mpc *S, struct private_fit *f)
{
	const struct nn_private_logistic *l = f->is;
	struct mpc_vector means;
	int rc;

	if ((rc = mpc_vector_new(S, &means, l->width * l->width)) == 0 &&
	    (rc = private_means(S, &means, l->moments, l->rows, l->width)) == 0)
		rc = private_invert(S, &f->inverse, &means, l->width, l->ridge + 4 * l->l2);
	mpc_vector_free(&means);
	return (rc);
}

int
nn_private_fit_logistic(struct mpc *S, struct mpc_vector *w, const struct nn_private_logistic *l)
{
	struct private_fit f;
	int rc = -1;

	if (fit_new(S, &f, l) == 0 && invert_bound(S, &f) == 0 && take_noisy_steps(S, &f) == 0 &&
	    mpc_divide_public(S, &f.w, &f.sum, l->steps - l->steps / 2, MPC_DIVIDE_BITS) == 0)
		rc = mpc_truncate(S, w, &f.w, WEIGHT_BITS - NN_BITS);
	fit_free(&f);
	return (rc);
}
