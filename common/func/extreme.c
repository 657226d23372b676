#include "func/extreme.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/function.h"
#include "mpc/room.h"

#define GROUP 4 /* members of a group where all rows are too many */

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
copy(struct mpc_vector *to, size_t first, const struct mpc_vector *from, size_t begin, size_t n)
{
	struct mpc_vector t = mpc_part(to, first, n), f = mpc_part(from, begin, n);

	mpc_add_public(&t, &f, 0);
}

/* The winners so far come first, then all rows of a block, with their numbers. */
static int
line_up(struct mpc *S, struct standing *s, const struct mpc_extreme *e, const struct mpc_vector *x,
    size_t rows, bool index)
{
	size_t before = (e->rows > 0) ? 1 : 0, cols = e->cols, i;
	struct mpc_vector row;

	if (standing_new(S, s, before + rows, cols, index) == -1)
		return (-1);
	if (before > 0)
		copy(&s->value, 0, &e->value, 0, cols);
	if (before > 0 && index)
		copy(&s->index, 0, &e->index, 0, cols);
	copy(&s->value, before * cols, x, 0, rows * cols);
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

/* index = that of the winner. */
static int
pick_index(struct mpc *S, struct mpc_vector *index, const struct room *r, size_t size)
{
	struct mpc_selection_term terms[MPC_MAX_GROUP];
	size_t k;

	memset(terms, 0, sizeof(terms));
	for (k = 0; k < size; k++) {
		terms[k].bit = &r->bit[k];
		terms[k].word = &r->word[size + k];
		terms[k].weight[0] = 1;
	}
	return (mpc_select(S, index, &(struct mpc_selection){ size, terms, 0, 1 }));
}

/*
 * Groups of ${size} rows that follow each other give one each; rows that are left over stay behind
 * them.
 */
static int
play(struct mpc *S, struct standing *next, const struct standing *now, size_t size, bool index,
    unsigned f)
{
	size_t groups = now->rows / size, left = now->rows % size, cols = now->cols,
	    n = groups * cols, k, *at = NULL;
	const struct mpc_vector *list[MPC_MAX_GROUP];
	struct mpc_vector winner;
	struct room r;
	int rc = -1;

	memset(next, 0, sizeof(*next));
	if (room_open(&r, S, n, index ? 2 * size : size, index ? size : 0) == -1 ||
	    standing_new(S, next, groups + left, cols, index) == -1 ||
	    (at = mem_array(n, sizeof(*at))) == NULL)
		goto out;
	for (k = 0; k < size; k++) {
		member(&r.word[k], &now->value, cols, size, k, at);
		list[k] = &r.word[k];
		if (index)
			member(&r.word[size + k], &now->index, cols, size, k, at);
	}
	winner = mpc_part(&next->value, 0, n);
	if (mpc_max_of(S, &winner, index ? r.bit : NULL, list, size, f) == -1)
		goto out;
	winner = mpc_part(&next->index, 0, n);
	if (index && pick_index(S, &winner, &r, size) == -1)
		goto out;
	copy(&next->value, n, &now->value, groups * size * cols, left * cols);
	if (index)
		copy(&next->index, n, &now->index, groups * size * cols, left * cols);
	rc = 0;
out:
	room_close(&r);
	free(at);
	return (rc);
}

int
mpc_extreme_add(struct mpc *S, struct mpc_extreme *e, const struct mpc_vector *x, size_t rows,
    size_t cols, bool index, unsigned f)
{
	struct standing now, next;
	int rc;

	e->cols = cols;
	rc = line_up(S, &now, e, x, rows, index);
	while (rc == 0 && now.rows > 1) {
		rc = play(S, &next, &now, (now.rows <= MPC_MAX_GROUP) ? now.rows : GROUP, index, f);
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
