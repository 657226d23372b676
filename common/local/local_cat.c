/* Concatenation: the rows of one stream behind those of the other. */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/hex.h"
#include "data/bounds.h"
#include "data/derive.h"
#include "data/seen.h"
#include "local/local.h"

/* What the operands of a tensor say of one of its columns. */
struct joined_column {
	struct column said; /* by the first that says anything */
	size_t by;          /* that operand */
	bool unsaid;        /* an operand says nothing */
	int exponent;       /* the least of all */
	size_t finest;      /* the operand that has it */
	struct bounds bounds; /* of all, in that unit */
	double supposed;    /* the largest words of any, in that unit */
};

/* A column of an operand that has no room in the finest unit. */
struct misfit {
	size_t operand, column;
	struct part *part; /* the operand's; NULL: there is none */
	int exponent;      /* of the finest unit */
	size_t finest;     /* the operand that has it */
};

/*
 * A concatenation in progress.  The tensor at hand has rows of operands first to end - 1, unless
 * another tensor comes between them: what is said of its columns has to be settled before its first
 * row is written, so that the headers of these operands are looked at then.
 */
struct cat {
	struct reader *const *readers;
	size_t count;
	bool repeat; /* allow the same part twice */
	struct writer *w;

	size_t first, end;
	struct part **parts; /* of each of these operands, its first of the tensor */
	size_t cols;
	struct joined_column *columns;
	struct misfit misfit; /* why operand ${end} is none of them */
	struct part *result; /* like the first part, with what is said of the result */
	char *params;        /* the same as text */

	/* Of the operand at hand. */
	bool passes;      /* says that itself, and passes as it is */
	bool shifted;     /* its words are multiplied */
	unsigned *shifts; /* by so many bits */

	struct part *out;  /* the result's part at hand, where it does not pass */
	struct part *last; /* the part that was taken last */
	struct seen *seen; /* ids of all that were */
};

/* ---- what the operands say of a column ---- */

/* Whether rows of ${p} can follow those of the tensor, of which ${like} is a part. */
static bool
may_join(const struct cat *c, const struct part *like, const struct part *p)
{
	size_t j;

	if (p == NULL || strcmp(like->name, p->name) != 0 || !part_same_columns(like, p) ||
	    part_setting_difference(like, p) != NULL ||
	    like->fraction_bits != p->fraction_bits || like->divisor != p->divisor ||
	    part_schema_differs(like, p))
		return (false);
	for (j = 0; j < c->cols; j++) {
		if (column_contradiction(&c->columns[j].said, part_about(p, j)) != NULL)
			return (false);
	}
	return (true);
}

/* Take note of what operand ${i} says of the columns of its part ${p}. */
static int
note_operand(struct cat *c, size_t i, struct part *p)
{
	struct joined_column *x;
	const struct column *said;
	size_t j;

	for (j = 0; j < c->cols; j++) {
		x = &c->columns[j];
		said = part_about(p, j);
		if (said->kind == COLUMN_UNDECLARED)
			x->unsaid = true;
		else if (x->said.kind == COLUMN_UNDECLARED) {
			x->by = i;
			if (column_copy(&x->said, said) == -1)
				return (-1);
		}
		if (i == c->first || said->exponent < x->exponent) {
			x->exponent = said->exponent;
			x->finest = i;
		}
	}
	c->parts[i] = part_ref(p);
	c->end = i + 1;
	return (0);
}

/* Unite the ranges of one column, in the finest unit; return -1, and what does not fit. */
static int
unite_column(struct cat *c, size_t j)
{
	struct joined_column *x = &c->columns[j];
	const struct column *said;
	struct bounds b;
	size_t i;

	for (i = c->first; i < c->end; i++) {
		said = part_about(c->parts[i], j);
		b = bounds_of(said);
		if (bounds_scale(&b, 1, (unsigned)(said->exponent - x->exponent)) == -1) {
			c->misfit = (struct misfit){ i, j, part_ref(c->parts[i]), x->exponent,
				x->finest };
			return (-1);
		}
		x->supposed = fmax(x->supposed, ldexp(supposed_words(c->parts[i], j),
		    said->exponent - x->exponent));
		if (i == c->first)
			x->bounds = b;
		else
			bounds_unite(&x->bounds, b);
	}
	return (0);
}

/* ---- the tensor at hand ---- */

static void
forget_tensor(struct cat *c)
{
	size_t i, j;

	for (i = c->first; i < c->end; i++) {
		part_free(c->parts[i]);
		c->parts[i] = NULL;
	}
	for (j = 0; c->columns != NULL && j < c->cols; j++)
		column_clear(&c->columns[j].said);
	free(c->columns);
	free(c->shifts);
	free(c->params);
	part_free(c->result);
	part_free(c->misfit.part);
	c->misfit.part = NULL;
	c->columns = NULL;
	c->shifts = NULL;
	c->params = NULL;
	c->result = NULL;
	c->cols = 0;
	c->first = c->end;
}

