#include "nn/layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/function.h"
#include "mpc/room.h"

#define MAX_WORDS ((size_t)1 << 26)
#define MAX_KERNEL ((size_t)1 << 12)

/* ---- shapes ---- */

static int
no_fit(const struct nn_layer *l, const char *why)
{

	return (fail(ST_USAGE, "layer %zu, %s, of an input of %zu x %zu x %zu: %s", l->index,
	    l->type->name, l->in.channels, l->in.height, l->in.width, why));
}

static void
name_parameter(struct nn_parameter *p, const struct nn_layer *l, const char *what, size_t rows,
    size_t cols)
{

	snprintf(p->name, sizeof(p->name), "%s%zu.%s", l->type->name, l->index, what);
	p->rows = rows;
	p->cols = cols;
}

static int
shape_same(struct nn_layer *l)
{

	l->out = l->in;
	return (0);
}

static int
shape_flatten(struct nn_layer *l)
{

	l->out = (struct nn_shape){ nn_size(l->in), 1, 1 };
	return (0);
}

static int
shape_dense(struct nn_layer *l)
{

	l->out = (struct nn_shape){ l->count, 1, 1 };
	if (nn_size(l->in) > MAX_WORDS / l->count)
		return (no_fit(l, "too many weights"));
	name_parameter(&l->weight, l, "weight", nn_size(l->in), l->count);
	name_parameter(&l->bias, l, "bias", 1, l->count);
	return (0);
}

static int
shape_reservoir(struct nn_layer *l)
{

	l->out = (struct nn_shape){ l->count, 1, 1 };
	if (nn_size(l->in) > MAX_WORDS / l->count)
		return (no_fit(l, "too many weights"));
	return (((l->fixed = mem_array(nn_size(l->in) * l->count, sizeof(*l->fixed))) == NULL) ?
	    -1 : 0);
}

static int
shape_window(struct nn_layer *l)
{

	l->out.channels = (l->count > 0) ? l->count : l->in.channels;
	if (l->kernel < 1 || l->stride < 1)
		return (no_fit(l, "a kernel and a stride are 1 at least"));
	if (l->padding >= l->kernel)
		return (no_fit(l, "the padding must be less than the kernel"));
	if (l->kernel > MAX_KERNEL || l->stride > MAX_KERNEL)
		return (no_fit(l, "a kernel or stride is 4096 at most"));
	l->out.height = convolution_output(l->in.height, l->kernel, l->stride, l->padding);
	l->out.width = convolution_output(l->in.width, l->kernel, l->stride, l->padding);
	if (l->out.height == 0 || l->out.width == 0)
		return (no_fit(l, "the kernel is larger than the image"));
	if (nn_size(l->out) > MAX_WORDS || l->in.channels * l->kernel * l->kernel > MAX_WORDS /
	    (l->count + 1))
		return (no_fit(l, "too large"));
	return (0);
}

static int
shape_conv(struct nn_layer *l)
{

	if (l->stride == 0)
		l->stride = 1;
	if (shape_window(l) == -1)
		return (-1);
	name_parameter(&l->weight, l, "weight", l->count, l->in.channels * l->kernel * l->kernel);
	name_parameter(&l->bias, l, "bias", 1, l->count);
	return (0);
}

/* Windows lie side by side unless a stride says otherwise. */
static int
shape_pool(struct nn_layer *l)
{

	if (l->stride == 0)
		l->stride = l->kernel;
	if (strcmp(l->type->name, "maxpool") == 0 && l->kernel * l->kernel > MPC_MAX_GROUP)
		return (no_fit(l, "a window has at most 16 numbers"));
	return (shape_window(l));
}

/* ---- dense ---- */

/*
 * The reverse of adding a bias: sums over rows and over the ${repeat} neighbours of each plane.
 */
static void
sum_bias(struct nn_tensor *sum, const struct nn_tensor *d, size_t rows, size_t repeat)
{

	columns_sum(&sum->v, &d->v, rows, sum->v.n, repeat);
	sum->f = d->f;
}

