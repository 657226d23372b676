#include "table/meaning.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ring/fixed.h"
#include "ring/scan.h"
#include "table/cells.h"
#include "table/date.h"
#include "table/numeral.h"

void
meaning_trim(const char **s, size_t *len)
{

	for (; *len > 0 && scan_blank(**s); (*s)++)
		(*len)--;
	while (*len > 0 && scan_blank((*s)[*len - 1]))
		(*len)--;
}

/* ---- missing values ---- */

/* Whether a text is in a list of words, which commas separate unless they are decimal marks. */
static int
in_words(const char *words, int separated, const char *s, size_t len)
{
	size_t n;

	for (;; words += n + 1) {
		n = separated ? strcspn(words, ",") : strlen(words);
		if (n == len && memcmp(words, s, n) == 0)
			return (1);
		if (words[n] == '\0')
			return (0);
	}
}

static int
is_own_word(const struct table_options *o, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < o->na_text.count; i++) {
		if (in_words(o->na_text.list[i], o->decimal != ',', s, len))
			return (1);
	}
	return (0);
}

int
meaning_missing(const struct table_options *o, const char *s, size_t len)
{

	return (is_own_word(o, s, len) || cells_is_missing(s, len));
}

int
meaning_like_number(const char *s, size_t len)
{
	int digits = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] >= '0' && s[i] <= '9')
			digits = 1;
		else if (s[i] == '-' && digits)
			return (0);
		else if ((s[i] & 0x80) == 0 && strchr(".,'% $<>=+-", s[i]) == NULL)
			return (0);
	}
	return (digits);
}

/* ---- numbers ---- */

enum meaning
meaning_of(const struct table_options *o, int percent, const char *s, size_t len, double *x,
    const char **fault)
{
	struct numeral n;
	int64_t days;
	int rc = FIXED_SYNTAX;

	*fault = NULL;
	/* A word for a missing value may look like a number: -999. */
	if (is_own_word(o, s, len))
		return (MEANS_MISSING);
	numeral_read(o, percent, s, len, &n);
	if (n.fault == NULL)
		rc = fixed_parse_double(n.text, n.len, x);
	if (rc == FIXED_RANGE)
		*x = (n.text[0] == '-') ? -HUGE_VAL : HUGE_VAL;
	if (rc != FIXED_SYNTAX)
		return (MEANS_NUMBER);
	if (cells_is_missing(s, len))
		return (MEANS_MISSING);
	if (date_parse(s, len, &days) == NULL) {
		*x = (double)days;
		return (MEANS_DATE);
	}
	*fault = n.fault;
	return (MEANS_TEXT);
}

/* Write x as digits, the shortest that it is read back from, and where their point is. */
static void
shortest_digits(double x, char digits[static 24], int *point)
{
	char text[MEANING_NUMBER_TEXT];
	char *e;
	int n;

	for (n = 0; n < 16; n++) {
		snprintf(text, sizeof(text), "%.*e", n, x);
		if (strtod(text, NULL) == x)
			break;
	}
	snprintf(text, sizeof(text), "%.*e", n, x);
	e = strchr(text, 'e');
	*point = (int)strtol(e + 1, NULL, 10) + 1;
	digits[0] = text[0];
	memcpy(digits + 1, text + 2, (size_t)n);
	digits[n + 1] = '\0';
}

void
meaning_number_text(char text[static MEANING_NUMBER_TEXT], double x)
{
	const char *sign = (x < 0) ? "-" : "";
	char digits[24];
	int point, n;

	if (x == 0 || x - x != 0) {
		strcpy(text, (x == 0) ? "0" : (x > 0) ? "inf" : (x < 0) ? "-inf" : "nan");
		return;
	}
	shortest_digits(fabs(x), digits, &point);
	n = (int)strlen(digits);
	if (point > 21 || point <= -6)
		snprintf(text, MEANING_NUMBER_TEXT, "%s%c%s%se%+d", sign, digits[0],
		    (n > 1) ? "." : "", digits + 1, point - 1);
	else if (point <= 0)
		snprintf(text, MEANING_NUMBER_TEXT, "%s0.%.*s%s", sign, -point, "000000", digits);
	else if (point >= n)
		snprintf(text, MEANING_NUMBER_TEXT, "%s%s%.*s", sign, digits, point - n,
		    "00000000000000000000");
	else
		snprintf(text, MEANING_NUMBER_TEXT, "%s%.*s.%s", sign, point, digits,
		    digits + point);
}
