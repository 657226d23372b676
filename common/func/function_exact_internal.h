#ifndef SMPC_FUNC_FUNCTION_EXACT_INTERNAL_H
#define SMPC_FUNC_FUNCTION_EXACT_INTERNAL_H

/*
 * Functions for a faithful engine: polynomials, each step of which ends in an exact floor, so that
 * a result depends on the input alone and not on masks.  They take far more rounds than the series
 * of function.c, which decides when to take them.
 */

#include "mpc/mpc.h"

#define EXACT_BITS 24 /* fraction bits of polynomials */

enum exact_core { EXACT_RECIPROCAL, EXACT_LOG, EXACT_SQRT, EXACT_RSQRT };

/*
 * exact_core(S, y, c, C, core):
 * y = core(c / 2^C) with EXACT_BITS, for c / 2^C from 0.105 to 1.005.
 */
int exact_core(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *c, unsigned C,
    enum exact_core core);

/*
 * exact_sigmoid(S, y, x, f):
 * y = sigmoid(x) for |x| <= 8, both with f fraction bits, 4 <= f <= 20.
 */
int exact_sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f);

/*
 * exact_exp2(S, y, t, f):
 * y = 2^(t / 2^f) with 30 fraction bits, as mpc_exp2, but only for 0 <= t / 2^f < 32.
 */
int exact_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *t, unsigned f);

#endif /* !SMPC_FUNC_FUNCTION_EXACT_INTERNAL_H */
