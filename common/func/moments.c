#include "func/statistic.h"

#include <string.h>

#include "base/diag.h"
#include "mpc/mpc.h"
#include "mpc/room.h"

/* ---- division by a public number ---- */

#define INVERSE_BITS 28

static unsigned
bit_length(uint64_t v)
{
	unsigned n = 0;

	for (; v > 0; v >>= 1)
		n++;
	return (n);
}

/* 2^(k + 27) / divisor, rounded, for a divisor of k bits: a number of 28 bits. */
static int64_t
inverse(uint64_t divisor, unsigned k)
{

	return ((int64_t)((((uint64_t)1 << (k + INVERSE_BITS - 1)) + divisor / 2) / divisor));
}

/*
 * Long division: digits of up to 28 bits, each from the upper bits of what is left and an inverse
 * of the divisor, until what is left is below a few divisors; all that decides how often is public.
 */
int
mpc_divide_public(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, uint64_t divisor,
    unsigned bits)
{
	unsigned k = bit_length(divisor), cut;
	struct room r;
	bool last = false;
	int rc = -1;

	if (divisor >= MPC_MAX_DIVISOR)
		return (fail(ST_RANGE, "a divisor of %llu is too large",
		    (unsigned long long)divisor));
	if (k > 1 && (divisor & (divisor - 1)) == 0)
		return (mpc_truncate(S, y, x, k - 1));
	mpc_scale(y, x, (divisor == 1) ? 1 : 0);
	if (divisor == 1)
		return (0);
	if (room_open(&r, S, x->n, 3, 0) == -1)
		goto out;
	mpc_scale(&r.word[0], x, 1);
	while (!last) {
		/* The product stays below 2^62. */
		cut = (bits > 61 - INVERSE_BITS) ? bits - (61 - INVERSE_BITS) : 0;
		last = (bits < k + 24 && (cut == 0 || cut + 4 <= k));
		if (cut > 0 && mpc_truncate(S, &r.word[1], &r.word[0], cut) == -1)
			goto out;
		mpc_scale(&r.word[2], &r.word[(cut > 0) ? 1 : 0], inverse(divisor, k));
		if (mpc_truncate(S, &r.word[1], &r.word[2], k + INVERSE_BITS - 1 - cut) == -1)
			goto out;
		mpc_add(y, y, &r.word[1]);
		mpc_scale(&r.word[1], &r.word[1], (int64_t)divisor);
		mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
		/* What is left: the error of the inverse, what was cut off, and the coin. */
		bits = (bits > k + INVERSE_BITS && bits > cut + INVERSE_BITS) ?
		    bits - INVERSE_BITS + 2 : ((k > cut) ? k : cut) + 2;
	}
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

/* ---- gathering ---- */

/* Length of the sums of products. */
static size_t
products(const struct mpc_moments *m)
{

	return ((m->kind == MPC_SUMS) ? 0 : (m->kind == MPC_SQUARES) ? m->cols : m->cols * m->cols);
}

unsigned
mpc_moments_bits(unsigned f)
{

	return ((f < MPC_MOMENTS_GUARD) ? 2 * f : f + MPC_MOMENTS_GUARD);
}

int
mpc_moments_new(struct mpc *S, struct mpc_moments *m, enum mpc_moments_kind kind, size_t cols,
    unsigned f)
{

	memset(m, 0, sizeof(*m));
	m->kind = kind;
	m->cols = cols;
	m->f = f;
	if (kind == MPC_PRODUCTS && cols > SIZE_MAX / cols)
		return (fail(ST_FAILED, "%zu columns are too many", cols));
	return ((mpc_vector_new(S, &m->sum, cols) == -1 || mpc_vector_new(S, &m->centre,
	    cols) == -1 || mpc_vector_new(S, &m->product, products(m)) == -1) ? -1 : 0);
}

void
mpc_moments_free(struct mpc_moments *m)
{

	mpc_vector_free(&m->sum);
	mpc_vector_free(&m->centre);
	mpc_vector_free(&m->product);
}

/* z = all products of c, rows x cols, summed over the rows. */
static int
sum_products(struct mpc *S, const struct mpc_moments *m, struct mpc_vector *z,
    const struct mpc_vector *c, size_t rows)
{
	struct bilinear B = bilinear_elements(c->n);
	struct mpc_vector square;
	int rc;

	if (m->kind == MPC_PRODUCTS) {
		B = bilinear_matrices(m->cols, rows, m->cols);
		B.x_transposed = true;
		return (mpc_product(S, z, &B, c, c));
	}
	if ((rc = mpc_vector_new(S, &square, c->n)) == 0 &&
	    (rc = mpc_product(S, &square, &B, c, c)) == 0)
		columns_sum(z, &square, rows, m->cols, 1);
	mpc_vector_free(&square);
	return (rc);
}

/* From products of two numbers to sums of products. */
static int
cut_products(struct mpc *S, const struct mpc_moments *m, struct mpc_vector *z)
{
	unsigned shift = 2 * m->f - mpc_moments_bits(m->f);

	return ((shift == 0) ? 0 : mpc_truncate(S, z, z, shift));
}

/* The sum of rows has been added: the mean of the first ones becomes the centre. */
static int
find_centre(struct mpc *S, struct mpc_moments *m, size_t rows)
{

	return ((m->kind == MPC_SUMS) ? 0 : mpc_divide_public(S, &m->centre, &m->sum, rows,
	    MPC_DIVIDE_BITS));
}

int
mpc_moments_add(struct mpc *S, struct mpc_moments *m, const struct mpc_vector *x, size_t rows)
{
	struct mpc_vector sum = { .n = 0 }, c = { .n = 0 },
	    z = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &sum, m->cols) == -1)
		goto out;
	columns_sum(&sum, x, rows, m->cols, 1);
	mpc_add(&m->sum, &m->sum, &sum);
	if (m->rows == 0 && find_centre(S, m, rows) == -1)
		goto out;
	m->rows += rows;
	m->calls++;
	if (m->kind != MPC_SUMS) {
		if (mpc_vector_new(S, &c, x->n) == -1 || mpc_vector_new(S, &z, products(m)) == -1)
			goto out;
		columns_subtract(&c, x, &m->centre, rows, m->cols);
		if (sum_products(S, m, &z, &c, rows) == -1 || cut_products(S, m, &z) == -1)
			goto out;
		mpc_add(&m->product, &m->product, &z);
	}
	rc = 0;
