#include "data/coefficients.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/glm_figures.h"
#include "base/lasso_figures.h"
#include "data/csv_text.h"
#include "data/glm_table.h"
#include "data/lasso_table.h"
#include "ring/fixed.h"

/* What stands for missing values, FILL, is no coefficient, and is not in the table. */
enum { MEAN, SCALE, LABEL_MEAN, LABEL_SCALE, FILL, WEIGHT, BIAS, COEFFICIENTS,
	COVARIANCE, FIGURES, TENSORS };

static const char *const names[TENSORS] = { "standardize.mean", "standardize.scale", "label.mean",
	"label.scale", "fill", "dense1.weight", "dense1.bias", "coefficients", "covariance",
	"figures" };

/* A tensor in the clear, row-major. */
struct numbers {
	struct part *part; /* its first; NULL: it was not there */
	double *x;
	size_t rows, room; /* room: in rows */
};

struct coefficients {
	json_t *model;   /* NULL: no tensor has come yet */
	const char *glm; /* what generalized linear model it is; NULL: it is none */
	const char *lasso; /* and what path of lassos */
	bool ratios;
	struct numbers tensors[TENSORS];
	struct numbers *now;
};

struct coefficients *
coefficients_new(bool ratios)
{
	struct coefficients *c;

	if ((c = mem_array(1, sizeof(*c))) != NULL)
		c->ratios = ratios;
	return (c);
}

/* ---- what comes ---- */

/* "dense K", and perhaps what makes probabilities of it. */
static bool
single_layer(const char *network)
{
	int end = 0;

	return (sscanf(network, "dense %*[0-9]%n", &end) == 0 && end > 0 &&
	    (network[end] == '\0' || strcmp(network + end, ", sigmoid") == 0 ||
	    strcmp(network + end, ", softmax") == 0));
}

static int
take_model(struct coefficients *c, const struct part *part)
{
	const char *network;

	if (part->model == NULL)
		return (fail(ST_FAILED, "tensor '%s' is not the first one of a model, and --table "
		    "is for models of smpc-train and tests of smpc-stat", part->name));
	if ((c->model = json_loads(part->model, 0, NULL)) == NULL)
		return (fail(ST_FAILED, "out of memory"));
	if ((c->glm = json_string_value(json_object_get(c->model, "glm"))) != NULL)
		return (0);
	c->lasso = json_string_value(json_object_get(c->model, "lasso"));
	if (c->lasso != NULL)
		return (0);
	network = json_string_value(json_object_get(c->model, "network"));
	if (network == NULL || !single_layer(network))
		return (fail(ST_FAILED, "--table is for generalized linear models, lassos, and "
		    "those of a single dense layer, with a sigmoid or softmax behind it or none, "
		    "and this one is '%s'",
		    (network != NULL) ? network : "of another kind"));
	return (0);
}

int
coefficients_tensor(struct coefficients *c, const struct part *part)
{
	size_t i;

	if (c->model == NULL && take_model(c, part) == -1)
		return (-1);
	for (i = 0; i < TENSORS && strcmp(names[i], part->name) != 0; i++)
		continue;
	if (i == TENSORS || c->tensors[i].part != NULL)
		return (fail(ST_FAILED, "tensor '%s' is %s: --table takes a model as smpc-train "
		    "writes it, and no checkpoint", part->name,
		    (i == TENSORS) ? "none of its model" : "there twice"));
	c->now = &c->tensors[i];
	return (((c->now->part = part_copy(part)) == NULL) ? -1 : 0);
}

int
coefficients_row(struct coefficients *c, const uint64_t *words)
{
	struct numbers *t = c->now;
	const struct part *p = t->part;
	size_t j;

	if (mem_row_reserve(&t->x, t->rows, &t->room, t->part->cols) == -1)
		return (-1);
	for (j = 0; j < p->cols; j++)
		t->x[t->rows * p->cols + j] = ldexp(fixed_to_double((int64_t)words[j],
		    p->fraction_bits, p->divisor), part_about(p, j)->exponent);
	t->rows++;
	return (0);
}

/* ---- the table ---- */

static int
missing(size_t which)
{

	return (fail(ST_FAILED, "the model is not whole: tensor '%s' is missing", names[which]));
}

/* One row of ${cols} numbers; if ${other} is there, or is the same, it has to be. */
static int
check_one_row(const struct coefficients *c, size_t which, size_t cols, size_t other)
{
	const struct numbers *t = &c->tensors[which];

	if (t->part == NULL)
		return ((other == which || c->tensors[other].part != NULL) ? missing(which) : 0);
	if (t->rows != 1 || t->part->cols != cols)
		return (fail(ST_FAILED, "tensor '%s' is %zu x %zu, and the model takes 1 x %zu",
		    names[which], t->rows, t->part->cols, cols));
	return (0);
}

