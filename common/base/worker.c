#include "base/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int running; /* the thread exists */
	int busy;    /* a job is set and not done */
	int stop;
	int (*job)(void *);
	void *arg;
	int result;
};

struct worker *
worker_new(void)
{
	struct worker *w;

	if ((w = mem_array(1, sizeof(*w))) == NULL)
		return (NULL);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	return (w);
}

static void *
work_loop(void *cookie)
{
	struct worker *w = cookie;
	int result;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (!w->busy && !w->stop)
			pthread_cond_wait(&w->changed, &w->lock);
		if (!w->busy)
			break;
		pthread_mutex_unlock(&w->lock);
		result = w->job(w->arg);
		pthread_mutex_lock(&w->lock);
		w->result = result;
		w->busy = 0;
		pthread_cond_broadcast(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
	return (NULL);
}

/*
 * Start the thread with the signals of others blocked: they are the main thread's.  Its own faults
 * stay deadly.
 */
static void
worker_thread(struct worker *w)
{
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGXCPU);
	pthread_sigmask(SIG_SETMASK, &set, &old);
	w->running = (pthread_create(&w->thread, NULL, work_loop, w) == 0);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void
worker_start(struct worker *w, int (*job)(void *), void *arg)
{

	if (!w->running)
		worker_thread(w);
	if (!w->running) {
		w->result = job(arg);
		return;
	}
	pthread_mutex_lock(&w->lock);
	w->job = job;
	w->arg = arg;
	w->busy = 1;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

int
worker_wait(struct worker *w)
{
	int result;

	pthread_mutex_lock(&w->lock);
	while (w->busy)
		pthread_cond_wait(&w->changed, &w->lock);
	result = w->result;
	w->result = 0;
	pthread_mutex_unlock(&w->lock);
	return (result);
}

void
worker_free(struct worker *w)
{

	if (w == NULL)
		return;
	if (w->running) {
		pthread_mutex_lock(&w->lock);
		w->stop = 1;
		pthread_cond_broadcast(&w->changed);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->thread, NULL);
	}
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
	free(w);
}
