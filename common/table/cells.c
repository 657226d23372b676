#include "table/cells.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "table/date.h"
#include "table/numeral.h"

/* What can be done about a date among numbers. */
#define DATE_HINT \
	"; --date takes dates, written as 2026-11-29, without time of day: R's " \
	"as.Date(x, \"%d.%m.%Y\") writes those such as 5.3.2021 so; -x leaves a column out"

/* Bytes of a value that are shown. */
#define SHOWN 40

/* A number beyond the range that was declared: as FIXED_RANGE and the others. */
#define CELL_BEYOND (FIXED_RANGE + 1)

/* Room for a number of the input as text. */
#define NUMBER_TEXT 48

/* Report a fault of one cell, with its place before the message. */
__attribute__((format(printf, 5, 6))) static int
complain(const struct cells *c, size_t j, uint64_t at, enum status status, const char *format, ...)
{
	char place[COLUMNS_MAX_NAME_BYTES + 64], text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (c->names != NULL)
		snprintf(place, sizeof(place), "column '%s'", c->names[j]);
	else
		snprintf(place, sizeof(place), "column %zu", j + 1);
	if (c->first_line > 0)
		return (fail(status, "%s:%" PRIu64 ": %s: %s", c->input, at, place, text));
	return (fail(status, "%s: row %" PRIu64 ", %s: %s", c->input, at, place, text));
}

/* Copy as much of a value as is shown, cut between characters. */
static const char *
shorten(char out[SHOWN + 4], const char *s, size_t len)
{
	size_t n = len;

	if (len > SHOWN) {
		for (n = SHOWN; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
			continue;
	}
	if (n > 0)
		memcpy(out, s, n);
	strcpy(out + n, (n < len) ? "..." : "");
	return (out);
}

static void
trim(const char **s, size_t *len)
{

	for (; *len > 0 && scan_blank(**s); (*s)++)
		(*len)--;
	while (*len > 0 && scan_blank((*s)[*len - 1]))
		(*len)--;
}

int
cells_is_missing(const char *s, size_t len)
{
	static const char *const missing[] = { "", "NA", "N/A", "NaN", "nan", "null", "NULL", "?" };
	size_t i;

	for (i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		if (strlen(missing[i]) == len && memcmp(missing[i], s, len) == 0)
			return (1);
	}
	return (0);
}

static bool
decimal_digit(char c)
{

	return (c >= '0' && c <= '9');
}

/* Whether all of the row may stand in one field: names do not hold such characters as a rule. */
static bool
is_whole_row(const struct cells *c, size_t j)
{
	char delimiter = c->options->delimiter;

	if (c->names == NULL)
		return (false);
	return (strpbrk(c->names[j], (delimiter == '\0' || delimiter == ',') ? ";\t|" : ";\t|,") !=
	    NULL || (c->columns == 1 && strchr(c->names[j], ' ') != NULL));
}

static char
delimiter_of(const struct cells *c)
{

	return ((c->options->delimiter != '\0') ? c->options->delimiter : ',');
}

/* Whether a text is a number with a sign or unit, and no name such as N017 or T30. */
static bool
has_unit(const char *s, size_t len)
{
	size_t i;

	if (decimal_digit(s[0]) || !((s[0] >= 'A' && s[0] <= 'Z') || (s[0] >= 'a' && s[0] <= 'z')))
		return (!decimal_digit(s[0]) || !decimal_digit(s[len - 1]));
	for (i = 1; i < len && !decimal_digit(s[i]); i++)
		continue;
	return (s[i - 1] == ' ');
}

/* What can be done about a text that is no number: the option that seems to be wanted. */
static const char *
remedy(const struct cells *c, size_t j, const char *s, size_t len)
{
	int digits = 0, marks = 0, commas = 0, points = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		digits += decimal_digit(s[i]);
		marks += (s[i] == ' ' || s[i] == '\'' || (s[i] & 0x80) != 0);
		commas += (s[i] == ',');
		points += (s[i] == '.');
	}
	if (c->options->comment == '\0' && j == 0 && ((c->names != NULL && c->names[0][0] == '#') ||
	    (len > 1 && s[0] == '#' && !(s[1] >= 'A' && s[1] <= 'Z'))))
		return ("; --comment '#' passes over lines that begin so");
	if (is_whole_row(c, j))
		return (columns_delimiter(c->names[j], strlen(c->names[j]), delimiter_of(c)));
	if (date_like(s, len))
		return (DATE_HINT);
	if (digits > 0 && s[len - 1] == '%')
		return ("; --percent names columns of numbers per cent");
	if (digits > 0 && commas > 0 && c->options->decimal != ',')
		return ("; --decimal , says that commas are decimal marks, --thousands , that they "
		    "mark thousands");
	if (marks > 0 && digits + marks + points + commas == (int)len && decimal_digit(s[0]) &&
	    decimal_digit(s[len - 1]))
		return ("; --thousands says what marks thousands");
	if (digits > 0 && has_unit(s, len))
		return ("; --strip TEXT takes a sign or unit off numbers");
	return ("; -x leaves a column out, --one-hot and --codes take text, --na-text says what "
	    "stands for missing values, --key takes what tables are joined by");
}

