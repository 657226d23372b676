/* Selections of rows, and columns side by side: head, split, paste. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/names.h"
#include "data/bounds.h"
#include "data/derive.h"
#include "data/scale.h"
#include "data/zip.h"
#include "local/local.h"
#include "local/permute.h"

#define SPLIT_GROUP 5 /* rows */

/* Begin the result that is selected from one part, from its row ${row} on. */
static int
begin_selection(const struct part *p, uint64_t row, const char *op, const char *params,
    struct writer *w)
{
	struct input input = { p->id, row, p };
	struct part *out;
	int rc = -1;

	if ((out = part_derive(p, op, params, &input, 1)) == NULL)
		return (-1);
	out->intact = intact_weaker(part_intact(p), PART_ROWS);
	if (part_keep_about(out, p) == 0)
		rc = writer_begin(w, out);
	part_free(out);
	return (rc);
}

/* Append ${n} rows from row ${first} of those at hand. */
static int
copy_row_range(struct writer *w, const struct rows *rows, size_t first, size_t n)
{
	const uint64_t *planes[PART_MAX_PLANES] = { NULL };
	size_t i;

	for (i = 0; i < rows->n_planes; i++)
		planes[i] = rows->plane[i] + first * rows->part->cols;
	return (writer_rows(w, n, planes));
}

/* ---- head ---- */

/* The rows that are taken of every tensor, from 0; those from ${end} on are not. */
struct head {
	uint64_t first, end; /* UINT64_MAX: to the last */
	struct writer *w;
	uint64_t row;      /* of the tensor, which comes next */
	struct part *part; /* the tensor's first; NULL: there is none */
	bool given;        /* rows of it were in the result */
	bool begun;        /* a part of the result */
};

/* A tensor ends: a result without a row of it would not say that it was there. */
static int
head_end_tensor(const struct head *h)
{

	if (h->part == NULL || h->given)
		return (0);
	return (fail(ST_FAILED, "tensor '%s' has %" PRIu64 " rows: there is no row %" PRIu64,
	    h->part->name, h->row, h->first + 1));
}

static int
head_begin_tensor(struct head *h, struct part *p)
{

	if (head_end_tensor(h) == -1)
		return (-1);
	part_free(h->part);
	h->part = part_ref(p);
	h->row = 0;
	h->given = false;
	return (0);
}

/* Begin the result of a part, from its row ${row} on. */
static int
head_begin_part(struct head *h, const struct part *p, uint64_t row)
{
	char params[24] = "all";

	if (h->end != UINT64_MAX)
		snprintf(params, sizeof(params), "%" PRIu64, h->end - h->row);
	h->begun = h->given = true;
	return (begin_selection(p, row, "head", params, h->w));
}

/* Take what is at hand of a part. */
static int
head_rows(struct head *h, struct reader *r, const struct part *p)
{
	uint64_t skip = (h->row < h->first) ? h->first - h->row : 0, n;
	const struct record *record;
	struct rows rows;

	/* The rest is read, so that damage is seen, but not expanded. */
	if (h->row >= h->end && !h->begun)
		return ((reader_record(r, &record) == -1) ? -1 : 0);
	if (skip == 0 && !h->begun && head_begin_part(h, p, reader_row(r)) == -1)
		return (-1);
	if (reader_rows(r, (skip > 0 && skip < SIZE_MAX) ? (size_t)skip : SIZE_MAX, &rows) == -1)
		return (-1);
	n = (rows.rows < h->end - h->row) ? rows.rows : h->end - h->row;
	h->row += n;
	if (skip > 0)
		return (0);
	if (n > 0 && copy_row_range(h->w, &rows, 0, (size_t)n) == -1)
		return (-1);
	if (!rows.ends_part && h->row < h->end)
		return (0);
	h->begun = false;
	return (writer_end(h->w));
}

int
local_head(struct reader *r, uint64_t first, uint64_t end, struct writer *w)
{
	struct head h = { .first = first, .end = end, .w = w };
	struct part *p;
	int rc;

	reader_takes_exponents(r);
	reader_takes_missing(r);
	reader_takes_keys(r);
	while ((rc = reader_part(r, &p)) == 0 && p != NULL) {
		if ((reader_starts_tensor(r) && head_begin_tensor(&h, p) == -1) ||
		    head_rows(&h, r, p) == -1) {
			rc = -1;
			break;
		}
	}
	if (rc == 0)
		rc = head_end_tensor(&h);
	part_free(h.part);
	return (rc);
}

/* ---- split ---- */

struct split {
	const struct split_options *o;
	size_t group;            /* consecutive rows that are chosen from together */
	struct writer *sides[2]; /* train, rest; may be NULL */
	struct part *tensor;     /* its first; NULL: there is none */
	uint64_t row;            /* in the tensor */
	uint64_t chosen;         /* the group whose choice is in ${order} and ${train} */
	uint64_t *order;
	bool *train;
};

