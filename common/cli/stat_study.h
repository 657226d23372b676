#ifndef SMPC_CLI_STAT_STUDY_H
#define SMPC_CLI_STAT_STUDY_H

/* What the tests of cli/stat_tests.h share: a tensor, its groups, and a result of figures. */

#include <stddef.h>
#include <stdint.h>

#include "cli/group_plan.h"
#include "cli/stage.h"
#include "cli/stat_tests.h"
#include "data/bounds.h"

struct stat_study {
	const struct stat_tests_asked *asked;
	struct stage *stage;
	struct mpc *S;
	const struct part *part;
	const char *where;
	struct group_plan plan;   /* of the categories; without any, zeroed */
	size_t levels;            /* of the categories, or their pairs; 0: without any */
	/* columns that are tested, and of each that which tells what is missing, or SIZE_MAX */
	size_t *tested, *presence, n_tested;
	size_t rows;
	struct mpc_vector x;      /* the whole tensor */
	struct mpc_vector member; /* levels x rows: 1 where the row is of the level, else 0 */
	struct stage_inputs inputs;
	/* of the result: rows of the same width; a number, and 1 or 0 that it is multiplied by */
	size_t result_rows, result_cols, at;
	char **names;
	struct column *about;
	struct mpc_vector value, times;
};

/*
 * stat_study_free(s):
 * Free all that it holds; harmless on one that is zeroed but for what is not its own.
 */
void stat_study_free(struct stat_study *s);

/*
 * stat_study_result(s, rows, cols):
 * Begin a result; stat_study_add appends columns to it.
 *
 * stat_study_add(s, figure, of, about, value, times):
 * Append a column, called ${figure}, or ${figure}_${of} where ${of} is not NULL, of which ${about}
 * says what is known, and which is forgotten: ${value}, times the numbers ${times}, which are 1 or
 * 0; NULL: 1.
 *
 * stat_study_levels(s):
 * Append a column that says which level a row is, for results that have a row for each.
 *
 * All return 0 or -1 (reported).
 */
int stat_study_result(struct stat_study *s, size_t rows, size_t cols);
int stat_study_add(struct stat_study *s, const char *figure, const char *of, struct column *about,
    const struct mpc_vector *value, const struct mpc_vector *times);
int stat_study_levels(struct stat_study *s);

/*
 * stat_study_count(s, most), stat_study_number(bounds, exponent):
 * What is known of a column of counts up to ${most}, whose words have the part's fraction bits; of
 * another one.
 */
struct column stat_study_count(const struct stat_study *s, uint64_t most);
struct column stat_study_number(struct bounds b, int exponent);

/*
 * stat_study_name(s, j, text):
 * What the results of column ${j} are called by: its name, or its position.
 */
#define STAT_STUDY_NAME (PART_MAX_COLUMN_NAME_BYTES + 1)
void stat_study_name(const struct stat_study *s, size_t j, char text[static STAT_STUDY_NAME]);

/*
 * stat_study_enough(s, ok, counts, k, empty):
 * ok[i] = 1 where each of counts[j][i], for j below ${k}, has the least count of rows, or, with
 * empty[j], is 0; else 0.  Return 0 or -1 (reported).
 */
int stat_study_enough(const struct stat_study *s, struct mpc_vector *ok,
    const struct mpc_vector *counts, size_t k, const bool *empty);

/*
 * stat_study_present(s, i, y):
 * y = 1 in rows where tested column ${i}, which has missing values, has one, else 0.  Return 0 or
 * -1 (reported).
 */
int stat_study_present(const struct stat_study *s, size_t i, struct mpc_vector *y);

#endif /* !SMPC_CLI_STAT_STUDY_H */