static int
dense_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{
	struct bilinear map = bilinear_matrices(p->rows, nn_size(l->in), l->count);

	map.threads = p->threads;
	if (mpc_product(p->S, &y->v, &map, &x->v, &l->weight.value) == -1)
		return (-1);
	y->f = x->f + NN_BITS;
	columns_add_scaled(&y->v, &l->bias.value, p->rows, 1, (int64_t)1 << x->f);
	return (0);
}

static int
dense_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{
	struct bilinear weights = bilinear_matrices(nn_size(l->in), p->rows, l->count);
	struct bilinear back = bilinear_matrices(p->rows, l->count, nn_size(l->in));

	weights.threads = back.threads = p->threads;
	weights.x_transposed = true;
	back.y_transposed = true;
	if (mpc_product(p->S, &l->weight.gradient.v, &weights, &x->v, &dy->v) == -1)
		return (-1);
	l->weight.gradient.f = x->f + dy->f;
	sum_bias(&l->bias.gradient, dy, p->rows, 1);
	if (dx == NULL)
		return (0);
	dx->f = dy->f + NN_BITS;
	return (mpc_product(p->S, &dx->v, &back, &dy->v, &l->weight.value));
}

/* ---- convolution ---- */

static struct convolution
convolution_of(const struct nn_layer *l, size_t rows, enum convolution_side side)
{
	struct convolution c = { rows, l->in.channels, l->in.height, l->in.width, l->count,
		l->kernel, l->kernel, l->stride,
		l->padding, side };

	return (c);
}

static int
conv_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{
	const struct convolution c = convolution_of(l, p->rows, CONVOLUTION_FORWARD);
	struct bilinear map = bilinear_convolution(&c);

	map.threads = p->threads;
	if (mpc_product(p->S, &y->v, &map, &x->v, &l->weight.value) == -1)
		return (-1);
	y->f = x->f + NN_BITS;
	columns_add_scaled(&y->v, &l->bias.value, p->rows, l->out.height * l->out.width,
	    (int64_t)1 << x->f);
	return (0);
}

static int
conv_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{
	const struct convolution to_filters = convolution_of(l, p->rows, CONVOLUTION_FILTERS);
	const struct convolution to_images = convolution_of(l, p->rows, CONVOLUTION_IMAGES);
	struct bilinear weights = bilinear_convolution(&to_filters),
	    back = bilinear_convolution(&to_images);

	weights.threads = back.threads = p->threads;
	if (mpc_product(p->S, &l->weight.gradient.v, &weights, &x->v, &dy->v) == -1)
		return (-1);
	l->weight.gradient.f = x->f + dy->f;
	sum_bias(&l->bias.gradient, dy, p->rows, l->out.height * l->out.width);
	if (dx == NULL)
		return (0);
	dx->f = dy->f + NN_BITS;
	return (mpc_product(p->S, &dx->v, &back, &l->weight.value, &dy->v));
}

/* ---- activations ---- */

static int
layer_bits(struct nn_layer *l, const struct nn_pass *p, size_t count, size_t n)
{
	size_t i;

	if (l->bits != NULL)
		return (0);
	if ((l->bits = mem_array(count, sizeof(*l->bits))) == NULL)
		return (-1);
	l->n_bits = count;
	for (i = 0; i < count; i++) {
		if (mpc_bits_new(p->S, &l->bits[i], n) == -1)
			return (-1);
	}
	return (0);
}

/* Numbers are below 2^16, so that 48 bits of an untruncated one are looked at. */
#define RANGE_BITS (63 - 48)

static int
relu_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{

	y->f = NN_BITS;
	return ((layer_bits(l, p, 1, x->v.n) == -1) ? -1 :
	    mpc_relu(p->S, &y->v, &l->bits[0], &x->v, RANGE_BITS, x->f - NN_BITS));
}

/* dx = bit * dy, truncated to the bits that gradients have. */
static int
select_gradient(const struct nn_pass *p, const struct mpc_bits *bit, const struct nn_tensor *dy,
    struct nn_tensor *dx)
{
	const struct mpc_selection_term term = { bit, &dy->v, { 1, 0 }, { 0, 0 } };
	struct mpc_selection selection = { 1, &term, 0, 1 };

