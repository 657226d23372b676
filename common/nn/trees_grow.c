#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "mpc/room.h"
#include "nn/trees_internal.h"

/*
 * Some trees that grow together.  Nodes of a level stand tree after tree, and in a tree by their
 * paths, of which bit k is the decision on level k: so a node's children are as far apart as the
 * level has nodes in a tree.  Of each node and row there are numbers of some kinds: a gradient for
 * each output, a curvature, and whether the row is there, where that is not the same; kind after
 * kind, node after node, row after row, and 0 where the row is not in the node.
 */
struct grove {
	struct mpc *S;
	struct trees *a;
	size_t first, trees;    /* of all trees */
	size_t rows, level, width; /* nodes of a tree on this level */
	size_t kinds, summed;   /* kinds, and those of which sums are needed: the first ones */
	size_t member;          /* the kind that says whether a row is there */
	struct mpc_vector x;    /* kinds x nodes x rows */
	struct mpc_vector sum;  /* summed x nodes x edges: of rows that are right */
	struct mpc_vector node; /* summed x nodes: of all rows */
	struct mpc_vector best, chosen;
};

static size_t
grove_nodes(const struct grove *v)
{

	return (v->trees * v->width);
}

/* Edges, and behind them what is missing in sparse columns. */
static size_t
sides_of(const struct grove *v)
{

	return (v->a->bins.edges + v->a->bins.sparse);
}

static void
grove_free(struct grove *v)
{

	mpc_vector_free(&v->x);
	mpc_vector_free(&v->sum);
	mpc_vector_free(&v->node);
	mpc_vector_free(&v->best);
	mpc_vector_free(&v->chosen);
}

static bool
grows_score(const struct grove *v)
{

	return (v->a->how.kind == TREES_BOOST);
}

static bool
is_sampled(const struct trees *a)
{

	return (a->how.rows < 1);
}

/* ---- the first level ---- */

/*
 * A curvature of 1 is the row itself, unless the score grows by rows that were not drawn; and rows
 * are counted, where there must be some, if that is not what curvatures sum up to.
 */
static void
choose_kinds(struct grove *v)
{
	const struct trees *a = v->a;
	const bool same = a->scale.unit && !(grows_score(v) && is_sampled(a)),
	    counted = a->how.min_rows > 1 && !a->scale.unit;

	v->summed = a->outputs + 1 + counted;
	v->kinds = v->summed;
	v->member = a->outputs;
	if (!same && grows_score(v))
		v->member = (counted && !is_sampled(a)) ? a->outputs + 1 : v->kinds++;
}

/* Words of one kind and tree. */
static struct mpc_vector
kind_of_tree(const struct grove *v, size_t kind, size_t tree)
{
	const size_t n = v->width * v->rows;

	return (mpc_part(&v->x, (kind * v->trees + tree) * n, n));
}

/* The root of a tree: all rows, as often as they were drawn. */
static int
plant(struct grove *v, size_t tree, const struct mpc_vector *g, const struct mpc_vector *h)
{
	const struct trees *a = v->a;
	const struct bilinear times = bilinear_elements(v->rows);
	const size_t class = (v->first + tree) % trees_in_round(&a->how);
	struct mpc_vector to, from;
	int64_t *weight;
	size_t k;
	int rc;

	if ((weight = mem_array(v->rows, sizeof(*weight))) == NULL)
		return (-1);
	rc = trees_sample_rows(a, a->task->how.seed, v->first + tree, v->rows, weight);
	for (k = 0; k < v->kinds && rc == 0; k++) {
		to = kind_of_tree(v, k, tree);
		if (k == v->summed) {
			mpc_add_public(&to, &to, 1);
			continue;
		}
		if (k > a->outputs) {
			mpc_add_public_words(&to, &to, (const word *)weight);
			continue;
		}
		if (k < a->outputs)
			from = mpc_part(g, (class * a->outputs + k) * v->rows, v->rows);
		else
			from = mpc_part(h, (h->n > 0) ? class * v->rows : 0,
			    (h->n > 0) ? v->rows : 0);
		if (from.n == 0)
			mpc_add_public_words(&to, &to, (const word *)weight);
		else
			mpc_product_public(&to, &times, &from, (const word *)weight);
	}
	free(weight);
	return (rc);
}

