/* Train a model on shares, in a session of all parties. */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/streams.h"
#include "cli/training.h"
#include "cli/training_noise.h"
#include "nn/float64.h"
#include "nn/network.h"
#include "nn/private.h"
#include "ring/fixed.h"

#define MAX_NETWORK_BYTES 16384

static const char *label, *features_file, *labels_file, *model, *network, *network_file, *input,
    *optimizer;
static const char *rate, *decay, *momentum, *l2, *clip, *class_weights, *init, *every, *checkpoint,
    *log_file;
/* Those of which 0 is no value, or the largest number none, are not said. */
static uint64_t classes, epochs = UINT64_MAX, batch, seed, threads;
static struct strings reveal;
static const char *standardize;
static const char *family, *link_name, *ridge, *offset, *row_weights, *lambda, *alpha;
static uint64_t steps;
/* Of trees; the counts that 0 is no value of are not said with it. */
static const char *gamma_least, *min_weight, *row_share, *column_share;
static uint64_t trees, depth, bins, min_rows;
static bool watch_range, in_float64, no_intercept, proportions;

static const struct opt options[] = {
	{ 'l', "label", "COLUMNS", OPT_STRING, &label, 0, 0, "the columns to be learnt, by name or "
	    "position" },
	{ 'x', "features", "FILE", OPT_STRING, &features_file, 0, 0, "the features, where labels "
	    "are a stream of their own" },
	{ 'y', "targets", "FILE", OPT_STRING, &labels_file, 0, 0, "the labels, in that stream" },
	{ 'm', "model", "linear|logistic|softmax|glm|lasso|tree|forest|boost", OPT_STRING, &model,
	    0, 0, "what to train (default logistic)" },
	{ 0, "family", "gaussian|binomial|poisson|gamma", OPT_STRING, &family, 0, 0,
	    "of labels, for --model glm, and the first two for lasso" },
	{ 0, "link", "identity|logit|log|inverse", OPT_STRING, &link_name, 0, 0, "for --model glm "
	    "(default: the first three, by the family; gamma has log, or inverse)" },
	{ 0, "offset", "COLUMN", OPT_STRING, &offset, 0, 0, "what is added to the linear "
	    "predictor, for --model glm" },
	{ 0, "weights", "COLUMN", OPT_STRING, &row_weights, 0, 0, "how much each row counts, "
	    "for --model glm" },
	{ 0, "proportions", NULL, OPT_FLAG, &proportions, 0, 0, "labels are from 0 to 1, of as "
	    "many trials as --weights says, for --model glm --family binomial" },
	{ 0, "no-intercept", NULL, OPT_FLAG, &no_intercept, 0, 0, "for --model glm" },
	{ 0, "ridge", "NUMBER", OPT_STRING, &ridge, 0, 0, "pull of the slopes towards 0, for "
	    "--model glm" },
	{ 0, "lambda", "NUMBERS", OPT_STRING, &lambda, 0, 0, "penalties for --model lasso, from "
	    "the largest to the smallest (default: 1 to 0.001); of trees one, for their leaves "
	    "(default 0, for boost 1)" },
	{ 0, "alpha", "NUMBER", OPT_STRING, &alpha, 0, 0, "how much of the penalty is that of the "
	    "lasso, and not of squares, for --model lasso (default 1)" },
	{ 0, "steps", "NUMBER", OPT_NUMBER, &steps, 1, LASSO_MOST_STEPS, "of Newton, for --model "
	    "glm (default: 8 or, with logarithms, 12); for lasso, of each penalty (default: 200); "
	    "of a logistic regression with noise (default: 30)" },
	{ 0, "trees", "NUMBER", OPT_NUMBER, &trees, 1, TREES_MOST_TREES, "for --model forest "
	    "(default 100) and boost (default 50)" },
	{ 0, "depth", "NUMBER", OPT_NUMBER, &depth, 1, TREES_MOST_DEPTH, "levels of a tree "
	    "(default 6, for boost 3)" },
	{ 0, "bins", "NUMBER", OPT_NUMBER, &bins, 2, TREES_MOST_BINS, "how many parts trees see a "
	    "column in (default 32)" },
	{ 0, "gamma", "NUMBER", OPT_STRING, &gamma_least, 0, 0, "what a split of a tree must gain "
	    "(default 0)" },
	{ 0, "min-rows", "NUMBER", OPT_NUMBER, &min_rows, 1, TREES_MOST_MIN_ROWS, "least rows on "
	    "each side of a split (default 1)" },
	{ 0, "min-weight", "NUMBER", OPT_STRING, &min_weight, 0, 0, "least sum of curvatures there "
	    "(default 0, for boost 1)" },
	{ 0, "rows", "SHARE", OPT_STRING, &row_share, 0, 0, "how many of the rows each tree of "
	    "forest and boost sees; 0: as many, with replacement (default 0, for boost 1)" },
	{ 0, "columns", "SHARE", OPT_STRING, &column_share, 0, 0, "how many of the columns a tree "
	    "of boost sees, or of a forest a split (default 1, for forest the root of them)" },
	{ 'n', "net", "LAYERS", OPT_STRING, &network, 0, 0, "a network, such as 'dense 128, relu, "
	    "dense 10, softmax'" },
	{ 0, "net-file", "FILE", OPT_STRING, &network_file, 0, 0, "the same as a JSON array of "
	    "strings" },
	{ 0, "classes", "NUMBER", OPT_NUMBER, &classes, 2, 32768, "how many classes a single "
	    "column of labels has (default: as its header says)" },
	{ 0, "input", "CxHxW", OPT_STRING, &input, 0, 0, "rows are images: channels, height and "
	    "width" },
	{ 'e', "epochs", "NUMBER", OPT_NUMBER, &epochs, 0, 1000000, "how often all rows are used "
	    "(default 10)" },
	{ 'b', "batch", "ROWS", OPT_NUMBER, &batch, 1, 1 << 20, "how many rows a step takes "
	    "(default 32)" },
	{ 'r', "rate", "NUMBER", OPT_STRING, &rate, 0, 0, "learning rate (default 0.1, with adam "
	    "0.001), or how much of each tree boost takes (default 0.3)" },
	{ 0, "decay", "NUMBER", OPT_STRING, &decay, 0, 0, "divide the rate of epoch e = 0, 1, ... "
	    "by 1 + NUMBER e" },
	{ 0, "optimizer", "sgd|momentum|adam", OPT_STRING, &optimizer, 0, 0,
	    "how a step is taken (default sgd)" },
	{ 0, "momentum", "NUMBER", OPT_STRING, &momentum, 0, 0, "how much of a step is kept for "
	    "the next (default 0.9)" },
	{ 0, "l2", "NUMBER", OPT_STRING, &l2, 0, 0, "pull of the weights towards 0" },
	{ 0, "clip", "LIMIT", OPT_STRING, &clip, 0, 0, "bring each element of a gradient to +-LIMIT"
	    },
	{ 0, "class-weights", "NUMBERS", OPT_STRING, &class_weights, 0, 0, "how much rows of each "
	    "class count, such as 1,3" },
	{ 's', "seed", "NUMBER", OPT_NUMBER, &seed, 0, UINT64_MAX, "of the order of the rows and "
	    "the initial weights (default 0)" },
	{ 0, "init", "MODEL", OPT_STRING, &init, 0, 0, "begin with this model" },
	{ 0, "standardize", "robust|minmax", OPT_CHOICE, &standardize, 0, 0, "bring all features "
	    "to mean 0 and deviation 1 first; or to median 0 and 1 between the quartiles, or to 0 "
	    "to 1" },
	{ 0, "reveal", "loss|accuracy", OPT_LIST, &reveal, 0, 0, "this, of each epoch, to all "
	    "computing parties" },
	{ 0, "watch-range", NULL, OPT_FLAG, &watch_range, 0, 0, "reveal in each epoch which layers "
	    "are in range" },
	{ 0, "log", "FILE", OPT_STRING, &log_file, 0, 0, "a line for each epoch, with tabs" },
	{ 0, "checkpoint", "FILE", OPT_STRING, &checkpoint, 0, 0, "go on from here if there is "
	    "one; keep the state here" },
	{ 0, "every", "WHEN", OPT_STRING, &every, 0, 0, "how often: '2 epochs', '100 steps' "
	    "(default 1 epoch)" },
	{ 'j', "threads", "NUMBER", OPT_NUMBER, &threads, 1, 256, "default: the processors here, "
	    "shared by the parties here" },
	{ 0, "float", NULL, OPT_FLAG, &in_float64, 0, 0, "as --clear, but in float64, by OpenBLAS"
	    },
	NOISE_OPTIONS,
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* ---- values of options ---- */

/* Numbers that an option takes: from low to high, or without these ends. */
struct limits {
	double low, high;
	bool above_low, below_high;
};

static int
refuse_real(const char *name, const char *text, const struct limits *l)
{

	return (usage("--%s takes a number %s %g %s %g, and not '%s'", name,
	    l->above_low ? "above" : "from", l->low, l->below_high ? "to less than" :
	    l->above_low ? "and up to" : "to", l->high, text));
}

static int
take_real(const char *name, const char *text, double usual, const struct limits *l, double *v)
{

	*v = usual;
	if (text == NULL)
		return (0);
	if (fixed_parse_double(text, strlen(text), v) != FIXED_OK || !(*v >= l->low) ||
	    *v > l->high || (l->above_low && *v == l->low) || (l->below_high && *v == l->high))
		return (refuse_real(name, text, l));
	return (0);
}

static int
take_optimizer(struct nn_training *how)
{
	static const char *const names[] = { "sgd", "momentum", "adam" };
	size_t i;

	for (i = 0; i < 3 && strcmp(names[i], optimizer) != 0; i++)
		continue;
	if (i == 3)
		return (usage("'%s' is no optimizer; there are sgd, momentum and adam", optimizer));
	how->optimizer = (enum nn_optimizer)i;
	if (momentum != NULL && how->optimizer != NN_MOMENTUM)
		return (usage("--momentum goes with --optimizer momentum"));
	return (0);
}

/* ---- glm ---- */

static bool
is_glm(void)
{

	return (model != NULL && strcmp(model, "glm") == 0);
}

static bool
is_lasso(void)
{

	return (model != NULL && strcmp(model, "lasso") == 0);
}

/* What kind of trees it is; 0: none, else 1 more. */
static unsigned
kind_of_trees(void)
{
	static const char *const names[] = { [TREES_TREE] = "tree", [TREES_FOREST] = "forest",
		[TREES_BOOST] = "boost" };
	unsigned i;

	for (i = 0; i < 3; i++) {
		if (model != NULL && strcmp(model, names[i]) == 0)
			return (i + 1);
	}
	return (0);
}

static bool
is_trees(void)
{

	return (kind_of_trees() > 0);
}

/* What says how a network learns says nothing of these steps. */
static int
take_no_network_options(void)
{

	if (optimizer != NULL || rate != NULL || decay != NULL || momentum != NULL || l2 != NULL ||
	    clip != NULL || epochs != UINT64_MAX || batch != 0)
		return (usage("--model %s takes steps of its own: --optimizer, --rate, --decay, "
		    "--momentum, --l2, --clip, --epochs and --batch are not for it; %s and "
		    "--steps are", model, is_glm() ? "--ridge" : "--lambda, --alpha"));
	if (class_weights != NULL || input != NULL || standardize != NULL || init != NULL ||
	    reveal.count > 0)
		return (usage("--class-weights, --input, --standardize, --init and --reveal are "
		    "not for --model %s, which standardizes columns in any case", model));
	return (0);
}

/* Each family has one link, and gamma two. */
static int
take_link(struct glm_text *t)
{
	static const char *const links[GLM_FAMILIES] = { [GLM_GAUSSIAN] = "identity",
		[GLM_BINOMIAL] = "logit", [GLM_POISSON] = "log", [GLM_GAMMA] = "log" };

	if (link_name == NULL || strcmp(link_name, links[t->family]) == 0)
		return (0);
	t->inverse = (t->family == GLM_GAMMA && strcmp(link_name, "inverse") == 0);
	if (t->inverse && offset != NULL)
		return (usage("--offset is not for --link inverse"));
	return (t->inverse ? 0 : usage("--family %s takes --link %s%s, and not '%s'", family,
	    links[t->family], (t->family == GLM_GAMMA) ? " or inverse" : "", link_name));
}

/* A family, and what there is for --model glm alone. */
static int
take_glm(struct training *t)
{
	static const struct limits pulls = { .high = 1000 };

	if (is_lasso())
		return (0);
	if (!is_glm())
		return ((family == NULL && ridge == NULL && steps == 0 && offset == NULL &&
		    row_weights == NULL && !no_intercept && !proportions &&
		    link_name == NULL) ? 0 :
		    usage("--family and --steps go with --model glm or lasso; --link, --offset, "
		    "--weights, --proportions, --no-intercept and --ridge go with --model glm"));
	if (family == NULL || glm_family_find(family, &t->glm.family) == -1)
		return (usage("--model glm takes a --family: gaussian, binomial, poisson or "
		    "gamma"));
	if (take_no_network_options() == -1 || take_link(&t->glm) == -1 ||
	    take_real("ridge", ridge, 0, &pulls, &t->glm.ridge) == -1)
		return (-1);
	if (t->glm.family == GLM_GAUSSIAN && offset != NULL)
		return (usage("--offset is not for --family gaussian: subtract it from the labels "
		    "(smpc-sub)"));
	if (proportions && (t->glm.family != GLM_BINOMIAL || row_weights == NULL))
		return (usage("--proportions goes with --family binomial and --weights, the "
		    "numbers of trials"));
	if (t->glm.family == GLM_GAUSSIAN && steps > 1)
		return (usage("--family gaussian is solved in one step"));
	if (steps > GLM_MOST_STEPS)
		return (usage("--model glm takes 1 to %d --steps", GLM_MOST_STEPS));
	t->glm.intercept = !no_intercept;
	t->glm.offset = (offset != NULL);
	t->glm.weights = (row_weights != NULL);
	t->glm.proportions = proportions;
	t->offset = offset;
	t->weights = row_weights;
	t->glm.steps = (steps > 0) ? (unsigned)steps : (t->glm.family == GLM_GAUSSIAN) ? 1 :
	    (t->glm.family == GLM_BINOMIAL) ? 8 : 12;
	return (0);
}

/* ---- lasso ---- */

/* Numbers separated by commas, each smaller than the one before. */
static int
take_lambdas(struct lasso_text *t)
{
	const char *at = lambda;
	double least = INFINITY, v;
	size_t len;

	if (lambda == NULL) {
		lasso_usual_path(t);
		return (0);
	}
	for (t->count = 0;; at += len + 1) {
		len = strcspn(at, ",");
		if (t->count == LASSO_MOST_LAMBDAS || fixed_parse_double(at, len, &v) !=
		    FIXED_OK || !(v >= LASSO_LEAST_LAMBDA && v <= LASSO_MOST_LAMBDA && v < least))
			return (usage("--lambda takes up to %d numbers from %d to %g, the largest "
			    "first, such as 0.5,0.1,0.02, and not '%s'", LASSO_MOST_LAMBDAS,
			    LASSO_MOST_LAMBDA, LASSO_LEAST_LAMBDA, lambda));
		t->lambda[t->count++] = least = v;
		if (at[len] == '\0')
			return (0);
	}
}

static int
take_lasso(struct training *t)
{
	static const struct limits alphas = { .low = LASSO_LEAST_ALPHA, .high = 1 };

	if (!is_lasso())
		return ((lambda == NULL && alpha == NULL) ? 0 :
		    usage("--lambda and --alpha go with --model lasso, and --lambda with trees"));
	if (family == NULL || glm_family_find(family, &t->lasso.family) == -1 ||
	    (t->lasso.family != GLM_GAUSSIAN && t->lasso.family != GLM_BINOMIAL))
		return (usage("--model lasso takes a --family: gaussian or binomial"));
	if (ridge != NULL || offset != NULL || row_weights != NULL || no_intercept ||
	    proportions || link_name != NULL)
		return (usage("--ridge, --offset, --weights and --no-intercept go with --model "
		    "glm, and not with lasso; with --alpha below 1 there is a ridge, too"));
	t->lasso.steps = (steps > 0) ? (unsigned)steps : 200;
	return ((take_no_network_options() == -1 ||
	    take_real("alpha", alpha, 1, &alphas, &t->lasso.alpha) == -1) ? -1 :
	    take_lambdas(&t->lasso));
}

/* ---- trees ---- */

/* Nor of how trees grow. */
static int
take_no_steps(void)
{

	if (optimizer != NULL || decay != NULL || momentum != NULL || l2 != NULL || clip != NULL ||
	    epochs != UINT64_MAX || batch != 0)
		return (usage("--model %s grows trees: --optimizer, --decay, --momentum, --l2, "
		    "--clip, --epochs and --batch are not for it; --lambda, --gamma, --min-weight "
		    "and --min-rows are", model));
	if (input != NULL || standardize != NULL || init != NULL || reveal.count > 0 ||
	    watch_range)
		return (usage("--input, --standardize, --init, --reveal and --watch-range are not "
		    "for --model %s, which compares columns as they are", model));
	if (family != NULL || ridge != NULL || steps != 0 || offset != NULL ||
	    row_weights != NULL || no_intercept || proportions || link_name != NULL ||
	    alpha != NULL)
		return (usage("--family, --link, --offset, --weights, --proportions, "
		    "--no-intercept, --ridge, --alpha and --steps are not for --model %s: "
		    "labels are classes where the header or --classes says so, or there are "
		    "several columns of them, and else numbers", model));
	return (0);
}

/* A tree is one, of all rows; and rates are for what boosting adds up. */
static int
take_no_odd_trees(enum trees_kind kind)
{

	if (kind == TREES_TREE && (trees != 0 || row_share != NULL || column_share != NULL))
		return (usage("--model tree is one of all rows and columns: --trees, --rows and "
		    "--columns go with --model forest and boost"));
	return ((kind == TREES_BOOST || rate == NULL) ? 0 :
	    usage("--rate goes with --model boost, and not with %s", model));
}

/* What trees are limited by; of shares, 0 are rows that are drawn with replacement. */
static int
take_tree_limits(struct trees_text *t, bool boost, bool forest)
{
	static const struct limits penalties = { .high = TREES_MOST_PENALTY },
	    rates = { .low = TREES_LEAST_RATE, .high = 1 },
	    rows = { .high = 1 }, columns = { .low = TREES_LEAST_SHARE, .high = 1 };

	if (take_real("rate", rate, boost ? 0.3 : 1, &rates, &t->rate) == -1 ||
	    take_real("lambda", lambda, boost, &penalties, &t->lambda) == -1 ||
	    take_real("gamma", gamma_least, 0, &penalties, &t->gamma) == -1 ||
	    take_real("min-weight", min_weight, boost, &penalties, &t->min_weight) == -1 ||
	    take_real("rows", row_share, !forest, &rows, &t->rows) == -1 ||
	    take_real("columns", column_share, !forest, &columns, &t->columns) == -1)
		return (-1);
	return (0);
}

/* Classes, and of a forest the columns, are known once the data are. */
static int
take_trees(struct training *t)
{
	const bool boost = (kind_of_trees() == TREES_BOOST + 1),
	    forest = (kind_of_trees() == TREES_FOREST + 1);
	struct trees_text *a = &t->trees;

	if (!is_trees())
		return ((trees == 0 && depth == 0 && bins == 0 && min_rows == 0 &&
		    gamma_least == NULL && min_weight == NULL && row_share == NULL &&
		    column_share == NULL) ? 0 :
		    usage("--trees, --depth, --bins, --gamma, --min-rows, --min-weight, --rows "
		    "and --columns go with --model tree, forest or boost"));
	*a = (struct trees_text){ .kind = (enum trees_kind)(kind_of_trees() - 1), .grown = true,
		.bins = (bins > 0) ? (size_t)bins : 32,
		.depth = (depth > 0) ? (size_t)depth : boost ? 3 : 6,
		.trees = (trees > 0) ? (size_t)trees : boost ? 50 : forest ? 100 : 1,
		.min_rows = (min_rows > 0) ? (size_t)min_rows : 1 };
	return ((take_no_steps() == -1 || take_no_odd_trees(a->kind) == -1) ? -1 :
	    take_tree_limits(a, boost, forest));
}

/* Lines through standardized columns are solved for, unless it is said how to learn them. */
static bool
solves_lines(void)
{

	return (standardize != NULL && *standardize == '\0' && model != NULL &&
	    strcmp(model, "linear") == 0 && rate == NULL && decay == NULL && momentum == NULL &&
	    clip == NULL && optimizer == NULL && epochs == UINT64_MAX && batch == 0);
}

static int
take_standard(enum nn_standard *to)
{
	static const char *const names[] = { "robust", "minmax" };

	*to = (is_glm() || is_lasso()) ? NN_DEVIATIONS : NN_AS_THEY_ARE;
	if (standardize == NULL)
		return (0);
	*to = (*standardize == '\0') ? NN_DEVIATIONS : (strcmp(standardize, names[0]) == 0) ?
	    NN_ROBUST : NN_MINMAX;
	return ((*to == NN_MINMAX && strcmp(standardize, names[1]) != 0) ?
	    usage_no_such(standardize, "way to standardize", names, 2, "there are robust and "
	    "minmax, and --standardize alone") : 0);
}

static void
take_usual(struct training *t)
{

	t->solve = solves_lines();
	/* All steps are one epoch. */
	if (is_glm() || is_lasso() || is_trees())
		epochs = 1;
	if (optimizer == NULL)
		optimizer = "sgd";
	if (epochs == UINT64_MAX)
		epochs = 10;
	if (batch == 0)
		batch = 32;
}

/*
 * A rate of 0 learns nothing, and a momentum of 1 forgets nothing; a decay or an l2 of 0 is none.
 */
static int
take_how(struct nn_training *how)
{
	static const struct limits rates = { .high = 1000, .above_low = true },
	    decays = { .high = 1e6 }, momenta = { .high = 1, .below_high = true },
	    pulls = { .high = 1000 }, clips = { .high = 1000, .above_low = true };

	if (take_optimizer(how) == -1 ||
	    take_real("rate", rate, (how->optimizer == NN_ADAM) ? 0.001 : 0.1, &rates,
	    &how->rate) == -1 || take_real("decay", decay, 0, &decays, &how->decay) == -1 ||
	    take_real("momentum", momentum, 0.9, &momenta, &how->momentum) == -1 ||
	    take_real("l2", l2, 0, &pulls, &how->l2) == -1 ||
	    take_real("clip", clip, 0, &clips, &how->clip) == -1)
		return (-1);
	if (clip != NULL && how->clip < 0x1p-16)
		return (usage("--clip %s leaves nothing of a gradient: numbers have 16 fraction "
		    "bits", clip));
	how->beta1 = 0.9;
	how->beta2 = 0.999;
	how->batch = (size_t)batch;
	how->epochs = epochs;
	how->seed = seed;
	return (0);
}

/*
 * Weights have NN_WEIGHT_BITS: one that is less than half of the least, and not 0, would become 0.
 * With all of them 0 nothing would be learnt.
 */
static int
take_no_odd_weights(const double *weights, size_t count)
{
	const double least = 1.0 / (1 << NN_WEIGHT_BITS);
	bool any = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (weights[i] > 0 && weights[i] <= least / 2)
			return (usage("--class-weights %s: %g would become 0; the least is %g",
			    class_weights, weights[i], least));
		any = any || weights[i] > 0;
	}
	return (any ? 0 : usage("--class-weights %s leaves nothing to be learnt: one of them must "
	    "be above 0", class_weights));
}

