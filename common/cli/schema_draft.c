#include "cli/schema_draft.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alike.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "cli/schema_faults.h"
#include "ring/fixed.h"
#include "table/date.h"
#include "table/meaning.h"
#include "table/profile.h"
#include "table/texts.h"

/* Characters of an option that are shown. */
#define SHOWN 80

struct drafted {
	const struct draft_options *o;
	struct table_options how;
	struct texts table;
	struct schema_asked *asked;
	size_t *positions; /* of the columns of the schema, in their order */
	size_t chosen;
	struct profile *profile;
	struct schema_faults faults;
	struct schema *schema;
};

static int
choose_drafted(struct drafted *d)
{
	const struct column_lists select = { d->o->columns.items, d->o->columns.count },
	    exclude = { d->o->excluded.items, d->o->excluded.count };
	const struct columns_place place = { texts_name(&d->table), d->table.csv.first_line, 1 };
	const char *const *names = texts_names(&d->table);
	size_t n = texts_columns(&d->table);

	if (columns_choose(&select, &exclude, names, NULL, n, texts_name(&d->table), &d->positions,
	    &d->chosen) == -1 ||
	    columns_check_names(names, d->positions, d->chosen, &place) == -1)
		return (-1);
	d->asked = schema_asked_new(d->o, texts_name(&d->table), names, n, d->positions,
	    d->chosen);
	return ((d->asked == NULL) ? -1 : 0);
}

/* Columns per cent are read as such, and named in the dialect. */
static int
take_percent(struct drafted *d)
{
	const char *name;
	size_t j;

	for (j = 0; j < texts_columns(&d->table); j++) {
		if (!d->asked[j].percent)
			continue;
		profile_percent(d->profile, j);
		name = texts_names(&d->table)[j];
		if (schema_texts_add(&d->schema->dialect.percent, name, strlen(name)) == -1)
			return (-1);
	}
	return (0);
}


/* ---- reading ---- */

static int
look_at_row(struct drafted *d)
{
	struct csv_field field;
	size_t i, j;

	for (i = 0; i < d->chosen; i++) {
		j = d->positions[i];
		field = texts_cell(&d->table, j);
		if (profile_text(d->profile, j, field.line, field.text, field.len) == -1)
			return (-1);
	}
	return (0);
}

/* Rows of a wrong length are told of, and passed over. */
static int
look_at_rows(struct drafted *d)
{
	uint64_t rows = 0;
	int rc, fault;

	while ((rc = texts_next(&d->table)) == 1) {
		rows++;
		faults_open(&d->faults);
		(void)faults_close(&d->faults, texts_check_blank(&d->table));
		faults_open(&d->faults);
		fault = faults_close(&d->faults, texts_check(&d->table));
		if (fault == 0 && look_at_row(d) == -1)
			return (-1);
	}
	if (rc == 0 && rows == 0)
		return (fail(ST_FAILED, "%s: there are no rows", texts_name(&d->table)));
	return (rc);
}

/* ---- columns ---- */

/* A column of the table, and what it becomes. */
struct drafting {
	struct drafted *d;
	size_t j;
	const char *name;
	const struct schema_asked *a;
	const struct profile_column *p;
	struct schema_column *c;
};

/* Report a fault of the column; on a line, unless that is 0. */
__attribute__((format(printf, 3, 4))) static int
draft_fault(const struct drafting *g, uint64_t line, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (line == 0)
		return (fail(ST_FAILED, "%s: column '%.80s': %s", texts_name(&g->d->table),
		    g->name, text));
	return (fail(ST_FAILED, "%s:%" PRIu64 ": column '%.80s': %s", texts_name(&g->d->table),
	    line, g->name, text));
}

/* Values as an option gives them. */
static int
listed_values(const struct drafting *g, const char *list)
{
	const char *value;
	size_t i, len;

	while (names_next(&list, &value, &len)) {
		if (schema_texts_add(&g->c->values, value, len) == -1)
			return (-1);
	}
	for (i = 0; i < g->p->n_values && !g->a->other; i++) {
		if (schema_texts_find(&g->c->values, g->p->value[i].text, g->p->value[i].len) ==
		    g->c->values.count)
			return (draft_fault(g, 0, "'%.40s' is none of the values given: add it%s",
			    g->p->value[i].text, (g->c->kind == SCHEMA_CATEGORY) ? ", or let "
			    "'other' stand for it by --other" : ""));
	}
	return (0);
}

