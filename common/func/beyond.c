#include "func/beyond.h"

#include "mpc/mpc.h"
#include "mpc/room.h"

/*
 * For a word within bounds, [x > -2^range] - [x >= 2^range] is 1, and what is missing to the number
 * of rows is 0.  Beyond, it is 0; or -1, within 2^range of the ends of the words, where the
 * comparison with the farther bound wraps: then 2 are missing.
 *
 * Its magnitude is 2 [x >= 0] x - x.
 */
int
mpc_count_beyond_sums(struct mpc *S, struct mpc_vector *beyond, struct mpc_vector *sums,
    const struct mpc_vector *x, size_t rows, size_t cols, unsigned range)
{
	const int64_t top = (int64_t)1 << range, bounds[3] = { 1 - top, top, 0 };
	const size_t magnitudes = (sums != NULL);
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 2 + magnitudes,
		.thresholds = bounds };
	struct mpc_vector sum = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1 + magnitudes, 2 + magnitudes) == 0 &&
	    mpc_vector_new(S, &sum, cols) == 0 && mpc_compare(S, r.bit, x, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = &r.bit[0], .constant = { -1 } },
			{ .bit = &r.bit[1], .constant = { 1 } },
			{ .bit = &r.bit[2], .word = x, .weight = { 0, 2 } },
		};

		rc = mpc_select(S, r.word, &(struct mpc_selection){ .count = 2 + magnitudes,
		    .terms = terms, .results = 1 + magnitudes });
		mpc_columns_sum(&sum, &r.word[0], rows, cols, 1);
		mpc_add_public(&sum, &sum, (int64_t)rows);
		mpc_add(beyond, beyond, &sum);
		if (sums != NULL) {
			mpc_subtract(&r.word[1], &r.word[1], x);
			mpc_columns_sum(&sum, &r.word[1], rows, cols, 1);
			mpc_add(sums, sums, &sum);
		}
	}
	room_close(&r);
	mpc_vector_free(&sum);
	return (rc);
}

int
mpc_count_beyond(struct mpc *S, struct mpc_vector *beyond, const struct mpc_vector *x, size_t rows,
    size_t cols, unsigned range)
{

	return (mpc_count_beyond_sums(S, beyond, NULL, x, rows, cols, range));
}

int
mpc_add_squares(struct mpc *S, struct mpc_vector *sums, const struct mpc_vector *x, size_t rows,
    size_t cols)
{
	const struct bilinear times = bilinear_elements(x->n);
	bool before = mpc_may_wrap(S, true);
	struct mpc_vector sum = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 0) == 0 && mpc_vector_new(S, &sum, cols) == 0 &&
	    mpc_product(S, &r.word[0], &times, x, x) == 0 &&
	    mpc_truncate(S, &r.word[0], &r.word[0], BEYOND_SQUARE_CUT) == 0) {
		mpc_columns_sum(&sum, &r.word[0], rows, cols, 1);
		mpc_add(sums, sums, &sum);
		rc = 0;
	}
	(void)mpc_may_wrap(S, before);
	room_close(&r);
	mpc_vector_free(&sum);
	return (rc);
}

int
mpc_count_above(struct mpc *S, struct mpc_vector *beyond, const struct mpc_vector *sums,
    int64_t limit)
{
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1,
		.thresholds = &limit };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, sums->n, 1, 1) == 0 && mpc_compare(S, r.bit, sums, &c) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };

		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 1, .terms = &term,
		    .results = 1 });
		mpc_add(beyond, beyond, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

int
mpc_open_none(struct mpc *S, word *none, const struct mpc_vector *count)
{
	struct room r;
	size_t i;
	int rc = -1;

	if (room_open(&r, S, count->n, 1, 1) == 0 && mpc_equal(S, r.bit, count, 64) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };

		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 1, .terms = &term,
		    .results = 1 });
		if (rc == 0)
			rc = mpc_reveal(S, none, &r.word[0]);
	}
	for (i = 0; i < count->n && !mpc_sees_revealed(S); i++)
		none[i] = 1;
	room_close(&r);
	return (rc);
}

int
mpc_open_all_none(struct mpc *S, bool *none, const struct mpc_vector *count)
{
	struct mpc_vector sum;
	word clear = 1;
	int rc;

	if ((rc = mpc_vector_new(S, &sum, 1)) == 0) {
		mpc_rows_sum(&sum, count, 1, count->n);
		rc = mpc_open_none(S, &clear, &sum);
	}
	mpc_vector_free(&sum);
	*none = (clear == 1);
	return (rc);
}
