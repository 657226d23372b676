#ifndef SMPC_AGENT_SESSIONS_INTERNAL_H
#define SMPC_AGENT_SESSIONS_INTERNAL_H

/*
 * Sessions that open: they were announced, and their number goes into the ledger while data links
 * to all members are opened.  When both are done the tool gets the links, and the agent is done
 * with the session.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/link.h"
#include "agent/links_internal.h"
#include "agent/members_internal.h"
#include "agent/peers_internal.h"
#include "agent/polled_internal.h"
#include "agent/self_internal.h"
#include "agent/spending_internal.h"
#include "agent/tools_internal.h"
#include "agent/underway_internal.h"
#include "net/protocol.h"
#include "net/wire.h"

/* A data link of ours to a member. */
struct dialled {
	bool ours;      /* we open it, not the member */
	int64_t again;  /* when to try again; 0: it is under way, or open */
	int delay;      /* how long to wait after the next failure */
	char why[256];  /* the last one */
};

struct opening_session {
	struct opening_session *next;
	uint8_t number[SESSION_NUMBER_BYTES];
	struct client *tool;
	struct members members;
	struct link *links[MEMBERS_MAX]; /* one for each member but ourselves */
	struct dialled dialled[MEMBERS_MAX];
	int64_t deadline, last; /* extended as long as links open here, but not beyond the last */
	bool lost[MEMBERS_MAX]; /* the agent of this member was lost since it was announced */
	bool dealt; /* by a file, whose number is spent with the session's */
	uint8_t dealt_number[SESSION_NUMBER_BYTES];
	bool dialled_all; /* our links are under way */
	enum ledger_state ledger;
};

struct sessions {
	const struct self *self;
	struct peers *peers;
	struct tools *tools;
	struct underway *underway;
	struct opening_session *list;
	/* data links whose session has not been announced here yet, for each party of the file */
	struct links *parked;
	struct spending spending;
};

/*
 * sessions_start(ss):
 * Make room for links of all parties.  Return 0 or -1 (reported).
 */
int sessions_start(struct sessions *ss);

/*
 * sessions_thread(ss), sessions_free(ss):
 * Write the ledger in a thread from now on; to be called after the last fork.  Close and free all;
 * harmless where nothing was started.
 */
void sessions_thread(struct sessions *ss);
void sessions_free(struct sessions *ss);

/*
 * sessions_add(ss, t, full, m, nonces):
 * A session was announced for our tool, which is about ${full} and whose members ${m} drew these
 * nonces: begin to open it.  Return 0 or -1 (reported: out of memory).
 */
int sessions_add(struct sessions *ss, struct client *t, const uint8_t full[static HASH_BYTES],
    const struct members *m, uint8_t nonces[][NONCE_BYTES]);

/*
 * sessions_decline(ss, full, m, nonces):
 * A session was announced for a tool of ours that waits no longer: tell its members.
 */
void sessions_decline(struct sessions *ss, const uint8_t full[static HASH_BYTES],
    const struct members *m, uint8_t nonces[][NONCE_BYTES]);

/*
 * sessions_missing(ss, t, out, size):
 * Say which link the session that opens for a tool lacks.
 */
void sessions_missing(const struct sessions *ss, const struct client *t, char *out, size_t size);

/*
 * sessions_cancel(ss, t):
 * A tool has ended.  If a session opens for it, the members are told that it does not come about.
 */
void sessions_cancel(struct sessions *ss, struct client *t);

/*
 * sessions_link(ss, l):
 * Take over an authenticated data link that a peer has opened.
 */
void sessions_link(struct sessions *ss, struct link *l);

/*
 * sessions_heard_abort(ss, from, m):
 * Handle the rest of a peer's message that a session does not come about there.  Set m->bad if it
 * must not say so.
 */
void sessions_heard_abort(struct sessions *ss, size_t from, struct wire *m);

/*
 * sessions_peer_lost(ss, index):
 * The link to a peer's agent is lost: tools whose sessions open have to know when they begin.
 */
void sessions_peer_lost(struct sessions *ss, size_t index);

/*
 * sessions_step(ss), sessions_poll(ss, p):
 * Do what can be done without waiting; add what to poll for.
 */
void sessions_step(struct sessions *ss);
void sessions_poll(struct sessions *ss, struct polled *p);

#endif /* !SMPC_AGENT_SESSIONS_INTERNAL_H */
