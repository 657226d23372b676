#ifndef SMPC_CLI_STAGE_PRODUCT_H
#define SMPC_CLI_STAGE_PRODUCT_H

/*
 * Products of two shares, for smpc-mul and smpc-matmul.  Fraction bits add up in a product; unless
 * all are kept, it is cut off to as many as the factor with more has.
 */

#include <stdbool.h>

#include "data/scale.h"
#include "mpc/mpc.h"

/*
 * product_scale(s, factor, keep, shift):
 * Make *${s} the scale of its product with a factor of scale ${factor}, and set *${shift} to how
 * many fraction bits are cut off: none where ${keep}.  Return 0, or -1 (reported: status 5, the
 * scale does not fit).
 */
int product_scale(struct scale *s, struct scale factor, bool keep, unsigned *shift);

/*
 * product_cut(S, y, B, a, b, shift):
 * ${y} = B(${a}, ${b}), cut off by ${shift} bits.  The last operation is an interactive one with
 * ${y} as its result.  Return 0 or -1 (reported).
 */
int product_cut(struct mpc *S, struct mpc_vector *y, const struct bilinear *B,
    const struct mpc_vector *a, const struct mpc_vector *b, unsigned shift);

#endif /* !SMPC_CLI_STAGE_PRODUCT_H */
