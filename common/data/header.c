#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "data/fields_internal.h"
#include "data/part.h"

static const char *const scheme_names[] = { "masked", "additive", "public" };
#define N_SCHEMES (sizeof(scheme_names) / sizeof(scheme_names[0]))
#define TWO_64 "18446744073709551616"
#define MODEL_MAX_TEXT_BYTES 65536
#define MODEL_MAX_NUMBER ((json_int_t)1 << 53)

/* ---- writing ---- */

bool
part_says(const struct part *p)
{

	return (p->about != NULL && columns_say(p->about, p->cols));
}

unsigned
header_version(const struct part *p)
{

	return ((part_says(p) || p->has_schema || p->dropped || p->intact != PART_CHANGED ||
	    p->n_row_exponents > 0 || p->budgets.count > 0 || p->spent.count > 0 ||
	    p->change != NULL || p->noise != NULL || p->once) ? 2 : 1);
}

static int
add_field(json_t *o, const char *key, json_t *value)
{

	/* json_object_set_new frees value on failure and refuses a NULL one. */
	if (json_object_set_new(o, key, value) == -1)
		return (fail(ST_FAILED, "header: field '%s' cannot be written (out of memory, or "
		    "not UTF-8)", key));
	return (0);
}

static json_t *
ids_json(uint8_t (*ids)[ID_BYTES], size_t count)
{
	json_t *a = json_array();
	char hex[2 * ID_BYTES + 1];
	size_t i;

	for (i = 0; a != NULL && i < count; i++) {
		hex_encode(hex, ids[i], ID_BYTES);
		if (json_array_append_new(a, json_string(hex)) == -1) {
			json_decref(a);
			return (NULL);
		}
	}
	return (a);
}

static int
add_part(json_t *o, const struct part *p)
{
	char hex[2 * ID_BYTES + 1], modulus[24];

	snprintf(modulus, sizeof(modulus), "%" PRIu64, p->modulus);
	hex_encode(hex, p->id, ID_BYTES);
	if (add_field(o, "kind", json_string("tensor")) == -1 ||
	    add_field(o, "scheme", json_string(scheme_names[p->scheme])) == -1 ||
	    add_field(o, "modulus", json_string((p->modulus == 0) ? TWO_64 : modulus)) == -1 ||
	    add_field(o, "fraction_bits", json_integer((json_int_t)p->fraction_bits)) == -1 ||
	    add_field(o, "name", json_string(p->name)) == -1 ||
	    add_field(o, "id", json_string(hex)) == -1 ||
	    add_field(o, "op", json_string(p->op)) == -1 ||
	    add_field(o, "inputs", ids_json(p->inputs, p->n_inputs)) == -1)
		return (-1);
	if (p->divisor != 1 && add_field(o, "divisor", json_integer((json_int_t)p->divisor)) == -1)
		return (-1);
	if (p->columns != NULL &&
	    add_field(o, "columns", json_strings((const char *const *)p->columns, p->cols)) == -1)
		return (-1);
	if (p->model != NULL && add_field(o, "model", json_loads(p->model, 0, NULL)) == -1)
		return (-1);
	if (p->scheme != SCHEME_PUBLIC &&
	    (add_field(o, "parties",
	    json_strings((const char *const *)p->parties, p->n_parties)) == -1 ||
	    add_field(o, "party", json_string(p->parties[p->party])) == -1))
		return (-1);
	return (0);
}

json_t *
header_about(const struct part *p)
{
	json_t *a = json_array();
	size_t j;

	for (j = 0; a != NULL && j < p->cols; j++) {
		if (json_array_append_new(a, column_json(part_about(p, j))) == -1) {
			json_decref(a);
			return (NULL);
		}
	}
	return (a);
}

static json_t *
row_exponents_json(const struct part *p)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; a != NULL && i < p->n_row_exponents; i++) {
		if (json_array_append_new(a, json_integer(p->row_exponents[i])) == -1) {
			json_decref(a);
			return (NULL);
		}
	}
	return (a);
}

json_t *
header_numbers(const uint64_t *numbers, size_t count)
{
	json_t *a = json_array();
	size_t j;

	for (j = 0; a != NULL && j < count; j++) {
		if (json_array_append_new(a, json_integer((json_int_t)numbers[j])) == -1) {
			json_decref(a);
			return (NULL);
		}
	}
	return (a);
}

