#include "nn/learner_trees.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
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

const struct learner_kind learner_trees = {
	.name = "trees",
	.make = trees_make,
	.free = trees_free,
	.start = trees_start,
	.tensors = trees_tensors,
	.predict = trees_predict,
};
