/* Operations that go row by row or over whole tensors, as they are asked for. */

#include "local/local.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/bounds.h"
#include "local/local_internal.h"

/*
 * Find the largest words of the columns that a matrix from the right meets, aligned as they are
 * added up; NULL: they are not known of all columns.
 */
static int
column_sizes(const struct part *p, double **sizes)
{
	unsigned *shifts;
	int exponent, rc = 0;
	size_t j;

	*sizes = NULL;
	if (!bounds_known_of_all(p))
		return (0);
	if ((shifts = mem_array(p->cols, sizeof(*shifts))) == NULL)
		return (-1);
	if ((rc = columns_align(p, shifts, &exponent)) == 0 &&
	    (*sizes = mem_array(p->cols, sizeof(**sizes))) == NULL)
		rc = -1;
	for (j = 0; j < p->cols && rc == 0; j++)
		(*sizes)[j] = ldexp(supposed_words(p, j), (int)shifts[j]);
	free(shifts);
	return (rc);
}

/*
 * Load a matrix with as many fraction bits as are due, and check what rounding takes from it.  A
 * row from the left makes a row of the result, whatever the other rows are.  From the right, a
 * column makes one of the result, and a row is what a column of the stream counts for.
 */
static int
load_due(const struct part *p, const char *text, bool left, struct operand **factor)
{
	double *sizes = NULL;
	int rc;

	if (!left && p->modulus == 0 && column_sizes(p, &sizes) == -1)
		return (-1);
	rc = (sizes != NULL) ? operand_load_matrix(text, p->fraction_bits, sizes, p->cols,
	    factor) : operand_load_factor(text, p->fraction_bits, p->modulus, factor);
	free(sizes);
	if (rc == 0 && (operand_check_rows(*factor) == -1 ||
	    (!left && operand_check_columns(*factor) == -1))) {
		operand_free(*factor);
		rc = -1;
	}
	return (rc);
}

/* Load the public factor, with the modulus of the stream's first part. */
static int
load_factor(struct reader *r, const char *text, unsigned fraction_bits, bool left,
    struct operand **factor)
{
	struct part *p;

	if (reader_part(r, &p) == -1 || ((fraction_bits == LOCAL_BITS_DUE) ?
	    load_due(p, text, left, factor) :
	    operand_load(text, fraction_bits, p->modulus, factor)) == -1)
		return (-1);
	operand_reduce(*factor);
	return (0);
}

int
local_matmul(struct reader *r, const char *matrix, unsigned fraction_bits, bool left,
    struct writer *w)
{
	struct operand *factor;
	int rc;

	if (load_factor(r, matrix, fraction_bits, left, &factor) == -1)
		return (-1);
	rc = left ? local_matmul_left(r, factor, w) : local_matmul_right(r, factor, w);
	operand_free(factor);
	return (rc);
}

int
local_sum(struct reader *r, enum sum_over over, bool mean, struct writer *w)
{

	return ((over == SUM_ACROSS) ? local_sum_across(r, mean, w) :
	    local_sum_down(r, over == SUM_ALL, mean, w));
}
