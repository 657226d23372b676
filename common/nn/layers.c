#include "nn/layers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/function.h"
#include "mpc/room.h"

/*
 * Notation.  A comment such as "16 + 16 = 32" adds fraction bits: a product has those of both
 * factors, and keeps them until something truncates it.  A truncation takes |z| < 2^62, where z is
 * the word, so a number with f fraction bits has to be below 2^(62 - f).  Only what is truncated or
 * compared must fit: on the way there, sums may wrap and come back, as arithmetic is mod 2^64.
 */

/* Channels are up to 2^24; a kernel up to 2^12 lets C k k be checked without wrapping. */
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

/* in = C H W.  Weight: in x n; bias: 1 x n; n = l->count. */
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

/* As a dense layer's weight, but public: clear words, the same at every party. */
static int
shape_reservoir(struct nn_layer *l)
{

	l->out = (struct nn_shape){ l->count, 1, 1 };
	if (nn_size(l->in) > MAX_WORDS / l->count)
		return (no_fit(l, "too many weights"));
	return (((l->fixed = mem_array(nn_size(l->in) * l->count, sizeof(*l->fixed))) == NULL) ?
	    -1 : 0);
}

/*
 * H' = floor((H + 2 padding - k) / stride) + 1, and W' likewise.  With a padding below k every
 * window has a number of the image in it.
 */
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

/* Weight: filters x (C k k), a filter a row; bias: 1 x filters. */
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

/*
 * Windows lie side by side unless a stride says otherwise.  A maximum compares all pairs of a
 * window at once, which is what MPC_MAX_GROUP bounds.
 */
static int
shape_pool(struct nn_layer *l)
{

	if (l->stride == 0)
		l->stride = l->kernel;
	if (strcmp(l->type->name, "maxpool") == 0 && l->kernel * l->kernel > MPC_MAX_GROUP)
		return (no_fit(l, "a window has at most 16 numbers"));
	return (shape_window(l));
}

/* ---- how large numbers may be ---- */

/* Half of what can be truncated from 32 fraction bits, and nearly what is compared within 2^16. */
#define TRUNCATED_LIMIT 0x1p29
#define COMPARED_LIMIT 65000

/* In how many windows a number is, along a side. */
static double
overlap(const struct nn_layer *l)
{

	return ((double)((l->kernel + l->stride - 1) / l->stride));
}

static double
gain_none(const struct nn_layer *l)
{

	(void)l;
	return (1);
}

static double
gain_bounded(const struct nn_layer *l)
{

	(void)l;
	return (0);
}

/* Of layers that take numbers with NN_BITS: those with more are truncated first. */
static double
room_settled(const struct nn_layer *l, unsigned *f)
{

	(void)l;
	*f = NN_BITS;
	return (TRUNCATED_LIMIT);
}

static double
room_same(const struct nn_layer *l, unsigned *f)
{

	(void)l, (void)f;
	return (TRUNCATED_LIMIT);
}

/* Of layers that multiply by weights: it must be possible to measure what they take. */
static double
room_product(const struct nn_layer *l, unsigned *f)
{

	(void)l;
	*f = 2 * NN_BITS;
	return (NN_NORM_LIMIT);
}

/* ---- dense ---- */

/*
 * The reverse of adding a bias: dL/db_j is the sum of dL/dy over all that b_j was added to, rows
 * and the ${repeat} neighbours of each plane.
 */
static void
sum_bias(struct nn_tensor *sum, const struct nn_tensor *d, size_t rows, size_t repeat)
{

	mpc_columns_sum(&sum->v, &d->v, rows, sum->v.n, repeat);
	sum->f = d->f;
}

/*
 * y (B x n) = x (B x in) W (in x n) + b.
 *
 * 16 + 16 = 32 fraction bits, and no truncation: a relu or a sigmoid at the end takes y as it is,
 * and does its own; others have it settled.  Hence |y| < 2^(62 - 32) = 2^30.
 */
static int
dense_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{
	struct bilinear map = bilinear_matrices(p->rows, nn_size(l->in), l->count);

	map.threads = p->threads;
	if (mpc_product(p->S, &y->v, &map, &x->v, &l->weight.value) == -1)
		return (-1);
	y->f = x->f + NN_BITS;
	/* The bias has 16 fraction bits, and x->f less than y. */
	mpc_columns_add_scaled(&y->v, &l->bias.value, p->rows, 1, (int64_t)1 << x->f);
	return (0);
}