/* The value that stands for all others is the last one. */
static int
append_other(const struct drafting *g)
{

	if (schema_texts_find(&g->c->values, SCHEMA_OTHER, strlen(SCHEMA_OTHER)) <
	    g->c->values.count)
		return (draft_fault(g, 0, "'%s' is a value of its own and would stand for all "
		    "others, too", SCHEMA_OTHER));
	g->c->other = true;
	return (schema_texts_add(&g->c->values, SCHEMA_OTHER, strlen(SCHEMA_OTHER)));
}

static int
by_count(const void *a, const void *b)
{
	const struct profile_value *v = *(const struct profile_value *const *)a,
	    *w = *(const struct profile_value *const *)b;

	return ((v->count != w->count) ? ((v->count < w->count) ? 1 : -1) : (v > w) - (v < w));
}

static int
by_bytes(const void *a, const void *b)
{
	const struct profile_value *v = *(const struct profile_value *const *)a,
	    *w = *(const struct profile_value *const *)b;

	return ((v > w) - (v < w));
}

/*
 * Take the values that are frequent enough to be published, in the order of their bytes, which
 * tells nothing of their numbers: at most DRAFT_MAX_VALUES, the most frequent ones.  Set
 * *${covered} to the cells that they are in.
 */
static size_t
frequent_values(const struct profile_column *p, const struct profile_value **frequent,
    uint64_t *covered)
{
	size_t i, n = 0;

	for (i = 0; i < p->n_values; i++) {
		if (p->value[i].count >= DRAFT_LEAST_COUNT)
			frequent[n++] = &p->value[i];
	}
	qsort(frequent, n, sizeof(*frequent), by_count);
	n = (n > DRAFT_MAX_VALUES) ? DRAFT_MAX_VALUES : n;
	qsort(frequent, n, sizeof(*frequent), by_bytes);
	for (*covered = 0, i = 0; i < n; i++)
		*covered += frequent[i]->count;
	return (n);
}

/*
 * Texts become a category if those that may be published are in half of the cells at least; else
 * what they have in common is not much, and the column is ignored.
 */
static int
category_of_texts(const struct drafting *g)
{
	const struct profile_value **frequent;
	uint64_t covered;
	size_t i, n;
	int rc = 0;

	if ((frequent = mem_array(g->p->n_values, sizeof(*frequent))) == NULL)
		return (-1);
	n = frequent_values(g->p, frequent, &covered);
	g->c->kind = (n > 0 && 2 * covered >= profile_cells(g->p)) ? SCHEMA_CATEGORY :
	    SCHEMA_IGNORE;
	for (i = 0; g->c->kind == SCHEMA_CATEGORY && i < n && rc == 0; i++) {
		/* it may be one of those that it stands for */
		if (strcmp(frequent[i]->text, SCHEMA_OTHER) != 0 ||
		    covered == profile_cells(g->p))
			rc = schema_texts_add(&g->c->values, frequent[i]->text, frequent[i]->len);
	}
	if (g->c->kind == SCHEMA_CATEGORY && rc == 0 && covered < profile_cells(g->p))
		rc = append_other(g);
	free(frequent);
	return (rc);
}

/* The number that a value is; it was one when it was counted. */
static double
number_of_value(const struct drafting *g, const char *s)
{
	const char *fault;
	double x = 0;

	(void)meaning_of(&g->d->how, g->p->percent, s, strlen(s), &x, &fault);
	return (x);
}

/* Put the few values of a label into the order of their numbers, no two the same. */
static int
order_numbers(const struct drafting *g)
{
	char **text = g->c->values.text, *moved;
	double x;
	size_t i, k;

	for (i = 1; i < g->c->values.count; i++) {
		moved = text[i];
		x = number_of_value(g, moved);
		for (k = i; k > 0 && number_of_value(g, text[k - 1]) >= x; k--) {
			if (number_of_value(g, text[k - 1]) == x)
				return (draft_fault(g, 0, "a label whose values '%.40s' and "
				    "'%.40s' are the same number: they are to be written alike",
				    text[k - 1], moved));
			text[k] = text[k - 1];
		}
		text[k] = moved;
	}
	return (0);
}

/* The values of a label, all of them: none can be left to 'other'. */
static int
class_of_values(const struct drafting *g)
{
	const struct profile_column *p = g->p;
	size_t i;

	g->c->kind = SCHEMA_CLASS;
	if (p->crowded > 0 || p->n_values > DRAFT_MAX_VALUES)
		return (draft_fault(g, 0, "a label with more than %d values: --codes COLUMN=a,b,c "
		    "lists them, if they may be published", DRAFT_MAX_VALUES));
	if (p->n_values < 2)
		return (draft_fault(g, 0, "a label with one value only; --codes COLUMN=a,b lists "
		    "the values that it can have"));
	for (i = 0; i < p->n_values; i++) {
		if (p->value[i].count < DRAFT_LEAST_COUNT)
			return (draft_fault(g, 0, "a label whose value '%.40s' is there %" PRIu64
			    " times only; --codes COLUMN=a,b,c lists the values, if they may be "
			    "published%s", p->value[i].text, p->value[i].count, (p->numbers > 0) ?
			    ", --range COLUMN=LOW..HIGH says that they are numbers" : ""));
		if (schema_texts_add(&g->c->values, p->value[i].text, p->value[i].len) == -1)
			return (-1);
	}
	return ((p->numbers == profile_cells(p)) ? order_numbers(g) : 0);
}

