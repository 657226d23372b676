#include "func/moments.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "func/divisor.h"
#include "func/function.h"
#include "mpc/mpc.h"
#include "mpc/room.h"

/* The scales of distances, and the products of two of them. */
enum { FINE, COARSE };
enum { FINE_FINE, FINE_COARSE, COARSE_COARSE, PAIRS };

/*
 * Sums of squares are at most 2^59, so that two of them are below 2^60 together, which mpc_ratio
 * takes: of n coarse distances, if each is at most 2^((59 - log n) / 2).
 * Those from the centre are below 2^(range + 1).
 */
#define SUM_RANGE 59

/* ---- gathering ---- */

/* Length of the sums of products. */
static size_t
products(const struct mpc_moments *m)
{

	return ((m->kind == MPC_SUMS) ? 0 : (m->kind == MPC_PRODUCTS) ? m->cols * m->cols :
	    m->cols);
}

static bool
has_pair(const struct mpc_moments *m, int pair)
{

	return (pair == FINE_FINE || (m->scales && (pair == COARSE_COARSE ||
	    m->kind == MPC_PRODUCTS)));
}

/* Whether these rows have it. */
static bool
in_use(const struct mpc_moments *m, int pair)
{

	return (has_pair(m, pair) && (pair == FINE_FINE || m->coarse > 0));
}

/* How many bits the coarse distances of so many rows have to leave out. */
static unsigned
coarse_bits(const struct mpc_moments *m, uint64_t rows)
{
	unsigned room = (SUM_RANGE - ceil_log2(rows)) / 2;

	return ((m->range + 1 > room) ? m->range + 1 - room : 0);
}

int
mpc_moments_new(struct mpc *S, struct mpc_moments *m, enum mpc_moments_kind kind, size_t cols,
    unsigned range)
{
	int i;

	memset(m, 0, sizeof(*m));
	m->kind = kind;
	m->cols = cols;
	m->range = range;
	m->scales = (kind != MPC_SUMS && coarse_bits(m, MPC_MOMENTS_MAX_ROWS) > 0);
	if (kind == MPC_PRODUCTS && cols > SIZE_MAX / cols)
		return (fail(ST_FAILED, "%zu columns are too many", cols));
	if (mpc_vector_new(S, &m->sum, cols) == -1 || mpc_vector_new(S, &m->centre, cols) == -1 ||
	    mpc_vector_new(S, &m->distance[FINE], cols) == -1 ||
	    mpc_vector_new(S, &m->distance[COARSE], cols) == -1)
		return (-1);
	for (i = 0; i < PAIRS; i++) {
		if (has_pair(m, i) && mpc_vector_new(S, &m->product[i], products(m)) == -1)
			return (-1);
	}
	return (0);
}

void
mpc_moments_free(struct mpc_moments *m)
{
	int i;

	mpc_vector_free(&m->sum);
	mpc_vector_free(&m->centre);
	mpc_vector_free(&m->distance[FINE]);
	mpc_vector_free(&m->distance[COARSE]);
	for (i = 0; i < PAIRS; i++)
		mpc_vector_free(&m->product[i]);
}

/* sum += all products of a and b, rows x cols, summed over the rows. */
static int
add_products(struct mpc *S, const struct mpc_moments *m, struct mpc_vector *sum,
    const struct mpc_vector *a, const struct mpc_vector *b, size_t rows)
{
	struct bilinear B = bilinear_elements(a->n);
	bool all = (m->kind == MPC_PRODUCTS);
	struct mpc_vector z = { .n = 0 }, total = { .n = 0 };
	int rc = -1;

	if (all) {
		B = bilinear_matrices(m->cols, rows, m->cols);
		B.x_transposed = true;
	}
	if (mpc_vector_new(S, &z, all ? sum->n : a->n) == 0 &&
	    mpc_vector_new(S, &total, all ? 0 : sum->n) == 0 && mpc_product(S, &z, &B, a, b) == 0) {
		if (!all)
			mpc_columns_sum(&total, &z, rows, m->cols, 1);
		mpc_add(sum, sum, all ? &z : &total);
		rc = 0;
	}
	mpc_vector_free(&z);
	mpc_vector_free(&total);
	return (rc);
}

static void
add_column_sums(struct mpc_vector *total, struct mpc_vector *room, const struct mpc_vector *x,
    size_t rows)
{

	mpc_columns_sum(room, x, rows, total->n, 1);
	mpc_add(total, total, room);
}

/* The distances c of ${rows} rows, at both scales, and what is added up of them. */
static int
add_distances(struct mpc *S, struct mpc_moments *m, struct mpc_vector c[2],
    struct mpc_vector *room, size_t rows)
{
	int i;

