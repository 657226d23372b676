/*
 * A model of xgboost as a format of tensors: those of a model of trees (smpc-share(5), Models), of
 * which t->model tells.  Everything is checked before a number is made.
 */

#include "table/xgboost.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "ring/fixed.h"
#include "table/tensors_internal.h"

/* Beyond this a threshold, in its word, has no room; and sums of leaves have none. */
#define MOST_THRESHOLD 0x1p15
#define MOST_SCORE 0x1p37
#define MOST_GAIN 0x1p46
/* Numbers of all splits, which are laid out as 0 and 1. */
#define MOST_SPLITS ((size_t)1 << 26)

/* An array of a tree for each of its fields. */
enum { LEFT, RIGHT, FEATURE, VALUE, DIRECTION, GAIN, TREE_ARRAYS };

static const char *const array_names[TREE_ARRAYS] = { "left_children", "right_children",
	"split_indices", "split_conditions", "default_left", "loss_changes" };

struct tree_read {
	size_t number;                    /* in the file, from 0 */
	const json_t *array[TREE_ARRAYS]; /* GAIN may be NULL */
	size_t nodes;
	bool *seen;                       /* of each node: a walk has come to it */
};

/* Where the numbers of a model are to go: tree after tree. */
struct trees_made {
	double *split;                    /* of each node, the column; -1: it is not split */
	double *threshold, *missing, *gain, *leaf;
};

struct trees_reader {
	struct tensors *t;
	json_t *root;
	const json_t *learner, *trees, *info;
	const char *loss;                 /* as the text of a model has it */
	size_t cols, classes, in_round, total, depth;
	double base;                      /* what all rows have before any tree */
	struct trees_made to;
};

__attribute__((format(printf, 2, 3))) static int
trees_fail(const struct trees_reader *r, const char *format, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return (fail(ST_FAILED, "%s: xgboost model: %s", r->t->window.name, text));
}

/* ---- parameters ---- */

/* A whole number, which xgboost writes as a string; ${unless} where it is absent. */
static int
take_param(const struct trees_reader *r, const json_t *of, const char *name, uint64_t most,
    uint64_t unless, size_t *value)
{
	const json_t *v = json_object_get(of, name);
	uint64_t n = unless;

	if (v != NULL && (!json_is_string(v) || num_parse(json_string_value(v), 0, most,
	    &n) == -1))
		return (trees_fail(r, "%s is to be a whole number up to %" PRIu64, name, most));
	*value = (size_t)n;
	return (0);
}

/* xgboost 3 writes an array of one number in its string. */
static int
take_base_score(struct trees_reader *r, const json_t *of)
{
	const char *s = json_string_value(json_object_get(of, "base_score"));
	size_t n = (s != NULL) ? strlen(s) : 0;

	if (n > 2 && s[0] == '[' && s[n - 1] == ']') {
		s++;
		n -= 2;
	}
	if (s == NULL || fixed_parse_double(s, n, &r->base) != FIXED_OK || !isfinite(r->base))
		return (trees_fail(r, "base_score is to be a single number"));
	return (0);
}

/* The base score is a probability where trees add up to its logit. */
static int
take_objective(struct trees_reader *r)
{
	const json_t *o = json_object_get(r->learner, "objective");
	const char *name = json_string_value(json_object_get(o, "name"));

	if (name == NULL)
		return (trees_fail(r, "has no objective"));
	if (strcmp(name, "reg:squarederror") == 0) {
		r->loss = "squared";
		return ((r->classes == 0) ? 0 : trees_fail(r, "num_class is not for '%s'", name));
	}
	if (strcmp(name, "binary:logistic") == 0) {
		r->loss = "logistic";
		if (r->classes != 0)
			return (trees_fail(r, "num_class is not for '%s'", name));
		if (!(r->base > 0 && r->base < 1))
			return (trees_fail(r, "base_score is to be between 0 and 1"));
		r->base = log(r->base / (1 - r->base));
		r->classes = 2;
		return (0);
	}
	if (strcmp(name, "multi:softprob") == 0 || strcmp(name, "multi:softmax") == 0) {
		r->loss = "softmax";
		/* It is the same for all classes, and probabilities do not change. */
		r->base = 0;
		r->in_round = r->classes;
		return ((r->classes > 2) ? 0 : trees_fail(r, "softmax takes 3 classes or more, "
		    "and two are for binary:logistic"));
	}
	return (trees_fail(r, "the objective '%s' is none of reg:squarederror, binary:logistic, "
	    "multi:softprob and multi:softmax", name));
}

