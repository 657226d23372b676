/* Squares of errors and of labels, and what follows from them, in replicates of the rows. */

#include <math.h>

#include "func/divisor.h"
#include "func/ratio.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"

/* ---- squares of replicates ---- */

/* Sums of squares have room, and so in replicates, which draw no row too often, below this. */
#define COARSE_FROM ((int64_t)1 << 30)

/* Sums of one kind, over all rows and each replicate. */
static struct mpc_vector
sums_kept(const struct metrics *m, const struct mpc_vector *sums, enum metric which, size_t i)
{
	const size_t n = 1 + m->shape.replicates;

	return (mpc_part(sums, (metrics_kept_at(&m->shape, which) + i) * n, n));
}

/* y = words of one of two kinds, the second one where the bit is 0. */
static int
choose_sums(struct mpc *S, struct mpc_vector *y, const struct mpc_bits bit[2],
    const struct mpc_vector *x, const struct mpc_vector *otherwise)
{
	const struct mpc_selection_term terms[] = {
		{ .bit = &bit[0], .word = x, .weight = { 1 } },
		{ .bit = &bit[1], .word = otherwise, .weight = { 1 } },
	};

	return (mpc_select(S, y, &(struct mpc_selection){ .count = 2, .terms = terms,
	    .results = 1 }));
}

/* bit[0] = whether the sum over all rows is a coarse one, for each sample; bit[1] = not that. */
static int
find_coarse_sums(struct mpc *S, struct mpc_bits bit[2], const struct mpc_vector *coarse)
{
	const int64_t from = COARSE_FROM;
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &from };
	const struct mpc_vector all = mpc_part(coarse, 0, 1);
	struct mpc_vector same;
	int rc;

	if ((rc = mpc_vector_new(S, &same, coarse->n)) == 0) {
		mpc_rows_spread(&same, &all, 1, same.n);
		rc = mpc_compare(S, &bit[0], &same, &c);
		mpc_not(&bit[1], &bit[0]);
	}
	mpc_vector_free(&same);
	return (rc);
}

/* y = sums of squares: those without their last bits where the others may have no room. */
static int
choose_squares(struct mpc *S, const struct metrics *m, const struct mpc_vector *sums,
    struct mpc_vector *y, struct mpc_vector *scale)
{
	const struct mpc_vector fine = sums_kept(m, sums, METRIC_MSE, 0),
	    coarse = sums_kept(m, sums, METRIC_MSE, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, 1, 2) == 0 && find_coarse_sums(S, r.bit, &coarse) == 0 &&
	    choose_sums(S, y, r.bit, &coarse, &fine) == 0) {
		const struct mpc_selection_term one = { .bit = &r.bit[0], .constant = { 1 } };
		const struct mpc_vector first = mpc_part(&r.word[0], 0, 1);

		if ((rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 1,
		    .terms = &one, .results = 1 })) == 0)
			mpc_copy(scale, &first);
	}
	room_close(&r);
	return (rc);
}

int
metrics_resampled_mse(struct mpc *S, const struct metrics *m, const struct mpc_vector *sums,
    struct mpc_vector *y, struct mpc_vector *scale)
{
	const bool may = mpc_may_wrap(S, true);
	const int rc = choose_squares(S, m, sums, y, scale);

	(void)mpc_may_wrap(S, may);
	return (rc);
}

/* ---- r2 of replicates ---- */

#define NO_SQUARE 4  /* labels that are all the same vary by less, squared, in their last bit */
#define ROOT_BITS 10 /* fraction bits of the root of the number of rows */

/* y = x, sums over n rows, divided by the root of n: its square is x^2 / n. */
static int
divide_by_root(struct mpc *S, const struct metrics *m, struct mpc_vector *y,
    const struct mpc_vector *x)
{
	struct mpc_vector more;
	int rc;

	if ((rc = mpc_vector_new(S, &more, x->n)) == 0) {
		mpc_scale(&more, x, (int64_t)1 << ROOT_BITS);
		rc = mpc_divide_public(S, y, &more,
		    (uint64_t)llrint(ldexp(sqrt((double)m->rows), ROOT_BITS)), MPC_DIVIDE_BITS);
	}
	mpc_vector_free(&more);
	return (rc);
}

