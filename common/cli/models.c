#include "cli/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "nn/prepare.h"

#define MAX_TENSORS (2 + 3 * 2 * NN_MAX_LAYERS)

/* A tensor of a model, and where its numbers are. */
struct place {
	char name[64];
	size_t rows, cols;
	unsigned f;
	struct mpc_vector *v;
	const char *const *columns;
	bool found, optional;
};

static void
place_set(struct place *p, const char *name, const char *suffix, size_t rows, size_t cols, struct mpc_vector *v)
{

	*p = (struct place){ .rows = rows, .cols = cols, .f = NN_BITS, .v = v };
	snprintf(p->name, sizeof(p->name), "%s%s", name, suffix);
}

/* What the last layer's columns are called: as the labels, if there are as many of them. */
static const char *const *
output_columns(const struct model *m)
{
	size_t out = nn_size(m->net->layers[m->net->n - 1].out);

	return ((m->about->labels != NULL && m->about->n_labels == out) ? (const char *const *)m->about->labels : NULL);
}

/* Fraction bits of what an optimizer keeps: nn/train.c's own affair, and kept as words. */
#define STATE_BITS 0

/* All tensors that a model can have, in their order. */
static size_t
list_places(struct model *m, struct place *list)
{
	struct nn_parameter *parameters[2 * NN_MAX_LAYERS];
	size_t width = nn_size(m->about->in), count = nn_network_parameters(m->net, parameters), n = 0, i, j;
	char suffix[16];

	place_set(&list[n++], "standardize.mean", "", 1, width, &m->mean);
	place_set(&list[n++], "standardize.scale", "", 1, width, &m->scale);
	list[1].f = NN_SCALE_BITS;
	for (i = 0; i < 2; i++) {
		list[i].columns = (const char *const *)m->about->features;
		list[i].optional = true;
	}
	for (i = 0; i < count; i++) {
		place_set(&list[n], parameters[i]->name, "", parameters[i]->rows, parameters[i]->cols, &parameters[i]->value);
		if (i + 2 >= count && parameters[i]->cols == nn_size(m->net->layers[m->net->n - 1].out))
			list[n].columns = output_columns(m);
		n++;
	}
	for (i = 0; m->about->job != NULL && i < count; i++) {
		for (j = 0; j < 2; j++) {
			snprintf(suffix, sizeof(suffix), ".state%zu", j + 1);
			place_set(&list[n], parameters[i]->name, suffix, parameters[i]->rows, parameters[i]->cols,
			    &parameters[i]->state[j]);
			list[n].f = STATE_BITS;
			list[n++].optional = true;
		}
	}
	return (n);
}

/* ---- reading ---- */

/* Bring words to the fraction bits that they have here. */
static int
rescale(struct engine *e, struct mpc_vector *x, const struct part *p, unsigned f)
{
	struct nn_tensor t = { *x, p->fraction_bits };

	if (p->divisor != 1)
		return (fail(ST_FAILED, "tensor '%s' has a divisor, and models have none", p->name));
	if (p->fraction_bits < f)
		mpc_scale(x, x, (int64_t)1 << (f - p->fraction_bits));
	return (nn_settle(e->S, &t, f));
}

static struct place *
find_place(struct place *list, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(list[i].name, name) == 0)
			return (&list[i]);
	}
	return (NULL);
}

static int
read_tensor(struct engine *e, struct model *m, struct blocks *b, struct place *p, const char *where)
{
	const struct part *part = blocks_part(b, 0);
	struct mpc_vector x = { 0, NULL, NULL, NULL };
	size_t rows;
	int rc = -1;

	if (part->cols != p->cols)
		return (fail(ST_FAILED, "%s: tensor '%s' has %zu columns, the network's has %zu", where, p->name, part->cols,
		    p->cols));
	if (engine_hold(e, b, &x, &rows, &m->inputs) == -1)
		goto out;
	if (rows != p->rows)
		fail(ST_FAILED, "%s: tensor '%s' has %zu rows, the network's has %zu", where, p->name, rows, p->rows);
	else
		rc = rescale(e, &x, part, p->f);
out:
	if (rc == -1) {
		mpc_vector_free(&x);
		return (-1);
	}
	mpc_vector_free(p->v);
	*p->v = x;
	p->found = true;
	return (0);
}

