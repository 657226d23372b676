/* A schema from a file, which anybody may have written. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/near.h"
#include "data/part.h"
#include "data/schema.h"
#include "ring/fixed.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Where in the file we are. */
struct schema_place {
	const char *file;
	size_t column;    /* from 1; 0: in none */
	const char *name; /* of the column, once it is known */
};

__attribute__((format(printf, 2, 3))) static int
schema_fault(const struct schema_place *at, const char *format, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (at->column == 0)
		return (fail(ST_FAILED, "%s: %s", at->file, what));
	if (at->name == NULL)
		return (fail(ST_FAILED, "%s: column %zu: %s", at->file, at->column, what));
	return (fail(ST_FAILED, "%s: column %zu ('%.80s'): %s", at->file, at->column, at->name,
	    what));
}

/* Refuse fields that are none of these, of which NULLs are none. */
static int
check_known(const struct schema_place *at, const json_t *o, const char *const *fields, size_t count)
{
	const char *key, *meant;
	json_t *value;
	size_t i;

	/* jansson's iteration takes a mutable object, but does not change it. */
	json_object_foreach((json_t *)(uintptr_t)o, key, value) {
		for (i = 0; i < count && strcmp(key, fields[i]) != 0; i++)
			continue;
		if (i < count)
			continue;
		if ((meant = near_match(key, fields, count)) != NULL)
			return (schema_fault(at, "unknown field '%.64s'; did you mean '%s'?", key,
			    meant));
		return (schema_fault(at, "unknown field '%.64s'", key));
	}
	return (0);
}

/* A string; NULL where the field is absent and ${optional}. */
static int
take_string(const struct schema_place *at, const json_t *o, const char *key, bool optional,
    const char **s)
{
	const json_t *v = json_object_get(o, key);

	*s = NULL;
	if (v == NULL && optional)
		return (0);
	if (v == NULL)
		return (schema_fault(at, "field '%s' is missing", key));
	/* Without JSON_ALLOW_NUL no string holds a NUL. */
	if (!json_is_string(v))
		return (schema_fault(at, "field '%s': is not a string", key));
	*s = json_string_value(v);
	return (0);
}

static int
take_bool(const struct schema_place *at, const json_t *o, const char *key, bool *value)
{
	const json_t *v = json_object_get(o, key);

	*value = json_is_true(v);
	if (v != NULL && !json_is_boolean(v))
		return (schema_fault(at, "field '%s': is neither true nor false", key));
	return (0);
}

/* Strings, of which there may be ${most}; none where the field is absent. */
static int
take_texts(const struct schema_place *at, const json_t *o, const char *key, size_t most,
    struct schema_texts *t)
{
	const json_t *v = json_object_get(o, key), *s;
	size_t i;

	if (v == NULL)
		return (0);
	if (!json_is_array(v) || json_array_size(v) > most)
		return (schema_fault(at, "field '%s': is not an array of at most %zu strings", key,
		    most));
	for (i = 0; i < json_array_size(v); i++) {
		s = json_array_get(v, i);
		if (!json_is_string(s))
			return (schema_fault(at, "field '%s': holds something that is not a string",
			    key));
		if (schema_texts_add(t, json_string_value(s), json_string_length(s)) == -1)
			return (-1);
	}
	return (0);
}

/* Copy a string that may be absent. */
static int
take_copy(const struct schema_place *at, const json_t *o, const char *key, char **copy)
{
	const char *s;

	if (take_string(at, o, key, true, &s) == -1)
		return (-1);
	if (s != NULL && (*copy = mem_copy_string(s, strlen(s))) == NULL)
		return (-1);
	return (0);
}

/* ---- a column ---- */

static int
take_column_kind(const struct schema_place *at, const json_t *o, struct schema_column *c)
{
	const char *names[SCHEMA_IGNORE + 1], *s, *meant;
	size_t k;

	for (k = 0; k < COUNT(names); k++)
		names[k] = schema_kind_name((enum schema_kind)k);
	if (take_string(at, o, "kind", false, &s) == -1)
		return (-1);
	for (k = 0; k < COUNT(names) && strcmp(s, names[k]) != 0; k++)
		continue;
	if (k < COUNT(names)) {
		c->kind = (enum schema_kind)k;
		return (0);
	}
	if ((meant = near_match(s, names, COUNT(names))) != NULL)
		return (schema_fault(at, "field 'kind': unknown kind '%.64s'; did you mean '%s'?",
		    s, meant));
	return (schema_fault(at, "field 'kind': unknown kind '%.64s'; kinds are number, category, "
	    "class, date, key, ignore", s));
}

