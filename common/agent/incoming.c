#include "agent/incoming_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/tcp.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"
#include "net/clock.h"

#define STRANGER_MS 10000 /* between two strangers that are reported */
#define CROWD_MS 60000     /* between two reports of too many at once */
#define ACCEPT_AGAIN_MS 100
#define ACCEPTED_AT_ONCE 64
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

	in->callers = mem_array(self_parties(in->self), sizeof(*in->callers));
	if (in->callers == NULL)
		return (-1);
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

void
incoming_where(const struct incoming *in, char *out, size_t size)
{
	const char *listen = in->self->options->listen;
	const struct party *own = in->self->link.party;

	if (in->listener == -1)
		out[0] = '\0';
	else if (listen != NULL)
		snprintf(out, size, "%s", listen);
	else
		snprintf(out, size, "%s:%u", own->host, own->port);
}

/* Whether others could connect now. */
static bool
may_accept(const struct incoming *in)
{

	return (in->listener != -1 && clock_ms() >= in->accept_again);
}

/* Say that a limit is reached, but not for each who comes beyond it. */
static void
report_crowd(struct crowd *c, const char *whose)
{
	int64_t now = clock_ms();

	if (now < c->said_again)
		return;
	c->said_again = now + CROWD_MS;
	warn("very many connections at once %s: the oldest make room", whose);
}

/* Add a link; where there are ${max}, the oldest one is freed. */
static void
crowd_add(struct crowd *c, struct link *l, size_t max, const char *whose)
{
	struct link *oldest = c->links.first;

	if (c->links.count >= max) {
		report_crowd(c, whose);
		links_remove(&c->links, oldest);
		link_free(oldest);
	}
	links_add(&c->links, l);
}

/* Where a link belongs after its last step: to strangers, to those in a peer's name, or nowhere. */
static void
place_stranger(struct incoming *in, struct link *l)
{
	char whose[PARTY_NAME_BYTES + 32];

	if (l->state != LINK_OPENING)
		links_add(&in->ended, l);
	else if (l->proven) {
		snprintf(whose, sizeof(whose), "in the name of '%s'", l->peer->name);
		crowd_add(&in->callers[self_index_of(in->self, l->peer)], l,
		    in->self->limits.callers, whose);
	} else
		crowd_add(&in->strangers, l, in->self->limits.strangers,
		    "that do not say who they are");
}

/*
 * A new connection has its first step at once: what an honest party says has come with it, or comes
 * right behind it.
 */
static void
accept_link(struct incoming *in, int fd)
{
	struct link *l = link_accept(&in->self->link, fd);

	if (l == NULL)
		return;
	link_step(l);
	place_stranger(in, l);
}

static void
accept_links(struct incoming *in)
{
	size_t i;
	int fd;

	if (!in->listener_ready)
		return;
	in->listener_ready = false;
	/* The others must have their turn, too; who has not come in is still there after it. */
	for (i = 0; i < ACCEPTED_AT_ONCE && may_accept(in); i++) {
		if ((fd = tcp_accept(in->listener)) == -1) {
			if (errno == EMFILE || errno == ENFILE) {
				in->accept_again = clock_ms() + ACCEPT_AGAIN_MS;
				limits_descriptors_gone();
			}
			if (errno == ECONNABORTED || errno == EINTR)
				continue;
			return;
		}
		accept_link(in, fd);
	}
}

/* ---- the loop's part ---- */

static void
step_strangers(struct incoming *in)
{
	struct link *l, *next;

	for (l = in->strangers.links.first; l != NULL; l = next) {
		next = l->next;
		link_step_ready(l);
		if (l->state == LINK_OPENING && !l->proven)
			continue;
		links_remove(&in->strangers.links, l);
		place_stranger(in, l);
	}
}

static void
step_callers(struct incoming *in, struct links *callers)
{
	struct link *l, *next;

	for (l = callers->first; l != NULL; l = next) {
		next = l->next;
		link_step_ready(l);
		if (l->state == LINK_OPENING)
			continue;
		links_remove(callers, l);
		links_add(&in->ended, l);
	}
}

void
incoming_step(struct incoming *in)
{
	size_t i;

	for (i = 0; in->callers != NULL && i < self_parties(in->self); i++)
		step_callers(in, &in->callers[i].links);
	step_strangers(in);
	accept_links(in);
}

static void
poll_links(struct links *ls, struct polled *p)
{
	struct link *l;

	for (l = ls->first; l != NULL; l = l->next)
		polled_add(p, l->fd, link_events(l), &l->ready);
}

void
incoming_poll(struct incoming *in, struct polled *p)
{
	size_t i;

	if (may_accept(in))
		polled_add(p, in->listener, POLLIN, &in->listener_ready);
	for (i = 0; in->callers != NULL && i < self_parties(in->self); i++)
		poll_links(&in->callers[i].links, p);
	poll_links(&in->strangers.links, p);
}

struct link *
incoming_next(struct incoming *in)
{
	struct link *l = in->ended.first;

	if (l != NULL)
		links_remove(&in->ended, l);
	return (l);
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

	for (i = 0; in->callers != NULL && i < self_parties(in->self); i++)
		links_free(&in->callers[i].links);
	free(in->callers);
	links_free(&in->strangers.links);
	links_free(&in->ended);
	if (in->listener != -1)
		close(in->listener);
}
