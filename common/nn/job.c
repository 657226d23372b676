#include "nn/job.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "mpc/mpc.h"
#include "nn/measure.h"

/* An epoch on its way. */
struct epoch {
	/* the step that it began with here, and how many there are */
	uint64_t number, first, steps;
	size_t rows, out;              /* of a batch; numbers that a row gives */
	size_t *order;
	/* what the network gave for each row, before the step; for those that no step has, last */
	struct nn_tensor given;
	struct mpc_cost step_cost;     /* in a plan, once it is known */
	bool step_known;
	uint64_t checked;              /* steps, of all, when the range was last */
};

static int
epoch_begin(struct nn_job *j, struct mpc *S, struct epoch *e)
{

	if (!j->plan)
		nn_order(e->order, j->data.rows, j->training.seed, e->number);
	/*
	 * A plan's steps cost the same again unless their rate, which decides how many bits are cut
	 * off, changes.
	 */
	if (j->training.decay != 0)
		e->step_known = false;
	if (!j->loss && !j->accuracy)
		return (0);
	return ((e->given.v.n > 0) ? 0 : mpc_vector_new(S, &e->given.v, j->data.rows * e->out));
}

/* ---- steps ---- */

/* Keep what the network gave for ${rows} rows from ${first} of the order on. */
static void
keep_given(const struct nn_job *j, struct epoch *e, size_t first, size_t rows)
{
	const struct nn_layer *last = &j->net->layers[j->net->n - 1];
	struct mpc_vector part = mpc_part(&e->given.v, first * e->out, rows * e->out);

	mpc_add_public(&part, &last->given.v, 0);
	e->given.f = last->given.f;
}

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
	struct mpc_cost before = *mpc_declared(S);

	if (j->plan && e->step_known) {
		mpc_plan_add(S, &e->step_cost);
		return (0);
	}
	if (nn_step(j->net, S, &j->training, &j->data, e->order, step, e->number) == -1)
		return (-1);
	e->step_cost = cost_since(S, &before);
	e->step_known = (j->training.optimizer != NN_ADAM);
	if (e->given.v.n > 0)
		keep_given(j, e, step * e->rows, e->rows);
	return (0);
}

/*
 * Rows that do not fill a batch have no step; for the measures they are passed through at the end.
 */
static int
give_rest(struct nn_job *j, struct mpc *S, struct epoch *e)
{
	size_t first = e->steps * e->rows, rows = j->data.rows - first;

	if (rows == 0)
		return (0);
	if (nn_give_rows(j->net, S, &j->training, &j->data, e->order, first, rows) == -1)
		return (-1);
	keep_given(j, e, first, rows);
	return (0);
}

static int
left_range(const char *where, uint64_t step)
{

	return (fail(ST_RANGE, "after %" PRIu64 " steps a parameter of %s is beyond +-%d: try a "
	    "smaller --rate, --standardize, --clip, or --l2", step, where, 1 << NN_RANGE_BITS));
}

/* Name them, as many as there is room for. */
int
nn_check_layers(const struct nn_network *net, const bool *in, uint64_t step)
{
	const struct nn_layer *l;
	char names[160] = "";
	size_t i, len = 0;

	for (i = 0; i < net->n && len < sizeof(names); i++) {
		l = &net->layers[i];
		if (!in[i])
			len += (size_t)snprintf(names + len, sizeof(names) - len,
			    "%slayer %zu (%s %zu)", (len > 0) ? ", of " : "", l->index,
			    l->type->name, l->count);
	}
	return ((len == 0) ? 0 : left_range(names, step));
}

static int
check_layers(struct nn_job *j, struct mpc *S, uint64_t step)
{
	bool in[NN_MAX_LAYERS];

	return ((nn_layers_in_range(S, j->net, in) == -1) ? -1 : nn_check_layers(j->net, in, step));
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

/*
 * Whether the range is to be checked after a step: at the end of an epoch and at a checkpoint, but
 * not before so many steps have passed that the bit says nothing about a few rows; at the end of
 * all; and where layers are watched after every epoch.
 */
static bool
check_is_due(const struct nn_job *j, const struct epoch *e, uint64_t step, bool checkpoint)
{
	bool ended = step % e->steps == 0;

	if (step == j->training.epochs * e->steps || (j->watch && ended))
		return (true);
	return ((ended || checkpoint) && step - e->checked >= NN_CHECK_STEPS);
}

/*
 * The end is kept, too: what is left to do behind it can fail, and is repeated without any
 * training.
 */
static bool
checkpoint_is_due(const struct nn_job *j, const struct epoch *e, uint64_t step)
{

	return (j->every > 0 && (step % j->every == 0 || step == j->training.epochs * e->steps));
}

/* ---- measures ---- */

/*
 * Compute what is asked for, and reveal all of it at once; over all rows in every epoch, or two
 * epochs would differ by what a few rows, which the seed chooses, have for labels.  Not of an epoch
 * that was begun in an earlier session, for the same reason: anybody could choose them by stopping
 * his tool.
 */
static int
measure(struct nn_job *j, struct mpc *S, struct epoch *e, struct nn_progress *p)
{
	struct mpc_vector labels = { .n = 0 }, sums = labels, part;
	struct nn_tensor given;
	size_t rows = j->data.rows, n = 0;
	uint64_t clear[2] = { 0, 0 };
	int rc = -1;

	if (e->first > 0)
		return (0);
	if (give_rest(j, S, e) == -1 || mpc_vector_new(S, &labels, rows * e->out) == -1 ||
	    mpc_vector_new(S, &sums, (size_t)j->loss + j->accuracy) == -1)
		goto out;
	rows_gather(&labels, &j->data.labels, e->order, rows, e->out);
	given = e->given;
	given.v = mpc_part(&e->given.v, 0, e->given.v.n);
	if (nn_settle(S, &given, NN_BITS) == -1)
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

/*
 * What is done after ${step} steps of all.  A checkpoint is the last of it: training goes on behind
 * an epoch whose figures are there, or comes to its end again.
 */
static int
step_end(struct nn_job *j, struct mpc *S, struct epoch *e, uint64_t step)
{
	bool checkpoint = checkpoint_is_due(j, e, step);

	if (check_is_due(j, e, step, checkpoint) && check_range(j, S, e, step) == -1)
		return (-1);
	if (step % e->steps == 0 && epoch_end(j, S, e) == -1)
		return (-1);
	return ((checkpoint && j->checkpoint != NULL) ? j->checkpoint(j->state, step) : 0);
}

static int
run_epoch(struct nn_job *j, struct mpc *S, struct epoch *e)
{
	uint64_t step;
	int rc = epoch_begin(j, S, e);

	for (step = e->first; step < e->steps && rc == 0; step++) {
		rc = run_step(j, S, e, step);
		if (rc == 0)
			rc = step_end(j, S, e, e->number * e->steps + step + 1);
	}
	return (rc);
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
