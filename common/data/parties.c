#include "data/parties.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/near.h"
#include "base/num.h"
#include "data/part.h"

#define HOST_MAX 253
#define LABEL_MAX 63
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const role_names[] = { "dealer", "computing", "owner", "receiver" };

/* What messages begin with: the file and, if there is one, the entry. */
struct place {
	const char *file;
	size_t entry;     /* from 1; 0: the file itself */
	const char *name; /* NULL: not known yet */
	char text[512];
};

static const char *
where(struct place *at)
{

	if (at->entry == 0)
		snprintf(at->text, sizeof(at->text), "%.400s", at->file);
	else if (at->name == NULL)
		snprintf(at->text, sizeof(at->text), "%.400s: entry %zu", at->file, at->entry);
	else
		snprintf(at->text, sizeof(at->text), "%.400s: entry %zu (%s)", at->file, at->entry,
		    at->name);
	return (at->text);
}

static int
bad_entry(struct place *at, const char *field, const char *what)
{

	return (fail(ST_FAILED, "%s: field '%s': %s", where(at), field, what));
}

/* ---- fields ---- */

/* Refuse a field that is not in the list. */
static int
check_fields(const json_t *object, struct place *at, const char *const *known, size_t count)
{
	const char *key, *meant;
	json_t *value;
	size_t i;

	/* jansson's iteration takes a mutable object, but does not change it. */
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		for (i = 0; i < count && strcmp(key, known[i]) != 0; i++)
			continue;
		if (i < count)
			continue;
		if ((meant = near_match(key, known, count)) != NULL)
			return (fail(ST_FAILED, "%s: unknown field '%.64s'; did you mean '%s'?",
			    where(at), key, meant));
		return (fail(ST_FAILED, "%s: unknown field '%.64s'", where(at), key));
	}
	return (0);
}

/* Get a string; absent is an error unless ${optional}, and then *s is NULL. */
static int
entry_string(const json_t *object, struct place *at, const char *field, int optional,
    const char **s)
{
	const json_t *v = json_object_get(object, field);

	*s = NULL;
	if (v == NULL && optional)
		return (0);
	if (v == NULL)
		return (fail(ST_FAILED, "%s: field '%s' is missing", where(at), field));
	/* Without JSON_ALLOW_NUL no string holds a NUL. */
	if (!json_is_string(v))
		return (bad_entry(at, field, "is not a string"));
	*s = json_string_value(v);
	return (0);
}

static int
parse_name(const json_t *entry, struct place *at, struct party *party)
{
	const char *s;

	if (entry_string(entry, at, "name", 0, &s) == -1)
		return (-1);
	if (strcmp(s, "all") == 0)
		return (bad_entry(at, "name", "\"all\" means everybody"));
	if (!name_valid(s))
		return (bad_entry(at, "name", "must be 1 to 64 of A-Z a-z 0-9 _ -, a letter or "
		    "digit first"));
	strcpy(party->name, s);
	at->name = party->name;
	return (0);
}

static int
parse_role(const json_t *entry, struct place *at, struct party *party)
{
	const char *s, *meant;
	size_t i;

	if (entry_string(entry, at, "role", 0, &s) == -1)
		return (-1);
	for (i = 0; i < COUNT(role_names) && strcmp(s, role_names[i]) != 0; i++)
		continue;
	if (i < COUNT(role_names)) {
		party->role = (enum party_role)i;
		return (0);
	}
	if ((meant = near_match(s, role_names, COUNT(role_names))) != NULL)
		return (fail(ST_FAILED, "%s: field 'role': unknown role '%.64s'; did you mean "
		    "'%s'?", where(at), s, meant));
	return (fail(ST_FAILED, "%s: field 'role': unknown role '%.64s'; roles are dealer, "
	    "computing, owner, receiver", where(at), s));
}

static int
parse_key(const json_t *entry, struct place *at, struct party *party)
{
	char field[sizeof(at->text) + 16];
	const char *s;

	if (entry_string(entry, at, "key", 0, &s) == -1)
		return (-1);
	snprintf(field, sizeof(field), "%s: field 'key'", where(at));
	return (identity_public_parse(s, field, party->key));
}

/* ---- addresses ---- */

/*
 * A domain name: labels of letters, digits, inner hyphens, and underscores, which container
 * networks use.
 */
static int
is_domain(const char *host)
{
	const char *end;
	size_t i, len;

	for (;; host = end + 1) {
		len = strcspn(host, ".");
		end = host + len;
		if (len < 1 || len > LABEL_MAX || host[0] == '-' || host[len - 1] == '-')
			return (0);
		for (i = 0; i < len; i++) {
			if (!name_letter(host[i]) && host[i] != '-' && host[i] != '_')
				return (0);
		}
		if (end[0] == '\0')
			return (1);
	}
}

/* A name whose last label is a number would be taken for an IPv4 address, so it has to be one. */
static int
is_host(const char *host)
{
	const char *dot = strrchr(host, '.'), *last = (dot != NULL) ? dot + 1 : host;
	struct in_addr a;

	if (last[strspn(last, "0123456789")] == '\0')
		return (inet_pton(AF_INET, host, &a) == 1);
	return (is_domain(host));
}

