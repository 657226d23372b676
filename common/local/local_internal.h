#ifndef SMPC_LOCAL_LOCAL_INTERNAL_H
#define SMPC_LOCAL_LOCAL_INTERNAL_H

/*
 * The two ways of the sums and products of local.h: row by row (local_rows.c), or a whole tensor
 * folded into its result (local_tensor.c).  local.c chooses.
 */

#include <stdbool.h>

#include "data/reader.h"
#include "data/writer.h"
#include "local/operand.h"

/*
 * local_matmul_right(r, matrix, w), local_matmul_left(r, matrix, w):
 * x C, row by row, and C x, folded; ${matrix} is reduced, and of the modulus of the first part.
 */
int local_matmul_right(struct reader *r, struct operand *matrix, struct writer *w);
int local_matmul_left(struct reader *r, const struct operand *matrix, struct writer *w);

/*
 * local_sum_across(r, mean, w), local_sum_down(r, all, mean, w):
 * The sum of each row, row by row; of each column or, where ${all}, of everything, folded.
 */
int local_sum_across(struct reader *r, bool mean, struct writer *w);
int local_sum_down(struct reader *r, bool all, bool mean, struct writer *w);

#endif /* !SMPC_LOCAL_LOCAL_INTERNAL_H */
