#include "func/moments.h"

#include <string.h>

#include "base/diag.h"
#include "func/divisor.h"
#include "func/function.h"
#include "mpc/mpc.h"
#include "mpc/room.h"

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
	return ((mpc_vector_new(S, &m->sum, cols) == -1 ||
	    mpc_vector_new(S, &m->centre, cols) == -1 ||
	    mpc_vector_new(S, &m->product, products(m)) == -1) ? -1 : 0);
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
		mpc_columns_sum(z, &square, rows, m->cols, 1);
	mpc_vector_free(&square);
	return (rc);
}

/* From products of two numbers, with 2 f bits, to sums: a coin for each call, not for each row. */
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

	return ((m->kind == MPC_SUMS) ? 0 :
	    mpc_divide_public(S, &m->centre, &m->sum, rows, MPC_DIVIDE_BITS));
}

/* Products of x itself would be far larger than what is left of them in the end. */
int
mpc_moments_add(struct mpc *S, struct mpc_moments *m, const struct mpc_vector *x, size_t rows)
{
	struct mpc_vector sum = { .n = 0 }, c = { .n = 0 }, z = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &sum, m->cols) == -1)
		goto out;
	mpc_columns_sum(&sum, x, rows, m->cols, 1);
	mpc_add(&m->sum, &m->sum, &sum);
	if (m->rows == 0 && find_centre(S, m, rows) == -1)
		goto out;
	m->rows += rows;
	m->calls++;
	if (m->kind != MPC_SUMS) {
		if (mpc_vector_new(S, &c, x->n) == -1 || mpc_vector_new(S, &z, products(m)) == -1)
			goto out;
		mpc_columns_subtract(&c, x, &m->centre, rows, m->cols);
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

/*
 * d = distance of the mean from the centre, with f + 6 bits: 1.3 units of 2^-(f + 6) in d are
 * 2 * 1.3 |d| units of 2^-(f + 6) in d^2, and as many for each row.
 */
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
 * once more, g + 6 in all, so that the coins of the first truncation do not weigh as much as a row
 * each, but 1/64 of it.  The product has 2 (f + 6) bits before that: so |d| 2^(f + 6) must be below
 * 2^31, and |d| below 512 for f = 16.
 */
static int
find_correction(struct mpc *S, struct mpc_vector *z, const struct mpc_moments *m)
{
	const unsigned distance_bits = m->f + MPC_MOMENTS_GUARD,
	    guarded = mpc_moments_bits(m->f) + MPC_MOMENTS_GUARD;
	struct bilinear B = (m->kind == MPC_PRODUCTS) ? bilinear_matrices(m->cols, 1, m->cols) :
	    bilinear_elements(m->cols);
	struct mpc_vector d;
	int rc = -1;

	if (mpc_vector_new(S, &d, m->cols) == 0 && find_distance(S, &d, m) == 0 &&
	    mpc_product(S, z, &B, &d, &d) == 0 &&
	    mpc_truncate(S, z, z, 2 * distance_bits - guarded) == 0) {
		mpc_scale(z, z, (int64_t)m->rows);
		rc = mpc_truncate(S, z, z, MPC_MOMENTS_GUARD);
	}
	mpc_vector_free(&d);
	return (rc);
}

/*
 * sum of (x - mean)^2 = sum of (x - centre)^2 - rows d^2, and likewise for products of two columns.
 * Of the first rows alone the centre is the mean, off by e < 1.3 units: rows e^2 is the error.
 */
int
mpc_moments_central(struct mpc *S, struct mpc_vector *w, const struct mpc_moments *m)
{
	struct mpc_vector z;
	int rc = 0;

	if (m->calls <= 1) {
		mpc_copy(w, &m->product);
		return (0);
	}
	if ((rc = mpc_vector_new(S, &z, w->n)) == 0 && (rc = find_correction(S, &z, m)) == 0)
		mpc_subtract(w, &m->product, &z);
	mpc_vector_free(&z);
	return (rc);
}

/* ---- roots ---- */

#define UNIT_BITS 20  /* fraction bits of what lies between 0 and 1 */
#define TOP_OCTAVE 60 /* numbers are brought to 2^60 .. 2^62, all that a truncation takes */
#define TOP_BITS (TOP_OCTAVE + 2)
#define MAX_OCTAVES (TOP_OCTAVE / 2 + 1)

/*
 * c = v 4^a in [2^60, 2^62), p = 2^a and, unless ${rest} is NULL, rest = 2^(30 - a); all 0 for v
 * below 4^least.  By comparisons with all powers of 4.
 */
static int
scale_to_top(struct mpc *S, struct mpc_vector *c_p, struct mpc_vector *rest,
    const struct mpc_vector *v, unsigned least)
{
	const size_t count = MAX_OCTAVES - least;
	struct mpc_selection_term terms[MAX_OCTAVES], rests[MAX_OCTAVES];
	int64_t power[MAX_OCTAVES];
	struct room r;
	size_t i, a;
	int rc = -1;

	for (i = 0; i < count; i++) {
		a = TOP_OCTAVE / 2 - (least + i);
		power[i] = (int64_t)1 << (TOP_OCTAVE - 2 * a);
		terms[i] = (struct mpc_selection_term){ .bit = &r.bit[i], .word = v,
			.weight = { (int64_t)1 << (2 * a), 0 },
			.constant = { 0, (int64_t)1 << a } };
		rests[i] = (struct mpc_selection_term){ .bit = &r.bit[i],
			.constant = { (int64_t)1 << (TOP_OCTAVE / 2 - a) } };
	}
	const struct mpc_comparison comparison = { .high = MPC_WORD_RANGE, .count = count,
		.thresholds = power };

	if (room_open(&r, S, v->n, 0, count) == 0 && mpc_compare(S, r.bit, v, &comparison) == 0) {
		/* At least this power, and less than the next. */
		for (i = 0; i + 1 < count; i++)
			mpc_xor(&r.bit[i], &r.bit[i], &r.bit[i + 1]);
		rc = mpc_select(S, c_p, &(struct mpc_selection){ .count = count, .terms = terms,
			.results = 2 });
		if (rc == 0 && rest != NULL)
			rc = mpc_select(S, rest, &(struct mpc_selection){ .count = count,
				.terms = rests, .results = 1 });
	}
	room_close(&r);
	return (rc);
}

/* z = a b, cut off by ${shift} bits. */
static int
multiply_cut(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *a,
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

/*
 * y = 1 / sqrt(u) for u in [1/4, 1), by a step of Newton's from the function: y (3 - u y^2) / 2.
 * A relative error e of the function leaves 3/2 e^2: 5e-4 becomes 4e-7, less than a unit of 2^-20.
 * For u = 0 y begins with 2^10, and its square just has room; the result is multiplied by 0.
 */
static int
inverse_root(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *u)
{
	struct mpc_vector *guess, *better;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, u->n, 2, 0) == -1)
		goto out;
	guess = &r.word[0];
	better = &r.word[1];
	if (mpc_rsqrt(S, guess, u, UNIT_BITS) == 0 &&
	    multiply_cut(S, better, guess, guess, UNIT_BITS) == 0 &&
	    multiply_cut(S, better, better, u, UNIT_BITS) == 0) {
		mpc_scale(better, better, -1);
		mpc_add_public(better, better, (int64_t)3 << UNIT_BITS);
		rc = multiply_cut(S, y, guess, better, UNIT_BITS + 1);
	}
out:
	room_close(&r);
	return (rc);
}

