#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "agent/agent_internal.h"
#include "net/clock.h"
#include "agent/ledger.h"
#include "agent/signals.h"

#define OPENING_MS 12000
#define MAX_WAITING 1024 /* of one peer */

bool
members_have(const struct members *m, size_t index)
{
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (m->index[i] == index)
			return (true);
	}
	return (false);
}

/* ---- tickets ---- */

void
waiting_free(struct waiting *w)
{

	if (w == NULL)
		return;
	free(w->text);
	mem_wipe_free(w, sizeof(*w));
}

int
waiting_message(const struct waiting *w, struct buf *message)
{
	size_t i;

	if (wire_put_number(message, CONTROL_WAIT, 1) == -1 || wire_put_number(message, w->ticket,
	    8) == -1 || buf_append(message, w->brief, HASH_BYTES) == -1 ||
	    buf_append(message, w->full, HASH_BYTES) == -1 || buf_append(message, w->nonce,
	    NONCE_BYTES) == -1 || wire_put_number(message, w->guest, 1) == -1 ||
	    wire_put_number(message, w->members.count, 2) == -1)
		return (-1);
	for (i = 0; i < w->members.count; i++) {
		if (wire_put_number(message, w->members.index[i], 2) == -1)
			return (-1);
	}
	return (wire_put_string(message, w->text));
}

/* Append to a list, so that it is in the order of arrival. */
static void
append(struct waiting **list, struct waiting *w)
{

	while (*list != NULL)
		list = &(*list)->next;
	w->next = NULL;
	*list = w;
}

static struct waiting *
unlink_ticket(struct waiting **list, uint64_t ticket)
{
	struct waiting *w;

	for (; (w = *list) != NULL; list = &w->next) {
		if (w->ticket == ticket) {
			*list = w->next;
			return (w);
		}
	}
	return (NULL);
}

void
sessions_wait(struct agent *a, struct waiting *w)
{
	struct buf message = { NULL, 0, 0 };

	w->since = clock_ms();
	append(&a->own_waiting, w);
	if (waiting_message(w, &message) == 0)
		peers_broadcast(a, &message);
	buf_free(&message);
	sessions_pair(a);
}

/* Take back what a tool of ours waits for. */
static void
cancel_ticket(struct agent *a, struct waiting *w, bool gave_up)
{
	struct buf message = { NULL, 0, 0 };

	unlink_ticket(&a->own_waiting, w->ticket);
	if (wire_put_number(&message, CONTROL_CANCEL, 1) == 0 && wire_put_number(&message,
	    w->ticket, 8) == 0 && wire_put_number(&message, gave_up, 1) == 0)
		peers_broadcast(a, &message);
	buf_free(&message);
	waiting_free(w);
}

/* ---- sessions that open ---- */

static void
session_free(struct agent *a, struct opening_session *s)
{
	struct opening_session **p;
	size_t i;

	for (p = &a->sessions; *p != NULL && *p != s; p = &(*p)->next)
		continue;
	if (*p == s)
		*p = s->next;
	for (i = 0; i < s->members.count; i++)
		link_free(s->links[i]);
	if (s->tool != NULL)
		s->tool->opening = NULL;
	mem_wipe_free(s, sizeof(*s));
}

/* Tell all members that a session does not come about. */
static void
abort_session(struct agent *a, const uint8_t *number, const struct members *m, const char *why)
{
	struct buf message = { NULL, 0, 0 };
	size_t i;

	if (wire_put_number(&message, CONTROL_ABORT, 1) == 0 && buf_append(&message, number,
	    SESSION_NUMBER_BYTES) == 0 && wire_put_string(&message, why) == 0) {
		for (i = 0; i < m->count; i++)
			peers_send(a, m->index[i], &message);
	}
	buf_free(&message);
}

static void
fail_session(struct agent *a, struct opening_session *s, int status, const char *why)
{

	abort_session(a, s->number, &s->members, why);
	if (s->tool != NULL)
		tools_failed(a, s->tool, status, "%s", why);
	session_free(a, s);
}

