/*
 * Networks: gradients of every layer against finite differences of the loss, which this program
 * computes in float64 by itself; training by masked parties against the same steps in float64.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "nn/prepare.h"
#include "nn/train.h"

#include "mapping.h"
#include "tap.h"
#include "train_epoch.h"
#include "world.h"

static uint64_t seed = 11;

static double
uniform(double limit)
{

	return (limit * (ldexp((double)(world_random(&seed) >> 11), -52) - 1));
}

static double
real(uint64_t v, unsigned f)
{

	return (ldexp((double)(int64_t)v, -(int)f));
}

static uint64_t
word_of(double v)
{

	return ((uint64_t)(int64_t)llrint(ldexp(v, NN_BITS)));
}

/* ---- float64, one row at a time ---- */

static void
clear_window(const struct nn_layer *l, const double *w, const double *bias, const double *x,
    double *y)
{
	const char *name = l->type->name;
	size_t c, i, j, ch, a, b, first, last;
	double v, sum;

	for (c = 0; c < l->out.channels; c++)
		for (i = 0; i < l->out.height; i++)
			for (j = 0; j < l->out.width; j++) {
				bool conv = strcmp(name, "conv2d") == 0;

				sum = conv ? bias[c] : (strcmp(name, "maxpool") == 0) ? -1e9 : 0;
				first = conv ? 0 : c;
				last = conv ? l->in.channels : c + 1;
				for (ch = first; ch < last; ch++)
					for (a = 0; a < l->kernel; a++)
						for (b = 0; b < l->kernel; b++) {
							ptrdiff_t yy = (ptrdiff_t)(i * l->stride +
							    a) - (ptrdiff_t)l->padding;
							ptrdiff_t xx = (ptrdiff_t)(j * l->stride +
							    b) - (ptrdiff_t)l->padding;

							if (yy < 0 || xx < 0 ||
							    yy >= (ptrdiff_t)l->in.height ||
							    xx >= (ptrdiff_t)l->in.width)
								continue;
							v = x[(ch * l->in.height + (size_t)yy) *
							    l->in.width + (size_t)xx];
							if (conv)
								sum += v *
								    w[((c * l->in.channels + ch) *
								    l->kernel + a) * l->kernel + b];
							else if (strcmp(name, "maxpool") == 0)
								sum = (v > sum) ? v : sum;
							else
								sum += v /
								    (double)(l->kernel * l->kernel);
						}
				y[(c * l->out.height + i) * l->out.width + j] = sum;
			}
}

static void
clear_layer(const struct nn_layer *l, const double *w, const double *bias, const double *x,
    double *y)
{
	const char *name = l->type->name;
	size_t n = nn_size(l->in), m = nn_size(l->out), i, j;
	double top = -1e9, sum = 0;

	if (strcmp(name, "conv2d") == 0 || strstr(name, "pool") != NULL) {
		clear_window(l, w, bias, x, y);
		return;
	}
	for (j = 0; j < m; j++) {
		if (strcmp(name, "dense") == 0 || strcmp(name, "reservoir") == 0) {
			y[j] = (strcmp(name, "dense") == 0) ? bias[j] : 0;
			for (i = 0; i < n; i++)
				y[j] += x[i] * ((l->fixed != NULL) ?
				    real(l->fixed[i * m + j], NN_BITS) : w[i * m + j]);
			if (l->fixed != NULL && y[j] < 0)
				y[j] = 0;
		} else if (strcmp(name, "relu") == 0) {
			y[j] = (x[j] > 0) ? x[j] : 0;
		} else if (strcmp(name, "sigmoid") == 0) {
			y[j] = 1 / (1 + exp(-x[j]));
		} else if (strcmp(name, "tanh") == 0) {
			y[j] = tanh(x[j]);
		} else {
			y[j] = x[j];
		}
		top = (x[j < n ? j : 0] > top) ? x[j < n ? j : 0] : top;
	}
	if (strcmp(name, "softmax") == 0) {
		for (j = 0; j < m; j++)
			sum += exp(x[j] - top);
		for (j = 0; j < m; j++)
			y[j] = exp(x[j] - top) / sum;
	}
}

/*
 * Summed loss over all rows, each times the weight of its class; ${w}[i] and ${bias}[i] are those
 * of layer i.
 */
