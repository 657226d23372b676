#ifndef SMPC_AGENT_POLLED_INTERNAL_H
#define SMPC_AGENT_POLLED_INTERNAL_H

/* What the agent's loop polls: a growing array to which each part of the agent adds its own. */

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct polled {
	struct pollfd *fds;
	bool **ready;
	size_t count, size;
};

/*
 * polled_clear(p), polled_free(p):
 * Begin a new list; free it.
 */
void polled_clear(struct polled *p);
void polled_free(struct polled *p);

/*
 * polled_add(p, fd, events, ready):
 * Append a descriptor.  polled_wait sets *${ready}, unless that is NULL.  Where memory is short
 * nothing is appended; the loop looks again in a moment anyway.
 */
void polled_add(struct polled *p, int fd, short events, bool *ready);

/*
 * polled_wait(p, timeout):
 * Poll for at most ${timeout} ms, and tell everybody.  Return 0 or -1 (reported).
 */
int polled_wait(struct polled *p, int timeout);

#endif /* !SMPC_AGENT_POLLED_INTERNAL_H */
