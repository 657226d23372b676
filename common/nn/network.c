#include "nn/network.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"
#include "crypto/prg.h"
#include "nn/watch.h"

#define MAX_SIZE ((size_t)1 << 24)
#define MAX_WEIGHTS ((size_t)1 << 26)

/* ---- from text ---- */

static int
wrong(const char *item, const char *why)
{

	return (fail(ST_USAGE, "layer '%s': %s", item, why));
}

/* Too few or too many words: mostly of a network without its commas. */
static int
wrong_words(const char *item, const struct nn_layer_type *type)
{

	return (fail(ST_USAGE, "layer '%s': such a layer is '%s'; separate layers by commas", item,
	    type->usage));
}

/* Nothing of this name: say what there is. */
static int
no_type(const char *item)
{
	const struct nn_layer_type *t;
	struct buf names = { NULL, 0, 0 };
	int rc = 0;

	for (t = nn_layer_types; t->name != NULL && rc == 0; t++) {
		if (t > nn_layer_types)
			rc = buf_string(&names, ", ");
		if (rc == 0)
			rc = buf_string(&names, t->name);
	}
	if (rc == 0)
		rc = fail(ST_USAGE, "layer '%s': is of no kind that there is: %.*s", item,
		    (int)names.len, names.data);
	buf_free(&names);
	return (rc);
}

static const struct nn_layer_type *
find_type(const char *name)
{
	const struct nn_layer_type *t;

	for (t = nn_layer_types; t->name != NULL; t++) {
		if (strcmp(t->name, name) == 0)
			return (t);
	}
	return (NULL);
}

/* The field of a layer that a letter of its type's parameters means. */
static size_t *
field_of(struct nn_layer *l, char letter)
{

	switch (letter) {
	case 'n':
		return (&l->count);
	case 'k':
		return (&l->kernel);
	case 's':
		return (&l->stride);
	default:
		return (&l->padding);
	}
}

/* A positive number, or a kernel as "5" or "5x5". */
static int
take_layer_number(const char *item, const char *text, char letter, size_t *value)
{
	char *half = strchr(text, 'x'), copy[32];
	uint64_t v, v2;

	if (letter == 'k' && half != NULL && (size_t)(half - text) < sizeof(copy)) {
		memcpy(copy, text, (size_t)(half - text));
		copy[half - text] = '\0';
		if (num_parse(copy, 1, MAX_SIZE, &v) == -1 ||
		    num_parse(half + 1, 1, MAX_SIZE, &v2) == -1 || v != v2)
			return (wrong(item, "a kernel is a number, or two that are the same, as in "
			    "5x5"));
	} else if (num_parse(text, (letter == 'p') ? 0 : 1, MAX_SIZE, &v) == -1) {
		return (wrong(item, "has a parameter that is no positive number"));
	}
	*value = (size_t)v;
	return (0);
}

/* One layer, "conv 20 5x5 1 2": the type's parameters in their order. */
static int
parse_layer(struct nn_layer *l, char *item)
{
	const char *letter;
	char copy[128], *save = NULL, *token;
	bool optional = false;

	if (strlen(item) >= sizeof(copy))
		return (fail(ST_USAGE, "layer %zu: no layer is described in more than %zu "
		    "characters", l->index, sizeof(copy) - 1));
	snprintf(copy, sizeof(copy), "%s", item);
	if ((token = strtok_r(copy, " \t\n", &save)) == NULL)
		return (fail(ST_USAGE, "layer %zu is empty: there is a comma too many", l->index));
	if ((l->type = find_type(token)) == NULL)
		return (no_type(item));
	for (letter = l->type->parameters; *letter != '\0'; letter++) {
		if (*letter == '/') {
			optional = true;
			continue;
		}
		if ((token = strtok_r(NULL, " \t\n", &save)) == NULL) {
			if (!optional)
				return (wrong_words(item, l->type));
			break;
		}
		if (take_layer_number(item, token, *letter, field_of(l, *letter)) == -1)
			return (-1);
	}
	if (strtok_r(NULL, " \t\n", &save) != NULL)
		return (wrong_words(item, l->type));
	return (0);
}

/* The layer in its canonical form. */
static int
print_layer(const struct nn_layer *l, struct buf *text)
{
	char number[32];
	const char *letter;
	struct nn_layer copy = *l;

	if (buf_string(text, (text->len == 0) ? "" : ", ") == -1 ||
	    buf_string(text, l->type->name) == -1)
		return (-1);
	for (letter = l->type->parameters; *letter != '\0'; letter++) {
		if (*letter == '/')
			continue;
		snprintf(number, sizeof(number), " %zu", *field_of(&copy, *letter));
		if (buf_string(text, number) == -1)
			return (-1);
	}
	return (0);
}

