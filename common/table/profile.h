#ifndef SMPC_TABLE_PROFILE_H
#define SMPC_TABLE_PROFILE_H

/*
 * What is in a table, column by column, for its owner's eyes: how many values are missing, their
 * range, mean and deviation, which different ones there are.  One reading, and memory that does not
 * grow with the rows.  All of it is as secret as the table, and wiped.
 */

#include <stddef.h>
#include <stdint.h>

#include "table/table.h"

/*
 * Different values that are kept of a column, at most; of a table with many columns, fewer, but
 * enough to list PROFILE_LISTED.
 */
#define PROFILE_MAX_VALUES 4096
#define PROFILE_LISTED 20

/* Longer values are not kept. */
#define PROFILE_MAX_VALUE_BYTES 1024

/* What a column seems to be. */
enum profile_guess {
	PROFILE_EMPTY,    /* there is no value in it */
	PROFILE_NUMBER,
	PROFILE_COUNTER,  /* numbers that count the rows */
	PROFILE_DATE,
	PROFILE_CATEGORY, /* texts that come back */
	PROFILE_KEY,      /* texts of which none comes back */
	PROFILE_TEXT,     /* texts of which few do */
	PROFILE_MIXED     /* numbers or dates, and some texts: faults, more likely than not */
};

struct profile_value {
	char *text;
	size_t len;
	uint64_t count;
	double number; /* that it is; of a text, nothing */
};

struct profile_column {
	uint64_t missing;
	uint64_t missing_at;            /* line or row of the first */
	uint64_t numbers, dates, texts; /* values that are */
	uint64_t whole;                 /* numbers without a fraction */
	double low, high;               /* of numbers and dates (days since 1970) */
	double next_low, next_high;     /* the next ones; the same where there is one number */
	double mean, squares;           /* squares: sum of squared distances from the mean */
	int counts;                     /* every number is one more than that before it */
	double last;
	uint64_t like;                  /* texts that other options may make numbers of: 12,5 % */
	uint64_t text_at;               /* line of the first text */
	char *text;                     /* and what it begins with */
	struct profile_value *value;    /* in the order of their bytes */
	size_t n_values, room;
	uint64_t crowded;               /* values seen when there was no more room; 0: there was */
	uint64_t again;                 /* values that were not new */
	int percent;
};

struct profile;

/*
 * profile_new(o, columns):
 * Begin.  ${o} says how cells are read, and must outlive the profile.  Return NULL, having
 * reported, if memory is short.
 */
struct profile *profile_new(const struct table_options *o, size_t columns);

/*
 * profile_percent(p, j):
 * Say that the numbers of column ${j} are per cent.
 */
void profile_percent(struct profile *p, size_t j);

/*
 * profile_text(p, j, at, s, len), profile_number(p, j, at, x):
 * Take a field of CSV, or an element of an array, where nan is a missing value.  Return 0 or -1
 * (reported).
 */
int profile_text(struct profile *p, size_t j, uint64_t at, const char *s, size_t len);
int profile_number(struct profile *p, size_t j, uint64_t at, double x);

/*
 * profile_column(p, j), profile_cells(c), profile_guess(c), profile_deviation(c):
 * A column; how many values it has that are not missing; what it seems to be; the deviation of its
 * numbers, of a sample (divided by n - 1), 0 of a single one.
 */
const struct profile_column *profile_column(const struct profile *p, size_t j);
uint64_t profile_cells(const struct profile_column *c);
enum profile_guess profile_guess(const struct profile_column *c);
double profile_deviation(const struct profile_column *c);

/*
 * profile_range(c, low, high):
 * A range for the numbers of a column that tells little of them: the smallest and the largest,
 * rounded outwards to 1, 2 or 5 times a power of ten; 0 for one of them where all have one sign.
 * Return 0, or -1 (not reported) if there is none: no numbers, or too large ones.
 */
int profile_range(const struct profile_column *c, double *low, double *high);

/*
 * profile_alike(c, text, size, pairs):
 * Pairs of values that differ only in how they are typed: alike_pairs.
 */
int profile_alike(const struct profile_column *c, char *text, size_t size, size_t *pairs);

/*
 * profile_stand_in(p, j):
 * A value of column ${j} that may stand for a missing one: a text that programs write for that, or
 * a number such as -999 that is there more than once, far from all others.  Return it, or NULL.
 */
const struct profile_value *profile_stand_in(const struct profile *p, size_t j);

/*
 * profile_free(p):
 * Wipe and free; harmless on NULL.
 */
void profile_free(struct profile *p);

#endif /* !SMPC_TABLE_PROFILE_H */
