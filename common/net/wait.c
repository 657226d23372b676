#include "net/wait.h"

#include <errno.h>
#include <time.h>

#include "base/diag.h"

#define PAUSE_NS 10000000 /* before the system is asked for memory again */

int
wait_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	nfds_t i;
	int n = poll(fds, count, timeout_ms);

	if (n != -1)
		return (n);
	if (errno != EINTR && errno != EAGAIN && errno != ENOMEM)
		return (fail_errno("poll"));
	if (errno != EINTR)
		(void)nanosleep(&pause, NULL);
	for (i = 0; i < count; i++)
		fds[i].revents = 0;
	return (0);
}
