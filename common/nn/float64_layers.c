#include "nn/float64_internal.h"

#include <math.h>
#include <string.h>

/* ---- dense ---- */

/* Every plane of y is its element of the bias; a dense layer's planes have one number. */
static void
fill_bias(struct float64_layer *l, double *y)
{
	size_t plane = l->l->out.height * l->l->out.width, i, j;

	for (i = 0; i < l->l->count; i++) {
		for (j = 0; j < plane; j++)
			y[i * plane + j] = l->bias[i];
	}
}

/* The reverse: d_bias += the sum of every plane. */
static void
add_planes(struct float64_layer *l, const double *dy)
{
	size_t plane = l->l->out.height * l->l->out.width, i, j;

	for (i = 0; i < l->l->count; i++) {
		for (j = 0; j < plane; j++)
			l->d_bias[i] += dy[i * plane + j];
	}
}

/* y (rows x n) = x (rows x in) W (in x n) + b: y is filled with b first, and the product added. */
static void
float64_dense_forward(struct float64_layer *l, const double *x, size_t rows)
{
	const struct float64_product p = { .m = rows, .k = nn_size(l->l->in), .n = l->l->count,
		.add = true };
	size_t r;

	for (r = 0; r < rows; r++)
		fill_bias(l, l->given + r * p.n);
	float64_multiply(l->given, &p, x, l->weight);
}

/* dW = x' dy;  db = the sum of the rows of dy;  dx = dy W'. */
static void
float64_dense_backward(struct float64_layer *l, const double *x, const double *dy, size_t rows)
{
	size_t in = nn_size(l->l->in), out = l->l->count, r;
	const struct float64_product weights = { .m = in, .k = rows, .n = out,
		.x_transposed = true };
	const struct float64_product back = { .m = rows, .k = out, .n = in, .y_transposed = true };

	float64_multiply(l->d_weight, &weights, x, dy);
	memset(l->d_bias, 0, out * sizeof(*l->d_bias));
	for (r = 0; r < rows; r++)
		add_planes(l, dy + r * out);
	if (l->gradient != NULL)
		float64_multiply(l->gradient, &back, dy, l->weight);
}

/* ---- windows ---- */

/* Where window (i, j) has its number (a, b) in a plane; false in the padding. */
static bool
window_at(const struct nn_layer *l, size_t i, size_t j, size_t a, size_t b, size_t *at)
{
	size_t y = i * l->stride + a, x = j * l->stride + b;

	if (y < l->padding || x < l->padding || y - l->padding >= l->in.height ||
	    x - l->padding >= l->in.width)
		return (false);
	*at = (y - l->padding) * l->in.width + x - l->padding;
	return (true);
}

/*
 * Windows as columns: row (c, a, b) of ${columns} has what all windows have at (a, b) of channel c.
 * With ${back} the reverse: add these to the image.
 */
static void
float64_columns(const struct nn_layer *l, double *columns, double *image, const double *source,
    bool back)
{
	size_t plane = l->in.height * l->in.width, c, a, b, i, j, at;

	for (c = 0; c < l->in.channels; c++)
	for (a = 0; a < l->kernel; a++)
	for (b = 0; b < l->kernel; b++)
	for (i = 0; i < l->out.height; i++)
	for (j = 0; j < l->out.width; j++, columns++) {
		bool inside = window_at(l, i, j, a, b, &at);

		if (!back)
			*columns = inside ? source[c * plane + at] : 0;
		else if (inside)
			image[c * plane + at] += *columns;
	}
}

/* ---- convolution: filters times columns ---- */

/* Of an image: y (K x H' W') = w (K x C k k) columns (C k k x H' W'). */
static struct float64_product
filters_product(const struct nn_layer *l)
{
	struct float64_product p = { .m = l->count, .k = l->in.channels * l->kernel * l->kernel,
		.n = l->out.height * l->out.width, .add = true };

	return (p);
}

static void
float64_conv_forward(struct float64_layer *l, const double *x, size_t rows)
{
	const struct float64_product p = filters_product(l->l);
	size_t in = nn_size(l->l->in), out = nn_size(l->l->out), r;

	for (r = 0; r < rows; r++) {
		float64_columns(l->l, l->columns, NULL, x + r * in, false);
		fill_bias(l, l->given + r * out);
		float64_multiply(l->given + r * out, &p, l->weight, l->columns);
	}
}

/*
 * dw += dy columns', over all images, as the gradient is of the sum over the batch.  For dx, the
 * columns are taken as room for w' dy, and added where they came from.
 */
