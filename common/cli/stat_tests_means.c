#include "cli/stat_tests_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/known.h"
#include "ring/fixed.h"

/*
 * t tests and analysis of variance: counts, sums, and sums of squares about the mean, of the rows
 * of each level and of the rows of all levels together.  They are exact but for the rounding of
 * squares, as means would not be: a difference of means may be small beside the range of a column
 * that has many rows.  So quotients are left to the table, which finds them in the clear.
 */

#define SUM_BITS 61

/* What is found of each level and, behind the last, of all of them. */
struct means {
	struct stat_study *s;
	size_t all;                    /* the number of levels, which is the position of that */
	struct mpc_category category;
	struct mpc_groups_shape shape;
	struct mpc_figure *figure;     /* of all columns the squares, then of all the sums */
	size_t *presence, *indicator;
	size_t *mask;                  /* of each column (func/groups.h) */
	struct mpc_vector x;           /* numbers, presence, and which level a row is of */
	struct mpc_groups groups;
	struct mpc_vector figures;
};

static int
exponent_of_squares(const struct stat_study *s, size_t j, const struct mpc_figure *figure)
{

	return (2 * part_about(s->part, j)->exponent - (int)s->part->fraction_bits -
	    mpc_squares_unit(figure, s->rows));
}

int
stat_means_check(const struct stat_study *s)
{
	const int64_t most = (int64_t)1 << SUM_BITS;
	struct bounds b;
	size_t i, j;
	int e;

	for (i = 0; i < s->n_tested; i++) {
		j = s->tested[i];
		b = bounds_of(part_about(s->part, j));
		const struct mpc_figure squares = { .kind = MPC_FIGURE_VARIANCE, .low = b.low,
			.high = b.high };

		if (bounds_scale(&b, s->rows, 0) == -1 || b.low <= -most || b.high >= most)
			return (bounds_refuse(s->part, j, "the sum of its numbers"));
		e = exponent_of_squares(s, j, &squares);
		if (e < -COLUMN_MAX_EXPONENT || e > COLUMN_MAX_EXPONENT)
			return (bounds_refuse(s->part, j, "what its numbers are multiplied to"));
	}
	return (0);
}

/* ---- what groups are made of ---- */

static int
make_means_shape(struct means *m)
{
	const struct stat_study *s = m->s;
	const size_t n = s->n_tested;
	struct bounds b;
	size_t i, sparse = 0;

	if ((m->figure = mem_array(2 * n, sizeof(*m->figure))) == NULL ||
	    (m->presence = mem_array(n, sizeof(*m->presence))) == NULL ||
	    (m->mask = mem_array(n, sizeof(*m->mask))) == NULL ||
	    (m->indicator = mem_array(m->all + 1, sizeof(*m->indicator))) == NULL)
		return (-1);
	for (i = 0; i < n; i++) {
		if (s->presence[i] != SIZE_MAX) {
			m->presence[sparse] = n + sparse;
			m->mask[i] = ++sparse;
		}
		b = bounds_of(part_about(s->part, s->tested[i]));
		m->figure[i] = (struct mpc_figure){ .kind = MPC_FIGURE_VARIANCE, .column = i,
			.mask = m->mask[i], .low = b.low, .high = b.high };
		m->figure[n + i] = m->figure[i];
		m->figure[n + i].kind = MPC_FIGURE_SUM;
	}
	for (i = 0; i <= m->all; i++)
		m->indicator[i] = n + sparse + i;
	m->category = (struct mpc_category){ .values = m->all + 1, .indicator = m->indicator };
	m->shape = (struct mpc_groups_shape){ .rows = s->rows, .cols = n + sparse + m->all + 1,
		.fraction_bits = s->part->fraction_bits, .by = &m->category, .n_by = 1,
		.presence = m->presence, .n_presence = sparse, .figure = m->figure,
		.n_figures = 2 * n, .least = 1, .squares = true };
	return (0);
}

/* Columns of numbers, and those that tell which are there. */
static void
lay_numbers(struct means *m)
{
	const struct stat_study *s = m->s;
	const size_t cols = s->part->cols;
	size_t i;

	for (i = 0; i < s->n_tested; i++) {
		mpc_columns_lay(&m->x, m->shape.cols, i, &s->x, cols, s->tested[i], 1);
		if (m->mask[i] > 0)
			mpc_columns_lay(&m->x, m->shape.cols, m->presence[m->mask[i] - 1], &s->x,
			    cols, s->presence[i], 1);
	}
}