static int
take_parameters(struct trees_reader *r)
{
	const json_t *of = json_object_get(r->learner, "learner_model_param");
	size_t targets;

	r->in_round = 1;
	if (take_param(r, of, "num_feature", TENSOR_MAX_COLUMNS, 0, &r->cols) == -1 ||
	    take_param(r, of, "num_class", XGBOOST_MOST_CLASSES, 0, &r->classes) == -1 ||
	    take_param(r, of, "num_target", UINT32_MAX, 1, &targets) == -1 ||
	    take_base_score(r, of) == -1)
		return (-1);
	if (r->cols == 0)
		return (trees_fail(r, "num_feature says that there are no features"));
	if (targets > 1)
		return (trees_fail(r, "it predicts %zu labels of a row; train one model for each",
		    targets));
	return (take_objective(r));
}

/* The only booster whose trees are simply added up. */
static int
take_booster(struct trees_reader *r)
{
	const json_t *booster = json_object_get(r->learner, "gradient_booster"),
	    *model = json_object_get(booster, "model");
	const char *name = json_string_value(json_object_get(booster, "name"));

	if (name == NULL || strcmp(name, "gbtree") != 0)
		return (trees_fail(r, "the booster '%s' is not gbtree: train with booster=gbtree",
		    (name != NULL) ? name : ""));
	r->trees = json_object_get(model, "trees");
	r->info = json_object_get(model, "tree_info");
	r->total = json_array_size(r->trees);
	if (r->total == 0)
		return (trees_fail(r, "has no trees"));
	if (json_array_size(r->info) != r->total)
		return (trees_fail(r, "tree_info is to have a number for each of %zu trees",
		    r->total));
	return (0);
}

/* ---- names ---- */

/* Features of classes are split by sets, and not by order. */
static int
check_types(const struct trees_reader *r)
{
	const json_t *types = json_object_get(r->learner, "feature_types");
	const char *s;
	size_t j;

	for (j = 0; j < json_array_size(types); j++) {
		s = json_string_value(json_array_get(types, j));
		if (s == NULL || strcmp(s, "c") == 0)
			return (trees_fail(r, "feature %zu is categorical: give xgboost a column "
			    "of 0 and 1 for each of its values (smpc-share --one-hot shares them "
			    "so)", j + 1));
	}
	return (0);
}

static int
check_features(const struct trees_reader *r, const json_t *names)
{
	const char **list;
	size_t n = json_array_size(names), j, position;
	int rc = 0;

	if (n == 0)
		return (0);
	if (n != r->cols)
		return (trees_fail(r, "there are %zu feature_names, and %zu features", n,
		    r->cols));
	if ((list = mem_array(n, sizeof(*list))) == NULL)
		return (-1);
	for (j = 0; j < n && rc == 0; j++) {
		list[j] = json_string_value(json_array_get(names, j));
		if (list[j] == NULL || *list[j] == '\0')
			rc = trees_fail(r, "feature %zu has no name", j + 1);
	}
	if (rc == 0 && (rc = names_repeated(list, n, &position)) == 1)
		rc = trees_fail(r, "feature_names: '%s' comes twice", list[position]);
	free(list);
	return (rc);
}

/* ---- one tree ---- */

static int
tree_fail(const struct trees_reader *r, const struct tree_read *tree, size_t node,
    const char *what)
{

	return (trees_fail(r, "tree %zu, node %zu: %s", tree->number, node, what));
}

