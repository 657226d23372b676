/* Sort the rows of a share by columns, in a session of all parties. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "cli/arrange.h"
#include "cli/known.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "data/presence.h"
#include "func/ordering.h"
#include "table/columns.h"

static struct strings by;
static bool reverse;
static uint64_t top, bits = STAGE_MAX_BITS;

static const struct opt options[] = {
	{ 'k', "key", "COLUMNS", OPT_LIST, &by, 0, 0,
	    "sort by these columns, the first one first: names, positions from 1 and ranges, with "
	    "commas, each perhaps with :asc or :desc behind it; may be given more than once "
	    "(default: all)" },
	{ 'r', "reverse", NULL, OPT_FLAG, &reverse, 0, 0,
	    "descending, where neither :asc nor :desc says otherwise" },
	{ 'n', "top", "ROWS", OPT_NUMBER, &top, 1, PART_MAX_ROWS,
	    "write the first ROWS rows alone" },
	STAGE_BITS_OPTION(bits),
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* ---- what is sorted by ---- */

/* A column. */
struct sort_column {
	size_t position;
	bool descending;
	size_t presence;  /* the column that tells which values are there; SIZE_MAX: all are */
	bool known;       /* bounds of the words are, */
	int64_t low, high; /* and they are these */
	unsigned bits;    /* differences of words are below 2^bits */
};

/* All of a tensor. */
struct sort_by {
	const struct part *part;
	const char *where;
	struct sort_column list[MPC_ORDERING_KEYS];
	size_t count;
};

static const char *const directions[] = { ":asc", ":desc" };

/* Cut a direction off what is ${len} bytes long; return its number, or -1 where there is none. */
static int
cut_direction(const char *text, size_t *len)
{
	size_t n;
	int i;

	for (i = 0; i < 2; i++) {
		n = strlen(directions[i]);
		if (*len > n && memcmp(text + *len - n, directions[i], n) == 0) {
			*len -= n;
			return (i);
		}
	}
	return (-1);
}

static bool
is_name(const struct sort_by *s, const char *text, size_t len)
{
	size_t position;

	return (s->part->columns != NULL && names_find(text, len,
	    (const char *const *)s->part->columns, s->part->cols, &position));
}

static int
add_key_column(struct sort_by *s, size_t position, bool descending)
{
	char shown[PART_SHOWN_BYTES];
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (s->list[i].position != position)
			continue;
		part_show_column(s->part, position, shown);
		return (fail(ST_USAGE, "%s: column %s is selected twice", s->where, shown));
	}
	if (keyed_refuse(s->part, s->where, position) == -1)
		return (-1);
	if (s->count == MPC_ORDERING_KEYS)
		return (fail(ST_USAGE, "%s: tensor '%s' would be sorted by more than %d columns: "
		    "say with -k which they are", s->where, s->part->name, MPC_ORDERING_KEYS));
	s->list[s->count++] = (struct sort_column){ .position = position,
		.descending = descending };
	return (0);
}

/* One element of a list: a name, a position or a range, and perhaps a direction. */
static int
add_element(struct sort_by *s, const char *text, size_t len)
{
	int direction = is_name(s, text, len) ? -1 : cut_direction(text, &len);
	const char *colon = memchr(text, ':', len);
	struct column_lists select = { .count = 1 };
	const struct column_lists none = { .count = 0 };
	size_t *positions = NULL, chosen, i;
	char *list;
	int rc = -1;

	if (colon != NULL && is_name(s, text, (size_t)(colon - text)) && !is_name(s, text, len))
		return (fail(ST_USAGE, "%s: column '%.*s' is sorted :asc or :desc, and not '%.*s'",
		    s->where, (int)(colon - text), text, (int)len - (int)(colon - text), colon));
	if ((list = mem_copy_string(text, len)) == NULL)
		return (-1);
	select.list = (const char *const *)&list;
	if (columns_choose(&select, &none, (const char *const *)s->part->columns, NULL,
	    s->part->cols, s->where, &positions, &chosen) == 0) {
		rc = 0;
		for (i = 0; i < chosen && rc == 0; i++)
			rc = add_key_column(s, positions[i], (direction == -1) ? reverse :
			    direction == 1);
	}
	free(positions);
	free(list);
	return (rc);
}

/* A list, which may be one name with commas in it. */
static int
add_list(struct sort_by *s, const char *list)
{
	size_t len = strlen(list), whole = len;
	const char *element;

	if (!is_name(s, list, len))
		(void)cut_direction(list, &whole);
	if (is_name(s, list, whole))
		return (add_element(s, list, len));
	while (names_next(&list, &element, &len)) {
		if (add_element(s, element, len) == -1)
			return (-1);
	}
	return (0);
}

/* Whether column ${j} tells which values of another one are there. */
static bool
tells_presence(const struct part *p, size_t j)
{
	const struct column *c = part_about(p, j);
	size_t i;

	return (c->kind == COLUMN_PRESENCE && p->columns != NULL &&
	    names_find(c->of, strlen(c->of), (const char *const *)p->columns, p->cols, &i) &&
	    part_about(p, i)->missing);
}

