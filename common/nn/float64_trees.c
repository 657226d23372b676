#include "nn/float64.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/float64_internal.h"
#include "nn/trees_internal.h"

/*
 * Trees in float64, by histograms: of each node and column, sums over the rows between two edges.
 * Which edges there are, what is drawn, and which of equal splits is taken, is as on shares.
 */

#define MISSING UINT16_MAX
/* A gain that is ahead of another one by less than this share of both scores is the same. */
#define TIE 1e-12

/* A split: where rows go right of which a word is at least the edge. */
struct float64_split {
	double gain;
	size_t column;
	int64_t edge;
	bool missing; /* so do those of which it is missing */
};

struct float64_forest {
	struct trees *a;
	const struct nn_data *data;
	const struct nn_training *how;
	size_t rows, cols, out;
	/* edges of column j: edge[first[j]] .. edge[first[j + 1] - 1] */
	size_t *first;
	int64_t *edge;
	uint16_t *bin;         /* rows x cols: how many edges are below a word, or at it; MISSING */
	double *y, *w, *score; /* out x rows; w without class weights is NULL */
	double *g, *h;         /* out x rows, trees in a round x rows */
	/* of the tree that grows */
	size_t tree, level;
	int64_t *drawn;        /* of each row */
	size_t *node;          /* of its level, where each row is */
	bool *use;             /* nodes x cols */
	size_t sums;           /* of some rows: gradients, then these */
	double *total;         /* nodes x sums */
	double *histogram;     /* nodes x edges of a column and 2 x sums */
	struct float64_split *left, *right; /* best of each node, missing values on this side */
	double *leaf;          /* of all trees */
};

/* Sums behind those of gradients: of curvatures, of rows, and of rows that weigh something. */
enum { CURVATURE, ROWS, HEAVY, SUMS };

/* ---- edges ---- */

static bool
lacks_words(const struct float64_forest *m, size_t j)
{

	return (m->data->sparse != NULL && m->data->sparse[j]);
}

static bool
lacks_word(const struct float64_forest *m, size_t i, size_t j)
{

	return (m->data->absent.n > 0 &&
	    mpc_clear_words(&m->data->absent)[i * m->cols + j] != 0);
}

/* How many words a column can have, where these are its edges; else 0. */
static size_t
grid_words(const struct float64_forest *m, size_t j)
{
	const struct nn_grid *grid = m->data->grid;
	double n;

	if (grid == NULL || grid[j].step <= 0)
		return (0);
	n = floor(((double)grid[j].high - (double)grid[j].low) / (double)grid[j].step) + 1;
	return ((n <= (double)m->a->how.bins) ? (size_t)n : 0);
}

static size_t
edges_of_column(const struct float64_forest *m, size_t j)
{
	const size_t words = grid_words(m, j), bins = (words > 0) ? words : m->a->how.bins;

	return (bins - !(lacks_words(m, j) || bins == 1));
}

static int
compare_ordered(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return ((x > y) - (x < y));
}

/* The words of a column that are there, in order; return how many. */
static size_t
sort_column(const struct float64_forest *m, size_t j, int64_t *to)
{
	size_t i, n = 0;

	for (i = 0; i < m->rows; i++) {
		if (!lacks_word(m, i, j))
			to[n++] = (int64_t)mpc_clear_words(&m->data->x)[i * m->cols + j];
	}
	qsort(to, n, sizeof(*to), compare_ordered);
	return (n);
}

/* Quantile k / of of n words in order, rounded, of two words that are as near to the upper one. */
static int64_t
quantile(const int64_t *x, size_t n, int64_t k, int64_t of)
{
	const int64_t at = (int64_t)(n - 1) * k, below = at / of, rest = at % of;

	if (rest == 0)
		return (x[below]);
	return (x[below] + (2 * rest * (x[below + 1] - x[below]) + of) / (2 * of));
}

