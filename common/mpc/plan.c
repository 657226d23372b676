#include "mpc/engine_internal.h"

#include <string.h>

/* The engine that computes nothing: mpc.c has already added what each operation declares. */

static int
plan_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{

	(void)S, (void)z, (void)B, (void)x, (void)y;
	return (0);
}

static int
plan_shifted(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned bits)
{

	(void)S, (void)y, (void)z, (void)bits;
	return (0);
}

static int
plan_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct mpc_comparison *c)
{

	(void)S, (void)d, (void)z, (void)c;
	return (0);
}

static int
plan_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits)
{

	(void)S, (void)d, (void)z, (void)bits;
	return (0);
}

static int
plan_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count)
{

	(void)S, (void)d, (void)a, (void)count;
	return (0);
}

static int
plan_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *selection)
{

	(void)S, (void)y, (void)selection;
	return (0);
}

static int
plan_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *series)
{

	(void)S, (void)y, (void)z, (void)series;
	return (0);
}

static int
plan_reveal(struct mpc *S, uint64_t *clear, const struct mpc_vector *x)
{

	(void)S;
	memset(clear, 0, x->n * sizeof(*clear));
	return (0);
}

static int
plan_check(struct mpc *S)
{

	(void)S;
	return (0);
}

const struct mpc_engine engine_plan = { plan_product, plan_shifted, plan_compare, plan_equal,
	plan_and, plan_select,
	plan_series, plan_shifted, plan_reveal, plan_check, false };

void
mpc_plan_add(struct mpc *S, const struct mpc_cost *c)
{

	cost_add(&S->declared, c->rounds, c->dealt_bits, c->opened_bits);
}
