/*
 * Operations that need all rows of a tensor before they have a result: sums down, left products,
 * transpose, shuffle.
 */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "data/bounds.h"
#include "data/derive.h"
#include "data/exposure.h"
#include "data/scale.h"
#include "local/local.h"
#include "local/local_internal.h"
#include "local/permute.h"

/* The parts that an operation on a whole tensor has met, as inputs of its result. */
struct met_parts {
	uint8_t (*ids)[ID_BYTES];
	size_t count;
	size_t size;
	enum part_intact intact; /* what can be said of the words of all */
	uint64_t rows, alone;    /* of the last one; and of that which has most */
	struct ids origins;      /* of all */
	struct exposure exposure;
};

static int
met_add(struct met_parts *o, const struct part *p)
{
	uint8_t (*ids)[ID_BYTES];
	size_t size;

	o->intact = (o->count == 0) ? part_intact(p) : intact_weaker(o->intact, part_intact(p));
	if (o->count == o->size) {
		size = (o->size == 0) ? 16 : 2 * o->size;
		if ((ids = realloc(o->ids, size * sizeof(*ids))) == NULL)
			return (fail(ST_FAILED, "out of memory"));
		o->ids = ids;
		o->size = size;
	}
	memcpy(o->ids[o->count++], p->id, ID_BYTES);
	o->rows = 0;
	return ((part_origins(p, &o->origins) == -1) ? -1 : exposure_add(&o->exposure, p));
}

static void
met_free(struct met_parts *o)
{

	free(o->ids);
	ids_free(&o->origins);
	exposure_free(&o->exposure);
	memset(o, 0, sizeof(*o));
}

/*
 * Derive a part from all of them, each from its row 0, and the public operand of digest ${extra}
 * unless NULL.
 */
static struct part *
met_derive(const struct met_parts *o, const struct part *p, const char *op, const char *params,
    const uint8_t *extra)
{
	struct input *inputs;
	struct part *q;
	size_t i;

	if ((inputs = mem_array(o->count + 1, sizeof(*inputs))) == NULL)
		return (NULL);
	for (i = 0; i < o->count; i++)
		inputs[i].id = o->ids[i];
	inputs[o->count].id = extra;
	q = part_derive(p, op, params, inputs, o->count + (extra != NULL));
	free(inputs);
	return (q);
}

/*
 * Hand all rows of the next tensor to each(state, rows, row in the tensor); keep its first part as
 * *${part} (the caller's to free) and its parts' ids.  Return 1; 0 at the end of the stream; -1
 * (reported).
 */
static int
tensor_each(struct reader *r, int (*each)(void *state, const struct rows *rows, uint64_t row),
    void *state, struct part **part, struct met_parts *met)
{
	struct part *p;
	struct rows rows;
	uint64_t row = 0;

	*part = NULL;
	if (reader_part(r, &p) == -1)
		return (-1);
	if (p == NULL)
		return (0);
	*part = part_ref(p);
	do {
		if (reader_row(r) == 0 && met_add(met, p) == -1)
			return (-1);
		if (reader_rows(r, SIZE_MAX, &rows) == -1 || each(state, &rows, row) == -1)
			return (-1);
		row += rows.rows;
		met->rows += rows.rows;
		met->alone = (met->rows > met->alone) ? met->rows : met->alone;
		if (reader_part(r, &p) == -1)
			return (-1);
	} while (p != NULL && !reader_starts_tensor(r));
	return (1);
}

/* Write a part that is held in memory: ${rows} rows of all planes. */
static int
write_part(struct writer *w, struct part *p, uint64_t *const planes[PART_MAX_PLANES], size_t rows)
{
	const uint64_t *from[PART_MAX_PLANES];
	size_t i;

	for (i = 0; i < PART_MAX_PLANES; i++)
		from[i] = planes[i];
	if (writer_begin(w, p) == -1 || writer_rows(w, rows, from) == -1)
		return (-1);
	return (writer_end(w));
}

/* ---- sums and left products: rows are folded into an accumulator of one plane per plane ---- */

