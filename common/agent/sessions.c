#include "agent/sessions_internal.h"

#include <stdio.h>
#include <string.h>

#include "agent/dealt_files_internal.h"
#include "agent/losses_internal.h"
#include "base/diag.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "net/clock.h"

#define OPENING_MS 12000
#define WHY_BYTES 512

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
	for (i = 0; i < MAX_PARKED; i++)
		link_free(ss->parked[i]);
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
	s->next = ss->list;
	ss->list = s;
	t->opening = s;
	return (0);
}

/* ---- failing ---- */

/* A session does not come about: tell all members, and our tool if it is still there. */
static void
sessions_fail(struct sessions *ss, struct opening_session *s, int status, const char *why)
{
	struct buf message = { NULL, 0, 0 };
	size_t i;

	if (wire_put_number(&message, CONTROL_ABORT, 1) == 0 &&
	    buf_append(&message, s->number, SESSION_NUMBER_BYTES) == 0 &&
	    wire_put_string(&message, why) == 0) {
		for (i = 0; i < s->members.count; i++)
			peers_send(ss->peers, s->members.index[i], &message);
	}
	buf_free(&message);
	if (s->tool != NULL)
		tools_failed(s->tool, status, "%s", why);
	sessions_remove(ss, s);
}

void
sessions_cancel(struct sessions *ss, struct client *t)
{
	struct opening_session *s = t->opening;
	char why[128];

	if (s == NULL)
		return;
	snprintf(why, sizeof(why), "the tool of party '%s' has ended", ss->self->link.party->name);
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
	char why[256];

	wire_bytes(m, number, sizeof(number));
	wire_string(m, why, sizeof(why));
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

/* Give a data link to the session that it belongs to; return whether there was one. */
static bool
give_link(struct sessions *ss, struct link *l)
{
	size_t index = self_index_of(ss->self, l->peer), i;
	struct opening_session *s;

	if (peers_call(ss->peers, index))
		return (false);
	for (s = ss->list; s != NULL; s = s->next) {
		if (memcmp(s->number, l->session, SESSION_NUMBER_BYTES) != 0)
			continue;
		i = members_position(&s->members, index);
		if (i < s->members.count && s->links[i] == NULL) {
			s->links[i] = l;
			return (true);
		}
	}
	return (false);
}

void
sessions_link(struct sessions *ss, struct link *l)
{
	size_t i, oldest = 0;

	if (give_link(ss, l))
		return;
	/* It may be ahead of the announcement, which takes another way. */
	for (i = 0; i < MAX_PARKED; i++) {
		if (ss->parked[i] == NULL)
			break;
		if (ss->parked[i]->deadline < ss->parked[oldest]->deadline)
			oldest = i;
	}
	if (i == MAX_PARKED) {
		i = oldest;
		link_free(ss->parked[i]);
	}
	ss->parked[i] = l;
}

static void
give_parked(struct sessions *ss)
{
	size_t i;

	for (i = 0; i < MAX_PARKED; i++) {
		if (ss->parked[i] == NULL)
			continue;
		if (give_link(ss, ss->parked[i]))
			ss->parked[i] = NULL;
		else if (clock_ms() > ss->parked[i]->deadline) {
			link_free(ss->parked[i]);
			ss->parked[i] = NULL;
		}
	}
}

/* ---- links that we open ---- */

static void
dial_links(struct sessions *ss, struct opening_session *s)
{
	size_t i, index;

	s->dialled_all = true;
	for (i = 0; i < s->members.count; i++) {
		index = s->members.index[i];
		if (!peers_need(ss->peers, index) || !peers_call(ss->peers, index))
			continue;
		s->links[i] = link_dial(&ss->self->link, self_party(ss->self, index), LINK_DATA,
		    s->number);
		s->dialled[i] = true;
	}
}

/*
 * Move the links that we open.  Return whether all of the session are open; set ${why} if one has
 * failed, else to nothing.
 */
static bool
step_data_links(struct sessions *ss, struct opening_session *s, char why[static WHY_BYTES])
{
	bool all = true;
	struct link *l;
	size_t i;

	why[0] = '\0';
	for (i = 0; i < s->members.count; i++) {
		if (!peers_need(ss->peers, s->members.index[i]))
			continue;
		l = s->links[i];
		if (l != NULL && l->state == LINK_OPENING)
			link_step_ready(l);
		if (l != NULL && l->state == LINK_OPEN)
			continue;
		all = false;
		if (s->dialled[i] && (l == NULL || l->state == LINK_FAILED)) {
			snprintf(why, WHY_BYTES, "no data link to party '%s': %s",
			    self_party(ss->self, s->members.index[i])->name,
			    (l != NULL) ? l->why : "out of memory");
			return (false);
		}
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

/* Give the tool its links, and what was dealt for it, in the order of the parties file. */
static void
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
	tools_give(ss->self, s->tool, (dealt_number != NULL) ? dealt_number : s->number, list, n);
	dealt_files_release(s->tool);
}

static void
step_session(struct sessions *ss, struct opening_session *s)
{
	char why[WHY_BYTES];

	if (s->ledger == LEDGER_FAILED)
		sessions_fail(ss, s, (int)diag_status(), "the session number could not be entered "
		    "into the ledger");
	else if (step_data_links(ss, s, why)) {
		/*
		 * Nothing of a session is given away before its number is sure to survive a crash.
		 */
		if (s->ledger != LEDGER_SPENT)
			return;
		give_session(ss, s);
		sessions_remove(ss, s);
	} else if (why[0] != '\0')
		sessions_fail(ss, s, ST_PEER, why);
	else if (clock_ms() > s->deadline)
		sessions_fail(ss, s, ST_PEER,
		    "a session was announced, but not all data links came");
}

void
sessions_step(struct sessions *ss)
{
	struct opening_session *s, *next;

	step_ledger(ss);
	for (s = ss->list; s != NULL; s = s->next) {
		if (!s->dialled_all)
			dial_links(ss, s);
	}
	give_parked(ss);
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
