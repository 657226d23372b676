#include "table/npy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"

/*
 * Rows of a table (smpc-share(5)), and bytes of a header, which has less than 200 unless it
 * describes structures.
 */
#define MAX_ROWS ((uint64_t)1 << 40)
#define MAX_HEADER_BYTES ((size_t)65536)

#define MAX_DIMENSIONS 32

/* Bytes of a dtype that are shown. */
#define SHOWN 40

static const unsigned char *
window_bytes(const struct window *w)
{

	return ((const unsigned char *)w->data + w->pos);
}

static size_t
window_left(const struct window *w)
{

	return (w->len - w->pos);
}

int
npy_is(const struct window *w)
{

	return (window_left(w) >= 6 && memcmp(window_bytes(w), "\x93NUMPY", 6) == 0);
}

int
idx_is(const struct window *w)
{
	const unsigned char *p = window_bytes(w);

	return (window_left(w) >= 4 && p[0] == 0 && p[1] == 0 && (p[2] == 0x08 || p[2] == 0x09 ||
	    (p[2] >= 0x0b && p[2] <= 0x0e)));
}

static int
npy_ends_early(const struct npy *a)
{

	return (fail(ST_FAILED, "%s: input ends early", a->w->name));
}

/* Set rows and columns from the dimensions. */
static int
set_shape(struct npy *a, const uint64_t *shape, size_t dimensions)
{
	uint64_t columns = 1;
	size_t i;

	if (dimensions == 0)
		return (fail(ST_FAILED, "%s: is a single number without dimensions, not a table",
		    a->w->name));
	for (i = 1; i < dimensions; i++) {
		if (shape[i] == 0)
			return (fail(ST_FAILED, "%s: there are no columns", a->w->name));
		if (shape[i] > COLUMNS_MAX / columns)
			return (fail(ST_FAILED, "%s: there are more than %zu columns", a->w->name,
			    COLUMNS_MAX));
		columns *= shape[i];
	}
	if (shape[0] > MAX_ROWS)
		return (fail(ST_FAILED, "%s: there are more than 2^40 rows", a->w->name));
	a->rows = shape[0];
	a->columns = (size_t)columns;
	return (0);
}

/* The text of a header: the literal of a Python dictionary. */
struct literal {
	const char *s;
	const char *end;
};

static void
literal_skip(struct literal *l)
{

	while (l->s < l->end && *l->s == ' ')
		l->s++;
}

/* Move over the character ${c}.  Return whether it was there. */
static int
literal_take(struct literal *l, char c)
{

	literal_skip(l);
	if (l->s == l->end || *l->s != c)
		return (0);
	l->s++;
	return (1);
}

static int
literal_word(struct literal *l, const char *word)
{
	size_t n = strlen(word);

	literal_skip(l);
	if ((size_t)(l->end - l->s) < n || memcmp(l->s, word, n) != 0)
		return (0);
	l->s += n;
	return (1);
}

/* Take a string without escapes.  Return its length, or -1. */
static int
literal_string(struct literal *l, const char **text)
{
	const char *stop;
	char quote;

	literal_skip(l);
	if (l->s == l->end || (*l->s != '\'' && *l->s != '"'))
		return (-1);
	quote = *l->s++;
	*text = l->s;
	if ((stop = memchr(l->s, quote, (size_t)(l->end - l->s))) == NULL ||
	    memchr(l->s, '\\', (size_t)(stop - l->s)) != NULL)
		return (-1);
	l->s = stop + 1;
	return ((int)(stop - *text));
}

static int
literal_number(struct literal *l, uint64_t *value)
{
	const char *start;

	literal_skip(l);
	for (start = l->s, *value = 0; l->s < l->end && *l->s >= '0' && *l->s <= '9'; l->s++) {
		if (*value > MAX_ROWS)
			continue; /* and stays above */
		*value = *value * 10 + (uint64_t)(*l->s - '0');
	}
	return (l->s > start);
}

/* Take a tuple of numbers: (), (3,), (3, 4) or (3, 4,). */
static int
literal_shape(struct literal *l, uint64_t *shape, size_t *dimensions)
{
	int comma = 1;

	*dimensions = 0;
	if (!literal_take(l, '('))
		return (-1);
	while (!literal_take(l, ')')) {
		if (!comma || *dimensions == MAX_DIMENSIONS ||
		    !literal_number(l, &shape[*dimensions]))
			return (-1);
		(*dimensions)++;
		comma = literal_take(l, ',');
	}
	/* (3) is a number, to Python. */
	return ((*dimensions == 1 && !comma) ? -1 : 0);
}

/* What a dictionary may hold, each once. */
struct dictionary {
	const char *descr;
	int descr_len;
	int fortran;
	uint64_t shape[MAX_DIMENSIONS];
	size_t dimensions;
	unsigned seen;
};

enum {
	SEEN_DESCR = 1,
	SEEN_ORDER = 2,
	SEEN_SHAPE = 4
};

