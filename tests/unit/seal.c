/*
 * Sealed streams and their headers: round trips, and that nothing that was changed on the way is
 * opened.
 *
 * The stream of test_reference was made with tests/python/noise.py, which shares no code with this.
 */

#include <sodium.h>

#include "base/mem.h"
#include "crypto/seal.h"
#include "data/sealed.h"
#include "tap.h"

#define STREAM_MAX (1 << 19)

struct keys {
	uint8_t secret[NOISE_KEY_BYTES];
	uint8_t public[NOISE_KEY_BYTES];
};
static struct keys alice, bob, mallory;

static const char header[] = "{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":\"bob\"}";
#define HEADER_BYTES (sizeof(header) - 1)
#define PREAMBLE SEAL_PREAMBLE_BYTES(HEADER_BYTES)

static void
make_keys(struct keys *k)
{

	randombytes_buf(k->secret, sizeof(k->secret));
	crypto_scalarmult_base(k->public, k->secret);
}

/*
 * Seal pieces of the given sizes, the last one final, from ${plain} into ${out}; return the length.
 */
static size_t
seal_pieces(const uint8_t *plain, const size_t *sizes, size_t count, uint8_t *out)
{
	struct seal s;
	size_t i, at = PREAMBLE;

	if (seal_start(&s, alice.secret, bob.public, header, HEADER_BYTES, out) == -1)
		tap_bail("cannot seal");
	for (i = 0; i < count; i++) {
		if (seal_chunk(&s, plain, sizes[i], i + 1 == count, out + at) == -1)
			tap_bail("cannot seal a chunk");
		plain += sizes[i];
		at += SEAL_WRITTEN_BYTES(sizes[i]);
	}
	if (seal_chunk(&s, plain, 0, 0, out + at) != -1)
		tap_bail("a stream goes on after its final chunk");
	seal_wipe(&s);
	return (at);
}

/*
 * Open a whole stream as a reader does.  Return the plaintext's length, or -1 if it is not exactly
 * one good stream.
 */
static long
open_all(const uint8_t *stream, size_t bytes, const struct keys *to, const struct keys *from,
    uint8_t *plain)
{
	static uint8_t chunk[SEAL_CHUNK_MAX];
	struct seal s;
	const uint8_t *piece;
	size_t at, h, n, length;
	long total = 0;
	int final;

	if (bytes < SEAL_FIXED_BYTES || open_fixed(stream, &h) != SEAL_FIXED_OK ||
	    bytes < SEAL_PREAMBLE_BYTES(h))
		return (-1);
	at = SEAL_PREAMBLE_BYTES(h);
	if (open_start(&s, to->secret, from->public, stream, at) == -1)
		return (-1);
	while (!open_finished(&s)) {
		if (bytes - at < 2 || (length = open_length(stream + at)) == 0 ||
		    bytes - at - 2 < length)
			goto failed;
		memcpy(chunk, stream + at + 2, length);
		if (open_chunk(&s, chunk, length, &piece, &n, &final) == -1)
			goto failed;
		memcpy(plain + total, piece, n);
		total += (long)n;
		at += 2 + length;
	}
	seal_wipe(&s);
	return ((at == bytes) ? total : -1);
failed:
	seal_wipe(&s);
	return (-1);
}

static void
test_round_trips(uint8_t *plain, uint8_t *sealed, uint8_t *opened)
{
	static const size_t sizes[][4] = { { 0 }, { 1 }, { 63, 0, 1, 65 },
		{ SEAL_PIECE_MAX - 1, 1 },
		{ SEAL_PIECE_MAX }, { SEAL_PIECE_MAX, SEAL_PIECE_MAX, 1 }, { 65280, 0, 0, 255 } };
	static const size_t counts[] = { 1, 1, 4, 2, 1, 3, 4 };
	struct seal s;
	size_t i, j, total, n;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		for (j = 0, total = 0; j < counts[i]; j++)
			total += sizes[i][j];
		n = seal_pieces(plain, sizes[i], counts[i], sealed);
		memset(opened, 0, STREAM_MAX);
		ok(open_all(sealed, n, &bob, &alice, opened) == (long)total,
		    "%zu chunks, %zu bytes", counts[i], total);
		ok_bytes(opened, plain, total, "come out as they went in");
	}
	seal_start(&s, alice.secret, bob.public, header, HEADER_BYTES, sealed);
	ok(seal_chunk(&s, plain, SEAL_PIECE_MAX + 1, 1, sealed) == -1, "no larger piece is sealed");
	ok(SEAL_PIECE_MAX == 65518, "the largest piece is that of smpc-share(5)");
}

