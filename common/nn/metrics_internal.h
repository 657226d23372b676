#ifndef SMPC_NN_METRICS_INTERNAL_H
#define SMPC_NN_METRICS_INTERNAL_H

/* What the files of metrics share; for nn/ alone. */

#include "nn/metrics.h"

#define METRICS_LOSS_BITS 16   /* fraction bits of probabilities, and of logarithms */
/* Fraction bits of what is squared; its words are below 2^RANGE if nothing else is known. */
#define METRICS_SQUARE_BITS 16
#define METRICS_SQUARE_RANGE (15 + METRICS_SQUARE_BITS)
#define METRICS_RANGE_BITS 20  /* before the point, of labels that are compared */

/* What is counted that is out of range: numbers of mse and r2, and predictions of other figures. */
enum { METRICS_BEYOND_VALUES, METRICS_BEYOND_ORDER, METRICS_BEYONDS };

/*
 * metrics_any(s, first, last):
 * Whether one of the figures from ${first} to ${last} is wanted.
 */
bool metrics_any(const struct metrics_shape *s, enum metric first, enum metric last);

/*
 * metrics_value_range(s), metrics_order_range(s):
 * The n for which words that are squared, and words of predictions that are put in order, are below
 * 2^n, if none was out of range.
 */
unsigned metrics_value_range(const struct metrics_shape *s);
unsigned metrics_order_range(const struct metrics_shape *s);

#endif /* !SMPC_NN_METRICS_INTERNAL_H */
