#ifndef SMPC_DATA_IDS_H
#define SMPC_DATA_IDS_H

/* Sets of ids of parts, in order. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"

#define ID_BYTES HASH_BYTES

/* { NULL, 0 } is the empty one. */
struct ids {
	uint8_t (*id)[ID_BYTES];
	size_t count;
};

/*
 * ids_add(s, id), ids_unite(s, t):
 * Put an id, or all those of ${t}, into ${s}, unless they are in it.  Return 0 or -1 (reported).
 */
int ids_add(struct ids *s, const uint8_t *id);
int ids_unite(struct ids *s, const struct ids *t);

/*
 * ids_have(s, id), ids_same(s, t), ids_meet(s, t):
 * Whether ${id} is in ${s}; whether both sets have the same ids; or at least one in common.
 */
bool ids_have(const struct ids *s, const uint8_t *id);
bool ids_same(const struct ids *s, const struct ids *t);
bool ids_meet(const struct ids *s, const struct ids *t);

/*
 * ids_free(s):
 * Free what ${s} holds, and make it empty.
 */
void ids_free(struct ids *s);

#endif /* !SMPC_DATA_IDS_H */