/* How many of the first ${rows} rows of a tensor are to train: the nearest whole number. */
static uint64_t
train_rows(uint64_t rows, uint64_t ratio)
{
	uint64_t high = rows >> 32, low = rows & UINT32_MAX;

	return (high * ratio + ((low * ratio + ((uint64_t)1 << 31)) >> 32));
}

/*
 * Choose among the rows of a group by a public order: the first so many train, or all but the one
 * that is the fold's.
 */
static void
choose_group(struct split *s, uint64_t group)
{
	uint64_t first = group * s->group, count = 0;
	size_t i;

	for (i = 0; i < s->group; i++)
		s->order[i] = i;
	if (s->o->seed != NULL)
		permute(s->order, s->group, s->o->seed, group);
	if (s->o->folds == 0)
		count = train_rows(first + s->group, s->o->ratio) - train_rows(first, s->o->ratio);
	for (i = 0; i < s->group; i++)
		s->train[s->order[i]] = (s->o->folds == 0) ? (i < count) : (i + 1 != s->o->fold);
	s->chosen = group;
}

static void
split_params(const struct split *s, int side, char *params, size_t bytes)
{
	static const char *const names[] = { "train", "rest" };
	int used;

	used = snprintf(params, bytes, "%s%s ", (s->o->seed != NULL) ? "seed=" : "in-turn",
	    (s->o->seed != NULL) ? s->o->seed : "");
	if (s->o->folds == 0)
		used += snprintf(params + used, bytes - (size_t)used, "ratio=%" PRIu64,
		    s->o->ratio);
	else
		used += snprintf(params + used, bytes - (size_t)used, "folds=%" PRIu64 " fold=%"
		    PRIu64, s->o->folds, s->o->fold);
	snprintf(params + used, bytes - (size_t)used, " side=%s row=%" PRIu64, names[side], s->row);
}

static int
split_begin(struct split *s, const struct part *p)
{
	char params[PERMUTE_MAX_SEED_BYTES + 160];
	int side;

	for (side = 0; side < 2; side++) {
		if (s->sides[side] == NULL)
			continue;
		split_params(s, side, params, sizeof(params));
		if (begin_selection(p, 0, "split", params, s->sides[side]) == -1)
			return (-1);
	}
	return (0);
}

static int
split_end(struct split *s)
{
	int side;

	for (side = 0; side < 2; side++) {
		if (s->sides[side] != NULL && writer_end(s->sides[side]) == -1)
			return (-1);
	}
	return (0);
}

static int
split_rows(struct split *s, const struct rows *rows)
{
	size_t i;
	int side;

	for (i = 0; i < rows->rows; i++, s->row++) {
		if (s->row / s->group != s->chosen)
			choose_group(s, s->row / s->group);
		side = s->train[s->row % s->group] ? 0 : 1;
		if (s->sides[side] != NULL && copy_row_range(s->sides[side], rows, i, 1) == -1)
			return (-1);
	}
	return (0);
}

/* Each fold has a row of every tensor, or whoever goes through them all would meet an empty one. */
static int
split_end_tensor(const struct split *s)
{

	if (s->tensor == NULL || s->row >= s->o->folds)
		return (0);
	return (fail(ST_FAILED, "tensor '%s' has %" PRIu64 " rows, too few for %" PRIu64
	    " folds: ask for fewer folds", s->tensor->name, s->row, s->o->folds));
}

static int
split_begin_tensor(struct split *s, struct part *p)
{

	if (split_end_tensor(s) == -1)
		return (-1);
	part_free(s->tensor);
	s->tensor = part_ref(p);
	s->row = 0;
	s->chosen = UINT64_MAX;
	return (0);
}

/* Take what is at hand of a part. */
static int
split_part(struct split *s, struct reader *r, struct part *p)
{
	struct rows rows;

	if ((reader_starts_tensor(r) && split_begin_tensor(s, p) == -1) ||
	    (reader_row(r) == 0 && split_begin(s, p) == -1) ||
	    reader_rows(r, SIZE_MAX, &rows) == -1 || split_rows(s, &rows) == -1)
		return (-1);
	return (rows.ends_part ? split_end(s) : 0);
}

static int
split_tensors(struct split *s, struct reader *r)
{
	struct part *p;
	int rc;

	while ((rc = reader_part(r, &p)) == 0 && p != NULL) {
		if (split_part(s, r, p) == -1)
			return (-1);
	}
	return ((rc == 0) ? split_end_tensor(s) : -1);
}

int
local_split(struct reader *r, const struct split_options *o, struct writer *train,
    struct writer *rest)
{
	struct split s = { .o = o, .sides = { train, rest }, .chosen = UINT64_MAX,
		.group = (o->folds > 0) ? (size_t)o->folds : SPLIT_GROUP };
	int rc = -1;

