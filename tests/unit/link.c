/*
 * Links: both sides to the end, and everything that must not get there.
 *
 * The two sides are never joined directly.  What the one sends goes through the test, which keeps
 * it, changes it, cuts it, or says it again to somebody else.
 */

#include <sodium.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>

#include "child.h"
#include "net/clock.h"
#include "agent/link.h"
#include "agent/tcp.h"
#include "tap.h"

#define MAX_BYTES 1024
#define OPENING_BYTES (74 + 1 + 5 + 1 + 3 + 48) /* of alice to bob: preface and first message */
#define ANSWER_BYTES (1 + 48)
#define CONFIRM_BYTES (2 + 16)
#define NO_CHANGE SIZE_MAX

/* Alice dials, Bob is dialled; Mallory has an identity too, and Carol is a third party. */
static struct identity *alice, *bob, *carol, *mallory;
static struct parties *parties, *other_parties, *forged_parties;
static struct link_self as_alice, as_bob;
static const struct link_self *said_to = &as_bob; /* whom say() addresses */
static struct noise_pair pairs[8]; /* what Alice keeps; Bob keeps nothing */
static const struct party *to_bob;
static int listener;
static uint8_t session[SESSION_NUMBER_BYTES] = { 7, 7, 7 };

/* ---- parties ---- */

static struct parties *
make_parties(const struct identity *a, const struct identity *b, uint16_t port, const char *blank)
{
	char json[2000], keys[3][IDENTITY_TEXT_BYTES];
	struct parties *p;
	int n;

	identity_public_text(a->public, keys[0]);
	identity_public_text(b->public, keys[1]);
	identity_public_text(carol->public, keys[2]);
	n = snprintf(json, sizeof(json), "{\"version\":1,%s\"parties\":["
	    "{\"name\":\"alice\",\"role\":\"computing\",\"key\":\"%s\","
	    "\"address\":\"127.0.0.1:%u\"},"
	    "{\"name\":\"bob\",\"role\":\"computing\",\"key\":\"%s\",\"address\":\"127.0.0.1:%u\"},"
	    "{\"name\":\"carol\",\"role\":\"dealer\",\"key\":\"%s\",\"address\":\"127.0.0.1:1\"}]}",
	    blank, keys[0], port, keys[1], port, keys[2]);
	if ((p = parties_load_memory(json, (size_t)n, "parties.json")) == NULL)
		tap_bail("the parties file is not taken");
	return (p);
}

static uint16_t
listen_anywhere(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((listener = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(listener, 8) == -1 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) == -1)
		tap_bail("cannot listen on the loopback address");
	return (ntohs(address.sin_port));
}

static void
set_up(void)
{
	uint16_t port = listen_anywhere();

	alice = identity_generate();
	bob = identity_generate();
	carol = identity_generate();
	mallory = identity_generate();
	if (alice == NULL || bob == NULL || carol == NULL || mallory == NULL)
		tap_bail("no identities");
	parties = make_parties(alice, bob, port, "");
	other_parties = make_parties(alice, bob, port, " ");
	forged_parties = make_parties(mallory, bob, port, "");
	as_alice = (struct link_self){ .identity = alice, .parties = parties,
	    .party = parties_find(parties, "alice"), .pairs = pairs };
	as_bob = (struct link_self){ bob, parties, parties_find(parties, "bob"), NULL, NULL };
	to_bob = as_bob.party;
}

/* ---- two sides, and what lies between ---- */

struct sides {
	struct link *from, *to;
	int near, far; /* the test's ends of both connections */
	uint8_t forth[MAX_BYTES], back[MAX_BYTES];
	size_t n_forth, n_back;
	size_t change_forth, change_back; /* the byte to be changed */
	uint8_t mask;
	size_t cut_forth, cut_back; /* pass so many bytes only */
};

/* An accepting side, and the test's end of its connection. */
static struct link *
accepting(const struct link_self *self, int *fd)
{
	struct link *l = NULL;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1 || socket_nonblocking(fds[0]) == -1 ||
	    socket_nonblocking(fds[1]) == -1 || (l = link_accept(self, fds[0])) == NULL)
		tap_bail("no connection");
	*fd = fds[1];
	return (l);
}

