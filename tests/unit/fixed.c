/*
 * Fixed-point numbers: against exact fractions (tests/vectors/fixed.py), there and back, and the
 * fast reader of rows against the exact one.
 */

#include "ring/fixed.h"
#include "ring/scan.h"

#include "tap.h"

#define MAX_LINE 4096

static uint64_t
random_word(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	/* xorshift64*: the tests must repeat. */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1d);
}

/* A word of a random number of significant bits, as edges are where the faults are. */
static uint64_t
random_width(void)
{
	uint64_t w = random_word();

	return (w >> (random_word() % 64));
}

/* ---- vectors ---- */

struct vector {
	char *kind;
	char *parameter;
	char *input;
	char *result;
};

static const char *const kinds[] = { "parse", "integer", "residue", "double", "format",
	"unsigned" };

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Write what the code makes of a vector. */
static void
run_vector(const struct vector *v, char *out)
{
	const char *slash = strchr(v->parameter, '/');
	uint64_t parameter = strtoull(v->parameter, NULL, 10), word;
	size_t len = strlen(v->input), n = 0;
	int64_t value = 0;
	int rc = FIXED_OK;
	double x;

	if (strcmp(v->kind, "parse") == 0) {
		rc = fixed_parse(v->input, len, (unsigned)parameter, &value);
	} else if (strcmp(v->kind, "integer") == 0) {
		rc = fixed_parse_integer(v->input, len, &value);
	} else if (strcmp(v->kind, "residue") == 0) {
		rc = residue_parse(v->input, len,
		    strcmp(v->parameter, "18446744073709551616") == 0 ? 0 : parameter, &word);
		if (rc == FIXED_OK)
			sprintf(out, "%" PRIu64, word);
	} else if (strcmp(v->kind, "double") == 0) {
		if ((rc = fixed_parse_double(v->input, len, &x)) == FIXED_OK)
			rc = fixed_from_double(x, (unsigned)parameter, &value);
	} else if (strcmp(v->kind, "format") == 0) {
		n = fixed_format(out, strtoll(v->input, NULL, 10), (unsigned)parameter,
		    strtoull(slash + 1, NULL, 10));
	} else {
		n = residue_format(out, strtoull(v->input, NULL, 10), parameter);
	}
	if (rc != FIXED_OK)
		strcpy(out, (rc == FIXED_SYNTAX) ? "syntax" : "range");
	else if (strcmp(v->kind, "format") == 0 || strcmp(v->kind, "unsigned") == 0)
		out[(strlen(out) == n) ? n : 0] = '\0';
	else if (strcmp(v->kind, "residue") != 0)
		sprintf(out, "%" PRId64, value);
}

static int
split(char *line, struct vector *v)
{
	char *newline;

	v->kind = line;
	if ((newline = strchr(line, '\n')) == NULL ||
	    (v->parameter = strchr(v->kind, '\t')) == NULL ||
	    (v->input = strchr(v->parameter + 1, '\t')) == NULL ||
	    (v->result = strchr(v->input + 1, '\t')) == NULL)
		return (-1);
	*newline = '\0';
	*v->parameter++ = '\0';
	*v->input++ = '\0';
	*v->result++ = '\0';
	return (0);
}

static void
test_vectors(void)
{
	const char *root = getenv("ROOT");
	char path[MAX_LINE], line[MAX_LINE], out[FIXED_MAX_TEXT];
	size_t count[KINDS] = { 0 }, wrong[KINDS] = { 0 }, k;
	struct vector v;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/fixed.tsv", (root != NULL) ? root : ".");
	if ((f = fopen(path, "r")) == NULL)
		tap_bail("cannot read the vectors; run this from the top of the tree, or set ROOT "
		    "to it");
	while (fgets(line, sizeof(line), f) != NULL) {
		if (split(line, &v) == -1)
			tap_bail("a vector is malformed");
		for (k = 0; k < KINDS && strcmp(kinds[k], v.kind) != 0; k++)
			continue;
		if (k == KINDS)
			tap_bail("a vector is of an unknown kind");
		run_vector(&v, out);
		count[k]++;
		if (strcmp(out, v.result) != 0 && wrong[k]++ < 5)
			tap_note("%s %s '%.60s': got %s, want %s", v.kind, v.parameter, v.input,
			    out, v.result);
	}
	fclose(f);
	for (k = 0; k < KINDS; k++)
		ok(count[k] > 5 && wrong[k] == 0, "%s: vectors hold", kinds[k]);
}

