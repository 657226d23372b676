#ifndef SMPC_NN_NETWORK_H
#define SMPC_NN_NETWORK_H

/*
 * Networks: layers in a row, and the loss that follows from the last one.  Shapes and scales are
 * those of layers.h.
 */

#include "nn/layers.h"

#define NN_MAX_LAYERS 64

enum nn_loss {
	NN_MSE,          /* mean of squares, after no activation or one of any kind */
	NN_BCE,          /* after a sigmoid */
	NN_CROSS_ENTROPY /* after a softmax */
};

struct nn_network {
	struct nn_shape in;
	size_t n;
	struct nn_layer *layers;
	enum nn_loss loss;
	char *text; /* canonical: "dense 128, relu, dense 10, softmax" */
};

/*
 * nn_network_new(text, in):
 * Make a network from its text, layers separated by commas.  Return NULL, having reported (status
 * 2), if it cannot be understood, does not fit, or is too large.
 */
struct nn_network *nn_network_new(const char *text, struct nn_shape in);
void nn_network_free(struct nn_network *net);

/*
 * nn_network_parameters(net, list):
 * List what is trained, in the order of the layers; return how many.
 */
size_t nn_network_parameters(struct nn_network *net,
    struct nn_parameter *list[static 2 * NN_MAX_LAYERS]);

/*
 * nn_network_start(net, S, seed):
 * Make room for the parameters and set them to public initial values that follow from ${seed}:
 * uniform, as He and Glorot have them, biases 0.  Return 0 or -1 (reported).
 */
int nn_network_start(struct nn_network *net, struct mpc *S, uint64_t seed);

/*
 * nn_forward(net, p, x, layers):
 * Pass rows through the first ${layers} layers.  What each of them gave stays in it, until the next
 * pass.
 */
int nn_forward(struct nn_network *net, const struct nn_pass *p, const struct nn_tensor *x,
    size_t layers);

/*
 * nn_give(net, p, x):
 * Pass rows through all layers as a step of training does: what the network gave is in its last
 * layer, with the fraction bits that the loss takes; a sigmoid there is 0 or 1 far out.
 */
int nn_give(struct nn_network *net, const struct nn_pass *p, const struct nn_tensor *x);

/*
 * nn_gradient(net, p, x, labels, weights):
 * Forward and back: gradients of the loss, summed over the batch, in the parameters.  ${labels} has
 * the shape of what the network gives, with NN_BITS fraction bits.  ${weights}, unless NULL, has
 * the same shape and NN_WEIGHT_BITS: what the gradient at the output is multiplied by; a product
 * and a truncation more.
 */
#define NN_WEIGHT_BITS 12
int nn_gradient(struct nn_network *net, const struct nn_pass *p, const struct nn_tensor *x,
    const struct mpc_vector *labels, const struct mpc_vector *weights);

/*
 * nn_class_weights(S, weights, labels, out, classes):
 * weights = the public weight of the class of each row, for each of its labels, with
 * NN_WEIGHT_BITS: of ${out} classes, a column of labels for each; or, ${out} being 0, of the
 * classes 0 and 1 of each label by itself.  ${classes} has one for each, below 2^10; labels that
 * are neither 0 nor 1 get what is between.  One round.
 */
int nn_class_weights(struct mpc *S, struct mpc_vector *weights, const struct mpc_vector *labels,
    size_t out, const double *classes);

#endif /* !SMPC_NN_NETWORK_H */
