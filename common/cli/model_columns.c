#include "cli/model_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/hex.h"
#include "base/mem.h"

#define POSITION_BYTES 24

/* ---- in the field "model" ---- */

static int
read_columns(const json_t *array, const char *where, struct column **about, size_t *n)
{

	if (array == NULL)
		return (0);
	if ((*about = mem_array(json_array_size(array), sizeof(**about))) == NULL)
		return (-1);
	for (*n = 0; *n < json_array_size(array); ++*n) {
		if (column_decode(&(*about)[*n], json_array_get(array, *n), where) == -1) {
			column_clear(&(*about)[*n]);
			return (-1);
		}
	}
	return (0);
}

int
model_columns_read(struct model *m, const char *where)
{

	return ((read_columns(m->about->feature_columns, where, &m->features,
	    &m->n_features) == -1 || read_columns(m->about->label_columns, where, &m->labels,
	    &m->n_labels) == -1) ? -1 : 0);
}

static const struct column *
said_of(const struct model_columns_of *of, size_t j)
{

	return (part_about(of->part, (of->positions != NULL) ? of->positions[j] : j));
}

/* What ranges and gaps a column had is a matter of the data, and not of what it means. */
static int
append_said(json_t *array, const struct column *said, const struct column *before)
{
	struct column c = (said->kind == COLUMN_UNDECLARED && before != NULL) ? *before : *said;

	c.low = INT64_MIN;
	c.high = INT64_MAX;
	c.exponent = 0;
	c.missing = c.median = false;
	return (json_array_append_new(array, column_json(&c)));
}

/* Replace what is said of columns; nothing, if nothing is known of any, unless ${always}. */
static int
replace_said(json_t **to, const struct column *before, const struct model_columns_of *of,
    bool always)
{
	json_t *array = json_array();
	const struct column *said;
	bool known = always;
	size_t j;

	for (j = 0; array != NULL && j < of->cols; j++) {
		said = said_of(of, j);
		if (append_said(array, said, (before != NULL) ? &before[j] : NULL) == -1) {
			json_decref(array);
			return (fail(ST_FAILED, "out of memory"));
		}
		known = known || !json_is_null(json_array_get(array, j));
	}
	if (array == NULL)
		return (fail(ST_FAILED, "out of memory"));
	json_decref(*to);
	*to = known ? array : NULL;
	if (!known)
		json_decref(array);
	return (0);
}

/* The schema of a table that has both; of two tables, that of the features. */
static int
note_schema(struct nn_model *m, const struct part *p)
{
	char hex[2 * HASH_BYTES + 1];

	if (!p->has_schema)
		return (0);
	hex_encode(hex, p->schema, HASH_BYTES);
	free(m->schema);
	return (((m->schema = mem_copy_string(hex, strlen(hex))) == NULL) ? -1 : 0);
}

int
model_columns_note(struct model *m, const struct model_columns_of *features,
    const struct model_columns_of *labels)
{
	const struct column *before = (m->n_labels == labels->cols) ? m->labels : NULL;

	return ((replace_said(&m->about->feature_columns, m->features, features, false) == -1 ||
	    replace_said(&m->about->label_columns, before, labels, true) == -1) ? -1 :
	    note_schema(m->about, features->part));
}

/* ---- whether data say the same ---- */

static const char *
said_name(const struct model_columns_of *of, size_t j, char position[static POSITION_BYTES])
{
	size_t at = (of->positions != NULL) ? of->positions[j] : j;

	snprintf(position, POSITION_BYTES, "%zu", at + 1);
	return ((of->part->columns != NULL) ? of->part->columns[at] : position);
}

static int
check_column(const struct column *trained, const struct model_columns_of *of, size_t j,
    const char *role)
{
	const struct column *here = said_of(of, j);
	struct column same = *trained;
	char text[COLUMN_SHOWN_BYTES], before[COLUMN_SHOWN_BYTES], position[POSITION_BYTES];
	const char *what;

	/* What is missing is filled, or refused elsewhere. */
	same.missing = here->missing;
	same.median = here->median;
	if ((what = column_contradiction(here, &same)) == NULL)
		return (0);
	column_show(text, here, what);
	column_show(before, trained, what);
	return (fail(ST_REFUSED, "%s: column '%s' differs from the %s that the model was trained "
	    "on in its %s: %s here, %s there; its owner must share it as it was then", of->where,
	    said_name(of, j, position), role, what, text, before));
}

static int
check_each(const struct column *trained, size_t n, const struct model_columns_of *of,
    const char *role)
{
	static const struct column undeclared = { .low = INT64_MIN, .high = INT64_MAX };
	size_t j;

	for (j = 0; j < of->cols && (trained == NULL || n == of->cols); j++) {
		if (check_column((trained != NULL) ? &trained[j] : &undeclared, of, j, role) == -1)
			return (-1);
	}
	return (0);
}

