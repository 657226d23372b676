#include "data/print.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/json.h"
#include "base/mem.h"
#include "data/coefficients.h"
#include "data/csv_text.h"
#include "data/derive.h"
#include "data/presence.h"
#include "data/spool.h"
#include "data/test_table.h"
#include "data/trees_model.h"
#include "data/writer.h"
#include "ring/fixed.h"
#include "table/safetensors.h"

#define FLUSH_BYTES ((size_t)1 << 16)
#define NPY_HEADER_BYTES 128

/* Output in progress. */
struct printer {
	const struct print_options *how;
	struct combine *c;
	struct output *output; /* not for PRINT_STREAM */
	struct writer *w;      /* for PRINT_STREAM */
	struct buf text;
	/* of what comes behind a header that is not known yet: safetensors, and .npy to a pipe */
	struct spool *spool;
	struct safetensors_header header;
	struct coefficients *table; /* for PRINT_TABLE: of a model */
	struct trees_model *trees;  /* for PRINT_XGBOOST, and for PRINT_TABLE of trees */
	struct test_table *test;    /* of the test at hand */
	size_t tests;               /* so far */
	int fd;
	struct part *part; /* of the tensor at hand */
	size_t *presence;  /* of each column, which one tells whether it has a value, or SIZE_MAX */
	bool *renumbered;  /* of each column, whether it is (column.h) */
	bool integers;     /* that is what its words are */
	size_t tensors;
	uint64_t rows;
	const struct part *at; /* the part at hand, and the row of it */
	uint64_t row;
};

static int
flush_text(struct printer *p, size_t limit)
{
	int rc = 0;

	if (p->text.len > limit) {
		rc = (p->spool != NULL) ? spool_write(p->spool, p->text.data, p->text.len) :
		    io_write(p->fd, p->text.data, p->text.len, output_name(p->output));
		p->text.len = 0;
	}
	return (rc);
}

/* ---- numbers ---- */

/* Whether words are two's complement. */
static bool
signed_words(const struct printer *p)
{

	return (p->part->modulus == 0);
}

/* The integer that a residue stands for when it is read as signed. */
static int64_t
centred(const struct printer *p, uint64_t v)
{
	uint64_t q = p->part->modulus;

	return ((v > q / 2) ? -(int64_t)(q - v) : (int64_t)v);
}

/* The value of a class that word ${v} of column ${j} stands for, if that is a number; or NULL. */
static const char *
class_number(const struct printer *p, size_t j, uint64_t v)
{
	const struct column *c = part_about(p->part, j);
	const uint64_t k = v >> p->part->fraction_bits;

	return ((p->renumbered[j] && p->part->divisor == 1 && k < c->n_values &&
	    k << p->part->fraction_bits == v && strlen(c->values[k]) < FIXED_MAX_TEXT) ?
	    c->values[k] : NULL);
}

/* The number that word ${v} of column ${j} stands for. */
static size_t
format_word(const struct printer *p, size_t j, char *out, uint64_t v)
{
	const char *value = class_number(p, j, v);

	if (value != NULL) {
		memcpy(out, value, strlen(value));
		return (strlen(value));
	}
	if (signed_words(p))
		return (fixed_format_scaled(out, (int64_t)v, p->part->fraction_bits,
		    part_exponent(p->at, p->row, j), p->part->divisor));
	if (p->how->is_signed)
		return (fixed_format(out, centred(p, v), 0, p->part->divisor));
	return (residue_format(out, v, p->part->divisor));
}

/* Whether the value of column ${j} is missing. */
static bool
has_no_value(const struct printer *p, const uint64_t *words, size_t j)
{

	return (p->presence[j] != SIZE_MAX && words[p->presence[j]] == 0);
}

/* What the model is for that the tensor is the first one of; or NULL. */
static const char *
model_of(const struct printer *p)
{

	return ((p->how->tensor == NULL) ? p->part->model : NULL);
}

/* ---- CSV ---- */

static int
csv_begin(struct printer *p)
{
	size_t i;

	if (p->tensors > 0 && buf_string(&p->text, "\n") == -1)
		return (-1);
	if (p->part->columns == NULL)
		return (0);
	for (i = 0; i < p->part->cols; i++) {
		if ((i > 0 && buf_string(&p->text, ",") == -1) ||
		    csv_text_name(&p->text, p->part->columns[i]) == -1)
			return (-1);
	}
	return (buf_string(&p->text, "\n"));
}

