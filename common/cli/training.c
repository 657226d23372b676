#include "cli/training.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/classes.h"
#include "cli/dataset.h"
#include "cli/features.h"
#include "cli/model_columns.h"
#include "data/bounds.h"
#include "data/presence.h"
#include "func/divisor.h"
#include "net/policy_ask.h"
#include "nn/float64.h"
#include "nn/learner_network.h"
#include "nn/prepare.h"
#include "table/columns.h"

/* A training on its way. */
struct course {
	struct stage *stage;
	struct training *t;
	struct dataset features, labels, offset, prior;
	int prior_log;             /* weights of rows were divided by 2 to this */
	struct mpc_vector weights; /* of labels, by their classes */
	struct mpc_vector far;     /* features that a model's deviations cannot standardize */
	double most, squares;      /* bounds of features, and of their squares' sum; 0: none */
	/* of a learner that takes features as they are (nn/task.h) */
	struct mpc_vector absent;
	bool *sparse;
	struct nn_grid *grid;
	struct stage_inputs inputs;
	struct model model;
	struct nn_job job;
	struct checkpoint checkpoint;
	FILE *log;
	/* what was to come of a pipe that nobody reads, before there was a log */
	struct sigaction broken_pipe;
	struct timespec begin;
	bool table;   /* progress is shown */
	bool resumed;
};

/* ---- the learner ---- */

/* How many classes the header says that a single column of labels has; 0: it does not. */
static size_t
header_classes(const struct dataset *y)
{
	const struct column *about;

	if (y->cols != 1 || y->n_parts == 0)
		return (0);
	about = part_about(y->parts[0].part, y->positions[0]);
	return ((about->kind == COLUMN_CLASS && about->n_values > 1) ? about->n_values : 0);
}

/* The layers that --model stands for, for these labels. */
static int
layers_of_model(const struct training *t, const struct dataset *y, char *text, size_t size)
{
	const size_t n = y->cols, classes = (t->classes != 0) ? t->classes : header_classes(y);

	if (strcmp(t->model, "softmax") != 0) {
		if (t->classes != 0)
			return (fail(ST_USAGE, "--classes goes with --model softmax"));
		snprintf(text, size, "dense %zu%s", n, (strcmp(t->model, "logistic") == 0) ?
		    ", sigmoid" : "");
		return (0);
	}
	if (n == 1 && classes == 0)
		return (fail(ST_USAGE, "--model softmax: how many classes there are is not said by "
		    "one column of labels: --classes"));
	snprintf(text, size, "dense %zu, softmax", (classes != 0) ? classes : n);
	return (0);
}

/* Labels of trees are classes where that is said, or there are several columns of them. */
static size_t
classes_of_trees(const struct training *t, const struct dataset *y)
{

	return ((t->classes != 0) ? t->classes : (y->cols > 1) ? y->cols : header_classes(y));
}

static enum trees_loss
loss_of_trees(const struct trees_text *a)
{

	return ((a->kind != TREES_BOOST || a->classes == 0) ? TREES_SQUARED :
	    (a->classes == 2) ? TREES_LOGISTIC : TREES_SOFTMAX);
}

/* What is said of trees, and what the data say. */
static int
describe_trees(const struct course *c, struct nn_shape in, struct trees_text *a)
{
	double leaves;

	*a = c->t->trees;
	a->classes = classes_of_trees(c->t, &c->labels);
	a->loss = loss_of_trees(a);
	a->missing = (c->features.n_sparse > 0);
	if (a->columns == 0)
		a->columns = fmax(1 / sqrt((double)nn_size(in)), TREES_LEAST_SHARE);
	if (a->classes > TREES_MOST_CLASSES)
		return (fail(ST_USAGE, "there are %zu classes, and trees have at most %d",
		    a->classes, TREES_MOST_CLASSES));
	leaves = (double)(a->trees * trees_leaves(a) * trees_in_round(a) * trees_outputs(a));
	return ((leaves <= (double)TREES_MOST_LEAVES) ? 0 : fail(ST_USAGE, "that makes %.0f "
	    "numbers of leaves, and there are at most %zu: take fewer --trees, or less --depth",
	    leaves, TREES_MOST_LEAVES));
}

static struct learner *
make_trees(const struct course *c, struct nn_shape in)
{
	char text[TREES_TEXT_BYTES];
	struct trees_text a;

	if (describe_trees(c, in, &a) == -1)
		return (NULL);
	trees_print(text, &a);
	return (learner_trees.make(text, in));
}

/* What --net or --model ask for. */
static struct learner *
make_asked(const struct course *c, struct nn_shape in)
{
	const struct training *t = c->t;
	char text[64], glm[GLM_TEXT_BYTES], lasso[LASSO_TEXT_BYTES];

	if (t->model == NULL)
		return (learner_network.make(t->network, in));
	if (strcmp(t->model, "glm") == 0) {
		glm_print(glm, &t->glm);
		return (learner_glm.make(glm, in));
	}
	if (strcmp(t->model, "lasso") == 0) {
		lasso_print(lasso, &t->lasso);
		return (learner_lasso.make(lasso, in));
	}
	if (t->trees.grown)
		return (make_trees(c, in));
	if (layers_of_model(t, &c->labels, text, sizeof(text)) == -1)
		return (NULL);
	return (learner_network.make(text, in));
}

static int
start_learner(struct course *c)
{
	const struct training *t = c->t;
	struct nn_shape in = t->in;
	struct learner *l;

	if (in.channels == 0)
		in = (struct nn_shape){ c->features.cols, 1, 1 };
	if (nn_size(in) != c->features.cols)
		return (fail(ST_USAGE, "--input %zux%zux%zu makes %zu numbers a row, and there are "
		    "%zu features", in.channels, in.height, in.width, nn_size(in),
		    c->features.cols));
	if ((l = make_asked(c, in)) == NULL)
		return (-1);
	c->model.learner = l;
	if (l->kind->start(l, c->stage->S, t->how.seed) == -1 ||
	    (c->model.about = nn_model_new(l, t->how.seed)) == NULL)
		return (-1);
	return (0);
}

static int
compare_columns(const char *what, char *const *theirs, size_t n, const char *const *ours,
    size_t count)
{
	size_t i;

	for (i = 0; theirs != NULL && ours != NULL && n == count && i < n; i++) {
		if (strcmp(theirs[i], ours[i]) != 0)
			return (fail(ST_FAILED, "the model to begin with has the %s '%s' where "
			    "these data have '%s': bring the columns into its order (smpc-cut -c)",
			    what, theirs[i], ours[i]));
	}
	return (0);
}

