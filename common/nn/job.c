#include "nn/job.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "nn/measure.h"

/* An epoch on its way. */
struct epoch {
	uint64_t number, first, steps; /* the step that it began with here, and how many there are */
	size_t rows, out;              /* of a batch; numbers that a row gives */
	size_t *order;
	struct nn_tensor given;        /* what the network gave for each row, before the step */
	struct mpc_cost step_cost;     /* in a plan, once it is known */
	bool step_known;
	uint64_t checked;              /* steps, of all, when the range was last */
};

static int
epoch_begin(struct nn_job *j, struct mpc *S, struct epoch *e)
{

	if (!j->plan)
		nn_order(e->order, j->data.rows, j->training.seed, e->number);
	/* A plan's steps cost the same again unless their rate, which decides how many bits are cut off, changes. */
	if (j->training.decay != 0)
		e->step_known = false;
	if (!j->loss && !j->accuracy)
		return (0);
	return ((e->given.v.n > 0) ? 0 : mpc_vector_new(S, &e->given.v, e->steps * e->rows * e->out));
}

/* ---- steps ---- */

static struct mpc_cost
cost_since(const struct mpc *S, const struct mpc_cost *before)
{
	struct mpc_cost c = *mpc_declared(S);

	c.rounds -= before->rounds;
	c.dealt_bits -= before->dealt_bits;
	c.opened_bits -= before->opened_bits;
	return (c);
}

static int
run_step(struct nn_job *j, struct mpc *S, struct epoch *e, uint64_t step)
{
	const struct nn_layer *last = &j->net->layers[j->net->n - 1];
	struct mpc_cost before = *mpc_declared(S);
	struct mpc_vector part;

	if (j->plan && e->step_known) {
		mpc_plan_add(S, &e->step_cost);
		return (0);
	}
	if (nn_step(j->net, S, &j->training, &j->data, e->order, step, e->number) == -1)
		return (-1);
	e->step_cost = cost_since(S, &before);
	e->step_known = (j->training.optimizer != NN_ADAM);
	if (e->given.v.n > 0) {
		part = mpc_part(&e->given.v, step * e->rows * e->out, e->rows * e->out);
		mpc_add_public(&part, &last->given.v, 0);
		e->given.f = last->given.f;
	}
	return (0);
}

static int
left_range(const char *where, uint64_t step)
{

	return (fail(ST_RANGE, "after %" PRIu64 " steps a parameter of %s is beyond +-%d: try a smaller --rate, --standardize, "
	    "--clip, or --l2", step, where, 1 << NN_RANGE_BITS));
}

/* Name the layers that left the range, as many as there is room for. */
static int
check_layers(struct nn_job *j, struct mpc *S, uint64_t step)
{
	bool in[NN_MAX_LAYERS];
	const struct nn_layer *l;
	char names[160] = "";
	size_t i, len = 0;

	if (nn_layers_in_range(S, j->net, in) == -1)
		return (-1);
	for (i = 0; i < j->net->n && len < sizeof(names); i++) {
		l = &j->net->layers[i];
		if (!in[i])
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%slayer %zu (%s %zu)", (len > 0) ? ", of " : "",
			    l->index, l->type->name, l->count);
	}
	return ((len == 0) ? 0 : left_range(names, step));
}

static int
check_range(struct nn_job *j, struct mpc *S, struct epoch *e, uint64_t step)
{
	bool in;

	e->checked = step;
	if (j->watch)
		return (check_layers(j, S, step));
	if (nn_in_range(S, j->net, &in) == -1)
		return (-1);
	return (in ? 0 : left_range("the model", step));
}

/* Short epochs are not checked one by one unless layers are watched, but the last one is. */
static bool
check_is_due(const struct nn_job *j, const struct epoch *e, uint64_t step)
{

	return (j->watch || step - e->checked >= NN_CHECK_STEPS || e->number + 1 == j->training.epochs);
}

static int
run_checkpoint(struct nn_job *j, struct mpc *S, struct epoch *e, uint64_t step)
{

	if (check_range(j, S, e, step) == -1)
		return (-1);
	return ((j->checkpoint != NULL) ? j->checkpoint(j->state, step) : 0);
}

/* ---- measures ---- */

