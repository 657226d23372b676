#include "nn/glm_internal.h"

#include <math.h>

#include "func/divisor.h"
#include "func/function.h"
#include "func/response.h"
#include "mpc/room.h"
#include "nn/prepare.h"

/*
 * Labels below 0, or below a unit for gamma, are counted, and become that, so that nothing of them
 * has too many bits.
 */
static int
bound_labels(struct mpc *S, struct glm *g, struct mpc_vector *y, const struct mpc_vector *labels)
{
	const int64_t least = (g->how.family == GLM_GAMMA) ? 1 : 0;
	struct mpc_vector count = mpc_part(&g->faults, GLM_FAULTY_LABELS, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 1) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };

		mpc_add_public(&r.word[0], labels, -least);
		if (mpc_relu(S, y, r.bit, &r.word[0], NN_FEATURE_RANGE + 1, 0) == 0) {
			mpc_add_public(y, y, least);
			mpc_not(r.bit, r.bit);
			rc = mpc_select(S, &r.word[1], &(struct mpc_selection){ .count = 1,
				.terms = &term,
				.results = 1 });
			mpc_zero(&count);
			mpc_add_sum(&count, &r.word[1]);
		}
	}
	room_close(&r);
	return (rc);
}

/* ln s of minus the logarithm of the mean, about, where powers of e are good. */
static int
begin_scale(struct mpc *S, struct mpc_vector *ln_s, const struct mpc_vector *mean)
{
	const struct mpc_numbers n = { .f = GLM_STEP_BITS, .range = MPC_NUMBER_RANGE,
		.wide = true };
	const int64_t low = llrint(ldexp(-11.7, GLM_STEP_BITS)),
	    high = llrint(ldexp(7.6, GLM_STEP_BITS));
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, 1, 0) == 0 && mpc_log(S, &r.word[0], mean, n) == 0) {
		mpc_scale(&r.word[0], &r.word[0], -1);
		rc = mpc_clip_any(S, ln_s, &r.word[0], low, high);
	}
	room_close(&r);
	return (rc);
}

/*
 * s = e^ln_s, rounded to GLM_STEP_BITS; and ln_s is its logarithm after a step of Newton's, as it
 * was off by less than 2^-8.
 */
static int
settle_scale(struct mpc *S, struct mpc_vector *s, struct mpc_vector *ln_s)
{
	const int64_t more = (int64_t)1 << GLM_STEP_BITS;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, 2, 0) == 0) {
		mpc_scale(&r.word[0], ln_s, more);
		if (mpc_growth(S, s, &r.word[0], 2 * GLM_STEP_BITS) == 0) {
			mpc_scale(&r.word[0], ln_s, -more);
			if (mpc_growth(S, &r.word[1], &r.word[0], 2 * GLM_STEP_BITS) == 0 &&
			    glm_times_step(S, &r.word[0], &r.word[1], s) == 0) {
				mpc_add_public(&r.word[0], &r.word[0], -more);
				mpc_add(ln_s, ln_s, &r.word[0]);
				rc = 0;
			}
		}
	}
	room_close(&r);
	return (rc);
}

/* mean = 1 / s */
static int
invert_scale(struct mpc *S, struct mpc_vector *mean, const struct mpc_vector *ln_s)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, 1, 0) == 0) {
		mpc_scale(&r.word[0], ln_s, -((int64_t)1 << GLM_STEP_BITS));
		rc = mpc_growth(S, mean, &r.word[0], 2 * GLM_STEP_BITS);
	}
	room_close(&r);
	return (rc);
}

/*
 * About the reciprocal of the mean of labels with NN_BITS, below 2^31 as words, is s; both are kept
 * as figures: GLM_SCALE, and its reciprocal, GLM_MEAN.
 */
#define SCALE_MORE_BITS 12

