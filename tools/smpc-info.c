/* Say what a share stream is. */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/streams.h"
#include "ring/fixed.h"

static bool json, words;

static const struct opt options[] = {
	{ 'j', "json", NULL, OPT_FLAG, &json, 0, 0, "print a line of JSON for each tensor" },
	{ 'w', "words", NULL, OPT_FLAG, &words, 0, 0,
	    "print the words of the share, which are secret, row by row" },
	STREAM_KEY_OPTIONS,
	{ .name = NULL },
};

static const char *const schemes[] = { "masked", "additive", "public" };

/*
 * What is printed of parts, and waits until their tensor has ended: in memory, or, if they are
 * many, in a temporary file.
 */
struct waiting {
	FILE *file; /* NULL: nothing was printed */
	bool disk;
	char *text; /* what the file has in memory */
	size_t bytes;
	bool any;   /* a part was printed */
};

/* What is known of a tensor. */
struct tensor_summary {
	struct part *part; /* its first; NULL: none yet */
	struct waiting parts;
	uint64_t rows;
	uint64_t records;
	uint64_t without_digest;
	uint64_t part_rows;
	uint64_t part_records;
	bool keys;
	char sender[65]; /* who sealed it; empty: nobody */
};

static const char *
modulus_text(const struct part *p, char text[static 24])
{

	if (p->modulus == 0)
		return ("18446744073709551616");
	snprintf(text, 24, "%" PRIu64, p->modulus);
	return (text);
}

/* ---- what waits ---- */

#define WAITING_BYTES 65536 /* that may be memory */

static int
waiting_open(struct waiting *w)
{

	if (w->file != NULL)
		return (0);
	w->file = open_memstream(&w->text, &w->bytes);
	return ((w->file != NULL) ? 0 : fail(ST_FAILED, "out of memory"));
}

static void
waiting_close(struct waiting *w)
{

	if (w->file != NULL)
		fclose(w->file);
	free(w->text);
	*w = (struct waiting){ .file = NULL };
}

/* Behind each part: see that all of it was taken, and where it can stay. */
static int
waiting_settle(struct waiting *w)
{
	struct waiting disk = { .disk = true, .any = true };

	if (fflush(w->file) == EOF || ferror(w->file))
		return (fail_errno(w->disk ? "temporary file" : "parts of a tensor"));
	w->any = true;
	if (w->disk || w->bytes < WAITING_BYTES)
		return (0);
	if ((disk.file = tmpfile()) == NULL)
		return (fail_errno("temporary file"));
	if (fwrite(w->text, 1, w->bytes, disk.file) < w->bytes) {
		waiting_close(&disk);
		return (fail_errno("temporary file"));
	}
	waiting_close(w);
	*w = disk;
	return (0);
}

/* Print all of it. */
static int
waiting_print(const struct waiting *w)
{
	char block[4096];
	size_t n;

	if (w->file == NULL)
		return (0);
	if (!w->disk)
		return ((fwrite(w->text, 1, w->bytes, stdout) == w->bytes) ? 0 : -1);
	rewind(w->file);
	while ((n = fread(block, 1, sizeof(block), w->file)) > 0) {
		if (fwrite(block, 1, n, stdout) < n)
			return (-1);
	}
	return (ferror(w->file) ? fail_errno("temporary file") : 0);
}

/* ---- gathering ---- */

static int tell_part(FILE *f, const struct tensor_summary *t, const struct part *p);

static void
tensor_reset(struct tensor_summary *t)
{

	part_free(t->part);
	waiting_close(&t->parts);
	*t = (struct tensor_summary){ .part = NULL };
}

static int
tensor_add(struct tensor_summary *t, const struct record *r)
{

	if (t->part == NULL) {
		t->part = part_ref(r->part);
		snprintf(t->sender, sizeof(t->sender), "%s", r->sender);
	}
	t->records++;
	t->part_records++;
	t->without_digest += !r->has_digest;
	t->rows += r->extent.rows;
	t->part_rows += r->extent.rows;
	t->keys = t->keys || r->n_keys > 0;
	if (!r->extent.last)
		return (0);
	if (waiting_open(&t->parts) == -1 || tell_part(t->parts.file, t, r->part) == -1 ||
	    waiting_settle(&t->parts) == -1)
		return (-1);
	t->part_rows = t->part_records = 0;
	t->keys = false;
	return (0);
}

