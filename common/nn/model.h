#ifndef SMPC_NN_MODEL_H
#define SMPC_NN_MODEL_H

/*
 * What a stream of parameters is: the field "model" of its first tensor (smpc-share(5), Models).
 * All of it is public.
 */

#include <stddef.h>
#include <stdint.h>

#include "nn/network.h"

struct nn_model {
	char *network;         /* canonical text */
	struct nn_shape in;
	/* of the fixed weights of a reservoir, and of the initial ones of all others */
	uint64_t seed;
	size_t n_features, n_labels;
	char **features;       /* names of columns; NULL: they have none */
	char **labels;
	/* what messages about a model that was read begin with; NULL: it was made here */
	char *where;
	/* Of a checkpoint alone. */
	uint64_t step;         /* that is the next one */
	/* digest of what is trained on and how; NULL: this is no checkpoint */
	char *job;
};

/*
 * nn_model_new(net, seed):
 * Describe a network, without names.  Return NULL (reported) on failure.
 */
struct nn_model *nn_model_new(const struct nn_network *net, uint64_t seed);
void nn_model_free(struct nn_model *m);

/*
 * nn_model_names(list, n, names, count):
 * Replace a list of names by copies of ${names}, which may be NULL.  Return 0 or -1 (reported).
 */
int nn_model_names(char ***list, size_t *n, const char *const *names, size_t count);

/*
 * nn_model_encode(m, json):
 * Write the field to a new string, in canonical form.  Return 0 or -1 (reported).
 */
int nn_model_encode(const struct nn_model *m, char **json);

/*
 * nn_model_decode(json, where):
 * The reverse.  Messages begin with ${where}, those of nn_model_network, too.  Return NULL
 * (reported: status 1) where ${json} is NULL or not such a field.
 */
struct nn_model *nn_model_decode(const char *json, const char *where);

/* A tensor that a model can have. */
struct nn_model_tensor {
	char name[64];
	size_t rows, cols;
	unsigned f;                 /* fraction bits */
	const char *const *columns; /* names, of the model's features or labels, or NULL */
	bool optional;
};

#define NN_MODEL_MAX_TENSORS (2 + 3 * 2 * NN_MAX_LAYERS)

/*
 * nn_model_tensors(m, net, list):
 * List them in their order: two of standardization; a weight and a bias for each layer that has
 * some, as nn_network_parameters has them; and, of a checkpoint, two of the optimizer for each of
 * these.  Return how many.
 */
size_t nn_model_tensors(const struct nn_model *m, struct nn_network *net,
    struct nn_model_tensor list[static NN_MODEL_MAX_TENSORS]);

/*
 * nn_model_network(m):
 * Make the network, and check that labels are what it gives: a name for each output, or one for all
 * classes of a softmax.  Return NULL (reported: status 1 for what was read) on failure.
 */
struct nn_network *nn_model_network(const struct nn_model *m);

#endif /* !SMPC_NN_MODEL_H */
