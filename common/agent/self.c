#include "agent/self_internal.h"

#include <sodium.h>
#include <string.h>

#include "agent/ledger.h"
#include "base/diag.h"

int
self_find(struct self *s, const struct agent_options *options)
{
	const struct parties *parties = options->parties;

	s->options = options;
	s->ledger = NULL;
	s->limits = limits_find(parties->count);
	s->link.identity = options->identity;
	s->link.parties = parties;
	if ((s->link.party = parties_find_key(parties, options->identity->public)) == NULL)
		return (fail(ST_REFUSED, "%s: the identity's key is nobody's in this file",
		    options->parties_path));
	s->index = self_index_of(s, s->link.party);
	/* Locked, between guard pages, and out of core dumps, as the identity is. */
	if ((s->link.pairs = sodium_allocarray(parties->count, sizeof(*s->link.pairs))) == NULL)
		return (fail(ST_FAILED, "out of memory for the secrets of pairs of keys"));
	memset(s->link.pairs, 0, parties->count * sizeof(*s->link.pairs));
	if ((s->link.replays = replays_new()) == NULL)
		return (-1);
	return (0);
}

int
self_open_ledger(struct self *s)
{

	s->ledger = ledger_open(s->link.party->name);
	return ((s->ledger == NULL) ? -1 : 0);
}

void
self_free(struct self *s)
{

	ledger_close(s->ledger);
	replays_free(s->link.replays);
	sodium_free(s->link.pairs); /* wipes */
}

size_t
self_parties(const struct self *s)
{

	return (s->link.parties->count);
}

const struct party *
self_party(const struct self *s, size_t index)
{

	return (&s->link.parties->entries[index]);
}

size_t
self_index_of(const struct self *s, const struct party *party)
{

	return ((size_t)(party - s->link.parties->entries));
}

bool
self_meets(const struct self *s, size_t index)
{

	if (index == s->index)
		return (true);
	return (s->options->deal_to == NULL && (s->options->dealt == NULL ||
	    self_party(s, index)->role != PARTY_DEALER));
}

bool
self_can_meet(const struct self *s, size_t index)
{
	const struct party *p = self_party(s, index), *own = s->link.party;

	return (index == s->index || p->host != NULL || own->host != NULL ||
	    (!party_shares(p) && !party_shares(own)));
}

bool
party_shares(const struct party *p)
{

	return (p->role == PARTY_DEALER || p->role == PARTY_COMPUTING);
}
