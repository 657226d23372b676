#ifndef SMPC_AGENT_LEDGER_H
#define SMPC_AGENT_LEDGER_H

/*
 * The ledger of spent session numbers (smpc-protocol(7), Keys and randomness): what is entered is
 * never used again, neither by a second process nor after a crash.
 *
 * It is one file, `numbers', in a directory of its own: 32 bytes that say what it is, and 32 for
 * each number, of which 24 are the number's hash and 8 are a check of those.  Records are only ever
 * appended, under a lock.  No record crosses a sector of a disk; so those that a crash has cut
 * short are missing, or zeros at the end, and were not used, since they were not synced.  Anything
 * else that does not pass its check is damage, and refused: nobody could say which number it was.
 * A file that was cut between two records is not noticed.
 *
 * In memory 8 bytes of each number's hash are kept, with as much room again.  Two numbers with the
 * same 8 bytes, one pair of 2^64, are taken for one: the second one is refused.
 *
 * All functions but ledger_open and ledger_close may be called by several threads at once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/session.h"

#define LEDGER_RECORD_BYTES 32
#define LEDGER_HASH_BYTES 24
#define LEDGER_FILE "numbers"

struct ledger;

/*
 * ledger_open(party):
 * Open a party's ledger in $SMPC_STATE/PARTY/ledger or ~/.local/state/smpc/PARTY/ledger, made with
 * mode 0700, and synced into the directory above it, if it is not there.  Empty files whose names
 * are numbers, as earlier versions made them, are taken over.  Return NULL (reported) if it cannot
 * be read or made, or, with status 4, if it is damaged.
 */
struct ledger *ledger_open(const char *party);

/*
 * ledger_open_directory(path):
 * The same, for a directory that is there.
 */
struct ledger *ledger_open_directory(const char *path);

/*
 * ledger_close(l), ledger_owns(l, fd):
 * Close it; harmless on NULL.  Whether a descriptor is the ledger's.
 */
void ledger_close(struct ledger *l);
bool ledger_owns(const struct ledger *l, int fd);

/*
 * ledger_enter(l, number):
 * Enter a number.  It may be used after a ledger_sync that began later has returned.  Return 0, or
 * -1 (reported: status 4 if it was spent before, or the ledger is damaged).
 */
int ledger_enter(struct ledger *l, const uint8_t number[static SESSION_NUMBER_BYTES]);

/*
 * ledger_has(l, number):
 * Whether a number was entered before; to be asked beforehand, since nothing but ledger_enter
 * decides.
 */
bool ledger_has(struct ledger *l, const uint8_t number[static SESSION_NUMBER_BYTES]);

/*
 * ledger_sync(l):
 * Make all numbers that were entered survive a crash.  Return 0 or -1 (reported).
 */
int ledger_sync(struct ledger *l);

/*
 * ledger_spend(l, number):
 * Both.
 */
int ledger_spend(struct ledger *l, const uint8_t number[static SESSION_NUMBER_BYTES]);

#endif /* !SMPC_AGENT_LEDGER_H */
