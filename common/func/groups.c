#include "func/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "func/moments.h"
#include "mpc/room.h"

#define BLOCK_WORDS ((size_t)1 << 18) /* that a step has of any one kind, or so */
#define ROWS_ALIGN ((size_t)64)       /* vectors of bits begin with whole words */

#define MEAN_BITS 30      /* words that a mean is found of are below 2^this, and a unit */
#define SUM_BITS 60       /* sums of squares are below 2^this, or next to it */
#define MAX_STEPS 28      /* bits of what is squared */
#define VARIANCE_BITS 52  /* of a variance */
#define ROUNDED_UNITS 64  /* that a variance may be below 0 by */

/* ---- units ---- */

/* Words x become (x - middle) 2^shift. */
struct centring {
	int64_t middle;
	int shift;
};

/*
 * Words from low to high are at most 2^r from their middle, and are brought to 2^bits.  Where that
 * leaves out their last bits, so does the middle.
 */
static struct centring
centring_of(const struct mpc_figure *figure, unsigned bits)
{
	const uint64_t width = (uint64_t)figure->high - (uint64_t)figure->low;
	struct centring c = { .middle = figure->low + (int64_t)(width / 2) };

	c.shift = (int)bits - (int)ceil_log2(width / 2 + width % 2);
	if (c.shift < 0)
		c.middle &= -((int64_t)1 << -c.shift);
	return (c);
}

/* Of a mean, the middle is added again: both have to fit. */
static struct centring
mean_centring(const struct mpc_figure *figure)
{
	struct centring c = centring_of(figure, MEAN_BITS);

	while (c.shift > 0 && llabs(c.middle) >= (int64_t)1 << (SUM_BITS - c.shift))
		c.shift--;
	return (c);
}

unsigned
mpc_figure_steps(uint64_t rows)
{
	const unsigned bits = (SUM_BITS - ceil_log2(rows)) / 2;

	return ((bits < MAX_STEPS) ? bits : MAX_STEPS);
}

/* How many bits of a variance of such words are cut off. */
static unsigned
variance_cut(uint64_t rows)
{
	const unsigned bits = 2 * mpc_figure_steps(rows) + 1;

	return ((bits > VARIANCE_BITS) ? bits - VARIANCE_BITS : 0);
}

int
mpc_figure_unit(const struct mpc_figure *figure, uint64_t rows)
{

	switch (figure->kind) {
	case MPC_FIGURE_MEAN:
		return (mean_centring(figure).shift);
	case MPC_FIGURE_VARIANCE:
		return (2 * centring_of(figure, mpc_figure_steps(rows)).shift -
		    (int)variance_cut(rows));
	case MPC_FIGURE_COUNT:
	case MPC_FIGURE_SUM:
	case MPC_FIGURE_MIN:
	case MPC_FIGURE_MAX:
	default:
		return (0);
	}
}

/* Sums of squares are kept whole. */
int
mpc_squares_unit(const struct mpc_figure *figure, uint64_t rows)
{

	return (2 * centring_of(figure, mpc_figure_steps(rows)).shift);
}

/* x 2^shift, where shift may be negative, rounded down. */
static int64_t
shift_word(int64_t x, int shift)
{

	return ((shift >= 0) ? x * ((int64_t)1 << shift) : x >> -shift);
}

/*
 * A variance is at most what it is where half of the rows are at each end: half the width, squared,
 * and a little more by how many rows it is divided by; at least ${least}, and two.
 */
static int64_t
most_variance(const struct mpc_groups_shape *shape, const struct mpc_figure *figure)
{
	const double least = (double)((shape->least < 2) ? 2 : shape->least),
	    half = ((double)figure->high - (double)figure->low) / 2,
	    times = shape->population ? 1 : least / (least - 1),
	    most = ldexp(half * half * times, mpc_figure_unit(figure, shape->rows));

	return ((int64_t)(most * (1 + 1e-6)) + ROUNDED_UNITS);
}

struct mpc_span
mpc_figure_span(const struct mpc_groups_shape *shape, const struct mpc_figure *figure)
{
	const int64_t n = (int64_t)shape->rows;
	const int unit = mpc_figure_unit(figure, shape->rows);

	switch (figure->kind) {
	case MPC_FIGURE_COUNT:
		return ((struct mpc_span){ 0, n });
	case MPC_FIGURE_SUM:
		return ((struct mpc_span){ (figure->low < 0) ? figure->low * n : 0,
			(figure->high > 0) ? figure->high * n : 0 });
	case MPC_FIGURE_MEAN:
		return ((struct mpc_span){ shift_word(figure->low, unit) - 3,
			shift_word(figure->high, unit) + 4 });
	case MPC_FIGURE_VARIANCE:
		return ((struct mpc_span){ 0, most_variance(shape, figure) });
	case MPC_FIGURE_MIN:
	case MPC_FIGURE_MAX:
	default:
		return ((struct mpc_span){ figure->low, figure->high });
	}
}

/* ---- shapes ---- */

static bool
is_extreme(const struct mpc_figure *figure)
{

	return (figure->kind == MPC_FIGURE_MIN || figure->kind == MPC_FIGURE_MAX);
}

/* How many sums a figure takes: of words; of distances from their middle, and of their squares. */
static size_t
sums_of(const struct mpc_figure *figure)
{

	switch (figure->kind) {
	case MPC_FIGURE_SUM:
	case MPC_FIGURE_MEAN:
		return (1);
	case MPC_FIGURE_VARIANCE:
		return (2);
	case MPC_FIGURE_COUNT:
	case MPC_FIGURE_MIN:
	case MPC_FIGURE_MAX:
	default:
		return (0);
	}
}

/* Sums of the figures before ${end} that are of a mask. */
static size_t
sums_before(const struct mpc_groups_shape *shape, size_t mask, size_t end)
{
	size_t n = 0, i;

	for (i = 0; i < end; i++)
		n += (shape->figure[i].mask == mask) ? sums_of(&shape->figure[i]) : 0;
	return (n);
}

