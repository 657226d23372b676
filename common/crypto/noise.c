#include "crypto/noise.h"

#include <sodium.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/noise_internal.h"

#define HASH_BLOCK 128 /* BLOCKLEN of BLAKE2b */
#define MAX_MESSAGES 2

/*
 * Names as in the specification, section 7.1.  END is zero, so that short lists end by themselves.
 */
enum token {
	END,
	E,
	EE,
	ES,
	SE,
	SS,
	PSK
};

struct pattern {
	const char *name;
	unsigned int messages; /* 1: one-way */
	int psk;
	enum token tokens[MAX_MESSAGES][5];
};

/* Both static keys are pre-messages in all of them. */
static const struct pattern patterns[] = {
	[NOISE_K] = { "Noise_K_25519_ChaChaPoly_BLAKE2b", 1, 0, { { E, ES, SS, END } } },
	[NOISE_KK] = { "Noise_KK_25519_ChaChaPoly_BLAKE2b", 2, 0,
		{ { E, ES, SS, END }, { E, EE, SE, END } } },
	[NOISE_KKPSK0] = { "Noise_KKpsk0_25519_ChaChaPoly_BLAKE2b", 2, 1,
	    { { PSK, E, ES, SS, END }, { E, EE, SE, END } } },
	[NOISE_KKPSK2] = { "Noise_KKpsk2_25519_ChaChaPoly_BLAKE2b", 2, 1,
	    { { E, ES, SS, END }, { E, EE, SE, PSK, END } } },
};

/* HMAC (RFC 2104) with BLAKE2b; all keys here are one hash long, shorter than a block. */
static void
hmac(const uint8_t key[static NOISE_HASH_BYTES], const void *data, size_t bytes, const void *more,
    size_t more_bytes, uint8_t out[static NOISE_HASH_BYTES])
{
	crypto_generichash_state st;
	uint8_t pad[HASH_BLOCK], inner[NOISE_HASH_BYTES];
	size_t i;

	memset(pad, 0x36, sizeof(pad));
	for (i = 0; i < NOISE_HASH_BYTES; i++)
		pad[i] ^= key[i];
	crypto_generichash_init(&st, NULL, 0, NOISE_HASH_BYTES);
	crypto_generichash_update(&st, pad, sizeof(pad));
	crypto_generichash_update(&st, data, bytes);
	crypto_generichash_update(&st, more, more_bytes);
	crypto_generichash_final(&st, inner, sizeof(inner));

	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	crypto_generichash_init(&st, NULL, 0, NOISE_HASH_BYTES);
	crypto_generichash_update(&st, pad, sizeof(pad));
	crypto_generichash_update(&st, inner, sizeof(inner));
	crypto_generichash_final(&st, out, NOISE_HASH_BYTES);

	mem_wipe(&st, sizeof(st));
	mem_wipe(pad, sizeof(pad));
	mem_wipe(inner, sizeof(inner));
}

void
noise_hkdf(const uint8_t ck[static NOISE_HASH_BYTES], const void *input, size_t bytes,
    unsigned int outputs, uint8_t (*out)[NOISE_HASH_BYTES])
{
	uint8_t temp_key[NOISE_HASH_BYTES], counter;
	unsigned int i;

	hmac(ck, input, bytes, NULL, 0, temp_key);
	for (i = 0; i < outputs; i++) {
		counter = (uint8_t)(i + 1);
		hmac(temp_key, (i > 0) ? out[i - 1] : NULL, (i > 0) ? NOISE_HASH_BYTES : 0,
		    &counter, 1, out[i]);
	}
	mem_wipe(temp_key, sizeof(temp_key));
}

static void
cipher_set_key(struct noise_cipher *c, const uint8_t key[static NOISE_KEY_BYTES])
{

	memcpy(c->k, key, NOISE_KEY_BYTES);
	c->n = 0;
	c->keyed = 1;
}

/* The nonce of ChaChaPoly: 4 zero bytes and the counter, little-endian. */
static void
make_nonce(uint64_t n, uint8_t nonce[static 12])
{
	size_t i;

	memset(nonce, 0, 4);
	for (i = 0; i < 8; i++)
		nonce[4 + i] = (uint8_t)(n >> (8 * i));
}