out:
	mpc_vector_free(&sum);
	mpc_vector_free(&c);
	mpc_vector_free(&z);
	return (rc);
}

/* ---- what follows ---- */

int
mpc_moments_mean(struct mpc *S, struct mpc_vector *y, const struct mpc_moments *m)
{

	return (mpc_divide_public(S, y, &m->sum, m->rows, MPC_DIVIDE_BITS));
}

/* d = distance of the mean from the centre, with more fraction bits. */
static int
find_distance(struct mpc *S, struct mpc_vector *d, const struct mpc_moments *m)
{
	struct mpc_vector s;
	int rc;

	if ((rc = mpc_vector_new(S, &s, m->cols)) == 0) {
		mpc_scale(&s, &m->centre, -(int64_t)m->rows);
		mpc_add(&s, &s, &m->sum);
		mpc_scale(&s, &s, (int64_t)1 << MPC_MOMENTS_GUARD);
		rc = mpc_divide_public(S, d, &s, m->rows, MPC_DIVIDE_BITS);
	}
	mpc_vector_free(&s);
	return (rc);
}

/*
 * z = products of the distances between centre and mean, as often as there are rows.  Guard bits
 * once more, so that the coins of the first truncation do not weigh as much as a row each.
 */
static int
find_correction(struct mpc *S, struct mpc_vector *z, const struct mpc_moments *m)
{
	struct bilinear B = (m->kind == MPC_PRODUCTS) ? bilinear_matrices(m->cols, 1, m->cols) :
	    bilinear_elements(m->cols);
	struct mpc_vector d;
	int rc = -1;

	if (mpc_vector_new(S, &d, m->cols) == 0 && find_distance(S, &d, m) == 0 &&
	    mpc_product(S, z, &B, &d, &d) == 0 &&
	    mpc_truncate(S, z, z, 2 * m->f + MPC_MOMENTS_GUARD - mpc_moments_bits(m->f)) == 0) {
		mpc_scale(z, z, (int64_t)m->rows);
		rc = mpc_truncate(S, z, z, MPC_MOMENTS_GUARD);
	}
	mpc_vector_free(&d);
	return (rc);
}

/* Of the first rows alone the centre is the mean. */
int
mpc_moments_central(struct mpc *S, struct mpc_vector *w, const struct mpc_moments *m)
{
	struct mpc_vector z;
	int rc = 0;

	if (m->calls <= 1) {
		mpc_scale(w, &m->product, 1);
		return (0);
	}
	if ((rc = mpc_vector_new(S, &z, w->n)) == 0 && (rc = find_correction(S, &z, m)) == 0)
		mpc_subtract(w, &m->product, &z);
	mpc_vector_free(&z);
	return (rc);
}

/* ---- correlation ---- */

#define UNIT_BITS 20  /* fraction bits of what lies between 0 and 1 */
#define TOP_OCTAVE 60 /* numbers are brought to 2^60 .. 2^62 */
#define MAX_OCTAVES (TOP_OCTAVE / 2 + 1)

/*
 * c = v 4^a in [2^60, 2^62) and p = 2^a; both 0 for v below 4^least.  By comparisons with all
 * powers of 4.
 */
