#include "agent/budget_book_internal.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/policy_counts_internal.h"
#include "agent/state.h"
#include "base/diag.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "net/spend.h"

#define WHY_BYTES 400

struct budget_book {
	struct counts *counts; /* in units of spend.h, by origin */
};

struct budget_book *
budget_book_open(const struct self *self)
{
	struct budget_book *b = mem_array(1, sizeof(*b));
	char path[PATH_MAX];

	if (b != NULL && state_path(self->link.party->name, "budgets", path, sizeof(path)) == 0 &&
	    (b->counts = counts_open(path)) != NULL)
		return (b);
	budget_book_free(b);
	return (NULL);
}

void
budget_book_free(struct budget_book *b)
{

	if (b == NULL)
		return;
	counts_free(b->counts);
	free(b);
}

static void
origin_id(const char *origin, uint8_t id[static HASH_BYTES])
{
	struct hash h;

	hash_init(&h);
	hash_string(&h, "smpc-budget-1");
	hash_string(&h, origin);
	hash_final(&h, id);
}

static void
say_spent(const struct budget_book *b, const struct spend *s, const uint8_t *id,
    char why[static WHY_BYTES])
{
	double limit = (s->limit > 0) ? (double)s->limit : 1;

	snprintf(why, WHY_BYTES, "the budget of origin '%s': %.4g%% of it is spent, and this "
	    "step would take %.4g%%: spend less (--epsilon), or ask the owner for a larger "
	    "budget", s->origin, 100 * (double)counts_counted(b->counts, id) / limit,
	    100 * (double)s->units / limit);
}

/* Spend, or only look whether there is room.  Return 0, 1 with the reason in ${why}, or -1. */
static int
spend_one(struct budget_book *b, const struct spend *s, bool take, char why[static WHY_BYTES])
{
	uint8_t id[1][HASH_BYTES];
	uint64_t times = s->units;
	const struct reveal_counts what = { .id = id, .times = &times, .count = 1 };
	int rc;

	origin_id(s->origin, id[0]);
	rc = take ? counts_take(b->counts, &what, s->limit) :
	    counts_room(b->counts, &what, s->limit);
	if (rc == 1)
		say_spent(b, s, id[0], why);
	return (rc);
}

/* All lines of a step, which are spent if there is room for all of them. */
static int
spend_lines(struct budget_book *b, const char *text, bool take, char why[static WHY_BYTES])
{
	struct spend s;
	bool bad;
	int rc = 0;

	while (rc == 0 && spend_next(&text, &s, &bad)) {
		if (bad)
			return (fail(ST_REFUSED, "what the step says that it spends of a budget is "
			    "not understood"));
		rc = spend_one(b, &s, take, why);
	}
	return (rc);
}

int
budget_book_session(struct budget_book *b, struct client *t, const char *text)
{
	char why[WHY_BYTES] = "";
	struct failure failed;
	int rc;

	diag_divert(&failed);
	if ((rc = spend_lines(b, text, false, why)) == 0)
		rc = spend_lines(b, text, true, why);
	diag_divert(NULL);
	if (rc == 0)
		return (0);
	tools_failed(t, (rc == 1) ? ST_REFUSED : ST_FAILED, "%s", (rc == 1) ? why : failed.text);
	return (-1);
}
