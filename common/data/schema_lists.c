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

static int
add_na(struct schema_texts *t, const struct schema_column *c)
{
	char text[80];

	return (add_spec(t, c->name,
	    (c->na == SCHEMA_NA_VALUE) ? c->na_value : schema_na_text(c, text)));
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
	};
}

static int
add_lists(struct schema_lists *l, const struct schema_column *c)
{

	if (schema_has_values(c->kind))
		add_values(l, c);
	return ((add_spec(&l->select, c->name, NULL) == -1 ||
	    (c->kind == SCHEMA_NUMBER && add_schema_range(&l->range, c) == -1) ||
	    (c->unit != NULL && add_spec(&l->unit, c->name, c->unit) == -1) ||
	    (c->baseline != NULL && add_spec(&l->baseline, c->name, c->baseline) == -1) ||
	    (c->kind == SCHEMA_DATE && add_spec(&l->date, c->name, NULL) == -1) ||
	    (c->na_indicator && add_spec(&l->na_indicator, c->name, NULL) == -1) ||
	    add_na(&l->na, c) == -1) ? -1 : 0);
}

int
schema_lists_make(struct schema_lists *l, const struct schema *s)
{
	size_t j;

	if ((l->values = mem_array(s->count, sizeof(*l->values))) == NULL)
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
	schema_texts_free(&l->baseline);
	schema_texts_free(&l->date);
	schema_texts_free(&l->na);
	schema_texts_free(&l->na_indicator);
	free(l->values);
	*l = (struct schema_lists){ .values = NULL };
}

/* ---- options ---- */

static struct column_lists
as_lists(const struct schema_texts *t)
{

	return ((struct column_lists){ (const char *const *)t->text, t->count });
}

/* What of a column no option of a table can say: this shrinks as they come. */
static const char *
not_an_option(const struct schema_column *c)
{

	return ((c->kind == SCHEMA_DATE) ? "a date" : (c->baseline != NULL) ? "a baseline" :
	    (c->na == SCHEMA_NA_MEAN) ? "the mean for missing values" :
	    c->na_indicator ? "an indicator of missing values" : NULL);
}

/*
 * What is done with missing values is one option for all columns.  Those where they are refused
 * need none: who looks at the table refuses them first.
 */
static int
set_one_na(const struct schema *s, struct table_options *o)
{
	const struct schema_column *c, *first = NULL;
	size_t j;

	for (j = 0; j < s->count; j++) {
		c = &s->columns[j];
		if (!schema_shared(c) || c->na == SCHEMA_NA_ERROR)
			continue;
		if (first == NULL)
			first = c;
		if (c->na != first->na || (c->na == SCHEMA_NA_VALUE &&
		    strcmp(c->na_value, first->na_value) != 0))
			return (fail(ST_USAGE, "the schema does different things with missing "
			    "values of '%.80s' and '%.80s', which cannot be shared yet",
			    first->name, c->name));
	}
	o->na = (first == NULL) ? TABLE_NA_ERROR : (first->na == SCHEMA_NA_DROP) ? TABLE_NA_DROP :
	    TABLE_NA_VALUE;
	o->na_value = (first != NULL) ? first->na_value : NULL;
	return (0);
}

int
schema_lists_set(const struct schema_lists *l, const struct schema *s, struct table_options *o)
{
	const char *what;
	size_t j;

	for (j = 0; j < s->count; j++) {
		if (schema_shared(&s->columns[j]) &&
		    (what = not_an_option(&s->columns[j])) != NULL)
			return (fail(ST_USAGE, "the schema has %s in column '%.80s', which cannot "
			    "be shared yet", what, s->columns[j].name));
	}
	o->select = as_lists(&l->select);
	o->values = l->values;
	o->n_values = l->n_values;
	/*
	 * l->range, unit, baseline, date, na and na_indicator are as the options of their names
	 * have them.  As long as struct table_options has none of these, ranges are kept by who
	 * looks at the table (schema_checker), and the rest is refused above.
	 */
	return (set_one_na(s, o));
}
