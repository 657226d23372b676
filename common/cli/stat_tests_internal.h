#ifndef SMPC_CLI_STAT_TESTS_INTERNAL_H
#define SMPC_CLI_STAT_TESTS_INTERNAL_H

/* The tests of cli/stat_tests.h, each in a file of its own. */

#include "cli/stat_study.h"

/*
 * What the tests do with a tensor whose rows are there: find the result.  Return 0 or -1
 * (reported).
 */
int stat_means_find(struct stat_study *s);
int stat_counts_find(struct stat_study *s);
int stat_ranks_find(struct stat_study *s);
int stat_survival_find(struct stat_study *s);
int stat_log_rank_find(struct stat_study *s);

/*
 * stat_means_check(s), stat_survival_check(s):
 * What can be told before rows are there, or when their number is known; 0 or -1 (reported).
 */
int stat_means_check(const struct stat_study *s);
int stat_survival_check(const struct stat_study *s);

/*
 * stat_survival_edges(text, params, size):
 * Check the edges of bins, and write them as all parties must have given them.  Return 0 or -1
 * (reported: status 2).
 */
int stat_survival_edges(const char *text, char *params, size_t size);

#endif /* !SMPC_CLI_STAT_TESTS_INTERNAL_H */
