/* What a model says of data, on shares, in a session of all parties. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/near.h"
#include "cli/dataset.h"
#include "cli/features.h"
#include "cli/model_columns.h"
#include "cli/models.h"
#include "cli/ranges.h"
#include "cli/streams.h"
#include "data/bounds.h"
#include "data/presence.h"
#include "func/beyond.h"
#include "mpc/room.h"
#include "nn/prepare.h"
#include "nn/watch.h"
#include "ring/fixed.h"
#include "table/columns.h"

static const char *what, *lambda, *offset;
static uint64_t threads;

static const struct opt options[] = {
	{ 0, "as", "WHAT", OPT_STRING, &what, 0, 0,
	    "scores, probabilities or classes (default: probabilities, where the model gives them, "
	    "else scores)" },
	{ 0, "lambda", "NUMBER", OPT_STRING, &lambda, 0, 0, "which model of a path predicts "
	    "(smpc-train --model lasso)" },
	{ 0, "offset", "COLUMN", OPT_STRING, &offset, 0, 0, "the offset of each row, for a model "
	    "that was trained with one" },
	{ 'j', "threads", "NUMBER", OPT_NUMBER, &threads, 1, 256, "default: the processors here, "
	    "shared by the parties here" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static const char *const answer_names[] = {
	[LEARNER_SCORES] = "scores",
	[LEARNER_PROBABILITIES] = "probabilities",
	[LEARNER_DECISIONS] = "classes",
};

#define ANSWERS (sizeof(answer_names) / sizeof(*answer_names))

/*
 * Predictions of labels that were standardized are at most 2^13 deviations from the mean, and by
 * less than 2^33 units, four times what labels can be, away from it: that is tested of the product
 * with the deviation, a word below 2^39, without the 8 lowest bits of the prediction, so that it
 * has room.  So they are below 2^34, as words, in the units of the labels.
 */
#define STANDARD_RANGE (13 + NN_BITS)
#define STANDARD_CUT 8
#define NUMBER_RANGE 34
#define PRODUCT_RANGE (NUMBER_RANGE - 1 + NN_DEVIATION_BITS - STANDARD_CUT)

/* Numbers that pass at once where a learner makes most of them. */
#define PASS_VALUES (2 * BLOCK_VALUES)
#define PREFIX "predicted"
#define MAX_CLASS_DIGITS 8

struct predict {
	struct model model;
	bool renumbered;        /* the classes are numbers, and other ones than their positions */
	enum learner_answer answer;
	size_t *positions;      /* of the features in a row of data; NULL: all, as they are */
	/* features with missing values, and the columns of the data that tell which are there */
	size_t *sparse, *presence, n_sparse;
	struct ranges ranges;   /* of the features */
	struct features_plan plan;
	/* of the offset, where the model has one: its column, and the same */
	size_t offset_at;
	struct ranges offset_ranges;
	struct features_plan offset_plan;
	struct mpc_vector limits, far; /* for those that are standardized (nn/prepare.h) */
	struct mpc_vector wide; /* predictions, as they were standardized, beyond STANDARD_RANGE */
	struct nn_watch watch;  /* of all else that may have no room */
	struct result_shape shape;
	char (*names)[PART_MAX_COLUMN_NAME_BYTES + 1];
	const char **columns;
	struct column *about;   /* NULL: nothing is known of the columns */
};

/* ---- what the model gives ---- */

/* Which of a path of models it is. */
static int
choose_model(struct predict *p)
{
	struct learner *l = p->model.learner;
	double v = NAN;

	if (lambda != NULL && l->kind->choose == NULL)
		return (fail(ST_USAGE, "--lambda is for models of smpc-train --model lasso, and "
		    "this one is a %s", l->kind->name));
	if (lambda != NULL)
		(void)fixed_parse_double(lambda, strlen(lambda), &v);
	return ((l->kind->choose != NULL) ? l->kind->choose(l, v) : 0);
}

/* A model that was trained with an offset takes one. */
static int
check_offset(const struct predict *p)
{
	const struct learner *l = p->model.learner;

	if (l->offset && offset == NULL)
		return (fail(ST_USAGE, "the model has an offset: say which column of the data it "
		    "is (--offset)"));
	return ((!l->offset && offset != NULL) ? fail(ST_USAGE, "--offset %s: the model was "
	    "trained without one", offset) : 0);
}

