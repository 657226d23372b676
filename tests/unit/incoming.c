/* Connections that have not proved who they are: who makes room for whom. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/incoming_internal.h"
#include "agent/tcp.h"
#include "child.h"
#include "tap.h"

#define STRANGERS 8
#define CALLERS 4
#define CROWD 50

static struct identity identities[3];
static struct agent_options options;
static struct self bob;
static struct link_self alice;
static struct incoming in;
static uint16_t port;

/* ---- set-up ---- */

static int
listen_anywhere(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 || listen(fd, 128) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) == -1 || socket_nonblocking(fd) == -1)
		tap_bail("no listener");
	port = ntohs(a.sin_port);
	return (fd);
}

static struct parties *
make_parties(void)
{
	static const char *const names[3] = { "trent", "alice", "bob" };
	char json[2000] = "{\"version\":1,\"parties\":[", key[IDENTITY_TEXT_BYTES];
	size_t i, n = strlen(json);
	struct parties *p;

	for (i = 0; i < 3; i++) {
		memset(identities[i].secret, (int)i + 1, IDENTITY_KEY_BYTES);
		crypto_scalarmult_base(identities[i].public, identities[i].secret);
		identity_public_text(identities[i].public, key);
		n += (size_t)snprintf(json + n, sizeof(json) - n,
		    "%s{\"name\":\"%s\",\"role\":\"%s\",\"key\":\"%s\","
		    "\"address\":\"127.0.0.1:%u\"}",
		    (i > 0) ? "," : "", names[i], (i > 0) ? "computing" : "dealer", key,
		    (i == 2) ? port : 1);
	}
	n += (size_t)snprintf(json + n, sizeof(json) - n, "]}");
	if ((p = parties_load_memory(json, n, "parties.json")) == NULL)
		tap_bail("the parties file is not taken");
	return (p);
}

static void
set_up(void)
{
	int listener = listen_anywhere();

	options.parties = make_parties();
	options.identity = &identities[2];
	if (self_find(&bob, &options) == -1)
		tap_bail("no bob");
	bob.limits.strangers = STRANGERS;
	bob.limits.callers = CALLERS;
	alice = (struct link_self){ .identity = &identities[1], .parties = options.parties,
		.party = &options.parties->entries[1] };
	in.self = &bob;
	in.listener = listener;
	if ((in.callers = mem_array(self_parties(&bob), sizeof(*in.callers))) == NULL)
		tap_bail("memory");
}

/* ---- both sides ---- */

/* One turn of the agent's loop; everything that came is there. */
static void
turn(void)
{
	struct polled p = { .count = 0 };

	(void)poll(NULL, 0, 2);
	polled_clear(&p);
	incoming_poll(&in, &p);
	(void)polled_wait(&p, 20);
	incoming_step(&in);
	polled_free(&p);
}

static int
connected(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1)
		tap_bail("connect");
	return (fd);
}

/* An honest link of alice's, as far as its first message, which bob has taken. */
static struct link *
call(void)
{
	static uint8_t number[SESSION_NUMBER_BYTES];
	struct link *l;
	size_t i;

	number[0]++;
	if ((l = link_dial(&alice, &options.parties->entries[2], LINK_DATA, number)) == NULL)
		tap_bail("no link");
	for (i = 0; i < 20 && l->out_pos < l->out_len; i++) {
		(void)poll(NULL, 0, 1);
		link_step(l);
	}
	turn();
	return (l);
}

/* Whether a link of alice's opens at both sides. */
static bool
opens(struct link *l)
{
	struct link *far = NULL;
	size_t i;
	bool rc;

	for (i = 0; i < 100 && far == NULL; i++) {
		link_step(l);
		turn();
		while ((far = incoming_next(&in)) != NULL && far->state == LINK_FAILED)
			link_free(far);
	}
	rc = (l->state == LINK_OPEN && far != NULL && far->state == LINK_OPEN &&
	    far->peer == alice.party &&
	    memcmp(l->session, far->session, SESSION_NUMBER_BYTES) == 0);
	link_free(far);
	link_free(l);
	return (rc);
}