static void
test_limits(uint8_t *sealed)
{
	static const char long_header[SEAL_HEADER_MAX + 1] = { 0 };
	uint8_t fixed[SEAL_FIXED_BYTES], length[2], zero[NOISE_KEY_BYTES] = { 0 };
	struct seal s;
	size_t h;

	ok(seal_start(&s, alice.secret, bob.public, long_header, sizeof(long_header), sealed) == -1,
	    "a header too long");
	ok(seal_start(&s, alice.secret, bob.public, long_header, 1, sealed) == -1,
	    "a header too short");
	ok(seal_start(&s, alice.secret, bob.public, long_header, SEAL_HEADER_MAX, sealed) == 0,
	    "the longest header");
	ok(open_fixed(sealed, &h) == SEAL_FIXED_OK && h == SEAL_HEADER_MAX, "is read");
	ok(open_start(&s, bob.secret, alice.public, sealed, SEAL_PREAMBLE_BYTES(h)) == 0,
	    "and opened");
	ok(open_start(&s, bob.secret, alice.public, sealed, SEAL_PREAMBLE_BYTES(h) - 1) == -1,
	    "not a byte less");
	ok(open_start(&s, bob.secret, alice.public, sealed, 15) == -1, "nor nearly nothing");
	ok(seal_start(&s, alice.secret, zero, header, HEADER_BYTES, sealed) == -1 &&
	    seal_chunk(&s, "", 0, 1, sealed) == -1, "nothing is sealed to a key of low order");
	seal_start(&s, alice.secret, bob.public, header, HEADER_BYTES, sealed);
	ok(seal_is_magic(sealed), "the magic");
	memcpy(fixed, sealed, sizeof(fixed));
	fixed[7] ^= 1;
	ok(!seal_is_magic(fixed) && open_fixed(fixed, &h) == SEAL_FIXED_MAGIC && h == 0,
	    "another magic");
	fixed[7] ^= 1;
	fixed[8] = 2;
	ok(open_fixed(fixed, &h) == SEAL_FIXED_VERSION && h == 0, "another version");
	memcpy(fixed, sealed, sizeof(fixed));
	fixed[12] = 1;
	ok(open_fixed(fixed, &h) == SEAL_FIXED_LENGTH && h == 0, "a header of one byte");
	fixed[12] = 1;
	fixed[13] = 0x10;
	ok(open_fixed(fixed, &h) == SEAL_FIXED_LENGTH && h == 0, "a header of 4097 bytes");
	fixed[12] = fixed[13] = 0;
	fixed[15] = 0x80;
	ok(open_fixed(fixed, &h) == SEAL_FIXED_LENGTH && h == 0, "a header of 2 GiB");
	length[0] = 16;
	length[1] = 0;
	ok(open_length(length) == 0, "no chunk has 16 bytes");
	length[0] = 17;
	ok(open_length(length) == 17, "the smallest chunk");
	length[0] = length[1] = 0xff;
	ok(open_length(length) == 65535, "the largest");
}

static void
test_tampering(const uint8_t *plain, uint8_t *sealed, uint8_t *opened)
{
	static const size_t sizes[] = { 5, 0, 7 };
	size_t n = seal_pieces(plain, sizes, 3, sealed), at, bit, failed = 0;

	ok(open_all(sealed, n, &bob, &alice, opened) == 12, "a small stream");
	for (at = 0; at < n; at++) {
		for (bit = 0; bit < 8; bit++) {
			sealed[at] ^= (uint8_t)(1 << bit);
			failed += (open_all(sealed, n, &bob, &alice, opened) == -1);
			sealed[at] ^= (uint8_t)(1 << bit);
		}
	}
	ok_u64(failed, 8 * n, "no bit of it can be changed");
	for (at = 0, failed = 0; at < n; at++)
		failed += (open_all(sealed, at, &bob, &alice, opened) == -1);
	ok_u64(failed, n, "it cannot be cut anywhere");
	ok(open_all(sealed, n, &mallory, &alice, opened) == -1, "another recipient does not open "
	    "it");
	ok(open_all(sealed, n, &bob, &mallory, opened) == -1, "it is not from another sender");
	ok(open_all(sealed, n, &alice, &bob, opened) == -1, "it does not go the other way");
}

/* Put together a stream from the chunks of another, by their numbers. */
static size_t
splice(const uint8_t *from, size_t chunk_bytes, const size_t *order, size_t count, uint8_t *to)
{
	size_t i;

	memcpy(to, from, PREAMBLE);
	for (i = 0; i < count; i++)
		memcpy(to + PREAMBLE + i * chunk_bytes, from + PREAMBLE + order[i] * chunk_bytes,
		    chunk_bytes);
	return (PREAMBLE + count * chunk_bytes);
}