static int
copy_asked(char **to, const char *text)
{

	return ((text != NULL && (*to = mem_copy_string(text, strlen(text))) == NULL) ? -1 : 0);
}

static int
asked_range(const struct drafting *g)
{
	const char *dots = strstr(g->a->range, ".."), *high = (dots != NULL) ? dots + 2 : "";
	struct schema_column *c = g->c;

	if (dots == NULL || fixed_parse_double(g->a->range, (size_t)(dots - g->a->range),
	    &c->low) != FIXED_OK || fixed_parse_double(high, strlen(high), &c->high) != FIXED_OK ||
	    !(c->low < c->high))
		return (fail(ST_USAGE, "range '%.*s': must be LOW..HIGH, two numbers, the smaller "
		    "one first", SHOWN, g->a->range));
	if (g->p->numbers > 0 && (g->p->low < c->low || g->p->high > c->high))
		return (draft_fault(g, 0, "there are numbers beyond the range given: they go from "
		    "%.17g to %.17g", g->p->low, g->p->high));
	return (0);
}

static int
number_of_values(const struct drafting *g)
{

	g->c->kind = SCHEMA_NUMBER;
	if (g->p->texts > 0 && date_like(g->p->text, strlen(g->p->text)))
		return (draft_fault(g, g->p->text_at, "'%s' is neither a number nor a date such "
		    "as 2026-11-29, without time of day; write dates so, as R's as.Date(x, "
		    "\"%%d.%%m.%%Y\") does, or --one-hot says that these are texts", g->p->text));
	if (g->p->texts + g->p->dates > 0)
		return (draft_fault(g, (g->p->texts > 0) ? g->p->text_at : 0,
		    "'%s' is not a number, though most of the column looks like numbers; "
		    "--decimal, --thousands, --percent and --strip say how numbers are written, "
		    "--na-text what stands for missing values, --one-hot that these are texts",
		    (g->p->texts > 0) ? g->p->text : "a date"));
	if (copy_asked(&g->c->unit, g->a->unit) == -1)
		return (-1);
	if (g->a->range != NULL)
		return (asked_range(g));
	if (profile_range(g->p, &g->c->low, &g->c->high) == 0)
		return (0);
	return (draft_fault(g, 0, (g->p->numbers == 0) ? "there are no numbers to tell a range by; "
	    "--range COLUMN=LOW..HIGH gives one" : "there are numbers that are too large"));
}

static int
date_of_values(const struct drafting *g)
{

	g->c->kind = SCHEMA_DATE;
	if (g->p->dates == profile_cells(g->p) && g->p->dates > 0 &&
	    (g->p->low < -DATE_MAX_DAYS || g->p->high > DATE_MAX_DAYS))
		return (draft_fault(g, 0, "there are dates beyond those that can be shared, "
		    DATE_FIRST " to " DATE_LAST "; --na-text says which stand for missing values"));
	if (g->p->dates == profile_cells(g->p))
		return (0);
	return (draft_fault(g, g->p->text_at, "'%s' is not a date such as 2026-11-29",
	    (g->p->texts > 0) ? g->p->text : "a number"));
}

/* What the options say that a column is.  Return 1, 0 if they do not, or -1. */
static int
column_as_asked(const struct drafting *g)
{
	const struct schema_asked *a = g->a;
	int rc = 1;

	if (a->range != NULL || a->unit != NULL)
		rc = number_of_values(g);
	else if (a->date)
		rc = date_of_values(g);
	else if (a->key) {
		g->c->kind = SCHEMA_KEY;
		g->c->match = a->match;
	} else if (a->codes != NULL) {
		g->c->kind = SCHEMA_CLASS;
		rc = listed_values(g, a->codes);
	} else if (a->one_hot != NULL) {
		g->c->kind = SCHEMA_CATEGORY;
		rc = listed_values(g, a->one_hot);
	} else
		return (0);
	return ((rc == -1) ? -1 : 1);
}

