#ifndef SMPC_AGENT_POLICY_DECLINED_INTERNAL_H
#define SMPC_AGENT_POLICY_DECLINED_INTERNAL_H

/*
 * Steps that a party does not take part in, as its policy forbids them.  Its agent says so to all
 * members of the step, and not why; their tools that wait for the step, or come for it within the
 * time for which the party's own tool would have waited, end at once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/pairing_internal.h"
#include "agent/peers_internal.h"
#include "agent/self_internal.h"
#include "agent/tickets_internal.h"
#include "net/wire.h"

struct declined_step {
	uint8_t brief[HASH_BYTES], full[HASH_BYTES];
	bool guest;            /* it was a guest's step, who knows ${brief} alone */
	int64_t until;         /* forgotten then */
	struct members members; /* of a step of ours: who is told */
};

#define DECLINED_MAX 64 /* of one party; of more, the oldest is forgotten */

struct declined_steps {
	struct declined_step step[DECLINED_MAX];
	size_t count;
};

struct declined {
	const struct self *self;
	struct peers *peers;
	struct pairing *pairing;
	struct declined_steps *of; /* one for each party, our own too; NULL: nobody has declined */
};

void declined_free(struct declined *d);

/*
 * declined_say(d, text, guest, members, wait_ms):
 * A tool of ours would have waited for this step: tell the members that it does not take part.
 *
 * declined_linked(d, index):
 * There is a new link to a party: forget what it had declined, and tell it again what we have; it
 * does the same.
 */
void declined_say(struct declined *d, const char *text, bool guest, const struct members *members,
    uint64_t wait_ms);
void declined_linked(struct declined *d, size_t index);

/*
 * declined_heard(d, from, m):
 * Handle the rest of a peer's message that it does not take part in a step.  Set m->bad if it must
 * not say so.
 *
 * declined_waits(d, from):
 * A party shows what its tools wait for: what it had declined of that is forgotten.
 */
void declined_heard(struct declined *d, size_t from, struct wire *m);
void declined_waits(struct declined *d, size_t from);

/*
 * declined_meet(d, t, text, guest, members):
 * A tool of ours is about to wait for a step: it ends, status 4, if a member has declined.  Return
 * 0, or -1: it has been told.
 */
int declined_meet(struct declined *d, struct client *t, const char *text, bool guest,
    const struct members *members);

#endif /* !SMPC_AGENT_POLICY_DECLINED_INTERNAL_H */
