#ifndef SMPC_NN_METRICS_INTERNAL_H
#define SMPC_NN_METRICS_INTERNAL_H

/* What the files of metrics share; for nn/ alone. */

#include "nn/metrics.h"

#define METRICS_LOSS_BITS 16   /* fraction bits of probabilities, and of logarithms */
#define METRICS_SQUARE_BITS 16 /* fraction bits of what is squared */
#define METRICS_RANGE_BITS 20  /* before the point, of what is compared */

/*
 * metrics_any(s, first, last):
 * Whether one of these figures is wanted.
 */
bool metrics_any(const struct metrics_shape *s, enum metric first, enum metric last);

#endif /* !SMPC_NN_METRICS_INTERNAL_H */