/* The option, or what the model is for. */
static int
choose_answer(struct predict *p)
{
	bool scores = (p->model.learner->target == LEARNER_NUMBERS);
	size_t i;

	p->answer = scores ? LEARNER_SCORES : LEARNER_PROBABILITIES;
	if (what == NULL)
		return (0);
	for (i = 0; strcmp(answer_names[i], what) != 0; i++)
		;
	p->answer = (enum learner_answer)i;
	if (p->answer != LEARNER_SCORES && scores)
		return (fail(ST_USAGE, "--as %s: the model ends in neither a sigmoid nor a "
		    "softmax, and gives scores", what));
	return (0);
}

/* Whether the columns are of classes that are whole numbers, and not 0, 1 and so on. */
static bool
are_renumbered(const struct predict *p)
{
	const char *value;
	char position[24];
	bool any = false;
	size_t i;

	for (i = 0; i < p->shape.cols; i++) {
		value = (p->about[i].n_values == 1) ? p->about[i].values[0] : "";
		if (*value == '\0' || strlen(value) > MAX_CLASS_DIGITS ||
		    value[strspn(value, "0123456789")] != '\0')
			return (false);
		snprintf(position, sizeof(position), "%zu", i);
		any = any || strcmp(value, position) != 0;
	}
	return (any);
}

/*
 * The name of a column: of the label that it predicts, or of the only label, or none, and a class.
 */
static int
make_name(struct predict *p, size_t i, bool number)
{
	const struct nn_model *m = p->model.about;
	const char *label = (m->n_labels == p->shape.cols) ? m->labels[i] : (m->n_labels == 1) ?
	    m->labels[0] : "";
	char class[MAX_CLASS_DIGITS + 2] = "";

	number = number && m->n_labels != p->shape.cols;
	if (strlen(label) + sizeof(PREFIX) + sizeof(class) > PART_MAX_COLUMN_NAME_BYTES)
		return (fail(ST_FAILED, "the name of a label is too long to be that of a "
		    "prediction"));
	if (number && p->renumbered)
		snprintf(class, sizeof(class), "_%s", p->about[i].values[0]);
	else if (number)
		snprintf(class, sizeof(class), "_%u", (unsigned)(i % 100000000));
	snprintf(p->names[i], sizeof(p->names[i]), "%s%s%s%s", PREFIX, (*label != '\0') ? "_" : "",
	    label, class);
	p->columns[i] = p->names[i];
	return (0);
}

/*
 * Predictions of several labels are numbers of their own, and not the classes of one label: their
 * header says so, for smpc-score.  Those of labels that were standardized are in their units.
 */
static int
make_about(struct predict *p)
{
	const struct model *m = &p->model;
	const struct bounds wide = { -((int64_t)1 << NUMBER_RANGE), (int64_t)1 << NUMBER_RANGE };
	bool standard = (m->label_mean.n > 0), several = (m->learner->target == LEARNER_BINARY &&
	    p->shape.cols > 1);
	size_t i;

	if ((p->about = mem_array(p->shape.cols, sizeof(*p->about))) == NULL)
		return (-1);
	p->shape.about = p->about;
	for (i = 0; i < p->shape.cols; i++) {
		column_init(&p->about[i]);
		if (standard)
			column_result(&p->about[i], wide, m->label_units[i]);
		if (standard || several)
			p->about[i].kind = COLUMN_NUMBER;
	}
	return (model_columns_predicted(m, p->answer, p->about, p->shape.cols));
}

static int
make_shape(struct predict *p, const char *name)
{
	size_t i;

	columns_free(p->about, p->shape.cols);
	p->about = NULL;
	p->shape.name = name;
	p->shape.cols = learner_columns(p->model.learner, p->answer);
	p->shape.scale = (struct scale){ .divisor = 1,
		.fraction_bits = (p->answer == LEARNER_DECISIONS) ? 0 : NN_BITS };
	free(p->names);
	free(p->columns);
	p->names = mem_array(p->shape.cols, sizeof(*p->names));
	p->columns = mem_array(p->shape.cols, sizeof(*p->columns));
	if (p->names == NULL || p->columns == NULL)
		return (-1);
	if (make_about(p) == -1)
		return (-1);
	p->renumbered = are_renumbered(p);
	for (i = 0; i < p->shape.cols; i++) {
		if (make_name(p, i, p->shape.cols > 1) == -1)
			return (-1);
	}
	p->shape.columns = p->columns;
	return (0);
}

