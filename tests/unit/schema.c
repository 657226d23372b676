/*
 * Schemas: what a file may say and what not, the digest against one that was computed elsewhere,
 * and what becomes of two drafts.
 */

#include "data/schema.h"

#include "base/diag.h"
#include "base/hex.h"
#include "data/schema_lists.h"
#include "data/schema_merge.h"

#include "catch.h"
#include "tap.h"

#define FILE_OF(columns) "{\"version\": 1, \"columns\": [" columns "]}"
#define NUMBER "{\"name\": \"n\", \"kind\": \"number\", \"range\": [\"0\", \"10\"]"
#define CATEGORY "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\", \"b\", \"z\"]"
#define CLASS "{\"name\": \"k\", \"kind\": \"class\", \"values\": [\"no\", \"yes\"]"

static struct schema *
load(const char *text)
{

	return (schema_load_memory(text, strlen(text), "t"));
}

/* ---- files ---- */

static const char *const good[] = {
	FILE_OF(NUMBER "}"),
	FILE_OF(NUMBER ", \"unit\": \"\xc2\xb5V\", \"na\": \"mean\", \"na_indicator\": true}"),
	FILE_OF(NUMBER ", \"na\": {\"value\": \"3\"}}"),
	FILE_OF(NUMBER ", \"na\": \"error\", \"na_indicator\": false}"),
	FILE_OF(CATEGORY ", \"other\": true, \"baseline\": \"b\", \"na\": {\"value\": \"a\"}}"),
	FILE_OF("{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"\", \"a,b\", \" \"]}"),
	FILE_OF(CLASS ", \"na\": \"drop\"}"),
	FILE_OF("{\"name\": \"d\", \"kind\": \"date\", \"na\": {\"value\": \"2026-11-29\"}}"),
	FILE_OF("{\"kind\": \"key\", \"name\": \"a,b=c\"}, " NUMBER "}"),
	"{\"version\": 1, \"columns\": [" NUMBER "}], \"dialect\": \"own\"}",
	("{\"dialect\": {\"decimal\": \",\", \"na_text\": [\"a,b\"], \"delimiter\": \"\\t\"}, "
	    "\"columns\": [{\"name\": \"x\", \"kind\": \"ignore\"}], \"version\": 1}"),
};