struct fold {
	const struct operand *left; /* NULL: a sum */
	bool all, mean;             /* of a sum: over columns, too; divided by its count */
	struct ring R;
	uint64_t *planes[PART_MAX_PLANES];
	uint64_t *slice; /* the columns of the left matrix that meet the rows at hand */
	size_t slice_words;
	size_t words; /* of each plane */
	size_t cols;
	uint64_t rows;
};

static int
fold_start(struct fold *f, const struct rows *rows)
{
	size_t i;

	if (part_check_numbers(rows->part) == -1)
		return (-1);
	ring_init(&f->R, rows->part->modulus);
	f->cols = rows->part->cols;
	f->words = ((f->left != NULL) ? f->left->rows : 1) * f->cols;
	if (f->left != NULL && rows->part->modulus != f->left->modulus)
		return (fail(ST_REFUSED, "tensor '%s' has another modulus than the first; multiply "
		    "them one at a time", rows->part->name));
	for (i = 0; i < rows->n_planes; i++) {
		if ((f->planes[i] = mem_array(f->words, sizeof(uint64_t))) == NULL)
			return (-1);
	}
	return (0);
}

/* acc = acc + C[:, row .. row + n - 1] x */
static int
fold_left(struct fold *f, const struct rows *rows, uint64_t row)
{
	const struct operand *o = f->left;
	size_t n = rows->rows, i;

	if (row + n > o->cols)
		return (fail(ST_FAILED, "shapes disagree: the public matrix has %zu columns, the "
		    "stream more rows", o->cols));
	if (o->rows * n > f->slice_words) {
		free(f->slice);
		f->slice_words = 0;
		if ((f->slice = mem_array(o->rows * n, sizeof(uint64_t))) == NULL)
			return (-1);
		f->slice_words = o->rows * n;
	}
	for (i = 0; i < o->rows; i++)
		memcpy(f->slice + i * n, o->words + i * o->cols + row, n * sizeof(uint64_t));
	for (i = 0; i < rows->n_planes; i++)
		ring_matmul_add(&f->R, f->planes[i], f->slice, rows->plane[i], o->rows, n, f->cols);
	return (0);
}

static int
fold_rows(void *state, const struct rows *rows, uint64_t row)
{
	struct fold *f = state;
	size_t i, j;

	if (f->planes[0] == NULL && fold_start(f, rows) == -1)
		return (-1);
	f->rows += rows->rows;
	if (rows->rows == 0)
		return (0);
	if (f->left != NULL)
		return (fold_left(f, rows, row));
	for (i = 0; i < rows->n_planes; i++) {
		for (j = 0; j < rows->rows; j++)
			ring_add(&f->R, f->planes[i], f->planes[i], rows->plane[i] + j * f->cols,
			    f->cols);
	}
	return (0);
}

static void
fold_free(struct fold *f)
{
	size_t i;

	for (i = 0; i < PART_MAX_PLANES; i++)
		mem_wipe_free(f->planes[i], f->words * sizeof(uint64_t));
	free(f->slice);
}

/* ---- what is known of the columns of a sum or left product ---- */

/* Make ${b} the bounds of ${count} of such words added up. */
static int
bounds_of_sum(struct bounds *b, uint64_t count)
{
	struct bounds n = { (int64_t)count, (int64_t)count };

	return (bounds_multiply(b, n));
}

/*
 * Say that the words of ${out}, which has the columns of ${p}, are within these bounds, or that
 * they are supposed to be ${times} as large as those.
 */
static int
set_bounds(const struct part *p, const struct bounds *b, double times, const char *what,
    struct part *out)
{
	struct column *about;
	size_t j;
	int rc = 0;

	if ((about = mem_array(p->cols, sizeof(*about))) == NULL)
		return (-1);
	for (j = 0; j < p->cols && rc == 0; j++) {
		column_result(&about[j], b[j], part_about(p, j)->exponent);
		rc = supposed_result(&about[j], p, j, supposed_words(p, j) * times, what);
	}
	if (rc == 0)
		rc = part_set_about(out, about);
	free(about);
	return (rc);
}