/* Whether it is what --net asks for. */
static int
check_asked(const struct course *c)
{
	const struct learner *l = c->model.learner;
	struct learner *asked;
	bool same;

	if (c->t->network == NULL)
		return (0);
	if ((asked = make_asked(c, l->in)) == NULL)
		return (-1);
	same = (asked->kind == l->kind && strcmp(asked->text, l->text) == 0);
	learner_free(asked);
	return (same ? 0 : fail(ST_USAGE, "the model to begin with is '%s', and not '%s'",
	    l->text, c->t->network));
}

/* The operand that a message about labels names. */
static const char *
labels_name(const struct course *c)
{

	return (reader_name(c->stage->readers[c->t->separate ? 1 : 0]));
}

/* Columns of the data, which have rows. */
static struct model_columns_of
columns_of(const struct dataset *d, const char *where)
{

	return ((struct model_columns_of){ .part = d->parts[0].part, .where = where,
		.positions = d->positions, .cols = d->cols });
}

/* Whether it was trained on columns that mean the same. */
static int
compare_meaning(const struct course *c)
{
	const char *where = reader_name(c->stage->readers[0]);
	const struct model_columns_of features = columns_of(&c->features, where),
	    labels = columns_of(&c->labels, labels_name(c));

	return ((model_columns_check(&c->model, &features) == -1 ||
	    model_columns_check_labels(&c->model, &labels) == -1) ? -1 :
	    model_columns_check_schema(&c->model, features.part, where));
}

/* A model to begin with must be one of these features, and the one that was asked for. */
static int
check_model(const struct course *c)
{
	size_t features = nn_size(c->model.learner->in);

	if (features != c->features.cols)
		return (fail(ST_FAILED, "the model to begin with takes %zu features, and there are "
		    "%zu", features, c->features.cols));
	if (compare_columns("feature", c->model.about->features, c->model.about->n_features,
	    (const char *const *)c->features.names, c->features.cols) == -1 ||
	    compare_columns("label", c->model.about->labels, c->model.about->n_labels,
	    (const char *const *)c->labels.names, c->labels.cols) == -1)
		return (-1);
	return ((compare_meaning(c) == -1) ? -1 : check_asked(c));
}

/*
 * The learner, its tensors and where training begins: from a checkpoint, from a model, or from
 * its start.
 */
static int
find_model(struct course *c)
{
	struct training *t = c->t;

	if (t->checkpoint != NULL) {
		if (checkpoint_resume(&c->checkpoint, c->stage, &c->model) == -1)
			return (-1);
		c->resumed = (c->model.about != NULL);
	}
	if (c->resumed) {
		c->job.step = c->model.about->step;
		free(c->model.about->job);
		c->model.about->job = NULL;
		return (check_model(c));
	}
	if (!t->init)
		return (start_learner(c));
	if (model_read(c->stage, t->separate ? 2 : 1, &c->model) == -1)
		return (-1);
	if (learner_network_of(c->model.learner) == NULL)
		return (fail(ST_USAGE, "--init begins with a network, and this model is a %s, "
		    "which is found from its start", c->model.learner->kind->name));
	return (check_model(c));
}

static int
name_columns(struct course *c)
{
	struct nn_model *m = c->model.about;
	const struct model_columns_of features = columns_of(&c->features, NULL),
	    labels = columns_of(&c->labels, NULL);

	return ((model_columns_note(&c->model, &features, &labels) == -1 ||
	    nn_model_names(&m->features, &m->n_features,
	    (const char *const *)c->features.names, c->features.cols) == -1 ||
	    nn_model_names(&m->labels, &m->n_labels, (const char *const *)c->labels.names,
	    c->labels.cols) == -1) ? -1 : 0);
}

/* ---- the data ---- */

/* The columns of a generalized linear model that are no features. */
static int
take_glm_columns(struct course *c)
{
	const char *where = reader_name(c->stage->readers[0]);
	const struct training *t = c->t;
	struct mpc *S = c->stage->S;

	return (((t->offset != NULL &&
	    dataset_take(S, &c->features, where, t->offset, &c->offset) == -1) ||
	    (t->weights != NULL &&
	    dataset_take(S, &c->features, where, t->weights, &c->prior) == -1)) ? -1 : 0);
}

static int
read_data(struct course *c)
{
	const struct training *t = c->t;

	if (t->separate) {
		if (dataset_read(c->stage, 0, &c->features, NULL, NULL, &c->inputs) == -1 ||
		    dataset_read(c->stage, 1, &c->labels, NULL, NULL, &c->inputs) == -1)
			return (-1);
	} else if (dataset_read(c->stage, 0, &c->features, t->labels, &c->labels, &c->inputs) == -1)
		return (-1);
	if (c->features.rows > 0 && take_glm_columns(c) == -1)
		return (-1);
	if (c->labels.n_sparse > 0)
		return (presence_refuse(c->labels.parts[0].part, labels_name(c),
		    c->labels.positions[c->labels.sparse[0]], "a label"));
	if (c->features.rows != c->labels.rows)
		return (fail(ST_FAILED, "shapes disagree: %zu rows of features, and %zu of labels",
		    c->features.rows, c->labels.rows));
	if (t->separate && dataset_check_rows(reader_name(c->stage->readers[0]), &c->features,
	    labels_name(c), &c->labels) == -1)
		return (-1);
	return ((c->features.rows == 0) ? fail(ST_FAILED, "there are no rows to learn from") : 0);
}

/* Whether it is to be found from these data what to standardize by. */
static bool
fits_standard(const struct course *c)
{

	return (c->t->standardize != NN_AS_THEY_ARE && c->model.mean.n == 0);
}

/* The same of labels, which a learner that orders features has standardized all the same. */
static bool
fits_labels(const struct course *c)
{

	return (c->model.learner->target == LEARNER_NUMBERS && !c->model.learner->raw &&
	    c->model.label_mean.n == 0 && (c->model.learner->orders || fits_standard(c)));
}

/*
 * Whether the model would have the same numbers twice: what features are standardized by are the
 * means that missing values were filled with.
 */
static bool
fills_with_means(const struct course *c)
{

	return (fits_standard(c) && c->t->standardize == NN_DEVIATIONS &&
	    !c->model.learner->from_zero && !dataset_takes_median(c->features.parts[0].part));
}

/*
 * Values that are missing become means or medians of what is there: those that a model has, or
 * these data's, which the model has then.
 */
