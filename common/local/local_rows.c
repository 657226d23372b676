/*
 * Operations on the rows of one stream: a product with a public right factor, sums across columns,
 * cut.
 */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/json.h"
#include "base/names.h"
#include "data/bounds.h"
#include "data/derive.h"
#include "data/scale.h"
#include "local/local.h"
#include "local/local_internal.h"
#include "local/operand.h"
#include "table/columns.h"

/* A row-wise operation; the parts of the result are those of the input. */
struct row_map {
	const char *op;
	void *state;
	/* Whether a part has a result; NULL: all have. */
	bool (*takes)(void *state, const struct part *in);
	/*
	 * Called for each part: write the parameters, and change what the operation changes in the
	 * result's header.
	 */
	int (*params)(void *state, const struct part *in, bool starts_tensor, struct buf *params);
	int (*shape)(void *state, const struct part *in, struct part *out);
	/* Compute ${n} rows of a plane. */
	void (*rows)(void *state, const struct ring *R, uint64_t *z, const uint64_t *x, size_t n,
	    const struct part *in);
};

static int
map_begin(const struct row_map *m, const struct part *in, const struct input *input,
    size_t n_inputs, bool starts_tensor, struct writer *w)
{
	struct buf params = { NULL, 0, 0 };
	struct part *out = NULL;
	int rc = -1;

	if (m->params(m->state, in, starts_tensor, &params) == -1 ||
	    buf_append(&params, "", 1) == -1)
		goto done;
	if ((out = part_derive(in, m->op, params.data, input, n_inputs)) == NULL ||
	    m->shape(m->state, in, out) == -1)
		goto done;
	rc = writer_begin(w, out);
done:
	part_free(out);
	buf_free(&params);
	return (rc);
}

static int
map_rows(const struct row_map *m, const struct rows *rows, struct writer *w)
{
	uint64_t *planes[PART_MAX_PLANES];
	size_t done, n, i;
	struct ring R;

	ring_init(&R, rows->part->modulus);
	for (done = 0; done < rows->rows; done += n) {
		if ((n = writer_space(w, rows->rows - done, planes)) == 0)
			return (-1);
		for (i = 0; i < rows->n_planes; i++)
			m->rows(m->state, &R, planes[i], rows->plane[i] + done * rows->part->cols,
			    n, rows->part);
		writer_filled(w, n);
	}
	return (0);
}

/* ${extra}, unless NULL, is the digest of a public operand, one more input. */
static int
map_stream(const struct row_map *m, struct reader *r, const uint8_t *extra, struct writer *w)
{
	struct input inputs[2] = { { .id = NULL }, { .id = extra } };
	const struct record *record;
	struct part *part;
	struct rows rows;
	bool begun = false;
	int rc;

	while ((rc = reader_part(r, &part)) == 0 && part != NULL) {
		/* What is left out is read, so that damage is seen. */
		if (m->takes != NULL && !m->takes(m->state, part)) {
			if (reader_record(r, &record) == -1)
				return (-1);
			continue;
		}
		inputs[0] = (struct input){ part->id, 0, part };
		if (!begun &&
		    map_begin(m, part, inputs, (extra != NULL) ? 2 : 1, reader_starts_tensor(r),
		    w) == -1)
			return (-1);
		if (reader_rows(r, SIZE_MAX, &rows) == -1 || map_rows(m, &rows, w) == -1)
			return (-1);
		begun = !rows.ends_part;
		if (rows.ends_part && writer_end(w) == -1)
			return (-1);
	}
	return (rc);
}

static int
no_params(void *state, const struct part *in, bool starts_tensor, struct buf *params)
{

	(void)state;
	(void)in;
	(void)starts_tensor;
	(void)params;
	return (0);
}

/* ---- matmul ---- */

struct right {
	const struct operand *o;
	unsigned *shifts;  /* bits by which rows of the matrix are multiplied; NULL: by none */
	uint64_t *shifted; /* that matrix */
};

static void
right_free(struct right *m)
{

	free(m->shifts);
	free(m->shifted);
	m->shifts = NULL;
	m->shifted = NULL;
}

