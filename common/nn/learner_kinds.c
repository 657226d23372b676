#include "nn/learner_glm.h"
#include "nn/learner_lasso.h"
#include "nn/learner_network.h"
#include "nn/learner_trees.h"

/* Alone in its file, so that a test can put a table of its own in its place. */
const struct learner_kind *const learner_kinds[] = {
	&learner_network,
	&learner_glm,
	&learner_lasso,
	&learner_trees,
	NULL,
};