static int
fill_features(struct course *c)
{
	struct dataset *x = &c->features;
	struct model *m = &c->model;
	struct mpc *S = c->stage->S;
	const struct dataset_sparse sparse = { x->sparse, x->n_sparse, &x->presence->x,
		x->presence->f };
	bool fit = (m->mean.n == 0 && m->fill.n == 0);

	if (x->n_sparse == 0 || c->model.learner->orders)
		return (0);
	if (c->t->float64)
		return (fail(ST_USAGE, "--float takes no features with missing values: "
		    "train with --clear, or give them a number (smpc-share --na COLUMN=VALUE)"));
	if (fit && (mpc_vector_new(S, &m->fill, x->cols) == -1 ||
	    dataset_middles(S, x, &m->fill) == -1))
		return (-1);
	if (dataset_fill(S, &x->x, x->rows, x->cols, &sparse, (m->fill.n > 0) ? &m->fill :
	    &m->mean) == -1)
		return (-1);
	if (fills_with_means(c))
		mpc_vector_free(&m->fill);
	return (0);
}

/*
 * Of a column no number is farther from the mean than sqrt(rows) deviations, and squares of them
 * come to as many as there are rows, but for rounding: a mean is off by 1.3 units, and a deviation
 * may be a single one.
 */
#define MOST_DEVIATIONS(rows) (1.02 * sqrt((double)(rows)) + 2)
#define MOST_SQUARES(rows) (2.8 * (double)(rows))

/* Count features that are too far from what the model has to standardize them by. */
static int
count_far_features(struct course *c)
{
	const struct dataset *x = &c->features;
	const struct model *m = &c->model;
	struct mpc *S = c->stage->S;
	struct mpc_vector limits, features;
	int rc;

	if ((rc = mpc_vector_new(S, &limits, x->cols)) == 0 &&
	    (rc = mpc_vector_new(S, &c->far, x->cols + c->labels.cols)) == 0 &&
	    (rc = nn_standardize_limits(S, &limits, &m->scale)) == 0) {
		features = mpc_part(&c->far, 0, x->cols);
		rc = nn_count_far(S, &features, &x->x, x->rows, x->cols, &m->mean, &limits);
	}
	mpc_vector_free(&limits);
	return (rc);
}

/* Count what a model to begin with, whose means are those of other rows, cannot standardize. */
static int
count_far(struct course *c)
{
	const struct dataset *y = &c->labels;
	const struct model *m = &c->model;
	struct mpc_vector labels;

	if (count_far_features(c) == -1)
		return (-1);
	if (m->label_mean.n == 0)
		return (0);
	labels = mpc_part(&c->far, c->features.cols, y->cols);
	return (nn_count_far_labels(c->stage->S, &labels, &y->x, y->rows, y->cols, &m->label_mean,
	    &m->label_scale));
}

/* A bound of features that such a model has standardized, or filled. */
static int
limit_given(struct course *c)
{
	const struct model *m = &c->model;

	if (!c->t->init || (m->mean.n == 0 && m->fill.n == 0))
		return (0);
	c->most = ldexp(1, (m->mean.n > 0) ? NN_NEAR_BITS : NN_FEATURE_RANGE - NN_BITS);
	return ((m->mean.n > 0) ? count_far(c) : 0);
}

/* From these data, what to standardize by. */
static int
fit_features(struct course *c)
{
	const struct dataset *x = &c->features;
	struct model *m = &c->model;
	struct mpc *S = c->stage->S;

	if (mpc_vector_new(S, &m->mean, x->cols) == -1 ||
	    mpc_vector_new(S, &m->scale, x->cols) == -1)
		return (-1);
	switch (c->t->standardize) {
	case NN_ROBUST:
		return (nn_median_fit(S, &m->mean, &m->scale, &x->x, x->rows, x->cols));
	case NN_MINMAX:
		return (nn_minimum_fit(S, &m->mean, &m->scale, &x->x, x->rows, x->cols));
	case NN_AS_THEY_ARE:
	case NN_DEVIATIONS:
	default:
		return ((m->learner->from_zero ? nn_scale_fit : nn_standardize_fit)(S, &m->mean,
		    &m->scale, NULL, &x->x, x->rows, x->cols));
	}
}

/* From 0 to 1, but for rounding. */
#define MOST_OF_RANGE 1.001

/* Bounds of features that these data's own numbers standardize. */
static int
limit_standardized(struct course *c)
{
	const struct dataset *x = &c->features;

	if (c->far.n > 0)
		return (0);
	if (c->t->standardize == NN_ROBUST) {
		c->most = ldexp(1, NN_NEAR_BITS);
		return (count_far_features(c));
	}
	c->most = (c->t->standardize == NN_MINMAX) ? MOST_OF_RANGE : MOST_DEVIATIONS(x->rows);
	c->squares = ((c->t->standardize == NN_MINMAX) ? MOST_OF_RANGE * MOST_OF_RANGE *
	    (double)x->rows : MOST_SQUARES(x->rows)) * (double)x->cols;
	return (0);
}

/* With how many fraction bits the learner takes what is standardized. */
static unsigned
standard_bits(const struct course *c)
{
	const struct learner *l = c->model.learner;

	return ((l->kind->bits == NULL || (c->t->standardize == NN_AS_THEY_ARE && !l->orders)) ?
	    NN_BITS : l->kind->bits(l, c->features.rows));
}

/* Features as the model has it, or as these data have it. */
static int
standardize(struct course *c)
{
	struct dataset *x = &c->features;
	struct model *m = &c->model;

	if (fits_standard(c) && fit_features(c) == -1)
		return (-1);
	if (m->mean.n == 0)
		return (0);
	return ((limit_standardized(c) == -1) ? -1 : nn_standardize_to(c->stage->S, &x->x, &x->x,
	    x->rows, x->cols, &m->mean, &m->scale, standard_bits(c)));
}

static int
new_label_standard(struct course *c)
{
	struct model *m = &c->model;

	return ((mpc_vector_new(c->stage->S, &m->label_mean, c->labels.cols) == -1 ||
	    mpc_vector_new(c->stage->S, &m->label_scale, c->labels.cols) == -1) ? -1 : 0);
}

/*
 * Numbers that are learnt are brought to mean 0 and deviation 1, too; before the features are, as
 * it is theirs that say whether all of this comes with the model.
 */
