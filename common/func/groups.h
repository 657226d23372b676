#ifndef SMPC_FUNC_GROUPS_H
#define SMPC_FUNC_GROUPS_H

/*
 * Counts, sums, means, variances, least and largest numbers of groups of rows, where which group a
 * row is in is a secret.  How many rows and groups there are is public, and a group may be empty.
 *
 * All that take an engine return 0 or -1 (reported), and reveal nothing.
 */

#include "func/extreme.h"
#include "func/function.h"
#include "mpc/mpc.h"

#define MPC_GROUPS_MAX 4096

/* Of rows, where means or variances are found. */
#define MPC_GROUPS_MAX_ROWS (((uint64_t)1 << 26) - 1)

/* What says which group a row is in. */
struct mpc_category {
	size_t values;           /* how many there are, at least 1 */
	const size_t *indicator; /* columns, one for each value, of 1 or 0; NULL: ... */
	size_t code;             /* ... a column of 0 .. values - 1 */
};

enum mpc_figure_kind {
	MPC_FIGURE_COUNT,
	MPC_FIGURE_SUM,
	MPC_FIGURE_MEAN,
	MPC_FIGURE_VARIANCE,
	MPC_FIGURE_MIN,
	MPC_FIGURE_MAX
};

/* A number that is found of each group. */
struct mpc_figure {
	enum mpc_figure_kind kind;
	size_t column;     /* of the rows; of a count, none */
	size_t mask;       /* which rows: 0, all; i, those where column presence[i - 1] is 1 */
	int64_t low, high; /* bounds of the column's words; a sum does not look at them */
};

struct mpc_groups_shape {
	size_t rows, cols; /* of the matrix */
	/* of words that are 1, or codes; (values - 1) 2^this is below 2^61 */
	unsigned fraction_bits;
	/* groups are the values of one category, or all pairs of two, the second one's in turn */
	const struct mpc_category *by;
	size_t n_by;
	const size_t *presence;
	size_t n_presence;
	const struct mpc_figure *figure;
	size_t n_figures;
	uint64_t least;  /* groups of fewer rows are not shown; at least 1 */
	bool population; /* divide variances by the number of rows, and not by one less */
	/* divide them by nothing: they are sums of squares about the mean, off by 3 units */
	bool squares;
};

/* What has been gathered of rows so far. */
struct mpc_groups {
	const struct mpc_groups_shape *shape;
	size_t groups, masks;
	struct mpc_vector count;     /* masks x groups */
	struct mpc_vector sums;      /* of figures' words, and of squares, x groups */
	struct mpc_extreme extremes; /* n_extremes x groups: distances from the bound far off */
	size_t n_sums, n_extremes;
};

/* How many groups a shape has; 0: more than MPC_GROUPS_MAX. */
size_t mpc_groups_count(const struct mpc_groups_shape *shape);

/*
 * mpc_groups_new(S, g, shape), mpc_groups_free(g):
 * Begin, with a shape that stays the caller's.  mpc_groups_free is harmless even where this fails.
 */
int mpc_groups_new(struct mpc *S, struct mpc_groups *g, const struct mpc_groups_shape *shape);
void mpc_groups_free(struct mpc_groups *g);

/*
 * mpc_groups_members(S, z, shape, x, rows):
 * z[group][row] = 1 where the row is in the group, else 0, for rows of ${x}; no presence is looked
 * at.  ${z} has room for mpc_groups_count groups of ${rows} rows.
 *
 * Cost     a comparison with all values of each category; a conjunction for each pair of two
 *          categories; a selection for each group.
 */
int mpc_groups_members(struct mpc *S, struct mpc_vector *z, const struct mpc_groups_shape *shape,
    const struct mpc_vector *x, size_t rows);

/*
 * mpc_groups_step(g):
 * How many rows mpc_groups_add is to be given at a time, so that memory is bounded.
 */
size_t mpc_groups_step(const struct mpc_groups *g);

/*
 * mpc_groups_add(S, g, x, rows):
 * Go on with ${rows} >= 1 of the shape's rows.
 *
 * Range    (rows of the shape) |x| < 2^61 for words of means and variances; high - low < 2^62 of
 *          those of least and largest numbers.
 * Cost     a comparison with all values of each category, a conjunction for each group of two
 *          categories and for each mask, a selection for each group and mask, and a product of
 *          matrices for each mask; for variances, a product of words; for least and largest
 *          numbers, a selection and a tournament of rows for each group.
 */
int mpc_groups_add(struct mpc *S, struct mpc_groups *g, const struct mpc_vector *x, size_t rows);

/*
 * mpc_groups_shown(S, shown, g):
 * shown[mask][group] = 1 where the group is shown, else 0: it has ${least} rows, and as many of the
 * mask.  Where the rows that are in no group shown would be some, and fewer than ${least}, the
 * smallest groups are not shown either: the number of all rows is public.
 *
 * Cost     two comparisons of each count, a tournament, a conjunction, and three selections; for
 *          masks, a comparison and a conjunction more.
 */
int mpc_groups_shown(struct mpc *S, struct mpc_vector *shown, const struct mpc_groups *g);

/*
 * mpc_groups_figures(S, y, g):
 * y[figure][group], in units that mpc_figure_unit says; of a group that has no rows, or of a
 * variance too few, any word.
 *
 * Error    counts, sums, least and largest numbers: none.  Means: 2 units, which are at most 2^-29
 *          of high - low.  Variances: see mpc_figure_unit.
 * Cost     for means, mpc_mean_present; for variances, that three times, four products, five
 *          truncations and mpc_clip_near.
 */
int mpc_groups_figures(struct mpc *S, struct mpc_vector *y, const struct mpc_groups *g);

/*
 * mpc_groups_between(S, y, g, i):
 * y = the sum of n (mean - mean of all)^2 over all groups but the last, which has the rows of all
 * others together, of figure ${i}, a sum; in the unit of mpc_squares_unit.  For a shape with
 * squares.
 *
 * Error    a unit for each group, and what a unit of each sum makes of it.
 * Cost     two mpc_mean_present, three products, four truncations and mpc_clip_near.
 */
int mpc_groups_between(struct mpc *S, struct mpc_vector *y, const struct mpc_groups *g, size_t i);

/*
 * mpc_figure_unit(figure, rows):
 * The s for which a word stands for 2^-s of the unit of the column's words; of a variance, of its
 * square.  It is 0 but for means and variances; mpc_squares_unit is that of sums of squares.
 *
 * A variance is found of words that have 2^b steps on each side of the middle of low and high, for
 * b = mpc_figure_steps(rows) from 17 to 28: it is off by 4 squares of such a step, by 2 units of
 * the result, which are at most 2^-51 of the largest, and, where a column has finer words, by what
 * rounding them at random to steps makes of it.
 */
int mpc_figure_unit(const struct mpc_figure *figure, uint64_t rows);
int mpc_squares_unit(const struct mpc_figure *figure, uint64_t rows);
unsigned mpc_figure_steps(uint64_t rows);

/*
 * mpc_figure_span(shape, figure):
 * From where to where figures of groups that are shown go, rounding included; of a sum, where the
 * bounds are known.
 */
struct mpc_span mpc_figure_span(const struct mpc_groups_shape *shape,
    const struct mpc_figure *figure);

#endif /* !SMPC_FUNC_GROUPS_H */