/* What results may tell of one person. */
static int
add_privacy(json_t *o, const struct part *p)
{

	if ((p->budgets.count > 0 && add_field(o, "budgets", budgets_json(&p->budgets)) == -1) ||
	    (p->spent.count > 0 && add_field(o, "spent", budgets_json(&p->spent)) == -1) ||
	    (p->change != NULL &&
	    add_field(o, "change", header_numbers(p->change, p->cols)) == -1) ||
	    (p->noise != NULL && add_field(o, "noise", header_numbers(p->noise, p->cols)) == -1))
		return (-1);
	return (p->once ? add_field(o, "once", json_true()) : 0);
}

/* What version 2 has in addition. */
static int
add_knowledge(json_t *o, const struct part *p)
{
	char hex[2 * HASH_BYTES + 1];

	hex_encode(hex, p->schema, HASH_BYTES);
	if (part_says(p) && add_field(o, "about", header_about(p)) == -1)
		return (-1);
	if (p->has_schema && add_field(o, "schema", json_string(hex)) == -1)
		return (-1);
	if (p->n_row_exponents > 0 && add_field(o, "row_exponents", row_exponents_json(p)) == -1)
		return (-1);
	if (p->intact != PART_CHANGED &&
	    add_field(o, "intact", json_string(part_intact_name(p->intact))) == -1)
		return (-1);
	if (p->origins.count > 0 &&
	    add_field(o, "origins", ids_json(p->origins.id, p->origins.count)) == -1)
		return (-1);
	if (add_privacy(o, p) == -1)
		return (-1);
	return (p->dropped ? add_field(o, "dropped", json_true()) : 0);
}

static int
add_extent(json_t *o, const struct part *p, const struct extent *e)
{
	char hex[2 * ID_BYTES + 1];

	if (add_field(o, "shape", json_pack("[I,I]", (json_int_t)e->rows,
	    (json_int_t)p->cols)) == -1 ||
	    add_field(o, "first_row", json_integer((json_int_t)e->first_row)) == -1 ||
	    add_field(o, "last", json_boolean(e->last)) == -1)
		return (-1);
	if (e->key_rows != 0 &&
	    add_field(o, "key_rows", json_integer((json_int_t)e->key_rows)) == -1)
		return (-1);
	hex_encode(hex, e->next, ID_BYTES);
	if (e->has_next && add_field(o, "next", json_string(hex)) == -1)
		return (-1);
	return (0);
}

json_t *
header_json(const struct part *p, const struct extent *e)
{
	json_t *o = json_object();

	if (o == NULL) {
		fail(ST_FAILED, "out of memory");
		return (NULL);
	}
	if (add_part(o, p) == -1 || add_knowledge(o, p) == -1 || add_extent(o, p, e) == -1) {
		json_decref(o);
		return (NULL);
	}
	return (o);
}

int
header_encode(const struct part *p, const struct extent *e, char **json)
{
	json_t *o;

	if ((o = header_json(p, e)) == NULL)
		return (-1);
	*json = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(o);
	if (*json == NULL)
		return (fail(ST_FAILED, "out of memory"));
	return (0);
}

/* ---- reading ---- */

static bool
party_valid(const char *s, size_t bytes)
{

	return (strlen(s) == bytes && name_valid(s));
}

static bool
column_valid(const char *s, size_t bytes)
{

	return (text_valid(s, bytes, PART_MAX_COLUMN_NAME_BYTES));
}

static int
decode_scheme(struct decoder *d, struct part *p)
{
	const char *s;
	size_t i;

	if (string_field(d, "kind", false, &s) == -1)
		return (-1);
	if (strcmp(s, "tensor") != 0)
		return (bad_field(d, "kind", "is not \"tensor\""));
	if (string_field(d, "scheme", false, &s) == -1)
		return (-1);
	for (i = 0; i < N_SCHEMES && strcmp(s, scheme_names[i]) != 0; i++)
		continue;
	if (i == N_SCHEMES)
		return (bad_field(d, "scheme", "is not masked, additive or public"));
	p->scheme = (enum scheme)i;
	return (0);
}