static int
not_a_number(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len)
{
	char value[SHOWN + 4];
	const char *fault;
	int64_t days;
	double x;

	shorten(value, s, len);
	if (c->column[j].date && (fault = date_parse(s, len, &days)) != NULL)
		return (complain(c, j, at, ST_FAILED, "'%s' %s%s", value, fault,
		    c->options->remedies ? "; correct it, --na-text says that it stands for a "
		    "missing value, -x leaves the column out" : ""));
	if (c->integers && fixed_parse_double(s, len, &x) != FIXED_SYNTAX)
		return (complain(c, j, at, ST_FAILED, "'%s' is not a whole number", value));
	return (complain(c, j, at, ST_FAILED, "'%s' is not a number%s", value,
	    c->options->remedies ? remedy(c, j, s, len) : ""));
}

/* Report a number that does not fit, and those that do. */
static int
does_not_fit(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len)
{
	char value[SHOWN + 4], low[FIXED_MAX_TEXT], high[FIXED_MAX_TEXT];

	shorten(value, s, len);
	if (c->options->modulus != 0)
		return (complain(c, j, at, ST_RANGE, "%s does not fit: the integers mod %"
		    PRIu64 " are 0 to %" PRIu64, value, c->options->modulus, c->options->modulus -
		    1));
	fixed_format(low, INT64_MIN, c->f, 1);
	fixed_format(high, INT64_MAX, c->f, 1);
	if (c->integers)
		return (complain(c, j, at, ST_RANGE, "%s does not fit: the integers go from %s to "
		    "%s", value, low, high));
	if (c->column[j].action == CELL_REAL)
		return (complain(c, j, at, ST_RANGE, "%s does not fit when it is scaled: with %u "
		    "fraction bits numbers go from %s to %s", value, c->f, low, high));
	return (complain(c, j, at, ST_RANGE, "%s does not fit: with %u fraction bits numbers go "
	    "from %s to %s%s", value, c->f, low, high, c->options->refuse_sizes ?
	    "; with a range (--range COLUMN=LOW..HIGH) they may have any size" : ""));
}

/* Report a number beyond the range that was declared. */
static int
is_beyond(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len)
{
	const struct scan_range *r = &c->column[j].range->text;
	char value[SHOWN + 4];

	if (c->column[j].range == &c->ranges[c->options->range.count])
		return (complain(c, j, at, ST_RANGE, "%s is beyond the dates that can be shared, "
		    "%s to %s%s", shorten(value, s, len), DATE_FIRST, DATE_LAST,
		    c->options->remedies ? "; --na-text says what stands for missing ones" : ""));
	return (complain(c, j, at, ST_RANGE, "%s is%s beyond the range %.*s..%.*s%s",
	    shorten(value, s, len), (c->column[j].factor != 1) ? ", scaled," : "",
	    (int)r->low_len, r->low, (int)r->high_len, r->high,
	    c->options->remedies ? " that --range declares" : ""));
}

static int
report_number(const struct cells *c, size_t j, uint64_t at, int rc, const char *s, size_t len)
{

	if (rc == FIXED_OK)
		return (0);
	if (rc == CELL_BEYOND)
		return (is_beyond(c, j, at, s, len));
	return ((rc == FIXED_RANGE) ? does_not_fit(c, j, at, s, len) :
	    not_a_number(c, j, at, s, len));
}

/*
 * Of a column without a range, its words tell what rounding does to it, unless they are all alike:
 * do some of the numbers differ?
 */
#define LOOKED_AT 64

