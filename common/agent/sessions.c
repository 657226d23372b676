#include "agent/sessions_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/dealt_files_internal.h"
#include "agent/losses_internal.h"
#include "base/diag.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "net/clock.h"

#define OPENING_MS 12000 /* without any link that opens */
#define OPENING_MAX_MS 60000
#define FIRST_DELAY_MS 50 /* before a link is tried again */
#define MAX_DELAY_MS 1000
#define WHY_BYTES 700

int
sessions_start(struct sessions *ss)
{

	ss->parked = mem_array(self_parties(ss->self), sizeof(*ss->parked));
	return ((ss->parked == NULL) ? -1 : 0);
}

void
sessions_thread(struct sessions *ss)
{

	spending_thread(&ss->spending);
}

static void
sessions_remove(struct sessions *ss, struct opening_session *s)
{
	struct opening_session **p;
	size_t i;

	for (p = &ss->list; *p != NULL && *p != s; p = &(*p)->next)
		continue;
	if (*p == s)
		*p = s->next;
	for (i = 0; i < s->members.count; i++)
		link_free(s->links[i]);
	if (s->tool != NULL)
		s->tool->opening = NULL;
	mem_wipe_free(s, sizeof(*s));
}

void
sessions_free(struct sessions *ss)
{
	size_t i;

	spending_free(&ss->spending);
	while (ss->list != NULL)
		sessions_remove(ss, ss->list);
	for (i = 0; ss->parked != NULL && i < self_parties(ss->self); i++)
		links_free(&ss->parked[i]);
	free(ss->parked);
}

/* ---- beginning ---- */

/* The session number: what it is about, who its members are, and what they drew. */
static void
make_session_number(const struct self *self, const uint8_t *full, const struct members *m,
    uint8_t nonces[][NONCE_BYTES], uint8_t number[static SESSION_NUMBER_BYTES])
{
	struct hash h;
	size_t i;

	hash_init(&h);
	hash_string(&h, "smpc-session-1");
	hash_bytes(&h, parties_digest(self->link.parties), HASH_BYTES);
	hash_bytes(&h, full, HASH_BYTES);
	hash_u64(&h, m->count);
	for (i = 0; i < m->count; i++) {
		hash_u64(&h, m->index[i]);
		hash_bytes(&h, nonces[i], NONCE_BYTES);
	}
	hash_final(&h, number);
}

int
sessions_add(struct sessions *ss, struct client *t, const uint8_t full[static HASH_BYTES],
    const struct members *m, uint8_t nonces[][NONCE_BYTES])
{
	struct opening_session *s;
	const uint8_t *dealt_number;

	if ((s = mem_array(1, sizeof(*s))) == NULL)
		return (-1);
	make_session_number(ss->self, full, m, nonces, s->number);
	s->members = *m;
	s->tool = t;
	tools_enter(t, s->number, m);
	if ((dealt_number = dealt_files_number(t)) != NULL) {
		s->dealt = true;
		memcpy(s->dealt_number, dealt_number, sizeof(s->dealt_number));
	}
	s->deadline = clock_ms() + OPENING_MS;
	s->last = clock_ms() + OPENING_MAX_MS;
	if (underway_coordinator(ss->self) == ss->self->index)
		underway_add(ss->underway, s->number, m);
	s->next = ss->list;
	ss->list = s;
	t->opening = s;
	return (0);
}

/* ---- failing ---- */

/* Tell all members that a session does not come about. */
static void
tell_failed(struct sessions *ss, const uint8_t *number, const struct members *m, const char *why)
{
	struct buf message = { NULL, 0, 0 };
	size_t i;

	if (wire_put_number(&message, CONTROL_ABORT, 1) == 0 &&
	    buf_append(&message, number, SESSION_NUMBER_BYTES) == 0 &&
	    wire_put_reason(&message, why, REASON_BYTES) == 0) {
		for (i = 0; i < m->count; i++)
			peers_send(ss->peers, m->index[i], &message);
	}
	buf_free(&message);
	underway_failed(ss->underway, number, ss->self->index);
}

/* A session does not come about: tell all members, and our tool if it is still there. */
static void
sessions_fail(struct sessions *ss, struct opening_session *s, int status, const char *why)
{

	tell_failed(ss, s->number, &s->members, why);
	if (s->tool != NULL)
		tools_failed(s->tool, status, "%s", why);
	sessions_remove(ss, s);
}

static void
tool_has_ended(const struct sessions *ss, char *why, size_t size)
{

	snprintf(why, size, "the tool of party '%s' has ended", ss->self->link.party->name);
}

