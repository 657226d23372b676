#include "func/function.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mpc/mpc.h"
#include "mpc/room.h"

/* ---- the largest of a few ---- */

/*
 * All pairs are compared in one operation, and so are all conjunctions: vectors of words and bits
 * for i follow each other in long ones, at distance ${stride}, which is a multiple of 64, so that
 * they begin with a whole word of a plane.
 */
struct contest {
	size_t n, stride, count;
	size_t pairs;
	struct mpc_vector difference;
	struct mpc_bits beats;  /* for each pair i < j: x_i >= x_j */
	struct mpc_bits best;   /* for each i */
};

/*
 * Pairs i < j in the order of i, then of j: before those of i stand count - 1 pairs of 0, count - 2
 * of 1, ..., which is i (2 count - i - 1) / 2 in all.
 */
static size_t
pair_index(size_t i, size_t j, size_t count)
{

	return (i * (2 * count - i - 1) / 2 + (j - i - 1));
}

/*
 * x_i >= x_j is asked of the difference, which has one bit more than the numbers: that is what the
 * range is of.
 */
static int
contest_compare(struct mpc *S, struct contest *c, const struct mpc_vector *const *x,
    unsigned range)
{
	static const int64_t zero = 0;
	const struct mpc_comparison comparison = { .high = range, .count = 1,
		.thresholds = &zero };
	struct mpc_vector part;
	size_t i, j;

	for (i = 0; i < c->count; i++) {
		for (j = i + 1; j < c->count; j++) {
			part = mpc_part(&c->difference, pair_index(i, j, c->count) * c->stride,
			    c->n);
			mpc_subtract(&part, x[i], x[j]);
		}
	}
	return (mpc_compare(S, &c->beats, &c->difference, &comparison));
}

/*
 * What i has to win to be the first of the largest: to be at least as large as those behind it, the
 * bit of the pair, and larger than those before it, x_i > x_j, which is not x_j >= x_i.  So one of
 * equal numbers wins, the first, and exactly one bit of the contest is 1.
 */
static void
contest_bit(const struct contest *c, struct mpc_bits *to, size_t i, size_t other)
{
	size_t pair = (i < other) ? pair_index(i, other, c->count) : pair_index(other, i, c->count);
	struct mpc_bits d = mpc_bits_part(&c->beats, pair * c->stride, c->stride);

	mpc_bits_copy(to, &d);
	if (i > other)
		mpc_not(to, to);
}

/*
 * best = the conjunction of ${width} bits for each i, which are at ${in}, four at a time: a round
 * for up to 4 bits, 5 members, and a second one for up to 15, all that a contest can have.
 */
static int
conjunction(struct mpc *S, struct contest *c, struct mpc_bits *in, size_t width)
{
	const struct mpc_bits *list[MPC_MAX_AND];
	struct mpc_bits operand[MPC_MAX_AND], out, to, from;
	size_t total = c->count * c->stride, next, i, k;
	int rc = 0;

	memset(operand, 0, sizeof(operand));
	while (width > 1 && rc == 0) {
		next = (width + MPC_MAX_AND - 1) / MPC_MAX_AND;
		for (k = 0; k < MPC_MAX_AND && rc == 0; k++) {
			list[k] = &operand[k];
			if ((rc = mpc_bits_new(S, &operand[k], next * total)) == -1)
				break;
			/* Where there are not four, one of them is taken twice. */
			for (i = 0; i < next; i++) {
				to = mpc_bits_part(&operand[k], i * total, total);
				from = mpc_bits_part(in, ((MPC_MAX_AND * i + k < width) ?
				    MPC_MAX_AND * i + k : MPC_MAX_AND * i) * total, total);
				mpc_bits_copy(&to, &from);
			}
		}
		memset(&out, 0, sizeof(out));
		if (rc == 0 && (rc = mpc_bits_new(S, &out, next * total)) == 0)
			rc = mpc_and(S, &out, list, MPC_MAX_AND);
		for (k = 0; k < MPC_MAX_AND; k++)
			mpc_bits_free(&operand[k]);
		mpc_bits_free(in);
		*in = out;
		width = next;
	}
	return (rc);
}

