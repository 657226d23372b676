#ifndef SMPC_AGENT_REPLAYS_H
#define SMPC_AGENT_REPLAYS_H

/*
 * First messages of handshakes that were genuine, so that one that is sent again costs no scalar
 * multiplication.  Only who has a party's key can make a genuine one; so nobody else can fill this.
 *
 * It spares work, and decides nothing: a message that is forgotten, as newer ones take its place,
 * is refused when its sender cannot confirm the handshake.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replays;

/*
 * replays_new(), replays_free(r):
 * Return an empty memory, which has a random key of its own, or NULL (reported); free it.
 */
struct replays *replays_new(void);
void replays_free(struct replays *r);

/*
 * replays_known(r, message, bytes), replays_note(r, message, bytes):
 * Whether a message was noted, and is not forgotten; note it.  If ${r} is NULL, nothing is known.
 */
bool replays_known(const struct replays *r, const uint8_t *message, size_t bytes);
void replays_note(struct replays *r, const uint8_t *message, size_t bytes);

#endif /* !SMPC_AGENT_REPLAYS_H */
