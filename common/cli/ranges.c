#include "cli/ranges.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "data/bounds.h"
#include "func/beyond.h"

#define COLUMN_TEXT 200 /* of a message: a column's name, or its number */

/* Squares, without their last bits, add up to less than this. */
#define SQUARES_MOST ((uint64_t)1 << (2 * RANGES_ROOT_BITS - BEYOND_SQUARE_CUT))

/* What a message and an option call a column. */
static void
name_ranged(const struct part *p, size_t j, char text[static COLUMN_TEXT])
{

	if (p->columns != NULL)
		snprintf(text, COLUMN_TEXT, "%.160s", p->columns[j]);
	else
		snprintf(text, COLUMN_TEXT, "%zu", j + 1);
}

/* Bits by which a header may say less than a test would, as it does of differences of dates. */
#define LOOSE_BITS 3

/*
 * Whether a test is due though there are bounds: they are those of computed numbers in the
 * fraction bits' own unit, and far wider than what a test would make sure of.
 */
static bool
is_loose(const struct part *p, size_t at, unsigned bits)
{
	const struct column *c = part_about(p, at);

	return (part_intact(p) == PART_CHANGED && c->exponent == 0 &&
	    bounds_bits(bounds_of(c)) > bits + LOOSE_BITS);
}

/* What is known of column ${j} of those that were chosen. */
static int
note_column(struct ranges *r, size_t j, bool takes_any)
{
	size_t at = r->positions[j];
	struct bounds b = bounds_of(part_about(r->part, at));
	unsigned bits = r->part->fraction_bits + RANGES_NUMBER_BITS;

	r->is_tested[j] = (!bounds_known(b) || (!takes_any && is_loose(r->part, at, bits)));
	if (r->is_tested[j]) {
		r->tested[r->n++] = j;
		bits += r->more;
	} else if (bounds_scale(&b, 1, r->more) == -1) {
		return (bounds_refuse(r->part, at, "a number of it"));
	} else if ((bits = bounds_bits(b)) > MPC_NUMBER_RANGE) {
		return (ranges_refuse(r, j, "its words may have 63 bits, and those of what is "
		    "multiplied have 62 at most: owners declare ranges that are nearer to each "
		    "other in size (smpc-share --range)"));
	}
	r->column_bits[j] = bits;
	r->bits = (bits > r->bits) ? bits : r->bits;
	return (0);
}

int
ranges_begin(struct stage *stage, struct ranges *r, const struct ranges_of *of)
{
	const unsigned f = of->part->fraction_bits;
	size_t j;

	memset(r, 0, sizeof(*r));
	r->where = of->where;
	r->more = (of->f > f) ? of->f - f : 0;
	r->cols = of->cols;
	r->part = part_copy(of->part);
	r->positions = mem_array(r->cols, sizeof(*r->positions));
	r->tested = mem_array(r->cols, sizeof(*r->tested));
	r->is_tested = mem_array(r->cols, sizeof(*r->is_tested));
	r->column_bits = mem_array(r->cols, sizeof(*r->column_bits));
	if (r->part == NULL || r->positions == NULL || r->tested == NULL || r->is_tested == NULL ||
	    r->column_bits == NULL)
		return (-1);
	for (j = 0; j < r->cols; j++) {
		r->positions[j] = (of->positions != NULL) ? of->positions[j] : j;
		if (part_check_number(r->part, r->positions[j]) == -1 ||
		    note_column(r, j, of->takes_any) == -1)
			return (-1);
	}
	return (mpc_vector_new(stage->S, &r->beyond, r->n));
}

bool
ranges_limit(struct ranges *r, size_t j, unsigned bits)
{

	if (r->column_bits[j] > bits && r->is_tested[j])
		r->column_bits[j] = bits;
	return (r->column_bits[j] <= bits);
}

int
ranges_measure(struct stage *stage, struct ranges *r, enum ranges_measure measure)
{
	size_t i;

	r->measure = measure;
	for (i = 0; measure == RANGES_SQUARES && i < r->n; i++)
		r->column_bits[r->tested[i]] = RANGES_ROOT_BITS;
	return ((measure == RANGES_WORDS) ? 0 : mpc_vector_new(stage->S, &r->sums, r->n));
}

/* Columns ${from} to ${to} - 1 of those that are tested have the same limit: return ${to}. */
static size_t
same_limit(const struct ranges *r, size_t from)
{
	size_t to = from + 1;

	while (to < r->n && r->column_bits[r->tested[to]] == r->column_bits[r->tested[from]])
		to++;
	return (to);
}

/* Test words of ${n} columns of the same limit, from ${from} of those that are tested on. */
static int
test_words(struct stage *stage, struct ranges *r, const struct mpc_vector *x, size_t rows,
    size_t from, size_t n)
{
	struct mpc_vector beyond = mpc_part(&r->beyond, from, n), sums = { .n = 0 };
	unsigned bits = r->column_bits[r->tested[from]] - r->more;

	if (r->measure != RANGES_WORDS)
		sums = mpc_part(&r->sums, from, n);
	if (mpc_count_beyond_sums(stage->S, &beyond, (r->measure == RANGES_SUMS) ? &sums : NULL, x,
	    rows, n, bits) == -1)
		return (-1);
	return ((r->measure == RANGES_SQUARES) ? mpc_add_squares(stage->S, &sums, x, rows, n) : 0);
}

