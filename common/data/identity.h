#ifndef SMPC_DATA_IDENTITY_H
#define SMPC_DATA_IDENTITY_H

/*
 * A party's X25519 keys, as text and in files.
 *
 * A key as text says what it is, and that it was typed correctly: "smpc-public-" or "smpc-secret-",
 * then 48 characters of URL-safe base64 (RFC 4648, section 5, without padding) of 36 bytes: the
 * key, and the first 4 bytes of BLAKE2b-256(prefix, key).
 *
 * An identity file holds one secret key on a line of its own.  Blank lines and lines that begin
 * with # mean nothing.  Nobody but its owner may have access to it.
 *
 * sodium_init() must have been called.
 */

#include <stddef.h>
#include <stdint.h>

struct output;

#define IDENTITY_KEY_BYTES 32
#define IDENTITY_TEXT_LEN 60                          /* characters of a key as text */
#define IDENTITY_TEXT_BYTES (IDENTITY_TEXT_LEN + 1)
#define IDENTITY_FILE_MAX 4096

/* Both keys, in memory that is guarded and kept from the swap where the system permits. */
struct identity {
	uint8_t secret[IDENTITY_KEY_BYTES];
	uint8_t public[IDENTITY_KEY_BYTES];
};

/*
 * identity_public_text(key, text):
 * Write a public key as text, with a NUL.
 */
void identity_public_text(const uint8_t key[static IDENTITY_KEY_BYTES],
    char text[static IDENTITY_TEXT_BYTES]);

/*
 * identity_public_parse(text, where, key):
 * Read a public key.  Messages begin with ${where} and never repeat ${text}, which may be a secret
 * by mistake.  Return 0, or -1 (reported: status 1 if it is no public key or was mistyped, status 4
 * if it is one that no honest party has: of low order, or one of two spellings of the same key);
 * ${key} is then zero.
 */
int identity_public_parse(const char *text, const char *where,
    uint8_t key[static IDENTITY_KEY_BYTES]);

/*
 * identity_generate():
 * Return new random keys, or NULL (reported).
 */
struct identity *identity_generate(void);

/*
 * identity_load(path):
 * Read an identity file, or standard input if ${path} is "-".  Return NULL, having reported, if it
 * cannot be read or is not an identity file (status 1) or if the group or others have any access to
 * it (status 4).
 */
struct identity *identity_load(const char *path);

/*
 * identity_parse(data, bytes, name):
 * The same for the contents of a file; messages begin with ${name}.
 */
struct identity *identity_parse(const char *data, size_t bytes, const char *name);

/*
 * identity_output(path, id):
 * Write an identity file of mode 0600, whatever the umask, whose name comes with output_commit.  An
 * existing file is never overwritten.  Return NULL, having reported, on failure.
 */
struct output *identity_output(const char *path, const struct identity *id);

/*
 * identity_write(path, id):
 * The same, and commit it.  Return 0 or -1 (reported).
 */
int identity_write(const char *path, const struct identity *id);

/*
 * identity_free(id):
 * Wipe and free; harmless on NULL.
 */
void identity_free(struct identity *id);

#endif /* !SMPC_DATA_IDENTITY_H */
