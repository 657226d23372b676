#include "table/columns.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"

/* Names longer than this are not compared for likeness, and no more of them than this. */
#define LIKE_BYTES 64
#define LIKE_NAMES 4096

struct chooser {
	const char *const *names;
	const struct columns_groups *groups; /* NULL: none */
	size_t count;
	const char *where;
	uint8_t *marks;
	size_t *positions; /* NULL: only mark */
	size_t chosen;
	int excluding;
};

/*
 * Return how many bytes must be inserted, removed or replaced to make ${b} of ${a} (Levenshtein's
 * distance).
 */
static size_t
edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[LIKE_BYTES + 1];
	size_t i, j, diagonal, best;

	for (j = 0; j <= b_len; j++)
		row[j] = j;
	for (i = 1; i <= a_len; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= b_len; j++) {
			best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return (row[b_len]);
}

/* Return the name most like ${s}, or NULL if none is. */
static const char *
most_like(const char *s, size_t len, const char *const *names, size_t count)
{
	const char *like = NULL;
	size_t i, d, n, least = 1 + (len + 1) / 3;

	for (i = 0; i < count && i < LIKE_NAMES && len <= LIKE_BYTES; i++) {
		if ((n = strlen(names[i])) > LIKE_BYTES)
			continue;
		d = (n == len && strncasecmp(names[i], s, len) == 0) ? 0 :
		    edit_distance(s, len, names[i], n);
		if (d < least) {
			least = d;
			like = names[i];
		}
	}
	return (like);
}

/* Write the names that there are, as far as they fit. */
static void
format_names(const struct chooser *c, char *list, size_t size)
{
	size_t i, n = 0, len;

	for (i = 0; i < c->count && c->names != NULL; i++) {
		len = strlen(c->names[i]);
		if (n + len + sizeof(", ...") >= size)
			break;
		if (len > 0)
			n += (size_t)snprintf(list + n, size - n, "%s%s", (n > 0) ? ", " : "",
			    c->names[i]);
	}
	if (i < c->count)
		snprintf(list + n, size - n, (n > 0) ? ", ..." : "...");
}

static int
no_such_column(const struct chooser *c, const char *s, size_t len)
{
	int n = (len > 80) ? 80 : (int)len;
	const char *like;
	char list[200];

	if (c->names == NULL)
		return (fail(ST_USAGE, "%s: no column '%.*s': the columns have no names; use "
		    "positions from 1 to %zu", c->where, n, s, c->count));
	if ((like = most_like(s, len, c->names, c->count)) != NULL)
		return (fail(ST_USAGE, "%s: no column '%.*s'; did you mean '%s'?", c->where, n, s,
		    like));
	format_names(c, list, sizeof(list));
	return (fail(ST_USAGE, "%s: no column '%.*s'; there are: %s", c->where, n, s, list));
}

static int
choose_position(struct chooser *c, size_t position)
{

	if (c->positions != NULL) {
		if (c->marks[position] && c->names != NULL && c->names[position][0] != '\0')
			return (fail(ST_USAGE, "%s: column '%s' is selected twice", c->where,
			    c->names[position]));
		if (c->marks[position])
			return (fail(ST_USAGE, "%s: column %zu is selected twice", c->where,
			    position + 1));
		c->positions[c->chosen++] = position;
	}
	c->marks[position] = 1;
	return (0);
}

/* Parse "7", "3-7" or "5-".  Return 0, or -1 without reporting if it is none of them. */
static int
parse_range(const char *s, size_t len, size_t count, uint64_t *first, uint64_t *last)
{
	const char *dash = memchr(s, '-', len);
	size_t n = (dash != NULL) ? (size_t)(dash - s) : len;

	if (num_parse_u64(s, n, UINT64_MAX, first) == -1)
		return (-1);
	*last = *first;
	if (dash != NULL && n + 1 == len)
		*last = (*first > count) ? *first : count;
	else if (dash != NULL)
		return (num_parse_u64(dash + 1, len - n - 1, UINT64_MAX, last));
	return (0);
}

/* Whether this is the position of a column that has no name where others have. */
static int
is_nameless(const struct chooser *c, const char *s, size_t len)
{
	uint64_t position;

	return (c->names != NULL && num_parse_u64(s, len, c->count, &position) == 0 &&
	    position > 0 && c->names[position - 1][0] == '\0');
}