/* Of each column by itself, ${rows} numbers were added up. */
static int
down_about(const struct part *p, uint64_t rows, struct part *out)
{
	struct bounds *b;
	size_t j;
	int rc = 0;

	if (p->modulus != 0)
		return (0);
	if ((b = mem_array(p->cols, sizeof(*b))) == NULL)
		return (-1);
	for (j = 0; j < p->cols && rc == 0; j++) {
		b[j] = bounds_of(part_about(p, j));
		if (bounds_of_sum(&b[j], rows) == -1)
			rc = bounds_refuse(p, j, "the sum");
	}
	if (rc == 0)
		rc = set_bounds(p, b, (double)rows, "the sum", out);
	free(b);
	return (rc);
}

/* Add up the sums of all columns, of ${rows} numbers each, in units of the finest one. */
static int
add_all_columns(struct fold *f, const struct part *p, struct part *out)
{
	struct column column;
	struct bounds sum = { 0, 0 }, b;
	double supposed = 0;
	unsigned *shifts;
	size_t i, j;
	int exponent, rc = -1;

	if ((shifts = mem_array(p->cols, sizeof(*shifts))) == NULL ||
	    columns_align(p, shifts, &exponent) == -1)
		goto out;
	for (j = 0; j < p->cols; j++) {
		b = bounds_of(part_about(p, j));
		if (part_check_alike(p, j) == -1)
			goto out;
		if (bounds_of_sum(&b, f->rows) == -1 || bounds_scale(&b, 1, shifts[j]) == -1 ||
		    bounds_add(&sum, b) == -1) {
			(void)bounds_refuse(p, j, "the sum of this column and those before");
			goto out;
		}
		supposed += ldexp(supposed_words(p, j) * (double)f->rows, (int)shifts[j]);
	}
	for (i = 0; i < part_planes(p); i++) {
		for (j = 0; p->about != NULL && j < p->cols; j++)
			f->planes[i][j] = word_shifted(f->planes[i][j], shifts[j]);
		f->planes[i][0] = ring_sum(&f->R, f->planes[i], f->cols);
	}
	column_result(&column, sum, exponent);
	if (supposed_result(&column, p, 0, supposed, "the sum of all columns") == 0 &&
	    part_set_columns(out, NULL, 1) == 0)
		rc = part_set_about(out, &column);
out:
	free(shifts);
	return (rc);
}

/* The sums of the positive and of the negative elements of a row of a matrix. */
static int
sum_signs(const uint64_t *words, size_t n, struct bounds *plus, struct bounds *minus)
{
	int64_t x;
	size_t i;

	*plus = *minus = (struct bounds){ 0, 0 };
	for (i = 0; i < n; i++) {
		x = (int64_t)words[i];
		if (bounds_add((x < 0) ? minus : plus, (struct bounds){ x, x }) == -1)
			return (-1);
	}
	return (0);
}

/*
 * Widen ${b} to what a row of the left matrix, with these sums of its positive and negative
 * elements, makes of numbers within ${column}.
 */
static int
widen_by_row(struct bounds *b, struct bounds plus, struct bounds minus, struct bounds column)
{

	if (!bounds_known(column)) {
		*b = bounds_any();
		return (0);
	}
	if (bounds_multiply(&plus, column) == -1 || bounds_multiply(&minus, column) == -1 ||
	    bounds_add(&plus, minus) == -1)
		return (-1);
	bounds_unite(b, plus);
	return (0);
}

/* Widen the bounds of all columns by row ${i} of the left matrix. */
static int
widen_columns(struct bounds *b, const struct operand *o, size_t i, const struct part *p)
{
	struct bounds plus, minus;
	int rc = sum_signs(o->words + i * o->cols, o->cols, &plus, &minus);
	size_t j;

	for (j = 0; j < p->cols; j++) {
		if ((rc == -1 && bounds_known(bounds_of(part_about(p, j)))) ||
		    widen_by_row(&b[j], plus, minus, bounds_of(part_about(p, j))) == -1)
			return (bounds_refuse(p, j, "its product with the matrix"));
	}
	return (0);
}

static double
sum_of_magnitudes(const struct operand *o, size_t i)
{
	double sum = 0;
	size_t k;

	for (k = 0; k < o->cols; k++)
		sum += fabs((double)(int64_t)o->words[i * o->cols + k]);
	return (sum);
}