/* Append one row with numbers separated by commas, and ${missing} where there is none. */
static int
numbers_row(struct printer *p, const uint64_t *words, const char *missing)
{
	char number[FIXED_MAX_TEXT + 1];
	size_t i, n;

	for (i = 0; i < p->part->cols; i++) {
		if (has_no_value(p, words, i)) {
			n = strlen(missing);
			memcpy(number, missing, n);
		} else
			n = format_word(p, i, number, words[i]);
		if (i + 1 < p->part->cols)
			number[n++] = ',';
		if (buf_append(&p->text, number, n) == -1)
			return (-1);
	}
	return (flush_text(p, FLUSH_BYTES));
}

static int
csv_row(struct printer *p, const uint64_t *words)
{

	return ((numbers_row(p, words, "") == -1) ? -1 : buf_string(&p->text, "\n"));
}

/*
 * The exponents of columns, as an array; NULL where all are 0.  Where rows have some, which shares
 * of clear numbers have not, an empty one.  It has to be freed.  Return 0 or -1 (not reported).
 */
static int
exponents_as_json(const struct part *p, json_t **a)
{
	size_t j;

	*a = NULL;
	for (j = 0; j < p->cols && part_about(p, j)->exponent == 0; j++)
		continue;
	if (j == p->cols && p->n_row_exponents == 0)
		return (0);
	if ((*a = json_array()) == NULL)
		return (-1);
	for (j = 0; j < p->cols && p->n_row_exponents == 0; j++) {
		if (json_array_append_new(*a, json_integer(part_about(p, j)->exponent)) == -1)
			return (-1);
	}
	return (0);
}

/* What the numbers of ${o} are in, where they are in units of their own. */
static int
scale_field(json_t *o, const struct part *p)
{
	json_t *exponents;
	int rc = exponents_as_json(p, &exponents);

	if (rc == 0 && exponents != NULL)
		rc = json_object_set_new(o, "scale", json_pack("{s:i,s:O}", "fraction_bits",
		    (int)p->fraction_bits, "exponents", exponents));
	json_decref(exponents);
	return (rc);
}

/* ---- JSON ---- */

static int
json_begin(struct printer *p)
{
	const struct part *part = p->part;
	json_t *o = json_object();
	char *text;
	int rc = -1;

	if (o == NULL || scale_field(o, part) == -1 ||
	    json_object_set_new(o, "name", json_string(part->name)) == -1 ||
	    (part->columns != NULL && json_object_set_new(o, "columns",
	    json_strings((const char *const *)part->columns, part->cols)) == -1) ||
	    (model_of(p) != NULL &&
	    json_object_set_new(o, "model", json_loads(model_of(p), 0, NULL)) == -1)) {
		json_decref(o);
		return (fail(ST_FAILED, "out of memory"));
	}
	text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(o);
	if (text == NULL)
		return (fail(ST_FAILED, "out of memory"));
	if (buf_append(&p->text, text, strlen(text) - 1) == 0 &&
	    buf_string(&p->text, ",\"rows\":[") == 0)
		rc = 0;
	free(text);
	return (rc);
}

static int
json_row(struct printer *p, const uint64_t *words)
{

	if (buf_string(&p->text, (p->rows > 0) ? ",[" : "[") == -1 ||
	    numbers_row(p, words, "null") == -1)
		return (-1);
	return (buf_string(&p->text, "]"));
}

/* ---- binary numbers ---- */

/* Whether all numbers are whole ones, by the scale, and none is missing. */
static bool
integers(const struct part *p)
{
	const struct column *c;
	size_t j;

	for (j = 0; j < p->cols; j++) {
		c = part_about(p, j);
		if (c->exponent != 0 || c->missing || column_is_renumbered(c))
			break;
	}
	return (p->fraction_bits == 0 && p->divisor == 1 && j == p->cols &&
	    p->n_row_exponents == 0);
}

/* Of their type, in .npy files and in safetensors files. */
static const char *
type_name(const struct printer *p, const char *real, const char *whole, const char *residues)
{

	return (!p->integers ? real : (signed_words(p) || p->how->is_signed) ? whole : residues);
}

