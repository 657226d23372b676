#include "ring/fixed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

__extension__ typedef unsigned __int128 u128;

/* An exponent beyond this is as good as infinite: no text is that long. */
#define MAX_EXPONENT ((int64_t)1 << 48)

/* The largest magnitude of a negative int64_t. */
#define MAX_MAGNITUDE ((uint64_t)1 << 63)

static const uint64_t power10[20] = {
	1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u,
	    10000000000u,
	100000000000u, 1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u,
	    10000000000000000u,
	100000000000000000u, 1000000000000000000u, 10000000000000000000u
};

/*
 * A number as text: ${lead} is the integer made of its first significant digits, at most 19, and
 * the number lies in [lead, lead + 1) * 10^exponent; ${rest}, up to ${end}, holds the digits (and
 * the point) that follow, trailing zeros cut, and is empty where lead * 10^exponent is the number
 * itself.
 */
struct decimal {
	int negative;
	uint64_t lead;
	int64_t exponent;
	const char *rest;
	const char *end;
};

static int
is_digit(char c)
{

	return (c >= '0' && c <= '9');
}

/* Parse the exponent at ${s}, behind its letter. */
static int
parse_exponent(const char *s, const char *end, int64_t *exponent)
{
	int negative = (s < end && *s == '-');
	int64_t e = 0;

	if (s < end && (*s == '-' || *s == '+'))
		s++;
	if (s == end)
		return (FIXED_SYNTAX);
	for (; s < end; s++) {
		if (!is_digit(*s))
			return (FIXED_SYNTAX);
		if (e < MAX_EXPONENT)
			e = e * 10 + (*s - '0');
	}
	*exponent = negative ? -e : e;
	return (FIXED_OK);
}

/*
 * Cut zeros, and the point between them, from the end of the digits that did not go into the lead.
 */
static void
cut_zeros(struct decimal *d)
{

	while (d->end > d->rest && (d->end[-1] == '0' || d->end[-1] == '.'))
		d->end--;
}

/* Read digits and at most one point.  Return where they end, or NULL if there is no digit. */
static const char *
parse_digits(const char *s, const char *end, struct decimal *d)
{
	int any = 0, point = 0;
	unsigned n = 0;

	d->lead = 0;
	d->exponent = 0;
	d->rest = NULL;
	for (; s < end; s++) {
		if (*s == '.' && !point) {
			point = 1;
			continue;
		}
		if (!is_digit(*s))
			break;
		any = 1;
		if (n < 19) {
			d->lead = d->lead * 10 + (uint64_t)(*s - '0');
			n += (d->lead != 0);
			d->exponent -= point;
		} else {
			if (d->rest == NULL)
				d->rest = s;
			d->exponent += !point;
		}
	}
	if (d->rest == NULL)
		d->rest = s;
	d->end = s;
	return (any ? s : NULL);
}

static int
parse_decimal(const char *s, size_t len, struct decimal *d)
{
	const char *end = s + len;
	int64_t e = 0;

	d->negative = (len > 0 && *s == '-');
	if (len > 0 && (*s == '-' || *s == '+'))
		s++;
	if ((s = parse_digits(s, end, d)) == NULL)
		return (FIXED_SYNTAX);
	if (s < end && (*s == 'e' || *s == 'E')) {
		if (parse_exponent(s + 1, end, &e) != FIXED_OK)
			return (FIXED_SYNTAX);
		s = end;
	}
	if (s != end)
		return (FIXED_SYNTAX);
	d->exponent += e;
	cut_zeros(d);
	return (FIXED_OK);
}

/* Return 10^n for n up to 38. */
static u128
power(unsigned n)
{

	return ((n < 20) ? power10[n] : (u128)power10[19] * power10[n - 19]);
}

/* Return n / divisor rounded to nearest, ties to even. */
static u128
divide_round(u128 n, u128 divisor)
{
	u128 q, r;

	/* The usual case needs no division of 128 bits. */
	if ((n >> 64) == 0 && (divisor >> 64) == 0) {
		q = (uint64_t)n / (uint64_t)divisor;
		r = (uint64_t)n - (uint64_t)q * (uint64_t)divisor;
	} else {
		q = n / divisor;
		r = n - q * divisor;
	}
	return (q + (r > divisor - r || (r == divisor - r && (q & 1) != 0)));
}

/*
 * Round lead * 10^exponent * 2^f to the nearest integer, ties to even; anything above 2^63 gives
 * UINT64_MAX.
 */
