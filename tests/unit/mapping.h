#ifndef SMPC_TESTS_UNIT_MAPPING_H
#define SMPC_TESTS_UNIT_MAPPING_H

/*
 * A function from one vector to another, run at all parties of a world: shared, computed, put
 * together, costs compared.
 */

#include "tap.h"
#include "world.h"

struct mapping {
	size_t parties;
	bool faithful;
	/* The same at all parties, which have ${state} in common. */
	int (*work)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
	    const void *state);
	const void *state;
	uint64_t *x, *y; /* clear words: ${n} of them in, and ${out_n} out */
	size_t n, out_n;
	struct world_held held;
	struct mpc_cost declared;
};

/* Have room for a run's words, zeroed; mapping_end frees it. */
static inline void
mapping_begin(struct mapping *m, size_t parties, size_t n, size_t out_n,
    int (*work)(struct mpc *, struct mpc_vector *, const struct mpc_vector *, const void *),
    const void *state)
{

	memset(m, 0, sizeof(*m));
	m->parties = parties;
	m->n = n;
	m->out_n = out_n;
	m->work = work;
	m->state = state;
	m->x = calloc(n, sizeof(*m->x));
	m->y = calloc(out_n, sizeof(*m->y));
}

static inline void
mapping_end(struct mapping *m)
{

	free(m->x);
	free(m->y);
}

static inline int
mapping_party(struct mpc *S, size_t self, void *state)
{
	struct mapping *m = state;
	struct mpc_vector x, y;
	int rc;

	mpc_vector_new(S, &x, m->n);
	mpc_vector_new(S, &y, m->out_n);
	world_share(m->parties, self, x.held.m, x.held.lam, m->x, m->n, 3, false);
	rc = m->work(S, &y, &x, m->state);
	world_hold(&m->held, self, y.held.m, y.held.lam, m->out_n);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

/* Set m->y, and m->declared, which is what passed at every party. */
static inline void
mapping_run(struct mapping *m)
{
	struct world w;
	size_t p;

	memset(&w, 0, sizeof(w));
	w.n = m->parties;
	w.faithful = m->faithful;
	if (world_run(&w, mapping_party, m) != 0)
		tap_bail("a run has failed");
	if (!world_open(&m->held, m->parties, m->y, m->out_n, false))
		tap_bail("parties disagree");
	for (p = 0; p <= m->parties; p++) {
		if (memcmp(&w.party[p].declared, &w.party[p].counted, sizeof(struct mpc_cost)) != 0)
			tap_bail("declared and counted costs differ");
	}
	m->declared = w.party[1].declared;
}

/* ---- numbers with MAPPING_BITS fraction bits; from 0 to 1, and of the normal distribution ---- */

#define MAPPING_BITS 16

static inline double
mapping_real(uint64_t v)
{

	return (ldexp((double)(int64_t)v, -MAPPING_BITS));
}

static inline uint64_t
mapping_word(double v)
{

	return ((uint64_t)(int64_t)llrint(ldexp(v, MAPPING_BITS)));
}

static inline double
mapping_uniform(uint64_t *seed)
{

	return (ldexp((double)(world_random(seed) >> 11), -53));
}

static inline double
mapping_normal(uint64_t *seed)
{
	double radius = sqrt(-2 * log(1 - mapping_uniform(seed)));

	return (radius * cos(6.283185307179586 * mapping_uniform(seed)));
}

#endif /* !SMPC_TESTS_UNIT_MAPPING_H */
