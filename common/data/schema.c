#include "data/schema.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/json.h"
#include "base/names.h"
#include "ring/fixed.h"
#include "table/date.h"
#include "table/meaning.h"

/* What belongs to a kind. */
static const struct {
	const char *name;
	bool numbers, values, baseline, na, mean, matches;
	size_t least_values;
} kinds[] = {
	[SCHEMA_NUMBER] = { .name = "number", .numbers = true, .na = true, .mean = true },
	[SCHEMA_CATEGORY] = { .name = "category", .values = true, .baseline = true, .na = true,
		.least_values = 1 },
	[SCHEMA_CLASS] = { .name = "class", .values = true, .na = true, .least_values = 2 },
	[SCHEMA_DATE] = { .name = "date", .na = true },
	[SCHEMA_KEY] = { .name = "key", .na = true, .matches = true },
	[SCHEMA_IGNORE] = { .name = "ignore" },
};

/* ---- memory ---- */

int
schema_texts_add(struct schema_texts *t, const char *s, size_t len)
{
	size_t room = (t->room == 0) ? 8 : 2 * t->room;
	char **text;

	if (t->count == t->room) {
		if ((text = mem_array(room, sizeof(*text))) == NULL)
			return (-1);
		if (t->count > 0)
			memcpy(text, t->text, t->count * sizeof(*text));
		free(t->text);
		t->text = text;
		t->room = room;
	}
	if ((t->text[t->count] = mem_copy_string(s, len)) == NULL)
		return (-1);
	t->count++;
	return (0);
}

size_t
schema_texts_find(const struct schema_texts *t, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (strlen(t->text[i]) == len && memcmp(t->text[i], s, len) == 0)
			break;
	}
	return (i);
}

void
schema_texts_free(struct schema_texts *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		free(t->text[i]);
	free(t->text);
	*t = (struct schema_texts){ NULL, 0, 0 };
}

struct schema *
schema_new(size_t count)
{
	struct schema *s;

	if ((s = mem_array(1, sizeof(*s))) == NULL)
		return (NULL);
	s->count = count;
	if ((s->columns = mem_array(count, sizeof(*s->columns))) == NULL) {
		free(s);
		return (NULL);
	}
	return (s);
}

void
schema_free(struct schema *s)
{
	struct schema_column *c;
	size_t j;

	if (s == NULL)
		return;
	for (j = 0; j < s->count; j++) {
		c = &s->columns[j];
		free(c->name);
		free(c->unit);
		free(c->baseline);
		free(c->na_value);
		schema_texts_free(&c->values);
	}
	free(s->columns);
	schema_texts_free(&s->dialect.percent);
	schema_texts_free(&s->dialect.strip);
	schema_texts_free(&s->dialect.na_text);
	free(s);
}

/* ---- looking ---- */

const struct schema_column *
schema_find(const struct schema *s, const char *name)
{
	size_t j;

	for (j = 0; j < s->count; j++) {
		if (strcmp(s->columns[j].name, name) == 0)
			return (&s->columns[j]);
	}
	return (NULL);
}

bool
schema_shared(const struct schema_column *c)
{

	return (c->kind != SCHEMA_IGNORE);
}

bool
schema_has_values(enum schema_kind kind)
{

	return (kinds[kind].values);
}

const char *
schema_kind_name(enum schema_kind kind)
{

	return (kinds[kind].name);
}

const char *
schema_na_text(const struct schema_column *c, char text[static 80])
{
	static const char *const names[] = { "error", "drop", "mean", "median", "", "unique" };

	if (c->na == SCHEMA_NA_VALUE)
		snprintf(text, 80, "'%.60s'", c->na_value);
	else
		strcpy(text, names[c->na]);
	return (text);
}

/* ---- rules ---- */

/* Whether a value may stand in for a missing one. */
static bool
stands_in(const struct schema_column *c)
{
	size_t len = strlen(c->na_value);
	int64_t days;
	double x;

	if (kinds[c->kind].values)
		return (schema_texts_find(&c->values, c->na_value, len) < c->values.count);
	if (c->kind == SCHEMA_DATE)
		return (date_parse(c->na_value, len, &days) == NULL);
	return (fixed_parse_double(c->na_value, len, &x) == FIXED_OK && x >= c->low &&
	    x <= c->high);
}

