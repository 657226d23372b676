/*
 * What a tool hears from something that answers at its agent's socket.  The first byte says what
 * the tool asks for: a session (0), to open a sealed stream (1), or to seal (2).  Then messages,
 * each with its length, 2 bytes, and how many descriptors come with it, 1 byte; those are of
 * connections that have ended.
 *
 * A session that the tool gets has the number, the place and the members that the message names,
 * no more and no fewer; a key that it gets is the one in the message.  Whatever comes, the tool
 * ends, keeps no descriptor, and has said why if it got nothing.
 */

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/diag.h"
#include "check.h"
#include "crypto/seal.h"
#include "net/own_agent.h"
#include "net/protocol.h"
#include "net/session.h"

#define MOST_DESCRIPTORS 8
#define MOST_OPEN 256
#define READY_AT 1 /* the number, behind the type */
#define OWN_AT (READY_AT + SESSION_NUMBER_BYTES)
#define COUNT_AT (OWN_AT + 2 + HASH_BYTES)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[] = "/tmp/smpc-fuzz-XXXXXX";
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static int listener = -1;

/* What is answered. */
struct script {
	const uint8_t *data;
	size_t size;
};

/* ---- the other side ---- */

static void
remove_socket(void)
{

	(void)unlink(address.sun_path);
	(void)rmdir(directory);
}