static double
clear_loss(const struct nn_network *net, double *const *w, double *const *bias, const double *x,
    const double *labels, const double *classes, size_t rows)
{
	double *a = calloc(100000, sizeof(double)), *b = calloc(100000, sizeof(double)), *t,
	    loss = 0, d, weight;
	size_t out = nn_size(net->layers[net->n - 1].out), r, i, j;

	for (r = 0; r < rows; r++) {
		memcpy(a, x + r * nn_size(net->in), nn_size(net->in) * sizeof(double));
		for (i = 0; i < net->n; i++) {
			clear_layer(&net->layers[i], w[i], bias[i], a, b);
			t = a;
			a = b;
			b = t;
		}
		for (j = 0; j < out; j++) {
			d = labels[r * out + j];
			weight = (classes == NULL || net->loss != NN_CROSS_ENTROPY) ? 1 :
			    classes[j];
			if (net->loss == NN_MSE)
				loss += (a[j] - d) * (a[j] - d);
			else if (net->loss == NN_BCE)
				loss -= ((classes == NULL) ? 1 : classes[d > 0.5]) *
				    (d * log(a[j]) + (1 - d) * log(1 - a[j]));
			else
				loss -= (d > 0) ? weight * d * log(a[j]) : 0;
		}
	}
	free(a);
	free(b);
	return (loss);
}

/* ---- gradients ---- */

static void
test_gradient(const char *text, struct nn_shape in, size_t rows, const double *classes)
{
	struct nn_network *net = nn_network_new(text, in);
	struct mpc *S = mpc_new_plain(false);
	struct nn_parameter *list[2 * NN_MAX_LAYERS];
	struct nn_pass pass = { .S = S, .rows = rows, .threads = 1 };
	struct nn_tensor x;
	struct mpc_vector labels, weights;
	double *w[NN_MAX_LAYERS] = { NULL }, *bias[NN_MAX_LAYERS] = { NULL }, *cx, *cy, *at, slope,
	    got, worst = 0, largest = 0, h = 1e-5;
	size_t i, j, n, out, width;

	if (net == NULL || nn_network_start(net, S, 3) == -1)
		tap_bail("network");
	out = nn_size(net->layers[net->n - 1].out);
	width = nn_size(in);
	cx = calloc(rows * width, sizeof(double));
	cy = calloc(rows * out, sizeof(double));
	mpc_vector_new(S, &x.v, rows * width);
	x.f = NN_BITS;
	mpc_vector_new(S, &labels, rows * out);
	mpc_vector_new(S, &weights, rows * out);
	for (i = 0; i < rows * width; i++)
		cx[i] = real(x.v.held.m[i] = word_of(uniform(1)), NN_BITS);
	for (i = 0; i < rows; i++) {
		for (j = 0; j < out; j++)
			cy[i * out + j] = (net->loss == NN_CROSS_ENTROPY) ? (j == i % out) :
			    (net->loss == NN_BCE) ? (double)(i % 2) :
			    real(word_of(uniform(1)), NN_BITS);
		for (j = 0; j < out; j++)
			labels.held.m[i * out + j] = word_of(cy[i * out + j]);
	}
	for (i = 0; i < net->n; i++) {
		struct nn_layer *l = &net->layers[i];

		w[i] = calloc(l->weight.rows * l->weight.cols + 1, sizeof(double));
		bias[i] = calloc(l->bias.cols + 1, sizeof(double));
		for (j = 0; j < l->weight.rows * l->weight.cols; j++)
			w[i][j] = real(l->weight.value.held.m[j] = word_of(uniform(0.8)), NN_BITS);
		for (j = 0; j < l->bias.rows * l->bias.cols; j++)
			bias[i][j] = real(l->bias.value.held.m[j] = word_of(uniform(0.3)), NN_BITS);
	}
	if (classes != NULL &&
	    nn_class_weights(S, &weights, &labels, (net->loss == NN_CROSS_ENTROPY) ? out : 0,
	    classes) == -1)
		tap_bail("weights of classes");
	if (nn_gradient(net, &pass, &x, &labels, (classes != NULL) ? &weights : NULL) == -1)
		tap_bail("gradient");
	n = nn_network_parameters(net, list);
	for (i = 0; i < net->n; i++) {
		struct nn_parameter *q[2] = { &net->layers[i].weight, &net->layers[i].bias };
		size_t k, k2;

		for (k2 = 0; k2 < 2; k2++) {
			for (k = 0; k < q[k2]->rows * q[k2]->cols; k += 1 + q[k2]->rows *
			    q[k2]->cols / 60) {
				at = (k2 == 0) ? &w[i][k] : &bias[i][k];
				*at += h;
				slope = clear_loss(net, w, bias, cx, cy, classes, rows);
				*at -= 2 * h;
				slope = (slope - clear_loss(net, w, bias, cx, cy, classes, rows)) /
				    (2 * h);
				*at += h;
				got = real(q[k2]->gradient.v.held.m[k], q[k2]->gradient.f);
				worst = fmax(worst, fabs(got - slope));
				largest = fmax(largest, fabs(slope));
			}
		}
	}
	ok(n > 0 && largest > 0.01 && worst < 0.002 * (double)rows + 0.003 * largest,
	    "%s%s: gradient off by %g of up to %g", text, (classes != NULL) ? ", classes weighted" :
	    "", worst, largest);
	for (i = 0; i < net->n; i++) {
		free(w[i]);
		free(bias[i]);
	}
	free(cx);
	free(cy);
	mpc_vector_free(&x.v);
	mpc_vector_free(&labels);
	mpc_vector_free(&weights);
	nn_network_free(net);
	mpc_free(S);
}

