#include "func/contingency.h"

#include <stdlib.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "func/function.h"
#include "func/moments.h"
#include "mpc/room.h"

int
mpc_contingency_new(struct mpc *S, struct mpc_contingency *t)
{

	return ((mpc_vector_new(S, &t->count, t->rows * t->cols) == -1 ||
	    mpc_vector_new(S, &t->row, t->rows) == -1 ||
	    mpc_vector_new(S, &t->col, t->cols) == -1 ||
	    mpc_vector_new(S, &t->all, 1) == -1) ? -1 : 0);
}

void
mpc_contingency_free(struct mpc_contingency *t)
{

	mpc_vector_free(&t->count);
	mpc_vector_free(&t->row);
	mpc_vector_free(&t->col);
	mpc_vector_free(&t->all);
}

void
mpc_contingency_sum(struct mpc_contingency *t)
{

	mpc_rows_sum(&t->row, &t->count, t->rows, t->cols);
	mpc_columns_sum(&t->col, &t->count, t->rows, t->cols, 1);
	mpc_rows_sum(&t->all, &t->row, 1, t->rows);
}

/*
 * With n for all, R and C for the sums of a cell's row and column, and D = 2 (n O - R C), which is
 * whole, the sum is that of (D / R) (D / C) over all cells, by 4 n: no small difference of large
 * quotients.  |D| is at most 2 n R and 2 n C, and below 2^(2 L), for n < 2^L; with s more bits, s =
 * 29 - L, quotients are below 2^30 and off by 2 units, which is nothing beside D / R when O is as
 * far from E as chance has it, 2 n^(1/2) 2^s.
 */
enum cell_word { D, ROW, COL, BY_ROW, BY_COL, PRODUCT, CELL_WORDS };

#define QUOTIENT_BITS 30
#define LONG_BITS 30

/* D of each cell, and the sums of its row and column. */
static int
find_differences(struct mpc *S, const struct mpc_contingency *t, struct mpc_vector *w)
{
	const struct bilinear times = bilinear_elements(t->count.n);
	struct mpc_vector *all = &w[BY_ROW], *product = &w[BY_COL];

	mpc_rows_spread(&w[ROW], &t->row, t->rows, t->cols);
	mpc_columns_spread(&w[COL], &t->col, t->rows, t->cols);
	mpc_rows_spread(all, &t->all, 1, t->count.n);
	if (mpc_product(S, product, &times, all, &t->count) == -1 ||
	    mpc_product(S, &w[PRODUCT], &times, &w[ROW], &w[COL]) == -1)
		return (-1);
	mpc_subtract(&w[D], product, &w[PRODUCT]);
	mpc_scale(&w[D], &w[D], 2);
	return (0);
}

/* D = max(|D| - n, 0). */
static int
correct_differences(struct mpc *S, const struct mpc_contingency *t, struct mpc_vector *w)
{
	static const int64_t zero = 0;
	const unsigned range = 2 * t->most_log + 1;
	const struct mpc_comparison c = { .high = range, .count = 1, .thresholds = &zero };
	struct mpc_vector *all = &w[BY_ROW], *magnitude = &w[BY_COL];
	struct room r;
	int rc = -1;

	if (room_open(&r, S, t->count.n, 0, 1) == 0 && mpc_compare(S, r.bit, &w[D], &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = r.bit, .word = &w[D], .weight = { 2 } },
			{ .word = &w[D], .weight = { -1 } },
		};

		mpc_rows_spread(all, &t->all, 1, t->count.n);
		if (mpc_select(S, magnitude, &(struct mpc_selection){ .count = 2, .terms = terms,
		    .results = 1 }) == 0) {
			mpc_subtract(magnitude, magnitude, all);
			rc = mpc_relu(S, &w[D], r.bit, magnitude, range, 0);
		}
	}
	room_close(&r);
	return (rc);
}

/*
 * y = quotient 2^more, and what the rest of the division is worth: the sum less the quotient times
 * n, which is exact, and at most 2 n.
 */
static int
add_division_rest(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *sum,
    const struct mpc_vector *quotient, const struct mpc_vector *all, unsigned more)
{
	enum { TAKEN, REST, WORDS };
	const struct bilinear times = bilinear_elements(1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, WORDS, 0) == 0 &&
	    mpc_product(S, &r.word[TAKEN], &times, quotient, all) == 0) {
		mpc_subtract(&r.word[TAKEN], sum, &r.word[TAKEN]);
		mpc_scale(&r.word[TAKEN], &r.word[TAKEN], (int64_t)1 << more);
		if ((rc = mpc_mean_present(S, &r.word[REST], &r.word[TAKEN], all)) == 0) {
			mpc_scale(y, quotient, (int64_t)1 << more);
			mpc_add(y, y, &r.word[REST]);
		}
	}
	room_close(&r);
	return (rc);
}

/*
 * y = the sum of all cells, which have lost ${cut} bits, by 4 n 2^(2 s).  Of very many rows a
 * quotient has too few bits behind the point, and takes the rest, too.
 */
static int
divide_cells(struct mpc *S, struct mpc_vector *y, const struct mpc_contingency *t,
    const struct mpc_vector *cells, unsigned cut, unsigned s)
{
	enum { SUM, QUOTIENT, WORDS };
	const int shift = (int)(MPC_CHI_SQUARE_BITS + cut) - 2 - (int)(2 * s);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, WORDS, 0) == 0) {
		mpc_rows_sum(&r.word[SUM], cells, 1, t->count.n);
		if (mpc_clip_near(S, &r.word[SUM], 0, (int64_t)1 << 61, 8 * (int64_t)t->count.n) ==
		    0 && mpc_mean_long(S, &r.word[QUOTIENT], &r.word[SUM], &t->all,
		    LONG_BITS - t->most_log) == 0)
			rc = (shift <= 0) ? mpc_shift(S, y, &r.word[QUOTIENT], shift) :
			    add_division_rest(S, y, &r.word[SUM], &r.word[QUOTIENT], &t->all,
			    (unsigned)shift);
	}
	room_close(&r);
	return (rc);
}

int
mpc_chi_square(struct mpc *S, struct mpc_vector *y, const struct mpc_contingency *t, bool corrected)
{
	const struct bilinear times = bilinear_elements(t->count.n);
	const unsigned s = QUOTIENT_BITS - 1 - t->most_log,
	    cut = 1 + ceil_log2((t->rows < t->cols) ? t->rows : t->cols);
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, t->count.n, CELL_WORDS, 0) == -1)
		goto out;
	w = r.word;
	if (find_differences(S, t, w) == -1 || (corrected && correct_differences(S, t, w) == -1))
		goto out;
	mpc_scale(&w[D], &w[D], (int64_t)1 << s);
	if (mpc_mean_present(S, &w[BY_ROW], &w[D], &w[ROW]) == 0 &&
	    mpc_mean_present(S, &w[BY_COL], &w[D], &w[COL]) == 0 &&
	    mpc_product(S, &w[PRODUCT], &times, &w[BY_ROW], &w[BY_COL]) == 0 &&
	    mpc_truncate(S, &w[PRODUCT], &w[PRODUCT], cut) == 0)
		rc = divide_cells(S, y, t, &w[PRODUCT], cut, s);
out:
	room_close(&r);
	return (rc);
}