static void
float64_conv_backward(struct float64_layer *l, const double *x, const double *dy, size_t rows)
{
	const struct float64_product p = filters_product(l->l);
	const struct float64_product weights = { .m = p.m, .k = p.n, .n = p.k, .y_transposed = true,
		.add = true };
	const struct float64_product back = { .m = p.k, .k = p.m, .n = p.n, .x_transposed = true };
	size_t in = nn_size(l->l->in), out = nn_size(l->l->out), r;

	memset(l->d_weight, 0, p.m * p.k * sizeof(*l->d_weight));
	memset(l->d_bias, 0, p.m * sizeof(*l->d_bias));
	if (l->gradient != NULL)
		memset(l->gradient, 0, rows * in * sizeof(*l->gradient));
	for (r = 0; r < rows; r++) {
		float64_columns(l->l, l->columns, NULL, x + r * in, false);
		float64_multiply(l->d_weight, &weights, dy + r * out, l->columns);
		add_planes(l, dy + r * out);
		if (l->gradient != NULL) {
			float64_multiply(l->columns, &back, l->weight, dy + r * out);
			float64_columns(l->l, l->columns, l->gradient + r * in, NULL, true);
		}
	}
}

/* ---- pooling ---- */

/* Where the first of the largest numbers of window (i, j) is. */
static size_t
largest_at(const struct nn_layer *l, const double *plane, size_t i, size_t j)
{
	size_t a, b, at, best = SIZE_MAX;

	for (a = 0; a < l->kernel; a++) {
		for (b = 0; b < l->kernel; b++) {
			if (window_at(l, i, j, a, b, &at) &&
			    (best == SIZE_MAX || plane[at] > plane[best]))
				best = at;
		}
	}
	return (best);
}

static void
float64_maxpool_forward(struct float64_layer *l, const double *x, size_t rows)
{
	const struct nn_layer *s = l->l;
	double *y = l->given;
	size_t p, i, j;

	for (p = 0; p < rows * s->in.channels; p++, x += s->in.height * s->in.width) {
		for (i = 0; i < s->out.height; i++) {
			for (j = 0; j < s->out.width; j++)
				*y++ = x[largest_at(s, x, i, j)];
		}
	}
}

/* The maximum is looked for again, which costs less than to keep where it was. */
static void
float64_maxpool_backward(struct float64_layer *l, const double *x, const double *dy, size_t rows)
{
	const struct nn_layer *s = l->l;
	size_t plane = s->in.height * s->in.width, p, i, j;
	double *dx = l->gradient;

	memset(dx, 0, rows * nn_size(s->in) * sizeof(*dx));
	for (p = 0; p < rows * s->in.channels; p++, x += plane, dx += plane) {
		for (i = 0; i < s->out.height; i++) {
			for (j = 0; j < s->out.width; j++)
				dx[largest_at(s, x, i, j)] += *dy++;
		}
	}
}

/* The sum of window (i, j); or add ${share} to each of its numbers. */
static double
sum_window(const struct nn_layer *l, const double *plane, double *to, double share, size_t i,
    size_t j)
{
	size_t a, b, at;
	double sum = 0;

	for (a = 0; a < l->kernel; a++) {
		for (b = 0; b < l->kernel; b++) {
			if (!window_at(l, i, j, a, b, &at))
				continue;
			if (to != NULL)
				to[at] += share;
			else
				sum += plane[at];
		}
	}
	return (sum);
}

static void
float64_avgpool_forward(struct float64_layer *l, const double *x, size_t rows)
{
	const struct nn_layer *s = l->l;
	double *y = l->given, count = (double)(s->kernel * s->kernel);
	size_t p, i, j;

	for (p = 0; p < rows * s->in.channels; p++, x += s->in.height * s->in.width) {
		for (i = 0; i < s->out.height; i++) {
			for (j = 0; j < s->out.width; j++)
				*y++ = sum_window(s, x, NULL, 0, i, j) / count;
		}
	}
}

static void
float64_avgpool_backward(struct float64_layer *l, const double *x, const double *dy, size_t rows)
{
	const struct nn_layer *s = l->l;
	double *dx = l->gradient, count = (double)(s->kernel * s->kernel);
	size_t p, i, j;

	(void)x;
	memset(dx, 0, rows * nn_size(s->in) * sizeof(*dx));
	for (p = 0; p < rows * s->in.channels; p++, dx += s->in.height * s->in.width) {
		for (i = 0; i < s->out.height; i++) {
			for (j = 0; j < s->out.width; j++)
				(void)sum_window(s, NULL, dx, *dy++ / count, i, j);
		}
	}
}

/* ---- activations ---- */

