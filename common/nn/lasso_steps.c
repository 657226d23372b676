#include "nn/lasso_internal.h"

#include <math.h>
#include <string.h>

#include "func/divisor.h"
#include "func/function.h"
#include "mpc/room.h"

/*
 * Douglas and Rachford's splitting (ADMM): with q = g + H b of the coefficients b that moments and
 * gradient were found at,
 *
 *   b = M (q + rho (z - u)),   v = 3/2 b - 1/2 z + u,   z = prox(v),   u = v - z
 *
 * comes to the z that makes 1/2 z'Hz - q'z and the norms least, whatever rho is, soonest where it
 * is about half the root of lambda; 3/2 is over-relaxation.  prox brings a slope nearer to 0 by the
 * threshold lambda alpha / rho, and divides it by 1 + lambda (1 - alpha) / rho.  So slopes are 0 to
 * the last bit, or are not.
 */

/* Bits of factors that are next to 1. */
#define FACTOR_BITS 20

static size_t
lasso_width(const struct lasso *a)
{

	return (a->rows.n);
}

static struct mpc_vector
z_of(const struct lasso *a)
{

	return (mpc_part(&a->state, 0, lasso_width(a)));
}

static struct mpc_vector
u_of(const struct lasso *a)
{

	return (mpc_part(&a->state, lasso_width(a), lasso_width(a)));
}

/* x = x N / n. */
static int
divide_by_rows(struct mpc *S, const struct lasso *a, struct mpc_vector *x)
{
	const struct glm *g = &a->rows;

	if (g->rows == (size_t)1 << g->log_rows)
		return (0);
	mpc_scale(x, x, llrint(ldexp((double)((size_t)1 << g->log_rows) / (double)g->rows,
	    FACTOR_BITS)));
	return (mpc_truncate(S, x, x, FACTOR_BITS));
}

/* mean = sum / n, of a sum with GLM_STEP_BITS. */
static int
mean_of_sum(struct mpc *S, const struct lasso *a, struct mpc_vector *mean,
    const struct mpc_vector *sum)
{

	return ((mpc_shift(S, mean, sum, LASSO_FIGURE_BITS - GLM_STEP_BITS -
	    (int)a->rows.log_rows) == -1) ? -1 : divide_by_rows(S, a, mean));
}

/* ---- moments ---- */

/* X'r / n */
static int
find_slope(struct mpc *S, struct lasso *a, struct mpc_vector *gradient, const struct mpc_vector *r)
{

	return ((glm_find_gradient(S, &a->rows, gradient, r) == -1) ? -1 :
	    divide_by_rows(S, a, gradient));
}

/* A public number on the diagonal of a square matrix. */
static void
add_to_diagonal(struct mpc_vector *x, size_t n, int64_t c)
{
	struct mpc_vector one;
	size_t j;

	for (j = 0; j < n; j++) {
		one = mpc_part(x, j * n + j, 1);
		mpc_add_public(&one, &one, c);
	}
}

/*
 * M = (H + rho)^-1: what elimination gives, which has few bits, and a step of Newton's and
 * Schulz's: M + M (1 - (H + rho) M).
 */
static int
invert_moments(struct mpc *S, struct lasso *a, unsigned pull_log)
{
	const size_t n = lasso_width(a);
	const struct bilinear times = bilinear_matrices(n, n, n);
	const unsigned bits = LASSO_INVERSE_BITS - pull_log;
	struct nn_equations e;
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if (nn_equations_new(S, &e, n, 0) == 0 && room_open(&r, S, n * n, 2, 0) == 0) {
		e.inverse = true;
		e.pull = ldexp(1, -(int)pull_log);
		mpc_copy(&e.rows, &a->moments);
		add_to_diagonal(&e.rows, n, (int64_t)1 << (NN_MOMENT_BITS - pull_log));
		mpc_copy(&r.word[0], &e.rows);
		if (nn_equations_solve(S, &e) == 0 && glm_times(S, &r.word[1], &times, &r.word[0],
		    &e.rows, NN_INVERSE_BITS) == 0) {
			mpc_scale(&r.word[1], &r.word[1], -1);
			add_to_diagonal(&r.word[1], n, (int64_t)1 << NN_MOMENT_BITS);
			rc = glm_times(S, &a->inverse, &times, &e.rows, &r.word[1],
			    NN_INVERSE_BITS + NN_MOMENT_BITS - bits);
			mpc_add_scaled(&a->inverse, &e.rows,
			    (int64_t)1 << (bits - NN_INVERSE_BITS));
		}
	}
	nn_equations_free(&e);
	room_close(&r);
	return (rc);
}

