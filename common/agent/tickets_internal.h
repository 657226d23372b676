#ifndef SMPC_AGENT_TICKETS_INTERNAL_H
#define SMPC_AGENT_TICKETS_INTERNAL_H

/*
 * Tickets.  A tool that waits for a session holds one; its agent shows it to the other agents
 * (CONTROL_WAIT).  Nothing here sends or receives.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/members_internal.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "net/protocol.h"
#include "net/wire.h"

struct client;

/* A tool of some party that waits for a session. */
struct ticket {
	struct ticket *next;
	uint64_t number; /* unique at its party */
	uint8_t brief[HASH_BYTES], full[HASH_BYTES], nonce[NONCE_BYTES];
	uint8_t undealt[HASH_BYTES]; /* as full, without what was dealt for it */
	bool guest;
	struct members members;
	/*
	 * our own ticket of the session that this one is put aside for; at the party that pairs,
	 * when there is one of every member, until there is room for the session
	 */
	struct ticket *group;
	char *text;        /* the descriptor */
	struct client *tool; /* ours; NULL: a peer's */
	int64_t since;     /* when it came, or gave up */
};

/*
 * ticket_new(text, bytes):
 * Make a ticket for a descriptor of ${bytes} bytes, which is copied.  Return NULL (reported) when
 * memory is short.
 */
struct ticket *ticket_new(const char *text, size_t bytes);

/*
 * ticket_free(w):
 * Wipe and free; harmless on NULL.
 */
void ticket_free(struct ticket *w);

/*
 * ticket_same_step(a, b):
 * Whether two tickets are for the same step.  A guest has no inputs, so only the rest must agree.
 */
bool ticket_same_step(const struct ticket *a, const struct ticket *b);

/*
 * ticket_write(w, about, message):
 * Append the message that shows a ticket, with what is said of inputs if ${about}.  Return 0 or -1
 * (reported).
 */
int ticket_write(const struct ticket *w, bool about, struct buf *message);

/*
 * ticket_read(m, n_parties):
 * Read the rest of such a message.  Return NULL, with m->bad set, if it is not whole, names a party
 * beyond ${n_parties}, or memory is short.
 */
struct ticket *ticket_read(struct wire *m, size_t n_parties);

#define TICKETS_EARLY_MAX 4096

/* What the tools of one party wait for. */
struct tickets {
	struct ticket *waiting; /* in the order of arrival */
	struct ticket *last;    /* of those; NULL: there are none */
	size_t count, bytes;    /* of those; what their descriptors take */
	struct ticket *gave_up; /* the last one whose patience ended; NULL */
	/* of sessions that were announced before the tickets came */
	uint64_t early[TICKETS_EARLY_MAX];
	size_t n_early;
};

/*
 * tickets_append(t, w), tickets_find(t, number), tickets_take(t, number):
 * Append a ticket, which is handed over; find one, take one out, or return NULL.
 */
void tickets_append(struct tickets *t, struct ticket *w);
struct ticket *tickets_find(const struct tickets *t, uint64_t number);
struct ticket *tickets_take(struct tickets *t, uint64_t number);

/*
 * tickets_announced(t, number), tickets_overtaken(t, number):
 * A session was announced with a ticket: remove it, or, as it is still on its way, remember that.
 * Whether a ticket that arrives is one of those; it is then remembered no longer.
 */
void tickets_announced(struct tickets *t, uint64_t number);
bool tickets_overtaken(struct tickets *t, uint64_t number);

/*
 * tickets_give_up(t, w):
 * Keep ${w}, which is handed over, as the last one whose patience ended; NULL: keep none.
 */
void tickets_give_up(struct tickets *t, struct ticket *w);

/*
 * tickets_clear(t):
 * Free the tickets of all that wait, and forget those that were announced early.
 */
void tickets_clear(struct tickets *t);

#endif /* !SMPC_AGENT_TICKETS_INTERNAL_H */
