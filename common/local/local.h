#ifndef SMPC_LOCAL_LOCAL_H
#define SMPC_LOCAL_LOCAL_H

/*
 * Operations on one party's share streams alone: linear maps with public coefficients, and
 * selections.  They work on every scheme and reveal nothing.  The functions read their inputs to
 * the end and write whole tensors to the writer, which stays the caller's; they return 0 or -1
 * (reported).
 *
 * Memory  a few blocks of rows, whatever the length of the stream, except for local_transpose,
 *         local_shuffle (a whole tensor) and public operands.
 * Scale   add, subtract and paste shift all operands to the largest number of fraction bits and the
 *         least common divisor; multiplication by public numbers adds fraction bits and multiplies
 *         divisors.  Nothing is truncated.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "data/reader.h"
#include "data/writer.h"
#include "table/columns.h"

/* The fraction bits that operand.h gives a factor, by its size and by what is known of columns. */
#define LOCAL_BITS_DUE ((unsigned)-1)

enum elementwise { ELEMENT_ADD, ELEMENT_SUB, ELEMENT_MUL };

/*
 * local_elementwise(op, readers, count, constant, fraction_bits, w):
 * Add all operands, subtract all others from the first, or multiply them, elementwise.  Rows and
 * columns of 1 are repeated.  ${constant} (operand.h), unless NULL, is one more, public operand; as
 * a factor it is rounded to ${fraction_bits}, or LOCAL_BITS_DUE, as a term to the fraction bits of
 * the others.  At most one factor may be shared.  With LOCAL_BITS_DUE, a factor of which rounding
 * would take too much is refused (status 5).
 */
int local_elementwise(enum elementwise op, struct reader *const *readers, size_t count,
    const char *constant, unsigned fraction_bits, struct writer *w);

/*
 * local_matmul(r, matrix, fraction_bits, left, w):
 * Multiply by a public matrix: x C, or C x where ${left}; it is rounded as a factor is, above.
 *
 * Shapes   x: m x k, C: k x n gives m x n; left: C: n x m gives n x k.
 */
int local_matmul(struct reader *r, const char *matrix, unsigned fraction_bits, bool left,
    struct writer *w);

enum sum_over {
	SUM_DOWN,   /* the rows of each column: 1 x k */
	SUM_ACROSS, /* the columns of each row: m x 1 */
	SUM_ALL     /* 1 x 1 */
};

/*
 * local_sum(r, over, mean, w):
 * Sum, or take the mean: the sum with its count as divisor, exact.
 */
int local_sum(struct reader *r, enum sum_over over, bool mean, struct writer *w);

/*
 * local_transpose(r, w):
 * Rows become columns, without names; at most PART_MAX_COLUMNS of them.
 */
int local_transpose(struct reader *r, struct writer *w);

/* What is selected of a stream, and how it is called. */
struct cut_options {
	struct column_lists include, exclude; /* lists of columns */
	struct column_lists renames;          /* OLD=NEW */
	struct column_lists tensors, no_tensors; /* names of tensors */
};

/*
 * local_cut(r, options, w):
 * Of the tensors that are named, or of all, less those that are left out, keep the columns that the
 * lists name, in their order, less the excluded ones, and give them other names.  Where nothing is
 * said of columns, tensors pass as they are.
 */
int local_cut(struct reader *r, const struct cut_options *options, struct writer *w);

/*
 * local_paste(readers, count, w):
 * The columns of all operands side by side.
 */
int local_paste(struct reader *const *readers, size_t count, struct writer *w);

/*
 * local_head(r, first, end, w):
 * Rows ${first} to ${end} - 1 of every tensor, from 0; as far as there are such, but at least one,
 * unless ${first} is 0.  UINT64_MAX is no end.
 */
int local_head(struct reader *r, uint64_t first, uint64_t end, struct writer *w);

/*
 * local_cat(readers, count, repeat, w):
 * The rows of all operands one after the other.  Where streams that come together say the same of
 * their columns, records pass as they are, with ids and keys; else ranges are united, and words
 * multiplied so that all have the unit of the finest.  Refuses another party's share, another
 * scale, the same tensor with other columns or with columns that stand for something else, and,
 * unless ${repeat}, a part that was there before.
 */
int local_cat(struct reader *const *readers, size_t count, bool repeat, struct writer *w);

/*
 * local_shuffle(r, seed, rows, w):
 * The first ${rows} rows of every tensor, PART_MAX_ROWS for all, in an order given by the public
 * ${seed} and the number of all rows.
 */
int local_shuffle(struct reader *r, const char *seed, uint64_t rows, struct writer *w);

/* How rows are given to one of two sides. */
struct split_options {
	/* public (permute.h); NULL: of folds, each ${folds} rows are dealt out in turn */
	const char *seed;
	uint64_t ratio;       /* what goes to the first, in units of 2^-32; at most 2^32 */
	uint64_t folds, fold; /* or all rows but those of one of so many folds, from 1; 0: ratio */
};

#define LOCAL_MAX_FOLDS 1000

/*
 * local_split(r, o, train, rest):
 * Give each row to ${train} or to ${rest}, either of which may be NULL, as a public seed says.  Of
 * every 5 consecutive rows of a tensor the same share goes to ${train}, within one row; or of every
 * ${folds} rows all but one, so that folds differ by one row at most.  A prefix of the rows is
 * split as the whole.  Status 1 (reported) where a tensor has fewer rows than folds.
 */
int local_split(struct reader *r, const struct split_options *o, struct writer *train,
    struct writer *rest);

#endif /* !SMPC_LOCAL_LOCAL_H */
