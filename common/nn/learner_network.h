#ifndef SMPC_NN_LEARNER_NETWORK_H
#define SMPC_NN_LEARNER_NETWORK_H

/* A network of layers as a learner, trained by steps along gradients of batches. */

#include "nn/learner.h"
#include "nn/network.h"

extern const struct learner_kind learner_network;

/*
 * learner_network_of(l):
 * The network of a learner, which keeps it; NULL if it is of another kind.
 */
struct nn_network *learner_network_of(struct learner *l);

/*
 * learner_network_name(net, in, place):
 * Name the layers that are not in range, ${in} having one for each, as many as there is room for;
 * "": all are.
 */
void learner_network_name(const struct nn_network *net, const bool *in,
    char place[static LEARNER_MAX_PLACE_BYTES]);

#endif /* !SMPC_NN_LEARNER_NETWORK_H */
