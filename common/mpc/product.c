#include "base/mem.h"
#include "mpc/correlated_internal.h"

/*
 * Products.  With x = m_x - lam_x, y = m_y - lam_y and a bilinear map B,
 *
 *	B(x, y) = B(m_x, m_y) - B(m_x, lam_y) - B(lam_x, m_y) + B(lam_x, lam_y)
 *
 * The first term is public among the computing parties; the second and third are sums over the
 * parties' shares of masks, each of which one party computes; of the last, with the result's mask
 * added, the dealer gives shares.  So z + lam_z is a sum of what the parties have, and is opened.
 */

/*
 * Our share of it: share = share - B(m_x, lam_y) - B(lam_x, m_y), and B(m_x, m_y) at the first
 * party, which takes it together with the third term as B(m_x - lam_x, m_y): two products for
 * three.
 */
static int
add_own_terms(const struct mpc *S, word *share, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	const word *m_x = x->held.m, *lam_x = x->held.lam, *m_y = y->held.m, *lam_y = y->held.lam;
	word *left;
	size_t i;
	int rc;

	if (!is_first(S))
		return ((bilinear_add(B, share, lam_x, m_y, -1) == 0) ?
		    bilinear_add(B, share, m_x, lam_y, -1) : -1);
	if ((left = mem_array(x->n, sizeof(*left))) == NULL)
		return (-1);
	for (i = 0; i < x->n; i++)
		left[i] = m_x[i] - lam_x[i];
	if ((rc = bilinear_add(B, share, left, m_y, 1)) == 0)
		rc = bilinear_add(B, share, m_x, lam_y, -1);
	mem_wipe_free(left, x->n * sizeof(*left));
	return (rc);
}

/* One product, to words ${first} .. of z: mask it, and send our share. */
static int
send_product(struct mpc *S, struct mpc_vector *z, size_t first, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	word *share = z->held.m + first;

	mask_words(S, z, first, bilinear_z(B));
	if (correlated_bilinear(S, share, B) == -1 || add_own_terms(S, share, B, x, y) == -1)
		return (-1);
	return (open_send(S, share, bilinear_z(B)));
}

int
masked_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	struct mpc_vector part_x, part_y;
	struct bilinear part;
	size_t i, c;

	if (B->kind != BILINEAR_ELEMENTS)
		return ((send_product(S, z, 0, B, x, y) == -1) ? -1 : open_words(S, z));
	/* By chunks, so that all parties work at the same time. */
	for (i = 0; i < z->n; i += c) {
		c = chunk_of(z->n - i);
		part_x = mpc_part(x, i, c);
		part_y = mpc_part(y, i, c);
		part = bilinear_elements(c);
		if (send_product(S, z, i, &part, &part_x, &part_y) == -1)
			return (-1);
	}
	return (open_words(S, z));
}
