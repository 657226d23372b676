#ifndef SMPC_TESTS_UNIT_MEMCHECK_H
#define SMPC_TESTS_UNIT_MEMCHECK_H

/*
 * For programs that run themselves under valgrind's memcheck, with secrets marked as undefined:
 * memcheck follows, bit by bit, what is computed from them, and counts every jump and every address
 * that depends on them.  It does not see instructions whose own time depends on their operands,
 * such as divisions, and it has no AVX-512, so that the kernels that run are those for AVX2.
 *
 * MEMCHECK is defined where this can be done; memcheck_why says why not.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#ifdef __has_include
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif

#if SANITIZED
#define memcheck_why "a program with sanitizers does not run under valgrind"
#elif !defined(VALGRIND_MAKE_MEM_UNDEFINED)
#define memcheck_why "was built without valgrind/memcheck.h, which is in the package valgrind"
#else
#define memcheck_why ""
#define MEMCHECK

static inline void
memcheck_exec(char *self, char *what)
{
	char *const args[] = { (char[]){ "valgrind" }, (char[]){ "-q" }, (char[]){ "--vgdb=no" },
		(char[]){ "--fair-sched=yes" }, self, what, NULL };

	execvp(args[0], args);
	_exit((errno == ENOENT) ? 127 : 126);
}

/*
 * memcheck_enter(argc, argv):
 * Run this program again, under memcheck, unless it does already or memcheck does not run it at
 * all.
 */
static inline void
memcheck_enter(int argc, char **argv)
{
	char probe[] = "probe", secrets[] = "secrets";
	int status = 0, fd;
	pid_t pid;

	if (argc > 1 && strcmp(argv[1], probe) == 0)
		exit(0);
	if (argc > 1 && RUNNING_ON_VALGRIND)
		return;
	if (RUNNING_ON_VALGRIND)
		tap_skip_all("it runs under valgrind by itself, with leaks that it expects");
	if ((pid = fork()) == 0) {
		if ((fd = open("/dev/null", O_WRONLY)) != -1)
			(void)dup2(fd, STDERR_FILENO);
		memcheck_exec(argv[0], probe);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		tap_bail("cannot start a process");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		tap_skip_all("valgrind is not installed");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		tap_skip_all("valgrind cannot read this program (it may with CFLAGS='-O2 "
		    "-gdwarf-4')");
	memcheck_exec(argv[0], secrets);
}

#endif

#endif /* !SMPC_TESTS_UNIT_MEMCHECK_H */
