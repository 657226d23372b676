#ifndef SMPC_AGENT_SIGNALS_H
#define SMPC_AGENT_SIGNALS_H

/*
 * Signals as bytes in a pipe, for loops that poll; and how processes end, as a shell has it.
 */

#include <stdbool.h>
#include <sys/types.h>

/*
 * signals_catch():
 * From now on SIGCHLD, SIGINT, SIGTERM, SIGHUP, unless it is ignored, and SIGQUIT of this process
 * are taken with signals_next.  Return 0 or -1 (reported).
 */
int signals_catch(void);

/*
 * signals_fork():
 * As fork(2), for a child that is about to become another program.  Until it does, a signal ends
 * it, as it will end the program: it must not write the signal into the pipe, which it shares with
 * its parent, as that would take it for its own.
 */
pid_t signals_fork(void);

/*
 * signals_hold(hold):
 * Block the signals that end a process, so that they wait until they can be caught, or let them
 * come.  To be called before there are threads.
 */
void signals_hold(bool hold);

/*
 * signals_descriptor(), signals_next(), signals_wake():
 * The descriptor to poll for POLLIN; the next signal that came, SIGCHLD among them, or 0 if there
 * are no more; make the descriptor readable, from any thread, without a signal.
 */
int signals_descriptor(void);
int signals_next(void);
void signals_wake(void);

/* The exit statuses of a command that cannot be run, and of one that is not there. */
#define STATUS_NOT_RUN 126
#define STATUS_NOT_FOUND 127

/*
 * signals_status(sig), signals_child_status(how):
 * The exit status that a shell gives to what a signal has ended, and to a child that has ended as
 * waitpid says in ${how}.
 */
int signals_status(int sig);
int signals_child_status(int how);

#endif /* !SMPC_AGENT_SIGNALS_H */