/* Numbers separated by commas. */
static int
take_class_weights(struct training *t)
{
	const char *at = class_weights;
	size_t len, room = 1;

	if (class_weights == NULL)
		return (0);
	for (; *at != '\0'; at++)
		room += (*at == ',');
	if ((t->class_weights = mem_array(room, sizeof(double))) == NULL)
		return (-1);
	for (at = class_weights; t->n_class_weights < room; at += len + 1) {
		double *v = &t->class_weights[t->n_class_weights++];

		len = strcspn(at, ",");
		if (fixed_parse_double(at, len, v) != FIXED_OK || !(*v >= 0) || *v > 1000)
			return (usage("--class-weights takes numbers from 0 to 1000, such as 1,3, "
			    "and not '%s'", class_weights));
	}
	return (take_no_odd_weights(t->class_weights, t->n_class_weights));
}

/* CxHxW */
static int
take_input(struct nn_shape *s)
{

	if (input != NULL && nn_shape_parse(input, s) == -1)
		return (usage("--input takes three numbers, such as 1x28x28, and not '%s'", input));
	return (0);
}

static int
take_every(struct training *t)
{
	static const char *const units[] = { "", "epoch", "epochs", "step", "steps" };
	size_t digits, i;
	const char *unit;

	t->every = 1;
	if (every == NULL)
		return (0);
	if (checkpoint == NULL)
		return (usage("--every goes with --checkpoint"));
	digits = strspn(every, "0123456789");
	unit = every + digits + strspn(every + digits, " ");
	for (i = 0; i < 5 && strcmp(unit, units[i]) != 0; i++)
		;
	t->every_step = (i > 2);
	if (num_parse_u64(every, digits, 1000000000, &t->every) == -1 || t->every == 0 || i == 5)
		return (usage("--every takes a number of epochs or steps, such as '2 epochs' or "
		    "'100 steps', and not '%s'", every));
	return (0);
}

