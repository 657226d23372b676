#include "nn/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/prg.h"
#include "mpc/function.h"
#include "mpc/room.h"
#include "ring/ring.h"

/* ---- order ---- */

uint64_t
nn_steps_per_epoch(const struct nn_training *t, size_t rows)
{

	return ((rows < t->batch) ? 1 : rows / t->batch);
}

void
nn_order(size_t *order, size_t rows, uint64_t seed, uint64_t epoch)
{
	static const char label[16] = "smpc nn order";
	uint8_t input[sizeof(label) + 16], key[HASH_BYTES];
	uint64_t word;
	size_t i, j, t;

	memcpy(input, label, sizeof(label));
	for (i = 0; i < 8; i++) {
		input[sizeof(label) + i] = (uint8_t)(seed >> (8 * i));
		input[sizeof(label) + 8 + i] = (uint8_t)(epoch >> (8 * i));
	}
	hash_once(key, input, sizeof(input));
	for (i = 0; i < rows; i++)
		order[i] = i;
	for (i = rows; i > 1; i--) {
		prg_words(&word, 1, key, i);
		j = (size_t)ring_below(word, i);
		t = order[i - 1];
		order[i - 1] = order[j];
		order[j] = t;
	}
}

/* ---- public factors ---- */

/* A public real number as multiplier / 2^shift, the multiplier below 2^bits and, where it can be, a power of two. */
struct factor {
	int64_t multiplier;
	int shift;
};

static struct factor
factor_of(double v, unsigned bits)
{
	struct factor f = { 0, 0 };
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

/* Bits that a multiplier may have beside ${f} fraction bits, so that products of gradients stay in range. */
static unsigned
factor_bits(unsigned f)
{

	return ((f >= 46) ? 6 : (f <= 40) ? 10 : 10 - (f - 40) * 2 / 3);
}

/*
 * y = v x with ${to} fraction bits, for a public v and x with ${from}; or, less than a bit being left to cut off, without
 * a truncation.
 */
static int
scale_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, double v, unsigned from, unsigned to)
{
	struct factor c = factor_of(v, factor_bits(from));
	int shift = (int)from + c.shift - (int)to;

	if (v == 0 || shift > 62) {
		mpc_scale(y, x, 0);
		return (0);
	}
	if (shift <= 0) {
		mpc_scale(y, x, c.multiplier * ((int64_t)1 << -shift));
		return (0);
	}
	mpc_scale(y, x, c.multiplier);
	return (mpc_truncate(S, y, y, (unsigned)shift));
}

/* ---- optimizers ---- */

/* gradient += B l2 weight: with the same fraction bits. */
static void
add_decay(struct nn_parameter *q, double l2, size_t rows)
{
	struct mpc_vector part = q->gradient.v;
	uint64_t c;
	size_t i;

	if (l2 == 0 || q->rows == 1 || q->gradient.f < NN_BITS)
		return;
	c = (uint64_t)llrint(ldexp(l2 * (double)rows, (int)(q->gradient.f - NN_BITS)));
	for (i = 0; part.m != NULL && i < part.n; i++)
		part.m[i] += c * q->value.m[i];
	for (i = 0; part.lam != NULL && i < part.n; i++)
		part.lam[i] += c * q->value.lam[i];
}

/* value -= rate / B gradient. */
static int
step_sgd(struct mpc *S, struct nn_parameter *q, double rate)
{

	if (scale_truncate(S, &q->gradient.v, &q->gradient.v, rate, q->gradient.f, NN_BITS) == -1)
		return (-1);
	mpc_subtract(&q->value, &q->value, &q->gradient.v);
	return (0);
}

#define STATE_BITS 24

static int
state_room(struct mpc *S, struct nn_parameter *q, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (q->state[i].n == 0 && mpc_vector_new(S, &q->state[i], q->value.n) == -1)
			return (-1);
	}
	return (0);
}

/* state = keep state + g, where both products are truncated together. */
static int
step_momentum(struct mpc *S, struct nn_parameter *q, double rate, double keep)
{
	struct mpc_vector *u = &q->state[0];
	const unsigned bits = 10;

	/* The state is the step itself, rate and all, with STATE_BITS. */
	if (state_room(S, q, 1) == -1 ||
	    scale_truncate(S, &q->gradient.v, &q->gradient.v, rate, q->gradient.f, STATE_BITS) == -1)
		return (-1);
	mpc_scale(u, u, (int64_t)llrint(ldexp(keep, (int)bits)));
	mpc_scale(&q->gradient.v, &q->gradient.v, (int64_t)1 << bits);
	mpc_add(u, u, &q->gradient.v);
	if (mpc_truncate(S, u, u, bits) == -1 || mpc_truncate(S, &q->gradient.v, u, STATE_BITS - NN_BITS) == -1)
		return (-1);
	mpc_subtract(&q->value, &q->value, &q->gradient.v);
	return (0);
}

/* Adam: gradients times 2^ADAM_UP below 2^8 in magnitude; epsilon is 2^-(10 + ADAM_UP), the least root there is. */
#define ADAM_BITS 20
#define ADAM_UP 6
#define ADAM_WEIGHT_BITS 12