/* All columns but keys; what is missing in one is known of it. */
static int
add_all(struct sort_by *s)
{
	size_t j;

	for (j = 0; j < s->part->cols; j++) {
		if (part_about(s->part, j)->kind != COLUMN_KEY && !tells_presence(s->part, j) &&
		    add_key_column(s, j, reverse) == -1)
			return (-1);
	}
	return ((s->count > 0) ? 0 : fail(ST_USAGE, "%s: tensor '%s' has no column but keys, "
	    "which are in no order", s->where, s->part->name));
}

/* Where the words of a column are, and how far apart. */
static int
find_width(struct sort_by *s, struct sort_column *c)
{
	struct bounds b = bounds_of(part_about(s->part, c->position));
	struct known_width width;

	if (presence_find(s->part, s->where, c->position, &c->presence) == -1)
		return (-1);
	/* Words that are missing are 0. */
	if (c->presence != SIZE_MAX && bounds_known(b))
		bounds_unite(&b, (struct bounds){ 0, 0 });
	known_width_begin(&width, (unsigned)bits);
	if (known_width_add(&width, s->part, c->position, b, b) == -1)
		return (-1);
	c->bits = known_width_bits(&width);
	c->known = bounds_known(b);
	c->low = c->known ? b.low : -((int64_t)1 << (c->bits - 1));
	c->high = c->known ? b.high : ((int64_t)1 << (c->bits - 1)) - 1;
	return (0);
}

/* Find out by which columns of a tensor its rows are sorted. */
static int
sort_by_find(struct sort_by *s, const struct part *p, const char *where)
{
	size_t i;
	int rc = 0;

	*s = (struct sort_by){ .part = p, .where = where };
	for (i = 0; i < by.count && rc == 0; i++)
		rc = add_list(s, by.items[i]);
	if (rc == 0 && by.count == 0)
		rc = add_all(s);
	for (i = 0; i < s->count && rc == 0; i++)
		rc = find_width(s, &s->list[i]);
	return (rc);
}

/* ---- keys ---- */

/* Words that rows are ordered by: for each column one, or with missing values perhaps two. */
struct sort_keys {
	struct mpc_vector words[MPC_ORDERING_KEYS];
	struct mpc_ordering_key list[MPC_ORDERING_KEYS];
	size_t count;
};

static void
sort_keys_free(struct sort_keys *k)
{
	size_t i;

	for (i = 0; i < k->count; i++)
		mpc_vector_free(&k->words[i]);
	k->count = 0;
}

/* Begin a key with column ${j} of the rows. */
static struct mpc_ordering_key *
add_key(struct mpc *S, struct sort_keys *k, const struct arrange *a, size_t j)
{
	struct mpc_ordering_key *key = &k->list[k->count];
	struct mpc_vector *x = &k->words[k->count];

	if (k->count == MPC_ORDERING_KEYS) {
		fail(ST_USAGE, "tensor '%s' would be sorted by more than %d columns, and one "
		    "with missing values may count as two: say with -k which they are",
		    a->part->name, MPC_ORDERING_KEYS);
		return (NULL);
	}
	if (mpc_vector_new(S, x, a->held.rows) == -1)
		return (NULL);
	k->count++;
	keyed_column(x, &a->held, a->part, j);
	*key = (struct mpc_ordering_key){ .x = x };
	return (key);
}

/*
 * The number of a column and, above its bits, 1 where it is missing.  A value that is there is 1 in
 * the column of presence, which is 2^f d as a word: what is added is a multiple of that.
 */
static int
add_missing_above(struct mpc *S, struct sort_keys *k, const struct arrange *a,
    const struct sort_column *c, uint64_t one)
{
	int64_t absent = (int64_t)one;
	struct mpc_ordering_key *key;
	struct mpc_vector there;
	unsigned shift = 0;

	while (absent >> c->bits == 0) {
		absent *= 2;
		shift++;
	}
	if ((key = add_key(S, k, a, c->position)) == NULL ||
	    mpc_vector_new(S, &there, a->held.rows) == -1)
		return (-1);
	/* x - low, or high - x; and absent - 2^shift there */
	mpc_scale(&k->words[k->count - 1], key->x, c->descending ? -1 : 1);
	mpc_add_public(&k->words[k->count - 1], key->x, absent + (c->descending ? c->high :
	    -c->low));
	keyed_column(&there, &a->held, a->part, c->presence);
	mpc_scale(&there, &there, (int64_t)1 << shift);
	mpc_subtract(&k->words[k->count - 1], key->x, &there);
	mpc_vector_free(&there);
	key->high = 2 * absent - 1;
	key->guessed = !c->known;
	return (0);
}

/* The same by two keys, where one has no room. */
static int
add_missing_before(struct mpc *S, struct sort_keys *k, const struct arrange *a,
    const struct sort_column *c, uint64_t one)
{
	struct mpc_ordering_key *key;

	if ((key = add_key(S, k, a, c->presence)) == NULL)
		return (-1);
	key->high = (int64_t)one;
	key->descending = true;
	return (0);
}