	reader_takes_exponents(r);
	reader_takes_missing(r);
	reader_takes_keys(r);
	s.order = mem_array(s.group, sizeof(*s.order));
	s.train = mem_array(s.group, sizeof(*s.train));
	if (s.order != NULL && s.train != NULL)
		rc = split_tensors(&s, r);
	part_free(s.tensor);
	free(s.order);
	free(s.train);
	return (rc);
}

/* ---- paste ---- */

struct paste {
	struct zip *zip;
	struct writer *w;
	struct reader *const *readers;
	size_t count;
	struct rows *rows;
	struct input *inputs;
	uint64_t *factors;
	size_t shared; /* an operand that is not public, if there is one */
	size_t cols;
	struct scale scale; /* of the result */
	bool keeps_schema;  /* all operands have the same */
	struct ring R;
};

/* The names of all columns side by side; none where an operand has none. */
static int
paste_columns(const struct paste *j, struct part *out)
{
	const struct part *p;
	const char **names;
	size_t i, k, n = 0, repeated;
	int rc = -1;

	if ((names = mem_array(j->cols, sizeof(*names))) == NULL)
		return (-1);
	for (i = 0; i < j->count; i++) {
		p = zip_part(j->zip, i);
		for (k = 0; p->columns != NULL && k < p->cols; k++)
			names[n++] = p->columns[k];
	}
	if (n < j->cols)
		rc = part_set_columns(out, NULL, j->cols);
	else if (names_repeated(names, n, &repeated) == 0)
		rc = part_set_columns(out, names, n);
	else
		fail(ST_FAILED, "column '%s' comes twice; leave one out with smpc-cut",
		    names[repeated]);
	free(names);
	return (rc);
}

/* What is known of the columns side by side. */
static int
paste_about(const struct paste *j, struct part *out)
{
	const struct part *p;
	struct column *about;
	struct bounds b;
	size_t i, k, n = 0;
	int rc = 0;

	if ((about = mem_array(j->cols, sizeof(*about))) == NULL)
		return (-1);
	for (i = 0; i < j->count && rc == 0; i++) {
		p = zip_part(j->zip, i);
		for (k = 0; k < p->cols && rc == 0; k++, n++) {
			about[n] = *part_about(p, k);
			about[n].distinct = about[n].distinct && !zip_repeats(j->zip, i);
			/* The words of a key have no scale. */
			if (about[n].kind == COLUMN_KEY)
				continue;
			b = bounds_of(&about[n]);
			if (bounds_scale(&b, j->factors[i], 0) == -1)
				rc = bounds_refuse(p, k, "a number of it, at the common scale,");
			about[n].low = b.low;
			about[n].high = b.high;
		}
	}
	if (rc == 0)
		rc = part_set_about(out, about);
	free(about);
	return (rc);
}

/*
 * What is said of all words.  Parts of several operands need not end together, so that none can be
 * said to be whole before it has ended; and a row that is repeated is no table.
 */
static enum part_intact
paste_intact(const struct paste *j)
{
	enum part_intact least = (j->count > 1) ? PART_ROWS : PART_WHOLE;
	size_t i;

	for (i = 0; i < j->count; i++)
		least = intact_weaker(least, (j->factors[i] == 1 && !zip_repeats(j->zip, i)) ?
		    part_intact(zip_part(j->zip, i)) : PART_CHANGED);
	return (least);
}

/* Operands that were shared by a schema have the same one; where all do, so has the result. */
static int
paste_schema(struct paste *j)
{
	size_t i, first = j->count, without = 0;
	const struct part *p;

	for (i = 0; i < j->count; i++) {
		p = zip_part(j->zip, i);
		if (!p->has_schema)
			without++;
		else if (first == j->count)
			first = i;
		else if (part_schema_differs(zip_part(j->zip, first), p))
			return (fail(ST_REFUSED, "%s: was shared by another schema than %s: "
			    "owners whose columns come together agree on one",
			    reader_name(j->readers[i]), reader_name(j->readers[first])));
	}
	j->keeps_schema = (without == 0);
	return (0);
}

static int
paste_begin_tensor(struct paste *j)
{
	size_t i;

	j->shared = j->cols = 0;
	for (i = j->count; i-- > 0;) {
		j->cols += zip_part(j->zip, i)->cols;
		if (zip_part(j->zip, i)->scheme != SCHEME_PUBLIC)
			j->shared = i;
	}
	if (j->cols > PART_MAX_COLUMNS)
		return (fail(ST_FAILED, "%zu columns are more than the %zu that fit a record",
		    j->cols, PART_MAX_COLUMNS));
	ring_init(&j->R, zip_part(j->zip, 0)->modulus);
	j->scale = scale_of(zip_part(j->zip, 0));
	for (i = 1; i < j->count; i++) {
		if (scale_unite(&j->scale, scale_of(zip_part(j->zip, i))) == -1)
			return (-1);
	}
	for (i = 0; i < j->count; i++)
		j->factors[i] = scale_factor(&j->R, scale_of(zip_part(j->zip, i)), j->scale);
	return (paste_schema(j));
}

