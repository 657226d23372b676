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
#include "data/policy_notes.h"
#include "data/reader.h"
#include "ring/fixed.h"
#include "ring/ring.h"
#include "table/columns.h"
#include "table/table.h"

#define MAX_FILE_BYTES ((size_t)1 << 32)
#define READ_WORDS ((size_t)1 << 16)

#define WORD_BITS 62      /* of the largest word that has all the fraction bits it can have */
#define FACTOR_BITS 16    /* of the largest factor */
#define MOST_ROUNDED 1e-3 /* of the largest factor */
#define GOOD_PRODUCT 0x1p-17 /* of the range of a product, what FACTOR_BITS are off by */
#define MOST_PRODUCT 1e-4

/* Refuse a factor that would need an exponent, which products have only where ranges are known. */
static int
refuse_tiny(const char *text, unsigned bits)
{

	return (fail(ST_RANGE, "the factor %s is next to nothing with %u fraction bits, and "
	    "products have no room for more: shares with a declared range take any factor "
	    "(smpc-share --range)", text, bits));
}

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

/* What an operand is read from; a file is read whole, and once. */
struct origin {
	const char *text; /* a number, or the file's name */
	char *data;       /* NULL: it is a number, or has not been read */
	size_t bytes;
	struct column_lists select, scale; /* of a table: which columns, and times what */
	bool takes_exponents;              /* of a stream's columns */
};

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
		return ((o->fraction_bits == PART_MAX_FRACTION_BITS) ? refuse_tiny(text,
		    o->fraction_bits) : fail(ST_RANGE, "the constant %s rounds to 0 at %u fraction "
		    "bits; a factor takes more with --fraction-bits, a term has those of the "
		    "shares", text, o->fraction_bits));
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

/* Take the exponents of its columns, if any has one. */
static int
copy_exponents(struct operand *o, const struct part *p)
{
	size_t j;

	for (j = 0; j < p->cols && part_about(p, j)->exponent == 0; j++)
		continue;
	if (j == p->cols)
		return (0);
	if ((o->exponents = mem_array(p->cols, sizeof(*o->exponents))) == NULL)
		return (-1);
	for (j = 0; j < p->cols; j++)
		o->exponents[j] = part_about(p, j)->exponent;
	return (0);
}

static int
load_stream(struct reader *r, const struct origin *from, struct operand *o, struct buf *words)
{
	struct part *p;
	struct rows rows;
	int rc;

	if (from->takes_exponents)
		reader_takes_exponents(r);
	if (reader_part(r, &p) == -1)
		return (-1);
	if (p->scheme != SCHEME_PUBLIC)
		return (fail(ST_USAGE, "%s: is a share, not a public operand", reader_name(r)));
	if (p->modulus != o->modulus)
		return (fail(ST_REFUSED, "%s: its modulus is not that of the other operand",
		    reader_name(r)));
	o->is_stream = true;
	o->part = part_ref(p);
	o->cols = p->cols;
	o->fraction_bits = p->fraction_bits;
	o->divisor = p->divisor;
	if (part_check_numbers(p) == -1 || copy_exponents(o, p) == -1 ||
	    copy_column_names(o, part_column, p) == -1)
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

/* What a file is, and whether it has a header, is told by its beginning. */
static int
load_file(struct origin *from, struct operand *o, struct buf *words)
{
	struct table_options options = { .fraction_bits = o->fraction_bits,
		.modulus = o->modulus, .select = from->select, .scale = from->scale };
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
			rc = load_stream(r, from, o, words);
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
	    o->words, o->exponents);
	/* Where the agent does not hear of it, it lets nothing be revealed that is made with it. */
	(void)policy_note_operand(o->digest, o->rows);
}

static int
read_operand(struct origin *from, unsigned fraction_bits, uint64_t modulus,
    struct operand **operand)
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
	int rc = read_operand(&from, fraction_bits, modulus, operand);

	forget_origin(&from);
	return (rc);
}

/* ---- terms ---- */

