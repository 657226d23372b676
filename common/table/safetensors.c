#include "table/safetensors.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/json.h"
#include "base/num.h"
#include "table/tensors_internal.h"

/* The format allows 100 MB; one of a thousand tensors has 100 KB. */
#define MAX_HEADER_BYTES ((size_t)16 << 20)

/* Bytes of a string that are shown. */
#define SHOWN 80

#define METADATA "__metadata__"
#define META_MODEL "smpc.model"
#define META_COLUMNS "smpc.columns"
#define META_BITS "smpc.fraction_bits"
#define META_EXPONENTS "smpc.exponents"

struct tensor_type {
	char name[5];
	char kind; /* f, b (brain float), i, u, or l for true and false */
	uint8_t bytes;
};

static const struct tensor_type types[] = {
	{ "F64", 'f', 8 }, { "F32", 'f', 4 }, { "F16", 'f', 2 }, { "BF16", 'b', 2 },
	{ "I64", 'i', 8 }, { "I32", 'i', 4 }, { "I16", 'i', 2 }, { "I8", 'i', 1 },
	{ "U64", 'u', 8 }, { "U32", 'u', 4 }, { "U16", 'u', 2 }, { "U8", 'u', 1 },
	    { "BOOL", 'l', 1 },
};
#define N_TYPES (sizeof(types) / sizeof(types[0]))

static uint64_t
little_endian(const char *p, size_t bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | (unsigned char)p[bytes];
	return (v);
}

bool
safetensors_is(const void *data, size_t bytes)
{
	const char *p = data;

	return (bytes >= 9 && p[8] == '{' && little_endian(p, 8) <= UINT32_MAX);
}

/* ---- reading ---- */

static int
bad_header(const struct tensors *t, const char *what)
{

	return (fail(ST_FAILED, "%s: the header is malformed: %s", t->window.name, what));
}

static int
note_type(const struct tensors *t, struct tensor *x, const json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "dtype"));
	size_t i;

	if (name == NULL)
		return (bad_header(t, "a tensor has no dtype"));
	for (i = 0; i < N_TYPES && strcmp(types[i].name, name) != 0; i++)
		continue;
	if (i == N_TYPES)
		return (fail(ST_FAILED, "%s: tensor '%s': type '%.*s' is not read; save it as F32",
		    t->window.name, x->name, SHOWN, name));
	x->type = &types[i];
	return (0);
}

static int
note_shape(const struct tensors *t, struct tensor *x, const json_t *o)
{
	const json_t *a = json_object_get(o, "shape");
	uint64_t shape[TENSORS_MAX_DIMENSIONS];
	size_t n = json_array_size(a), i;

	if (!json_is_array(a))
		return (bad_header(t, "a tensor has no shape"));
	if (n > TENSORS_MAX_DIMENSIONS)
		return (fail(ST_FAILED, "%s: tensor '%s' has more than %d dimensions",
		    t->window.name, x->name, TENSORS_MAX_DIMENSIONS));
	for (i = 0; i < n; i++) {
		if (!json_is_integer(json_array_get(a, i)) ||
		    json_integer_value(json_array_get(a, i)) < 0)
			return (bad_header(t, "a shape is an array of whole numbers"));
		shape[i] = (uint64_t)json_integer_value(json_array_get(a, i));
	}
	return (tensors_set_shape(t, x, shape, n));
}

/* Where a tensor is among the ${bytes} bytes of numbers. */
static int
note_place(const struct tensors *t, struct tensor *x, const json_t *o, const char *data,
    size_t bytes)
{
	const json_t *a = json_object_get(o, "data_offsets"), *from = json_array_get(a, 0),
	    *to = json_array_get(a, 1);
	uint64_t begin, end;

	if (json_array_size(a) != 2 || !json_is_integer(from) || !json_is_integer(to) ||
	    json_integer_value(from) < 0 || json_integer_value(to) < 0)
		return (bad_header(t, "data_offsets are two whole numbers"));
	begin = (uint64_t)json_integer_value(from);
	end = (uint64_t)json_integer_value(to);
	if (end > bytes && begin <= end)
		return (fail(ST_FAILED, "%s: input ends early: tensor '%s' goes on to byte %"
		    PRIu64 " of %zu", t->window.name, x->name, end, bytes));
	/* rows times cols times 8 was checked. */
	if (begin > end || end - begin != (uint64_t)x->rows * x->cols * x->type->bytes)
		return (fail(ST_FAILED, "%s: tensor '%s' has not as many bytes as its shape and "
		    "type say", t->window.name, x->name));
	x->data = data + begin;
	return (0);
}