static void
test_splicing(const uint8_t *plain, uint8_t *sealed, uint8_t *opened)
{
	static const size_t sizes[] = { 9, 9, 9, 9 }, chunk = SEAL_WRITTEN_BYTES(9);
	static const size_t same[] = { 0, 1, 2, 3 }, swapped[] = { 1, 0, 2, 3 },
	    dropped[] = { 0, 2, 3 };
	static const size_t repeated[] = { 0, 1, 1, 2, 3 }, early[] = { 0, 3 },
	    headless[] = { 1, 2, 3 };
	static uint8_t other[1024], spliced[1024];
	size_t n;

	seal_pieces(plain, sizes, 4, sealed);
	n = splice(sealed, chunk, same, 4, spliced);
	ok(open_all(spliced, n, &bob, &alice, opened) == 36, "four chunks in their order");
	n = splice(sealed, chunk, swapped, 4, spliced);
	ok(open_all(spliced, n, &bob, &alice, opened) == -1, "two swapped");
	n = splice(sealed, chunk, dropped, 3, spliced);
	ok(open_all(spliced, n, &bob, &alice, opened) == -1, "one left out");
	n = splice(sealed, chunk, headless, 3, spliced);
	ok(open_all(spliced, n, &bob, &alice, opened) == -1, "the first left out");
	n = splice(sealed, chunk, repeated, 5, spliced);
	ok(open_all(spliced, n, &bob, &alice, opened) == -1, "one repeated");
	n = splice(sealed, chunk, early, 2, spliced);
	ok(open_all(spliced, n, &bob, &alice, opened) == -1, "the final one early");
	n = splice(sealed, chunk, same, 3, spliced);
	ok(open_all(spliced, n, &bob, &alice, opened) == -1, "no final one");
	seal_pieces(plain, sizes, 4, other);
	n = splice(sealed, chunk, same, 4, spliced);
	memcpy(spliced + PREAMBLE, other + PREAMBLE, chunk);
	ok(open_all(spliced, n, &bob, &alice, opened) == -1, "one of another stream");
	memcpy(spliced, other, PREAMBLE);
	ok(open_all(spliced, n, &bob, &alice, opened) == -1, "the preamble of another stream");
}

static void
test_after_the_end(const uint8_t *plain, uint8_t *sealed)
{
	static const size_t sizes[] = { 3, 3 };
	struct seal s;
	const uint8_t *piece;
	uint8_t chunk[64];
	size_t n;
	int final;

	seal_pieces(plain, sizes, 2, sealed);
	open_start(&s, bob.secret, alice.public, sealed, PREAMBLE);
	memcpy(chunk, sealed + PREAMBLE + 2, 20);
	ok(open_chunk(&s, chunk, 20, &piece, &n, &final) == 0 && !final && !open_finished(&s),
	    "not final yet");
	memcpy(chunk, sealed + PREAMBLE + 22 + 2, 20);
	ok(open_chunk(&s, chunk, 20, &piece, &n, &final) == 0 && final && open_finished(&s),
	    "final");
	ok(open_chunk(&s, chunk, 20, &piece, &n, &final) == -1 && piece == NULL && n == 0 && !final,
	    "nothing after it");
	open_start(&s, bob.secret, alice.public, sealed, PREAMBLE);
	memset(chunk, 0, sizeof(chunk));
	ok(open_chunk(&s, chunk, 20, &piece, &n, &final) == -1, "a chunk that is damaged");
	memcpy(chunk, sealed + PREAMBLE + 2, 20);
	ok(open_chunk(&s, chunk, 20, &piece, &n, &final) == -1, "ends it for good");
	open_start(&s, bob.secret, alice.public, sealed, PREAMBLE);
	ok(open_chunk(&s, chunk, 16, &piece, &n, &final) == -1, "a chunk without room for the "
	    "final byte");
	seal_start(&s, alice.secret, bob.public, header, HEADER_BYTES, sealed);
	chunk[0] = 2;
	noise_encrypt(&s.cipher, chunk, 1, chunk);
	open_start(&s, bob.secret, alice.public, sealed, PREAMBLE);
	ok(open_chunk(&s, chunk, 17, &piece, &n, &final) == -1 && piece == NULL,
	    "a final byte of 2, by the sender itself");
	/* What would be taken for the final byte is then the first of the tag. */
	do {
		seal_start(&s, alice.secret, bob.public, header, HEADER_BYTES, sealed);
		noise_encrypt(&s.cipher, chunk, 0, chunk);
	} while (chunk[0] > 1);
	open_start(&s, bob.secret, alice.public, sealed, PREAMBLE);
	ok(open_chunk(&s, chunk, 16, &piece, &n, &final) == -1, "no final byte, by the sender "
	    "itself");
}

