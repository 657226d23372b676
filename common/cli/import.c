#include "cli/import.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "cli/model_columns.h"
#include "data/bounds.h"
#include "nn/learner_network.h"
#include "nn/learner_trees.h"
#include "table/xgboost.h"

_Static_assert(TENSOR_MAX_NAME_BYTES == PART_MAX_NAME_BYTES &&
    TENSOR_MAX_COLUMNS == PART_MAX_COLUMNS && TENSOR_MAX_ROWS == PART_MAX_ROWS &&
    TENSOR_MAX_FRACTION_BITS == PART_MAX_FRACTION_BITS &&
    TENSOR_MAX_EXPONENT == COLUMN_MAX_EXPONENT, "a tensor that is read fits a share "
    "stream");

_Static_assert(XGBOOST_MOST_DEPTH == TREES_MOST_DEPTH && XGBOOST_MOST_TREES == TREES_MOST_TREES &&
    XGBOOST_MOST_CLASSES == TREES_MOST_CLASSES && XGBOOST_MOST_LEAVES == TREES_MOST_LEAVES &&
    (int64_t)XGBOOST_NEVER == TREES_NEVER && XGBOOST_WORD_BITS == NN_BITS, "a model of xgboost "
    "that is read fits one of trees");

#define NOWHERE SIZE_MAX

/* A tensor as it is shared, and the one of the file that it comes from. */
struct item {
	struct nn_model_tensor as;
	size_t source;  /* NOWHERE: it is all zeros */
	bool transpose;
};

/* The tensors of a file whose names differ in their last component alone: what one layer has. */
struct module {
	const char *name; /* with name_bytes, those before ".weight" */
	size_t name_bytes;
	size_t weight, bias;
	bool is_kernel;
};

struct import {
	struct import_options options;
	struct tensors *t;
	struct nn_model *about; /* NULL: this is no model */
	struct learner *learner;
	/* of one made elsewhere; the learner has it */
	const struct nn_network *net;
	char *model;
	size_t n;
	struct item *list;
	size_t n_modules;
	struct module *modules;
	bool warned;
};

static const char *
file_of(const struct import *x)
{

	return (x->t->window.name);
}

/* ---- no model ---- */

static int
take_as_it_is(struct import *x)
{

	if ((x->list = mem_array(x->t->n, sizeof(*x->list))) == NULL)
		return (-1);
	for (x->n = 0; x->n < x->t->n; x->n++)
		x->list[x->n].source = x->n;
	return (0);
}

/* ---- a model that says what it is ---- */

static size_t
find_tensor(const struct tensors *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (strcmp(t->list[i].name, name) == 0)
			return (i);
	}
	return (NOWHERE);
}

static int
check_own_shape(const struct import *x, const struct tensor *t, const struct nn_model_tensor *as)
{

	if (t->rows != as->rows || t->cols != as->cols)
		return (fail(ST_FAILED, "%s: tensor '%s' is %zu x %zu, and the %s '%s' has %zu x "
		    "%zu", file_of(x), t->name, t->rows, t->cols, x->about->kind->name,
		    x->learner->text, as->rows, as->cols));
	return (0);
}

/* Whether it can be written into a header, which says of columns what a header may say of them. */
static int
check_own_columns(const struct import *x)
{
	struct model m = { .about = x->about };
	int rc = model_columns_read(&m, file_of(x));

	columns_free(m.features, m.n_features);
	columns_free(m.labels, m.n_labels);
	return (rc);
}

