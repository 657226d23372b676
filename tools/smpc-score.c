/* How good predictions are, on shares, in a session of all parties. */

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "cli/classes.h"
#include "cli/model_columns.h"
#include "cli/score_asked.h"
#include "cli/score_belong.h"
#include "cli/score_text.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "cli/units.h"
#include "data/bounds.h"
#include "data/policy_notes.h"
#include "data/presence.h"
#include "net/policy_ask.h"
#include "nn/metrics.h"
#include "nn/prepare.h"
#include "table/columns.h"

static struct score_asked asked = { .seed = SCORE_NO_SEED };
static const char *label, *prediction, *to, *output;
static bool json, each;

static const struct opt options[] = {
	{ 'm', "metrics", "LIST", OPT_STRING, &asked.metrics, 0, 0,
	    "what to reveal, with commas: accuracy, balanced-accuracy, mcc, confusion, precision, "
	    "recall, specificity, f1, auc, log-loss, brier, mse, mae, mape, r2; "
	    "and tables at public thresholds: roc, pr, calibration" },
	{ 0, "average", "binary|macro|weighted|micro|none", OPT_STRING, &asked.average, 0, 0,
	    "what becomes of the precision, recall and so on of all classes (default: binary, or, "
	    "of more than two, macro)" },
	{ 'l', "label", "COLUMNS", OPT_STRING, &label, 0, 0,
	    "the columns that hold labels (default: those of the second stream that were "
	    "predicted, by their names)" },
	{ 0, "prediction", "COLUMNS", OPT_STRING, &prediction, 0, 0,
	    "the columns that hold predictions (default: all of the first stream that are no "
	    "labels)" },
	{ 0, "classes", "NUMBER", OPT_NUMBER, &asked.classes, 2, METRICS_MAX_CLASSES,
	    "how many classes there are (default: as many as columns, or 2, of probabilities or "
	    "scores)" },
	{ 0, "each", NULL, OPT_FLAG, &each, 0, 0,
	    "columns are labels of their own, each with its prediction: figures of each" },
	{ 0, "threshold", "NUMBER", OPT_STRING, &asked.threshold, 0, 0,
	    "from where on a single column of predictions means class 1 (default 0.5)" },
	{ 0, "at", "NUMBERS", OPT_STRING, &asked.thresholds, 0, 0,
	    "of roc, pr and calibration: public thresholds, ascending, with commas; up to 64 "
	    "(default: 0.1,0.2 to 0.9)" },
	{ 0, "min-count", "COUNT", OPT_NUMBER, &asked.least, 1, SCORE_MAX_LEAST,
	    "of these, cells of fewer rows count in the next ones (default 10)" },
	{ 0, "bootstrap", "REPLICATES", OPT_NUMBER, &asked.replicates, SCORE_MIN_REPLICATES,
	    SCORE_MAX_REPLICATES,
	    "an interval for each figure, from so many replicates of the rows" },
	{ 's', "seed", "NUMBER", OPT_NUMBER, &asked.seed, 0, SCORE_NO_SEED - 1,
	    "the public number that says which rows are drawn for replicates" },
	{ 0, "level", "SHARE", OPT_STRING, &asked.level, 0, 0,
	    "how many of the replicates the interval holds (default 0.95)" },
	{ 0, "to", "NAME", OPT_STRING, &to, 0, 0, "tell this computing party alone (default: all "
	    "of them)" },
	{ 'j', "json", NULL, OPT_FLAG, &json, 0, 0, "print a JSON object" },
	{ 'o', "output", "FILE", OPT_STRING, &output, 0, 0,
	    "write to FILE, which appears whole or not at all (default: standard output)" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	{ .name = NULL },
};

/* Columns of one operand that belong together. */
struct columns_choice {
	size_t operand;
	size_t *positions, n;
};

/* A label with all its columns; or, of labels that are scored one by one, one of them. */
struct scored {
	struct metrics m;
	int unit; /* errors are in units of 2 to this */
	struct metrics_figures figures;
	char *name; /* NULL: it is the only one */
	/* what messages call it, and its prediction; NULL: the column has no name */
	char *label, *prediction;
	struct column class; /* what is known of it */
	int bits; /* of predictions, in the finest unit of their columns */
	unsigned range; /* of their words, if it is known */
};

/* Columns that have to be classes, and whether they are. */
struct classes_due {
	const struct columns_choice *of;
	struct classes classes;
	struct nn_labels_test test;
	bool tested;
};

struct score {
	struct metrics_shape shape; /* of a label */
	enum metrics_to to;
	struct columns_choice prediction, label;
	/*
	 * What words of these columns are multiplied by, 2 to this: predictions of classes, to be
	 * in one unit with each other; and both, to be subtracted.  NULL: they stay as they are.
	 */
	int *order_shift, *prediction_shift, *label_shift;
	bool order; /* some of the first are not 0 */
	unsigned label_bits; /* fraction bits of labels as they come */
	struct scored *scored;
	size_t n;
	bool told; /* they are for us to print */
	struct classes_due labels, predictions;
	struct score_belong belong;
};

/* ---- options ---- */

/* What all parties must ask for alike, each on a line: names of columns have blanks. */
static int
describe_score(struct buf *p, const struct metrics_shape *s)
{

	if (score_asked_describe(p, s) == -1 || (each && buf_string(p, "\neach") == -1) ||
	    (label != NULL && (buf_string(p, "\nlabel=") == -1 ||
	    buf_string(p, label) == -1)) ||
	    (prediction != NULL && (buf_string(p, "\nprediction=") == -1 ||
	    buf_string(p, prediction) == -1)) || buf_string(p, "\nto=") == -1 ||
	    buf_string(p, (to != NULL) ? to : "all") == -1)
		return (-1);
	return (buf_append(p, "", 1));
}

/* ---- whom to tell ---- */

static int
find_told(const struct stage *stage, struct score *s)
{
	const struct part *own = stage->reference;
	size_t i;

	s->to = METRICS_TO_ALL;
	s->told = true;
	if (own->scheme == SCHEME_PUBLIC)
		return ((to != NULL) ? usage("--to is for a session") : 0);
	s->told = !part_is_dealer(own);
	if (to == NULL || strcmp(to, "all") == 0)
		return (0);
	for (i = 1; i < own->n_parties && strcmp(own->parties[i], to) != 0; i++)
		;
	if (i == own->n_parties)
		return (usage("--to takes one of the computing parties, and '%s' is none of them",
		    to));
	s->told = (i == own->party);
	s->to = s->told ? METRICS_TO_US : METRICS_TO_OTHER;
	return (0);
}

/* ---- columns ---- */

static int
choose_told(struct columns_choice *c, const struct blocks *b, const char *where, const char *select,
    const char *exclude)
{
	const struct part *p = blocks_part(b, c->operand);
	const struct column_lists in = { .list = &select, .count = (select != NULL) ? 1 : 0 },
	    out = { .list = &exclude, .count = (exclude != NULL) ? 1 : 0 };

	if (stage_refuse_divisor(p, where) == -1)
		return (-1);
	return (columns_choose(&in, &out, (const char *const *)p->columns, NULL, p->cols,
	    where, &c->positions, &c->n));
}

/* What smpc-predict puts before the name of a label. */
#define PREDICTED "predicted_"

/*
 * The label that a column of predictions is of, by its name, and, as digit_7 has it, a class; or
 * NULL.
 */
static const char *
predicted_label(const struct part *predictions, size_t position)
{
	const char *name = (predictions->columns == NULL) ? "" : predictions->columns[position];

	return ((strncmp(name, PREDICTED, strlen(PREDICTED)) == 0) ? name + strlen(PREDICTED) :
	    NULL);
}

/* The length of a name without the number of a class at its end. */
static size_t
without_class(const char *name)
{
	const char *last = strrchr(name, '_');

	return ((last == NULL || last[1] == '\0' ||
	    last[1 + strspn(last + 1, "0123456789")] != '\0') ? strlen(name) :
	    (size_t)(last - name));
}

/* For every prediction of y a label y; return whether they are there. */
static bool
find_each(struct columns_choice *y, const struct part *labels, const struct columns_choice *p,
    const struct part *predictions)
{
	const char *name;

	for (y->n = 0; y->n < p->n; y->n++) {
		name = predicted_label(predictions, p->positions[y->n]);
		if (name == NULL ||
		    !names_find(name, strlen(name), (const char *const *)labels->columns,
		    labels->cols, &y->positions[y->n]))
			return (false);
	}
	return (true);
}

/* For the predictions of y_0, y_1 and so on the one label y; return whether it is there. */
static bool
find_one(struct columns_choice *y, const struct part *labels, const struct columns_choice *p,
    const struct part *predictions)
{
	const char *name;
	size_t i, position;

	for (i = 0; i < p->n; i++) {
		name = predicted_label(predictions, p->positions[i]);
		if (name == NULL ||
		    !names_find(name, without_class(name), (const char *const *)labels->columns,
		    labels->cols, &position) || (i > 0 && position != y->positions[0]))
			return (false);
		y->positions[0] = position;
	}
	y->n = 1;
	return (true);
}

/* The labels of a stream of its own, where nobody says which columns they are. */
static int
choose_labels(struct columns_choice *y, const struct blocks *b, const char *where,
    const struct columns_choice *p)
{
	const struct part *labels = blocks_part(b, y->operand), *predictions = blocks_part(b,
	    p->operand);
	const char *name = predicted_label(predictions, p->positions[0]);
	bool named = (name != NULL && name[strspn(name, "0123456789")] != '\0');

	if (labels->cols == 1 || labels->divisor != 1)
		return (choose_told(y, b, where, NULL, NULL));
	if ((y->positions = mem_array(p->n, sizeof(*y->positions))) == NULL)
		return (-1);
	if (labels->columns != NULL && (find_each(y, labels, p, predictions) ||
	    find_one(y, labels, p, predictions)))
		return (0);
	free(y->positions);
	y->positions = NULL;
	/* They may still be labels alone: a column for each class. */
	if (labels->cols == (size_t)asked.classes || (!named && labels->cols == p->n))
		return (choose_told(y, b, where, NULL, NULL));
	return (fail(ST_USAGE, "%s: which of its %zu columns are the labels? None has the name of "
	    "what was predicted; say it with -l", where, labels->cols));
}

/* Whether figures are asked for that need to know how many classes there are. */
static bool
wants_classes(const struct metrics_shape *s)
{

	return (metrics_need(s, METRICS_CLASSES));
}

/* How many classes the header says that labels have; 0: it does not. */
static size_t
declared_classes(const struct score *s, const struct part *labels)
{
	const struct column *a;
	size_t most = 0, i;

	for (i = 0; i < s->label.n; i++) {
		a = part_about(labels, s->label.positions[i]);
		if (a->kind != COLUMN_CLASS)
			return (0);
		most = (a->n_values > most) ? a->n_values : most;
	}
	return ((most < 2) ? 2 : most);
}

/*
 * A single column of probabilities is of two classes; one of class numbers may be of any number,
 * which the header of the labels may say.
 */
static int
count_classes(struct score *s, const struct part *labels)
{
	struct metrics_shape *h = &s->shape;

	if (h->classes != 0 || asked.threshold != NULL || h->columns != 1 || h->labels != 1 ||
	    h->bits != 0 || !wants_classes(h) ||
	    (h->classes = declared_classes(s, labels)) != 0)
		return (0);
	return (fail(ST_USAGE, "predictions are a column of whole numbers, classes, and so are "
	    "labels: how many classes there are, neither of them says; --classes does"));
}

/* A label that is a class by itself. */
static bool
is_class(const struct column *c)
{

	return (c->kind == COLUMN_CLASS);
}

/* A prediction of a label after a sigmoid, which is of both its values, if they are known. */
static bool
is_alone(const struct column *c)
{

	return ((c->kind == COLUMN_NUMBER && (c->of == NULL || c->n_values == 2)) ||
	    (c->kind == COLUMN_CLASS && c->of != NULL));
}

/* Whether each of these columns is said to be a label, or a prediction, of its own. */
static bool
said_alone(const struct part *p, const struct columns_choice *c,
    bool (*is)(const struct column *c))
{
	size_t i;

	for (i = 0; i < c->n && is(part_about(p, c->positions[i])); i++)
		continue;
	return (i == c->n);
}

/*
 * Columns are scored one by one where that is asked for, and where a header says it: of labels that
 * are a class each, or of predictions that smpc-predict has made of several labels.
 */
static int
choose_each(struct score *s, const struct part *predictions, const struct part *labels)
{
	bool alone;

	if (each && s->prediction.n != s->label.n)
		return (fail(ST_USAGE, "--each takes a column of predictions for each label, and "
		    "they are %zu and %zu", s->prediction.n, s->label.n));
	alone = each || (s->label.n > 1 && s->label.n == s->prediction.n && asked.classes == 0 &&
	    wants_classes(&s->shape) && (said_alone(labels, &s->label, is_class) ||
	    said_alone(predictions, &s->prediction, is_alone)));
	s->n = alone ? s->label.n : 1;
	s->shape.columns = alone ? 1 : s->prediction.n;
	s->shape.labels = alone ? 1 : s->label.n;
	return (((s->scored = mem_array(s->n, sizeof(*s->scored))) == NULL) ? -1 : 0);
}

/* Names of labels that are scored one by one: of their columns, or positions. */
static int
name_labels(struct score *s, const struct part *labels)
{
	char position[24];
	const char *name;
	size_t i;

	for (i = 0; i < s->n && s->label.n == s->n; i++) {
		if (column_copy(&s->scored[i].class, part_about(labels,
		    s->label.positions[i])) == -1)
			return (-1);
	}
	for (i = 0; i < s->n && (s->n > 1 || each); i++) {
		snprintf(position, sizeof(position), "%zu", s->label.positions[i] + 1);
		name = (labels->columns != NULL) ? labels->columns[s->label.positions[i]] :
		    position;
		if ((s->scored[i].name = mem_copy_string(name, strlen(name))) == NULL)
			return (-1);
	}
	return (0);
}

/* What is scored has to be there. */
static int
refuse_missing(const struct part *p, const char *where, const struct columns_choice *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (part_about(p, c->positions[i])->missing)
			return (presence_refuse(p, where, c->positions[i], "a figure"));
	}
	return (0);
}