/* Values that are most likely the same, as no option says that all of them are meant. */
static int
tell_drafted_alike(const struct drafting *g)
{
	char text[400];
	size_t pairs;

	if (profile_alike(g->p, text, sizeof(text), &pairs) == -1)
		return (-1);
	if (pairs > 0)
		warn("%s: column '%.80s': %s differ only by letter case or blanks; if they mean "
		    "the same, write them alike", texts_name(&g->d->table), g->name, text);
	return (0);
}

/* What the table says that it is. */
static int
column_as_found(const struct drafting *g)
{
	enum profile_guess guess = profile_guess(g->p);

	if (g->a->label && guess != PROFILE_MIXED && g->p->dates == 0 &&
	    (g->p->whole == profile_cells(g->p) || g->p->numbers < profile_cells(g->p)) &&
	    (g->p->numbers == 0 || g->p->n_values <= DRAFT_MAX_VALUES))
		return ((tell_drafted_alike(g) == -1) ? -1 : class_of_values(g));
	switch (guess) {
	case PROFILE_NUMBER:
	case PROFILE_MIXED:
		return (number_of_values(g));
	case PROFILE_DATE:
		return (date_of_values(g));
	case PROFILE_CATEGORY:
		return ((tell_drafted_alike(g) == -1) ? -1 : category_of_texts(g));
	default:
		/* Nor is a key shared unasked. */
		g->c->kind = g->a->label ? SCHEMA_NUMBER : SCHEMA_IGNORE;
		return (g->a->label ? number_of_values(g) : 0);
	}
}

/* Whether what is said of the missing values of all columns can be meant of this one. */
static bool
na_fits(const struct schema_column *c, const char *na)
{
	int64_t days;
	double x;

	if (strcmp(na, "drop") == 0)
		return (true);
	if (c->kind == SCHEMA_KEY)
		return (strcmp(na, "unique") == 0);
	if (schema_has_values(c->kind))
		return (schema_texts_find(&c->values, na, strlen(na)) < c->values.count);
	if (c->kind == SCHEMA_DATE)
		return (date_parse(na, strlen(na), &days) == NULL);
	return (strcmp(na, "mean") == 0 || strcmp(na, "median") == 0 ||
	    fixed_parse_double(na, strlen(na), &x) == FIXED_OK);
}

/* Missing values get a category of their own, before the one that stands for all others. */
static int
append_na_value(struct schema_column *c)
{
	size_t last = c->values.count;
	char *other;

	if (schema_texts_find(&c->values, c->na_value, strlen(c->na_value)) < last)
		return (0);
	if (schema_texts_add(&c->values, c->na_value, strlen(c->na_value)) == -1)
		return (-1);
	if (c->other) {
		other = c->values.text[last - 1];
		c->values.text[last - 1] = c->values.text[last];
		c->values.text[last] = other;
	}
	return (0);
}

/* What is done with missing values. */
static int
column_na(const struct drafting *g)
{
	struct schema_column *c = g->c;
	const char *na = g->a->na;

	c->na_indicator = g->a->indicator;
	if (na == NULL || !schema_shared(c) || strcmp(na, "error") == 0 ||
	    (g->a->na_of_all && !na_fits(c, na)))
		return (0);
	if (strcmp(na, "drop") == 0)
		c->na = SCHEMA_NA_DROP;
	else if (strcmp(na, "mean") == 0)
		c->na = SCHEMA_NA_MEAN;
	else if (strcmp(na, "median") == 0)
		c->na = SCHEMA_NA_MEDIAN;
	else if (c->kind == SCHEMA_KEY && strcmp(na, "unique") == 0)
		c->na = SCHEMA_NA_UNIQUE;
	else {
		c->na = SCHEMA_NA_VALUE;
		if ((c->na_value = mem_copy_string(na, strlen(na))) == NULL)
			return (-1);
	}
	return ((c->na == SCHEMA_NA_VALUE && c->kind == SCHEMA_CATEGORY) ? append_na_value(c) : 0);
}

/* Missing values of which nothing is said would be refused when the table is shared. */
static int
check_missing(const struct drafting *g)
{

	if (g->p->missing == 0 || g->c->na != SCHEMA_NA_ERROR || !schema_shared(g->c))
		return (0);
	return (draft_fault(g, g->p->missing_at, "a value is missing, the first of %" PRIu64
	    "; --na COLUMN=ACTION says what is done: drop leaves such rows out, %s", g->p->missing,
	    (g->c->kind == SCHEMA_KEY) ? "unique gives each a key that matches nothing" :
	    (g->c->kind == SCHEMA_NUMBER) ? "mean takes the mean, a value stands in" :
	    (g->c->kind == SCHEMA_CATEGORY) ? "another word makes a category of them" :
	    (g->c->kind == SCHEMA_CLASS) ? "one of the classes stands in" : "a date stands in"));
}

