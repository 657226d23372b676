/*
 * What members of a session tell each other of whom they have lost: within that session, from a
 * member, once.  And what a tool is given, and when.
 */

#include <sodium.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/agent_internal.h"
#include "net/clock.h"
#include "agent/tcp.h"
#include "made_parties.h"
#include "tap.h"

/* A dealer, three computing parties and a receiver, who is not in the session. */
#define N_PARTIES 5
#define OWN 2
#define NONE SIZE_MAX

static struct identity identities[N_PARTIES];
static struct agent agent;
static int tool_end; /* the tool's end of its connection */
static const uint8_t session[SESSION_NUMBER_BYTES] = { 1, 2, 3 };
static const uint8_t other_session[SESSION_NUMBER_BYTES] = { 1, 2, 4 };

static struct parties *
make_parties(void)
{
	static const char *const roles[N_PARTIES] = { "dealer", "computing", "computing",
		"computing", "receiver" };

	return (made_parties(identities, roles, N_PARTIES, ""));
}

/*
 * An agent with links on which what it says is kept, and a tool that is in a session with all who
 * share.
 */
static void
set_up(void)
{
	static struct agent_options options;
	struct peer *p;
	struct client *t;
	size_t i;
	int fds[2];

	options.identity = &identities[OWN];
	if (options.parties == NULL)
		options.parties = make_parties();
	memset(&agent, 0, sizeof(agent));
	agent.self = (struct self){ .options = &options, .index = OWN, .ledger = NULL,
		.link = { .identity = &identities[OWN], .parties = options.parties,
		.party = &options.parties->entries[OWN] } };
	agent_join_parts(&agent);
	agent.self.limits = limits_find(N_PARTIES);
	if (pairing_start(&agent.pairing) == -1 || sessions_start(&agent.sessions) == -1 ||
	    (agent.peers.list = mem_array(N_PARTIES, sizeof(*agent.peers.list))) == NULL ||
	    (t = mem_array(1, sizeof(*t))) == NULL ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == -1 || socket_nonblocking(fds[0]) == -1 ||
	    socket_nonblocking(fds[1]) == -1)
		tap_bail("no agent");
	for (i = 0; i < N_PARTIES; i++) {
		p = &agent.peers.list[i];
		p->party = &options.parties->entries[i];
		if (i == OWN)
			continue;
		p->needed = true;
		if ((p->control = mem_array(1, sizeof(*p->control))) == NULL)
			tap_bail("no link");
		p->control->fd = -1;
		p->control->send.keyed = p->control->receive.keyed = 1;
	}
	t->fd = fds[0];
	tool_end = fds[1];
	t->in_session = true;
	memcpy(t->session, session, sizeof(session));
	for (i = 0; i + 1 < N_PARTIES; i++)
		t->session_members.index[t->session_members.count++] = (uint16_t)i;
	agent.tools.list = t;
	agent.tools.count = 1;
}

/*
 * A peer's agent says whom its tool has lost; ${cut} bytes are missing.  Return whether the message
 * is taken.
 */
static bool
says(size_t from, const uint8_t *number, size_t whom, size_t cut)
{
	struct buf message = { NULL, 0, 0 };
	struct wire w;

	if (buf_append(&message, number, SESSION_NUMBER_BYTES) == -1 ||
	    wire_put_number(&message, whom, 2) == -1)
		tap_bail("no message");
	w = wire_of(message.data, message.len - cut);
	agent_hear(&agent, from, CONTROL_LOST, &w);
	buf_free(&message);
	return (wire_done(&w));
}

/* What the tool is told next: who, and whom it has lost; NONE: nothing. */
static size_t
tool_hears(size_t *whom)
{
	uint8_t data[64];
	ssize_t n = recv(tool_end, data, sizeof(data), 0);
	struct wire w = wire_of(data, (n > 0) ? (size_t)n : 0);
	size_t by;

	*whom = NONE;
	if (n <= 0 || wire_number(&w, 1) != AGENT_LOSS)
		return (NONE);
	by = (size_t)wire_number(&w, 2);
	*whom = (size_t)wire_number(&w, 2);
	return (wire_done(&w) ? by : NONE);
}