static size_t
callers(void)
{

	return (in.callers[1].links.count);
}

/* ---- tests ---- */

/* ${bytes} bytes on each of many connections, which stay open. */
static void
crowd(const void *data, size_t bytes, int fds[static CROWD])
{
	size_t i;

	for (i = 0; i < CROWD; i++) {
		fds[i] = connected();
		if (bytes > 0)
			(void)!send(fds[i], data, bytes, MSG_NOSIGNAL);
		if (i % 5 == 0)
			turn();
	}
	turn();
}

static void
test_crowd(const void *data, size_t bytes, size_t also, const char *what)
{
	struct link *before = call(), *amid;
	int fds[CROWD];
	size_t i;

	ok(callers() == 1, "%s: a link is in its handshake", what);
	crowd(data, bytes, fds);
	ok(in.strangers.links.count <= STRANGERS && callers() == 1 + also, "%s: a crowd makes room "
	    "for itself alone", what);
	ok(opens(before), "%s: the link opens", what);
	amid = call();
	ok(opens(amid), "%s: so does one that comes amid them", what);
	for (i = 0; i < CROWD; i++)
		close(fds[i]);
	for (i = 0; i < 5; i++)
		turn();
	while ((before = incoming_next(&in)) != NULL)
		link_free(before);
	ok(in.strangers.links.count == 0, "%s: and nothing is left of them", what);
}

/* Beginnings of honest links, that anybody on the way can copy. */
static void
test_crowds(void)
{
	struct link *l;
	uint8_t opening[LINK_PREFACE_MAX + 256];
	size_t bytes, preface;

	if ((l = link_dial(&alice, &options.parties->entries[2], LINK_CONTROL,
	    (const uint8_t[SESSION_NUMBER_BYTES]){ 0 })) == NULL)
		tap_bail("no link");
	bytes = l->out_len;
	preface = l->preface_bytes;
	memcpy(opening, l->out, bytes);
	link_free(l);
	catch_begin();
	test_crowd("", 0, 0, "silence");
	test_crowd("GET / HTTP/1.1\r\n", 16, 0, "another protocol");
	test_crowd(opening, 20, 0, "part of a preface");
	test_crowd(opening, preface, 0, "a copied preface");
	test_crowd(opening, bytes - 1, 0, "all but one byte of a first message");
	opening[bytes - 1] ^= 1;
	test_crowd(opening, bytes, 0, "a first message that is not genuine");
	opening[bytes - 1] ^= 1;
	/* The first one is not known yet. */
	test_crowd(opening, bytes, 1, "a first message that is replayed");
	ok(strstr(catch_end(), "the oldest make room") != NULL, "that it is too much is said");
}

/* A peer that begins too many handshakes pushes out its own oldest ones alone. */
static void
test_callers(void)
{
	struct link *l[CALLERS + 2], *far;
	const char *said;
	size_t i;
	int fd = connected();

	turn();
	catch_begin();
	for (i = 0; i < CALLERS + 2; i++)
		l[i] = call();
	ok(callers() == CALLERS && in.strangers.links.count == 1, "links in one name make room for "
	    "each other");
	said = catch_end();
	ok(strstr(said, "in the name of 'alice': the oldest make room") != NULL &&
	    strstr(strchr(said, '\n'), "make room") == NULL, "it is said, once");
	ok(memcmp(in.callers[1].links.first->session, l[2]->session, SESSION_NUMBER_BYTES) == 0,
	    "the oldest ones went");
	ok(opens(l[CALLERS + 1]), "the newest one opens");
	ok(opens(l[CALLERS]), "and the one before");
	for (i = 0; i < CALLERS; i++)
		link_free(l[i]);
	close(fd);
	for (i = 0; i < 5; i++)
		turn();
	while ((far = incoming_next(&in)) != NULL)
		link_free(far);
}

int
main(void)
{

	tap_plan(7 * 5 + 1 + 5);
	if (sodium_init() == -1)
		tap_bail("sodium");
	set_up();
	test_crowds();
	test_callers();
	incoming_free(&in);
	self_free(&bob);
	return (tap_end());
}
