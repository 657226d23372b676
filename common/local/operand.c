#include "local/operand.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "data/derive.h"
#include "data/reader.h"
#include "ring/fixed.h"
#include "ring/ring.h"
#include "table/table.h"

#define MAX_FILE_BYTES ((size_t)1 << 32)
#define READ_WORDS ((size_t)1 << 16)

#define FACTOR_BITS 16
#define PRECISE_BITS 8 /* that a factor keeps: 0.4 % */

/* Words that grow row by row. */
static int
append_operand_rows(struct operand *o, struct buf *words, const uint64_t *from, size_t rows)
{

	if (buf_append(words, from, rows * o->cols * sizeof(*from)) == -1)
		return (-1);
	o->rows += rows;
	return (0);
}

static int
copy_column_names(struct operand *o, const char *(*name)(const void *, size_t), const void *from)
{
	const char *s;
	size_t i;

	if (name(from, 0) == NULL)
		return (0);
	if ((o->columns = mem_array(o->cols, sizeof(*o->columns))) == NULL)
		return (-1);
	for (i = 0; i < o->cols; i++) {
		s = name(from, i);
		if ((o->columns[i] = mem_copy_string(s, strlen(s))) == NULL)
			return (-1);
	}
	return (0);
}

/* ---- a constant ---- */

/* Return 1 if ${text} was a constant, 0 if it is something else, -1 (reported). */
static int
load_constant(const char *text, struct operand *o, struct buf *words)
{
	struct ring R;
	uint64_t value;
	int64_t v;
	double d;
	int rc;

	rc = (o->modulus == 0) ? fixed_parse(text, strlen(text), o->fraction_bits, &v) :
	    fixed_parse_integer(text, strlen(text), &v);
	if (rc == FIXED_SYNTAX && o->modulus != 0 &&
	    fixed_parse_double(text, strlen(text), &d) == FIXED_OK)
		return (fail(ST_RANGE, "the constant %s is not a whole number, which shares modulo "
		    "%" PRIu64 " need", text, o->modulus));
	if (rc == FIXED_SYNTAX)
		return (0);
	if (rc == FIXED_RANGE)
		return (fail(ST_RANGE, "the constant %s does not fit a word of %u fraction bits",
		    text, o->fraction_bits));
	if (v == 0 && fixed_parse_double(text, strlen(text), &d) == FIXED_OK && d != 0)
		return (fail(ST_RANGE, "the constant %s rounds to 0 at %u fraction bits; a factor "
		    "takes more with --fraction-bits, a term has those of the shares", text,
		    o->fraction_bits));
	ring_init(&R, o->modulus);
	value = ring_from_int(&R, v);
	o->cols = 1;
	return ((append_operand_rows(o, words, &value, 1) == -1) ? -1 : 1);
}

/* ---- a public stream ---- */

static const char *
part_column(const void *part, size_t i)
{
	const struct part *p = part;

	return ((p->columns != NULL) ? p->columns[i] : NULL);
}

static int
load_stream(struct reader *r, struct operand *o, struct buf *words)
{
	struct part *p;
	struct rows rows;
	int rc;

	if (reader_part(r, &p) == -1)
		return (-1);
	if (p->scheme != SCHEME_PUBLIC)
		return (fail(ST_USAGE, "%s: is a share, not a public operand", reader_name(r)));
	if (p->modulus != o->modulus)
		return (fail(ST_REFUSED, "%s: its modulus is not that of the other operand",
		    reader_name(r)));
	o->is_stream = true;
	o->cols = p->cols;
	o->fraction_bits = p->fraction_bits;
	o->divisor = p->divisor;
	if (copy_column_names(o, part_column, p) == -1)
		return (-1);
	while ((rc = reader_rows(r, SIZE_MAX, &rows)) == 1) {
		if (append_operand_rows(o, words, rows.plane[0], rows.rows) == -1 ||
		    reader_part(r, &p) == -1)
			return (-1);
		if (p != NULL && reader_starts_tensor(r))
			return (fail(ST_FAILED, "%s: has more than one tensor; a public operand is "
			    "one", reader_name(r)));
	}
	return (rc);
}