/*
 * dW (in x n) = x' (in x B) dy (B x n);  db (1 x n) = the sum of the rows of dy;
 * dx (B x in) = dy (B x n) W' (n x in).
 *
 * The caller has settled dy to NN_GRADIENT_BITS.  So dW has 16 + 20 = 36 fraction bits, and is a
 * sum over the batch: with B = 2^13 rows and a mean below 2^9 its words are below 2^58, as 13 + 9 +
 * 36 = 58, which leaves the optimizer 4 of 62 bits for its factor (train.c).
 *
 * dx has 20 + 16 = 36, so |dx| < 2^26.  The layer before truncates it.
 */
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

	return ((struct convolution){
		.batch = rows,
		.channels = l->in.channels, .height = l->in.height, .width = l->in.width,
		.filters = l->count, .kernel_height = l->kernel, .kernel_width = l->kernel,
		.stride = l->stride, .padding = l->padding,
		.side = side,
	});
}

/*
 * y[b,k,i,j] = bias[k] + sum over c, u, v of x[b, c, i stride + u, j stride + v] w[k,c,u,v], with
 * zeros in the padding.
 *
 * x: B x (C, H, W); w: K x (C, k, k); y: B x (K, H', W').  A dense layer for every window, so
 * 16 + 16 = 32 fraction bits and |y| < 2^30 as there.
 */
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
	mpc_columns_add_scaled(&y->v, &l->bias.value, p->rows, l->out.height * l->out.width,
	    (int64_t)1 << x->f);
	return (0);
}

/*
 * dw[k,c,u,v] = sum over b, i, j of x[b, c, i stride + u, j stride + v] dy[b,k,i,j];
 * dx[b,c,y,x] = sum over the windows that (y, x) is in, at (u, v), of w[k,c,u,v] dy[b,k,i,j].
 *
 * Fraction bits as in dense_backward.  dw adds up B H' W' products, not B: what has to stay below
 * 2^9 is its sum over an image, averaged over the batch.
 */
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

/* Room for bits that the forward pass leaves to the backward one, which then compares nothing. */
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

/*
 * What goes into a relu is below 2^16, so a word with 16 + 16 fraction bits is below 2^48.  Bits 16
 * to 48 are looked at, which give the sign of the truncated number, as the lower ones are about to
 * be cut off: a tree over 32 bits in place of one over 63.  With fewer fraction bits the range is
 * wider by as many.
 */
#define RELU_RANGE 48

static double
room_relu(const struct nn_layer *l, unsigned *f)
{

	(void)l;
	*f = NN_BITS;
	return (COMPARED_LIMIT);
}

/*
 * y = max(x, 0), elementwise; bits[0] = [x >= 0].  From x->f fraction bits, at most 32, to 16: the
 * selection that multiplies by the bit truncates as well, so this costs a product no round more.
 */
static int
relu_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{

	y->f = NN_BITS;
	return ((layer_bits(l, p, 1, x->v.n) == -1) ? -1 :
	    mpc_relu(p->S, &y->v, &l->bits[0], &x->v, RELU_RANGE, x->f - NN_BITS));
}

/*
 * dx = bit dy.  Behind a dense layer dy has 36 fraction bits, and the selection cuts 16 of them off
 * on the way, for no round more; so dx has what a product with data has room for.
 */
static int
select_gradient(const struct nn_pass *p, const struct mpc_bits *bit, const struct nn_tensor *dy,
    struct nn_tensor *dx)
{
	const struct mpc_selection_term term = { .bit = bit, .word = &dy->v, .weight = { 1 } };
	struct mpc_selection selection = { .count = 1, .terms = &term, .results = 1 };

	if (dy->f > NN_GRADIENT_BITS)
		selection.shift = dy->f - NN_GRADIENT_BITS;
	dx->f = dy->f - selection.shift;
	return (mpc_select(p->S, &dx->v, &selection));
}

/* dx = [x >= 0] dy: at 0, where there is no derivative, the one from above. */
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
	return (mpc_sigmoid(p->S, &y->v, &x->v, mpc_any_numbers(NN_BITS)));
}