/* ---- averages ---- */

/* A layer by itself, forward from ${f} fraction bits or back; a window is the image. */
struct averaging {
	struct mapping m;
	size_t side, rows;
	unsigned f; /* fraction bits of what is taken */
	bool back;
};

static unsigned
given_bits(const struct averaging *j)
{

	return (j->back ? NN_GRADIENT_BITS : NN_BITS);
}

static int
average_windows(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct averaging *j = state;
	struct nn_tensor from = { .v = *x, .f = j->f }, to = { .v = *y, .f = 0 };
	const struct nn_pass pass = { .S = S, .rows = j->rows, .threads = 1 };
	char text[40];
	struct nn_network *net;
	const struct nn_layer *l;
	int rc;

	snprintf(text, sizeof(text), "avgpool %zu, dense 1", j->side);
	if ((net = nn_network_new(text, (struct nn_shape){ 1, j->side, j->side })) == NULL)
		return (-1);
	l = &net->layers[0];
	rc = j->back ? l->type->backward(&net->layers[0], &pass, NULL, &from, &to) :
	    l->type->forward(&net->layers[0], &pass, &from, &to);
	nn_network_free(net);
	return ((rc == 0 && to.f == given_bits(j)) ? 0 : -1);
}

/*
 * Numbers up to nearly what may be averaged, and 0.1 and so on, against long double: a quotient is
 * less than 1.1 units off.
 */
static void
test_average(size_t side, unsigned f, bool back, bool faithful)
{
	struct averaging j = { .side = side, .rows = 640 / side, .f = f, .back = back };
	size_t count = side * side, i, k;
	double limit = ldexp(0.99, 54 - (int)ceil(log2((double)count))), worst = 0;
	long double sum;

	mapping_begin(&j.m, 2, j.rows * (back ? 1 : count), j.rows * (back ? count : 1),
	    average_windows, &j);
	j.m.faithful = faithful;
	if (back)
		limit *= (double)count;
	for (i = 0; i < j.m.n; i++)
		j.m.x[i] = (uint64_t)llrint(uniform(ldexp(limit,
		    -(int)(i / (back ? 1 : count) % 32))));
	mapping_run(&j.m);
	for (i = 0; i < j.m.out_n; i++) {
		for (sum = 0, k = 0; k < (back ? 1 : count); k++)
			sum += (long double)(int64_t)j.m.x[back ? i / count : i * count + k];
		sum = ldexpl(sum / (long double)count, (int)given_bits(&j) - (int)f);
		worst = fmax(worst, (double)fabsl((long double)(int64_t)j.m.y[i] - sum) /
		    (1 + (double)fabsl(sum) * 0x1p-26));
	}
	ok(worst < 1.1, "avgpool %zu %s, %u fraction bits%s: off by %g units", side,
	    back ? "back" : "forward", f, faithful ? ", faithful" : "", worst);
	mapping_end(&j.m);
}

