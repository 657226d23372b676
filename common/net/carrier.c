/* What channels travel over: a socket, a file, or memory between two ends in one process. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "net/channel.h"

/* ---- a socket or file: the state is the descriptor itself ---- */

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

	return ((struct carrier){ socket_read, socket_write, close_descriptor, descriptor_of, (void *)(intptr_t)fd });
}

struct carrier
carrier_file(int fd)
{

	return ((struct carrier){ file_read, file_write, close_descriptor, no_descriptor, (void *)(intptr_t)fd });
}

/* ---- memory ---- */

#define PAIR_BYTES 100000 /* less than a channel has in flight, so that tests meet full carriers */

/* Bytes on their way in one direction. */
struct pipe_memory {
	uint8_t data[PAIR_BYTES];
	size_t pos, len;
	bool closed;
};

struct pair_memory {
	int open; /* ends */
	struct pipe_memory way[2];
};

struct pair_end {
	struct pair_memory *memory;
	int side;
};

static ssize_t
pair_read(void *state, void *data, size_t bytes)
{
	struct pair_end *e = state;
	struct pipe_memory *p = &e->memory->way[1 - e->side];
	size_t n = p->len - p->pos;

	if (n == 0)
		return (p->closed ? 0 : CARRIER_WAIT);
	n = (n < bytes) ? n : bytes;
	memcpy(data, p->data + p->pos, n);
	p->pos += n;
	return ((ssize_t)n);
}

static ssize_t
pair_write(void *state, const void *data, size_t bytes)
{
	struct pair_end *e = state;
	struct pipe_memory *p = &e->memory->way[e->side];
	size_t n;

	if (e->memory->way[1 - e->side].closed) {
		errno = EPIPE;
		return (CARRIER_FAILED);
	}
	memmove(p->data, p->data + p->pos, p->len - p->pos);
	p->len -= p->pos;
	p->pos = 0;
	n = PAIR_BYTES - p->len;
	if (n == 0)
		return (CARRIER_WAIT);
	n = (n < bytes) ? n : bytes;
	memcpy(p->data + p->len, data, n);
	p->len += n;
	return ((ssize_t)n);
}

static void
pair_close(void *state)
{
	struct pair_end *e = state;

	e->memory->way[e->side].closed = true;
	if (--e->memory->open == 0)
		free(e->memory);
	free(e);
}

int
carrier_pair(struct carrier pair[static 2])
{
	struct pair_memory *memory = mem_array(1, sizeof(*memory));
	struct pair_end *ends[2] = { mem_array(1, sizeof(**ends)), mem_array(1, sizeof(**ends)) };
	int i;

	if (memory == NULL || ends[0] == NULL || ends[1] == NULL) {
		free(memory);
		free(ends[0]);
		free(ends[1]);
		return (-1);
	}
	memory->open = 2;
	for (i = 0; i < 2; i++) {
		*ends[i] = (struct pair_end){ memory, i };
		pair[i] = (struct carrier){ pair_read, pair_write, pair_close, no_descriptor, ends[i] };
	}
	return (0);
}
