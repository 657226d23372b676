/*
 * Tables: CSV with all its oddities, .npy and .idx made byte by byte, and what the options make of
 * them.  Every case runs in a process of its own, so that its exit status and its messages can be
 * told apart from those of the others.
 */

#include "table/table.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "ring/fixed.h"

#include "tap.h"

#define MAX_OUTPUT 65536

/* Bytes, NULs among them. */
#define BYTES(s) (s), sizeof(s) - 1
#define LIST(...) \
	{ (const char *const[]){ __VA_ARGS__ }, \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *) }
#define OPTIONS(...) &(const struct table_options){ .fraction_bits = 16, __VA_ARGS__ }
#define F16 &f16
#define INTEGERS &integers

static const struct table_options f16 = { .fraction_bits = 16, .refuse_lost = 1, .remedies = 1 };
static const struct table_options integers = { .integers = 1 };

static char output[MAX_OUTPUT];

/* ---- running ---- */

/* Print names and rows. */
static int
print_table(struct table *t, const struct table_options *o, size_t max_rows)
{
	char text[FIXED_MAX_TEXT];
	size_t columns = table_columns(t), rows, j;
	uint64_t *words = calloc(max_rows * columns, sizeof(*words));
	int rc;

	for (j = 0; j < columns; j++)
		printf("%s%s", (j > 0) ? "|" : "", (table_column_name(t, j) != NULL) ?
		    table_column_name(t, j) : "-");
	printf("\n");
	fflush(stdout);
	while ((rc = table_read(t, words, max_rows, &rows)) == 1) {
		for (j = 0; j < rows * columns; j++) {
			if (o->modulus != 0)
				residue_format(text, words[j], 1);
			else
				fixed_format_scaled(text, (int64_t)words[j], o->integers ? 0 :
				    o->fraction_bits, table_about(t, j % columns)->exponent, 1);
			printf("%s%s", text, ((j + 1) % columns == 0) ? "\n" : ",");
		}
		fflush(stdout);
	}
	if (rc == -1 && table_read(t, words, max_rows, &rows) != -1)
		printf("an error was forgotten\n");
	free(words);
	return (rc);
}

/*
 * Run one table in a child: from ${path}, or from memory where that is NULL.  Return its exit
 * status.
 */
static int
run(const char *path, const char *data, size_t bytes, const struct table_options *o,
    size_t max_rows)
{
	struct table *t;
	int fds[2], status = 0;
	size_t n = 0;
	ssize_t got;
	pid_t pid = -1;

	fflush(stdout);
	if (pipe(fds) == -1 || (pid = fork()) == -1)
		tap_bail("cannot start a process");
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		t = (path != NULL) ? table_open(path, o) : table_open_memory(data, bytes, "t", o);
		if (t != NULL)
			(void)print_table(t, o, max_rows);
		table_close(t);
		fflush(stdout);
		exit((int)diag_status());
	}
	close(fds[1]);
	while (n < sizeof(output) - 1 &&
	    (got = read(fds[0], output + n, sizeof(output) - 1 - n)) > 0)
		n += (size_t)got;
	output[n] = '\0';
	close(fds[0]);
	if (waitpid(pid, &status, 0) == -1 || !WIFEXITED(status))
		return (-1);
	return (WEXITSTATUS(status));
}

struct test {
	const char *what;
	const char *data;
	size_t bytes;
	const struct table_options *options;
	int status;
	const char *expected; /* all of the output, or for errors a part of it */
};

static void
note_output(const char *label, const char *s)
{
	char line[256];
	size_t i, n = 0;

	for (i = 0; s[i] != '\0' && n < sizeof(line) - 2; i++) {
		if (s[i] == '\n')
			line[n++] = '\\';
		line[n++] = (s[i] == '\n') ? 'n' : s[i];
	}
	line[n] = '\0';
	tap_note("  %s %s", label, line);
}

/* A fault is one line, and begins like all of them. */
static int
one_message(const char *s)
{
	const char *at = strstr(s, "smpc: ");

	return (at != NULL && strstr(at + 1, "smpc: ") == NULL && strchr(at, '\n') == at +
	    strlen(at) - 1);
}

static void
check(const struct test *t)
{
	static const size_t blocks[] = { 1, 7, 1000 };
	size_t i;
	int status, good = 1;

	for (i = 0; good && i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		status = run(NULL, t->data, t->bytes, t->options, blocks[i]);
		good = (status == t->status);
		if (t->status == 0)
			good = good && strcmp(output, t->expected) == 0;
		else
			good = good && strstr(output, t->expected) != NULL && one_message(output);
	}
	if (!ok(good, "%s", t->what)) {
		tap_note("  status %d, want %d", status, t->status);
		note_output("got ", output);
		note_output("want", t->expected);
	}
}

/* ---- CSV ---- */

