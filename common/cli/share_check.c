#include "cli/share_check.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/shell_words.h"
#include "table/date.h"
#include "table/meaning.h"
#include "table/range.h"

/* Faults of a column, and of rows, that are told in full. */
#define TOLD_FAULTS 2

/* Numbers that a label may have for classes, at most. */
#define FEW_CLASSES 10

/* Characters of a column's name that are shown, and columns of the table of columns. */
#define NAME_CHARACTERS 32
#define FIELDS 8
#define FIELD_BYTES (4 * NAME_CHARACTERS + 8)

/* ---- reading ---- */

static int
watch_text(void *state, size_t j, uint64_t at, const char *s, size_t len)
{
	struct share_check *c = state;

	if (profile_text(c->profile, j, at, s, len) == -1)
		return (-1);
	return ((c->next == NULL) ? 0 : c->next->text(c->next->state, j, at, s, len));
}

static int
watch_number(void *state, size_t j, uint64_t at, double x)
{
	struct share_check *c = state;

	c->array = true;
	if (profile_number(c->profile, j, at, x) == -1)
		return (-1);
	return ((c->next == NULL) ? 0 : c->next->number(c->next->state, j, at, x));
}

void
share_check_init(struct share_check *c, struct table_options *how)
{

	*c = (struct share_check){
		.watch = { .state = c, .text = watch_text, .number = watch_number },
		.next = how->watch,
		.residues = (how->modulus != 0),
		.faults = { .each = TOLD_FAULTS },
	};
	how->watch = &c->watch;
	how->faults = &c->faults;
}

void
share_check_free(struct share_check *c)
{

	profile_free(c->profile);
	c->profile = NULL;
}

/* ---- columns, one a line ---- */

/* Write a name, without what would drive a terminal, and cut where it is long. */
static void
show_name(char out[static FIELD_BYTES], const char *name, size_t position)
{
	size_t n = 0, characters = 0;
	bool control;

	if (name == NULL || name[0] == '\0') {
		snprintf(out, FIELD_BYTES, "%zu", position);
		return;
	}
	for (; *name != '\0'; name++) {
		if (((unsigned char)*name & 0xc0) != 0x80 && characters++ == NAME_CHARACTERS)
			break;
		/* U+0080 to U+009F are controls, too */
		control = (name[0] == '\xc2' && (unsigned char)name[1] < 0xa0);
		out[n++] = (control || (unsigned char)*name < 0x20 || *name == 0x7f) ? '?' : *name;
		name += (control && name[1] != '\0');
	}
	strcpy(out + n, (*name != '\0') ? "..." : "");
}

static const char *
guess_name(enum profile_guess guess)
{
	static const char *const names[] = {
		[PROFILE_EMPTY] = "empty",
		[PROFILE_NUMBER] = "number",
		[PROFILE_COUNTER] = "counter",
		[PROFILE_DATE] = "date",
		[PROFILE_CATEGORY] = "category",
		[PROFILE_KEY] = "key",
		[PROFILE_TEXT] = "text",
		[PROFILE_MIXED] = "mixed",
	};

	return (names[guess]);
}

/* Write the statistics of numbers, or the range of dates. */
static void
show_figures(char field[static FIELDS][FIELD_BYTES], const struct profile_column *c)
{
	size_t i;

	for (i = 3; i < 7; i++)
		strcpy(field[i], "-");
	if (c->numbers > 0 && c->dates == 0) {
		meaning_number_text(field[3], c->low);
		meaning_number_text(field[4], c->high);
		if (c->mean - c->mean == 0)
			snprintf(field[5], FIELD_BYTES, "%.6g", c->mean);
		if (profile_deviation(c) - profile_deviation(c) == 0)
			snprintf(field[6], FIELD_BYTES, "%.6g", profile_deviation(c));
	} else if (c->dates > 0 && c->numbers == 0) {
		date_text(field[3], (int64_t)c->low);
		date_text(field[4], (int64_t)c->high);
	}
}

/* The fields of a line: of the heading with ${t} NULL. */
static void
show_column(char field[static FIELDS][FIELD_BYTES], const struct share_check *check,
    const struct table *t, size_t j)
{
	static const char *const heading[FIELDS] = { "column", "kind", "missing", "smallest",
	    "largest", "mean", "deviation", "distinct" };
	const struct profile_column *c;
	size_t i;

	for (i = 0; t == NULL && i < FIELDS; i++)
		strcpy(field[i], heading[i]);
	if (t == NULL)
		return;
	c = profile_column(check->profile, j);
	show_name(field[0], table_input(t, j).name, j + 1);
	strcpy(field[1], guess_name(table_input(t, j).is_key ? PROFILE_KEY : profile_guess(c)));
	snprintf(field[2], FIELD_BYTES, "%" PRIu64, c->missing);
	show_figures(field, c);
	snprintf(field[7], FIELD_BYTES, "%s%zu", (c->crowded > 0) ? ">" : "", c->n_values);
}

