#ifndef SMPC_DATA_HELD_H
#define SMPC_DATA_HELD_H

/*
 * An input that is read several times, and holds the same bytes each time, whatever becomes of the
 * file meanwhile: what was checked is what is used.  A file is read once for the hashes of its
 * blocks, and each block is held against its hash before it is given out again.  What cannot be
 * read again, a pipe or standard input, is held in memory.
 */

#include "data/source.h"

struct held;

/*
 * held_open(path):
 * Read ${path}, "-" for standard input, to its end.  Return NULL, having reported, on failure.
 */
struct held *held_open(const char *path);

/*
 * held_source(h, keyring):
 * A source of the whole input, from its beginning.  The one before has been read for the last time,
 * and ${h} outlives it.  A block that differs is refused with status 4.  Return NULL, having
 * reported, on failure.
 */
struct source *held_source(struct held *h, const struct keyring *keyring);

/*
 * held_close(h):
 * Wipe and free; harmless on NULL.
 */
void held_close(struct held *h);

#endif /* !SMPC_DATA_HELD_H */
