/*
 * The number of a session: another one for anything that its members might take it for, the parties
 * file above all, and the same one for all of them.
 */

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "agent/agent_internal.h"
#include "made_parties.h"
#include "tap.h"

#define N_PARTIES 4

static struct identity identities[N_PARTIES];

/* A parties file, which ${more} makes another one. */
static struct parties *
make_parties(const char *more)
{
	static const char *const roles[N_PARTIES] = { "dealer", "computing", "computing",
		"computing" };

	return (made_parties(identities, roles, N_PARTIES, more));
}

/* What a session's number is made of. */
struct made_of {
	const struct parties *parties;
	uint8_t about[HASH_BYTES];
	struct members members;
	uint8_t nonces[N_PARTIES][NONCE_BYTES];
};

/* The number that party ${own} enters. */
static void
number_of(const struct made_of *from, size_t own, uint8_t number[static SESSION_NUMBER_BYTES])
{
	static const struct agent_options options;
	static struct agent agent;
	struct made_of copy = *from;
	struct client *t;

	memset(&agent, 0, sizeof(agent));
	agent.self = (struct self){ .options = &options, .index = own, .ledger = NULL, .link = {
		.identity = &identities[own], .parties = from->parties,
		.party = &from->parties->entries[own] } };
	agent_join_parts(&agent);
	if ((t = mem_array(1, sizeof(*t))) == NULL)
		tap_bail("memory");
	t->fd = -1;
	if (sessions_add(&agent.sessions, t, copy.about, &copy.members, copy.nonces) == -1)
		tap_bail("no session");
	memcpy(number, t->session, SESSION_NUMBER_BYTES);
	sessions_free(&agent.sessions);
	underway_free(&agent.underway);
	free(t);
}

/* Whether party 1's session goes on when ${from} says that it does not come about there. */
static bool
goes_on(const struct made_of *it, size_t from, bool *bad)
{
	static const struct agent_options options;
	static struct agent agent;
	struct made_of copy = *it;
	struct buf m = { NULL, 0, 0 };
	struct client *t;
	struct wire w;
	bool there;

	memset(&agent, 0, sizeof(agent));
	agent.self = (struct self){ .options = &options, .index = 1, .ledger = NULL, .link = {
		.identity = &identities[1], .parties = it->parties,
		.party = &it->parties->entries[1] } };
	agent_join_parts(&agent);
	if ((t = mem_array(1, sizeof(*t))) == NULL ||
	    (agent.peers.list = mem_array(N_PARTIES, sizeof(*agent.peers.list))) == NULL)
		tap_bail("memory");
	t->fd = -1;
	agent.tools.list = t;
	agent.tools.count = 1;
	if (sessions_add(&agent.sessions, t, copy.about, &copy.members, copy.nonces) == -1 ||
	    buf_append(&m, t->session, SESSION_NUMBER_BYTES) == -1 ||
	    wire_put_string(&m, "so it is") == -1)
		tap_bail("no session");
	w = wire_of(m.data, m.len);
	sessions_heard_abort(&agent.sessions, from, &w);
	*bad = w.bad;
	there = (agent.sessions.list != NULL);
	sessions_free(&agent.sessions);
	underway_free(&agent.underway);
	buf_free(&m);
	free(agent.peers.list);
	free(t);
	return (there);
}

/* Whether it gives another number than ${first}. */
static bool
differs(const struct made_of *from, const uint8_t first[static SESSION_NUMBER_BYTES])
{
	uint8_t number[SESSION_NUMBER_BYTES];

	number_of(from, 1, number);
	return (memcmp(number, first, sizeof(number)) != 0);
}

/* A link of a party's for a session that nobody has announced. */
static void
comes_early(struct agent *a, size_t from, uint8_t number)
{
	struct link *l = mem_array(1, sizeof(*l));

	if (l == NULL)
		tap_bail("memory");
	l->fd = -1;
	l->state = LINK_OPEN;
	l->purpose = LINK_DATA;
	l->peer = &a->self.link.parties->entries[from];
	l->session[0] = number;
	sessions_link(&a->sessions, l);
}

/* Links that wait for their announcement: those of one party make room for each other alone. */
static void
test_parked(const struct parties *parties)
{
	static const struct agent_options options;
	static struct agent agent;
	struct links *parked;
	uint8_t i;

	agent.self = (struct self){ .options = &options, .index = 3, .limits = { .callers = 3 },
		.link = { .identity = &identities[3], .parties = parties,
		.party = &parties->entries[3] } };
	agent_join_parts(&agent);
	if (sessions_start(&agent.sessions) == -1 ||
	    (agent.peers.list = mem_array(N_PARTIES, sizeof(*agent.peers.list))) == NULL)
		tap_bail("memory");
	parked = agent.sessions.parked;
	comes_early(&agent, 0, 1);
	comes_early(&agent, 1, 2);
	for (i = 10; i < 60; i++)
		comes_early(&agent, 2, i);
	ok(parked[0].count == 1 && parked[0].first->session[0] == 1 && parked[1].count == 1 &&
	    parked[1].first->session[0] == 2, "many links of one party push out nobody else's");
	ok(parked[2].count == 3 && parked[2].first->session[0] == 57 &&
	    parked[2].last->session[0] == 59, "but its own oldest ones");
	sessions_free(&agent.sessions);
	underway_free(&agent.underway);
	free(agent.peers.list);
}

int
main(void)
{
	struct made_of it, other;
	uint8_t first[SESSION_NUMBER_BYTES], again[SESSION_NUMBER_BYTES];
	struct parties *parties, *spaced;
	size_t i;
	bool bad;

	if (sodium_init() == -1)
		tap_bail("libsodium does not start");
	tap_plan(15);
	parties = make_parties("");
	spaced = make_parties("\n");
	memset(&it, 0, sizeof(it));
	it.parties = parties;
	randombytes_buf(it.about, sizeof(it.about));
	randombytes_buf(it.nonces, sizeof(it.nonces));
	it.members.count = 3;
	for (i = 0; i < 3; i++)
		it.members.index[i] = (uint16_t)i;
	number_of(&it, 1, first);
	ok(!sodium_is_zero(first, sizeof(first)) && !differs(&it, first),
	    "the same session has the same number");
	number_of(&it, 2, again);
	ok_bytes(again, first, sizeof(first), "at another member, too");

	other = it;
	other.parties = spaced;
	ok(differs(&other, first), "by another parties file it has another one");
	other = it;
	other.about[HASH_BYTES - 1] ^= 1;
	ok(differs(&other, first), "about something else");
	other = it;
	other.members.index[2] = 3;
	ok(differs(&other, first), "with another member");
	other = it;
	other.members.count = 2;
	ok(differs(&other, first), "with fewer members");
	other.members.count = 4;
	other.members.index[3] = 3;
	ok(differs(&other, first), "with more");
	for (i = 0; i < 3; i++) {
		other = it;
		other.nonces[i][i] ^= 0x80;
		ok(differs(&other, first), "when member %zu has drawn something else", i);
	}
	other = it;
	memcpy(other.nonces[0], it.nonces[1], NONCE_BYTES);
	memcpy(other.nonces[1], it.nonces[0], NONCE_BYTES);
	ok(differs(&other, first), "and when two have drawn what the other did");
	ok(goes_on(&it, 3, &bad) && bad, "who is not in a session cannot end it, and is not "
	    "listened to any more");
	ok(!goes_on(&it, 2, &bad) && !bad, "a member can");
	test_parked(parties);
	parties_free(parties);
	parties_free(spaced);
	return (tap_end());
}
