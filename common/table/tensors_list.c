/* The list of tensors of a file: what readers of a format note down. */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "table/tensors_internal.h"

/* A model of smpc-train(1) has at most 386. */
#define MAX_TENSORS ((size_t)16384)

/* Bytes of a name that are shown. */
#define SHOWN 80

/* Room doubles: it is full whenever the number of tensors is a power of 2. */
static int
grow_list(struct tensors *t)
{
	struct tensor *list;

	if ((t->n & (t->n - 1)) != 0)
		return (0);
	if ((list = mem_array((t->n > 0) ? 2 * t->n : 1, sizeof(*list))) == NULL)
		return (-1);
	if (t->n > 0)
		memcpy(list, t->list, t->n * sizeof(*list));
	free(t->list);
	t->list = list;
	return (0);
}

struct tensor *
tensors_add(struct tensors *t, const char *name)
{
	struct tensor *x;
	const char *fault;

	if (!text_valid(name, strlen(name), TENSOR_MAX_NAME_BYTES) ||
	    (fault = columns_name_fault(name, strlen(name))) != NULL) {
		fail(ST_FAILED, "%s: the name '%.*s' of a tensor is not 1 to %d bytes of printable "
		    "UTF-8", t->window.name, SHOWN, name, TENSOR_MAX_NAME_BYTES);
		return (NULL);
	}
	if (t->n == MAX_TENSORS) {
		fail(ST_FAILED, "%s: holds more than %zu tensors", t->window.name, MAX_TENSORS);
		return (NULL);
	}
	if (grow_list(t) == -1)
		return (NULL);
	x = &t->list[t->n];
	memset(x, 0, sizeof(*x));
	x->fraction_bits = -1;
	if ((x->name = mem_copy_string(name, strlen(name))) == NULL)
		return (NULL);
	t->n++;
	return (x);
}

struct tensor *
tensors_find(const struct tensors *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (strcmp(t->list[i].name, name) == 0)
			return (&t->list[i]);
	}
	return (NULL);
}

int
tensors_set_shape(const struct tensors *t, struct tensor *x, const uint64_t *shape,
    size_t dimensions)
{
	uint64_t rows = (dimensions > 0) ? shape[0] : 1, cols = 1;
	size_t i;

	for (i = 0; i < dimensions; i++) {
		if (shape[i] == 0)
			return (fail(ST_FAILED, "%s: tensor '%s' is empty", t->window.name,
			    x->name));
		x->shape[i] = shape[i];
		if (i > 0 && shape[i] > TENSOR_MAX_COLUMNS / cols)
			return (fail(ST_FAILED, "%s: tensor '%s' has more than %zu columns",
			    t->window.name, x->name, TENSOR_MAX_COLUMNS));
		cols *= (i > 0) ? shape[i] : 1;
	}
	if (rows > TENSOR_MAX_ROWS || rows > SIZE_MAX / 8 / cols)
		return (fail(ST_FAILED, "%s: tensor '%s' has too many rows", t->window.name,
		    x->name));
	x->dimensions = dimensions;
	x->rows = (size_t)rows;
	x->cols = (size_t)cols;
	return (0);
}

static int
check_columns(const struct tensors *t, const struct tensor *x, const char *const *names, size_t n)
{
	size_t i, position;
	const char *fault;
	int repeated;

	if (n != x->cols)
		return (fail(ST_FAILED, "%s: tensor '%s' has %zu columns and names of %zu",
		    t->window.name, x->name, x->cols, n));
	for (i = 0; i < n; i++) {
		if ((fault = columns_name_fault(names[i], strlen(names[i]))) != NULL)
			return (fail(ST_FAILED, "%s: tensor '%s': the name of column %zu %s",
			    t->window.name, x->name, i + 1, fault));
	}
	if ((repeated = names_repeated(names, n, &position)) == 1)
		return (fail(ST_FAILED, "%s: tensor '%s' has two columns named '%.*s'",
		    t->window.name, x->name, SHOWN, names[position]));
	return (repeated);
}

int
tensors_set_columns(const struct tensors *t, struct tensor *x, const char *const *names, size_t n)
{
	size_t i;

	if (check_columns(t, x, names, n) == -1 ||
	    (x->columns = mem_array(n, sizeof(*x->columns))) == NULL)
		return (-1);
	for (i = 0; i < n; i++) {
		if ((x->columns[i] = mem_copy_string(names[i], strlen(names[i]))) == NULL)
			return (-1);
	}
	return (0);
}

int
tensors_set_bits(struct tensor *x, const json_t *v)
{

	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    json_integer_value(v) > TENSOR_MAX_FRACTION_BITS)
		return (1);
	x->fraction_bits = (int)json_integer_value(v);
	return (0);
}

int
tensors_set_exponents(struct tensor *x, const json_t *v)
{
	const json_t *e;
	size_t j;

	if (json_is_array(v) && json_array_size(v) == 0)
		return (fail(ST_RANGE, "tensor '%.*s': its rows are in units of their own, which "
		    "shares do not have: share it as CSV, with ranges of its columns", SHOWN,
		    x->name));
	if (json_array_size(v) != x->cols || x->exponents != NULL)
		return (1);
	if ((x->exponents = mem_array(x->cols, sizeof(*x->exponents))) == NULL)
		return (-1);
	for (j = 0; j < x->cols; j++) {
		e = json_array_get(v, j);
		if (!json_is_integer(e) || json_integer_value(e) < -TENSOR_MAX_EXPONENT ||
		    json_integer_value(e) > TENSOR_MAX_EXPONENT)
			return (1);
		x->exponents[j] = (int)json_integer_value(e);
	}
	return (0);
}

static void
free_columns(struct tensor *x)
{
	size_t i;

	for (i = 0; x->columns != NULL && i < x->cols; i++)
		free(x->columns[i]);
	free(x->columns);
	x->columns = NULL;
}

void
tensors_free(struct tensors *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n; i++) {
		free_columns(&t->list[i]);
		free(t->list[i].exponents);
		free(t->list[i].name);
	}
	free(t->list);
	mem_wipe_free(t->made, t->made_bytes);
	free(t->model);
	window_close(&t->window);
	free(t);
}
