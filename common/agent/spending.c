#include "agent/spending_internal.h"

#include <string.h>

#include "agent/ledger.h"
#include "agent/signals.h"

void
spending_thread(struct spending *s)
{

	s->worker = worker_new();
}

void
spending_free(struct spending *s)
{

	worker_free(s->worker);
}

bool
spending_busy(const struct spending *s)
{

	return (s->busy);
}

bool
spending_over(struct spending *s)
{

	if (!s->busy || !atomic_load(&s->over))
		return (false);
	if (s->worker != NULL)
		(void)worker_wait(s->worker);
	s->busy = false;
	return (true);
}

enum ledger_state
spending_answer(const struct spending *s, const uint8_t number[static SESSION_NUMBER_BYTES])
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (memcmp(s->list[i].number, number, SESSION_NUMBER_BYTES) == 0)
			return (s->list[i].used ? LEDGER_USED : s->list[i].failed ? LEDGER_FAILED :
			    LEDGER_SPENT);
	}
	return (LEDGER_BUSY);
}

void
spending_clear(struct spending *s)
{

	s->count = 0;
}

bool
spending_add(struct spending *s, const uint8_t number[static SESSION_NUMBER_BYTES],
    const uint8_t *dealt_number)
{
	struct spent *p;

	if (s->count == SPENDING_MAX)
		return (false);
	p = &s->list[s->count++];
	memcpy(p->number, number, sizeof(p->number));
	p->dealt = (dealt_number != NULL);
	if (dealt_number != NULL)
		memcpy(p->dealt_number, dealt_number, sizeof(p->dealt_number));
	return (true);
}

/* Enter all numbers of the list, and sync the ledger once for all.  In the worker's thread. */
static int
spend_all(void *cookie)
{
	struct spending *s = cookie;
	struct spent *p;
	bool lost;
	size_t i;

	for (i = 0; i < s->count; i++) {
		p = &s->list[i];
		p->used = (ledger_has(s->ledger, p->number) ||
		    (p->dealt && ledger_has(s->ledger, p->dealt_number)));
		p->failed = (ledger_enter(s->ledger, p->number) == -1 ||
		    (p->dealt && ledger_enter(s->ledger, p->dealt_number) == -1));
	}
	lost = (ledger_sync(s->ledger) == -1);
	for (i = 0; i < s->count; i++)
		s->list[i].failed = s->list[i].failed || lost;
	/*
	 * The loop may look before the worker counts as idle: it goes by this, and then waits for
	 * that moment.
	 */
	atomic_store(&s->over, true);
	signals_wake();
	return (0);
}

void
spending_start(struct spending *s, struct ledger *ledger)
{

	if (s->count == 0)
		return;
	s->busy = true;
	atomic_store(&s->over, false);
	s->ledger = ledger;
	if (s->worker != NULL)
		worker_start(s->worker, spend_all, s);
	else
		(void)spend_all(s);
}
