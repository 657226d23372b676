#include "cli/matrix_plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/stage_product.h"

/*
 * Numbers of undeclared columns: of the first matrix, and in sums of magnitudes of the second one,
 * below 2^these.  A result of both then leaves as much room for a second matrix of this kind.
 */
#define A_NUMBER_BITS RANGES_NUMBER_BITS
#define B_NUMBER_BITS 7
/* The same where the first matrix is declared, if there is room. */
#define B_MOST_NUMBER_BITS RANGES_NUMBER_BITS

/* Bits that a declared column keeps at least; where columns meet over many rows, no more. */
#define KEPT_BITS 24

/* Rows of a result are in one unit if no word has more bits then. */
#define ONE_UNIT_BITS 48

#define NO_UNIT "the unit of what it is multiplied to has no room in a header"

static int
plan_new(struct matrix_plan *p, size_t a_cols, size_t b_cols)
{

	memset(p, 0, sizeof(*p));
	p->a_cols = a_cols;
	p->b_cols = b_cols;
	p->a = mem_array(a_cols, sizeof(*p->a));
	p->b = mem_array(b_cols, sizeof(*p->b));
	p->a_shift = mem_array(a_cols, sizeof(*p->a_shift));
	p->b_shift = mem_array(b_cols, sizeof(*p->b_shift));
	p->about = mem_array(b_cols, sizeof(*p->about));
	return ((p->a == NULL || p->b == NULL || p->a_shift == NULL || p->b_shift == NULL ||
	    p->about == NULL) ? -1 : 0);
}

void
matrix_plan_free(struct matrix_plan *p)
{

	free(p->a);
	free(p->b);
	free(p->a_shift);
	free(p->b_shift);
	columns_free(p->about, p->b_cols);
	free(p->row_exponents);
	free(p->row_shift);
	memset(p, 0, sizeof(*p));
}

static int64_t
magnitude_of(struct bounds b)
{

	return ((b.high > -b.low) ? b.high : -b.low);
}

/* Whether an exponent has room in a header. */
static bool
exponent_fits(int exponent)
{

	return (exponent >= -COLUMN_MAX_EXPONENT && exponent <= COLUMN_MAX_EXPONENT);
}

/* What is known of the result's column ${j}. */
static int
set_about(struct matrix_plan *p, const struct ranges *b, size_t j, const struct factor *f)
{

	if (!exponent_fits(f->exponent))
		return (ranges_refuse(b, j, NO_UNIT));
	column_result(&p->about[j], f->words, f->exponent);
	return (0);
}

/* ---- rows times a matrix ---- */

/*
 * The columns of a brought to one exponent: what sums of products of their words depend on.  Upper
 * and lower bounds are added up apart for those above and those below 0.
 */
struct aligned {
	int exponent;
	int64_t high_above, high_below, low_above, low_below;
	int64_t magnitudes;
	int64_t most;  /* the largest magnitude */
	size_t widest; /* the column that has it */
};

/* sum += x y; whether that fits. */
static bool
sum_up_to(int64_t *sum, int64_t x, int64_t y)
{
	int64_t product;

	return (!__builtin_mul_overflow(x, y, &product) &&
	    !__builtin_add_overflow(*sum, product, sum));
}

static bool
add_aligned(struct aligned *all, size_t j, struct bounds b)
{
	int64_t most = magnitude_of(b);

	if (most > all->most) {
		all->most = most;
		all->widest = j;
	}
	return (sum_up_to((b.high > 0) ? &all->high_above : &all->high_below, b.high, 1) &&
	    sum_up_to((b.low > 0) ? &all->low_above : &all->low_below, b.low, 1) &&
	    sum_up_to(&all->magnitudes, most, 1));
}

/* Bring a column to an exponent; return whether it fits. */
static bool
align_column(struct factor *f, int exponent)
{

	if (f->exponent < exponent) {
		factor_cut(f, (unsigned)(exponent - f->exponent));
		return (true);
	}
	return (factor_raise(f, (unsigned)(f->exponent - exponent)));
}

/* Columns of zeroes have any exponent. */
static bool
is_zero(const struct factor *f)
{

	return (f->words.low == 0 && f->words.high == 0);
}

