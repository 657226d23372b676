/*
 * Bootstrap: figures of rows that are drawn again and again.  Which rows are is public, as it
 * follows from a public seed, so that sums over a replicate of the rows are linear.
 */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/prg.h"
#include "func/sort.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"
#include "ring/ring.h"

#define CHUNK_WORDS ((size_t)1 << 20) /* of weights, at a time */
#define DRAWN ((size_t)1 << 10)       /* rows, at a time */

/* ---- what is kept of each row ---- */

size_t
metrics_kept_at(const struct metrics_shape *s, enum metric which)
{
	const size_t counts = metrics_need(s, METRICS_COUNTS) ? s->classes * s->classes : 0;
	size_t at = counts, i;

	if (which <= METRIC_F1)
		return (0);
	for (i = METRIC_F1 + 1; i < (size_t)which; i++) {
		if (i == METRIC_MSE)
			at += (s->wanted[i] || s->wanted[METRIC_R2]) ? 2 : 0;
		else
			at += !s->wanted[i] ? 0 : (i == METRIC_R2) ? 3 : 1;
	}
	return (at);
}

int
metrics_kept_new(struct metrics *m)
{

	if (m->shape.replicates == 0)
		return (0);
	m->n_kept = metrics_kept_at(&m->shape, METRICS);
	return (((m->kept = mem_array(m->n_kept, sizeof(*m->kept))) == NULL) ? -1 : 0);
}

void
metrics_kept_free(struct metrics *m)
{
	size_t i;

	for (i = 0; m->kept != NULL && i < m->n_kept; i++)
		mpc_vector_free(&m->kept[i].x);
	free(m->kept);
	m->kept = NULL;
}

size_t
metrics_most_kept(const struct metrics *m)
{
	const size_t words = METRICS_MAX_KEPT_WORDS / m->n_kept,
	    predictions = METRICS_MAX_KEPT / m->shape.columns;

	return ((words < predictions) ? words : predictions);
}

int
metrics_keep(struct mpc *S, struct metrics *m, size_t at, const struct mpc_vector *x)
{

	if (m->shape.replicates == 0)
		return (0);
	return (mpc_append(S, &m->kept[at].x, &m->kept[at].room, x));
}

int
metrics_keep_rows(struct mpc *S, struct metrics *m, enum metric which, const struct mpc_vector *x,
    size_t cols)
{
	struct mpc_vector y;
	int rc;

	if (m->shape.replicates == 0)
		return (0);
	if ((rc = mpc_vector_new(S, &y, x->n / cols)) == 0) {
		mpc_rows_sum(&y, x, y.n, cols);
		rc = metrics_keep(S, m, metrics_kept_at(&m->shape, which), &y);
	}
	mpc_vector_free(&y);
	return (rc);
}

/*
 * y[i][j] = whether a row's label is at least class i and its prediction class j, for all but the
 * first of both; rows of words are ${stride} long.
 */
static int
multiply_classes(struct mpc *S, struct mpc_vector *y, const struct metrics *m,
    const struct scored_rows *b)
{
	const size_t others = m->shape.classes - 1;
	const struct bilinear times = bilinear_elements(y->n);
	struct mpc_vector from, to;
	struct room r;
	size_t i, j;
	int rc = -1;

	if (room_open(&r, S, y->n, 2, 0) == 0) {
		for (i = 0; i < others; i++) {
			for (j = 0; j < others; j++) {
				from = mpc_part(&b->label, (i + 1) * b->stride, b->stride);
				to = mpc_part(&r.word[0], (i * others + j) * b->stride, b->stride);
				mpc_copy(&to, &from);
				from = mpc_part(&b->prediction, (j + 1) * b->stride, b->stride);
				to = mpc_part(&r.word[1], (i * others + j) * b->stride, b->stride);
				mpc_copy(&to, &from);
			}
		}
		rc = mpc_product(S, y, &times, &r.word[0], &r.word[1]);
	}
	room_close(&r);
	return (rc);
}

