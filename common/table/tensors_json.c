/* The JSON that smpc-reveal prints, an object for each tensor, as a format of tensors. */

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/mem.h"
#include "table/tensors_internal.h"

/*
 * jansson would round numbers to doubles; so it reads all but "rows", which are looked over here,
 * and converted exactly, each from its decimals, later.
 */
struct parser {
	struct tensors *t;
	const char *s;
	const char *end;
	/* Of the object at hand. */
	json_t *name, *columns, *model, *scale;
	const char *rows; /* where its numbers begin */
	uint64_t shape[2];
};

#define NUMBER "+-.0123456789eE"
#define BLANK " \t\r\n"

static int
parser_fail(const struct parser *p, const char *what)
{

	return (fail(ST_FAILED, "%s: byte %zu: is not the JSON of smpc-reveal --json: %s",
	    p->t->window.name, (size_t)(p->s - (p->t->window.data + p->t->window.pos)), what));
}

/* Zeros follow the text, and are neither blank nor part of a number. */
static void
parser_skip(struct parser *p)
{

	p->s += strspn(p->s, BLANK);
}

/* Move over the character ${c}.  Return whether it was there. */
static bool
parser_take(struct parser *p, char c)
{

	parser_skip(p);
	if (*p->s != c)
		return (false);
	p->s++;
	return (true);
}

/* Take a string, an array or an object, whose ends jansson finds without reading on. */
static int
parser_value(struct parser *p, json_t **value)
{
	json_error_t error;

	parser_skip(p);
	if (*p->s == '\0' || strchr("\"[{", *p->s) == NULL)
		return (parser_fail(p, "there should be a string, an array or an object"));
	*value = json_loadb(p->s, (size_t)(p->end - p->s),
	    JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);
	if (*value == NULL)
		return (parser_fail(p, error.text));
	p->s += error.position;
	return (0);
}

static size_t
digits(const char *s)
{

	return (strspn(s, "0123456789"));
}

/* How many bytes the number has that ${s} begins with; 0: it is none, as JSON has them. */
static size_t
number_bytes(const char *s)
{
	const char *begin = s;
	size_t n;

	s += (*s == '-');
	if ((n = digits(s)) == 0 || (n > 1 && *s == '0'))
		return (0);
	s += n;
	if (*s == '.') {
		if ((n = digits(++s)) == 0)
			return (0);
		s += n;
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		s += (*s == '+' || *s == '-');
		if ((n = digits(s)) == 0)
			return (0);
		s += n;
	}
	return ((size_t)(s - begin));
}

/* One row; the first one says how many numbers there are in all of them. */
static int
parser_row(struct parser *p)
{
	uint64_t n = 0;
	size_t len;

	if (!parser_take(p, '['))
		return (parser_fail(p, "there should be a row, an array of numbers"));
	do {
		parser_skip(p);
		if ((len = number_bytes(p->s)) == 0)
			return (parser_fail(p, "there should be a number"));
		p->s += len;
		n++;
	} while (parser_take(p, ','));
	if (!parser_take(p, ']'))
		return (parser_fail(p, "a row does not end"));
	if (p->shape[0]++ > 0 && n != p->shape[1])
		return (parser_fail(p, "a row has not as many numbers as the first one"));
	p->shape[1] = n;
	return (0);
}

static int
parser_rows(struct parser *p)
{

	if (!parser_take(p, '['))
		return (parser_fail(p, "there should be an array of rows"));
	p->rows = p->s;
	if (parser_take(p, ']'))
		return (0);
	do {
		if (parser_row(p) == -1)
			return (-1);
	} while (parser_take(p, ','));
	return (parser_take(p, ']') ? 0 : parser_fail(p, "the rows do not end"));
}

static int
parser_member(struct parser *p)
{
	json_t *key = NULL, **place;
	const char *s;
	int rc = -1;

	parser_skip(p);
	if (*p->s != '"')
		return (parser_fail(p, "there should be the name of a field"));
	if (parser_value(p, &key) == -1)
		return (-1);
	s = json_string_value(key);
	place = (strcmp(s, "name") == 0) ? &p->name : (strcmp(s, "columns") == 0) ? &p->columns :
	    (strcmp(s, "model") == 0) ? &p->model : (strcmp(s, "scale") == 0) ? &p->scale :
	    NULL;
	if (place == NULL && strcmp(s, "rows") != 0)
		rc = parser_fail(p, "objects have name, columns, scale, rows and model (a share "
		    "stream in text form?); a table is to be exported as CSV");
	else if (!parser_take(p, ':'))
		rc = parser_fail(p, "there should be a colon");
	else if ((place != NULL) ? *place != NULL : p->rows != NULL)
		rc = parser_fail(p, "a field comes twice");
	else
		rc = (place != NULL) ? parser_value(p, place) : parser_rows(p);
	json_decref(key);
	return (rc);
}