/* The loss follows from the last layer. */
static void
choose_loss(struct nn_network *net)
{
	const char *last = net->layers[net->n - 1].type->name;

	net->loss = (strcmp(last, "sigmoid") == 0) ? NN_BCE : (strcmp(last, "softmax") == 0) ?
	    NN_CROSS_ENTROPY : NN_MSE;
}

static int
check_order(const struct nn_network *net)
{
	size_t i;

	size_t trained = 0, words = 0;

	for (i = 0; i < net->n; i++) {
		if (i + 1 < net->n && strcmp(net->layers[i].type->name, "softmax") == 0)
			return (wrong("softmax", "can only be the last layer"));
		if (trained > 0 && strcmp(net->layers[i].type->name, "reservoir") == 0)
			return (wrong("reservoir", "can only stand before all layers that are "
			    "trained"));
		trained += net->layers[i].weight.rows > 0;
		words += net->layers[i].weight.rows * net->layers[i].weight.cols;
		words += (net->layers[i].fixed != NULL) ? nn_size(net->layers[i].in) *
		    net->layers[i].count : 0;
	}
	if (words > MAX_WEIGHTS)
		return (fail(ST_USAGE, "a network has at most %zu weights", MAX_WEIGHTS));
	if (trained == 0)
		return (fail(ST_USAGE, "a network needs a layer that can be trained: dense or "
		    "conv2d"));
	return (0);
}

static int
parse_network(struct nn_network *net, char *text)
{
	struct nn_shape shape = net->in;
	struct buf canonical = { NULL, 0, 0 };
	struct nn_layer *l;
	char *item = text, *end, *next;
	int rc = 0;

	for (; item != NULL && rc == 0; item = next) {
		if ((end = strchr(item, ',')) != NULL)
			*end = '\0';
		next = (end != NULL) ? end + 1 : NULL;
		if (net->n == NN_MAX_LAYERS) {
			rc = fail(ST_USAGE, "a network has at most %d layers", NN_MAX_LAYERS);
			break;
		}
		l = &net->layers[net->n];
		l->index = ++net->n;
		l->in = shape;
		while (isspace((unsigned char)*item))
			item++;
		if ((rc = parse_layer(l, item)) == 0 && (rc = l->type->shape(l)) == 0)
			rc = print_layer(l, &canonical);
		shape = l->out;
	}
	if (rc == 0)
		rc = check_order(net);
	if (rc == 0 && (net->text = mem_copy_string(canonical.data, canonical.len)) == NULL)
		rc = -1;
	if (rc == 0)
		choose_loss(net);
	buf_free(&canonical);
	return (rc);
}

struct nn_network *
nn_network_new(const char *text, struct nn_shape in)
{
	struct nn_network *net;
	char *copy;
	int rc;

	if ((net = mem_array(1, sizeof(*net))) == NULL)
		return (NULL);
	net->in = in;
	if ((net->layers = mem_array(NN_MAX_LAYERS, sizeof(*net->layers))) == NULL ||
	    (copy = mem_copy_string(text, strlen(text))) == NULL) {
		nn_network_free(net);
		return (NULL);
	}
	rc = parse_network(net, copy);
	free(copy);
	if (rc == -1) {
		nn_network_free(net);
		return (NULL);
	}
	return (net);
}

static void
parameter_free(struct nn_parameter *p)
{

	mpc_vector_free(&p->value);
	mpc_vector_free(&p->gradient.v);
	mpc_vector_free(&p->state[0]);
	mpc_vector_free(&p->state[1]);
}

/* What a pass has left. */
static void
layer_clear(struct nn_layer *l)
{
	size_t i;

	mpc_vector_free(&l->given.v);
	mpc_vector_free(&l->gradient.v);
	for (i = 0; i < l->n_bits; i++)
		mpc_bits_free(&l->bits[i]);
	free(l->bits);
	l->bits = NULL;
	l->n_bits = 0;
	l->rows = 0;
}

void
nn_network_free(struct nn_network *net)
{
	size_t i;

	if (net == NULL)
		return;
	for (i = 0; net->layers != NULL && i < net->n; i++) {
		layer_clear(&net->layers[i]);
		parameter_free(&net->layers[i].weight);
		parameter_free(&net->layers[i].bias);
		free(net->layers[i].fixed);
	}
	free(net->layers);
	free(net->text);
	free(net);
}

/* ---- parameters ---- */

size_t
nn_network_parameters(struct nn_network *net, struct nn_parameter *list[static 2 * NN_MAX_LAYERS])
{
	size_t i, n = 0;

	for (i = 0; i < net->n; i++) {
		if (net->layers[i].weight.rows > 0)
			list[n++] = &net->layers[i].weight;
		if (net->layers[i].bias.rows > 0)
			list[n++] = &net->layers[i].bias;
	}
	return (n);
}

