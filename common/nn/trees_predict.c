#include <string.h>

#include "base/mem.h"
#include "func/function.h"
#include "func/response.h"
#include "mpc/room.h"
#include "nn/prepare.h"
#include "nn/trees_internal.h"

/*
 * Nodes of one level stand together, tree after tree, and in a tree by their paths: a node's left
 * child has its path, and the right one a bit more, so that both are what the level before is, once
 * for each side.  Rows are padded to whole words of bits, so that those of a node are a view.
 */

size_t
trees_heap(size_t level, size_t path)
{
	size_t place = 0, k;

	for (k = 0; k < level; k++)
		place = place << 1 | (path >> k & 1);
	return (place);
}

/* Some trees, and rows that they look at. */
struct descent {
	struct mpc *S;
	const struct trees *a;
	size_t first, trees;
	size_t rows, stride;
	struct mpc_bits right;  /* of each node, level after level, whether a row goes right */
};

/* A node of level ${level}: its number among those of the trees' tensors. */
static size_t
node_at(const struct descent *d, size_t level, size_t i)
{
	const size_t width = (size_t)1 << level, tree = d->first + i % d->trees,
	    path = i / d->trees;

	return (tree * d->a->nodes + width - 1 + trees_heap(level, path));
}

static size_t
leaf_at(const struct descent *d, size_t i)
{

	return ((d->first + i % d->trees) * d->a->leaves +
	    trees_heap(d->a->how.depth, i / d->trees));
}

/* All nodes, in their order here. */
static void
list_nodes(const struct descent *d, size_t *index)
{
	size_t level, i, n = 0;

	for (level = 0; level < d->a->how.depth; level++) {
		for (i = 0; i < d->trees << level; i++)
			index[n++] = node_at(d, level, i);
	}
}

/* ---- decisions ---- */

/*
 * Where a value is missing it is 0, and x - FAR is below any threshold, and x + FAR above: of a
 * node that sends what is missing to the right both stand in the sum, the latter twice.
 */
#define FAR_LOG 34
#define DECIDED_BITS (FAR_LOG + 2)

/* Of a node, columns: its split and, where values may be missing, its split where it goes right. */
static int
take_splits(const struct descent *d, struct mpc_vector *z, const size_t *index, size_t nodes,
    bool missing)
{
	const size_t cols = d->a->cols, width = missing ? 2 * cols : cols;
	const struct bilinear times = bilinear_elements(nodes * cols);
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if (room_open(&r, d->S, nodes * cols, missing ? 3 : 1, 0) == 0) {
		mpc_rows_gather(&r.word[0], &d->a->splits, index, nodes, cols);
		mpc_columns_lay(z, width, 0, &r.word[0], cols, 0, cols);
		rc = 0;
	}
	if (rc == 0 && missing) {
		struct mpc_vector direction = mpc_part(&r.word[2], 0, nodes);

		mpc_rows_gather(&direction, &d->a->missing, index, nodes, 1);
		mpc_rows_spread(&r.word[1], &direction, nodes, cols);
		if ((rc = mpc_product(d->S, &r.word[2], &times, &r.word[0], &r.word[1])) == 0)
			mpc_columns_lay(z, width, cols, &r.word[2], cols, 0, cols);
	}
	room_close(&r);
	return (rc);
}

/* The same of rows: x, less what is missing; and that twice. */
static int
place_rows(const struct descent *d, struct mpc_vector *z, const struct mpc_vector *x,
    const struct mpc_vector *absent)
{
	const size_t cols = d->a->cols, n = d->rows * cols;
	struct room r;
	int rc = -1;

	if (room_open(&r, d->S, n, 1, 0) == 0) {
		mpc_copy(&r.word[0], x);
		if (absent != NULL)
			mpc_add_scaled(&r.word[0], absent, -((int64_t)1 << FAR_LOG));
		mpc_columns_lay(z, (absent != NULL) ? 2 * cols : cols, 0, &r.word[0], cols, 0,
		    cols);
		if (absent != NULL) {
			mpc_scale(&r.word[0], absent, (int64_t)1 << (FAR_LOG + 1));
			mpc_columns_lay(z, 2 * cols, cols, &r.word[0], cols, 0, cols);
		}
		rc = 0;
	}
	room_close(&r);
	return (rc);
}

