#include "nn/job.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "nn/learner_network.h"
#include "nn/least_squares.h"

/* An epoch on its way. */
struct epoch {
	/* the step that it began with here, and how many there are */
	uint64_t number, first, steps;
	uint64_t checked;            /* steps, of all, when the range was last */
	struct mpc_cost step_cost;   /* in a plan, once it is known */
	bool step_known;
};

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

/* A plan's step that costs the same as the last one is not run. */
static int
take_step(struct nn_job *j, struct mpc *S, struct epoch *e, uint64_t step)
{
	const struct learner_kind *kind = j->learner->kind;
	struct mpc_cost before = *mpc_declared(S);

	if (j->task.plan && e->step_known && kind->repeats != NULL &&
	    kind->repeats(j->learner, S, e->number, step)) {
		mpc_plan_add(S, &e->step_cost);
		return (0);
	}
	if (kind->step(j->learner, S, e->number, step) == -1)
		return (-1);
	e->step_cost = cost_since(S, &before);
	e->step_known = true;
	return (0);
}

/* ---- range ---- */

int
nn_job_left_range(const struct nn_job *j, const char *place, uint64_t step, bool watched)
{
	bool named = j->label != NULL;

	if (*place == '\0')
		return (0);
	if (j->learner->kind->fault != NULL)
		return (fail(ST_RANGE, "after %" PRIu64 " steps %s %s%s%s%s", step,
		    j->watch ? "the model" : place, j->learner->kind->fault,
		    j->watch ? " (" : "", j->watch ? place : "", j->watch ? ")" : ""));
	return (fail(ST_RANGE, "after %" PRIu64 " steps a parameter of %s is beyond +-%d%s%s%s%s: "
	    "try --standardize, a smaller --rate, --clip, or --l2", step, place, 1 << NN_RANGE_BITS,
	    named ? ", learning '" : "", named ? j->label : "", named ? "'" : "",
	    watched ? ", or numbers that it was learnt from had no room (smpc-train(1), RANGE)" :
	    ""));
}

/* Something has left its range, if ${rc} is -1, and that was reported: is this the end? */
static int
withhold(struct nn_job *j, int rc)
{

	if (rc == 0 || j->withheld == NULL)
		return (rc);
	*j->withheld = true;
	warn("goes on to the end, and writes nothing, so that the dealer does not learn of this");
	return (0);
}

static bool
is_withheld(const struct nn_job *j)
{

	return (j->withheld != NULL && *j->withheld);
}

static int
check_learner(struct nn_job *j, struct mpc *S, struct epoch *e, uint64_t step)
{
	char place[LEARNER_MAX_PLACE_BYTES];

	e->checked = step;
	if (j->learner->kind->in_range(j->learner, S, j->watch, place) == -1)
		return (-1);
	return (is_withheld(j) ? 0 : withhold(j, nn_job_left_range(j, place, step, true)));
}

/*
 * Whether the range is to be checked after a step: at the end of an epoch and at a checkpoint, but
 * not before so many steps have passed that the bit says nothing about a few rows; at the end of
 * all; and where parts are watched after every epoch.
 */
static bool
check_is_due(const struct nn_job *j, const struct epoch *e, uint64_t step, bool checkpoint)
{
	bool ended = step % e->steps == 0;

	if (step == j->task.how.epochs * e->steps || (j->watch && ended))
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

	return (j->every > 0 && (step % j->every == 0 || step == j->task.how.epochs * e->steps));
}

/* ---- measures ---- */

/* A row adds no more to a cross-entropy: a probability is 2^-16 at least (measure.h). */
#define MOST_LOSS (NN_BITS * 0.69314718055994531)

/*
 * A figure that was revealed is from ${low} to ${high}.  Rounding may carry it beyond by ${error},
 * and is taken back; what is beyond by more comes of numbers that have wrapped around.
 */
static int
settle_measure(const char *name, uint64_t epoch, double low, double high, double error, double *v)
{

	if (!(*v >= low - error && *v <= high + error))
		return (fail(ST_RANGE, "the %s of epoch %" PRIu64 " comes out as %g, which cannot "
		    "be: numbers have left their range (smpc-train(1), RANGE): try a smaller "
		    "--rate, --standardize, or labels that are smaller", name, epoch, *v));
	*v = fmin(fmax(*v, low), high);
	return (0);
}

static int
judge_measures(const struct nn_job *j, struct nn_progress *p)
{
	const struct learner *l = j->learner;
	bool numbers = (l->target == LEARNER_NUMBERS);
	size_t losses = (l->target == LEARNER_BINARY) ? l->out : 1;

	if (p->has_loss && settle_measure("loss", p->epoch, 0,
	    numbers ? INFINITY : MOST_LOSS * (double)losses,
	    numbers ? ldexp((double)l->out, 1 - NN_BITS) : 2e-3 * (double)losses, &p->loss) == -1)
		return (-1);
	return (p->has_accuracy ? settle_measure("accuracy", p->epoch, 0, 1, 0, &p->accuracy) : 0);
}

static int
settle_measures(struct nn_job *j, struct nn_progress *p)
{

	return (is_withheld(j) ? 0 : withhold(j, judge_measures(j, p)));
}

/* Tell of an epoch, unless there is nothing any more to be told. */
static int
tell(const struct nn_job *j, const struct nn_progress *p)
{

	return ((j->progress != NULL && !is_withheld(j)) ? j->progress(j->state, p) : 0);
}

/*
 * Compute the figures that were asked for and reveal them together, over all rows: over fewer, two
 * epochs would differ by a few rows that the seed chooses, and show their labels.  For the same
 * reason skip an epoch that began in an earlier session: by stopping its tool, a party could choose
 * those rows.
 */