/* ---- as JSON ---- */

/* All fields of an object are there, or there is none: jansson takes NULL for a failure. */
static int
put_field(json_t *o, const char *key, json_t *value)
{

	return (json_object_set_new(o, key, value));
}

static int
put_number(json_t *o, const char *key, uint64_t n)
{

	return (put_field(o, key, json_integer((json_int_t)n)));
}

static json_t *
ids_array(const uint8_t (*ids)[ID_BYTES], size_t count)
{
	char hex[2 * ID_BYTES + 1];
	json_t *a = json_array();
	size_t i;

	for (i = 0; a != NULL && i < count; i++) {
		hex_encode(hex, ids[i], ID_BYTES);
		if (json_array_append_new(a, json_string(hex)) == -1) {
			json_decref(a);
			return (NULL);
		}
	}
	return (a);
}

static json_t *
numbers_array(const int *numbers, size_t count)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; a != NULL && i < count; i++) {
		if (json_array_append_new(a, json_integer(numbers[i])) == -1) {
			json_decref(a);
			return (NULL);
		}
	}
	return (a);
}

/* Print the fields of an object between braces that are the caller's. */
static int
print_members(FILE *f, json_t *o, int rc)
{
	char *text = (rc == 0) ? json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	json_decref(o);
	if (text == NULL)
		return (fail(ST_FAILED, "what the stream says is no JSON"));
	(void)fwrite(text + 1, 1, strlen(text) - 2, f);
	free(text);
	return (0);
}

/* What it may tell of a person, and what of that was spent on it. */
static int
put_privacy(json_t *o, const struct part *p)
{
	int rc = 0;

	if (p->budgets.count > 0)
		rc |= put_field(o, "budgets", budgets_json(&p->budgets));
	if (p->spent.count > 0)
		rc |= put_field(o, "spent", budgets_json(&p->spent));
	if (p->change != NULL)
		rc |= put_field(o, "change", header_numbers(p->change, p->cols));
	if (p->noise != NULL)
		rc |= put_field(o, "noise", header_numbers(p->noise, p->cols));
	return (p->once ? rc | put_field(o, "once", json_true()) : rc);
}

static int
print_part_json(FILE *f, const struct tensor_summary *t, const struct part *p)
{
	char hex[2 * ID_BYTES + 1];
	json_t *o = json_object();
	int rc;

	hex_encode(hex, p->id, ID_BYTES);
	rc = put_field(o, "id", json_string(hex));
	rc |= put_field(o, "op", json_string(p->op));
	rc |= put_field(o, "inputs", ids_array((const uint8_t (*)[ID_BYTES])p->inputs,
	    p->n_inputs));
	rc |= put_number(o, "rows", t->part_rows);
	rc |= put_number(o, "records", t->part_records);
	rc |= put_field(o, "keys", json_boolean(t->keys));
	if (p->dropped)
		rc |= put_field(o, "dropped", json_true());
	if (p->origins.count > 0)
		rc |= put_field(o, "origins", ids_array((const uint8_t (*)[ID_BYTES])p->origins.id,
		    p->origins.count));
	if (p->intact != PART_CHANGED)
		rc |= put_field(o, "intact", json_string(part_intact_name(p->intact)));
	if (p->n_row_exponents > 0)
		rc |= put_field(o, "row_exponents", numbers_array(p->row_exponents,
		    p->n_row_exponents));
	rc |= put_privacy(o, p);
	fputs(t->parts.any ? ",{" : "{", f);
	rc = print_members(f, o, rc);
	fputs("}", f);
	return (rc);
}

/* The fields of a tensor before its parts, in the order of the alphabet. */
static int
print_first_fields(const struct part *p)
{
	char text[24];
	json_t *o = json_object();
	int rc;

	rc = put_field(o, "name", json_string(p->name));
	rc |= put_field(o, "modulus", json_string(modulus_text(p, text)));
	rc |= put_number(o, "fraction_bits", p->fraction_bits);
	rc |= put_number(o, "divisor", p->divisor);
	if (p->columns != NULL)
		rc |= put_field(o, "columns",
		    json_strings((const char *const *)p->columns, p->cols));
	if (part_says(p))
		rc |= put_field(o, "about", header_about(p));
	if (p->model != NULL)
		rc |= put_field(o, "model", json_loads(p->model, 0, NULL));
	if (p->scheme != SCHEME_PUBLIC)
		rc |= put_field(o, "parties",
		    json_strings((const char *const *)p->parties, p->n_parties));
	return (print_members(stdout, o, rc));
}