/* ---- there and back ---- */

/* Return whether the text of ${value} gives it back, and nothing with one digit less does. */
static int
back_and_shortest(int64_t value, unsigned f)
{
	char text[FIXED_MAX_TEXT];
	size_t n = fixed_format(text, value, f, 1);
	int64_t back;
	int up;

	if (n != strlen(text) || fixed_parse(text, n, f, &back) != FIXED_OK || back != value)
		return (0);
	if (strchr(text, '.') == NULL)
		return (strcmp(text, "-0") != 0);
	if (text[n - 1] == '0')
		return (0);
	/* Of all texts with a place less the nearest are the one cut off and the one next to it. */
	n--;
	if (fixed_parse(text, n, f, &back) == FIXED_OK && back == value)
		return (0);
	for (up = 1; up && n > 0 && (text[n - 1] == '9' || text[n - 1] == '.'); n--) {
		if (text[n - 1] == '9')
			text[n - 1] = '0';
	}
	if (n == 0 || text[n - 1] == '-')
		return (1);
	text[n - 1]++;
	return (fixed_parse(text, strlen(text) - 1, f, &back) != FIXED_OK || back != value);
}

static void
test_round_trip(void)
{
	static const int64_t edges[] = { 0, 1, -1, 2, -2, 3, 5, 10, INT64_MAX, INT64_MIN,
	    INT64_MAX - 1, INT64_MIN + 1 };
	unsigned f, bad_edges = 0, bad = 0;
	size_t i;
	int64_t v;

	for (f = 0; f <= FIXED_MAX_FRACTION_BITS; f++) {
		for (i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
			bad_edges += !back_and_shortest(edges[i], f);
		for (i = 0; i < 2000; i++) {
			v = (int64_t)(random_width() >> 1);
			if (!back_and_shortest((i & 1) ? -v : v, f) && bad++ < 5)
				tap_note("f = %u, value %" PRId64, f, v);
		}
	}
	ok(bad_edges == 0, "edge values come back from their text at every f");
	ok(bad == 0, "random values come back from their text, which is the shortest");
}

/* ---- doubles ---- */

static void
test_doubles(void)
{
	static const struct {
		double x;
		unsigned f;
		int rc;
		int64_t value;
	} cases[] = {
		{ 0.0, 16, FIXED_OK, 0 }, { -0.0, 16, FIXED_OK, 0 }, { 0.5, 0, FIXED_OK, 0 },
		    { 1.5, 0, FIXED_OK, 2 },
		{ 2.5, 0, FIXED_OK, 2 }, { -0.5, 0, FIXED_OK, 0 }, { -1.5, 0, FIXED_OK, -2 },
		    { -2.5, 0, FIXED_OK, -2 },
		{ 0.50000000000000011, 0, FIXED_OK, 1 }, { 0.49999999999999994, 0, FIXED_OK, 0 },
		{ 4503599627370497.5, 0, FIXED_OK, 4503599627370498 },
		{ 9007199254740993.0, 0, FIXED_OK, 9007199254740992 },
		{ 1.0, 62, FIXED_OK, (int64_t)1 << 62 }, { 2.0, 62, FIXED_RANGE, 0 },
		    { -2.0, 62, FIXED_OK, INT64_MIN },
		{ 9223372036854774784.0, 0, FIXED_OK, 9223372036854774784 },
		{ 9223372036854775808.0, 0, FIXED_RANGE, 0 },
		{ -9223372036854775808.0, 0, FIXED_OK, INT64_MIN }, { 1e308, 62, FIXED_RANGE, 0 },
		{ 4.9406564584124654e-324, 62, FIXED_OK, 0 }, { (double)INFINITY, 3, FIXED_SYNTAX,
		    0 },
		{ -(double)INFINITY, 3, FIXED_SYNTAX, 0 }, { (double)NAN, 3, FIXED_SYNTAX, 0 },
	};
	char text[1000];
	int64_t value;
	double x;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		value = 0;
		rc = fixed_from_double(cases[i].x, cases[i].f, &value);
		ok(rc == cases[i].rc && (rc != FIXED_OK || value == cases[i].value),
		    "fixed_from_double(%.17g, %u)", cases[i].x, cases[i].f);
	}
	memset(text, '0', sizeof(text));
	memcpy(text, "1.5", 3);
	ok(fixed_parse_double(text, sizeof(text), &x) == FIXED_OK && x == 1.5,
	    "a double of very many digits");
	ok(fixed_parse_double("1e400", 5, &x) == FIXED_RANGE, "no double is that large");
	ok(fixed_to_double(5 << 16, 16, 2) == 2.5, "fixed_to_double with a divisor");
	ok(fixed_to_double(INT64_MIN, 62, 0) == -2.0, "fixed_to_double of the least word");
}