/* ---- a table ---- */

static const char *
table_column(const void *table, size_t i)
{

	return (table_column_name(table, i));
}

/* Whether the first line of a CSV holds nothing but numbers, so that it cannot be a header. */
static bool
begins_with_numbers(const char *data, size_t bytes)
{
	const char *newline = memchr(data, '\n', bytes), *end = (newline != NULL) ? newline :
	    data + bytes, *p, *comma;
	int64_t v;
	size_t len;

	for (p = data; p <= end; p = comma + 1) {
		if ((comma = memchr(p, ',', (size_t)(end - p))) == NULL)
			comma = end;
		len = (size_t)(comma - p);
		while (len > 0 && (p[len - 1] == '\r' || p[len - 1] == ' '))
			len--;
		if (fixed_parse(p, len, 0, &v) == FIXED_SYNTAX)
			return (false);
	}
	return (true);
}

static int
load_table(struct table *t, struct operand *o, struct buf *words)
{
	uint64_t *block;
	size_t max_rows, rows;
	int rc;

	o->cols = table_columns(t);
	max_rows = (o->cols < READ_WORDS) ? READ_WORDS / o->cols : 1;
	if (copy_column_names(o, table_column, t) == -1 ||
	    (block = mem_array(max_rows * o->cols, sizeof(*block))) == NULL)
		return (-1);
	while ((rc = table_read(t, block, max_rows, &rows)) == 1) {
		if (append_operand_rows(o, words, block, rows) == -1) {
			rc = -1;
			break;
		}
	}
	free(block);
	return (rc);
}

/* ---- all of them ---- */

/* What an operand is read from; a file is read whole, and once. */
struct origin {
	const char *text; /* a number, or the file's name */
	char *data;       /* NULL: it is a number, or has not been read */
	size_t bytes;
};

/* What a file is, and whether it has a header, is told by its beginning. */
static int
load_file(struct origin *from, struct operand *o, struct buf *words)
{
	struct table_options options = { .fraction_bits = o->fraction_bits, .modulus = o->modulus };
	struct reader *r = NULL;
	struct table *t = NULL;
	int rc = -1;

	if (strcmp(from->text, "-") == 0)
		return (fail(ST_USAGE, "a public operand is a number or the name of a file, not "
		    "standard input"));
	if (from->data == NULL &&
	    io_read_file(from->text, MAX_FILE_BYTES, &from->data, &from->bytes) == -1)
		return (-1);
	if (from->bytes >= 2 && (from->data[0] == '{' || memcmp(from->data, "\xb5S", 2) == 0)) {
		if ((r = reader_from(source_memory(from->data, from->bytes, from->text,
		    NULL))) != NULL)
			rc = load_stream(r, o, words);
	} else {
		options.no_header = begins_with_numbers(from->data, from->bytes);
		if ((t = table_open_memory(from->data, from->bytes, from->text, &options)) != NULL)
			rc = load_table(t, o, words);
	}
	reader_close(r);
	table_close(t);
	return (rc);
}

/* Take the words over into memory of the kernels' alignment. */
static int
align_words(struct operand *o, const struct buf *words)
{

	if ((o->words = mem_array(o->rows * o->cols, sizeof(*o->words))) == NULL)
		return (-1);
	if (words->len > 0)
		memcpy(o->words, words->data, words->len);
	return (0);
}

static void
set_digest(struct operand *o)
{

	public_digest(o->digest, o->modulus, o->fraction_bits, o->divisor, o->rows, o->cols,
	    o->words);
}

