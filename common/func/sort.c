#include "func/sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mpc/room.h"

/* ---- sorting ---- */

#define CHUNK_PAIRS ((size_t)1 << 16)

/*
 * A stage of the network: i and i + distance are compared, wherever i & mask == part, in a list of
 * n.
 */
struct stage {
	size_t n, distance, mask, part;
};

/* Pairs of a stage that are compared at once: where their words are. */
struct pairs {
	size_t *low, *high;
	size_t count;
};

/* The smaller of each pair to its lower place, the larger one to its higher. */
static int
exchange(struct mpc *S, struct mpc_vector *x, const struct pairs *p, unsigned bits)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { 0, bits, 1, &zero };
	struct mpc_selection_term terms[2];
	struct room r;
	int rc = -1;

	if (p->count == 0)
		return (0);
	if (room_open(&r, S, p->count, 4, 1) == -1)
		goto out;
	mpc_gather(&r.word[0], x, p->low, p->count);
	mpc_gather(&r.word[1], x, p->high, p->count);
	mpc_subtract(&r.word[2], &r.word[0], &r.word[1]);
	terms[0] = (struct mpc_selection_term){ &r.bit[0], &r.word[2], { 1, 0 }, { 0, 0 } };
	terms[1] = (struct mpc_selection_term){ NULL, &r.word[1], { 1, 0 }, { 0, 0 } };
	if (mpc_compare(S, &r.bit[0], &r.word[2], &c) == -1 ||
	    mpc_select(S, &r.word[3], &(struct mpc_selection){ 2, terms, 0, 1 }) == -1)
		goto out;
	/* The other one is what is left of both. */
	mpc_add(&r.word[0], &r.word[0], &r.word[1]);
	mpc_subtract(&r.word[0], &r.word[0], &r.word[3]);
	mpc_scatter(x, p->low, &r.word[0]);
	mpc_scatter(x, p->high, &r.word[3]);
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

static int
run_stage(struct mpc *S, struct mpc_vector *x, size_t lists, const struct stage *s, struct pairs *p,
    unsigned bits)
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
				if (exchange(S, x, p, bits) == -1)
					return (-1);
				p->count = 0;
			}
		}
	}
	return (exchange(S, x, p, bits));
}

/* All stages, with the letters of algorithm M. */
static int
run_stages(struct mpc *S, struct mpc_vector *x, size_t lists, size_t n, struct pairs *pairs,
    unsigned bits)
{
	size_t top, p, q;
	struct stage s;

	for (top = 1; 2 * top < n; top *= 2)
		;
	for (p = top; p > 0; p /= 2) {
		s = (struct stage){ n, p, p, 0 };
		for (q = top;; q /= 2) {
			if (run_stage(S, x, lists, &s, pairs, bits) == -1)
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
nn_sort(struct mpc *S, struct mpc_vector *x, size_t lists, size_t n, unsigned bits)
{
	size_t room = (lists * n < CHUNK_PAIRS) ? lists * n : CHUNK_PAIRS;
	struct pairs p = { NULL, NULL, 0 };
	int rc = -1;

	if (n < 2)
		return (0);
	p.low = mem_array(room, sizeof(*p.low));
	p.high = mem_array(room, sizeof(*p.high));
	if (p.low != NULL && p.high != NULL)
		rc = run_stages(S, x, lists, n, &p, bits);
	free(p.low);
	free(p.high);
	return (rc);
}

/* ---- area under the curve ---- */

void
nn_rank_keys(struct mpc_vector *keys, size_t at, const struct mpc_vector *scores,
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
 * positive = words 0 and 1 for all sorted rows: in the first list where a key is odd, in the second
 * where it is even.
 */
static int
find_positives(struct mpc *S, struct mpc_vector *positive, const struct mpc_vector *keys)
{
	size_t n = keys->n / 2, list;
	struct mpc_selection_term term;
	struct mpc_vector part, to;
	struct mpc_bits even;
	int rc = mpc_bits_new(S, &even, n);

	for (list = 0; list < 2 && rc == 0; list++) {
		part = mpc_part(keys, list * n, n);
		to = mpc_part(positive, list * n, n);
		if ((rc = mpc_equal(S, &even, &part, 1)) == -1)
			break;
		if (list == 0)
			mpc_not(&even, &even);
		term = (struct mpc_selection_term){ &even, NULL, { 0, 0 }, { 1, 0 } };
		rc = mpc_select(S, &to, &(struct mpc_selection){ 1, &term, 0, 1 });
	}
	mpc_bits_free(&even);
	return (rc);
}

/* Sum of the positions, from 0, of the positive rows in both lists; and how many there are. */
static int
sum_positions(struct mpc_vector *positions, struct mpc_vector *count,
    const struct mpc_vector *positive, size_t n)
{
	const struct bilinear weigh = bilinear_matrices(1, 2 * n, 1);
	struct mpc_vector list = mpc_part(positive, 0, n);
	word *position;
	size_t i;

	if ((position = mem_array(2 * n, sizeof(*position))) == NULL)
		return (-1);
	for (i = 0; i < 2 * n; i++)
		position[i] = i % n;
	mpc_product_public(positions, &weigh, positive, position);
	columns_sum(count, &list, n, 1, 1);
	free(position);
	return (0);
}

int
nn_rank_auc(struct mpc *S, struct mpc_vector *keys, unsigned bits, struct mpc_vector *hits,
    struct mpc_vector *all)
{
	const struct bilinear times = bilinear_elements(1);
	size_t n = keys->n / 2;
	struct mpc_vector positive;
	struct room r;
	int rc = -1;

	memset(&positive, 0, sizeof(positive));
	if (room_open(&r, S, 1, 3, 0) == -1 || mpc_vector_new(S, &positive, keys->n) == -1 ||
	    nn_sort(S, keys, 2, n, bits) == -1 || find_positives(S, &positive, keys) == -1 ||
	    sum_positions(&r.word[0], &r.word[1], &positive, n) == -1)
		goto out;
	if (mpc_product(S, &r.word[2], &times, &r.word[1], &r.word[1]) == -1)
		goto out;
	/*
	 * Of P positives, the one at position k is above k rows, of which as many are positive as
	 * come before it: P (P - 1) / 2 in all.  Both lists together count pairs twice, ties once.
	 */
	mpc_subtract(hits, &r.word[0], &r.word[2]);
	mpc_add(hits, hits, &r.word[1]);
	/* 2 P (n - P) */
	mpc_scale(all, &r.word[1], (int64_t)n);
	mpc_subtract(all, all, &r.word[2]);
	mpc_scale(all, all, 2);
	rc = 0;
out:
	mpc_vector_free(&positive);
	room_close(&r);
	return (rc);
}
