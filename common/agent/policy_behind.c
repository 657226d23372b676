/*
 * How many rows are behind a part.
 *
 * Of a part two lower bounds are kept.  "each" is how many rows of owners' tables every single
 * value of it is made of; "all" is how many different ones its rows together are made of.  A
 * sharing of n rows has 1 and n.  A sum over rows turns what is "all" of its inputs into "each".
 *
 * Bounds are kept low where rows could be counted twice, or be taken out again:
 * - Parts of the same sharing may have the same rows in them: of such, the most of one part count.
 * - A figure less another figure of the same sharing may leave one row: where two parts of the same
 *   sharing come together, and one of them is a figure already, 1 is all that is known.
 * - Public numbers that differ from row to row may be 0 for all rows but one.
 * - A group that is not shown is made of nothing: it adds no rows to those of others.
 * - Where rows stand there more than once, of any k rows as many fewer are different ("again").
 * - Rows of a join that have no row of a table may be all but one of those that a value is made of.
 */

#include <stdlib.h>
#include <string.h>

#include "agent/policy_parts_internal.h"

/* ---- places ---- */

static int
order_of_places(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return ((x > y) - (x < y));
}

/* Put places in order, each once. */
static void
places_settle(struct places *s)
{
	size_t i, k = 0;

	if (s->count > 1)
		qsort(s->at, s->count, sizeof(*s->at), order_of_places);
	for (i = 0; i < s->count; i++) {
		if (k == 0 || s->at[k - 1] != s->at[i])
			s->at[k++] = s->at[i];
	}
	s->count = k;
}

void
behind_free(struct behind *b)
{

	free(b->origins.at);
	free(b->rows_of.at);
	memset(b, 0, sizeof(*b));
}

/* ---- inputs that have sharings in common ---- */

/* Inputs of one operation: groups[i] is an input of the same group; the first one stands for it. */
struct part_groups {
	size_t *of;
	size_t n;
};

static size_t
group_stands_for(struct part_groups *g, size_t i)
{

	while (g->of[i] != i)
		i = g->of[i] = g->of[g->of[i]];
	return (i);
}

/* One place of one input. */
struct claim {
	uint32_t place;
	size_t input;
};

static int
compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->place != y->place)
		return ((x->place > y->place) ? 1 : -1);
	return ((x->input > y->input) - (x->input < y->input));
}

static const struct places *
behind_places(const struct behind *b, bool rows)
{

	return (rows ? &b->rows_of : &b->origins);
}

/* Put inputs that have sharings in common into one group: of those whose ${rows} theirs are. */
static int
make_groups(struct part_groups *g, const uint32_t *inputs, size_t n, const struct behind *behind,
    bool rows)
{
	struct claim *claims;
	size_t total = 0, i, k, a, b;

	for (i = 0; i < n; i++)
		total += behind_places(&behind[inputs[i]], rows)->count;
	g->n = n;
	g->of = mem_array(n, sizeof(*g->of));
	claims = mem_array(total, sizeof(*claims));
	if (g->of == NULL || claims == NULL) {
		free(claims);
		return (-1);
	}
	for (i = 0, total = 0; i < n; i++) {
		g->of[i] = i;
		for (k = 0; k < behind_places(&behind[inputs[i]], rows)->count; k++)
			claims[total++] = (struct claim){
				behind_places(&behind[inputs[i]], rows)->at[k], i };
	}
	if (total > 1)
		qsort(claims, total, sizeof(*claims), compare_claims);
	for (k = 1; k < total; k++) {
		if (claims[k].place != claims[k - 1].place)
			continue;
		a = group_stands_for(g, claims[k - 1].input);
		b = group_stands_for(g, claims[k].input);
		g->of[(a > b) ? a : b] = (a > b) ? b : a;
	}
	free(claims);
	return (0);
}

/* ---- rules ---- */

static uint64_t
most_rows(uint64_t a, uint64_t b)
{

	return ((a > b) ? a : b);
}

static uint64_t
least_rows(uint64_t a, uint64_t b)
{

	return ((a < b) ? a : b);
}

/*
 * How many rows an input adds to what is made of all its rows; one that is not read whole, one; and
 * one that may be made of none, none.
 */
static uint64_t
rows_in(const struct behind *b)
{

	if (b->or_none)
		return (0);
	return (most_rows((b->all == POLICY_ROWS_OPEN) ? 1 : b->all, b->each));
}

static uint64_t
rows_added(uint64_t a, uint64_t b)
{

	return ((a > POLICY_ROWS_OPEN - b) ? POLICY_ROWS_OPEN : a + b);
}

/* What is left of ${rows} where ${lost} of them may not count: one at least, if there are some. */
static uint64_t
rows_left(uint64_t rows, uint64_t lost)
{

	return ((rows > lost) ? rows - lost : least_rows(rows, 1));
}