static int
draft_column(const struct drafting *g)
{
	char fault[256];
	int rc;

	if ((g->c->name = mem_copy_string(g->name, strlen(g->name))) == NULL)
		return (-1);
	if ((rc = column_as_asked(g)) == 0)
		rc = column_as_found(g);
	if (rc == -1 || copy_asked(&g->c->baseline, g->a->baseline) == -1)
		return (-1);
	if (g->a->other && (g->c->kind != SCHEMA_CATEGORY || !g->c->other) &&
	    append_other(g) == -1)
		return (-1);
	if (column_na(g) == -1)
		return (-1);
	if (schema_column_fault(g->c, fault, sizeof(fault)) == -1)
		return (draft_fault(g, 0, "%s", fault));
	return (check_missing(g));
}

static int
draft_columns(struct drafted *d)
{
	struct drafting g = { .d = d };
	char fault[256];
	size_t i;
	int rc;

	for (i = 0; i < d->chosen; i++) {
		g.j = d->positions[i];
		g.name = texts_names(&d->table)[g.j];
		g.a = &d->asked[g.j];
		g.p = profile_column(d->profile, g.j);
		g.c = &d->schema->columns[i];
		faults_open(&d->faults);
		(void)faults_close(&d->faults, draft_column(&g));
	}
	if (faults_end(&d->faults, texts_name(&d->table)) == -1)
		return (-1);
	if ((rc = schema_name_fault(d->schema, fault, sizeof(fault))) == -1)
		return (fail(ST_FAILED, "%s: %s", texts_name(&d->table), fault));
	return (rc);
}

/* ---- */

static int
make_draft(struct drafted *d, const char *path)
{

	if (dialect_options_set(&d->o->dialect, &d->how) == -1 ||
	    texts_open(&d->table, path, &d->how) == -1 || choose_drafted(d) == -1 ||
	    (d->schema = schema_new(d->chosen)) == NULL ||
	    (d->profile = profile_new(&d->how, texts_columns(&d->table))) == NULL ||
	    dialect_of(&d->how, &d->schema->dialect) == -1 || take_percent(d) == -1 ||
	    look_at_rows(d) == -1)
		return (-1);
	return (draft_columns(d));
}

struct schema *
schema_draft(const char *path, const struct draft_options *o)
{
	struct drafted d = {
		.o = o,
		.how = { .remedies = 1 },
		.table = { .window = { .fd = -1 } },
	};

	if (make_draft(&d, path) == -1) {
		schema_free(d.schema);
		d.schema = NULL;
	}
	profile_free(d.profile);
	texts_close(&d.table);
	free(d.positions);
	free(d.asked);
	return (d.schema);
}

/* Append values, as many as a line may have. */
static void
tell_values(char *text, size_t size, const struct schema_texts *t)
{
	size_t i, n = strlen(text);

	for (i = 0; i < t->count && n + 64 < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s'%.40s'", (i > 0) ? ", " : " ",
		    t->text[i]);
	if (i < t->count)
		snprintf(text + n, size - n, ", ...");
}

void
schema_draft_tell(const struct schema *s, const char *name)
{
	char text[1024], na[80], low[MEANING_NUMBER_TEXT], high[MEANING_NUMBER_TEXT];
	const struct schema_column *c;
	size_t j;

	for (j = 0; j < s->count; j++) {
		c = &s->columns[j];
		snprintf(text, sizeof(text), "%s", schema_kind_name(c->kind));
		if (c->kind == SCHEMA_NUMBER) {
			meaning_number_text(low, c->low);
			meaning_number_text(high, c->high);
			snprintf(text, sizeof(text), "number from %s to %s", low, high);
		} else if (c->kind == SCHEMA_IGNORE)
			strcpy(text, "ignore (--range, --codes, --one-hot, --date or --key makes "
			    "more of it, -x leaves out its name)");
		else if (c->kind == SCHEMA_KEY)
			snprintf(text, sizeof(text), "key, whose texts are compared as %s",
			    key_match_name(c->match));
		tell_values(text, sizeof(text), &c->values);
		warn("%s: the draft publishes: '%.80s': %s%s%.64s%s%s", name, c->name, text,
		    (c->unit != NULL) ? ", " : "", (c->unit != NULL) ? c->unit : "",
		    (c->na != SCHEMA_NA_ERROR) ? ", missing: " : "",
		    (c->na != SCHEMA_NA_ERROR) ? schema_na_text(c, na) : "");
	}
}
