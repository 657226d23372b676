#include "cli/share_schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "cli/dialect.h"

/* Bytes of an option that are shown. */
#define SHOWN 80

static int
check_text_cell(void *state, size_t j, uint64_t at, const char *s, size_t len)
{
	const struct share_schema *x = state;

	return (schema_checker_cell(&x->checker, j, at, s, len));
}

/* Arrays have no names, and so no schema. */
static int
check_number_cell(void *state, size_t j, uint64_t at, double number)
{

	(void)state;
	(void)j;
	(void)at;
	(void)number;
	return (fail(ST_FAILED, "an array has no schema"));
}

/* ---- columns that are left out ---- */

static struct schema_column *
named_column(const struct share_schema *x, const char *name, size_t len)
{
	struct schema_column *c = x->schema->columns;
	size_t j;

	for (j = 0; j < x->schema->count; j++) {
		if (strlen(c[j].name) == len && memcmp(c[j].name, name, len) == 0)
			return (&c[j]);
	}
	return (NULL);
}

/* What is left out is as a column that the owners ignore. */
static int
exclude_column(struct share_schema *x, const char *name, size_t len)
{
	struct schema_column *c = named_column(x, name, len);

	if (c == NULL)
		return (usage("-x '%.*s': the schema has no such column; with --schema, -x takes "
		    "names of its columns, and others are not read anyway", (len > SHOWN) ? SHOWN :
		    (int)len, name));
	c->kind = SCHEMA_IGNORE;
	return (0);
}

/* A list that is as a whole the name of a column means that. */
static int
exclude_list(struct share_schema *x, const char *list)
{
	const char *name;
	size_t len;

	if (named_column(x, list, strlen(list)) != NULL)
		return (exclude_column(x, list, strlen(list)));
	while (names_next(&list, &name, &len)) {
		if (exclude_column(x, name, len) == -1)
			return (-1);
	}
	return (0);
}

/* A column that is left out need not be there, and is not read as per cent. */
static int
percent_of_others(struct share_schema *x, struct table_options *how)
{
	const struct schema_column *c;
	const char **items;
	size_t i;

	if ((items = mem_array(how->percent.count, sizeof(*items))) == NULL)
		return (-1);
	x->percent = (struct column_lists){ items, 0 };
	for (i = 0; i < how->percent.count; i++) {
		c = named_column(x, how->percent.list[i], strlen(how->percent.list[i]));
		if (c == NULL || schema_shared(c))
			items[x->percent.count++] = how->percent.list[i];
	}
	how->percent = x->percent;
	return (0);
}

static int
exclude_columns(struct share_schema *x, const struct strings *excluded, struct table_options *how)
{
	size_t i, j;

	for (i = 0; i < excluded->count; i++) {
		if (exclude_list(x, excluded->items[i]) == -1)
			return (-1);
	}
	for (j = 0; j < x->schema->count && !schema_shared(&x->schema->columns[j]); j++)
		continue;
	if (excluded->count > 0 && j == x->schema->count)
		return (usage("-x leaves nothing of the schema to share"));
	return ((excluded->count > 0) ? percent_of_others(x, how) : 0);
}

/* ---- */

int
share_schema_init(struct share_schema *x, const char *path, const char *draft,
    const struct strings *excluded, struct table_options *how)
{

	if ((x->schema = schema_load(path)) == NULL ||
	    (draft != NULL && (x->draft = schema_load(draft)) == NULL) ||
	    dialect_complete(how, (x->draft != NULL) ? &x->draft->dialect :
	    &x->schema->dialect) == -1 || schema_digest(x->schema, x->digest) == -1 ||
	    exclude_columns(x, excluded, how) == -1 ||
	    schema_lists_make(&x->lists, x->schema) == -1)
		return (-1);
	how->exclude = (struct column_lists){ NULL, 0 };
	how->all_there = 1;
	schema_lists_set(&x->lists, how);
	x->watch = (struct table_watch){ x, check_text_cell, check_number_cell };
	how->watch = &x->watch;
	return (0);
}

int
share_schema_open(struct share_schema *x, const struct table *t,
    const struct table_options *how, const char *input)
{
	struct schema_faults faults = { .count = 0 };
	size_t n = table_inputs(t), j;
	const char **names;
	int rc;

	if ((names = mem_array(n, sizeof(*names))) == NULL)
		return (-1);
	for (j = 0; j < n; j++)
		names[j] = table_input(t, j).name;
	schema_checker_end(&x->checker);
	rc = schema_checker_begin(&x->checker, x->schema, how, input,
	    (names[0] != NULL) ? names : NULL, n, &faults);
	free(names);
	return ((faults.count > 0) ? -1 : rc);
}

void
share_schema_describe(const struct share_schema *x, struct part *part)
{

	part->has_schema = true;
	memcpy(part->schema, x->digest, sizeof(x->digest));
}

void
share_schema_free(struct share_schema *x)
{

	schema_checker_end(&x->checker);
	schema_lists_free(&x->lists);
	free((void *)(uintptr_t)x->percent.list);
	schema_free(x->schema);
	schema_free(x->draft);
	*x = (struct share_schema){ .schema = NULL };
}