static int
left_about(const struct operand *o, const struct part *p, struct part *out)
{
	struct bounds *b;
	double most = 0;
	size_t i;
	int rc = 0;

	if (p->modulus != 0)
		return (0);
	if ((b = mem_array(p->cols, sizeof(*b))) == NULL)
		return (-1);
	for (i = 0; i < o->rows && rc == 0; i++) {
		rc = widen_columns(b, o, i, p);
		most = fmax(most, sum_of_magnitudes(o, i));
	}
	if (rc == 0)
		rc = set_bounds(p, b, most, "its product with the matrix", out);
	free(b);
	return (rc);
}

/* By how much a row of an owner changes a sum over rows. */
static int
down_change(const struct part *p, const struct met_parts *met, struct part *out)
{
	uint64_t *change;
	int rc;

	if (p->modulus != 0 || out->budgets.count == 0)
		return (0);
	if ((change = mem_array(p->cols, sizeof(*change))) == NULL)
		return (-1);
	exposure_sum_change(&met->exposure, p, change);
	rc = part_set_change(out, change);
	free(change);
	return (rc);
}

/* The part and the words of a sum over rows, or over everything. */
static int
write_folded_sum(struct fold *f, const struct part *p, const struct met_parts *met,
    struct writer *w)
{
	const bool all = f->all, mean = f->mean;
	const char *params = all ? (mean ? "all mean" : "all") : (mean ? "columns mean" :
	    "columns");
	struct scale s = scale_of(p);
	struct part *out;
	int rc = -1;

	if (mean && f->rows == 0)
		return (fail(ST_FAILED, "the mean of no rows does not exist"));
	if ((out = met_derive(met, p, "sum", params, NULL)) == NULL)
		return (-1);
	if (mean && scale_multiply(&s,
	    (struct scale){ .divisor = f->rows * (all ? f->cols : 1) }, SCALE_CUT_SHARES) == -1)
		goto out;
	scale_set(out, s);
	if (all ? add_all_columns(f, p, out) == -1 : (down_about(p, f->rows, out) == -1 ||
	    down_change(p, met, out) == -1))
		goto out;
	rc = write_part(w, out, f->planes, 1);
out:
	part_free(out);
	return (rc);
}

static int
write_folded_product(struct fold *f, const struct part *p, const struct met_parts *met,
    struct writer *w)
{
	const struct operand *o = f->left;
	struct scale s = scale_of(p);
	struct part *out;
	int rc = -1;

	if (f->rows != o->cols)
		return (fail(ST_FAILED, "shapes disagree: the public matrix has %zu columns, the "
		    "stream %" PRIu64 " rows", o->cols, f->rows));
	if ((out = met_derive(met, p, "matmul", "left", o->digest)) == NULL)
		return (-1);
	out->mixed = true;
	if (scale_multiply(&s, (struct scale){ o->fraction_bits, o->divisor },
	    SCALE_SHORTEN_FACTOR) == -1)
		goto out;
	scale_set(out, s);
	if (left_about(o, p, out) == 0)
		rc = write_part(w, out, f->planes, o->rows);
out:
	part_free(out);
	return (rc);
}

/* Fold each tensor into an accumulator like ${like}, and write what has come of it. */
static int
fold_tensors(struct reader *r, const struct fold *like, struct writer *w)
{
	struct met_parts met = { .count = 0 };
	struct part *p = NULL;
	struct fold f;
	int rc;

	reader_takes_exponents(r);
	do {
		f = *like;
		rc = tensor_each(r, fold_rows, &f, &p, &met);
		if (rc == 1 && (f.left != NULL ? write_folded_product(&f, p, &met, w) :
		    write_folded_sum(&f, p, &met, w)) == -1)
			rc = -1;
		fold_free(&f);
		part_free(p);
		met_free(&met);
	} while (rc == 1);
	return (rc);
}

int
local_sum_down(struct reader *r, bool all, bool mean, struct writer *w)
{
	const struct fold sum = { .all = all, .mean = mean };

	return (fold_tensors(r, &sum, w));
}

int
local_matmul_left(struct reader *r, const struct operand *matrix, struct writer *w)
{
	const struct fold product = { .left = matrix };

	return (fold_tensors(r, &product, w));
}

/* ---- transpose and shuffle: a whole tensor in memory ---- */