	add_column_sums(&m->distance[FINE], room, &c[FINE], rows);
	if (m->coarse > 0) {
		if (mpc_truncate(S, &c[COARSE], &c[FINE], m->coarse) == -1)
			return (-1);
		add_column_sums(&m->distance[COARSE], room, &c[COARSE], rows);
	}
	for (i = 0; i < PAIRS; i++) {
		if (in_use(m, i) && add_products(S, m, &m->product[i],
		    &c[(i == COARSE_COARSE) ? COARSE : FINE], &c[(i == FINE_FINE) ? FINE : COARSE],
		    rows) == -1)
			return (-1);
	}
	return (0);
}

/* What has been added up at the coarse scale loses more bits; before there was one, it is fine. */
static int
coarsen(struct mpc *S, struct mpc_moments *m, unsigned bits)
{
	bool all = has_pair(m, FINE_COARSE);

	if (m->coarse == 0) {
		mpc_copy(&m->distance[COARSE], &m->distance[FINE]);
		mpc_copy(&m->product[COARSE_COARSE], &m->product[FINE_FINE]);
		if (all)
			mpc_copy(&m->product[FINE_COARSE], &m->product[FINE_FINE]);
	}
	return ((mpc_truncate(S, &m->distance[COARSE], &m->distance[COARSE], bits) == -1 ||
	    mpc_truncate(S, &m->product[COARSE_COARSE], &m->product[COARSE_COARSE],
	    2 * bits) == -1 || (all && mpc_truncate(S, &m->product[FINE_COARSE],
	    &m->product[FINE_COARSE], bits) == -1)) ? -1 : 0);
}

/* ${rows} more rows are to come. */
static int
count_rows(struct mpc *S, struct mpc_moments *m, size_t rows)
{
	unsigned bits;

	if (m->kind != MPC_SUMS && rows > MPC_MOMENTS_MAX_ROWS - m->rows)
		return (fail(ST_RANGE, "more than %" PRIu64 " rows", MPC_MOMENTS_MAX_ROWS));
	bits = m->scales ? coarse_bits(m, m->rows + rows) : 0;
	if (m->rows > 0 && bits > m->coarse && coarsen(S, m, bits - m->coarse) == -1)
		return (-1);
	m->coarse = bits;
	m->rows += rows;
	return (0);
}

/*
 * Products of x itself would be far larger than what is left of them in the end: the mean of the
 * first rows becomes the centre.
 */
static int
add_rows(struct mpc *S, struct mpc_moments *m, const struct mpc_vector *x, size_t rows)
{
	struct mpc_vector room = { .n = 0 }, c[2] = { { .n = 0 }, { .n = 0 } };
	bool centred = (m->rows == 0 && m->kind != MPC_ERRORS);
	int rc = -1;

	if (count_rows(S, m, rows) == -1 || mpc_vector_new(S, &room, m->cols) == -1)
		goto out;
	add_column_sums(&m->sum, &room, x, rows);
	if (m->kind != MPC_SUMS) {
		if ((centred && mpc_divide_public(S, &m->centre, &m->sum, rows,
		    MPC_DIVIDE_BITS) == -1) || mpc_vector_new(S, &c[FINE], x->n) == -1 ||
		    mpc_vector_new(S, &c[COARSE], (m->coarse > 0) ? x->n : 0) == -1)
			goto out;
		mpc_columns_subtract(&c[FINE], x, &m->centre, rows, m->cols);
		if (add_distances(S, m, c, &room, rows) == -1)
			goto out;
	}
	rc = 0;
out:
	mpc_vector_free(&room);
	mpc_vector_free(&c[FINE]);
	mpc_vector_free(&c[COARSE]);
	return (rc);
}

int
mpc_moments_add(struct mpc *S, struct mpc_moments *m, const struct mpc_vector *x, size_t rows)
{
	bool before = mpc_may_wrap(S, m->scales);
	int rc = add_rows(S, m, x, rows);

	(void)mpc_may_wrap(S, before);
	return (rc);
}

int
mpc_moments_mean(struct mpc *S, struct mpc_vector *y, const struct mpc_moments *m)
{

	return (mpc_divide_public(S, y, &m->sum, m->rows, MPC_DIVIDE_BITS));
}

/* ---- from the centre to the means ---- */

/* The sum s of n distances is n q + r: a mean in whole units, and what is left, below 1.3 n. */
struct shift {
	struct mpc_vector s, q, r;
};

static void
shift_free(struct shift *d)
{

	mpc_vector_free(&d->q);
	mpc_vector_free(&d->r);
}

static int
shift_of_sums(struct mpc *S, struct shift *d, const struct mpc_vector *sum, uint64_t rows)
{

	d->s = mpc_part(sum, 0, sum->n);
	if (mpc_vector_new(S, &d->q, sum->n) == -1 || mpc_vector_new(S, &d->r, sum->n) == -1 ||
	    mpc_divide_public(S, &d->q, sum, rows, MPC_DIVIDE_BITS) == -1)
		return (-1);
	mpc_scale(&d->r, &d->q, -(int64_t)rows);
	mpc_add(&d->r, &d->r, sum);
	return (0);
}