/* right = [what a node looks at >= its threshold], of all nodes. */
static int
decide(struct descent *d, const struct mpc_vector *x, const struct mpc_vector *absent)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .high = DECIDED_BITS, .count = 1, .thresholds = &zero };
	const size_t nodes = d->trees * d->a->nodes,
	    width = (absent != NULL) ? 2 * d->a->cols : d->a->cols;
	struct bilinear B = bilinear_matrices(nodes, width, d->stride);
	struct mpc_vector split, row, value, threshold;
	size_t *index;
	int rc = -1;

	memset(&split, 0, sizeof(split));
	memset(&row, 0, sizeof(row));
	memset(&value, 0, sizeof(value));
	memset(&threshold, 0, sizeof(threshold));
	B.y_transposed = true;
	if ((index = mem_array(nodes, sizeof(*index))) != NULL &&
	    mpc_vector_new(d->S, &split, nodes * width) == 0 &&
	    mpc_vector_new(d->S, &row, d->stride * width) == 0 &&
	    mpc_vector_new(d->S, &value, nodes * d->stride) == 0 &&
	    mpc_vector_new(d->S, &threshold, nodes * d->stride) == 0) {
		struct mpc_vector of_nodes = mpc_part(&value, 0, nodes);

		list_nodes(d, index);
		mpc_rows_gather(&of_nodes, &d->a->thresholds, index, nodes, 1);
		mpc_rows_spread(&threshold, &of_nodes, nodes, d->stride);
		if (take_splits(d, &split, index, nodes, absent != NULL) == 0 &&
		    place_rows(d, &row, x, absent) == 0 &&
		    mpc_product(d->S, &value, &B, &split, &row) == 0) {
			mpc_subtract(&value, &value, &threshold);
			rc = mpc_compare(d->S, &d->right, &value, &c);
		}
	}
	free(index);
	mpc_vector_free(&split);
	mpc_vector_free(&row);
	mpc_vector_free(&value);
	mpc_vector_free(&threshold);
	return (rc);
}

/* ---- from the roots to the leaves ---- */

/* at = [a row comes to the leaf], from those of the roots, which all do. */
static int
go_down(struct descent *d, struct mpc_bits *at)
{
	size_t level, n = d->trees * d->stride, seen = 0;
	struct mpc_bits goes, left, right;
	const struct mpc_bits *both[2];
	int rc = 0;

	for (level = 0; level < d->a->how.depth && rc == 0; level++, seen += n, n *= 2) {
		goes = mpc_bits_part(&d->right, seen, n);
		left = mpc_bits_part(at, 0, n);
		right = mpc_bits_part(at, n, n);
		if (level == 0) {
			mpc_bits_copy(&right, &goes);
			mpc_not(&left, &goes);
			continue;
		}
		both[0] = &goes;
		both[1] = &left;
		if ((rc = mpc_and(d->S, &right, both, 2)) == 0)
			mpc_xor(&left, &left, &right);
	}
	return (rc);
}

/*
 * What leaves add to each number of a score: of boosting with classes a tree is of one class, and
 * adds nothing to the others.
 */
static int
take_leaves(const struct descent *d, struct mpc_vector *z)
{
	const size_t leaves = d->trees * d->a->leaves, classes = trees_in_round(&d->a->how);
	struct mpc_vector numbers = { .n = 0 };
	size_t *index, i;
	int rc = -1;

	if ((index = mem_array(leaves, sizeof(*index))) != NULL &&
	    mpc_vector_new(d->S, &numbers, z->n / classes) == 0) {
		for (i = 0; i < leaves; i++)
			index[i] = leaf_at(d, i);
		mpc_rows_gather(&numbers, &d->a->leaf, index, leaves, d->a->outputs);
		if (classes == 1)
			mpc_copy(z, &numbers);
		for (i = 0; i < leaves; i++)
			index[i] = i * classes + (d->first + i % d->trees) % classes;
		if (classes > 1)
			mpc_scatter(z, index, &numbers);
		rc = 0;
	}
	free(index);
	mpc_vector_free(&numbers);
	return (rc);
}

/* z[o][r] += the sum of the leaves that row ${r} comes to. */
static int
add_leaves(const struct descent *d, struct mpc_vector *z, const struct mpc_bits *at)
{
	const size_t leaves = d->trees * d->a->leaves, out = d->a->is.out;
	struct bilinear B = bilinear_matrices(out, leaves, d->stride);
	const struct mpc_selection_term term = { .bit = at, .constant = { 1 } };
	struct mpc_vector leaf, member, sum, to, from;
	size_t i;
	int rc = -1;

	memset(&leaf, 0, sizeof(leaf));
	memset(&member, 0, sizeof(member));
	memset(&sum, 0, sizeof(sum));
	B.x_transposed = true;
	if (mpc_vector_new(d->S, &leaf, leaves * out) == 0 &&
	    mpc_vector_new(d->S, &member, leaves * d->stride) == 0 &&
	    mpc_vector_new(d->S, &sum, out * d->stride) == 0 && take_leaves(d, &leaf) == 0 &&
	    mpc_select(d->S, &member, &(struct mpc_selection){ .count = 1, .terms = &term,
	    .results = 1 }) == 0 && mpc_product(d->S, &sum, &B, &leaf, &member) == 0) {
		for (i = 0; i < out; i++) {
			to = mpc_part(z, i * d->rows, d->rows);
			from = mpc_part(&sum, i * d->stride, d->rows);
			mpc_add(&to, &to, &from);
		}
		rc = 0;
	}
	mpc_vector_free(&leaf);
	mpc_vector_free(&member);
	mpc_vector_free(&sum);
	return (rc);
}