static int
standardize_labels(struct course *c)
{
	struct dataset *y = &c->labels;
	struct model *m = &c->model;
	struct mpc *S = c->stage->S;
	struct mpc_vector scale = { .n = 0 };
	int rc = 0;

	if (m->learner->target != LEARNER_NUMBERS || m->learner->raw ||
	    !(fits_labels(c) || m->label_mean.n > 0))
		return (0);
	if (m->label_mean.n == 0 && (rc = new_label_standard(c)) == 0 &&
	    (rc = mpc_vector_new(S, &scale, y->cols)) == 0)
		rc = (m->learner->from_zero ? nn_scale_fit : nn_standardize_fit)(S, &m->label_mean,
		    &scale, &m->label_scale, &y->x, y->rows, y->cols);
	mpc_vector_free(&scale);
	return ((rc == -1) ? -1 : nn_standardize_labels(S, &y->x, &y->x, y->rows, y->cols,
	    &m->label_mean, &m->label_scale, standard_bits(c)));
}

/* Whether labels are what the learner gives, or one column of class numbers. */
static int
check_label_columns(const struct course *c)
{
	const struct learner *l = c->model.learner;
	const char *kind = l->kind->name;
	size_t classes = (l->target == LEARNER_CLASSES) ? l->out : 0;
	const struct dataset *y = &c->labels;

	if (c->t->classes != 0 && c->t->classes != classes &&
	    !(c->t->trees.grown && l->target == LEARNER_BINARY && c->t->classes == 2))
		return (fail(ST_USAGE, "--classes %zu: the %s '%s' has %zu", c->t->classes, kind,
		    l->text, classes));
	if (classes == 1)
		return (fail(ST_USAGE, "the %s '%s' gives one number, which a softmax makes 1 "
		    "whatever it is: take 'sigmoid' for labels 0 and 1", kind, l->text));
	if (y->cols == l->out)
		return (0);
	if (y->cols != 1 || classes == 0)
		return (fail(ST_USAGE, "the %s '%s' gives %zu numbers, and there are %zu columns "
		    "of labels", kind, l->text, l->out, y->cols));
	if (classes > 65)
		return (fail(ST_USAGE, "a column of labels can stand for 65 classes at most; share "
		    "a column for each class"));
	return (0);
}

/* What labels have to be: classes, where the learner gives their probabilities. */
static struct nn_labels
labels_due(const struct course *c)
{
	const struct learner *l = c->model.learner;
	const struct dataset *y = &c->labels;
	struct nn_labels is = { .columns = y->cols, .classes = l->out, .bits = y->f };

	is.form = (l->target == LEARNER_NUMBERS) ? NN_LABELS_ANY :
	    (l->target == LEARNER_BINARY) ? NN_LABELS_BINARY : (y->cols == l->out) ?
	    NN_LABELS_ONE_HOT : NN_LABELS_NUMBERS;
	return (is);
}

/* Classes that are numbers are learnt as such, and not as their positions among the values. */
static int
check_numbers(const struct course *c)
{
	const struct dataset *y = &c->labels;
	const struct part *p = y->parts[0].part;
	char column[PART_SHOWN_BYTES];
	const struct column *about;
	size_t j;

	for (j = 0; j < y->cols; j++) {
		about = part_about(p, y->positions[j]);
		if (!column_is_renumbered(about))
			continue;
		part_show_column(p, y->positions[j], column);
		return (fail(ST_REFUSED, "%s: column %s: labels were declared as classes, and are "
		    "shared as 0, 1 and so on for %s%s%s: a model that learns numbers takes them "
		    "with a range (smpc-share --range, smpc-schema --draft --range)",
		    labels_name(c), column, about->values[0], (about->n_values > 1) ? ", " : "",
		    (about->n_values > 1) ? about->values[1] : ""));
	}
	return (0);
}

/* Whether labels are that: in the clear they are looked at, and in a session one bit is opened. */
static int
check_labels(const struct course *c)
{
	const struct dataset *y = &c->labels;
	struct classes k = { .is = labels_due(c), .positions = y->positions };
	size_t i;
	bool ok;

	k.where = labels_name(c);
	if (k.is.form == NN_LABELS_ANY && check_numbers(c) == -1)
		return (-1);
	for (i = 0; i < y->n_parts; i++) {
		if (classes_part(&k, y->parts[i].part, y->parts[i].rows) == -1)
			return (-1);
	}
	if (stage_options.clear)
		return (classes_look(&k, &y->x, y->rows, 1));
	if (!k.test)
		return (0);
	if (classes_enough(&k, y->alone) == -1 ||
	    nn_labels_are_classes(c->stage->S, &k.is, &y->x, y->rows, &ok) == -1)
		return (-1);
	return (ok ? 0 : classes_refuse(&k));
}

/*
 * What words of a column can be that are multiplied by 2^${shift}: what is whole has steps of its
 * own, and others have those of words.
 */
static struct nn_grid
grid_of(const struct part *p, size_t position, int shift)
{
	const struct column *about = part_about(p, position);
	const struct bounds b = bounds_of(about);
	const bool whole = (about->kind == COLUMN_INDICATOR || about->kind == COLUMN_CLASS);
	const int own = whole ? (int)p->fraction_bits - about->exponent : 0,
	    step = (own > 0 && own < 62) ? own : 0;
	const int64_t unit = (int64_t)1 << step;
	const struct nn_grid none = { .step = 0 };

	if (!bounds_known(b) || step + shift < 0 || step + shift > NN_FEATURE_RANGE ||
	    (int)bounds_bits(b) + shift > NN_FEATURE_RANGE || b.low % unit != 0 ||
	    b.high % unit != 0)
		return (none);
	return ((struct nn_grid){ .low = b.low / unit * ((int64_t)1 << (step + shift)),
	    .high = b.high / unit * ((int64_t)1 << (step + shift)),
	    .step = (int64_t)1 << (step + shift) });
}

/* Of all parts; nothing where they do not say the same. */
static void
note_grid(struct course *c, const struct features_plan *plan)
{
	const struct dataset *x = &c->features;
	struct nn_grid *grid, other;
	size_t i, j;

	for (j = 0; j < x->cols; j++) {
		grid = &c->grid[j];
		*grid = grid_of(x->parts[0].part, x->positions[j], plan->shift[j]);
		for (i = 1; i < x->n_parts; i++) {
			other = grid_of(x->parts[i].part, x->positions[j], plan->shift[j]);
			if (memcmp(&other, grid, sizeof(other)) != 0)
				grid->step = 0;
		}
	}
}

/*
 * Bring numbers to the units of a model or, where they are standardized, to some of their own,
 * which the model then has; or else to the owner's.  Of what they are then, ${most} becomes a
 * bound.
 */