static int
by_place(const void *a, const void *b)
{
	const struct tensor *x = a, *y = b;

	return ((x->data > y->data) - (x->data < y->data));
}

/* All bytes are some tensor's, and none is of two. */
static int
check_coverage(struct tensors *t, const char *data, size_t bytes)
{
	const char *at = data;
	size_t i;

	qsort(t->list, t->n, sizeof(*t->list), by_place);
	for (i = 0; i < t->n; i++) {
		if (t->list[i].data != at)
			return (fail(ST_FAILED, "%s: tensor '%s' %s", t->window.name,
			    t->list[i].name, (t->list[i].data < at) ? "overlaps the one before it" :
			    "begins behind bytes that are no tensor's"));
		at += t->list[i].rows * t->list[i].cols * t->list[i].type->bytes;
	}
	return ((at != data + bytes) ?
	    fail(ST_FAILED, "%s: there are bytes behind the last tensor", t->window.name) : 0);
}

static int
note_tensors(struct tensors *t, json_t *root, const char *data, size_t bytes)
{
	const char *name;
	struct tensor *x;
	json_t *o;

	json_object_foreach(root, name, o) {
		if (strcmp(name, METADATA) == 0)
			continue;
		if (!json_is_object(o) || json_object_size(o) != 3)
			return (bad_header(t, "a tensor is described by dtype, shape and "
			    "data_offsets"));
		if ((x = tensors_add(t, name)) == NULL || note_type(t, x, o) == -1 ||
		    note_shape(t, x, o) == -1 || note_place(t, x, o, data, bytes) == -1)
			return (-1);
	}
	if (t->n == 0)
		return (fail(ST_FAILED, "%s: holds no tensor", t->window.name));
	return (check_coverage(t, data, bytes));
}

/* ---- metadata ---- */

/*
 * Set *${o} to the object that the string under ${key} is the text of, or to NULL where there is
 * none.
 */
static int
metadata_object(const struct tensors *t, const json_t *metadata, const char *key, json_t **o)
{
	const char *text = json_string_value(json_object_get(metadata, key));

	*o = NULL;
	if (text == NULL)
		return (0);
	*o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(*o))
		return (0);
	json_decref(*o);
	*o = NULL;
	return (fail(ST_FAILED, "%s: the header is malformed: '%s' is no JSON object",
	    t->window.name, key));
}

static int
note_bits(struct tensors *t, const char *name, const json_t *v)
{
	struct tensor *x = tensors_find(t, name);

	return ((x == NULL || tensors_set_bits(x, v) != 0) ?
	    bad_header(t, "'" META_BITS "' is not one of its tensors") : 0);
}

static int
note_exponents(struct tensors *t, const char *name, const json_t *v)
{
	struct tensor *x = tensors_find(t, name);
	int rc = (x == NULL) ? 1 : tensors_set_exponents(x, v);

	return ((rc == 1) ?
	    bad_header(t, "'" META_EXPONENTS "' is not one of its tensors") : rc);
}

static int
note_columns(struct tensors *t, const char *name, const json_t *v)
{
	struct tensor *x = tensors_find(t, name);
	size_t n = json_array_size(v), i;
	const char **names;
	int rc = 0;

	if (x == NULL || x->columns != NULL || !json_is_array(v))
		return (bad_header(t, "'" META_COLUMNS "' is not one of its tensors"));
	if ((names = mem_array(n, sizeof(*names))) == NULL)
		return (-1);
	for (i = 0; i < n && rc == 0; i++) {
		if ((names[i] = json_string_value(json_array_get(v, i))) == NULL)
			rc = bad_header(t, "'" META_COLUMNS "' holds what is no name");
	}
	if (rc == 0)
		rc = tensors_set_columns(t, x, names, n);
	free(names);
	return (rc);
}

static int
metadata_each(struct tensors *t, const json_t *metadata, const char *key,
    int (*take)(struct tensors *, const char *, const json_t *))
{
	const char *name;
	json_t *o, *v;
	int rc = 0;

	if (metadata_object(t, metadata, key, &o) == -1)
		return (-1);
	json_object_foreach(o, name, v) {
		if (rc == 0)
			rc = take(t, name, v);
	}
	json_decref(o);
	return (rc);
}

