/*
 * What an owner is told of the sizes of numbers: in which columns they are lost, or too large for
 * what multiplies them, and which ranges mend that, as options to paste.
 */

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/shell_words.h"
#include "table/cells.h"

/* Bytes of a list of names in a message, and room that one takes in it. */
#define LIST_TEXT 320
#define NAME_TEXT (COLUMNS_SHOWN + 64)

/* Bytes of a line, at which the options go on in another one. */
#define LINE_BYTES 1600

/*
 * Numbers from 2^15 on are too large, and words from 2^31 on, whose squares have no room in 64
 * bits.  The words of a declared range end at 2^RANGE_BITS.
 */
#define LARGE_NUMBER_BITS 15
#define LARGE_WORD_BITS 31

/*
 * Words of a column without a range add up to less than 2^SUM_BITS in magnitude, so that the sums
 * of eight such tables have room in 64 bits.
 */
#define SUM_BITS 60
#define PRODUCT_BITS 47 /* a product with 16 fraction bits more than the number */

#define FLAT_SHARE 1e-4 /* of a column's spread */
#define FLAT_ROWS 10    /* at least, in a table that says anything about it */
#define FEW_UNITS 64    /* that the largest number of a column has, and */
#define FEW_SHARE 1e-2  /* of the spread of a few rows: numbers of next to no digits */
#define FLAT_CHANGE 5e-5 /* of a correlation, which is to be right to 1e-4 */
#define FLAT_CHANCE 3   /* deviations of what may be by chance */
#define FLAT_NUMBERS 3  /* at least, that were seen to be rounded */
#define ROUNDING_VARIANCE (1.0 / 12) /* of words of many bits, in units they are rounded to */

/* ---- lines of options ---- */

struct advice {
	const struct cells *c;
	enum status status; /* of the line; ST_OK: it is no failure */
	struct buf line;
	size_t options;     /* in the line */
};

/* Begin a line; only the first one can be a failure. */
static void
advice_begin(struct advice *a, const char *text)
{

	a->line.len = 0;
	a->options = 0;
	(void)buf_string(&a->line, a->c->input);
	(void)buf_string(&a->line, ": ");
	(void)buf_string(&a->line, text);
}

static void
advice_say(struct advice *a)
{

	if (buf_append(&a->line, "", 1) == -1)
		return;
	if (a->status != ST_OK)
		(void)fail(a->status, "%s", a->line.data);
	else
		warn("%s", a->line.data);
	a->status = ST_OK;
}

static void
advice_add(struct advice *a, const struct buf *option)
{

	if (a->options > 0 && a->line.len + option->len > LINE_BYTES) {
		advice_say(a);
		advice_begin(a, "and");
	}
	(void)buf_string(&a->line, " ");
	(void)buf_append(&a->line, option->data, option->len);
	a->options++;
}

/*
 * Add the option that declares a range for numbers from ${low} to ${high} in column ${j}.  Return
 * whether there is one.
 */
static bool
advise_range(struct advice *a, size_t j, double low, double high)
{
	struct buf word = { NULL, 0, 0 }, option = { NULL, 0, 0 };
	char range[RANGE_TEXT];

	if (a->c->column[j].standardize || !range_around(range, low, high))
		return (false);
	if (columns_reference(&word, a->c->names, a->c->columns, j, false) == 0 &&
	    buf_string(&word, "=") == 0 && buf_append(&word, range, strlen(range) + 1) == 0 &&
	    shell_add_option(&option, "--range", word.data) == 0)
		advice_add(a, &option);
	buf_free(&word);
	buf_free(&option);
	return (true);
}

/* ---- numbers that are lost ---- */

static bool
is_lost(const struct cells *c, size_t place)
{
	const struct cells_lost *lost = &c->seen->lost[place];

	return (lost->low != 0 || lost->high != 0);
}

/* Write the names of columns whose first word is marked, and return how many there are. */
static size_t
marked_names(const struct cells *c, const uint8_t *marks, char *text, size_t size)
{
	char name[COLUMNS_SHOWN];
	size_t j, n = 0, count = 0;

	for (j = 0; j < c->columns; j++) {
		if (c->column[j].action == CELL_SKIP || !marks[c->column[j].place])
			continue;
		count++;
		cells_name(c, j, name);
		if (n + NAME_TEXT < size)
			n += (size_t)snprintf(text + n, size - n, "%s%s", (n > 0) ? ", " : "",
			    name);
	}
	if (count > 0 && n + NAME_TEXT >= size)
		snprintf(text + n, size - n, ", ...");
	return (count);
}

