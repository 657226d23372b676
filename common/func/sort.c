#include "func/sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mpc/room.h"

/* ---- sorting ---- */

/* Comparisons at once: a stage of a long list is done in pieces, for the sake of memory. */
#define CHUNK_PAIRS ((size_t)1 << 16)

/*
 * A stage of the network: i and i + distance are compared, wherever i & mask == part, in a list of
 * n.  Which pairs these are depends on n alone: the network sorts any list, and nobody learns from
 * the order of comparisons what is in it.
 */
struct sort_step {
	size_t n, distance, mask, part;
};

/* Pairs of a stage that are compared at once: where their words are. */
struct pairs {
	size_t *low, *high;
	size_t count;
};

/*
 * The smaller of each pair to its lower place, the larger one to its higher: a comparison, and one
 * selection, max = b + [a >= b] (a - b).
 */
static int
exchange_pairs(struct mpc *S, struct mpc_vector *x, const struct pairs *p, unsigned range)
{
	enum { LOW, HIGH, DIFFERENCE, LARGER, WORDS };
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .high = range, .count = 1, .thresholds = &zero };
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (p->count == 0)
		return (0);
	if (room_open(&r, S, p->count, WORDS, 1) == -1)
		goto out;
	w = r.word;
	mpc_gather(&w[LOW], x, p->low, p->count);
	mpc_gather(&w[HIGH], x, p->high, p->count);
	mpc_subtract(&w[DIFFERENCE], &w[LOW], &w[HIGH]);
	const struct mpc_selection_term terms[] = {
		{ .bit = r.bit, .word = &w[DIFFERENCE], .weight = { 1 } },
		{ .word = &w[HIGH], .weight = { 1 } },
	};

	if (mpc_compare(S, r.bit, &w[DIFFERENCE], &c) == -1 ||
	    mpc_select(S, &w[LARGER], &(struct mpc_selection){ .count = 2, .terms = terms,
		.results = 1 }) == -1)
		goto out;
	/* The other one is what is left of both. */
	mpc_add(&w[LOW], &w[LOW], &w[HIGH]);
	mpc_subtract(&w[LOW], &w[LOW], &w[LARGER]);
	mpc_scatter(x, p->low, &w[LOW]);
	mpc_scatter(x, p->high, &w[LARGER]);
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

static int
run_stage(struct mpc *S, struct mpc_vector *x, size_t lists, const struct sort_step *s,
    struct pairs *p, unsigned range)
{
	size_t list, i;

	p->count = 0;
	for (list = 0; list < lists; list++) {
		for (i = 0; i + s->distance < s->n; i++) {
			if ((i & s->mask) != s->part)
				continue;
			p->low[p->count] = list * s->n + i;
			p->high[p->count++] = list * s->n + i + s->distance;
			if (p->count == CHUNK_PAIRS) {
				if (exchange_pairs(S, x, p, range) == -1)
					return (-1);
				p->count = 0;
			}
		}
	}
	return (exchange_pairs(S, x, p, range));
}

/*
 * All stages, with the letters of algorithm M.  A pass puts numbers p apart in order where those
 * 2 p apart are: neighbours first, then, with part = p, distances q - p, from far to near.
 */
static int
run_stages(struct mpc *S, struct mpc_vector *x, size_t lists, size_t n, struct pairs *pairs,
    unsigned range)
{
	size_t top, p, q;
	struct sort_step s;

	for (top = 1; 2 * top < n; top *= 2)
		;
	for (p = top; p > 0; p /= 2) {
		s = (struct sort_step){ .n = n, .distance = p, .mask = p };
		for (q = top;; q /= 2) {
			if (run_stage(S, x, lists, &s, pairs, range) == -1)
				return (-1);
			if (q == p)
				break;
			s.distance = q - p;
			s.part = p;
		}
	}
	return (0);
}

int
mpc_sort(struct mpc *S, struct mpc_vector *x, size_t lists, size_t n, unsigned range)
{
	size_t room = (lists * n < CHUNK_PAIRS) ? lists * n : CHUNK_PAIRS;
	struct pairs p = { .count = 0 };
	int rc = -1;

	if (n < 2)
		return (0);
	p.low = mem_array(room, sizeof(*p.low));
	p.high = mem_array(room, sizeof(*p.high));
	if (p.low != NULL && p.high != NULL)
		rc = run_stages(S, x, lists, n, &p, range);
	free(p.low);
	free(p.high);
	return (rc);
}

/* ---- area under the curve ---- */

/*
 * The lists of the first half have 2 score + label, those of the second 2 score + 1 - label: among
 * equal scores positives stand last in the one and first in the other.
 */