void
sessions_cancel(struct agent *a, struct tool *t, bool gave_up)
{
	struct waiting *w = t->waiting;
	char why[128];

	if (w != NULL) {
		t->waiting = NULL;
		cancel_ticket(a, w, gave_up);
	}
	if (t->opening != NULL) {
		snprintf(why, sizeof(why), "the tool of party '%s' has ended", a->self.party->name);
		t->opening->tool = NULL;
		fail_session(a, t->opening, ST_PEER, why);
		t->opening = NULL;
	}
}

/* Whether this agent opens the data link to a member, as it does the control link. */
static bool
opens_link(const struct agent *a, size_t index)
{

	return (a->peers[index].dials);
}

/*
 * Whether there is a link to a member at all: two who do not share have nothing to say to each
 * other.
 */
static bool
links_to(const struct agent *a, size_t index)
{

	return (index != a->own && a->peers[index].needed);
}

/*
 * Give an authenticated data link to the session that it belongs to; return whether there was one.
 */
static bool
give_link(struct agent *a, struct link *l)
{
	size_t index = (size_t)(l->peer - a->self.parties->entries), i;
	struct opening_session *s;

	for (s = a->sessions; s != NULL; s = s->next) {
		if (memcmp(s->number, l->session, SESSION_NUMBER_BYTES) != 0)
			continue;
		for (i = 0; i < s->members.count; i++) {
			if (s->members.index[i] == index && s->links[i] == NULL &&
			    !opens_link(a, index)) {
				s->links[i] = l;
				return (true);
			}
		}
	}
	return (false);
}

void
sessions_data_link(struct agent *a, struct link *l)
{
	size_t i, oldest = 0;

	if (give_link(a, l))
		return;
	/* It may be ahead of the announcement, which takes another way. */
	for (i = 0; i < MAX_PARKED; i++) {
		if (a->parked[i] == NULL)
			break;
		if (a->parked[i]->deadline < a->parked[oldest]->deadline)
			oldest = i;
	}
	if (i == MAX_PARKED) {
		i = oldest;
		link_free(a->parked[i]);
	}
	a->parked[i] = l;
}

static void
unpark(struct agent *a)
{
	size_t i;

	for (i = 0; i < MAX_PARKED; i++) {
		if (a->parked[i] == NULL)
			continue;
		if (give_link(a, a->parked[i]))
			a->parked[i] = NULL;
		else if (clock_ms() > a->parked[i]->deadline) {
			link_free(a->parked[i]);
			a->parked[i] = NULL;
		}
	}
}

/* The session number: what it is about, who its members are, and what they drew. */
static void
make_number(const struct agent *a, const uint8_t *full, const struct members *m,
    uint8_t nonces[][NONCE_BYTES], uint8_t *number)
{
	struct hash h;
	size_t i;

	hash_init(&h);
	hash_string(&h, "smpc-session-1");
	hash_bytes(&h, parties_digest(a->self.parties), HASH_BYTES);
	hash_bytes(&h, full, HASH_BYTES);
	hash_u64(&h, m->count);
	for (i = 0; i < m->count; i++) {
		hash_u64(&h, m->index[i]);
		hash_bytes(&h, nonces[i], NONCE_BYTES);
	}
	hash_final(&h, number);
}

/* A session was announced that our tool ${w} is in. */
static void
add_session(struct agent *a, struct waiting *w, const uint8_t *full, const struct members *m,
    uint8_t nonces[][NONCE_BYTES])
{
	struct opening_session *s;
	struct tool *t = w->tool;

	if ((s = mem_array(1, sizeof(*s))) == NULL) {
		tools_failed(a, t, ST_FAILED, "out of memory");
		return;
	}
	make_number(a, full, m, nonces, s->number);
	s->members = t->session_members = *m;
	s->tool = t;
	memcpy(t->session, s->number, sizeof(t->session));
	if (t->dealt != NULL) {
		s->dealt = true;
		memcpy(s->dealt_number, dealt_number(t->dealt), sizeof(s->dealt_number));
	}
	s->deadline = clock_ms() + OPENING_MS;
	s->next = a->sessions;
	a->sessions = s;
	t->opening = s;
	t->waiting = NULL;
	unlink_ticket(&a->own_waiting, w->ticket);
	waiting_free(w);
}