static int
decode_parties(struct decoder *d, struct part *p)
{
	bool is_public = (p->scheme == SCHEME_PUBLIC);
	const json_t *v;
	const char *s;
	size_t i;

	if (field(d, "parties", is_public, &v) == -1 ||
	    string_field(d, "party", is_public, &s) == -1)
		return (-1);
	if (is_public) {
		if (v != NULL || s != NULL)
			return (bad_field(d, (v != NULL) ? "parties" : "party",
			    "does not belong in a public record"));
		return (0);
	}
	if (!json_is_array(v) || json_array_size(v) < ((p->scheme == SCHEME_MASKED) ? 3 : 2) ||
	    json_array_size(v) > PART_MAX_PARTIES)
		return (bad_field(d, "parties", "is not an array of as many parties as the scheme "
		    "needs"));
	if (strings_field(d, "parties", v, party_valid, &p->parties, &p->n_parties) == -1)
		return (-1);
	for (i = 0; i < p->n_parties && strcmp(p->parties[i], s) != 0; i++)
		continue;
	if (i == p->n_parties)
		return (bad_field(d, "party", "is not one of the parties"));
	p->party = i;
	return (0);
}

static int
decode_number_format(struct decoder *d, struct part *p)
{
	const char *s;
	uint64_t v;

	if (string_field(d, "modulus", false, &s) == -1)
		return (-1);
	if (strcmp(s, TWO_64) == 0)
		p->modulus = 0;
	else if (s[0] == '0' || num_parse(s, 2, UINT64_MAX, &p->modulus) == -1)
		return (bad_field(d, "modulus", "is not a number from 2 to 2^64"));
	if (p->scheme == SCHEME_MASKED && p->modulus != 0)
		return (bad_field(d, "modulus", "is not 2^64, which the masked scheme needs"));
	if (number_field(d, "fraction_bits", 0, PART_MAX_FRACTION_BITS, -1, &v) == -1)
		return (-1);
	if (p->modulus != 0 && v != 0)
		return (bad_field(d, "fraction_bits", "is not 0, though the modulus is not 2^64"));
	p->fraction_bits = (unsigned)v;
	return (number_field(d, "divisor", 2, PART_MAX_DIVISOR, 1, &p->divisor));
}

/* The id of the part that follows, on the last record of one that is not the stream's last. */
static int
decode_next(struct decoder *d, struct extent *e)
{
	const char *s;

	e->has_next = false;
	if (string_field(d, "next", true, &s) == -1)
		return (-1);
	if (s == NULL)
		return (0);
	if (!e->last)
		return (bad_field(d, "next", "does not belong before the last record of a part"));
	if (hex_decode(e->next, ID_BYTES, s) == -1)
		return (bad_field(d, "next", "is not 64 lower-case hexadecimal digits"));
	e->has_next = true;
	return (0);
}

static int
decode_extent(struct decoder *d, struct part *p, struct extent *e)
{
	const json_t *v, *rows, *cols;

	if (field(d, "shape", false, &v) == -1)
		return (-1);
	rows = json_array_get(v, 0);
	cols = json_array_get(v, 1);
	if (json_array_size(v) != 2 || !json_is_integer(rows) || !json_is_integer(cols))
		return (bad_field(d, "shape", "is not [rows, columns]"));
	if (json_integer_value(rows) < 0 || (uint64_t)json_integer_value(rows) > PART_MAX_ROWS ||
	    json_integer_value(cols) < 1 || (uint64_t)json_integer_value(cols) > PART_MAX_COLUMNS)
		return (bad_field(d, "shape", "is out of range"));
	e->rows = (uint64_t)json_integer_value(rows);
	p->cols = (size_t)json_integer_value(cols);
	if (number_field(d, "first_row", 0, PART_MAX_ROWS, -1, &e->first_row) == -1)
		return (-1);
	if (e->first_row + e->rows > PART_MAX_ROWS)
		return (bad_field(d, "first_row", "is out of range"));
	if (field(d, "last", false, &v) == -1)
		return (-1);
	if (!json_is_boolean(v))
		return (bad_field(d, "last", "is not true or false"));
	e->last = json_is_true(v);
	if (e->rows == 0 && (e->first_row != 0 || !e->last))
		return (bad_field(d, "shape", "has 0 rows, though the part has other records"));
	if (number_field(d, "key_rows", 1, PART_MAX_KEY_ROWS, 0, &e->key_rows) == -1)
		return (-1);
	return (decode_next(d, e));
}

static int
decode_columns(struct decoder *d, struct part *p)
{
	const json_t *v;
	size_t count;

	if (field(d, "columns", true, &v) == -1)
		return (-1);
	if (v == NULL)
		return (0);
	if (!json_is_array(v) || json_array_size(v) != p->cols)
		return (bad_field(d, "columns", "is not an array of as many names as the shape has "
		    "columns"));
	return (strings_field(d, "columns", v, column_valid, &p->columns, &count));
}

