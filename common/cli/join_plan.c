#include "cli/join_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "data/bounds.h"
#include "data/presence.h"
#include "ring/ring.h"
#include "table/columns.h"

/* ---- keys ---- */

/* Set *${at} to the column where the key ${name} begins; return whether there is one. */
static bool
find_key(const struct part *p, const char *name, size_t *at)
{
	size_t j;

	for (j = 0; j < p->cols; j++) {
		if (part_key_word(p, j) == 0 && strcmp(part_about(p, j)->of, name) == 0) {
			*at = j;
			return (true);
		}
	}
	return (false);
}

static bool
all_have_key(const struct join_plan *p, const char *name)
{
	size_t t, at;

	for (t = 0; t < p->tables && find_key(p->operand[t].part, name, &at); t++)
		continue;
	return (t == p->tables);
}

/* Choose among the ${count} keys of the first table, by the lists that were given. */
static int
choose_on(const struct join_plan *p, const char **names, size_t *count)
{
	const struct column_lists on = { p->asked->on, p->asked->n_on }, none = { NULL, 0 };
	const char **chosen;
	size_t *at, n, i;

	if (columns_choose(&on, &none, names, NULL, *count, p->operand[0].where, &at, &n) == -1)
		return (-1);
	if ((chosen = mem_array(n, sizeof(*chosen))) != NULL) {
		for (i = 0; i < n; i++)
			chosen[i] = names[at[i]];
		memcpy(names, chosen, n * sizeof(*names));
		*count = n;
	}
	free(at);
	free(chosen);
	return ((chosen != NULL) ? 0 : -1);
}

/* The names of the keys to join by, in ${names}, which has room for all of the first table. */
static int
name_keys(const struct join_plan *p, const char **names, size_t *count)
{
	const struct part *first = p->operand[0].part;
	size_t j;

	*count = 0;
	for (j = 0; j < first->cols; j++) {
		if (part_key_word(first, j) == 0 && (p->asked->n_on > 0 ||
		    all_have_key(p, first->about[j].of)))
			names[(*count)++] = first->about[j].of;
	}
	if (*count == 0)
		return (fail(ST_USAGE, "%s: tensor '%s' has no key that all operands have: owners "
		    "share one by smpc-share --key, and smpc-cut --rename gives it one name",
		    p->operand[0].where, first->name));
	return ((p->asked->n_on > 0) ? choose_on(p, names, count) : 0);
}

/* There is no such key: say which the table has. */
static int
no_such_key(const struct join_operand *o, const char *name)
{
	struct buf keys = { NULL, 0, 0 };
	size_t j;
	int rc = 0;

	for (j = 0; j < o->part->cols && rc == 0; j++) {
		if (part_key_word(o->part, j) == 0 &&
		    (rc = buf_string(&keys, (keys.len == 0) ? "" : ", ")) == 0)
			rc = buf_string(&keys, o->part->about[j].of);
	}
	if (rc == 0 && keys.len == 0)
		fail(ST_USAGE, "%s: tensor '%s' has no keys: its owner shares '%s' by "
		    "smpc-share --key", o->where, o->part->name, name);
	else if (rc == 0)
		fail(ST_USAGE, "%s: tensor '%s' has no key '%s'; there are: %.*s; smpc-cut "
		    "--rename gives one that name", o->where, o->part->name, name, (int)keys.len,
		    keys.data);
	buf_free(&keys);
	return (-1);
}

/* Find a key in a table; it is compared as in the first one. */
static int
find_joined_key(const struct join_plan *p, struct join_operand *o, const char *name, size_t i)
{
	const struct join_operand *first = &p->operand[0];
	enum key_match match, other;

	if (!find_key(o->part, name, &o->key[i]))
		return (no_such_key(o, name));
	match = first->part->about[first->key[i]].match;
	other = o->part->about[o->key[i]].match;
	if (match != other)
		return (fail(ST_REFUSED, "%s: key '%s' was shared as %s, and in %s as %s: none of "
		    "them would match; owners share it alike", o->where, name,
		    key_match_name(other), first->where, key_match_name(match)));
	return (0);
}

static int
find_joined_keys(struct join_plan *p)
{
	const char **names = mem_array(p->operand[0].part->cols, sizeof(*names));
	size_t t, i;
	int rc;

	rc = (names == NULL) ? -1 : name_keys(p, names, &p->keys);
	for (t = 0; rc == 0 && t < p->tables; t++) {
		if ((p->operand[t].key = mem_array(p->keys, sizeof(*p->operand[t].key))) == NULL)
			rc = -1;
		for (i = 0; rc == 0 && i < p->keys; i++)
			rc = find_joined_key(p, &p->operand[t], names[i], i);
	}
	free(names);
	return (rc);
}