/* Say of the result's columns what holds of all operands, as a header and as text. */
static int
describe_result(struct cat *c)
{
	struct column *about;
	json_t *json;
	size_t j;
	int rc = 0;

	if ((c->result = part_copy(c->parts[c->first])) == NULL ||
	    (about = mem_array(c->cols, sizeof(*about))) == NULL)
		return (-1);
	for (j = 0; j < c->cols; j++) {
		about[j] = c->columns[j].said;
		about[j].exponent = c->columns[j].exponent;
		about[j].low = c->columns[j].bounds.low;
		about[j].high = c->columns[j].bounds.high;
		/* A key of one operand may come again in another one. */
		if (c->end - c->first > 1)
			about[j].distinct = false;
		if (c->columns[j].unsaid)
			column_result(&about[j], bounds_any(), c->columns[j].exponent);
		if (about[j].kind != COLUMN_KEY && supposed_result(&about[j], c->result, j,
		    c->columns[j].supposed, "a number") == -1)
			rc = -1;
	}
	if (rc == 0)
		rc = part_set_about(c->result, about);
	free(about);
	if (rc == -1)
		return (-1);
	if (!part_says(c->result))
		return (((c->params = mem_copy_string("", 0)) != NULL) ? 0 : -1);
	json = header_about(c->result);
	c->params = (json != NULL) ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	json_decref(json);
	return ((c->params != NULL) ? 0 : fail(ST_FAILED, "out of memory"));
}

/* Note the operands up to ${most} that have rows of the tensor that begins in operand ${i}. */
static int
find_joined(struct cat *c, size_t i, struct part *p, size_t most)
{
	struct part *next;
	size_t j;

	c->first = c->end = i;
	c->cols = p->cols;
	if ((c->columns = mem_array(c->cols, sizeof(*c->columns))) == NULL)
		return (-1);
	for (j = 0; j < c->cols; j++)
		column_init(&c->columns[j].said);
	if ((c->shifts = mem_array(c->cols, sizeof(*c->shifts))) == NULL)
		return (-1);
	if (note_operand(c, i, p) == -1)
		return (-1);
	while (c->end < most) {
		if (reader_part(c->readers[c->end], &next) == -1)
			return (-1);
		if (!may_join(c, p, next))
			break;
		if (note_operand(c, c->end, next) == -1)
			return (-1);
	}
	return (0);
}

/* Return -1, not reported, if one does not fit. */
static int
unite_columns(struct cat *c)
{
	size_t j;

	for (j = 0; j < c->cols && unite_column(c, j) == 0; j++)
		continue;
	return ((j < c->cols) ? -1 : 0);
}

/*
 * A tensor begins in operand ${i}: see which other operands have rows of it, and what they say.  If
 * these do not fit, they are refused when they follow it, and only then.
 */
static int
begin_joined_tensor(struct cat *c, size_t i, struct part *p)
{
	struct misfit misfit;

	forget_tensor(c);
	if (find_joined(c, i, p, c->count) == -1)
		return (-1);
	if (unite_columns(c) == -1) {
		misfit = c->misfit;
		c->misfit.part = NULL;
		forget_tensor(c);
		c->misfit = misfit;
		if (find_joined(c, i, p, i + 1) == -1 || unite_columns(c) == -1)
			return (-1);
	}
	return (describe_result(c));
}

/* ---- what may not follow ---- */

/* Say how the columns of ${p} differ from those of ${last}, before it. */
static int
cat_columns(const char *where, const struct part *last, const struct part *p)
{
	size_t i;

	if (last->columns == NULL || p->columns == NULL)
		return ((last->cols != p->cols) ?
		    fail(ST_FAILED, "%s: tensor '%s' has %zu columns here and %zu before", where,
		    p->name, p->cols, last->cols) :
		    fail(ST_FAILED, "%s: the columns of tensor '%s' have names only %s", where,
		    p->name, (p->columns != NULL) ? "here, and not before" : "before, and not "
		    "here"));
	for (i = 0; i < last->cols && i < p->cols && strcmp(last->columns[i], p->columns[i]) == 0;
	    i++)
		;
	if (i == last->cols || i == p->cols)
		return (fail(ST_FAILED, "%s: tensor '%s' has %zu columns here and %zu before: "
		    "column %zu, '%s', is only %s; smpc-cut leaves it out", where, p->name, p->cols,
		    last->cols, i + 1, (i < p->cols) ? p->columns[i] : last->columns[i],
		    (i < p->cols) ? "here" : "before"));
	if ((part_about(last, i)->kind == COLUMN_PRESENCE) != (part_about(p, i)->kind ==
	    COLUMN_PRESENCE))
		return (fail(ST_FAILED, "%s: column %zu of tensor '%s' is '%s' here and '%s' "
		    "before; where one owner has missing values that are to be filled, all of them "
		    "share with the same smpc-share --na COLUMN=mean, or one schema", where, i + 1,
		    p->name, p->columns[i], last->columns[i]));
	return (fail(ST_FAILED, "%s: column %zu of tensor '%s' is '%s' here and '%s' before; "
	    "smpc-cut -c puts columns in order", where, i + 1, p->name, p->columns[i],
	    last->columns[i]));
}

