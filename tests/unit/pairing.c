/*
 * Which tools come together, in which order, and how many sessions may be under way: at the agent
 * that pairs, with peers that only speak.
 */

#include <sodium.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent_internal.h"
#include "agent/tcp.h"
#include "net/clock.h"
#include "net/descriptor.h"
#include "made_parties.h"
#include "tap.h"

/* A dealer, ourselves, who pair, and another computing party. */
#define N_PARTIES 3
#define DEALER 0
#define OWN 1
#define OTHER 2
#define ROOM 3 /* for sessions under way */

static struct identity identities[N_PARTIES];
static struct agent_options options;
static struct agent agent;
static uint64_t next_number; /* of the peers' tickets */

static struct parties *
make_parties(void)
{
	static const char *const roles[N_PARTIES] = { "dealer", "computing", "computing" };

	return (made_parties(identities, roles, N_PARTIES, ""));
}

/* An agent with links that lead nowhere. */
static void
set_up(void)
{
	size_t i;

	options.identity = &identities[OWN];
	if (options.parties == NULL)
		options.parties = make_parties();
	memset(&agent, 0, sizeof(agent));
	agent.self = (struct self){ .options = &options, .index = OWN,
		.limits = { .tools = 100, .strangers = 10, .callers = 10, .opening = ROOM },
		.link = { .identity = &identities[OWN], .parties = options.parties,
		.party = &options.parties->entries[OWN] } };
	agent_join_parts(&agent);
	if (pairing_start(&agent.pairing) == -1 || sessions_start(&agent.sessions) == -1 ||
	    (agent.peers.list = mem_array(N_PARTIES, sizeof(*agent.peers.list))) == NULL)
		tap_bail("no agent");
	for (i = 0; i < N_PARTIES; i++) {
		struct peer *p = &agent.peers.list[i];

		p->party = &options.parties->entries[i];
		if (i == OWN)
			continue;
		p->needed = true;
		if ((p->control = mem_array(1, sizeof(*p->control))) == NULL)
			tap_bail("memory");
		p->control->fd = -1;
		p->control->send.keyed = 1;
	}
}

static void
tear_down(void)
{
	struct client *t;

	while ((t = agent.tools.list) != NULL) {
		pairing_cancel(&agent.pairing, t);
		sessions_cancel(&agent.sessions, t);
		agent.tools.list = t->next;
		free(t);
	}
	sessions_free(&agent.sessions);
	underway_free(&agent.underway);
	pairing_free(&agent.pairing);
	peers_free(&agent.peers);
}

static struct ticket *
ticket(const char *step)
{
	struct descriptor d = { .failed = false };
	struct ticket *w = NULL;

	descriptor_add(&d, "operation", step);
	if (d.failed || (w = ticket_new(d.text.data, d.text.len)) == NULL)
		tap_bail("memory");
	buf_free(&d.text);
	w->members = (struct members){ .count = 3, .index = { DEALER, OWN, OTHER } };
	return (w);
}

/* A tool of ours waits for a step. */
static struct client *
own_tool(const char *step)
{
	struct client *t;

	if ((t = mem_array(1, sizeof(*t))) == NULL)
		tap_bail("memory");
	t->fd = -1;
	t->next = agent.tools.list;
	agent.tools.list = t;
	pairing_wait(&agent.pairing, t, ticket(step));
	return (t);
}

/* Whether a peer's message is taken. */
static bool
hears(size_t from, const struct buf *message)
{
	struct wire m = wire_of((const uint8_t *)message->data + 1, message->len - 1);

	agent_hear(&agent, from, (enum control_message)(uint8_t)message->data[0], &m);
	return (!m.bad);
}

static void
hear(size_t from, const struct buf *message)
{

	if (!hears(from, message))
		tap_bail("a message is not taken");
}

/* A peer's tool waits for a step; return the ticket's number. */
static uint64_t
peer_tool(size_t from, const char *step)
{
	struct buf message = { NULL, 0, 0 };
	struct ticket *w = ticket(step);

	w->number = ++next_number;
	descriptor_keys(w->text, w->full, w->brief);
	if (ticket_write(w, true, &message) == -1)
		tap_bail("memory");
	hear(from, &message);
	buf_free(&message);
	ticket_free(w);
	return (next_number);
}