/* 1 where a row is of a level, and where it is of any; without levels, all are. */
static int
lay_members(struct means *m)
{
	const struct stat_study *s = m->s;
	const int64_t one = (int64_t)1 << s->part->fraction_bits;
	struct mpc_vector some = { .n = 0 }, all = { .n = 0 }, level;
	size_t k;
	int rc = -1;

	if (mpc_vector_new(s->S, &some, s->rows) == 0 && mpc_vector_new(s->S, &all, s->rows) == 0) {
		for (k = 0; k < m->all; k++) {
			level = mpc_part(&s->member, k * s->rows, s->rows);
			mpc_scale(&some, &level, one);
			mpc_columns_set(&m->x, &some, s->rows, m->shape.cols, m->indicator[k]);
			mpc_add(&all, &all, &some);
		}
		if (m->all == 0)
			mpc_add_public(&all, &all, one);
		mpc_columns_set(&m->x, &all, s->rows, m->shape.cols, m->indicator[m->all]);
		rc = 0;
	}
	mpc_vector_free(&some);
	mpc_vector_free(&all);
	return (rc);
}

static int
gather_means(struct means *m)
{
	const size_t rows = m->s->rows, cols = m->shape.cols;
	size_t step, first, n;
	struct mpc_vector some;

	if (mpc_vector_new(m->s->S, &m->x, rows * cols) == -1 || lay_members(m) == -1 ||
	    mpc_groups_new(m->s->S, &m->groups, &m->shape) == -1)
		return (-1);
	lay_numbers(m);
	step = mpc_groups_step(&m->groups);
	for (first = 0; first < rows; first += n) {
		n = (rows - first < step) ? rows - first : step;
		some = mpc_part(&m->x, first * cols, n * cols);
		if (mpc_groups_add(m->s->S, &m->groups, &some, n) == -1)
			return (-1);
	}
	return ((mpc_vector_new(m->s->S, &m->figures, m->shape.n_figures * (m->all + 1)) == -1) ?
	    -1 : mpc_groups_figures(m->s->S, &m->figures, &m->groups));
}

static void
means_free(struct means *m)
{

	mpc_vector_free(&m->x);
	mpc_vector_free(&m->figures);
	mpc_groups_free(&m->groups);
	free(m->figure);
	free(m->presence);
	free(m->mask);
	free(m->indicator);
}

/* Counts of column ${i}, and its sums, or those of squares: of each level, and of all. */
static struct mpc_vector
counts_of(const struct means *m, size_t i)
{

	return (mpc_part(&m->groups.count, m->mask[i] * (m->all + 1), m->all + 1));
}

static struct mpc_vector
sums_of_column(const struct means *m, size_t i, bool squares)
{

	return (mpc_part(&m->figures, (squares ? i : m->s->n_tested + i) * (m->all + 1),
	    m->all + 1));
}

/* ---- which are shown ---- */

/* counts[k][i]: how many rows of level ${k} have column ${i}; at last, how many are of no level. */
static int
lay_counts(const struct means *m, struct mpc_vector *counts)
{
	const size_t n = m->s->n_tested;
	struct mpc_vector of, count, to, none;
	size_t i, k;
	int rc;

	if ((rc = mpc_vector_new(m->s->S, &none, 1)) == 0) {
		count = mpc_part(&m->groups.count, m->all, 1);
		mpc_scale(&none, &count, -1);
		mpc_add_public(&none, &none, (int64_t)m->s->rows);
		for (i = 0; i < n; i++) {
			of = counts_of(m, i);
			for (k = 0; k <= m->all; k++) {
				count = mpc_part(&of, k, 1);
				to = mpc_part(counts, k * n + i, 1);
				mpc_copy(&to, (k < m->all) ? &count : &none);
			}
		}
	}
	mpc_vector_free(&none);
	return (rc);
}

/* Whether all levels of a column have the least count of rows; an empty one is none of ANOVA's. */
static int
find_shown_columns(const struct means *m, struct mpc_vector *ok)
{
	struct mpc_vector counts = { .n = 0 };
	bool *empty = mem_array(m->all + 1, sizeof(*empty));
	size_t k;
	int rc = -1;

	if (m->all == 0) {
		mpc_add_public(ok, ok, 1);
		rc = 0;
	} else if (empty != NULL &&
	    mpc_vector_new(m->s->S, &counts, (m->all + 1) * m->s->n_tested) == 0 &&
	    lay_counts(m, &counts) == 0) {
		for (k = 0; k <= m->all; k++)
			empty[k] = (k == m->all || m->s->asked->test == STAT_TEST_ANOVA);
		rc = stat_study_enough(m->s, ok, &counts, m->all + 1, empty);
	}
	mpc_vector_free(&counts);
	free(empty);
	return (rc);
}