static int
paste_begin_part(struct paste *j)
{
	struct part *out;
	int rc = -1;

	zip_inputs(j->zip, j->inputs);
	if ((out = part_derive(zip_part(j->zip, j->shared), "paste", "", j->inputs, j->count)) ==
	    NULL)
		return (-1);
	scale_set(out, j->scale);
	out->intact = paste_intact(j);
	out->has_schema = j->keeps_schema;
	if (out->has_schema)
		memcpy(out->schema, zip_part(j->zip, 0)->schema, sizeof(out->schema));
	if (part_set_name(out, zip_part(j->zip, 0)->name) == 0 && paste_columns(j, out) == 0 &&
	    paste_about(j, out) == 0)
		rc = writer_begin(j->w, out);
	part_free(out);
	return (rc);
}

/* Bring a row of ${p} to the common scale. */
static void
paste_scaled(const struct paste *j, const struct part *p, uint64_t *z, const uint64_t *x,
    uint64_t factor)
{
	size_t k;

	ring_scale(&j->R, z, x, factor, p->cols);
	for (k = 0; p->about != NULL && k < p->cols; k++) {
		if (p->about[k].kind == COLUMN_KEY)
			z[k] = x[k];
	}
}

/* Copy ${n} rows of operand ${i} to their columns of one plane of the result. */
static void
paste_operand(const struct paste *j, size_t i, size_t plane, uint64_t *z, size_t offset, size_t n)
{
	const struct part *p = zip_part(j->zip, i), *shared = zip_part(j->zip, j->shared);
	const uint64_t *x;
	size_t row;

	if (p->scheme == SCHEME_PUBLIC && (plane > 0 || !part_takes_public(shared))) {
		for (row = 0; row < n; row++)
			memset(z + row * j->cols, 0, p->cols * sizeof(*z));
		return;
	}
	for (row = 0; row < n; row++) {
		x = j->rows[i].plane[plane] + (zip_repeats(j->zip, i) ? 0 : (offset + row) *
		    p->cols);
		if (j->factors[i] == 1)
			memcpy(z + row * j->cols, x, p->cols * sizeof(*z));
		else
			paste_scaled(j, p, z + row * j->cols, x, j->factors[i]);
	}
}

static int
paste_rows(struct paste *j, size_t count)
{
	uint64_t *planes[PART_MAX_PLANES];
	size_t done, n, i, plane, col;

	for (done = 0; done < count; done += n) {
		if ((n = writer_space(j->w, count - done, planes)) == 0)
			return (-1);
		for (plane = 0; plane < part_planes(zip_part(j->zip, j->shared)); plane++) {
			for (i = 0, col = 0; i < j->count; col += zip_part(j->zip, i)->cols, i++)
				paste_operand(j, i, plane, planes[plane] + col, done, n);
		}
		writer_filled(j->w, n);
	}
	return (0);
}

static int
paste_run(struct paste *j)
{
	size_t count;
	bool ends;
	int rc;

	while ((rc = zip_tensor(j->zip)) == 1) {
		if (paste_begin_tensor(j) == -1)
			return (-1);
		do {
			if (paste_begin_part(j) == -1)
				return (-1);
			do {
				if (zip_rows(j->zip, j->rows, &count, &ends) == -1 ||
				    paste_rows(j, count) == -1)
					return (-1);
			} while (!ends);
			if (writer_end(j->w) == -1)
				return (-1);
		} while ((rc = zip_segment(j->zip)) == 1);
		if (rc == -1)
			return (-1);
	}
	return (rc);
}

int
local_paste(struct reader *const *readers, size_t count, struct writer *w)
{
	struct paste j = { .w = w, .readers = readers, .count = count };
	size_t i;
	int rc = -1;

	for (i = 0; i < count; i++) {
		reader_takes_exponents(readers[i]);
		reader_takes_missing(readers[i]);
		reader_takes_keys(readers[i]);
	}
	j.zip = zip_new(readers, count);
	j.rows = mem_array(count, sizeof(*j.rows));
	j.inputs = mem_array(count, sizeof(*j.inputs));
	j.factors = mem_array(count, sizeof(*j.factors));
	if (j.zip != NULL && j.rows != NULL && j.inputs != NULL && j.factors != NULL)
		rc = paste_run(&j);
	zip_free(j.zip);
	free(j.rows);
	free(j.inputs);
	free(j.factors);
	return (rc);
}
