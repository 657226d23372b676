#include "nn/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "nn/prepare.h"

struct nn_model *
nn_model_new(const struct learner *l, uint64_t seed)
{
	struct nn_model *m;

	if ((m = mem_array(1, sizeof(*m))) == NULL)
		return (NULL);
	m->kind = l->kind;
	m->in = l->in;
	m->seed = seed;
	if ((m->text = mem_copy_string(l->text, strlen(l->text))) == NULL) {
		nn_model_free(m);
		return (NULL);
	}
	return (m);
}

static void
names_free(char **names, size_t n)
{
	size_t i;

	for (i = 0; names != NULL && i < n; i++)
		free(names[i]);
	free(names);
}

void
nn_model_free(struct nn_model *m)
{

	if (m == NULL)
		return;
	names_free(m->features, m->n_features);
	names_free(m->labels, m->n_labels);
	json_decref(m->feature_columns);
	json_decref(m->label_columns);
	free(m->units);
	free(m->schema);
	free(m->text);
	free(m->job);
	free(m->where);
	free(m);
}

int
nn_model_names(char ***list, size_t *n, const char *const *names, size_t count)
{
	char **copy = NULL;
	size_t i;

	if (names != NULL && (copy = mem_array(count, sizeof(*copy))) == NULL)
		return (-1);
	for (i = 0; names != NULL && i < count; i++) {
		if ((copy[i] = mem_copy_string(names[i], strlen(names[i]))) == NULL) {
			names_free(copy, i);
			return (-1);
		}
	}
	names_free(*list, *n);
	*list = copy;
	*n = (names != NULL) ? count : 0;
	return (0);
}

/* Where all are 0, none are kept: the header says them in one way alone. */
int
nn_model_set_units(struct nn_model *m, const int *units)
{
	const size_t n = nn_size(m->in);
	int *copy = NULL;
	bool any = false;
	size_t j;

	for (j = 0; units != NULL && j < n; j++) {
		if (units[j] < -NN_MODEL_MOST_UNIT || units[j] > NN_MODEL_MOST_UNIT)
			return (fail(ST_RANGE, "feature %zu is in units of 2^%d, and a model has "
			    "room for 2^-%d to 2^%d", j + 1, units[j], NN_MODEL_MOST_UNIT,
			    NN_MODEL_MOST_UNIT));
		any = any || units[j] != 0;
	}
	if (any) {
		if ((copy = mem_array(n, sizeof(*copy))) == NULL)
			return (-1);
		memcpy(copy, units, n * sizeof(*copy));
	}
	free(m->units);
	m->units = copy;
	return (0);
}

/* ---- writing ---- */

static json_t *
units_as_json(const struct nn_model *m)
{
	json_t *a = json_array();
	size_t j;

	for (j = 0; a != NULL && j < nn_size(m->in); j++) {
		if (json_array_append_new(a, json_integer(m->units[j])) == -1) {
			json_decref(a);
			a = NULL;
		}
	}
	return (a);
}

static int
add_fields(json_t *o, const struct nn_model *m)
{
	char seed[24];
	int rc;

	snprintf(seed, sizeof(seed), "%" PRIu64, m->seed);
	rc = json_object_set_new(o, m->kind->name, json_string(m->text));
	rc |= json_object_set_new(o, "input", json_pack("[I,I,I]", (json_int_t)m->in.channels,
	    (json_int_t)m->in.height, (json_int_t)m->in.width));
	if (m->kind->seeded != NULL && m->kind->seeded(m->text))
		rc |= json_object_set_new(o, "seed", json_string(seed));
	if (m->features != NULL)
		rc |= json_object_set_new(o, "features",
		    json_strings((const char *const *)m->features, m->n_features));
	if (m->labels != NULL)
		rc |= json_object_set_new(o, "labels", json_strings((const char *const *)m->labels,
		    m->n_labels));
	if (m->feature_columns != NULL)
		rc |= json_object_set(o, "feature-columns", m->feature_columns);
	if (m->label_columns != NULL)
		rc |= json_object_set(o, "label-columns", m->label_columns);
	if (m->units != NULL)
		rc |= json_object_set_new(o, "feature-units", units_as_json(m));
	if (m->schema != NULL)
		rc |= json_object_set_new(o, "schema", json_string(m->schema));
	if (m->job != NULL) {
		rc |= json_object_set_new(o, "job", json_string(m->job));
		rc |= json_object_set_new(o, "step", json_integer((json_int_t)m->step));
	}
	return (rc);
}

int
nn_model_encode(const struct nn_model *m, char **json)
{
	json_t *o = json_object();

	*json = NULL;
	if (o != NULL && add_fields(o, m) == 0)
		*json = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(o);
	return ((*json == NULL) ?
	    fail(ST_FAILED, "the model cannot be described: out of memory, or a name that is not "
	    "UTF-8") : 0);
}

/* ---- reading ---- */