static const struct {
	const char *text, *says;
} bad[] = {
	{ "", "is this a schema?" },
	{ "[]", "is not a schema" },
	{ "{}", "field 'version' is missing" },
	{ "{\"version\": 2, \"more\": 1}", "field 'version': must be 1" },
	{ "{\"version\": 1}", "field 'columns'" },
	{ "{\"version\": 1, \"columns\": {}}", "field 'columns'" },
	{ FILE_OF(""), "1 to 524288 columns" },
	{ FILE_OF("7"), "column 1: is not an object" },
	{ FILE_OF("{\"kind\": \"key\"}"), "column 1: field 'name' is missing" },
	{ FILE_OF("{\"name\": \"\", \"kind\": \"key\"}"), "the name of column 1 is empty" },
	{ FILE_OF("{\"name\": \"a\\nb\", \"kind\": \"key\"}"), "control character" },
	{ FILE_OF("{\"name\": \"a\\u0000b\", \"kind\": \"key\"}"), "is this a schema?" },
	{ FILE_OF("{\"name\": \"a\"}"), "field 'kind' is missing" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"nmuber\"}"), "did you mean 'number'?" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"real\"}"), "kinds are number, category" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"key\", \"kind\": \"key\"}"), "duplicate" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"number\"}"), "field 'range' is missing" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"number\", \"range\": [0, 1]}"), "as strings" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"number\", \"range\": [\"0\"]}"), "two numbers" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"number\", \"range\": [\"0\", \"inf\"]}"), "two" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"number\", \"range\": [\"1\", \"1\"]}"), "larger" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"key\", \"range\": [\"0\", \"1\"]}"), "alone" },
	{ FILE_OF(NUMBER ", \"unit\": \"\"}"), "field unit" },
	{ FILE_OF(NUMBER ", \"values\": [\"a\"]}"), "values: do not belong" },
	{ FILE_OF(NUMBER ", \"baseline\": \"a\"}"), "baseline: belongs to a category" },
	{ FILE_OF(NUMBER ", \"na\": {\"value\": \"11\"}}"), "no number within the range" },
	{ FILE_OF(NUMBER ", \"na\": {\"value\": \"x\"}}"), "no number within the range" },
	{ FILE_OF(NUMBER ", \"na\": {}}"), "field 'na'" },
	{ FILE_OF(NUMBER ", \"na\": {\"value\": \"1\", \"more\": 1}}"), "unknown field 'more'" },
	{ FILE_OF(NUMBER ", \"na\": \"middle\"}"), "field 'na'" },
	{ FILE_OF(NUMBER ", \"na\": 7}"), "field 'na'" },
	{ FILE_OF(NUMBER ", \"na_indicator\": true}"), "left out or refused" },
	{ FILE_OF(NUMBER ", \"na_indicator\": 1}"), "neither true nor false" },
	{ FILE_OF(NUMBER ", \"nna\": \"drop\"}"), "unknown field 'nna'; did you mean 'na'?" },
	{ FILE_OF(CATEGORY ", \"na\": \"mean\"}"), "only numbers have a mean" },
	{ FILE_OF(CATEGORY ", \"na\": {\"value\": \"d\"}}"), "none of the column's values" },
	{ FILE_OF(CATEGORY ", \"baseline\": \"d\"}"), "baseline: is none" },
	{ FILE_OF(CATEGORY ", \"unit\": \"kg\"}"), "unit: belongs to a number" },
	{ FILE_OF("{\"name\": \"c\", \"kind\": \"category\"}"), "values: there are none" },
	{ FILE_OF("{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\", \"a\"]}"),
	    "'a' is there twice" },
	{ FILE_OF("{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\\tb\"]}"),
	    "control character" },
	{ FILE_OF("{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\", 1]}"),
	    "not a string" },
	{ FILE_OF("{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\"], "
	    "\"baseline\": \"a\"}"), "the only value" },
	{ FILE_OF(CLASS ", \"other\": true}"), "other: belongs to a category" },
	{ FILE_OF("{\"name\": \"k\", \"kind\": \"class\", \"values\": [\"a\"]}"), "two at least" },
	{ FILE_OF("{\"name\": \"d\", \"kind\": \"date\", \"na\": {\"value\": \"2026\"}}"), "date" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"ignore\", \"na\": \"drop\"}"), "this kind" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"key\", \"na\": \"mean\"}"), "only numbers" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"key\", \"na\": {\"value\": \"x\"}}"),
	    "no value stands in for a key" },
	{ FILE_OF(NUMBER ", \"na\": \"unique\"}"), "of a key alone" },
	{ FILE_OF(NUMBER ", \"match\": \"text\"}"), "'match': belongs to a key alone" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"key\", \"match\": \"TEXT\"}"), "is none of" },
	{ FILE_OF("{\"name\": \"a\", \"kind\": \"key\", \"match\": 1}"), "not a string" },
	{ FILE_OF(NUMBER "}, " NUMBER "}"), "two columns are named 'n'" },
	{ FILE_OF(NUMBER "}, {\"name\": \"n=m\", \"kind\": \"key\"}"), "begins with 'n='" },
	{ "{\"version\": 1, \"columns\": [" NUMBER "}], \"dialect\": 7}", "field 'dialect'" },
	{ "{\"version\": 1, \"columns\": [" NUMBER "}], \"dialect\": \"mine\"}", "\"own\"" },
	{ "{\"version\": 1, \"columns\": [" NUMBER "}], \"dialect\": {\"decimal\": \"ab\"}}",
	    "one ASCII character" },
	{ "{\"version\": 1, \"columns\": [" NUMBER "}], \"dialect\": {\"na_text\": [\"a,b\"]}}",
	    "a word has a comma" },
	{ "{\"version\": 1, \"columns\": [" NUMBER "}], \"dialect\": {\"quotes\": true}}",
	    "unknown field 'quotes'" },
	{ "{\"version\": 1, \"columns\": [" NUMBER "}], \"more\": 1}", "unknown field 'more'" },
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_files(void)
{
	struct buf b = { NULL, 0, 0 };
	uint8_t first[HASH_BYTES], second[HASH_BYTES];
	struct schema *s, *again;
	const char *said;
	size_t i;

	for (i = 0; i < COUNT(good); i++) {
		s = load(good[i]);
		b.len = 0;
		if (s == NULL || schema_text(s, &b) == -1)
			tap_bail(good[i]);
		again = schema_load_memory(b.data, b.len, "t");
		ok(again != NULL && schema_digest(s, first) == 0 &&
		    schema_digest(again, second) == 0 && memcmp(first, second, HASH_BYTES) == 0,
		    "read, written and read again: %s", good[i]);
		schema_free(s);
		schema_free(again);
	}
	buf_free(&b);
	for (i = 0; i < COUNT(bad); i++) {
		catch_begin();
		s = load(bad[i].text);
		said = catch_end();
		ok(s == NULL && strstr(said, bad[i].says) != NULL && catch_lines(said) == 1 &&
		    strncmp(said, "smpc: t: ", 9) == 0, "refused: %s", bad[i].text);
		if (s != NULL || strstr(said, bad[i].says) == NULL)
			tap_note("%s", said);
		schema_free(s);
	}
}

