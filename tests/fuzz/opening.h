#ifndef SMPC_FUZZ_OPENING_H
#define SMPC_FUZZ_OPENING_H

/* What an honest alice sends to open a data link to bob, as agent/link.h describes it. */

#include <sys/socket.h>

#include "agent/link.h"
#include "pair.h"

#define PREFACE_BYTES (8 + 2 + 32 + 32 + 1 + 5 + 1 + 3)
#define MESSAGE_BYTES NOISE_OVERHEAD
#define OPENING_BYTES (PREFACE_BYTES + MESSAGE_BYTES)
#define CONFIRM_BYTES (2 + NOISE_TAG_BYTES)

/*
 * write_opening(parties, hs, opening):
 * Her preface and first message.
 */
static inline void
write_opening(const struct parties *parties, struct noise_handshake *hs,
    uint8_t opening[static OPENING_BYTES])
{
	static const char prologue[] = "smpc-link-1 Noise_KK_25519_ChaChaPoly_BLAKE2b "
	    "chacha20-stream";
	uint8_t *p = opening, all[sizeof(prologue) + PREFACE_BYTES];

	memcpy(p, "\xb5LINK\r\n\x1a\x02\x02", 10);
	memcpy(p + 10, parties_digest(parties), 32);
	memset(p + 42, 9, 32);
	memcpy(p + 74, "\x05" "alice" "\x03" "bob", 10);
	memcpy(all, prologue, sizeof(prologue));
	memcpy(all + sizeof(prologue), opening, PREFACE_BYTES);
	fuzz_check(noise_start_keys(hs, NOISE_KK, NOISE_INITIATOR, alice.secret, bob.public,
	    &(struct noise_prologue){ .label = all, .label_bytes = sizeof(all) }) == 0);
	fuzz_check(noise_write(hs, NULL, 0, opening + PREFACE_BYTES) == 0);
}

/*
 * write_confirmation(hs, fd, confirm):
 * Read the answer, and write what she confirms, or zeroes if there is no answer of use.
 */
static inline void
write_confirmation(struct noise_handshake *hs, int fd, uint8_t confirm[static CONFIRM_BYTES])
{
	struct noise_cipher send, receive;
	uint8_t answer[1 + MESSAGE_BYTES], nothing[1];

	memset(confirm, 0, CONFIRM_BYTES);
	confirm[0] = NOISE_TAG_BYTES;
	if (recv(fd, answer, sizeof(answer), 0) != sizeof(answer) || answer[0] != 0 ||
	    noise_read(hs, answer + 1, MESSAGE_BYTES, nothing) == -1)
		return;
	fuzz_check(noise_split(hs, &send, &receive) == 0 &&
	    noise_encrypt(&send, nothing, 0, confirm + 2) == 0);
}

#endif /* !SMPC_FUZZ_OPENING_H */
