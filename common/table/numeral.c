#include "table/numeral.h"

#include <stdbool.h>
#include <string.h>

#include "base/diag.h"
#include "ring/scan.h"

/* A cell's text, from which things are taken away at both ends. */
struct rest {
	const char *s;
	size_t len;
};

/* Return the bytes that ${text} begins with of those that a mark of thousands may be, or 0. */
static size_t
mark_bytes(char mark, const char *s, size_t len)
{
	/* a space may be one that does not break lines, an apostrophe a typographer's */
	static const char *const spaces[] = { " ", "\xc2\xa0", "\xe2\x80\xaf", NULL },
	    *const apostrophes[] = { "'", "\xe2\x80\x99", NULL };
	const char *const *form = (mark == ' ') ? spaces : apostrophes;
	size_t n;

	if (mark != ' ' && mark != '\'')
		return (mark != '\0' && len > 0 && *s == mark);
	for (; *form != NULL; form++) {
		n = strlen(*form);
		if (n <= len && memcmp(s, *form, n) == 0)
			return (n);
	}
	return (0);
}

/* Take off what is blank at both ends. */
static void
trim_rest(struct rest *r)
{
	size_t n;

	while (r->len > 0 && (n = (*r->s == '\t') ? 1 : mark_bytes(' ', r->s, r->len)) > 0) {
		r->s += n;
		r->len -= n;
	}
	for (n = 1; n <= 3 && n <= r->len; n++) {
		if (mark_bytes(' ', r->s + r->len - n, n) == n || scan_blank(r->s[r->len - 1])) {
			r->len -= n;
			n = 0;
		}
	}
}

static int
begins_with(const struct rest *r, const char *text, size_t n)
{

	return (n <= r->len && memcmp(r->s, text, n) == 0);
}

static int
ends_with(const struct rest *r, const char *text, size_t n)
{

	return (n <= r->len && memcmp(r->s + r->len - n, text, n) == 0);
}

/*
 * Take off the longest of the texts that stands before or behind.  Return 1 + its position, or 0.
 */
static size_t
strip_text(const struct column_lists *strip, struct rest *r)
{
	size_t i, n, longest = 0, found = 0;

	for (i = 0; i < strip->count; i++) {
		n = strlen(strip->list[i]);
		if (n > longest && (begins_with(r, strip->list[i], n) ||
		    ends_with(r, strip->list[i], n))) {
			longest = n;
			found = i + 1;
		}
	}
	if (found > 0 && begins_with(r, strip->list[found - 1], longest))
		r->s += longest;
	r->len -= longest;
	return (found);
}

/* Take off a sign, and keep a minus; whether there was one. */
static bool
take_sign(struct rest *r, struct numeral *n)
{

	if (r->len == 0 || (*r->s != '-' && *r->s != '+'))
		return (false);
	if (*r->s == '-')
		n->text[n->len++] = '-';
	r->s++;
	r->len--;
	trim_rest(r);
	return (true);
}

/*
 * Copy the digits before the decimal mark, without what marks thousands: one to three digits first,
 * and then three each.
 */
static void
copy_whole(const struct table_options *o, struct rest *r, struct numeral *n)
{
	size_t digits = 0, groups = 0, mark;

	while (r->len > 0) {
		if (*r->s >= '0' && *r->s <= '9') {
			n->text[n->len++] = *r->s;
			mark = 1;
			digits++;
		} else if ((mark = mark_bytes(o->thousands, r->s, r->len)) > 0) {
			if ((groups == 0) ? digits < 1 || digits > 3 : digits != 3)
				break;
			groups++;
			digits = 0;
		} else
			break;
		r->s += mark;
		r->len -= mark;
	}
	if ((groups > 0 && digits != 3) || mark_bytes(o->thousands, r->s, r->len) > 0)
		n->fault = "has a mark of thousands that does not stand before three digits";
}

/* Copy the decimal mark, as a point, and the rest. */
static void
copy_fraction(const struct table_options *o, struct rest *r, struct numeral *n)
{

	if (r->len > 0 && *r->s == ((o->decimal != '\0') ? o->decimal : '.')) {
		n->text[n->len++] = '.';
		r->s++;
		r->len--;
	} else if (r->len > 0 && *r->s == '.') {
		n->fault = "has a point, and the decimal mark is a comma; --thousands . says that "
		    "it marks thousands";
		return;
	}
	memcpy(n->text + n->len, r->s, r->len);
	n->len += r->len;
}

void
numeral_read(const struct table_options *o, int percent, const char *s, size_t len,
    struct numeral *n)
{
	struct rest r = { s, len };
	bool sign;

	n->len = n->stripped = 0;
	n->fault = NULL;
	trim_rest(&r);
	if (r.len > NUMERAL_MAX) {
		n->fault = "is too long for a number that is not in plain notation";
		return;
	}
	if (percent && !ends_with(&r, "%", 1)) {
		n->fault = "has no % behind it, as all numbers of a column per cent have";
		return;
	}
	r.len -= (percent != 0);
	trim_rest(&r);
	sign = take_sign(&r, n);
	n->stripped = strip_text(&o->strip, &r);
	trim_rest(&r);
	if (!sign && n->stripped > 0)
		(void)take_sign(&r, n);
	copy_whole(o, &r, n);
	if (n->fault == NULL)
		copy_fraction(o, &r, n);
	if (percent) {
		memcpy(n->text + n->len, "e-2", 3);
		n->len += 3;
	}
}

int
numeral_plain_point(const struct table_options *o)
{

	return ((o->decimal == '\0' || o->decimal == '.') && o->thousands != '.' &&
	    o->percent.count == 0);
}

/* What is taken off must not be part of a number. */
static int
check_strip(const char *text)
{
	size_t len = strlen(text);

	if (strspn(text, ".,' \t") == len || strpbrk(text, "0123456789+-") != NULL ||
	    scan_blank(text[0]) || scan_blank(text[len - 1]))
		return (fail(ST_USAGE, "strip '%.80s': must be a sign or a word, without digits, "
		    "+, - and blanks around", text));
	return (0);
}

int
numeral_check(const struct table_options *o)
{
	size_t i;

	if (o->decimal != '\0' && o->decimal != '.' && o->decimal != ',')
		return (fail(ST_USAGE, "decimal '%c': the mark is a point or a comma", o->decimal));
	if (o->thousands != '\0' && strchr(",.' ", o->thousands) == NULL)
		return (fail(ST_USAGE, "thousands '%c': the mark is a comma, a point, a space or "
		    "an apostrophe", o->thousands));
	if (o->thousands != '\0' && o->thousands == ((o->decimal != '\0') ? o->decimal : '.'))
		return (fail(ST_USAGE, "thousands '%c': is the decimal mark; --decimal sets "
		    "another", o->thousands));
	for (i = 0; i < o->strip.count; i++) {
		if (check_strip(o->strip.list[i]) == -1)
			return (-1);
	}
	return (0);
}