/* The first sum of figure ${i}: those of a mask are side by side. */
static size_t
first_sum(const struct mpc_groups_shape *shape, size_t i)
{
	size_t n = 0, mask;

	for (mask = 0; mask < shape->figure[i].mask; mask++)
		n += sums_before(shape, mask, shape->n_figures);
	return (n + sums_before(shape, mask, i));
}

static size_t
count_figures(const struct mpc_groups_shape *shape, enum mpc_figure_kind kind)
{
	size_t n = 0, i;

	for (i = 0; i < shape->n_figures; i++)
		n += (shape->figure[i].kind == kind);
	return (n);
}

size_t
mpc_groups_count(const struct mpc_groups_shape *shape)
{
	size_t n = 1, i;

	for (i = 0; i < shape->n_by; i++) {
		if (shape->by[i].values > MPC_GROUPS_MAX / n)
			return (0);
		n *= shape->by[i].values;
	}
	return (n);
}

int
mpc_groups_new(struct mpc *S, struct mpc_groups *g, const struct mpc_groups_shape *shape)
{
	size_t mask;

	memset(g, 0, sizeof(*g));
	g->shape = shape;
	g->groups = mpc_groups_count(shape);
	g->masks = 1 + shape->n_presence;
	for (mask = 0; mask < g->masks; mask++)
		g->n_sums += sums_before(shape, mask, shape->n_figures);
	g->n_extremes = count_figures(shape, MPC_FIGURE_MIN) + count_figures(shape, MPC_FIGURE_MAX);
	return ((mpc_vector_new(S, &g->count, g->masks * g->groups) == -1 ||
	    mpc_vector_new(S, &g->sums, g->n_sums * g->groups) == -1) ? -1 : 0);
}

void
mpc_groups_free(struct mpc_groups *g)
{

	mpc_vector_free(&g->count);
	mpc_vector_free(&g->sums);
	mpc_extreme_free(&g->extremes);
}

/* Conjunctions and selections go over all groups of all masks, or of all extremes. */
size_t
mpc_groups_step(const struct mpc_groups *g)
{
	size_t widest = ((g->n_extremes > g->masks) ? g->n_extremes : g->masks) * g->groups, rows;

	widest = (g->shape->cols > widest) ? g->shape->cols : widest;
	rows = BLOCK_WORDS / widest / ROWS_ALIGN * ROWS_ALIGN;
	return ((rows > ROWS_ALIGN) ? rows : ROWS_ALIGN);
}

/* ---- which group a row is in ---- */

/* Some rows, and what has been found of them. */
struct group_rows {
	const struct mpc_vector *x;
	size_t rows;
	size_t stride;            /* from one vector of bits to the next */
	struct mpc_bits member;   /* masks x groups vectors: whether the row is in the group */
	struct mpc_vector number; /* the same, as numbers; those beyond rows have no meaning */
};

/* The vector of bits number ${i}. */
static struct mpc_bits
row_bits(const struct group_rows *r, const struct mpc_bits *all, size_t i)
{

	return (mpc_bits_part(all, i * r->stride, r->rows));
}

/*
 * d[j] = [x >= j] of a column of codes below ${values}, for j from 1 to values - 1.  They are
 * multiples of 1, whose last bits need not be looked at.
 */
static int
compare_codes(struct mpc *S, const struct mpc_groups_shape *shape, const struct group_rows *r,
    size_t column, size_t values, const struct mpc_bits *d)
{
	const unsigned f = shape->fraction_bits;
	int64_t threshold[MPC_MAX_THRESHOLDS];
	struct mpc_comparison c = { .low = f, .high = f + ceil_log2(values) + 1,
		.thresholds = threshold };
	struct mpc_bits views[MPC_MAX_THRESHOLDS];
	struct mpc_vector z;
	size_t first, i;
	int rc;

	if ((rc = mpc_vector_new(S, &z, r->rows)) == 0)
		mpc_columns_get(&z, r->x, r->rows, shape->cols, column);
	for (first = 1; first < values && rc == 0; first += c.count) {
		c.count = (values - first < MPC_MAX_THRESHOLDS) ? values - first :
		    MPC_MAX_THRESHOLDS;
		for (i = 0; i < c.count; i++) {
			threshold[i] = (int64_t)(first + i) << f;
			views[i] = row_bits(r, d, first + i);
		}
		rc = mpc_compare(S, views, &z, &c);
	}
	mpc_vector_free(&z);
	return (rc);
}

/* d[k] = [x = k]: at least k, and not at least k + 1. */
static int
find_codes(struct mpc *S, const struct mpc_groups_shape *shape, const struct group_rows *r,
    const struct mpc_category *by, const struct mpc_bits *d)
{
	struct mpc_bits least, some, next, to;
	size_t k;
	int rc = -1;

	if (mpc_bits_new(S, &least, (by->values + 1) * r->stride) == 0 &&
	    compare_codes(S, shape, r, by->code, by->values, &least) == 0) {
		some = row_bits(r, &least, 0);
		mpc_not(&some, &some);
		for (k = 0; k < by->values; k++) {
			some = row_bits(r, &least, k);
			next = row_bits(r, &least, k + 1);
			to = row_bits(r, d, k);
			mpc_xor(&to, &some, &next);
		}
		rc = 0;
	}
	mpc_bits_free(&least);
	return (rc);
}

/* d[i] = [x = 1] of ${count} columns of 1 or 0, all at once. */
static int
find_indicators(struct mpc *S, const struct mpc_groups_shape *shape, const struct group_rows *r,
    const size_t *column, size_t count, struct mpc_bits *d)
{
	const int64_t one = (int64_t)1 << shape->fraction_bits;
	const struct mpc_comparison c = { .low = shape->fraction_bits,
		.high = shape->fraction_bits + 2, .count = 1, .thresholds = &one };
	const size_t n = count * r->stride;
	size_t *index = mem_array(n, sizeof(*index)), i, row;
	struct mpc_vector z = { .n = 0 };
	int rc = -1;

	if (index != NULL && mpc_vector_new(S, &z, n) == 0) {
		for (i = 0; i < n; i++) {
			row = i % r->stride;
			index[i] = ((row < r->rows) ? row : 0) * shape->cols +
			    column[i / r->stride];
		}
		mpc_gather(&z, r->x, index, n);
		rc = mpc_compare(S, d, &z, &c);
	}
	mpc_vector_free(&z);
	free(index);
	return (rc);
}

