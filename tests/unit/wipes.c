/*
 * What Diffie-Hellman gives is gone when the handshake has taken it in: a shared secret is the one
 * thing from which all keys of a link follow.
 *
 * The program has the library's scalar multiplication and wiping between the code and libsodium,
 * and keeps account of what was written where, and what was wiped.
 */

#include <sodium.h>
#include <stdbool.h>

#include "crypto/noise.h"
#include "tap.h"

/* The results that were not wiped yet. */
static const unsigned char *live[64];
static size_t n_live, made;

int
crypto_scalarmult(unsigned char *q, const unsigned char *n, const unsigned char *p)
{
	int rc = crypto_scalarmult_curve25519(q, n, p);

	if (rc != 0 || n_live == sizeof(live) / sizeof(*live))
		return (-1);
	live[n_live++] = q;
	made++;
	return (0);
}

void
sodium_memzero(void *const p, const size_t bytes)
{
	volatile unsigned char *byte = p;
	const unsigned char *begin = p;
	size_t i;

	for (i = 0; i < bytes; i++)
		byte[i] = 0;
	/* A larger buffer that happens to have the same place in another frame does not count. */
	for (i = 0; i < n_live;) {
		if (live[i] == begin && bytes == crypto_scalarmult_BYTES)
			live[i] = live[--n_live];
		else
			i++;
	}
}

/* How many are left, but for those in ${bytes} bytes at ${place}. */
static size_t
left_outside(const void *place, size_t bytes)
{
	const unsigned char *begin = place;
	size_t i, n = 0;

	for (i = 0; i < n_live; i++)
		n += (live[i] < begin || live[i] >= begin + bytes);
	return (n);
}

struct side {
	uint8_t secret[NOISE_KEY_BYTES], public[NOISE_KEY_BYTES];
};

static const struct noise_prologue nothing = { .label = "", .label_bytes = 0 };

static void
make_side(struct side *s)
{

	randombytes_buf(s->secret, sizeof(s->secret));
	crypto_scalarmult_base(s->public, s->secret);
}

/* A handshake of two that goes well; what is left after each message. */
static void
test_handshake(enum noise_pattern pattern, const char *name, size_t messages)
{
	struct noise_handshake hs[2];
	struct noise_pair pair[2];
	struct side side[2];
	uint8_t message[NOISE_OVERHEAD], payload[1];
	size_t i, before;

	make_side(&side[0]);
	make_side(&side[1]);
	n_live = made = 0;
	for (i = 0; i < 2; i++) {
		if (noise_pair(&pair[i], side[i].secret, side[1 - i].public) == -1 ||
		    noise_start(&hs[i], pattern, (i == 0) ? NOISE_INITIATOR : NOISE_RESPONDER,
		    &pair[i], &nothing) == -1)
			tap_bail("no handshake");
	}
	ok(made == 2 && left_outside(pair, sizeof(pair)) == 0, "%s: a pair of keys holds its "
	    "secret, and nothing else does", name);
	for (i = 0; i < messages; i++) {
		before = made;
		if (noise_write(&hs[i % 2], NULL, 0, message) == -1)
			tap_bail("no message");
		ok(made > before && left_outside(pair, sizeof(pair)) == 0,
		    "%s: whoever writes message %zu wipes %zu results", name, i + 1,
		    made - before);
		before = made;
		if (noise_read(&hs[1 - i % 2], message, sizeof(message), payload) == -1)
			tap_bail("the message is not read");
		ok(made > before && left_outside(pair, sizeof(pair)) == 0,
		    "%s: and so does whoever reads it", name);
	}
	noise_wipe(&hs[0]);
	noise_wipe(&hs[1]);
}

/* A message that is not genuine: what was computed for it goes, too. */
static void
test_forged(void)
{
	struct noise_handshake hs;
	struct noise_pair pair;
	struct side own, peer;
	uint8_t message[NOISE_OVERHEAD] = { 9 }, payload[1];

	make_side(&own);
	make_side(&peer);
	n_live = made = 0;
	if (noise_pair(&pair, own.secret, peer.public) == -1 ||
	    noise_start(&hs, NOISE_K, NOISE_RESPONDER, &pair, &nothing) == -1)
		tap_bail("no handshake");
	ok(noise_read(&hs, message, sizeof(message), payload) == -1 && made == 2 &&
	    left_outside(&pair, sizeof(pair)) == 0, "a forged message leaves nothing");
}

int
main(void)
{

	if (sodium_init() == -1)
		tap_bail("libsodium does not start");
	tap_plan(9);
	test_handshake(NOISE_K, "K", 1);
	test_handshake(NOISE_KK, "KK", 2);
	test_forged();
	return (tap_end());
}
