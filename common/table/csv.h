#ifndef SMPC_TABLE_CSV_H
#define SMPC_TABLE_CSV_H

/* CSV (RFC 4180) in, words out. */

#include <stddef.h>
#include <stdint.h>

#include "table/cells.h"
#include "table/window.h"

/* A row, quoted fields with line breaks included, is no longer than this. */
#define CSV_MAX_ROW_BYTES ((size_t)16 << 20)

struct csv_field {
	char *text;
	size_t len;
	uint64_t line;
	int quoted;
	int doubled; /* quotes in it are doubled still */
};

struct csv {
	struct window *w;
	char delimiter;
	char comment; /* 0: none */
	int quotes;   /* have a meaning */
	int header;
	int remedies;
	size_t columns;
	char **names;        /* NULL without a header; not checked yet */
	uint64_t first_line; /* where the header is, or the first row */

	uint64_t line;       /* of the next row */
	uint64_t blank;      /* so many lines before it were blank */
	uint64_t blank_line; /* the first of them */

	const struct table_options *options;

	struct csv_field *field; /* of the row that was fetched, still in the window */
	size_t fields;
	size_t size;
	size_t row_bytes;
	uint64_t row_lines;
	int fetched;
	int shown; /* by csv_next, and to be left */

	struct scan scan;
	int set_up; /* ${scan} is, where ${fast} */
	uint64_t careful; /* rows that were not read by it */
	int fast;
};

/*
 * csv_open(c, w, options):
 * Read the header, or count the columns of the first row where there is none.  Return 0 or -1
 * (reported).  In any case csv_close is to be called; ${w} is borrowed.
 */
int csv_open(struct csv *c, struct window *w, const struct table_options *options);

/*
 * csv_read(c, cells, words, max_rows, rows):
 * Convert up to ${max_rows} rows.  Return 1, 0 at the end, or -1 (reported).
 */
int csv_read(struct csv *c, const struct cells *cells, uint64_t *words, size_t max_rows,
    size_t *rows);

/*
 * csv_next(c), csv_cell(c, j):
 * Get the next row, to be read as texts, and return 1, 0 at the end, or -1 (reported); a blank line
 * in a table of one column is a row.  Return field ${j} of it, there until the next call.
 */
int csv_next(struct csv *c);
struct csv_field csv_cell(const struct csv *c, size_t j);

/*
 * csv_check_blank(c), csv_check_row(c):
 * Check that no blank line is before that row, and its number of fields.  Return 0 or -1
 * (reported).
 */
int csv_check_blank(const struct csv *c);
int csv_check_row(const struct csv *c);

/*
 * csv_restart(c):
 * Begin again, behind the header.  Return 0 or -1 (reported).
 */
int csv_restart(struct csv *c);

/*
 * csv_close(c):
 * Free; harmless on a zeroed structure.
 */
void csv_close(struct csv *c);

#endif /* !SMPC_TABLE_CSV_H */