static int
check_numeric(const struct trees_reader *r, const struct tree_read *tree, const json_t *o)
{
	const json_t *types = json_object_get(o, "split_type");
	size_t i, values;

	if (take_param(r, json_object_get(o, "tree_param"), "size_leaf_vector", UINT32_MAX, 0,
	    &values) == -1)
		return (-1);
	if (values > 1)
		return (trees_fail(r, "tree %zu has %zu numbers in a leaf: train with "
		    "multi_strategy=one_output_per_tree", tree->number, values));
	if (json_array_size(json_object_get(o, "categories_nodes")) > 0)
		return (trees_fail(r, "tree %zu has categorical splits", tree->number));
	for (i = 0; i < json_array_size(types); i++) {
		if (json_integer_value(json_array_get(types, i)) != 0)
			return (tree_fail(r, tree, i, "its split is categorical"));
	}
	return (0);
}

static int
open_tree(const struct trees_reader *r, struct tree_read *tree, size_t number)
{
	const json_t *o = json_array_get(r->trees, number);
	size_t k;

	*tree = (struct tree_read){ .number = number };
	for (k = 0; k < TREE_ARRAYS; k++) {
		tree->array[k] = json_object_get(o, array_names[k]);
		if (tree->array[k] == NULL && k == GAIN)
			continue;
		if (!json_is_array(tree->array[k]) ||
		    json_array_size(tree->array[k]) != json_array_size(tree->array[LEFT]))
			return (trees_fail(r, "tree %zu: %s is to have a number for each node",
			    number, array_names[k]));
	}
	if ((tree->nodes = json_array_size(tree->array[LEFT])) == 0)
		return (trees_fail(r, "tree %zu has no nodes", number));
	if (check_numeric(r, tree, o) == -1)
		return (-1);
	return (((tree->seen = mem_array(tree->nodes, sizeof(*tree->seen))) == NULL) ? -1 : 0);
}

/* A whole number up to ${most}, or -1. */
static json_int_t
whole_at(const struct tree_read *tree, size_t array, size_t node, size_t most)
{
	const json_t *v = json_array_get(tree->array[array], node);
	json_int_t n = json_is_boolean(v) ? json_is_true(v) : json_integer_value(v);

	if ((!json_is_integer(v) && !json_is_boolean(v)) || n < 0 || (uint64_t)n > most)
		return (-1);
	return (n);
}

static int
float_at(const struct trees_reader *r, const struct tree_read *tree, size_t array, size_t node,
    double *x)
{
	const json_t *v = json_array_get(tree->array[array], node);

	if (tree->array[array] == NULL) {
		*x = 0;
		return (0);
	}
	*x = json_number_value(v);
	if (!json_is_number(v) || !(fabs(*x) <= 0x1.fffffep127))
		return (tree_fail(r, tree, node, "there should be a number"));
	*x = (double)(float)*x;
	return (0);
}

/*
 * The word of the least number that is ${t} as a float32: half way from the one before.  Thresholds
 * of xgboost are often values of the data: no value that is ${t}, whatever its decimals are, may
 * have a word below this one.
 */
static double
threshold_word(double t)
{
	const double due = ldexp(t, XGBOOST_WORD_BITS),
	    before = ldexp((double)nextafterf((float)t, -INFINITY), XGBOOST_WORD_BITS);
	double word = floor((before + due) / 2 + 0.5);

	if (fabs(due) <= XGBOOST_EXACT_WORDS)
		return (word);
	/* Half way, a number is rounded to an even float32; words do not tell all apart. */
	while ((double)(float)word < due)
		word++;
	while ((double)(float)(word - 1) >= due)
		word--;
	return (word);
}

/* ---- from a tree to a full one ---- */

/* Where a walk is: node ${at} of those of its level, from the left, in a full tree. */
struct tree_place {
	size_t node, level, at;
};

static int
make_leaf(struct trees_reader *r, const struct tree_read *tree, const struct tree_place *p,
    size_t to)
{
	const size_t leaves = (size_t)1 << r->depth;
	double x;

	if (float_at(r, tree, VALUE, p->node, &x) == -1)
		return (-1);
	r->to.leaf[to * leaves + (p->at << (r->depth - p->level))] = x;
	return (0);
}

