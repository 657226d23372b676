/*
 * Noise: published vectors of K and KK, and what must be refused.
 *
 * The constants of test_hkdf and the exported keys of test_vector were computed with python's hmac
 * and hashlib and a Montgomery ladder in plain integers.
 */

#include <jansson.h>
#include <sodium.h>

#include "crypto/noise.h"
#include "crypto/noise_internal.h"
#include "tap.h"

#define MAX_BYTES 256

static const char *const names[] = { "Noise_K_25519_ChaChaPoly_BLAKE2b",
	"Noise_KK_25519_ChaChaPoly_BLAKE2b",
	"Noise_KKpsk0_25519_ChaChaPoly_BLAKE2b", "Noise_KKpsk2_25519_ChaChaPoly_BLAKE2b" };

static const uint8_t zero[sizeof(struct noise_handshake)];

/* Alice and Bob have their keys from here, Mallory too. */
struct keys {
	uint8_t secret[NOISE_KEY_BYTES];
	uint8_t public[NOISE_KEY_BYTES];
};
static struct keys alice, bob, mallory;
static const struct noise_prologue nothing;

static void
make_keys(struct keys *k)
{

	randombytes_buf(k->secret, sizeof(k->secret));
	crypto_scalarmult_base(k->public, k->secret);
}

/* ---- vectors ---- */

static size_t
hex(const json_t *v, const char *field, uint8_t *out)
{
	const char *s = json_string_value(json_object_get(v, field));
	size_t bytes = 0;

	if (s == NULL || sodium_hex2bin(out, MAX_BYTES, s, strlen(s), NULL, &bytes, NULL) != 0)
		tap_bail("a vector lacks a field, or it is not hexadecimal");
	return (bytes);
}

static json_t *
load_vectors(const char *name)
{
	const char *root = getenv("ROOT");
	char path[4096];
	json_t *file;

	snprintf(path, sizeof(path), "%s/tests/vectors/%s", (root != NULL) ? root : ".", name);
	if ((file = json_load_file(path, 0, NULL)) == NULL)
		tap_bail("cannot read the vectors; run this from the top of the tree, or set ROOT "
		    "to it");
	return (file);
}

static void
start(struct noise_handshake *hs, enum noise_pattern pattern, enum noise_role role, const json_t *v)
{
	const char *side = (role == NOISE_INITIATOR) ? "init" : "resp";
	static uint8_t secrets[2][MAX_BYTES]; /* they outlive the handshakes */
	uint8_t *secret = secrets[role == NOISE_INITIATOR];
	uint8_t remote[MAX_BYTES], prologue[MAX_BYTES], psk[MAX_BYTES];
	char field[64];
	const char *s;
	size_t n;

	snprintf(field, sizeof(field), "%s_static", side);
	hex(v, field, secret);
	snprintf(field, sizeof(field), "%s_remote_static", side);
	hex(v, field, remote);
	snprintf(field, sizeof(field), "%s_prologue", side);
	n = hex(v, field, prologue);
	if (noise_start_keys(hs, pattern, role, secret, remote,
	    &(struct noise_prologue){ .about = prologue, .about_bytes = n }) == -1)
		tap_bail("a handshake of the vectors does not start");
	snprintf(field, sizeof(field), "%s_psks", side);
	if ((s = json_string_value(json_array_get(json_object_get(v, field), 0))) != NULL) {
		sodium_hex2bin(psk, sizeof(psk), s, strlen(s), NULL, NULL, NULL);
		if (noise_set_psk(hs, psk) == -1)
			tap_bail("a psk is not taken");
	}
}

static void
handshake_message(struct noise_handshake *from, struct noise_handshake *to, const json_t *v,
    const json_t *message)
{
	uint8_t payload[MAX_BYTES], want[MAX_BYTES], got[MAX_BYTES] = { 0 },
	    read[MAX_BYTES] = { 0 }, e[MAX_BYTES];
	size_t bytes = hex(message, "payload", payload), want_bytes = hex(message, "ciphertext",
	    want);

	hex(v, (from->role == NOISE_INITIATOR) ? "init_ephemeral" : "resp_ephemeral", e);
	ok(noise_write_ephemeral(from, e, payload, bytes, got) == 0 && want_bytes == bytes +
	    NOISE_OVERHEAD, "handshake message is written");
	ok_bytes(got, want, want_bytes, "it is the published one");
	ok(noise_read(to, want, want_bytes, read) == 0, "it is read");
	ok_bytes(read, payload, bytes, "its payload arrives");
}

