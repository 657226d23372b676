#include "func/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/divisor.h"
#include "func/moments.h"
#include "mpc/room.h"

/* ---- mode ---- */

/* Rows in order. */
struct runs {
	size_t rows;
	struct mpc_vector value;
	struct mpc_vector present; /* 1 or 0; without words: all are there */
	struct mpc_vector joined;  /* 1 where a row is equal to the one before it, else 0 */
	struct mpc_vector length;  /* how many are equal up to here */
};

static void
runs_free(struct runs *g)
{

	mpc_vector_free(&g->value);
	mpc_vector_free(&g->present);
	mpc_vector_free(&g->joined);
	mpc_vector_free(&g->length);
}

static int
runs_new(struct mpc *S, struct runs *g, const struct mpc_ranked *r)
{
	const size_t n = r->x->n;

	memset(g, 0, sizeof(*g));
	g->rows = n;
	return ((mpc_vector_new(S, &g->value, n) == -1 ||
	    (r->present != NULL && mpc_vector_new(S, &g->present, n) == -1) ||
	    mpc_vector_new(S, &g->joined, n) == -1 || mpc_vector_new(S, &g->length, n) == -1) ?
	    -1 : 0);
}

static int
order_rows(struct mpc *S, struct runs *g, const struct mpc_ranked *r)
{
	struct mpc_ordering_key keys[MPC_RANKED_KEYS];
	struct mpc_ordering o;
	int rc;

	if ((rc = mpc_ordering_find(S, &o, keys, mpc_ranked_keys(r, keys), 0, g->rows)) == 0 &&
	    (rc = mpc_ordering_rows(S, &o, &g->value, r->x, 0, g->rows)) == 0 &&
	    r->present != NULL)
		rc = mpc_ordering_rows(S, &o, &g->present, r->present, 0, g->rows);
	mpc_ordering_free(&o);
	return (rc);
}

/* joined[k] = [value[k] = value[k - 1]]; the first row begins a run. */
static int
compare_neighbours(struct mpc *S, struct runs *g, const struct mpc_ranked *r)
{
	const size_t n = g->rows - 1;
	struct mpc_vector joined = mpc_part(&g->joined, 1, n), before = mpc_part(&g->value, 0, n),
	    value = mpc_part(&g->value, 1, n);
	const unsigned bits = word_bits(((uint64_t)r->high - (uint64_t)r->low) | 1);
	struct room room;
	int rc = -1;

	if (room_open(&room, S, n, 1, 1) == 0) {
		const struct mpc_selection_term term = { .bit = room.bit, .constant = { 1 } };

		mpc_subtract(&room.word[0], &value, &before);
		if (mpc_equal(S, room.bit, &room.word[0], bits) == 0)
			rc = mpc_select(S, &joined, &(struct mpc_selection){ .count = 1,
			    .terms = &term, .results = 1 });
	}
	room_close(&room);
	return (rc);
}

/* Rows of missing values, which come last, end the run before them, and win against none. */
static int
leave_out_missing(struct mpc *S, struct runs *g)
{
	const struct bilinear times = bilinear_elements(g->rows);
	struct mpc_vector product;
	int rc;

	mpc_add_public(&g->length, &g->length, 1);
	if (g->present.n == 0)
		return (0);
	if ((rc = mpc_vector_new(S, &product, g->rows)) == 0 &&
	    (rc = mpc_product(S, &product, &times, &g->joined, &g->present)) == 0)
		mpc_copy(&g->joined, &product);
	mpc_vector_free(&product);
	return (rc);
}

/*
 * What is known of the last ${step} rows up to each one becomes what is known of twice as many:
 * length[k] += joined[k] length[k - step], joined[k] *= joined[k - step].  Before the first row
 * both are 0.
 */
static int
join_step(struct mpc *S, struct runs *g, size_t step, bool last)
{
	const size_t n = g->rows - step, both = last ? n : 2 * n;
	const struct bilinear times = bilinear_elements(both);
	struct mpc_vector x = { .n = 0 }, y = { .n = 0 }, z = { .n = 0 }, to, from;
	size_t i;
	int rc = -1;

	if (mpc_vector_new(S, &x, both) == -1 || mpc_vector_new(S, &y, both) == -1 ||
	    mpc_vector_new(S, &z, both) == -1)
		goto out;
	for (i = 0; i < both; i += n) {
		to = mpc_part(&x, i, n);
		from = mpc_part(&g->joined, step, n);
		mpc_copy(&to, &from);
		to = mpc_part(&y, i, n);
		from = mpc_part((i == 0) ? &g->length : &g->joined, 0, n);
		mpc_copy(&to, &from);
	}
	if (mpc_product(S, &z, &times, &x, &y) == -1)
		goto out;
	to = mpc_part(&g->length, step, n);
	from = mpc_part(&z, 0, n);
	mpc_add(&to, &to, &from);
	if (!last) {
		to = mpc_part(&g->joined, step, n);
		from = mpc_part(&z, n, n);
		mpc_copy(&to, &from);
	}
	rc = 0;
out:
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	mpc_vector_free(&z);
	return (rc);
}

