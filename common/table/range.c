#include "table/range.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ring/fixed.h"

/* Powers of ten up to so many digits are written in full. */
#define FULL_DIGITS 3

static int
is_number(const char *s, size_t len)
{
	double x;

	return (fixed_parse_double(s, len, &x) != FIXED_SYNTAX);
}

/* Find the dots between two numbers; "1...5" can be read in two ways, and is none. */
static const char *
find_dots(const char *s)
{
	const char *dots, *found = NULL;

	for (dots = strstr(s, ".."); dots != NULL; dots = strstr(dots + 1, "..")) {
		if (!is_number(s, (size_t)(dots - s)) || !is_number(dots + 2, strlen(dots + 2)))
			continue;
		if (found != NULL)
			return (NULL);
		found = dots;
	}
	return (found);
}

const char *
range_parse(struct range *r, const char *s)
{
	const char *dots = find_dots(s);
	struct scan_range *t = &r->text;

	memset(r, 0, sizeof(*r));
	if (dots == NULL)
		return ("is not LOW..HIGH, two numbers");
	*t = (struct scan_range){ .low = s, .low_len = (size_t)(dots - s), .high = dots + 2,
		.high_len = strlen(dots + 2) };
	if (fixed_parse_double(t->low, t->low_len, &r->low) != FIXED_OK ||
	    fixed_parse_double(t->high, t->high_len, &r->high) != FIXED_OK)
		return ("has a bound that is too large");
	if (fixed_compare(t->low, t->low_len, t->high, t->high_len) > 0)
		return ("has the larger bound first");
	if (fixed_is_zero(t->low, t->low_len) && fixed_is_zero(t->high, t->high_len))
		return ("holds no number but 0");
	return (NULL);
}

const char *
range_scale(struct range *r, int whole)
{
	const struct scan_range *t = &r->text;
	double most = fmax(-r->low, r->high);
	int k;

	/* the least k such that no number is more than 2^k in magnitude */
	if (frexp(most, &k) == 0.5)
		k--;
	r->bits = whole ? 0 : RANGE_BITS - k;
	/* With any fraction bits the exponent, f - bits, is one that a header may have. */
	if (most == 0 || r->bits > RANGE_MAX_EXPONENT ||
	    r->bits < FIXED_MAX_FRACTION_BITS - RANGE_MAX_EXPONENT)
		return ("has bounds that are too small or too large for any scale");
	if (fixed_parse_bound(t->low, t->low_len, r->bits, 0, &r->least) != FIXED_OK ||
	    fixed_parse_bound(t->high, t->high_len, r->bits, 1, &r->most) != FIXED_OK)
		return ("has a bound that does not fit");
	return (NULL);
}

int
range_has_text(const struct range *r, const char *s, size_t len, int64_t word)
{
	const struct scan_range *t = &r->text;

	/* What is two units from the outermost words was no more than half of one off. */
	if (word > r->least && (uint64_t)word - (uint64_t)r->least >= 2 &&
	    word < r->most && (uint64_t)r->most - (uint64_t)word >= 2)
		return (1);
	return (fixed_compare(t->low, t->low_len, s, len) <= 0 &&
	    fixed_compare(s, len, t->high, t->high_len) <= 0);
}

int
range_has_double(const struct range *r, double x)
{

	return (x >= r->low && x <= r->high);
}

/* ---- suggesting ---- */

/* Write 10^power times the digit. */
static void
write_round(char *text, size_t size, int digit, int power)
{

	if (power > FULL_DIGITS || power < -FULL_DIGITS)
		snprintf(text, size, "%de%d", digit, power);
	else
		snprintf(text, size, "%.*f", (power < 0) ? -power : 0, digit * pow(10, power));
}

/* Write the least 1, 2 or 5 times a power of ten that is not below ${magnitude}; return it. */
static double
round_up(char *text, size_t size, double magnitude)
{
	static const int digits[] = { 1, 2, 5 };
	int power = (int)floor(log10(magnitude)) - 1;
	size_t i = 0;
	double x;

	do {
		write_round(text, size, digits[i % 3], power + (int)(i / 3));
		x = strtod(text, NULL);
		i++;
	} while (x < magnitude);
	return (x);
}

void
range_outwards(double *low, double *high)
{
	char text[RANGE_TEXT];

	*low = (*low < 0) ? -round_up(text, sizeof(text), -*low) : 0;
	*high = (*high > 0) ? round_up(text, sizeof(text), *high) : 0;
}

int
range_around(char text[static RANGE_TEXT], double low, double high)
{
	char least[RANGE_TEXT / 2] = "0", most[RANGE_TEXT / 2 - 4] = "0";
	struct range r;

	if (low < 0) {
		least[0] = '-';
		(void)round_up(least + 1, sizeof(least) - 1, -low);
	}
	if (high > 0)
		(void)round_up(most, sizeof(most), high);
	snprintf(text, RANGE_TEXT, "%s..%s", least, most);
	return (range_parse(&r, text) == NULL && range_scale(&r, 0) == NULL);
}
