/*
 * What the texts of cells mean, and what a profile makes of columns: kinds, figures against plain
 * sums, ranges that are rounded outwards, and memory that is bounded.
 */

#include <float.h>

#include "base/alike.h"
#include "table/date.h"
#include "table/meaning.h"
#include "table/profile.h"

#include "tap.h"

#define LIST(...) \
	{ (const char *const[]){ __VA_ARGS__ }, \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *) }

static const struct table_options plain;
static const struct table_options european = { .decimal = ',', .thousands = '.',
	.strip = LIST("EUR"), .na_text = LIST("-999", "a,b") };
static const struct table_options own_words = { .na_text = LIST("#N/A,None,-9") };

/* ---- the meaning of texts ---- */

static const struct {
	const struct table_options *o;
	int percent;
	const char *text;
	enum meaning means;
	double x;
} texts[] = {
	{ &plain, 0, "12", MEANS_NUMBER, 12 },
	{ &plain, 0, "-1.5e3", MEANS_NUMBER, -1500 },
	{ &plain, 0, "1e999", MEANS_NUMBER, HUGE_VAL },
	{ &plain, 0, "-1e999", MEANS_NUMBER, -HUGE_VAL },
	{ &plain, 0, "1,5", MEANS_TEXT, 0 },
	{ &plain, 0, "", MEANS_MISSING, 0 },
	{ &plain, 0, "NA", MEANS_MISSING, 0 },
	{ &plain, 0, "None", MEANS_TEXT, 0 },
	{ &plain, 0, "-999", MEANS_NUMBER, -999 },
	{ &plain, 0, "1970-01-01", MEANS_DATE, 0 },
	{ &plain, 0, "1969-12-31", MEANS_DATE, -1 },
	{ &plain, 0, "2000-02-29", MEANS_DATE, 11016 },
	{ &plain, 0, "2026-11-29", MEANS_DATE, 20786 },
	{ &plain, 0, "1900-02-29", MEANS_TEXT, 0 },
	{ &plain, 0, "2026-13-01", MEANS_TEXT, 0 },
	{ &plain, 0, "2026-04-31", MEANS_TEXT, 0 },
	{ &plain, 0, "2026-4-01", MEANS_TEXT, 0 },
	{ &plain, 0, "2026-04-0x", MEANS_TEXT, 0 },
	{ &european, 0, "1.234,5 EUR", MEANS_NUMBER, 1234.5 },
	{ &european, 0, "1.5", MEANS_TEXT, 0 },
	{ &european, 0, "-999", MEANS_MISSING, 0 },
	{ &european, 0, "a,b", MEANS_MISSING, 0 },
	{ &european, 0, "a", MEANS_TEXT, 0 },
	{ &european, 1, "12,5 %", MEANS_NUMBER, 0.125 },
	{ &european, 1, "12,5", MEANS_TEXT, 0 },
	{ &own_words, 0, "#N/A", MEANS_MISSING, 0 },
	{ &own_words, 0, "None", MEANS_MISSING, 0 },
	{ &own_words, 0, "-9", MEANS_MISSING, 0 },
	{ &own_words, 0, "-9.0", MEANS_NUMBER, -9 },
	{ &own_words, 0, "None,-9", MEANS_TEXT, 0 },
};
#define N_TEXTS (sizeof(texts) / sizeof(texts[0]))

static void
test_texts(void)
{
	const char *fault;
	double x = 0;
	size_t i;
	enum meaning m;

	for (i = 0; i < N_TEXTS; i++) {
		m = meaning_of(texts[i].o, texts[i].percent, texts[i].text, strlen(texts[i].text),
		    &x, &fault);
		ok(m == texts[i].means &&
		    ((m != MEANS_NUMBER && m != MEANS_DATE) || x == texts[i].x), "'%s'",
		    texts[i].text);
	}
}

/* Every day of 500 years has its date, and no two the same. */
static void
test_dates(void)
{
	char text[11], before[11] = "";
	int64_t day, back;
	int good = 1;

	for (day = -100000; day < 82622; day++) {
		date_text(text, day);
		good &= (date_parse(text, 10, &back) == NULL && back == day &&
		    strcmp(text, before) > 0);
		strcpy(before, text);
	}
	ok(good, "days become dates and days again");
}