/* ---- which columns it takes ---- */

static bool
is_name_of(const char *name, char *const *names, size_t n)
{
	size_t i;

	return (names_find(name, strlen(name), (const char *const *)names, n, &i));
}

/* A feature that the data have not. */
static int
missing_feature(const struct part *part, const char *where, const char *feature)
{
	const char *near = near_match(feature, (const char *const *)part->columns, part->cols);

	if (near != NULL)
		return (fail(ST_FAILED, "%s: has no column '%s', which the model takes; did you "
		    "mean '%s'?", where, feature, near));
	return (fail(ST_FAILED, "%s: has no column '%s', which the model takes", where, feature));
}

/* Whether a column says which values of a feature, or of a label, are there. */
static bool
tells_of(const struct column *c, const struct nn_model *m)
{

	return (c->kind == COLUMN_PRESENCE && (is_name_of(c->of, m->features, m->n_features) ||
	    is_name_of(c->of, m->labels, m->n_labels)));
}

/* Which column the offset is. */
static int
match_offset(struct predict *p, const struct part *part, const char *where)
{
	size_t presence;

	if (part->columns == NULL || p->model.about->features == NULL)
		return (fail(ST_FAILED, "%s: the columns of the data, or of the model, have no "
		    "names, and --offset %s is one", where, offset));
	if (!names_find(offset, strlen(offset), (const char *const *)part->columns, part->cols,
	    &p->offset_at))
		return (fail(ST_FAILED, "%s: has no column '%s' (--offset)", where, offset));
	if (presence_find(part, where, p->offset_at, &presence) == -1)
		return (-1);
	return ((presence == SIZE_MAX) ? 0 : presence_refuse(part, where, p->offset_at,
	    "an offset"));
}

/* Every feature by its name; labels are left out, and there is nothing else. */
static int
match_names(struct predict *p, const struct part *part, const char *where)
{
	const struct nn_model *m = p->model.about;
	size_t i;

	if ((p->positions = mem_array(m->n_features, sizeof(*p->positions))) == NULL)
		return (-1);
	for (i = 0; i < m->n_features; i++) {
		if (!names_find(m->features[i], strlen(m->features[i]),
		    (const char *const *)part->columns, part->cols, &p->positions[i]))
			return (missing_feature(part, where, m->features[i]));
	}
	for (i = 0; i < part->cols; i++) {
		if (offset != NULL && i == p->offset_at)
			continue;
		if (!is_name_of(part->columns[i], m->features, m->n_features) &&
		    !is_name_of(part->columns[i], m->labels, m->n_labels) &&
		    !tells_of(part_about(part, i), m))
			return (fail(ST_FAILED, "%s: the model takes no column '%s'; leave it out "
			    "(smpc-cut -x)", where, part->columns[i]));
	}
	return (0);
}

/* Whether the data have a label, too: so they are such a table as the model was trained on. */
static bool
has_label(const struct nn_model *m, const struct part *part)
{
	size_t i;

	for (i = 0; i < part->cols && part->columns != NULL; i++) {
		if (is_name_of(part->columns[i], m->labels, m->n_labels))
			return (true);
	}
	return (false);
}

/*
 * Whether columns mean what they did in training.  A table without labels cannot keep to the schema
 * of one with labels.
 */
static int
match_meaning(const struct predict *p, const struct part *part, const char *where)
{
	const struct model_columns_of features = { .part = part, .where = where,
		.positions = p->positions, .cols = nn_size(p->model.about->in) };

	if (model_columns_check(&p->model, &features) == -1)
		return (-1);
	return (has_label(p->model.about, part) ?
	    model_columns_check_schema(&p->model, part, where) : 0);
}

static int
find_columns(struct predict *p, const struct part *part, const char *where)
{
	const struct nn_model *m = p->model.about;

	free(p->positions);
	p->positions = NULL;
	if (stage_refuse_divisor(part, where) == -1 ||
	    (offset != NULL && match_offset(p, part, where) == -1))
		return (-1);
	if (m->features != NULL && part->columns != NULL)
		return (match_names(p, part, where));
	if (part->cols != nn_size(m->in))
		return (fail(ST_FAILED, "%s: has %zu columns, and the model takes %zu features",
		    where, part->cols, nn_size(m->in)));
	return (0);
}

static int
match_columns(struct predict *p, const struct part *part, const char *where)
{

	return ((find_columns(p, part, where) == -1) ? -1 : match_meaning(p, part, where));
}