static void
test_averages(void)
{
	static const size_t sides[] = { 3, 5, 6, 7, 10, 13, 28 };
	size_t i;

	for (i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
		test_average(sides[i], NN_BITS, false, i % 2 == 0);
		test_average(sides[i], 2 * NN_BITS, false, i % 2 == 1);
		test_average(sides[i], NN_GRADIENT_BITS, true, i % 2 == 0);
		test_average(sides[i], NN_GRADIENT_BITS + NN_BITS, true, i % 2 == 1);
	}
}

/* ---- training by masked parties ---- */

struct lesson {
	const char *text;
	struct nn_shape in;
	struct nn_training t;
	size_t parties, rows, out;
	uint64_t *x, *labels;
	struct world_held held[4];
	size_t lengths[4], n;
};

static int
train_party(struct mpc *S, size_t self, void *state)
{
	struct lesson *j = state;
	struct nn_network *net = nn_network_new(j->text, j->in);
	struct nn_parameter *list[2 * NN_MAX_LAYERS];
	struct nn_data data;
	uint64_t epoch;
	size_t i;
	int rc = 0;

	memset(&data, 0, sizeof(data));
	data.rows = j->rows;
	mpc_vector_new(S, &data.x, j->rows * nn_size(j->in));
	mpc_vector_new(S, &data.labels, j->rows * j->out);
	world_share(j->parties, self, data.x.held.m, data.x.held.lam, j->x, data.x.n, 1, false);
	world_share(j->parties, self, data.labels.held.m, data.labels.held.lam, j->labels,
	    data.labels.n, 2, false);
	rc = nn_network_start(net, S, j->t.seed);
	for (epoch = 0; epoch < j->t.epochs && rc == 0; epoch++)
		rc = train_epoch(net, S, &j->t, &data, epoch);
	j->n = nn_network_parameters(net, list);
	for (i = 0; i < j->n && i < 4; i++) {
		j->lengths[i] = list[i]->value.n;
		world_hold(&j->held[i], self, list[i]->value.held.m, list[i]->value.held.lam,
		    list[i]->value.n);
	}
	mpc_vector_free(&data.x);
	mpc_vector_free(&data.labels);
	nn_network_free(net);
	return (rc);
}

/* Logistic or linear regression in float64, by the same batches. */
static void
clear_train(const struct lesson *j, double *w, double *v)
{
	size_t width = nn_size(j->in), *order = calloc(j->rows, sizeof(*order)), batch = j->t.batch,
	    i, k;
	double *g = calloc(width + 1, sizeof(double)), *m = calloc(width + 1, sizeof(double)), z,
	    rate, step;
	uint64_t epoch, s, count = 0;

	for (epoch = 0; epoch < j->t.epochs; epoch++) {
		nn_order(order, j->rows, j->t.seed, epoch);
		for (s = 0; s < j->rows / batch; s++) {
			count++;
			memset(g, 0, (width + 1) * sizeof(*g));
			for (i = 0; i < batch; i++) {
				const uint64_t *x = j->x + order[s * batch + i] * width;

				for (z = w[width], k = 0; k < width; k++)
					z += w[k] * real(x[k], NN_BITS);
				z = (strstr(j->text, "sigmoid") != NULL) ? 1 / (1 + exp(-z)) -
				    real(j->labels[order[s * batch + i]], NN_BITS) :
				    2 * (z - real(j->labels[order[s * batch + i]], NN_BITS));
				for (k = 0; k < width; k++)
					g[k] += z * real(x[k], NN_BITS) / (double)batch;
				g[width] += z / (double)batch;
			}
			rate = j->t.rate / (1 + j->t.decay * (double)epoch);
			for (k = 0; k <= width; k++) {
				if (j->t.clip != 0)
					g[k] = fmax(-j->t.clip, fmin(j->t.clip, g[k]));
				g[k] += (k < width) ? j->t.l2 * w[k] : 0;
				if (j->t.optimizer == NN_ADAM) {
					m[k] = j->t.beta1 * m[k] + (1 - j->t.beta1) * g[k];
					v[k] = j->t.beta2 * v[k] + (1 - j->t.beta2) * g[k] * g[k];
					step = rate * m[k] / (1 - pow(j->t.beta1, (double)count)) /
					    (sqrt(v[k] / (1 - pow(j->t.beta2, (double)count))) +
					    1e-8);
				} else if (j->t.optimizer == NN_MOMENTUM) {
					step = m[k] = j->t.momentum * m[k] + rate * g[k];
				} else {
					step = rate * g[k];
				}
				w[k] -= step;
			}
		}
	}
	free(order);
	free(g);
	free(m);
}

