#ifndef SMPC_NET_SESSION_INTERNAL_H
#define SMPC_NET_SESSION_INTERNAL_H

/* The inside of a session: session.c moves bytes, session_open.c and session_loss.c do the rest. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "net/channel.h"
#include "net/protocol.h"
#include "net/session.h"
#include "net/wire.h"

#define AGENT_NOTE_MAX 2048 /* bytes of what the agent says while a session lasts */

/* Another member, and the channel to it. */
struct member {
	struct session *session;
	struct session_peer peer;
	struct channel *channel;
	char lost[256]; /* why its agent is gone; empty: it is not */
};

/* What a member says of whom it has lost, by index in the parties file. */
struct session_loss {
	size_t by, whom;
};

struct session {
	uint8_t number[SESSION_NUMBER_BYTES];
	size_t own;
	uint8_t parties_digest[HASH_BYTES];
	size_t count;
	struct member *members;
	int agent; /* local socket */
	int64_t patience_ms;
	uint64_t rounds;
	bool sent; /* since the last round */
	bool seeds_claimed;
	struct session_loss losses[SESSION_MAX_MEMBERS];
	size_t n_losses;
};

/*
 * session_note_loss(s, w):
 * Note the rest of a message AGENT_LOSS.
 */
void session_note_loss(struct session *s, struct wire *w);

/*
 * session_listen(s):
 * Read one message of the agent while the session lasts: that a peer's agent is lost, or whom a
 * member has lost.  Return 0, or -1 (reported: it has ended itself).
 */
int session_listen(struct session *s);

/*
 * session_lost(member, why):
 * The channel to a member has failed.  The member may have ended because of another one: ask
 * around for a moment, and report who was first.  Return -1.  (Of the type that channel_on_loss
 * takes.)
 */
int session_lost(void *member, const char *why);

/*
 * session_tell_agent(s, type, index):
 * Tell the agent whom we have lost, or, with TOOL_DONE, that we have lost nobody.  Return 0, or -1
 * (not reported).
 */
int session_tell_agent(const struct session *s, enum tool_message type, size_t index);

#endif /* !SMPC_NET_SESSION_INTERNAL_H */