static int
find_category(struct mpc *S, const struct mpc_groups_shape *shape, const struct group_rows *r,
    const struct mpc_category *by, struct mpc_bits *d)
{

	return ((by->indicator != NULL) ?
	    find_indicators(S, shape, r, by->indicator, by->values, d) :
	    find_codes(S, shape, r, by, d));
}

/* Vector i of ${d} becomes vector i / ${each} % ${count} of ${a}. */
static void
repeat_bits(const struct group_rows *r, const struct mpc_bits *d, const struct mpc_bits *a,
    size_t each, size_t count)
{
	struct mpc_bits from, to;
	size_t i;

	for (i = 0; i < d->n / r->stride; i++) {
		from = row_bits(r, a, i / each % count);
		to = row_bits(r, d, i);
		mpc_bits_copy(&to, &from);
	}
}

/* d = a and b, where vectors of both are repeated. */
static int
and_repeated(struct mpc *S, const struct group_rows *r, struct mpc_bits *d,
    const struct mpc_bits *a, size_t a_each, const struct mpc_bits *b, size_t b_each)
{
	struct mpc_bits both[2];
	const struct mpc_bits *const two[2] = { &both[0], &both[1] };
	int rc = -1;

	memset(both, 0, sizeof(both));
	if (mpc_bits_new(S, &both[0], d->n) == 0 && mpc_bits_new(S, &both[1], d->n) == 0) {
		repeat_bits(r, &both[0], a, a_each, a->n / r->stride);
		repeat_bits(r, &both[1], b, b_each, b->n / r->stride);
		rc = mpc_and(S, d, two, 2);
	}
	mpc_bits_free(&both[0]);
	mpc_bits_free(&both[1]);
	return (rc);
}

/* Which group a row is in: the value of one category, or the pair of two. */
static int
find_groups(struct mpc *S, const struct mpc_groups_shape *shape, const struct group_rows *r,
    struct mpc_bits *d)
{
	const struct mpc_category *by = shape->by;
	struct mpc_bits one[2];
	int rc = -1;

	if (shape->n_by == 1)
		return (find_category(S, shape, r, by, d));
	memset(one, 0, sizeof(one));
	if (mpc_bits_new(S, &one[0], by[0].values * r->stride) == 0 &&
	    mpc_bits_new(S, &one[1], by[1].values * r->stride) == 0 &&
	    find_category(S, shape, r, &by[0], &one[0]) == 0 &&
	    find_category(S, shape, r, &by[1], &one[1]) == 0)
		rc = and_repeated(S, r, d, &one[0], by[1].values, &one[1], 1);
	mpc_bits_free(&one[0]);
	mpc_bits_free(&one[1]);
	return (rc);
}

/* The same for each mask: of the groups, rows that have a value. */
static int
find_member_bits(struct mpc *S, const struct mpc_groups *g, struct group_rows *r)
{
	const struct mpc_selection_term term = { .bit = &r->member, .constant = { 1 } };
	const size_t n = g->groups * r->stride, masked = r->member.n - n;
	struct mpc_bits all = mpc_bits_part(&r->member, 0, n), present = { .n = 0 }, rest;
	int rc = -1;

	if (find_groups(S, g->shape, r, &all) == -1)
		return (-1);
	if (masked > 0) {
		rest = mpc_bits_part(&r->member, n, masked);
		if (mpc_bits_new(S, &present, g->shape->n_presence * r->stride) == 0 &&
		    find_indicators(S, g->shape, r, g->shape->presence, g->shape->n_presence,
		    &present) == 0)
			rc = and_repeated(S, r, &rest, &all, 1, &present, g->groups);
		mpc_bits_free(&present);
		if (rc == -1)
			return (-1);
	}
	return (mpc_select(S, &r->number, &(struct mpc_selection){ .count = 1, .terms = &term,
		.results = 1 }));
}

int
mpc_groups_members(struct mpc *S, struct mpc_vector *z, const struct mpc_groups_shape *shape,
    const struct mpc_vector *x, size_t rows)
{
	struct group_rows r = { .x = x, .rows = rows, .stride = mpc_bits_stride(rows) };
	const struct mpc_selection_term term = { .bit = &r.member, .constant = { 1 } };
	const size_t groups = mpc_groups_count(shape), n = groups * r.stride;
	struct mpc_vector from, to;
	size_t i;
	int rc = -1;

	if (mpc_bits_new(S, &r.member, n) == 0 && mpc_vector_new(S, &r.number, n) == 0 &&
	    find_groups(S, shape, &r, &r.member) == 0)
		rc = mpc_select(S, &r.number, &(struct mpc_selection){ .count = 1,
		    .terms = &term, .results = 1 });
	for (i = 0; i < groups && rc == 0; i++) {
		from = mpc_part(&r.number, i * r.stride, rows);
		to = mpc_part(z, i * rows, rows);
		mpc_copy(&to, &from);
	}
	mpc_bits_free(&r.member);
	mpc_vector_free(&r.number);
	return (rc);
}

/* ---- sums ---- */

/*
 * The words of all variances, less their middle and with as many bits as there is room for, and
 * their squares: a column behind the other.
 */
static int
find_distances(struct mpc *S, const struct mpc_groups_shape *shape, const struct group_rows *r,
    struct mpc_vector *distance, struct mpc_vector *square)
{
	const struct bilinear times = bilinear_elements(distance->n);
	const unsigned bits = mpc_figure_steps(shape->rows);
	struct mpc_vector part;
	struct centring c;
	size_t n = 0, i;

