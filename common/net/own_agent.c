#include "net/own_agent_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "crypto/seal.h"
#include "net/clock.h"
#include "net/protocol.h"
#include "net/session.h"
#include "net/wait.h"

#define CONNECT_PAUSE_NS 20000000 /* between two attempts to connect */

/* Room for answers: AGENT_UNSEALED, AGENT_SEALED. */
#define UNSEALED_MAX 256
#define STATUS_MAX PROTOCOL_MAX_BYTES
#define SEALED_MAX (64 + SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX))

bool
own_agent_present(void)
{
	const char *path = getenv("SMPC_LINK");

	return (path != NULL && path[0] != '\0');
}

static int
agent_silent(int64_t patience_ms)
{

	return (fail(ST_PEER, "the agent of this party does not answer: nothing was heard from it "
	    "for %" PRId64 " seconds; it is frozen, or this machine has too much to do",
	    patience_ms / 1000));
}

/* Wait until there is something to receive from the agent. */
static int
wait_for(int fd, int64_t patience_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t end = clock_ms() + patience_ms, left;
	int n;

	while ((left = end - clock_ms()) > 0) {
		if ((n = wait_poll(&p, 1, (int)left)) != 0)
			return ((n == -1) ? -1 : 0);
	}
	return (agent_silent(patience_ms));
}

/* Connect; where too many others want to, the system lets us wait in turn, but not for ever. */
static int
connect_in_time(int fd, const struct sockaddr_un *address)
{
	const struct timespec pause = { .tv_nsec = CONNECT_PAUSE_NS };
	int64_t end = clock_ms() + AGENT_SILENT_MS;

	while (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == -1) {
		if (errno != EAGAIN && errno != EINTR)
			return (fail(ST_PEER, "the agent of this party does not answer at %s: has "
			    "smpc-party ended? Start it again, or unset SMPC_LINK to do without",
			    address->sun_path));
		if (clock_ms() > end)
			return (fail(ST_PEER, "the agent of this party takes no more tools: it is "
			    "frozen, or has too much to do"));
		(void)nanosleep(&pause, NULL);
	}
	return (0);
}

/* Connect to the agent whose socket is ${path}. */
static int
connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return (fail(ST_FAILED, "SMPC_LINK: path is too long"));
	memcpy(address.sun_path, path, strlen(path));
	if ((fd = socket(AF_UNIX, SOCK_SEQPACKET, 0)) == -1)
		return (fail_errno("socket"));
	if (fcntl(fd, F_SETFL, O_NONBLOCK) == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
		fail_errno("socket");
		close(fd);
		return (-1);
	}
	if (connect_in_time(fd, &address) == -1) {
		close(fd);
		return (-1);
	}
	return (fd);
}

int
agent_connect(void)
{

	if (!own_agent_present())
		return (fail(ST_USAGE, "this takes a session with other parties: run it under "
		    "smpc-party(1), or under smpc-local(1) to try it on one machine"));
	return (connect_to(getenv("SMPC_LINK")));
}

int
agent_gone(void)
{

	return (fail(ST_PEER, "the agent of this party has ended"));
}

/* Take the descriptors that came with a message, and close those that nobody wants. */
static size_t
take_descriptors(struct msghdr *m, int *fds, size_t max_fds)
{
	struct cmsghdr *c;
	size_t i, n, taken = 0;
	int fd;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (taken < max_fds)
				fds[taken++] = fd;
			else
				close(fd);
		}
	}
	return (taken);
}

void
agent_close(const int *fds, size_t n_fds)
{
	size_t i;

	for (i = 0; i < n_fds; i++)
		close(fds[i]);
}

