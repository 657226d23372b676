#include "nn/float64.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "nn/float64_internal.h"
#include "nn/learner_network.h"
#include "nn/train.h"

#define ADAM_EPSILON 1e-8
#define LEAST_PROBABILITY 0x1p-16
#define SAME_CLASS 0x1p-17 /* half a unit of a label with NN_BITS */

/* A network on its way: parameters one behind the other, and a batch. */
struct lesson {
	const struct nn_job *j;
	struct nn_network *net;
	const struct float64_data *data;
	struct float64_layer layers[NN_MAX_LAYERS];
	size_t first;              /* the first layer that is trained */
	size_t parameters;
	double *value, *gradient;
	/* of the optimizer: SGD keeps nothing, momentum one number, Adam two */
	double *state[2];
	size_t rows;               /* of a batch */
	double *x, *labels, *weights; /* weights: NULL: all are 1 */
	double *d;                 /* the gradient at the end of the network */
	size_t *order;
	double loss, correct;      /* sums over the epoch */
};

/* ---- parameters ---- */

/* Visit all parameters: their words, and where their numbers are. */
static int
parameters_each(struct lesson *c, int (*visit)(struct nn_parameter *p, double *value))
{
	struct nn_parameter *list[2 * NN_MAX_LAYERS];
	size_t count = nn_network_parameters(c->net, list), n = 0, i;

	for (i = 0; i < count; n += list[i++]->value.n) {
		if (visit(list[i], c->value + n) == -1)
			return (-1);
	}
	return (0);
}

static int
take_parameter(struct nn_parameter *p, double *value)
{
	double *x;

	if ((x = float64_from_words(p->value.n, mpc_clear_words(&p->value), NN_BITS)) == NULL)
		return (-1);
	memcpy(value, x, p->value.n * sizeof(*x));
	free(x);
	return (0);
}

static int
put_parameter(struct nn_parameter *p, double *value)
{

	return (float64_to_words(mpc_clear_words(&p->value), value, p->value.n, NN_BITS, p->name));
}

/* ---- room ---- */

/* No row has so many numbers that their bytes cannot be counted. */
static double *
numbers(size_t rows, size_t cols)
{

	return (mem_array(rows, cols * sizeof(double)));
}

/* Where the next parameter of a layer is among all. */
static void
place(struct lesson *c, const struct nn_parameter *p, double **value, double **gradient, size_t *at)
{

	if (p->rows == 0)
		return;
	*value = c->value + *at;
	*gradient = c->gradient + *at;
	*at += p->value.n;
}

static int
layer_open(struct lesson *c, size_t i, size_t *at)
{
	const struct nn_layer *l = &c->net->layers[i];
	struct float64_layer *f = &c->layers[i];
	size_t in = nn_size(l->in);

	f->l = l;
	if ((f->type = float64_layer_find(l->type->name)) == NULL)
		return (fail(ST_USAGE, "layer %zu, %s, has no float64 form", l->index,
		    l->type->name));
	place(c, &l->weight, &f->weight, &f->d_weight, at);
	place(c, &l->bias, &f->bias, &f->d_bias, at);
	if ((f->given = numbers(c->rows, nn_size(l->out))) == NULL ||
	    (l->fixed != NULL &&
	    (f->fixed = float64_from_words(in * l->count, l->fixed, NN_BITS)) == NULL) ||
	    (l->kernel > 0 && l->weight.rows > 0 &&
	    (f->columns = numbers(l->weight.cols, l->out.height * l->out.width)) == NULL))
		return (-1);
	return ((i > c->first && (f->gradient = numbers(c->rows, in)) == NULL) ? -1 : 0);
}

static int
lesson_open(struct lesson *c)
{
	struct nn_network *net = c->net;
	struct nn_parameter *list[2 * NN_MAX_LAYERS];
	size_t count = nn_network_parameters(net, list), states = (size_t)c->j->task.how.optimizer,
	    at = 0, i;

	for (i = 0; i < count; i++)
		c->parameters += list[i]->value.n;
	while (net->layers[c->first].weight.rows == 0)
		c->first++;
	c->rows = (c->data->rows < c->j->task.how.batch) ? c->data->rows : c->j->task.how.batch;
	if ((c->value = numbers(c->parameters, 1)) == NULL ||
	    (c->gradient = numbers(c->parameters, 1)) == NULL ||
	    (states > 0 && (c->state[0] = numbers(c->parameters, 1)) == NULL) ||
	    (states > 1 && (c->state[1] = numbers(c->parameters, 1)) == NULL) ||
	    (c->x = numbers(c->rows, c->data->cols)) == NULL ||
	    (c->labels = numbers(c->rows, c->data->out)) == NULL || (c->data->weights != NULL &&
	    (c->weights = numbers(c->rows, c->data->out)) == NULL) ||
	    (c->d = numbers(c->rows, c->data->out)) == NULL ||
	    (c->order = mem_array(c->data->rows, sizeof(*c->order))) == NULL)
		return (-1);
	for (i = 0; i < net->n; i++) {
		if (layer_open(c, i, &at) == -1)
			return (-1);
	}
	return (0);
}