static int
tanh_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{

	(void)l;
	y->f = NN_BITS;
	return (mpc_tanh(p->S, &y->v, &x->v, mpc_any_numbers(NN_BITS)));
}

/*
 * dx = (linear a + constant - a^2) dy, where a is what was given.
 *
 *   a^2, linear a, constant   16 + 16 = 32 fraction bits, all three, before they are added
 *   slope                     settled to 16; it is between 0 and 1, so a unit is 2^-16 of it
 *   dy                        settled to 20
 *   dx                        16 + 20 = 36; |dx| <= |dy|, which has to be below 2^26
 *
 * Both factors are settled first: 32 + 36 bits in a product would leave no room for the number.
 */
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
	if (mpc_vector_new(p->S, &slope.v, times.n) == -1 ||
	    mpc_vector_new(p->S, &d.v, times.n) == -1 ||
	    mpc_product(p->S, &slope.v, &times, &l->given.v, &l->given.v) == -1)
		goto out;
	mpc_scale(&d.v, &l->given.v, linear << NN_BITS);
	mpc_subtract(&slope.v, &d.v, &slope.v);
	mpc_add_public(&slope.v, &slope.v, constant << (2 * NN_BITS));
	mpc_copy(&d.v, &dy->v);
	if (nn_settle(p->S, &slope, NN_BITS) == 0 && nn_settle(p->S, &d, NN_GRADIENT_BITS) == 0)
		rc = mpc_product(p->S, &dx->v, &times, &slope.v, &d.v);
out:
	mpc_vector_free(&slope.v);
	mpc_vector_free(&d.v);
	return (rc);
}

/* a = s(x): s' = a (1 - a) = a - a^2. */
static int
sigmoid_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{

	(void)x;
	return ((dx == NULL) ? 0 : multiply_slope(l, p, dy, dx, 1, 0));
}

/* a = tanh(x): tanh' = 1 - a^2. */
static int
tanh_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{

	(void)x;
	return ((dx == NULL) ? 0 : multiply_slope(l, p, dy, dx, 0, 1));
}

/* y[b,k] = exp(x[b,k]) / the sum over j of exp(x[b,j]); x: B x K, y: B x K, 16 bits both. */
static int
softmax_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{

	y->f = NN_BITS;
	return (mpc_softmax(p->S, &y->v, &x->v, p->rows, nn_size(l->in),
	    mpc_any_numbers(NN_BITS)));
}

/*
 * The loss after a softmax knows the gradient before it: of -sum y_k ln p_k it is p - y, whereas
 * the derivative of the softmax alone is a matrix for every row.
 */
static int
softmax_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{

	(void)p, (void)x, (void)dy, (void)dx;
	return (no_fit(l, "can only be the last layer"));
}

/* Rows are stored channel by channel already: only the shape changes. */
static int
flatten_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{

	(void)l, (void)p;
	mpc_copy(&y->v, &x->v);
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
 * Where the numbers at position ${k} = (k / kernel, k % kernel) of all windows are, in the order of
 * what is given: B x (C, H', W').  Pools have no padding, so that all are in the image.
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

/*
 * z = the numbers at position k of all windows; or, ${back}, add those of z to x.  Added and not
 * put, as windows overlap where the stride is less than the kernel.
 */
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

/*
 * Differences in a window are below 2^17: 17 + 16 bits.  That is room for numbers on either side of
 * 0, below 2^16 each, as a relu allows them; and 33 bits are compared in place of 63.
 */
#define MAXPOOL_RANGE 33

/* Differences are below twice the numbers. */
static double
room_maxpool(const struct nn_layer *l, unsigned *f)
{

	(void)l;
	*f = NN_BITS;
	return (COMPARED_LIMIT);
}

/*
 * y[b,c,i,j] = max over k of x at position k of window (i, j); bits[k] = [k is the first of the
 * largest], of which exactly one is 1.  No fraction bits change: a maximum is one of the numbers.
 *
 * Position by position: window[k] is B C H' W' words, so that all windows are one vector, and the
 * k^2 of them one contest.
 */
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
		rc = mpc_max_of(p->S, &y->v, l->bits, list, count, MAXPOOL_RANGE);
	y->f = x->f;
	for (k = 0; k < count; k++)
		mpc_vector_free(&window[k]);
	return (rc);
}

