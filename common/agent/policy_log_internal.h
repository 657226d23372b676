#ifndef SMPC_AGENT_POLICY_LOG_INTERNAL_H
#define SMPC_AGENT_POLICY_LOG_INTERNAL_H

/*
 * A file of lines to which several agents of one party append, each under a lock, after it has read
 * what the others have appended.  A line that a crash has cut is passed over.
 */

#include <stddef.h>
#include <stdint.h>

struct policy_log {
	char *path;
	uint64_t read; /* bytes that were taken in */
};

/*
 * policy_log_update(log, take, cookie, lines, bytes, sync):
 * Under a lock: give ${take} all lines that are new; then have ${lines} appended, unless it is NULL
 * or ${take} was called with NULL for a line and returned 1, which it is when all are read: the
 * moment to decide.  ${sync}: make the file survive a crash before the lock is given back.  ${take}
 * returns 0, 1 or -1 (reported).  Return 0 if the lines were appended, or there were none, 1 if
 * ${take} did not want them, or -1 (reported; also where the file has become shorter).
 */
int policy_log_update(struct policy_log *log,
    int (*take)(void *cookie, const char *line, size_t len), void *cookie, const char *lines,
    size_t bytes, int sync);

#endif /* !SMPC_AGENT_POLICY_LOG_INTERNAL_H */
