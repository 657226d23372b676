#include "agent/pairing_internal.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "net/clock.h"
#include "net/descriptor.h"

/* What one peer may wait for: more than its agent has room for. */
#define MAX_WAITING 8192
#define MAX_WAITING_BYTES ((size_t)1 << 26)
#define OWN_WAITING_BYTES ((size_t)1 << 23) /* so that all of it can be said at once */

static struct tickets *
own_tickets(const struct pairing *p)
{

	return (&p->tickets[p->self->index]);
}

int
pairing_start(struct pairing *p)
{

	p->tickets = mem_array(self_parties(p->self), sizeof(*p->tickets));
	return ((p->tickets == NULL) ? -1 : 0);
}

void
pairing_free(struct pairing *p)
{
	size_t i;

	for (i = 0; p->tickets != NULL && i < self_parties(p->self); i++) {
		tickets_clear(&p->tickets[i]);
		tickets_give_up(&p->tickets[i], NULL);
	}
	free(p->tickets);
}

/* ---- pairing, at the first computing party ---- */

/*
 * A session was announced that our tool's ticket ${w} is in, which is in no list any more, and is
 * freed: the session opens.
 */
static void
begin_session(struct pairing *p, struct ticket *w, const uint8_t *full, const struct members *m,
    uint8_t nonces[][NONCE_BYTES])
{
	struct client *t = w->tool;

	t->waiting = NULL;
	ticket_free(w);
	if (sessions_add(p->sessions, t, full, m, nonces) == -1)
		tools_failed(t, ST_FAILED, "out of memory");
}

/*
 * Whether these are whom a ticket waits for.  A guest cannot know whether the dealer will be there.
 */
static bool
waits_for(const struct pairing *p, const struct ticket *w, const struct members *m)
{
	struct members without = { .count = 0 };
	size_t i;

	if (members_same(&w->members, m))
		return (true);
	for (i = 0; i < w->members.count; i++) {
		if (self_party(p->self, w->members.index[i])->role != PARTY_DEALER)
			without.index[without.count++] = w->members.index[i];
	}
	return (w->guest && members_same(&without, m));
}

/* The message that announces a session of these tickets. */
static int
put_announcement(struct buf *message, const struct ticket *own,
    struct ticket *const tickets[static MEMBERS_MAX])
{
	const struct members *m = &own->members;
	size_t i;
	int rc;

	rc = wire_put_number(message, CONTROL_START, 1);
	rc |= buf_append(message, own->full, HASH_BYTES);
	rc |= wire_put_number(message, m->count, 2);
	for (i = 0; i < m->count; i++) {
		rc |= wire_put_number(message, m->index[i], 2);
		rc |= wire_put_number(message, tickets[i]->number, 8);
		rc |= buf_append(message, tickets[i]->nonce, NONCE_BYTES);
	}
	return (rc);
}

/* Announce a session of these tickets to all members, and begin it here. */
static void
announce(struct pairing *p, struct ticket *own, struct ticket *const tickets[static MEMBERS_MAX])
{
	const struct members m = own->members;
	uint8_t nonces[MEMBERS_MAX][NONCE_BYTES], full[HASH_BYTES];
	struct buf message = { NULL, 0, 0 };
	struct ticket *taken;
	size_t i;
	int rc;

	memcpy(full, own->full, sizeof(full));
	for (i = 0; i < m.count; i++)
		memcpy(nonces[i], tickets[i]->nonce, NONCE_BYTES);
	rc = put_announcement(&message, own, tickets);
	/* Sending may lose a peer, and all its tickets with it; so they are taken out first. */
	for (i = 0; i < m.count; i++) {
		taken = tickets_take(&p->tickets[m.index[i]], tickets[i]->number);
		if (taken != own)
			ticket_free(taken);
	}
	for (i = 0; i < m.count && rc == 0; i++) {
		if (m.index[i] != p->self->index)
			peers_send(p->peers, m.index[i], &message);
	}
	buf_free(&message);
	begin_session(p, own, full, &m, nonces);
}

