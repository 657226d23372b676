#include "mpc/engine.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"

/*
 * The engine on clear words, which stand in m: what every operation is meant to compute.  It shares no code with the
 * protocols, not even kernels: plain loops, and the C library's functions.
 */

static const double pi = 3.14159265358979323846;

static int64_t
signed_word(uint64_t v)
{
	int64_t s;

	memcpy(&s, &v, sizeof(s));
	return (s);
}

/* The protocols would go wrong, and could not tell. */
static int
beyond(const char *what)
{

	return (fail(ST_RANGE, "a number does not fit: %s: in a session this would give wrong results unseen; scale the data "
	    "down, or use fewer fraction bits", what));
}

static int
check_shift(uint64_t z, unsigned shift)
{
	const int64_t limit = (int64_t)1 << OFFSET_BIT;
	int64_t v = signed_word(z);

	return ((shift > 0 && (v < -limit || v >= limit)) ? beyond("2^62 units or more are to be truncated") : 0);
}

/* z / 2^shift, to the floor, or rounded to nearest, the mean of what the protocol computes. */
static uint64_t
shifted(const struct mpc *S, uint64_t z, unsigned shift)
{
	int64_t v = signed_word(z), unit = (int64_t)1 << shift, rest = v % unit;

	if (shift == 0)
		return (z);
	if (rest < 0)
		rest += unit;
	return ((uint64_t)((v - rest) / unit + ((!S->faithful && 2 * rest >= unit) ? 1 : 0)));
}

static void
plain_matrices(uint64_t *z, const struct bilinear *B, const uint64_t *x, const uint64_t *y)
{
	size_t i, j, l;

	for (i = 0; i < B->m; i++) {
		for (j = 0; j < B->n; j++) {
			for (l = 0; l < B->k; l++)
				z[i * B->n + j] += x[B->x_transposed ? l * B->m + i : i * B->k + l] *
				    y[B->y_transposed ? j * B->k + l : l * B->n + j];
		}
	}
}

/* Visit all triples (image, filter, output) positions that meet. */
static void
plain_convolution(uint64_t *z, const struct convolution *c, const uint64_t *x, const uint64_t *y)
{
	size_t rows = (c->height + 2 * c->padding - c->kernel_height) / c->stride + 1;
	size_t cols = (c->width + 2 * c->padding - c->kernel_width) / c->stride + 1;
	size_t b, f, ch, i, j, row, col, img, flt, out;

	for (b = 0; b < c->batch; b++)
	for (f = 0; f < c->filters; f++)
	for (ch = 0; ch < c->channels; ch++)
	for (row = 0; row < rows; row++)
	for (col = 0; col < cols; col++)
	for (i = 0; i < c->kernel_height; i++)
	for (j = 0; j < c->kernel_width; j++) {
		if (row * c->stride + i < c->padding || row * c->stride + i >= c->padding + c->height ||
		    col * c->stride + j < c->padding || col * c->stride + j >= c->padding + c->width)
			continue;
		img = ((b * c->channels + ch) * c->height + row * c->stride + i - c->padding) * c->width + col * c->stride +
		    j - c->padding;
		flt = ((f * c->channels + ch) * c->kernel_height + i) * c->kernel_width + j;
		out = ((b * c->filters + f) * rows + row) * cols + col;
		if (c->side == CONVOLUTION_FORWARD)
			z[out] += x[img] * y[flt];
		else if (c->side == CONVOLUTION_FILTERS)
			z[flt] += x[img] * y[out];
		else
			z[img] += x[flt] * y[out];
	}
}

static int
plain_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B, const struct mpc_vector *x,
    const struct mpc_vector *y)
{
	size_t i;

	(void)S;
	memset(z->m, 0, z->n * sizeof(*z->m));
	if (B->kind == BILINEAR_MATRICES)
		plain_matrices(z->m, B, x->m, y->m);
	else if (B->kind == BILINEAR_CONVOLUTION)
		plain_convolution(z->m, B->convolution, x->m, y->m);
	for (i = 0; B->kind == BILINEAR_ELEMENTS && i < z->n; i++)
		z->m[i] = x->m[i] * y->m[i];
	return (0);
}

