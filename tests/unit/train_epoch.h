#ifndef TESTS_UNIT_TRAIN_EPOCH_H
#define TESTS_UNIT_TRAIN_EPOCH_H

/* All steps of an epoch, as the job of smpc-train takes them. */

#include <stdlib.h>

#include "base/mem.h"
#include "nn/train.h"

static inline int
train_epoch(struct nn_network *net, struct mpc *S, const struct nn_training *t,
    const struct nn_data *data, uint64_t epoch)
{
	uint64_t step, steps = nn_steps_per_epoch(t, data->rows);
	size_t *order;
	int rc = 0;

	if ((order = mem_array(data->rows, sizeof(*order))) == NULL)
		return (-1);
	nn_order(order, data->rows, t->seed, epoch);
	for (step = 0; step < steps && rc == 0; step++)
		rc = nn_step(net, S, t, data, order, step, epoch, NULL);
	free(order);
	return (rc);
}

#endif
