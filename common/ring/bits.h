#ifndef SMPC_RING_BITS_H
#define SMPC_RING_BITS_H

/*
 * Bit slicing: values to planes of bits, and values of few bits to dense bytes for messages.
 *
 * A plane is an array of words: bit i % 64 of word i / 64 belongs to value i.  Planes of one set of
 * values lie ${stride} words apart, stride >= bits_words(n).
 *
 * Nothing here allocates, reports or reads behind the ${n} values or their bytes; the time taken
 * depends on lengths, ${first}, ${count} and ${b} alone.  No overlap, unless said otherwise.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

/*
 * bits_words(n):
 * Return the number of words in a plane of ${n} values.
 */
size_t bits_words(size_t n);

/*
 * bits_slice(planes, stride, x, n, first, count):
 * Plane j = bits ${first} + j of the ${n} values, for ${count} planes; first + count <= 64.  What
 * is left of a plane's last word is 0; words behind it are not touched.
 */
void bits_slice(word *planes, size_t stride, const word *x, size_t n, unsigned first,
    unsigned count);

/*
 * bits_unslice(x, planes, stride, n):
 * The reverse, of 64 planes.
 */
void bits_unslice(word *x, const word *planes, size_t stride, size_t n);

/*
 * bits_clear_rest(plane, n):
 * Clear what is left of a plane's last word.
 */
void bits_clear_rest(word *plane, size_t n);

/*
 * bits_to_words(x, plane, n):
 * x[i] = 0 or 1, bit i of the plane.
 */
void bits_to_words(word *x, const word *plane, size_t n);

/*
 * bits_packed_bytes(n, b):
 * Return the length of ${n} packed values of ${b} bits, the least that holds them.
 */
size_t bits_packed_bytes(size_t n, unsigned b);

/*
 * bits_pack(out, x, n, b):
 * Write the lowest ${b} bits (1 .. 64) of the ${n} values one after the other, the lowest first,
 * each byte filled from its lowest bit.  What is left of the last byte is 0.
 */
void bits_pack(uint8_t *out, const word *x, size_t n, unsigned b);

/*
 * bits_unpack(x, in, n, b):
 * The reverse; what is left of the last byte is ignored.
 */
void bits_unpack(word *x, const uint8_t *in, size_t n, unsigned b);

#endif /* !SMPC_RING_BITS_H */