static void
test_training(const char *text, struct nn_training t, size_t parties, double allowed)
{
	struct lesson j;
	struct world w;
	double *want, *v, truth[6], z, worst = 0;
	uint64_t *clear;
	size_t i, k, width = 5;

	memset(&j, 0, sizeof(j));
	j.text = text;
	j.in = (struct nn_shape){ width, 1, 1 };
	j.t = t;
	j.parties = parties;
	j.rows = 200;
	j.out = 1;
	j.x = calloc(j.rows * width, sizeof(uint64_t));
	j.labels = calloc(j.rows, sizeof(uint64_t));
	for (k = 0; k <= width; k++)
		truth[k] = uniform(2);
	for (i = 0; i < j.rows; i++) {
		for (z = truth[width], k = 0; k < width; k++)
			z += truth[k] * real(j.x[i * width + k] = word_of(uniform(1.7)), NN_BITS);
		j.labels[i] = (strstr(text, "sigmoid") != NULL) ? word_of((z + uniform(1) > 0) ? 1 :
		    0) : word_of(z);
	}
	memset(&w, 0, sizeof(w));
	w.n = parties;
	if (world_run(&w, train_party, &j) != 0)
		tap_bail("training");
	want = calloc(width + 1, sizeof(double));
	v = calloc(width + 1, sizeof(double));
	clear_train(&j, want, v);
	clear = calloc(width + 1, sizeof(uint64_t));
	ok(world_open(&j.held[0], parties, clear, width, false) &&
	    world_open(&j.held[1], parties, clear + width, 1, false), "%s, optimizer %d: %zu "
	    "parties hold the same model", text, (int)t.optimizer, parties);
	for (k = 0; k <= width; k++)
		worst = fmax(worst, fabs(real(clear[k], NN_BITS) - want[k]));
	ok(worst < allowed && fabs(want[0]) > 0.01, "%s, optimizer %d, l2 %g, clip %g: %zu "
	    "parties: weights within %g of float64's", text, (int)t.optimizer, t.l2, t.clip,
	    parties, worst);
	free(want);
	free(v);
	free(clear);
	free(j.x);
	free(j.labels);
}

/*
 * Steps by a gradient that hardly changes, where what decides is 1 - beta and 1 - momentum: of
 * y = w x + b for a single ${feature} and ${label}, which w and b remain far from.
 */
static void
test_constants(struct nn_training t, uint64_t steps, double feature, double label, bool faithful,
    double allowed)
{
	struct lesson j = { .text = "dense 1", .in = { 1, 1, 1 }, .t = t, .parties = 2, .rows = 4,
		.out = 1 };
	struct world w = { .n = 2, .faithful = faithful };
	double want[2] = { 0, 0 }, v[2] = { 0, 0 }, off;
	uint64_t x[4], y[4], clear = 0, bias = 0;
	size_t i;

	j.t.epochs = steps;
	j.t.batch = j.rows;
	j.x = x;
	j.labels = y;
	for (i = 0; i < j.rows; i++) {
		x[i] = word_of(feature);
		y[i] = word_of(label);
	}
	clear_train(&j, want, v);
	if (world_run(&w, train_party, &j) != 0 ||
	    !world_open(&j.held[0], 2, &clear, 1, false) ||
	    !world_open(&j.held[1], 2, &bias, 1, false))
		tap_bail("training");
	off = fabs(real(clear, NN_BITS) / want[0] - 1);
	ok(off < allowed, "optimizer %d, momentum %g%s: %d steps come to %g, which is %g of it off",
	    (int)t.optimizer, t.momentum, faithful ? ", faithful" : "", (int)steps, want[0], off);
}

