#include "table/csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "table/numeral.h"

/* Rows that are looked at to tell what a header lacks. */
#define LOOK_ROWS 3

static char *
row_text(const struct csv *c)
{

	return (c->w->data + c->w->pos);
}

static size_t
row_left(const struct csv *c)
{

	return (c->w->len - c->w->pos);
}

/* Return what is behind the closing quote of the field that begins behind ${s}, or NULL. */
static char *
behind_quote(char *s, const char *end)
{

	while ((s = memchr(s, '"', (size_t)(end - s))) != NULL) {
		if (++s == end || *s != '"')
			return (s);
		s++;
	}
	return (NULL);
}

/* Find the newline that ends a row with quotes in it, or NULL. */
static char *
quoted_row_end(char *s, const char *end, char delimiter)
{
	int start = 1;

	while (s != NULL && s < end) {
		if (start && *s == '"') {
			s = behind_quote(s + 1, end);
			start = 0;
			continue;
		}
		if (*s == '\n')
			return (s);
		start = (*s++ == delimiter);
	}
	return (NULL);
}

static int
is_comment(const struct csv *c, const char *s, size_t len)
{

	return (c->comment != '\0' && len > 0 && *s == c->comment);
}

static char *
row_end(const struct csv *c, char *s, size_t len)
{
	char *newline = (len > 0) ? memchr(s, '\n', len) : NULL;
	size_t n = (newline != NULL) ? (size_t)(newline - s) : len;

	if (!c->quotes || n == 0 || memchr(s, '"', n) == NULL || is_comment(c, s, n))
		return (newline);
	return (quoted_row_end(s, s + len, c->delimiter));
}

/*
 * Get a whole row into the window and set *${len} to its bytes without the newline.  Return 1, 0 at
 * the end, or -1.
 */
static int
find_row(struct csv *c, size_t *len)
{
	char *newline;

	for (;;) {
		if ((newline = row_end(c, row_text(c), row_left(c))) != NULL) {
			*len = (size_t)(newline - row_text(c));
			c->row_bytes = *len + 1;
			break;
		}
		if (c->w->ended) {
			*len = c->row_bytes = row_left(c);
			break;
		}
		if (row_left(c) > CSV_MAX_ROW_BYTES)
			break;
		if (window_fill(c->w, 2 * row_left(c) + 1) == -1)
			return (-1);
	}
	if (newline == NULL && !c->w->ended)
		*len = row_left(c);
	if (*len > CSV_MAX_ROW_BYTES)
		return (fail(ST_FAILED, "%s:%" PRIu64 ": a row is longer than 16 MiB: is a quote "
		    "not closed?", c->w->name, c->line));
	return (c->row_bytes > 0);
}

static int
grow_fields(struct csv *c)
{
	size_t size = (c->size == 0) ? 64 : 2 * c->size;
	struct csv_field *field;

	if ((field = mem_array(size, sizeof(*field))) == NULL)
		return (-1);
	if (c->fields > 0)
		memcpy(field, c->field, c->fields * sizeof(*field));
	free(c->field);
	c->field = field;
	c->size = size;
	return (0);
}

/*
 * Cut the field at ${s} off its row.  Return the delimiter behind it or ${end}, or NULL (reported).
 */
static char *
split_field(struct csv *c, struct csv_field *field, char *s, char *end)
{
	uint64_t line = field->line = c->line + c->row_lines;
	char *stop, *p;

	field->quoted = (c->quotes && s < end && *s == '"');
	field->doubled = 0;
	field->text = s + field->quoted;
	if (field->quoted) {
		if ((stop = behind_quote(s + 1, end)) == NULL) {
			fail(ST_FAILED, "%s:%" PRIu64 ": a quote is not closed", c->w->name, line);
			return (NULL);
		}
		field->len = (size_t)(stop - s) - 2;
		field->doubled = (field->len > 0 && memchr(field->text, '"', field->len) != NULL);
		for (p = field->text; (p = memchr(p, '\n', (size_t)(stop - p))) != NULL; p++)
			c->row_lines++;
	} else {
		if ((stop = memchr(s, c->delimiter, (size_t)(end - s))) == NULL)
			stop = end;
		field->len = (size_t)(stop - s);
	}
	if ((field->quoted && stop < end && *stop != c->delimiter) ||
	    (c->quotes && !field->quoted && field->len > 0 &&
	    memchr(s, '"', field->len) != NULL)) {
		fail(ST_FAILED, "%s:%" PRIu64 ": field %zu has a quote inside: all of the field "
		    "must be quoted, and a quote in it doubled%s", c->w->name, line, c->fields + 1,
		    !c->remedies ? "" : (field->quoted && strchr(";\t|, ", *stop) != NULL) ?
		    columns_delimiter(stop, 1, '\0') : "; --no-quotes if quotes mean nothing");
		return (NULL);
	}
	return (stop);
}

