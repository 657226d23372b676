#include "cli/stat_study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

void
stat_study_free(struct stat_study *s)
{
	size_t j;

	for (j = 0; s->names != NULL && j < s->result_cols; j++)
		free(s->names[j]);
	free(s->names);
	columns_free(s->about, (s->about != NULL) ? s->result_cols : 0);
	mpc_vector_free(&s->x);
	mpc_vector_free(&s->member);
	mpc_vector_free(&s->value);
	mpc_vector_free(&s->times);
	stage_inputs_free(&s->inputs);
	group_plan_free(&s->plan);
	free(s->tested);
	free(s->presence);
}

void
stat_study_name(const struct stat_study *s, size_t j, char text[static STAT_STUDY_NAME])
{

	if (s->part->columns != NULL)
		snprintf(text, STAT_STUDY_NAME, "%s", s->part->columns[j]);
	else
		snprintf(text, STAT_STUDY_NAME, "%zu", j + 1);
}

struct column
stat_study_number(struct bounds b, int exponent)
{
	struct column c;

	column_init(&c);
	column_result(&c, b, exponent);
	return (c);
}

struct column
stat_study_count(const struct stat_study *s, uint64_t most)
{
	struct bounds b = { 0, (int64_t)most };

	(void)bounds_scale(&b, 1, s->part->fraction_bits);
	return (stat_study_number(b, 0));
}

int
stat_study_result(struct stat_study *s, size_t rows, size_t cols)
{

	s->result_rows = rows;
	s->result_cols = cols;
	return (((s->names = mem_array(cols, sizeof(*s->names))) == NULL ||
	    (s->about = mem_array(cols, sizeof(*s->about))) == NULL ||
	    mpc_vector_new(s->S, &s->value, rows * cols) == -1 ||
	    mpc_vector_new(s->S, &s->times, rows * cols) == -1) ? -1 : 0);
}

int
stat_study_add(struct stat_study *s, const char *figure, const char *of, struct column *about,
    const struct mpc_vector *value, const struct mpc_vector *times)
{
	const size_t n = s->result_rows;
	struct buf name = { NULL, 0, 0 };
	struct mpc_vector one;
	int rc = -1;

	s->about[s->at] = *about;
	if (mpc_vector_new(s->S, &one, n) == 0 && buf_string(&name, figure) == 0 &&
	    (of == NULL || (buf_string(&name, "_") == 0 && buf_string(&name, of) == 0)) &&
	    buf_append(&name, "", 1) == 0) {
		mpc_add_public(&one, &one, 1);
		mpc_columns_set(&s->value, value, n, s->result_cols, s->at);
		mpc_columns_set(&s->times, (times != NULL) ? times : &one, n, s->result_cols,
		    s->at);
		rc = (strlen(name.data) <= PART_MAX_COLUMN_NAME_BYTES) ? 0 : fail(ST_FAILED,
		    "the name '%.60s...' would be too long: give the column a shorter one "
		    "(smpc-cut --rename)", name.data);
	}
	mpc_vector_free(&one);
	s->names[s->at++] = name.data;
	return (rc);
}

int
stat_study_levels(struct stat_study *s)
{
	const size_t rows = s->result_rows, each = rows / s->levels;
	word *codes = mem_array(rows, sizeof(*codes));
	struct mpc_vector code;
	struct column about;
	size_t i;
	int rc = -1;

	column_init(&about);
	if (mpc_vector_new(s->S, &code, rows) == 0 && codes != NULL &&
	    column_copy(&about, &s->plan.about[0]) == 0) {
		for (i = 0; i < rows; i++)
			codes[i] = (word)(i / each) << s->part->fraction_bits;
		mpc_add_public_words(&code, &code, codes);
		rc = stat_study_add(s, s->plan.names[0], NULL, &about, &code, NULL);
	} else
		column_clear(&about);
	mpc_vector_free(&code);
	free(codes);
	return (rc);
}