static int
read_op(struct origin *from, unsigned fraction_bits, uint64_t modulus, struct operand **operand)
{
	struct buf words = { NULL, 0, 0 };
	struct operand *o;
	int rc = -1;

	if ((o = mem_array(1, sizeof(*o))) == NULL)
		return (-1);
	o->modulus = modulus;
	o->fraction_bits = (modulus == 0) ? fraction_bits : 0;
	o->divisor = 1;
	if ((rc = load_constant(from->text, o, &words)) == 0)
		rc = load_file(from, o, &words);
	if (rc != -1 && (rc = align_words(o, &words)) == 0) {
		set_digest(o);
		*operand = o;
		o = NULL;
	}
	operand_free(o);
	buf_free(&words);
	return (rc);
}

static void
forget_origin(struct origin *from)
{

	if (from->data != NULL)
		mem_wipe_free(from->data, from->bytes);
}

int
operand_load(const char *text, unsigned fraction_bits, uint64_t modulus, struct operand **operand)
{
	struct origin from = { .text = text };
	int rc = read_op(&from, fraction_bits, modulus, operand);

	forget_origin(&from);
	return (rc);
}

/* ---- factors ---- */

/* A signed word over 2^bits, rounded to the nearest number, of two the even one. */
static uint64_t
round_bits(uint64_t x, unsigned bits)
{
	uint64_t floor = x >> bits, rest, half;

	if (bits == 0)
		return (x);
	if (x >> 63)
		floor |= ~(UINT64_MAX >> bits);
	half = (uint64_t)1 << (bits - 1);
	rest = x & (2 * half - 1);
	return (floor + ((rest > half || (rest == half && (floor & 1) != 0)) ? 1 : 0));
}

/* How many bits the largest number of column ${c} has. */
static unsigned
column_width(const struct operand *o, size_t c)
{
	uint64_t any = 0;
	unsigned bits = 0;
	size_t i;

	for (i = c; i < o->rows * o->cols; i += o->cols)
		any |= (o->words[i] >> 63) ? ~o->words[i] + 1 : o->words[i];
	for (; any != 0; any >>= 1)
		bits++;
	return (bits);
}

static unsigned
widest_bits(const struct operand *o)
{
	unsigned widest = 0, bits;
	size_t c;

	for (c = 0; c < o->cols; c++) {
		bits = column_width(o, c);
		widest = (bits > widest) ? bits : widest;
	}
	return (widest);
}

/* Leave ${bits} fraction bits. */
static void
round_words(struct operand *o, unsigned bits)
{
	size_t i;

	for (i = 0; i < o->rows * o->cols; i++)
		o->words[i] = round_bits(o->words[i], o->fraction_bits - bits);
	o->fraction_bits = bits;
	set_digest(o);
}

/* Whether all numbers are below 1, of what may have more fraction bits. */
static int
is_small(struct origin *from, bool *small)
{
	struct operand *o = NULL;
	double x;

	if (fixed_parse_double(from->text, strlen(from->text), &x) == FIXED_OK) {
		*small = (x > -1 && x < 1);
		return (0);
	}
	if (read_op(from, FACTOR_BITS, 0, &o) == -1)
		return (-1);
	*small = (!o->is_stream && widest_bits(o) <= FACTOR_BITS);
	operand_free(o);
	return (0);
}

/* Round numbers below 1, which have all bits that there are. */
static int
round_factor(struct operand *o, unsigned most, const char *text)
{
	unsigned width = widest_bits(o), bits = most;

	if (width > FACTOR_BITS && PART_MAX_FRACTION_BITS + FACTOR_BITS - width < most)
		bits = PART_MAX_FRACTION_BITS + FACTOR_BITS - width;
	round_words(o, bits);
	if (width > 0 && widest_bits(o) == 0)
		return (fail(ST_RANGE, "the factor %s rounds to 0 at %u fraction bits, which is "
		    "what products have room for", text, bits));
	return (0);
}

/*
 * Large factors have as many fraction bits as leave numbers below 2^NUMBER_BITS room, which is what
 * those of undeclared columns are taken for.
 */
#define NUMBER_BITS 15