static int
add_keys(struct mpc *S, struct sort_keys *k, const struct arrange *a, const struct sort_column *c)
{
	const uint64_t one = ((uint64_t)1 << a->part->fraction_bits) * a->part->divisor;
	struct mpc_ordering_key *key;

	/* Twice as much has to fit a word. */
	if (c->presence != SIZE_MAX) {
		if (c->bits + 2 <= STAGE_MAX_BITS && one <= (uint64_t)1 << (STAGE_MAX_BITS - 2))
			return (add_missing_above(S, k, a, c, one));
		if (add_missing_before(S, k, a, c, one) == -1)
			return (-1);
	}
	if ((key = add_key(S, k, a, c->position)) == NULL)
		return (-1);
	key->low = c->low;
	key->high = c->high;
	key->descending = c->descending;
	key->guessed = !c->known;
	return (0);
}

/* ---- sorting ---- */

static int
find_order(struct mpc *S, struct mpc_ordering *o, const struct arrange *a, const struct sort_by *s,
    size_t count)
{
	struct sort_keys keys = { .count = 0 };
	size_t i;
	int rc = 0;

	for (i = 0; i < s->count && rc == 0; i++)
		rc = add_keys(S, &keys, a, &s->list[i]);
	if (rc == 0)
		rc = mpc_ordering_find(S, o, keys.list, keys.count, 0, count);
	sort_keys_free(&keys);
	return (rc);
}

/* A plan draws an order in memory, of rows that a header announces. */
#define PLAN_MAX_ROWS ((size_t)1 << 24)

static int
check_plan(const struct stage *stage, const struct arrange *a)
{

	if (mpc_holds_words(stage->S) || a->held.rows <= PLAN_MAX_ROWS)
		return (0);
	return (fail(ST_FAILED, "tensor '%s' has %zu rows, and the sort of more than %zu is not "
	    "planned: twice as many rows cost a little more than twice as much", a->part->name,
	    a->held.rows, PLAN_MAX_ROWS));
}

static int
sort_tensor(struct stage *stage, void *state, struct blocks *b)
{
	struct mpc_ordering o;
	struct sort_by s;
	struct arrange a;
	size_t count;
	int rc = -1;

	(void)state;
	memset(&o, 0, sizeof(o));
	memset(&a, 0, sizeof(a));
	if (sort_by_find(&s, blocks_part(b, 0), blocks_name(b, 0)) == 0 &&
	    arrange_hold(stage, b, &a) == 0 && check_plan(stage, &a) == 0) {
		a.ranked = true;
		count = (top != 0 && top < a.held.rows) ? (size_t)top : a.held.rows;
		if (find_order(stage->S, &o, &a, &s, count) == 0)
			rc = arrange_write(stage, &a, &o.order, o.at, count);
	}
	mpc_ordering_free(&o);
	arrange_free(&a);
	return (rc);
}

static int
sort_stream(struct stage *stage, void *state)
{

	return (stage_each_tensor(stage, sort_tensor, state));
}

/* Before the other parties are waited for. */
static int
check_sorted_by(const struct stage *stage, void *state)
{
	struct sort_by s;
	struct part *p;

	(void)state;
	return ((reader_part(stage->readers[0], &p) == -1) ? -1 :
	    sort_by_find(&s, p, reader_name(stage->readers[0])));
}

/* What all parties must ask alike: each list on a line. */
static int
sort_params(struct buf *params)
{
	char text[80];
	size_t i;

	for (i = 0; i < by.count; i++) {
		if (buf_string(params, "by=") == -1 || buf_string(params, by.items[i]) == -1 ||
		    buf_string(params, "\n") == -1)
			return (-1);
	}
	if (reverse && buf_string(params, "reverse\n") == -1)
		return (-1);
	if (top != 0) {
		snprintf(text, sizeof(text), "top=%" PRIu64 "\n", top);
		if (buf_string(params, text) == -1)
			return (-1);
	}
	snprintf(text, sizeof(text), "bits=%" PRIu64, bits);
	return ((buf_string(params, text) == -1) ? -1 : buf_append(params, "", 1));
}

static int
run(char **operands, size_t count)
{
	struct buf params = { NULL, 0, 0 };
	struct stage_work work = {
		.op = "sort",
		.check = check_sorted_by,
		.run = sort_stream,
		.exponents = true,
		.missing = true,
		.keys = true,
		.meets_dealer = true,
	};
	int rc = -1;

	/* Rows that were chosen by their values are something else than all rows in an order. */
	if (top != 0)
		work.op = "top";
	if (sort_params(&params) == 0) {
		work.params = params.data;
		rc = stage_run(&work, operands, count);
	}
	buf_free(&params);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Sort the rows of a share stream by columns, in a session of all "
		    "parties.",
		.notes = "Every party runs it under smpc-party.\n"
		    "Example: smpc-sort -k ward,age:desc patients.alice > sorted.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
