#ifndef SMPC_TABLE_CELLS_H
#define SMPC_TABLE_CELLS_H

/*
 * From the cells of a table to words: what the options make of each column.  Readers of a format
 * hand over cells one by one; messages about a cell are made here, and name the input, the line or
 * row, the column and the value.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring/scan.h"
#include "table/range.h"
#include "table/table.h"

enum cell_action {
	CELL_SKIP,
	CELL_NUMBER, /* exactly rounded */
	CELL_REAL,   /* scaled or standardized, by way of a double */
	CELL_ONE_HOT,
	CELL_CODE,   /* the position of its category */
	CELL_KEY     /* the words of a key */
};

struct cell_column {
	enum cell_action action;
	size_t place; /* of its first word in a row */
	int bits;     /* a number times 2^bits is its word */
	const struct range *range; /* NULL: none was declared */
	const char *unit;          /* NULL: none was declared */
	double factor;
	char *scaled;              /* the unit that this makes, or NULL */
	int percent;
	int standardize;
	double mean;
	double deviation;
	enum key_match match;    /* of keys */
	int repeats;             /* of keys: one may come twice */
	int date;                /* of numbers: it has dates, which count days */
	char *const *categories; /* one_hot, codes; NULL-terminated */
	size_t baseline;         /* one_hot: the category that has no word; CELL_NOWHERE: all do */
	/* 1 + the position of the category that stands for all others; 0: none does */
	size_t other;
	enum table_na na;
	const char *na_value;
	int indicated;           /* a word is 1 where a value is missing */
	/* of that word, and of one that is 1 where none is; CELL_NOWHERE: there is none */
	size_t missing, present;
};

#define CELL_NOWHERE SIZE_MAX

/* The word of category ${i} of a one_hot column, or CELL_NOWHERE. */
static inline size_t
cell_category_place(const struct cell_column *column, size_t i)
{

	return ((i == column->baseline) ? CELL_NOWHERE : column->place + i -
	    (i > column->baseline));
}

/* Whether a cell is a date that stays one, neither scaled nor standardized. */
static inline bool
cell_is_date(const struct cell_column *column)
{

	return (column->date && column->action == CELL_NUMBER);
}

/* Whether those who compute on the shares fill in what is missing. */
static inline bool
cell_is_filled(const struct cell_column *column)
{

	return (column->na == TABLE_NA_MEAN || column->na == TABLE_NA_MEDIAN);
}

/* Bounds of the numbers that are not 0 and have become 0, and of 0. */
struct cells_lost {
	double low, high;
};

/* So many last bits of a word are 0 where a number is whole, or a fraction of few bits. */
#define CELLS_EVEN_BITS 4

/* How large the words of a column are, and how far from each other. */
struct cells_sizes {
	int64_t least, most;       /* of them and 0 */
	double sum;                /* of magnitudes */
	int64_t first;             /* of all rows */
	double apart, squares;     /* sums of differences from it, and of their squares */
	uint64_t uneven;           /* words that are not what a fraction of few bits makes */
};

/*
 * How far some numbers of a column with a range are from the first one, and what rounding them has
 * changed: sums, and sums of squares, all in units of a word.
 */
struct cells_rounded {
	uint64_t numbers;
	double first, apart, apart_squares, change, change_squares;
};

/* The keys of a column, in the order of rows, and where they are. */
struct cells_keys {
	struct cells_key {
		uint64_t words[KEY_WORDS];
		uint64_t at;
	} *key;
	size_t count, room;
	size_t before; /* the row at hand */
};

/* What was seen while rows were read: this changes where cells do not. */
struct cells_seen {
	uint64_t dropped;  /* rows that were left out */
	uint64_t *missing; /* values in them, per column of the input */
	uint64_t faulty;   /* rows that were left out for faults */
	uint64_t *faults;  /* per column of the input */
	struct cells_keys *keys; /* per column of the input */
	size_t *stripped;  /* per column: 1 + the position of the text taken off its numbers */
	struct cells_lost *lost; /* per word of a row */
	struct cells_sizes *sizes; /* per word of a row; only where options->tell_ranges */
	struct cells_rounded *rounded; /* per word of a row; only where options->refuse_sizes */
	uint64_t rows;     /* that ${sizes} are of */
	size_t *zero;      /* the ${zeros} words of a row that have been 0 in all rows */
	size_t zeros;
	uint8_t *kept;     /* per word of a row: it has not, or nobody asks */
	/* what the row at hand has changed of these, in case that it is dropped */
	struct cells_undo {
		size_t place;
		struct cells_lost before;
	} *undo;
	struct cells_undo_rounded {
		size_t place;
		struct cells_rounded before;
	} *undo_rounded;
	size_t undos, undos_rounded;
};