/* A model from before models said what was known is taken as it is. */
int
model_columns_check(const struct model *m, const struct model_columns_of *features)
{

	if (m->features == NULL && m->labels == NULL)
		return (0);
	return (check_each(m->features, m->n_features, features, "feature"));
}

int
model_columns_check_labels(const struct model *m, const struct model_columns_of *labels)
{

	return ((m->labels == NULL) ? 0 :
	    check_each(m->labels, m->n_labels, labels, "label"));
}

int
model_columns_check_schema(const struct model *m, const struct part *p, const char *where)
{
	char hex[2 * HASH_BYTES + 1];

	hex_encode(hex, p->schema, HASH_BYTES);
	if (!p->has_schema || m->about->schema == NULL || strcmp(hex, m->about->schema) == 0)
		return (0);
	return (fail(ST_REFUSED, "%s: was shared by another schema than what the model was trained "
	    "on: %.12s... here, %.12s... there; owners whose rows a model is for agree on one",
	    where, hex, m->about->schema));
}

/* ---- what predictions are of ---- */

static int
copy_said(char **to, const char *text)
{

	return (((*to = mem_copy_string(text, strlen(text))) == NULL) ? -1 : 0);
}

/* A prediction of column ${of}, of some of its values. */
static int
set_predicted(struct column *c, enum column_kind kind, const char *of, char *const *values,
    size_t n)
{

	c->kind = kind;
	if (copy_said(&c->of, of) == -1 ||
	    (n > 0 && (c->values = mem_array(n, sizeof(*c->values))) == NULL))
		return (-1);
	for (; c->n_values < n; c->n_values++) {
		if (copy_said(&c->values[c->n_values], values[c->n_values]) == -1)
			return (-1);
	}
	return (0);
}

/* Label ${i}, by its name or, like columns without names, by its position. */
static const char *
model_label(const struct model *m, size_t i, char position[static POSITION_BYTES])
{

	snprintf(position, POSITION_BYTES, "%zu", i + 1);
	return ((m->about->labels != NULL) ? m->about->labels[i] : position);
}

/* Whether labels are a column for each value of one category. */
static bool
labels_one_hot(const struct model *m)
{
	size_t i;

	for (i = 0; i < m->n_labels && m->labels[i].kind == COLUMN_INDICATOR &&
	    strcmp(m->labels[i].of, m->labels[0].of) == 0; i++)
		continue;
	return (i == m->n_labels);
}

/* Of one label, or of a column for each class: which value each output is for. */
static int
predict_classes(const struct model *m, bool decisions, struct column *to, size_t cols)
{
	size_t out = m->learner->out, n = 0, i;
	char position[POSITION_BYTES], **values;
	const char *of = NULL;
	int rc = 0;

	if ((values = mem_array(out, sizeof(*values))) == NULL)
		return (-1);
	if (m->n_labels == 1) {
		of = model_label(m, 0, position);
		for (; n < m->labels[0].n_values && n < out; n++)
			values[n] = m->labels[0].values[n];
	} else if (m->n_labels == out && labels_one_hot(m)) {
		of = m->labels[0].of;
		for (; n < out; n++)
			values[n] = m->labels[n].values[0];
	}
	/* A class that has no value may be predicted, too: a number, and not that of a value. */
	if (decisions && of != NULL && n != 1)
		rc = set_predicted(&to[0], (n == out) ? COLUMN_CLASS : COLUMN_NUMBER, of, values,
		    n);
	for (i = 0; !decisions && of != NULL && i < cols && (i < n || n == 0) && rc == 0; i++)
		rc = set_predicted(&to[i], COLUMN_NUMBER, of, &values[i], (n > 0) ? 1 : 0);
	free(values);
	return (rc);
}

/* Of numbers, or of labels 0 and 1. */
static int
predict_each(const struct model *m, bool decisions, struct column *to, size_t cols)
{
	bool numbers = (m->learner->target == LEARNER_NUMBERS), coded;
	char position[POSITION_BYTES];
	const struct column *y;
	size_t i;
	int rc = 0;

	for (i = 0; i < cols && i < m->n_labels && rc == 0; i++) {
		y = &m->labels[i];
		coded = (y->kind == COLUMN_CLASS && y->n_values >= 2);
		if (y->kind == COLUMN_CLASS && !coded)
			continue;
		/* Of several labels of which nothing is known, smpc-score has to see that. */
		if (coded || numbers || cols == 1)
			rc = set_predicted(&to[i], (decisions && coded) ? COLUMN_CLASS :
			    COLUMN_NUMBER, model_label(m, i, position), y->values,
			    coded ? y->n_values : 0);
		if (rc == 0 && numbers && y->unit != NULL)
			rc = column_set_unit(&to[i], y->unit);
	}
	return (rc);
}

int
model_columns_predicted(const struct model *m, enum learner_answer answer, struct column *to,
    size_t cols)
{
	bool decisions = (answer == LEARNER_DECISIONS);

	if (m->labels == NULL)
		return (0);
	return ((m->learner->target == LEARNER_CLASSES) ?
	    predict_classes(m, decisions, to, cols) : predict_each(m, decisions, to, cols));
}