static int
settle_numbers(struct course *c, struct dataset *d, const char *where, int **units,
    bool standard, double *most)
{
	struct features_plan plan;
	int rc;

	rc = features_settle(c->stage, d, where, &plan, *units, standard);
	if (rc == 0 && standard && *units == NULL) {
		*units = plan.exponent;
		plan.exponent = NULL;
	}
	if (rc == 0 && d == &c->features && c->grid != NULL)
		note_grid(c, &plan);
	*most = ldexp(1, (int)plan.bits - NN_BITS);
	features_plan_free(&plan);
	return (rc);
}

/*
 * Numbers that are learnt as they are have NN_BITS fraction bits; where all of them are below
 * 2^SMALL_BITS units of that, little would be left of how they differ.
 */
#define SMALL_BITS 10
#define STANDARDIZE_THEM "standardize them (smpc-train --standardize)"

static int
check_small(const struct dataset *d, const char *where, const char *what, const char *remedy)
{
	const struct part *p = d->parts[0].part;
	char column[PART_SHOWN_BYTES];
	const struct column *about;
	struct bounds b;
	size_t j;
	int bits;

	for (j = 0; j < d->cols; j++) {
		about = part_about(p, d->positions[j]);
		b = bounds_of(about);
		bits = (int)bounds_bits(b) + about->exponent + NN_BITS - (int)p->fraction_bits;
		if (!bounds_known(b) || b.low == b.high || bits >= SMALL_BITS)
			continue;
		part_show_column(p, d->positions[j], column);
		return (fail(ST_RANGE, "%s: column %s: its numbers are below %g, and %s have %d "
		    "fraction bits: %s", where, column, ldexp(1, bits - NN_BITS), what, NN_BITS,
		    remedy));
	}
	return (0);
}

/*
 * What a generalized linear model takes as it is, its labels with logarithms and its offset, cannot
 * be standardized where it is too large.
 */
static int
check_large(const struct dataset *d, const char *where, const char *what, const char *remedy)
{
	const struct part *p = d->parts[0].part;
	const struct column *about = part_about(p, d->positions[0]);
	const struct bounds b = bounds_of(about);
	char column[PART_SHOWN_BYTES];
	int bits;

	bits = (int)bounds_bits(b) + about->exponent + NN_BITS - (int)p->fraction_bits;
	if (!bounds_known(b) || bits <= NN_FEATURE_RANGE)
		return (0);
	part_show_column(p, d->positions[0], column);
	return (fail(ST_RANGE, "%s: column %s: its numbers may be as large as %g, and %s are below "
	    "%g: %s", where, column, ldexp(1, bits - NN_BITS), what,
	    ldexp(1, NN_FEATURE_RANGE - NN_BITS), remedy));
}

/* Of weights of rows so many bits before the point are left that they keep as many behind it. */
#define MOST_PRIOR_LOG 12

/* The largest weight that there can be; of those without a range, what learners have room for. */
static double
heaviest_prior(const struct dataset *d)
{
	const struct part *p = d->parts[0].part;
	const struct column *about = part_about(p, d->positions[0]);
	const struct bounds b = bounds_of(about);

	if (!bounds_known(b))
		return (ldexp(1, NN_FEATURE_RANGE - NN_BITS));
	return (ldexp(fmax(fabs((double)b.low), fabs((double)b.high)),
	    about->exponent - (int)p->fraction_bits));
}

/* Weights of rows: from 0 to 1, with NN_PRIOR_BITS, by what is known of the largest. */
static int
settle_prior(struct course *c, const char *where)
{
	const double heaviest = heaviest_prior(&c->prior);
	int unit, *units = &unit, log;
	double most;

	if (frexp(heaviest, &log) == 0.5)
		log--;
	if (log > MOST_PRIOR_LOG)
		return (fail(ST_RANGE, "%s: column '%s': weights may be as large as %g, of which "
		    "too few bits would be left: let a range up to %d be declared for them "
		    "(smpc-share --range)", where, c->t->weights, heaviest,
		    1 << MOST_PRIOR_LOG));
	c->prior_log = log;
	unit = log - (NN_PRIOR_BITS - NN_BITS);
	return (settle_numbers(c, &c->prior, where, &units, false, &most));
}

/* Offsets in the owner's units; and weights. */
static int
settle_columns(struct course *c)
{
	const char *where = reader_name(c->stage->readers[0]);
	int *units = NULL, rc = 0;
	double most;

	if (c->t->offset != NULL && (rc = check_large(&c->offset, where, "offsets", "a smaller "
	    "range has to be true of them")) == 0)
		rc = settle_numbers(c, &c->offset, where, &units, false, &most);
	return ((rc == -1 || c->t->weights == NULL) ? rc : settle_prior(c, where));
}

/* Proportions have as many bits as the learner takes. */
static int
finer_labels(struct course *c)
{
	struct model *m = &c->model;

	if (m->label_units == NULL) {
		if ((m->label_units = mem_array(1, sizeof(*m->label_units))) == NULL)
			return (-1);
		m->label_units[0] = -GLM_PROPORTION_BITS;
	}
	return (0);
}

/* Features that are ordered: in units of their own, and what is missing of them stays so. */
static int
settle_ordered(struct course *c)
{
	struct dataset *x = &c->features;
	const struct dataset_sparse sparse = { x->sparse, x->n_sparse, &x->presence->x,
		x->presence->f };
	size_t i;

	if ((c->grid = mem_array(x->cols, sizeof(*c->grid))) == NULL ||
	    (c->sparse = mem_array(x->cols, sizeof(*c->sparse))) == NULL ||
	    settle_numbers(c, x, reader_name(c->stage->readers[0]), &c->model.units, true,
	    &c->most) == -1)
		return (-1);
	for (i = 0; i < x->n_sparse; i++)
		c->sparse[x->sparse[i]] = true;
	if (x->n_sparse == 0)
		return (0);
	return ((mpc_vector_new(c->stage->S, &c->absent, x->rows * x->cols) == -1) ? -1 :
	    dataset_absent(c->stage->S, &c->absent, x->rows, x->cols, &sparse));
}

static int
settle_features(struct course *c)
{
	const char *where = reader_name(c->stage->readers[0]);
	struct model *m = &c->model;

	if (m->learner->orders)
		return (settle_ordered(c));
	if (settle_numbers(c, &c->features, where, &m->units,
	    c->t->standardize != NN_AS_THEY_ARE || m->mean.n > 0, &c->most) == -1)
		return (-1);
	return ((c->t->standardize == NN_AS_THEY_ARE && m->mean.n == 0) ?
	    check_small(&c->features, where, "features", STANDARDIZE_THEM) : 0);
}

