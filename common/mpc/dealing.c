#include "mpc/correlated_internal.h"

#include <string.h>

#include "base/mem.h"
#include "mpc/cost_internal.h"
#include "mpc/tree_internal.h"
#include "ring/bits.h"
#include "ring/exp2.h"
#include "ring/gf16.h"
#include "ring/trig.h"

/*
 * The dealer's side: values of masks, less the pads of parties 1 .. n - 1, go to party n.  Nothing
 * here depends on anything that was ever opened, so the dealer may run ahead, or the night before.
 */

/*
 * ---- sharing values ----
 *
 * Sharing overwrites whole words with the last party's share, which is uniform by itself and is
 * sent; so they need wiping only where sharing failed.  Of narrow words fewer bits are sent than
 * are left: those are always wiped.
 */

/* Take what parties 1 .. n - 1 draw off. */
static void
take_drawn(struct mpc *S, word *z, size_t n, enum sharing how, enum stream_purpose purpose)
{
	word drawn[DRAWN_WORDS];
	size_t i, p, c;

	for (p = 1; p < S->n; p++) {
		for (i = 0; i < n; i += c) {
			c = (n - i < DRAWN_WORDS) ? n - i : DRAWN_WORDS;
			stream_words(S, p, purpose, drawn, c);
			take_off(z + i, drawn, c, how);
		}
	}
	mem_wipe(drawn, sizeof(drawn));
}

/* To the last party, as it is. */
static int
send_words(struct mpc *S, const word *z, size_t n)
{

	cost_add(&S->counted, 0, WORD_BITS * (uint64_t)n, 0);
	return (S->net.send(S->net.state, S->n, z, n * sizeof(*z)));
}

static int
share_words(struct mpc *S, word *z, size_t n, enum sharing how)
{

	take_drawn(S, z, n, how, STREAM_PAD);
	return (send_words(S, z, n));
}

/* The same mod 2^bits, packed; at most a chunk. */
static int
share_narrow(struct mpc *S, word *z, size_t n, unsigned bits)
{
	word packed[CHUNK], pad[CHUNK];
	size_t bytes = bits_packed_bytes(n, bits), words = (bytes + sizeof(word) - 1) /
	    sizeof(word), p, i;
	int rc;

	cost_add(&S->counted, 0, 8 * (uint64_t)bytes, 0);
	for (p = 1; p < S->n; p++) {
		stream_words(S, p, STREAM_PAD, packed, words);
		bits_unpack(pad, (const uint8_t *)packed, n, bits);
		for (i = 0; i < n; i++)
			z[i] -= pad[i];
	}
	bits_pack((uint8_t *)packed, z, n, bits);
	rc = S->net.send(S->net.state, S->n, packed, bytes);
	mem_wipe(z, n * sizeof(*z));
	mem_wipe(packed, words * sizeof(*packed));
	mem_wipe(pad, n * sizeof(*pad));
	return (rc);
}

/* ---- the correlations ---- */

int
deal_bilinear(struct mpc *S, const struct bilinear *B, const word *lam_x, const word *lam_y,
    const word *lam_z)
{
	size_t n = bilinear_z(B);
	word *value;
	int rc = -1;

	if ((value = mem_array(n, sizeof(*value))) == NULL)
		return (-1);
	memcpy(value, lam_z, n * sizeof(*value));
	if (bilinear_add(B, value, lam_x, lam_y, 1) == 0)
		rc = share_words(S, value, n, SHARES_ADD);
	mem_wipe_free(value, n * sizeof(*value));
	return (rc);
}

int
deal_truncation(struct mpc *S, const word *lam, size_t n, unsigned shift)
{
	word high[CHUNK], top[CHUNK];
	size_t i;
	int rc;

	for (i = 0; i < n; i++) {
		high[i] = lam[i] >> shift;
		top[i] = lam[i] >> TOP_BIT;
	}
	if ((rc = share_words(S, high, n, SHARES_ADD)) == 0)
		rc = share_narrow(S, top, n, shift);
	if (rc == -1)
		mem_wipe(top, n * sizeof(*top));
	return (rc);
}

int
deal_noise(struct mpc *S, const word *own, size_t n)
{
	word noise[CHUNK];

	memcpy(noise, own, n * sizeof(*noise));
	return (share_words(S, noise, n, SHARES_ADD));
}

/* All products of ${bits} planes, at ${words} distance from each other. */
static void
all_monomials(word *out, const word *bit, unsigned bits, size_t words)
{
	unsigned k, top;
	size_t i;

	/* The product that set k names: its highest bit times the product of the rest. */
	for (k = 1; k < 1U << bits; k++) {
		for (top = bits - 1; (k >> top) == 0; top--)
			;
		for (i = 0; i < words; i++) {
			out[(k - 1) * words + i] = bit[top * words + i];
			if (k != 1U << top)
				out[(k - 1) * words + i] &= out[(k - (1U << top) - 1) * words + i];
		}
	}
}

int
deal_blocks(struct mpc *S, word *room, const word *lam, size_t n, unsigned low, unsigned high)
{
	size_t words = bits_words(n);
	word bit[WORD_BITS * CHUNK_WORDS], *out = room;
	unsigned i, b;

	bits_slice(bit, words, lam, n, low, high - low);
	for (i = low; i < high; i += b) {
		b = (high - i < BLOCK_BITS) ? high - i : BLOCK_BITS;
		all_monomials(out, bit + (i - low) * words, b, words);
		out += ((1U << b) - 1) * words;
	}
	mem_wipe(bit, (high - low) * words * sizeof(*bit));
	return (share_words(S, room, tree_monomials(high - low) * words, SHARES_XOR));
}

