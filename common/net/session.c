#include "net/session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/seal.h"
#include "net/clock.h"
#include "net/protocol.h"
#include "net/wire.h"

#define POLL_MS 1000
#define BLAME_MS 300 /* for word of who was lost first */

struct member {
	struct session *session;
	struct session_peer peer;
	struct channel *channel;
	char lost[256]; /* why its agent is gone; empty: it is not */
};

struct session {
	uint8_t number[SESSION_NUMBER_BYTES];
	size_t own;
	uint8_t parties_digest[HASH_BYTES];
	size_t count;
	struct member *members;
	int agent; /* local socket */
	int64_t patience_ms;
	uint64_t rounds;
	bool sent; /* since the last round */
	bool seeds_claimed;
	/* What members say of whom they have lost, by index in the parties file. */
	struct {
		size_t by, whom;
	} losses[SESSION_MAX_MEMBERS];
	size_t n_losses;
};

/* ---- the agent ---- */

bool
agent_present(void)
{
	const char *path = getenv("SMPC_LINK");

	return (path != NULL && path[0] != '\0');
}

static int
agent_connect(void)
{
	const char *path = getenv("SMPC_LINK");
	struct sockaddr_un address;
	int fd;

	if (!agent_present())
		return (fail(ST_USAGE, "this takes a session with other parties: run it under "
		    "smpc-party(1), or under smpc-local(1) to try it on one machine"));
	memset(&address, 0, sizeof(address));
	address.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(address.sun_path))
		return (fail(ST_FAILED, "SMPC_LINK: path is too long"));
	memcpy(address.sun_path, path, strlen(path));
	if ((fd = socket(AF_UNIX, SOCK_SEQPACKET, 0)) == -1)
		return (fail_errno("socket"));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1) {
		close(fd);
		return (fail(ST_PEER, "the agent of this party does not answer at %s: has "
		    "smpc-party ended? Start it again, or unset SMPC_LINK to do without", path));
	}
	return (fd);
}

static int
agent_gone(void)
{

	return (fail(ST_PEER, "the agent of this party has ended"));
}

/*
 * Receive one message of the agent, and descriptors with it.  Return its length or -1 (reported).
 */
