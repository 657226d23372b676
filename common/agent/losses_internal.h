#ifndef SMPC_AGENT_LOSSES_INTERNAL_H
#define SMPC_AGENT_LOSSES_INTERNAL_H

/*
 * Who has lost whom: when a tool loses a member of its session, the other members' tools are told,
 * so that all can name the party that was lost first.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/members_internal.h"
#include "agent/peers_internal.h"
#include "agent/tools_internal.h"
#include "net/wire.h"

/*
 * losses_tell(peers, number, members, index):
 * Tell the members of a session that we have lost party ${index}: they may lose us next, and should
 * know why.
 */
void losses_tell(struct peers *peers, const uint8_t number[static SESSION_NUMBER_BYTES],
    const struct members *members, size_t index);

/*
 * losses_of_tool(peers, t, index):
 * Our tool has lost a member of its session, or, with our own index, has ended in it: the members
 * are told, once.
 */
void losses_of_tool(struct peers *peers, struct client *t, size_t index);

/*
 * losses_done(t):
 * A tool is done with its session, and there is nothing to tell.
 */
void losses_done(struct client *t);

/*
 * losses_pass_on(t, from, index):
 * Pass on to our tool that member ${from} has lost ${index}; it counts once for each member.
 * Return whether both are members of the tool's session.
 */
bool losses_pass_on(struct client *t, size_t from, size_t index);

/*
 * losses_heard(tools, from, m):
 * Handle the rest of a peer's message that says whom its tool has lost.  Set m->bad if it must not
 * say so.
 */
void losses_heard(struct tools *tools, size_t from, struct wire *m);

#endif /* !SMPC_AGENT_LOSSES_INTERNAL_H */