int
deal_bit(struct mpc *S, const word *lam, size_t n, unsigned bit)
{
	word plane[CHUNK_WORDS];

	bits_slice(plane, bits_words(n), lam, n, bit, 1);
	return (share_words(S, plane, bits_words(n), SHARES_XOR));
}

int
deal_products(struct mpc *S, const word *const *factors, const unsigned *sets, size_t count,
    size_t words)
{
	word planes[GROUP_MONOMIALS_MAX * CHUNK_WORDS], *out;
	unsigned f;
	size_t i, j;

	for (j = 0; j < count; j++) {
		out = planes + j * words;
		memset(out, 0xff, words * sizeof(*out));
		for (f = 0; sets[j] >> f != 0; f++) {
			for (i = 0; (sets[j] >> f & 1) != 0 && i < words; i++)
				out[i] &= factors[f][i];
		}
	}
	return (share_words(S, planes, count * words, SHARES_XOR));
}

int
deal_bit_word(struct mpc *S, const word *bit, const word *lam, size_t n, unsigned shift)
{
	word l[CHUNK], high[CHUNK], top[CHUNK];
	size_t i;
	int rc;

	bits_to_words(l, bit, n);
	for (i = 0; lam != NULL && i < n; i++) {
		high[i] = l[i] * (lam[i] >> shift);
		top[i] = l[i] & (lam[i] >> TOP_BIT);
	}
	rc = share_words(S, l, n, SHARES_ADD);
	if (rc == 0 && lam != NULL)
		rc = share_words(S, high, n, SHARES_ADD);
	if (rc == 0 && lam != NULL && shift > 0)
		rc = share_narrow(S, top, n, shift);
	if (rc == -1) {
		mem_wipe(high, n * sizeof(*high));
		mem_wipe(top, n * sizeof(*top));
	}
	return (rc);
}

int
deal_trigonometric(struct mpc *S, word *room, const word *lam, size_t n,
    const struct mpc_series *series)
{
	word angle[CHUNK], *cosines = room, *sines = room + series->count * n;
	size_t i, j;

	/* With a period of 2^b, a full turn is 2^b: shifted up, the ring's own wrap. */
	for (i = 0; i < n; i++)
		angle[i] = lam[i] << (WORD_BITS - series->period_bits);
	for (j = 0; j < series->count; j++)
		trig_sincos((int64_t *)sines + j * n, (int64_t *)cosines + j * n, angle, n,
		    series->harmonic[j], series->table_bits);
	mem_wipe(angle, n * sizeof(*angle));
	if (share_words(S, cosines, series->count * n, SHARES_ADD) == -1)
		return (-1);
	return (share_words(S, sines, series->count * n, SHARES_ADD));
}

/* Both sides of the borrow b, for one value: E_b under its digit, and 0 under all others. */
static void
exp2_values(word *value, size_t n, word r, word high, word l)
{
	word p, b, e, digit, equal;
	unsigned j;

	for (p = 0; p < 2; p++) {
		b = p ^ l;
		digit = (high + b) % EXP2_DIGITS;
		/* 2^(8 b - r), through 2^(8 - r), whose exponent is not negative. */
		e = exp2_fixed((1U << EXP2_LOW) - r,
		    (unsigned)(EXP2_R_BITS - EXP2_OCTAVES + EXP2_OCTAVES * b));
		for (j = 0; j < EXP2_DIGITS; j++) {
			equal = ((digit ^ j) - 1) >> TOP_BIT;
			value[(p * EXP2_DIGITS + j) * n] = e & (0 - equal);
		}
	}
}

int
deal_exp2(struct mpc *S, word *room, const word *lam, const word *bit, size_t n, unsigned low)
{
	word l[CHUNK];
	size_t i;

	bits_to_words(l, bit, n);
	for (i = 0; i < n; i++)
		exp2_values(room + i, n, (lam[i] >> low) & ((1U << EXP2_LOW) - 1),
		    lam[i] >> (low + EXP2_LOW), l[i]);
	mem_wipe(l, n * sizeof(*l));
	return (share_words(S, room, 2 * EXP2_DIGITS * n, SHARES_ADD));
}

int
deal_last_mask(struct mpc *S, word *z, size_t n, enum sharing how)
{

	take_drawn(S, z, n, how, STREAM_MASK);
	return (send_words(S, z, n));
}

int
deal_difference(struct mpc *S, const word *z, size_t n)
{

	return (send_words(S, z, n));
}

void
deal_pad(struct mpc *S, size_t party, word *z, size_t n)
{

	stream_words(S, party, STREAM_PAD, z, n);
}

int
deal_norm(struct mpc *S, const word *ab, const word *d, size_t words)
{
	word value[GF16_BITS * CHUNK_WORDS];

	memcpy(value, d, GF16_BITS * words * sizeof(*value));
	gf16_add_norm(value, ab, words);
	return (share_words(S, value, GF16_BITS * words, SHARES_XOR));
}

int
deal_inverse(struct mpc *S, const word *ab, const word *e, const word *xy, size_t words)
{
	word value[2 * GF16_BITS * CHUNK_WORDS];

	memcpy(value, xy, 2 * GF16_BITS * words * sizeof(*value));
	gf16_add_products(value, ab, e, words);
	return (share_words(S, value, 2 * GF16_BITS * words, SHARES_XOR));
}
