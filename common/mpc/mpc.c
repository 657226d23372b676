#include "mpc/engine_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "mpc/cost_internal.h"
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

/* The engine of a party, and whom it has masks in common with. */
static struct mpc *
new_party(const struct mpc_setting *setting)
{
	bool deals = setting->self == 0;
	struct mpc *S;

	S = new_context(deals ? &engine_dealer : &engine_masked, setting->n, setting->self,
	    setting->faithful);
	if (S != NULL) {
		S->first_holder = deals ? 1 : 0;
		S->holders = deals ? setting->n : 1;
	}
	return (S);
}

struct mpc *
mpc_new(const struct mpc_setting *setting)
{
	struct mpc *S;
	size_t i;

	if (setting->n < 2 || setting->n >= MPC_MAX_PARTIES || setting->self > setting->n) {
		(void)fail(ST_FAILED, "the engine needs two to %d computing parties and a dealer",
		    MPC_MAX_PARTIES - 1);
		return (NULL);
	}
	if ((S = new_party(setting)) == NULL)
		return (NULL);
	S->net = setting->net;
	memcpy(S->number, setting->number, sizeof(S->number));
	for (i = 0; i <= S->n; i++) {
		if (i != S->self)
			memcpy(S->seeds[i], setting->seeds[i], sizeof(S->seeds[i]));
	}
	if (S->engine == &engine_masked)
		opened_begin(S);
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
	size_t i;

	if (S == NULL)
		return;
	stream_end(S);
	for (i = 0; i < WORKS; i++)
		mem_wipe_free(S->work[i].room, S->work[i].bytes);
	mem_wipe_free(S, sizeof(*S));
}

bool
mpc_may_wrap(struct mpc *S, bool may)
{
	bool before = S->may_wrap;

	S->may_wrap = may;
	return (before);
}

bool
mpc_is_dealer(const struct mpc *S)
{

	return (S->engine == &engine_dealer);
}

bool
mpc_holds_words(const struct mpc *S)
{

	return (S->engine->knows.m || S->engine->knows.lam);
}

bool
mpc_sees_revealed(const struct mpc *S)
{

	return (S->engine->knows.m);
}

bool
mpc_is_faithful(const struct mpc *S)
{

	return (S->faithful);
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

/* ---- interactive operations: check, declare, run ---- */

/* A caller has made a mistake. */
int
misfit(const char *operation)
{

	return (fail(ST_FAILED, "%s: lengths or parameters do not fit together (a fault in the "
	    "program)", operation));
}

static bool
ranges_meet(const word *a, size_t n, const word *b, size_t k)
{

	return (a != NULL && b != NULL && (uintptr_t)a < (uintptr_t)(b + k) &&
	    (uintptr_t)b < (uintptr_t)(a + n));
}

static bool
planes_meet(const struct mpc_planes *a, size_t n, const struct mpc_planes *b, size_t k)
{

	return (ranges_meet(a->m, n, b->m, k) || ranges_meet(a->lam, n, b->lam, k));
}

/*
 * Masks of a result are drawn while operands are still needed: they must not be in the same memory.
 */
static bool
meet(const struct mpc_vector *a, const struct mpc_vector *b)
{

	return (planes_meet(&a->held, a->n, &b->held, b->n));
}

/* Whether they overlap otherwise than exactly. */
static bool
meet_askew(const struct mpc_vector *a, const struct mpc_vector *b)
{

	return (meet(a, b) &&
	    (a->held.m != b->held.m || a->held.lam != b->held.lam || a->n != b->n));
}

static bool
bits_meet(const struct mpc_bits *a, const struct mpc_bits *b)
{

	return (planes_meet(&a->held, bits_words(a->n), &b->held, bits_words(b->n)));
}

/*
 * The masks that a result takes from keys may be drawn once (smpc-protocol(7), Keys and
 * randomness).
 */
static int
draw_once(const struct mpc *S, const struct mpc_vector *y)
{

	if (y->drawn_from == NULL)
		return (0);
	if (S->holders > 0 && y->drawn_from->count != S->holders)
		return (misfit("output mask"));
	if (y->drawn_from->drawn)
		return (fail(ST_FAILED, "a result's masks would be used a second time (a fault in "
		    "the program)"));
	y->drawn_from->drawn = true;
	return (0);
}

/* After an operation: its keys are not needed any more. */
static int
end_operation(struct mpc *S, int rc)
{

	stream_end(S);
	return (rc);
}

int
mpc_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{

	if (x->n != bilinear_x(B) || y->n != bilinear_y(B) || z->n != bilinear_z(B) || meet(z, x) ||
	    meet(z, y) || (B->kind == BILINEAR_CONVOLUTION && B->convolution->stride < 1))
		return (misfit("product"));
	if (draw_once(S, z) == -1)
		return (-1);
	cost_product(&S->declared, B);
	stream_begin(S);
	return (end_operation(S, S->engine->product(S, z, B, x, y)));
}

int
mpc_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift)
{

	if (y->n != z->n || shift < 1 || shift > MPC_NUMBER_RANGE || meet_askew(y, z))
		return (misfit("truncate"));
	if (draw_once(S, y) == -1)
		return (-1);
	cost_truncate(&S->declared, z->n, shift, S->faithful);
	stream_begin(S);
	return (end_operation(S, S->engine->truncate(S, y, z, shift)));
}