	if (dy->f > NN_GRADIENT_BITS)
		selection.shift = dy->f - NN_GRADIENT_BITS;
	dx->f = dy->f - selection.shift;
	return (mpc_select(p->S, &dx->v, &selection));
}

static int
relu_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{

	(void)x;
	return ((dx == NULL) ? 0 : select_gradient(p, &l->bits[0], dy, dx));
}

static int
sigmoid_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{

	(void)l;
	y->f = NN_BITS;
	return (mpc_function_find("sigmoid")->apply(p->S, &y->v, &x->v, NN_BITS));
}

static int
tanh_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{

	(void)l;
	y->f = NN_BITS;
	return (mpc_function_find("tanh")->apply(p->S, &y->v, &x->v, NN_BITS));
}

/* dx = (linear a + constant - a^2) dy, where a is what was given. */
static int
multiply_slope(const struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *dy,
    struct nn_tensor *dx, int64_t linear, int64_t constant)
{
	const struct bilinear times = bilinear_elements(l->given.v.n);
	struct nn_tensor slope, d;
	int rc = -1;

	memset(&slope, 0, sizeof(slope));
	memset(&d, 0, sizeof(d));
	d.f = dy->f;
	slope.f = 2 * NN_BITS;
	dx->f = NN_BITS + ((dy->f > NN_GRADIENT_BITS) ? NN_GRADIENT_BITS : dy->f);
	if (mpc_vector_new(p->S, &slope.v, times.n) == -1 || mpc_vector_new(p->S, &d.v,
	    times.n) == -1 || mpc_product(p->S, &slope.v, &times, &l->given.v, &l->given.v) == -1)
		goto out;
	mpc_scale(&d.v, &l->given.v, linear << NN_BITS);
	mpc_subtract(&slope.v, &d.v, &slope.v);
	mpc_add_public(&slope.v, &slope.v, constant << (2 * NN_BITS));
	mpc_scale(&d.v, &dy->v, 1);
	if (nn_settle(p->S, &slope, NN_BITS) == 0 && nn_settle(p->S, &d, NN_GRADIENT_BITS) == 0)
		rc = mpc_product(p->S, &dx->v, &times, &slope.v, &d.v);
out:
	mpc_vector_free(&slope.v);
	mpc_vector_free(&d.v);
	return (rc);
}

static int
sigmoid_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{

	(void)x;
	return ((dx == NULL) ? 0 : multiply_slope(l, p, dy, dx, 1, 0));
}

static int
tanh_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{

	(void)x;
	return ((dx == NULL) ? 0 : multiply_slope(l, p, dy, dx, 0, 1));
}

static int
softmax_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{

	y->f = NN_BITS;
	return (mpc_softmax(p->S, &y->v, &x->v, p->rows, nn_size(l->in), NN_BITS));
}

/* The loss after a softmax knows the gradient before it. */
static int
softmax_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{

	(void)p, (void)x, (void)dy, (void)dx;
	return (no_fit(l, "can only be the last layer"));
}

static int
flatten_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{

	(void)l, (void)p;
	mpc_scale(&y->v, &x->v, 1);
	y->f = x->f;
	return (0);
}

static int
flatten_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{

	(void)x;
	return ((dx == NULL) ? 0 : flatten_forward(l, p, dy, dx));
}

/* ---- pooling ---- */

/*
 * Where the numbers at position ${k} of all windows are, in order of the windows; SIZE_MAX in the
 * padding.
 */
static size_t *
window_positions(const struct nn_layer *l, size_t rows, size_t k)
{
	size_t image = nn_size(l->in), plane = l->in.height * l->in.width, r, c, i, j, y, x, n = 0,
	    *at;

	if ((at = mem_array(rows * nn_size(l->out), sizeof(*at))) == NULL)
		return (NULL);
	for (r = 0; r < rows; r++)
		for (c = 0; c < l->out.channels; c++)
			for (i = 0; i < l->out.height; i++)
				for (j = 0; j < l->out.width; j++) {
					y = i * l->stride + k / l->kernel;
					x = j * l->stride + k % l->kernel;
					at[n++] = r * image + c * plane + y * l->in.width + x;
				}
	return (at);
}

