/*
 * Nobody is brought into a session that is about something else than what his tool waits for: the
 * first computing party announces sessions, and each member compares before it takes part.
 */

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "agent/agent_internal.h"
#include "made_parties.h"
#include "tap.h"

#define N_PARTIES 4
#define OWN 2 /* who is not the one that announces */

static struct identity identities[N_PARTIES];
static struct agent agent;
static struct client *tool;

static struct parties *
make_parties(void)
{
	static const char *const roles[N_PARTIES] = { "dealer", "computing", "computing",
		"computing" };

	return (made_parties(identities, roles, N_PARTIES, ""));
}

/* An agent whose tool waits for a step of all parties; return its ticket. */
static struct ticket *
wait_for_all(const struct parties *parties)
{
	static const struct agent_options options;
	static const char text[] = "op=test\ninput=1\n";
	struct ticket *w;
	size_t i;

	memset(&agent, 0, sizeof(agent));
	agent.self = (struct self){ .options = &options, .index = OWN, .ledger = NULL, .link = {
		.identity = &identities[OWN], .parties = parties,
		.party = &parties->entries[OWN] } };
	agent_join_parts(&agent);
	if ((tool = mem_array(1, sizeof(*tool))) == NULL || pairing_start(&agent.pairing) == -1 ||
	    (agent.peers.list = mem_array(N_PARTIES, sizeof(*agent.peers.list))) == NULL ||
	    (w = ticket_new(text, sizeof(text) - 1)) == NULL)
		tap_bail("memory");
	tool->fd = -1;
	for (i = 0; i < N_PARTIES; i++)
		w->members.index[w->members.count++] = (uint16_t)i;
	pairing_wait(&agent.pairing, tool, w);
	return (w);
}

static void
clear_agent(void)
{

	sessions_free(&agent.sessions);
	underway_free(&agent.underway);
	pairing_free(&agent.pairing);
	free(agent.peers.list);
	free(tool);
}

/* What an announcement has that it should not have. */
enum fault { RIGHT, OTHER_STEP, OTHER_NONCE, FEWER_MEMBERS, OTHER_ANNOUNCER };

/* Whether a session begins when one with a fault is announced; *${bad}: it must not be said. */
static bool
begins(const struct parties *parties, enum fault fault, bool *bad)
{
	const struct ticket *w = wait_for_all(parties);
	uint8_t full[HASH_BYTES], nonce[NONCE_BYTES];
	struct buf m = { NULL, 0, 0 };
	struct wire wire;
	size_t i, count = (fault == FEWER_MEMBERS) ? 3 : 4;
	bool begun;
	int rc;

	memcpy(full, w->full, sizeof(full));
	memcpy(nonce, w->nonce, sizeof(nonce));
	full[5] ^= (fault == OTHER_STEP);
	nonce[5] ^= (fault == OTHER_NONCE);
	rc = buf_append(&m, full, HASH_BYTES) | wire_put_number(&m, count, 2);
	for (i = 0; i < count; i++)
		rc |= wire_put_number(&m, i, 2) | wire_put_number(&m, (i == OWN) ? w->number :
		    77, 8) | buf_append(&m, nonce, NONCE_BYTES);
	if (rc != 0)
		tap_bail("no message");
	wire = wire_of(m.data, m.len);
	pairing_heard_start(&agent.pairing, (fault == OTHER_ANNOUNCER) ? 3 : 1, &wire);
	*bad = wire.bad;
	begun = (agent.sessions.list != NULL);
	buf_free(&m);
	clear_agent();
	return (begun);
}

int
main(void)
{
	struct parties *parties;
	bool bad;

	if (sodium_init() == -1)
		tap_bail("libsodium does not start");
	tap_plan(5);
	parties = make_parties();
	ok(begins(parties, RIGHT, &bad) && !bad, "the step that the tool waits for begins");
	ok(!begins(parties, OTHER_STEP, &bad) && bad, "one about something else does not");
	ok(!begins(parties, OTHER_NONCE, &bad) && bad, "nor one for which we drew something else");
	ok(!begins(parties, FEWER_MEMBERS, &bad) && bad, "nor one without a member");
	ok(!begins(parties, OTHER_ANNOUNCER, &bad) && bad, "nor one that another party announces");
	parties_free(parties);
	return (tap_end());
}