struct cells {
	const struct table_options *options;
	const char *input;
	const char *const *names; /* of the input's columns, or NULL */
	size_t columns;           /* of the input */
	struct cell_column *column;
	size_t words;             /* of a row */
	char **word_names;        /* NULL if there are no names */
	unsigned f;
	int integers;
	uint64_t first_line;      /* of the header, if any; 0: places in the input are rows */
	/* columns to be standardized give doubles, bit by bit, before that */
	int measuring;
	int shown;                /* the rows have been read, and shown to who watches, before */
	/* per one_hot option, behind them per codes option, and then per values */
	char ***categories;
	char ***na_texts;         /* per na_text option */
	double *na_numbers;       /* those of them that are numbers */
	size_t n_na_numbers;
	struct range *ranges;     /* per range option, and behind them that of dates */
	struct table_about *about; /* per word of a row */
	int plain;                /* no cell needs numeral_read */
	int marked;               /* there are words that say where values are missing */
	int keyed;                /* there are keys */
	struct cells_seen *seen;
};

/*
 * cells_new(options, input, names, columns, first_line):
 * Work out what becomes of every column.  ${names} is borrowed, and may be NULL; those of columns
 * that are left out may be anything.  Return NULL (reported) on failure.
 */
struct cells *cells_new(const struct table_options *options, const char *input,
    const char *const *names, size_t columns, uint64_t first_line);

/*
 * cells_row_begin(c), cells_row_undo(c):
 * To be called before the first cell of each row; and forget what its cells have changed of what
 * was seen, as the row is left out.
 */
void cells_row_begin(const struct cells *c);
void cells_row_undo(const struct cells *c);

/*
 * cells_text(c, j, at, s, len, row):
 * Put the cell of column ${j} on line ${at} (or row, from 1) into ${row}.  Return 0; 1 if its row
 * is to be dropped; or -1 (reported).
 */
int cells_text(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len,
    uint64_t *row);

/* What is done with a row: stored, or left out for missing values or for faults. */
enum { CELLS_STORED, CELLS_DROPPED, CELLS_FAULTY };

/*
 * cells_take_text(c, j, at, s, len, row):
 * As cells_text, after showing the cell to whom the options name.  Return what it means for its row
 * (above), or -1 (reported); the largest of these decides.
 */
int cells_take_text(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len,
    uint64_t *row);

/*
 * cells_take_integer(c, j, at, negative, magnitude, row), cells_take_double(c, j, at, x, row):
 * The same for elements of arrays.
 */
int cells_take_integer(const struct cells *c, size_t j, uint64_t at, int negative,
    uint64_t magnitude, uint64_t *row);
int cells_take_double(const struct cells *c, size_t j, uint64_t at, double x, uint64_t *row);

/*
 * cells_row_fault(c, check, state), cells_blank_fault(c, check, state):
 * Call ${check}, which reports what is wrong with the length of a row, or a blank line, in the same
 * way.  Return 0, CELLS_FAULTY or -1 (reported).
 */
int cells_blank_fault(const struct cells *c, int (*check)(const void *state), const void *state);
int cells_row_fault(const struct cells *c, int (*check)(const void *state), const void *state);

/*
 * cells_count_row(c, rc):
 * Count a row of which something was said by the functions above.  Return 1 if it is stored, 2 if
 * not, or -1.
 */
int cells_count_row(const struct cells *c, int rc);

/*
 * cells_integer(c, j, at, negative, magnitude, row), cells_double(c, j, at, x, row):
 * As cells_text for numbers; nan is a missing value.
 */
int cells_integer(const struct cells *c, size_t j, uint64_t at, int negative, uint64_t magnitude,
    uint64_t *row);
int cells_double(const struct cells *c, size_t j, uint64_t at, double x, uint64_t *row);

/*
 * cells_scan(c, scan, delimiter):
 * Set up the fast reader, if no column needs more than it does.  Return 1, 0 if it cannot be used,
 * or -1 (reported); scan->column, and what is in it, are freed by one free.
 */
int cells_scan(const struct cells *c, struct scan *scan, char delimiter);

/*
 * cells_mark_present(c, words, rows):
 * Set the words that say where values are missing in rows that have all of them.
 */
void cells_mark_present(const struct cells *c, uint64_t *words, size_t rows);