/*
 * dx = the sum over k of bits[k] dy, each where position k was: the gradient goes to the number
 * that was given, and to no other that is as large.
 */
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

/* ceil(log2(count)) */
static unsigned
count_bits(size_t count)
{
	unsigned bits;

	for (bits = 0; ((size_t)1 << bits) < count; bits++)
		;
	return (bits);
}

/* The whole number next to 2^bits / count. */
static int64_t
part_of(size_t count, unsigned bits)
{

	return ((int64_t)((((size_t)2 << bits) / count + 1) / 2));
}

/*
 * Bits that the weight of an average has beyond those of its count: first so few that the range is
 * wide, then those that the remainder has room for.
 */
#define QUOTIENT_EXTRA_BITS 8
#define REMAINDER_EXTRA_BITS 16

/*
 * x = x / count with ${f} fraction bits, or, for a power of two, with log2(count) more than before.
 *
 * Long division, of two digits.  With L = ceil(log2(count)), q from x with x->f bits, cut off to f:
 *
 *   q      = x part_of(count, L + 8) / 2^(L + 8)        off by 2^-9 of itself, and a coin
 *   rest   = x - count q, exactly                       below count (2^-9 |x / count| + 2^-f)
 *   x      = q + rest part_of(count, L + 16) / 2^(L + 16)
 *
 * is off by 2^-26 of itself and a coin, below 1 unit, whatever q was off by.  Two rounds.
 *
 * Range    |x / count| < 2^(62 - x->f - L - 8), for the first product.  The second has a factor
 *          2^8 times as large, and a number of 2^-9 of it: half as much.
 */
static int
divide_by_count(struct mpc *S, struct nn_tensor *x, size_t count, unsigned f)
{
	const unsigned bits = count_bits(count), quotient_bits = bits + QUOTIENT_EXTRA_BITS,
	    remainder_bits = bits + REMAINDER_EXTRA_BITS;
	unsigned cut;
	struct room r;
	int rc = -1;

	if (((size_t)1 << bits) == count) {
		x->f += bits;
		return (0);
	}
	if (x->f < f) {
		mpc_scale(&x->v, &x->v, (int64_t)1 << (f - x->f));
		x->f = f;
	}
	cut = x->f - f;
	if (room_open(&r, S, x->v.n, 1, 0) == 0) {
		struct mpc_vector *q = &r.word[0];

		mpc_scale(q, &x->v, part_of(count, quotient_bits));
		if (mpc_truncate(S, q, q, quotient_bits + cut) == 0) {
			mpc_add_scaled(&x->v, q, -(int64_t)count * ((int64_t)1 << cut));
			mpc_scale(&x->v, &x->v, part_of(count, remainder_bits));
			rc = mpc_truncate(S, &x->v, &x->v, remainder_bits + cut);
			mpc_add(&x->v, &x->v, q);
			x->f = f;
		}
	}
	room_close(&r);
	return (rc);
}

/*
 * y[b,c,i,j] = 1 / k^2 times the sum of window (i, j).  The sum is of words, and exact.  It is
 * divided to 16 fraction bits; by a power of two it has 2 log2 k more, and the next layer truncates
 * them with its own.
 *
 * So |y| < 2^(62 - x->f - 2 log2 k), or, divided, 2^(54 - x->f - ceil(2 log2 k)): 2^18 for a 3 x 3
 * window of a product that is still to be truncated, 2^12 for 28 x 28, and 2^16 times as much of
 * what has been.
 */
static int
avgpool_forward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *y)
{
	struct mpc_vector part, source = x->v;
	size_t count = l->kernel * l->kernel, k;
	int rc = 0;

	if (mpc_vector_new(p->S, &part, y->v.n) == -1)
		return (-1);
	mpc_zero(&y->v);
	for (k = 0; k < count && rc == 0; k++) {
		if ((rc = window_words(l, p->rows, k, &part, &source, false)) == 0)
			mpc_add(&y->v, &y->v, &part);
	}
	y->f = x->f;
	if (rc == 0)
		rc = divide_by_count(p->S, y, count, NN_BITS);
	mpc_vector_free(&part);
	return (rc);
}