static int
take_own_model(struct import *x)
{
	struct nn_model_tensor all[NN_MODEL_MAX_TENSORS];
	bool found[NN_MODEL_OWN_TENSORS] = { false };
	size_t n, i, source;

	if ((x->about = nn_model_decode(x->t->model, file_of(x))) == NULL ||
	    (x->learner = nn_model_learner(x->about)) == NULL || check_own_columns(x) == -1 ||
	    nn_model_encode(x->about, &x->model) == -1)
		return (-1);
	n = nn_model_tensors(x->about, x->learner, all);
	if ((x->list = mem_array(n, sizeof(*x->list))) == NULL)
		return (-1);
	for (i = 0; i < n; i++) {
		source = find_tensor(x->t, all[i].name);
		if (source == NOWHERE && all[i].optional)
			continue;
		if (source == NOWHERE)
			return (fail(ST_FAILED, "%s: is no whole model: tensor '%s' is missing",
			    file_of(x), all[i].name));
		if (check_own_shape(x, &x->t->list[source], &all[i]) == -1)
			return (-1);
		if (i < NN_MODEL_OWN_TENSORS)
			found[i] = true;
		x->list[x->n++] = (struct item){ .as = all[i], .source = source };
	}
	if (nn_model_check_own(found, file_of(x)) == -1)
		return (-1);
	return ((x->n != x->t->n) ?
	    fail(ST_FAILED, "%s: there are tensors that the %s '%s' does not have", file_of(x),
	    x->about->kind->name, x->learner->text) : 0);
}

/* ---- a model made elsewhere: its modules ---- */

/* So many digits always fit; more are no place in an order. */
#define MAX_DIGITS 18
#define TOO_LONG UINT64_MAX

/* The number that digits at *${s} are, behind which *${s} is left; or TOO_LONG. */
static uint64_t
take_digits(const char **s, const char *end)
{
	const char *begin = *s;
	uint64_t v = 0;

	for (; *s < end && isdigit((unsigned char)**s); (*s)++) {
		if (*s - begin < MAX_DIGITS)
			v = 10 * v + (uint64_t)(**s - '0');
	}
	return ((*s - begin > MAX_DIGITS) ? TOO_LONG : v);
}

/*
 * Compare names with their digits read as numbers: fc2 comes before fc10.  *${alike} says whether
 * they differ in numbers alone, of which none is too long, and so have an order.
 */
static int
compare_modules(const struct module *a, const struct module *b, bool *alike)
{
	const char *s = a->name, *t = b->name, *s_end = s + a->name_bytes,
	    *t_end = t + b->name_bytes;
	uint64_t u, v;
	int rc = 0;

	while (s < s_end && t < t_end) {
		if (isdigit((unsigned char)*s) && isdigit((unsigned char)*t)) {
			u = take_digits(&s, s_end);
			v = take_digits(&t, t_end);
			if (u == TOO_LONG || v == TOO_LONG) {
				*alike = false;
				return (rc);
			}
			if (rc == 0)
				rc = (u > v) - (u < v);
		} else if (*s++ != *t++) {
			*alike = false;
			return (rc);
		}
	}
	*alike = (s == s_end && t == t_end && rc != 0);
	return (rc);
}

static struct module *
find_module(struct import *x, const char *name, size_t bytes)
{
	size_t i;

	for (i = 0; i < x->n_modules; i++) {
		if (x->modules[i].name_bytes == bytes &&
		    memcmp(x->modules[i].name, name, bytes) == 0)
			return (&x->modules[i]);
	}
	return (NULL);
}

static int
add_to_module(struct import *x, size_t k)
{
	const char *name = x->t->list[k].name, *dot = strrchr(name, '.'), *what = (dot != NULL) ?
	    dot + 1 : name;
	size_t bytes = (dot != NULL) ? (size_t)(dot - name) : 0, *place;
	struct module *m;
	bool is_weight = (strcmp(what, "weight") == 0), is_kernel = (strcmp(what, "kernel") == 0);

	if (!is_weight && !is_kernel && strcmp(what, "bias") != 0)
		return (fail(ST_FAILED, "%s: tensor '%s' is neither weight, kernel nor bias, and "
		    "layers have no other", file_of(x), name));
	if ((m = find_module(x, name, bytes)) == NULL) {
		m = &x->modules[x->n_modules++];
		*m = (struct module){ .name = name, .name_bytes = bytes, .weight = NOWHERE,
			.bias = NOWHERE };
	}
	place = (is_weight || is_kernel) ? &m->weight : &m->bias;
	if (*place != NOWHERE)
		return (fail(ST_FAILED, "%s: there are a weight and a kernel of '%.*s'", file_of(x),
		    (int)bytes, name));
	*place = k;
	m->is_kernel = m->is_kernel || is_kernel;
	return (0);
}

