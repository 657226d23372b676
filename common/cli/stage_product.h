#ifndef SMPC_CLI_STAGE_PRODUCT_H
#define SMPC_CLI_STAGE_PRODUCT_H

/*
 * Products of two shares, for smpc-mul and smpc-matmul.  Fraction bits add up in a product; unless
 * all are kept, it is cut off to as many as the factor with more has.
 */

#include <stdbool.h>

#include "data/bounds.h"
#include "data/part.h"
#include "data/scale.h"
#include "mpc/mpc.h"

/* Words of products are below 2^62 in magnitude: what is to be cut off has to be (mpc_truncate). */
#define PRODUCT_BITS MPC_NUMBER_RANGE

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

/*
 * product_limit(p, number_bits):
 * Return b with all words of ${p} below 2^b if numbers are below 2^${number_bits}, and words are
 * such that a product takes them.
 */
unsigned product_limit(const struct part *p, unsigned number_bits);

/*
 * product_fits(b):
 * Whether words within ${b} may be a product that is to be cut off.
 */
bool product_fits(struct bounds b);

/*
 * A column of a factor, or of a product: a word x stands for x 2^exponent in units of the scale.
 */
struct factor {
	struct bounds words;
	int exponent;
	/* not as wide as that for safety's sake: an owner declared them, or all they came from */
	bool declared;
};

/*
 * factor_of(p, j, limit):
 * What the header says of column ${j}; where it does not say how large words are, they are below
 * 2^limit in magnitude.
 */
struct factor factor_of(const struct part *p, size_t j, unsigned limit);

/*
 * factor_bits(f):
 * The least b with all words below 2^b in magnitude.
 */
unsigned factor_bits(const struct factor *f);

/*
 * factor_spare(f, keep):
 * How many bits the words may lose.  Where an exponent is negative they have more fraction bits, in
 * their owner's unit, than the scale, which are enough.  And where their range is what an owner
 * declared, they keep what is needed at least, ${keep} bits of the largest of them.  Words that may
 * not be below 2^62, which are not cut off (mpc_truncate), lose none.
 */
unsigned factor_spare(const struct factor *f, unsigned keep);

/*
 * factor_cut(f, bits), factor_raise(f, bits), factor_truncate(f, shift):
 * Make ${f} the same column with words that have ${bits} fewer, as mpc_truncate leaves them, or so
 * many more, of 0; the exponent changes by as much.  The last one cuts fraction bits of the scale,
 * and the exponent stays.  factor_raise returns whether words stay below 2^62.
 */
void factor_cut(struct factor *f, unsigned bits);
bool factor_raise(struct factor *f, unsigned bits);
void factor_truncate(struct factor *f, unsigned shift);

/*
 * factor_multiply(f, g):
 * Make ${f} its product with ${g}, unless that may not be below 2^62 in magnitude; return whether
 * it is.
 */
bool factor_multiply(struct factor *f, const struct factor *g);

#endif /* !SMPC_CLI_STAGE_PRODUCT_H */
