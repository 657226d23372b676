#include "mpc/engine_internal.h"

#include <string.h>

#include "mpc/cost_internal.h"
#include "ring/bits.h"

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
plan_add_noise(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const word *own)
{

	(void)S, (void)y, (void)x, (void)own;
	return (0);
}

static int
plan_pass(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct pass *p)
{

	(void)S, (void)y, (void)x, (void)p;
	return (0);
}

static int
plan_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct row_choice *c)
{

	(void)S, (void)y, (void)x, (void)c;
	return (0);
}

static int
plan_tell(struct mpc *S, size_t *count, size_t most)
{

	(void)S, (void)count, (void)most;
	return (0);
}

static int
plan_aes128(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
    const struct mpc_bits *key)
{

	(void)S, (void)y, (void)x, (void)key;
	return (0);
}

static int
plan_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d)
{

	(void)S;
	memset(clear, 0, bits_words(d->n) * sizeof(*clear));
	return (0);
}

static int
plan_reveal(struct mpc *S, word *clear, const struct mpc_vector *x)
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

static int
plan_reveal_to_us(struct mpc *S, word *clear, struct mpc_vector *x)
{

	return (plan_reveal(S, clear, x));
}

static void
plan_input(struct mpc *S, const struct mpc_vector *x)
{

	(void)S, (void)x;
}

const struct mpc_engine engine_plan = {
	.product = plan_product,
	.truncate = plan_shifted,
	.compare = plan_compare,
	.equal = plan_equal,
	.and = plan_and,
	.select = plan_select,
	.series = plan_series,
	.exp2 = plan_shifted,
	.add_noise = plan_add_noise,
	.pass = plan_pass,
	.choose = plan_choose,
	.tell = plan_tell,
	.aes128 = plan_aes128,
	.reveal = plan_reveal,
	.reveal_bits = plan_reveal_bits,
	.reveal_to_us = plan_reveal_to_us,
	.check = plan_check,
	.input = plan_input,
	.knows = { .m = false, .lam = false },
};

void
mpc_plan_add(struct mpc *S, const struct mpc_cost *c)
{

	cost_add(&S->declared, c->rounds, c->dealt_bits, c->opened_bits);
}