void
mpc_rank_keys(struct mpc_vector *keys, size_t at, const struct mpc_vector *scores,
    const struct mpc_vector *labels)
{
	struct mpc_vector last = mpc_part(keys, at, scores->n),
	    first = mpc_part(keys, keys->n / 2 + at, scores->n);

	mpc_scale(&last, scores, 2);
	mpc_subtract(&first, &last, labels);
	mpc_add_public(&first, &first, 1);
	mpc_add(&last, &last, labels);
}

/*
 * positive = words 0 and 1 for all sorted rows: in the lists of the first half where a key is odd,
 * in those of the second where it is even.
 */
static int
find_positives(struct mpc *S, struct mpc_vector *positive, const struct mpc_vector *keys)
{
	size_t n = keys->n / 2, half;
	struct mpc_vector part, to;
	struct mpc_bits even;
	const struct mpc_selection_term term = { .bit = &even, .constant = { 1 } };
	const struct mpc_selection selection = { .count = 1, .terms = &term, .results = 1 };
	int rc = mpc_bits_new(S, &even, n);

	for (half = 0; half < 2 && rc == 0; half++) {
		part = mpc_part(keys, half * n, n);
		to = mpc_part(positive, half * n, n);
		if ((rc = mpc_equal(S, &even, &part, 1)) == -1)
			break;
		if (half == 0)
			mpc_not(&even, &even);
		rc = mpc_select(S, &to, &selection);
	}
	mpc_bits_free(&even);
	return (rc);
}

/*
 * For each ranking, the sum of the positions, from 0, of the positive rows in both lists; and how
 * many there are.  At most 2^20 rows: positions add up to less than 2^40, and quotients take 2^60.
 */
static int
sum_positions(struct mpc_vector *positions, struct mpc_vector *count,
    const struct mpc_vector *positive, size_t rankings)
{
	const size_t n = positive->n / rankings / 2;
	const struct bilinear weigh = bilinear_matrices(1, n, 1);
	struct mpc_vector list, sum, other;
	word *position;
	size_t i;

	if ((position = mem_array(n, sizeof(*position))) == NULL)
		return (-1);
	for (i = 0; i < n; i++)
		position[i] = i;
	for (i = 0; i < 2 * rankings; i++) {
		list = mpc_part(positive, i * n, n);
		sum = mpc_part(positions, i, 1);
		mpc_product_public(&sum, &weigh, &list, position);
		if (i >= rankings) {
			other = mpc_part(positions, i - rankings, 1);
			mpc_add(&other, &other, &sum);
			continue;
		}
		sum = mpc_part(count, i, 1);
		mpc_columns_sum(&sum, &list, n, 1, 1);
	}
	free(position);
	return (0);
}

int
mpc_rank_auc(struct mpc *S, struct mpc_vector *keys, size_t rankings, unsigned range,
    struct mpc_vector *hits, struct mpc_vector *all)
{
	enum { POSITIONS, COUNT, COUNT_SQUARED, WORDS };
	const struct bilinear times = bilinear_elements(rankings);
	const size_t n = keys->n / rankings / 2;
	struct mpc_vector positive, w[WORDS];
	struct room r;
	size_t i;
	int rc = -1;

	memset(&positive, 0, sizeof(positive));
	if (room_open(&r, S, 2 * rankings, WORDS, 0) == -1 ||
	    mpc_vector_new(S, &positive, keys->n) == -1 ||
	    mpc_sort(S, keys, 2 * rankings, n, range) == -1 ||
	    find_positives(S, &positive, keys) == -1)
		goto out;
	if (sum_positions(&r.word[POSITIONS], &r.word[COUNT], &positive, rankings) == -1)
		goto out;
	for (i = 0; i < WORDS; i++)
		w[i] = mpc_part(&r.word[i], 0, rankings);
	if (mpc_product(S, &w[COUNT_SQUARED], &times, &w[COUNT], &w[COUNT]) == -1)
		goto out;
	/*
	 * Of P positives, the one at position k is above k rows, of which as many are positive as
	 * come before it: P (P - 1) / 2 in all.  Both lists together count pairs twice, ties once.
	 */
	mpc_subtract(hits, &w[POSITIONS], &w[COUNT_SQUARED]);
	mpc_add(hits, hits, &w[COUNT]);
	/* 2 P (n - P) */
	mpc_scale(all, &w[COUNT], (int64_t)n);
	mpc_subtract(all, all, &w[COUNT_SQUARED]);
	mpc_scale(all, all, 2);
	rc = 0;
out:
	mpc_vector_free(&positive);
	room_close(&r);
	return (rc);
}
