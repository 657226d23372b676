#include "data/fields_internal.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

int
field(struct decoder *d, const char *key, bool optional, const json_t **value)
{

	if (d->n_known < DECODER_FIELDS)
		d->known[d->n_known++] = key;
	*value = json_object_get(d->root, key);
	if (*value == NULL && !optional)
		return (fail(ST_FAILED, "%s: header: field '%s' is missing", d->where, key));
	return (0);
}

int
bad_field(const struct decoder *d, const char *key, const char *what)
{

	return (fail(ST_FAILED, "%s: header: field '%s': %s", d->where, key, what));
}

int
string_field(struct decoder *d, const char *key, bool optional, const char **s)
{
	const json_t *v;

	*s = NULL;
	if (field(d, key, optional, &v) == -1)
		return (-1);
	if (v == NULL)
		return (0);
	if (!json_is_string(v) || strlen(json_string_value(v)) != json_string_length(v))
		return (bad_field(d, key, "is not a string without NUL"));
	*s = json_string_value(v);
	return (0);
}

int
number_field(struct decoder *d, const char *key, uint64_t min, uint64_t max, int64_t absent,
    uint64_t *out)
{
	const json_t *v;
	json_int_t i;

	if (field(d, key, absent >= 0, &v) == -1)
		return (-1);
	if (v == NULL) {
		*out = (uint64_t)absent;
		return (0);
	}
	if (!json_is_integer(v))
		return (bad_field(d, key, "is not a whole number"));
	i = json_integer_value(v);
	if (i < 0 || (uint64_t)i < min || (uint64_t)i > max)
		return (bad_field(d, key, "is out of range"));
	*out = (uint64_t)i;
	return (0);
}

int
strings_field(struct decoder *d, const char *key, const json_t *v, bool (*valid)(const char *,
    size_t), char ***out, size_t *count)
{
	const json_t *s;
	json_t *seen;
	size_t i, n;
	int rc = -1;

	if (!json_is_array(v))
		return (bad_field(d, key, "is not an array"));
	n = json_array_size(v);
	if ((*out = mem_array(n, sizeof(**out))) == NULL)
		return (-1);
	*count = n;
	if ((seen = json_object()) == NULL)
		return (fail(ST_FAILED, "out of memory"));
	for (i = 0; i < n; i++) {
		s = json_array_get(v, i);
		if (!json_is_string(s) || !valid(json_string_value(s), json_string_length(s))) {
			bad_field(d, key, "holds something that is not a valid name");
			goto out;
		}
		if (json_object_get(seen, json_string_value(s)) != NULL) {
			bad_field(d, key, "holds the same name twice");
			goto out;
		}
		if (((*out)[i] = mem_copy_string(json_string_value(s), json_string_length(s))) ==
		    NULL)
			goto out;
		if (json_object_set_new(seen, (*out)[i], json_true()) == -1) {
			fail(ST_FAILED, "out of memory");
			goto out;
		}
	}
	rc = 0;
out:
	json_decref(seen);
	return (rc);
}

int
refuse_unknown(const struct decoder *d)
{
	const char *key;
	json_t *value;
	size_t i;

	/* jansson's iteration takes a mutable object, but does not change it. */
	json_object_foreach((json_t *)(uintptr_t)d->root, key, value) {
		for (i = 0; i < d->n_known && strcmp(key, d->known[i]) != 0; i++)
			continue;
		if (i == d->n_known)
			return (fail(ST_FAILED, "%s: header: unknown field '%.64s'", d->where,
			    key));
	}
	return (0);
}