/* ---- pairing, at the first computing party ---- */

static size_t
coordinator(const struct agent *a)
{
	size_t i;

	for (i = 0; i < a->self.parties->count; i++) {
		if (a->self.parties->entries[i].role == PARTY_COMPUTING)
			return (i);
	}
	return (SIZE_MAX);
}

static bool
same_members(const struct members *a, const struct members *b)
{

	return (a->count == b->count && memcmp(a->index, b->index,
	    a->count * sizeof(a->index[0])) == 0);
}

/*
 * Whether these are whom a ticket waits for; a guest cannot know whether the dealer will be there.
 */
static bool
waits_for(const struct agent *a, const struct waiting *w, const struct members *m)
{
	struct members without = { .count = 0 };
	size_t i;

	if (same_members(&w->members, m))
		return (true);
	for (i = 0; i < w->members.count; i++) {
		if (a->self.parties->entries[w->members.index[i]].role != PARTY_DEALER)
			without.index[without.count++] = w->members.index[i];
	}
	return (w->guest && same_members(&without, m));
}

static struct waiting *
waiting_of(struct agent *a, size_t index)
{

	return ((index == a->own) ? a->own_waiting : a->peers[index].waiting);
}

/* The first ticket of a party that goes with ${w}, which is no guest's. */
static struct waiting *
match(struct agent *a, const struct waiting *w, size_t index)
{
	struct waiting *v;

	for (v = waiting_of(a, index); v != NULL; v = v->next) {
		if (!waits_for(a, v, &w->members))
			continue;
		if (v->guest ? (memcmp(v->brief, w->brief, HASH_BYTES) == 0) :
		    (memcmp(v->full, w->full, HASH_BYTES) == 0))
			return (v);
	}
	return (NULL);
}

/* Announce a session of these tickets to all members, and begin it here. */
static void
announce(struct agent *a, struct waiting *own, struct waiting *const *tickets)
{
	struct members m = own->members;
	uint8_t nonces[MEMBERS_MAX][NONCE_BYTES], full[HASH_BYTES];
	struct buf message = { NULL, 0, 0 };
	size_t i;
	int rc;

	memcpy(full, own->full, sizeof(full));
	rc = wire_put_number(&message, CONTROL_START, 1);
	rc |= buf_append(&message, full, sizeof(full));
	rc |= wire_put_number(&message, m.count, 2);
	for (i = 0; i < m.count; i++) {
		memcpy(nonces[i], tickets[i]->nonce, NONCE_BYTES);
		rc |= wire_put_number(&message, m.index[i], 2);
		rc |= wire_put_number(&message, tickets[i]->ticket, 8);
		rc |= buf_append(&message, tickets[i]->nonce, NONCE_BYTES);
	}
	/* Sending may lose a peer, and all its tickets with it; so they are taken out first. */
	for (i = 0; i < m.count; i++) {
		if (m.index[i] != a->own)
			waiting_free(unlink_ticket(&a->peers[m.index[i]].waiting,
			    tickets[i]->ticket));
	}
	for (i = 0; i < m.count && rc == 0; i++) {
		if (m.index[i] != a->own)
			peers_send(a, m.index[i], &message);
	}
	buf_free(&message);
	add_session(a, own, full, &m, nonces);
}

