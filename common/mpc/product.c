#include "mpc/correlated_internal.h"

#include "base/mem.h"

/*
 * What stays of a product at a computing party: z = z - B(m_x, lam_y) - B(lam_x, m_y), and B(m_x,
 * m_y) at the first.
 */
static int
product_terms(const struct mpc *S, uint64_t *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	uint64_t *left = x->lam;
	size_t i;
	int rc = -1, sign = -1;

	if (S->self == 1) {
		/* B(m_x - lam_x, m_y): two products do the work of three. */
		if ((left = mem_array(x->n, sizeof(*left))) == NULL)
			return (-1);
		for (i = 0; i < x->n; i++)
			left[i] = x->m[i] - x->lam[i];
		sign = 1;
	}
	if (bilinear_add(B, z, left, y->m, sign) == 0 && bilinear_add(B, z, x->m, y->lam, -1) == 0)
		rc = 0;
	if (left != x->lam)
		mem_wipe_free(left, x->n * sizeof(*left));
	return (rc);
}

/* One product of vectors that are no longer than they have to be. */
static int
multiply(struct mpc *S, struct mpc_vector *z, size_t first, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	size_t n = bilinear_z(B);
	uint64_t *room, *share;
	int rc;

	mask_words(S, z, first, n);
	if (S->self > 0) {
		share = z->m + first;
		if (source_bilinear(S, share, B, NULL, NULL, NULL) == -1 ||
		    product_terms(S, share, B, x, y) == -1)
			return (-1);
		return (open_send(S, share, n));
	}
	if ((room = mem_array(n, sizeof(*room))) == NULL)
		return (-1);
	rc = source_bilinear(S, room, B, x->lam, y->lam, z->lam + first);
	mem_wipe_free(room, n * sizeof(*room));
	return (rc);
}

int
masked_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	struct mpc_vector part_x, part_y;
	struct bilinear part;
	size_t i, c;

	if (B->kind != BILINEAR_ELEMENTS) {
		if (multiply(S, z, 0, B, x, y) == -1)
			return (-1);
		return (open_receive(S, z->m, z->n, OPEN_ADD));
	}
	/* By chunks, so that all parties work at the same time. */
	for (i = 0; i < z->n; i += c) {
		c = chunk_of(z->n - i);
		part_x = mpc_part(x, i, c);
		part_y = mpc_part(y, i, c);
		part = bilinear_elements(c);
		if (multiply(S, z, i, &part, &part_x, &part_y) == -1)
			return (-1);
	}
	return (open_receive(S, z->m, z->n, OPEN_ADD));
}