/* Choose the columns of the group of this name.  Return 1, 0 if there is none, or -1 (reported). */
static int
choose_group_name(struct chooser *c, const char *s, size_t len)
{
	const struct columns_group *g;
	size_t i, k;

	for (i = 0; c->groups != NULL && i < c->groups->count; i++) {
		g = &c->groups->group[i];
		if (strlen(g->name) != len || memcmp(g->name, s, len) != 0)
			continue;
		for (k = 0; k < g->count; k++) {
			if (choose_position(c, g->first + k) == -1)
				return (-1);
		}
		return (1);
	}
	return (0);
}

/* Choose the column of this name.  Return 1, 0 if there is none, or -1 (reported). */
static int
choose_name(struct chooser *c, const char *s, size_t len)
{
	size_t position, behind;

	/* What has no name can be meant by its position alone, and has to be left out. */
	if (c->excluding && is_nameless(c, s, len))
		return (0);
	if (len == 0 || !names_find(s, len, c->names, c->count, &position))
		return (choose_group_name(c, s, len));
	if (names_find(s, len, c->names + position + 1, c->count - position - 1, &behind))
		return (fail(ST_USAGE, "%s: two columns are named '%.*s'; give the position, %zu "
		    "or %zu", c->where, (len > 80) ? 80 : (int)len, s, position + 1,
		    position + behind + 2));
	return ((choose_position(c, position) == -1) ? -1 : 1);
}

static int
take_element(struct chooser *c, const char *s, size_t len)
{
	uint64_t first, last;
	int rc;

	if ((rc = choose_name(c, s, len)) != 0)
		return ((rc == 1) ? 0 : -1);
	if (len == 0)
		return (fail(ST_USAGE, "%s: an empty element in a list of columns", c->where));
	if (parse_range(s, len, c->count, &first, &last) == -1)
		return (no_such_column(c, s, len));
	if (first == 0 || first > last)
		return (fail(ST_USAGE, "%s: '%.*s' is no range of columns: they count from 1, "
		    "upwards", c->where, (len > 80) ? 80 : (int)len, s));
	if (last > c->count)
		return (fail(ST_USAGE, "%s: no column %.*s: there are %zu columns", c->where,
		    (len > 80) ? 80 : (int)len, s, c->count));
	for (; first <= last; first++) {
		if (choose_position(c, (size_t)(first - 1)) == -1)
			return (-1);
	}
	return (0);
}

static int
take_list(struct chooser *c, const char *list, size_t len)
{
	const char *comma;
	int rc;

	if ((rc = choose_name(c, list, len)) != 0)
		return ((rc == 1) ? 0 : -1);
	while ((comma = memchr(list, ',', len)) != NULL) {
		if (take_element(c, list, (size_t)(comma - list)) == -1)
			return (-1);
		len -= (size_t)(comma - list) + 1;
		list = comma + 1;
	}
	return (take_element(c, list, len));
}

int
columns_mark(const char *list, size_t len, const char *const *names, size_t count,
    const char *where, uint8_t *marks)
{
	struct chooser c = {
		.names = names,
		.count = count,
		.where = where,
		.marks = marks,
	};

	return (take_list(&c, list, len));
}

const char *
columns_equals(const char *spec, const char *const *names, size_t count)
{
	const char *equals;
	size_t position;

	for (equals = strchr(spec, '='); equals != NULL; equals = strchr(equals + 1, '=')) {
		if (names_find(spec, (size_t)(equals - spec), names, count, &position))
			return (equals);
	}
	return (strchr(spec, '='));
}

const char *
columns_key_end(const char *spec, const char *const *names, size_t count)
{
	size_t position;

	return (names_find(spec, strlen(spec), names, count, &position) ? NULL :
	    columns_equals(spec, names, count));
}

/* Whether no other column, before this one or behind it, has its name. */
static bool
is_only(const char *const *names, size_t count, size_t j)
{
	size_t len = strlen(names[j]), other;

	return (!names_find(names[j], len, names, j, &other) &&
	    !names_find(names[j], len, names + j + 1, count - j - 1, &other));
}

/* Whether "NAME=" is read as this name, and not as one that it begins with. */
static bool
is_whole(const char *const *names, size_t count, size_t j)
{
	struct buf b = { NULL, 0, 0 };
	bool whole;

	if (strchr(names[j], '=') == NULL)
		return (true);
	whole = (buf_string(&b, names[j]) == 0 && buf_append(&b, "=", 2) == 0 &&
	    columns_equals(b.data, names, count) == b.data + strlen(names[j]));
	buf_free(&b);
	return (whole);
}