static const struct test csv_tests[] = {
	{ "decimals", BYTES("a,b\n1,2.5\n-3,.5\n"), F16, 0, "a|b\n1,2.5\n-3,0.5\n" },
	{ "one column", BYTES("a\n1\n2\n"), F16, 0, "a\n1\n2\n" },
	{ "no newline at the end", BYTES("a,b\n1,2\n3,4"), F16, 0, "a|b\n1,2\n3,4\n" },
	{ "CRLF", BYTES("a,b\r\n1,2\r\n3,4\r\n"), F16, 0, "a|b\n1,2\n3,4\n" },
	{ "CR LF and LF mixed", BYTES("a,b\n1,2\r\n3,4\n5,6\r\n"), F16, 0, "a|b\n1,2\n3,4\n5,6\n" },
	{ "byte order mark", BYTES("\xef\xbb\xbf" "a,b\n1,2\n"), F16, 0, "a|b\n1,2\n" },
	{ "byte order mark and a quoted name", BYTES("\xef\xbb\xbf\"a\",b\n1,2\n"), F16, 0,
	    "a|b\n1,2\n" },
	{ "blank last line", BYTES("a,b\n1,2\n\n"), F16, 0, "a|b\n1,2\n" },
	{ "blank last lines", BYTES("a,b\n1,2\n\n\r\n\n"), F16, 0, "a|b\n1,2\n" },
	{ "blank last lines in one column", BYTES("a\n1\n\n\n"), F16, 0, "a\n1\n" },
	{ "quoted numbers", BYTES("a,b\n\"1\",\"2.5\"\n3,\"4\"\n"), F16, 0, "a|b\n1,2.5\n3,4\n" },
	{ "quoted names", BYTES("\"a,\"\"x\"\"\",b\n1,2\n"), F16, 0, "a,\"x\"|b\n1,2\n" },
	{ "names with blanks around", BYTES("a , b\n1,2\n"), F16, 0, "a|b\n1,2\n" },
	{ "quoted names keep blanks", BYTES("\" a\",b\n1,2\n"), F16, 0, " a|b\n1,2\n" },
	{ "names in UTF-8", BYTES("größe,名前\n1,2\n"), F16, 0, "größe|名前\n1,2\n" },
	{ "blanks around numbers", BYTES("a,b\n 1 ,\t2\n3 , 4 \n\" 5\",6\n"), F16, 0,
	    "a|b\n1,2\n3,4\n5,6\n" },
	{ "exponents and signs", BYTES("a,b\n1e3,-2.5E-1\n+4,5.\n"), F16, 0,
	    "a|b\n1000,-0.25\n4,5\n" },
	{ "long numbers",
	    BYTES("a\n0.12345678901234567890123456789\n1234567890.000000000000000000000001\n"), F16,
	    0, "a\n0.12346\n1234567890\n" },
	{ "an embedded newline in a column not selected", BYTES("a,b\n\"x\ny\",2\n\"z\",3\n"),
	    OPTIONS(.select = LIST("b")), 0, "b\n2\n3\n" },
	{ "another delimiter", BYTES("a;b\n1;2\n"), OPTIONS(.delimiter = ';'), 0, "a|b\n1,2\n" },
	{ "tabs", BYTES("a\tb\n1 \t2\n"), OPTIONS(.delimiter = '\t'), 0, "a|b\n1,2\n" },
	{ "no header", BYTES("1,2\n3,4\n"), OPTIONS(.no_header = 1), 0, "-|-\n1,2\n3,4\n" },
	{ "no header, one row", BYTES("1,2"), OPTIONS(.no_header = 1), 0, "-|-\n1,2\n" },
	{ "quoted numbers are names", BYTES("\"2019\",\"2020\"\n1,2\n"), F16, 0, "2019|2020\n1,2\n"
	    },
	{ "numbered columns behind an index", BYTES(",0,1\n0,5,6\n1,7,8\n"),
	    OPTIONS(.exclude = LIST("1")), 0, "0|1\n5,6\n7,8\n" },
	{ "numbered columns behind an index of text", BYTES(",0,1\nx,5,6\n"),
	    OPTIONS(.select = LIST("1,0")), 0, "1|0\n6,5\n" },
	{ "numbered columns, one left out by its name", BYTES(",0,1,2\n0,5,6,7\n"),
	    OPTIONS(.exclude = LIST("1,2")), 0, "0|1\n5,6\n" },
	{ "an index that is not left out", BYTES(",0,1\n0,5,6\n"), F16, 1,
	    "t:1: the name of column 1 is empty; -x 1 leaves it out\n" },
	{ "numbers that are no columns behind an index", BYTES(",0,1\n5,5,6\n"),
	    OPTIONS(.exclude = LIST("1")), 1, "t:1: there are numbers where the names" },
	{ "numbers behind nothing that do not count columns", BYTES(",1,0\n0,5,6\n"),
	    OPTIONS(.exclude = LIST("1")), 1, "t:1: there are numbers where the names" },
	{ "numbered columns without an index", BYTES("0,1\n0,5\n"), F16, 1,
	    "t:1: there are numbers where the names" },
	{ "numbers and a name are names", BYTES("2019,b\n1,2\n"), F16, 0, "2019|b\n1,2\n" },
	{ "integers", BYTES("a,b\n1,-2\n3.0,1e2\n9223372036854775807,-9223372036854775808\n"),
	    INTEGERS, 0, "a|b\n1,-2\n3,100\n9223372036854775807,-9223372036854775808\n" },
	{ "residues", BYTES("a\n0\n9\n5.0\n"), &(const struct table_options){ .modulus = 10 }, 0,
	    "a\n0\n9\n5\n" },
	{ "residues, a large modulus", BYTES("a\n18446744073709551614\n"),
	    &(const struct table_options){ .modulus = UINT64_MAX }, 0, "a\n18446744073709551614\n"
	    },
	{ "the largest number", BYTES("a\n140737488355327.99999\n-140737488355328\n"), F16, 0,
	    "a\n140737488355327.99998\n-140737488355328\n" },

	{ "empty input", BYTES(""), F16, 1, "smpc: t: is empty" },
	{ "only blank lines", BYTES("\n\n"), F16, 1, "smpc: t: is empty" },
	{ "only a byte order mark", BYTES("\xef\xbb\xbf"), F16, 1, "smpc: t: is empty" },
	{ "no rows", BYTES("a,b\n"), F16, 1, "smpc: t: there are no rows\n" },
	{ "first line blank", BYTES("\na,b\n1,2\n"), F16, 1, "smpc: t:1: the first line is blank" },
	{ "a bad number", BYTES("a,age\n1,2\n3,abc\n"), F16, 1, "smpc: t:3: column 'age': 'abc' is "
	    "not a number; -x" },
	{ "a bad number, no options to name", BYTES("a\nabc\n"), OPTIONS(.no_header = 0), 1,
	    "smpc: t:2: column 'a': 'abc' is not a number\n" },
	{ "a bad number without header", BYTES("1,2\n3,x\n"), OPTIONS(.no_header = 1), 1,
	    "smpc: t:2: column 2: 'x' is not" },
	{ "a long value", BYTES("a\n0123456789x123456789012345678901234567890\n"), F16, 1,
	    "'0123456789x12345678901234567890123456789...' is not a number" },
	{ "a value is cut between characters", BYTES("a\n0123456789012345678901234567890123456789"
	    "\xc3\xbc" "x\n"), F16, 1, "'0123456789012345678901234567890123456789...' is not" },
	{ "a value is cut before a character", BYTES("a\n012345678901234567890123456789012345678"
	    "\xc3\xbc" "x\n"), F16, 1, "'012345678901234567890123456789012345678...' is not" },
	{ "hexadecimal", BYTES("a\n0x10\n"), F16, 1, "'0x10' is not a number" },
	{ "infinity", BYTES("a\ninf\n"), F16, 1, "'inf' is not a number" },
	{ "a decimal comma", BYTES("a,b\n\"1,5\",2\n"), F16, 1, "'1,5' is not a number" },
	{ "blanks inside", BYTES("a\n1 2\n"), F16, 1, "'1 2' is not a number" },
	{ "missing", BYTES("a,b\n1,\n"), F16, 1, "smpc: t:2: column 'b': the value is missing "
	    "(''); --na drop" },
	{ "missing by name", BYTES("a,b\n1,2\nN/A,1\n"), F16, 1,
	    "smpc: t:3: column 'a': the value is missing ('N/A')" },
	{ "missing, quoted", BYTES("a\n\"\"\n"), F16, 1, "smpc: t:2: column 'a': the value is "
	    "missing" },
	{ "a row too short", BYTES("a,b,c\n1,2,3\n1,2\n"), F16, 1, "smpc: t:3: 2 fields where the "
	    "header has 3\n" },
	{ "a row of one field", BYTES("a,b,c\n1\n"), F16, 1, "smpc: t:2: 1 field where the header "
	    "has 3\n" },
	{ "a row too long", BYTES("a,b\n1,2,\n"), F16, 1, "smpc: t:2: 3 fields where the header "
	    "has 2\n" },
	{ "ragged without header", BYTES("1,2\n1\n"), OPTIONS(.no_header = 1), 1,
	    "t:2: 1 field where the first row has 2\n" },
	{ "a blank line inside", BYTES("a,b\n1,2\n\n\n3,4\n"), F16, 1, "smpc: t:3: a blank line "
	    "inside the table\n" },
	{ "a blank line inside one column", BYTES("a\n1\n\n3\n"), F16, 1,
	    "smpc: t:3: column 'a': the value is missing" },
	{ "lines are counted through quotes", BYTES("a,b\n\"1\n\",2\n"), F16, 1,
	    "smpc: t:2: column 'a': '1?' is not" },
	{ "lines are counted behind quotes", BYTES("a,b,c\n\"x\n\ny\",2,z\n"),
	    OPTIONS(.select = LIST("b,c")), 1, "smpc: t:4: column 'c': 'z'" },
	{ "lines are counted after rows of several", BYTES("a,b\n\"x\ny\",2\n1,z\n"),
	    OPTIONS(.select = LIST("b")), 1, "smpc: t:4: column 'b': 'z'" },
	{ "a quote not closed", BYTES("a,b\n1,2\n\"3,4\n5,6\n"), F16, 1, "smpc: t:3: a quote is "
	    "not closed\n" },
	{ "text behind a quote", BYTES("a,b\n\"1\"2,3\n"), F16, 1, "smpc: t:2: field 1 has a quote "
	    "inside" },
	{ "a quote inside", BYTES("a,b\n1,2\"\n"), F16, 1, "smpc: t:2: field 2 has a quote inside"
	    },
	{ "a repeated name", BYTES("a,b,a\n1,2,3\n"), F16, 1, "smpc: t:1: two columns are named "
	    "'a', 1 and 3; -x 3 leaves one out\n" },
	{ "a repeated name, chosen by name", BYTES("a,b,a\n1,2,3\n"), OPTIONS(.select = LIST("a")),
	    2, "smpc: t: two columns are named 'a'; give the position, 1 or 3\n" },
	{ "several empty names", BYTES(",b,,,e\n1,2,3,4,5\n"), F16, 1,
	    "smpc: t:1: the names of columns 1,3-4 are empty; -x 1,3-4 leaves them out\n" },
	{ "an empty name, no options to name", BYTES("a,\n1,2\n"), OPTIONS(.no_header = 0), 1,
	    "smpc: t:1: the name of column 2 is empty\n" },
	{ "an empty name", BYTES("a,,c\n1,2,3\n"), F16, 1, "smpc: t:1: the name of column 2 is "
	    "empty; -x 2 leaves it out\n" },
	{ "a header that ends in a delimiter", BYTES("a,b,\n1,2,\n"), F16, 1,
	    "smpc: t:1: the name of column 3 is empty; -x 3 leaves it out\n" },
	{ "a name with a newline", BYTES("a,\"b\nc\"\n1,2\n"), F16, 1,
	    "the name of column 2 holds a control character; -x 2 leaves it out\n" },
	{ "old Macintosh lines", BYTES("a,b\r1,2\r"), F16, 1, "holds a control character" },
	{ "a name in Latin-1", BYTES("gr\xf6\xdf" "e,b\n1,2\n"), F16, 1, "the name of column 1 is "
	    "not UTF-8; iconv" },
	{ "a name in overlong UTF-8", BYTES("a\xc0\xaf,b\n1,2\n"), F16, 1,
	    "the name of column 1 is not UTF-8" },
	{ "a name with a surrogate", BYTES("a,\xed\xa0\x80\n1,2\n"), F16, 1,
	    "the name of column 2 is not UTF-8" },
	{ "a name cut inside a character", BYTES("a,\xe5\x90\n1,2\n"), F16, 1,
	    "the name of column 2 is not UTF-8" },
	{ "a NUL byte", BYTES("a,b\n1,2\n3,\0\n"), F16, 1, "smpc: t:3: there is a NUL byte" },
	{ "a NUL byte in a column not selected", BYTES("a,b\n1,\0\n"), OPTIONS(.select = LIST("a")),
	    1, "smpc: t:2: there is a NUL byte" },
	{ "a NUL byte in the header", BYTES("a,\0b\n1,2\n"), F16, 1, "smpc: t:1: there is a NUL "
	    "byte" },
	{ "numbers in place of names", BYTES("1,2.5\n3,4\n"), F16, 1,
	    "smpc: t:1: there are numbers where the names of the columns should be; --no-header" },
	{ "a fraction among integers", BYTES("a\n2.5\n"), INTEGERS, 1,
	    "smpc: t:2: column 'a': '2.5' is not a whole number\n" },
	{ "no integer either", BYTES("a\nx\n"), INTEGERS, 1, "'x' is not a number\n" },
	{ "too large", BYTES("a,b\n1,140737488355328\n"), F16, 5,
	    "smpc: t:2: column 'b': 140737488355328 does not fit: "
	    "with 16 fraction bits numbers go from -140737488355328 to 140737488355327.99998\n" },
	{ "too large by its exponent", BYTES("a\n1e999\n"), F16, 5, "1e999 does not fit" },
	{ "an integer too large", BYTES("a\n9223372036854775808\n"), INTEGERS, 5,
	    "does not fit: the integers go from -9223372036854775808 to 9223372036854775807\n" },
	{ "a residue too large", BYTES("a\n9\n10\n"),
	    &(const struct table_options){ .modulus = 10 }, 5, "smpc: t:3: column 'a': 10 does not "
	    "fit: the integers mod 10 are 0 to 9\n" },
	{ "a residue below zero", BYTES("a\n-1\n"), &(const struct table_options){ .modulus = 10 },
	    5, "-1 does not fit" },
	{ "a share stream", BYTES("\xb5SMPC\r\n\x1a" "abc"), F16, 1, "smpc: t: is a share stream, "
	    "not a table; smpc-info says what it holds\n" },
	{ "a sealed stream", BYTES("\xb5SEAL\r\n\x1a" "abc"), F16, 1,
	    "smpc: t: is a sealed share stream, not a table\n" },
	{ "JSON", BYTES("{\"smpc\":1}\n"), F16, 1, "smpc: t: is JSON (a share stream in text "
	    "form?), not a table\n" },
	{ "gzip", BYTES("\x1f\x8b\x08xxx"), F16, 1, "t: is compressed; pipe it through zcat, or"
	    },
	{ "a spreadsheet", BYTES("PK\x03\x04xxxxxxx"), F16, 1, "is a zip archive" },
	{ "UTF-16", BYTES("\xff\xfe" "a\0,\0b\0"), F16, 1, "is UTF-16 text; pipe it through iconv"
	    },
	{ "UTF-16 without byte order mark", BYTES("a\0,\0b\0\n\0"), F16, 1,
	    "is UTF-16 text; pipe it through iconv -f UTF-16LE" },
	{ "UTF-16, the other order", BYTES("\0a\0,\0b"), F16, 1, "iconv -f UTF-16BE" },
	{ "JSON records", BYTES("[ {\"a\":1}]"), F16, 1, "smpc: t: is JSON; export the table as "
	    "CSV\n" },
	{ "a name in brackets is no JSON", BYTES("[a],b\n1,2\n"), F16, 0, "[a]|b\n1,2\n" },
	{ "names like magic numbers", BYTES("PAR1,BZh,RDX2,qs\n1,2,3,4\n"), F16, 0,
	    "PAR1|BZh|RDX2|qs\n1,2,3,4\n" },
	{ "a delimiter that is part of numbers", BYTES("a\n1\n"), OPTIONS(.delimiter = '.'), 2,
	    "the delimiter must be" },
	{ "a delimiter that is a line break", BYTES("a\n1\n"), OPTIONS(.delimiter = '\n'), 2,
	    "the delimiter must be" },
	{ "63 fraction bits", BYTES("a\n1\n"), &(const struct table_options){ .fraction_bits = 63 },
	    2, "0 to 62" },
	{ "a modulus of 1", BYTES("a\n1\n"), &(const struct table_options){ .modulus = 1 }, 2,
	    "at least 2" },
};

/* ---- options ---- */

