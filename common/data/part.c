#include "data/part.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ring/ring.h"

struct part *
part_new(void)
{
	struct part *p;

	if ((p = mem_array(1, sizeof(*p))) == NULL)
		return (NULL);
	p->references = 1;
	p->scheme = SCHEME_PUBLIC;
	p->divisor = 1;
	return (p);
}

struct part *
part_copy(const struct part *p)
{
	struct part *q;

	if ((q = part_new()) == NULL)
		return (NULL);
	q->scheme = p->scheme;
	q->modulus = p->modulus;
	q->fraction_bits = p->fraction_bits;
	q->divisor = p->divisor;
	q->party = p->party;
	memcpy(q->id, p->id, sizeof(q->id));
	q->has_schema = p->has_schema;
	memcpy(q->schema, p->schema, sizeof(q->schema));
	q->dropped = p->dropped;
	q->intact = p->intact;
	q->mixed = p->mixed;
	q->least = p->least;
	q->among = p->among;
	q->once = p->once;
	if (ids_unite(&q->origins, &p->origins) == -1 ||
	    budgets_unite(&q->budgets, &p->budgets) == -1 ||
	    budgets_unite(&q->spent, &p->spent) == -1)
		goto failed;
	if (part_set_parties(q, (const char *const *)p->parties, p->n_parties) == -1 ||
	    part_set_columns(q, (const char *const *)p->columns, p->cols) == -1 ||
	    part_set_about(q, p->about) == -1 ||
	    part_set_row_exponents(q, p->row_exponents, p->n_row_exponents) == -1 ||
	    part_set_change(q, p->change) == -1 || part_set_noise(q, p->noise) == -1 ||
	    (p->name != NULL && part_set_name(q, p->name) == -1) ||
	    (p->op != NULL && part_set_op(q, p->op) == -1) || part_set_model(q, p->model) == -1)
		goto failed;
	if ((q->inputs = mem_array(p->n_inputs, sizeof(*q->inputs))) == NULL)
		goto failed;
	if (p->n_inputs > 0)
		memcpy(q->inputs, p->inputs, p->n_inputs * sizeof(*q->inputs));
	q->n_inputs = p->n_inputs;
	return (q);
failed:
	part_free(q);
	return (NULL);
}

struct part *
part_ref(struct part *p)
{

	p->references++;
	return (p);
}

static void
strings_free(char **s, size_t count)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < count; i++)
		free(s[i]);
	free(s);
}

void
part_free(struct part *p)
{

	if (p == NULL || --p->references > 0)
		return;
	strings_free(p->parties, p->n_parties);
	strings_free(p->columns, p->cols);
	columns_free(p->about, p->cols);
	free(p->row_exponents);
	budgets_free(&p->budgets);
	budgets_free(&p->spent);
	free(p->change);
	free(p->noise);
	free(p->name);
	free(p->op);
	free(p->inputs);
	free(p->model);
	ids_free(&p->origins);
	free(p);
}

static char **
strings_copy(const char *const *s, size_t count)
{
	char **copy;
	size_t i;

	if ((copy = mem_array(count, sizeof(*copy))) == NULL)
		return (NULL);
	for (i = 0; i < count; i++) {
		if ((copy[i] = mem_copy_string(s[i], strlen(s[i]))) == NULL) {
			strings_free(copy, i);
			return (NULL);
		}
	}
	return (copy);
}

static int
set_string(char **field, const char *s)
{
	char *copy;

	if ((copy = mem_copy_string(s, strlen(s))) == NULL)
		return (-1);
	free(*field);
	*field = copy;
	return (0);
}

int
part_set_name(struct part *p, const char *name)
{

	return (set_string(&p->name, name));
}

int
part_set_op(struct part *p, const char *op)
{

	return (set_string(&p->op, op));
}

int
part_set_parties(struct part *p, const char *const *names, size_t count)
{
	char **copy = NULL;

	if (count > 0 && (copy = strings_copy(names, count)) == NULL)
		return (-1);
	strings_free(p->parties, p->n_parties);
	p->parties = copy;
	p->n_parties = count;
	return (0);
}

int
part_set_columns(struct part *p, const char *const *names, size_t cols)
{
	char **copy = NULL;

	if (names != NULL && (copy = strings_copy(names, cols)) == NULL)
		return (-1);
	strings_free(p->columns, p->cols);
	columns_free(p->about, p->cols);
	p->about = NULL;
	free(p->change);
	free(p->noise);
	p->change = p->noise = NULL;
	p->columns = copy;
	p->cols = cols;
	return (0);
}

int
part_set_model(struct part *p, const char *json)
{

	if (json != NULL)
		return (set_string(&p->model, json));
	free(p->model);
	p->model = NULL;
	return (0);
}

