#ifndef SMPC_MPC_CORRELATED_INTERNAL_H
#define SMPC_MPC_CORRELATED_INTERNAL_H

/*
 * The source of dealt randomness: named correlations over masks.  Each function gives this party
 * its shares of values that depend on masks alone; additive ones mod 2^64, or mod 2^b, where only b
 * bits are used, or XOR shares of bits.
 *
 * ${lam} is what this party holds of a mask: its share, or, at the dealer, the mask.  The dealer
 * gets no shares. Shares come out as words or as planes; sizes are those of one chunk.  All return
 * 0 or -1 (reported).
 *
 * This source is a dealer, live or beforehand: shares of parties 1 .. n - 1 are drawn from pads
 * that they share with him, and party n is sent what is missing.  Another one (oblivious transfer,
 * say) replaces source.c.
 */

#include "mpc/engine_internal.h"

/*
 * source_bilinear(S, share, B, lam_x, lam_y, lam_z):
 * [B(lam_x, lam_y) + lam_z].
 */
int source_bilinear(struct mpc *S, uint64_t *share, const struct bilinear *B, const uint64_t *lam_x,
    const uint64_t *lam_y, const uint64_t *lam_z);

/*
 * source_truncation(S, high, top, lam, n, shift):
 * [lam >> shift], and [lam >> 63] mod 2^shift.
 */
int source_truncation(struct mpc *S, uint64_t *high, uint64_t *top, const uint64_t *lam, size_t n,
    unsigned shift);

/*
 * source_blocks(S, planes, lam, n, low, high):
 * XOR shares of the monomials of the bits low .. high - 1 of lam in blocks of BLOCK_BITS: for each
 * block of b bits all 2^b - 1 products of some of them, product K at position K - 1.  ${n} numbers
 * take CHUNK_WORDS or fewer words a plane; planes follow each other at distance bits_words(n).
 */
#define BLOCK_BITS 4
size_t source_block_planes(unsigned low, unsigned high);
int source_blocks(struct mpc *S, uint64_t *planes, const uint64_t *lam, size_t n, unsigned low,
    unsigned high);

/*
 * source_bit(S, plane, lam, n, bit):
 * XOR shares of one bit of lam.
 */
int source_bit(struct mpc *S, uint64_t *plane, const uint64_t *lam, size_t n, unsigned bit);

/*
 * source_products(S, planes, factors, sets, count, words):
 * XOR shares of products of mask bits: product j is of those ${factors} that the bits of ${sets}[j]
 * name.
 */
int source_products(struct mpc *S, uint64_t *planes, const uint64_t *const *factors,
    const unsigned *sets, size_t count, size_t words);

/*
 * Shares that belong to a bit times a word: of l, l (r >> shift) and l (r >> 63), where l masks the
 * bit and r the word.
 */
struct bit_shares {
	uint64_t *bit, *high, *top;
};

/*
 * source_bit_word(S, out, bit, lam, n, shift):
 * ${bit}: plane of the mask l.  Without ${lam}: [l] alone; with a shift of 0: [l] and [l r], in
 * high.
 */
int source_bit_word(struct mpc *S, const struct bit_shares *out, const uint64_t *bit,
    const uint64_t *lam, size_t n, unsigned shift);

/*
 * source_trigonometric(S, cosines, sines, lam, n, series):
 * [cos h_j w lam] and [sin h_j w lam] with series->table_bits fraction bits, harmonic j at j n.
 */
int source_trigonometric(struct mpc *S, uint64_t *cosines, uint64_t *sines, const uint64_t *lam,
    size_t n, const struct mpc_series *series);

/*
 * source_exp2(S, share, lam, bit, n, low):
 * For both values of a public bit p, and digits j: [E_b where high + b = j mod EXP2_DIGITS, else
 * 0], where b = p xor l, l the mask bit, E_b = 2^(8 b - r) for the EXP2_LOW bits r of lam from
 * ${low} on, and high the two bits above them. Position ((p EXP2_DIGITS) + j) n.
 */
int source_exp2(struct mpc *S, uint64_t *share, const uint64_t *lam, const uint64_t *bit, size_t n,
    unsigned low);

#endif /* !SMPC_MPC_CORRELATED_INTERNAL_H */
