#include "nn/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/prg.h"
#include "func/function.h"
#include "mpc/mpc.h"
#include "mpc/room.h"
#include "ring/ring.h"

/* ---- order ---- */

uint64_t
nn_steps_per_epoch(const struct nn_training *t, size_t rows)
{

	return ((rows < t->batch) ? 1 : rows / t->batch);
}

/*
 * Fisher and Yates: the last of i rows that are left is one of them at random.  Word i of the key
 * decides, by the high part of word times i, which is off uniform by less than i / 2^64.
 */
void
nn_order(size_t *order, size_t rows, uint64_t seed, uint64_t epoch)
{
	static const char label[PRG_LABEL_BYTES] = "smpc nn order";
	uint8_t key[PRG_KEY_BYTES];
	uint64_t drawn;
	size_t i, j, t;

	prg_public_key(key, label, seed, epoch);
	for (i = 0; i < rows; i++)
		order[i] = i;
	for (i = rows; i > 1; i--) {
		prg_words(&drawn, 1, key, i);
		j = (size_t)ring_below(drawn, i);
		t = order[i - 1];
		order[i - 1] = order[j];
		order[j] = t;
	}
}

/* ---- public factors ---- */

/*
 * A public real number as multiplier / 2^shift, the multiplier odd and below 2^bits.  A power of
 * two, such as 2^-3 / 32, is a shift alone: folded into the truncation that follows anyway, it
 * costs no bit of room, and rounds nothing.
 */
struct scaling {
	int64_t multiplier;
	int shift;
};

#define FACTOR_BITS_LEAST 4
#define FACTOR_BITS_MOST 10

/*
 * v = mantissa 2^exponent, 1/2 <= mantissa < 1.  The mantissa rounded to ${bits} bits is off by
 * half a unit, of 2^(bits - 1) at least: v by a factor of 1 +- 2^-bits.
 */
static struct scaling
scaling_of(double v, unsigned bits)
{
	struct scaling f = { .multiplier = 0, .shift = 0 };
	int exponent;
	double mantissa = frexp(v, &exponent);

	if (v == 0)
		return (f);
	f.multiplier = (int64_t)llrint(ldexp(mantissa, (int)bits));
	f.shift = (int)bits - exponent;
	while (f.multiplier % 2 == 0) {
		f.multiplier /= 2;
		f.shift--;
	}
	return (f);
}

/*
 * Bits that a multiplier may have beside ${f} fraction bits of a sum over ${rows}: what is left of
 * 62 where the mean is below 2^NN_GRADIENT_LIMIT_BITS,
 *
 *   |sum| multiplier  <  rows 2^9 2^f 2^bits  <=  2^(ceil(log2 rows) + 9 + f + bits)  =  2^62.
 *
 * Gradients have f = 36 at most.  Batches of up to 2^7 rows have the most bits, 10, with which the
 * rate is off by up to 0.1 %; one of 2^13 has the least, 4, and 6 %.  Of more rows the mean has to
 * be smaller by as much.
 */
static unsigned
scaling_bits(unsigned f, size_t rows)
{
	int bits = MPC_NUMBER_RANGE - NN_GRADIENT_LIMIT_BITS - (int)f;

	while (rows > 1) {
		rows = (rows + 1) / 2;
		bits--;
	}
	return ((bits < FACTOR_BITS_LEAST) ? FACTOR_BITS_LEAST :
	    (bits > FACTOR_BITS_MOST) ? FACTOR_BITS_MOST : (unsigned)bits);
}

/*
 * y = z / 2^shift, right on average.  A coin is that by itself; a faithful engine gives the floor,
 * half a unit too low, step after step: with half a unit more it is the nearest.  ${y} may be ${z},
 * and ${z} is spent.
 */
static int
truncate_evenly(struct mpc *S, struct mpc_vector *y, struct mpc_vector *z, unsigned shift)
{

	if (mpc_is_faithful(S))
		mpc_add_public(z, z, (int64_t)1 << (shift - 1));
	return (mpc_truncate(S, y, z, shift));
}

/*
 * y = v x with ${to} fraction bits, for a public v and x with ${from}, a sum over ${rows}.
 *
 *   y 2^to = v x 2^to = multiplier (x 2^from) / 2^(from + c.shift - to)
 *
 * One truncation, and none where that shift is not positive.  A truncation takes 62 bits at most;
 * with more than that, nothing of any number would be left.
 */