static int
plant_all(struct grove *v)
{
	struct trees *a = v->a;
	const size_t in_round = trees_in_round(&a->how);
	struct mpc_vector g = { .n = 0 }, h = { .n = 0 };
	size_t tree;
	int rc = -1;

	choose_kinds(v);
	if (mpc_vector_new(v->S, &v->x, v->kinds * v->trees * v->rows) == 0 &&
	    mpc_vector_new(v->S, &v->node, v->summed * v->trees) == 0 &&
	    mpc_vector_new(v->S, &g, a->is.out * v->rows) == 0 && (a->scale.unit ||
	    mpc_vector_new(v->S, &h, in_round * v->rows) == 0))
		rc = trees_gradients(v->S, a, &g, &h);
	for (tree = 0; tree < v->trees && rc == 0; tree++)
		rc = plant(v, tree, &g, &h);
	if (rc == 0) {
		const struct mpc_vector summed = mpc_part(&v->x, 0,
		    v->summed * v->trees * v->rows);

		mpc_rows_sum(&v->node, &summed, v->summed * v->trees, v->rows);
	}
	mpc_vector_free(&g);
	mpc_vector_free(&h);
	return (rc);
}

/* ---- sums ---- */

/* Kinds that are summed, of the nodes on the right of each tree: of the first level, all. */
static int
take_right(struct grove *v, struct mpc_vector *z)
{
	const size_t half = (v->level == 0) ? 1 : v->width / 2, n = half * v->rows,
	    skip = (v->level == 0) ? 0 : n;
	struct mpc_vector to, from;
	size_t i;

	if (mpc_vector_new(v->S, z, v->summed * v->trees * n) == -1)
		return (-1);
	for (i = 0; i < v->summed * v->trees; i++) {
		to = mpc_part(z, i * n, n);
		from = mpc_part(&v->x, i * v->width * v->rows + skip, n);
		mpc_copy(&to, &from);
	}
	return (0);
}

/* Those on the left are what is left of the parents'. */
static int
spread_sums(struct grove *v, const struct mpc_vector *right)
{
	const size_t half = v->width / 2, n = half * sides_of(v);
	struct mpc_vector all, part, parent, of;
	size_t i;

	if (mpc_vector_new(v->S, &all, 2 * right->n) == -1)
		return (-1);
	for (i = 0; i < v->summed * v->trees; i++) {
		part = mpc_part(&all, 2 * i * n, n);
		parent = mpc_part(&v->sum, i * n, n);
		of = mpc_part(right, i * n, n);
		mpc_subtract(&part, &parent, &of);
		part = mpc_part(&all, (2 * i + 1) * n, n);
		mpc_copy(&part, &of);
	}
	mpc_vector_free(&v->sum);
	v->sum = all;
	return (0);
}

static int
sum_rows(struct grove *v)
{
	const size_t half = (v->level == 0) ? 1 : v->width / 2,
	    n = v->summed * v->trees * half;
	struct bilinear B = bilinear_matrices(n, v->rows, sides_of(v));
	struct mpc_vector x = { .n = 0 }, right = { .n = 0 };
	int rc = -1;

	B.y_transposed = true;
	B.threads = v->a->task->how.threads;
	if (take_right(v, &x) == 0 && mpc_vector_new(v->S, &right, n * sides_of(v)) == 0 &&
	    mpc_product(v->S, &right, &B, &x, &v->a->bins.right) == 0)
		rc = 0;
	mpc_vector_free(&x);
	if (rc == 0 && v->level > 0)
		rc = spread_sums(v, &right);
	else if (rc == 0) {
		mpc_vector_free(&v->sum);
		v->sum = right;
		return (0);
	}
	mpc_vector_free(&right);
	return (rc);
}

/* ---- candidates ---- */

