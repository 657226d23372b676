#ifndef SMPC_AGENT_PAIRING_INTERNAL_H
#define SMPC_AGENT_PAIRING_INTERNAL_H

/*
 * Bringing tools together: agents show each other the tickets of tools that wait.  The first
 * computing party's agent pairs them, first come first served, and announces a session when every
 * member has a tool with the same descriptor.
 */

#include <stddef.h>
#include <stdint.h>

#include "agent/missing_internal.h"
#include "agent/peers_internal.h"
#include "agent/self_internal.h"
#include "agent/sessions_internal.h"
#include "agent/tickets_internal.h"
#include "agent/tools_internal.h"
#include "agent/underway_internal.h"
#include "net/wire.h"

struct pairing {
	const struct self *self;
	struct peers *peers;
	struct sessions *sessions; /* where sessions go that were announced */
	struct underway *underway;     /* how many of them may be under way */
	struct tickets *tickets; /* one for each party of the file, our own too */
	uint64_t next_ticket;
	size_t n_ready; /* own tickets with one of every member put aside */
	/* why the last tool that waited did so in vain, and its status; 0: it did not */
	int why_status;
	bool why_of_inputs; /* it says what inputs are */
	char why[REASON_BYTES];
};

/*
 * pairing_start(p), pairing_free(p):
 * Make room for the tickets of all parties; return 0 or -1 (reported).  Free all tickets; harmless
 * where nothing was started.
 */
int pairing_start(struct pairing *p);
void pairing_free(struct pairing *p);

/*
 * pairing_full(p):
 * Whether what our tools wait for is so much that no more can be shown to others.
 */
bool pairing_full(const struct pairing *p);

/*
 * pairing_wait(p, t, w):
 * A tool of ours waits: ${w}, which has text, members and whether it is a guest's and is handed
 * over, becomes its ticket, and is shown to all.
 */
void pairing_wait(struct pairing *p, struct client *t, struct ticket *w);

/*
 * pairing_step(p):
 * Announce those sessions that are ready, as far as there is room.
 */
void pairing_step(struct pairing *p);

/*
 * pairing_waits(t), pairing_missing(p, t, m):
 * Whether a tool waits; if so, say in ${m} who is missing and why (missing_all).
 */
bool pairing_waits(const struct client *t);
void pairing_missing(const struct pairing *p, const struct client *t, struct missing *m);

/*
 * pairing_give_up(p, t), pairing_cancel(p, t):
 * The patience of a tool of ours that waits has ended, which it is told.  A tool waits no longer,
 * if it did.
 */
void pairing_give_up(struct pairing *p, struct client *t);
void pairing_cancel(struct pairing *p, struct client *t);

/*
 * pairing_fail(p, t, status, format, ...):
 * A tool of ours, which waits or is about to, does not get what it asked for; why.
 */
void pairing_fail(struct pairing *p, struct client *t, int status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * pairing_heard_wait(p, from, m), pairing_heard_cancel(p, from, m),
 * pairing_heard_start(p, from, m):
 * Handle the rest of a peer's message: a tool of its waits, or no longer; a session is announced.
 * Set m->bad if it must not say so.
 */
void pairing_heard_wait(struct pairing *p, size_t from, struct wire *m);
void pairing_heard_cancel(struct pairing *p, size_t from, struct wire *m);
void pairing_heard_start(struct pairing *p, size_t from, struct wire *m);

/*
 * pairing_linked(p, index), pairing_lost(p, index, ended), pairing_ended(p, index):
 * There is a new link to a peer: show it what our tools wait for.  The link to it is lost: forget
 * what it waited for, and, unless its command had ended, what it gave up.  Its command has ended:
 * tell our tools that wait for it.
 */
void pairing_linked(struct pairing *p, size_t index);
void pairing_lost(struct pairing *p, size_t index, bool ended);
void pairing_ended(struct pairing *p, size_t index);

/*
 * pairing_why(p, status):
 * If our command has ended with ${status} because its last tool waited in vain, why that was; else
 * nothing.
 */
const char *pairing_why(const struct pairing *p, int status);

#endif /* !SMPC_AGENT_PAIRING_INTERNAL_H */
