#ifndef SMPC_RING_SCAN_H
#define SMPC_RING_SCAN_H

/*
 * The kernel that reads tables: rows of plain decimal numbers to words, 8 bytes at a time.  It
 * knows nothing of quotes, missing values or messages: it stops before the first row that it does
 * not understand, and leaves that to its caller.  Its reference is fixed_parse, field by field; a
 * test compares the two.
 */

#include <stddef.h>
#include <stdint.h>

#include "ring/fixed.h"

/* So many zero bytes must follow the text. */
#define SCAN_PADDING 32

/* What a column is, if it goes to no word. */
#define SCAN_SKIP (-1)

/* What may surround a number in its field. */
static inline int
scan_blank(char c)
{

	return (c == ' ' || c == '\t');
}

/* Numbers that may occur, as text that fixed_parse takes. */
struct scan_range {
	const char *low, *high;
	size_t low_len, high_len;
};

/* A column of the text. */
struct scan_column {
	int32_t place;                   /* the number of its word in a row, or SCAN_SKIP */
	const struct fixed_scale *scale; /* not for whole numbers */
	const struct scan_range *range;  /* NULL: any number may occur */
	const uint8_t *small;            /* whether numbers that are not 0 may become 0 */
	uint64_t least, count;           /* so many words, from that on, are surely within it */
};

struct scan {
	char delimiter;
	char point;       /* the decimal mark; with another than '.' only short numbers are read */
	int integers;     /* whole numbers only, f = 0 */
	/* 0: signed; else numbers from 0 to modulus - 1, and integers must be set */
	uint64_t modulus;
	size_t columns;   /* of the text */
	size_t words;     /* of a row in the result */
	struct scan_column *column;
};

/*
 * scan_rows(t, text, bytes, words, max_rows, rows):
 * Convert up to ${max_rows} whole rows at ${text}.  Fields are separated by t->delimiter and rows
 * end with a newline or CR and newline; column j goes to word t->column[j].place of its row, or
 * nowhere if that is SCAN_SKIP.  A row with a number outside its column's range is not understood,
 * nor is one with a number that is not 0 and would become 0 where *${small} is 0.  Set *${rows}.
 *
 * Returns the number of bytes converted, those of *${rows} rows.  ${words} behind these rows may be
 * overwritten.
 */
size_t scan_rows(const struct scan *t, const char *text, size_t bytes, uint64_t *words,
    size_t max_rows, size_t *rows);

#endif /* !SMPC_RING_SCAN_H */
