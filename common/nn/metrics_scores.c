/* Figures of the scores and probabilities of classes: what is ranked, and what is lost by them. */

#include <string.h>

#include "base/diag.h"
#include "func/divisor.h"
#include "func/function.h"
#include "func/sort.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"

/* ---- ranking ---- */

/* Which rows are in class ${k}, and their scores: of two columns the difference. */
static int
add_ranked(struct mpc *S, const struct metrics *m, const struct scored_rows *b,
    struct metrics_ranking *k_th, size_t k)
{
	const size_t cols = m->shape.columns;
	const struct mpc_vector from = mpc_part(&b->label, k * b->stride, b->rows);
	struct mpc_vector next;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, b->rows, 2, 0) == 0) {
		mpc_copy(&r.word[1], &from);
		if (k + 1 < m->shape.classes) {
			next = mpc_part(&b->label, (k + 1) * b->stride, b->rows);
			mpc_subtract(&r.word[1], &r.word[1], &next);
		}
		mpc_add_sum(&k_th->size, &r.word[1]);
		rc = mpc_append(S, &k_th->positive, &k_th->positive_room, &r.word[1]);
		mpc_columns_get(&r.word[0], &b->p, b->rows, cols, (cols > 1) ? k : 0);
		if (cols == 2) {
			mpc_columns_get(&r.word[1], &b->p, b->rows, cols, 0);
			mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
		}
	}
	if (rc == 0)
		rc = mpc_append(S, &k_th->score, &k_th->score_room, &r.word[0]);
	room_close(&r);
	return (rc);
}

int
metrics_add_scores(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	size_t k;

	if (m->rows + b->rows > MPC_RANK_MAX_ROWS)
		return (fail(ST_RANGE, "auc takes at most %zu rows; leave it out, or score some of "
		    "the rows (smpc-head)", MPC_RANK_MAX_ROWS));
	for (k = 0; k < m->n_rankings; k++) {
		if (add_ranked(S, m, b, &m->ranking[k], (m->n_rankings == 1) ? 1 : k) == -1)
			return (-1);
	}
	return (0);
}

/* ---- logarithmic loss ---- */

/* The probability of each class, in one row for each, with ${bits}. */
static int
take_probabilities(struct mpc *S, const struct metrics *m, const struct scored_rows *b,
    struct mpc_vector *all, unsigned bits)
{
	const struct metrics_shape *s = &m->shape;
	int more = metrics_probability_shift(s, bits);
	struct mpc_vector part, p;
	size_t k;

	if (mpc_vector_new(S, &p, b->p.n) == -1)
		return (-1);
	if (mpc_shift(S, &p, &b->p, more) == -1) {
		mpc_vector_free(&p);
		return (-1);
	}

	for (k = 0; k < s->classes; k++) {
		part = mpc_part(all, k * b->stride, b->rows);
		mpc_columns_get(&part, &p, b->rows, s->columns, (s->columns == 1) ? 0 : k);
		if (s->columns == 1 && k == 0) {
			mpc_scale(&part, &part, -1);
			mpc_add_public(&part, &part, (int64_t)1 << bits);
		}
	}
	mpc_vector_free(&p);
	return (0);
}

/* own[k] = whether the label is class k: it is at least k, and not k + 1. */
static void
own_classes(const struct metrics *m, const struct scored_rows *b, struct mpc_bits *all,
    struct mpc_bits *own)
{
	size_t classes = m->shape.classes, k;
	struct mpc_bits from, next;

	for (k = 0; k < classes; k++) {
		own[k] = mpc_bits_part(all, k * b->stride, b->rows);
		from = mpc_bits_part(&b->at_least, (k == 0) ? 0 : (k - 1) * b->stride, b->rows);
		mpc_not(&own[k], &from);
		if (k > 0)
			mpc_not(&own[k], &own[k]);
		if (k == 0 || k + 1 == classes)
			continue;
		next = mpc_bits_part(&b->at_least, k * b->stride, b->rows);
		mpc_xor(&own[k], &own[k], &next);
	}
}

