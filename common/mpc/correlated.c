#include "mpc/correlated_internal.h"

#include "base/mem.h"
#include "mpc/cost_internal.h"
#include "mpc/tree_internal.h"
#include "ring/bits.h"
#include "ring/gf16.h"

/*
 * A computing party's side: all but the last party draw their shares from the pads that they have
 * in common with the dealer, and the last one receives its own, which make the sum right.
 */

static int
take_bytes(struct mpc *S, void *z, size_t bytes)
{

	if (S->self == S->n)
		return (S->net.receive(S->net.state, 0, z, bytes));
	stream_words(S, 0, STREAM_PAD, z, (bytes + sizeof(word) - 1) / sizeof(word));
	return (0);
}

static int
take_words(struct mpc *S, word *z, size_t n)
{

	cost_add(&S->counted, 0, WORD_BITS * (uint64_t)n, 0);
	return (take_bytes(S, z, n * sizeof(*z)));
}

/* The same mod 2^bits, packed; at most a chunk.  Words come out below 2^bits. */
static int
take_narrow(struct mpc *S, word *z, size_t n, unsigned bits)
{
	word packed[CHUNK];
	size_t bytes = bits_packed_bytes(n, bits);
	int rc;

	cost_add(&S->counted, 0, 8 * (uint64_t)bytes, 0);
	if ((rc = take_bytes(S, packed, bytes)) == 0)
		bits_unpack(z, (const uint8_t *)packed, n, bits);
	mem_wipe(packed, (bytes + sizeof(word) - 1) / sizeof(word) * sizeof(word));
	return (rc);
}

int
correlated_bilinear(struct mpc *S, word *share, const struct bilinear *B)
{

	return (take_words(S, share, bilinear_z(B)));
}

int
correlated_truncation(struct mpc *S, word *high, word *top, size_t n, unsigned shift)
{

	return ((take_words(S, high, n) == -1) ? -1 : take_narrow(S, top, n, shift));
}

int
correlated_noise(struct mpc *S, word *share, size_t n)
{

	return (take_words(S, share, n));
}

int
correlated_blocks(struct mpc *S, word *planes, size_t n, unsigned low, unsigned high)
{

	return (take_words(S, planes, tree_monomials(high - low) * bits_words(n)));
}

int
correlated_bit(struct mpc *S, word *plane, size_t n)
{

	return (take_words(S, plane, bits_words(n)));
}

int
correlated_products(struct mpc *S, word *planes, size_t count, size_t words)
{

	return (take_words(S, planes, count * words));
}

int
correlated_bit_word(struct mpc *S, const struct bit_shares *out, bool has_word, size_t n,
    unsigned shift)
{

	if (take_words(S, out->bit, n) == -1)
		return (-1);
	if (!has_word)
		return (0);
	if (take_words(S, out->high, n) == -1)
		return (-1);
	return ((shift == 0) ? 0 : take_narrow(S, out->top, n, shift));
}

int
correlated_trigonometric(struct mpc *S, word *cosines, word *sines, size_t n,
    const struct mpc_series *series)
{

	if (take_words(S, cosines, series->count * n) == -1)
		return (-1);
	return (take_words(S, sines, series->count * n));
}

int
correlated_exp2(struct mpc *S, word *share, size_t n)
{

	return (take_words(S, share, 2 * EXP2_DIGITS * n));
}

void
correlated_pad(struct mpc *S, word *z, size_t n)
{

	stream_words(S, 0, STREAM_PAD, z, n);
}

int
correlated_rows(struct mpc *S, word *z, size_t n)
{

	return (take_words(S, z, n));
}

int
correlated_norm(struct mpc *S, word *share, size_t words)
{

	return (take_words(S, share, GF16_BITS * words));
}

int
correlated_inverse(struct mpc *S, word *share, size_t words)
{

	return (take_words(S, share, 2 * GF16_BITS * words));
}