static int
read_large(struct origin *from, unsigned of, uint64_t modulus, struct operand **operand)
{
	const unsigned room = (of + NUMBER_BITS + FACTOR_BITS < 63) ? 63 - NUMBER_BITS - of :
	    FACTOR_BITS;
	struct operand *o;
	unsigned over;

	if (read_op(from, FACTOR_BITS, modulus, operand) == -1)
		return (-1);
	o = *operand;
	if (modulus != 0 || o->is_stream || widest_bits(o) <= room)
		return (0);
	over = widest_bits(o) - room;
	operand_free(o);
	*operand = NULL;
	return (read_op(from, (over < FACTOR_BITS) ? FACTOR_BITS - over : 0, modulus, operand));
}

int
operand_load_factor(const char *text, unsigned of, uint64_t modulus, struct operand **operand)
{
	unsigned most = (of + FACTOR_BITS < PART_MAX_FRACTION_BITS) ? PART_MAX_FRACTION_BITS - of :
	    FACTOR_BITS;
	struct origin from = { .text = text };
	bool small = false;
	int rc = 0;

	*operand = NULL;
	if (modulus == 0)
		rc = is_small(&from, &small);
	if (rc == 0)
		rc = small ? read_op(&from, PART_MAX_FRACTION_BITS, modulus, operand) :
		    read_large(&from, of, modulus, operand);
	if (rc == 0 && small && (rc = round_factor(*operand, most, text)) == -1) {
		operand_free(*operand);
		*operand = NULL;
	}
	forget_origin(&from);
	return (rc);
}

int
operand_check_precise(const struct operand *o)
{
	unsigned bits;
	size_t c;

	for (c = 0; c < o->cols && !o->is_stream && o->modulus == 0; c++) {
		bits = column_width(o, c);
		if (bits > 0 && bits < PRECISE_BITS)
			return (fail(ST_RANGE, "rounded to the %u fraction bits that go with the "
			    "largest factor, those of column %zu would be off by up to %.1g %%: "
			    "multiply it in a step of its own, or give --fraction-bits",
			    o->fraction_bits, c + 1, 50 / ldexp(1, (int)bits - 1)));
	}
	return (0);
}

void
operand_reduce(struct operand *o)
{
	uint64_t any = 0;
	unsigned shift = 0;
	size_t i, n = o->rows * o->cols;

	for (i = 0; i < n; i++)
		any |= o->words[i];
	while (shift < o->fraction_bits && ((any >> shift) & 1) == 0)
		shift++;
	/* Divide signed words by 2^shift; their low bits are zero, so this is exact. */
	for (i = 0; i < n; i++)
		o->words[i] = (o->words[i] >> shift) | ((shift > 0 && o->words[i] >> 63) ?
		    ~(UINT64_MAX >> shift) : 0);
	o->fraction_bits -= shift;
	set_digest(o);
}

static void
forget_names(struct operand *o)
{
	size_t i;

	for (i = 0; o->columns != NULL && i < o->cols; i++)
		free(o->columns[i]);
	free(o->columns);
	o->columns = NULL;
}

int
operand_fit(struct operand *o, size_t cols, unsigned *bits)
{
	const bool constant = (o->rows == 1 && o->cols == 1);
	uint64_t *words, from;
	size_t i, c;

	if (o->cols != cols)
		forget_names(o);
	for (c = 0; c < cols; c++)
		bits[c] = (bits[c] < o->fraction_bits) ? bits[c] : o->fraction_bits;
	if ((words = mem_array(o->rows * cols, sizeof(*words))) == NULL)
		return (-1);
	for (i = 0; i < o->rows; i++) {
		for (c = 0; c < cols; c++) {
			from = o->words[(o->cols == cols) ? i * cols + c : i];
			words[i * cols + c] = round_bits(from, o->fraction_bits - bits[c]);
			if (constant && from != 0 && words[c] == 0) {
				free(words);
				return (fail(ST_RANGE, "the constant rounds to 0 in the units of "
				    "column %zu", c + 1));
			}
		}
	}
	free(o->words);
	o->words = words;
	o->cols = cols;
	return (0);
}

void
operand_free(struct operand *o)
{

	if (o == NULL)
		return;
	forget_names(o);
	free(o->words);
	free(o);
}