static struct link *
dialling(const struct link_self *self, const struct party *peer, enum link_purpose purpose,
    const uint8_t *number, int *fd)
{
	struct link *l = link_dial(self, peer, purpose, number);

	if (l == NULL || l->fd == -1 || (*fd = accept(listener, NULL, NULL)) == -1 ||
	    socket_nonblocking(*fd) == -1)
		tap_bail("no connection");
	return (l);
}

static struct sides
sides_of(const struct link_self *from, const struct link_self *to, enum link_purpose purpose,
    const uint8_t *number)
{
	struct sides s;

	memset(&s, 0, sizeof(s));
	s.from = dialling(from, to_bob, purpose, number, &s.near);
	s.to = accepting(to, &s.far);
	s.change_forth = s.change_back = s.cut_forth = s.cut_back = NO_CHANGE;
	return (s);
}

static void
sides_free(struct sides *s)
{

	link_free(s->from);
	link_free(s->to);
	close(s->near);
	close(s->far);
}

/* Pass on what there is; return whether there was something. */
static bool
pass(int from, int to, uint8_t *kept, size_t *count, size_t change, uint8_t mask, size_t cut)
{
	ssize_t n = recv(from, kept + *count, MAX_BYTES - *count, 0);
	size_t start = *count, end;

	if (n <= 0)
		return (false);
	end = *count += (size_t)n;
	if (change >= start && change < end)
		kept[change] ^= mask;
	if (end > cut)
		end = cut;
	if (end > start)
		(void)!send(to, kept + start, end - start, MSG_NOSIGNAL);
	return (true);
}

/* Let both go on until nothing moves any more. */
static void
run(struct sides *s)
{
	int quiet = 0;

	while (quiet < 3) {
		link_step(s->from);
		quiet++;
		if (pass(s->near, s->far, s->forth, &s->n_forth, s->change_forth, s->mask,
		    s->cut_forth))
			quiet = 0;
		link_step(s->to);
		if (pass(s->far, s->near, s->back, &s->n_back, s->change_back, s->mask,
		    s->cut_back))
			quiet = 0;
		/* Loopback may take a moment. */
		if (quiet > 0)
			(void)poll(&(struct pollfd){ s->near, POLLIN, 0 }, 1, (quiet == 1) ? 2 : 0);
	}
}

static bool
both_open(const struct sides *s)
{

	return (s->from->state == LINK_OPEN && s->to->state == LINK_OPEN);
}

static bool
same(const void *a, const void *b)
{

	return (memcmp(a, b, 32) == 0);
}

/* ---- to the end ---- */

static void
check_open(struct sides *s, enum link_purpose purpose, const uint8_t *number)
{

	ok(both_open(s), "%s: both sides open", (purpose == LINK_CONTROL) ? "control" : "data");
	ok(s->to->peer == as_alice.party && s->from->peer == to_bob && s->to->purpose == purpose &&
	    memcmp(s->to->session, number, SESSION_NUMBER_BYTES) == 0,
	    "the dialled side knows who, what for, which session");
	ok(same(s->from->send.k, s->to->receive.k) && same(s->from->receive.k, s->to->send.k),
	    "keys match crosswise");
	ok(!same(s->from->send.k, s->from->receive.k), "and those of the two directions differ");
	ok(same(s->from->seed, s->to->seed) && !same(s->from->seed, s->from->send.k) &&
	    !same(s->from->seed, s->from->receive.k), "both have the same seed, and it is no "
	    "transport key");
	ok(s->from->send.n == 1 && s->to->receive.n == 1 && s->from->receive.n == 0 &&
	    s->to->send.n == 0, "the confirmation was the first record");
	ok(s->n_forth == OPENING_BYTES + CONFIRM_BYTES && s->n_back == ANSWER_BYTES,
	    "no byte more was sent");
}

static void
test_open(enum link_purpose purpose)
{
	struct sides s = sides_of(&as_alice, &as_bob, purpose, session);
	uint8_t sealed[16 + 5], plain[5];
	int fd;

	run(&s);
	check_open(&s, purpose, session);
	ok(noise_encrypt(&s.from->send, (const uint8_t *)"hello", 5, sealed) == 0 &&
	    noise_decrypt(&s.to->receive, sealed, sizeof(sealed), plain) == 0 &&
	    memcmp(plain, "hello", 5) == 0, "what follows is encrypted with these keys");
	fd = link_take(s.to);
	ok(fd != -1 && s.to->fd == -1, "the connection can be taken");
	link_free(s.to);
	s.to = NULL;
	ok(write(fd, "x", 1) == 1 && read(s.far, plain, 1) == 1, "and outlives the link");
	close(fd);
	sides_free(&s);
}

