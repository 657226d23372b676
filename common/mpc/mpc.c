#include "mpc/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "mpc/cost.h"
#include "ring/bits.h"

/* ---- contexts ---- */

static struct mpc *
new_context(const struct mpc_engine *engine, size_t n, size_t self, bool faithful)
{
	struct mpc *S;

	if ((S = mem_array(1, sizeof(*S))) == NULL)
		return (NULL);
	S->engine = engine;
	S->n = n;
	S->self = self;
	S->faithful = faithful;
	return (S);
}

struct mpc *
mpc_new(const struct mpc_setting *setting)
{
	struct mpc *S;
	size_t i;

	if (setting->n < 2 || setting->n >= MPC_MAX_PARTIES || setting->self > setting->n) {
		(void)fail(ST_FAILED, "the engine needs two to %d computing parties and a dealer", MPC_MAX_PARTIES - 1);
		return (NULL);
	}
	if ((S = new_context(&engine_masked, setting->n, setting->self, setting->faithful)) == NULL)
		return (NULL);
	S->net = setting->net;
	memcpy(S->number, setting->number, sizeof(S->number));
	for (i = 0; i <= S->n; i++) {
		if (i != S->self)
			memcpy(S->seeds[i], setting->seeds[i], sizeof(S->seeds[i]));
	}
	open_begin(S);
	return (S);
}

struct mpc *
mpc_new_plain(bool faithful)
{

	return (new_context(&engine_plain, 1, 1, faithful));
}

struct mpc *
mpc_new_plan(size_t n, bool faithful)
{

	return (new_context(&engine_plan, n, 1, faithful));
}

void
mpc_free(struct mpc *S)
{

	if (S != NULL)
		stream_end(S);
	mem_wipe_free(S, sizeof(*S));
}

bool
mpc_is_dealer(const struct mpc *S)
{

	return (S->engine == &engine_masked && S->self == 0);
}

const struct mpc_cost *
mpc_declared(const struct mpc *S)
{

	return (&S->declared);
}

const struct mpc_cost *
mpc_counted(const struct mpc *S)
{

	return (&S->counted);
}

/* ---- vectors ---- */

/* Room for what this party holds of ${words} words. */
static int
new_words(const struct mpc *S, uint64_t **m, uint64_t **lam, size_t words)
{

	*m = *lam = NULL;
	if (!S->engine->words)
		return (0);
	if (!mpc_is_dealer(S) && (*m = mem_array(words, sizeof(**m))) == NULL)
		return (-1);
	return ((S->engine == &engine_masked && (*lam = mem_array(words, sizeof(**lam))) == NULL) ? -1 : 0);
}

int
mpc_vector_new(const struct mpc *S, struct mpc_vector *x, size_t n)
{

	x->n = n;
	x->mask = NULL;
	return (new_words(S, &x->m, &x->lam, n));
}

int
mpc_bits_new(const struct mpc *S, struct mpc_bits *d, size_t n)
{

	d->n = n;
	return (new_words(S, &d->m, &d->lam, bits_words(n)));
}

void
mpc_vector_free(struct mpc_vector *x)
{

	mem_wipe_free(x->m, x->n * sizeof(*x->m));
	mem_wipe_free(x->lam, x->n * sizeof(*x->lam));
	memset(x, 0, sizeof(*x));
}

void
mpc_bits_free(struct mpc_bits *d)
{

	mem_wipe_free(d->m, bits_words(d->n) * sizeof(*d->m));
	mem_wipe_free(d->lam, bits_words(d->n) * sizeof(*d->lam));
	memset(d, 0, sizeof(*d));
}

struct mpc_vector
mpc_part(const struct mpc_vector *x, size_t first, size_t n)
{
	struct mpc_vector part = { n, (x->m == NULL) ? NULL : x->m + first, (x->lam == NULL) ? NULL : x->lam + first,
		NULL };

	return (part);
}

/* ---- interactive operations: check, declare, run ---- */