/* Public words of a layer, uniform in +-limit, from a stream that is nobody's secret. */
static void
public_words(uint64_t *z, size_t n, uint64_t seed, size_t layer, double limit)
{
	static const char label[PRG_LABEL_BYTES] = "smpc nn weights";
	uint8_t key[PRG_KEY_BYTES];
	int64_t scale = (int64_t)llrint(ldexp(limit, NN_BITS + 8));
	size_t i;

	prg_public_key(key, label, seed, layer);
	prg_words(z, n, key, 0);
	/* 31 random bits, times 2 limit 2^24, less limit. */
	for (i = 0; i < n; i++)
		z[i] = (uint64_t)(((int64_t)((z[i] >> 33) * (uint64_t)(2 * scale) >> 31) - scale) >>
		    8);
}

static int
start_parameter(struct nn_parameter *p, struct mpc *S)
{
	size_t n = p->rows * p->cols;

	return ((n > 0 && (mpc_vector_new(S, &p->value, n) == -1 ||
	    mpc_vector_new(S, &p->gradient.v, n) == -1)) ? -1 : 0);
}

/*
 * Whether there is nothing to be hidden from the gradient by equal weights: at most one layer is
 * trained.
 */
static bool
convex(const struct nn_network *net)
{
	size_t i, trained = 0;

	for (i = 0; i < net->n; i++)
		trained += net->layers[i].weight.rows > 0;
	return (trained <= 1);
}

/* Bound of initial weights: He's before a relu, Glorot's otherwise. */
static double
initial_limit(const struct nn_network *net, size_t i, size_t fan)
{
	bool relu = i + 1 < net->n && strcmp(net->layers[i + 1].type->name, "relu") == 0;

	return (sqrt((relu ? 6 : 3) / (double)fan));
}

int
nn_network_start(struct nn_network *net, struct mpc *S, uint64_t seed)
{
	struct nn_layer *l;
	uint64_t *words;
	size_t i, n;

	for (i = 0; i < net->n; i++) {
		l = &net->layers[i];
		if (start_parameter(&l->weight, S) == -1 || start_parameter(&l->bias, S) == -1)
			return (-1);
		n = (l->fixed != NULL) ? nn_size(l->in) * l->count : l->weight.rows *
		    l->weight.cols;
		if ((words = mem_array(n, sizeof(*words))) == NULL)
			return (-1);
		public_words(words, n, seed, l->index, initial_limit(net, i, (l->kernel > 0) ?
		    l->weight.cols : nn_size(l->in)));
		if (l->fixed != NULL)
			memcpy(l->fixed, words, n * sizeof(*words));
		else if (n > 0 && !convex(net))
			mpc_add_public_words(&l->weight.value, &l->weight.value, words);
		free(words);
	}
	return (0);
}

/* ---- passes ---- */

/* Room for a pass of so many rows. */
static int
layer_room(struct nn_layer *l, const struct nn_pass *p)
{

	if (l->rows == p->rows)
		return (0);
	layer_clear(l);
	l->rows = p->rows;
	return (mpc_vector_new(p->S, &l->given.v, p->rows * nn_size(l->out)));
}

int
nn_forward(struct nn_network *net, const struct nn_pass *p, const struct nn_tensor *x,
    size_t layers)
{
	struct nn_tensor *given = NULL;
	struct nn_layer *l;
	size_t i;

	for (i = 0; i < layers; i++) {
		l = &net->layers[i];
		if (layer_room(l, p) == -1)
			return (-1);
		/* Some take products as they are, but none more bits than those have. */
		if (given != NULL && nn_settle(p->S, given, l->type->pending ? 2 * NN_BITS :
		    NN_BITS) == -1)
			return (-1);
		if (nn_watch_forward(p, net, i, (given != NULL) ? given : x) == -1 ||
		    l->type->forward(l, p, (given != NULL) ? given : x, &l->given) == -1)
			return (-1);
		given = &l->given;
	}
	return (0);
}

int
nn_give(struct nn_network *net, const struct nn_pass *p, const struct nn_tensor *x)
{
	struct nn_layer *last = &net->layers[net->n - 1];
	struct nn_tensor *before;

	if (net->loss != NN_BCE)
		return ((nn_forward(net, p, x, net->n) == -1) ? -1 :
		    nn_settle(p->S, &last->given, NN_BITS));
	if (nn_forward(net, p, x, net->n - 1) == -1)
		return (-1);
	before = (net->n > 1) ? &net->layers[net->n - 2].given : NULL;
	if (before != NULL && nn_settle(p->S, before, 2 * NN_BITS) == -1)
		return (-1);
	return ((layer_room(last, p) == -1) ? -1 :
	    layer_logistic(p, (before != NULL) ? before : x, &last->given));
}