/* Nothing that follows the handshake is swallowed by it. */
static void
test_following(void)
{
	struct sides s = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	char rest[16];

	while (s.from->state == LINK_OPENING) {
		link_step(s.from);
		(void)pass(s.near, s.far, s.forth, &s.n_forth, NO_CHANGE, 0, NO_CHANGE);
		if (s.from->state == LINK_OPENING)
			link_step(s.to);
		(void)pass(s.far, s.near, s.back, &s.n_back, NO_CHANGE, 0, NO_CHANGE);
	}
	(void)!send(link_take(s.from), "next", 4, 0);
	run(&s);
	ok(s.to->state == LINK_OPEN && recv(link_take(s.to), rest, sizeof(rest), 0) == 4 &&
	    memcmp(rest, "next", 4) == 0, "what comes right behind the handshake is left for the "
	    "reader");
	sides_free(&s);
}

/* The same bytes, given one at a time. */
static void
test_slowly(void)
{
	struct sides s = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	size_t forth = 0, back = 0, early = 0;
	int turns;

	for (turns = 0; turns < 2000 && !both_open(&s); turns++) {
		link_step(s.from);
		(void)pass(s.near, s.far, s.forth, &s.n_forth, NO_CHANGE, 0, 0);
		if (forth < s.n_forth)
			(void)!send(s.far, s.forth + forth++, 1, 0);
		early += (s.to->state == LINK_OPEN && forth < OPENING_BYTES + CONFIRM_BYTES);
		link_step(s.to);
		(void)pass(s.far, s.near, s.back, &s.n_back, NO_CHANGE, 0, 0);
		if (back < s.n_back)
			(void)!send(s.near, s.back + back++, 1, 0);
	}
	ok(both_open(&s) && early == 0 && same(s.from->seed, s.to->seed), "a byte at a time comes "
	    "to the same end, no sooner");
	sides_free(&s);
}

/* ---- the seed ---- */

/*
 * A source of "random" numbers that can be started again, so that two handshakes have the same
 * ephemeral keys.
 */
static uint64_t drawn;

static const char *
repeat_name(void)
{

	return ("repeat");
}

static void
repeat_draw(void *const data, const size_t bytes)
{
	uint8_t seed[randombytes_SEEDBYTES] = { 1 };

	memcpy(seed + 8, &drawn, sizeof(drawn));
	drawn++;
	randombytes_buf_deterministic(data, bytes, seed);
}

static uint32_t
repeat_random(void)
{
	uint32_t v;

	repeat_draw(&v, sizeof(v));
	return (v);
}

static randombytes_implementation repeat = { .implementation_name = repeat_name,
	.random = repeat_random,
	.buf = repeat_draw };

/* Open a link with the ephemeral keys that all links of this kind have. */
static void
repeated(enum link_purpose purpose, const uint8_t *number, uint8_t seed[32], uint8_t key[32])
{
	struct sides s;

	drawn = 0;
	s = sides_of(&as_alice, &as_bob, purpose, number);
	run(&s);
	if (!both_open(&s) || !same(s.from->seed, s.to->seed))
		tap_bail("a link does not open");
	memcpy(seed, s.from->seed, 32);
	memcpy(key, s.from->send.k, 32);
	sides_free(&s);
}

static void
test_seed(void)
{
	uint8_t other[SESSION_NUMBER_BYTES], seeds[4][32], keys[4][32];

	memcpy(other, session, sizeof(other));
	other[31] = 1;
	randombytes_set_implementation(&repeat);
	repeated(LINK_DATA, session, seeds[0], keys[0]);
	repeated(LINK_DATA, session, seeds[1], keys[1]);
	repeated(LINK_DATA, other, seeds[2], keys[2]);
	repeated(LINK_CONTROL, session, seeds[3], keys[3]);
	randombytes_set_implementation(&randombytes_sysrandom_implementation);
	ok(same(seeds[0], seeds[1]) && same(keys[0], keys[1]), "the test repeats ephemeral keys");
	ok(!same(seeds[0], seeds[2]), "with the same ones, another session number gives another "
	    "seed");
	ok(!same(seeds[0], seeds[3]), "and so does another purpose");
	repeated(LINK_DATA, session, seeds[1], keys[1]);
	ok(!same(seeds[0], seeds[1]) && !same(keys[0], keys[1]), "otherwise every link has new "
	    "keys and a new seed");
}

