#ifndef SMPC_NN_LAYERS_H
#define SMPC_NN_LAYERS_H

/* What layers have beside their table; for nn/ alone. */

#include "nn/network.h"

/* Fraction bits of gradients on their way back, and of what a logistic output is left with. */
#define NN_GRADIENT_BITS 20
#define NN_LOGISTIC_BITS 28

/*
 * layer_logistic(p, x, y):
 * y = sigmoid(x) with NN_LOGISTIC_BITS fraction bits, for |x| <= 56; periodic beyond.  One round.
 */
int layer_logistic(const struct nn_pass *p, const struct nn_tensor *x, struct nn_tensor *y);

#endif /* !SMPC_NN_LAYERS_H */
