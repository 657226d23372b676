#include "agent/lookup.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"

/* Belongs to the thread and to the one who asked; who is done with it last frees it. */
struct lookup {
	pthread_mutex_t lock;
	int owners;
	bool done;
	char *host;
	uint16_t port;
	int pipe[2]; /* the thread closes its end when the answer is there */
	int rc;
	char why[128];
	struct tcp_addresses addresses;
};

static void
lookup_drop(struct lookup *l)
{
	bool last;

	pthread_mutex_lock(&l->lock);
	last = (--l->owners == 0);
	pthread_mutex_unlock(&l->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&l->lock);
	free(l->host);
	free(l);
}

static void *
lookup_run(void *cookie)
{
	struct lookup *l = cookie;
	struct tcp_addresses found;
	char why[sizeof(l->why)] = "";
	int rc = tcp_resolve(l->host, l->port, false, &found, why, sizeof(why));

	pthread_mutex_lock(&l->lock);
	l->rc = rc;
	l->addresses = found;
	memcpy(l->why, why, sizeof(why));
	l->done = true;
	pthread_mutex_unlock(&l->lock);
	close(l->pipe[1]);
	lookup_drop(l);
	return (NULL);
}

/* Nobody waits for the thread, and signals are for the others. */
static int
lookup_thread(struct lookup *l)
{
	pthread_attr_t attributes;
	sigset_t all, old;
	pthread_t thread;
	int error;

	if ((error = pthread_attr_init(&attributes)) != 0)
		return (error);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&thread, &attributes, lookup_run, l);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attributes);
	return (error);
}

struct lookup *
lookup_start(const char *host, uint16_t port)
{
	struct lookup *l;
	int error;

	if ((l = mem_array(1, sizeof(*l))) == NULL)
		return (NULL);
	l->port = port;
	if ((l->host = mem_copy_string(host, strlen(host))) == NULL)
		goto no_host;
	if (pipe(l->pipe) == -1) {
		fail_errno("pipe");
		goto no_host;
	}
	(void)socket_nonblocking(l->pipe[0]);
	(void)socket_nonblocking(l->pipe[1]);
	pthread_mutex_init(&l->lock, NULL);
	l->owners = 2;
	if ((error = lookup_thread(l)) == 0)
		return (l);
	fail(ST_FAILED, "no thread to look for '%s': %s", host, strerror(error));
	close(l->pipe[0]);
	close(l->pipe[1]);
	pthread_mutex_destroy(&l->lock);
no_host:
	free(l->host);
	free(l);
	return (NULL);
}

int
lookup_descriptor(const struct lookup *l)
{

	return (l->pipe[0]);
}

bool
lookup_done(struct lookup *l)
{
	bool done;

	pthread_mutex_lock(&l->lock);
	done = l->done;
	pthread_mutex_unlock(&l->lock);
	return (done);
}

int
lookup_result(struct lookup *l, struct tcp_addresses *addresses, char *why, size_t why_bytes)
{

	/* The thread has said that it is done, and writes no more. */
	*addresses = l->addresses;
	if (l->rc == -1)
		snprintf(why, why_bytes, "%s", l->why);
	return (l->rc);
}

void
lookup_free(struct lookup *l)
{

	if (l == NULL)
		return;
	close(l->pipe[0]);
	lookup_drop(l);
}
