#ifndef SMPC_DATA_TEST_TABLE_H
#define SMPC_DATA_TEST_TABLE_H

/*
 * The tables of statistical tests, as statisticians have them, from the figures that smpc-stat
 * leaves in shares: statistics, degrees of freedom, probabilities and intervals are found here, in
 * the clear.  smpc-stat(1), TESTS, has the formulas' conventions, which are R's.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "data/part.h"

struct test_table;

/*
 * test_table_is(part):
 * Whether a tensor is one of a test, by its name.
 */
bool test_table_is(const struct part *part);

/*
 * test_table_new(part), test_table_free(t):
 * Begin with a tensor, of which this is the first part; NULL on failure (reported).  Wipe and free;
 * harmless on NULL.
 */
struct test_table *test_table_new(const struct part *part);
void test_table_free(struct test_table *t);

/*
 * test_table_row(t, words):
 * Take the next row.  Return 0 or -1 (reported).
 */
int test_table_row(struct test_table *t, const uint64_t *words);

/*
 * test_table_print(t, text):
 * Append the table as CSV.  What is not defined, as of a group that is empty, constant or not
 * shown, is NaN.  Return 0 or -1 (reported: status 1 where it is no result of that test).
 */
int test_table_print(const struct test_table *t, struct buf *text);

#endif /* !SMPC_DATA_TEST_TABLE_H */