static int
settle_data(struct course *c)
{
	struct model *m = &c->model;
	bool labels = (m->learner->target == LEARNER_NUMBERS);
	bool standard = (!m->learner->raw && (fits_labels(c) || m->label_mean.n > 0));
	double most;

	if (settle_columns(c) == -1 || settle_features(c) == -1)
		return (-1);
	if (!labels)
		return (dataset_settle(c->stage->S, &c->labels));
	if (!standard && check_small(&c->labels, labels_name(c), "labels",
	    m->learner->raw ? "multiply them (smpc-mul)" : STANDARDIZE_THEM) == -1)
		return (-1);
	if (m->learner->raw && check_large(&c->labels, labels_name(c), "labels with "
	    "logarithms", (c->t->glm.family == GLM_GAMMA) ? "divide them (smpc-mul), which "
	    "leaves all but the intercept and Akaike's criterion" : "a smaller range has to be "
	    "true of them") == -1)
		return (-1);
	if (c->t->glm.proportions && finer_labels(c) == -1)
		return (-1);
	return (settle_numbers(c, &c->labels, labels_name(c), &m->label_units, standard, &most));
}

/* One column of class numbers becomes a column for each class. */
static int
spread_labels(struct course *c)
{
	size_t classes = c->model.learner->out;
	struct dataset *y = &c->labels;
	struct mpc_vector spread = { .n = 0 };

	if (y->cols == classes)
		return (0);
	if (mpc_vector_new(c->stage->S, &spread, y->rows * classes) == -1 ||
	    nn_one_hot(c->stage->S, &spread, &y->x, classes) == -1) {
		mpc_vector_free(&spread);
		return (-1);
	}
	mpc_vector_free(&y->x);
	y->x = spread;
	y->room = spread.n;
	return (0);
}

static int
check_class_weights(const struct course *c)
{
	const struct learner *l = c->model.learner;
	const struct training *t = c->t;
	size_t classes = (l->target == LEARNER_CLASSES) ? l->out : 2;

	if (t->class_weights == NULL)
		return (0);
	if (l->target == LEARNER_NUMBERS)
		return (fail(ST_USAGE, "--class-weights is for networks that end in a sigmoid or a "
		    "softmax, and '%s' has no classes", l->text));
	if (t->n_class_weights != classes)
		return (fail(ST_USAGE, "--class-weights takes a number for each class: the %s '%s' "
		    "has %zu, and there are %zu", l->kind->name, l->text, classes,
		    t->n_class_weights));
	return (0);
}

static int
weigh_labels(struct course *c)
{
	const struct learner *l = c->model.learner;

	if (c->t->class_weights == NULL)
		return (0);
	if (mpc_vector_new(c->stage->S, &c->weights, c->labels.x.n) == -1)
		return (-1);
	return (nn_class_weights(c->stage->S, &c->weights, &c->labels.x,
	    (l->target == LEARNER_CLASSES) ? l->out : 0, c->t->class_weights));
}

static struct nn_data
whole_data(const struct course *c)
{
	double heaviest = 0;
	size_t i;

	for (i = 0; i < c->t->n_class_weights; i++)
		heaviest = fmax(heaviest, c->t->class_weights[i] +
		    ldexp(1, -NN_WEIGHT_BITS));
	return ((struct nn_data){ .rows = c->features.rows, .x = c->features.x,
	    .labels = c->labels.x,
	    .bits = standard_bits(c),
	    .offset = c->offset.x,
	    .prior = c->prior.x,
	    .prior_log = c->prior_log,
	    .weights = c->weights,
	    .most = c->most,
	    .squares = c->squares,
	    .heaviest = heaviest,
	    .far = c->far,
	    .absent = c->absent,
	    .sparse = c->sparse,
	    .grid = c->grid });
}

/* The learner may put something in the place of the features. */
static int
prepare_features(struct course *c)
{
	struct nn_data data = whole_data(c);
	int rc = learner_prepare(c->model.learner, c->stage->S, &c->t->how, &data);

	c->features.x = data.x;
	return (rc);
}

/* Whether the model is solved for, and not trained. */
static bool
is_solved(const struct course *c)
{

	return (c->t->solve && nn_job_solves(c->model.learner));
}

/* ---- on the way ---- */

static double
seconds_since(const struct timespec *begin)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return ((double)(now.tv_sec - begin->tv_sec) + 1e-9 *
	    (double)(now.tv_nsec - begin->tv_nsec));
}

static void
format_measure(char text[static 32], bool has, double v)
{

	if (has)
		snprintf(text, 32, "%.6f", v);
	else
		snprintf(text, 32, "-");
}

#define LOG_HEADER "epoch\tsteps\tseconds\tloss\taccuracy\trounds\tbytes\n"

/*
 * How much of a log is of the first ${steps} steps: epochs that ended later, and half a line, will
 * be written again.
 */
static off_t
log_length(FILE *log, uint64_t steps)
{
	char line[256];
	uint64_t epoch, step;
	off_t length = 0;

	/* What is no text ends it, too: after a loss of power a file can end in zeros. */
	while (fgets(line, sizeof(line), log) != NULL && strchr(line, '\n') != NULL &&
	    ((length == 0) ? strcmp(line, LOG_HEADER) == 0 :
	    sscanf(line, "%" SCNu64 "\t%" SCNu64 "\t", &epoch, &step) == 2 && step <= steps))
		length += (off_t)strlen(line);
	return (length);
}

/* Make the log end where training goes on. */
static int
cut_log(const char *path, uint64_t steps)
{
	struct stat st;
	FILE *log;
	off_t length;

	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return (0);
	if ((log = fopen(path, "r")) == NULL)
		return (fail_errno(path));
	length = log_length(log, steps);
	fclose(log);
	if (length == 0 && st.st_size > 0)
		return (fail(ST_FAILED, "%s: is not the log of the training that is to go on: "
		    "remove it, or name another file", path));
	return ((truncate(path, length) == -1) ? fail_errno(path) : 0);
}

/* Open for writing; of a pipe nobody waits for the reader. */
static int
open_log_file(const char *path, bool append)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0)
		return (((fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) == -1) ?
		    fail_errno("standard error") : fd);
	fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
	    (append ? O_APPEND : O_TRUNC), 0600);
	if (fd == -1 && errno == ENXIO && stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return (fail(ST_FAILED, "%s: is a pipe that nobody reads", path));
	return ((fd == -1 || fcntl(fd, F_SETFL, append ? O_APPEND : 0) == -1) ? fail_errno(path) :
	    fd);
}

