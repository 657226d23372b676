#include "cli/stage_product.h"

int
product_scale(struct scale *s, struct scale factor, bool keep, unsigned *shift)
{
	unsigned kept = (factor.fraction_bits > s->fraction_bits) ? factor.fraction_bits :
	    s->fraction_bits;

	if (scale_multiply(s, factor, SCALE_CUT_SHARES) == -1)
		return (-1);
	*shift = keep ? 0 : s->fraction_bits - kept;
	s->fraction_bits -= *shift;
	return (0);
}

int
product_cut(struct mpc *S, struct mpc_vector *y, const struct bilinear *B,
    const struct mpc_vector *a, const struct mpc_vector *b, unsigned shift)
{
	struct mpc_vector z;
	int rc;

	if (shift == 0)
		return (mpc_product(S, y, B, a, b));
	rc = mpc_vector_new(S, &z, y->n);
	if (rc == 0 && (rc = mpc_product(S, &z, B, a, b)) == 0)
		rc = mpc_truncate(S, y, &z, shift);
	mpc_vector_free(&z);
	return (rc);
}
