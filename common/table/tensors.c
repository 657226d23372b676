#include "table/tensors.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "table/cells.h"
#include "table/tensors_internal.h"

/*
 * All formats.  The length that a safetensors file begins with may look like a brace; no JSON looks
 * like a safetensors file.  A model of xgboost is JSON, too, and comes before the other.
 */
static const struct tensors_format *const formats[] = { &safetensors_format, &xgboost_format,
	&tensors_json_format };

#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

/* The format of what the window shows; NULL: none. */
static const struct tensors_format *
find_format(const struct window *w)
{
	size_t i;

	for (i = 0; i < N_FORMATS; i++) {
		if (formats[i]->begins(w->data + w->pos, w->len - w->pos))
			return (formats[i]);
	}
	return (NULL);
}

bool
tensors_is(const struct window *w)
{

	return (find_format(w) != NULL);
}

/* Show all of the input. */
static int
show_all(struct window *w)
{

	while (!w->ended) {
		if (window_fill(w, 2 * (w->len - w->pos) + 1) == -1)
			return (-1);
	}
	return (0);
}

/* What is of no format is left to the last one, which says what is missing. */
static int
read_as_told(struct tensors *t)
{

	if ((t->format = find_format(&t->window)) == NULL)
		t->format = formats[N_FORMATS - 1];
	return (t->format->read(t));
}

struct tensors *
tensors_open(struct window *w)
{
	struct tensors *t;

	if ((t = mem_array(1, sizeof(*t))) == NULL)
		return (NULL);
	window_move(&t->window, w);
	if (show_all(&t->window) == -1 || read_as_told(t) == -1) {
		tensors_free(t);
		return (NULL);
	}
	return (t);
}

/* Columns with exponents are in units of their own. */
static void
set_units(struct cells *c, const struct tensors_scale *scale)
{
	size_t j;

	for (j = 0; j < c->columns && scale->exponents != NULL; j++)
		c->column[j].bits = (int)c->f - scale->exponents[j];
}

/* Whether all numbers of a column that are not 0 have become 0. */
static int
check_lost(const struct tensor *x, const struct cells *c, const uint64_t *words)
{
	const struct cells_lost *lost = c->seen->lost;
	size_t i, j;

	for (j = 0; j < x->cols; j++) {
		if (lost[j].low == 0 && lost[j].high == 0)
			continue;
		for (i = 0; i < x->rows && words[i * x->cols + j] == 0; i++)
			continue;
		if (i == x->rows)
			return (fail(ST_RANGE, "%s, column %zu: all numbers that are not 0 become "
			    "0 with %u fraction bits: of a table, as CSV, smpc-share --range keeps "
			    "them", c->input, j + 1, c->f));
	}
	return (0);
}

static int
convert_numbers(const struct tensors *t, const struct tensor *x, const struct cells *cells,
    uint64_t *words)
{
	const char *at = x->data;
	size_t i, j;

	for (i = 0; i < x->rows; i++) {
		for (j = 0; j < x->cols; j++) {
			if (t->format->number(x, &at, cells, j, i + 1, words + i * x->cols) == -1)
				return (-1);
		}
	}
	return (0);
}

/* Make cells that convert numbers of a tensor; ${where} is what messages call it. */
static struct cells *
cells_of(const struct tensors *t, const struct tensor *x, const struct table_options *options,
    struct buf *where)
{

	if (buf_string(where, t->window.name) == -1 || buf_string(where, ": tensor '") == -1 ||
	    buf_string(where, x->name) == -1 || buf_append(where, "'", 2) == -1)
		return (NULL);
	return (cells_new(options, where->data, (const char *const *)x->columns, x->cols, 0));
}

int
tensors_words(const struct tensors *t, size_t k, const struct tensors_scale *scale, uint64_t *words)
{
	const struct table_options options = {
		.fraction_bits = scale->fraction_bits,
		.modulus = scale->modulus,
		.integers = scale->integers,
	};
	const struct tensor *x = &t->list[k];
	struct buf where = { NULL, 0, 0 };
	struct cells *cells;
	int rc = -1;

	if ((cells = cells_of(t, x, &options, &where)) != NULL) {
		set_units(cells, scale);
		if (convert_numbers(t, x, cells, words) == 0)
			rc = scale->refuse_lost ? check_lost(x, cells, words) : 0;
	}
	cells_free(cells);
	buf_free(&where);
	return (rc);
}

int
tensors_numbers(const struct tensors *t, size_t k, double *x)
{
	static const struct table_options options;
	const struct tensor *of = &t->list[k];
	const size_t n = of->rows * of->cols;
	struct buf where = { NULL, 0, 0 };
	uint64_t *words = mem_array(n, sizeof(*words));
	struct cells *cells = NULL;
	size_t j;
	int rc = -1;

	if (words != NULL && (cells = cells_of(t, of, &options, &where)) != NULL) {
		/* As columns are read whose deviation is to be found. */
		cells->measuring = 1;
		for (j = 0; j < cells->columns; j++) {
			cells->column[j].action = CELL_REAL;
			cells->column[j].standardize = 1;
		}
		if ((rc = convert_numbers(t, of, cells, words)) == 0)
			memcpy(x, words, n * sizeof(*x));
	}
	cells_free(cells);
	mem_wipe_free(words, n * sizeof(*words));
	buf_free(&where);
	return (rc);
}