static void
transport_message(struct noise_cipher *send, struct noise_cipher *receive, const json_t *message)
{
	uint8_t payload[MAX_BYTES], want[MAX_BYTES], got[MAX_BYTES] = { 0 },
	    read[MAX_BYTES] = { 0 };
	size_t bytes = hex(message, "payload", payload), want_bytes = hex(message, "ciphertext",
	    want);

	ok(noise_encrypt(send, payload, bytes, got) == 0 && want_bytes == bytes + NOISE_TAG_BYTES,
	    "transport message is written");
	ok_bytes(got, want, want_bytes, "it is the published one");
	ok(noise_decrypt(receive, want, want_bytes, read) == 0, "it is read");
	ok_bytes(read, payload, bytes, "its plaintext arrives");
}

/*
 * The two ends export the same key, and with the label of the reference the key of the reference.
 */
static void
check_export(const struct noise_handshake *i, const struct noise_handshake *r, const char *want_hex)
{
	uint8_t a[NOISE_KEY_BYTES], b[NOISE_KEY_BYTES], want[NOISE_KEY_BYTES];

	ok(noise_export(i, "smpc test label", 15, a) == 0 &&
	    noise_export(r, "smpc test label", 15, b) == 0, "both export");
	ok_bytes(a, b, sizeof(a), "the same key");
	if (want_hex != NULL) {
		sodium_hex2bin(want, sizeof(want), want_hex, strlen(want_hex), NULL, NULL, NULL);
		ok_bytes(a, want, sizeof(a), "the one of the reference");
	}
	noise_export(r, "smpc test labeL", 15, b);
	ok(memcmp(a, b, sizeof(a)) != 0, "another label gives another key");
}

static void
test_vector(const json_t *v)
{
	const char *name = json_string_value(json_object_get(v, "protocol_name"));
	json_t *messages = json_object_get(v, "messages");
	struct noise_handshake side[2];
	struct noise_cipher send[2], receive[2];
	uint8_t hash[NOISE_HASH_BYTES], want[MAX_BYTES];
	enum noise_pattern pattern;
	size_t i, at, handshake;

	for (pattern = NOISE_K; pattern < NOISE_KKPSK2 && strcmp(names[pattern], name) != 0;
	    pattern++)
		continue;
	tap_note("%s", name);
	ok_str(name, names[pattern], "the pattern is known");
	start(&side[0], pattern, NOISE_INITIATOR, v);
	start(&side[1], pattern, NOISE_RESPONDER, v);
	handshake = (pattern == NOISE_K) ? 1 : 2;
	for (i = 0; i < handshake; i++) {
		ok(!noise_finished(&side[0]) && noise_handshake_hash(&side[0], hash) == -1,
		    "not finished yet");
		handshake_message(&side[i % 2], &side[1 - i % 2], v, json_array_get(messages, i));
	}
	hex(v, (pattern == NOISE_K) ? "final_handshake_hash" : "handshake_hash", want);
	for (i = 0; i < 2; i++) {
		ok(noise_finished(&side[i]) && noise_handshake_hash(&side[i], hash) == 0,
		    "finished");
		ok_bytes(hash, want, sizeof(hash), "the handshake hash is the published one");
		ok(noise_split(&side[i], &send[i], &receive[i]) == 0, "split");
	}
	check_export(&side[0], &side[1],
	    (pattern == NOISE_K) ?
	    "efcf25a061787aafc64c4f43cc7756dd3b66eeeaa5fa0ab2d77116a5e69dc369" :
	    (pattern == NOISE_KK) ?
	    "4715ba3dff22be416c0e12470801587e2c8d21b885159d2543d68876a7ec6174" : NULL);
	for (i = handshake; i < json_array_size(messages); i++) {
		/* One-way patterns only ever go from the initiator to the responder. */
		at = (pattern == NOISE_K) ? 0 : i % 2;
		transport_message(&send[at], &receive[1 - at], json_array_get(messages, i));
	}
	noise_wipe(&side[0]);
	noise_wipe(&side[1]);
	ok(memcmp(&side[0], zero, sizeof(side[0])) == 0, "wiped");
}

