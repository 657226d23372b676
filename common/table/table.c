#include "table/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "table/cells.h"
#include "table/csv.h"
#include "table/foreign.h"
#include "table/npy.h"
#include "table/window.h"

/* Bytes of a list of columns in a message. */
#define LIST_TEXT 320

/* Words read at once when means and deviations are computed. */
#define MEASURE_WORDS ((size_t)1 << 15)

struct table {
	const struct table_options *options;
	struct window window;
	struct cells *cells;
	struct csv csv;
	struct npy npy;
	int is_csv;
	uint64_t rows;     /* that were read */
	uint64_t measured; /* that there must be, or 0 */
	bool begun;        /* what has to be known before the first row is given out is */
	bool drops;        /* rows were left out when the others were counted */
	int failed;
};

/* As much of a file is looked at to tell what it is: an identity file is shorter. */
#define IDENTITY_FILE_BYTES 4096

/* An array has numbers, and no text: what says how to read text would say nothing. */
static int
refuse_text_options(const struct table *t)
{
	const struct table_options *o = t->options;

	if (o->decimal == '\0' && o->thousands == '\0' && o->comment == '\0' && !o->no_quotes &&
	    o->strip.count + o->percent.count + o->date.count + o->na_text.count == 0)
		return (0);
	return (fail(ST_USAGE, "%s: is an array of numbers: --decimal, --thousands, --percent, "
	    "--date, --strip, --na-text, --comment and --no-quotes are for CSV", t->window.name));
}

/* Open the reader for what the file is, and find out what becomes of its columns. */
static int
open_format(struct table *t)
{
	struct window *w = &t->window;
	const char *const *names = NULL;
	size_t columns;
	uint64_t first_line = 0;

	if (window_fill(w, IDENTITY_FILE_BYTES) == -1 || foreign_refuse(w) == -1)
		return (-1);
	t->is_csv = (!npy_is(w) && !idx_is(w));
	if (t->is_csv) {
		if (csv_open(&t->csv, w, t->options) == -1)
			return (-1);
		names = (const char *const *)t->csv.names;
		columns = t->csv.columns;
		first_line = t->csv.first_line;
	} else {
		if (refuse_text_options(t) == -1 ||
		    (npy_is(w) ? npy_open(&t->npy, w) : idx_open(&t->npy, w)) == -1)
			return (-1);
		columns = t->npy.columns;
	}
	t->cells = cells_new(t->options, w->name, names, columns, first_line);
	return ((t->cells == NULL) ? -1 : 0);
}

static int
read_format(struct table *t, uint64_t *words, size_t max_rows, size_t *rows)
{

	return (t->is_csv ? csv_read(&t->csv, t->cells, words, max_rows, rows) :
	    npy_read(&t->npy, t->cells, words, max_rows, rows));
}

static int
no_rows(const struct table *t)
{
	char missing[LIST_TEXT];

	cells_missing_text(t->cells, missing, sizeof(missing));
	if (missing[0] != '\0')
		return (fail(ST_FAILED, "%s: there are no rows without missing values (%s)",
		    t->window.name, missing));
	return (fail(ST_FAILED, "%s: there are no rows", t->window.name));
}

/* Whether there were faults that did not end the reading. */
static int
faulty(const struct table *t)
{

	return (t->options->faults != NULL && t->options->faults->count > 0);
}

/*
 * Update the mean and the sum of squared distances from it, in ${deviation}, of one column
 * (Welford, Technometrics 1962: no cancellation however far the mean is from 0).
 */
static void
add_to_column(struct cell_column *column, const uint64_t *words, size_t rows, size_t stride,
    uint64_t before)
{
	double x, d;
	size_t i;

	for (i = 0; i < rows; i++) {
		memcpy(&x, &words[i * stride + column->place], sizeof(x));
		d = x - column->mean;
		column->mean += d / (double)(before + i + 1);
		column->deviation += d * (x - column->mean);
	}
}

static void
add_to_columns(struct cells *cells, const uint64_t *words, size_t rows, uint64_t before)
{
	size_t j;

	for (j = 0; j < cells->columns; j++) {
		if (cells->column[j].standardize)
			add_to_column(&cells->column[j], words, rows, cells->words, before);
	}
}

