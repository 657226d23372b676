/*
 * CSV under several sets of options.  Rows must not depend on how many are read at once, nor on
 * whether somebody looks at them and faults are passed over; the fast reader must find what the
 * exact one finds.
 */

#include <stdlib.h>
#include <string.h>

#include "table/profile.h"
#include "table/table.h"
#include "table/texts.h"
#include "ring/scan.h"

#define LIST(...) \
	{ (const char *const[]){ __VA_ARGS__ }, \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *) }

/* Columns that are profiled: more are put together. */
#define WATCHED 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct table_options options[] = {
	{ .fraction_bits = 16, .refuse_lost = 1, .remedies = 1 },
	{ .no_header = 1, .na = TABLE_NA_DROP },
	{ .delimiter = ';', .modulus = 65537, .select = LIST("2,1"), .na = TABLE_NA_VALUE,
	    .na_value = "3" },
	{ .fraction_bits = 62, .no_header = 1, .exclude = LIST("1"), .na = TABLE_NA_DROP },
	{ .fraction_bits = 16, .delimiter = ';', .decimal = ',', .thousands = '.',
	    .strip = LIST("$", "kg"), .na = TABLE_NA_DROP, .na_text = LIST("-999", "x,y"),
	    .remedies = 1 },
	{ .fraction_bits = 30, .no_header = 1, .no_quotes = 1, .comment = '#', .thousands = ' ',
	    .percent = LIST("1"), .na = TABLE_NA_VALUE, .na_value = "1" },
	{ .fraction_bits = 8, .thousands = ',', .comment = '#', .exclude = LIST("1"),
	    .na_text = LIST("#,.,None") },
	{ .fraction_bits = 8, .no_header = 1, .one_hot = LIST("1=a,NA,3"), .scale = LIST("2-=-0.5"),
	    .standardize = 1, .raw = LIST("2"), .na = TABLE_NA_VALUE, .na_value = "3" },
	{ .fraction_bits = 16, .no_header = 1, .range = LIST("1=-1e-3..7.5", "2=0..1e12"),
	    .unit = LIST("1=m"), .na = TABLE_NA_DROP, .refuse_lost = 1, .tell_ranges = 1,
	    .remedies = 1 },
	{ .fraction_bits = 16, .range = LIST("1=0..100"), .na_columns = LIST("1=mean", "2=5"),
	    .na_indicator = LIST("1,2"), .refuse_lost = 1, .tell_ranges = 1 },
	{ .fraction_bits = 4, .no_header = 1, .date = LIST("1"), .codes = LIST("2=a,b,c"),
	    .na_columns = LIST("1=drop") },
	{ .fraction_bits = 4, .no_header = 1, .date = LIST("1"), .one_hot = LIST("2=a,b,2"),
	    .baseline = LIST("2=b"), .na_columns = LIST("1=1999-12-31", "2=a") },
	{ .fraction_bits = 16, .range = LIST("1=-5..1e3"), .date = LIST("2"),
	    .na_columns = LIST("2=drop", "1=1"), .refuse_lost = 1, .tell_ranges = 1 },
	{ .fraction_bits = 20, .na_columns = LIST("1=mean"), .na_indicator = LIST("1-2"),
	    .one_hot = LIST("2=a,1,3"), .baseline = LIST("2=1") },
	{ .fraction_bits = 16, .key = LIST("1=alnum", "2"), .duplicates = LIST("2"),
	    .na_columns = LIST("1=drop"), .remedies = 1 },
	{ .fraction_bits = 16, .key = LIST("1=digits"), .na_indicator = LIST("1") },
};

/* Read a table and hash its words.  Return the result of the last read. */
static int
read_all(const uint8_t *data, size_t size, const struct table_options *o, size_t max_rows,
    uint64_t *hash)
{
	struct table *t = table_open_memory(data, size, "fuzz", o);
	uint64_t *words;
	size_t columns, rows, j;
	int rc;

	*hash = 0;
	if (t == NULL)
		return (-1);
	columns = table_columns(t);
	for (j = 0; j < columns; j++)
		*hash = *hash * 31 + ((table_column_name(t, j) != NULL) ?
		    strlen(table_column_name(t, j)) : 0);
	if ((words = malloc(max_rows * columns * sizeof(*words))) == NULL)
		abort();
	while ((rc = table_read(t, words, max_rows, &rows)) == 1) {
		if (rows == 0 || rows > max_rows)
			abort();
		for (j = 0; j < rows * columns; j++)
			*hash = *hash * 0x100000001b3 + words[j];
	}
	free(words);
	table_close(t);
	return (rc);
}

