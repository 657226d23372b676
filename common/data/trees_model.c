#include "data/trees_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "data/csv_text.h"
#include "data/trees_model_internal.h"
#include "ring/fixed.h"
#include "table/xgboost.h"

static const char *const names[TREES_TENSORS] = { "label.mean", "label.scale", "splits",
	"thresholds", "missing", "gains", "leaves" };

bool
trees_model_is(const struct part *part)
{
	json_t *o = (part->model != NULL) ? json_loads(part->model, 0, NULL) : NULL;
	bool is = (json_object_get(o, "trees") != NULL);

	json_decref(o);
	return (is);
}

struct trees_model *
trees_model_new(void)
{

	return (mem_array(1, sizeof(struct trees_model)));
}

void
trees_model_free(struct trees_model *m)
{
	struct trees_numbers *t;
	size_t k;

	if (m == NULL)
		return;
	for (k = 0; k < TREES_TENSORS; k++) {
		t = &m->tensors[k];
		mem_wipe_free(t->x, t->due * ((k == TREES_SPLITS) ? 1 : t->cols) * sizeof(*t->x));
	}
	part_free(m->part);
	json_decref(m->model);
	free(m);
}

/* ---- what comes ---- */

/* "KIND LOSS, trees T, depth D[, classes K][, missing]", and perhaps how it was grown. */
static int
read_shape(struct trees_model *m, const char *text)
{
	char kind[8];
	int n = 0, more = 0;

	if (sscanf(text, "%7[a-z] %15[a-z], trees %5zu, depth %3zu%n", kind, m->loss, &m->trees,
	    &m->depth, &n) != 4)
		return (-1);
	if (sscanf(text + n, ", classes %3zu%n", &m->classes, &more) == 1)
		n += more;
	m->missing = (strncmp(text + n, ", missing", 9) == 0);
	if (m->trees < 1 || m->trees > XGBOOST_MOST_TREES || m->depth < 1 ||
	    m->depth > XGBOOST_MOST_DEPTH || m->classes > XGBOOST_MOST_CLASSES)
		return (-1);
	m->outputs = (m->classes > 2 && strcmp(m->loss, "squared") == 0) ? m->classes : 1;
	m->total = (strcmp(m->loss, "softmax") == 0) ? m->trees * m->classes : m->trees;
	return ((m->total > 0 &&
	    m->total * m->outputs << m->depth <= XGBOOST_MOST_LEAVES) ? 0 : -1);
}

static int
read_model_text(struct trees_model *m, const struct part *part)
{
	const char *text;
	size_t nodes, k;

	if (part->model == NULL || (m->model = json_loads(part->model, 0, NULL)) == NULL ||
	    (text = json_string_value(json_object_get(m->model, "trees"))) == NULL)
		return (fail(ST_FAILED, "tensor '%s' is not the first one of a model of trees "
		    "(smpc-train --model tree, forest or boost)", part->name));
	if (read_shape(m, text) == -1)
		return (fail(ST_FAILED, "'%s' is no model of trees", text));
	nodes = m->total * (((size_t)1 << m->depth) - 1);
	for (k = 0; k < TREES_TENSORS; k++)
		m->tensors[k].due = (k < TREES_SPLITS) ? 1 : (k == TREES_LEAVES) ?
		    m->total << m->depth : nodes;
	return (0);
}

static int
begin_tensor(struct trees_model *m, size_t which, const struct part *part)
{
	struct trees_numbers *t = &m->tensors[which];
	const size_t due = (which == TREES_LEAVES) ? m->outputs : 1;

	if (which != TREES_SPLITS && part->cols != due)
		return (fail(ST_FAILED, "tensor '%s' has %zu columns, and of this model it has "
		    "%zu", part->name, part->cols, due));
	t->found = true;
	t->cols = part->cols;
	m->now = t;
	t->x = mem_array(t->due * ((which == TREES_SPLITS) ? 1 : t->cols), sizeof(*t->x));
	return ((t->x == NULL) ? -1 : 0);
}

int
trees_model_tensor(struct trees_model *m, const struct part *part)
{
	size_t k;

	if (m->model == NULL && read_model_text(m, part) == -1)
		return (-1);
	for (k = 0; k < TREES_TENSORS && strcmp(names[k], part->name) != 0; k++)
		continue;
	if (k == TREES_TENSORS || m->tensors[k].found)
		return (fail(ST_FAILED, "tensor '%s' is %s: this takes a model of trees as "
		    "smpc-train writes it", part->name, (k == TREES_TENSORS) ?
		    "none of its model" : "there twice"));
	part_free(m->part);
	return (((m->part = part_copy(part)) == NULL) ? -1 : begin_tensor(m, k, part));
}