static int
measure_runs(struct mpc *S, struct runs *g, const struct mpc_ranked *r)
{
	size_t step;

	if (g->rows > 1 && compare_neighbours(S, g, r) == -1)
		return (-1);
	if (leave_out_missing(S, g) == -1)
		return (-1);
	for (step = 1; step < g->rows; step *= 2) {
		if (join_step(S, g, step, 2 * step >= g->rows) == -1)
			return (-1);
	}
	return (0);
}

/* Every second one of ${x}, from ${first} on. */
static void
take_half(struct mpc_vector *z, const struct mpc_vector *x, size_t first, size_t *index)
{
	size_t i;

	for (i = 0; i < z->n; i++)
		index[i] = 2 * i + first;
	mpc_gather(z, x, index, z->n);
}

/* x = where the bit is 1, the first one of each two, else the second; one left over stays last. */
static int
keep_winners(struct mpc *S, struct mpc_vector *x, const struct mpc_bits *first, size_t *index)
{
	const size_t n = first->n, left = x->n % 2;
	struct mpc_vector to, from;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 3, 0) == 0) {
		const struct mpc_selection_term term = { .bit = first, .word = &r.word[0],
			.weight = { 1 } };

		take_half(&r.word[0], x, 0, index);
		take_half(&r.word[1], x, 1, index);
		mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
		rc = mpc_select(S, &r.word[2], &(struct mpc_selection){ .count = 1,
		    .terms = &term, .results = 1 });
		to = mpc_part(x, 0, n);
		mpc_add(&to, &r.word[1], &r.word[2]);
		to = mpc_part(x, n, left);
		from = mpc_part(x, 2 * n, left);
		mpc_copy(&to, &from);
	}
	room_close(&r);
	return (rc);
}

/* One round of the tournament for the longest run; of two that are as long the first wins. */
static int
play_runs(struct mpc *S, struct runs *g, unsigned bits, size_t *index)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .high = bits, .count = 1, .thresholds = &zero };
	const size_t n = g->length.n / 2;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 2, 1) == 0) {
		take_half(&r.word[0], &g->length, 0, index);
		take_half(&r.word[1], &g->length, 1, index);
		mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
		if (mpc_compare(S, r.bit, &r.word[0], &c) == 0 &&
		    keep_winners(S, &g->length, r.bit, index) == 0)
			rc = keep_winners(S, &g->value, r.bit, index);
	}
	room_close(&r);
	return (rc);
}

/* Values ascend, so the first of the longest runs is that of the smallest. */
static int
find_longest(struct mpc *S, struct mpc_vector *y, const struct runs *g)
{
	const unsigned bits = word_bits(g->rows | 1);
	struct runs left = *g;
	size_t *index = mem_array(g->rows, sizeof(*index));
	int rc = (index == NULL) ? -1 : 0;

	while (rc == 0 && left.length.n > 1) {
		rc = play_runs(S, &left, bits, index);
		left.length = mpc_part(&g->length, 0, left.length.n - left.length.n / 2);
		left.value = mpc_part(&g->value, 0, left.length.n);
	}
	free(index);
	if (rc == 0)
		mpc_copy(y, &left.value);
	return (rc);
}

int
mpc_mode(struct mpc *S, struct mpc_vector *y, const struct mpc_ranked *r)
{
	struct runs g;
	int rc = -1;

	if (runs_new(S, &g, r) == 0 && order_rows(S, &g, r) == 0 && measure_runs(S, &g, r) == 0)
		rc = find_longest(S, y, &g);
	runs_free(&g);
	return (rc);
}

/* ---- ranks ---- */

static int
find_places(struct mpc *S, struct mpc_vector *y, const struct mpc_ranked *r, bool descending)
{
	struct mpc_ordering_key keys[MPC_RANKED_KEYS];
	const size_t n_keys = mpc_ranked_keys(r, keys);
	struct mpc_ordering o;
	int rc;

	keys[n_keys - 1].descending = descending;
	if ((rc = mpc_ordering_find(S, &o, keys, n_keys, 0, r->x->n)) == 0)
		rc = mpc_ordering_places(S, &o, y);
	mpc_ordering_free(&o);
	return (rc);
}

