/*
 * A library that is loaded before others (LD_PRELOAD), and has one in three calls of a tool that
 * wait, read or write fail for no reason that lasts: EINTR, and of poll(2) ENOMEM and
 * EAGAIN, too.  NERVOUS_LOG: a file to which a byte is appended for each.
 */

#define _GNU_SOURCE /* RTLD_NEXT, program_invocation_short_name */
#undef _FORTIFY_SOURCE /* which has functions of these names inline */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "real.h"

static atomic_uint calls, polls;

static void
note_failure(void)
{
	const char *log = getenv("NERVOUS_LOG");
	int fd = (log == NULL) ? -1 : open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd == -1)
		return;
	(void)!REAL(write)(fd, "x", 1);
	close(fd);
}

/* Not a shell that runs them. */
static bool
is_tool(void)
{

	return (strncmp(program_invocation_short_name, "smpc", 4) == 0);
}

/* One in three, but at no fixed distance, which would meet the same call of a loop every time. */
static bool
drawn(unsigned n)
{

	return ((n * 2654435761U ^ n * 40503U << 7) >> 16 & 0xff) < 85;
}

static bool
fails(void)
{

	if (!is_tool() || !drawn(atomic_fetch_add(&calls, 1)))
		return (false);
	note_failure();
	errno = EINTR;
	return (true);
}

int
poll(struct pollfd *fds, nfds_t count, int timeout)
{
	/* What is about memory has us pause. */
	static const int causes[] = { EINTR, EINTR, ENOMEM, EINTR, EINTR, EINTR, EINTR, EAGAIN };
	unsigned n = atomic_fetch_add(&polls, 1);

	if (is_tool() && drawn(n)) {
		note_failure();
		errno = causes[n % 8];
		return (-1);
	}
	return (REAL(poll)(fds, count, timeout));
}

ssize_t
read(int fd, void *data, size_t bytes)
{

	return (fails() ? -1 : REAL(read)(fd, data, bytes));
}

ssize_t
write(int fd, const void *data, size_t bytes)
{

	return (fails() ? -1 : REAL(write)(fd, data, bytes));
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{

	return (fails() ? -1 : REAL(writev)(fd, parts, count));
}

ssize_t
send(int fd, const void *data, size_t bytes, int flags)
{

	return (fails() ? -1 : REAL(send)(fd, data, bytes, flags));
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{

	return (fails() ? -1 : REAL(sendmsg)(fd, message, flags));
}

ssize_t
recv(int fd, void *data, size_t bytes, int flags)
{

	return (fails() ? -1 : REAL(recv)(fd, data, bytes, flags));
}

ssize_t
recvmsg(int fd, struct msghdr *message, int flags)
{

	return (fails() ? -1 : REAL(recvmsg)(fd, message, flags));
}
