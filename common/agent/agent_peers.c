#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "agent/agent_internal.h"
#include "net/clock.h"

#define FIRST_DELAY_MS 20
#define MAX_DELAY_MS 1000
#define LENGTH_BYTES 2
#define TICK_MS 200 /* so often deadlines are looked at */
#define MAX_OUT_BYTES ((size_t)1 << 24) /* a peer that does not read is lost */

/* ---- who calls whom ---- */

bool
peers_share(const struct party *p)
{

	return (p->role == PARTY_DEALER || p->role == PARTY_COMPUTING);
}

/*
 * Of two parties with addresses the later one in the file calls; a party without one always calls.
 */
static bool
calls(const struct parties *p, size_t from, size_t to)
{

	if (p->entries[to].host == NULL)
		return (false);
	return (p->entries[from].host == NULL || from > to);
}

/*
 * Whether we and another party that we have to do with can have a link: one of us must have an
 * address.
 */
bool
peers_can_meet(const struct agent *a, size_t index)
{
	const struct party *p = &a->self.parties->entries[index];

	return (index == a->own || p->host != NULL || a->self.party->host != NULL ||
	    (!peers_share(p) && !peers_share(a->self.party)));
}

/*
 * Whether we hold sessions with another party: a dealer who deals beforehand is alone, and those
 * who use it do without him.
 */
bool
peers_meet(const struct agent *a, size_t index)
{

	if (index == a->own)
		return (true);
	return (a->options->deal_to == NULL && (a->options->dealt == NULL ||
	    a->self.parties->entries[index].role != PARTY_DEALER));
}

int
peers_start(struct agent *a)
{
	const struct parties *parties = a->self.parties;
	struct peer *p;
	size_t i;

	if ((a->peers = mem_array(parties->count, sizeof(*a->peers))) == NULL)
		return (-1);
	for (i = 0; i < parties->count; i++) {
		p = &a->peers[i];
		p->party = &parties->entries[i];
		p->needed = (i != a->own && peers_meet(a, i) && (peers_share(p->party) ||
		    peers_share(a->self.party)));
		p->dials = (p->needed && calls(parties, a->own, i));
		p->dial_delay = FIRST_DELAY_MS;
		if (p->needed && !peers_can_meet(a, i) && peers_share(p->party) &&
		    peers_share(a->self.party))
			return (fail(ST_FAILED, "%s: '%s' and '%s' share with each other, but "
			    "neither has an address", parties->file, a->self.party->name,
			    p->party->name));
	}
	return (0);
}

/* ---- an open link ---- */

static void
control_free(struct control *c)
{

	if (c == NULL)
		return;
	if (c->fd != -1)
		close(c->fd);
	buf_free(&c->in);
	buf_free(&c->out);
	mem_wipe_free(c, sizeof(*c));
}

/* The link to a peer is lost: forget what it waits for, and tell the tools that depend on it. */
static void
peer_lost(struct agent *a, struct peer *p, const char *why)
{
	struct waiting *w;

	control_free(p->control);
	p->control = NULL;
	p->n_early = 0;
	while ((w = p->waiting) != NULL) {
		p->waiting = w->next;
		waiting_free(w);
	}
	if (!p->gone) {
		waiting_free(p->gave_up);
		p->gave_up = NULL;
	}
	/* One that has ended may be started again; there is no hurry to find that out. */
	p->next_dial = clock_ms() + (p->gone ? MAX_DELAY_MS : FIRST_DELAY_MS);
	p->dial_delay = FIRST_DELAY_MS;
	snprintf(p->trouble, sizeof(p->trouble), "%s", why);
	if (a->options->verbose && !p->gone)
		warn("lost the link to '%s': %s", p->party->name, why);
	if (!p->gone)
		tools_peer_lost(a, (size_t)(p - a->peers), why);
}

/* Append a message to what is to be sent, encrypted at once, so that order is that of the calls. */
static void
control_put(struct agent *a, struct peer *p, const struct buf *message)
{
	struct control *c = p->control;
	size_t length = message->len + NOISE_TAG_BYTES;
	uint8_t head[LENGTH_BYTES] = { (uint8_t)length, (uint8_t)(length >> 8) };

	if (c == NULL)
		return;
	if (message->len > NOISE_PLAIN_MAX || c->out.len - c->out_pos > MAX_OUT_BYTES) {
		peer_lost(a, p, "it does not read its messages");
		return;
	}
	if (buf_append(&c->out, head, LENGTH_BYTES) == -1 || buf_reserve(&c->out, length) == -1 ||
	    noise_encrypt(&c->send, (const uint8_t *)message->data, message->len,
	    (uint8_t *)c->out.data + c->out.len) == -1) {
		peer_lost(a, p, "a message could not be written");
		return;
	}
	c->out.len += length;
	c->spoke = clock_ms();
}

void
peers_send(struct agent *a, size_t index, const struct buf *message)
{

	control_put(a, &a->peers[index], message);
}

