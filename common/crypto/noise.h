#ifndef SMPC_CRYPTO_NOISE_H
#define SMPC_CRYPTO_NOISE_H

/*
 * The Noise Protocol Framework, revision 34, with 25519, ChaChaPoly and BLAKE2b, for parties that
 * know each other's static key beforehand.  Bytes in, bytes out: nothing here reads, writes or
 * reports.  A function that returns -1 has not said why; it is always one of the reasons in its
 * contract.
 *
 *   K   one-way: sealed streams, dealt files.   -> e, es, ss
 *   KK  links between agents.                   -> e, es, ss   <- e, ee, se
 *
 * KKpsk0 and KKpsk2 mix a shared key into KK as well.  Every message carries an ephemeral key and
 * an encrypted payload, which may be empty, and is therefore NOISE_OVERHEAD bytes longer than its
 * payload.
 *
 * What a caller must know: the first message of K and of KK can be replayed, and whoever has stolen
 * the *recipient's* static key can forge it.  A responder of KK may act on nothing before the first
 * transport message has decrypted.
 *
 * sodium_init() must have been called.
 */

#include <stddef.h>
#include <stdint.h>

#define NOISE_KEY_BYTES 32
#define NOISE_HASH_BYTES 64
#define NOISE_TAG_BYTES 16
#define NOISE_OVERHEAD (NOISE_KEY_BYTES + NOISE_TAG_BYTES)
#define NOISE_MESSAGE_MAX 65535
#define NOISE_PLAIN_MAX (NOISE_MESSAGE_MAX - NOISE_TAG_BYTES)

enum noise_pattern {
	NOISE_K,
	NOISE_KK,
	NOISE_KKPSK0,
	NOISE_KKPSK2
};

enum noise_role {
	NOISE_INITIATOR,
	NOISE_RESPONDER
};

/* One direction of a finished handshake (CipherState).  The fields belong to noise.c. */
struct noise_cipher {
	uint8_t k[NOISE_KEY_BYTES];
	uint64_t n; /* nonce of the next message; 2^64 - 1 is never used */
	int keyed;
};

/*
 * What does not change from one handshake of two parties to the next.  Secret; the fields belong to
 * noise.c.
 */
struct noise_pair {
	const uint8_t *secret; /* the identity's, of which there is one copy */
	uint8_t public[NOISE_KEY_BYTES];
	uint8_t remote[NOISE_KEY_BYTES];
	uint8_t shared[NOISE_KEY_BYTES]; /* DH(secret, remote) */
};

/* A handshake under way (HandshakeState with its SymmetricState).  The fields belong to noise.c. */
struct noise_handshake {
	enum noise_pattern pattern;
	enum noise_role role;
	int usable;           /* started and nothing has failed */
	unsigned int done;    /* messages written or read */
	struct noise_cipher cipher;
	uint8_t ck[NOISE_HASH_BYTES];
	uint8_t h[NOISE_HASH_BYTES];
	const struct noise_pair *s;
	struct noise_pair own; /* of a handshake that was not given one */
	uint8_t e_secret[NOISE_KEY_BYTES];
	uint8_t e_public[NOISE_KEY_BYTES];
	uint8_t re[NOISE_KEY_BYTES];
	uint8_t psk[NOISE_KEY_BYTES];
	int has_psk;
};

/*
 * noise_pair(p, secret, remote):
 * Prepare handshakes between the owner of ${secret} and the owner of the public key ${remote}: two
 * of the multiplications on the curve that each of them takes.  ${secret} outlives ${p}.  Return 0,
 * or -1 (${remote} is of low order; ${p} is then zero).  To be wiped.
 */
int noise_pair(struct noise_pair *p, const uint8_t secret[static NOISE_KEY_BYTES],
    const uint8_t remote[static NOISE_KEY_BYTES]);

/* What a handshake is about, which binds it to that: a label, and then the bytes it depends on. */
struct noise_prologue {
	const void *label; /* names the protocol */
	size_t label_bytes;
	const void *about; /* such as all that was sent before; NULL with 0 bytes: nothing */
	size_t about_bytes;
};

/*
 * noise_start(hs, pattern, role, pair, prologue):
 * Begin a handshake of a pair, which outlives it.  Both sides must give the same prologue, label
 * and rest as one string of bytes, or the first message is refused.  Return 0, or -1 (the pattern
 * is unknown).  Release with noise_wipe in either case.
 *
 * noise_start_keys(hs, pattern, role, secret, remote, prologue):
 * The same for a pair that has no other handshake; also -1 where noise_pair gives it.  ${secret}
 * outlives ${hs}, which must not be moved.
 */