/* ---- those who are not let in ---- */

/* Neither side opens; each knows whether it was refused, and says why in words that hold these. */
static void
check_refused(struct sides *s, const char *from_says, const char *to_says, const char *what)
{

	run(s);
	if (!ok(s->from->state == LINK_FAILED && s->to->state == LINK_FAILED && s->from->refused &&
	    s->to->refused && strstr(s->from->why, from_says) != NULL &&
	    strstr(s->to->why, to_says) != NULL, "%s", what))
		tap_note("  states %d, %d; said \"%s\" and \"%s\"", (int)s->from->state,
		    (int)s->to->state, s->from->why, s->to->why);
	if (s->to->send.keyed || s->to->receive.keyed)
		tap_bail("keys were made for a stranger");
	sides_free(s);
}

static void
test_strangers(void)
{
	struct link_self l = { mallory, parties, as_alice.party, NULL, NULL };
	struct sides s = sides_of(&l, &as_bob, LINK_CONTROL, session);

	check_refused(&s, "our key is not the one", "does not have that party's key",
	    "another key in alice's name");
	l = (struct link_self){ mallory, parties, as_bob.party, NULL, NULL };
	s = sides_of(&as_alice, &l, LINK_CONTROL, session);
	check_refused(&s, "its own key is not the one", "another key of ours",
	    "a key that is not bob's, at his address");
	s = sides_of(&as_alice, &(struct link_self){ carol, parties, parties_find(parties, "carol"),
	    NULL, NULL }, LINK_CONTROL, session);
	check_refused(&s, "or is somebody else", "'alice' asks for 'bob'",
	    "carol at bob's address");
	l = (struct link_self){ bob, parties, as_bob.party, NULL, NULL };
	s = sides_of(&l, &as_bob, LINK_CONTROL, session);
	check_refused(&s, "does not know us by that name", "'bob' asks for 'bob'", "bob himself");
	l = (struct link_self){ alice, other_parties, parties_find(other_parties, "alice"), NULL,
		NULL };
	s = sides_of(&l, &as_bob, LINK_CONTROL, session);
	check_refused(&s, "another parties file", "'alice' has another parties file",
	    "a parties file with one blank more");
	l = (struct link_self){ mallory, forged_parties, parties_find(forged_parties, "alice"),
		NULL, NULL };
	s = sides_of(&l, &as_bob, LINK_CONTROL, session);
	check_refused(&s, "another parties file", "another parties file",
	    "a parties file with another key in it");
}

/* ---- damage ---- */

/*
 * Change one byte; return whether anybody who was given it opened, or a side opened that must not.
 */
static bool
change_opens(size_t forth, size_t back, uint8_t mask)
{
	struct sides s = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	bool bad;

	s.change_forth = forth;
	s.change_back = back;
	s.mask = mask;
	run(&s);
	/* The one who dials has done its part when it confirms. */
	bad = (s.to->state == LINK_OPEN || (s.from->state == LINK_OPEN &&
	    (back != NO_CHANGE || forth < OPENING_BYTES)));
	/* Nobody is left waiting once the connection is gone. */
	shutdown(s.near, SHUT_RDWR);
	shutdown(s.far, SHUT_RDWR);
	run(&s);
	bad = bad || s.to->state != LINK_FAILED || s.from->state == LINK_OPENING;
	sides_free(&s);
	return (bad);
}

static void
test_changes(void)
{
	static const uint8_t masks[] = { 0x01, 0x80, 0xff };
	size_t i, j, bad = 0;

	for (i = 0; i < OPENING_BYTES + CONFIRM_BYTES; i++) {
		for (j = 0; j < sizeof(masks); j++)
			bad += change_opens(i, NO_CHANGE, masks[j]);
	}
	ok_u64(bad, 0, "no byte of what the dialling side says can be changed");
	bad = 0;
	for (i = 0; i < ANSWER_BYTES; i++) {
		for (j = 0; j < sizeof(masks); j++)
			bad += change_opens(NO_CHANGE, i, masks[j]);
	}
	ok_u64(bad, 0, "nor of the answer");
}

