#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/near.h"
#include "table/cells_internal.h"
#include "table/numeral.h"

#define SHOWN CELLS_SHOWN

/* Categories that a header can list for a column. */
#define MAX_CODES 65536
#define SCALE_TEXT 40

/*
 * Split "a,b,c" at a separator, 0 for none, into a NULL-terminated array of strings in one piece of
 * memory.
 */
static char **
split_list(const char *list, char separator)
{
	size_t count = 1, i, bytes = strlen(list) + 1;
	const char *s;
	char **array, *text;

	for (s = list; *s != '\0'; s++)
		count += (*s == separator);
	if (bytes > SIZE_MAX / 2 ||
	    (array = mem_array((count + 1) * sizeof(*array) + bytes, 1)) == NULL)
		return (NULL);
	text = (char *)(array + count + 1);
	memcpy(text, list, bytes);
	for (i = 0; i < count; i++) {
		array[i] = text;
		if (i + 1 < count && (text = strchr(text, separator)) != NULL)
			*text++ = '\0';
	}
	return (array);
}

static int
check_categories(const char *option, const char *spec, char *const *categories)
{
	const char *fault;
	size_t i, n, position;
	int repeated;

	for (n = 0; categories[n] != NULL; n++) {
		if ((fault = columns_name_fault(categories[n], strlen(categories[n]))) != NULL)
			return (fail(ST_USAGE, "%s '%.*s': a category %s%s", option, SHOWN, spec,
			    fault, (categories[n][0] == '\0') ? ": a schema can list the empty "
			    "text, and texts with commas (smpc-schema --draft)" : ""));
	}
	if ((repeated = names_repeated((const char *const *)categories, n, &position)) == -1)
		return (-1);
	for (i = 0; repeated && i < n; i++) {
		if (i == position)
			return (fail(ST_USAGE, "%s '%.*s': '%.40s' is there twice", option, SHOWN,
			    spec, categories[i]));
	}
	return (0);
}

/* The largest code must fit, as any number must, and all of them in a header. */
static int
check_codes(const struct cells *c, const char *spec, char *const *categories)
{
	uint64_t n, most = (c->options->modulus != 0) ? c->options->modulus - 1 :
	    (uint64_t)INT64_MAX >> c->f;

	for (n = 0; categories[n] != NULL; n++)
		;
	if (n > MAX_CODES && c->options->modulus == 0)
		return (fail(ST_USAGE, "codes '%.*s': there are more than %d categories", SHOWN,
		    spec, MAX_CODES));
	return ((n - 1 > most) ?
	    fail(ST_RANGE, "codes '%.*s': a code does not fit: the largest number is %" PRIu64,
	    SHOWN, spec, most) : 0);
}

/* Columns of text, and what becomes of them; *${categories} is set. */
static int
set_categories(struct cells *c, enum cell_action action, const char *spec, char ***categories,
    uint8_t *marks)
{
	const char *option = (action == CELL_ONE_HOT) ? "one-hot" : "codes",
	    *equals = cells_columns_end(c, spec);
	size_t j;

	if (equals == NULL || equals[1] == '\0')
		return (fail(ST_USAGE, "%s '%.*s': must be COLUMN=CATEGORY,CATEGORY...", option,
		    SHOWN, spec));
	if (cells_mark(c, option, spec, (size_t)(equals - spec), marks) == -1)
		return (-1);
	if ((*categories = split_list(equals + 1, ',')) == NULL)
		return (-1);
	if (check_categories(option, spec, *categories) == -1 ||
	    (action == CELL_CODE && check_codes(c, spec, *categories) == -1))
		return (-1);
	for (j = 0; j < c->columns; j++) {
		if (!marks[j])
			continue;
		if (c->column[j].action != CELL_NUMBER)
			return (fail(ST_USAGE, "%s '%.*s': a column is given twice, to one-hot or "
			    "codes", option, SHOWN, spec));
		c->column[j].action = action;
		c->column[j].categories = *categories;
	}
	return (0);
}