static int
make_split(struct trees_reader *r, const struct tree_read *tree, const struct tree_place *p,
    size_t to)
{
	const size_t nodes = ((size_t)1 << r->depth) - 1,
	    k = to * nodes + ((size_t)1 << p->level) - 1 + p->at;
	const json_int_t feature = whole_at(tree, FEATURE, p->node, r->cols - 1),
	    left = whole_at(tree, DIRECTION, p->node, 1);
	double t, gain;

	if (feature == -1)
		return (tree_fail(r, tree, p->node, "split_indices says no feature"));
	if (left == -1)
		return (tree_fail(r, tree, p->node, "default_left is to be 0 or 1"));
	if (float_at(r, tree, VALUE, p->node, &t) == -1 ||
	    float_at(r, tree, GAIN, p->node, &gain) == -1)
		return (-1);
	if (fabs(t) > MOST_THRESHOLD)
		return (fail(ST_RANGE, "%s: xgboost model: tree %zu, node %zu: the threshold %g of "
		    "feature %zu is beyond 32768: divide the column by a number, and train again",
		    r->t->window.name, tree->number, p->node, t, (size_t)feature + 1));
	if (fabs(gain) > MOST_GAIN)
		return (fail(ST_RANGE, "%s: xgboost model: tree %zu, node %zu: the gain %g is "
		    "beyond 2^46: divide the labels by a number, and train again, or leave out "
		    "loss_changes", r->t->window.name, tree->number, p->node, gain));
	r->to.split[k] = (double)feature;
	r->to.threshold[k] = threshold_word(t);
	r->to.missing[k] = (left == 0);
	r->to.gain[k] = gain;
	return (0);
}

/*
 * Go through a tree: no node comes twice, which is what a walk that does not end would do.  Find
 * how deep it is; or, once that is known, make tree ${to} of it.
 */
static int
walk_tree(struct trees_reader *r, struct tree_read *tree, struct tree_place p, size_t to,
    bool make)
{
	const json_t *child = json_array_get(tree->array[LEFT], p.node);
	const bool leaf = json_is_integer(child) && json_integer_value(child) == -1;
	json_int_t left, right;

	if (tree->seen[p.node])
		return (tree_fail(r, tree, p.node, "it is below two others"));
	tree->seen[p.node] = true;
	if (p.level > XGBOOST_MOST_DEPTH)
		return (trees_fail(r, "tree %zu is deeper than %d: train with max_depth=%d or less",
		    tree->number, XGBOOST_MOST_DEPTH, XGBOOST_MOST_DEPTH));
	if (!make && p.level > r->depth)
		r->depth = p.level;
	if (leaf)
		return (make ? make_leaf(r, tree, &p, to) : 0);
	left = whole_at(tree, LEFT, p.node, tree->nodes - 1);
	right = whole_at(tree, RIGHT, p.node, tree->nodes - 1);
	if (left == -1 || right == -1)
		return (tree_fail(r, tree, p.node, "its children are no nodes of the tree"));
	if (right != left + 1)
		return (tree_fail(r, tree, p.node, "its right child does not come behind its left "
		    "one, as xgboost takes it to do"));
	if (make && make_split(r, tree, &p, to) == -1)
		return (-1);
	if (walk_tree(r, tree, (struct tree_place){ (size_t)left, p.level + 1, 2 * p.at }, to,
	    make) == -1)
		return (-1);
	return (walk_tree(r, tree, (struct tree_place){ (size_t)right, p.level + 1, 2 * p.at + 1 },
	    to, make));
}

static int
take_tree(struct trees_reader *r, size_t number, size_t to, bool make)
{
	struct tree_read tree;
	int rc = -1;

	if (open_tree(r, &tree, number) == 0)
		rc = walk_tree(r, &tree, (struct tree_place){ 0 }, to, make);
	free(tree.seen);
	return (rc);
}

