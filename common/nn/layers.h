#ifndef SMPC_NN_LAYERS_H
#define SMPC_NN_LAYERS_H

/* What layers have beside their table; for nn/ alone. */

#include "nn/network.h"

/* Fraction bits of gradients on their way back. */
#define NN_GRADIENT_BITS 20

/*
 * layer_logistic(p, x, y):
 * y = sigmoid(x) with NN_GRADIENT_BITS, for numbers below 2^16 with at most 32 fraction bits, which
 * need not have been truncated.  Four rounds.  On a faithful engine, with NN_BITS.
 */
int layer_logistic(const struct nn_pass *p, const struct nn_tensor *x, struct nn_tensor *y);

#endif /* !SMPC_NN_LAYERS_H */