static int
find_modules(struct import *x)
{
	size_t i;

	if ((x->modules = mem_array(x->t->n, sizeof(*x->modules))) == NULL)
		return (-1);
	for (i = 0; i < x->t->n; i++) {
		if (add_to_module(x, i) == -1)
			return (-1);
	}
	for (i = 0; i < x->n_modules; i++) {
		if (x->modules[i].weight == NOWHERE)
			return (fail(ST_FAILED, "%s: there is a bias of '%.*s', and no weight",
			    file_of(x), (int)x->modules[i].name_bytes, x->modules[i].name));
	}
	return (0);
}

/* ---- which module is which layer's ---- */

static size_t
dimensions(const struct import *x, const struct module *m)
{

	return (x->t->list[m->weight].dimensions);
}

/* In the order that --modules says. */
static int
order_as_said(struct import *x)
{
	const char *list = x->options.modules, *s;
	struct module *m, swap;
	size_t i, len;

	for (i = 0; names_next(&list, &s, &len); i++) {
		if ((m = find_module(x, s, len)) == NULL)
			return (fail(ST_USAGE, "--modules: %s has no weight of '%.*s'", file_of(x),
			    (int)len, s));
		if (m < x->modules + i)
			return (fail(ST_USAGE, "--modules: '%.*s' comes twice", (int)len, s));
		swap = x->modules[i];
		x->modules[i] = *m;
		*m = swap;
	}
	return ((i < x->n_modules) ?
	    fail(ST_USAGE, "--modules: says nothing of '%.*s'", (int)x->modules[i].name_bytes,
	    x->modules[i].name) : 0);
}

/*
 * Put the modules with the same number of dimensions into the order of the numbers in their names,
 * if these say one.
 */
static int
order_by_number(struct import *x)
{
	struct module *m = x->modules, swap;
	size_t i, j;
	bool alike;

	for (i = 0; i < x->n_modules; i++) {
		for (j = i + 1; j < x->n_modules; j++) {
			if (dimensions(x, &m[i]) != dimensions(x, &m[j]))
				continue;
			if (compare_modules(&m[i], &m[j], &alike) > 0) {
				swap = m[i];
				m[i] = m[j];
				m[j] = swap;
			}
			if (!alike)
				return (fail(ST_USAGE, "%s: the names '%.*s' and '%.*s' do not say "
				    "which layer comes first; --modules does", file_of(x),
				    (int)m[i].name_bytes, m[i].name, (int)m[j].name_bytes,
				    m[j].name));
		}
	}
	return (0);
}

/*
 * The next module for a layer whose weights have so many dimensions; any one in the order that
 * --modules says.
 */
static struct module *
next_module(struct import *x, size_t n, size_t *taken)
{
	size_t i;

	for (i = 0; i < x->n_modules; i++) {
		if (taken[i] == 0 && (x->options.modules != NULL ||
		    dimensions(x, &x->modules[i]) == n)) {
			taken[i] = 1;
			return (&x->modules[i]);
		}
	}
	return (NULL);
}

/* ---- a model made elsewhere: its layers ---- */

static bool
has_shape(const struct tensor *t, size_t n, const uint64_t *shape)
{

	return (t->dimensions == n && memcmp(t->shape, shape, n * sizeof(*shape)) == 0);
}

