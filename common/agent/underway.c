#include "agent/underway_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/clock.h"

#define UNDER_WAY_MS 60000

struct one_under_way {
	struct one_under_way *next;
	uint8_t number[SESSION_NUMBER_BYTES];
	struct members members;
	bool opened[MEMBERS_MAX];
	size_t waits_for; /* members at which it has not opened */
	int64_t by;
};

size_t
underway_coordinator(const struct self *self)
{
	size_t i;

	for (i = 0; i < self_parties(self); i++) {
		if (self_party(self, i)->role == PARTY_COMPUTING)
			return (i);
	}
	return (SIZE_MAX);
}

static void
remove_at(struct underway *w, struct one_under_way **p)
{
	struct one_under_way *u = *p;

	*p = u->next;
	w->count--;
	free(u);
}

/* Where a session stands in the list; *it is NULL if it does not. */
static struct one_under_way **
find(struct underway *w, const uint8_t *number)
{
	struct one_under_way **p;

	for (p = &w->list; *p != NULL; p = &(*p)->next) {
		if (memcmp((*p)->number, number, SESSION_NUMBER_BYTES) == 0)
			break;
	}
	return (p);
}

bool
underway_room(struct underway *w)
{
	struct one_under_way **p = &w->list;
	int64_t now;

	if (w->count < w->self->limits.opening)
		return (true);
	now = clock_ms();
	while (*p != NULL) {
		if (now > (*p)->by)
			remove_at(w, p);
		else
			p = &(*p)->next;
	}
	return (w->count < w->self->limits.opening);
}

void
underway_add(struct underway *w, const uint8_t number[static SESSION_NUMBER_BYTES],
    const struct members *members)
{
	struct one_under_way *u;

	if ((u = mem_array(1, sizeof(*u))) == NULL)
		return;
	memcpy(u->number, number, sizeof(u->number));
	u->members = *members;
	u->waits_for = members->count;
	u->by = clock_ms() + UNDER_WAY_MS;
	u->next = w->list;
	w->list = u;
	w->count++;
}

/* A member waits no longer in a session; return whether it was the last one. */
static bool
member_done(struct one_under_way *u, size_t index)
{
	size_t i = members_position(&u->members, index);

	if (i < u->members.count && !u->opened[i]) {
		u->opened[i] = true;
		u->waits_for--;
	}
	return (u->waits_for == 0);
}

void
underway_opened(struct underway *w, const uint8_t number[static SESSION_NUMBER_BYTES], size_t index)
{
	struct one_under_way **p = find(w, number);

	if (*p != NULL && member_done(*p, index))
		remove_at(w, p);
}

void
underway_failed(struct underway *w, const uint8_t number[static SESSION_NUMBER_BYTES], size_t index)
{
	struct one_under_way **p = find(w, number);

	if (*p != NULL && members_have(&(*p)->members, index))
		remove_at(w, p);
}

void
underway_lost(struct underway *w, size_t index)
{
	struct one_under_way **p = &w->list;

	while (*p != NULL) {
		if (member_done(*p, index))
			remove_at(w, p);
		else
			p = &(*p)->next;
	}
}

void
underway_free(struct underway *w)
{

	while (w->list != NULL)
		remove_at(w, &w->list);
}