static const struct {
	double x;
	const char *text;
} numbers[] = {
	{ 0, "0" }, { -0.0, "0" }, { 1, "1" }, { -200000, "-200000" }, { 0.1, "0.1" },
	{ 1e-6, "0.000001" }, { 1.5e-7, "1.5e-7" }, { 1e-9, "1e-9" },
	{ 1e20, "100000000000000000000" },
	{ 1e21, "1e+21" }, { 123.25, "123.25" }, { 5e-324, "5e-324" }, { DBL_MAX,
	"1.7976931348623157e+308" }, { 1.0 / 3, "0.3333333333333333" }, { -1e300, "-1e+300" },
	{ 9007199254740993.0, "9007199254740992" },
};
#define N_NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static void
test_numbers(void)
{
	char text[MEANING_NUMBER_TEXT];
	size_t i;

	for (i = 0; i < N_NUMBERS; i++) {
		meaning_number_text(text, numbers[i].x);
		ok(strcmp(text, numbers[i].text) == 0 && strtod(text, NULL) == numbers[i].x,
		    "%s is written %s", numbers[i].text, text);
	}
}

/* ---- columns ---- */

/* A column of ${rows} texts made by ${make}. */
static struct profile *
column_of(size_t rows, void (*make)(char *text, size_t i))
{
	struct profile *p = profile_new(&plain, 1);
	char text[64];
	size_t i;

	for (i = 0; p != NULL && i < rows; i++) {
		make(text, i);
		if (profile_text(p, 0, i + 2, text, strlen(text)) == -1)
			tap_bail("out of memory");
	}
	return (p);
}

static void make_nothing(char *text, size_t i) { strcpy(text, (i % 2 == 0) ? "" : "NA"); }
static void make_numbers(char *text, size_t i) { sprintf(text, "%zu", i * i % 97); }
static void make_counter(char *text, size_t i) { sprintf(text, "%zu", i + 1); }
static void make_later(char *text, size_t i) { sprintf(text, "%zu", i + 7); }
static void make_dates(char *text, size_t i) { sprintf(text, "2026-01-%02zu", i % 28 + 1); }
static void make_sexes(char *text, size_t i) { strcpy(text, (i % 3 == 0) ? "F" : "M"); }
static void make_names(char *text, size_t i) { sprintf(text, "P%zu", i); }
static void make_few_again(char *text, size_t i) { sprintf(text, "P%zu", i % 60); }
static void make_again(char *text, size_t i) { sprintf(text, "P%zu", i % 6); }
static void make_times(char *text, size_t i) { sprintf(text, "2024-01-01 08:%02zu:00", i); }
static void make_some_texts(char *text, size_t i)
{
	if (i % 10 == 3)
		strcpy(text, ".");
	else
		sprintf(text, "%zu", i);
}
static void make_commas(char *text, size_t i) { sprintf(text, "%zu,5", i % 7); }
static void make_percent(char *text, size_t i) { sprintf(text, "%zu %%", i % 7); }
static void make_codes(char *text, size_t i) { sprintf(text, "E1%zu.9", i % 7); }

static const struct {
	const char *what;
	void (*make)(char *text, size_t i);
	size_t rows;
	enum profile_guess guess;
} columns[] = {
	{ "nothing", make_nothing, 50, PROFILE_EMPTY },
	{ "numbers", make_numbers, 50, PROFILE_NUMBER },
	{ "row numbers", make_counter, 50, PROFILE_COUNTER },
	{ "few row numbers", make_counter, 20, PROFILE_NUMBER },
	{ "numbers one after the other", make_later, 50, PROFILE_NUMBER },
	{ "dates", make_dates, 50, PROFILE_DATE },
	{ "two texts", make_sexes, 50, PROFILE_CATEGORY },
	{ "names", make_names, 50, PROFILE_KEY },
	{ "very many names", make_names, 10000, PROFILE_KEY },
	{ "texts that seldom come back", make_few_again, 100, PROFILE_TEXT },
	{ "texts that do", make_few_again, 1000, PROFILE_CATEGORY },
	{ "few names", make_names, 5, PROFILE_KEY },
	{ "names of three rows", make_names, 3, PROFILE_KEY },
	{ "two names", make_names, 2, PROFILE_CATEGORY },
	{ "few times of day", make_times, 20, PROFILE_KEY },
	{ "few texts, one of which comes back", make_again, 7, PROFILE_TEXT },
	{ "few texts that come back", make_again, 12, PROFILE_CATEGORY },
	{ "numbers and texts", make_some_texts, 50, PROFILE_MIXED },
	{ "decimal commas", make_commas, 50, PROFILE_MIXED },
	{ "per cent", make_percent, 50, PROFILE_MIXED },
	{ "codes with digits", make_codes, 50, PROFILE_CATEGORY },
};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void
test_guesses(void)
{
	struct profile *p;
	size_t i;

	for (i = 0; i < N_COLUMNS; i++) {
		p = column_of(columns[i].rows, columns[i].make);
		ok(p != NULL && profile_guess(profile_column(p, 0)) == columns[i].guess, "%s",
		    columns[i].what);
		profile_free(p);
	}
}