/* Predictions and labels: of one stream, or of one each. */
static int
choose_all(const struct stage *stage, const struct blocks *b, struct score *s)
{
	const char *where = reader_name(stage->readers[stage->count - 1]);
	const struct part *labels;

	s->label.operand = stage->count - 1;
	if (choose_told(&s->prediction, b, reader_name(stage->readers[0]), prediction,
	    (stage->count == 1 && prediction == NULL) ? label : NULL) == -1 ||
	    ((label != NULL) ? choose_told(&s->label, b, where, label, NULL) :
	    choose_labels(&s->label, b, where, &s->prediction)) == -1)
		return (-1);
	labels = blocks_part(b, s->label.operand);
	if (refuse_missing(blocks_part(b, 0), blocks_name(b, 0), &s->prediction) == -1 ||
	    refuse_missing(labels, where, &s->label) == -1)
		return (-1);
	s->shape.value_bits = blocks_part(b, 0)->fraction_bits;
	s->shape.bits = (int)s->shape.value_bits;
	s->shape.label_bits = s->shape.target_bits = labels->fraction_bits;
	s->label_bits = classes_bits(labels, s->label.positions, s->label.n);
	/* What has more is no label of a class. */
	if (wants_classes(&s->shape) && s->label_bits <= METRICS_MAX_BITS)
		s->shape.label_bits = s->label_bits;
	return ((choose_each(s, blocks_part(b, 0), labels) == -1 ||
	    name_labels(s, labels) == -1) ? -1 : count_classes(s, labels));
}

