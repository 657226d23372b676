#ifndef SMPC_AGENT_SPENDING_INTERNAL_H
#define SMPC_AGENT_SPENDING_INTERNAL_H

/*
 * Session numbers on their way into the ledger.  A thread writes and syncs it beside everything
 * else, many numbers at a time; it has all of this to itself while it is busy.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/worker.h"
#include "net/session.h"

#define SPENDING_MAX 64 /* numbers at a time */

/* How far a session's number is. */
enum ledger_state {
	LEDGER_TODO,
	LEDGER_BUSY,  /* it is being entered */
	LEDGER_SPENT, /* it is sure to survive a crash */
	LEDGER_USED,  /* it, or the file's, was there before */
	LEDGER_FAILED
};

/* One session's: its own, and that of the file that was dealt for it, if there is one. */
struct spent {
	uint8_t number[SESSION_NUMBER_BYTES];
	bool dealt;
	uint8_t dealt_number[SESSION_NUMBER_BYTES];
	bool used, failed;
};

struct ledger;

struct spending {
	/* NULL: no thread could be started; the loop enters numbers itself */
	struct worker *worker;
	struct ledger *ledger;
	bool busy;
	/* set by the thread, which then has nothing left to do but to end its job */
	atomic_bool over;
	struct spent list[SPENDING_MAX];
	size_t count;
};

/*
 * spending_thread(s), spending_free(s):
 * Start the thread, if the system allows; stop it when it is done.
 */
void spending_thread(struct spending *s);
void spending_free(struct spending *s);

/*
 * spending_busy(s):
 * Whether numbers are being entered.
 */
bool spending_busy(const struct spending *s);

/*
 * spending_over(s):
 * Whether all have been entered since the last call that returned true; then there is an answer for
 * each of them, and nothing is busy.
 */
bool spending_over(struct spending *s);

/*
 * spending_answer(s, number):
 * What came of a session's number, after spending_over: LEDGER_SPENT or LEDGER_FAILED; LEDGER_BUSY
 * if it was not among them.
 */
enum ledger_state spending_answer(const struct spending *s,
    const uint8_t number[static SESSION_NUMBER_BYTES]);

/*
 * spending_clear(s), spending_add(s, number, dealt_number), spending_start(s, ledger):
 * While nothing is busy: begin a new list; add a session's number, and that of the file which was
 * dealt for it, or NULL; return whether there was room; begin to enter what is in the list, if
 * anything is.
 */
void spending_clear(struct spending *s);
bool spending_add(struct spending *s, const uint8_t number[static SESSION_NUMBER_BYTES],
    const uint8_t *dealt_number);
void spending_start(struct spending *s, struct ledger *ledger);

#endif /* !SMPC_AGENT_SPENDING_INTERNAL_H */
