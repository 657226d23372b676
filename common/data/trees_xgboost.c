#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "data/trees_model_internal.h"
#include "table/xgboost.h"

#define NO_PARENT 2147483647

/* A tree as xgboost has it: no node but those that are split, and leaves. */
struct tree_out {
	size_t n;
	struct node_out {
		long left, right, parent, feature;
		int default_left;
		double value, gain; /* threshold of a split, or number of a leaf */
	} node[2 << XGBOOST_MOST_DEPTH];
};

/* ---- one tree ---- */

/* The threshold of node ${k} in the unit of its column (table/xgboost.h). */
static double
threshold_of(const struct trees_model *m, size_t k, size_t feature)
{
	const json_t *units = json_object_get(m->model, "feature-units");
	const int unit = (int)json_integer_value(json_array_get(units, feature));
	const double w = m->tensors[TREES_THRESHOLDS].x[k];
	/* Large words are float32, or the nearest one is what their numbers are there. */
	const float t = (fabs(w) < XGBOOST_EXACT_WORDS) ? nextafterf((float)(w - 0.5), INFINITY) :
	    (float)w;

	return (ldexp((double)t, unit - XGBOOST_WORD_BITS));
}

/* Go to what node ${at} of a level stands for: all rows go to the left of what is not split. */
static void
skip_unsplit(const struct trees_model *m, size_t tree, size_t *level, size_t *at)
{
	const size_t nodes = ((size_t)1 << m->depth) - 1;
	const double *split = m->tensors[TREES_SPLITS].x + tree * nodes;

	while (*level < m->depth && split[((size_t)1 << *level) - 1 + *at] < 0) {
		(*level)++;
		*at *= 2;
	}
}

/* A tree that is put together, of which leaves have ${output} of their numbers. */
struct putting {
	struct tree_out *out;
	const struct trees_model *m;
	size_t tree, output;
	double scale;       /* of leaves */
};

/*
 * Put node ${at} of a level, and what is below it.  The right child comes right behind the left
 * one: xgboost takes that as given.
 */
static void
put_node(const struct putting *p, size_t number, size_t level, size_t at, long parent)
{
	const struct trees_model *m = p->m;
	const size_t nodes = ((size_t)1 << m->depth) - 1;
	struct node_out *o = &p->out->node[number];
	size_t k;

	*o = (struct node_out){ .left = -1, .right = -1, .parent = parent };
	skip_unsplit(m, p->tree, &level, &at);
	if (level == m->depth) {
		k = (p->tree * (nodes + 1) + at) * m->outputs + p->output;
		o->value = p->scale * m->tensors[TREES_LEAVES].x[k];
		return;
	}
	k = p->tree * nodes + ((size_t)1 << level) - 1 + at;
	o->feature = (long)m->tensors[TREES_SPLITS].x[k];
	o->value = threshold_of(m, k, (size_t)o->feature);
	o->gain = p->scale * p->scale * m->tensors[TREES_GAINS].x[k];
	o->default_left = !(m->missing && m->tensors[TREES_MISSING].x[k] == 1);
	o->left = (long)p->out->n++;
	o->right = (long)p->out->n++;
	put_node(p, (size_t)o->left, level + 1, 2 * at, (long)number);
	put_node(p, (size_t)o->right, level + 1, 2 * at + 1, (long)number);
}

/* ---- JSON ---- */

/* A float32, as a number that xgboost does not take for a whole one. */
static int
put_float(struct buf *text, double x)
{
	char number[40];

	snprintf(number, sizeof(number), "%.9g", (x == 0) ? 0 : (double)(float)x);
	return ((buf_string(text, number) == -1 || (strchr(number, 'e') == NULL &&
	    buf_string(text, "E0") == -1)) ? -1 : 0);
}

static int
put_count_of(struct buf *text, long n)
{
	char number[24];

	snprintf(number, sizeof(number), "%ld", n);
	return (buf_string(text, number));
}

enum { LEFTS, RIGHTS, PARENTS, FEATURES, DIRECTIONS, ZEROS, VALUES, GAINS, NOTHINGS };

static int
put_of_node(struct buf *text, const struct node_out *o, int field)
{

	switch (field) {
	case LEFTS:
		return (put_count_of(text, o->left));
	case RIGHTS:
		return (put_count_of(text, o->right));
	case PARENTS:
		return (put_count_of(text, o->parent));
	case FEATURES:
		return (put_count_of(text, o->feature));
	case DIRECTIONS:
		return (put_count_of(text, o->default_left));
	case ZEROS:
		return (put_count_of(text, 0));
	case VALUES:
		return (put_float(text, o->value));
	case GAINS:
		return (put_float(text, o->gain));
	}
	return (put_float(text, 0));
}

static int
put_array(struct buf *text, const struct tree_out *out, const char *name, int field)
{
	size_t i;

	if (buf_string(text, "\"") == -1 || buf_string(text, name) == -1 ||
	    buf_string(text, "\":[") == -1)
		return (-1);
	for (i = 0; i < out->n; i++) {
		if ((i > 0 && buf_string(text, ",") == -1) ||
		    put_of_node(text, &out->node[i], field) == -1)
			return (-1);
	}
	return (buf_string(text, "],"));
}