void
sessions_pair(struct agent *a)
{
	struct waiting *w, *next, *tickets[MEMBERS_MAX];
	size_t i;

	if (a->own != coordinator(a))
		return;
	for (w = a->own_waiting; w != NULL; w = next) {
		next = w->next;
		for (i = 0; i < w->members.count; i++) {
			tickets[i] = (w->members.index[i] == a->own) ? w :
			    match(a, w, w->members.index[i]);
			if (tickets[i] == NULL)
				break;
		}
		if (i < w->members.count)
			continue;
		announce(a, w, tickets);
		/* The list has changed. */
		next = a->own_waiting;
	}
}

/*
 * A session was announced with a ticket of a peer that has not reached us yet: it will, and must
 * not wait here for good.
 */
static void
expect_ticket(struct peer *p, uint64_t ticket)
{

	if (p->n_early == EARLY_MAX) {
		memmove(p->early, p->early + 1, (EARLY_MAX - 1) * sizeof(*p->early));
		p->n_early--;
	}
	p->early[p->n_early++] = ticket;
}

static bool
was_expected(struct peer *p, uint64_t ticket)
{
	size_t i;

	for (i = 0; i < p->n_early; i++) {
		if (p->early[i] != ticket)
			continue;
		p->early[i] = p->early[--p->n_early];
		return (true);
	}
	return (false);
}

static void
forget_ticket(struct peer *p, uint64_t ticket)
{
	struct waiting *w = unlink_ticket(&p->waiting, ticket);

	if (w == NULL)
		expect_ticket(p, ticket);
	waiting_free(w);
}

/* ---- messages of peers ---- */

static void
take_wait(struct agent *a, size_t from, struct wire *m)
{
	char text[DESCRIPTOR_MAX_BYTES + 1];
	struct waiting *w, *v;
	size_t i, index, waiting = 0;

	if ((w = mem_array(1, sizeof(*w))) == NULL)
		return;
	w->ticket = wire_number(m, 8);
	wire_bytes(m, w->brief, HASH_BYTES);
	wire_bytes(m, w->full, HASH_BYTES);
	wire_bytes(m, w->nonce, NONCE_BYTES);
	w->guest = (wire_number(m, 1) != 0);
	w->members.count = (size_t)wire_number(m, 2);
	if (w->members.count > MEMBERS_MAX)
		m->bad = true;
	for (i = 0; i < w->members.count && !m->bad; i++) {
		index = (size_t)wire_number(m, 2);
		if (index >= a->self.parties->count)
			m->bad = true;
		w->members.index[i] = (uint16_t)index;
	}
	wire_text(m, text, sizeof(text));
	if (w->guest && peers_share(a->peers[from].party))
		m->bad = true;
	for (v = a->peers[from].waiting; v != NULL; v = v->next)
		waiting++;
	if (!wire_done(m) || waiting >= MAX_WAITING ||
	    (w->text = mem_copy_string(text, strlen(text))) == NULL) {
		m->bad = true;
		waiting_free(w);
		return;
	}
	if (was_expected(&a->peers[from], w->ticket)) {
		waiting_free(w);
		return;
	}
	append(&a->peers[from].waiting, w);
	sessions_pair(a);
}

/*
 * A session was announced: check that it is by the right party, for us, with our number, and begin.
 */
