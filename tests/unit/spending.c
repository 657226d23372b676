/*
 * Numbers that are entered together: every one of them is in the ledger, and that has been synced
 * since, before the agent hears that it may use them; or none may be used.
 *
 * The program has fsync and fdatasync between the ledger and the system.  How the ledger keeps
 * numbers is not looked at: only whether it knows them.
 */

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/ledger.h"
#include "agent/spending_internal.h"
#include "catch.h"
#include "net/clock.h"
#include "tap.h"

#define BATCH 5

long syscall(long number, ...); /* which POSIX does not have */

static char directory[] = "/tmp/smpc-spending-XXXXXX";
static uint8_t numbers[BATCH][SESSION_NUMBER_BYTES], dealt[BATCH][SESSION_NUMBER_BYTES];
static struct ledger *ledger;
static atomic_bool sync_fails;
static atomic_int syncs;
static atomic_int unknown_at_sync; /* of the batch, when the last sync began */

/* How many numbers of the batch the ledger does not know. */
static int
unknown(void)
{
	int i, n = 0;

	for (i = 0; ledger != NULL && i < BATCH; i++) {
		n += !ledger_has(ledger, numbers[i]);
		n += (i % 2 == 0 && !ledger_has(ledger, dealt[i]));
	}
	return (n);
}

static int
note_sync(long call, int fd)
{

	atomic_fetch_add(&syncs, 1);
	atomic_store(&unknown_at_sync, unknown());
	if (atomic_load(&sync_fails)) {
		errno = EIO;
		return (-1);
	}
	return ((int)syscall(call, fd));
}

int
fsync(int fd)
{

	return (note_sync(SYS_fsync, fd));
}

int
fdatasync(int fd)
{

	return (note_sync(SYS_fdatasync, fd));
}

/* Enter numbers that nobody had before, and wait until there is an answer. */
static bool
spend_batch(struct spending *s, uint8_t first)
{
	int64_t end = clock_ms() + 60000;
	int i;

	for (i = 0; i < BATCH; i++) {
		memset(numbers[i], first + i, SESSION_NUMBER_BYTES);
		memset(dealt[i], first + 100 + i, SESSION_NUMBER_BYTES);
	}
	atomic_store(&syncs, 0);
	spending_clear(s);
	for (i = 0; i < BATCH; i++) {
		if (!spending_add(s, numbers[i], (i % 2 == 0) ? dealt[i] : NULL))
			return (false);
	}
	spending_start(s, ledger);
	while (!spending_over(s)) {
		if (clock_ms() > end)
			return (false);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return (true);
}

/* How many of the batch have this answer. */
static int
answers(const struct spending *s, enum ledger_state state)
{
	int i, n = 0;

	for (i = 0; i < BATCH; i++)
		n += (spending_answer(s, numbers[i]) == state);
	return (n);
}

static void
test_batch(struct spending *s, uint8_t first, const char *how)
{
	uint8_t stranger[SESSION_NUMBER_BYTES] = { 1 };

	ok(spend_batch(s, first) && answers(s, LEDGER_SPENT) == BATCH, "%s: all may be used", how);
	ok(unknown() == 0, "%s: the ledger has each number, from the first to the last, and of "
	    "each file that was dealt", how);
	ok(atomic_load(&syncs) >= 1 && atomic_load(&unknown_at_sync) == 0,
	    "%s: it was synced when all were in it", how);
	ok(spending_answer(s, stranger) == LEDGER_BUSY, "%s: there is no answer for others", how);
}

static void
test_failures(struct spending *s)
{
	uint8_t used[SESSION_NUMBER_BYTES];

	catch_begin();
	atomic_store(&sync_fails, true);
	ok(spend_batch(s, 60) && answers(s, LEDGER_FAILED) == BATCH, "when it cannot be synced, "
	    "none may be used");
	ok(ledger_spend(ledger, (uint8_t[SESSION_NUMBER_BYTES]){ 7, 7 }) == -1, "nor one alone");
	atomic_store(&sync_fails, false);
	/* The third of them was used before, and so was the file of the fifth. */
	memset(used, 82, sizeof(used));
	(void)ledger_spend(ledger, used);
	memset(used, 184, sizeof(used));
	(void)ledger_spend(ledger, used);
	ok(spend_batch(s, 80) && spending_answer(s, numbers[2]) == LEDGER_USED,
	    "a number that was used before may not be used");
	ok(spending_answer(s, numbers[4]) == LEDGER_USED, "nor one with a file that was");
	ok(answers(s, LEDGER_SPENT) == BATCH - 2, "and the others may");
	(void)catch_end();
}

int
main(void)
{
	static struct spending alone, threaded;
	char command[300];

	if (mkdtemp(directory) == NULL || setenv("SMPC_STATE", directory, 1) == -1 ||
	    (ledger = ledger_open("alice")) == NULL)
		tap_bail("no ledger");
	tap_plan(14);
	test_batch(&alone, 10, "in the loop");
	spending_thread(&threaded);
	test_batch(&threaded, 30, "in a thread");
	test_failures(&threaded);
	atomic_store(&syncs, 0);
	ok(ledger_spend(ledger, (uint8_t[SESSION_NUMBER_BYTES]){ 9, 9 }) == 0 &&
	    atomic_load(&syncs) >= 1, "a number that is spent alone is synced as well");
	spending_free(&alone);
	spending_free(&threaded);
	ledger_close(ledger);
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return ((system(command) == 0) ? tap_end() : 1);
}