/* ---- comparing, and bounds ---- */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_compare(void)
{
	/* from the least to the largest; those in a row are equal */
	static const char *const order[][3] = {
		{ "-1e400", "-10e399", "-0.1e401" },
		{ "-12345678901234567890.5", "-12345678901234567890.50",
		    "-123456789012345678905e-1" },
		{ "-12345678901234567890", "-1234567890123456789e1", "-12345678901234567890.0" },
		{ "-1", "-1.0", "-0.1e1" }, { "-1e-400", "-0.1e-399", "-10e-401" },
		{ "0", "-0.00", "0e99" }, { "1e-400", "0.01e-398", "1.e-400" },
		{ "0.3", ".3", "0.30000000000000000000000000" },
		{ "0.300000000000000000000000000001", "0.3000000000000000000000000000010",
		    "300000000000000000000000000001e-30" },
		{ "9.99999999999999999999", "999999999999999999999e-20",
		    "+9.999999999999999999990" },
		{ "10", "1e1", "10.000" }, { "100000", "1e5", "0.1e6" },
		{ "9223372036854775807.99999", "9223372036854775807999990e-6",
		    "9.22337203685477580799999e18" },
		{ "1e400", "10e399", "1000e397" },
	};
	size_t i, j, k, m;
	const char *a, *b;
	int bad = 0, want;

	for (i = 0; i < COUNT(order); i++)
		for (j = 0; j < COUNT(order); j++)
			for (k = 0; k < 3; k++)
				for (m = 0; m < 3; m++) {
					a = order[i][k];
					b = order[j][m];
					want = (i > j) - (i < j);
					bad += (fixed_compare(a, strlen(a), b, strlen(b)) != want);
				}
	ok(bad == 0, "numbers of any length and size are compared");
}

/* Bounds at each number of bits hold what is within them, and nothing is farther than needed. */
static int
bounds_agree(const char *s)
{
	int64_t down, up, nearest;
	size_t len = strlen(s);
	int bits, good = 1;

	for (bits = -20; bits <= 70; bits++) {
		if (fixed_parse_scaled(s, len, bits, &nearest) != FIXED_OK)
			continue;
		good = good && fixed_parse_bound(s, len, bits, 0, &down) == FIXED_OK &&
		    fixed_parse_bound(s, len, bits, 1, &up) == FIXED_OK && down <= nearest &&
		    nearest <= up && up - down <= 1;
	}
	return (good);
}