static int
wrong_shape(const struct import *x, const struct tensor *t, const struct nn_layer *l,
    const char *due)
{

	return (fail(ST_FAILED, "%s: tensor '%s' is not the weight of layer %zu of '%s', which has "
	    "%zu inputs and %zu outputs: %s", file_of(x), t->name, l->index, x->net->text,
	    nn_size(l->in), nn_size(l->out), due));
}

/*
 * How a dense layer's weights are stored is never told by their shape: a square one would not say.
 */
static bool
in_out(const struct import *x, const struct module *m)
{

	return ((x->options.weights != NULL) ? strcmp(x->options.weights, "in-out") == 0 :
	    m->is_kernel);
}

static int
take_weight(struct import *x, const struct nn_layer *l, const struct module *m, struct item *to)
{
	const struct tensor *t = &x->t->list[m->weight];
	const uint64_t in = l->weight.rows, out = l->weight.cols, as_stored[2] = { in, out },
	    turned[2] = { out, in };
	const uint64_t filters[4] = { l->count, l->in.channels, l->kernel, l->kernel };

	to->source = m->weight;
	if (strcmp(l->type->name, "dense") == 0 && in_out(x, m))
		return (has_shape(t, 2, as_stored) ? 0 :
		    wrong_shape(x, t, l, "it should be inputs x outputs (--weights)"));
	if (strcmp(l->type->name, "dense") == 0) {
		to->transpose = true;
		return (has_shape(t, 2, turned) ? 0 :
		    wrong_shape(x, t, l, "it should be outputs x inputs (--weights)"));
	}
	if (in_out(x, m))
		return (fail(ST_FAILED, "%s: tensor '%s': filters are read in the order output, "
		    "input, height, width alone", file_of(x), t->name));
	return (has_shape(t, 4, filters) ? 0 :
	    wrong_shape(x, t, l, "it should be filters x channels x kernel x kernel"));
}

/* A layer without one has a bias of 0. */
static int
take_bias(struct import *x, const struct nn_layer *l, const struct module *m, struct item *to)
{
	const struct tensor *t;
	const uint64_t row[2] = { 1, l->bias.cols };

	to->source = m->bias;
	if (m->bias == NOWHERE)
		return (0);
	t = &x->t->list[m->bias];
	if (!has_shape(t, 1, row + 1) && !has_shape(t, 2, row))
		return (fail(ST_FAILED, "%s: tensor '%s' is not the bias of layer %zu of '%s', "
		    "which has %zu", file_of(x), t->name, l->index, x->net->text, l->bias.cols));
	return (0);
}

static int
take_layers(struct import *x, size_t *taken)
{
	struct nn_model_tensor all[NN_MODEL_MAX_TENSORS];
	size_t n = nn_model_tensors(x->about, x->learner, all), i, at = NN_MODEL_OWN_TENSORS;
	const struct nn_layer *l;
	struct module *m;

	if ((x->list = mem_array(n, sizeof(*x->list))) == NULL)
		return (-1);
	for (i = 0; i < x->net->n; i++) {
		l = &x->net->layers[i];
		if (l->fixed != NULL)
			return (fail(ST_USAGE, "--net: the weights of a reservoir follow from a "
			    "seed, and are in no file"));
		if (l->weight.rows == 0)
			continue;
		if ((m = next_module(x, (strcmp(l->type->name, "dense") == 0) ? 2 : 4,
		    taken)) == NULL)
			return (fail(ST_FAILED, "%s: has no weight for layer %zu of '%s'",
			    file_of(x), l->index, x->net->text));
		x->list[x->n].as = all[at++];
		x->list[x->n + 1].as = all[at++];
		if (take_weight(x, l, m, &x->list[x->n]) == -1 ||
		    take_bias(x, l, m, &x->list[x->n + 1]) == -1)
			return (-1);
		x->n += 2;
	}
	for (i = 0; i < x->n_modules; i++) {
		if (taken[i] == 0)
			return (fail(ST_FAILED, "%s: the network '%s' has no layer for '%s'",
			    file_of(x), x->net->text, x->t->list[x->modules[i].weight].name));
	}
	return (0);
}