/* z = the numbers at position k of all windows; or, ${back}, add those of z to x. */
static int
window_words(const struct nn_layer *l, size_t rows, size_t k, struct mpc_vector *z,
    struct mpc_vector *x, bool back)
{
	size_t *at = window_positions(l, rows, k);

	if (at == NULL)
		return (-1);
	if (back)
		mpc_scatter_add(x, at, z);
	else
		mpc_gather(z, x, at, z->n);
	free(at);
	return (0);
}

static int
maxpool_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{
	struct mpc_vector window[MPC_MAX_GROUP], source = x->v;
	const struct mpc_vector *list[MPC_MAX_GROUP];
	size_t count = l->kernel * l->kernel, k;
	int rc = 0;

	memset(window, 0, sizeof(window));
	for (k = 0; k < count && rc == 0; k++) {
		list[k] = &window[k];
		if ((rc = mpc_vector_new(p->S, &window[k], y->v.n)) == 0)
			rc = window_words(l, p->rows, k, &window[k], &source, false);
	}
	if (rc == 0 && (rc = layer_bits(l, p, count, y->v.n)) == 0)
		rc = mpc_max_of(p->S, &y->v, l->bits, list, count, 63 - 33);
	y->f = x->f;
	for (k = 0; k < count; k++)
		mpc_vector_free(&window[k]);
	return (rc);
}

static int
maxpool_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{
	struct nn_tensor part;
	size_t k;
	int rc = 0;

	(void)x;
	if (dx == NULL)
		return (0);
	memset(&part, 0, sizeof(part));
	if (mpc_vector_new(p->S, &part.v, dy->v.n) == -1)
		return (-1);
	mpc_zero(&dx->v);
	for (k = 0; k < l->kernel * l->kernel && rc == 0; k++) {
		if ((rc = select_gradient(p, &l->bits[k], dy, &part)) == 0)
			rc = window_words(l, p->rows, k, &part.v, &dx->v, true);
	}
	dx->f = part.f;
	mpc_vector_free(&part.v);
	return (rc);
}

/* 1 / k^2 is weight / 2^bits. */
static int64_t
average_weight(const struct nn_layer *l, unsigned *bits)
{
	size_t count = l->kernel * l->kernel;

	for (*bits = 0; ((size_t)1 << *bits) < count; ++*bits)
		;
	if (((size_t)1 << *bits) == count)
		return (1);
	*bits += 8;
	return ((int64_t)((((size_t)2 << *bits) / count + 1) / 2));
}

static int
avgpool_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{
	struct mpc_vector part, source = x->v;
	unsigned bits;
	int64_t weight = average_weight(l, &bits);
	size_t k;
	int rc = 0;

	if (mpc_vector_new(p->S, &part, y->v.n) == -1)
		return (-1);
	mpc_zero(&y->v);
	for (k = 0; k < l->kernel * l->kernel && rc == 0; k++) {
		if ((rc = window_words(l, p->rows, k, &part, &source, false)) == 0)
			mpc_add(&y->v, &y->v, &part);
	}
	mpc_scale(&y->v, &y->v, weight);
	y->f = x->f + bits;
	mpc_vector_free(&part);
	return (rc);
}

static int
avgpool_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{
	struct mpc_vector part;
	unsigned bits;
	int64_t weight = average_weight(l, &bits);
	size_t k;
	int rc = 0;

	(void)x;
	if (dx == NULL)
		return (0);
	if (mpc_vector_new(p->S, &part, dy->v.n) == -1)
		return (-1);
	mpc_scale(&part, &dy->v, weight);
	mpc_zero(&dx->v);
	for (k = 0; k < l->kernel * l->kernel && rc == 0; k++)
		rc = window_words(l, p->rows, k, &part, &dx->v, true);
	dx->f = dy->f + bits;
	mpc_vector_free(&part);
	return (rc);
}

/* ---- reservoir: public weights and a relu, not trained ---- */

static int
reservoir_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{
	const struct bilinear map = bilinear_matrices(p->rows, nn_size(l->in), l->count);
	struct nn_tensor z;
	int rc = -1;

	memset(&z, 0, sizeof(z));
	z.f = x->f + NN_BITS;
	if (mpc_vector_new(p->S, &z.v, y->v.n) == 0) {
		mpc_product_public(&z.v, &map, &x->v, l->fixed);
		rc = relu_forward(l, p, &z, y);
	}
	mpc_vector_free(&z.v);
	return (rc);
}