/* The options one_hot, and then codes. */
static int
set_texts(struct cells *c, uint8_t *marks)
{
	const struct column_lists *one_hot = &c->options->one_hot, *codes = &c->options->codes;
	size_t i;

	for (i = 0; i < one_hot->count; i++) {
		if (set_categories(c, CELL_ONE_HOT, one_hot->list[i], &c->categories[i],
		    marks) == -1)
			return (-1);
	}
	for (i = 0; i < codes->count; i++) {
		if (set_categories(c, CELL_CODE, codes->list[i], &c->categories[one_hot->count + i],
		    marks) == -1)
			return (-1);
	}
	return (0);
}

/* Have one of several categories get no column.  Return -1, without reporting, if it is none. */
static int
leave_out_category(struct cell_column *column, const char *category)
{
	size_t i;

	for (i = 0; column->categories[i] != NULL && strcmp(column->categories[i], category) != 0;
	    i++)
		continue;
	if (column->categories[i] == NULL || column->categories[1] == NULL)
		return (-1);
	column->baseline = i;
	return (0);
}

/* The option baseline, once one_hot is settled. */
static int
set_baseline(struct cells *c, const char *spec, uint8_t *marks)
{
	const char *equals = cells_columns_end(c, spec);
	struct cell_column *column;
	size_t j;

	if (equals == NULL || equals[1] == '\0')
		return (fail(ST_USAGE, "baseline '%.*s': must be COLUMN=CATEGORY", SHOWN, spec));
	if (cells_mark(c, "baseline", spec, (size_t)(equals - spec), marks) == -1)
		return (-1);
	for (j = 0; j < c->columns; j++) {
		column = &c->column[j];
		if (!marks[j])
			continue;
		if (column->action != CELL_ONE_HOT)
			return (fail(ST_USAGE, "baseline '%.*s': a column is not one-hot", SHOWN,
			    spec));
		if (column->baseline != CELL_NOWHERE)
			return (fail(ST_USAGE, "baseline '%.*s': a column is given twice", SHOWN,
			    spec));
		if (leave_out_category(column, equals + 1) == -1)
			return (fail(ST_USAGE, "baseline '%.*s': '%.*s' is not one of several "
			    "categories that are listed", SHOWN, spec, SHOWN, equals + 1));
	}
	return (0);
}

/* A NULL-terminated copy of an array: what it points to stays where it is. */
static char **
copy_array(const char *const *from, size_t count)
{
	char **array;

	if ((array = mem_array(count + 1, sizeof(*array))) != NULL)
		memcpy(array, from, count * sizeof(*array));
	return (array);
}

/* Columns of text whose values may be any texts. */
static int
set_values(struct cells *c)
{
	char ***categories = c->categories + c->options->one_hot.count + c->options->codes.count;
	const struct table_values *v;
	struct cell_column *column;
	size_t i, j;

	for (i = 0; i < c->options->n_values; i++) {
		v = &c->options->values[i];
		if (!names_find(v->column, strlen(v->column), c->names, c->columns, &j) ||
		    c->column[j].action != CELL_NUMBER)
			return (fail(ST_USAGE, "%s: no column '%.80s', or it is given twice",
			    c->input, v->column));
		if ((categories[i] = copy_array(v->values, v->count)) == NULL)
			return (-1);
		column = &c->column[j];
		column->action = v->one_hot ? CELL_ONE_HOT : CELL_CODE;
		column->categories = categories[i];
		column->other = v->other ? v->count : 0;
		if (v->baseline != NULL && leave_out_category(column, v->baseline) == -1)
			return (fail(ST_USAGE, "%s: the baseline of '%.80s' is not one of several "
			    "values", c->input, v->column));
		if (!v->one_hot && check_codes(c, v->column, categories[i]) == -1)
			return (-1);
	}
	return (0);
}

/*
 * A column that is scaled, or standardized, is in another unit than that of an owner who does not
 * do so: its header says so, unless a unit is declared.
 */