/* The bounds of column ${k} of the product. */
static int
matmul_column(const struct right *m, const struct part *in, size_t k, struct bounds *sum)
{
	const struct operand *o = m->o;
	struct bounds term, factor;
	size_t j;

	*sum = (struct bounds){ 0, 0 };
	for (j = 0; j < o->rows; j++) {
		term = bounds_of(part_about(in, j));
		factor = bounds_of_words(o->words + j * o->cols + k, 1, 1, 0);
		if (bounds_scale(&factor, 1, m->shifts[j]) == -1 ||
		    bounds_multiply(&term, factor) == -1 || bounds_add(sum, term) == -1)
			return (bounds_refuse(in, j, "its product with the matrix, or the sum,"));
	}
	return (0);
}

/* What words of column ${k} are supposed to be below. */
static double
matmul_supposed(const struct right *m, const struct part *in, size_t k)
{
	const struct operand *o = m->o;
	double sum = 0;
	size_t j;

	for (j = 0; j < o->rows; j++)
		sum += ldexp(supposed_words(in, j) *
		    fabs((double)(int64_t)o->words[j * o->cols + k]), (int)m->shifts[j]);
	return (sum);
}

/* Columns with exponents are brought to one by the matrix, whose rows take their factors. */
static int
matmul_about(struct right *m, const struct part *in, struct part *out)
{
	const struct operand *o = m->o;
	struct column *about = NULL;
	struct bounds sum;
	size_t j, k;
	int exponent, rc = -1;

	if (in->modulus != 0)
		return (0);
	if ((m->shifts = mem_array(o->rows, sizeof(*m->shifts))) == NULL ||
	    (m->shifted = mem_array(o->rows * o->cols, sizeof(*m->shifted))) == NULL ||
	    (about = mem_array(o->cols, sizeof(*about))) == NULL ||
	    columns_align(in, m->shifts, &exponent) == -1)
		goto out;
	for (k = 0; k < o->cols; k++) {
		if (matmul_column(m, in, k, &sum) == -1)
			goto out;
		column_result(&about[k], sum, exponent);
		if (supposed_result(&about[k], in, 0, matmul_supposed(m, in, k),
		    "products with the matrix") == -1)
			goto out;
		for (j = 0; j < o->rows; j++)
			m->shifted[j * o->cols + k] = word_shifted(o->words[j * o->cols + k],
			    m->shifts[j]);
	}
	rc = part_set_about(out, about);
out:
	free(about);
	return (rc);
}

static int
matmul_shape(void *state, const struct part *in, struct part *out)
{
	struct right *m = state;
	const struct operand *o = m->o;
	struct scale s = scale_of(in);

	right_free(m);
	if (part_check_numbers(in) == -1)
		return (-1);
	if (in->modulus != o->modulus)
		return (fail(ST_REFUSED, "tensor '%s' has another modulus than the first; multiply "
		    "them one at a time", in->name));
	if (in->cols != o->rows)
		return (fail(ST_FAILED, "shapes disagree: the stream has %zu columns, the public "
		    "matrix %zu rows", in->cols, o->rows));
	if (scale_multiply(&s, (struct scale){ o->fraction_bits, o->divisor },
	    SCALE_SHORTEN_FACTOR) == -1)
		return (-1);
	scale_set(out, s);
	return ((part_set_columns(out, (const char *const *)o->columns, o->cols) == -1) ? -1 :
	    matmul_about(m, in, out));
}

static void
matmul_rows(void *state, const struct ring *R, uint64_t *z, const uint64_t *x, size_t n,
    const struct part *in)
{
	const struct right *m = state;
	const struct operand *o = m->o;

	memset(z, 0, n * o->cols * sizeof(*z));
	ring_matmul_add(R, z, x, (m->shifted != NULL) ? m->shifted : o->words, n, in->cols,
	    o->cols);
}

int
local_matmul_right(struct reader *r, struct operand *matrix, struct writer *w)
{
	struct right right = { .o = matrix };
	const struct row_map m = {
		.op = "matmul",
		.state = &right,
		.params = no_params,
		.shape = matmul_shape,
		.rows = matmul_rows,
	};
	int rc;

	reader_takes_exponents(r);
	rc = map_stream(&m, r, matrix->digest, w);
	right_free(&right);
	return (rc);
}

/* ---- sum across columns ---- */

struct across {
	bool mean;
	unsigned *shifts; /* bits by which columns are multiplied; NULL: by none */
};

static int
across_params(void *state, const struct part *in, bool starts_tensor, struct buf *params)
{
	const struct across *a = state;

	(void)in;
	(void)starts_tensor;
	return (buf_string(params, a->mean ? "rows mean" : "rows"));
}

