#ifndef SMPC_AGENT_MISSING_INTERNAL_H
#define SMPC_AGENT_MISSING_INTERNAL_H

/* Why a session does not come about, as a text: who is missing, and what keeps them. */

#include <stddef.h>

#include "agent/peers_internal.h"
#include "agent/self_internal.h"
#include "agent/tickets_internal.h"

/*
 * missing_member(self, peers, tickets, w, index, out, size):
 * Say in ${out} why party ${index} does not come to what our tool's ticket ${w} waits for;
 * ${tickets} are those of all parties.  Return the status that this is worth: ST_OK if the party is
 * not the one that is missing.
 */
int missing_member(const struct self *self, const struct peers *peers,
    const struct tickets *tickets, const struct ticket *w, size_t index, char *out, size_t size);

/*
 * missing_all(self, peers, tickets, w, out, size):
 * Say which members are missing, and why, of all of them.  Return the worst status, ST_PEER at
 * least.
 */
int missing_all(const struct self *self, const struct peers *peers, const struct tickets *tickets,
    const struct ticket *w, char *out, size_t size);

#endif /* !SMPC_AGENT_MISSING_INTERNAL_H */
