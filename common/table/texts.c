#include "table/texts.h"

#include <string.h>

#include "base/diag.h"
#include "table/foreign.h"
#include "table/npy.h"

/* As much of a file is looked at to tell what it is: an identity file is shorter. */
#define LOOK_BYTES 4096

int
texts_open(struct texts *t, const char *path, const struct table_options *options)
{
	struct window *w = &t->window;

	memset(t, 0, sizeof(*t));
	w->fd = -1;
	if (window_open(w, path) == -1 || window_fill(w, LOOK_BYTES) == -1 ||
	    foreign_refuse(w) == -1)
		return (-1);
	if (npy_is(w) || idx_is(w))
		return (fail(ST_FAILED, "%s: is an array, whose columns have no names: a schema is "
		    "for CSV", w->name));
	return (csv_open(&t->csv, w, options));
}

const char *
texts_name(const struct texts *t)
{

	return (t->window.name);
}

size_t
texts_columns(const struct texts *t)
{

	return (t->csv.columns);
}

const char *const *
texts_names(const struct texts *t)
{

	return ((const char *const *)t->csv.names);
}

int
texts_next(struct texts *t)
{

	return (csv_next(&t->csv));
}

int
texts_check_blank(const struct texts *t)
{

	return (csv_check_blank(&t->csv));
}

int
texts_check(const struct texts *t)
{

	return (csv_check_row(&t->csv));
}

struct csv_field
texts_cell(const struct texts *t, size_t j)
{

	return (csv_cell(&t->csv, j));
}

void
texts_close(struct texts *t)
{

	csv_close(&t->csv);
	window_close(&t->window);
}