static uint64_t
round_scaled(uint64_t lead, int64_t exponent, unsigned f)
{
	u128 n = (u128)lead << f, limit = MAX_MAGNITUDE;

	if (lead == 0)
		return (0);
	if (exponent > 18)
		return (UINT64_MAX);
	if (exponent >= 0)
		return ((n > limit / power10[exponent]) ? UINT64_MAX : (uint64_t)n *
		    power10[exponent]);
	/* n < 2^126, so that a divisor of 10^39 or more leaves less than a half. */
	if (exponent < -38)
		return (0);
	n = divide_round(n, power((unsigned)-exponent));
	return ((n > limit) ? UINT64_MAX : (uint64_t)n);
}

/*
 * Reads the decimal digits of (2v + 1) / 2^(f+1), the tie between v and v + 1, from that of
 * 10^place downwards.  ${bits} = f + 1 <= 63, so that the fraction times ten fits 128 bits.
 */
struct tie {
	uint64_t whole;
	u128 fraction;
	unsigned bits;
	int64_t place;
};

static int
next_digit(struct tie *t)
{
	int digit;

	if (t->place >= 0) {
		digit = (t->place > 19) ? 0 : (int)(t->whole / power10[t->place] % 10);
	} else {
		t->fraction *= 10;
		digit = (int)(t->fraction >> t->bits);
		t->fraction &= ((u128)1 << t->bits) - 1;
	}
	t->place--;
	return (digit);
}

/* Return the sign of (number - tie above v).  The lead has 19 digits here, and digits follow it. */
static int
compare_with_tie(const struct decimal *d, uint64_t v, unsigned f)
{
	struct tie t;
	const char *s;
	unsigned i;
	int a, b;

	t.bits = f + 1;
	t.whole = v >> f;
	t.fraction = (((u128)v << 1) | 1) & (((u128)1 << t.bits) - 1);
	/* No number of more than 19 places before the point gets here; start above both. */
	for (t.place = 19; t.place > d->exponent + 18;) {
		if (next_digit(&t) != 0)
			return (-1);
	}
	for (i = 19, s = d->rest; i > 0 || s < d->end; ) {
		if (i > 0) {
			a = (int)(d->lead / power10[--i] % 10);
		} else if (*s == '.') {
			s++;
			continue;
		} else {
			a = *s++ - '0';
		}
		if (a != (b = next_digit(&t)))
			return ((a > b) ? 1 : -1);
	}
	return ((t.fraction != 0 || (t.place >= 0 && t.whole % power10[t.place + 1] != 0)) ? -1 :
	    0);
}

/* Round the magnitude of a number of more than 19 significant digits. */
static uint64_t
round_long(const struct decimal *d, unsigned f)
{
	uint64_t v = round_scaled(d->lead, d->exponent, f);
	uint64_t high = round_scaled(d->lead + 1, d->exponent, f);
	int c;

	/*
	 * lead >= 10^18: below 10^-40 both are 0, so the comparison never runs over a long row of
	 * zeros.
	 */
	while (v < high && v <= MAX_MAGNITUDE) {
		c = compare_with_tie(d, v, f);
		if (c < 0 || (c == 0 && (v & 1) == 0))
			break;
		v++;
	}
	return (v);
}

/* Give ${magnitude} its sign. */
static int
put_sign(uint64_t magnitude, int negative, int64_t *value)
{

	if (magnitude > MAX_MAGNITUDE - !negative)
		return (FIXED_RANGE);
	if (negative)
		*value = (magnitude == 0) ? 0 : -(int64_t)(magnitude - 1) - 1;
	else
		*value = (int64_t)magnitude;
	return (FIXED_OK);
}

int
fixed_parse(const char *s, size_t len, unsigned f, int64_t *value)
{
	struct decimal d;
	uint64_t v;

	if (parse_decimal(s, len, &d) != FIXED_OK)
		return (FIXED_SYNTAX);
	v = (d.rest == d.end) ? round_scaled(d.lead, d.exponent, f) : round_long(&d, f);
	return (put_sign(v, d.negative, value));
}

int
fixed_parse_scaled(const char *s, size_t len, int bits, int64_t *value)
{
	double x;
	int rc;

	if (bits >= 0 && bits <= FIXED_MAX_FRACTION_BITS)
		return (fixed_parse(s, len, (unsigned)bits, value));
	if ((rc = fixed_parse_double(s, len, &x)) != FIXED_OK)
		return (rc);
	return (fixed_from_double_scaled(x, bits, value));
}

