#include "cli/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/model_columns.h"
#include "data/bounds.h"
#include "nn/prepare.h"

/* A tensor of a model, all of whose words have their place, and whether it was read. */
struct tensor_place {
	struct nn_model_tensor is;
	bool found;
};

/* All tensors that a model can have, in their order. */
static size_t
list_tensors(struct model *m, struct tensor_place list[static NN_MODEL_MAX_TENSORS])
{
	struct nn_model_tensor tensors[NN_MODEL_MAX_TENSORS];
	size_t n = nn_model_tensors(m->about, m->learner, tensors), i;

	tensors[NN_MODEL_MEAN].v = &m->mean;
	tensors[NN_MODEL_SCALE].v = &m->scale;
	tensors[NN_MODEL_LABEL_MEAN].v = &m->label_mean;
	tensors[NN_MODEL_LABEL_SCALE].v = &m->label_scale;
	tensors[NN_MODEL_FILL].v = &m->fill;
	for (i = 0; i < n; i++)
		list[i] = (struct tensor_place){ .is = tensors[i] };
	return (n);
}

/* ---- reading ---- */

/* Bring words to the fraction bits that they have here. */
static int
match_scale(struct stage *stage, struct mpc_vector *x, const struct part *p, unsigned f)
{
	struct nn_tensor t = { .v = *x, .f = p->fraction_bits };

	if (p->divisor != 1)
		return (fail(ST_FAILED, "tensor '%s' has a divisor, and models have none",
		    p->name));
	if (p->fraction_bits < f)
		mpc_scale(x, x, (int64_t)1 << (f - p->fraction_bits));
	return (nn_settle(stage->S, &t, f));
}

static struct tensor_place *
find_place(struct tensor_place *list, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(list[i].is.name, name) == 0)
			return (&list[i]);
	}
	return (NULL);
}

/* The units of what a tensor is about, and whether it is in these or in their reciprocals. */
static int **
units_of(struct model *m, const struct mpc_vector *v, int *sign)
{

	*sign = (v == &m->scale) ? -1 : 1;
	if (v == &m->mean || v == &m->scale)
		return (&m->units);
	return ((v == &m->label_mean || v == &m->label_scale) ? &m->label_units : NULL);
}

/*
 * Means and scales are in the units of columns; the first that is read says which, and all agree.
 */
static int
read_units(struct model *m, const struct part *part, const struct mpc_vector *v, const char *where)
{
	int sign, **units = units_of(m, v, &sign), e;
	bool first = (units != NULL && *units == NULL);
	size_t j;

	if (first && (*units = mem_array(part->cols, sizeof(**units))) == NULL)
		return (-1);
	for (j = 0; j < part->cols; j++) {
		e = part_about(part, j)->exponent;
		if (first)
			(*units)[j] = sign * e;
		else if (e != ((units != NULL) ? sign * (*units)[j] : 0))
			return (fail(ST_FAILED, "%s: is no whole model: tensor '%s' is in other "
			    "units than the others", where, part->name));
	}
	return (0);
}

static int
read_tensor(struct stage *stage, struct model *m, struct blocks *b, struct tensor_place *p,
    const char *where)
{
	const struct part *part = blocks_part(b, 0);
	const char *kind = m->about->kind->name;
	struct mpc_vector x = { .n = 0 };
	size_t rows;
	int rc = -1;

	if (part->cols != p->is.cols)
		return (fail(ST_FAILED, "%s: tensor '%s' has %zu columns, the %s's has %zu",
		    where, p->is.name, part->cols, kind, p->is.cols));
	if (stage_hold(stage, b, &x, &rows, &m->inputs) == -1)
		goto out;
	if (rows != p->is.rows)
		fail(ST_FAILED, "%s: tensor '%s' has %zu rows, the %s's has %zu", where,
		    p->is.name, rows, kind, p->is.rows);
	else
		rc = match_scale(stage, &x, part, p->is.f);
out:
	if (rc == -1) {
		mpc_vector_free(&x);
		return (-1);
	}
	mpc_vector_free(p->is.v);
	*p->is.v = x;
	p->found = true;
	return (read_units(m, part, p->is.v, where));
}

/* The first tensor says what learner it is of. */
static int
take_description(struct stage *stage, struct model *m, const struct part *first, const char *where)
{

	if ((m->about = nn_model_decode(first->model, where)) == NULL ||
	    (m->learner = nn_model_learner(m->about)) == NULL ||
	    model_columns_read(m, where) == -1)
		return (-1);
	return (m->about->kind->start(m->learner, stage->S, m->about->seed));
}

static int
check_complete(const struct tensor_place *list, size_t n, const char *where)
{
	bool own[NN_MODEL_OWN_TENSORS] = { false };
	size_t i;

	for (i = 0; i < n; i++) {
		if (!list[i].found && !list[i].is.optional)
			return (fail(ST_FAILED, "%s: is no whole model: tensor '%s' is missing",
			    where, list[i].is.name));
		if (i < NN_MODEL_OWN_TENSORS)
			own[i] = list[i].found;
	}
	return ((n == 0) ? 0 : nn_model_check_own(own, where));
}