static int
decode_about(struct decoder *d, struct part *p)
{
	const char *fault;
	const json_t *v;
	size_t j;

	if (field(d, "about", true, &v) == -1)
		return (-1);
	if (v == NULL)
		return (0);
	if (p->modulus != 0)
		return (bad_field(d, "about", "does not belong to numbers of this modulus"));
	if (!json_is_array(v) || json_array_size(v) != p->cols)
		return (bad_field(d, "about", "is not an array of as many elements as the shape "
		    "has columns"));
	if ((p->about = mem_array(p->cols, sizeof(*p->about))) == NULL)
		return (-1);
	for (j = 0; j < p->cols; j++) {
		if (column_decode(&p->about[j], json_array_get(v, j), d->where) == -1)
			return (-1);
	}
	fault = part_keys_fault(p);
	return ((fault == NULL) ? 0 : bad_field(d, "about", fault));
}

static int
decode_schema(struct decoder *d, struct part *p)
{
	const char *s;

	if (string_field(d, "schema", true, &s) == -1)
		return (-1);
	if (s != NULL && hex_decode(p->schema, HASH_BYTES, s) == -1)
		return (bad_field(d, "schema", "is not 64 lower-case hexadecimal digits"));
	p->has_schema = (s != NULL);
	return (0);
}

/* Whether a value of each column has an exponent with this one of its row. */
static bool
row_exponent_valid(const struct part *p, const json_t *v)
{
	json_int_t e, sum;
	size_t j;

	if (!json_is_integer(v))
		return (false);
	e = json_integer_value(v);
	if (e < -COLUMN_MAX_EXPONENT || e > COLUMN_MAX_EXPONENT)
		return (false);
	for (j = 0; j < p->cols; j++) {
		sum = e + part_about(p, j)->exponent;
		if (sum < -COLUMN_MAX_EXPONENT || sum > COLUMN_MAX_EXPONENT)
			return (false);
	}
	return (true);
}

/* One for each row of the part, of which the record has some, or the last ones. */
static int
decode_row_exponents(struct decoder *d, struct part *p, const struct extent *e)
{
	const json_t *v;
	size_t n, i;

	if (field(d, "row_exponents", true, &v) == -1)
		return (-1);
	if (v == NULL)
		return (0);
	n = json_array_size(v);
	if (p->modulus != 0)
		return (bad_field(d, "row_exponents", "does not belong to numbers of this "
		    "modulus"));
	if (n == 0 || n > PART_MAX_COLUMNS || e->first_row + e->rows > n ||
	    (e->last && e->first_row + e->rows != n))
		return (bad_field(d, "row_exponents", "is not an array of as many elements as the "
		    "part has rows"));
	if ((p->row_exponents = mem_array(n, sizeof(*p->row_exponents))) == NULL)
		return (-1);
	p->n_row_exponents = n;
	for (i = 0; i < n; i++) {
		if (!row_exponent_valid(p, json_array_get(v, i)))
			return (bad_field(d, "row_exponents", "holds something that is not an "
			    "exponent"));
		p->row_exponents[i] = (int)json_integer_value(json_array_get(v, i));
	}
	for (i = 0; i < n && p->row_exponents[i] == 0; i++)
		continue;
	return ((i < n) ? 0 : bad_field(d, "row_exponents", "holds zeroes alone"));
}

static int
decode_intact(struct decoder *d, struct part *p)
{
	const char *s;

	if (string_field(d, "intact", true, &s) == -1)
		return (-1);
	if (s == NULL)
		return (0);
	for (p->intact = PART_WHOLE; p->intact != PART_CHANGED; p->intact--) {
		if (strcmp(s, part_intact_name(p->intact)) == 0)
			return (0);
	}
	return (bad_field(d, "intact", "is not rows or whole"));
}

static int
decode_budgets(struct decoder *d, const char *key, struct budgets *b)
{
	const json_t *v;

	if (field(d, key, true, &v) == -1)
		return (-1);
	return ((v == NULL || budgets_decode(b, v) == 0) ? 0 : bad_field(d, key,
	    "is not an array of budgets in the order of their origins"));
}