static int
binary_row(struct printer *p, const uint64_t *words)
{
	const char *value;
	double d;
	int64_t v;
	size_t i;

	for (i = 0; i < p->part->cols; i++) {
		v = (!signed_words(p) && p->how->is_signed) ? centred(p, words[i]) :
		    (int64_t)words[i];
		d = (signed_words(p) || p->how->is_signed) ?
		    ldexp(fixed_to_double(v, p->part->fraction_bits, p->part->divisor),
		    part_exponent(p->at, p->row, i)) :
		    (double)words[i] / (double)p->part->divisor;
		if ((value = class_number(p, i, words[i])) != NULL)
			d = strtod(value, NULL);
		if (has_no_value(p, words, i))
			d = NAN;
		if (buf_append(&p->text, p->integers ? (const void *)&v : (const void *)&d,
		    8) == -1)
			return (-1);
	}
	return (flush_text(p, FLUSH_BYTES));
}

/* Have what is printed wait. */
static int
open_spool(struct printer *p)
{

	return (((p->spool = spool_open()) != NULL) ? 0 : -1);
}

/* Hand it on. */
static int
copy_spool(struct printer *p)
{

	return (spool_copy(p->spool, p->fd, output_name(p->output)));
}

/* ---- .npy ---- */

/*
 * The header has a fixed length, so that it can be written again when the number of rows is known.
 */
static int
npy_header(struct printer *p, int fd)
{
	char header[NPY_HEADER_BYTES + 1];
	int n;

	memcpy(header, "\x93NUMPY\x01\x00", 8);
	header[8] = NPY_HEADER_BYTES - 10;
	header[9] = 0;
	n = snprintf(header + 10, NPY_HEADER_BYTES - 10, "{'descr': '%s', 'fortran_order': False, "
	    "'shape': (%" PRIu64 ", %zu), }", type_name(p, "<f8", "<i8", "<u8"), p->rows,
	    p->part->cols);
	memset(header + 10 + n, ' ', (size_t)(NPY_HEADER_BYTES - 11 - n));
	header[NPY_HEADER_BYTES - 1] = '\n';
	return (io_write(fd, header, NPY_HEADER_BYTES, output_name(p->output)));
}

static int
npy_begin(struct printer *p)
{

	if (p->tensors > 0)
		return (fail(ST_FAILED, "a .npy file holds one tensor; choose one with --tensor, "
		    "such as '%s'", p->part->name));
	/* What is not a file of our own may be a pipe, or hold something already. */
	return (output_is_temporary(p->output) ? npy_header(p, p->fd) : open_spool(p));
}

/* Write the header, again or behind time, with the number of rows; and hand on what has waited. */
static int
npy_end(struct printer *p)
{

	if (flush_text(p, 0) == -1)
		return (-1);
	if (p->spool == NULL && lseek(p->fd, 0, SEEK_SET) == -1)
		return (fail_errno(output_name(p->output)));
	if (npy_header(p, p->fd) == -1)
		return (-1);
	return ((p->spool != NULL) ? copy_spool(p) : 0);
}

/* ---- safetensors ---- */

/* The header of the whole file, and then what has waited for it. */
static int
safetensors_end(struct printer *p)
{
	struct buf text = { NULL, 0, 0 };
	int rc = -1;

	if (flush_text(p, 0) == 0 && safetensors_encode(&p->header, &text) == 0 &&
	    io_write(output_fd(p->output), text.data, text.len, output_name(p->output)) == 0)
		rc = copy_spool(p);
	buf_free(&text);
	return (rc);
}

/* ---- tables ---- */

static int
begin_trees(struct printer *p, const struct part *part)
{

	if (p->how->ratios)
		return (fail(ST_USAGE, "--ratios is for generalized linear models (smpc-train "
		    "--model glm)"));
	if (p->trees == NULL && (p->trees = trees_model_new()) == NULL)
		return (-1);
	return (trees_model_tensor(p->trees, part));
}

