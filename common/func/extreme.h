#ifndef SMPC_FUNC_EXTREME_H
#define SMPC_FUNC_EXTREME_H

/*
 * The largest number of each column of a matrix that comes in blocks of rows.  Numbers of rows and
 * columns are public.
 */

#include "mpc/mpc.h"

/* The largest of each column so far, and where it was first.  Zero it before its first use. */
struct mpc_extreme {
	size_t cols;
	uint64_t rows;
	struct mpc_vector value; /* one word for each column */
	/* row numbers from 0, at 0 fraction bits; without words unless asked for */
	struct mpc_vector index;
};

/*
 * mpc_extreme_add(S, e, x, rows, cols, index, range):
 * Go on with ${rows} >= 1 rows, by a tournament in which the first of equal ones wins.  ${cols} and
 * ${index}, whether row numbers are wanted, must be the same in all calls.  Return 0 or -1
 * (reported).  Nothing is revealed.
 *
 * Range    the difference of any two numbers is below 2^range.
 */
int mpc_extreme_add(struct mpc *S, struct mpc_extreme *e, const struct mpc_vector *x, size_t rows,
    size_t cols, bool index, unsigned range);

/*
 * mpc_extreme_free(e):
 * Wipe and free; harmless on a zeroed one.
 */
void mpc_extreme_free(struct mpc_extreme *e);

#endif /* !SMPC_FUNC_EXTREME_H */
