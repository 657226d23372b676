#ifndef SMPC_CLI_MATRIX_PLAN_H
#define SMPC_CLI_MATRIX_PLAN_H

/*
 * How two matrices are multiplied so that no sum of products is 2^62 or beyond: how many bits their
 * columns gain or lose first, what is tested, and what is known of the result.  All of it follows
 * from headers and shapes.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/ranges.h"
#include "data/column.h"

struct matrix_plan {
	size_t a_cols, b_cols;
	/* what is done to each column, as nn_shift_columns takes it */
	int *a_shift, *b_shift;
	struct column *about; /* of the result's columns */
	int *row_exponents;   /* of the result's rows, or NULL */
	int *row_shift;       /* rows are multiplied by 2^row_shift[i] at last; NULL: by nothing */
	uint64_t rows;        /* over which columns may meet at once */
	struct factor *a, *b; /* for matrix_plan.c */
};

/*
 * matrix_plan_rows(p, a, b, cut, shift):
 * Plan ${a} ${b}, cut off by ${shift} bits: the columns of ${a} are brought to one exponent.
 * Columns lose bits only where ${cut} says that they may.  Set limits for the words of ${a} that
 * are tested, and for the sums of magnitudes in the columns of ${b} that are (RANGES_SUMS).  Return
 * 0 or -1 (reported: status 5 where a column cannot be made to fit); matrix_plan_free is due in any
 * case.
 */
int matrix_plan_rows(struct matrix_plan *p, struct ranges *a, struct ranges *b, bool cut,
    unsigned shift);

/*
 * matrix_plan_transposed(p, a, b, cut), matrix_plan_end(p, a, b, rows, shift):
 * The same for the transpose of ${a} times ${b}, whose columns meet each other over any number of
 * rows.  Of columns that are tested the roots of the sums of their squares are below 2^31
 * (RANGES_SQUARES).  Products over p->rows rows add up to less than 2^62; sums over more than that
 * are sums of such as are cut off by ${shift} bits each.  At the end, where the number of rows is
 * known, say what is known of the result.
 */
int matrix_plan_transposed(struct matrix_plan *p, const struct ranges *a, const struct ranges *b,
    bool cut);
int matrix_plan_end(struct matrix_plan *p, const struct ranges *a, const struct ranges *b,
    uint64_t rows, unsigned shift);

void matrix_plan_free(struct matrix_plan *p);

#endif /* !SMPC_CLI_MATRIX_PLAN_H */
