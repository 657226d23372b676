#include "crypto/seal.h"

#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

#define PROLOGUE "smpc-seal-1"
#define PROLOGUE_BYTES (sizeof(PROLOGUE) - 1)
/* After the magic: the version, and the length of the header. */
#define FIELD_BYTES 4
#define VERSION_AT SEAL_MAGIC_BYTES
#define LENGTH_AT (VERSION_AT + FIELD_BYTES)

static const uint8_t magic[SEAL_MAGIC_BYTES] = { 0xb5, 0x53, 0x45, 0x41, 0x4c, 0x0d, 0x0a, 0x1a };

/*
 * Begin the handshake whose prologue covers all that precedes its message, so that no byte of it
 * can be changed.
 */
static int
seal_handshake(struct noise_handshake *hs, enum noise_role role, const uint8_t *secret,
    const uint8_t *remote, const uint8_t *prefix, size_t prefix_bytes)
{
	const struct noise_prologue prologue = { .label = PROLOGUE, .label_bytes = PROLOGUE_BYTES,
		.about = prefix, .about_bytes = prefix_bytes };

	return (noise_start_keys(hs, NOISE_K, role, secret, remote, &prologue));
}

int
seal_start(struct seal *s, const uint8_t secret[static NOISE_KEY_BYTES],
    const uint8_t recipient[static NOISE_KEY_BYTES], const void *header, size_t header_bytes,
    uint8_t *preamble)
{
	struct noise_handshake hs;
	struct noise_cipher none;
	int rc = -1;

	memset(s, 0, sizeof(*s));
	if (header_bytes < SEAL_HEADER_MIN || header_bytes > SEAL_HEADER_MAX)
		return (-1);
	memcpy(preamble, magic, sizeof(magic));
	bytes_put(preamble + VERSION_AT, SEAL_VERSION, FIELD_BYTES);
	bytes_put(preamble + LENGTH_AT, header_bytes, FIELD_BYTES);
	memcpy(preamble + SEAL_FIXED_BYTES, header, header_bytes);
	if (seal_handshake(&hs, NOISE_INITIATOR, secret, recipient, preamble, SEAL_FIXED_BYTES +
	    header_bytes) == -1)
		goto out;
	if (noise_write(&hs, NULL, 0, preamble + SEAL_FIXED_BYTES + header_bytes) == -1)
		goto out;
	rc = noise_split(&hs, &s->cipher, &none);
out:
	noise_wipe(&hs);
	return (rc);
}

int
seal_chunk(struct seal *s, const void *piece, size_t bytes, int final, uint8_t *chunk)
{
	size_t length = bytes + SEAL_CHUNK_MIN;

	if (s->finished || bytes > SEAL_PIECE_MAX)
		return (-1);
	bytes_put(chunk, length, 2);
	chunk[2] = (final != 0);
	if (bytes > 0)
		memcpy(chunk + 3, piece, bytes);
	if (noise_encrypt(&s->cipher, chunk + 2, 1 + bytes, chunk + 2) == -1)
		return (-1);
	if (final) {
		s->finished = 1;
		noise_cipher_wipe(&s->cipher);
	}
	return (0);
}

int
seal_is_magic(const uint8_t bytes[static SEAL_MAGIC_BYTES])
{

	return (memcmp(bytes, magic, sizeof(magic)) == 0);
}

enum seal_fixed
open_fixed(const uint8_t fixed[static SEAL_FIXED_BYTES], size_t *header_bytes)
{
	size_t length = (size_t)bytes_get(fixed + LENGTH_AT, FIELD_BYTES);

	*header_bytes = 0;
	if (!seal_is_magic(fixed))
		return (SEAL_FIXED_MAGIC);
	if (bytes_get(fixed + VERSION_AT, FIELD_BYTES) != SEAL_VERSION)
		return (SEAL_FIXED_VERSION);
	if (length < SEAL_HEADER_MIN || length > SEAL_HEADER_MAX)
		return (SEAL_FIXED_LENGTH);
	*header_bytes = length;
	return (SEAL_FIXED_OK);
}

int
open_start(struct seal *s, const uint8_t secret[static NOISE_KEY_BYTES],
    const uint8_t sender[static NOISE_KEY_BYTES], const uint8_t *preamble, size_t preamble_bytes)
{
	struct noise_handshake hs;
	struct noise_cipher none;
	size_t header_bytes;
	uint8_t empty;
	int rc = -1;

	memset(s, 0, sizeof(*s));
	if (preamble_bytes < SEAL_FIXED_BYTES ||
	    open_fixed(preamble, &header_bytes) != SEAL_FIXED_OK ||
	    preamble_bytes != SEAL_PREAMBLE_BYTES(header_bytes))
		return (-1);
	if (seal_handshake(&hs, NOISE_RESPONDER, secret, sender, preamble, SEAL_FIXED_BYTES +
	    header_bytes) == -1)
		goto out;
	if (noise_read(&hs, preamble + SEAL_FIXED_BYTES + header_bytes, SEAL_MESSAGE_BYTES,
	    &empty) == -1)
		goto out;
	rc = noise_split(&hs, &none, &s->cipher);
out:
	noise_wipe(&hs);
	return (rc);
}

size_t
open_length(const uint8_t length[static 2])
{
	size_t bytes = (size_t)bytes_get(length, 2);

	return ((bytes < SEAL_CHUNK_MIN) ? 0 : bytes);
}

int
open_chunk(struct seal *s, uint8_t *chunk, size_t chunk_bytes, const uint8_t **piece, size_t *bytes,
    int *final)
{

	*piece = NULL;
	*bytes = 0;
	*final = 0;
	if (s->finished || chunk_bytes < SEAL_CHUNK_MIN)
		goto failed;
	if (noise_decrypt(&s->cipher, chunk, chunk_bytes, chunk) == -1)
		goto failed;
	if (chunk[0] > 1)
		goto failed;
	*final = s->finished = chunk[0];
	*piece = chunk + 1;
	*bytes = chunk_bytes - SEAL_CHUNK_MIN;
	if (s->finished)
		noise_cipher_wipe(&s->cipher);
	return (0);
failed:
	seal_wipe(s);
	return (-1);
}

int
open_finished(const struct seal *s)
{

	return (s->finished);
}

void
seal_wipe(struct seal *s)
{

	mem_wipe(s, sizeof(*s));
}