/*
 * With v 4^a = u 2^62, u in [1/4, 1), and r = 1 / sqrt(u):
 *
 *   1 / sqrt(v) = r 2^(a - 31),   sqrt(v) = u r 2^(31 - a) = u r 2 2^(30 - a)
 *
 * r and u r have UNIT_BITS, and are at most 2; so products with the powers are below 2^52.
 */
int
mpc_roots(struct mpc *S, struct mpc_vector *root, struct mpc_vector *inverse,
    const struct mpc_vector *v, unsigned f, unsigned least, unsigned g)
{
	enum { TOP, POWER, REST, U, INVERSE, WORDS };
	struct mpc_vector *d;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, v->n, WORDS, 0) == 0) {
		d = r.word;
		if (scale_to_top(S, &d[TOP], &d[REST], v, least) == 0 &&
		    mpc_truncate(S, &d[U], &d[TOP], TOP_BITS - UNIT_BITS) == 0 &&
		    inverse_root(S, &d[INVERSE], &d[U]) == 0 &&
		    multiply_cut(S, inverse, &d[INVERSE], &d[POWER],
		    UNIT_BITS + TOP_BITS / 2 - f - g) == 0 &&
		    multiply_cut(S, &d[U], &d[U], &d[INVERSE], UNIT_BITS) == 0)
			rc = multiply_cut(S, root, &d[U], &d[REST], UNIT_BITS - 1 + f - g);
	}
	room_close(&r);
	return (rc);
}