/*
 * Places in ascending and in descending order, in both of which equal rows stay as they are: read
 * from behind, the latter ascends, and equal rows are turned round.  The mean of both is that of
 * the places of all that are equal: 2 rank - n - 1 = place - place in descending order.  What is
 * missing comes behind the n others in both orders, and leaves their places as they are.
 */
int
mpc_ranks(struct mpc *S, struct mpc_vector *y, const struct mpc_ranked *r)
{
	const struct bilinear times = bilinear_elements(r->x->n);
	struct room room;
	int rc = -1;

	if (room_open(&room, S, r->x->n, 2, 0) == 0 &&
	    find_places(S, &room.word[0], r, false) == 0 &&
	    find_places(S, &room.word[1], r, true) == 0) {
		mpc_subtract(&room.word[0], &room.word[0], &room.word[1]);
		mpc_copy(y, &room.word[0]);
		rc = (r->present == NULL) ? 0 : mpc_product(S, y, &times, &room.word[0],
		    r->present);
	}
	room_close(&room);
	return (rc);
}

static int
rank_columns(struct mpc *S, struct mpc_vector *ranks, const struct mpc_ranked *columns,
    size_t cols)
{
	const size_t rows = columns[0].x->n;
	struct mpc_vector one;
	size_t j;
	int rc;

	rc = mpc_vector_new(S, &one, rows);
	for (j = 0; j < cols && rc == 0; j++) {
		if ((rc = mpc_ranks(S, &one, &columns[j])) == 0)
			mpc_columns_set(ranks, &one, rows, cols, j);
	}
	mpc_vector_free(&one);
	return (rc);
}

/* ---- correlation of columns that are whole ---- */

#define SUM_BITS 59 /* of squares, as correlations take them */

/*
 * By how many bits ranks grow, or shrink where this is negative: squares of n of them, below n^2,
 * come to less than n^3.
 */
static int
rank_shift(size_t rows)
{

	return ((SUM_BITS - 3 * (int)word_bits(rows | 1)) / 2);
}

/* The sum of ranks is 0, so products need no centre; and they are exact, unless ranks lost bits. */
static int
correlate_whole(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *ranks, size_t rows,
    size_t cols, unsigned f)
{
	struct bilinear products = bilinear_matrices(cols, rows, cols);
	struct mpc_central w = { .cols = cols, .rows = rows };
	struct mpc_vector scaled = { .n = 0 };
	int rc = -1;

	products.x_transposed = true;
	if (mpc_vector_new(S, &w.product, cols * cols) == 0 &&
	    mpc_bits_new(S, &w.coarse, cols) == 0 && mpc_vector_new(S, &scaled, ranks->n) == 0 &&
	    mpc_shift(S, &scaled, ranks, rank_shift(rows)) == 0 &&
	    mpc_product(S, &w.product, &products, &scaled, &scaled) == 0)
		rc = mpc_correlation(S, y, &w, f);
	mpc_vector_free(&scaled);
	mpc_central_free(&w);
	return (rc);
}

/* ---- correlation where values are missing ---- */

/* Columns, and what is found of pairs of them: of each column with itself and those behind it. */
struct rank_pairs {
	const struct mpc_ranked *columns;
	size_t cols, rows;
	const struct mpc_vector *ranks; /* of each column among all its values */
	struct mpc_vector product;      /* of the ranks of a pair, summed over the rows */
	struct mpc_vector squares;      /* those of its first column; behind them, of its second */
	size_t found;
};

/* y = the ranks of column ${i} among the rows in which ${other} has a value, too. */
static int
rank_beside(struct mpc *S, const struct rank_pairs *p, struct mpc_vector *y, size_t i,
    size_t other, const struct mpc_vector *both)
{
	struct mpc_ranked r = p->columns[i];

	if (i == other || p->columns[other].present == NULL) {
		mpc_columns_get(y, p->ranks, p->rows, p->cols, i);
		return (0);
	}
	r.present = (r.present == NULL) ? p->columns[other].present : both;
	return (mpc_ranks(S, y, &r));
}

