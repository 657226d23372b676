#include "base/alike.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Pairs that are shown, and the room that one takes. */
#define SHOWN_PAIRS 3
#define PAIR_TEXT 100

/* What is left of a text. */
struct typed {
	const unsigned char *s;
	size_t len, at;
};

/* Return the bytes of the blank that ${s} begins with, perhaps one that breaks no line, or 0. */
static size_t
blank_bytes(const unsigned char *s, size_t len)
{

	if (len > 0 && (*s == ' ' || *s == '\t'))
		return (1);
	return ((len > 1 && s[0] == 0xc2 && s[1] == 0xa0) ? 2 : 0);
}

static struct typed
rest_of(const char *text)
{
	struct typed r = { (const unsigned char *)text, strlen(text), 0 };
	size_t n;

	for (; (n = blank_bytes(r.s, r.len)) > 0; r.s += n)
		r.len -= n;
	for (n = 1; n <= 2 && n <= r.len; n++) {
		if (blank_bytes(r.s + r.len - n, n) == n) {
			r.len -= n;
			n = 0;
		}
	}
	return (r);
}

/* The next byte, in lower case; -1 at the end.  Not tolower: the locale must not matter. */
static int
next_byte(struct typed *r)
{
	const unsigned char *s = r->s + r->at;

	if (r->at == r->len)
		return (-1);
	r->at++;
	if (*s >= 'A' && *s <= 'Z')
		return (*s - 'A' + 'a');
	/* U+00C0 to U+00DE, of which one is no letter */
	if (r->at > 1 && s[-1] == 0xc3 && *s >= 0x80 && *s <= 0x9e && *s != 0x97)
		return (*s + 0x20);
	return (*s);
}

int
alike_compare(const char *a, const char *b)
{
	struct typed r = rest_of(a), t = rest_of(b);
	int x, y;

	do {
		x = next_byte(&r);
		y = next_byte(&t);
	} while (x == y && x != -1);
	return ((x > y) - (x < y));
}

static int
compare_texts(const void *a, const void *b)
{
	const char *s = *(const char *const *)a, *t = *(const char *const *)b;
	int order = alike_compare(s, t);

	return ((order != 0) ? order : strcmp(s, t));
}

int
alike_pairs(const char *const *texts, size_t count, char *out, size_t size, size_t *pairs)
{
	const char **sorted;
	size_t i, n = 0;

	out[0] = '\0';
	*pairs = 0;
	if ((sorted = mem_array(count, sizeof(*sorted))) == NULL)
		return (-1);
	if (count > 0)
		memcpy(sorted, texts, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_texts);
	for (i = 1; i < count; i++) {
		if (alike_compare(sorted[i - 1], sorted[i]) != 0 ||
		    strcmp(sorted[i - 1], sorted[i]) == 0)
			continue;
		if (++*pairs <= SHOWN_PAIRS && n + PAIR_TEXT < size)
			n += (size_t)snprintf(out + n, size - n, "%s'%.40s' and '%.40s'",
			    (n > 0) ? ", " : "", sorted[i - 1], sorted[i]);
		else if (*pairs == SHOWN_PAIRS + 1)
			snprintf(out + n, size - n, ", ...");
	}
	free(sorted);
	return (0);
}