static void
test_bounds(void)
{
	static const char *const numbers[] = { "0", "1", "-1", "0.1", "-0.1", "1e-30", "-1e-30",
		"0.123456789012345678901234567890", "-77.000000000000000000000000000001", "5e-1",
		"123456", "-0.75" };
	int64_t v;
	size_t i;
	int bad = 0;

	for (i = 0; i < COUNT(numbers); i++)
		bad += !bounds_agree(numbers[i]);
	ok(bad == 0, "bounds are the words next to a number");
	ok(fixed_parse_bound("-0.5", 4, 1, 1, &v) == FIXED_OK && v == -1 &&
	    fixed_parse_bound("-0.5", 4, 1, 0, &v) == FIXED_OK && v == -1, "or its own");
	ok(fixed_parse_bound("9223372036854775807.5", 21, 0, 1, &v) == FIXED_RANGE &&
	    fixed_parse_bound("9223372036854775807.5", 21, 0, 0, &v) == FIXED_OK &&
	    v == INT64_MAX && fixed_parse_bound("1e", 2, 0, 0, &v) == FIXED_SYNTAX &&
	    fixed_parse_bound("1e400", 5, -900, 0, &v) == FIXED_RANGE, "or do not fit");
	ok(fixed_parse_scaled("1e12", 4, -10, &v) == FIXED_OK && v == 976562500 &&
	    fixed_parse_scaled("-3e-30", 6, 100, &v) == FIXED_OK && v == -4 &&
	    fixed_from_double_scaled(2.5e-30, 100, &v) == FIXED_OK && v == 3, "scales of any "
	    "size");
}

/* ---- rows ---- */

#define COLUMNS 3
#define ROWS 64

/* Whether numbers that are not 0 may become 0. */
static const uint8_t small[] = { 0, 1 };

/* Write a random field that is more often plain than not. */
static size_t
random_field(char *s)
{
	static const char *const odd[] = { "", "-", ".", "1e3", "-2.5E-1", " 7", "8 ", "\t9.5\t",
	    "+4", "1.2.3", "NA", "\"1\"",
	    "-.5", "5.", "12345678901234567890", "0.1234567890123456789012", "abc", "--1", "1-1",
	    "\xff", "12345678", "123456789", "99999999.9999999999999999",
	    "9999.9999999999999999", "999999.9999999999999999", "123.1234567812345678",
	    "0.12345678", "0.123456789", "99999999.99999999", "1234567.123456789012", "-0",
	    "00000000000001", "0.00000762939453125", "140737488355327.99999999", "281474976710656",
	    "9223372036854775808" };
	size_t kind = (size_t)(random_word() % 40);
	unsigned places = (unsigned)(random_word() % 10);

	if (kind < 4)
		return ((size_t)sprintf(s, "%s",
		    odd[random_word() % (sizeof(odd) / sizeof(odd[0]))]));
	if (kind < 14)
		return ((size_t)sprintf(s, "%" PRId64, (int64_t)random_width() >>
		    (random_word() % 60)));
	if (kind < 18)
		return ((size_t)sprintf(s, "%.17g", (double)(int64_t)random_width() /
		    1099511627776.0));
	return ((size_t)sprintf(s, "%.*f", (int)places, (double)(int64_t)(random_width() >> 20) /
	    65536.0 - 1000.0));
}

/*
 * Parse one field as the reference does.  Return whether it is a number that fits, is within its
 * range, and does not become 0 without being it.
 */
static int
reference(const struct scan *t, size_t j, const char *s, size_t len, uint64_t *word)
{
	const struct scan_range *range = t->column[j].range;
	int64_t value = 0;
	int rc;

	for (; len > 0 && (*s == ' ' || *s == '\t'); s++)
		len--;
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	if (t->modulus != 0)
		return (residue_parse(s, len, t->modulus, word) == FIXED_OK);
	rc = t->integers ? fixed_parse_integer(s, len, &value) :
	    fixed_parse(s, len, t->column[j].scale->f, &value);
	*word = (uint64_t)value;
	if (rc != FIXED_OK || (value == 0 && !*t->column[j].small && !fixed_is_zero(s, len)))
		return (0);
	return (range == NULL || (fixed_compare(range->low, range->low_len, s, len) <= 0 &&
	    fixed_compare(s, len, range->high, range->high_len) <= 0));
}

