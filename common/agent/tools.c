#include "agent/tools_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/tcp.h"
#include "base/diag.h"
#include "net/clock.h"
#include "net/protocol.h"
#include "net/wire.h"

#define SURPLUS_TOOLS 64 /* that are told that there is no room */
#define LOCAL_BACKLOG 4096
#define ACCEPT_AGAIN_MS 100
#define BASE_MAX 70 /* bytes of the directory that holds ours: a socket's path is short */

/* ---- connections ---- */

int
tools_listen(struct tools *ts)
{
	const char *base = (getenv("SMPC_RUNTIME") != NULL) ? getenv("SMPC_RUNTIME") :
	    getenv("XDG_RUNTIME_DIR");
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (base == NULL || strlen(base) > BASE_MAX || access(base, W_OK) == -1)
		base = "/tmp";
	snprintf(ts->directory, sizeof(ts->directory), "%s/smpc-XXXXXX", base);
	if (mkdtemp(ts->directory) == NULL) {
		fail_errno(ts->directory);
		ts->directory[0] = '\0';
		return (-1);
	}
	snprintf(ts->socket_path, sizeof(ts->socket_path), "%s/agent", ts->directory);
	if (strlen(ts->socket_path) >= sizeof(address.sun_path))
		return (fail(ST_FAILED, "%s: path is too long for a socket", ts->socket_path));
	memcpy(address.sun_path, ts->socket_path, strlen(ts->socket_path));
	if ((ts->listener = socket(AF_UNIX, SOCK_SEQPACKET, 0)) == -1 ||
	    bind(ts->listener, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    chmod(ts->socket_path, 0600) == -1 || listen(ts->listener, LOCAL_BACKLOG) == -1 ||
	    socket_nonblocking(ts->listener) == -1)
		return (fail_errno(ts->socket_path));
	return (0);
}

const char *
tools_path(const struct tools *ts)
{

	return (ts->socket_path);
}

int
tools_descriptor(const struct tools *ts)
{

	return (ts->listener);
}

/* Whether another tool could connect now. */
static bool
tools_have_room(const struct tools *ts)
{

	return (ts->count < ts->self->limits.tools + SURPLUS_TOOLS &&
	    clock_ms() >= ts->accept_again);
}

void
tools_accept(struct tools *ts)
{
	struct client *t;
	int fd;

	if (!ts->listener_ready)
		return;
	ts->listener_ready = false;
	while (tools_have_room(ts)) {
		if ((fd = accept(ts->listener, NULL, NULL)) == -1) {
			if (errno == EMFILE || errno == ENFILE) {
				ts->accept_again = clock_ms() + ACCEPT_AGAIN_MS;
				limits_descriptors_gone();
			}
			return;
		}
		if (socket_nonblocking(fd) == -1 || (t = mem_array(1, sizeof(*t))) == NULL) {
			close(fd);
			return;
		}
		t->fd = fd;
		t->ready = true;
		t->next = ts->list;
		ts->list = t;
		ts->count++;
	}
}

void
tools_poll(struct tools *ts, struct polled *p)
{
	struct client *t;

	if (tools_have_room(ts))
		polled_add(p, ts->listener, POLLIN, &ts->listener_ready);
	for (t = ts->list; t != NULL; t = t->next)
		polled_add(p, t->fd, POLLIN, &t->ready);
}

struct client *
tools_next(const struct tools *ts, const struct client *t)
{

	return ((t != NULL) ? t->next : ts->list);
}

size_t
tools_receive(struct client *t, uint8_t *data, size_t size)
{
	ssize_t n;

	if (!t->ready)
		return (0);
	t->ready = false;
	n = recv(t->fd, data, size, 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return (0);
	if (n <= 0)
		t->closing = true;
	return ((n > 0) ? (size_t)n : 0);
}

void
tools_close(struct client *t)
{

	t->closing = true;
}

bool
tools_closing(const struct client *t)
{

	return (t->closing);
}

void
tools_remove(struct tools *ts, struct client *t)
{
	struct client **p;

	for (p = &ts->list; *p != t; p = &(*p)->next)
		continue;
	*p = t->next;
	ts->count--;
	close(t->fd);
	free(t);
}

void
tools_free(struct tools *ts)
{

	if (ts->listener != -1)
		close(ts->listener);
	if (ts->socket_path[0] != '\0')
		unlink(ts->socket_path);
	if (ts->directory[0] != '\0')
		rmdir(ts->directory);
}

/* ---- sessions ---- */

void
tools_enter(struct client *t, const uint8_t number[static SESSION_NUMBER_BYTES],
    const struct members *members)
{

	memcpy(t->session, number, sizeof(t->session));
	t->session_members = *members;
}

bool
tools_busy(const struct client *t)
{

	return (t->waiting != NULL || t->opening != NULL || t->in_session);
}

bool
tools_too_many(const struct tools *ts)
{
	const struct client *t;
	size_t n = 0;

	for (t = ts->list; t != NULL; t = t->next)
		n += tools_busy(t);
	return (n >= ts->self->limits.tools);
}

bool
tools_in_session(const struct client *t)
{

	return (t->in_session);
}

const uint8_t *
tools_number(const struct client *t)
{

	return (t->session);
}

const struct members *
tools_members(const struct client *t)
{

	return (&t->session_members);
}

struct client *
tools_find(const struct tools *ts, const uint8_t number[static SESSION_NUMBER_BYTES])
{
	struct client *t;

	for (t = ts->list; t != NULL; t = t->next) {
		if ((t->in_session || t->opening != NULL) &&
		    memcmp(t->session, number, sizeof(t->session)) == 0)
			return (t);
	}
	return (NULL);
}

/* ---- what they are told ---- */

/*
 * Send one message, with descriptors; a tool that does not take it is let go.  Return false if the
 * system has too many descriptors on their way; nothing is sent then.
 */
static bool
tools_send(struct client *t, struct buf *message, const int *fds, size_t n_fds)
{
	union {
		char room[CMSG_SPACE(MEMBERS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = message->data, .iov_len = message->len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

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
	while (sendmsg(t->fd, &m, MSG_NOSIGNAL) == -1) {
		if (errno == EINTR)
			continue;
		if (errno == ETOOMANYREFS)
			return (false);
		t->closing = true;
		break;
	}
	return (true);
}

void
tools_answer(struct client *t, struct buf *message)
{

	(void)tools_send(t, message, NULL, 0);
	buf_free(message);
}

void
tools_failed_input(struct client *t, int status, size_t input, const char *why)
{
	struct buf message = { NULL, 0, 0 };

	if (wire_put_number(&message, AGENT_FAILED, 1) == 0 &&
	    wire_put_number(&message, (uint64_t)status, 1) == 0 &&
	    wire_put_number(&message, input, 2) == 0 &&
	    wire_put_reason(&message, why, AGENT_WHY_MAX) == 0)
		tools_answer(t, &message);
	buf_free(&message);
}

void
tools_failed(struct client *t, int status, const char *format, ...)
{
	char why[AGENT_WHY_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	tools_failed_input(t, status, 0, why);
}

void
tools_waits_for(struct client *t, const char *missing)
{
	struct buf message = { NULL, 0, 0 };

	if (wire_put_number(&message, AGENT_WAITING, 1) == 0 &&
	    wire_put_reason(&message, missing, AGENT_WHY_MAX) == 0)
		tools_answer(t, &message);
	buf_free(&message);
}

/* Append what AGENT_READY says of one member. */
static int
put_given(const struct self *self, const struct given *g, struct buf *message)
{
	const struct party *p = self_party(self, g->index);
	int rc;

	rc = wire_put_number(message, g->index, 2);
	rc |= wire_put_string(message, p->name);
	rc |= wire_put_number(message, p->role, 1);
	rc |= wire_put_number(message, g->way, 1);
	rc |= wire_put_string(message, (g->file != NULL) ? g->file : "");
	rc |= wire_put_cipher(message, g->send);
	rc |= wire_put_cipher(message, g->receive);
	rc |= buf_append(message, g->seed, NOISE_KEY_BYTES);
	return (rc);
}

bool
tools_give(const struct self *self, struct client *t,
    const uint8_t number[static SESSION_NUMBER_BYTES], const struct given *list, size_t count)
{
	struct buf message = { NULL, 0, 0 };
	int fds[MEMBERS_MAX], rc;
	size_t i;

	rc = wire_put_number(&message, AGENT_READY, 1);
	rc |= buf_append(&message, number, SESSION_NUMBER_BYTES);
	rc |= wire_put_number(&message, self->index, 2);
	rc |= buf_append(&message, parties_digest(self->link.parties), HASH_BYTES);
	rc |= wire_put_number(&message, count, 2);
	for (i = 0; i < count; i++) {
		rc |= put_given(self, &list[i], &message);
		fds[i] = list[i].fd;
	}
	if (rc != 0)
		t->closing = true;
	else
		t->in_session = tools_send(t, &message, fds, count);
	buf_free(&message);
	return (t->in_session || t->closing);
}

void
tools_stored(struct client *t)
{
	struct buf message = { NULL, 0, 0 };

	if (wire_put_number(&message, AGENT_STORED, 1) == 0)
		tools_answer(t, &message);
	buf_free(&message);
}

void
tools_loss(struct client *t, size_t by, size_t whom)
{
	struct buf message = { NULL, 0, 0 };

	if (wire_put_number(&message, AGENT_LOSS, 1) == 0 &&
	    wire_put_number(&message, by, 2) == 0 && wire_put_number(&message, whom, 2) == 0)
		tools_answer(t, &message);
	buf_free(&message);
}

void
tools_lost(struct client *t, size_t index, const char *why)
{
	struct buf message = { NULL, 0, 0 };
	size_t i = members_position(&t->session_members, index);

	/* Once is enough; one that flaps would fill the socket of a tool that is busy. */
	if (i == t->session_members.count || t->told_lost[i])
		return;
	t->told_lost[i] = true;
	if (wire_put_number(&message, AGENT_LOST, 1) == 0 &&
	    wire_put_number(&message, index, 2) == 0 &&
	    wire_put_reason(&message, why, LOST_WHY_MAX) == 0)
		tools_answer(t, &message);
	buf_free(&message);
}

void
tools_peer_lost(struct tools *ts, size_t index, const char *why)
{
	struct client *t;

	for (t = ts->list; t != NULL; t = t->next) {
		if (t->in_session && members_have(&t->session_members, index))
			tools_lost(t, index, why);
	}
}
