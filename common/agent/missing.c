#include "agent/missing_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "net/descriptor.h"

#define DIFFERENCE_BYTES 600
#define LOOKS_MAX 20000 /* at tickets, for one report */

static void say_why(struct missing *m, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
say_why(struct missing *m, int status, const char *format, ...)
{
	va_list ap;

	m->status = status;
	va_start(ap, format);
	vsnprintf(m->text, sizeof(m->text), format, ap);
	va_end(ap);
}

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

static bool
same_but_inputs(const struct ticket *a, const struct ticket *b)
{

	return (memcmp(a->brief, b->brief, HASH_BYTES) == 0);
}

/* What a party waited for until it gave up. */
static void
missing_gave_up(const char *name, const struct ticket *theirs, const struct ticket *w,
    struct missing *m)
{
	char difference[DIFFERENCE_BYTES];

	if (same_but_inputs(theirs, w) && ticket_same_step(theirs, w)) {
		/* It is not the one that is missing. */
		say_why(m, ST_OK, "party '%s' waited for the same step, and has given up", name);
		return;
	}
	m->input = descriptor_difference(w->text, theirs->text, difference, sizeof(difference),
	    &m->of_inputs);
	say_why(m, ST_REFUSED, "party '%s' waited for another step: %s", name, difference);
}

/* A party's command has ended: of itself, or for a reason that it has told. */
static void
missing_ended(const char *name, const struct peer_state *state, struct missing *m)
{

	m->of_inputs = state->why_of_inputs;
	if (state->why[0] != '\0')
		say_why(m, (state->status == ST_REFUSED) ? ST_REFUSED : ST_PEER, "the command of "
		    "party '%s' has ended, with status %d: %s", name, state->status, state->why);
	else
		say_why(m, ST_PEER, "the command of party '%s' has ended, with status %d", name,
		    state->status);
}

/* There is no link to a party. */
static void
missing_link(const struct peers *peers, size_t index, const char *name,
    const struct peer_state *state, struct missing *m)
{
	char where[WHERE_BYTES];

	peers_where(peers, index, where, sizeof(where));
	say_why(m, state->refused ? ST_REFUSED : ST_PEER, "party '%s'%s is not connected%s%s", name,
	    where, (state->trouble[0] != '\0') ? ": " : "", state->trouble);
}

/*
 * Whether a tool of ours waits for what a party's ticket is for; then it is meant for that one.
 * What is looked at is taken off *${budget}.
 */
static bool
ours_waits(const struct tickets *own, const struct ticket *v, size_t *budget)
{
	const struct ticket *w;

	for (w = own->waiting; w != NULL && *budget > 0; w = w->next, --*budget) {
		if (ticket_same_step(w, v))
			return (true);
	}
	return (false);
}

/*
 * What a party waits for in place of our ticket's step: of all that no tool of ours waits for, that
 * which differs in inputs alone, or else the last one.  Set *${count} to how many there are.
 */
static const struct ticket *
find_other(const struct tickets *own, const struct tickets *theirs, const struct ticket *w,
    size_t *count)
{
	const struct ticket *v, *found = NULL;
	size_t budget = LOOKS_MAX;

	*count = 0;
	for (v = theirs->waiting; v != NULL && budget > 0; v = v->next) {
		if (ours_waits(own, v, &budget))
			continue;
		++*count;
		if (found == NULL || !same_but_inputs(found, w))
			found = v;
	}
	return (found);
}

/* What a party waits for that has a link to us. */
static void
missing_waits(const char *name, const struct tickets *own, const struct tickets *theirs,
    const struct ticket *w, struct missing *m)
{
	char difference[DIFFERENCE_BYTES];
	const struct ticket *v, *other;
	size_t count;

	for (v = theirs->waiting; v != NULL; v = v->next) {
		if (memcmp(v->full, w->full, HASH_BYTES) == 0 || ticket_same_step(v, w))
			return;
	}
	if ((other = find_other(own, theirs, w, &count)) == NULL) {
		say_why(m, ST_PEER, "party '%s' has no tool that waits for this step", name);
		return;
	}
	m->input = descriptor_difference(w->text, other->text, difference, sizeof(difference),
	    &m->of_inputs);
	if (count == 1 || same_but_inputs(other, w))
		say_why(m, ST_REFUSED, "party '%s' waits for another step: %s", name, difference);
	else
		say_why(m, ST_PEER, "party '%s' waits for %zu other steps, one of them: %s", name,
		    count, difference);
}

void
missing_member(const struct self *self, const struct peers *peers, const struct tickets *tickets,
    const struct ticket *w, size_t index, struct missing *m)
{
	const struct tickets *theirs = &tickets[index];
	const struct peer_state state = peers_state(peers, index);
	const char *name = self_party(self, index)->name;

	*m = (struct missing){ .status = ST_OK };
	if (has_given_up(theirs, w))
		missing_gave_up(name, theirs->gave_up, w, m);
	else if (!state.linked && state.refused)
		/* It may have ended, and be there again with other keys or another parties file. */
		missing_link(peers, index, name, &state, m);
	else if (state.ended)
		missing_ended(name, &state, m);
	else if (!state.linked)
		missing_link(peers, index, name, &state, m);
	else
		missing_waits(name, &tickets[self->index], theirs, w, m);
}

/* Add what is said of one member. */
static void
add_member(struct missing *all, const struct missing *one)
{
	size_t used = strlen(all->text);

	if (one->status == ST_OK)
		return;
	if (one->status == ST_REFUSED)
		all->status = ST_REFUSED;
	if (all->input == 0)
		all->input = one->input;
	all->of_inputs = all->of_inputs || one->of_inputs;
	snprintf(all->text + used, sizeof(all->text) - used, "%s%s", (used > 0) ? "; " : "",
	    one->text);
}

void
missing_all(const struct self *self, const struct peers *peers, const struct tickets *tickets,
    const struct ticket *w, struct missing *m)
{
	struct missing one;
	size_t i;

	*m = (struct missing){ .status = ST_PEER };
	for (i = 0; i < w->members.count; i++) {
		if (w->members.index[i] == self->index)
			continue;
		missing_member(self, peers, tickets, w, w->members.index[i], &one);
		add_member(m, &one);
	}
	if (m->text[0] == '\0')
		say_why(m, ST_PEER, (w->group != NULL) ? "all parties are there, and other "
		    "sessions are begun first" : "the parties do not come together");
}