/* What is refused of columns, and the way out where no range is one; NULL: no range is any. */
struct refusal {
	const char *what;
	const char *otherwise;
};

/* Refuse the columns that are marked, and name ranges around ${low} and ${high}, per word. */
static int
refuse_marked(const struct cells *c, const uint8_t *marks, const struct cells_lost *around,
    const struct refusal *r)
{
	struct advice a = { .c = c, .status = ST_RANGE };
	char names[LIST_TEXT], text[LIST_TEXT + 200];
	size_t j, place, without = 0;

	if (marked_names(c, marks, names, sizeof(names)) == 0)
		return (0);
	snprintf(text, sizeof(text), "%s: %s%s", names, r->what, (r->otherwise != NULL) ? " with" :
	    "");
	advice_begin(&a, text);
	for (j = 0; j < c->columns && r->otherwise != NULL; j++) {
		place = c->column[j].place;
		if (c->column[j].action != CELL_SKIP && marks[place])
			without += !advise_range(&a, j, around[place].low, around[place].high);
	}
	if (without > 0) {
		(void)buf_string(&a.line, (a.options > 0) ? " and " : " ");
		(void)buf_string(&a.line, r->otherwise);
	}
	advice_say(&a);
	buf_free(&a.line);
	return (-1);
}

int
cells_check_lost(const struct cells *c)
{
	char what[100];
	const struct refusal refusal = { what, "--scale COLUMN=FACTOR, of a large FACTOR" };
	uint8_t *marks;
	size_t k;
	int rc;

	snprintf(what, sizeof(what), "all numbers that are not 0 become 0 with %u fraction bits; "
	    "keep them", c->f);
	if ((marks = mem_array(c->words, 1)) == NULL)
		return (-1);
	for (k = 0; k < c->seen->zeros; k++)
		marks[c->seen->zero[k]] = is_lost(c, c->seen->zero[k]);
	rc = refuse_marked(c, marks, c->seen->lost, &refusal);
	mem_wipe_free(marks, c->words);
	return (rc);
}

/* ---- numbers that are large ---- */

/* The least word that is too large. */
static int64_t
large_word(const struct cells *c)
{

	return ((int64_t)1 << ((LARGE_NUMBER_BITS + c->f < LARGE_WORD_BITS) ?
	    LARGE_NUMBER_BITS + c->f : LARGE_WORD_BITS));
}

static bool
is_undeclared(const struct cell_column *column)
{

	return ((column->action == CELL_NUMBER || column->action == CELL_REAL) &&
	    column->range == NULL);
}

static bool
reaches(const struct cells *c, const struct cell_column *column, int64_t limit)
{
	const struct cells_sizes *z = &c->seen->sizes[column->place];

	return (is_undeclared(column) && (z->most >= limit || z->least <= -limit));
}

/* Whether sums of such tables may have no room, and there is something to be done about it. */
static bool
sum_wraps(const struct cells *c, const struct cell_column *column)
{

	return (c->options->refuse_sizes && is_undeclared(column) &&
	    c->seen->sizes[column->place].sum >= ldexp(1, SUM_BITS));
}

static bool
is_large(const struct cells *c, const struct cell_column *column)
{

	return (!sum_wraps(c, column) && reaches(c, column, large_word(c)));
}

/* The number that a word of a column stands for; if that is no double, the next one outwards. */
static double
word_number(const struct cell_column *column, int64_t word)
{
	double x = (double)word;

	if ((int64_t)x != word)
		x = nextafter(x, (x > 0) ? INFINITY : -INFINITY);
	return (ldexp(x, -column->bits));
}

/* The variance of ${n} numbers with this sum, and this sum of squares. */
static double
variance(double sum, double squares, double n)
{

	return ((n > 0) ? fmax(squares - sum * sum / n, 0) / n : 0);
}

/* Whether all words of a column are 0, which cells_check_lost sees to. */
static bool
is_nothing(const struct cells *c, const struct cell_column *column)
{
	const struct cells_sizes *z = &c->seen->sizes[column->place];

	return (z->least == 0 && z->most == 0);
}

/*
 * Whether next to nothing is left of a column of a few rows, where numbers may be near each other
 * by chance: a few units.  A single row is a query, of which nothing is to be seen.
 */