/* ---- all trees ---- */

/* Trees of a class in their order are those of it in rounds, which trees of all classes make up. */
static int
take_all_trees(struct trees_reader *r, bool make)
{
	size_t seen[XGBOOST_MOST_CLASSES] = { 0 }, i;
	const size_t rounds = r->total / r->in_round;
	const json_t *v;
	json_int_t class;

	for (i = 0; i < r->total; i++) {
		v = json_array_get(r->info, i);
		class = json_integer_value(v);
		if (!json_is_integer(v) || class < 0 || (uint64_t)class >= r->in_round)
			return (trees_fail(r, "tree_info does not say of which class tree %zu is",
			    i));
		if (seen[class] == rounds || r->total % r->in_round != 0)
			return (trees_fail(r, "there are not as many trees of each class"));
		if (take_tree(r, i, seen[class]++ * r->in_round + (size_t)class, make) == -1)
			return (-1);
	}
	return (0);
}

static int
check_limits(const struct trees_reader *r)
{
	const size_t leaves = (size_t)1 << r->depth;

	if (r->total / r->in_round > XGBOOST_MOST_TREES || r->total * leaves > XGBOOST_MOST_LEAVES)
		return (trees_fail(r, "%zu trees of depth %zu are too many: there is room for "
		    "%d rounds, and for 2^20 leaves of full trees", r->total, r->depth,
		    XGBOOST_MOST_TREES));
	if (r->total * leaves * r->cols > MOST_SPLITS)
		return (trees_fail(r, "%zu trees of depth %zu that look at %zu features are too "
		    "many: there is room for 2^26 of their products", r->total, r->depth,
		    r->cols));
	return (0);
}

/* Room for all numbers, which t->made then owns; no node is split. */
static int
make_arrays(struct trees_reader *r)
{
	const size_t leaves = (size_t)1 << r->depth, nodes = r->total * (leaves - 1);
	struct tensors *t = r->t;
	size_t k;

	t->made_bytes = (4 * nodes + r->total * leaves) * sizeof(double);
	if ((t->made = mem_array(t->made_bytes, 1)) == NULL)
		return (-1);
	r->to.split = t->made;
	r->to.threshold = r->to.split + nodes;
	r->to.missing = r->to.threshold + nodes;
	r->to.gain = r->to.missing + nodes;
	r->to.leaf = r->to.gain + nodes;
	for (k = 0; k < nodes; k++) {
		r->to.split[k] = -1;
		r->to.threshold[k] = XGBOOST_NEVER;
	}
	return (0);
}

/* The first tree adds the base score to its own leaves; sums of leaves have room. */
static int
finish_leaves(struct trees_reader *r)
{
	const size_t leaves = (size_t)1 << r->depth;
	double most, sum = 0;
	size_t i, k;

	for (k = 0; k < leaves; k++)
		r->to.leaf[k] += r->base;
	for (i = 0; i < r->total; i++) {
		for (most = 0, k = 0; k < leaves; k++)
			most = fmax(most, fabs(r->to.leaf[i * leaves + k]));
		sum += most;
	}
	return ((sum >= MOST_SCORE) ? fail(ST_RANGE, "%s: xgboost model: leaves add up to %g, and "
	    "there is room for 2^37: divide the labels by a number, and train again",
	    r->t->window.name, sum) : 0);
}

/* ---- as tensors ---- */

static int
add_tensor_of(struct trees_reader *r, const char *name, size_t rows, size_t cols,
    const double *x)
{
	const uint64_t shape[2] = { rows, cols };
	struct tensor *t;

	if ((t = tensors_add(r->t, name)) == NULL ||
	    tensors_set_shape(r->t, t, shape, 2) == -1)
		return (-1);
	t->data = (const char *)x;
	return (0);
}