	for (i = 0; i < shape->n_figures; i++) {
		if (shape->figure[i].kind != MPC_FIGURE_VARIANCE)
			continue;
		c = centring_of(&shape->figure[i], bits);
		part = mpc_part(distance, n++ * r->rows, r->rows);
		mpc_columns_get(&part, r->x, r->rows, shape->cols, shape->figure[i].column);
		mpc_add_public(&part, &part, -c.middle);
		if (mpc_shift(S, &part, &part, c.shift) == -1)
			return (-1);
	}
	return ((n == 0) ? 0 : mpc_product(S, square, &times, distance, distance));
}

/* What is added up of the figures of a mask, ${cols} columns; rows beyond are 0. */
static void
fill_matrix(const struct mpc_groups_shape *shape, const struct group_rows *r, size_t mask,
    struct mpc_vector *matrix, size_t cols, const struct mpc_vector *distance,
    const struct mpc_vector *square)
{
	const struct mpc_figure *figure = shape->figure;
	struct mpc_vector words, squares;
	size_t variances = 0, at = 0, i;

	for (i = 0; i < shape->n_figures; i++, figure++) {
		if (figure->kind == MPC_FIGURE_VARIANCE) {
			words = mpc_part(distance, variances * r->rows, r->rows);
			squares = mpc_part(square, variances++ * r->rows, r->rows);
			if (figure->mask == mask) {
				mpc_columns_set(matrix, &words, r->rows, cols, at++);
				mpc_columns_set(matrix, &squares, r->rows, cols, at++);
			}
		} else if (figure->mask == mask && sums_of(figure) > 0)
			mpc_columns_lay(matrix, cols, at++, r->x, shape->cols, figure->column, 1);
	}
}

/* Add to the sums of a mask: those of all columns, of each group's rows. */
static int
add_mask(struct mpc *S, struct mpc_groups *g, const struct group_rows *r, size_t mask,
    const struct mpc_vector *distance, const struct mpc_vector *square)
{
	const size_t cols = sums_before(g->shape, mask, g->shape->n_figures), n = cols * g->groups;
	struct mpc_vector member = mpc_part(&r->number, mask * g->groups * r->stride,
	    g->groups * r->stride), matrix = { .n = 0 }, sum = { .n = 0 }, total;
	struct bilinear B = bilinear_matrices(cols, r->stride, g->groups);
	size_t before = 0, i;
	int rc = -1;

	if (cols == 0)
		return (0);
	for (i = 0; i < mask; i++)
		before += sums_before(g->shape, i, g->shape->n_figures);
	B.x_transposed = B.y_transposed = true;
	if (mpc_vector_new(S, &matrix, r->stride * cols) == 0 &&
	    mpc_vector_new(S, &sum, n) == 0) {
		fill_matrix(g->shape, r, mask, &matrix, cols, distance, square);
		if ((rc = mpc_product(S, &sum, &B, &matrix, &member)) == 0) {
			total = mpc_part(&g->sums, before * g->groups, n);
			mpc_add(&total, &total, &sum);
		}
	}
	mpc_vector_free(&matrix);
	mpc_vector_free(&sum);
	return (rc);
}

static int
add_sums(struct mpc *S, struct mpc_groups *g, const struct group_rows *r)
{
	const size_t n = count_figures(g->shape, MPC_FIGURE_VARIANCE) * r->rows;
	struct mpc_vector distance = { .n = 0 }, square = { .n = 0 };
	size_t mask;
	int rc = -1;

	if (mpc_vector_new(S, &distance, n) == 0 && mpc_vector_new(S, &square, n) == 0)
		rc = find_distances(S, g->shape, r, &distance, &square);
	for (mask = 0; mask < g->masks && rc == 0; mask++)
		rc = add_mask(S, g, r, mask, &distance, &square);
	mpc_vector_free(&distance);
	mpc_vector_free(&square);
	return (rc);
}

/* Numbers of rows: sums of numbers that are 1, and take no product. */
static int
add_members(struct mpc *S, struct mpc_groups *g, const struct group_rows *r)
{
	struct mpc_vector sum, some, total;
	size_t i;
	int rc;

	if ((rc = mpc_vector_new(S, &sum, 1)) == 0) {
		for (i = 0; i < g->count.n; i++) {
			some = mpc_part(&r->number, i * r->stride, r->rows);
			total = mpc_part(&g->count, i, 1);
			mpc_rows_sum(&sum, &some, 1, r->rows);
			mpc_add(&total, &total, &sum);
		}
	}
	mpc_vector_free(&sum);
	return (rc);
}

/* ---- least and largest numbers ---- */

/*
 * For all extremes and groups, which vectors tell who is in the group; and how far each word is
 * from the bound that is farthest from what is looked for: the largest such distance is of it, and
 * 0, that of who is not in the group, is none that matters.
 */
static int
line_up_extremes(struct mpc *S, const struct mpc_groups *g, const struct group_rows *r,
    struct mpc_bits *member, struct mpc_vector *distance)
{
	const struct mpc_figure *figure;
	struct mpc_bits from, to;
	struct mpc_vector words, at;
	size_t n = 0, i, k;

	if (mpc_vector_new(S, &words, r->rows) == -1)
		return (-1);
	for (i = 0; i < g->shape->n_figures; i++) {
		figure = &g->shape->figure[i];
		if (!is_extreme(figure))
			continue;
		mpc_columns_get(&words, r->x, r->rows, g->shape->cols, figure->column);
		mpc_scale(&words, &words, (figure->kind == MPC_FIGURE_MIN) ? -1 : 1);
		mpc_add_public(&words, &words, (figure->kind == MPC_FIGURE_MIN) ? figure->high :
		    -figure->low);
		for (k = 0; k < g->groups; k++, n++) {
			from = row_bits(r, &r->member, figure->mask * g->groups + k);
			to = row_bits(r, member, n);
			mpc_bits_copy(&to, &from);
			at = mpc_part(distance, n * r->stride, r->rows);
			mpc_copy(&at, &words);
		}
	}
	mpc_vector_free(&words);
	return (0);
}

