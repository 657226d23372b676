#include "mpc/correlated_internal.h"

#include <string.h>

#include "base/mem.h"
#include "ring/bits.h"
#include "ring/exp2.h"
#include "ring/trig.h"

/* ---- dealing: at the dealer ${z} holds the values, at the others it takes the shares ---- */

/* Take the pads of parties 1 .. n - 1 off. */
static void
take_pads(struct mpc *S, uint64_t *z, size_t n, enum opening how)
{
	uint64_t room[DRAWN_WORDS];
	size_t i, j, p, c;

	for (p = 1; p < S->n; p++) {
		for (i = 0; i < n; i += c) {
			c = (n - i < DRAWN_WORDS) ? n - i : DRAWN_WORDS;
			stream_words(S, p, STREAM_PAD, room, c);
			for (j = 0; j < c; j++)
				z[i + j] = (how == OPEN_XOR) ? z[i + j] ^ room[j] :
				    z[i + j] - room[j];
		}
	}
	mem_wipe(room, sizeof(room));
}

static int
deal(struct mpc *S, uint64_t *z, size_t n, enum opening how)
{

	cost_add(&S->counted, 0, 64 * (uint64_t)n, 0);
	if (S->self == 0) {
		take_pads(S, z, n, how);
		return (S->net.send(S->net.state, S->n, z, n * sizeof(*z)));
	}
	if (S->self == S->n)
		return (S->net.receive(S->net.state, 0, z, n * sizeof(*z)));
	stream_words(S, 0, STREAM_PAD, z, n);
	return (0);
}

/* The same mod 2^bits, packed; at most a chunk.  Words come out below 2^bits. */
static int
deal_narrow(struct mpc *S, uint64_t *z, size_t n, unsigned bits)
{
	uint64_t packed[CHUNK], pad[CHUNK];
	size_t bytes = bits_packed_bytes(n, bits), p, i;
	int rc = 0;

	cost_add(&S->counted, 0, 8 * (uint64_t)bytes, 0);
	if (S->self == 0) {
		for (p = 1; p < S->n; p++) {
			stream_words(S, p, STREAM_PAD, packed, (bytes + 7) / 8);
			bits_unpack(pad, (const uint8_t *)packed, n, bits);
			for (i = 0; i < n; i++)
				z[i] -= pad[i];
		}
		bits_pack((uint8_t *)packed, z, n, bits);
		rc = S->net.send(S->net.state, S->n, packed, bytes);
	} else if (S->self == S->n) {
		rc = S->net.receive(S->net.state, 0, packed, bytes);
	} else {
		stream_words(S, 0, STREAM_PAD, packed, (bytes + 7) / 8);
	}
	if (S->self > 0 && rc == 0)
		bits_unpack(z, (const uint8_t *)packed, n, bits);
	mem_wipe(packed, (bytes + 7) / 8 * 8);
	mem_wipe(pad, n * sizeof(*pad));
	return (rc);
}

/* ---- the correlations ---- */

int
source_bilinear(struct mpc *S, uint64_t *share, const struct bilinear *B, const uint64_t *lam_x,
    const uint64_t *lam_y, const uint64_t *lam_z)
{
	size_t n = bilinear_z(B);

	if (S->self == 0) {
		memcpy(share, lam_z, n * sizeof(*share));
		if (bilinear_add(B, share, lam_x, lam_y, 1) == -1)
			return (-1);
	}
	return (deal(S, share, n, OPEN_ADD));
}

int
source_truncation(struct mpc *S, uint64_t *high, uint64_t *top, const uint64_t *lam, size_t n,
    unsigned shift)
{
	size_t i;

	for (i = 0; S->self == 0 && i < n; i++) {
		high[i] = lam[i] >> shift;
		top[i] = lam[i] >> 63;
	}
	return ((deal(S, high, n, OPEN_ADD) == -1) ? -1 : deal_narrow(S, top, n, shift));
}

size_t
source_block_planes(unsigned low, unsigned high)
{
	size_t whole = (high - low) / BLOCK_BITS, rest = (high - low) % BLOCK_BITS;

	return (whole * ((1U << BLOCK_BITS) - 1) + ((size_t)1 << rest) - 1);
}

