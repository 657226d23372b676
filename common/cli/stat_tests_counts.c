#include "cli/stat_tests_internal.h"

#include <stdlib.h>

#include "base/mem.h"
#include "func/contingency.h"

/* Chi-square of two categories: of the table of counts nothing but that is in the result. */

/* Which rows have which pair of values, some rows at a time. */
static int
gather_counts(struct stat_study *s, struct mpc_groups *g)
{
	const size_t cols = s->part->cols;
	size_t step, first, n;
	struct mpc_vector some;

	if (mpc_groups_new(s->S, g, &s->plan.shape) == -1)
		return (-1);
	step = mpc_groups_step(g);
	for (first = 0; first < s->rows; first += n) {
		n = (s->rows - first < step) ? s->rows - first : step;
		some = mpc_part(&s->x, first * cols, n * cols);
		if (mpc_groups_add(s->S, g, &some, n) == -1)
			return (-1);
	}
	return (0);
}

/* A value that no row has leaves nothing to say, as in R; rows without a pair may be none. */
static int
find_shown_table(const struct stat_study *s, const struct mpc_contingency *t,
    struct mpc_vector *ok)
{
	const size_t k = t->rows + t->cols + 1;
	bool *empty = mem_array(k, sizeof(*empty));
	struct mpc_vector counts, to;
	int rc = -1;

	if (mpc_vector_new(s->S, &counts, k) == 0 && empty != NULL) {
		to = mpc_part(&counts, 0, t->rows);
		mpc_copy(&to, &t->row);
		to = mpc_part(&counts, t->rows, t->cols);
		mpc_copy(&to, &t->col);
		to = mpc_part(&counts, k - 1, 1);
		mpc_scale(&to, &t->all, -1);
		mpc_add_public(&to, &to, (int64_t)s->rows);
		empty[k - 1] = true;
		rc = stat_study_enough(s, ok, &counts, k, empty);
	}
	mpc_vector_free(&counts);
	free(empty);
	return (rc);
}

static int
add_chi_square(struct stat_study *s, const struct mpc_contingency *t,
    const struct mpc_vector *square, const struct mpc_vector *ok)
{
	const unsigned f = s->part->fraction_bits;
	const uint64_t most = (uint64_t)s->rows * ((t->rows < t->cols) ? t->rows : t->cols),
	    degrees = (t->rows - 1) * (t->cols - 1);
	struct column about = stat_study_number((struct bounds){ 0,
		(int64_t)(most << MPC_CHI_SQUARE_BITS) }, (int)f - MPC_CHI_SQUARE_BITS);
	struct mpc_vector freedom = { .n = 0 }, count = { .n = 0 };
	int rc = -1;

	if (stat_study_result(s, 1, 3) == 0 &&
	    stat_study_add(s, "chi_square", NULL, &about, square, ok) == 0 &&
	    mpc_vector_new(s->S, &freedom, 1) == 0 && mpc_vector_new(s->S, &count, 1) == 0) {
		mpc_add_public(&freedom, &freedom, (int64_t)degrees << f);
		mpc_scale(&count, &t->all, (int64_t)1 << f);
		about = stat_study_count(s, degrees);
		if (stat_study_add(s, "df", NULL, &about, &freedom, NULL) == 0) {
			about = stat_study_count(s, s->rows);
			rc = stat_study_add(s, "count", NULL, &about, &count, ok);
		}
	}
	mpc_vector_free(&freedom);
	mpc_vector_free(&count);
	return (rc);
}

int
stat_counts_find(struct stat_study *s)
{
	struct mpc_contingency t = { .rows = s->plan.by[0].values, .cols = s->plan.by[1].values,
		.most_log = word_bits(s->rows) };
	const bool corrected = (t.rows == 2 && t.cols == 2 && !s->asked->uncorrected);
	struct mpc_vector square = { .n = 0 }, ok = { .n = 0 }, counts;
	struct mpc_groups g = { .n_sums = 0 };
	int rc = -1;

	if (group_plan_rows(&s->plan, s->rows) == 0 && gather_counts(s, &g) == 0 &&
	    mpc_contingency_new(s->S, &t) == 0 && mpc_vector_new(s->S, &square, 1) == 0 &&
	    mpc_vector_new(s->S, &ok, 1) == 0) {
		counts = mpc_part(&g.count, 0, g.groups);
		mpc_copy(&t.count, &counts);
		mpc_contingency_sum(&t);
		if (find_shown_table(s, &t, &ok) == 0 &&
		    mpc_chi_square(s->S, &square, &t, corrected) == 0)
			rc = add_chi_square(s, &t, &square, &ok);
	}
	mpc_contingency_free(&t);
	mpc_vector_free(&square);
	mpc_vector_free(&ok);
	mpc_groups_free(&g);
	return (rc);
}