/* Lists for table_options that choose columns and multiply them. */
struct column_choices {
	struct buf *name, *scale; /* of each */
	const char **names, **scales;
	size_t n;
};

static void
column_choices_free(struct column_choices *ch)
{
	size_t i;

	for (i = 0; i < ch->n && ch->name != NULL && ch->scale != NULL; i++) {
		buf_free(&ch->name[i]);
		buf_free(&ch->scale[i]);
	}
	free(ch->name);
	free(ch->scale);
	free(ch->names);
	free(ch->scales);
}

static int
choose_column(struct column_choices *ch, size_t i, const struct operand *o, size_t c, int scaled)
{
	struct buf *name = &ch->name[i], *scale = &ch->scale[i];
	char factor[40];

	snprintf(factor, sizeof(factor), "=%.17g", ldexp(1, scaled));
	if (columns_reference(name, (const char *const *)o->columns, o->cols, c, false) == -1 ||
	    buf_append(scale, name->data, name->len) == -1 || buf_append(name, "", 1) == -1 ||
	    buf_append(scale, factor, strlen(factor) + 1) == -1)
		return (-1);
	ch->names[i] = name->data;
	ch->scales[i] = scale->data;
	return (0);
}

/* Load ${n} columns of a table, multiplied by 2^scaled, with ${bits} fraction bits. */
static int
load_columns(struct origin *from, const struct operand *o, const size_t *which, size_t n,
    int scaled, unsigned bits, struct operand **columns)
{
	struct column_choices ch = { .n = n };
	size_t i;
	int rc = -1;

	ch.name = mem_array(n, sizeof(*ch.name));
	ch.scale = mem_array(n, sizeof(*ch.scale));
	ch.names = mem_array(n, sizeof(*ch.names));
	ch.scales = mem_array(n, sizeof(*ch.scales));
	if (ch.name != NULL && ch.scale != NULL && ch.names != NULL && ch.scales != NULL) {
		for (i = 0; i < n && choose_column(&ch, i, o, which[i], scaled) == 0; i++)
			continue;
		from->select = (struct column_lists){ ch.names, n };
		from->scale = (struct column_lists){ ch.scales, (scaled != 0) ? n : 0 };
		rc = (i == n) ? read_operand(from, bits, 0, columns) : -1;
		from->select = from->scale = (struct column_lists){ NULL, 0 };
	}
	column_choices_free(&ch);
	return (rc);
}

/* Load column ${c} of a table alone, multiplied by 2^scaled, with ${bits} fraction bits. */
static int
load_column(struct origin *from, const struct operand *o, size_t c, int scaled, unsigned bits,
    struct operand **column)
{

	return (load_columns(from, o, &c, 1, scaled, bits, column));
}

/* The most of ${bits}; set *${alike} to whether all are that. */
static unsigned
finest_term(const unsigned *bits, size_t cols, bool *alike)
{
	unsigned most = 0;
	size_t c;

	*alike = true;
	for (c = 0; c < cols; c++) {
		*alike = *alike && bits[c] == bits[0];
		most = (bits[c] > most) ? bits[c] : most;
	}
	return (most);
}

static bool
is_decimal(const char *text)
{
	double x;

	return (fixed_parse_double(text, strlen(text), &x) == FIXED_OK);
}

/* Read those columns of a table anew that have ${bits} fraction bits each. */
static int
read_unit(struct origin *from, const unsigned *bits, unsigned unit, size_t *which,
    struct operand *o)
{
	struct operand *columns;
	size_t n = 0, c, i;

	for (c = 0; c < o->cols; c++) {
		if (bits[c] == unit)
			which[n++] = c;
	}
	if (n == 0)
		return (0);
	if (load_columns(from, o, which, n, 0, unit, &columns) == -1)
		return (-1);
	for (c = 0; c < n; c++) {
		o->exponents[which[c]] = (int)o->fraction_bits - (int)unit;
		for (i = 0; i < o->rows; i++)
			o->words[i * o->cols + which[c]] = columns->words[i * n + c];
	}
	operand_free(columns);
	return (0);
}

