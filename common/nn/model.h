#ifndef SMPC_NN_MODEL_H
#define SMPC_NN_MODEL_H

/*
 * What a stream of a learner's tensors is: the field "model" of its first tensor (smpc-share(5),
 * Models).  All of it is public.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "nn/learner.h"

#define NN_MODEL_MOST_UNIT 62

struct nn_model {
	/* Of the learner (learner.h); the name of the field that has the text tells the kind. */
	const struct learner_kind *kind;
	char *text;            /* canonical */
	struct nn_shape in;
	/* of all that it starts with; read from a model only if predictions need it */
	uint64_t seed;
	size_t n_features, n_labels;
	char **features;       /* names of columns; NULL: they have none */
	char **labels;
	/*
	 * What was known of these columns, an array with an element for each, and of the schema
	 * that they kept to, as headers of data have it (data/column.h); NULL: nothing.  A model
	 * that does not say what was known of labels is one from before models said it.
	 */
	json_t *feature_columns, *label_columns;
	/*
	 * of a learner that orders features, and does not standardize them: the exponents of their
	 * units, one for each; NULL: all are 0
	 */
	int *units;
	char *schema;
	/* what messages about a model that was read begin with; NULL: it was made here */
	char *where;
	/* Of a checkpoint alone. */
	uint64_t step;         /* that is the next one */
	/* digest of what is trained on and how; NULL: this is no checkpoint */
	char *job;
};

/*
 * nn_model_new(l, seed):
 * Describe a learner, without names.  Return NULL (reported) on failure.
 */
struct nn_model *nn_model_new(const struct learner *l, uint64_t seed);
void nn_model_free(struct nn_model *m);

/*
 * nn_model_names(list, n, names, count):
 * Replace a list of names by copies of ${names}, which may be NULL.  Return 0 or -1 (reported).
 */
int nn_model_names(char ***list, size_t *n, const char *const *names, size_t count);

/*
 * nn_model_set_units(m, units):
 * Replace the units of features by a copy of ${units}, which may be NULL.  Return 0 or -1
 * (reported: one is beyond +-NN_MODEL_MOST_UNIT).
 */
int nn_model_set_units(struct nn_model *m, const int *units);

/*
 * nn_model_encode(m, json):
 * Write the field to a new string, in canonical form.  Return 0 or -1 (reported).
 */
int nn_model_encode(const struct nn_model *m, char **json);

/*
 * nn_model_decode(json, where):
 * The reverse.  Messages begin with ${where}, those of nn_model_learner, too.  Return NULL
 * (reported: status 1) where ${json} is NULL or not such a field.
 */
struct nn_model *nn_model_decode(const char *json, const char *where);

/* A tensor that a model can have. */
struct nn_model_tensor {
	char name[LEARNER_MAX_NAME_BYTES];
	size_t rows, cols;
	unsigned f;                 /* fraction bits */
	const char *const *columns; /* names, of the model's features or labels, or NULL */
	bool optional;
	struct mpc_vector *v;       /* where the learner has its words; NULL: it is not its own */
};

/*
 * Tensors of a model that are not the learner's: its first ones.  The latter two are of a learner
 * that gives numbers; of another one they have no name.
 */
enum { NN_MODEL_MEAN, NN_MODEL_SCALE, NN_MODEL_LABEL_MEAN, NN_MODEL_LABEL_SCALE, NN_MODEL_FILL,
	NN_MODEL_OWN_TENSORS };

#define NN_MODEL_MAX_TENSORS (NN_MODEL_OWN_TENSORS + LEARNER_MAX_TENSORS)

/*
 * nn_model_tensors(m, l, list):
 * List them in their order: those of standardization; those of the learner; and, of a checkpoint,
 * those of its state.  Return how many.
 */
size_t nn_model_tensors(const struct nn_model *m, struct learner *l,
    struct nn_model_tensor list[static NN_MODEL_MAX_TENSORS]);

/*
 * nn_model_check_own(found, where):
 * Whether tensors of which one says nothing without the other are both found.  Return 0 or -1
 * (reported, status 1).
 */
int nn_model_check_own(const bool found[static NN_MODEL_OWN_TENSORS], const char *where);

/*
 * nn_model_learner(m):
 * Make the learner, and check that labels are what it gives: a name for each output, or one for all
 * classes.  Return NULL (reported: status 1 for what was read) on failure.
 */
struct learner *nn_model_learner(const struct nn_model *m);

#endif /* !SMPC_NN_MODEL_H */