/* z += a b, of all pairs of columns or of each. */
static int
add_outer(struct mpc *S, const struct mpc_moments *m, struct mpc_vector *z,
    const struct mpc_vector *a, const struct mpc_vector *b)
{

	return (add_products(S, m, z, a, b, 1));
}

/*
 * The sum of (x - mean)(y - mean) is that of the distances' products less s_x s_y / n, which is
 *
 *   q_x s_y + r_x q_y + r_x r_y / n,
 *
 * exact but for the last term, whose error is 1.3.  No step is larger than the sum of the
 * distances' products, or 2 n^2 < 2^55.
 */
static int
correct_product(struct mpc *S, const struct mpc_moments *m, struct mpc_vector *w,
    const struct mpc_vector *product, const struct shift *x, const struct shift *y)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, w->n, 3, 0) == 0 &&
	    add_outer(S, m, &r.word[0], &x->q, &y->s) == 0 &&
	    add_outer(S, m, &r.word[0], &x->r, &y->q) == 0 &&
	    add_outer(S, m, &r.word[1], &x->r, &y->r) == 0 &&
	    mpc_divide_public(S, &r.word[2], &r.word[1], m->rows, MPC_DIVIDE_BITS) == 0) {
		mpc_subtract(w, product, &r.word[0]);
		mpc_subtract(w, w, &r.word[2]);
		rc = 0;
	}
	room_close(&r);
	return (rc);
}

static int
copy_products(struct mpc *S, const struct mpc_moments *m, struct mpc_vector w[PAIRS])
{
	int i;

	for (i = 0; i < PAIRS; i++) {
		if (!in_use(m, i))
			continue;
		if (mpc_vector_new(S, &w[i], products(m)) == -1)
			return (-1);
		mpc_copy(&w[i], &m->product[i]);
	}
	return (0);
}

/* All products that there are, of distances from the means. */
static int
correct_products(struct mpc *S, const struct mpc_moments *m, struct mpc_vector w[PAIRS])
{
	struct shift d[2];
	int rc = -1, i;

	memset(d, 0, sizeof(d));
	if (m->kind == MPC_ERRORS)
		return (copy_products(S, m, w));
	if (shift_of_sums(S, &d[FINE], &m->distance[FINE], m->rows) == -1 || (m->coarse > 0 &&
	    shift_of_sums(S, &d[COARSE], &m->distance[COARSE], m->rows) == -1))
		goto out;
	for (i = 0; i < PAIRS; i++) {
		if (in_use(m, i) && (mpc_vector_new(S, &w[i], products(m)) == -1 ||
		    correct_product(S, m, &w[i], &m->product[i],
		    &d[(i == COARSE_COARSE) ? COARSE : FINE],
		    &d[(i == FINE_FINE) ? FINE : COARSE]) == -1))
			goto out;
	}
	rc = 0;
out:
	shift_free(&d[FINE]);
	shift_free(&d[COARSE]);
	return (rc);
}

/*
 * Which columns are coarse: those whose fine sums may have wrapped.  The coarse sum T about the
 * centre tells it, as it cannot wrap: a fine distance is off from the coarse one by less than
 * 2^coarse, so that the fine sum's root is below 2^coarse (sqrt(T) + sqrt(rows)), and the sum below
 * 2^59 where T < (2^(59/2 - coarse) - sqrt(rows))^2.
 */
static int
find_coarse(struct mpc *S, struct mpc_bits *coarse, const struct mpc_moments *m)
{
	const double root = ldexp(exp2(SUM_RANGE / 2.0), -(int)m->coarse) - sqrt((double)m->rows);
	const int64_t least = (root > 0) ? (int64_t)(root * root) : 0;
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &least };
	const struct mpc_vector *all = &m->product[COARSE_COARSE];
	struct mpc_vector diagonal;
	int rc;

	if ((rc = mpc_vector_new(S, &diagonal, m->cols)) == 0) {
		if (m->kind == MPC_PRODUCTS)
			mpc_columns_diagonal(&diagonal, all, m->cols);
		else
			mpc_copy(&diagonal, all);
		rc = mpc_compare(S, coarse, &diagonal, &c);
	}
	mpc_vector_free(&diagonal);
	return (rc);
}

/* ---- which of the scales ---- */

/* Bits for all pairs of columns: whether both are coarse, the second alone, the first, neither. */
enum { BOTH, SECOND, FIRST, NEITHER, CHOICES };