struct whole {
	uint64_t *planes[PART_MAX_PLANES];
	size_t n_planes;
	size_t rows;
	size_t size; /* rows there is room for */
	size_t cols;
	uint64_t max_rows; /* what the operation can take */
};

static int
whole_grow(struct whole *t, size_t rows)
{
	size_t size = (t->size == 0) ? rows : t->size, i;
	uint64_t *plane;

	if (rows > t->max_rows - t->rows)
		return (fail(ST_FAILED, "a tensor has more than %" PRIu64 " rows, which would not "
		    "fit as columns", t->max_rows));
	if (t->rows + rows <= t->size)
		return (0);
	while (size < t->rows + rows)
		size *= 2;
	for (i = 0; i < t->n_planes; i++) {
		if (size > SIZE_MAX / t->cols ||
		    (plane = mem_array(size * t->cols, sizeof(uint64_t))) == NULL)
			return (-1);
		if (t->rows > 0)
			memcpy(plane, t->planes[i], t->rows * t->cols * sizeof(uint64_t));
		mem_wipe_free(t->planes[i], t->size * t->cols * sizeof(uint64_t));
		t->planes[i] = plane;
	}
	t->size = size;
	return (0);
}

static int
whole_rows(void *state, const struct rows *rows, uint64_t row)
{
	struct whole *t = state;
	size_t i;

	(void)row;
	t->cols = rows->part->cols;
	t->n_planes = rows->n_planes;
	if (whole_grow(t, rows->rows) == -1)
		return (-1);
	for (i = 0; i < t->n_planes && rows->rows > 0; i++)
		memcpy(t->planes[i] + t->rows * t->cols, rows->plane[i], rows->rows * t->cols *
		    sizeof(uint64_t));
	t->rows += rows->rows;
	return (0);
}

static void
whole_free(struct whole *t)
{
	size_t i;

	for (i = 0; i < t->n_planes; i++)
		mem_wipe_free(t->planes[i], t->size * t->cols * sizeof(uint64_t));
}

/* Any column of the result has numbers of all columns of ${p}, in units of the finest one. */
static int
transposed_about(const struct part *p, const unsigned *shifts, int exponent, struct part *out)
{
	struct bounds all = { INT64_MAX, INT64_MIN }, b;
	struct column *about;
	double supposed = 0;
	size_t j;
	int rc = 0;

	if (p->about == NULL)
		return (0);
	if ((about = mem_array(out->cols, sizeof(*about))) == NULL)
		return (-1);
	for (j = 0; j < p->cols; j++) {
		b = bounds_of(part_about(p, j));
		(void)bounds_scale(&b, 1, shifts[j]);
		bounds_unite(&all, b);
		supposed = fmax(supposed, ldexp(supposed_words(p, j), (int)shifts[j]));
	}
	for (j = 0; j < out->cols && rc == 0; j++) {
		column_result(&about[j], all, exponent);
		rc = supposed_result(&about[j], p, 0, supposed, "a number");
	}
	if (rc == 0)
		rc = part_set_about(out, about);
	free(about);
	return (rc);
}

static int
write_columns(const struct whole *t, const unsigned *shifts, struct part *out, struct writer *w)
{
	uint64_t *planes[PART_MAX_PLANES];
	size_t row, i, j;

	if (writer_begin(w, out) == -1)
		return (-1);
	for (row = 0; row < t->cols; row++) {
		if (writer_space(w, 1, planes) == 0)
			return (-1);
		for (i = 0; i < t->n_planes; i++) {
			for (j = 0; j < t->rows; j++)
				planes[i][j] = word_shifted(t->planes[i][j * t->cols + row],
				    shifts[row]);
		}
		writer_filled(w, 1);
	}
	return (writer_end(w));
}

static int
write_transposed(const struct whole *t, const struct part *p, struct part *out, struct writer *w)
{
	unsigned *shifts;
	int exponent, rc = -1;

	if (t->rows == 0)
		return (fail(ST_FAILED, "a tensor without rows cannot be transposed: it would have "
		    "no columns"));
	if ((shifts = mem_array(t->cols, sizeof(*shifts))) != NULL &&
	    part_set_columns(out, NULL, t->rows) == 0 &&
	    columns_align(p, shifts, &exponent) == 0 &&
	    transposed_about(p, shifts, exponent, out) == 0)
		rc = write_columns(t, shifts, out, w);
	free(shifts);
	return (rc);
}

