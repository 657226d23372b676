#include "data/zip.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "data/lineage.h"

/* One of the streams. */
struct zip_strand {
	struct reader *reader;
	struct part *part; /* the next row's part; NULL at the end of the stream */
	bool in_tensor;    /* rows of the current tensor are left */
	bool taken;        /* some of them were taken */
	struct part *empty; /* the last part without rows */
	bool repeats;
	struct rows held; /* the row that is repeated; its planes and its part are ours */
	uint64_t row;     /* in the part, at which the segment begins */
	bool has_rows;    /* in this tensor, and of their own: not repeated, nor public numbers */
	struct lineage lineage; /* of these, up to now */
};

struct zip {
	size_t count;
	size_t tensors; /* begun */
	uint64_t row;   /* in the tensor */
	bool all_single;
	struct zip_strand strands[];
};

struct zip *
zip_new(struct reader *const *readers, size_t count)
{
	struct zip *z;
	size_t i;

	if ((z = mem_array(1, sizeof(*z) + count * sizeof(z->strands[0]))) == NULL)
		return (NULL);
	z->count = count;
	for (i = 0; i < count; i++)
		z->strands[i] = (struct zip_strand){ .reader = readers[i],
			.lineage = { .where = reader_name(readers[i]) } };
	return (z);
}

static void
release_held(struct zip_strand *s)
{
	size_t i;

	if (s->held.part == NULL)
		return;
	for (i = 0; i < s->held.n_planes; i++)
		mem_wipe_free((void *)(uintptr_t)s->held.plane[i], s->held.part->cols *
		    sizeof(uint64_t));
	part_free(s->held.part);
	memset(&s->held, 0, sizeof(s->held));
}

/* See which part comes next, and whether it still belongs to the tensor. */
static int
look_once(struct zip_strand *s)
{

	if (reader_part(s->reader, &s->part) == -1)
		return (-1);
	s->in_tensor = (s->part != NULL && (!s->taken || !reader_starts_tensor(s->reader)));
	if (s->in_tensor)
		s->row = reader_row(s->reader);
	return (0);
}

/*
 * The same, past parts without rows: they take no part, but that the last one stands for a tensor
 * without any row.
 */
static int
look(struct zip_strand *s, bool tensor_begins)
{
	struct rows rows;

	if (tensor_begins) {
		s->taken = false;
		part_free(s->empty);
		s->empty = NULL;
	}
	if (look_once(s) == -1)
		return (-1);
	while (s->in_tensor && reader_available(s->reader) == 0) {
		part_free(s->empty);
		s->empty = part_ref(s->part);
		s->taken = true;
		if (reader_rows(s->reader, 0, &rows) == -1 || look_once(s) == -1)
			return (-1);
	}
	if (!s->in_tensor && tensor_begins && s->empty != NULL) {
		s->part = s->empty;
		s->row = 0;
	}
	return (0);
}

/* Copy the only row of a tensor that is repeated. */
static int
hold(struct zip_strand *s)
{
	struct rows rows;
	uint64_t *copy;
	size_t i;

	if (reader_rows(s->reader, 1, &rows) != 1)
		return (-1);
	s->held.part = part_ref(rows.part);
	s->held.rows = 1;
	for (i = 0; i < rows.n_planes; i++) {
		if ((copy = mem_array(rows.part->cols, sizeof(uint64_t))) == NULL)
			return (-1);
		if (rows.plane[i] != NULL)
			memcpy(copy, rows.plane[i], rows.part->cols * sizeof(uint64_t));
		s->held.plane[i] = copy;
		s->held.n_planes = i + 1;
	}
	s->part = s->held.part;
	s->in_tensor = true;
	s->repeats = true;
	s->row = 0;
	return (0);
}

/* Find the tensors of one row; where all have one row nothing is repeated. */
static int
find_repeated(struct zip *z)
{
	bool single[1024], all = true;
	size_t i;

	if (z->count > sizeof(single) / sizeof(single[0]))
		return (fail(ST_USAGE, "more than %zu operands",
		    sizeof(single) / sizeof(single[0])));
	for (i = 0; i < z->count; i++) {
		single[i] = false;
		if (z->strands[i].in_tensor &&
		    reader_single_row(z->strands[i].reader, &single[i]) == -1)
			return (-1);
		all = all && single[i];
	}
	z->all_single = all;
	for (i = 0; i < z->count && !all; i++) {
		if (single[i] && hold(&z->strands[i]) == -1)
			return (-1);
	}
	return (0);
}

