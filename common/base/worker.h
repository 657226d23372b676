#ifndef SMPC_BASE_WORKER_H
#define SMPC_BASE_WORKER_H

/*
 * A thread that does one job at a time beside its owner: a tool hashes or writes one block while it
 * reads the next.  The job function must not touch what the owner uses until worker_wait has
 * returned.
 */

struct worker;

/*
 * worker_new():
 * Create a worker; the thread itself starts with the first job.  Return NULL, having reported, when
 * memory is short.
 */
struct worker *worker_new(void);

/*
 * worker_start(w, job, arg):
 * Run job(arg) in the worker's thread, or at once in the caller's where no thread can be had.  The
 * previous job must have been waited for.
 */
void worker_start(struct worker *w, int (*job)(void *), void *arg);

/*
 * worker_wait(w):
 * Wait for the job.  Return what it returned; 0 when there was none.
 */
int worker_wait(struct worker *w);

/*
 * worker_free(w):
 * Wait for the job, end the thread and free; harmless on NULL.
 */
void worker_free(struct worker *w);

#endif /* !SMPC_BASE_WORKER_H */
