#include "mpc/aes_internal.h"
#include "mpc/correlated_internal.h"
#include "mpc/cost_internal.h"

/* S-boxes of AES, at the dealer: masks of all that is opened, and what depends on them (aes.c). */

static int
deal_norm_of(struct aes *a, const struct aes_part *p, size_t byte)
{
	size_t words = p->words, at = p->at + byte * 2 * GF16_BITS * words;
	word *mask = a->norm.lam + at / 2;

	mask_bits(a->S, mask, GF16_BITS * words);
	return (deal_norm(a->S, a->state.lam + at, mask, words));
}

static int
deal_inverse_of(struct aes *a, const struct aes_part *p, size_t byte)
{
	size_t words = p->words, at = (p->at + byte * 2 * GF16_BITS * words) / 2, i;
	const word *bits[GF16_BITS];

	for (i = 0; i < GF16_BITS; i++)
		bits[i] = a->norm.lam + at + i * words;
	mask_bits(a->S, a->inverse.lam + at, GF16_BITS * words);
	return (deal_products(a->S, bits, aes_monomials(), GF16_MONOMIALS, words));
}

static int
deal_products_of(struct aes *a, const struct aes_part *p, size_t byte)
{
	size_t words = p->words, n = 2 * GF16_BITS * words, at = p->at + byte * n;

	mask_bits(a->S, a->boxed.lam + at, n);
	return (deal_inverse(a->S, a->state.lam + at, a->inverse.lam + at / 2, a->boxed.lam + at,
	    words));
}

/* What is opened of ${n} words, in a round that the computing parties wait for. */
static int
deal_bytes(struct aes *a, size_t n,
    int (*deal)(struct aes *a, const struct aes_part *p, size_t byte))
{
	struct aes_part p;
	size_t i, j;

	cost_add(&a->S->counted, 1, 0, WORD_BITS * (uint64_t)n);
	for (i = 0; i < a->parts; i++) {
		p = aes_part(a, i);
		for (j = 0; j < p.bytes; j++) {
			if (deal(a, &p, j) == -1)
				return (-1);
		}
	}
	return (0);
}

int
dealer_substitute(struct aes *a)
{

	if (deal_bytes(a, a->words / 2, deal_norm_of) == -1 ||
	    deal_bytes(a, a->words / 2, deal_inverse_of) == -1)
		return (-1);
	return (deal_bytes(a, a->words, deal_products_of));
}

int
dealer_aes128(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
    const struct mpc_bits *key)
{

	return (aes_run(S, y, x, key, AES_ROUNDS, dealer_substitute));
}
