#include "data/schema_merge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alike.h"
#include "base/diag.h"

/* What is said of values that are alike. */
#define TYPED " differ only by letter case or blanks"

/* Drafts that are merged, and the two that are compared. */
struct merging {
	const struct schema *const *drafts;
	const char *const *names;
	size_t count;
	size_t draft; /* that is merged into what is there */
	bool conflict;
};

/* Report one conflict of a column, in words behind its name, and go on. */
__attribute__((format(printf, 3, 4))) static void
conflict(struct merging *m, const char *column, const char *format, ...)
{
	char text[1400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	m->conflict = true;
	fail(ST_REFUSED, "%s, %s: column '%.80s': %s", m->names[0], m->names[m->draft], column,
	    text);
}

static bool
same_string(const char *a, const char *b)
{

	return ((a == NULL || b == NULL) ? a == b : strcmp(a, b) == 0);
}

/* ---- copies ---- */

static int
copy_string(char **to, const char *from)
{

	return ((from != NULL && (*to = mem_copy_string(from, strlen(from))) == NULL) ? -1 : 0);
}

static int
copy_texts(struct schema_texts *to, const struct schema_texts *from)
{
	size_t i;

	for (i = 0; i < from->count; i++) {
		if (schema_texts_add(to, from->text[i], strlen(from->text[i])) == -1)
			return (-1);
	}
	return (0);
}

static int
copy_column(struct schema_column *to, const struct schema_column *from)
{

	to->kind = from->kind;
	to->low = from->low;
	to->high = from->high;
	to->match = from->match;
	to->other = from->other;
	to->na = from->na;
	to->na_indicator = from->na_indicator;
	return ((copy_string(&to->name, from->name) == -1 ||
	    copy_string(&to->unit, from->unit) == -1 ||
	    copy_string(&to->baseline, from->baseline) == -1 ||
	    copy_string(&to->na_value, from->na_value) == -1 ||
	    copy_texts(&to->values, &from->values) == -1) ? -1 : 0);
}

static int
copy_dialect(struct schema_dialect *to, const struct schema_dialect *from)
{

	to->own = from->own;
	to->delimiter = from->delimiter;
	to->comment = from->comment;
	to->decimal = from->decimal;
	to->thousands = from->thousands;
	to->no_quotes = from->no_quotes;
	return ((copy_texts(&to->percent, &from->percent) == -1 ||
	    copy_texts(&to->strip, &from->strip) == -1 ||
	    copy_texts(&to->na_text, &from->na_text) == -1) ? -1 : 0);
}

/* ---- one column ---- */

/* Write the values of ${a} that ${b} does not have, as far as they fit; return how many. */
static size_t
values_without(const struct schema_texts *a, const struct schema_texts *b, char *text, size_t size)
{
	size_t i, n = 0, count = 0;

	text[0] = '\0';
	for (i = 0; i < a->count; i++) {
		if (schema_texts_find(b, a->text[i], strlen(a->text[i])) < b->count)
			continue;
		if (count++ < 5 && n + 64 < size)
			n += (size_t)snprintf(text + n, size - n, "%s'%.40s'", (n > 0) ? ", " : "",
			    a->text[i]);
		else if (count == 6)
			snprintf(text + n, size - n, ", ...");
	}
	return (count);
}

/* The values of two columns, and those that only one of them has, as text. */
struct compared {
	struct schema_texts a, b; /* views, without what stands for all others */
	size_t without, more;
	char text[700];
};

static void
compare_values(struct compared *v, const struct schema_column *a, const struct schema_column *b)
{
	char ours[320], theirs[320];

	v->a = (struct schema_texts){ a->values.text, a->values.count - a->other, 0 };
	v->b = (struct schema_texts){ b->values.text, b->values.count - b->other, 0 };
	v->without = values_without(&v->a, &v->b, ours, sizeof(ours));
	v->more = values_without(&v->b, &v->a, theirs, sizeof(theirs));
	snprintf(v->text, sizeof(v->text), "%s%s%s%s%s", ours, (v->without > 0) ?
	    " only in the first" : "", (v->without > 0 && v->more > 0) ? ", " : "", theirs,
	    (v->more > 0) ? " only in the other" : "");
}

/* The values of a class are the same set, in the order of the first draft. */
static void
compare_classes(struct merging *m, const struct schema_column *a, const struct schema_column *b)
{
	struct compared v;

	compare_values(&v, a, b);
	if (v.without == 0 && v.more == 0)
		return;
	conflict(m, a->name, "the classes differ: %s; if the same classes are coded in two ways, "
	    "as 0,1 and 1,2 or no,yes and No,Yes, one owner recodes the table and drafts anew; "
	    "only if all of these are different classes, --codes COLUMN=a,b,c gives all of them in "
	    "both drafts", v.text);
}

/* Whether no value is in both, apart from what stands for missing ones. */
static bool
disjoint(const struct compared *v, const struct schema_column *a, const struct schema_column *b)
{
	const char *na = a->na_value, *other_na = b->na_value;
	bool ours = (na != NULL && schema_texts_find(&v->a, na, strlen(na)) < v->a.count),
	    theirs = (other_na != NULL &&
	    schema_texts_find(&v->b, other_na, strlen(other_na)) < v->b.count);

	return (v->a.count > ours && v->b.count > theirs &&
	    v->a.count - v->without == (ours && theirs && strcmp(na, other_na) == 0));
}

/* Pairs of values, of both, that differ only in how they are typed.  Return 0 or -1 (reported). */
static int
alike_values(const struct compared *v, char *text, size_t size, size_t *pairs)
{
	const char **texts;
	size_t i;
	int rc;

	if ((texts = mem_array(v->a.count + v->b.count, sizeof(*texts))) == NULL)
		return (-1);
	for (i = 0; i < v->a.count + v->b.count; i++)
		texts[i] = (i < v->a.count) ? v->a.text[i] : v->b.text[i - v->a.count];
	rc = alike_pairs(texts, i, text, size, pairs);
	free(texts);
	return (rc);
}

/*
 * Categories are united, but not where it is likely that the same is written in two ways: owners
 * who mean it list the same values.  Return 1 if they can be united, 0 if not, or -1 (reported).
 */
static int
compare_categories(struct merging *m, const struct schema_column *a, const struct schema_column *b)
{
	struct compared v;
	char alike[400], what[500];
	size_t pairs;
	bool apart;

	compare_values(&v, a, b);
	if (v.without == 0 && v.more == 0)
		return (1);
	if (alike_values(&v, alike, sizeof(alike), &pairs) == -1)
		return (-1);
	apart = disjoint(&v, a, b);
	if (!apart && pairs == 0)
		return (1);
	if (apart)
		snprintf(what, sizeof(what), "the categories have no value in common%s%s%s",
		    (pairs > 0) ? ", and " : "", alike, (pairs > 0) ? TYPED : "");
	else
		snprintf(what, sizeof(what), "the categories %s%s", alike, TYPED);
	conflict(m, a->name, "%s: %s; if they mean the same, one owner changes the table and "
	    "drafts anew; if all of them are meant, --one-hot COLUMN=a,b,c gives the same list in "
	    "both drafts", what, v.text);
	return (0);
}

/* The value that stands for all others has one name. */
static bool
compare_others(struct merging *m, const struct schema_column *a, const struct schema_column *b)
{
	const char *ours, *theirs;

	if (!a->other || !b->other)
		return (true);
	ours = a->values.text[a->values.count - 1];
	theirs = b->values.text[b->values.count - 1];
	if (strcmp(ours, theirs) == 0)
		return (true);
	conflict(m, a->name, "what stands for all other values is '%.40s' and '%.40s'", ours,
	    theirs);
	return (false);
}

/* Add values that are not there; "other" stays the last one, or becomes it. */
static int
unite_categories(struct schema_column *to, const struct schema_column *from)
{
	struct schema_texts *t = &to->values;
	const char *other = to->other ? t->text[t->count - 1] :
	    from->other ? from->values.text[from->values.count - 1] : NULL;
	struct schema_texts united = { NULL, 0, 0 };
	const struct schema_texts *list[2] = { t, &from->values };
	size_t k, i, len;
	int rc = 0;

	for (k = 0; k < 2; k++) {
		for (i = 0; i < list[k]->count && rc == 0; i++) {
			len = strlen(list[k]->text[i]);
			if ((other == NULL || strcmp(list[k]->text[i], other) != 0) &&
			    schema_texts_find(&united, list[k]->text[i], len) == united.count)
				rc = schema_texts_add(&united, list[k]->text[i], len);
		}
	}
	if (other != NULL && rc == 0)
		rc = schema_texts_add(&united, other, strlen(other));
	to->other = (other != NULL);
	schema_texts_free(t);
	*t = united;
	return (rc);
}

/* What must be the same in both, apart from kind and values. */
static void
compare_rules(struct merging *m, const struct schema_column *a, const struct schema_column *b)
{
	char ours[80], theirs[80];

	if (!same_string(a->unit, b->unit))
		conflict(m, a->name, "the units differ: %s%.64s and %s%.64s; --unit COLUMN=UNIT "
		    "says which it is", (a->unit != NULL) ? "" : "none", (a->unit != NULL) ?
		    a->unit : "", (b->unit != NULL) ? "" : "none", (b->unit != NULL) ? b->unit :
		    "");
	if (a->match != b->match)
		conflict(m, a->name, "which texts are the same key differs: %s and %s; --key "
		    "COLUMN=MATCH says it alike in both drafts", key_match_name(a->match),
		    key_match_name(b->match));
	if (a->na != b->na || !same_string(a->na_value, b->na_value))
		conflict(m, a->name, "what is done with missing values differs: %s and %s; --na "
		    "COLUMN=ACTION says the same in both drafts", schema_na_text(a, ours),
		    schema_na_text(b, theirs));
	if (a->na_indicator != b->na_indicator)
		conflict(m, a->name, "one has an indicator of missing values, and the other has "
		    "not; --na-indicator asks for it");
	if (!same_string(a->baseline, b->baseline))
		conflict(m, a->name, "the baselines differ; --baseline COLUMN=VALUE says which it "
		    "is");
}

/* Merge a column of a later draft into what there is.  Return 0 or -1 (no memory). */
static int
merge_column(struct merging *m, struct schema_column *to, const struct schema_column *from)
{
	int rc = 0;

	if (to->kind != from->kind) {
		conflict(m, to->name, "the kinds differ: %s and %s; --range, --codes, --one-hot, "
		    "--date and --key say which it is", schema_kind_name(to->kind),
		    schema_kind_name(from->kind));
		return (0);
	}
	compare_rules(m, to, from);
	if (to->kind == SCHEMA_NUMBER) {
		to->low = (from->low < to->low) ? from->low : to->low;
		to->high = (from->high > to->high) ? from->high : to->high;
	} else if (to->kind == SCHEMA_CLASS)
		compare_classes(m, to, from);
	else if (to->kind == SCHEMA_CATEGORY && compare_others(m, to, from) &&
	    (rc = compare_categories(m, to, from)) == 1)
		rc = unite_categories(to, from);
	return (rc);
}

/* ---- all columns ---- */

/* A column that is ignored need not be in both. */
static void
compare_presence(struct merging *m, const struct schema_column *c, size_t where)
{

	if (c->kind != SCHEMA_IGNORE)
		conflict(m, c->name, "is only in %s; -x leaves it out of that draft, -c chooses "
		    "the columns of a draft", m->names[where]);
}

/* Look where the column is most likely first: drafts mostly have the same order. */
static const struct schema_column *
find_from(const struct schema *s, const char *name, size_t j)
{

	return ((j < s->count && strcmp(s->columns[j].name, name) == 0) ? &s->columns[j] :
	    schema_find(s, name));
}

static int
merge_draft(struct merging *m, struct schema *s)
{
	const struct schema *from = m->drafts[m->draft], *first = m->drafts[0];
	const struct schema_column *c;
	size_t j;

	for (j = 0; j < s->count; j++) {
		c = find_from(from, s->columns[j].name, j);
		if (c == NULL)
			compare_presence(m, &s->columns[j], 0);
		else if (merge_column(m, &s->columns[j], c) == -1)
			return (-1);
	}
	for (j = 0; j < from->count; j++) {
		if (find_from(first, from->columns[j].name, j) == NULL)
			compare_presence(m, &from->columns[j], m->draft);
	}
	return (0);
}

/* What has been united must be a column still: not too many values, say. */
static void
check_merged(struct merging *m, const struct schema *s)
{
	char fault[256];
	size_t j;

	m->draft = m->count - 1;
	for (j = 0; j < s->count && !m->conflict; j++) {
		if (schema_column_fault(&s->columns[j], fault, sizeof(fault)) == -1)
			conflict(m, s->columns[j].name, "%s", fault);
	}
}

/* ---- dialects ---- */

static bool
same_texts(const struct schema_texts *a, const struct schema_texts *b)
{
	size_t i;

	for (i = 0; i < a->count && i < b->count && strcmp(a->text[i], b->text[i]) == 0; i++)
		continue;
	return (a->count == b->count && i == a->count);
}

static bool
same_dialect(const struct schema_dialect *a, const struct schema_dialect *b)
{

	return (a->own == b->own && a->delimiter == b->delimiter && a->comment == b->comment &&
	    a->decimal == b->decimal && a->thousands == b->thousands &&
	    a->no_quotes == b->no_quotes && same_texts(&a->percent, &b->percent) &&
	    same_texts(&a->strip, &b->strip) && same_texts(&a->na_text, &b->na_text));
}

static bool
dialects_agree(const struct merging *m)
{
	size_t i;

	for (i = 1; i < m->count; i++) {
		if (!same_dialect(&m->drafts[0]->dialect, &m->drafts[i]->dialect))
			return (false);
	}
	return (true);
}

/* ---- */

static struct schema *
copy_first(const struct merging *m)
{
	const struct schema *first = m->drafts[0];
	struct schema *s = schema_new(first->count);
	size_t j;
	int rc = 0;

	for (j = 0; s != NULL && j < s->count && rc == 0; j++)
		rc = copy_column(&s->columns[j], &first->columns[j]);
	if (s != NULL && rc == 0 && dialects_agree(m))
		rc = copy_dialect(&s->dialect, &first->dialect);
	else if (s != NULL)
		s->dialect.own = true;
	if (rc == 0)
		return (s);
	schema_free(s);
	return (NULL);
}

struct schema *
schema_merge(const struct schema *const *drafts, const char *const *names, size_t count)
{
	struct merging m = { .drafts = drafts, .names = names, .count = count };
	struct schema *s;
	int rc = 0;

	if ((s = copy_first(&m)) == NULL)
		return (NULL);
	for (m.draft = 1; m.draft < count && rc == 0; m.draft++)
		rc = merge_draft(&m, s);
	if (rc == 0)
		check_merged(&m, s);
	if (rc == 0 && !m.conflict)
		return (s);
	schema_free(s);
	return (NULL);
}