/* Of features that are ordered, the description has the units that no tensor says. */
static int
copy_units(struct model *m, const char *where)
{
	const size_t n = nn_size(m->about->in);

	if (m->about->units == NULL)
		return (0);
	if (m->mean.n > 0)
		return (fail(ST_FAILED, "%s: header: field 'model' has units of features, which "
		    "are standardized", where));
	if ((m->units = mem_array(n, sizeof(*m->units))) == NULL)
		return (-1);
	memcpy(m->units, m->about->units, n * sizeof(*m->units));
	return (0);
}

static int
read_model(struct stage *stage, struct model *m, struct blocks *b, const char *where)
{
	struct tensor_place list[NN_MODEL_MAX_TENSORS], *p;
	size_t n = 0;
	int rc;

	while ((rc = blocks_tensor(b)) == 1) {
		if (n == 0) {
			if (take_description(stage, m, blocks_part(b, 0), where) == -1)
				return (-1);
			n = list_tensors(m, list);
		}
		p = find_place(list, n, blocks_part(b, 0)->name);
		if (p == NULL || p->found)
			return (fail(ST_FAILED, "%s: tensor '%s' is %s of the %s '%s'", where,
			    blocks_part(b, 0)->name, (p == NULL) ? "none" : "there twice, and one",
			    m->about->kind->name, m->learner->text));
		if (read_tensor(stage, m, b, p, where) == -1)
			return (-1);
	}
	if (rc == -1 || check_complete(list, n, where) == -1)
		return (-1);
	return ((n == 0) ? 0 : copy_units(m, where));
}

int
model_read(struct stage *stage, size_t operand, struct model *m)
{
	struct blocks *b;
	int rc;

	if ((b = stage_blocks(stage, operand, 1)) == NULL)
		return (-1);
	rc = read_model(stage, m, b, reader_name(stage->readers[operand]));
	blocks_free(b);
	return (rc);
}

/* ---- writing ---- */

/* Say in which units the means and scales of columns are. */
static struct column *
describe_units(const int *units, size_t cols, int sign)
{
	struct column *about;
	size_t j;

	if ((about = mem_array(cols, sizeof(*about))) == NULL)
		return (NULL);
	for (j = 0; j < cols; j++)
		column_result(&about[j], bounds_any(), sign * units[j]);
	return (about);
}

static int
write_model_tensor(struct result *r, const struct tensor_place *p,
    const struct result_shape *about, const struct stage_inputs *inputs)
{
	struct result_shape shape = *about;
	size_t most = blocks_rows(p->is.cols), first, n;
	struct mpc_vector *y, part;

	shape.name = p->is.name;
	shape.cols = p->is.cols;
	shape.columns = p->is.columns;
	shape.scale = (struct scale){ .fraction_bits = p->is.f, .divisor = 1 };
	for (first = 0; first < p->is.rows; first += n) {
		n = (p->is.rows - first < most) ? p->is.rows - first : most;
		part = mpc_part(p->is.v, first * p->is.cols, n * p->is.cols);
		if (result_begin(r, &shape, inputs->items, inputs->count, n, &y) == -1)
			return (-1);
		mpc_copy(y, &part);
		if (result_end(r) == -1)
			return (-1);
	}
	return (0);
}

static int
write_in_units(struct result *r, struct model *m, const struct tensor_place *p,
    const struct stage_inputs *inputs)
{
	int sign, **units = units_of(m, p->is.v, &sign), rc;
	struct result_shape shape = { .spent = m->spent, .of_noisy = (m->spent != NULL) };
	struct column *about = NULL;

	if (units != NULL && *units != NULL &&
	    (about = describe_units(*units, p->is.cols, sign)) == NULL)
		return (-1);
	shape.about = about;
	rc = write_model_tensor(r, p, &shape, inputs);
	columns_free(about, p->is.cols);
	return (rc);
}

int
model_write(struct result *r, const struct model *m, const struct stage_inputs *inputs)
{
	/* Listing takes what it lists as it may be read into. */
	struct model copy = *m;
	struct tensor_place list[NN_MODEL_MAX_TENSORS];
	size_t n = list_tensors(&copy, list), i;
	char *json;
	int rc = 0;

	if (nn_model_set_units(m->about, (m->learner->orders && m->mean.n == 0) ? m->units :
	    NULL) == -1 || nn_model_encode(m->about, &json) == -1)
		return (-1);
	r->model = json;
	for (i = 0; i < n && rc == 0; i++) {
		if (list[i].is.v->n == 0)
			continue;
		rc = write_in_units(r, &copy, &list[i], inputs);
		r->model = NULL;
	}
	r->model = NULL;
	free(json);
	return (rc);
}

void
model_free(struct model *m)
{

	learner_free(m->learner);
	nn_model_free(m->about);
	columns_free(m->features, m->n_features);
	columns_free(m->labels, m->n_labels);
	mpc_vector_free(&m->mean);
	mpc_vector_free(&m->scale);
	free(m->units);
	free(m->label_units);
	mpc_vector_free(&m->label_mean);
	mpc_vector_free(&m->label_scale);
	mpc_vector_free(&m->fill);
	stage_inputs_free(&m->inputs);
	memset(m, 0, sizeof(*m));
}