/* Nothing but l2 pulls: features and labels are 0, and w becomes w (1 - rate l2)^steps. */
static void
test_decay(double l2, size_t rows, bool faithful)
{
	const uint64_t steps = 10;
	const struct nn_training t = { .optimizer = NN_SGD, .rate = 1e-3 / l2, .l2 = l2,
		.batch = rows, .threads = 1 };
	struct mpc *S = mpc_new_plain(faithful);
	struct nn_network *net = nn_network_new("dense 1", (struct nn_shape){ 1, 1, 1 });
	struct nn_data data = { .rows = rows };
	uint64_t i;
	double got, want = 500 * pow(1 - 1e-3, (double)steps);
	int rc;

	mpc_vector_new(S, &data.x, rows);
	mpc_vector_new(S, &data.labels, rows);
	rc = nn_network_start(net, S, 1);
	net->layers[0].weight.value.held.m[0] = word_of(500);
	for (i = 0; i < steps && rc == 0; i++)
		rc = train_epoch(net, S, &t, &data, i);
	got = real(net->layers[0].weight.value.held.m[0], NN_BITS);
	ok(rc == 0 && fabs(got - want) < 2e-3 * (500 - want), "l2 %g, %zu rows%s: %g in place of "
	    "500, and not %g", l2, rows, faithful ? ", faithful" : "", got, want);
	mpc_vector_free(&data.x);
	mpc_vector_free(&data.labels);
	nn_network_free(net);
	mpc_free(S);
}

static void
test_decays(void)
{
	static const double l2[] = { 0.01, 1e-4, 1e-5, 2e-6 };
	size_t i;

	for (i = 0; i < sizeof(l2) / sizeof(*l2); i++) {
		test_decay(l2[i], 32, false);
		test_decay(l2[i], 4, true);
	}
}

static void
test_optimizers(void)
{
	struct nn_training t = { .optimizer = NN_ADAM, .rate = 0.05, .beta1 = 0.9, .beta2 = 0.999,
		.clip = NN_ADAM_CLIP }, other;
	static const double keep[] = { 0, 0.3, 0.9, 0.99, 0.9999 };
	size_t i;

	for (i = 0; i < 2; i++) {
		test_constants(t, 1, 1, 20, i > 0, 2e-3);
		test_constants(t, 30, 1, 20, i > 0, 2e-3);
		/* Gradients that are not clipped; and of 2^-12, of whose squares little is kept. */
		test_constants(t, 30, 1, 1.9, i > 0, 2e-3);
		other = t;
		other.rate = 0.001;
		test_constants(other, 100, 0x1p-13, 1, i > 0, 0.02);
	}
	t.optimizer = NN_MOMENTUM;
	t.clip = 0;
	for (i = 0; i < 2 * sizeof(keep) / sizeof(*keep); i += SANITIZED ? 3 : 1) {
		t.momentum = keep[i / 2];
		t.rate = 1e-4 * (1 - t.momentum);
		test_constants(t, 1500, 1, 200, i % 2 > 0, 1.2e-3);
	}
}

/* ---- preparation ---- */

#define FEATURES 8
#define CLASSES 5

struct preparation {
	size_t parties, rows;
	uint64_t *x, *labels;
	struct world_held held[6];
};

static int
prepare_party(struct mpc *S, size_t self, void *state)
{
	struct preparation *j = state;
	struct mpc_vector x, labels, mean, scale, deviation, y, back, hot;
	int rc;

	mpc_vector_new(S, &x, j->rows * FEATURES);
	mpc_vector_new(S, &labels, j->rows);
	mpc_vector_new(S, &mean, FEATURES);
	mpc_vector_new(S, &scale, FEATURES);
	mpc_vector_new(S, &deviation, FEATURES);
	mpc_vector_new(S, &y, x.n);
	mpc_vector_new(S, &back, x.n);
	mpc_vector_new(S, &hot, j->rows * CLASSES);
	world_share(j->parties, self, x.held.m, x.held.lam, j->x, x.n, 1, false);
	world_share(j->parties, self, labels.held.m, labels.held.lam, j->labels, labels.n, 2,
	    false);
	rc = nn_standardize_fit(S, &mean, &scale, &deviation, &x, j->rows, FEATURES) == 0 &&
	    nn_standardize(S, &y, &x, j->rows, FEATURES, &mean, &scale) == 0 &&
	    nn_unstandardize(S, &back, &y, j->rows, FEATURES, &mean, &deviation) == 0 &&
	    nn_one_hot(S, &hot, &labels, CLASSES) == 0 ? 0 : -1;
	world_hold(&j->held[0], self, mean.held.m, mean.held.lam, FEATURES);
	world_hold(&j->held[1], self, scale.held.m, scale.held.lam, FEATURES);
	world_hold(&j->held[2], self, y.held.m, y.held.lam, y.n);
	world_hold(&j->held[3], self, hot.held.m, hot.held.lam, hot.n);
	world_hold(&j->held[4], self, deviation.held.m, deviation.held.lam, FEATURES);
	world_hold(&j->held[5], self, back.held.m, back.held.lam, back.n);
	mpc_vector_free(&x);
	mpc_vector_free(&labels);
	mpc_vector_free(&mean);
	mpc_vector_free(&scale);
	mpc_vector_free(&deviation);
	mpc_vector_free(&y);
	mpc_vector_free(&back);
	mpc_vector_free(&hot);
	return (rc);
}

