#ifndef SMPC_TESTS_UNIT_CHILD_H
#define SMPC_TESTS_UNIT_CHILD_H

/*
 * A check in a process of its own, since a process remembers the first status that was reported and
 * no other.
 */

#include <sys/types.h>
#include <sys/wait.h>

#include <unistd.h>

#include "base/diag.h"
#include "catch.h"
#include "tap.h"

/*
 * child_status(run, arg):
 * Call ${run} in a child.  Return the status that was reported if it returned -1, 0 if it returned
 * 0 and nothing was reported, and 100 or more for anything else: it returned otherwise, or -1
 * without a report, or 0 with one, or died.  What it printed on standard error is in child_text.
 */
static const char *child_text;

static inline int
child_status(int (*run)(void *), void *arg)
{
	int status, rc;
	pid_t pid;

	fflush(stdout);
	catch_begin();
	if ((pid = fork()) == -1)
		tap_bail("fork");
	if (pid == 0) {
		rc = run(arg);
		if (rc == -1)
			_exit((diag_status() == ST_OK) ? 100 : (int)diag_status());
		_exit((rc != 0) ? 101 : (diag_status() != ST_OK) ? 102 : 0);
	}
	while (waitpid(pid, &status, 0) == -1)
		continue;
	child_text = catch_end();
	return (WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* The child must report ${want}, once, in a line that holds ${words}. */
static inline void
child_fails(int (*run)(void *), void *arg, int want, const char *words, const char *what)
{
	int got = child_status(run, arg);

	if (!ok(got == want && catch_lines(child_text) == 1 && strstr(child_text, words) != NULL,
	    "%s", what))
		tap_note("  status %d, want %d with \"%s\"; said: %s", got, want, words,
		    child_text);
}

#endif /* !SMPC_TESTS_UNIT_CHILD_H */
