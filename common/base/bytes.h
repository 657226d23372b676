#ifndef SMPC_BASE_BYTES_H
#define SMPC_BASE_BYTES_H

/* Whole numbers as bytes, little-endian, as all our formats have them. */

#include <stddef.h>
#include <stdint.h>

/*
 * bytes_put(p, v, bytes):
 * Write the low ${bytes} bytes of ${v}, 8 at most, to ${p}.
 */
void bytes_put(uint8_t *p, uint64_t v, size_t bytes);

/*
 * bytes_get(p, bytes):
 * Return the number that the ${bytes} bytes at ${p}, 8 at most, stand for.
 */
uint64_t bytes_get(const uint8_t *p, size_t bytes);

#endif /* !SMPC_BASE_BYTES_H */