/* A party's first ticket that goes with ${w}, which is no guest's, and is not put aside. */
static struct ticket *
find_match(const struct pairing *p, const struct ticket *w, size_t index)
{
	struct ticket *v;

	for (v = p->tickets[index].waiting; v != NULL; v = v->next) {
		if (v->group == NULL && ticket_same_step(v, w) && waits_for(p, v, &w->members))
			return (v);
	}
	return (NULL);
}

/* Put aside a ticket of every member for a session with ${w}; return whether there is one. */
static bool
put_aside(struct pairing *p, struct ticket *w)
{
	struct ticket *tickets[MEMBERS_MAX];
	size_t i, index;

	for (i = 0; i < w->members.count; i++) {
		index = w->members.index[i];
		tickets[i] = (index == p->self->index) ? w : find_match(p, w, index);
		if (tickets[i] == NULL)
			return (false);
	}
	for (i = 0; i < w->members.count; i++)
		tickets[i]->group = w;
	p->n_ready++;
	return (true);
}

/* The tickets that are put aside for ${w}, in the order of its members. */
static void
find_group(const struct pairing *p, const struct ticket *w, struct ticket *tickets[MEMBERS_MAX])
{
	struct ticket *v;
	size_t i;

	for (i = 0; i < w->members.count; i++) {
		for (v = p->tickets[w->members.index[i]].waiting; v != NULL && v->group != w;
		    v = v->next)
			continue;
		tickets[i] = v;
	}
}

/*
 * A ticket waits, or waits again: is there one of every member now that goes with it?  A session
 * comes about with our own ticket that came first; of those that are alike, only the first one that
 * is free need be tried.
 */
static void
pair(struct pairing *p, const struct ticket *v)
{
	const struct ticket *tried = NULL;
	struct ticket *w;

	if (p->self->index != underway_coordinator(p->self))
		return;
	for (w = own_tickets(p)->waiting; w != NULL; w = w->next) {
		if (w->group != NULL || !ticket_same_step(w, v) ||
		    (tried != NULL && memcmp(w->full, tried->full, HASH_BYTES) == 0 &&
		    members_same(&w->members, &tried->members)))
			continue;
		if (put_aside(p, w))
			return;
		tried = w;
	}
}

/* If a ticket is put aside with others, all of them, in ${freed}, are free again; how many? */
static size_t
dissolve(struct pairing *p, const struct ticket *v, struct ticket *freed[static MEMBERS_MAX])
{
	struct ticket *w = v->group;
	size_t i, n;

	if (w == NULL)
		return (0);
	n = w->members.count;
	find_group(p, w, freed);
	for (i = 0; i < n; i++)
		freed[i]->group = NULL;
	p->n_ready--;
	return (n);
}

/* Take a ticket out; those that were put aside with it may find others. */
static void
take_out(struct pairing *p, size_t index, struct ticket *w)
{
	struct ticket *freed[MEMBERS_MAX];
	size_t n = dissolve(p, w, freed), i;

	tickets_take(&p->tickets[index], w->number);
	for (i = 0; i < n; i++) {
		if (freed[i] != w && freed[i]->group == NULL)
			pair(p, freed[i]);
	}
}

void
pairing_step(struct pairing *p)
{
	struct ticket *w, *tickets[MEMBERS_MAX];

	while (p->n_ready > 0 && underway_room(p->underway)) {
		for (w = own_tickets(p)->waiting; w != NULL && w->group != w; w = w->next)
			continue;
		if (w == NULL)
			break;
		find_group(p, w, tickets);
		p->n_ready--;
		announce(p, w, tickets);
	}
}

/* ---- our tools ---- */

/* Send a message to all who share, and another one to those who do not, who may know less. */
static void
tell_all(struct pairing *p, const struct buf *sharing, const struct buf *others)
{
	size_t i;

	for (i = 0; i < self_parties(p->self); i++)
		peers_send(p->peers, i, party_shares(self_party(p->self, i)) ? sharing : others);
}