static void
test_preparation(size_t rows, size_t parties)
{
	static const double spread[FEATURES] = { 1, 0.004, 900, 30, 0.05, 0, 9000, 17000 },
	    middle[FEATURES] = { 0, 0.06, 2000, -400, 0.2, 7, 15000, -1000 };
	struct preparation j;
	struct world w;
	uint64_t *y = calloc(rows * FEATURES, sizeof(uint64_t)), *back = calloc(rows * FEATURES,
	    sizeof(uint64_t)), *hot = calloc(rows * CLASSES, sizeof(uint64_t)), mean[FEATURES],
	    scale[FEATURES], deviation[FEATURES];
	double m, v, unit = ldexp(1, -NN_DEVIATION_BITS), worst_mean = 0, worst_scale = 0,
	    worst = 0, worst_back = 0;
	size_t i, k, wrong = 0;

	memset(&j, 0, sizeof(j));
	j.parties = parties;
	j.rows = rows;
	j.x = calloc(rows * FEATURES, sizeof(uint64_t));
	j.labels = calloc(rows, sizeof(uint64_t));
	for (i = 0; i < rows; i++) {
		j.labels[i] = word_of((double)(i % CLASSES));
		for (k = 0; k < FEATURES; k++)
			j.x[i * FEATURES + k] = word_of(middle[k] + uniform(1.7) * spread[k]);
	}
	memset(&w, 0, sizeof(w));
	w.n = parties;
	if (world_run(&w, prepare_party, &j) != 0)
		tap_bail("preparation");
	ok(world_open(&j.held[0], parties, mean, FEATURES, false) &&
	    world_open(&j.held[1], parties, scale, FEATURES, false) &&
	    world_open(&j.held[2], parties, y, rows * FEATURES, false) &&
	    world_open(&j.held[3], parties, hot, rows * CLASSES, false) &&
	    world_open(&j.held[4], parties, deviation, FEATURES, false) &&
	    world_open(&j.held[5], parties, back, rows * FEATURES, false), "preparation of %zu "
	    "rows: %zu parties agree", rows, parties);
	for (k = 0; k < FEATURES; k++) {
		for (m = 0, i = 0; i < rows; i++)
			m += real(j.x[i * FEATURES + k], NN_BITS) / (double)rows;
		for (v = 0, i = 0; i < rows; i++)
			v += pow(real(j.x[i * FEATURES + k], NN_BITS) - m, 2) / (double)rows;
		worst_mean = fmax(worst_mean, fabs(real(mean[k], NN_BITS) - m) / fmax(1e-4,
		    sqrt(v) / 500));
		if (v < 1e-12) {
			ok(scale[k] == 0 && deviation[k] == 0 &&
			    memcmp(&back[k], &mean[k], sizeof(*back)) == 0,
			    "a constant column says nothing, and is its mean");
			continue;
		}
		worst_scale = fmax(worst_scale, fabs(real(scale[k], NN_SCALE_BITS) - 1 / sqrt(v)) /
		    (1e-5 / sqrt(v) + 1.5 * unit + 2e-9 / v / sqrt(v)));
		worst_scale = fmax(worst_scale,
		    fabs(real(deviation[k], NN_DEVIATION_BITS) - sqrt(v)) /
		    (1e-5 * sqrt(v) + 1.5 * unit + 2e-9 / sqrt(v)));
		for (i = 0; i < rows; i++)
			worst = fmax(worst,
			    fabs(real(y[i * FEATURES + k], NN_BITS) -
			    (real(j.x[i * FEATURES + k], NN_BITS) - m) / sqrt(v)));
		/* Rounding of y is that of a number of so many deviations. */
		for (i = 0; i < rows; i++)
			worst_back = fmax(worst_back,
			    fabs(real(back[i * FEATURES + k] - j.x[i * FEATURES + k], NN_BITS)) /
			    (ldexp(1.5, -NN_BITS) * (1 + sqrt(v)) + 3e-5 * sqrt(v) + sqrt(v) *
			    2 * unit * sqrt(v) * 2));
	}
	for (i = 0; i < rows * CLASSES; i++)
		wrong += hot[i] != (uint64_t)(i % CLASSES == i / CLASSES % CLASSES) << NN_BITS;
	ok(worst_mean <= 1, "means: %g of what is allowed", worst_mean);
	ok(worst_scale <= 1, "deviations and their reciprocals: %g of what is allowed",
	    worst_scale);
	ok(worst_back <= 1, "back again: %g of what is allowed", worst_back);
	ok(worst < 0.005, "standardized numbers: off by %g at most", worst);
	ok(wrong == 0, "one-hot labels: exact");
	free(y);
	free(back);
	free(hot);
	free(j.x);
	free(j.labels);
}