/* Rows of all inputs that have no row of a table. */
static uint64_t
rows_without(const uint32_t *inputs, size_t n, const struct behind *behind)
{
	uint64_t without = 0;
	size_t i;

	for (i = 0; i < n; i++)
		without = rows_added(without, behind[inputs[i]].without);
	return (without);
}

/*
 * Whether two different inputs have a sharing in common, and one of them is a figure: their
 * difference may be one row.
 */
static int
may_leave_one(const uint32_t *inputs, size_t n, const struct behind *behind, bool *may)
{
	struct part_groups g = { NULL, 0 };
	struct { bool several, figure; } *of = mem_array(n, sizeof(*of));
	size_t i, k;
	int rc = (of == NULL) ? -1 : make_groups(&g, inputs, n, behind, false);

	*may = false;
	for (i = 0; i < n && rc == 0; i++) {
		k = group_stands_for(&g, i);
		of[k].several = (of[k].several || inputs[k] != inputs[i]);
		of[k].figure = (of[k].figure || behind[inputs[i]].each > 1);
		*may = (*may || (of[k].several && of[k].figure));
	}
	free(g.of);
	free(of);
	return (rc);
}

/*
 * All rows of the inputs together: of each group the most of one input, and these added up.  The
 * most of one group is in ${most}.
 */
static int
sum_of_groups(const uint32_t *inputs, size_t n, const struct behind *behind, uint64_t *sum,
    uint64_t *most)
{
	struct part_groups g = { NULL, 0 };
	uint64_t *of = mem_array(n, sizeof(*of));
	size_t i, k;
	int rc = (of == NULL) ? -1 : make_groups(&g, inputs, n, behind, true);

	*sum = *most = 0;
	for (i = 0; i < n && rc == 0; i++) {
		k = group_stands_for(&g, i);
		of[k] = most_rows(of[k], rows_in(&behind[inputs[i]]));
	}
	for (i = 0; i < n && rc == 0; i++) {
		*sum = rows_added(*sum, of[i]);
		*most = most_rows(*most, of[i]);
	}
	free(g.of);
	free(of);
	return (rc);
}

/* The least rows behind a value of any input; those that have no rows have no values. */
static uint64_t
least_each(const uint32_t *inputs, size_t n, const struct behind *behind)
{
	uint64_t each = POLICY_ROWS_OPEN;
	size_t i;

	for (i = 0; i < n; i++) {
		if (behind[inputs[i]].each > 0)
			each = least_rows(each, behind[inputs[i]].each);
	}
	return ((each == POLICY_ROWS_OPEN && n > 0) ? 0 : each);
}

/* Each row of the result is made of one row of each input. */
static void
row_by_row(const uint32_t *inputs, size_t n, const struct behind *behind, struct behind *out)
{
	size_t i;

	out->each = least_each(inputs, n, behind);
	out->all = (out->each == 0) ? 0 : POLICY_ROWS_OPEN;
	for (i = 0; i < n; i++) {
		if (behind[inputs[i]].each > 0)
			out->all = least_rows(out->all, most_rows(behind[inputs[i]].all,
			    behind[inputs[i]].each));
	}
}

/* Every value is made of all rows of the inputs. */
static int
over_rows(enum part_making making, const uint32_t *inputs, size_t n, const struct behind *behind,
    struct behind *out)
{
	uint64_t sum, most;

	if (sum_of_groups(inputs, n, behind, &sum, &most) == -1)
		return (-1);
	/* Of two tables side by side, every row was counted twice at most. */
	out->each = rows_left((making == MAKING_SUM) ? sum : most_rows(most, sum / 2),
	    rows_without(inputs, n, behind));
	/* Of figures that may all be made of none, there may be one that is made of some. */
	if (sum == 0)
		out->each = least_each(inputs, n, behind);
	out->all = out->each;
	return (0);
}

static bool
has_figures(const uint32_t *inputs, size_t n, const struct behind *behind)
{
	size_t i;

	for (i = 0; i < n && behind[inputs[i]].each <= 1; i++)
		continue;
	return (i < n);
}

/*
 * Every value is made of ${p}->least rows among those that were read, or of none.  Rows that stand
 * there more than once may all be in one group.  If rows are figures, all may be of the same rows.
 */
static int
of_groups(const struct noted_part *p, const uint32_t *inputs, size_t n,
    const struct behind *behind, struct behind *out)
{
	uint64_t different, most, again;

	if (sum_of_groups(inputs, n, behind, &different, &most) == -1)
		return (-1);
	again = (p->among > different) ? p->among - different : 0;
	again = rows_added(again, rows_without(inputs, n, behind));
	out->each = least_each(inputs, n, behind);
	if (p->least > again && !has_figures(inputs, n, behind))
		out->each = most_rows(out->each, least_rows(p->least - again, different));
	out->all = out->each;
	out->or_none = true;
	return (0);
}

