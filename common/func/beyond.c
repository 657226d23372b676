#include "func/beyond.h"

#include "mpc/mpc.h"
#include "mpc/room.h"

/*
 * For a word within bounds, [x >= -2^range] - [x >= 2^range] is 1, and what is missing to the
 * number of rows is 0.  Beyond, it is 0; or -1, within 2^range of the ends of the words, where the
 * comparison with the farther bound wraps: then 2 are missing.
 */
int
mpc_count_beyond(struct mpc *S, struct mpc_vector *beyond, const struct mpc_vector *x, size_t rows,
    size_t cols, unsigned range)
{
	const int64_t bounds[2] = { -((int64_t)1 << range), (int64_t)1 << range };
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 2,
		.thresholds = bounds };
	struct mpc_vector sum = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 2) == 0 && mpc_vector_new(S, &sum, cols) == 0 &&
	    mpc_compare(S, r.bit, x, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = &r.bit[0], .constant = { -1 } },
			{ .bit = &r.bit[1], .constant = { 1 } },
		};

		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 2, .terms = terms,
		    .results = 1 });
		mpc_columns_sum(&sum, &r.word[0], rows, cols, 1);
		mpc_add_public(&sum, &sum, (int64_t)rows);
		mpc_add(beyond, beyond, &sum);
	}
	room_close(&r);
	mpc_vector_free(&sum);
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
