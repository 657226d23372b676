#include "data/schema_lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "table/meaning.h"

/* ---- lists ---- */

/* Append "NAME=TEXT", or "NAME" alone without a text. */
static int
add_spec(struct schema_texts *t, const char *name, const char *text)
{
	struct buf b = { NULL, 0, 0 };
	int rc = -1;

	if (buf_string(&b, name) == 0 && (text == NULL || (buf_string(&b, "=") == 0 &&
	    buf_string(&b, text) == 0)))
		rc = schema_texts_add(t, b.data, b.len);
	buf_free(&b);
	return (rc);
}

static int
add_schema_range(struct schema_texts *t, const struct schema_column *c)
{
	char text[2 * MEANING_NUMBER_TEXT + 2];

	meaning_number_text(text, c->low);
	strcat(text, "..");
	meaning_number_text(text + strlen(text), c->high);
	return (add_spec(t, c->name, text));
}

static void
add_missing(struct schema_lists *l, const struct schema_column *c)
{
	static const enum table_na actions[] = {
		[SCHEMA_NA_ERROR] = TABLE_NA_ERROR,
		[SCHEMA_NA_DROP] = TABLE_NA_DROP,
		[SCHEMA_NA_MEAN] = TABLE_NA_MEAN,
		[SCHEMA_NA_MEDIAN] = TABLE_NA_MEDIAN,
		[SCHEMA_NA_VALUE] = TABLE_NA_VALUE,
		[SCHEMA_NA_UNIQUE] = TABLE_NA_UNIQUE,
	};

	l->missing[l->n_missing++] = (struct table_missing){
		.column = c->name,
		.na = actions[c->na],
		.value = c->na_value,
	};
}

static void
add_values(struct schema_lists *l, const struct schema_column *c)
{

	l->values[l->n_values++] = (struct table_values){
		.column = c->name,
		.values = (const char *const *)c->values.text,
		.count = c->values.count,
		.one_hot = (c->kind == SCHEMA_CATEGORY),
		.other = c->other,
		.baseline = c->baseline,
	};
}

static int
add_lists(struct schema_lists *l, const struct schema_column *c)
{

	if (schema_has_values(c->kind))
		add_values(l, c);
	add_missing(l, c);
	return ((add_spec(&l->select, c->name, NULL) == -1 ||
	    (c->kind == SCHEMA_NUMBER && add_schema_range(&l->range, c) == -1) ||
	    (c->unit != NULL && add_spec(&l->unit, c->name, c->unit) == -1) ||
	    (c->kind == SCHEMA_DATE && add_spec(&l->date, c->name, NULL) == -1) ||
	    (c->kind == SCHEMA_KEY && add_spec(&l->key, c->name, key_match_name(c->match)) == -1) ||
	    (c->na_indicator && add_spec(&l->na_indicator, c->name, NULL) == -1)) ? -1 : 0);
}

int
schema_lists_make(struct schema_lists *l, const struct schema *s)
{
	size_t j;

	if ((l->values = mem_array(s->count, sizeof(*l->values))) == NULL ||
	    (l->missing = mem_array(s->count, sizeof(*l->missing))) == NULL)
		return (-1);
	for (j = 0; j < s->count; j++) {
		if (schema_shared(&s->columns[j]) && add_lists(l, &s->columns[j]) == -1)
			return (-1);
	}
	if (l->select.count == 0)
		return (fail(ST_FAILED, "the schema has no column that is shared"));
	return (0);
}

void
schema_lists_free(struct schema_lists *l)
{

	schema_texts_free(&l->select);
	schema_texts_free(&l->range);
	schema_texts_free(&l->unit);
	schema_texts_free(&l->date);
	schema_texts_free(&l->key);
	schema_texts_free(&l->na_indicator);
	free(l->values);
	free(l->missing);
	*l = (struct schema_lists){ .values = NULL };
}

/* ---- options ---- */

static struct column_lists
as_lists(const struct schema_texts *t)
{

	return ((struct column_lists){ (const char *const *)t->text, t->count });
}

void
schema_lists_set(const struct schema_lists *l, struct table_options *o)
{

	o->select = as_lists(&l->select);
	o->values = l->values;
	o->n_values = l->n_values;
	o->missing = l->missing;
	o->n_missing = l->n_missing;
	o->range = as_lists(&l->range);
	o->unit = as_lists(&l->unit);
	o->date = as_lists(&l->date);
	o->key = as_lists(&l->key);
	o->na_indicator = as_lists(&l->na_indicator);
}
