#ifndef SMPC_DATA_SPOOL_H
#define SMPC_DATA_SPOOL_H

/*
 * What is revealed, and has to wait until the rest is known: a temporary file without a name, that
 * is encrypted with a key of this process and goes with it.  What is read back is authenticated.
 */

#include <stddef.h>

struct spool;

/*
 * spool_open():
 * Return a new spool, or NULL (reported).
 */
struct spool *spool_open(void);

/*
 * spool_write(s, data, bytes):
 * Append.  Return 0 or -1 (reported).
 */
int spool_write(struct spool *s, const void *data, size_t bytes);

/*
 * spool_copy(s, fd, name):
 * Write all of it to ${fd}, which messages call ${name}; nothing is appended afterwards.  Return 0
 * or -1 (reported).
 */
int spool_copy(struct spool *s, int fd, const char *name);

/*
 * spool_free(s):
 * Wipe and free; harmless on NULL.
 */
void spool_free(struct spool *s);

#endif /* !SMPC_DATA_SPOOL_H */