/* Whether somebody asks what rounding does to a column. */
static bool
is_rounded(const struct cells *c, const struct cell_column *column)
{

	return (c->options->refuse_sizes && (column->range != NULL ||
	    c->seen->rounded[column->place].numbers < LOOKED_AT));
}

static int
real_to_word(const struct cells *c, const struct cell_column *column, double x, uint64_t *word)
{
	const double given = x;
	double lost = 0;
	int64_t value;

	x *= column->factor;
	if (column->standardize && c->measuring) {
		memcpy(word, &x, sizeof(x));
		return ((x - x != 0) ? FIXED_RANGE : FIXED_OK);
	}
	/* of numbers below all doubles the sign is left */
	if (x == 0 && given != 0)
		lost = copysign(DBL_MIN, x);
	if (column->standardize)
		x = (x - column->mean) / column->deviation;
	if (column->range != NULL && !range_has_double(column->range, x))
		return (CELL_BEYOND);
	if (fixed_from_double_scaled(x, column->bits, &value) != FIXED_OK)
		return (FIXED_RANGE);
	*word = (uint64_t)value;
	if (is_rounded(c, column))
		cells_see_rounded(c, column, x, value);
	if (value == 0 && x != 0)
		lost = x;
	if (lost != 0)
		cells_see_lost(c, column->place, lost);
	return (FIXED_OK);
}

/* As text_to_word, of a fraction that is neither scaled nor standardized. */
static int
fraction_to_word(const struct cells *c, const struct cell_column *column, const char *s, size_t len,
    uint64_t *word)
{
	int64_t value = 0;
	double x;
	int rc = fixed_parse_scaled(s, len, column->bits, &value);

	if (rc == FIXED_SYNTAX)
		return (rc);
	if (column->range != NULL &&
	    (rc == FIXED_RANGE || !range_has_text(column->range, s, len, value)))
		return (CELL_BEYOND);
	*word = (uint64_t)value;
	if (rc == FIXED_OK && is_rounded(c, column) && fixed_parse_double(s, len, &x) == FIXED_OK)
		cells_see_rounded(c, column, x, value);
	if (rc == FIXED_OK && value == 0 && !fixed_is_zero(s, len) &&
	    fixed_parse_double(s, len, &x) == FIXED_OK)
		cells_see_lost(c, column->place, (x != 0) ? x : copysign(DBL_MIN, x));
	return (rc);
}

/* As text_to_word, of a whole number. */
static int
integer_text_to_word(const struct cell_column *column, const char *s, size_t len, uint64_t *word)
{
	int64_t value = 0;
	int rc = fixed_parse_integer(s, len, &value);

	if (column->range != NULL && (rc == FIXED_RANGE ||
	    (rc == FIXED_OK && !range_has_text(column->range, s, len, value))))
		return (CELL_BEYOND);
	*word = (uint64_t)value;
	return (rc);
}

/* As text_to_word, of a date. */
static int
date_to_word(const struct cells *c, const struct cell_column *column, const char *s, size_t len,
    uint64_t *word)
{
	int64_t days;

	if (date_parse(s, len, &days) != NULL)
		return (FIXED_SYNTAX);
	if (column->action == CELL_REAL)
		return (real_to_word(c, column, (double)days, word));
	if (!range_has_double(column->range, (double)days))
		return (CELL_BEYOND);
	if (c->options->modulus != 0 && (days < 0 || (uint64_t)days >= c->options->modulus))
		return (FIXED_RANGE);
	*word = (uint64_t)days << c->f;
	return (FIXED_OK);
}

static int
text_to_word(const struct cells *c, const struct cell_column *column, const char *s, size_t len,
    uint64_t *word)
{
	double x;
	int rc;

	if (column->date)
		return (date_to_word(c, column, s, len, word));
	if (column->action == CELL_REAL) {
		if ((rc = fixed_parse_double(s, len, &x)) != FIXED_OK)
			return ((rc == FIXED_RANGE && column->range != NULL) ? CELL_BEYOND : rc);
		return (real_to_word(c, column, x, word));
	}
	if (c->options->modulus != 0)
		return (residue_parse(s, len, c->options->modulus, word));
	return (c->integers ? integer_text_to_word(column, s, len, word) :
	    fraction_to_word(c, column, s, len, word));
}