static int
parses(const char *json, struct sealed_header *h)
{

	return (sealed_header_parse(json, strlen(json), "test", h) == 0);
}

static void
test_header(void)
{
	static const char *const bad[] = { "", "{}", "[]", "null",
		"{\"from\":\"alice\",\"to\":\"bob\"}",
		"{\"from\":\"alice\",\"kind\":\"tensor\",\"to\":\"bob\"}",
		    "{\"from\":\"alice\",\"kind\":\"sealed\"}",
		"{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":1}",
		"{\"from\":\"al ice\",\"kind\":\"sealed\",\"to\":\"bob\"}",
		"{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":\"\"}",
		"{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":\"bob\\u0000\"}",
		"{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":\"bob\",\"to\":\"eve\"}",
		"{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":\"bob\",\"x\":1}",
		"{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":\"bob\"}x",
		("{\"kind\":\"sealed\",\"to\":\"b\",\"from\":\"a012345678901234567890123456789"
		"0123456789012345678901234567890123\"}") };
	struct sealed_header h;
	struct buf b = { NULL, 0, 0 };
	size_t i;

	ok(sealed_header_build("alice", "bob", &b) == 0 && b.len == HEADER_BYTES &&
	    memcmp(b.data, header, HEADER_BYTES) == 0, "a header, in the form of RFC 8785");
	ok(sealed_header_parse(b.data, b.len, "test", &h) == 0, "is parsed");
	ok_str(h.from, "alice", "from");
	ok_str(h.to, "bob", "to");
	ok(parses("  {\"to\":\"b\\u006fb\" , \"kind\":\"sealed\",\n\"from\":\"a-1_\"}", &h),
	    "any other JSON too");
	ok_str(h.to, "bob", "with escapes");
	ok(sealed_header_build("ali ce", "bob", &b) == -1 &&
	    sealed_header_build("alice", "bob\"", &b) == -1, "names that would break it are "
	    "refused");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!parses(bad[i], &h), "refused: %s", bad[i]);
	buf_free(&b);
}

/*
 * A stream of three chunks, by another implementation, with the secret keys 1..32 (Alice) and
 * 101..132 (Bob).
 */
static void
test_reference(uint8_t *sealed, uint8_t *opened)
{
	static const char hex[] =
	    "b55345414c0d0a1a010000002b0000007b2266726f6d223a22616c696365222c"
	    "226b696e64223a227365616c"
	    "6564222c22746f223a22626f62227d4c29f4996985e80d247e80b70303824592"
	    "ff9fbad74904ea7c3d2bda24"
	    "e51c12c3a591d5a300a4917920a0aaab502ac21700f13220cfced6df1388dc9a"
	    "561f219cd9a6c78536505015"
	    "11002c8b15d0cfdcb796f92eabd524099e57d416006bb78ac6649a2b435a94ed"
	    "059f19a2558b2fdf8afac2";
	struct keys a, b;
	size_t i, n;

	for (i = 0; i < NOISE_KEY_BYTES; i++) {
		a.secret[i] = (uint8_t)(1 + i);
		b.secret[i] = (uint8_t)(101 + i);
	}
	crypto_scalarmult_base(a.public, a.secret);
	crypto_scalarmult_base(b.public, b.secret);
	ok(sodium_hex2bin(sealed, STREAM_MAX, hex, sizeof(hex) - 1, NULL, &n, NULL) == 0 &&
	    n == 175, "a stream from outside");
	ok(open_all(sealed, n, &b, &a, opened) == 11, "is opened");
	ok_bytes(opened, "hello world", 11, "and says what it should");
}

int
main(void)
{
	uint8_t *plain = mem_array(STREAM_MAX, 1), *sealed = mem_array(STREAM_MAX, 1);
	uint8_t *opened = mem_array(STREAM_MAX, 1);

	tap_plan(81);
	if (sodium_init() == -1 || plain == NULL || sealed == NULL || opened == NULL)
		tap_bail("cannot start");
	make_keys(&alice);
	make_keys(&bob);
	make_keys(&mallory);
	randombytes_buf(plain, STREAM_MAX);
	test_round_trips(plain, sealed, opened);
	test_limits(sealed);
	test_tampering(plain, sealed, opened);
	test_splicing(plain, sealed, opened);
	test_after_the_end(plain, sealed);
	test_reference(sealed, opened);
	test_header();
	free(plain);
	free(sealed);
	free(opened);
	return (tap_end());
}