static int
add_tensors(struct trees_reader *r)
{
	const size_t leaves = (size_t)1 << r->depth, nodes = r->total * (leaves - 1);

	return ((add_tensor_of(r, "splits", nodes, r->cols, r->to.split) == -1 ||
	    add_tensor_of(r, "thresholds", nodes, 1, r->to.threshold) == -1 ||
	    add_tensor_of(r, "missing", nodes, 1, r->to.missing) == -1 ||
	    add_tensor_of(r, "gains", nodes, 1, r->to.gain) == -1) ? -1 :
	    add_tensor_of(r, "leaves", r->total * leaves, 1, r->to.leaf));
}

static int
describe_booster(struct trees_reader *r, json_t *names)
{
	char text[200];
	json_t *o;
	int n = snprintf(text, sizeof(text), "boost %s, trees %zu, depth %zu", r->loss,
	    r->total / r->in_round, r->depth);

	if (r->classes > 0)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", classes %zu", r->classes);
	snprintf(text + n, sizeof(text) - (size_t)n, ", missing");
	o = json_pack("{s:s,s:[I,i,i]}", "trees", text, "input", (json_int_t)r->cols, 1, 1);
	if (o != NULL && (json_array_size(names) == 0 ||
	    json_object_set(o, "features", names) == 0))
		r->t->model = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(o);
	return ((r->t->model == NULL) ? fail(ST_FAILED, "out of memory") : 0);
}

static int
take_learner(struct trees_reader *r)
{
	json_t *names = json_object_get(r->learner, "feature_names");

	if (!json_is_object(r->learner))
		return (trees_fail(r, "has no learner"));
	if (take_parameters(r) == -1 || take_booster(r) == -1 || check_types(r) == -1 ||
	    check_features(r, names) == -1 || take_all_trees(r, false) == -1)
		return (-1);
	/* A tree that is a single leaf is one that is not split. */
	r->depth = (r->depth > 0) ? r->depth : 1;
	if (check_limits(r) == -1 || make_arrays(r) == -1 || take_all_trees(r, true) == -1 ||
	    finish_leaves(r) == -1 || add_tensors(r) == -1)
		return (-1);
	return (describe_booster(r, names));
}

static int
read_xgboost(struct tensors *t)
{
	struct trees_reader r = { .t = t };
	const char *data = t->window.data + t->window.pos;
	json_error_t error;
	int rc;

	if (data[1] == 'L')
		return (trees_fail(&r, "is in the binary form of xgboost (UBJSON): save it with a "
		    "name that ends in .json"));
	r.root = json_loadb(data, t->window.len - t->window.pos, JSON_REJECT_DUPLICATES, &error);
	if (r.root == NULL)
		return (trees_fail(&r, "line %d: %s", error.line, error.text));
	r.learner = json_object_get(r.root, "learner");
	rc = take_learner(&r);
	json_decref(r.root);
	return (rc);
}

/* Behind a brace comes the first field of those that xgboost writes. */
static bool
begins_xgboost(const void *data, size_t bytes)
{
	static const char *const first[] = { "\"learner\"", "\"version\"" };
	const char *s = data, *end = s + bytes;
	size_t i;

	if (bytes < 2 || *s++ != '{')
		return (false);
	if (bytes > 9 && *s == 'L' && s[1] == '\0')
		return (true);
	while (s < end && (*s == ' ' || *s == '\n' || *s == '\t' || *s == '\r'))
		s++;
	for (i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		if ((size_t)(end - s) >= strlen(first[i]) &&
		    memcmp(s, first[i], strlen(first[i])) == 0)
			return (true);
	}
	return (false);
}

/* Splits are kept as the column of each node, and are 1 there. */
static int
convert_made(const struct tensor *x, const char **at, const struct cells *cells, size_t j,
    uint64_t row, uint64_t *words)
{
	double v;

	memcpy(&v, *at, sizeof(v));
	if (strcmp(x->name, "splits") == 0) {
		if (j + 1 == x->cols)
			*at += sizeof(v);
		v = (v == (double)j);
	} else
		*at += sizeof(v);
	return (cells_double(cells, j, row, v, words));
}

const struct tensors_format xgboost_format = {
	.begins = begins_xgboost,
	.read = read_xgboost,
	.number = convert_made,
};