static ssize_t
agent_receive(int fd, uint8_t *data, size_t size, int *fds, size_t max_fds, size_t *n_fds)
{
	union {
		char room[CMSG_SPACE(SESSION_MAX_MEMBERS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { data, size };
	struct msghdr m;
	struct cmsghdr *c;
	ssize_t n;

	memset(&m, 0, sizeof(m));
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = control.room;
	m.msg_controllen = sizeof(control.room);
	do {
		n = recvmsg(fd, &m, 0);
	} while (n == -1 && errno == EINTR);
	*n_fds = 0;
	if (n <= 0)
		return (agent_gone());
	for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		*n_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (*n_fds > max_fds)
			*n_fds = max_fds;
		memcpy(fds, CMSG_DATA(c), *n_fds * sizeof(int));
	}
	if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		return (fail(ST_FAILED, "the agent's message was cut (too many descriptors are "
		    "open?)"));
	return (n);
}

static int
agent_send(int fd, const struct buf *message)
{

	if (send(fd, message->data, message->len, MSG_NOSIGNAL) == -1)
		return ((errno == EPIPE) ? agent_gone() : fail_errno("message to the agent"));
	return (0);
}

static int
unknown_answer(void)
{

	return (fail(ST_FAILED, "the agent gives an unknown answer: is it of another version than "
	    "this tool?"));
}

/* The agent has refused: report what it says, of ${where} if it is about a stream. */
static int
agent_refused(const char *where, struct wire *w)
{
	char why[1100];
	uint64_t status = wire_number(w, 1);

	wire_string(w, why, sizeof(why));
	return (fail((status >= ST_FAILED && status <= ST_RANGE) ? (enum status)status : ST_FAILED,
	    "%s%s%s", (where != NULL) ? where : "", (where != NULL) ? ": " : "",
	    (why[0] != '\0') ? why : "the agent refuses, and says nothing why"));
}

/* Ask the agent one thing, about ${where} or NULL, and get one answer of type ${wanted}. */
static ssize_t
agent_ask(const char *where, const struct buf *request, enum agent_message wanted, uint8_t *data,
    size_t size)
{
	struct wire w;
	size_t n_fds;
	ssize_t n = -1;
	int fd;

	if ((fd = agent_connect()) == -1)
		return (-1);
	if (agent_send(fd, request) == 0 &&
	    (n = agent_receive(fd, data, size, NULL, 0, &n_fds)) != -1) {
		w = wire_of(data, (size_t)n);
		if (wire_number(&w, 1) != (uint64_t)wanted)
			n = (data[0] == AGENT_FAILED) ? agent_refused(where, &w) : unknown_answer();
	}
	close(fd);
	return (n);
}

int
agent_unseal(const char *where, const uint8_t *preamble, size_t bytes, struct noise_cipher *cipher,
    char sender[static PARTY_NAME_BYTES + 1])
{
	struct buf request = { NULL, 0, 0 };
	uint8_t data[256];
	struct wire w;
	ssize_t n = -1;

	if (wire_put_number(&request, TOOL_UNSEAL, 1) == 0 && buf_append(&request, preamble,
	    bytes) == 0)
		n = agent_ask(where, &request, AGENT_UNSEALED, data, sizeof(data));
	buf_free(&request);
	if (n == -1)
		return (-1);
	w = wire_of(data + 1, (size_t)n - 1);
	wire_cipher(&w, cipher);
	wire_string(&w, sender, PARTY_NAME_BYTES + 1);
	mem_wipe(data, sizeof(data));
	return (wire_done(&w) ? 0 : fail(ST_FAILED, "the agent's answer is cut"));
}

int
agent_seal(const char *recipient, struct noise_cipher *cipher, uint8_t *preamble, size_t *bytes)
{
	struct buf request = { NULL, 0, 0 };
	uint8_t data[64 + SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX)];
	struct wire w;
	ssize_t n = -1;

	if (wire_put_number(&request, TOOL_SEAL, 1) == 0 && wire_put_string(&request,
	    recipient) == 0)
		n = agent_ask(NULL, &request, AGENT_SEALED, data, sizeof(data));
	buf_free(&request);
	if (n == -1)
		return (-1);
	w = wire_of(data + 1, (size_t)n - 1);
	wire_cipher(&w, cipher);
	mem_wipe(data, 1 + NOISE_KEY_BYTES);
	if (w.bad || w.left > SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX))
		return (fail(ST_FAILED, "the agent's answer is cut"));
	*bytes = w.left;
	wire_bytes(&w, preamble, w.left);
	return (0);
}

/* ---- opening ---- */

static int report_loss(void *cookie, const char *why);

static int
send_request(int fd, const struct session_request *r)
{
	struct buf m = { NULL, 0, 0 };
	size_t i;
	int rc;

	rc = wire_put_number(&m, TOOL_OPEN, 1);
	rc |= wire_put_number(&m, r->wait * 1000, 4);
	rc |= wire_put_number(&m, (r->guest ? OPEN_GUEST : 0) | (uint64_t)r->dealer << 1, 1);
	rc |= wire_put_number(&m, r->n_guests, 2);
	for (i = 0; i < r->n_guests; i++)
		rc |= wire_put_string(&m, r->guests[i]);
	rc |= wire_put_string(&m, (r->descriptor->text.data != NULL) ? r->descriptor->text.data :
	    "");
	if (rc == 0)
		rc = agent_send(fd, &m);
	buf_free(&m);
	return (rc);
}

