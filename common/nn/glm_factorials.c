#include "nn/glm_internal.h"

#include <math.h>

#include "func/divisor.h"
#include "func/function.h"
#include "func/response.h"
#include "mpc/room.h"

#define LN2 0.69314718055994531

/*
 * ln z! - z ln z + z = ln(2 pi z) / 2 + p(1 / z) for z >= 1, by Stirling's series; p is fitted, and
 * off by 2e-7 at the whole numbers.  Of 0 it is any number.
 */
#define STIRLING_BITS 24
static const double stirling[] = { 8.33326578e-02, 2.92257640e-05, -3.02439355e-03,
	7.23968461e-04 };
#define STIRLING_CONSTANT 0.91893853320467274

static int
stirling_series(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *labels,
    const struct mpc_bits *are_positive)
{
	const struct mpc_numbers n = { .f = NN_BITS, .range = MPC_NUMBER_RANGE, .wide = true };
	struct room r;
	const struct mpc_selection_term positive = { .bit = are_positive, .word = &r.word[4],
		.weight = { 1 } };
	size_t i;
	int rc = -1;

	if (room_open(&r, S, z->n, 6, 0) == -1 || mpc_log(S, &r.word[4], labels, n) == -1)
		goto out;
	mpc_scale(&r.word[5], &r.word[4], -((int64_t)1 << GLM_STEP_BITS));
	if (mpc_growth(S, &r.word[4], &r.word[5], NN_BITS + GLM_STEP_BITS) == -1 ||
	    mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 1, .terms = &positive,
	    .results = 1 }) == -1 ||
	    glm_times_step(S, &r.word[1], &r.word[0], &r.word[0]) == -1 ||
	    glm_times_step(S, &r.word[2], &r.word[1], &r.word[0]) == -1 ||
	    glm_times_step(S, &r.word[3], &r.word[1], &r.word[1]) == -1)
		goto out;
	mpc_zero(&r.word[5]);
	for (i = 0; i < 4; i++)
		mpc_add_scaled(&r.word[5], &r.word[i], llrint(ldexp(stirling[i], STIRLING_BITS)));
	mpc_add_public(&r.word[5], &r.word[5], llrint(ldexp(STIRLING_CONSTANT,
	    STIRLING_BITS + GLM_STEP_BITS)));
	rc = mpc_truncate(S, z, &r.word[5], STIRLING_BITS);
out:
	room_close(&r);
	return (rc);
}

/* ---- what is summed ---- */

/*
 * Of whole numbers z with NN_BITS, of which ${lz} is the logarithm but for what is public:
 * remainder = ln z! - z ln z + z, without half of that, and where = 1, or both 0 where z is 0.
 */
static int
find_remainders(struct mpc *S, struct mpc_vector *remainder, struct mpc_vector *where,
    const struct mpc_vector *z, const struct mpc_vector *lz)
{
	static const int64_t half = (int64_t)1 << (NN_BITS - 1);
	enum { SERIES, SUM, CHOSEN, WHERE, WORDS };
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &half };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, z->n, WORDS, 1) == 0 && mpc_compare(S, r.bit, z, &c) == 0 &&
	    stirling_series(S, &r.word[SERIES], z, r.bit) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = r.bit, .word = &r.word[SUM], .weight = { 1, 0 },
			    .constant = { 0, (int64_t)1 << GLM_STEP_BITS } },
		};

		mpc_scale(&r.word[SERIES], &r.word[SERIES], 2);
		mpc_add(&r.word[SUM], &r.word[SERIES], lz);
		if (mpc_truncate(S, &r.word[SUM], &r.word[SUM], 1) == 0 &&
		    (rc = mpc_select(S, &r.word[CHOSEN], &(struct mpc_selection){ .count = 1,
			.terms = terms,
			.results = 2 })) == 0) {
			mpc_copy(remainder, &r.word[CHOSEN]);
			mpc_copy(where, &r.word[WHERE]);
		}
	}
	room_close(&r);
	return (rc);
}