static int
take_names(const json_t *v, char ***list, size_t *n)
{
	const char **names;
	size_t count = json_array_size(v), i;
	int rc = 0;

	if (v == NULL)
		return (0);
	if (!json_is_array(v) || (names = mem_array(count, sizeof(*names))) == NULL)
		return (-1);
	for (i = 0; i < count && rc == 0; i++)
		rc = ((names[i] = json_string_value(json_array_get(v, i))) == NULL) ? -1 : 0;
	if (rc == 0)
		rc = nn_model_names(list, n, names, count);
	free(names);
	return (rc);
}

static int
take_input_shape(const json_t *v, struct nn_shape *s)
{
	size_t *sides[3] = { &s->channels, &s->height, &s->width }, i;
	json_int_t side;

	for (i = 0; i < 3; i++) {
		side = json_integer_value(json_array_get(v, i));
		if (side < 1 || side > (1 << 24))
			return (-1);
		*sides[i] = (size_t)side;
	}
	if (s->channels * s->height > (1 << 24) || s->channels * s->height * s->width > (1 << 24))
		return (-1);
	return ((json_array_size(v) == 3) ? 0 : -1);
}

static bool
repeated(char **names, size_t n)
{
	size_t position;

	return (names_repeated((const char *const *)names, n, &position) != 0);
}

/* The only field that has the name of a kind, and the text in it. */
static int
take_kind(struct nn_model *m, const json_t *o)
{
	const struct learner_kind *const *kind;
	const char *text = NULL;

	for (kind = learner_kinds; *kind != NULL; kind++) {
		if (json_object_get(o, (*kind)->name) == NULL)
			continue;
		if (m->kind != NULL)
			return (-1);
		m->kind = *kind;
		text = json_string_value(json_object_get(o, (*kind)->name));
	}
	return ((text != NULL && (m->text = mem_copy_string(text, strlen(text))) != NULL) ? 0 : -1);
}

/* What was known of columns: as many elements as there are columns. */
static int
take_known(struct nn_model *m, const json_t *o)
{
	json_t *x = json_object_get(o, "feature-columns"), *y = json_object_get(o, "label-columns"),
	    *schema = json_object_get(o, "schema");
	const char *text = json_string_value(schema);

	if ((x != NULL && json_array_size(x) != nn_size(m->in)) ||
	    (y != NULL && json_array_size(y) == 0) || (schema != NULL && text == NULL))
		return (-1);
	m->feature_columns = json_incref(x);
	m->label_columns = json_incref(y);
	return ((text == NULL || (m->schema = mem_copy_string(text, strlen(text))) != NULL) ? 0 :
	    -1);
}

static int
take_units(struct nn_model *m, const json_t *v)
{
	const size_t n = nn_size(m->in);
	json_int_t e;
	size_t j;

	if (v == NULL)
		return (0);
	if (json_array_size(v) != n || (m->units = mem_array(n, sizeof(*m->units))) == NULL)
		return (-1);
	for (j = 0; j < n; j++) {
		e = json_integer_value(json_array_get(v, j));
		if (!json_is_integer(json_array_get(v, j)) || e < -NN_MODEL_MOST_UNIT ||
		    e > NN_MODEL_MOST_UNIT)
			return (-1);
		m->units[j] = (int)e;
	}
	return (0);
}

static int
take_fields(struct nn_model *m, const json_t *o)
{
	const char *seed = json_string_value(json_object_get(o, "seed")),
	    *job = json_string_value(json_object_get(o, "job"));

	if (take_kind(m, o) == -1 ||
	    take_input_shape(json_object_get(o, "input"), &m->in) == -1 ||
	    take_names(json_object_get(o, "features"), &m->features, &m->n_features) == -1 ||
	    take_names(json_object_get(o, "labels"), &m->labels, &m->n_labels) == -1)
		return (-1);
	if (seed != NULL && num_parse(seed, 0, UINT64_MAX, &m->seed) == -1)
		return (-1);
	if (job != NULL && (m->job = mem_copy_string(job, strlen(job))) == NULL)
		return (-1);
	if (take_known(m, o) == -1 || take_units(m, json_object_get(o, "feature-units")) == -1)
		return (-1);
	m->step = (uint64_t)json_integer_value(json_object_get(o, "step"));
	/* Each number that the learner takes has its name, or none has one. */
	if (m->features != NULL && (m->n_features != nn_size(m->in) ||
	    repeated(m->features, m->n_features)))
		return (-1);
	return ((m->labels != NULL && repeated(m->labels, m->n_labels)) ? -1 : 0);
}

struct nn_model *
nn_model_decode(const char *json, const char *where)
{
	struct nn_model *m;
	json_t *o;

	if (json == NULL) {
		fail(ST_FAILED, "%s: is no model: its first tensor does not say what network it is "
		    "for (smpc-share --net shares one made elsewhere)", where);
		return (NULL);
	}
	o = json_loads(json, 0, NULL);
	m = mem_array(1, sizeof(*m));
	if (m != NULL && take_fields(m, o) == -1) {
		fail(ST_FAILED, "%s: header: field 'model' is not one of a network", where);
		nn_model_free(m);
		m = NULL;
	}
	if (m != NULL && (m->where = mem_copy_string(where, strlen(where))) == NULL) {
		nn_model_free(m);
		m = NULL;
	}
	json_decref(o);
	return (m);
}