static int
encrypt_with_ad(struct noise_cipher *c, const uint8_t *ad, size_t ad_bytes, const uint8_t *plain,
    size_t bytes, uint8_t *message)
{
	uint8_t nonce[12];

	if (!c->keyed || c->n == UINT64_MAX || bytes > NOISE_PLAIN_MAX)
		return (-1);
	make_nonce(c->n, nonce);
	if (crypto_aead_chacha20poly1305_ietf_encrypt(message, NULL, plain, bytes, ad, ad_bytes,
	    NULL, nonce, c->k) != 0)
		return (-1);
	c->n++;
	return (0);
}

static int
decrypt_with_ad(struct noise_cipher *c, const uint8_t *ad, size_t ad_bytes, const uint8_t *message,
    size_t bytes, uint8_t *plain)
{
	uint8_t nonce[12];

	if (!c->keyed || c->n == UINT64_MAX || bytes < NOISE_TAG_BYTES || bytes > NOISE_MESSAGE_MAX)
		return (-1);
	make_nonce(c->n, nonce);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, message, bytes, ad,
	    ad_bytes, nonce, c->k) != 0)
		return (-1);
	c->n++;
	return (0);
}

int
noise_encrypt(struct noise_cipher *c, const uint8_t *plain, size_t bytes, uint8_t *message)
{

	return (encrypt_with_ad(c, NULL, 0, plain, bytes, message));
}

int
noise_decrypt(struct noise_cipher *c, const uint8_t *message, size_t bytes, uint8_t *plain)
{

	return (decrypt_with_ad(c, NULL, 0, message, bytes, plain));
}

void
noise_cipher_wipe(struct noise_cipher *c)
{

	mem_wipe(c, sizeof(*c));
}

/* SymmetricState: MixHash, of data in two pieces. */
static void
mix_hash_two(struct noise_handshake *hs, const void *a, size_t a_bytes, const void *b,
    size_t b_bytes)
{
	crypto_generichash_state st;

	crypto_generichash_init(&st, NULL, 0, NOISE_HASH_BYTES);
	crypto_generichash_update(&st, hs->h, NOISE_HASH_BYTES);
	crypto_generichash_update(&st, a, a_bytes);
	crypto_generichash_update(&st, b, b_bytes);
	crypto_generichash_final(&st, hs->h, NOISE_HASH_BYTES);
}

static void
mix_hash(struct noise_handshake *hs, const void *data, size_t bytes)
{

	mix_hash_two(hs, data, bytes, NULL, 0);
}

/* SymmetricState: MixKey. */
static void
mix_key(struct noise_handshake *hs, const uint8_t input[static NOISE_KEY_BYTES])
{
	uint8_t out[2][NOISE_HASH_BYTES];

	noise_hkdf(hs->ck, input, NOISE_KEY_BYTES, 2, out);
	memcpy(hs->ck, out[0], NOISE_HASH_BYTES);
	cipher_set_key(&hs->cipher, out[1]);
	mem_wipe(out, sizeof(out));
}

/* SymmetricState: MixKeyAndHash. */
static void
mix_key_and_hash(struct noise_handshake *hs, const uint8_t input[static NOISE_KEY_BYTES])
{
	uint8_t out[3][NOISE_HASH_BYTES];

	noise_hkdf(hs->ck, input, NOISE_KEY_BYTES, 3, out);
	memcpy(hs->ck, out[0], NOISE_HASH_BYTES);
	mix_hash(hs, out[1], NOISE_HASH_BYTES);
	cipher_set_key(&hs->cipher, out[2]);
	mem_wipe(out, sizeof(out));
}

/*
 * SymmetricState: EncryptAndHash.  All patterns here have a key by the time a payload is written.
 */
static int
encrypt_and_hash(struct noise_handshake *hs, const void *payload, size_t bytes, uint8_t *message)
{

	if (encrypt_with_ad(&hs->cipher, hs->h, NOISE_HASH_BYTES, payload, bytes, message) == -1)
		return (-1);
	mix_hash(hs, message, bytes + NOISE_TAG_BYTES);
	return (0);
}

/* SymmetricState: DecryptAndHash. */
static int
decrypt_and_hash(struct noise_handshake *hs, const uint8_t *message, size_t bytes, void *payload)
{

	if (decrypt_with_ad(&hs->cipher, hs->h, NOISE_HASH_BYTES, message, bytes, payload) == -1)
		return (-1);
	mix_hash(hs, message, bytes);
	return (0);
}

/*
 * Mix in DH(secret, public).  A peer's key of low order would make the result zero, known to
 * everybody.
 */
