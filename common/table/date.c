#include "table/date.h"

#include <stdio.h>
#include <string.h>

/* Bytes of a date. */
#define DATE_BYTES 10

#define NO_DATE "is not a date, YYYY-MM-DD"

/* Read ${n} digits. */
static int
read_digits(const char *s, size_t n, int *value)
{

	for (*value = 0; n > 0; n--, s++) {
		if (*s < '0' || *s > '9')
			return (-1);
		*value = *value * 10 + (*s - '0');
	}
	return (0);
}

static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int leap = (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));

	return (days[month - 1] + (month == 2 && leap));
}

/*
 * Count days from 1970-01-01.  Years are made to begin in March, so that a leap day is a year's
 * last one: then month m, from 0, begins at day (153 m + 2) / 5 of the year, and 400 years have
 * 146,097 days.
 */
static int64_t
count_days(int year, int month, int day)
{
	int64_t y = year + 400 - (month <= 2), m = (month + 9) % 12;

	return (365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 146097 -
	    719468);
}

const char *
date_parse(const char *s, size_t len, int64_t *days)
{
	int year, month, day;

	if (len < DATE_BYTES || read_digits(s, 4, &year) == -1 || s[4] != '-' ||
	    read_digits(s + 5, 2, &month) == -1 || s[7] != '-' ||
	    read_digits(s + 8, 2, &day) == -1)
		return (NO_DATE);
	if (len > DATE_BYTES && (s[DATE_BYTES] == 'T' || s[DATE_BYTES] == ' '))
		return ("has a time of day, which a date YYYY-MM-DD has not");
	if (len > DATE_BYTES)
		return (NO_DATE);
	if (month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
		return ("is no day of the calendar");
	*days = count_days(year, month, day);
	return (NULL);
}

void
date_text(char text[static 11], int64_t days)
{
	int year = (int)((days - count_days(0, 1, 1)) / 366), month = 1;

	/* The quotient is a year at or before that of the day. */
	while (count_days(year + 1, 1, 1) <= days)
		year++;
	while (month < 12 && count_days(year, month + 1, 1) <= days)
		month++;
	snprintf(text, 11, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
	    (unsigned)(days - count_days(year, month, 1) + 1) % 100);
}

const char *
date_range(struct range *r, const char *s, unsigned f)
{
	const char *text = (s != NULL) ? s : DATE_FIRST ".." DATE_LAST, *fault;
	int64_t first, last;

	memset(r, 0, sizeof(*r));
	if (strlen(text) != 2 * DATE_BYTES + 2 || memcmp(text + DATE_BYTES, "..", 2) != 0)
		return ("is not FIRST..LAST, two dates");
	if ((fault = date_parse(text, DATE_BYTES, &first)) != NULL ||
	    (fault = date_parse(text + DATE_BYTES + 2, DATE_BYTES, &last)) != NULL)
		return (fault);
	if (first > last)
		return ("has the later date first");
	if (first < -DATE_MAX_DAYS || last > DATE_MAX_DAYS)
		return ("goes beyond the dates that can be shared, " DATE_FIRST " to " DATE_LAST);
	r->text = (struct scan_range){ text, text + DATE_BYTES + 2, DATE_BYTES, DATE_BYTES };
	r->low = (double)first;
	r->high = (double)last;
	r->bits = (int)f;
	if (fixed_from_double(r->low, f, &r->least) != FIXED_OK ||
	    fixed_from_double(r->high, f, &r->most) != FIXED_OK)
		return ("does not fit with so many fraction bits");
	return (NULL);
}

int
date_like(const char *s, size_t len)
{
	size_t i, run = 0, parts = 0;
	char mark = '\0';

	for (i = 0; i < len; i++) {
		if (s[i] >= '0' && s[i] <= '9') {
			run++;
			continue;
		}
		if (run == 0 || run == 3 || run > 4)
			return (0);
		parts++;
		run = 0;
		if (parts == 3)
			return (s[i] == ' ' || s[i] == 'T');
		if (strchr("-./", s[i]) == NULL || (mark != '\0' && s[i] != mark))
			return (0);
		mark = s[i];
	}
	return (parts == 2 && run > 0 && run != 3 && run <= 4);
}