/* best[i] = [i beats all others]. */
static int
contest_best(struct mpc *S, struct contest *c)
{
	size_t total = c->count * c->stride, i, j, k;
	struct mpc_bits in, to;
	int rc;

	memset(&in, 0, sizeof(in));
	if (mpc_bits_new(S, &in, (c->count - 1) * total) == -1)
		return (-1);
	for (i = 0; i < c->count; i++) {
		for (j = 0, k = 0; j < c->count; j++) {
			if (j == i)
				continue;
			to = mpc_bits_part(&in, k++ * total + i * c->stride, c->stride);
			contest_bit(c, &to, i, j);
		}
	}
	if ((rc = conjunction(S, c, &in, c->count - 1)) == 0)
		mpc_bits_copy(&c->best, &in);
	mpc_bits_free(&in);
	return (rc);
}

static int
contest_open(struct mpc *S, struct contest *c, size_t n, size_t count)
{

	memset(c, 0, sizeof(*c));
	c->n = n;
	c->stride = mpc_bits_stride(n);
	c->count = count;
	c->pairs = count * (count - 1) / 2;
	return ((mpc_vector_new(S, &c->difference, c->pairs * c->stride) == -1 ||
	    mpc_bits_new(S, &c->beats, c->pairs * c->stride) == -1 ||
	    mpc_bits_new(S, &c->best, count * c->stride) == -1) ? -1 : 0);
}

static void
contest_close(struct contest *c)
{

	mpc_vector_free(&c->difference);
	mpc_bits_free(&c->beats);
	mpc_bits_free(&c->best);
}

/* Pick one of ${words} with the bits of a contest: the sum of all, each times its bit. */
static int
pick(struct mpc *S, struct mpc_vector *y, const struct contest *c,
    const struct mpc_vector *const *words)
{
	struct mpc_selection_term terms[MPC_MAX_GROUP];
	struct mpc_bits bit[MPC_MAX_GROUP];
	size_t i;

	for (i = 0; i < c->count; i++) {
		bit[i] = mpc_bits_part(&c->best, i * c->stride, c->n);
		terms[i] = (struct mpc_selection_term){ .bit = &bit[i], .word = words[i],
			.weight = { 1 } };
	}
	return (mpc_select(S, y, &(struct mpc_selection){ .count = c->count, .terms = terms,
		.results = 1 }));
}

int
mpc_max_of(struct mpc *S, struct mpc_vector *y, struct mpc_bits *d,
    const struct mpc_vector *const *x, size_t count, unsigned range)
{
	struct mpc_bits part;
	struct contest c;
	size_t i;
	int rc = -1;

	if (contest_open(S, &c, x[0]->n, count) == 0 && contest_compare(S, &c, x, range) == 0 &&
	    contest_best(S, &c) == 0)
		rc = pick(S, y, &c, x);
	for (i = 0; rc == 0 && d != NULL && i < count; i++) {
		part = mpc_bits_part(&c.best, i * c.stride, c.n);
		mpc_bits_copy(&d[i], &part);
	}
	contest_close(&c);
	return (rc);
}

/* ---- rows of a matrix ---- */

/*
 * Members of a group where all of a row are too many.  A group of g takes g (g - 1) / 2 comparisons
 * to be rid of g - 1 numbers, g / 2 each: 2 for a group of 4, 8 for one of 16.  A group of 4 also
 * saves a round, as its conjunctions have 3 bits and not 15.  What is left of the row, up to 16,
 * plays one contest: few numbers, fewer rounds.
 */
#define GROUP_SMALL 4

/*
 * A table of candidates: one vector of ${rows} values for each of ${count} columns, and the columns
 * that they are from.
 */
struct candidates {
	size_t rows, count;
	struct mpc_vector *value;
	struct mpc_vector *index; /* NULL if nobody asks */
};

static void
candidates_free(struct candidates *c)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (c->value != NULL)
			mpc_vector_free(&c->value[i]);
		if (c->index != NULL)
			mpc_vector_free(&c->index[i]);
	}
	free(c->value);
	free(c->index);
	memset(c, 0, sizeof(*c));
}

static int
candidates_new(struct mpc *S, struct candidates *c, size_t rows, size_t count, bool index)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->rows = rows;
	c->count = count;
	if ((c->value = mem_array(count, sizeof(*c->value))) == NULL ||
	    (index && (c->index = mem_array(count, sizeof(*c->index))) == NULL))
		return (-1);
	for (i = 0; i < count; i++) {
		if (mpc_vector_new(S, &c->value[i], rows) == -1 ||
		    (index && mpc_vector_new(S, &c->index[i], rows) == -1))
			return (-1);
	}
	return (0);
}

