#include "agent/dealt.h"

#include <string.h>

#include "base/mem.h"
#include "base/names.h"
#include "data/part.h"

#define MAGIC "\xb5" "DEAL\r\n\x1a"
#define MAGIC_BYTES 8
#define VERSION_BYTES 4
#define PROLOGUE "smpc-dealt-1 Noise_K_25519_ChaChaPoly_BLAKE2b chacha20-stream"
#define MESSAGE_BYTES (NOISE_OVERHEAD + DEALT_PAYLOAD_BYTES)

/* Begin the handshake behind a preface. */
static int
start_handshake(struct noise_handshake *hs, enum noise_role role, const uint8_t *secret,
    const uint8_t *key, const uint8_t *preface, size_t bytes)
{
	uint8_t prologue[sizeof(PROLOGUE) + DEALT_PREFACE_MAX];

	memcpy(prologue, PROLOGUE, sizeof(PROLOGUE));
	memcpy(prologue + sizeof(PROLOGUE), preface, bytes);
	return (noise_start_keys(hs, NOISE_K, role, secret, key, prologue, sizeof(PROLOGUE) +
	    bytes));
}

static void
put(uint8_t **p, const void *data, size_t bytes)
{

	memcpy(*p, data, bytes);
	*p += bytes;
}

static void
take(const uint8_t **p, void *data, size_t bytes)
{

	memcpy(data, *p, bytes);
	*p += bytes;
}

static void
put_number(uint8_t **p, uint32_t v)
{
	uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	put(p, b, sizeof(b));
}

static uint32_t
take_number(const uint8_t **p)
{
	uint8_t b[4];

	take(p, b, sizeof(b));
	return (b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24);
}

static void
put_name(uint8_t **p, const char *name)
{
	uint8_t length = (uint8_t)strlen(name);

	put(p, &length, 1);
	put(p, name, length);
}

/* ---- writing ---- */

static void
encode(const struct dealt_header *h, uint8_t payload[static DEALT_PAYLOAD_BYTES])
{
	uint8_t *p = payload;

	put(&p, h->deal, sizeof(h->deal));
	put_number(&p, h->step);
	put(&p, h->number, sizeof(h->number));
	put(&p, h->parties, sizeof(h->parties));
	put(&p, h->descriptor, sizeof(h->descriptor));
	put(&p, h->seed, sizeof(h->seed));
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
	put(&p, MAGIC, MAGIC_BYTES);
	put_number(&p, DEALT_VERSION);
	put_name(&p, from);
	put_name(&p, to);
	encode(h, payload);
	if (start_handshake(&hs, NOISE_INITIATOR, secret, key, start, (size_t)(p - start)) == 0 &&
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
read_name(const uint8_t *start, size_t bytes, size_t *at, char name[static PARTY_NAME_BYTES + 1])
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
	const uint8_t *version = start + MAGIC_BYTES;
	enum dealt_fault fault;

	memset(p, 0, sizeof(*p));
	if (memcmp(start, MAGIC, (bytes < MAGIC_BYTES) ? bytes : MAGIC_BYTES) != 0)
		return (DEALT_MAGIC);
	if (bytes < MAGIC_BYTES + VERSION_BYTES)
		return (DEALT_CUT);
	if (take_number(&version) != DEALT_VERSION)
		return (DEALT_UNKNOWN);
	p->bytes = MAGIC_BYTES + VERSION_BYTES;
	if ((fault = read_name(start, bytes, &p->bytes, p->from)) != DEALT_OK)
		return (fault);
	return (read_name(start, bytes, &p->bytes, p->to));
}

static void
decode(const uint8_t payload[static DEALT_PAYLOAD_BYTES], struct dealt_header *h)
{
	const uint8_t *p = payload;

	take(&p, h->deal, sizeof(h->deal));
	h->step = take_number(&p);
	take(&p, h->number, sizeof(h->number));
	take(&p, h->parties, sizeof(h->parties));
	take(&p, h->descriptor, sizeof(h->descriptor));
	take(&p, h->seed, sizeof(h->seed));
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
	if (start_handshake(&hs, NOISE_RESPONDER, secret, key, start, p->bytes) == 0 &&
	    noise_read(&hs, start + p->bytes, MESSAGE_BYTES, payload) == 0 &&
	    noise_split(&hs, &send, receive) == 0) {
		decode(payload, h);
		*bytes = p->bytes + MESSAGE_BYTES;
		rc = 0;
	}
	noise_wipe(&hs);
	mem_wipe(&send, sizeof(send));
	mem_wipe(payload, sizeof(payload));
	return (rc);
}