/* Make words of bits, to spread them over rows and columns, and compare: there are few. */
static int
spread_bits(struct mpc *S, struct mpc_bits *row, struct mpc_bits *column,
    const struct mpc_bits *coarse, size_t cols)
{
	const struct mpc_selection_term term = { .bit = coarse, .constant = { 1 } };
	const struct mpc_selection s = { .count = 1, .terms = &term, .results = 1 };
	static const int64_t one = 1;
	const struct mpc_comparison c = { .high = 2, .count = 1, .thresholds = &one };
	struct mpc_vector number = { .n = 0 }, all = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &number, cols) == 0 && mpc_vector_new(S, &all, cols * cols) == 0 &&
	    mpc_select(S, &number, &s) == 0) {
		mpc_rows_spread(&all, &number, cols, cols);
		if (mpc_compare(S, row, &all, &c) == 0) {
			mpc_columns_spread(&all, &number, cols, cols);
			rc = mpc_compare(S, column, &all, &c);
		}
	}
	mpc_vector_free(&number);
	mpc_vector_free(&all);
	return (rc);
}

/* The four bits of ${n} pairs of columns, or of n columns with themselves. */
static int
find_choices(struct mpc *S, struct mpc_bits bit[CHOICES], const struct mpc_bits *coarse, size_t n)
{
	const struct mpc_bits *const two[2] = { &bit[FIRST], &bit[SECOND] };

	if (n == coarse->n) {
		mpc_bits_copy(&bit[BOTH], coarse);
		mpc_xor(&bit[FIRST], coarse, coarse);
		mpc_xor(&bit[SECOND], coarse, coarse);
	} else {
		if (spread_bits(S, &bit[FIRST], &bit[SECOND], coarse, coarse->n) == -1 ||
		    mpc_and(S, &bit[BOTH], two, 2) == -1)
			return (-1);
		mpc_xor(&bit[FIRST], &bit[FIRST], &bit[BOTH]);
		mpc_xor(&bit[SECOND], &bit[SECOND], &bit[BOTH]);
	}
	mpc_xor(&bit[NEITHER], &bit[FIRST], &bit[SECOND]);
	mpc_xor(&bit[NEITHER], &bit[NEITHER], &bit[BOTH]);
	mpc_not(&bit[NEITHER], &bit[NEITHER]);
	return (0);
}

/* y = the one of four words that the bits choose; NULL: 0. */
static int
choose(struct mpc *S, struct mpc_vector *y, const struct mpc_bits bit[CHOICES],
    const struct mpc_vector *const words[CHOICES])
{
	struct mpc_selection_term terms[CHOICES];
	size_t count = 0, i;

	for (i = 0; i < CHOICES; i++) {
		if (words[i] != NULL)
			terms[count++] = (struct mpc_selection_term){ .bit = &bit[i],
				.word = words[i], .weight = { 1 } };
	}
	return (mpc_select(S, y, &(struct mpc_selection){ .count = count, .terms = terms,
	    .results = 1 }));
}

/* z[j][i] = x[i][j] */
static int
transpose(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x, size_t cols)
{
	struct mpc_vector column, row;
	size_t k;
	int rc;

	if ((rc = mpc_vector_new(S, &column, cols)) == 0) {
		for (k = 0; k < cols; k++) {
			mpc_columns_get(&column, x, cols, cols, k);
			row = mpc_part(z, k * cols, cols);
			mpc_copy(&row, &column);
		}
	}
	mpc_vector_free(&column);
	return (rc);
}

static int
choose_products(struct mpc *S, struct mpc_central *w, const struct mpc_moments *m,
    const struct mpc_vector product[PAIRS])
{
	bool all = (m->kind == MPC_PRODUCTS);
	struct room r;
	const struct mpc_vector *const words[CHOICES] = {
		[BOTH] = &product[COARSE_COARSE],
		[SECOND] = all ? &product[FINE_COARSE] : NULL,
		[FIRST] = all ? &r.word[0] : NULL,
		[NEITHER] = &product[FINE_FINE],
	};
	int rc = -1;

	if (room_open(&r, S, w->product.n, all, CHOICES) == 0 &&
	    (!all || transpose(S, &r.word[0], &product[FINE_COARSE], m->cols) == 0) &&
	    find_choices(S, r.bit, &w->coarse, w->product.n) == 0)
		rc = choose(S, &w->product, r.bit, words);
	room_close(&r);
	return (rc);
}

int
mpc_moments_central(struct mpc *S, struct mpc_central *w, const struct mpc_moments *m)
{
	bool before = mpc_may_wrap(S, m->coarse > 0);
	struct mpc_vector product[PAIRS];
	int rc = -1, i;

	memset(product, 0, sizeof(product));
	*w = (struct mpc_central){ .cols = m->cols, .rows = m->rows, .bits = m->coarse };
	if (mpc_vector_new(S, &w->product, products(m)) == -1 ||
	    mpc_bits_new(S, &w->coarse, m->cols) == -1 || correct_products(S, m, product) == -1)
		goto out;
	if (m->coarse > 0) {
		rc = (find_coarse(S, &w->coarse, m) == -1) ? -1 :
		    choose_products(S, w, m, product);
	} else {
		mpc_copy(&w->product, &product[FINE_FINE]);
		rc = 0;
	}
out:
	(void)mpc_may_wrap(S, before);
	for (i = 0; i < PAIRS; i++)
		mpc_vector_free(&product[i]);
	return (rc);
}