bool
join_plan_distinct(const struct join_plan *p, size_t t)
{
	const struct join_operand *o = &p->operand[t];
	size_t i;

	for (i = 0; i < p->keys && !o->part->about[o->key[i]].distinct; i++)
		continue;
	return (i < p->keys);
}

/* ---- columns ---- */

static bool
is_joined_by(const struct join_plan *p, const struct join_operand *o, size_t j)
{
	size_t i;

	for (i = 0; i < p->keys && (j < o->key[i] || j >= o->key[i] + KEY_WORDS); i++)
		continue;
	return (i < p->keys);
}

/* The columns of a table that are no words of keys to join by: other keys, and numbers. */
static int
take_columns_of(const struct join_plan *p, struct join_operand *o)
{
	size_t j;

	o->carried = mem_array(o->part->cols, sizeof(*o->carried));
	o->column = mem_array(o->part->cols, sizeof(*o->column));
	if (o->carried == NULL || o->column == NULL)
		return (-1);
	for (j = 0; j < o->part->cols; j++) {
		if (part_about(o->part, j)->kind != COLUMN_KEY)
			o->column[o->cols++] = j;
		else if (!is_joined_by(p, o, j) && part_key_word(o->part, j) == 0)
			o->carried[o->keys++] = j;
	}
	return (0);
}

/* Bring all tables to the coarsest scale that holds the numbers of all. */
static int
unite_joined_scales(struct join_plan *p)
{
	struct bounds one = { 1, 1 };
	struct ring R;
	size_t t;

	ring_init(&R, 0);
	p->scale = scale_of(p->operand[0].part);
	for (t = 1; t < p->tables; t++) {
		if (scale_unite(&p->scale, scale_of(p->operand[t].part)) == -1)
			return (-1);
	}
	for (t = 0; t < p->tables; t++)
		p->operand[t].factor = scale_factor(&R, scale_of(p->operand[t].part), p->scale);
	if (bounds_scale(&one, p->scale.divisor, p->scale.fraction_bits) == -1)
		return (fail(ST_RANGE, "%s: its scale has no room for a 1", p->operand[0].where));
	p->mark = one.low;
	return (0);
}

/* ---- what is known of the result ---- */

/* Append a column with a name that stays, to be described. */
static struct column *
append_column(struct join_plan *p, const char *name)
{
	struct column *c = &p->about[p->cols];

	p->names[p->cols++] = name;
	column_init(c);
	return (c);
}

/* The same with a name that is made here; NULL, having reported, on failure. */
static struct column *
add_named(struct join_plan *p, const char *name, const char *more)
{
	struct buf b = { NULL, 0, 0 };
	const char *fault;
	char *made = NULL;

	if (buf_string(&b, name) == 0 && buf_string(&b, more) == 0 && buf_append(&b, "", 1) == 0)
		made = mem_copy_string(b.data, b.len - 1);
	buf_free(&b);
	if (made == NULL)
		return (NULL);
	p->made[p->n_made++] = made;
	if ((fault = columns_name_fault(made, strlen(made))) != NULL) {
		fail(ST_USAGE, "column '%s' of the result: the name %s", made, fault);
		return (NULL);
	}
	return (append_column(p, made));
}

/* The key of a table that begins at column ${at}. */
static void
describe_joined_key(struct join_plan *p, const struct join_operand *o, size_t at, bool distinct)
{
	size_t k;

	for (k = 0; k < KEY_WORDS; k++) {
		p->about[p->cols] = *part_about(o->part, at + k);
		p->about[p->cols].distinct = (distinct && p->asked->duplicates != MPC_JOIN_ALL);
		p->names[p->cols++] = o->part->columns[at + k];
	}
}

/* Those that are kept, then others, of which one that a row has not got is as no other one. */
static void
describe_joined_keys(struct join_plan *p)
{
	const struct join_operand *first = &p->operand[0];
	struct join_operand *o;
	size_t i, t;

	for (i = 0; p->asked->keeps_keys && i < p->keys; i++)
		describe_joined_key(p, first, first->key[i], p->keys == 1);
	for (t = 0; t < p->tables; t++) {
		o = &p->operand[t];
		o->first = p->cols;
		for (i = 0; i < o->keys; i++)
			describe_joined_key(p, o, o->carried[i],
			    part_about(o->part, o->carried[i])->distinct);
	}
}