int
zip_repeat_all(struct zip *z)
{
	size_t i;

	for (i = 0; i < z->count && z->all_single; i++) {
		if (hold(&z->strands[i]) == -1)
			return (-1);
	}
	return (0);
}

static int
check_setting(const struct zip *z, size_t first, size_t i)
{
	const struct part *a = z->strands[first].part, *b = z->strands[i].part;
	const char *name_a = reader_name(z->strands[first].reader),
	    *name_b = reader_name(z->strands[i].reader);

	if (a->modulus != b->modulus)
		return (fail(ST_REFUSED, "%s and %s: moduli differ", name_a, name_b));
	if (a->scheme == SCHEME_PUBLIC || b->scheme == SCHEME_PUBLIC ||
	    part_setting_difference(a, b) == NULL)
		return (0);
	if (a->scheme != b->scheme)
		return (fail(ST_REFUSED, "%s and %s: one is shared by the masked, the other by the "
		    "additive scheme", name_a, name_b));
	if (strcmp(part_party(a), part_party(b)) != 0)
		return (fail(ST_REFUSED, "%s is a share of party '%s', %s of party '%s'; a party "
		    "computes on its own shares, and smpc-reveal puts those of several together",
		    name_a, part_party(a), name_b, part_party(b)));
	return (fail(ST_REFUSED, "%s and %s: shared among different parties", name_a, name_b));
}

/* Check all streams against the first one that is not public. */
static int
check_settings(const struct zip *z)
{
	size_t first = 0, i;

	while (first + 1 < z->count && z->strands[first].part->scheme == SCHEME_PUBLIC)
		first++;
	for (i = 0; i < z->count; i++) {
		if (check_setting(z, first, i) == -1)
			return (-1);
		if (z->tensors > 0 &&
		    strcmp(z->strands[0].part->name, z->strands[i].part->name) != 0)
			return (fail(ST_FAILED, "%s: tensor '%s' comes where %s has '%s'",
			    reader_name(z->strands[i].reader), z->strands[i].part->name,
			    reader_name(z->strands[0].reader), z->strands[0].part->name));
	}
	return (0);
}

/* ---- do rows belong together? ---- */

/* The first strand whose rows are to belong to those of the others; NULL: there is none. */
static struct zip_strand *
first_with_rows(struct zip *z)
{
	size_t i;

	for (i = 0; i < z->count && !z->strands[i].has_rows; i++)
		continue;
	return ((i < z->count) ? &z->strands[i] : NULL);
}

/*
 * A single row that is repeated belongs to all, unless rows were left out of its table: it may be
 * the one that is left, or a column whose values stand where rows stood.
 */
static bool
is_left(const struct zip_strand *s)
{

	return (s->repeats && s->held.part != NULL && s->held.part->dropped);
}

/* Note of which sharings the rows of a segment are, and check it. */
static int
check_segment_rows(struct zip *z)
{
	struct zip_strand *s, *first;
	size_t i;

	for (i = 0; i < z->count; i++) {
		s = &z->strands[i];
		s->has_rows = (!s->repeats && s->in_tensor && lineage_has(s->part));
		if (s->has_rows && part_origins(s->part, &s->lineage.origins) == -1)
			return (-1);
	}
	first = first_with_rows(z);
	for (i = 0; i < z->count; i++) {
		s = &z->strands[i];
		if (s->has_rows && lineage_check(first->lineage.where, first->part,
		    s->lineage.where, s->part) == -1)
			return (-1);
		if (first != NULL && is_left(s) && lineage_check(first->lineage.where,
		    first->part, s->lineage.where, s->held.part) == -1)
			return (-1);
	}
	return (0);
}

/* The tensor ends: were its rows of the same sharings in all strands? */
static int
check_tensor_rows(struct zip *z)
{
	struct zip_strand *s, *first = first_with_rows(z);
	size_t i;

	for (i = 0; i < z->count; i++) {
		s = &z->strands[i];
		if (s->has_rows && lineage_same(&s->lineage, &first->lineage) == -1)
			return (-1);
	}
	return (0);
}