static const struct test option_tests[] = {
	{ "decimal commas", BYTES("a;b\n1,5;-2\n"), OPTIONS(.delimiter = ';', .decimal = ','), 0,
	    "a|b\n1.5,-2\n" },
	{ "a decimal comma, and a point", BYTES("a\n1.5\n"), OPTIONS(.delimiter = ';',
	    .decimal = ','), 1, "smpc: t:2: column 'a': '1.5' has a point, and the decimal mark "
	    "is a comma; --thousands . says that it marks thousands\n" },
	{ "thousands", BYTES("a;b\n1.234.567,5;0,25\n"), OPTIONS(.delimiter = ';',
	    .decimal = ',', .thousands = '.'), 0, "a|b\n1234567.5,0.25\n" },
	{ "thousands, wrong", BYTES("a\n\"12,34\"\n"), OPTIONS(.thousands = ','), 1,
	    "smpc: t:2: column 'a': '12,34' has a mark of thousands that does not stand before "
	    "three digits\n" },
	{ "thousands, among plain rows", BYTES("a,b\n1,2\n\"1,234\",3\n4,5\n"),
	    OPTIONS(.thousands = ','), 0, "a|b\n1,2\n1234,3\n4,5\n" },
	{ "signs and per cent", BYTES("a,b\n$1,50%\n-$2, 5 % \n"), OPTIONS(.strip = LIST("$"),
	    .percent = LIST("b")), 0, "a|b\n1,0.5\n-2,0.05\n" },
	{ "a delimiter that is the decimal mark", BYTES("a\n1\n"), OPTIONS(.decimal = ','), 2,
	    "',' is between fields, and cannot be the decimal mark\n" },
	{ "columns of which nothing is left",
	    BYTES("a,b,c\n0,1e-7,0.000001\n0,0,-0.0000001\n"), F16,
	    5, "smpc: t: 'b', 'c': all numbers that are not 0 become 0 with 16 fraction bits; "
	    "keep them with --range b=0..1e-7 --range c=-1e-7..1e-6\n" },
	{ "a column of which something is left", BYTES("a,b\n0,1e-7\n0,0.1\n"), F16, 0,
	    "a|b\n0,0\n0,0.1\n" },
	{ "zeros in all notations", BYTES("a,b\n0.000,-0\n\"0e-9\",.0\n"), F16, 0,
	    "a|b\n0,0\n0,0\n" },
	{ "a scale of which nothing is left", BYTES("a\n1\n2\n"), OPTIONS(.refuse_lost = 1,
	    .scale = LIST("a=1e-300")), 5, "smpc: t: 'a': all numbers" },
	{ "a scale of 0", BYTES("a\n1\n"), OPTIONS(.scale = LIST("a=1e-999")), 2,
	    "a number other than 0" },
	{ "a scale that only standardizing undoes", BYTES("a\n1\n3\n"), OPTIONS(.refuse_lost = 1,
	    .standardize = 1, .scale = LIST("a=1e-100")), 0, "a\n-1\n1\n" },
	{ "deviations that vanish", BYTES("a\n1e-200\n3e-200\n"), OPTIONS(.refuse_lost = 1,
	    .standardize = 1), 5, "smpc: t: 'a': all numbers" },
	{ "constants are only centred", BYTES("a\n0.3\n0.3\n0.3\n"), OPTIONS(.refuse_lost = 1,
	    .standardize = 1), 0, "a\n0\n0\n0\n" },
	{ "more words for missing values", BYTES("a,b\n1,#\n-9,2\n3,4\n"),
	    OPTIONS(.na = TABLE_NA_DROP, .na_text = LIST("#,-9")), 0, "a|b\n3,4\n" },
	{ "a line that names the delimiter", BYTES("sep=;\na;b\n1;2\n"), F16, 0, "a|b\n1,2\n" },
	{ "a line that names the delimiter, in a column", BYTES("a;b\nsep=;\n"), F16, 1,
	    "t:2: column 'a;b': 'sep=;' is not a number; are the fields separated by semicolons" },
	{ "comments", BYTES("#\"\na,b\n#\n1,2\n#\n"), OPTIONS(.comment = '#'), 0,
	    "a|b\n1,2\n" },
	{ "comments, before a column left out", BYTES("a,b\n#,2\nx,3\n"), OPTIONS(.comment = '#',
	    .exclude = LIST("a")), 0, "b\n3\n" },
	{ "no quotes", BYTES("a,\"b\n1,2\n"), OPTIONS(.no_quotes = 1), 0, "a|\"b\n1,2\n" },
	{ "columns by name, in order", BYTES("a,b,c\n1,2,3\n4,5,6\n"),
	    OPTIONS(.select = LIST("c,a")), 0, "c|a\n3,1\n6,4\n" },
	{ "columns by position", BYTES("a,b,c\n1,2,3\n"), OPTIONS(.select = LIST("3", "1-2")), 0,
	    "c|a|b\n3,1,2\n" },
	{ "an open range", BYTES("a,b,c\n1,2,3\n"), OPTIONS(.select = LIST("2-")), 0,
	    "b|c\n2,3\n" },
	{ "names that no column in use has", BYTES(",a,a,b,\xff\n1,2,3,4,5\n"),
	    OPTIONS(.select = LIST("2,b")), 0, "a|b\n2,4\n" },
	{ "names of columns left out", BYTES(",a,a,b\n1,2,3,4\n"), OPTIONS(.exclude = LIST("1,3")),
	    0, "a|b\n2,4\n" },
	{ "a name before a position", BYTES("a,1,c\n1,2,3\n"), OPTIONS(.select = LIST("1")), 0,
	    "1\n2\n" },
	{ "a name that looks like a range", BYTES("a,1-2,c\n1,2,3\n"),
	    OPTIONS(.select = LIST("1-2")), 0, "1-2\n2\n" },
	{ "a name with a comma", BYTES("a,\"b,c\"\n1,2\n"), OPTIONS(.select = LIST("b,c")), 0,
	    "b,c\n2\n" },
	{ "left out", BYTES("a,b,c\n1,x,3\n"), OPTIONS(.exclude = LIST("b")), 0, "a|c\n1,3\n" },
	{ "left out twice", BYTES("a,b,c\n1,x,3\n"), OPTIONS(.exclude = LIST("b,2", "2-2")), 0,
	    "a|c\n1,3\n" },
	{ "selected and left out", BYTES("a,b,c\n1,2,3\n"), OPTIONS(.select = LIST("c,b,a"),
	    .exclude = LIST("b")), 0, "c|a\n3,1\n" },
	{ "columns without names", BYTES("1,2,3\n4,5,6\n"),
	    OPTIONS(.no_header = 1, .select = LIST("3,1")), 0, "-|-\n3,1\n6,4\n" },
	{ "text that is not selected is not looked at", BYTES("a,b\nx,1\n,2\n\"q\"\"q\",3\n"),
	    OPTIONS(.select = LIST("b")), 0, "b\n1\n2\n3\n" },
	{ "an unknown name", BYTES("age,weight\n1,2\n"), OPTIONS(.select = LIST("wieght")), 2,
	    "smpc: t: no column 'wieght'; did you mean 'weight'?\n" },
	{ "an unknown name in capitals", BYTES("age,weight\n1,2\n"), OPTIONS(.select = LIST("AGE")),
	    2, "did you mean 'age'?" },
	{ "an unknown name like no other", BYTES("age,weight\n1,2\n"),
	    OPTIONS(.exclude = LIST("xyz")), 2, "smpc: t: no column 'xyz'; there are: age, weight\n"
	    },
	{ "a name where there are none", BYTES("1,2\n"),
	    OPTIONS(.no_header = 1, .select = LIST("a")), 2, "the columns have no names; use "
	    "positions from 1 to 2\n" },
	{ "a position too large", BYTES("a,b\n1,2\n"), OPTIONS(.select = LIST("1,3")), 2,
	    "no column 3: there are 2 columns\n" },
	{ "an open range too far", BYTES("a,b\n1,2\n"), OPTIONS(.select = LIST("3-")), 2,
	    "no column 3-: there are 2 columns\n" },
	{ "position 0", BYTES("a,b\n1,2\n"), OPTIONS(.select = LIST("0")), 2, "count from 1" },
	{ "a range backwards", BYTES("a,b\n1,2\n"), OPTIONS(.select = LIST("2-1")), 2,
	    "count from 1" },
	{ "a range without end", BYTES("a,b\n1,2\n"),
	    OPTIONS(.select = LIST("1-99999999999999999999")), 2, "no column" },
	{ "a column twice", BYTES("a,b\n1,2\n"), OPTIONS(.select = LIST("a", "1")), 2,
	    "column 'a' is selected twice\n" },
	{ "a position twice", BYTES("1,2\n"), OPTIONS(.no_header = 1, .select = LIST("1-2,2")), 2,
	    "column 2 is selected twice\n" },
	{ "an empty element", BYTES("a,b\n1,2\n"), OPTIONS(.select = LIST("a,")), 2,
	    "an empty element" },
	{ "nothing left", BYTES("a,b\n1,2\n"), OPTIONS(.exclude = LIST("1-")), 2,
	    "no column is left\n" },

	{ "missing rows dropped", BYTES("a,b\n1,2\nNA,3\n4,?\n5,6\n"), OPTIONS(.na = TABLE_NA_DROP),
	    0, "a|b\n1,2\n5,6\n" },
	{ "missing values replaced", BYTES("a,b\n1,2\nNA,3\n4,null\n"),
	    OPTIONS(.na = TABLE_NA_VALUE, .na_value = "-1.5"), 0, "a|b\n1,2\n-1.5,3\n4,-1.5\n" },
	{ "missing in a column not selected", BYTES("a,b\n1,\n2,3\n"), OPTIONS(.na = TABLE_NA_DROP,
	    .select = LIST("a")), 0, "a\n1\n2\n" },
	{ "blank lines of one column dropped", BYTES("a\n1\n\n\n4\n\n"),
	    OPTIONS(.na = TABLE_NA_DROP), 0, "a\n1\n4\n" },
	{ "blank lines of one column replaced", BYTES("a\n1\n\n\n4\n\n"),
	    OPTIONS(.na = TABLE_NA_VALUE, .na_value = "7"), 0, "a\n1\n7\n7\n4\n" },
	{ "every word for missing", BYTES("a\n1\nNA\nN/A\nNaN\nnan\nnull\nNULL\n?\n \n\"\"\n2\n"),
	    OPTIONS(.na = TABLE_NA_DROP), 0, "a\n1\n2\n" },
	{ "text is not missing", BYTES("a\n1\nna\n"), OPTIONS(.na = TABLE_NA_DROP), 1,
	    "'na' is not a number" },
	{ "a dropped row is checked, too", BYTES("a,b\nNA,x\n"), OPTIONS(.na = TABLE_NA_DROP), 1,
	    "'x' is not a number" },
	{ "nothing but missing", BYTES("a\nNA\n"), OPTIONS(.na = TABLE_NA_DROP), 1,
	    "no rows without missing values (1 in 'a')\n" },
	{ "a replacement that is no number", BYTES("a\n1\n"), OPTIONS(.na = TABLE_NA_VALUE,
	    .na_value = "x"), 2, "'x' cannot stand in for missing values" },
	{ "a replacement that is no integer", BYTES("a\n1\n"),
	    &(const struct table_options){ .integers = 1, .na = TABLE_NA_VALUE, .na_value = "0.5" },
	    2, "cannot stand in" },
	{ "a replacement that does not fit", BYTES("a\nNA\n"), OPTIONS(.na = TABLE_NA_VALUE,
	    .na_value = "1e30"), 5, "1e30 does not fit" },

	{ "missing values, column by column", BYTES("a,b,c,d\n1,2,3,x\nNA,2,,\n1,,3,\n4,5,NA,x\n"),
	    OPTIONS(.na_columns = LIST("a=-1", "b=drop", "c=mean", "d=y"), .codes = LIST("d=x,y")),
	    0, "a|b|c|c.present|d\n1,2,3,1,0\n-1,2,0,0,1\n4,5,0,0,0\n" },
	{ "one column apart from the others", BYTES("a,b\n1,\n,3\n4,5\n"),
	    OPTIONS(.na = TABLE_NA_DROP, .na_columns = LIST("b=7")), 0, "a|b\n1,7\n4,5\n" },
	{ "missing values refused in a column", BYTES("a,b\n,2\n1,NA\n"),
	    OPTIONS(.na = TABLE_NA_VALUE, .na_value = "0", .na_columns = LIST("b=error")), 1,
	    "t:3: column 'b': the value is missing ('NA')" },
	{ "several columns filled in", BYTES("a,b\n,2\n1,\n"), OPTIONS(.na_columns =
	    LIST("a,b=mean")), 0, "a|a.present|b|b.present\n0,0,2,1\n1,1,0,0\n" },
	{ "filled in, by position and in another order", BYTES("a,b\n,2\n1,\n"),
	    OPTIONS(.na_columns = LIST("1=mean"), .na = TABLE_NA_VALUE, .na_value = "9",
	    .select = LIST("b,a")), 0, "b|a|a.present\n2,0,0\n9,1,1\n" },
	{ "filled in, of one column", BYTES("a\n1\n\n3\n"), OPTIONS(.na_columns = LIST("a=mean")),
	    0, "a|a.present\n1,1\n0,0\n3,1\n" },
	{ "filled in and scaled", BYTES("a\n1\nNA\n"), OPTIONS(.na_columns = LIST("a=mean"),
	    .scale = LIST("a=3")), 0, "a|a.present\n3,1\n0,0\n" },
	{ "filled in, and a range without 0", BYTES("a\n1\nNA\n"), OPTIONS(.na_columns =
	    LIST("a=mean"), .range = LIST("a=1..2")), 0, "a|a.present\n1,1\n0,0\n" },
	{ "indicators", BYTES("a,b,k\n1,,x\n,2,\n"), OPTIONS(.na_columns = LIST("a=mean", "b=5",
	    "k=y"), .one_hot = LIST("k=x,y"), .na_indicator = LIST("a,k", "b")), 0,
	    "a|a.present|a.missing|b|b.missing|k=x|k=y|k.missing\n"
	    "1,1,0,5,1,1,0,0\n0,0,1,2,0,0,1,1\n" },
	{ "indicators among residues", BYTES("a\n1\nNA\n"), &(const struct table_options){
	    .modulus = 7, .na = TABLE_NA_VALUE, .na_value = "6", .na_indicator = LIST("a") }, 0,
	    "a|a.missing\n1,0\n6,1\n" },
	{ "a name with an equals sign, filled in", BYTES("a=b\nNA\n2\n"),
	    OPTIONS(.na_columns = LIST("a=b=mean")), 0, "a=b|a=b.present\n0,0\n2,1\n" },
	{ "a column of that name", BYTES("a,a.present\n1,2\n"), OPTIONS(.na_columns =
	    LIST("a=mean")), 2, "an option makes a second column 'a.present'\n" },
	{ "a column of that name, left out", BYTES("a,a.missing\n1,2\n"), OPTIONS(.exclude =
	    LIST("2"), .na_indicator = LIST("a")), 0, "a|a.missing\n1,0\n" },
	{ "filled in without names", BYTES("1\n"), OPTIONS(.no_header = 1, .na_columns =
	    LIST("1=mean")), 2, "there are no names\n" },
	{ "indicated without names", BYTES("1\n"), OPTIONS(.no_header = 1, .na_indicator =
	    LIST("1")), 2, "there are none\n" },
	{ "the mean of text", BYTES("a\nx\n"), OPTIONS(.codes = LIST("a=x"), .na_columns =
	    LIST("a=mean")), 2, "categories have no mean\n" },
	{ "the mean of whole numbers", BYTES("a\n1\n"), &(const struct table_options){
	    .integers = 1, .na_columns = LIST("a=mean") }, 2, "whole numbers have no means" },
	{ "a mean that nobody can fill in", BYTES("a\n1\n"), OPTIONS(.without_means = "such shares",
	    .na_columns = LIST("a=mean")), 2, "such shares have no means that could be filled in" },
	{ "the mean of what is standardized", BYTES("a\n1\n"), OPTIONS(.standardize = 1,
	    .na_columns = LIST("a=mean")), 2, "is standardized here" },
	{ "a value of another kind for a column", BYTES("a\n1\n"), OPTIONS(.na_columns =
	    LIST("a=x")), 2, "'x' is not such a number, nor error, drop, mean or median\n" },
	{ "a value that does not fit a column", BYTES("a\n1\n"), OPTIONS(.na_columns =
	    LIST("a=2.00000000000000000001"), .range = LIST("a=0..2")), 5,
	    "'2.00000000000000000001' does not fit the column\n" },
	{ "a category that is not listed", BYTES("a\nx\n"), OPTIONS(.codes = LIST("a=x,y"),
	    .na_columns = LIST("a=z")), 2, "'z' is none of the categories that are listed\n" },
	{ "missing values of a column twice", BYTES("a,b\n1,2\n"), OPTIONS(.na_columns =
	    LIST("a=1", "b,a=2")), 2, "given twice\n" },
	{ "missing values of no column", BYTES("a,b\n1,2\n"), OPTIONS(.na_columns = LIST("c=1")),
	    2, "no column 'c'" },
	{ "missing values of a column that is not shared", BYTES("a,b\n1,2\n"),
	    OPTIONS(.na_columns = LIST("a=1"), .exclude = LIST("a")), 2, "not selected" },

	{ "one-hot", BYTES("x,c,y\n1,red,2\n3,blue,4\n"),
	    OPTIONS(.one_hot = LIST("c=red,green,blue")), 0,
	    "x|c=red|c=green|c=blue|y\n1,1,0,0,2\n3,0,0,1,4\n" },
	{ "one-hot numbers are text", BYTES("c\n1\n2\n"), OPTIONS(.one_hot = LIST("c=1,2")), 0,
	    "c=1|c=2\n1,0\n0,1\n" },
	{ "one-hot among integers", BYTES("c\na\nb\n"),
	    &(const struct table_options){ .one_hot = LIST("c=a,b") }, 0, "c=a|c=b\n1,0\n0,1\n" },
	{ "one-hot with blanks and quotes", BYTES("c,d\n a ,1\n\"b\",2\n"),
	    OPTIONS(.one_hot = LIST("c=a,b")), 0, "c=a|c=b|d\n1,0,1\n0,1,2\n" },
	{ "one-hot by position, order kept", BYTES("a,b\n1,y\n2,x\n"),
	    OPTIONS(.select = LIST("b,a"), .one_hot = LIST("2=x,y")), 0, "b=x|b=y|a\n0,1,1\n1,0,2\n"
	    },
	{ "one-hot with a baseline", BYTES("x,c,y\n1,red,2\n3,blue,4\n5,green,6\n"),
	    OPTIONS(.one_hot = LIST("c=red,green,blue"), .baseline = LIST("c=green")), 0,
	    "x|c=red|c=blue|y\n1,1,0,2\n3,0,1,4\n5,0,0,6\n" },
	{ "baselines of several, first and last", BYTES("a,b\nx,q\ny,p\n"),
	    OPTIONS(.one_hot = LIST("a=x,y", "b=p,q"), .baseline = LIST("a=x", "2=q"),
	    .na_indicator = LIST("a")), 0, "a=y|a.missing|b=p\n0,0,0\n1,0,1\n" },
	{ "a baseline for what is missing", BYTES("a\nx\nNA\n"), OPTIONS(.one_hot = LIST("a=x,y"),
	    .baseline = LIST("a=y"), .na_columns = LIST("a=y")), 0, "a=x\n1\n0\n" },
	{ "a baseline that is not listed", BYTES("a\nx\n"), OPTIONS(.one_hot = LIST("a=x,y"),
	    .baseline = LIST("a=z")), 2, "'z' is not one of several categories" },
	{ "a baseline of one category", BYTES("a\nx\n"), OPTIONS(.one_hot = LIST("a=x"),
	    .baseline = LIST("a=x")), 2, "'x' is not one of several categories" },
	{ "a baseline of codes", BYTES("a\nx\n"), OPTIONS(.codes = LIST("a=x,y"),
	    .baseline = LIST("a=x")), 2, "not one-hot" },
	{ "two baselines", BYTES("a\nx\n"), OPTIONS(.one_hot = LIST("a=x,y"),
	    .baseline = LIST("a=x", "a=y")), 2, "given twice" },
	{ "a baseline without category", BYTES("a\nx\n"), OPTIONS(.one_hot = LIST("a=x,y"),
	    .baseline = LIST("a")), 2, "must be COLUMN=CATEGORY" },

	{ "dates", BYTES("d,e\n1970-01-01,1\n 1969-12-31 ,2\n\"2000-02-29\",3\n1900-03-01,4\n"
	    "2059-09-18,5\n1880-04-15,6\n"), OPTIONS(.date = LIST("d")), 0,
	    "d|e\n0,1\n-1,2\n11016,3\n-25508,4\n32767,5\n-32767,6\n" },
	{ "dates, decimal commas", BYTES("d;e\n2021-03-05;1,5\n"), OPTIONS(.delimiter = ';',
	    .decimal = ',', .date = LIST("d")), 0, "d|e\n18691,1.5\n" },
	{ "dates as integers", BYTES("d\n2021-03-05\n"), &(const struct table_options){
	    .integers = 1, .date = LIST("d") }, 0, "d\n18691\n" },
	{ "dates as residues", BYTES("d\n2021-03-05\n"), &(const struct table_options){
	    .modulus = 18692, .date = LIST("d") }, 0, "d\n18691\n" },
	{ "dates beyond residues", BYTES("d\n2021-03-05\n"), &(const struct table_options){
	    .modulus = 18691, .date = LIST("d") }, 5, "2021-03-05 does not fit" },
	{ "dates before residues", BYTES("d\n1969-03-05\n"), &(const struct table_options){
	    .modulus = 18691, .date = LIST("d") }, 5, "1969-03-05 does not fit" },
	{ "dates scaled", BYTES("d\n1970-04-11\n"), OPTIONS(.date = LIST("d"),
	    .scale = LIST("d=0.01")), 0, "d\n1\n" },
	{ "dates scaled, with a range", BYTES("d\n1970-04-11\n2100-01-01\n"), OPTIONS(
	    .date = LIST("d"), .scale = LIST("d=0.01"), .range = LIST("d=0..400")), 5,
	    "t:3: column 'd': 2100-01-01 is, scaled, beyond the range 0..400\n" },
	{ "dates standardized", BYTES("d\n1970-01-01\n1970-01-03\n"), OPTIONS(.date = LIST("d"),
	    .standardize = 1), 0, "d\n-1\n1\n" },
	{ "dates in a range", BYTES("d\n2000-01-01\n2000-12-31\n"), OPTIONS(.date = LIST("d"),
	    .range = LIST("d=2000-01-01..2000-12-31")), 0, "d\n10957\n11322\n" },
	{ "dates beyond a range", BYTES("d\n2000-01-01\n2001-01-01\n"), OPTIONS(.date = LIST("d"),
	    .range = LIST("d=2000-01-01..2000-12-31")), 5, "t:3: column 'd': 2001-01-01 is beyond "
	    "the range 2000-01-01..2000-12-31\n" },
	{ "dates beyond all that fit", BYTES("d\n2059-09-19\n"), OPTIONS(.date = LIST("d")), 5,
	    "2059-09-19 is beyond the dates that can be shared, 1880-04-15 to 2059-09-18\n" },
	{ "dates before all that fit", BYTES("d\n1880-04-14\n"), OPTIONS(.date = LIST("d")), 5,
	    "1880-04-14 is beyond the dates" },
	{ "dates at a scale without room", BYTES("d\n1980-04-14\n"),
	    &(const struct table_options){ .fraction_bits = 49, .date = LIST("d") }, 2,
	    "does not fit with so many fraction bits, 49\n" },
	{ "dates, missing", BYTES("d\n\n1970-01-02\n"), OPTIONS(.date = LIST("d"), .na =
	    TABLE_NA_VALUE, .na_value = "1970-01-10"), 0, "d\n9\n1\n" },
	{ "dates, missing in a column", BYTES("d,e\nNA,x\n1970-01-02,\n"), OPTIONS(.date =
	    LIST("d"), .codes = LIST("e=x"), .na_columns = LIST("d=mean", "e=x")), 0,
	    "d|d.present|e\n0,0,0\n1,1,0\n" },
	{ "dates, replaced by no date", BYTES("d\n1970-01-02\n"), OPTIONS(.date = LIST("d"),
	    .na_columns = LIST("d=0")), 2,
	    "'0' is not a date, YYYY-MM-DD, nor error, drop, mean or median" },
	{ "dates, replaced by one beyond", BYTES("d\n1970-01-02\n"), OPTIONS(.date = LIST("d"),
	    .na_columns = LIST("d=1800-01-01")), 5, "'1800-01-01' does not fit" },
	{ "dates, missing replaced by no date", BYTES("d\nNA\n"), OPTIONS(.date = LIST("d"), .na =
	    TABLE_NA_VALUE, .na_value = "0"), 1,
	    "t:2: column 'd': '0' is not a date, YYYY-MM-DD\n" },
	{ "a time of day", BYTES("d\n2021-03-05T10:00\n"), OPTIONS(.date = LIST("d")), 1,
	    "t:2: column 'd': '2021-03-05T10:00' has a time of day, which a date" },
	{ "a time of day behind a blank", BYTES("d\n2021-03-05 10:00\n"), OPTIONS(.date =
	    LIST("d")), 1, "has a time of day" },
	{ "another form of dates", BYTES("d\n05.03.2021\n"), OPTIONS(.date = LIST("d")), 1,
	    "'05.03.2021' is not a date, YYYY-MM-DD\n" },
	{ "a short date", BYTES("d\n2021-3-5\n"), OPTIONS(.date = LIST("d")), 1, "is not a date" },
	{ "a date too long", BYTES("d\n2021-03-055\n"), OPTIONS(.date = LIST("d")), 1,
	    "is not a date" },
	{ "no such month", BYTES("d\n2021-13-01\n"), OPTIONS(.date = LIST("d")), 1,
	    "is no day of the calendar\n" },
	{ "no such day", BYTES("d\n2021-02-29\n"), OPTIONS(.date = LIST("d")), 1,
	    "is no day of the calendar\n" },
	{ "no such day in a century", BYTES("d\n1900-02-29\n"), OPTIONS(.date = LIST("d")), 1,
	    "is no day of the calendar\n" },
	{ "day 0", BYTES("d\n2021-02-00\n"), OPTIONS(.date = LIST("d")), 1, "is no day" },
	{ "dates and text", BYTES("d\n2021-02-00\n"), OPTIONS(.date = LIST("d"), .codes =
	    LIST("d=x")), 2, "one-hot, coded, a key or per cent" },
	{ "dates with a range of numbers", BYTES("d\n2021-02-01\n"), OPTIONS(.date = LIST("d"),
	    .range = LIST("d=0..1")), 2, "'0..1' is not FIRST..LAST, two dates\n" },
	{ "dates with a range backwards", BYTES("d\n2021-02-01\n"), OPTIONS(.date = LIST("d"),
	    .range = LIST("d=2021-02-02..2021-02-01")), 2, "the later date first" },
	{ "dates with a range that does not fit", BYTES("d\n2021-02-01\n"), OPTIONS(.date =
	    LIST("d"), .range = LIST("d=1800-02-02..2021-02-01")), 2, "goes beyond the dates" },
	{ "dates and numbers in a range", BYTES("d,e\n2021-02-01,1\n"), OPTIONS(.date = LIST("d"),
	    .range = LIST("d,e=0..1")), 2, "some columns have dates, and others numbers\n" },
	{ "dates with a unit", BYTES("d\n2021-02-01\n"), OPTIONS(.date = LIST("d"),
	    .unit = LIST("d=days")), 2, "has no unit" },

	{ "codes", BYTES("x,c,y\n1,red,2\n3,blue,4\n"), OPTIONS(.codes = LIST("c=red,green,blue")),
	    0, "x|c|y\n1,0,2\n3,2,4\n" },
	{ "codes of an unknown text", BYTES("c\nred\n"), OPTIONS(.codes = LIST("c=a,b")), 1,
	    "none of its categories: a, b" },
	{ "as many codes as a modulus", BYTES("c\nb\n"),
	    &(const struct table_options){ .modulus = 2, .codes = LIST("c=a,b") }, 0, "c\n1\n" },
	{ "more codes than a modulus", BYTES("c\na\n"), &(const struct table_options){ .modulus = 2,
	    .codes = LIST("c=a,b,d") }, 5, "does not fit" },
	{ "one-hot without names", BYTES("1,y\n2,x\n"),
	    OPTIONS(.no_header = 1, .one_hot = LIST("2=x,y")), 0, "-|-|-\n1,0,1\n2,1,0\n" },
	{ "two one-hot columns", BYTES("a,b\nx,p\ny,q\n"),
	    OPTIONS(.one_hot = LIST("a=x,y", "b=q,p")), 0, "a=x|a=y|b=q|b=p\n1,0,0,1\n0,1,1,0\n" },
	{ "a name with an equals sign", BYTES("a=b,c\nx,1\n"), OPTIONS(.one_hot = LIST("a=b=x,y")),
	    0, "a=b=x|a=b=y|c\n1,0,1\n" },
	{ "a category named like a missing value", BYTES("a\nNA\nx\n"),
	    OPTIONS(.one_hot = LIST("a=x,NA")), 0, "a=x|a=NA\n0,1\n1,0\n" },
	{ "one-hot, missing dropped", BYTES("a\n?\nx\n"), OPTIONS(.one_hot = LIST("a=x,y"),
	    .na = TABLE_NA_DROP), 0, "a=x|a=y\n1,0\n" },
	{ "one-hot, missing replaced", BYTES("a\n?\nx\n"),
	    OPTIONS(.one_hot = LIST("a=x,y"), .na = TABLE_NA_VALUE, .na_value = "y"), 0,
	    "a=x|a=y\n0,1\n1,0\n" },
	{ "one-hot, replaced by no category", BYTES("a\n?\n"),
	    OPTIONS(.one_hot = LIST("a=x,y"), .na = TABLE_NA_VALUE, .na_value = "0"), 1,
	    "'0' is none of its categories: x, y" },
	{ "one-hot, missing", BYTES("a\n?\n"), OPTIONS(.one_hot = LIST("a=x,y")), 1,
	    "the value is missing ('?')" },
	{ "no category", BYTES("c,d\nred,1\npink,2\n"), OPTIONS(.one_hot = LIST("c=red,blue")), 1,
	    "smpc: t:3: column 'c': 'pink' is none of its categories: red, blue\n" },
	{ "one-hot numbers differ as text", BYTES("c\n1.0\n"), OPTIONS(.one_hot = LIST("c=1,2")), 1,
	    "'1.0' is none of" },
	{ "one-hot without categories", BYTES("c\n1\n"), OPTIONS(.one_hot = LIST("c=")), 2,
	    "must be COLUMN=" },
	{ "one-hot without equals sign", BYTES("c\n1\n"), OPTIONS(.one_hot = LIST("c")), 2,
	    "must be COLUMN=" },
	{ "an empty category", BYTES("c\n1\n"), OPTIONS(.one_hot = LIST("c=a,,b")), 2,
	    "a category is empty" },
	{ "a category twice", BYTES("c\n1\n"), OPTIONS(.one_hot = LIST("c=a,b,a")), 2,
	    "'a' is there twice" },
	{ "a column one-hot twice", BYTES("c\n1\n"), OPTIONS(.one_hot = LIST("c=a,b", "1=a,b")), 2,
	    "given twice" },
	{ "one-hot of an unknown column", BYTES("col\n1\n"), OPTIONS(.one_hot = LIST("cal=a")), 2,
	    "did you mean 'col'?" },
	{ "one-hot of a column not selected", BYTES("a,b\n1,2\n"), OPTIONS(.select = LIST("b"),
	    .one_hot = LIST("a=1")), 2, "column 'a' is given to one-hot, but not selected\n" },
	{ "one-hot makes a name twice", BYTES("c,c=a\na,1\n"), OPTIONS(.one_hot = LIST("c=a,b")), 2,
	    "one-hot makes a second column 'c=a'\n" },

	{ "scaled", BYTES("a,b\n100,2\n-50,NA\n"),
	    OPTIONS(.scale = LIST("a=0.01", "b=2"), .na = TABLE_NA_VALUE, .na_value = "3"), 0,
	    "a|b\n1,4\n-0.5,6\n" },
	{ "several columns scaled", BYTES("a,b,c\n4,8,12\n"), OPTIONS(.scale = LIST("1-2=.25")), 0,
	    "a|b|c\n1,2,12\n" },
	{ "a name with an equals sign scaled", BYTES("a=b\n4\n"), OPTIONS(.scale = LIST("a=b=.25")),
	    0, "a=b\n1\n" },
	{ "scaled by no number", BYTES("a\n1\n"), OPTIONS(.scale = LIST("a=x")), 2,
	    "must be COLUMN=FACTOR" },
	{ "scaled twice", BYTES("a\n1\n"), OPTIONS(.scale = LIST("a=2", "a=3")), 2,
	    "scaled twice" },
	{ "scaled and one-hot", BYTES("a\n1\n"), OPTIONS(.scale = LIST("a=2"),
	    .one_hot = LIST("a=1")), 2, "one-hot" },
	{ "scaled out of range", BYTES("a\n1e10\n"), OPTIONS(.scale = LIST("a=1e10")), 5,
	    "1e10 does not fit when it is scaled" },
	{ "scaled to infinity", BYTES("a\n1e200\n"), OPTIONS(.scale = LIST("a=1e200")), 5,
	    "1e200 does not fit" },
	{ "no fraction bits, rounded", BYTES("a\n1.5\n-2.5\n"),
	    &(const struct table_options){ .fraction_bits = 0 }, 0, "a\n2\n-2\n" },
	{ "scaled integers", BYTES("a\n1\n"), &(const struct table_options){ .integers = 1,
	    .scale = LIST("a=2") }, 2, "cannot be scaled" },
	{ "scaled text", BYTES("a\nx\n"), OPTIONS(.scale = LIST("a=2")), 1, "'x' is not a number" },

	{ "ranges", BYTES("a,b,c\n-1e-9,1e12,7\n3.5e-10,0,8\n"),
	    OPTIONS(.range = LIST("a=-1e-9..1e-9", "2=0..1e12")), 0,
	    "a|b|c\n-0.000000001,1000000000000,7\n0.00000000035,0,8\n" },
	{ "a range, quoted and in other notations", BYTES("a;b\n\"1.000,5\";1 %\n 0;99,5%\n"),
	    OPTIONS(.delimiter = ';', .decimal = ',', .thousands = '.', .percent = LIST("b"),
	    .range = LIST("a=0..1000.5", "b=0..1")), 0, "a|b\n1000.5,0.01\n0,0.995\n" },
	{ "a range with a decimal comma", BYTES("a;b\n1,5;2\n1,0;2\n1,6;2\n"),
	    OPTIONS(.delimiter = ';', .decimal = ',', .range = LIST("a=1..1.5")), 5,
	    "smpc: t:4: column 'a': 1,6 is beyond the range 1..1.5\n" },
	{ "a range of whole numbers", BYTES("a\n-3\n4\n1e0\n"),
	    &(const struct table_options){ .integers = 1, .range = LIST("a=-3.5..4") }, 0,
	    "a\n-3\n4\n1\n" },
	{ "beyond a range of whole numbers", BYTES("a\n-3\n5\n"),
	    &(const struct table_options){ .integers = 1, .range = LIST("a=-3.5..4") }, 5,
	    "smpc: t:3: column 'a': 5 is beyond the range -3.5..4\n" },
	{ "a range of a scaled column", BYTES("a\n1\n2\n"),
	    OPTIONS(.scale = LIST("a=1e-6"), .range = LIST("a=0..2e-6")), 0,
	    "a\n0.000001\n0.000002\n" },
	{ "beyond the range of a scaled column", BYTES("a\n1\n2\n"),
	    OPTIONS(.scale = LIST("a=2"), .range = LIST("a=0..3")), 5,
	    "smpc: t:3: column 'a': 2 is, scaled, beyond the range 0..3\n" },
	{ "beyond a range by all that there is", BYTES("a\n1e400\n"),
	    OPTIONS(.range = LIST("a=0..3")), 5, "1e400 is beyond the range 0..3\n" },
	{ "a replacement within the range", BYTES("a\n\n2\n"), OPTIONS(.range = LIST("a=0..3"),
	    .na = TABLE_NA_VALUE, .na_value = "1.5"), 0, "a\n1.5\n2\n" },
	{ "a replacement beyond the range", BYTES("a\n\n2\n"), OPTIONS(.range = LIST("a=0..3"),
	    .na = TABLE_NA_VALUE, .na_value = "-1"), 5, "t:2: column 'a': -1 is beyond" },
	{ "a name with an equals sign and its range", BYTES("a=b\n4\n"),
	    OPTIONS(.range = LIST("a=b=0..4"), .unit = LIST("a=b=m/s=k")), 0, "a=b\n4\n" },
	{ "a range of residues", BYTES("a\n4\n"), &(const struct table_options){ .modulus = 9,
	    .range = LIST("a=0..4") }, 2, "nothing is declared of integers modulo 9\n" },
	{ "a unit of residues", BYTES("a\n4\n"), &(const struct table_options){ .modulus = 9,
	    .unit = LIST("a=kg") }, 2, "unit 'a=kg': nothing is declared" },
	{ "a range of one-hot", BYTES("a\n4\n"), OPTIONS(.one_hot = LIST("a=4"),
	    .range = LIST("a=0..4")), 2, "one-hot or coded" },
	{ "a range of what is standardized", BYTES("a,b\n4,1\n"), OPTIONS(.standardize = 1,
	    .range = LIST("a,b=0..4"), .raw = LIST("a")), 2, "a column is standardized\n" },
	{ "a range of what is not", BYTES("a,b\n4,1\n2,3\n"), OPTIONS(.standardize = 1,
	    .range = LIST("a=0..4"), .raw = LIST("a")), 0, "a|b\n4,-1\n2,1\n" },
	{ "two ranges", BYTES("a,b\n4,1\n"), OPTIONS(.range = LIST("a,b=0..4", "b=0..4")), 2,
	    "given twice" },
	{ "a range of a column that is not shared", BYTES("a,b\n4,1\n"),
	    OPTIONS(.range = LIST("a=0..4"), .select = LIST("b")), 2,
	    "smpc: t: column 'a' is given to range, but not selected\n" },
	{ "a range of no column", BYTES("a,b\n4,1\n"), OPTIONS(.range = LIST("c=0..4")), 2,
	    "no column 'c'" },
	{ "a range without bounds", BYTES("a\n4\n"), OPTIONS(.range = LIST("a")), 2,
	    "must be COLUMN=LOW..HIGH" },
	{ "a range of one bound", BYTES("a\n4\n"), OPTIONS(.range = LIST("a=..4")), 2,
	    "'..4' is not LOW..HIGH, two numbers\n" },
	{ "a range that can be read in two ways", BYTES("a\n4\n"), OPTIONS(.range = LIST(
	    "a=0...5")), 2, "is not LOW..HIGH" },
	{ "a range of points", BYTES("a\n0.5\n"), OPTIONS(.range = LIST("a=-.5...5")), 0,
	    "a\n0.5\n" },
	{ "a range of fractions", BYTES("a\n0.5\n"), OPTIONS(.range = LIST("a=-.5..+.5")), 0,
	    "a\n0.5\n" },
	{ "a range backwards in columns", BYTES("a\n4\n"), OPTIONS(.range = LIST("a=4..-4")), 2,
	    "'4..-4' has the larger bound first" },
	{ "a range of 0", BYTES("a\n0\n"), OPTIONS(.range = LIST("a=-0..0.0")), 2,
	    "holds no number but 0" },
	{ "a range of one number", BYTES("a\n4.5\n"), OPTIONS(.range = LIST("a=4.5..4.5")), 0,
	    "a\n4.5\n" },
	{ "a range to infinity", BYTES("a\n4\n"), OPTIONS(.range = LIST("a=0..inf")), 2,
	    "is not LOW..HIGH" },
	{ "a range to nearly infinity", BYTES("a\n4\n"), OPTIONS(.range = LIST("a=0..1e400")), 2,
	    "too large" },
	{ "a range of atoms", BYTES("a\n4\n"), OPTIONS(.range = LIST("a=0..1e-400")), 2,
	    "too small or too large for any scale" },
	{ "a range beyond integers", BYTES("a\n4\n"), &(const struct table_options){
	    .integers = 1, .range = LIST("a=0..1e19") }, 2, "does not fit" },
	{ "a unit without text", BYTES("a\n4\n"), OPTIONS(.unit = LIST("a=")), 2,
	    "must be COLUMN=TEXT" },
	{ "a unit too long", BYTES("a\n4\n"), OPTIONS(.unit = LIST("a=0123456789012345678901234567"
	    "8901234567890123456789012345678901234")), 2, "longer than 64 bytes" },
	{ "two units", BYTES("a\n4\n"), OPTIONS(.unit = LIST("a=m", "a=m")), 2, "given twice" },
	{ "a unit of codes", BYTES("a\n4\n"), OPTIONS(.codes = LIST("a=4"), .unit = LIST("a=m")),
	    2, "has no unit" },

	{ "standardized", BYTES("a,b\n1,5\n2,5\n3,5\n4,5\n"), OPTIONS(.standardize = 1), 0,
	    "a|b\n-1.34164,0\n-0.44722,0\n0.44722,0\n1.34164,0\n" },
	{ "standardized but for some", BYTES("a,b,c\n1,5,x\n3,6,y\n"),
	    OPTIONS(.standardize = 1, .raw = LIST("b"), .one_hot = LIST("c=x,y")), 0,
	    "a|b|c=x|c=y\n-1,5,1,0\n1,6,0,1\n" },
	{ "standardized without dropped rows", BYTES("a,b\n1,1\n100,NA\n3,3\n"),
	    OPTIONS(.standardize = 1, .na = TABLE_NA_DROP), 0, "a|b\n-1,-1\n1,1\n" },
	{ "standardized far from zero", BYTES("a\n1000000001\n1000000003\n"),
	    OPTIONS(.standardize = 1), 0, "a\n-1\n1\n" },
	{ "standardized numbers too large to share", BYTES("a\n1e300\n3e300\n"),
	    OPTIONS(.standardize = 1), 5, "too large to be standardized" },
	{ "standardized without header", BYTES("1\n3\n"), OPTIONS(.standardize = 1, .no_header = 1),
	    0, "-\n-1\n1\n" },
	{ "standardized, nothing left", BYTES("a\nNA\n"), OPTIONS(.standardize = 1,
	    .na = TABLE_NA_DROP), 1, "no rows" },
	{ "standardized, a fault", BYTES("a\n1\nx\n"), OPTIONS(.standardize = 1), 1,
	    "smpc: t:3: column 'a': 'x'" },
	{ "standardized integers", BYTES("a\n1\n"), &(const struct table_options){ .integers = 1,
	    .standardize = 1 }, 2, "standardized" },
};

