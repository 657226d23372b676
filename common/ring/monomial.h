#ifndef SMPC_RING_MONOMIAL_H
#define SMPC_RING_MONOMIAL_H

/*
 * Polynomials over GF(2) in bits of which all products are given, on planes of 64 bits to a word.
 * Index K of a monomial names the bits in it.  ${words} at a time; everything takes the same time
 * whatever the bits are.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

#define MONOMIAL_WIDTH_MAX 4

/*
 * monomial_add_product(out, monomials, m, width, words):
 * out ^= sum over all K of monomials[K] prod_{i not in K} m[i]: the product of all (m[i] ^ l[i]),
 * where monomials[K] is the product of l[i] for i in K.
 *
 * Shapes   monomials: 2^width planes, m: width planes.
 */
void monomial_add_product(word *out, const word *const *monomials, const word *const *m,
    unsigned width, size_t words);

/*
 * monomial_subset_after(subset, set):
 * The subset of ${set} that comes behind ${subset}, from the empty one on: in the order of the
 * indices K above, if the members of ${set} are numbered.  It is the empty one behind the last.
 */
static inline unsigned
monomial_subset_after(unsigned subset, unsigned set)
{

	/* What is added to count up runs through the bits that are not in the set. */
	return ((subset - set) & set);
}

/*
 * monomial_equal(out, monomials, c, width, words, one), monomial_greater(out, monomials, c, width,
 * words): out = [r = m], or [r > m], for numbers of ${width} bits, bit 0 first, where ${c} are the
 * complements of m's bits and ${monomials} the products of r's bits but the empty one, K at plane K
 * - 1; all planes at distance ${words}.  ${one} is the empty product: all ones, or, at all holders
 * of XOR shares but one, 0.
 */
void monomial_equal(word *out, const word *monomials, const word *c, unsigned width,
    size_t words, uint64_t one);
void monomial_greater(word *out, const word *monomials, const word *c, unsigned width,
    size_t words);

#endif /* !SMPC_RING_MONOMIAL_H */