int
mpc_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct mpc_comparison *c)
{
	struct mpc_comparison all = *c;
	size_t i;

	if (c->low >= c->high || c->high > MPC_WORD_RANGE ||
	    c->count < 1 || c->count > MPC_MAX_THRESHOLDS)
		return (misfit("compare"));
	for (i = 0; i < c->count; i++) {
		if (d[i].n != z->n)
			return (misfit("compare"));
	}
	if (S->faithful)
		all.low = 0;
	cost_compare(&S->declared, z->n, &all);
	stream_begin(S);
	return (end_operation(S, S->engine->compare(S, d, z, &all)));
}

int
mpc_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits)
{

	if (d->n != z->n || bits < 1 || bits > 64)
		return (misfit("equal"));
	cost_equal(&S->declared, z->n, bits);
	stream_begin(S);
	return (end_operation(S, S->engine->equal(S, d, z, bits)));
}

int
mpc_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count)
{
	size_t i;

	if (count < 2 || count > MPC_MAX_AND)
		return (misfit("and"));
	for (i = 0; i < count; i++) {
		if (a[i]->n != d->n || bits_meet(a[i], d))
			return (misfit("and"));
	}
	cost_and(&S->declared, d->n, count);
	stream_begin(S);
	return (end_operation(S, S->engine->and(S, d, a, count)));
}

/* Selections from exact floors: truncate the words first. */
static int
select_faithfully(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *s)
{
	struct mpc_selection whole = { .count = s->count, .results = s->results };
	const struct mpc_vector *met = NULL, *met_floor = NULL;
	struct mpc_selection_term *terms;
	struct mpc_vector *floors;
	size_t i;
	int rc = 0;

	floors = mem_array(s->count, sizeof(*floors));
	terms = mem_array(s->count, sizeof(*terms));
	if (floors == NULL || terms == NULL)
		rc = -1;
	for (i = 0; rc == 0 && i < s->count; i++) {
		terms[i] = s->terms[i];
		if (terms[i].word == NULL)
			continue;
		if (terms[i].word != met) {
			met = terms[i].word;
			met_floor = &floors[i];
			if ((rc = mpc_vector_new(S, &floors[i], y->n)) == 0)
				rc = mpc_truncate(S, &floors[i], met, s->shift);
		}
		terms[i].word = met_floor;
	}
	whole.terms = terms;
	if (rc == 0)
		rc = mpc_select(S, y, &whole);
	for (i = 0; floors != NULL && i < s->count; i++)
		mpc_vector_free(&floors[i]);
	free(floors);
	free(terms);
	return (rc);
}

int
mpc_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *s)
{
	const struct mpc_vector *z;
	bool two = s->results == 2;
	size_t i;

	if (s->shift > MPC_NUMBER_RANGE || s->results > MPC_MAX_SELECTED ||
	    (two && (y[1].n != y[0].n || meet(&y[0], &y[1]))))
		return (misfit("select"));
	for (i = 0; i < s->count; i++) {
		z = s->terms[i].word;
		if ((s->terms[i].bit != NULL && s->terms[i].bit->n != y->n) ||
		    (z != NULL && (z->n != y->n || meet_askew(&y[0], z) ||
		    (two && (meet(&y[0], z) || meet(&y[1], z))))))
			return (misfit("select"));
	}
	if (S->faithful && s->shift > 0)
		return (select_faithfully(S, y, s));
	if (draw_once(S, y) == -1 || (two && draw_once(S, &y[1]) == -1))
		return (-1);
	cost_select(&S->declared, y->n, s);
	stream_begin(S);
	return (end_operation(S, S->engine->select(S, y, s)));
}