/* By which order, and how many rows of it. */
struct shuffling {
	const char *seed;
	uint64_t rows;
};

static int
write_shuffled(const struct whole *t, struct part *out, const struct shuffling *how,
    struct writer *w)
{
	size_t count = (how->rows < t->rows) ? (size_t)how->rows : t->rows, row, i;
	uint64_t *order, *planes[PART_MAX_PLANES];
	int rc = -1;

	if ((order = mem_array(t->rows, sizeof(*order))) == NULL)
		return (-1);
	permute(order, t->rows, how->seed, 0);
	if (writer_begin(w, out) == -1)
		goto out;
	for (row = 0; row < count; row++) {
		if (writer_space(w, 1, planes) == 0)
			goto out;
		for (i = 0; i < t->n_planes; i++)
			memcpy(planes[i], t->planes[i] + order[row] * t->cols,
			    t->cols * sizeof(uint64_t));
		writer_filled(w, 1);
	}
	rc = writer_end(w);
out:
	free(order);
	return (rc);
}

/* What a shuffled tensor is made by; nothing of one that is transposed. */
static void
whole_params(char *params, size_t size, const struct shuffling *how)
{

	params[0] = '\0';
	if (how == NULL)
		return;
	/* What is in front cannot be part of a seed. */
	if (how->rows < PART_MAX_ROWS)
		snprintf(params, size, "rows=%" PRIu64 " seed=%s", how->rows, how->seed);
	else
		snprintf(params, size, "seed=%s", how->seed);
}

/*
 * The part of the result, whose rows, or columns, are still about whom the rows were about.  Of one
 * that is shuffled is true what was of its columns.
 */
static struct part *
begin_whole(const struct met_parts *met, const struct part *p, const struct shuffling *how)
{
	char params[PERMUTE_MAX_SEED_BYTES + 40];
	struct part *out;

	whole_params(params, sizeof(params), how);
	if ((out = met_derive(met, p, (how != NULL) ? "shuf" : "transpose", params, NULL)) == NULL)
		return (NULL);
	/* One part of several small ones, or a sample of several, would look like many rows. */
	if (how != NULL && (met->count == 1 || (met->alone >= PART_LEAST_ROWS &&
	    how->rows == PART_MAX_ROWS)))
		out->intact = intact_weaker(met->intact, PART_ROWS);
	if (part_add_origins(out, &met->origins) == 0 &&
	    (how == NULL || part_keep_about(out, p) == 0)) {
		if (met->count > 1)
			part_forget_distinct(out);
		return (out);
	}
	part_free(out);
	return (NULL);
}

/* Shuffle where ${how} is said, else transpose. */
static int
run_whole(struct reader *r, const struct shuffling *how, struct writer *w)
{
	struct met_parts met = { .count = 0 };
	struct part *p = NULL, *out;
	struct whole t;
	int rc;

	reader_takes_exponents(r);
	if (how != NULL) {
		reader_takes_missing(r);
		reader_takes_keys(r);
	}
	do {
		memset(&t, 0, sizeof(t));
		t.max_rows = (how != NULL) ? PART_MAX_ROWS : PART_MAX_COLUMNS;
		rc = tensor_each(r, whole_rows, &t, &p, &met);
		if (rc == 1) {
			rc = -1;
			out = NULL;
			/* A class would be nothing but numbers in rows. */
			if ((how != NULL || part_check_numbers(p) == 0) &&
			    (out = begin_whole(&met, p, how)) != NULL)
				rc = (how != NULL) ? write_shuffled(&t, out, how, w) :
				    write_transposed(&t, p, out, w);
			part_free(out);
			rc = (rc == 0) ? 1 : -1;
		}
		whole_free(&t);
		part_free(p);
		met_free(&met);
	} while (rc == 1);
	return (rc);
}

int
local_transpose(struct reader *r, struct writer *w)
{

	return (run_whole(r, NULL, w));
}

int
local_shuffle(struct reader *r, const char *seed, uint64_t rows, struct writer *w)
{
	const struct shuffling how = { .seed = seed, .rows = rows };

	return (run_whole(r, &how, w));
}