/* Show a ticket to all, and see whether it was the last one that a session lacked. */
static void
show_ticket(struct pairing *p, struct ticket *w)
{
	struct buf message[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };

	w->since = clock_ms();
	tickets_append(own_tickets(p), w);
	if (ticket_write(w, true, &message[0]) == 0 && ticket_write(w, false, &message[1]) == 0)
		tell_all(p, &message[0], &message[1]);
	buf_free(&message[0]);
	buf_free(&message[1]);
	pair(p, w);
}

bool
pairing_full(const struct pairing *p)
{

	return (own_tickets(p)->bytes > OWN_WAITING_BYTES);
}

void
pairing_wait(struct pairing *p, struct client *t, struct ticket *w)
{
	const struct members members = w->members;
	size_t i, index;

	w->number = ++p->next_ticket;
	w->tool = t;
	descriptor_keys(w->text, w->full, w->brief);
	randombytes_buf(w->nonce, sizeof(w->nonce));
	t->waiting = w;
	p->why_status = 0;
	show_ticket(p, w);
	/* Who has ended before does not say so again. */
	for (i = 0; i < members.count; i++) {
		index = members.index[i];
		if (index != p->self->index && peers_state(p->peers, index).ended) {
			pairing_ended(p, index);
			return;
		}
	}
}

/* The message that takes back a ticket: its holder has given up with ${status}, or 0, as ${why}. */
static int
put_cancel(struct buf *message, const struct ticket *w, int status, const char *why)
{
	int rc;

	rc = wire_put_number(message, CONTROL_CANCEL, 1);
	rc |= wire_put_number(message, w->number, 8);
	rc |= wire_put_number(message, (uint64_t)status, 1);
	rc |= wire_put_reason(message, (status != 0) ? why : "", REASON_BYTES);
	return (rc);
}

/* Take back a ticket of ours, and free it; ${status} is 0, or why its tool has given up. */
static void
cancel_ticket(struct pairing *p, struct ticket *w, int status, const char *why)
{
	struct buf message[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };

	take_out(p, p->self->index, w);
	if (put_cancel(&message[0], w, status, why) == 0 &&
	    put_cancel(&message[1], w, status, "") == 0)
		tell_all(p, &message[0], &message[1]);
	buf_free(&message[0]);
	buf_free(&message[1]);
	ticket_free(w);
}

/* Keep why a tool of ours has failed, for those who ask when we end. */
static void
keep_why(struct pairing *p, int status, const char *why, bool of_inputs)
{

	p->why_status = status;
	p->why_of_inputs = of_inputs;
	snprintf(p->why, sizeof(p->why), "%.*s", REASON_BYTES - 1, why);
}

/* A tool of ours waits in vain: tell it and the others. */
static void
fail_ticket(struct pairing *p, struct ticket *w, const struct missing *m, bool gave_up)
{
	struct client *t = w->tool;
	int status = (m->status == ST_OK) ? (int)ST_PEER : m->status;

	keep_why(p, status, m->text, m->of_inputs);
	t->waiting = NULL;
	cancel_ticket(p, w, gave_up ? status : 0, m->text);
	tools_failed_input(t, status, m->input, m->text);
}

bool
pairing_waits(const struct client *t)
{

	return (t->waiting != NULL);
}

void
pairing_missing(const struct pairing *p, const struct client *t, struct missing *m)
{

	missing_all(p->self, p->peers, p->tickets, t->waiting, m);
}

void
pairing_give_up(struct pairing *p, struct client *t)
{
	struct missing m;

	pairing_missing(p, t, &m);
	fail_ticket(p, t->waiting, &m, true);
}

void
pairing_fail(struct pairing *p, struct client *t, int status, const char *format, ...)
{
	char why[REASON_BYTES];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	pairing_cancel(p, t);
	keep_why(p, status, why, false);
	tools_failed_input(t, status, 0, why);
}