static void
test_received(void)
{
	size_t whom;

	ok(says(4, session, 1, 0) == false && tool_hears(&whom) == NONE,
	    "who is not in the session loses the link");
	ok(says(0, session, 4, 0) == false && tool_hears(&whom) == NONE, "and so does who names "
	    "somebody who is not");
	ok(says(0, session, 65535, 0) == false && tool_hears(&whom) == NONE,
	    "or nobody of the parties file");
	ok(says(0, session, 1, 1) == false && tool_hears(&whom) == NONE, "or whose message is cut");
	ok(says(0, other_session, 1, 0) && tool_hears(&whom) == NONE, "another session's is not "
	    "for our tool");
	ok(says(0, session, 1, 0) && tool_hears(&whom) == 0 && whom == 1, "our tool is told what a "
	    "member says");
	ok(says(0, session, 3, 0) && tool_hears(&whom) == NONE, "once for each member: what it "
	    "says later counts for nothing");
	ok(says(3, session, 3, 0) && tool_hears(&whom) == 3 && whom == 3, "a member may say that "
	    "its own tool has ended");
	ok(says(1, session, OWN, 0) && tool_hears(&whom) == 1 && whom == OWN,
	    "or that it has lost us");
}

/* What a peer was sent since the last time: whom we have lost; NONE: nothing. */
static size_t
sent_to(size_t index)
{
	struct control *c = agent.peers.list[index].control;
	uint8_t *data = (uint8_t *)c->out.data + c->out_pos;
	size_t length = c->out.len - c->out_pos, whom = NONE;
	struct wire w;
	uint8_t number[SESSION_NUMBER_BYTES];

	if (length > 2 + NOISE_TAG_BYTES &&
	    noise_decrypt(&c->receive, data + 2, length - 2, data + 2) == 0) {
		w = wire_of(data + 2, length - 2 - NOISE_TAG_BYTES);
		if (wire_number(&w, 1) == CONTROL_LOST) {
			wire_bytes(&w, number, sizeof(number));
			whom = (size_t)wire_number(&w, 2);
			if (!wire_done(&w) || memcmp(number, session, sizeof(number)) != 0)
				whom = NONE - 1;
		}
	}
	c->out.len = c->out_pos = 0;
	return (whom);
}

/* The tool says something to the agent, or, with ${bytes} 0, ends. */
static void
tool_says(enum tool_message type, size_t index, size_t bytes)
{
	uint8_t message[3] = { (uint8_t)type, (uint8_t)index, (uint8_t)(index >> 8) };

	if (bytes == 0) {
		close(tool_end);
		tool_end = -1;
	} else if (send(tool_end, message, bytes, 0) == -1)
		tap_bail("the tool cannot speak");
	agent.tools.list->ready = true;
	requests_step(&agent.requests);
}

static bool
all_were_sent(size_t whom)
{
	size_t dealer = sent_to(0), first = sent_to(1), third = sent_to(3), receiver = sent_to(4);

	return (dealer == whom && first == whom && third == whom && receiver == NONE);
}

static void
tear_down(void)
{

	requests_free(&agent.requests);
	tools_free(&agent.tools);
	sessions_free(&agent.sessions);
	underway_free(&agent.underway);
	pairing_free(&agent.pairing);
	peers_free(&agent.peers);
}

static void
begin_again(void)
{

	tear_down();
	set_up();
}

static void
test_sent(void)
{

	tool_says(TOOL_LOST, 4, 3);
	ok(all_were_sent(NONE), "a tool cannot lose who is not in its session");
	tool_says(TOOL_LOST, 1, 3);
	ok(all_were_sent(1), "whom a tool has lost is said to the members, and to nobody else");
	tool_says(TOOL_LOST, 3, 3);
	ok(all_were_sent(NONE), "once");
	tool_says(TOOL_LOST, 0, 0);
	ok(agent.tools.count == 0 && all_were_sent(NONE), "and not that it has ended itself "
	    "for that");
	begin_again();
	tool_says(TOOL_LOST, 0, 0);
	ok(agent.tools.count == 0 && all_were_sent(OWN), "a tool that ends amid a session: the "
	    "members are told");
	begin_again();
	tool_says(TOOL_DONE, 0, 1);
	ok(agent.tools.count == 0 && all_were_sent(NONE), "a tool that is done: there is "
	    "nothing to tell");
}

