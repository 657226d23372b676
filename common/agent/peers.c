#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/peers_internal.h"
#include "base/bytes.h"
#include "base/diag.h"
#include "net/clock.h"

#define FIRST_DELAY_MS 20
#define MAX_DELAY_MS 1000
#define LENGTH_BYTES 2
#define READ_BYTES 4096
#define READS_AT_ONCE 8
#define TICK_MS 200 /* so often deadlines are looked at */
#define PING_MS 2000
#define DEAD_MS 15000
#define MAX_OUT_BYTES ((size_t)1 << 24) /* a peer that does not read is lost */

/* ---- who calls whom ---- */

/*
 * Of two parties with addresses the later one in the file calls; a party without one always calls.
 */
static bool
calls_first(const struct parties *p, size_t from, size_t to)
{

	if (p->entries[to].host == NULL)
		return (false);
	return (p->entries[from].host == NULL || from > to);
}

/* Decide what there is to be between us and a peer. */
static int
peer_start(const struct self *self, struct peer *p, size_t index)
{
	const struct party *own = self->link.party;

	p->party = self_party(self, index);
	p->needed = (index != self->index && self_meets(self, index) && (party_shares(p->party) ||
	    party_shares(own)));
	p->dials = (p->needed && calls_first(self->link.parties, self->index, index));
	p->dial_delay = FIRST_DELAY_MS;
	if (p->needed && !self_can_meet(self, index) && party_shares(p->party) &&
	    party_shares(own))
		return (fail(ST_FAILED, "%s: '%s' and '%s' share with each other, but neither has "
		    "an address", self->link.parties->file, own->name, p->party->name));
	return (0);
}

int
peers_start(struct peers *p)
{
	size_t i;

	if ((p->list = mem_array(self_parties(p->self), sizeof(*p->list))) == NULL)
		return (-1);
	for (i = 0; i < self_parties(p->self); i++) {
		if (peer_start(p->self, &p->list[i], i) == -1)
			return (-1);
	}
	return (0);
}