static int
check_coefficients(const struct coefficients *c)
{
	const struct numbers *w = &c->tensors[WEIGHT];
	size_t outputs;

	if (w->part == NULL)
		return (missing(WEIGHT));
	outputs = w->part->cols;
	return ((check_one_row(c, BIAS, outputs, BIAS) == -1 ||
	    check_one_row(c, MEAN, w->rows, SCALE) == -1 ||
	    check_one_row(c, SCALE, w->rows, MEAN) == -1 ||
	    check_one_row(c, LABEL_MEAN, outputs, LABEL_SCALE) == -1 ||
	    check_one_row(c, LABEL_SCALE, outputs, LABEL_MEAN) == -1 ||
	    (c->tensors[FILL].part != NULL &&
	    check_one_row(c, FILL, w->rows, FILL) == -1)) ? -1 : 0);
}

/* Number ${i} of a row, or what stands for it where there is none. */
static double
number_of(const struct coefficients *c, size_t which, size_t i, double otherwise)
{

	return ((c->tensors[which].part == NULL) ? otherwise : c->tensors[which].x[i]);
}

/* The coefficient of feature ${i} for output ${k}. */
static double
slope(const struct coefficients *c, size_t i, size_t k)
{
	const struct numbers *w = &c->tensors[WEIGHT];

	return (number_of(c, SCALE, i, 1) * w->x[i * w->part->cols + k] *
	    number_of(c, LABEL_SCALE, k, 1));
}

static double
intercept(const struct coefficients *c, size_t k)
{
	double sum = number_of(c, BIAS, k, 0) * number_of(c, LABEL_SCALE, k, 1) +
	    number_of(c, LABEL_MEAN, k, 0);
	size_t i;

	for (i = 0; i < c->tensors[WEIGHT].rows; i++)
		sum -= number_of(c, MEAN, i, 0) * slope(c, i, k);
	return (sum);
}

/* Element ${i} of a list of names in the model, or NULL. */
static const char *
name_of(const struct coefficients *c, const char *list, size_t i)
{

	return (json_string_value(json_array_get(json_object_get(c->model, list), i)));
}

/* The value of class ${k} of the only label, or NULL where the model does not say what it is. */
static const char *
value_of(const struct coefficients *c, size_t k)
{
	const json_t *label = json_array_get(json_object_get(c->model, "label-columns"), 0);

	return (json_string_value(json_array_get(json_object_get(label, "values"), k)));
}

/*
 * An output is called as its label; where one label stands for all classes, as that and the class.
 */
static int
print_output(const struct coefficients *c, struct buf *text, size_t k)
{
	size_t outputs = c->tensors[WEIGHT].part->cols,
	    labels = json_array_size(json_object_get(c->model, "labels"));
	const char *label = name_of(c, "labels", (labels == outputs) ? k : 0);
	char name[PART_MAX_COLUMN_NAME_BYTES + COLUMN_MAX_VALUE_BYTES + 2], number[24];
	const char *class = value_of(c, k);

	label = (label == NULL || (labels != outputs && labels != 1)) ? "estimate" : label;
	snprintf(number, sizeof(number), "%zu", k);
	class = (class == NULL) ? number : class;
	if (labels == outputs || outputs == 1)
		snprintf(name, sizeof(name), "%s", label);
	else
		snprintf(name, sizeof(name), "%s_%s", label, class);
	return ((buf_string(text, ",") == -1) ? -1 : csv_text_name(text, name));
}

static int
print_estimate(struct buf *text, double v)
{
	char number[40];

	snprintf(number, sizeof(number), ",%.9g", (v == 0) ? 0 : v);
	return (buf_string(text, number));
}

static int
print_feature(const struct coefficients *c, struct buf *text, size_t i)
{
	const char *name = name_of(c, "features", i);
	char position[24];
	size_t k;

	snprintf(position, sizeof(position), "%zu", i + 1);
	if (csv_text_name(text, (name != NULL) ? name : position) == -1)
		return (-1);
	for (k = 0; k < c->tensors[WEIGHT].part->cols; k++) {
		if (print_estimate(text, slope(c, i, k)) == -1)
			return (-1);
	}
	return (buf_string(text, "\n"));
}

/* ---- a generalized linear model ---- */

static int
check_glm_tensor(const struct coefficients *c, size_t which, size_t rows, size_t cols)
{
	const struct numbers *t = &c->tensors[which];

	if (t->part == NULL)
		return (missing(which));
	if (t->rows != rows || t->part->cols != cols)
		return (fail(ST_FAILED, "tensor '%s' is %zu x %zu, and the model takes %zu x %zu",
		    names[which], t->rows, t->part->cols, rows, cols));
	return (0);
}

/* Coefficients, and what columns are standardized by. */
static int
check_standardized(const struct coefficients *c)
{
	const struct numbers *mean = &c->tensors[MEAN];
	bool labels = (c->tensors[LABEL_MEAN].part != NULL ||
	    c->tensors[LABEL_SCALE].part != NULL);

	if (c->tensors[COEFFICIENTS].part == NULL)
		return (missing(COEFFICIENTS));
	if (mean->part == NULL)
		return (missing(MEAN));
	return ((check_glm_tensor(c, MEAN, 1, mean->part->cols) == -1 ||
	    check_glm_tensor(c, SCALE, 1, mean->part->cols) == -1 ||
	    (labels && (check_glm_tensor(c, LABEL_MEAN, 1, 1) == -1 ||
	    check_glm_tensor(c, LABEL_SCALE, 1, 1) == -1))) ? -1 : 0);
}

