#ifndef SMPC_TABLE_DATE_H
#define SMPC_TABLE_DATE_H

/* Dates as text, YYYY-MM-DD (ISO 8601), and as days since 1970-01-01. */

#include <stddef.h>
#include <stdint.h>

#include "table/range.h"

/* Days of dates that can be shared are no more than that in magnitude: products have room. */
#define DATE_MAX_DAYS 32767
#define DATE_FIRST "1880-04-15"
#define DATE_LAST "2059-09-18"

/*
 * date_parse(s, len, days):
 * Read a date of the Gregorian calendar, of any year from 0000 to 9999.  Return NULL or what is
 * wrong with it ("is not a date, YYYY-MM-DD").
 */
const char *date_parse(const char *s, size_t len, int64_t *days);

/*
 * date_text(text, days):
 * Write the date of a day that date_parse gave.
 */
void date_text(char text[static 11], int64_t days);

/*
 * date_range(r, s, f):
 * Make the range that ${s}, "FIRST..LAST", declares of dates with ${f} fraction bits, or of all
 * that can be shared if it is NULL; words are days times 2^f.  Return NULL or what is wrong with
 * it.
 */
const char *date_range(struct range *r, const char *s, unsigned f);

/*
 * date_like(s, len):
 * Whether text looks like a date, in whatever order, perhaps with a time of day behind it.
 */
int date_like(const char *s, size_t len);

#endif /* !SMPC_TABLE_DATE_H */
