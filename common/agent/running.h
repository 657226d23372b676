#ifndef SMPC_AGENT_RUNNING_H
#define SMPC_AGENT_RUNNING_H

/*
 * Agents of this user that run on this machine, so that they are found again: each has a file,
 * named by its process, in the directory `agents' of its party's state, and holds a lock on it as
 * long as it lives.  A file without a lock was left by one that was killed, and is removed, with
 * its socket.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/* What an agent's file says. */
struct running {
	const char *party;
	const char *link;    /* its socket */
	const char *parties; /* whole path of its parties file */
	const char *policy;  /* whole path of its policy; empty: it has none */
	const char *listen;  /* where it listens, HOST:PORT; empty: nowhere */
	bool command;        /* it runs one, and ends with it */
};

/*
 * running_enter(r):
 * Make the file of this process.  Return a descriptor that holds the lock, or -1 (reported).
 */
int running_enter(const struct running *r);

/*
 * running_tidy(party):
 * Remove what killed agents of a party have left.
 */
void running_tidy(const char *party);

/*
 * running_leave(party, fd):
 * Remove it, if there is one.
 */
void running_leave(const char *party, int fd);

/*
 * running_variables(b, r, pid):
 * Append the assignments, for a shell, with which tools come to the agent ${r}, process ${pid}, and
 * a NUL.  Return 0 or -1 (reported).
 */
int running_variables(struct buf *b, const struct running *r, long pid);

/*
 * running_print(party):
 * Print each agent that runs, or the party's alone, as comments of a shell; and, if there is one,
 * the assignments with which a shell comes to it.  Return 0 or -1 (reported: status 3 if there is
 * none, 2 if there are more).
 */
int running_print(const char *party);

/*
 * running_stop(party):
 * Have the one agent that runs, or the party's, end, and wait until it has.  Return 0 or -1
 * (reported: status 3 if there is none, 2 if there are more).
 */
int running_stop(const char *party);

/*
 * running_holder(port, out, size):
 * Say in ${out} who listens at a port of this machine, as far as that can be seen; or nothing.
 */
void running_holder(uint16_t port, char *out, size_t size);

#endif /* !SMPC_AGENT_RUNNING_H */
