#include "cli/stratify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "data/bounds.h"
#include "data/presence.h"
#include "func/ordering.h"
#include "table/columns.h"

#define ANY_BITS 62 /* words of which nothing is known are below 2^this in magnitude */

int
stratify_find(struct stratify *s, const struct part *p, const char *where)
{
	const struct column_lists list = { .list = &s->column, .count = 1 }, none = { .count = 0 };
	size_t *position = NULL, n, at;
	struct bounds b;
	int rc = -1;

	if (columns_choose(&list, &none, (const char *const *)p->columns, NULL, p->cols, where,
	    &position, &n) == -1)
		goto out;
	if (n != 1) {
		fail(ST_USAGE, "--stratify takes one column, and '%s' is %zu", s->column, n);
		goto out;
	}
	s->position = position[0];
	if (keyed_refuse(p, where, s->position) == -1)
		goto out;
	if (presence_find(p, where, s->position, &at) == -1)
		goto out;
	if (at != SIZE_MAX) {
		presence_refuse(p, where, s->position, "--stratify");
		goto out;
	}
	b = bounds_of(part_about(p, s->position));
	s->low = bounds_known(b) ? b.low : -((int64_t)1 << ANY_BITS);
	s->high = bounds_known(b) ? b.high : ((int64_t)1 << ANY_BITS) - 1;
	s->guessed = !bounds_known(b);
	rc = 0;
out:
	free(position);
	return (rc);
}

/*
 * Rows in one order of the dealer's, and on top of it, where they are chosen, in one that the
 * dealer does not know: at[i] is the row of ${moved} that comes next.
 */
static int
move_secretly(struct stage *stage, struct keyed *moved, const struct keyed *x, size_t *at)
{
	struct mpc_order order;
	int rc = -1;

	memset(&order, 0, sizeof(order));
	if (mpc_order_new(stage->S, &order, x->rows) == 0 &&
	    keyed_permute(stage->S, moved, x, &order) == 0)
		rc = mpc_common_order(stage->S, at, x->rows);
	mpc_order_free(&order);
	return (rc);
}

/* Sort the rows by the column; those that are equal in an order that nobody knows. */
static int
sort_strata(struct stage *stage, struct arrange *a, const struct stratify *s, size_t *at)
{
	struct mpc_vector key = { .n = 0 };
	const struct mpc_ordering_key by = { .x = &key, .low = s->low, .high = s->high,
		.guessed = s->guessed };
	const size_t rows = a->held.rows;
	struct keyed moved;
	struct mpc_ordering o;
	int rc = -1;

	memset(&o, 0, sizeof(o));
	if (keyed_new(stage->S, &moved, &a->held, rows) == 0 &&
	    mpc_vector_new(stage->S, &key, rows) == 0 &&
	    move_secretly(stage, &moved, &a->held, at) == 0 &&
	    keyed_choose(stage->S, &a->held, &moved,
	    mpc_sees_revealed(stage->S) ? at : NULL) == 0) {
		keyed_column(&key, &a->held, a->part, s->position);
		if (mpc_ordering_find(stage->S, &o, &by, 1, 0, rows) == 0 &&
		    keyed_permute(stage->S, &moved, &a->held, &o.order) == 0)
			rc = keyed_choose(stage->S, &a->held, &moved, o.at);
	}
	mpc_ordering_free(&o);
	keyed_free(&moved);
	mpc_vector_free(&key);
	return (rc);
}

/*
 * Row i of those in order goes to fold i % folds, where it gets another place.  ${moved} has one
 * fold behind the other, and ${at} is how they are dealt out in turn.
 */
static int
move_folds(struct stage *stage, const struct keyed *held, size_t folds, struct keyed *moved,
    size_t *at)
{
	size_t *index = mem_array(held->rows, sizeof(*index)), *common, first = 0, fold, n, i;
	struct keyed rows, to;
	int rc = (index == NULL) ? -1 : 0;

	for (fold = 0; fold < folds && rc == 0; fold++, first += n) {
		n = (held->rows - fold + folds - 1) / folds;
		for (i = 0; i < n; i++)
			index[i] = i * folds + fold;
		to = keyed_part(moved, first, n);
		common = mem_array(n, sizeof(*common));
		if (common == NULL || keyed_new(stage->S, &rows, held, n) == -1) {
			free(common);
			rc = -1;
			break;
		}
		keyed_gather(&rows, held, index);
		rc = move_secretly(stage, &to, &rows, common);
		for (i = 0; i < n; i++)
			at[index[i]] = first + common[i];
		keyed_free(&rows);
		mem_wipe_free(common, n * sizeof(*common));
	}
	free(index);
	return (rc);
}

int
stratify_write(struct stage *stage, struct arrange *a, const struct stratify *s)
{
	const size_t rows = a->held.rows;
	size_t *at = mem_array(rows, sizeof(*at));
	struct keyed moved = { .rows = 0 };
	int rc = -1;

	if (rows < s->folds)
		fail(ST_FAILED, "tensor '%s' has %zu rows, too few for %" PRIu64 " folds: ask for "
		    "fewer folds", a->part->name, rows, s->folds);
	else if (at != NULL && keyed_new(stage->S, &moved, &a->held, rows) == 0 &&
	    sort_strata(stage, a, s, at) == 0 &&
	    move_folds(stage, &a->held, (size_t)s->folds, &moved, at) == 0)
		rc = arrange_choose(stage, a, &moved, mpc_sees_revealed(stage->S) ? at : NULL,
		    rows);
	keyed_free(&moved);
	mem_wipe_free(at, rows * sizeof(*at));
	return (rc);
}