/* python: json.dumps(x, sort_keys=True, separators=(",", ":"), ensure_ascii=False), blake2b(32) */
static void
test_digest(void)
{
	struct schema *a = load("{\"version\": 1, \"columns\": ["
	    "{\"name\": \"\xc3\xa4ge\", \"kind\": \"number\", \"range\": [\"0e5\", \"2E2\"], "
	    "\"unit\": \"y\", \"na\": \"mean\"}, "
	    "{\"name\": \"s\", \"kind\": \"category\", \"values\": [\"\", \"a\\\"b\"]}]}");
	struct schema *b = load("{\"columns\": ["
	    "{\"unit\": \"y\", \"kind\": \"number\", \"range\": [\"-0\", \"200.0\"], "
	    "\"name\": \"\\u00e4ge\", \"na\": \"mean\"}, {\"na\": \"error\", \"name\": \"s\", "
	    "\"kind\": \"category\", \"other\": false, \"values\": [\"\", \"a\\\"b\"]}], "
	    "\"version\": 1, \"dialect\": {\"decimal\": \",\"}}");
	uint8_t first[HASH_BYTES], second[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];

	if (a == NULL || b == NULL || schema_digest(a, first) == -1 ||
	    schema_digest(b, second) == -1)
		tap_bail("no schema");
	hex_encode(hex, first, HASH_BYTES);
	ok_str(hex, "6c0b56e99d06400f50cf1f8c03273772"
	    "aaf15b31db0b1dc33663692532ff06c3", "the digest of the form by RFC 8785");
	ok(memcmp(first, second, HASH_BYTES) == 0, "another spelling and the dialect change "
	    "nothing");
	schema_free(a);
	schema_free(b);
}

/* ---- merging ---- */