/*
 * The gradient at what the last layer but for its activation, which the loss knows, gave: ${from}
 * layers have to go back.
 */
static int
loss_gradient(struct nn_network *net, const struct nn_pass *p, const struct nn_tensor *x,
    const struct mpc_vector *labels, struct nn_tensor *d, size_t *from)
{
	struct nn_layer *last = &net->layers[net->n - 1];

	if (nn_give(net, p, x) == -1)
		return (-1);
	*from = (net->loss == NN_MSE) ? net->n : net->n - 1;
	d->f = last->given.f;
	mpc_scale(&d->v, labels, (int64_t)1 << (d->f - NN_BITS));
	mpc_subtract(&d->v, &last->given.v, &d->v);
	if (nn_watch_loss(p, net, (net->loss == NN_MSE) ? d : NULL) == -1)
		return (-1);
	if (net->loss == NN_MSE)
		mpc_scale(&d->v, &d->v, 2);
	return (0);
}

/* d = d weights; not truncated. */
static int
weigh(struct mpc *S, struct nn_tensor *d, const struct mpc_vector *weights)
{
	const struct bilinear times = bilinear_elements(d->v.n);
	struct nn_tensor product = { .f = d->f + NN_WEIGHT_BITS };

	if (mpc_vector_new(S, &product.v, d->v.n) == -1 ||
	    mpc_product(S, &product.v, &times, &d->v, weights) == -1) {
		mpc_vector_free(&product.v);
		return (-1);
	}
	mpc_vector_free(&d->v);
	*d = product;
	return (0);
}

int
nn_class_weights(struct mpc *S, struct mpc_vector *weights, const struct mpc_vector *labels,
    size_t out, const double *classes)
{
	const struct bilinear rows = bilinear_matrices((out > 0) ? labels->n / out : 0, out, out);
	word *words;
	size_t k;

	/* With NN_WEIGHT_BITS; labels bring NN_BITS more, which are 0 where labels are whole. */
	if (out == 0) {
		mpc_scale(weights, labels, llrint(ldexp(classes[1], NN_WEIGHT_BITS)) -
		    llrint(ldexp(classes[0], NN_WEIGHT_BITS)));
		mpc_add_public(weights, weights,
		    (int64_t)llrint(ldexp(classes[0], NN_WEIGHT_BITS)) * ((int64_t)1 << NN_BITS));
		return (mpc_truncate(S, weights, weights, NN_BITS));
	}
	/* Each label of a row gets the sum over the row of labels times weights of classes. */
	if ((words = mem_array(out * out, sizeof(*words))) == NULL)
		return (-1);
	for (k = 0; k < out * out; k++)
		words[k] = (word)llrint(ldexp(classes[k / out], NN_WEIGHT_BITS));
	mpc_product_public(weights, &rows, labels, words);
	free(words);
	return (mpc_truncate(S, weights, weights, NN_BITS));
}

/*
 * Back through the layers, the first of which need not know the gradient at its input.  A product
 * with data has room for so many bits of a gradient and no more.
 */
static int
backward(struct nn_network *net, const struct nn_pass *p, const struct nn_tensor *x,
    struct nn_tensor *d, size_t from)
{
	struct nn_layer *l;
	struct nn_tensor *dx;
	size_t i, first;

	for (first = 0; first < from && net->layers[first].weight.rows == 0; first++)
		;
	for (i = from; i-- > first;) {
		l = &net->layers[i];
		dx = (i > first) ? &l->gradient : NULL;
		if (dx != NULL && dx->v.n == 0 &&
		    mpc_vector_new(p->S, &dx->v, p->rows * nn_size(l->in)) == -1)
			return (-1);
		if (l->weight.rows > 0 && nn_settle(p->S, d, NN_GRADIENT_BITS) == -1)
			return (-1);
		if (nn_watch_back(p, net, i, d) == -1)
			return (-1);
		if (l->type->backward(l, p, (i > 0) ? &net->layers[i - 1].given : x, d, dx) == -1)
			return (-1);
		d = dx;
	}
	return (0);
}

int
nn_gradient(struct nn_network *net, const struct nn_pass *p, const struct nn_tensor *x,
    const struct mpc_vector *labels, const struct mpc_vector *weights)
{
	struct nn_tensor d;
	size_t from;
	int rc = -1;

	memset(&d, 0, sizeof(d));
	if (mpc_vector_new(p->S, &d.v, labels->n) == 0 &&
	    loss_gradient(net, p, x, labels, &d, &from) == 0 &&
	    (weights == NULL || weigh(p->S, &d, weights) == 0))
		rc = backward(net, p, x, &d, from);
	mpc_vector_free(&d.v);
	return (rc);
}
