#ifndef SMPC_CLI_SCORE_BELONG_H
#define SMPC_CLI_SCORE_BELONG_H

/*
 * Whether predictions stand beside the labels of the rows that they were made of, as far as headers
 * say so: predictions of several folds that were put together in another order than their labels
 * have as many rows, and a figure that is wrong unseen.
 */

#include "data/ids.h"
#include "joint/blocks.h"

/* Zero it before its first use. */
struct score_belong {
	struct ids labels; /* all parts that labels are of */
	struct ids strays; /* what predictions were made of that stand beside others */
};

/*
 * score_belong_add(s, block):
 * Go on with a block of predictions and, in another stream, labels.  Return 0 or -1 (reported).
 */
int score_belong_add(struct score_belong *s, const struct block *block);

/*
 * score_belong_check(s, predictions, labels):
 * Refuse predictions that stand beside labels of some rows, and were made of others that are there,
 * too; the streams are called by their names.  Return 0 or -1 (reported, status 4).
 */
int score_belong_check(const struct score_belong *s, const char *predictions, const char *labels);

void score_belong_free(struct score_belong *s);

#endif /* !SMPC_CLI_SCORE_BELONG_H */
