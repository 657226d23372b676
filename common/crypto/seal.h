#ifndef SMPC_CRYPTO_SEAL_H
#define SMPC_CRYPTO_SEAL_H

/*
 * The sealed stream of smpc-share(5): a stream encrypted to one recipient by a sender whom the
 * recipient knows.  Bytes in, bytes out: nothing here reads, writes or reports.
 *
 *   preamble   fixed part, header, message of Noise_K with the prologue "smpc-seal-1", fixed part,
 *              header
 *   chunks     length L, transport message of L bytes: one byte "final", and a piece of the stream
 *
 * The header's JSON belongs to data/sealed.h.  Whoever opens must have got the sender's key for the
 * name in the header from the parties file, and must not take the stream for whole before
 * open_finished says so.  Pieces that open_chunk gives out earlier are authentic, in order and
 * complete so far.
 */

#include <stddef.h>
#include <stdint.h>

#include "crypto/noise.h"

#define SEAL_VERSION 1
#define SEAL_MAGIC_BYTES 8
#define SEAL_FIXED_BYTES 16                   /* magic, version, length of the header */
#define SEAL_HEADER_MIN 2
#define SEAL_HEADER_MAX 4096
#define SEAL_MESSAGE_BYTES NOISE_OVERHEAD
#define SEAL_CHUNK_MIN (1 + NOISE_TAG_BYTES) /* L of an empty piece */
#define SEAL_CHUNK_MAX NOISE_MESSAGE_MAX     /* L of the largest piece */
#define SEAL_PIECE_MAX (SEAL_CHUNK_MAX - SEAL_CHUNK_MIN)

/* The length of a preamble with a header of ${header_bytes} bytes. */
#define SEAL_PREAMBLE_BYTES(header_bytes) (SEAL_FIXED_BYTES + (header_bytes) + SEAL_MESSAGE_BYTES)

/* What a written chunk of a piece of ${bytes} bytes takes up, its length field included. */
#define SEAL_WRITTEN_BYTES(bytes) (2 + SEAL_CHUNK_MIN + (bytes))

/* One stream being sealed or opened.  The fields belong to seal.c. */
struct seal {
	struct noise_cipher cipher;
	int finished; /* the final chunk has passed */
};

/*
 * seal_start(s, secret, recipient, header, header_bytes, preamble):
 * Begin a stream from the owner of ${secret} to the owner of the public key ${recipient}: write the
 * preamble, SEAL_PREAMBLE_BYTES(${header_bytes}) bytes.  Return 0, or -1 (the header is shorter
 * than SEAL_HEADER_MIN or longer than SEAL_HEADER_MAX, the recipient's key is of low order).
 * Release with seal_wipe in either case.
 */
int seal_start(struct seal *s, const uint8_t secret[static NOISE_KEY_BYTES],
    const uint8_t recipient[static NOISE_KEY_BYTES], const void *header, size_t header_bytes,
    uint8_t *preamble);

/*
 * seal_chunk(s, piece, bytes, final, chunk):
 * Seal the next piece of the stream, 0 to SEAL_PIECE_MAX bytes: write SEAL_WRITTEN_BYTES(${bytes})
 * bytes to ${chunk}, which must not overlap ${piece}.  The last call has ${final} set.  Return 0,
 * or -1 (not started, longer than that, after the final chunk).
 */
int seal_chunk(struct seal *s, const void *piece, size_t bytes, int final, uint8_t *chunk);

/*
 * seal_is_magic(bytes):
 * Return 1 if these are the first bytes of a sealed stream, else 0.
 */
int seal_is_magic(const uint8_t bytes[static SEAL_MAGIC_BYTES]);

/* What open_fixed has found. */
enum seal_fixed {
	SEAL_FIXED_OK,
	SEAL_FIXED_MAGIC,   /* not a sealed stream */
	SEAL_FIXED_VERSION, /* of a version that is not known */
	SEAL_FIXED_LENGTH   /* a length of the header that is not allowed */
};

/*
 * open_fixed(fixed, header_bytes):
 * Check the first SEAL_FIXED_BYTES of a stream and get the length of the header that follows, which
 * is then from SEAL_HEADER_MIN to SEAL_HEADER_MAX; 0 unless SEAL_FIXED_OK.
 */
enum seal_fixed open_fixed(const uint8_t fixed[static SEAL_FIXED_BYTES], size_t *header_bytes);

/*
 * open_start(s, secret, sender, preamble, preamble_bytes):
 * Begin to open a stream, which came with the whole ${preamble}, as the owner of ${secret}, from
 * the owner of the public key ${sender}.  Return 0, or -1 (not a preamble; it was damaged, or is
 * not from ${sender} to this recipient).  Release with seal_wipe in either case.
 */
int open_start(struct seal *s, const uint8_t secret[static NOISE_KEY_BYTES],
    const uint8_t sender[static NOISE_KEY_BYTES], const uint8_t *preamble, size_t preamble_bytes);

/*
 * open_length(length):
 * Return the length L in the two bytes before a chunk, or 0 if no chunk has it.
 */
size_t open_length(const uint8_t length[static 2]);

/*
 * open_chunk(s, chunk, chunk_bytes, piece, bytes, final):
 * Open the next chunk, of L = ${chunk_bytes} without its length field, in place: *${piece} is a
 * pointer into ${chunk}, *${bytes} its length from 0 to SEAL_PIECE_MAX, and *${final} tells if it
 * was the last one.  Return 0, or -1 (not started, a length that no chunk has, after the final
 * chunk, or not the next chunk of this stream: damaged, left out, repeated, moved, or from
 * elsewhere); after -1 the key is wiped and nothing more can be opened.
 */
int open_chunk(struct seal *s, uint8_t *chunk, size_t chunk_bytes, const uint8_t **piece,
    size_t *bytes, int *final);

/*
 * open_finished(s):
 * Return 1 if the final chunk has been opened.  A stream that ends before was cut.
 */
int open_finished(const struct seal *s);

/*
 * seal_wipe(s):
 * Wipe the key; harmless twice.
 */
void seal_wipe(struct seal *s);

#endif /* !SMPC_CRYPTO_SEAL_H */