/* A row is an image, if it is said to be, or else what the first weights take. */
static int
input_shape(struct import *x, struct nn_shape *in)
{
	const struct module *first = &x->modules[0];
	const struct tensor *t = &x->t->list[first->weight];
	size_t i;

	if (x->options.input != NULL)
		return ((nn_shape_parse(x->options.input, in) == 0) ? 0 :
		    fail(ST_USAGE, "--input takes three numbers, such as 1x28x28, and not '%s'",
		    x->options.input));
	for (i = 0; i < x->n_modules; i++) {
		if (dimensions(x, &x->modules[i]) > 2)
			return (fail(ST_USAGE, "%s: there are filters of images: which shape they "
			    "have, --input CxHxW says", file_of(x)));
	}
	if (t->dimensions != 2 || t->rows > (1 << 24))
		return (fail(ST_FAILED, "%s: tensor '%s' is no weight of a layer: it is %zu x %zu",
		    file_of(x), t->name, t->rows, t->cols));
	*in = (struct nn_shape){ in_out(x, first) ? t->rows : t->cols, 1, 1 };
	return (0);
}

static int
take_others(struct import *x)
{
	struct nn_shape in;
	size_t *taken;
	int rc = -1;

	if (x->options.weights != NULL && strcmp(x->options.weights, "out-in") != 0 &&
	    strcmp(x->options.weights, "in-out") != 0)
		return (fail(ST_USAGE, "--weights takes out-in or in-out, and not '%s'",
		    x->options.weights));
	if (find_modules(x) == -1 || (x->options.modules != NULL ? order_as_said(x) :
	    order_by_number(x)) == -1 || input_shape(x, &in) == -1 ||
	    (x->learner = learner_network.make(x->options.network, in)) == NULL ||
	    (x->about = nn_model_new(x->learner, 0)) == NULL ||
	    nn_model_encode(x->about, &x->model) == -1)
		return (-1);
	x->net = learner_network_of(x->learner);
	if ((taken = mem_array(x->n_modules, sizeof(*taken))) != NULL)
		rc = take_layers(x, taken);
	free(taken);
	return (rc);
}

/* ---- all of it ---- */

static int
import_tensors(struct import *x)
{
	const struct import_options *o = &x->options;

	if (o->network == NULL && (o->input != NULL || o->modules != NULL || o->weights != NULL))
		return (fail(ST_USAGE, "--input, --modules and --weights go with --net"));
	if (x->t->model != NULL && o->network != NULL)
		return (fail(ST_USAGE, "%s: says itself what network it is for: --net is for "
		    "models made elsewhere", file_of(x)));
	/* The file's scale is not asked for where another one was given. */
	if ((x->t->model != NULL || o->network != NULL) && (o->scale.modulus != 0 ||
	    !o->file_scale))
		return (fail(ST_USAGE, "%s: is a model, which has 16 fraction bits: "
		    "--fraction-bits and --modulus are not for it", file_of(x)));
	return ((x->t->model != NULL) ? take_own_model(x) : (o->network != NULL) ? take_others(x) :
	    take_as_it_is(x));
}

/*
 * Names come from the file, and must be what a header of a stream may hold: have a reader look at
 * each.
 */
static int
check_headers(const struct import *x)
{
	const struct extent e = { .last = true };
	struct extent seen;
	struct part *part, *read;
	json_t *header;
	size_t k, rows;
	int rc = 0;

	for (k = 0; k < x->n && rc == 0; k++) {
		part = part_new();
		header = NULL;
		read = NULL;
		if (part == NULL || part_set_op(part, "share") == -1 ||
		    import_describe(x, k, part, &rows) == -1 ||
		    (header = header_json(part, &e)) == NULL ||
		    header_decode(header, header_version(part), file_of(x), &read, &seen) == -1)
			rc = -1;
		json_decref(header);
		part_free(read);
		part_free(part);
	}
	return (rc);
}