/* Each test has a table; the tensors of a model have one together, and come alone. */
static int
begin_table(struct printer *p, const struct part *part)
{

	if (p->trees != NULL || (p->tensors == 0 && trees_model_is(part)))
		return (begin_trees(p, part));
	if (p->tests == 0 && (p->tensors > 0 || !test_table_is(part)))
		return (coefficients_tensor(p->table, part));
	if (!test_table_is(part))
		return (fail(ST_FAILED, "tensor '%s' is not the result of a test: choose those "
		    "that are (smpc-reveal --tensor, or smpc-cut)", part->name));
	if (p->how->ratios)
		return (fail(ST_USAGE, "--ratios is for generalized linear models (smpc-train "
		    "--model glm)"));
	if (p->tests++ > 0 && buf_string(&p->text, "\n") == -1)
		return (-1);
	return (((p->test = test_table_new(part)) != NULL) ? 0 : -1);
}

static int
end_table(struct printer *p)
{
	int rc;

	if (p->test == NULL)
		return (0);
	rc = test_table_print(p->test, &p->text);
	test_table_free(p->test);
	p->test = NULL;
	return (rc);
}

/* ---- tensors ---- */

/*
 * Find which columns tell where values are missing, and which are classes of other numbers than
 * their words; the words of some shares alone tell nothing.
 */
static int
look_at_columns(struct printer *p)
{
	size_t j;

	free(p->presence);
	free(p->renumbered);
	p->presence = mem_array(p->part->cols, sizeof(*p->presence));
	p->renumbered = mem_array(p->part->cols, sizeof(*p->renumbered));
	if (p->presence == NULL || p->renumbered == NULL)
		return (-1);
	for (j = 0; j < p->part->cols; j++) {
		p->renumbered[j] = !p->how->is_partial &&
		    column_is_renumbered(part_about(p->part, j));
		p->presence[j] = SIZE_MAX;
		if (!p->how->is_partial && p->how->format != PRINT_STREAM &&
		    presence_find(p->part, p->part->name, j, &p->presence[j]) == -1)
			return (-1);
	}
	return (0);
}

static int
print_begin(struct printer *p, const struct part *part)
{

	part_free(p->part);
	if ((p->part = part_copy(part)) == NULL || look_at_columns(p) == -1)
		return (-1);
	p->integers = integers(part);
	p->rows = 0;
	switch (p->how->format) {
	case PRINT_CSV:
		return (csv_begin(p));
	case PRINT_JSON:
		return (json_begin(p));
	case PRINT_NPY:
		return (npy_begin(p));
	case PRINT_SAFETENSORS:
		return ((p->spool == NULL) ? open_spool(p) : 0);
	case PRINT_STREAM:
		return (0);
	case PRINT_TABLE:
		return (begin_table(p, part));
	case PRINT_XGBOOST:
		return (begin_trees(p, part));
	}
	return (-1);
}

/* A tensor of a safetensors file, whose header comes last. */
static int
add_to_header(struct printer *p)
{
	json_t *exponents = NULL;
	int rc = exponents_as_json(p->part, &exponents);
	const struct safetensors_entry e = {
		.name = p->part->name,
		.rows = p->rows,
		.cols = p->part->cols,
		.columns = (const char *const *)p->part->columns,
		.type = type_name(p, "F64", "I64", "U64"),
		.fraction_bits = p->part->fraction_bits,
		.exponents = exponents,
		.model = model_of(p),
	};

	rc = (rc == 0) ? safetensors_add(&p->header, &e) : fail(ST_FAILED, "out of memory");
	json_decref(exponents);
	return (rc);
}

static int
print_end(struct printer *p)
{

	p->tensors++;
	if (p->how->format == PRINT_JSON)
		return (buf_string(&p->text, "]}\n"));
	if (p->how->format == PRINT_NPY)
		return (npy_end(p));
	if (p->how->format == PRINT_SAFETENSORS)
		return (add_to_header(p));
	return (end_table(p));
}

static int
print_rows(struct printer *p, const uint64_t *words, size_t rows)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < rows && rc == 0; i++, p->rows++, p->row++) {
		if (p->how->format == PRINT_CSV)
			rc = csv_row(p, words + i * p->part->cols);
		else if (p->how->format == PRINT_JSON)
			rc = json_row(p, words + i * p->part->cols);
		else if (p->trees != NULL)
			rc = trees_model_row(p->trees, words + i * p->part->cols);
		else if (p->how->format == PRINT_TABLE)
			rc = (p->test != NULL) ?
			    test_table_row(p->test, words + i * p->part->cols) :
			    coefficients_row(p->table, words + i * p->part->cols);
		else
			rc = binary_row(p, words + i * p->part->cols);
	}
	return (rc);
}

