/* Matching tags that were opened: what the computing parties do in the clear, each for itself. */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/join_internal.h"

#define NOBODY UINT32_MAX

/* Rows of one table by tag.  Tags are pseudorandom, so that their bits are a hash already. */
struct tag_index {
	const word *tag;
	uint32_t *head, *next; /* the first row of a slot; the one behind a row */
	size_t mask;
};

/* Rows of the result: for each table a row, or MPC_NO_ROW. */
struct matches {
	size_t tables, count, room;
	size_t *row;
};

/*
 * Whether a row with this tag is part of no result: of rows that are not the first of their key,
 * the tag is 0 where rows without a match are part of it (join_settle).
 */
static bool
is_left_out(const struct mpc_join *j, const word tag[static MPC_JOIN_KEY_WORDS])
{

	return (j->duplicates == MPC_JOIN_FIRST && j->kind != MPC_JOIN_INNER && tag[0] == 0 &&
	    tag[1] == 0);
}

static bool
same_tag(const word *a, const word *b)
{

	return (a[0] == b[0] && a[1] == b[1]);
}

/* The first row from ${row} on, in its slot, that has a tag. */
static uint32_t
next_match(const struct tag_index *x, const word *tag, uint32_t row)
{

	while (row != NOBODY && !same_tag(x->tag + MPC_JOIN_KEY_WORDS * row, tag))
		row = x->next[row];
	return (row);
}

static uint32_t
first_match(const struct tag_index *x, const word *tag)
{

	return (next_match(x, tag, x->head[tag[0] & x->mask]));
}

static int
refuse_repeated(const struct mpc_join *j, size_t t)
{

	if (j->table[t].distinct)
		return (fail(ST_REFUSED, "operand %zu: a key occurs twice, though its header says "
		    "that none does: its owner shares it again", t + 1));
	return (fail(ST_REFUSED, "operand %zu: that a key occurs twice was not seen, which happens "
	    "by chance: run it again", t + 1));
}

/* Put rows into their slots, from the last one on, so that a slot has them in order. */
static int
index_rows(const struct mpc_join *j, struct tag_index *x, size_t t)
{
	size_t row = j->table[t].rows;
	const word *tag;

	while (row-- > 0) {
		tag = x->tag + MPC_JOIN_KEY_WORDS * row;
		if (is_left_out(j, tag))
			continue;
		if (j->duplicates != MPC_JOIN_ALL && first_match(x, tag) != NOBODY)
			return (refuse_repeated(j, t));
		x->next[row] = x->head[tag[0] & x->mask];
		x->head[tag[0] & x->mask] = (uint32_t)row;
	}
	return (0);
}

static void
tag_index_free(struct tag_index *x)
{

	free(x->head);
	free(x->next);
}

static int
tag_index_new(const struct mpc_join *j, struct tag_index *x, const word *tags, size_t t)
{
	size_t rows = j->table[t].rows, slots = 16, i;

	while (slots < 2 * rows)
		slots *= 2;
	*x = (struct tag_index){ .tag = tags, .mask = slots - 1 };
	x->head = mem_array(slots, sizeof(*x->head));
	x->next = mem_array(rows, sizeof(*x->next));
	if (x->head == NULL || x->next == NULL)
		return (-1);
	for (i = 0; i < slots; i++)
		x->head[i] = NOBODY;
	return (index_rows(j, x, t));
}

/* ---- rows of the result ---- */

/* Append a row: that of ${from}, or one without any, but for row ${row} of table ${t}. */
static int
add_match(struct matches *m, const size_t *from, size_t t, size_t row)
{
	size_t room = 2 * m->room + 1024, *more, i;

	if (m->count == MPC_MAX_ORDERED)
		return (fail(ST_RANGE, "more than %zu rows match", MPC_MAX_ORDERED));
	if (m->count == m->room) {
		if ((more = mem_array(room * m->tables, sizeof(*more))) == NULL)
			return (-1);
		if (m->count > 0)
			memcpy(more, m->row, m->count * m->tables * sizeof(*more));
		free(m->row);
		m->row = more;
		m->room = room;
	}
	more = m->row + m->count++ * m->tables;
	for (i = 0; i < m->tables; i++)
		more[i] = (from != NULL) ? from[i] : MPC_NO_ROW;
	more[t] = row;
	return (0);
}