/* Each draft has one column, and so has what becomes of both. */
static const struct {
	const char *what, *a, *b, *merged;
} mergers[] = {
	{ "ranges", NUMBER "}",
	    "{\"name\": \"n\", \"kind\": \"number\", \"range\": [\"-5\", \"2\"]}",
	    "{\"name\": \"n\", \"kind\": \"number\", \"range\": [\"-5\", \"10\"]}" },
	{ "categories", CATEGORY "}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"y\", \"b\", \"x\"]}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\", \"b\", \"z\", \"y\", "
	    "\"x\"]}" },
	{ "others", CATEGORY ", \"other\": true}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"y\", \"b\"]}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\", \"b\", \"y\", \"z\"], "
	    "\"other\": true}" },
	{ "an other that is a value elsewhere", CATEGORY "}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"y\", \"b\", \"a\"], "
	    "\"other\": true}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"b\", \"z\", \"y\", \"a\"], "
	    "\"other\": true}" },
	{ "nothing but what stands for missing values",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"x\"], \"na\": "
	    "{\"value\": \"x\"}}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\", \"x\"], "
	    "\"na\": {\"value\": \"x\"}}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"x\", \"a\"], "
	    "\"na\": {\"value\": \"x\"}}" },
	{ "keys", "{\"name\": \"k\", \"kind\": \"key\", \"match\": \"alnum\", \"na\": \"unique\"}",
	    "{\"kind\": \"key\", \"name\": \"k\", \"na\": \"unique\", \"match\": \"alnum\"}",
	    "{\"name\": \"k\", \"kind\": \"key\", \"match\": \"alnum\", \"na\": \"unique\"}" },
	{ "classes, in the order of the first", CLASS "}",
	    "{\"name\": \"k\", \"kind\": \"class\", \"values\": [\"yes\", \"no\"]}", CLASS "}" },
};

static const struct {
	const char *what, *a, *b;
	const char *says;
	size_t conflicts;
} conflicts[] = {
	{ "kinds", NUMBER "}", "{\"name\": \"n\", \"kind\": \"date\"}", "kinds differ: number and "
	    "date", 1 },
	{ "units", NUMBER ", \"unit\": \"kg\"}", NUMBER "}", "units differ: kg and none", 1 },
	{ "missing values", NUMBER ", \"na\": \"mean\"}", NUMBER "}", "mean and error", 1 },
	{ "stand-ins", NUMBER ", \"na\": {\"value\": \"1\"}}", NUMBER ", \"na\": {\"value\": "
	    "\"2\"}}", "'1' and '2'", 1 },
	{ "indicators", NUMBER ", \"na\": \"mean\", \"na_indicator\": true}",
	    NUMBER ", \"na\": \"mean\"}", "indicator", 1 },
	{ "baselines", CATEGORY ", \"baseline\": \"a\"}", CATEGORY "}", "baselines", 1 },
	{ "others", CATEGORY ", \"other\": true}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\", \"y\"], \"other\": "
	    "true}", "'z' and 'y'", 1 },
	{ "categories of which none is in both", CATEGORY "}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"x\", \"y\"]}",
	    "no value in common: 'a', 'b', 'z' only in the first, 'x', 'y' only in the other",
	    1 },
	{ "letter case", CATEGORY "}",
	    "{\"name\": \"c\", \"kind\": \"category\", \"values\": [\"a\", \" B\"]}",
	    "' B' and 'b' differ only by letter case or blanks", 1 },
	{ "classes", CLASS "}",
	    "{\"name\": \"k\", \"kind\": \"class\", \"values\": [\"yes\", \"dead\"]}",
	    "'no' only in the first, 'dead' only in the other", 1 },
	{ "keys", "{\"name\": \"k\", \"kind\": \"key\"}",
	    "{\"name\": \"k\", \"kind\": \"key\", \"match\": \"nocase\"}", "text and nocase", 1 },
	{ "columns", NUMBER "}", CATEGORY "}", "column 'n': is only in one", 2 },
	{ "three at once", NUMBER ", \"unit\": \"kg\", \"na\": \"mean\"}, " CLASS "}",
	    NUMBER ", \"unit\": \"g\"}, {\"name\": \"k\", \"kind\": \"key\"}", "kg and g", 3 },
};