/* ---- .npy and .idx ---- */

#define NPY1(length) "\x93NUMPY\x01\0" length "\0"
#define DICT(descr, order, shape) \
	"{'descr': '" descr "', 'fortran_order': " order ", 'shape': (" shape ")}"

static const struct test array_tests[] = {
	{ "npy of f8", BYTES(NPY1("\x3a") DICT("<f8", "False", "2, 1") "\n"
	    "\0\0\0\0\0\0\xf8\x3f" "\0\0\0\0\0\0\x04\xc0"), F16, 0, "-\n1.5\n-2.5\n" },
	{ "npy of big-endian f4, other order, double quotes", BYTES(NPY1("\x34")
	    "{\"shape\":(1,2,),\"descr\":\">f4\",\"fortran_order\":False}" "\x3f\xc0\0\0"
	    "\xc0\x20\0\0"), F16, 0, "-|-\n1.5,-2.5\n" },
	{ "npy of one dimension", BYTES(NPY1("\x39") DICT("|u1", "False", "3,") " \n"
	    "\x01\x80\xff"), F16, 0, "-\n1\n128\n255\n" },
	{ "npy of three dimensions", BYTES(NPY1("\x3d") DICT("|i1", "False", "2, 1, 2") "\n"
	    "\x01\x80\xff\x7f"), F16, 0, "-|-\n1,-128\n-1,127\n" },
	{ "npy of truth values", BYTES(NPY1("\x38") DICT("|b1", "False", "2,") "\n" "\0\x01"),
	    INTEGERS, 0, "-\n0\n1\n" },
	{ "npy of i2", BYTES(NPY1("\x38") DICT("<i2", "False", "2,") "\n" "\xfe\xff\0\x01"),
	    INTEGERS, 0, "-\n-2\n256\n" },
	{ "npy of big-endian u4", BYTES(NPY1("\x38") DICT(">u4", "False", "1,") "\n"
	    "\xff\xff\xff\xfe"), INTEGERS, 0, "-\n4294967294\n" },
	{ "npy of i8", BYTES(NPY1("\x38") DICT("<i8", "False", "1,") "\n"
	    "\0\0\0\0\0\0\0\x80"), INTEGERS, 0, "-\n-9223372036854775808\n" },
	{ "npy version 2", BYTES("\x93NUMPY\x02\0\x38\0\0\0{'descr': '|u1', 'fortran_order': "
	    "False, 'shape': (1,)}\n" "\x07"),
	    F16, 0, "-\n7\n" },
	{ "npy in Fortran order of one dimension",
	    BYTES(NPY1("\x37") DICT("|u1", "True", "2,") "\n\x07\x08"), F16, 0, "-\n7\n8\n" },
	{ "npy of residues", BYTES(NPY1("\x38") DICT("|u1", "False", "2,") "\n" "\x07\x08"),
	    &(const struct table_options){ .modulus = 9 }, 0, "-\n7\n8\n" },
	{ "npy, columns selected", BYTES(NPY1("\x3a") DICT("|u1", "False", "1, 3") "\n" "\1\2\3"),
	    OPTIONS(.select = LIST("3,1")), 0, "-|-\n3,1\n" },
	{ "npy, one-hot", BYTES(NPY1("\x3a") DICT("|u1", "False", "2, 1") "\n" "\1\2"),
	    OPTIONS(.one_hot = LIST("1=0,1,2")), 0, "-|-|-\n0,1,0\n0,0,1\n" },
	{ "npy, one-hot of doubles", BYTES(NPY1("\x3a") DICT("<f4", "False", "2, 1") "\n"
	    "\0\0\x80\x3f" "\0\0\0\x3f"), OPTIONS(.one_hot = LIST("1=1,0.5")), 0,
	    "-|-\n1,0\n0,1\n" },
	{ "npy, standardized and scaled", BYTES(NPY1("\x3a") DICT("|u1", "False", "2, 2") "\n"
	    "\1\2\3\4"), OPTIONS(.standardize = 1, .raw = LIST("2"), .scale = LIST("2=.5")), 0,
	    "-|-\n-1,1\n1,2\n" },
	{ "npy, nan replaced in a column", BYTES(NPY1("\x3a") DICT("<f4", "False", "2, 1") "\n"
	    "\0\0\xc0\x7f" "\0\0\0\x3f"), OPTIONS(.na_columns = LIST("1=7")), 0, "-\n7\n0.5\n" },
	{ "npy, nan dropped", BYTES(NPY1("\x3a") DICT("<f4", "False", "2, 1") "\n"
	    "\0\0\xc0\x7f" "\0\0\0\x3f"), OPTIONS(.na = TABLE_NA_DROP), 0, "-\n0.5\n" },

	{ "npy, ranges", BYTES(NPY1("\x3a") DICT("|i1", "False", "2, 2") "\n" "\1\xfe\3\4"),
	    OPTIONS(.range = LIST("1=0..3", "2=-3..4")), 0, "-|-\n1,-2\n3,4\n" },
	{ "npy, beyond a range", BYTES(NPY1("\x3a") DICT("|i1", "False", "2, 2") "\n"
	    "\1\2\3\4"), OPTIONS(.range = LIST("1=0..2.5")), 5,
	    "smpc: t: row 2, column 1: 3 is beyond the range 0..2.5\n" },
	{ "npy, a range of doubles", BYTES(NPY1("\x3a") DICT("<f4", "False", "1, 1") "\n"
	    "\0\0\xc0\x3f"), OPTIONS(.range = LIST("1=0..1.5")), 0, "-\n1.5\n" },
	{ "npy, beyond a range of doubles", BYTES(NPY1("\x3a") DICT("<f4", "False", "1, 1") "\n"
	    "\0\0\xc0\x3f"), OPTIONS(.range = LIST("1=0..1.25")), 5, "1.5 is beyond the range" },
	{ "npy, a range of integers", BYTES(NPY1("\x3a") DICT("|i1", "False", "2, 1") "\n"
	    "\xfe\4"), &(const struct table_options){ .integers = 1, .range = LIST("1=-2..3") },
	    5, "row 2, column 1: 4 is beyond the range -2..3" },

	{ "npy, nan", BYTES(NPY1("\x3a") DICT("<f4", "False", "2, 1") "\n"
	    "\0\0\0\x3f" "\0\0\xc0\x7f"), F16, 1, "smpc: t: row 2, column 1: the value is missing "
	    "('nan')" },
	{ "npy, infinite", BYTES(NPY1("\x3a") DICT("<f4", "False", "1, 1") "\n" "\0\0\x80\x7f"),
	    F16, 1, "smpc: t: row 1, column 1: 'inf' is not a number" },
	{ "npy, too large", BYTES(NPY1("\x3a") DICT("<f4", "False", "1, 1") "\n" "\0\0\0\x7f"),
	    F16, 5, "does not fit: with 16 fraction bits" },
	{ "npy, integer too large", BYTES(NPY1("\x38") DICT("<u8", "False", "1,") "\n"
	    "\0\0\0\0\0\0\0\x80"), INTEGERS, 5, "row 1, column 1: 9223372036854775808 does not fit"
	    },
	{ "npy, integer too large for the fraction", BYTES(NPY1("\x38") DICT("<i8", "False",
	    "1,") "\n" "\xff\xff\xff\xff\xff\x7f\xff\xff"), F16, 5, "-140737488355329 does not fit"
	    },
	{ "npy, fraction among integers",
	    BYTES(NPY1("\x3a") DICT("<f4", "False", "1, 1") "\n\0\0\0\x3f"), INTEGERS, 1,
	    "'0.5' is not a whole number" },
	{ "npy, below a residue", BYTES(NPY1("\x38") DICT("|i1", "False", "1,") "\n" "\xff"),
	    &(const struct table_options){ .modulus = 9 }, 5, "-1 does not fit: the integers mod 9"
	    },
	{ "npy in Fortran order", BYTES(NPY1("\x39") DICT("|u1", "True", "1, 1") "\n" "\x07"), F16,
	    1, "smpc: t: is in Fortran order; numpy.ascontiguousarray" },
	{ "npy cut in the header", BYTES(NPY1("\x3a") "{'descr': '<f8', 'fortran_order'"), F16, 1,
	    "smpc: t: input ends early\n" },
	{ "npy cut in the magic", BYTES("\x93NUMPY\x01\0\x3a"), F16, 1,
	    "smpc: t: input ends early\n" },
	{ "npy cut in the data", BYTES(NPY1("\x3a") DICT("|u1", "False", "3, 2") "\n" "\1\2\3"),
	    F16, 1, "smpc: t: input ends early, in row 2 of 3\n" },
	{ "npy with bytes behind", BYTES(NPY1("\x38") DICT("|u1", "False", "2,") "\n" "\1\2\3"),
	    F16, 1, "there are bytes behind the 2 rows of 1 that the header announces\n" },
	{ "npy without rows", BYTES(NPY1("\x3a") DICT("|u1", "False", "0, 3") "\n"), F16, 1,
	    "there are no rows\n" },
	{ "npy without columns", BYTES(NPY1("\x3a") DICT("|u1", "False", "3, 0") "\n"),
	    F16, 1, "there are no columns\n" },
	{ "npy without dimensions", BYTES(NPY1("\x36") DICT("|u1", "False", "") "\n" "\1"),
	    F16, 1, "without dimensions" },
	{ "npy of text", BYTES(NPY1("\x38") DICT("<U5", "False", "1,") "\n"), F16, 1,
	    "type '<U5' is not read; a.astype('f8')" },
	{ "npy of complex numbers", BYTES(NPY1("\x39") DICT("<c16", "False", "1,") "\n"),
	    F16, 1, "type '<c16' is not read" },
	{ "npy of half floats", BYTES(NPY1("\x38") DICT("<f2", "False", "1,") "\n"), F16, 1,
	    "type '<f2' is not read" },
	{ "npy of f8 without order", BYTES(NPY1("\x38") DICT("|f8", "False", "1,") "\n"),
	    F16, 1, "type '|f8' is not read" },
	{ "npy of structures", BYTES(NPY1("\x41") "{'descr': [('a', '<f8')], 'fortran_order': "
	    "False, 'shape': (1,)}\n"), F16, 1,
	    "holds structures" },
	{ "npy version 4", BYTES("\x93NUMPY\x04\0\x38\0\0\0{'descr': '|u1'"), F16, 1,
	    "version 4.0 of .npy is not known" },
	{ "npy with an endless header", BYTES("\x93NUMPY\x02\0\xff\xff\xff\xff{'descr': '|u1'"),
	    F16, 1, "header is longer" },
	{ "npy with too many rows",
	    BYTES(NPY1("\x4a") DICT("|u1", "False", "99999999999999999999,") "\n"), F16, 1,
	    "more than 2^40 rows" },
	{ "npy with too many columns",
	    BYTES(NPY1("\x48") DICT("|u1", "False", "1, 65536, 65536") "\n   "), F16, 1,
	    "more than 1048576 columns" },
	{ "npy with a key twice", BYTES(NPY1("\x48")
	    "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}\n "), F16, 1,
	    "the header is malformed" },
	{ "npy with a key missing", BYTES(NPY1("\x27") "{'descr': '|u1', 'fortran_order': False}"),
	    F16, 1, "malformed" },
	{ "npy with an unknown key", BYTES(NPY1("\x42")
	    "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'x': 1}\n  "), F16, 1,
	    "malformed" },
	{ "npy with text behind the header", BYTES(NPY1("\x3a") DICT("|u1", "False", "1,") " x\n"
	    "\1"), F16, 1, "malformed" },
	{ "npy with a number for a shape", BYTES(NPY1("\x36") DICT("|u1", "False", "1")), F16, 1,
	    "malformed" },
	{ "npy with a negative shape", BYTES(NPY1("\x38") DICT("|u1", "False", "-1,")),
	    F16, 1, "malformed" },
	{ "npy with a string not closed", BYTES(NPY1("\x08") "{'descr: "), F16, 1, "malformed" },
	{ "npy, a name selected", BYTES(NPY1("\x38") DICT("|u1", "False", "1,") "\n" "\1"),
	    OPTIONS(.select = LIST("a")), 2, "the columns have no names" },

	{ "idx of images", BYTES("\0\0\x08\3" "\0\0\0\2" "\0\0\0\1" "\0\0\0\2" "\1\2\xfe\xff"), F16,
	    0, "-|-\n1,2\n254,255\n" },
	{ "idx of labels", BYTES("\0\0\x08\1" "\0\0\0\3" "\1\2\3"), INTEGERS, 0, "-\n1\n2\n3\n" },
	{ "idx of i1", BYTES("\0\0\x09\1" "\0\0\0\1" "\xff"), INTEGERS, 0, "-\n-1\n" },
	{ "idx of i2", BYTES("\0\0\x0b\1" "\0\0\0\1" "\xff\xfe"), INTEGERS, 0, "-\n-2\n" },
	{ "idx of i4", BYTES("\0\0\x0c\1" "\0\0\0\1" "\x80\0\0\0"), INTEGERS, 0, "-\n-2147483648\n"
	    },
	{ "idx of f4", BYTES("\0\0\x0d\1" "\0\0\0\1" "\x3f\0\0\0"), F16, 0, "-\n0.5\n" },
	{ "idx of f8", BYTES("\0\0\x0e\1" "\0\0\0\1" "\xbf\xe0\0\0\0\0\0\0"), F16, 0, "-\n-0.5\n" },
	{ "idx cut in the header", BYTES("\0\0\x08\3" "\0\0\0\2" "\0\0\0\1" "\0\0"), F16, 1,
	    "input ends early\n" },
	{ "idx cut in the data", BYTES("\0\0\x08\1" "\0\0\0\3" "\1\2"), F16, 1,
	    "input ends early, in row 3 of 3\n" },
	{ "idx with bytes behind", BYTES("\0\0\x08\1" "\0\0\0\1" "\1\2"), F16, 1,
	    "bytes behind the 1 rows" },
	{ "idx without dimensions", BYTES("\0\0\x08\0" "\1"), F16, 1, "without dimensions" },
	{ "idx with too many dimensions", BYTES("\0\0\x08\xff" "\1"), F16, 1, "has 255 dimensions"
	    },
	{ "idx with too many columns", BYTES("\0\0\x08\3" "\0\0\0\1" "\xff\xff\xff\xff"
	    "\xff\xff\xff\xff"), F16, 1, "more than 1048576 columns" },
	{ "idx of an unknown type", BYTES("\0\0\x0a\1" "\0\0\0\1" "\1"), F16, 1,
	    "there is a NUL byte" },
};

