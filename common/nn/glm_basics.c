#include "nn/glm_internal.h"

/* Four times what the binomial family has. */
double
glm_unit(const struct glm *g)
{

	return ((g->how.family == GLM_BINOMIAL) ? 4 : 1);
}

bool
glm_is_power(const struct glm *g)
{

	return (g->how.family == GLM_POISSON || g->how.family == GLM_GAMMA);
}

bool
glm_has_classes(const struct glm *g)
{

	return (g->how.family == GLM_BINOMIAL && !g->how.proportions);
}

/* Whether weights change with b. */
bool
glm_changes(const struct glm *g)
{

	return (g->how.family == GLM_BINOMIAL || g->how.family == GLM_POISSON || g->how.inverse);
}

unsigned
glm_eta_bits(const struct glm *g)
{

	return (g->x_bits + GLM_STEP_BITS);
}

/* to = from with ${bits} more. */
void
glm_add_bits(struct mpc_vector *to, const struct mpc_vector *from, unsigned bits, int sign)
{

	mpc_add_scaled(to, from, sign * ((int64_t)1 << bits));
}

/* z = x y, without its last ${shift} bits. */
int
glm_times(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y, unsigned shift)
{
	struct mpc_vector product;
	int rc;

	if ((rc = mpc_vector_new(S, &product, z->n)) == 0 &&
	    (rc = mpc_product(S, &product, B, x, y)) == 0)
		rc = mpc_truncate(S, z, &product, shift);
	mpc_vector_free(&product);
	return (rc);
}

int
glm_times_step(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x,
    const struct mpc_vector *y)
{
	const struct bilinear B = bilinear_elements(z->n);

	return (glm_times(S, z, &B, x, y, GLM_STEP_BITS));
}