int
zip_tensor(struct zip *z)
{
	size_t i, ended = 0, last = 0;

	for (i = 0; i < z->count; i++) {
		z->strands[i].repeats = false;
		release_held(&z->strands[i]);
		ids_free(&z->strands[i].lineage.origins);
		if (look(&z->strands[i], true) == -1)
			return (-1);
		if (z->strands[i].part == NULL) {
			ended++;
			last = i;
		}
	}
	if (ended == z->count)
		return (0);
	if (ended > 0)
		return (fail(ST_FAILED, "%s: has %zu tensors, other operands have more",
		    reader_name(z->strands[last].reader), z->tensors));
	if (check_settings(z) == -1 || find_repeated(z) == -1 || check_segment_rows(z) == -1)
		return (-1);
	z->tensors++;
	z->row = 0;
	return (1);
}

struct part *
zip_part(const struct zip *z, size_t i)
{

	return (z->strands[i].part);
}

bool
zip_repeats(const struct zip *z, size_t i)
{

	return (z->strands[i].repeats);
}

void
zip_inputs(const struct zip *z, struct input *inputs)
{
	const struct part *p;
	size_t i;

	for (i = 0; i < z->count; i++) {
		p = z->strands[i].part;
		inputs[i] = (struct input){ p->id, z->strands[i].row, p };
		if (z->strands[i].repeats)
			inputs[i] = (struct input){ p->id, INPUT_REPEATED, NULL };
	}
}

static int
rows_differ(const struct zip *z, const struct zip_strand *fewer, const struct zip_strand *more)
{

	return (fail(ST_FAILED, "%s has %" PRIu64 " rows in this tensor, %s has more",
	    reader_name(fewer->reader), z->row, reader_name(more->reader)));
}

/* How many rows all streams have together in memory; 0 where none has any. */
static int
common_rows(struct zip *z, size_t *count)
{
	const struct zip_strand *with = NULL, *without = NULL;
	struct zip_strand *s;
	size_t i, n;

	*count = SIZE_MAX;
	for (i = 0; i < z->count; i++) {
		s = &z->strands[i];
		if (s->repeats)
			continue;
		if (!s->in_tensor) {
			*count = 0;
			without = s;
			continue;
		}
		with = s;
		if (reader_part(s->reader, &s->part) == -1)
			return (-1);
		n = reader_available(s->reader);
		*count = (n < *count) ? n : *count;
	}
	return ((with != NULL && without != NULL) ? rows_differ(z, without, with) : 0);
}

/* Take rows of one stream; nothing of a tensor without any. */
static int
strand_rows(struct zip_strand *s, size_t count, struct rows *rows)
{

	if (!s->in_tensor) {
		*rows = (struct rows){ .part = s->part, .n_planes = part_planes(s->part),
			.ends_part = true };
		return (0);
	}
	s->taken = true;
	return ((reader_rows(s->reader, count, rows) == 1) ? 0 : -1);
}

int
zip_rows(struct zip *z, struct rows *rows, size_t *count, bool *ends)
{
	struct zip_strand *s;
	size_t i;

	if (common_rows(z, count) == -1)
		return (-1);
	*ends = false;
	for (i = 0; i < z->count; i++) {
		s = &z->strands[i];
		if (s->repeats) {
			rows[i] = s->held;
			continue;
		}
		if (strand_rows(s, *count, &rows[i]) == -1)
			return (-1);
		*ends = *ends || rows[i].ends_part;
	}
	if (*count != SIZE_MAX)
		z->row += *count;
	return (0);
}

int
zip_segment(struct zip *z)
{
	const struct zip_strand *with = NULL, *without = NULL;
	struct zip_strand *s;
	size_t i;

	for (i = 0; i < z->count; i++) {
		s = &z->strands[i];
		if (s->repeats)
			continue;
		if (look(s, false) == -1)
			return (-1);
		if (s->in_tensor)
			with = s;
		else
			without = s;
	}
	if (with != NULL && without != NULL)
		return (rows_differ(z, without, with));
	if (with == NULL)
		return (check_tensor_rows(z));
	return ((check_segment_rows(z) == -1) ? -1 : 1);
}

void
zip_free(struct zip *z)
{
	size_t i;

	if (z == NULL)
		return;
	for (i = 0; i < z->count; i++) {
		release_held(&z->strands[i]);
		part_free(z->strands[i].empty);
		ids_free(&z->strands[i].lineage.origins);
	}
	free(z);
}
