#ifndef SMPC_CLI_STAT_TESTS_H
#define SMPC_CLI_STAT_TESTS_H

/*
 * Tests of statistics, and tables of survival, for smpc-stat: what a command line asks for, and the
 * work of a session.  What a test says of all rows, or of groups of them, is a tensor of figures
 * that its table is made of in the clear (data/test_table.h).
 */

#include <stdbool.h>
#include <stdint.h>

#include "cli/tool.h"

enum stat_test {
	STAT_TEST_T,
	STAT_TEST_ANOVA,
	STAT_TEST_CHI_SQUARE,
	STAT_TEST_MANN_WHITNEY,
	STAT_TEST_SURVIVAL,
	STAT_TEST_LOG_RANK,
	STAT_TESTS
};

/* As they are called on the command line, and their tensors. */
extern const char *const stat_test_names[STAT_TESTS];

/* The options of tests; NULL, false and 0 are none. */
struct stat_tests_asked {
	enum stat_test test;
	struct strings by;     /* categories */
	const char *mu;        /* what a mean is held against */
	bool equal;            /* variances are: Student's test */
	bool uncorrected;      /* chi-square without Yates' correction */
	const char *time, *event, *bins;
	uint64_t least;        /* rows of a group; 0: STAT_TESTS_LEAST */
};

#define STAT_TESTS_LEAST 10
#define STAT_TESTS_MAX_EDGES 64

/*
 * stat_tests_find(name, test):
 * Whether ${name} is a test's; set *${test} to it.
 */
bool stat_tests_find(const char *name, enum stat_test *test);

/*
 * stat_tests_run(asked, operands, count):
 * Do it, in a session or however else the options of a stage say (cli/stage.h).  Return 0 or -1
 * (reported: status 2 where options and test do not go together).
 */
int stat_tests_run(const struct stat_tests_asked *asked, char **operands, size_t count);

#endif /* !SMPC_CLI_STAT_TESTS_H */