static int
plain_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift)
{
	size_t i;

	for (i = 0; i < z->n; i++) {
		if (check_shift(z->m[i], shift) == -1)
			return (-1);
		y->m[i] = shifted(S, z->m[i], shift);
	}
	return (0);
}

static bool
get(const struct mpc_bits *d, size_t i)
{

	return ((d->m[i / 64] >> (i % 64) & 1) != 0);
}

static void
set(struct mpc_bits *d, size_t i, bool value)
{
	uint64_t bit = (uint64_t)1 << (i % 64);

	d->m[i / 64] = value ? d->m[i / 64] | bit : d->m[i / 64] & ~bit;
}

static int
plain_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, const struct mpc_comparison *c)
{
	int64_t difference;
	size_t i, j;

	(void)S;
	for (j = 0; j < c->count; j++) {
		for (i = 0; i < z->n; i++) {
			/* The difference as a word: it is below 2^63 where both are in range. */
			difference = signed_word(z->m[i] - (uint64_t)c->thresholds[j]);
			if (c->high < 63 && (difference >> c->high) != 0 && (difference >> c->high) != -1)
				return (beyond("a difference has too many bits to be compared"));
			set(&d[j], i, difference >= 0);
		}
	}
	return (0);
}

static int
plain_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits)
{
	size_t i;

	(void)S;
	for (i = 0; i < z->n; i++)
		set(d, i, z->m[i] << (64 - bits) == 0);
	return (0);
}

static int
plain_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count)
{
	size_t i, j;
	bool all;

	(void)S;
	for (i = 0; i < d->n; i++) {
		for (all = true, j = 0; j < count; j++)
			all = all && get(a[j], i);
		set(d, i, all);
	}
	return (0);
}

static int
plain_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *s)
{
	const struct mpc_selection_term *t;
	uint64_t sum[MPC_MAX_SELECTED];
	size_t i, j, k;

	for (i = 0; i < y->n; i++) {
		memset(sum, 0, sizeof(sum));
		for (j = 0; j < s->count; j++) {
			t = &s->terms[j];
			if (t->word != NULL && check_shift(t->word->m[i], s->shift) == -1)
				return (-1);
			if (t->bit != NULL && !get(t->bit, i))
				continue;
			for (k = 0; k < MPC_MAX_SELECTED; k++) {
				sum[k] += (uint64_t)t->constant[k];
				if (t->word != NULL)
					sum[k] += (uint64_t)t->weight[k] * shifted(S, t->word->m[i], s->shift);
			}
		}
		for (k = 0; k == 0 || k < s->results; k++)
			y[k].m[i] = sum[k];
	}
	return (0);
}

static int
plain_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, const struct mpc_series *s)
{
	unsigned bits = s->coefficient_bits + s->table_bits;
	double turn, sum;
	size_t i, j;

	(void)S;
	for (i = 0; i < z->n; i++) {
		turn = ldexp((double)(z->m[i] << (64 - s->period_bits)), -64);
		for (sum = 0, j = 0; j < s->count; j++) {
			sum += (double)s->sine[j] * sin(2 * pi * s->harmonic[j] * turn);
			if (s->cosine != NULL)
				sum += (double)s->cosine[j] * cos(2 * pi * s->harmonic[j] * turn);
		}
		y->m[i] = (uint64_t)((int64_t)llrint(ldexp(sum, (int)bits - (int)s->coefficient_bits)) + s->constant);
	}
	return (0);
}

static int
plain_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f)
{
	size_t i;

	(void)S;
	for (i = 0; i < z->n; i++)
		y->m[i] = (uint64_t)llrint(exp2(ldexp((double)(z->m[i] << (59 - f)), -59) + 30));
	return (0);
}

static int
plain_reveal(struct mpc *S, uint64_t *clear, const struct mpc_vector *x)
{

	(void)S;
	memcpy(clear, x->m, x->n * sizeof(*clear));
	return (0);
}

static int
plain_check(struct mpc *S)
{

	(void)S;
	return (0);
}

const struct mpc_engine engine_plain = { plain_product, plain_truncate, plain_compare, plain_equal, plain_and,
	plain_select, plain_series, plain_exp2, plain_reveal, plain_check, true };
