#ifndef SMPC_NN_TREES_INTERNAL_H
#define SMPC_NN_TREES_INTERNAL_H

/* What learner_trees.c, trees_predict.c, trees_sample.c, trees_bins.c, trees_loss.c,
 * trees_gains.c, trees_grow.c and float64_trees.c share. */

#include "nn/learner_trees.h"

#define TREES_GRADIENT_BITS 24  /* of g and h of a row, and their sums */
#define TREES_MOST_COUNT 16     /* how often a row may be drawn */

/*
 * How sums become gains; each word has room for what rows can make at most.
 *
 *	H'  h fraction bits: H + lambda below 2^30
 *	u   46 - h: 1 / H', which is at least 2^-24 of that
 *	G'  g: |G' u| below 2^61, as |G / H| is below 2^q_log
 *	Q   q: G / H
 *	S   s: G Q, of all outputs, below 2^40
 */
struct trees_scale {
	unsigned h, g, q, s;
	unsigned q_log;
	bool unit;              /* h of a row is 1, and its sums have no fraction bits */
};

#define TREES_TOP_LOG 30
#define TREES_INVERSE_BITS 46
#define TREES_SCORE_LOG 40
#define TREES_PRODUCT_LOG 61

/* Edges of all columns, and on which side of them rows are. */
struct trees_bins {
	size_t edges;           /* in all */
	size_t *column;         /* of each edge */
	size_t sparse;          /* columns with missing values */
	size_t *sparse_column;
	size_t candidates;      /* for a split: edges, and those of such columns once more */
	size_t *edge_of;        /* of each candidate */
	struct mpc_vector edge; /* words */
	/* edges x rows: 1 where a row is right; then sparse x rows: 1 where its value is missing */
	struct mpc_vector right;
};

struct trees {
	struct learner is;
	struct trees_text how;
	char text[TREES_TEXT_BYTES];
	size_t cols;               /* features */
	size_t nodes, leaves;      /* of a tree */
	size_t outputs;            /* numbers of a leaf */
	size_t total;              /* trees */
	struct mpc_vector splits, thresholds, missing, gains, leaf;
	/* From begin to end. */
	const struct nn_task *task;
	size_t at_once;            /* trees that are grown at a time */
	struct trees_bins bins;
	struct trees_scale scale;
	struct mpc_vector score;   /* of boosting: out x rows, TREES_LEAF_BITS */
	bool scored;
	struct mpc_vector faults;  /* 1: steps in which gradients had no room */
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
 * trees_bins_begin(S, a), trees_bins_end(b):
 * Find the edges of the task's features, and on which side of them its rows are; forget them, which
 * is harmless on zeroes.
 *
 * Cost     for columns whose words are not public, that of quantiles (func/quantile.h), which
 *          cannot be dealt beforehand; a comparison and a selection for each edge and row.
 */
int trees_bins_begin(struct mpc *S, struct trees *a);
void trees_bins_end(struct trees_bins *b);

/*
 * trees_sample_rows(a, seed, tree, rows, weight), trees_sample_columns(a, seed, tree, node, use):
 * How often tree ${tree} of all counts each row, at most TREES_MOST_COUNT times, by the share
 * a->how.rows; and which columns it, and of a forest its node ${node}, may look at, by
 * a->how.columns.  Public: they follow from the seed.  Return 0 or -1 (reported).
 */
int trees_sample_rows(const struct trees *a, uint64_t seed, size_t tree, size_t rows,
    int64_t *weight);
int trees_sample_columns(const struct trees *a, uint64_t seed, size_t tree, size_t node, bool *use);

/*
 * trees_scale_of(a, rows, heaviest):
 * The scale for so many rows, of which none weighs more.
 */
struct trees_scale trees_scale_of(const struct trees *a, size_t rows, double heaviest);

/*
 * trees_gradients(S, a, g, h):
 * g = gradients of all rows, out x rows; h = curvatures, in_round x rows, where the scale is not
 * that of units.
 */
int trees_gradients(struct mpc *S, struct trees *a, struct mpc_vector *g, struct mpc_vector *h);

/*
 * trees_find_sigmoid(S, p, score):
 * p = the probabilities of scores, with MPC_RESPONSE_BITS.
 */
int trees_find_sigmoid(struct mpc *S, struct mpc_vector *p, const struct mpc_vector *score);

/*
 * Sums over rows: of gradients, outputs x n words; of curvatures; and of rows, where these are not
 * the same and have to be known.
 */
struct trees_sums {
	struct mpc_vector g, h, count;
};

/*
 * trees_divide(S, a, q, s, sums):
 * q = G / (H + lambda), with the scale's bits, and s = the sum of G q over all outputs, of n sums
 * each; 0 where H + lambda is next to 0.  ${s} may be NULL.
 *
 * Error    of q, 4e-6 of itself, and what the rounding of G and H makes of it.
 */
int trees_divide(struct mpc *S, const struct trees *a, struct mpc_vector *q, struct mpc_vector *s,
    const struct trees_sums *sums);

/*
 * trees_choose(S, a, best, chosen, right, node, n, use):
 * Of each of ${n} nodes, with the sums ${node}, and ${right} for each of its candidates: the gain
 * of the best split, less gamma, or 0 where none is above 0; chosen[i] has a 1 for it, behind a
 * first one that is 1 where there is none.  use[i][c] is whether a candidate may be looked at;
 * NULL: all may.
 */
int trees_choose(struct mpc *S, const struct trees *a, struct mpc_vector *best,
    struct mpc_vector *chosen, const struct trees_sums *right, const struct trees_sums *node,
    size_t n, const word *use);

/*
 * trees_grow(S, a, first):
 * Grow trees ${first} .. of those that are grown at a time; for boosting, add them to the score.
 */
int trees_grow(struct mpc *S, struct trees *a, size_t first);

#endif /* !SMPC_NN_TREES_INTERNAL_H */