ssize_t
agent_receive(int fd, int64_t patience_ms, uint8_t *data, size_t size, int *fds, size_t max_fds,
    size_t *n_fds)
{
	union {
		char room[CMSG_SPACE(SESSION_MAX_MEMBERS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	bool cut;
	ssize_t n;

	*n_fds = 0;
	do {
		if (wait_for(fd, patience_ms) == -1)
			return (-1);
		n = recvmsg(fd, &m, 0);
	} while (n == -1 && (errno == EINTR || errno == EAGAIN));
	if (n != -1)
		*n_fds = take_descriptors(&m, fds, max_fds);
	cut = ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0);
	if (n > 0 && !cut)
		return (n);
	agent_close(fds, *n_fds);
	*n_fds = 0;
	return ((n <= 0) ? agent_gone() : fail(ST_FAILED, "the agent's message was cut (too many "
	    "descriptors are open?)"));
}

int
agent_put(int fd, const struct buf *message)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int64_t end = clock_ms() + AGENT_SILENT_MS, left;

	while (send(fd, message->data, message->len, MSG_NOSIGNAL) == -1) {
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return (-1);
		if ((left = end - clock_ms()) <= 0) {
			errno = ETIMEDOUT;
			return (-1);
		}
		/* Where it fails, we try again the sooner. */
		(void)poll(&p, 1, (int)left);
	}
	return (0);
}

int
agent_send(int fd, const struct buf *message)
{

	if (agent_put(fd, message) == 0)
		return (0);
	if (errno == EPIPE || errno == ECONNRESET)
		return (agent_gone());
	return ((errno == ETIMEDOUT) ? agent_silent(AGENT_SILENT_MS) :
	    fail_errno("message to the agent"));
}

int
agent_unknown(void)
{

	return (fail(ST_FAILED, "the agent gives an unknown answer: is it of another version than "
	    "this tool?"));
}

int
agent_refused(const char *where, const struct descriptor *d, struct wire *w)
{
	char why[AGENT_WHY_MAX];
	uint64_t status = wire_number(w, 1);
	size_t input = (size_t)wire_number(w, 2);

	if (d != NULL && input > 0)
		where = descriptor_file(d, input);
	wire_string(w, why, sizeof(why));
	return (fail((status >= ST_FAILED && status <= ST_RANGE) ? (enum status)status : ST_FAILED,
	    "%s%s%s", (where != NULL) ? where : "", (where != NULL) ? ": " : "",
	    (why[0] != '\0') ? why : "the agent refuses, and says nothing why"));
}

/* Ask an agent one thing, about ${where} or NULL, and get one answer of type ${wanted}. */
static ssize_t
agent_exchange(int fd, const char *where, const struct buf *request, enum agent_message wanted,
    uint8_t *data, size_t size)
{
	struct wire w;
	size_t n_fds;
	ssize_t n = -1;

	if (agent_send(fd, request) == 0 &&
	    (n = agent_receive(fd, AGENT_SILENT_MS, data, size, NULL, 0, &n_fds)) != -1) {
		w = wire_of(data, (size_t)n);
		if (wire_number(&w, 1) != (uint64_t)wanted)
			n = (data[0] == AGENT_FAILED) ? agent_refused(where, NULL, &w) :
			    agent_unknown();
	}
	close(fd);
	return (n);
}

/* The same of our own agent. */
static ssize_t
agent_ask(const char *where, const struct buf *request, enum agent_message wanted, uint8_t *data,
    size_t size)
{
	int fd = agent_connect();

	return ((fd == -1) ? -1 : agent_exchange(fd, where, request, wanted, data, size));
}

int
own_agent_status(const char *path, char *out, size_t size)
{
	struct buf request = { NULL, 0, 0 };
	uint8_t data[STATUS_MAX];
	struct wire w;
	ssize_t n = -1;
	int fd;

	if (wire_put_number(&request, TOOL_STATUS, 1) == 0 && (fd = connect_to(path)) != -1)
		n = agent_exchange(fd, NULL, &request, AGENT_STATUS, data, sizeof(data));
	buf_free(&request);
	if (n == -1)
		return (-1);
	w = wire_of(data + 1, (size_t)n - 1);
	wire_text(&w, out, size);
	return (wire_done(&w) ? 0 : fail(ST_FAILED, "the agent's answer is cut"));
}

int
own_agent_unseal(const char *where, const uint8_t *preamble, size_t bytes,
    struct noise_cipher *cipher, char sender[static PARTY_NAME_BYTES + 1])
{
	struct buf request = { NULL, 0, 0 };
	uint8_t data[UNSEALED_MAX];
	struct wire w;
	ssize_t n = -1;

	if (wire_put_number(&request, TOOL_UNSEAL, 1) == 0 &&
	    buf_append(&request, preamble, bytes) == 0)
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
own_agent_seal(const char *recipient, struct noise_cipher *cipher, uint8_t *preamble, size_t *bytes)
{
	struct buf request = { NULL, 0, 0 };
	uint8_t data[SEALED_MAX];
	struct wire w;
	ssize_t n = -1;

	if (wire_put_number(&request, TOOL_SEAL, 1) == 0 &&
	    wire_put_string(&request, recipient) == 0)
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