static double
number_of_word(const struct part *p, size_t j, uint64_t word)
{

	return (ldexp(fixed_to_double((int64_t)word, p->fraction_bits, p->divisor),
	    part_about(p, j)->exponent));
}

/* The column that a node looks at, whose number alone is 1; -1: none. */
static int
take_split(const struct part *p, const uint64_t *words, double *column)
{
	double v;
	size_t j;

	*column = -1;
	for (j = 0; j < p->cols; j++) {
		v = number_of_word(p, j, words[j]);
		if (v == 1 && *column == -1)
			*column = (double)j;
		else if (v != 0)
			return (fail(ST_FAILED, "tensor '%s' has a row that is neither all 0 nor a "
			    "single 1", p->name));
	}
	return (0);
}

int
trees_model_row(struct trees_model *m, const uint64_t *words)
{
	struct trees_numbers *t = m->now;
	size_t j;

	if (t->rows == t->due)
		return (fail(ST_FAILED, "tensor '%s' has more rows than its model, which has %zu",
		    m->part->name, t->due));
	if (t == &m->tensors[TREES_SPLITS])
		return (take_split(m->part, words, &t->x[t->rows++]));
	for (j = 0; j < t->cols; j++)
		t->x[t->rows * t->cols + j] = number_of_word(m->part, j, words[j]);
	t->rows++;
	return (0);
}

/* ---- what there is ---- */

double
trees_model_number(const struct trees_model *m, size_t which, double unless)
{

	return (m->tensors[which].found ? m->tensors[which].x[0] : unless);
}

const char *
trees_model_name(const struct trees_model *m, size_t j)
{

	return (json_string_value(json_array_get(json_object_get(m->model, "features"), j)));
}

int
trees_model_check(const struct trees_model *m)
{
	const struct trees_numbers *t;
	size_t k;

	for (k = 0; k < TREES_TENSORS; k++) {
		t = &m->tensors[k];
		if (!t->found && (k < TREES_SPLITS || (k == TREES_MISSING && !m->missing)))
			continue;
		if (!t->found || t->rows != t->due)
			return (fail(ST_FAILED, "is no whole model of trees: tensor '%s' %s",
			    names[k], t->found ? "has too few rows" : "is missing"));
	}
	return ((m->tensors[TREES_LABEL_MEAN].found != m->tensors[TREES_LABEL_SCALE].found) ?
	    fail(ST_FAILED, "is no whole model of trees: of label.mean and label.scale one is "
	    "missing") : 0);
}

/* ---- the table ---- */

static int
print_importance(const struct trees_model *m, struct buf *text, size_t j, double gain,
    size_t splits)
{
	const char *name = trees_model_name(m, j);
	char line[80];

	snprintf(line, sizeof(line), "%zu", j + 1);
	if (csv_text_name(text, (name != NULL) ? name : line) == -1)
		return (-1);
	snprintf(line, sizeof(line), ",%.9g,%zu\n", gain, splits);
	return (buf_string(text, line));
}

int
trees_model_table(struct trees_model *m, struct buf *text)
{
	const double unit = trees_model_number(m, TREES_LABEL_SCALE, 1);
	const struct trees_numbers *splits = &m->tensors[TREES_SPLITS];
	double *gain = NULL;
	size_t *count = NULL, j, k;
	int rc = -1;

	if (trees_model_check(m) == 0 &&
	    (gain = mem_array(splits->cols, sizeof(*gain))) != NULL &&
	    (count = mem_array(splits->cols, sizeof(*count))) != NULL) {
		for (k = 0; k < splits->rows; k++) {
			if (splits->x[k] < 0)
				continue;
			gain[(size_t)splits->x[k]] += m->tensors[TREES_GAINS].x[k] * unit * unit;
			count[(size_t)splits->x[k]]++;
		}
		rc = buf_string(text, "name,gain,weight\n");
		for (j = 0; j < splits->cols && rc == 0; j++)
			rc = print_importance(m, text, j, gain[j], count[j]);
	}
	free(gain);
	free(count);
	return (rc);
}