static int
put_tree(struct buf *text, const struct trees_model *m, const struct tree_out *out, size_t number)
{
	char end[200];

	if (buf_string(text, (number > 0) ? ",{" : "{") == -1 ||
	    put_array(text, out, "base_weights", NOTHINGS) == -1 ||
	    buf_string(text, "\"categories\":[],\"categories_nodes\":[],\"categories_segments\":[],"
	    "\"categories_sizes\":[],") == -1 ||
	    put_array(text, out, "default_left", DIRECTIONS) == -1 ||
	    put_array(text, out, "left_children", LEFTS) == -1 ||
	    put_array(text, out, "loss_changes", GAINS) == -1 ||
	    put_array(text, out, "parents", PARENTS) == -1 ||
	    put_array(text, out, "right_children", RIGHTS) == -1 ||
	    put_array(text, out, "split_conditions", VALUES) == -1 ||
	    put_array(text, out, "split_indices", FEATURES) == -1 ||
	    put_array(text, out, "split_type", ZEROS) == -1 ||
	    put_array(text, out, "sum_hessian", NOTHINGS) == -1)
		return (-1);
	snprintf(end, sizeof(end), "\"id\":%zu,\"tree_param\":{\"num_deleted\":\"0\","
	    "\"num_feature\":\"%zu\",\"num_nodes\":\"%zu\",\"size_leaf_vector\":\"0\"}}", number,
	    m->tensors[TREES_SPLITS].cols, out->n);
	return (buf_string(text, end));
}

/* Of leaves with several numbers, each has trees of its own, with the same splits. */
static int
put_trees(struct buf *text, const struct trees_model *m)
{
	const double scale = trees_model_number(m, TREES_LABEL_SCALE, 1);
	struct tree_out *out;
	size_t i, k;
	int rc = 0;

	if ((out = mem_array(1, sizeof(*out))) == NULL)
		return (-1);
	for (i = 0; i < m->total && rc == 0; i++) {
		for (k = 0; k < m->outputs && rc == 0; k++) {
			const struct putting p = { out, m, i, k, scale };

			out->n = 1;
			put_node(&p, 0, 0, 0, NO_PARENT);
			rc = put_tree(text, m, out, i * m->outputs + k);
		}
	}
	mem_wipe_free(out, sizeof(*out));
	return (rc);
}

/* How many numbers xgboost adds up apart, in turn. */
static size_t
groups(const struct trees_model *m)
{

	return (m->total / m->trees * m->outputs);
}

static int
put_booster(struct buf *text, const struct trees_model *m)
{
	const size_t n = m->total * m->outputs;
	char line[200];
	size_t i;

	snprintf(line, sizeof(line), "\"gradient_booster\":{\"model\":{\"gbtree_model_param\":{"
	    "\"num_parallel_tree\":\"1\",\"num_trees\":\"%zu\",\"size_leaf_vector\":\"0\"},"
	    "\"tree_info\":[", n);
	if (buf_string(text, line) == -1)
		return (-1);
	for (i = 0; i < n; i++) {
		if ((i > 0 && buf_string(text, ",") == -1) ||
		    put_count_of(text, (long)(i % groups(m))) == -1)
			return (-1);
	}
	if (buf_string(text, "],\"trees\":[") == -1 || put_trees(text, m) == -1)
		return (-1);
	return (buf_string(text, "]},\"name\":\"gbtree\"},"));
}

static int
put_names(struct buf *text, const struct trees_model *m)
{
	json_t *names = json_object_get(m->model, "features");
	char *s = (names != NULL) ? json_dumps(names, JSON_COMPACT) : strdup("[]");
	int rc = -1;

	if (s == NULL)
		fail(ST_FAILED, "out of memory");
	else if (buf_string(text, "\"feature_names\":") == 0 && buf_string(text, s) == 0)
		rc = buf_string(text, ",\"feature_types\":[],");
	free(s);
	return (rc);
}

/* Probabilities of boosting begin even; numbers at the mean. */
static int
put_parameters(struct buf *text, const struct trees_model *m)
{
	const bool squared = (strcmp(m->loss, "squared") == 0),
	    softmax = (strcmp(m->loss, "softmax") == 0);
	const double base = !squared ? 0.5 : trees_model_number(m, TREES_LABEL_MEAN, 0);
	char line[400];

	if (buf_string(text, "\"learner_model_param\":{\"base_score\":\"") == -1 ||
	    put_float(text, base) == -1)
		return (-1);
	snprintf(line, sizeof(line), "\",\"boost_from_average\":\"1\",\"num_class\":\"%zu\","
	    "\"num_feature\":\"%zu\",\"num_target\":\"%zu\"},\"objective\":{\"name\":\"%s\",",
	    softmax ? m->classes : 0, m->tensors[TREES_SPLITS].cols, m->outputs,
	    squared ? "reg:squarederror" : softmax ? "multi:softprob" : "binary:logistic");
	if (buf_string(text, line) == -1)
		return (-1);
	snprintf(line, sizeof(line), "\"softmax_multiclass_param\":{\"num_class\":\"%zu\"}",
	    m->classes);
	return (buf_string(text, softmax ? line : "\"reg_loss_param\":{\"scale_pos_weight\":"
	    "\"1\"}"));
}

/* Units are what a header may say, one for each feature. */
static int
check_feature_units(const struct trees_model *m)
{
	const json_t *units = json_object_get(m->model, "feature-units"), *v;
	const size_t n = m->tensors[TREES_SPLITS].cols;
	size_t j;

	for (j = 0; units != NULL && j < n; j++) {
		v = json_array_get(units, j);
		if (json_array_size(units) != n || !json_is_integer(v) ||
		    json_integer_value(v) < -62 || json_integer_value(v) > 62)
			return (fail(ST_FAILED, "header: field 'model' has no unit for each of "
			    "%zu features", n));
	}
	return (0);
}

int
trees_model_xgboost(struct trees_model *m, struct buf *text)
{

	if (trees_model_check(m) == -1 || check_feature_units(m) == -1 ||
	    buf_string(text, "{\"learner\":{\"attributes\":{},") == -1 ||
	    put_names(text, m) == -1 || put_booster(text, m) == -1 ||
	    put_parameters(text, m) == -1)
		return (-1);
	return (buf_string(text, "}},\"version\":[1,7,4]}\n"));
}