static int
take_reveal(struct training *t)
{
	size_t i;

	for (i = 0; i < reveal.count; i++) {
		if (strcmp(reveal.items[i], "loss") == 0)
			t->loss = true;
		else if (strcmp(reveal.items[i], "accuracy") == 0)
			t->accuracy = true;
		else
			return (usage("--reveal takes loss or accuracy, and not '%s'",
			    reveal.items[i]));
	}
	return (0);
}

/* In float64 means in the clear, and takes OpenBLAS. */
static int
take_arithmetic(struct training *t)
{

	if (!in_float64)
		return (0);
	if (stage_options.plan)
		return (usage("--plan and --float exclude each other"));
	if (stage_options.faithful)
		return (usage("--faithful says how numbers are rounded, and --float does not round "
		    "them"));
	if (checkpoint != NULL)
		return (usage("--float keeps no --checkpoint"));
	stage_options.clear = true;
	t->float64 = true;
	return (float64_load(t->how.threads));
}

/* ---- the network ---- */

/* A JSON array of strings, joined by commas. */
static int
read_network_file(struct buf *text)
{
	char *data = NULL;
	size_t bytes, i;
	json_t *layers = NULL, *layer;
	int rc = -1;

	if (io_read_file(network_file, MAX_NETWORK_BYTES, &data, &bytes) == -1)
		return (-1);
	if ((layers = json_loadb(data, bytes, 0, NULL)) == NULL || !json_is_array(layers) ||
	    json_array_size(layers) == 0) {
		fail(ST_FAILED, "%s: is not a JSON array of layers, such as [\"dense 10\", "
		    "\"softmax\"]", network_file);
		goto out;
	}
	rc = 0;
	json_array_foreach(layers, i, layer) {
		if (!json_is_string(layer) && rc == 0)
			rc = fail(ST_FAILED, "%s: layer %zu is not a string", network_file, i + 1);
		if (rc == 0 && (buf_string(text, (i > 0) ? ", " : "") == -1 ||
		    buf_string(text, json_string_value(layer)) == -1))
			rc = -1;
	}
out:
	json_decref(layers);
	free(data);
	return (rc);
}