/* It waits no longer. */
static void
peer_cancels(size_t from, uint64_t number)
{
	struct buf message = { NULL, 0, 0 };

	if (wire_put_number(&message, CONTROL_CANCEL, 1) == -1 ||
	    wire_put_number(&message, number, 8) == -1 || wire_put_number(&message, 0, 1) == -1 ||
	    wire_put_string(&message, "") == -1)
		tap_bail("memory");
	hear(from, &message);
	buf_free(&message);
}

/* A peer says that a session has opened there. */
static void
peer_opened(size_t from, const struct client *t)
{
	struct buf message = { NULL, 0, 0 };

	if (wire_put_number(&message, CONTROL_OPENED, 1) == -1 ||
	    buf_append(&message, t->session, SESSION_NUMBER_BYTES) == -1)
		tap_bail("memory");
	hear(from, &message);
	buf_free(&message);
}

static size_t
opening(void)
{
	const struct opening_session *s;
	size_t n = 0;

	for (s = agent.sessions.list; s != NULL; s = s->next)
		n++;
	return (n);
}

static void
test_match(void)
{
	struct client *a, *b;

	set_up();
	a = own_tool("a");
	peer_tool(DEALER, "a");
	pairing_step(&agent.pairing);
	ok(pairing_waits(a), "two of three are not enough");
	peer_tool(OTHER, "b");
	pairing_step(&agent.pairing);
	ok(pairing_waits(a), "nor is one that waits for something else");
	peer_tool(OTHER, "a");
	ok(pairing_waits(a), "nothing begins before the loop's turn");
	pairing_step(&agent.pairing);
	ok(!pairing_waits(a) && a->opening != NULL, "three of a kind begin");
	b = own_tool("b");
	peer_tool(DEALER, "b");
	pairing_step(&agent.pairing);
	ok(b->opening != NULL, "our tool may come before the last one, or after it");
	ok(agent.pairing.tickets[DEALER].waiting == NULL &&
	    agent.pairing.tickets[OTHER].waiting == NULL &&
	    agent.pairing.tickets[OWN].waiting == NULL, "nobody waits any more");
	tear_down();
}

static void
test_room(void)
{
	struct client *t[6];
	char step[2] = "a";
	size_t i;

	set_up();
	for (i = 0; i < 6; i++) {
		step[0] = (char)('a' + i);
		t[i] = own_tool(step);
	}
	/* They become ready in another order. */
	for (i = 6; i-- > 0; ) {
		step[0] = (char)('a' + i);
		peer_tool(DEALER, step);
		peer_tool(OTHER, step);
	}
	pairing_step(&agent.pairing);
	ok_u64(opening(), ROOM, "as many begin as there is room for");
	ok(t[0]->opening != NULL && t[1]->opening != NULL && t[2]->opening != NULL,
	    "those whose tools came first");
	peer_opened(DEALER, t[1]);
	peer_opened(OTHER, t[1]);
	pairing_step(&agent.pairing);
	ok_u64(opening(), ROOM, "one that has not opened here is under way");
	underway_opened(&agent.underway, t[1]->session, OWN);
	pairing_step(&agent.pairing);
	ok(t[3]->opening != NULL && t[4]->opening == NULL, "when it has, the next one begins");
	underway_opened(&agent.underway, t[0]->session, OWN);
	peer_opened(DEALER, t[0]);
	peer_opened(DEALER, t[0]);
	pairing_step(&agent.pairing);
	ok(t[4]->opening == NULL, "a member counts once");
	sessions_cancel(&agent.sessions, t[2]);
	pairing_step(&agent.pairing);
	ok(t[4]->opening != NULL && t[5]->opening == NULL, "one that does not come about makes "
	    "room");
	underway_opened(&agent.underway, t[3]->session, OWN);
	underway_opened(&agent.underway, t[4]->session, OWN);
	peer_opened(DEALER, t[3]);
	peer_opened(DEALER, t[4]);
	pairing_step(&agent.pairing);
	ok(t[5]->opening == NULL, "they wait for the third party");
	underway_lost(&agent.underway, OTHER);
	pairing_step(&agent.pairing);
	ok(t[5]->opening != NULL, "but not when its link is lost");
	tear_down();
}

