/*
 * Records on the control link that a peer's agent, bob, has to us, alice: what comes of them before
 * anybody looks at what the messages say.  Each step has a kind, 1 byte, and a length, 2 bytes:
 *
 *	0	bob sends a message
 *	1	he sends these bytes as they are
 *	2	he sends a message of which a bit is changed on the way; its first byte says which
 *	3	he opens a new link
 *	4	he ends
 *	5	we send him a message
 *	6	our command ends
 *	7	somebody else fails to open a link in his name
 *
 * A message is handed on if it was sent, whole, in order, and once; after bytes that are no record
 * of his the link is lost, once, and nothing more is handed on.  What we send is what he gets.
 */

#include <sodium.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/peers_internal.h"
#include "agent/tcp.h"
#include "pair.h"

#define STEP_BYTES 3
#define KINDS 8
#define MOST_MESSAGES 200
#define UNREAD 0xba /* a message that begins so behind its type is not read to its end */
#define BOB 1
#define PIPE_BYTES ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct parties *parties;
static struct agent_options options;
static struct self self;
static struct polled polled;

/* Messages that are on their way, by their place in the input. */
struct queue {
	struct {
		const uint8_t *data;
		size_t bytes;
	} items[MOST_MESSAGES];
	size_t begin, end;
};

/* Alice's side, and bob's end of the link. */
static struct world {
	struct peers peers;
	int fd; /* -1: none */
	struct noise_cipher send, receive; /* of bob */
	struct queue to_alice, to_bob;
	bool linked;  /* alice has been told so */
	bool spoiled; /* what bob has sent is no record from here on */
	bool doomed;  /* a message was not understood, and so the link is to be lost at once */
	bool ended;
	size_t links, losses;
} w;

/* ---- what alice is told ---- */

static void
message_came(void *cookie, size_t index, enum control_message type, struct wire *m)
{
	uint8_t rest[NOISE_PLAIN_MAX];
	size_t bytes = m->left;
	struct queue *q = &w.to_alice;

	(void)cookie;
	fuzz_check(index == BOB && w.linked && q->begin < q->end);
	wire_bytes(m, rest, bytes);
	/* a message of no bytes has type 0, and says that it is bad */
	fuzz_check(q->items[q->begin].bytes == 0 || (bytes + 1 == q->items[q->begin].bytes &&
	    type == (enum control_message)q->items[q->begin].data[0] &&
	    memcmp(rest, q->items[q->begin].data + 1, bytes) == 0));
	q->begin++;
	m->bad = m->bad || (bytes > 0 && rest[0] == UNREAD);
	w.spoiled = w.spoiled || m->bad;
	w.doomed = w.doomed || m->bad;
}

static void
was_linked(void *cookie, size_t index)
{

	(void)cookie;
	fuzz_check(index == BOB && !w.linked);
	w.linked = true;
	w.links++;
}

static void
was_lost(void *cookie, size_t index, const char *why, bool ended)
{

	(void)cookie;
	(void)ended;
	fuzz_check(index == BOB && w.linked && strlen(why) > 0);
	w.linked = w.doomed = false;
	w.losses++;
}

static void
has_ended(void *cookie, size_t index)
{

	(void)cookie;
	fuzz_check(index == BOB && w.linked);
	w.ended = true;
}

/* ---- what bob does ---- */

static void
take(struct queue *q, const uint8_t *data, size_t bytes)
{

	q->items[q->end].data = data;
	q->items[q->end++].bytes = bytes;
}

static void
put(const void *data, size_t bytes)
{

	/* what does not fit was not sent, and breaks the record */
	if (w.fd != -1 && bytes > 0 && send(w.fd, data, bytes, MSG_NOSIGNAL) != (ssize_t)bytes)
		w.spoiled = true;
}