/* ---- whether labels are those that were predicted ---- */

/* The values of a label, in the order of its classes, in one column or several. */
struct value_list {
	const char **value; /* NULL: not said */
	size_t n;
};

/* Values that columns say, those of all together, up to the first one that says none. */
static int
list_said(struct value_list *l, const struct model_columns_of *of)
{
	size_t most = 0, j, k;

	*l = (struct value_list){ NULL, 0 };
	for (j = 0; j < of->cols; j++)
		most += said_of(of, j)->n_values;
	if (most == 0)
		return (0);
	if ((l->value = mem_array(most, sizeof(*l->value))) == NULL)
		return (-1);
	for (j = 0; j < of->cols && said_of(of, j)->n_values > 0; j++) {
		for (k = 0; k < said_of(of, j)->n_values; k++)
			l->value[l->n++] = said_of(of, j)->values[k];
	}
	return (0);
}

static void
list_show(char text[static COLUMN_SHOWN_BYTES], const struct value_list *l)
{
	const struct column c = { .values = (char **)(uintptr_t)l->value, .n_values = l->n };

	column_show(text, &c, "values");
}

static bool
list_same(const struct value_list *a, const struct value_list *b)
{
	/* A column of what speaks for one value is about the second of two classes. */
	size_t skip_a = (a->n == 2 && b->n == 1), skip_b = (a->n == 1 && b->n == 2), i;

	if (a->n + skip_b != b->n + skip_a)
		return (false);
	for (i = 0; i + skip_a < a->n &&
	    strcmp(a->value[i + skip_a], b->value[i + skip_b]) == 0; i++)
		continue;
	return (i + skip_a == a->n);
}

static int
refuse_labels(const struct model_columns_of *p, const struct model_columns_of *y, const char *what,
    const char *here, const char *there)
{
	char position[POSITION_BYTES], predicted[POSITION_BYTES];

	return (fail(ST_REFUSED, "%s: column '%s' differs in its %s from the label that column "
	    "'%s' of %s was predicted for: %s here, %s there; its owner must share it as it was "
	    "when the model was trained", y->where, said_name(y, 0, position), what,
	    said_name(p, 0, predicted), p->where, here, there));
}

/* Whether values are other texts than the numbers that stand for them. */
static bool
list_is_coded(const struct value_list *l)
{
	/* A single one is that of the second class. */
	const struct column all = { .kind = COLUMN_CLASS, .n_values = l->n,
		.values = (char **)(uintptr_t)l->value };

	return ((l->n == 1) ? strcmp(l->value[0], "1") != 0 : column_is_coded(&all));
}

/* That a label was undeclared, a number or a date is not said of its predictions. */
static int
score_kinds(const struct model_columns_of *p, const struct model_columns_of *y,
    const struct value_list *of_p)
{
	const struct column *label = said_of(y, 0);

	if (of_p->n == 0 && label->kind == COLUMN_CLASS && column_is_coded(label))
		return (refuse_labels(p, y, "kind", column_kind_name(label->kind), "number"));
	if (of_p->n > 0 && list_is_coded(of_p) && label->kind != COLUMN_CLASS &&
	    label->kind != COLUMN_INDICATOR)
		return (refuse_labels(p, y, "kind", column_kind_name(label->kind), "class"));
	return (0);
}

static int
score_values(const struct model_columns_of *p, const struct model_columns_of *y)
{
	char here[COLUMN_SHOWN_BYTES], there[COLUMN_SHOWN_BYTES];
	struct value_list of_p = { NULL, 0 }, of_y = { NULL, 0 };
	int rc = -1;

	if (list_said(&of_p, p) == 0 && list_said(&of_y, y) == 0 &&
	    score_kinds(p, y, &of_p) == 0) {
		list_show(here, &of_y);
		list_show(there, &of_p);
		if (of_p.n > 0 && of_y.n > 0 && !list_same(&of_p, &of_y))
			rc = refuse_labels(p, y, "values", here, there);
		else
			rc = 0;
	}
	free(of_p.value);
	free(of_y.value);
	return (rc);
}

int
model_columns_score(const struct model_columns_of *p, const struct model_columns_of *y)
{
	const char *there, *here;
	size_t j;

	if (said_of(p, 0)->of == NULL || (said_of(p, 0)->kind != COLUMN_NUMBER &&
	    said_of(p, 0)->kind != COLUMN_CLASS))
		return (0);
	for (j = 0; j < p->cols && j < y->cols; j++) {
		there = (said_of(p, j)->unit != NULL) ? said_of(p, j)->unit : "none";
		here = (said_of(y, j)->unit != NULL) ? said_of(y, j)->unit : "none";
		if (strcmp(there, here) != 0)
			return (refuse_labels(p, y, "unit", here, there));
	}
	return (score_values(p, y));
}