/* Characters of UTF-8. */
static int
text_width(const char *s)
{
	int n = 0;

	for (; *s != '\0'; s++)
		n += (((unsigned char)*s & 0xc0) != 0x80);
	return (n);
}

/* Names and kinds begin at the left, figures end at the right. */
static void
print_fields(char field[static FIELDS][FIELD_BYTES], const int width[static FIELDS])
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		printf("%s%*s%s%*s", (i > 0) ? "  " : "",
		    (i < 2) ? 0 : width[i] - text_width(field[i]), "", field[i],
		    (i < 2) ? width[i] - text_width(field[i]) : 0, "");
	printf("\n");
}

static void
print_columns(const struct share_check *check, const struct table *t)
{
	char field[FIELDS][FIELD_BYTES];
	int width[FIELDS] = { 0 };
	size_t j, i, pass;

	for (pass = 0; pass < 2; pass++) {
		show_column(field, check, NULL, 0);
		for (j = 0;; j++) {
			for (i = 0; pass == 0 && i < FIELDS; i++)
				width[i] = (text_width(field[i]) > width[i]) ?
				    text_width(field[i]) : width[i];
			if (pass == 1)
				print_fields(field, width);
			while (j < table_inputs(t) && !table_input(t, j).selected)
				j++;
			if (j == table_inputs(t))
				break;
			show_column(field, check, t, j);
		}
	}
}

/* ---- options to paste ---- */

/* Whether texts can be given in a list, and shown. */
static bool
can_list(const struct profile_column *c)
{
	const struct profile_value *v = c->value;
	size_t i, k;

	for (i = 0; i < c->n_values; i++) {
		for (k = 0; k < v[i].len; k++) {
			if ((unsigned char)v[i].text[k] < 0x20 || v[i].text[k] == 0x7f ||
			    v[i].text[k] == ',')
				return (false);
		}
	}
	return (c->crowded == 0 && c->n_values <= PROFILE_LISTED);
}

/* Two texts, or numbers, are codes of a column, more are columns. */
static int
add_texts(struct buf *b, const char *column, const struct profile_column *c)
{
	struct buf list = { NULL, 0, 0 };
	size_t i;
	int rc;

	rc = buf_string(&list, column);
	for (i = 0; i < c->n_values && rc == 0; i++) {
		if ((rc = buf_string(&list, (i > 0) ? "," : "=")) == 0)
			rc = buf_string(&list, c->value[i].text);
	}
	if (rc == 0)
		rc = buf_append(&list, "", 1);
	if (rc == 0)
		rc = shell_add_option(b, (c->n_values == 2) ? "--codes" : "--one-hot", list.data);
	buf_free(&list);
	return (rc);
}

/* Numbers that can have a range: residues cannot. */
static int
add_range(struct buf *b, const char *column, const struct profile_column *c)
{
	struct buf value = { NULL, 0, 0 };
	char range[RANGE_TEXT];
	double low, high;
	int rc = 0;

	if (profile_range(c, &low, &high) == -1 || !range_around(range, low, high))
		return (0);
	if (buf_string(&value, column) == -1 || buf_string(&value, "=") == -1 ||
	    buf_append(&value, range, strlen(range) + 1) == -1 ||
	    shell_add_option(b, "--range", value.data) == -1)
		rc = -1;
	buf_free(&value);
	return (rc);
}

/* Whether values are the codes 0 and 1, as of a label, which training takes as such. */
static bool
is_coded(const struct profile_column *c)
{

	return (c->crowded == 0 && c->n_values == 2 && strcmp(c->value[0].text, "0") == 0 &&
	    strcmp(c->value[1].text, "1") == 0);
}

/* Whether numbers may as well be the classes of a label: whole, and few of them that come back. */
static bool
may_be_classes(const struct share_check *check, const struct table_input *input,
    const struct profile_column *c)
{

	return (!input->ranged && !input->percent && !check->residues && !check->array &&
	    profile_guess(c) == PROFILE_NUMBER && c->whole == profile_cells(c) && can_list(c) &&
	    c->n_values >= 2 && c->n_values <= FEW_CLASSES &&
	    2 * (uint64_t)c->n_values <= c->numbers && !is_coded(c));
}

