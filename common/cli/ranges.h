#ifndef SMPC_CLI_RANGES_H
#define SMPC_CLI_RANGES_H

/*
 * How large the numbers of a tensor can be that is about to be multiplied: what the header says of
 * its columns; and where that says nothing, a test in the session, which is opened at the end of
 * the tensor, before its result is given away.
 *
 * Only words that nobody changed since an owner shared them are tested, and not a few rows out of
 * them: whoever could choose a row and shift it would read it, a bit at a time.  Other columns of
 * which nothing is known are refused.
 *
 * Reveals  to the computing parties, one bit for the tensors that are tested together: whether all
 *          words of the columns that are tested are in range, and sums of them.  Where they are
 *          not, and the tensors are refused, a bit for each of these columns.
 */

#include <stdbool.h>

#include "cli/stage.h"

/* Numbers in undeclared columns that are multiplied are below 2^15. */
#define RANGES_NUMBER_BITS 15

/* Which columns of a tensor, and what their words are made to have. */
struct ranges_of {
	const struct part *part;
	const char *where;         /* of the input */
	const size_t *positions;   /* of the columns; NULL: all of them */
	size_t cols;
	/*
	 * Words get so many fraction bits, unless they have more, after the test: before it, those
	 * out of range could wrap, and pass.
	 */
	unsigned f;
	/*
	 * The bounds of a result in numbers' own unit may be far wider than its words.  Where they
	 * say less than the test would, words are tested, unless the caller takes any bounds.
	 */
	bool takes_any;
};

/* What of the words of columns is tested that nothing is known of. */
enum ranges_measure {
	RANGES_WORDS,   /* that each is below 2^bits in magnitude */
	RANGES_SUMS,    /* and so is the sum of the magnitudes of each column */
	RANGES_SQUARES, /* each is below 2^31, and the sum of each column's squares below 2^62 */
};

#define RANGES_ROOT_BITS 31

struct ranges {
	struct part *part;
	const char *where;
	size_t *positions;
	size_t cols;
	unsigned more;             /* fraction bits that words get after the test */
	unsigned bits;             /* with these, words are below 2^bits if the test passes */
	unsigned *column_bits;     /* the same for each column */
	size_t n;                  /* of the columns, how many are tested, and which */
	size_t *tested;
	bool *is_tested;           /* each of the columns */
	struct mpc_vector beyond;  /* words beyond that, of each of these */
	enum ranges_measure measure;
	struct mpc_vector sums;    /* of magnitudes, or of squares */
	uint64_t rows;
};

/*
 * ranges_begin(stage, r, of):
 * Begin with columns of a tensor.  ranges_free is due in any case.  Return 0 or -1 (reported:
 * status 5 where the header announces too much, 4 where words are positions of other numbers).
 */
int ranges_begin(struct stage *stage, struct ranges *r, const struct ranges_of *of);

/*
 * ranges_limit(r, j, bits):
 * Words of column ${j} have to be below 2^bits: that is tested if nothing is known of them.  Return
 * whether they are, or will be known to be.
 */
bool ranges_limit(struct ranges *r, size_t j, unsigned bits);

/*
 * ranges_measure(stage, r, measure):
 * Say, before the first row, what is tested; by default RANGES_WORDS.  The others are only for
 * words that get no more fraction bits (r->more is 0).  With RANGES_SQUARES the limit of all
 * columns that are tested becomes RANGES_ROOT_BITS.  Return 0 or -1 (reported).
 */
int ranges_measure(struct stage *stage, struct ranges *r, enum ranges_measure measure);

/*
 * ranges_refuse(r, j, why):
 * Report with status 5 why column ${j} cannot be taken; return -1.
 */
int ranges_refuse(const struct ranges *r, size_t j, const char *why);

/*
 * ranges_rows(stage, r, x, rows):
 * Test ${rows} rows of these columns, words as they were read.  Return 0 or -1 (reported).
 */
int ranges_rows(struct stage *stage, struct ranges *r, const struct mpc_vector *x, size_t rows);

/*
 * ranges_end(stage, r, of), ranges_end_all(stage, all, of, count):
 * Open the bit, of a tensor of rows like these, or of several tensors together.  Return 0 or -1
 * (reported: status 5 where columns are out of range, or may not be tested).
 *
 * ranges_rows_of(b, i):
 * What is known of rows that were taken of stream ${i}.
 */
struct ranges_rows_of {
	enum part_intact intact; /* what is said of all parts */
	uint64_t alone;          /* rows of one part, of which there have to be PART_LEAST_ROWS */
};

int ranges_end(struct stage *stage, struct ranges *r, struct ranges_rows_of of);
int ranges_end_all(struct stage *stage, struct ranges *const *all,
    const struct ranges_rows_of *of, size_t count);
struct ranges_rows_of ranges_rows_of(const struct blocks *b, size_t i);

/*
 * ranges_operand(stage, r, t, i, x, rows):
 * Test the words of a block of operand ${i} of a tensor that is mapped (stage.h): each once, as a
 * row or a column that is repeated says the same again.  Return 0 or -1 (reported).
 */
int ranges_operand(struct stage *stage, struct ranges *r, const struct stage_tensor *t, size_t i,
    const struct mpc_vector *x, size_t rows);

/*
 * ranges_end_operands(stage, r, t):
 * ranges_end_all, of as many as there are operands.
 */
int ranges_end_operands(struct stage *stage, struct ranges *r, const struct stage_tensor *t);

void ranges_free(struct ranges *r);

#endif /* !SMPC_CLI_RANGES_H */
