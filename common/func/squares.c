#include "func/squares.h"

#include <string.h>

#include "base/diag.h"
#include "mpc/room.h"

#define SPLIT_BITS 17
#define GROUP_ROWS ((size_t)1024)
#define LARGE_BITS 60 /* from here on the high part says a sum */

_Static_assert(2 * SPLIT_BITS == MPC_SQUARES_HIGH_BITS, "hi^2 is in units of 2^34");

int
mpc_squares_new(struct mpc *S, struct mpc_squares *q, size_t cols)
{

	memset(q, 0, sizeof(*q));
	q->cols = cols;
	return ((mpc_vector_new(S, &q->low, cols) == -1 ||
	    mpc_vector_new(S, &q->high, cols) == -1) ? -1 : 0);
}

void
mpc_squares_free(struct mpc_squares *q)
{

	mpc_vector_free(&q->low);
	mpc_vector_free(&q->high);
}

/*
 * hi2, mixed = sums of hi^2 and of lo (2 x - lo) over each group of rows.
 *
 * With |x| < 2^33: |hi| <= 2^16, so that a square is at most 2^32; |lo| <= 2^17 and
 * |2 x - lo| < 2^34 + 2^17, so that a product is below 2^51.01, and a sum of 1024 of them below
 * 2^61.01, as a truncation takes it.
 */
static int
sum_parts(struct mpc *S, struct mpc_vector *hi2, struct mpc_vector *mixed,
    const struct mpc_vector *x, const struct bilinear *groups)
{
	enum { HI, LO, OTHER, WORDS };
	struct mpc_vector *hi, *lo, *other;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, WORDS, 0) == 0) {
		hi = &r.word[HI];
		lo = &r.word[LO];
		other = &r.word[OTHER];
		if ((rc = mpc_truncate(S, hi, x, SPLIT_BITS)) == 0) {
			mpc_copy(lo, x);
			mpc_add_scaled(lo, hi, -((int64_t)1 << SPLIT_BITS));
			mpc_scale(other, x, 2);
			mpc_subtract(other, other, lo);
			rc = (mpc_product(S, hi2, groups, hi, hi) == -1) ? -1 :
			    mpc_product(S, mixed, groups, lo, other);
		}
	}
	room_close(&r);
	return (rc);
}

/* low = low + hi2 2^34 + mixed;  high = high + hi2 + mixed / 2^34, for sums over groups. */
static int
add_parts(struct mpc *S, struct mpc_squares *q, struct mpc_vector *hi2, struct mpc_vector *mixed,
    size_t groups)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, q->cols, 1, 0) == 0) {
		mpc_columns_sum(&r.word[0], hi2, groups, q->cols, 1);
		mpc_add(&q->high, &q->high, &r.word[0]);
		mpc_add_scaled(&q->low, &r.word[0], (int64_t)1 << MPC_SQUARES_HIGH_BITS);
		mpc_columns_sum(&r.word[0], mixed, groups, q->cols, 1);
		mpc_add(&q->low, &q->low, &r.word[0]);
		if ((rc = mpc_truncate(S, mixed, mixed, MPC_SQUARES_HIGH_BITS)) == 0) {
			mpc_columns_sum(&r.word[0], mixed, groups, q->cols, 1);
			mpc_add(&q->high, &q->high, &r.word[0]);
		}
	}
	room_close(&r);
	return (rc);
}

/* Groups of as many rows each; the last one is filled up with zeros. */
int
mpc_squares_add(struct mpc *S, struct mpc_squares *q, const struct mpc_vector *x, size_t rows)
{
	size_t groups = (rows + GROUP_ROWS - 1) / GROUP_ROWS, of = (rows + groups - 1) / groups;
	const struct bilinear B = bilinear_columns(groups, of, q->cols);
	struct mpc_vector filled = { .n = 0 }, part;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, groups * q->cols, 2, 0) == 0 &&
	    mpc_vector_new(S, &filled, groups * of * q->cols) == 0) {
		part = mpc_part(&filled, 0, x->n);
		mpc_copy(&part, x);
		if (sum_parts(S, &r.word[0], &r.word[1], &filled, &B) == 0)
			rc = add_parts(S, q, &r.word[0], &r.word[1], groups);
	}
	room_close(&r);
	mpc_vector_free(&filled);
	return (rc);
}

/*
 * y = [large] high 2^(34 - shift) + ([not large] low) / 2^shift.  The low part is chosen before it
 * is truncated, as it may be any word where it does not count.
 */
int
mpc_squares_pick(struct mpc *S, struct mpc_vector *y, const struct mpc_squares *q, unsigned shift)
{
	static const int64_t large = (int64_t)1 << (LARGE_BITS - MPC_SQUARES_HIGH_BITS);
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1,
		.thresholds = &large };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, q->cols, 1, 1) == 0 && mpc_compare(S, r.bit, &q->high, &c) == 0) {
		const struct mpc_selection_term low[] = {
			{ .word = &q->low, .weight = { 1 } },
			{ .bit = r.bit, .word = &q->low, .weight = { -1 } },
		}, high[] = { { .bit = r.bit, .word = &q->high,
			.weight = { (int64_t)1 << (MPC_SQUARES_HIGH_BITS - shift) } } };

		if (mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 2, .terms = low,
		    .results = 1 }) == 0 && mpc_truncate(S, &r.word[0], &r.word[0], shift) == 0)
			rc = mpc_select(S, y, &(struct mpc_selection){ .count = 1, .terms = high,
			    .results = 1 });
		mpc_add(y, y, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}
