#ifndef SMPC_TABLE_XGBOOST_H
#define SMPC_TABLE_XGBOOST_H

/*
 * The JSON of xgboost's models (Booster.save_model of a name that ends in .json), as far as they
 * are trees with numeric splits: how trees are laid out as tensors, for those who read them
 * (xgboost.c, a format of tensors.h) and those who write them (data/trees_model.h).
 *
 * A tree of xgboost sends a row to the left where its value, a float32, is less than a split's, t.
 * Here a row goes right where its word is at least the threshold: the word of the least number that
 * is t as a float32.  What goes right there does here, values that are t among them; what goes left
 * does, too, unless it has that word as well.  The other way, a threshold w becomes the least
 * float32 above w - 1/2, in words, so that numbers which are no words go where their words do.
 */

#include <stddef.h>

/* What a model of trees has room for; nn/learner_trees.h has the same, and cli/import.c checks. */
#define XGBOOST_MOST_DEPTH 10
#define XGBOOST_MOST_TREES 4096
#define XGBOOST_MOST_CLASSES 64
#define XGBOOST_MOST_LEAVES ((size_t)1 << 20)
#define XGBOOST_NEVER 0x1p32   /* a threshold that no feature reaches */
#define XGBOOST_WORD_BITS 16   /* fraction bits of words of features */
#define XGBOOST_EXACT_WORDS 0x1p23 /* up to this float32 has halves of words, or all words */

#endif /* !SMPC_TABLE_XGBOOST_H */
