#include "mpc/engine_internal.h"

#include <string.h>

#include "base/mem.h"
#include "crypto/prg.h"

/*
 * Masks.  A computing party draws its share of a mask from the stream that it has in common with
 * the dealer; the dealer draws all shares from all streams, and adds them up.  Where a share stream
 * is to hold the masks as keys, the words come from these keys instead.
 */

static void
draw_words(struct mpc *S, const struct mpc_vector *y, size_t holder, word *z, size_t first,
    size_t n)
{

	if (y->drawn_from != NULL)
		prg_words(z, n, y->drawn_from->keys[holder], first);
	else
		stream_words(S, S->first_holder + holder, STREAM_MASK, z, n);
}

void
put_on(word *z, const word *x, size_t n, enum sharing how)
{
	size_t i;

	if (how == SHARES_XOR) {
		for (i = 0; i < n; i++)
			z[i] ^= x[i];
	} else {
		for (i = 0; i < n; i++)
			z[i] += x[i];
	}
}

/* Its own reverse is the sum of bits. */
void
take_off(word *z, const word *x, size_t n, enum sharing how)
{
	size_t i;

	if (how == SHARES_XOR) {
		put_on(z, x, n, how);
		return;
	}
	for (i = 0; i < n; i++)
		z[i] -= x[i];
}

/* Words ${first} .. of a vector's masks, to ${lam}: our share, or the sum of ${holders}. */
static void
mask_sum(struct mpc *S, const struct mpc_vector *y, word *lam, size_t first, size_t n,
    size_t holders, enum sharing how)
{
	word more[DRAWN_WORDS];
	size_t i, h, c;

	draw_words(S, y, 0, lam, first, n);
	for (h = 1; h < holders; h++) {
		for (i = 0; i < n; i += c) {
			c = (n - i < DRAWN_WORDS) ? n - i : DRAWN_WORDS;
			draw_words(S, y, h, more, first + i, c);
			put_on(lam + i, more, c, how);
		}
	}
	if (holders > 1)
		mem_wipe(more, sizeof(more));
}

void
mask_words(struct mpc *S, struct mpc_vector *y, size_t first, size_t n)
{

	mask_sum(S, y, y->held.lam + first, first, n, S->holders, SHARES_ADD);
}

void
mask_bits(struct mpc *S, word *lam, size_t words)
{
	/* Bits have no keys. */
	const struct mpc_vector keyless = { .drawn_from = NULL };

	mask_sum(S, &keyless, lam, 0, words, S->holders, SHARES_XOR);
}

void
mask_rows(struct mpc *S, struct mpc_vector *y, size_t first, size_t n, enum sharing how)
{

	if (how == SHARES_XOR)
		mask_bits(S, y->held.lam + first, n);
	else
		mask_words(S, y, first, n);
}

void
mask_moved_rows(struct mpc *S, struct mpc_vector *y, const struct pass *p, size_t first, size_t n)
{
	word *lam = y->held.lam + first;

	if (!p->kept)
		mask_rows(S, y, first, n, p->how);
	else if (S->self == S->n)
		memset(lam, 0, n * sizeof(*lam));
	else
		mask_sum(S, y, lam, first, n, (S->holders > 1) ? S->holders - 1 : 1, p->how);
}

size_t
mpc_output_keys(struct mpc *S, uint8_t (*keys)[PRG_KEY_BYTES])
{
	uint64_t index = S->results++;
	size_t h;

	for (h = 0; h < S->holders; h++)
		stream_key(S, S->first_holder + h, STREAM_OUTPUT, index, keys[h]);
	return (S->holders);
}