static void
test_mergers(void)
{
	static const char *const names[] = { "one", "two" };
	uint8_t got[HASH_BYTES], want[HASH_BYTES];
	struct schema *s[2], *merged, *wanted;
	char text[4096];
	const char *said;
	size_t i;

	for (i = 0; i < COUNT(mergers); i++) {
		snprintf(text, sizeof(text), FILE_OF("%s"), mergers[i].a);
		s[0] = load(text);
		snprintf(text, sizeof(text), FILE_OF("%s"), mergers[i].b);
		s[1] = load(text);
		snprintf(text, sizeof(text), FILE_OF("%s"), mergers[i].merged);
		wanted = load(text);
		merged = schema_merge((const struct schema *const *)s, names, 2);
		ok(merged != NULL && wanted != NULL && schema_digest(merged, got) == 0 &&
		    schema_digest(wanted, want) == 0 && memcmp(got, want, HASH_BYTES) == 0,
		    "merged: %s", mergers[i].what);
		schema_free(s[0]);
		schema_free(s[1]);
		schema_free(merged);
		schema_free(wanted);
	}
	for (i = 0; i < COUNT(conflicts); i++) {
		snprintf(text, sizeof(text), FILE_OF("%s"), conflicts[i].a);
		s[0] = load(text);
		snprintf(text, sizeof(text), FILE_OF("%s"), conflicts[i].b);
		s[1] = load(text);
		catch_begin();
		merged = schema_merge((const struct schema *const *)s, names, 2);
		said = catch_end();
		ok(s[0] != NULL && s[1] != NULL && merged == NULL &&
		    strstr(said, conflicts[i].says) != NULL &&
		    catch_lines(said) == conflicts[i].conflicts, "a conflict: %s",
		    conflicts[i].what);
		if (strstr(said, conflicts[i].says) == NULL)
			tap_note("%s", said);
		schema_free(s[0]);
		schema_free(s[1]);
	}
}

/* ---- options ---- */

static void
test_lists(void)
{
	struct schema *s = load(FILE_OF("{\"name\": \"a,b\", \"kind\": \"number\", \"range\": "
	    "[\"-1e-9\", \"2e5\"], \"unit\": \"V\"}, {\"name\": \"d\", \"kind\": \"date\", "
	    "\"na\": \"drop\"}, {\"name\": \"id\", \"kind\": \"key\", \"match\": \"digits\", "
	    "\"na\": \"unique\"}, {\"name\": \"no\", \"kind\": \"ignore\"}, " CATEGORY ", "
	    "\"baseline\": \"a\", \"na\": {\"value\": \"z\"}, \"na_indicator\": true}"));
	struct schema_lists l = { .values = NULL };

	if (s == NULL || schema_lists_make(&l, s) == -1)
		tap_bail("no lists");
	ok(l.select.count == 4 && strcmp(l.select.text[0], "a,b") == 0 &&
	    strcmp(l.select.text[3], "c") == 0, "columns, without those that are ignored");
	ok(l.key.count == 1 && strcmp(l.key.text[0], "id=digits") == 0, "keys");
	ok(l.range.count == 1 && strcmp(l.range.text[0], "a,b=-1e-9..200000") == 0, "ranges");
	ok(l.unit.count == 1 && strcmp(l.unit.text[0], "a,b=V") == 0, "units");
	ok(l.date.count == 1 && strcmp(l.date.text[0], "d") == 0, "dates");
	ok(l.n_missing == 4 && l.missing[0].na == TABLE_NA_ERROR &&
	    l.missing[2].na == TABLE_NA_UNIQUE && l.missing[1].na == TABLE_NA_DROP &&
	    strcmp(l.missing[1].column, "d") == 0 &&
	    l.missing[3].na == TABLE_NA_VALUE && strcmp(l.missing[3].value, "z") == 0,
	    "missing values");
	ok(l.na_indicator.count == 1 && strcmp(l.na_indicator.text[0], "c") == 0, "indicators");
	ok(l.n_values == 1 && l.values[0].count == 3 && l.values[0].one_hot &&
	    !l.values[0].other && strcmp(l.values[0].column, "c") == 0 &&
	    strcmp(l.values[0].baseline, "a") == 0, "values, and a baseline");
	schema_lists_free(&l);
	schema_free(s);
}

int
main(void)
{

	tap_plan(COUNT(good) + COUNT(bad) + 2 + COUNT(mergers) + COUNT(conflicts) + 8);
	test_files();
	test_digest();
	test_mergers();
	test_lists();
	schema_free(NULL);
	return (tap_end());
}
