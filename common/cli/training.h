#ifndef SMPC_CLI_TRAINING_H
#define SMPC_CLI_TRAINING_H

/* What smpc-train does in its session: from operands to a model (stage.h). */

#include "cli/checkpoint.h"
#include "cli/models.h"
#include "nn/job.h"
#include "nn/learner_glm.h"
#include "nn/learner_lasso.h"
#include "nn/learner_trees.h"
#include "nn/prepare.h"

/* What is asked for. */
struct training {
	/*
	 * Operands: features, labels unless they are columns of the same stream, and a model to
	 * begin with.
	 */
	const char *labels;        /* columns, or NULL */
	bool separate, init;
	/*
	 * linear, logistic, softmax, glm, lasso, tree, forest or boost; NULL: a network is given,
	 * or that of the model
	 */
	const char *model;
	const char *network;       /* layers; NULL: see above */
	struct nn_shape in;        /* channels = 0: as many features as there are */
	struct glm_text glm;       /* of the model "glm" */
	struct lasso_text lasso;   /* of the model "lasso" */
	/*
	 * of trees, but for what the data say: classes, and with them the loss, whether values are
	 * missing, and what is not said of columns (0)
	 */
	struct trees_text trees;
	const char *offset, *weights; /* columns, or NULL */
	size_t classes;            /* 0: not said */
	enum nn_standard standardize; /* 0: features as they are */
	bool solve;                /* lines, if there are not too many features */
	struct nn_training how;
	bool loss, accuracy;       /* to be revealed */
	bool watch;                /* the range of each layer */
	double *class_weights;     /* NULL: all are 1 */
	size_t n_class_weights;
	bool float64;              /* in the clear, and not by the engine */
	const char *log, *checkpoint;
	/* training_check says here what the headers decide: what it is called, and who is there */
	struct stage_work *work;
	uint64_t every;            /* steps or epochs between checkpoints */
	bool every_step;
};

/*
 * training_check(stage, state), training_run(stage, state):
 * The work (stage.h) of a struct training, and what of it the headers tell.
 */
int training_check(const struct stage *stage, void *state);
int training_run(struct stage *stage, void *state);

/*
 * training_done(t):
 * The model has its name: what was kept for a repetition is not needed any more.
 */
void training_done(const struct training *t);

#endif /* !SMPC_CLI_TRAINING_H */