int
metrics_keep_counts(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	const size_t classes = m->shape.classes, others = classes - 1;
	struct mpc_vector all, part, one;
	size_t i, j, at;
	int rc = mpc_vector_new(S, &all, others * others * b->stride);

	if (rc == 0)
		rc = multiply_classes(S, &all, m, b);
	for (i = 0; i < classes && rc == 0; i++) {
		for (j = 0; j < classes && rc == 0; j++) {
			at = i * classes + j;
			part = (i == 0) ? mpc_part(&b->prediction, j * b->stride, b->rows) :
			    (j == 0) ? mpc_part(&b->label, i * b->stride, b->rows) :
			    mpc_part(&all, ((i - 1) * others + j - 1) * b->stride, b->rows);
			one = mpc_part(&m->count, at, 1);
			mpc_add_sum(&one, &part);
			rc = metrics_keep(S, m, at, &part);
		}
	}
	mpc_vector_free(&all);
	return (rc);
}

/* ---- replicates ---- */

/*
 * Add 1 to weight[i][column] for each row i that is drawn: of n rows, word k of the key decides
 * which is the k-th, by the high part of word times n.
 */
static int
draw_rows(word *weight, size_t cols, size_t column, size_t n, uint64_t seed, uint64_t replicate)
{
	static const char label[PRG_LABEL_BYTES] = "smpc bootstrap";
	uint8_t key[PRG_KEY_BYTES];
	word drawn[DRAWN];
	size_t first, i, at, k;

	prg_public_key(key, label, seed, replicate);
	for (first = 0; first < n; first += k) {
		k = (n - first < DRAWN) ? n - first : DRAWN;
		prg_words(drawn, k, key, first);
		for (i = 0; i < k; i++) {
			at = (size_t)ring_below(drawn[i], n) * cols + column;
			if (++weight[at] > METRICS_MAX_WEIGHT)
				return (fail(ST_RANGE, "a row is drawn more than %d times: take "
				    "another --seed", METRICS_MAX_WEIGHT));
		}
	}
	return (0);
}

int
metrics_least_drawn(const struct metrics_shape *s, uint64_t rows, uint64_t *least)
{
	const size_t n = (size_t)rows;
	word *weight = mem_array(n, sizeof(*weight));
	uint64_t drawn;
	size_t r, i;
	int rc = (weight == NULL) ? -1 : 0;

	*least = rows;
	for (r = 0; r < s->replicates && rc == 0; r++) {
		memset(weight, 0, n * sizeof(*weight));
		rc = draw_rows(weight, 1, 0, n, s->seed, r);
		for (i = 0, drawn = 0; i < n; i++)
			drawn += (weight[i] > 0);
		*least = (drawn < *least) ? drawn : *least;
	}
	free(weight);
	return (rc);
}

/* y[v][1 + r] = the sums of kept words over replicate r, for some of these from ${first} on. */
static int
sum_replicates(struct mpc *S, const struct metrics *m, struct mpc_vector *y,
    const struct mpc_vector *x, size_t first, size_t count)
{
	const size_t n = x->n / m->n_kept, samples = m->shape.replicates + 1;
	const struct bilinear weigh = bilinear_matrices(m->n_kept, n, count);
	struct mpc_vector z = { .n = 0 };
	word *weight = mem_array(n * count, sizeof(*weight));
	size_t r;
	int rc = (weight == NULL) ? -1 : mpc_vector_new(S, &z, m->n_kept * count);

	for (r = 0; r < count && rc == 0 && mpc_holds_words(S); r++)
		rc = draw_rows(weight, count, r, n, m->shape.seed, first + r);
	if (rc == 0) {
		mpc_product_public(&z, &weigh, x, weight);
		mpc_columns_lay(y, samples, 1 + first, &z, count, 0, count);
	}
	mpc_vector_free(&z);
	free(weight);
	return (rc);
}

