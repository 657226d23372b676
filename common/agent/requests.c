#include "agent/requests_internal.h"

#include <stdio.h>
#include <string.h>

#include "agent/losses_internal.h"
#include "agent/seals_internal.h"
#include "base/diag.h"
#include "base/mem.h"
#include "net/clock.h"
#include "net/descriptor.h"
#include "net/protocol.h"
#include "net/wire.h"


#define STATUS_LINE 700
#define STATUS_ROOM (PROTOCOL_MAX_BYTES - 8 * STATUS_LINE)

/* ---- a session ---- */

/* Read the names of members who do not share, and mark them.  Return 0, or -1 (the tool knows). */
static int
mark_guests(const struct self *self, struct client *t, struct wire *w,
    bool marks[static PARTIES_MAX])
{
	char name[PARTY_NAME_BYTES + 1];
	const struct party *p;
	size_t i, extra = (size_t)wire_number(w, 2);

	for (i = 0; i < extra && !w->bad; i++) {
		wire_string(w, name, sizeof(name));
		if (w->bad)
			return (-1);
		if ((p = parties_find(self->link.parties, name)) == NULL) {
			tools_failed(t, ST_USAGE, "'%s' is not in the parties file", name);
			return (-1);
		}
		marks[self_index_of(self, p)] = true;
	}
	return (0);
}

/* Whether these can hold a session with us. */
static int
check_members(const struct self *self, struct client *t, const struct members *m)
{
	const char *own = self->link.party->name;
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (!self_can_meet(self, m->index[i])) {
			tools_failed(t, ST_FAILED, "'%s' and '%s' can never meet, as neither has "
			    "an address in the parties file", own,
			    self_party(self, m->index[i])->name);
			return (-1);
		}
	}
	if (!members_have(m, self->index)) {
		tools_failed(t, ST_USAGE, "party '%s' has no part in this step", own);
		return (-1);
	}
	return (0);
}

/*
 * The members are all who share, and those that the request names besides.  Return 0, or -1: the
 * tool has been told why not, or w->bad is set.
 */
static int
find_members(const struct self *self, struct client *t, struct wire *w, struct members *m)
{
	bool marks[PARTIES_MAX] = { false };
	size_t i;

	if (mark_guests(self, t, w, marks) == -1)
		return (-1);
	m->count = 0;
	for (i = 0; i < self_parties(self); i++) {
		if (!self_meets(self, i) || (!marks[i] && !party_shares(self_party(self, i))))
			continue;
		if (m->count == MEMBERS_MAX) {
			tools_failed(t, ST_USAGE, "more than %d parties in one session",
			    MEMBERS_MAX);
			return (-1);
		}
		m->index[m->count++] = (uint16_t)i;
	}
	return (check_members(self, t, m));
}

/*
 * Make a ticket for a step, which says what was dealt for it.  Return NULL if there is none: the
 * tool has been told why, or, as memory is short, is let go.
 */
static struct ticket *
make_ticket(struct requests *r, struct client *t, const char *text, enum session_dealer dealer)
{
	struct buf b = { NULL, 0, 0 };
	struct ticket *w = NULL;

	if (buf_string(&b, text) == -1)
		tools_close(t);
	else if ((r->dealt == NULL || dealt_files_find(r->dealt, t, text, dealer, &b) == 0) &&
	    (w = ticket_new((b.data != NULL) ? b.data : "", b.len)) == NULL)
		tools_close(t);
	buf_free(&b);
	return (w);
}

static void
request_session(struct requests *r, struct client *t, struct wire *w)
{
	char text[DESCRIPTOR_MAX_BYTES + 1];
	struct ticket *v;
	uint64_t wait_ms = wire_number(w, 4), flags = wire_number(w, 1);
	bool guest = ((flags & OPEN_GUEST) != 0);
	enum session_dealer dealer = (enum session_dealer)OPEN_DEALER(flags);
	struct members members;

	if (tools_busy(t) || find_members(r->self, t, w, &members) == -1) {
		if (w->bad)
			tools_close(t);
		return;
	}
	wire_text(w, text, sizeof(text));
	if (guest && party_shares(r->self->link.party)) {
		tools_failed(t, ST_USAGE, "party '%s' shares, and is no guest",
		    r->self->link.party->name);
		return;
	}
	if (!wire_done(w)) {
		tools_close(t);
		return;
	}
	if (pairing_full(r->pairing)) {
		tools_failed(t, ST_PEER, "what the tools of this party wait for is too much to be "
		    "shown to the others at once: try again when some have ended");
		return;
	}
	if (tools_too_many(r->tools)) {
		tools_failed(t, ST_PEER, "the agent of this party serves %zu tools at once, and "
		    "has as many: try again when some have ended", r->self->limits.tools);
		return;
	}
	if (guard_session(r->guard, t, text, guest) == -1) {
		declined_say(r->declined, text, guest, &members, wait_ms);
		return;
	}
	/* A guest holds nothing that has a budget. */
	if (!guest && budget_book_session(r->budgets, t, text) == -1) {
		declined_say(r->declined, text, guest, &members, wait_ms);
		return;
	}
	if (r->deal != NULL) {
		deal_open(r->deal, t, text, dealer);
		return;
	}
	if (declined_meet(r->declined, t, text, guest, &members) == -1)
		return;
	if ((v = make_ticket(r, t, text, dealer)) == NULL)
		return;
	v->guest = guest;
	v->members = members;
	t->deadline = clock_ms() + (int64_t)wait_ms;
	t->next_report = clock_ms() + AGENT_SPEAKS_MS;
	pairing_wait(r->pairing, t, v);
}