/* A caller has made a mistake: its vectors do not fit together. */
static int
misfit(const char *operation)
{

	return (fail(ST_FAILED, "%s: lengths or parameters do not fit together (a fault in the program)", operation));
}

/* After an operation: its keys are not needed any more. */
static int
finish(struct mpc *S, int rc)
{

	stream_end(S);
	return (rc);
}

int
mpc_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B, const struct mpc_vector *x,
    const struct mpc_vector *y)
{

	if (x->n != bilinear_x(B) || y->n != bilinear_y(B) || z->n != bilinear_z(B) || z == x || z == y)
		return (misfit("product"));
	cost_product(&S->declared, B);
	stream_begin(S);
	return (finish(S, S->engine->product(S, z, B, x, y)));
}

int
mpc_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift)
{

	if (y->n != z->n || shift < 1 || shift > 62)
		return (misfit("truncate"));
	cost_truncate(&S->declared, z->n, shift, S->faithful);
	stream_begin(S);
	return (finish(S, S->engine->truncate(S, y, z, shift)));
}

int
mpc_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, const struct mpc_comparison *c)
{
	size_t i;

	if (c->low >= c->high || c->high > 63 || c->count < 1 || c->count > MPC_MAX_THRESHOLDS)
		return (misfit("compare"));
	for (i = 0; i < c->count; i++) {
		if (d[i].n != z->n)
			return (misfit("compare"));
	}
	cost_compare(&S->declared, z->n, c);
	stream_begin(S);
	return (finish(S, S->engine->compare(S, d, z, c)));
}

int
mpc_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits)
{

	if (d->n != z->n || bits < 1 || bits > 64)
		return (misfit("equal"));
	cost_equal(&S->declared, z->n, bits);
	stream_begin(S);
	return (finish(S, S->engine->equal(S, d, z, bits)));
}

int
mpc_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count)
{
	size_t i;

	if (count < 2 || count > MPC_MAX_AND)
		return (misfit("and"));
	for (i = 0; i < count; i++) {
		if (a[i]->n != d->n || a[i] == d)
			return (misfit("and"));
	}
	cost_and(&S->declared, d->n, count);
	stream_begin(S);
	return (finish(S, S->engine->and(S, d, a, count)));
}

int
mpc_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *s)
{
	size_t i;

	if (s->shift > 62)
		return (misfit("select"));
	for (i = 0; i < s->count; i++) {
		if ((s->terms[i].bit != NULL && s->terms[i].bit->n != y->n) ||
		    (s->terms[i].word != NULL && s->terms[i].word->n != y->n))
			return (misfit("select"));
	}
	cost_select(&S->declared, y->n, s);
	stream_begin(S);
	return (finish(S, S->engine->select(S, y, s)));
}

int
mpc_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, const struct mpc_series *series)
{

	if (y->n != z->n || series->count < 1 || series->count > MPC_SERIES_MAX || series->period_bits < 1 ||
	    series->period_bits > 64 || series->coefficient_bits + series->table_bits > 62 || series->table_bits < 1)
		return (misfit("series"));
	cost_series(&S->declared, z->n, series);
	stream_begin(S);
	return (finish(S, S->engine->series(S, y, z, series)));
}

int
mpc_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f)
{

	if (y->n != z->n || f < EXP2_FRACTION || f > 58)
		return (misfit("exp2"));
	cost_exp2(&S->declared, z->n);
	stream_begin(S);
	return (finish(S, S->engine->exp2(S, y, z, f)));
}

int
mpc_reveal(struct mpc *S, uint64_t *clear, const struct mpc_vector *x)
{

	cost_reveal(&S->declared, x->n);
	stream_begin(S);
	return (finish(S, S->engine->reveal(S, clear, x)));
}

int
mpc_check(struct mpc *S)
{

	cost_check(&S->declared);
	stream_begin(S);
	return (finish(S, S->engine->check(S)));
}