static int
mix_dh(struct noise_handshake *hs, const uint8_t secret[static NOISE_KEY_BYTES],
    const uint8_t public[static NOISE_KEY_BYTES])
{
	uint8_t shared[NOISE_KEY_BYTES];
	int rc = -1;

	if (crypto_scalarmult(shared, secret, public) == 0) {
		mix_key(hs, shared);
		rc = 0;
	}
	mem_wipe(shared, sizeof(shared));
	return (rc);
}

static int
mix_token(struct noise_handshake *hs, enum token token, int writing)
{
	int initiator = (hs->role == NOISE_INITIATOR);
	const uint8_t *e_public = writing ? hs->e_public : hs->re;

	switch (token) {
	case E:
		mix_hash(hs, e_public, NOISE_KEY_BYTES);
		if (patterns[hs->pattern].psk)
			mix_key(hs, e_public);
		return (0);
	case EE:
		return (mix_dh(hs, hs->e_secret, hs->re));
	case ES:
		return (initiator ? mix_dh(hs, hs->e_secret, hs->s->remote) :
		    mix_dh(hs, hs->s->secret, hs->re));
	case SE:
		return (initiator ? mix_dh(hs, hs->s->secret, hs->re) :
		    mix_dh(hs, hs->e_secret, hs->s->remote));
	case SS:
		mix_key(hs, hs->s->shared);
		return (0);
	case PSK:
		mix_key_and_hash(hs, hs->psk);
		return (0);
	case END:
		break;
	}
	return (-1);
}

static int
mix_tokens(struct noise_handshake *hs, int writing)
{
	const enum token *t;

	for (t = patterns[hs->pattern].tokens[hs->done]; *t != END; t++) {
		if (mix_token(hs, *t, writing) == -1)
			return (-1);
	}
	return (0);
}

/* May the next message be written, or read, by this side? */
static int
is_turn(const struct noise_handshake *hs, int writing)
{
	int initiator = (hs->role == NOISE_INITIATOR);

	if (!hs->usable || hs->done >= patterns[hs->pattern].messages)
		return (0);
	if (patterns[hs->pattern].psk && !hs->has_psk)
		return (0);
	return (((hs->done % 2 == 0) == initiator) == writing);
}

int
noise_pair(struct noise_pair *p, const uint8_t secret[static NOISE_KEY_BYTES],
    const uint8_t remote[static NOISE_KEY_BYTES])
{

	p->secret = secret;
	memcpy(p->remote, remote, NOISE_KEY_BYTES);
	/* A peer's key of low order would make the result zero, known to everybody. */
	if (crypto_scalarmult(p->shared, secret, remote) == 0 &&
	    crypto_scalarmult_base(p->public, secret) == 0)
		return (0);
	mem_wipe(p, sizeof(*p));
	return (-1);
}

static int
start(struct noise_handshake *hs, enum noise_pattern pattern, enum noise_role role,
    const struct noise_pair *pair, const struct noise_prologue *prologue)
{

	if ((size_t)pattern >= sizeof(patterns) / sizeof(patterns[0]))
		return (-1);
	hs->pattern = pattern;
	hs->role = role;
	hs->s = pair;
	/* No name is longer than a hash: it is used as it is, with zeros behind it. */
	memcpy(hs->h, patterns[pattern].name, strlen(patterns[pattern].name));
	memcpy(hs->ck, hs->h, NOISE_HASH_BYTES);
	mix_hash_two(hs, prologue->label, prologue->label_bytes, prologue->about,
	    prologue->about_bytes);
	mix_hash(hs, (role == NOISE_INITIATOR) ? hs->s->public : hs->s->remote, NOISE_KEY_BYTES);
	mix_hash(hs, (role == NOISE_INITIATOR) ? hs->s->remote : hs->s->public, NOISE_KEY_BYTES);
	hs->usable = 1;
	return (0);
}

int
noise_start(struct noise_handshake *hs, enum noise_pattern pattern, enum noise_role role,
    const struct noise_pair *pair, const struct noise_prologue *prologue)
{

	memset(hs, 0, sizeof(*hs));
	return (start(hs, pattern, role, pair, prologue));
}

int
noise_start_keys(struct noise_handshake *hs, enum noise_pattern pattern, enum noise_role role,
    const uint8_t secret[static NOISE_KEY_BYTES], const uint8_t remote[static NOISE_KEY_BYTES],
    const struct noise_prologue *prologue)
{

	memset(hs, 0, sizeof(*hs));
	if (noise_pair(&hs->own, secret, remote) == 0 &&
	    start(hs, pattern, role, &hs->own, prologue) == 0)
		return (0);
	mem_wipe(hs, sizeof(*hs));
	return (-1);
}