/*
 * Figures over all rows, and such of cells, each of ${p}->least of the ${p}->among rows that were
 * read: rows that stand there again, or are not known to be others, may all be in one cell.
 */
static int
of_cells(const struct noted_part *p, const uint32_t *inputs, size_t n, const struct behind *behind,
    struct behind *out)
{
	uint64_t again;

	if (over_rows(MAKING_MODEL, inputs, n, behind, out) == -1)
		return (-1);
	again = (p->among > out->each) ? p->among - out->each : 0;
	out->each = has_figures(inputs, n, behind) ? least_rows(out->each, least_each(inputs, n,
	    behind)) : least_rows(out->each, rows_left(p->least, again));
	out->all = out->each;
	return (0);
}

/* All rows, in another order, or as columns. */
static int
rearranged(enum part_making making, const uint32_t *inputs, size_t n, const struct behind *behind,
    struct behind *out)
{
	uint64_t most;

	out->each = least_each(inputs, n, behind);
	if (making == MAKING_ORDER)
		return (sum_of_groups(inputs, n, behind, &out->all, &most));
	out->all = out->each;
	return (0);
}

/* Whether an input is what the rows are put into: a model, or what was learned before. */
static bool
is_model(const struct noted_part *p, const struct behind *b)
{

	return (p->model || b->each > 1);
}

/* The inputs that have the rows: all but models, if there are others. */
static size_t
leave_models_out(const struct noted_parts *ps, const uint32_t *inputs, size_t n,
    const struct behind *behind, uint32_t *rows)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		if (!is_model(&ps->list[inputs[i]], &behind[inputs[i]]))
			rows[k++] = inputs[i];
	}
	for (i = 0; i < n && k == 0; i++)
		rows[i] = inputs[i];
	return ((k == 0) ? n : k);
}

/* Set ${to}, which is empty, to all places of the inputs. */
static int
unite_places(const uint32_t *inputs, size_t n, const struct behind *behind, bool rows,
    struct places *to)
{
	const struct places *from;
	size_t i, total = 0;

	for (i = 0; i < n; i++)
		total += behind_places(&behind[inputs[i]], rows)->count;
	if ((to->at = mem_array(total, sizeof(*to->at))) == NULL)
		return (-1);
	for (i = 0; i < n; i++) {
		from = behind_places(&behind[inputs[i]], rows);
		if (from->count > 0)
			memcpy(to->at + to->count, from->at, from->count * sizeof(*to->at));
		to->count += from->count;
	}
	places_settle(to);
	return (0);
}

int
parts_together(const struct noted_parts *ps, const struct noted_part *p, const uint32_t *inputs,
    size_t n, const struct behind *behind, struct behind *out)
{
	const enum part_making making = p->making;
	uint32_t *rows = mem_array(n, sizeof(*rows));
	bool may = false;
	size_t k = n, i;
	int rc = -1;

	if (rows == NULL || unite_places(inputs, n, behind, false, &out->origins) == -1)
		goto out;
	if (n > 0)
		memcpy(rows, inputs, n * sizeof(*rows));
	if (making == MAKING_PREDICT || making == MAKING_MODEL || making == MAKING_CELLS)
		k = leave_models_out(ps, inputs, n, behind, rows);
	else if (may_leave_one(inputs, n, behind, &may) == -1)
		goto out;
	if (unite_places(rows, k, behind, true, &out->rows_of) == -1)
		goto out;
	for (i = 0; i < n; i++)
		out->or_none = (out->or_none || behind[inputs[i]].or_none);
	rc = 0;
	if (k == 0) /* of public numbers alone: no owner's row is in it */
		out->each = out->all = 0;
	else if (may || making == MAKING_OTHER)
		out->each = out->all = 1;
	else if (making == MAKING_GROUPS)
		rc = of_groups(p, rows, k, behind, out);
	else if (making == MAKING_CELLS)
		rc = of_cells(p, rows, k, behind, out);
	else if (making == MAKING_ROWS || making == MAKING_PRODUCT || making == MAKING_PREDICT)
		row_by_row(rows, k, behind, out);
	else if (making == MAKING_ORDER || making == MAKING_TURN)
		rc = rearranged(making, rows, k, behind, out);
	else
		rc = over_rows(making, rows, k, behind, out);
out:
	free(rows);
	return (rc);
}

/* ---- one part ---- */