int
columns_reference(struct buf *b, const char *const *names, size_t count, size_t j, bool distinct)
{
	char position[24];

	if (names != NULL && names[j][0] != '\0' && strlen(names[j]) <= COLUMNS_MAX_NAME_BYTES &&
	    (distinct || is_only(names, count, j)) && is_whole(names, count, j))
		return (buf_string(b, names[j]));
	snprintf(position, sizeof(position), "%zu", j + 1);
	return (buf_string(b, position));
}

/* Take the selected columns, or all. */
static int
take_selected(struct chooser *c, const struct column_lists *select)
{
	size_t i;

	for (i = 0; i < select->count; i++) {
		if (take_list(c, select->list[i], strlen(select->list[i])) == -1)
			return (-1);
	}
	for (i = 0; select->count == 0 && i < c->count; i++) {
		if (choose_position(c, i) == -1)
			return (-1);
	}
	return (0);
}

/* Set the marks of the columns that are left out, and no others. */
static int
mark_excluded(const struct chooser *chosen, const struct column_lists *exclude)
{
	struct chooser c = *chosen;
	size_t i;

	c.positions = NULL;
	c.excluding = 1;
	memset(c.marks, 0, c.count);
	for (i = 0; i < exclude->count; i++) {
		if (take_list(&c, exclude->list[i], strlen(exclude->list[i])) == -1)
			return (-1);
	}
	return (0);
}

int
columns_choose(const struct column_lists *select, const struct column_lists *exclude,
    const char *const *names, const struct columns_groups *groups, size_t count,
    const char *where, size_t **positions, size_t *chosen)
{
	struct chooser c = { .names = names, .groups = groups, .count = count, .where = where };
	size_t i, kept = 0;
	int rc = -1;

	if ((c.marks = mem_array(count, 1)) == NULL ||
	    (c.positions = mem_array(count, sizeof(size_t))) == NULL)
		goto out;
	if (take_selected(&c, select) == -1)
		goto out;
	if (mark_excluded(&c, exclude) == -1)
		goto out;
	for (i = 0; i < c.chosen; i++) {
		if (!c.marks[c.positions[i]])
			c.positions[kept++] = c.positions[i];
	}
	if (kept == 0) {
		fail(ST_USAGE, "%s: no column is left", where);
		goto out;
	}
	*positions = c.positions;
	*chosen = kept;
	c.positions = NULL;
	rc = 0;
out:
	free(c.marks);
	free(c.positions);
	return (rc);
}

/*
 * Return the length of the UTF-8 character at ${s}, 0 if there is none (RFC 3629: shortest form, no
 * surrogates).
 */
static size_t
utf8_length(const unsigned char *s, size_t len)
{
	size_t n, i;
	unsigned long c;

	if (s[0] < 0x80)
		return (1);
	n = (s[0] >= 0xf0) ? 4 : (s[0] >= 0xe0) ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || n > len)
		return (0);
	c = s[0] & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return (0);
		c = c << 6 | (s[i] & 0x3fu);
	}
	if ((n == 3 && c < 0x800) || (n == 4 && (c < 0x10000 || c > 0x10ffff)) ||
	    (c >= 0xd800 && c <= 0xdfff))
		return (0);
	return (n);
}

const char *
columns_name_fault(const char *name, size_t len)
{
	const unsigned char *s = (const unsigned char *)name;
	size_t i, n;

	if (len == 0)
		return ("is empty");
	if (len > COLUMNS_MAX_NAME_BYTES)
		return ("is longer than 1024 bytes");
	for (i = 0; i < len; i += n) {
		if (s[i] < 0x20 || s[i] == 0x7f)
			return ("holds a control character");
		if ((n = utf8_length(s + i, len - i)) == 0)
			return ("is not UTF-8; iconv -f LATIN1 -t UTF-8 converts it, or iconv -f "
			    "WINDOWS-1252 -t UTF-8");
	}
	return (NULL);
}

/* Write the positions that are marked as a list of columns ("1,3-7"), as far as it fits. */
static void
format_positions(const uint8_t *marks, size_t count, char *list, size_t size)
{
	size_t i, last, n = 0;

	list[0] = '\0';
	for (i = 0; i < count; i = last + 1) {
		last = i;
		if (!marks[i])
			continue;
		while (last + 1 < count && marks[last + 1])
			last++;
		if (n + 64 > size) {
			snprintf(list + n, size - n, ",...");
			break;
		}
		n += (size_t)snprintf(list + n, size - n, (last > i) ? "%s%zu-%zu" : "%s%zu",
		    (n > 0) ? "," : "", i + 1, last + 1);
	}
}