static int
across_about(struct across *a, const struct part *in, struct part *out)
{
	struct column column;
	struct bounds sum = { 0, 0 }, term;
	double supposed = 0;
	size_t j;
	int exponent;

	if (in->modulus != 0)
		return (0);
	if ((a->shifts = mem_array(in->cols, sizeof(*a->shifts))) == NULL ||
	    columns_align(in, a->shifts, &exponent) == -1)
		return (-1);
	for (j = 0; j < in->cols; j++) {
		term = bounds_of(part_about(in, j));
		if (part_check_alike(in, j) == -1)
			return (-1);
		if (bounds_scale(&term, 1, a->shifts[j]) == -1 || bounds_add(&sum, term) == -1)
			return (bounds_refuse(in, j, "the sum of this column and those before"));
		supposed += ldexp(supposed_words(in, j), (int)a->shifts[j]);
	}
	for (j = 0; j < in->cols && a->shifts[j] == 0; j++)
		continue;
	if (j == in->cols) {
		free(a->shifts);
		a->shifts = NULL;
	}
	column_result(&column, sum, exponent);
	if (supposed_result(&column, in, 0, supposed, "the sum of all columns") == -1)
		return (-1);
	return (part_set_about(out, &column));
}

static int
across_shape(void *state, const struct part *in, struct part *out)
{
	struct across *a = state;
	struct scale s = scale_of(in);

	free(a->shifts);
	a->shifts = NULL;
	if (part_check_numbers(in) == -1)
		return (-1);
	if (a->mean && scale_multiply(&s, (struct scale){ .divisor = in->cols },
	    SCALE_CUT_SHARES) == -1)
		return (-1);
	scale_set(out, s);
	return ((part_set_columns(out, NULL, 1) == -1) ? -1 : across_about(a, in, out));
}

static void
across_rows(void *state, const struct ring *R, uint64_t *z, const uint64_t *x, size_t n,
    const struct part *in)
{
	const struct across *a = state;
	size_t i, j;

	for (i = 0; i < n; i++, x += in->cols) {
		if (a->shifts == NULL) {
			z[i] = ring_sum(R, x, in->cols);
			continue;
		}
		for (z[i] = 0, j = 0; j < in->cols; j++)
			z[i] += word_shifted(x[j], a->shifts[j]);
	}
}

int
local_sum_across(struct reader *r, bool mean, struct writer *w)
{
	struct across across = { .mean = mean };
	const struct row_map m = {
		.op = "sum",
		.state = &across,
		.params = across_params,
		.shape = across_shape,
		.rows = across_rows,
	};
	int rc;

	reader_takes_exponents(r);
	rc = map_stream(&m, r, NULL, w);
	free(across.shifts);
	return (rc);
}

/* ---- cut ---- */

struct cut {
	const struct cut_options *o;
	struct reader *r;
	size_t *columns; /* that are kept */
	size_t count;
	const char **names; /* of these, in the result; NULL: they have none */
	struct columns_groups keys; /* whose words stand side by side */
	uint8_t *word; /* of each column: its number in its key, or KEY_WORDS; NULL: no keys */
	const char **of;    /* of a key that is renamed, by the columns that are kept: its name */
	char **made;        /* names in ${names} that were made here, by the same */
	bool *met; /* which of the tensors that are named, to be kept or left out, were there */
	bool kept; /* one is */
};

static void
cut_forget(struct cut *c)
{

	size_t i;

	for (i = 0; c->made != NULL && i < c->count; i++)
		free(c->made[i]);
	free(c->made);
	free(c->of);
	free(c->columns);
	free(c->names);
	free((void *)(uintptr_t)c->keys.group);
	free(c->word);
	c->columns = NULL;
	c->names = c->of = NULL;
	c->made = NULL;
	c->keys = (struct columns_groups){ NULL, 0 };
	c->word = NULL;
}

/* ---- keys: their words are kept, left out and renamed together ---- */

static int
find_keys(struct cut *c, const struct part *in)
{
	struct columns_group *group;
	size_t j, k = 0;

	if (!part_has_keys(in))
		return (0);
	if ((c->word = mem_array(in->cols, sizeof(*c->word))) == NULL ||
	    (group = mem_array(in->cols, sizeof(*group))) == NULL)
		return (-1);
	c->keys = (struct columns_groups){ group, 0 };
	for (j = 0; j < in->cols; j++) {
		c->word[j] = (uint8_t)((in->about[j].kind == COLUMN_KEY) ? k : KEY_WORDS);
		if (c->word[j] == 0)
			group[c->keys.count++] = (struct columns_group){ in->about[j].of, j,
				KEY_WORDS };
		k = (c->word[j] == KEY_WORDS) ? 0 : (k + 1) % KEY_WORDS;
	}
	return (0);
}

