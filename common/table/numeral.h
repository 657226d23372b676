#ifndef SMPC_TABLE_NUMERAL_H
#define SMPC_TABLE_NUMERAL_H

/*
 * Numbers as tables show them to people: decimal commas, thousands marked, signs of currency or
 * units, per cent.  They become plain notation (fixed_parse), without rounding.
 */

#include <stddef.h>

#include "table/table.h"

/* Characters of a number that is not plain, at most, and room for more. */
#define NUMERAL_MAX 512

struct numeral {
	char text[NUMERAL_MAX + 8];
	size_t len;
	size_t stripped;   /* 1 + the position of the text that was taken off; 0: none was */
	const char *fault; /* NULL, or what is wrong with it ("has no % behind it") */
};

/*
 * numeral_check(o):
 * Check what the options say of numbers.  Return 0 or -1 (reported, status 2).
 */
int numeral_check(const struct table_options *o);

/*
 * numeral_plain_point(o):
 * Whether a plain number means with these options what it means without them.
 */
int numeral_plain_point(const struct table_options *o);

/*
 * numeral_read(o, percent, s, len, n):
 * Write the number in ${s}, per cent or not, in plain notation: with a decimal comma, thousands
 * marked by a point and per cent, "1.234,5 %" is "1234.5e-2".  What is no number at all becomes
 * text that is none, or sets n->fault.
 */
void numeral_read(const struct table_options *o, int percent, const char *s, size_t len,
    struct numeral *n);

#endif /* !SMPC_TABLE_NUMERAL_H */