static int
scale_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    double v, unsigned from, unsigned to)
{
	struct scaling c = scaling_of(v, scaling_bits(from, rows));
	int shift = (int)from + c.shift - (int)to;

	if (v == 0) {
		mpc_zero(y);
		return (0);
	}
	if (shift > MPC_NUMBER_RANGE)
		return (fail(ST_USAGE, "the learning rate is so small that steps would vanish: "
		    "take a larger one, or smaller batches"));
	if (shift <= 0) {
		mpc_scale(y, x, c.multiplier * ((int64_t)1 << -shift));
		return (0);
	}
	mpc_scale(y, x, c.multiplier);
	return (truncate_evenly(S, y, y, (unsigned)shift));
}

/* How large numbers may be that scale_truncate takes, but for what rounding of this may be off. */
static double
scale_room(size_t rows, double v, unsigned from, unsigned to)
{
	const struct scaling c = scaling_of(v, scaling_bits(from, rows));
	const int shift = (int)from + c.shift - (int)to;
	const double half = (shift > 0) ? ldexp(1, shift - 1) : 0; /* see truncate_evenly */

	if (v == 0 || shift > MPC_NUMBER_RANGE)
		return (INFINITY);
	return (ldexp((1 - 0x1p-40) * (ldexp(1, MPC_NUMBER_RANGE) - half) / (double)c.multiplier,
	    ((shift < 0) ? shift : 0) - (int)from));
}

/* ---- optimizers ---- */

static bool
is_bias(const struct nn_parameter *q)
{
	const char *what = strchr(q->name, '.');

	return (what != NULL && strcmp(what, ".bias") == 0);
}

/*
 * gradient += B l2 weight, as the gradient is a sum over B rows: with the same fraction bits, so
 * the factor has the f - 16 (20, as a rule) that a weight lacks.  From 2^-10 on l2 B is rounded to
 * these, by 2^-11 of it at most.  A smaller one has 10 bits of its own, and what they are too many
 * is truncated, in a round more.
 *
 * Range    the mean of the gradient plus l2 |weight| is what must be below 2^9 now.
 */
#define DECAY_EXACT 0x1p-10
#define DECAY_BITS 10

