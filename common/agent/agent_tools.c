#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/diag.h"
#include "crypto/seal.h"
#include "data/sealed.h"
#include "agent/agent_internal.h"
#include "net/clock.h"
#include "agent/tcp.h"

#define REPORT_MS 3000
#define LOCAL_BACKLOG 64

/* ---- the local socket ---- */

/* Make a private directory with the socket in it. */
int
tools_listen(struct agent *a)
{
	const char *base = (getenv("SMPC_RUNTIME") != NULL) ? getenv("SMPC_RUNTIME") :
	    getenv("XDG_RUNTIME_DIR");
	struct sockaddr_un address;

	if (base == NULL || strlen(base) > 70 || access(base, W_OK) == -1)
		base = "/tmp";
	snprintf(a->directory, sizeof(a->directory), "%s/smpc-XXXXXX", base);
	if (mkdtemp(a->directory) == NULL) {
		fail_errno(a->directory);
		a->directory[0] = '\0';
		return (-1);
	}
	snprintf(a->socket_path, sizeof(a->socket_path), "%s/agent", a->directory);
	memset(&address, 0, sizeof(address));
	address.sun_family = AF_UNIX;
	if (strlen(a->socket_path) >= sizeof(address.sun_path))
		return (fail(ST_FAILED, "%s: path is too long for a socket", a->socket_path));
	memcpy(address.sun_path, a->socket_path, strlen(a->socket_path));
	if ((a->tool_listener = socket(AF_UNIX, SOCK_SEQPACKET, 0)) == -1 ||
	    bind(a->tool_listener, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    chmod(a->socket_path, 0600) == -1 || listen(a->tool_listener, LOCAL_BACKLOG) == -1 ||
	    socket_nonblocking(a->tool_listener) == -1)
		return (fail_errno(a->socket_path));
	return (0);
}

static void
accept_tools(struct agent *a)
{
	struct tool *t;
	int fd;

	if (!a->tool_listener_ready)
		return;
	a->tool_listener_ready = false;
	while (a->n_tools < MAX_TOOLS && clock_ms() >= a->accept_again) {
		if ((fd = accept(a->tool_listener, NULL, NULL)) == -1) {
			if (errno == EMFILE || errno == ENFILE)
				a->accept_again = clock_ms() + 100;
			return;
		}
		if (socket_nonblocking(fd) == -1 || (t = mem_array(1, sizeof(*t))) == NULL) {
			close(fd);
			return;
		}
		t->fd = fd;
		t->ready = true;
		t->next = a->tools;
		a->tools = t;
		a->n_tools++;
	}
}

static void
tool_free(struct agent *a, struct tool *t)
{
	struct tool **p;

	sessions_cancel(a, t, false);
	sessions_tool_lost(a, t, a->own);
	dealing_drop(a, t);
	dealt_release(t);
	for (p = &a->tools; *p != t; p = &(*p)->next)
		continue;
	*p = t->next;
	a->n_tools--;
	close(t->fd);
	free(t);
}

/* ---- answers ---- */

/* Send one message, with descriptors; a tool that does not take it is let go. */
static void
answer(struct tool *t, struct buf *message, const int *fds, size_t n_fds)
{
	union {
		char room[CMSG_SPACE(MEMBERS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { message->data, message->len };
	struct msghdr m;
	struct cmsghdr *c;

	memset(&m, 0, sizeof(m));
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	if (n_fds > 0) {
		memset(&control, 0, sizeof(control));
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
	}
	if (sendmsg(t->fd, &m, MSG_NOSIGNAL) == -1)
		t->closing = true;
	buf_free(message);
}

void
tools_failed(struct agent *a, struct tool *t, int status, const char *format, ...)
{
	struct buf message = { NULL, 0, 0 };
	char why[1024];
	va_list ap;

	(void)a;
	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	if (wire_put_number(&message, AGENT_FAILED, 1) == 0 && wire_put_number(&message,
	    (uint64_t)status, 1) == 0 && wire_put_string(&message, why) == 0)
		answer(t, &message, NULL, 0);
	buf_free(&message);
}

static int
put_cipher(struct buf *message, const struct noise_cipher *c)
{

	return ((buf_append(message, c->k, sizeof(c->k)) == -1 || wire_put_number(message, c->n,
	    8) == -1) ? -1 : 0);
}

/* Tell a tool that its session begins, and give it what it needs for each member. */
void
tools_give(struct agent *a, struct tool *t, const uint8_t *number, const struct given *list,
    size_t count)
{
	struct buf message = { NULL, 0, 0 };
	int fds[MEMBERS_MAX], rc;
	size_t i;

	rc = wire_put_number(&message, AGENT_READY, 1);
	rc |= buf_append(&message, number, SESSION_NUMBER_BYTES);
	rc |= wire_put_number(&message, a->own, 2);
	rc |= buf_append(&message, parties_digest(a->self.parties), HASH_BYTES);
	rc |= wire_put_number(&message, count, 2);
	for (i = 0; i < count; i++) {
		rc |= wire_put_number(&message, list[i].index, 2);
		rc |= wire_put_string(&message, agent_name_of(a, list[i].index));
		rc |= wire_put_number(&message, a->self.parties->entries[list[i].index].role, 1);
		rc |= wire_put_number(&message, list[i].way, 1);
		rc |= wire_put_string(&message, (list[i].file != NULL) ? list[i].file : "");
		rc |= put_cipher(&message, list[i].send);
		rc |= put_cipher(&message, list[i].receive);
		rc |= buf_append(&message, list[i].seed, NOISE_KEY_BYTES);
		fds[i] = list[i].fd;
	}
	t->in_session = true;
	if (rc == 0)
		answer(t, &message, fds, count);
	else
		t->closing = true;
	buf_free(&message);
}

/* The links of a session, and what was dealt for it, in the order of the parties file. */
void
tools_ready(struct agent *a, struct tool *t, const struct opening_session *s)
{
	struct given list[MEMBERS_MAX + 1], dealt;
	const struct link *l;
	size_t n = 0, i;

	if (t->dealt != NULL)
		dealt = dealt_given(a, t->dealt);
	for (i = 0; i < s->members.count; i++) {
		if (t->dealt != NULL && s->members.index[i] > dealt.index &&
		    (n == 0 || list[n - 1].index < dealt.index))
			list[n++] = dealt;
		if ((l = s->links[i]) != NULL)
			list[n++] = (struct given){ s->members.index[i], CHANNEL_BOTH, NULL,
				&l->send, &l->receive, l->seed, l->fd };
	}
	if (t->dealt != NULL && (n == 0 || list[n - 1].index < dealt.index))
		list[n++] = dealt;
	/* What gives ids and keys their meaning is the number that the dealer knew. */
	tools_give(a, t, (t->dealt != NULL) ? dealt_number(t->dealt) : s->number, list, n);
	dealt_release(t);
}

/* What a tool has dealt is stored. */
void
tools_stored(struct tool *t)
{
	struct buf message = { NULL, 0, 0 };

	if (wire_put_number(&message, AGENT_STORED, 1) == 0)
		answer(t, &message, NULL, 0);
	buf_free(&message);
}

void
tools_peer_lost(struct agent *a, size_t index, const char *why)
{
	struct buf message;
	struct tool *t;

	for (t = a->tools; t != NULL; t = t->next) {
		if (!t->in_session || !members_have(&t->session_members, index))
			continue;
		message = (struct buf){ NULL, 0, 0 };
		if (wire_put_number(&message, AGENT_LOST, 1) == 0 && wire_put_number(&message,
		    index, 2) == 0 && wire_put_string(&message, why) == 0)
			answer(t, &message, NULL, 0);
		buf_free(&message);
	}
}

void
tools_loss(struct tool *t, size_t by, size_t whom)
{
	struct buf message = { NULL, 0, 0 };

	if (wire_put_number(&message, AGENT_LOSS, 1) == 0 && wire_put_number(&message, by,
	    2) == 0 && wire_put_number(&message, whom, 2) == 0)
		answer(t, &message, NULL, 0);
	buf_free(&message);
}

/* ---- who is missing, and why ---- */

/* What keeps a member from joining our tool's session; return the status that this is worth. */
int
tools_describe_missing(struct agent *a, const struct waiting *w, size_t index, char *out,
    size_t size)
{
	const struct peer *p = &a->peers[index];
	const struct waiting *v, *differs = NULL;
	const char *name = agent_name_of(a, index);
	char difference[256];
	int n;

	out[0] = '\0';
	/* It may have waited for something else while we waited, and have given up before us. */
	if (p->waiting == NULL && p->gave_up != NULL && p->gave_up->since >= w->since &&
	    memcmp(p->gave_up->brief, w->brief, HASH_BYTES) == 0 &&
	    (w->guest || p->gave_up->guest || memcmp(p->gave_up->full, w->full, HASH_BYTES) == 0)) {
		/* It is not the one that is missing. */
		snprintf(out, size, "party '%s' waited for the same step, and has given up", name);
		return (ST_OK);
	}
	if (p->waiting == NULL && p->gave_up != NULL && p->gave_up->since >= w->since) {
		descriptor_difference(w->text, p->gave_up->text, difference, sizeof(difference));
		snprintf(out, size, "party '%s' waited for another step: %s", name, difference);
		return (ST_REFUSED);
	}
	if (p->gone) {
		n = snprintf(out, size, "the command of party '%s' has ended, with status %d", name,
		    p->gone_status);
		if (p->gone_for < a->self.parties->count && p->gone_for != a->own &&
		    (size_t)n < size)
			snprintf(out + n, size - (size_t)n, ", for want of party '%s'",
			    agent_name_of(a, p->gone_for));
		return (ST_PEER);
	}
	if (p->control == NULL) {
		snprintf(out, size, "party '%s' is not connected%s%s", name,
		    (p->trouble[0] != '\0') ? ": " : "", p->trouble);
		return (p->trouble_refused ? ST_REFUSED : ST_PEER);
	}
	for (v = p->waiting; v != NULL; v = v->next) {
		if (memcmp(v->full, w->full, HASH_BYTES) == 0 ||
		    ((v->guest || w->guest) && memcmp(v->brief, w->brief, HASH_BYTES) == 0))
			return (ST_OK);
		differs = v;
	}
	if (differs == NULL) {
		snprintf(out, size, "party '%s' has no tool that waits for this step", name);
		return (ST_PEER);
	}
	descriptor_difference(w->text, differs->text, difference, sizeof(difference));
	snprintf(out, size, "party '%s' waits for another step: %s", name, difference);
	return (ST_REFUSED);
}

int
tools_describe_all_missing(struct agent *a, const struct waiting *w, char *out, size_t size)
{
	char one[512];
	size_t i, used = 0;
	int status = ST_PEER, rc;

	out[0] = '\0';
	for (i = 0; i < w->members.count && used < size; i++) {
		if (w->members.index[i] == a->own)
			continue;
		rc = tools_describe_missing(a, w, w->members.index[i], one, sizeof(one));
		if (rc == ST_OK)
			continue;
		if (rc == ST_REFUSED)
			status = ST_REFUSED;
		used += (size_t)snprintf(out + used, size - used, "%s%s", (used > 0) ? "; " : "",
		    one);
	}
	if (used == 0)
		snprintf(out, size, "the parties do not come together");
	return (status);
}

static void
watch_waiting(struct agent *a, struct tool *t)
{
	struct buf message = { NULL, 0, 0 };
	char missing[900];
	int64_t now = clock_ms();
	int status;

	if (now >= t->deadline) {
		status = tools_describe_all_missing(a, t->waiting, missing, sizeof(missing));
		sessions_cancel(a, t, true);
		tools_failed(a, t, status, "%s", missing);
		return;
	}
	if (now < t->next_report)
		return;
	t->next_report = now + REPORT_MS;
	(void)tools_describe_all_missing(a, t->waiting, missing, sizeof(missing));
	if (wire_put_number(&message, AGENT_WAITING, 1) == 0 && wire_put_string(&message,
	    missing) == 0)
		answer(t, &message, NULL, 0);
	buf_free(&message);
}

/* ---- requests ---- */

/* All who share, and those that the request names besides. */
static int
find_members(struct agent *a, struct tool *t, struct wire *w, struct members *m)
{
	const struct parties *parties = a->self.parties;
	uint8_t marks[PARTIES_MAX] = { 0 };
	char name[PARTY_NAME_BYTES + 1];
	const struct party *p;
	size_t i, extra = (size_t)wire_number(w, 2);

	for (i = 0; i < extra && !w->bad; i++) {
		wire_string(w, name, sizeof(name));
		if (w->bad)
			return (-1);
		if ((p = parties_find(parties, name)) == NULL) {
			tools_failed(a, t, ST_USAGE, "'%s' is not in the parties file", name);
			return (-1);
		}
		marks[p - parties->entries] = 1;
	}
	m->count = 0;
	for (i = 0; i < parties->count; i++) {
		if (!peers_meet(a, i) || (!marks[i] && !peers_share(&parties->entries[i])))
			continue;
		if (m->count == MEMBERS_MAX) {
			tools_failed(a, t, ST_USAGE, "more than %d parties in one session",
			    MEMBERS_MAX);
			return (-1);
		}
		m->index[m->count++] = (uint16_t)i;
	}
	for (i = 0; i < m->count; i++) {
		if (!peers_can_meet(a, m->index[i])) {
			tools_failed(a, t, ST_FAILED, "'%s' and '%s' can never meet, as neither "
			    "has an address in the parties file", a->self.party->name,
			    agent_name_of(a, m->index[i]));
			return (-1);
		}
	}
	if (!members_have(m, a->own)) {
		tools_failed(a, t, ST_USAGE, "party '%s' has no part in this step",
		    a->self.party->name);
		return (-1);
	}
	return (0);
}

/* The tool's waiting begins: tell the others. */
static void
begin_waiting(struct agent *a, struct tool *t, struct waiting *v, uint64_t wait_ms)
{
	const struct members *m = &v->members;
	size_t i;

	v->ticket = ++a->next_ticket;
	v->tool = t;
	descriptor_keys(v->text, v->full, v->brief);
	randombytes_buf(v->nonce, sizeof(v->nonce));
	t->waiting = v;
	t->deadline = clock_ms() + (int64_t)wait_ms;
	t->next_report = clock_ms() + REPORT_MS;
	for (i = 0; i < m->count; i++) {
		if (m->index[i] != a->own && a->peers[m->index[i]].gone) {
			sessions_wait(a, v);
			sessions_peer_gone(a, m->index[i]);
			return;
		}
	}
	sessions_wait(a, v);
}

/* A ticket for a step, which says what was dealt for it. */
static struct waiting *
ticket(struct agent *a, struct tool *t, const char *text, enum session_dealer dealer, bool *failed)
{
	struct buf b = { NULL, 0, 0 };
	struct waiting *v = NULL;

	*failed = false;
	if (buf_string(&b, text) == -1)
		*failed = true;
	else if (a->dealt != NULL && dealt_find(a, t, text, dealer, &b) == -1)
		;
	else if ((v = mem_array(1, sizeof(*v))) == NULL ||
	    (v->text = mem_copy_string((b.data != NULL) ? b.data : "", b.len)) == NULL)
		*failed = true;
	if (*failed) {
		waiting_free(v);
		v = NULL;
	}
	buf_free(&b);
	return (v);
}

static void
request_open(struct agent *a, struct tool *t, struct wire *w)
{
	char text[DESCRIPTOR_MAX_BYTES + 1];
	struct waiting *v;
	uint64_t wait_ms = wire_number(w, 4), flags = wire_number(w, 1);
	bool guest = ((flags & OPEN_GUEST) != 0), failed;
	enum session_dealer dealer = (enum session_dealer)OPEN_DEALER(flags);
	struct members members;

	if (t->waiting != NULL || t->opening != NULL || t->in_session ||
	    find_members(a, t, w, &members) == -1) {
		t->closing = w->bad;
		return;
	}
	wire_text(w, text, sizeof(text));
	if (guest && peers_share(a->self.party)) {
		tools_failed(a, t, ST_USAGE, "party '%s' shares, and is no guest",
		    a->self.party->name);
		return;
	}
	if (!wire_done(w)) {
		t->closing = true;
		return;
	}
	if (a->deal != NULL) {
		dealing_open(a, t, text, dealer);
		return;
	}
	if ((v = ticket(a, t, text, dealer, &failed)) == NULL) {
		t->closing = failed;
		return;
	}
	v->guest = guest;
	v->members = members;
	begin_waiting(a, t, v, wait_ms);
}

/* Open the seal of a stream for a tool: it gets the key of this stream, never ours. */
static void
request_unseal(struct agent *a, struct tool *t, struct wire *w)
{
	struct buf message = { NULL, 0, 0 };
	const struct party *sender = NULL;
	struct sealed_header h;
	struct seal seal;
	size_t header_bytes;

	memset(&seal, 0, sizeof(seal));
	if (w->left < SEAL_FIXED_BYTES || open_fixed(w->p, &header_bytes) != SEAL_FIXED_OK ||
	    w->left != SEAL_PREAMBLE_BYTES(header_bytes) ||
	    sealed_header_parse(w->p + SEAL_FIXED_BYTES, header_bytes, "sealed stream", &h) == -1) {
		tools_failed(a, t, ST_FAILED, "the sealed stream begins with something else");
		return;
	}
	if ((sender = parties_find(a->self.parties, h.from)) == NULL)
		tools_failed(a, t, ST_REFUSED, "says it was sealed by '%s', who is not in the "
		    "parties file", h.from);
	else if (strcmp(h.to, a->self.party->name) != 0)
		tools_failed(a, t, ST_REFUSED, "is sealed to '%s', and this is the agent of '%s'",
		    h.to, a->self.party->name);
	else if (open_start(&seal, a->self.identity->secret, sender->key, w->p, w->left) == -1)
		tools_failed(a, t, ST_REFUSED, "was not sealed by '%s' to this key: forged or "
		    "damaged", sender->name);
	else if (wire_put_number(&message, AGENT_UNSEALED, 1) == 0 &&
	    put_cipher(&message, &seal.cipher) == 0 && wire_put_string(&message, sender->name) == 0)
		answer(t, &message, NULL, 0);
	seal_wipe(&seal);
	buf_free(&message);
}

/* Begin a sealed stream in our name. */
static void
request_seal(struct agent *a, struct tool *t, struct wire *w)
{
	uint8_t preamble[SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX)];
	struct buf message = { NULL, 0, 0 }, header = { NULL, 0, 0 };
	char name[PARTY_NAME_BYTES + 1];
	const struct party *to;
	struct seal seal;

	memset(&seal, 0, sizeof(seal));
	wire_string(w, name, sizeof(name));
	if (!wire_done(w) || (to = parties_find(a->self.parties, name)) == NULL)
		tools_failed(a, t, ST_USAGE, "'%s' is not in the parties file", name);
	else if (sealed_header_build(a->self.party->name, to->name, &header) == -1 ||
	    seal_start(&seal, a->self.identity->secret, to->key, header.data, header.len,
	    preamble) == -1)
		tools_failed(a, t, ST_REFUSED, "cannot seal to '%s'", name);
	else if (wire_put_number(&message, AGENT_SEALED, 1) == 0 &&
	    put_cipher(&message, &seal.cipher) == 0 && buf_append(&message, preamble,
	    SEAL_PREAMBLE_BYTES(header.len)) == 0)
		answer(t, &message, NULL, 0);
	seal_wipe(&seal);
	buf_free(&header);
	buf_free(&message);
}

static void
take_request(struct agent *a, struct tool *t, const uint8_t *data, size_t bytes)
{
	struct wire w = wire_of(data, bytes);

	switch ((enum tool_message)wire_number(&w, 1)) {
	case TOOL_OPEN:
		request_open(a, t, &w);
		break;
	case TOOL_UNSEAL:
		request_unseal(a, t, &w);
		break;
	case TOOL_SEAL:
		request_seal(a, t, &w);
		break;
	case TOOL_LOST:
		sessions_tool_lost(a, t, (size_t)wire_number(&w, 2));
		break;
	case TOOL_DONE:
		dealing_store(a, t);
		t->said = t->closing = true;
		break;
	default:
		t->closing = true;
	}
}

/* ---- the loop's part ---- */

static void
read_tool(struct agent *a, struct tool *t)
{
	uint8_t data[PROTOCOL_MAX_BYTES];
	ssize_t n;

	if (t->ready) {
		t->ready = false;
		n = recv(t->fd, data, sizeof(data), 0);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			t->closing = true;
		else
			take_request(a, t, data, (size_t)n);
	}
}

void
tools_step(struct agent *a)
{
	struct tool *t, *next;

	accept_tools(a);
	for (t = a->tools; t != NULL; t = next) {
		next = t->next;
		read_tool(a, t);
		if (!t->closing && t->waiting != NULL)
			watch_waiting(a, t);
		if (t->closing)
			tool_free(a, t);
	}
}

void
tools_poll(struct agent *a, struct polled *p)
{
	struct tool *t;

	if (a->n_tools < MAX_TOOLS && clock_ms() >= a->accept_again)
		polled_add(p, a->tool_listener, POLLIN, &a->tool_listener_ready);
	for (t = a->tools; t != NULL; t = t->next)
		polled_add(p, t->fd, POLLIN, &t->ready);
}

void
tools_free(struct agent *a)
{

	while (a->tools != NULL)
		tool_free(a, a->tools);
	if (a->tool_listener != -1)
		close(a->tool_listener);
	if (a->socket_path[0] != '\0')
		unlink(a->socket_path);
	if (a->directory[0] != '\0')
		rmdir(a->directory);
}
