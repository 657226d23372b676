/* Descriptors of sessions: what makes two the same, and what a person is told when they are not. */

#include "child.h"
#include "net/descriptor.h"
#include "tap.h"

static bool of_inputs;

static const uint8_t id_a[HASH_BYTES] = { 0xab, 0xcd }, id_b[HASH_BYTES] = { 0x12, 0x34 };

/* A matrix product of two inputs. */
static void
make(struct descriptor *d, const char *scale, const uint8_t *first, const uint8_t *second)
{

	*d = (struct descriptor){ .failed = false };
	descriptor_add(d, "op", "matmul");
	descriptor_add(d, "scale", scale);
	descriptor_add_id(d, "input", first);
	descriptor_add_id(d, "input", second);
}

static void
test_text(void)
{
	struct descriptor d;

	make(&d, "16", id_a, id_b);
	ok_str(d.text.data, "op=matmul\nscale=16\n"
	    "input=abcd000000000000000000000000000000000000000000000000000000000000\n"
	    "input=1234000000000000000000000000000000000000000000000000000000000000\n",
	    "a field a line, ids in hexadecimal");
	ok(!d.failed && d.text.len == strlen(d.text.data), "the NUL behind it does not count");
	buf_free(&d.text);
	d = (struct descriptor){ .failed = false };
	descriptor_add(&d, "tag", "a\nop=evil\r\t\x7f" "b");
	ok_str(d.text.data, "tag=a op=evil   b\n", "a value cannot begin a line of its own");
	buf_free(&d.text);
}

/*
 * Compare the keys of two descriptors: bit 0 if the whole ones agree, bit 1 if the brief ones do.
 */
static int
agree(const char *a, const char *b)
{
	uint8_t full[2][HASH_BYTES], brief[2][HASH_BYTES];

	descriptor_keys(a, full[0], brief[0]);
	descriptor_keys(b, full[1], brief[1]);
	if (memcmp(full[0], brief[0], HASH_BYTES) == 0)
		tap_bail("the two keys of a descriptor are the same");
	return ((memcmp(full[0], full[1], HASH_BYTES) == 0) + 2 *
	    (memcmp(brief[0], brief[1], HASH_BYTES) == 0));
}

static void
test_keys(void)
{
	struct descriptor d, e;

	make(&d, "16", id_a, id_b);
	make(&e, "16", id_a, id_b);
	ok_i64(agree(d.text.data, e.text.data), 3, "equal descriptors have equal keys");
	buf_free(&e.text);
	make(&e, "16", id_a, id_a);
	ok_i64(agree(d.text.data, e.text.data), 2, "another input: a guest, who has none, is not "
	    "concerned");
	buf_free(&e.text);
	make(&e, "16", id_b, id_a);
	ok_i64(agree(d.text.data, e.text.data), 2, "the order of inputs counts");
	ok_i64(agree(d.text.data, "op=matmul\nscale=16\n"), 2, "a guest's descriptor goes with it");
	buf_free(&e.text);
	make(&e, "17", id_a, id_b);
	ok_i64(agree(d.text.data, e.text.data), 0, "another parameter");
	buf_free(&e.text);
	buf_free(&d.text);
	ok_i64(agree("op=a\ntag=b\n", "tag=b\nop=a\n"), 0, "the order of fields counts");
	ok_i64(agree("op=a\n", "op=a\ndealt=step 1\n"), 2, "nor does a guest know what was dealt "
	    "beforehand");
	ok_i64(agree("op=a\n", "op=a\ninput\n"), 0, "only lines that begin with input= are inputs");
	ok_i64(agree("op=a\ninputs=3\n", "op=a\n"), 0, "and not those of a longer name");
	ok_i64(agree("op=a\n", "op=a"), 0, "a line's end belongs to it");
	ok_i64(agree("", ""), 3, "an empty descriptor has keys");
	ok_i64(agree("op=ab\n", "op=a\nb\n"), 0, "a line cannot be made of two");
}

static void
differs(const char *a, const char *b, const char *want)
{
	char out[256];

	descriptor_difference(a, b, out, sizeof(out), &of_inputs);
	ok_str(out, want, want);
}