/* state = keep state + (1 - keep) g, for g with ${from} fraction bits and a state with ADAM_BITS. */
static int
average(struct mpc *S, struct mpc_vector *state, struct mpc_vector *g, double keep, unsigned from)
{
	int64_t weight = (int64_t)llrint(ldexp(keep, ADAM_WEIGHT_BITS)), one = (int64_t)1 << ADAM_WEIGHT_BITS;

	mpc_scale(state, state, weight * ((int64_t)1 << (from - ADAM_BITS)));
	mpc_scale(g, g, one - weight);
	mpc_add(state, state, g);
	return (mpc_truncate(S, state, state, ADAM_WEIGHT_BITS + from - ADAM_BITS));
}

/* m and v are averages of g and g^2; value -= rate' m / sqrt(v), the corrections of Adam's start being in rate'. */
static int
step_adam(struct mpc *S, struct nn_parameter *q, const struct nn_training *t, double rate, size_t rows, uint64_t count)
{
	const struct bilinear times = bilinear_elements(q->value.n);
	struct mpc_vector *g = &q->gradient.v, *m = &q->state[0], *v = &q->state[1];
	struct room r;
	int rc = -1;

	rate *= sqrt(1 - pow(t->beta2, (double)count)) / (1 - pow(t->beta1, (double)count));
	if (room_open(&r, S, q->value.n, 2, 0) == -1 || state_room(S, q, 2) == -1 ||
	    scale_truncate(S, g, g, ldexp(1, ADAM_UP) / (double)rows, q->gradient.f, ADAM_BITS) == -1 ||
	    mpc_truncate(S, &r.word[0], g, ADAM_BITS - NN_BITS) == -1 ||
	    mpc_product(S, &r.word[1], &times, &r.word[0], &r.word[0]) == -1 ||
	    average(S, m, g, t->beta1, ADAM_BITS) == -1 || average(S, v, &r.word[1], t->beta2, 2 * NN_BITS) == -1 ||
	    mpc_function_find("rsqrt")->apply(S, &r.word[0], v, ADAM_BITS) == -1 ||
	    mpc_product(S, &r.word[1], &times, m, &r.word[0]) == -1 ||
	    scale_truncate(S, g, &r.word[1], rate, 2 * ADAM_BITS, NN_BITS) == -1)
		goto out;
	mpc_subtract(&q->value, &q->value, g);
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

static int
optimize(struct mpc *S, const struct nn_training *t, struct nn_parameter *q, double rate, size_t rows, uint64_t count)
{

	if (t->l2 != 0)
		add_decay(q, t->l2, rows);
	switch (t->optimizer) {
	case NN_SGD:
		return (step_sgd(S, q, rate / (double)rows));
	case NN_MOMENTUM:
		return (step_momentum(S, q, rate / (double)rows, t->momentum));
	default:
		return (step_adam(S, q, t, rate, rows, count));
	}
}

/* ---- steps ---- */

/* Rows of ${width} numbers, in the order given. */
static void
gather_rows(struct mpc_vector *z, const struct mpc_vector *x, const size_t *rows, size_t count, size_t width)
{
	size_t i;

	for (i = 0; z->m != NULL && i < count; i++)
		memcpy(z->m + i * width, x->m + rows[i] * width, width * sizeof(*z->m));
	for (i = 0; z->lam != NULL && i < count; i++)
		memcpy(z->lam + i * width, x->lam + rows[i] * width, width * sizeof(*z->lam));
}

int
nn_step(struct nn_network *net, struct mpc *S, const struct nn_training *t, const struct nn_data *data,
    const size_t *order, uint64_t step, uint64_t epoch)
{
	struct nn_parameter *list[2 * NN_MAX_LAYERS];
	struct nn_pass pass = { S, (data->rows < t->batch) ? data->rows : t->batch, t->threads };
	size_t in = nn_size(net->in), out = nn_size(net->layers[net->n - 1].out), n, i;
	double rate = t->rate / (1 + t->decay * (double)epoch);
	struct mpc_vector labels;
	struct nn_tensor x;
	int rc = -1;

	memset(&labels, 0, sizeof(labels));
	memset(&x, 0, sizeof(x));
	x.f = NN_BITS;
	if (mpc_vector_new(S, &x.v, pass.rows * in) == -1 || mpc_vector_new(S, &labels, pass.rows * out) == -1)
		goto out;
	gather_rows(&x.v, &data->x, order + step * pass.rows, pass.rows, in);
	gather_rows(&labels, &data->labels, order + step * pass.rows, pass.rows, out);
	rc = nn_gradient(net, &pass, &x, &labels);
	n = nn_network_parameters(net, list);
	for (i = 0; i < n && rc == 0; i++)
		rc = optimize(S, t, list[i], rate, pass.rows, epoch * nn_steps_per_epoch(t, data->rows) + step + 1);
out:
	mpc_vector_free(&x.v);
	mpc_vector_free(&labels);
	return (rc);
}

int
nn_train_epoch(struct nn_network *net, struct mpc *S, const struct nn_training *t, const struct nn_data *data,
    uint64_t epoch)
{
	uint64_t step, steps = nn_steps_per_epoch(t, data->rows);
	size_t *order;
	int rc = 0;

	if ((order = mem_array(data->rows, sizeof(*order))) == NULL)
		return (-1);
	nn_order(order, data->rows, t->seed, epoch);
	for (step = 0; step < steps && rc == 0; step++)
		rc = nn_step(net, S, t, data, order, step, epoch);
	free(order);
	return (rc);
}
