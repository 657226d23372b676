/* Messages as bytes: what they look like, and that nothing is read from behind their end. */

#include "child.h"
#include "net/wire.h"
#include "tap.h"

static const char hello[] = "h\xc3\xa9llo\nworld";

/* The bytes are fixed: other versions of the agent read them. */
static void
test_layout(void)
{
	static const uint8_t want[] = { 0x2a, 0x34, 0x12, 0xef, 0xbe, 0xad, 0xde, 0x08, 0x07, 0x06,
		0x05, 0x04, 0x03, 0x02,
		0x01, 0x03, 0x00, 'a', 'b', 'c', 0x00, 0x00 };
	struct buf b = { NULL, 0, 0 };

	ok(wire_put_number(&b, 0x2a, 1) == 0 && wire_put_number(&b, 0x1234, 2) == 0 &&
	    wire_put_number(&b, 0xdeadbeef, 4) == 0 &&
	    wire_put_number(&b, UINT64_C(0x0102030405060708), 8) == 0 &&
	    wire_put_string(&b, "abc") == 0 && wire_put_string(&b, "") == 0,
	    "numbers and strings are put");
	ok_u64(b.len, sizeof(want), "they are as long as they should be");
	ok_bytes(b.data, want, sizeof(want), "numbers are little-endian, strings have their length "
	    "in front");
	buf_free(&b);
}

static void
test_reading(void)
{
	struct buf b = { NULL, 0, 0 };
	uint8_t block[3];
	struct wire w;
	char text[64];

	(void)wire_put_number(&b, UINT64_MAX, 8);
	(void)wire_put_number(&b, 300, 2);
	(void)buf_append(&b, "xyz", 3);
	(void)wire_put_string(&b, hello);
	w = wire_of(b.data, b.len);
	ok(wire_number(&w, 8) == UINT64_MAX && wire_number(&w, 2) == 300, "numbers are read back");
	wire_bytes(&w, block, sizeof(block));
	ok_bytes(block, "xyz", 3, "a block is read back");
	ok(!wire_done(&w), "a message with something left is not done");
	wire_text(&w, text, sizeof(text));
	ok_str(text, hello, "a text is read back, newline and UTF-8 included");
	ok(wire_done(&w), "and then the message is done");
	(void)wire_number(&w, 1);
	ok(w.bad && !wire_done(&w), "reading on makes it bad");
	buf_free(&b);
}

/* Take what test_cut puts. */
static bool
take_all(struct wire *w)
{
	uint8_t block[5];
	char text[16];

	(void)wire_number(w, 8);
	wire_bytes(w, block, sizeof(block));
	wire_string(w, text, sizeof(text));
	(void)wire_number(w, 2);
	return (wire_done(w));
}

/* Each cut message is in memory of its size, so that the sanitizers see a read behind its end. */
static void
test_cut(void)
{
	struct buf b = { NULL, 0, 0 };
	uint8_t *exact;
	size_t n, done = 0;
	struct wire w;

	(void)wire_put_number(&b, 1, 8);
	(void)buf_append(&b, "block", 5);
	(void)wire_put_string(&b, "string");
	(void)wire_put_number(&b, 2, 2);
	for (n = 0; n <= b.len; n++) {
		exact = malloc((n > 0) ? n : 1);
		memcpy(exact, b.data, n);
		w = wire_of(exact, n);
		done += take_all(&w);
		if (n == b.len)
			ok(wire_done(&w), "the whole message is done");
		free(exact);
	}
	ok_u64(done, 1, "and none that was cut, at any byte");
	buf_free(&b);
}

typedef void reader(struct wire *, char *, size_t);

/*
 * Whether a string of these bytes is taken into a place of ${size} bytes; if not, it must be empty.
 */