static void
test_difference(void)
{
	char a[200], b[200], small[8], out[256], *p;
	size_t i, bad;

	differs("op=ping\ncount=1\n", "op=ping\ncount=2\n", "'count=1' here, 'count=2' there");
	differs("op=ping\n", "op=ping\ntag=x\n", "'nothing' here, 'tag=x' there");
	differs("op=ping\ntag=x\n", "op=ping\n", "'tag=x' here, 'nothing' there");
	differs("", "op=a\n", "'nothing' here, 'op=a' there");
	differs("op=a", "op=a\n", "'op=a' here, 'op=a' there");
	memset(a, 'a', sizeof(a) - 1);
	memset(b, 'b', sizeof(b) - 1);
	a[sizeof(a) - 1] = b[sizeof(b) - 1] = '\0';
	differs(a, b, "'aaaaaaaaaaaaaaaaaaaaaaaa...' here, 'bbbbbbbbbbbbbbbbbbbbbbbb...' there");
	memcpy(a, "parameters=metrics", 18);
	memcpy(b, a, sizeof(b));
	b[100] = 'x';
	differs(a, b, "'parameters=...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' here, "
	    "'parameters=...aaaaaaaaaaaaxaaaaaaaaaaaaaaaaaaaaaaa...' there");
	b[195] = 'x';
	b[100] = 'a';
	differs(a, b, "'parameters=...aaaaaaaaaaaaaaaa' here, 'parameters=...aaaaaaaaaaaaxaaa' "
	    "there");
	a[195] = '\0';
	b[195] = '\0';
	b[185] = '\0';
	differs(a, b, "'parameters=...aaaaaaaaaaaaaaaaaaaaaa' here, 'parameters=...aaaaaaaaaaaa' "
	    "there");
	differs("op=a\n", a, "'op=a' here, 'parameters=metricsaaaaaa...' there");
	/* two bytes a character: none is cut in two */
	memset(a, 0xa4, sizeof(a) - 1);
	for (i = 0; i < sizeof(a) - 1; i += 2)
		a[i] = (char)0xc3;
	memcpy(b, a, sizeof(b));
	b[100] = 'x';
	b[101] = 'y';
	descriptor_difference(a, b, out, sizeof(out), &of_inputs);
	for (p = out, bad = 0; *p != '\0'; p++)
		bad += ((unsigned char)*p == 0xc3) != ((unsigned char)p[1] == 0xa4);
	ok_u64(bad, 0, "no character is cut in two");
	memset(a, 'a', sizeof(a) - 1);
	memset(b, 'b', sizeof(b) - 1);
	descriptor_difference(a, b, small, sizeof(small), &of_inputs);
	ok_str(small, "'aaaaaa", "a difference is cut where there is no room");
}

static void
test_summary(void)
{
	char out[64];
	size_t size, bad = 0;

	descriptor_summary("op=ping\ncount=1\n", out, sizeof(out));
	ok_str(out, "op=ping, count=1", "a summary has all lines in one");
	descriptor_summary("", out, sizeof(out));
	ok_str(out, "", "that of nothing is empty");
	for (size = 1; size <= 10; size++) {
		char *p = malloc(size);

		descriptor_summary("op=ping\ncount=1\nsize=2\n", p, size);
		bad += (strlen(p) >= size || strncmp(p, "op=ping, count=1", strlen(p)) != 0);
		free(p);
	}
	ok_u64(bad, 0, "it is cut where there is no room");
}

/* Fill a descriptor up to its limit, and one byte beyond if *${arg} says so. */
static int
fill(void *arg)
{
	struct descriptor d = { .failed = false };
	char value[1001];
	size_t room;
	int rc;

	memset(value, 'v', 1000);
	value[1000] = '\0';
	while ((room = DESCRIPTOR_MAX_BYTES - d.text.len) >= 1010)
		descriptor_add(&d, "f", value);
	value[room - 3 + *(size_t *)arg] = '\0';
	descriptor_add(&d, "f", value);
	descriptor_add(&d, "f", value); /* reports nothing again */
	rc = (d.failed || d.text.len != DESCRIPTOR_MAX_BYTES) ? -1 : 0;
	buf_free(&d.text);
	return (rc);
}

/* The same without the second, which does not fit either. */
static int
fill_exactly(void *arg)
{
	struct descriptor d = { .failed = false };
	char *value = malloc(DESCRIPTOR_MAX_BYTES);
	int rc;

	(void)arg;
	memset(value, 'v', DESCRIPTOR_MAX_BYTES);
	value[DESCRIPTOR_MAX_BYTES - 3] = '\0';
	descriptor_add(&d, "f", value);
	rc = (d.failed || d.text.len != DESCRIPTOR_MAX_BYTES) ? -1 : 0;
	free(value);
	buf_free(&d.text);
	return (rc);
}

int
main(void)
{
	size_t more = 1;

	tap_plan(32);
	test_text();
	test_keys();
	test_difference();
	test_summary();
	ok_i64(child_status(fill_exactly, NULL), 0, "a descriptor may have 32000 bytes");
	child_fails(fill, &more, ST_FAILED, "too long", "and no more; that is said once, and it "
	    "stays failed");
	return (tap_end());
}
