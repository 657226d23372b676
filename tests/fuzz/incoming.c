/*
 * Connections to an agent, bob, many at a time, by alice and by strangers.  Each step has a kind, 1
 * byte, a connection or a number, 1 byte, and a length, 2 bytes:
 *
 *	0	so many connections come
 *	1	on one connection these bytes are sent
 *	2	on one connection alice goes on with an honest handshake
 *	3	one connection ends
 *	4	the agent's loop goes round
 *	5	alice connects and goes through the whole handshake at once
 *
 * However many connections there are and whatever they send, alice's whole handshake opens a link,
 * also one that she has begun, and ends after others have come who have proved nothing; and no link
 * opens that is not hers, or opens twice.  When the agent ends, it has no descriptor that it did
 * not have before.
 */

#include <sodium.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/incoming_internal.h"
#include "agent/tcp.h"
#include "base/mem.h"
#include "net/clock.h"
#include "opening.h"

#define STEP_BYTES 4
#define KINDS 6
#define MOST_CONNECTIONS 350
#define MOST_STEPS 300
#define ROUNDS 8 /* that the loop may take for what waits */
#define STRANGERS 64
#define CALLERS 32 /* more than there are handshakes */
#define SLOW_MS 5000
#define MOST_HANDSHAKES 20 /* they take most of the time */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct parties *parties;
static struct agent_options options;
static struct self self;
static char directory[] = "/tmp/smpc-fuzz-XXXXXX";
static struct sockaddr_un address = { .sun_family = AF_UNIX };

/* The other end of a connection. */
struct caller {
	int fd;      /* -1: it has ended */
	int said;    /* of an honest handshake: 0 nothing, 1 the opening, 2 all */
	bool spoilt; /* by other bytes */
	bool taken;  /* the agent has answered the opening */
	int64_t since;
	struct noise_handshake handshake;
};

static struct incoming in;
static struct polled polled;
static struct caller callers[MOST_CONNECTIONS];
static size_t n_callers, handshakes;
static size_t whole; /* handshakes that alice has sent to their end */
static size_t open_links;

/* ---- set-up ---- */

static void
remove_socket(void)
{

	(void)unlink(address.sun_path);
	(void)rmdir(directory);
}

