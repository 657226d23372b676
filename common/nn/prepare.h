#ifndef SMPC_NN_PREPARE_H
#define SMPC_NN_PREPARE_H

/* What is done to data before training and before predicting, on shares. */

#include <stdbool.h>
#include <stddef.h>

#include "nn/tensor.h"

/* Fraction bits of the factors that nn_standardize_fit gives. */
#define NN_SCALE_BITS 32
#define NN_DEVIATION_BITS 24

/* Words of features are below 2^31: those of numbers below 2^15, or of columns with exponents. */
#define NN_FEATURE_RANGE 31

/*
 * nn_standardize_fit(S, mean, scale, deviation, x, rows, cols):
 * Mean, with NN_BITS, and the reciprocal of the standard deviation, with NN_SCALE_BITS, of each
 * column; and the deviation, with NN_DEVIATION_BITS, unless that is NULL.  Both are 0 for a column
 * that varies by less than a unit or two of 2^-NN_BITS, if at all.
 *
 * Range    words below 2^NN_FEATURE_RANGE; rows up to MPC_MOMENTS_MAX_ROWS.
 * Error    of the mean, 1.3 units; of deviation and reciprocal, 2^-17 of themselves and a unit.
 * Cost     that of moments (func/moments.h), and about 40 rounds; 30 more for the deviation.
 */
int nn_standardize_fit(struct mpc *S, struct mpc_vector *mean, struct mpc_vector *scale,
    struct mpc_vector *deviation, const struct mpc_vector *x, size_t rows, size_t cols);

/*
 * nn_scale_fit(S, mean, scale, deviation, x, rows, cols):
 * The same from 0: the mean is 0, and the deviation the root of the mean square.
 */
int nn_scale_fit(struct mpc *S, struct mpc_vector *mean, struct mpc_vector *scale,
    struct mpc_vector *deviation, const struct mpc_vector *x, size_t rows, size_t cols);

/* What features are brought to. */
enum nn_standard {
	NN_AS_THEY_ARE,
	NN_DEVIATIONS, /* mean 0, standard deviation 1 */
	NN_ROBUST,     /* median 0, and 1 between the quartiles; a number may be far away */
	NN_MINMAX      /* 0 to 1 */
};

/*
 * nn_median_fit(S, median, scale, x, rows, cols), nn_minimum_fit(S, minimum, scale, x, rows, cols):
 * The same with the median, and the reciprocal of the distance of the quartiles; and with the
 * smallest number, and the reciprocal of its distance from the largest.  The reciprocal is 0 where
 * that is less than a unit of 2^-NN_BITS.
 *
 * Error    medians and quartiles are exact, and rounded once; of the reciprocal, 2^-17 of itself
 *          and a unit.
 * Cost     of the median, that of mpc_neighbours_find for each column, which cannot be dealt
 *          beforehand; of the smallest number, two tournaments of all rows; and about 30 rounds.
 */
int nn_median_fit(struct mpc *S, struct mpc_vector *median, struct mpc_vector *scale,
    const struct mpc_vector *x, size_t rows, size_t cols);
int nn_minimum_fit(struct mpc *S, struct mpc_vector *minimum, struct mpc_vector *scale,
    const struct mpc_vector *x, size_t rows, size_t cols);

/*
 * nn_column_median(S, median, x, present):
 * The median of the numbers of a column that are there; ${present} is 1 where one is, and 0 where
 * it is missing, and 0 itself.  0 where none is there.
 *
 * Range, cost, error as above.
 */
int nn_column_median(struct mpc *S, struct mpc_vector *median, const struct mpc_vector *x,
    const struct mpc_vector *present);

/*
 * nn_standardize(S, y, x, rows, cols, mean, scale):
 * y = (x - mean) scale in every row, with NN_BITS.  Two rounds for each block of rows.  ${y} may be
 * ${x}.
 */
int nn_standardize(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *scale);

/*
 * nn_standardize_to(S, y, x, rows, cols, mean, scale, bits):
 * The same with ${bits} fraction bits, at most 30.
 */
int nn_standardize_to(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *scale, unsigned bits);

/*
 * nn_standardize_limits(S, limits, scale), nn_count_far(S, far, x, rows, cols, mean, limits):
 * Find out where nn_standardize has no room for rows that ${mean} and ${scale} were not made of.
 * The first, once for a scale, makes secret limits of it; the second adds 1 to far[j] for each of
 * its blocks of rows in which the root of the sum of squares of column ${j}, as it would be
 * standardized, is 2^NN_NEAR_BITS or more, and adds nothing where the column's numbers are sure to
 * have room.
 *
 * Range    words below 2^NN_FEATURE_RANGE.
 * Cost     of limits, a comparison of each scale with 26 thresholds; of counting, a truncation and
 *          a product of each word, and for each column a comparison.
 */
#define NN_NEAR_BITS 13
int nn_standardize_limits(struct mpc *S, struct mpc_vector *limits, const struct mpc_vector *scale);
int nn_count_far(struct mpc *S, struct mpc_vector *far, const struct mpc_vector *x, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *limits);

/*
 * nn_shift_columns(S, x, rows, cols, shift):
 * Multiply the words of each column by 2^shift, to the floor or one above where that is negative.
 *
 * Range    that of mpc_truncate where shift < 0; -62 <= shift <= 62.
 * Cost     a truncation for each different negative shift.
 */
int nn_shift_columns(struct mpc *S, struct mpc_vector *x, size_t rows, size_t cols,
    const int *shift);

/*
 * nn_add_to_columns(x, cols, v, sign):
 * Add the public word v[j], times ${sign}, to the words of column ${j}, in every row.  Return 0 or
 * -1 (reported).
 */
int nn_add_to_columns(struct mpc_vector *x, size_t cols, const int64_t *v, int sign);

/*
 * nn_standardize_labels(S, y, x, rows, cols, mean, deviation):
 * y = (x - mean) / deviation in every row, with ${bits} fraction bits; 0 where the deviation, which
 * has NN_DEVIATION_BITS, is below a unit.  What it is multiplied by is off by 1e-5 of itself.
 * About 35 rounds, and two for each block of rows.
 */
int nn_standardize_labels(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows, size_t cols, const struct mpc_vector *mean, const struct mpc_vector *deviation,
    unsigned bits);

/*
 * nn_count_far_labels(S, far, x, rows, cols, mean, deviation):
 * nn_count_far, for nn_standardize_labels with what labels other than ${x} have.
 */
int nn_count_far_labels(struct mpc *S, struct mpc_vector *far, const struct mpc_vector *x,
    size_t rows, size_t cols, const struct mpc_vector *mean, const struct mpc_vector *deviation);

/*
 * nn_unstandardize(S, x, y, rows, cols, mean, deviation):
 * x = y deviation + mean in every row, with NN_BITS.  Two rounds.  The mask of ${x} may be drawn
 * from keys.
 */
int nn_unstandardize(struct mpc *S, struct mpc_vector *x, const struct mpc_vector *y, size_t rows,
    size_t cols, const struct mpc_vector *mean, const struct mpc_vector *deviation);

/*
 * nn_one_hot(S, y, labels, classes):
 * Labels 0 .. classes - 1, with NN_BITS, as rows of ${classes} numbers of which one is 1.  What is
 * beyond counts as the first or last.  2 <= classes <= 65.
 */
int nn_one_hot(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *labels,
    size_t classes);

#endif /* !SMPC_NN_PREPARE_H */