static bool
is_flat_in_few(const struct cells *c, const struct cells_sizes *z, double spread)
{

	return (c->seen->rows > 1 && z->uneven > 0 &&
	    ((z->most < FEW_UNITS && z->least > -FEW_UNITS) ||
	    (spread > 0 && (double)z->uneven / 12 > FEW_SHARE * spread)));
}

/*
 * Whether numbers differ by so little that rounding them changes correlations: rounding adds a
 * twelfth of a unit squared for each, and that is more than 1e-4 of the sum of squares of their
 * distances from the mean.  Words that are not uneven are taken for exact.
 */
static bool
is_flat(const struct cells *c, const struct cell_column *column)
{
	const struct cells_sizes *z = &c->seen->sizes[column->place];
	const struct cells_rounded *r;
	double spread = z->squares - z->apart * z->apart / (double)c->seen->rows;

	if (!c->options->refuse_sizes || !is_undeclared(column) || is_nothing(c, column))
		return (false);
	if (c->seen->rows < FLAT_ROWS)
		return (is_flat_in_few(c, z, spread));
	r = &c->seen->rounded[column->place];
	if (!(spread > 0))
		return (variance(r->apart, r->apart_squares, (double)r->numbers) > 0);
	return ((double)z->uneven / 12 > FLAT_SHARE * spread);
}

/* The variance of words of a column, as far as it is known, and of what rounding has changed. */
static double
spread_of(const struct cells *c, const struct cell_column *column)
{
	const struct cells_rounded *r = &c->seen->rounded[column->place];
	const struct cells_sizes *z = &c->seen->sizes[column->place];

	return (fmax(variance(r->apart, r->apart_squares, (double)r->numbers),
	    variance(z->apart, z->squares, (double)c->seen->rows)));
}

/*
 * How much rounding may change a correlation of a column, if words have ${more} bits more than now.
 * What rounding adds to the variance lowers a correlation; and rounding is correlated itself, by
 * chance.  Where words would lose bits, these are taken for any.
 */
static double
change_of_correlations(const struct cells *c, const struct cell_column *column, int more)
{
	const struct cells_rounded *r = &c->seen->rounded[column->place];
	double rows = (double)c->seen->rows, n = (double)r->numbers,
	    spread = spread_of(c, column),
	    change = variance(r->change, r->change_squares, n);

	if (r->numbers < FLAT_NUMBERS || !(spread > 0))
		return (0);
	change = ldexp((more < 0) ? ROUNDING_VARIANCE : change, -2 * more) / spread;
	return (change / 2 + FLAT_CHANCE * sqrt(change / rows));
}

/* How many bits more the words of a column have at the range that would be named. */
static int
bits_to_gain(const struct cells *c, const struct cell_column *column)
{
	const struct cells_sizes *z = &c->seen->sizes[column->place];
	char text[RANGE_TEXT];
	struct range r;

	if (!range_around(text, word_number(column, z->least - 1), word_number(column,
	    z->most + 1)) || range_parse(&r, text) != NULL || range_scale(&r, 0) != NULL)
		return (0);
	return (r.bits - column->bits);
}

/*
 * Whether rounding changes figures at the range that would be named, too.  Where there is none yet,
 * what it would change is an estimate.
 */
static bool
is_flat_anyhow(const struct cells *c, const struct cell_column *column)
{
	const double most = (column->range != NULL) ? FLAT_CHANGE : 2 * FLAT_CHANGE;

	return (c->options->refuse_sizes && c->seen->rows >= FLAT_ROWS &&
	    change_of_correlations(c, column, bits_to_gain(c, column)) > most);
}

static bool
is_flat_in_range(const struct cells *c, const struct cell_column *column)
{

	return ((column->action == CELL_NUMBER || column->action == CELL_REAL) && !column->date &&
	    column->range != NULL && !is_nothing(c, column) &&
	    change_of_correlations(c, column, 0) > FLAT_CHANGE);
}

/* Whether a range, or a tighter one, mends that, or none does, as numbers are far from 0. */
static bool
is_flat_undeclared(const struct cells *c, const struct cell_column *column)
{

	return (is_flat(c, column) && !is_flat_anyhow(c, column));
}

static bool
is_flat_near(const struct cells *c, const struct cell_column *column)
{

	return (is_flat_in_range(c, column) && !is_flat_anyhow(c, column));
}

static bool
is_flat_far(const struct cells *c, const struct cell_column *column)
{

	return ((is_flat(c, column) || is_flat_in_range(c, column)) && is_flat_anyhow(c, column));
}