/* H */
static int
find_moments_of_rows(struct mpc *S, struct lasso *a, const struct mpc_vector *w)
{

	return ((glm_find_moments(S, &a->rows, &a->moments, w) == -1) ? -1 :
	    divide_by_rows(S, a, &a->moments));
}

/* M for lambda ${i}: with gaussian it stays while the pull does. */
static int
find_inverse(struct mpc *S, struct lasso *a, size_t i, const struct mpc_vector *w)
{
	const unsigned pull_log = lasso_pull_log(&a->how, i, lasso_width(a));

	if (a->how.family != GLM_GAUSSIAN)
		return ((find_moments_of_rows(S, a, w) == -1) ? -1 :
		    invert_moments(S, a, pull_log));
	if (a->inverted && a->pull_log == pull_log)
		return (0);
	a->inverted = true;
	a->pull_log = pull_log;
	return (invert_moments(S, a, pull_log));
}

/* All that the rows say, with gaussian. */
static int
find_least_squares(struct mpc *S, struct lasso *a)
{
	struct mpc_vector sum = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, a->rows.rows, 1, 0) == 0 && mpc_vector_new(S, &sum, 1) == 0 &&
	    find_slope(S, a, &a->products, &a->rows.y) == 0 &&
	    find_moments_of_rows(S, a, NULL) == 0 &&
	    glm_times_step(S, &r.word[0], &a->rows.y, &a->rows.y) == 0) {
		mpc_add_sum(&sum, &r.word[0]);
		rc = mean_of_sum(S, a, &a->square, &sum);
	}
	mpc_vector_free(&sum);
	room_close(&r);
	a->ready = true;
	return (rc);
}

/* ---- norms ---- */

/*
 * z = what is left of v, of slopes alone, once its magnitude is less by ${threshold}, times
 * ${factor}; words differ from the thresholds by less than 2^range.
 */
struct shrinking {
	double threshold, factor;
	unsigned range;
};

static int
shrink_slopes(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *v,
    const struct shrinking *s)
{
	const int64_t t = llrint(ldexp(s->threshold, LASSO_STATE_BITS)), ends[] = { t, 1 - t };
	const struct mpc_comparison c = { .high = s->range, .count = 2, .thresholds = ends };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, v->n, 0, 2) == 0 && mpc_compare(S, r.bit, v, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = &r.bit[0], .word = v, .weight = { 1 }, .constant = { -t } },
			{ .bit = &r.bit[1], .word = v, .weight = { 1 }, .constant = { t } },
		};

		mpc_not(&r.bit[1], &r.bit[1]);
		rc = mpc_select(S, z, &(struct mpc_selection){ .count = 2, .terms = terms,
			.results = 1 });
	}
	room_close(&r);
	if (rc == -1 || s->factor == 1)
		return (rc);
	mpc_scale(z, z, llrint(ldexp(s->factor, FACTOR_BITS)));
	return (mpc_truncate(S, z, z, FACTOR_BITS));
}

/* z = prox(v); the intercept stays. */
static int
shrink(struct mpc *S, const struct lasso *a, struct mpc_vector *z, const struct mpc_vector *v,
    const struct shrinking *s)
{
	const size_t n = lasso_width(a) - 1;
	const struct mpc_vector from = mpc_part(v, 1, n), first = mpc_part(v, 0, 1);
	struct mpc_vector to = mpc_part(z, 1, n), intercept = mpc_part(z, 0, 1);

	mpc_copy(&intercept, &first);
	return (shrink_slopes(S, &to, &from, s));
}

/* That of lambda ${i}, for steps of length 2^log. */
static struct shrinking
shrinking_of(const struct lasso *a, size_t i, unsigned log, unsigned range)
{
	const double lambda = ldexp(a->how.lambda[i] * glm_unit(&a->rows), (int)log);

	return ((struct shrinking){ .threshold = lambda * a->how.alpha,
		.factor = 1 / (1 + lambda * (1 - a->how.alpha)),
		.range = range });
}

/* ---- steps ---- */

/* v = 3/2 M (q + rho (z - u)) - z / 2 + u, of q / rho. */
static int
find_v(struct mpc *S, struct lasso *a, struct mpc_vector *v, const struct mpc_vector *q)
{
	const unsigned bits = LASSO_INVERSE_BITS;
	const struct bilinear times = bilinear_matrices(v->n, v->n, 1);
	struct mpc_vector z = z_of(a), u = u_of(a);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, v->n, 2, 0) == 0) {
		mpc_add(&r.word[0], q, &z);
		mpc_subtract(&r.word[0], &r.word[0], &u);
		if (mpc_product(S, &r.word[1], &times, &a->inverse, &r.word[0]) == 0) {
			mpc_scale(&r.word[1], &r.word[1], 3);
			mpc_add_scaled(&r.word[1], &z, -((int64_t)1 << bits));
			mpc_add_scaled(&r.word[1], &u, (int64_t)2 << bits);
			rc = mpc_truncate(S, v, &r.word[1], bits + 1);
		}
	}
	room_close(&r);
	return (rc);
}

