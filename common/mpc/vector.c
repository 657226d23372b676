#include <string.h>

#include "base/mem.h"
#include "mpc/engine_internal.h"
#include "ring/bits.h"

/*
 * Room for vectors and bits: the planes that a party's engine knows, and no others (struct
 * mpc_knows).
 */

int
planes_new(const struct mpc *S, struct mpc_planes *held, size_t words)
{
	const struct mpc_knows *knows = &S->engine->knows;

	memset(held, 0, sizeof(*held));
	if (knows->m && (held->m = mem_array(words, sizeof(*held->m))) == NULL)
		return (-1);
	if (knows->lam && (held->lam = mem_array(words, sizeof(*held->lam))) == NULL)
		return (-1);
	return (0);
}

void
planes_free(struct mpc_planes *held, size_t words)
{

	mem_wipe_free(held->m, words * sizeof(*held->m));
	mem_wipe_free(held->lam, words * sizeof(*held->lam));
	memset(held, 0, sizeof(*held));
}

int
mpc_vector_new(const struct mpc *S, struct mpc_vector *x, size_t n)
{

	x->n = n;
	x->drawn_from = NULL;
	return (planes_new(S, &x->held, n));
}

int
mpc_bits_new(const struct mpc *S, struct mpc_bits *d, size_t n)
{

	d->n = n;
	return (planes_new(S, &d->held, bits_words(n)));
}

void
mpc_vector_free(struct mpc_vector *x)
{

	planes_free(&x->held, x->n);
	memset(x, 0, sizeof(*x));
}

void
mpc_bits_free(struct mpc_bits *d)
{

	planes_free(&d->held, bits_words(d->n));
	memset(d, 0, sizeof(*d));
}

void
mpc_draw_from(struct mpc_vector *x, struct mpc_output_mask *mask)
{

	x->drawn_from = mask;
}

bool
mpc_is_drawn(const struct mpc_vector *x)
{

	return (x->drawn_from != NULL && x->drawn_from->drawn);
}