static int
refuse_misfit(const struct cat *c)
{
	const struct misfit *m = &c->misfit;
	const struct part *p = m->part;
	char column[32];

	snprintf(column, sizeof(column), "%zu", m->column + 1);
	return (fail(ST_RANGE, "%s: tensor '%s', column '%s': its numbers, in the units of 2^%d "
	    "that %s has, may not fit 64 bits: %s", reader_name(c->readers[m->operand]), p->name,
	    (p->columns != NULL) ? p->columns[m->column] : column, m->exponent,
	    reader_name(c->readers[m->finest]), column_has_range(part_about(p, m->column)) ?
	    "its owners must declare ranges nearer to each other" :
	    "its owner must declare its range, too"));
}

/* Say what of a column of ${p}, in operand ${i}, contradicts the operands before. */
static int
refuse_column(const struct cat *c, size_t i, const struct part *p)
{
	char here[COLUMN_SHOWN_BYTES], before[COLUMN_SHOWN_BYTES], number[32];
	const struct joined_column *x;
	const char *what = NULL;
	size_t j;

	for (j = 0; j < c->cols && what == NULL; j++)
		what = column_contradiction(&c->columns[j].said, part_about(p, j));
	if (what == NULL)
		return (refuse_misfit(c));
	x = &c->columns[--j];
	column_show(here, part_about(p, j), what);
	column_show(before, &x->said, what);
	snprintf(number, sizeof(number), "%zu", j + 1);
	return (fail(ST_REFUSED, "%s: column '%s' of tensor '%s' differs from that of %s in its "
	    "%s: %s here, %s there; its owners must declare it alike", reader_name(c->readers[i]),
	    (p->columns != NULL) ? p->columns[j] : number, p->name,
	    reader_name(c->readers[x->by]), what, here, before));
}

/* The tensor that was begun goes on in operand ${i}: may it? */
static int
check_joined_tensor(const struct cat *c, size_t i, const struct part *p)
{
	const struct part *last = c->last;
	const char *where = reader_name(c->readers[i]), *field;

	if ((field = part_setting_difference(last, p)) != NULL)
		return (fail(ST_REFUSED, "%s: field '%s' differs from that of the streams before "
		    "it", where, field));
	if (!part_same_columns(last, p))
		return (cat_columns(where, last, p));
	if (last->fraction_bits != p->fraction_bits || last->divisor != p->divisor)
		return (fail(ST_REFUSED, "%s: tensor '%s' has %u fraction bits and divisor %"
		    PRIu64 " here, %u and %" PRIu64 " before; its owners must share at the same "
		    "scale", where, p->name, p->fraction_bits, p->divisor, last->fraction_bits,
		    last->divisor));
	if (part_schema_differs(last, p))
		return (fail(ST_REFUSED, "%s: was shared by another schema than %s: owners whose "
		    "rows come together agree on one", where, reader_name(c->readers[c->first])));
	return ((i < c->end) ? 0 : refuse_column(c, i, p));
}

static int
refuse_twice(const struct cat *c, const char *where)
{
	char hex[2 * ID_BYTES + 1];

	hex_encode(hex, seen_twice(c->seen), ID_BYTES);
	return (fail(ST_REFUSED, "%s: part %.16s... was there before: its rows would count "
	    "twice (--repeat allows it)", where, hex));
}

/* Take note of a part, which may not come twice. */
static int
note_part(struct cat *c, size_t i, struct part *p)
{
	bool again = false;

	part_free(c->last);
	c->last = part_ref(p);
	if (c->repeat)
		return (0);
	if (seen_add(c->seen, p->id, &again) == -1)
		return (-1);
	return (again ? refuse_twice(c, reader_name(c->readers[i])) : 0);
}