/* Copy the columns of a block: all, or, of those that are scored one by one, number ${k}. */
static int
copy_choice(struct mpc *S, struct mpc_vector *z, const struct columns_choice *all, size_t k,
    size_t count, const struct blocks *b, const struct block *block)
{
	const struct columns_choice c = { all->operand, all->positions + k, all->n / count };
	size_t n = block->rows * c.n, width = blocks_part(b, c.operand)->cols, *index, i;
	int rc;

	if ((index = mem_array(n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < n; i++)
		index[i] = i / c.n * width + c.positions[i % c.n];
	if ((rc = mpc_vector_new(S, z, n)) == 0)
		mpc_gather(z, &block->x[c.operand], index, n);
	free(index);
	return (rc);
}

/* ---- units ---- */

/* Predictions and labels of what is scored as number ${k}. */
static void
unit_columns(const struct score *s, const struct blocks *b, size_t k, struct unit_columns c[2])
{
	size_t p = s->prediction.n / s->n, y = s->label.n / s->n;

	c[0] = (struct unit_columns){ .part = blocks_part(b, s->prediction.operand),
		.where = blocks_name(b, s->prediction.operand),
		.positions = s->prediction.positions + k * p, .cols = p,
		.shift = s->prediction_shift + k * p };
	c[1] = (struct unit_columns){ .part = blocks_part(b, s->label.operand),
		.where = blocks_name(b, s->label.operand),
		.positions = s->label.positions + k * y, .cols = y,
		.shift = s->label_shift + k * y };
}

/* Whether headers say that predictions are of other labels than these. */
static int
check_meaning(const struct score *s, const struct blocks *b)
{
	size_t p = s->prediction.n / s->n, y = s->label.n / s->n, k;
	struct model_columns_of predictions = { .part = blocks_part(b, s->prediction.operand),
		.where = blocks_name(b, s->prediction.operand), .cols = p },
	    labels = { .part = blocks_part(b, s->label.operand),
		.where = blocks_name(b, s->label.operand), .cols = y };

	for (k = 0; k < s->n; k++) {
		predictions.positions = s->prediction.positions + k * p;
		labels.positions = s->label.positions + k * y;
		if (model_columns_score(&predictions, &labels) == -1)
			return (-1);
	}
	return (0);
}

/* Whether errors are asked for. */
static bool
wants_values(const struct metrics_shape *s)
{

	return (metrics_need(s, METRICS_VALUES));
}

/*
 * Predictions of classes stay in the units of their own words, in which thresholds are looked for:
 * several columns, which are compared with each other, in the finest of theirs, so that no bit is
 * lost.
 */
static int
choose_order(struct score *s, struct scored *l, const struct unit_columns *c)
{
	const struct column *about;
	unsigned bits = 0, n;
	bool known = true;
	size_t j;

	l->bits = INT_MIN;
	for (j = 0; j < c->cols; j++) {
		about = part_about(c->part, c->positions[j]);
		if ((int)c->part->fraction_bits - about->exponent > l->bits)
			l->bits = (int)c->part->fraction_bits - about->exponent;
	}
	for (j = 0; j < c->cols; j++) {
		about = part_about(c->part, c->positions[j]);
		c->shift[j] = l->bits - ((int)c->part->fraction_bits - about->exponent);
		known = known && bounds_known(bounds_of(about));
		n = bounds_bits(bounds_of(about)) + (unsigned)c->shift[j];
		bits = (n > bits) ? n : bits;
		if (c->shift[j] > 0 && n > METRICS_ORDER_RANGE)
			return (bounds_refuse(c->part, c->positions[j], "a number of it, in the "
			    "finest unit of all predictions,"));
		s->order = s->order || c->shift[j] > 0;
	}
	l->range = (known && bits < MPC_NUMBER_RANGE) ? bits : 0;
	return (0);
}

static int
choose_orders(struct score *s, const struct blocks *b)
{
	struct unit_columns c[2];
	size_t k;

	if (!wants_classes(&s->shape))
		return (0);
	if ((s->order_shift = mem_array(s->prediction.n, sizeof(int))) == NULL)
		return (-1);
	for (k = 0; k < s->n; k++) {
		unit_columns(s, b, k, c);
		c[0].shift = s->order_shift + k * c[0].cols;
		if (choose_order(s, &s->scored[k], &c[0]) == -1)
			return (-1);
	}
	return (0);
}

/* Errors are differences of numbers in one unit, which may be none of an owner. */
static int
choose_units(struct score *s, const struct blocks *b)
{
	struct unit_columns c[2];
	bool differ = false;
	size_t k, j;

	if (!wants_values(&s->shape))
		return (0);
	if ((s->prediction_shift = mem_array(s->prediction.n, sizeof(int))) == NULL ||
	    (s->label_shift = mem_array(s->label.n, sizeof(int))) == NULL)
		return (-1);
	for (k = 0; k < s->n; k++) {
		unit_columns(s, b, k, c);
		differ = differ || units_differ(&c[0]) || units_differ(&c[1]);
	}
	if (!differ) {
		free(s->prediction_shift);
		free(s->label_shift);
		s->prediction_shift = s->label_shift = NULL;
		return (0);
	}
	for (k = 0; k < s->n; k++) {
		unit_columns(s, b, k, c);
		if (units_unite(c, 2, METRICS_UNIT_BITS, METRICS_UNIT_RANGE,
		    &s->scored[k].unit) == -1)
			return (-1);
		for (j = 0; j < c[1].cols; j++)
			s->shape.target_cut = s->shape.target_cut || c[1].shift[j] < 0;
	}
	s->shape.value_bits = s->shape.target_bits = METRICS_UNIT_BITS;
	s->shape.value_range = METRICS_UNIT_RANGE;
	return (0);
}

/* What messages call what is scored as number ${k}: the first of its columns. */
static int
note_name(char **name, const struct score *s, const struct blocks *b,
    const struct columns_choice *c, size_t k)
{
	const struct part *p = blocks_part(b, c->operand);
	const char *text = (p->columns == NULL) ? NULL : p->columns[c->positions[k * (c->n /
	    s->n)]];

	return ((text != NULL && (*name = mem_copy_string(text, strlen(text))) == NULL) ? -1 : 0);
}

/* ---- the work ---- */

static enum nn_labels_form
single_form(size_t n_classes)
{

	return ((n_classes == 2) ? NN_LABELS_BINARY : NN_LABELS_NUMBERS);
}

static int
expect(struct mpc *S, struct classes_due *due, const struct columns_choice *of, const char *where)
{

	due->of = of;
	due->classes.where = where;
	due->classes.positions = of->positions;
	return (nn_labels_begin(S, &due->test, &due->classes.is));
}

/* What labels have to be, once the number of classes is set. */
static int
expect_labels(struct mpc *S, struct score *s, const char *where)
{
	const struct metrics_shape *h = &s->scored[0].m.shape;

	s->labels.classes.is = (struct nn_labels){ .columns = s->label.n, .classes = h->classes,
		.bits = s->label_bits, .form = !wants_classes(h) ? NN_LABELS_ANY :
		(h->labels > 1) ? NN_LABELS_ONE_HOT : single_form(h->classes) };
	s->labels.classes.each_hint = (s->prediction.n == s->label.n);
	return (expect(S, &s->labels, &s->label, where));
}

/*
 * Whether predictions are classes themselves, and not scores of them: of two classes, whole
 * numbers, whose unit is not that of a range.
 */
static bool
predicts_classes(const struct score *s, const struct part *p)
{
	const struct metrics_shape *h = &s->scored[0].m.shape;

	return (wants_classes(h) && h->columns == 1 && (h->classes > 2 ||
	    (asked.threshold == NULL && part_is_whole(p, s->prediction.positions[0]))));
}

/* What predictions have to be, if they are classes. */
static int
expect_predictions(struct mpc *S, struct score *s, const struct part *p, const char *where)
{
	const size_t n = s->scored[0].m.shape.classes;

	s->predictions.classes.is = (struct nn_labels){ .columns = s->prediction.n, .classes = n,
		.bits = classes_bits(p, s->prediction.positions, s->prediction.n),
		.form = predicts_classes(s, p) ? single_form(n) : NN_LABELS_ANY };
	s->predictions.classes.predictions = true;
	return (expect(S, &s->predictions, &s->prediction, where));
}

/*
 * Where words of labels are positions of other numbers, so are those of predictions, or these are
 * probabilities: numbers that an owner has shared could be either.
 */
static int
check_positions(const struct score *s, const struct part *p, size_t j, const struct column *y)
{
	const struct column *a = part_about(p, j);
	const double unit = ldexp(1, a->exponent - (int)p->fraction_bits),
	    most = predicts_classes(s, p) ? (double)s->scored[0].m.shape.classes - 1 : 1;
	const bool predicted = (a->of != NULL || strcmp(p->op, "predict") == 0);
	char name[PART_SHOWN_BYTES];

	if ((wants_values(&s->shape) || !column_same_values(a, y)) &&
	    part_check_number(p, j) == -1)
		return (-1);
	if (!column_is_renumbered(y) || a->kind == COLUMN_CLASS || asked.threshold != NULL ||
	    !wants_classes(&s->shape) || s->scored[0].m.shape.columns > 1 ||
	    predicted || ((part_intact(p) == PART_CHANGED || !predicts_classes(s, p)) &&
	    column_has_range(a) && a->low >= 0 && (double)a->high * unit <= most))
		return (0);
	part_show_column(p, j, name);
	return (fail(ST_REFUSED, "column %s: predictions are numbers, and labels are classes, %s, "
	    "%s%s, whose words are 0, 1 and so on: share predictions that are classes with the "
	    "same smpc-share --codes, and probabilities with --range COLUMN=0..1", name,
	    y->values[0], (y->n_values > 1) ? y->values[1] : "",
	    (y->n_values > 2) ? ", ..." : ""));
}

static int
check_all_positions(const struct score *s, const struct blocks *b)
{
	const struct part *p = blocks_part(b, s->prediction.operand),
	    *y = blocks_part(b, s->label.operand);
	size_t i, at;

	for (i = 0; i < s->prediction.n; i++) {
		at = s->label.positions[(s->label.n == s->prediction.n) ? i : 0];
		if (check_positions(s, p, s->prediction.positions[i], part_about(y, at)) == -1 ||
		    (wants_values(&s->shape) &&
		    part_check_terms(p, s->prediction.positions[i], y, at) == -1))
			return (-1);
	}
	return (0);
}

/* What headers say of classes, and what they are: in the clear they are looked at. */
static int
check_block_classes(struct stage *stage, struct score *s, struct classes_due *due,
    const struct blocks *b, const struct block *block)
{
	struct mpc_vector y = { .n = 0 };
	int rc;

	if (classes_block(&due->classes, block, due->of->operand) == -1)
		return (-1);
	if (!due->classes.test)
		return (0);
	due->tested = true;
	if ((rc = copy_choice(stage->S, &y, due->of, 0, 1, b, block)) == 0)
		rc = stage_options.clear ?
		    classes_look(&due->classes, &y, block->rows, s->scored[0].m.rows + 1) :
		    nn_labels_add(stage->S, &due->test, &y, block->rows);
	mpc_vector_free(&y);
	return (rc);
}

/* Before anything is revealed: one bit, whether they are classes. */
static int
open_classes(struct stage *stage, struct classes_due *due, const struct blocks *b)
{
	bool ok;

	if (!due->tested || stage_options.clear)
		return (0);
	if (classes_enough(&due->classes, blocks_alone(b, due->of->operand)) == -1 ||
	    nn_labels_open(stage->S, &due->test, &ok) == -1)
		return (-1);
	return (ok ? 0 : classes_refuse(&due->classes));
}

/* y = the columns of x, multiplied by 2^shift; as they are where ${shift} is NULL. */
static int
in_unit(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows, size_t cols,
    const int *shift)
{

	if (mpc_vector_new(S, y, x->n) == -1)
		return (-1);
	mpc_copy(y, x);
	return ((shift == NULL) ? 0 : nn_shift_columns(S, y, rows, cols, shift));
}

/*
 * Count words of which nothing is known and that have no room on the way into the unit of others,
 * as they may come to anything there.
 */
static int
count_without_room(struct mpc *S, struct metrics *m, const struct unit_columns *c,
    const struct mpc_vector *x, size_t rows)
{
	struct mpc_vector column;
	size_t j;
	int rc;

	rc = mpc_vector_new(S, &column, rows);
	for (j = 0; j < c->cols && rc == 0; j++) {
		if (c->shift[j] == 0 || column_has_range(part_about(c->part, c->positions[j])))
			continue;
		mpc_columns_get(&column, x, rows, c->cols, j);
		rc = metrics_count_values(S, m, &column, MPC_NUMBER_RANGE -
		    ((c->shift[j] > 0) ? (unsigned)c->shift[j] : 0));
	}
	mpc_vector_free(&column);
	return (rc);
}

/* Of both predictions and labels, where they come to one unit. */
static int
count_values(struct stage *stage, struct score *s, size_t k, const struct blocks *b,
    const struct mpc_vector *predictions, const struct mpc_vector *labels, size_t rows)
{
	struct metrics *m = &s->scored[k].m;
	struct unit_columns c[2];

	if (s->prediction_shift == NULL)
		return (0);
	unit_columns(s, b, k, c);
	return ((count_without_room(stage->S, m, &c[0], predictions, rows) == -1) ? -1 :
	    count_without_room(stage->S, m, &c[1], labels, rows));
}

/* The shifts of columns from ${j} on; NULL: there are none. */
static const int *
shifts_from(const int *shift, size_t j)
{

	return ((shift != NULL) ? shift + j : NULL);
}

static int
score_label(struct stage *stage, struct score *s, size_t k, const struct blocks *b,
    const struct block *block)
{
	const size_t cols = s->prediction.n / s->n, labels = s->label.n / s->n;
	const int *order = s->order ? shifts_from(s->order_shift, k * cols) : NULL;
	struct mpc_vector p = { .n = 0 };
	struct metrics_words x;
	int rc = -1;

	memset(&x, 0, sizeof(x));
	if (copy_choice(stage->S, &p, &s->prediction, k, s->n, b, block) == 0 &&
	    copy_choice(stage->S, &x.label, &s->label, k, s->n, b, block) == 0 &&
	    count_values(stage, s, k, b, &p, &x.label, block->rows) == 0 &&
	    in_unit(stage->S, &x.prediction, &p, block->rows, cols, order) == 0 &&
	    in_unit(stage->S, &x.value, &p, block->rows, cols,
	    shifts_from(s->prediction_shift, k * cols)) == 0 &&
	    in_unit(stage->S, &x.target, &x.label, block->rows, labels,
	    shifts_from(s->label_shift, k * labels)) == 0)
		rc = metrics_add(stage->S, &s->scored[k].m, &x, block->rows);
	mpc_vector_free(&p);
	mpc_vector_free(&x.prediction);
	mpc_vector_free(&x.label);
	mpc_vector_free(&x.value);
	mpc_vector_free(&x.target);
	return (rc);
}

static int
score_block(struct stage *stage, struct score *s, const struct blocks *b,
    const struct block *block)
{
	size_t k;

	if (block->rows == 0)
		return (0);
	if (score_belong_add(&s->belong, block) == -1)
		return (-1);
	if (check_block_classes(stage, s, &s->labels, b, block) == -1 ||
	    check_block_classes(stage, s, &s->predictions, b, block) == -1)
		return (-1);
	for (k = 0; k < s->n; k++) {
		if (score_label(stage, s, k, b, block) == -1)
			return (-1);
	}
	return (0);
}

static int
begin_labels(struct stage *stage, struct score *s, const struct blocks *b)
{
	struct scored *l;
	size_t k, at;

	for (k = 0; k < s->n; k++) {
		l = &s->scored[k];
		if (note_name(&l->label, s, b, &s->label, k) == -1 ||
		    note_name(&l->prediction, s, b, &s->prediction, k) == -1)
			return (-1);
		s->shape.label = l->label;
		s->shape.prediction = l->prediction;
		if (wants_classes(&s->shape)) {
			s->shape.bits = l->bits;
			s->shape.range = l->range;
			at = s->prediction.positions[k * (s->prediction.n / s->n)];
			s->shape.steps_rounded = !part_is_whole(blocks_part(b,
			    s->prediction.operand), at);
			s->shape.rounded = (asked.threshold != NULL && s->shape.steps_rounded);
		}
		if (metrics_new(stage->S, &s->scored[k].m, &s->shape) == -1)
			return (-1);
	}
	return ((check_all_positions(s, b) == -1 || expect_predictions(stage->S, s,
	    blocks_part(b, s->prediction.operand), reader_name(stage->readers[0])) == -1) ? -1 :
	    expect_labels(stage->S, s, reader_name(stage->readers[stage->count - 1])));
}

/* All rows of the only tensor. */
static int
score_rows(struct stage *stage, struct score *s, struct blocks *b)
{
	const struct part *first = blocks_part(b, 0), *last = blocks_part(b, stage->count - 1);
	struct blocks_layout layout = { .widest = (first->cols > last->cols) ? first->cols :
		last->cols };
	struct block block;
	int rc;

	if (blocks_repeats(b, 0) || blocks_repeats(b, stage->count - 1))
		return (fail(ST_FAILED, "shapes disagree: predictions or labels have one row, and "
		    "the others more"));
	if (choose_all(stage, b, s) == -1 || check_meaning(s, b) == -1 ||
	    choose_orders(s, b) == -1 || choose_units(s, b) == -1 ||
	    begin_labels(stage, s, b) == -1 ||
	    blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (score_block(stage, s, b, &block) == -1)
			return (-1);
	}
	if (rc == 0 && (rc = blocks_tensor(b)) == 1)
		return (fail(ST_FAILED, "%s: has more than one table: tensor '%s'",
		    reader_name(stage->readers[0]), blocks_part(b, 0)->name));
	return ((rc == -1) ? -1 : score_belong_check(&s->belong, reader_name(stage->readers[0]),
	    reader_name(stage->readers[stage->count - 1])));
}

/* A figure, and its interval, of numbers in units of 2^unit. */
static void
in_unit_of(struct metrics_figures *f, enum metric which, int unit)
{

	f->value[which] = ldexp(f->value[which], unit);
	f->interval[which].low = ldexp(f->interval[which].low, unit);
	f->interval[which].high = ldexp(f->interval[which].high, unit);
}

/* A party's policy allows figures of so few rows: in cells of tables, or in a replicate. */
static int
ask_policy(const struct stage *stage, const struct score *s)
{
	const uint64_t rows = s->scored[0].m.rows;
	uint64_t least = s->shape.least;

	if (stage->joint.session == NULL || !policy_notes_kept())
		return (0);
	if (s->shape.replicates > 0 && rows > 0 && metrics_least_drawn(&s->shape, rows, &least) ==
	    -1)
		return (-1);
	return (policy_ask_cells("score", (to != NULL) ? to : "all", least, rows));
}

static int
reveal_labels(struct stage *stage, struct score *s)
{
	struct metrics_figures *f;
	size_t k;

	if (ask_policy(stage, s) == -1)
		return (-1);
	for (k = 0; k < s->n; k++) {
		if (metrics_reveal(stage->S, &s->scored[k].m, s->to, &s->scored[k].figures) == -1)
			return (-1);
		f = &s->scored[k].figures;
		in_unit_of(f, METRIC_MSE, 2 * s->scored[k].unit);
		in_unit_of(f, METRIC_MAE, s->scored[k].unit);
	}
	return (0);
}

static int
score(struct stage *stage, void *state)
{
	struct score *s = state;
	struct blocks *b;
	int rc = -1;
	size_t k;

	if ((b = stage_blocks(stage, 0, stage->count)) == NULL)
		return (-1);
	if (find_told(stage, s) == 0 && blocks_tensor(b) == 1 && score_rows(stage, s, b) == 0 &&
	    open_classes(stage, &s->labels, b) == 0 && open_classes(stage, &s->predictions, b) == 0)
		rc = reveal_labels(stage, s);
	for (k = 0; s->scored != NULL && k < s->n; k++) {
		s->shape.classes = s->scored[k].m.shape.classes;
		metrics_free(&s->scored[k].m);
	}
	nn_labels_free(&s->labels.test);
	nn_labels_free(&s->predictions.test);
	blocks_free(b);
	return (rc);
}

/* ---- printing ---- */

static int
write_figures(const struct buf *text)
{
	struct sink *out = sink_open(output, OUTPUT_REPLACE, NULL);

	if (out == NULL)
		return (-1);
	if (sink_write(out, text->data, text->len) == 0)
		return (sink_commit(out));
	sink_abort(out);
	return (-1);
}

static int
print_figures(const struct score *s)
{
	struct buf text = { NULL, 0, 0 };
	struct score_label *labels = mem_array(s->n, sizeof(*labels));
	size_t k;
	int rc = -1;

	for (k = 0; labels != NULL && k < s->n; k++)
		labels[k] = (struct score_label){ .name = s->scored[k].name,
			.class = &s->scored[k].class, .shape = &s->shape,
			.figures = &s->scored[k].figures };
	if (labels != NULL && score_text(&text, labels, s->n, json) == 0)
		rc = write_figures(&text);
	buf_free(&text);
	free(labels);
	return (rc);
}

static void
score_free(struct score *s)
{
	size_t k;

	for (k = 0; s->scored != NULL && k < s->n; k++) {
		metrics_figures_free(&s->scored[k].figures);
		free(s->scored[k].name);
		column_clear(&s->scored[k].class);
		free(s->scored[k].label);
		free(s->scored[k].prediction);
	}
	free(s->scored);
	free(s->order_shift);
	free(s->prediction_shift);
	free(s->label_shift);
	free(s->prediction.positions);
	free(s->label.positions);
	score_belong_free(&s->belong);
}

static int
check_lists(const struct stage *stage, void *state)
{

	(void)state;
	return ((stage_check_columns(stage, 0, prediction) == -1 ||
	    stage_check_columns(stage, stage->count - 1, label) == -1) ? -1 : 0);
}

static int
run(char **operands, size_t count)
{
	struct stage_work work = { .op = "score", .tells = "a score", .check = check_lists,
		.run = score,
		.exponents = true,
		.missing = true };
	struct score s;
	struct buf params = { NULL, 0, 0 };
	int rc = -1;

	memset(&s, 0, sizeof(s));
	if (score_asked_shape(&asked, &s.shape) == -1)
		return (-1);
	if (count < 2 && label == NULL)
		return (usage("which columns are the labels? Name them with -l, or give a second "
		    "stream"));
	/* The figures are printed once all parties are done; a stream is not written. */
	stream_options.output = "/dev/null";
	work.state = &s;
	if (describe_score(&params, &s.shape) == 0) {
		work.params = params.data;
		rc = stage_run(&work, operands, count);
	}
	if (rc == 0 && s.told && !stage_options.plan)
		rc = print_figures(&s);
	score_free(&s);
	buf_free(&params);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[PREDICTIONS] [LABELS]",
		.summary = "Reveal figures of how good predictions are, and nothing else of "
		    "predictions and labels.",
		.notes = "Both are share streams, or columns of one. Every party runs it under "
		    "smpc-party.\n"
		         "Example: smpc-score -m accuracy,auc -l malignant predicted.alice "
		         "test.alice",
		.options = options,
		.max_operands = 2,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