/* Begin the public part that a revealed part becomes. */
static int
public_begin(struct printer *p, const struct part *part)
{
	struct input input = { part->id, 0, part };
	struct part *out;
	int rc = -1;

	if ((out = part_derive(part, "reveal", "", &input, 1)) == NULL)
		return (-1);
	out->scheme = SCHEME_PUBLIC;
	out->party = 0;
	if (part_set_parties(out, NULL, 0) == 0 && part_keep_about(out, part) == 0 &&
	    part_set_row_exponents(out, part->row_exponents, part->n_row_exponents) == 0)
		rc = writer_begin(p->w, out);
	part_free(out);
	return (rc);
}

/* Print one part, or read over it. */
static int
print_part(struct printer *p, const struct part *part, bool wanted)
{
	bool stream = (wanted && p->how->format == PRINT_STREAM);
	const uint64_t *words;
	size_t rows;
	int rc;

	p->at = part;
	p->row = 0;
	if (stream && public_begin(p, part) == -1)
		return (-1);
	while ((rc = combine_rows(p->c, &words, &rows)) == 1) {
		if (stream)
			rc = writer_rows(p->w, rows,
			    (const uint64_t *const[PART_MAX_PLANES]){ words });
		else if (wanted)
			rc = print_rows(p, words, rows);
		if (rc == -1)
			return (-1);
	}
	return ((rc == 0 && stream) ? writer_end(p->w) : rc);
}

static int
print_all(struct printer *p)
{
	const struct part *part;
	bool starts, wanted = false;
	int rc;

	while ((rc = combine_part(p->c, &part, &starts)) == 1) {
		if (starts) {
			if (wanted && print_end(p) == -1)
				return (-1);
			wanted = (p->how->tensor == NULL ||
			    strcmp(p->how->tensor, part->name) == 0);
			if (wanted && print_begin(p, part) == -1)
				return (-1);
		}
		if (print_part(p, part, wanted) == -1)
			return (-1);
	}
	if (rc == 0 && wanted && print_end(p) == -1)
		return (-1);
	if (rc == 0 && p->tensors == 0)
		return (fail(ST_FAILED, "the shares hold no tensor named '%s'", p->how->tensor));
	if (rc == 0 && p->how->format == PRINT_SAFETENSORS)
		return (safetensors_end(p));
	if (rc == 0 && p->trees != NULL)
		return ((p->how->format == PRINT_TABLE) ? trees_model_table(p->trees, &p->text) :
		    trees_model_xgboost(p->trees, &p->text));
	if (rc == 0 && p->how->format == PRINT_TABLE && p->tests == 0)
		return (coefficients_print(p->table, &p->text));
	return (rc);
}

static int
printer_open(struct printer *p)
{

	if (p->how->format == PRINT_STREAM)
		return (((p->w = writer_open(p->how->path, OUTPUT_REPLACE, false, NULL)) != NULL) ?
		    0 : -1);
	if (p->how->format == PRINT_TABLE && (p->table = coefficients_new(p->how->ratios)) == NULL)
		return (-1);
	if ((p->output = output_open(p->how->path, OUTPUT_REPLACE)) == NULL)
		return (-1);
	p->fd = output_fd(p->output);
	return (0);
}

int
print_tensors(struct combine *c, const struct print_options *how)
{
	struct printer p = { .how = how, .c = c };
	int rc = -1;

	if (printer_open(&p) == 0 && print_all(&p) == 0 &&
	    (p.output == NULL || flush_text(&p, 0) == 0))
		rc = 0;
	spool_free(p.spool);
	if (rc == 0)
		rc = (p.w != NULL) ? writer_close(p.w) : output_commit(p.output);
	else {
		writer_abort(p.w);
		output_abort(p.output);
	}
	safetensors_header_free(&p.header);
	coefficients_free(p.table);
	trees_model_free(p.trees);
	test_table_free(p.test);
	buf_free(&p.text);
	part_free(p.part);
	free(p.presence);
	free(p.renumbered);
	return (rc);
}
