/* Operations that go row by row or over whole tensors, as they are asked for. */

#include "local/local.h"

#include "local/local_internal.h"

int
local_load_factor(const struct part *p, const char *text, unsigned fraction_bits,
    struct operand **factor)
{

	return ((fraction_bits == LOCAL_BITS_DUE) ?
	    operand_load_factor(text, p->fraction_bits, p->modulus, factor) :
	    operand_load(text, fraction_bits, p->modulus, factor));
}

/* Load the public factor, with the modulus of the stream's first part. */
static int
load_factor(struct reader *r, const char *text, unsigned fraction_bits, struct operand **factor)
{
	struct part *p;

	if (reader_part(r, &p) == -1 ||
	    local_load_factor(p, text, fraction_bits, factor) == -1)
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

	if (load_factor(r, matrix, fraction_bits, &factor) == -1)
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