static void
test_vectors(const char *name, size_t count)
{
	json_t *file = load_vectors(name), *vectors = json_object_get(file, "vectors"), *v;
	size_t i;

	ok(json_array_size(vectors) == count, "%s holds %zu vectors", name, count);
	json_array_foreach(vectors, i, v)
		test_vector(v);
	json_decref(file);
}

static void
test_hkdf(void)
{
	static const char *const want[3] = {
		"a94ec1ceaa5ac0280eafc97980003e4019176e4bf7c914c45fb0bbda0b22a995"
		"4d01f3697bbf32817ed0fccbf6dd1ebd24c0b05611051e63dc56e131af4f7c10",
		"f9d83f6c5d34695529eb8e35c8a2ed78658092e7c3b38fdf0cea2a2096b6f6e5"
		"42af644e298508f37da08860db285a8ad4b604c1f160f23356df6b28c183508d",
		"bb6f14b645bac5dd79c98ce583e3357b43b431c22400c9b79d690c1d2fe2d391"
		"ab8372b0b08553b56e802dc6badace75398c1b8a973d0aab18d857d431c3a48f"
	};
	uint8_t ck[NOISE_HASH_BYTES], out[3][NOISE_HASH_BYTES], bytes[NOISE_HASH_BYTES];
	size_t i;

	for (i = 0; i < sizeof(ck); i++)
		ck[i] = (uint8_t)i;
	noise_hkdf(ck, "input key material", 18, 3, out);
	for (i = 0; i < 3; i++) {
		sodium_hex2bin(bytes, sizeof(bytes), want[i], 128, NULL, NULL, NULL);
		ok_bytes(out[i], bytes, sizeof(bytes), "HKDF output is that of python's hmac");
	}
}

/* ---- what must be refused ---- */

static void
pair(enum noise_pattern pattern, struct noise_handshake *i, struct noise_handshake *r)
{
	const struct noise_prologue p = { .label = "p", .label_bytes = 1 };

	if (noise_start_keys(i, pattern, NOISE_INITIATOR, alice.secret, bob.public, &p) == -1 ||
	    noise_start_keys(r, pattern, NOISE_RESPONDER, bob.secret, alice.public, &p) == -1)
		tap_bail("no handshake");
}

static int
is_dead(struct noise_handshake *hs)
{
	uint8_t m[NOISE_OVERHEAD];

	return (memcmp(hs, zero, sizeof(*hs)) == 0 && noise_write(hs, NULL, 0, m) == -1);
}

/* One message of K from Alice to Bob, opened with other expectations. */
static int
opens(const uint8_t *message, size_t bytes, const struct keys *recipient, const struct keys *sender,
    const char *prologue)
{
	struct noise_handshake hs;
	uint8_t payload[MAX_BYTES];
	int rc;

	if (noise_start_keys(&hs, NOISE_K, NOISE_RESPONDER, recipient->secret, sender->public,
	    &(struct noise_prologue){ .label = prologue, .label_bytes = strlen(prologue) }) == -1)
		tap_bail("no handshake");
	rc = noise_read(&hs, message, bytes, payload);
	if (rc == -1 && !is_dead(&hs))
		tap_bail("a handshake that failed can be used");
	noise_wipe(&hs);
	return (rc == 0);
}