/* The labels of the rows that were used, in their order. */
static int
gather_labels(struct nn_job *j, struct mpc *S, const struct epoch *e, struct mpc_vector *labels, size_t rows)
{
	size_t *index, i;

	if (mpc_vector_new(S, labels, rows * e->out) == -1 || (index = mem_array(labels->n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < labels->n; i++)
		index[i] = e->order[e->first * e->rows + i / e->out] * e->out + i % e->out;
	mpc_gather(labels, &j->data.labels, index, labels->n);
	free(index);
	return (0);
}

/*
 * Compute what is asked for, and reveal all of it at once.  Not of an epoch that was begun in an earlier session: figures of
 * a few rows, which anybody could choose by stopping his tool, would tell about them.
 */
static int
measure(struct nn_job *j, struct mpc *S, struct epoch *e, struct nn_progress *p)
{
	size_t rows = (e->steps - e->first) * e->rows, n = 0;
	struct mpc_vector labels = { 0, NULL, NULL, NULL }, sums = labels, part;
	struct nn_tensor given = e->given;
	uint64_t clear[2] = { 0, 0 };
	int rc = -1;

	if (e->first > 0)
		return (0);
	given.v = mpc_part(&e->given.v, e->first * e->rows * e->out, rows * e->out);
	if (gather_labels(j, S, e, &labels, rows) == -1 || mpc_vector_new(S, &sums, (size_t)j->loss + j->accuracy) == -1 ||
	    nn_settle(S, &given, NN_BITS) == -1)
		goto out;
	part = mpc_part(&sums, n, 1);
	if (j->loss && nn_loss(S, &part, j->net->loss, &given.v, &labels, rows) == -1)
		goto out;
	n += j->loss;
	part = mpc_part(&sums, n, 1);
	if (j->accuracy && nn_correct(S, &part, j->net->loss, &given.v, &labels, rows) == -1)
		goto out;
	if ((rc = mpc_reveal(S, clear, &sums)) == -1)
		goto out;
	p->has_loss = j->loss && !mpc_is_dealer(S);
	p->has_accuracy = j->accuracy && !mpc_is_dealer(S);
	p->loss = ldexp((double)(int64_t)clear[0], -NN_BITS) / (double)rows;
	p->accuracy = ldexp((double)(int64_t)clear[n], -NN_BITS) / (double)rows;
	if (j->net->loss != NN_CROSS_ENTROPY)
		p->accuracy /= (double)e->out;
out:
	mpc_vector_free(&labels);
	mpc_vector_free(&sums);
	return (rc);
}

static int
epoch_end(struct nn_job *j, struct mpc *S, struct epoch *e)
{
	struct nn_progress p = { .epoch = e->number + 1, .step = (e->number + 1) * e->steps };

	if ((j->loss || j->accuracy) && measure(j, S, e, &p) == -1)
		return (-1);
	return ((j->progress != NULL) ? j->progress(j->state, &p) : 0);
}

/* ---- all of it ---- */

static int
run_epoch(struct nn_job *j, struct mpc *S, struct epoch *e)
{
	uint64_t step, all;
	int rc = epoch_begin(j, S, e);

	for (step = e->first; step < e->steps && rc == 0; step++) {
		rc = run_step(j, S, e, step);
		all = e->number * e->steps + step + 1;
		if (rc == 0 && j->every > 0 && all % j->every == 0)
			rc = run_checkpoint(j, S, e, all);
		else if (rc == 0 && step + 1 == e->steps && check_is_due(j, e, all))
			rc = check_range(j, S, e, all);
	}
	return ((rc == 0) ? epoch_end(j, S, e) : -1);
}

int
nn_job_run(struct nn_job *j, struct mpc *S)
{
	const struct nn_layer *last = &j->net->layers[j->net->n - 1];
	struct epoch e;
	int rc = 0;

	memset(&e, 0, sizeof(e));
	e.steps = nn_steps_per_epoch(&j->training, j->data.rows);
	e.rows = (j->data.rows < j->training.batch) ? j->data.rows : j->training.batch;
	e.out = nn_size(last->out);
	/* Until an order is drawn, as in a plan, the rows stand as they are. */
	if ((e.order = mem_array(j->data.rows, sizeof(*e.order))) == NULL)
		return (-1);
	e.first = j->step % e.steps;
	e.checked = j->step;
	for (e.number = j->step / e.steps; e.number < j->training.epochs && rc == 0; e.number++) {
		rc = run_epoch(j, S, &e);
		e.first = 0;
	}
	mpc_vector_free(&e.given.v);
	free(e.order);
	return (rc);
}