/* ---- what an object says ---- */

static int
add_columns(struct parser *p, struct tensor *x)
{
	size_t n = json_array_size(p->columns), i;
	const char **names;
	int rc = 0;

	if (p->columns == NULL)
		return (0);
	if ((names = mem_array(n, sizeof(*names))) == NULL)
		return (-1);
	for (i = 0; i < n && rc == 0; i++) {
		if ((names[i] = json_string_value(json_array_get(p->columns, i))) == NULL)
			rc = parser_fail(p, "columns are to be an array of strings");
	}
	if (rc == 0)
		rc = tensors_set_columns(p->t, x, names, n);
	free(names);
	return (rc);
}

/* {"fraction_bits": 16, "exponents": [-39]}: either may be missing. */
static int
add_scale(struct parser *p, struct tensor *x)
{
	const json_t *bits = json_object_get(p->scale, "fraction_bits"),
	    *exponents = json_object_get(p->scale, "exponents");
	const size_t known = (bits != NULL) + (exponents != NULL);
	int rc = (p->scale != NULL && (!json_is_object(p->scale) ||
	    json_object_size(p->scale) != known));

	if (rc == 0 && bits != NULL)
		rc = tensors_set_bits(x, bits);
	if (rc == 0 && exponents != NULL)
		rc = tensors_set_exponents(x, exponents);
	return ((rc == 1) ? parser_fail(p, "a scale has fraction_bits, and exponents of all "
	    "columns") : rc);
}

static int
add_tensor(struct parser *p)
{
	const char *name = json_string_value(p->name);
	struct tensor *x;

	if (name == NULL || p->rows == NULL)
		return (parser_fail(p, "an object has a name and rows"));
	if (tensors_find(p->t, name) != NULL)
		return (fail(ST_FAILED, "%s: there are two tensors named '%s'", p->t->window.name,
		    name));
	if ((x = tensors_add(p->t, name)) == NULL ||
	    tensors_set_shape(p->t, x, p->shape, 2) == -1 || add_columns(p, x) == -1 ||
	    add_scale(p, x) == -1)
		return (-1);
	x->data = p->rows;
	if (p->model == NULL)
		return (0);
	if (p->t->n > 1 || !json_is_object(p->model))
		return (parser_fail(p, "a model is described in its first tensor, by an object"));
	p->t->model = json_dumps(p->model, JSON_COMPACT | JSON_SORT_KEYS);
	return ((p->t->model == NULL) ? fail(ST_FAILED, "out of memory") : 0);
}

static int
parser_object(struct parser *p)
{
	int rc = 0;

	if (!parser_take(p, '{'))
		return (parser_fail(p, "there should be an object"));
	do
		rc = parser_member(p);
	while (rc == 0 && parser_take(p, ','));
	if (rc == 0 && !parser_take(p, '}'))
		rc = parser_fail(p, "an object does not end");
	if (rc == 0)
		rc = add_tensor(p);
	json_decref(p->name);
	json_decref(p->columns);
	json_decref(p->model);
	json_decref(p->scale);
	p->name = p->columns = p->model = p->scale = NULL;
	p->rows = NULL;
	p->shape[0] = p->shape[1] = 0;
	return (rc);
}

static int
read_objects(struct tensors *t)
{
	struct parser p = { .t = t, .s = t->window.data + t->window.pos, .end = t->window.data +
		t->window.len };

	do {
		if (parser_object(&p) == -1)
			return (-1);
		parser_skip(&p);
	} while (p.s < p.end);
	return (0);
}

static int
convert_text(const struct tensor *x, const char **at, const struct cells *cells, size_t j,
    uint64_t row, uint64_t *words)
{
	const char *s = *at + strcspn(*at, NUMBER);
	size_t len = strspn(s, NUMBER);

	(void)x;
	*at = s + len;
	return (cells_text(cells, j, row, s, len, words));
}

static bool
begins_object(const void *data, size_t bytes)
{

	return (bytes > 0 && *(const char *)data == '{');
}

const struct tensors_format tensors_json_format = {
	.begins = begins_object,
	.read = read_objects,
	.number = convert_text,
};
