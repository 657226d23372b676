#include <string.h>

#include "base/mem.h"
#include "mpc/aes_internal.h"
#include "mpc/correlated_internal.h"
#include "ring/bits.h"
#include "ring/monomial.h"

/*
 * S-boxes of AES, at a computing party.  A byte is a Y + b over GF(16), masked by XOR, and its
 * inverse is (a e, (a + b) e) with e = 1 / N(a, b).  Three things are opened, each under a fresh
 * mask:
 *
 *	N(a, b)     a quadratic form: N(m) - N(m, l) + N(l), with N( , ) its bilinear part.  The
 *	            dealer gives N(l); the rest is a product of what we know by our shares
 *	e           a function of four bits, of which m are known: a sum of products of m's and of
 *	            l's, which the dealer gives
 *	(x, y)      bilinear, as any product
 *
 * (In characteristic 2, - is +.)  That is 16 bits a byte, where circuits of 32 conjunctions open
 * 32, and in three rounds for their four or six.
 */

/* N of bytes: share and send it. */
static int
send_norm(struct aes *a, const struct aes_part *p, size_t byte)
{
	size_t words = p->words, at = p->at + byte * 2 * GF16_BITS * words, half = at / 2;
	const word *m = a->state.m + at, *lam = a->state.lam + at;
	word *share = a->norm.m + half;

	if (correlated_norm(a->S, share, words) == -1)
		return (-1);
	mask_bits(a->S, a->norm.lam + half, GF16_BITS * words);
	gf16_add_norm_cross(share, m, lam, words);
	if (is_first(a->S))
		gf16_add_norm(share, m, words);
	return (open_send(a->S, share, GF16_BITS * words));
}

/* Our shares of all products of an element's mask bits, by the set of bits; the empty one is 1. */
static int
mask_monomials(struct mpc *S, const word *monomial[1 << GF16_BITS], const word *lam, word *dealt,
    word *one, size_t words)
{
	const unsigned *sets = aes_monomials();
	size_t i;

	memset(one, is_first(S) ? 0xff : 0, words * sizeof(*one));
	monomial[0] = one;
	for (i = 0; i < GF16_BITS; i++)
		monomial[1 << i] = lam + i * words;
	for (i = 0; i < GF16_MONOMIALS; i++)
		monomial[sets[i]] = dealt + i * words;
	return (correlated_products(S, dealt, GF16_MONOMIALS, words));
}

/* out += our share of a product of bits of m + l. */
static void
add_term(word *out, unsigned set, const word *const *monomial, const word *m, size_t words)
{
	const word *of_masks[1 << GF16_BITS], *of_m[GF16_BITS];
	unsigned width = 0, i, k, subset = 0;

	for (i = 0; i < GF16_BITS; i++) {
		if ((set >> i & 1) != 0)
			of_m[width++] = m + i * words;
	}
	for (k = 0; k < 1U << width; k++, subset = monomial_subset_after(subset, set))
		of_masks[k] = monomial[subset];
	monomial_add_product(out, of_masks, of_m, width, words);
}

/* e = 1 / N of bytes. */
static int
send_inverse(struct aes *a, const struct aes_part *p, size_t byte)
{
	size_t words = p->words, at = (p->at + byte * 2 * GF16_BITS * words) / 2, i;
	word dealt[GF16_MONOMIALS * CHUNK_WORDS], one[CHUNK_WORDS], *share = a->inverse.m + at;
	const word *monomial[1 << GF16_BITS];
	unsigned j;
	int rc;

	rc = mask_monomials(a->S, monomial, a->norm.lam + at, dealt, one, words);
	if (rc == 0) {
		mask_bits(a->S, a->inverse.lam + at, GF16_BITS * words);
		memcpy(share, a->inverse.lam + at, GF16_BITS * words * sizeof(*share));
		for (j = 0; j < GF16_BITS; j++) {
			for (i = 0; gf16_inverse_term(j, i) != 0; i++)
				add_term(share + j * words, gf16_inverse_term(j, i), monomial,
				    a->norm.m + at, words);
		}
	}
	mem_wipe(dealt, GF16_MONOMIALS * words * sizeof(*dealt));
	return ((rc == 0) ? open_send(a->S, share, GF16_BITS * words) : -1);
}

/* a e and (a + b) e of bytes. */
static int
send_products(struct aes *a, const struct aes_part *p, size_t byte)
{
	size_t words = p->words, n = 2 * GF16_BITS * words, at = p->at + byte * n, i;
	const word *m = a->state.m + at, *lam = a->state.lam + at;
	word left[2 * GF16_BITS * CHUNK_WORDS], *share = a->boxed.m + at;
	int rc;

	if ((rc = correlated_inverse(a->S, share, words)) == 0) {
		mask_bits(a->S, a->boxed.lam + at, n);
		/* The first party adds the product of what all know: two of its terms in one. */
		for (i = 0; i < n; i++)
			left[i] = lam[i] ^ first_alone(a->S, m[i]);
		gf16_add_products(share, left, a->inverse.m + at / 2, words);
		gf16_add_products(share, m, a->inverse.lam + at / 2, words);
		rc = open_send(a->S, share, n);
	}
	mem_wipe(left, n * sizeof(*left));
	return (rc);
}

/* Open ${z}, of which ${send} sends a byte's planes of ${bits} bits. */
static int
open_bytes(struct aes *a, word *z, size_t bits,
    int (*send)(struct aes *a, const struct aes_part *p, size_t byte))
{
	size_t sent = 0, taken = 0, i, j;
	struct aes_part p;

	for (i = 0; i < a->parts; i++) {
		p = aes_part(a, i);
		for (j = 0; j < p.bytes; j++) {
			if (send(a, &p, j) == -1)
				return (-1);
			sent += bits * p.words;
		}
		if (open_behind(a->S, z, sent, &taken, SHARES_XOR) == -1)
			return (-1);
	}
	return (open_receive(a->S, z + taken, sent - taken, SHARES_XOR));
}

int
masked_substitute(struct aes *a)
{

	if (open_bytes(a, a->norm.m, GF16_BITS, send_norm) == -1 ||
	    open_bytes(a, a->inverse.m, GF16_BITS, send_inverse) == -1)
		return (-1);
	return (open_bytes(a, a->boxed.m, 2 * GF16_BITS, send_products));
}

int
masked_aes128(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
    const struct mpc_bits *key)
{

	return (aes_run(S, y, x, key, AES_ROUNDS, masked_substitute));
}