static int
open_log(struct course *c)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	const char *path = c->t->log;
	struct stat st;
	int fd;

	if (path == NULL || stage_options.plan)
		return (0);
	if (c->resumed && strcmp(path, "-") != 0 && cut_log(path, c->job.step) == -1)
		return (-1);
	if ((fd = open_log_file(path, c->resumed)) == -1)
		return (-1);
	if ((c->log = fdopen(fd, "w")) == NULL) {
		close(fd);
		return (fail_errno(path));
	}
	/* A reader who leaves is an error of ours, and not a death without a word. */
	(void)sigaction(SIGPIPE, &ignore, &c->broken_pipe);
	/* What was revealed to us is not everybody's on this machine, even if an old log was. */
	if (fstat(fd, &st) == -1 || (S_ISREG(st.st_mode) && strcmp(path, "-") != 0 &&
	    fchmod(fd, 0600) == -1))
		return (fail_errno(path));
	c->table = c->table && strcmp(path, "-") != 0;
	if (c->resumed && (!S_ISREG(st.st_mode) || st.st_size > 0))
		return (0);
	if (fputs(LOG_HEADER, c->log) == EOF || fflush(c->log) == EOF)
		return (fail_errno(path));
	return (0);
}

static int
close_log(struct course *c)
{
	FILE *log = c->log;
	bool reported;
	int rc;

	if (log == NULL)
		return (0);
	c->log = NULL;
	reported = ferror(log);
	/* The model gets its name when this is safe; what cannot be synced is no file. */
	rc = ((fflush(log) == EOF || (fsync(fileno(log)) == -1 && errno != EINVAL &&
	    errno != EROFS)) && !reported) ? fail_errno(c->t->log) : 0;
	if (fclose(log) == EOF && !reported && rc == 0)
		rc = fail_errno(c->t->log);
	(void)sigaction(SIGPIPE, &c->broken_pipe, NULL);
	return (rc);
}

/* Rounds of the session so far, and the bytes that this party sent and received in it. */
static void
format_traffic(char text[static 64], const struct joint *j)
{
	uint64_t bytes = 0;
	size_t i;

	if (j->session == NULL) {
		snprintf(text, 64, "-\t-");
		return;
	}
	for (i = 0; i <= j->n; i++) {
		if (i == j->self)
			continue;
		bytes += session_counters(j->session, j->peer[i])->bytes_sent;
		bytes += session_counters(j->session, j->peer[i])->bytes_received;
	}
	snprintf(text, 64, "%" PRIu64 "\t%" PRIu64, mpc_counted(j->S)->rounds + j->agreed.rounds,
	    bytes);
}

static int
tell_progress(void *state, const struct nn_progress *p)
{
	struct course *c = state;
	double seconds = seconds_since(&c->begin);
	char loss[32], accuracy[32], traffic[64];

	format_traffic(traffic, &c->stage->joint);
	format_measure(loss, p->has_loss, p->loss);
	format_measure(accuracy, p->has_accuracy, p->accuracy);
	if (c->table)
		fprintf(stderr, "%7" PRIu64 " %9" PRIu64 " %9.2f %10s %10s\n", p->epoch, p->step,
		    seconds, loss, accuracy);
	if (c->log != NULL &&
	    (fprintf(c->log, "%" PRIu64 "\t%" PRIu64 "\t%.3f\t%s\t%s\t%s\n", p->epoch, p->step,
	    seconds, loss, accuracy, traffic) < 0 || fflush(c->log) == EOF))
		return (fail_errno(c->t->log));
	return (0);
}

static int
keep_checkpoint(void *state, uint64_t step)
{
	struct course *c = state;

	return (checkpoint_write(&c->checkpoint, c->stage, &c->model, step, &c->inputs));
}

/*
 * What a party holds at the same time, roughly: both words of all numbers, and the data once more
 * while they are read.
 */
static void
print_training_size(const struct course *c)
{
	struct learner *l = c->model.learner;
	const struct nn_training *how = &c->t->how;
	const struct nn_data *d = &c->job.task.data;

	printf("steps %" PRIu64 "; parameters %zu; memory about %.0f MiB\n",
	    is_solved(c) ? 1 : l->kind->steps(l, how, d->rows) * how->epochs, learner_size(l),
	    16 + 16 * (1.6 * (double)(d->x.n + d->labels.n + d->weights.n) +
	    l->kind->room(l, how, d->rows)) / 1048576);
}

/* ---- all of it ---- */

static int
prepare(struct course *c)
{

	if (read_data(c) == -1)
		return (-1);
	if (c->t->checkpoint != NULL && !stage_options.plan &&
	    checkpoint_look(&c->checkpoint, c->stage, &c->inputs, c->t->checkpoint) == -1)
		return (-1);
	if (find_model(c) == -1 || name_columns(c) == -1 || check_label_columns(c) == -1)
		return (-1);
	if (c->model.learner->target != LEARNER_NUMBERS)
		c->labels.f = classes_bits(c->labels.parts[0].part, c->labels.positions,
		    c->labels.cols);
	if (check_class_weights(c) == -1 || check_labels(c) == -1 || settle_data(c) == -1 ||
	    fill_features(c) == -1)
		return (-1);
	/* Words stay as they are where numbers of a network are made of them. */
	if ((!c->t->float64 || learner_network_of(c->model.learner) == NULL) &&
	    (limit_given(c) == -1 || standardize_labels(c) == -1 ||
	    standardize(c) == -1 || spread_labels(c) == -1 || weigh_labels(c) == -1 ||
	    prepare_features(c) == -1))
		return (-1);
	return (open_log(c));
}