void
mpc_central_free(struct mpc_central *w)
{

	mpc_vector_free(&w->product);
	mpc_bits_free(&w->coarse);
}

/* ---- variances and covariances ---- */

/*
 * Quotients of sums at the coarse scale are multiplied by so many bits first, as far as there is
 * room, so that the division loses none that the result has.
 */
static int
divide_coarse(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *sums,
    const struct mpc_central *w, uint64_t divisor, unsigned shift)
{
	int more = 2 * (int)w->bits - (int)shift, room = MPC_DIVIDE_BITS - SUM_RANGE,
	    guard = (more < 0) ? 0 : (more < room) ? more : room;
	struct mpc_vector t;
	int rc;

	if ((rc = mpc_vector_new(S, &t, y->n)) == 0) {
		mpc_scale(&t, sums, (int64_t)1 << guard);
		if ((rc = mpc_divide_public(S, y, &t, divisor, MPC_DIVIDE_BITS)) == 0)
			rc = mpc_shift(S, y, y, more - guard);
	}
	mpc_vector_free(&t);
	return (rc);
}

/* y = sums / divisor, with the fewer bits that are due at each pair of scales. */
static int
divide_scales(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *sums,
    const struct mpc_central *w, uint64_t divisor, unsigned shift)
{
	enum { QUOTIENT, FINE_ONES, MIXED, COARSE_ONES, WORDS };
	bool before = mpc_may_wrap(S, true);
	struct room r;
	const struct mpc_vector *const words[CHOICES] = {
		[BOTH] = &r.word[COARSE_ONES],
		[SECOND] = (sums->n == w->cols) ? NULL : &r.word[MIXED],
		[FIRST] = (sums->n == w->cols) ? NULL : &r.word[MIXED],
		[NEITHER] = &r.word[FINE_ONES],
	};
	int rc = -1;

	if (room_open(&r, S, y->n, WORDS, CHOICES) == 0 &&
	    mpc_divide_public(S, &r.word[QUOTIENT], sums, divisor, MPC_DIVIDE_BITS) == 0 &&
	    mpc_shift(S, &r.word[FINE_ONES], &r.word[QUOTIENT], -(int)shift) == 0 &&
	    (sums->n == w->cols || mpc_shift(S, &r.word[MIXED], &r.word[QUOTIENT],
	    (int)w->bits - (int)shift) == 0) &&
	    divide_coarse(S, &r.word[COARSE_ONES], sums, w, divisor, shift) == 0 &&
	    find_choices(S, r.bit, &w->coarse, y->n) == 0)
		rc = choose(S, y, r.bit, words);
	(void)mpc_may_wrap(S, before);
	room_close(&r);
	return (rc);
}

int
mpc_central_divide(struct mpc *S, struct mpc_vector *y, const struct mpc_central *w,
    uint64_t divisor, unsigned shift)
{
	struct mpc_vector sums;
	int rc;

	if ((rc = mpc_vector_new(S, &sums, y->n)) == 0) {
		if (y->n == w->product.n)
			mpc_copy(&sums, &w->product);
		else
			mpc_columns_diagonal(&sums, &w->product, w->cols);
		if (w->bits > 0)
			rc = divide_scales(S, y, &sums, w, divisor, shift);
		else if ((rc = mpc_divide_public(S, y, &sums, divisor, MPC_DIVIDE_BITS)) == 0)
			rc = mpc_shift(S, y, y, -(int)shift);
	}
	mpc_vector_free(&sums);
	return (rc);
}

/* ---- deviations and correlation ---- */

#define UNIT_BITS 20  /* fraction bits of what lies between 0 and 1 */
#define FINE_BITS 30  /* the same, where a correlation has more */
#define TOP_OCTAVE 58 /* numbers are brought to 2^58 .. 2^60 */
#define TOP_BITS (TOP_OCTAVE + 2)
#define MAX_OCTAVES (TOP_OCTAVE / 2 + 1)

/*
 * c = v 4^a in [2^58, 2^60) and p = 2^a, or 4^a / 4^${left} if that is not 0; both 0 for v below
 * 4^least.  By comparisons with all powers of 4 below 4^most.
 */
