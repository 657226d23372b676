#ifndef SMPC_NN_JOB_H
#define SMPC_NN_JOB_H

/*
 * A whole training of a learner: epochs, what is measured of them, checkpoints, and the range
 * check.
 *
 * Reveals  one bit after each epoch and at each checkpoint, if NN_CHECK_STEPS steps have passed
 *          since the last one, and at the end: whether all that has been learnt is in range, and
 *          numbers on the way had room (learner.h); where its parts are to be watched, one for
 *          each of them, after every epoch, too; and the loss and the accuracy of each epoch,
 *          where they are asked for.  All to the computing parties.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/learner.h"

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
	struct learner *learner;
	struct nn_task task;
	const char *label;   /* what is learnt, the first column's name; NULL: it has none */
	bool watch;          /* the range of each part, in every epoch */
	/*
	 * Unless NULL: where something has left its range, say so, set this, and go on to the end
	 * all the same, without figures; whoever sees when we end does not learn of it.
	 */
	bool *withheld;
	uint64_t step;       /* to begin with, of all */
	/* steps from one checkpoint to the next one, and one at the end; 0: there are none */
	uint64_t every;
	/* Both return 0 or -1 (reported).  May be NULL. */
	int (*progress)(void *state, const struct nn_progress *p);
	int (*checkpoint)(void *state, uint64_t step);
	void *state;
};

/*
 * nn_job_run(j, S):
 * Train.  Return 0 or -1 (reported: status 5 where a parameter leaves the range, or numbers had no
 * room, unless that is to be withheld).
 */
int nn_job_run(struct nn_job *j, struct mpc *S);

/*
 * nn_job_solves(l):
 * Whether what a learner learns can be solved: lines, a single dense layer without an activation,
 * of at most NN_SOLVE_MAX_FEATURES features.
 */
bool nn_job_solves(struct learner *l);

/*
 * nn_job_solve(j, S):
 * Solve it (least_squares.h), of data that are standardized, in place of training: one epoch of one
 * step, whose loss is that of the result.  Return 0 or -1 (reported: status 5 where a parameter
 * leaves the range).
 *
 * Reveals  what the end of a training does.
 */
int nn_job_solve(struct nn_job *j, struct mpc *S);

/*
 * nn_job_left_range(j, place, step, watched):
 * Report (status 5) that after ${step} steps what has been learnt is out of range, in ${place}; or
 * that what it was learnt from had no room, if that was ${watched}, too.  Return -1; or 0, and
 * report nothing, where the place is "".
 */
int nn_job_left_range(const struct nn_job *j, const char *place, uint64_t step, bool watched);

#endif /* !SMPC_NN_JOB_H */
