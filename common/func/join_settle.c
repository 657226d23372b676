/*
 * Keys that occur twice in a table.  Tags would show it, and how often: so it is found before tags
 * are opened, by an order of other tags, under a key of their own, in which equal ones stand side
 * by side, the first of them first.
 */

#include <string.h>

#include "base/mem.h"
#include "func/join_internal.h"
#include "func/ordering.h"

/*
 * How many bits of a tag rows are ordered by: as many as fit a word beside a row's place, since
 * comparisons of two words cost twice as much.  Where a third tag has the same bits, it can stand
 * between two that are equal, and hide them: of 2^20 rows, once in 2^23 such pairs.  Then tags that
 * are opened show it (join_match), and there is no result.
 */
#define ORDERED_MOST 62
#define ORDERED_LEAST 40

static unsigned
ordered_bits(size_t rows)
{
	unsigned bits = ORDERED_MOST;

	while (bits > ORDERED_LEAST && (rows - 1) >> (ORDERED_MOST + 1 - bits) != 0)
		bits--;
	return (bits);
}

/* ---- an order of tags ---- */

/* The lowest bits of each tag as a number. */
static int
number_tags(struct mpc *S, struct mpc_vector *x, const struct mpc_bits *tags)
{
	const size_t rows = x->n, stride = mpc_bits_stride(rows);
	struct mpc_selection_term terms[ORDERED_MOST];
	struct mpc_selection selection = { .count = ordered_bits(rows), .terms = terms };
	struct mpc_bits turned, bit[ORDERED_MOST];
	size_t i;
	int rc;

	if ((rc = mpc_bits_new(S, &turned, MPC_JOIN_KEY_BITS * stride)) == 0) {
		mpc_bits_turn(&turned, tags, rows, MPC_JOIN_KEY_WORDS);
		memset(terms, 0, sizeof(terms));
		for (i = 0; i < selection.count; i++) {
			bit[i] = mpc_bits_part(&turned, i * stride, rows);
			terms[i].bit = &bit[i];
			terms[i].constant[0] = (int64_t)1 << i;
		}
		rc = mpc_select(S, x, &selection);
	}
	mpc_bits_free(&turned);
	return (rc);
}

static int
order_tags(struct mpc *S, struct mpc_ordering *o, const struct mpc_bits *tags, size_t rows)
{
	struct mpc_vector x;
	const struct mpc_ordering_key key = { .x = &x,
		.high = ((int64_t)1 << ordered_bits(rows)) - 1 };
	int rc;

	if ((rc = mpc_vector_new(S, &x, rows)) == 0 && (rc = number_tags(S, &x, tags)) == 0)
		rc = mpc_ordering_find(S, o, &key, 1, 0, rows);
	mpc_vector_free(&x);
	return (rc);
}

/* ---- equal neighbours ---- */

#define FACTORS 4

/* d = all of the MPC_JOIN_KEY_BITS vectors of ${n} bits in ${a}, which are used up. */
static int
all_of(struct mpc *S, struct mpc_bits *d, struct mpc_bits *a, size_t n)
{
	const size_t stride = mpc_bits_stride(n);
	struct mpc_bits part[FACTORS], product;
	const struct mpc_bits *list[FACTORS];
	size_t count, width, i;
	int rc = 0;

	for (count = MPC_JOIN_KEY_BITS; rc == 0 && count > 1; count /= width) {
		width = (count % FACTORS == 0) ? FACTORS : 2;
		for (i = 0; i < width; i++) {
			part[i] = mpc_bits_part(a, i * (count / width) * stride,
			    count / width * stride);
			list[i] = &part[i];
		}
		if ((rc = mpc_bits_new(S, &product, part[0].n)) == 0 &&
		    (rc = mpc_and(S, &product, list, width)) == 0)
			mpc_bits_copy(&part[0], &product);
		mpc_bits_free(&product);
	}
	part[0] = mpc_bits_part(a, 0, n);
	mpc_bits_copy(d, &part[0]);
	return (rc);
}