static bool
align(const struct matrix_plan *p, struct aligned *all, int exponent)
{
	struct factor f;
	size_t j;

	*all = (struct aligned){ .exponent = exponent };
	for (j = 0; j < p->a_cols; j++) {
		f = p->a[j];
		if (!is_zero(&f) && (!align_column(&f, exponent) ||
		    !add_aligned(all, j, f.words))) {
			all->widest = j;
			return (false);
		}
	}
	return (true);
}

/*
 * The bounds of sums of products x y with words y of a column.  For y >= 0, x y is at most
 * max(x_high, 0) y_high + min(x_high, 0) y_low, and likewise from below.  Where only the sum of the
 * magnitudes of all y is known, the largest x counts.
 */
static bool
sum_products(const struct aligned *x, struct bounds y, bool sums, struct bounds *all)
{
	*all = (struct bounds){ 0, 0 };
	if (!sums && y.low >= 0)
		return (sum_up_to(&all->high, x->high_above, y.high) &&
		    sum_up_to(&all->high, x->high_below, y.low) &&
		    sum_up_to(&all->low, x->low_below, y.high) &&
		    sum_up_to(&all->low, x->low_above, y.low) && product_fits(*all));
	if (y.low == INT64_MIN ||
	    !sum_up_to(&all->high, sums ? x->most : x->magnitudes, magnitude_of(y)))
		return (false);
	all->low = -all->high;
	return (product_fits(*all));
}

/*
 * Cut off as few bits of a column of b as make sums of products fit, and set ${f} to these.  Return
 * how many, or -1 if it has not so many to spare.
 */
static int
spare_column(const struct aligned *a, const struct factor *b, bool tested, struct factor *f)
{
	unsigned spare = tested ? 0 : factor_spare(b, KEPT_BITS), cut;
	struct factor y;

	for (cut = 0; cut <= spare; cut++) {
		y = *b;
		if (cut > 0)
			factor_cut(&y, cut);
		if (sum_products(a, y.words, tested, &f->words)) {
			f->exponent = a->exponent + y.exponent;
			return ((int)cut);
		}
	}
	return (-1);
}

/* Which exponents the columns of a may be brought to: none is lost, and none loses too much. */
static void
exponents_of(const struct matrix_plan *p, int *least, int *most)
{
	bool any = false;
	size_t j;
	int e, end;

	*least = *most = 0;
	for (j = 0; j < p->a_cols; j++) {
		if (is_zero(&p->a[j]))
			continue;
		e = p->a[j].exponent;
		end = e + (int)factor_spare(&p->a[j], KEPT_BITS);
		*least = (!any || e < *least) ? e : *least;
		*most = (!any || end < *most) ? end : *most;
		any = true;
	}
}

/* Why no plan was found: a column of b, and the columns of a as they were then. */
struct unfit {
	struct aligned a;
	size_t column;
	bool aligned;
};

enum fit { FITS, FITS_NARROWLY, DOES_NOT_FIT };

static unsigned
bits_of(int64_t magnitude)
{
	const struct factor f = { .words = { 0, magnitude } };

	return (factor_bits(&f));
}

/*
 * Try an exponent of a.  It fits narrowly if columns of b are cut while they have fewer bits than
 * those of a, which could be cut instead.
 */
static enum fit
try_exponent(struct matrix_plan *p, const struct ranges *b, int exponent, bool cut,
    struct unfit *misfit)
{
	enum fit fit = FITS;
	struct factor f;
	size_t j;
	int bits;

	misfit->column = 0;
	if (!(misfit->aligned = align(p, &misfit->a, exponent)))
		return (DOES_NOT_FIT);
	for (j = 0; j < p->b_cols; j++) {
		bits = spare_column(&misfit->a, &p->b[j], b->is_tested[j], &f);
		misfit->column = j;
		if (bits == -1 || (bits > 0 && !cut))
			return (DOES_NOT_FIT);
		if (bits > 0 && factor_bits(&p->b[j]) < bits_of(misfit->a.most) + (unsigned)bits)
			fit = FITS_NARROWLY;
		p->b_shift[j] = -bits;
	}
	return (fit);
}

