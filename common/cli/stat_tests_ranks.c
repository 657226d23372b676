#include "cli/stat_tests_internal.h"

#include <string.h>

#include "base/diag.h"
#include "func/ranks.h"

/*
 * The test of Mann and Whitney, or Wilcoxon's of two samples: ranks of all rows by a secret order,
 * added up for each group.  All figures are whole numbers, and exact.
 */

/* Of a column. */
struct ranks {
	struct stat_study *s;
	size_t i;                   /* among those tested */
	struct mpc_vector x;
	struct mpc_vector present;  /* 1 where a row has a value, and a group; n = 0: all do */
	struct mpc_vector rank;     /* func/ranks.h */
	struct mpc_vector count, u; /* of both groups */
	struct mpc_vector squares;  /* of ranks, the same for both */
	struct mpc_vector ok;
};

static void
ranks_free(struct ranks *r)
{

	mpc_vector_free(&r->x);
	mpc_vector_free(&r->present);
	mpc_vector_free(&r->rank);
	mpc_vector_free(&r->count);
	mpc_vector_free(&r->u);
	mpc_vector_free(&r->squares);
	mpc_vector_free(&r->ok);
}

static int
ranks_new(struct ranks *r)
{
	struct mpc *S = r->s->S;
	const size_t rows = r->s->rows;
	const bool some = (r->s->presence[r->i] != SIZE_MAX ||
	    r->s->plan.by[0].indicator != NULL);

	return ((mpc_vector_new(S, &r->x, rows) == -1 ||
	    mpc_vector_new(S, &r->present, some ? rows : 0) == -1 ||
	    mpc_vector_new(S, &r->rank, rows) == -1 || mpc_vector_new(S, &r->count, 2) == -1 ||
	    mpc_vector_new(S, &r->u, 2) == -1 || mpc_vector_new(S, &r->squares, 2) == -1 ||
	    mpc_vector_new(S, &r->ok, 1) == -1) ? -1 : 0);
}

/* Rows of neither group, as a category may have without all its indicators, have no rank. */
static int
find_present(struct ranks *r)
{
	const struct stat_study *s = r->s;
	const size_t rows = s->rows;
	const struct bilinear times = bilinear_elements(rows);
	struct mpc_vector value = { .n = 0 }, grouped = { .n = 0 }, level;
	size_t k;
	int rc = -1;

	if (r->present.n == 0)
		return (0);
	if (mpc_vector_new(s->S, &value, rows) == 0 && mpc_vector_new(s->S, &grouped, rows) == 0) {
		for (k = 0; k < 2; k++) {
			level = mpc_part(&s->member, k * rows, rows);
			mpc_add(&grouped, &grouped, &level);
		}
		if (s->presence[r->i] == SIZE_MAX) {
			mpc_copy(&r->present, &grouped);
			rc = 0;
		} else if (stat_study_present(s, r->i, &value) == 0)
			rc = mpc_product(s->S, &r->present, &times, &value, &grouped);
	}
	mpc_vector_free(&value);
	mpc_vector_free(&grouped);
	return (rc);
}

static int
find_ranks(struct ranks *r)
{
	const struct stat_study *s = r->s;
	struct bounds b = bounds_of(part_about(s->part, s->tested[r->i]));
	struct mpc_ranked ranked = { .x = &r->x,
		.present = (r->present.n > 0) ? &r->present : NULL };

	if (r->present.n > 0)
		bounds_unite(&b, (struct bounds){ 0, 0 });
	if (bounds_bits(b) > MPC_NUMBER_RANGE)
		return (bounds_refuse(s->part, s->tested[r->i], "a number of it"));
	ranked.low = b.low;
	ranked.high = b.high;
	mpc_columns_get(&r->x, &s->x, s->rows, s->part->cols, s->tested[r->i]);
	return (mpc_ranks(s->S, &r->rank, &ranked));
}

/* Sums over the rows of each group: of how many are there, and of their ranks; and all squares. */
static int
add_ranks(struct ranks *r, struct mpc_vector sum[2])
{
	const struct stat_study *s = r->s;
	const struct bilinear sums = bilinear_matrices(2, s->rows, 1),
	    squares = bilinear_matrices(1, s->rows, 1);
	struct mpc_vector one = mpc_part(&r->squares, 0, 1), two = mpc_part(&r->squares, 1, 1);

	if (mpc_product(s->S, &sum[1], &sums, &s->member, &r->rank) == -1 ||
	    mpc_product(s->S, &one, &squares, &r->rank, &r->rank) == -1)
		return (-1);
	mpc_copy(&two, &one);
	if (r->present.n > 0)
		return (mpc_product(s->S, &sum[0], &sums, &s->member, &r->present));
	mpc_rows_sum(&sum[0], &s->member, 2, s->rows);
	return (0);
}