/* ---- correlation ---- */

/* z = w_ij v_i v_j. */
static int
multiply_both(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *w,
    const struct mpc_vector *v, size_t cols, unsigned shift_i, unsigned shift_j)
{
	enum { V_I, V_J, ONCE, WORDS };
	const struct bilinear times = bilinear_elements(w->n);
	struct mpc_vector *t;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, w->n, WORDS, 0) == -1)
		goto out;
	t = r.word;
	mpc_rows_spread(&t[V_I], v, cols, cols);
	mpc_columns_spread(&t[V_J], v, cols, cols);
	if ((shift_i == 0) ? mpc_product(S, &t[ONCE], &times, w, &t[V_I]) == -1 :
	    multiply_cut(S, &t[ONCE], w, &t[V_I], shift_i) == -1)
		goto out;
	rc = multiply_cut(S, z, &t[ONCE], &t[V_J], shift_j);
out:
	room_close(&r);
	return (rc);
}

/* The least j with 4^j >= rows. */
static unsigned
least_power(uint64_t rows)
{
	unsigned j = 0;

	while (((uint64_t)1 << (2 * j)) < rows)
		j++;
	return (j);
}

/*
 * Every w_ii is brought to 2^60 .. 2^62 by 4^a_i, and so w_ij 2^(a_i + a_j) is below 2^62, by
 * Cauchy's and Schwarz's inequality; between 0 and 1 from there on.  That holds for exact sums.
 * Where columns hardly vary and are multiples of each other, what w_ij is off by may carry it past
 * 2^62, and then its truncation is wrong with a probability of the excess / 2^63: 1 in 100 for
 * w_ii = 63 and w_ij = 65, next to none for sums of some size.
 *
 * With u = w_ii 4^a_i / 2^62 y_ij = (w_ij 2^(a_i + a_j) / 2^62) / sqrt(u_i) / sqrt(u_j).
 */
int
mpc_correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *w, size_t cols,
    uint64_t rows, unsigned f)
{
	enum { DIAGONAL, TOP, POWER, U, ROOT, WORDS };
	struct mpc_vector unit = { .n = 0 }, *d;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, cols, WORDS, 0) == 0 && mpc_vector_new(S, &unit, w->n) == 0) {
		d = r.word;
		mpc_columns_diagonal(&d[DIAGONAL], w, cols);
		if (scale_to_top(S, &d[TOP], NULL, &d[DIAGONAL], least_power(rows)) == 0 &&
		    mpc_truncate(S, &d[U], &d[TOP], TOP_BITS - UNIT_BITS) == 0 &&
		    inverse_root(S, &d[ROOT], &d[U]) == 0 &&
		    multiply_both(S, &unit, w, &d[POWER], cols, 0, TOP_BITS - UNIT_BITS) == 0)
			rc = multiply_both(S, y, &unit, &d[ROOT], cols, UNIT_BITS,
			    UNIT_BITS + UNIT_BITS - f);
	}
	mpc_vector_free(&unit);
	room_close(&r);
	return (rc);
}
