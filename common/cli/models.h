#ifndef SMPC_CLI_MODELS_H
#define SMPC_CLI_MODELS_H

/* Models as operands and as results of tools that work in a session (stage.h). */

#include "cli/stage.h"
#include "nn/model.h"

struct model {
	struct nn_model *about;
	struct learner *learner;         /* with its tensors */
	/*
	 * what was known of the features and labels that it was trained on (model_columns.h); NULL:
	 * nothing, and of labels: it is from before models said it
	 */
	struct column *features, *labels;
	size_t n_features, n_labels;
	/* of columns that are standardized first: NN_BITS and NN_SCALE_BITS; n = 0: none are */
	struct mpc_vector mean, scale;
	/*
	 * exponents of these columns (features.h), or of features that are ordered, and not
	 * standardized; NULL: all are 0
	 */
	int *units;
	/*
	 * of labels that are, and what predictions are multiplied by then and what is added to
	 * them; n = 0: none are
	 */
	struct mpc_vector label_mean, label_scale; /* NN_BITS and NN_DEVIATION_BITS */
	int *label_units; /* as of columns */
	/*
	 * what stands for values that are missing, of all features; NN_BITS, n = 0: the model was
	 * trained on none, or it is what they are standardized by, the mean
	 */
	struct mpc_vector fill;
	struct stage_inputs inputs;     /* the parts that it was read from */
	/* what was spent on it: it was learnt from sums with noise, and may leave; NULL: nothing */
	const struct budgets *spent;
};

/*
 * model_read(stage, operand, m):
 * Read a model, all that the stream has, into *${m}, zeroed before and to be freed with model_free
 * in any case.  Return 0 or -1 (reported: status 1 where it is no model, or where tensors are
 * missing or of another shape).
 */
int model_read(struct stage *stage, size_t operand, struct model *m);

/*
 * model_write(r, m, inputs):
 * Write a model to the result ${r}, that of an engine or another one, as made of ${inputs}; a
 * checkpoint, if about->job says so, with what the optimizer keeps.  Return 0 or -1 (reported).
 */
int model_write(struct result *r, const struct model *m, const struct stage_inputs *inputs);

/*
 * model_free(m):
 * Wipe and free; harmless on a zeroed one.
 */
void model_free(struct model *m);

#endif /* !SMPC_CLI_MODELS_H */
