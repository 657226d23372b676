#ifndef SMPC_TESTS_UNIT_WORLD_H
#define SMPC_TESTS_UNIT_WORLD_H

/*
 * All parties of an engine in one process, a thread each, on queues in memory.  A test is a
 * function that every party runs with its own context; it leaves what it holds of a result in the
 * world, where the test puts it together.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpc/mpc.h"

#define WORLD_MAX 6

struct world_queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	unsigned char *data;
	size_t begin, end, size;
	uint64_t total;
};

struct world;

struct world_party {
	struct world *world;
	size_t self;
	struct mpc *S;
	int rc;
	struct mpc_cost declared, counted;
};

struct world {
	size_t n;
	struct world_queue queue[WORLD_MAX][WORLD_MAX]; /* from, to */
	struct world_party party[WORLD_MAX];
	int (*run)(struct mpc *S, size_t self, void *state);
	void *state;
	bool faithful;
	uint8_t number[32];
	uint8_t seeds[WORLD_MAX][WORLD_MAX][32];
	/* Called, when not NULL, with all that passes; queues are locked. */
	void (*seen)(void *state, size_t from, size_t to, const void *data, size_t bytes);
	/* Flip a bit of the first message that computing party 1 receives from party 2. */
	bool spoil;
};

static inline int
world_send(void *state, size_t to, const void *data, size_t bytes)
{
	struct world_party *p = state;
	struct world_queue *q = &p->world->queue[p->self][to];

	pthread_mutex_lock(&q->lock);
	if (q->end + bytes > q->size && q->begin > 0) {
		memmove(q->data, q->data + q->begin, q->end - q->begin);
		q->end -= q->begin;
		q->begin = 0;
	}
	if (q->end + bytes > q->size) {
		q->size = 2 * (q->end + bytes);
		q->data = realloc(q->data, q->size);
	}
	memcpy(q->data + q->end, data, bytes);
	q->end += bytes;
	q->total += bytes;
	if (p->world->seen != NULL)
		p->world->seen(p->world->state, p->self, to, data, bytes);
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
	return (0);
}

static inline int
world_receive(void *state, size_t from, void *data, size_t bytes)
{
	struct world_party *p = state;
	struct world_queue *q = &p->world->queue[from][p->self];

	pthread_mutex_lock(&q->lock);
	while (q->end - q->begin < bytes)
		pthread_cond_wait(&q->filled, &q->lock);
	memcpy(data, q->data + q->begin, bytes);
	if (p->world->spoil && from == 2 && p->self == 1) {
		*(unsigned char *)data ^= 1;
		p->world->spoil = false;
	}
	q->begin += bytes;
	pthread_mutex_unlock(&q->lock);
	return (0);
}

static inline void *
world_thread(void *arg)
{
	struct world_party *p = arg;

	p->rc = p->world->run(p->S, p->self, p->world->state);
	p->declared = *mpc_declared(p->S);
	p->counted = *mpc_counted(p->S);
	mpc_free(p->S);
	return (NULL);
}

/* Run ${run} at the dealer and ${w->n} computing parties.  Set ${w->n} first. */
static inline int
world_run(struct world *w, int (*run)(struct mpc *, size_t, void *), void *state)
{
	pthread_t threads[WORLD_MAX];
	struct mpc_setting setting;
	size_t i, j;
	int rc = 0;

	w->run = run;
	w->state = state;
	for (i = 0; i <= w->n; i++) {
		memset(&setting, 0, sizeof(setting));
		w->party[i].world = w;
		w->party[i].self = i;
		setting.n = w->n;
		setting.self = i;
		setting.net = (struct mpc_net){ world_send, world_receive, &w->party[i] };
		setting.faithful = w->faithful;
		memcpy(setting.number, w->number, sizeof(setting.number));
		for (j = 0; j <= w->n; j++) {
			memset(w->seeds[i][j], (int)(i < j ? 16 * i + j : 16 * j + i), 32);
			setting.seeds[j] = w->seeds[i][j];
			w->queue[i][j].begin = w->queue[i][j].end = w->queue[i][j].total = 0;
			pthread_mutex_init(&w->queue[i][j].lock, NULL);
			pthread_cond_init(&w->queue[i][j].filled, NULL);
		}
		if ((w->party[i].S = mpc_new(&setting)) == NULL)
			exit(1);
	}
	for (i = 0; i <= w->n; i++) {
		if (pthread_create(&threads[i], NULL, world_thread, &w->party[i]) != 0)
			exit(1);
	}
	for (i = 0; i <= w->n; i++) {
		pthread_join(threads[i], NULL);
		rc |= w->party[i].rc;
	}
	for (i = 0; i <= w->n; i++) {
		for (j = 0; j <= w->n; j++) {
			free(w->queue[i][j].data);
			memset(&w->queue[i][j], 0, sizeof(w->queue[i][j]));
		}
	}
	w->number[0]++;
	return (rc);
}

/* ---- numbers ---- */

static inline uint64_t
world_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return (z ^ (z >> 31));
}

/*
 * Party ${self}'s side of ${n} clear words (or, of planes, bits), with masks that follow from
 * ${key}.
 */
static inline void
world_share(size_t parties, size_t self, uint64_t *m, uint64_t *lam, const uint64_t *clear,
    size_t n, uint64_t key, bool bits)
{
	uint64_t state, mask, all, own;
	size_t i, p;

	for (i = 0; i < n; i++) {
		for (all = own = 0, p = 1; p <= parties; p++) {
			state = key * 1000003 + p * 7919 + i * 104729;
			mask = world_random(&state);
			all = bits ? all ^ mask : all + mask;
			own = (p == self) ? mask : own;
		}
		if (self > 0)
			m[i] = bits ? clear[i] ^ all : clear[i] + all;
		lam[i] = (self > 0) ? own : all;
	}
}

/* Words or planes that the parties hold, copied out of their threads. */
struct world_held {
	uint64_t *m[WORLD_MAX], *lam[WORLD_MAX];
};

static inline void
world_hold(struct world_held *h, size_t self, const uint64_t *m, const uint64_t *lam, size_t words)
{

	h->lam[self] = malloc(words * sizeof(uint64_t) + 1);
	h->m[self] = malloc(words * sizeof(uint64_t) + 1);
	memcpy(h->lam[self], lam, words * sizeof(uint64_t));
	if (m != NULL)
		memcpy(h->m[self], m, words * sizeof(uint64_t));
}

/*
 * Put words together into ${clear}.  Return whether all computing parties hold the same m, and the
 * dealer the sum of their masks.
 */
static inline bool
world_open(struct world_held *h, size_t n, uint64_t *clear, size_t words, bool bits)
{
	uint64_t lam;
	size_t i, p;
	bool good = true;

	for (i = 0; i < words; i++) {
		for (lam = 0, p = 1; p <= n; p++) {
			lam = bits ? lam ^ h->lam[p][i] : lam + h->lam[p][i];
			good = good && h->m[p][i] == h->m[1][i];
		}
		good = good && h->lam[0][i] == lam;
		clear[i] = bits ? h->m[1][i] ^ lam : h->m[1][i] - lam;
	}
	for (p = 0; p <= n; p++) {
		free(h->m[p]);
		free(h->lam[p]);
	}
	memset(h, 0, sizeof(*h));
	return (good);
}

#endif /* !SMPC_TESTS_UNIT_WORLD_H */