static void
float64_relu_forward(struct float64_layer *l, const double *x, size_t rows)
{
	size_t n = rows * nn_size(l->l->out), i;

	for (i = 0; i < n; i++)
		l->given[i] = (x[i] > 0) ? x[i] : 0;
}

/* At 0 the gradient passes, as on shares, where the bit is [x >= 0]. */
static void
float64_relu_backward(struct float64_layer *l, const double *x, const double *dy, size_t rows)
{
	size_t n = rows * nn_size(l->l->out), i;

	for (i = 0; i < n; i++)
		l->gradient[i] = (x[i] >= 0) ? dy[i] : 0;
}

static void
float64_sigmoid_forward(struct float64_layer *l, const double *x, size_t rows)
{
	size_t n = rows * nn_size(l->l->out), i;

	for (i = 0; i < n; i++)
		l->given[i] = 1 / (1 + exp(-x[i]));
}

/* s' = s (1 - s), of what was given. */
static void
float64_sigmoid_backward(struct float64_layer *l, const double *x, const double *dy, size_t rows)
{
	size_t n = rows * nn_size(l->l->out), i;

	(void)x;
	for (i = 0; i < n; i++)
		l->gradient[i] = dy[i] * l->given[i] * (1 - l->given[i]);
}

static void
float64_tanh_forward(struct float64_layer *l, const double *x, size_t rows)
{
	size_t n = rows * nn_size(l->l->out), i;

	for (i = 0; i < n; i++)
		l->given[i] = tanh(x[i]);
}

/* tanh' = 1 - tanh^2. */
static void
float64_tanh_backward(struct float64_layer *l, const double *x, const double *dy, size_t rows)
{
	size_t n = rows * nn_size(l->l->out), i;

	(void)x;
	for (i = 0; i < n; i++)
		l->gradient[i] = dy[i] * (1 - l->given[i] * l->given[i]);
}

/* y = exp(x) / the sum of these, in a row; less the largest x, so that no exp overflows. */
static void
softmax_row(double *y, const double *x, size_t n)
{
	double top = x[0], sum = 0;
	size_t i;

	for (i = 1; i < n; i++)
		top = (x[i] > top) ? x[i] : top;
	for (i = 0; i < n; i++)
		sum += y[i] = exp(x[i] - top);
	for (i = 0; i < n; i++)
		y[i] /= sum;
}

static void
float64_softmax_forward(struct float64_layer *l, const double *x, size_t rows)
{
	size_t n = nn_size(l->l->out), r;

	for (r = 0; r < rows; r++)
		softmax_row(l->given + r * n, x + r * n, n);
}

/* ---- flatten, reservoir ---- */

static void
float64_flatten_forward(struct float64_layer *l, const double *x, size_t rows)
{

	memcpy(l->given, x, rows * nn_size(l->l->out) * sizeof(*x));
}

static void
float64_flatten_backward(struct float64_layer *l, const double *x, const double *dy, size_t rows)
{

	(void)x;
	memcpy(l->gradient, dy, rows * nn_size(l->l->out) * sizeof(*dy));
}

static void
float64_reservoir_forward(struct float64_layer *l, const double *x, size_t rows)
{
	const struct float64_product p = { .m = rows, .k = nn_size(l->l->in), .n = l->l->count };

	float64_multiply(l->given, &p, x, l->fixed);
	float64_relu_forward(l, l->given, rows);
}

/* ---- the table ---- */

static const struct float64_layer_type types[] = {
	{ .name = "dense", .forward = float64_dense_forward, .backward = float64_dense_backward },
	{ .name = "conv2d", .forward = float64_conv_forward, .backward = float64_conv_backward },
	{ .name = "maxpool", .forward = float64_maxpool_forward,
	    .backward = float64_maxpool_backward },
	{ .name = "avgpool", .forward = float64_avgpool_forward,
	    .backward = float64_avgpool_backward },
	{ .name = "flatten", .forward = float64_flatten_forward,
	    .backward = float64_flatten_backward },
	{ .name = "relu", .forward = float64_relu_forward, .backward = float64_relu_backward },
	{ .name = "sigmoid", .forward = float64_sigmoid_forward,
	    .backward = float64_sigmoid_backward },
	{ .name = "tanh", .forward = float64_tanh_forward, .backward = float64_tanh_backward },
	{ .name = "softmax", .forward = float64_softmax_forward, .backward = NULL },
	{ .name = "reservoir", .forward = float64_reservoir_forward, .backward = NULL },
};

const struct float64_layer_type *
float64_layer_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(types[i].name, name) == 0)
			return (&types[i]);
	}
	return (NULL);
}