/* x = all that was kept, one figure behind the other, which is let go. */
static int
lay_kept(struct mpc *S, struct metrics *m, struct mpc_vector *x)
{
	const size_t n = m->kept[0].x.n;
	struct mpc_vector part;
	size_t i;

	if (mpc_vector_new(S, x, m->n_kept * n) == -1)
		return (-1);
	for (i = 0; i < m->n_kept; i++) {
		part = mpc_part(x, i * n, n);
		mpc_copy(&part, &m->kept[i].x);
		mpc_vector_free(&m->kept[i].x);
	}
	return (0);
}

int
metrics_resample(struct mpc *S, struct metrics *m, struct mpc_vector *y)
{
	const size_t replicates = m->shape.replicates, samples = replicates + 1;
	struct mpc_vector x = { .n = 0 }, sum;
	size_t n, step, first, count, i;
	int rc = lay_kept(S, m, &x);

	if (rc == 0)
		rc = mpc_vector_new(S, y, m->n_kept * samples);
	n = x.n / m->n_kept;
	for (i = 0; i < m->n_kept && rc == 0; i++) {
		const struct mpc_vector all = mpc_part(&x, i * n, n);

		sum = mpc_part(y, i * samples, 1);
		mpc_add_sum(&sum, &all);
	}
	step = (n < CHUNK_WORDS) ? CHUNK_WORDS / n : 1;
	for (first = 0; first < replicates && rc == 0; first += count) {
		count = (replicates - first < step) ? replicates - first : step;
		rc = sum_replicates(S, m, y, &x, first, count);
	}
	mpc_vector_free(&x);
	return (rc);
}

/* ---- intervals ---- */

/* Words of ends[0] and ends[1] become METRICS_UNDEFINED where the least replicate is that. */
static int
spoil_ends(struct mpc *S, struct mpc_vector *ends, const struct mpc_vector *least)
{
	const int64_t defined = METRICS_UNDEFINED / 2;
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1,
		.thresholds = &defined };
	struct mpc_bits bit;
	int rc = mpc_bits_new(S, &bit, least->n), i;

	if (rc == 0)
		rc = mpc_compare(S, &bit, least, &c);
	for (i = 0; i < 2 && rc == 0; i++) {
		const struct mpc_selection_term terms[] = {
			{ .constant = { METRICS_UNDEFINED } },
			{ .bit = &bit, .word = &ends[i], .weight = { 1 },
			    .constant = { -METRICS_UNDEFINED } },
		};

		rc = mpc_select(S, &ends[i], &(struct mpc_selection){ .count = 2, .terms = terms,
			.results = 1 });
	}
	mpc_bits_free(&bit);
	return (rc);
}

int
metrics_intervals(struct mpc *S, const struct metrics_shape *s, struct mpc_vector *x,
    size_t quotients, struct mpc_vector *low, struct mpc_vector *high)
{
	const size_t n = s->replicates, lists = x->n / n;
	struct mpc_vector ends[2], least = { .n = 0 };
	int rc;

	if ((rc = mpc_sort(S, x, lists, n, (quotients == lists) ? METRICS_QUOTIENT_RANGE :
	    MPC_NUMBER_RANGE)) == -1 || (rc = mpc_vector_new(S, &least, lists)) == -1)
		goto out;
	mpc_columns_get(low, x, lists, n, s->low);
	mpc_columns_get(high, x, lists, n, n - 1 - s->low);
	mpc_columns_get(&least, x, lists, n, 0);
	ends[0] = mpc_part(low, 0, quotients);
	ends[1] = mpc_part(high, 0, quotients);
	const struct mpc_vector first = mpc_part(&least, 0, quotients);

	if (quotients > 0)
		rc = spoil_ends(S, ends, &first);
out:
	mpc_vector_free(&least);
	return (rc);
}