/* ---- comparing, and bounds ---- */

static unsigned
count_digits(uint64_t v)
{
	unsigned n = 1;

	while (n < 20 && v >= power10[n])
		n++;
	return (n);
}

/* Return the next of the digits behind the lead; 0 where there are no more. */
static char
rest_digit(const char **s, const char *end)
{

	while (*s < end && **s == '.')
		(*s)++;
	return ((*s < end) ? *(*s)++ : '0');
}

/* Compare magnitudes, neither of which is 0. */
static int
compare_magnitudes(const struct decimal *a, const struct decimal *b)
{
	unsigned m = count_digits(a->lead), n = count_digits(b->lead);
	const char *s = a->rest, *t = b->rest;
	uint64_t x = a->lead * power10[19 - m], y = b->lead * power10[19 - n];

	/* the places of their first digits */
	if (a->exponent + m != b->exponent + n)
		return ((a->exponent + m < b->exponent + n) ? -1 : 1);
	while (x == y && (s < a->end || t < b->end)) {
		x = (uint64_t)rest_digit(&s, a->end);
		y = (uint64_t)rest_digit(&t, b->end);
	}
	return ((x > y) - (x < y));
}

static int
decimal_sign(const struct decimal *d)
{

	return ((d->lead == 0) ? 0 : d->negative ? -1 : 1);
}

int
fixed_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct decimal x, y;
	int sign;

	if (parse_decimal(a, a_len, &x) != FIXED_OK || parse_decimal(b, b_len, &y) != FIXED_OK)
		return (0);
	if ((sign = decimal_sign(&x)) != decimal_sign(&y))
		return ((sign < decimal_sign(&y)) ? -1 : 1);
	return ((sign == 0) ? 0 : sign * compare_magnitudes(&x, &y));
}

/*
 * Bring lead * 10^exponent * 2^f to the next integer below or ${up}; UINT64_MAX for anything above
 * 2^63.
 */
static uint64_t
scaled_outwards(uint64_t lead, int64_t exponent, unsigned f, int up)
{
	u128 n = (u128)lead << f, divisor;

	if (exponent >= 0)
		return (round_scaled(lead, exponent, f));
	if (exponent < -38)
		return (up && lead != 0);
	divisor = power((unsigned)-exponent);
	n = n / divisor + (up && n % divisor != 0);
	return ((n > MAX_MAGNITUDE) ? UINT64_MAX : (uint64_t)n);
}

int
fixed_parse_bound(const char *s, size_t len, int bits, int up, int64_t *value)
{
	struct decimal d;
	double x;

	if (parse_decimal(s, len, &d) != FIXED_OK)
		return (FIXED_SYNTAX);
	if (bits < 0 || bits > FIXED_MAX_FRACTION_BITS) {
		if (fixed_parse_double(s, len, &x) != FIXED_OK)
			return (FIXED_RANGE);
		x = ldexp(x, bits);
		return (fixed_from_double(up ? ceil(x) : floor(x), 0, value));
	}
	/* Digits behind the lead count as more than none, and less than one of its last. */
	if (up != d.negative && d.rest != d.end)
		d.lead++;
	return (put_sign(scaled_outwards(d.lead, d.exponent, (unsigned)bits, up != d.negative),
	    d.negative, value));
}

/* Return the magnitude of a whole number of at most ${max}. */
static int
whole_magnitude(const struct decimal *d, uint64_t max, uint64_t *magnitude)
{
	int64_t exponent = d->exponent;
	const char *s;
	u128 v = d->lead;

	/*
	 * The digits behind the lead: 20 of them all can fit, but the last one says whether the
	 * number is whole.
	 */
	for (s = d->rest; s < d->end; s++) {
		if (*s == '.')
			continue;
		exponent--;
		if (v <= max)
			v = v * 10 + (u128)(*s - '0');
	}
	while (exponent < 0 && v != 0 && v % 10 == 0 && d->rest == d->end) {
		v /= 10;
		exponent++;
	}
	if (v == 0)
		exponent = 0;
	if (exponent < 0)
		return (FIXED_SYNTAX);
	for (; exponent > 0 && v <= max; exponent--)
		v *= 10;
	if (v > max)
		return (FIXED_RANGE);
	*magnitude = (uint64_t)v;
	return (FIXED_OK);
}

