#include "cli/share_schema.h"

#include <stdlib.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/dialect.h"

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

int
share_schema_init(struct share_schema *x, const char *path, const char *draft,
    struct table_options *how)
{

	if ((x->schema = schema_load(path)) == NULL ||
	    (draft != NULL && (x->draft = schema_load(draft)) == NULL) ||
	    dialect_complete(how, (x->draft != NULL) ? &x->draft->dialect :
	    &x->schema->dialect) == -1 || schema_lists_make(&x->lists, x->schema) == -1)
		return (-1);
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

int
share_schema_describe(const struct share_schema *x, struct part *part)
{

	part->has_schema = true;
	return (schema_digest(x->schema, part->schema));
}

void
share_schema_free(struct share_schema *x)
{

	schema_checker_end(&x->checker);
	schema_lists_free(&x->lists);
	schema_free(x->schema);
	schema_free(x->draft);
	*x = (struct share_schema){ .schema = NULL };
}
