/*
 * --codes, --one-hot and --baseline of smpc-share and of smpc-schema --draft, and a table.  Lines
 * that begin with c, o or b are what such an option says; behind an empty line comes a table.
 * Words of classes must be positions in the list, of texts that are all different; where the table
 * is so plain that fields can be told by commas alone, each word must stand for the text that is
 * there, and the columns of an indicator must be 1 where it is, and only there.
 */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "check.h"
#include "cli/schema_asked.h"
#include "table/table.h"

#define MOST_OPTIONS 8
#define MOST_OPTION_BYTES 400
#define MOST_TABLE_BYTES 4000
#define MOST_ROWS 500
#define MOST_CELL_BYTES 100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Options of one kind. */
struct said {
	char text[MOST_OPTIONS][MOST_OPTION_BYTES];
	const char *list[MOST_OPTIONS];
	size_t count;
};

static struct said codes, one_hot, baseline;

static struct said *
said_by(uint8_t kind)
{

	return ((kind == 'c') ? &codes : (kind == 'o') ? &one_hot : (kind == 'b') ? &baseline :
	    NULL);
}

/* Take the lines of options; return the number of their bytes. */
static size_t
take_options(const uint8_t *data, size_t size)
{
	const uint8_t *end;
	struct said *s;
	size_t at = 0, n;

	codes.count = one_hot.count = baseline.count = 0;
	while (at < size && (s = said_by(data[at])) != NULL) {
		end = memchr(data + at, '\n', size - at);
		n = (end != NULL) ? (size_t)(end - data) - at : size - at;
		if (s->count < MOST_OPTIONS && n <= MOST_OPTION_BYTES &&
		    memchr(data + at, '\0', n) == NULL) {
			memcpy(s->text[s->count], data + at + 1, n - 1);
			s->text[s->count][n - 1] = '\0';
			s->list[s->count] = s->text[s->count];
			s->count++;
		}
		at += n + (end != NULL);
	}
	return ((at < size && data[at] == '\n') ? at + 1 : at);
}

static struct column_lists
lists(const struct said *s)
{

	return ((struct column_lists){ s->list, s->count });
}

/* ---- a table that is read by them ---- */

/* Whether fields are what stands between commas, and lines are rows. */
static int
is_plain(const char *table)
{

	return (strpbrk(table, "\"\r \t\xef\xff\xfe;#") == NULL && strstr(table, "\n\n") == NULL &&
	    table[0] != '\n' && strncmp(table, "sep=", 4) != 0);
}

/* Copy field ${column} of line ${line}; return whether it is there. */
static int
field(const char *table, size_t line, size_t column, char out[static MOST_CELL_BYTES])
{
	size_t n;

	for (; line > 0; line--) {
		if ((table = strchr(table, '\n')) == NULL)
			return (0);
		table++;
	}
	for (; column > 0; column--) {
		table += strcspn(table, ",\n");
		if (*table++ != ',')
			return (0);
	}
	if ((n = strcspn(table, ",\n")) >= MOST_CELL_BYTES)
		return (0);
	memcpy(out, table, n);
	out[n] = '\0';
	return (1);
}

/* Which field of the header has this name; -1: none, or several. */
static int
find_field(const char *table, const char *name)
{
	char cell[MOST_CELL_BYTES];
	int at = -1, i;

	for (i = 0; field(table, 0, (size_t)i, cell); i++) {
		if (strcmp(cell, name) != 0)
			continue;
		if (at != -1)
			return (-1);
		at = i;
	}
	return (at);
}

/* What is known of a column of words must itself be so. */
static void
check_about(const struct table_about *a)
{
	size_t i, j;

	if (a->kind != TABLE_CLASS && a->kind != TABLE_INDICATOR)
		return;
	fuzz_check(a->n_values >= 1);
	for (i = 0; i < a->n_values; i++) {
		for (j = 0; j < i; j++)
			fuzz_check(strcmp(a->values[i], a->values[j]) != 0);
	}
}

/* A word of a row, in a table that is plain or not. */
static void
check_word(const struct table *t, const char *table, int plain, size_t row, size_t j, uint64_t word)
{
	const struct table_about *a = table_about(t, j);
	const char *name = (a->kind == TABLE_INDICATOR) ? a->of : table_column_name(t, j);
	char cell[MOST_CELL_BYTES];
	int at;

	if (a->kind != TABLE_CLASS && a->kind != TABLE_INDICATOR)
		return;
	fuzz_check(word < ((a->kind == TABLE_CLASS) ? a->n_values : 2));
	if (!plain || name == NULL || (at = find_field(table, name)) == -1 ||
	    !field(table, row + 1, (size_t)at, cell))
		return;
	if (a->kind == TABLE_CLASS)
		fuzz_check(strcmp(cell, a->values[word]) == 0);
	else
		fuzz_check(word == (strcmp(cell, a->values[0]) == 0));
}

static void
share_table(const char *table, size_t size)
{
	/* so words of classes and indicators are what they say */
	struct table_options o = { .fraction_bits = 0, .codes = lists(&codes),
		.one_hot = lists(&one_hot), .baseline = lists(&baseline), .remedies = 1 };
	struct table *t = table_open_memory(table, size, "fuzz", &o);
	int plain = (strlen(table) == size && is_plain(table));
	uint64_t *words;
	size_t columns, rows, row = 0, j;

	if (t == NULL)
		return;
	columns = table_columns(t);
	fuzz_check((words = malloc(columns * sizeof(*words))) != NULL);
	for (j = 0; j < columns; j++)
		check_about(table_about(t, j));
	for (; row < MOST_ROWS && table_read(t, words, 1, &rows) == 1; row += rows) {
		for (j = 0; j < columns; j++)
			check_word(t, table, plain, row, j, words[j]);
	}
	free(words);
	table_close(t);
}

/* ---- a draft ---- */

static void
draft(void)
{
	static const char *const names[] = { "a", "b=c", "x,y", "", "a=1", "2" };
	static const size_t positions[] = { 0, 1, 2, 3, 5 };
	struct draft_options o = { .codes = { codes.list, codes.count },
		.one_hot = { one_hot.list, one_hot.count },
		.baselines = { baseline.list, baseline.count } };
	struct schema_asked *asked = schema_asked_new(&o, "fuzz", names, 6, positions, 5);
	size_t j;

	for (j = 0; asked != NULL && j < 6; j++) {
		fuzz_check(asked[j].codes == NULL || asked[j].one_hot == NULL);
		fuzz_check(asked[j].codes == NULL || asked[j].codes[-1] == '=');
		fuzz_check(asked[j].chosen == (j != 4));
		fuzz_check(asked[j].chosen || (asked[j].codes == NULL &&
		    asked[j].one_hot == NULL));
	}
	free(asked);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char table[MOST_TABLE_BYTES + 1];
	struct failure failure;
	size_t at = take_options(data, size), n = size - at;

	if (n > MOST_TABLE_BYTES)
		return (0);
	if (n > 0)
		memcpy(table, data + at, n);
	table[n] = '\0';
	diag_divert(&failure);
	draft();
	share_table(table, n);
	diag_divert(NULL);
	return (0);
}
