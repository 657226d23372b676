/* The agent's command, and what that leaves behind. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/diag.h"
#include "base/mem.h"
#include "agent/agent_internal.h"

/*
 * The two ends of a family, where the system knows them (elsewhere the command alone is signalled):
 * what the command's processes leave behind become our children and not init's; and the command is
 * ended when we are killed.
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

/*
 * Children that this process had before it became the agent, as it does by exec: they are none of
 * the command's.  One that has ended is forgotten, as its number can become another's.
 */
static pid_t *others;
static size_t n_others;

static FILE *
open_children(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%ld/children", (long)getpid());
	return (fopen(path, "re"));
}

static int
note_others(void)
{
	struct buf list = { NULL, 0, 0 };
	long pid;
	pid_t p;
	FILE *f;
	int rc = 0;

	if ((f = open_children()) == NULL)
		return (0);
	while (rc == 0 && fscanf(f, "%ld", &pid) == 1) {
		p = (pid_t)pid;
		rc = buf_append(&list, &p, sizeof(p));
	}
	fclose(f);
	free(others);
	others = (pid_t *)(void *)list.data;
	n_others = list.len / sizeof(*others);
	return (rc);
}

static bool
is_other(pid_t pid)
{
	size_t i;

	for (i = 0; i < n_others && others[i] != pid; i++)
		continue;
	return (i < n_others);
}

/* Forget those that are not among our children any more. */
static void
forget_others(void)
{
	size_t kept = 0;
	pid_t swap;
	long pid;
	FILE *f;

	if (n_others == 0 || (f = open_children()) == NULL)
		return;
	while (fscanf(f, "%ld", &pid) == 1) {
		size_t i;

		for (i = kept; i < n_others && others[i] != (pid_t)pid; i++)
			continue;
		if (i == n_others)
			continue;
		swap = others[kept];
		others[kept++] = others[i];
		others[i] = swap;
	}
	fclose(f);
	n_others = kept;
}

int
command_start(struct agent *a)
{
	char *const *command = a->options->command;
	pid_t own = getpid();

	if (note_others() == -1)
		return (-1);
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

/* Send a signal to all children that the command has left us.  Return whether there were any. */
static bool
signal_children(int sig)
{
	bool any = false;
	long pid;
	FILE *f;

	if ((f = open_children()) == NULL)
		return (false);
	while (fscanf(f, "%ld", &pid) == 1)
		any = (!is_other((pid_t)pid) && kill((pid_t)pid, sig) == 0) || any;
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

	forget_others();
	/* The command comes first, and can still end its own. */
	if (a->ended_by != 0 && a->child == -1 && a->options->command != NULL)
		(void)signal_children(a->ended_by);
}

bool
command_over(const struct agent *a)
{

	return (a->child == -1 && (a->ended_by == 0 || a->options->command == NULL ||
	    !signal_children(0)));
}

void
command_kill(struct agent *a)
{
	const struct timespec pause = { 0, 10000000 };
	int i;

	if (a->child > 0)
		kill(a->child, SIGKILL);
	/* It may take a while, or, in a broken file system, for ever. */
	for (i = 0; a->ended_by != 0 && a->options->command != NULL && i < 100 &&
	    signal_children(SIGKILL); i++) {
		(void)nanosleep(&pause, NULL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
	}
}