static int
take_member(struct session *s, struct wire *w, int fd)
{
	struct member *m = &s->members[s->count];
	struct noise_cipher send, receive;
	struct carrier carrier;
	enum channel_way way;
	char file[256];

	m->peer.index = (size_t)wire_number(w, 2);
	wire_string(w, m->peer.name, sizeof(m->peer.name));
	m->peer.role = (enum party_role)wire_number(w, 1);
	way = (enum channel_way)wire_number(w, 1);
	wire_string(w, file, sizeof(file));
	wire_cipher(w, &send);
	wire_cipher(w, &receive);
	wire_bytes(w, m->peer.seed, sizeof(m->peer.seed));
	if (w->bad) {
		close(fd);
		return (fail(ST_FAILED, "the agent's answer is cut"));
	}
	carrier = (way == CHANNEL_BOTH) ? carrier_socket(fd) : carrier_file(fd);
	m->channel = channel_new((way == CHANNEL_BOTH) ? m->peer.name : file, &carrier, &send,
	    &receive);
	noise_cipher_wipe(&send);
	noise_cipher_wipe(&receive);
	if (m->channel == NULL)
		return (-1);
	m->session = s;
	channel_one_way(m->channel, way);
	channel_on_loss(m->channel, report_loss, m);
	s->count++;
	return (0);
}

/* The agent has brought the parties together: take the descriptors and keys. */
static int
take_ready(struct session *s, struct wire *w, const int *fds, size_t n_fds)
{
	size_t count, i;
	int rc = 0;

	wire_bytes(w, s->number, sizeof(s->number));
	s->own = (size_t)wire_number(w, 2);
	wire_bytes(w, s->parties_digest, sizeof(s->parties_digest));
	count = (size_t)wire_number(w, 2);
	if (count != n_fds)
		rc = fail(ST_FAILED, "the agent passed %zu descriptors for %zu members", n_fds,
		    count);
	else if ((s->members = mem_array(count, sizeof(*s->members))) == NULL)
		rc = -1;
	for (i = 0; i < n_fds; i++) {
		if (rc == 0)
			rc = take_member(s, w, fds[i]);
		else
			close(fds[i]);
	}
	return (rc);
}

static void
take_loss(struct session *s, struct wire *w)
{
	size_t by = (size_t)wire_number(w, 2), whom = (size_t)wire_number(w, 2);

	if (w->bad || s->n_losses == SESSION_MAX_MEMBERS)
		return;
	s->losses[s->n_losses].by = by;
	s->losses[s->n_losses++].whom = whom;
}

static void
say_waiting(struct wire *w)
{
	char whom[1100];

	wire_string(w, whom, sizeof(whom));
	if (isatty(STDERR_FILENO))
		warn("waiting: %s", whom);
}

static int
wait_ready(struct session *s)
{
	uint8_t data[PROTOCOL_MAX_BYTES];
	int fds[SESSION_MAX_MEMBERS];
	struct wire w;
	size_t n_fds;
	ssize_t n;
	int rc;

	for (;;) {
		if ((n = agent_receive(s->agent, data, sizeof(data), fds, SESSION_MAX_MEMBERS,
		    &n_fds)) == -1)
			return (-1);
		w = wire_of(data, (size_t)n);
		switch ((enum agent_message)wire_number(&w, 1)) {
		case AGENT_READY:
			rc = take_ready(s, &w, fds, n_fds);
			mem_wipe(data, sizeof(data));
			return (rc);
		case AGENT_FAILED:
			return (agent_refused(NULL, &w));
		case AGENT_WAITING:
			say_waiting(&w);
			break;
		case AGENT_LOSS:
			take_loss(s, &w);
			break;
		default:
			return (unknown_answer());
		}
	}
}

struct session *
session_open(const struct session_request *r)
{
	struct session *s;

	if (r->descriptor->failed || (s = mem_array(1, sizeof(*s))) == NULL)
		return (NULL);
	s->patience_ms = (int64_t)r->wait * 1000;
	if ((s->agent = agent_connect()) == -1 || send_request(s->agent, r) == -1 ||
	    wait_ready(s) == -1) {
		session_abort(s);
		return (NULL);
	}
	return (s);
}

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