/*
 * Our tool's session has all its links, and is so far with the ledger; return what kind of answer
 * the tool gets, or 0.
 */
static int
answer_when(enum ledger_state ledger)
{
	struct opening_session *s;
	uint8_t data[256];

	begin_again();
	if ((s = mem_array(1, sizeof(*s))) == NULL)
		tap_bail("no session");
	s->tool = agent.tools.list;
	s->tool->opening = s;
	s->tool->in_session = false;
	s->members.index[s->members.count++] = OWN; /* and nobody that there would be a link to */
	s->dialled_all = true;
	s->deadline = clock_ms() + 60000;
	s->ledger = ledger;
	agent.sessions.list = s;
	agent.sessions.spending.busy = true;
	sessions_step(&agent.sessions);
	agent.sessions.spending.busy = false;
	if (agent.sessions.list != NULL)
		sessions_cancel(&agent.sessions, agent.tools.list);
	return ((recv(tool_end, data, sizeof(data), 0) > 0) ? data[0] : 0);
}

static void
test_ledger(void)
{

	ok_i64(answer_when(LEDGER_BUSY), 0, "a tool gets nothing before the session's number is in "
	    "the ledger");
	ok_i64(answer_when(LEDGER_SPENT), AGENT_READY, "it gets the session when that is so");
	ok_i64(answer_when(LEDGER_FAILED), AGENT_FAILED, "and none if that cannot be");
}

/* ---- announcements that overtake ---- */

/* Party ${from} says that a tool waits, with a ticket. */
static void
waits(size_t from, uint64_t ticket)
{
	static const uint8_t digest[HASH_BYTES];
	struct buf m = { NULL, 0, 0 };
	struct wire w;

	if (wire_put_number(&m, ticket, 8) == -1 || buf_append(&m, digest, HASH_BYTES) == -1 ||
	    buf_append(&m, digest, HASH_BYTES) == -1 || buf_append(&m, digest, HASH_BYTES) == -1 ||
	    wire_put_number(&m, 0, 1) == -1 || wire_put_number(&m, 0, 2) == -1 ||
	    wire_put_string(&m, "op=test\n") == -1)
		tap_bail("no message");
	w = wire_of(m.data, m.len);
	agent_hear(&agent, from, CONTROL_WAIT, &w);
	if (!wire_done(&w))
		tap_bail("the message is not taken");
	buf_free(&m);
}

/*
 * The coordinator announces a session with that ticket of party ${whose}, and one of ours that is
 * not there any more.
 */
static void
starts(size_t whose, uint64_t ticket)
{
	static const uint8_t digest[HASH_BYTES];
	const size_t members[] = { (whose < OWN) ? whose : OWN, (whose < OWN) ? OWN : whose };
	struct buf m = { NULL, 0, 0 };
	struct wire w;
	size_t i;
	int rc;

	rc = buf_append(&m, digest, HASH_BYTES) | wire_put_number(&m, 2, 2);
	for (i = 0; i < 2; i++)
		rc |= wire_put_number(&m, members[i], 2) | wire_put_number(&m, (members[i] == OWN) ?
		    99999 : ticket, 8) | buf_append(&m, digest, HASH_BYTES);
	if (rc != 0)
		tap_bail("no message");
	w = wire_of(m.data, m.len);
	agent_hear(&agent, 1, CONTROL_START, &w);
	if (!wire_done(&w))
		tap_bail("the announcement is not taken");
	buf_free(&m);
}

static void
test_overtaken(void)
{

	waits(3, 7);
	starts(3, 7);
	ok(agent.pairing.tickets[3].waiting == NULL, "a ticket goes when its session is announced");
	starts(3, 8);
	waits(3, 8);
	ok(agent.pairing.tickets[3].waiting == NULL, "also when the announcement comes before it");
	waits(3, 9);
	ok(agent.pairing.tickets[3].waiting != NULL, "the next one waits");
	starts(3, 9);
}

int
main(void)
{

	if (sodium_init() == -1)
		tap_bail("sodium");
	tap_plan(21);
	set_up();
	test_received();
	test_sent();
	test_ledger();
	test_overtaken();
	tear_down();
	return (tap_end());
}
