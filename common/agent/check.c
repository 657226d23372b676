/* Trying all peers, once. */

#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "agent/agent.h"
#include "agent/link.h"
#include "agent/self_internal.h"
#include "base/diag.h"

#define CHECK_POLL_MS 100

/* Step a link until it is open or has failed. */
static void
wait_for_link(struct link *l)
{
	struct pollfd p;

	while (l->state == LINK_OPENING) {
		p = (struct pollfd){ .fd = link_descriptor(l), .events = link_events(l) };
		(void)poll(&p, 1, CHECK_POLL_MS);
		link_step(l);
	}
}

/*
 * Report a link that was tried; those that were refused first, as the first status is the exit
 * status.
 */
static void
report_link(const struct link *l, bool refused)
{

	if (l->state == LINK_FAILED && l->refused == refused)
		fail(refused ? ST_REFUSED : ST_PEER, "'%s' at %s:%u: %s", l->peer->name,
		    l->peer->host, l->peer->port, l->why);
}

static void
report_links(struct link *const *links, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (links[i] != NULL)
			report_link(links[i], true);
	}
	for (i = 0; i < count; i++) {
		if (links[i] != NULL)
			report_link(links[i], false);
	}
}

static struct link *
check_peer(const struct self *self, const struct party *party)
{
	static const uint8_t none[SESSION_NUMBER_BYTES];
	struct link *l;

	if (!self_can_meet(self, self_index_of(self, party))) {
		fail(ST_FAILED, "'%s' and '%s' can never meet, as neither has an address",
		    self->link.party->name, party->name);
		return (NULL);
	}
	if (party->host == NULL) {
		printf("%-16s has no address; it calls us\n", party->name);
		return (NULL);
	}
	if ((l = link_dial(&self->link, party, LINK_DATA, none)) == NULL)
		return (NULL);
	wait_for_link(l);
	if (l->state == LINK_OPEN)
		printf("%-16s answers at %s:%u, and has the right key and parties file\n",
		    party->name, party->host, party->port);
	return (l);
}

static int
check_peers(const struct self *self)
{
	struct link *links[PARTIES_MAX] = { NULL };
	size_t i, n = self_parties(self);

	for (i = 0; i < n; i++) {
		if (i != self->index)
			links[i] = check_peer(self, self_party(self, i));
	}
	report_links(links, n);
	for (i = 0; i < n; i++)
		link_free(links[i]);
	return ((diag_status() == ST_OK) ? 0 : -1);
}

int
agent_check(const struct agent_options *options)
{
	struct self self = { .options = NULL };
	int rc = -1;

	if (self_find(&self, options) == 0) {
		signal(SIGPIPE, SIG_IGN);
		rc = check_peers(&self);
	}
	self_free(&self);
	return (rc);
}