/* ---- how the agent is ---- */

/* A line for each peer. */
static int
put_peers(const struct requests *r, struct buf *text)
{
	char line[STATUS_LINE], where[WHERE_BYTES];
	struct peer_state state;
	size_t i;
	int rc = 0;

	for (i = 0; i < self_parties(r->self) && rc == 0; i++) {
		if (!peers_need(r->peers, i))
			continue;
		if (text->len > STATUS_ROOM)
			return (buf_string(text, "and more parties\n"));
		state = peers_state(r->peers, i);
		peers_where(r->peers, i, where, sizeof(where));
		snprintf(line, sizeof(line), "%s: %s%s%s\n", self_party(r->self, i)->name,
		    state.linked ? "linked" : "not linked", state.linked ? "" : where, state.ended ?
		    ", its command has ended" : "");
		rc = buf_string(text, line);
		if (rc == 0 && !state.linked && state.trouble[0] != '\0') {
			snprintf(line, sizeof(line), "  %s\n", state.trouble);
			rc = buf_string(text, line);
		}
	}
	return (rc);
}

static void
tell_status(const struct requests *r, struct client *asking)
{
	struct buf text = { NULL, 0, 0 }, message = { NULL, 0, 0 };
	size_t waiting = 0, sessions = 0, all = 0;
	const struct client *t;
	char line[STATUS_LINE];

	for (t = tools_next(r->tools, NULL); t != NULL; t = tools_next(r->tools, t)) {
		all += (t != asking);
		waiting += pairing_waits(t);
		sessions += tools_in_session(t);
	}
	snprintf(line, sizeof(line), "tools: %zu, of which %zu wait for other parties and %zu are "
	    "in a session", all, waiting, sessions);
	if (put_peers(r, &text) == 0 && buf_append(&text, line, strlen(line) + 1) == 0 &&
	    wire_put_number(&message, AGENT_STATUS, 1) == 0 &&
	    wire_put_string(&message, text.data) == 0)
		tools_answer(asking, &message);
	else
		tools_close(asking);
	buf_free(&text);
	buf_free(&message);
}

/* ---- all requests ---- */

static void
handle_request(struct requests *r, struct client *t, const uint8_t *data, size_t bytes)
{
	struct wire w = wire_of(data, bytes);

	switch ((enum tool_message)wire_number(&w, 1)) {
	case TOOL_OPEN:
		request_session(r, t, &w);
		break;
	case TOOL_UNSEAL:
		seals_open(r->self, t, &w);
		break;
	case TOOL_SEAL:
		if (guard_seal(r->guard, t, w) == 0)
			seals_begin(r->self, t, &w);
		break;
	case TOOL_LOST:
		losses_of_tool(r->peers, t, (size_t)wire_number(&w, 2));
		break;
	case TOOL_STATUS:
		tell_status(r, t);
		break;
	case TOOL_DONE:
		deal_store(r->deal, t);
		losses_done(t);
		tools_close(t);
		break;
	case TOOL_PARTS:
		guard_parts(r->guard, t, &w);
		break;
	case TOOL_NOTE:
		guard_note(r->guard, t, &w);
		break;
	case TOOL_REVEALS:
		guard_reveals(r->guard, t, &w);
		break;
	default:
		tools_close(t);
	}
}

/* A tool's session opens: tell it from time to time which link it lacks. */
static void
report_opening(struct requests *r, struct client *t, int64_t now)
{
	char missing[MISSING_BYTES];

	if (now < t->next_report)
		return;
	sessions_missing(r->sessions, t, missing, sizeof(missing));
	t->next_report = now + AGENT_SPEAKS_MS;
	tools_waits_for(t, missing);
}

/* A tool waits: tell it from time to time for whom, and when its patience ends. */
static void
watch_waiting(struct requests *r, struct client *t)
{
	struct missing missing;
	int64_t now = clock_ms();

	if (t->opening != NULL) {
		report_opening(r, t, now);
		return;
	}
	if (now < t->deadline && now < t->next_report)
		return;
	if (now >= t->deadline) {
		pairing_give_up(r->pairing, t);
		return;
	}
	pairing_missing(r->pairing, t, &missing);
	t->next_report = now + AGENT_SPEAKS_MS;
	tools_waits_for(t, missing.text);
}

/* A tool has ended, or is let go: whoever has to do with it learns of it. */
static void
drop_tool(struct requests *r, struct client *t)
{

	pairing_cancel(r->pairing, t);
	sessions_cancel(r->sessions, t);
	losses_of_tool(r->peers, t, r->self->index);
	deal_drop(r->deal, t);
	dealt_files_release(t);
	guard_forget(r->guard, t);
	tools_remove(r->tools, t);
}

void
requests_step(struct requests *r)
{
	uint8_t data[PROTOCOL_MAX_BYTES];
	struct client *t, *next;
	size_t bytes;

	tools_accept(r->tools);
	for (t = tools_next(r->tools, NULL); t != NULL; t = next) {
		next = tools_next(r->tools, t);
		if ((bytes = tools_receive(t, data, sizeof(data))) > 0)
			handle_request(r, t, data, bytes);
		if (!tools_closing(t) && (pairing_waits(t) || t->opening != NULL))
			watch_waiting(r, t);
		if (tools_closing(t))
			drop_tool(r, t);
	}
}

void
requests_free(struct requests *r)
{
	struct client *t;

	while ((t = tools_next(r->tools, NULL)) != NULL)
		drop_tool(r, t);
}
