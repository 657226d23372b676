#include "crypto/prg.h"

#include <sodium.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "crypto/hash.h"

#define BLOCK_WORDS 8
#define PAIRS 512 /* values of a modulus below 2^64 made at a time */

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
/* Share streams are read in place: such a host needs byte swaps here and in data/record.c. */
#error "share streams are little-endian, and this host is not"
#endif

void
prg_words(word *z, size_t n, const uint8_t key[static PRG_KEY_BYTES], uint64_t first)
{
	static const uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
	word block[BLOCK_WORDS];
	size_t skip = first % BLOCK_WORDS, head = 0;

	if (skip != 0 && n > 0) {
		memset(block, 0, sizeof(block));
		crypto_stream_chacha20_xor_ic((uint8_t *)block, (uint8_t *)block, sizeof(block),
		    nonce, first / BLOCK_WORDS, key);
		head = (n < BLOCK_WORDS - skip) ? n : BLOCK_WORDS - skip;
		memcpy(z, block + skip, head * sizeof(*z));
		mem_wipe(block, sizeof(block));
	}
	if (n == head)
		return;
	memset(z + head, 0, (n - head) * sizeof(*z));
	crypto_stream_chacha20_xor_ic((uint8_t *)(z + head), (uint8_t *)(z + head),
	    (n - head) * sizeof(*z), nonce, (first + head) / BLOCK_WORDS, key);
}

void
prg_values(const struct ring *R, word *z, size_t n, const uint8_t key[static PRG_KEY_BYTES],
    uint64_t first)
{
	word pairs[2 * PAIRS];
	size_t i, count;

	if (R->q == 0) {
		prg_words(z, n, key, first);
		return;
	}
	for (i = 0; i < n; i += count) {
		count = (n - i < PAIRS) ? n - i : PAIRS;
		prg_words(pairs, 2 * count, key, 2 * (first + i));
		ring_uniform(R, z + i, pairs, count);
	}
	mem_wipe(pairs, sizeof(pairs));
}

void
prg_record_key(uint8_t record_key[static PRG_KEY_BYTES],
    const uint8_t part_key[static PRG_KEY_BYTES], uint64_t block)
{

	/* Its arguments are in range, so it cannot fail. */
	(void)crypto_kdf_derive_from_key(record_key, PRG_KEY_BYTES, block, "smpcrec1", part_key);
}

void
prg_new_key(uint8_t key[static PRG_KEY_BYTES])
{

	randombytes_buf(key, PRG_KEY_BYTES);
}

void
prg_public_key(uint8_t key[static PRG_KEY_BYTES], const char label[static PRG_LABEL_BYTES],
    uint64_t a, uint64_t b)
{
	uint8_t input[PRG_LABEL_BYTES + 16];

	memcpy(input, label, PRG_LABEL_BYTES);
	bytes_put(input + PRG_LABEL_BYTES, a, 8);
	bytes_put(input + PRG_LABEL_BYTES + 8, b, 8);
	hash_once(key, input, sizeof(input));
}