/* ---- t tests ---- */

static struct column
sum_column(const struct means *m, size_t i)
{
	const struct mpc_span span = mpc_figure_span(&m->shape, &m->figure[m->s->n_tested + i]);

	return (stat_study_number((struct bounds){ span.low, span.high },
	    part_about(m->s->part, m->s->tested[i])->exponent));
}

static struct column
squares_column(const struct means *m, size_t i)
{

	return (stat_study_number((struct bounds){ 0, ((int64_t)1 << SUM_BITS) - 1 },
	    exponent_of_squares(m->s, m->s->tested[i], &m->figure[i])));
}

static int
add_mean_count(struct means *m, const char *name, const struct mpc_vector *count,
    const struct mpc_vector *times)
{
	struct column about = stat_study_count(m->s, m->s->rows);
	struct mpc_vector scaled;
	int rc;

	if ((rc = mpc_vector_new(m->s->S, &scaled, count->n)) == 0) {
		mpc_scale(&scaled, count, (int64_t)1 << m->s->part->fraction_bits);
		rc = stat_study_add(m->s, "count", name, &about, &scaled, times);
	}
	mpc_vector_free(&scaled);
	return (rc);
}

/* What the mean is held against, for the table. */
static int
add_mu(struct means *m, const char *name, size_t i)
{
	const struct stat_study *s = m->s;
	const char *text = s->asked->mu;
	const int e = part_about(s->part, s->tested[i])->exponent;
	struct mpc_vector mu;
	struct column about;
	int64_t v;
	int rc;

	if (fixed_parse_scaled(text, strlen(text), (int)s->part->fraction_bits - e, &v) !=
	    FIXED_OK || llabs(v) >= (int64_t)1 << SUM_BITS)
		return (known_refuse(s->part, s->tested[i], "--mu %s does not fit its scale",
		    text));
	about = stat_study_number((struct bounds){ v, v }, e);
	if ((rc = mpc_vector_new(s->S, &mu, 1)) == 0) {
		mpc_add_public(&mu, &mu, v);
		rc = stat_study_add(m->s, "mu", name, &about, &mu, NULL);
	}
	mpc_vector_free(&mu);
	return (rc);
}

/* The sums of squares of both groups together, in either row: Student's test has no more. */
static void
pool_squares(struct mpc_vector *squares)
{
	struct mpc_vector one = mpc_part(squares, 0, 1), two = mpc_part(squares, 1, 1);

	mpc_add(&one, &one, &two);
	mpc_copy(&two, &one);
}

/* Of a column: how many, sum, squares; of two groups a row each. */
static int
add_t_columns(struct means *m, size_t i, const struct mpc_vector *ok)
{
	const size_t rows = m->s->result_rows;
	const struct mpc_vector counts = counts_of(m, i), sums = sums_of_column(m, i, false),
	    all = sums_of_column(m, i, true), count = mpc_part(&counts, 0, rows),
	    sum = mpc_part(&sums, 0, rows), shown = mpc_part(ok, i, 1);
	struct mpc_vector squares = mpc_part(&all, 0, rows), times;
	struct column about = sum_column(m, i);
	char name[STAT_STUDY_NAME];
	int rc = -1;

	stat_study_name(m->s, m->s->tested[i], name);
	if (m->s->asked->equal)
		pool_squares(&squares);
	if (mpc_vector_new(m->s->S, &times, rows) == 0) {
		mpc_rows_spread(&times, &shown, 1, rows);
		if ((m->s->asked->mu == NULL || add_mu(m, name, i) == 0) &&
		    add_mean_count(m, name, &count, &times) == 0 &&
		    stat_study_add(m->s, "sum", name, &about, &sum, &times) == 0) {
			about = squares_column(m, i);
			rc = stat_study_add(m->s, m->s->asked->equal ? "pooled" : "squares", name,
			    &about, &squares, &times);
		}
	}
	mpc_vector_free(&times);
	return (rc);
}

