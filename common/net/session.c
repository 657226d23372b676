#include "net/session_internal.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "net/clock.h"
#include "net/own_agent_internal.h"
#include "net/wait.h"

#define POLL_MS 1000

/* ---- a session and its members ---- */

struct session *
session_join(const uint8_t number[static SESSION_NUMBER_BYTES], size_t own, uint64_t wait,
    size_t members)
{
	struct session *s;

	if ((s = mem_array(1, sizeof(*s))) == NULL)
		return (NULL);
	memcpy(s->number, number, sizeof(s->number));
	s->own = own;
	s->agent = -1;
	s->patience_ms = (int64_t)wait * 1000;
	if ((s->members = mem_array(members, sizeof(*s->members))) == NULL) {
		session_abort(s);
		return (NULL);
	}
	return (s);
}

void
session_add(struct session *s, const struct session_peer *peer, struct channel *channel)
{
	struct member *m = &s->members[s->count++];

	m->session = s;
	m->peer = *peer;
	m->channel = channel;
}

const uint8_t *
session_number(const struct session *s)
{

	return (s->number);
}

size_t
session_own_index(const struct session *s)
{

	return (s->own);
}

const uint8_t *
session_parties_digest(const struct session *s)
{

	return (s->parties_digest);
}

size_t
session_peers(const struct session *s)
{

	return (s->count);
}

const struct session_peer *
session_peer(const struct session *s, size_t i)
{

	return (&s->members[i].peer);
}

int
session_claim_seeds(struct session *s)
{

	if (s->seeds_claimed)
		return (fail(ST_FAILED, "a session's seeds would be used a second time (a fault in "
		    "the program)"));
	s->seeds_claimed = true;
	return (0);
}

void
session_keep(struct session *s, size_t peer, size_t bytes)
{

	channel_keep(s->members[peer].channel, bytes);
}

int
session_find(const struct session *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (strcmp(s->members[i].peer.name, name) == 0)
			return ((int)i);
	}
	return (-1);
}

bool
session_beforehand(const struct session *s, size_t i)
{

	return (channel_way(s->members[i].channel) != CHANNEL_BOTH);
}

/* ---- moving bytes ---- */

/* Whether a member can be sent to, and received from. */
static int
check_way(const struct member *m, bool sends, bool receives)
{
	enum channel_way way = channel_way(m->channel);

	if ((sends && way == CHANNEL_IN) || (receives && way == CHANNEL_OUT))
		return (fail(ST_FAILED, "party '%s' is not there: this step cannot be dealt "
		    "beforehand", m->peer.name));
	return (0);
}

/* ---- waiting ---- */

/* Whether a member still owes us something, or we it. */
static bool
unfinished(const struct member *m)
{

	return (channel_wanted(m->channel) > 0 || channel_pending(m->channel));
}

/* Step all channels; set *${done} when nothing is left to do. */
static int
step_all(struct session *s, bool *moved, bool *done)
{
	size_t i;
	int rc;

	*moved = false;
	*done = true;
	for (i = 0; i < s->count; i++) {
		if ((rc = channel_step(s->members[i].channel)) == -1)
			return (-1);
		*moved = *moved || rc > 0;
		*done = *done && !unfinished(&s->members[i]);
	}
	return (0);
}

static int
too_late(struct session *s)
{
	char why[64];
	size_t i;

	for (i = 0; i + 1 < s->count && !unfinished(&s->members[i]); i++)
		continue;
	snprintf(why, sizeof(why), "no sign of life for %" PRId64 " seconds (-w)",
	    s->patience_ms / 1000);
	return (session_lost(&s->members[i], why));
}

/* Wait until a channel or the agent has something. */
static int
wait_all(struct session *s, int64_t since)
{
	struct pollfd fds[SESSION_MAX_MEMBERS + 1];
	size_t i;

	for (i = 0; i < s->count; i++)
		fds[i] = (struct pollfd){ .fd = channel_descriptor(s->members[i].channel),
			.events = channel_events(s->members[i].channel) };
	fds[s->count] = (struct pollfd){ .fd = s->agent, .events = POLLIN };
	if (wait_poll(fds, s->count + 1, POLL_MS) == -1)
		return (-1);
	if (fds[s->count].revents != 0 && session_listen(s) == -1)
		return (-1);
	for (i = 0; i < s->count; i++) {
		if (s->members[i].lost[0] != '\0' && unfinished(&s->members[i]) &&
		    fds[i].revents == 0)
			return (session_lost(&s->members[i], s->members[i].lost));
	}
	return ((clock_ms() - since > s->patience_ms) ? too_late(s) : 0);
}

/* Move bytes until everything wanted has come and everything flushed has left. */
static int
move_all(struct session *s)
{
	int64_t since = clock_ms();
	bool moved, done;

	for (;;) {
		if (step_all(s, &moved, &done) == -1)
			return (-1);
		if (done)
			return (0);
		if (moved) {
			since = clock_ms();
			continue;
		}
		if (wait_all(s, since) == -1)
			return (-1);
	}
}

