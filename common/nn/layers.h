#ifndef SMPC_NN_LAYERS_H
#define SMPC_NN_LAYERS_H

/*
 * What a layer is, on the operations of mpc.h alone, so that it runs on every engine.  A layer
 * knows its shapes, its parameters and what a pass leaves in it; of the network that it stands in
 * it knows nothing (network.h).
 *
 * Shapes   B rows of a batch; C, H, W channels, height and width of what a layer takes; C', H', W'
 *          of what it gives.  Rows are row-major, channel by channel.
 * Scale    NN_BITS fraction bits for data, weights and what layers give; more for what has not been
 *          truncated yet.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/tensor.h"

/*
 * Fraction bits of gradients on their way back: 4 more than data, as gradients are smaller; and no
 * more, as a sum over a batch of products with data has to fit (NN_GRADIENT_LIMIT_BITS).
 */
#define NN_GRADIENT_BITS 20

/*
 * Numbers that are trained, with ${f} fraction bits in their gradient, and what an optimizer keeps
 * of them.
 */
struct nn_parameter {
	char name[32];
	size_t rows, cols;
	struct mpc_vector value;    /* NN_BITS */
	struct nn_tensor gradient;  /* of the sum over the batch */
	struct mpc_vector state[2]; /* of the optimizer */
};

struct nn_layer;

struct nn_layer_type {
	const char *name;
	const char *usage;             /* its parameters, as the manual has them */
	/* a letter each: n count, k kernel, s stride, p padding; those after / may be left out */
	const char *parameters;
	bool pending;                  /* takes numbers that have not been truncated yet */
	/*
	 * How large the numbers that it takes may be, with *${f} fraction bits: a little less than
	 * there is room for, as rounding may add to them.  *${f} becomes the fraction bits of what
	 * it gives.
	 */
	double (*room)(const struct nn_layer *l, unsigned *f);
	/*
	 * By which factor the root of the sum of squares of some rows grows at most on the way
	 * through, forward and back; times that of its weights, if it has some.  0: no number that
	 * it gives is beyond 1, but for rounding.
	 */
	double (*gain)(const struct nn_layer *l);
	/* Check the parameters and set the shape of what it gives; reported. */
	int (*shape)(struct nn_layer *l);
	/* y = layer(x); y->v has been made, y->f is to be set. */
	int (*forward)(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
	    struct nn_tensor *y);
	/*
	 * From the gradient dy at what was given: gradients of parameters, and, unless dx is NULL,
	 * the gradient at x.
	 */
	int (*backward)(struct nn_layer *l, const struct nn_pass *p, const struct nn_tensor *x,
	    const struct nn_tensor *dy, struct nn_tensor *dx);
};

struct nn_layer {
	const struct nn_layer_type *type;
	size_t index; /* from 1, as parameters are named */
	struct nn_shape in, out;
	size_t count, kernel, stride, padding;
	struct nn_parameter weight, bias; /* without rows: has none */
	uint64_t *fixed;                  /* of a reservoir: public weights */
	/* Of the pass that was last: what it gave, and bits that the way back needs. */
	struct nn_tensor given;
	struct nn_tensor gradient;        /* at what it took */
	struct mpc_bits *bits;
	size_t n_bits;
	size_t rows;                      /* that all this is for */
};

/* All kinds, and one without a name. */
extern const struct nn_layer_type nn_layer_types[];

/*
 * Norms of what is squared, with 16 fraction bits, are below this: the sum of squares stays below
 * 2^63 with any below 2^15.5 = 46340.
 */
#define NN_NORM_LIMIT 43000

/* What goes into layer_logistic is below this. */
#define NN_LOGISTIC_LIMIT 65400

/*
 * layer_logistic(p, x, y):
 * y = sigmoid(x) with NN_GRADIENT_BITS, for numbers from -65488 to 65484 with at most 32 fraction
 * bits, which need not have been truncated.  Four rounds.  On a faithful engine, with NN_BITS.
 */
int layer_logistic(const struct nn_pass *p, const struct nn_tensor *x, struct nn_tensor *y);

#endif /* !SMPC_NN_LAYERS_H */