static int
take_range(const struct schema_place *at, const json_t *o, struct schema_column *c)
{
	const json_t *v = json_object_get(o, "range"), *low = json_array_get(v, 0),
	    *high = json_array_get(v, 1);

	if (c->kind != SCHEMA_NUMBER)
		return ((v == NULL) ? 0 :
		    schema_fault(at, "field 'range': belongs to a number alone"));
	if (v == NULL)
		return (schema_fault(at, "field 'range' is missing"));
	if (json_array_size(v) != 2 || !json_is_string(low) || !json_is_string(high) ||
	    fixed_parse_double(json_string_value(low), json_string_length(low), &c->low) !=
	    FIXED_OK || fixed_parse_double(json_string_value(high), json_string_length(high),
	    &c->high) != FIXED_OK)
		return (schema_fault(at, "field 'range': is not two numbers as strings, such as "
		    "[\"0\", \"200\"]"));
	return (0);
}

static int
take_na(const struct schema_place *at, const json_t *o, struct schema_column *c)
{
	static const char *const fields[] = { "value" };
	const json_t *v = json_object_get(o, "na");
	const char *s = json_string_value(v);

	if (v == NULL || (s != NULL && strcmp(s, "error") == 0))
		return (0);
	if (s != NULL && strcmp(s, "drop") == 0)
		c->na = SCHEMA_NA_DROP;
	else if (s != NULL && strcmp(s, "mean") == 0)
		c->na = SCHEMA_NA_MEAN;
	else if (s != NULL && strcmp(s, "median") == 0)
		c->na = SCHEMA_NA_MEDIAN;
	else if (s != NULL && strcmp(s, "unique") == 0)
		c->na = SCHEMA_NA_UNIQUE;
	else if (json_is_object(v)) {
		c->na = SCHEMA_NA_VALUE;
		if (check_known(at, v, fields, COUNT(fields)) == -1 ||
		    take_copy(at, v, "value", &c->na_value) == -1)
			return (-1);
	}
	if (c->na == SCHEMA_NA_ERROR || (c->na == SCHEMA_NA_VALUE && c->na_value == NULL))
		return (schema_fault(at, "field 'na': is neither \"error\", \"drop\", \"mean\" nor "
		    "\"median\" nor \"unique\", nor {\"value\": TEXT}"));
	return (0);
}

static int
take_match(const struct schema_place *at, const json_t *o, struct schema_column *c)
{
	const char *s;

	if (take_string(at, o, "match", true, &s) == -1)
		return (-1);
	if (s == NULL)
		return (0);
	if (c->kind != SCHEMA_KEY)
		return (schema_fault(at, "field 'match': belongs to a key alone"));
	return (key_match_find(s, strlen(s), &c->match) ? 0 : schema_fault(at, "field 'match': is "
	    "none of text, nocase, digits and alnum"));
}

static int
take_column(struct schema_place *at, const json_t *o, struct schema_column *c)
{
	static const char *const fields[] = { "name", "kind", "range", "unit", "match", "values",
	    "other", "baseline", "na", "na_indicator" };
	char fault[256];
	const char *name;

	if (!json_is_object(o))
		return (schema_fault(at, "is not an object"));
	if (take_string(at, o, "name", false, &name) == -1)
		return (-1);
	at->name = name;
	if ((c->name = mem_copy_string(name, strlen(name))) == NULL ||
	    check_known(at, o, fields, COUNT(fields)) == -1 || take_column_kind(at, o, c) == -1 ||
	    take_range(at, o, c) == -1 || take_copy(at, o, "unit", &c->unit) == -1 ||
	    take_match(at, o, c) == -1 ||
	    take_texts(at, o, "values", SCHEMA_MAX_VALUES, &c->values) == -1 ||
	    take_bool(at, o, "other", &c->other) == -1 ||
	    take_copy(at, o, "baseline", &c->baseline) == -1 || take_na(at, o, c) == -1 ||
	    take_bool(at, o, "na_indicator", &c->na_indicator) == -1)
		return (-1);
	if (schema_column_fault(c, fault, sizeof(fault)) == -1)
		return (schema_fault(at, "field %s", fault));
	return (0);
}

/* ---- the file ---- */

static int
take_character(const struct schema_place *at, const json_t *o, const char *key, char *c)
{
	const char *s;

	if (take_string(at, o, key, true, &s) == -1)
		return (-1);
	if (s == NULL)
		return (0);
	if (strlen(s) != 1 || (s[0] != '\t' && (s[0] < 0x20 || s[0] > 0x7e)))
		return (schema_fault(at, "dialect: field '%s': is not one ASCII character", key));
	*c = s[0];
	return (0);
}

