#include "net/descriptor.h"

#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/hex.h"
#include "data/part.h"

/* How much of a line is shown. */
#define WHOLE_MAX 48 /* bytes of a line that is shown whole */
#define CONTEXT 12   /* that are shown before a difference, */
#define SHOWN 24     /* and from there on, or from the beginning */
#define DOTS 3       /* for what is left out */
#define FIELD_MAX 32 /* of a field's name */
#define LINE_SHOWN 128
#define INPUT "input="
#define INPUT_ID_BYTES ((size_t)2 * HASH_BYTES)
#define ID_SHOWN 16   /* digits */
#define ABOUT_MAX 200 /* bytes of what is said of an input */

void
descriptor_add(struct descriptor *d, const char *field, const char *value)
{
	size_t start;
	char *p;

	if (d->failed)
		return;
	if (d->text.len + strlen(field) + strlen(value) + 2 > DESCRIPTOR_MAX_BYTES) {
		fail(ST_FAILED, "the description of this step is too long");
		d->failed = true;
		return;
	}
	d->failed = (buf_string(&d->text, field) == -1 || buf_string(&d->text, "=") == -1);
	start = d->text.len;
	d->failed = (d->failed || buf_string(&d->text, value) == -1 ||
	    buf_append(&d->text, "\n", 2) == -1);
	if (d->failed)
		return;
	d->text.len--; /* the NUL is not part of it */
	for (p = d->text.data + start; p < d->text.data + d->text.len - 1; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
	}
}

void
descriptor_add_id(struct descriptor *d, const char *field, const uint8_t id[static HASH_BYTES])
{
	char hex[2 * HASH_BYTES + 1];

	hex_encode(hex, id, HASH_BYTES);
	descriptor_add(d, field, hex);
}

void
descriptor_free(struct descriptor *d)
{

	buf_free(&d->text);
	buf_free(&d->files);
}

void
descriptor_add_input(struct descriptor *d, const uint8_t id[static HASH_BYTES], const char *about,
    const char *file)
{
	char line[INPUT_ID_BYTES + ABOUT_MAX];

	hex_encode(line, id, HASH_BYTES);
	snprintf(line + INPUT_ID_BYTES, sizeof(line) - INPUT_ID_BYTES, " %s", about);
	descriptor_add(d, "input", line);
	if (!d->failed)
		d->failed = (buf_append(&d->files, file, strlen(file) + 1) == -1);
}

const char *
descriptor_file(const struct descriptor *d, size_t input)
{
	const char *p = d->files.data, *end;

	if (input == 0 || p == NULL)
		return (NULL);
	end = p + d->files.len;
	for (; p < end && input > 1; input--)
		p += strlen(p) + 1;
	return ((p < end) ? p : NULL);
}

/* The end of the line that begins at ${p}, its newline included. */
static const char *
line_end(const char *p)
{
	const char *newline = strchr(p, '\n');

	return ((newline != NULL) ? newline + 1 : p + strlen(p));
}

static bool
is_input(const char *line)
{

	return (strncmp(line, INPUT, strlen(INPUT)) == 0);
}

/* How many bytes of a line count: of an input, its id. */
static size_t
line_counts(const char *p, const char *end)
{
	size_t n = (size_t)(end - p), most = strlen(INPUT) + INPUT_ID_BYTES;

	return ((is_input(p) && n > most) ? most : n);
}

void
descriptor_keys(const char *text, uint8_t full[static HASH_BYTES], uint8_t brief[static HASH_BYTES])
{
	struct hash whole, part;
	const char *p, *end;

	hash_init(&whole);
	hash_init(&part);
	hash_string(&whole, "smpc-session-full-1");
	hash_string(&part, "smpc-session-brief-1");
	for (p = text; *p != '\0'; p = end) {
		end = line_end(p);
		hash_bytes(&whole, p, line_counts(p, end));
		if (!is_input(p) && strncmp(p, "dealt=", 6) != 0)
			hash_bytes(&part, p, (size_t)(end - p));
	}
	hash_final(&whole, full);
	hash_final(&part, brief);
}

/* Print a line, with its hashes cut short. */
static void
print_shortened(char *out, size_t size, const char *p, const char *end)
{
	size_t n = (size_t)(end - p);

	if (n > 0 && p[n - 1] == '\n')
		n--;
	if (n > WHOLE_MAX)
		snprintf(out, size, "%.*s...", SHOWN, p);
	else
		snprintf(out, size, "%.*s", (int)n, p);
}


/* Where, at or before ${n}, a character of UTF-8 begins. */
static size_t
character_at(const char *p, size_t n)
{

	while (n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80)
		n--;
	return (n);
}