/* What makes the likelihood of the deviance: of labels that are not 0. */
int
glm_find_factorials(struct mpc *S, struct glm *g)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 0) == 0 &&
	    find_remainders(S, &r.word[0], &r.word[1], &g->labels, &g->ly) == 0 &&
	    glm_sum_figure(S, g, GLM_LOGARITHM, &r.word[0]) == 0)
		rc = glm_sum_figure(S, g, GLM_POSITIVE, &r.word[1]);
	room_close(&r);
	return (rc);
}

/* ---- trials ---- */

/* figure += sign times the remainders of numbers ${z}, which are with ${bits} more in all. */
static int
add_remainders(struct mpc *S, struct glm *g, const struct mpc_vector *z, int sign)
{
	const int prior_log = g->task->data.prior_log;
	enum { WHOLE, LOGARITHM, REMAINDER, WHERE, WORDS };
	struct mpc_vector to = mpc_part(&g->figures, GLM_ALONE, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, WORDS, 0) == 0 && mpc_shift(S, &r.word[WHOLE], z,
	    prior_log + NN_BITS - GLM_STEP_BITS) == 0 &&
	    glm_find_logarithm(S, &r.word[LOGARITHM], z) == 0) {
		mpc_add_public(&r.word[LOGARITHM], &r.word[LOGARITHM],
		    llrint(ldexp(prior_log * LN2, GLM_STEP_BITS)));
		rc = find_remainders(S, &r.word[REMAINDER], &r.word[WHERE], &r.word[WHOLE],
		    &r.word[LOGARITHM]);
		mpc_scale(&r.word[REMAINDER], &r.word[REMAINDER], sign);
		mpc_add_sum(&to, &r.word[REMAINDER]);
	}
	room_close(&r);
	return (rc);
}

/* part = -y ln y, which is 0 where y is. */
static int
find_entropy(struct mpc *S, struct mpc_vector *part, const struct mpc_vector *y)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, 1, 0) == 0 && glm_find_logarithm(S, &r.word[0], y) == 0 &&
	    (rc = glm_times_step(S, part, y, &r.word[0])) == 0)
		mpc_scale(part, part, -1);
	room_close(&r);
	return (rc);
}

/* Half of what the deviance is less, w (-y ln y - (1 - y) ln(1 - y)); ln of m! / (k! (m - k)!). */
int
glm_find_trials(struct mpc *S, struct glm *g)
{
	enum { OTHER, ENTROPY, MORE, HITS, WORDS };
	const struct mpc_vector *prior = &g->task->data.prior;
	struct mpc_vector to = mpc_part(&g->figures, GLM_ALONE, 1);
	struct room r;
	int rc = -1;

	mpc_zero(&to);
	if (room_open(&r, S, g->rows, WORDS, 0) == -1)
		goto out;
	mpc_scale(&r.word[OTHER], &g->y, -1);
	mpc_add_public(&r.word[OTHER], &r.word[OTHER], (int64_t)1 << GLM_STEP_BITS);
	if (find_entropy(S, &r.word[ENTROPY], &g->y) == -1 ||
	    find_entropy(S, &r.word[MORE], &r.word[OTHER]) == -1)
		goto out;
	mpc_add(&r.word[ENTROPY], &r.word[ENTROPY], &r.word[MORE]);
	if (glm_sum_figure(S, g, GLM_POSITIVE, &r.word[ENTROPY]) == -1 ||
	    glm_times_step(S, &r.word[HITS], prior, &g->y) == -1 ||
	    add_remainders(S, g, prior, 1) == -1 || add_remainders(S, g, &r.word[HITS], -1) == -1)
		goto out;
	mpc_subtract(&r.word[HITS], prior, &r.word[HITS]);
	rc = add_remainders(S, g, &r.word[HITS], -1);
out:
	room_close(&r);
	return (rc);
}