static int
find_column_edges(const struct float64_forest *m, size_t j, int64_t *edge)
{
	const size_t count = edges_of_column(m, j), bins = m->a->how.bins;
	int64_t *sorted;
	size_t n, k;

	if ((sorted = mem_array(m->rows, sizeof(*sorted))) == NULL)
		return (-1);
	n = sort_column(m, j, sorted);
	for (k = 0; k < count; k++) {
		if (grid_words(m, j) > 0)
			edge[k] = m->data->grid[j].high -
			    (int64_t)(count - 1 - k) * m->data->grid[j].step;
		else
			edge[k] = (n == 0) ? 0 : quantile(sorted, n, (int64_t)(bins - count + k),
			    (int64_t)bins - 1);
	}
	free(sorted);
	return (0);
}

static void
sort_into_bins(struct float64_forest *m, size_t j)
{
	const word *x = mpc_clear_words(&m->data->x);
	size_t i, k;

	for (i = 0; i < m->rows; i++) {
		for (k = m->first[j]; k < m->first[j + 1] &&
		    (int64_t)x[i * m->cols + j] >= m->edge[k]; k++)
			;
		m->bin[i * m->cols + j] = lacks_word(m, i, j) ? MISSING :
		    (uint16_t)(k - m->first[j]);
	}
}

static int
find_all_edges(struct float64_forest *m)
{
	size_t j;

	if ((m->first = mem_array(m->cols + 1, sizeof(*m->first))) == NULL)
		return (-1);
	for (j = 0; j < m->cols; j++)
		m->first[j + 1] = m->first[j] + edges_of_column(m, j);
	if ((m->edge = mem_array(m->first[m->cols], sizeof(*m->edge))) == NULL ||
	    (m->bin = mem_array(m->rows * m->cols, sizeof(*m->bin))) == NULL)
		return (-1);
	for (j = 0; j < m->cols; j++) {
		if (find_column_edges(m, j, m->edge + m->first[j]) == -1)
			return (-1);
		sort_into_bins(m, j);
	}
	return (0);
}

/* ---- what is learnt from ---- */

static void
float64_forest_free(struct float64_forest *m)
{

	free(m->first);
	free(m->edge);
	free(m->bin);
	free(m->y);
	free(m->w);
	free(m->score);
	free(m->g);
	free(m->h);
	free(m->drawn);
	free(m->node);
	free(m->use);
	free(m->total);
	free(m->histogram);
	free(m->left);
	free(m->right);
	free(m->leaf);
}

/* Numbers of rows, label after label. */
static double *
take_label_columns(const struct float64_forest *m, const struct mpc_vector *v, unsigned bits)
{
	double *from = float64_from_words(v->n, mpc_clear_words(v), bits), *to;
	size_t i, k;

	if (from == NULL || (to = mem_array(v->n, sizeof(*to))) == NULL) {
		free(from);
		return (NULL);
	}
	for (i = 0; i < m->rows; i++) {
		for (k = 0; k < m->out; k++)
			to[k * m->rows + i] = from[i * m->out + k];
	}
	free(from);
	return (to);
}

static int
take_tree_labels(struct float64_forest *m)
{
	const struct nn_data *d = m->data;
	const bool numbers = (m->a->how.classes == 0 && d->bits > 0);
	const size_t n = m->out * m->rows;

	if ((m->y = take_label_columns(m, &d->labels, numbers ? d->bits : NN_BITS)) == NULL ||
	    (d->weights.n > 0 &&
	    (m->w = take_label_columns(m, &d->weights, NN_WEIGHT_BITS)) == NULL) ||
	    (m->score = mem_array(n, sizeof(double))) == NULL ||
	    (m->g = mem_array(n, sizeof(double))) == NULL ||
	    (m->h = mem_array(n, sizeof(double))) == NULL)
		return (-1);
	return (0);
}