static int
scale_to_top(struct mpc *S, struct mpc_vector *c_p, const struct mpc_vector *v, unsigned least,
    unsigned most, unsigned left)
{
	const size_t count = most - least;
	struct mpc_selection_term terms[MAX_OCTAVES];
	int64_t power[MAX_OCTAVES];
	struct room r;
	size_t i, a;
	int rc = -1;

	for (i = 0; i < count; i++) {
		a = TOP_OCTAVE / 2 - (least + i);
		power[i] = (int64_t)1 << (TOP_OCTAVE - 2 * a);
		terms[i] = (struct mpc_selection_term){ .bit = &r.bit[i], .word = v,
			.weight = { (int64_t)1 << (2 * a), 0 },
			.constant = { 0, (int64_t)1 << ((left > 0) ? 2 * (a - left) : a) } };
	}
	const struct mpc_comparison comparison = { .high = MPC_WORD_RANGE, .count = count,
		.thresholds = power };

	if (room_open(&r, S, v->n, 0, count) == 0 && mpc_compare(S, r.bit, v, &comparison) == 0) {
		/* At least this power, and less than the next. */
		for (i = 0; i + 1 < count; i++)
			mpc_xor(&r.bit[i], &r.bit[i], &r.bit[i + 1]);
		rc = mpc_select(S, c_p, &(struct mpc_selection){ .count = count, .terms = terms,
			.results = 2 });
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
	if (mpc_rsqrt(S, guess, u, mpc_any_numbers(UNIT_BITS)) == 0 &&
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

/* z = w v_i v_j. */
static int
multiply_both(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *w,
    const struct mpc_vector *v_i, const struct mpc_vector *v_j, unsigned shift_i,
    unsigned shift_j)
{
	const struct bilinear times = bilinear_elements(w->n);
	struct mpc_vector once;
	int rc;

	if ((rc = mpc_vector_new(S, &once, w->n)) == 0 &&
	    (rc = (shift_i == 0) ? mpc_product(S, &once, &times, w, v_i) :
	    multiply_cut(S, &once, w, v_i, shift_i)) == 0)
		rc = multiply_cut(S, z, &once, v_j, shift_j);
	mpc_vector_free(&once);
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

/* y = 1 / sqrt(u), p = 2^a, for u = x 4^a / 2^TOP_BITS from 1/4 to 1; p = 0 for x below 4^least. */
static int
split_root(struct mpc *S, struct mpc_vector *y, struct mpc_vector *p, const struct mpc_vector *x,
    unsigned least)
{
	enum { TOP, POWER, U, WORDS };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, WORDS, 0) == 0 &&
	    scale_to_top(S, &r.word[TOP], x, least, MAX_OCTAVES, 0) == 0 &&
	    mpc_truncate(S, &r.word[U], &r.word[TOP], TOP_BITS - UNIT_BITS) == 0) {
		mpc_copy(p, &r.word[POWER]);
		rc = inverse_root(S, y, &r.word[U]);
	}
	room_close(&r);
	return (rc);
}

/* The same of the sums for single columns; p = 0 for those next to 0. */
static int
split_roots(struct mpc *S, struct mpc_vector *y, struct mpc_vector *p, const struct mpc_central *w)
{
	struct mpc_vector squares;
	int rc;

	if ((rc = mpc_vector_new(S, &squares, w->cols)) == 0) {
		if (w->product.n == w->cols)
			mpc_copy(&squares, &w->product);
		else
			mpc_columns_diagonal(&squares, &w->product, w->cols);
		rc = split_root(S, y, p, &squares, least_power(w->rows));
	}
	mpc_vector_free(&squares);
	return (rc);
}

/* y = t, less the bits of the coarse scale where a column is coarse. */
static int
choose_scale(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *t,
    const struct mpc_central *w)
{
	struct room r;
	int rc = -1;

	if (w->bits == 0) {
		mpc_copy(y, t);
		return (0);
	}
	if (room_open(&r, S, y->n, 1, 1) == 0 &&
	    mpc_truncate(S, &r.word[0], t, w->bits) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = &w->coarse, .word = &r.word[0], .weight = { 1 } },
			{ .bit = &r.bit[0], .word = t, .weight = { 1 } },
		};

		mpc_not(&r.bit[0], &w->coarse);
		rc = mpc_select(S, y, &(struct mpc_selection){ .count = 2, .terms = terms,
		    .results = 1 });
	}
	room_close(&r);
	return (rc);
}

/*
 * y = x / c from inv = 1 / u with UNIT_BITS, from 1 to 4, and p = 4^a for c 4^a = u 2^TOP_BITS:
 * with c from 1 to 2^26, 4^a is from 4^17 to 4^29, and the 4^17 is left to the shift.
 * x 4^(a - 17) is below 2^31 c 4^(a - 17) < 2^(31 + TOP_BITS - 34) = 2^57, and has to be below 2^39
 * when it is multiplied by the inverse: ${before} bits of it are cut off first.
 */
#define COUNT_POWER 17
#define COUNT_OCTAVES 13
#define SUM_CUT 18
#define REST_CUT 2