static int
say_scale(struct cells *c, struct cell_column *column)
{

	if (c->options->modulus != 0 || (!column->standardize && column->factor == 1))
		return (0);
	if (column->scaled == NULL && (column->scaled = mem_array(SCALE_TEXT, 1)) == NULL)
		return (-1);
	if (column->standardize)
		snprintf(column->scaled, SCALE_TEXT, "standardized");
	else
		snprintf(column->scaled, SCALE_TEXT, "times %.17g", column->factor);
	return (0);
}

static int
set_scale(struct cells *c, const char *spec, uint8_t *marks)
{
	const char *equals = strrchr(spec, '=');
	double factor;
	size_t j;

	if (equals == NULL ||
	    fixed_parse_double(equals + 1, strlen(equals + 1), &factor) != FIXED_OK || factor == 0)
		return (fail(ST_USAGE, "scale '%.*s': must be COLUMN=FACTOR, a number other than "
		    "0", SHOWN, spec));
	if (cells_mark(c, "scale", spec, (size_t)(equals - spec), marks) == -1)
		return (-1);
	for (j = 0; j < c->columns; j++) {
		if (!marks[j])
			continue;
		if (c->column[j].action != CELL_NUMBER)
			return (fail(ST_USAGE, "scale '%.*s': a column is one-hot, coded or a "
			    "key, or scaled twice", SHOWN, spec));
		c->column[j].action = CELL_REAL;
		c->column[j].factor = factor;
		if (say_scale(c, &c->column[j]) == -1)
			return (-1);
	}
	return (0);
}

/* Columns "COLUMNS" of keys, or "COLUMNS=MATCH". */
static int
set_keys(struct cells *c, const char *spec, uint8_t *marks)
{
	const char *equals = columns_key_end(spec, c->names, c->columns);
	enum key_match match = KEY_TEXT;
	size_t j;

	if (equals != NULL && !key_match_find(equals + 1, strlen(equals + 1), &match))
		return (fail(ST_USAGE, "key '%.*s': '%.*s' is none of text, nocase, digits and "
		    "alnum", SHOWN, spec, SHOWN, equals + 1));
	if (cells_mark(c, "key", spec, (equals != NULL) ? (size_t)(equals - spec) : strlen(spec),
	    marks) == -1)
		return (-1);
	for (j = 0; j < c->columns; j++) {
		if (!marks[j])
			continue;
		if (c->column[j].action != CELL_NUMBER)
			return (fail(ST_USAGE, "key '%.*s': a column is one-hot, coded or a key "
			    "already", SHOWN, spec));
		c->column[j].action = CELL_KEY;
		c->column[j].match = match;
		c->keyed = 1;
	}
	return (0);
}

/* The option duplicates. */
static int
set_repeated_keys(struct cells *c, uint8_t *marks)
{
	const struct column_lists *lists = &c->options->duplicates;
	size_t i, j;

	for (i = 0; i < lists->count; i++) {
		if (cells_mark(c, "duplicates", lists->list[i], strlen(lists->list[i]), marks) ==
		    -1)
			return (-1);
		for (j = 0; j < c->columns; j++) {
			if (marks[j] && c->column[j].action != CELL_KEY)
				return (fail(ST_USAGE, "duplicates '%.*s': a column is no key",
				    SHOWN, lists->list[i]));
			c->column[j].repeats |= marks[j];
		}
	}
	return (0);
}

/* All that is said of keys. */
static int
set_all_keys(struct cells *c, uint8_t *marks)
{
	const struct column_lists *lists = &c->options->key;
	const char *without = (c->options->modulus != 0) ? "residues" : c->options->without_keys;
	size_t i;

	if (lists->count > 0 && without != NULL)
		return (fail(ST_USAGE, "key '%.*s': %s have no keys: tables are joined by those of "
		    "masked shares%s", SHOWN, lists->list[0], without, c->options->remedies ?
		    "; -x leaves the column out" : ""));
	if (lists->count > 0 && c->names == NULL)
		return (fail(ST_USAGE, "key '%.*s': the columns have no names, by which keys are "
		    "known", SHOWN, lists->list[0]));
	for (i = 0; i < lists->count; i++) {
		if (set_keys(c, lists->list[i], marks) == -1)
			return (-1);
	}
	return (set_repeated_keys(c, marks));
}