static void
take_start(struct agent *a, size_t from, struct wire *m)
{
	uint8_t nonces[MEMBERS_MAX][NONCE_BYTES], full[HASH_BYTES];
	uint64_t ticket, own_ticket = 0;
	struct members members = { .count = 0 };
	struct waiting *w;
	size_t i, own = MEMBERS_MAX;

	wire_bytes(m, full, sizeof(full));
	members.count = (size_t)wire_number(m, 2);
	if (members.count > MEMBERS_MAX || from != coordinator(a)) {
		m->bad = true;
		return;
	}
	for (i = 0; i < members.count; i++) {
		members.index[i] = (uint16_t)wire_number(m, 2);
		ticket = wire_number(m, 8);
		wire_bytes(m, nonces[i], NONCE_BYTES);
		if (members.index[i] >= a->self.parties->count) {
			m->bad = true;
			return;
		}
		if (members.index[i] == a->own) {
			own = i;
			own_ticket = ticket;
		} else
			forget_ticket(&a->peers[members.index[i]], ticket);
	}
	if (!wire_done(m) || own == MEMBERS_MAX) {
		m->bad = true;
		return;
	}
	for (w = a->own_waiting; w != NULL && w->ticket != own_ticket; w = w->next)
		continue;
	/*
	 * Our tool may have given up while the announcement was on its way: the others will see
	 * that nobody comes.
	 */
	if (w == NULL)
		return;
	/*
	 * Nobody is brought into a session that is about something else; a guest cannot know all
	 * that it is about.
	 */
	if (memcmp(w->nonce, nonces[own], NONCE_BYTES) != 0 || !waits_for(a, w, &members) ||
	    (!w->guest && memcmp(w->full, full, HASH_BYTES) != 0)) {
		m->bad = true;
		return;
	}
	add_session(a, w, full, &members, nonces);
}

/* A peer's tool no longer waits; what it waited for in vain explains why ours does. */
static void
take_cancel(struct agent *a, size_t from, struct wire *m)
{
	struct waiting *w = unlink_ticket(&a->peers[from].waiting, wire_number(m, 8));

	if (wire_number(m, 1) == 0 || w == NULL) {
		waiting_free(w);
		return;
	}
	waiting_free(a->peers[from].gave_up);
	w->since = clock_ms();
	a->peers[from].gave_up = w;
}

/* ---- losses ---- */

/* Tell the members of a session whom we have lost: they may lose us next, and should know why. */
static void
tell_lost(struct agent *a, const uint8_t *number, const struct members *m, size_t index)
{
	struct buf message = { NULL, 0, 0 };
	size_t i;

	if (wire_put_number(&message, CONTROL_LOST, 1) == 0 && buf_append(&message, number,
	    SESSION_NUMBER_BYTES) == 0 && wire_put_number(&message, index, 2) == 0) {
		for (i = 0; i < m->count; i++)
			peers_send(a, m->index[i], &message);
	}
	buf_free(&message);
}

void
sessions_tool_lost(struct agent *a, struct tool *t, size_t index)
{

	if (!t->in_session || t->said || !members_have(&t->session_members, index))
		return;
	t->said = true;
	tell_lost(a, t->session, &t->session_members, index);
}

/* Our tool in a session, which opens or has begun; NULL: it has ended, or there never was one. */
static struct tool *
tool_in(struct agent *a, const uint8_t *number)
{
	struct tool *t;

	for (t = a->tools; t != NULL; t = t->next) {
		if ((t->in_session || t->opening != NULL) && memcmp(t->session, number,
		    sizeof(t->session)) == 0)
			return (t);
	}
	return (NULL);
}

/*
 * Pass on to our tool what a member says; it counts once for each.  Return whether it is a member,
 * and names one.
 */
static bool
hear_lost(struct tool *t, size_t from, size_t index)
{
	size_t i;

	for (i = 0; i < t->session_members.count && t->session_members.index[i] != from; i++)
		continue;
	if (i == t->session_members.count || !members_have(&t->session_members, index))
		return (false);
	if (!t->heard[i])
		tools_loss(t, from, index);
	t->heard[i] = true;
	return (true);
}

static void
take_lost(struct agent *a, size_t from, struct wire *m)
{
	uint8_t number[SESSION_NUMBER_BYTES];
	struct tool *t;
	size_t index;

	wire_bytes(m, number, sizeof(number));
	index = (size_t)wire_number(m, 2);
	if (wire_done(m) && (t = tool_in(a, number)) != NULL && !hear_lost(t, from, index))
		m->bad = true;
}

