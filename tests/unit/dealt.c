/*
 * The beginning of a file that was dealt beforehand: what is written is read, by whom it was made
 * for, and nothing else.
 */

#include <sodium.h>

#include <stdbool.h>

#include "agent/dealt.h"
#include "tap.h"

static uint8_t dealer[IDENTITY_KEY_BYTES], dealer_public[IDENTITY_KEY_BYTES];
static uint8_t alice[IDENTITY_KEY_BYTES], alice_public[IDENTITY_KEY_BYTES];
static uint8_t mallory[IDENTITY_KEY_BYTES], mallory_public[IDENTITY_KEY_BYTES];
static uint8_t start[DEALT_START_MAX];
static size_t start_bytes;
static struct dealt_header header;
static struct noise_cipher sending;

static void
make(void)
{

	randombytes_buf(dealer, sizeof(dealer));
	randombytes_buf(alice, sizeof(alice));
	randombytes_buf(mallory, sizeof(mallory));
	crypto_scalarmult_base(dealer_public, dealer);
	crypto_scalarmult_base(alice_public, alice);
	crypto_scalarmult_base(mallory_public, mallory);
	randombytes_buf(&header, sizeof(header));
	header.step = 0x01020304;
	if (dealt_begin(&header, "trent", dealer, "alice", alice_public, start, &start_bytes,
	    &sending) == -1)
		tap_bail("nothing can be written");
}

/* Open the beginning as ${secret}, from ${key}; 0 if it is what was written. */
static int
opens(const uint8_t *data, size_t bytes, const uint8_t *secret, const uint8_t *key)
{
	struct noise_cipher receive;
	struct dealt_preface p;
	struct dealt_header h;

	if (dealt_preface(data, bytes, &p) != DEALT_OK ||
	    dealt_open(data, &bytes, &p, secret, key, &h, &receive) == -1)
		return (-1);
	return ((bytes == start_bytes && memcmp(&h, &header, sizeof(h)) == 0 &&
	    memcmp(receive.k, sending.k, sizeof(receive.k)) == 0 && receive.n == 0 &&
	    sending.n == 0) ? 0 : 1);
}

static void
test_layout(void)
{
	static const uint8_t fixed[] = { 0xb5, 'D', 'E', 'A', 'L', 0x0d, 0x0a, 0x1a, 1, 0, 0, 0, 5,
		't', 'r', 'e', 'n', 't', 5, 'a', 'l',
		'i', 'c', 'e' };
	struct dealt_preface p;

	ok_bytes(start, fixed, sizeof(fixed), "the preface, byte by byte");
	ok_u64(start_bytes, sizeof(fixed) + 48 + 148, "and behind it the message");
	ok(dealt_preface(start, start_bytes, &p) == DEALT_OK && p.bytes == sizeof(fixed),
	    "it is read");
	ok_str(p.from, "trent", "from");
	ok_str(p.to, "alice", "to");
	ok_i64(opens(start, start_bytes, alice, dealer_public), 0, "the message holds what was put "
	    "into it");
}

static void
test_strangers(void)
{

	ok_i64(opens(start, start_bytes, mallory, dealer_public), -1, "nobody else opens it");
	ok_i64(opens(start, start_bytes, alice, mallory_public), -1, "and nobody else has made it");
	ok_i64(opens(start, start_bytes, dealer, dealer_public), -1, "nor does the dealer open it "
	    "himself");
}

