#ifndef SMPC_DATA_SEEN_H
#define SMPC_DATA_SEEN_H

/*
 * Which ids came before, of streams with any number of parts, in bounded memory: what has no room
 * there is in a temporary file.  No choice of ids makes it slow.
 */

#include <stdbool.h>

#include "data/ids.h"

struct seen;

/*
 * seen_new():
 * Return an empty set, or NULL (reported).
 */
struct seen *seen_new(void);

/*
 * seen_add(s, id, again):
 * Put ${id} into ${s}; set *${again} if it is known to have been there.  One that has left the
 * memory may be found later, by another seen_add or by seen_end.  Return 0 or -1 (reported).
 */
int seen_add(struct seen *s, const uint8_t *id, bool *again);

/*
 * seen_end(s, again):
 * Set *${again} if one of all ids was put in twice.  Return 0 or -1 (reported).
 */
int seen_end(struct seen *s, bool *again);

/*
 * seen_twice(s):
 * The id that was.
 */
const uint8_t *seen_twice(const struct seen *s);

/*
 * seen_free(s):
 * Free; harmless on NULL.
 */
void seen_free(struct seen *s);

#endif /* !SMPC_DATA_SEEN_H */