static void
lesson_close(struct lesson *c)
{
	size_t i;

	for (i = 0; i < NN_MAX_LAYERS; i++) {
		free(c->layers[i].fixed);
		free(c->layers[i].columns);
		free(c->layers[i].given);
		free(c->layers[i].gradient);
	}
	free(c->value);
	free(c->gradient);
	free(c->state[0]);
	free(c->state[1]);
	free(c->x);
	free(c->labels);
	free(c->weights);
	free(c->d);
	free(c->order);
}

/* ---- optimizers: the gradient is the mean over the batch ---- */

/*
 * gradient = clip(sum / rows) + l2 weight, in this order, as on shares; biases have no pull.
 */
static void
float64_regularize(struct lesson *c)
{
	const struct nn_training *t = &c->j->task.how;
	const struct float64_layer *l;
	double limit = nn_clip(t);
	size_t i, k;

	for (i = 0; i < c->parameters; i++) {
		c->gradient[i] /= (double)c->rows;
		if (limit != 0)
			c->gradient[i] = fmax(-limit, fmin(limit, c->gradient[i]));
	}
	for (k = 0; k < c->net->n; k++) {
		l = &c->layers[k];
		for (i = 0; l->weight != NULL && i < l->l->weight.value.n; i++)
			l->d_weight[i] += t->l2 * l->weight[i];
	}
}

/* w -= rate g. */
static void
float64_step_sgd(struct lesson *c, double rate)
{
	size_t i;

	for (i = 0; i < c->parameters; i++)
		c->value[i] -= rate * c->gradient[i];
}

/* u = momentum u + rate g;  w -= u. */
static void
float64_step_momentum(struct lesson *c, double rate)
{
	double *u = c->state[0];
	size_t i;

	for (i = 0; i < c->parameters; i++) {
		u[i] = c->j->task.how.momentum * u[i] + rate * c->gradient[i];
		c->value[i] -= u[i];
	}
}

/*
 * m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
 * w -= rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon), where t = ${count}.
 */
static void
float64_step_adam(struct lesson *c, double rate, uint64_t count)
{
	const struct nn_training *t = &c->j->task.how;
	double *m = c->state[0], *v = c->state[1];
	double m_part = 1 - pow(t->beta1, (double)count), v_part = 1 - pow(t->beta2, (double)count);
	size_t i;

	for (i = 0; i < c->parameters; i++) {
		m[i] = t->beta1 * m[i] + (1 - t->beta1) * c->gradient[i];
		v[i] = t->beta2 * v[i] + (1 - t->beta2) * c->gradient[i] * c->gradient[i];
		c->value[i] -= rate * (m[i] / m_part) / (sqrt(v[i] / v_part) + ADAM_EPSILON);
	}
}

static void
float64_optimize(struct lesson *c, double rate, uint64_t count)
{

	float64_regularize(c);
	if (c->j->task.how.optimizer == NN_SGD)
		float64_step_sgd(c, rate);
	else if (c->j->task.how.optimizer == NN_MOMENTUM)
		float64_step_momentum(c, rate);
	else
		float64_step_adam(c, rate, count);
}

/* ---- measures ---- */

/* -ln(due), where a probability that shares would round to 0 counts as the least that they have. */
static double
log_loss(double due)
{

	return (-log((due > LEAST_PROBABILITY) ? due : LEAST_PROBABILITY));
}

/* A row of the network's classes: its largest number should be where the label is 1. */
static void
measure_classes(struct lesson *c, const double *p, const double *y)
{
	double due = 0, class = 0;
	size_t best = 0, k;

	for (k = 0; k < c->data->out; k++) {
		due += y[k] * p[k];
		class += (double)k * y[k];
		best = (p[k] > p[best]) ? k : best;
	}
	c->loss += log_loss(due);
	c->correct += (fabs(class - (double)best) < SAME_CLASS);
}

/*
 * Sums of the loss, and of what is right, of the first ${rows} rows of a batch: squares, or -ln of
 * the probability 1 - y - p + 2 y p that was given to the label y.
 */
static void
float64_measure(struct lesson *c, size_t rows)
{
	const double *y = c->labels, *given = c->layers[c->net->n - 1].given;
	size_t out = c->data->out, n = rows * out, i;

	if (c->net->loss == NN_CROSS_ENTROPY) {
		for (i = 0; i < n; i += out)
			measure_classes(c, given + i, y + i);
		return;
	}
	for (i = 0; i < n; i++) {
		if (c->net->loss == NN_MSE)
			c->loss += (given[i] - y[i]) * (given[i] - y[i]);
		else
			c->loss += log_loss(1 - y[i] - given[i] + 2 * y[i] * given[i]);
		c->correct += (given[i] >= 0.5) ? y[i] : 1 - y[i];
	}
}

