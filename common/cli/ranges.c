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

/* What a message and an option call a column. */
static void
name_ranged(const struct part *p, size_t j, char text[static COLUMN_TEXT])
{

	if (p->columns != NULL)
		snprintf(text, COLUMN_TEXT, "%.160s", p->columns[j]);
	else
		snprintf(text, COLUMN_TEXT, "%zu", j + 1);
}

/* What is known of column ${j} of those that were chosen. */
static int
note_column(struct ranges *r, size_t j, unsigned more)
{
	size_t at = r->positions[j];
	struct bounds b = bounds_of(part_about(r->part, at));
	unsigned bits = r->part->fraction_bits + more + RANGES_NUMBER_BITS;

	if (!bounds_known(b))
		r->tested[r->n++] = j;
	else if (bounds_scale(&b, 1, more) == -1)
		return (bounds_refuse(r->part, at, "a number of it"));
	else
		bits = bounds_bits(b);
	r->column_bits[j] = bits;
	r->bits = (bits > r->bits) ? bits : r->bits;
	return (0);
}

int
ranges_begin(struct stage *stage, struct ranges *r, const struct ranges_of *of)
{
	const unsigned f = of->part->fraction_bits, more = (of->f > f) ? of->f - f : 0;
	size_t j;

	memset(r, 0, sizeof(*r));
	r->where = of->where;
	r->cols = of->cols;
	r->part = part_copy(of->part);
	r->positions = mem_array(r->cols, sizeof(*r->positions));
	r->tested = mem_array(r->cols, sizeof(*r->tested));
	r->column_bits = mem_array(r->cols, sizeof(*r->column_bits));
	if (r->part == NULL || r->positions == NULL || r->tested == NULL || r->column_bits == NULL)
		return (-1);
	for (j = 0; j < r->cols; j++) {
		r->positions[j] = (of->positions != NULL) ? of->positions[j] : j;
		if (note_column(r, j, more) == -1)
			return (-1);
	}
	return (mpc_vector_new(stage->S, &r->beyond, r->n));
}

bool
ranges_limit(struct ranges *r, size_t j, unsigned bits)
{
	bool tested = !bounds_known(bounds_of(part_about(r->part, r->positions[j])));

	if (r->column_bits[j] > bits && tested)
		r->column_bits[j] = bits;
	return (r->column_bits[j] <= bits);
}

/* Test columns ${from} to ${to} - 1 of those that are tested, which have the same limit. */
static int
test_columns(struct stage *stage, struct ranges *r, const struct mpc_vector *x, size_t rows,
    size_t from, size_t to)
{
	size_t n = to - from, *index = NULL, i;
	struct mpc_vector columns = { .n = 0 }, beyond = mpc_part(&r->beyond, from, n);
	unsigned bits = r->column_bits[r->tested[from]];
	int rc = -1;

	if (n == r->cols)
		return (mpc_count_beyond(stage->S, &beyond, x, rows, n, bits));
	if ((index = mem_array(rows * n, sizeof(*index))) != NULL &&
	    mpc_vector_new(stage->S, &columns, rows * n) == 0) {
		for (i = 0; i < rows * n; i++)
			index[i] = i / n * r->cols + r->tested[from + i % n];
		mpc_gather(&columns, x, index, rows * n);
		rc = mpc_count_beyond(stage->S, &beyond, &columns, rows, n, bits);
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
		for (to = from + 1; to < r->n && r->column_bits[r->tested[to]] ==
		    r->column_bits[r->tested[from]]; to++)
			continue;
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

/* A column that may not be tested. */
static int
refuse_untested(const struct ranges *r, const char *why)
{
	char text[COLUMN_TEXT];

	name_ranged(r->part, r->positions[r->tested[0]], text);
	return (fail(ST_RANGE, "%s: tensor '%s', column %s: how large its numbers are is not "
	    "known, and %s: its owner shares it with smpc-share --range '%s=LOW..HIGH', or "
	    "smpc-map clip gives it bounds", r->where, r->part->name, text, why, text));
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
	return (fail(ST_RANGE, "%s: tensor '%s', column %s%s: numbers are beyond +-%g, and what "
	    "is multiplied would not fit 64 bits: their owner shares them with smpc-share --range "
	    "'%s=LOW..HIGH'", r->where, r->part->name, text, others,
	    ldexp(1, (int)r->column_bits[r->tested[first]] - (int)r->part->fraction_bits), text));
}

/*
 * All columns' bits at once: where all are in range they say no more than one bit does; and the
 * dealer, who learns none, cannot take part in a second opening that depends on the first.
 */
static int
open_columns(struct stage *stage, const struct ranges *r)
{
	word *in;
	int rc = -1;

	if ((in = mem_array(r->n, sizeof(*in))) != NULL &&
	    mpc_open_none(stage->S, in, &r->beyond) == 0)
		rc = refuse_columns(r, in);
	free(in);
	return (rc);
}

int
ranges_end(struct stage *stage, const struct ranges *r, enum part_intact intact, uint64_t least)
{

	if (r->n == 0 || r->rows == 0)
		return (0);
	if (r->part->scheme == SCHEME_PUBLIC)
		intact = PART_WHOLE;
	else if (intact != PART_WHOLE && r->rows < least)
		return (refuse_untested(r, "nobody may look at so few rows"));
	if (intact == PART_CHANGED)
		return (refuse_untested(r, "nobody may look, as these are no longer the numbers "
		    "that an owner shared"));
	return (open_columns(stage, r));
}

void
ranges_free(struct ranges *r)
{

	part_free(r->part);
	free(r->positions);
	free(r->column_bits);
	free(r->tested);
	mpc_vector_free(&r->beyond);
	memset(r, 0, sizeof(*r));
}