/* Far from 0, where a sum of squares would have no digit left. */
static void
test_figures(void)
{
	struct profile *p = profile_new(&plain, 2);
	const struct profile_column *c;
	char text[64];
	size_t i;

	for (i = 0; p != NULL && i < 1000; i++) {
		snprintf(text, sizeof(text), " %.1f ", 1e9 + (double)(i % 10) / 2);
		if (profile_text(p, 1, i, text, strlen(text)) == -1)
			tap_bail("out of memory");
	}
	(void)profile_text(p, 1, 0, "NA", 2);
	c = profile_column(p, 1);
	ok(c->numbers == 1000 && c->missing == 1 && c->whole == 500, "values are counted");
	ok(c->low == 1e9 && c->high == 1e9 + 4.5, "smallest and largest");
	ok(fabs(c->mean - 1e9 - 2.25) < 1e-6, "the mean");
	ok(fabs(profile_deviation(c) - sqrt(2.0625 * 1000 / 999)) < 1e-6, "the deviation");
	ok(c->n_values == 10 && c->value[0].count == 100 && c->crowded == 0 &&
	    strcmp(c->value[1].text, "1000000000.5") == 0, "different values, in order");
	ok(profile_cells(profile_column(p, 0)) == 0, "another column is another");
	profile_free(p);
}

static void
test_crowd(void)
{
	struct profile *p = column_of(20000, make_names);
	const struct profile_column *c = profile_column(p, 0);

	ok(c->n_values == PROFILE_MAX_VALUES && c->crowded == PROFILE_MAX_VALUES + 1,
	    "no more values are kept than there is room for");
	profile_free(p);
	p = profile_new(&plain, (size_t)1 << 20);
	c = profile_column(p, 5);
	{
		char text[64];
		size_t i;

		for (i = 0; i < 1000; i++) {
			make_names(text, i);
			(void)profile_text(p, 5, i, text, strlen(text));
		}
	}
	ok(c->n_values == PROFILE_LISTED + 1, "of very many columns, enough to list");
	profile_free(p);
}

static const struct {
	double x[2], low, high;
} ranges[] = {
	{ { 17, 93 }, 0, 100 }, { { 1, 100 }, 0, 100 }, { { 1, 101 }, 0, 200 },
	{ { 0, 0 }, 0, 1 }, { { -3, -1 }, -5, 0 }, { { -7132, 96312 }, -10000, 100000 },
	{ { 2.1e-9, 4e-9 }, 0, 5e-9 }, { { 1e12, 2.0000001e12 }, 0, 5e12 },
	{ { 0, 0.30000000000000004 }, 0, 0.5 }, { { 0, 5e-324 }, 0, 5e-324 },
	{ { 0.1, 0.2 }, 0, 0.2 },
};
#define N_RANGES (sizeof(ranges) / sizeof(ranges[0]))

static void
test_ranges(void)
{
	struct profile *p;
	double low, high;
	size_t i;

	for (i = 0; i < N_RANGES; i++) {
		p = profile_new(&plain, 1);
		(void)profile_number(p, 0, 1, ranges[i].x[0]);
		(void)profile_number(p, 0, 2, ranges[i].x[1]);
		ok(profile_range(profile_column(p, 0), &low, &high) == 0 &&
		    low == ranges[i].low && high == ranges[i].high, "%g to %g: %g to %g",
		    ranges[i].x[0], ranges[i].x[1], low, high);
		profile_free(p);
	}
	p = profile_new(&plain, 1);
	ok(profile_range(profile_column(p, 0), &low, &high) == -1, "no numbers, no range");
	(void)profile_number(p, 0, 1, NAN);
	ok(profile_column(p, 0)->missing == 1, "nan is missing");
	(void)profile_number(p, 0, 1, 1.7e308);
	ok(profile_range(profile_column(p, 0), &low, &high) == -1, "a range that is no number");
	(void)profile_number(p, 0, 1, HUGE_VAL);
	ok(profile_range(profile_column(p, 0), &low, &high) == -1, "infinity has none");
	profile_free(p);
}

