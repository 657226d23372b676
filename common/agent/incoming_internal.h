#ifndef SMPC_AGENT_INCOMING_INTERNAL_H
#define SMPC_AGENT_INCOMING_INTERNAL_H

/*
 * Connections that others have opened, and that have not proved yet who they are.
 *
 * Anybody can open one.  Those who have sent no genuine first message are strangers: there are at
 * most STRANGERS_MAX of them, and a new one takes the place of the oldest.  Who has sent one is a
 * peer, or replays what we do not remember; only so many are kept in the name of each peer,
 * where they too make room for newer ones in that name alone.  So nobody who lacks a peer's key can
 * push out a link of its.
 */

#include <stdbool.h>
#include <stdint.h>

#include "agent/links_internal.h"
#include "agent/polled_internal.h"
#include "agent/self_internal.h"

/* Links that make room for each other, and when it may be said again that they are too many. */
struct crowd {
	struct links links;
	int64_t said_again;
};

struct incoming {
	const struct self *self;
	int listener; /* -1: nobody can call us */
	bool listener_ready;
	int64_t accept_again;   /* the descriptor table was full */
	int64_t stranger_again; /* when the next stranger may be reported */
	struct crowd strangers;
	struct crowd *callers; /* one for each party of the file */
	struct links ended;    /* open or failed, for incoming_next */
};

/*
 * incoming_listen(in):
 * Listen where the options say, or at our address in the parties file, if there is one.  Return 0
 * or -1 (reported).
 */
int incoming_listen(struct incoming *in);

/*
 * incoming_descriptor(in):
 * Where we listen; -1: nowhere.
 */
int incoming_descriptor(const struct incoming *in);

/*
 * incoming_where(in, out, size):
 * Write where we listen, HOST:PORT, or nothing.
 */
void incoming_where(const struct incoming *in, char *out, size_t size);

/*
 * incoming_step(in), incoming_poll(in, p):
 * Let others connect, and do what can be done without waiting; add what to poll for.
 */
void incoming_step(struct incoming *in);
void incoming_poll(struct incoming *in, struct polled *p);

/*
 * incoming_next(in):
 * Return a link that is open or has failed, and is then the caller's; NULL when there is no more.
 */
struct link *incoming_next(struct incoming *in);

/*
 * incoming_stranger(in, l):
 * A connection has failed before it gave the name of a peer.  Say so, but let no stranger fill the
 * log.
 */
void incoming_stranger(struct incoming *in, const struct link *l);

/*
 * incoming_free(in):
 * Close all.
 */
void incoming_free(struct incoming *in);

#endif /* !SMPC_AGENT_INCOMING_INTERNAL_H */