static int
normalize(struct mpc *S, struct mpc_vector *c_p, const struct mpc_vector *v, unsigned least)
{
	struct mpc_selection_term terms[MAX_OCTAVES];
	int64_t power[MAX_OCTAVES];
	size_t count = TOP_OCTAVE / 2 + 1 - least, i;
	struct room r;
	int rc = -1;

	memset(terms, 0, sizeof(terms));
	for (i = 0; i < count; i++) {
		power[i] = (int64_t)1 << (2 * (least + i));
		terms[i].bit = &r.bit[i];
		terms[i].word = v;
		terms[i].weight[0] = (int64_t)1 << (TOP_OCTAVE - 2 * (least + i));
		terms[i].constant[1] = (int64_t)1 << (TOP_OCTAVE / 2 - (least + i));
	}
	const struct mpc_comparison comparison = { 0, 63, count, power };

	if (room_open(&r, S, v->n, 0, count) == 0 && mpc_compare(S, r.bit, v, &comparison) == 0) {
		/* At least this power, and less than the next. */
		for (i = 0; i + 1 < count; i++)
			mpc_xor(&r.bit[i], &r.bit[i], &r.bit[i + 1]);
		rc = mpc_select(S, c_p, &(struct mpc_selection){ count, terms, 0, 2 });
	}
	room_close(&r);
	return (rc);
}

/* z = a b, cut off by ${shift} bits. */
static int
multiply(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *a,
    const struct mpc_vector *b, unsigned shift)
{
	const struct bilinear times = bilinear_elements(z->n);
	struct mpc_vector product;
	int rc;

	if ((rc = mpc_vector_new(S, &product, z->n)) == 0 &&
	    (rc = mpc_product(S, &product, &times, a, b)) == 0)
		rc = mpc_truncate(S, z, &product, shift);
	mpc_vector_free(&product);
	return (rc);
}

/* y = 1 / sqrt(u) for u in [1/4, 1), by a step of Newton's from the function: y (3 - u y^2) / 2. */
static int
inverse_root(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *u)
{
	const struct mpc_function *rsqrt = mpc_function_find("rsqrt");
	struct room r;
	int rc = -1;

	if (room_open(&r, S, u->n, 2, 0) == 0 && rsqrt->apply(S, &r.word[0], u, UNIT_BITS) == 0 &&
	    multiply(S, &r.word[1], &r.word[0], &r.word[0], UNIT_BITS) == 0 &&
	    multiply(S, &r.word[1], &r.word[1], u, UNIT_BITS) == 0) {
		mpc_scale(&r.word[1], &r.word[1], -1);
		mpc_add_public(&r.word[1], &r.word[1], (int64_t)3 << UNIT_BITS);
		rc = multiply(S, y, &r.word[0], &r.word[1], UNIT_BITS + 1);
	}
	room_close(&r);
	return (rc);
}

/* z = w_ij v_i v_j. */
static int
multiply_both(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *w,
    const struct mpc_vector *v, size_t cols, unsigned shift_i, unsigned shift_j)
{
	const struct bilinear times = bilinear_elements(w->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, w->n, 3, 0) == -1)
		goto out;
	rows_spread(&r.word[0], v, cols, cols);
	columns_spread(&r.word[1], v, cols, cols);
	if ((shift_i == 0) ? mpc_product(S, &r.word[2], &times, w, &r.word[0]) == -1 :
	    multiply(S, &r.word[2], w, &r.word[0], shift_i) == -1)
		goto out;
	rc = multiply(S, z, &r.word[2], &r.word[1], shift_j);
out:
	room_close(&r);
	return (rc);
}

/*
 * Every w_ii is brought to 2^60 .. 2^62 by 4^a_i, and so w_ij 2^(a_i + a_j) is below 2^62; between
 * 0 and 1 from there on.
 */
int
mpc_correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *w, size_t cols,
    uint64_t rows, unsigned f)
{
	unsigned least = (bit_length(rows - 1) + 1) / 2;
	struct mpc_vector unit = { .n = 0 };
	struct room r;
	int rc = -1;

	/* diagonal; c, p; u; 1 / sqrt(u) */
	if (room_open(&r, S, cols, 5, 0) == 0 && mpc_vector_new(S, &unit, w->n) == 0) {
		columns_diagonal(&r.word[0], w, cols);
		if (normalize(S, &r.word[1], &r.word[0], least) == 0 &&
		    mpc_truncate(S, &r.word[3], &r.word[1], TOP_OCTAVE + 2 - UNIT_BITS) == 0 &&
		    inverse_root(S, &r.word[4], &r.word[3]) == 0 &&
		    multiply_both(S, &unit, w, &r.word[2], cols, 0,
		    TOP_OCTAVE + 2 - UNIT_BITS) == 0)
			rc = multiply_both(S, y, &unit, &r.word[4], cols, UNIT_BITS,
			    2 * UNIT_BITS - f);
	}
	mpc_vector_free(&unit);
	room_close(&r);
	return (rc);
}
