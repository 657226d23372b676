#include "nn/learner_trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/beyond.h"
#include "nn/trees_internal.h"

static struct trees *
trees_of(struct learner *l)
{

	return ((struct trees *)l);
}

/* ---- what it is ---- */

static enum learner_target
target_of(const struct trees_text *t)
{

	return ((t->classes == 0) ? LEARNER_NUMBERS : (t->classes == 2) ? LEARNER_BINARY :
	    LEARNER_CLASSES);
}

static const char *
what_gives(const struct trees_text *t)
{

	return ((t->classes == 0) ? NULL : (t->loss == TREES_LOGISTIC) ? "sigmoid" :
	    (t->loss == TREES_SOFTMAX) ? "softmax" : "mean of the leaves");
}

static struct learner *
trees_make(const char *text, struct nn_shape in)
{
	struct trees *a;

	if ((a = mem_array(1, sizeof(*a))) == NULL)
		return (NULL);
	if (trees_read(&a->how, text) == -1) {
		fail(ST_USAGE, "'%s' is no tree", text);
		free(a);
		return (NULL);
	}
	trees_print(a->text, &a->how);
	a->cols = nn_size(in);
	a->nodes = trees_nodes(&a->how);
	a->leaves = trees_leaves(&a->how);
	a->outputs = trees_outputs(&a->how);
	a->total = a->how.trees * trees_in_round(&a->how);
	a->is = (struct learner){ .kind = &learner_trees, .text = a->text, .in = in,
		.out = (a->how.classes > 2) ? a->how.classes : 1,
		.target = target_of(&a->how),
		.gives = what_gives(&a->how),
		.orders = true,
		.absent = a->how.missing,
		.widest = a->nodes * 8 };
	return (&a->is);
}

static void
trees_free(struct learner *l)
{
	struct trees *a = trees_of(l);

	learner_trees.end(l);
	mpc_vector_free(&a->splits);
	mpc_vector_free(&a->thresholds);
	mpc_vector_free(&a->missing);
	mpc_vector_free(&a->gains);
	mpc_vector_free(&a->leaf);
	free(a);
}

/* A tree that is not grown yet has no splits, and leaves of 0. */
static int
trees_start(struct learner *l, struct mpc *S, uint64_t seed)
{
	struct trees *a = trees_of(l);
	const size_t nodes = a->total * a->nodes;

	(void)seed;
	if (mpc_vector_new(S, &a->splits, nodes * a->cols) == -1 ||
	    mpc_vector_new(S, &a->thresholds, nodes) == -1 ||
	    (a->how.missing && mpc_vector_new(S, &a->missing, nodes) == -1) ||
	    mpc_vector_new(S, &a->gains, nodes) == -1 ||
	    mpc_vector_new(S, &a->leaf, a->total * a->leaves * a->outputs) == -1)
		return (-1);
	mpc_add_public(&a->thresholds, &a->thresholds, TREES_NEVER);
	return (0);
}

static size_t
trees_tensors(struct learner *l, struct learner_tensor list[static LEARNER_MAX_TENSORS])
{
	struct trees *a = trees_of(l);
	const size_t nodes = a->total * a->nodes;
	size_t n = 0;

	list[n++] = (struct learner_tensor){ .name = "splits", .rows = nodes, .cols = a->cols,
		.inputs = true, .v = &a->splits };
	list[n++] = (struct learner_tensor){ .name = "thresholds", .rows = nodes, .cols = 1,
		.v = &a->thresholds };
	if (a->how.missing)
		list[n++] = (struct learner_tensor){ .name = "missing", .rows = nodes, .cols = 1,
			.v = &a->missing };
	list[n++] = (struct learner_tensor){ .name = "gains", .rows = nodes, .cols = 1,
		.f = TREES_GAIN_BITS, .v = &a->gains };
	list[n++] = (struct learner_tensor){ .name = "leaves", .rows = a->total * a->leaves,
		.cols = a->outputs,
		.f = TREES_LEAF_BITS, .outputs = (a->outputs > 1), .v = &a->leaf };
	return (n);
}

/* ---- steps ---- */

/* Numbers of rows and nodes that a forest grows at a time. */
#define GROVE_WORDS ((double)(1 << 22))

/* Trees that are grown together: those of a round; of a forest, as many as there is room for. */
static size_t
trees_at_once(const struct trees *a, size_t rows)
{
	const double each = (double)rows * (double)a->leaves * (double)(a->outputs + 1);
	const size_t most = (each < GROVE_WORDS) ? (size_t)(GROVE_WORDS / each) : 1;

	if (a->how.kind == TREES_BOOST)
		return (trees_in_round(&a->how));
	return ((most < a->total) ? most : a->total);
}

