#ifndef SMPC_DATA_TREES_MODEL_INTERNAL_H
#define SMPC_DATA_TREES_MODEL_INTERNAL_H

/* What trees_model.c and trees_xgboost.c share. */

#include <stddef.h>

#include <jansson.h>

#include "data/trees_model.h"

enum { TREES_LABEL_MEAN, TREES_LABEL_SCALE, TREES_SPLITS, TREES_THRESHOLDS, TREES_MISSING,
	TREES_GAINS, TREES_LEAVES, TREES_TENSORS };

/* A tensor in the clear, row-major; of splits, the column of each row, -1 for none. */
struct trees_numbers {
	double *x;
	size_t rows, cols, due; /* so many rows it is to have */
	bool found;
};

struct trees_model {
	json_t *model;          /* NULL: no tensor has come yet */
	char loss[16];
	size_t trees, depth, classes;
	size_t total, outputs;  /* trees in all, and numbers of a leaf */
	bool missing;
	struct trees_numbers tensors[TREES_TENSORS];
	struct trees_numbers *now;
	struct part *part;      /* of the tensor at hand */
};

/*
 * trees_model_number(m, which, unless):
 * The number of a tensor of one; ${unless} where it was not there.
 */
double trees_model_number(const struct trees_model *m, size_t which, double unless);

/*
 * trees_model_check(m):
 * Whether all tensors are there, and whole.  Return 0 or -1 (reported, status 1).
 */
int trees_model_check(const struct trees_model *m);

/*
 * trees_model_name(m, j):
 * The name of feature ${j}, or NULL.
 */
const char *trees_model_name(const struct trees_model *m, size_t j);

#endif /* !SMPC_DATA_TREES_MODEL_INTERNAL_H */