static int
by_number(const void *a, const void *b)
{
	double x = ((const struct profile_value *)a)->number,
	    y = ((const struct profile_value *)b)->number;

	return ((x > y) - (x < y));
}

/* The classes that numbers may be, in their order; none where two texts are the same number. */
static int
add_label_classes(struct buf *b, const struct share_check *check, const struct table_input *input,
    const char *column, const struct profile_column *c)
{
	struct profile_value value[FEW_CLASSES];
	struct buf list = { NULL, 0, 0 };
	size_t i;
	int rc;

	if (!may_be_classes(check, input, c))
		return (0);
	memcpy(value, c->value, c->n_values * sizeof(*value));
	qsort(value, c->n_values, sizeof(*value), by_number);
	rc = buf_string(&list, column);
	for (i = 0; i < c->n_values && rc == 0; i++) {
		if (i > 0 && value[i].number == value[i - 1].number)
			break;
		if ((rc = buf_string(&list, (i > 0) ? "," : "=")) == 0)
			rc = buf_string(&list, value[i].text);
	}
	if (rc == 0 && i == c->n_values && (rc = buf_append(&list, "", 1)) == 0)
		rc = shell_add_option(b, "--codes", list.data);
	buf_free(&list);
	return (rc);
}

/* What a column needs, or should have, to be shared. */
static int
add_column(struct buf *b, const struct share_check *check, const struct table_input *input,
    const char *column, const struct profile_column *c)
{

	switch (profile_guess(c)) {
	case PROFILE_MIXED:
		/* What cannot be read yet would be beyond a range of the rest. */
		return (0);
	case PROFILE_NUMBER:
		if (input->ranged || check->residues)
			return (0);
		return ((is_coded(c) && !input->percent && !check->array) ?
		    add_texts(b, column, c) : add_range(b, column, c));
	case PROFILE_CATEGORY:
		return (can_list(c) ? add_texts(b, column, c) : shell_add_option(b, "-x", column));
	case PROFILE_DATE:
		return (shell_add_option(b, "--date", column));
	default:
		return (shell_add_option(b, "-x", column));
	}
}

typedef int add_options(struct buf *, const struct share_check *, const struct table_input *,
    const char *, const struct profile_column *);

/* What ${add} adds of columns of which options do not yet say what they hold. */
static int
options_of_columns(struct buf *b, const struct share_check *check, const struct table *t,
    bool distinct, add_options *add)
{
	const char *const *names = table_input_names(t);
	struct buf column = { NULL, 0, 0 };
	struct table_input input;
	size_t j;
	int rc = 0;

	for (j = 0; j < table_inputs(t) && rc == 0; j++) {
		input = table_input(t, j);
		if (!input.selected || input.is_text || input.is_key || input.is_date)
			continue;
		column.len = 0;
		rc = columns_reference(&column, names, table_inputs(t), j, distinct);
		if (rc == 0 && (rc = buf_append(&column, "", 1)) == 0)
			rc = add(b, check, &input, column.data,
			    profile_column(check->profile, j));
	}
	buf_free(&column);
	return (rc);
}

/* Whether the texts of a column are most likely categories, and no option lists them. */
static bool
has_categories(const struct table_input *input, const struct profile_column *c)
{

	return (input->selected && !input->is_text && !input->is_key && !input->is_date &&
	    profile_guess(c) == PROFILE_CATEGORY);
}

/* Categories that are left out, only because an option cannot list them. */
static int
print_unlisted(const struct share_check *check, const struct table *t)
{
	const char *const *names = table_input_names(t);
	const struct profile_column *c;
	struct table_input input;
	struct buf b = { NULL, 0, 0 };
	size_t j;
	int rc = 0;

	for (j = 0; j < table_inputs(t) && names != NULL && rc == 0; j++) {
		input = table_input(t, j);
		c = profile_column(check->profile, j);
		if (!has_categories(&input, c) || can_list(c))
			continue;
		if ((rc = buf_string(&b, (b.len > 0) ? ", '" : "'")) == 0 &&
		    (rc = buf_string(&b, names[j])) == 0)
			rc = buf_string(&b, "'");
	}
	if (rc == 0 && b.len > 0)
		printf("no option can list the texts of %.*s; a schema can: smpc-schema --draft\n",
		    (int)b.len, b.data);
	buf_free(&b);
	return (rc);
}