/* As integer_to_word, in a unit of the column's own, of a number whose range may be declared. */
static int
ranged_integer_to_word(const struct cells *c, const struct cell_column *column, int negative,
    uint64_t magnitude, uint64_t *word)
{
	char text[NUMBER_TEXT];
	int len = snprintf(text, sizeof(text), "%s%" PRIu64, negative ? "-" : "", magnitude);
	int64_t value = 0;

	if (fixed_parse_scaled(text, (size_t)len, column->bits, &value) != FIXED_OK ||
	    (column->range != NULL && !range_has_text(column->range, text, (size_t)len, value)))
		return ((column->range != NULL) ? CELL_BEYOND : FIXED_RANGE);
	*word = (uint64_t)value;
	if (is_rounded(c, column))
		cells_see_rounded(c, column, negative ? -(double)magnitude : (double)magnitude,
		    value);
	return (FIXED_OK);
}

static int
integer_to_word(const struct cells *c, const struct cell_column *column, int negative,
    uint64_t magnitude, uint64_t *word)
{

	if (column->range != NULL || column->bits != (int)c->f)
		return (ranged_integer_to_word(c, column, negative, magnitude, word));
	if (c->options->modulus != 0) {
		if (magnitude >= c->options->modulus || (negative && magnitude != 0))
			return (FIXED_RANGE);
		*word = magnitude;
		return (FIXED_OK);
	}
	if (magnitude > (((uint64_t)1 << 63) - !negative) >> c->f)
		return (FIXED_RANGE);
	*word = negative ? 0 - (magnitude << c->f) : magnitude << c->f;
	return (FIXED_OK);
}

static int
double_to_word(const struct cells *c, const struct cell_column *column, double x, uint64_t *word)
{
	const double limit = 18446744073709551616.0;
	int64_t value;
	double magnitude = (x < 0) ? -x : x;
	int rc;

	if (c->integers) {
		if (magnitude >= limit)
			return (FIXED_RANGE);
		if ((double)(uint64_t)magnitude != magnitude)
			return (FIXED_SYNTAX);
		return (integer_to_word(c, column, x < 0, (uint64_t)magnitude, word));
	}
	if (column->range != NULL && !range_has_double(column->range, x))
		return (CELL_BEYOND);
	rc = fixed_from_double_scaled(x, column->bits, &value);
	*word = (rc == FIXED_OK) ? (uint64_t)value : 0;
	if (rc == FIXED_OK && is_rounded(c, column))
		cells_see_rounded(c, column, x, value);
	return (rc);
}

/* Whether a cell is one of a list of texts. */
static int
is_category(const struct cell_column *column)
{

	return (column->action == CELL_ONE_HOT || column->action == CELL_CODE);
}

/* Set the words of the category that the text is.  Return whether it is one. */
static int
put_category(const struct cells *c, const struct cell_column *column, const char *s, size_t len,
    uint64_t *row)
{
	size_t i, place;
	int found = 0, hit;

	for (i = 0; column->categories[i] != NULL; i++) {
		hit = !found && strlen(column->categories[i]) == len &&
		    memcmp(column->categories[i], s, len) == 0;
		place = cell_category_place(column, i);
		if (column->action == CELL_ONE_HOT && place != CELL_NOWHERE)
			row[place] = hit ? (uint64_t)1 << c->f : 0;
		else if (hit && column->action == CELL_CODE)
			row[column->place] = (uint64_t)i << c->f;
		found |= hit;
	}
	return (found);
}

/* Set the words of the category that stands for all others.  Return whether there is one. */
static int
put_other(const struct cells *c, const struct cell_column *column, uint64_t *row)
{
	const char *other;

	if (column->other == 0)
		return (0);
	other = column->categories[column->other - 1];
	return (put_category(c, column, other, strlen(other), row));
}

static int
no_category(const struct cells *c, size_t j, uint64_t at, const char *about, const char *s,
    size_t len)
{
	char value[SHOWN + 4], list[256];
	char *const *category = c->column[j].categories;
	size_t n = 0;

	list[0] = '\0';
	for (; *category != NULL && n < sizeof(list) - 64; category++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%.40s", (n > 0) ? ", " : "",
		    *category);
	return (complain(c, j, at, ST_FAILED, "%s'%s' is none of its categories: %s%s%s", about,
	    shorten(value, s, len), list, (*category != NULL) ? ", ..." : "",
	    (c->options->remedies && memchr(s, ',', len) != NULL) ? "; a schema can list texts "
	    "with commas: smpc-schema --draft" : ""));
}