/* Cut the connection behind some bytes; return whether a side opened that must not, or hangs. */
static bool
cut_opens(size_t forth, size_t back)
{
	struct sides s = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	bool bad;

	s.cut_forth = forth;
	s.cut_back = back;
	run(&s);
	shutdown(s.near, SHUT_RDWR);
	shutdown(s.far, SHUT_RDWR);
	run(&s);
	bad = (s.to->state != LINK_FAILED || (back != NO_CHANGE && s.from->state != LINK_FAILED) ||
	    s.from->state == LINK_OPENING || s.to->refused);
	sides_free(&s);
	return (bad);
}

static void
test_cuts(void)
{
	size_t i, bad = 0;

	for (i = 0; i < OPENING_BYTES + CONFIRM_BYTES; i++)
		bad += cut_opens(i, NO_CHANGE);
	for (i = 0; i < ANSWER_BYTES; i++)
		bad += cut_opens(NO_CHANGE, i);
	ok_u64(bad, 0, "a connection cut at any byte fails, as one of the network");
}

/* ---- what others send ---- */

/*
 * Give bytes to an accepting link, which must not open; return the verdict that it sent, -1 if
 * none.
 */
static int
say(const void *data, size_t bytes, bool *opened, char why[256])
{
	struct link *l;
	uint8_t answer[MAX_BYTES];
	int fd, verdict = -1, i;

	l = accepting(said_to, &fd);
	(void)!send(fd, data, bytes, MSG_NOSIGNAL);
	for (i = 0; i < 3; i++)
		link_step(l);
	*opened = (l->state == LINK_OPEN);
	snprintf(why, 256, "%s", l->why);
	if (recv(fd, answer, sizeof(answer), 0) > 0)
		verdict = answer[0];
	close(fd);
	link_free(l);
	return (verdict);
}

static void
test_garbage(void)
{
	static const char *const texts[] = { "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2p1\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "",
		"\xb5LINK\r\n\x1a\x02\x03" };
	uint8_t bytes[MAX_BYTES];
	size_t i, bad = 0;
	bool opened;
	char why[256];

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, texts[i], strlen(texts[i]));
		bad += (say(bytes, sizeof(bytes), &opened, why) != -1 || opened ||
		    strstr(why, "does not speak") == NULL);
		bad += (say(texts[i], strlen(texts[i]), &opened, why) != -1 || opened);
	}
	for (i = 0; i < 2000; i++) {
		randombytes_buf(bytes, sizeof(bytes));
		bad += (say(bytes, 1 + i % sizeof(bytes), &opened, why) != -1 || opened);
	}
	ok_u64(bad, 0, "garbage is not answered");
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, "\xb5LINK\r\n\x1a\x01", 9);
	ok_i64(say(bytes, sizeof(bytes), &opened, why), 4,
	    "who speaks another version is told so");
	ok(!opened && strstr(why, "another version") != NULL, "and it is said here, too");
}

/* All that was said in a good handshake, said again to another link. */
static void
test_replay(void)
{
	struct sides s = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	uint8_t mixed[MAX_BYTES];
	struct sides again;
	bool opened;
	char why[256];

	run(&s);
	if (!both_open(&s))
		tap_bail("a link does not open");
	ok(say(s.forth, OPENING_BYTES, &opened, why) == 0 && !opened, "a replayed first message is "
	    "answered, and no more");
	ok(say(s.forth, s.n_forth, &opened, why) == 0 && !opened &&
	    strstr(why, "replayed or forged") != NULL, "with the confirmation that belonged to it, "
	    "it is refused");
	/* The confirmation of one link for another one of the same two. */
	again = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	again.cut_forth = OPENING_BYTES;
	run(&again);
	memcpy(mixed, s.forth + OPENING_BYTES, CONFIRM_BYTES);
	(void)!send(again.far, mixed, CONFIRM_BYTES, 0);
	link_step(again.to);
	ok(again.to->state == LINK_FAILED && again.to->refused, "nor does it confirm another link");
	sides_free(&again);
	/* What the dialled side said, to the one that dials again. */
	again = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	again.cut_back = 0;
	link_step(again.from);
	(void)!send(again.near, s.back, s.n_back, 0);
	run(&again);
	ok(again.from->state == LINK_FAILED && again.from->refused, "a replayed answer is refused");
	sides_free(&again);
	sides_free(&s);
}

