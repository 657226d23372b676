#include "cli/schema_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/names.h"
#include "base/near.h"
#include "table/date.h"
#include "table/meaning.h"
#include "table/texts.h"

/* Bytes of a value that are shown. */
#define SHOWN 40

/* What can be done about a value that the owners have not agreed on. */
#define AGREE "agree on it: draft anew, and merge"

/* ---- columns ---- */

static int
no_column(const struct schema_checker *k, const char *name, const char *const *names)
{
	const char *meant = near_match(name, names, k->columns);

	if (meant != NULL)
		return (fail(ST_FAILED, "%s: has no column '%.80s', which the schema has; is it "
		    "'%.80s'?", k->input, name, meant));
	return (fail(ST_FAILED, "%s: has no column '%.80s', which the schema has; name it in the "
	    "header, or " AGREE "; rows of which a label is to be predicted are shared without it, "
	    "by smpc-share --schema SCHEMA -x COLUMN", k->input, name));
}

static int
find_column(struct schema_checker *k, const struct schema_column *c, const char *const *names)
{
	size_t len = strlen(c->name), j, again;

	if (!names_find(c->name, len, names, k->columns, &j))
		return (no_column(k, c->name, names));
	if (names_find(c->name, len, names + j + 1, k->columns - j - 1, &again))
		return (fail(ST_FAILED, "%s: has two columns '%.80s', %zu and %zu; rename one",
		    k->input, c->name, j + 1, j + again + 2));
	k->column[j] = c;
	return (0);
}

/* Percent names columns that the schema may not have: those are not read. */
static int
mark_percent(struct schema_checker *k, const char *const *names)
{
	const struct column_lists *lists = &k->how->percent;
	size_t i;

	for (i = 0; i < lists->count; i++) {
		if (columns_mark(lists->list[i], strlen(lists->list[i]), names, k->columns,
		    k->input, k->percent) == -1)
			return (-1);
	}
	return (0);
}

int
schema_checker_begin(struct schema_checker *k, const struct schema *schema,
    const struct table_options *how, const char *input, const char *const *names, size_t columns,
    struct schema_faults *faults)
{
	size_t j;

	*k = (struct schema_checker){ .schema = schema, .how = how, .input = input,
		.columns = columns };
	if ((k->column = mem_array(columns, sizeof(*k->column))) == NULL ||
	    (k->percent = mem_array(columns, 1)) == NULL)
		return (-1);
	if (names == NULL)
		return (fail(ST_FAILED, "%s: its columns have no names, by which a schema knows "
		    "them", input));
	for (j = 0; j < schema->count; j++) {
		if (!schema_shared(&schema->columns[j]))
			continue;
		faults_open(faults);
		(void)faults_close(faults, find_column(k, &schema->columns[j], names));
	}
	return (mark_percent(k, names));
}

void
schema_checker_end(struct schema_checker *k)
{

	free(k->column);
	free(k->percent);
	*k = (struct schema_checker){ .schema = NULL };
}

/* ---- cells ---- */

/* A cell that is checked. */
struct checked {
	const struct schema_checker *k;
	const struct schema_column *c;
	uint64_t at;
	const char *s;
	size_t len;
};

/* Report that a cell is refused, with its value and what to do. */
__attribute__((format(printf, 3, 4))) static int
refuse_cell(const struct checked *x, enum status status, const char *format, ...)
{
	char what[400];
	size_t n = x->len;
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (n > SHOWN) {
		for (n = SHOWN; n > 0 && ((unsigned char)x->s[n] & 0xc0) == 0x80; n--)
			continue;
	}
	return (fail(status, "%s:%" PRIu64 ": column '%.80s': '%.*s%s' %s", x->k->input, x->at,
	    x->c->name, (int)n, x->s, (n < x->len) ? "..." : "", what));
}

static int
missing_cell(const struct checked *x)
{

	if (x->c->na != SCHEMA_NA_ERROR)
		return (0);
	return (refuse_cell(x, ST_FAILED, "is a missing value, which the schema refuses; correct "
	    "it, or agree on --na: draft anew, and merge"));
}

/* As many of the values as a message has room for. */
static void
list_values(const struct schema_column *c, char *text, size_t size)
{
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; i < c->values.count && n + 96 < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s'%.40s'", (i > 0) ? ", " : "",
		    c->values.text[i]);
	if (i < c->values.count)
		snprintf(text + n, size - n, ", ...");
}

static int
check_value(struct checked *x)
{
	const struct schema_texts *values = &x->c->values;
	char list[256];

	/* blanks around a text may belong to it */
	if (schema_texts_find(values, x->s, x->len) < values->count)
		return (0);
	meaning_trim(&x->s, &x->len);
	if (schema_texts_find(values, x->s, x->len) < values->count)
		return (0);
	if (meaning_missing(x->k->how, x->s, x->len))
		return (missing_cell(x));
	if (x->c->other)
		return (0);
	list_values(x->c, list, sizeof(list));
	return (refuse_cell(x, ST_FAILED, "is none of the values %s; correct it, or " AGREE,
	    list));
}