static int
add_decay(struct mpc *S, struct mpc_vector *gradient, const struct nn_parameter *q, double l2,
    size_t rows, unsigned f)
{
	const double v = l2 * (double)rows;
	const struct scaling c = scaling_of(v, DECAY_BITS);
	const int lacks = (int)(f - NN_BITS), cut = c.shift - lacks;
	struct room r;
	int rc = -1;

	if (v >= DECAY_EXACT || cut <= 0) {
		mpc_add_scaled(gradient, &q->value, llrint(ldexp(v, lacks)));
		return (0);
	}
	if (cut > MPC_NUMBER_RANGE)
		return (fail(ST_USAGE, "--l2 is so small that it would vanish: take a larger one, "
		    "or none"));
	if (room_open(&r, S, gradient->n, 1, 0) == 0) {
		mpc_scale(&r.word[0], &q->value, c.multiplier);
		rc = truncate_evenly(S, &r.word[0], &r.word[0], (unsigned)cut);
		mpc_add(gradient, gradient, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/*
 * The numbers of some parameters, one behind the other: optimized together they take the rounds of
 * one.
 */
struct joined {
	struct nn_tensor gradient; /* and then what is to be subtracted from the values, NN_BITS */
	struct mpc_vector state[2];
};

/*
 * step = rate (sum over the batch) / B, from 36 fraction bits to 16.  The coin of a truncation
 * takes a step of a tenth of a unit one time out of ten; rounded to the nearest it would be lost.
 */
static int
step_sgd(struct mpc *S, struct joined *q, size_t rows, double rate)
{

	return (scale_truncate(S, &q->gradient.v, &q->gradient.v, rows, rate / (double)rows,
	    q->gradient.f, NN_BITS));
}

/*
 * A state has 8 bits more than weights, as its roundings outlive their step.  A coin has a
 * deviation of 1/2 unit at most; the sum of coins, weighted by 1, keep, keep^2 ..., has one of
 * 1 / (2 sqrt(1 - keep^2)) units of 2^-24: 11 for keep = 0.999, where a weight's unit is 256.
 */
#define STATE_BITS 24

/*
 * What decides about an average is not how much of it is kept, but how much is not: steps add up to
 * 1 / (1 - keep).  So 1 - keep is what is rounded, to 10 bits, by a factor of 1 +- 2^-10 at most;
 * 0.1 is 819 / 2^13, and 0.0001 is 839 / 2^23.
 */
#define LOSE_BITS 10

/*
 * u = u - (1 - keep) u + rate g / B;  step = u.
 *
 * (1 - keep) u has 24 + 10 = 34 bits before it is truncated, so that |u| < 2^28.  The step is u cut
 * off to 16.
 */
static int
step_momentum(struct mpc *S, struct joined *q, size_t rows, double rate, double keep)
{
	const struct scaling lose = scaling_of(1 - keep, LOSE_BITS);
	struct room r;
	struct mpc_vector *u = &q->state[0], *lost = &r.word[0];
	int rc = -1;

	/* The state is the step itself, rate and all: a later rate leaves the past as it was. */
	if (room_open(&r, S, u->n, 1, 0) == -1 || scale_truncate(S, &q->gradient.v, &q->gradient.v,
	    rows, rate / (double)rows, q->gradient.f, STATE_BITS) == -1)
		goto out;
	mpc_scale(lost, u, lose.multiplier);
	if (lose.shift > 0 && truncate_evenly(S, lost, lost, (unsigned)lose.shift) == -1)
		goto out;
	mpc_subtract(u, u, lost);
	mpc_add(u, u, &q->gradient.v);
	mpc_copy(lost, u);
	rc = truncate_evenly(S, &q->gradient.v, lost, STATE_BITS - NN_BITS);
out:
	room_close(&r);
	return (rc);
}

/*
 * Adam: m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;  step = rate' m / sqrt(v).
 *
 * The step does not change when all gradients are multiplied by the same number.  So g is the
 * gradient's mean times 2^ADAM_UP, by which squares are 2^12 times as large.  v keeps all bits of
 * g^2, as only a thousandth of it is added at a time.  No root is taken for less than 2^-20, which
 * stands for Adam's epsilon: 2^-10 of g, or 2^-16 of the gradient.
 *
 * Range    average() needs g^2 < 2^18, so |g| < 2^9, and the gradient's mean below 8.  Clipped to
 *          NN_ADAM_CLIP = 4 it gives |g| <= 2^8 and g^2 <= 2^16.  l2 comes after the clip, so
 *          l2 |weight| has to stay below 4.
 */
#define ADAM_BITS 20
#define ADAM_UP 6
#define ADAM_SQUARE_BITS (2 * NN_BITS)
#define ADAM_LOSE_BITS 12

/* Roots are taken of 2^-20 to 2^19, words from 2^12 to 2^51. */
#define ADAM_ROOT_LOW 12
#define ADAM_ROOT_STEPS 13

/*
 * 1 - keep as it is in the averages and in the corrections of their start, to 12 bits: off by a
 * factor of 1 +- 2^-12.  1 - 0.9 is 3277 / 2^15, and 1 - 0.999 is 2097 / 2^21.
 */
static struct scaling
adam_loses(double keep)
{

	return (scaling_of(1 - keep, ADAM_LOSE_BITS));
}

/* 1 - keep^count, for the keep that adam_loses has. */
static double
adam_begun(double keep, uint64_t count)
{
	const struct scaling lose = adam_loses(keep);

	return (1 - pow(1 - ldexp((double)lose.multiplier, -lose.shift), (double)count));
}

/*
 * state = state + (1 - keep) (g - state), both with the same fraction bits; ${g} is spent.
 *
 * One factor, of a difference: an average of equal numbers is that number.  Of squares, none of
 * which is negative, the product has 32 + 12 = 44 fraction bits: max(state, g) < 2^(62 - 44).  No
 * average of squares is negative, either: what is lost is at most (1 - keep) state, rounded.
 */
static int
average(struct mpc *S, struct mpc_vector *state, struct mpc_vector *g, double keep)
{
	const struct scaling lose = adam_loses(keep);

	mpc_subtract(g, g, state);
	mpc_scale(g, g, lose.multiplier);
	if (truncate_evenly(S, g, g, (unsigned)lose.shift) == -1)
		return (-1);
	mpc_add(state, state, g);
	return (0);
}

/*
 * m and v are averages of g and g^2; g = rate' m / sqrt(v), the corrections of Adam's start being
 * in rate': m / (1 - beta1^t) over the root of v / (1 - beta2^t), where t = ${count}, the steps so
 * far.  So every step has a shift of its own, and in a plan a cost of its own.
 *
 *   gradient / B 2^6   36 -> 20 fraction bits, g
 *   g                  20 -> 16, to be squared: 16 + 16 = 32
 *   m, v               20 and 32
 *   1 / sqrt(v)        20; at most 2^10
 *   m / sqrt(v)        20 + 20 = 40; at most (1 - beta1) / sqrt((1 - beta2) (1 - beta1^2 / beta2)),
 *                      7.4, by Cauchy and Schwarz: below the 2^9 that there is room for
 *   step               16
 */
static int
step_adam(struct mpc *S, struct joined *q, const struct nn_training *t, double rate, size_t rows,
    uint64_t count)
{
	const struct bilinear times = bilinear_elements(q->gradient.v.n);
	struct mpc_vector *g = &q->gradient.v, *m = &q->state[0], *v = &q->state[1];
	struct room r;
	int rc = -1;

	rate *= sqrt(adam_begun(t->beta2, count)) / adam_begun(t->beta1, count);
	if (room_open(&r, S, q->gradient.v.n, 2, 0) == -1 ||
	    scale_truncate(S, g, g, rows, ldexp(1, ADAM_UP) / (double)rows, q->gradient.f,
	    ADAM_BITS) == -1 || mpc_truncate(S, &r.word[0], g, ADAM_BITS - NN_BITS) == -1 ||
	    mpc_product(S, &r.word[1], &times, &r.word[0], &r.word[0]) == -1 ||
	    average(S, m, g, t->beta1) == -1 || average(S, v, &r.word[1], t->beta2) == -1 ||
	    mpc_rsqrt_wide(S, &r.word[0], v, ADAM_SQUARE_BITS, ADAM_ROOT_LOW, ADAM_ROOT_STEPS,
	    ADAM_BITS) == -1 || mpc_product(S, &r.word[1], &times, m, &r.word[0]) == -1 ||
	    scale_truncate(S, g, &r.word[1], 1, rate, 2 * ADAM_BITS, NN_BITS) == -1)
		goto out;
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

static int
optimize(struct mpc *S, const struct nn_training *t, struct joined *q, double rate, size_t rows,
    uint64_t count)
{

	switch (t->optimizer) {
	case NN_SGD:
		return (step_sgd(S, q, rows, rate));
	case NN_MOMENTUM:
		return (step_momentum(S, q, rows, rate, t->momentum));
	default:
		return (step_adam(S, q, t, rate, rows, count));
	}
}

/* ---- parameters together ---- */

static void
joined_free(struct joined *q)
{

	mpc_vector_free(&q->gradient.v);
	mpc_vector_free(&q->state[0]);
	mpc_vector_free(&q->state[1]);
}

/*
 * Gradients, brought to the fraction bits of the one that has most, and what is kept of their past.
 * A weight's gradient has 16 + 20 = 36, a bias's those of dy, 20: it is shifted up.
 */
static int
joined_new(struct joined *q, struct mpc *S, struct nn_parameter *const *list, size_t count,
    size_t states)
{
	struct mpc_vector part;
	size_t n = 0, i, k;

	memset(q, 0, sizeof(*q));
	for (i = 0; i < count; i++) {
		n += list[i]->value.n;
		q->gradient.f = (list[i]->gradient.f > q->gradient.f) ? list[i]->gradient.f :
		    q->gradient.f;
	}
	if (mpc_vector_new(S, &q->gradient.v, n) == -1)
		return (-1);
	for (k = 0; k < states; k++) {
		if (mpc_vector_new(S, &q->state[k], n) == -1)
			return (-1);
	}
	for (i = 0, n = 0; i < count; n += list[i++]->value.n) {
		part = mpc_part(&q->gradient.v, n, list[i]->value.n);
		mpc_scale(&part, &list[i]->gradient.v,
		    (int64_t)1 << (q->gradient.f - list[i]->gradient.f));
		for (k = 0; k < states; k++) {
			part = mpc_part(&q->state[k], n, list[i]->value.n);
			if (list[i]->state[k].n > 0)
				mpc_copy(&part, &list[i]->state[k]);
		}
	}
	return (0);
}

/* Take the step, and keep its past. */
static int
joined_apply(const struct joined *q, struct mpc *S, struct nn_parameter *const *list, size_t count,
    size_t states)
{
	struct mpc_vector part;
	size_t n = 0, i, k;

	for (i = 0; i < count; n += list[i++]->value.n) {
		part = mpc_part(&q->gradient.v, n, list[i]->value.n);
		mpc_subtract(&list[i]->value, &list[i]->value, &part);
		for (k = 0; k < states; k++) {
			if (list[i]->state[k].n == 0 &&
			    mpc_vector_new(S, &list[i]->state[k], list[i]->value.n) == -1)
				return (-1);
			part = mpc_part(&q->state[k], n, list[i]->value.n);
			mpc_copy(&list[i]->state[k], &part);
		}
	}
	return (0);
}

/*
 * A gradient is below 2^62 and a bound of its sum below 2^61, so that their difference is below
 * 2^63, all that there is to compare (MPC_WORD_RANGE).  A bound from 2^61 on is beyond what
 * gradients may be.
 */
#define CLIP_BOUND_BITS 61
#define CLIP_BITS 12

/*
 * Bring each element of the sum over ${rows} rows to +-(rows limit).  A limit that no gradient
 * reaches costs nothing.
 *
 * Of the bound, a number in [2^(low + 11), 2^(low + 12)), the upper 12 bits are looked at: what is
 * less than 2^low below either bound may count as above it, and comes out wrong by 2^-11 of the
 * bound at most.  Every 4 bits that are not looked at save a block of the comparison's tree.
 */
static int
clip(struct mpc *S, struct nn_tensor *gradient, double limit, size_t rows)
{
	double bound = ldexp(limit * (double)rows, (int)gradient->f);
	int64_t bounds[2];
	struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 2, .thresholds = bounds };
	struct room r;
	int rc = -1;

	if (bound >= ldexp(1, CLIP_BOUND_BITS))
		return (0);
	bounds[1] = (bound < 1) ? 1 : (int64_t)bound;
	bounds[0] = -bounds[1];
	while (bounds[1] >> (c.low + CLIP_BITS) > 0)
		c.low++;
	if (room_open(&r, S, gradient->v.n, 0, 2) == 0 &&
	    mpc_compare(S, r.bit, &gradient->v, &c) == 0) {
		/*
		 * low + inside (x - low) + above (high - low): what is above the upper bound is
		 * above the lower one, too.
		 */
		const struct mpc_selection_term terms[] = {
			{ .constant = { bounds[0] } },
			{ .bit = &r.bit[0], .word = &gradient->v, .weight = { 1 },
			    .constant = { -bounds[0] } },
			{ .bit = &r.bit[1], .constant = { 2 * bounds[1] } },
		};

		mpc_xor(&r.bit[0], &r.bit[0], &r.bit[1]);
		rc = mpc_select(S, &gradient->v, &(struct mpc_selection){ .count = 3,
		    .terms = terms, .results = 1 });
	}
	room_close(&r);
	return (rc);
}

double
nn_clip(const struct nn_training *t)
{

	if (t->optimizer == NN_ADAM && (t->clip == 0 || t->clip > NN_ADAM_CLIP))
		return (NN_ADAM_CLIP);
	return (t->clip);
}

/*
 * What is done to the gradients of all before the optimizer has them.  The clip comes first: it is
 * of what the data say, and the pull of l2 is bounded by the weights themselves.
 */
static int
regularize(struct mpc *S, const struct nn_training *t, struct nn_parameter *const *list,
    size_t count, struct nn_tensor *gradient, size_t rows)
{
	struct mpc_vector part;
	size_t n = 0, i;

	if (nn_clip(t) != 0 && clip(S, gradient, nn_clip(t), rows) == -1)
		return (-1);
	for (i = 0; t->l2 != 0 && i < count; n += list[i++]->value.n) {
		part = mpc_part(&gradient->v, n, list[i]->value.n);
		if (!is_bias(list[i]) &&
		    add_decay(S, &part, list[i], t->l2, rows, gradient->f) == -1)
			return (-1);
	}
	return (0);
}

/* ---- room ---- */

/* A step of Adam changes no parameter by more than the rate times this (step_adam). */
#define ADAM_STEP 7.5

/* How far one step, and all that momentum keeps of it, may carry the parameters of a layer. */
#define STEP_LIMIT 0x1p14

static size_t
numbers_of(const struct nn_network *net)
{
	size_t n = 0, i;

	for (i = 0; i < net->n; i++)
		n += net->layers[i].weight.rows * net->layers[i].weight.cols +
		    net->layers[i].bias.cols;
	return (n);
}

/* By what a gradient's mean is multiplied, until all of it is in the parameters. */
static double
whole_rate(const struct nn_training *t)
{

	return ((t->optimizer == NN_MOMENTUM) ? t->rate / (1 - t->momentum) : t->rate);
}

/* A bound of the norm of a step of ${n} parameters that does not depend on gradients, or none. */
static double
sure_step(const struct nn_training *t, size_t n)
{
	const double root = sqrt((double)n);

	if (t->optimizer == NN_ADAM)
		return (t->rate * ADAM_STEP * root);
	return ((t->clip != 0) ? whole_rate(t) * t->clip * root : INFINITY);
}

/* What the optimizer takes of each number of a sum over ${rows} rows, with ${f} fraction bits. */
static double
optimizer_room(const struct nn_training *t, double rate, size_t rows, unsigned f)
{

	switch (t->optimizer) {
	case NN_SGD:
		return (scale_room(rows, rate / (double)rows, f, NN_BITS));
	case NN_MOMENTUM:
		return (scale_room(rows, rate / (double)rows, f, STATE_BITS));
	default:
		return (2 * NN_ADAM_CLIP * (double)rows);
	}
}

/*
 * What a gradient's sum may be.  With l2 it shares the room: weights times l2 have the other half.
 * What is clipped first has all the room of the comparison, if the clip is small enough.
 */
static struct nn_watch_gradient
gradient_limits(const struct nn_training *t, const struct nn_tensor *sum, size_t rows, double rate)
{
	const double half = (t->l2 != 0) ? 0.5 : 1, clipped = nn_clip(t) * (double)rows,
	    room = optimizer_room(t, rate, rows, sum->f), reach = STEP_LIMIT / whole_rate(t);
	struct nn_watch_gradient g = { .sum = sum, .rows = rows, .compare = true,
		.room = half * room, .step = INFINITY, .weights = STEP_LIMIT };

	if (nn_clip(t) != 0 && clipped <= g.room && ldexp(clipped, (int)sum->f) <
	    ldexp(1, CLIP_BOUND_BITS)) {
		g.room = ldexp(1, CLIP_BOUND_BITS - (int)sum->f);
		g.compare = false;
	}
	if (sure_step(t, sum->v.n) > half * STEP_LIMIT)
		g.step = half * reach * (double)rows;
	if (t->l2 != 0)
		g.weights = fmin(g.weights, fmin(room / (double)rows, (t->optimizer == NN_ADAM) ?
		    INFINITY : reach) / (2 * t->l2));
	return (g);
}

int
nn_check_rate(const struct nn_network *net, const struct nn_training *t)
{

	if (t->optimizer == NN_ADAM && sure_step(t, numbers_of(net)) > STEP_LIMIT)
		return (fail(ST_USAGE, "the learning rate is so large that a step would carry "
		    "parameters out of their range: take a smaller one"));
	return (0);
}

double
nn_quiet_steps(const struct nn_network *net, const struct nn_training *t,
    const struct nn_data *data)
{
	const size_t rows = (data->rows < t->batch) ? data->rows : t->batch;
	const struct nn_watch w = { .most = data->most, .heaviest = data->heaviest };
	const unsigned f = NN_BITS + NN_GRADIENT_BITS;
	const double n = (double)numbers_of(net), sum = nn_watch_safe_sum(&w, net, rows),
	    step = sure_step(t, numbers_of(net));
	/* Whatever the rate is, which decay changes, its factor is below 2^scaling_bits. */
	const int room = (t->optimizer == NN_ADAM) ? CLIP_BOUND_BITS : MPC_NUMBER_RANGE - 1 -
	    (int)scaling_bits(f, rows);

	if (t->l2 != 0 || sum > ldexp(1, room - (int)f) ||
	    fmin(step, whole_rate(t) * sqrt(n) * sum / (double)rows) > STEP_LIMIT)
		return (0);
	return (nn_watch_quiet(net, data, rows, whole_rate(t), step));
}

/* ---- a step of all parameters ---- */

static int
optimize_together(struct mpc *S, const struct nn_training *t, struct nn_network *net, double rate,
    size_t rows, uint64_t steps, struct nn_watch *watch)
{
	struct nn_parameter *list[2 * NN_MAX_LAYERS];
	size_t count = nn_network_parameters(net, list);
	size_t states = (size_t)t->optimizer; /* SGD keeps nothing, momentum one number, Adam two */
	struct nn_watch_gradient g;
	struct joined q;
	int rc = -1;

	if (joined_new(&q, S, list, count, states) == 0 &&
	    regularize(S, t, list, count, &q.gradient, rows) == 0) {
		g = gradient_limits(t, &q.gradient, rows, rate);
		if ((watch == NULL || nn_watch_sum(S, watch, net, &g) == 0) &&
		    optimize(S, t, &q, rate, rows, steps) == 0)
			rc = joined_apply(&q, S, list, count, states);
	}
	joined_free(&q);
	return (rc);
}

/* ---- steps ---- */

/*
 * One step: x (B x in) and labels (B x out) are rows of the data by the public order, so that
 * taking them costs nothing.  Steps are counted over all epochs, which Adam's corrections need.
 */
int
nn_step(struct nn_network *net, struct mpc *S, const struct nn_training *t,
    const struct nn_data *data, const size_t *order, uint64_t step, uint64_t epoch,
    struct nn_watch *watch)
{
	struct nn_pass pass = { .S = S, .rows = (data->rows < t->batch) ? data->rows : t->batch,
		.threads = t->threads,
		.watch = watch };
	size_t in = nn_size(net->in), out = nn_size(net->layers[net->n - 1].out);
	double rate = t->rate / (1 + t->decay * (double)epoch);
	struct mpc_vector labels, weights;
	struct nn_tensor x;
	int rc = -1;

	memset(&labels, 0, sizeof(labels));
	memset(&weights, 0, sizeof(weights));
	memset(&x, 0, sizeof(x));
	x.f = NN_BITS;
	if (mpc_vector_new(S, &x.v, pass.rows * in) == -1 ||
	    mpc_vector_new(S, &labels, pass.rows * out) == -1 ||
	    (watch != NULL && nn_watch_pass(S, watch, order, step * pass.rows, pass.rows) == -1))
		goto out;
	mpc_rows_gather(&x.v, &data->x, order + step * pass.rows, pass.rows, in);
	mpc_rows_gather(&labels, &data->labels, order + step * pass.rows, pass.rows, out);
	if (data->weights.n > 0) {
		if (mpc_vector_new(S, &weights, labels.n) == -1)
			goto out;
		mpc_rows_gather(&weights, &data->weights, order + step * pass.rows, pass.rows, out);
	}
	rc = nn_gradient(net, &pass, &x, &labels, (weights.n > 0) ? &weights : NULL);
	if (rc == 0)
		rc = optimize_together(S, t, net, rate, pass.rows, epoch * nn_steps_per_epoch(t,
		    data->rows) + step + 1, watch);
out:
	mpc_vector_free(&x.v);
	mpc_vector_free(&labels);
	mpc_vector_free(&weights);
	return (rc);
}

int
nn_give_rows(struct nn_network *net, struct mpc *S, const struct nn_training *t,
    const struct nn_data *data, const size_t *order, size_t first, size_t rows,
    struct nn_watch *watch)
{
	const struct nn_pass pass = { .S = S, .rows = rows, .threads = t->threads,
		.watch = watch };
	size_t in = nn_size(net->in);
	struct nn_tensor x;
	int rc = -1;

	memset(&x, 0, sizeof(x));
	x.f = NN_BITS;
	if (mpc_vector_new(S, &x.v, rows * in) == 0 &&
	    (watch == NULL || nn_watch_pass(S, watch, order, first, rows) == 0)) {
		mpc_rows_gather(&x.v, &data->x, order + first, rows, in);
		rc = nn_give(net, &pass, &x);
	}
	mpc_vector_free(&x.v);
	return (rc);
}
