#ifndef SMPC_CRYPTO_HASH_H
#define SMPC_CRYPTO_HASH_H

/*
 * BLAKE2b with 32 bytes of output, and the length-prefixed encoding that ids are made of
 * (smpc-share(5), Ids).
 */

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#define HASH_BYTES 32

struct hash {
	crypto_generichash_state state;
};

void hash_init(struct hash *h);
void hash_bytes(struct hash *h, const void *data, size_t bytes);

/* hash_u64: 8 bytes, little-endian.  hash_string: the length as hash_u64, then the bytes. */
void hash_u64(struct hash *h, uint64_t v);
void hash_string(struct hash *h, const char *s);

void hash_final(struct hash *h, uint8_t out[static HASH_BYTES]);

/*
 * hash_once(out, data, bytes):
 * The hash of one piece of memory.
 */
void hash_once(uint8_t out[static HASH_BYTES], const void *data, size_t bytes);

#endif /* !SMPC_CRYPTO_HASH_H */