/* Which column ${i} of sparse ones an edge is of; or none. */
static size_t
sparse_of(const struct trees_bins *b, size_t edge)
{
	size_t i;

	for (i = 0; i < b->sparse && b->sparse_column[i] != b->column[edge]; i++)
		;
	return (i);
}

/* A public matrix, sides x candidates: which sums a candidate's is made of. */
static word *
candidate_matrix(const struct trees_bins *b)
{
	const size_t sides = b->edges + b->sparse;
	word *w;
	size_t c;

	if ((w = mem_array(sides * b->candidates, sizeof(*w))) == NULL)
		return (NULL);
	for (c = 0; c < b->candidates; c++) {
		w[b->edge_of[c] * b->candidates + c] = 1;
		if (c >= b->edges)
			w[(b->edges + sparse_of(b, b->edge_of[c])) * b->candidates + c] = 1;
	}
	return (w);
}

/* Sums of each candidate, of all kinds. */
static int
find_candidates(struct grove *v, struct mpc_vector *z)
{
	const struct trees_bins *b = &v->a->bins;
	const size_t n = v->summed * grove_nodes(v);
	const struct bilinear B = bilinear_matrices(n, sides_of(v), b->candidates);
	word *w;

	if (mpc_vector_new(v->S, z, n * b->candidates) == -1)
		return (-1);
	if (b->sparse == 0) {
		mpc_copy(z, &v->sum);
		return (0);
	}
	if ((w = candidate_matrix(b)) == NULL)
		return (-1);
	mpc_product_public(z, &B, &v->sum, w);
	free(w);
	return (0);
}

/* Kinds of sums, of ${n} each, as what they are. */
static struct trees_sums
sums_in(const struct grove *v, const struct mpc_vector *x, size_t n)
{
	const size_t outputs = v->a->outputs;
	struct trees_sums s = { .g = mpc_part(x, 0, outputs * n),
		.h = mpc_part(x, outputs * n, n) };

	if (v->summed > outputs + 1)
		s.count = mpc_part(x, (outputs + 1) * n, n);
	return (s);
}

/* Which candidates a node may look at; *${use} is NULL where that is all of them. */
static int
draw_columns(const struct grove *v, word **use)
{
	const struct trees *a = v->a;
	const struct trees_bins *b = &a->bins;
	bool *column;
	size_t i, c, tree, node;
	int rc = 0;

	*use = NULL;
	if (a->how.columns == 1)
		return (0);
	*use = mem_array(grove_nodes(v) * b->candidates, sizeof(**use));
	column = mem_array(a->cols, sizeof(*column));
	if (*use == NULL || column == NULL)
		rc = -1;
	for (i = 0; i < grove_nodes(v) && rc == 0; i++) {
		tree = v->first + i / v->width;
		node = v->width - 1 + trees_heap(v->level, i % v->width);
		rc = trees_sample_columns(a, a->task->how.seed, tree, node, column);
		for (c = 0; c < b->candidates && rc == 0; c++)
			(*use)[i * b->candidates + c] = column[b->column[b->edge_of[c]]];
	}
	free(column);
	return (rc);
}

static int
choose_splits(struct grove *v)
{
	const size_t n = grove_nodes(v), candidates = v->a->bins.candidates;
	struct mpc_vector sums = { .n = 0 };
	struct trees_sums right, node;
	word *use = NULL;
	int rc = -1;

	mpc_vector_free(&v->best);
	mpc_vector_free(&v->chosen);
	if (find_candidates(v, &sums) == 0 && mpc_vector_new(v->S, &v->best, n) == 0 &&
	    mpc_vector_new(v->S, &v->chosen, n * (candidates + 1)) == 0 &&
	    draw_columns(v, &use) == 0) {
		right = sums_in(v, &sums, n * candidates);
		node = sums_in(v, &v->node, n);
		rc = trees_choose(v->S, v->a, &v->best, &v->chosen, &right, &node, n, use);
	}
	free(use);
	mpc_vector_free(&sums);
	return (rc);
}

/* ---- what is kept of a split ---- */

