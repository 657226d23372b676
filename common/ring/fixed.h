#ifndef SMPC_RING_FIXED_H
#define SMPC_RING_FIXED_H

/*
 * Fixed-point numbers: a word is an int64_t v and stands for v / 2^f, 0 <= f <= 62.  Decimal text
 * goes in exactly rounded, and comes out as the shortest text that goes in again.  Integers mod Q
 * are read and printed here, too.
 */

#include <stddef.h>
#include <stdint.h>

#define FIXED_MAX_FRACTION_BITS 62

/* Room for any number that fixed_format or residue_format writes, and its NUL. */
#define FIXED_MAX_TEXT 96

enum {
	FIXED_OK,
	FIXED_SYNTAX, /* not a number */
	FIXED_RANGE   /* a number that does not fit */
};

/*
 * fixed_parse(s, len, f, value):
 * Parse the ${len} bytes at ${s}: [+-]digits[.digits][(e|E)[+-]digits], where digits may be missing
 * on one side of the point; of any length.  Set *${value} to the nearest multiple of 2^-f, ties to
 * even, times 2^f.
 *
 * Returns  FIXED_OK; FIXED_SYNTAX for anything else (blanks, inf, nan, hexadecimal, nothing);
 *          FIXED_RANGE when the rounded number is no int64_t.
 */
int fixed_parse(const char *s, size_t len, unsigned f, int64_t *value);

/*
 * fixed_parse_scaled(s, len, bits, value):
 * The same for *${value} that is the number times 2^bits, whatever the sign of ${bits}: exactly
 * rounded where they are from 0 to FIXED_MAX_FRACTION_BITS, elsewhere by way of a double.
 */
int fixed_parse_scaled(const char *s, size_t len, int bits, int64_t *value);

/*
 * fixed_parse_bound(s, len, bits, up, value):
 * The same, rounded up or down: to a bound of all *${value} that fixed_parse_scaled makes of
 * numbers that are at most, or at least, this one.
 */
int fixed_parse_bound(const char *s, size_t len, int bits, int up, int64_t *value);

/*
 * fixed_compare(a, a_len, b, b_len):
 * Return -1, 0 or 1: whether the first of two numbers, text that fixed_parse takes, is less than,
 * equal to or more than the second.  Exact, of any length and size.
 */
int fixed_compare(const char *a, size_t a_len, const char *b, size_t b_len);

/*
 * fixed_is_zero(s, len):
 * Whether text that fixed_parse takes is 0, and not only rounded to it.
 */
int fixed_is_zero(const char *s, size_t len);

/*
 * fixed_parse_integer(s, len, value):
 * Parse a whole number in the same notation (3, -3, 3.0, 3e2).  A fraction (2.5) is FIXED_SYNTAX.
 */
int fixed_parse_integer(const char *s, size_t len, int64_t *value);

/*
 * residue_parse(s, len, Q, word):
 * Parse a whole number from 0 to Q - 1 in the same notation; Q = 0 means 2^64.
 */
int residue_parse(const char *s, size_t len, uint64_t Q, uint64_t *word);

/*
 * fixed_parse_double(s, len, value):
 * Parse the same notation to the nearest double.  FIXED_RANGE when that is infinite.
 */
int fixed_parse_double(const char *s, size_t len, double *value);

/*
 * fixed_from_double(x, f, value):
 * Round ${x} to the nearest multiple of 2^-f, ties to even.  FIXED_SYNTAX for nan and infinities.
 */
int fixed_from_double(double x, unsigned f, int64_t *value);

/*
 * fixed_from_double_scaled(x, bits, value):
 * Round ${x} 2^bits likewise, whatever the sign of ${bits}.
 */
int fixed_from_double_scaled(double x, int bits, int64_t *value);

/*
 * fixed_to_double(value, f, divisor):
 * Return ${value} / (2^f ${divisor}), a divisor of 0 meaning 1; at most two roundings.
 */
double fixed_to_double(int64_t value, unsigned f, uint64_t divisor);

/*
 * fixed_format(out, value, f, divisor):
 * Write ${value} / (2^f ${divisor}) in plain notation and a NUL, and return the length.  With a
 * divisor of 0 or 1: the shortest text that fixed_parse takes back to ${value}, and of those of its
 * length the nearest.  With a divisor of up to 2^32: the shortest text that is off by less than
 * 2^-20 / (2^f ${divisor}).
 */
size_t fixed_format(char out[FIXED_MAX_TEXT], int64_t value, unsigned f, uint64_t divisor);

/*
 * fixed_format_scaled(out, value, f, exponent, divisor):
 * Write ${value} 2^exponent / (2^f ${divisor}), for |exponent| <= 960, likewise where f - exponent
 * is from 0 to FIXED_MAX_FRACTION_BITS.  Elsewhere write the shortest number that is off by less
 * than half a unit, of 17 digits at most; it may have an exponent from 10^15 on and below 10^-4.
 */
size_t fixed_format_scaled(char out[FIXED_MAX_TEXT], int64_t value, unsigned f, int exponent,
    uint64_t divisor);

/*
 * residue_format(out, word, divisor):
 * Write the unsigned ${word} / ${divisor} likewise.
 */
size_t residue_format(char out[FIXED_MAX_TEXT], uint64_t word, uint64_t divisor);

/*
 * What it takes to compute m 2^f / 10^k, rounded to nearest with ties to even, without dividing,
 * for k = 0 to 19.
 *
 * Short numbers: n = m 2^up + half < 2^63 (so m <= max), divided by ${divisor}, is
 * (n inverse / 2^64) >> inverse_shift, exactly (Granlund and Montgomery, PLDI 1994); a remainder
 * equal to ${tie} marks a tie.  The divisor is 10^k and ${up} is f; but it is 2, and ${up} is
 * f + 1, for k = 0.  Long ones: ${ratio} is 2^f / 10^k times 2^ratio_shift, rounded down, with its
 * top bit set.
 */
struct fixed_scale {
	unsigned f;
	struct fixed_power {
		uint64_t divisor;
		uint64_t half;
		uint64_t inverse;
		uint64_t max;
		uint64_t tie;
		uint64_t ratio;
		uint8_t up;
		uint8_t inverse_shift;
		uint8_t ratio_shift;
	} power[20];
};

/*
 * fixed_scale_init(scale, f):
 * Fill the table.
 */
void fixed_scale_init(struct fixed_scale *scale, unsigned f);

/*
 * fixed_print_shortest(text, v):
 * Print a finite number with as few digits as tell it from all others.
 */
#define FIXED_SHORTEST_BYTES 32
void fixed_print_shortest(char text[static FIXED_SHORTEST_BYTES], double v);

#endif /* !SMPC_RING_FIXED_H */