static size_t
peer_index(const struct peers *peers, const struct peer *p)
{

	return ((size_t)(p - peers->list));
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

/* The link to a peer is lost. */
static void
peer_lost(struct peers *peers, struct peer *p, const char *why)
{

	control_free(p->control);
	p->control = NULL;
	/* One that has ended may be started again; there is no hurry to find that out. */
	p->next_dial = clock_ms() + (p->gone ? MAX_DELAY_MS : FIRST_DELAY_MS);
	p->dial_delay = FIRST_DELAY_MS;
	snprintf(p->trouble, sizeof(p->trouble), "%s", why);
	if (peers->self->options->verbose && !p->gone)
		warn("lost the link to '%s': %s", p->party->name, why);
	peers->events.lost(peers->events.cookie, peer_index(peers, p), why, p->gone);
}

/* Append a message to what is to be sent, encrypted at once, so that order is that of the calls. */
static void
control_put(struct peers *peers, struct peer *p, const struct buf *message)
{
	struct control *c = p->control;
	size_t length = message->len + NOISE_TAG_BYTES;
	uint8_t head[LENGTH_BYTES];

	if (c == NULL)
		return;
	if (message->len > NOISE_PLAIN_MAX || c->out.len - c->out_pos > MAX_OUT_BYTES) {
		peer_lost(peers, p, "it does not read its messages");
		return;
	}
	bytes_put(head, length, sizeof(head));
	if (buf_append(&c->out, head, sizeof(head)) == -1 || buf_reserve(&c->out, length) == -1 ||
	    noise_encrypt(&c->send, (const uint8_t *)message->data, message->len,
	    (uint8_t *)c->out.data + c->out.len) == -1) {
		peer_lost(peers, p, "a message could not be written");
		return;
	}
	c->out.len += length;
	c->spoke = clock_ms();
}

void
peers_send(struct peers *p, size_t index, const struct buf *message)
{

	control_put(p, &p->list[index], message);
}

void
peers_broadcast(struct peers *p, const struct buf *message)
{
	size_t i;

	for (i = 0; i < self_parties(p->self); i++)
		control_put(p, &p->list[i], message);
}

void
peers_goodbye_to(struct peers *p, size_t index, int status, const char *why, bool of_inputs)
{
	struct peer *peer = &p->list[index];
	struct buf message = { NULL, 0, 0 };

	if (peer->control != NULL && wire_put_number(&message, CONTROL_GONE, 1) == 0 &&
	    wire_put_number(&message, (uint64_t)status & 0xff, 1) == 0 &&
	    wire_put_number(&message, of_inputs, 1) == 0 &&
	    wire_put_reason(&message, (of_inputs && !party_shares(peer->party)) ? "" :
	    why, REASON_BYTES) == 0) {
		control_put(p, peer, &message);
		peer->knows = true;
	}
	buf_free(&message);
}

void
peers_goodbye(struct peers *p, int status, const char *why, bool of_inputs)
{
	size_t i;

	p->ending = true;
	for (i = 0; i < self_parties(p->self); i++)
		peers_goodbye_to(p, i, status, why, of_inputs);
}

void
peers_adopt(struct peers *peers, struct link *l)
{
	struct peer *p = &peers->list[self_index_of(peers->self, l->peer)];
	struct control *c;

	/* A peer that calls again has lost the old link, or was started again. */
	if (p->control != NULL)
		peer_lost(peers, p, "it opened a new link");
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
	if (peers->self->options->verbose)
		warn("linked to '%s'", p->party->name);
	link_free(l);
	peers->events.linked(peers->events.cookie, peer_index(peers, p));
}

/* Handle one message.  Return 0, or -1 if anything is wrong with it. */
static int
control_message(struct peers *peers, struct peer *p, const uint8_t *message, size_t bytes)
{
	struct wire w = wire_of(message, bytes);
	enum control_message type = (enum control_message)wire_number(&w, 1);

	if (type == CONTROL_PING)
		return (0);
	if (type == CONTROL_GONE) {
		p->gone_status = (int)wire_number(&w, 1);
		p->gone_why_of_inputs = (wire_number(&w, 1) != 0);
		wire_string(&w, p->gone_why, sizeof(p->gone_why));
		if (!wire_done(&w))
			return (-1);
		p->gone = true;
		peers->events.ended(peers->events.cookie, peer_index(peers, p));
		return (0);
	}
	peers->events.message(peers->events.cookie, peer_index(peers, p), type, &w);
	return (wire_done(&w) ? 0 : -1);
}

/* Decrypt and handle all whole messages. */
static void
control_messages(struct peers *peers, struct peer *p)
{
	struct control *c = p->control;
	size_t pos = 0, length;
	uint8_t *data;

	while (p->control == c && c->in.len - pos >= LENGTH_BYTES) {
		data = (uint8_t *)c->in.data + pos;
		length = (size_t)bytes_get(data, LENGTH_BYTES);
		if (length <= NOISE_TAG_BYTES) {
			peer_lost(peers, p, "a message has an impossible length");
			return;
		}
		if (c->in.len - pos < LENGTH_BYTES + length)
			break;
		if (noise_decrypt(&c->receive, data + LENGTH_BYTES, length,
		    data + LENGTH_BYTES) == -1 ||
		    control_message(peers, p, data + LENGTH_BYTES,
		    length - NOISE_TAG_BYTES) == -1) {
			if (p->control == c)
				peer_lost(peers, p, "a message is forged, damaged or not "
				    "understood");
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
control_read(struct peers *peers, struct peer *p)
{
	struct control *c = p->control;
	size_t room, turns;
	ssize_t n;

	/* Whoever sends without end must let the others have their turn. */
	for (turns = 0; c->ready && turns < READS_AT_ONCE; turns++) {
		c->ready = false;
		if (buf_reserve(&c->in, READ_BYTES) == -1)
			return;
		room = c->in.size - c->in.len;
		n = recv(c->fd, c->in.data + c->in.len, room, 0);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			peer_lost(peers, p, (n == 0) ? "its agent has ended" : strerror(errno));
			return;
		}
		c->ready = ((size_t)n == room);
		c->in.len += (size_t)n;
		c->heard = clock_ms();
		control_messages(peers, p);
		if (p->control != c)
			return;
	}
}

static void
control_write(struct peers *peers, struct peer *p)
{
	struct control *c = p->control;
	ssize_t n;

	while (c->out_pos < c->out.len) {
		n = send(c->fd, c->out.data + c->out_pos, c->out.len - c->out_pos, MSG_NOSIGNAL);
		if (n == -1) {
			if (errno != EAGAIN && errno != EINTR)
				peer_lost(peers, p, strerror(errno));
			return;
		}
		c->out_pos += (size_t)n;
	}
	c->out.len = c->out_pos = 0;
}

static void
keep_alive(struct peers *peers, struct peer *p)
{
	int64_t now = clock_ms();
	struct buf message = { NULL, 0, 0 };

	if (now - p->control->heard > DEAD_MS) {
		peer_lost(peers, p, "it has not been heard for 15 seconds: frozen, or cut off");
		return;
	}
	if (now - p->control->spoke > PING_MS && wire_put_number(&message, CONTROL_PING, 1) == 0)
		control_put(peers, p, &message);
	buf_free(&message);
}

/* ---- calling ---- */

/* An attempt to call a peer has failed; what is no fault of the network is said, once. */
static void
dial_failed(struct peer *p)
{

	snprintf(p->trouble, sizeof(p->trouble), "%s", p->dialling->why);
	p->trouble_refused = p->dialling->refused;
	if (p->dialling->refused && !p->told) {
		warn("'%s' at %s:%u: %s", p->party->name, p->party->host, p->party->port,
		    p->dialling->why);
		p->told = true;
	}
}

static void
peer_dial(struct peers *peers, struct peer *p)
{
	static const uint8_t none[SESSION_NUMBER_BYTES];
	struct link *l;

	if (p->dialling == NULL && p->control == NULL && !(p->gone && peers->ending) &&
	    clock_ms() >= p->next_dial)
		p->dialling = link_dial(&peers->self->link, p->party, LINK_CONTROL, none);
	if ((l = p->dialling) == NULL)
		return;
	link_step_ready(l);
	if (l->state == LINK_OPEN) {
		p->dialling = NULL;
		p->dial_delay = FIRST_DELAY_MS;
		peers_adopt(peers, l);
	} else if (l->state == LINK_FAILED) {
		dial_failed(p);
		link_free(l);
		p->dialling = NULL;
		p->next_dial = clock_ms() + p->dial_delay;
		p->dial_delay = (2 * p->dial_delay < MAX_DELAY_MS) ? 2 * p->dial_delay :
		    MAX_DELAY_MS;
	}
}

void
peers_turned_away(struct peers *peers, const struct link *l)
{
	struct peer *p = &peers->list[self_index_of(peers->self, l->peer)];

	if (!l->refused && !peers->self->options->verbose)
		return;
	if (strcmp(p->turned_away, l->why) != 0) {
		snprintf(p->turned_away, sizeof(p->turned_away), "%s", l->why);
		warn("refused a connection: %s", l->why);
	}
	if (!l->refused || p->control != NULL)
		return;
	/* Anybody can say that he is this peer: that is told, and decides nothing. */
	snprintf(p->trouble, sizeof(p->trouble), "%s", l->why);
	p->trouble_refused = l->proven;
}

/* ---- the loop's part ---- */

void
peers_read(struct peers *peers)
{
	struct peer *p;
	size_t i;

	for (i = 0; i < self_parties(peers->self); i++) {
		p = &peers->list[i];
		if (p->dials)
			peer_dial(peers, p);
		if (p->control != NULL)
			control_read(peers, p);
		if (p->control != NULL)
			keep_alive(peers, p);
	}
}

void
peers_write(struct peers *p)
{
	size_t i;

	for (i = 0; i < self_parties(p->self); i++) {
		if (p->list[i].control != NULL)
			control_write(p, &p->list[i]);
	}
}

static bool
control_unsent(const struct control *c)
{

	return (c->out_pos < c->out.len);
}

void
peers_poll(struct peers *peers, struct polled *polled)
{
	struct peer *p;
	size_t i;

	for (i = 0; i < self_parties(peers->self); i++) {
		p = &peers->list[i];
		if (p->dialling != NULL && link_descriptor(p->dialling) != -1)
			polled_add(polled, link_descriptor(p->dialling), link_events(p->dialling),
			    &p->dialling->ready);
		if (p->control != NULL)
			polled_add(polled, p->control->fd, (short)(POLLIN |
			    (control_unsent(p->control) ? POLLOUT : 0)), &p->control->ready);
	}
}

int
peers_timeout(const struct peers *peers)
{
	int64_t now = clock_ms(), left = TICK_MS;
	const struct peer *p;
	size_t i;

	for (i = 0; i < self_parties(peers->self); i++) {
		p = &peers->list[i];
		if (p->dials && p->dialling == NULL && p->control == NULL && !peers->ending &&
		    p->next_dial - now < left)
			left = p->next_dial - now;
	}
	return ((left > 0) ? (int)left : 0);
}

/* ---- how it is with them ---- */

bool
peers_all_know(const struct peers *peers)
{
	const struct peer *p;
	size_t i;

	for (i = 0; i < self_parties(peers->self); i++) {
		p = &peers->list[i];
		if (!party_shares(p->party) && p->control == NULL)
			continue;
		if (p->needed && !p->gone &&
		    (!p->knows || (p->control != NULL && control_unsent(p->control))))
			return (false);
	}
	return (true);
}

bool
peers_need(const struct peers *p, size_t index)
{

	return (index != p->self->index && p->list[index].needed);
}

bool
peers_call(const struct peers *p, size_t index)
{

	return (p->list[index].dials);
}

void
peers_where(const struct peers *peers, size_t index, char *out, size_t size)
{
	const struct party *p = peers->list[index].party;

	if (peers->list[index].dials)
		snprintf(out, size, " at %s:%u", p->host, p->port);
	else
		out[0] = '\0';
}

struct peer_state
peers_state(const struct peers *peers, size_t index)
{
	const struct peer *p = &peers->list[index];

	return ((struct peer_state){ .linked = (p->control != NULL), .ended = p->gone,
	    .status = p->gone_status, .why = p->gone_why,
	    .why_of_inputs = p->gone_why_of_inputs, .trouble = p->trouble,
	    .refused = p->trouble_refused });
}

void
peers_free(struct peers *p)
{
	size_t i;

	for (i = 0; p->list != NULL && i < self_parties(p->self); i++) {
		link_free(p->list[i].dialling);
		control_free(p->list[i].control);
	}
	free(p->list);
}