/* All products of ${bits} planes, at ${words} distance from each other. */
static void
monomials(uint64_t *out, const uint64_t *bit, unsigned bits, size_t words)
{
	unsigned k, top;
	size_t i;

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
source_blocks(struct mpc *S, uint64_t *planes, const uint64_t *lam, size_t n, unsigned low,
    unsigned high)
{
	size_t words = bits_words(n);
	uint64_t bit[64 * CHUNK_WORDS], *out = planes;
	unsigned i, b;

	if (S->self == 0) {
		bits_slice(bit, words, lam, n, low, high - low);
		for (i = low; i < high; i += b) {
			b = (high - i < BLOCK_BITS) ? high - i : BLOCK_BITS;
			monomials(out, bit + (i - low) * words, b, words);
			out += ((1U << b) - 1) * words;
		}
		mem_wipe(bit, (high - low) * words * sizeof(*bit));
	}
	return (deal(S, planes, source_block_planes(low, high) * words, OPEN_XOR));
}

int
source_bit(struct mpc *S, uint64_t *plane, const uint64_t *lam, size_t n, unsigned bit)
{

	if (S->self == 0)
		bits_slice(plane, bits_words(n), lam, n, bit, 1);
	return (deal(S, plane, bits_words(n), OPEN_XOR));
}

int
source_products(struct mpc *S, uint64_t *planes, const uint64_t *const *factors,
    const unsigned *sets, size_t count, size_t words)
{
	unsigned f;
	size_t i, j;

	for (j = 0; S->self == 0 && j < count; j++) {
		memset(planes + j * words, 0xff, words * sizeof(*planes));
		for (f = 0; sets[j] >> f != 0; f++) {
			for (i = 0; (sets[j] >> f & 1) != 0 && i < words; i++)
				planes[j * words + i] &= factors[f][i];
		}
	}
	return (deal(S, planes, count * words, OPEN_XOR));
}

int
source_bit_word(struct mpc *S, const struct bit_shares *out, const uint64_t *bit,
    const uint64_t *lam, size_t n, unsigned shift)
{
	size_t i;

	if (S->self == 0) {
		bits_to_words(out->bit, bit, n);
		for (i = 0; lam != NULL && i < n; i++) {
			out->high[i] = out->bit[i] * (lam[i] >> shift);
			out->top[i] = out->bit[i] & (lam[i] >> 63);
		}
	}
	if (deal(S, out->bit, n, OPEN_ADD) == -1)
		return (-1);
	if (lam == NULL)
		return (0);
	if (deal(S, out->high, n, OPEN_ADD) == -1)
		return (-1);
	return ((shift == 0) ? 0 : deal_narrow(S, out->top, n, shift));
}

int
source_trigonometric(struct mpc *S, uint64_t *cosines, uint64_t *sines, const uint64_t *lam,
    size_t n, const struct mpc_series *series)
{
	uint64_t angle[CHUNK];
	size_t i, j;

	for (i = 0; S->self == 0 && i < n; i++)
		angle[i] = lam[i] << (64 - series->period_bits);
	for (j = 0; S->self == 0 && j < series->count; j++)
		trig_sincos((int64_t *)sines + j * n, (int64_t *)cosines + j * n, angle, n,
		    series->harmonic[j], series->table_bits);
	if (S->self == 0)
		mem_wipe(angle, n * sizeof(*angle));
	if (deal(S, cosines, series->count * n, OPEN_ADD) == -1)
		return (-1);
	return (deal(S, sines, series->count * n, OPEN_ADD));
}

int
source_exp2(struct mpc *S, uint64_t *share, const uint64_t *lam, const uint64_t *bit, size_t n,
    unsigned low)
{
	uint64_t l[CHUNK], r, high, b, e, hit, digit;
	size_t i;
	unsigned p, j;

	if (S->self == 0)
		bits_to_words(l, bit, n);
	for (i = 0; S->self == 0 && i < n; i++) {
		r = (lam[i] >> low) & ((1U << EXP2_LOW) - 1);
		high = lam[i] >> (low + EXP2_LOW);
		for (p = 0; p < 2; p++) {
			b = p ^ l[i];
			digit = (high + b) % EXP2_DIGITS;
			/* 2^(8 b - r), through 2^(8 - r). */
			e = exp2_fixed((1U << EXP2_LOW) - r, (unsigned)(EXP2_R_BITS - 8 + 8 * b));
			for (j = 0; j < EXP2_DIGITS; j++) {
				hit = (digit ^ j) - 1;
				share[(p * EXP2_DIGITS + j) * n + i] = e & (0 - (hit >> 63));
			}
		}
	}
	if (S->self == 0)
		mem_wipe(l, n * sizeof(*l));
	return (deal(S, share, 2 * EXP2_DIGITS * n, OPEN_ADD));
}