/* Distances are below 2^this. */
static unsigned
extremes_range(const struct mpc_groups_shape *shape)
{
	uint64_t most = 0, width;
	size_t i;

	for (i = 0; i < shape->n_figures; i++) {
		width = (uint64_t)shape->figure[i].high - (uint64_t)shape->figure[i].low;
		if (is_extreme(&shape->figure[i]) && width > most)
			most = width;
	}
	return ((most == 0) ? 1 : ceil_log2(most + 1));
}

/* A tournament of the rows, in which each extreme of each group is a column. */
static int
play_extremes(struct mpc *S, struct mpc_groups *g, const struct group_rows *r,
    const struct mpc_vector *chosen)
{
	const size_t cols = g->n_extremes * g->groups, n = cols * r->rows;
	size_t *index = mem_array(n, sizeof(*index)), i;
	struct mpc_vector rows = { .n = 0 };
	int rc = -1;

	if (index != NULL && mpc_vector_new(S, &rows, n) == 0) {
		for (i = 0; i < n; i++)
			index[i] = i % cols * r->stride + i / cols;
		mpc_gather(&rows, chosen, index, n);
		rc = mpc_extreme_add(S, &g->extremes, &rows, r->rows, cols, false,
		    extremes_range(g->shape));
	}
	mpc_vector_free(&rows);
	free(index);
	return (rc);
}

static int
add_group_extremes(struct mpc *S, struct mpc_groups *g, const struct group_rows *r)
{
	const size_t n = g->n_extremes * g->groups * r->stride;
	struct mpc_bits member = { .n = 0 };
	struct mpc_vector distance = { .n = 0 }, chosen = { .n = 0 };
	const struct mpc_selection_term term = { .bit = &member, .word = &distance,
		.weight = { 1 } };
	int rc = -1;

	if (n == 0)
		return (0);
	if (mpc_bits_new(S, &member, n) == 0 && mpc_vector_new(S, &distance, n) == 0 &&
	    mpc_vector_new(S, &chosen, n) == 0 &&
	    line_up_extremes(S, g, r, &member, &distance) == 0 &&
	    mpc_select(S, &chosen, &(struct mpc_selection){ .count = 1, .terms = &term,
		.results = 1 }) == 0)
		rc = play_extremes(S, g, r, &chosen);
	mpc_bits_free(&member);
	mpc_vector_free(&distance);
	mpc_vector_free(&chosen);
	return (rc);
}

int
mpc_groups_add(struct mpc *S, struct mpc_groups *g, const struct mpc_vector *x, size_t rows)
{
	struct group_rows r = { .x = x, .rows = rows, .stride = mpc_bits_stride(rows) };
	const size_t n = g->masks * g->groups * r.stride;
	int rc = -1;

	if (mpc_bits_new(S, &r.member, n) == 0 && mpc_vector_new(S, &r.number, n) == 0 &&
	    find_member_bits(S, g, &r) == 0 && add_members(S, g, &r) == 0 &&
	    add_sums(S, g, &r) == 0)
		rc = add_group_extremes(S, g, &r);
	mpc_bits_free(&r.member);
	mpc_vector_free(&r.number);
	return (rc);
}

/* ---- which groups are shown ---- */

/* d = [x >= least], of ${count} numbers that are counts of rows. */
static int
find_enough(struct mpc *S, const struct mpc_groups *g, struct mpc_bits *d,
    const struct mpc_vector *x, size_t count, const int64_t *least)
{
	const struct mpc_comparison c = { .high = ceil_log2(g->shape->rows + 2) + 1,
		.count = count, .thresholds = least };

	return (mpc_compare(S, d, x, &c));
}

/* A group cannot have more rows than there are. */
static int64_t
least_count(const struct mpc_groups *g)
{

	return ((g->shape->least > g->shape->rows) ? (int64_t)g->shape->rows + 1 :
	    (int64_t)g->shape->least);
}

/*
 * Of groups that are shown, rest = how many of all rows are in none of them, for each group the
 * same, and margin = how much smaller a group is than a bound above all; 0 of one that is not
 * shown.
 */
static int
find_rest(struct mpc *S, const struct mpc_groups *g, const struct mpc_bits *shown,
    struct mpc_vector *rest, struct mpc_vector *margin)
{
	const int64_t all = (int64_t)g->shape->rows;
	const struct mpc_vector count = mpc_part(&g->count, 0, g->groups);
	const struct mpc_selection_term term = { .bit = shown, .word = &count,
		.weight = { -1, -1 }, .constant = { 0, all + 1 } };
	struct mpc_vector y[MPC_MAX_SELECTED], sum = { .n = 0 };
	int rc = -1;

	memset(y, 0, sizeof(y));
	if (mpc_vector_new(S, &y[0], g->groups) == 0 && mpc_vector_new(S, &y[1], g->groups) == 0 &&
	    mpc_vector_new(S, &sum, 1) == 0 && mpc_select(S, y, &(struct mpc_selection){
		.count = 1, .terms = &term, .results = 2 }) == 0) {
		mpc_rows_sum(&sum, &y[0], 1, g->groups);
		mpc_add_public(&sum, &sum, all);
		mpc_rows_spread(rest, &sum, 1, g->groups);
		mpc_copy(margin, &y[1]);
		rc = 0;
	}
	mpc_vector_free(&y[0]);
	mpc_vector_free(&y[1]);
	mpc_vector_free(&sum);
	return (rc);
}

/* d = [x is the largest], of all groups. */
static int
find_largest(struct mpc *S, const struct mpc_groups *g, struct mpc_bits *d,
    const struct mpc_vector *x)
{
	const int64_t none = 0;
	struct mpc_vector most = { .n = 0 }, gap = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &most, 1) == 0 && mpc_vector_new(S, &gap, g->groups) == 0 &&
	    mpc_max_rows(S, &most, NULL, x, 1, g->groups, ceil_log2(g->shape->rows + 2)) == 0) {
		mpc_rows_spread(&gap, &most, 1, g->groups);
		mpc_subtract(&gap, x, &gap);
		rc = find_enough(S, g, d, &gap, 1, &none);
	}
	mpc_vector_free(&most);
	mpc_vector_free(&gap);
	return (rc);
}

