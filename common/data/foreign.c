#include "data/foreign.h"

#include <string.h>

#include "data/safetensors.h"

const char *
foreign_format(const void *data, size_t bytes)
{
	static const struct {
		const char *magic;
		size_t bytes;
		const char *what;
	} formats[] = {
		{ "\x1f\x8b", 2, "is compressed; pipe it through zcat" },
		{ "BZh", 3, "is compressed; pipe it through bzcat" },
		{ "\xfd" "7zXZ", 5, "is compressed; pipe it through xzcat" },
		{ "\x28\xb5\x2f\xfd", 4, "is compressed; pipe it through zstdcat" },
		{ "PK\x03\x04", 4, "is a zip archive (.npz, .xlsx?), not a table; take the table out of it" },
		{ "\xff\xfe", 2, "is UTF-16 text; pipe it through iconv -f UTF-16 -t UTF-8" },
		{ "\xfe\xff", 2, "is UTF-16 text; pipe it through iconv -f UTF-16 -t UTF-8" },
	};
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (bytes >= formats[i].bytes && memcmp(data, formats[i].magic, formats[i].bytes) == 0)
			return (formats[i].what);
	}
	return (safetensors_is(data, bytes) ? "is a safetensors file in the clear; smpc-share makes shares of it" : NULL);
}

int
foreign_secret(const void *data, size_t bytes)
{
	static const char secret[] = "smpc-secret-";
	const char *s = data;
	size_t i;

	for (i = 0; i + sizeof(secret) - 1 <= bytes; i++) {
		if (memcmp(s + i, secret, sizeof(secret) - 1) == 0)
			return (1);
	}
	return (0);
}
