#ifndef SMPC_MPC_CORRELATED_INTERNAL_H
#define SMPC_MPC_CORRELATED_INTERNAL_H

/*
 * Correlated randomness, by name: values that depend on masks alone, of which each computing party
 * gets a share; additive ones mod 2^64, or mod 2^b, where only b bits are used, or XOR shares of
 * bits.  Each has two sides:
 *
 *	deal_X        the dealer's (dealing.c): computes the values from the masks, and shares them
 *	correlated_X  a computing party's (correlated.c): takes its share
 *
 * The shares of parties 1 .. n - 1 are drawn from pads that they have in common with the dealer;
 * party n is sent what is missing, over a link or in a file.  The protocols of a computing party
 * know nothing of that: another source of correlated randomness replaces correlated.c, and has no
 * dealer's side.
 *
 * Shares come out as words or as planes; sizes are those of one chunk.  ${room} has room for all
 * values, and is the caller's to wipe.  All return 0 or -1 (reported).
 */

#include "mpc/engine_internal.h"

/*
 * B(lam_x, lam_y) + lam_z, a word for each of z.
 */
int deal_bilinear(struct mpc *S, const struct bilinear *B, const word *lam_x, const word *lam_y,
    const word *lam_z);
int correlated_bilinear(struct mpc *S, word *share, const struct bilinear *B);

/*
 * lam >> shift, and lam >> 63 mod 2^shift, of ${n} masks.
 */
int deal_truncation(struct mpc *S, const word *lam, size_t n, unsigned shift);
int correlated_truncation(struct mpc *S, word *high, word *top, size_t n, unsigned shift);

/*
 * The dealer's noise of ${n} words: what it brings along itself, and no value of a mask.
 */
int deal_noise(struct mpc *S, const word *own, size_t n);
int correlated_noise(struct mpc *S, word *share, size_t n);

/*
 * The monomials of the bits low .. high - 1 of ${n} masks in blocks of BLOCK_BITS: for each block
 * of b bits all 2^b - 1 products of some of them, product K at position K - 1.  Planes follow each
 * other at distance bits_words(n), tree_monomials(high - low) of them.
 */
int deal_blocks(struct mpc *S, word *room, const word *lam, size_t n, unsigned low, unsigned high);
int correlated_blocks(struct mpc *S, word *planes, size_t n, unsigned low, unsigned high);

/*
 * One bit of ${n} masks, a plane.
 */
int deal_bit(struct mpc *S, const word *lam, size_t n, unsigned bit);
int correlated_bit(struct mpc *S, word *plane, size_t n);

/*
 * Products of mask bits: product j is of those ${factors} that the bits of ${sets}[j] name.
 */
int deal_products(struct mpc *S, const word *const *factors, const unsigned *sets, size_t count,
    size_t words);
int correlated_products(struct mpc *S, word *planes, size_t count, size_t words);

/*
 * Shares for a bit times a word: of l, l (r >> shift) and l (r >> 63), where l masks the bit and r
 * the word.
 */
struct bit_shares {
	word *bit, *high, *top;
};

/*
 * l alone, where there is no word (${lam} is NULL, ${has_word} false); with a shift of 0, l and
 * l r, in high; else all three.  ${bit}: the plane of l.
 */
int deal_bit_word(struct mpc *S, const word *bit, const word *lam, size_t n, unsigned shift);
int correlated_bit_word(struct mpc *S, const struct bit_shares *out, bool has_word, size_t n,
    unsigned shift);

/*
 * cos(h_j w lam) and sin(h_j w lam) with series->table_bits fraction bits, harmonic j at j n.
 */
int deal_trigonometric(struct mpc *S, word *room, const word *lam, size_t n,
    const struct mpc_series *series);
int correlated_trigonometric(struct mpc *S, word *cosines, word *sines, size_t n,
    const struct mpc_series *series);

/*
 * For both values of a public bit p, and digits j: E_b where high + b = j mod EXP2_DIGITS, else 0;
 * b = p xor l, l the mask bit, E_b = 2^(8 b - r) for the EXP2_LOW bits r of lam from ${low} on, and
 * high the two bits above them.  Position ((p EXP2_DIGITS) + j) n.
 */
int deal_exp2(struct mpc *S, word *room, const word *lam, const word *bit, size_t n, unsigned low);
int correlated_exp2(struct mpc *S, word *share, size_t n);

/*
 * Of a secret order (passes.c): what is added to the rows of a party's pass, drawn by it and the
 * dealer.  Of the last pass, ${n} words to the last party: its share of the masks, given the sum of
 * all shares in ${z}; or, in a pass of its own, what it adds.
 */
void deal_pad(struct mpc *S, size_t party, word *z, size_t n);
void correlated_pad(struct mpc *S, word *z, size_t n);
int deal_last_mask(struct mpc *S, word *z, size_t n, enum sharing how);
int deal_difference(struct mpc *S, const word *z, size_t n);
int correlated_rows(struct mpc *S, word *z, size_t n);

/*
 * Products of GF(16) (ring/gf16.h) on planes, of masks: the norm N(a, b) + d of elements a Y + b of
 * GF(256), 4 planes; and a e + x and (a + b) e + y, 8 planes.  a, b: 8 planes; d, e: 4; x, y: 8.
 */
int deal_norm(struct mpc *S, const word *ab, const word *d, size_t words);
int correlated_norm(struct mpc *S, word *share, size_t words);
int deal_inverse(struct mpc *S, const word *ab, const word *e, const word *xy, size_t words);
int correlated_inverse(struct mpc *S, word *share, size_t words);

#endif /* !SMPC_MPC_CORRELATED_INTERNAL_H */