/* Split the row of ${len} bytes in the window into fields, which stay in the window. */
static int
split_row(struct csv *c, size_t len)
{
	char *s = row_text(c), *end = s + len, *stop;

	c->fields = 0;
	c->row_lines = 0;
	if (len > 0 && memchr(s, '\0', len) != NULL)
		return (fail(ST_FAILED, "%s:%" PRIu64 ": there is a NUL byte: is this a text file?",
		    c->w->name, c->line));
	for (;; s = stop + 1) {
		if (c->fields == COLUMNS_MAX)
			return (fail(ST_FAILED, "%s:%" PRIu64 ": there are more than %zu columns",
			    c->w->name, c->line, COLUMNS_MAX));
		if (c->fields == c->size && grow_fields(c) == -1)
			return (-1);
		if ((stop = split_field(c, &c->field[c->fields], s, end)) == NULL)
			return (-1);
		c->fields++;
		if (stop == end)
			break;
	}
	c->row_lines++;
	return (0);
}

/*
 * Get the next row that is neither blank nor a comment, without leaving it.  Return 1, 0 at the
 * end, or -1 (reported).
 */
static int
fetch_row(struct csv *c)
{
	size_t len = 0;
	int rc;

	if (c->fetched)
		return (1);
	while ((rc = find_row(c, &len)) == 1) {
		if (len > 0 && row_text(c)[len - 1] == '\r')
			len--;
		if (len > 0 && !is_comment(c, row_text(c), len)) {
			c->fetched = (split_row(c, len) == 0);
			return (c->fetched ? 1 : -1);
		}
		if (len == 0 && c->blank++ == 0)
			c->blank_line = c->line;
		c->w->pos += c->row_bytes;
		c->line++;
	}
	return (rc);
}

static void
leave_row(struct csv *c)
{

	c->w->pos += c->row_bytes;
	c->line += c->row_lines;
	c->fetched = 0;
}

/* Take the doubled quotes out of a field, in place; so it can be done only once. */
static void
undouble(struct csv_field *field)
{
	size_t i, n = 0;

	for (i = 0; i < field->len; i++) {
		field->text[n++] = field->text[i];
		if (field->text[i] == '"')
			i++;
	}
	field->len = n;
	field->doubled = 0;
}

static void
trim_name(struct csv_field *field)
{

	for (; field->len > 0 && (*field->text == ' ' || *field->text == '\t'); field->text++)
		field->len--;
	while (field->len > 0 && (field->text[field->len - 1] == ' ' ||
	    field->text[field->len - 1] == '\t'))
		field->len--;
}

/* What a name is matters only if its column is chosen: columns_check_names. */
static int
read_column_name(struct csv *c, size_t j)
{
	struct csv_field *field = &c->field[j];

	if (field->doubled)
		undouble(field);
	if (!field->quoted)
		trim_name(field);
	return (((c->names[j] = mem_copy_string(field->text, field->len)) == NULL) ? -1 : 0);
}

/* Whether a field is that number, as a program writes it. */
static int
field_is_number(const struct csv_field *field, size_t number)
{
	char text[24];
	size_t len = (size_t)snprintf(text, sizeof(text), "%zu", number);

	return (field->len == len && memcmp(field->text, text, len) == 0);
}

/* pandas numbers columns that have no names, behind an index without one: ",0,1,2". */
static int
numbers_columns(const struct csv *c)
{
	size_t j;

	for (j = 1; j < c->fields && field_is_number(&c->field[j], j - 1); j++)
		continue;
	return (c->field[0].len == 0 && c->fields > 1 && j == c->fields);
}

/* Whether the row that was fetched begins with what pandas has in an index: 0, or text. */
static int
begins_index(const struct csv *c)
{
	const struct csv_field *field = &c->field[0];
	double x;

	return (field_is_number(field, 0) || (!cells_is_missing(field->text, field->len) &&
	    fixed_parse_double(field->text, field->len, &x) == FIXED_SYNTAX));
}

/* A first line of nothing but numbers is data, more likely than not, and must not be lost. */
static int
numbers_as_names(const struct csv *c)
{

	return (fail(ST_FAILED, "%s:%" PRIu64 ": there are numbers where the names of the columns "
	    "should be; %squote them if they are names", c->w->name, c->first_line,
	    c->remedies ? "--no-header if there are no names, " : ""));
}

