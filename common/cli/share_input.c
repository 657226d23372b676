#include "cli/share_input.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "cli/dialect.h"
#include "cli/share_about.h"
#include "data/publish.h"
#include "table/window.h"

/* ---- what the options say ---- */

/* A modulus, in digits or as 2^K; 0 stands for 2^64. */
static int
parse_modulus(const char *text, uint64_t *q)
{
	uint64_t bits;

	if (strncmp(text, "2^", 2) == 0 && num_parse(text + 2, 1, 64, &bits) == 0) {
		*q = (bits == 64) ? 0 : (uint64_t)1 << bits;
		return (0);
	}
	if (strcmp(text, "18446744073709551616") == 0) {
		*q = 0;
		return (0);
	}
	return (num_parse(text, 2, UINT64_MAX, q));
}

/* What is said of missing values in all columns, the last word of which counts. */
static int
set_missing(struct table_options *t, const char *na)
{

	/* Not all columns need to be numbers, and a text "mean" stands for no value. */
	if (strcmp(na, "mean") == 0 || strcmp(na, "median") == 0)
		return (usage("--na %s is said of columns of numbers: --na COLUMN=%s, or --na "
		    "A,B=%s for several", na, na, na));
	t->na_value = NULL;
	if (strcmp(na, "error") == 0)
		t->na = TABLE_NA_ERROR;
	else if (strcmp(na, "drop") == 0)
		t->na = TABLE_NA_DROP;
	else {
		t->na = TABLE_NA_VALUE;
		t->na_value = na;
	}
	return (0);
}

/* The options for all columns are moved to the beginning; those for some remain. */
static int
set_all_missing(struct table_options *t, const struct strings *na)
{
	const char *item;
	size_t i, n = 0;

	for (i = 0; i < na->count; i++) {
		item = na->items[i];
		if (strchr(item, '=') != NULL)
			continue;
		if (set_missing(t, item) == -1)
			return (-1);
		na->items[i] = na->items[n];
		na->items[n++] = item;
	}
	t->na_columns = (struct column_lists){ na->items + n, na->count - n };
	return (0);
}

static struct column_lists
lists(const struct strings *s)
{

	return ((struct column_lists){ s->items, s->count });
}

bool
share_input_table_options(const struct share_input_options *o)
{

	return (o->columns.count + o->excluded.count + o->one_hot.count + o->baselines.count +
	    o->codes.count + o->dates.count + o->scales.count + o->ranges.count +
	    o->units.count + o->raw.count + o->percent.count + o->strip.count +
	    o->keys.count + o->duplicates.count +
	    o->na_texts.count + o->na.count + o->na_indicators.count > 0 || o->standardize ||
	    o->no_header || o->no_quotes || o->delimiter != NULL || o->decimal != NULL ||
	    o->thousands != NULL || o->comment != NULL || o->schema != NULL || o->draft != NULL);
}

/* What a schema says is not for options to say. */
static bool
schema_settles(const struct share_input_options *o)
{

	return (o->columns.count + o->one_hot.count + o->baselines.count + o->codes.count +
	    o->dates.count + o->scales.count + o->ranges.count + o->units.count +
	    o->raw.count + o->na.count + o->na_indicators.count + o->keys.count > 0 ||
	    o->standardize || o->no_header || o->modulus != NULL);
}

static int
init_schema(struct share_input *in, const struct share_input_options *o)
{

	if (o->schema == NULL)
		return ((o->draft == NULL) ? 0 : usage("--dialect goes with --schema"));
	if (schema_settles(o))
		return (usage("--schema says what is shared of a table and how; beside it, options "
		    "can say how the table is written, -x which of its columns are left out, and "
		    "--fraction-bits"));
	return (share_schema_init(&in->schema, o->schema, o->draft, &o->excluded, &in->how));
}

int
share_input_init(struct share_input *in, const struct share_input_options *o)
{
	struct table_options *t = &in->how;

	in->options = o;
	if (o->modulus != NULL && o->fraction_bits != SHARE_BITS_UNSET)
		return (usage("--modulus and --fraction-bits exclude each other: residues are "
		    "whole numbers"));
	*t = (struct table_options){
		.fraction_bits = (o->fraction_bits == SHARE_BITS_UNSET) ? 16 :
		    (unsigned)o->fraction_bits,
		.integers = (o->fraction_bits == 0),
		.no_header = o->no_header,
		.no_quotes = o->no_quotes,
		.select = lists(&o->columns),
		.exclude = lists(&o->excluded),
		.one_hot = lists(&o->one_hot),
		.baseline = lists(&o->baselines),
		.codes = lists(&o->codes),
		.date = lists(&o->dates),
		.key = lists(&o->keys),
		.duplicates = lists(&o->duplicates),
		.scale = lists(&o->scales),
		.range = lists(&o->ranges),
		.unit = lists(&o->units),
		.raw = lists(&o->raw),
		.percent = lists(&o->percent),
		.strip = lists(&o->strip),
		.na_text = lists(&o->na_texts),
		.na_indicator = lists(&o->na_indicators),
		.standardize = o->standardize,
		.refuse_lost = 1,
		.remedies = 1,
	};
	if (dialect_character("delimiter", o->delimiter, &t->delimiter) == -1 ||
	    dialect_character("decimal", o->decimal, &t->decimal) == -1 ||
	    dialect_character("thousands", o->thousands, &t->thousands) == -1 ||
	    dialect_character("comment", o->comment, &t->comment) == -1 ||
	    set_all_missing(t, &o->na) == -1)
		return (-1);
	if (o->modulus == NULL || o->schema != NULL || o->draft != NULL)
		return (init_schema(in, o));
	if (parse_modulus(o->modulus, &t->modulus) == -1)
		return (usage("--modulus: '%s' is not a number from 2 to 2^64", o->modulus));
	t->fraction_bits = 0;
	t->integers = 1;
	return (0);
}