static int
begin_matches(const struct mpc_join *j, struct matches *m, const word *tags)
{
	size_t row;

	for (row = 0; row < j->table[0].rows; row++) {
		if (!is_left_out(j, tags + MPC_JOIN_KEY_WORDS * row) &&
		    add_match(m, NULL, 0, row) == -1)
			return (-1);
	}
	return (0);
}

/* The tag of a row so far; ${tags} are those of each table. */
static const word *
tag_of(const struct matches *m, const word *const *tags, size_t k)
{
	const size_t *row = m->row + k * m->tables;
	size_t t = 0;

	while (row[t] == MPC_NO_ROW)
		t++;
	return (tags[t] + MPC_JOIN_KEY_WORDS * row[t]);
}

/* Rows of table ${t} that are in no row so far. */
static int
add_unmatched(const struct mpc_join *j, struct matches *m, const word *tags, size_t t,
    const bool *met)
{
	size_t row;

	for (row = 0; row < j->table[t].rows; row++) {
		if (!met[row] && !is_left_out(j, tags + MPC_JOIN_KEY_WORDS * row) &&
		    add_match(m, NULL, t, row) == -1)
			return (-1);
	}
	return (0);
}

/* Put rows of table ${t}, which ${x} is of, to those so far. */
static int
extend_matches(const struct mpc_join *j, struct matches *m, const word *const *tags, size_t t,
    const struct tag_index *x, bool *met)
{
	struct matches next = { .tables = m->tables };
	const word *tag;
	uint32_t row;
	size_t k;
	int rc = 0;

	for (k = 0; k < m->count && rc == 0; k++) {
		tag = tag_of(m, tags, k);
		row = first_match(x, tag);
		if (row == NOBODY && j->kind != MPC_JOIN_INNER)
			rc = add_match(&next, m->row + k * m->tables, t, MPC_NO_ROW);
		for (; row != NOBODY && rc == 0; row = next_match(x, tag, x->next[row])) {
			met[row] = true;
			rc = add_match(&next, m->row + k * m->tables, t, row);
		}
	}
	if (rc == 0 && j->kind == MPC_JOIN_OUTER)
		rc = add_unmatched(j, &next, tags[t], t, met);
	free(m->row);
	*m = next;
	return (rc);
}

static int
match_table(const struct mpc_join *j, struct matches *m, const word *const *tags, size_t t)
{
	struct tag_index x;
	bool *met = mem_array(j->table[t].rows, sizeof(*met));
	int rc;

	rc = tag_index_new(j, &x, tags[t], t);
	if (met == NULL)
		rc = -1;
	if (rc == 0)
		rc = (t == 0) ? begin_matches(j, m, tags[0]) :
		    extend_matches(j, m, tags, t, &x, met);
	tag_index_free(&x);
	free(met);
	return (rc);
}

/* Table by table, as they are chosen. */
static size_t *
by_table(const struct matches *m)
{
	size_t *at, k, t;

	if ((at = mem_array(m->count * m->tables, sizeof(*at))) == NULL)
		return (NULL);
	for (k = 0; k < m->count; k++) {
		for (t = 0; t < m->tables; t++)
			at[t * m->count + k] = m->row[k * m->tables + t];
	}
	return (at);
}

int
join_match(const struct mpc_join *j, const word *tags, size_t **at, size_t *rows)
{
	const word *of[MPC_JOIN_MAX_TABLES];
	struct matches m = { .tables = j->tables };
	size_t t;
	int rc = 0;

	for (t = 0; t < j->tables && rc == 0; t++) {
		of[t] = tags;
		tags += MPC_JOIN_KEY_WORDS * j->table[t].rows;
		rc = match_table(j, &m, of, t);
	}
	if (rc == 0 && (*at = by_table(&m)) == NULL)
		rc = -1;
	*rows = m.count;
	free(m.row);
	return (rc);
}
