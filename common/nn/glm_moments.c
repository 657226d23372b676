#include "nn/glm_internal.h"

#include "base/diag.h"
#include "func/moments.h"

#define MAX_X_BITS 20
#define LEAST_ROWS 2

/* ---- room ---- */

static unsigned
log_ceiling(size_t n)
{
	unsigned bits = 0;

	while (((size_t)1 << bits) < n)
		bits++;
	return (bits);
}

/* fx: what eta, with b and features at their limits, X'WX and X'r have room for. */
unsigned
glm_bits_of_x(const struct learner *l, size_t rows)
{
	const struct glm *g = (const struct glm *)l;
	unsigned L = log_ceiling(rows), fx = MAX_X_BITS,
	    spare = (g->how.family == GLM_POISSON || g->how.inverse) ? 9 : 2;

	while (fx + GLM_STEP_BITS + L / 2 + 2 + GLM_BETA_LIMIT_LOG + log_ceiling(g->n) > 62 ||
	    2 * fx + L + spare > 61 || fx + GLM_STEP_BITS + L + (glm_is_power(g) ? 6 : 2) > 61)
		fx--;
	return (fx);
}

/* ---- rows ---- */

/* x, with the intercept's column in front. */
static int
lay_features(struct mpc *S, struct glm *g, const struct nn_data *d)
{
	size_t cols = nn_size(g->is.in), first = g->how.intercept;
	const unsigned bits = (d->bits > 0) ? d->bits : NN_BITS;
	struct mpc_vector ones = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &g->x, g->rows * g->n) == 0 &&
	    mpc_vector_new(S, &ones, g->rows) == 0) {
		mpc_columns_lay(&g->x, g->n, first, &d->x, cols, 0, cols);
		if (bits < g->x_bits)
			mpc_scale(&g->x, &g->x, (int64_t)1 << (g->x_bits - bits));
		mpc_add_public(&ones, &ones, (int64_t)1 << g->x_bits);
		if (first > 0)
			mpc_columns_set(&g->x, &ones, g->rows, g->n, 0);
		rc = 0;
	}
	mpc_vector_free(&ones);
	if (rc == 0 && bits > g->x_bits)
		rc = mpc_truncate(S, &g->x, &g->x, bits - g->x_bits);
	return (rc);
}

int
glm_begin_rows(struct mpc *S, struct glm *g, const struct nn_task *task)
{
	const struct nn_data *d = &task->data;

	g->task = task;
	g->rows = d->rows;
	g->log_rows = log_ceiling(g->rows);
	g->x_bits = glm_bits_of_x(&g->is, g->rows);
	if (g->rows < LEAST_ROWS || g->rows > MPC_MOMENTS_MAX_ROWS)
		return (fail(ST_RANGE, "a generalized linear model takes %d to %llu rows",
		    LEAST_ROWS, (unsigned long long)MPC_MOMENTS_MAX_ROWS));
	return ((lay_features(S, g, d) == -1 || glm_take_labels(S, g, d) == -1) ? -1 : 0);
}

void
glm_end_rows(struct glm *g)
{

	mpc_vector_free(&g->x);
	mpc_vector_free(&g->y);
	mpc_vector_free(&g->ly);
	mpc_vector_free(&g->ln_scale);
	mpc_vector_free(&g->labels);
	g->task = NULL;
}

/* ---- moments ---- */

int
glm_weigh_rows(struct mpc *S, const struct glm *g, struct mpc_vector *x)
{
	const struct mpc_vector *prior = &g->task->data.prior;

	return ((prior->n == 0) ? 0 : glm_times_step(S, x, x, prior));
}

int
glm_find_gradient(struct mpc *S, struct glm *g, struct mpc_vector *gradient,
    const struct mpc_vector *r)
{
	struct bilinear B = bilinear_matrices(g->n, g->rows, 1);

	B.x_transposed = true;
	B.threads = g->task->how.threads;
	return (glm_times(S, gradient, &B, &g->x, r, g->x_bits + GLM_STEP_BITS + g->log_rows -
	    NN_MOMENT_BITS));
}

/* wx = W X; X itself, where all weights are 1. */
static int
weigh_features(struct mpc *S, struct glm *g, struct mpc_vector *wx, const struct mpc_vector *w)
{
	const struct bilinear times = bilinear_elements(g->x.n);
	struct mpc_vector spread = { .n = 0 };
	int rc;

	if ((rc = mpc_vector_new(S, &spread, g->x.n)) == 0) {
		mpc_rows_spread(&spread, w, g->rows, g->n);
		rc = glm_times(S, wx, &times, &g->x, &spread, GLM_STEP_BITS);
	}
	mpc_vector_free(&spread);
	return (rc);
}

int
glm_find_moments(struct mpc *S, struct glm *g, struct mpc_vector *z, const struct mpc_vector *w)
{
	struct bilinear B = bilinear_matrices(g->n, g->rows, g->n);
	const bool weighted = glm_changes(g) || g->task->data.prior.n > 0;
	struct mpc_vector wx = { .n = 0 };
	int rc = 0;

	B.x_transposed = true;
	B.threads = g->task->how.threads;
	if (weighted && (rc = mpc_vector_new(S, &wx, g->x.n)) == 0)
		rc = weigh_features(S, g, &wx, w);
	if (rc == 0)
		rc = glm_times(S, z, &B, &g->x, weighted ? &wx : &g->x,
		    2 * g->x_bits + g->log_rows - NN_MOMENT_BITS);
	mpc_vector_free(&wx);
	return (rc);
}

int
glm_sum_figure(struct mpc *S, struct glm *g, enum glm_figure which, const struct mpc_vector *x)
{
	const struct bilinear inner = bilinear_columns(1, g->rows, 1);
	const struct mpc_vector *prior = &g->task->data.prior;
	struct mpc_vector to = mpc_part(&g->figures, which, 1);

	mpc_zero(&to);
	if (prior->n > 0)
		return (glm_times(S, &to, &inner, x, prior, GLM_STEP_BITS));
	mpc_add_sum(&to, x);
	return (0);
}