int
part_set_about(struct part *p, const struct column *about)
{
	struct column *copy = NULL;

	if (about != NULL && columns_say(about, p->cols) &&
	    (copy = columns_copy(about, p->cols)) == NULL)
		return (-1);
	columns_free(p->about, p->cols);
	p->about = copy;
	return (0);
}

const struct column *
part_about(const struct part *p, size_t j)
{
	static const struct column undeclared = { .low = INT64_MIN, .high = INT64_MAX };

	return ((p->about != NULL) ? &p->about[j] : &undeclared);
}

static bool
strings_same(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
	size_t i;

	if (n_a != n_b || (a == NULL) != (b == NULL))
		return (false);
	for (i = 0; a != NULL && i < n_a; i++) {
		if (strcmp(a[i], b[i]) != 0)
			return (false);
	}
	return (true);
}

void
part_hash_about(struct hash *h, const struct part *p)
{
	size_t j, i;

	hash_u64(h, p->dropped);
	hash_u64(h, p->has_schema);
	if (p->has_schema)
		hash_bytes(h, p->schema, sizeof(p->schema));
	hash_u64(h, (p->about != NULL) ? p->cols : 0);
	for (j = 0; p->about != NULL && j < p->cols; j++)
		column_hash(h, &p->about[j]);
	hash_u64(h, p->n_row_exponents);
	for (i = 0; i < p->n_row_exponents; i++)
		hash_u64(h, (uint64_t)(int64_t)p->row_exponents[i]);
	if (p->budgets.count == 0 && p->change == NULL)
		return;
	budgets_hash(h, &p->budgets);
	hash_u64(h, p->once);
	for (j = 0; p->change != NULL && j < p->cols; j++)
		hash_u64(h, p->change[j]);
}

/* Whether two parts of as many columns have the same numbers for them, or none. */
static bool
same_numbers(const struct part *a, const uint64_t *x, const struct part *b, const uint64_t *y)
{

	return ((x == NULL) == (y == NULL) && a->cols == b->cols &&
	    (x == NULL || memcmp(x, y, a->cols * sizeof(*x)) == 0));
}

bool
part_same_columns(const struct part *a, const struct part *b)
{

	return (strings_same(a->columns, a->cols, b->columns, b->cols));
}

const char *
part_setting_difference(const struct part *a, const struct part *b)
{

	if (a->scheme != b->scheme)
		return ("scheme");
	if (a->modulus != b->modulus)
		return ("modulus");
	if (!strings_same(a->parties, a->n_parties, b->parties, b->n_parties))
		return ("parties");
	return ((a->party != b->party) ? "party" : NULL);
}

bool
part_schema_differs(const struct part *a, const struct part *b)
{

	return (a->has_schema != b->has_schema || memcmp(a->schema, b->schema, HASH_BYTES) != 0);
}

const char *
part_about_difference(const struct part *a, const struct part *b, size_t *column)
{
	const char *what = NULL;
	size_t j;

	for (j = 0; j < a->cols && j < b->cols && what == NULL; j++) {
		what = column_difference(part_about(a, j), part_about(b, j));
		*column = j;
	}
	if (what != NULL)
		return (what);
	*column = SIZE_MAX;
	return (part_schema_differs(a, b) ? "schema" : NULL);
}

void
part_show_column(const struct part *p, size_t j, char text[static PART_SHOWN_BYTES])
{

	if (p->columns != NULL)
		snprintf(text, PART_SHOWN_BYTES, "'%.160s'", p->columns[j]);
	else
		snprintf(text, PART_SHOWN_BYTES, "%zu", j + 1);
}

int
part_check_terms(const struct part *a, size_t i, const struct part *b, size_t j)
{
	const struct column *x = part_about(a, i), *y = part_about(b, j);
	const char *what = column_clash(x, y);
	char one[PART_SHOWN_BYTES], other[PART_SHOWN_BYTES];

	if (what == NULL)
		return (0);
	part_show_column(a, i, one);
	part_show_column(b, j, other);
	if (strcmp(what, "values") == 0)
		return (fail(ST_REFUSED, "column %s of tensor '%s' and column %s of tensor '%s' "
		    "have the same values in different orders: their owners must declare them "
		    "alike (--codes)", one, a->name, other, b->name));
	return (fail(ST_REFUSED, "column %s of tensor '%s' is in %s, and column %s of tensor '%s' "
	    "in %s: bring one to the other's unit first (smpc-mul -c, whose result has none)", one,
	    a->name, x->unit, other, b->name, y->unit));
}

