#include "mpc/engine_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

/*
 * The engine on clear words, which stand in m: what every operation is meant to compute.  It shares
 * no code with the protocols, not even kernels: plain loops, and the C library's functions.
 */

static const double pi = 3.14159265358979323846;

/* The protocols would go wrong, and could not tell. */
static int
beyond(const struct mpc *S, const char *what)
{

	return (S->may_wrap ? 0 : fail(ST_RANGE, "a number does not fit: %s: in a session this "
	    "would give wrong results unseen; scale the data down, or use fewer fraction bits",
	    what));
}

static int
check_shift(const struct mpc *S, word z, unsigned shift)
{
	const int64_t limit = (int64_t)1 << MPC_NUMBER_RANGE;
	int64_t v = word_signed(z);

	return ((shift > 0 && (v < -limit || v >= limit)) ?
	    beyond(S, "2^62 units or more are to be truncated") : 0);
}

/* z / 2^shift, to the floor, or rounded to nearest, the mean of what the protocol computes. */
static word
shifted(const struct mpc *S, word z, unsigned shift)
{
	int64_t v = word_signed(z), unit = (int64_t)1 << shift, rest = v % unit;

	if (shift == 0)
		return (z);
	if (rest < 0)
		rest += unit;
	return ((word)((v - rest) / unit + ((!S->faithful && 2 * rest >= unit) ? 1 : 0)));
}

/* What a product sums up; sizes, where they are not known to be small: |x| |y| instead of x y. */
struct terms {
	word *z;
	const word *x, *y;
	double *sizes;
};

static double
size_of(word v)
{

	return (fabs((double)word_signed(v)));
}

static void
add_plain_term(const struct terms *t, size_t z, size_t x, size_t y)
{

	t->z[z] += t->x[x] * t->y[y];
	if (t->sizes != NULL)
		t->sizes[z] += size_of(t->x[x]) * size_of(t->y[y]);
}

static void
plain_matrices(const struct terms *t, const struct bilinear *B)
{
	size_t i, j, l;

	for (i = 0; i < B->m; i++) {
		for (j = 0; j < B->n; j++) {
			for (l = 0; l < B->k; l++)
				add_plain_term(t, i * B->n + j, B->x_transposed ? l * B->m + i :
				    i * B->k + l, B->y_transposed ? j * B->k + l : l * B->n + j);
		}
	}
}

static void
plain_groups(const struct terms *t, const struct bilinear *B)
{
	size_t g, i;

	for (i = 0, g = 0; g < B->m; g++) {
		for (; i < B->ends[g]; i++)
			add_plain_term(t, g, i, i);
	}
}

/* Visit all triples (image, filter, output) positions that meet. */
static void
plain_convolution(const struct terms *t, const struct convolution *c)
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
		if (row * c->stride + i < c->padding || row * c->stride + i >= c->padding +
		    c->height || col * c->stride + j < c->padding ||
		    col * c->stride + j >= c->padding + c->width)
			continue;
		img = ((b * c->channels + ch) * c->height + row * c->stride + i - c->padding) *
		    c->width + col * c->stride + j - c->padding;
		flt = ((f * c->channels + ch) * c->kernel_height + i) * c->kernel_width + j;
		out = ((b * c->filters + f) * rows + row) * cols + col;
		if (c->side == CONVOLUTION_FORWARD)
			add_plain_term(t, out, img, flt);
		else if (c->side == CONVOLUTION_FILTERS)
			add_plain_term(t, flt, img, out);
		else
			add_plain_term(t, img, flt, out);
	}
}

static double
largest(const struct mpc_vector *x)
{
	double most = 0;
	size_t i;

	for (i = 0; i < x->n; i++)
		most = fmax(most, size_of(x->held.m[i]));
	return (most);
}

static int
plain_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	struct terms t = { .z = z->held.m, .x = x->held.m, .y = y->held.m };
	size_t i;
	int rc = 0;

	(void)S;
	/* No number of the result has more terms than an operand has numbers. */
	if (largest(x) * largest(y) * (double)((B->kind == BILINEAR_ELEMENTS) ? 1 : (x->n < y->n) ?
	    x->n : y->n) >= 0x1p63 && (t.sizes = mem_array(z->n, sizeof(*t.sizes))) == NULL)
		return (-1);
	memset(z->held.m, 0, z->n * sizeof(*z->held.m));
	if (B->kind == BILINEAR_MATRICES)
		plain_matrices(&t, B);
	else if (B->kind == BILINEAR_GROUPS)
		plain_groups(&t, B);
	else if (B->kind == BILINEAR_CONVOLUTION)
		plain_convolution(&t, B->convolution);
	for (i = 0; B->kind == BILINEAR_ELEMENTS && i < z->n; i++)
		add_plain_term(&t, i, i, i);
	for (i = 0; B->kind == BILINEAR_COLUMNS && i < x->n; i++)
		add_plain_term(&t, i / (B->k * B->n) * B->n + i % B->n, i, i);
	for (i = 0; t.sizes != NULL && i < z->n && rc == 0; i++) {
		if (t.sizes[i] >= 0x1p63)
			rc = beyond(S, "the terms of a product come to 2^63 units or more");
	}
	free(t.sizes);
	return (rc);
}