/* Where first messages are remembered, one that was taken is not answered again; others are. */
static void
test_remembered(void)
{
	const struct link_self *before = said_to;
	struct link_self remembers = as_bob;
	struct sides s, other;
	char why[256] = "";
	bool opened;

	if ((remembers.replays = replays_new()) == NULL)
		tap_bail("no memory");
	said_to = &remembers;
	s = sides_of(&as_alice, &remembers, LINK_DATA, session);
	run(&s);
	other = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	run(&other);
	ok(both_open(&s) && both_open(&other), "links open");
	ok(say(s.forth, OPENING_BYTES, &opened, why) == -1 && !opened &&
	    strstr(why, "was replayed") != NULL, "a first message that is remembered is not "
	    "answered");
	ok(say(other.forth, OPENING_BYTES, &opened, why) == 0 && !opened, "another one is");
	ok(say(other.forth, OPENING_BYTES, &opened, why) == -1 && !opened, "once");
	other.forth[OPENING_BYTES - 1] ^= 1;
	ok(say(other.forth, OPENING_BYTES, &opened, why) == 3 && say(other.forth, OPENING_BYTES,
	    &opened, why) == 3, "one that is not genuine is not remembered");
	said_to = before;
	replays_free(remembers.replays);
	sides_free(&other);
	sides_free(&s);
}

/* ---- time ---- */

static void
test_time(void)
{
	struct sides s = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	int64_t now = clock_ms();

	ok(s.from->deadline - now > LINK_TIMEOUT_MS - 2000 && s.from->deadline <= now +
	    LINK_TIMEOUT_MS && s.to->deadline - now > LINK_TIMEOUT_MS - 2000 &&
	    s.to->deadline <= now + LINK_TIMEOUT_MS, "both sides have ten seconds");
	s.cut_forth = s.cut_back = 0;
	s.from->deadline = s.to->deadline = now + 100;
	run(&s);
	if (clock_ms() < now + 100)
		ok(s.from->state == LINK_OPENING && s.to->state == LINK_OPENING,
		    "they wait until then");
	else
		tap_skip(1, "this machine is too busy");
	nanosleep(&(struct timespec){ 0, 150000000 }, NULL);
	run(&s);
	ok(s.from->state == LINK_FAILED && s.to->state == LINK_FAILED && !s.from->refused &&
	    !s.to->refused, "and no longer");
	ok_str(s.from->why, "it does not answer", "the one that dialled says why");
	sides_free(&s);
	/* One that talks all the time without coming to the point gets no more. */
	s = sides_of(&as_alice, &as_bob, LINK_DATA, session);
	s.to->deadline = clock_ms() + 20;
	for (now = 0; now < 100 && s.to->state == LINK_OPENING; now++) {
		(void)!send(s.far, &"\xb5LINK\r\n\x1a"[now % 8], now < 8, MSG_NOSIGNAL);
		link_step(s.to);
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	}
	ok(s.to->state == LINK_FAILED, "talking does not move the deadline");
	sides_free(&s);
}

static void
test_nobody(void)
{
	struct link *l;
	int i;

	l = link_dial(&as_alice, parties_find(parties, "carol"), LINK_CONTROL, session);
	for (i = 0; i < 1000 && l->state == LINK_OPENING; i++) {
		link_step(l);
		(void)poll(&(struct pollfd){ l->fd, link_events(l), 0 }, 1, 10);
	}
	ok(l->state == LINK_FAILED && !l->refused && strstr(l->why, strerror(ECONNREFUSED)) != NULL,
	    "nobody there: the system's reason (%s)", l->why);
	link_free(l);
	link_free(NULL);
}

int
main(void)
{

	if (sodium_init() == -1)
		tap_bail("sodium");
	tap_plan(53);
	set_up();
	test_open(LINK_CONTROL);
	test_open(LINK_DATA);
	test_following();
	test_slowly();
	test_seed();
	test_strangers();
	test_changes();
	test_cuts();
	test_garbage();
	test_replay();
	test_remembered();
	test_time();
	test_nobody();
	close(listener);
	parties_free(parties);
	parties_free(other_parties);
	parties_free(forged_parties);
	identity_free(alice);
	identity_free(bob);
	identity_free(carol);
	identity_free(mallory);
	return (tap_end());
}