/* The winners of groups ${first}, of ${size} each, side by side as one long vector. */
static void
put_together(struct mpc_vector *z, const struct mpc_vector *from, size_t first, size_t step,
    size_t groups, size_t rows)
{
	struct mpc_vector part;
	size_t i;

	for (i = 0; i < groups; i++) {
		part = mpc_part(z, i * rows, rows);
		mpc_copy(&part, &from[first + i * step]);
	}
}

/*
 * What the next round begins with: the winners, of all groups one behind the other, and behind them
 * the columns that were in no group, so that earlier columns stay before later ones.
 */
static void
line_up_next(struct mpc_vector *next, size_t count, const struct mpc_vector *now, size_t size,
    const struct mpc_vector *winner, size_t groups, size_t rows)
{
	struct mpc_vector part;
	size_t i;

	for (i = 0; i < groups; i++) {
		part = mpc_part(winner, i * rows, rows);
		mpc_copy(&next[i], &part);
	}
	for (; i < count; i++)
		mpc_copy(&next[i], &now[groups * size + i - groups]);
}

/*
 * One round of a tournament: groups of ${size} columns give one each; the columns that are left
 * over stay.  Member k of all groups together is one vector.
 */
static int
play_columns(struct mpc *S, struct candidates *next, const struct candidates *now, size_t size,
    bool index, unsigned range)
{
	size_t groups = now->count / size, left = now->count % size, rows = now->rows, k;
	const struct mpc_vector *list[MPC_MAX_GROUP], *list_index[MPC_MAX_GROUP];
	struct mpc_vector *value, *place, *winner, *winner_place;
	struct contest c;
	struct room r;
	int rc = -1;

	memset(&c, 0, sizeof(c));
	if (room_open(&r, S, groups * rows, 2 * size + 2, 0) == -1 ||
	    candidates_new(S, next, rows, groups + left, index) == -1)
		goto out;
	value = r.word;
	place = value + size;
	winner = place + size;
	winner_place = winner + 1;
	for (k = 0; k < size; k++) {
		put_together(&value[k], now->value, k, size, groups, rows);
		list[k] = &value[k];
		list_index[k] = &place[k];
		if (index)
			put_together(&place[k], now->index, k, size, groups, rows);
	}
	if (contest_open(S, &c, groups * rows, size) == -1 ||
	    contest_compare(S, &c, list, range) == -1 || contest_best(S, &c) == -1 ||
	    pick(S, winner, &c, list) == -1 ||
	    (index && pick(S, winner_place, &c, list_index) == -1))
		goto out;
	line_up_next(next->value, next->count, now->value, size, winner, groups, rows);
	if (index)
		line_up_next(next->index, next->count, now->index, size, winner_place, groups,
		    rows);
	rc = 0;
out:
	contest_close(&c);
	room_close(&r);
	return (rc);
}

/* Begin with the columns of a matrix, and their public positions. */
static int
candidates_begin(struct mpc *S, struct candidates *c, const struct mpc_vector *x, size_t rows,
    size_t cols, bool index)
{
	size_t *at, i, j;

	if (candidates_new(S, c, rows, cols, index) == -1 ||
	    (at = mem_array(rows, sizeof(*at))) == NULL)
		return (-1);
	for (j = 0; j < cols; j++) {
		for (i = 0; i < rows; i++)
			at[i] = i * cols + j;
		mpc_gather(&c->value[j], x, at, rows);
		if (index)
			mpc_add_public(&c->index[j], &c->index[j], (int64_t)j);
	}
	free(at);
	return (0);
}

int
mpc_max_rows(struct mpc *S, struct mpc_vector *y, struct mpc_vector *index,
    const struct mpc_vector *x, size_t rows, size_t cols, unsigned range)
{
	struct candidates now, next;
	size_t size;
	int rc;

	memset(&next, 0, sizeof(next));
	rc = candidates_begin(S, &now, x, rows, cols, index != NULL);
	while (rc == 0 && now.count > 1) {
		size = (now.count <= MPC_MAX_GROUP) ? now.count : GROUP_SMALL;
		rc = play_columns(S, &next, &now, size, index != NULL, range);
		candidates_free(&now);
		now = next;
		memset(&next, 0, sizeof(next));
	}
	if (rc == 0 && y != NULL)
		mpc_copy(y, &now.value[0]);
	if (rc == 0 && index != NULL)
		mpc_copy(index, &now.index[0]);
	candidates_free(&now);
	return (rc);
}

/* ---- softmax ---- */

