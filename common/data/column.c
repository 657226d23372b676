#include "data/column.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "data/fields_internal.h"

#define RANGE_BYTES 24 /* of a signed word in decimal */
#define MANY_VALUES 256
#define DIGITS "0123456789"

/* What belongs to a kind. */
static const struct kind {
	const char *name;
	bool of, may_of;                  /* names another column; or may name one */
	bool scaled;                      /* may have exponent and unit */
	bool sparse;                      /* may have words that are missing */
	bool matches;                     /* is no number, but what texts are compared by */
	size_t least_values, most_values;
} kinds[] = {
	[COLUMN_UNDECLARED] = { .name = "undeclared" },
	[COLUMN_NUMBER] = { .name = "number", .may_of = true, .scaled = true, .sparse = true,
		.most_values = COLUMN_MAX_VALUES },
	[COLUMN_INDICATOR] = { .name = "indicator", .of = true, .least_values = 1,
		.most_values = 1 },
	[COLUMN_CLASS] = { .name = "class", .may_of = true, .least_values = 1,
		.most_values = COLUMN_MAX_VALUES },
	[COLUMN_DATE] = { .name = "date", .sparse = true },
	[COLUMN_KEY] = { .name = "key", .of = true, .matches = true },
	[COLUMN_PRESENCE] = { .name = "presence", .of = true },
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *
column_kind_name(enum column_kind kind)
{

	return (kinds[kind].name);
}

/* ---- memory ---- */

void
column_init(struct column *c)
{

	memset(c, 0, sizeof(*c));
	c->low = INT64_MIN;
	c->high = INT64_MAX;
}

/* Copy a string that may be NULL. */
static int
copy_text(char **to, const char *from)
{

	if (from == NULL)
		return (0);
	return (((*to = mem_copy_string(from, strlen(from))) != NULL) ? 0 : -1);
}

static int
copy_values(struct column *to, const struct column *from)
{

	if (from->n_values == 0)
		return (0);
	if ((to->values = mem_array(from->n_values, sizeof(*to->values))) == NULL)
		return (-1);
	for (; to->n_values < from->n_values; to->n_values++) {
		if (copy_text(&to->values[to->n_values], from->values[to->n_values]) == -1)
			return (-1);
	}
	return (0);
}

int
column_copy(struct column *to, const struct column *from)
{

	column_init(to);
	to->kind = from->kind;
	to->low = from->low;
	to->high = from->high;
	to->exponent = from->exponent;
	to->supposed = from->supposed;
	to->missing = from->missing;
	to->match = from->match;
	to->distinct = from->distinct;
	to->median = from->median;
	return ((copy_text(&to->unit, from->unit) == -1 || copy_text(&to->of, from->of) == -1 ||
	    copy_values(to, from) == -1) ? -1 : 0);
}

void
column_clear(struct column *c)
{
	size_t i;

	for (i = 0; i < c->n_values; i++)
		free(c->values[i]);
	free(c->values);
	free(c->unit);
	free(c->of);
	column_init(c);
}

struct column *
columns_copy(const struct column *from, size_t count)
{
	struct column *to;
	size_t i;

	if ((to = mem_array(count, sizeof(*to))) == NULL)
		return (NULL);
	for (i = 0; i < count; i++) {
		if (column_copy(&to[i], &from[i]) == -1) {
			columns_free(to, count);
			return (NULL);
		}
	}
	return (to);
}

void
columns_free(struct column *c, size_t count)
{
	size_t i;

	for (i = 0; c != NULL && i < count; i++)
		column_clear(&c[i]);
	free(c);
}

bool
columns_say(const struct column *c, size_t count)
{
	size_t i;

	for (i = 0; i < count && c[i].kind == COLUMN_UNDECLARED && c[i].supposed == 0; i++)
		continue;
	return (i < count);
}

/* ---- comparing ---- */

static bool
same_text(const char *a, const char *b)
{

	return ((a == NULL || b == NULL) ? a == b : strcmp(a, b) == 0);
}

bool
column_same_values(const struct column *a, const struct column *b)
{
	size_t i;

	if (a->n_values != b->n_values)
		return (false);
	for (i = 0; i < a->n_values && strcmp(a->values[i], b->values[i]) == 0; i++)
		continue;
	return (i == a->n_values);
}

const char *
column_difference(const struct column *a, const struct column *b)
{

	if (a->kind != b->kind)
		return ("kind");
	if (!column_same_values(a, b))
		return ("values");
	if (!same_text(a->of, b->of))
		return ("of");
	if (a->missing != b->missing || a->median != b->median)
		return ("missing");
	if (a->match != b->match)
		return ("match");
	if (a->distinct != b->distinct)
		return ("distinct");
	if (!same_text(a->unit, b->unit))
		return ("unit");
	if (a->exponent != b->exponent)
		return ("exponent");
	if (a->supposed != b->supposed)
		return ("supposed");
	return ((a->low != b->low || a->high != b->high) ? "range" : NULL);
}

/* Whether a text has different positions in both; of many texts, whether they differ at all. */
static bool
texts_cross(const struct column *a, const struct column *b)
{
	size_t i, k;

	if (column_same_values(a, b))
		return (false);
	if (a->n_values > MANY_VALUES || b->n_values > MANY_VALUES)
		return (true);
	for (i = 0; i < a->n_values; i++) {
		for (k = 0; k < b->n_values; k++) {
			if (i != k && strcmp(a->values[i], b->values[k]) == 0)
				return (true);
		}
	}
	return (false);
}

const char *
column_clash(const struct column *a, const struct column *b)
{

	if (a->unit != NULL && b->unit != NULL && strcmp(a->unit, b->unit) != 0)
		return ("unit");
	if (a->kind == COLUMN_CLASS && b->kind == COLUMN_CLASS && texts_cross(a, b))
		return ("values");
	return (NULL);
}

bool
column_is_coded(const struct column *c)
{
	char number[24];
	size_t k;

	for (k = 0; c->kind == COLUMN_CLASS && k < c->n_values; k++) {
		snprintf(number, sizeof(number), "%zu", k);
		if (strcmp(c->values[k], number) != 0)
			return (true);
	}
	return (c->kind == COLUMN_DATE || c->kind == COLUMN_KEY);
}

/* Digits, without a needless 0, perhaps behind a minus and before a point and more of them. */
static bool
is_plain_number(const char *s)
{
	size_t n;

	s += (*s == '-');
	n = strspn(s, DIGITS);
	if (n == 0 || (n > 1 && *s == '0'))
		return (false);
	s += n;
	if (*s == '.' && (n = strspn(s + 1, DIGITS)) > 0)
		s += n + 1;
	return (*s == '\0');
}

bool
column_is_renumbered(const struct column *c)
{
	size_t k;

	for (k = 0; k < c->n_values && is_plain_number(c->values[k]); k++)
		continue;
	return (k == c->n_values && c->kind == COLUMN_CLASS && column_is_coded(c));
}

const char *
column_contradiction(const struct column *a, const struct column *b)
{
	struct column same = *b;

	if (a->kind == COLUMN_UNDECLARED || b->kind == COLUMN_UNDECLARED) {
		/* A unit that one owner alone has may be one that he brought his numbers to. */
		if ((a->unit != NULL) != (b->unit != NULL))
			return ("unit");
		return ((a->kind != b->kind && (column_is_coded(a) || column_is_coded(b))) ?
		    "kind" : NULL);
	}
	same.exponent = a->exponent;
	same.distinct = a->distinct;
	same.low = a->low;
	same.high = a->high;
	return (column_difference(a, &same));
}

bool
column_same_key(const struct column *a, const struct column *b)
{

	return (a->kind == COLUMN_KEY && column_difference(a, b) == NULL);
}

/* Append ${piece}, as far as there is room. */
static void
append_shown(char text[static COLUMN_SHOWN_BYTES], const char *piece)
{
	size_t used = strlen(text);

	snprintf(text + used, COLUMN_SHOWN_BYTES - used, "%s", piece);
}

void
column_show(char text[static COLUMN_SHOWN_BYTES], const struct column *c, const char *what)
{
	size_t k;

	text[0] = '\0';
	if (strcmp(what, "kind") == 0)
		append_shown(text, column_kind_name(c->kind));
	else if (strcmp(what, "of") == 0)
		append_shown(text, (c->of != NULL) ? c->of : "none");
	else if (strcmp(what, "missing") == 0)
		append_shown(text, !c->missing ? "none" : c->median ?
		    "may be missing, for which the median stands" : "may be missing");
	else if (strcmp(what, "match") == 0)
		append_shown(text, key_match_name(c->match));
	else if (strcmp(what, "distinct") == 0)
		append_shown(text, c->distinct ? "no key comes twice" : "keys may come twice");
	else if (strcmp(what, "values") != 0 || c->n_values == 0)
		append_shown(text, (c->unit != NULL) ? c->unit : "none");
	for (k = 0; strcmp(what, "values") == 0 && k < c->n_values; k++) {
		append_shown(text, (k > 0) ? ", '" : "'");
		append_shown(text, c->values[k]);
		append_shown(text, "'");
	}
}

/* ---- JSON ---- */

bool
column_has_range(const struct column *c)
{

	return (c->low != INT64_MIN || c->high != INT64_MAX);
}

static json_t *
range_json(const struct column *c)
{
	char low[RANGE_BYTES], high[RANGE_BYTES];

	snprintf(low, sizeof(low), "%" PRId64, c->low);
	snprintf(high, sizeof(high), "%" PRId64, c->high);
	return (json_strings((const char *const[]){ low, high }, 2));
}

int
column_set_unit(struct column *c, const char *unit)
{

	free(c->unit);
	return (((c->unit = mem_copy_string(unit, strlen(unit))) == NULL) ? -1 : 0);
}

void
column_hash(struct hash *h, const struct column *c)
{
	size_t i;

	hash_u64(h, c->kind);
	hash_u64(h, (uint64_t)c->low);
	hash_u64(h, (uint64_t)c->high);
	hash_u64(h, (uint64_t)(int64_t)c->exponent);
	hash_u64(h, c->supposed);
	hash_u64(h, (uint64_t)c->missing + c->median);
	if (c->kind == COLUMN_KEY) {
		hash_u64(h, c->match);
		hash_u64(h, c->distinct);
	}
	hash_string(h, (c->unit != NULL) ? c->unit : "");
	hash_string(h, (c->of != NULL) ? c->of : "");
	hash_u64(h, c->n_values);
	for (i = 0; i < c->n_values; i++)
		hash_string(h, c->values[i]);
}

json_t *
column_json(const struct column *c)
{
	json_t *o;

	if (c->kind == COLUMN_UNDECLARED && c->supposed == 0)
		return (json_null());
	if ((o = json_object()) == NULL)
		return (NULL);
	if ((c->kind != COLUMN_UNDECLARED &&
	    json_object_set_new(o, "kind", json_string(kinds[c->kind].name)) == -1) ||
	    (c->supposed != 0 &&
	    json_object_set_new(o, "supposed", json_integer(c->supposed)) == -1) ||
	    (column_has_range(c) && json_object_set_new(o, "range", range_json(c)) == -1) ||
	    (c->exponent != 0 &&
	    json_object_set_new(o, "exponent", json_integer(c->exponent)) == -1) ||
	    (c->missing && json_object_set_new(o, "missing", c->median ? json_string("median") :
	    json_true()) == -1) ||
	    (c->kind == COLUMN_KEY &&
	    json_object_set_new(o, "match", json_string(key_match_name(c->match))) == -1) ||
	    (c->distinct && json_object_set_new(o, "distinct", json_true()) == -1) ||
	    (c->unit != NULL && json_object_set_new(o, "unit", json_string(c->unit)) == -1) ||
	    (c->of != NULL && json_object_set_new(o, "of", json_string(c->of)) == -1) ||
	    (c->n_values > 0 && json_object_set_new(o, "values",
	    json_strings((const char *const *)c->values, c->n_values)) == -1)) {
		json_decref(o);
		return (NULL);
	}
	return (o);
}

/* Nothing may be known of a column but what is supposed. */
static int
decode_kind(struct decoder *d, struct column *c)
{
	const char *s;
	size_t i;

	if (string_field(d, "kind", c->supposed != 0, &s) == -1)
		return (-1);
	if (s == NULL)
		return (0);
	for (i = COLUMN_NUMBER; i < N_KINDS && strcmp(s, kinds[i].name) != 0; i++)
		continue;
	if (i == N_KINDS)
		return (bad_field(d, "kind", "is not a kind of column"));
	c->kind = (enum column_kind)i;
	return (0);
}

/* A signed word in decimal digits: without +, leading zeros or -0. */
static int
parse_bound(const char *s, int64_t *bound)
{
	bool negative = (s[0] == '-');
	const char *digits = s + (negative ? 1 : 0);
	uint64_t v;

	if ((digits[0] == '0' && (negative || digits[1] != '\0')) ||
	    num_parse(digits, 0, negative ? (uint64_t)1 << 63 : (uint64_t)INT64_MAX, &v) == -1)
		return (-1);
	*bound = negative ? -(int64_t)(v - 1) - 1 : (int64_t)v;
	return (0);
}

static int
decode_range(struct decoder *d, struct column *c)
{
	const json_t *v;
	const char *low, *high;

	if (field(d, "range", true, &v) == -1)
		return (-1);
	if (v == NULL)
		return (0);
	low = json_string_value(json_array_get(v, 0));
	high = json_string_value(json_array_get(v, 1));
	if (json_array_size(v) != 2 || low == NULL || high == NULL ||
	    parse_bound(low, &c->low) == -1 || parse_bound(high, &c->high) == -1 ||
	    c->low > c->high || !column_has_range(c))
		return (bad_field(d, "range", "is not [least word, largest word]"));
	return (0);
}

static int
decode_exponent(struct decoder *d, struct column *c)
{
	const json_t *v;
	json_int_t e;

	if (field(d, "exponent", true, &v) == -1)
		return (-1);
	if (v == NULL)
		return (0);
	e = json_integer_value(v);
	if (!json_is_integer(v) || e == 0 || e < -COLUMN_MAX_EXPONENT || e > COLUMN_MAX_EXPONENT)
		return (bad_field(d, "exponent", "is out of range"));
	c->exponent = (int)e;
	return (0);
}

static int
decode_supposed(struct decoder *d, struct column *c)
{
	const json_t *v;
	json_int_t bits;

	if (field(d, "supposed", true, &v) == -1)
		return (-1);
	if (v == NULL)
		return (0);
	bits = json_integer_value(v);
	if (!json_is_integer(v) || bits <= COLUMN_SUPPOSED_BITS || bits > 63)
		return (bad_field(d, "supposed", "is out of range"));
	c->supposed = (unsigned)bits;
	return (0);
}

/* A text of its own, of at most ${most} bytes; NULL where it is absent. */
static int
decode_text(struct decoder *d, const char *key, size_t most, char **text)
{
	const char *s;

	if (string_field(d, key, true, &s) == -1)
		return (-1);
	if (s != NULL && !text_valid(s, strlen(s), most))
		return (bad_field(d, key, "is not a valid name"));
	return (copy_text(text, s));
}

/* A value may be any text that a name may be, and the empty one. */
static bool
value_valid(const char *s, size_t bytes)
{

	return (bytes == 0 || text_valid(s, bytes, COLUMN_MAX_VALUE_BYTES));
}

static int
decode_values(struct decoder *d, struct column *c)
{
	const json_t *v;

	if (field(d, "values", true, &v) == -1)
		return (-1);
	if (v != NULL && strings_field(d, "values", v, value_valid, &c->values, &c->n_values) == -1)
		return (-1);
	if ((v != NULL && c->n_values == 0) || c->n_values < kinds[c->kind].least_values ||
	    c->n_values > kinds[c->kind].most_values)
		return (bad_field(d, "values", "are not as many as the kind has"));
	return (0);
}

static int
check_kind(const struct decoder *d, const struct column *c)
{
	const struct kind *kind = &kinds[c->kind];

	if ((c->of != NULL) != kind->of && !kind->may_of)
		return (bad_field(d, "of", kind->of ? "is missing" :
		    "does not belong to this kind"));
	if (c->kind == COLUMN_NUMBER && c->n_values > 0 && c->of == NULL)
		return (bad_field(d, "values", "are of no column"));
	if (!kind->scaled && (c->exponent != 0 || c->unit != NULL))
		return (bad_field(d, (c->unit != NULL) ? "unit" : "exponent",
		    "does not belong to this kind"));
	if (c->supposed != 0 && column_has_range(c))
		return (bad_field(d, "supposed", "does not belong to a column with a range"));
	if (!kind->sparse && c->missing)
		return (bad_field(d, "missing", "does not belong to this kind"));
	if (kind->matches && (column_has_range(c) || c->supposed != 0))
		return (bad_field(d, column_has_range(c) ? "range" : "supposed",
		    "does not belong to this kind"));
	return (0);
}

/* A field that is true, or absent. */
static int
decode_true(struct decoder *d, const char *key, bool *value)
{
	const json_t *v;

	if (field(d, key, true, &v) == -1)
		return (-1);
	if (v != NULL && !json_is_true(v))
		return (bad_field(d, key, "is not true"));
	*value = (v != NULL);
	return (0);
}

/* true, or what stands for what is missing. */
static int
decode_missing(struct decoder *d, struct column *c)
{
	const json_t *v;

	if (field(d, "missing", true, &v) == -1)
		return (-1);
	c->median = (v != NULL && json_is_string(v) &&
	    strcmp(json_string_value(v), "median") == 0);
	if (v != NULL && !json_is_true(v) && !c->median)
		return (bad_field(d, "missing", "is neither true nor \"median\""));
	c->missing = (v != NULL);
	return (0);
}

/* What is said of keys, and of nothing else. */
static int
decode_key(struct decoder *d, struct column *c)
{
	bool is_key = kinds[c->kind].matches;
	const char *s;

	if (string_field(d, "match", !is_key, &s) == -1 ||
	    decode_true(d, "distinct", &c->distinct) == -1)
		return (-1);
	if (!is_key && (s != NULL || c->distinct))
		return (bad_field(d, (s != NULL) ? "match" : "distinct",
		    "does not belong to this kind"));
	return ((is_key && !key_match_find(s, strlen(s), &c->match)) ?
	    bad_field(d, "match", "is none of text, nocase, digits and alnum") : 0);
}

int
column_decode(struct column *c, const json_t *v, const char *where)
{
	struct decoder d = { .root = v, .where = where };

	column_init(c);
	if (json_is_null(v))
		return (0);
	if (!json_is_object(v))
		return (bad_field(&d, "about", "holds something that is no column"));
	return ((decode_supposed(&d, c) == -1 || decode_kind(&d, c) == -1 ||
	    decode_range(&d, c) == -1 ||
	    decode_exponent(&d, c) == -1 || decode_missing(&d, c) == -1 ||
	    decode_key(&d, c) == -1 ||
	    decode_text(&d, "unit", COLUMN_MAX_UNIT_BYTES, &c->unit) == -1 ||
	    decode_text(&d, "of", COLUMN_MAX_VALUE_BYTES, &c->of) == -1 ||
	    decode_values(&d, c) == -1 || check_kind(&d, c) == -1) ? -1 : refuse_unknown(&d));
}