/* Whether products of coefficients and sines stay in 64 bits. */
static bool
series_fits(const struct mpc_series *s)
{
	const int64_t limit = (int64_t)1 << 31;
	size_t i;

	if (s->count < 1 || s->count > MPC_MAX_HARMONICS || s->period_bits < 1 ||
	    s->period_bits > 64 || s->table_bits < 1 || s->coefficient_bits > 30 ||
	    s->coefficient_bits + s->table_bits > MPC_NUMBER_RANGE)
		return (false);
	for (i = 0; i < s->count; i++) {
		if (s->harmonic[i] < 1 || s->sine[i] <= -limit || s->sine[i] >= limit ||
		    (s->cosine != NULL && (s->cosine[i] <= -limit || s->cosine[i] >= limit)))
			return (false);
	}
	return (true);
}

int
mpc_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *series)
{

	if (y->n != z->n || meet_askew(y, z) || !series_fits(series))
		return (misfit("series"));
	if (draw_once(S, y) == -1)
		return (-1);
	cost_series(&S->declared, z->n, series);
	stream_begin(S);
	return (end_operation(S, S->engine->series(S, y, z, series)));
}

int
mpc_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f)
{

	if (y->n != z->n || meet_askew(y, z) || f < EXP2_FRACTION || f > 45)
		return (misfit("exp2"));
	if (draw_once(S, y) == -1)
		return (-1);
	cost_exp2(&S->declared, z->n);
	stream_begin(S);
	return (end_operation(S, S->engine->exp2(S, y, z, f)));
}

int
mpc_add_noise(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const word *own)
{

	if (y->n != x->n || meet_askew(y, x) || (own == NULL && mpc_holds_words(S)))
		return (misfit("noise"));
	if (draw_once(S, y) == -1)
		return (-1);
	cost_add_noise(&S->declared, x->n);
	stream_begin(S);
	return (end_operation(S, S->engine->add_noise(S, y, x, own)));
}

/* ---- secret order (order.h) ---- */

/* Words of bits, as rows of words have them. */
static struct mpc_vector
words_of(const struct mpc_bits *d)
{

	return ((struct mpc_vector){ .n = bits_words(d->n), .held = d->held });
}

/* Move ${y}->n words in rows. */
static int
permute_words(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_order *order, enum direction direction, enum sharing how)
{

	if (y->n != x->n || meet(y, x) ||
	    (order->rows == 0 ? x->n != 0 : x->n % order->rows != 0) ||
	    (direction != FORTH && y->drawn_from != NULL))
		return (misfit("permute"));
	if (draw_once(S, y) == -1)
		return (-1);
	if (x->n == 0)
		return (0);
	if (direction == FORTH_TO_CHOOSE)
		cost_permute_to_choose(&S->declared, x->n, S->n, S->self == S->n);
	else
		cost_permute(&S->declared, x->n, S->n);
	stream_begin(S);
	return (end_operation(S, mpc_holds_words(S) ? order_run(S, y, x, order, direction, how) :
	    0));
}

int
mpc_permute(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_order *order, bool back)
{

	return (permute_words(S, y, x, order, back ? BACK : FORTH, SHARES_ADD));
}

int
mpc_permute_to_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_order *order)
{

	return (permute_words(S, y, x, order, FORTH_TO_CHOOSE, SHARES_ADD));
}

static int
permute_bits(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *a,
    const struct mpc_order *order, enum direction direction)
{
	struct mpc_vector y = words_of(d), x = words_of(a);

	if (d->n % WORD_BITS != 0 || a->n % WORD_BITS != 0)
		return (misfit("permute"));
	return (permute_words(S, &y, &x, order, direction, SHARES_XOR));
}

int
mpc_permute_bits(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *a,
    const struct mpc_order *order, bool back)
{

	return (permute_bits(S, d, a, order, back ? BACK : FORTH));
}