/* What others have put there is passed over, as long as it is what the format allows. */
static int
note_metadata(struct tensors *t, json_t *metadata)
{
	const char *key;
	json_t *v, *model;

	if (metadata == NULL)
		return (0);
	if (!json_is_object(metadata))
		return (bad_header(t, "'" METADATA "' is no object"));
	json_object_foreach(metadata, key, v) {
		if (!json_is_string(v))
			return (bad_header(t, "'" METADATA "' holds what is no string"));
	}
	if (metadata_each(t, metadata, META_BITS, note_bits) == -1 ||
	    metadata_each(t, metadata, META_EXPONENTS, note_exponents) == -1 ||
	    metadata_each(t, metadata, META_COLUMNS, note_columns) == -1 ||
	    metadata_object(t, metadata, META_MODEL, &model) == -1)
		return (-1);
	if (model != NULL && (t->model = json_dumps(model, JSON_COMPACT | JSON_SORT_KEYS)) ==
	    NULL) {
		json_decref(model);
		return (fail(ST_FAILED, "out of memory"));
	}
	json_decref(model);
	return (0);
}

static int
read_safetensors(struct tensors *t)
{
	const char *data = t->window.data + t->window.pos;
	size_t bytes = t->window.len - t->window.pos;
	uint64_t header;
	json_error_t error;
	json_t *root;
	int rc;

	if (bytes < 8 || (header = little_endian(data, 8)) > MAX_HEADER_BYTES)
		return (fail(ST_FAILED, "%s: the header is longer than %zu bytes", t->window.name,
		    MAX_HEADER_BYTES));
	if (header > bytes - 8)
		return (fail(ST_FAILED, "%s: input ends early, in the header", t->window.name));
	if ((root = json_loadb(data + 8, (size_t)header, JSON_REJECT_DUPLICATES, &error)) == NULL)
		return (bad_header(t, error.text));
	rc = json_is_object(root) ?
	    note_tensors(t, root, data + 8 + header, bytes - 8 - (size_t)header) :
	    bad_header(t, "it is no object");
	if (rc == 0)
		rc = note_metadata(t, json_object_get(root, METADATA));
	json_decref(root);
	return (rc);
}

/* ---- numbers ---- */

/* A number of ${mantissa} bits below its exponent, and the sign above. */
static double
small_float(uint64_t bits, unsigned mantissa, unsigned exponent)
{
	uint64_t fraction = bits & (((uint64_t)1 << mantissa) - 1), e = (bits >> mantissa) &
	    (((uint64_t)1 << exponent) - 1);
	int bias = (1 << (exponent - 1)) - 1, scale = (int)((e > 0) ? e : 1) - bias - (int)mantissa;
	double x;

	if (e == ((uint64_t)1 << exponent) - 1)
		x = (fraction == 0) ? (double)INFINITY : (double)NAN;
	else
		x = ldexp((double)(fraction | (uint64_t)(e > 0) << mantissa), scale);
	return ((bits >> (mantissa + exponent) != 0) ? -x : x);
}

static double
to_double(const struct tensor_type *type, uint64_t bits)
{
	double x;

	if (type->bytes == 8) {
		memcpy(&x, &bits, sizeof(x));
		return (x);
	}
	if (type->bytes == 4)
		return (small_float(bits, 23, 8));
	return ((type->kind == 'b') ? small_float(bits, 7, 8) : small_float(bits, 10, 5));
}

/*
 * To a table nan is a missing value; here it is what has gone wrong in training, as an infinity is.
 */
static int
not_finite(const struct cells *cells, size_t j, uint64_t row, double x)
{

	return (fail(ST_RANGE, "%s: row %" PRIu64 ", column %zu: %s does not fit", cells->input,
	    row, j + 1, isnan(x) ? "nan" : (x > 0) ? "inf" : "-inf"));
}

