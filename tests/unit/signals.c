/*
 * Signals that a parent takes from a pipe, and a child that has not become another program yet:
 * what is sent to it ends it, and its parent does not take it for one of its own.
 */

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/signals.h"
#include "tap.h"

static int
end_of_child(int sig)
{
	pid_t pid;
	int status;

	if ((pid = signals_fork()) == -1)
		tap_bail("fork");
	if (pid == 0) {
		raise(sig);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid)
		tap_bail("waitpid");
	return (signals_child_status(status));
}

static int
next_but_child(void)
{
	int sig;

	while ((sig = signals_next()) == SIGCHLD)
		continue;
	return (sig);
}

int
main(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	size_t i;

	tap_plan(3 * sizeof(signals) / sizeof(signals[0]));
	if (signals_catch() == -1)
		tap_bail("signals");
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		ok_i64(end_of_child(signals[i]), signals_status(signals[i]),
		    "a child ends of its signal");
		ok_i64(next_but_child(), 0, "its parent has none");
		raise(signals[i]);
		ok_i64(next_but_child(), signals[i], "and goes on catching its own");
	}
	return (tap_end());
}