/*
 * dx += dy / k^2 at every position of the window.  dy is divided first, as there is less of it: to
 * the 20 fraction bits that gradients have, so that |dx| < 2^(54 - dy->f - ceil(2 log2 k)).
 */
static int
avgpool_backward(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
    const struct nn_tensor *dy, struct nn_tensor *dx)
{
	struct nn_tensor part = { .f = dy->f };
	size_t count = l->kernel * l->kernel, k;
	int rc;

	(void)x;
	if (dx == NULL)
		return (0);
	if (mpc_vector_new(p->S, &part.v, dy->v.n) == -1)
		return (-1);
	mpc_copy(&part.v, &dy->v);
	mpc_zero(&dx->v);
	rc = divide_by_count(p->S, &part, count, NN_GRADIENT_BITS);
	for (k = 0; k < count && rc == 0; k++)
		rc = window_words(l, p->rows, k, &part.v, &dx->v, true);
	dx->f = part.f;
	mpc_vector_free(&part.v);
	return (rc);
}

/*
 * A mean is no larger than the largest number.  The truncation that divides it, or that comes
 * later, decides: half of what it has room for.
 */
static double
room_avgpool(const struct nn_layer *l, unsigned *f)
{
	const unsigned bits = count_bits(l->kernel * l->kernel);
	const bool divides = ((size_t)1 << bits) != l->kernel * l->kernel;
	int room = MPC_NUMBER_RANGE - 1 - (int)*f - (int)bits;

	if (divides)
		room -= QUOTIENT_EXTRA_BITS;
	*f = divides ? NN_BITS : *f + bits;
	return (ldexp(1, room));
}

/* ---- reservoir: public weights and a relu, not trained ---- */

/* y = max(x V, 0) for public V (in x n): 16 + 16 = 32 bits into the relu, 16 out of it. */
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

/*
 * Beyond +-LOGISTIC_BOUND, give or take 4, the series is replaced by 0 or 1.
 *
 * It is good for |x| <= 56, and has the period 128.  A comparison that does not look at bits below
 * 2^2 moves each bound down by less than 4, so that the series counts for x from -52 to 48 at most;
 * from 44 on, a sigmoid is within e^-44 of 0 or 1.  Bits 2 to 15 of the integer part are 14, 4
 * blocks of a comparison and hence 2 rounds; with 17 bits it would be 3.
 *
 * Range    x - bound is what is below 2^16: -65488 <= x < 65484.
 */
#define LOGISTIC_BOUND 48
#define LOGISTIC_COARSE_BITS 2 /* bits of the integer part that are not looked at */
#define LOGISTIC_RANGE_BITS 16 /* numbers are below 2^16 */

/* Bits in its room: which side of each bound a number is on, and whether it is between them. */
enum { LOGISTIC_ABOVE_LOW, LOGISTIC_ABOVE_HIGH, LOGISTIC_INSIDE, LOGISTIC_N_BITS };

/*
 * y = inside series(x) + above_high, with the bits [x >= -48] and [x >= 48], and inside that one of
 * them is set: what has passed the upper bound has passed the lower one, too.
 *
 * Rounds: 1 for the series, 2 for the comparison, 1 for the selection, which also truncates the
 * series from 32 fraction bits to 20.
 */
static int
bounded_series(const struct nn_pass *p, const struct nn_tensor *x, struct nn_tensor *y,
    struct room *r)
{
	const int64_t one = (int64_t)1 << NN_GRADIENT_BITS,
	    bound = (int64_t)LOGISTIC_BOUND << x->f, bounds[] = { -bound, bound };
	const struct mpc_comparison c = { .low = x->f + LOGISTIC_COARSE_BITS,
		.high = x->f + LOGISTIC_RANGE_BITS, .count = 2, .thresholds = bounds };
	struct mpc_vector *series = &r->word[0];
	struct mpc_bits *above_high = &r->bit[LOGISTIC_ABOVE_HIGH],
	    *inside = &r->bit[LOGISTIC_INSIDE];
	const struct mpc_selection_term terms[] = {
		{ .bit = inside, .word = series, .weight = { 1 } },
		{ .bit = above_high, .constant = { one } },
	};
	const struct mpc_selection selection = { .count = 2, .terms = terms,
		.shift = MPC_SIGMOID_BITS - NN_GRADIENT_BITS, .results = 1 };

