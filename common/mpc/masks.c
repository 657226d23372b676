#include "mpc/engine_internal.h"

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
mask_words(struct mpc *S, struct mpc_vector *y, size_t first, size_t n)
{
	word *lam = y->held.lam + first, more[DRAWN_WORDS];
	size_t i, j, h, c;

	draw_words(S, y, 0, lam, first, n);
	for (h = 1; h < S->holders; h++) {
		for (i = 0; i < n; i += c) {
			c = (n - i < DRAWN_WORDS) ? n - i : DRAWN_WORDS;
			draw_words(S, y, h, more, first + i, c);
			for (j = 0; j < c; j++)
				lam[i + j] += more[j];
		}
	}
	if (S->holders > 1)
		mem_wipe(more, sizeof(more));
}

void
mask_bits(struct mpc *S, word *lam, size_t words)
{
	word more[DRAWN_WORDS];
	size_t i, j, h, c;

	stream_words(S, S->first_holder, STREAM_MASK, lam, words);
	for (h = 1; h < S->holders; h++) {
		for (i = 0; i < words; i += c) {
			c = (words - i < DRAWN_WORDS) ? words - i : DRAWN_WORDS;
			stream_words(S, S->first_holder + h, STREAM_MASK, more, c);
			for (j = 0; j < c; j++)
				lam[i + j] ^= more[j];
		}
	}
	if (S->holders > 1)
		mem_wipe(more, sizeof(more));
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