static int
convert_number(const struct tensor *x, const char **at, const struct cells *cells, size_t j,
    uint64_t row, uint64_t *words)
{
	const struct tensor_type *type = x->type;
	uint64_t bits = little_endian(*at, type->bytes), sign = (uint64_t)1 <<
	    (8 * type->bytes - 1);
	double v;

	*at += type->bytes;
	switch (type->kind) {
	case 'f':
	case 'b':
		v = to_double(type, bits);
		return (isfinite(v) ? cells_double(cells, j, row, v, words) :
		    not_finite(cells, j, row, v));
	case 'i':
		bits = (bits ^ sign) - sign;
		return (cells_integer(cells, j, row, bits >> 63 != 0, (bits >> 63 != 0) ? 0 - bits :
		    bits, words));
	case 'l':
		return (cells_integer(cells, j, row, 0, bits != 0, words));
	default:
		return (cells_integer(cells, j, row, 0, bits, words));
	}
}

const struct tensors_format safetensors_format = {
	.begins = safetensors_is,
	.read = read_safetensors,
	.number = convert_number,
};

/* ---- writing ---- */

static int
begin_header(struct safetensors_header *h)
{

	if (h->root != NULL)
		return (0);
	h->root = json_object();
	h->metadata = json_object();
	h->columns = json_object();
	h->bits = json_object();
	h->exponents = json_object();
	/* First, since jansson keeps the order. */
	return ((h->columns == NULL || h->bits == NULL || h->exponents == NULL ||
	    json_object_set(h->root, METADATA, h->metadata) == -1) ?
	    fail(ST_FAILED, "out of memory") : 0);
}

int
safetensors_add(struct safetensors_header *h, const struct safetensors_entry *e)
{
	uint64_t begins = h->bytes;

	if (begin_header(h) == -1)
		return (-1);
	if (json_object_get(h->root, e->name) != NULL)
		return (fail(ST_FAILED, "a safetensors file holds one tensor of a name, and cannot "
		    "hold this '%s'", e->name));
	h->bytes += e->rows * e->cols * 8;
	if (json_object_set_new(h->root, e->name, json_pack("{s:s,s:[I,I],s:[I,I]}", "dtype",
	    e->type, "shape", (json_int_t)e->rows, (json_int_t)e->cols, "data_offsets",
	    (json_int_t)begins, (json_int_t)h->bytes)) == -1 ||
	    json_object_set_new(h->bits, e->name, json_integer((json_int_t)e->fraction_bits)) ==
	    -1 || (e->columns != NULL &&
	    json_object_set_new(h->columns, e->name, json_strings(e->columns, e->cols)) == -1) ||
	    (e->exponents != NULL &&
	    json_object_set(h->exponents, e->name, e->exponents) == -1) ||
	    (e->model != NULL &&
	    json_object_set_new(h->metadata, META_MODEL, json_string(e->model)) == -1))
		return (fail(ST_FAILED, "out of memory"));
	return (0);
}

/* Put the text of an object into the metadata. */
static int
set_text(json_t *metadata, const char *key, const json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);
	int rc = -1;

	if (text != NULL)
		rc = json_object_set_new(metadata, key, json_string(text));
	free(text);
	return (rc);
}

int
safetensors_encode(struct safetensors_header *h, struct buf *text)
{
	static const char blanks[] = "       ";
	char length[8], *json = NULL;
	uint64_t bytes;
	size_t i;
	int rc = -1;

	if (begin_header(h) == -1)
		return (-1);
	if (set_text(h->metadata, META_BITS, h->bits) == -1 ||
	    (json_object_size(h->exponents) > 0 &&
	    set_text(h->metadata, META_EXPONENTS, h->exponents) == -1) ||
	    (json_object_size(h->columns) > 0 &&
	    set_text(h->metadata, META_COLUMNS, h->columns) == -1) ||
	    (json = json_dumps(h->root, JSON_COMPACT)) == NULL)
		return (fail(ST_FAILED, "out of memory"));
	/* Numbers begin at a multiple of 8. */
	bytes = (strlen(json) + 7) / 8 * 8;
	for (i = 0; i < 8; i++)
		length[i] = (char)(bytes >> (8 * i));
	if (buf_append(text, length, 8) == 0 && buf_string(text, json) == 0 &&
	    buf_append(text, blanks, (size_t)bytes - strlen(json)) == 0)
		rc = 0;
	free(json);
	return (rc);
}

void
safetensors_header_free(struct safetensors_header *h)
{

	json_decref(h->root);
	json_decref(h->metadata);
	json_decref(h->columns);
	json_decref(h->bits);
	json_decref(h->exponents);
	memset(h, 0, sizeof(*h));
}