/* Keep what try_exponent found. */
static int
take_exponent(struct matrix_plan *p, const struct ranges *b, const struct aligned *a,
    unsigned shift)
{
	struct factor f;
	size_t j;

	for (j = 0; j < p->a_cols; j++)
		p->a_shift[j] = is_zero(&p->a[j]) ? 0 : p->a[j].exponent - a->exponent;
	for (j = 0; j < p->b_cols; j++) {
		f = (struct factor){ .exponent = 0 };
		(void)spare_column(a, &p->b[j], b->is_tested[j], &f);
		factor_truncate(&f, shift);
		if (set_about(p, b, j, &f) == -1)
			return (-1);
	}
	return (0);
}

/* Find the least exponent with which all fits: the more bits are kept. */
static bool
try_limits(struct matrix_plan *p, const struct ranges *a, const struct ranges *b, unsigned a_bits,
    unsigned b_bits, bool cut, struct unfit *misfit)
{
	int exponent, least, most;
	enum fit fit;
	size_t j;

	for (j = 0; j < p->a_cols; j++)
		p->a[j] = factor_of(a->part, j, product_limit(a->part, a_bits));
	for (j = 0; j < p->b_cols; j++)
		p->b[j] = factor_of(b->part, j, product_limit(b->part, b_bits));
	exponents_of(p, &least, &most);
	for (exponent = least; ; exponent++) {
		fit = try_exponent(p, b, exponent, cut, misfit);
		if (fit == FITS || (fit == FITS_NARROWLY && exponent >= most))
			return (true);
		if (!cut || exponent >= most)
			return (false);
	}
}

static int
refuse_fit(const struct matrix_plan *p, const struct ranges *a, const struct ranges *b,
    const struct unfit *m)
{
	const struct factor *widest = &p->a[m->a.widest];
	char why[400];

	if (!m->aligned || widest->exponent > m->a.exponent) {
		snprintf(why, sizeof(why), "it is in units of 2^%d, another column, which is added "
		    "to it, in units of 2^%d, and in one unit they do not fit %d bits: share both "
		    "in units that are nearer to each other (smpc-share --range)",
		    widest->exponent, m->a.exponent, PRODUCT_BITS);
		return (ranges_refuse(a, m->a.widest, why));
	}
	snprintf(why, sizeof(why), "it may have up to %u bits, the columns that it meets up to %u, "
	    "and sums of %zu products have %d: give one of them narrower bounds (smpc-share "
	    "--range, or smpc-map clip with --low and --high)", factor_bits(&p->b[m->column]),
	    bits_of(m->a.most), p->a_cols, PRODUCT_BITS);
	return (ranges_refuse(b, m->column, why));
}

/*
 * Where b is tested and a is known, sums of b may be as large as there is room for; else, as large
 * as is said above.  If that does not fit, columns are cut; then numbers have to be smaller.
 */
static int
find_plan(struct matrix_plan *p, const struct ranges *a, const struct ranges *b, bool cut,
    unsigned *a_bits, unsigned *b_bits, struct unfit *misfit)
{

	*a_bits = A_NUMBER_BITS;
	for (*b_bits = B_MOST_NUMBER_BITS; a->n == 0 && b->n > 0 && *b_bits >= B_NUMBER_BITS;
	    (*b_bits)--) {
		if (try_limits(p, a, b, *a_bits, *b_bits, false, misfit))
			return (0);
	}
	for (*a_bits = (a->n > 0) ? A_NUMBER_BITS : B_NUMBER_BITS; ; (*a_bits)--) {
		*b_bits = (*a_bits < B_NUMBER_BITS) ? *a_bits : B_NUMBER_BITS;
		if (try_limits(p, a, b, *a_bits, *b_bits, cut, misfit))
			return (0);
		if (*a_bits == 0 || a->n + b->n == 0)
			return (refuse_fit(p, a, b, misfit));
	}
}