/* An array of as many numbers, from 0 on, as the part has columns. */
static int
decode_numbers(struct decoder *d, const char *key, const struct part *p, uint64_t **numbers)
{
	const json_t *v, *n;
	size_t j;

	if (field(d, key, true, &v) == -1)
		return (-1);
	if (v == NULL)
		return (0);
	if (!json_is_array(v) || json_array_size(v) != p->cols || p->modulus != 0)
		return (bad_field(d, key, "is not an array of as many numbers as the shape has "
		    "columns"));
	if ((*numbers = mem_array(p->cols, sizeof(**numbers))) == NULL)
		return (-1);
	for (j = 0; j < p->cols; j++) {
		n = json_array_get(v, j);
		if (!json_is_integer(n) || json_integer_value(n) < 0)
			return (bad_field(d, key, "holds something that is no number from 0 on"));
		(*numbers)[j] = (uint64_t)json_integer_value(n);
	}
	return (0);
}

static int
decode_privacy(struct decoder *d, struct part *p)
{
	const json_t *v;

	if (decode_budgets(d, "budgets", &p->budgets) == -1 ||
	    decode_budgets(d, "spent", &p->spent) == -1 ||
	    decode_numbers(d, "change", p, &p->change) == -1 ||
	    decode_numbers(d, "noise", p, &p->noise) == -1 ||
	    field(d, "once", true, &v) == -1)
		return (-1);
	if (v != NULL && !json_is_true(v))
		return (bad_field(d, "once", "is not true"));
	p->once = (v != NULL);
	return (0);
}

/* What a record of version 2 may have, and has to have some of. */
static int
decode_knowledge(struct decoder *d, struct part *p, const struct extent *e)
{
	const json_t *v;

	if (decode_about(d, p) == -1 || decode_row_exponents(d, p, e) == -1 ||
	    decode_schema(d, p) == -1 || decode_intact(d, p) == -1 ||
	    decode_privacy(d, p) == -1 || field(d, "dropped", true, &v) == -1)
		return (-1);
	if (v != NULL && !json_is_true(v))
		return (bad_field(d, "dropped", "is not true"));
	p->dropped = (v != NULL);
	if (header_version(p) != 2)
		return (fail(ST_FAILED, "%s: header: nothing in it is of version 2", d->where));
	return (0);
}

static bool
op_valid(const char *s)
{
	size_t i;

	for (i = 0; s[i] != '\0'; i++) {
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-'))
			return (false);
	}
	return (i >= 1 && i <= 64);
}

static int
decode_provenance(struct decoder *d, struct part *p)
{
	const json_t *v, *s;
	const char *text;
	size_t i, n;

	if (string_field(d, "name", false, &text) == -1)
		return (-1);
	if (!text_valid(text, strlen(text), PART_MAX_NAME_BYTES))
		return (bad_field(d, "name", "is not a valid name"));
	if (part_set_name(p, text) == -1)
		return (-1);
	if (string_field(d, "op", false, &text) == -1)
		return (-1);
	if (!op_valid(text))
		return (bad_field(d, "op", "is not a valid operation"));
	if (part_set_op(p, text) == -1)
		return (-1);
	if (string_field(d, "id", false, &text) == -1)
		return (-1);
	if (hex_decode(p->id, ID_BYTES, text) == -1)
		return (bad_field(d, "id", "is not 64 lower-case hexadecimal digits"));
	if (field(d, "inputs", false, &v) == -1)
		return (-1);
	n = json_array_size(v);
	if (!json_is_array(v) || n > PART_MAX_INPUTS)
		return (bad_field(d, "inputs", "is not an array of ids"));
	if ((p->inputs = mem_array(n, sizeof(*p->inputs))) == NULL)
		return (-1);
	p->n_inputs = n;
	for (i = 0; i < n; i++) {
		s = json_array_get(v, i);
		if (!json_is_string(s) ||
		    hex_decode(p->inputs[i], ID_BYTES, json_string_value(s)) == -1)
			return (bad_field(d, "inputs", "holds something that is not an id"));
	}
	return (0);
}

static int
decode_origins(struct decoder *d, struct part *p, const json_t *v)
{
	uint8_t id[ID_BYTES];
	const char *s;
	size_t i, n = json_array_size(v);

	if (!json_is_array(v) || n < 1 || n > PART_MAX_ORIGINS)
		return (bad_field(d, "origins", "is not an array of 1 to 1000 ids"));
	for (i = 0; i < n; i++) {
		s = json_string_value(json_array_get(v, i));
		if (s == NULL || hex_decode(id, ID_BYTES, s) == -1)
			return (bad_field(d, "origins", "holds something that is not an id"));
		if (i > 0 && memcmp(p->origins.id[i - 1], id, ID_BYTES) >= 0)
			return (bad_field(d, "origins", "is not in order, or holds an id twice"));
		if (ids_add(&p->origins, id) == -1)
			return (-1);
	}
	return (0);
}

