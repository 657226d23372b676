/*
 * What peers' agents and this machine's tools tell an agent, after any authentication: an agent in
 * memory, with links that lead nowhere.  The first byte says who we are, the first computing party,
 * which pairs, or the second one.  Then, each with its kind, 1 byte, who or which, 1 byte, and a
 * length, 2 bytes:
 *
 *	0	a message of a peer's agent
 *	1	a message of a tool; tools connect when they are named for the first time
 *	2	a tool ends
 *	3	a data link of a peer is open; the rest is the session number, or nothing: that of
 *		the newest session
 *	4	a peer's command has ended
 *
 * What is drawn at random is the same every time, so that inputs can hold it.
 */

#include <sodium.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/made_parties.h"
#include "check.h"
#include "agent/agent_internal.h"
#include "agent/ledger.h"
#include "net/clock.h"
#include "agent/tcp.h"

#define N_PARTIES 4 /* a dealer, two computing parties, a receiver */
#define N_TOOLS 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct parties *parties;
static struct identity identities[N_PARTIES];
static char ledger_path[] = "/tmp/smpc-fuzz-XXXXXX";
static struct ledger *ledger;

/* An agent and the other ends of its connections. */
struct world {
	struct agent a;
	struct agent_options options;
	int tools[N_TOOLS]; /* -1: not connected */
};

/* ---- set-up ---- */

static const char *
same_name(void)
{

	return ("same");
}

static void
same_draw(void *const data, const size_t bytes)
{

	memset(data, 7, bytes);
}

static uint32_t
same_random(void)
{

	return (7);
}

static randombytes_implementation same = { .implementation_name = same_name, .random = same_random,
	.buf = same_draw };

static void
remove_ledger(void)
{

	char file[64];

	ledger_close(ledger);
	snprintf(file, sizeof(file), "%s/" LEDGER_FILE, ledger_path);
	(void)unlink(file);
	(void)rmdir(ledger_path);
}

static void
set_up(void)
{
	static const char *const roles[N_PARTIES] = { "dealer", "computing", "computing",
		"receiver" };

	randombytes_set_implementation(&same);
	fuzz_check(sodium_init() != -1);
	parties = made_parties(identities, roles, N_PARTIES, "");
	fuzz_check(mkdtemp(ledger_path) != NULL &&
	    (ledger = ledger_open_directory(ledger_path)) != NULL);
	fuzz_check(atexit(remove_ledger) == 0);
}

/* Every input begins with an empty ledger. */
static void
empty_ledger(void)
{
	struct stat st;
	char file[64];

	snprintf(file, sizeof(file), "%s/" LEDGER_FILE, ledger_path);
	fuzz_check(stat(file, &st) == 0);
	if (st.st_size == LEDGER_RECORD_BYTES)
		return;
	ledger_close(ledger);
	fuzz_check(unlink(file) == 0 && (ledger = ledger_open_directory(ledger_path)) != NULL);
}

/* Nobody is dialled; what is sent to a peer is kept. */
static void
add_peer(struct world *w, size_t i)
{
	struct peer *p = &w->a.peers.list[i];

	p->party = &parties->entries[i];
	if (i == w->a.self.index)
		return;
	p->needed = true;
	fuzz_check((p->control = mem_array(1, sizeof(*p->control))) != NULL);
	p->control->fd = -1;
	p->control->send.keyed = p->control->receive.keyed = 1;
	p->control->heard = p->control->spoke = clock_ms();
}

static void
world_start(struct world *w, size_t own)
{
	size_t i;

	memset(w, 0, sizeof(*w));
	w->options.identity = &identities[own];
	w->options.parties = parties;
	w->a.self = (struct self){ .options = &w->options, .index = own, .ledger = ledger,
		.link = { .identity = &identities[own], .parties = parties,
		.party = &parties->entries[own] } };
	agent_join_parts(&w->a);
	fuzz_check(pairing_start(&w->a.pairing) == 0 && sessions_start(&w->a.sessions) == 0);
	w->a.self.limits = limits_find(N_PARTIES);
	fuzz_check((w->a.peers.list = mem_array(N_PARTIES, sizeof(*w->a.peers.list))) != NULL);
	for (i = 0; i < N_PARTIES; i++)
		add_peer(w, i);
	for (i = 0; i < N_TOOLS; i++)
		w->tools[i] = -1;
}

static void
world_end(struct world *w)
{
	size_t i;

	requests_free(&w->a.requests);
	declined_free(&w->a.declined);
	tools_free(&w->a.tools);
	sessions_free(&w->a.sessions);
	underway_free(&w->a.underway);
	pairing_free(&w->a.pairing);
	peers_free(&w->a.peers);
	for (i = 0; i < N_TOOLS; i++) {
		if (w->tools[i] != -1)
			close(w->tools[i]);
	}
	empty_ledger();
}

/* ---- what happens ---- */

/* As peers.c hands on what it has decrypted. */
static void
peer_says(struct world *w, size_t from, const uint8_t *data, size_t size)
{
	struct wire m = wire_of(data, size);
	enum control_message type = (enum control_message)wire_number(&m, 1);

	if (from == w->a.self.index || type < CONTROL_WAIT || type > CONTROL_LOST ||
	    type == CONTROL_GONE || type == CONTROL_PING)
		return;
	agent_hear(&w->a, from, type, &m);
}

