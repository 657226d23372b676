#include "agent/command_internal.h"

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

#include "agent/family.h"
#include "agent/limits.h"
#include "agent/signals.h"
#include "base/diag.h"
#include "base/mem.h"

#define KILL_TIMES 100
#define KILL_PAUSE_NS 10000000 /* between two */

/*
 * What the command's processes leave behind become our children and not init's, where the system
 * can (elsewhere the command alone is signalled).
 */
static void
adopt_orphans(void)
{

#ifdef __linux__
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
}

static FILE *
open_children(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%ld/children", (long)getpid());
	return (fopen(path, "re"));
}

static int
note_others(struct command *c)
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
	free(c->others);
	c->others = (pid_t *)(void *)list.data;
	c->n_others = list.len / sizeof(*c->others);
	return (rc);
}

static bool
is_other(const struct command *c, pid_t pid)
{
	size_t i;

	for (i = 0; i < c->n_others && c->others[i] != pid; i++)
		continue;
	return (i < c->n_others);
}

/* Forget those that are not among our children any more. */
static void
forget_others(struct command *c)
{
	size_t kept = 0, i;
	pid_t swap;
	long pid;
	FILE *f;

	if (c->n_others == 0 || (f = open_children()) == NULL)
		return;
	while (fscanf(f, "%ld", &pid) == 1) {
		for (i = kept; i < c->n_others && c->others[i] != (pid_t)pid; i++)
			continue;
		if (i == c->n_others)
			continue;
		swap = c->others[kept];
		c->others[kept++] = c->others[i];
		c->others[i] = swap;
	}
	fclose(f);
	c->n_others = kept;
}

int
command_start(struct command *c)
{
	pid_t own = getpid();

	if (note_others(c) == -1)
		return (-1);
	adopt_orphans();
	if ((c->child = signals_fork()) == -1)
		return (fail_errno("fork"));
	if (c->child > 0)
		return (0);
	family_end_with(own);
	signal(SIGPIPE, SIG_DFL);
	limits_restore();
	execvp(c->words[0], c->words);
	fprintf(stderr, "%s: %s: %s\n", diag_name(), c->words[0], strerror(errno));
	_exit((errno == ENOENT) ? STATUS_NOT_FOUND : STATUS_NOT_RUN);
}

/* Send a signal to all children that the command has left us.  Return whether there were any. */
static bool
signal_children(const struct command *c, int sig)
{
	bool any = false;
	long pid;
	FILE *f;

	if ((f = open_children()) == NULL)
		return (false);
	while (fscanf(f, "%ld", &pid) == 1)
		any = (!is_other(c, (pid_t)pid) && kill((pid_t)pid, sig) == 0) || any;
	fclose(f);
	return (any);
}

/* A signal that ends us goes to what the command has left, too. */
static void
signal_left(struct command *c)
{

	forget_others(c);
	/* The command comes first, and can still end its own. */
	if (c->ended_by != 0 && c->child == -1 && c->words != NULL)
		(void)signal_children(c, c->ended_by);
}

void
command_signal(struct command *c, int sig)
{

	c->ended_by = sig;
	if (c->child > 0)
		kill(c->child, sig);
	else
		signal_left(c);
}

bool
command_reap(struct command *c, int *status)
{
	bool ended = false;
	pid_t pid;
	int how;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0) {
		if (pid != c->child)
			continue;
		c->child = -1;
		*status = signals_child_status(how);
		ended = true;
	}
	signal_left(c);
	return (ended);
}

bool
command_over(const struct command *c)
{

	return (c->child == -1 && (c->ended_by == 0 || c->words == NULL ||
	    !signal_children(c, 0)));
}

void
command_kill(struct command *c)
{
	const struct timespec pause = { .tv_nsec = KILL_PAUSE_NS };
	int i;

	if (c->child > 0)
		kill(c->child, SIGKILL);
	/* It may take a while, or, in a broken file system, for ever. */
	for (i = 0; c->ended_by != 0 && c->words != NULL && i < KILL_TIMES &&
	    signal_children(c, SIGKILL); i++) {
		(void)nanosleep(&pause, NULL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
	}
}

void
command_free(struct command *c)
{

	free(c->others);
}
