#include "cli/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "nn/prepare.h"

/* A tensor of a model, and where its numbers are. */
struct place {
	struct nn_model_tensor is;
	struct mpc_vector *v;
	bool found;
};

/* All tensors that a model can have, in their order. */
static size_t
list_places(struct model *m, struct place list[static NN_MODEL_MAX_TENSORS])
{
	struct nn_parameter *parameters[2 * NN_MAX_LAYERS];
	struct nn_model_tensor tensors[NN_MODEL_MAX_TENSORS];
	size_t count = nn_network_parameters(m->net, parameters), n = nn_model_tensors(m->about,
	    m->net, tensors), i;

	for (i = 0; i < n; i++)
		list[i] = (struct place){ .is = tensors[i] };
	list[0].v = &m->mean;
	list[1].v = &m->scale;
	for (i = 0; i < count; i++)
		list[2 + i].v = &parameters[i]->value;
	for (i = 2 + count; i < n; i++)
		list[i].v = &parameters[(i - 2 - count) / 2]->state[(i - 2 - count) % 2];
	return (n);
}

/* ---- reading ---- */

/* Bring words to the fraction bits that they have here. */
static int
rescale(struct stage *stage, struct mpc_vector *x, const struct part *p, unsigned f)
{
	struct nn_tensor t = { *x, p->fraction_bits };

	if (p->divisor != 1)
		return (fail(ST_FAILED, "tensor '%s' has a divisor, and models have none",
		    p->name));
	if (p->fraction_bits < f)
		mpc_scale(x, x, (int64_t)1 << (f - p->fraction_bits));
	return (nn_settle(stage->S, &t, f));
}

static struct place *
find_place(struct place *list, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(list[i].is.name, name) == 0)
			return (&list[i]);
	}
	return (NULL);
}

static int
read_tensor(struct stage *stage, struct model *m, struct blocks *b, struct place *p,
    const char *where)
{
	const struct part *part = blocks_part(b, 0);
	struct mpc_vector x = { .n = 0 };
	size_t rows;
	int rc = -1;

	if (part->cols != p->is.cols)
		return (fail(ST_FAILED, "%s: tensor '%s' has %zu columns, the network's has %zu",
		    where, p->is.name, part->cols, p->is.cols));
	if (stage_hold(stage, b, &x, &rows, &m->inputs) == -1)
		goto out;
	if (rows != p->is.rows)
		fail(ST_FAILED, "%s: tensor '%s' has %zu rows, the network's has %zu", where,
		    p->is.name, rows, p->is.rows);
	else
		rc = rescale(stage, &x, part, p->is.f);
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
begin_model(struct stage *stage, struct model *m, const struct part *first, const char *where)
{

	if ((m->about = nn_model_decode(first->model, where)) == NULL ||
	    (m->net = nn_model_network(m->about)) == NULL)
		return (-1);
	return (nn_network_start(m->net, stage->S, m->about->seed));
}

static int
check_complete(const struct place *list, size_t n, const char *where)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!list[i].found && !list[i].is.optional)
			return (fail(ST_FAILED, "%s: is no whole model: tensor '%s' is missing",
			    where, list[i].is.name));
	}
	return ((list[0].found != list[1].found) ? fail(ST_FAILED, "%s: is no whole model: of "
	    "'standardize.mean' and 'standardize.scale' one is missing", where) : 0);
}

static int
read_tensors(struct stage *stage, struct model *m, struct blocks *b, const char *where)
{
	struct place list[NN_MODEL_MAX_TENSORS], *p;
	size_t n = 0;
	int rc;

	while ((rc = blocks_tensor(b)) == 1) {
		if (n == 0) {
			if (begin_model(stage, m, blocks_part(b, 0), where) == -1)
				return (-1);
			n = list_places(m, list);
		}
		p = find_place(list, n, blocks_part(b, 0)->name);
		if (p == NULL || p->found)
			return (fail(ST_FAILED, "%s: tensor '%s' is %s of the network '%s'", where,
			    blocks_part(b, 0)->name, (p == NULL) ? "none" : "there twice, and one",
			    m->net->text));
		if (read_tensor(stage, m, b, p, where) == -1)
			return (-1);
	}
	return ((rc == -1) ? -1 : check_complete(list, n, where));
}

int
model_read(struct stage *stage, size_t operand, struct model *m)
{
	struct blocks *b;
	int rc;

	if ((b = stage_blocks(stage, operand, 1)) == NULL)
		return (-1);
	rc = read_tensors(stage, m, b, reader_name(stage->readers[operand]));
	blocks_free(b);
	return (rc);
}

/* ---- writing ---- */

static int
write_tensor(struct result *r, const struct place *p, const struct stage_inputs *inputs)
{
	const struct result_shape shape = { p->is.name, p->is.cols, p->is.columns, { p->is.f, 1 } };
	size_t most = blocks_rows(p->is.cols), first, n;
	struct mpc_vector *y, part;

	for (first = 0; first < p->is.rows; first += n) {
		n = (p->is.rows - first < most) ? p->is.rows - first : most;
		part = mpc_part(p->v, first * p->is.cols, n * p->is.cols);
		if (result_begin(r, &shape, inputs->items, inputs->count, n, &y) == -1)
			return (-1);
		mpc_add_public(y, &part, 0);
		if (result_end(r) == -1)
			return (-1);
	}
	return (0);
}

int
model_write(struct result *r, const struct model *m, const struct stage_inputs *inputs)
{
	/* Listing takes what it lists as it may be read into. */
	struct model copy = *m;
	struct place list[NN_MODEL_MAX_TENSORS];
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
	stage_inputs_free(&m->inputs);
	memset(m, 0, sizeof(*m));
}