void
share_input_tell_ranges(struct share_input *in)
{

	in->how.tell_ranges = !in->how.integers;
	in->how.refuse_sizes = (in->how.tell_ranges &&
	    in->options->fraction_bits == SHARE_BITS_UNSET);
}

void
share_input_without_means(struct share_input *in)
{

	in->how.without_means = "shares of the additive scheme";
}

void
share_input_without_keys(struct share_input *in, const char *what)
{

	in->how.without_keys = what;
}

/* ---- the file ---- */

static int
open_tensors(struct share_input *in, struct window *w)
{
	const struct share_input_options *o = in->options;
	const struct import_options how = {
		.network = o->network,
		.input = o->input,
		.modules = o->modules,
		.weights = o->weights,
		.scale = {
			.fraction_bits = in->how.fraction_bits,
			.modulus = in->how.modulus,
			.integers = in->how.integers != 0,
		},
		.file_scale = (o->fraction_bits == SHARE_BITS_UNSET && o->modulus == NULL),
	};

	if (share_input_table_options(o) || o->name != NULL)
		return (usage("%s: is no table, but holds named tensors; the options that say how "
		    "a table is read are not for it", w->name));
	return (((in->tensors = import_open(w, &how)) == NULL) ? -1 : 0);
}

static int
open_table(struct share_input *in, struct window *w)
{
	const struct share_input_options *o = in->options;
	const char *path = w->name;

	/* What is no table either has a message of its own. */
	if ((in->table = table_open_window(w, &in->how)) == NULL)
		return (-1);
	if (o->schema != NULL && share_schema_open(&in->schema, in->table, &in->how, path) == -1)
		return (-1);
	if (o->network != NULL || o->input != NULL || o->modules != NULL || o->weights != NULL)
		return (usage("%s: is a table: --net and what goes with it are for safetensors and "
		    "JSON files", path));
	if (table_columns(in->table) > PART_MAX_COLUMNS)
		return (fail(ST_FAILED, "%s: %zu columns are more than the %zu that fit a record",
		    path, table_columns(in->table), PART_MAX_COLUMNS));
	return (0);
}

int
share_input_open(struct share_input *in, const char *path)
{
	struct window w;
	int rc = -1;

	if (window_open(&w, path) == -1)
		return (-1);
	if (window_fill(&w, 16) == 0)
		rc = tensors_is(&w) ? open_tensors(in, &w) : open_table(in, &w);
	window_close(&w);
	return (rc);
}

void
share_input_look(struct share_input *in)
{

	in->looking = true;
	share_check_init(&in->check, &in->how);
}

void
share_input_close(struct share_input *in)
{

	table_close(in->table);
	share_check_free(&in->check);
	share_schema_free(&in->schema);
	import_free(in->tensors);
	in->table = NULL;
	in->tensors = NULL;
}

/* ---- describing ---- */

static int
describe_table(const struct share_input *in, struct part *part)
{
	const char *name = in->options->name, **names;
	size_t cols = table_columns(in->table), i;
	int rc = -1;

	if ((names = mem_array(cols, sizeof(*names))) == NULL)
		return (-1);
	for (i = 0; i < cols; i++)
		names[i] = table_column_name(in->table, i);
	part->modulus = in->how.modulus;
	part->fraction_bits = in->how.fraction_bits;
	if (table_begin(in->table) == -1)
		goto out;
	part->dropped = table_drops(in->table);
	if (in->options->schema != NULL)
		share_schema_describe(&in->schema, part);
	if (part_set_name(part, (name != NULL) ? name : "data") == 0 &&
	    part_set_columns(part, (names[0] != NULL) ? names : NULL, cols) == 0 &&
	    share_about_set(part, in->table) == 0)
		rc = 0;
out:
	free(names);
	return (rc);
}

int
share_input_describe(const struct share_input *in, struct part *part)
{
	const char *name = in->options->name;
	size_t rows;

	if (name != NULL && (!text_valid(name, strlen(name), PART_MAX_NAME_BYTES) ||
	    columns_name_fault(name, strlen(name)) != NULL))
		return (usage("--name: is not 1 to %d bytes of printable UTF-8",
		    PART_MAX_NAME_BYTES));
	return ((in->tensors != NULL) ? import_describe(in->tensors, 0, part, &rows) :
	    describe_table(in, part));
}