/* Whether the words of each key that is kept stand side by side. */
static int
check_keys(const struct cut *c, const struct part *in)
{
	size_t i, k = 0, number, first = 0;

	for (i = 0; c->word != NULL && i < c->count; i++) {
		number = c->word[c->columns[i]];
		if (k == 0 && number == KEY_WORDS)
			continue;
		if (k == 0)
			first = c->columns[i];
		if (number != k || c->columns[i] != first + k)
			break;
		k = (k + 1) % KEY_WORDS;
	}
	if (c->word == NULL || (i == c->count && k == 0))
		return (0);
	if (i == c->count || part_about(in, c->columns[i])->kind != COLUMN_KEY)
		i--;
	return (fail(ST_USAGE, "%s: column '%s' of tensor '%s' is a key of %d words, which stay "
	    "together: give its name", reader_name(c->r), part_about(in, c->columns[i])->of,
	    in->name, KEY_WORDS));
}

/* Give the key at the kept column ${i} another name. */
static int
name_key(struct cut *c, size_t i, const char *name)
{
	struct buf b = { NULL, 0, 0 };
	char number[24];
	size_t k;
	int rc = 0;

	for (k = 0; k < KEY_WORDS && rc == 0; k++) {
		snprintf(number, sizeof(number), "#%zu", k + 1);
		b.len = 0;
		if (buf_string(&b, name) == -1 || buf_string(&b, number) == -1 ||
		    (c->made[i + k] = mem_copy_string(b.data, b.len)) == NULL)
			rc = -1;
		c->names[i + k] = c->made[i + k];
		c->of[i + k] = name;
	}
	buf_free(&b);
	return (rc);
}

/* If ${spec} is "KEY=NEW", rename it.  Return 1, 0 if it is not, or -1 (reported). */
static int
rename_key(struct cut *c, const struct part *in, const char *spec)
{
	const struct columns_group *g;
	const char *fault;
	size_t len, i, k;

	for (k = 0; k < c->keys.count; k++) {
		g = &c->keys.group[k];
		len = strlen(g->name);
		/* The name of a column goes before that of a key. */
		if (strncmp(spec, g->name, len) != 0 || spec[len] != '=' || names_find(g->name,
		    len, (const char *const *)in->columns, in->cols, &i))
			continue;
		for (i = 0; i < c->count && c->columns[i] != g->first; i++)
			continue;
		if (i == c->count)
			return (fail(ST_USAGE, "--rename '%s': the column is left out", spec));
		if (c->made[i] != NULL)
			return (fail(ST_USAGE, "--rename '%s': the column gets a name twice",
			    spec));
		if ((fault = columns_name_fault(spec + len + 1, strlen(spec + len + 1))) != NULL)
			return (fail(ST_USAGE, "--rename '%s': the new name %s", spec, fault));
		return ((name_key(c, i, spec + len + 1) == -1) ? -1 : 1);
	}
	return (0);
}

/* Find the column that a position, or a name that is none, stands for. */
static int
find_by_position(const struct cut *c, const struct part *in, const char *spec, size_t len,
    size_t *column)
{
	size_t marked = 0, j;
	uint8_t *marks;
	int rc;

	if ((marks = mem_array(in->cols, 1)) == NULL)
		return (-1);
	rc = columns_mark(spec, len, (const char *const *)in->columns, in->cols, reader_name(c->r),
	    marks);
	for (j = 0; rc == 0 && j < in->cols; j++) {
		if (marks[j] == 0)
			continue;
		marked++;
		*column = j;
	}
	free(marks);
	if (rc == 0 && marked != 1)
		return (fail(ST_USAGE, "--rename '%s': names one column at a time", spec));
	return (rc);
}

/*
 * Split "OLD=NEW" at the "=" behind a column's name, which may hold one itself: set *${column} to
 * the column, and *${name} to NEW.
 */
