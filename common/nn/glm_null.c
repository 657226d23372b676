#include "nn/glm_internal.h"

#include <string.h>

#include "func/divisor.h"
#include "func/function.h"
#include "mpc/room.h"

/*
 * A binomial model of the intercept alone, beside an offset, which no formula gives: by steps
 * R / (W + |R| / 2), which are Newton's in the end, and never longer than 2.
 */
#define NULL_STEPS 16
#define CONVERGED_LOG 12 /* of R */

struct null_model {
	struct glm *g;
	struct glm_rows v;
	struct mpc_vector b;     /* the intercept; GLM_STEP_BITS */
	struct mpc_vector sums;  /* W and R, four times what they are, over N; NN_MOMENT_BITS */
	struct mpc_vector size;  /* |R| */
};

static void
null_free(struct null_model *m)
{

	glm_rows_free(&m->v);
	mpc_vector_free(&m->b);
	mpc_vector_free(&m->sums);
	mpc_vector_free(&m->size);
}

static int
null_new(struct mpc *S, struct null_model *m, struct glm *g)
{

	memset(m, 0, sizeof(*m));
	m->g = g;
	return ((glm_rows_new(S, &m->v, g->rows) == -1 || mpc_vector_new(S, &m->b, 1) == -1 ||
	    mpc_vector_new(S, &m->sums, 2) == -1 || mpc_vector_new(S, &m->size, 1) == -1) ? -1 :
	    0);
}

/* The sum of ${x}, weighted. */
static int
sum_to(struct mpc *S, struct null_model *m, size_t which, struct mpc_vector *x)
{
	struct mpc_vector to = mpc_part(&m->sums, which, 1);

	if (glm_weigh_rows(S, m->g, x) == -1)
		return (-1);
	mpc_zero(&to);
	mpc_add_sum(&to, x);
	return (mpc_shift(S, &to, &to, NN_MOMENT_BITS - GLM_STEP_BITS - (int)m->g->log_rows));
}

/* What the family says of all rows, and its sums. */
static int
find_null_rows(struct mpc *S, struct null_model *m)
{
	const struct glm *g = m->g;
	struct mpc_vector R = mpc_part(&m->sums, 1, 1);
	struct room r;
	int rc = -1;

	mpc_columns_spread(&m->v.distance, &m->b, g->rows, 1);
	mpc_scale(&m->v.eta, &m->v.distance, (int64_t)1 << g->x_bits);
	glm_add_bits(&m->v.eta, &g->task->data.offset, glm_eta_bits(g) - NN_BITS, 1);
	if (room_open(&r, S, 1, 0, 1) == 0 && glm_find_binomial_rows(S, g, &m->v) == 0 &&
	    sum_to(S, m, 0, &m->v.w) == 0 && sum_to(S, m, 1, &m->v.r) == 0 &&
	    (rc = mpc_relu(S, &m->size, r.bit, &R, NN_MOMENT_BITS + 4, 0)) == 0) {
		mpc_scale(&m->size, &m->size, 2);
		mpc_subtract(&m->size, &m->size, &R);
	}
	room_close(&r);
	return (rc);
}

static int
take_null_step(struct mpc *S, struct null_model *m)
{
	struct nn_equations e;
	struct mpc_vector to;
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if (nn_equations_new(S, &e, 1, 1) == 0 && room_open(&r, S, 1, 2, 0) == 0 &&
	    mpc_truncate(S, &r.word[0], &m->size, 1) == 0) {
		mpc_copy(&e.rows, &m->sums);
		to = mpc_part(&e.rows, 0, 1);
		mpc_add(&to, &to, &r.word[0]);
		to = mpc_part(&e.rows, 1, 1);
		if (nn_equations_solve(S, &e) == 0 && mpc_truncate(S, &r.word[1], &to,
		    NN_FACTOR_BITS - GLM_STEP_BITS) == 0) {
			mpc_add(&m->b, &m->b, &r.word[1]);
			rc = 0;
		}
	}
	nn_equations_free(&e);
	room_close(&r);
	return (rc);
}

/* The figure, or -1 where R is not next to 0. */
static int
put_null(struct mpc *S, struct null_model *m)
{
	static const int64_t most = (int64_t)1 << (NN_MOMENT_BITS - CONVERGED_LOG);
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &most };
	const int64_t none = -((int64_t)1 << GLM_FIGURE_BITS);
	struct mpc_vector figure = mpc_part(&m->g->figures, GLM_NULL, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, 1, 1) == 0 && mpc_compare(S, r.bit, &m->size, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .word = &figure, .weight = { 1 } },
			{ .bit = r.bit, .word = &figure, .weight = { -1 }, .constant = { none } },
		};

		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 2,
			.terms = terms,
			.results = 1 });
		mpc_copy(&figure, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

int
glm_find_null(struct mpc *S, struct glm *g)
{
	struct null_model m;
	unsigned step;
	int rc;

	if ((rc = null_new(S, &m, g)) == 0)
		rc = find_null_rows(S, &m);
	for (step = 0; step < NULL_STEPS && g->how.intercept && rc == 0; step++) {
		if ((rc = take_null_step(S, &m)) == 0)
			rc = find_null_rows(S, &m);
	}
	if (rc == 0 && (rc = glm_find_loss(S, g, GLM_NULL, &m.v)) == 0 && g->how.intercept)
		rc = put_null(S, &m);
	null_free(&m);
	return (rc);
}