static int
finish_column(const struct table *t, struct cell_column *column)
{

	column->deviation = sqrt(column->deviation / (double)t->measured);
	if (column->mean - column->mean != 0 || column->deviation - column->deviation != 0)
		return (fail(ST_RANGE, "%s: column %zu: numbers are too large to be standardized",
		    t->window.name, (size_t)(column - t->cells->column) + 1));
	/* A constant is only centred. */
	if (column->deviation == 0)
		column->deviation = 1;
	return (0);
}

/* Whether all of the table is read before its first row is given out. */
static bool
reads_twice(const struct table_options *o)
{
	const char *equals;
	size_t i;

	/* What is missing may be dropped. */
	for (i = 0; i < o->n_missing; i++) {
		if (o->missing[i].na == TABLE_NA_DROP)
			return (true);
	}
	for (i = 0; i < o->na_columns.count; i++) {
		equals = strrchr(o->na_columns.list[i], '=');
		if (equals != NULL && strcmp(equals, "=drop") == 0)
			return (true);
	}
	return (o->standardize || o->na == TABLE_NA_DROP);
}

/* Read all of the table for the means and deviations, and to see whether rows are left out. */
static int
measure_rows(struct table *t)
{
	size_t max_rows = 1 + MEASURE_WORDS / t->cells->words, rows, j;
	size_t bytes = max_rows * t->cells->words * sizeof(uint64_t);
	uint64_t *words;
	int rc;

	if ((words = mem_array(bytes, 1)) == NULL)
		return (-1);
	for (j = 0; j < t->cells->columns; j++)
		t->cells->column[j].deviation = 0;
	t->cells->measuring = 1;
	while ((rc = read_format(t, words, max_rows, &rows)) == 1) {
		add_to_columns(t->cells, words, rows, t->measured);
		t->measured += rows;
	}
	t->cells->measuring = 0;
	mem_wipe_free(words, bytes);
	return (rc);
}

static int
measure_columns(struct table *t)
{
	size_t j;

	if (measure_rows(t) == -1 || faulty(t))
		return (-1);
	if (t->measured == 0)
		return (no_rows(t));
	for (j = 0; j < t->cells->columns; j++) {
		if (t->cells->column[j].standardize && finish_column(t, &t->cells->column[j]) == -1)
			return (-1);
	}
	t->drops = (t->cells->seen->dropped > 0);
	t->cells->shown = 1;
	cells_seen_forget(t->cells);
	return (t->is_csv ? csv_restart(&t->csv) : npy_restart(&t->npy));
}

static struct table *
new_table(const struct table_options *options)
{
	struct table *t;

	if ((t = mem_array(1, sizeof(*t))) == NULL)
		return (NULL);
	t->options = options;
	t->window.fd = -1;
	return (t);
}

/* Go on once the window is open; frees the table on failure. */
static struct table *
start_table(struct table *t)
{

	if ((reads_twice(t->options) && window_hold(&t->window) == -1) || open_format(t) == -1) {
		table_close(t);
		return (NULL);
	}
	return (t);
}

struct table *
table_open(const char *path, const struct table_options *options)
{
	struct table *t;

	if ((t = new_table(options)) == NULL)
		return (NULL);
	if (window_open(&t->window, path) == -1) {
		table_close(t);
		return (NULL);
	}
	return (start_table(t));
}

struct table *
table_open_window(struct window *w, const struct table_options *options)
{
	struct table *t;

	if ((t = new_table(options)) == NULL)
		return (NULL);
	window_move(&t->window, w);
	return (start_table(t));
}

struct table *
table_open_memory(const void *data, size_t bytes, const char *name,
    const struct table_options *options)
{
	struct table *t;

	if ((t = new_table(options)) == NULL)
		return (NULL);
	if (window_memory(&t->window, data, bytes, name) == -1) {
		table_close(t);
		return (NULL);
	}
	return (start_table(t));
}

size_t
table_columns(const struct table *t)
{

	return (t->cells->words);
}

const char *
table_column_name(const struct table *t, size_t j)
{

	return ((t->cells->word_names == NULL) ? NULL : t->cells->word_names[j]);
}

const struct table_about *
table_about(const struct table *t, size_t j)
{

	return (&t->cells->about[j]);
}