static void
check_all(const struct test *tests, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		check(&tests[i]);
}

/* ---- files, pipes and sizes ---- */

static char *
temporary(void)
{
	static char path[] = "/tmp/smpc-table-XXXXXX";
	int fd = mkstemp(path);

	if (fd == -1)
		tap_bail("cannot make a temporary file");
	close(fd);
	return (path);
}

/*
 * Write ${rows} rows of three columns, the last one without newline; some have quotes, some
 * exponents.
 */
static void
write_rows(FILE *f, size_t rows)
{
	size_t i;

	fprintf(f, "a,b,c\n");
	for (i = 0; i < rows; i++) {
		fprintf(f,
		    (i % 9 == 8) ? "\"%zu\",%zu.5,-%zu" : (i % 13 == 12) ? "%zue0,%zu.5,-%zu" :
		    "%zu,%zu.5,-%zu", i, i % 1000, i);
		if (i + 1 < rows)
			fprintf(f, "\n");
	}
}

/* Read what write_rows wrote and compare. */
static int
rows_agree(const char *path, size_t rows)
{
	static uint64_t words[3 * 1013];
	struct table *t = table_open(path, F16);
	size_t i, n = 0, got;
	int good = (t != NULL), rc = -1;

	while (good && (rc = table_read(t, words, 1013, &got)) == 1) {
		for (i = 0; i < got; i++, n++) {
			good = good && words[3 * i] == (uint64_t)n << 16 &&
			    words[3 * i + 1] == ((n % 1000) << 16 | 0x8000) &&
			    words[3 * i + 2] == 0 - ((uint64_t)n << 16);
		}
	}
	table_close(t);
	return (good && rc == 0 && n == rows);
}