/* Cut "host:port" or "[v6]:port" in two. */
static int
cut_address(const char *s, struct place *at, char host[static HOST_MAX + 1], const char **port)
{
	const char *begin = (s[0] == '[') ? s + 1 : s, *end = strrchr(s, (s[0] == '[') ? ']' : ':');
	struct in6_addr a;
	size_t len;

	if (s[0] != '[' && end != NULL && strchr(s, ':') != end)
		return (bad_entry(at, "address", "an IPv6 address needs brackets, as in "
		    "[2001:db8::1]:7000"));
	if (end == NULL || (s[0] == '[' && end[1] != ':'))
		return (bad_entry(at, "address", "must be host:port, as in mpc.example.org:7000"));
	len = (size_t)(end - begin);
	if (len < 1 || len > HOST_MAX)
		return (bad_entry(at, "address", "the host must have 1 to 253 characters"));
	memcpy(host, begin, len);
	host[len] = '\0';
	if (s[0] == '[' && inet_pton(AF_INET6, host, &a) != 1)
		return (bad_entry(at, "address", "no IPv6 address between the brackets"));
	if (s[0] != '[' && !is_host(host))
		return (bad_entry(at, "address",
		    "the host is neither a domain name nor an IP address"));
	*port = end + ((s[0] == '[') ? 2 : 1);
	return (0);
}

static int
parse_address(const json_t *entry, struct place *at, struct party *party)
{
	char host[HOST_MAX + 1];
	const char *s, *port = "";
	uint64_t v;

	if (entry_string(entry, at, "address", 1, &s) == -1)
		return (-1);
	if (s == NULL)
		return (0);
	if (cut_address(s, at, host, &port) == -1)
		return (-1);
	if (port[0] == '0' || num_parse(port, 1, 65535, &v) == -1)
		return (bad_entry(at, "address", "the port must be a number from 1 to 65535"));
	if ((party->host = mem_copy_string(host, strlen(host))) == NULL)
		return (-1);
	party->port = (uint16_t)v;
	return (0);
}

/* ---- entries ---- */

/* Compare a new entry with those before it. */
static int
check_unique(const struct parties *p, struct place *at, const struct party *party)
{
	const struct party *other;

	if ((other = parties_find(p, party->name)) != NULL)
		return (fail(ST_FAILED, "%s: field 'name': entry %zu has the same name", where(at),
		    (size_t)(other - p->entries) + 1));
	if ((other = parties_find_key(p, party->key)) != NULL)
		return (fail(ST_FAILED, "%s: field 'key': entry %zu (%s) has the same key; every "
		    "party needs its own", where(at), (size_t)(other - p->entries) + 1,
		    other->name));
	if (party->role == PARTY_DEALER && (other = parties_dealer(p)) != NULL)
		return (fail(ST_FAILED, "%s: field 'role': a second dealer; entry %zu (%s) is the "
		    "dealer", where(at), (size_t)(other - p->entries) + 1, other->name));
	return (0);
}

static int
parse_entry(struct parties *p, const json_t *entry, struct place *at)
{
	static const char *const fields[] = { "name", "role", "key", "address" };
	struct party *party = &p->entries[p->count];
	int rc = -1;

	if (!json_is_object(entry))
		return (fail(ST_FAILED, "%s: must be an object with name, role and key",
		    where(at)));
	if (parse_name(entry, at, party) == 0 &&
	    check_fields(entry, at, fields, COUNT(fields)) == 0 &&
	    parse_role(entry, at, party) == 0 && parse_key(entry, at, party) == 0 &&
	    parse_address(entry, at, party) == 0 && check_unique(p, at, party) == 0)
		rc = 0;
	p->count++; /* from here on parties_free frees it */
	return (rc);
}

static int
check_computing(const struct parties *p, struct place *at)
{
	size_t i, count = 0, last = 0;

	for (i = 0; i < p->count; i++) {
		if (p->entries[i].role == PARTY_COMPUTING) {
			count++;
			last = i;
		}
	}
	if (count != 1 && count <= PARTIES_COMPUTING_MAX)
		return (0);
	at->entry = last + 1;
	at->name = p->entries[last].name;
	if (count == 1)
		return (bad_entry(at, "role", "the only computing party; there must be at least 2, "
		    "or none"));
	return (fail(ST_FAILED, "%s: field 'role': the file has %zu computing parties; there can "
	    "be at most %d", where(at), count, PARTIES_COMPUTING_MAX));
}

static int
parse_entries(struct parties *p, const json_t *entries, struct place *at)
{
	size_t i, n = json_array_size(entries);

	if (!json_is_array(entries) || n < 1 || n > PARTIES_MAX)
		return (bad_entry(at, "parties", "must be an array of 1 to 256 entries"));
	if ((p->entries = mem_array(n, sizeof(*p->entries))) == NULL)
		return (-1);
	for (i = 0; i < n; i++) {
		at->entry = i + 1;
		at->name = NULL;
		if (parse_entry(p, json_array_get(entries, i), at) == -1)
			return (-1);
	}
	return (check_computing(p, at));
}