/* Set the words that say whether the value of the cell is missing. */
static void
mark_cell(const struct cells *c, const struct cell_column *column, int missing, uint64_t *row)
{

	if (column->present != CELL_NOWHERE)
		row[column->present] = (uint64_t)!missing << c->f;
	if (column->missing != CELL_NOWHERE)
		row[column->missing] = (uint64_t)missing << c->f;
}

/* Whether a text stands for a missing value, by its own words or by those of the options. */
static int
is_missing(const struct cells *c, const char *s, size_t len)
{

	return (cells_is_missing(s, len) || cells_is_na_text(c, s, len));
}

/* Report that a row has no key. */
static int
no_key(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len)
{
	char value[SHOWN + 4];

	return (complain(c, j, at, ST_FAILED, "the key '%s' %s%s%s%s", shorten(value, s, len),
	    is_missing(c, s, len) ? "is a missing value" : (c->column[j].match == KEY_DIGITS) ?
	    "has no digits" : "has no letters and digits", c->options->remedies ? "; --na " : "",
	    c->options->remedies ? c->names[j] : "", c->options->remedies ? "=drop leaves such "
	    "rows out, unique in place of drop gives each a key that matches nothing" : ""));
}

/* Do with a missing value as the options say. */
static int
replace_missing(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len,
    uint64_t *row)
{
	const struct cell_column *column = &c->column[j];
	const char *instead = column->na_value;
	char value[SHOWN + 4];

	mark_cell(c, column, 1, row);
	switch (column->na) {
	case TABLE_NA_UNIQUE:
		key_random(&row[column->place]);
		return (0);
	case TABLE_NA_DROP:
		c->seen->missing[j]++;
		return (1);
	case TABLE_NA_MEAN:
	case TABLE_NA_MEDIAN:
		row[column->place] = 0;
		return (0);
	case TABLE_NA_VALUE:
		if (!is_category(column))
			return (report_number(c, j, at, text_to_word(c, column, instead,
			    strlen(instead), &row[column->place]), instead, strlen(instead)));
		return (put_category(c, column, instead, strlen(instead), row) ? 0 :
		    no_category(c, j, at, "the value is missing, and in its place ",
		    instead, strlen(instead)));
	default:
		if (column->action == CELL_KEY)
			return (no_key(c, j, at, s, len));
		return (complain(c, j, at, ST_FAILED, "the value is missing ('%s')%s%s%s",
		    shorten(value, s, len), c->options->remedies ? "; --na drop leaves such rows "
		    "out, --na VALUE takes VALUE instead; --na COLUMN=drop, COLUMN=VALUE" : "",
		    !c->options->remedies ? "" : is_category(column) ? " is for one column" :
		    " or, for the mean, COLUMN=mean is for one column",
		    (c->options->remedies && is_category(column)) ? "; a schema can make a "
		    "category of it" : ""));
	}
}

/* One column has one unit. */
static int
check_unit(const struct cells *c, size_t j, uint64_t at, size_t stripped, const char *value)
{
	size_t *before = &c->seen->stripped[j];

	if (stripped == 0 || *before == stripped)
		return (0);
	if (*before != 0)
		return (complain(c, j, at, ST_FAILED, "'%s' has '%s' with it, and a number before "
		    "has '%s'", value, c->options->strip.list[stripped - 1],
		    c->options->strip.list[*before - 1]));
	*before = stripped;
	return (0);
}

/* As cells_text for a number that may be written as people do. */
static int
numeral_to_word(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len,
    uint64_t *row)
{
	const struct cell_column *column = &c->column[j];
	char value[SHOWN + 4];
	struct numeral n;
	int rc = FIXED_SYNTAX;

	numeral_read(c->options, column->percent, s, len, &n);
	shorten(value, s, len);
	if (n.fault == NULL)
		rc = text_to_word(c, column, n.text, n.len, &row[column->place]);
	if (rc == FIXED_OK)
		return (check_unit(c, j, at, n.stripped, value));
	if (rc == FIXED_SYNTAX && is_missing(c, s, len))
		return (replace_missing(c, j, at, s, len, row));
	if (n.fault != NULL && !(c->options->remedies && date_like(s, len)))
		return (complain(c, j, at, ST_FAILED, "'%s' %s", value, n.fault));
	return (report_number(c, j, at, rc, s, len));
}