static void
test_forgery(void)
{
	struct noise_handshake i, r;
	uint8_t m[NOISE_OVERHEAD + 5], other[NOISE_OVERHEAD + 5];
	size_t at, bit, failed = 0;

	pair(NOISE_K, &i, &r);
	ok(noise_write(&i, "hello", 5, m) == 0, "a message of K");
	ok(opens(m, sizeof(m), &bob, &alice, "p"), "is read by its recipient");
	ok(!opens(m, sizeof(m), &mallory, &alice, "p"), "not by another recipient");
	ok(!opens(m, sizeof(m), &bob, &mallory, "p"), "not from another sender");
	ok(!opens(m, sizeof(m), &bob, &alice, "q"), "not with another prologue");
	ok(!opens(m, sizeof(m), &bob, &alice, ""), "nor with none");
	for (at = 0; at < sizeof(m); at++) {
		for (bit = 0; bit < 8; bit++) {
			/* X25519 ignores the top bit, but the handshake hash does not. */
			m[at] ^= (uint8_t)(1 << bit);
			failed += !opens(m, sizeof(m), &bob, &alice, "p");
			m[at] ^= (uint8_t)(1 << bit);
		}
	}
	ok_u64(failed, 8 * sizeof(m), "no bit of it can be changed");
	for (at = 0, failed = 0; at < sizeof(m); at++)
		failed += !opens(m, at, &bob, &alice, "p");
	ok_u64(failed, sizeof(m), "it cannot be cut anywhere");
	pair(NOISE_K, &i, &r);
	noise_write(&i, "hello", 5, other);
	ok(memcmp(m, other, NOISE_KEY_BYTES) != 0, "every message has its own ephemeral key");
}

/* MixHash of the specification. */
static void
mix(uint8_t h[static NOISE_HASH_BYTES], const void *data, size_t bytes)
{
	crypto_generichash_state st;

	crypto_generichash_init(&st, NULL, 0, NOISE_HASH_BYTES);
	crypto_generichash_update(&st, h, NOISE_HASH_BYTES);
	crypto_generichash_update(&st, data, bytes);
	crypto_generichash_final(&st, h, NOISE_HASH_BYTES);
}

/*
 * A message of K from Alice to Bob with a payload of ${bytes} zeros, by a sender who keeps no rule:
 * the ephemeral key is ${e} and its shared secret with Bob is said to be ${es}.  Everything else is
 * right.
 */
static void
forge(const uint8_t *e, const uint8_t *es, size_t bytes, uint8_t *message)
{
	static const uint8_t payload[NOISE_MESSAGE_MAX], nonce[12];
	uint8_t h[NOISE_HASH_BYTES] = { 0 }, ck[NOISE_HASH_BYTES], out[2][NOISE_HASH_BYTES],
	    ss[NOISE_KEY_BYTES];

	memcpy(h, names[NOISE_K], strlen(names[NOISE_K]));
	memcpy(ck, h, sizeof(ck));
	mix(h, "p", 1);
	mix(h, alice.public, NOISE_KEY_BYTES);
	mix(h, bob.public, NOISE_KEY_BYTES);
	mix(h, e, NOISE_KEY_BYTES);
	noise_hkdf(ck, es, NOISE_KEY_BYTES, 2, out);
	memcpy(ck, out[0], sizeof(ck));
	if (crypto_scalarmult(ss, alice.secret, bob.public) != 0)
		tap_bail("no shared secret");
	noise_hkdf(ck, ss, sizeof(ss), 2, out);
	memcpy(message, e, NOISE_KEY_BYTES);
	crypto_aead_chacha20poly1305_ietf_encrypt(message + NOISE_KEY_BYTES, NULL, payload, bytes,
	    h, sizeof(h), NULL, nonce, out[1]);
}

static void
test_forged(void)
{
	static uint8_t m[NOISE_MESSAGE_MAX + 1], payload[NOISE_MESSAGE_MAX];
	uint8_t es[NOISE_KEY_BYTES];
	struct noise_handshake i, r;

	if (crypto_scalarmult(es, mallory.secret, bob.public) != 0)
		tap_bail("no shared secret");
	forge(mallory.public, es, 5, m);
	ok(opens(m, NOISE_OVERHEAD + 5, &bob, &alice, "p"), "a message that was put together by "
	    "hand");
	forge(mallory.public, es, NOISE_MESSAGE_MAX - NOISE_OVERHEAD, m);
	pair(NOISE_K, &i, &r);
	ok(noise_read(&r, m, NOISE_MESSAGE_MAX, payload) == 0, "the longest");
	forge(mallory.public, es, NOISE_MESSAGE_MAX - NOISE_OVERHEAD + 1, m);
	pair(NOISE_K, &i, &r);
	ok(noise_read(&r, m, NOISE_MESSAGE_MAX + 1, payload) == -1 && is_dead(&r), "a longer one");
	forge(zero, zero, 5, m);
	ok(!opens(m, NOISE_OVERHEAD + 5, &bob, &alice, "p"), "one whose ephemeral key makes the "
	    "shared secret zero");
}