/* Options separate words by commas, unless commas are decimal marks. */
static int
check_words(const struct schema_place *at, const struct schema_dialect *d)
{
	size_t i;

	for (i = 0; d->decimal != ',' && i < d->na_text.count; i++) {
		if (strchr(d->na_text.text[i], ',') != NULL)
			return (schema_fault(at, "dialect: field 'na_text': a word has a comma"));
	}
	return (0);
}

static int
take_dialect(const struct schema_place *at, const json_t *o, struct schema_dialect *d)
{
	static const char *const fields[] = { "delimiter", "comment", "decimal", "thousands",
	    "no_quotes", "percent", "strip", "na_text" };

	if (o == NULL)
		return (0);
	d->own = json_is_string(o) && strcmp(json_string_value(o), "own") == 0;
	if (d->own)
		return (0);
	if (!json_is_object(o))
		return (schema_fault(at, "field 'dialect': is neither an object nor \"own\""));
	return ((check_known(at, o, fields, COUNT(fields)) == -1 ||
	    take_character(at, o, "delimiter", &d->delimiter) == -1 ||
	    take_character(at, o, "comment", &d->comment) == -1 ||
	    take_character(at, o, "decimal", &d->decimal) == -1 ||
	    take_character(at, o, "thousands", &d->thousands) == -1 ||
	    take_bool(at, o, "no_quotes", &d->no_quotes) == -1 ||
	    take_texts(at, o, "percent", PART_MAX_COLUMNS, &d->percent) == -1 ||
	    take_texts(at, o, "strip", SCHEMA_MAX_WORDS, &d->strip) == -1 ||
	    take_texts(at, o, "na_text", SCHEMA_MAX_WORDS, &d->na_text) == -1) ? -1 :
	    check_words(at, d));
}

static struct schema *
take_columns(struct schema_place *at, const json_t *columns)
{
	char fault[256];
	struct schema *s;
	size_t n = json_array_size(columns);

	if (!json_is_array(columns) || n < 1 || n > PART_MAX_COLUMNS) {
		schema_fault(at, "field 'columns': is not an array of 1 to %zu columns",
		    PART_MAX_COLUMNS);
		return (NULL);
	}
	if ((s = schema_new(n)) == NULL)
		return (NULL);
	for (at->column = 1; at->column <= n; at->column++) {
		at->name = NULL;
		if (take_column(at, json_array_get(columns, at->column - 1),
		    &s->columns[at->column - 1]) == -1) {
			schema_free(s);
			return (NULL);
		}
	}
	at->column = 0;
	switch (schema_name_fault(s, fault, sizeof(fault))) {
	case 0:
		return (s);
	case -1:
		schema_fault(at, "%s", fault);
		break;
	}
	schema_free(s);
	return (NULL);
}

static struct schema *
take_schema(struct schema_place *at, const json_t *root)
{
	static const char *const fields[] = { "version", "columns", "dialect" };
	const json_t *version;
	struct schema *s;

	if (!json_is_object(root)) {
		schema_fault(at, "is not a schema, but JSON of another kind");
		return (NULL);
	}
	/* A later version may have other fields, so its number comes first. */
	if ((version = json_object_get(root, "version")) == NULL) {
		schema_fault(at, "field 'version' is missing; is this a schema?");
		return (NULL);
	}
	if (!json_is_integer(version) || json_integer_value(version) != 1) {
		schema_fault(at, "field 'version': must be 1");
		return (NULL);
	}
	if (check_known(at, root, fields, COUNT(fields)) == -1 ||
	    (s = take_columns(at, json_object_get(root, "columns"))) == NULL)
		return (NULL);
	if (take_dialect(at, json_object_get(root, "dialect"), &s->dialect) == 0)
		return (s);
	schema_free(s);
	return (NULL);
}

struct schema *
schema_load_memory(const char *data, size_t bytes, const char *name)
{
	struct schema_place at = { .file = name };
	struct schema *s = NULL;
	json_error_t error;
	json_t *root;

	/* Where a name is given twice, readers differ in which one they take: refused. */
	if ((root = json_loadb(data, bytes, JSON_REJECT_DUPLICATES, &error)) == NULL)
		fail(ST_FAILED, "%s: line %d, column %d: %s; is this a schema?", name, error.line,
		    error.column, error.text);
	else
		s = take_schema(&at, root);
	json_decref(root);
	return (s);
}

struct schema *
schema_load(const char *path)
{
	struct schema *s;
	size_t bytes;
	char *data;

	if (io_read_file(path, SCHEMA_FILE_MAX, &data, &bytes) == -1)
		return (NULL);
	s = schema_load_memory(data, bytes, (strcmp(path, "-") == 0) ? "standard input" : path);
	free(data);
	return (s);
}