static int
reservoir_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{

	(void)p, (void)x, (void)dy, (void)dx;
	return (no_fit(l, "can only stand before all layers that are trained"));
}

/* ---- a logistic output ---- */

/* Beyond +-LOGISTIC_BOUND, give or take 4, the series is replaced by 0 or 1. */
#define LOGISTIC_BOUND 48
#define LOGISTIC_RANGE_BITS 16 /* numbers are below 2^16 */

static int
bounded_series(const struct nn_pass *p, const struct nn_tensor *x, struct nn_tensor *y,
    struct room *r)
{
	const int64_t bounds[] = { -((int64_t)LOGISTIC_BOUND << x->f), (int64_t)LOGISTIC_BOUND <<
		x->f };
	const struct mpc_comparison c = { x->f + 2, x->f + LOGISTIC_RANGE_BITS, 2, bounds };
	const struct mpc_selection_term terms[] = { { &r->bit[2], &r->word[0], { 1, 0 }, { 0, 0 } },
		{ &r->bit[1], NULL, { 0, 0 }, { (int64_t)1 << NN_GRADIENT_BITS, 0 } } };

	if (mpc_sigmoid_within(p->S, &r->word[0], &x->v, x->f) == -1 || mpc_compare(p->S, r->bit,
	    &x->v, &c) == -1)
		return (-1);
	mpc_xor(&r->bit[2], &r->bit[0], &r->bit[1]);
	return (mpc_select(p->S, &y->v, &(struct mpc_selection){ 2, terms, MPC_SIGMOID_BITS -
	    NN_GRADIENT_BITS, 1 }));
}

int
layer_logistic(const struct nn_pass *p, const struct nn_tensor *x, struct nn_tensor *y)
{
	struct nn_tensor settled;
	struct room r;
	int rc = -1;

	if (!mpc_is_faithful(p->S)) {
		y->f = NN_GRADIENT_BITS;
		if (room_open(&r, p->S, x->v.n, 1, 3) == 0)
			rc = bounded_series(p, x, y, &r);
		room_close(&r);
		return (rc);
	}
	/* Not by a series, whose last bits depend on masks. */
	memset(&settled, 0, sizeof(settled));
	settled.f = x->f;
	y->f = NN_BITS;
	if (mpc_vector_new(p->S, &settled.v, x->v.n) == 0) {
		mpc_scale(&settled.v, &x->v, 1);
		if (nn_settle(p->S, &settled, NN_BITS) == 0)
			rc = mpc_function_find("sigmoid")->apply(p->S, &y->v, &settled.v, NN_BITS);
	}
	mpc_vector_free(&settled.v);
	return (rc);
}

/* ---- the table ---- */

const struct nn_layer_type nn_layer_types[] = {
	{ "dense", "dense UNITS", "n", false, shape_dense, dense_forward, dense_backward },
	{ "conv2d", "conv2d FILTERS KERNEL [STRIDE [PADDING]]", "nk/sp", false, shape_conv,
	    conv_forward, conv_backward },
	{ "maxpool", "maxpool KERNEL [STRIDE]", "k/s", false, shape_pool, maxpool_forward,
	    maxpool_backward },
	{ "avgpool", "avgpool KERNEL [STRIDE]", "k/s", true, shape_pool, avgpool_forward,
	    avgpool_backward },
	{ "flatten", "flatten", "", true, shape_flatten, flatten_forward, flatten_backward },
	{ "relu", "relu", "", true, shape_same, relu_forward, relu_backward },
	{ "sigmoid", "sigmoid", "", false, shape_same, sigmoid_forward, sigmoid_backward },
	{ "tanh", "tanh", "", false, shape_same, tanh_forward, tanh_backward },
	{ "softmax", "softmax", "", false, shape_same, softmax_forward, softmax_backward },
	{ "reservoir", "reservoir UNITS", "n", false, shape_reservoir, reservoir_forward,
	    reservoir_backward },
	{ NULL, NULL, NULL, false, NULL, NULL, NULL },
};