void
pairing_cancel(struct pairing *p, struct client *t)
{
	struct ticket *w = t->waiting;

	if (w == NULL)
		return;
	t->waiting = NULL;
	cancel_ticket(p, w, 0, "");
}

/* ---- messages of peers ---- */

void
pairing_heard_wait(struct pairing *p, size_t from, struct wire *m)
{
	struct tickets *theirs = &p->tickets[from];
	struct ticket *w;

	if ((w = ticket_read(m, self_parties(p->self))) == NULL)
		return;
	if ((w->guest && party_shares(self_party(p->self, from))) ||
	    tickets_find(theirs, w->number) != NULL || theirs->count >= MAX_WAITING ||
	    theirs->bytes > MAX_WAITING_BYTES) {
		m->bad = true;
		ticket_free(w);
		return;
	}
	if (tickets_overtaken(theirs, w->number)) {
		ticket_free(w);
		return;
	}
	tickets_append(theirs, w);
	pair(p, w);
}

/*
 * Whether our ticket ${w} is for the step that a party has refused with its ticket ${v}: for the
 * same one, or one with other inputs that nobody else of ours can be meant by.
 */
static bool
is_refused(const struct pairing *p, const struct ticket *w, const struct ticket *v)
{
	const struct ticket *u;

	if (memcmp(w->brief, v->brief, HASH_BYTES) != 0)
		return (false);
	if (ticket_same_step(w, v))
		return (true);
	for (u = own_tickets(p)->waiting; u != NULL; u = u->next) {
		if (u != w && memcmp(u->brief, v->brief, HASH_BYTES) == 0)
			return (false);
	}
	return (true);
}

/*
 * A party has given up a step for good, with its ticket ${v}: our tools do not wait for it any
 * longer, unless the party has another tool for them.
 */
static void
end_refused(struct pairing *p, size_t from, const struct ticket *v, const char *why)
{
	struct ticket *w, *next;
	struct missing m;

	for (w = own_tickets(p)->waiting; w != NULL; w = next) {
		next = w->next;
		if (!members_have(&w->members, from) || !is_refused(p, w, v) ||
		    find_match(p, w, from) != NULL)
			continue;
		missing_all(p->self, p->peers, p->tickets, w, &m);
		if (m.status != ST_REFUSED) {
			m.status = ST_REFUSED;
			m.of_inputs = true;
			snprintf(m.text, sizeof(m.text), "party '%s' refuses this step%s%.600s",
			    self_party(p->self, from)->name, (why[0] != '\0') ? ", and says: " :
			    "", why);
		}
		fail_ticket(p, w, &m, true);
		next = own_tickets(p)->waiting;
	}
}

/*
 * A peer's tool no longer waits.  If it gave up, keep its ticket: it may explain why ours waits in
 * vain.
 */
void
pairing_heard_cancel(struct pairing *p, size_t from, struct wire *m)
{
	uint64_t number = wire_number(m, 8);
	int status = (int)wire_number(m, 1);
	struct ticket *w = NULL;
	char why[REASON_BYTES];

	wire_string(m, why, sizeof(why));
	if (wire_done(m) && (w = tickets_find(&p->tickets[from], number)) != NULL)
		take_out(p, from, w);
	if (status == ST_OK || w == NULL) {
		ticket_free(w);
		return;
	}
	w->since = clock_ms();
	tickets_give_up(&p->tickets[from], w);
	if (status == ST_REFUSED)
		end_refused(p, from, w, why);
}

/* What an announcement says. */
struct announcement {
	uint8_t full[HASH_BYTES];
	struct members members;
	uint64_t tickets[MEMBERS_MAX];
	uint8_t nonces[MEMBERS_MAX][NONCE_BYTES];
	size_t own; /* our place among the members */
};