/* Blanks do not count; what else there is to find is found once the features are known. */
static int
canonical_network(struct buf *text, const char *s)
{
	bool begun = false, blank = false;

	for (; *s != '\0'; s++) {
		if (strchr(" \t\r\n", *s) != NULL) {
			blank = true;
			continue;
		}
		if (begun && blank && *s != ',' && buf_append(text, " ", 1) == -1)
			return (-1);
		if (buf_append(text, s, 1) == -1)
			return (-1);
		blank = (*s == ',');
		begun = true;
	}
	return (0);
}

static int
take_network(struct training *t, struct buf *text)
{
	struct buf raw = { NULL, 0, 0 };
	int rc = -1;

	if ((model != NULL) + (network != NULL) + (network_file != NULL) > 1)
		return (usage("--model, --net and --net-file exclude each other"));
	if (model != NULL && strcmp(model, "linear") != 0 && strcmp(model, "logistic") != 0 &&
	    strcmp(model, "softmax") != 0 && !is_glm() && !is_lasso() && !is_trees())
		return (usage("'%s' is no kind of model; there are linear, logistic, softmax, glm, "
		    "lasso, tree, forest and boost, and others by --net", model));
	if (model != NULL && init != NULL)
		return (usage("--init says what model it is: --model is not for it"));
	if (network == NULL && network_file == NULL) {
		t->model = (model != NULL || init != NULL) ? model : "logistic";
		return (0);
	}
	if (buf_string(&raw, (network != NULL) ? network : "") == 0 &&
	    (network != NULL || read_network_file(&raw) == 0) && buf_append(&raw, "", 1) == 0)
		rc = canonical_network(text, raw.data);
	if (rc == 0 && text->len == 0)
		rc = usage("a network needs a layer");
	if (rc == 0 && (rc = buf_append(text, "", 1)) == 0)
		t->network = text->data;
	buf_free(&raw);
	return (rc);
}