/*
 * Standardize what write_rows wrote, and compare the first column with what is known of 0, 1, 2,
 * ...
 */
static int
standardized_agree(const char *path, size_t rows)
{
	static uint64_t words[3 * 1013];
	struct table *t = table_open(path, OPTIONS(.standardize = 1));
	double mean = (double)(rows - 1) / 2, deviation = sqrt(((double)rows * (double)rows - 1) /
	    12);
	size_t i, n = 0, got;
	int good = (t != NULL), rc = -1;

	while (good && (rc = table_read(t, words, 1013, &got)) == 1) {
		for (i = 0; i < got; i++, n++)
			good = good &&
			    fabs((double)(int64_t)words[3 * i] - 65536 * ((double)n - mean) /
			    deviation) < 0.5001;
	}
	table_close(t);
	return (good && rc == 0 && n == rows);
}

/* The last block is short, and what the block before left behind it would complete its last row. */
static int
tail_agrees(const char *path)
{
	static uint64_t words[1013];
	FILE *f = fopen(path, "w");
	struct table *t;
	size_t i, n = 0, got;
	int good, rc = -1;

	fprintf(f, "a\n");
	for (i = 0; i < 200000; i++)
		fprintf(f, "1\n");
	fprintf(f, "1");
	fclose(f);
	good = ((t = table_open(path, F16)) != NULL);
	while (good && (rc = table_read(t, words, 1013, &got)) == 1) {
		for (i = 0; i < got; i++, n++)
			good = good && words[i] == 65536;
	}
	table_close(t);
	return (good && rc == 0 && n == 200001);
}