static int
set_percent(struct cells *c, uint8_t *marks)
{
	const struct column_lists *lists = &c->options->percent;
	size_t i, j;

	for (i = 0; i < lists->count; i++) {
		if (cells_mark(c, "percent", lists->list[i], strlen(lists->list[i]), marks) == -1)
			return (-1);
		for (j = 0; j < c->columns; j++) {
			if (marks[j] && c->column[j].action != CELL_NUMBER)
				return (fail(ST_USAGE, "percent '%.*s': a column is one-hot, "
				    "coded or a key", SHOWN, lists->list[i]));
			c->column[j].percent |= marks[j];
		}
	}
	return (0);
}

static int
set_dates(struct cells *c, uint8_t *marks)
{
	const struct column_lists *lists = &c->options->date;
	size_t i, j;

	for (i = 0; i < lists->count; i++) {
		if (cells_mark(c, "date", lists->list[i], strlen(lists->list[i]), marks) == -1)
			return (-1);
		for (j = 0; j < c->columns; j++) {
			if (marks[j] && (c->column[j].action != CELL_NUMBER ||
			    c->column[j].percent))
				return (fail(ST_USAGE, "date '%.*s': a column is one-hot, coded, "
				    "a key or per cent", SHOWN, lists->list[i]));
			c->column[j].date |= marks[j];
		}
	}
	return (0);
}

static int
set_standardized(struct cells *c, uint8_t *raw, uint8_t *marks)
{
	const struct column_lists *lists = &c->options->raw;
	size_t i, j;

	for (i = 0; i < lists->count; i++) {
		if (cells_mark(c, "the exceptions of standardize", lists->list[i],
		    strlen(lists->list[i]), marks) == -1)
			return (-1);
		for (j = 0; j < c->columns; j++)
			raw[j] |= marks[j];
	}
	for (j = 0; c->options->standardize && j < c->columns; j++) {
		if (raw[j] || c->column[j].action == CELL_SKIP ||
		    c->column[j].action == CELL_ONE_HOT || c->column[j].action == CELL_CODE ||
		    c->column[j].action == CELL_KEY)
			continue;
		c->column[j].action = CELL_REAL;
		c->column[j].standardize = 1;
		if (say_scale(c, &c->column[j]) == -1)
			return (-1);
	}
	return (0);
}

/* Give every selected column its place in a row, in the order of the selection. */
static int
set_places(struct cells *c, const size_t *positions, size_t chosen)
{
	struct cell_column *column;
	size_t i, n;

	for (i = 0; i < chosen; i++) {
		column = &c->column[positions[i]];
		column->place = c->words;
		for (n = 1; column->action == CELL_ONE_HOT && column->categories[n] != NULL; n++)
			continue;
		n -= (column->baseline != CELL_NOWHERE);
		if (column->action == CELL_KEY)
			n = KEY_WORDS;
		if (cell_is_filled(column))
			column->present = c->words + n++;
		if (column->indicated)
			column->missing = c->words + n++;
		c->marked |= (cell_is_filled(column) || column->indicated);
		if ((c->words += n) > COLUMNS_MAX)
			return (fail(ST_USAGE, "%s: the options make more than %zu columns",
			    c->input, COLUMNS_MAX));
	}
	return (0);
}

/* Name a word after its column and, behind ${sep}, something else.  Return 0 or -1 (reported). */
static int
name_word(struct cells *c, size_t place, const char *name, const char *sep, const char *more)
{
	struct buf b = { NULL, 0, 0 };

	if (buf_string(&b, name) == 0 && buf_string(&b, sep) == 0 && buf_string(&b, more) == 0)
		c->word_names[place] = mem_copy_string(b.data, b.len);
	buf_free(&b);
	return ((c->word_names[place] == NULL) ? -1 : 0);
}

