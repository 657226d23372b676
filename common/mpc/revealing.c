#include "mpc/engine_internal.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/prg.h"
#include "mpc/cost_internal.h"
#include "ring/bits.h"

/*
 * The last step of all: computing parties make sure that they agree, and tell each other a result.
 */

void
masked_input(struct mpc *S, const struct mpc_vector *x)
{

	opened_add(S, x->held.m, x->n);
}

int
masked_check(struct mpc *S)
{
	uint8_t own[crypto_onetimeauth_BYTES], other[sizeof(own)];
	size_t p;

	cost_add(&S->counted, 1, 0, 8 * sizeof(own));
	for (p = 1; p <= S->n; p++) {
		if (p == S->self)
			continue;
		opened_hash(S, p, own);
		if (S->net.send(S->net.state, p, own, sizeof(own)) == -1)
			return (-1);
	}
	for (p = 1; p <= S->n; p++) {
		if (p == S->self)
			continue;
		if (S->net.receive(S->net.state, p, other, sizeof(other)) == -1)
			return (-1);
		opened_hash(S, p, own);
		if (sodium_memcmp(own, other, sizeof(own)) != 0)
			return (fail(ST_REFUSED, "the computing parties have not worked on the "
			    "same values: an owner gave them different shares, or files of "
			    "different runs were mixed; nothing is revealed"));
	}
	return (0);
}

/* Add our share of zero, made of words that each two computing parties have in common. */
static void
add_zero(struct mpc *S, word *z, size_t n, enum sharing how)
{
	word common[DRAWN_WORDS];
	size_t i, p, c;

	for (p = 1; p <= S->n; p++) {
		for (i = 0; p != S->self && i < n; i += c) {
			c = (n - i < DRAWN_WORDS) ? n - i : DRAWN_WORDS;
			stream_words(S, p, STREAM_ZERO, common, c);
			if (p < S->self)
				put_on(z + i, common, c, how);
			else
				take_off(z + i, common, c, how);
		}
	}
	mem_wipe(common, sizeof(common));
}

/*
 * The shares of x's mask are opened under a sharing of zero.  Local operations may have made them
 * from masks that serve other values, too; with more than two parties, only their sum may come out.
 * And of a last word that is not whole, no more than its ${bits}: the rest may be of other values.
 */
static int
reveal_words(struct mpc *S, word *clear, const struct mpc_planes *x, size_t bits,
    enum sharing how)
{
	size_t n = bits_words(bits), taken = 0, i, c;
	word *mask = clear;

	opened_add(S, x->m, n);
	if (masked_check(S) == -1)
		return (-1);
	memcpy(mask, x->lam, n * sizeof(*mask));
	add_zero(S, mask, n, how);
	bits_clear_rest(mask, bits);
	for (i = 0; i < n; i += c) {
		c = chunk_of(n - i);
		if (open_send(S, mask + i, c) == -1 ||
		    open_behind(S, mask, i + c, &taken, how) == -1)
			return (-1);
	}
	if (open_receive(S, mask + taken, n - taken, how) == -1)
		return (-1);
	for (i = 0; i < n; i++)
		clear[i] = (how == SHARES_XOR) ? x->m[i] ^ mask[i] : x->m[i] - mask[i];
	bits_clear_rest(clear, bits);
	return (0);
}

int
masked_reveal(struct mpc *S, word *clear, const struct mpc_vector *x)
{

	return (reveal_words(S, clear, &x->held, WORD_BITS * x->n, SHARES_ADD));
}

int
masked_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d)
{

	return (reveal_words(S, clear, &d->held, d->n, SHARES_XOR));
}

/* With a noise of ours in lam_i, all others learn x + noise, which to them is noise. */
int
masked_reveal_to_us(struct mpc *S, word *clear, struct mpc_vector *x)
{
	uint8_t key[PRG_KEY_BYTES];
	word *noise;
	size_t i;
	int rc;

	if ((noise = mem_array(x->n, sizeof(*noise))) == NULL)
		return (-1);
	prg_new_key(key);
	prg_words(noise, x->n, key, 0);
	for (i = 0; i < x->n; i++)
		x->held.lam[i] -= noise[i];
	rc = masked_reveal(S, clear, x);
	for (i = 0; rc == 0 && i < x->n; i++)
		clear[i] -= noise[i];
	mem_wipe(key, sizeof(key));
	mem_wipe_free(noise, x->n * sizeof(*noise));
	return (rc);
}
