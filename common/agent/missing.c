#include "agent/missing_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "net/descriptor.h"

#define ONE_BYTES 512 /* of what is said of one member */
#define DIFFERENCE_BYTES 256

/*
 * A party may have waited for something else while we waited, and have given up before us.  Return
 * whether that is so.
 */
static bool
has_given_up(const struct tickets *theirs, const struct ticket *w)
{

	return (theirs->waiting == NULL && theirs->gave_up != NULL &&
	    theirs->gave_up->since >= w->since);
}

/* What a party waited for until it gave up. */
static int
missing_gave_up(const char *name, const struct ticket *theirs, const struct ticket *w, char *out,
    size_t size)
{
	char difference[DIFFERENCE_BYTES];

	if (memcmp(theirs->brief, w->brief, HASH_BYTES) == 0 && ticket_same_step(theirs, w)) {
		/* It is not the one that is missing. */
		snprintf(out, size, "party '%s' waited for the same step, and has given up", name);
		return (ST_OK);
	}
	descriptor_difference(w->text, theirs->text, difference, sizeof(difference));
	snprintf(out, size, "party '%s' waited for another step: %s", name, difference);
	return (ST_REFUSED);
}

/* A party's command has ended. */
static int
missing_ended(const struct self *self, const char *name, const struct peer_state *state, char *out,
    size_t size)
{
	int n = snprintf(out, size, "the command of party '%s' has ended, with status %d", name,
	    state->status);

	if (state->missed < self_parties(self) && state->missed != self->index && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, ", for want of party '%s'",
		    self_party(self, state->missed)->name);
	return (ST_PEER);
}

/* What a party waits for that has a link to us. */
static int
missing_waits(const char *name, const struct tickets *theirs, const struct ticket *w, char *out,
    size_t size)
{
	const struct ticket *v, *differs = NULL;
	char difference[DIFFERENCE_BYTES];

	for (v = theirs->waiting; v != NULL; v = v->next) {
		if (memcmp(v->full, w->full, HASH_BYTES) == 0 || ticket_same_step(v, w))
			return (ST_OK);
		differs = v;
	}
	if (differs == NULL) {
		snprintf(out, size, "party '%s' has no tool that waits for this step", name);
		return (ST_PEER);
	}
	descriptor_difference(w->text, differs->text, difference, sizeof(difference));
	snprintf(out, size, "party '%s' waits for another step: %s", name, difference);
	return (ST_REFUSED);
}

int
missing_member(const struct self *self, const struct peers *peers, const struct tickets *tickets,
    const struct ticket *w, size_t index, char *out, size_t size)
{
	const struct tickets *theirs = &tickets[index];
	const struct peer_state state = peers_state(peers, index);
	const char *name = self_party(self, index)->name;

	out[0] = '\0';
	if (has_given_up(theirs, w))
		return (missing_gave_up(name, theirs->gave_up, w, out, size));
	if (state.ended)
		return (missing_ended(self, name, &state, out, size));
	if (!state.linked) {
		snprintf(out, size, "party '%s' is not connected%s%s", name,
		    (state.trouble[0] != '\0') ? ": " : "", state.trouble);
		return (state.refused ? ST_REFUSED : ST_PEER);
	}
	return (missing_waits(name, theirs, w, out, size));
}

int
missing_all(const struct self *self, const struct peers *peers, const struct tickets *tickets,
    const struct ticket *w, char *out, size_t size)
{
	char one[ONE_BYTES];
	size_t i, used = 0;
	int status = ST_PEER, rc;

	out[0] = '\0';
	for (i = 0; i < w->members.count && used < size; i++) {
		if (w->members.index[i] == self->index)
			continue;
		rc = missing_member(self, peers, tickets, w, w->members.index[i], one,
		    sizeof(one));
		if (rc == ST_OK)
			continue;
		if (rc == ST_REFUSED)
			status = ST_REFUSED;
		used += (size_t)snprintf(out + used, size - used, "%s%s", (used > 0) ? "; " : "",
		    one);
	}
	if (used == 0)
		snprintf(out, size, "the parties do not come together");
	return (status);
}