struct import *
import_open(struct window *w, const struct import_options *options)
{
	struct import *x;

	if ((x = mem_array(1, sizeof(*x))) == NULL)
		return (NULL);
	x->options = *options;
	if ((x->t = tensors_open(w)) == NULL || import_tensors(x) == -1 || check_headers(x) == -1) {
		import_free(x);
		return (NULL);
	}
	return (x);
}

void
import_free(struct import *x)
{

	if (x == NULL)
		return;
	learner_free(x->learner);
	nn_model_free(x->about);
	tensors_free(x->t);
	free(x->model);
	free(x->list);
	free(x->modules);
	free(x);
}

size_t
import_count(const struct import *x)
{

	return (x->n);
}

/* ---- one tensor ---- */

static struct tensors_scale
import_scale(const struct import *x, size_t k)
{
	struct tensors_scale s = x->options.scale;
	const struct tensor *t = (x->list[k].source != NOWHERE) ? &x->t->list[x->list[k].source] :
	    NULL;
	const bool own = (t != NULL && (x->t->model != NULL || (x->about == NULL &&
	    x->options.file_scale)));

	if (x->about != NULL)
		s = (struct tensors_scale){ .fraction_bits = x->list[k].as.f };
	if (own && t->fraction_bits != -1)
		s.fraction_bits = (unsigned)t->fraction_bits;
	if (own)
		s.exponents = t->exponents;
	s.refuse_lost = (x->about == NULL);
	if (s.modulus != 0) {
		s.fraction_bits = 0;
		s.exponents = NULL;
	}
	s.integers = (s.modulus != 0 || (s.fraction_bits == 0 && s.exponents == NULL));
	return (s);
}

/* Of columns in units of their own nothing else is known. */
static int
say_units(struct part *part, const int *exponents)
{
	struct column *about;
	size_t j;
	int rc;

	if (exponents == NULL)
		return (part_set_about(part, NULL));
	if ((about = mem_array(part->cols, sizeof(*about))) == NULL)
		return (-1);
	for (j = 0; j < part->cols; j++)
		column_result(&about[j], bounds_any(), exponents[j]);
	rc = part_set_about(part, about);
	columns_free(about, part->cols);
	return (rc);
}

int
import_describe(const struct import *x, size_t k, struct part *part, size_t *rows)
{
	const struct item *i = &x->list[k];
	const struct tensor *t = (i->source != NOWHERE) ? &x->t->list[i->source] : NULL;
	struct tensors_scale s = import_scale(x, k);
	const char *name = i->as.name;
	const char *const *columns = i->as.columns;
	size_t cols = i->as.cols;

	*rows = i->as.rows;
	if (x->about == NULL) {
		name = t->name;
		columns = (const char *const *)t->columns;
		cols = t->cols;
		*rows = t->rows;
	}
	part->modulus = s.modulus;
	part->fraction_bits = s.fraction_bits;
	return ((part_set_name(part, name) == -1 || part_set_columns(part, columns, cols) == -1 ||
	    say_units(part, s.exponents) == -1 ||
	    part_set_model(part, (k == 0) ? x->model : NULL) == -1) ? -1 : 0);
}

/* Even the product of 1 and a weight of this size has no room (smpc-train(1), RANGE). */
#define WEIGHT_BITS 30