static const char *
na_fault(const struct schema_column *c)
{

	if (c->na != SCHEMA_NA_ERROR && !kinds[c->kind].na)
		return ("na: does not belong to this kind");
	if ((c->na == SCHEMA_NA_MEAN || c->na == SCHEMA_NA_MEDIAN) && !kinds[c->kind].mean)
		return ((c->na == SCHEMA_NA_MEAN) ? "na: only numbers have a mean" :
		    "na: only numbers have a median");
	if (c->na == SCHEMA_NA_UNIQUE && !kinds[c->kind].matches)
		return ("na: unique is of a key alone");
	if (c->na == SCHEMA_NA_VALUE && kinds[c->kind].matches)
		return ("na: no value stands in for a key, but unique gives rows without one a key "
		    "that matches nothing");
	if (c->na == SCHEMA_NA_VALUE && !stands_in(c))
		return (kinds[c->kind].values ? "na: the value is none of the column's values" :
		    (c->kind == SCHEMA_DATE) ? "na: the value is no date" :
		    "na: the value is no number within the range");
	if (c->na_indicator && (c->na == SCHEMA_NA_ERROR || c->na == SCHEMA_NA_DROP))
		return ("na_indicator: is for missing values that are filled in, and here they are "
		    "left out or refused");
	return (NULL);
}

static const char *
values_fault(const struct schema_column *c)
{
	size_t n = c->values.count;

	if (!kinds[c->kind].values && n > 0)
		return ("values: do not belong to this kind");
	if (c->other && c->kind != SCHEMA_CATEGORY)
		return ("other: belongs to a category alone");
	if (kinds[c->kind].values && n < kinds[c->kind].least_values)
		return ((n == 0) ? "values: there are none" : "values: a class has two at least");
	if (n > SCHEMA_MAX_VALUES)
		return ("values: there are more than 65536");
	if (c->match != KEY_TEXT && !kinds[c->kind].matches)
		return ("match: belongs to a key alone");
	if (c->baseline == NULL)
		return (NULL);
	if (!kinds[c->kind].baseline)
		return ("baseline: belongs to a category alone");
	if (schema_texts_find(&c->values, c->baseline, strlen(c->baseline)) == n)
		return ("baseline: is none of the values");
	return ((n < 2) ? "baseline: is the only value: no column would be left" : NULL);
}

static const char *
number_fault(const struct schema_column *c)
{

	if (c->kind != SCHEMA_NUMBER)
		return ((c->unit != NULL) ? "unit: belongs to a number alone" : NULL);
	if (!(c->low < c->high) || c->low - c->low != 0 || c->high - c->high != 0)
		return ("range: must go from a number to a larger one");
	if (c->unit != NULL && (c->unit[0] == '\0' || strlen(c->unit) > COLUMN_MAX_UNIT_BYTES ||
	    columns_name_fault(c->unit, strlen(c->unit)) != NULL))
		return ("unit: is not 1 to 64 bytes of printable UTF-8");
	return (NULL);
}

/* Every value can be part of a column's name, or is empty; no two are the same. */
static int
texts_fault(const struct schema_texts *t, char *text, size_t size)
{
	const char *fault;
	size_t i, again;

	for (i = 0; i < t->count; i++) {
		if (t->text[i][0] == '\0')
			continue;
		if ((fault = columns_name_fault(t->text[i], strlen(t->text[i]))) != NULL) {
			snprintf(text, size, "values: '%.40s' %s", t->text[i], fault);
			return (-1);
		}
	}
	if (t->count == 0 ||
	    names_repeated((const char *const *)t->text, t->count, &again) != 1)
		return (0);
	snprintf(text, size, "values: '%.40s' is there twice", t->text[again]);
	return (-1);
}