static int
check_glm(const struct coefficients *c)
{
	const struct numbers *b = &c->tensors[COEFFICIENTS];

	return ((check_standardized(c) == -1 ||
	    check_glm_tensor(c, COEFFICIENTS, b->rows, 1) == -1 ||
	    check_glm_tensor(c, COVARIANCE, b->rows, b->rows) == -1 ||
	    check_glm_tensor(c, FIGURES, 1, GLM_FIGURES) == -1) ? -1 : 0);
}

/* Names of features, to be freed; NULL on failure (reported). */
static const char **
feature_names(const struct coefficients *c)
{
	size_t n = c->tensors[MEAN].part->cols, i;
	const char **features;

	if ((features = mem_array(n, sizeof(*features))) == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		features[i] = name_of(c, "features", i);
	return (features);
}

static int
print_glm(const struct coefficients *c, struct buf *text)
{
	struct glm_table t = { .model = c->glm, .ratios = c->ratios };
	const char **features;
	int rc;

	if (check_glm(c) == -1)
		return (-1);
	t.features = c->tensors[MEAN].part->cols;
	t.n = c->tensors[COEFFICIENTS].rows;
	t.coefficients = c->tensors[COEFFICIENTS].x;
	t.covariance = c->tensors[COVARIANCE].x;
	t.figures = c->tensors[FIGURES].x;
	t.mean = c->tensors[MEAN].x;
	t.scale = c->tensors[SCALE].x;
	t.label_mean = number_of(c, LABEL_MEAN, 0, 0);
	t.label_scale = number_of(c, LABEL_SCALE, 0, 1);
	if ((features = feature_names(c)) == NULL)
		return (-1);
	t.names = features;
	rc = glm_table_print(&t, text);
	free(features);
	return (rc);
}

/* ---- a path of lassos ---- */

static int
check_lasso(const struct coefficients *c)
{
	size_t lambdas;

	if (check_standardized(c) == -1)
		return (-1);
	lambdas = c->tensors[COEFFICIENTS].part->cols;
	return ((check_glm_tensor(c, COEFFICIENTS, c->tensors[MEAN].part->cols + 1,
	    lambdas) == -1 ||
	    check_glm_tensor(c, FIGURES, 1, LASSO_DEVIANCE + lambdas) == -1) ? -1 : 0);
}

static int
print_lasso(const struct coefficients *c, struct buf *text)
{
	struct lasso_table t = { .model = c->lasso };
	const char **features;
	int rc;

	if (c->ratios)
		return (fail(ST_USAGE, "--ratios is for generalized linear models (smpc-train "
		    "--model glm)"));
	if (check_lasso(c) == -1)
		return (-1);
	t.features = c->tensors[MEAN].part->cols;
	t.lambdas = c->tensors[COEFFICIENTS].part->cols;
	t.coefficients = c->tensors[COEFFICIENTS].x;
	t.figures = c->tensors[FIGURES].x;
	t.mean = c->tensors[MEAN].x;
	t.scale = c->tensors[SCALE].x;
	t.label_mean = number_of(c, LABEL_MEAN, 0, 0);
	t.label_scale = number_of(c, LABEL_SCALE, 0, 1);
	if ((features = feature_names(c)) == NULL)
		return (-1);
	t.names = features;
	rc = lasso_table_print(&t, text);
	free(features);
	return (rc);
}

int
coefficients_print(const struct coefficients *c, struct buf *text)
{
	size_t i, k;

	if (c->glm != NULL)
		return (print_glm(c, text));
	if (c->lasso != NULL)
		return (print_lasso(c, text));
	if (c->ratios)
		return (fail(ST_USAGE, "--ratios is for generalized linear models (smpc-train "
		    "--model glm)"));
	if (check_coefficients(c) == -1 || buf_string(text, "name") == -1)
		return (-1);
	for (k = 0; k < c->tensors[WEIGHT].part->cols; k++) {
		if (print_output(c, text, k) == -1)
			return (-1);
	}
	if (buf_string(text, "\n(Intercept)") == -1)
		return (-1);
	for (k = 0; k < c->tensors[WEIGHT].part->cols; k++) {
		if (print_estimate(text, intercept(c, k)) == -1)
			return (-1);
	}
	if (buf_string(text, "\n") == -1)
		return (-1);
	for (i = 0; i < c->tensors[WEIGHT].rows; i++) {
		if (print_feature(c, text, i) == -1)
			return (-1);
	}
	return (0);
}

void
coefficients_free(struct coefficients *c)
{
	struct numbers *t;
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < TENSORS; i++) {
		t = &c->tensors[i];
		if (t->part != NULL)
			mem_wipe_free(t->x, t->room * t->part->cols * sizeof(*t->x));
		part_free(t->part);
	}
	json_decref(c->model);
	free(c);
}
