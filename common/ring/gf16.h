#ifndef SMPC_RING_GF16_H
#define SMPC_RING_GF16_H

/*
 * The field with 16 elements, GF(2)[z] / (z^4 + z + 1), and the field of AES above it, on planes:
 * element i is bit i % 64 of word i / 64 of each of its planes, ${words} words apart, the lowest
 * bit first.
 *
 * Elements of GF(256) = GF(16)[Y] / (Y^2 + Y + lambda) are a Y + b, four planes of a before four of
 * b.  With the norm N = lambda a^2 + a b + b^2 and e = 1 / N (0, if N is 0),
 *
 *	1 / (a Y + b) = a e Y + (a + b) e
 *
 * Everything takes the same time whatever the bits are.  No overlap.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

#define GF16_BITS 4
#define GF16_MONOMIALS 11 /* products of two to four bits of an element */

/*
 * gf16_add_product(z, x, y, words):
 * z += x y.
 */
void gf16_add_product(word *z, const word *x, const word *y, size_t words);

/*
 * gf16_add_norm(z, ab, words), gf16_add_products(z, ab, e, words):
 * z += N(a, b); of the two elements of ${z}, z += (a e, (a + b) e).
 */
void gf16_add_norm(word *z, const word *ab, size_t words);
void gf16_add_products(word *z, const word *ab, const word *e, size_t words);

/*
 * gf16_add_norm_cross(z, x, y, words):
 * z += N(x + y) - N(x) - N(y): what is bilinear of the norm.
 */
void gf16_add_norm_cross(word *z, const word *x, const word *y, size_t words);

/*
 * gf16_inverse_bit(j, i):
 * Bit ${j} of 1 / x is a sum of products of bits of x: set ${i} of them, or 0 behind the last.
 */
#define GF16_INVERSE_TERMS 9
unsigned gf16_inverse_term(unsigned j, size_t i);

/*
 * gf16_from_aes(z, x, words), gf16_to_aes_box(z, x, words):
 * Planes of bytes, elements of GF(2)[X] / (X^8 + X^4 + X^3 + X + 1), to those of a Y + b; and back,
 * followed by the linear part of the S-box of AES.  Its constant is GF16_AES_CONSTANT.
 */
#define GF16_AES_CONSTANT 0x63U
void gf16_from_aes(word *z, const word *x, size_t words);
void gf16_to_aes_box(word *z, const word *x, size_t words);

#endif /* !SMPC_RING_GF16_H */