int
fixed_is_zero(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len && s[i] != 'e' && s[i] != 'E'; i++) {
		if (s[i] >= '1' && s[i] <= '9')
			return (0);
	}
	return (1);
}

int
fixed_parse_integer(const char *s, size_t len, int64_t *value)
{
	struct decimal d;
	uint64_t v;
	int rc;

	if (parse_decimal(s, len, &d) != FIXED_OK)
		return (FIXED_SYNTAX);
	if ((rc = whole_magnitude(&d, MAX_MAGNITUDE, &v)) != FIXED_OK)
		return (rc);
	return (put_sign(v, d.negative, value));
}

int
residue_parse(const char *s, size_t len, uint64_t Q, uint64_t *word)
{
	struct decimal d;
	uint64_t v;
	int rc;

	if (parse_decimal(s, len, &d) != FIXED_OK)
		return (FIXED_SYNTAX);
	if ((rc = whole_magnitude(&d, Q - 1, &v)) != FIXED_OK)
		return (rc);
	if (d.negative && v != 0)
		return (FIXED_RANGE);
	*word = v;
	return (FIXED_OK);
}

/*
 * Parse by the C library, which wants a string; a program that sets no locale has the point as its
 * decimal point.
 */
static int
parse_long_double(const char *s, size_t len, double *value)
{
	char small[128], *text = small;

	if (len >= sizeof(small) && (text = malloc(len + 1)) == NULL)
		return (FIXED_RANGE);
	memcpy(text, s, len);
	text[len] = '\0';
	*value = strtod(text, NULL);
	if (text != small)
		mem_wipe_free(text, len + 1);
	return ((*value - *value != 0) ? FIXED_RANGE : FIXED_OK);
}

int
fixed_parse_double(const char *s, size_t len, double *value)
{
	struct decimal d;

	if (parse_decimal(s, len, &d) != FIXED_OK)
		return (FIXED_SYNTAX);
	/* Both operands are exact, so the quotient is rounded once (W. D. Clinger, PLDI 1990). */
	if (d.rest == d.end && d.lead <= (uint64_t)1 << 53 && d.exponent <= 0 &&
	    d.exponent >= -15) {
		*value = (double)d.lead / (double)power10[-d.exponent];
		if (d.negative)
			*value = -*value;
		return (FIXED_OK);
	}
	return (parse_long_double(s, len, value));
}

int
fixed_from_double(double x, unsigned f, int64_t *value)
{
	const double limit = 9223372036854775808.0;
	double rest;

	if (x - x != 0)
		return (FIXED_SYNTAX);
	x *= (double)((uint64_t)1 << f);
	if (!(x >= -limit && x < limit))
		return (FIXED_RANGE);
	*value = (int64_t)x;
	/* From 2^53 on doubles are integers; below, what was cut off is exact. */
	rest = x - (double)*value;
	if (rest > 0.5 || (rest == 0.5 && (*value & 1) != 0))
		(*value)++;
	else if (rest < -0.5 || (rest == -0.5 && (*value & 1) != 0))
		(*value)--;
	return (FIXED_OK);
}

int
fixed_from_double_scaled(double x, int bits, int64_t *value)
{

	if (bits >= 0 && bits <= FIXED_MAX_FRACTION_BITS)
		return (fixed_from_double(x, (unsigned)bits, value));
	return (fixed_from_double(ldexp(x, bits), 0, value));
}

double
fixed_to_double(int64_t value, unsigned f, uint64_t divisor)
{

	return ((double)value / ((double)((uint64_t)1 << f) * (double)((divisor == 0) ? 1 :
	    divisor)));
}