void
join_plan_forget_distinct(struct join_plan *p, size_t t)
{
	const struct join_operand *o = &p->operand[t];
	size_t i;

	for (i = 0; i < KEY_WORDS * o->keys; i++)
		p->about[o->first + i].distinct = false;
}

/* Rows without a match have 0 in a column, which a column of presence has to tell. */
static int
describe_missing(const struct join_operand *o, size_t j, struct column *c)
{
	char shown[PART_SHOWN_BYTES];

	if (c->kind == COLUMN_CLASS) {
		part_show_column(o->part, j, shown);
		return (fail(ST_USAGE, "%s: column %s is a class, of which rows without a match "
		    "would have the first value: its owner shares it by indicators (smpc-share "
		    "--one-hot), or leave it out (smpc-cut -x)", o->where, shown));
	}
	if (c->kind == COLUMN_UNDECLARED)
		c->kind = COLUMN_NUMBER;
	c->missing = (c->kind == COLUMN_NUMBER || c->kind == COLUMN_DATE);
	if (column_has_range(c)) {
		c->low = (c->low < 0) ? c->low : 0;
		c->high = (c->high > 0) ? c->high : 0;
	}
	return (0);
}

/* Describe column ${j} of a table. */
static int
describe_column(struct join_plan *p, const struct join_operand *o, size_t j, bool may_miss)
{
	struct column *c = &p->about[p->cols];
	struct bounds b;

	p->names[p->cols++] = o->part->columns[j];
	*c = *part_about(o->part, j);
	b = bounds_of(c);
	if (bounds_scale(&b, o->factor, 0) == -1)
		return (bounds_refuse(o->part, j, "a number of it, at the common scale,"));
	c->low = b.low;
	c->high = b.high;
	return (may_miss ? describe_missing(o, j, c) : 0);
}

static int
describe_mark(struct join_plan *p, struct join_operand *o, struct column *c,
    enum column_kind kind, const char *of)
{

	if (c == NULL)
		return (-1);
	c->kind = kind;
	c->of = (char *)(uintptr_t)of;
	c->low = 0;
	c->high = p->mark;
	o->marks++;
	return (0);
}

/*
 * A column of presence for column ${j} of a table, described by ${c}, unless all is there, or the
 * table has one, which is 0 where there is no row, too.  Where the table had one, and it was left
 * out, nobody knows which values are there.
 */
static int
describe_presence(struct join_plan *p, struct join_operand *o, size_t j, const char *name,
    const struct column *c)
{
	size_t at;

	if (!c->missing)
		return (0);
	if (presence_find(o->part, o->where, j, &at) == -1)
		return (-1);
	return ((at != SIZE_MAX) ? 0 : describe_mark(p, o, add_named(p, name, ".present"),
	    COLUMN_PRESENCE, name));
}

/* Columns that say which rows a table has: of presence for each that needs it, and what is asked */
static int
describe_table_marks(struct join_plan *p, size_t t, size_t first)
{
	struct join_operand *o = &p->operand[t];
	bool alone = (p->asked->kind == MPC_JOIN_LEFT && p->tables == 2);
	char number[24] = "";
	size_t i;

	for (i = 0; i < o->cols; i++) {
		if (describe_presence(p, o, o->column[i], p->names[first + i],
		    &p->about[first + i]) == -1)
			return (-1);
	}
	if (p->asked->indicator == NULL)
		return (0);
	if (!alone)
		snprintf(number, sizeof(number), ".%zu", t + 1);
	return (describe_mark(p, o, add_named(p, p->asked->indicator, number), COLUMN_NUMBER,
	    NULL));
}

static int
describe_joined_table(struct join_plan *p, size_t t)
{
	const bool may_miss = mpc_join_may_miss(p->asked->kind, t);
	struct join_operand *o = &p->operand[t];
	size_t first = p->cols, i;

	for (i = 0; i < o->cols; i++) {
		if (describe_column(p, o, o->column[i], may_miss) == -1)
			return (-1);
	}
	return (may_miss ? describe_table_marks(p, t, first) : 0);
}

static int
make_joined_room(struct join_plan *p)
{
	size_t t;

	p->room = KEY_WORDS * p->keys;
	for (t = 0; t < p->tables; t++)
		p->room += KEY_WORDS * p->operand[t].keys + 2 * p->operand[t].cols + 1;
	p->names = mem_array(p->room, sizeof(*p->names));
	p->about = mem_array(p->room, sizeof(*p->about));
	p->made = mem_array(p->room, sizeof(*p->made));
	return ((p->names != NULL && p->about != NULL && p->made != NULL) ? 0 : -1);
}

