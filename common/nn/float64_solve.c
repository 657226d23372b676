#include "nn/float64.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/float64_internal.h"
#include "nn/least_squares.h"

/*
 * Least squares by the formulas of least_squares.c, in float64.  Rows of ${m} are what is known of
 * each feature: its covariances with all features, and with all labels.
 */
struct float64_solver {
	const struct nn_job *j;
	const struct float64_data *d;
	size_t n, width;
	double *m, *mean, *w;
};

#define LEAST_PIVOT 0x1p-16

/* Number ${k} of row ${i}: a feature, or a label behind them. */
static double
number_at(const struct float64_solver *s, size_t i, size_t k)
{

	return ((k < s->n) ? s->d->x[i * s->n + k] : s->d->labels[i * s->d->out + k - s->n]);
}

static void
float64_means(struct float64_solver *s)
{
	size_t i, k;

	for (i = 0; i < s->d->rows; i++) {
		for (k = 0; k < s->width; k++)
			s->mean[k] += number_at(s, i, k) / (double)s->d->rows;
	}
}

static void
float64_covariances(struct float64_solver *s)
{
	size_t i, j, k;
	double v;

	for (i = 0; i < s->d->rows; i++) {
		for (j = 0; j < s->n; j++) {
			v = (number_at(s, i, j) - s->mean[j]) / (double)s->d->rows;
			for (k = 0; k < s->width; k++)
				s->m[j * s->width + k] += v * (number_at(s, i, k) - s->mean[k]);
		}
	}
	for (j = 0; j < s->n; j++)
		s->m[j * s->width + j] += s->j->task.how.l2 / 2;
}

/* Eliminate feature ${i} from those behind it; one of which the others say all counts as none. */
static void
eliminate_feature(struct float64_solver *s, size_t i)
{
	double *row = s->m + i * s->width, *other, f;
	size_t j, k;

	f = (row[i] < LEAST_PIVOT) ? 0 : 1 / row[i];
	for (j = i + 1; j < s->n; j++) {
		other = s->m + j * s->width;
		for (k = s->width; k-- > i;)
			other[k] -= other[i] * f * row[k];
	}
	for (k = i; k < s->width; k++)
		row[k] *= f;
}

static void
substitute_back(struct float64_solver *s)
{
	size_t out = s->d->out, i, j, k;
	const double *row;

	for (i = s->n; i-- > 0;) {
		row = s->m + i * s->width;
		for (k = 0; k < out; k++) {
			s->w[i * out + k] = row[s->n + k];
			for (j = i + 1; j < s->n; j++)
				s->w[i * out + k] -= row[j] * s->w[j * out + k];
		}
	}
}

/* What label ${k} is to be, less what row ${i} of the features gives. */
static double
residual(const struct float64_solver *s, size_t i, size_t k)
{
	double v = number_at(s, i, s->n + k) - s->mean[s->n + k];
	size_t j;

	for (j = 0; j < s->n; j++)
		v -= (number_at(s, i, j) - s->mean[j]) * s->w[j * s->d->out + k];
	return (v);
}

static double
mean_loss(const struct float64_solver *s)
{
	double sum = 0;
	size_t i, k;

	for (i = 0; i < s->d->rows; i++) {
		for (k = 0; k < s->d->out; k++)
			sum += residual(s, i, k) * residual(s, i, k);
	}
	return (sum / (double)s->d->rows);
}

/* The weights, and the biases that go with them, into the learner's words. */
static int
put_lines(struct float64_solver *s)
{
	struct learner_tensor list[LEARNER_MAX_TENSORS];
	size_t out = s->d->out, j, k;

	(void)s->j->learner->kind->tensors(s->j->learner, list);
	for (j = 0; j < s->n * out; j++) {
		if (!(fabs(s->w[j]) < 1 << NN_RANGE_BITS))
			return (nn_job_left_range(s->j, "the model", 1, false));
	}
	if (float64_to_words(mpc_clear_words(list[0].v), s->w, s->n * out, NN_BITS,
	    "the weights") == -1)
		return (-1);
	for (k = 0; k < out; k++) {
		for (j = 0; j < s->n; j++)
			s->mean[s->n + k] -= s->mean[j] * s->w[j * out + k];
	}
	return (float64_to_words(mpc_clear_words(list[1].v), s->mean + s->n, out, NN_BITS,
	    "the biases"));
}

int
float64_solve(const struct nn_job *j, const struct float64_data *data)
{
	struct float64_solver s = { .j = j, .d = data, .n = data->cols,
		.width = data->cols + data->out };
	struct nn_progress p = { .epoch = 1, .step = 1, .has_loss = j->task.loss };
	size_t i;
	int rc = -1;

	s.m = mem_array(s.n * s.width, sizeof(*s.m));
	s.mean = mem_array(s.width, sizeof(*s.mean));
	s.w = mem_array(s.n * data->out, sizeof(*s.w));
	if (s.m != NULL && s.mean != NULL && s.w != NULL) {
		float64_means(&s);
		float64_covariances(&s);
		for (i = 0; i < s.n; i++)
			eliminate_feature(&s, i);
		substitute_back(&s);
		p.loss = mean_loss(&s);
		rc = put_lines(&s);
	}
	if (rc == 0 && j->progress != NULL)
		rc = j->progress(j->state, &p);
	free(s.m);
	free(s.mean);
	free(s.w);
	return (rc);
}