/* Words that steps are cut to, and differ from a threshold by. */
#define STATE_RANGE (MPC_NUMBER_RANGE - LASSO_INVERSE_BITS - 1)

_Static_assert(LASSO_MOST_LAMBDA * 4 << LASSO_LEAST_PULL_LOG < 1 << (STATE_RANGE -
    LASSO_STATE_BITS),
    "thresholds are where words are");

/* The proximal steps of lambda ${i}, and z then, where coefficients may be; of q / rho. */
static int
take_proximal_steps(struct mpc *S, struct lasso *a, size_t i, const struct mpc_vector *q)
{
	const struct shrinking s = shrinking_of(a, i, lasso_pull_log(&a->how, i, lasso_width(a)),
	    STATE_RANGE + 1);
	const int64_t most = (int64_t)1 << (GLM_BETA_LIMIT_LOG + LASSO_STATE_BITS);
	struct mpc_vector z = z_of(a), u = u_of(a);
	struct room r;
	unsigned step;
	int rc = -1;

	if (room_open(&r, S, z.n, 2, 0) == 0) {
		for (step = 0, rc = 0; step < a->how.steps && rc == 0; step++) {
			if ((rc = find_v(S, a, &r.word[0], q)) == 0)
				rc = shrink(S, a, &r.word[1], &r.word[0], &s);
			mpc_copy(&z, &r.word[1]);
			mpc_subtract(&u, &r.word[0], &z);
		}
		if (rc == 0 && (rc = mpc_clip_any(S, &r.word[0], &z, -most, most)) == 0)
			mpc_copy(&z, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/* q / rho of q; and rho u stays what it was with the lambda before. */
static void
begin_proximal_steps(struct lasso *a, struct lasso_place place, struct mpc_vector *q)
{
	const unsigned pull_log = lasso_pull_log(&a->how, place.lambda, lasso_width(a));
	struct mpc_vector u = u_of(a);

	mpc_scale(q, q, (int64_t)1 << pull_log);
	if (place.first && place.lambda > 0)
		mpc_scale(&u, &u, (int64_t)1 << (pull_log - lasso_pull_log(&a->how,
		    place.lambda - 1, lasso_width(a))));
}

/* q = g + H b */
static int
find_target(struct mpc *S, struct lasso *a, struct mpc_vector *q, const struct mpc_vector *gradient)
{
	const size_t n = lasso_width(a);
	const struct bilinear times = bilinear_matrices(n, n, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 1, 0) == 0 && mpc_product(S, &r.word[0], &times, &a->moments,
	    &a->rows.coefficients) == 0) {
		mpc_add_scaled(&r.word[0], gradient, (int64_t)1 << GLM_BETA_BITS);
		rc = mpc_truncate(S, q, &r.word[0], NN_MOMENT_BITS + GLM_BETA_BITS -
		    LASSO_STATE_BITS);
	}
	room_close(&r);
	return (rc);
}

/* ---- the end of a lambda ---- */

/* Count coefficients that a proximal step of length 1 would still change. */
static int
check_lambda(struct mpc *S, struct lasso *a, size_t i, const struct mpc_vector *gradient)
{
	const struct shrinking s = shrinking_of(a, i, 0, MPC_WORD_RANGE);
	const int64_t most = (int64_t)1 << (LASSO_STATE_BITS - LASSO_TOLERANCE_LOG);
	struct mpc_vector z = z_of(a), count = mpc_part(&a->faults, i, 1);
	struct room r;
	int rc = -1;

	mpc_zero(&count);
	if (room_open(&r, S, z.n, 2, 0) == 0 && mpc_truncate(S, &r.word[0], gradient,
	    NN_MOMENT_BITS - LASSO_STATE_BITS) == 0) {
		mpc_add(&r.word[0], &r.word[0], &z);
		if (shrink(S, a, &r.word[1], &r.word[0], &s) == 0) {
			mpc_subtract(&r.word[1], &r.word[1], &z);
			rc = glm_count_outside(S, &count, &r.word[1], -most, most + 1);
		}
	}
	room_close(&r);
	return (rc);
}

/* The mean of squared residuals: that of y^2, less b'(X'y / n + gradient). */
static int
find_squared_residuals(struct mpc *S, struct lasso *a, struct mpc_vector *to,
    const struct mpc_vector *gradient)
{
	const struct bilinear inner = bilinear_columns(1, lasso_width(a), 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, lasso_width(a), 1, 0) == 0) {
		mpc_add(&r.word[0], &a->products, gradient);
		rc = glm_times(S, to, &inner, &a->rows.coefficients, &r.word[0],
		    GLM_BETA_BITS + NN_MOMENT_BITS - LASSO_FIGURE_BITS);
		mpc_scale(to, to, -1);
		mpc_add(to, to, &a->square);
	}
	room_close(&r);
	return (rc);
}

static int
find_lambda_deviance(struct mpc *S, struct lasso *a, size_t i, const struct mpc_vector *gradient,
    const struct glm_rows *v)
{
	struct mpc_vector to = mpc_part(&a->figures, LASSO_DEVIANCE + i, 1),
	    sum = mpc_part(&a->rows.figures, GLM_DEVIANCE, 1);

	if (a->how.family == GLM_GAUSSIAN)
		return (find_squared_residuals(S, a, &to, gradient));
	return ((glm_find_figures(S, &a->rows, v) == -1) ? -1 : mean_of_sum(S, a, &to, &sum));
}

static int
end_lambda(struct mpc *S, struct lasso *a, size_t i, const struct mpc_vector *gradient,
    const struct glm_rows *v)
{

	mpc_columns_set(&a->path, &a->rows.coefficients, lasso_width(a), a->how.count, i);
	return ((check_lambda(S, a, i, gradient) == -1) ? -1 :
	    find_lambda_deviance(S, a, i, gradient, v));
}

/* What all lambdas have in common. */
static int
end_path(struct mpc *S, struct lasso *a)
{
	struct mpc_vector rows = mpc_part(&a->figures, LASSO_ROWS, 1),
	    label = mpc_part(&a->figures, LASSO_LABEL, 1),
	    square = mpc_part(&a->figures, LASSO_SQUARE, 1), sum = { .n = 0 };
	int rc;

	mpc_zero(&rows);
	mpc_add_public(&rows, &rows, (int64_t)a->rows.rows << LASSO_FIGURE_BITS);
	mpc_zero(&square);
	if (a->how.family == GLM_GAUSSIAN)
		mpc_copy(&square, &a->square);
	if ((rc = mpc_vector_new(S, &sum, 1)) == 0) {
		mpc_add_sum(&sum, &a->rows.y);
		rc = mean_of_sum(S, a, &label, &sum);
	}
	mpc_vector_free(&sum);
	return (rc);
}

/* ---- all of it ---- */

/* X'y / n - H b */
static int
find_gaussian_gradient(struct mpc *S, struct lasso *a, struct mpc_vector *gradient)
{
	const size_t n = lasso_width(a);
	const struct bilinear times = bilinear_matrices(n, n, 1);

	if ((!a->ready && find_least_squares(S, a) == -1) || glm_times(S, gradient, &times,
	    &a->moments, &a->rows.coefficients, GLM_BETA_BITS) == -1)
		return (-1);
	mpc_scale(gradient, gradient, -1);
	mpc_add(gradient, gradient, &a->products);
	return (0);
}

int
lasso_take_step(struct mpc *S, struct lasso *a, struct lasso_place place)
{
	const bool gaussian = (a->how.family == GLM_GAUSSIAN),
	    last = (place.lambda == a->how.count);
	struct mpc_vector z = z_of(a);
	struct glm_rows v;
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	mpc_scale(&a->rows.coefficients, &z, (int64_t)1 << (GLM_BETA_BITS - LASSO_STATE_BITS));
	if (glm_rows_new(S, &v, gaussian ? 0 : a->rows.rows) == -1 ||
	    room_open(&r, S, z.n, 2, 0) == -1)
		goto out;
	if (gaussian ? find_gaussian_gradient(S, a, &r.word[0]) == -1 :
	    glm_find_rows(S, &a->rows, &v, false) == -1 ||
	    find_slope(S, a, &r.word[0], &v.r) == -1)
		goto out;
	if (place.first && place.lambda > 0 &&
	    end_lambda(S, a, place.lambda - 1, &r.word[0], &v) == -1)
		goto out;
	if (last)
		rc = end_path(S, a);
	else if (find_inverse(S, a, place.lambda, &v.w) == 0 &&
	    find_target(S, a, &r.word[1], &r.word[0]) == 0) {
		begin_proximal_steps(a, place, &r.word[1]);
		rc = take_proximal_steps(S, a, place.lambda, &r.word[1]);
	}
out:
	glm_rows_free(&v);
	room_close(&r);
	return (rc);
}