static int
find_t(struct means *m, const struct mpc_vector *ok)
{
	const bool two = (m->all > 0);
	size_t i;

	if (stat_study_result(m->s, two ? 2 : 1, 3 * m->s->n_tested + (two ? 1 :
	    m->s->n_tested)) == -1 || (two && stat_study_levels(m->s) == -1))
		return (-1);
	for (i = 0; i < m->s->n_tested; i++) {
		if (add_t_columns(m, i, ok) == -1)
			return (-1);
	}
	return (0);
}

/* ---- analysis of variance ---- */

/* How many levels have rows. */
static int
count_levels(struct means *m, struct mpc_vector *y, const struct mpc_vector *counts)
{
	static const int64_t one = 1;
	const struct mpc_comparison c = { .high = word_bits(m->s->rows + 1) + 1, .count = 1,
		.thresholds = &one };
	struct mpc_vector some = { .n = 0 };
	struct mpc_bits bit = { .n = 0 };
	const struct mpc_selection_term term = { .bit = &bit, .constant = { 1 } };
	int rc = -1;

	if (mpc_bits_new(m->s->S, &bit, m->all) == 0 &&
	    mpc_vector_new(m->s->S, &some, m->all) == 0 &&
	    mpc_compare(m->s->S, &bit, counts, &c) == 0 &&
	    (rc = mpc_select(m->s->S, &some, &(struct mpc_selection){ .count = 1,
		.terms = &term, .results = 1 })) == 0)
		mpc_rows_sum(y, &some, 1, m->all);
	mpc_bits_free(&bit);
	mpc_vector_free(&some);
	return (rc);
}

static int
add_anova_columns(struct means *m, size_t i, const struct mpc_vector *ok)
{
	enum { LEVELS, BETWEEN, WITHIN, WORDS };
	const struct mpc_vector counts = counts_of(m, i), levels = mpc_part(&counts, 0, m->all),
	    count = mpc_part(&counts, m->all, 1), times = mpc_part(ok, i, 1),
	    squares = sums_of_column(m, i, true), each = mpc_part(&squares, 0, m->all);
	struct column about = stat_study_count(m->s, m->all);
	struct mpc_vector all, part[WORDS];
	char name[STAT_STUDY_NAME];
	int rc = -1;

	stat_study_name(m->s, m->s->tested[i], name);
	if (mpc_vector_new(m->s->S, &all, WORDS) == -1)
		return (-1);
	part[LEVELS] = mpc_part(&all, LEVELS, 1);
	part[BETWEEN] = mpc_part(&all, BETWEEN, 1);
	part[WITHIN] = mpc_part(&all, WITHIN, 1);
	mpc_rows_sum(&part[WITHIN], &each, 1, m->all);
	if (mpc_groups_between(m->s->S, &part[BETWEEN], &m->groups, m->s->n_tested + i) == 0 &&
	    count_levels(m, &part[LEVELS], &levels) == 0) {
		mpc_scale(&part[LEVELS], &part[LEVELS], (int64_t)1 << m->s->part->fraction_bits);
		if (add_mean_count(m, name, &count, &times) == 0 &&
		    stat_study_add(m->s, "groups", name, &about, &part[LEVELS], &times) == 0) {
			about = squares_column(m, i);
			rc = stat_study_add(m->s, "between", name, &about, &part[BETWEEN],
			    &times);
		}
		if (rc == 0) {
			about = squares_column(m, i);
			rc = stat_study_add(m->s, "within", name, &about, &part[WITHIN], &times);
		}
	}
	mpc_vector_free(&all);
	return (rc);
}

static int
find_anova(struct means *m, const struct mpc_vector *ok)
{
	size_t i;

	if (stat_study_result(m->s, 1, 4 * m->s->n_tested) == -1)
		return (-1);
	for (i = 0; i < m->s->n_tested; i++) {
		if (add_anova_columns(m, i, ok) == -1)
			return (-1);
	}
	return (0);
}

int
stat_means_find(struct stat_study *s)
{
	struct means m = { .s = s, .all = s->levels };
	struct mpc_vector ok = { .n = 0 };
	int rc = -1;

	if (make_means_shape(&m) == 0 && gather_means(&m) == 0 &&
	    mpc_vector_new(s->S, &ok, s->n_tested) == 0 && find_shown_columns(&m, &ok) == 0)
		rc = (s->asked->test == STAT_TEST_ANOVA) ? find_anova(&m, &ok) : find_t(&m, &ok);
	mpc_vector_free(&ok);
	means_free(&m);
	return (rc);
}