static void
test_files(const char *path)
{
	FILE *f = fopen(path, "w");
	int saved = dup(STDIN_FILENO), fds[2];

	write_rows(f, 100000);
	fclose(f);
	ok(rows_agree(path, 100000), "a file of many blocks");
	ok(standardized_agree(path, 100000), "a file of many blocks, standardized");
	ok(tail_agrees(path), "a last block shorter than those before");
	ok(run("/nonexistent/x", NULL, 0, F16, 10) == 1 &&
	    strstr(output, "/nonexistent/x: No such file") != NULL, "no file");
	ok(run("/", NULL, 0, F16, 10) == 1 && strstr(output, "is a directory") != NULL,
	    "a directory");
	if (pipe(fds) == -1 || write(fds[1], "a\n1\n2\n3\n4\n", 10) != 10)
		tap_bail("cannot write to a pipe");
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	ok(run("-", NULL, 0, OPTIONS(.standardize = 1), 10) == 0 &&
	    strcmp(output, "a\n-1.34164\n-0.44722\n0.44722\n1.34164\n") == 0,
	    "a pipe is standardized");
	f = fopen(path, "w");
	fprintf(f, "skipped\na\n1\nx\n");
	fclose(f);
	fds[0] = open(path, O_RDONLY);
	lseek(fds[0], 8, SEEK_SET);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	ok(run("-", NULL, 0, F16, 10) == 1 &&
	    strstr(output, "standard input:3: column 'a': 'x'") != NULL,
	    "standard input has a name");
	f = fopen(path, "w");
	fprintf(f, "skipped\na\n1\n3\n");
	fclose(f);
	fds[0] = open(path, O_RDONLY);
	lseek(fds[0], 8, SEEK_SET);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	ok(run("-", NULL, 0, OPTIONS(.standardize = 1), 10) == 0 &&
	    strcmp(output, "a\n-1\n1\n") == 0, "a file on standard input is read twice from where "
	    "it stood");
	dup2(saved, STDIN_FILENO);
	close(saved);
}