/* Any bit of it that is changed, and any cut. */
static void
test_damage(void)
{
	uint8_t changed[DEALT_START_MAX];
	size_t i, opened = 0;

	memcpy(changed, start, start_bytes);
	for (i = 0; i < 8 * start_bytes; i++) {
		changed[i / 8] ^= (uint8_t)(1 << i % 8);
		opened += (opens(changed, start_bytes, alice, dealer_public) != -1);
		changed[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	/*
	 * X25519 does not look at the top bit of a public key, but the hash of the handshake does.
	 */
	ok_u64(opened, 0, "with any bit changed it is refused");
	for (i = 0, opened = 0; i < start_bytes; i++)
		opened += (opens(start, i, alice, dealer_public) != -1);
	ok_u64(opened, 0, "cut anywhere it is refused");
	ok_i64(opens(start, start_bytes, alice, dealer_public), 0, "and as it was it is not");
}

static enum dealt_fault
fault_of(const void *data, size_t bytes)
{
	struct dealt_preface p;

	return (dealt_preface(data, bytes, &p));
}

static void
test_faults(void)
{
	static const char good[] = "\xb5" "DEAL\r\n\x1a\1\0\0\0\1a\1b";
	char long_name[12 + 1 + 65 + 2];
	size_t i, cut = 0;

	for (i = 0; i < sizeof(good) - 1; i++)
		cut += (fault_of(good, i) == DEALT_CUT);
	ok_u64(cut, sizeof(good) - 1, "a preface that is cut anywhere is one that is cut");
	ok_i64(fault_of(good, sizeof(good) - 1), DEALT_OK, "and a short one that is whole");
	ok_i64(fault_of("\xb5SEAL\r\n\x1a\1\0\0\0\1a\1b", 16), DEALT_MAGIC, "another magic");
	ok_i64(fault_of("x", 1), DEALT_MAGIC, "or a byte of another");
	ok_i64(fault_of("\xb5" "DEAL\r\n\x1a\2\0\0\0\1a\1b", 16), DEALT_UNKNOWN, "another version");
	ok_i64(fault_of("\xb5" "DEAL\r\n\x1a\1\0\0\1\1a\1b", 16), DEALT_UNKNOWN,
	    "in any of its bytes");
	ok_i64(fault_of("\xb5" "DEAL\r\n\x1a\1\0\0\0\0\1b", 15), DEALT_NAMES, "no name");
	ok_i64(fault_of("\xb5" "DEAL\r\n\x1a\1\0\0\0\1/\1b", 16), DEALT_NAMES,
	    "no name of a party");
	ok_i64(fault_of("\xb5" "DEAL\r\n\x1a\1\0\0\0\1a\2b\0", 17), DEALT_NAMES, "a NUL in a name");
	memcpy(long_name, good, 12);
	memset(long_name + 12, 'a', sizeof(long_name) - 12);
	long_name[12] = 65;
	long_name[12 + 66] = 1;
	ok_i64(fault_of(long_name, sizeof(long_name)), DEALT_NAMES, "a name that is too long");
	long_name[12] = 64;
	long_name[12 + 65] = 1;
	long_name[12 + 66] = 'b';
	ok_i64(fault_of(long_name, sizeof(long_name)), DEALT_OK, "the longest name");
}

static void
test_writing(void)
{
	uint8_t none[IDENTITY_KEY_BYTES] = { 0 }, out[DEALT_START_MAX];
	struct noise_cipher c;
	size_t bytes;

	ok_i64(dealt_begin(&header, "trent", dealer, "alice", none, out, &bytes, &c), -1,
	    "nothing is written to a key of low order");
	ok_i64(dealt_begin(&header, "trent", dealer, "../x", alice_public, out, &bytes, &c), -1,
	    "nor to a name that nobody has");
	ok(dealt_begin(&header, "trent", dealer, "alice", alice_public, out, &bytes, &c) == 0 &&
	    bytes == start_bytes && memcmp(out + 24, start + 24, 32) != 0 &&
	    memcmp(c.k, sending.k, sizeof(c.k)) != 0, "the same header once more has other keys");
}

int
main(void)
{

	if (sodium_init() == -1)
		tap_bail("sodium");
	tap_plan(26);
	make();
	test_layout();
	test_strangers();
	test_damage();
	test_faults();
	test_writing();
	return (tap_end());
}