/*
 * The learner of a header: what is wrong with it is a fault of the file, not of the command line.
 */
static struct learner *
read_learner(const struct nn_model *m)
{
	struct learner *l;
	struct failure fault;

	diag_divert(&fault);
	l = m->kind->make(m->text, m->in);
	diag_divert(NULL);
	if (l == NULL)
		fail(ST_FAILED, "%s: header: field 'model': %s", m->where, fault.text);
	return (l);
}

static int
check_label_names(const struct nn_model *m, const struct learner *l)
{

	size_t columns = json_array_size(m->label_columns),
	    n = (m->labels != NULL) ? m->n_labels : columns;

	if (n > 0 && n != l->out && (n != 1 || l->target != LEARNER_CLASSES))
		return (fail(ST_FAILED, "%s: header: field 'model' has %zu labels, and its %s "
		    "gives %zu numbers", m->where, n, l->kind->name, l->out));
	if (m->label_columns != NULL && n != columns)
		return (fail(ST_FAILED, "%s: header: field 'model' has %zu labels, and says what "
		    "%zu are", m->where, n, columns));
	return (0);
}

/* Of what is standardized, the tensors say the units. */
static int
check_units(const struct nn_model *m, const struct learner *l)
{

	return ((m->units != NULL && !l->orders) ?
	    fail(ST_FAILED, "%s: header: field 'model' has units of features, and its %s has "
	    "none", m->where, l->kind->name) : 0);
}

struct learner *
nn_model_learner(const struct nn_model *m)
{
	struct learner *l;

	if (m->where == NULL)
		return (m->kind->make(m->text, m->in));
	if ((l = read_learner(m)) != NULL && (check_label_names(m, l) == -1 ||
	    check_units(m, l) == -1)) {
		learner_free(l);
		l = NULL;
	}
	return (l);
}

/* ---- tensors ---- */

static const char *const own_names[NN_MODEL_OWN_TENSORS] = {
	[NN_MODEL_MEAN] = "standardize.mean",
	[NN_MODEL_SCALE] = "standardize.scale",
	[NN_MODEL_LABEL_MEAN] = "label.mean",
	[NN_MODEL_LABEL_SCALE] = "label.scale",
	[NN_MODEL_FILL] = "fill",
};

/* Of standardization, which a model need not have. */
static struct nn_model_tensor
standardizing(const struct nn_model *m, const struct learner *l, size_t which)
{
	bool labels = (which == NN_MODEL_LABEL_MEAN || which == NN_MODEL_LABEL_SCALE),
	    scale = (which == NN_MODEL_SCALE || which == NN_MODEL_LABEL_SCALE);
	struct nn_model_tensor t = { .rows = 1, .cols = labels ? l->out : nn_size(m->in),
		.f = !scale ? NN_BITS : labels ? NN_DEVIATION_BITS : NN_SCALE_BITS,
		.columns = (const char *const *)(labels ? m->labels : m->features),
		.optional = true };

	if (!labels || l->target == LEARNER_NUMBERS)
		snprintf(t.name, sizeof(t.name), "%s", own_names[which]);
	return (t);
}

int
nn_model_check_own(const bool found[static NN_MODEL_OWN_TENSORS], const char *where)
{
	size_t i;

	/* Means and scales come in pairs. */
	for (i = 0; i < NN_MODEL_FILL; i += 2) {
		if (found[i] != found[i + 1])
			return (fail(ST_FAILED, "%s: is no whole model: of '%s' and '%s' one is "
			    "missing", where, own_names[i], own_names[i + 1]));
	}
	return (0);
}

/* Columns of outputs are called as the labels, if there are as many of them. */
static struct nn_model_tensor
learnt(const struct nn_model *m, const struct learner *l, const struct learner_tensor *of)
{
	struct nn_model_tensor t = { .rows = of->rows, .cols = of->cols, .f = of->f,
		.optional = of->state,
		.v = of->v };

	memcpy(t.name, of->name, sizeof(t.name));
	if (of->outputs && m->labels != NULL && m->n_labels == l->out)
		t.columns = (const char *const *)m->labels;
	if (of->inputs)
		t.columns = (const char *const *)m->features;
	return (t);
}

size_t
nn_model_tensors(const struct nn_model *m, struct learner *l,
    struct nn_model_tensor list[static NN_MODEL_MAX_TENSORS])
{
	struct learner_tensor own[LEARNER_MAX_TENSORS];
	size_t count = l->kind->tensors(l, own), n = NN_MODEL_OWN_TENSORS, i;

	for (i = 0; i < NN_MODEL_OWN_TENSORS; i++)
		list[i] = standardizing(m, l, i);
	for (i = 0; i < count; i++) {
		if (!own[i].state || m->job != NULL)
			list[n++] = learnt(m, l, &own[i]);
	}
	return (n);
}
