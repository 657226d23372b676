#ifndef SMPC_CRYPTO_PRG_H
#define SMPC_CRYPTO_PRG_H

/*
 * The pseudorandom words that a key in a share stream stands for: ChaCha20 with a 64-bit block
 * counter, seekable.  The algorithm is part of the format (smpc-share(5), Keys); only its
 * implementation may vary.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/ring.h"
#include "ring/word.h"

#define PRG_KEY_BYTES 32
#define PRG_LABEL_BYTES 16

/*
 * prg_words(z, n, key, first):
 * Write the words ${first} .. ${first} + ${n} - 1 of the stream S(${key}).
 */
void prg_words(word *z, size_t n, const uint8_t key[static PRG_KEY_BYTES], uint64_t first);

/*
 * prg_values(R, z, n, key, first):
 * Write the values ${first} .. ${first} + ${n} - 1, residues of the modulus of ${R}, that ${key}
 * stands for.
 */
void prg_values(const struct ring *R, word *z, size_t n,
    const uint8_t key[static PRG_KEY_BYTES], uint64_t first);

/*
 * prg_record_key(record_key, part_key, block):
 * Derive, one way, the record key of a block of rows from the key of its part.
 */
void prg_record_key(uint8_t record_key[static PRG_KEY_BYTES],
    const uint8_t part_key[static PRG_KEY_BYTES], uint64_t block);

/*
 * prg_new_key(key):
 * Draw a fresh key from the operating system's randomness.
 */
void prg_new_key(uint8_t key[static PRG_KEY_BYTES]);

/*
 * prg_public_key(key, label, a, b):
 * Make the key of a stream that is nobody's secret: the hash of a label, padded with zeroes, and
 * two numbers.
 */
void prg_public_key(uint8_t key[static PRG_KEY_BYTES], const char label[static PRG_LABEL_BYTES],
    uint64_t a, uint64_t b);

#endif /* !SMPC_CRYPTO_PRG_H */
