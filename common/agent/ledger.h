#ifndef SMPC_AGENT_LEDGER_H
#define SMPC_AGENT_LEDGER_H

/*
 * The ledger of spent session numbers (smpc-protocol(7), Keys and randomness): one empty file for
 * each, created with O_EXCL and synced before the number is used, so that no copy, crash or second
 * process can use it again.
 */

#include <stdbool.h>
#include <stdint.h>

#include "net/session.h"

/*
 * ledger_open(party):
 * Open the directory of a party's ledger, $SMPC_STATE/PARTY/ledger or
 * ~/.local/state/smpc/PARTY/ledger, made with mode 0700, and synced into the one above it, if it is
 * not there.  Return a descriptor or -1 (reported).
 */
int ledger_open(const char *party);

/*
 * ledger_enter(fd, number):
 * Enter a number.  It may be used after a ledger_sync that began later has returned.  Return 0, or
 * -1 (reported: status 4 if it was spent before).
 */
int ledger_enter(int fd, const uint8_t number[static SESSION_NUMBER_BYTES]);

/*
 * ledger_has(fd, number):
 * Whether a number was entered before; to be asked beforehand, since nothing but ledger_enter
 * decides.
 */
bool ledger_has(int fd, const uint8_t number[static SESSION_NUMBER_BYTES]);

/*
 * ledger_sync(fd):
 * Make all numbers that were entered survive a crash.  Return 0 or -1 (reported).
 */
int ledger_sync(int fd);

/*
 * ledger_spend(fd, number):
 * Both.
 */
int ledger_spend(int fd, const uint8_t number[static SESSION_NUMBER_BYTES]);

#endif /* !SMPC_AGENT_LEDGER_H */