/* A session does not come about at a member; here it may have begun. */
static void
take_abort(struct agent *a, size_t from, struct wire *m)
{
	uint8_t number[SESSION_NUMBER_BYTES];
	struct opening_session *s;
	struct tool *t;
	char why[256];

	wire_bytes(m, number, sizeof(number));
	wire_string(m, why, sizeof(why));
	if (!wire_done(m) || (t = tool_in(a, number)) == NULL)
		return;
	if (!members_have(&t->session_members, from)) {
		m->bad = true;
		return;
	}
	if ((s = t->opening) == NULL) {
		(void)hear_lost(t, from, from);
		return;
	}
	tell_lost(a, number, &s->members, from);
	tools_failed(a, t, ST_PEER, "party '%s': %s", agent_name_of(a, from), why);
	session_free(a, s);
}

void
sessions_message(struct agent *a, size_t from, enum control_message type, struct wire *m)
{

	switch (type) {
	case CONTROL_WAIT:
		take_wait(a, from, m);
		break;
	case CONTROL_CANCEL:
		take_cancel(a, from, m);
		break;
	case CONTROL_START:
		take_start(a, from, m);
		break;
	case CONTROL_ABORT:
		take_abort(a, from, m);
		break;
	case CONTROL_LOST:
		take_lost(a, from, m);
		break;
	default:
		m->bad = true;
	}
}

void
sessions_peer_gone(struct agent *a, size_t index)
{
	struct waiting *w, *next;
	struct tool *t;
	char why[512];
	int status;

	for (w = a->own_waiting; w != NULL; w = next) {
		next = w->next;
		if (!members_have(&w->members, index))
			continue;
		status = tools_describe_missing(a, w, index, why, sizeof(why));
		/*
		 * It waited for what we wait for, and its command has ended because somebody else
		 * did not come.
		 */
		if (status == ST_OK)
			status = tools_describe_all_missing(a, w, why, sizeof(why));
		if (a->missed == UINT16_MAX)
			a->missed = (a->peers[index].gone_for < a->self.parties->count) ?
			    a->peers[index].gone_for : index;
		t = w->tool;
		t->waiting = NULL;
		cancel_ticket(a, w, false);
		tools_failed(a, t, (status == ST_OK) ? (int)ST_PEER : status, "%s", why);
	}
}

/* ---- progress ---- */

/* Move the data links that this agent opens; return whether all of the session are open. */
static bool
open_links(struct agent *a, struct opening_session *s, char *why, size_t size)
{
	bool all = true;
	size_t i;

	why[0] = '\0';
	for (i = 0; i < s->members.count; i++) {
		if (!links_to(a, s->members.index[i]))
			continue;
		if (s->links[i] != NULL && s->links[i]->state == LINK_OPENING)
			agent_step_link(s->links[i]);
		if (s->links[i] != NULL && s->links[i]->state == LINK_OPEN)
			continue;
		all = false;
		if (s->dialled[i] && (s->links[i] == NULL || s->links[i]->state == LINK_FAILED)) {
			snprintf(why, size, "no data link to party '%s': %s",
			    agent_name_of(a, s->members.index[i]), (s->links[i] != NULL) ?
			    s->links[i]->why : "out of memory");
			return (false);
		}
	}
	return (all);
}

/* Enter numbers into the ledger and sync it once for all.  In the worker's thread. */
static int
spend(void *cookie)
{
	struct spending *p = cookie;
	bool lost = false;
	size_t i;

	for (i = 0; i < p->count; i++)
		p->failed[i] = (ledger_enter(p->ledger, p->numbers[i]) == -1 ||
		    (p->dealt[i] && ledger_enter(p->ledger, p->dealt_numbers[i]) == -1));
	if (ledger_sync(p->ledger) == -1)
		lost = true;
	for (i = 0; i < p->count; i++)
		p->failed[i] = p->failed[i] || lost;
	/*
	 * The loop may look before the worker counts as idle: it goes by this, and then waits for
	 * that moment.
	 */
	atomic_store(&p->over, true);
	signals_wake();
	return (0);
}

