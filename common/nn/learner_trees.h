#ifndef SMPC_NN_LEARNER_TREES_H
#define SMPC_NN_LEARNER_TREES_H

/*
 * Decision trees as a learner: one, a forest, or boosting (smpc-protocol(7), Trees).
 *
 * Each column is cut into bins at edges, which are quantiles of all rows and stay secret.  A tree
 * is grown level by level: of each node, sums of gradients and curvatures over the rows that are
 * right of each edge are one product of matrices; the gains of all splits follow from them at once;
 * the best split stays secret, and so does which rows go where.  All trees are full: a node that is
 * not worth a split sends all of its rows to the left.
 *
 * A model has ${trees} rounds of learner_trees_grown trees each: one, or, of boosting with classes,
 * one for each class.  A tree of depth d has 2^d - 1 nodes, number i with the children 2 i + 1
 * (left) and 2 i + 2, and 2^d leaves from left to right.  Tensors (smpc-share(5)), tree after tree,
 * and node after node, or leaf after leaf:
 *
 *	splits      a row for each node: 1 in the column that it looks at, else 0; all 0 where it
 *	            is not split
 *	thresholds  a word for each node: a row goes right where its word of that column is at least
 *	            this; where the node is not split, a word that none is
 *	missing     a word for each node: 1 where rows go right of which the value is missing; of
 *	            models of data with missing values alone
 *	gains       what each split gained; 0 where there is none
 *	leaves      a row for each leaf: what it adds to the score; of a tree or a forest with
 *	            classes, a column for each class, else one
 *
 * Words of features, and thresholds, are in the units of the columns (nn/model.h); only their order
 * counts.
 */

#include "nn/learner.h"

extern const struct learner_kind learner_trees;

#define TREES_MOST_DEPTH 10
#define TREES_MOST_TREES 4096
#define TREES_MOST_BINS 256
#define TREES_MOST_CLASSES 64
#define TREES_MOST_LEAVES ((size_t)1 << 20) /* numbers in all of them */
#define TREES_LEAST_RATE 1e-4
#define TREES_LEAST_SHARE 1e-3
#define TREES_MOST_PENALTY 1e6
#define TREES_MOST_MIN_ROWS ((size_t)1 << 30)

#define TREES_LEAF_BITS 24
#define TREES_GAIN_BITS 16
#define TREES_NEVER ((int64_t)1 << 32)     /* a threshold that no feature reaches */

enum trees_kind { TREES_TREE, TREES_FOREST, TREES_BOOST };

/* What is made small: squares for numbers, and for classes of a tree or a forest. */
enum trees_loss { TREES_SQUARED, TREES_LOGISTIC, TREES_SOFTMAX };

/*
 * What a text says: "KIND LOSS, trees T, depth D[, classes K][, missing]" and, where it was grown
 * here, "; bins B, rate R, lambda L, gamma G, min-weight W, min-rows M, rows S, columns C".
 */
struct trees_text {
	enum trees_kind kind;
	enum trees_loss loss;
	size_t trees, depth;
	size_t classes;      /* 0: labels are numbers; 2: of one column, 0 and 1; else more */
	bool missing;        /* values were missing in the data that it was trained on */
	bool grown;          /* what follows is said */
	size_t bins;
	double rate;         /* leaves are multiplied by it; a forest takes means in any case */
	double lambda;       /* added to the sum of curvatures */
	double gamma;        /* what a split must gain */
	double min_weight;   /* least sum of curvatures of a child */
	size_t min_rows;     /* least rows of a child */
	/* share of the rows that each tree is grown on; 0: as many, drawn with replacement */
	double rows;
	/* share of the columns that a tree of boosting may look at, and of a forest each node */
	double columns;
};

#define TREES_TEXT_BYTES 400

/*
 * trees_print(text, t), trees_read(t, text):
 * Print the canonical text; the reverse, which returns 0, or -1 where the text is not canonical, or
 * a number beyond what there is room for (not reported).
 */
void trees_print(char text[static TREES_TEXT_BYTES], const struct trees_text *t);
int trees_read(struct trees_text *t, const char *text);

/*
 * trees_in_round(t), trees_outputs(t), trees_nodes(t), trees_leaves(t):
 * How many trees are grown at a time, how many numbers a leaf has, and how many nodes and leaves a
 * tree.
 */
size_t trees_in_round(const struct trees_text *t);
size_t trees_outputs(const struct trees_text *t);
size_t trees_nodes(const struct trees_text *t);
size_t trees_leaves(const struct trees_text *t);

#endif /* !SMPC_NN_LEARNER_TREES_H */
