#ifndef SMPC_TABLE_RANGE_H
#define SMPC_TABLE_RANGE_H

/*
 * Ranges that owners declare of the numbers in a column, "LOW..HIGH" in decimal: which numbers are
 * within them, and the scale at which they are shared.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/scan.h"

/* Words of numbers within a range are at most 2^30 in magnitude. */
#define RANGE_BITS 30

/* An exponent in a header goes that far in both directions. */
#define RANGE_MAX_EXPONENT 960

/* Room for a range as text, and its NUL. */
#define RANGE_TEXT 48

struct range {
	struct scan_range text;
	double low, high;
	int bits;            /* a number times 2^bits is its word */
	int64_t least, most; /* of all words, rounded outwards */
};

/*
 * range_parse(r, s):
 * Read a range, which is split at the ".." with a number on each side; the text must outlive
 * ${r}.  Return NULL or what is wrong with it ("has the larger number first").
 */
const char *range_parse(struct range *r, const char *s);

/*
 * range_scale(r, whole):
 * Choose the scale: the one at which words take RANGE_BITS bits or, of ${whole} numbers, 1.  Return
 * NULL or what is wrong with it.
 */
const char *range_scale(struct range *r, int whole);

/*
 * range_has_text(r, s, len, word), range_has_double(r, x):
 * Whether a number is within the range: text that fixed_parse_scaled takes to ${word}, exactly; or
 * a double.
 */
int range_has_text(const struct range *r, const char *s, size_t len, int64_t word);
int range_has_double(const struct range *r, double x);

/*
 * range_outwards(low, high):
 * Move the bounds of numbers outwards, so that they tell little of them: to 1, 2 or 5 times a power
 * of ten, or to 0 where all have one sign.  What is too large for that becomes an infinity.
 */
void range_outwards(double *low, double *high);

/*
 * range_around(text, low, high):
 * Write the range that range_outwards makes of these bounds.  Return whether it can be declared.
 */
int range_around(char text[static RANGE_TEXT], double low, double high);

#endif /* !SMPC_TABLE_RANGE_H */
