#ifndef SMPC_FUNC_CONTINGENCY_H
#define SMPC_FUNC_CONTINGENCY_H

/* Whether two categories are independent: Pearson's chi-square of a secret table of counts. */

#include "mpc/mpc.h"

/* A table of ${rows} x ${cols} counts, with its margins; all are secret, and below 2^most_log. */
struct mpc_contingency {
	size_t rows, cols;    /* at least 2; the smaller one at most 64 */
	unsigned most_log;    /* of all counts together; at most 26 */
	struct mpc_vector count;
	struct mpc_vector row, col, all; /* sums: of each row, of each column, of all */
};

#define MPC_CHI_SQUARE_BITS 16

/*
 * mpc_contingency_new(S, t), mpc_contingency_free(t):
 * Make room for a table whose sizes are set; the latter is harmless on zeroes, and where the former
 * failed.
 *
 * mpc_contingency_sum(t):
 * Find the margins of the counts.
 */
int mpc_contingency_new(struct mpc *S, struct mpc_contingency *t);
void mpc_contingency_free(struct mpc_contingency *t);
void mpc_contingency_sum(struct mpc_contingency *t);

/*
 * mpc_chi_square(S, y, t, corrected):
 * y = the sum of (O - E)^2 / E over all cells, with MPC_CHI_SQUARE_BITS, where O is a count and E
 * its row's sum times its column's by that of all; with Yates' correction, for 2 x 2 cells, of
 * max(|O - E| - 1/2, 0)^2 / E.  A row or column of zeroes adds nothing.
 *
 * Error    2^-14, and 2^(most_log / 2 - 26) of 1 and the result.
 * Cost     about 120 rounds; meant for a few cells.
 * Reveals  nothing.
 */
int mpc_chi_square(struct mpc *S, struct mpc_vector *y, const struct mpc_contingency *t,
    bool corrected);

#endif /* !SMPC_FUNC_CONTINGENCY_H */