/* ---- steps ---- */

static void
float64_gather(double *z, const double *x, const size_t *rows, size_t count, size_t width)
{
	size_t i;

	for (i = 0; i < count; i++)
		memcpy(z + i * width, x + rows[i] * width, width * sizeof(*z));
}

/* What layer ${i} takes. */
static const double *
taken(const struct lesson *c, size_t i)
{

	return ((i > 0) ? c->layers[i - 1].given : c->x);
}

/* After a sigmoid or a softmax the gradient of the loss is simple before it: it starts there. */
static void
gradient(struct lesson *c)
{
	const struct nn_network *net = c->net;
	const double *given = c->layers[net->n - 1].given, *dy = c->d;
	double factor = (net->loss == NN_MSE) ? 2 : 1;
	size_t i;

	for (i = 0; i < c->rows * c->data->out; i++)
		c->d[i] = factor * (given[i] - c->labels[i]) * ((c->weights != NULL) ?
		    c->weights[i] : 1);
	for (i = (net->loss == NN_MSE) ? net->n : net->n - 1; i-- > c->first;) {
		c->layers[i].type->backward(&c->layers[i], taken(c, i), dy, c->rows);
		dy = c->layers[i].gradient;
	}
}

/* Pass rows through the network, and measure what it gives. */
static void
float64_give(struct lesson *c, const size_t *rows, size_t count)
{
	size_t i;

	float64_gather(c->x, c->data->x, rows, count, c->data->cols);
	float64_gather(c->labels, c->data->labels, rows, count, c->data->out);
	for (i = 0; i < c->net->n; i++)
		c->layers[i].type->forward(&c->layers[i], taken(c, i), count);
	float64_measure(c, count);
}

static void
float64_step(struct lesson *c, const size_t *rows, double rate, uint64_t count)
{

	float64_give(c, rows, c->rows);
	if (c->weights != NULL)
		float64_gather(c->weights, c->data->weights, rows, c->rows, c->data->out);
	gradient(c);
	float64_optimize(c, rate, count);
}

/* ---- epochs ---- */

static bool
in_range(const double *x, size_t n)
{
	size_t i;

	/* What is no number is in no range. */
	for (i = 0; i < n && fabs(x[i]) < (1 << NN_RANGE_BITS); i++)
		;
	return (i == n);
}

static int
float64_check_range(const struct lesson *c, uint64_t steps)
{
	char place[LEARNER_MAX_PLACE_BYTES];
	bool in[NN_MAX_LAYERS];
	const struct float64_layer *l;
	size_t i;

	for (i = 0; i < c->net->n; i++) {
		l = &c->layers[i];
		in[i] = l->weight == NULL || (in_range(l->weight, l->l->weight.value.n) &&
		    in_range(l->bias, l->l->bias.value.n));
	}
	learner_network_name(c->net, in, place);
	return (nn_job_left_range(c->j, place, steps, false));
}

static int
float64_end_epoch(struct lesson *c, uint64_t epoch, uint64_t steps)
{
	struct nn_progress p = { .epoch = epoch + 1, .step = (epoch + 1) * steps };

	if (float64_check_range(c, p.step) == -1)
		return (-1);
	p.has_loss = c->j->task.loss;
	p.has_accuracy = c->j->task.accuracy;
	p.loss = c->loss / (double)c->data->rows;
	p.accuracy = learner_accuracy(c->j->learner, c->correct, c->data->rows);
	return ((c->j->progress != NULL) ? c->j->progress(c->j->state, &p) : 0);
}

static int
float64_run_epoch(struct lesson *c, uint64_t epoch)
{
	const struct nn_training *t = &c->j->task.how;
	uint64_t steps = nn_steps_per_epoch(t, c->data->rows), i;

	nn_order(c->order, c->data->rows, t->seed, epoch);
	c->loss = c->correct = 0;
	for (i = 0; i < steps; i++)
		float64_step(c, c->order + i * c->rows, t->rate / (1 + t->decay * (double)epoch),
		    epoch * steps + i + 1);
	/* Those that have no step. */
	float64_give(c, c->order + steps * c->rows, c->data->rows - steps * c->rows);
	return (float64_end_epoch(c, epoch, steps));
}

int
float64_train(const struct nn_job *j, const struct float64_data *data)
{
	struct lesson c;
	uint64_t epoch;
	int rc;

	memset(&c, 0, sizeof(c));
	c.j = j;
	if ((c.net = learner_network_of(j->learner)) == NULL)
		return (fail(ST_USAGE, "--float: a %s has no float64 form",
		    j->learner->kind->name));
	c.data = data;
	if ((rc = lesson_open(&c)) == 0)
		rc = parameters_each(&c, take_parameter);
	for (epoch = 0; epoch < j->task.how.epochs && rc == 0; epoch++)
		rc = float64_run_epoch(&c, epoch);
	if (rc == 0)
		rc = parameters_each(&c, put_parameter);
	lesson_close(&c);
	return (rc);
}