static int
divide_scaled(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *p, const struct mpc_vector *inverse, unsigned before)
{
	const struct bilinear times = bilinear_elements(x->n);
	struct mpc_vector product;
	int rc = -1;

	if (mpc_vector_new(S, &product, x->n) == 0 &&
	    mpc_product(S, &product, &times, x, p) == 0 &&
	    (before == 0 || mpc_truncate(S, &product, &product, before) == 0))
		rc = multiply_cut(S, y, &product, inverse, TOP_BITS - 2 * COUNT_POWER - before +
		    UNIT_BITS);
	mpc_vector_free(&product);
	return (rc);
}

/*
 * A first quotient is off by 2^-18 of itself, from the root and from what is cut off.  The rest,
 * sum less quotient times count, is exact, and 2^-17 as large: divided in the same way it makes up
 * for that.
 */
int
mpc_mean_present(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *sum,
    const struct mpc_vector *count)
{
	enum { TOP, POWER, U, ROOT, INVERSE, REST, MORE, WORDS };
	const struct bilinear times = bilinear_elements(y->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, WORDS, 0) == -1 ||
	    scale_to_top(S, &r.word[TOP], count, 0, COUNT_OCTAVES, COUNT_POWER) == -1 ||
	    mpc_truncate(S, &r.word[U], &r.word[TOP], TOP_BITS - UNIT_BITS) == -1 ||
	    inverse_root(S, &r.word[ROOT], &r.word[U]) == -1 ||
	    multiply_cut(S, &r.word[INVERSE], &r.word[ROOT], &r.word[ROOT], UNIT_BITS) == -1 ||
	    divide_scaled(S, y, sum, &r.word[POWER], &r.word[INVERSE], SUM_CUT) == -1 ||
	    mpc_product(S, &r.word[REST], &times, y, count) == -1)
		goto out;
	mpc_scale(&r.word[REST], &r.word[REST], -1);
	mpc_add(&r.word[REST], &r.word[REST], sum);
	if (divide_scaled(S, &r.word[MORE], &r.word[REST], &r.word[POWER], &r.word[INVERSE],
	    REST_CUT) == -1)
		goto out;
	mpc_add(y, y, &r.word[MORE]);
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

/*
 * Without its last t bits first, and then what is left, w less the quotient times n, exact and
 * below 3 2^t n.
 */
int
mpc_mean_long(struct mpc *S, struct mpc_vector *v, const struct mpc_vector *w,
    const struct mpc_vector *n, unsigned t)
{
	enum { HIGH, QUOTIENT, PRODUCT, LOW, WORDS };
	const struct bilinear times = bilinear_elements(w->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, w->n, WORDS, 0) == 0 &&
	    mpc_truncate(S, &r.word[HIGH], w, t) == 0 &&
	    mpc_mean_present(S, &r.word[QUOTIENT], &r.word[HIGH], n) == 0 &&
	    mpc_product(S, &r.word[PRODUCT], &times, &r.word[QUOTIENT], n) == 0) {
		mpc_copy(&r.word[LOW], w);
		mpc_add_scaled(&r.word[LOW], &r.word[PRODUCT], -((int64_t)1 << t));
		if ((rc = mpc_mean_present(S, v, &r.word[LOW], n)) == 0)
			mpc_add_scaled(v, &r.word[QUOTIENT], (int64_t)1 << t);
	}
	room_close(&r);
	return (rc);
}

/*
 * 1 / sqrt(w / n) = sqrt(n) 2^(a - TOP_BITS / 2) / sqrt(u).  The root of the public n enters with
 * so many bits that its product with 1 / sqrt(u), from 1 to 2, has 22 after it is cut off; times
 * 2^a, which is 2^29 at most, it stays below 2^51, and with the bits that are due, below 2^bits.
 */
int
mpc_inverse_deviations(struct mpc *S, struct mpc_vector *y, const struct mpc_central *w,
    unsigned bits)
{
	enum { ROOT, POWER, PRODUCT, SCALED, WORDS };
	const struct bilinear times = bilinear_elements(w->cols);
	const int size = (int)(ceil_log2(w->rows) + 1) / 2; /* sqrt(n) <= 2^size */
	const int64_t root = (int64_t)(ldexp(sqrt((double)w->rows), UNIT_BITS - size) + 0.5);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, w->cols, WORDS, 0) == 0 &&
	    split_roots(S, &r.word[ROOT], &r.word[POWER], w) == 0) {
		mpc_scale(&r.word[ROOT], &r.word[ROOT], root);
		if (mpc_truncate(S, &r.word[ROOT], &r.word[ROOT], UNIT_BITS) == 0 &&
		    mpc_product(S, &r.word[PRODUCT], &times, &r.word[ROOT], &r.word[POWER]) == 0 &&
		    mpc_shift(S, &r.word[SCALED], &r.word[PRODUCT], (int)bits - TOP_BITS / 2 -
		    UNIT_BITS + size) == 0)
			rc = choose_scale(S, y, &r.word[SCALED], w);
	}
	room_close(&r);
	return (rc);
}