static int
test_columns(struct stage *stage, struct ranges *r, const struct mpc_vector *x, size_t rows,
    size_t from, size_t to)
{
	size_t n = to - from, *index = NULL, i;
	struct mpc_vector columns = { .n = 0 };
	int rc = -1;

	if (n == r->cols)
		return (test_words(stage, r, x, rows, from, n));
	if ((index = mem_array(rows * n, sizeof(*index))) != NULL &&
	    mpc_vector_new(stage->S, &columns, rows * n) == 0) {
		for (i = 0; i < rows * n; i++)
			index[i] = i / n * r->cols + r->tested[from + i % n];
		mpc_gather(&columns, x, index, rows * n);
		rc = test_words(stage, r, &columns, rows, from, n);
	}
	mpc_vector_free(&columns);
	free(index);
	return (rc);
}

int
ranges_rows(struct stage *stage, struct ranges *r, const struct mpc_vector *x, size_t rows)
{
	size_t from, to;

	r->rows += rows;
	for (from = 0; from < r->n && rows > 0; from = to) {
		to = same_limit(r, from);
		if (test_columns(stage, r, x, rows, from, to) == -1)
			return (-1);
	}
	return (0);
}

/* ---- refusing ---- */

int
ranges_refuse(const struct ranges *r, size_t j, const char *why)
{
	char text[COLUMN_TEXT];

	name_ranged(r->part, r->positions[j], text);
	return (fail(ST_RANGE, "%s: tensor '%s', column %s: %s", r->where, r->part->name, text,
	    why));
}

/* A column that may not be tested, as it has few rows, or was computed. */
static int
refuse_few(const struct ranges *r)
{
	char text[COLUMN_TEXT];

	name_ranged(r->part, r->positions[r->tested[0]], text);
	return (fail(ST_RANGE, "%s: tensor '%s', column %s: how large its numbers are is not "
	    "known, and nobody may look at so few rows: its owner shares it with smpc-share "
	    "--range '%s=LOW..HIGH', or smpc-map clip gives it bounds", r->where, r->part->name,
	    text, text));
}

static int
refuse_computed(const struct ranges *r)
{

	return (ranges_refuse(r, r->tested[0], "how large its numbers are is not known, and "
	    "nobody may look, as these are no longer the numbers that an owner shared: smpc-map "
	    "clip --low LOW --high HIGH gives it bounds, or owners share what it is made of with "
	    "smpc-share --range"));
}

/* What is wrong with a column, and how large its numbers may be. */
static const char *
complaint(const struct ranges *r)
{

	switch (r->measure) {
	case RANGES_SUMS:
		return ("the magnitudes of its numbers add up to more than ");
	case RANGES_SQUARES:
		return ("the squares of its numbers add up to more than the square of ");
	case RANGES_WORDS:
	default:
		return ("numbers are beyond +-");
	}
}

/* Name the first column that is out of range, and say how many are; ${in} has a 1 for others. */
static int
refuse_columns(const struct ranges *r, const word *in)
{
	char text[COLUMN_TEXT], others[40] = "";
	size_t first, count = 0, i;

	for (first = 0; first < r->n && in[first] == 1; first++)
		continue;
	if (first == r->n)
		return (0);
	for (i = first + 1; i < r->n; i++)
		count += (in[i] != 1);
	if (count > 0)
		snprintf(others, sizeof(others), " and %zu more", count);
	name_ranged(r->part, r->positions[r->tested[first]], text);
	return (fail(ST_RANGE, "%s: tensor '%s', column %s%s: %s%g, and what "
	    "is multiplied would not fit 64 bits: their owner shares them with smpc-share --range "
	    "'%s=LOW..HIGH'", r->where, r->part->name, text, others, complaint(r),
	    ldexp(1, (int)(r->column_bits[r->tested[first]] - r->more) -
	    (int)r->part->fraction_bits), text));
}

/* ---- the end ---- */

/* Sums of words that are in range do not wrap. */
static int
check_rows(const struct ranges *r)
{
	uint64_t most = SQUARES_MOST / 2;
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (r->measure == RANGES_SUMS)
			most = (uint64_t)INT64_MAX >> r->column_bits[r->tested[i]];
		if (r->rows >= most)
			return (ranges_refuse(r, r->tested[i], "so many numbers are not added up: "
			    "its owner shares it with smpc-share --range"));
	}
	return (0);
}

/*
 * Count the columns whose sums are too large.  Each square was off by less than 1, so that a sum
 * below SQUARES_MOST - rows is one of squares below SQUARES_MOST.
 */
