#include "agent/tickets_internal.h"

#include <stdlib.h>
#include <string.h>

#include "net/descriptor.h"

#define DEALT_FIELD "dealt="

/* ---- one ---- */

/* What was dealt for a step is the last line of its descriptor. */
static void
hash_undealt(struct ticket *w)
{
	char *dealt = strstr(w->text, "\n" DEALT_FIELD);
	uint8_t brief[HASH_BYTES];

	if (dealt != NULL)
		dealt[1] = '\0';
	descriptor_keys(w->text, w->undealt, brief);
	if (dealt != NULL)
		dealt[1] = DEALT_FIELD[0];
}

struct ticket *
ticket_new(const char *text, size_t bytes)
{
	struct ticket *w;

	if ((w = mem_array(1, sizeof(*w))) == NULL)
		return (NULL);
	if ((w->text = mem_copy_string(text, bytes)) == NULL) {
		ticket_free(w);
		return (NULL);
	}
	hash_undealt(w);
	return (w);
}

void
ticket_free(struct ticket *w)
{

	if (w == NULL)
		return;
	free(w->text);
	mem_wipe_free(w, sizeof(*w));
}

bool
ticket_same_step(const struct ticket *a, const struct ticket *b)
{

	if (a->guest || b->guest)
		return (memcmp(a->brief, b->brief, HASH_BYTES) == 0);
	return (memcmp(a->full, b->full, HASH_BYTES) == 0);
}

static int
put_text(const struct ticket *w, bool about, struct buf *message)
{
	struct buf text = { NULL, 0, 0 };
	int rc;

	if (about)
		return (wire_put_string(message, w->text));
	rc = (descriptor_without_about(w->text, &text) == -1 ||
	    wire_put_string(message, text.data) == -1) ? -1 : 0;
	buf_free(&text);
	return (rc);
}

int
ticket_write(const struct ticket *w, bool about, struct buf *message)
{
	size_t i;

	if (wire_put_number(message, CONTROL_WAIT, 1) == -1 ||
	    wire_put_number(message, w->number, 8) == -1 ||
	    buf_append(message, w->brief, HASH_BYTES) == -1 ||
	    buf_append(message, w->full, HASH_BYTES) == -1 ||
	    buf_append(message, w->nonce, NONCE_BYTES) == -1 ||
	    wire_put_number(message, w->guest, 1) == -1 ||
	    wire_put_number(message, w->members.count, 2) == -1)
		return (-1);
	for (i = 0; i < w->members.count; i++) {
		if (wire_put_number(message, w->members.index[i], 2) == -1)
			return (-1);
	}
	return (put_text(w, about, message));
}

static void
waiting_read_members(struct wire *m, size_t n_parties, struct members *members)
{
	size_t i, index;

	members->count = (size_t)wire_number(m, 2);
	if (members->count > MEMBERS_MAX)
		m->bad = true;
	for (i = 0; i < members->count && !m->bad; i++) {
		index = (size_t)wire_number(m, 2);
		if (index >= n_parties || (i > 0 && index <= members->index[i - 1]))
			m->bad = true;
		members->index[i] = (uint16_t)index;
	}
}

struct ticket *
ticket_read(struct wire *m, size_t n_parties)
{
	char text[DESCRIPTOR_MAX_BYTES + 1];
	struct ticket *w;

	if ((w = mem_array(1, sizeof(*w))) == NULL) {
		m->bad = true;
		return (NULL);
	}
	w->number = wire_number(m, 8);
	wire_bytes(m, w->brief, HASH_BYTES);
	wire_bytes(m, w->full, HASH_BYTES);
	wire_bytes(m, w->nonce, NONCE_BYTES);
	w->guest = (wire_number(m, 1) != 0);
	waiting_read_members(m, n_parties, &w->members);
	wire_text(m, text, sizeof(text));
	if (!wire_done(m) || (w->text = mem_copy_string(text, strlen(text))) == NULL) {
		m->bad = true;
		ticket_free(w);
		return (NULL);
	}
	hash_undealt(w);
	return (w);
}

/* ---- those of a party ---- */

void
tickets_append(struct tickets *t, struct ticket *w)
{

	w->next = NULL;
	if (t->last != NULL)
		t->last->next = w;
	else
		t->waiting = w;
	t->last = w;
	t->count++;
	t->bytes += strlen(w->text);
}

struct ticket *
tickets_find(const struct tickets *t, uint64_t number)
{
	struct ticket *w;

	for (w = t->waiting; w != NULL && w->number != number; w = w->next)
		continue;
	return (w);
}

struct ticket *
tickets_take(struct tickets *t, uint64_t number)
{
	struct ticket **p, *w, *before = NULL;

	for (p = &t->waiting; (w = *p) != NULL; p = &w->next, before = w) {
		if (w->number == number) {
			*p = w->next;
			if (t->last == w)
				t->last = before;
			t->count--;
			t->bytes -= strlen(w->text);
			return (w);
		}
	}
	return (NULL);
}

/* Remember an announced ticket that has not arrived; of too many, the oldest is forgotten. */
static void
tickets_expect(struct tickets *t, uint64_t number)
{

	if (t->n_early == TICKETS_EARLY_MAX) {
		memmove(t->early, t->early + 1, (TICKETS_EARLY_MAX - 1) * sizeof(*t->early));
		t->n_early--;
	}
	t->early[t->n_early++] = number;
}

void
tickets_announced(struct tickets *t, uint64_t number)
{
	struct ticket *w = tickets_take(t, number);

	/* It will come, and must not wait here for good. */
	if (w == NULL)
		tickets_expect(t, number);
	ticket_free(w);
}

bool
tickets_overtaken(struct tickets *t, uint64_t number)
{
	size_t i;

	for (i = 0; i < t->n_early; i++) {
		if (t->early[i] != number)
			continue;
		t->early[i] = t->early[--t->n_early];
		return (true);
	}
	return (false);
}

void
tickets_give_up(struct tickets *t, struct ticket *w)
{

	ticket_free(t->gave_up);
	t->gave_up = w;
}

void
tickets_clear(struct tickets *t)
{
	struct ticket *w;

	t->n_early = t->count = t->bytes = 0;
	t->last = NULL;
	while ((w = t->waiting) != NULL) {
		t->waiting = w->next;
		ticket_free(w);
	}
}