/* z = chosen w, for a public matrix of candidates, and 0 for none of them. */
static int
fold_chosen(const struct grove *v, struct mpc_vector *z, size_t cols,
    word (*entry)(const struct trees_bins *b, size_t candidate, size_t col))
{
	const struct trees_bins *b = &v->a->bins;
	const struct bilinear B = bilinear_matrices(grove_nodes(v), b->candidates + 1, cols);
	word *w;
	size_t c, j;

	if ((w = mem_array((b->candidates + 1) * cols, sizeof(*w))) == NULL)
		return (-1);
	for (c = 0; c < b->candidates; c++) {
		for (j = 0; j < cols; j++)
			w[(c + 1) * cols + j] = entry(b, c, j);
	}
	mpc_product_public(z, &B, &v->chosen, w);
	free(w);
	return (0);
}

static word
is_of_column(const struct trees_bins *b, size_t candidate, size_t col)
{

	return (b->column[b->edge_of[candidate]] == col);
}

static word
is_right_where_missing(const struct trees_bins *b, size_t candidate, size_t col)
{

	(void)col;
	return (candidate >= b->edges);
}

/* Which edge, or which column's missing values, go right. */
static word
is_of_side(const struct trees_bins *b, size_t candidate, size_t side)
{

	if (side < b->edges)
		return (b->edge_of[candidate] == side);
	return (candidate >= b->edges && sparse_of(b, b->edge_of[candidate]) == side - b->edges);
}