int
part_check_alike(const struct part *p, size_t j)
{
	const struct column *c = part_about(p, j);
	size_t i;

	/* Nothing clashes with a column that is neither in a unit nor coded. */
	for (i = 0; (c->unit != NULL || c->kind == COLUMN_CLASS) && i < j; i++) {
		if (part_check_terms(p, i, p, j) == -1)
			return (-1);
	}
	return (0);
}

int
part_check_number(const struct part *p, size_t j)
{
	const struct column *c = part_about(p, j);
	char name[PART_SHOWN_BYTES];

	if (!column_is_renumbered(c))
		return (0);
	part_show_column(p, j, name);
	return (fail(ST_REFUSED, "tensor '%s', column %s: is a class, whose words are 0, 1 and so "
	    "on for %s%s%s: leave it out (smpc-cut -x), or have it shared as a number (smpc-share "
	    "--range)", p->name, name, c->values[0], (c->n_values > 1) ? ", " : "",
	    (c->n_values > 1) ? c->values[1] : ""));
}

int
part_check_numbers(const struct part *p)
{
	size_t j;

	for (j = 0; j < p->cols; j++) {
		if (part_check_number(p, j) == -1)
			return (-1);
	}
	return (0);
}

bool
part_has_keys(const struct part *p)
{
	size_t j;

	for (j = 0; p->about != NULL && j < p->cols && p->about[j].kind != COLUMN_KEY; j++)
		continue;
	return (p->about != NULL && j < p->cols);
}

size_t
part_key_word(const struct part *p, size_t j)
{
	size_t k;

	if (part_about(p, j)->kind != COLUMN_KEY)
		return (KEY_WORDS);
	/* Keys may stand next to each other. */
	for (k = 0; k < j && p->about[j - k - 1].kind == COLUMN_KEY; k++)
		continue;
	return (k % KEY_WORDS);
}

const char *
part_keys_fault(const struct part *p)
{
	size_t j, k;

	if (!part_has_keys(p))
		return (NULL);
	if (p->scheme != SCHEME_MASKED)
		return ("has a column of kind key, which a masked sharing alone has");
	for (j = 0; j < p->cols; j += (p->about[j].kind == COLUMN_KEY) ? KEY_WORDS : 1) {
		for (k = 1; p->about[j].kind == COLUMN_KEY && k < KEY_WORDS; k++) {
			if (j + k == p->cols || !column_same_key(&p->about[j], &p->about[j + k]))
				return ("has a key whose words do not stand side by side");
		}
	}
	return (NULL);
}

int
part_refuse_keys(const struct part *p, const char *where)
{
	const char *of;
	size_t j;

	if (!part_has_keys(p))
		return (0);
	for (j = 0; p->about[j].kind != COLUMN_KEY; j++)
		continue;
	of = p->about[j].of;
	return (fail(ST_USAGE, "%s: column '%s' of tensor '%s' is a key, by which smpc-join joins "
	    "tables, and no number: smpc-cut -x '%s' leaves it out", where, of, p->name, of));
}

void
part_forget_distinct(struct part *p)
{
	size_t j;

	for (j = 0; p->about != NULL && j < p->cols; j++)
		p->about[j].distinct = false;
}

void
part_add_masks(const struct part *p, const struct ring *R, uint64_t *z, const uint64_t *x,
    size_t rows)
{
	size_t i, j;

	ring_add(R, z, z, x, rows * p->cols);
	if (!part_has_keys(p))
		return;
	for (j = 0; j < p->cols; j++) {
		if (p->about[j].kind != COLUMN_KEY)
			continue;
		for (i = j; i < rows * p->cols; i += p->cols)
			z[i] = (z[i] - x[i]) ^ x[i];
	}
}

bool
part_is_whole(const struct part *p, size_t j)
{

	return (p->fraction_bits == 0 && part_about(p, j)->exponent == 0);
}

const char *
part_tensor_difference(const struct part *a, const struct part *b)
{
	const char *what;
	size_t column;

	if ((what = part_about_difference(a, b, &column)) != NULL)
		return (what);
	if (a->fraction_bits != b->fraction_bits)
		return ("fraction_bits");
	if (a->divisor != b->divisor)
		return ("divisor");
	return (part_setting_difference(a, b));
}