/* As cells_text, of a key. */
static int
key_to_words(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len,
    uint64_t *row)
{
	const struct cell_column *column = &c->column[j];
	char text[KEY_MAX_BYTES], value[SHOWN + 4];
	const char *fault;
	size_t n = 0;

	trim(&s, &len);
	if ((fault = key_fault(column->match, s, len)) != NULL)
		return (complain(c, j, at, ST_FAILED, "the key '%s' %s", shorten(value, s, len),
		    fault));
	if (!is_missing(c, s, len))
		n = key_normalise(column->match, s, len, text);
	if (n == 0)
		return (replace_missing(c, j, at, s, len, row));
	key_hash(column->match, text, n, &row[column->place]);
	mem_wipe(text, n);
	return (cells_note_key(c, j, at, &row[column->place]));
}

int
cells_text(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len, uint64_t *row)
{
	const struct cell_column *column = &c->column[j];
	int rc;

	if (column->action == CELL_SKIP)
		return (0);
	mark_cell(c, column, 0, row);
	if (column->action == CELL_KEY)
		return (key_to_words(c, j, at, s, len, row));
	if (is_category(column) && put_category(c, column, s, len, row))
		return (0);
	trim(&s, &len);
	if (is_category(column)) {
		if (put_category(c, column, s, len, row))
			return (0);
		if (is_missing(c, s, len))
			return (replace_missing(c, j, at, s, len, row));
		return (put_other(c, column, row) ? 0 : no_category(c, j, at, "", s, len));
	}
	/* A word for a missing value may look like a number: -999, or -999.0 then. */
	if (cells_is_na_number(c, s, len))
		return (replace_missing(c, j, at, s, len, row));
	if (!c->plain && !column->date)
		return (numeral_to_word(c, j, at, s, len, row));
	if ((rc = text_to_word(c, column, s, len, &row[column->place])) == FIXED_OK)
		return (0);
	if (rc == FIXED_SYNTAX && cells_is_missing(s, len))
		return (replace_missing(c, j, at, s, len, row));
	return (report_number(c, j, at, rc, s, len));
}

int
cells_integer(const struct cells *c, size_t j, uint64_t at, int negative, uint64_t magnitude,
    uint64_t *row)
{
	const struct cell_column *column = &c->column[j];
	char text[NUMBER_TEXT];
	double x;
	int rc = FIXED_OK;

	if (column->action == CELL_NUMBER) {
		rc = integer_to_word(c, column, negative, magnitude, &row[column->place]);
		if (rc == FIXED_OK)
			return (0);
	} else if (column->action == CELL_REAL) {
		x = negative ? -(double)magnitude : (double)magnitude;
		rc = real_to_word(c, column, x, &row[column->place]);
	} else if (column->action == CELL_SKIP) {
		return (0);
	}
	snprintf(text, sizeof(text), "%s%" PRIu64, negative ? "-" : "", magnitude);
	if (is_category(column))
		return (cells_text(c, j, at, text, strlen(text), row));
	return (report_number(c, j, at, rc, text, strlen(text)));
}

/* Write the shortest text that a double is read back from. */
static void
double_text(char text[NUMBER_TEXT], double x)
{
	int digits;

	for (digits = 1; digits <= 17; digits++) {
		snprintf(text, NUMBER_TEXT, "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			return;
	}
}

int
cells_double(const struct cells *c, size_t j, uint64_t at, double x, uint64_t *row)
{
	const struct cell_column *column = &c->column[j];
	char text[NUMBER_TEXT];
	int rc = FIXED_SYNTAX;

	if (column->action == CELL_SKIP)
		return (0);
	if (!is_category(column) && x - x == 0) {
		if (column->action == CELL_REAL)
			rc = real_to_word(c, column, x, &row[column->place]);
		else
			rc = double_to_word(c, column, x, &row[column->place]);
		if (rc == FIXED_OK && row[column->place] == 0 && column->action == CELL_NUMBER &&
		    x != 0)
			cells_see_lost(c, column->place, x);
		if (rc == FIXED_OK)
			return (0);
	}
	double_text(text, x);
	if (x != x || is_category(column))
		return (cells_text(c, j, at, (x != x) ? "nan" : text, (x != x) ? 3 : strlen(text),
		    row));
	return (report_number(c, j, at, rc, text, strlen(text)));
}