/* Bytes of a column's name as messages show it, and its NUL. */
#define COLUMNS_SHOWN 96

/*
 * cells_name(c, j, text):
 * Write what a message with several columns calls column ${j}: 'age', or column 3 without a name.
 */
void cells_name(const struct cells *c, size_t j, char text[static COLUMNS_SHOWN]);

/*
 * cells_seen_new(c), cells_seen_free(c), cells_seen_forget(c):
 * Make, wipe and free, and clear what was seen: what is seen before a second reading does not
 * count.  Return 0 or -1 (reported).
 */
int cells_seen_new(struct cells *c);
void cells_seen_free(struct cells *c);
void cells_seen_forget(const struct cells *c);

/*
 * cells_see_lost(c, place, x):
 * The number ${x}, which is not 0, has become 0 in this word of the row at hand.
 */
void cells_see_lost(const struct cells *c, size_t place, double x);

/*
 * cells_ask_rounding(c):
 * Whether cells_see_rounded is to be called: there is a column with a range, and it is asked for
 * (options->refuse_sizes).
 *
 * cells_see_rounded(c, column, x, word):
 * The number ${x} of a column with a range has become this word.  A part of the rows is enough.
 */
bool cells_ask_rounding(const struct cells *c);
void cells_see_rounded(const struct cells *c, const struct cell_column *column, double x,
    int64_t word);

/*
 * cells_see_words(c, words, rows):
 * Look at rows that were read.
 */
void cells_see_words(const struct cells *c, const uint64_t *words, size_t rows);

/*
 * cells_check_lost(c):
 * Refuse a table with columns of which all numbers that are not 0 have become 0, and name ranges
 * that keep them.  Return 0 or -1 (reported, status 5).
 */
int cells_check_lost(const struct cells *c);

/*
 * cells_check_sizes(c):
 * Refuse a table with columns that declare no range and whose numbers are so large that sums of
 * them, which nobody tests, would wrap; or with columns whose numbers differ by so little that
 * rounding changes figures, be it to the fraction bits or to the unit of a declared range.  Name
 * ranges that mend it, where some do.  Return 0 or -1 (reported, status 5).
 */
int cells_check_sizes(const struct cells *c);

/*
 * cells_tell_ranges(c):
 * Say on standard error which columns without a range have numbers that are too large for most of
 * what multiplies them, and name ranges; nothing where there are none.
 */
void cells_tell_ranges(const struct cells *c);

/*
 * cells_note_key(c, j, at, words):
 * Take note of a key in column ${j}, unless it may come twice.  Return 0 or -1 (reported).
 *
 * cells_check_keys(c):
 * Refuse a table in which one comes twice, and name the rows.  Return 0 or -1 (reported).
 *
 * cells_keys_begin(c), cells_keys_undo(c), cells_keys_forget(c), cells_keys_free(c):
 * A row begins; it is left out; all are, and will be read again; wipe and free.
 */
int cells_note_key(const struct cells *c, size_t j, uint64_t at, const uint64_t *words);
int cells_check_keys(const struct cells *c);
void cells_keys_begin(const struct cells *c);
void cells_keys_undo(const struct cells *c);
void cells_keys_forget(const struct cells *c);
void cells_keys_free(const struct cells *c);

/*
 * cells_missing_text(c, text, size):
 * Write how many values are missing in which columns, as far as it fits ("90 in 'b', 2 in 'c'").
 */
void cells_missing_text(const struct cells *c, char *text, size_t size);

/*
 * cells_faults_text(c, each, text, size):
 * The same for faults, as far as there are more than ${each} in a column.
 */
void cells_faults_text(const struct cells *c, uint64_t each, char *text, size_t size);

/*
 * cells_free(c):
 * Harmless on NULL.
 */
void cells_free(struct cells *c);

/*
 * cells_is_na_text(c, s, len), cells_is_na_number(c, s, len), cells_na_text_is_number(c):
 * Whether the options say that this text stands for a missing value; that, or a text that is the
 * same number; and whether they say so of one that could be a number.
 */
int cells_is_na_text(const struct cells *c, const char *s, size_t len);
int cells_is_na_number(const struct cells *c, const char *s, size_t len);
int cells_na_text_is_number(const struct cells *c);

/*
 * cells_is_missing(s, len):
 * Whether this text stands for a missing value ("", NA, null and the like).
 */
int cells_is_missing(const char *s, size_t len);

#endif /* !SMPC_TABLE_CELLS_H */