/*
 * Twice U: of a group of n rows that is all rank sum less n (n + 1) / 2; with ranks that have the
 * middle taken off, and doubled, it is n m and their sum, for m rows of the other group.
 */
static int
find_u(struct ranks *r, const struct mpc_vector sum[2])
{
	const struct bilinear times = bilinear_elements(1);
	struct mpc_vector one = mpc_part(&sum[0], 0, 1), two = mpc_part(&sum[0], 1, 1), product;
	int rc;

	if ((rc = mpc_vector_new(r->s->S, &product, 1)) == 0 &&
	    (rc = mpc_product(r->s->S, &product, &times, &one, &two)) == 0) {
		mpc_rows_spread(&r->u, &product, 1, 2);
		mpc_add(&r->u, &r->u, &sum[1]);
	}
	mpc_vector_free(&product);
	return (rc);
}

/* Both groups are there, and have the least count; so have rows of none, if there are some. */
static int
find_shown_ranks(struct ranks *r)
{
	static const bool empty[] = { false, false, true };
	const struct stat_study *s = r->s;
	struct mpc_vector counts = { .n = 0 }, sizes = { .n = 0 }, to, all;
	int rc = -1;

	if (mpc_vector_new(s->S, &counts, 3) == 0 && mpc_vector_new(s->S, &sizes, 2) == 0 &&
	    mpc_vector_new(s->S, &all, 1) == 0) {
		to = mpc_part(&counts, 0, 2);
		mpc_copy(&to, &r->count);
		mpc_rows_sum(&sizes, &s->member, 2, s->rows);
		mpc_rows_sum(&all, &sizes, 1, 2);
		to = mpc_part(&counts, 2, 1);
		mpc_scale(&to, &all, -1);
		mpc_add_public(&to, &to, (int64_t)s->rows);
		rc = stat_study_enough(s, &r->ok, &counts, 3, empty);
		mpc_vector_free(&all);
	}
	mpc_vector_free(&counts);
	mpc_vector_free(&sizes);
	return (rc);
}

static int
rank_tested(struct ranks *r)
{
	struct mpc_vector sum[2] = { { .n = 0 }, { .n = 0 } };
	int rc = -1;

	if (ranks_new(r) == 0 && mpc_vector_new(r->s->S, &sum[0], 2) == 0 &&
	    mpc_vector_new(r->s->S, &sum[1], 2) == 0 && find_present(r) == 0 &&
	    find_ranks(r) == 0 && add_ranks(r, sum) == 0 && find_u(r, sum) == 0) {
		mpc_copy(&r->count, &sum[0]);
		rc = find_shown_ranks(r);
	}
	mpc_vector_free(&sum[0]);
	mpc_vector_free(&sum[1]);
	return (rc);
}

static int
add_ranks_columns(struct ranks *r)
{
	struct stat_study *s = r->s;
	const int f = (int)s->part->fraction_bits;
	const int64_t n = (int64_t)s->rows;
	struct column about = stat_study_number((struct bounds){ 0, n }, f);
	struct mpc_vector times;
	char name[STAT_STUDY_NAME];
	int rc = -1;

	stat_study_name(s, s->tested[r->i], name);
	if (mpc_vector_new(s->S, &times, 2) == 0) {
		mpc_rows_spread(&times, &r->ok, 1, 2);
		if (stat_study_add(s, "count", name, &about, &r->count, &times) == 0) {
			about = stat_study_number((struct bounds){ 0, n * n }, f - 1);
			rc = stat_study_add(s, "u", name, &about, &r->u, &times);
		}
		if (rc == 0) {
			about = stat_study_number((struct bounds){ 0, n * n * n }, f);
			rc = stat_study_add(s, "squares", name, &about, &r->squares, &times);
		}
	}
	mpc_vector_free(&times);
	return (rc);
}

int
stat_ranks_find(struct stat_study *s)
{
	struct ranks r;
	size_t i;
	int rc;

	if (s->rows >= MPC_RANKS_MAX_SPARSE)
		return (fail(ST_RANGE, "tensor '%s' has 2^20 rows or more, and a test by ranks "
		    "takes fewer: take some (smpc-head)", s->part->name));
	if ((rc = stat_study_result(s, 2, 1 + 3 * s->n_tested)) == 0)
		rc = stat_study_levels(s);
	for (i = 0; i < s->n_tested && rc == 0; i++) {
		memset(&r, 0, sizeof(r));
		r.s = s;
		r.i = i;
		if ((rc = rank_tested(&r)) == 0)
			rc = add_ranks_columns(&r);
		ranks_free(&r);
	}
	return (rc);
}