/* Tools that wait for the same step, of which some go. */
static void
test_twins(void)
{
	struct client *t[3], *full[ROOM];
	uint64_t of_dealer[3], of_other[2];
	size_t i;

	set_up();
	for (i = 0; i < ROOM; i++) {
		full[i] = own_tool("full");
		peer_tool(DEALER, "full");
		peer_tool(OTHER, "full");
	}
	pairing_step(&agent.pairing);
	ok(full[0]->opening != NULL && full[1]->opening != NULL && full[2]->opening != NULL,
	    "alike steps make a session each");
	for (i = 0; i < 3; i++) {
		t[i] = own_tool("twin");
		of_dealer[i] = peer_tool(DEALER, "twin");
	}
	for (i = 0; i < 2; i++)
		of_other[i] = peer_tool(OTHER, "twin");
	ok_u64(agent.pairing.n_ready, 2, "two of three are ready, as one party has two tools");
	peer_cancels(DEALER, of_dealer[0]);
	ok_u64(agent.pairing.n_ready, 2, "one goes: another of that party takes its place");
	peer_cancels(DEALER, of_dealer[1]);
	ok_u64(agent.pairing.n_ready, 1, "another goes: only one is ready");
	pairing_cancel(&agent.pairing, t[0]);
	ok_u64(agent.pairing.n_ready, 1, "our first tool goes: the next one takes its place");
	peer_cancels(OTHER, of_other[0]);
	ok_u64(agent.pairing.n_ready, 1, "the same where the third party's goes");
	peer_cancels(OTHER, of_other[1]);
	ok_u64(agent.pairing.n_ready, 0, "nobody is left of that party");
	peer_tool(OTHER, "twin");
	ok_u64(agent.pairing.n_ready, 1, "until one comes");
	pairing_lost(&agent.pairing, DEALER, false);
	ok_u64(agent.pairing.n_ready, 0, "a lost link takes all tools of that party with it");
	underway_lost(&agent.underway, DEALER);
	underway_lost(&agent.underway, OTHER);
	underway_lost(&agent.underway, OWN);
	pairing_step(&agent.pairing);
	ok(pairing_waits(t[1]) && pairing_waits(t[2]), "nothing begins without them");
	peer_tool(DEALER, "twin");
	pairing_step(&agent.pairing);
	ok(t[1]->opening != NULL && pairing_waits(t[2]), "with a new one the first of ours begins");
	tear_down();
}

/* A peer's ticket with this number and these members; whether it is taken. */
static bool
takes_ticket(uint64_t number, const struct members *members)
{
	struct buf message = { NULL, 0, 0 };
	struct ticket *w = ticket("step");
	bool taken;

	w->number = number;
	w->members = *members;
	descriptor_keys(w->text, w->full, w->brief);
	if (ticket_write(w, true, &message) == -1)
		tap_bail("memory");
	taken = hears(DEALER, &message);
	buf_free(&message);
	ticket_free(w);
	return (taken);
}

/* What an honest agent never says. */
static void
test_hostile(void)
{
	const struct members all = { .count = 3, .index = { 0, 1, 2 } },
	    twice = { .count = 3, .index = { 0, 1, 1 } },
	    mixed = { .count = 3, .index = { 0, 2, 1 } };

	set_up();
	ok(takes_ticket(7, &all), "a ticket is taken");
	ok(!takes_ticket(7, &all), "another one with its number is not");
	ok_u64(agent.pairing.tickets[DEALER].count, 1, "and is not kept");
	ok(!takes_ticket(8, &twice) && !takes_ticket(9, &mixed), "nor one that names a member "
	    "twice, or members out of order");
	tear_down();
}

int
main(void)
{

	tap_plan(6 + 8 + 11 + 4);
	if (sodium_init() == -1)
		tap_bail("sodium");
	test_match();
	test_room();
	test_twins();
	test_hostile();
	return (tap_end());
}
