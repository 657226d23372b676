#ifndef SMPC_TABLE_MEANING_H
#define SMPC_TABLE_MEANING_H

/* What the text of a cell of CSV is, for those who look at tables and convert nothing. */

#include <stddef.h>
#include <stdint.h>

#include "table/table.h"

enum meaning {
	MEANS_MISSING, /* nothing, or a word for it */
	MEANS_NUMBER,
	MEANS_DATE,    /* 2026-11-29 */
	MEANS_TEXT
};

/*
 * meaning_trim(s, len):
 * Leave out blanks at both ends.
 */
void meaning_trim(const char **s, size_t *len);

/*
 * meaning_of(o, percent, s, len, x, fault):
 * Tell what trimmed text is, under the options for numbers and missing values, as cells_text takes
 * it.  Of a number, set *${x}, to an infinity where it is too large; of a text that is nearly one,
 * set *${fault} to what is wrong with it, else to NULL; of a date, set *${x} to the days since
 * 1970-01-01.
 */
enum meaning meaning_of(const struct table_options *o, int percent, const char *s, size_t len,
    double *x, const char **fault);

/*
 * meaning_missing(o, s, len):
 * Whether trimmed text is one of the words for a missing value.
 */
int meaning_missing(const struct table_options *o, const char *s, size_t len);

/*
 * meaning_like_number(s, len):
 * Whether text that is no number looks like one under other options: digits, and signs around or
 * between them, but no letters.
 */
int meaning_like_number(const char *s, size_t len);

/* Room for any number that meaning_number_text writes, and its NUL. */
#define MEANING_NUMBER_TEXT 64

/*
 * meaning_number_text(text, x):
 * Write the shortest decimal that a finite number is read back from, as ECMAScript does it: plain
 * from 1e-6 to below 1e21, elsewhere with an exponent; 0 without a sign.  What is not finite is
 * inf, -inf or nan.
 */
void meaning_number_text(char text[static MEANING_NUMBER_TEXT], double x);

#endif /* !SMPC_TABLE_MEANING_H */