static int
name_key_words(struct cells *c, size_t place, const char *name)
{
	char number[24];
	size_t i;

	for (i = 0; i < KEY_WORDS; i++) {
		snprintf(number, sizeof(number), "%zu", i + 1);
		if (name_word(c, place + i, name, "#", number) == -1)
			return (-1);
	}
	return (0);
}

static int
name_column(struct cells *c, const struct cell_column *column, const char *name)
{
	size_t i, place;

	if (column->present != CELL_NOWHERE && name_word(c, column->present, name, ".present",
	    "") == -1)
		return (-1);
	if (column->missing != CELL_NOWHERE && name_word(c, column->missing, name, ".missing",
	    "") == -1)
		return (-1);
	if (column->action == CELL_KEY)
		return (name_key_words(c, column->place, name));
	if (column->action != CELL_ONE_HOT)
		return (name_word(c, column->place, name, "", ""));
	for (i = 0; column->categories[i] != NULL; i++) {
		place = cell_category_place(column, i);
		if (place != CELL_NOWHERE &&
		    name_word(c, place, name, "=", column->categories[i]) == -1)
			return (-1);
	}
	return (0);
}

static int
check_word_names(const struct cells *c)
{
	size_t j, position;
	const char *fault;

	for (j = 0; j < c->words; j++) {
		if ((fault = columns_name_fault(c->word_names[j], strlen(c->word_names[j]))) !=
		    NULL)
			return (fail(ST_USAGE, "%s: the name '%.*s' %s", c->input, SHOWN,
			    c->word_names[j], fault));
	}
	switch (names_repeated((const char *const *)c->word_names, c->words, &position)) {
	case 0:
		return (0);
	case 1:
		return (fail(ST_USAGE, "%s: %s makes a second column '%.*s'", c->input,
		    (c->marked || c->keyed) ? "an option" : "one-hot", SHOWN,
		    c->word_names[position]));
	default:
		return (-1);
	}
}

static int
set_names(struct cells *c)
{
	size_t j;

	if (c->names == NULL)
		return (0);
	if ((c->word_names = mem_array(c->words, sizeof(char *))) == NULL)
		return (-1);
	for (j = 0; j < c->columns; j++) {
		if (c->column[j].action != CELL_SKIP && name_column(c, &c->column[j],
		    c->names[j]) == -1)
			return (-1);
	}
	return (check_word_names(c));
}

/* Check what can be checked of the options without a table. */
static int
check_options(const struct cells *c)
{
	const struct table_options *o = c->options;
	int64_t value;
	uint64_t word;
	double x;
	int rc;

	if (o->fraction_bits > FIXED_MAX_FRACTION_BITS)
		return (fail(ST_USAGE, "fraction bits must be 0 to %d", FIXED_MAX_FRACTION_BITS));
	if (o->modulus == 1 || (o->modulus != 0 && o->fraction_bits != 0))
		return (fail(ST_USAGE, "a modulus must be at least 2, and goes with 0 fraction "
		    "bits"));
	if (c->integers && (o->standardize || o->scale.count > 0))
		return (fail(ST_USAGE, "whole numbers cannot be scaled or standardized; that takes "
		    "fraction bits"));
	if (o->na != TABLE_NA_VALUE)
		return (0);
	/*
	 * A category or a date may stand in for a missing value, too, so that with columns of text
	 * it may be any.
	 */
	if (o->modulus != 0)
		rc = residue_parse(o->na_value, strlen(o->na_value), o->modulus, &word);
	else if (c->integers)
		rc = fixed_parse_integer(o->na_value, strlen(o->na_value), &value);
	else
		rc = fixed_parse_double(o->na_value, strlen(o->na_value), &x);
	if (rc != FIXED_OK && o->one_hot.count + o->codes.count + o->n_values + o->date.count +
	    o->key.count == 0)
		return (fail(ST_USAGE, "'%.*s' cannot stand in for missing values: it is not such "
		    "a number", SHOWN, o->na_value));
	return (0);
}