/*
 * softmax does not change if a number is subtracted from all of a row: with the largest, no power
 * grows, and one of them is e^0 = 1, so that the sum cannot vanish.
 *
 * Powers and their sums have 20 fraction bits, those of f = 16 and four more: the sum of 32768
 * powers is then below 2^36, and reciprocals of such sums still have 5 bits.
 */
#define SOFTMAX_BITS 20

/* Vectors of a word for each number, and of a word for each row. */
enum { SHIFTED, POWER, SPREAD, PRODUCT, WIDE_WORDS };
enum { LARGEST, SUM, OF_SUM, NARROW_WORDS };

/*
 * What both have in common: shifted = x - max, power = e^shifted, and the sums of its rows, which
 * are in [1, cols] but for the error of the powers, a thousandth of them.
 */
static int
exponentials(struct mpc *S, struct room *wide, struct room *narrow, const struct mpc_vector *x,
    size_t rows, size_t cols, struct mpc_numbers n)
{
	struct mpc_vector *shifted = &wide->word[SHIFTED], *power = &wide->word[POWER],
	    *largest = &narrow->word[LARGEST];

	if (mpc_max_rows(S, largest, NULL, x, rows, cols, n.range) == -1)
		return (-1);
	mpc_rows_spread(shifted, largest, rows, cols);
	mpc_subtract(shifted, x, shifted);
	if (mpc_exp_negative(S, power, shifted, n, SOFTMAX_BITS) == -1)
		return (-1);
	mpc_rows_sum(&narrow->word[SUM], power, rows, cols);
	return (0);
}

/*
 * Steps of three octaves from 2^SUM_LOW on, that reach to ${cols} and a little more.  At 1/2 the
 * lowest sum is an octave inside, and an eighth of cols is more than any error.  6 for 32768, of
 * the 8 that there may be.
 */
#define SUM_LOW (-1)

static unsigned
softmax_steps(size_t cols)
{
	unsigned steps = 1;

	while (((size_t)1 << (3 * steps + SUM_LOW)) < cols + cols / 8 + 1)
		steps++;
	return (steps);
}

int
mpc_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, struct mpc_numbers n)
{
	const struct bilinear times = bilinear_elements(rows * cols);
	struct mpc_vector *w, *of_sum;
	struct room wide, narrow;
	int rc = -1;

	memset(&narrow, 0, sizeof(narrow));
	if (room_open(&wide, S, rows * cols, WIDE_WORDS, 0) == -1 ||
	    room_open(&narrow, S, rows, NARROW_WORDS, 0) == -1)
		goto out;
	w = wide.word;
	of_sum = &narrow.word[OF_SUM];
	if (exponentials(S, &wide, &narrow, x, rows, cols, n) == 0 &&
	    mpc_reciprocal_within(S, of_sum, &narrow.word[SUM], SOFTMAX_BITS, SUM_LOW,
	    softmax_steps(cols)) == 0) {
		mpc_rows_spread(&w[SPREAD], of_sum, rows, cols);
		/* Both factors are at most 1, their product has the bits of both. */
		if (mpc_product(S, &w[PRODUCT], &times, &w[POWER], &w[SPREAD]) == 0)
			rc = mpc_truncate(S, y, &w[PRODUCT], SOFTMAX_BITS + SOFTMAX_BITS - n.f);
	}
out:
	room_close(&wide);
	room_close(&narrow);
	return (rc);
}

int
mpc_log_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, struct mpc_numbers n)
{
	struct mpc_vector *w, *of_sum;
	struct room wide, narrow;
	int rc = -1;

	memset(&narrow, 0, sizeof(narrow));
	if (room_open(&wide, S, rows * cols, SPREAD + 1, 0) == -1 ||
	    room_open(&narrow, S, rows, NARROW_WORDS, 0) == -1)
		goto out;
	w = wide.word;
	of_sum = &narrow.word[OF_SUM];
	/* x - max - ln sum: a thousandth of the sum is a thousandth of the result, absolute. */
	if (exponentials(S, &wide, &narrow, x, rows, cols, n) == 0 &&
	    mpc_log(S, of_sum, &narrow.word[SUM], mpc_any_numbers(SOFTMAX_BITS)) == 0 &&
	    (n.f == SOFTMAX_BITS ||
	    mpc_truncate(S, of_sum, of_sum, SOFTMAX_BITS - n.f) == 0)) {
		mpc_rows_spread(&w[SPREAD], of_sum, rows, cols);
		mpc_subtract(y, &w[SHIFTED], &w[SPREAD]);
		rc = 0;
	}
out:
	room_close(&wide);
	room_close(&narrow);
	return (rc);
}