/* Report a header's fault, with its place before the message. */
__attribute__((format(printf, 2, 3))) static int
header_fault(const struct columns_place *place, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (place->line == 0)
		return (fail(ST_FAILED, "%s: %s", place->input, text));
	return (fail(ST_FAILED, "%s:%" PRIu64 ": %s", place->input, place->line, text));
}

static int
nameless_columns(const uint8_t *marks, size_t count, int several, const struct columns_place *place)
{
	char list[256];

	format_positions(marks, count, list, sizeof(list));
	return (header_fault(place, "the name%s of column%s %s %s empty%s%s%s", several ? "s" : "",
	    several ? "s" : "", list, several ? "are" : "is", place->remedies ? "; -x " : "",
	    place->remedies ? list : "", !place->remedies ? "" : several ? " leaves them out" :
	    " leaves it out"));
}

/* All that have no name are told of at once. */
static int
check_named(const char *const *names, const size_t *positions, size_t chosen,
    const struct columns_place *place)
{
	size_t count = 0, nameless = 0, i;
	uint8_t *marks;

	for (i = 0; i < chosen; i++) {
		nameless += (names[positions[i]][0] == '\0');
		count = (positions[i] < count) ? count : positions[i] + 1;
	}
	if (nameless == 0)
		return (0);
	if ((marks = mem_array(count, 1)) == NULL)
		return (-1);
	for (i = 0; i < chosen; i++)
		marks[positions[i]] = (names[positions[i]][0] == '\0');
	nameless_columns(marks, count, nameless > 1, place);
	free(marks);
	return (-1);
}

const char *
columns_delimiter(const char *s, size_t len, char used)
{
	static const struct {
		char c;
		const char *hint;
	} known[] = {
		{ '\t', "; are the fields separated by tabs? -d tab says so" },
		{ ';', "; are the fields separated by semicolons? -d ';' says so" },
		{ '|', "; are the fields separated by bars? -d '|' says so" },
		{ ',', "; are the fields separated by commas? -d , says so" },
		{ ' ', "; are the fields separated by blanks? -d ' ' says so" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].c != used && len > 0 && memchr(s, known[i].c, len) != NULL)
			return (known[i].hint);
	}
	return ("; are the fields separated by another character? -d says by which");
}

static int
faulty_name(const char *name, size_t position, const char *fault, const struct columns_place *place)
{
	const char *tabs = (strchr(name, '\t') != NULL) ? columns_delimiter("\t", 1, '\0') : "";

	if (!place->remedies)
		return (header_fault(place, "the name of column %zu %s", position + 1, fault));
	return (header_fault(place, "the name of column %zu %s%s; -x %zu leaves it out",
	    position + 1, fault, tabs, position + 1));
}

static int
repeated_name(const char *const *chosen_names, const size_t *positions, size_t again,
    const struct columns_place *place)
{
	const char *name = chosen_names[again];
	size_t first, position = positions[again] + 1;

	(void)names_find(name, strlen(name), chosen_names, again, &first);
	if (!place->remedies)
		return (header_fault(place, "two columns are named '%.80s'", name));
	return (header_fault(place, "two columns are named '%.80s', %zu and %zu; -x %zu leaves one "
	    "out", name, positions[first] + 1, position, position));
}

int
columns_check_names(const char *const *names, const size_t *positions, size_t chosen,
    const struct columns_place *place)
{
	const char **chosen_names, *fault;
	size_t i, again;
	int rc = -1;

	if (check_named(names, positions, chosen, place) == -1 ||
	    (chosen_names = mem_array(chosen, sizeof(*chosen_names))) == NULL)
		return (-1);
	for (i = 0; i < chosen; i++) {
		chosen_names[i] = names[positions[i]];
		if ((fault = columns_name_fault(chosen_names[i], strlen(chosen_names[i]))) !=
		    NULL) {
			faulty_name(chosen_names[i], positions[i], fault, place);
			goto out;
		}
	}
	rc = names_repeated(chosen_names, chosen, &again);
	if (rc == 1)
		rc = repeated_name(chosen_names, positions, again, place);
out:
	free(chosen_names);
	return (rc);
}