/* Print the options that ${add} has of all columns, behind what they are for. */
static int
print_options_for(const struct share_check *check, const struct table *t, bool distinct,
    const char *what, add_options *add)
{
	struct buf b = { NULL, 0, 0 };
	int rc;

	if ((rc = options_of_columns(&b, check, t, distinct, add)) == 0 && b.len > 0)
		printf("%s: %.*s\n", what, (int)b.len, b.data);
	buf_free(&b);
	return (rc);
}

static int
print_options(const struct share_check *check, const struct table *t)
{
	const char *const *names = table_input_names(t);
	size_t position;
	int repeated;

	if ((repeated = (names == NULL) ? 0 :
	    names_repeated(names, table_inputs(t), &position)) == -1)
		return (-1);
	if (print_options_for(check, t, repeated == 0, "\noptions to paste", add_column) == -1 ||
	    print_options_for(check, t, repeated == 0, "for labels that are classes, in place of "
	    "their ranges", add_label_classes) == -1)
		return (-1);
	return (print_unlisted(check, t));
}

/* ---- what may not be meant ---- */

/* Say how a column is called in a message: by its name, or its position. */
static void
call_column(char out[static FIELD_BYTES + 2], const char *name, size_t position)
{
	char shown[FIELD_BYTES];

	show_name(shown, name, position);
	snprintf(out, FIELD_BYTES + 2, (name == NULL || name[0] == '\0') ? "%s" : "'%s'", shown);
}

static int
tell_alike(const char *table, const char *column, const struct profile_column *c)
{
	char text[400];
	size_t pairs;

	if (profile_alike(c, text, sizeof(text), &pairs) == -1)
		return (-1);
	if (pairs > 0)
		warn("%s: column %s: %s differ only by letter case or blanks; if they mean the "
		    "same, write them alike", table, column, text);
	return (0);
}

/* Numbers are quoted as they stand in the table: an option takes their text. */
static int
tell_stand_in(const char *table, const char *column, const struct profile_value *v)
{
	struct buf option = { NULL, 0, 0 };
	char times[40] = "once";
	int rc;

	if (v->count > 1)
		snprintf(times, sizeof(times), "%" PRIu64 " times", v->count);
	if ((rc = shell_add_option(&option, "--na-text", v->text)) == 0 &&
	    (rc = buf_append(&option, "", 1)) == 0)
		warn("%s: column %s: '%.40s' is there %s: if it stands for a missing value, %.80s "
		    "says so", table, column, v->text, times, option.data);
	buf_free(&option);
	return (rc);
}

static int
tell_doubts(const struct share_check *check, const struct table *t)
{
	const struct profile_value *v;
	const struct profile_column *c;
	struct table_input input;
	char column[FIELD_BYTES + 2];
	size_t j;
	int rc = 0;

	for (j = 0; j < table_inputs(t) && rc == 0; j++) {
		input = table_input(t, j);
		c = profile_column(check->profile, j);
		call_column(column, input.name, j + 1);
		if (has_categories(&input, c))
			rc = tell_alike(table_name(t), column, c);
		if (rc == 0 && input.selected && !input.is_text && !check->array &&
		    (v = profile_stand_in(check->profile, j)) != NULL)
			rc = tell_stand_in(table_name(t), column, v);
	}
	return (rc);
}

/* ---- */

static int
read_to_end(struct table *t)
{
	size_t cols = table_columns(t), max_rows = (cols < 4096) ? 4096 / cols : 1, rows;
	uint64_t *words;
	int rc;

	if ((words = mem_array(max_rows * cols, sizeof(*words))) == NULL)
		return (-1);
	while ((rc = table_read(t, words, max_rows, &rows)) == 1)
		continue;
	mem_wipe_free(words, max_rows * cols * sizeof(*words));
	return (rc);
}

int
share_check_table(struct share_check *c, struct table *t, const struct table_options *how)
{
	size_t j;
	int rc;

	if ((c->profile = profile_new(how, table_inputs(t))) == NULL)
		return (-1);
	for (j = 0; j < table_inputs(t); j++) {
		if (table_input(t, j).percent)
			profile_percent(c->profile, j);
	}
	rc = read_to_end(t);
	table_tell_faults(t);
	if (table_rows(t) == 0)
		return (rc);
	printf("rows%s: %" PRIu64 "\n\n", (rc == -1) ? " that were read" : "", table_rows(t));
	print_columns(c, t);
	if (print_options(c, t) == -1 || tell_doubts(c, t) == -1)
		return (-1);
	return ((c->faults.count > 0) ? -1 : rc);
}
