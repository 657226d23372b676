#include "agent/replays.h"

#include <sodium.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/hash.h"

#define SLOTS 16384
#define MARK_BYTES 16

struct replays {
	uint8_t key[HASH_BYTES];
	uint8_t marks[SLOTS][MARK_BYTES]; /* all zero: none */
};

struct replays *
replays_new(void)
{
	struct replays *r;

	if ((r = mem_array(1, sizeof(*r))) != NULL)
		randombytes_buf(r->key, sizeof(r->key));
	return (r);
}

void
replays_free(struct replays *r)
{

	if (r != NULL)
		mem_wipe_free(r, sizeof(*r));
}

/* The mark of a message, under a key that nobody else knows: so nobody can choose its slot. */
static size_t
mark(const struct replays *r, const uint8_t *message, size_t bytes,
    uint8_t out[static MARK_BYTES])
{
	uint8_t hash[HASH_BYTES];
	struct hash h;

	hash_init(&h);
	hash_bytes(&h, r->key, sizeof(r->key));
	hash_bytes(&h, message, bytes);
	hash_final(&h, hash);
	memcpy(out, hash, MARK_BYTES);
	return (((size_t)hash[MARK_BYTES] | (size_t)hash[MARK_BYTES + 1] << 8) % SLOTS);
}

bool
replays_known(const struct replays *r, const uint8_t *message, size_t bytes)
{
	uint8_t m[MARK_BYTES];
	size_t slot;

	if (r == NULL)
		return (false);
	slot = mark(r, message, bytes, m);
	return (memcmp(r->marks[slot], m, MARK_BYTES) == 0);
}

void
replays_note(struct replays *r, const uint8_t *message, size_t bytes)
{
	uint8_t m[MARK_BYTES];
	size_t slot;

	if (r == NULL)
		return;
	slot = mark(r, message, bytes, m);
	memcpy(r->marks[slot], m, MARK_BYTES);
}