/* Ranks have the sum 0 among their rows, and are 0 elsewhere: so products need no centre. */
static int
multiply_ranks(struct mpc *S, struct rank_pairs *p, const struct mpc_vector *a,
    const struct mpc_vector *b)
{
	struct bilinear products = bilinear_matrices(2, p->rows, 2);
	const size_t n = p->product.n, at = p->found++;
	struct mpc_vector two = { .n = 0 }, sums = { .n = 0 };
	int rc = -1;

	products.x_transposed = true;
	if (mpc_vector_new(S, &two, 2 * p->rows) == 0 && mpc_vector_new(S, &sums, 4) == 0) {
		mpc_columns_set(&two, a, p->rows, 2, 0);
		mpc_columns_set(&two, b, p->rows, 2, 1);
		if ((rc = mpc_product(S, &sums, &products, &two, &two)) == 0) {
			struct mpc_vector to[3] = { mpc_part(&p->squares, at, 1),
				mpc_part(&p->product, at, 1), mpc_part(&p->squares, n + at, 1) };
			const struct mpc_vector from[3] = { mpc_part(&sums, 0, 1),
				mpc_part(&sums, 1, 1), mpc_part(&sums, 3, 1) };

			mpc_copy(&to[0], &from[0]);
			mpc_copy(&to[1], &from[1]);
			mpc_copy(&to[2], &from[2]);
		}
	}
	mpc_vector_free(&two);
	mpc_vector_free(&sums);
	return (rc);
}

static int
find_rank_pair(struct mpc *S, struct rank_pairs *p, size_t i, size_t j)
{
	enum { FIRST, SECOND, PRESENT, WORDS };
	const struct bilinear times = bilinear_elements(p->rows);
	const struct mpc_vector *a = p->columns[i].present, *b = p->columns[j].present;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, p->rows, WORDS, 0) == 0 &&
	    (i == j || a == NULL || b == NULL ||
	    mpc_product(S, &r.word[PRESENT], &times, a, b) == 0) &&
	    rank_beside(S, p, &r.word[FIRST], i, j, &r.word[PRESENT]) == 0 &&
	    rank_beside(S, p, &r.word[SECOND], j, i, &r.word[PRESENT]) == 0)
		rc = multiply_ranks(S, p, &r.word[FIRST], &r.word[SECOND]);
	room_close(&r);
	return (rc);
}

/* y[i][j] and y[j][i] are those of one pair. */
static int
spread_pairs(struct mpc_vector *y, const struct mpc_vector *pairs, size_t cols)
{
	size_t *index = mem_array(y->n, sizeof(*index)), i, j, at = 0;

	if (index == NULL)
		return (-1);
	for (i = 0; i < cols; i++) {
		for (j = i; j < cols; j++, at++)
			index[i * cols + j] = index[j * cols + i] = at;
	}
	mpc_gather(y, pairs, index, y->n);
	free(index);
	return (0);
}

/* Sums of squares are below rows^3 / 3, so that they have room as they are, and are exact. */
static int
correlate_sparse(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *ranks,
    const struct mpc_ranked *columns, size_t cols, unsigned f)
{
	const size_t n = cols * (cols + 1) / 2;
	struct rank_pairs p = { .columns = columns, .cols = cols, .rows = columns[0].x->n,
		.ranks = ranks };
	struct mpc_vector found = { .n = 0 };
	size_t i, j;
	int rc = -1;

	if (mpc_vector_new(S, &p.product, n) == 0 && mpc_vector_new(S, &p.squares, 2 * n) == 0 &&
	    mpc_vector_new(S, &found, n) == 0)
		rc = 0;
	for (i = 0; i < cols && rc == 0; i++) {
		for (j = i; j < cols && rc == 0; j++)
			rc = find_rank_pair(S, &p, i, j);
	}
	if (rc == 0 && (rc = mpc_correlation_pairs(S, &found, &p.product, &p.squares, f)) == 0)
		rc = spread_pairs(y, &found, cols);
	mpc_vector_free(&p.product);
	mpc_vector_free(&p.squares);
	mpc_vector_free(&found);
	return (rc);
}

int
mpc_rank_correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_ranked *columns,
    size_t cols, unsigned f)
{
	const size_t rows = columns[0].x->n;
	struct mpc_vector ranks;
	bool sparse = false;
	size_t j;
	int rc;

	for (j = 0; j < cols; j++)
		sparse = sparse || columns[j].present != NULL;
	if ((rc = mpc_vector_new(S, &ranks, rows * cols)) == 0 &&
	    (rc = rank_columns(S, &ranks, columns, cols)) == 0)
		rc = sparse ? correlate_sparse(S, y, &ranks, columns, cols, f) :
		    correlate_whole(S, y, &ranks, rows, cols, f);
	mpc_vector_free(&ranks);
	return (rc);
}
