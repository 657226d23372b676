/*
 * Records whose lengths and digests are right, so that the fuzzer gets to the header and the
 * contents.  The input is a list of records: 1 byte K, from 128 on for version 2, 2 bytes H, 2
 * bytes P, then H bytes of header, 32K bytes of keys and 8P bytes of payload.
 */

#include "stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PREFIX 5
#define PRELUDE 32

static void
put_le(uint8_t *b, size_t bytes, uint64_t v)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		b[i] = (uint8_t)(v >> (8 * i));
}

/* Append one record with the right lengths, padding and digest. */
static void
build(struct buf *stream, unsigned version, const uint8_t *header, size_t header_bytes,
    size_t n_keys, size_t n_words)
{
	uint8_t prelude[PRELUDE] = "\xb5SMPC\r\n\x1a", digest[HASH_BYTES];
	static const uint8_t zeros[64];
	const uint8_t *keys = header + header_bytes, *words = keys + n_keys * PRG_KEY_BYTES;
	size_t start = stream->len;
	struct hash h;

	put_le(prelude + 8, 4, version);
	put_le(prelude + 12, 4, header_bytes);
	put_le(prelude + 16, 4, n_keys);
	put_le(prelude + 20, 4, 0);
	put_le(prelude + 24, 8, n_words);
	fuzz_check(buf_append(stream, prelude, sizeof(prelude)) == 0 &&
	    buf_append(stream, header, header_bytes) == 0 &&
	    buf_append(stream, zeros, (64 - (PRELUDE + header_bytes) % 64) % 64) == 0 &&
	    buf_append(stream, keys, n_keys * PRG_KEY_BYTES) == 0);
	hash_once(digest, words, 8 * n_words);
	hash_init(&h);
	hash_bytes(&h, stream->data + start, stream->len - start);
	hash_bytes(&h, digest, sizeof(digest));
	hash_final(&h, digest);
	fuzz_check(buf_append(stream, words, 8 * n_words) == 0 &&
	    buf_append(stream, digest, sizeof(digest)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf stream = { NULL, 0, 0 };
	size_t n_keys, header_bytes, n_words, bytes;

	if (sodium_init() == -1)
		abort();
	while (size >= PREFIX) {
		n_keys = data[0] % 65;
		header_bytes = data[1] | (size_t)data[2] << 8;
		n_words = data[3] | (size_t)data[4] << 8;
		bytes = header_bytes + n_keys * PRG_KEY_BYTES + 8 * n_words;
		if (bytes > size - PREFIX)
			break;
		build(&stream, (data[0] < 128) ? 1 : 2, data + PREFIX, header_bytes, n_keys,
		    n_words);
		data += PREFIX + bytes;
		size -= PREFIX + bytes;
	}
	(void)fuzz_read(stream.data, stream.len, NULL);
	buf_free(&stream);
	return (0);
}