void
sessions_decline(struct sessions *ss, const uint8_t full[static HASH_BYTES],
    const struct members *m, uint8_t nonces[][NONCE_BYTES])
{
	uint8_t number[SESSION_NUMBER_BYTES];
	char why[128];

	make_session_number(ss->self, full, m, nonces, number);
	tool_has_ended(ss, why, sizeof(why));
	tell_failed(ss, number, m, why);
}

void
sessions_cancel(struct sessions *ss, struct client *t)
{
	struct opening_session *s = t->opening;
	char why[128];

	/* Nobody who holds back that it has opened holds up others any longer. */
	if (tools_in_session(t))
		underway_failed(ss->underway, tools_number(t), ss->self->index);
	if (s == NULL)
		return;
	tool_has_ended(ss, why, sizeof(why));
	s->tool = NULL;
	t->opening = NULL;
	sessions_fail(ss, s, ST_PEER, why);
}

/* A session does not come about at a member; here it may have begun. */
void
sessions_heard_abort(struct sessions *ss, size_t from, struct wire *m)
{
	uint8_t number[SESSION_NUMBER_BYTES];
	struct opening_session *s;
	struct client *t;
	char why[REASON_BYTES];

	wire_bytes(m, number, sizeof(number));
	wire_string(m, why, sizeof(why));
	if (wire_done(m))
		underway_failed(ss->underway, number, from);
	if (!wire_done(m) || (t = tools_find(ss->tools, number)) == NULL)
		return;
	if ((s = t->opening) == NULL) {
		if (!losses_pass_on(t, from, from))
			m->bad = true;
		return;
	}
	if (!members_have(&s->members, from)) {
		m->bad = true;
		return;
	}
	losses_tell(ss->peers, number, &s->members, from);
	tools_failed(t, ST_PEER, "party '%s': %s", self_party(ss->self, from)->name, why);
	sessions_remove(ss, s);
}

/* ---- links that peers open ---- */

/* A link has opened: there is reason to wait on. */
static void
note_progress(struct opening_session *s)
{
	int64_t by = clock_ms() + OPENING_MS;

	s->deadline = (by < s->last) ? by : s->last;
}

/* The session that a data link belongs to, and that lacks it; NULL: there is none. */
static struct opening_session *
find_lacking(const struct sessions *ss, const struct link *l)
{
	size_t index = self_index_of(ss->self, l->peer), i;
	struct opening_session *s;

	if (peers_call(ss->peers, index))
		return (NULL);
	for (s = ss->list; s != NULL; s = s->next) {
		if (memcmp(s->number, l->session, SESSION_NUMBER_BYTES) != 0)
			continue;
		i = members_position(&s->members, index);
		if (i < s->members.count && s->links[i] == NULL)
			return (s);
	}
	return (NULL);
}

/* Give a data link to the session that it belongs to; return whether there was one. */
static bool
give_link(struct sessions *ss, struct link *l)
{
	struct opening_session *s = find_lacking(ss, l);

	if (s == NULL)
		return (false);
	s->links[members_position(&s->members, self_index_of(ss->self, l->peer))] = l;
	note_progress(s);
	return (true);
}

void
sessions_link(struct sessions *ss, struct link *l)
{
	struct links *parked;
	struct link *oldest;

	if (give_link(ss, l))
		return;
	/* It may be ahead of the announcement, which takes another way. */
	parked = &ss->parked[self_index_of(ss->self, l->peer)];
	if (parked->count >= ss->self->limits.callers) {
		oldest = parked->first;
		links_remove(parked, oldest);
		link_free(oldest);
	}
	links_add(parked, l);
}

static void
give_parked(struct sessions *ss, struct links *parked)
{
	struct link *l, *next;
	int64_t now = clock_ms();

	for (l = parked->first; l != NULL; l = next) {
		next = l->next;
		if (now <= l->deadline && find_lacking(ss, l) == NULL)
			continue;
		links_remove(parked, l);
		if (!give_link(ss, l))
			link_free(l);
	}
}

/* ---- links that we open ---- */

static void
dial_link(struct sessions *ss, struct opening_session *s, size_t i)
{

	s->dialled[i].again = 0;
	s->links[i] = link_dial(&ss->self->link, self_party(ss->self, s->members.index[i]),
	    LINK_DATA, s->number);
}

static void
dial_links(struct sessions *ss, struct opening_session *s)
{
	size_t i, index;

	s->dialled_all = true;
	for (i = 0; i < s->members.count; i++) {
		index = s->members.index[i];
		if (!peers_need(ss->peers, index) || !peers_call(ss->peers, index))
			continue;
		s->dialled[i] = (struct dialled){ .ours = true, .delay = FIRST_DELAY_MS };
		dial_link(ss, s, i);
	}
}

