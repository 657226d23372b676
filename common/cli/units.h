#ifndef SMPC_CLI_UNITS_H
#define SMPC_CLI_UNITS_H

/*
 * Columns of several streams in one unit, so that they can be subtracted: a word x then stands for
 * x 2^unit / 2^bits, whatever fraction bits and exponents the columns have.
 */

#include <stdbool.h>
#include <stddef.h>

#include "data/part.h"

/* Columns of a tensor, and what their words are multiplied by: 2 to the power of shift[j]. */
struct unit_columns {
	const struct part *part;
	const char *where;         /* of the input */
	const size_t *positions;
	size_t cols;
	int *shift;                /* room for ${cols} */
};

/*
 * units_differ(c):
 * Whether any of the columns has an exponent.
 */
bool units_differ(const struct unit_columns *c);

/*
 * units_unite(c, count, bits, range, unit):
 * Find shifts with which the differences of any two of all columns are below 2^range; words then
 * have ${bits} fraction bits.  Set *${unit}.  Return 0 or -1 (reported: status 5 where nothing is
 * known of a column, and the unit of others is too fine for it).
 */
int units_unite(struct unit_columns *c, size_t count, unsigned bits, unsigned range, int *unit);

#endif /* !SMPC_CLI_UNITS_H */