static int
measure_epoch(struct nn_job *j, struct mpc *S, const struct epoch *e, struct nn_progress *p)
{
	bool loss = j->task.loss, accuracy = j->task.accuracy;
	size_t rows = j->task.data.rows;
	struct mpc_vector sums, parts[2];
	word clear[2] = { 0, 0 };
	int rc = -1;

	if (e->first > 0)
		return (0);
	if (mpc_vector_new(S, &sums, (size_t)loss + accuracy) == -1)
		return (-1);
	parts[0] = mpc_part(&sums, 0, loss);
	parts[1] = mpc_part(&sums, loss, accuracy);
	if (j->learner->kind->measure(j->learner, S, loss ? &parts[0] : NULL, accuracy ? &parts[1] :
	    NULL) == 0)
		rc = mpc_reveal(S, clear, &sums);
	mpc_vector_free(&sums);
	p->has_loss = loss && mpc_sees_revealed(S);
	p->has_accuracy = accuracy && mpc_sees_revealed(S);
	p->loss = ldexp((double)(int64_t)clear[0], -NN_BITS) / (double)rows;
	p->accuracy = learner_accuracy(j->learner, ldexp((double)(int64_t)clear[loss], -NN_BITS),
	    rows);
	return ((rc == -1) ? -1 : settle_measures(j, p));
}

/* What is put off is done, if it is time, or all of it. */
static int
settle_steps(struct nn_job *j, struct mpc *S, bool all)
{
	const struct learner_kind *kind = j->learner->kind;

	return ((kind->settle != NULL) ? kind->settle(j->learner, S, all) : 0);
}

/* ---- all of it ---- */

/*
 * What is done after ${step} steps of all.  Figures are computed before the range is checked, as
 * they may leave it, too, and told when that is known.  A checkpoint is the last of it: training
 * goes on behind an epoch whose figures are there, or comes to its end again.
 */
static int
end_step(struct nn_job *j, struct mpc *S, struct epoch *e, uint64_t step)
{
	bool checkpoint = checkpoint_is_due(j, e, step), ended = step % e->steps == 0;
	struct nn_progress p = { .epoch = e->number + 1, .step = step };

	if (settle_steps(j, S, false) == -1 || (ended && (j->task.loss || j->task.accuracy) &&
	    measure_epoch(j, S, e, &p) == -1) || (check_is_due(j, e, step, checkpoint) &&
	    check_learner(j, S, e, step) == -1) || (ended && tell(j, &p) == -1))
		return (-1);
	if (!checkpoint || j->checkpoint == NULL)
		return (0);
	return ((settle_steps(j, S, true) == -1) ? -1 : j->checkpoint(j->state, step));
}

static int
take_epoch(struct nn_job *j, struct mpc *S, struct epoch *e)
{
	uint64_t step;
	int rc = 0;

	for (step = e->first; step < e->steps && rc == 0; step++) {
		rc = take_step(j, S, e, step);
		if (rc == 0)
			rc = end_step(j, S, e, e->number * e->steps + step + 1);
	}
	return (rc);
}

int
nn_job_run(struct nn_job *j, struct mpc *S)
{
	const struct learner_kind *kind = j->learner->kind;
	const struct nn_training *how = &j->task.how;
	struct epoch e;
	int rc;

	memset(&e, 0, sizeof(e));
	e.steps = kind->steps(j->learner, how, j->task.data.rows);
	e.first = j->step % e.steps;
	e.checked = j->step;
	rc = kind->begin(j->learner, S, &j->task);
	for (e.number = j->step / e.steps; e.number < how->epochs && rc == 0; e.number++) {
		rc = take_epoch(j, S, &e);
		e.first = 0;
	}
	kind->end(j->learner);
	return (rc);
}

/* ---- lines ---- */

bool
nn_job_solves(struct learner *l)
{
	const struct nn_network *net = learner_network_of(l);

	return (net != NULL && net->n == 1 && strcmp(net->layers[0].type->name, "dense") == 0 &&
	    nn_size(l->in) <= NN_SOLVE_MAX_FEATURES);
}

/* Its loss is the mean already. */
static int
reveal_loss(struct nn_job *j, struct mpc *S, const struct mpc_vector *loss, struct nn_progress *p)
{
	word clear = 0;

	if (!j->task.loss)
		return (0);
	if (mpc_reveal(S, &clear, loss) == -1)
		return (-1);
	p->has_loss = mpc_sees_revealed(S);
	p->loss = ldexp((double)(int64_t)clear, -NN_BITS);
	return (settle_measures(j, p));
}

int
nn_job_solve(struct nn_job *j, struct mpc *S)
{
	struct learner *l = j->learner;
	const struct nn_data *d = &j->task.data;
	const struct nn_lines lines = { .rows = d->rows, .features = nn_size(l->in),
		.outputs = l->out, .l2 = j->task.how.l2, .threads = j->task.how.threads };
	struct learner_tensor list[LEARNER_MAX_TENSORS];
	struct nn_progress p = { .epoch = 1, .step = 1 };
	struct epoch e = { .steps = 1 };
	struct mpc_vector loss;
	int rc = -1;

	(void)l->kind->tensors(l, list);
	if (mpc_vector_new(S, &loss, 1) == 0 &&
	    nn_least_squares(S, list[0].v, list[1].v, j->task.loss ? &loss : NULL, &lines, &d->x,
	    &d->labels) == 0 && check_learner(j, S, &e, 1) == 0)
		rc = reveal_loss(j, S, &loss, &p);
	mpc_vector_free(&loss);
	return ((rc == 0) ? tell(j, &p) : rc);
}