static bool
has_column(const struct part *p, const char *name)
{
	size_t j;

	for (j = 0; j < p->cols && strcmp(p->columns[j], name) != 0; j++)
		continue;
	return (j < p->cols);
}

/* A column of presence whose column was left out would be taken for that of a namesake. */
static int
check_presence_of(const struct join_plan *p, size_t t)
{
	const struct join_operand *o = &p->operand[t];
	const struct column *c;
	size_t j, u;

	for (j = 0; j < o->part->cols; j++) {
		c = part_about(o->part, j);
		if (c->kind != COLUMN_PRESENCE || has_column(o->part, c->of))
			continue;
		for (u = 0; u < p->tables; u++) {
			if (has_column(p->operand[u].part, c->of))
				return (fail(ST_FAILED, "column '%s' of %s tells which values of "
				    "a column '%s' are there, and not of that of %s: leave it out "
				    "(smpc-cut -x)", o->part->columns[j], o->where, c->of,
				    p->operand[u].where));
		}
	}
	return (0);
}

static int
check_joined(const struct join_plan *p)
{
	size_t repeated, t;
	int rc;

	for (t = 0; t < p->tables; t++) {
		if (check_presence_of(p, t) == -1)
			return (-1);
	}
	if (p->cols == 0)
		return (fail(ST_USAGE, "the operands have no columns beside their keys: there is "
		    "nothing to put side by side (--keep-keys)"));
	if (p->cols > PART_MAX_COLUMNS)
		return (fail(ST_FAILED, "%zu columns are more than the %zu that fit a record",
		    p->cols, PART_MAX_COLUMNS));
	if ((rc = names_repeated(p->names, p->cols, &repeated)) == 1)
		return (fail(ST_FAILED, "column '%s' comes twice: give one another name (smpc-cut "
		    "--rename), or leave it out (smpc-cut -x)", p->names[repeated]));
	return (rc);
}

static int
describe_joined(struct join_plan *p)
{
	size_t t;

	if (make_joined_room(p) == -1)
		return (-1);
	describe_joined_keys(p);
	for (t = 0; t < p->tables; t++) {
		if (describe_joined_table(p, t) == -1)
			return (-1);
	}
	return (check_joined(p));
}

/* ---- all of it ---- */

static int
take_operand(struct join_operand *o, struct reader *r)
{
	struct part *part;

	o->where = reader_name(r);
	if (reader_part(r, &part) == -1)
		return (-1);
	o->part = part_ref(part);
	if (part->scheme == SCHEME_PUBLIC)
		return (fail(ST_USAGE, "%s: is public, and has no keys, which are never revealed: "
		    "public tables are joined before they are shared", o->where));
	/* Keys have names, and so have the columns beside them, unless a filter took them away. */
	if (part_has_keys(part) && part->columns == NULL)
		return (fail(ST_USAGE, "%s: the columns of tensor '%s' have no names", o->where,
		    part->name));
	return (0);
}

int
join_plan_make(struct join_plan *p, const struct join_asked *asked, struct reader *const *readers,
    size_t tables)
{
	size_t t;
	int rc = 0;

	*p = (struct join_plan){ .asked = asked, .tables = tables };
	if ((p->operand = mem_array(tables, sizeof(*p->operand))) == NULL)
		return (-1);
	for (t = 0; t < tables; t++) {
		if (take_operand(&p->operand[t], readers[t]) == -1)
			return (-1);
	}
	if (find_joined_keys(p) == -1)
		return (-1);
	for (t = 0; rc == 0 && t < tables; t++)
		rc = take_columns_of(p, &p->operand[t]);
	return ((rc == 0 && unite_joined_scales(p) == 0) ? describe_joined(p) : -1);
}

void
join_plan_free(struct join_plan *p)
{
	size_t t;

	for (t = 0; p->operand != NULL && t < p->tables; t++) {
		part_free(p->operand[t].part);
		free(p->operand[t].key);
		free(p->operand[t].carried);
		free(p->operand[t].column);
	}
	free(p->operand);
	while (p->n_made > 0)
		free(p->made[--p->n_made]);
	free(p->made);
	free(p->names);
	free(p->about);
	memset(p, 0, sizeof(*p));
}