/* ---- what all parties must have in common ---- */

/* A parameter by its name; one that is not ${given} says nothing. */
struct parameter {
	const char *name;
	enum { FLAG, TEXT, COUNT, NUMBER, NUMBERS } is;
	bool given;
	const char *text;
	uint64_t count;        /* or how many numbers there are */
	double number;
	const double *numbers;
};

/* Numbers as such: 1,3 and 1.0,3 are the same. */
static int
describe_numbers(struct buf *p, const double *numbers, size_t count)
{
	char text[40];
	size_t i;

	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "%s%.17g", (i > 0) ? "," : "", numbers[i]);
		if (buf_string(p, text) == -1)
			return (-1);
	}
	return (0);
}

static int
describe_parameter(struct buf *p, const struct parameter *q)
{
	char text[40];

	if (buf_string(p, (p->len > 0) ? "\n" : "") == -1 || buf_string(p, q->name) == -1 ||
	    (q->is != FLAG && buf_string(p, "=") == -1))
		return (-1);
	switch (q->is) {
	case TEXT:
		return (buf_string(p, q->text));
	case COUNT:
		snprintf(text, sizeof(text), "%" PRIu64, q->count);
		return (buf_string(p, text));
	case NUMBER:
		return (describe_numbers(p, &q->number, 1));
	case NUMBERS:
		return (describe_numbers(p, q->numbers, (size_t)q->count));
	default:
		return (0);
	}
}

