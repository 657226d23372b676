#ifndef SMPC_AGENT_AGENT_INTERNAL_H
#define SMPC_AGENT_AGENT_INTERNAL_H

/*
 * An agent: its parts, and how they are put together; for agent.c and tests.
 *
 * Each part has a file and a header of its own, and reaches another's state through that one's
 * functions alone.  A function that returns int returns 0 or -1 (reported), unless said otherwise;
 * one that returns nothing tells a tool (tools_failed), or lets a tool or peer go, if something
 * fails.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/budget_book_internal.h"
#include "agent/command_internal.h"
#include "agent/deal_internal.h"
#include "agent/dealt_files_internal.h"
#include "agent/incoming_internal.h"
#include "agent/pairing_internal.h"
#include "agent/peers_internal.h"
#include "agent/policy_declined_internal.h"
#include "agent/policy_guard_internal.h"
#include "agent/requests_internal.h"
#include "agent/self_internal.h"
#include "agent/sessions_internal.h"
#include "agent/tools_internal.h"
#include "agent/underway_internal.h"
#include "net/protocol.h"
#include "net/wire.h"

/* How an agent ends: with its command, or by a signal. */
struct stopping {
	bool begun;
	int status; /* what it ends with */
	int64_t by; /* when it ends even if not all peers have taken their leave */
};

struct agent {
	struct self self;
	struct incoming incoming; /* connections that have not said who they are */
	struct peers peers;       /* control links */
	struct tools tools;       /* on this machine */
	struct pairing pairing;   /* what the tools of all parties wait for */
	struct underway underway; /* sessions that are under way, if we announce them */
	struct sessions sessions; /* sessions whose data links are being opened */
	struct requests requests; /* what our tools ask for */
	struct declined declined; /* steps that parties do not take part in */
	struct guard *guard;       /* our policy; NULL: we have none */
	struct budget_book *budgets;
	struct deal *deal;         /* we deal beforehand; NULL: we do not */
	struct dealt_files *dealt; /* files that stand for the dealer; NULL: he is there himself */
	struct command command;
	struct stopping stopping;
	int running;    /* what running_enter gave; -1: we are not entered yet */
	int background; /* where to say that we are ready, in the background; -1: nowhere */
};

/*
 * agent_join_parts(a):
 * Tell the parts of an agent that is all zero but for a->self of each other; nothing is open yet.
 */
void agent_join_parts(struct agent *a);

/*
 * agent_hear(cookie, from, type, m):
 * Give the rest of a peer's message to the part of the agent ${cookie} that it is for.  m->bad is
 * set if it is for none, or must not be said.
 */
void agent_hear(void *cookie, size_t from, enum control_message type, struct wire *m);

#endif /* !SMPC_AGENT_AGENT_INTERNAL_H */