static int
check_header(const struct csv *c)
{
	const struct csv_field *field;
	struct numeral n;
	double x;
	size_t j, numbers = 0;

	for (j = 0; j < c->fields; j++) {
		field = &c->field[j];
		numeral_read(c->options, 0, field->text, field->len, &n);
		if (!field->quoted && n.fault == NULL &&
		    fixed_parse_double(n.text, n.len, &x) != FIXED_SYNTAX)
			numbers++;
		else if (field->quoted || !cells_is_missing(field->text, field->len))
			return (0);
	}
	return ((numbers == 0) ? 0 : numbers_as_names(c));
}

/* Return the fields that a row has, by its delimiters outside of quotes. */
static size_t
count_fields(const struct csv *c, char *s, char *end)
{
	size_t n = 1;

	while (s < end) {
		if (c->quotes && *s == '"')
			s = behind_quote(s + 1, end);
		if (s == NULL || s == end ||
		    (s = memchr(s, c->delimiter, (size_t)(end - s))) == NULL)
			break;
		n++;
		s++;
	}
	return (n);
}

/* Whether nothing is behind the last delimiter of a row. */
static bool
ends_empty(const struct csv *c, const char *s, const char *end)
{

	end -= (end > s && end[-1] == '\r');
	return (end > s && end[-1] == c->delimiter);
}

/*
 * Whether the first rows, as far as they are in the window, all have a field more than the header:
 * so R writes names of rows, without a name for their column.  Rows that all end with a delimiter
 * have another fault, and so has a header of which another character separates the fields, or a
 * single column, in which commas may be decimal marks.
 */
static bool
has_unnamed_rows(const struct csv *c)
{
	char *s = row_text(c), *end = s + row_left(c), *stop;
	size_t rows, empty = 0;

	if (strpbrk(c->names[0], ";\t|") != NULL ||
	    (c->columns == 1 && c->delimiter == ',' && s < end && *s != '"'))
		return (false);
	for (rows = 0; rows < LOOK_ROWS && s < end; rows++, s = stop + 1) {
		if ((stop = row_end(c, s, (size_t)(end - s))) == NULL && !c->w->ended)
			break;
		stop = (stop != NULL) ? stop : end;
		if (count_fields(c, s, stop) != c->columns + 1)
			return (false);
		empty += ends_empty(c, s, stop);
	}
	return (rows > empty);
}

static int
refuse_unnamed_rows(const struct csv *c)
{

	if (!has_unnamed_rows(c))
		return (0);
	return (fail(ST_FAILED, "%s:%" PRIu64 ": the rows have %zu fields and the header %zu: "
	    "where R's write.table leaves out the name of the row names, write.csv() writes it, "
	    "and so does write.table(col.names = NA); row.names = FALSE writes no row names",
	    c->w->name, c->first_line, c->columns + 1, c->columns));
}

static int
read_header(struct csv *c)
{
	size_t j;
	int rc;

	c->columns = c->fields;
	if (!c->header)
		return (0);
	if ((c->names = mem_array(c->columns, sizeof(char *))) == NULL)
		return (-1);
	for (j = 0; j < c->columns; j++) {
		if (read_column_name(c, j) == -1)
			return (-1);
	}
	if (!numbers_columns(c)) {
		if (check_header(c) == -1)
			return (-1);
		leave_row(c);
		return (refuse_unnamed_rows(c));
	}
	/* These are names only if the next row looks like what is behind them. */
	leave_row(c);
	if ((rc = fetch_row(c)) == -1)
		return (-1);
	return ((rc == 1 && !begins_index(c)) ? numbers_as_names(c) : 0);
}

/* Whether a character can stand between fields. */
static int
separates(char c)
{

	return (c == '\t' || (c >= 0x20 && c < 0x7f && strchr("\"+-.0123456789eE", c) == NULL));
}

/* Move over the first line "sep=;" that Excel understands, and take what it says. */
static int
take_separator_line(struct csv *c)
{
	const char *s;
	size_t bytes;

	if (window_fill(c->w, 7) == -1)
		return (-1);
	s = row_text(c);
	if (row_left(c) < 5 || strncasecmp(s, "sep=", 4) != 0 || !separates(s[4]))
		return (0);
	bytes = 5 + (row_left(c) > 5 && s[5] == '\r');
	if (row_left(c) > bytes && s[bytes++] != '\n')
		return (0);
	if (c->options->delimiter != '\0' && c->options->delimiter != s[4])
		return (fail(ST_USAGE, "%s:1: the line sep=%c says that '%c' is between fields, "
		    "and -d says '%c'", c->w->name, s[4], s[4], c->options->delimiter));
	c->delimiter = s[4];
	c->w->pos += bytes;
	c->line++;
	return (0);
}