static int
parse_file(struct parties *p, const json_t *root)
{
	static const char *const fields[] = { "version", "parties" };
	struct place at = { .file = p->file };
	const json_t *version, *entries;

	if (!json_is_object(root))
		return (fail(ST_FAILED, "%s: not a parties file: is not an object", where(&at)));
	/* A later version may have other fields, so its number comes first. */
	if ((version = json_object_get(root, "version")) == NULL)
		return (fail(ST_FAILED, "%s: field 'version' is missing", where(&at)));
	if (!json_is_integer(version) || json_integer_value(version) != 1)
		return (bad_entry(&at, "version", "must be 1"));
	if (check_fields(root, &at, fields, COUNT(fields)) == -1)
		return (-1);
	if ((entries = json_object_get(root, "parties")) == NULL)
		return (fail(ST_FAILED, "%s: field 'parties' is missing", where(&at)));
	return (parse_entries(p, entries, &at));
}

struct parties *
parties_load_memory(const char *data, size_t bytes, const char *name)
{
	struct parties *p;
	json_error_t error;
	json_t *root = NULL;
	int rc = -1;

	if ((p = mem_array(1, sizeof(*p))) == NULL)
		return (NULL);
	if ((p->file = mem_copy_string(name, strlen(name))) == NULL)
		goto out;
	if (bytes > PARTIES_FILE_MAX) {
		fail(ST_FAILED, "%s: larger than %zu bytes", name, PARTIES_FILE_MAX);
		goto out;
	}
	hash_once(p->digest, data, bytes);
	/* Where a name is given twice, readers differ in which one they take: refused. */
	if ((root = json_loadb(data, bytes, JSON_REJECT_DUPLICATES, &error)) == NULL)
		fail(ST_FAILED, "%s: line %d, column %d: %s; is this a parties file?", name,
		    error.line, error.column, error.text);
	else
		rc = parse_file(p, root);
out:
	json_decref(root);
	if (rc == 0)
		return (p);
	parties_free(p);
	return (NULL);
}

struct parties *
parties_load(const char *path)
{
	struct parties *p;
	size_t bytes;
	char *data;

	if (io_read_file(path, PARTIES_FILE_MAX, &data, &bytes) == -1)
		return (NULL);
	p = parties_load_memory(data, bytes, (strcmp(path, "-") == 0) ? "standard input" : path);
	free(data);
	return (p);
}

void
parties_free(struct parties *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->count; i++)
		free(p->entries[i].host);
	free(p->entries);
	free(p->file);
	free(p);
}

/* ---- looking up ---- */

const struct party *
parties_find(const struct parties *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (strcmp(p->entries[i].name, name) == 0)
			return (&p->entries[i]);
	}
	return (NULL);
}

/* No name is like it: say which there are, as many as fit a line. */
static void
fail_with_names(const struct parties *p, const char *name, enum status status)
{
	struct buf names = { NULL, 0, 0 };
	size_t i;
	int rc = 0;

	for (i = 0; i < p->count && names.len < 100 && rc == 0; i++) {
		if ((rc = buf_string(&names, (i > 0) ? ", " : "")) == 0)
			rc = buf_string(&names, p->entries[i].name);
	}
	if (rc == 0)
		fail(status, "%s: no party is named '%.64s'; there are %.*s%s", p->file, name,
		    (int)names.len, names.data, (i < p->count) ? ", ..." : "");
	buf_free(&names);
}

const struct party *
parties_require(const struct parties *p, const char *name, enum status status)
{
	const struct party *party = parties_find(p, name);
	const char *names[PARTIES_MAX], *meant;
	size_t i;

	if (party != NULL)
		return (party);
	for (i = 0; i < p->count; i++)
		names[i] = p->entries[i].name;
	if ((meant = near_match(name, names, p->count)) != NULL)
		fail(status, "%s: no party is named '%.64s'; did you mean '%s'?", p->file, name,
		    meant);
	else
		fail_with_names(p, name, status);
	return (NULL);
}

const struct party *
parties_find_key(const struct parties *p, const uint8_t key[static IDENTITY_KEY_BYTES])
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (memcmp(p->entries[i].key, key, IDENTITY_KEY_BYTES) == 0)
			return (&p->entries[i]);
	}
	return (NULL);
}

const struct party *
parties_dealer(const struct parties *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (p->entries[i].role == PARTY_DEALER)
			return (&p->entries[i]);
	}
	return (NULL);
}

size_t
parties_sharing(const struct parties *p, const struct party *list[static PARTIES_SHARING_MAX])
{
	size_t i, n = 0;

	if ((list[0] = parties_dealer(p)) != NULL)
		n = 1;
	for (i = 0; i < p->count; i++) {
		if (p->entries[i].role == PARTY_COMPUTING)
			list[n++] = &p->entries[i];
	}
	return (n);
}

const uint8_t *
parties_digest(const struct parties *p)
{

	return (p->digest);
}

const char *
party_role_name(enum party_role role)
{

	return (role_names[role]);
}