int
metrics_add_loss(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	const struct metrics_shape *s = &m->shape;
	struct mpc_selection_term terms[METRICS_MAX_CLASSES];
	struct mpc_vector probability[METRICS_MAX_CLASSES], all;
	struct mpc_bits own[METRICS_MAX_CLASSES], classes;
	const unsigned bits = (s->bits < METRICS_LOSS_BITS) ? METRICS_LOSS_BITS :
	    (s->bits > METRICS_MAX_BITS) ? METRICS_MAX_BITS : (unsigned)s->bits;
	struct room r;
	size_t k;
	int rc = -1;

	memset(&all, 0, sizeof(all));
	memset(&classes, 0, sizeof(classes));
	memset(terms, 0, sizeof(terms));
	if (room_open(&r, S, b->rows, 2, 0) == -1 ||
	    mpc_vector_new(S, &all, s->classes * b->stride) == -1 ||
	    mpc_bits_new(S, &classes, s->classes * b->stride) == -1 ||
	    take_probabilities(S, m, b, &all, bits) == -1)
		goto out;
	own_classes(m, b, &classes, own);
	for (k = 0; k < s->classes; k++) {
		probability[k] = mpc_part(&all, k * b->stride, b->rows);
		terms[k] = (struct mpc_selection_term){ .bit = &own[k], .word = &probability[k],
			.weight = { 1 } };
	}
	const struct mpc_selection chosen = { .count = s->classes, .terms = terms,
		.shift = bits - METRICS_LOSS_BITS, .results = 1 };

	if (mpc_select(S, &r.word[0], &chosen) == -1 ||
	    mpc_log(S, &r.word[1], &r.word[0], mpc_any_numbers(METRICS_LOSS_BITS)) == -1)
		goto out;
	mpc_add_sum(&m->loss, &r.word[1]);
	rc = metrics_keep_rows(S, m, METRIC_LOG_LOSS, &r.word[1], 1);
out:
	room_close(&r);
	mpc_vector_free(&all);
	mpc_bits_free(&classes);
	return (rc);
}

/* ---- squares of probabilities ---- */

/* Squares of each row, of two words that are the same. */
static int
keep_squares(struct mpc *S, struct metrics *m, const struct room *r)
{
	const struct bilinear times = bilinear_elements(r->word[0].n);
	struct mpc_vector y;
	int rc;

	if ((rc = mpc_vector_new(S, &y, r->word[0].n)) == 0 &&
	    (rc = mpc_product(S, &y, &times, &r->word[0], &r->word[1])) == 0)
		rc = metrics_keep_rows(S, m, METRIC_BRIER, &y, 1);
	mpc_vector_free(&y);
	return (rc);
}

int
metrics_add_brier(struct mpc *S, struct metrics *m, const struct scored_rows *b)
{
	const struct metrics_shape *s = &m->shape;
	const struct bilinear square = bilinear_matrices(1, b->rows, 1);
	const struct mpc_vector label = mpc_part(&b->label, b->stride, b->rows);
	const int shift = metrics_probability_shift(s, METRICS_LOSS_BITS);
	struct mpc_vector sum = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, b->rows, 2, 0) == -1 || mpc_vector_new(S, &sum, 1) == -1)
		goto out;
	mpc_columns_get(&r.word[0], &b->p, b->rows, s->columns, s->columns - 1);
	if (mpc_shift(S, &r.word[0], &r.word[0], shift) == -1)
		goto out;
	mpc_scale(&r.word[1], &label, (int64_t)1 << METRICS_LOSS_BITS);
	mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
	mpc_copy(&r.word[1], &r.word[0]);
	if (s->replicates > 0)
		rc = keep_squares(S, m, &r);
	else if ((rc = mpc_product(S, &sum, &square, &r.word[0], &r.word[1])) == 0)
		mpc_add(&m->brier, &m->brier, &sum);
out:
	room_close(&r);
	mpc_vector_free(&sum);
	return (rc);
}
