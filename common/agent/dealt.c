#include "agent/dealt.h"

#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/names.h"
#include "data/part.h"

#define MAGIC "\xb5" "DEAL\r\n\x1a"
#define PROLOGUE "smpc-dealt-1 Noise_K_25519_ChaChaPoly_BLAKE2b chacha20-stream"
#define MESSAGE_BYTES (NOISE_OVERHEAD + DEALT_PAYLOAD_BYTES)

/* Begin the handshake behind a preface. */
static int
dealt_handshake(struct noise_handshake *hs, enum noise_role role, const uint8_t *secret,
    const uint8_t *key, const uint8_t *preface, size_t bytes)
{
	const struct noise_prologue prologue = { .label = PROLOGUE, .label_bytes = sizeof(PROLOGUE),
		.about = preface, .about_bytes = bytes };

	return (noise_start_keys(hs, NOISE_K, role, secret, key, &prologue));
}

static void
dealt_put(uint8_t **p, const void *data, size_t bytes)
{

	memcpy(*p, data, bytes);
	*p += bytes;
}

static void
dealt_take(const uint8_t **p, void *data, size_t bytes)
{

	memcpy(data, *p, bytes);
	*p += bytes;
}

static void
dealt_put_number(uint8_t **p, uint32_t v)
{

	bytes_put(*p, v, DEALT_FIELD_BYTES);
	*p += DEALT_FIELD_BYTES;
}

static uint32_t
dealt_take_number(const uint8_t **p)
{
	uint32_t v = (uint32_t)bytes_get(*p, DEALT_FIELD_BYTES);

	*p += DEALT_FIELD_BYTES;
	return (v);
}

static void
dealt_put_name(uint8_t **p, const char *name)
{
	uint8_t length = (uint8_t)strlen(name);

	dealt_put(p, &length, 1);
	dealt_put(p, name, length);
}

/* ---- writing ---- */

static void
dealt_encode(const struct dealt_header *h, uint8_t payload[static DEALT_PAYLOAD_BYTES])
{
	uint8_t *p = payload;

	dealt_put(&p, h->deal, sizeof(h->deal));
	dealt_put_number(&p, h->step);
	dealt_put(&p, h->number, sizeof(h->number));
	dealt_put(&p, h->parties, sizeof(h->parties));
	dealt_put(&p, h->descriptor, sizeof(h->descriptor));
	dealt_put(&p, h->seed, sizeof(h->seed));
}

int
dealt_begin(const struct dealt_header *h, const char *from,
    const uint8_t secret[static IDENTITY_KEY_BYTES], const char *to,
    const uint8_t key[static IDENTITY_KEY_BYTES], uint8_t start[static DEALT_START_MAX],
    size_t *bytes, struct noise_cipher *send)
{
	struct noise_handshake hs;
	struct noise_cipher receive;
	uint8_t payload[DEALT_PAYLOAD_BYTES], *p = start;
	int rc = -1;

	if (!name_valid(from) || !name_valid(to))
		return (-1);
	dealt_put(&p, MAGIC, DEALT_MAGIC_BYTES);
	dealt_put_number(&p, DEALT_VERSION);
	dealt_put_name(&p, from);
	dealt_put_name(&p, to);
	dealt_encode(h, payload);
	if (dealt_handshake(&hs, NOISE_INITIATOR, secret, key, start, (size_t)(p - start)) == 0 &&
	    noise_write(&hs, payload, sizeof(payload), p) == 0 &&
	    noise_split(&hs, send, &receive) == 0)
		rc = 0;
	*bytes = (size_t)(p - start) + MESSAGE_BYTES;
	noise_wipe(&hs);
	mem_wipe(&receive, sizeof(receive));
	mem_wipe(payload, sizeof(payload));
	return (rc);
}

/* ---- reading ---- */

/* Read a name at ${at}; its end is then there. */
static enum dealt_fault
dealt_take_name(const uint8_t *start, size_t bytes, size_t *at,
    char name[static PARTY_NAME_BYTES + 1])
{
	size_t length;

	if (*at >= bytes)
		return (DEALT_CUT);
	length = start[(*at)++];
	if (length < 1 || length > PARTY_NAME_BYTES)
		return (DEALT_NAMES);
	if (length > bytes - *at)
		return (DEALT_CUT);
	memcpy(name, start + *at, length);
	name[length] = '\0';
	*at += length;
	return ((strlen(name) == length && name_valid(name)) ? DEALT_OK : DEALT_NAMES);
}

enum dealt_fault
dealt_preface(const uint8_t *start, size_t bytes, struct dealt_preface *p)
{
	const uint8_t *version = start + DEALT_MAGIC_BYTES;
	enum dealt_fault fault;

	memset(p, 0, sizeof(*p));
	if (memcmp(start, MAGIC, (bytes < DEALT_MAGIC_BYTES) ? bytes : DEALT_MAGIC_BYTES) != 0)
		return (DEALT_MAGIC);
	if (bytes < DEALT_MAGIC_BYTES + DEALT_FIELD_BYTES)
		return (DEALT_CUT);
	if (dealt_take_number(&version) != DEALT_VERSION)
		return (DEALT_UNKNOWN);
	p->bytes = DEALT_MAGIC_BYTES + DEALT_FIELD_BYTES;
	if ((fault = dealt_take_name(start, bytes, &p->bytes, p->from)) != DEALT_OK)
		return (fault);
	return (dealt_take_name(start, bytes, &p->bytes, p->to));
}

static void
dealt_decode(const uint8_t payload[static DEALT_PAYLOAD_BYTES], struct dealt_header *h)
{
	const uint8_t *p = payload;

	dealt_take(&p, h->deal, sizeof(h->deal));
	h->step = dealt_take_number(&p);
	dealt_take(&p, h->number, sizeof(h->number));
	dealt_take(&p, h->parties, sizeof(h->parties));
	dealt_take(&p, h->descriptor, sizeof(h->descriptor));
	dealt_take(&p, h->seed, sizeof(h->seed));
}

int
dealt_open(const uint8_t *start, size_t *bytes, const struct dealt_preface *p,
    const uint8_t secret[static IDENTITY_KEY_BYTES], const uint8_t key[static IDENTITY_KEY_BYTES],
    struct dealt_header *h, struct noise_cipher *receive)
{
	struct noise_handshake hs;
	struct noise_cipher send;
	uint8_t payload[DEALT_PAYLOAD_BYTES];
	int rc = -1;

	memset(h, 0, sizeof(*h));
	if (p->bytes > DEALT_PREFACE_MAX || *bytes < p->bytes || *bytes - p->bytes < MESSAGE_BYTES)
		return (-1);
	if (dealt_handshake(&hs, NOISE_RESPONDER, secret, key, start, p->bytes) == 0 &&
	    noise_read(&hs, start + p->bytes, MESSAGE_BYTES, payload) == 0 &&
	    noise_split(&hs, &send, receive) == 0) {
		dealt_decode(payload, h);
		*bytes = p->bytes + MESSAGE_BYTES;
		rc = 0;
	}
	noise_wipe(&hs);
	mem_wipe(&send, sizeof(send));
	mem_wipe(payload, sizeof(payload));
	return (rc);
}