/* After all operands: one of very many parts may come to light only now. */
static int
end_parts(const struct cat *c)
{
	bool again = false;

	if (seen_end(c->seen, &again) == -1)
		return (-1);
	return (again ? refuse_twice(c, (c->count == 1) ? reader_name(c->readers[0]) :
	    "the operands") : 0);
}

/* ---- rows ---- */

/* Operand ${i} has rows of the tensor: see what becomes of them. */
static int
begin_rows_of(struct cat *c, size_t i, struct part *p)
{
	size_t column, j;

	if (c->last != NULL && strcmp(part_party(c->last), part_party(p)) != 0)
		return (fail(ST_REFUSED, "%s: is a share of party '%s', the streams before it are "
		    "of party '%s'", reader_name(c->readers[i]), part_party(p),
		    part_party(c->last)));
	if (c->last == NULL || strcmp(c->last->name, p->name) != 0) {
		if (begin_joined_tensor(c, i, p) == -1)
			return (-1);
	} else if (check_joined_tensor(c, i, p) == -1)
		return (-1);
	c->passes = (part_about_difference(p, c->result, &column) == NULL);
	c->shifted = false;
	for (j = 0; j < c->cols; j++) {
		c->shifts[j] = (unsigned)(part_about(p, j)->exponent - c->columns[j].exponent);
		c->shifted = c->shifted || c->shifts[j] > 0;
	}
	return (0);
}

/* Derive the result's part of ${p}, which does not pass as it is. */
static int
derive_joined(struct cat *c, const struct part *p)
{
	const struct input input = { p->id, 0, p };

	part_free(c->out);
	if ((c->out = part_derive(p, "cat", c->params, &input, 1)) == NULL ||
	    part_keep_about(c->out, c->result) == -1 ||
	    part_set_row_exponents(c->out, p->row_exponents, p->n_row_exponents) == -1)
		return (-1);
	c->out->intact = c->shifted ? PART_CHANGED : part_intact(p);
	return (c->shifted ? writer_begin(c->w, c->out) : 0);
}

/* Write rows with their words multiplied. */
static int
write_shifted(struct cat *c, const struct rows *rows)
{
	uint64_t *planes[PART_MAX_PLANES];
	const uint64_t *x;
	size_t done, n, i, k;

	for (done = 0; done < rows->rows; done += n) {
		if ((n = writer_space(c->w, rows->rows - done, planes)) == 0)
			return (-1);
		for (i = 0; i < rows->n_planes; i++) {
			x = rows->plane[i] + done * c->cols;
			for (k = 0; k < n * c->cols; k++)
				planes[i][k] = word_shifted(x[k],
				    c->shifts[k % c->cols]);
		}
		writer_filled(c->w, n);
	}
	return (rows->ends_part ? writer_end(c->w) : 0);
}

static int
take_record(struct cat *c, struct reader *r)
{
	const struct record *record;
	struct rows rows;

	if (!c->passes && c->shifted)
		return ((reader_rows(r, SIZE_MAX, &rows) == -1) ? -1 : write_shifted(c, &rows));
	if (reader_record(r, &record) == -1)
		return (-1);
	return (c->passes ? writer_record(c->w, record) :
	    writer_record_as(c->w, record, c->out));
}

static int
cat_operand(struct cat *c, size_t i)
{
	struct reader *r = c->readers[i];
	struct part *p;
	int rc;

	while ((rc = reader_part(r, &p)) == 0 && p != NULL) {
		if (reader_starts_tensor(r) && begin_rows_of(c, i, p) == -1)
			return (-1);
		if (reader_row(r) == 0 && (note_part(c, i, p) == -1 ||
		    (!c->passes && derive_joined(c, p) == -1)))
			return (-1);
		if (take_record(c, r) == -1)
			return (-1);
	}
	return (rc);
}

int
local_cat(struct reader *const *readers, size_t count, bool repeat, struct writer *w)
{
	struct cat c = { .readers = readers, .count = count, .repeat = repeat, .w = w };
	size_t i;
	int rc = 0;

	if ((c.parts = mem_array(count, sizeof(*c.parts))) == NULL ||
	    (c.seen = seen_new()) == NULL) {
		free(c.parts);
		return (-1);
	}
	for (i = 0; i < count; i++) {
		reader_takes_row_exponents(readers[i]);
		reader_takes_missing(readers[i]);
		reader_takes_keys(readers[i]);
	}
	for (i = 0; i < count && rc == 0; i++)
		rc = cat_operand(&c, i);
	if (rc == 0)
		rc = end_parts(&c);
	forget_tensor(&c);
	free(c.parts);
	part_free(c.out);
	part_free(c.last);
	seen_free(c.seen);
	return (rc);
}
