#include "nn/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "nn/prepare.h"

struct nn_model *
nn_model_new(const struct nn_network *net, uint64_t seed)
{
	struct nn_model *m;

	if ((m = mem_array(1, sizeof(*m))) == NULL)
		return (NULL);
	m->in = net->in;
	m->seed = seed;
	if ((m->network = mem_copy_string(net->text, strlen(net->text))) == NULL) {
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
	free(m->network);
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

/* ---- writing ---- */

static json_t *
names_json(char *const *names, size_t n)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; a != NULL && i < n; i++)
		(void)json_array_append_new(a, json_string(names[i]));
	return (a);
}

static int
add_fields(json_t *o, const struct nn_model *m)
{
	char seed[24];
	int rc;

	snprintf(seed, sizeof(seed), "%" PRIu64, m->seed);
	rc = json_object_set_new(o, "network", json_string(m->network));
	rc |= json_object_set_new(o, "input", json_pack("[I,I,I]", (json_int_t)m->in.channels,
	    (json_int_t)m->in.height, (json_int_t)m->in.width));
	if (strstr(m->network, "reservoir") != NULL)
		rc |= json_object_set_new(o, "seed", json_string(seed));
	if (m->features != NULL)
		rc |= json_object_set_new(o, "features", names_json(m->features, m->n_features));
	if (m->labels != NULL)
		rc |= json_object_set_new(o, "labels", names_json(m->labels, m->n_labels));
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
	return ((*json == NULL) ? fail(ST_FAILED, "the model cannot be described: out of memory, "
	    "or a name that is not UTF-8") : 0);
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
take_shape(const json_t *v, struct nn_shape *s)
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

static int
take_fields(struct nn_model *m, const json_t *o)
{
	const char *text = json_string_value(json_object_get(o, "network"));
	const char *seed = json_string_value(json_object_get(o, "seed")),
	    *job = json_string_value(json_object_get(o, "job"));

	if (text == NULL || (m->network = mem_copy_string(text, strlen(text))) == NULL ||
	    take_shape(json_object_get(o, "input"), &m->in) == -1 ||
	    take_names(json_object_get(o, "features"), &m->features, &m->n_features) == -1 ||
	    take_names(json_object_get(o, "labels"), &m->labels, &m->n_labels) == -1)
		return (-1);
	if (seed != NULL && num_parse(seed, 0, UINT64_MAX, &m->seed) == -1)
		return (-1);
	if (job != NULL && (m->job = mem_copy_string(job, strlen(job))) == NULL)
		return (-1);
	m->step = (uint64_t)json_integer_value(json_object_get(o, "step"));
	/* Each number that the network takes has its name, or none has one. */
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
 * The network of a header: what is wrong with it is a fault of the file, not of the command line.
 */
static struct nn_network *
network_read(const struct nn_model *m)
{
	struct nn_network *net;
	struct failure fault;

	diag_divert(&fault);
	net = nn_network_new(m->network, m->in);
	diag_divert(NULL);
	if (net == NULL)
		fail(ST_FAILED, "%s: header: field 'model': %s", m->where, fault.text);
	return (net);
}

static int
check_labels(const struct nn_model *m, const struct nn_network *net)
{
	size_t out = nn_size(net->layers[net->n - 1].out);

	if (m->labels == NULL || m->n_labels == out ||
	    (m->n_labels == 1 && net->loss == NN_CROSS_ENTROPY))
		return (0);
	return (fail(ST_FAILED, "%s: header: field 'model' has %zu labels, and its network gives "
	    "%zu numbers", m->where, m->n_labels, out));
}

struct nn_network *
nn_model_network(const struct nn_model *m)
{
	struct nn_network *net;

	if (m->where == NULL)
		return (nn_network_new(m->network, m->in));
	if ((net = network_read(m)) != NULL && check_labels(m, net) == -1) {
		nn_network_free(net);
		net = NULL;
	}
	return (net);
}

/* ---- tensors ---- */

static struct nn_model_tensor *
set_tensor(struct nn_model_tensor *t, const char *name, const char *suffix, size_t rows,
    size_t cols, unsigned f)
{

	*t = (struct nn_model_tensor){ .rows = rows, .cols = cols, .f = f };
	snprintf(t->name, sizeof(t->name), "%s%s", name, suffix);
	return (t);
}

/* What the last layer's columns are called: as the labels, if there are as many of them. */
static const char *const *
output_columns(const struct nn_model *m, size_t out)
{

	return ((m->labels != NULL && m->n_labels == out) ? (const char *const *)m->labels : NULL);
}

/* Fraction bits of what an optimizer keeps: nn/train.c's own affair, and kept as words. */
#define STATE_BITS 0

size_t
nn_model_tensors(const struct nn_model *m, struct nn_network *net,
    struct nn_model_tensor list[static NN_MODEL_MAX_TENSORS])
{
	struct nn_parameter *p[2 * NN_MAX_LAYERS];
	size_t width = nn_size(m->in), out = nn_size(net->layers[net->n - 1].out), n = 0, count, i;

	count = nn_network_parameters(net, p);
	set_tensor(&list[n++], "standardize.mean", "", 1, width, NN_BITS);
	set_tensor(&list[n++], "standardize.scale", "", 1, width, NN_SCALE_BITS);
	for (i = 0; i < 2; i++) {
		list[i].columns = (const char *const *)m->features;
		list[i].optional = true;
	}
	for (i = 0; i < count; i++) {
		set_tensor(&list[n], p[i]->name, "", p[i]->rows, p[i]->cols, NN_BITS);
		if (i + 2 >= count && p[i]->cols == out)
			list[n].columns = output_columns(m, out);
		n++;
	}
	for (i = 0; m->job != NULL && i < 2 * count; i++)
		set_tensor(&list[n++], p[i / 2]->name, (i % 2 == 0) ? ".state1" : ".state2",
		    p[i / 2]->rows, p[i / 2]->cols, STATE_BITS)->optional = true;
	return (n);
}