/*
 * Rows in no group that is shown can be counted by anybody, as the number of all rows is public.
 * Where they are some, and too few, the smallest of the groups that are shown goes, too; or those,
 * if several are as small.
 */
static int
hide_smallest(struct mpc *S, const struct mpc_groups *g, struct mpc_bits *shown)
{
	enum { REST, MARGIN, WORDS };
	enum { SOME, ENOUGH, SMALLEST, HIDE, BITS };
	const int64_t edges[] = { 1, least_count(g) };
	struct room r;
	const struct mpc_bits *const all[] = { shown, &r.bit[SOME], &r.bit[SMALLEST] };
	int rc = -1;

	if (room_open(&r, S, g->groups, WORDS, BITS) == 0 &&
	    find_rest(S, g, shown, &r.word[REST], &r.word[MARGIN]) == 0 &&
	    find_enough(S, g, &r.bit[SOME], &r.word[REST], 2, edges) == 0 &&
	    find_largest(S, g, &r.bit[SMALLEST], &r.word[MARGIN]) == 0) {
		mpc_xor(&r.bit[SOME], &r.bit[SOME], &r.bit[ENOUGH]);
		if ((rc = mpc_and(S, &r.bit[HIDE], all, 3)) == 0)
			mpc_xor(shown, shown, &r.bit[HIDE]);
	}
	room_close(&r);
	return (rc);
}

/* Of a mask, groups are shown that are shown by themselves, and have enough rows of it. */
static int
find_shown_masks(struct mpc *S, const struct mpc_groups *g, const struct group_rows *r,
    struct mpc_bits *shown)
{
	const int64_t least = least_count(g);
	const struct mpc_bits all = row_bits(r, shown, 0);
	const struct mpc_bits *two[2] = { &all, NULL };
	struct mpc_vector count;
	struct mpc_bits enough, to;
	size_t mask;
	int rc;

	rc = mpc_bits_new(S, &enough, g->groups);
	for (mask = 1, two[1] = &enough; mask < g->masks && rc == 0; mask++) {
		count = mpc_part(&g->count, mask * g->groups, g->groups);
		to = row_bits(r, shown, mask);
		if ((rc = find_enough(S, g, &enough, &count, 1, &least)) == 0)
			rc = mpc_and(S, &to, two, 2);
	}
	mpc_bits_free(&enough);
	return (rc);
}

int
mpc_groups_shown(struct mpc *S, struct mpc_vector *shown, const struct mpc_groups *g)
{
	const struct group_rows r = { .rows = g->groups, .stride = mpc_bits_stride(g->groups) };
	const struct mpc_vector count = mpc_part(&g->count, 0, g->groups);
	const int64_t least = least_count(g);
	struct mpc_bits bits = { .n = 0 }, first;
	struct mpc_vector number = { .n = 0 }, from, to;
	const struct mpc_selection_term term = { .bit = &bits, .constant = { 1 } };
	size_t mask;
	int rc = -1;

	if (mpc_bits_new(S, &bits, g->masks * r.stride) == -1 ||
	    mpc_vector_new(S, &number, g->masks * r.stride) == -1)
		goto out;
	first = row_bits(&r, &bits, 0);
	if (find_enough(S, g, &first, &count, 1, &least) == -1 ||
	    (least > 1 && hide_smallest(S, g, &first) == -1) ||
	    find_shown_masks(S, g, &r, &bits) == -1 ||
	    mpc_select(S, &number, &(struct mpc_selection){ .count = 1, .terms = &term,
		.results = 1 }) == -1)
		goto out;
	for (mask = 0; mask < g->masks; mask++) {
		from = mpc_part(&number, mask * r.stride, g->groups);
		to = mpc_part(shown, mask * g->groups, g->groups);
		mpc_copy(&to, &from);
	}
	rc = 0;
out:
	mpc_bits_free(&bits);
	mpc_vector_free(&number);
	return (rc);
}

/* ---- figures ---- */

/* Row ${i} of a matrix with a number for each group. */
static struct mpc_vector
groups_row(const struct mpc_groups *g, const struct mpc_vector *x, size_t i)
{

	return (mpc_part(x, i * g->groups, g->groups));
}

/*
 * The sums of figure ${i} that its means are found of: words less their middle, below 2^MEAN_BITS
 * for each row.  Those of a variance are so already, but for their bits.
 */
static int
find_dividend(struct mpc *S, const struct mpc_groups *g, size_t i, struct mpc_vector *y,
    const struct mpc_vector *count)
{
	const struct mpc_figure *figure = &g->shape->figure[i];
	const struct mpc_vector sum = groups_row(g, &g->sums, first_sum(g->shape, i));
	struct centring c;

	mpc_copy(y, &sum);
	if (figure->kind == MPC_FIGURE_VARIANCE)
		return (mpc_shift(S, y, y, (int)(MEAN_BITS - mpc_figure_steps(g->shape->rows))));
	c = mean_centring(figure);
	mpc_add_scaled(y, count, -c.middle);
	return (mpc_shift(S, y, y, c.shift));
}

static bool
has_quotient(const struct mpc_figure *figure)
{

	return (figure->kind == MPC_FIGURE_MEAN || figure->kind == MPC_FIGURE_VARIANCE);
}