/* Those behind them. */
static int
print_last_fields(const struct tensor_summary *t)
{
	const struct part *p = t->part;
	char hex[2 * HASH_BYTES + 1];
	json_t *o = json_object();
	int rc;

	rc = put_field(o, "shape", json_pack("[I,I]", (json_int_t)t->rows, (json_int_t)p->cols));
	rc |= put_field(o, "scheme", json_string(schemes[p->scheme]));
	if (p->has_schema) {
		hex_encode(hex, p->schema, HASH_BYTES);
		rc |= put_field(o, "schema", json_string(hex));
	}
	if (p->scheme != SCHEME_PUBLIC)
		rc |= put_field(o, "party", json_string(part_party(p)));
	if (t->sender[0] != '\0')
		rc |= put_field(o, "sealed_by", json_string(t->sender));
	rc |= put_number(o, "records", t->records);
	rc |= put_number(o, "records_without_digest", t->without_digest);
	return (print_members(stdout, o, rc));
}

static int
print_json(const struct tensor_summary *t)
{

	putchar('{');
	if (print_first_fields(t->part) == -1)
		return (-1);
	fputs(",\"parts\":[", stdout);
	if (waiting_print(&t->parts) == -1)
		return (-1);
	fputs("],", stdout);
	if (print_last_fields(t) == -1)
		return (-1);
	fputs("}\n", stdout);
	return (0);
}

/* ---- as text ---- */

/* Print a name from the stream; it must not drive the terminal. */
static void
print_name(const char *s)
{

	for (; *s != '\0'; s++) {
		/* U+0080 to U+009F, which begin with c2 in UTF-8, are controls, too. */
		if ((unsigned char)s[0] == 0xc2 && (unsigned char)s[1] >= 0x80 &&
		    (unsigned char)s[1] < 0xa0) {
			putchar('?');
			s++;
		} else
			putchar(((unsigned char)*s < 0x20 || *s == 0x7f) ? '?' : *s);
	}
}

static void
print_names(const char *label, char *const *names, size_t count)
{
	size_t i;

	printf("%-14s", label);
	for (i = 0; i < count; i++) {
		if (i > 0)
			fputs(", ", stdout);
		print_name(names[i]);
	}
	putchar('\n');
}

/* A string or a number of the field "model". */
static void
print_value(const json_t *v)
{

	if (json_is_string(v))
		print_name(json_string_value(v));
	else
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(v));
}

static void print_model_columns(const char *role, const json_t *columns, const json_t *names);

/* What a model's tensors are for: a line for each field. */
static int
print_model(const char *text)
{
	json_t *model = json_loads(text, 0, NULL), *value, *item;
	const char *key;
	size_t i;

	if (model == NULL)
		return (fail(ST_FAILED, "out of memory"));
	json_object_foreach(model, key, value) {
		if (strcmp(key, "feature-columns") == 0 || strcmp(key, "label-columns") == 0)
			continue;
		printf("%-14s", key);
		json_array_foreach(value, i, item) {
			fputs((i > 0) ? ", " : "", stdout);
			print_value(item);
		}
		if (!json_is_array(value))
			print_value(value);
		putchar('\n');
	}
	print_model_columns("feature", json_object_get(model, "feature-columns"),
	    json_object_get(model, "features"));
	print_model_columns("label", json_object_get(model, "label-columns"),
	    json_object_get(model, "labels"));
	json_decref(model);
	return (0);
}

/* Values from the stream, each in quotes. */
static void
print_values(const struct column *c)
{
	size_t k;

	for (k = 0; k < c->n_values; k++) {
		fputs((k > 0) ? ", '" : " '", stdout);
		print_name(c->values[k]);
		putchar('\'');
	}
}

/*
 * The shortest number that an owner may have declared, whose bounds were rounded outwards to words
 * of this unit, or that such a word stands for as well.  Return whether there is one.
 */