static void
set_up(void)
{

	parties = fuzz_pair("computing", "computing");
	options.identity = &bob;
	options.parties = parties;
	self = (struct self){ .options = &options, .index = 1, .ledger = NULL,
		.limits = { .strangers = STRANGERS, .callers = CALLERS },
		.link = { &bob, parties, &parties->entries[1], NULL, NULL } };
	fuzz_check((self.link.replays = replays_new()) != NULL);
	fuzz_check(mkdtemp(directory) != NULL && atexit(remove_socket) == 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/tcp", directory);
}

static void
listen_anew(void)
{

	(void)unlink(address.sun_path);
	memset(&in, 0, sizeof(in));
	in.self = &self;
	fuzz_check((in.callers = mem_array(self_parties(&self), sizeof(*in.callers))) != NULL);
	fuzz_check((in.listener = socket(AF_UNIX, SOCK_STREAM, 0)) != -1);
	fuzz_check(bind(in.listener, (struct sockaddr *)&address, sizeof(address)) == 0);
	fuzz_check(listen(in.listener, MOST_CONNECTIONS) == 0 &&
	    socket_nonblocking(in.listener) == 0);
}

/* ---- what happens ---- */

/* Whether there is an answer to the opening; it takes some rounds where many have come before. */
static bool
is_answered(const struct caller *c)
{
	uint8_t byte;

	return (c->said == 1 && c->fd != -1 && recv(c->fd, &byte, 1, MSG_PEEK) == 1);
}

/* As the agent's loop has it. */
static void
go_round(void)
{
	struct link *l;
	size_t i;

	polled_clear(&polled);
	incoming_poll(&in, &polled);
	fuzz_check(polled_wait(&polled, 0) == 0);
	incoming_step(&in);
	while ((l = incoming_next(&in)) != NULL) {
		fuzz_check(l->state == LINK_OPEN || l->state == LINK_FAILED);
		if (l->state == LINK_OPEN) {
			fuzz_check(l->purpose == LINK_DATA &&
			    l->peer == parties_find(parties, "alice"));
			fuzz_check(++open_links <= whole);
		} else
			fuzz_check(l->why[0] != '\0');
		link_free(l);
	}
	for (i = 0; i < n_callers; i++)
		callers[i].taken = callers[i].taken || is_answered(&callers[i]);
}

static struct caller *
connect_one(void)
{
	struct caller *c;

	if (n_callers == MOST_CONNECTIONS)
		return (NULL);
	c = &callers[n_callers++];
	memset(c, 0, sizeof(*c));
	c->since = clock_ms();
	fuzz_check((c->fd = socket(AF_UNIX, SOCK_STREAM, 0)) != -1);
	fuzz_check(connect(c->fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	fuzz_check(socket_nonblocking(c->fd) == 0);
	return (c);
}

static void
say(struct caller *c, const uint8_t *data, size_t bytes)
{

	if (c->fd != -1 && bytes > 0)
		(void)!send(c->fd, data, bytes, MSG_NOSIGNAL);
}

/* Whether the agent has ended a connection, of somebody who has said nothing, to make room. */
static bool
is_ended(const struct caller *c)
{
	uint8_t byte;

	return (recv(c->fd, &byte, 1, MSG_PEEK) == 0);
}

/* Alice goes on with her handshake. */
static void
go_on(struct caller *c)
{
	uint8_t opening[OPENING_BYTES], confirm[CONFIRM_BYTES];
	size_t before = open_links, i;

	if (c->fd == -1 || c->said == 2 || (c->said == 0 && handshakes == MOST_HANDSHAKES))
		return;
	if (c->said++ == 0) {
		handshakes++;
		c->spoilt = c->spoilt || is_ended(c);
		write_opening(parties, &c->handshake, opening);
		say(c, opening, sizeof(opening));
		return;
	}
	write_confirmation(&c->handshake, c->fd, confirm);
	say(c, confirm, sizeof(confirm));
	whole += !c->spoilt;
	if (c->spoilt || !c->taken)
		return;
	for (i = 0; i < ROUNDS; i++)
		go_round();
	/* unless this machine is so slow that the time for a handshake is over */
	fuzz_check(open_links > before || clock_ms() - c->since > SLOW_MS);
}

/* A handshake that nothing comes between, as that of a party who is not slow. */
static void
whole_handshake(void)
{
	size_t before = open_links, i;
	struct caller *c;

	if (handshakes == MOST_HANDSHAKES || (c = connect_one()) == NULL)
		return;
	go_on(c);
	for (i = 0; i < ROUNDS; i++)
		go_round();
	go_on(c);
	fuzz_check(open_links > before || clock_ms() - c->since > SLOW_MS);
}

static void
hang_up(struct caller *c)
{

	noise_wipe(&c->handshake);
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
}

static void
step(uint8_t kind, uint8_t which, const uint8_t *data, size_t bytes)
{
	struct caller *c = (n_callers > 0) ? &callers[which % n_callers] : NULL;
	size_t i;

	switch (kind % KINDS) {
	case 0:
		for (i = 0; i <= which; i++)
			(void)connect_one();
		break;
	case 1:
		if (c != NULL && bytes > 0) {
			c->spoilt = true;
			say(c, data, bytes);
		}
		break;
	case 2:
		if (c != NULL)
			go_on(c);
		break;
	case 3:
		if (c != NULL)
			hang_up(c);
		break;
	case 4:
		go_round();
		break;
	default:
		whole_handshake();
	}
}

/* How many descriptors are open. */
static size_t
open_descriptors(void)
{
	size_t n = 0;
	int fd;

	for (fd = 0; fd < 4 * MOST_CONNECTIONS; fd++)
		n += (fcntl(fd, F_GETFD) != -1);
	return (n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t before, steps, bytes, i;

	if (parties == NULL)
		set_up();
	before = open_descriptors();
	n_callers = handshakes = whole = open_links = 0;
	listen_anew();
	for (steps = 0; size >= STEP_BYTES && steps < MOST_STEPS; steps++) {
		bytes = data[2] | (size_t)data[3] << 8;
		if (bytes > size - STEP_BYTES)
			bytes = size - STEP_BYTES;
		step(data[0], data[1], data + STEP_BYTES, bytes);
		data += STEP_BYTES + bytes;
		size -= STEP_BYTES + bytes;
	}
	go_round();
	for (i = 0; i < n_callers; i++)
		hang_up(&callers[i]);
	incoming_free(&in);
	fuzz_check(open_descriptors() == before);
	return (0);
}
