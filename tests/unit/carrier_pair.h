#ifndef SMPC_TESTS_UNIT_CARRIER_PAIR_H
#define SMPC_TESTS_UNIT_CARRIER_PAIR_H

/* Two carriers in this process, connected to each other by memory. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/channel.h"
#include "tap.h"

#define PAIR_BYTES 100000 /* less than a channel has in flight, so that tests meet full carriers */

/* Bytes on their way in one direction. */
struct pair_way {
	uint8_t data[PAIR_BYTES];
	size_t pos, len;
	bool closed;
};

struct pair_memory {
	int open; /* ends */
	struct pair_way way[2];
};

struct pair_end {
	struct pair_memory *memory;
	int side;
};

static inline ssize_t
pair_read(void *state, void *data, size_t bytes)
{
	struct pair_end *e = state;
	struct pair_way *p = &e->memory->way[1 - e->side];
	size_t n = p->len - p->pos;

	if (n == 0)
		return (p->closed ? 0 : CARRIER_WAIT);
	n = (n < bytes) ? n : bytes;
	memcpy(data, p->data + p->pos, n);
	p->pos += n;
	return ((ssize_t)n);
}

static inline ssize_t
pair_write(void *state, const void *data, size_t bytes)
{
	struct pair_end *e = state;
	struct pair_way *p = &e->memory->way[e->side];
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

static inline void
pair_close(void *state)
{
	struct pair_end *e = state;

	e->memory->way[e->side].closed = true;
	if (--e->memory->open == 0)
		free(e->memory);
	free(e);
}

/* There is nothing to poll. */
static inline int
pair_descriptor(void *state)
{

	(void)state;
	return (-1);
}

/*
 * carrier_pair(pair):
 * Make both ends; each is freed when it is closed.
 */
static inline void
carrier_pair(struct carrier pair[static 2])
{
	struct pair_memory *memory = calloc(1, sizeof(*memory));
	struct pair_end *end;
	int i;

	if (memory == NULL)
		tap_bail("memory");
	memory->open = 2;
	for (i = 0; i < 2; i++) {
		if ((end = malloc(sizeof(*end))) == NULL)
			tap_bail("memory");
		*end = (struct pair_end){ memory, i };
		pair[i] = (struct carrier){ pair_read, pair_write, pair_close, pair_descriptor,
			end };
	}
}

#endif /* !SMPC_TESTS_UNIT_CARRIER_PAIR_H */