/* Make a text of rows, scan it, and compare words, rows and bytes with what they should be. */
static int
scan_agrees(const struct scan *t, const char *newline)
{
	char text[ROWS * COLUMNS * 64 + SCAN_PADDING];
	uint64_t want[ROWS * COLUMNS], got[ROWS * COLUMNS];
	size_t i, j, n = 0, start, rows = 0, good_bytes = 0, read, bytes;
	int good = 1;

	for (i = 0; i < ROWS; i++) {
		for (j = 0; j < COLUMNS; j++) {
			start = n;
			n += random_field(text + n);
			if (t->column[j].place != SCAN_SKIP)
				good = good && reference(t, j, text + start, n - start,
				    &want[rows * t->words + (size_t)t->column[j].place]);
			else
				good = good && memchr(text + start, '"', n - start) == NULL;
			if (j + 1 < COLUMNS)
				text[n++] = t->delimiter;
		}
		n += (size_t)sprintf(text + n, "%s", newline);
		rows += (size_t)good;
		good_bytes = good ? n : good_bytes;
	}
	memset(text + n, 0, SCAN_PADDING);
	bytes = scan_rows(t, text, n, got, ROWS, &read);
	if (read != rows || bytes != good_bytes)
		return (0);
	return (rows == 0 || memcmp(got, want, rows * t->words * sizeof(uint64_t)) == 0);
}

static void
test_scan(unsigned f, uint64_t modulus, int integers, int skip, const char *newline)
{
	struct fixed_scale scale;
	struct scan_column column[COLUMNS] = {
		{ .place = 1, .scale = &scale, .small = &small[0],
		    .count = UINT64_MAX },
		{ .place = skip ? SCAN_SKIP : 2, .scale = &scale, .small = &small[0],
		    .count = UINT64_MAX },
		{ .place = 0, .scale = &scale, .small = &small[0],
		    .count = UINT64_MAX },
	};
	struct scan t = { .delimiter = ',', .point = '.', .integers = integers, .modulus = modulus,
	    .columns = COLUMNS, .column = column };
	unsigned i, bad = 0;

	t.words = skip ? 2 : 3;
	fixed_scale_init(&scale, f);
	for (i = 0; i < 2000; i++)
		bad += !scan_agrees(&t, newline);
	ok(bad == 0, "rows are read as fields are: f = %u, mod %" PRIu64 "%s%s", f, modulus,
	    skip ? ", a column skipped" : "", (*newline == '\r') ? ", CRLF" : "");
}

/* Columns of different scales, with ranges whose words are settled by the text or at once. */
static void
test_scan_ranges(void)
{
	static const struct scan_range ranges[] = {
		{ "-1000", "5.000", 5, 5 }, { "0.25", "99999999.9999999999999999", 4, 25 },
		{ "-0.0000000000000000001", "1e3", 22, 3 },
	};
	struct fixed_scale scale[COLUMNS];
	struct scan_column column[COLUMNS];
	struct scan t = { .delimiter = ',', .point = '.', .columns = COLUMNS, .words = COLUMNS,
	    .column = column };
	unsigned i, j, f, bad = 0;
	int64_t low, high;

	for (i = 0; i < 4000; i++) {
		for (j = 0; j < COLUMNS; j++) {
			f = (unsigned)(random_word() % 20);
			fixed_scale_init(&scale[j], f);
			(void)fixed_parse(ranges[j].low, ranges[j].low_len, f, &low);
			(void)fixed_parse(ranges[j].high, ranges[j].high_len, f, &high);
			column[j] = (struct scan_column){ .place = (int32_t)j, .scale = &scale[j],
				.small = &small[i / 2 % 2], .range = &ranges[j],
				.least = (uint64_t)low + 2,
				.count = (uint64_t)(high - low > 4 && i % 2 ? high - low - 3 : 0) };
		}
		bad += !scan_agrees(&t, "\n");
	}
	ok(bad == 0, "rows are read as fields are, each in its range");
}

/*
 * Every number of places, at and around every tie of short numbers: the reciprocals must be right
 * to the last bit.
 */