/* Print what is around byte ${at} of a line whose field's name ends before ${field}. */
static void
print_around(char *out, size_t size, const char *p, const char *end, size_t field, size_t at)
{
	size_t n = (size_t)(end - p), from = field, to;

	if (n > 0 && p[n - 1] == '\n')
		n--;
	if (n <= WHOLE_MAX) {
		snprintf(out, size, "%.*s", (int)n, p);
		return;
	}
	if (at > field + CONTEXT + DOTS)
		from = character_at(p, at - CONTEXT);
	to = (at + SHOWN + DOTS < n) ? character_at(p, at + SHOWN) : n;
	snprintf(out, size, "%.*s%s%.*s%s", (int)field, p, (from > field) ? "..." : "",
	    (int)(to - from), p + from, (to < n) ? "..." : "");
}

/* Two lines that differ, each around the first byte that does. */
static void
print_both(char here[static LINE_SHOWN], char there[static LINE_SHOWN], const char *a,
    const char *end_a, const char *b, const char *end_b)
{
	size_t at = 0, field = 0;

	for (; a + at < end_a && b + at < end_b && a[at] == b[at]; at++) {
		if (a[at] == '=' && field == 0)
			field = at + 1;
	}
	if (field > FIELD_MAX)
		field = 0;
	print_around(here, LINE_SHOWN, a, end_a, field, at);
	print_around(there, LINE_SHOWN, b, end_b, field, at);
}

/* What there is to say of an input: the beginning of its id, and what it is. */
static void
print_input(char out[static LINE_SHOWN + ABOUT_MAX], const char *line, const char *end)
{
	size_t n = line_counts(line, end), left = (size_t)(end - line) - n;

	if (!is_input(line)) {
		snprintf(out, LINE_SHOWN, "nothing");
		return;
	}
	if (end[-1] == '\n') {
		n -= (left == 0);
		left -= (left > 0);
	}
	n -= strlen(INPUT);
	line += strlen(INPUT);
	snprintf(out, LINE_SHOWN + ABOUT_MAX, "%.*s...%.*s", (n < ID_SHOWN) ? (int)n : ID_SHOWN,
	    line, (left < ABOUT_MAX) ? (int)left : ABOUT_MAX, line + n);
}

static void
print_inputs(size_t input, const char *a, const char *end_a, const char *b, const char *end_b,
    char *out, size_t size)
{
	char here[LINE_SHOWN + ABOUT_MAX], there[LINE_SHOWN + ABOUT_MAX];

	print_input(here, a, end_a);
	print_input(there, b, end_b);
	snprintf(out, size, "input %zu is %s here, and %s there", input, here, there);
}

size_t
descriptor_difference(const char *a, const char *b, char *out, size_t size, bool *of_inputs)
{
	char here[LINE_SHOWN], there[LINE_SHOWN];
	const char *end_a, *end_b;
	size_t inputs = 0;

	for (;;) {
		end_a = line_end(a);
		end_b = line_end(b);
		if (*a == '\0' || line_counts(a, end_a) != line_counts(b, end_b) ||
		    strncmp(a, b, line_counts(a, end_a)) != 0)
			break;
		inputs += is_input(a);
		a = end_a;
		b = end_b;
	}
	*of_inputs = (is_input(a) || is_input(b));
	if (*of_inputs) {
		print_inputs(inputs + 1, a, end_a, b, end_b, out, size);
		return (is_input(a) ? inputs + 1 : 0);
	}
	print_both(here, there, a, end_a, b, end_b);
	snprintf(out, size, "'%s' here, '%s' there", (here[0] != '\0') ? here : "nothing",
	    (there[0] != '\0') ? there : "nothing");
	return (0);
}

int
descriptor_without_about(const char *text, struct buf *out)
{
	const char *p, *end;
	int rc = 0;

	for (p = text; *p != '\0' && rc == 0; p = end) {
		end = line_end(p);
		rc = buf_append(out, p, line_counts(p, end));
		if (rc == 0 && out->data[out->len - 1] != '\n')
			rc = buf_append(out, "\n", 1);
	}
	return ((rc == 0) ? buf_append(out, "", 1) : -1);
}

void
descriptor_summary(const char *text, char *out, size_t size)
{
	const char *p, *end;
	char line[64];
	size_t used = 0;

	out[0] = '\0';
	for (p = text; *p != '\0' && used + 1 < size; p = end) {
		end = line_end(p);
		print_shortened(line, sizeof(line), p, end);
		used += (size_t)snprintf(out + used, size - used, "%s%s", (used > 0) ? ", " : "",
		    line);
	}
}