static int
watch_text(void *state, size_t j, uint64_t at, const char *s, size_t len)
{

	return (profile_text(state, j % WATCHED, at, s, len));
}

/* The same while faults are passed over, and a profile is made: without a fault it is the same. */
static void
fuzz_watched(const uint8_t *data, size_t size, const struct table_options *o, int want_rc,
    uint64_t want)
{
	struct table_faults faults = { .each = 1 };
	struct table_options how = *o;
	struct table_watch watch = { .text = watch_text };
	uint64_t hash;
	int rc;

	/* of an array, which has no texts, nothing is watched */
	how.faults = &faults;
	if (size > 0 && data[0] != 0x93 && data[0] != 0) {
		watch.state = profile_new(o, WATCHED);
		how.watch = &watch;
	}
	rc = read_all(data, size, &how, 16, &hash);
	if (want_rc == 0 && (rc != 0 || faults.count > 0 || hash != want))
		abort();
	if (want_rc == -1 && rc == 0 && faults.count == 0)
		abort();
	profile_free(watch.state);
}

/* Rows as texts. */
static void
fuzz_texts(const uint8_t *data, size_t size, const struct table_options *o)
{
	struct csv_field field;
	struct window w;
	struct csv c;
	size_t j, bytes = 0;

	memset(&c, 0, sizeof(c));
	if (window_memory(&w, (const char *)data, size, "fuzz") == -1)
		abort();
	if (csv_open(&c, &w, o) == 0) {
		while (csv_next(&c) == 1) {
			for (j = 0; csv_check_row(&c) == 0 && j < c.columns; j++) {
				field = csv_cell(&c, j);
				bytes += field.len;
			}
		}
	}
	if (bytes > size)
		abort();
	csv_close(&c);
	window_close(&w);
}

/* Check one row that the fast reader took against the exact way. */
static const char *
check_row(const struct scan *t, const char *s, const char *end, const uint64_t *row)
{
	const char *stop, *last;
	int64_t value;
	size_t j;

	for (j = 0; j < t->columns; j++, s = stop + 1) {
		if ((stop = memchr(s, (j + 1 < t->columns) ? t->delimiter : '\n',
		    (size_t)(end - s))) == NULL)
			abort();
		last = stop - (stop > s && *stop == '\n' && stop[-1] == '\r');
		while (last > s && (last[-1] == ' ' || last[-1] == '\t'))
			last--;
		while (s < last && (*s == ' ' || *s == '\t'))
			s++;
		if (fixed_parse(s, (size_t)(last - s), t->column[j].scale->f, &value) != FIXED_OK ||
		    (uint64_t)value != row[j])
			abort();
		if (t->column[j].range != NULL && (fixed_compare("-2.5", 4, s, (size_t)(last -
		    s)) > 0 || fixed_compare(s, (size_t)(last - s), "100", 3) > 0))
			abort();
	}
	return (s);
}

static void
fuzz_scan(const uint8_t *data, size_t size, size_t columns, unsigned f)
{
	static const struct scan_range range = { "-2.5", "100", 4, 3 };
	struct fixed_scale scale;
	static const uint8_t small = 1, not_small = 0;
	struct scan_column column[3] = {
		{ .place = 0, .scale = &scale, .small = &small, .count = UINT64_MAX },
		{ .place = 1, .scale = &scale, .small = &small, .range = &range,
		    .count = (uint64_t)99 << f },
		{ .place = 2, .scale = &scale, .small = &not_small, .range = &range },
	};
	struct scan t = { .delimiter = ',', .point = '.', .columns = columns, .words = columns,
	    .column = column };
	char *text = calloc(1, size + SCAN_PADDING);
	const char *s = text;
	uint64_t words[3 * 16];
	size_t rows, i, bytes;

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	fixed_scale_init(&scale, f);
	bytes = scan_rows(&t, text, size, words, 16, &rows);
	for (i = 0; i < rows; i++)
		s = check_row(&t, s, text + size, words + i * columns);
	if (s != text + bytes)
		abort();
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t hash, again;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		rc = read_all(data, size, &options[i], 1, &hash);
		if (read_all(data, size, &options[i], 64, &again) != rc ||
		    (rc == 0 && again != hash))
			abort();
		fuzz_watched(data, size, &options[i], rc, hash);
		fuzz_texts(data, size, &options[i]);
	}
	fuzz_scan(data, size, 1, 16);
	fuzz_scan(data, size, 2, 1);
	fuzz_scan(data, size, 3, 40);
	return (0);
}