static void
test_low_order(void)
{
	/* The points of order 1, 2, 4 and 8, and their other spellings below 2^255. */
	static const char *const points[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" };
	struct noise_handshake i, r;
	uint8_t m[NOISE_OVERHEAD], payload[1];
	size_t n;

	for (n = 0; n < sizeof(points) / sizeof(points[0]); n++) {
		memset(m, 0, sizeof(m));
		sodium_hex2bin(m, NOISE_KEY_BYTES, points[n], 64, NULL, NULL, NULL);
		ok(noise_start_keys(&i, NOISE_KK, NOISE_INITIATOR, alice.secret, m,
		    &nothing) == -1 && is_dead(&i), "static key of low order %zu is refused", n);
		pair(NOISE_K, &i, &r);
		ok(noise_read(&r, m, sizeof(m), payload) == -1 && is_dead(&r),
		    "as an ephemeral key too");
	}
}

static void
test_turns(void)
{
	struct noise_handshake i, r;
	struct noise_cipher s, t;
	uint8_t m[NOISE_OVERHEAD], p[1], key[NOISE_KEY_BYTES], big[NOISE_MESSAGE_MAX + 1] = { 0 };

	/*
	 * With the peer's ephemeral key in place it is not the zero shared secret that stops them.
	 */
	pair(NOISE_KK, &i, &r);
	memcpy(r.re, mallory.public, NOISE_KEY_BYTES);
	ok(noise_write(&r, NULL, 0, m) == -1 && is_dead(&r), "the responder does not begin");
	ok(noise_read(&i, big, sizeof(m), p) == -1 && is_dead(&i), "the initiator does not begin "
	    "with reading");
	pair(NOISE_KK, &i, &r);
	ok(noise_split(&i, &s, &t) == -1 && noise_encrypt(&s, NULL, 0, m) == -1,
	    "no split before the end");
	memset(key, 1, sizeof(key));
	ok(noise_export(&i, "label", 5, key) == -1 && sodium_is_zero(key, sizeof(key)),
	    "no export before the end");
	noise_write(&i, NULL, 0, m);
	memcpy(i.re, mallory.public, NOISE_KEY_BYTES);
	ok(noise_write(&i, NULL, 0, m) == -1 && is_dead(&i), "nobody writes twice");

	pair(NOISE_K, &i, &r);
	ok(noise_write(&i, big, NOISE_MESSAGE_MAX - NOISE_OVERHEAD + 1, big) == -1 && is_dead(&i),
	    "too long a payload");
	pair(NOISE_K, &i, &r);
	ok(noise_read(&r, big, sizeof(big), big) == -1 && is_dead(&r), "too long a message");
	pair(NOISE_K, &i, &r);
	noise_write(&i, NULL, 0, m);
	ok(noise_write(&i, NULL, 0, m) == -1, "K has one message");
	pair(NOISE_K, &i, &r);
	noise_write(&i, NULL, 0, m);
	noise_read(&r, m, sizeof(m), p);
	ok(noise_export(&r, "", 0, key) == -1, "no export without a label");
	ok(noise_split(&i, &s, &t) == 0 && noise_encrypt(&s, NULL, 0, m) == 0 &&
	    noise_decrypt(&t, m, 16, m) == -1 && noise_encrypt(&t, NULL, 0, m) == -1,
	    "the initiator of K has nothing to receive with");
	ok(noise_split(&r, &s, &t) == 0 && noise_encrypt(&s, NULL, 0, m) == -1,
	    "its responder nothing to send with");
	noise_wipe(&r);
	ok(noise_split(&r, &s, &t) == -1 && noise_export(&r, "label", 5, key) == -1,
	    "nothing comes out after wiping");
}

static void
test_psk(void)
{
	struct noise_handshake i, r;
	uint8_t m[NOISE_OVERHEAD], p[1], psk[NOISE_KEY_BYTES] = { 1 };

	pair(NOISE_KKPSK0, &i, &r);
	ok(noise_write(&i, NULL, 0, m) == -1 && is_dead(&i), "a psk pattern does not go without "
	    "its key");
	pair(NOISE_KKPSK0, &i, &r);
	noise_set_psk(&i, psk);
	psk[0] = 2;
	noise_set_psk(&r, psk);
	ok(noise_write(&i, NULL, 0, m) == 0 && noise_read(&r, m, sizeof(m), p) == -1,
	    "nor with another");
	pair(NOISE_KK, &i, &r);
	ok(noise_set_psk(&i, psk) == -1, "KK has no psk");
	ok(noise_start_keys(&i, (enum noise_pattern)4, NOISE_INITIATOR, alice.secret, bob.public,
	    &nothing) == -1 && is_dead(&i), "an unknown pattern");
}

static void
test_transport(void)
{
	static uint8_t plain[NOISE_PLAIN_MAX + 1], message[NOISE_MESSAGE_MAX + 1], next[32];
	struct noise_handshake i, r;
	struct noise_cipher s, t, none;
	uint8_t m[NOISE_OVERHEAD], p[1], nonce[12] = { 0 };

	pair(NOISE_K, &i, &r);
	noise_write(&i, NULL, 0, m);
	noise_read(&r, m, sizeof(m), p);
	noise_split(&i, &s, &none);
	noise_split(&r, &none, &t);
	randombytes_buf(plain, sizeof(plain));
	ok(noise_encrypt(&s, plain, sizeof(plain), message) == -1, "too long a plaintext");
	ok(noise_encrypt(&s, plain, NOISE_PLAIN_MAX, message) == 0, "the longest plaintext");
	noise_encrypt(&s, plain, 16, next);
	ok(noise_decrypt(&t, next, 32, next) == -1, "messages are not read out of order");
	ok(sodium_is_zero(next, 16) || memcmp(next, plain, 16) != 0, "and nothing of them is given "
	    "out");
	ok(noise_decrypt(&t, message, 15, message) == -1, "too short a message");
	ok(noise_decrypt(&t, message, sizeof(message), message) == -1, "too long a message");
	ok(noise_decrypt(&t, message, NOISE_MESSAGE_MAX, message) == 0, "the longest message, in "
	    "place");
	ok_bytes(message, plain, NOISE_PLAIN_MAX, "its plaintext");
	ok(noise_encrypt(&s, plain, NOISE_PLAIN_MAX, message) == 0, "the third");
	ok(noise_decrypt(&t, message, NOISE_MESSAGE_MAX, message) == -1, "does not pass for the "
	    "second");

	s.n = t.n = UINT64_MAX - 1;
	ok(noise_encrypt(&s, plain, 1, message) == 0 &&
	    noise_decrypt(&t, message, 17, message) == 0, "the last nonce");
	ok(noise_encrypt(&s, plain, 1, message) == -1, "no message after it");
	memset(nonce + 4, 0xff, 8);
	crypto_aead_chacha20poly1305_ietf_encrypt(message, NULL, plain, 1, NULL, 0, NULL, nonce,
	    s.k);
	ok(noise_decrypt(&t, message, 17, message) == -1, "nor is one read, though it "
	    "authenticates");
	noise_cipher_wipe(&s);
	ok(memcmp(&s, zero, sizeof(s)) == 0 && noise_encrypt(&s, plain, 1, message) == -1,
	    "wiped, it does not work");
}

int
main(void)
{

	tap_plan(211);
	if (sodium_init() == -1)
		tap_bail("libsodium does not start");
	make_keys(&alice);
	make_keys(&bob);
	make_keys(&mallory);
	test_vectors("noise-k.json", 1);
	test_vectors("noise-kk.json", 3);
	test_hkdf();
	test_forgery();
	test_forged();
	test_low_order();
	test_turns();
	test_psk();
	test_transport();
	return (tap_end());
}