static bool
declared_bound(char text[static FIXED_MAX_TEXT], double bound, double unit, bool high)
{
	char number[FIXED_MAX_TEXT];
	double inwards;
	int digits, power, decimals;

	for (digits = 1; digits < 16; digits++) {
		snprintf(number, sizeof(number), "%.*e", digits - 1, bound);
		inwards = high ? bound - strtod(number, NULL) : strtod(number, NULL) - bound;
		if (inwards > -unit / 2 && inwards < unit)
			break;
	}
	power = (int)strtol(strchr(number, 'e') + 1, NULL, 10);
	decimals = (digits - 1 > power) ? digits - 1 - power : 0;
	if (digits == 16 || power > 14 || power < -4)
		return (false);
	snprintf(text, FIXED_MAX_TEXT, "%.*f", decimals, strtod(number, NULL));
	return (true);
}

/* The least or largest word of a column, as the number it stands for. */
static void
print_bound(const char *before, const struct part *p, const struct column *c, int64_t bound)
{
	double unit = ldexp(1, c->exponent - (int)p->fraction_bits);
	char text[FIXED_MAX_TEXT];

	if (bound == 0 || c->exponent == 0 || p->divisor != 1 ||
	    !declared_bound(text, (double)bound * unit, unit, bound == c->high))
		fixed_format_scaled(text, bound, p->fraction_bits, c->exponent, p->divisor);
	printf("%s%s", before, text);
}

/* The column that another one is about. */
static void
print_of(const char *before, const struct column *c)
{

	fputs(before, stdout);
	print_name(c->of);
}

/* Which texts are the same key, and whether the owner has seen that none comes twice. */
static void
print_match(const struct column *c)
{

	print_of(" of ", c);
	printf(", match %s%s", key_match_name(c->match), c->distinct ? ", distinct" : "");
}

/* What a column is; numbers and classes that are about another one are predictions of it. */
static void
print_kind(const struct column *c)
{
	bool probability = (c->kind == COLUMN_NUMBER && c->n_values > 0 && c->n_values <= 2);

	if (c->kind == COLUMN_INDICATOR && c->values[0][0] == '\0') {
		print_of("indicator, 1 where there is no value of ", c);
		return;
	}
	fputs(column_kind_name(c->kind), stdout);
	if (c->kind == COLUMN_KEY) {
		print_match(c);
		return;
	}
	if (!probability)
		print_values(c);
	if (c->of == NULL)
		return;
	print_of((c->kind == COLUMN_INDICATOR || c->kind == COLUMN_PRESENCE) ? " of " :
	    probability ? ", how likely it is that " : ", prediction of ", c);
	if (probability) {
		fputs(" is '", stdout);
		print_name(c->values[c->n_values - 1]);
		fputs((c->n_values > 1) ? "' and not '" : "'", stdout);
	}
	if (probability && c->n_values > 1) {
		print_name(c->values[0]);
		putchar('\'');
	}
}

/* What was known of the columns that a model was trained on. */
static void
print_model_columns(const char *role, const json_t *columns, const json_t *names)
{
	const json_t *column, *name;
	struct column c;
	size_t i;

	json_array_foreach(columns, i, column) {
		name = json_array_get(names, i);
		if (column_decode(&c, column, role) == 0 && c.kind != COLUMN_UNDECLARED) {
			printf("%-14s", role);
			if (json_is_string(name))
				print_name(json_string_value(name));
			else
				printf("%zu", i + 1);
			fputs(": ", stdout);
			print_kind(&c);
			if (c.unit != NULL)
				putchar(' ');
			print_name((c.unit != NULL) ? c.unit : "");
			putchar('\n');
		}
		column_clear(&c);
	}
}

/* What is known of a column. */
static void
print_column(const struct part *p, size_t j)
{
	const struct column *c = part_about(p, j);

	printf("%-14s", "column");
	if (p->columns != NULL)
		print_name(p->columns[j]);
	else
		printf("%zu", j + 1);
	printf(": ");
	print_kind(c);
	if (column_has_range(c)) {
		print_bound(", from ", p, c, c->low);
		print_bound(" to ", p, c, c->high);
	}
	if (c->unit != NULL) {
		putchar(' ');
		print_name(c->unit);
	}
	if (c->supposed != 0)
		printf(", words of at most %u bits, if owners' numbers are below 32768",
		    c->supposed);
	if (c->missing)
		fputs(c->median ? ", values may be missing (median)" : ", values may be missing",
		    stdout);
	if (c->exponent != 0)
		printf(", words times 2^%d", c->exponent);
	putchar('\n');
}

