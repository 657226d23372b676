#include "agent/polled_internal.h"

#include <stdlib.h>

#include "base/diag.h"
#include "net/wait.h"

#define POLLED_FIRST 64 /* descriptors that the array holds at first */

void
polled_clear(struct polled *p)
{

	p->count = 0;
}

void
polled_free(struct polled *p)
{

	free(p->fds);
	free(p->ready);
}

static int
polled_grow(struct polled *p)
{
	size_t size = 2 * p->size + POLLED_FIRST;
	struct pollfd *fds;
	bool **ready;

	if ((fds = realloc(p->fds, size * sizeof(*fds))) == NULL)
		return (-1);
	p->fds = fds;
	if ((ready = realloc(p->ready, size * sizeof(*ready))) == NULL)
		return (-1);
	p->ready = ready;
	p->size = size;
	return (0);
}

void
polled_add(struct polled *p, int fd, short events, bool *ready)
{

	if (p->count == p->size && polled_grow(p) == -1)
		return;
	p->ready[p->count] = ready;
	p->fds[p->count++] = (struct pollfd){ .fd = fd, .events = events };
}

int
polled_wait(struct polled *p, int timeout)
{
	size_t i;

	if (wait_poll(p->fds, p->count, timeout) == -1)
		return (-1);
	for (i = 0; i < p->count; i++) {
		if (p->ready[i] != NULL)
			*p->ready[i] = (p->fds[i].revents != 0);
	}
	return (0);
}