#define FAR "so far from 0, for what they differ by, that rounding changes figures; subtract a " \
	"public number in the file, the same at all owners"

/* Tell of large numbers that rounding changes too much in any range. */
static void
tell_far(const struct cells *c)
{
	uint8_t *marks = mem_array(c->words, 1);
	char names[LIST_TEXT];
	size_t j;

	for (j = 0; marks != NULL && j < c->columns; j++) {
		if (c->column[j].action != CELL_SKIP && is_large(c, &c->column[j]) &&
		    is_flat_anyhow(c, &c->column[j]))
			marks[c->column[j].place] = 1;
	}
	if (marks != NULL && marked_names(c, marks, names, sizeof(names)) > 0)
		warn("%s: with any range numbers of %s are " FAR, c->input, names);
	mem_wipe_free(marks, c->words);
}

void
cells_tell_ranges(const struct cells *c)
{
	struct advice a = { .c = c };
	char limit[FIXED_MAX_TEXT], text[FIXED_MAX_TEXT + 400];
	size_t j, place;

	fixed_format(limit, large_word(c), c->f, 1);
	snprintf(text, sizeof(text), "numbers of %s and more are in columns without a declared "
	    "range; their sums and means are exact all the same, but variance, correlation, "
	    "--standardize, matmul and training will refuse them, and products by public "
	    "fractions (smpc-mul -c) wrap from %.0f on; to declare ranges, add", limit,
	    ldexp(1, PRODUCT_BITS - (int)c->f));
	advice_begin(&a, text);
	for (j = 0; j < c->columns; j++) {
		place = c->column[j].place;
		if (is_large(c, &c->column[j]) && !is_flat_anyhow(c, &c->column[j]))
			(void)advise_range(&a, j, word_number(&c->column[j],
			    c->seen->sizes[place].least), word_number(&c->column[j],
			    c->seen->sizes[place].most));
	}
	if (a.options > 0)
		advice_say(&a);
	buf_free(&a.line);
	tell_far(c);
}

/*
 * Refuse columns for which ${refused} holds, and name ranges for their words and ${beyond} more, as
 * numbers may be beyond the words that they were rounded to.
 */
static int
refuse_sizes(const struct cells *c, bool (*refused)(const struct cells *c,
    const struct cell_column *column), int64_t beyond, const struct refusal *refusal)
{
	struct cells_lost *bounds = mem_array(c->words, sizeof(*bounds));
	uint8_t *marks = mem_array(c->words, 1);
	const struct cells_sizes *z;
	size_t j, place;
	int rc = -1;

	if (bounds == NULL || marks == NULL)
		goto out;
	for (j = 0; j < c->columns; j++) {
		if (c->column[j].action == CELL_SKIP || !refused(c, &c->column[j]))
			continue;
		place = c->column[j].place;
		z = &c->seen->sizes[place];
		marks[place] = 1;
		bounds[place].low = word_number(&c->column[j], z->least - ((z->least < 0) ?
		    beyond : 0));
		bounds[place].high = word_number(&c->column[j], z->most + ((z->most > 0) ? beyond :
		    0));
	}
	rc = refuse_marked(c, marks, bounds, refusal);
out:
	mem_wipe_free(bounds, c->words * sizeof(*bounds));
	mem_wipe_free(marks, c->words);
	return (rc);
}

int
cells_check_sizes(const struct cells *c)
{
	static const struct refusal large = { "sums of the numbers would not fit 64 bits; share "
	    "them", "--scale COLUMN=FACTOR, of a small FACTOR" };
	static const struct refusal near = { "numbers take up so little of the range that is "
	    "declared that rounding to its unit changes figures; declare a tighter one",
	    "--scale COLUMN=FACTOR, of a large FACTOR" };
	static const struct refusal far = { "numbers are " FAR, NULL };
	char what[140];
	const struct refusal flat = { what, "--scale COLUMN=FACTOR, of a large FACTOR" };
	int rc = 0;

	snprintf(what, sizeof(what), "numbers differ so little that rounding to %u fraction bits "
	    "changes figures; keep them", c->f);
	if (refuse_sizes(c, sum_wraps, 0, &large) == -1)
		rc = -1;
	if (refuse_sizes(c, is_flat_undeclared, 1, &flat) == -1)
		rc = -1;
	if (refuse_sizes(c, is_flat_near, 1, &near) == -1)
		rc = -1;
	if (refuse_sizes(c, is_flat_far, 1, &far) == -1)
		rc = -1;
	return (rc);
}