static int
describe_training(struct buf *p, const struct training *t)
{
	const struct nn_training *h = &t->how;
	const char *when = t->every_step ? "checkpoint-steps" : "checkpoint-epochs";
	bool image = (t->in.channels > 0), momenta = (h->optimizer == NN_MOMENTUM);
	char shape[80], glm[GLM_TEXT_BYTES], lasso[LASSO_TEXT_BYTES], grown[TREES_TEXT_BYTES];
	const struct parameter list[] = {
		{ "model", TEXT, .given = (t->model != NULL), .text = t->model },
		{ "glm", TEXT, .given = is_glm(), .text = glm },
		{ "lasso", TEXT, .given = is_lasso(), .text = lasso },
		{ "trees", TEXT, .given = is_trees(), .text = grown },
		{ "offset", TEXT, .given = (offset != NULL), .text = offset },
		{ "weights", TEXT, .given = (row_weights != NULL), .text = row_weights },
		{ "net", TEXT, .given = (t->network != NULL), .text = t->network },
		{ "input", TEXT, .given = image, .text = shape },
		{ "label", TEXT, .given = (t->labels != NULL), .text = t->labels },
		{ "separate", FLAG, .given = t->separate },
		{ "init", FLAG, .given = t->init },
		{ "classes", COUNT, .given = (t->classes > 0), .count = t->classes },
		{ "standardize", FLAG, .given = (t->standardize == NN_DEVIATIONS) },
		{ "standardize", TEXT, .given = (t->standardize > NN_DEVIATIONS),
		    .text = standardize },
		{ "solve", FLAG, .given = t->solve },
		{ "optimizer", TEXT, .given = true, .text = optimizer },
		{ "epochs", COUNT, .given = true, .count = h->epochs },
		{ "batch", COUNT, .given = true, .count = h->batch },
		{ "rate", NUMBER, .given = true, .number = h->rate },
		{ "decay", NUMBER, .given = (h->decay != 0), .number = h->decay },
		{ "momentum", NUMBER, .given = momenta, .number = h->momentum },
		{ "l2", NUMBER, .given = (h->l2 != 0), .number = h->l2 },
		{ "clip", NUMBER, .given = (h->clip != 0), .number = h->clip },
		{ "seed", COUNT, .given = true, .count = h->seed },
		{ "reveal", TEXT, .given = t->loss, .text = "loss" },
		{ "reveal", TEXT, .given = t->accuracy, .text = "accuracy" },
		{ "watch-range", FLAG, .given = t->watch },
		{ "float", FLAG, .given = t->float64 },
		{ "class-weights", NUMBERS, .given = (t->n_class_weights > 0),
		    .count = t->n_class_weights, .numbers = t->class_weights },
		{ when, COUNT, .given = (t->checkpoint != NULL), .count = t->every },
	};
	size_t i;

	glm_print(glm, &t->glm);
	lasso_print(lasso, &t->lasso);
	trees_print(grown, &t->trees);
	snprintf(shape, sizeof(shape), "%zux%zux%zu", t->in.channels, t->in.height, t->in.width);
	for (i = 0; i < sizeof(list) / sizeof(*list); i++) {
		if (list[i].given && describe_parameter(p, &list[i]) == -1)
			return (-1);
	}
	return (buf_append(p, "", 1));
}