int
table_begin(struct table *t)
{

	if (t->failed)
		return (-1);
	if (!t->begun && reads_twice(t->options) && measure_columns(t) == -1)
		t->failed = 1;
	t->begun = true;
	return (t->failed ? -1 : 0);
}

bool
table_drops(const struct table *t)
{

	return (t->drops);
}

static void
tell_dropped(const struct table *t)
{
	uint64_t dropped = t->cells->seen->dropped;
	char missing[LIST_TEXT];

	if (dropped == 0)
		return;
	cells_missing_text(t->cells, missing, sizeof(missing));
	warn("%s: left out %" PRIu64 " of %" PRIu64 " rows for missing values: %s", t->window.name,
	    dropped, dropped + t->rows, missing);
}

/* What is wrong with a table as a whole, once it has been read. */
static int
check_table_read(const struct table *t)
{
	int rc = 0;

	if (t->rows == 0 && !faulty(t))
		return (no_rows(t));
	if (cells_check_keys(t->cells) == -1)
		rc = -1;
	if (t->options->refuse_lost && cells_check_lost(t->cells) == -1)
		rc = -1;
	if (t->options->refuse_sizes && cells_check_sizes(t->cells) == -1)
		rc = -1;
	if (rc == 0)
		return (0);
	table_tell(t);
	return (-1);
}

int
table_read(struct table *t, uint64_t *words, size_t max_rows, size_t *rows)
{
	int rc;

	*rows = 0;
	if (table_begin(t) == -1)
		return (-1);
	rc = read_format(t, words, max_rows, rows);
	t->rows += *rows;
	if (rc == 1 && (t->options->refuse_lost || t->options->tell_ranges))
		cells_see_words(t->cells, words, *rows);
	if (rc == 0)
		rc = check_table_read(t);
	if ((rc == 0 && t->measured != 0 && t->rows != t->measured) ||
	    (t->measured != 0 && t->rows > t->measured))
		rc = fail(ST_FAILED, "%s: changed while it was read", t->window.name);
	if (rc == -1) {
		*rows = 0;
		t->failed = 1;
	}
	return (rc);
}

void
table_tell(const struct table *t)
{

	tell_dropped(t);
	if (t->options->tell_ranges)
		cells_tell_ranges(t->cells);
}

void
table_tell_faults(const struct table *t)
{
	const struct table_faults *faults = t->options->faults;
	uint64_t rows = (faults->rows > faults->each) ? faults->rows - faults->each : 0,
	    blanks = (faults->blanks > faults->each) ? faults->blanks - faults->each : 0;
	char columns[LIST_TEXT];

	cells_faults_text(t->cells, faults->each, columns, sizeof(columns));
	if (rows > 0)
		warn("%s: more rows of a wrong length: %" PRIu64, t->window.name, rows);
	if (blanks > 0)
		warn("%s: more blank lines: %" PRIu64, t->window.name, blanks);
	if (columns[0] != '\0')
		warn("%s: more such faults: %s", t->window.name, columns);
}

size_t
table_inputs(const struct table *t)
{

	return (t->cells->columns);
}

struct table_input
table_input(const struct table *t, size_t j)
{
	const struct cells *c = t->cells;
	enum cell_action action = c->column[j].action;

	return ((struct table_input){
		.name = (c->names != NULL) ? c->names[j] : NULL,
		.selected = (action != CELL_SKIP),
		.is_text = (action == CELL_ONE_HOT || action == CELL_CODE),
		.is_key = (action == CELL_KEY),
		.is_date = c->column[j].date,
		.ranged = (c->column[j].range != NULL || action == CELL_REAL),
		.percent = c->column[j].percent,
	});
}

const char *const *
table_input_names(const struct table *t)
{

	return (t->cells->names);
}

const char *
table_name(const struct table *t)
{

	return (t->window.name);
}

uint64_t
table_rows(const struct table *t)
{

	return (((t->rows > 0) ? t->rows : t->measured) + t->cells->seen->dropped +
	    t->cells->seen->faulty);
}

void
table_close(struct table *t)
{

	if (t == NULL)
		return;
	csv_close(&t->csv);
	cells_free(t->cells);
	window_close(&t->window);
	free(t);
}
