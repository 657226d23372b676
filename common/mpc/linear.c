#include "mpc/mpc.h"

#include <string.h>

#include "ring/bits.h"

/*
 * Linear operations.  A party does the same to all planes it has of a vector: m, its masks, both or
 * none; only public numbers are added to m alone.
 */

#define PLANES 2

/* Planes of a vector; the caller's result is one of them, so they cannot be const. */
static void
planes_of(const struct mpc_vector *x, uint64_t *planes[PLANES])
{

	planes[0] = x->m;
	planes[1] = x->lam;
}

void
mpc_add(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *y)
{
	uint64_t *zp[PLANES], *xp[PLANES], *yp[PLANES];
	size_t i, j;

	planes_of(z, zp);
	planes_of(x, xp);
	planes_of(y, yp);
	for (j = 0; j < PLANES; j++) {
		for (i = 0; zp[j] != NULL && i < z->n; i++)
			zp[j][i] = xp[j][i] + yp[j][i];
	}
	z->mask = NULL;
}

void
mpc_subtract(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *y)
{
	uint64_t *zp[PLANES], *xp[PLANES], *yp[PLANES];
	size_t i, j;

	planes_of(z, zp);
	planes_of(x, xp);
	planes_of(y, yp);
	for (j = 0; j < PLANES; j++) {
		for (i = 0; zp[j] != NULL && i < z->n; i++)
			zp[j][i] = xp[j][i] - yp[j][i];
	}
	z->mask = NULL;
}

void
mpc_scale(struct mpc_vector *z, const struct mpc_vector *x, int64_t c)
{
	uint64_t *zp[PLANES], *xp[PLANES];
	size_t i, j;

	planes_of(z, zp);
	planes_of(x, xp);
	for (j = 0; j < PLANES; j++) {
		for (i = 0; zp[j] != NULL && i < z->n; i++)
			zp[j][i] = (uint64_t)c * xp[j][i];
	}
	z->mask = NULL;
}

void
mpc_add_public(struct mpc_vector *z, const struct mpc_vector *x, int64_t c)
{
	size_t i;

	for (i = 0; z->m != NULL && i < z->n; i++)
		z->m[i] = x->m[i] + (uint64_t)c;
	if (z->lam != NULL && z->lam != x->lam) {
		memcpy(z->lam, x->lam, z->n * sizeof(*z->lam));
		z->mask = NULL;
	}
}

void
mpc_add_public_words(struct mpc_vector *z, const struct mpc_vector *x, const uint64_t *y)
{
	size_t i;

	for (i = 0; z->m != NULL && i < z->n; i++)
		z->m[i] = x->m[i] + y[i];
	if (z->lam != NULL && z->lam != x->lam) {
		memcpy(z->lam, x->lam, z->n * sizeof(*z->lam));
		z->mask = NULL;
	}
}

void
mpc_xor(struct mpc_bits *d, const struct mpc_bits *a, const struct mpc_bits *b)
{
	size_t i;

	for (i = 0; d->m != NULL && i < bits_words(d->n); i++)
		d->m[i] = a->m[i] ^ b->m[i];
	for (i = 0; d->lam != NULL && i < bits_words(d->n); i++)
		d->lam[i] = a->lam[i] ^ b->lam[i];
}

void
mpc_not(struct mpc_bits *d, const struct mpc_bits *a)
{
	size_t i;

	for (i = 0; d->m != NULL && i < bits_words(d->n); i++)
		d->m[i] = ~a->m[i];
	if (d->lam != NULL && d->lam != a->lam)
		memcpy(d->lam, a->lam, bits_words(d->n) * sizeof(*d->lam));
}

void
mpc_gather(struct mpc_vector *z, const struct mpc_vector *x, const size_t *index, size_t n)
{
	size_t i;

	for (i = 0; z->m != NULL && i < n; i++)
		z->m[i] = x->m[index[i]];
	for (i = 0; z->lam != NULL && i < n; i++)
		z->lam[i] = x->lam[index[i]];
	z->mask = NULL;
}
