#ifndef SMPC_DATA_COEFFICIENTS_H
#define SMPC_DATA_COEFFICIENTS_H

/*
 * A model of a single dense layer as a table of coefficients in the units of the data: what it
 * standardizes by is taken back.  With weights W, a bias b, features (x - m) s and labels that are
 * the outputs times d and plus c (smpc-share(5), Models),
 *
 *   y = ((x - m) s W + b) d + c:   coefficients s W d, intercept (b - m s W) d + c
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "data/part.h"

struct coefficients;

/*
 * coefficients_new(ratios):
 * Begin; with the columns of ratios of a generalized linear model.  NULL on failure (reported).
 */
struct coefficients *coefficients_new(bool ratios);

/*
 * coefficients_tensor(c, part):
 * Go to the next tensor of a model, of which this is the first part.  Return 0 or -1 (reported:
 * status 1 where it is no model, or one of other layers).
 */
int coefficients_tensor(struct coefficients *c, const struct part *part);

/*
 * coefficients_row(c, words):
 * Take the next row of the tensor.  Return 0 or -1 (reported).
 */
int coefficients_row(struct coefficients *c, const uint64_t *words);

/*
 * coefficients_print(c, text):
 * Append the table as CSV: "name" and a column for each output; a row for the intercept, and one
 * for each feature; of a generalized linear model see glm_table.h.  Return 0 or -1
 * (reported: status 1 where tensors are missing).
 */
int coefficients_print(const struct coefficients *c, struct buf *text);

/*
 * coefficients_free(c):
 * Wipe and free; harmless on NULL.
 */
void coefficients_free(struct coefficients *c);

#endif /* !SMPC_DATA_COEFFICIENTS_H */