/* ---- all of it ---- */

/* Which streams are read, in the order of training.h; a stream without -x is the operand. */
static int
choose_operands(struct training *t, char **operands, size_t count, char **streams, size_t *n)
{
	static char dash[] = "-";

	t->separate = (features_file != NULL || labels_file != NULL);
	if (t->separate && (features_file == NULL || labels_file == NULL || count > 0 ||
	    label != NULL))
		return (usage("-x and -y go together, and neither with an operand nor with -l"));
	if (!t->separate && label == NULL)
		return (usage("what is to be learnt? Name the columns with -l, or give labels of "
		    "their own with -x and -y"));
	streams[0] = t->separate ? (char *)(uintptr_t)features_file : (count > 0) ? operands[0] :
	    dash;
	*n = 1;
	if (t->separate)
		streams[(*n)++] = (char *)(uintptr_t)labels_file;
	if (init != NULL)
		streams[(*n)++] = (char *)(uintptr_t)init;
	return (0);
}

/* A file that is named, and which others must not be the same. */
struct output_place {
	const char *what;
	const char *path;       /* NULL: none is named */
	const char *checkpoint; /* what the checkpoint is called beside it */
	bool not_log;           /* must not be the log */
};

#define MAX_STREAMS 3
#define MAX_PLACES (2 + MAX_STREAMS)

static size_t
list_places(struct output_place list[static MAX_PLACES], char **streams, size_t count)
{
	const char *output = stream_options.output;
	size_t n = 0, i;

	list[n++] = (struct output_place){ .what = "the model",
		.path = (output != NULL) ? output : "-", .checkpoint = "its --checkpoint",
		.not_log = (output != NULL) };
	list[n++] = (struct output_place){ .what = "--log", .path = log_file,
		.checkpoint = "--checkpoint" };
	for (i = 0; i < count; i++)
		list[n++] = (struct output_place){ .what = "what is read",
			.path = (strcmp(streams[i], "-") != 0) ? streams[i] : NULL,
			.checkpoint = "--checkpoint",
			.not_log = true };
	return (n);
}

/* What is removed in the end is nothing else. */
static int
check_checkpoint(const struct output_place *list, size_t n)
{
	size_t i;
	int rc;

	if (checkpoint == NULL)
		return (0);
	if (strcmp(checkpoint, "-") == 0 || checkpoint[0] == '\0')
		return (usage("--checkpoint takes the name of a file"));
	for (i = 0; i < n && !stage_options.plan; i++) {
		if (list[i].path == NULL || (rc = checkpoint_owns(checkpoint, list[i].path)) == 0)
			continue;
		return ((rc == -1) ? -1 :
		    usage("%s and %s (FILE, FILE.old) are the same file: name another one",
		    list[i].what, list[i].checkpoint));
	}
	return (0);
}

/* What is written must not be what is read, nor what is removed in the end. */
static int
check_named_files(char **streams, size_t count)
{
	struct output_place list[MAX_PLACES];
	size_t n = list_places(list, streams, count), i;

	if (check_checkpoint(list, n) == -1)
		return (-1);
	for (i = 0; i < n && log_file != NULL; i++) {
		if (list[i].not_log && list[i].path != NULL &&
		    io_same_place(log_file, list[i].path))
			return (usage("%s and --log are the same file: name another one",
			    list[i].what));
	}
	return (0);
}

static int
train_model(struct training *t, char **streams, size_t count)
{
	struct stage_work work = { .op = "train", .check = training_check,
		.run = training_run, .state = t,
		.exponents = true,
		.missing = true,
		.tells = "whether numbers of the training had room",
		.meets_dealer = (checkpoint != NULL),
		.named = (checkpoint != NULL) };
	struct buf params = { NULL, 0, 0 };
	int rc = -1;

	t->work = &work;
	if (describe_training(&params, t) == 0) {
		work.params = params.data;
		rc = stage_run(&work, streams, count);
	}
	if (rc == 0 && !stage_options.plan)
		training_done(t);
	buf_free(&params);
	return (rc);
}

