/* What channels travel over: a socket or a file.  The carrier's state is the descriptor itself. */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/channel.h"

static int
descriptor_of(void *state)
{

	return ((int)(intptr_t)state);
}

static ssize_t
result(ssize_t n)
{

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return (CARRIER_WAIT);
	return (n);
}

static ssize_t
socket_read(void *state, void *data, size_t bytes)
{

	return (result(recv(descriptor_of(state), data, bytes, 0)));
}

static ssize_t
socket_write(void *state, const void *data, size_t bytes)
{

	return (result(send(descriptor_of(state), data, bytes, MSG_NOSIGNAL)));
}

static ssize_t
file_read(void *state, void *data, size_t bytes)
{

	return (result(read(descriptor_of(state), data, bytes)));
}

static ssize_t
file_write(void *state, const void *data, size_t bytes)
{

	return (result(write(descriptor_of(state), data, bytes)));
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

	close(descriptor_of(state));
}

struct carrier
carrier_socket(int fd)
{

	return ((struct carrier){ socket_read, socket_write, close_descriptor, descriptor_of,
	    (void *)(intptr_t)fd });
}

struct carrier
carrier_file(int fd)
{

	return ((struct carrier){ file_read, file_write, close_descriptor, no_descriptor,
	    (void *)(intptr_t)fd });
}
