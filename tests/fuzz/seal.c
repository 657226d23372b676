/*
 * Sealed streams.  The input is tried as a stream as it is, as a header, and as a list of changes
 * to a good stream of three chunks: each is a position, 2 bytes, and a byte to be combined with the
 * one there by exclusive or.  Nothing but the good stream itself may be opened to its end.
 */

#include <sodium.h>

#include <string.h>

#include "base/mem.h"
#include "base/names.h"
#include "check.h"
#include "crypto/seal.h"
#include "data/part.h"
#include "data/sealed.h"

#define N_CHUNKS 3
#define MAX_PIECE 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char header[] = "{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":\"bob\"}";
static const char *const pieces[N_CHUNKS] = { "first", "", "the last" };
static uint8_t sender_secret[NOISE_KEY_BYTES], sender_public[NOISE_KEY_BYTES];
static uint8_t recipient_secret[NOISE_KEY_BYTES], recipient_public[NOISE_KEY_BYTES];
static uint8_t good[SEAL_PREAMBLE_BYTES(sizeof(header) - 1) + N_CHUNKS *
    SEAL_WRITTEN_BYTES(MAX_PIECE)];
static size_t good_bytes;

static void
make_good(void)
{
	struct seal s;
	size_t i, n;

	fuzz_check(sodium_init() != -1);
	memset(sender_secret, 1, sizeof(sender_secret));
	memset(recipient_secret, 2, sizeof(recipient_secret));
	crypto_scalarmult_base(sender_public, sender_secret);
	crypto_scalarmult_base(recipient_public, recipient_secret);
	fuzz_check(seal_start(&s, sender_secret, recipient_public, header, sizeof(header) - 1,
	    good) == 0);
	good_bytes = SEAL_PREAMBLE_BYTES(sizeof(header) - 1);
	for (i = 0; i < N_CHUNKS; i++) {
		n = strlen(pieces[i]);
		fuzz_check(seal_chunk(&s, pieces[i], n, i + 1 == N_CHUNKS, good + good_bytes) == 0);
		good_bytes += SEAL_WRITTEN_BYTES(n);
	}
	seal_wipe(&s);
}

/*
 * Open the chunks from ${at}; return 1 if the final one was among them, and *end is what follows
 * it.
 */
static int
open_chunks(struct seal *s, const uint8_t *stream, size_t bytes, size_t at, size_t *end)
{
	static uint8_t chunk[SEAL_CHUNK_MAX];
	const uint8_t *piece;
	size_t i, n, length;
	int final;

	for (i = 0; bytes - at >= 2; i++) {
		length = open_length(stream + at);
		if (length == 0 || bytes - at - 2 < length)
			return (0);
		memcpy(chunk, stream + at + 2, length);
		if (open_chunk(s, chunk, length, &piece, &n, &final) == -1)
			return (0);
		/* Whatever is given out is what was sealed, piece by piece. */
		fuzz_check(i < N_CHUNKS && n == strlen(pieces[i]) &&
		    memcmp(piece, pieces[i], n) == 0);
		fuzz_check(final == (i + 1 == N_CHUNKS) && open_finished(s) == final);
		at += 2 + length;
		*end = at;
		if (final)
			return (1);
	}
	return (0);
}

/* Open a stream; return 1 if it was a whole one, and *end is what follows it. */
static int
open_stream(const uint8_t *stream, size_t bytes, size_t *end)
{
	struct seal s;
	size_t h;
	int whole = 0;

	if (bytes < SEAL_FIXED_BYTES || open_fixed(stream, &h) != SEAL_FIXED_OK ||
	    bytes < SEAL_PREAMBLE_BYTES(h))
		return (0);
	if (open_start(&s, recipient_secret, sender_public, stream, SEAL_PREAMBLE_BYTES(h)) == 0)
		whole = open_chunks(&s, stream, bytes, SEAL_PREAMBLE_BYTES(h), end);
	seal_wipe(&s);
	return (whole);
}

static void
fuzz_changes(const uint8_t *data, size_t size)
{
	uint8_t changed[sizeof(good)];
	size_t at, end;

	memcpy(changed, good, good_bytes);
	for (; size >= 3; data += 3, size -= 3) {
		at = ((size_t)data[0] | (size_t)data[1] << 8) % good_bytes;
		changed[at] ^= data[2];
	}
	if (memcmp(changed, good, good_bytes) == 0)
		fuzz_check(open_stream(changed, good_bytes, &end) && end == good_bytes);
	else
		fuzz_check(!open_stream(changed, good_bytes, &end));
}

static void
fuzz_header(const uint8_t *data, size_t size)
{
	struct buf json = { NULL, 0, 0 };
	struct sealed_header h, again;

	if (sealed_header_parse(data, size, "fuzz", &h) == -1)
		return;
	fuzz_check(name_valid(h.from) && name_valid(h.to));
	fuzz_check(sealed_header_build(h.from, h.to, &json) == 0 && json.len <= SEAL_HEADER_MAX);
	fuzz_check(sealed_header_parse(json.data, json.len, "fuzz", &again) == 0);
	fuzz_check(strcmp(h.from, again.from) == 0 && strcmp(h.to, again.to) == 0);
	buf_free(&json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t end;

	if (good_bytes == 0)
		make_good();
	fuzz_check(!open_stream(data, size, &end));
	fuzz_header(data, size);
	fuzz_changes(data, size);
	return (0);
}