static void
print_knowledge(const struct part *p)
{
	char hex[2 * HASH_BYTES + 1];
	size_t j;

	for (j = 0; j < p->cols; j++) {
		if (part_about(p, j)->kind != COLUMN_UNDECLARED || part_about(p, j)->supposed != 0)
			print_column(p, j);
	}
	hex_encode(hex, p->schema, HASH_BYTES);
	if (p->has_schema)
		printf("%-14s%s\n", "schema", hex);
}

static void
print_ids(FILE *f, const char *what, const uint8_t (*ids)[ID_BYTES], size_t count)
{
	char hex[2 * ID_BYTES + 1];
	size_t i;

	for (i = 0; i < count; i++) {
		hex_encode(hex, ids[i], ID_BYTES);
		fprintf(f, "%-14s%s %s\n", "", what, hex);
	}
}

/* By what the words of rows are multiplied. */
static void
print_row_exponents(FILE *f, const struct part *p)
{
	size_t i;

	if (p->n_row_exponents == 0)
		return;
	fprintf(f, "%-14swords of rows times", "");
	for (i = 0; i < p->n_row_exponents; i++)
		fprintf(f, "%s 2^%d", (i > 0) ? "," : "", p->row_exponents[i]);
	putc('\n', f);
}

static void
print_budgets(FILE *f, const char *what, const struct budgets *b)
{
	const struct budget *one;
	size_t i;

	for (i = 0; i < b->count; i++) {
		one = &b->list[i];
		fprintf(f, "%-14s%s %s: epsilon %g at delta %g", "", what, one->origin,
		    one->epsilon, one->delta);
		fprintf(f, (one->rows > 1) ? ", a person has %" PRIu32 " rows at most\n" : "\n",
		    one->rows);
	}
}

/* Numbers in words of columns, as owners' units: by how much a row changes them, or their noise. */
static void
print_by_columns(FILE *f, const char *what, const struct part *p, const uint64_t *numbers)
{
	size_t j;

	if (numbers == NULL)
		return;
	fprintf(f, "%-14s%s", "", what);
	for (j = 0; j < p->cols; j++)
		fprintf(f, "%s %.4g", (j > 0) ? "," : "", ldexp((double)numbers[j],
		    part_about(p, j)->exponent - (int)p->fraction_bits) / (double)p->divisor);
	putc('\n', f);
}

/* What it may tell of a person, and what of that was spent on it. */
static void
print_privacy(FILE *f, const struct part *p)
{

	print_budgets(f, "leaves only with noise, budget of", &p->budgets);
	print_by_columns(f, "a row changes columns by, at most:", p, p->change);
	print_budgets(f, "spent of", &p->spent);
	print_by_columns(f, "noise of deviation", p, p->noise);
}

/* Where a part comes from, and what it is. */
static void
print_provenance(FILE *f, const struct tensor_summary *t, const struct part *p)
{
	const char *intact = (p->intact != PART_CHANGED) ? part_intact_name(p->intact) : NULL;
	char hex[2 * ID_BYTES + 1];

	hex_encode(hex, p->id, ID_BYTES);
	fprintf(f, "%-14s%s\n", "part", hex);
	fprintf(f, "%-14smade by %s, inputs: %zu, rows: %" PRIu64 ", records: %" PRIu64
	    "%s%s%s%s\n", "", p->op, p->n_inputs, t->part_rows, t->part_records,
	    t->keys ? ", with keys" : "", p->dropped ? ", rows dropped" : "",
	    (intact != NULL) ? ", intact: " : "", (intact != NULL) ? intact : "");
	print_ids(f, "of", (const uint8_t (*)[ID_BYTES])p->inputs, p->n_inputs);
	print_row_exponents(f, p);
	print_privacy(f, p);
	print_ids(f, "rows dropped at", (const uint8_t (*)[ID_BYTES])p->origins.id,
	    p->origins.count);
}

