#include "nn/float64.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/float64_internal.h"
#include "nn/glm_internal.h"

/* A generalized linear model by the formulas of learner_glm.c, in float64. */
struct float64_model {
	const struct nn_job *j;
	struct glm *g;
	size_t rows, n;
	double *x;                 /* rows x n, with the intercept's column */
	double *y, *offset, *prior;
	double *eta, *w, *r;       /* of each row, w and r without the weights of rows */
	double *b, *H, *V, *d;     /* n; n x n, and its inverse; n and a gradient */
	double scale, count, pull; /* of labels; N; as learner_glm.c has it, but for N */
	double figures[GLM_FIGURES];
	bool collinear;
};

#define LEAST_PIVOT 0x1p-16
#define MOST_DISTANCE 0.01

/* ---- what is learnt from ---- */

static void
float64_model_free(struct float64_model *m)
{

	free(m->x);
	free(m->y);
	free(m->offset);
	free(m->prior);
	free(m->eta);
	free(m->w);
	free(m->r);
	free(m->b);
	free(m->H);
	free(m->V);
	free(m->d);
}

/* Numbers of words, or as many times ${otherwise} where there are none. */
static double *
numbers_or(const struct mpc_vector *v, size_t n, unsigned f, double otherwise)
{
	double *x;
	size_t i;

	if (v->n > 0)
		return (float64_from_words(n, mpc_clear_words(v), f));
	if ((x = mem_array(n, sizeof(*x))) == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		x[i] = otherwise;
	return (x);
}

static int
take_x(struct float64_model *m, const struct nn_data *data)
{
	size_t first = m->g->how.intercept, cols = m->n - first, i, j;
	double *x = float64_from_words(m->rows * cols, mpc_clear_words(&data->x), data->bits);

	if (x == NULL || (m->x = mem_array(m->rows * m->n, sizeof(*m->x))) == NULL) {
		free(x);
		return (-1);
	}
	for (i = 0; i < m->rows; i++) {
		m->x[i * m->n] = 1;
		for (j = 0; j < cols; j++)
			m->x[i * m->n + first + j] = x[i * cols + j];
	}
	free(x);
	return (0);
}

/* Labels, by their mean where there are logarithms; without an intercept that is an offset. */
static void
scale_glm_labels(struct float64_model *m)
{
	double sum = 0;
	size_t i;

	m->scale = 1;
	for (i = 0; i < m->rows; i++)
		sum += m->y[i];
	if (glm_is_power(m->g) && sum > 0)
		m->scale = (double)m->rows / sum;
	for (i = 0; i < m->rows; i++) {
		m->y[i] *= m->scale;
		m->offset[i] += (m->g->how.intercept || m->g->how.inverse) ? 0 : log(m->scale);
	}
}

static int
take_glm_data(struct float64_model *m, const struct nn_data *data)
{
	const unsigned bits = (m->g->how.family == GLM_GAUSSIAN) ? data->bits :
	    m->g->how.proportions ? NN_BITS + GLM_PROPORTION_BITS : NN_BITS;
	size_t n = m->n;

	if (take_x(m, data) == -1 ||
	    (m->y = numbers_or(&data->labels, m->rows, bits, 0)) == NULL ||
	    (m->offset = numbers_or(&data->offset, m->rows, NN_BITS, 0)) == NULL ||
	    (m->prior = numbers_or(&data->prior, m->rows, NN_PRIOR_BITS, 1)) == NULL ||
	    (m->eta = mem_array(m->rows, sizeof(double))) == NULL ||
	    (m->w = mem_array(m->rows, sizeof(double))) == NULL ||
	    (m->r = mem_array(m->rows, sizeof(double))) == NULL ||
	    (m->b = mem_array(n, sizeof(double))) == NULL ||
	    (m->H = mem_array(n * n, sizeof(double))) == NULL ||
	    (m->V = mem_array(n * n, sizeof(double))) == NULL ||
	    (m->d = mem_array(2 * n, sizeof(double))) == NULL)
		return (-1);
	for (m->count = 1; m->count < (double)m->rows;)
		m->count *= 2;
	m->pull = m->g->how.ridge * (double)m->rows;
	scale_glm_labels(m);
	return (0);
}

/* ---- steps ---- */

static double
bound_of(double v, double low, double high)
{

	return (fmin(fmax(v, low), high));
}

static void
respond_in_row(struct float64_model *m, size_t i, bool first)
{
	const enum glm_family family = m->g->how.family;
	const double y = m->y[i], eta = m->eta[i];
	double mu;

	m->w[i] = 1;
	if (family == GLM_GAUSSIAN) {
		m->r[i] = y - eta;
	} else if (family == GLM_BINOMIAL) {
		mu = 1 / (1 + exp(-bound_of(eta, -15, 15)));
		m->w[i] = mu * (1 - mu);
		m->r[i] = y - mu;
	} else if (family == GLM_POISSON) {
		m->w[i] = first ? y + 0.1 : exp(bound_of(eta, -11.78, 7.62));
		m->r[i] = first ? m->w[i] * (log(m->w[i]) - eta) : y - m->w[i];
	} else if (m->g->how.inverse) {
		mu = first ? fmin(y, 32) : 1 / bound_of(eta, 1.0 / 32, 64);
		m->w[i] = mu * mu;
		m->r[i] = first ? mu : mu - y;
	} else {
		m->r[i] = first ? log(y) - eta : exp(bound_of(log(y) - eta, -11.78, 7.62)) - 1;
	}
}

static void
find_responses(struct float64_model *m, bool first)
{
	size_t i, j;

	for (i = 0; i < m->rows; i++) {
		m->eta[i] = m->offset[i];
		for (j = 0; j < m->n; j++)
			m->eta[i] += m->x[i * m->n + j] * m->b[j];
		respond_in_row(m, i, first);
	}
}

/* H and, behind the direction, the gradient. */
static void
find_glm_sums(struct float64_model *m)
{
	size_t n = m->n, i, j, k;
	double *gradient = m->d + n;
	const double *x;

	memset(m->H, 0, n * n * sizeof(*m->H));
	memset(gradient, 0, n * sizeof(*gradient));
	for (i = 0; i < m->rows; i++) {
		x = m->x + i * n;
		for (j = 0; j < n; j++) {
			gradient[j] += x[j] * m->r[i] * m->prior[i];
			for (k = 0; k < n; k++)
				m->H[j * n + k] += x[j] * x[k] * m->w[i] * m->prior[i];
		}
	}
	for (j = m->g->how.intercept; j < n; j++) {
		gradient[j] -= m->pull * m->b[j];
		m->H[j * n + j] += m->pull;
	}
}

/* V = the inverse of H, by Gauss and Jordan. */
static void
invert_sums(struct float64_model *m)
{
	size_t n = m->n, i, j, k;
	double *H = m->H, *V = m->V, f;

	memset(V, 0, n * n * sizeof(*V));
	for (i = 0; i < n; i++)
		V[i * n + i] = 1;
	m->collinear = false;
	for (k = 0; k < n; k++) {
		f = H[k * n + k] * glm_unit(m->g) / m->count;
		m->collinear = m->collinear || !(f >= LEAST_PIVOT);
		f = (f < LEAST_PIVOT) ? 0 : 1 / H[k * n + k];
		for (j = 0; j < n; j++) {
			H[k * n + j] *= f;
			V[k * n + j] *= f;
		}
		for (i = 0; i < n; i++) {
			f = (i == k) ? 0 : H[i * n + k];
			for (j = 0; j < n; j++) {
				H[i * n + j] -= f * H[k * n + j];
				V[i * n + j] -= f * V[k * n + j];
			}
		}
	}
}

/* The square of the direction in standard errors. */
static double
find_step(struct float64_model *m)
{
	size_t n = m->n, i, j;
	double square = 0;

	for (i = 0; i < n; i++) {
		m->d[i] = 0;
		for (j = 0; j < n; j++)
			m->d[i] += m->V[i * n + j] * m->d[n + j];
		square += m->d[i] * m->d[n + i];
	}
	return (square);
}

/* ---- figures ---- */

static double
log_or_0(double v)
{

	return ((v > 0) ? log(v) : 0);
}

/* ln(1 + e^eta) - y eta */
static double
logistic_loss(double eta, double y)
{

	return (log1p(exp(-fabs(eta))) + fmax(eta, 0) - y * eta);
}

/* Half the null deviance of a binomial model with an offset, by the steps of glm_null.c. */
static void
find_null_of_offset(struct float64_model *m)
{
	double b = 0, mu, w, r, loss;
	size_t step, i;

	for (step = 0; step <= 100; step++) {
		for (i = 0, w = r = loss = 0; i < m->rows; i++) {
			mu = 1 / (1 + exp(-b - m->offset[i]));
			r += m->prior[i] * (m->y[i] - mu);
			w += m->prior[i] * mu * (1 - mu);
			loss += m->prior[i] * logistic_loss(b + m->offset[i], m->y[i]);
		}
		if (!m->g->how.intercept || r == 0)
			break;
		b += r / (w + fabs(r) / 2);
	}
	m->figures[GLM_NULL] = loss;
}

/* ln z! - z ln z + z */
static double
remainder_of(double z)
{

	return (lgamma(z + 1) - z * log_or_0(z) + z);
}

/* What a row adds to figures that have weights. */
static void
add_row_figures(struct float64_model *m, size_t i)
{
	const enum glm_family family = m->g->how.family;
	const bool inverse = m->g->how.inverse;
	const double y = m->y[i], z = y / m->scale, w = m->prior[i],
	    eta = inverse ? -log(m->eta[i]) : m->eta[i],
	    r = inverse ? y * m->eta[i] - 1 : m->r[i],
	    ly = log_or_0(y), trials = ldexp(w, m->j->task.data.prior_log);
	/* As the null model has it: without what stands for an intercept. */
	const double o = m->offset[i] - ((m->g->how.intercept || inverse) ? 0 : log(m->scale));
	double *f = m->figures;

	f[GLM_ROWS] += (w > 0);
	f[GLM_WEIGHT] += w;
	f[GLM_LABEL] += w * ((family == GLM_GAUSSIAN) ? y - o : (family == GLM_GAMMA) ?
	    y * exp(-o) : y);
	if (family == GLM_GAUSSIAN) {
		f[GLM_DEVIANCE] += w * r * r;
		f[GLM_NULL] += w * (y - o) * (y - o);
		f[GLM_ALONE] += log_or_0(w);
	} else if (family == GLM_BINOMIAL) {
		f[GLM_DEVIANCE] += w * logistic_loss(eta, y);
		f[GLM_POSITIVE] -= w * (y * log_or_0(y) + (1 - y) * log_or_0(1 - y));
		f[GLM_ALONE] += m->g->how.proportions ? remainder_of(trials) -
		    remainder_of(trials * y) - remainder_of(trials * (1 - y)) : 0;
	} else if (family == GLM_POISSON) {
		f[GLM_DEVIANCE] += w * (y * (ly - eta) - r);
		f[GLM_NULL] += w * y * (ly - o);
		f[GLM_OFFSET] += w * exp(o);
		f[GLM_POSITIVE] += w * (y > 0);
		f[GLM_LOGARITHM] += (y > 0) ? w * (remainder_of(z) + (ly - log(z)) / 2) : 0;
	} else {
		f[GLM_DEVIANCE] += w * (r - (ly - eta));
		f[GLM_NULL] += w * (ly - o);
		f[GLM_PEARSON] += w * r * r;
		f[GLM_LOGARITHM] += w * ly;
	}
}

static void
sum_all_figures(struct float64_model *m)
{
	size_t i;

	for (i = 0; i < m->rows; i++)
		add_row_figures(m, i);
	if (m->g->how.family == GLM_BINOMIAL && m->g->how.offset)
		find_null_of_offset(m);
	m->figures[GLM_UNIT] = log2(m->count / glm_unit(m->g));
	m->figures[GLM_PRIOR] = m->j->task.data.prior_log;
	if (glm_is_power(m->g)) {
		m->figures[GLM_SCALE] = ldexp(m->scale, 12);
		m->figures[GLM_MEAN] = 1 / m->scale;
	}
}

/* Whether labels and weights are what the family takes. */
static bool
family_takes(const struct float64_model *m)
{
	const enum glm_family family = m->g->how.family;
	size_t i;

	for (i = 0; i < m->rows; i++) {
		if (m->g->how.inverse && !(m->eta[i] > 1.0 / 32 && m->eta[i] < 64))
			return (false);
		if (m->prior[i] < 0 || (family == GLM_POISSON && m->y[i] < 0) ||
		    (family == GLM_GAMMA && m->y[i] <= 0) ||
		    (family == GLM_BINOMIAL && !(m->y[i] >= 0 && m->y[i] <= 1)))
			return (false);
	}
	return (true);
}

static int
put_model(struct float64_model *m)
{
	size_t n = m->n, i;

	for (i = 0; i < n * n; i++)
		m->V[i] *= m->count / glm_unit(m->g);
	return ((float64_to_words(mpc_clear_words(&m->g->coefficients), m->b, n, GLM_BETA_BITS,
	    "the coefficients") == -1 ||
	    float64_to_words(mpc_clear_words(&m->g->covariance), m->V, n * n, NN_INVERSE_BITS,
	    "their covariance") == -1) ? -1 :
	    float64_to_words(mpc_clear_words(&m->g->figures), m->figures, GLM_FIGURES,
	    GLM_FIGURE_BITS, "the figures"));
}

int
float64_glm(const struct nn_job *j)
{
	struct float64_model m = { .j = j, .g = (struct glm *)j->learner,
		.rows = j->task.data.rows };
	double distance = 0;
	size_t step, i;
	int rc;

	m.n = m.g->n;
	rc = take_glm_data(&m, &j->task.data);
	for (step = 0; step <= m.g->how.steps && rc == 0; step++) {
		find_responses(&m, step == 0);
		find_glm_sums(&m);
		invert_sums(&m);
		distance = find_step(&m);
		if (step == m.g->how.steps)
			sum_all_figures(&m);
		for (i = 0; i < m.n; i++)
			m.b[i] += m.d[i];
	}
	if (rc == 0 && (m.collinear || !(distance < MOST_DISTANCE * MOST_DISTANCE) ||
	    !family_takes(&m)))
		rc = nn_job_left_range(j, "the model", step, false);
	if (rc == 0)
		rc = put_model(&m);
	float64_model_free(&m);
	return (rc);
}