/*
 * 1 / x = (1 / u) 4^a / 2^TOP_BITS for x 4^a = u 2^TOP_BITS, where 1 / u, from 1 to 4, is the
 * square of its root.  With x from 4^least to 4^most, a is at least TOP_OCTAVE / 2 + 1 - most: a 4
 * to that power is left to the shift, so that the product stays below 4^(most - least)
 * 2^(UNIT_BITS + 2).
 */
int
mpc_inverse(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_inverse *i)
{
	enum { TOP, POWER, U, ROOT, INVERSE, WORDS };
	const struct bilinear times = bilinear_elements(x->n);
	const unsigned left = TOP_OCTAVE / 2 + 1 - i->most;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, WORDS, 0) == 0 &&
	    scale_to_top(S, &r.word[TOP], x, i->least, i->most, left) == 0 &&
	    mpc_truncate(S, &r.word[U], &r.word[TOP], TOP_BITS - UNIT_BITS) == 0 &&
	    inverse_root(S, &r.word[ROOT], &r.word[U]) == 0 &&
	    multiply_cut(S, &r.word[INVERSE], &r.word[ROOT], &r.word[ROOT], UNIT_BITS) == 0 &&
	    mpc_product(S, &r.word[TOP], &times, &r.word[INVERSE], &r.word[POWER]) == 0)
		rc = mpc_shift(S, y, &r.word[TOP],
		    (int)(i->bits + 2 * left) - TOP_BITS - UNIT_BITS);
	room_close(&r);
	return (rc);
}

/*
 * Every w_ii is brought to 2^60 .. 2^62 by 4^a_i, and so w_ij 2^(a_i + a_j) is below 2^62, by
 * Cauchy's and Schwarz's inequality; between 0 and 1 from there on.  That holds for exact sums.
 * Where columns hardly vary and are multiples of each other, what w_ij is off by may carry it past
 * 2^62, and then its truncation is wrong with a probability of the excess / 2^63: 1 in 100 for
 * w_ii = 63 and w_ij = 65, next to none for sums of some size.
 *
 * With u = w_ii 4^a_i / 2^62 y_ij = (w_ij 2^(a_i + a_j) / 2^62) / sqrt(u_i) / sqrt(u_j).  The scale
 * of a coarse column is in w_ij as it is in the root of w_ii.
 */
static int
correlate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *w,
    const struct mpc_vector root[2], const struct mpc_vector power[2], unsigned f)
{
	const unsigned bits = (f <= UNIT_BITS) ? UNIT_BITS : FINE_BITS;
	struct mpc_vector unit;
	int rc;

	if ((rc = mpc_vector_new(S, &unit, w->n)) == 0 &&
	    (rc = multiply_both(S, &unit, w, &power[0], &power[1], 0, TOP_BITS - bits)) == 0)
		rc = multiply_both(S, y, &unit, &root[0], &root[1], UNIT_BITS,
		    UNIT_BITS + bits - f);
	mpc_vector_free(&unit);
	return (rc);
}

int
mpc_correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_central *w, unsigned f)
{
	enum { ROOTS, POWERS = 2, WORDS = 4 };
	struct mpc_vector root = { .n = 0 }, power = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, w->product.n, WORDS, 0) == 0 &&
	    mpc_vector_new(S, &root, w->cols) == 0 && mpc_vector_new(S, &power, w->cols) == 0 &&
	    split_roots(S, &root, &power, w) == 0) {
		mpc_rows_spread(&r.word[ROOTS], &root, w->cols, w->cols);
		mpc_columns_spread(&r.word[ROOTS + 1], &root, w->cols, w->cols);
		mpc_rows_spread(&r.word[POWERS], &power, w->cols, w->cols);
		mpc_columns_spread(&r.word[POWERS + 1], &power, w->cols, w->cols);
		rc = correlate(S, y, &w->product, &r.word[ROOTS], &r.word[POWERS], f);
	}
	mpc_vector_free(&root);
	mpc_vector_free(&power);
	room_close(&r);
	return (rc);
}

int
mpc_correlation_pairs(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *product,
    const struct mpc_vector *squares, unsigned f)
{
	const size_t n = product->n;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 2 * n, 2, 0) == 0 &&
	    split_root(S, &r.word[0], &r.word[1], squares, 0) == 0) {
		const struct mpc_vector root[2] = { mpc_part(&r.word[0], 0, n),
			mpc_part(&r.word[0], n, n) };
		const struct mpc_vector power[2] = { mpc_part(&r.word[1], 0, n),
			mpc_part(&r.word[1], n, n) };

		rc = correlate(S, y, product, root, power, f);
	}
	room_close(&r);
	return (rc);
}
