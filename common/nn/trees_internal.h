#ifndef SMPC_NN_TREES_INTERNAL_H
#define SMPC_NN_TREES_INTERNAL_H

/* What learner_trees.c, trees_predict.c, trees_sample.c, trees_bins.c, trees_loss.c,
 * trees_gains.c, trees_grow.c and float64_trees.c share. */

#include "nn/learner_trees.h"

struct trees {
	struct learner is;
	struct trees_text how;
	char text[TREES_TEXT_BYTES];
	size_t cols;               /* features */
	size_t nodes, leaves;      /* of a tree */
	size_t outputs;            /* numbers of a leaf */
	size_t total;              /* trees */
	struct mpc_vector splits, thresholds, missing, gains, leaf;
};

/*
 * trees_score(S, a, z, x, absent, rows, first, count):
 * z = what trees ${first} .. say of ${rows} rows, ${count} trees together: z[o][r], for each output
 * ${o} of a leaf, with TREES_LEAF_BITS.  ${absent} is 1 for values that are missing, which are 0 in
 * ${x}, and else 0; NULL: none are.
 *
 * Cost     2 rounds of products, a comparison of 36 bits for each node and row, a conjunction for
 *          each level, and a selection for each leaf and row.
 */
int trees_score(struct mpc *S, const struct trees *a, struct mpc_vector *z,
    const struct mpc_vector *x, const struct mpc_vector *absent, size_t rows, size_t first,
    size_t count);

/*
 * trees_predict(l, p, answer, y, x):
 * The learner's (learner.h).
 */
int trees_predict(struct learner *l, const struct nn_pass *p, enum learner_answer answer,
    struct mpc_vector *y, struct nn_tensor *x);

/*
 * trees_heap(level, path):
 * Which node of a tree, or which leaf, is reached by decisions of which bit ${k} of ${path} is the
 * one on level ${k}: its number on its level, from left to right.
 */
size_t trees_heap(size_t level, size_t path);

/*
 * trees_sample_rows(a, seed, tree, rows, weight), trees_sample_columns(a, seed, tree, node, use):
 * What is drawn for tree ${tree} of all, number r K + k of round r and class k: how often each row
 * counts, by the share a->how.rows; and which columns it, and of a forest its node ${node}, may
 * look at, by a->how.columns.  Public: they follow from the seed.  Return 0 or -1 (reported).
 */
int trees_sample_rows(const struct trees *a, uint64_t seed, size_t tree, size_t rows,
    int64_t *weight);
int trees_sample_columns(const struct trees *a, uint64_t seed, size_t tree, size_t node, bool *use);

#endif /* !SMPC_NN_TREES_INTERNAL_H */
