#ifndef SMPC_CLI_DATASET_H
#define SMPC_CLI_DATASET_H

/* Whole tables of numbers as operands: features and labels (stage.h). */

#include "cli/stage.h"

struct dataset {
	size_t rows, cols;
	struct mpc_vector x; /* NN_BITS */
	char **names;        /* of the columns, or NULL */
	/* For dataset.c. */
	size_t room;
	size_t *positions;
	unsigned f;
};

/*
 * dataset_read(stage, operand, features, list, labels, inputs):
 * Read all rows of a stream that has one tensor.  The columns that ${list} names (columns.h) go to
 * ${labels}, in the order of the table, and all others to ${features}; where ${labels} is NULL,
 * those of ${list} are left out, and where ${list} is NULL, all are features.  Both are zeroed
 * before and are freed with dataset_free in any case; the parts are appended to ${inputs}.  Return
 * 0 or -1 (reported).
 */
int dataset_read(struct stage *stage, size_t operand, struct dataset *features, const char *list,
    struct dataset *labels, struct stage_inputs *inputs);

/*
 * dataset_free(d):
 * Wipe and free; harmless on a zeroed one.
 */
void dataset_free(struct dataset *d);

#endif /* !SMPC_CLI_DATASET_H */