static int
literal_entry(struct literal *l, struct dictionary *d)
{
	const char *key;
	int n = literal_string(l, &key);
	unsigned seen;

	if (n == -1 || !literal_take(l, ':'))
		return (-1);
	if (n == 5 && memcmp(key, "descr", 5) == 0) {
		seen = SEEN_DESCR;
		literal_skip(l);
		d->descr = l->s;
		/* A list describes structures. */
		if (literal_take(l, '['))
			d->descr_len = 0;
		else if ((d->descr_len = literal_string(l, &d->descr)) == -1)
			return (-1);
		if (d->descr_len == 0)
			return (0);
	} else if (n == 13 && memcmp(key, "fortran_order", 13) == 0) {
		seen = SEEN_ORDER;
		if ((d->fortran = literal_word(l, "True")) == 0 && !literal_word(l, "False"))
			return (-1);
	} else if (n == 5 && memcmp(key, "shape", 5) == 0) {
		seen = SEEN_SHAPE;
		if (literal_shape(l, d->shape, &d->dimensions) == -1)
			return (-1);
	} else {
		return (-1);
	}
	if (d->seen & seen)
		return (-1);
	d->seen |= seen;
	return (0);
}

/* Parse the dictionary and what pads it.  Stops with descr_len 0 at a dtype that is no string. */
static int
parse_dictionary(struct literal *l, struct dictionary *d)
{
	int comma = 1;

	memset(d, 0, sizeof(*d));
	d->descr_len = -1;
	if (!literal_take(l, '{'))
		return (-1);
	while (!literal_take(l, '}')) {
		if (!comma || literal_entry(l, d) == -1)
			return (-1);
		if (d->descr_len == 0)
			return (0);
		comma = literal_take(l, ',');
	}
	if (d->seen != (SEEN_DESCR | SEEN_ORDER | SEEN_SHAPE))
		return (-1);
	(void)literal_take(l, '\n');
	literal_skip(l);
	return ((l->s == l->end) ? 0 : -1);
}

static int
set_type(struct npy *a, const char *descr, int len)
{
	static const char types[] = " f8 f4 i8 i4 i2 i1 u8 u4 u2 u1 b1 ";
	char type[5];

	if (len == 3 && (*descr == '<' || *descr == '>' || *descr == '|')) {
		snprintf(type, sizeof(type), " %c%c ", descr[1], descr[2]);
		/* Only single bytes have no order. */
		if (strlen(type) == 4 && strstr(types, type) != NULL &&
		    (*descr != '|' || descr[2] == '1')) {
			a->kind = descr[1];
			a->size = (unsigned)(descr[2] - '0');
			a->big_endian = (*descr == '>');
			return (0);
		}
	}
	if (len == 0)
		return (fail(ST_FAILED, "%s: holds structures; only arrays of one type of number "
		    "are read", a->w->name));
	return (fail(ST_FAILED, "%s: type '%.*s' is not read; a.astype('f8') converts an array",
	    a->w->name, (len > SHOWN) ? SHOWN : len, descr));
}

/* Read the length of the header and get all of it into the window. */
static int
fill_header(struct npy *a, size_t *start, size_t *bytes)
{
	const unsigned char *p;

	if (window_fill(a->w, 12) == -1)
		return (-1);
	p = window_bytes(a->w);
	if (window_left(a->w) < 12)
		return (npy_ends_early(a));
	if (p[6] < 1 || p[6] > 3 || p[7] != 0)
		return (fail(ST_FAILED, "%s: version %u.%u of .npy is not known", a->w->name,
		    (unsigned)p[6], (unsigned)p[7]));
	*start = (p[6] == 1) ? 10 : 12;
	*bytes = (size_t)p[8] | (size_t)p[9] << 8;
	if (p[6] > 1)
		*bytes |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
	if (*bytes > MAX_HEADER_BYTES)
		return (fail(ST_FAILED, "%s: the header is longer than %zu bytes", a->w->name,
		    MAX_HEADER_BYTES));
	if (window_fill(a->w, *start + *bytes) == -1)
		return (-1);
	return ((window_left(a->w) < *start + *bytes) ? npy_ends_early(a) : 0);
}

int
npy_open(struct npy *a, struct window *w)
{
	struct dictionary d;
	struct literal l;
	size_t start = 0, bytes = 0;

	memset(a, 0, sizeof(*a));
	a->w = w;
	if (fill_header(a, &start, &bytes) == -1)
		return (-1);
	l.s = (const char *)window_bytes(w) + start;
	l.end = l.s + bytes;
	if (parse_dictionary(&l, &d) == -1)
		return (fail(ST_FAILED, "%s: the header is malformed", w->name));
	if (set_type(a, d.descr, d.descr_len) == -1)
		return (-1);
	if (d.fortran && d.dimensions > 1)
		return (fail(ST_FAILED, "%s: is in Fortran order; numpy.ascontiguousarray(a) puts "
		    "an array into C order", w->name));
	if (set_shape(a, d.shape, d.dimensions) == -1)
		return (-1);
	a->data_start = start + bytes;
	w->pos += a->data_start;
	return (0);
}

static uint32_t
big_endian32(const unsigned char *p)
{

	return ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3]);
}