/* The bytes of the line at hand, as far as they are in the window. */
static size_t
first_line_bytes(const struct csv *c)
{
	const char *newline = (row_left(c) > 0) ? memchr(row_text(c), '\n', row_left(c)) : NULL;

	return ((newline != NULL) ? (size_t)(newline - row_text(c)) : row_left(c));
}

/* Characters that options give a meaning must not have two. */
static int
check_meanings(const struct csv *c)
{
	const struct table_options *o = c->options;

	if (c->delimiter == ((o->decimal != '\0') ? o->decimal : '.'))
		return (fail(ST_USAGE, "%s: '%c' is between fields, and cannot be the decimal "
		    "mark%s", c->w->name, c->delimiter, c->remedies ?
		    columns_delimiter(row_text(c), first_line_bytes(c), c->delimiter) : ""));
	if (c->delimiter == o->thousands && o->no_quotes)
		return (fail(ST_USAGE, "%s: '%c' is between fields, and cannot mark thousands in "
		    "fields without quotes", c->w->name, c->delimiter));
	if (c->comment != '\0' && (c->comment == c->delimiter || c->comment <= 0x20 ||
	    c->comment >= 0x7f || name_letter(c->comment) ||
	    strchr("\"+-.,'", c->comment) != NULL))
		return (fail(ST_USAGE, "%s: '%c' cannot begin a comment: it is a letter, a digit, "
		    "the delimiter or a part of fields", c->w->name, c->comment));
	return (0);
}

/* Move over a line that names the delimiter, and fetch the first row. */
static int
start_rows(struct csv *c)
{
	int rc;

	c->line = 1;
	c->blank = 0;
	c->fetched = 0;
	if (take_separator_line(c) == -1 || check_meanings(c) == -1 || (rc = fetch_row(c)) == -1)
		return (-1);
	if (rc == 0)
		return (fail(ST_FAILED, "%s: is empty: did the command before it fail?",
		    c->w->name));
	if (c->blank > 0)
		return (fail(ST_FAILED, "%s:%" PRIu64 ": the first line is blank", c->w->name,
		    c->blank_line));
	return (0);
}

int
csv_open(struct csv *c, struct window *w, const struct table_options *options)
{

	c->w = w;
	c->options = options;
	c->header = !options->no_header;
	c->quotes = !options->no_quotes;
	c->comment = options->comment;
	c->remedies = options->remedies;
	c->delimiter = (options->delimiter == '\0') ? ',' : options->delimiter;
	if (!separates(c->delimiter))
		return (fail(ST_USAGE, "the delimiter must be a tab or an ASCII character that is "
		    "no part of numbers or quotes"));
	if (numeral_check(options) == -1 || start_rows(c) == -1)
		return (-1);
	c->first_line = c->line;
	return (read_header(c));
}

int
csv_restart(struct csv *c)
{

	if (window_rewind(c->w) == -1 || start_rows(c) == -1)
		return (-1);
	if (c->fields != c->columns)
		return (fail(ST_FAILED, "%s: changed while it was read", c->w->name));
	if (c->header)
		leave_row(c);
	return (0);
}

int
csv_check_blank(const struct csv *c)
{

	if (c->blank > 0 && c->columns > 1)
		return (fail(ST_FAILED, "%s:%" PRIu64 ": a blank line inside the table", c->w->name,
		    c->blank_line));
	return (0);
}

int
csv_check_row(const struct csv *c)
{

	if (c->fields != c->columns)
		return (fail(ST_FAILED, "%s:%" PRIu64 ": %zu field%s where %s %zu%s", c->w->name,
		    c->line, c->fields, (c->fields == 1) ? "" : "s", c->header ? "the header has" :
		    "the first row has", c->columns, (c->remedies && c->names != NULL &&
		    strpbrk(c->names[0], ";\t|") != NULL) ?
		    columns_delimiter(c->names[0], strlen(c->names[0]), c->delimiter) : ""));
	return (0);
}

static int
check_blank(const void *csv)
{

	return (csv_check_blank(csv));
}

static int
check_row(const void *csv)
{

	return (csv_check_row(csv));
}

