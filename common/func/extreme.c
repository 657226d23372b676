#include "func/extreme.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/function.h"
#include "mpc/room.h"

/*
 * Rows play a tournament as the columns of rows.c do, and for the same reason in groups of 4 until
 * at most 16 are left: 2 comparisons for each row that drops out, then one contest of few rounds.
 * All columns play at once, each for itself.
 */
#define GROUP 4

/* Rows that are left in a tournament, in their order. */
struct standing {
	size_t rows, cols;
	struct mpc_vector value, index;
};

static void
standing_free(struct standing *s)
{

	mpc_vector_free(&s->value);
	mpc_vector_free(&s->index);
}

static int
standing_new(struct mpc *S, struct standing *s, size_t rows, size_t cols, bool index)
{

	memset(s, 0, sizeof(*s));
	s->rows = rows;
	s->cols = cols;
	return ((mpc_vector_new(S, &s->value, rows * cols) == -1 ||
	    (index && mpc_vector_new(S, &s->index, rows * cols) == -1)) ? -1 : 0);
}

static void
copy_words(struct mpc_vector *to, size_t first, const struct mpc_vector *from, size_t begin,
    size_t n)
{
	struct mpc_vector t = mpc_part(to, first, n), f = mpc_part(from, begin, n);

	mpc_copy(&t, &f);
}

/*
 * The winners so far come first, then all rows of a block, with their numbers: of equal ones the
 * first wins, and so it is the earliest row of all.  Memory stays that of a block and a row.
 */
static int
line_up(struct mpc *S, struct standing *s, const struct mpc_extreme *e, const struct mpc_vector *x,
    size_t rows, bool index)
{
	size_t before = (e->rows > 0) ? 1 : 0, cols = e->cols, i;
	struct mpc_vector row;

	if (standing_new(S, s, before + rows, cols, index) == -1)
		return (-1);
	if (before > 0)
		copy_words(&s->value, 0, &e->value, 0, cols);
	if (before > 0 && index)
		copy_words(&s->index, 0, &e->index, 0, cols);
	copy_words(&s->value, before * cols, x, 0, rows * cols);
	for (i = 0; index && i < rows; i++) {
		row = mpc_part(&s->index, (before + i) * cols, cols);
		mpc_add_public(&row, &row, (int64_t)(e->rows + i));
	}
	return (0);
}

/* Member ${k} of all groups of ${size} rows, as one vector. */
static void
member(struct mpc_vector *z, const struct mpc_vector *x, size_t cols, size_t size, size_t k,
    size_t *at)
{
	size_t i;

	for (i = 0; i < z->n; i++)
		at[i] = (i / cols * size + k) * cols + i % cols;
	mpc_gather(z, x, at, z->n);
}

/* index = that of the winner: exactly one of the bits is 1. */
static int
pick_index(struct mpc *S, struct mpc_vector *index, const struct mpc_bits *first,
    const struct mpc_vector *place, size_t size)
{
	struct mpc_selection_term terms[MPC_MAX_GROUP];
	size_t k;

	for (k = 0; k < size; k++)
		terms[k] = (struct mpc_selection_term){ .bit = &first[k], .word = &place[k],
			.weight = { 1 } };
	return (mpc_select(S, index, &(struct mpc_selection){ .count = size, .terms = terms,
		.results = 1 }));
}

/*
 * Groups of ${size} rows that follow each other give one each; rows that are left over stay behind
 * them, which keeps the order.
 */
static int
play_rows(struct mpc *S, struct standing *next, const struct standing *now, size_t size, bool index,
    unsigned range)
{
	size_t groups = now->rows / size, left = now->rows % size, cols = now->cols,
	    n = groups * cols, k, *at = NULL;
	const struct mpc_vector *list[MPC_MAX_GROUP];
	struct mpc_vector winner, *value, *place;
	struct room r;
	int rc = -1;

	memset(next, 0, sizeof(*next));
	if (room_open(&r, S, n, index ? 2 * size : size, index ? size : 0) == -1 ||
	    standing_new(S, next, groups + left, cols, index) == -1 ||
	    (at = mem_array(n, sizeof(*at))) == NULL)
		goto out;
	value = r.word;
	place = value + size;
	for (k = 0; k < size; k++) {
		member(&value[k], &now->value, cols, size, k, at);
		list[k] = &value[k];
		if (index)
			member(&place[k], &now->index, cols, size, k, at);
	}
	winner = mpc_part(&next->value, 0, n);
	if (mpc_max_of(S, &winner, index ? r.bit : NULL, list, size, range) == -1)
		goto out;
	winner = mpc_part(&next->index, 0, n);
	if (index && pick_index(S, &winner, r.bit, place, size) == -1)
		goto out;
	copy_words(&next->value, n, &now->value, groups * size * cols, left * cols);
	if (index)
		copy_words(&next->index, n, &now->index, groups * size * cols, left * cols);
	rc = 0;
out:
	room_close(&r);
	free(at);
	return (rc);
}

int
mpc_extreme_add(struct mpc *S, struct mpc_extreme *e, const struct mpc_vector *x, size_t rows,
    size_t cols, bool index, unsigned range)
{
	struct standing now, next;
	int rc;

	e->cols = cols;
	rc = line_up(S, &now, e, x, rows, index);
	while (rc == 0 && now.rows > 1) {
		rc = play_rows(S, &next, &now, (now.rows <= MPC_MAX_GROUP) ? now.rows : GROUP,
		    index, range);
		standing_free(&now);
		now = next;
	}
	if (rc == -1) {
		standing_free(&now);
		return (-1);
	}
	mpc_extreme_free(e);
	e->value = now.value;
	e->index = now.index;
	e->rows += rows;
	return (0);
}

void
mpc_extreme_free(struct mpc_extreme *e)
{

	mpc_vector_free(&e->value);
	mpc_vector_free(&e->index);
}