/* d[k] = whether rows k and k + 1, of ${n} + 1, are the same. */
static int
same_neighbours(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *rows, size_t n)
{
	struct mpc_bits before = mpc_bits_part(rows, 0, n * MPC_JOIN_KEY_BITS),
	    after = mpc_bits_part(rows, MPC_JOIN_KEY_BITS, n * MPC_JOIN_KEY_BITS);
	struct mpc_bits differ = { .n = 0 }, turned = { .n = 0 };
	int rc = -1;

	if (mpc_bits_new(S, &differ, before.n) == 0 &&
	    mpc_bits_new(S, &turned, MPC_JOIN_KEY_BITS * mpc_bits_stride(n)) == 0) {
		mpc_xor(&differ, &before, &after);
		mpc_bits_turn(&turned, &differ, n, MPC_JOIN_KEY_WORDS);
		mpc_not(&turned, &turned);
		rc = all_of(S, d, &turned, n);
	}
	mpc_bits_free(&differ);
	mpc_bits_free(&turned);
	return (rc);
}

/* Put tags into the order that was found. */
static int
put_tags_in_order(struct mpc *S, const struct mpc_ordering *o, struct mpc_bits *ordered,
    const struct mpc_bits *tags)
{
	struct mpc_bits moved;
	int rc;

	if ((rc = mpc_bits_new(S, &moved, tags->n)) == 0 &&
	    (rc = mpc_permute_bits(S, &moved, tags, &o->order, false)) == 0)
		rc = mpc_choose_bits(S, ordered, &moved, o->at, MPC_JOIN_KEY_WORDS);
	mpc_bits_free(&moved);
	return (rc);
}

/* ---- one bit about a table ---- */

/* Whether any of the bits is 1: nothing else is opened. */
static int
reveal_any(struct mpc *S, const struct mpc_bits *d, size_t n, bool *any)
{
	const struct mpc_selection_term term = { .bit = d, .constant = { 1 } };
	const struct mpc_selection selection = { .count = 1, .terms = &term };
	struct mpc_vector x = { .n = 0 }, sum = { .n = 0 };
	struct mpc_bits none = { .n = 0 };
	word clear = 0;
	int rc = -1;

	if (mpc_vector_new(S, &x, n) == 0 && mpc_vector_new(S, &sum, 1) == 0 &&
	    mpc_bits_new(S, &none, 1) == 0 && mpc_select(S, &x, &selection) == 0) {
		mpc_add_sum(&sum, &x);
		if (mpc_equal(S, &none, &sum, 64) == 0)
			rc = mpc_reveal_bits(S, &clear, &none);
	}
	*any = (mpc_sees_revealed(S) && (clear & 1) == 0);
	mpc_vector_free(&x);
	mpc_vector_free(&sum);
	mpc_bits_free(&none);
	return (rc);
}

/* ---- rows that are not the first ---- */

/* Where each row of those in the secret order stands in the order of tags. */
static int
turn_places(const struct mpc_ordering *o, size_t rows, size_t **place)
{
	size_t k;

	*place = NULL;
	if (o->at == NULL)
		return (0);
	if ((*place = mem_array(rows, sizeof(**place))) == NULL)
		return (-1);
	for (k = 0; k < rows; k++)
		(*place)[o->at[k]] = k;
	return (0);
}

/*
 * later[r] = all bits of a row's words, whether row r of the table is not the first of its key;
 * ${same} says so of rows in order, from the second one on.
 */
static int
put_back(struct mpc *S, const struct mpc_ordering *o, struct mpc_bits *later,
    const struct mpc_bits *same, size_t rows)
{
	struct mpc_bits ordered = { .n = 0 }, moved = { .n = 0 }, behind;
	size_t *place = NULL;
	int rc = -1;

	if (mpc_bits_new(S, &ordered, later->n) == 0 && mpc_bits_new(S, &moved, later->n) == 0 &&
	    turn_places(o, rows, &place) == 0) {
		behind = mpc_bits_part(&ordered, MPC_JOIN_KEY_BITS,
		    (rows - 1) * MPC_JOIN_KEY_BITS);
		mpc_bits_spread(&behind, same, MPC_JOIN_KEY_WORDS);
		if (mpc_choose_bits(S, &moved, &ordered, place, MPC_JOIN_KEY_WORDS) == 0)
			rc = mpc_permute_bits(S, later, &moved, &o->order, true);
	}
	mpc_bits_free(&ordered);
	mpc_bits_free(&moved);
	mem_wipe_free(place, (place != NULL) ? rows * sizeof(*place) : 0);
	return (rc);
}

