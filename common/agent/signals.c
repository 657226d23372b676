#include "agent/signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/tcp.h"
#include "base/diag.h"

static const int caught[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static int signal_pipe[2] = { -1, -1 };

static void
note_signal(int sig)
{
	char byte = (char)sig;
	int saved = errno;

	/* Where the pipe is full, the loop is awake anyway. */
	while (write(signal_pipe[1], &byte, 1) == -1 && errno == EINTR)
		continue;
	errno = saved;
}

int
signals_catch(void)
{
	struct sigaction sa, old;
	size_t i;

	if (pipe(signal_pipe) == -1 || socket_nonblocking(signal_pipe[0]) == -1 ||
	    socket_nonblocking(signal_pipe[1]) == -1)
		return (fail_errno("pipe"));
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = note_signal;
	sa.sa_flags = SA_RESTART;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		/* Whoever started us under nohup wants us to outlive the terminal. */
		if (caught[i] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(caught[i], &sa, NULL);
	}
	return (0);
}

pid_t
signals_fork(void)
{
	struct sigaction now;
	sigset_t all, old;
	pid_t pid;
	size_t i;
	int saved;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = fork();
	saved = errno;
	for (i = 0; pid == 0 && i < sizeof(caught) / sizeof(caught[0]); i++) {
		if (caught[i] != SIGHUP || sigaction(SIGHUP, NULL, &now) == -1 ||
		    now.sa_handler != SIG_IGN)
			signal(caught[i], SIG_DFL);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = saved;
	return (pid);
}

void
signals_hold(bool hold)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

int
signals_descriptor(void)
{

	return (signal_pipe[0]);
}

int
signals_next(void)
{
	char byte;

	/* A byte of 0 only wakes the loop. */
	while (read(signal_pipe[0], &byte, 1) == 1) {
		if (byte != 0)
			return (byte);
	}
	return (0);
}

void
signals_wake(void)
{

	note_signal(0);
}

int
signals_status(int sig)
{

	return (128 + sig);
}

int
signals_child_status(int how)
{

	return (WIFEXITED(how) ? WEXITSTATUS(how) : signals_status(WTERMSIG(how)));
}
