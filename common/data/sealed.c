#include "data/sealed.h"

#include <string.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/names.h"
#include "data/part.h"

int
sealed_header_build(const char *from, const char *to, struct buf *json)
{

	/* Names need no escapes; the order of the fields is that of RFC 8785. */
	if (!name_valid(from) || !name_valid(to))
		return (fail(ST_FAILED, "%.64s: not a name of a party", name_valid(from) ? to :
		    from));
	if (buf_string(json, "{\"from\":\"") == -1 || buf_string(json, from) == -1 ||
	    buf_string(json, "\",\"kind\":\"sealed\",\"to\":\"") == -1 ||
	    buf_string(json, to) == -1 || buf_string(json, "\"}") == -1)
		return (-1);
	return (0);
}

/* Copy the party's name in field ${key}. */
static int
party_field(const json_t *root, const char *key, const char *where,
    char name[static PARTY_NAME_BYTES + 1])
{
	const json_t *v = json_object_get(root, key);

	if (v == NULL)
		return (fail(ST_FAILED, "%s: sealed header: field '%s' is missing", where, key));
	if (!json_is_string(v) || strlen(json_string_value(v)) != json_string_length(v) ||
	    !name_valid(json_string_value(v)))
		return (fail(ST_FAILED, "%s: sealed header: field '%s' is not the name of a party",
		    where, key));
	strcpy(name, json_string_value(v));
	return (0);
}

static int
parse_fields(const json_t *root, const char *where, struct sealed_header *h)
{
	const char *kind;

	if (!json_is_object(root))
		return (fail(ST_FAILED, "%s: sealed header is not a JSON object", where));
	kind = json_string_value(json_object_get(root, "kind"));
	if (kind == NULL || strcmp(kind, "sealed") != 0)
		return (fail(ST_FAILED, "%s: sealed header: field 'kind' is not \"sealed\"",
		    where));
	if (party_field(root, "from", where, h->from) == -1 ||
	    party_field(root, "to", where, h->to) == -1)
		return (-1);
	if (json_object_size(root) != 3)
		return (fail(ST_FAILED, "%s: sealed header has fields other than 'from', 'kind' "
		    "and 'to'", where));
	return (0);
}

int
sealed_header_parse(const void *data, size_t bytes, const char *where, struct sealed_header *h)
{
	json_error_t error;
	json_t *root;
	int rc;

	memset(h, 0, sizeof(*h));
	if ((root = json_loadb(data, bytes, JSON_REJECT_DUPLICATES, &error)) == NULL)
		return (fail(ST_FAILED, "%s: sealed header: %s", where, error.text));
	rc = parse_fields(root, where, h);
	json_decref(root);
	return (rc);
}
