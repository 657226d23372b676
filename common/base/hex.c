#include "base/hex.h"

#include <string.h>

#include <sodium.h>

void
hex_encode(char *out, const uint8_t *data, size_t bytes)
{

	sodium_bin2hex(out, 2 * bytes + 1, data, bytes);
}

int
hex_decode(uint8_t *data, size_t bytes, const char *s)
{
	size_t i;

	if (strlen(s) != 2 * bytes)
		return (-1);
	for (i = 0; s[i] != '\0'; i++) {
		if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f')))
			return (-1);
	}
	return ((sodium_hex2bin(data, bytes, s, 2 * bytes, NULL, NULL, NULL) == 0) ? 0 : -1);
}
