/* The agent's command, and what that leaves behind. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/diag.h"
#include "net/agent_parts.h"

/*
 * The two ends of a family, where the system knows them (elsewhere the command alone is signalled): what the command's
 * processes leave behind become our children and not init's; and the command is ended when we are killed.
 */
static void
adopt_orphans(void)
{

#ifdef __linux__
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
}

static void
end_with(pid_t parent)
{

#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		(void)raise(SIGTERM);
#else
	(void)parent;
#endif
}

int
command_start(struct agent *a)
{
	char *const *command = a->options->command;
	pid_t own = getpid();

	adopt_orphans();
	if ((a->child = fork()) == -1)
		return (fail_errno("fork"));
	if (a->child > 0)
		return (0);
	end_with(own);
	signal(SIGPIPE, SIG_DFL);
	execvp(command[0], command);
	fprintf(stderr, "%s: %s: %s\n", diag_name(), command[0], strerror(errno));
	_exit((errno == ENOENT) ? 127 : 126);
}

/* Send a signal to all our children.  Return whether there were any. */
static bool
signal_children(int sig)
{
	char path[64];
	bool any = false;
	long pid;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/children", (long)getpid());
	if ((f = fopen(path, "re")) == NULL)
		return (false);
	while (fscanf(f, "%ld", &pid) == 1)
		any = (kill((pid_t)pid, sig) == 0) || any;
	fclose(f);
	return (any);
}

void
command_signal(struct agent *a, int sig)
{

	a->ended_by = sig;
	if (a->child > 0)
		kill(a->child, sig);
	else
		command_reaped(a);
}

void
command_reaped(struct agent *a)
{

	/* The command comes first, and can still end its own. */
	if (a->ended_by != 0 && a->child == -1 && a->options->command != NULL)
		(void)signal_children(a->ended_by);
}

bool
command_over(const struct agent *a)
{

	return (a->child == -1 && (a->ended_by == 0 || a->options->command == NULL || !signal_children(0)));
}

void
command_kill(struct agent *a)
{
	const struct timespec pause = { 0, 10000000 };
	int i;

	if (a->child > 0)
		kill(a->child, SIGKILL);
	/* It may take a while, or, in a broken file system, for ever. */
	for (i = 0; a->ended_by != 0 && a->options->command != NULL && i < 100 && signal_children(SIGKILL); i++) {
		(void)nanosleep(&pause, NULL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
	}
}