int
matrix_plan_rows(struct matrix_plan *p, struct ranges *a, struct ranges *b, bool cut,
    unsigned shift)
{
	struct unfit found = { .aligned = false };
	unsigned a_bits, b_bits;
	size_t j;

	if (plan_new(p, a->cols, b->cols) == -1 ||
	    find_plan(p, a, b, cut, &a_bits, &b_bits, &found) == -1)
		return (-1);
	for (j = 0; j < a->cols; j++)
		(void)ranges_limit(a, j, product_limit(a->part, a_bits));
	for (j = 0; j < b->cols; j++)
		(void)ranges_limit(b, j, product_limit(b->part, b_bits));
	return (take_exponent(p, b, &found.a, shift));
}

/* ---- the transpose of a matrix times another ---- */

/* How many bits a column loses so that it can meet others over many rows. */
static unsigned
due_bits(const struct factor *f, bool may)
{
	unsigned bits = factor_bits(f), spare;

	if (!may || bits <= KEPT_BITS)
		return (0);
	spare = factor_spare(f, KEPT_BITS);
	return ((spare < bits - KEPT_BITS) ? spare : bits - KEPT_BITS);
}

/*
 * Cut bits off columns so that they can meet others over many rows.  Columns in one unit stay in
 * one: the widest decides, except for columns that have not so many bits to spare.
 */
static void
cut_transposed(const struct ranges *r, bool cut, struct factor *f, int *shift)
{
	unsigned bits, due[2 * COLUMN_MAX_EXPONENT + 1] = { 0 }, *of;
	size_t j;

	for (j = 0; j < r->cols; j++) {
		f[j] = factor_of(r->part, j, RANGES_ROOT_BITS);
		of = &due[f[j].exponent + COLUMN_MAX_EXPONENT];
		bits = due_bits(&f[j], cut && !r->is_tested[j]);
		*of = (bits > *of) ? bits : *of;
	}
	for (j = 0; j < r->cols; j++) {
		bits = r->is_tested[j] ? 0 : due[f[j].exponent + COLUMN_MAX_EXPONENT];
		if (bits > factor_spare(&f[j], KEPT_BITS))
			bits = due_bits(&f[j], cut);
		factor_cut(&f[j], bits);
		shift[j] = -(int)bits;
	}
}

/* The widest column of those that are known; whether others are tested. */
struct widest {
	size_t column;
	int64_t most;
	bool tested;
};

static struct widest
widest_of(const struct ranges *r, const struct factor *f)
{
	struct widest w = { .most = 0 };
	size_t j;

	for (j = 0; j < r->cols; j++) {
		if (r->is_tested[j]) {
			w.tested = true;
		} else if (f[j].words.low == INT64_MIN || magnitude_of(f[j].words) > w.most) {
			w.column = j;
			w.most = (f[j].words.low == INT64_MIN) ? INT64_MAX :
			    magnitude_of(f[j].words);
		}
	}
	return (w);
}

/*
 * Over how many rows products of two columns add up to less than 2^62.  By the inequality of Cauchy
 * and Schwarz, a sum of products is at most the product of the roots of both sums of squares, and
 * that of n words below x is at most x sqrt(n).
 */
static uint64_t
rows_of_known(int64_t a, int64_t b)
{
	const int64_t most = ((int64_t)1 << PRODUCT_BITS) - 1;

	return ((a == 0 || b == 0) ? UINT64_MAX : (uint64_t)(most / a / b));
}

static uint64_t
rows_of_tested(int64_t known)
{
	const int64_t root = (int64_t)1 << RANGES_ROOT_BITS;
	uint64_t most = (known == 0) ? UINT32_MAX : (uint64_t)((root - 1) / known);

	return (most * most);
}

static uint64_t
fewer(uint64_t a, uint64_t b)
{

	return ((a < b) ? a : b);
}