	if (mpc_sigmoid_within(p->S, series, &x->v, x->f) == -1 ||
	    mpc_compare(p->S, r->bit, &x->v, &c) == -1)
		return (-1);
	mpc_xor(inside, &r->bit[LOGISTIC_ABOVE_LOW], above_high);
	return (mpc_select(p->S, &y->v, &selection));
}

/*
 * The gradient of cross-entropy before a sigmoid is s(x) - label.  It starts with 20 fraction bits,
 * the most that gradients have, as all others come from it.
 */
int
layer_logistic(const struct nn_pass *p, const struct nn_tensor *x, struct nn_tensor *y)
{
	struct nn_tensor settled;
	struct room r;
	int rc = -1;

	if (!mpc_is_faithful(p->S)) {
		y->f = NN_GRADIENT_BITS;
		if (room_open(&r, p->S, x->v.n, 1, LOGISTIC_N_BITS) == 0)
			rc = bounded_series(p, x, y, &r);
		room_close(&r);
		return (rc);
	}
	/* Not by a series, whose last bits depend on masks. */
	memset(&settled, 0, sizeof(settled));
	settled.f = x->f;
	y->f = NN_BITS;
	if (mpc_vector_new(p->S, &settled.v, x->v.n) == 0) {
		mpc_copy(&settled.v, &x->v);
		if (nn_settle(p->S, &settled, NN_BITS) == 0)
			rc = mpc_sigmoid(p->S, &y->v, &settled.v, mpc_any_numbers(NN_BITS));
	}
	mpc_vector_free(&settled.v);
	return (rc);
}

/* ---- the table ---- */

const struct nn_layer_type nn_layer_types[] = {
	{ .name = "dense", .usage = "dense UNITS", .parameters = "n",
	    .room = room_product, .gain = gain_none,
	    .shape = shape_dense, .forward = dense_forward, .backward = dense_backward },
	{ .name = "conv2d", .usage = "conv2d FILTERS KERNEL [STRIDE [PADDING]]",
	    .parameters = "nk/sp", .room = room_product, .gain = overlap,
	    .shape = shape_conv, .forward = conv_forward, .backward = conv_backward },
	{ .name = "maxpool", .usage = "maxpool KERNEL [STRIDE]", .parameters = "k/s",
	    .room = room_maxpool, .gain = overlap,
	    .shape = shape_pool, .forward = maxpool_forward, .backward = maxpool_backward },
	{ .name = "avgpool", .usage = "avgpool KERNEL [STRIDE]", .parameters = "k/s",
	    .pending = true, .room = room_avgpool, .gain = gain_none, .shape = shape_pool,
	    .forward = avgpool_forward, .backward = avgpool_backward },
	{ .name = "flatten", .usage = "flatten", .parameters = "", .pending = true,
	    .room = room_same, .gain = gain_none,
	    .shape = shape_flatten, .forward = flatten_forward, .backward = flatten_backward },
	{ .name = "relu", .usage = "relu", .parameters = "", .pending = true,
	    .room = room_relu, .gain = gain_none,
	    .shape = shape_same, .forward = relu_forward, .backward = relu_backward },
	{ .name = "sigmoid", .usage = "sigmoid", .parameters = "",
	    .room = room_settled, .gain = gain_bounded,
	    .shape = shape_same, .forward = sigmoid_forward, .backward = sigmoid_backward },
	{ .name = "tanh", .usage = "tanh", .parameters = "",
	    .room = room_settled, .gain = gain_bounded,
	    .shape = shape_same, .forward = tanh_forward, .backward = tanh_backward },
	{ .name = "softmax", .usage = "softmax", .parameters = "",
	    .room = room_settled, .gain = gain_bounded,
	    .shape = shape_same, .forward = softmax_forward, .backward = softmax_backward },
	{ .name = "reservoir", .usage = "reservoir UNITS", .parameters = "n",
	    .room = room_product, .gain = gain_none,
	    .shape = shape_reservoir, .forward = reservoir_forward,
	    .backward = reservoir_backward },
	{ .name = NULL },
};