static int
find_scale(struct mpc *S, struct glm *g, struct mpc_vector *s, const struct mpc_vector *labels)
{
	struct mpc_vector mean = mpc_part(&g->figures, GLM_MEAN, 1),
	    scale = mpc_part(&g->figures, GLM_SCALE, 1);
	struct room r;
	int rc = -1;

	if (mpc_vector_new(S, &g->ln_scale, 1) == 0 && room_open(&r, S, 1, 2, 0) == 0) {
		mpc_add_sum(&r.word[0], labels);
		mpc_scale(&r.word[0], &r.word[0], (int64_t)1 << (GLM_STEP_BITS - NN_BITS));
		if (mpc_divide_public(S, &r.word[1], &r.word[0], g->rows, MPC_DIVIDE_BITS) == 0 &&
		    begin_scale(S, &g->ln_scale, &r.word[1]) == 0 &&
		    settle_scale(S, s, &g->ln_scale) == 0) {
			mpc_scale(&scale, s, (int64_t)1 << SCALE_MORE_BITS);
			rc = invert_scale(S, &mean, &g->ln_scale);
		}
		room_close(&r);
	}
	return (rc);
}

/* y = s labels: at most n, as their mean is 1, in products with 36 bits. */
static int
scale_labels(struct mpc *S, struct glm *g, const struct mpc_vector *labels)
{
	const struct bilinear times = bilinear_elements(g->rows);
	struct mpc_vector s = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 1, 0) == 0 && mpc_vector_new(S, &s, 1) == 0 &&
	    mpc_vector_new(S, &g->labels, g->rows) == 0 &&
	    bound_labels(S, g, &g->labels, labels) == 0 &&
	    find_scale(S, g, &s, &g->labels) == 0) {
		mpc_columns_spread(&r.word[0], &s, g->rows, 1);
		rc = glm_times(S, &g->y, &times, &r.word[0], &g->labels, NN_BITS);
	}
	mpc_vector_free(&s);
	room_close(&r);
	return (rc);
}

/*
 * ly += y e^-ly - 1, a step of Newton's, which makes of an error e about e^2 / 2.  It is 2^-13 at
 * most, and what comes out as more, where y is 2^-11 of the mean or less, is brought to that.
 */
#define LOGARITHM_ERROR_LOG 13

static int
refine_logarithm(struct mpc *S, struct mpc_vector *ly, const struct mpc_vector *y)
{
	const int64_t most = (int64_t)1 << (GLM_STEP_BITS - LOGARITHM_ERROR_LOG);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, 2, 0) == 0) {
		mpc_scale(&r.word[0], ly, -((int64_t)1 << GLM_STEP_BITS));
		if (mpc_growth(S, &r.word[1], &r.word[0], 2 * GLM_STEP_BITS) == 0 &&
		    glm_times_step(S, &r.word[0], &r.word[1], y) == 0) {
			mpc_add_public(&r.word[0], &r.word[0], -((int64_t)1 << GLM_STEP_BITS));
			rc = mpc_clip_any(S, &r.word[1], &r.word[0], -most, most);
			mpc_add(ly, ly, &r.word[1]);
		}
	}
	room_close(&r);
	return (rc);
}

int
glm_find_logarithm(struct mpc *S, struct mpc_vector *ly, const struct mpc_vector *y)
{
	const struct mpc_numbers n = { .f = GLM_STEP_BITS, .range = MPC_NUMBER_RANGE,
		.wide = true };

	return ((mpc_log(S, ly, y, n) == -1) ? -1 : refine_logarithm(S, ly, y));
}

/* Labels that are not from 0 to 1. */
static int
count_no_proportions(struct mpc *S, struct glm *g)
{
	struct mpc_vector count = mpc_part(&g->faults, GLM_FAULTY_LABELS, 1);

	mpc_zero(&count);
	return (glm_count_outside(S, &count, &g->y, 0, ((int64_t)1 << GLM_STEP_BITS) + 1));
}

int
glm_take_labels(struct mpc *S, struct glm *g, const struct nn_data *d)
{
	const unsigned bits = (d->bits > 0) ? d->bits : NN_BITS;

	if (mpc_vector_new(S, &g->y, g->rows) == -1)
		return (-1);
	if (!glm_is_power(g)) {
		const unsigned has = g->how.proportions ? NN_BITS + GLM_PROPORTION_BITS :
		    (g->how.family == GLM_BINOMIAL) ? NN_BITS : bits;

		mpc_scale(&g->y, &d->labels, (int64_t)1 << (GLM_STEP_BITS - has));
		return (g->how.proportions ? count_no_proportions(S, g) : 0);
	}
	if (mpc_vector_new(S, &g->ly, g->rows) == -1)
		return (-1);
	return ((scale_labels(S, g, &d->labels) == -1) ? -1 :
	    glm_find_logarithm(S, &g->ly, &g->y));
}
