#ifndef SMPC_CLI_TRAINING_NOISE_H
#define SMPC_CLI_TRAINING_NOISE_H

/*
 * What smpc-train does with --epsilon and --delta: lines and logistic regressions that are learnt
 * from sums with noise (nn/private.h).
 */

#include "cli/noising.h"

/* What is asked for. */
struct noisy_training {
	const char *label;  /* the column */
	bool lines;         /* of numbers; else logistic */
	unsigned steps;     /* of the latter, 2 to NN_PRIVATE_MOST_STEPS */
	double l2;
	unsigned threads;
	struct noise noise; /* of noisy_training_check; noise_free is due */
};

/*
 * noisy_training_check(stage, state), noisy_training_describe(state, d), noisy_training_run(stage,
 * state):
 * The work (stage.h) of a struct noisy_training.  What headers can tell is refused by the first of
 * them, before anything is spent: status 5 where a range is not declared, or a label is not 0 to 1.
 */
int noisy_training_check(const struct stage *stage, void *state);
void noisy_training_describe(void *state, struct descriptor *d);
int noisy_training_run(struct stage *stage, void *state);

#endif /* !SMPC_CLI_TRAINING_NOISE_H */
