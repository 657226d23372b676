#include "func/merge.h"

#include <stdlib.h>

#include "base/mem.h"
#include "mpc/room.h"

/* While cells are merged: what has not been given to a cell yet, and which cells have some rows. */
struct cell_merge {
	const struct mpc_cells *c;
	int64_t least;
	size_t width;             /* values of one cell of all lists */
	struct mpc_vector carry;
	struct mpc_bits *full;    /* for each cell */
};

/* What is known of number ${i} of the cells, or put there. */
static void
get_cell(const struct cell_merge *m, struct mpc_vector *y, const struct mpc_vector *x, size_t i)
{

	mpc_columns_get(y, x, m->width, m->c->cells, i);
}

static void
set_cell(const struct cell_merge *m, struct mpc_vector *x, const struct mpc_vector *y, size_t i)
{

	mpc_columns_set(x, y, m->width, m->c->cells, i);
}

/* y[value][list] = x[0][list] */
static void
spread_counts(const struct cell_merge *m, struct mpc_vector *y, const struct mpc_vector *x)
{
	const struct mpc_vector counts = mpc_part(x, 0, m->c->lists);
	struct mpc_vector to;
	size_t v;

	for (v = 0; v < m->c->values; v++) {
		to = mpc_part(y, v * m->c->lists, m->c->lists);
		mpc_copy(&to, &counts);
	}
}

/* y = bit x */
static int
take_if(struct mpc *S, struct mpc_vector *y, const struct mpc_bits *bit, const struct mpc_vector *x)
{
	const struct mpc_selection_term term = { .bit = bit, .word = x, .weight = { 1 } };

	return (mpc_select(S, y, &(struct mpc_selection){ .count = 1, .terms = &term,
	    .results = 1 }));
}

/* A cell keeps its rows and those carried to it, if they are enough, and else passes them on. */
static int
fill_cell(struct mpc *S, struct cell_merge *m, struct mpc_vector *x, size_t i)
{
	const struct mpc_comparison enough = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &m->least };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, m->width, 2, 0) == 0) {
		get_cell(m, &r.word[0], x, i);
		mpc_add(&m->carry, &m->carry, &r.word[0]);
		spread_counts(m, &r.word[0], &m->carry);
		if (mpc_compare(S, &m->full[i], &r.word[0], &enough) == 0 &&
		    (rc = take_if(S, &r.word[1], &m->full[i], &m->carry)) == 0) {
			set_cell(m, x, &r.word[1], i);
			mpc_subtract(&m->carry, &m->carry, &r.word[1]);
		}
	}
	room_close(&r);
	return (rc);
}

/* What is left goes to the first cell that has rows. */
static int
merge_rest(struct mpc *S, struct cell_merge *m, struct mpc_vector *x, size_t i)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, m->width, 2, 0) == 0 &&
	    (rc = take_if(S, &r.word[0], &m->full[i], &m->carry)) == 0) {
		get_cell(m, &r.word[1], x, i);
		mpc_add(&r.word[1], &r.word[1], &r.word[0]);
		set_cell(m, x, &r.word[1], i);
		mpc_subtract(&m->carry, &m->carry, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/* count = how many lists have too few rows in all, as no cell has them. */
static int
count_short(struct mpc *S, const struct cell_merge *m, const struct mpc_vector *x,
    struct mpc_vector *count)
{
	const struct mpc_comparison enough = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &m->least };
	const struct mpc_vector counts = mpc_part(x, 0, m->c->lists * m->c->cells);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, m->c->lists, 2, 1) == 0) {
		const struct mpc_selection_term term = { .bit = &r.bit[0], .constant = { 1 } };

		mpc_rows_sum(&r.word[0], &counts, m->c->lists, m->c->cells);
		if (mpc_compare(S, &r.bit[0], &r.word[0], &enough) == 0) {
			mpc_not(&r.bit[0], &r.bit[0]);
			rc = mpc_select(S, &r.word[1], &(struct mpc_selection){ .count = 1,
			    .terms = &term, .results = 1 });
			mpc_rows_sum(count, &r.word[1], 1, m->c->lists);
		}
	}
	room_close(&r);
	return (rc);
}

/* All words become 0 where a list has too few rows, or none. */
static int
hide_all(struct mpc *S, const struct cell_merge *m, struct mpc_vector *x)
{
	struct room r;
	struct mpc_vector count = { .n = 0 };
	int rc = -1;

	if (room_open(&r, S, x->n, 2, 1) == 0 && mpc_vector_new(S, &count, 1) == 0 &&
	    count_short(S, m, x, &count) == 0) {
		mpc_rows_spread(&r.word[1], &count, 1, x->n);
		if (mpc_equal(S, &r.bit[0], &r.word[1], MPC_NUMBER_RANGE) == 0 &&
		    (rc = take_if(S, &r.word[0], &r.bit[0], x)) == 0)
			mpc_copy(x, &r.word[0]);
	}
	room_close(&r);
	mpc_vector_free(&count);
	return (rc);
}

static int
merge_all(struct mpc *S, struct cell_merge *m, struct mpc_vector *x)
{
	size_t i;

	for (i = m->c->cells; i-- > 0;) {
		if (mpc_bits_new(S, &m->full[i], m->width) == -1 || fill_cell(S, m, x, i) == -1)
			return (-1);
	}
	for (i = 0; i < m->c->cells; i++) {
		if (merge_rest(S, m, x, i) == -1)
			return (-1);
	}
	return (hide_all(S, m, x));
}

int
mpc_merge_cells(struct mpc *S, struct mpc_vector *x, const struct mpc_cells *c, uint64_t least)
{
	struct cell_merge m = { .c = c, .least = (int64_t)least, .width = c->values * c->lists };
	size_t i;
	int rc = -1;

	if (least <= 1)
		return (0);
	if ((m.full = mem_array(c->cells, sizeof(*m.full))) == NULL)
		return (-1);
	if (mpc_vector_new(S, &m.carry, m.width) == 0)
		rc = merge_all(S, &m, x);
	for (i = 0; i < c->cells; i++)
		mpc_bits_free(&m.full[i]);
	free(m.full);
	mpc_vector_free(&m.carry);
	return (rc);
}
