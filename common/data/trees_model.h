#ifndef SMPC_DATA_TREES_MODEL_H
#define SMPC_DATA_TREES_MODEL_H

/*
 * A model of trees that is revealed (smpc-share(5), Models): as the JSON of xgboost, and as a table
 * of what each feature has gained.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "data/part.h"

struct trees_model;

/*
 * trees_model_is(part):
 * Whether this is the first tensor of such a model.
 */
bool trees_model_is(const struct part *part);

/*
 * trees_model_new():
 * Begin.  NULL on failure (reported).
 */
struct trees_model *trees_model_new(void);

/*
 * trees_model_tensor(m, part):
 * Go to the next tensor of a model, of which this is the first part.  Return 0 or -1 (reported:
 * status 1 where it is none of a model of trees).
 */
int trees_model_tensor(struct trees_model *m, const struct part *part);

/*
 * trees_model_row(m, words):
 * Take the next row of the tensor.  Return 0 or -1 (reported).
 */
int trees_model_row(struct trees_model *m, const uint64_t *words);

/*
 * trees_model_xgboost(m, text):
 * Append the model as Booster.save_model of xgboost 1.7 writes it.  Thresholds are in units of the
 * data, leaves in that of the labels.  A node that is not split is left out, with all that is
 * right of it.  How many rows came to a node is not known: "sum_hessian" and "base_weights" are 0.
 * Boosting with classes gives probabilities, as here; of a tree or a forest with classes, whose
 * leaves are shares, the objective is reg:squarederror, with a target for each of more than 2.
 * Return 0 or -1 (reported: status 1 where tensors are missing or are none of trees).
 *
 * Rounding   of thresholds: see table/xgboost.h.
 */
int trees_model_xgboost(struct trees_model *m, struct buf *text);

/*
 * trees_model_table(m, text):
 * Append a table as CSV: name, gain, weight; a row for each feature, with the sum of what its
 * splits have gained, and their number ("total_gain" and "weight" of xgboost).  The same errors.
 */
int trees_model_table(struct trees_model *m, struct buf *text);

/*
 * trees_model_free(m):
 * Wipe and free; harmless on NULL.
 */
void trees_model_free(struct trees_model *m);

#endif /* !SMPC_DATA_TREES_MODEL_H */