/* A table that lacks columns of the schema is told all of them, and what may be done. */
static int
check_all_there(const struct cells *c)
{
	const struct column_lists *select = &c->options->select;
	const char *meant, *name;
	size_t i, position;
	int rc = 0;

	for (i = 0; c->options->all_there && c->names != NULL && i < select->count; i++) {
		name = select->list[i];
		if (names_find(name, strlen(name), c->names, c->columns, &position))
			continue;
		meant = near_match(name, c->names, c->columns);
		rc = fail(ST_FAILED, "%s: has no column '%.80s', which the schema has%s%.80s%s; "
		    "name it in the header, or leave it out by -x, as labels that are to be "
		    "predicted",
		    c->input, name, (meant != NULL) ? " (is it '" : "", (meant != NULL) ? meant :
		    "", (meant != NULL) ? "'?)" : "");
	}
	return (rc);
}

static int
choose_columns_of_cells(struct cells *c)
{
	size_t *positions = NULL, chosen, i, j;
	uint8_t *marks = NULL, *raw = NULL;
	int rc = -1;

	if (check_all_there(c) == -1 || columns_choose(&c->options->select, &c->options->exclude,
	    c->names, NULL, c->columns, c->input, &positions, &chosen) == -1)
		goto out;
	if (c->names != NULL && columns_check_names(c->names, positions, chosen,
	    &(struct columns_place){ c->input, c->first_line, c->options->remedies }) == -1)
		goto out;
	if ((marks = mem_array(c->columns, 1)) == NULL || (raw = mem_array(c->columns, 1)) == NULL)
		goto out;
	for (j = 0; j < c->columns; j++) {
		c->column[j].factor = c->column[j].deviation = 1;
		c->column[j].bits = (int)c->f;
		c->column[j].present = c->column[j].missing = c->column[j].baseline = CELL_NOWHERE;
	}
	for (i = 0; i < chosen; i++)
		c->column[positions[i]].action = CELL_NUMBER;
	if (set_texts(c, marks) == -1 || set_values(c) == -1 || set_all_keys(c, marks) == -1 ||
	    set_percent(c, marks) == -1 ||
	    set_dates(c, marks) == -1)
		goto out;
	for (i = 0; i < c->options->baseline.count; i++) {
		if (set_baseline(c, c->options->baseline.list[i], marks) == -1)
			goto out;
	}
	for (i = 0; i < c->options->scale.count; i++) {
		if (set_scale(c, c->options->scale.list[i], marks) == -1)
			goto out;
	}
	if (set_standardized(c, raw, marks) == -1 || cells_declare(c, marks) == -1 ||
	    cells_set_missing(c, marks) == -1 ||
	    set_places(c, positions, chosen) == -1 || set_names(c) == -1 ||
	    cells_describe(c) == -1)
		goto out;
	rc = 0;
out:
	free(positions);
	free(marks);
	free(raw);
	return (rc);
}

/* Read a number with the decimal mark of the table.  Return whether it is one. */
static bool
read_number(const struct cells *c, const char *s, size_t len, double *x)
{
	char text[64], *comma;

	if (len >= sizeof(text))
		return (false);
	memcpy(text, s, len);
	text[len] = '\0';
	if (c->options->decimal == ',' && (comma = strchr(text, ',')) != NULL)
		*comma = '.';
	return (fixed_parse_double(text, len, x) == FIXED_OK);
}