static int
read_term_columns(struct origin *from, const unsigned *bits, struct operand *o)
{
	size_t *which = mem_array(o->cols, sizeof(*which));
	unsigned unit;
	int rc = -1;

	o->exponents = mem_array(o->cols, sizeof(*o->exponents));
	if (which != NULL && o->exponents != NULL) {
		for (unit = 0, rc = 0; unit <= PART_MAX_FRACTION_BITS && rc == 0; unit++)
			rc = read_unit(from, bits, unit, which, o);
	}
	free(which);
	return (rc);
}

/* Numbers have bits for the finest unit, unless they are a table with a column for each. */
static int
read_terms(struct origin *from, const unsigned *bits, size_t cols, unsigned fraction_bits,
    struct operand **operand)
{
	bool alike;
	const unsigned most = finest_term(bits, cols, &alike);
	struct operand *o;
	int rc;

	if (alike || is_decimal(from->text))
		return (read_operand(from, most, 0, operand));
	/* What it is decides how it is read. */
	if (read_operand(from, 0, 0, operand) == -1)
		return (-1);
	o = *operand;
	if (o->is_stream)
		return (0);
	if (o->cols != cols) {
		operand_free(o);
		*operand = NULL;
		return (read_operand(from, most, 0, operand));
	}
	o->fraction_bits = fraction_bits;
	rc = read_term_columns(from, bits, o);
	set_digest(o);
	return (rc);
}

int
operand_load_terms(const char *text, const unsigned *bits, size_t cols, unsigned fraction_bits,
    struct operand **operand)
{
	struct origin from = { .text = text, .takes_exponents = true };
	int rc;