static void
set_up(void)
{

	fuzz_check(mkdtemp(directory) != NULL && atexit(remove_socket) == 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/agent", directory);
	fuzz_check((listener = socket(AF_UNIX, SOCK_SEQPACKET, 0)) != -1);
	fuzz_check(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(listener, 1) == 0);
	fuzz_check(setenv("SMPC_LINK", address.sun_path, 1) == 0);
}

/* Read one message of a script; return what is behind it, or NULL. */
static const uint8_t *
next_message(struct script *s, size_t *length, size_t *descriptors)
{
	const uint8_t *message;

	if (s->size < 3)
		return (NULL);
	*length = s->data[0] | (size_t)s->data[1] << 8;
	*descriptors = s->data[2] % (MOST_DESCRIPTORS + 1);
	message = s->data + 3;
	if (*length > s->size - 3)
		*length = s->size - 3;
	s->data += 3 + *length;
	s->size -= 3 + *length;
	return (message);
}

static void
say(int fd, const uint8_t *message, size_t length, size_t descriptors)
{
	union {
		char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
		struct cmsghdr align;
	} control;
	uint8_t copy[PROTOCOL_MAX_BYTES];
	struct iovec iov = { copy, length };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	int passed[MOST_DESCRIPTORS], pair[2];
	size_t i;

	memcpy(copy, message, length);
	for (i = 0; i < descriptors; i++) {
		fuzz_check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
		close(pair[1]);
		passed[i] = pair[0];
	}
	if (descriptors > 0) {
		memset(&control, 0, sizeof(control));
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(descriptors * sizeof(int));
		memcpy(CMSG_DATA(c), passed, descriptors * sizeof(int));
	}
	(void)sendmsg(fd, &m, MSG_NOSIGNAL);
	for (i = 0; i < descriptors; i++)
		close(passed[i]);
}

/* Answer one tool, and wait until it has gone. */
static void *
answer(void *arg)
{
	struct script s = *(struct script *)arg;
	uint8_t heard[PROTOCOL_MAX_BYTES];
	const uint8_t *message;
	size_t length, descriptors;
	int fd;

	if ((fd = accept(listener, NULL, NULL)) == -1)
		return (NULL);
	while ((message = next_message(&s, &length, &descriptors)) != NULL)
		say(fd, message, length, descriptors);
	(void)shutdown(fd, SHUT_WR);
	while (recv(fd, heard, sizeof(heard), 0) > 0)
		continue;
	close(fd);
	return (NULL);
}

/* ---- the tool ---- */

/* The message that made a session of it: the first one of type AGENT_READY. */
static void
check_session(const struct session *s, struct script script)
{
	const uint8_t *message;
	size_t length, descriptors, i;

	do {
		fuzz_check((message = next_message(&script, &length, &descriptors)) != NULL);
	} while (length == 0 || message[0] != AGENT_READY);
	fuzz_check(length >= COUNT_AT + 2);
	fuzz_check(memcmp(session_number(s), message + READY_AT, SESSION_NUMBER_BYTES) == 0);
	fuzz_check(session_own_index(s) == (message[OWN_AT] | (size_t)message[OWN_AT + 1] << 8));
	fuzz_check(session_peers(s) == (message[COUNT_AT] | (size_t)message[COUNT_AT + 1] << 8) &&
	    session_peers(s) == descriptors);
	for (i = 0; i < session_peers(s); i++)
		fuzz_check(strlen(session_peer(s, i)->name) <= PARTY_NAME_BYTES);
}

/* Exchange a byte with everybody, who has ended, and end. */
static int
use_session(struct session *s)
{
	struct exchange items[MOST_DESCRIPTORS];
	uint8_t out = 1, in[MOST_DESCRIPTORS];
	size_t i;

	for (i = 0; i < session_peers(s); i++) {
		items[i] = (struct exchange){ .in = &in[i], .in_bytes = 1 };
		if (!session_beforehand(s, i)) {
			items[i].out = &out;
			items[i].out_bytes = 1;
		}
	}
	if (session_peers(s) > 0 && session_exchange(s, items) == -1) {
		session_abort(s);
		return (-1);
	}
	return (session_close(s));
}

static int
ask_session(struct script script)
{
	struct descriptor d = { .failed = false };
	struct session_request r = { .descriptor = &d, .wait = 1 };
	struct session *s;

	descriptor_add(&d, "op", "fuzz");
	s = session_open(&r);
	buf_free(&d.text);
	if (s == NULL)
		return (-1);
	check_session(s, script);
	return (use_session(s));
}

static int
ask_unseal(struct script script)
{
	static const uint8_t preamble[] = "as it came";
	struct noise_cipher cipher;
	char sender[PARTY_NAME_BYTES + 1];
	size_t length, descriptors;
	const uint8_t *message;

	if (own_agent_unseal("fuzz", preamble, sizeof(preamble), &cipher, sender) == -1)
		return (-1);
	message = next_message(&script, &length, &descriptors);
	fuzz_check(message != NULL && length > NOISE_KEY_BYTES && message[0] == AGENT_UNSEALED);
	fuzz_check(memcmp(cipher.k, message + 1, NOISE_KEY_BYTES) == 0);
	fuzz_check(strlen(sender) <= PARTY_NAME_BYTES);
	return (0);
}

static int
ask_seal(struct script script)
{
	uint8_t preamble[SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX)];
	struct noise_cipher cipher;
	size_t bytes, length, descriptors;
	const uint8_t *message;

	if (own_agent_seal("bob", &cipher, preamble, &bytes) == -1)
		return (-1);
	message = next_message(&script, &length, &descriptors);
	fuzz_check(message != NULL && message[0] == AGENT_SEALED && bytes <= sizeof(preamble) &&
	    bytes < length);
	fuzz_check(memcmp(cipher.k, message + 1, NOISE_KEY_BYTES) == 0);
	fuzz_check(memcmp(preamble, message + length - bytes, bytes) == 0);
	return (0);
}

/* How many descriptors are open. */
static size_t
open_descriptors(void)
{
	size_t n = 0;
	int fd;

	for (fd = 0; fd < MOST_OPEN; fd++)
		n += (fcntl(fd, F_GETFD) != -1);
	return (n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script;
	struct failure failure;
	pthread_t thread;
	size_t before;
	int rc;

	if (size == 0 || size > PROTOCOL_MAX_BYTES)
		return (0);
	if (listener == -1)
		set_up();
	script = (struct script){ data + 1, size - 1 };
	before = open_descriptors();
	fuzz_check(pthread_create(&thread, NULL, answer, &script) == 0);
	diag_divert(&failure);
	rc = (data[0] % 3 == 0) ? ask_session(script) : (data[0] % 3 == 1) ? ask_unseal(script) :
	    ask_seal(script);
	diag_divert(NULL);
	fuzz_check(pthread_join(thread, NULL) == 0);
	fuzz_check((rc == 0) == (failure.status == ST_OK));
	fuzz_check(open_descriptors() == before);
	return (0);
}