/* Read an announcement.  Return 0, or -1 with m->bad set. */
static int
read_announcement(const struct self *self, struct wire *m, struct announcement *a)
{
	struct members *members = &a->members;
	size_t i;

	a->own = MEMBERS_MAX;
	wire_bytes(m, a->full, sizeof(a->full));
	members->count = (size_t)wire_number(m, 2);
	if (members->count > MEMBERS_MAX) {
		m->bad = true;
		return (-1);
	}
	for (i = 0; i < members->count; i++) {
		members->index[i] = (uint16_t)wire_number(m, 2);
		a->tickets[i] = wire_number(m, 8);
		wire_bytes(m, a->nonces[i], NONCE_BYTES);
		if (members->index[i] >= self_parties(self) ||
		    (i > 0 && members->index[i] <= members->index[i - 1]))
			m->bad = true;
		if (members->index[i] == self->index)
			a->own = i;
	}
	if (!wire_done(m) || a->own == MEMBERS_MAX)
		m->bad = true;
	return (m->bad ? -1 : 0);
}

/*
 * Check that an announcement is by the right party, for us, with our number, and begin the session.
 */
void
pairing_heard_start(struct pairing *p, size_t from, struct wire *m)
{
	struct announcement a;
	struct ticket *w;
	size_t i;

	if (from != underway_coordinator(p->self)) {
		m->bad = true;
		return;
	}
	if (read_announcement(p->self, m, &a) == -1)
		return;
	for (i = 0; i < a.members.count; i++) {
		if (a.members.index[i] != p->self->index)
			tickets_announced(&p->tickets[a.members.index[i]], a.tickets[i]);
	}
	w = tickets_find(own_tickets(p), a.tickets[a.own]);
	/*
	 * Our tool may have given up while the announcement was on its way: the others must not
	 * wait for it.
	 */
	if (w == NULL) {
		sessions_decline(p->sessions, a.full, &a.members, a.nonces);
		return;
	}
	/*
	 * Nobody is brought into a session that is about something else; a guest cannot know all
	 * that it is about.
	 */
	if (memcmp(w->nonce, a.nonces[a.own], NONCE_BYTES) != 0 || !waits_for(p, w, &a.members) ||
	    (!w->guest && memcmp(w->full, a.full, HASH_BYTES) != 0)) {
		m->bad = true;
		return;
	}
	tickets_take(own_tickets(p), w->number);
	begin_session(p, w, a.full, &a.members, a.nonces);
}

/* ---- what happens to peers ---- */

void
pairing_linked(struct pairing *p, size_t index)
{
	const struct ticket *w;

	for (w = own_tickets(p)->waiting; w != NULL; w = w->next) {
		struct buf message = { NULL, 0, 0 };

		if (ticket_write(w, party_shares(self_party(p->self, index)), &message) == 0)
			peers_send(p->peers, index, &message);
		buf_free(&message);
	}
}

void
pairing_lost(struct pairing *p, size_t index, bool ended)
{
	struct ticket *freed[MEMBERS_MAX], *v;

	for (v = p->tickets[index].waiting; v != NULL; v = v->next)
		(void)dissolve(p, v, freed);
	tickets_clear(&p->tickets[index]);
	if (!ended)
		tickets_give_up(&p->tickets[index], NULL);
}

void
pairing_ended(struct pairing *p, size_t index)
{
	struct ticket *w, *next;
	struct missing m;

	for (w = own_tickets(p)->waiting; w != NULL; w = next) {
		next = w->next;
		if (!members_have(&w->members, index))
			continue;
		missing_member(p->self, p->peers, p->tickets, w, index, &m);
		/*
		 * It waited for what we wait for, and its command has ended because somebody else
		 * did not come.
		 */
		if (m.status == ST_OK)
			missing_all(p->self, p->peers, p->tickets, w, &m);
		fail_ticket(p, w, &m, false);
	}
}

const char *
pairing_why(const struct pairing *p, int status)
{

	return ((status != 0 && status == p->why_status) ? p->why : "");
}
