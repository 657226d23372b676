#ifndef SMPC_NN_JOB_H
#define SMPC_NN_JOB_H

/*
 * A whole training: epochs, what is measured of them, checkpoints, and the range check.
 *
 * Reveals  one bit after each epoch and at each checkpoint, if NN_CHECK_STEPS steps have passed
 *          since the last one, and at the end: whether all parameters are in range (measure.h);
 *          where layers are to be watched, one for each layer that is trained, after every epoch,
 *          too; and the loss and the accuracy of each epoch, where they are asked for. All to the
 *          computing parties.
 */

#include <stdbool.h>
#include <stdint.h>

#include "nn/train.h"

#define NN_CHECK_STEPS 16

/* After an epoch. */
struct nn_progress {
	uint64_t epoch;     /* that has ended, from 1 */
	uint64_t step;      /* that is the next one, of all, from 0 */
	bool has_loss, has_accuracy;
	/*
	 * means over all rows, each before the step that it was used in, or at the end if in none
	 */
	double loss, accuracy;
};

struct nn_job {
	struct nn_network *net;
	struct nn_training training;
	struct nn_data data;
	bool loss, accuracy; /* to be revealed */
	bool watch;          /* the range of each layer, in every epoch */
	bool plan;           /* the engine is a plan: steps that cost the same are not all run */
	uint64_t step;       /* to begin with */
	/* steps from one checkpoint to the next one, and one at the end; 0: there are none */
	uint64_t every;
	/* Both return 0 or -1 (reported).  May be NULL. */
	int (*progress)(void *state, const struct nn_progress *p);
	int (*checkpoint)(void *state, uint64_t step);
	void *state;
};

/*
 * nn_job_run(j, S):
 * Train.  Return 0 or -1 (reported: status 5 where a parameter leaves the range).
 */
int nn_job_run(struct nn_job *j, struct mpc *S);

/*
 * nn_check_layers(net, in, step):
 * Report (status 5) the layers that are not in range after ${step} steps; ${in} has one for each.
 * Return -1, or 0 where all are.
 */
int nn_check_layers(const struct nn_network *net, const bool *in, uint64_t step);

#endif /* !SMPC_NN_JOB_H */