static int
split_rename(const struct cut *c, const struct part *in, const char *spec, size_t *column,
    const char **name)
{
	const char *equals = strchr(spec, '='), *at, *fault;

	if (equals == NULL)
		return (fail(ST_USAGE, "--rename takes OLD=NEW, and not '%s'", spec));
	for (at = equals; at != NULL && !names_find(spec, (size_t)(at - spec),
	    (const char *const *)in->columns, in->cols, column); at = strchr(at + 1, '='))
		continue;
	if (at == NULL) {
		at = equals;
		if (find_by_position(c, in, spec, (size_t)(at - spec), column) == -1)
			return (-1);
	}
	*name = at + 1;
	if ((fault = columns_name_fault(*name, strlen(*name))) != NULL)
		return (fail(ST_USAGE, "--rename '%s': the new name %s", spec, fault));
	return (0);
}

/* Give one of the columns that are kept another name. */
static int
rename_column(struct cut *c, const struct part *in, const char *spec)
{
	const char *name = NULL;
	size_t column = 0, i;
	int rc;

	if ((rc = rename_key(c, in, spec)) != 0)
		return ((rc == 1) ? 0 : -1);
	if (split_rename(c, in, spec, &column, &name) == -1)
		return (-1);
	if (part_about(in, column)->kind == COLUMN_KEY)
		return (fail(ST_USAGE, "--rename '%s': is a word of key '%s': rename that", spec,
		    part_about(in, column)->of));
	for (i = 0; i < c->count && c->columns[i] != column; i++)
		continue;
	if (i == c->count)
		return (fail(ST_USAGE, "--rename '%s': the column is left out", spec));
	if (c->names[i] != in->columns[column])
		return (fail(ST_USAGE, "--rename '%s': the column gets a name twice", spec));
	c->names[i] = name;
	return (0);
}

/* Find the names of the columns that are kept. */
static int
cut_names(struct cut *c, const struct part *in)
{
	size_t i, again;
	int rc;

	if (in->columns == NULL)
		return ((c->o->renames.count == 0) ? 0 : fail(ST_USAGE, "%s: the columns of tensor "
		    "'%s' have no names that could be changed", reader_name(c->r), in->name));
	if ((c->names = mem_array(c->count, sizeof(*c->names))) == NULL ||
	    (c->of = mem_array(c->count, sizeof(*c->of))) == NULL ||
	    (c->made = mem_array(c->count, sizeof(*c->made))) == NULL)
		return (-1);
	for (i = 0; i < c->count; i++)
		c->names[i] = in->columns[c->columns[i]];
	for (i = 0; i < c->o->renames.count; i++) {
		if (rename_column(c, in, c->o->renames.list[i]) == -1)
			return (-1);
	}
	if (c->o->renames.count > 0 && (rc = names_repeated(c->names, c->count, &again)) != 0)
		return ((rc == -1) ? -1 : fail(ST_USAGE, "--rename: two columns would be named "
		    "'%s'", c->names[again]));
	return (0);
}

/* The new names are parameters, too, so that results of one id have the same header. */
static int
add_names(const struct cut *c, struct buf *params)
{
	json_t *names = json_strings(c->names, c->count);
	char *text = (names != NULL) ? json_dumps(names, JSON_COMPACT) : NULL;
	int rc;

	json_decref(names);
	if (text == NULL)
		return (fail(ST_FAILED, "out of memory"));
	rc = (buf_string(params, " ") == -1) ? -1 : buf_string(params, text);
	free(text);
	return (rc);
}

/*
 * Find the columns once per part; the parameters are their positions, so that the names by which
 * they were chosen do not enter the id.
 */
static int
cut_params(void *state, const struct part *in, bool starts_tensor, struct buf *params)
{
	struct cut *c = state;
	char position[24];
	size_t i;

	(void)starts_tensor;
	cut_forget(c);
	if (find_keys(c, in) == -1 || columns_choose(&c->o->include, &c->o->exclude,
	    (const char *const *)in->columns, &c->keys, in->cols, reader_name(c->r), &c->columns,
	    &c->count) == -1 || check_keys(c, in) == -1 || cut_names(c, in) == -1)
		return (-1);
	for (i = 0; i < c->count; i++) {
		snprintf(position, sizeof(position), "%s%zu", (i > 0) ? "," : "",
		    c->columns[i] + 1);
		if (buf_string(params, position) == -1)
			return (-1);
	}
	return ((c->o->renames.count > 0) ? add_names(c, params) : 0);
}

