#ifndef SMPC_AGENT_DEALT_H
#define SMPC_AGENT_DEALT_H

/*
 * The file that the dealer makes for one computing party and one session beforehand (smpc-party(1),
 * DEALING BEFOREHAND): the beginning of it, as bytes in and bytes out.  Nothing here reads, writes
 * or reports.
 *
 *   preface   magic, version, both names
 *   message   of Noise_K, whose payload says what was dealt for what, and holds the seed
 *   records   as channel.h has them, with the end of a one-way channel
 *
 * The prologue of the handshake is a constant that names the algorithms, and the preface.  What a
 * session takes from such a file is fixed by DEALT_VERSION: whoever changes what the dealer sends,
 * or what is drawn from the seed, changes it.
 */

#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "crypto/noise.h"
#include "data/identity.h"
#include "data/parties.h"
#include "net/session.h"

#define DEALT_VERSION 1
#define DEALT_ID_BYTES 16
#define DEALT_MAGIC_BYTES 8
#define DEALT_FIELD_BYTES 4 /* of a number */
#define DEALT_PREFACE_MAX (DEALT_MAGIC_BYTES + DEALT_FIELD_BYTES + 2 * (1 + PARTY_NAME_BYTES))
#define DEALT_PAYLOAD_BYTES \
	(DEALT_ID_BYTES + DEALT_FIELD_BYTES + SESSION_NUMBER_BYTES + 2 * HASH_BYTES + \
	    NOISE_KEY_BYTES)
#define DEALT_START_MAX (DEALT_PREFACE_MAX + NOISE_OVERHEAD + DEALT_PAYLOAD_BYTES)

/* The payload. */
struct dealt_header {
	uint8_t deal[DEALT_ID_BYTES];       /* random; of all that one run of the dealer has made */
	uint32_t step;                      /* which session of the deal, from 1 */
	uint8_t number[SESSION_NUMBER_BYTES]; /* of the session; random, used once */
	uint8_t parties[HASH_BYTES];        /* digest of the parties file */
	uint8_t descriptor[HASH_BYTES];     /* of what the session is about, inputs and all */
	uint8_t seed[NOISE_KEY_BYTES];      /* for the generators that dealer and party share */
};

/* Who made a file, and for whom; the names are valid as such, and nothing else is known of them. */
struct dealt_preface {
	char from[PARTY_NAME_BYTES + 1];
	char to[PARTY_NAME_BYTES + 1];
	size_t bytes;
};

/*
 * dealt_begin(h, from, secret, to, key, start, bytes, send):
 * Write the beginning of a file by ${from}, who has ${secret}, for ${to}, whose public key is
 * ${key}: *${bytes} bytes.  Set *${send} to the key for the records.  Return 0, or -1 (a name is
 * not valid, or the key is of low order).
 */
int dealt_begin(const struct dealt_header *h, const char *from,
    const uint8_t secret[static IDENTITY_KEY_BYTES], const char *to,
    const uint8_t key[static IDENTITY_KEY_BYTES], uint8_t start[static DEALT_START_MAX],
    size_t *bytes, struct noise_cipher *send);

/* What dealt_preface has found. */
enum dealt_fault {
	DEALT_OK,
	DEALT_CUT,     /* more bytes are needed */
	DEALT_MAGIC,   /* not such a file */
	DEALT_UNKNOWN, /* of a version that is not known */
	DEALT_NAMES    /* names that nobody has */
};

/*
 * dealt_preface(start, bytes, p):
 * Read the preface at the beginning of a file.
 */
enum dealt_fault dealt_preface(const uint8_t *start, size_t bytes, struct dealt_preface *p);

/*
 * dealt_open(start, bytes, p, secret, key, h, receive):
 * Open the message behind the preface ${p}, as the owner of ${secret}, from the owner of the public
 * key ${key}.  *${bytes} becomes the length of preface and message, behind which the records are,
 * and *${receive} the key for them.  Return 0, or -1 (cut, damaged, or not from that sender to this
 * recipient); ${h} is then zero.
 */
int dealt_open(const uint8_t *start, size_t *bytes, const struct dealt_preface *p,
    const uint8_t secret[static IDENTITY_KEY_BYTES], const uint8_t key[static IDENTITY_KEY_BYTES],
    struct dealt_header *h, struct noise_cipher *receive);

#endif /* !SMPC_AGENT_DEALT_H */
