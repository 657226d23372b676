/* Opening a session: waiting at the agent until all parties have come. */

#include "net/session_internal.h"

#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "net/own_agent_internal.h"
#include "net/policy_ask.h"

#define FILE_MAX 256 /* of the name of a file that was dealt */

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
open_member(struct session *s, struct wire *w, int fd)
{
	struct member *m = &s->members[s->count];
	struct noise_cipher send, receive;
	struct carrier carrier;
	enum channel_way way;
	char file[FILE_MAX];

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
	channel_on_loss(m->channel, session_lost, m);
	s->count++;
	return (0);
}

/* The agent has brought the parties together: take the descriptors and keys. */
static int
open_members(struct session *s, struct wire *w, const int *fds, size_t n_fds)
{
	size_t count, i;
	int rc = 0;

	wire_bytes(w, s->number, sizeof(s->number));
	s->own = (size_t)wire_number(w, 2);
	wire_bytes(w, s->parties_digest, sizeof(s->parties_digest));
	count = (size_t)wire_number(w, 2);
	if (w->bad)
		rc = fail(ST_FAILED, "the agent's answer is cut");
	else if (count != n_fds)
		rc = fail(ST_FAILED, "the agent passed %zu descriptors for %zu members", n_fds,
		    count);
	else if ((s->members = mem_array(count, sizeof(*s->members))) == NULL)
		rc = -1;
	for (i = 0; i < n_fds; i++) {
		if (rc == 0)
			rc = open_member(s, w, fds[i]);
		else
			close(fds[i]);
	}
	return ((rc == 0 && !wire_done(w)) ? agent_unknown() : rc);
}

static void
say_waiting(struct wire *w)
{
	char whom[AGENT_WHY_MAX];

	wire_string(w, whom, sizeof(whom));
	if (isatty(STDERR_FILENO))
		warn("waiting: %s", whom);
}

static int
wait_ready(struct session *s, const struct session_request *r)
{
	uint8_t data[PROTOCOL_MAX_BYTES];
	int fds[SESSION_MAX_MEMBERS];
	struct wire w;
	size_t n_fds;
	ssize_t n;
	int rc;

	for (;;) {
		if ((n = agent_receive(s->agent, AGENT_SILENT_MS, data, sizeof(data), fds,
		    SESSION_MAX_MEMBERS, &n_fds)) == -1)
			return (-1);
		w = wire_of(data, (size_t)n);
		if (data[0] != AGENT_READY)
			agent_close(fds, n_fds);
		switch ((enum agent_message)wire_number(&w, 1)) {
		case AGENT_READY:
			rc = open_members(s, &w, fds, n_fds);
			mem_wipe(data, sizeof(data));
			return (rc);
		case AGENT_FAILED:
			return (agent_refused(NULL, r->descriptor, &w));
		case AGENT_WAITING:
			say_waiting(&w);
			break;
		case AGENT_LOSS:
			session_note_loss(s, &w);
			break;
		default:
			return (agent_unknown());
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
	if ((s->agent = agent_connect()) == -1 || policy_send_parts(s->agent) == -1 ||
	    send_request(s->agent, r) == -1 || wait_ready(s, r) == -1) {
		session_abort(s);
		return (NULL);
	}
	return (s);
}