/*
 * A link of ours has failed: it is tried again, as the network, or a flood at the other end, may
 * have broken it; unless we were refused.  Return whether that is so.
 */
static bool
retry_link(struct opening_session *s, size_t i)
{
	struct dialled *d = &s->dialled[i];
	struct link *l = s->links[i];
	bool refused = (l != NULL && l->refused);

	snprintf(d->why, sizeof(d->why), "%s", (l != NULL) ? l->why : "out of memory");
	link_free(l);
	s->links[i] = NULL;
	d->again = clock_ms() + d->delay;
	d->delay = (2 * d->delay < MAX_DELAY_MS) ? 2 * d->delay : MAX_DELAY_MS;
	return (!refused);
}

/* How it is with a session's link to a member. */
enum link_progress {
	PROGRESS_OPEN,
	PROGRESS_WAITS,
	PROGRESS_FAILED
};

/* Move the link to a member, if we open it. */
static enum link_progress
step_data_link(struct sessions *ss, struct opening_session *s, size_t i)
{
	struct link *l;

	if (s->dialled[i].again != 0 && clock_ms() >= s->dialled[i].again)
		dial_link(ss, s, i);
	l = s->links[i];
	if (l != NULL && l->state == LINK_OPENING) {
		link_step_ready(l);
		if (l->state == LINK_OPEN)
			note_progress(s);
	}
	if (l != NULL && l->state == LINK_OPEN)
		return (PROGRESS_OPEN);
	if (s->dialled[i].ours && s->dialled[i].again == 0 &&
	    (l == NULL || l->state == LINK_FAILED) && !retry_link(s, i))
		return (PROGRESS_FAILED);
	return (PROGRESS_WAITS);
}

static void
explain_link(const struct sessions *ss, const struct opening_session *s, size_t i,
    char why[static WHY_BYTES])
{
	const char *reason = s->dialled[i].why;
	size_t index = s->members.index[i];
	char where[WHERE_BYTES];

	peers_where(ss->peers, index, where, sizeof(where));
	if (reason[0] == '\0')
		reason = s->dialled[i].ours ? "it does not answer" : "it does not open one";
	snprintf(why, WHY_BYTES, "no data link to party '%s'%s: %s",
	    self_party(ss->self, index)->name, where, reason);
}

void
sessions_missing(const struct sessions *ss, const struct client *t, char *out, size_t size)
{
	const struct opening_session *s = t->opening;
	char why[WHY_BYTES] = "the ledger is being written";
	size_t i;

	for (i = 0; i < s->members.count; i++) {
		if (peers_need(ss->peers, s->members.index[i]) &&
		    (s->links[i] == NULL || s->links[i]->state != LINK_OPEN)) {
			explain_link(ss, s, i, why);
			break;
		}
	}
	snprintf(out, size, "%s", why);
}

/*
 * Move the links that we open.  Return whether all of the session are open; if that cannot come
 * about, or ${late}, set ${why}, else set it to nothing.
 */
static bool
step_data_links(struct sessions *ss, struct opening_session *s, bool late,
    char why[static WHY_BYTES])
{
	enum link_progress progress;
	bool all = true;
	size_t i;

	why[0] = '\0';
	for (i = 0; i < s->members.count; i++) {
		if (!peers_need(ss->peers, s->members.index[i]))
			continue;
		progress = step_data_link(ss, s, i);
		if (progress == PROGRESS_OPEN)
			continue;
		all = false;
		if (why[0] == '\0' && (late || progress == PROGRESS_FAILED))
			explain_link(ss, s, i, why);
	}
	return (all);
}

/* ---- the ledger ---- */

/* Take what came of the numbers that were being entered, and then all that are not entered yet. */
static void
step_ledger(struct sessions *ss)
{
	struct opening_session *s;

	if (spending_over(&ss->spending)) {
		for (s = ss->list; s != NULL; s = s->next) {
			if (s->ledger == LEDGER_BUSY)
				s->ledger = spending_answer(&ss->spending, s->number);
		}
	}
	if (spending_busy(&ss->spending))
		return;
	spending_clear(&ss->spending);
	for (s = ss->list; s != NULL; s = s->next) {
		if (s->ledger == LEDGER_TODO &&
		    spending_add(&ss->spending, s->number, s->dealt ? s->dealt_number : NULL))
			s->ledger = LEDGER_BUSY;
	}
	spending_start(&ss->spending, ss->self->ledger);
}

/* ---- progress ---- */