/* ---- what may stand for a missing value ---- */

static const struct {
	double x[6];
	const char *found; /* NULL: nothing */
} stand_ins[] = {
	{ { -999, 1, 2, 1, 5, -999 }, "-999" }, { { 1, 999, 2, 999, 3, 4 }, "999" },
	{ { 1, 999, 2, 3, 3, 4 }, NULL }, { { 99, 99, 1, 2, 60, 4 }, NULL },
	{ { 9999, 9999, 1, 1, 1, 1 }, NULL }, { { -99, -99, 0, 1, 1, 0 }, "-99" },
	{ { 5, 4, 3, 999, 999, -99999 }, NULL }, { { 998, 998, 1, 2, 3, 4 }, NULL },
	{ { 99, 99, 98, 97, 100, 101 }, NULL }, { { 0, 99, 99, 49, 20, 10 }, "99" },
	{ { 0, 99, 99, 50, 20, 10 }, NULL }, { { -9, -9, 0, 1, 1, 0 }, NULL },
};
#define N_STAND_INS (sizeof(stand_ins) / sizeof(stand_ins[0]))

static void
test_stand_ins(void)
{
	const struct profile_value *v;
	const char *found;
	struct profile *p;
	size_t i, k;

	for (i = 0; i < N_STAND_INS; i++) {
		p = profile_new(&plain, 1);
		for (k = 0; k < 6; k++)
			(void)profile_number(p, 0, k + 1, stand_ins[i].x[k]);
		v = profile_stand_in(p, 0);
		found = (stand_ins[i].found != NULL) ? stand_ins[i].found : "";
		ok(strcmp((v != NULL) ? v->text : "", found) == 0, "%g, %g, ...: '%s'",
		    stand_ins[i].x[0], stand_ins[i].x[1], found);
		profile_free(p);
	}
}

/* ---- texts that differ in how they are typed ---- */

static const struct {
	const char *a, *b;
	int alike;
} typed[] = {
	{ "Yes", "yes", 1 }, { " yes\t", "YES", 1 }, { "\xc2\xa0yes\xc2\xa0", "yes", 1 },
	{ "\xc3\x96l", "\xc3\xb6l", 1 }, { "", "  ", 1 }, { "yes", "yes", 1 },
	{ "yes", "ye s", 0 }, { "yes", "no", 0 }, { "yes", "yess", 0 },
	{ "\xc3\x97", "\xc3\xb7", 0 },
	{ "\xc3\x96", "\xc3\x96\xc3\x96", 0 }, { "\xc4\x96", "\xc4\xb6", 0 }, { "@", "`", 0 },
};
#define N_TYPED (sizeof(typed) / sizeof(typed[0]))

static void
test_alike(void)
{
	const char *const list[] = { "b", "No", "a", " B", "no", "no", "A", "c", "C" };
	char text[400];
	size_t pairs, i;
	int order, back;

	for (i = 0; i < N_TYPED; i++) {
		order = alike_compare(typed[i].a, typed[i].b);
		back = alike_compare(typed[i].b, typed[i].a);
		ok((order == 0) == typed[i].alike && order == -back, "'%s' and '%s' are %s",
		    typed[i].a, typed[i].b, typed[i].alike ? "alike" : "different");
	}
	ok(alike_pairs(list, 9, text, sizeof(text), &pairs) == 0 && pairs == 4 &&
	    strcmp(text, "'A' and 'a', ' B' and 'b', 'C' and 'c', ...") == 0, "pairs: %s", text);
	ok(alike_pairs(list, 4, text, sizeof(text), &pairs) == 0 && pairs == 1 &&
	    alike_pairs(list, 3, text, sizeof(text), &pairs) == 0 && pairs == 0 &&
	    text[0] == '\0', "no pairs");
}

int
main(void)
{

	tap_plan(N_TEXTS + 1 + N_NUMBERS + N_COLUMNS + 6 + 2 + N_RANGES + 4 + N_TYPED + 2 +
	    N_STAND_INS);
	test_texts();
	test_dates();
	test_numbers();
	test_guesses();
	test_figures();
	test_crowd();
	test_ranges();
	test_alike();
	test_stand_ins();
	profile_free(NULL);
	return (tap_end());
}
