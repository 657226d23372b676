/* Who was lost first: what the agent and the other members say when a channel fails. */

#include "net/session_internal.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/diag.h"
#include "base/mem.h"
#include "net/clock.h"
#include "net/own_agent_internal.h"
#include "net/wait.h"

#define BLAME_MS 300 /* for word of who was lost first */

void
session_note_loss(struct session *s, struct wire *w)
{
	size_t by = (size_t)wire_number(w, 2), whom = (size_t)wire_number(w, 2);

	if (w->bad || s->n_losses == SESSION_MAX_MEMBERS)
		return;
	s->losses[s->n_losses++] = (struct session_loss){ .by = by, .whom = whom };
}

int
session_listen(struct session *s)
{
	uint8_t data[AGENT_NOTE_MAX];
	struct wire w;
	enum agent_message type;
	size_t n_fds, index, i;
	char why[256];
	ssize_t n;

	if ((n = agent_receive(s->agent, AGENT_SILENT_MS, data, sizeof(data), NULL, 0,
	    &n_fds)) == -1)
		return (-1);
	w = wire_of(data, (size_t)n);
	type = (enum agent_message)wire_number(&w, 1);
	if (type == AGENT_LOSS)
		session_note_loss(s, &w);
	if (type != AGENT_LOST)
		return (0);
	index = (size_t)wire_number(&w, 2);
	wire_string(&w, why, sizeof(why));
	for (i = 0; i < s->count; i++) {
		if (s->members[i].peer.index == index)
			snprintf(s->members[i].lost, sizeof(s->members[i].lost), "%s",
			    (why[0] != '\0') ? why : "its agent is gone");
	}
	return (0);
}

int
session_tell_agent(const struct session *s, enum tool_message type, size_t index)
{
	struct buf message = { NULL, 0, 0 };
	int rc = -1;

	if (wire_put_number(&message, type, 1) == 0 &&
	    (type == TOOL_DONE || wire_put_number(&message, index, 2) == 0))
		rc = agent_put(s->agent, &message);
	buf_free(&message);
	return (rc);
}

static const struct member *
member_of(const struct session *s, size_t index)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (s->members[i].peer.index == index)
			return (&s->members[i]);
	}
	return (NULL);
}

/*
 * Whom a member says that it has lost; NULL: it has said nothing, or names nobody that we have a
 * channel to.
 */
static const struct member *
lost_by(const struct session *s, const struct member *m)
{
	size_t i;

	for (i = 0; i < s->n_losses; i++) {
		if (s->losses[i].by == m->peer.index)
			return (member_of(s, s->losses[i].whom));
	}
	return (NULL);
}

/*
 * We have lost ${m}: because it has lost another one?  Follow what they say to the first, and set
 * *${certain} when nothing that may still come would change it.
 */
static const struct member *
first_lost(const struct session *s, const struct member *m, bool *certain)
{
	const struct member *at = m, *next;
	size_t steps;

	*certain = true;
	for (steps = 0; steps <= s->count; steps++) {
		if (at->lost[0] != '\0' || (next = lost_by(s, at)) == at)
			return (at);
		if (next == NULL) {
			*certain = false;
			return (at);
		}
		at = next;
	}
	/* They blame each other. */
	return (m);
}

int
session_lost(void *cookie, const char *why)
{
	struct member *m = cookie;
	struct session *s = m->session;
	const struct member *first;
	int64_t left, end = clock_ms() + BLAME_MS;
	struct pollfd p = { .fd = s->agent, .events = POLLIN };
	bool certain;
	int n;

	if (session_tell_agent(s, TOOL_LOST, m->peer.index) == -1)
		return (agent_gone());
	for (;;) {
		first = first_lost(s, m, &certain);
		if (certain || (left = end - clock_ms()) <= 0)
			break;
		if ((n = wait_poll(&p, 1, (int)left)) == -1 || (n == 1 && session_listen(s) == -1))
			return (-1);
	}
	if (first == m)
		return (fail(ST_PEER, "lost party '%s': %s", m->peer.name, why));
	return (fail(ST_PEER, "lost party '%s': %s", first->peer.name, (first->lost[0] != '\0') ?
	    first->lost : certain ? "its tool has ended" : "others have lost it"));
}