static int
settle_sums(struct stage *stage, struct ranges *r)
{
	struct mpc_vector beyond, sums;
	size_t from, to;

	if (r->measure == RANGES_WORDS)
		return (0);
	if (check_rows(r) == -1)
		return (-1);
	for (from = 0; from < r->n; from = to) {
		to = same_limit(r, from);
		beyond = mpc_part(&r->beyond, from, to - from);
		sums = mpc_part(&r->sums, from, to - from);
		if (mpc_count_above(stage->S, &beyond, &sums, (r->measure == RANGES_SQUARES) ?
		    (int64_t)(SQUARES_MOST - r->rows) :
		    (int64_t)1 << r->column_bits[r->tested[from]]) == -1)
			return (-1);
	}
	return (0);
}

/* Whether words of a tensor have been tested, and whether anybody may look at what came out. */
static bool
was_tested(const struct ranges *r)
{

	return (r->n > 0 && r->rows > 0);
}

static int
check_intact(const struct ranges *r, struct ranges_rows_of of)
{

	if (r->part->scheme == SCHEME_PUBLIC)
		return (0);
	if (of.intact == PART_CHANGED)
		return (refuse_computed(r));
	return ((of.intact != PART_WHOLE && of.alone < PART_LEAST_ROWS) ? refuse_few(r) : 0);
}

/* Put what was counted one behind the other. */
static void
join_counts(struct mpc_vector *beyond, struct ranges *const *all, size_t count)
{
	struct mpc_vector part;
	size_t at = 0, i;

	for (i = 0; i < count; i++) {
		if (!was_tested(all[i]))
			continue;
		part = mpc_part(beyond, at, all[i]->n);
		mpc_copy(&part, &all[i]->beyond);
		at += all[i]->n;
	}
}

/*
 * All columns' bits at once: where all are in range they say no more than one bit does; and the
 * dealer, who learns none, cannot take part in a second opening that depends on the first.
 */
static int
open_columns(struct stage *stage, struct ranges *const *all, size_t count, size_t n)
{
	struct mpc_vector beyond = { .n = 0 };
	size_t at = 0, i;
	word *in;
	int rc = -1;

	if ((in = mem_array(n, sizeof(*in))) != NULL &&
	    mpc_vector_new(stage->S, &beyond, n) == 0) {
		join_counts(&beyond, all, count);
		rc = mpc_open_none(stage->S, in, &beyond);
	}
	for (i = 0; i < count && rc == 0; i++) {
		if (!was_tested(all[i]))
			continue;
		rc = refuse_columns(all[i], in + at);
		at += all[i]->n;
	}
	mpc_vector_free(&beyond);
	free(in);
	return (rc);
}

int
ranges_end_all(struct stage *stage, struct ranges *const *all,
    const struct ranges_rows_of *of, size_t count)
{
	size_t n = 0, i;

	for (i = 0; i < count; i++) {
		if (!was_tested(all[i]))
			continue;
		if (check_intact(all[i], of[i]) == -1 ||
		    settle_sums(stage, all[i]) == -1)
			return (-1);
		n += all[i]->n;
	}
	return ((n == 0) ? 0 : open_columns(stage, all, count, n));
}

int
ranges_end(struct stage *stage, struct ranges *r, struct ranges_rows_of of)
{

	return (ranges_end_all(stage, &r, &of, 1));
}

struct ranges_rows_of
ranges_rows_of(const struct blocks *b, size_t i)
{

	return ((struct ranges_rows_of){ blocks_intact(b, i), blocks_alone(b, i) });
}

/* ---- operands of a map ---- */

int
ranges_operand(struct stage *stage, struct ranges *r, const struct stage_tensor *t, size_t i,
    const struct mpc_vector *x, size_t rows)
{
	bool repeats = blocks_repeats(t->blocks, i);
	size_t n = repeats ? 1 : rows;
	struct mpc_vector column = { .n = 0 }, words = mpc_part(x, 0, n * t->cols);
	int rc = 0;

	if (r->n == 0 || (repeats && r->rows > 0))
		return (0);
	if (r->cols < t->cols) {
		if ((rc = mpc_vector_new(stage->S, &column, n)) == 0)
			mpc_columns_get(&column, &words, n, t->cols, 0);
	}
	if (rc == 0)
		rc = ranges_rows(stage, r, (column.n > 0) ? &column : &words, n);
	mpc_vector_free(&column);
	return (rc);
}

int
ranges_end_operands(struct stage *stage, struct ranges *r, const struct stage_tensor *t)
{
	struct ranges **all = mem_array(t->count, sizeof(struct ranges *));
	struct ranges_rows_of *of = mem_array(t->count, sizeof(*of));
	size_t i;
	int rc = -1;

	if (all != NULL && of != NULL) {
		for (i = 0; i < t->count; i++) {
			all[i] = &r[i];
			of[i] = ranges_rows_of(t->blocks, i);
		}
		rc = ranges_end_all(stage, all, of, t->count);
	}
	free(all);
	free(of);
	return (rc);
}

void
ranges_free(struct ranges *r)
{

	part_free(r->part);
	free(r->positions);
	free(r->column_bits);
	free(r->tested);
	free(r->is_tested);
	mpc_vector_free(&r->beyond);
	mpc_vector_free(&r->sums);
	memset(r, 0, sizeof(*r));
}