static void
bob_opens(void)
{
	static const struct noise_cipher forth = { .k = { 1 }, .keyed = 1 },
	    back = { .k = { 2 }, .keyed = 1 };
	int fds[2], room = (int)PIPE_BYTES;
	struct link *l;

	fuzz_check(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	fuzz_check(socket_nonblocking(fds[0]) == 0 && socket_nonblocking(fds[1]) == 0);
	(void)setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	fuzz_check((l = link_accept(&self.link, fds[0])) != NULL);
	l->state = LINK_OPEN;
	l->purpose = LINK_CONTROL;
	l->peer = &parties->entries[BOB];
	w.send = l->receive = forth;
	w.receive = l->send = back;
	if (w.fd != -1)
		close(w.fd);
	w.fd = fds[1];
	w.to_alice.begin = w.to_alice.end;
	w.to_bob.begin = w.to_bob.end;
	w.spoiled = false;
	peers_adopt(&w.peers, l);
	fuzz_check(w.linked);
}

/* Encrypt a message as a record. */
static size_t
record(const uint8_t *data, size_t bytes, uint8_t *out)
{
	size_t length = bytes + NOISE_TAG_BYTES;

	out[0] = length & 0xff;
	out[1] = (uint8_t)(length >> 8);
	fuzz_check(noise_encrypt(&w.send, data, bytes, out + 2) == 0);
	return (2 + length);
}

/* Whether alice hands a message on: signs of life and the end of a command stay with her. */
static bool
is_for_others(const uint8_t *data, size_t bytes)
{

	return (bytes == 0 || (data[0] != CONTROL_PING && data[0] != CONTROL_GONE));
}

/* Whether a message is about bob's end, and is not as it should be: alice herself reads that. */
static bool
is_bad_end(const uint8_t *data, size_t bytes)
{
	size_t i;

	if (bytes == 0 || data[0] != CONTROL_GONE)
		return (false);
	/* status, what the reason is about, and its length */
	if (bytes < 5 || (data[3] | (size_t)data[4] << 8) != bytes - 5 || bytes - 5 >= REASON_BYTES)
		return (true);
	for (i = 5; i < bytes && data[i] >= 0x20 && data[i] != 0x7f; i++)
		continue;
	return (i < bytes);
}

static void
bob_says(const uint8_t *data, size_t bytes, bool changed)
{
	uint8_t out[2 + NOISE_MESSAGE_MAX];
	size_t n, at;

	if (w.fd == -1 || bytes > NOISE_PLAIN_MAX)
		return;
	n = record(data, bytes, out);
	if (changed) {
		at = (bytes > 0) ? (data[0] * (size_t)8 + data[0] % 8) % (8 * n) : 7;
		out[at / 8] ^= (uint8_t)(1 << at % 8);
	}
	/* a record of nothing has an impossible length */
	w.spoiled = w.spoiled || changed || bytes == 0 || is_bad_end(data, bytes);
	if (!w.spoiled && is_for_others(data, bytes))
		take(&w.to_alice, data, bytes);
	put(out, n);
}

/* Read what has come, which is what alice has said, in order. */
static void
bob_reads(void)
{
	static uint8_t in[PIPE_BYTES];
	uint8_t plain[NOISE_PLAIN_MAX];
	struct queue *q = &w.to_bob;
	size_t have = 0, at, length;
	ssize_t n;

	while (w.fd != -1 && have < sizeof(in) && (n = recv(w.fd, in + have, sizeof(in) - have,
	    0)) > 0)
		have += (size_t)n;
	for (at = 0; have - at >= 2; at += 2 + length) {
		length = in[at] | (size_t)in[at + 1] << 8;
		fuzz_check(length > NOISE_TAG_BYTES && have - at >= 2 + length);
		fuzz_check(noise_decrypt(&w.receive, in + at + 2, length, plain) == 0);
		length -= NOISE_TAG_BYTES;
		if (plain[0] != CONTROL_PING && plain[0] != CONTROL_GONE) {
			fuzz_check(q->begin < q->end && q->items[q->begin].bytes == length &&
			    memcmp(q->items[q->begin].data, plain, length) == 0);
			q->begin++;
		}
		length += NOISE_TAG_BYTES;
	}
}

/* ---- a run ---- */

static void
we_say(const uint8_t *data, size_t bytes)
{
	struct buf message = { NULL, 0, 0 };

	if (bytes == 0 || bytes > NOISE_PLAIN_MAX || !is_for_others(data, bytes))
		return;
	fuzz_check(buf_append(&message, data, bytes) == 0);
	if (w.linked)
		take(&w.to_bob, data, bytes);
	if (data[0] % 2 == 0)
		peers_send(&w.peers, BOB, &message);
	else
		peers_broadcast(&w.peers, &message);
	buf_free(&message);
}

/* A connection that claimed to be bob has failed: his link is what it was. */
static void
turn_away(void)
{
	struct link l = { .peer = &parties->entries[BOB], .refused = true, .why = "a stranger" };

	peers_turned_away(&w.peers, &l);
	fuzz_check(w.linked == peers_state(&w.peers, BOB).linked);
}

static void
step(uint8_t kind, const uint8_t *data, size_t bytes)
{

	switch (kind % KINDS) {
	case 0:
		bob_says(data, bytes, false);
		break;
	case 1:
		w.spoiled = w.spoiled || bytes > 0;
		put(data, bytes);
		break;
	case 2:
		bob_says(data, bytes, true);
		break;
	case 3:
		bob_opens();
		break;
	case 4:
		if (w.fd != -1)
			close(w.fd);
		w.fd = -1;
		break;
	case 5:
		we_say(data, bytes);
		break;
	case 6:
		peers_goodbye(&w.peers, 3, "", false);
		break;
	default:
		turn_away();
	}
}

/* Let alice's loop go round once. */
static void
go_round(void)
{

	polled_clear(&polled);
	peers_poll(&w.peers, &polled);
	fuzz_check(polled_wait(&polled, 0) == 0 && peers_timeout(&w.peers) >= 0);
	peers_read(&w.peers);
	peers_write(&w.peers);
	bob_reads();
	fuzz_check(w.linked == peers_state(&w.peers, BOB).linked);
	fuzz_check(w.links == w.losses + w.linked && !w.doomed);
	fuzz_check(!w.ended || peers_state(&w.peers, BOB).status <= 255);
	fuzz_check(w.linked || w.spoiled || w.fd == -1);
	/* Whatever was sent has come, unless something that is no record stands before it. */
	fuzz_check(!w.linked || w.spoiled || w.to_alice.begin == w.to_alice.end);
}

static void
set_up(void)
{
	static char host[] = "127.0.0.1";

	parties = fuzz_pair("computing", "computing");
	/* so that bob calls alice */
	parties->entries[0].host = host;
	parties->entries[0].port = 1;
	options.identity = &alice;
	options.parties = parties;
	self = (struct self){ .options = &options, .index = 0, .ledger = NULL,
		.link = { &alice, parties, &parties->entries[0], NULL, NULL } };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t steps, bytes;

	if (parties == NULL)
		set_up();
	memset(&w, 0, sizeof(w));
	w.fd = -1;
	w.peers.self = &self;
	w.peers.events = (struct peer_events){ .message = message_came, .linked = was_linked,
		.lost = was_lost, .ended = has_ended };
	fuzz_check(peers_start(&w.peers) == 0 && !peers_call(&w.peers, BOB));
	bob_opens();
	for (steps = 0; size >= STEP_BYTES && steps < MOST_MESSAGES; steps++) {
		bytes = data[1] | (size_t)data[2] << 8;
		if (bytes > size - STEP_BYTES)
			bytes = size - STEP_BYTES;
		step(data[0], data + STEP_BYTES, bytes);
		/* several steps may come at once */
		if (data[0] < 0x80)
			go_round();
		data += STEP_BYTES + bytes;
		size -= STEP_BYTES + bytes;
	}
	go_round();
	fuzz_check(peers_need(&w.peers, BOB) && !peers_need(&w.peers, 0));
	(void)peers_all_know(&w.peers);
	peers_free(&w.peers);
	if (w.fd != -1)
		close(w.fd);
	return (0);
}