void
sessions_peer_lost(struct sessions *ss, size_t index)
{
	struct opening_session *s;
	size_t i;

	for (s = ss->list; s != NULL; s = s->next) {
		i = members_position(&s->members, index);
		if (i < s->members.count)
			s->lost[i] = true;
	}
}

/* An agent may have been lost while the session opened: its tool has to know that, too. */
static void
tell_lost(const struct sessions *ss, const struct opening_session *s)
{
	struct peer_state state;
	size_t i, index;

	for (i = 0; i < s->members.count; i++) {
		index = s->members.index[i];
		if (!s->lost[i])
			continue;
		state = peers_state(ss->peers, index);
		if (!state.linked && !state.ended)
			tools_lost(s->tool, index, state.trouble);
	}
}

/*
 * Give the tool its links, and what was dealt for it, in the order of the parties file.  Return
 * whether it has them; if not, it is to be tried again.
 */
static bool
give_session(struct sessions *ss, struct opening_session *s)
{
	struct given list[MEMBERS_MAX + 1], dealt = { .index = SIZE_MAX };
	const uint8_t *dealt_number = dealt_files_number(s->tool);
	const struct link *l;
	size_t n = 0, i;

	if (dealt_number != NULL)
		dealt = dealt_files_given(ss->self, s->tool);
	for (i = 0; i < s->members.count; i++) {
		if (dealt.index < s->members.index[i]) {
			list[n++] = dealt;
			dealt.index = SIZE_MAX;
		}
		if ((l = s->links[i]) != NULL)
			list[n++] = (struct given){ .index = s->members.index[i],
				.way = CHANNEL_BOTH, .send = &l->send, .receive = &l->receive,
				.seed = l->seed, .fd = l->fd };
	}
	if (dealt.index != SIZE_MAX)
		list[n++] = dealt;
	/* What gives ids and keys their meaning is the number that the dealer knew. */
	if (!tools_give(ss->self, s->tool, (dealt_number != NULL) ? dealt_number : s->number, list,
	    n))
		return (false);
	dealt_files_release(s->tool);
	tell_lost(ss, s);
	return (true);
}

/* A session has opened here: tell the party that announced it. */
static void
tell_opened(struct sessions *ss, const uint8_t *number)
{
	struct buf message = { NULL, 0, 0 };
	size_t coordinator = underway_coordinator(ss->self);

	if (coordinator == ss->self->index)
		underway_opened(ss->underway, number, coordinator);
	else if (wire_put_number(&message, CONTROL_OPENED, 1) == 0 &&
	    buf_append(&message, number, SESSION_NUMBER_BYTES) == 0)
		peers_send(ss->peers, coordinator, &message);
	buf_free(&message);
}

static void
step_session(struct sessions *ss, struct opening_session *s)
{
	char why[WHY_BYTES];
	bool late = (clock_ms() > s->deadline);

	if (s->ledger == LEDGER_USED)
		sessions_fail(ss, s, ST_REFUSED, "the session number, or that of what was dealt "
		    "for it, was used before");
	else if (s->ledger == LEDGER_FAILED)
		sessions_fail(ss, s, ST_FAILED, "the session number could not be entered into the "
		    "ledger");
	else if (step_data_links(ss, s, late, why)) {
		/*
		 * Nothing of a session is given away before its number is sure to survive a crash.
		 */
		if (s->ledger != LEDGER_SPENT || !give_session(ss, s)) {
			if (late)
				sessions_fail(ss, s, ST_FAILED, (s->ledger != LEDGER_SPENT) ?
				    "the session number was not entered into the ledger in time" :
				    "the session's connections could not be given to the tool");
			return;
		}
		tell_opened(ss, s->number);
		sessions_remove(ss, s);
	} else if (why[0] != '\0')
		sessions_fail(ss, s, ST_PEER, why);
}

void
sessions_step(struct sessions *ss)
{
	struct opening_session *s, *next;
	size_t i;

	step_ledger(ss);
	for (s = ss->list; s != NULL; s = s->next) {
		if (!s->dialled_all)
			dial_links(ss, s);
	}
	for (i = 0; i < self_parties(ss->self); i++)
		give_parked(ss, &ss->parked[i]);
	for (s = ss->list; s != NULL; s = next) {
		next = s->next;
		step_session(ss, s);
	}
}

void
sessions_poll(struct sessions *ss, struct polled *p)
{
	struct opening_session *s;
	size_t i;

	for (s = ss->list; s != NULL; s = s->next) {
		for (i = 0; i < s->members.count; i++) {
			if (s->links[i] != NULL && s->links[i]->state == LINK_OPENING)
				polled_add(p, link_descriptor(s->links[i]),
				    link_events(s->links[i]), &s->links[i]->ready);
		}
	}
}