static int
check_number(const struct checked *x, double value)
{
	char low[MEANING_NUMBER_TEXT], high[MEANING_NUMBER_TEXT];

	if (value >= x->c->low && value <= x->c->high)
		return (0);
	meaning_number_text(low, x->c->low);
	meaning_number_text(high, x->c->high);
	return (refuse_cell(x, ST_RANGE, "is beyond the range %s to %s; correct it, or " AGREE,
	    low, high));
}

static int
check_day(const struct checked *x, bool is_date, double days)
{

	if (!is_date)
		return (refuse_cell(x, ST_FAILED, "is not a date such as 2026-11-29; correct it, "
		    "or --na-text says that it stands for a missing value"));
	if (days < -DATE_MAX_DAYS || days > DATE_MAX_DAYS)
		return (refuse_cell(x, ST_RANGE, "is beyond the dates that can be shared, "
		    DATE_FIRST " to " DATE_LAST "; correct it, or --na-text says that it stands "
		    "for a missing value"));
	return (0);
}

static int
check_key(struct checked *x)
{
	char text[KEY_MAX_BYTES];
	const char *fault;
	size_t n;

	meaning_trim(&x->s, &x->len);
	if (meaning_missing(x->k->how, x->s, x->len))
		return (missing_cell(x));
	if ((fault = key_fault(x->c->match, x->s, x->len)) != NULL)
		return (refuse_cell(x, ST_FAILED, "%s", fault));
	n = key_normalise(x->c->match, x->s, x->len, text);
	mem_wipe(text, n);
	return ((n == 0) ? missing_cell(x) : 0);
}

static int
check_text(struct checked *x, int percent)
{
	const char *fault;
	enum meaning m;
	double value;

	meaning_trim(&x->s, &x->len);
	m = meaning_of(x->k->how, percent, x->s, x->len, &value, &fault);
	if (m == MEANS_MISSING)
		return (missing_cell(x));
	if (x->c->kind == SCHEMA_DATE)
		return (check_day(x, m == MEANS_DATE, value));
	if (m == MEANS_NUMBER)
		return (check_number(x, value));
	return (refuse_cell(x, ST_FAILED, "%s; correct it, or say how the table is written: "
	    "--decimal, --thousands, --percent, --strip, and --na-text for missing values",
	    (fault != NULL) ? fault : "is not a number"));
}

int
schema_checker_cell(const struct schema_checker *k, size_t j, uint64_t at, const char *s,
    size_t len)
{
	struct checked x = { k, k->column[j], at, s, len };

	if (x.c == NULL)
		return (0);
	if (x.c->kind == SCHEMA_KEY)
		return (check_key(&x));
	return (schema_has_values(x.c->kind) ? check_value(&x) : check_text(&x, k->percent[j]));
}

/* ---- a whole table ---- */

static void
check_cells(const struct schema_checker *k, struct texts *t, struct schema_faults *faults)
{
	struct csv_field field;
	size_t j;

	for (j = 0; j < k->columns; j++) {
		if (k->column[j] == NULL)
			continue;
		field = texts_cell(t, j);
		faults_open(faults);
		(void)faults_close(faults,
		    schema_checker_cell(k, j, field.line, field.text, field.len));
	}
}

static int
check_records(const struct schema_checker *k, struct texts *t, struct schema_faults *faults)
{
	uint64_t rows = 0;
	int rc;

	for (; (rc = texts_next(t)) == 1; rows++) {
		faults_open(faults);
		(void)faults_close(faults, texts_check_blank(t));
		faults_open(faults);
		if (faults_close(faults, texts_check(t)) == 0)
			check_cells(k, t, faults);
	}
	if (rc == 0 && rows == 0)
		rc = fail(ST_FAILED, "%s: there are no rows", k->input);
	return (rc);
}

int
schema_check_table(const struct schema *s, const char *path, const struct table_options *how)
{
	struct schema_faults faults = { .count = 0 };
	struct schema_checker k = { .schema = NULL };
	struct texts t;
	int rc = -1;

	if (texts_open(&t, path, how) == 0 &&
	    schema_checker_begin(&k, s, how, texts_name(&t), texts_names(&t), texts_columns(&t),
	    &faults) == 0 && check_records(&k, &t, &faults) == 0)
		rc = 0;
	if (faults.count > 0)
		rc = faults_end(&faults, texts_name(&t));
	schema_checker_end(&k);
	texts_close(&t);
	return (rc);
}