static bool
taken(reader *read, const void *bytes, size_t n, size_t size)
{
	struct buf b = { NULL, 0, 0 };
	char *out = malloc(size);
	struct wire w;
	bool good;

	memset(out, 'x', size);
	(void)wire_put_number(&b, n, 2);
	(void)buf_append(&b, bytes, n);
	w = wire_of(b.data, b.len);
	read(&w, out, size);
	good = wire_done(&w);
	if (good ? (strlen(out) != n || memcmp(out, bytes, n) != 0) : (out[0] != '\0'))
		tap_bail("a string is given out although it was refused, or differs");
	free(out);
	buf_free(&b);
	return (good);
}

/* How many characters are refused. */
static int
refused(reader *read)
{
	char one[3] = "a?";
	int c, n = 0;

	for (c = 0; c < 256; c++) {
		one[1] = (char)c;
		n += !taken(read, one, 2, 8);
	}
	return (n);
}

static void
test_strings(void)
{

	ok(taken(wire_string, "1234567", 7, 8) && taken(wire_text, "1234567", 7, 8),
	    "a string that just fits is taken");
	ok(!taken(wire_string, "12345678", 8, 8) && !taken(wire_text, "12345678", 8, 8),
	    "one that is a byte longer is not");
	ok(taken(wire_string, "", 0, 1) && taken(wire_text, "", 0, 1), "the empty string fits into "
	    "one byte");
	ok(!taken(wire_string, "a\0b", 3, 8) && !taken(wire_text, "a\0b", 3, 8),
	    "a NUL is refused");
	ok_i64(refused(wire_string), 33, "so are the 32 control characters and DEL");
	ok(taken(wire_text, "a\nb", 3, 8) && refused(wire_text) == 32, "but not newline in a text");
}

static void
test_bad_stays_bad(void)
{
	struct wire w = wire_of("\x05\x00zz", 4);
	uint8_t block[2] = { 1, 1 };
	char text[8];

	wire_string(&w, text, sizeof(text));
	ok(w.bad && text[0] == '\0', "a string longer than the message is refused");
	wire_bytes(&w, block, sizeof(block));
	ok(w.bad && block[0] == 0 && block[1] == 0 && wire_number(&w, 1) == 0,
	    "everything read behind it is zero");
	ok(!wire_done(&w), "and the message is never done");
	w = wire_of(NULL, 0);
	ok(wire_done(&w), "an empty message is whole");
}

static int
put_long(void *arg)
{
	struct buf b = { NULL, 0, 0 };
	char *s = malloc(65537);
	size_t len = *(size_t *)arg;
	int rc;

	memset(s, 'a', len);
	s[len] = '\0';
	rc = wire_put_string(&b, s);
	free(s);
	buf_free(&b);
	return (rc);
}

/* What somebody else may have written becomes a text that is always taken. */
static void
test_reasons(void)
{
	static const char *const says[] = { "", "short", "two\nlines\x1b[1m\x7f", "1234567890",
		"123456789\xc3\xa9z", "12345678\xe2\x82\xac" };
	static const char *const becomes[] = { "", "short", "two lines ", "1234567890",
		"123456789", "12345678" };
	char out[11];
	size_t i;

	for (i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		struct buf b = { NULL, 0, 0 };
		struct wire w;

		if (wire_put_reason(&b, says[i], sizeof(out)) == -1)
			tap_bail("memory");
		w = wire_of((const uint8_t *)b.data, b.len);
		wire_string(&w, out, sizeof(out));
		ok(wire_done(&w) && strcmp(out, becomes[i]) == 0, "reason %zu", i + 1);
		buf_free(&b);
	}
}

int
main(void)
{
	size_t fits = 65535, too_long = 65536;

	tap_plan(29);
	test_layout();
	test_reading();
	test_cut();
	test_strings();
	test_bad_stays_bad();
	test_reasons();
	ok_i64(child_status(put_long, &fits), 0, "a string of 65535 bytes can be put");
	child_fails(put_long, &too_long, ST_FAILED, "65536 bytes", "one of 65536 bytes cannot");
	return (tap_end());
}
