#ifndef SMPC_NN_METRICS_INTERNAL_H
#define SMPC_NN_METRICS_INTERNAL_H

/* What the files of metrics share; for nn/ alone. */

#include "nn/metrics.h"

#define METRICS_LOSS_BITS 16   /* fraction bits of probabilities, and of logarithms */
/* Fraction bits of what is squared, and the range of its words if nothing is known of it. */
#define METRICS_SQUARE_BITS 16
#define METRICS_SQUARE_RANGE (15 + METRICS_SQUARE_BITS)
#define METRICS_RANGE_BITS 20  /* before the point, of labels that are compared */

/* What is counted that is out of range: numbers of mse and r2, and predictions of other figures. */
enum { METRICS_BEYOND_VALUES, METRICS_BEYOND_ORDER, METRICS_BEYONDS };

/*
 * metrics_any(s, first, last):
 * Whether one of these figures is wanted.
 *
 * metrics_value_range(s):
 * Where words end that are squared.
 *
 * metrics_order_range(s):
 * Where words of predictions end, if none was out of range.
 */
unsigned metrics_value_range(const struct metrics_shape *s);
unsigned metrics_order_range(const struct metrics_shape *s);
bool metrics_any(const struct metrics_shape *s, enum metric first, enum metric last);

#endif /* !SMPC_NN_METRICS_INTERNAL_H */
