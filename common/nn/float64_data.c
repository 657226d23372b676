#include "nn/float64.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "nn/float64_internal.h"
#include "nn/prepare.h"
#include "ring/fixed.h"

/* ---- words ---- */

double *
float64_from_words(size_t n, const uint64_t *words, unsigned f)
{
	double *x;
	size_t i;

	if ((x = mem_array(n, sizeof(*x))) == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		x[i] = fixed_to_double((int64_t)words[i], f, 1);
	return (x);
}

double *
float64_features(const struct nn_data *data, size_t n, size_t first)
{
	size_t cols = n - first, i, j;
	double *from = float64_from_words(data->rows * cols, mpc_clear_words(&data->x), data->bits),
	    *x;

	if (from == NULL || (x = mem_array(data->rows * n, sizeof(*x))) == NULL) {
		free(from);
		return (NULL);
	}
	for (i = 0; i < data->rows; i++) {
		for (j = 0; j < n; j++)
			x[i * n + j] = (j < first) ? 1 : from[i * cols + j - first];
	}
	free(from);
	return (x);
}

int
float64_to_words(uint64_t *words, const double *x, size_t n, unsigned f, const char *what)
{
	int64_t v;
	size_t i;

	for (i = 0; i < n; i++) {
		if (fixed_from_double(x[i], f, &v) != FIXED_OK)
			return (fail(ST_RANGE, "a number does not fit: %g, of %s, is beyond 64 "
			    "bits with %u fraction bits", x[i], what, f));
		words[i] = (uint64_t)v;
	}
	return (0);
}

/* ---- data ---- */

/* Labels 0 .. classes - 1, rounded, as rows of which one number is 1. */
static double *
one_hot(const double *labels, size_t rows, size_t classes)
{
	double *y;
	size_t r;

	if ((y = mem_array(rows * classes, sizeof(*y))) == NULL)
		return (NULL);
	for (r = 0; r < rows; r++) {
		double k = floor(labels[r] + 0.5);

		y[r * classes + ((k <= 0) ? 0 : (k >= (double)(classes - 1)) ? classes - 1 :
		    (size_t)k)] = 1;
	}
	return (y);
}

int
float64_data_new(struct float64_data *d, const struct nn_data *words, const struct nn_network *net)
{
	double *column;

	memset(d, 0, sizeof(*d));
	d->rows = words->rows;
	d->cols = nn_size(net->in);
	d->out = nn_size(net->layers[net->n - 1].out);
	if ((d->x = float64_from_words(words->x.n, mpc_clear_words(&words->x), NN_BITS)) == NULL ||
	    (d->labels = float64_from_words(words->labels.n, mpc_clear_words(&words->labels),
	    NN_BITS)) == NULL)
		return (-1);
	if (words->labels.n == d->rows * d->out)
		return (0);
	column = d->labels;
	d->labels = one_hot(column, d->rows, d->out);
	free(column);
	return ((d->labels == NULL) ? -1 : 0);
}

void
float64_data_free(struct float64_data *d)
{

	free(d->x);
	free(d->labels);
	free(d->weights);
	memset(d, 0, sizeof(*d));
}

/* ---- standardizing ---- */

#define LEAST_VARIANCE 0x1p-24

/* Rows of numbers. */
struct matrix {
	double *x;
	size_t rows, cols;
};

/* Mean and deviation of a column; a deviation of 0 where it is below 2^-12. */
static void
fit_column(const struct matrix *m, size_t j, double *mean, double *deviation)
{
	double sum = 0, squares = 0, v;
	size_t i;

	for (i = 0; i < m->rows; i++)
		sum += m->x[i * m->cols + j];
	*mean = sum / (double)m->rows;
	for (i = 0; i < m->rows; i++) {
		v = m->x[i * m->cols + j] - *mean;
		squares += v * v;
	}
	v = squares / (double)m->rows;
	*deviation = (v < LEAST_VARIANCE) ? 0 : sqrt(v);
}

static int
compare_numbers(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return ((x > y) - (x < y));
}

/* What of n numbers in order is at n - 1 times ${share}, or lies between two of them. */
static double
at_share(const double *sorted, size_t n, double share)
{
	const double h = share * (double)(n - 1);
	const size_t k = (size_t)h;

	return ((h > (double)k) ? sorted[k] + (h - (double)k) * (sorted[k + 1] - sorted[k]) :
	    sorted[k]);
}

/* A distance of less than half a unit is none. */
#define LEAST_DISTANCE ldexp(1, -NN_BITS - 1)

/* The median or the smallest number, and the distance of the quartiles or of both ends. */
static int
fit_in_order(const struct matrix *m, size_t j, enum nn_standard fit, double *first,
    double *distance)
{
	double *sorted = mem_array(m->rows, sizeof(*sorted));
	size_t i;

	if (sorted == NULL)
		return (-1);
	for (i = 0; i < m->rows; i++)
		sorted[i] = m->x[i * m->cols + j];
	qsort(sorted, m->rows, sizeof(*sorted), compare_numbers);
	*first = at_share(sorted, m->rows, (fit == NN_ROBUST) ? 0.5 : 0);
	*distance = (fit == NN_ROBUST) ? at_share(sorted, m->rows, 0.75) -
	    at_share(sorted, m->rows, 0.25) : sorted[m->rows - 1] - sorted[0];
	if (*distance < LEAST_DISTANCE)
		*distance = 0;
	mem_wipe_free(sorted, m->rows * sizeof(*sorted));
	return (0);
}

static int
fit_standard(const struct matrix *m, size_t j, enum nn_standard fit, double *mean, double *scale)
{

	if (fit != NN_DEVIATIONS)
		return (fit_in_order(m, j, fit, mean, scale));
	fit_column(m, j, mean, scale);
	return (0);
}

/* 1 / v, or 0. */
static double
turn(double v)
{

	return ((v == 0) ? 0 : 1 / v);
}

/* x = (x - mean) / deviation; words have the deviation or, with ${reciprocal}, 1 / deviation. */
static int
standardize_matrix(const struct matrix *m, struct mpc_vector *mean, struct mpc_vector *scale,
    bool reciprocal, enum nn_standard fit)
{
	const unsigned bits = reciprocal ? NN_SCALE_BITS : NN_DEVIATION_BITS;
	double *means, *scales, d;
	size_t i, j;
	int rc = -1;

	means = float64_from_words(m->cols, mpc_clear_words(mean), NN_BITS);
	scales = float64_from_words(m->cols, mpc_clear_words(scale), bits);
	if (means == NULL || scales == NULL)
		goto out;
	for (j = 0; j < m->cols; j++) {
		d = reciprocal ? turn(scales[j]) : scales[j];
		if (fit != NN_AS_THEY_ARE && fit_standard(m, j, fit, &means[j], &d) == -1)
			goto out;
		for (i = j; i < m->rows * m->cols; i += m->cols)
			m->x[i] = (m->x[i] - means[j]) * turn(d);
		scales[j] = reciprocal ? turn(d) : d;
	}
	if (fit == NN_AS_THEY_ARE ||
	    (float64_to_words(mpc_clear_words(mean), means, m->cols, NN_BITS, "the means") == 0 &&
	    float64_to_words(mpc_clear_words(scale), scales, m->cols, bits,
	    "the deviations") == 0))
		rc = 0;
out:
	free(means);
	free(scales);
	return (rc);
}

int
float64_data_standardize(struct float64_data *d, struct mpc_vector *mean,
    struct mpc_vector *scale, enum nn_standard fit)
{

	return (standardize_matrix(&(struct matrix){ d->x, d->rows, d->cols }, mean, scale, true,
	    fit));
}

int
float64_data_standardize_labels(struct float64_data *d, struct mpc_vector *mean,
    struct mpc_vector *deviation, bool fit)
{

	return (standardize_matrix(&(struct matrix){ d->labels, d->rows, d->out }, mean, deviation,
	    false, fit ? NN_DEVIATIONS : NN_AS_THEY_ARE));
}

/* ---- weights ---- */

int
float64_data_weigh(struct float64_data *d, enum nn_loss loss, const double *classes)
{
	size_t n = d->rows * d->out, i, k;
	double sum;

	if ((d->weights = mem_array(n, sizeof(*d->weights))) == NULL)
		return (-1);
	for (i = 0; i < n && loss == NN_BCE; i++)
		d->weights[i] = classes[0] + (classes[1] - classes[0]) * d->labels[i];
	for (i = 0; i < n && loss != NN_BCE; i += d->out) {
		for (k = 0, sum = 0; k < d->out; k++)
			sum += classes[k] * d->labels[i + k];
		for (k = 0; k < d->out; k++)
			d->weights[i + k] = sum;
	}
	return (0);
}
