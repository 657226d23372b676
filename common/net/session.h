#ifndef SMPC_NET_SESSION_H
#define SMPC_NET_SESSION_H

/*
 * A session of all parties, as the tools of the parties see it: a channel to every other member.
 *
 * Whatever waits also takes in what comes and lets out what was sent, so that parties may send to
 * each other at the same time, up to CHANNEL_MAX_UNWANTED bytes that the other side has not asked
 * for yet.  More than that must be exchanged (session_exchange), or received by turns; else both
 * sides wait until their patience ends.
 *
 * Flush contract: what session_send was given leaves at the latest when the session flushes,
 * receives, exchanges or closes.
 *
 * A dealer may deal beforehand: then his tool has a session in which he sends to files, and nobody
 * else is there; and later on the tools of the computing parties have theirs, in which they receive
 * from those files what he would have sent.  Both see the same number and members as if all were
 * there, but for what session_beforehand says.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/noise.h"
#include "data/parties.h"
#include "net/channel.h"
#include "net/descriptor.h"

#define SESSION_NUMBER_BYTES 32 /* the ledger, links and dealt files have the same number */
#define SESSION_MAX_MEMBERS 128 /* besides ourselves; agents bring fewer together */
#define SESSION_DEFAULT_WAIT 600 /* seconds */

struct session;

/* Another member of a session. */
struct session_peer {
	char name[PARTY_NAME_BYTES + 1];
	enum party_role role;
	size_t index;                   /* in the parties file */
	/* for generators that both sides share, in this session alone */
	uint8_t seed[NOISE_KEY_BYTES];
};

/* What the dealer does in a session, and whether it can be held without him. */
enum session_dealer {
	SESSION_DEALER_TAKES_PART, /* he also receives, or what he sends is no dealt randomness */
	/* he sends dealt randomness, and receives nothing that he cannot do without */
	SESSION_DEALER_DEALS,
	/* nothing that matters; ids must not come from such a session's number */
	SESSION_DEALER_IDLE
};

/* What a session is to be. */
struct session_request {
	enum session_dealer dealer;
	struct descriptor *descriptor;
	const char *const *guests; /* members who do not share; NULL */
	size_t n_guests;
	bool guest;    /* we are one: we have no inputs */
	/*
	 * seconds for the others to come, and later on until a byte of anybody's moves while we
	 * wait
	 */
	uint64_t wait;
};

/*
 * session_open(request):
 * Wait, at this party's agent ($SMPC_LINK), until every member has a tool with the same descriptor.
 * Return NULL, having reported: status 2 without an agent, 3 when a member is missing, 4 when one
 * waits for something else.
 */
struct session *session_open(const struct session_request *request);

/*
 * session_join(number, own, wait, members), session_add(s, peer, channel):
 * A session without agents, of up to ${members} others over channels that exist, which become the
 * session's: for tests and benches.  Return NULL, having reported, when memory is short.
 */
struct session *session_join(const uint8_t number[static SESSION_NUMBER_BYTES], size_t own,
    uint64_t wait, size_t members);
void session_add(struct session *s, const struct session_peer *peer, struct channel *channel);

/*
 * session_number(s), session_own_index(s), session_parties_digest(s), session_peers(s),
 * session_peer(s, i),
 * session_find(s, name):
 * The session's number; our own index in the parties file; the digest of the agents' parties file;
 * how many other members there are; one of them, in the order of the parties file; the position of
 * a member, or -1 (not reported).
 */
const uint8_t *session_number(const struct session *s);
size_t session_own_index(const struct session *s);
const uint8_t *session_parties_digest(const struct session *s);
size_t session_peers(const struct session *s);
const struct session_peer *session_peer(const struct session *s, size_t i);
int session_find(const struct session *s, const char *name);

/*
 * session_beforehand(s, i):
 * Whether member ${i} has dealt, or will take, beforehand: the one who deals sends, the other one
 * receives, and nothing can come back.
 */
bool session_beforehand(const struct session *s, size_t i);

/*
 * session_claim_seeds(s):
 * To be called before generators are keyed from the peers' seeds.  Return 0, or, the second time,
 * -1 (reported): the same pads would be used again.
 */
int session_claim_seeds(struct session *s);

/*
 * session_keep(s, peer, bytes):
 * Keep less than usual of what a member sends before we want it (channel_keep).
 */
void session_keep(struct session *s, size_t peer, size_t bytes);

/*
 * session_send(s, peer, data, bytes):
 * Send a message of any size to member ${peer}.  The last bytes stay here until a flush, unless
 * this has to wait for room, which is a flush of what goes to the others.  Return 0 or -1
 * (reported).
 */
int session_send(struct session *s, size_t peer, const void *data, size_t bytes);

/*
 * session_receive(s, peer, data, bytes):
 * Receive exactly ${bytes} bytes from member ${peer}, after a flush.  Return 0 or -1 (reported).
 */
int session_receive(struct session *s, size_t peer, void *data, size_t bytes);

/* What is sent to a member and received from it at the same time; either may be nothing. */
struct exchange {
	const void *out;
	size_t out_bytes;
	void *in;
	size_t in_bytes;
};

/*
 * session_exchange(s, items):
 * Send and receive, full duplex, with all members at once: one item for each of them.  One round.
 * Return 0 or -1 (reported).
 */
int session_exchange(struct session *s, const struct exchange *items);

/*
 * session_flush(s):
 * Let everything leave.  Return 0 or -1 (reported).
 */
int session_flush(struct session *s);

/*
 * session_counters(s, peer), session_print_stats(s):
 * What passed between us and a member; all of it on standard error, and how often we waited for
 * others after we had sent.
 */
const struct channel_counters *session_counters(const struct session *s, size_t peer);
void session_print_stats(const struct session *s);

/*
 * session_close(s):
 * Flush, wipe and free; if all is well, tell the agent so.  What was dealt beforehand must have
 * been received to its end; what is dealt is stored.  Return 0 or -1 (reported).
 */
int session_close(struct session *s);

/*
 * session_abort(s):
 * Wipe and free at once, so that the others see that we are gone; the agent tells them that it was
 * our tool that ended, unless that was for want of another party.  Harmless on NULL.
 */
void session_abort(struct session *s);

#endif /* !SMPC_NET_SESSION_H */