static uint64_t
trees_steps(const struct learner *l, const struct nn_training *how, size_t rows)
{
	const struct trees *a = (const struct trees *)l;
	const size_t n = trees_at_once(a, rows);

	(void)how;
	return ((a->total + n - 1) / n);
}

/* Labels that are standardized have this many. */
static unsigned
trees_bits(const struct learner *l, size_t rows)
{

	(void)l;
	(void)rows;
	return (TREES_GRADIENT_BITS);
}

static double
trees_room(struct learner *l, const struct nn_training *how, size_t rows)
{
	const struct trees *a = trees_of(l);
	const double n = (double)rows, edges = (double)(a->cols * a->how.bins),
	    nodes = (double)(trees_at_once(a, rows) * a->leaves);

	(void)how;
	return (n * edges + 4 * n * nodes * (double)(a->outputs + 2) + (double)learner_size(l));
}

static int
trees_begin(struct learner *l, struct mpc *S, const struct nn_task *task)
{
	struct trees *a = trees_of(l);
	const struct nn_data *d = &task->data;

	a->task = task;
	a->scored = false;
	a->at_once = trees_at_once(a, d->rows);
	a->scale = trees_scale_of(a, d->rows, (d->heaviest > 0) ? d->heaviest : 1);
	if (mpc_is_faithful(S) && a->how.loss == TREES_LOGISTIC)
		return (fail(ST_USAGE, "--faithful is not for boosting with classes, whose "
		    "probabilities have bits that depend on masks"));
	return ((mpc_vector_new(S, &a->score, a->is.out * d->rows) == -1 ||
	    mpc_vector_new(S, &a->faults, 1) == -1) ? -1 : trees_bins_begin(S, a));
}

/* What trees from before a checkpoint say of the rows. */
static int
score_before(struct mpc *S, struct trees *a, size_t first)
{
	const struct nn_data *d = &a->task->data;

	a->scored = true;
	if (first == 0 || a->how.kind != TREES_BOOST)
		return (0);
	return (trees_score(S, a, &a->score, &d->x, (d->absent.n > 0) ? &d->absent : NULL, d->rows,
	    0, first));
}

static int
trees_step(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step)
{
	struct trees *a = trees_of(l);
	const size_t first = (size_t)step * a->at_once;

	(void)epoch;
	if (!a->scored && score_before(S, a, first) == -1)
		return (-1);
	return (trees_grow(S, a, first));
}

/* All full steps but the first cost the same. */
static bool
trees_repeats(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step)
{
	const struct trees *a = trees_of(l);

	(void)S;
	(void)epoch;
	return (step > 0 && (step + 1) * a->at_once <= a->total);
}

static int
trees_measure(struct learner *l, struct mpc *S, struct mpc_vector *loss,
    struct mpc_vector *correct)
{

	(void)l;
	(void)S;
	(void)loss;
	(void)correct;
	return (fail(ST_USAGE, "--reveal is not for --model tree, forest and boost: predict "
	    "(smpc-predict), and score that (smpc-score)"));
}

static int
trees_in_range(struct learner *l, struct mpc *S, bool each,
    char place[static LEARNER_MAX_PLACE_BYTES])
{
	struct trees *a = trees_of(l);
	bool good = true;

	(void)each;
	place[0] = '\0';
	if (a->how.loss == TREES_SQUARED && a->how.classes == 0 &&
	    mpc_open_all_none(S, &good, &a->faults) == -1)
		return (-1);
	snprintf(place, LEARNER_MAX_PLACE_BYTES, "%s", good ? "" : "the model");
	return (0);
}

static void
trees_end(struct learner *l)
{
	struct trees *a = trees_of(l);

	mpc_vector_free(&a->score);
	mpc_vector_free(&a->faults);
	trees_bins_end(&a->bins);
}

const struct learner_kind learner_trees = {
	.name = "trees",
	.make = trees_make,
	.free = trees_free,
	.start = trees_start,
	.tensors = trees_tensors,
	.steps = trees_steps,
	.bits = trees_bits,
	.room = trees_room,
	.begin = trees_begin,
	.step = trees_step,
	.repeats = trees_repeats,
	.measure = trees_measure,
	.in_range = trees_in_range,
	.end = trees_end,
	.predict = trees_predict,
	.fault = "does not come nearer to the labels: take a smaller --rate, or more --rows",
};
