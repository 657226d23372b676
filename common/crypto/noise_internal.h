#ifndef SMPC_CRYPTO_NOISE_INTERNAL_H
#define SMPC_CRYPTO_NOISE_INTERNAL_H

/*
 * For noise.c and its tests alone.  Nothing else may include this: an ephemeral key that is used
 * twice gives the session's keys away.
 */

#include "crypto/noise.h"

/*
 * noise_write_ephemeral(hs, e_secret, payload, bytes, message):
 * noise_write with a given ephemeral secret, to check published vectors.
 */
int noise_write_ephemeral(struct noise_handshake *hs,
    const uint8_t e_secret[static NOISE_KEY_BYTES], const void *payload, size_t bytes,
    uint8_t *message);

/*
 * noise_hkdf(ck, input, bytes, outputs, out):
 * HKDF of the framework, section 4.3, over HMAC-BLAKE2b: write ${outputs} (1 to 3) hashes to
 * ${out}, which may not overlap ${ck}.
 */
void noise_hkdf(const uint8_t ck[static NOISE_HASH_BYTES], const void *input, size_t bytes,
    unsigned int outputs, uint8_t (*out)[NOISE_HASH_BYTES]);

#endif /* !SMPC_CRYPTO_NOISE_INTERNAL_H */