/* The same in float64: numbers are made of the clear words, and words of the model's numbers. */
static int
train_float64(struct course *c)
{
	struct model *m = &c->model;
	const struct nn_network *net = learner_network_of(m->learner);
	bool fit = fits_standard(c), labels = (m->learner->target == LEARNER_NUMBERS);
	size_t cols = c->features.cols;
	struct float64_data d;
	int rc = -1;

	if (m->learner->kind == &learner_glm)
		return (float64_glm(&c->job));
	if (m->learner->kind == &learner_lasso)
		return (float64_lasso(&c->job));
	if (m->learner->kind == &learner_trees)
		return (float64_trees(&c->job));
	if (net == NULL)
		return (fail(ST_USAGE, "--float trains networks, and this is a %s",
		    m->learner->kind->name));
	if (float64_data_new(&d, &c->job.task.data, net) == -1 ||
	    (fit && (mpc_vector_new(c->stage->S, &m->mean, cols) == -1 ||
	    mpc_vector_new(c->stage->S, &m->scale, cols) == -1)) ||
	    (fit && labels && new_label_standard(c) == -1) ||
	    (m->mean.n > 0 && float64_data_standardize(&d, &m->mean, &m->scale, fit ?
	    c->t->standardize : NN_AS_THEY_ARE) == -1) ||
	    (m->label_mean.n > 0 &&
	    float64_data_standardize_labels(&d, &m->label_mean, &m->label_scale, fit) == -1) ||
	    (c->t->class_weights != NULL &&
	    float64_data_weigh(&d, net->loss, c->t->class_weights) == -1))
		goto out;
	rc = is_solved(c) ? float64_solve(&c->job, &d) : float64_train(&c->job, &d);
out:
	float64_data_free(&d);
	return (rc);
}

/* What is to be done, as options have it. */
static void
set_job(struct course *c)
{
	const struct training *t = c->t;
	struct learner *l = c->model.learner;

	c->job.learner = l;
	c->job.task = (struct nn_task){ .how = t->how, .data = whole_data(c), .loss = t->loss,
		.accuracy = t->accuracy,
		.plan = stage_options.plan,
		.given = t->init || c->far.n > 0 };
	c->job.label = (c->labels.names != NULL) ? c->labels.names[0] : NULL;
	c->job.watch = t->watch;
	c->job.state = c;
	/* A checkpoint of what has left its range would be gone on from, and pass. */
	if (c->stage->joint.session != NULL && t->checkpoint == NULL)
		c->job.withheld = &c->stage->withheld;
	if (t->checkpoint != NULL) {
		c->job.every = t->every_step ? t->every : t->every *
		    l->kind->steps(l, &t->how, c->features.rows);
		c->job.checkpoint = keep_checkpoint;
	}
	if (!stage_options.plan)
		c->job.progress = tell_progress;
}

static int
train_learner(struct course *c)
{

	set_job(c);
	if (c->t->accuracy && c->model.learner->target == LEARNER_NUMBERS)
		return (fail(ST_USAGE, "--reveal accuracy is for networks that end in a sigmoid or "
		    "a softmax"));
	if (c->table)
		fprintf(stderr, "%7s %9s %9s %10s %10s\n", "epoch", "steps", "seconds", "loss",
		    "accuracy");
	(void)clock_gettime(CLOCK_MONOTONIC, &c->begin);
	if (stage_options.plan)
		print_training_size(c);
	if (c->t->float64)
		return (train_float64(c));
	return (is_solved(c) ? nn_job_solve(&c->job, c->stage->S) :
	    nn_job_run(&c->job, c->stage->S));
}

/* Figures of epochs are as many reveals out of the data, which has been read by now. */
static int
may_reveal(const struct course *c)
{
	const struct training *t = c->t;

	if ((!t->loss && !t->accuracy) || c->stage->joint.session == NULL)
		return (0);
	return (policy_ask_reveals(t->work->op, "all", is_solved(c) ? 1 : t->how.epochs));
}

/* Whether trees see a column in bins that its own words make: what it can be is not known. */
static bool
makes_bins(const struct training *t, const struct part *p, size_t j)
{
	const int own = part_about(p, j)->exponent + NN_BITS - (int)p->fraction_bits;
	const struct nn_grid grid = grid_of(p, j, (own < 0) ? own : 0);

	return (part_about(p, j)->kind != COLUMN_PRESENCE && (grid.step == 0 ||
	    (uint64_t)(grid.high - grid.low) / (uint64_t)grid.step >= t->trees.bins));
}

/* Of trees, whether columns are sorted for their bins. */
static int
sorts_columns(const struct training *t, const struct part *p, const char *where, bool *sorts)
{
	uint8_t *labels;
	size_t j;
	int rc = 0;

	*sorts = false;
	if (!t->trees.grown || p == NULL)
		return (0);
	if ((labels = mem_array(p->cols, 1)) == NULL)
		return (-1);
	if (!t->separate)
		rc = columns_mark(t->labels, strlen(t->labels), (const char *const *)p->columns,
		    p->cols, where, labels);
	for (j = 0; j < p->cols && rc == 0; j++)
		*sorts = *sorts || (labels[j] == 0 && makes_bins(t, p, j));
	free(labels);
	return (rc);
}

int
training_check(const struct stage *stage, void *state)
{
	const struct training *t = state;
	bool median, sorts;
	struct part *p;

	if (reader_part(stage->readers[0], &p) == -1 ||
	    sorts_columns(t, p, reader_name(stage->readers[0]), &sorts) == -1)
		return (-1);
	median = (p != NULL && !t->trees.grown && dataset_takes_median(p));
	/* The model holds somebody's number, which a policy has to know (smpc-policy(5)). */
	if (median || sorts || t->standardize == NN_ROBUST || t->standardize == NN_MINMAX)
		t->work->op = "train-order";
	if (median || sorts || t->standardize == NN_ROBUST)
		t->work->meets_dealer = true;
	return (t->separate ? 0 : stage_check_columns(stage, 0, t->labels));
}

int
training_run(struct stage *stage, void *state)
{
	struct course c;
	int rc = -1;

	memset(&c, 0, sizeof(c));
	c.stage = stage;
	c.t = state;
	c.table = !stage_options.plan && isatty(STDERR_FILENO);
	if (prepare(&c) == 0 && may_reveal(&c) == 0 &&
	    stage_inputs_add(&c.inputs, c.model.inputs.items, c.model.inputs.count) == 0 &&
	    train_learner(&c) == 0)
		rc = model_write(&stage->result, &c.model, &c.inputs);
	if (close_log(&c) == -1)
		rc = -1;
	dataset_free(&c.features);
	dataset_free(&c.labels);
	dataset_free(&c.offset);
	dataset_free(&c.prior);
	mpc_vector_free(&c.weights);
	mpc_vector_free(&c.far);
	mpc_vector_free(&c.absent);
	free(c.sparse);
	free(c.grid);
	stage_inputs_free(&c.inputs);
	model_free(&c.model);
	checkpoint_free(&c.checkpoint);
	return (rc);
}

void
training_done(const struct training *t)
{

	if (t->checkpoint != NULL)
		checkpoint_remove(t->checkpoint);
}