int
main(void)
{
	struct nn_training sgd = { NN_SGD, 0.5, 0, 0.9, 0.9, 0.999, 0, 0, 32, 12, 7, 1 }, other;
	static const double two[] = { 0.25, 3 }, three[] = { 5, 0, 0.3 };
	const struct nn_shape six = { 6, 1, 1 }, image = { 2, 6, 6 };

	diag_init("nn");
	test_gradient("dense 3", six, 8, NULL);
	test_gradient("dense 1, sigmoid", six, 8, NULL);
	test_gradient("dense 4, softmax", six, 8, NULL);
	test_gradient("dense 5, relu, dense 3", six, 8, NULL);
	test_gradient("dense 5, relu, dense 4, relu, dense 3, softmax", six, 16, NULL);
	test_gradient("dense 5, sigmoid, dense 2", six, 8, NULL);
	test_gradient("dense 5, tanh, dense 1, sigmoid", six, 8, NULL);
	test_gradient("reservoir 12, dense 2", six, 8, NULL);
	test_gradient("conv2d 3 3, relu, flatten, dense 2", image, 6, NULL);
	test_gradient("conv2d 3 3 1 1, relu, maxpool 2, conv2d 2 2, relu, dense 3, softmax", image,
	    6, NULL);
	test_gradient("conv2d 2 3 2 1, avgpool 3, dense 2", image, 6, NULL);
	test_gradient("maxpool 2, dense 2", image, 6, NULL);
	test_gradient("conv2d 2 3, avgpool 3, relu, dense 2", image, 6, NULL);
	test_gradient("conv2d 1 1, avgpool 6, flatten, sigmoid", image, 6, NULL);
	test_gradient("dense 1, sigmoid", six, 8, two);
	test_gradient("dense 3, sigmoid", six, 8, two);
	test_gradient("dense 5, relu, dense 3, softmax", six, 12, three);
	test_gradient("dense 5, tanh, dense 3, tanh, softmax", six, 12, three);
	test_averages();
	test_training("dense 1, sigmoid", sgd, 2, 0.01);
	test_training("dense 1, sigmoid", sgd, 3, 0.01);
	other = sgd;
	other.l2 = 0.05;
	other.decay = 0.1;
	test_training("dense 1, sigmoid", other, 2, 0.01);
	other = sgd;
	other.rate = 0.05;
	test_training("dense 1", other, 2, 0.01);
	other.optimizer = NN_MOMENTUM;
	test_training("dense 1", other, 2, 0.01);
	other.optimizer = NN_ADAM;
	test_training("dense 1", other, 2, 0.03);
	other = sgd;
	other.clip = 0.02;
	test_training("dense 1, sigmoid", other, 2, 0.01);
	other.l2 = 0.3;
	test_training("dense 1, sigmoid", other, 3, 0.01);
	other.rate = 0.05;
	other.clip = 0.1;
	other.optimizer = NN_MOMENTUM;
	test_training("dense 1", other, 2, 0.02);
	test_optimizers();
	test_decays();
	test_preparation(569, 2);
	test_preparation(1200, 3);
	test_preparation(64, 2);
	return (tap_end());
}