int
idx_open(struct npy *a, struct window *w)
{
	static const struct {
		char kind;
		unsigned size;
	} types[] = { { 'u', 1 }, { 'i', 1 }, { 0, 0 }, { 'i', 2 }, { 'i', 4 }, { 'f', 4 },
	    { 'f', 8 } };
	uint64_t shape[MAX_DIMENSIONS];
	size_t dimensions, i;
	unsigned type;

	memset(a, 0, sizeof(*a));
	a->w = w;
	type = window_bytes(w)[2] - 8u;
	dimensions = window_bytes(w)[3];
	if (dimensions > MAX_DIMENSIONS)
		return (fail(ST_FAILED, "%s: has %zu dimensions", w->name, dimensions));
	a->kind = types[type].kind;
	a->size = types[type].size;
	a->big_endian = 1;
	a->data_start = 4 + 4 * dimensions;
	if (window_fill(w, a->data_start) == -1)
		return (-1);
	if (window_left(w) < a->data_start)
		return (npy_ends_early(a));
	for (i = 0; i < dimensions; i++)
		shape[i] = big_endian32(window_bytes(w) + 4 + 4 * i);
	if (set_shape(a, shape, dimensions) == -1)
		return (-1);
	w->pos += a->data_start;
	return (0);
}

static uint64_t
load_bits(const unsigned char *p, unsigned size, int big_endian)
{
	uint64_t v = 0;
	unsigned i;

	for (i = 0; i < size; i++)
		v = v << 8 | p[big_endian ? i : size - 1 - i];
	return (v);
}

static double
bits_to_double(uint64_t bits, unsigned size)
{
	uint32_t half = (uint32_t)bits;
	double x;
	float y;

	if (size == 8) {
		memcpy(&x, &bits, sizeof(x));
		return (x);
	}
	memcpy(&y, &half, sizeof(y));
	return ((double)y);
}

/* Convert one element.  Return what it means for its row, or -1. */
static int
convert_element(const struct npy *a, const struct cells *cells, size_t j, const unsigned char *p,
    uint64_t *row)
{
	uint64_t bits = load_bits(p, a->size, a->big_endian), sign;

	switch (a->kind) {
	case 'f':
		return (cells_take_double(cells, j, a->next + 1, bits_to_double(bits, a->size),
		    row));
	case 'i':
		/* Extend the sign. */
		sign = (uint64_t)1 << (8 * a->size - 1);
		bits = (bits ^ sign) - sign;
		if ((bits >> 63) != 0)
			return (cells_take_integer(cells, j, a->next + 1, 1, 0 - bits, row));
		return (cells_take_integer(cells, j, a->next + 1, 0, bits, row));
	case 'b':
		return (cells_take_integer(cells, j, a->next + 1, 0, bits != 0, row));
	default:
		return (cells_take_integer(cells, j, a->next + 1, 0, bits, row));
	}
}

static int
npy_check_end(const struct npy *a)
{

	if (window_fill(a->w, 1) == -1)
		return (-1);
	if (window_left(a->w) > 0)
		return (fail(ST_FAILED, "%s: there are bytes behind the %" PRIu64 " rows of %zu "
		    "that the header announces", a->w->name, a->rows, a->columns));
	return (0);
}

/* Convert the next row.  Return 1 if it was stored, 2 if not, 0 at the end, or -1. */
static int
npy_read_row(struct npy *a, const struct cells *cells, uint64_t *row)
{
	size_t bytes = a->columns * a->size, j;
	const unsigned char *p;
	int rc, worst = CELLS_STORED;

	if (a->next == a->rows)
		return ((npy_check_end(a) == -1) ? -1 : 0);
	if (window_fill(a->w, bytes) == -1)
		return (-1);
	if (window_left(a->w) < bytes)
		return (fail(ST_FAILED, "%s: input ends early, in row %" PRIu64 " of %" PRIu64,
		    a->w->name, a->next + 1, a->rows));
	cells_row_begin(cells);
	for (j = 0, p = window_bytes(a->w); j < a->columns; j++, p += a->size) {
		if (cells->column[j].action == CELL_SKIP)
			continue;
		if ((rc = convert_element(a, cells, j, p, row)) == -1)
			return (-1);
		worst = (rc > worst) ? rc : worst;
	}
	a->w->pos += bytes;
	a->next++;
	return (cells_count_row(cells, worst));
}

int
npy_read(struct npy *a, const struct cells *cells, uint64_t *words, size_t max_rows, size_t *rows)
{
	size_t n = 0;
	int rc = 1;

	while (n < max_rows && rc > 0) {
		if ((rc = npy_read_row(a, cells, words + n * cells->words)) == 1)
			n++;
	}
	*rows = n;
	return ((rc == -1) ? -1 : n > 0);
}

int
npy_restart(struct npy *a)
{

	if (window_rewind(a->w) == -1 || window_fill(a->w, a->data_start) == -1)
		return (-1);
	if (window_left(a->w) < a->data_start)
		return (npy_ends_early(a));
	a->w->pos += a->data_start;
	a->next = 0;
	return (0);
}
