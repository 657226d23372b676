#include "crypto/hash.h"

#include <string.h>

#include "base/bytes.h"

/*
 * With constant, valid lengths libsodium's hash functions cannot fail, so their results need no
 * check.
 */

void
hash_init(struct hash *h)
{

	(void)crypto_generichash_init(&h->state, NULL, 0, HASH_BYTES);
}

void
hash_bytes(struct hash *h, const void *data, size_t bytes)
{

	if (bytes > 0)
		(void)crypto_generichash_update(&h->state, data, bytes);
}

void
hash_u64(struct hash *h, uint64_t v)
{
	uint8_t b[8];

	bytes_put(b, v, sizeof(b));
	hash_bytes(h, b, sizeof(b));
}

void
hash_string(struct hash *h, const char *s)
{

	hash_u64(h, strlen(s));
	hash_bytes(h, s, strlen(s));
}

void
hash_final(struct hash *h, uint8_t out[static HASH_BYTES])
{

	(void)crypto_generichash_final(&h->state, out, HASH_BYTES);
}

void
hash_once(uint8_t out[static HASH_BYTES], const void *data, size_t bytes)
{
	struct hash h;

	hash_init(&h);
	hash_bytes(&h, data, bytes);
	hash_final(&h, out);
}