int
mpc_permute_bits_to_choose(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *a,
    const struct mpc_order *order)
{

	return (permute_bits(S, d, a, order, FORTH_TO_CHOOSE));
}

/* Whether there are rows to choose from: at the dealer and in a plan, nobody looks at them. */
static bool
choice_fits(const struct mpc *S, const struct mpc_vector *y, const struct mpc_vector *x,
    const struct row_choice *c)
{
	size_t i, rows;

	if (c->cols == 0 || y->n % c->cols != 0)
		return (false);
	if (!mpc_sees_revealed(S))
		return (true);
	if (meet(y, x) || x->n % c->cols != 0)
		return (false);
	rows = x->n / c->cols;
	if (c->index == NULL)
		return (x->n == y->n);
	for (i = 0; i < y->n / c->cols && c->index[i] < rows; i++)
		;
	return (i == y->n / c->cols);
}

static int
choose_words(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct row_choice *c)
{

	if (!choice_fits(S, y, x, c))
		return (misfit("choose"));
	if (draw_once(S, y) == -1)
		return (-1);
	cost_choose(&S->declared, y->n);
	stream_begin(S);
	return (end_operation(S, S->engine->choose(S, y, x, c)));
}

int
mpc_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const size_t *index,
    size_t cols)
{
	const struct row_choice c = { .index = index, .cols = cols, .how = SHARES_ADD };

	return (choose_words(S, y, x, &c));
}

int
mpc_choose_bits(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *a, const size_t *index,
    size_t cols)
{
	const struct row_choice c = { .index = index, .cols = cols, .how = SHARES_XOR };
	struct mpc_vector y = words_of(d), x = words_of(a);

	if (d->n % WORD_BITS != 0 || (mpc_sees_revealed(S) && a->n % WORD_BITS != 0))
		return (misfit("choose"));
	return (choose_words(S, &y, &x, &c));
}

int
mpc_tell(struct mpc *S, size_t *count, size_t most)
{

	if (mpc_sees_revealed(S) && *count > most)
		return (misfit("tell"));
	cost_tell(&S->declared);
	return (S->engine->tell(S, count, most));
}

int
mpc_aes128(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
    const struct mpc_bits *key)
{

	if (y->n != x->n || x->n % MPC_AES_BITS != 0 || key->n != MPC_AES_BITS)
		return (misfit("AES"));
	cost_aes128(&S->declared, x->n / MPC_AES_BITS);
	stream_begin(S);
	return (end_operation(S, S->engine->aes128(S, y, x, key)));
}

/* ---- revealing ---- */

void
mpc_keep(struct mpc *S, const char *origin)
{

	S->kept = origin;
}

static int
check_kept(const struct mpc *S)
{

	return ((S->kept == NULL) ? 0 : fail(ST_REFUSED, "a figure or bit would leave without "
	    "noise, and the owner of '%s' lets nothing out but within a budget (smpc-noise(1)); "
	    "no bit is needed of columns that have a declared range (smpc-share --range)",
	    S->kept));
}

int
mpc_reveal_chance(struct mpc *S, word *clear, const struct mpc_bits *d)
{

	cost_reveal_bits(&S->declared, d->n);
	stream_begin(S);
	return (end_operation(S, S->engine->reveal_bits(S, clear, d)));
}

int
mpc_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d)
{

	return ((check_kept(S) == -1) ? -1 : mpc_reveal_chance(S, clear, d));
}

int
mpc_reveal(struct mpc *S, word *clear, const struct mpc_vector *x)
{

	cost_reveal(&S->declared, x->n);
	if (check_kept(S) == -1)
		return (-1);
	stream_begin(S);
	return (end_operation(S, S->engine->reveal(S, clear, x)));
}

int
mpc_reveal_to_us(struct mpc *S, word *clear, struct mpc_vector *x)
{

	cost_reveal(&S->declared, x->n);
	if (check_kept(S) == -1)
		return (-1);
	stream_begin(S);
	return (end_operation(S, S->engine->reveal_to_us(S, clear, x)));
}

void
mpc_input(struct mpc *S, const struct mpc_vector *x)
{

	S->engine->input(S, x);
}

int
mpc_check(struct mpc *S)
{

	cost_check(&S->declared);
	stream_begin(S);
	return (end_operation(S, S->engine->check(S)));
}
