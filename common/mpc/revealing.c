#include "mpc/engine_internal.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/prg.h"
#include "mpc/cost_internal.h"

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
add_zero(struct mpc *S, word *z, size_t n)
{
	word common[DRAWN_WORDS];
	size_t i, j, p, c;

	for (p = 1; p <= S->n; p++) {
		for (i = 0; p != S->self && i < n; i += c) {
			c = (n - i < DRAWN_WORDS) ? n - i : DRAWN_WORDS;
			stream_words(S, p, STREAM_ZERO, common, c);
			for (j = 0; j < c; j++)
				z[i + j] += (p < S->self) ? common[j] : 0 - common[j];
		}
	}
	mem_wipe(common, sizeof(common));
}

/*
 * The shares of x's mask are opened under a sharing of zero.  Local operations may have made them
 * from masks that serve other values, too; with more than two parties, only their sum may come out.
 */
int
masked_reveal(struct mpc *S, word *clear, const struct mpc_vector *x)
{
	size_t i;

	masked_input(S, x);
	if (masked_check(S) == -1)
		return (-1);
	memcpy(clear, x->held.lam, x->n * sizeof(*clear));
	add_zero(S, clear, x->n);
	if (open_send(S, clear, x->n) == -1 || open_receive(S, clear, x->n, SHARES_ADD) == -1)
		return (-1);
	/* x = m - lam */
	for (i = 0; i < x->n; i++)
		clear[i] = x->held.m[i] - clear[i];
	return (0);
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