/* Whether public numbers, or a join of all pairs, may have left nothing of all rows but one. */
static bool
singles_out(const struct noted_parts *ps, const struct noted_part *p)
{
	const struct noted_part *in;
	size_t i;

	for (i = 0; i < p->n_inputs && p->making != MAKING_PRODUCT; i++) {
		in = &ps->list[p->inputs[i]];
		if (in->kind == POLICY_NOTE_PUBLIC && in->rows > 1)
			return (true);
	}
	return (p->mixed);
}

static bool
is_row_by_row(enum part_making making)
{

	return (making == MAKING_ROWS || making == MAKING_PRODUCT || making == MAKING_PREDICT ||
	    making == MAKING_ORDER);
}

/*
 * How many of any rows of the result stand there once more, at most: those of the inputs; and where
 * it has more rows than any input, these stand one behind the other, and may be the same.
 */
static int
rows_again(const struct noted_parts *ps, const struct noted_part *p, const uint32_t *inputs,
    size_t n, const struct behind *behind, uint64_t *again)
{
	uint64_t different, most, longest = 0;
	size_t i;

	*again = 0;
	if (sum_of_groups(inputs, n, behind, &different, &most) == -1)
		return (-1);
	for (i = 0; i < n; i++) {
		*again = rows_added(*again, behind[inputs[i]].again);
		longest = most_rows(longest, ps->list[inputs[i]].rows);
	}
	if (p->rows > longest && p->rows > different)
		*again = most_rows(*again, p->rows - different);
	return (0);
}

/* What is behind a result whose inputs are traced. */
static int
trace_result(const struct noted_parts *ps, const struct noted_part *p, const struct behind *behind,
    struct behind *out)
{
	uint32_t *secret = mem_array(p->n_inputs, sizeof(*secret));
	size_t i, n = 0;
	int rc;

	if (secret == NULL)
		return (-1);
	for (i = 0; i < p->n_inputs; i++) {
		if (ps->list[p->inputs[i]].kind != POLICY_NOTE_PUBLIC)
			secret[n++] = p->inputs[i];
	}
	rc = parts_together(ps, p, secret, n, behind, out);
	if (is_row_by_row(p->making))
		out->without = rows_added(rows_without(secret, n, behind),
		    (p->among > p->least) ? p->among - p->least : 0);
	if (rc == 0 && is_row_by_row(p->making))
		rc = rows_again(ps, p, secret, n, behind, &out->again);
	free(secret);
	if (is_row_by_row(p->making) && p->rows == 0)
		out->each = 0;
	if (is_row_by_row(p->making))
		out->all = least_rows(out->all, most_rows(rows_left(p->rows, out->again),
		    out->each));
	if (out->each > 0 && singles_out(ps, p))
		out->all = out->each = 1;
	return (rc);
}

static int
set_place(struct places *s, uint32_t at)
{

	if ((s->at = mem_array(1, sizeof(*s->at))) == NULL)
		return (-1);
	s->at[0] = at;
	s->count = 1;
	return (0);
}

/* A sharing is its own origin.  Without rows it adds none to what it comes into. */
static int
trace_sharing(const struct noted_part *p, uint32_t at, struct behind *out)
{

	out->each = (p->rows == 0) ? 0 : 1;
	out->all = p->rows;
	return ((set_place(&out->origins, at) == -1) ? -1 : set_place(&out->rows_of, at));
}

/* Everything that the wanted parts are made of is wanted, too. */
static void
want_inputs(const struct noted_parts *ps, bool *wanted, uint32_t *missing)
{
	const struct noted_part *p;
	size_t i, k;

	*missing = PARTS_UNKNOWN;
	for (i = ps->count; i-- > 0;) {
		p = &ps->list[i];
		/* A result of nothing is of something that was not said. */
		if (wanted[i] && p->kind == POLICY_NOTE_RESULT && p->n_inputs == 0)
			*missing = (uint32_t)i;
		for (k = 0; wanted[i] && k < p->n_inputs; k++) {
			if (p->inputs[k] == PARTS_UNKNOWN)
				*missing = (uint32_t)i;
			else
				wanted[p->inputs[k]] = true;
		}
	}
}

int
parts_trace(const struct noted_parts *ps, bool *wanted, struct behind *behind, uint32_t *missing)
{
	const struct noted_part *p;
	size_t i;
	int rc = 0;

	want_inputs(ps, wanted, missing);
	if (*missing != PARTS_UNKNOWN)
		return (0);
	for (i = 0; i < ps->count && rc == 0; i++) {
		p = &ps->list[i];
		if (!wanted[i])
			continue;
		if (p->kind == POLICY_NOTE_SHARING)
			rc = trace_sharing(p, (uint32_t)i, &behind[i]);
		else if (p->kind == POLICY_NOTE_RESULT)
			rc = trace_result(ps, p, behind, &behind[i]);
	}
	return (rc);
}