/* ---- with noise ---- */

#define USUAL_NOISY_STEPS 30

/* How other models learn says nothing of sums with noise; and what would be told has none. */
static int
take_no_other_options(void)
{

	if (is_glm() || is_lasso() || is_trees() || network != NULL || network_file != NULL ||
	    (model != NULL &&
	    strcmp(model, "linear") != 0 && strcmp(model, "logistic") != 0))
		return (usage("--epsilon and --delta are for --model linear and logistic"));
	if (features_file != NULL || labels_file != NULL || label == NULL)
		return (usage("with noise, labels are a column of the table: name it with -l"));
	if (optimizer != NULL || rate != NULL || decay != NULL || momentum != NULL ||
	    clip != NULL || epochs != UINT64_MAX || batch != 0 || standardize != NULL ||
	    input != NULL || classes != 0 || seed != 0)
		return (usage("with noise, columns are brought to their ranges, and all rows are "
		    "used at once: --standardize, --optimizer, --rate, --decay, --momentum, "
		    "--clip, --epochs, --batch, --seed, --input and --classes are not for it; "
		    "--l2 and --steps are"));
	if (reveal.count > 0 || watch_range || log_file != NULL || checkpoint != NULL ||
	    every != NULL || init != NULL || class_weights != NULL || in_float64)
		return (usage("with noise, nothing is told on the way, or kept: --reveal, "
		    "--watch-range, --log, --checkpoint, --init, --class-weights and --float are "
		    "not for it"));
	return ((family == NULL && ridge == NULL && offset == NULL && row_weights == NULL &&
	    lambda == NULL && alpha == NULL && !no_intercept) ? 0 :
	    usage("with noise there is no --family, --ridge, --offset, --weights, --lambda, "
	    "--alpha or --no-intercept; --l2 is a penalty"));
}

static int
take_noisy(struct noisy_training *t)
{
	static const struct limits pulls = { .high = 256 };

	t->label = label;
	t->lines = (model != NULL && strcmp(model, "linear") == 0);
	t->steps = (steps > 0) ? (unsigned)steps : USUAL_NOISY_STEPS;
	t->threads = stage_threads(threads);
	if (take_no_other_options() == -1 || take_real("l2", l2, 0, &pulls, &t->l2) == -1)
		return (-1);
	if (t->lines && steps > 0)
		return (usage("a linear model with noise is solved: --steps is not for it"));
	return ((t->steps >= 2 && t->steps <= NN_PRIVATE_MOST_STEPS) ? 0 :
	    usage("with noise there are 2 to %d --steps", NN_PRIVATE_MOST_STEPS));
}

static int
describe_noisy(struct buf *p, const struct noisy_training *t)
{
	const struct parameter list[] = {
		{ "model", TEXT, .given = true, .text = t->lines ? "linear" : "logistic" },
		{ "label", TEXT, .given = true, .text = t->label },
		{ "l2", NUMBER, .given = (t->l2 > 0), .number = t->l2 },
		{ "steps", COUNT, .given = !t->lines, .count = t->steps },
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(*list); i++) {
		if (list[i].given && describe_parameter(p, &list[i]) == -1)
			return (-1);
	}
	return ((buf_string(p, "\n") == -1 || noise_params(p) == -1) ? -1 : buf_append(p, "", 1));
}

static int
run_with_noise(char **operands, size_t count)
{
	static char dash[] = "-";
	char *stream = (count > 0) ? operands[0] : dash;
	struct noisy_training t = { .label = NULL };
	struct stage_work work = { .op = "train", .check = noisy_training_check,
		.describe = noisy_training_describe, .run = noisy_training_run, .state = &t,
		.exponents = true };
	struct buf params = { NULL, 0, 0 };
	int rc = -1;

	if (take_noisy(&t) == 0 && describe_noisy(&params, &t) == 0) {
		work.params = params.data;
		rc = stage_run(&work, &stream, 1);
	}
	buf_free(&params);
	noise_free(&t.noise);
	return (rc);
}

/* ---- all that is asked for ---- */

static int
run(char **operands, size_t count)
{
	struct training t = { .labels = label, .init = (init != NULL), .classes = (size_t)classes,
		.watch = watch_range,
		.log = log_file, .checkpoint = checkpoint };
	struct buf text = { NULL, 0, 0 };
	char *streams[MAX_STREAMS];
	size_t n = 0;
	int rc = -1;

	if (take_trees(&t) == -1)
		return (-1);
	if (noise_wanted())
		return (run_with_noise(operands, count));
	t.how.threads = stage_threads(threads);
	if (!is_trees() && (take_glm(&t) == -1 || take_lasso(&t) == -1))
		return (-1);
	take_usual(&t);
	if (take_standard(&t.standardize) == 0 &&
	    choose_operands(&t, operands, count, streams, &n) == 0 && take_how(&t.how) == 0 &&
	    take_input(&t.in) == 0 && take_every(&t) == 0 && take_reveal(&t) == 0 &&
	    take_class_weights(&t) == 0 && take_network(&t, &text) == 0 &&
	    check_named_files(streams, n) == 0 && take_arithmetic(&t) == 0)
		rc = train_model(&t, streams, n);
	buf_free(&text);
	free(t.class_weights);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Train a model on shares, in a session of all parties; the model is "
		    "shared among them as the data are.",
		.notes = "Every party runs it under smpc-party.\nExample: smpc-train -l malignant "
		    "-o model.alice patients.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