static int
plain_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift)
{
	size_t i;

	for (i = 0; i < z->n; i++) {
		if (check_shift(S, z->held.m[i], shift) == -1)
			return (-1);
		y->held.m[i] = shifted(S, z->held.m[i], shift);
	}
	return (0);
}

static bool
plain_bit(const struct mpc_bits *d, size_t i)
{

	return ((d->held.m[i / WORD_BITS] >> (i % WORD_BITS) & 1) != 0);
}

static void
set_plain_bit(struct mpc_bits *d, size_t i, bool value)
{
	word bit = (word)1 << (i % WORD_BITS), *held = &d->held.m[i / WORD_BITS];

	*held = value ? *held | bit : *held & ~bit;
}

static int
plain_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct mpc_comparison *c)
{
	int64_t difference;
	size_t i, j;

	(void)S;
	for (j = 0; j < c->count; j++) {
		for (i = 0; i < z->n; i++) {
			/* The difference as a word: it is below 2^63 where both are in range. */
			difference = word_signed(z->held.m[i] - (word)c->thresholds[j]);
			if (c->high < MPC_WORD_RANGE && (difference >> c->high) != 0 &&
			    (difference >> c->high) != -1 &&
			    beyond(S, "a difference has too many bits to be compared") == -1)
				return (-1);
			set_plain_bit(&d[j], i, difference >= 0);
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
		set_plain_bit(d, i, z->held.m[i] << (64 - bits) == 0);
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
			all = all && plain_bit(a[j], i);
		set_plain_bit(d, i, all);
	}
	return (0);
}

static int
plain_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *s)
{
	const struct mpc_selection_term *t;
	word sum[MPC_MAX_SELECTED];
	size_t i, j, k;

	for (i = 0; i < y->n; i++) {
		memset(sum, 0, sizeof(sum));
		for (j = 0; j < s->count; j++) {
			t = &s->terms[j];
			if (t->word != NULL && check_shift(S, t->word->held.m[i], s->shift) == -1)
				return (-1);
			if (t->bit != NULL && !plain_bit(t->bit, i))
				continue;
			for (k = 0; k < MPC_MAX_SELECTED; k++) {
				sum[k] += (word)t->constant[k];
				if (t->word != NULL)
					sum[k] += (word)t->weight[k] * shifted(S,
					    t->word->held.m[i], s->shift);
			}
		}
		for (k = 0; k == 0 || k < s->results; k++)
			y[k].held.m[i] = sum[k];
	}
	return (0);
}

static int
plain_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *s)
{
	unsigned bits = s->coefficient_bits + s->table_bits;
	double turn, sum;
	size_t i, j;

	(void)S;
	for (i = 0; i < z->n; i++) {
		turn = ldexp((double)(z->held.m[i] << (64 - s->period_bits)), -64);
		for (sum = 0, j = 0; j < s->count; j++) {
			sum += (double)s->sine[j] * sin(2 * pi * s->harmonic[j] * turn);
			if (s->cosine != NULL)
				sum += (double)s->cosine[j] * cos(2 * pi * s->harmonic[j] * turn);
		}
		y->held.m[i] =
		    (word)((int64_t)llrint(ldexp(sum, (int)bits - (int)s->coefficient_bits)) +
		    s->constant);
	}
	return (0);
}

static int
plain_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f)
{
	size_t i;

	(void)S;
	for (i = 0; i < z->n; i++)
		y->held.m[i] = (word)llrint(exp2(ldexp((double)(z->held.m[i] << (59 - f)), -59) +
		    30));
	return (0);
}

static int
plain_add_noise(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const word *own)
{
	size_t i;

	(void)S;
	for (i = 0; i < x->n; i++)
		y->held.m[i] = x->held.m[i] + own[i];
	return (0);
}

/* ---- secret order, and AES ---- */

static int
plain_pass(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct pass *p)
{
	size_t r, c;

	(void)S;
	for (r = 0; r < p->rows; r++) {
		for (c = 0; c < p->cols; c++)
			y->held.m[r * p->cols + c] = x->held.m[p->at[r] * p->cols + c];
	}
	return (0);
}

static int
plain_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct row_choice *choice)
{
	size_t cols = choice->cols, r, c, from;

	(void)S;
	for (r = 0; r < y->n / cols; r++) {
		from = (choice->index == NULL) ? r : choice->index[r];
		for (c = 0; c < cols; c++)
			y->held.m[r * cols + c] = x->held.m[from * cols + c];
	}
	return (0);
}

static int
plain_tell(struct mpc *S, size_t *count, size_t most)
{

	(void)S, (void)count, (void)most;
	return (0);
}

/* ${x} times the polynomial X, in GF(256) mod X^8 + X^4 + X^3 + X + 1. */
static uint8_t
times_x(uint8_t x)
{

	return ((uint8_t)(x << 1 ^ ((x >> 7 != 0) ? 0x1b : 0)));
}