int
stat_study_present(const struct stat_study *s, size_t i, struct mpc_vector *y)
{

	mpc_columns_get(y, &s->x, s->rows, s->part->cols, s->presence[i]);
	return ((s->part->fraction_bits == 0) ? 0 :
	    mpc_truncate(s->S, y, y, s->part->fraction_bits));
}

/*
 * bad[j][i] = 1 where a count is below the least, or, where it may be 0, is not 0 besides.  A least
 * count beyond all rows is one that no group has.
 */
static int
find_small(const struct stat_study *s, struct mpc_vector *bad, const struct mpc_vector *counts,
    size_t k, const bool *empty)
{
	const size_t n = counts->n, each = n / k;
	const int64_t edges[2] = { 1, (s->asked->least > s->rows) ? (int64_t)s->rows + 1 :
		(int64_t)s->asked->least };
	const struct mpc_comparison c = { .high = word_bits(s->rows + 2) + 1, .count = 2,
		.thresholds = edges };
	struct mpc_bits bit[2] = { { .n = 0 }, { .n = 0 } };
	struct mpc_vector number[2] = { { .n = 0 }, { .n = 0 } }, some, enough, to;
	size_t i, j;
	int rc = -1;

	if (mpc_bits_new(s->S, &bit[0], n) == 0 && mpc_bits_new(s->S, &bit[1], n) == 0 &&
	    mpc_vector_new(s->S, &number[0], n) == 0 && mpc_vector_new(s->S, &number[1], n) == 0 &&
	    mpc_compare(s->S, bit, counts, &c) == 0) {
		for (i = 0, rc = 0; i < 2 && rc == 0; i++) {
			const struct mpc_selection_term term = { .bit = &bit[i],
				.constant = { 1 } };

			rc = mpc_select(s->S, &number[i], &(struct mpc_selection){ .count = 1,
				.terms = &term, .results = 1 });
		}
		for (j = 0; j < k; j++) {
			some = mpc_part(&number[0], j * each, each);
			enough = mpc_part(&number[1], j * each, each);
			to = mpc_part(bad, j * each, each);
			mpc_zero(&to);
			if (empty[j])
				mpc_copy(&to, &some);
			else
				mpc_add_public(&to, &to, 1);
			mpc_subtract(&to, &to, &enough);
		}
	}
	for (i = 0; i < 2; i++) {
		mpc_bits_free(&bit[i]);
		mpc_vector_free(&number[i]);
	}
	return (rc);
}

/* ok = [no count is bad]: 0 of them is less than 1. */
static int
find_no_small(const struct stat_study *s, struct mpc_vector *ok, const struct mpc_vector *bad,
    size_t k)
{
	const int64_t one = 1;
	const struct mpc_comparison c = { .high = word_bits(k + 1) + 1, .count = 1,
		.thresholds = &one };
	struct mpc_vector sum = { .n = 0 }, part;
	struct mpc_bits bit = { .n = 0 };
	const struct mpc_selection_term term = { .bit = &bit, .constant = { 1 } };
	size_t j;
	int rc = -1;

	if (mpc_vector_new(s->S, &sum, ok->n) == 0 && mpc_bits_new(s->S, &bit, ok->n) == 0) {
		for (j = 0; j < k; j++) {
			part = mpc_part(bad, j * ok->n, ok->n);
			mpc_add(&sum, &sum, &part);
		}
		if ((rc = mpc_compare(s->S, &bit, &sum, &c)) == 0) {
			mpc_not(&bit, &bit);
			rc = mpc_select(s->S, ok, &(struct mpc_selection){ .count = 1,
				.terms = &term, .results = 1 });
		}
	}
	mpc_vector_free(&sum);
	mpc_bits_free(&bit);
	return (rc);
}

int
stat_study_enough(const struct stat_study *s, struct mpc_vector *ok,
    const struct mpc_vector *counts, size_t k, const bool *empty)
{
	struct mpc_vector bad;
	int rc;

	if ((rc = mpc_vector_new(s->S, &bad, counts->n)) == 0 &&
	    (rc = find_small(s, &bad, counts, k, empty)) == 0)
		rc = find_no_small(s, ok, &bad, k);
	mpc_vector_free(&bad);
	return (rc);
}