/* The first tensor says what network it is. */
static int
begin_model(struct engine *e, struct model *m, const struct part *first, const char *where)
{

	if ((m->about = nn_model_decode(first->model, where)) == NULL || (m->net = nn_model_network(m->about)) == NULL)
		return (-1);
	return (nn_network_start(m->net, e->S, m->about->seed));
}

static int
check_complete(const struct place *list, size_t n, const char *where)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!list[i].found && !list[i].optional)
			return (fail(ST_FAILED, "%s: is no whole model: tensor '%s' is missing", where, list[i].name));
	}
	return ((list[0].found != list[1].found) ? fail(ST_FAILED, "%s: is no whole model: of 'standardize.mean' and "
	    "'standardize.scale' one is missing", where) : 0);
}

static int
read_tensors(struct engine *e, struct model *m, struct blocks *b, const char *where)
{
	struct place list[MAX_TENSORS], *p;
	size_t n = 0;
	int rc;

	while ((rc = blocks_tensor(b)) == 1) {
		if (n == 0) {
			if (begin_model(e, m, blocks_part(b, 0), where) == -1)
				return (-1);
			n = list_places(m, list);
		}
		p = find_place(list, n, blocks_part(b, 0)->name);
		if (p == NULL || p->found)
			return (fail(ST_FAILED, "%s: tensor '%s' is %s of the network '%s'", where, blocks_part(b, 0)->name,
			    (p == NULL) ? "none" : "there twice, and one", m->net->text));
		if (read_tensor(e, m, b, p, where) == -1)
			return (-1);
	}
	return ((rc == -1) ? -1 : check_complete(list, n, where));
}

int
model_read(struct engine *e, size_t operand, struct model *m)
{
	struct blocks *b;
	int rc;

	if ((b = engine_blocks(e, operand, 1)) == NULL)
		return (-1);
	rc = read_tensors(e, m, b, reader_name(e->readers[operand]));
	blocks_free(b);
	return (rc);
}

/* ---- writing ---- */

static int
write_tensor(struct result *r, const struct place *p, const struct engine_inputs *inputs)
{
	const struct result_shape shape = { p->name, p->cols, p->columns, { p->f, 1 } };
	size_t most = blocks_rows(p->cols), first, n;
	struct mpc_vector *y, part;

	for (first = 0; first < p->rows; first += n) {
		n = (p->rows - first < most) ? p->rows - first : most;
		part = mpc_part(p->v, first * p->cols, n * p->cols);
		if (result_begin(r, &shape, inputs->items, inputs->count, n, &y) == -1)
			return (-1);
		mpc_add_public(y, &part, 0);
		if (result_end(r) == -1)
			return (-1);
	}
	return (0);
}

int
model_write(struct result *r, const struct model *m, const struct engine_inputs *inputs)
{
	/* Listing takes what it lists as it may be read into. */
	struct model copy = *m;
	struct place list[MAX_TENSORS];
	size_t n = list_places(&copy, list), i;
	char *json;
	int rc = 0;

	if (nn_model_encode(m->about, &json) == -1)
		return (-1);
	r->model = json;
	for (i = 0; i < n && rc == 0; i++) {
		if (list[i].v->n == 0)
			continue;
		rc = write_tensor(r, &list[i], inputs);
		r->model = NULL;
	}
	r->model = NULL;
	free(json);
	return (rc);
}

void
model_free(struct model *m)
{

	nn_network_free(m->net);
	nn_model_free(m->about);
	mpc_vector_free(&m->mean);
	mpc_vector_free(&m->scale);
	engine_inputs_free(&m->inputs);
	memset(m, 0, sizeof(*m));
}
