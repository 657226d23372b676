/* How good predictions are, on shares, in a session of all parties. */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/near.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "nn/metrics.h"
#include "nn/prepare.h"
#include "ring/fixed.h"
#include "table/columns.h"

static const char *metrics, *label, *prediction, *threshold, *to, *output;
static uint64_t classes;
static bool json;

static const struct opt options[] = {
	{ 'm', "metrics", "LIST", OPT_STRING, &metrics, 0, 0,
	    "what to reveal, with commas: accuracy, confusion, precision, recall, f1, auc, "
	    "log-loss, mse, r2" },
	{ 'l', "label", "COLUMNS", OPT_STRING, &label, 0, 0,
	    "the columns that hold labels (default: those of the second stream that were "
	    "predicted, by their names)" },
	{ 0, "prediction", "COLUMNS", OPT_STRING, &prediction, 0, 0,
	    "the columns that hold predictions (default: all of the first stream that are no "
	    "labels)" },
	{ 0, "classes", "NUMBER", OPT_NUMBER, &classes, 2, METRICS_MAX_CLASSES,
	    "how many classes there are (default: as many as columns, or 2, of probabilities or "
	    "scores)" },
	{ 0, "threshold", "NUMBER", OPT_STRING, &threshold, 0, 0,
	    "from where on a single column of predictions means class 1 (default 0.5)" },
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

struct score {
	struct metrics_shape shape;
	enum metrics_to to;
	struct columns_choice prediction, label;
	struct metrics_figures figures;
	bool told; /* they are for us to print */
};

/* ---- options ---- */

/* One name of a list. */
static int
take_metric(struct metrics_shape *s, const char *name, size_t len)
{
	char copy[32];
	const char *near;
	size_t i;

	snprintf(copy, sizeof(copy), "%.*s", (int)((len < sizeof(copy)) ? len : sizeof(copy) - 1),
	    name);
	for (i = 0; i < METRICS && strcmp(metric_names[i], copy) != 0; i++)
		;
	if (i == METRICS) {
		near = near_match(copy, metric_names, METRICS);
		return ((near != NULL) ?
		    usage("'%s' is no figure (did you mean '%s'?)", copy, near) :
		    usage("'%s' is no figure", copy));
	}
	if (s->wanted[i])
		return (usage("'%s' is asked for twice", copy));
	s->wanted[i] = true;
	return (0);
}

static int
take_options(struct metrics_shape *s)
{
	const char *at = metrics;
	size_t len;

	if (metrics == NULL)
		return (usage("which figures are to be revealed? Name them with --metrics; nothing "
		    "else is revealed"));
	for (;; at += len + 1) {
		len = strcspn(at, ",");
		if (take_metric(s, at, len) == -1)
			return (-1);
		if (at[len] == '\0')
			break;
	}
	s->classes = (size_t)classes;
	s->threshold = 0.5;
	if (threshold != NULL &&
	    fixed_parse_double(threshold, strlen(threshold), &s->threshold) != FIXED_OK)
		return (usage("--threshold takes a number, and not '%s'", threshold));
	return (0);
}

/* What all parties must ask for alike, each on a line: names of columns have blanks. */
static int
describe_score(struct buf *p, const struct metrics_shape *s)
{
	char text[80];
	size_t i, n = 0;

	for (i = 0; i < METRICS; i++) {
		if (s->wanted[i] && (buf_string(p, (n++ == 0) ? "metrics=" : ",") == -1 ||
		    buf_string(p, metric_names[i]) == -1))
			return (-1);
	}
	snprintf(text, sizeof(text), "\nclasses=%zu\nthreshold=%.17g", s->classes, s->threshold);
	if (buf_string(p, text) == -1 || (label != NULL && (buf_string(p, "\nlabel=") == -1 ||
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
	return (columns_choose(&in, &out, (const char *const *)p->columns, p->cols, where,
	    &c->positions, &c->n));
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
	if (labels->cols == (size_t)classes || (!named && labels->cols == p->n))
		return (choose_told(y, b, where, NULL, NULL));
	return (fail(ST_USAGE, "%s: which of its %zu columns are the labels? None has the name of "
	    "what was predicted; say it with -l", where, labels->cols));
}

/* Whether figures are asked for that need to know how many classes there are. */
static bool
wants_classes(const struct metrics_shape *s)
{
	size_t i;

	for (i = METRIC_ACCURACY; i <= METRIC_LOG_LOSS; i++) {
		if (s->wanted[i])
			return (true);
	}
	return (false);
}

/* A single column of probabilities is of two classes; one of class numbers may be of any number. */
static int
check_class_count(const struct metrics_shape *s)
{

	if (s->classes != 0 || threshold != NULL || s->columns != 1 || s->labels != 1 ||
	    s->bits != 0 || !wants_classes(s))
		return (0);
	return (fail(ST_USAGE, "predictions are a column of whole numbers, classes, and so are "
	    "labels: how many classes there are, neither of them says; --classes does"));
}

/* Predictions and labels: of one stream, or of one each. */
static int
choose_all(const struct stage *stage, const struct blocks *b, struct score *s)
{

	const char *where = reader_name(stage->readers[stage->count - 1]);

	s->label.operand = stage->count - 1;
	if (choose_told(&s->prediction, b, reader_name(stage->readers[0]), prediction,
	    (stage->count == 1 && prediction == NULL) ? label : NULL) == -1 ||
	    ((label != NULL) ? choose_told(&s->label, b, where, label, NULL) :
	    choose_labels(&s->label, b, where, &s->prediction)) == -1)
		return (-1);
	s->shape.columns = s->prediction.n;
	s->shape.labels = s->label.n;
	s->shape.bits = blocks_part(b, 0)->fraction_bits;
	s->shape.label_bits = blocks_part(b, s->label.operand)->fraction_bits;
	return (check_class_count(&s->shape));
}

/* Copy the columns of a block. */
static int
copy_choice(struct mpc *S, struct mpc_vector *z, const struct columns_choice *c,
    const struct blocks *b, const struct block *block)
{
	size_t n = block->rows * c->n, width = blocks_part(b, c->operand)->cols, *index, i;
	int rc;

	if ((index = mem_array(n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < n; i++)
		index[i] = i / c->n * width + c->positions[i % c->n];
	if ((rc = mpc_vector_new(S, z, n)) == 0)
		mpc_gather(z, &block->x[c->operand], index, n);
	free(index);
	return (rc);
}

/* ---- the work ---- */

/* Labels in the clear can be looked at: classes, or what stands for them. */
static int
look_at_block_labels(const struct metrics *m, const struct mpc_vector *y)
{
	const struct metrics_shape *s = &m->shape;
	bool numbers = (s->labels == 1);
	double most = numbers ? (double)(s->classes - 1) : 1, odd;
	size_t i;

	if (!stage_options.clear || !wants_classes(s) ||
	    (i = nn_odd_label(y, s->label_bits, most, numbers, &odd)) == y->n)
		return (0);
	return (fail(ST_RANGE, "row %" PRIu64 ": the label %g: labels of %zu classes are %s from 0 "
	    "to %g", m->rows + i / s->labels + 1, odd, s->classes, numbers ? "the numbers" :
	    "columns", most));
}

static int
score_block(struct stage *stage, const struct score *s, struct metrics *m, const struct blocks *b,
    const struct block *block)
{
	struct mpc_vector p, y;
	int rc = -1;

	memset(&p, 0, sizeof(p));
	memset(&y, 0, sizeof(y));
	if (block->rows == 0)
		return (0);
	if (copy_choice(stage->S, &p, &s->prediction, b, block) == 0 &&
	    copy_choice(stage->S, &y, &s->label, b, block) == 0 && look_at_block_labels(m, &y) == 0)
		rc = metrics_add(stage->S, m, &p, &y, block->rows);
	mpc_vector_free(&p);
	mpc_vector_free(&y);
	return (rc);
}

/* All rows of the only tensor. */
static int
score_rows(struct stage *stage, struct score *s, struct metrics *m, struct blocks *b)
{
	const struct part *first = blocks_part(b, 0), *last = blocks_part(b, stage->count - 1);
	struct blocks_layout layout = { .widest = (first->cols > last->cols) ? first->cols :
		last->cols };
	struct block block;
	int rc;

	if (blocks_repeats(b, 0) || blocks_repeats(b, stage->count - 1))
		return (fail(ST_FAILED, "shapes disagree: predictions or labels have one row, and "
		    "the others more"));
	if (choose_all(stage, b, s) == -1 || metrics_new(stage->S, m, &s->shape) == -1 ||
	    blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (score_block(stage, s, m, b, &block) == -1)
			return (-1);
	}
	if (rc == 0 && (rc = blocks_tensor(b)) == 1)
		return (fail(ST_FAILED, "%s: has more than one table: tensor '%s'",
		    reader_name(stage->readers[0]), blocks_part(b, 0)->name));
	return (rc);
}

static int
score(struct stage *stage, void *state)
{
	struct score *s = state;
	struct metrics m;
	struct blocks *b;
	int rc = -1;

	memset(&m, 0, sizeof(m));
	if ((b = stage_blocks(stage, 0, stage->count)) == NULL)
		return (-1);
	if (find_told(stage, s) == 0 && blocks_tensor(b) == 1 && score_rows(stage, s, &m, b) == 0 &&
	    (rc = metrics_reveal(stage->S, &m, s->to, &s->figures)) == 0)
		s->shape.classes = m.shape.classes;
	metrics_free(&m);
	blocks_free(b);
	return (rc);
}

/* ---- printing ---- */

static int
print_number(struct buf *text, double v)
{
	char number[40];

	snprintf(number, sizeof(number), "%.6g", (v == 0) ? 0 : v);
	return (buf_string(text, isnan(v) ? (json ? "null" : "nan") : number));
}

/* A line for each label, or an array of arrays. */
static int
print_confusion(struct buf *text, const uint64_t *cells, size_t k)
{
	char number[80];
	size_t i, j;

	if (json && buf_string(text, "[") == -1)
		return (-1);
	for (i = 0; i < k; i++) {
		snprintf(number, sizeof(number), json ? "%s[" : "%sconfusion\t%zu", (i == 0) ? "" :
		    json ? "," : "\n", i);
		if (buf_string(text, number) == -1)
			return (-1);
		for (j = 0; j < k; j++) {
			snprintf(number, sizeof(number), "%s%" PRIu64, !json ? "\t" : (j == 0) ?
			    "" : ",", cells[i * k + j]);
			if (buf_string(text, number) == -1)
				return (-1);
		}
		if (json && buf_string(text, "]") == -1)
			return (-1);
	}
	return (json ? buf_string(text, "]") : 0);
}

static int
print_figure(struct buf *text, const struct score *s, enum metric which, bool first)
{
	char head[40];

	if (json)
		snprintf(head, sizeof(head), "%s\"%s\":", first ? "{" : ",", metric_names[which]);
	else
		snprintf(head, sizeof(head), "%s\t", metric_names[which]);
	if (which == METRIC_CONFUSION)
		return ((json && buf_string(text, head) == -1) ? -1 :
		    print_confusion(text, s->figures.confusion, s->shape.classes));
	return ((buf_string(text, head) == -1) ? -1 : print_number(text, s->figures.value[which]));
}

static int
print_figures(const struct score *s)
{
	struct buf text = { NULL, 0, 0 };
	struct sink *out;
	bool first = true;
	size_t i;
	int rc = 0;

	for (i = 0; i < METRICS && rc == 0; i++) {
		if (!s->shape.wanted[i])
			continue;
		if ((rc = print_figure(&text, s, i, first)) == 0 && !json)
			rc = buf_string(&text, "\n");
		first = false;
	}
	if (rc == 0 && json)
		rc = buf_string(&text, "}\n");
	if (rc == 0 && (rc = ((out = sink_open(output, OUTPUT_REPLACE, NULL)) == NULL) ? -1 :
	    0) == 0) {
		if ((rc = sink_write(out, text.data, text.len)) == 0)
			rc = sink_commit(out);
		else
			sink_abort(out);
	}
	buf_free(&text);
	return (rc);
}

static int
run(char **operands, size_t count)
{
	struct stage_work work = { .op = "score", .run = score };
	struct score s;
	struct buf params = { NULL, 0, 0 };
	int rc = -1;

	memset(&s, 0, sizeof(s));
	if (take_options(&s.shape) == -1)
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
	free(s.prediction.positions);
	free(s.label.positions);
	free(s.figures.confusion);
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