	*operand = NULL;
	if ((rc = read_terms(&from, bits, cols, fraction_bits, operand)) == -1) {
		operand_free(*operand);
		*operand = NULL;
	}
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

/* How many bits the largest of ${n} numbers, ${step} words apart, has. */
static unsigned
width(const uint64_t *words, size_t n, size_t step)
{
	uint64_t any = 0;
	size_t i;

	for (i = 0; i < n; i++)
		any |= (words[i * step] >> 63) ? ~words[i * step] + 1 : words[i * step];
	return (word_bits(any));
}

static unsigned
column_width(const struct operand *o, size_t c)
{

	return (width(o->words + c, o->rows, o->cols));
}

static unsigned
widest_bits(const struct operand *o)
{

	return (width(o->words, o->rows * o->cols, 1));
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

/* Whether more fraction bits are due: all numbers are below 1, and it is no stream. */
static int
is_small(struct origin *from, bool *small)
{
	struct operand *o = NULL;
	double x;

	if (fixed_parse_double(from->text, strlen(from->text), &x) == FIXED_OK) {
		*small = (x > -1 && x < 1);
		return (0);
	}
	if (read_operand(from, FACTOR_BITS, 0, &o) == -1)
		return (-1);
	*small = (!o->is_stream && widest_bits(o) <= FACTOR_BITS);
	operand_free(o);
	return (0);
}

/*
 * Round numbers below 1, which were read with all fraction bits, so that the largest one has
 * FACTOR_BITS, with ${most} fraction bits at most.
 */
static void
round_factor(struct operand *o, unsigned most)
{
	unsigned widest = widest_bits(o), bits = most;

	if (widest > FACTOR_BITS && PART_MAX_FRACTION_BITS + FACTOR_BITS - widest < most)
		bits = PART_MAX_FRACTION_BITS + FACTOR_BITS - widest;
	round_words(o, bits);
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

	if (read_operand(from, FACTOR_BITS, modulus, operand) == -1)
		return (-1);
	o = *operand;
	if (modulus != 0 || o->is_stream || widest_bits(o) <= room)
		return (0);
	over = widest_bits(o) - room;
	operand_free(o);
	*operand = NULL;
	return (read_operand(from, (over < FACTOR_BITS) ? FACTOR_BITS - over : 0, modulus,
	    operand));
}

static unsigned
most_factor_bits(unsigned of)
{

	return ((of + FACTOR_BITS < PART_MAX_FRACTION_BITS) ? PART_MAX_FRACTION_BITS - of :
	    FACTOR_BITS);
}

static int
read_factor(struct origin *from, unsigned of, uint64_t modulus, struct operand **operand)
{
	bool small = false;
	int rc = 0;

	*operand = NULL;
	if (modulus == 0)
		rc = is_small(from, &small);
	if (rc == 0)
		rc = small ? read_operand(from, PART_MAX_FRACTION_BITS, modulus, operand) :
		    read_large(from, of, modulus, operand);
	if (rc == 0 && small)
		round_factor(*operand, most_factor_bits(of));
	return (rc);
}

/* ---- what rounding takes from a factor ---- */

/* The same numbers with as many fraction bits as words have room for. */
static int
load_finer(struct origin *from, const struct operand *o, struct operand **finer)
{
	const unsigned bits = o->fraction_bits + WORD_BITS - widest_bits(o);

	return (read_operand(from, (bits < PART_MAX_FRACTION_BITS) ? bits :
	    PART_MAX_FRACTION_BITS, 0, finer));
}

/*
 * Measure what rounding has changed of ${n} words, ${step} apart, beside the same with ${more}
 * fraction bits.
 */
static void
measure_line(struct operand_rounding *r, size_t at, const uint64_t *words, const uint64_t *finer,
    size_t n, size_t step, unsigned more)
{
	double largest = 0, off = 0;
	size_t i;

	for (i = 0; i < n * step; i += step) {
		largest = fmax(largest, fabs((double)(int64_t)finer[i]));
		off = fmax(off, fabs((double)(int64_t)(finer[i] - (words[i] << more))));
	}
	if (off > r->part * largest)
		*r = (struct operand_rounding){ at, off / largest };
}

static void
measure_rounding(struct operand *o, const struct operand *finer)
{
	const unsigned more = finer->fraction_bits - o->fraction_bits;
	size_t i;

	for (i = 0; i < o->cols; i++)
		measure_line(&o->column, i, o->words + i, finer->words + i, o->rows, o->cols, more);
	for (i = 0; i < o->rows; i++)
		measure_line(&o->row, i, o->words + i * o->cols, finer->words + i * o->cols,
		    o->cols, 1, more);
}

/* ---- a factor for each column ---- */

/*
 * Load a number of which ${most} fraction bits would leave too few bits, or too many: as a word
 * with ${bits} of them, and an exponent.
 */
static int
load_scaled(const char *text, int bits, unsigned most, struct operand **operand)
{
	struct operand *o;
	int64_t v;

	*operand = NULL;
	if (fixed_parse_scaled(text, strlen(text), bits, &v) != FIXED_OK)
		return (refuse_tiny(text, most));
	if ((o = mem_array(1, sizeof(*o))) == NULL)
		return (-1);
	if ((o->words = mem_array(1, sizeof(*o->words))) == NULL ||
	    (o->exponents = mem_array(1, sizeof(*o->exponents))) == NULL) {
		operand_free(o);
		return (-1);
	}
	o->divisor = o->rows = o->cols = 1;
	o->fraction_bits = most;
	o->exponents[0] = (int)most - bits;
	o->words[0] = (uint64_t)v;
	set_digest(o);
	*operand = o;
	return (0);
}

/*
 * Give column ${c} the bits that it has as column ${from} of ${finer}, which is multiplied by
 * 2^scaled: FACTOR_BITS of them, by an exponent.
 */
static void
refine_column(struct operand *o, size_t c, const struct operand *finer, size_t from, int scaled)
{
	const unsigned bits = column_width(finer, from);
	const unsigned off = (bits > FACTOR_BITS) ? bits - FACTOR_BITS : 0;
	size_t i;

	o->exponents[c] = (int)o->fraction_bits - (int)(finer->fraction_bits - off) - scaled;
	for (i = 0; i < o->rows; i++)
		o->words[i * o->cols + c] = round_bits(finer->words[i * finer->cols + from], off);
}

/*
 * Find the bits of a column that has too few in ${finer}, with as many fraction bits as others
 * leave it: load it by itself, multiplied by 2^*${bits}, until its words have ${least} bits.  They
 * are looked for SCALED_BITS at a time, so that what is found fits.  Set *${scaled} to it, or to
 * NULL where there is nothing, as of zeroes.  Return 0 or -1 (reported).
 */
#define SCALED_BITS (PART_MAX_FRACTION_BITS - FACTOR_BITS)
#define MOST_SCALED 400

static int
find_scaled(const struct operand *o, struct origin *from, const struct operand *finer, size_t c,
    unsigned least, struct operand **scaled, int *bits)
{

	for (*bits = (int)finer->fraction_bits - FACTOR_BITS; *bits <= MOST_SCALED;
	    *bits += SCALED_BITS) {
		if (load_column(from, o, c, *bits, PART_MAX_FRACTION_BITS, scaled) == -1)
			return (-1);
		if (column_width(*scaled, 0) >= least)
			return (0);
		operand_free(*scaled);
	}
	*scaled = NULL;
	return (0);
}

static int
refine_tiny_column(struct operand *o, struct origin *from, const struct operand *finer, size_t c)
{
	struct operand *scaled;
	int bits;

	if (find_scaled(o, from, finer, c, FACTOR_BITS, &scaled, &bits) == -1)
		return (-1);
	if (scaled != NULL)
		refine_column(o, c, scaled, 0, bits);
	operand_free(scaled);
	return (0);
}

/* Column ${c} is lost; so are rows in which nothing else is left. */
static void
note_lost(struct operand *o, size_t c, const struct operand *finer, const struct operand *scaled)
{
	size_t i;

	o->column = (struct operand_rounding){ c, 1 };
	for (i = 0; i < o->rows && o->row.part < 1; i++) {
		if (scaled->words[i] != 0 && width(finer->words + i * o->cols, o->cols, 1) == 0)
			o->row = (struct operand_rounding){ i, 1 };
	}
}

/*
 * Find whether a column of a table is 0 in ${finer} only because no fraction bits reach it: then
 * rounding takes all of it.
 */
#define MOST_LOOKED 16 /* columns of zeroes */

static int
find_lost(struct operand *o, struct origin *from, const struct operand *finer)
{
	struct operand *scaled;
	size_t c, looked = 0;
	int bits;

	for (c = 0; c < o->cols && from->data != NULL && looked < MOST_LOOKED; c++) {
		if (column_width(finer, c) > 0)
			continue;
		looked++;
		if (find_scaled(o, from, finer, c, 1, &scaled, &bits) == -1)
			return (-1);
		if (scaled != NULL)
			note_lost(o, c, finer, scaled);
		operand_free(scaled);
	}
	return (0);
}

static int
refine_columns(struct operand *o, struct origin *from, const struct operand *finer)
{
	const unsigned more = finer->fraction_bits - o->fraction_bits;
	struct operand_rounding r;
	size_t c;

	if ((o->exponents = mem_array(o->cols, sizeof(*o->exponents))) == NULL)
		return (-1);
	for (c = 0; c < o->cols; c++) {
		r = (struct operand_rounding){ 0, 0 };
		measure_line(&r, c, o->words + c, finer->words + c, o->rows, o->cols, more);
		if (r.part > ldexp(1, -FACTOR_BITS))
			refine_column(o, c, finer, c, 0);
		if (column_width(finer, c) < FACTOR_BITS && from->data != NULL &&
		    finer->fraction_bits >= FACTOR_BITS &&
		    refine_tiny_column(o, from, finer, c) == -1)
			return (-1);
	}
	set_digest(o);
	return (0);
}

/* ---- a matrix ---- */

/*
 * Fraction bits with which products with words of these sizes, and their sums, stay below
 * 2^PRODUCT_BITS, so that as many of them as make up 64 bits can be added yet.
 */
#define PRODUCT_BITS 56

static int
bits_with_room(const struct operand *finer, const double *sizes)
{
	double sum, most = 0;
	size_t j, k;

	for (k = 0; k < finer->cols; k++) {
		sum = 0;
		for (j = 0; j < finer->rows; j++)
			sum += sizes[j] * fabs((double)(int64_t)finer->words[j * finer->cols + k]);
		most = fmax(most, sum);
	}
	return ((int)finer->fraction_bits + PRODUCT_BITS - ((most > 0) ? ilogb(most) + 1 : 0));
}

/* By which part of its range a product with words of these sizes is off, in the worst column. */
static double
range_part(const struct operand *o, const struct operand *finer, const double *sizes)
{
	const unsigned more = finer->fraction_bits - o->fraction_bits;
	double range, off, most = 0;
	size_t j, k, i;

	for (k = 0; k < o->cols; k++) {
		range = off = 0;
		for (j = 0; j < o->rows; j++) {
			i = j * o->cols + k;
			range += sizes[j] * fabs((double)(int64_t)finer->words[i]);
			off += sizes[j] *
			    fabs((double)(int64_t)(finer->words[i] - (o->words[i] << more)));
		}
		most = (off > most * range) ? off / range : most;
	}
	return (most);
}

/* Have more fraction bits until no product is off by more than FACTOR_BITS of a factor are. */
static void
widen_matrix(struct operand *o, const struct operand *finer, unsigned of, const double *sizes)
{
	const unsigned most = most_factor_bits(of);
	int room = bits_with_room(finer, sizes);
	size_t i;

	room = (room > (int)most) ? (int)most : room;
	room = (room > (int)finer->fraction_bits) ? (int)finer->fraction_bits : room;
	o->off = range_part(o, finer, sizes);
	while ((int)o->fraction_bits < room && o->off > GOOD_PRODUCT) {
		o->fraction_bits++;
		for (i = 0; i < o->rows * o->cols; i++)
			o->words[i] = round_bits(finer->words[i],
			    finer->fraction_bits - o->fraction_bits);
		o->off = range_part(o, finer, sizes);
	}
	set_digest(o);
}

/* ---- refined factors ---- */

/* How a factor may have more bits, and for which shares. */
struct refinement {
	enum {
		REFINE_NONE,
		REFINE_COLUMNS, /* by exponents */
		REFINE_MATRIX   /* by fraction bits, for words of these sizes */
	} how;
	unsigned of;            /* fraction bits of the shares */
	const double *sizes;    /* of REFINE_MATRIX */
	size_t n;
};

static int
refine(struct operand *o, struct origin *from, const struct refinement *r)
{
	/* What has other rows is refused later, for its shape. */
	const bool matrix = (r->how == REFINE_MATRIX && r->n == o->rows);
	struct operand *finer;
	int rc = 0;

	if (o->is_stream)
		return (0);
	if (load_finer(from, o, &finer) == -1)
		return (-1);
	if (matrix)
		widen_matrix(o, finer, r->of, r->sizes);
	else if (r->how == REFINE_COLUMNS)
		rc = refine_columns(o, from, finer);
	else if (widest_bits(finer) > 0 && widest_bits(o) == 0)
		rc = refuse_tiny(from->text, o->fraction_bits);
	else
		measure_rounding(o, finer);
	if (rc == 0 && r->how != REFINE_COLUMNS)
		rc = find_lost(o, from, finer);
	operand_free(finer);
	return (rc);
}

static int
load_refined(const char *text, uint64_t modulus, const struct refinement *r,
    struct operand **operand)
{
	struct origin from = { .text = text, .takes_exponents = (r->how == REFINE_COLUMNS) };
	int rc = read_factor(&from, r->of, modulus, operand);

	if (rc == 0 && modulus == 0)
		rc = refine(*operand, &from, r);
	if (rc == -1) {
		operand_free(*operand);
		*operand = NULL;
	}
	forget_origin(&from);
	return (rc);
}

int
operand_load_factor(const char *text, unsigned of, uint64_t modulus, struct operand **operand)
{

	return (load_refined(text, modulus, &(struct refinement){ .how = REFINE_NONE, .of = of },
	    operand));
}

int
operand_load_factors(const char *text, unsigned of, struct operand **operand)
{
	const unsigned most = most_factor_bits(of);
	int exponent, bits;
	double x;

	if (fixed_parse_double(text, strlen(text), &x) == FIXED_OK && x != 0) {
		(void)frexp(x, &exponent);
		if ((bits = FACTOR_BITS - exponent) > (int)most)
			return (load_scaled(text, bits, most, operand));
		if (exponent > WORD_BITS - FACTOR_BITS)
			return (load_scaled(text, (exponent > WORD_BITS) ? WORD_BITS - exponent :
			    0, 0, operand));
	}
	return (load_refined(text, 0, &(struct refinement){ .how = REFINE_COLUMNS, .of = of },
	    operand));
}

int
operand_load_matrix(const char *text, unsigned of, const double *sizes, size_t n,
    struct operand **operand)
{

	return (load_refined(text, 0, &(struct refinement){ .how = REFINE_MATRIX, .of = of,
	    .sizes = sizes, .n = n }, operand));
}

static int
check_rounding(const struct operand *o, const struct operand_rounding *r, const char *what)
{

	if (o->off > MOST_PRODUCT)
		return (fail(ST_RANGE, "rounded to %u fraction bits, and products have no room for "
		    "more, the matrix would change them by up to %.1g %% of their range: multiply "
		    "columns of so different sizes one by one (smpc-mul -c), and add them up "
		    "(smpc-sum --rows)", o->fraction_bits, 100 * o->off));
	if (r->part <= MOST_ROUNDED)
		return (0);
	if (o->rows * o->cols == 1)
		return (fail(ST_RANGE, "rounded to %u fraction bits, the factor would be off by "
		    "%.1g %%: shares with a declared range take any factor (smpc-share --range)",
		    o->fraction_bits, 100 * r->part));
	return (fail(ST_RANGE, "rounded to %u fraction bits, factors of %s %zu would be off by "
	    "%.1g %% of the largest: declare the ranges of all columns (smpc-share --range), or "
	    "give --fraction-bits", o->fraction_bits, what, r->at + 1, 100 * r->part));
}

int
operand_check_columns(const struct operand *o)
{

	return (check_rounding(o, &o->column, "column"));
}

int
operand_check_rows(const struct operand *o)
{

	return (check_rounding(o, &o->row, "row"));
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

/* Refuse factors of a column of which rounding would leave nothing, as others are so large. */
static int
check_coarse(const struct operand *o, size_t c, unsigned off)
{
	double x, error;
	size_t i;

	for (i = c; i < o->rows * o->cols; i += o->cols) {
		x = fabs((double)(int64_t)o->words[i]);
		error = fabs(x - ldexp(rint(ldexp(x, -(int)off)), (int)off));
		if (error > MOST_ROUNDED * x)
			return (fail(ST_RANGE, "factors of column %zu are so far apart in size "
			    "that products have no room for the small ones: multiply by these and "
			    "by the large ones apart", c + 1));
	}
	return (0);
}

int
operand_coarsen(struct operand *o, size_t c, unsigned bits)
{
	const unsigned has = column_width(o, c);
	size_t i;

	bits = (bits < FACTOR_BITS) ? FACTOR_BITS : bits;
	if (has <= bits)
		return (0);
	if (check_coarse(o, c, has - bits) == -1)
		return (-1);
	if (o->exponents == NULL &&
	    (o->exponents = mem_array(o->cols, sizeof(*o->exponents))) == NULL)
		return (-1);
	for (i = c; i < o->rows * o->cols; i += o->cols)
		o->words[i] = round_bits(o->words[i], has - bits);
	o->exponents[c] += (int)(has - bits);
	set_digest(o);
	return (0);
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
	part_free(o->part);
	free(o->exponents);
	free(o->words);
	free(o);
}
