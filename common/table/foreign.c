#include "table/foreign.h"

#include <string.h>

#include "table/safetensors.h"

#define SAVE "save the weights with safetensors, and share those with smpc-share --net"
#define PICKLE "is a pickle (of PyTorch?); " SAVE ", or a table as CSV or .npy"

int
foreign_has(const void *data, size_t bytes, const char *word)
{
	const char *s = data;
	size_t len = strlen(word), i;

	for (i = 0; i + len <= bytes; i++) {
		if (memcmp(s + i, word, len) == 0)
			return (1);
	}
	return (0);
}

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
		{ "PAR1", 4, "is a Parquet file; export the table as CSV" },
		{ "\x89HDF\r\n", 6, "is an HDF5 file; export a table as CSV, weights with "
		    "safetensors" },
		{ "\x80\x02", 2, PICKLE },
		{ "\x80\x03", 2, PICKLE },
		{ "\x80\x04", 2, PICKLE },
		{ "\x80\x05", 2, PICKLE },
		{ "\xff\xfe", 2, "is UTF-16 text; pipe it through iconv -f UTF-16 -t UTF-8" },
		{ "\xfe\xff", 2, "is UTF-16 text; pipe it through iconv -f UTF-16 -t UTF-8" },
	};
	size_t i;

	/* Its length may look like the beginning of a pickle. */
	if (safetensors_is(data, bytes))
		return ("is a safetensors file in the clear; smpc-share makes shares of it, of a "
		    "network's weights with --net");
	if (bytes >= 4 && memcmp(data, "PK\x03\x04", 4) == 0)
		return (foreign_has(data, bytes, "data.pkl") ? "is a PyTorch file (.pt); " SAVE :
		    "is a zip archive (.npz, .xlsx?), not a table; take the table out of it");
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (bytes >= formats[i].bytes &&
		    memcmp(data, formats[i].magic, formats[i].bytes) == 0)
			return (formats[i].what);
	}
	return (NULL);
}

int
foreign_secret(const void *data, size_t bytes)
{

	return (foreign_has(data, bytes, "smpc-secret-"));
}
