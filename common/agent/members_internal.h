#ifndef SMPC_AGENT_MEMBERS_INTERNAL_H
#define SMPC_AGENT_MEMBERS_INTERNAL_H

/*
 * A set of parties, by index in the parties file, ascending.  A session has those who share, and a
 * few guests.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/parties.h"

#define MEMBERS_MAX (PARTIES_SHARING_MAX + 16)

struct members {
	size_t count;
	uint16_t index[MEMBERS_MAX];
};

/*
 * members_position(m, index), members_have(m, index), members_same(a, b):
 * Where a party is in a set, or m->count; whether it is in it; whether two sets are the same.
 */
size_t members_position(const struct members *m, size_t index);
bool members_have(const struct members *m, size_t index);
bool members_same(const struct members *a, const struct members *b);

#endif /* !SMPC_AGENT_MEMBERS_INTERNAL_H */