static int
tell_part(FILE *f, const struct tensor_summary *t, const struct part *p)
{

	if (json)
		return (print_part_json(f, t, p));
	print_provenance(f, t, p);
	return (0);
}

static int
print_text(const struct tensor_summary *t)
{
	const struct part *p = t->part;
	char text[24];

	printf("%-14s", "tensor");
	print_name(p->name);
	printf("\n%-14s%" PRIu64 " x %zu\n", "shape", t->rows, p->cols);
	printf("%-14s%s\n", "scheme", schemes[p->scheme]);
	if (p->scheme != SCHEME_PUBLIC) {
		printf("%-14s%s%s\n", "share of", part_party(p), part_is_dealer(p) ? " (dealer)" :
		    "");
		print_names("among", p->parties, p->n_parties);
	}
	if (t->sender[0] != '\0')
		printf("%-14s%s\n", "sealed by", t->sender);
	else if (part_is_owners(t->part) && streams_seals())
		printf("%-14s%s\n", "sealed by", "nobody, though it comes from an owner: other "
		    "tools refuse it without --unsealed");
	printf("%-14s%s\n", "modulus", (p->modulus == 0) ? "2^64" : modulus_text(p, text));
	printf("%-14s%u\n", "fraction bits", p->fraction_bits);
	if (p->divisor != 1)
		printf("%-14s%" PRIu64 "\n", "divisor", p->divisor);
	if (p->columns != NULL)
		print_names("columns", p->columns, p->cols);
	print_knowledge(p);
	if ((p->model != NULL && print_model(p->model) == -1) || waiting_print(&t->parts) == -1)
		return (-1);
	if (t->without_digest == 0)
		printf("%-14s%s\n", "digests", "all match");
	else
		printf("%-14s%" PRIu64 " of %" PRIu64 " records have none, the others match\n",
		    "digests", t->without_digest, t->records);
	return (0);
}

static int
print_tensor(const struct tensor_summary *t, size_t number)
{

	if (json)
		return (print_json(t));
	if (number > 0)
		putchar('\n');
	return (print_text(t));
}

/* ---- the stream ---- */

static int
print_stream(struct reader *r)
{
	const struct record *record;
	struct tensor_summary t = { .part = NULL };
	struct part *p;
	size_t number = 0;
	int rc;

	while ((rc = reader_part(r, &p)) == 0 && p != NULL) {
		if (t.part != NULL && reader_starts_tensor(r)) {
			if ((rc = print_tensor(&t, number++)) == -1)
				break;
			tensor_reset(&t);
		}
		if ((rc = reader_record(r, &record)) == -1 ||
		    (rc = tensor_add(&t, record)) == -1)
			break;
	}
	/* What was damaged is not described. */
	if (rc == 0 && t.part != NULL)
		rc = print_tensor(&t, number);
	tensor_reset(&t);
	return (rc);
}

static int
print_words(struct reader *r)
{
	struct rows rows;
	size_t i, j, k;
	int rc;

	while ((rc = reader_rows(r, SIZE_MAX, &rows)) == 1) {
		for (i = 0; i < rows.rows; i++) {
			for (k = 0; k < rows.n_planes; k++) {
				printf("%" PRIu64 ",%s", rows.first_row + i,
				    part_plane_name(rows.part, k));
				for (j = 0; j < rows.part->cols; j++)
					printf(",%" PRIu64, rows.plane[k][i * rows.part->cols + j]);
				putchar('\n');
			}
		}
	}
	return (rc);
}

static int
run(char **operands, size_t count)
{
	struct reader *r;
	int rc = -1;

	if (json && words)
		return (usage("--json and --words exclude each other"));
	if ((r = streams_reader_any((count > 0) ? operands[0] : "-")) != NULL) {
		reader_takes_row_exponents(r);
		reader_takes_missing(r);
		reader_takes_keys(r);
		rc = words ? print_words(r) : print_stream(r);
	}
	reader_close(r);
	return (streams_finish(NULL, rc));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Say what a share stream is: its tensors, their shape, scale and "
		    "parties, and whether it is undamaged.",
		.notes = "Nothing of the secret is printed, unless --words asks for the share "
		    "itself.\n"
		    "Example: smpc-info patients.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
