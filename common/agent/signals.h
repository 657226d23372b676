#ifndef SMPC_AGENT_SIGNALS_H
#define SMPC_AGENT_SIGNALS_H

/*
 * Signals as bytes in a pipe, for loops that poll; and how processes end, as a shell has it.
 */

#include <stdbool.h>
#include <sys/types.h>

/*
 * signals_catch():
 * From now on SIGCHLD, SIGINT, SIGTERM, SIGHUP and SIGQUIT of this process are taken with
 * signals_next.  Return 0 or -1 (reported).
 */
int signals_catch(void);

/*
 * signals_fork():
 * fork(2) for a child that will become another program.  Until it does, a signal ends it, as it
 * will then; it does not go to the parent through the pipe that both have.
 */
pid_t signals_fork(void);

/*
 * signals_hold(hold):
 * Keep those that end a process waiting until they are caught, or let them come; before there are
 * threads.
 */
void signals_hold(bool hold);

/*
 * signals_descriptor(), signals_next(), signals_wake():
 * What to poll for POLLIN; the next signal that came, SIGCHLD among them, or 0 when there are no
 * more; make the descriptor readable, from any thread.
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
