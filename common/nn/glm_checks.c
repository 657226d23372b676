#include "nn/glm_internal.h"

#include <math.h>

#include "mpc/room.h"

/* count += how many words of ${x} are below ${low}, or not below ${high}. */
int
glm_count_outside(struct mpc *S, struct mpc_vector *count, const struct mpc_vector *x, int64_t low,
    int64_t high)
{
	const int64_t ends[] = { low, high };
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 2,
		.thresholds = ends };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 2) == 0 && mpc_compare(S, r.bit, x, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = &r.bit[0], .constant = { 1 } },
			{ .bit = &r.bit[1], .constant = { 1 } },
		};

		mpc_not(&r.bit[0], &r.bit[0]);
		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 2,
			.terms = terms,
			.results = 1 });
		mpc_add_sum(count, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/*
 * Whether d is next to nothing: d' gradient is its square in standard errors, over N and the unit,
 * and Newton's next step would be about its square.
 */
#define MOST_DISTANCE 0.01

int
glm_check_distance(struct mpc *S, struct glm *g, const struct mpc_vector *d,
    const struct mpc_vector *gradient)
{
	const struct bilinear inner = bilinear_columns(1, g->n, 1);
	struct mpc_vector count = mpc_part(&g->faults, GLM_FAULTY_DISTANCE, 1);
	const double most = ldexp(MOST_DISTANCE * MOST_DISTANCE * glm_unit(g),
	    NN_MOMENT_BITS + GLM_STEP_BITS - (int)g->log_rows);
	struct room r;
	struct mpc_vector square;
	int rc = -1;

	if (room_open(&r, S, g->n, 2, 0) == 0) {
		square = mpc_part(&r.word[1], 0, 1);
		if (mpc_truncate(S, &r.word[0], d, GLM_BETA_BITS - GLM_STEP_BITS) == 0 &&
		    mpc_product(S, &square, &inner, &r.word[0], gradient) == 0)
			rc = glm_count_outside(S, &count, &square, -llrint(most), llrint(most) + 1);
	}
	room_close(&r);
	return (rc);
}

/* Of each column, whether its pivot was below the bound, or has wrapped. */
int
glm_check_pivots(struct mpc *S, struct glm *g)
{
	const int64_t ends[] = { (int64_t)1 << (NN_MOMENT_BITS - NN_PIVOT_LOG),
		(int64_t)1 << MPC_NUMBER_RANGE };
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 2,
		.thresholds = ends };
	struct mpc_vector faults = mpc_part(&g->faults, GLM_FAULTS, g->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->n, 1, 2) == 0 && mpc_compare(S, r.bit, &g->e.pivots, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = &r.bit[0], .constant = { 1 } },
			{ .bit = &r.bit[1], .constant = { 1 } },
		};

		mpc_not(&r.bit[0], &r.bit[0]);
		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 2,
			.terms = terms,
			.results = 1 });
		mpc_copy(&faults, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/*
 * The information times its inverse has 1 on its diagonal.  Where something has wrapped, or nothing
 * was inverted, that is not so.
 */
int
glm_check_inverse(struct mpc *S, struct glm *g)
{
	const struct bilinear rows = bilinear_columns(g->n, g->n, 1);
	struct mpc_vector count = mpc_part(&g->faults, GLM_FAULTY_ROOM, 1);
	const int64_t one = (int64_t)1 << (NN_MOMENT_BITS + NN_INVERSE_BITS);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->n, 1, 0) == 0 &&
	    mpc_product(S, &r.word[0], &rows, &g->information, &g->covariance) == 0)
		rc = glm_count_outside(S, &count, &r.word[0], one - one / 16, one + one / 16);
	room_close(&r);
	return (rc);
}

/*
 * Sums of w x^2 have room up to 2^8 N, as pivots have: so all do if the sum over the columns does,
 * of w and squares with ${bits}, which keep it below 2^61: w is at most 2^11, and the squares of a
 * row 2^8 n.
 */
#define MOST_MEAN_LOG 8

int
glm_check_moments(struct mpc *S, struct glm *g, const struct mpc_vector *w)
{
	const struct bilinear squares = bilinear_columns(g->rows, g->n, 1),
	    inner = bilinear_columns(1, g->rows, 1);
	const unsigned bits = (61 - 19 - 2 * g->log_rows) / 2 < 6 ?
	    (61 - 19 - 2 * g->log_rows) / 2 : 6;
	struct mpc_vector count = mpc_part(&g->faults, GLM_FAULTY_ROOM, 1), sum;
	struct room r;
	int rc = -1;

	if (g->how.family != GLM_POISSON && !g->how.inverse)
		return (0);
	if (room_open(&r, S, g->rows, 3, 0) == 0 &&
	    mpc_product(S, &r.word[0], &squares, &g->x, &g->x) == 0 &&
	    mpc_truncate(S, &r.word[1], &r.word[0], 2 * g->x_bits - bits) == 0 &&
	    mpc_truncate(S, &r.word[2], w, GLM_STEP_BITS - bits) == 0) {
		sum = mpc_part(&r.word[0], 0, 1);
		if (mpc_product(S, &sum, &inner, &r.word[1], &r.word[2]) == 0)
			rc = glm_count_outside(S, &count, &sum, -(int64_t)g->rows,
			    (int64_t)1 << (2 * bits + g->log_rows + MOST_MEAN_LOG));
	}
	room_close(&r);
	return (rc);
}