/* Convert the row that was fetched.  Return what becomes of it, or -1. */
static int
convert_row(struct csv *c, const struct cells *cells, uint64_t *row)
{
	struct csv_field *field;
	int rc, worst = CELLS_STORED;
	size_t j;

	/* Every cell is looked at, so that a dropped row is one that is faultless otherwise. */
	for (j = 0; j < c->columns; j++) {
		field = &c->field[j];
		if (cells->column[j].action == CELL_SKIP)
			continue;
		if (field->doubled)
			undouble(field);
		if ((rc = cells_take_text(cells, j, field->line, field->text, field->len,
		    row)) == -1)
			return (-1);
		worst = (rc > worst) ? rc : worst;
	}
	return (worst);
}

/*
 * Read one row, the careful way.  Return 1 if it was stored, 2 if there is nothing to store, 0 at
 * the end, or -1.
 */
static int
csv_read_row(struct csv *c, const struct cells *cells, uint64_t *row)
{
	int rc;

	if ((rc = fetch_row(c)) != 1)
		return (rc);
	/* The row behind a blank line is read all the same. */
	if (cells_blank_fault(cells, check_blank, c) == -1 ||
	    (rc = cells_row_fault(cells, check_row, c)) == -1)
		return (-1);
	cells_row_begin(cells);
	/* In a single column a blank line, unless it is at the end, is a missing value. */
	if (c->blank > 0 && c->columns == 1) {
		rc = cells_take_text(cells, 0, c->blank_line, "", 0, row);
		c->blank_line++;
		c->blank--;
	} else {
		rc = (rc == CELLS_STORED) ? convert_row(c, cells, row) : rc;
		c->blank = 0;
		leave_row(c);
	}
	return (cells_count_row(cells, rc));
}

/* Whether the row is a blank line, in a table of one column, with nothing in it. */
static int
shows_blank(const struct csv *c)
{

	return (c->blank > 0 && c->columns == 1);
}

int
csv_next(struct csv *c)
{
	size_t j;
	int rc;

	if (c->shown && shows_blank(c)) {
		c->blank_line++;
		c->blank--;
	} else if (c->shown) {
		c->blank = 0;
		leave_row(c);
	}
	c->shown = ((rc = fetch_row(c)) == 1);
	for (j = 0; rc == 1 && j < c->fields; j++) {
		if (c->field[j].doubled)
			undouble(&c->field[j]);
	}
	return (rc);
}

struct csv_field
csv_cell(const struct csv *c, size_t j)
{
	static char nothing[1];

	return (shows_blank(c) ? (struct csv_field){ .text = nothing, .line = c->blank_line } :
	    c->field[j]);
}

/*
 * The fast reader does not say what rounding has changed: where somebody asks, the first rows, and
 * one in so many of the others, are read the careful way.
 */
#define FIRST_ROWS 256
#define EVERY_ROWS 64

/* Convert as many rows as the fast reader understands, and may read. */
static size_t
read_plain(struct csv *c, const struct cells *cells, uint64_t *words, size_t max_rows)
{
	size_t rows;

	if (!c->fast || c->blank > 0)
		return (0);
	if (cells->options->refuse_sizes && c->careful < FIRST_ROWS)
		return (0);
	if (cells_ask_rounding(cells) && max_rows >= EVERY_ROWS)
		max_rows = EVERY_ROWS - 1;
	c->w->pos += scan_rows(&c->scan, row_text(c), row_left(c), words, max_rows, &rows);
	c->line += rows;
	cells_mark_present(cells, words, rows);
	if (rows > 0)
		c->fetched = 0;
	return (rows);
}

int
csv_read(struct csv *c, const struct cells *cells, uint64_t *words, size_t max_rows, size_t *rows)
{
	size_t n = 0;
	int rc = 1;

	if (!c->set_up && (c->fast = cells_scan(cells, &c->scan, c->delimiter)) == -1)
		return (-1);
	c->set_up = 1;
	while (n < max_rows && rc > 0) {
		n += read_plain(c, cells, words + n * cells->words, max_rows - n);
		if (n < max_rows && (rc = csv_read_row(c, cells, words + n * cells->words)) == 1) {
			n++;
			c->careful++;
		}
	}
	*rows = n;
	return ((rc == -1) ? -1 : n > 0);
}

void
csv_close(struct csv *c)
{
	size_t j;

	for (j = 0; c->names != NULL && j < c->columns; j++)
		free(c->names[j]);
	free(c->names);
	free(c->field);
	free(c->scan.column);
	memset(c, 0, sizeof(*c));
}