/*
 * Of rows that are not the first, tags become 0, if rows without a match are part of the result:
 * these are left out.  Else they become random ones, which match none.
 */
static int
spoil_tags(struct mpc *S, const struct mpc_join *j, struct mpc_bits *tags,
    struct mpc_bits *later)
{
	struct mpc_bits product = { .n = 0 }, random = { .n = 0 };
	const struct mpc_bits *list[2] = { later, tags };
	int rc;

	if ((rc = mpc_bits_new(S, &product, tags->n)) == 0 && j->kind == MPC_JOIN_INNER) {
		list[1] = &random;
		if ((rc = mpc_bits_new(S, &random, tags->n)) == 0)
			rc = mpc_random_bits(S, &random);
	}
	if (rc == 0 && (rc = mpc_and(S, &product, list, 2)) == 0)
		mpc_xor(tags, tags, &product);
	mpc_bits_free(&product);
	mpc_bits_free(&random);
	return (rc);
}

static int
keep_first(struct mpc *S, const struct mpc_join *j, const struct mpc_ordering *o,
    struct mpc_bits *tags, const struct mpc_bits *same, size_t rows)
{
	struct mpc_bits later;
	int rc;

	if ((rc = mpc_bits_new(S, &later, tags->n)) == 0 &&
	    (rc = put_back(S, o, &later, same, rows)) == 0)
		rc = spoil_tags(S, j, tags, &later);
	mpc_bits_free(&later);
	return (rc);
}

/* ---- a table ---- */

/* Find which rows, in an order that is found, are those before them. */
static int
find_same(struct mpc *S, const struct mpc_join *j, struct mpc_ordering *o, struct mpc_bits *same,
    size_t first, size_t rows)
{
	struct mpc_bits other = { .n = 0 }, ordered = { .n = 0 };
	int rc = -1;

	if (mpc_bits_new(S, &other, rows * MPC_JOIN_KEY_BITS) == 0 &&
	    mpc_bits_new(S, &ordered, rows * MPC_JOIN_KEY_BITS) == 0 &&
	    join_tags(S, j, &other, first, rows) == 0 && order_tags(S, o, &other, rows) == 0 &&
	    put_tags_in_order(S, o, &ordered, &other) == 0)
		rc = same_neighbours(S, same, &ordered, rows - 1);
	mpc_bits_free(&other);
	mpc_bits_free(&ordered);
	return (rc);
}

/* Tell all parties of the first table in which a key occurs twice. */
static int
tell_repeats(struct mpc *S, struct mpc_join *j, const struct mpc_bits *same, size_t t, size_t rows)
{
	size_t repeats = 0;
	bool any;

	if (reveal_any(S, same, rows - 1, &any) == -1)
		return (-1);
	repeats = any ? 1 : 0;
	if (mpc_tell(S, &repeats, 1) == -1)
		return (-1);
	if (repeats > 0)
		j->repeats = t;
	return (0);
}

static int
settle_table(struct mpc *S, struct mpc_join *j, struct mpc_bits *tags, size_t t, size_t first)
{
	const size_t rows = j->table[t].rows;
	struct mpc_bits part = mpc_bits_part(tags, first * MPC_JOIN_KEY_BITS,
	    rows * MPC_JOIN_KEY_BITS), same;
	struct mpc_ordering o;
	int rc;

	memset(&o, 0, sizeof(o));
	if ((rc = mpc_bits_new(S, &same, rows - 1)) == 0 &&
	    (rc = find_same(S, j, &o, &same, first, rows)) == 0)
		rc = (j->duplicates == MPC_JOIN_FIRST) ?
		    keep_first(S, j, &o, &part, &same, rows) :
		    tell_repeats(S, j, &same, t, rows);
	mpc_ordering_free(&o);
	mpc_bits_free(&same);
	return (rc);
}

int
join_settle(struct mpc *S, struct mpc_join *j, struct mpc_bits *tags)
{
	size_t t, first = 0;

	if (j->duplicates == MPC_JOIN_ALL)
		return (0);
	for (t = 0; t < j->tables && j->repeats == j->tables; first += j->table[t++].rows) {
		if (!j->table[t].distinct && j->table[t].rows > 1 &&
		    settle_table(S, j, tags, t, first) == -1)
			return (-1);
	}
	return (0);
}