/* Rows of a tensor of nodes, from here. */
static int
put_nodes(const struct grove *v, struct mpc_vector *tensor, const struct mpc_vector *x, size_t cols)
{
	size_t *index, i, j, node;

	if ((index = mem_array(x->n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < grove_nodes(v); i++) {
		node = (v->first + i / v->width) * v->a->nodes + v->width - 1 +
		    trees_heap(v->level, i % v->width);
		for (j = 0; j < cols; j++)
			index[i * cols + j] = node * cols + j;
	}
	mpc_scatter(tensor, index, x);
	free(index);
	return (0);
}

/* The edge of each node, or a threshold that no feature reaches. */
static int
find_thresholds(struct grove *v, struct mpc_vector *z, const struct mpc_vector *sides,
    const struct mpc_vector *none)
{
	const size_t n = grove_nodes(v), edges = v->a->bins.edges;
	const struct bilinear B = bilinear_matrices(n, edges, 1);
	struct mpc_vector of_edges = { .n = 0 };
	int rc;

	if ((rc = mpc_vector_new(v->S, &of_edges, n * edges)) == 0) {
		mpc_columns_lay(&of_edges, edges, 0, sides, sides_of(v), 0, edges);
		rc = mpc_product(v->S, z, &B, &of_edges, &v->a->bins.edge);
		mpc_add_scaled(z, none, TREES_NEVER);
	}
	mpc_vector_free(&of_edges);
	return (rc);
}

/* gain, with gamma again where there is a split, and the tensor's bits. */
static int
find_node_gains(struct grove *v, struct mpc_vector *z, const struct mpc_vector *none)
{
	const struct trees *a = v->a;
	const int64_t gamma = llrint(ldexp(a->how.gamma, (int)a->scale.s));

	mpc_copy(z, &v->best);
	mpc_add_scaled(z, none, -gamma);
	mpc_add_public(z, z, gamma);
	return (mpc_shift(v->S, z, z, TREES_GAIN_BITS - (int)a->scale.s));
}

static int
keep_splits(struct grove *v, const struct mpc_vector *sides)
{
	enum { NONE, THRESHOLD, GAIN, MISSING, WORDS };
	struct trees *a = v->a;
	const size_t n = grove_nodes(v);
	struct mpc_vector columns = { .n = 0 };
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if (mpc_vector_new(v->S, &columns, n * a->cols) == 0 &&
	    room_open(&r, v->S, n, WORDS, 0) == 0) {
		mpc_columns_get(&r.word[NONE], &v->chosen, n, a->bins.candidates + 1, 0);
		if (fold_chosen(v, &columns, a->cols, is_of_column) == 0 &&
		    put_nodes(v, &a->splits, &columns, a->cols) == 0 &&
		    find_thresholds(v, &r.word[THRESHOLD], sides, &r.word[NONE]) == 0 &&
		    put_nodes(v, &a->thresholds, &r.word[THRESHOLD], 1) == 0 &&
		    find_node_gains(v, &r.word[GAIN], &r.word[NONE]) == 0)
			rc = put_nodes(v, &a->gains, &r.word[GAIN], 1);
	}
	if (rc == 0 && a->how.missing &&
	    (rc = fold_chosen(v, &r.word[MISSING], 1, is_right_where_missing)) == 0)
		rc = put_nodes(v, &a->missing, &r.word[MISSING], 1);
	mpc_vector_free(&columns);
	room_close(&r);
	return (rc);
}

/* ---- the next level ---- */

/* Children, of what is on the right of each node: left of a tree first. */
static void
lay_children(struct mpc_vector *z, const struct mpc_vector *all, const struct mpc_vector *right,
    size_t groups, size_t n)
{
	struct mpc_vector to, from, of;
	size_t i;

	for (i = 0; i < groups; i++) {
		from = mpc_part(all, i * n, n);
		of = mpc_part(right, i * n, n);
		to = mpc_part(z, 2 * i * n, n);
		mpc_subtract(&to, &from, &of);
		to = mpc_part(z, (2 * i + 1) * n, n);
		mpc_copy(&to, &of);
	}
}

/* Sums of the children: that of the right one is the chosen candidate's. */
static int
split_sums(struct grove *v, const struct mpc_vector *sides)
{
	const size_t n = grove_nodes(v), groups = v->summed * n, width = sides_of(v);
	struct mpc_vector spread = { .n = 0 }, right = { .n = 0 }, next = { .n = 0 };
	size_t *ends, i;
	struct bilinear B;
	int rc = -1;

	if ((ends = mem_array(groups, sizeof(*ends))) == NULL)
		return (-1);
	for (i = 0; i < groups; i++)
		ends[i] = (i + 1) * width;
	B = bilinear_groups(ends, groups);
	if (mpc_vector_new(v->S, &spread, groups * width) == 0 &&
	    mpc_vector_new(v->S, &right, groups) == 0 &&
	    mpc_vector_new(v->S, &next, 2 * groups) == 0) {
		mpc_columns_spread(&spread, sides, v->summed, sides->n);
		rc = mpc_product(v->S, &right, &B, &spread, &v->sum);
	}
	if (rc == 0) {
		lay_children(&next, &v->node, &right, v->summed * v->trees, v->width);
		mpc_vector_free(&v->node);
		v->node = next;
	} else
		mpc_vector_free(&next);
	free(ends);
	mpc_vector_free(&spread);
	mpc_vector_free(&right);
	return (rc);
}

/* Rows of the children, of ${count} kinds from ${kind} on, which are all that is kept. */
static int
part_rows(struct grove *v, const struct mpc_vector *sides, size_t kind, size_t count)
{
	const size_t n = grove_nodes(v), words = n * v->rows;
	struct bilinear B = bilinear_matrices(n, sides_of(v), v->rows);
	const struct bilinear times = bilinear_elements(words);
	struct mpc_vector goes = { .n = 0 }, right = { .n = 0 }, next = { .n = 0 }, from, to;
	size_t k;
	int rc = -1;

	B.threads = v->a->task->how.threads;
	if (mpc_vector_new(v->S, &goes, words) == 0 && mpc_vector_new(v->S, &right, words) == 0 &&
	    mpc_vector_new(v->S, &next, 2 * count * words) == 0)
		rc = mpc_product(v->S, &goes, &B, sides, &v->a->bins.right);
	for (k = 0; k < count && rc == 0; k++) {
		from = mpc_part(&v->x, (kind + k) * words, words);
		to = mpc_part(&next, 2 * k * words, 2 * words);
		if ((rc = mpc_product(v->S, &right, &times, &from, &goes)) == 0)
			lay_children(&to, &from, &right, v->trees, v->width * v->rows);
	}
	mpc_vector_free(&goes);
	mpc_vector_free(&right);
	if (rc == -1) {
		mpc_vector_free(&next);
		return (-1);
	}
	mpc_vector_free(&v->x);
	v->x = next;
	return (0);
}

static int
grow_level(struct grove *v)
{
	const bool last = (v->level + 1 == v->a->how.depth);
	struct mpc_vector sides = { .n = 0 };
	int rc = -1;

	if (sum_rows(v) == 0 && choose_splits(v) == 0 &&
	    mpc_vector_new(v->S, &sides, grove_nodes(v) * sides_of(v)) == 0 &&
	    fold_chosen(v, &sides, sides_of(v), is_of_side) == 0 && keep_splits(v, &sides) == 0 &&
	    split_sums(v, &sides) == 0)
		rc = 0;
	if (rc == 0 && !last)
		rc = part_rows(v, &sides, 0, v->kinds);
	else if (rc == 0 && grows_score(v))
		rc = part_rows(v, &sides, v->member, 1);
	mpc_vector_free(&sides);
	v->level++;
	v->width *= 2;
	return (rc);
}

/* ---- leaves ---- */

/* Leaves are brought to the rate, or to a part of a mean. */
#define RATE_BITS 20

static int
scale_leaves(struct grove *v, struct mpc_vector *leaf)
{
	const struct trees *a = v->a;
	const double rate = (a->how.kind == TREES_FOREST) ? 1 / (double)a->how.trees : a->how.rate;

	mpc_scale(leaf, leaf, -llrint(ldexp(rate, RATE_BITS)));
	return (mpc_shift(v->S, leaf, leaf, TREES_LEAF_BITS - RATE_BITS - (int)a->scale.q));
}

/* From outputs x leaves, in their order here. */
static int
put_leaves(const struct grove *v, const struct mpc_vector *leaf)
{
	struct trees *a = v->a;
	const size_t n = grove_nodes(v);
	size_t *index, i, o, at;

	if ((index = mem_array(leaf->n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < n; i++) {
		at = (v->first + i / v->width) * a->leaves + trees_heap(v->level, i % v->width);
		for (o = 0; o < a->outputs; o++)
			index[o * n + i] = at * a->outputs + o;
	}
	mpc_scatter(&a->leaf, index, leaf);
	free(index);
	return (0);
}

/* score += the leaf of each row, in each tree. */
static int
add_to_score(struct grove *v, const struct mpc_vector *leaf)
{
	const struct bilinear B = bilinear_columns(v->trees, v->width, v->rows);
	struct mpc_vector spread = { .n = 0 }, sum = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(v->S, &spread, grove_nodes(v) * v->rows) == 0 &&
	    mpc_vector_new(v->S, &sum, v->trees * v->rows) == 0) {
		mpc_rows_spread(&spread, leaf, grove_nodes(v), v->rows);
		rc = mpc_product(v->S, &sum, &B, &v->x, &spread);
		mpc_add(&v->a->score, &v->a->score, &sum);
	}
	mpc_vector_free(&spread);
	mpc_vector_free(&sum);
	return (rc);
}

static int
grow_leaves(struct grove *v)
{
	const size_t n = grove_nodes(v);
	const struct trees_sums sums = sums_in(v, &v->node, n);
	struct mpc_vector leaf = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(v->S, &leaf, v->a->outputs * n) == 0 &&
	    trees_divide(v->S, v->a, &leaf, NULL, &sums) == 0 && scale_leaves(v, &leaf) == 0 &&
	    put_leaves(v, &leaf) == 0)
		rc = grows_score(v) ? add_to_score(v, &leaf) : 0;
	mpc_vector_free(&leaf);
	return (rc);
}

int
trees_grow(struct mpc *S, struct trees *a, size_t first)
{
	struct grove v = { .S = S, .a = a, .first = first, .rows = a->task->data.rows,
		.width = 1 };
	int rc;

	v.trees = (a->total - first < a->at_once) ? a->total - first : a->at_once;
	rc = plant_all(&v);
	while (rc == 0 && v.level < a->how.depth)
		rc = grow_level(&v);
	if (rc == 0)
		rc = grow_leaves(&v);
	grove_free(&v);
	return (rc);
}
