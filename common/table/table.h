#ifndef SMPC_TABLE_TABLE_H
#define SMPC_TABLE_TABLE_H

/*
 * Tables of clear numbers, from CSV, .npy and .idx files, as rows of ring words.  The format is
 * told by the first bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/columns.h"
#include "table/key.h"
#include "table/window.h"

enum table_na {
	TABLE_NA_ERROR, /* a missing value is an error */
	TABLE_NA_DROP,  /* its row is left out */
	TABLE_NA_VALUE, /* a number or a category stands in for it */
	/* 0 does, and another column says where: for one column, not for all */
	TABLE_NA_MEAN,
	TABLE_NA_MEDIAN,
	TABLE_NA_UNIQUE /* of a key: one that matches nothing does */
};

/*
 * Somebody who is shown the cells of the columns that are selected, as they are read, and may stop
 * that: the functions return 0 or -1 (reported).
 */
struct table_watch {
	void *state;
	/* a field of CSV in column ${j}, from 0, on line ${at} */
	int (*text)(void *state, size_t j, uint64_t at, const char *s, size_t len);
	/* an element of an array, in row ${at} */
	int (*number)(void *state, size_t j, uint64_t at, double x);
};

/*
 * Where this is given, a fault of a cell or of the length of a row does not end the reading: the
 * first ${each} of a column, and of rows, are reported, all are counted, and the row is left out.
 */
struct table_faults {
	uint64_t each;
	uint64_t count;
	uint64_t rows; /* of the wrong length, among them */
	uint64_t blanks; /* and blank lines inside, behind which rows are taken as any */
};

/*
 * The values of a column of text, which may be any texts, and what becomes of it: as one_hot or as
 * codes have it.
 */
struct table_values {
	const char *column; /* its name */
	const char *const *values;
	size_t count;
	int one_hot;
	int other;          /* the last one stands for all texts that are not listed */
	const char *baseline; /* of one_hot: the one that gets no column; NULL: all do */
};

/* What is done with missing values of a column, where the value may be any text. */
struct table_missing {
	const char *column; /* its name */
	enum table_na na;
	const char *value;  /* of TABLE_NA_VALUE */
};

/*
 * All zeros means: CSV with commas and a header, all columns, f = 0 (numbers are rounded).  Nothing
 * is owned.  Columns are those of the input, before any expansion.
 */
struct table_options {
	unsigned fraction_bits;
	uint64_t modulus; /* 0: 2^64, signed numbers; else integers from 0 to modulus - 1 */
	int integers;     /* whole numbers only; so with a modulus, anyhow */

	/* of CSV; 0 means a comma, or what a first line "sep=;" says */
	char delimiter;
	int no_header;
	int no_quotes;    /* quotes are characters as any */
	char comment;     /* lines of CSV that begin with it are passed over; 0: none are */

	/* of numbers in CSV (numeral.h) */
	char decimal;     /* a point or a comma; 0 means a point */
	char thousands;   /* what may mark them: , . ' or a space; 0: nothing */
	struct column_lists strip;   /* texts that may stand before or behind a number */
	struct column_lists percent; /* columns of numbers with % behind them */

	struct column_lists select;
	int all_there; /* each item of ${select} is a name of a schema, that a table is to have */
	struct column_lists exclude;
	/* "COLUMNS=a,b,c": a column of 0 and 1 for each category, by its text */
	struct column_lists one_hot;
	/* "COLUMNS=a,b,c": the position of the text among these categories, from 0 */
	struct column_lists codes;
	const struct table_values *values;
	size_t n_values;
	/* "COLUMNS=a": a category of ${one_hot} that gets no column */
	struct column_lists baseline;
	struct column_lists date;    /* columns of dates, YYYY-MM-DD: days since 1970-01-01 */
	/* "COLUMNS" or "COLUMNS=MATCH" (key.h): keys, of KEY_WORDS words each */
	struct column_lists key;
	struct column_lists duplicates; /* of these: columns whose keys may come twice */
	/* NULL, or what it is that has no keys */
	const char *without_keys;
	struct column_lists scale;   /* "COLUMNS=FACTOR": multiply, as doubles */
	/* "COLUMNS=LOW..HIGH": all numbers, once scaled (range.h), or all dates (date.h) */
	struct column_lists range;
	struct column_lists unit;    /* "COLUMNS=TEXT" */
	struct column_lists raw;     /* columns that ${standardize} leaves alone */
	/* subtract the mean, divide by the deviation (of the population), as doubles */
	int standardize;

	enum table_na na;
	const char *na_value;        /* taken as if it stood in the input, in plain notation */
	/* "COLUMNS=ACTION": error, drop, mean, median, unique (of a key) or a value */
	struct column_lists na_columns;
	const struct table_missing *missing;
	size_t n_missing;
	/* columns behind each of which another one is 1 where a value is missing */
	struct column_lists na_indicator;
	/* NULL, or what it is that has no means which could be filled in */
	const char *without_means;
	/* texts of cells of CSV that are missing values, too, separated by commas, or each an item
	 * of its own where a comma is the decimal mark */
	struct column_lists na_text;

	/* a column of which all numbers that are not 0 become 0 is refused, with status 5 */
	int refuse_lost;