void
peers_broadcast(struct agent *a, const struct buf *message)
{
	size_t i;

	for (i = 0; i < a->self.parties->count; i++)
		control_put(a, &a->peers[i], message);
}

/* Tell a peer that our command has ended. */
static void
say_goodbye(struct agent *a, struct peer *p)
{
	struct buf message = { NULL, 0, 0 };

	if (p->control != NULL && wire_put_number(&message, CONTROL_GONE, 1) == 0 &&
	    wire_put_number(&message, (uint64_t)a->status & 0xff, 1) == 0 &&
	    wire_put_number(&message, a->missed, 2) == 0) {
		control_put(a, p, &message);
		p->knows = true;
	}
	buf_free(&message);
}

void
peers_goodbye(struct agent *a)
{
	size_t i;

	for (i = 0; i < a->self.parties->count; i++)
		say_goodbye(a, &a->peers[i]);
}

/* Tell a new peer what our tools wait for. */
static void
repeat_waiting(struct agent *a, struct peer *p)
{
	struct waiting *w;

	for (w = a->own_waiting; w != NULL; w = w->next) {
		struct buf message = { NULL, 0, 0 };

		if (waiting_message(w, &message) == 0)
			control_put(a, p, &message);
		buf_free(&message);
	}
}

void
peers_adopt(struct agent *a, struct link *l)
{
	struct peer *p = &a->peers[l->peer - a->self.parties->entries];
	struct control *c;

	/* A peer that calls again has lost the old link, or was started again. */
	if (p->control != NULL)
		peer_lost(a, p, "it opened a new link");
	if ((c = mem_array(1, sizeof(*c))) == NULL) {
		link_free(l);
		return;
	}
	c->send = l->send;
	c->receive = l->receive;
	c->fd = link_take(l);
	c->heard = c->spoke = clock_ms();
	c->ready = true;
	p->control = c;
	p->gone = false;
	p->told = false;
	p->trouble[0] = '\0';
	p->trouble_refused = false;
	if (a->options->verbose)
		warn("linked to '%s'", p->party->name);
	link_free(l);
	repeat_waiting(a, p);
	if (a->stopping)
		say_goodbye(a, p);
}

/* Handle one message; whatever is wrong with it loses the link. */
static int
take_message(struct agent *a, struct peer *p, const uint8_t *message, size_t bytes)
{
	struct wire w = wire_of(message, bytes);
	enum control_message type = (enum control_message)wire_number(&w, 1);

	if (type == CONTROL_PING)
		return (0);
	if (type == CONTROL_GONE) {
		p->gone_status = (int)wire_number(&w, 1);
		p->gone_for = (size_t)wire_number(&w, 2);
		p->gone = true;
		sessions_peer_gone(a, (size_t)(p - a->peers));
		return (0);
	}
	if (type < CONTROL_WAIT || type > CONTROL_LOST)
		return (-1);
	sessions_message(a, (size_t)(p - a->peers), type, &w);
	return (wire_done(&w) ? 0 : -1);
}

/* Decrypt and handle all whole messages. */
static void
take_messages(struct agent *a, struct peer *p)
{
	struct control *c = p->control;
	size_t pos = 0, length;
	uint8_t *data;

	while (p->control == c && c->in.len - pos >= LENGTH_BYTES) {
		data = (uint8_t *)c->in.data + pos;
		length = data[0] | (size_t)data[1] << 8;
		if (length <= NOISE_TAG_BYTES) {
			peer_lost(a, p, "a message has an impossible length");
			return;
		}
		if (c->in.len - pos < LENGTH_BYTES + length)
			break;
		if (noise_decrypt(&c->receive, data + LENGTH_BYTES, length,
		    data + LENGTH_BYTES) == -1 || take_message(a, p, data + LENGTH_BYTES,
		    length - NOISE_TAG_BYTES) == -1) {
			if (p->control == c)
				peer_lost(a, p, "a message is forged, damaged or not understood");
			return;
		}
		pos += LENGTH_BYTES + length;
	}
	if (p->control != c)
		return;
	memmove(c->in.data, c->in.data + pos, c->in.len - pos);
	c->in.len -= pos;
}

static void
control_read(struct agent *a, struct peer *p)
{
	struct control *c = p->control;
	size_t room;
	ssize_t n;

	while (c->ready) {
		c->ready = false;
		if (buf_reserve(&c->in, 4096) == -1)
			return;
		room = c->in.size - c->in.len;
		n = recv(c->fd, c->in.data + c->in.len, room, 0);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			peer_lost(a, p, (n == 0) ? "its agent has ended" : strerror(errno));
			return;
		}
		c->ready = ((size_t)n == room);
		c->in.len += (size_t)n;
		c->heard = clock_ms();
		take_messages(a, p);
		if (p->control != c)
			return;
	}
}