/* Write ${v} in decimal; return the length. */
static size_t
put_whole(char *out, uint64_t v)
{
	char digits[20];
	size_t n = 0, i;

	do {
		digits[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	for (i = 0; i < n; i++)
		out[i] = digits[n - 1 - i];
	return (n);
}

/*
 * Write the digits of rest / one (rest < one < 2^116) until what is written is off by less than 1 /
 * one (the free-format algorithm of Steele and White, PLDI 1990).  The last digit is the nearest.
 * To be off by exactly as much, which would do where ties go to the number, takes more digits than
 * that: a tie has one more place than the number.
 */
static size_t
put_fraction(char *out, u128 rest, u128 one)
{
	u128 margin = 1;
	int digit, low, high;
	size_t n = 0;

	do {
		rest *= 10;
		margin *= 10;
		digit = (int)(rest / one);
		rest -= (u128)digit * one;
		low = (rest < margin);
		high = (one - rest < margin);
		if (high && (!low || rest > one - rest || (rest == one - rest && (digit & 1) != 0)))
			digit++;
		out[n++] = (char)('0' + digit);
	} while (!low && !high);
	return (n);
}

static size_t
format(char *out, int negative, uint64_t magnitude, unsigned f, uint64_t divisor)
{
	u128 one = (u128)((divisor == 0) ? 1 : divisor) << f;
	u128 rest = magnitude % one;
	size_t n = 0;

	if (negative)
		out[n++] = '-';
	n += put_whole(out + n, (uint64_t)(magnitude / one));
	if (rest != 0) {
		out[n++] = '.';
		if (divisor <= 1)
			n += put_fraction(out + n, rest << 1, one << 1);
		else
			n += put_fraction(out + n, rest << 20, one << 20);
	}
	out[n] = '\0';
	return (n);
}

size_t
fixed_format(char out[FIXED_MAX_TEXT], int64_t value, unsigned f, uint64_t divisor)
{

	return (format(out, value < 0, (value < 0) ? 0 - (uint64_t)value : (uint64_t)value, f,
	    divisor));
}

size_t
fixed_format_scaled(char out[FIXED_MAX_TEXT], int64_t value, unsigned f, int exponent,
    uint64_t divisor)
{
	int bits = (int)f - exponent, digits = 0, n;
	double x, y, half;

	if (bits >= 0 && bits <= FIXED_MAX_FRACTION_BITS)
		return (fixed_format(out, value, (unsigned)bits, divisor));
	x = ldexp(fixed_to_double(value, 0, divisor), -bits);
	half = (divisor > 1) ? 0 : ldexp(0.5, -bits);
	do {
		n = snprintf(out, FIXED_MAX_TEXT, "%.*g", ++digits, x);
		(void)fixed_parse_double(out, (size_t)n, &y);
	} while (digits < 17 && y != x && fabs(y - x) >= half);
	/* A whole number that a reader takes in at a glance is written as such. */
	if (bits < 0 && fabs(y) < 1e15)
		n = snprintf(out, FIXED_MAX_TEXT, "%.0f", y);
	return ((size_t)n);
}

size_t
residue_format(char out[FIXED_MAX_TEXT], uint64_t word, uint64_t divisor)
{

	return (format(out, 0, word, 0, divisor));
}

/*
 * Return numerator 2^shift / divisor, rounded down, where ${shift} is such that bit 63 is the top
 * bit.
 */
static uint64_t
normalized_quotient(uint64_t numerator, uint64_t divisor, uint8_t *shift)
{
	uint64_t q = numerator / divisor;
	u128 rest = numerator % divisor;

	for (*shift = 0; (q >> 63) == 0; (*shift)++) {
		rest <<= 1;
		q = q << 1 | (rest >= divisor);
		if (rest >= divisor)
			rest -= divisor;
	}
	return (q);
}

void
fixed_scale_init(struct fixed_scale *scale, unsigned f)
{
	struct fixed_power *p;
	uint8_t shift;
	unsigned k;

	scale->f = f;
	for (k = 0; k < 20; k++) {
		p = &scale->power[k];
		p->divisor = (k == 0) ? 2 : power10[k];
		p->half = (k == 0) ? 0 : power10[k] / 2;
		p->tie = (k == 0);
		p->up = (uint8_t)(f + (k == 0));
		p->max = (MAX_MAGNITUDE - 1 - p->half) >> p->up;
		/* 2^(63 + l) / divisor rounded up, where l bits hold divisor - 1. */
		p->inverse = normalized_quotient(1, p->divisor, &shift) + (k != 0);
		p->inverse_shift = (uint8_t)(shift - 64);
		p->ratio = normalized_quotient((uint64_t)1 << f, power10[k], &p->ratio_shift);
	}
}

void
fixed_print_shortest(char text[static FIXED_SHORTEST_BYTES], double v)
{
	double again;
	int digits;

	for (digits = 1; digits < 17; digits++) {
		snprintf(text, FIXED_SHORTEST_BYTES, "%.*g", digits, v);
		if (fixed_parse_double(text, strlen(text), &again) == FIXED_OK && again == v)
			return;
	}
	snprintf(text, FIXED_SHORTEST_BYTES, "%.17g", v);
}
