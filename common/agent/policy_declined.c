#include "agent/policy_declined_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "net/clock.h"
#include "net/descriptor.h"
#include "net/protocol.h"

void
declined_free(struct declined *d)
{

	free(d->of);
	d->of = NULL;
}

/* ---- what a party has declined ---- */

static void
forget(struct declined_steps *s, size_t i)
{

	memmove(&s->step[i], &s->step[i + 1], (s->count - i - 1) * sizeof(s->step[0]));
	s->count--;
}

static void
forget_old(struct declined_steps *s)
{
	int64_t now = clock_ms();
	size_t i = 0;

	while (i < s->count) {
		if (s->step[i].until < now)
			forget(s, i);
		else
			i++;
	}
}

static bool
is_step(const struct declined_step *s, const struct declined_step *wanted)
{

	if (s->guest || wanted->guest)
		return (memcmp(s->brief, wanted->brief, HASH_BYTES) == 0);
	return (memcmp(s->full, wanted->full, HASH_BYTES) == 0);
}

/* What a ticket is for; what was dealt for it, who declines need not know. */
static struct declined_step
step_of(const struct ticket *w)
{
	struct declined_step s = { .guest = w->guest, .members = w->members };

	memcpy(s.brief, w->brief, sizeof(s.brief));
	memcpy(s.full, w->undealt, sizeof(s.full));
	return (s);
}

/* Keep a step in mind.  Return 0 or -1 (reported). */
static int
keep(struct declined *d, size_t index, const struct declined_step *step)
{
	struct declined_steps *s;

	if (d->of == NULL &&
	    (d->of = mem_array(self_parties(d->self), sizeof(*d->of))) == NULL)
		return (-1);
	s = &d->of[index];
	forget_old(s);
	if (s->count == DECLINED_MAX)
		forget(s, 0);
	s->step[s->count++] = *step;
	return (0);
}

/* ---- our steps ---- */

static void
tell_declined(struct declined *d, size_t index, const struct declined_step *s)
{
	struct buf message = { NULL, 0, 0 };
	int64_t left = s->until - clock_ms();
	int rc;

	rc = wire_put_number(&message, CONTROL_DECLINE, 1);
	rc |= buf_append(&message, s->brief, HASH_BYTES);
	rc |= buf_append(&message, s->full, HASH_BYTES);
	rc |= wire_put_number(&message, s->guest, 1);
	rc |= wire_put_number(&message, (left > 0) ? (uint64_t)left : 0, 4);
	if (rc == 0)
		peers_send(d->peers, index, &message);
	buf_free(&message);
}

void
declined_say(struct declined *d, const char *text, bool guest, const struct members *members,
    uint64_t wait_ms)
{
	struct declined_step s = { .guest = guest, .until = clock_ms() + (int64_t)wait_ms,
		.members = *members };
	size_t i;

	descriptor_keys(text, s.full, s.brief);
	(void)keep(d, d->self->index, &s);
	for (i = 0; i < members->count; i++) {
		if (members->index[i] != d->self->index)
			tell_declined(d, members->index[i], &s);
	}
}

void
declined_linked(struct declined *d, size_t index)
{
	struct declined_steps *own;
	size_t i;

	if (d->of == NULL)
		return;
	d->of[index].count = 0;
	own = &d->of[d->self->index];
	forget_old(own);
	for (i = 0; i < own->count; i++) {
		if (members_have(&own->step[i].members, index))
			tell_declined(d, index, &own->step[i]);
	}
}

/* ---- others' steps ---- */

/* A tool of ours wants what a party has declined. */
static void
end_tool(struct declined *d, struct client *t, size_t index)
{

	pairing_fail(d->pairing, t, ST_REFUSED, "party '%s' does not take part in this step",
	    self_party(d->self, index)->name);
}

/* Whether a party, a member, has declined a step. */
static bool
is_declined(struct declined *d, const struct declined_step *wanted, size_t index)
{
	struct declined_steps *s;
	size_t i;

	if (d->of == NULL || index == d->self->index || !members_have(&wanted->members, index))
		return (false);
	s = &d->of[index];
	forget_old(s);
	for (i = 0; i < s->count && !is_step(&s->step[i], wanted); i++)
		continue;
	return (i < s->count);
}

int
declined_meet(struct declined *d, struct client *t, const char *text, bool guest,
    const struct members *members)
{
	struct declined_step wanted = { .guest = guest, .members = *members };
	size_t i;

	descriptor_keys(text, wanted.full, wanted.brief);
	for (i = 0; i < members->count; i++) {
		if (is_declined(d, &wanted, members->index[i])) {
			end_tool(d, t, members->index[i]);
			return (-1);
		}
	}
	return (0);
}

void
declined_heard(struct declined *d, size_t from, struct wire *m)
{
	struct declined_step s = { .guest = false }, wanted;
	struct ticket *w, *next;

	wire_bytes(m, s.brief, sizeof(s.brief));
	wire_bytes(m, s.full, sizeof(s.full));
	s.guest = (wire_number(m, 1) != 0);
	s.until = clock_ms() + (int64_t)wire_number(m, 4);
	/* Who shares is no guest. */
	if (!wire_done(m) || (s.guest && party_shares(self_party(d->self, from)))) {
		m->bad = true;
		return;
	}
	if (keep(d, from, &s) == -1)
		return;
	for (w = d->pairing->tickets[d->self->index].waiting; w != NULL; w = next) {
		next = w->next;
		wanted = step_of(w);
		if (!is_declined(d, &wanted, from))
			continue;
		end_tool(d, w->tool, from);
	}
}

void
declined_waits(struct declined *d, size_t from)
{
	const struct ticket *w = d->pairing->tickets[from].last;
	struct declined_step wanted;
	size_t i;

	if (d->of == NULL || d->of[from].count == 0 || w == NULL)
		return;
	wanted = step_of(w);
	for (i = 0; i < d->of[from].count; i++) {
		if (is_step(&d->of[from].step[i], &wanted))
			forget(&d->of[from], i--);
	}
}