const char *
part_difference(const struct part *a, const struct part *b)
{

	if (memcmp(a->id, b->id, ID_BYTES) != 0)
		return ("id");
	if (strcmp(a->name, b->name) != 0)
		return ("name");
	if (!part_same_columns(a, b))
		return ("columns");
	if (strcmp(a->op, b->op) != 0)
		return ("op");
	if (a->n_inputs != b->n_inputs ||
	    (a->n_inputs > 0 && memcmp(a->inputs, b->inputs, a->n_inputs * ID_BYTES) != 0))
		return ("inputs");
	if ((a->model == NULL) != (b->model == NULL) ||
	    (a->model != NULL && strcmp(a->model, b->model) != 0))
		return ("model");
	if (a->dropped != b->dropped)
		return ("dropped");
	if (!part_same_row_exponents(a, b))
		return ("row_exponents");
	if (!ids_same(&a->origins, &b->origins))
		return ("origins");
	if (a->intact != b->intact)
		return ("intact");
	if (!budgets_same(&a->budgets, &b->budgets))
		return ("budgets");
	if (!budgets_same(&a->spent, &b->spent))
		return ("spent");
	if (a->once != b->once)
		return ("once");
	if (!same_numbers(a, a->change, b, b->change))
		return ("change");
	if (!same_numbers(a, a->noise, b, b->noise))
		return ("noise");
	return (part_tensor_difference(a, b));
}

int
part_set_row_exponents(struct part *p, const int *exponents, size_t rows)
{
	int *copy = NULL;
	size_t i;

	for (i = 0; exponents != NULL && i < rows && exponents[i] == 0; i++)
		continue;
	if (exponents != NULL && i < rows) {
		if ((copy = mem_array(rows, sizeof(*copy))) == NULL)
			return (-1);
		memcpy(copy, exponents, rows * sizeof(*copy));
	}
	free(p->row_exponents);
	p->row_exponents = copy;
	p->n_row_exponents = (copy != NULL) ? rows : 0;
	return (0);
}

static int
set_numbers(const struct part *p, uint64_t **field, const uint64_t *numbers)
{
	uint64_t *copy = NULL;

	if (numbers != NULL) {
		if ((copy = mem_array(p->cols, sizeof(*copy))) == NULL)
			return (-1);
		memcpy(copy, numbers, p->cols * sizeof(*copy));
	}
	free(*field);
	*field = copy;
	return (0);
}

int
part_set_change(struct part *p, const uint64_t *change)
{

	return (set_numbers(p, &p->change, change));
}

int
part_set_noise(struct part *p, const uint64_t *noise)
{

	return (set_numbers(p, &p->noise, noise));
}

bool
part_once(const struct part *p)
{

	return (p->once || strcmp(p->op, "share") == 0);
}

bool
part_same_row_exponents(const struct part *a, const struct part *b)
{

	return (a->n_row_exponents == b->n_row_exponents && (a->n_row_exponents == 0 ||
	    memcmp(a->row_exponents, b->row_exponents,
	    a->n_row_exponents * sizeof(*a->row_exponents)) == 0));
}

int
part_exponent(const struct part *p, uint64_t row, size_t j)
{

	return (part_about(p, j)->exponent +
	    ((row < p->n_row_exponents) ? p->row_exponents[row] : 0));
}

bool
part_is_owners(const struct part *p)
{

	/* Every step has an input. */
	return (p->scheme != SCHEME_PUBLIC && (strcmp(p->op, "share") == 0 || p->n_inputs == 0));
}

enum part_intact
part_intact(const struct part *p)
{

	return ((strcmp(p->op, "share") == 0) ? PART_WHOLE : p->intact);
}

const char *
part_intact_name(enum part_intact intact)
{
	static const char *const names[] = { NULL, "rows", "whole" };

	return (names[intact]);
}

enum part_intact
intact_weaker(enum part_intact a, enum part_intact b)
{

	return ((a < b) ? a : b);
}

int
part_origins(const struct part *p, struct ids *origins)
{

	if (p->dropped && strcmp(p->op, "share") == 0)
		return (ids_add(origins, p->id));
	return (ids_unite(origins, &p->origins));
}

bool
part_is_dealer(const struct part *p)
{

	return (p->scheme == SCHEME_MASKED && p->party == 0);
}

bool
part_is_computing(const struct part *p)
{

	return (p->scheme == SCHEME_MASKED && p->party > 0);
}

size_t
part_planes(const struct part *p)
{

	return (part_is_computing(p) ? 2 : 1);
}

const char *
part_plane_name(const struct part *p, size_t k)
{

	if (p->scheme != SCHEME_MASKED)
		return ("x");
	return ((part_is_dealer(p) || k == PART_PLANE_LAM) ? "lam" : "m");
}

bool
part_takes_public(const struct part *p)
{

	if (p->scheme == SCHEME_ADDITIVE)
		return (p->party == 0);
	return (!part_is_dealer(p));
}

const char *
part_party(const struct part *p)
{

	return ((p->scheme == SCHEME_PUBLIC) ? "public" : p->parties[p->party]);
}