int
matrix_plan_transposed(struct matrix_plan *p, const struct ranges *a, const struct ranges *b,
    bool cut)
{
	struct widest x, y;
	char why[400];

	if (plan_new(p, a->cols, b->cols) == -1)
		return (-1);
	cut_transposed(a, cut, p->a, p->a_shift);
	cut_transposed(b, cut, p->b, p->b_shift);
	x = widest_of(a, p->a);
	y = widest_of(b, p->b);
	p->rows = rows_of_known(x.most, y.most);
	if (x.tested)
		p->rows = fewer(p->rows, rows_of_tested(y.most));
	if (y.tested)
		p->rows = fewer(p->rows, rows_of_tested(x.most));
	if (p->rows > 0)
		return (0);
	snprintf(why, sizeof(why), "it has up to %u bits, the other operand's columns up to %u, "
	    "and products have %d: give one of them narrower bounds (smpc-share --range, or "
	    "smpc-map clip with --low and --high)", bits_of((x.most > y.most) ? x.most : y.most),
	    ((x.most > y.most) ? y.tested : x.tested) ? RANGES_ROOT_BITS :
	    bits_of((x.most > y.most) ? y.most : x.most), PRODUCT_BITS);
	return ((x.most > y.most) ? ranges_refuse(a, x.column, why) :
	    ranges_refuse(b, y.column, why));
}

/* Over how many rows two columns meet. */
struct meeting {
	uint64_t rows, root; /* and the root of that, rounded up */
	bool a_tested, b_tested;
};

/* Bounds of sums of products of two columns, at most one of them tested; whether they fit. */
static bool
sum_meeting(const struct meeting *m, const struct factor *a, const struct factor *b,
    struct bounds *sum)
{
	const int64_t root = (int64_t)1 << RANGES_ROOT_BITS;

	*sum = m->a_tested ? b->words : a->words;
	if (m->a_tested || m->b_tested)
		return (bounds_multiply(sum, (struct bounds){ -root, root }) == 0 &&
		    bounds_scale(sum, m->root, 0) == 0 && product_fits(*sum));
	return (bounds_multiply(sum, b->words) == 0 && bounds_scale(sum, m->rows, 0) == 0 &&
	    product_fits(*sum));
}

/* The root of ${rows}, rounded up. */
static uint64_t
root_of(uint64_t rows)
{
	uint64_t root = (uint64_t)sqrt((double)rows);

	while (root * root < rows)
		root++;
	return (root);
}

/* What sum_meeting finds over ${rows}, cut off by ${shift} bits. */
static bool
cut_meeting(struct meeting m, uint64_t rows, const struct factor *a, const struct factor *b,
    unsigned shift, struct factor *sum)
{

	*sum = (struct factor){ .exponent = 0 };
	m.rows = rows;
	m.root = root_of(rows);
	if (!sum_meeting(&m, a, b, &sum->words))
		return (false);
	factor_truncate(sum, shift);
	return (true);
}

/*
 * Sums over p->rows rows that are cut off, as many as there are, and one over the rest.  Where both
 * columns are tested, the inequality holds for all of them together.
 */
static bool
sum_all(const struct matrix_plan *p, struct meeting m, const struct factor *a,
    const struct factor *b, uint64_t rows, unsigned shift, struct bounds *all)
{
	const int64_t most = ((int64_t)1 << PRODUCT_BITS) - 1;
	int64_t sums = (int64_t)(rows / p->rows);
	struct factor whole = { .words = { -most, most } }, rest;

	if (m.a_tested && m.b_tested) {
		factor_truncate(&whole, shift);
		*all = (struct bounds){ -sums, sums };
		return (bounds_add(all, whole.words) == 0 && product_fits(*all));
	}
	if (!cut_meeting(m, rows % p->rows, a, b, shift, &rest) || (sums > 0 &&
	    !cut_meeting(m, p->rows, a, b, shift, &whole)))
		return (false);
	*all = rest.words;
	return (sums == 0 || (bounds_scale(&whole.words, (uint64_t)sums, 0) == 0 &&
	    bounds_add(all, whole.words) == 0 && product_fits(*all)));
}

static int
refuse_meeting(const struct matrix_plan *p, const struct ranges *b, size_t i, size_t j,
    uint64_t rows)
{
	char why[400];

	snprintf(why, sizeof(why), "it has up to %u bits, column %zu of the first operand up to "
	    "%u, and sums of %" PRIu64 " products have %d: give one of them narrower bounds "
	    "(smpc-share --range, or smpc-map clip with --low and --high)", factor_bits(&p->b[j]),
	    i + 1, factor_bits(&p->a[i]), rows, PRODUCT_BITS);
	return (ranges_refuse(b, j, why));
}