static uint8_t
times(uint8_t x, uint8_t y)
{
	uint8_t z = 0;

	for (; y != 0; y >>= 1, x = times_x(x))
		z ^= ((y & 1) != 0) ? x : 0;
	return (z);
}

/* As FIPS 197 has it: the inverse, x^254, and a sum of it turned left by 0 to 4 bits. */
static uint8_t
plain_s_box(uint8_t x)
{
	uint8_t inverse = 1, z = 0x63;
	unsigned i;

	for (i = 0; i < 254; i++)
		inverse = times(inverse, x);
	for (i = 0; i < 5; i++)
		z ^= (uint8_t)(inverse << i | inverse >> (8 - i));
	return (z);
}

/* Round keys, one after the other. */
static void
plain_key_schedule(uint8_t w[static 176], const uint8_t key[static 16], const uint8_t box[256])
{
	uint8_t round = 1;
	size_t i;

	memcpy(w, key, 16);
	for (i = 16; i < 176; i++) {
		w[i] = w[i - 16] ^ ((i % 16 >= 4) ? w[i - 4] : box[w[i / 4 * 4 - 4 + (i + 1) % 4]]);
		if (i % 16 == 0) {
			w[i] ^= round;
			round = times_x(round);
		}
	}
}

/* A round: byte r of column c is at r + 4 c. */
static void
plain_round(uint8_t state[static 16], const uint8_t *key, const uint8_t box[256], bool last)
{
	static const uint8_t mix[] = { 2, 3, 1, 1 };
	uint8_t moved[16];
	size_t r, c, i;

	for (r = 0; r < 4; r++) {
		for (c = 0; c < 4; c++)
			moved[r + 4 * c] = box[state[r + 4 * ((c + r) % 4)]];
	}
	for (r = 0; r < 4; r++) {
		for (c = 0; c < 4; c++) {
			state[r + 4 * c] = key[r + 4 * c] ^ (last ? moved[r + 4 * c] : 0);
			for (i = 0; !last && i < 4; i++)
				state[r + 4 * c] ^= times(moved[i + 4 * c], mix[(i + 4 - r) % 4]);
		}
	}
}

static void
plain_block(uint8_t state[static 16], const uint8_t w[static 176], const uint8_t box[256])
{
	size_t i;

	for (i = 0; i < 16; i++)
		state[i] ^= w[i];
	for (i = 1; i <= 10; i++)
		plain_round(state, w + 16 * i, box, i == 10);
}

static int
plain_aes128(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
    const struct mpc_bits *key)
{
	uint8_t box[256], w[176], block[16];
	size_t i, j;

	(void)S;
	for (i = 0; i < sizeof(box); i++)
		box[i] = plain_s_box((uint8_t)i);
	for (j = 0; j < 16; j++)
		block[j] = (uint8_t)(key->held.m[j / 8] >> (8 * (j % 8)));
	plain_key_schedule(w, block, box);
	for (i = 0; i < x->n / WORD_BITS; i += MPC_AES_WORDS) {
		for (j = 0; j < 16; j++)
			block[j] = (uint8_t)(x->held.m[i + j / 8] >> (8 * (j % 8)));
		plain_block(block, w, box);
		y->held.m[i] = y->held.m[i + 1] = 0;
		for (j = 0; j < 16; j++)
			y->held.m[i + j / 8] |= (word)block[j] << (8 * (j % 8));
	}
	return (0);
}

/* ---- revealing ---- */

static int
plain_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d)
{
	size_t i;

	(void)S;
	for (i = 0; i < d->n; i++) {
		if (i % WORD_BITS == 0)
			clear[i / WORD_BITS] = 0;
		clear[i / WORD_BITS] |= (word)plain_bit(d, i) << (i % WORD_BITS);
	}
	return (0);
}

static int
plain_reveal(struct mpc *S, word *clear, const struct mpc_vector *x)
{

	(void)S;
	memcpy(clear, x->held.m, x->n * sizeof(*clear));
	return (0);
}

static int
plain_check(struct mpc *S)
{

	(void)S;
	return (0);
}

static int
plain_reveal_to_us(struct mpc *S, word *clear, struct mpc_vector *x)
{

	return (plain_reveal(S, clear, x));
}

static void
plain_input(struct mpc *S, const struct mpc_vector *x)
{

	(void)S, (void)x;
}

const struct mpc_engine engine_plain = {
	.product = plain_product,
	.truncate = plain_truncate,
	.compare = plain_compare,
	.equal = plain_equal,
	.and = plain_and,
	.select = plain_select,
	.series = plain_series,
	.exp2 = plain_exp2,
	.add_noise = plain_add_noise,
	.pass = plain_pass,
	.choose = plain_choose,
	.tell = plain_tell,
	.aes128 = plain_aes128,
	.reveal = plain_reveal,
	.reveal_bits = plain_reveal_bits,
	.reveal_to_us = plain_reveal_to_us,
	.check = plain_check,
	.input = plain_input,
	.knows = { .m = true, .lam = false },
};
