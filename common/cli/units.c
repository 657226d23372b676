#include "cli/units.h"

#include <limits.h>

#include "base/diag.h"
#include "data/bounds.h"
#include "mpc/mpc.h"

/*
 * So many bits are enough of the largest number that is compared: rounding then changes a mean of
 * squares of which the root is a thousandth of that by 1/12 / 65^2 of it.
 */
#define FINE_BITS 16

static const struct column *
about(const struct unit_columns *c, size_t j)
{

	return (part_about(c->part, c->positions[j]));
}

bool
units_differ(const struct unit_columns *c)
{
	size_t j;

	for (j = 0; j < c->cols && about(c, j)->exponent == 0; j++)
		continue;
	return (j < c->cols);
}

/* What words are multiplied by to be in the owner's units with so many fraction bits: 2 to this. */
static int
own_shift(const struct unit_columns *c, size_t j, unsigned bits)
{

	return (about(c, j)->exponent + (int)bits - (int)c->part->fraction_bits);
}

/* Words of which something is known are below 2 to this then. */
static int
own_bits(const struct unit_columns *c, size_t j, unsigned bits)
{

	return ((int)bounds_bits(bounds_of(about(c, j))) + own_shift(c, j, bits));
}

/*
 * Multiply a column by 2^shift.  What loses more bits than a word has is 0, or next to it; a word
 * that loses any has to be below 2^62 (mpc_truncate), and one that gains some, to be known.
 */
static int
column_shift(struct unit_columns *c, size_t j, int shift)
{
	struct bounds b = bounds_of(about(c, j));

	if (bounds_known(b) ? (shift < 0 && bounds_bits(b) > MPC_NUMBER_RANGE) :
	    (shift > MPC_NUMBER_RANGE || (shift > 0 && about(c, j)->exponent != 0)))
		return (bounds_refuse(c->part, c->positions[j], "a number of it, in a unit that "
		    "others have, too,"));
	c->shift[j] = (shift < -MPC_NUMBER_RANGE) ? -MPC_NUMBER_RANGE : shift;
	return (0);
}

static int
refuse_fine(const struct unit_columns *c, size_t j, const struct unit_columns *unknown)
{
	char column[PART_SHOWN_BYTES];

	part_show_column(c->part, c->positions[j], column);
	return (fail(ST_RANGE, "%s: column %s is in units that are too fine for what it is "
	    "compared with, as nothing is known of that, in %s: share that with smpc-share "
	    "--range, or train with --standardize, which predicts in units of the label",
	    c->where, column, unknown->where));
}

int
units_unite(struct unit_columns *c, size_t count, unsigned bits, unsigned range, int *unit)
{
	const struct unit_columns *unknown = NULL, *finest = NULL;
	int most = INT_MIN;
	size_t i, j, column = 0;

	for (i = 0; i < count; i++) {
		for (j = 0; j < c[i].cols; j++) {
			if (!bounds_known(bounds_of(about(&c[i], j))))
				unknown = &c[i];
			else if (own_bits(&c[i], j, bits) > most) {
				most = own_bits(&c[i], j, bits);
				finest = &c[i];
				column = j;
			}
		}
	}
	/* A difference has a bit more; where nothing is known of any, the unit is the owner's. */
	*unit = (most == INT_MIN) ? 0 : most + 1 - (int)range;
	/* What nothing is known of has room in its own unit alone; is that fine enough? */
	if (unknown != NULL && *unit < 0 && most >= FINE_BITS)
		*unit = 0;
	if (unknown != NULL && *unit < 0)
		return (refuse_fine(finest, column, unknown));
	for (i = 0; i < count; i++) {
		for (j = 0; j < c[i].cols; j++) {
			if (column_shift(&c[i], j, own_shift(&c[i], j, bits) - *unit) == -1)
				return (-1);
		}
	}
	return (0);
}