/* Quotients of all figures that have one, in one go: y[figure], where it is one of these. */
static int
find_quotients(struct mpc *S, const struct mpc_groups *g, struct mpc_vector *y)
{
	const size_t n = count_figures(g->shape, MPC_FIGURE_MEAN) +
	    count_figures(g->shape, MPC_FIGURE_VARIANCE);
	enum { SUMS, COUNTS, QUOTIENTS, WORDS };
	struct mpc_vector sum, count, from, to;
	struct room r;
	size_t i, k = 0;
	int rc = room_open(&r, S, n * g->groups, WORDS, 0);

	for (i = 0; i < g->shape->n_figures && rc == 0; i++) {
		if (!has_quotient(&g->shape->figure[i]))
			continue;
		from = groups_row(g, &g->count, g->shape->figure[i].mask);
		count = groups_row(g, &r.word[COUNTS], k);
		sum = groups_row(g, &r.word[SUMS], k++);
		mpc_copy(&count, &from);
		rc = find_dividend(S, g, i, &sum, &count);
	}
	if (rc == 0 && n > 0)
		rc = mpc_mean_present(S, &r.word[QUOTIENTS], &r.word[SUMS], &r.word[COUNTS]);
	for (i = k = 0; i < g->shape->n_figures && rc == 0; i++) {
		if (!has_quotient(&g->shape->figure[i]))
			continue;
		from = groups_row(g, &r.word[QUOTIENTS], k++);
		to = groups_row(g, y, i);
		mpc_copy(&to, &from);
	}
	room_close(&r);
	return (rc);
}

/* Of all variances: numbers and sums of the rows, of their words and of squares, and means. */
enum { V_COUNT, V_SUM, V_SQUARES, V_MEAN, V_INPUTS };

static void
gather_variances(const struct mpc_groups *g, struct mpc_vector in[V_INPUTS],
    const struct mpc_vector *quotients)
{
	struct mpc_vector from[V_INPUTS], to;
	size_t n = 0, i, at;
	int k;

	for (i = 0; i < g->shape->n_figures; i++) {
		if (g->shape->figure[i].kind != MPC_FIGURE_VARIANCE)
			continue;
		at = first_sum(g->shape, i);
		from[V_COUNT] = groups_row(g, &g->count, g->shape->figure[i].mask);
		from[V_SUM] = groups_row(g, &g->sums, at);
		from[V_SQUARES] = groups_row(g, &g->sums, at + 1);
		from[V_MEAN] = groups_row(g, quotients, i);
		for (k = 0; k < V_INPUTS; k++) {
			to = groups_row(g, &in[k], n);
			mpc_copy(&to, &from[k]);
		}
		n++;
	}
}

/* y = r^2 / n for |r| <= n: with as many bits as a quotient has room for, which are cut off. */
static int
divide_square(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *r,
    const struct mpc_vector *n, uint64_t rows)
{
	const struct bilinear times = bilinear_elements(y->n);
	const unsigned more = MEAN_BITS - word_bits(rows);
	struct room t;
	int rc = -1;

	if (room_open(&t, S, y->n, 2, 0) == 0 &&
	    mpc_product(S, &t.word[0], &times, r, r) == 0) {
		mpc_scale(&t.word[0], &t.word[0], (int64_t)1 << more);
		if (mpc_mean_present(S, &t.word[1], &t.word[0], n) == 0)
			rc = mpc_truncate(S, y, &t.word[1], more);
	}
	room_close(&t);
	return (rc);
}

/* y = n d^2 for d from -1 to 1 with ${more} fraction bits. */
static int
multiply_square(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *d,
    const struct mpc_vector *n, unsigned more)
{
	const struct bilinear times = bilinear_elements(y->n);
	struct room t;
	int rc = -1;

	if (room_open(&t, S, y->n, 2, 0) == 0 &&
	    mpc_product(S, &t.word[0], &times, d, d) == 0 &&
	    mpc_product(S, &t.word[1], &times, &t.word[0], n) == 0)
		rc = mpc_truncate(S, y, &t.word[1], 2 * more);
	room_close(&t);
	return (rc);
}

/*
 * y = s^2 / N, of N words u below 2^b with the sum s.  With a, the mean rounded to a whole number,
 * and r = s - a N, which are both exact, it is
 *
 *	a (s + r) + r^2 / N,
 *
 * below 2^60; and r^2 / N is N d^2, for d = mean - a, from -1 to 1, which is known with a few
 * fraction bits.  The quotient itself takes a division more, and is for sums of squares that are to
 * be subtracted from each other.
 */
static int
square_sums(struct mpc *S, const struct mpc_groups_shape *shape, struct mpc_vector *y,
    const struct mpc_vector in[V_INPUTS])
{
	enum { A, D, R, PRODUCT, DD, WORDS };
	const struct bilinear times = bilinear_elements(y->n);
	const unsigned more = MEAN_BITS - mpc_figure_steps(shape->rows);
	struct mpc_vector *t;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, WORDS, 0) == -1)
		goto out;
	t = r.word;
	mpc_add_public(&t[A], &in[V_MEAN], (int64_t)1 << (more - 1));
	if (mpc_truncate(S, &t[A], &t[A], more) == -1)
		goto out;
	mpc_copy(&t[D], &in[V_MEAN]);
	mpc_add_scaled(&t[D], &t[A], -((int64_t)1 << more));
	if (mpc_product(S, &t[PRODUCT], &times, &t[A], &in[V_COUNT]) == -1)
		goto out;
	mpc_subtract(&t[R], &in[V_SUM], &t[PRODUCT]);
	if ((shape->squares ? divide_square(S, &t[DD], &t[R], &in[V_COUNT], shape->rows) :
	    multiply_square(S, &t[DD], &t[D], &in[V_COUNT], more)) == -1)
		goto out;
	mpc_add(&t[R], &t[R], &in[V_SUM]);
	if (mpc_product(S, &t[PRODUCT], &times, &t[A], &t[R]) == -1)
		goto out;
	mpc_add(y, &t[PRODUCT], &t[DD]);
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

/* w = the sum of (u - mean)^2: that of squares, less what is due to the mean. */
static int
find_squares(struct mpc *S, const struct mpc_groups_shape *shape, struct mpc_vector *w,
    const struct mpc_vector in[V_INPUTS])
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, w->n, 1, 0) == 0 && square_sums(S, shape, &r.word[0], in) == 0) {
		mpc_subtract(w, &in[V_SQUARES], &r.word[0]);
		rc = 0;
	}
	room_close(&r);
	return (rc);
}

