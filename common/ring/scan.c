#include "ring/scan.h"

#include <string.h>

__extension__ typedef unsigned __int128 u128;

#define EACH(byte) ((byte) * (uint64_t)0x0101010101010101)

static const uint64_t power10[9] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000,
	100000000 };

/* Load 8 bytes, the first one lowest; compilers make one instruction of it. */
static inline uint64_t
load8(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	return ((uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	    (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] <<
	    56);
}

/* Return 8 bits, the lowest for the first byte: which bytes of ${w} are no digits. */
static inline unsigned
other_bytes(uint64_t w)
{

	/*
	 * Digits become 0 to 9; anything else gets its top bit set, without a carry between bytes.
	 */
	w ^= EACH(0x30);
	w = (((w & EACH(0x7f)) + EACH(0x76)) | w) & EACH(0x80);
	return ((unsigned)((w >> 7) * 0x0102040810204080 >> 56));
}

/* Return the number of zero bits below the lowest one; ${bits} is not 0. */
static inline unsigned
lowest(unsigned bits)
{

	return ((unsigned)__builtin_ctz(bits));
}

/*
 * Return the value of the first ${n} <= 8 bytes of ${w}, all digits: neighbours are joined to
 * pairs, fours, eight.
 */
static inline uint64_t
digits_value(uint64_t w, unsigned n)
{
	unsigned half = 4 * (8 - n);

	w = (w << half) << half;
	w = (w & EACH(0x0f)) * (10 * 256 + 1) >> 8;
	w = (w & 0x00ff00ff00ff00ff) * (100 * 65536 + 1) >> 16;
	return ((w & 0x0000ffff0000ffff) * ((10000ull << 32) + 1) >> 32);
}

/* Return m * 2^f / 10^k, rounded to nearest, ties to even, for m <= p->max. */
static inline uint64_t
scale_short(const struct fixed_power *p, uint64_t m)
{
	uint64_t n = (m << p->up) + p->half;
	uint64_t q = (uint64_t)((u128)n * p->inverse >> 64) >> p->inverse_shift;

	/* Halves were rounded up. */
	return (q - ((n - q * p->divisor == p->tie) & q & 1));
}

/*
 * As scale_short for any m < 10^19.  The ratio is too small by less than one unit, so the product
 * is by less than m: where adding m changes the bits that are kept, this cannot tell (a tie, or
 * nearly).  Return 0 then, or if the result has more than 63 bits.
 */
static inline int
scale_long(const struct fixed_power *p, uint64_t m, uint64_t *v)
{
	u128 low = (u128)m * p->ratio + ((u128)1 << (p->ratio_shift - 1));
	u128 high = (low + m) >> p->ratio_shift;

	low >>= p->ratio_shift;
	*v = (uint64_t)low;
	return (low == high && (low >> 63) == 0);
}

/* Return the end of the field at ${s}: its delimiter, its newline (or the CR before), or NULL. */
static const char *
field_end(const char *s, const char *end, char delimiter)
{

	while (s < end && *s != delimiter && *s != '\n' && *s != '"' && *s != '\0' &&
	    !(*s == '\r' && s[1] == '\n'))
		s++;
	return ((s < end && *s != '"' && *s != '\0') ? s : NULL);
}

/* Take blanks off both ends of the field from *${s} to ${stop}, and return its bytes. */
static size_t
trim_field(const char **s, const char *stop)
{

	while (*s < stop && scan_blank(**s))
		(*s)++;
	while (*s < stop && scan_blank(stop[-1]))
		stop--;
	return ((size_t)(stop - *s));
}

/*
 * Convert a field that is not short and plain, or is rounded to 0: the exact way.  Return where it
 * ends, or NULL.
 */
static const char *
scan_field(const struct scan *t, const struct scan_column *column, const char *s, const char *end,
    uint64_t *word)
{
	const char *stop;
	int64_t value = 0;
	size_t len;
	int rc;

	if (t->point != '.' || (stop = field_end(s, end, t->delimiter)) == NULL)
		return (NULL);
	len = trim_field(&s, stop);
	if (t->modulus != 0)
		return ((residue_parse(s, len, t->modulus, word) == FIXED_OK) ? stop : NULL);
	if (t->integers)
		rc = fixed_parse_integer(s, len, &value);
	else
		rc = fixed_parse(s, len, column->scale->f, &value);
	*word = (uint64_t)value;
	return ((rc == FIXED_OK && (value != 0 || *column->small || fixed_is_zero(s, len))) ? stop :
	    NULL);
}

/* Whether the number in the field up to ${stop} may occur, where its word alone does not say. */
static int
within_range(const struct scan *t, const struct scan_column *column, const char *s,
    const char *stop)
{
	const struct scan_range *range = column->range;
	size_t len;

	if (range == NULL)
		return (1);
	len = trim_field(&s, stop);
	return (t->point == '.' && fixed_compare(range->low, range->low_len, s, len) <= 0 &&
	    fixed_compare(s, len, range->high, range->high_len) <= 0);
}

static inline uint64_t
with_sign(uint64_t magnitude, uint64_t negative)
{

	return ((magnitude ^ (0 - negative)) + negative);
}

/*
 * Continue at ${s}, behind the point of a number with ${whole} digits of value ${m} before it: up
 * to 16 digits, 19 in all.  Return where it ends, or NULL for anything else.
 */
static const char *
scan_places(const struct fixed_scale *scale, const char *s, char stop, unsigned whole, uint64_t m,
    uint64_t negative, uint64_t *word)
{
	unsigned places = lowest(other_bytes(load8(s)) | 1u << 8), more;
	uint64_t v;

	m = m * power10[places] + digits_value(load8(s), places);
	s += places;
	if (places == 8) {
		more = lowest(other_bytes(load8(s)) | 1u << 8);
		if (whole + more > 11)
			return (NULL);
		m = m * power10[more] + digits_value(load8(s), more);
		places += more;
		s += more;
	}
	if (*s != stop || whole + places == 0 || !scale_long(&scale->power[places], m, &v) ||
	    (v == 0 && m != 0))
		return (NULL);
	*word = with_sign(v, negative);
	return (s);
}

/*
 * Convert a number of at most 8 digits before the point, at once if it ends within 16 bytes.
 * Return where it ends, or NULL for anything else, and for what is rounded to 0.
 */
static inline const char *
scan_decimal(const struct scan *t, const struct fixed_scale *scale, const char *s, char stop,
    uint64_t *word)
{
	uint64_t w = load8(s), negative = ((w & 0xff) == '-'), m, v;
	unsigned marks = (other_bytes(w) | other_bytes(load8(s + 8)) << 8 | 1u << 16) ^
	    (unsigned)negative;
	unsigned end = lowest(marks), whole = end - (unsigned)negative, places = 0;

	if (whole > 8)
		return (NULL);
	m = digits_value(load8(s + negative), whole);
	s += end;
	if (*s == t->point) {
		places = lowest(marks & (marks - 1)) - end - 1;
		s++;
		if (places > 8 || s[places] != stop)
			return (scan_places(scale, s, stop, whole, m, negative, word));
		m = m * power10[places] + digits_value(load8(s), places);
		s += places;
	}
	if (*s != stop || whole + places == 0 || m > scale->power[places].max)
		return (NULL);
	v = scale_short(&scale->power[places], m);
	if (v == 0 && m != 0)
		return (NULL);
	*word = with_sign(v, negative);
	return (s);
}

/*
 * Convert a whole number of at most 8 digits followed by ${stop}.  Return where it ends, or NULL
 * for anything else.
 */
static inline const char *
scan_integer(const struct scan *t, const char *s, char stop, uint64_t *word)
{
	uint64_t w = load8(s), negative = ((w & 0xff) == '-'), v;
	unsigned end;

	s += negative;
	w = load8(s);
	end = lowest(other_bytes(w) | 1u << 8);
	if (s[end] != stop || end == 0)
		return (NULL);
	v = digits_value(w, end);
	if (t->modulus != 0 && (v >= t->modulus || negative))
		return (NULL);
	*word = with_sign(v, negative);
	return (s + end);
}

/* Convert a number of either kind, within its range.  Return where it ends, or NULL. */
static inline const char *
scan_number(const struct scan *t, const struct scan_column *column, const char *s, const char *end,
    char stop, uint64_t *word, int integers)
{
	const char *next = integers ? scan_integer(t, s, stop, word) :
	    scan_decimal(t, column->scale, s, stop, word);

	if (next == NULL && (next = scan_field(t, column, s, end, word)) == NULL)
		return (NULL);
	if (*word - column->least >= column->count && !within_range(t, column, s, next))
		return (NULL);
	return (next);
}

/*
 * Convert the row at ${s}.  Return where the next one begins, or NULL.  Inlined twice, for numbers
 * with and without fractions; what does not change is held in variables, as words that are written
 * could be it for all a compiler knows.
 */
static inline const char *
scan_row(const struct scan *t, const char *s, const char *end, uint64_t *row, int integers)
{
	const struct scan_column *column = t->column, *last = column + t->columns - 1;
	const char delimiter = t->delimiter;
	const char *next;
	char stop = delimiter;

	for (; column <= last; column++, s = next + 1) {
		if (column == last)
			stop = '\n';
		if (column->place == SCAN_SKIP)
			next = field_end(s, end, delimiter);
		else
			next = scan_number(t, column, s, end, stop, row + column->place, integers);
		if (next == NULL)
			return (NULL);
		if (*next != stop && !(*next == '\r' && stop == '\n' && *++next == stop))
			return (NULL);
	}
	return (s);
}

static size_t
scan_decimals(const struct scan *t, const char *s, const char *end, uint64_t *words,
    size_t max_rows, size_t *rows)
{
	const char *start = s, *next;
	size_t n;

	for (n = 0; n < max_rows && s < end; n++, s = next) {
		if ((next = scan_row(t, s, end, words + n * t->words, 0)) == NULL)
			break;
	}
	*rows = n;
	return ((size_t)(s - start));
}

static size_t
scan_integers(const struct scan *t, const char *s, const char *end, uint64_t *words,
    size_t max_rows, size_t *rows)
{
	const char *start = s, *next;
	size_t n;

	for (n = 0; n < max_rows && s < end; n++, s = next) {
		if ((next = scan_row(t, s, end, words + n * t->words, 1)) == NULL)
			break;
	}
	*rows = n;
	return ((size_t)(s - start));
}

size_t
scan_rows(const struct scan *t, const char *text, size_t bytes, uint64_t *words, size_t max_rows,
    size_t *rows)
{

	if (t->integers)
		return (scan_integers(t, text, text + bytes, words, max_rows, rows));
	return (scan_decimals(t, text, text + bytes, words, max_rows, rows));
}