/* What a result says of the sharings that its rows are of, and a sharing does not. */
static int
decode_lineage(struct decoder *d, struct part *p)
{
	bool is_result = (strcmp(p->op, "share") != 0);
	const json_t *v;

	if (p->intact != PART_CHANGED && !is_result)
		return (bad_field(d, "intact", "does not belong to a sharing"));
	if (field(d, "origins", !(p->dropped && is_result), &v) == -1)
		return (-1);
	if (v != NULL && !(p->dropped && is_result))
		return (bad_field(d, "origins", "belongs only to results with rows left out"));
	return ((v != NULL) ? decode_origins(d, p, v) : 0);
}

/* A string, a whole number, or an array of these. */
static bool
model_value_valid(const json_t *v, bool in_array)
{
	size_t i;

	if (json_is_string(v))
		return (text_valid(json_string_value(v), json_string_length(v),
		    MODEL_MAX_TEXT_BYTES));
	if (json_is_integer(v))
		return (json_integer_value(v) >= 0 && json_integer_value(v) <= MODEL_MAX_NUMBER);
	if (in_array || !json_is_array(v))
		return (false);
	for (i = 0; i < json_array_size(v); i++) {
		if (!model_value_valid(json_array_get(v, i), true))
			return (false);
	}
	return (true);
}

/* What was known of columns that a model was trained on. */
static int
model_columns_valid(struct decoder *d, const json_t *v)
{
	struct column c;
	size_t i;
	int rc = 0;

	if (!json_is_array(v))
		return (bad_field(d, "model", "has columns that are no array"));
	for (i = 0; i < json_array_size(v) && rc == 0; i++) {
		rc = column_decode(&c, json_array_get(v, i), d->where);
		column_clear(&c);
	}
	return (rc);
}

/* Exponents of columns. */
static bool
model_units_valid(const json_t *v)
{
	json_int_t e;
	size_t i;

	for (i = 0; i < json_array_size(v); i++) {
		e = json_integer_value(json_array_get(v, i));
		if (!json_is_integer(json_array_get(v, i)) || e < -COLUMN_MAX_EXPONENT ||
		    e > COLUMN_MAX_EXPONENT)
			return (false);
	}
	return (json_is_array(v));
}

/* Any object that has one canonical form; what it means is nn/model.c's business. */
static int
decode_model(struct decoder *d, struct part *p)
{
	const json_t *v;
	const char *key;
	json_t *value;

	if (field(d, "model", true, &v) == -1)
		return (-1);
	if (v == NULL)
		return (0);
	if (!json_is_object(v))
		return (bad_field(d, "model", "is not an object"));
	json_object_foreach((json_t *)(uintptr_t)v, key, value) {
		if (strcmp(key, "feature-columns") == 0 || strcmp(key, "label-columns") == 0) {
			if (model_columns_valid(d, value) == -1)
				return (-1);
			continue;
		}
		if (!op_valid(key) || !((strcmp(key, "feature-units") == 0) ?
		    model_units_valid(value) : model_value_valid(value, false)))
			return (bad_field(d, "model",
			    "holds something that does not belong in it"));
	}
	if ((p->model = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS)) == NULL)
		return (fail(ST_FAILED, "out of memory"));
	return (0);
}

int
header_decode(const json_t *root, unsigned version, const char *where, struct part **part,
    struct extent *e)
{
	struct decoder d = { .root = root, .where = where };
	struct part *p;

	if (!json_is_object(root))
		return (fail(ST_FAILED, "%s: header is not a JSON object", where));
	if ((p = part_new()) == NULL)
		return (-1);
	if (decode_scheme(&d, p) == -1 || decode_parties(&d, p) == -1 ||
	    decode_number_format(&d, p) == -1 || decode_extent(&d, p, e) == -1 ||
	    decode_columns(&d, p) == -1 || (version > 1 && decode_knowledge(&d, p, e) == -1) ||
	    decode_provenance(&d, p) == -1 || (version > 1 && decode_lineage(&d, p) == -1) ||
	    decode_model(&d, p) == -1 ||
	    refuse_unknown(&d) == -1) {
		part_free(p);
		return (-1);
	}
	*part = p;
	return (0);
}