/* Take all sessions that are not in the ledger yet, and begin to enter them. */
static void
spend_next(struct agent *a)
{
	struct spending *p = &a->spending;
	struct opening_session *s;

	p->count = 0;
	for (s = a->sessions; s != NULL && p->count < SPENDING_MAX; s = s->next) {
		if (s->ledger != LEDGER_TODO)
			continue;
		s->ledger = LEDGER_BUSY;
		p->dealt[p->count] = s->dealt;
		memcpy(p->dealt_numbers[p->count], s->dealt_number, SESSION_NUMBER_BYTES);
		memcpy(p->numbers[p->count++], s->number, SESSION_NUMBER_BYTES);
	}
	if (p->count == 0)
		return;
	p->busy = true;
	atomic_store(&p->over, false);
	p->ledger = a->ledger;
	if (p->worker != NULL)
		worker_start(p->worker, spend, p);
	else
		(void)spend(p);
}

static void
step_ledger(struct agent *a)
{
	struct spending *p = &a->spending;
	struct opening_session *s;
	size_t i;

	if (p->busy && atomic_load(&p->over)) {
		if (p->worker != NULL)
			(void)worker_wait(p->worker);
		p->busy = false;
		for (s = a->sessions; s != NULL; s = s->next) {
			for (i = 0; i < p->count; i++) {
				if (s->ledger == LEDGER_BUSY && memcmp(p->numbers[i], s->number,
				    SESSION_NUMBER_BYTES) == 0)
					s->ledger = p->failed[i] ? LEDGER_FAILED : LEDGER_SPENT;
			}
		}
	}
	if (!p->busy)
		spend_next(a);
}

static void
dial_links(struct agent *a, struct opening_session *s)
{
	size_t i;

	s->dialled_all = true;
	for (i = 0; i < s->members.count; i++) {
		if (links_to(a, s->members.index[i]) && opens_link(a, s->members.index[i])) {
			s->links[i] = link_dial(&a->self,
			    &a->self.parties->entries[s->members.index[i]], LINK_DATA, s->number);
			s->dialled[i] = true;
		}
	}
}

static void
step_session(struct agent *a, struct opening_session *s)
{
	char why[512];

	if (s->ledger == LEDGER_FAILED)
		fail_session(a, s, (int)diag_status(), "the session number could not be entered "
		    "into the ledger");
	else if (open_links(a, s, why, sizeof(why))) {
		/*
		 * Nothing of a session is given away before its number is sure to survive a crash.
		 */
		if (s->ledger != LEDGER_SPENT)
			return;
		tools_ready(a, s->tool, s);
		session_free(a, s);
	} else if (why[0] != '\0')
		fail_session(a, s, ST_PEER, why);
	else if (clock_ms() > s->deadline)
		fail_session(a, s, ST_PEER, "a session was announced, but not all data links came");
}

void
sessions_step(struct agent *a)
{
	struct opening_session *s, *next;

	step_ledger(a);
	for (s = a->sessions; s != NULL; s = s->next) {
		if (!s->dialled_all)
			dial_links(a, s);
	}
	unpark(a);
	for (s = a->sessions; s != NULL; s = next) {
		next = s->next;
		step_session(a, s);
	}
}

void
sessions_poll(struct agent *a, struct polled *p)
{
	struct opening_session *s;
	size_t i;

	for (s = a->sessions; s != NULL; s = s->next) {
		for (i = 0; i < s->members.count; i++) {
			if (s->links[i] != NULL && s->links[i]->state == LINK_OPENING)
				polled_add(p, link_descriptor(s->links[i]),
				    link_events(s->links[i]), &s->links[i]->ready);
		}
	}
}

void
sessions_free(struct agent *a)
{
	struct waiting *w;
	size_t i;

	while (a->sessions != NULL)
		session_free(a, a->sessions);
	while ((w = a->own_waiting) != NULL) {
		a->own_waiting = w->next;
		waiting_free(w);
	}
	for (i = 0; i < MAX_PARKED; i++)
		link_free(a->parked[i]);
}