static int
set_na_numbers(struct cells *c)
{
	char *const *word;
	size_t i, n = 0;

	for (i = 0; i < c->options->na_text.count; i++) {
		for (word = c->na_texts[i]; *word != NULL; word++)
			n++;
	}
	if ((c->na_numbers = mem_array(n, sizeof(*c->na_numbers))) == NULL)
		return (-1);
	for (i = 0; i < c->options->na_text.count; i++) {
		for (word = c->na_texts[i]; *word != NULL; word++)
			c->n_na_numbers += read_number(c, *word, strlen(*word),
			    &c->na_numbers[c->n_na_numbers]);
	}
	return (0);
}

/* Where commas are in numbers, they do not separate words. */
static int
set_na_texts(struct cells *c)
{
	const struct column_lists *lists = &c->options->na_text;
	size_t i;

	if ((c->na_texts = mem_array(lists->count, sizeof(*c->na_texts))) == NULL)
		return (-1);
	for (i = 0; i < lists->count; i++) {
		if ((c->na_texts[i] = split_list(lists->list[i], (c->options->decimal == ',') ?
		    '\0' : ',')) == NULL)
			return (-1);
	}
	return (set_na_numbers(c));
}

int
cells_is_na_text(const struct cells *c, const char *s, size_t len)
{
	char *const *word;
	size_t i;

	for (i = 0; i < c->options->na_text.count; i++) {
		for (word = c->na_texts[i]; *word != NULL; word++) {
			if (strlen(*word) == len && memcmp(*word, s, len) == 0)
				return (1);
		}
	}
	return (0);
}

int
cells_is_na_number(const struct cells *c, const char *s, size_t len)
{
	double x;
	size_t i;

	if (cells_is_na_text(c, s, len))
		return (1);
	if (c->n_na_numbers == 0 || !read_number(c, s, len, &x))
		return (0);
	for (i = 0; i < c->n_na_numbers && c->na_numbers[i] != x; i++)
		continue;
	return (i < c->n_na_numbers);
}

int
cells_na_text_is_number(const struct cells *c)
{
	char *const *word;
	size_t i;

	for (i = 0; i < c->options->na_text.count; i++) {
		for (word = c->na_texts[i]; *word != NULL; word++) {
			if (strpbrk(*word, "0123456789") != NULL)
				return (1);
		}
	}
	return (0);
}

struct cells *
cells_new(const struct table_options *options, const char *input, const char *const *names,
    size_t columns, uint64_t first_line)
{
	struct cells *c;

	if ((c = mem_array(1, sizeof(*c))) == NULL)
		return (NULL);
	c->options = options;
	c->input = input;
	c->names = names;
	c->columns = columns;
	c->first_line = first_line;
	c->integers = (options->integers || options->modulus != 0);
	c->f = c->integers ? 0 : options->fraction_bits;
	c->plain = (numeral_plain_point(options) && options->thousands == '\0' &&
	    options->strip.count == 0);
	if ((c->column = mem_array(columns, sizeof(*c->column))) == NULL ||
	    (c->categories = mem_array(options->one_hot.count + options->codes.count +
	    options->n_values, sizeof(*c->categories))) == NULL || set_na_texts(c) == -1 ||
	    check_options(c) == -1 || choose_columns_of_cells(c) == -1 ||
	    cells_seen_new(c) == -1) {
		cells_free(c);
		return (NULL);
	}
	return (c);
}

void
cells_free(struct cells *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; c->categories != NULL && i < c->options->one_hot.count +
	    c->options->codes.count + c->options->n_values; i++)
		free(c->categories[i]);
	for (i = 0; c->word_names != NULL && i < c->words; i++)
		free(c->word_names[i]);
	for (i = 0; c->na_texts != NULL && i < c->options->na_text.count; i++)
		free(c->na_texts[i]);
	for (i = 0; c->column != NULL && i < c->columns; i++)
		free(c->column[i].scaled);
	free(c->na_texts);
	free(c->na_numbers);
	free(c->ranges);
	free(c->about);
	free(c->categories);
	free(c->word_names);
	cells_seen_free(c);
	/* Means and deviations are an owner's secrets. */
	mem_wipe_free(c->column, c->columns * sizeof(*c->column));
	free(c);
}