static void
control_write(struct agent *a, struct peer *p)
{
	struct control *c = p->control;
	ssize_t n;

	while (c->out_pos < c->out.len) {
		n = send(c->fd, c->out.data + c->out_pos, c->out.len - c->out_pos, MSG_NOSIGNAL);
		if (n == -1) {
			if (errno != EAGAIN && errno != EINTR)
				peer_lost(a, p, strerror(errno));
			return;
		}
		c->out_pos += (size_t)n;
	}
	c->out.len = c->out_pos = 0;
}

static void
keep_alive(struct agent *a, struct peer *p)
{
	int64_t now = clock_ms();
	struct buf message = { NULL, 0, 0 };

	if (now - p->control->heard > DEAD_MS) {
		peer_lost(a, p, "it has not been heard for 15 seconds: frozen, or cut off");
		return;
	}
	if (now - p->control->spoke > PING_MS && wire_put_number(&message, CONTROL_PING, 1) == 0)
		control_put(a, p, &message);
	buf_free(&message);
}

/* ---- calling ---- */

static void
note_trouble(struct agent *a, struct peer *p)
{

	snprintf(p->trouble, sizeof(p->trouble), "%s", p->dialling->why);
	p->trouble_refused = p->dialling->refused;
	if (p->dialling->refused && !p->told) {
		warn("'%s' at %s:%u: %s", p->party->name, p->party->host, p->party->port,
		    p->dialling->why);
		p->told = true;
	}
	(void)a;
}

static void
dial_step(struct agent *a, struct peer *p)
{
	static const uint8_t none[SESSION_NUMBER_BYTES];
	struct link *l;

	if (p->dialling == NULL && p->control == NULL && !(p->gone && a->stopping) &&
	    clock_ms() >= p->next_dial)
		p->dialling = link_dial(&a->self, p->party, LINK_CONTROL, none);
	if ((l = p->dialling) == NULL)
		return;
	agent_step_link(l);
	if (l->state == LINK_OPEN) {
		p->dialling = NULL;
		p->dial_delay = FIRST_DELAY_MS;
		peers_adopt(a, l);
	} else if (l->state == LINK_FAILED) {
		note_trouble(a, p);
		link_free(l);
		p->dialling = NULL;
		p->next_dial = clock_ms() + p->dial_delay;
		p->dial_delay = (2 * p->dial_delay < MAX_DELAY_MS) ? 2 * p->dial_delay :
		    MAX_DELAY_MS;
	}
}

void
peers_read(struct agent *a)
{
	struct peer *p;
	size_t i;

	for (i = 0; i < a->self.parties->count; i++) {
		p = &a->peers[i];
		if (p->dials)
			dial_step(a, p);
		if (p->control != NULL)
			control_read(a, p);
		if (p->control != NULL)
			keep_alive(a, p);
	}
}

void
peers_write(struct agent *a)
{
	size_t i;

	for (i = 0; i < a->self.parties->count; i++) {
		if (a->peers[i].control != NULL)
			control_write(a, &a->peers[i]);
	}
}

void
peers_poll(struct agent *a, struct polled *polled)
{
	struct peer *p;
	size_t i;

	for (i = 0; i < a->self.parties->count; i++) {
		p = &a->peers[i];
		if (p->dialling != NULL && link_descriptor(p->dialling) != -1)
			polled_add(polled, link_descriptor(p->dialling), link_events(p->dialling),
			    &p->dialling->ready);
		if (p->control != NULL)
			polled_add(polled, p->control->fd,
			    (short)(POLLIN | ((p->control->out_pos < p->control->out.len) ?
			    POLLOUT : 0)), &p->control->ready);
	}
}

/* Whether every peer has ended itself, or has been told that we have. */
bool
peers_all_know(const struct agent *a)
{
	const struct peer *p;
	size_t i;

	for (i = 0; i < a->self.parties->count; i++) {
		p = &a->peers[i];
		if (!peers_share(p->party) && p->control == NULL)
			continue;
		if (p->needed && !p->gone &&
		    (!p->knows ||
		    (p->control != NULL && p->control->out_pos < p->control->out.len)))
			return (false);
	}
	return (true);
}

int
peers_timeout(const struct agent *a)
{
	int64_t now = clock_ms(), left = TICK_MS;
	size_t i;

	for (i = 0; i < a->self.parties->count; i++) {
		if (a->peers[i].dials && a->peers[i].dialling == NULL &&
		    a->peers[i].control == NULL && !a->stopping && a->peers[i].next_dial -
		    now < left)
			left = a->peers[i].next_dial - now;
	}
	return ((left > 0) ? (int)left : 0);
}

void
peers_free(struct agent *a)
{
	struct waiting *w;
	size_t i;

	for (i = 0; a->peers != NULL && i < a->self.parties->count; i++) {
		link_free(a->peers[i].dialling);
		waiting_free(a->peers[i].gave_up);
		control_free(a->peers[i].control);
		while ((w = a->peers[i].waiting) != NULL) {
			a->peers[i].waiting = w->next;
			waiting_free(w);
		}
	}
	free(a->peers);
}