int
noise_set_psk(struct noise_handshake *hs, const uint8_t psk[static NOISE_KEY_BYTES])
{

	if (!hs->usable || !patterns[hs->pattern].psk || hs->done > 0)
		return (-1);
	memcpy(hs->psk, psk, NOISE_KEY_BYTES);
	hs->has_psk = 1;
	return (0);
}

int
noise_write_ephemeral(struct noise_handshake *hs, const uint8_t e_secret[static NOISE_KEY_BYTES],
    const void *payload, size_t bytes, uint8_t *message)
{

	if (!is_turn(hs, 1) || bytes > NOISE_MESSAGE_MAX - NOISE_OVERHEAD)
		goto failed;
	memcpy(hs->e_secret, e_secret, NOISE_KEY_BYTES);
	if (crypto_scalarmult_base(hs->e_public, hs->e_secret) != 0 || mix_tokens(hs, 1) == -1)
		goto failed;
	memcpy(message, hs->e_public, NOISE_KEY_BYTES);
	if (encrypt_and_hash(hs, payload, bytes, message + NOISE_KEY_BYTES) == -1)
		goto failed;
	hs->done++;
	return (0);
failed:
	noise_wipe(hs);
	return (-1);
}

int
noise_write(struct noise_handshake *hs, const void *payload, size_t bytes, uint8_t *message)
{
	uint8_t e_secret[NOISE_KEY_BYTES];
	int rc;

	randombytes_buf(e_secret, sizeof(e_secret));
	rc = noise_write_ephemeral(hs, e_secret, payload, bytes, message);
	mem_wipe(e_secret, sizeof(e_secret));
	return (rc);
}

int
noise_read(struct noise_handshake *hs, const uint8_t *message, size_t bytes, void *payload)
{

	if (!is_turn(hs, 0) || bytes < NOISE_OVERHEAD || bytes > NOISE_MESSAGE_MAX)
		goto failed;
	memcpy(hs->re, message, NOISE_KEY_BYTES);
	if (mix_tokens(hs, 0) == -1)
		goto failed;
	if (decrypt_and_hash(hs, message + NOISE_KEY_BYTES, bytes - NOISE_KEY_BYTES, payload) == -1)
		goto failed;
	hs->done++;
	return (0);
failed:
	noise_wipe(hs);
	return (-1);
}

int
noise_finished(const struct noise_handshake *hs)
{

	return (hs->usable && hs->done == patterns[hs->pattern].messages);
}

int
noise_split(const struct noise_handshake *hs, struct noise_cipher *send,
    struct noise_cipher *receive)
{
	struct noise_cipher *first = (hs->role == NOISE_INITIATOR) ? send : receive;
	struct noise_cipher *second = (hs->role == NOISE_INITIATOR) ? receive : send;
	uint8_t out[2][NOISE_HASH_BYTES];

	noise_cipher_wipe(send);
	noise_cipher_wipe(receive);
	if (!noise_finished(hs))
		return (-1);
	noise_hkdf(hs->ck, NULL, 0, 2, out);
	cipher_set_key(first, out[0]);
	if (patterns[hs->pattern].messages > 1)
		cipher_set_key(second, out[1]);
	mem_wipe(out, sizeof(out));
	return (0);
}

int
noise_export(const struct noise_handshake *hs, const void *label, size_t label_bytes,
    uint8_t key[static NOISE_KEY_BYTES])
{
	uint8_t out[1][NOISE_HASH_BYTES];

	memset(key, 0, NOISE_KEY_BYTES);
	if (!noise_finished(hs) || label_bytes == 0)
		return (-1);
	noise_hkdf(hs->ck, label, label_bytes, 1, out);
	memcpy(key, out[0], NOISE_KEY_BYTES);
	mem_wipe(out, sizeof(out));
	return (0);
}

int
noise_handshake_hash(const struct noise_handshake *hs, uint8_t hash[static NOISE_HASH_BYTES])
{

	memset(hash, 0, NOISE_HASH_BYTES);
	if (!noise_finished(hs))
		return (-1);
	memcpy(hash, hs->h, NOISE_HASH_BYTES);
	return (0);
}

void
noise_wipe(struct noise_handshake *hs)
{

	mem_wipe(hs, sizeof(*hs));
}
