#ifndef SMPC_AGENT_PEERS_INTERNAL_H
#define SMPC_AGENT_PEERS_INTERNAL_H

/*
 * The other parties' agents: one control link to each that we hold sessions with, opened again
 * whenever it is lost.
 *
 * What happens on the links goes up as events, which agent.c passes on.  An event may come from
 * within any function that is not const: a peer is lost when a message cannot be sent to it, too.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/link.h"
#include "agent/polled_internal.h"
#include "agent/self_internal.h"
#include "base/mem.h"
#include "crypto/noise.h"
#include "net/protocol.h"
#include "net/wire.h"

/* What peers tell of; ${index} is that of the party. */
struct peer_events {
	/* A peer says something.  It is lost if the handler does not read all, or sets m->bad. */
	void (*message)(void *cookie, size_t index, enum control_message type, struct wire *m);
	/* There is a new link to it. */
	void (*linked)(void *cookie, size_t index);
	/* The link is lost; ${ended}: after it had said that its command has ended. */
	void (*lost)(void *cookie, size_t index, const char *why, bool ended);
	/* Its command has ended. */
	void (*ended)(void *cookie, size_t index);
	void *cookie;
};

/* An open control link: messages in records of the link's keys. */
struct control {
	int fd;
	struct noise_cipher send, receive;
	struct buf in, out;
	size_t out_pos;
	int64_t heard, spoke;
	bool ready; /* poll says that there is something to read, or nobody has looked */
};

/* Another party. */
struct peer {
	const struct party *party;
	bool needed; /* it is, or we are, among those who share, so that there is a link */
	bool dials;  /* we call it */
	struct link *dialling;
	int64_t next_dial;
	int dial_delay;
	char trouble[256]; /* why the last attempt failed */
	bool trouble_refused;
	bool told; /* the trouble was reported */
	struct control *control; /* NULL: no link */
	bool gone;  /* its command has ended */
	bool knows; /* that ours has */
	int gone_status;
	char gone_why[REASON_BYTES]; /* what it says of that; or nothing */
	bool gone_why_of_inputs;       /* that is for those alone who hold its inputs */
	char turned_away[256]; /* what was reported last of somebody in its name */
};

struct peers {
	const struct self *self;
	struct peer_events events;
	struct peer *list; /* one for each party of the file, our own unused */
	bool ending;       /* our command has ended */
};

/*
 * peers_start(p):
 * Find out whom we need links to.  Return 0, or -1 (reported: two who share can never meet).
 */
int peers_start(struct peers *p);

/*
 * peers_free(p):
 * Close all links; harmless where nothing was started.
 */
void peers_free(struct peers *p);

/*
 * peers_read(p), peers_write(p), peers_poll(p, polled), peers_timeout(p):
 * Call those that we have no link to, read and handle messages; write those that wait; add what to
 * poll for; after how many ms to look again.
 */
void peers_read(struct peers *p);
void peers_write(struct peers *p);
void peers_poll(struct peers *p, struct polled *polled);
int peers_timeout(const struct peers *p);

/*
 * peers_adopt(p, l):
 * Take over an open control link, in place of the one that there was.
 */
void peers_adopt(struct peers *p, struct link *l);

/*
 * peers_turned_away(p, l):
 * A connection that claimed to be l->peer has failed.  Report each reason once for a peer, so that
 * strangers cannot fill the log; it may be the peer that we wait for.
 */
void peers_turned_away(struct peers *p, const struct link *l);

/*
 * peers_send(p, index, message), peers_broadcast(p, message):
 * Append a message for one peer, or for all, as far as there are links.
 */
void peers_send(struct peers *p, size_t index, const struct buf *message);
void peers_broadcast(struct peers *p, const struct buf *message);

/*
 * peers_goodbye(p, status, why, of_inputs), peers_goodbye_to(p, index, status, why, of_inputs):
 * Our command has ended with ${status}, as ${why}, which may be nothing: tell all peers, or one
 * that has linked since; but what is of inputs, to those alone who share.
 */
void peers_goodbye(struct peers *p, int status, const char *why, bool of_inputs);
void peers_goodbye_to(struct peers *p, size_t index, int status, const char *why,
    bool of_inputs);

/*
 * peers_all_know(p):
 * Whether every peer has ended itself, or has been told that we have.
 */
bool peers_all_know(const struct peers *p);

/*
 * peers_need(p, index), peers_call(p, index):
 * Whether there is a link to a party at all: two who do not share have nothing to say to each
 * other.  Whether we open it, or the party does.
 */
bool peers_need(const struct peers *p, size_t index);
bool peers_call(const struct peers *p, size_t index);

/* How it is with a peer. */
struct peer_state {
	bool linked;
	bool ended;          /* its command has ended, ... */
	int status;          /* with this, ... */
	const char *why;     /* for this reason; empty: it has not said */
	bool why_of_inputs;  /* which is for those alone who hold the inputs */
	const char *trouble; /* why there is no link; empty: unknown */
	bool refused;        /* and that was no fault of the network */
};

#define WHERE_BYTES 320 /* room for it: a host's name has 253 at most */

/*
 * peers_where(p, index, out, size):
 * Write where we call a party, " at HOST:PORT", or nothing if we do not.
 */
void peers_where(const struct peers *p, size_t index, char *out, size_t size);

/*
 * peers_state(p, index):
 * How it is with a peer; the text is good until the next call of a function that is not const.
 */
struct peer_state peers_state(const struct peers *p, size_t index);

#endif /* !SMPC_AGENT_PEERS_INTERNAL_H */
