#ifndef SMPC_BASE_HEX_H
#define SMPC_BASE_HEX_H

/* Bytes as hexadecimal digits. */

#include <stddef.h>
#include <stdint.h>

/*
 * hex_encode(out, data, bytes), hex_decode(data, bytes, s):
 * Lower-case hexadecimal digits; hex_decode returns 0, or -1 unless ${s} is exactly 2 ${bytes} of
 * them.
 */
void hex_encode(char *out, const uint8_t *data, size_t bytes);
int hex_decode(uint8_t *data, size_t bytes, const char *s);

#endif /* !SMPC_BASE_HEX_H */
