#include "nn/inflation.h"

#include "mpc/room.h"
#include "nn/elimination.h"

/*
 * A factor does not change with the scale of a column.  So it does not matter that what columns are
 * divided by is off by 2^-17 of it, as long as all products with a column are divided by the same:
 * G has a diagonal of nearly 1, and factors are G_ii (G^-1)_ii.
 */

/* ok = [each pivot counts]. */
static int
find_regular(struct mpc *S, struct mpc_vector *ok, const struct mpc_vector *pivots)
{
	const int64_t least = (int64_t)1 << (NN_MOMENT_BITS - NN_PIVOT_LOG), one = 1;
	const struct mpc_comparison pivot = { .high = NN_MOMENT_BITS + 4, .count = 1,
		.thresholds = &least }, none = { .high = word_bits(pivots->n + 1) + 1, .count = 1,
		.thresholds = &one };
	struct room r, s;
	int rc = -1;

	if (room_open(&s, S, 1, 1, 1) == 0 && room_open(&r, S, pivots->n, 1, 1) == 0 &&
	    mpc_compare(S, r.bit, pivots, &pivot) == 0) {
		const struct mpc_selection_term small = { .bit = r.bit, .constant = { 1 } },
			regular = { .bit = s.bit, .constant = { 1 } };

		mpc_not(r.bit, r.bit);
		if (mpc_select(S, r.word, &(struct mpc_selection){ .count = 1, .terms = &small,
		    .results = 1 }) == 0) {
			mpc_rows_sum(s.word, r.word, 1, pivots->n);
			if (mpc_compare(S, s.bit, s.word, &none) == 0) {
				mpc_not(s.bit, s.bit);
				rc = mpc_select(S, ok, &(struct mpc_selection){ .count = 1,
				    .terms = &regular, .results = 1 });
			}
		}
		room_close(&r);
	}
	room_close(&s);
	return (rc);
}

/* y = G_ii (G^-1)_ii. */
static int
multiply_diagonals(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *before,
    const struct mpc_vector *after)
{
	enum { BEFORE, AFTER, PRODUCT, WORDS };
	const struct bilinear times = bilinear_elements(y->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, WORDS, 0) == 0) {
		mpc_columns_diagonal(&r.word[BEFORE], before, y->n);
		mpc_columns_diagonal(&r.word[AFTER], after, y->n);
		if (mpc_product(S, &r.word[PRODUCT], &times, &r.word[BEFORE], &r.word[AFTER]) == 0)
			rc = mpc_truncate(S, y, &r.word[PRODUCT],
			    NN_MOMENT_BITS + NN_INVERSE_BITS - NN_INFLATION_BITS);
	}
	room_close(&r);
	return (rc);
}

/* y = y ok. */
static int
keep_regular(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *ok)
{
	const struct bilinear times = bilinear_elements(y->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, 2, 0) == 0) {
		mpc_copy(&r.word[0], y);
		mpc_rows_spread(&r.word[1], ok, 1, y->n);
		rc = mpc_product(S, y, &times, &r.word[0], &r.word[1]);
	}
	room_close(&r);
	return (rc);
}

int
nn_inflation(struct mpc *S, struct mpc_vector *y, const struct mpc_central *w)
{
	struct nn_equations e;
	struct mpc_vector G = { .n = 0 }, ok = { .n = 0 };
	int rc = -1;

	if (nn_equations_new(S, &e, w->cols, 0) == 0 &&
	    mpc_vector_new(S, &G, w->cols * w->cols) == 0 && mpc_vector_new(S, &ok, 1) == 0 &&
	    mpc_correlation(S, &G, w, NN_MOMENT_BITS) == 0) {
		e.inverse = true;
		mpc_copy(&e.rows, &G);
		if (nn_equations_solve(S, &e) == 0 && find_regular(S, &ok, &e.pivots) == 0 &&
		    multiply_diagonals(S, y, &G, &e.rows) == 0)
			rc = keep_regular(S, y, &ok);
	}
	nn_equations_free(&e);
	mpc_vector_free(&G);
	mpc_vector_free(&ok);
	return (rc);
}
