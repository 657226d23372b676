#ifndef SMPC_AGENT_MISSING_INTERNAL_H
#define SMPC_AGENT_MISSING_INTERNAL_H

/* Why a session does not come about, as a text: who is missing, and what keeps them. */

#include <stdbool.h>
#include <stddef.h>

#include "agent/peers_internal.h"
#include "agent/self_internal.h"
#include "agent/tickets_internal.h"

#define MISSING_BYTES 1000

struct missing {
	/* ST_OK: nobody is to blame; else what it is worth, ST_PEER or ST_REFUSED */
	int status;
	/* the number of our tool's input, from 1, that others have another one for; 0: none */
	size_t input;
	/* the text says what inputs are, and is for those alone who hold them */
	bool of_inputs;
	char text[MISSING_BYTES];
};

/*
 * missing_member(self, peers, tickets, w, index, m):
 * Say in ${m} why party ${index} does not come to what our tool's ticket ${w} waits for;
 * ${tickets} are those of all parties.  The status is ST_OK if the party is not the one that is
 * missing.
 *
 * A party that waits for something else is refused only where that is sure to be meant for this
 * step: it is all that the party waits for, or the same but for its inputs.
 */
void missing_member(const struct self *self, const struct peers *peers,
    const struct tickets *tickets, const struct ticket *w, size_t index, struct missing *m);

/*
 * missing_all(self, peers, tickets, w, m):
 * Say which members are missing, and why, of all of them; the worst status, ST_PEER at least.
 */
void missing_all(const struct self *self, const struct peers *peers,
    const struct tickets *tickets, const struct ticket *w, struct missing *m);

#endif /* !SMPC_AGENT_MISSING_INTERNAL_H */
