#ifndef SMPC_NN_TENSOR_H
#define SMPC_NN_TENSOR_H

/* Rows of numbers, their shape and their fraction bits: what all of nn/ works on. */

#include <stddef.h>

#include "mpc/mpc.h"

/* Fraction bits of data, of parameters and of predictions. */
#define NN_BITS 16

/* What is trained stays below 2^NN_RANGE_BITS in magnitude (smpc-train(1), RANGE). */
#define NN_RANGE_BITS 10

/* What a row looks like: channels, height and width; columns alone are channels. */
struct nn_shape {
	size_t channels, height, width;
};

/* Rows, row-major, and their fraction bits. */
struct nn_tensor {
	struct mpc_vector v;
	unsigned f;
};

struct nn_watch;

/* What happens in a pass of rows. */
struct nn_pass {
	struct mpc *S;
	size_t rows;
	unsigned threads;
	struct nn_watch *watch; /* notes whether numbers have room (watch.h), unless NULL */
	/* of rows that are predicted, where the learner takes one; below 2^31, NN_BITS */
	const struct mpc_vector *offset;
	/* of each feature, 1 where it is missing, and then 0 itself, else 0; NULL: none is */
	const struct mpc_vector *absent;
};

/*
 * nn_size(s):
 * How many numbers a row of that shape has.
 */
size_t nn_size(struct nn_shape s);

/*
 * nn_shape_parse(text, s):
 * Read "CxHxW", such as 1x28x28.  Return 0, or -1 where it is not such a text (not reported).
 */
int nn_shape_parse(const char *text, struct nn_shape *s);

/*
 * nn_settle(S, x, f):
 * Truncate x, where it is, to ${f} fraction bits, if it has more.
 */
int nn_settle(struct mpc *S, struct nn_tensor *x, unsigned f);

#endif /* !SMPC_NN_TENSOR_H */