/* Read what the agent says meanwhile: that a peer's agent is lost, or that it has ended itself. */
static int
listen_to_agent(struct session *s)
{
	uint8_t data[2048];
	struct wire w;
	enum agent_message type;
	size_t n_fds, index, i;
	char why[256];
	ssize_t n;

	if ((n = agent_receive(s->agent, data, sizeof(data), NULL, 0, &n_fds)) == -1)
		return (-1);
	w = wire_of(data, (size_t)n);
	type = (enum agent_message)wire_number(&w, 1);
	if (type == AGENT_LOSS)
		take_loss(s, &w);
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

/* ---- who was lost first ---- */

/* Tell the agent whom we have lost, or, with TOOL_DONE, that we have lost nobody. */
static int
tell_agent(const struct session *s, enum tool_message type, size_t index)
{
	struct buf message = { NULL, 0, 0 };
	int rc = -1;

	if (wire_put_number(&message, type, 1) == 0 &&
	    (type == TOOL_DONE || wire_put_number(&message, index, 2) == 0))
		rc = (send(s->agent, message.data, message.len, MSG_NOSIGNAL) == -1) ? -1 : 0;
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

/*
 * The channel to a member has failed.  The member may have ended because of another one: say who
 * was first.
 */
static int
report_loss(void *cookie, const char *why)
{
	struct member *m = cookie;
	struct session *s = m->session;
	const struct member *first;
	int64_t left, end = clock_ms() + BLAME_MS;
	struct pollfd p = { s->agent, POLLIN, 0 };
	bool certain;

	if (tell_agent(s, TOOL_LOST, m->peer.index) == -1)
		return (agent_gone());
	for (;;) {
		first = first_lost(s, m, &certain);
		if (certain || (left = end - clock_ms()) <= 0)
			break;
		if (poll(&p, 1, (int)left) == 1 && listen_to_agent(s) == -1)
			return (-1);
	}
	if (first == m)
		return (fail(ST_PEER, "lost party '%s': %s", m->peer.name, why));
	return (fail(ST_PEER, "lost party '%s': %s", first->peer.name, (first->lost[0] != '\0') ?
	    first->lost : certain ? "its tool has ended" : "others have lost it"));
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
	return (report_loss(&s->members[i], why));
}

/* Wait until a channel or the agent has something. */
static int
wait_all(struct session *s, int64_t since)
{
	struct pollfd fds[SESSION_MAX_MEMBERS + 1];
	size_t i;

	for (i = 0; i < s->count; i++)
		fds[i] = (struct pollfd){ channel_descriptor(s->members[i].channel),
			channel_events(s->members[i].channel), 0 };
	fds[s->count] = (struct pollfd){ s->agent, POLLIN, 0 };
	if (poll(fds, s->count + 1, POLL_MS) == -1 && errno != EINTR)
		return (fail_errno("poll"));
	if (fds[s->count].revents != 0 && listen_to_agent(s) == -1)
		return (-1);
	for (i = 0; i < s->count; i++) {
		if (s->members[i].lost[0] != '\0' && unfinished(&s->members[i]) &&
		    fds[i].revents == 0)
			return (report_loss(&s->members[i], s->members[i].lost));
	}
	return ((clock_ms() - since > s->patience_ms) ? too_late(s) : 0);
}

/* Move bytes until everything wanted has come and everything flushed has left. */
static int
finish(struct session *s)
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

int
session_flush(struct session *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		channel_flush(s->members[i].channel);
	return (finish(s));
}

int
session_send(struct session *s, size_t peer, const void *data, size_t bytes)
{
	struct channel *c = s->members[peer].channel;
	bool moved, done;
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
		else if (channel_unsent(c) > 0 && wait_all(s, since) == -1)
			return (-1);
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
	uint8_t data[2048];
	struct wire w;
	size_t n_fds;
	ssize_t n;

	if ((n = agent_receive(s->agent, data, sizeof(data), NULL, 0, &n_fds)) == -1)
		return (-1);
	w = wire_of(data, (size_t)n);
	if (wire_number(&w, 1) == AGENT_STORED)
		return (0);
	return ((data[0] == AGENT_FAILED) ? agent_refused(NULL, &w) : unknown_answer());
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
		(void)tell_agent(s, TOOL_DONE, 0);
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