static int
float64_forest_new(struct float64_forest *m, const struct nn_job *j)
{
	const size_t leaves = ((struct trees *)j->learner)->leaves;

	memset(m, 0, sizeof(*m));
	m->a = (struct trees *)j->learner;
	m->data = &j->task.data;
	m->how = &j->task.how;
	m->rows = m->data->rows;
	m->cols = m->a->cols;
	m->out = m->a->is.out;
	m->sums = m->a->outputs + SUMS;
	return ((take_tree_labels(m) == -1 || find_all_edges(m) == -1 ||
	    (m->drawn = mem_array(m->rows, sizeof(*m->drawn))) == NULL ||
	    (m->node = mem_array(m->rows, sizeof(*m->node))) == NULL ||
	    (m->use = mem_array(leaves * m->cols, sizeof(*m->use))) == NULL ||
	    (m->total = mem_array(leaves * m->sums, sizeof(double))) == NULL ||
	    (m->histogram = mem_array(leaves * (TREES_MOST_BINS + 2) * m->sums,
	    sizeof(double))) == NULL ||
	    (m->left = mem_array(leaves, sizeof(*m->left))) == NULL ||
	    (m->right = mem_array(leaves, sizeof(*m->right))) == NULL ||
	    (m->leaf = mem_array(m->a->leaf.n, sizeof(double))) == NULL) ? -1 : 0);
}

/* ---- gradients ---- */

#define MOST_SCORE 15.0
#define LEAST_CURVATURE (1.0 / 64)

/* Of a row, the probability of class ${k}. */
static double
probability_of(const struct float64_forest *m, size_t i, size_t k)
{
	const double *score = m->score + i;
	double sum = 0;
	size_t c;

	if (m->a->how.loss == TREES_LOGISTIC)
		return (1 / (1 + exp(-fmax(-MOST_SCORE, fmin(*score, MOST_SCORE)))));
	for (c = 0; c < m->out; c++)
		sum += exp(score[c * m->rows] - score[k * m->rows]);
	return (1 / sum);
}

static void
find_row_gradient(struct float64_forest *m, size_t i, size_t k)
{
	const enum trees_loss loss = m->a->how.loss;
	const size_t at = k * m->rows + i;
	const double w = (m->w != NULL) ? m->w[at] : 1;
	double p, e;

	if (loss == TREES_SQUARED) {
		m->g[at] = w * (m->score[at] - m->y[at]);
		m->h[at] = w;
		return;
	}
	p = probability_of(m, i, k);
	e = p - m->y[at];
	m->g[at] = w * e;
	m->h[at] = w * fmax(((loss == TREES_SOFTMAX) ? 2 : 1) * p * (1 - p),
	    LEAST_CURVATURE * e * e);
}

static void
find_gradients(struct float64_forest *m)
{
	size_t i, k;

	for (k = 0; k < m->out; k++) {
		for (i = 0; i < m->rows; i++)
			find_row_gradient(m, i, k);
	}
}

/* ---- sums ---- */

/* Add row ${i}, as often as it was drawn. */
static void
add_row(const struct float64_forest *m, double *sum, size_t i)
{
	const size_t outputs = m->a->outputs, class = m->tree % trees_in_round(&m->a->how);
	const double s = (double)m->drawn[i], h = s * m->h[class * m->rows + i];
	size_t o;

	for (o = 0; o < outputs; o++)
		sum[o] += s * m->g[(class * outputs + o) * m->rows + i];
	sum[outputs + CURVATURE] += h;
	sum[outputs + ROWS] += s;
	sum[outputs + HEAVY] += (h > 0);
}

static void
find_node_totals(struct float64_forest *m)
{
	size_t i;

	memset(m->total, 0, ((size_t)1 << m->level) * m->sums * sizeof(double));
	for (i = 0; i < m->rows; i++)
		add_row(m, m->total + m->node[i] * m->sums, i);
}

/* Bins of a column: below the first edge, behind each, and what is missing. */
static size_t
bins_of(const struct float64_forest *m, size_t j)
{

	return (m->first[j + 1] - m->first[j] + 2);
}