/* The united bounds of what column ${j} of b has come to with all those of a. */
static int
end_column(struct matrix_plan *p, const struct ranges *a, const struct ranges *b, size_t j,
    uint64_t rows, unsigned shift, struct bounds *all)
{
	struct meeting m = { .b_tested = b->is_tested[j] };
	struct bounds sum;
	size_t i;

	for (i = 0; i < p->a_cols; i++) {
		m.a_tested = a->is_tested[i];
		if (!sum_all(p, m, &p->a[i], &p->b[j], rows, shift, &sum))
			return (refuse_meeting(p, b, i, j, rows));
		if (i == 0)
			*all = sum;
		else
			bounds_unite(all, sum);
	}
	return (0);
}

/* Whether the exponent of row ${i} has room in a header, and its sums with those of columns do. */
static bool
row_fits(const struct matrix_plan *p, size_t i)
{
	size_t j;

	for (j = 0; j < p->b_cols && exponent_fits(p->row_exponents[i] + p->about[j].exponent);
	    j++)
		continue;
	return (j == p->b_cols && exponent_fits(p->row_exponents[i]));
}

/* Exponents of rows are those of the columns of a, less that of the first. */
static int
set_row_exponents(struct matrix_plan *p, const struct ranges *a)
{
	bool any = false;
	size_t i;

	if ((p->row_exponents = mem_array(p->a_cols, sizeof(*p->row_exponents))) == NULL)
		return (-1);
	for (i = 0; i < p->a_cols; i++) {
		p->row_exponents[i] = p->a[i].exponent - p->a[0].exponent;
		any = any || p->row_exponents[i] != 0;
		if (!row_fits(p, i))
			return (ranges_refuse(a, i, NO_UNIT));
	}
	if (!any) {
		free(p->row_exponents);
		p->row_exponents = NULL;
	}
	return (0);
}

/*
 * Whether words of the result's column ${j} have room, multiplied by 1 to 2^shift, as those of its
 * rows are: set ${b} to all of these.
 */
static bool
column_has_room(const struct matrix_plan *p, size_t j, unsigned shift, struct bounds *b)
{
	struct bounds own = bounds_of(&p->about[j]);

	*b = own;
	if (shift > ONE_UNIT_BITS || !bounds_known(own) || bounds_scale(b, 1, shift) == -1)
		return (false);
	bounds_unite(b, own);
	return (bounds_bits(*b) <= ONE_UNIT_BITS);
}

/* Bring all rows to the finest of their units, if their words have room. */
static void
unite_rows(struct matrix_plan *p)
{
	int least = 0, most = 0;
	struct bounds b;
	size_t i, j;

	if (p->row_exponents == NULL)
		return;
	for (i = 0; i < p->a_cols; i++) {
		least = (p->row_exponents[i] < least) ? p->row_exponents[i] : least;
		most = (p->row_exponents[i] > most) ? p->row_exponents[i] : most;
	}
	for (j = 0; j < p->b_cols; j++) {
		if (!column_has_room(p, j, (unsigned)(most - least), &b))
			return;
	}
	for (j = 0; j < p->b_cols; j++) {
		(void)column_has_room(p, j, (unsigned)(most - least), &b);
		column_result(&p->about[j], b, p->about[j].exponent + least);
	}
	p->row_shift = p->row_exponents;
	p->row_exponents = NULL;
	for (i = 0; i < p->a_cols; i++)
		p->row_shift[i] -= least;
}

int
matrix_plan_end(struct matrix_plan *p, const struct ranges *a, const struct ranges *b,
    uint64_t rows, unsigned shift)
{
	struct factor f = { .exponent = 0 };
	size_t j;

	for (j = 0; j < p->b_cols; j++) {
		f.exponent = p->a[0].exponent + p->b[j].exponent;
		if (end_column(p, a, b, j, rows, shift, &f.words) == -1 ||
		    set_about(p, b, j, &f) == -1)
			return (-1);
	}
	if (set_row_exponents(p, a) == -1)
		return (-1);
	unite_rows(p);
	return (0);
}