/*
 * The sums of a figure in steps, and what square_sums takes besides.  Sums are rounded once, and
 * the last one, that of all rows, is made of the others: it is off by what they are off by in all.
 */
static int
find_sums_in_steps(struct mpc *S, const struct mpc_groups *g, size_t i,
    struct mpc_vector in[V_INPUTS])
{
	const struct mpc_figure *figure = &g->shape->figure[i];
	const unsigned bits = mpc_figure_steps(g->shape->rows);
	const struct centring c = centring_of(figure, bits);
	const struct mpc_vector sum = groups_row(g, &g->sums, first_sum(g->shape, i)),
	    count = groups_row(g, &g->count, figure->mask),
	    each = mpc_part(&in[V_SUM], 0, g->groups - 1);
	struct mpc_vector all = mpc_part(&in[V_SUM], g->groups - 1, 1), scaled;
	int rc = -1;

	mpc_copy(&in[V_COUNT], &count);
	mpc_copy(&in[V_SUM], &sum);
	mpc_add_scaled(&in[V_SUM], &count, -c.middle);
	if (mpc_vector_new(S, &scaled, g->groups) == 0 &&
	    mpc_shift(S, &in[V_SUM], &in[V_SUM], c.shift) == 0) {
		mpc_rows_sum(&all, &each, 1, g->groups - 1);
		mpc_scale(&scaled, &in[V_SUM], (int64_t)1 << (MEAN_BITS - bits));
		rc = mpc_mean_present(S, &in[V_MEAN], &scaled, &count);
	}
	mpc_vector_free(&scaled);
	return (rc);
}

int
mpc_groups_between(struct mpc *S, struct mpc_vector *y, const struct mpc_groups *g, size_t i)
{
	struct mpc_vector each, all;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->groups, V_INPUTS + 1, 0) == 0 &&
	    find_sums_in_steps(S, g, i, r.word) == 0 &&
	    square_sums(S, g->shape, &r.word[V_INPUTS], r.word) == 0) {
		each = mpc_part(&r.word[V_INPUTS], 0, g->groups - 1);
		all = mpc_part(&r.word[V_INPUTS], g->groups - 1, 1);
		mpc_rows_sum(y, &each, 1, g->groups - 1);
		mpc_subtract(y, y, &all);
		rc = mpc_clip_near(S, y, 0, (int64_t)1 << SUM_BITS, 2 * (int64_t)g->groups);
	}
	room_close(&r);
	return (rc);
}

/* All variances, in place of the quotients in ${y}. */
static int
find_variances(struct mpc *S, const struct mpc_groups *g, struct mpc_vector *y)
{
	enum { SQUARES = V_INPUTS, VARIANCE, WORDS };
	const size_t n = count_figures(g->shape, MPC_FIGURE_VARIANCE);
	const unsigned bits = mpc_figure_steps(g->shape->rows), cut = variance_cut(g->shape->rows);
	struct mpc_vector from, to, *variance;
	struct room r;
	size_t k = 0, i;
	int rc = -1;

	if (n == 0)
		return (0);
	if (room_open(&r, S, n * g->groups, WORDS, 0) == -1)
		goto out;
	gather_variances(g, r.word, y);
	variance = &r.word[VARIANCE];
	if (find_squares(S, g->shape, &r.word[SQUARES], r.word) == -1)
		goto out;
	mpc_add_public(&r.word[V_COUNT], &r.word[V_COUNT], g->shape->population ? 0 : -1);
	mpc_copy(variance, &r.word[SQUARES]);
	if (!g->shape->squares && (mpc_mean_long(S, variance, &r.word[SQUARES], &r.word[V_COUNT],
	    2 * bits + 1 - MEAN_BITS) == -1 ||
	    (cut > 0 && mpc_truncate(S, variance, variance, cut) == -1)))
		goto out;
	if (mpc_clip_near(S, variance, 0, (int64_t)1 << SUM_BITS, ROUNDED_UNITS) == -1)
		goto out;
	for (i = 0; i < g->shape->n_figures; i++) {
		if (g->shape->figure[i].kind != MPC_FIGURE_VARIANCE)
			continue;
		from = groups_row(g, variance, k++);
		to = groups_row(g, y, i);
		mpc_copy(&to, &from);
	}
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

/* A figure that is no variance, from what has been gathered, or from a quotient. */
static void
finish_figure(const struct mpc_groups *g, size_t i, struct mpc_vector *y, size_t *extreme)
{
	const struct mpc_figure *figure = &g->shape->figure[i];
	struct mpc_vector from;
	struct centring c;

	switch (figure->kind) {
	case MPC_FIGURE_COUNT:
		from = groups_row(g, &g->count, figure->mask);
		mpc_copy(y, &from);
		break;
	case MPC_FIGURE_SUM:
		from = groups_row(g, &g->sums, first_sum(g->shape, i));
		mpc_copy(y, &from);
		break;
	case MPC_FIGURE_MEAN:
		c = mean_centring(figure);
		mpc_add_public(y, y, shift_word(c.middle, c.shift));
		break;
	case MPC_FIGURE_MIN:
	case MPC_FIGURE_MAX:
		from = groups_row(g, &g->extremes.value, (*extreme)++);
		mpc_scale(y, &from, (figure->kind == MPC_FIGURE_MIN) ? -1 : 1);
		mpc_add_public(y, y, (figure->kind == MPC_FIGURE_MIN) ? figure->high :
		    figure->low);
		break;
	case MPC_FIGURE_VARIANCE:
	default:
		break;
	}
}

int
mpc_groups_figures(struct mpc *S, struct mpc_vector *y, const struct mpc_groups *g)
{
	struct mpc_vector one;
	size_t extreme = 0, i;

	if (find_quotients(S, g, y) == -1 || find_variances(S, g, y) == -1)
		return (-1);
	for (i = 0; i < g->shape->n_figures; i++) {
		one = groups_row(g, y, i);
		finish_figure(g, i, &one, &extreme);
	}
	return (0);
}