static void
test_scan_ties(void)
{
	struct fixed_scale scale;
	struct scan_column column = { .scale = &scale, .small = &small[0],
		    .count = UINT64_MAX };
	struct scan t = { .delimiter = ',', .point = '.', .columns = 1, .words = 1,
	    .column = &column };
	unsigned f, i, bad = 0;
	char text[64 + SCAN_PADDING];
	uint64_t m, word, want;
	size_t n, rows;
	int k;

	for (f = 0; f <= FIXED_MAX_FRACTION_BITS; f++) {
		fixed_scale_init(&scale, f);
		for (i = 0; i < 4000; i++) {
			k = (int)(random_word() % 9);
			m = random_width() >> 10;
			if (i % 2 == 0)
				m = m / 100000000 * 100000000 + 50000000 + random_word() % 3 - 1;
			n = (size_t)sprintf(text, "%" PRIu64, m);
			if (n <= (size_t)k)
				continue;
			memmove(text + n - (size_t)k + 1, text + n - (size_t)k, (size_t)k);
			text[n - (size_t)k] = '.';
			text[++n] = '\n';
			memset(text + n + 1, 0, SCAN_PADDING);
			scan_rows(&t, text, n + 1, &word, 1, &rows);
			if (rows != (size_t)reference(&t, 0, text, n, &want) ||
			    (rows == 1 && word != want))
				bad++;
		}
	}
	ok(bad == 0, "short numbers and ties are scaled as the exact way does, at every f");
}

static void
test_scan_edges(void)
{
	struct fixed_scale scale;
	struct scan_column column[2] = { { .place = 0, .scale = &scale, .small = &small[0],
		    .count = UINT64_MAX },
		{ .place = 1, .scale = &scale, .small = &small[0],
		    .count = UINT64_MAX } };
	struct scan t = { .delimiter = ',', .point = '.', .columns = 2, .words = 2,
	    .column = column };
	char text[64] = "1,2\n3,4\n5,6";
	uint64_t words[6] = { 0 };
	size_t rows, bytes;

	fixed_scale_init(&scale, 4);
	bytes = scan_rows(&t, text, 11, words, 3, &rows);
	ok(rows == 2 && bytes == 8 && words[3] == 64, "a last line without newline is left alone");
	bytes = scan_rows(&t, text, 11, words, 1, &rows);
	ok(rows == 1 && bytes == 4, "no more rows are read than asked for");
	strcpy(text, "1,2,3\n");
	scan_rows(&t, text, 6, words, 3, &rows);
	ok(rows == 0, "a row with a field too many is left alone");
	strcpy(text, "1\n2,3\n");
	scan_rows(&t, text, 6, words, 3, &rows);
	ok(rows == 0, "a row with a field too few is left alone");
	strcpy(text, "0,0.0\n0.00,1e-9\n");
	scan_rows(&t, text, strlen(text), words, 3, &rows);
	ok(rows == 1 && words[1] == 0, "a row with a number that becomes 0 is left alone");
	column[1].small = &small[1];
	scan_rows(&t, text, strlen(text), words, 3, &rows);
	ok(rows == 2 && words[3] == 0, "or taken, where there are others");
}

int
main(void)
{

	tap_plan(6 + 2 + 27 + 5 + 13 + 1 + 7);
	test_vectors();
	test_compare();
	test_bounds();
	test_round_trip();
	test_doubles();
	test_scan(16, 0, 0, 0, "\n");
	test_scan(16, 0, 0, 1, "\r\n");
	test_scan(0, 0, 1, 0, "\n");
	test_scan(0, 0, 1, 1, "\r\n");
	test_scan(0, 65537, 1, 0, "\n");
	test_scan(0, (uint64_t)1 << 63 | 5, 1, 0, "\n");
	test_scan(0, 2, 1, 1, "\n");
	test_scan(1, 0, 0, 0, "\n");
	test_scan(8, 0, 0, 0, "\n");
	test_scan(24, 0, 0, 0, "\n");
	test_scan(40, 0, 0, 0, "\n");
	test_scan(61, 0, 0, 0, "\n");
	test_scan(62, 0, 0, 0, "\r\n");
	test_scan_ranges();
	test_scan_ties();
	test_scan_edges();
	return (tap_end());
}
