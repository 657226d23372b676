#ifndef SMPC_AGENT_POLICY_GUARD_INTERNAL_H
#define SMPC_AGENT_POLICY_GUARD_INTERNAL_H

/*
 * The party's policy at its agent: every step that a tool asks for is judged before the session is
 * joined, and figures before they are opened.  A tool that is refused is told why; the other
 * parties are told nothing but that this party does not take part.
 *
 * Without a policy everything is allowed, and nothing is kept.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/members_internal.h"
#include "agent/self_internal.h"
#include "agent/tools_internal.h"
#include "net/wire.h"

struct guard;

/*
 * guard_open(self):
 * Check the policy of self->options, and open what was counted before, in the directory of the
 * party's ledger.  *${guard} is NULL without a policy.  Return 0 or -1 (reported: status 4 if the
 * policy is another party's).
 */
int guard_open(const struct self *self, struct guard **guard);
void guard_free(struct guard *g);

/*
 * guard_session(g, t, text, guest):
 * Judge a step by its descriptor.  Return 0, or -1: the tool has been told why not.
 */
int guard_session(struct guard *g, struct client *t, const char *text, bool guest);

/*
 * guard_seal(g, t, w):
 * Judge whether a tool may seal to whom its message names, without taking it from the message.
 * Return 0, or -1: the tool has been told why not.
 */
int guard_seal(struct guard *g, struct client *t, struct wire w);

/*
 * guard_parts(g, t, w), guard_note(g, t, w), guard_reveals(g, t, w):
 * Handle the rest of a tool's TOOL_PARTS, TOOL_NOTE or TOOL_REVEALS.
 */
void guard_parts(struct guard *g, struct client *t, struct wire *w);
void guard_note(struct guard *g, struct client *t, struct wire *w);
void guard_reveals(struct guard *g, struct client *t, struct wire *w);

/*
 * guard_forget(g, t):
 * A tool has ended.
 */
void guard_forget(struct guard *g, const struct client *t);

#endif /* !SMPC_AGENT_POLICY_GUARD_INTERNAL_H */