/* Fill a buffer with one row of ${columns} fields, as names or numbers. */
static size_t
wide_row(char *out, size_t columns, int names)
{
	size_t n = 0, j;

	for (j = 0; j < columns; j++)
		n += (size_t)sprintf(out + n, names ? "c%zu%c" : "%zu%c", j,
		    (j + 1 < columns) ? ',' : '\n');
	return (n);
}

static void
test_sizes(void)
{
	size_t bytes = (size_t)40 << 20, n, rows = 0;
	char *text = malloc(bytes);
	uint64_t *words = malloc(sizeof(*words) * COLUMNS_MAX);
	struct table *t;
	int good = 0;

	if (text == NULL || words == NULL)
		tap_bail("out of memory");
	n = wide_row(text, COLUMNS_MAX, 1);
	n += wide_row(text + n, COLUMNS_MAX, 0);
	if ((t = table_open_memory(text, n, "t", INTEGERS)) != NULL)
		good = (table_columns(t) == COLUMNS_MAX && table_read(t, words, 1, &rows) == 1 &&
		    rows == 1 && words[7] == 7 && strcmp(table_column_name(t, 9), "c9") == 0);
	table_close(t);
	ok(good, "as many columns as there may be");
	n = wide_row(text, COLUMNS_MAX + 1, 1);
	ok(run(NULL, text, n, INTEGERS, 1) == 1 &&
	    strstr(output, "t:1: there are more than 1048576 columns") != NULL,
	    "a column too many");
	n = (size_t)sprintf(text, "a,b\n1,");
	memset(text + n, '0', (size_t)16 << 20);
	ok(run(NULL, text, n + ((size_t)16 << 20) - 2, INTEGERS, 1) == 0 &&
	    strcmp(output, "a|b\n1,0\n") == 0, "a row as long as it may be");
	ok(run(NULL, text, n + ((size_t)16 << 20) - 1, INTEGERS, 1) == 1 &&
	    strstr(output, "t:2: a row is longer than 16 MiB") != NULL, "a row too long");
	n = (size_t)sprintf(text, "a,b\n1,\"");
	memset(text + n, '\n', (size_t)20 << 20);
	ok(run(NULL, text, n + ((size_t)20 << 20), INTEGERS, 1) == 1 &&
	    strstr(output, "is a quote not closed?") != NULL, "an open quote does not fill the "
	    "memory");
	n = (size_t)sprintf(text, "a\n1\n");
	memset(text + n, '\n', (size_t)20 << 20);
	ok(run(NULL, text, n + ((size_t)20 << 20), INTEGERS, 1) == 0 &&
	    strcmp(output, "a\n1\n") == 0, "many blank lines at the end");
	free(text);
	free(words);
}

#define COUNT(tests) (sizeof(tests) / sizeof(tests[0]))

int
main(void)
{
	char *path = temporary();

	tap_plan(COUNT(csv_tests) + COUNT(option_tests) + COUNT(array_tests) + 8 + 6);
	check_all(csv_tests, COUNT(csv_tests));
	check_all(option_tests, COUNT(option_tests));
	check_all(array_tests, COUNT(array_tests));
	test_files(path);
	test_sizes();
	unlink(path);
	table_close(NULL);
	return (tap_end());
}