	int tell_ranges;             /* table_tell is to tell of numbers that are large */
	/* with tell_ranges: undeclared columns of which figures would be wrong are refused, too */
	int refuse_sizes;
	int remedies;                /* messages may name smpc-share's options: the tool has them */

	const struct table_watch *watch; /* NULL: nobody */
	struct table_faults *faults;     /* NULL: the first one ends the reading */
};

/* What is known of a word of each row; it is public. */
enum table_kind {
	TABLE_UNDECLARED,
	TABLE_NUMBER,
	TABLE_INDICATOR, /* 1 where column ${of} has the text values[0] */
	TABLE_CLASS,     /* k where the text is values[k] */
	TABLE_DATE,      /* days since 1970-01-01 */
	TABLE_PRESENCE,  /* 1 where column ${of} has a value */
	TABLE_KEY        /* one of KEY_WORDS words of a key in column ${of} */
};

struct table_about {
	enum table_kind kind;
	int64_t low, high; /* bounds of the words; INT64_MIN and INT64_MAX where there are none */
	int exponent;      /* a word x stands for x 2^exponent / 2^fraction_bits */
	const char *unit;  /* NULL: none */
	const char *of;    /* NULL: none */
	int median;        /* of presence: the median stands for what is missing, not the mean */
	enum key_match match; /* of a key */
	bool distinct;     /* of a key: table_read refuses a table in which one comes twice */
	size_t n_values;
	char *const *values;
};

struct table;

/*
 * table_open(path, options):
 * Open a table, "-" for standard input, and read its header.  What the options point to must
 * outlive the table.  Return NULL, having reported, on failure; wrong options and unknown columns
 * have status 2.
 */
struct table *table_open(const char *path, const struct table_options *options);

/*
 * table_open_window(w, options):
 * Read from a window, which is taken over, and shows the input from its beginning.
 */
struct table *table_open_window(struct window *w, const struct table_options *options);

/*
 * table_open_memory(data, bytes, name, options):
 * Read from memory, which must outlive the table.
 */
struct table *table_open_memory(const void *data, size_t bytes, const char *name,
    const struct table_options *options);

/*
 * table_columns(t), table_column_name(t, j):
 * The number of words of a row, at most COLUMNS_MAX; and the name of word ${j}, NULL if the table
 * has no names.
 */
size_t table_columns(const struct table *t);
const char *table_column_name(const struct table *t, size_t j);

/*
 * table_about(t, j):
 * What is known of word ${j}; nothing where there is a modulus.
 */
const struct table_about *table_about(const struct table *t, size_t j);

/*
 * table_begin(t):
 * With options->standardize, or if rows may be left out, read the table to the end, before its
 * first row is read again: a regular file is read twice, anything else is held in memory.
 * table_read does it where it was not done.  Return 0 or -1 (reported).
 */
int table_begin(struct table *t);

/*
 * table_drops(t):
 * Whether rows are left out of a table that was begun.
 */
bool table_drops(const struct table *t);

/*
 * table_read(t, words, max_rows, rows):
 * Read up to ${max_rows} > 0 rows, row-major; a word is an integer mod options->modulus, or a value
 * times 2^(fraction_bits - exponent) in two's complement, rounded to nearest.  A table without any
 * row is an error, and with options->refuse_lost one with a column of which rounding leaves
 * nothing, and with options->refuse_sizes one with an undeclared column whose sum may
 * wrap, or of which rounding leaves too little, and one with a key that comes twice, unless
 * options->duplicates says that it may.
 *
 * Returns  1 (*${rows} rows were read), 0 at the end, or -1 (reported; *${rows} is 0).
 */
int table_read(struct table *t, uint64_t *words, size_t max_rows, size_t *rows);

/*
 * table_tell(t):
 * Say on standard error, once the table has been read: in one line, how many rows were left out for
 * missing values, and in which columns they are; and with options->tell_ranges, which columns
 * without a declared range have numbers too large for most of what multiplies them, with ranges
 * that could be declared.  Nothing where there are none.  table_read has told if it refuses a table
 * for what rounding leaves.
 */
void table_tell(const struct table *t);

/*
 * table_tell_faults(t):
 * Say on standard error how many faults were counted and not reported, and in which columns.
 */
void table_tell_faults(const struct table *t);

/* A column of the input, before any expansion. */
struct table_input {
	const char *name; /* NULL: without one; it may be empty where the column is left out */
	int selected;
	int is_text;      /* options say which texts stand in it */
	int is_key;       /* they say that tables are joined by it */
	int is_date;      /* they say that it has dates */
	int ranged;       /* its numbers have a range, or are changed before one is of them */
	int percent;
};

/*
 * table_inputs(t), table_input(t, j), table_input_names(t):
 * The number of columns of the input, one of them, and the names of all, or NULL.
 */
size_t table_inputs(const struct table *t);
struct table_input table_input(const struct table *t, size_t j);
const char *const *table_input_names(const struct table *t);

/*
 * table_name(t):
 * What messages call the input.
 */
const char *table_name(const struct table *t);

/*
 * table_rows(t):
 * How many rows the input has had so far, those that were left out among them.
 */
uint64_t table_rows(const struct table *t);

/*
 * table_close(t):
 * Wipe and free; harmless on NULL.
 */
void table_close(struct table *t);

#endif /* !SMPC_TABLE_TABLE_H */
