#include "agent/incoming_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/tcp.h"
#include "base/diag.h"
#include "base/num.h"
#include "net/clock.h"

#define STRANGER_MS 10000 /* between two strangers that are reported */
#define ACCEPT_AGAIN_MS 100
#define HOST_BYTES 256

/* ---- listening ---- */

/* Take HOST:PORT apart; an IPv6 address has brackets. */
static int
split_listen(const char *text, char host[static HOST_BYTES], uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	uint64_t v;
	size_t len;

	if (colon == NULL || num_parse(colon + 1, 1, UINT16_MAX, &v) == -1 ||
	    (len = (size_t)(colon - text)) >= HOST_BYTES)
		return (fail(ST_USAGE, "--listen: '%s' is not HOST:PORT", text));
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	memcpy(host, text, len);
	host[len] = '\0';
	*port = (uint16_t)v;
	return (0);
}

int
incoming_listen(struct incoming *in)
{
	const char *listen = in->self->options->listen;
	const struct party *own = in->self->link.party;
	char host[HOST_BYTES], name[HOST_BYTES + 8];
	uint16_t port = 0;

	if (listen != NULL) {
		if (split_listen(listen, host, &port) == -1)
			return (-1);
		in->listener = tcp_listen((host[0] != '\0') ? host : NULL, port, listen);
	} else if (own->host != NULL) {
		snprintf(name, sizeof(name), "%s:%u", own->host, own->port);
		in->listener = tcp_listen(own->host, own->port, name);
	} else
		return (0);
	return ((in->listener == -1) ? -1 : 0);
}

int
incoming_descriptor(const struct incoming *in)
{

	return (in->listener);
}

/* Whether others could connect now. */
static bool
may_accept(const struct incoming *in)
{

	return (in->listener != -1 && clock_ms() >= in->accept_again);
}

/* Whether ${a} has proved less than ${b}, or the same and is older. */
static bool
is_poorer(const struct link *a, const struct link *b)
{

	return (a->step < b->step || (a->step == b->step && a->deadline < b->deadline));
}

/*
 * Make room: of those that have not proved anything, the oldest one goes, and those that have not
 * even given their names go before those in the middle of a handshake.
 */
static size_t
free_place(struct incoming *in)
{
	size_t i, poorest = 0;

	for (i = 0; i < MAX_INCOMING; i++) {
		if (in->links[i] == NULL)
			return (i);
		if (is_poorer(in->links[i], in->links[poorest]))
			poorest = i;
	}
	link_free(in->links[poorest]);
	in->links[poorest] = NULL;
	return (poorest);
}

static void
accept_links(struct incoming *in)
{
	size_t place;
	int fd;

	if (!in->listener_ready)
		return;
	in->listener_ready = false;
	while (may_accept(in)) {
		if ((fd = tcp_accept(in->listener)) == -1) {
			if (errno == EMFILE || errno == ENFILE)
				in->accept_again = clock_ms() + ACCEPT_AGAIN_MS;
			if (errno == ECONNABORTED || errno == EINTR)
				continue;
			return;
		}
		place = free_place(in);
		/* So does what this one has said. */
		if ((in->links[place] = link_accept(&in->self->link, fd)) != NULL)
			link_step(in->links[place]);
	}
}

/* ---- the loop's part ---- */

void
incoming_step(struct incoming *in)
{
	size_t i;

	/* First hear what they have said: it counts when others take places. */
	for (i = 0; i < MAX_INCOMING; i++) {
		if (in->links[i] != NULL)
			link_step_ready(in->links[i]);
	}
	accept_links(in);
}

void
incoming_poll(struct incoming *in, struct polled *p)
{
	size_t i;

	if (may_accept(in))
		polled_add(p, in->listener, POLLIN, &in->listener_ready);
	for (i = 0; i < MAX_INCOMING; i++) {
		if (in->links[i] != NULL)
			polled_add(p, in->links[i]->fd, link_events(in->links[i]),
			    &in->links[i]->ready);
	}
}

struct link *
incoming_next(struct incoming *in)
{
	struct link *l;
	size_t i;

	for (i = 0; i < MAX_INCOMING; i++) {
		if ((l = in->links[i]) == NULL || l->state == LINK_OPENING)
			continue;
		in->links[i] = NULL;
		return (l);
	}
	return (NULL);
}

void
incoming_stranger(struct incoming *in, const struct link *l)
{

	if ((!l->refused && !in->self->options->verbose) || clock_ms() < in->stranger_again)
		return;
	in->stranger_again = clock_ms() + STRANGER_MS;
	warn("refused a connection: %s", l->why);
}

void
incoming_free(struct incoming *in)
{
	size_t i;

	for (i = 0; i < MAX_INCOMING; i++)
		link_free(in->links[i]);
	if (in->listener != -1)
		close(in->listener);
}