/* ---- a block ---- */

/*
 * What is missing becomes the mean, or the median, of what the model was trained on; or, where it
 * learnt from that, it is said of ${absent}.
 */
static int
place_missing(struct mpc *S, const struct predict *p, struct nn_tensor *x,
    struct mpc_vector *absent, const struct dataset_sparse *sparse, size_t rows)
{
	const struct model *m = &p->model;

	if (m->learner->absent)
		return (dataset_absent(S, absent, rows, nn_size(m->learner->in), sparse));
	return (dataset_fill(S, &x->v, rows, nn_size(m->learner->in), sparse,
	    (m->fill.n > 0) ? &m->fill : &m->mean));
}

static int
take_missing(struct mpc *S, const struct predict *p, struct nn_tensor *x,
    struct mpc_vector *absent, const struct mpc_vector *data, size_t rows,
    const struct part *part)
{
	size_t n = rows * p->n_sparse, *index, i;
	struct mpc_vector there = { .n = 0 };
	const struct dataset_sparse sparse = { p->sparse, p->n_sparse, &there,
		part->fraction_bits };
	int rc;

	if (n == 0)
		return (0);
	if ((index = mem_array(n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < n; i++)
		index[i] = i / p->n_sparse * part->cols + p->presence[i % p->n_sparse];
	if ((rc = mpc_vector_new(S, &there, n)) == 0) {
		mpc_gather(&there, data, index, n);
		rc = place_missing(S, p, x, absent, &sparse, rows);
	}
	mpc_vector_free(&there);
	free(index);
	return (rc);
}

/*
 * x = the features, tested where nothing is known of them, in the units of the model; and which are
 * missing, where it takes that.
 */
static int
take_features(struct stage *stage, struct predict *p, struct nn_tensor *x,
    struct mpc_vector *absent, const struct mpc_vector *data, size_t rows,
    const struct part *part)
{
	size_t width = nn_size(p->model.learner->in), n = rows * width, *index, i;

	if ((index = mem_array(n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < n; i++)
		index[i] = (p->positions == NULL) ? i : i / width * part->cols +
		    p->positions[i % width];
	mpc_gather(&x->v, data, index, n);
	free(index);
	if (ranges_rows(stage, &p->ranges, &x->v, rows) == -1)
		return (-1);
	return ((nn_shift_columns(stage->S, &x->v, rows, width, p->plan.shift) == -1) ? -1 :
	    take_missing(stage->S, p, x, absent, data, rows, part));
}

/* The same of the offset. */
static int
take_offset(struct stage *stage, struct predict *p, struct mpc_vector *x,
    const struct mpc_vector *data, size_t rows, const struct part *part)
{

	mpc_columns_get(x, data, rows, part->cols, p->offset_at);
	return ((ranges_rows(stage, &p->offset_ranges, x, rows) == -1) ? -1 :
	    nn_shift_columns(stage->S, x, rows, 1, p->offset_plan.shift));
}

/* Count predictions of standardized labels that have no room in the units of these. */
static int
count_wide(struct mpc *S, struct predict *p, const struct mpc_vector *standard, size_t rows)
{
	enum { CUT, DEVIATIONS, PRODUCTS, WORDS };
	const struct bilinear times = bilinear_elements(standard->n);
	size_t cols = p->model.learner->out;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, standard->n, WORDS, 0) == 0 &&
	    mpc_count_beyond(S, &p->wide, standard, rows, cols, STANDARD_RANGE) == 0 &&
	    mpc_truncate(S, &r.word[CUT], standard, STANDARD_CUT) == 0) {
		mpc_columns_spread(&r.word[DEVIATIONS], &p->model.label_scale, rows, cols);
		if (mpc_product(S, &r.word[PRODUCTS], &times, &r.word[CUT],
		    &r.word[DEVIATIONS]) == 0)
			rc = mpc_count_beyond(S, &p->wide, &r.word[PRODUCTS], rows, cols,
			    PRODUCT_RANGE);
	}
	room_close(&r);
	return (rc);
}

/* y = predictions of labels that were standardized, as they were before. */
static int
predict_numbers(struct predict *p, const struct nn_pass *pass, struct mpc_vector *y,
    struct nn_tensor *x)
{
	struct learner *l = p->model.learner;
	struct mpc_vector standard = { .n = 0 };
	int rc;

	if ((rc = mpc_vector_new(pass->S, &standard, y->n)) == 0 &&
	    (rc = l->kind->predict(l, pass, p->answer, &standard, x)) == 0 &&
	    (rc = count_wide(pass->S, p, &standard, pass->rows)) == 0)
		rc = nn_unstandardize(pass->S, y, &standard, pass->rows, l->out,
		    &p->model.label_mean, &p->model.label_scale);
	mpc_vector_free(&standard);
	return (rc);
}

static int
standardize_rows(struct mpc *S, struct predict *p, struct nn_tensor *x, size_t rows)
{
	const struct model *m = &p->model;
	size_t width = m->mean.n;

	if (width == 0)
		return (0);
	return ((nn_count_far(S, &p->far, &x->v, rows, width, &m->mean, &p->limits) == -1) ? -1 :
	    nn_standardize(S, &x->v, &x->v, rows, width, &m->mean, &m->scale));
}

static int
predict_rows(struct stage *stage, struct predict *p, struct mpc_vector *y,
    const struct mpc_vector *data, size_t rows, const struct part *part)
{
	const bool gaps = (p->n_sparse > 0 && p->model.learner->absent);
	struct mpc_vector offsets = { .n = 0 }, absent = { .n = 0 };
	const struct nn_pass pass = { .S = stage->S, .rows = rows,
		.threads = stage_threads(threads),
		.watch = &p->watch,
		.offset = (offset != NULL) ? &offsets : NULL,
		.absent = gaps ? &absent : NULL };
	struct learner *l = p->model.learner;
	struct nn_tensor x = { .f = NN_BITS };
	int rc = -1;

	if (mpc_vector_new(stage->S, &x.v, rows * nn_size(l->in)) == 0 &&
	    mpc_vector_new(stage->S, &offsets, rows) == 0 &&
	    (!gaps || mpc_vector_new(stage->S, &absent, x.v.n) == 0) &&
	    (offset == NULL || take_offset(stage, p, &offsets, data, rows, part) == 0) &&
	    take_features(stage, p, &x, &absent, data, rows, part) == 0 &&
	    standardize_rows(stage->S, p, &x, rows) == 0 &&
	    ((p->model.label_mean.n == 0) ? l->kind->predict(l, &pass, p->answer, y, &x) :
	    predict_numbers(p, &pass, y, &x)) == 0)
		rc = nn_watch_settle(stage->S, &p->watch, false);
	mpc_vector_free(&x.v);
	mpc_vector_free(&offsets);
	mpc_vector_free(&absent);
	return (rc);
}

static int
predict_block(struct stage *stage, struct predict *p, const struct block *block,
    const struct part *part)
{
	struct stage_inputs inputs = { .items = NULL };
	struct mpc_vector *y;
	int rc = -1;

	if (stage_inputs_add_rows(&inputs, block->inputs, block->n_inputs) == 0 &&
	    stage_inputs_add(&inputs, p->model.inputs.items, p->model.inputs.count) == 0 &&
	    stage_result(stage, &p->shape, inputs.items, inputs.count, block->rows, &y) == 0 &&
	    (block->rows == 0 || predict_rows(stage, p, y, &block->x[0], block->rows, part) == 0))
		rc = stage_write(stage);
	stage_inputs_free(&inputs);
	return (rc);
}

/* ---- all of it ---- */

/* As wide as a block would have to be that has as many rows as may pass at once. */
static size_t
pass_width(const struct predict *p, size_t cols)
{
	size_t most = p->model.learner->widest, widest = (most > cols) ? most : cols, rows;

	rows = (widest < PASS_VALUES) ? PASS_VALUES / widest : 1;
	widest = BLOCK_VALUES / rows;
	return ((widest > cols) ? widest : cols);
}

/*
 * Which features have missing values: a model that has means fills them, and one of trees that
 * learnt from some knows where they go.
 */
static int
find_gaps(struct predict *p, const struct part *part, const char *where)
{
	size_t cols = nn_size(p->model.learner->in), j, position, at;

	free(p->sparse);
	free(p->presence);
	p->n_sparse = 0;
	p->presence = NULL;
	if ((p->sparse = mem_array(cols, sizeof(*p->sparse))) == NULL ||
	    (p->presence = mem_array(cols, sizeof(*p->presence))) == NULL)
		return (-1);
	for (j = 0; j < cols; j++) {
		position = (p->positions != NULL) ? p->positions[j] : j;
		if (presence_find(part, where, position, &at) == -1)
			return (-1);
		if (at == SIZE_MAX)
			continue;
		if (p->model.mean.n == 0 && p->model.fill.n == 0 && !p->model.learner->absent)
			return (presence_refuse(part, where, position, "a model that was trained "
			    "without any, and not with --standardize,"));
		p->sparse[p->n_sparse] = j;
		p->presence[p->n_sparse++] = at;
	}
	return (0);
}

/* A bound of what the model takes: of features, of those that are standardized, or filled. */
static double
largest_feature(const struct predict *p)
{

	if (p->model.mean.n > 0)
		return (ldexp(1, NN_NEAR_BITS));
	return (ldexp(1, ((p->n_sparse > 0) ? NN_FEATURE_RANGE : (int)p->plan.bits) - NN_BITS));
}

/* What is known of the features, and has to be found out. */
static int
begin_features(struct stage *stage, struct predict *p, const struct part *part, const char *where)
{
	const struct model *m = &p->model;
	const struct ranges_of of = { .part = part, .where = where, .positions = p->positions,
		.cols = nn_size(m->learner->in) };
	const struct ranges_of offsets = { .part = part, .where = where,
		.positions = &p->offset_at,
		.cols = 1 };

	ranges_free(&p->ranges);
	features_plan_free(&p->plan);
	ranges_free(&p->offset_ranges);
	features_plan_free(&p->offset_plan);
	mpc_zero(&p->far);
	mpc_zero(&p->wide);
	if (find_gaps(p, part, where) == -1 || ranges_begin(stage, &p->ranges, &of) == -1 ||
	    features_plan_make(&p->plan, &p->ranges, (m->mean.n > 0 ||
	    m->learner->orders) ? m->units : NULL, false) == -1)
		return (-1);
	if (offset != NULL && (ranges_begin(stage, &p->offset_ranges, &offsets) == -1 ||
	    features_plan_make(&p->offset_plan, &p->offset_ranges, NULL, false) == -1))
		return (-1);
	p->watch.most = largest_feature(p);
	return (0);
}

/* Open, for each of some columns, whether nothing was counted; refuse the first that ${refuse}s. */
static int
check_counts(struct stage *stage, const struct predict *p, const struct mpc_vector *counts,
    int (*refuse)(const struct predict *p, size_t i))
{
	word *none;
	size_t i;
	int rc;

	if (counts->n == 0)
		return (0);
	if ((none = mem_array(counts->n, sizeof(*none))) == NULL)
		return (-1);
	rc = mpc_open_none(stage->S, none, counts);
	for (i = 0; rc == 0 && i < counts->n; i++) {
		if (none[i] != 1)
			rc = refuse(p, i);
	}
	free(none);
	return (rc);
}

static int
refuse_far(const struct predict *p, size_t i)
{

	return (ranges_refuse(&p->ranges, i, "a number is thousands of standard deviations from "
	    "the mean of those that the model was trained on"));
}

static int
refuse_wide(const struct predict *p, size_t i)
{

	return (fail(ST_RANGE, "column '%s': a prediction is far beyond the labels that the model "
	    "was trained on", p->columns[i]));
}

/* Open whether all numbers in the model had room. */
static int
check_room(struct stage *stage, struct predict *p, const char *where)
{
	bool none;

	if (nn_watch_settle(stage->S, &p->watch, true) == -1 ||
	    mpc_open_all_none(stage->S, &none, &p->watch.norms.count) == -1)
		return (-1);
	return (none ? 0 : fail(ST_RANGE, "%s: tensor '%s': these rows make numbers in the model "
	    "so large that they have no room (smpc-predict(1), RANGE): share features in a larger "
	    "unit, or train with --standardize", where, p->ranges.part->name));
}

/* Open what was found out, before the end of the result is written. */
static int
end_features(struct stage *stage, struct predict *p, struct blocks *b, const char *where)
{
	/* There may be one patient. */
	const struct ranges_rows_of any = { blocks_intact(b, 0), PART_LEAST_ROWS };

	if (ranges_end(stage, &p->ranges, any) == -1 ||
	    (offset != NULL && ranges_end(stage, &p->offset_ranges, any) == -1))
		return (-1);
	return ((check_counts(stage, p, &p->far, refuse_far) == -1 ||
	    check_room(stage, p, where) == -1) ? -1 :
	    check_counts(stage, p, &p->wide, refuse_wide));
}

static int
predict_tensor(struct stage *stage, struct predict *p, struct blocks *b, const char *where)
{
	const struct part *part = blocks_part(b, 0);
	struct blocks_layout layout = { .widest = pass_width(p, part->cols) };
	struct block block;
	int rc;

	if (match_columns(p, part, where) == -1 || make_shape(p, part->name) == -1 ||
	    begin_features(stage, p, part, where) == -1)
		return (-1);
	layout.widest = (layout.widest > p->shape.cols) ? layout.widest : p->shape.cols;
	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (predict_block(stage, p, &block, part) == -1)
			return (-1);
	}
	return ((rc == 0) ? end_features(stage, p, b, where) : rc);
}

static int
find_limits(struct mpc *S, struct predict *p)
{
	const struct model *m = &p->model;

	if (nn_watch_new(S, &p->watch, NN_MAX_LAYERS) == -1 ||
	    (m->label_mean.n > 0 && mpc_vector_new(S, &p->wide, m->label_mean.n) == -1))
		return (-1);
	if (m->mean.n == 0)
		return (0);
	return ((mpc_vector_new(S, &p->limits, m->mean.n) == -1 ||
	    mpc_vector_new(S, &p->far, m->mean.n) == -1) ? -1 :
	    nn_standardize_limits(S, &p->limits, &m->scale));
}

static int
predict(struct stage *stage, void *state)
{
	struct predict p;
	struct blocks *b = NULL;
	int rc = -1;

	(void)state;
	memset(&p, 0, sizeof(p));
	if (model_read(stage, 0, &p.model) == -1 || choose_model(&p) == -1 ||
	    check_offset(&p) == -1 ||
	    choose_answer(&p) == -1 ||
	    find_limits(stage->S, &p) == -1 ||
	    (b = stage_blocks(stage, 1, 1)) == NULL)
		goto out;
	while ((rc = blocks_tensor(b)) == 1) {
		if (predict_tensor(stage, &p, b, reader_name(stage->readers[1])) == -1) {
			rc = -1;
			break;
		}
	}
out:
	blocks_free(b);
	ranges_free(&p.ranges);
	features_plan_free(&p.plan);
	ranges_free(&p.offset_ranges);
	features_plan_free(&p.offset_plan);
	mpc_vector_free(&p.limits);
	mpc_vector_free(&p.far);
	nn_watch_free(&p.watch);
	mpc_vector_free(&p.wide);
	free(p.positions);
	free(p.sparse);
	free(p.presence);
	free(p.names);
	free(p.columns);
	columns_free(p.about, p.shape.cols);
	model_free(&p.model);
	return (rc);
}

static int
run(char **operands, size_t count)
{
	char params[128 + PART_MAX_COLUMN_NAME_BYTES] = "", dash[] = "-",
	    *both[2] = { operands[0], dash };
	const struct stage_work work = { .op = "predict", .params = params, .run = predict,
		.exponents = true, .missing = true };
	double v;
	size_t i, len;

	for (i = 0; what != NULL && i < ANSWERS && strcmp(answer_names[i], what) != 0; i++)
		;
	if (what != NULL && i == ANSWERS)
		return (usage("--as takes scores, probabilities or classes, and not '%s'", what));
	if (lambda != NULL && (fixed_parse_double(lambda, strlen(lambda), &v) != FIXED_OK ||
	    !(v > 0)))
		return (usage("--lambda takes a number above 0, and not '%s'", lambda));
	if (what != NULL)
		snprintf(params, sizeof(params), "as=%s", what);
	len = strlen(params);
	if (lambda != NULL)
		snprintf(params + len, sizeof(params) - len, "%slambda=%.17g",
		    (len > 0) ? "\n" : "", v);
	if (offset != NULL && strlen(offset) > PART_MAX_COLUMN_NAME_BYTES)
		return (usage("--offset takes the name of a column"));
	len = strlen(params);
	if (offset != NULL)
		snprintf(params + len, sizeof(params) - len, "%soffset=%s",
		    (len > 0) ? "\n" : "", offset);
	return (stage_run(&work, (count == 1) ? both : operands, 2));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "MODEL [DATA]",
		.summary = "Predict with a model that is secret, from data that are, into a share "
		    "stream.",
		.notes = "Every party runs it under smpc-party.\n"
		         "Example: smpc-predict model.alice patients.alice > predicted.alice",
		.options = options,
		.min_operands = 1,
		.max_operands = 2,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