static void
tool_connects(struct world *w, size_t which)
{
	struct client *t;
	int fds[2];

	fuzz_check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == 0);
	fuzz_check(socket_nonblocking(fds[0]) == 0 && socket_nonblocking(fds[1]) == 0);
	fuzz_check((t = mem_array(1, sizeof(*t))) != NULL);
	t->fd = fds[0];
	t->next = w->a.tools.list;
	w->a.tools.list = t;
	w->a.tools.count++;
	w->tools[which] = fds[1];
}

/* Read what the agent says to a tool; descriptors that come with it are closed. */
static void
tool_hears(int fd)
{
	union {
		char room[CMSG_SPACE(MEMBERS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	uint8_t data[2048];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	struct cmsghdr *c;
	int passed[MEMBERS_MAX];
	size_t i, n;

	if (recvmsg(fd, &m, 0) <= 0 || (c = CMSG_FIRSTHDR(&m)) == NULL)
		return;
	fuzz_check(data[0] == AGENT_READY);
	n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(passed, CMSG_DATA(c), n * sizeof(int));
	for (i = 0; i < n; i++)
		close(passed[i]);
}

static void
tool_says(struct world *w, size_t which, const uint8_t *data, size_t size)
{

	if (w->tools[which] == -1)
		tool_connects(w, which);
	if (size > 0)
		(void)!send(w->tools[which], data, size, MSG_NOSIGNAL);
}

static void
link_opens(struct world *w, size_t from, const uint8_t *data, size_t size)
{
	struct link *l;
	int fds[2];

	if (from == w->a.self.index || (size == 0 && w->a.sessions.list == NULL))
		return;
	fuzz_check(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	l = link_accept(&w->a.self.link, fds[0]);
	fuzz_check(l != NULL);
	close(fds[1]);
	l->state = LINK_OPEN;
	l->purpose = LINK_DATA;
	l->peer = &parties->entries[from];
	l->send.keyed = l->receive.keyed = 1;
	if (size == 0)
		memcpy(l->session, w->a.sessions.list->number, SESSION_NUMBER_BYTES);
	else
		memcpy(l->session, data,
		    (size < SESSION_NUMBER_BYTES) ? size : SESSION_NUMBER_BYTES);
	sessions_link(&w->a.sessions, l);
}

static void
happens(struct world *w, uint8_t kind, uint8_t who, const uint8_t *data, size_t size)
{
	struct client *t;
	size_t i;

	switch (kind % 5) {
	case 0:
		peer_says(w, who % N_PARTIES, data, size);
		break;
	case 1:
		tool_says(w, who % N_TOOLS, data, size);
		break;
	case 2:
		if (w->tools[who % N_TOOLS] != -1)
			close(w->tools[who % N_TOOLS]);
		w->tools[who % N_TOOLS] = -1;
		break;
	case 3:
		link_opens(w, who % N_PARTIES, data, size);
		break;
	default:
		if (who % N_PARTIES != w->a.self.index)
			pairing_ended(&w->a.pairing, who % N_PARTIES);
	}
	for (t = w->a.tools.list; t != NULL; t = t->next)
		t->ready = true;
	requests_step(&w->a.requests);
	sessions_step(&w->a.sessions);
	for (i = 0; i < N_TOOLS; i++) {
		if (w->tools[i] != -1)
			tool_hears(w->tools[i]);
	}
}

/* What must hold at every time. */
static void
check_world(const struct world *w)
{
	const struct opening_session *s;
	const struct ticket *v;
	const struct client *t;
	size_t i, tools = 0, own = w->a.self.index;

	for (v = w->a.pairing.tickets[own].waiting; v != NULL; v = v->next)
		fuzz_check(v->tool != NULL && v->tool->waiting == v &&
		    members_have(&v->members, own));
	for (s = w->a.sessions.list; s != NULL; s = s->next) {
		fuzz_check(s->tool != NULL && s->tool->opening == s && s->tool->waiting == NULL);
		fuzz_check(s->members.count <= MEMBERS_MAX && members_have(&s->members, own));
	}
	for (t = w->a.tools.list; t != NULL; t = t->next) {
		fuzz_check(t->waiting == NULL || t->opening == NULL);
		tools++;
	}
	fuzz_check(tools == w->a.tools.count && tools <= N_TOOLS + 1000);
	for (i = 0; i < N_PARTIES; i++) {
		for (v = w->a.pairing.tickets[i].waiting; v != NULL; v = v->next)
			fuzz_check(v->members.count <= MEMBERS_MAX &&
			    strlen(v->text) <= DESCRIPTOR_MAX_BYTES);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world *w;
	size_t length;

	if (parties == NULL)
		set_up();
	if (size == 0)
		return (0);
	fuzz_check((w = mem_array(1, sizeof(*w))) != NULL);
	world_start(w, 1 + data[0] % 2);
	for (data++, size--; size >= 4; data += length, size -= length) {
		length = data[2] | (size_t)data[3] << 8;
		if (length > size - 4)
			length = size - 4;
		happens(w, data[0], data[1], data + 4, length);
		check_world(w);
		data += 4;
		size -= 4;
	}
	world_end(w);
	free(w);
	return (0);
}
