#include "func/first_largest.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/function.h"

/*
 * Columns play in groups: member k of group g is column k groups + g, so that all members k are a
 * view.  Numbers of a round stand column after column, and are padded to whole words of bits; the
 * members that are missing in the last groups are as small as may be.  Behind the last round, the
 * winner's 1 goes back the same way: a member has its group's, if it won there.
 */
#define GROUP 4
#define MOST_ROUNDS 32

struct match {
	size_t cols, groups, size;
	size_t stride;          /* of a member's numbers: those of all groups and rows */
	struct mpc_bits won;    /* of member after member */
};

struct tournament {
	struct mpc *S;
	size_t rows, rounds;
	unsigned range;
	struct match match[MOST_ROUNDS];
};

static void
tournament_free(struct tournament *t)
{
	size_t i;

	for (i = 0; i < t->rounds; i++)
		mpc_bits_free(&t->match[i].won);
}

static int
match_new(struct tournament *t, size_t cols)
{
	struct match *m = &t->match[t->rounds++];

	*m = (struct match){ .cols = cols };
	m->size = (cols <= MPC_MAX_GROUP) ? cols : GROUP;
	m->groups = (cols + m->size - 1) / m->size;
	m->stride = mpc_bits_stride(m->groups * t->rows);
	return (mpc_bits_new(t->S, &m->won, m->size * m->stride));
}

/* Members of ${x}, which has the match's columns, each at its stride. */
static void
seat_members(const struct tournament *t, const struct match *m, struct mpc_vector *z,
    const struct mpc_vector *x)
{
	const size_t n = m->groups * t->rows, all = m->cols * t->rows;
	struct mpc_vector to, from;
	size_t k, have;

	mpc_zero(z);
	for (k = 0; k < m->size; k++) {
		have = (k * n < all) ? all - k * n : 0;
		have = (have < n) ? have : n;
		to = mpc_part(z, k * m->stride, have);
		from = mpc_part(x, k * n, have);
		mpc_copy(&to, &from);
		to = mpc_part(z, k * m->stride + have, n - have);
		mpc_add_public(&to, &to, -((int64_t)1 << (t->range - 1)));
	}
}

/* y = the largest of each group. */
static int
play(struct tournament *t, struct match *m, struct mpc_vector *y, const struct mpc_vector *x)
{
	struct mpc_vector members = { .n = 0 }, member[MPC_MAX_GROUP];
	const struct mpc_vector *list[MPC_MAX_GROUP];
	struct mpc_bits won[MPC_MAX_GROUP];
	size_t k;
	int rc;

	if ((rc = mpc_vector_new(t->S, &members, m->size * m->stride)) == 0) {
		seat_members(t, m, &members, x);
		for (k = 0; k < m->size; k++) {
			member[k] = mpc_part(&members, k * m->stride, m->stride);
			won[k] = mpc_bits_part(&m->won, k * m->stride, m->stride);
			list[k] = &member[k];
		}
		rc = mpc_max_of(t->S, y, won, list, m->size, t->range);
	}
	mpc_vector_free(&members);
	return (rc);
}

/* y = [a member won] for all columns of a match, where ${group} is 1 for groups that did. */
static int
hand_back(struct tournament *t, const struct match *m, struct mpc_vector *y,
    const struct mpc_vector *group)
{
	const size_t n = m->groups * t->rows, all = m->cols * t->rows;
	struct mpc_vector spread = { .n = 0 }, to, from;
	const struct mpc_selection_term term = { .bit = &m->won, .word = &spread, .weight = { 1 } };
	size_t k, have;
	int rc;

	if ((rc = mpc_vector_new(t->S, &spread, m->size * m->stride)) == 0) {
		for (k = 0; k < m->size; k++) {
			to = mpc_part(&spread, k * m->stride, n);
			mpc_copy(&to, group);
		}
		rc = mpc_select(t->S, &spread, &(struct mpc_selection){ .count = 1, .terms = &term,
			.results = 1 });
	}
	for (k = 0; rc == 0 && k < m->size && k * n < all; k++) {
		have = (all - k * n < n) ? all - k * n : n;
		to = mpc_part(y, k * n, have);
		from = mpc_part(&spread, k * m->stride, have);
		mpc_copy(&to, &from);
	}
	mpc_vector_free(&spread);
	return (rc);
}

/* From rows to columns, or back. */
static int
turn_matrix(struct mpc_vector *z, const struct mpc_vector *x, size_t rows, size_t cols)
{
	size_t *index, i;

	if ((index = mem_array(x->n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < x->n; i++)
		index[i] = i % rows * cols + i / rows;
	mpc_gather(z, x, index, x->n);
	free(index);
	return (0);
}

/* All rounds; ${x}, column after column, is the largest of each row then. */
static int
play_all(struct tournament *t, struct mpc_vector *x, size_t cols)
{
	struct mpc_vector y, winners;
	struct match *m;
	int rc = 0;

	while (cols > 1 && rc == 0) {
		m = &t->match[t->rounds];
		if ((rc = match_new(t, cols)) == -1 ||
		    (rc = mpc_vector_new(t->S, &y, m->stride)) == -1)
			break;
		if ((rc = play(t, m, &y, x)) == 0) {
			winners = mpc_part(&y, 0, m->groups * t->rows);
			x->n = m->groups * t->rows;
			mpc_copy(x, &winners);
		}
		mpc_vector_free(&y);
		cols = m->groups;
	}
	return (rc);
}

/* ${z}, column after column: 1 where the winner is. */
static int
hand_back_all(struct tournament *t, struct mpc_vector *z)
{
	struct mpc_vector group, part;
	size_t i;
	int rc;

	if ((rc = mpc_vector_new(t->S, &group, z->n)) == -1)
		return (-1);
	part = mpc_part(&group, 0, t->rows);
	mpc_add_public(&part, &part, 1);
	for (i = t->rounds; i-- > 0 && rc == 0;) {
		part = mpc_part(&group, 0, t->match[i].groups * t->rows);
		if ((rc = hand_back(t, &t->match[i], z, &part)) == 0)
			mpc_copy(&group, z);
	}
	if (t->rounds == 0)
		mpc_copy(z, &group);
	mpc_vector_free(&group);
	return (rc);
}

int
mpc_first_largest(struct mpc *S, struct mpc_vector *best, struct mpc_vector *chosen,
    const struct mpc_vector *x, size_t rows, size_t cols, unsigned range)
{
	struct tournament t = { .S = S, .rows = rows, .range = range };
	struct mpc_vector turned = { .n = 0 }, all, part;
	int rc;

	if ((rc = mpc_vector_new(S, &turned, x->n)) == 0 &&
	    (rc = turn_matrix(&turned, x, rows, cols)) == 0) {
		all = turned;
		if ((rc = play_all(&t, &all, cols)) == 0) {
			part = mpc_part(&turned, 0, rows);
			mpc_copy(best, &part);
			rc = hand_back_all(&t, &turned);
		}
		if (rc == 0)
			rc = turn_matrix(chosen, &turned, cols, rows);
	}
	tournament_free(&t);
	mpc_vector_free(&turned);
	return (rc);
}
