#include "mpc/correlated_internal.h"

/*
 * Noise.  The dealer shares its own, nu_0, as g_1 + ... + g_n; each computing party adds its own,
 * nu_i, which the dealer does not know, and all open
 *
 *	m' = m + sum over i of g_i + nu_i + lam'_i - lam_i = x + nu_0 + nu_1 + ... + nu_n + lam'
 *
 * under fresh masks lam'.  What party i sends is random to the others, by lam'_i; and when lam'
 * comes out with the result, it is g_i + nu_i less lam_i, the mask of x, which does not come out.
 */

/* Our share, with m at the first party; ${y} may be ${x}. */
static void
noise_share(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const word *own,
    const word *dealt, size_t first, size_t n)
{
	word *share = y->held.m + first;
	size_t i;

	for (i = 0; i < n; i++)
		share[i] = first_alone(S, x->held.m[first + i]) + dealt[i] + own[first + i] -
		    x->held.lam[first + i];
	mask_words(S, y, first, n);
	put_on(share, y->held.lam + first, n, SHARES_ADD);
}

int
masked_add_noise(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const word *own)
{
	word *dealt;
	size_t i, c;

	if ((dealt = work_room(S, WORK_NOISE, CHUNK * sizeof(*dealt))) == NULL)
		return (-1);
	for (i = 0; i < x->n; i += c) {
		c = chunk_of(x->n - i);
		if (correlated_noise(S, dealt, c) == -1)
			return (-1);
		noise_share(S, y, x, own, dealt, i, c);
		if (open_send(S, y->held.m + i, c) == -1)
			return (-1);
	}
	return (open_words(S, y));
}