int
schema_column_fault(const struct schema_column *c, char *text, size_t size)
{
	const char *fault;

	if ((fault = number_fault(c)) == NULL && (fault = values_fault(c)) == NULL)
		fault = na_fault(c);
	if (fault == NULL)
		return (texts_fault(&c->values, text, size));
	snprintf(text, size, "%s", fault);
	return (-1);
}

static int
by_text(const void *a, const void *b)
{

	return (strcmp(*(const char *const *)a, *(const char *const *)b));
}

/* Find a name that is ${name} up to one of its =; options could not tell the two apart. */
static const char *
name_within(const char *const *sorted, size_t count, const char *name)
{
	char part[COLUMNS_MAX_NAME_BYTES + 1];
	const char *equals, *key = part;
	const char *const *found;

	for (equals = strchr(name, '='); equals != NULL; equals = strchr(equals + 1, '=')) {
		memcpy(part, name, (size_t)(equals - name));
		part[equals - name] = '\0';
		if ((found = bsearch(&key, sorted, count, sizeof(*sorted), by_text)) != NULL)
			return (*found);
	}
	return (NULL);
}

int
schema_name_fault(const struct schema *s, char *text, size_t size)
{
	const char **sorted, *fault = NULL, *within = NULL;
	size_t j;
	int rc = -1;

	for (j = 0; j < s->count && fault == NULL; j++)
		fault = columns_name_fault(s->columns[j].name, strlen(s->columns[j].name));
	if (fault != NULL) {
		snprintf(text, size, "the name of column %zu %s", j, fault);
		return (-1);
	}
	if ((sorted = mem_array(s->count, sizeof(*sorted))) == NULL)
		return (-2);
	for (j = 0; j < s->count; j++)
		sorted[j] = s->columns[j].name;
	qsort(sorted, s->count, sizeof(*sorted), by_text);
	for (j = 1; j < s->count && strcmp(sorted[j - 1], sorted[j]) != 0; j++)
		continue;
	if (j < s->count)
		snprintf(text, size, "two columns are named '%.80s'", sorted[j]);
	for (j = (j < s->count) ? s->count + 1 : 0; j < s->count && within == NULL; j++)
		within = name_within(sorted, s->count, sorted[j]);
	if (within != NULL)
		snprintf(text, size, "a column is named '%.80s' and another begins with '%.80s='",
		    within, within);
	else if (j == s->count)
		rc = 0;
	free(sorted);
	return (rc);
}

/* ---- writing ---- */

/* Set a field where ${given}; ${value} is handed over.  Return 0 or -1 (not reported). */
static int
set_field(json_t *o, const char *key, bool given, json_t *value)
{

	if (!given) {
		json_decref(value);
		return (0);
	}
	return (json_object_set_new(o, key, value));
}

static json_t *
texts_json(const struct schema_texts *t)
{

	return (json_strings((const char *const *)t->text, t->count));
}

static json_t *
schema_range_json(const struct schema_column *c)
{
	char low[MEANING_NUMBER_TEXT], high[MEANING_NUMBER_TEXT];

	meaning_number_text(low, c->low);
	meaning_number_text(high, c->high);
	return (json_strings((const char *const[]){ low, high }, 2));
}

static json_t *
na_json(const struct schema_column *c)
{
	char text[80];

	if (c->na != SCHEMA_NA_VALUE)
		return (json_string(schema_na_text(c, text)));
	return (json_pack("{s:s}", "value", c->na_value));
}

static json_t *
schema_column_json(const struct schema_column *c)
{
	json_t *o = json_object();

	if (set_field(o, "name", true, json_string(c->name)) == -1 ||
	    set_field(o, "kind", true, json_string(kinds[c->kind].name)) == -1 ||
	    set_field(o, "range", c->kind == SCHEMA_NUMBER, schema_range_json(c)) == -1 ||
	    set_field(o, "unit", c->unit != NULL, json_string(c->unit)) == -1 ||
	    set_field(o, "match", c->match != KEY_TEXT, json_string(key_match_name(c->match))) ==
	    -1 ||
	    set_field(o, "values", kinds[c->kind].values, texts_json(&c->values)) == -1 ||
	    set_field(o, "other", c->other, json_true()) == -1 ||
	    set_field(o, "baseline", c->baseline != NULL, json_string(c->baseline)) == -1 ||
	    set_field(o, "na", c->na != SCHEMA_NA_ERROR, na_json(c)) == -1 ||
	    set_field(o, "na_indicator", c->na_indicator, json_true()) == -1) {
		json_decref(o);
		return (NULL);
	}
	return (o);
}