/* ---- tensors: each is converted as a whole ---- */

/* Something done with all words of a tensor, the ${k}th, which ${part} describes; 0 or -1. */
typedef int tensor_work(void *state, size_t k, const struct part *part, const uint64_t *words,
    size_t rows);

/* Convert each tensor in turn, and call ${work} for it unless NULL. */
static int
each_tensor(struct share_input *in, struct part *part, tensor_work *work, void *state)
{
	uint64_t *words;
	size_t k, rows;
	int rc = 0;

	for (k = 0; k < import_count(in->tensors) && rc == 0; k++) {
		if (import_describe(in->tensors, k, part, &rows) == -1 ||
		    import_words(in->tensors, k, &words) == -1)
			return (-1);
		rc = (work != NULL) ? work(state, k, part, words, rows) : 0;
		mem_wipe_free(words, rows * part->cols * sizeof(*words));
	}
	return (rc);
}

static int
share_tensor(void *state, size_t k, const struct part *part, const uint64_t *words, size_t rows)
{
	struct sharer *s = state;
	uint64_t *to;
	size_t space;

	if (k > 0 && sharer_next(s, part) == -1)
		return (-1);
	for (; rows > 0; rows -= space, words += space * part->cols) {
		if ((space = sharer_space(s, &to)) == 0)
			return (-1);
		space = (space < rows) ? space : rows;
		memcpy(to, words, space * part->cols * sizeof(*to));
		if (sharer_filled(s, space) == -1)
			return (-1);
	}
	return (0);
}

static int
publish_tensor(void *state, size_t k, const struct part *part, const uint64_t *words, size_t rows)
{
	struct writer *w = state;

	(void)k;
	if (publish_begin(w, part) == -1 ||
	    writer_rows(w, rows, (const uint64_t *const[PART_MAX_PLANES]){ words }) == -1)
		return (-1);
	return (writer_end(w));
}

/* ---- checking ---- */

/* The owner learns of rows that were left out and of numbers that are large, once. */
static void
tell_of_table(struct share_input *in)
{

	if (!in->told)
		table_tell(in->table);
	in->told = true;
}

static int
check_tensors(struct share_input *in)
{
	struct part *part = part_new();
	int rc;

	rc = (part == NULL) ? -1 : each_tensor(in, part, NULL, NULL);
	part_free(part);
	return (rc);
}

static int
check_table(struct share_input *in)
{
	size_t cols = table_columns(in->table), max_rows = (cols < 4096) ? 4096 / cols : 1, rows;
	uint64_t *words;
	int rc;

	if (in->looking && (rc = share_check_table(&in->check, in->table, &in->how)) == 0)
		tell_of_table(in);
	if (in->looking)
		return (rc);
	if ((words = mem_array(max_rows * cols, sizeof(*words))) == NULL)
		return (-1);
	while ((rc = table_read(in->table, words, max_rows, &rows)) == 1)
		continue;
	if (rc == 0)
		tell_of_table(in);
	mem_wipe_free(words, max_rows * cols * sizeof(*words));
	return (rc);
}

int
share_input_check(struct share_input *in)
{

	return ((in->tensors != NULL) ? check_tensors(in) : check_table(in));
}

int
share_input_check_ahead(struct share_input *in, const char *path)
{
	struct share_input again = { .options = in->options };
	int rc = -1;

	if (in->tensors != NULL)
		return (check_tensors(in));
	if (strcmp(path, "-") == 0)
		return (0);
	if (share_input_init(&again, in->options) == 0) {
		again.how.tell_ranges = in->how.tell_ranges;
		again.how.refuse_sizes = in->how.refuse_sizes;
		again.how.without_means = in->how.without_means;
		again.how.without_keys = in->how.without_keys;
		if (share_input_open(&again, path) == 0)
			rc = share_input_check(&again);
	}
	in->told = again.told;
	share_input_close(&again);
	return (rc);
}

/* ---- sharing and publishing ---- */

static int
share_table(struct share_input *in, struct sharer *s)
{
	uint64_t *words;
	size_t space, rows;
	int rc;

	do {
		if ((space = sharer_space(s, &words)) == 0 ||
		    (rc = table_read(in->table, words, space, &rows)) == -1 ||
		    sharer_filled(s, rows) == -1)
			return (-1);
	} while (rc == 1);
	tell_of_table(in);
	return (0);
}

int
share_input_share(struct share_input *in, struct part *part, struct sharer *s)
{

	return ((in->tensors != NULL) ? each_tensor(in, part, share_tensor, s) :
	    share_table(in, s));
}

int
share_input_publish(struct share_input *in, struct part *part, struct writer *w)
{

	if (in->tensors != NULL)
		return (each_tensor(in, part, publish_tensor, w));
	if (publish_begin(w, part) == -1 || publish_table(w, in->table) == -1)
		return (-1);
	tell_of_table(in);
	return (writer_end(w));
}