int noise_start(struct noise_handshake *hs, enum noise_pattern pattern, enum noise_role role,
    const struct noise_pair *pair, const struct noise_prologue *prologue);
int noise_start_keys(struct noise_handshake *hs, enum noise_pattern pattern, enum noise_role role,
    const uint8_t secret[static NOISE_KEY_BYTES], const uint8_t remote[static NOISE_KEY_BYTES],
    const struct noise_prologue *prologue);

/*
 * noise_set_psk(hs, psk):
 * Give the shared key of a psk pattern, after noise_start and before the first message.  Return 0,
 * or -1 (the pattern has none, or a message has passed).
 */
int noise_set_psk(struct noise_handshake *hs, const uint8_t psk[static NOISE_KEY_BYTES]);

/*
 * noise_write(hs, payload, bytes, message):
 * Write the next handshake message, ${bytes} + NOISE_OVERHEAD bytes, with a fresh ephemeral key.
 * ${message} must not overlap ${payload}.  Return 0, or -1 (not this side's turn, psk missing,
 * longer than NOISE_MESSAGE_MAX, a shared secret is zero); after -1 the handshake is wiped and
 * cannot go on.
 */
int noise_write(struct noise_handshake *hs, const void *payload, size_t bytes, uint8_t *message);

/*
 * noise_read(hs, message, bytes, payload):
 * Read the next handshake message and its payload, ${bytes} - NOISE_OVERHEAD bytes.  ${payload}
 * must not overlap ${message}.  Return 0, or -1 (not this side's turn, psk missing, too short or
 * too long, a shared secret is zero, or it was not made by the expected sender for this recipient
 * with this prologue); after -1 the handshake is wiped.
 */
int noise_read(struct noise_handshake *hs, const uint8_t *message, size_t bytes, void *payload);

/*
 * noise_finished(hs):
 * Return 1 when all messages of the pattern have passed, else 0.
 */
int noise_finished(const struct noise_handshake *hs);

/*
 * noise_split(hs, send, receive):
 * After the last message, derive the key to send with and the one to receive with.  K goes one way
 * only: the initiator's ${receive} and the responder's ${send} stay without a key, and using them
 * fails.  Return 0, or -1 (not finished; both are then without a key).  Does not wipe ${hs}: keys
 * may still be exported.
 */
int noise_split(const struct noise_handshake *hs, struct noise_cipher *send,
    struct noise_cipher *receive);

/*
 * noise_export(hs, label, label_bytes, key):
 * After the last message, derive a key that only the two sides know: the first 32 bytes of HKDF(ck,
 * label).  It is independent of the transport keys and of keys with another label, and comes from
 * the chaining key, since the handshake hash is public.  A label made of several fields must say
 * where each ends.  Return 0, or -1 (not finished, or an empty label, which would give away a
 * transport key); ${key} is then zero.
 */
int noise_export(const struct noise_handshake *hs, const void *label, size_t label_bytes,
    uint8_t key[static NOISE_KEY_BYTES]);

/*
 * noise_handshake_hash(hs, hash):
 * After the last message, give the hash that names this session to both sides.  It is public.
 * Return 0, or -1 (not finished; ${hash} is then zero).
 */
int noise_handshake_hash(const struct noise_handshake *hs, uint8_t hash[static NOISE_HASH_BYTES]);

/*
 * noise_wipe(hs):
 * Wipe all keys of a handshake; it cannot be used afterwards.
 */
void noise_wipe(struct noise_handshake *hs);

/*
 * noise_encrypt(c, plain, bytes, message):
 * Write one transport message, ${bytes} + NOISE_TAG_BYTES bytes.  ${message} may be ${plain}.
 * Return 0, or -1 (no key, more than NOISE_PLAIN_MAX bytes, or the nonces are used up).
 */
int noise_encrypt(struct noise_cipher *c, const uint8_t *plain, size_t bytes, uint8_t *message);

/*
 * noise_decrypt(c, message, bytes, plain):
 * Read one transport message into ${bytes} - NOISE_TAG_BYTES bytes.  ${plain} may be ${message}.
 * Return 0, or -1 (no key, a length that no message has, the nonces are used up, or not the next
 * message of the other side; ${plain} then holds nothing of it, and the nonce does not move).
 */
int noise_decrypt(struct noise_cipher *c, const uint8_t *message, size_t bytes, uint8_t *plain);

/*
 * noise_cipher_wipe(c):
 * Wipe the key; using it afterwards fails.
 */
void noise_cipher_wipe(struct noise_cipher *c);

#endif /* !SMPC_CRYPTO_NOISE_H */
