#ifndef SMPC_AGENT_SIGNALS_H
#define SMPC_AGENT_SIGNALS_H

/* Signals as bytes in a pipe, for loops that poll. */

#include <stdbool.h>

/*
 * signals_catch():
 * From now on SIGCHLD, SIGINT, SIGTERM, SIGHUP and SIGQUIT of this process are taken with
 * signals_next.  Return 0 or -1 (reported).
 */
int signals_catch(void);

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

#endif /* !SMPC_AGENT_SIGNALS_H */
