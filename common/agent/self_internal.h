#ifndef SMPC_AGENT_SELF_INTERNAL_H
#define SMPC_AGENT_SELF_INTERNAL_H

/*
 * Who an agent is, and with whom it holds sessions.  Every part of the agent reads this; nothing
 * changes it once the agent runs.
 */

#include <stdbool.h>
#include <stddef.h>

#include "agent/agent.h"
#include "agent/limits.h"
#include "agent/link.h"
#include "data/parties.h"

struct ledger;

struct self {
	const struct agent_options *options;
	struct link_self link; /* identity, parties file, our entry in it */
	size_t index;          /* of our entry */
	struct ledger *ledger; /* NULL: not open */
	struct agent_limits limits;
};

/*
 * self_find(s, options):
 * Find our entry in the parties file by the identity's key.  Return 0 or -1 (reported).  In either
 * case self_free may be called.
 */
int self_find(struct self *s, const struct agent_options *options);

/*
 * self_open_ledger(s):
 * Open our ledger.  Return 0 or -1 (reported).
 */
int self_open_ledger(struct self *s);

/*
 * self_free(s):
 * Close the ledger, and wipe what is kept of pairs of keys.
 */
void self_free(struct self *s);

/*
 * self_parties(s), self_party(s, index), self_index_of(s, party):
 * How many parties the file has; one of them; where one is.
 */
size_t self_parties(const struct self *s);
const struct party *self_party(const struct self *s, size_t index);
size_t self_index_of(const struct self *s, const struct party *party);

/*
 * self_meets(s, index):
 * Whether we hold sessions with a party.  A dealer who deals beforehand is alone, and those who use
 * what he dealt do without him.
 */
bool self_meets(const struct self *s, size_t index);

/*
 * self_can_meet(s, index):
 * Whether we and another party can have a link if they need one: one of the two must have an
 * address.
 */
bool self_can_meet(const struct self *s, size_t index);

/*
 * party_shares(p):
 * Whether a party takes part in every session: the dealer and the computing parties do.
 */
bool party_shares(const struct party *p);

#endif /* !SMPC_AGENT_SELF_INTERNAL_H */