/*
 * Before we wait for room at one peer: whoever makes room may himself wait for what we hold back
 * for another one.
 */
static void
flush_all(struct session *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		channel_flush(s->members[i].channel);
}

int
session_flush(struct session *s)
{

	flush_all(s);
	return (move_all(s));
}

int
session_send(struct session *s, size_t peer, const void *data, size_t bytes)
{
	struct channel *c = s->members[peer].channel;
	bool moved, done, flushed = false;
	int64_t since = clock_ms();

	if (check_way(&s->members[peer], bytes > 0, false) == -1)
		return (-1);
	s->sent = true;
	channel_send(c, data, bytes);
	/* The caller's memory is his again when all of it is encrypted. */
	while (channel_step(c) != -1) {
		if (channel_unsent(c) == 0)
			return (0);
		if (step_all(s, &moved, &done) == -1)
			return (-1);
		if (moved)
			since = clock_ms();
		else if (!flushed)
			flush_all(s);
		else if (channel_unsent(c) > 0 && wait_all(s, since) == -1)
			return (-1);
		flushed = !moved;
	}
	return (-1);
}

int
session_receive(struct session *s, size_t peer, void *data, size_t bytes)
{

	if (check_way(&s->members[peer], false, bytes > 0) == -1)
		return (-1);
	if (s->sent)
		s->rounds++;
	s->sent = false;
	channel_receive(s->members[peer].channel, data, bytes);
	return (session_flush(s));
}

int
session_exchange(struct session *s, const struct exchange *items)
{
	size_t i;

	s->rounds++;
	s->sent = false;
	for (i = 0; i < s->count; i++) {
		if (check_way(&s->members[i], items[i].out_bytes > 0, items[i].in_bytes > 0) == -1)
			return (-1);
	}
	for (i = 0; i < s->count; i++) {
		if (items[i].out_bytes > 0)
			channel_send(s->members[i].channel, items[i].out, items[i].out_bytes);
		if (items[i].in_bytes > 0)
			channel_receive(s->members[i].channel, items[i].in, items[i].in_bytes);
	}
	return (session_flush(s));
}

/* ---- counters and end ---- */

const struct channel_counters *
session_counters(const struct session *s, size_t peer)
{

	return (channel_counters(s->members[peer].channel));
}

void
session_print_stats(const struct session *s)
{
	const struct channel_counters *c;
	size_t i;

	for (i = 0; i < s->count; i++) {
		c = session_counters(s, i);
		warn("%s: sent %" PRIu64 " bytes in %" PRIu64 " messages, received %" PRIu64 " in %"
		    PRIu64 " (on the wire %" PRIu64 " and %" PRIu64 ")", s->members[i].peer.name,
		    c->bytes_sent, c->messages_sent, c->bytes_received, c->messages_received,
		    c->wire_sent, c->wire_received);
	}
	warn("rounds: %" PRIu64, s->rounds);
}

/* End the channels that go one way; set *${deals} if any went out. */
static int
end_ways(struct session *s, bool *deals)
{
	struct channel *c;
	size_t i;

	*deals = false;
	for (i = 0; i < s->count; i++) {
		c = s->members[i].channel;
		if (channel_way(c) == CHANNEL_OUT) {
			*deals = true;
			if (channel_end(c) == -1)
				return (-1);
		} else if (channel_way(c) == CHANNEL_IN && channel_ended(c) == -1)
			return (-1);
	}
	return (0);
}

/* What was dealt is of use only if the agent has stored it. */
static int
wait_stored(struct session *s)
{
	uint8_t data[AGENT_NOTE_MAX];
	struct wire w;
	size_t n_fds;
	ssize_t n;

	/* It syncs all of it, and does nothing else meanwhile. */
	if ((n = agent_receive(s->agent, (s->patience_ms > AGENT_SILENT_MS) ? s->patience_ms :
	    AGENT_SILENT_MS, data, sizeof(data), NULL, 0, &n_fds)) == -1)
		return (-1);
	w = wire_of(data, (size_t)n);
	if (wire_number(&w, 1) == AGENT_STORED)
		return (0);
	return ((data[0] == AGENT_FAILED) ? agent_refused(NULL, NULL, &w) : agent_unknown());
}

int
session_close(struct session *s)
{
	bool deals = false;
	int rc = session_flush(s);

	if (rc == 0)
		rc = end_ways(s, &deals);
	/* An agent that has ended meanwhile has nobody left to tell. */
	if (rc == 0)
		(void)session_tell_agent(s, TOOL_DONE, 0);
	if (rc == 0 && deals)
		rc = wait_stored(s);
	session_abort(s);
	return (rc);
}

void
session_abort(struct session *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->count; i++)
		channel_free(s->members[i].channel);
	if (s->members != NULL)
		mem_wipe_free(s->members, s->count * sizeof(*s->members));
	if (s->agent != -1)
		close(s->agent);
	mem_wipe_free(s, sizeof(*s));
}
