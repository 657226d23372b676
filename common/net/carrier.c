/* What channels travel over: a socket or a file.  The carrier's state is the descriptor itself. */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/channel.h"

static int
carrier_descriptor(void *state)
{

	return ((int)(intptr_t)state);
}

static ssize_t
or_wait(ssize_t n)
{

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return (CARRIER_WAIT);
	return (n);
}

static ssize_t
socket_read(void *state, void *data, size_t bytes)
{

	return (or_wait(recv(carrier_descriptor(state), data, bytes, 0)));
}

static ssize_t
socket_write(void *state, const void *data, size_t bytes)
{

	return (or_wait(send(carrier_descriptor(state), data, bytes, MSG_NOSIGNAL)));
}

static ssize_t
file_read(void *state, void *data, size_t bytes)
{

	return (or_wait(read(carrier_descriptor(state), data, bytes)));
}

static ssize_t
file_write(void *state, const void *data, size_t bytes)
{

	return (or_wait(write(carrier_descriptor(state), data, bytes)));
}

/* A file is always ready, and polling it would say so for ever. */
static int
no_descriptor(void *state)
{

	(void)state;
	return (-1);
}

static void
close_descriptor(void *state)
{

	close(carrier_descriptor(state));
}

struct carrier
carrier_socket(int fd)
{

	return ((struct carrier){ .read = socket_read, .write = socket_write,
	    .close = close_descriptor, .descriptor = carrier_descriptor,
	    .state = (void *)(intptr_t)fd });
}

struct carrier
carrier_file(int fd)
{

	return ((struct carrier){ .read = file_read, .write = file_write,
	    .close = close_descriptor, .descriptor = no_descriptor,
	    .state = (void *)(intptr_t)fd });
}
