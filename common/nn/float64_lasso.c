#include "nn/float64.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/float64_internal.h"
#include "nn/lasso_internal.h"

/*
 * A path of lassos in float64, by coordinate descent: one coefficient after the other is what makes
 * least, until none moves.  With labels 0 and 1 the same on Newton's steps.
 */
struct float64_path {
	const struct nn_job *j;
	struct lasso *a;
	size_t rows, n;
	double *x, *y;         /* rows x n, with the intercept's column; labels */
	double *w, *r;         /* of each row */
	double *H, *gradient;  /* X'WX / n; at b */
	double *b, *path;      /* n; n x lambdas */
	double *figures;
};

#define MOST_SWEEPS 20000
#define MOST_NEWTON_STEPS 60
#define STILL 1e-11 /* what moves by less than this has come to its end */

static void
float64_path_free(struct float64_path *m)
{

	free(m->x);
	free(m->y);
	free(m->w);
	free(m->r);
	free(m->H);
	free(m->gradient);
	free(m->b);
	free(m->path);
	free(m->figures);
}

static int
float64_path_new(struct float64_path *m, const struct nn_job *j)
{
	const struct nn_data *d = &j->task.data;
	size_t lambdas;

	memset(m, 0, sizeof(*m));
	m->j = j;
	m->a = (struct lasso *)j->learner;
	m->rows = d->rows;
	m->n = m->a->rows.n;
	lambdas = m->a->how.count;
	return (((m->x = float64_features(d, m->n, 1)) == NULL ||
	    (m->y = float64_from_words(m->rows, mpc_clear_words(&d->labels),
	    (m->a->how.family == GLM_GAUSSIAN) ? d->bits : NN_BITS)) == NULL ||
	    (m->w = mem_array(m->rows, sizeof(double))) == NULL ||
	    (m->r = mem_array(m->rows, sizeof(double))) == NULL ||
	    (m->H = mem_array(m->n * m->n, sizeof(double))) == NULL ||
	    (m->gradient = mem_array(m->n, sizeof(double))) == NULL ||
	    (m->b = mem_array(m->n, sizeof(double))) == NULL ||
	    (m->path = mem_array(m->n * lambdas, sizeof(double))) == NULL ||
	    (m->figures = mem_array(LASSO_DEVIANCE + lambdas, sizeof(double))) == NULL) ? -1 : 0);
}

/* w, r and the mean of what the deviance is made of, with b. */
static double
find_path_rows(struct float64_path *m)
{
	double eta, mu, sum = 0;
	size_t i, j;

	for (i = 0; i < m->rows; i++) {
		for (j = 0, eta = 0; j < m->n; j++)
			eta += m->x[i * m->n + j] * m->b[j];
		m->w[i] = 1;
		m->r[i] = m->y[i] - eta;
		if (m->a->how.family == GLM_BINOMIAL) {
			mu = 1 / (1 + exp(-eta));
			m->w[i] = mu * (1 - mu);
			m->r[i] = m->y[i] - mu;
			sum += log1p(exp(-fabs(eta))) + fmax(eta, 0) - m->y[i] * eta;
		} else
			sum += m->r[i] * m->r[i];
	}
	return (sum / (double)m->rows);
}

static void
find_path_moments(struct float64_path *m)
{
	const double share = 1 / (double)m->rows;
	const double *x;
	size_t i, j, k;

	memset(m->H, 0, m->n * m->n * sizeof(*m->H));
	memset(m->gradient, 0, m->n * sizeof(*m->gradient));
	for (i = 0; i < m->rows; i++) {
		x = m->x + i * m->n;
		for (j = 0; j < m->n; j++) {
			m->gradient[j] += share * x[j] * m->r[i];
			for (k = 0; k < m->n; k++)
				m->H[j * m->n + k] += share * m->w[i] * x[j] * x[k];
		}
	}
}

/* Bring coefficient ${j} to its best; return how far it moved. */
static double
move_coefficient(struct float64_path *m, size_t j, double lambda)
{
	const double alpha = m->a->how.alpha, own = m->H[j * m->n + j],
	    threshold = (j > 0) ? lambda * alpha : 0,
	    v = own * m->b[j] + m->gradient[j],
	    pull = (j > 0) ? lambda * (1 - alpha) : 0,
	    to = (own > 0) ? copysign(fmax(fabs(v) - threshold, 0), v) / (own + pull) : 0,
	    by = to - m->b[j];
	size_t k;

	for (k = 0; k < m->n && by != 0; k++)
		m->gradient[k] -= m->H[k * m->n + j] * by;
	m->b[j] = to;
	return (fabs(by));
}

/* Return how far a coefficient moved at most, or INFINITY where they do not come to an end. */
static double
descend(struct float64_path *m, double lambda)
{
	double moved, most = 0;
	size_t sweep, j;

	for (sweep = 0; sweep < MOST_SWEEPS; sweep++) {
		for (j = 0, moved = 0; j < m->n; j++)
			moved = fmax(moved, move_coefficient(m, j, lambda));
		most = fmax(most, moved);
		if (moved < STILL)
			return (most);
	}
	return (INFINITY);
}

/* Return 0, or -1 where it does not come to an end. */
static int
find_lambda(struct float64_path *m, size_t i)
{
	double moved = INFINITY;
	size_t step, j;

	for (step = 0; step < MOST_NEWTON_STEPS && moved > sqrt(STILL); step++) {
		(void)find_path_rows(m);
		find_path_moments(m);
		moved = descend(m, m->a->how.lambda[i]);
		if (m->a->how.family == GLM_GAUSSIAN && isfinite(moved))
			moved = 0;
	}
	m->figures[LASSO_DEVIANCE + i] = find_path_rows(m);
	for (j = 0; j < m->n; j++)
		m->path[j * m->a->how.count + i] = m->b[j];
	return ((moved <= sqrt(STILL)) ? 0 : -1);
}

static int
put_path(struct float64_path *m)
{
	const struct lasso *a = m->a;
	size_t i;

	m->figures[LASSO_ROWS] = (double)m->rows;
	for (i = 0; i < m->rows; i++) {
		m->figures[LASSO_LABEL] += m->y[i] / (double)m->rows;
		if (a->how.family == GLM_GAUSSIAN)
			m->figures[LASSO_SQUARE] += m->y[i] * m->y[i] / (double)m->rows;
	}
	return ((float64_to_words(mpc_clear_words(&a->path), m->path, m->n * a->how.count,
	    GLM_BETA_BITS, "the coefficients") == -1) ? -1 :
	    float64_to_words(mpc_clear_words(&a->figures), m->figures, LASSO_DEVIANCE +
	    a->how.count, LASSO_FIGURE_BITS, "the figures"));
}

int
float64_lasso(const struct nn_job *j)
{
	struct float64_path m;
	size_t i;
	int rc;

	rc = float64_path_new(&m, j);
	for (i = 0; rc == 0 && i < m.a->how.count; i++) {
		if (find_lambda(&m, i) == -1)
			rc = nn_job_left_range(j, "the model", i + 1, false);
	}
	if (rc == 0)
		rc = put_path(&m);
	float64_path_free(&m);
	return (rc);
}
