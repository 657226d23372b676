#ifndef SMPC_AGENT_LINK_H
#define SMPC_AGENT_LINK_H

/*
 * Opening an authenticated connection between two parties (smpc-protocol(7), Keys and randomness).
 *
 *   initiator -> responder   preface   what follows, in the clear: magic, version, purpose, digest
 *                                      of the parties file, both names, session number
 *                            first message of Noise_KK, without payload
 *   responder -> initiator   verdict   one byte; 0, and then the second message of Noise_KK
 *   initiator -> responder   a transport record that confirms
 *
 * The prologue of the handshake is a constant that names the algorithms, and the preface.  The
 * first message can be replayed, so the responder takes nothing for true before the confirmation
 * has decrypted; one that it remembers it does not answer.  A verdict other than 0 is not
 * authenticated: it explains, and decides nothing.
 *
 * A link never blocks: link_step moves what can be moved.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/lookup.h"
#include "agent/replays.h"
#include "agent/tcp.h"
#include "crypto/noise.h"
#include "data/identity.h"
#include "data/part.h"
#include "data/parties.h"
#include "net/session.h"

#define LINK_PREFACE_MAX 256
#define LINK_TIMEOUT_MS 10000

enum link_purpose {
	LINK_CONTROL = 1, /* between agents */
	LINK_DATA = 2     /* between the tools of one session */
};

enum link_state {
	LINK_OPENING,
	LINK_OPEN,  /* authenticated; keys are there */
	LINK_FAILED /* the reason is in why */
};

/* What an agent is, for its links. */
struct link_self {
	const struct identity *identity;
	const struct parties *parties;
	const struct party *party;
	/* with each of the parties, once it is known; NULL: none is kept.  To be wiped */
	struct noise_pair *pairs;
	/* first messages that were taken; NULL: none are kept */
	struct replays *replays;
};

struct link {
	struct link *next; /* for the owner */
	const struct link_self *self;
	enum link_state state;
	int fd;
	bool initiator;
	bool dialled; /* the connection stands */
	enum link_purpose purpose;
	const struct party *peer; /* NULL: the other side has not said who it is */
	uint8_t session[SESSION_NUMBER_BYTES];
	int64_t deadline; /* clock_ms */
	char why[256];
	bool ready;   /* for the owner, who polls: there is reason for a step; so it is at first */
	bool refused; /* the failure is one of authentication, not of the network */
	/*
	 * dialled by the peer whose name it gives, or by somebody who sends a message of the peer's
	 * again that we do not remember
	 */
	bool proven;
	bool other_parties; /* who has dialled has another parties file */

	struct noise_handshake handshake;
	struct noise_cipher send, receive;
	/* exported for generators that both sides share; fresh for each link */
	uint8_t seed[NOISE_KEY_BYTES];
	uint8_t in[LINK_PREFACE_MAX + 256];
	size_t in_len;
	uint8_t out[LINK_PREFACE_MAX + 256];
	size_t out_pos, out_len;
	int step;
	size_t preface_bytes;

	struct lookup *lookup; /* the peer's name is being looked up; NULL */
	struct tcp_addresses addresses;
	size_t next_address;
};

/*
 * link_dial(self, peer, purpose, session):
 * Begin to open a link to ${peer}, who must have an address.  Return NULL, having reported, when
 * memory is short; other failures show in the state.
 */
struct link *link_dial(const struct link_self *self, const struct party *peer,
    enum link_purpose purpose, const uint8_t session[static SESSION_NUMBER_BYTES]);

/*
 * link_accept(self, fd):
 * Take over an accepted connection whose other side has yet to say who it is.
 */
struct link *link_accept(const struct link_self *self, int fd);

/*
 * link_descriptor(l), link_events(l), link_step(l), link_step_ready(l):
 * What to poll, and for what; move what can be moved, and look at the time; do so only if l->ready
 * says that there is reason to, or time is up.  Afterwards the state tells what came of it.
 */
int link_descriptor(const struct link *l);
short link_events(const struct link *l);
void link_step(struct link *l);
void link_step_ready(struct link *l);

/*
 * link_take(l):
 * Return the descriptor of an open link, which is then the caller's.
 */
int link_take(struct link *l);

/*
 * link_free(l):
 * Close, wipe and free; harmless on NULL.
 */
void link_free(struct link *l);

#endif /* !SMPC_AGENT_LINK_H */