/* What a column that is kept is called now, or ${name} if it is none of them. */
static const char *
name_now(const struct cut *c, const struct part *in, const char *name)
{
	size_t i;

	for (i = 0; c->names != NULL && i < c->count; i++) {
		if (strcmp(in->columns[c->columns[i]], name) == 0)
			return (c->names[i]);
	}
	return (name);
}

/* What is known of a column goes with it, and follows the names that it speaks of. */
static int
cut_about(const struct cut *c, const struct part *in, struct part *out)
{
	struct column *about;
	size_t i;
	int rc;

	if (in->about == NULL)
		return (0);
	if ((about = mem_array(c->count, sizeof(*about))) == NULL)
		return (-1);
	for (i = 0; i < c->count; i++) {
		about[i] = in->about[c->columns[i]];
		/* It is only copied. */
		if (about[i].kind == COLUMN_KEY && c->of != NULL && c->of[i] != NULL)
			about[i].of = (char *)(uintptr_t)c->of[i];
		else if (about[i].kind != COLUMN_KEY && about[i].of != NULL &&
		    c->o->renames.count > 0)
			about[i].of = (char *)(uintptr_t)name_now(c, in, about[i].of);
	}
	rc = part_set_about(out, about);
	free(about);
	return (rc);
}

static int
cut_shape(void *state, const struct part *in, struct part *out)
{
	const struct cut *c = state;

	out->intact = part_intact(in);
	return ((part_set_columns(out, c->names, c->count) == -1) ? -1 : cut_about(c, in, out));
}

static void
cut_rows(void *state, const struct ring *R, uint64_t *z, const uint64_t *x, size_t n,
    const struct part *in)
{
	const struct cut *c = state;
	size_t i, j;

	(void)R;
	for (i = 0; i < n; i++) {
		for (j = 0; j < c->count; j++)
			z[i * c->count + j] = x[i * in->cols + c->columns[j]];
	}
}

/* Whether one of the names is that of a tensor, which is noted. */
static bool
names_tensor(const struct column_lists *names, bool *met, const struct part *in)
{
	bool found = false;
	size_t i;

	for (i = 0; i < names->count; i++) {
		if (strcmp(names->list[i], in->name) == 0)
			met[i] = found = true;
	}
	return (found);
}

static bool
cut_takes(void *state, const struct part *in)
{
	struct cut *c = state;
	bool named = names_tensor(&c->o->tensors, c->met, in),
	    excluded = names_tensor(&c->o->no_tensors, c->met + c->o->tensors.count, in),
	    takes = (c->o->tensors.count == 0 || named) && !excluded;

	c->kept = c->kept || takes;
	return (takes);
}

/* Every tensor that was named has to have been there, and one has to be left. */
static int
check_met(const struct cut *c)
{
	size_t i, k = c->o->tensors.count;

	for (i = 0; i < k + c->o->no_tensors.count; i++) {
		if (!c->met[i])
			return (fail(ST_USAGE, "%s: there is no tensor '%s'; smpc-info lists what "
			    "there is", reader_name(c->r), (i < k) ? c->o->tensors.list[i] :
			    c->o->no_tensors.list[i - k]));
	}
	return (c->kept ? 0 : fail(ST_USAGE, "%s: no tensor is left", reader_name(c->r)));
}

/* Pass whole tensors on as they are. */
static int
pass_tensors(struct cut *c, struct writer *w)
{
	const struct record *record;
	int rc;

	while ((rc = reader_record(c->r, &record)) == 1) {
		if (cut_takes(c, record->part) && writer_record(w, record) == -1)
			return (-1);
	}
	return (rc);
}

int
local_cut(struct reader *r, const struct cut_options *o, struct writer *w)
{
	struct cut c = { .o = o, .r = r };
	const struct row_map m = {
		.op = "cut",
		.state = &c,
		.takes = cut_takes,
		.params = cut_params,
		.shape = cut_shape,
		.rows = cut_rows,
	};
	int rc = -1;

	reader_takes_exponents(r);
	reader_takes_missing(r);
	reader_takes_keys(r);
	if ((c.met = mem_array(o->tensors.count + o->no_tensors.count, sizeof(*c.met))) != NULL)
		rc = (o->include.count + o->exclude.count + o->renames.count > 0) ?
		    map_stream(&m, r, NULL, w) : pass_tensors(&c, w);
	if (rc == 0)
		rc = check_met(&c);
	cut_forget(&c);
	free(c.met);
	return (rc);
}