static int
score_trees(struct descent *d, struct mpc_vector *z, const struct mpc_vector *x,
    const struct mpc_vector *absent)
{
	struct mpc_bits at;
	int rc = -1;

	memset(&at, 0, sizeof(at));
	memset(&d->right, 0, sizeof(d->right));
	if (mpc_bits_new(d->S, &d->right, d->trees * d->a->nodes * d->stride) == 0 &&
	    mpc_bits_new(d->S, &at, d->trees * d->a->leaves * d->stride) == 0 &&
	    decide(d, x, absent) == 0 && go_down(d, &at) == 0)
		rc = add_leaves(d, z, &at);
	mpc_bits_free(&d->right);
	mpc_bits_free(&at);
	return (rc);
}

/* Numbers of nodes and rows that are decided at once. */
#define PASS_NODES ((size_t)1 << 21)

int
trees_score(struct mpc *S, const struct trees *a, struct mpc_vector *z, const struct mpc_vector *x,
    const struct mpc_vector *absent, size_t rows, size_t first, size_t count)
{
	struct descent d = { .S = S, .a = a, .rows = rows, .stride = mpc_bits_stride(rows) };
	size_t most = PASS_NODES / (d.stride * a->leaves), i;
	int rc = 0;

	mpc_zero(z);
	most = (most > 0) ? most : 1;
	for (i = 0; i < count && rc == 0; i += d.trees) {
		d.first = first + i;
		d.trees = (count - i < most) ? count - i : most;
		rc = score_trees(&d, z, x, absent);
	}
	return (rc);
}

/* ---- what is made of scores ---- */

/* Row after row, in place of number after number. */
static void
turn_scores(struct mpc_vector *y, const struct mpc_vector *z, size_t rows)
{
	const size_t out = y->n / rows;
	struct mpc_vector from;
	size_t i;

	for (i = 0; i < out; i++) {
		from = mpc_part(z, i * rows, rows);
		mpc_columns_set(y, &from, rows, out, i);
	}
}

static int
give_sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, z->n, 1, 0) == 0 && trees_find_sigmoid(S, &r.word[0], z) == 0)
		rc = mpc_truncate(S, y, &r.word[0], MPC_RESPONSE_BITS - NN_BITS);
	room_close(&r);
	return (rc);
}

/* Shares of classes, which rounding may have carried beyond 0 and 1. */
static int
give_shares(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, z->n, 1, 0) == 0 &&
	    mpc_truncate(S, &r.word[0], z, TREES_LEAF_BITS - NN_BITS) == 0)
		rc = mpc_clip(S, y, &r.word[0], 0, (int64_t)1 << NN_BITS, MPC_NUMBER_RANGE);
	room_close(&r);
	return (rc);
}

static int
give_probabilities(struct mpc *S, const struct trees *a, struct mpc_vector *y,
    const struct mpc_vector *z, size_t rows)
{
	struct room r;
	int rc = -1;

	if (a->how.loss == TREES_LOGISTIC)
		return (give_sigmoid(S, y, z));
	if (a->how.loss == TREES_SQUARED)
		return (give_shares(S, y, z));
	if (room_open(&r, S, z->n, 1, 0) == 0 &&
	    mpc_truncate(S, &r.word[0], z, TREES_LEAF_BITS - NN_BITS) == 0)
		rc = mpc_softmax(S, y, &r.word[0], rows, a->is.out, mpc_any_numbers(NN_BITS));
	room_close(&r);
	return (rc);
}

static int
give_decisions(struct mpc *S, const struct trees *a, struct mpc_vector *y,
    const struct mpc_vector *z, size_t rows)
{
	const int64_t even = (a->how.loss == TREES_LOGISTIC) ? 0 : (int64_t)1 <<
	    (TREES_LEAF_BITS - 1);
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &even };
	struct room r;
	int rc = -1;

	if (a->is.out > 1)
		return (mpc_max_rows(S, NULL, y, z, rows, a->is.out, MPC_NUMBER_RANGE));
	if (room_open(&r, S, z->n, 0, 1) == 0 && mpc_compare(S, r.bit, z, &c) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };

		rc = mpc_select(S, y, &(struct mpc_selection){ .count = 1, .terms = &term,
			.results = 1 });
	}
	room_close(&r);
	return (rc);
}

int
trees_predict(struct learner *l, const struct nn_pass *p, enum learner_answer answer,
    struct mpc_vector *y, struct nn_tensor *x)
{
	const struct trees *a = (const struct trees *)l;
	struct room r;
	int rc = -1;

	if (room_open(&r, p->S, p->rows * l->out, 2, 0) == 0 &&
	    trees_score(p->S, a, &r.word[0], &x->v, p->absent, p->rows, 0, a->total) == 0) {
		turn_scores(&r.word[1], &r.word[0], p->rows);
		rc = (answer == LEARNER_PROBABILITIES) ?
		    give_probabilities(p->S, a, y, &r.word[1], p->rows) :
		    (answer == LEARNER_DECISIONS) ?
		    give_decisions(p->S, a, y, &r.word[1], p->rows) :
		    mpc_truncate(p->S, y, &r.word[1], TREES_LEAF_BITS - NN_BITS);
	}
	room_close(&r);
	return (rc);
}
