#include "cli/schema_asked.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "table/columns.h"

/* Characters of an option that are shown. */
#define SHOWN 80

struct asking {
	const struct draft_options *o;
	const char *input;
	const char *const *names;
	size_t columns;
	struct schema_asked *asked;
	uint8_t *marks; /* of columns, for one option at a time */
};

/* Mark the columns that an option means; they must be in the schema. */
static int
mark_asked(struct asking *d, const char *option, const char *list, size_t len)
{
	size_t j;

	memset(d->marks, 0, d->columns);
	if (columns_mark(list, len, d->names, d->columns, d->input, d->marks) == -1)
		return (-1);
	for (j = 0; j < d->columns; j++) {
		if (d->marks[j] && !d->asked[j].chosen)
			return (fail(ST_USAGE, "%s: column '%.80s' is given to --%s, but not "
			    "selected", d->input, d->names[j], option));
	}
	return (0);
}

/* A field of struct schema_asked, by its offset, of all columns that one of the lists names. */
static int
ask_flags(struct asking *d, const char *option, const struct strings *lists, size_t offset)
{
	size_t i, j;

	for (i = 0; i < lists->count; i++) {
		if (mark_asked(d, option, lists->items[i], strlen(lists->items[i])) == -1)
			return (-1);
		for (j = 0; j < d->columns; j++) {
			if (d->marks[j])
				*(bool *)((char *)&d->asked[j] + offset) = true;
		}
	}
	return (0);
}

/* The same for options COLUMNS=..., of which a column can have one. */
static int
ask_values(struct asking *d, const char *option, const struct strings *specs, size_t offset)
{
	const char *spec, *equals, **to;
	size_t i, j;

	for (i = 0; i < specs->count; i++) {
		spec = specs->items[i];
		equals = columns_equals(spec, d->names, d->columns);
		if (equals == NULL)
			return (fail(ST_USAGE, "%s '%.*s': must be COLUMN=...", option, SHOWN,
			    spec));
		if (mark_asked(d, option, spec, (size_t)(equals - spec)) == -1)
			return (-1);
		for (j = 0; j < d->columns; j++) {
			to = (const char **)(void *)((char *)&d->asked[j] + offset);
			if (d->marks[j] && *to != NULL)
				return (fail(ST_USAGE, "%s '%.*s': a column is given twice", option,
				    SHOWN, spec));
			if (d->marks[j])
				*to = equals + 1;
		}
	}
	return (0);
}

/* Keys: COLUMNS, or COLUMNS=MATCH. */
static int
ask_keys(struct asking *d, const char *option, const struct strings *specs, size_t offset)
{
	const char *spec, *equals;
	enum key_match match;
	size_t i, j;

	(void)offset;
	for (i = 0; i < specs->count; i++) {
		spec = specs->items[i];
		match = KEY_TEXT;
		equals = columns_key_end(spec, d->names, d->columns);
		if (equals != NULL && !key_match_find(equals + 1, strlen(equals + 1), &match))
			return (fail(ST_USAGE, "%s '%.*s': '%.*s' is none of text, nocase, digits "
			    "and alnum", option, SHOWN, spec, SHOWN, equals + 1));
		if (mark_asked(d, option, spec, (equals != NULL) ? (size_t)(equals - spec) :
		    strlen(spec)) == -1)
			return (-1);
		for (j = 0; j < d->columns; j++) {
			if (d->marks[j] && d->asked[j].key && d->asked[j].match != match)
				return (fail(ST_USAGE, "%s '%.*s': a column is given twice", option,
				    SHOWN, spec));
			d->asked[j].key |= (d->marks[j] != 0);
			d->asked[j].match = d->marks[j] ? match : d->asked[j].match;
		}
	}
	return (0);
}

/* What is done with missing values, of some columns or of all others. */
static int
ask_na(struct asking *d)
{
	const struct strings *na = &d->o->na;
	struct strings specs = { .count = 0 };
	const char *all = NULL;
	size_t i, j;
	int rc;

	if ((specs.items = mem_array(na->count, sizeof(*specs.items))) == NULL)
		return (-1);
	for (i = 0; i < na->count; i++) {
		if (strchr(na->items[i], '=') != NULL)
			specs.items[specs.count++] = na->items[i];
		else
			all = na->items[i];
	}
	rc = ask_values(d, "na", &specs, offsetof(struct schema_asked, na));
	free(specs.items);
	for (j = 0; all != NULL && rc == 0 && j < d->columns; j++) {
		d->asked[j].na_of_all = (d->asked[j].na == NULL);
		d->asked[j].na = (d->asked[j].na != NULL) ? d->asked[j].na : all;
	}
	return (rc);
}

/* What makes a column this or that: one option may. */
static int
check_kinds(const struct asking *d)
{
	const struct schema_asked *a;
	size_t j;

	for (j = 0; j < d->columns; j++) {
		a = &d->asked[j];
		if ((a->range != NULL || a->unit != NULL) + (a->codes != NULL) +
		    (a->one_hot != NULL) + a->date + a->key > 1)
			return (fail(ST_USAGE, "%s: column '%.80s' is given to two of --range, "
			    "--codes, --one-hot, --date and --key", d->input, d->names[j]));
	}
	return (0);
}

static int
ask(struct asking *d)
{
	const struct draft_options *o = d->o;
	const struct {
		const char *option;
		int (*take)(struct asking *, const char *, const struct strings *, size_t);
		const struct strings *lists;
		size_t field;
	} options[] = {
		{ "percent", ask_flags, &o->dialect.percent,
		    offsetof(struct schema_asked, percent) },
		{ "label", ask_flags, &o->labels, offsetof(struct schema_asked, label) },
		{ "other", ask_flags, &o->others, offsetof(struct schema_asked, other) },
		{ "date", ask_flags, &o->dates, offsetof(struct schema_asked, date) },
		{ "key", ask_keys, &o->keys, 0 },
		{ "na-indicator", ask_flags, &o->na_indicators,
		    offsetof(struct schema_asked, indicator) },
		{ "range", ask_values, &o->ranges, offsetof(struct schema_asked, range) },
		{ "unit", ask_values, &o->units, offsetof(struct schema_asked, unit) },
		{ "codes", ask_values, &o->codes, offsetof(struct schema_asked, codes) },
		{ "one-hot", ask_values, &o->one_hot, offsetof(struct schema_asked, one_hot) },
		{ "baseline", ask_values, &o->baselines, offsetof(struct schema_asked, baseline) },
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (options[i].take(d, options[i].option, options[i].lists, options[i].field) == -1)
			return (-1);
	}
	return ((ask_na(d) == -1) ? -1 : check_kinds(d));
}

struct schema_asked *
schema_asked_new(const struct draft_options *o, const char *input, const char *const *names,
    size_t columns, const size_t *positions, size_t chosen)
{
	struct asking d = { .o = o, .input = input, .names = names, .columns = columns };
	size_t i;
	int rc = -1;

	if ((d.asked = mem_array(columns, sizeof(*d.asked))) != NULL &&
	    (d.marks = mem_array(columns, 1)) != NULL) {
		for (i = 0; i < chosen; i++)
			d.asked[positions[i]].chosen = true;
		rc = ask(&d);
	}
	free(d.marks);
	if (rc == 0)
		return (d.asked);
	free(d.asked);
	return (NULL);
}