static json_t *
character_json(char c)
{

	return (json_stringn(&c, 1));
}

static json_t *
dialect_json(const struct schema_dialect *d)
{
	json_t *o;

	if (d->own)
		return (json_string("own"));
	o = json_object();
	if (set_field(o, "delimiter", d->delimiter != '\0', character_json(d->delimiter)) == -1 ||
	    set_field(o, "comment", d->comment != '\0', character_json(d->comment)) == -1 ||
	    set_field(o, "decimal", d->decimal != '\0', character_json(d->decimal)) == -1 ||
	    set_field(o, "thousands", d->thousands != '\0', character_json(d->thousands)) == -1 ||
	    set_field(o, "no_quotes", d->no_quotes, json_true()) == -1 ||
	    set_field(o, "percent", d->percent.count > 0, texts_json(&d->percent)) == -1 ||
	    set_field(o, "strip", d->strip.count > 0, texts_json(&d->strip)) == -1 ||
	    set_field(o, "na_text", d->na_text.count > 0, texts_json(&d->na_text)) == -1) {
		json_decref(o);
		return (NULL);
	}
	return (o);
}

static int
not_written(void)
{

	return (fail(ST_FAILED, "schema: cannot be written (out of memory, or not UTF-8)"));
}

/* Append a JSON value, which is handed over, as one line. */
static int
add_json(struct buf *b, json_t *v)
{
	char *text = (v != NULL) ? json_dumps(v, JSON_ENCODE_ANY) : NULL;
	int rc;

	json_decref(v);
	if (text == NULL)
		return (not_written());
	rc = buf_string(b, text);
	free(text);
	return (rc);
}

int
schema_text(const struct schema *s, struct buf *b)
{
	json_t *dialect = dialect_json(&s->dialect);
	bool plain = json_is_object(dialect) && json_object_size(dialect) == 0;
	size_t j;
	int rc;

	rc = buf_string(b, "{ \"version\": 1,\n  \"columns\": [\n");
	for (j = 0; j < s->count && rc == 0; j++) {
		if ((rc = buf_string(b, "    ")) == 0 &&
		    (rc = add_json(b, schema_column_json(&s->columns[j]))) == 0)
			rc = buf_string(b, (j + 1 < s->count) ? ",\n" : "\n");
	}
	if (rc == 0)
		rc = buf_string(b, plain ? "  ] }\n" : "  ],\n  \"dialect\": ");
	if (rc == 0 && !plain) {
		if ((rc = add_json(b, json_incref(dialect))) == 0)
			rc = buf_string(b, " }\n");
	}
	json_decref(dialect);
	return (rc);
}

/* All that is agreed on. */
static json_t *
agreed_json(const struct schema *s)
{
	json_t *o = json_object(), *columns = json_array();
	size_t j;

	for (j = 0; columns != NULL && j < s->count; j++) {
		if (json_array_append_new(columns, schema_column_json(&s->columns[j])) == -1)
			break;
	}
	if (columns == NULL || j < s->count || json_object_set(o, "columns", columns) == -1 ||
	    json_object_set_new(o, "version", json_integer(1)) == -1) {
		json_decref(o);
		o = NULL;
	}
	json_decref(columns);
	return (o);
}

int
schema_digest(const struct schema *s, uint8_t digest[static HASH_BYTES])
{
	json_t *o = agreed_json(s);
	/* all names of fields are ASCII, so that their order by bytes is that of RFC 8785 */
	char *text = (o != NULL) ? json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	json_decref(o);
	if (text == NULL)
		return (not_written());
	hash_once(digest, text, strlen(text));
	free(text);
	return (0);
}