/* In a prediction nobody is told; here the weights are clear. */
static void
warn_of_range(struct import *x, size_t k, const struct tensor *t, const uint64_t *words,
    unsigned fraction_bits)
{
	const unsigned bits = WEIGHT_BITS + fraction_bits;
	const uint64_t limit = (uint64_t)1 << ((bits < 63) ? bits : 0);
	size_t i;

	/* With more fraction bits no such weight fits; thresholds of trees are no weights. */
	if (x->about == NULL || x->list[k].as.optional || bits > 62 || x->learner->orders)
		return;
	for (i = 0; i < t->rows * t->cols && !x->warned; i++) {
		if (words[i] + limit - 1 <= 2 * limit - 2)
			continue;
		warn("%s: tensor '%s': row %zu, column %zu: weights of 2^%d and more make "
		    "predictions wrong, and nobody is told (smpc-train(1), RANGE)", file_of(x),
		    t->name, i / t->cols + 1, i % t->cols + 1, WEIGHT_BITS);
		x->warned = true;
	}
}

/* Weights of an input below 2^-SMALL_BITS lose up to a hundredth, and more, to rounding. */
#define SMALL_BITS 10

static bool
is_small_line(const double *x, size_t n, size_t step)
{
	double most = 0;
	size_t i;

	for (i = 0; i < n; i++)
		most = fmax(most, fabs(x[i * step]));
	return (most > 0 && most < ldexp(1, -SMALL_BITS));
}

/* Tell of the first input of a dense layer made elsewhere all whose weights are small. */
static int
warn_of_small(const struct import *x, size_t source, const struct tensor *t)
{
	const struct module *m = NULL;
	double *weight;
	size_t i, n;
	bool rows;
	int rc = -1;

	for (i = 0; i < x->n_modules && m == NULL; i++)
		m = (x->modules[i].weight == source) ? &x->modules[i] : NULL;
	if (m == NULL || t->dimensions != 2)
		return (0);
	rows = in_out(x, m);
	n = rows ? t->rows : t->cols;
	if ((weight = mem_array(t->rows * t->cols, sizeof(*weight))) != NULL &&
	    (rc = tensors_numbers(x->t, source, weight)) == 0) {
		for (i = 0; i < n && !(rows ? is_small_line(weight + i * t->cols, t->cols, 1) :
		    is_small_line(weight + i, t->rows, t->cols)); i++)
			continue;
		if (i < n)
			warn("%s: tensor '%s': all weights of input %zu are below %g, and 16 "
			    "fraction bits leave little of them: multiply them by a number, and "
			    "divide that input by it", file_of(x), t->name, i + 1,
			    ldexp(1, -SMALL_BITS));
	}
	mem_wipe_free(weight, t->rows * t->cols * sizeof(*weight));
	return (rc);
}

/* y = x', where x has so many rows. */
static void
turn_words(uint64_t *y, const uint64_t *x, size_t rows, size_t cols)
{
	size_t i, j;

	for (i = 0; i < rows; i++)
		for (j = 0; j < cols; j++)
			y[j * rows + i] = x[i * cols + j];
}

int
import_words(struct import *x, size_t k, uint64_t **words)
{
	const struct item *i = &x->list[k];
	const struct tensor *t = (i->source != NOWHERE) ? &x->t->list[i->source] : NULL;
	size_t n = (t != NULL) ? t->rows * t->cols : i->as.rows * i->as.cols;
	struct tensors_scale s = import_scale(x, k);
	uint64_t *turned;
	int rc = 0;

	if ((*words = mem_array(n, sizeof(**words))) == NULL)
		return (-1);
	if (t != NULL)
		rc = tensors_words(x->t, i->source, &s, *words);
	if (rc == 0 && t != NULL)
		warn_of_range(x, k, t, *words, s.fraction_bits);
	if (rc == 0 && t != NULL && x->net != NULL)
		rc = warn_of_small(x, i->source, t);
	if (rc == 0 && i->transpose) {
		if ((turned = mem_array(n, sizeof(*turned))) == NULL)
			rc = -1;
		else {
			turn_words(turned, *words, t->rows, t->cols);
			mem_wipe_free(*words, n * sizeof(**words));
			*words = turned;
		}
	}
	if (rc == -1) {
		mem_wipe_free(*words, n * sizeof(**words));
		*words = NULL;
	}
	return (rc);
}