/* z -= y^2, where y was x without some bits. */
static int
subtract_square(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x, unsigned cut)
{
	const struct bilinear times = bilinear_elements(x->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 3, 0) == 0 && mpc_shift(S, &r.word[0], x, -(int)cut) == 0) {
		mpc_copy(&r.word[1], &r.word[0]);
		if ((rc = mpc_product(S, &r.word[2], &times, &r.word[0], &r.word[1])) == 0)
			mpc_subtract(z, z, &r.word[2]);
	}
	room_close(&r);
	return (rc);
}

/* x = 0 where it is below ${least}. */
static int
keep_from(struct mpc *S, struct mpc_vector *x, int64_t least)
{
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1,
		.thresholds = &least };
	struct mpc_bits enough;
	const struct mpc_selection_term term = { .bit = &enough, .word = x, .weight = { 1 } };
	int rc;

	if ((rc = mpc_bits_new(S, &enough, x->n)) == 0 &&
	    (rc = mpc_compare(S, &enough, x, &c)) == 0)
		rc = mpc_select(S, x, &(struct mpc_selection){ .count = 1, .terms = &term,
		    .results = 1 });
	mpc_bits_free(&enough);
	return (rc);
}

/* total[0], total[1] = sums of squares of labels less their mean, fine and coarse. */
static int
find_totals(struct mpc *S, const struct metrics *m, const struct mpc_vector *sums,
    struct mpc_vector total[2])
{
	const struct mpc_vector sum = sums_kept(m, sums, METRIC_R2, 0);
	struct mpc_vector root, square;
	size_t i;
	int rc = mpc_vector_new(S, &root, sum.n);

	if (rc == 0)
		rc = divide_by_root(S, m, &root, &sum);
	for (i = 0; i < 2 && rc == 0; i++) {
		square = sums_kept(m, sums, METRIC_R2, 1 + i);
		mpc_copy(&total[i], &square);
		rc = subtract_square(S, &total[i], &root, (i == 0) ? 0 : METRICS_SQUARE_CUT / 2);
		if (rc == 0)
			rc = keep_from(S, &total[i], (i == 0) ? NO_SQUARE * (int64_t)m->rows : 1);
	}
	mpc_vector_free(&root);
	return (rc);
}

/*
 * a, b = the residual sum of squares, which has two bits more, and that and the total one, both at
 * the coarse scale if one of them is.
 */
static int
find_r2_parts(struct mpc *S, const struct metrics *m, const struct mpc_vector *sums,
    struct mpc_vector *a, struct mpc_vector *b)
{
	const struct mpc_vector fine = sums_kept(m, sums, METRIC_MSE, 0),
	    coarse = sums_kept(m, sums, METRIC_MSE, 1), labels = sums_kept(m, sums, METRIC_R2, 2);
	struct room r;
	const struct mpc_bits *const both[2] = { &r.bit[1], &r.bit[3] };
	int rc = -1;

	if (room_open(&r, S, a->n, 4, 5) == 0 && find_totals(S, m, sums, r.word) == 0 &&
	    find_coarse_sums(S, &r.bit[0], &coarse) == 0 &&
	    find_coarse_sums(S, &r.bit[2], &labels) == 0 &&
	    mpc_and(S, &r.bit[4], both, 2) == 0) {
		mpc_bits_copy(&r.bit[1], &r.bit[4]);
		mpc_not(&r.bit[0], &r.bit[4]);
		rc = (choose_sums(S, &r.word[2], r.bit, &coarse, &fine) == -1 ||
		    choose_sums(S, &r.word[3], r.bit, &r.word[1], &r.word[0]) == -1) ? -1 :
		    mpc_truncate(S, a, &r.word[2], 2);
		mpc_add(b, a, &r.word[3]);
	}
	room_close(&r);
	return (rc);
}

int
metrics_resampled_r2(struct mpc *S, const struct metrics *m, const struct mpc_vector *sums,
    struct mpc_vector *y)
{
	const bool may = mpc_may_wrap(S, true);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, 2, 0) == 0 &&
	    find_r2_parts(S, m, sums, &r.word[0], &r.word[1]) == 0)
		rc = mpc_ratio(S, y, &r.word[0], &r.word[1], (int64_t)1 << MPC_RATIO_BITS);
	room_close(&r);
	(void)mpc_may_wrap(S, may);
	return (rc);
}