/* Of each node, from the last bin back: sums of what is right of an edge. */
static void
find_histograms(struct float64_forest *m, size_t j)
{
	const size_t width = (size_t)1 << m->level, bins = bins_of(m, j), n = m->sums;
	size_t i, k, o;
	uint16_t bin;
	double *of;

	memset(m->histogram, 0, width * bins * n * sizeof(double));
	for (i = 0; i < m->rows; i++) {
		bin = m->bin[i * m->cols + j];
		add_row(m, m->histogram + (m->node[i] * bins +
		    ((bin == MISSING) ? bins - 1 : bin)) * n, i);
	}
	for (i = 0; i < width; i++) {
		of = m->histogram + i * bins * n;
		for (k = bins - 2; k-- > 0;) {
			for (o = 0; o < n; o++)
				of[k * n + o] += of[(k + 1) * n + o];
		}
	}
}

/* ---- splits ---- */

static double
score_of(const struct float64_forest *m, const double *sum)
{
	const double weight = sum[m->a->outputs + CURVATURE] + m->a->how.lambda;
	double score = 0;
	size_t o;

	for (o = 0; o < m->a->outputs && weight > 0; o++)
		score += sum[o] * sum[o] / weight;
	return (score);
}

static bool
is_allowed(const struct float64_forest *m, const double *sum)
{
	const double *of = sum + m->a->outputs;

	return (of[HEAVY] > 0 && of[ROWS] >= (double)m->a->how.min_rows &&
	    of[CURVATURE] >= m->a->how.min_weight * (1 - TIE));
}

/* Take a split, if it is better than the best one so far. */
static void
weigh_split(const struct float64_forest *m, struct float64_split *best, const double *total,
    const double *right, struct float64_split split)
{
	double left[TREES_MOST_CLASSES + SUMS], both;
	size_t o;

	for (o = 0; o < m->sums; o++)
		left[o] = total[o] - right[o];
	if (!is_allowed(m, left) || !is_allowed(m, right))
		return;
	both = score_of(m, left) + score_of(m, right);
	split.gain = both - score_of(m, total) - m->a->how.gamma;
	if (split.gain > best->gain + TIE * both)
		*best = split;
}

/* All splits of a column of one node. */
static void
weigh_column(struct float64_forest *m, size_t node, size_t j)
{
	const size_t bins = bins_of(m, j), n = m->sums;
	const double *of = m->histogram + node * bins * n, *total = m->total + node * n;
	double right[TREES_MOST_CLASSES + SUMS];
	size_t k, o;

	for (k = 0; k + 2 < bins; k++) {
		const struct float64_split split = { .column = j,
			.edge = m->edge[m->first[j] + k] };

		weigh_split(m, &m->left[node], total, of + (k + 1) * n, split);
		if (!lacks_words(m, j))
			continue;
		for (o = 0; o < n; o++)
			right[o] = of[(k + 1) * n + o] + of[(bins - 1) * n + o];
		weigh_split(m, &m->right[node], total, right, (struct float64_split){
			.column = j, .edge = split.edge, .missing = true });
	}
}

static int
draw_tree_columns(struct float64_forest *m)
{
	const size_t width = (size_t)1 << m->level;
	size_t i;

	for (i = 0; i < width; i++) {
		if (trees_sample_columns(m->a, m->how->seed, m->tree, width - 1 + i,
		    m->use + i * m->cols) == -1)
			return (-1);
	}
	return (0);
}

/* The best of each node, in m->left: of equal ones, what sends missing values to the left. */
static int
find_splits(struct float64_forest *m)
{
	const size_t width = (size_t)1 << m->level;
	size_t i, j;

	if (draw_tree_columns(m) == -1)
		return (-1);
	find_node_totals(m);
	memset(m->left, 0, width * sizeof(*m->left));
	memset(m->right, 0, width * sizeof(*m->right));
	for (j = 0; j < m->cols; j++) {
		find_histograms(m, j);
		for (i = 0; i < width; i++) {
			if (m->use[i * m->cols + j])
				weigh_column(m, i, j);
		}
	}
	for (i = 0; i < width; i++) {
		if (m->right[i].gain > m->left[i].gain +
		    TIE * score_of(m, m->total + i * m->sums))
			m->left[i] = m->right[i];
	}
	return (0);
}

/* ---- growth ---- */

static int
put_splits(const struct float64_forest *m)
{
	const size_t width = (size_t)1 << m->level;
	struct trees *a = m->a;
	const struct float64_split *s;
	double gain;
	size_t i, at;

	for (i = 0; i < width; i++) {
		s = &m->left[i];
		at = m->tree * a->nodes + width - 1 + i;
		if (s->gain > 0) {
			mpc_clear_words(&a->splits)[at * m->cols + s->column] = 1;
			mpc_clear_words(&a->thresholds)[at] = (word)s->edge;
		}
		if (a->how.missing)
			mpc_clear_words(&a->missing)[at] = s->missing;
		gain = (s->gain > 0) ? s->gain + a->how.gamma : 0;
		if (float64_to_words(mpc_clear_words(&a->gains) + at, &gain, 1, TREES_GAIN_BITS,
		    "the gains") == -1)
			return (-1);
	}
	return (0);
}

static void
split_node_rows(struct float64_forest *m)
{
	const struct float64_split *s;
	bool right;
	size_t i;

	for (i = 0; i < m->rows; i++) {
		s = &m->left[m->node[i]];
		right = lacks_word(m, i, s->column) ? s->missing :
		    (int64_t)mpc_clear_words(&m->data->x)[i * m->cols + s->column] >= s->edge;
		m->node[i] = 2 * m->node[i] + (s->gain > 0 && right);
	}
}

/* Leaves of the tree; boosting adds them to the scores. */
static void
grow_tree_leaves(struct float64_forest *m)
{
	const struct trees *a = m->a;
	const double rate = (a->how.kind == TREES_FOREST) ? 1 / (double)a->how.trees : a->how.rate;
	const size_t class = m->tree % trees_in_round(&a->how), n = a->outputs;
	double *leaf = m->leaf + m->tree * a->leaves * n, weight;
	const double *sum;
	size_t i, o;

	find_node_totals(m);
	for (i = 0; i < a->leaves; i++) {
		sum = m->total + i * m->sums;
		weight = sum[n + CURVATURE] + a->how.lambda;
		for (o = 0; o < n; o++)
			leaf[i * n + o] = (weight > 0) ? -rate * sum[o] / weight : 0;
	}
	for (i = 0; i < m->rows && a->how.kind == TREES_BOOST; i++)
		m->score[class * m->rows + i] += leaf[m->node[i]];
}

static int
grow_tree(struct float64_forest *m)
{

	memset(m->node, 0, m->rows * sizeof(*m->node));
	if (trees_sample_rows(m->a, m->how->seed, m->tree, m->rows, m->drawn) == -1)
		return (-1);
	for (m->level = 0; m->level < m->a->how.depth; m->level++) {
		if (find_splits(m) == -1 || put_splits(m) == -1)
			return (-1);
		split_node_rows(m);
	}
	grow_tree_leaves(m);
	return (0);
}

int
float64_trees(const struct nn_job *j)
{
	struct float64_forest m;
	int rc;

	rc = float64_forest_new(&m, j);
	for (m.tree = 0; m.tree < m.a->total && rc == 0; m.tree++) {
		if (m.tree % trees_in_round(&m.a->how) == 0)
			find_gradients(&m);
		rc = grow_tree(&m);
	}
	if (rc == 0)
		rc = float64_to_words(mpc_clear_words(&m.a->leaf), m.leaf, m.a->leaf.n,
		    TREES_LEAF_BITS, "the leaves");
	float64_forest_free(&m);
	return (rc);
}
